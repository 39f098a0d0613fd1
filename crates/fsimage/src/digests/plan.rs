//! Which files are listed, and in which order: what makes the size of a list known before any digest is.

use std::collections::HashSet;
use std::sync::Arc;

use sector_io::{Extent, Sector};

use super::{DigestAlgorithm, FOLDER, SectorRange, line};
use crate::head::ANCHOR;
use crate::plan::{ImportedContent, PlanOptions, visit_files};
use crate::tree::{
    Attributes, Content, ContentId, DigestFiles, FileSystems, Item, ItemOptions, NodeId, NodeKind, Tree,
};
use crate::{Error, Result};

/// What [`Tree::record_digests`] prepared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedDigests {
    /// Files that will be listed.
    pub listed: u64,
    /// Files that cannot be: their data are in an earlier session that has no digests of them; they were stored
    /// compressed and no digests of what they are were made ([`ZisofsOptions::digests`](crate::ZisofsOptions::digests)); or
    /// they are stored without their holes, which nearly all readers show.
    pub unlisted: Vec<NodeId>,
}

impl Tree {
    /// Adds the files that record a digest of each file, and of the session's structures, in the folder `.digests` of
    /// the root, in place of such files that are there. The digests themselves are made while the image is written,
    /// from the bytes that are written; of files whose data stay in an earlier session, those that it has recorded are
    /// taken. `options` are those that the tree is then planned with, and the tree must not change between. What fails
    /// leaves the tree as it was.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] where the file systems keep no names that plain tools could find;
    /// [`Error::MergeCollision`] for another item of that name; [`Error::TreeTooLarge`].
    pub fn record_digests(
        &mut self,
        algorithm: DigestAlgorithm,
        options: &PlanOptions,
    ) -> Result<RecordedDigests> {
        let named = FileSystems::ROCK_RIDGE | FileSystems::JOLIET | FileSystems::UDF | FileSystems::ENHANCED;
        if !options.file_systems.intersects(named) {
            return Err(Error::InvalidArgument {
                argument: "digests".to_owned(),
                reason: "plain ISO 9660 changes the names that are listed; add rock-ridge, joliet or udf"
                    .to_owned(),
            });
        }
        self.all_or_nothing(|tree| tree.prepare_digests(algorithm, options))
    }

    fn prepare_digests(
        &mut self,
        algorithm: DigestAlgorithm,
        options: &PlanOptions,
    ) -> Result<RecordedDigests> {
        let modified = options.modification().unwrap_or_default();
        let with = |attributes| ItemOptions {
            attributes: Some(attributes),
            modified: Some(modified),
            replace: true,
            ..ItemOptions::default()
        };
        self.remove_digests()?;
        let folder = match self.lookup(FOLDER) {
            Some(folder) if matches!(self.kind(folder), NodeKind::Directory(_)) => folder,
            _ => self.add(FOLDER, Item::Directory, &with(Attributes::DIRECTORY))?,
        };
        let file = |tree: &mut Tree, name: &str| -> Result<(NodeId, ContentId)> {
            let empty = Item::Bytes(Arc::from(&[][..]));
            let node = tree.add_in(folder, name.as_bytes(), empty, &with(Attributes::FILE))?;
            match tree.kind(node) {
                NodeKind::File(content) => Ok((node, content)),
                other => Err(Error::NotAFile { path: tree.path(node), kind: other.kind() }),
            }
        };
        let (list_node, list) = file(self, algorithm.list_name())?;
        let (_, session) = file(self, algorithm.session_name())?;
        self.set_digest_files(DigestFiles { algorithm, folder, list, session });
        // What is listed depends on what they are.
        self.set_content(list, Content::Digests { len: 0 });
        let ranges = range_count(options) as u64;
        let any_range = SectorRange(Extent::default()).name();
        let len = line::len(&self.relative_path(list_node)) + ranges * line::len(&any_range);
        self.set_content(session, Content::Digests { len });

        let mut recorded = RecordedDigests::default();
        let mut len = 0;
        visit_listed(self, options, algorithm, &mut |node, is_listed| match is_listed {
            true => {
                recorded.listed += 1;
                len += line::len(&self.relative_path(node));
            }
            false => recorded.unlisted.push(node),
        });
        self.set_content(list, Content::Digests { len });
        Ok(recorded)
    }

