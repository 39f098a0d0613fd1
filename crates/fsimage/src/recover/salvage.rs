//! What an interrupted session holds that is whole.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use multisession::Session;
use sector_io::{Extent, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::{DroppedFile, is_readable};
use crate::digests::DigestAlgorithm;
use crate::disc::Disc;
use crate::emit::Sources;
use crate::import::{ImportOptions, ImportWarning, Imported, import_interrupted};
use crate::plan::Medium;
use crate::tree::{Content, ContentId, NodeId, NodeKind, Tree};
use crate::update::readable_digest;
use crate::{Control, PlanOptions, Result};

/// Sectors that are read at a time.
const PIECE: u32 = 32;

/// The tree of an interrupted session, with what of it can be kept.
pub(super) struct Salvage {
    /// `None` where its directories cannot be read.
    pub(super) imported: Option<Imported>,
    /// The items that are whole: all but directories.
    pub(super) takes: HashSet<NodeId>,
    /// The last sector that can be read and is not all zeros.
    pub(super) last_good: Option<Sector>,
    /// New files that are whole on the medium.
    kept: Vec<NodeId>,
    /// Paths of files that were completed from their sources.
    pub(super) completed: Vec<String>,
    /// Items that are not whole, and why.
    pub(super) lost: BTreeMap<NodeId, String>,
    pub(super) unreadable: Vec<String>,
    /// Paths of items of which named streams are lost, and why.
    incomplete: BTreeMap<String, String>,
    pub(super) source: Arc<dyn ReadSectors>,
    /// Where the session begins: what lies before it is whole.
    pub(super) start: Sector,
    /// Where what is trusted of it ends.
    pub(super) trusted: Sector,
}

impl fmt::Debug for Salvage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Salvage")
            .field("start", &self.start)
            .field("lost", &self.lost)
            .finish_non_exhaustive()
    }
}

/// The tree of the session that is written behind an interrupted one.
pub(super) struct ClosingTree {
    pub(super) tree: Tree,
    pub(super) options: PlanOptions,
    /// What digests of its files are recorded by.
    pub(super) digests: Option<DigestAlgorithm>,
}

impl Salvage {
    /// Looks at a session whose recording stopped early. The last unit of recording that holds anything is not
    /// trusted: power may have gone while it was written.
    pub(super) fn of(
        disc: &Disc,
        session: &Session,
        unit: SectorCount,
        control: &Control,
    ) -> Result<Salvage> {
        let source = disc.source().clone();
        let last_good = last_good(source.as_ref(), session, control)?;
        let trusted =
            last_good.map_or(session.start, |at| Sector::new(at.get() - at.get() % unit.get().max(1)));
        let mut salvage = Salvage {
            imported: None,
            takes: HashSet::new(),
            last_good,
            kept: Vec::new(),
            completed: Vec::new(),
            lost: BTreeMap::new(),
            unreadable: Vec::new(),
            incomplete: BTreeMap::new(),
            source,
            start: session.start,
            trusted,
        };
        if has_earlier_state(disc, session) {
            let lost =
                "its virtual allocation table (UDF 2.2.11) did not arrive: nobody knows what it was to hold";
            salvage.unreadable.push(lost.to_owned());
            return Ok(salvage);
        }
        let options = ImportOptions { session: Some(session.number), ..ImportOptions::default() };
        let imported = match import_interrupted(disc, &options, control) {
            Ok(imported) => imported,
            Err(error @ crate::Error::Cancelled { .. }) => return Err(error),
            Err(error) => {
                salvage.unreadable.push(error.to_string());
                return Ok(salvage);
            }
        };
        // Lists of digests lie behind all files; they are made anew.
        let told = imported.warnings.iter().filter(|one| {
            use ImportWarning::{Digests, Finding, IncompleteSession, Sums};
            !matches!(one, IncompleteSession { .. } | Finding { .. } | Digests { .. } | Sums { .. })
        });
        for warning in told {
            match warning {
                ImportWarning::UnreadableStream { path, stream, reason } => {
                    let reason = match stream {
                        Some(stream) => format!("its named stream {stream} did not arrive: {reason}"),
                        None => format!("its named streams did not arrive: {reason}"),
                    };
                    salvage.incomplete.insert(path.clone(), reason);
                }
                other => salvage.unreadable.push(other.to_string()),
            }
        }
        let check = Check {
            tree: &imported.tree,
            source: salvage.source.as_ref(),
            start: session.start,
            last_good,
            trusted,
        };
        for node in (1..imported.tree.node_count() as u32).map(NodeId) {
            control.check("nothing was written")?;
            if matches!(imported.tree.kind(node), NodeKind::Directory(_)) || !imported.tree.holds(node) {
                continue;
            }
            match check.problem_of(node) {
                Some(reason) => drop(salvage.lost.insert(node, reason)),
                None => {
                    salvage.takes.insert(node);
                    if check.is_new(node) {
                        salvage.kept.push(node);
                    }
                }
            }
        }
        salvage.imported = Some(imported);
        Ok(salvage)
    }

