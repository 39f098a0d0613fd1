//! Incremental update: what a session lacks of a source tree, and the tree of the session that brings it up to date.
//!
//! The source tree and the session's are walked side by side, by the names that readers of the imported file system
//! see. A file that is the same keeps the session's node, with what only the session knows of it, and so its data stay
//! where they lie; what is only in one of the trees is looked at once more, for a file that has another name now.

mod aspects;
mod bytes;
mod difference;
mod merge;
mod pairing;
mod renames;
mod sharing;

pub use difference::{Change, ChangeKind, Counts, Difference};

pub(crate) use aspects::is_same_time;
pub(crate) use sharing::readable_digest;

use crate::digests::{self, DigestAlgorithm};
use crate::disc::Disc;
use crate::import::Imported;
use crate::plan::PlanOptions;
use crate::tree::{ContentId, NodeId, NodeKind, Tree};
use crate::{Control, Result};
use aspects::{Aspects, Recorded};
use pairing::Claims;

/// How an update tells files that are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compare {
    /// By size and time of the last modification, as precise as the session has it.
    #[default]
    SizeAndTime,
    /// By their bytes: every file that has its old size is read, on the host and on the medium.
    Content,
    /// As [`Content`](Compare::Content), but on the medium only those files are read of which the session has recorded
    /// no digest. Digests that are not those of the session that holds them are not looked at.
    Digests,
}

/// How an update is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpdateOptions {
    /// How files are compared.
    pub compare: Compare,
    /// Look for the content of each new or changed file in all sessions of the medium; one that is there is not
    /// written again. Files that have the size of another are read.
    pub deduplicate: bool,
    /// The source tree has the extended attributes that items are to have. Otherwise items that stay keep theirs.
    pub extended_attributes: bool,
    /// The source tree has the access control lists that items are to have. Otherwise items that stay keep theirs.
    pub acls: bool,
}

/// A session and a source tree, compared.
#[derive(Debug)]
pub struct Update {
    /// The session's tree.
    base: Tree,
    /// The source tree.
    wanted: Tree,
    options: UpdateOptions,
    recorded: Recorded,
    /// By node of the source tree.
    fates: Vec<Fate>,
    /// By content of the source tree.
    data: Vec<Data>,
    /// Nodes of the session that stay, by number.
    met: Vec<bool>,
    /// What the source tree has no item for; of a directory, the directory alone.
    gone: Vec<NodeId>,
    /// Nodes of the session that stay although no source has them, and the source's node of their directory.
    kept: Vec<(NodeId, NodeId)>,
    claims: Claims,
    counts: Counts,
    known: KnownDigests,
    /// Files of the session that were read to compare them.
    read_back: u64,
}

/// By what contents are compared.
#[derive(Clone, Copy, Debug, Default)]
struct KnownDigests {
    /// What all digests are made by.
    algorithm: DigestAlgorithm,
    /// Those that the session has recorded hold.
    hold: bool,
}

impl KnownDigests {
    fn of(disc: &Disc, imported: &Imported, compare: Compare, control: &Control) -> Result<KnownDigests> {
        let Some(algorithm) = imported.digests.filter(|_| compare == Compare::Digests) else {
            return Ok(KnownDigests::default());
        };
        let image = disc.image(Some(imported.session.number), &[imported.file_system])?;
        match digests::are_of_session(disc, &image, control)? {
            true => Ok(KnownDigests { algorithm, hold: true }),
            false => Ok(KnownDigests::default()),
        }
    }
}

/// What becomes of an item of the source tree.
#[derive(Clone, Copy, Debug, Default)]
struct Fate {
    /// The item of the session that it is, as number + 1.
    base: u32,
    /// How it differs.
    aspects: Aspects,
}

impl Fate {
    fn base(self) -> Option<NodeId> {
        self.base.checked_sub(1).map(NodeId)
    }
}

/// Where the bytes of a file of the source tree are had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Data {
    /// From the source.
    New,
    /// It is this content of the session.
    Of(ContentId),
    /// It lies where this content of the session lies.
    Shares(ContentId),
}

impl Update {
    /// Compares a session with a source tree. `imported` is what [`import`](crate::import()) found in `disc`; its tree
    /// is taken. `plan` are the options that the next session will have: names are compared as they are recorded.
    ///
    /// # Errors
    /// Names that cannot be recorded; sources that cannot be read or change, where they have to be read;
    /// [`Error::Cancelled`](crate::Error::Cancelled).
    pub fn new(
        disc: &Disc,
        imported: &mut Imported,
        wanted: Tree,
        plan: &PlanOptions,
        options: UpdateOptions,
        control: &Control,
    ) -> Result<Update> {
        let recorded = Recorded::by(imported, plan);
        let base = std::mem::take(&mut imported.tree);
        let catalog = imported.boot.catalog_file();
        let mut update = Update::unpaired(base, wanted, options, recorded);
        update.known = KnownDigests::of(disc, imported, options.compare, control)?;
        update.pair(plan, catalog, control)?;
        update.find_renames(control)?;
        update.part_links_that_share();
        if options.deduplicate {
            update.find_shared(disc, imported, control)?;
        }
        update.find_aspects()?;
        update.count();
        Ok(update)
    }

    /// The update of a medium on which there is nothing yet.
    #[must_use]
    pub fn of_blank(wanted: Tree) -> Update {
        let recorded = Recorded::everything();
        let mut update = Update::unpaired(Tree::new(), wanted, UpdateOptions::default(), recorded);
        update.fates[0].base = 1;
        let mut pending = vec![NodeId::ROOT];
        while let Some(node) = pending.pop() {
            let NodeKind::Directory(directory) = update.wanted.kind(node) else { continue };
            let Update { wanted, fates, .. } = &mut update;
            for child in wanted.children(directory) {
                fates[child.0 as usize].aspects = Aspects::ADDED;
                pending.push(child);
            }
        }
        update.count();
        update
    }

    fn unpaired(base: Tree, wanted: Tree, options: UpdateOptions, recorded: Recorded) -> Update {
        Update {
            options,
            recorded,
            fates: vec![Fate::default(); wanted.node_count()],
            data: vec![Data::New; wanted.content_count()],
            met: vec![false; base.node_count()],
            gone: Vec::new(),
            kept: Vec::new(),
            claims: Claims::new(&base, &wanted),
            counts: Counts::default(),
            known: KnownDigests::default(),
            read_back: 0,
            base,
            wanted,
        }
    }

    /// How the session differs from the sources.
    #[must_use]
    pub fn difference(&self) -> Difference<'_> {
        Difference::of(self)
    }

    /// How many files of the session were read on the medium, to compare them with one of the sources at the same path or
    /// with one that may be theirs under another name. What [`UpdateOptions::deduplicate`] reads is not counted.
    #[must_use]
    pub fn read_back(&self) -> u64 {
        self.read_back
    }

    /// The tree of the session that brings the medium up to date. Only what is new has data to be written.
    ///
    /// # Errors
    /// [`Error::TreeTooLarge`](crate::Error::TreeTooLarge).
    pub fn into_tree(self) -> Result<Tree> {
        merge::run(self)
    }

    fn fate(&self, node: NodeId) -> Fate {
        self.fates[node.0 as usize]
    }
}