    /// Takes out the files that hold digests, by whatever algorithm, and their folder if nothing else is in it.
    /// [`record_digests`](Tree::record_digests) does; a source tree that is compared with a session
    /// ([`Update`](crate::update::Update)) must not have them where the next session records digests, for they are no change.
    ///
    /// # Errors
    /// As [`Tree::remove`].
    pub fn remove_digests(&mut self) -> Result<()> {
        let Some(folder) = self.lookup(FOLDER) else { return Ok(()) };
        let NodeKind::Directory(directory) = self.kind(folder) else { return Ok(()) };
        let names = DigestAlgorithm::ALL.iter().flat_map(|by| [by.list_name(), by.session_name()]);
        let is_file = |node: &NodeId| !matches!(self.kind(*node), NodeKind::Directory(_));
        let files: Vec<_> =
            names.filter_map(|name| self.child(directory, name.as_bytes())).filter(is_file).collect();
        for &node in &files {
            self.remove(node)?;
        }
        if !files.is_empty() && self.child_count(directory) == 0 {
            self.remove(folder)?;
        }
        Ok(())
    }
}

/// Visits all files but those of digests, and says whether each is listed.
fn visit_listed(
    tree: &Tree,
    options: &PlanOptions,
    algorithm: DigestAlgorithm,
    visit: &mut dyn FnMut(NodeId, bool),
) {
    let stays = options.imported == ImportedContent::StaysInPlace;
    visit_files(tree, options.file_systems, &mut |node, id| {
        let content = tree.content(id);
        if tree.is_of_digests(id) {
            return;
        }
        let is_there = content.is_imported() && stays && content.len() > 0;
        let passes = !is_there && !tree.is_encoded(node);
        // What readers see of a compressed file was known when it was compressed, and does not pass.
        let is_known = tree.known_digest(algorithm, id).is_some() && !tree.is_sparse(node);
        visit(node, passes || is_known);
    });
}

/// How many ranges of sectors hold the session's structures. HFS+ has one of its own. Where sector 256 with UDF's anchor may
/// lie among those of the others, as in a first session behind the head, it is left out: a later session changes it.
fn range_count(options: &PlanOptions) -> usize {
    1 + usize::from(leaves_anchor_out(options))
        + usize::from(options.file_systems.contains(FileSystems::HFS_PLUS))
}

fn leaves_anchor_out(options: &PlanOptions) -> bool {
    options.place.start <= ANCHOR && options.file_systems.contains(FileSystems::UDF)
}

/// Whether the files of digests are where they were put.
fn are_in_place(tree: &Tree, files: &DigestFiles) -> bool {
    let is_at = |name: &str, content: ContentId| {
        let path = [FOLDER, b"/", name.as_bytes()].concat();
        tree.lookup(path).is_some_and(|node| tree.kind(node) == NodeKind::File(content))
    };
    let algorithm = files.algorithm;
    tree.lookup(FOLDER) == Some(files.folder)
        && is_at(algorithm.list_name(), files.list)
        && is_at(algorithm.session_name(), files.session)
}

/// How many files a plan records digests of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DigestCounts {
    /// What they are made by.
    pub algorithm: DigestAlgorithm,
    /// Names that are listed.
    pub listed: u64,
    /// Names that cannot be; see [`RecordedDigests::unlisted`].
    pub unlisted: u64,
}

/// Lines between two whose position is kept.
const STRIDE: usize = 256;

/// Where each line lies. It knows 4 bytes for each file.
#[derive(Debug)]
pub(crate) struct DigestPlan {
    pub(crate) files: DigestFiles,
    listed: Vec<NodeId>,
    unlisted: u64,
    /// Contents whose digest is not that of the bytes that pass.
    compressed: HashSet<ContentId>,
    /// Where every [`STRIDE`]th line begins.
    marks: Vec<u64>,
    /// Bytes of the longest line.
    longest: u64,
    /// The session's structures.
    pub(crate) ranges: Vec<SectorRange>,
}