    /// Paths of the new files that are whole on the medium.
    pub(super) fn kept(&self) -> Vec<String> {
        let Some(imported) = &self.imported else { return Vec::new() };
        let paths = self.kept.iter().map(|&node| imported.tree.path(node));
        let mut paths: Vec<String> = paths.filter(|path| !self.incomplete.contains_key(path)).collect();
        paths.sort();
        paths
    }

    /// Paths of files that were completed from their sources.
    pub(super) fn completed(&self) -> Vec<String> {
        self.completed.iter().filter(|path| !self.incomplete.contains_key(*path)).cloned().collect()
    }

    /// Items that are there, but for some of their named streams.
    pub(super) fn incomplete(&self) -> Vec<DroppedFile> {
        let lost: HashSet<String> = self.dropped().into_iter().map(|lost| lost.path).collect();
        let told = self.incomplete.iter().filter(|(path, _)| !lost.contains(*path));
        told.map(|(path, reason)| DroppedFile { path: path.clone(), reason: reason.clone() }).collect()
    }

    /// Files that are not, and for which there is no source.
    pub(super) fn dropped(&self) -> Vec<DroppedFile> {
        let Some(imported) = &self.imported else { return Vec::new() };
        let dropped = self
            .lost
            .iter()
            .map(|(&node, reason)| DroppedFile { path: imported.tree.path(node), reason: reason.clone() });
        let mut dropped: Vec<DroppedFile> = dropped.collect();
        dropped.sort_by(|a, b| a.path.cmp(&b.path));
        dropped
    }

    /// Whether there is anything to build a session on.
    pub(super) fn holds_anything(&self) -> bool {
        !self.kept.is_empty() || !self.completed.is_empty()
    }

    /// Whether the session is what it was to be.
    fn is_whole(&self) -> bool {
        self.imported.is_some()
            && self.lost.is_empty()
            && self.unreadable.is_empty()
            && self.incomplete.is_empty()
    }

    /// What is whole, where there is no session before.
    pub(super) fn alone(mut self, medium: Medium, control: &Control) -> Result<Option<ClosingTree>> {
        self.know_digests(control)?;
        let is_anything = self.holds_anything();
        let Some(imported) = self.imported.filter(|_| is_anything) else { return Ok(None) };
        let mut tree = Tree::new();
        tree.restore_some(&imported.tree, &|node| self.takes.contains(&node))?;
        // The disc was closed since.
        let options = PlanOptions { disc: None, ..imported.plan_options_for(medium) };
        Ok(Some(ClosingTree { tree, options, digests: imported.digests }))
    }

    /// The tree of the session before, with what is whole of this one. Where all of it is, it is this one's.
    pub(super) fn merged_into(
        mut self,
        base: Imported,
        medium: Medium,
        dropped: &mut Vec<DroppedFile>,
        control: &Control,
    ) -> Result<ClosingTree> {
        self.know_digests(control)?;
        let is_whole = self.is_whole();
        let options = base.plan_options_for(medium);
        let Some(mut imported) = self.imported else {
            return Ok(ClosingTree { tree: base.tree, options, digests: base.digests });
        };
        let digests = imported.digests.or(base.digests);
        if is_whole {
            imported.tree.know_digests_of(&base.tree);
            // A boot set-up that is new may not have arrived.
            let continues = imported.boot_records == base.boot_records && options.virtual_volume.is_none();
            let options = match continues {
                true => PlanOptions { disc: options.disc, ..imported.plan_options_for(medium) },
                false => options,
            };
            return Ok(ClosingTree { tree: imported.tree, options, digests });
        }
        let (tree, mut merged) = (&imported.tree, base.tree);
        let mut takes = self.takes;
        takes.retain(|&node| {
            let is_free = is_free(&merged, tree, node);
            if !is_free {
                let reason =
                    "what the session before has of that name is of another kind, and stays".to_owned();
                dropped.push(DroppedFile { path: tree.path(node), reason });
            }
            is_free
        });
        dropped.sort_by(|a, b| a.path.cmp(&b.path));
        merged.restore_some(tree, &|node| takes.contains(&node))?;
        Ok(ClosingTree { tree: merged, options, digests })
    }

    /// Makes the digests of what arrived, whose list did not.
    fn know_digests(&mut self, control: &Control) -> Result<()> {
        let Some(imported) = &mut self.imported else { return Ok(()) };
        let Some(algorithm) = imported.digests else { return Ok(()) };
        let (tree, mut sources) = (&mut imported.tree, Sources::default());
        for &node in &self.kept {
            let NodeKind::File(content) = tree.kind(node) else { continue };
            if tree.is_sparse(node) || tree.known_digest(algorithm, content).is_some() {
                continue;
            }
            let place = (content, tree.imported_encoding(node));
            if let Some(digest) = readable_digest(tree, place, algorithm, &mut sources, control)? {
                tree.know_digest(algorithm, content, digest);
            }
        }
        Ok(())
    }
}

/// Whether all that is found of a session is UDF in the state that an earlier one left.
fn has_earlier_state(disc: &Disc, session: &Session) -> bool {
    let volume = disc.udf_volume(session).ok().flatten().filter(|_| disc.volume_set(session).is_err());
    volume.is_some_and(|volume| volume.states().first().is_some_and(|&table| table < session.start.get()))
}

