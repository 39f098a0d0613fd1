//! What an interrupted session holds that is whole.

use std::collections::HashSet;

use multisession::Session;
use sector_io::{Extent, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::{DroppedFile, is_readable};
use crate::disc::Disc;
use crate::import::{ImportOptions, ImportWarning, Imported, import};
use crate::tree::{Content, ContentId, NodeId, NodeKind, Tree};
use crate::{Control, Result};

/// Sectors that are read at a time.
const PIECE: u32 = 32;

/// The tree of an interrupted session, with what of it can be kept.
#[derive(Debug)]
pub(super) struct Salvage {
    /// `None` where its directories cannot be read.
    pub(super) imported: Option<Imported>,
    /// The items that are whole: all but directories.
    pub(super) takes: HashSet<NodeId>,
    /// The last sector that can be read and is not all zeros.
    pub(super) last_good: Option<Sector>,
    pub(super) kept: Vec<String>,
    pub(super) dropped: Vec<DroppedFile>,
    pub(super) unreadable: Vec<String>,
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
        let source = disc.source().as_ref();
        let last_good = last_good(source, session, control)?;
        let mut salvage = Salvage {
            imported: None,
            takes: HashSet::new(),
            last_good,
            kept: Vec::new(),
            dropped: Vec::new(),
            unreadable: Vec::new(),
        };
        let options = ImportOptions { session: Some(session.number), ..ImportOptions::default() };
        let imported = match import(disc, &options, control) {
            Ok(imported) => imported,
            Err(error @ crate::Error::Cancelled { .. }) => return Err(error),
            Err(error) => {
                salvage.unreadable.push(error.to_string());
                return Ok(salvage);
            }
        };
        // Files whose data pass the end are told as lost.
        let told = imported.warnings.iter().filter(|one| {
            use ImportWarning::{BeyondEnd, Finding, IncompleteSession};
            !matches!(one, IncompleteSession { .. } | BeyondEnd { .. } | Finding { .. })
        });
        salvage.unreadable.extend(told.map(ToString::to_string));
        let trusted =
            last_good.map_or(session.start, |at| Sector::new(at.get() - at.get() % unit.get().max(1)));
        let check = Check { tree: &imported.tree, source, start: session.start, trusted };
        for node in (1..imported.tree.node_count() as u32).map(NodeId) {
            control.check("nothing was written")?;
            if matches!(imported.tree.kind(node), NodeKind::Directory(_)) || !imported.tree.holds(node) {
                continue;
            }
            match check.problem_of(node) {
                Some(reason) => {
                    salvage.dropped.push(DroppedFile { path: imported.tree.path(node), reason });
                }
                None => {
                    salvage.takes.insert(node);
                    if check.is_new(node) {
                        salvage.kept.push(imported.tree.path(node));
                    }
                }
            }
        }
        salvage.kept.sort();
        salvage.dropped.sort_by(|a, b| a.path.cmp(&b.path));
        salvage.imported = Some(imported);
        Ok(salvage)
    }

    /// The tree of the session before, with what is whole of this one. Where all of it is, it is this one's.
    pub(super) fn merged_into(self, mut base: Tree, dropped: &mut Vec<DroppedFile>) -> Result<Tree> {
        let Some(imported) = self.imported else { return Ok(base) };
        if self.dropped.is_empty() && self.unreadable.is_empty() {
            return Ok(imported.tree);
        }
        let tree = &imported.tree;
        let mut takes = self.takes;
        takes.retain(|&node| {
            let is_free = is_free(&base, tree, node);
            if !is_free {
                let reason =
                    "what the session before has of that name is of another kind, and stays".to_owned();
                dropped.push(DroppedFile { path: tree.path(node), reason });
            }
            is_free
        });
        dropped.sort_by(|a, b| a.path.cmp(&b.path));
        base.restore_some(tree, &|node| takes.contains(&node))?;
        Ok(base)
    }
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

struct Check<'a> {
    tree: &'a Tree,
    source: &'a dyn ReadSectors,
    /// Where the interrupted session begins: what lies before it is whole.
    start: Sector,
    /// Where what is trusted of it ends.
    trusted: Sector,
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

    fn problem_of(&self, node: NodeId) -> Option<String> {
        self.contents(node).flat_map(|content| self.extents(content)).find_map(|extent| self.problem(extent))
    }

    fn problem(&self, extent: Extent) -> Option<String> {
        let end = extent.end().filter(|&end| end <= self.trusted);
        let Some(end) = end else {
            return Some(format!(
                "its data reach beyond sector {}, where the recording stopped",
                self.trusted
            ));
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
fn last_good(source: &dyn ReadSectors, session: &Session, control: &Control) -> Result<Option<Sector>> {
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