impl DigestPlan {
    /// `structures` are the stretches of sectors without contents behind the volume descriptors, from one to before
    /// another: that of directories and path tables first.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a tree that has changed since its digests were prepared.
    pub(crate) fn new(
        tree: &Tree,
        options: &PlanOptions,
        structures: &[(Sector, Sector)],
    ) -> Result<Option<DigestPlan>> {
        let (Some(files), Some((&(from, to), others))) = (tree.digest_files(), structures.split_first())
        else {
            return Ok(None);
        };
        let (mut listed, mut unlisted, mut compressed) = (Vec::new(), 0, HashSet::new());
        let (mut marks, mut len, mut longest) = (Vec::new(), 0, 0);
        visit_listed(tree, options, files.algorithm, &mut |node, is_listed| {
            if !is_listed {
                unlisted += 1;
                return;
            }
            if listed.len() % STRIDE == 0 {
                marks.push(len);
            }
            listed.push(node);
            if let (NodeKind::File(content), true) = (tree.kind(node), tree.is_encoded(node)) {
                compressed.insert(content);
            }
            let line = line::len(&tree.relative_path(node));
            len += line;
            longest = longest.max(line);
        });
        let between = |from: Sector, to: Sector| {
            SectorRange(Extent::new(from.min(to), to.since(from).unwrap_or_default()))
        };
        let mut ranges = match leaves_anchor_out(options) {
            false => vec![between(from, to)],
            true => {
                let behind = Sector::new(ANCHOR.get() + 1);
                vec![between(from, to.min(ANCHOR)), between(from.max(behind), to.max(behind))]
            }
        };
        ranges.extend(others.iter().map(|&(from, to)| between(from, to)));
        let plan = DigestPlan { files, listed, unlisted, compressed, marks, longest, ranges };
        let is_planned = |content, len| tree.is_of_digests(content) && tree.content_len(content) == len;
        if !are_in_place(tree, &files)
            || !is_planned(files.list, len)
            || !is_planned(files.session, plan.session_len(tree))
        {
            return Err(Error::InvalidArgument {
                argument: "digests".to_owned(),
                reason:
                    "the tree or the options have changed since its digests were prepared; prepare them last"
                        .to_owned(),
            });
        }
        Ok(Some(plan))
    }

    /// Whether the digest of a content is that of its bytes as they lie on the medium.
    pub(crate) fn is_of_stored(&self, content: ContentId) -> bool {
        !self.compressed.contains(&content)
    }

    pub(crate) fn counts(&self) -> DigestCounts {
        let listed = self.listed.len() as u64;
        DigestCounts { algorithm: self.files.algorithm, listed, unlisted: self.unlisted }
    }

    /// Bytes of the longest line of the list.
    pub(crate) fn longest(&self) -> usize {
        self.longest as usize
    }

    fn session_len(&self, tree: &Tree) -> u64 {
        let ranges = self.ranges.iter().map(|range| line::len(&range.name())).sum::<u64>();
        line::len(&self.list_path(tree)) + ranges
    }

    /// The path of the list, as it is listed itself.
    pub(crate) fn list_path(&self, tree: &Tree) -> Vec<u8> {
        let folder = tree.relative_path(self.files.folder);
        [&folder, &b"/"[..], self.files.algorithm.list_name().as_bytes()].concat()
    }

    /// Appends the lines of the list from that of byte `offset` on, until there are `most` bytes, and says where the
    /// first of them begins. `digest` tells those of contents.
    pub(crate) fn append_lines(
        &self,
        tree: &Tree,
        offset: u64,
        most: usize,
        digest: &mut dyn FnMut(ContentId) -> Result<super::Digest>,
        out: &mut Vec<u8>,
    ) -> Result<u64> {
        let mark = self.marks.partition_point(|&mark| mark <= offset).saturating_sub(1);
        let mut at = self.marks.get(mark).copied().unwrap_or_default();
        let mut first = None;
        for &node in self.listed.iter().skip(mark * STRIDE) {
            let NodeKind::File(content) = tree.kind(node) else { continue };
            let path = tree.relative_path(node);
            let end = at + line::len(&path);
            if end > offset {
                if first.is_none() {
                    first = Some(at);
                }
                line::append(&digest(content)?, &path, out);
                if out.len() >= most {
                    break;
                }
            }
            at = end;
        }
        Ok(first.unwrap_or(offset))
    }
}