/// Whether an item of a tree can take its place in another: no directory is there, and nothing else where its own
/// directories are.
fn is_free(base: &Tree, tree: &Tree, node: NodeId) -> bool {
    let mut names = vec![tree.name(node)];
    let mut at = tree.parent(node);
    while at != NodeId::ROOT {
        names.push(tree.name(at));
        at = tree.parent(at);
    }
    let mut there = NodeId::ROOT;
    while let Some(name) = names.pop() {
        let NodeKind::Directory(directory) = base.kind(there) else { return false };
        match base.child(directory, name) {
            Some(child) => there = child,
            None => return true,
        }
    }
    !matches!(base.kind(there), NodeKind::Directory(_))
}

pub(super) struct Check<'a> {
    pub(super) tree: &'a Tree,
    pub(super) source: &'a dyn ReadSectors,
    /// As of the salvage.
    pub(super) start: Sector,
    pub(super) last_good: Option<Sector>,
    pub(super) trusted: Sector,
}

impl Check<'_> {
    fn contents(&self, node: NodeId) -> impl Iterator<Item = ContentId> {
        let own = match self.tree.kind(node) {
            NodeKind::File(content) => Some(content),
            _ => None,
        };
        own.into_iter().chain(self.tree.streams(node).map(|stream| stream.content))
    }

    /// Where the data of a content lie that the session wrote.
    fn extents(&self, content: ContentId) -> Vec<Extent> {
        let extent = |start: Sector, len: u64| {
            Extent::new(start, SectorCount::for_bytes(len).unwrap_or(SectorCount::new(u32::MAX)))
        };
        let all: Vec<Extent> = match self.tree.content(content) {
            Content::Imported { start, len } => vec![extent(*start, u64::from(*len))],
            Content::ImportedSections { sections, .. } => {
                sections.iter().map(|one| extent(one.start, u64::from(one.len))).collect()
            }
            Content::ImportedStretches { stretches, .. } => {
                let sector = SECTOR_SIZE as u64;
                let of = |&(at, len): &(Option<u64>, u64)| {
                    let at = at?;
                    Some(extent(Sector::new(u32::try_from(at / sector).ok()?), at % sector + len))
                };
                stretches.iter().filter_map(of).collect()
            }
            _ => Vec::new(),
        };
        all.into_iter()
            .filter(|extent| extent.start >= self.start && extent.len > SectorCount::ZERO)
            .collect()
    }

    fn is_new(&self, node: NodeId) -> bool {
        self.contents(node).any(|content| !self.extents(content).is_empty())
    }

    pub(super) fn problem_of(&self, node: NodeId) -> Option<String> {
        self.contents(node).flat_map(|content| self.extents(content)).find_map(|extent| self.problem(extent))
    }

    fn problem(&self, extent: Extent) -> Option<String> {
        let end = extent.end().filter(|&end| end <= self.trusted);
        let Some(end) = end else {
            return Some(match self.last_good {
                Some(last) if extent.end().is_some_and(|end| end.get() <= last.get() + 1) => format!(
                    "its data reach into the last unit of recording, from sector {} on, which may not be as it \
                     was to be",
                    self.trusted
                ),
                last => format!(
                    "its data reach beyond sector {}, where the recording stopped",
                    last.unwrap_or(self.trusted)
                ),
            });
        };
        let mut bytes = vec![0; PIECE as usize * SECTOR_SIZE];
        for at in (extent.start.get()..end.get()).step_by(PIECE as usize) {
            let count = PIECE.min(end.get() - at) as usize;
            if let Err(error) = self.source.read_sectors(Sector::new(at), &mut bytes[..count * SECTOR_SIZE]) {
                return Some(error.to_string());
            }
        }
        None
    }
}

/// The last sector of a session that can be read and is not all zeros: drives fill up what was reserved. What lies
/// before it was recorded in order.
pub(super) fn last_good(
    source: &dyn ReadSectors,
    session: &Session,
    control: &Control,
) -> Result<Option<Sector>> {
    let there = source.sectors().get();
    let end = session.end.map_or(there, |end| end.get().min(there));
    let (mut low, mut high) = (session.start.get(), end);
    if low >= high || !is_readable(source, Sector::new(low)) {
        return Ok(None);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match is_readable(source, Sector::new(middle)) {
            true => low = middle,
            false => high = middle,
        }
    }
    let mut piece = vec![0; PIECE as usize * SECTOR_SIZE];
    while high > session.start.get() {
        control.check("nothing was written")?;
        let start = high.saturating_sub(PIECE).max(session.start.get());
        let bytes = &mut piece[..(high - start) as usize * SECTOR_SIZE];
        if source.read_sectors(Sector::new(start), bytes).is_ok()
            && let Some(last) = bytes.iter().rposition(|&byte| byte != 0)
        {
            return Ok(Some(Sector::new(start + (last / SECTOR_SIZE) as u32)));
        }
        high = start;
    }
    Ok(None)
}
