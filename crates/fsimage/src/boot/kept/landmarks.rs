//! What lies where in an imported image: files by their first sector, and stretches that no file knows of.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sector_io::{Sector, SectorCount};

use super::replaced::Replacement;
use crate::Result;
use crate::boot::{AppendedPartition, BootSource};
use crate::tree::{Content, ContentId, NodeId, NodeKind, Section, Tree};

/// Something of an image that has a place, and its length in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Thing {
    pub(super) source: BootSource,
    /// Of what lies there, also where `source` is what has taken its place.
    pub(super) len: u64,
}

/// Things by their first sector.
pub(super) struct Landmarks {
    things: BTreeMap<u32, Thing>,
    /// First sectors and ends of all files, in order.
    files: Vec<(u32, u32)>,
    /// Where the last of them ends.
    files_end: u32,
    pub(super) appended: Vec<AppendedPartition>,
    /// Where lay what something else has taken the place of, and what the two are.
    replacements: BTreeMap<u32, Replacement>,
}

/// Most bytes of a section: whole sectors that 32 bits count.
const SECTION: u64 = (u32::MAX as u64 + 1) - 2048;

impl Landmarks {
    /// Of the tree's files, those that begin at one of `wanted`.
    pub(super) fn of(tree: &Tree, wanted: &BTreeSet<u32>) -> Landmarks {
        let mut found = Landmarks {
            things: BTreeMap::new(),
            files: Vec::new(),
            files_end: 0,
            appended: Vec::new(),
            replacements: BTreeMap::new(),
        };
        for (_, content) in tree.contents() {
            let stretches = sections_of(content);
            found.files.extend(stretches.iter().map(extent_of).filter(|(a, b)| a < b));
        }
        found.files.sort_unstable();
        found.files_end = found.files.iter().map(|&(_, end)| end).max().unwrap_or(0);
        visit_files(tree, &mut |node, id| {
            let content = tree.content(id);
            if let Some(start) = contiguous(content).filter(|start| wanted.contains(start)) {
                let thing = Thing { source: BootSource::File(node), len: content.len() };
                found.things.entry(start).or_insert(thing);
            }
        });
        found
    }

    pub(super) fn at(&self, sector: u32) -> Option<Thing> {
        self.things.get(&sector).copied()
    }

    /// Whether something lies there that no file is.
    pub(super) fn is_in_no_file(&self, sector: u32) -> bool {
        self.at(sector).is_some_and(|thing| !matches!(thing.source, BootSource::File(_)))
    }

    /// Its content.
    pub(super) fn content_in_no_file(&self, sector: u32) -> Option<ContentId> {
        match self.at(sector)?.source {
            BootSource::Content(content) => Some(content),
            BootSource::Appended(number) => self.content_of_appended(number),
            BootSource::File(_) => None,
        }
    }

    /// Says what has taken the place of what lay at a sector, of so many bytes.
    pub(super) fn follow(&mut self, sector: u32, (source, len): (BootSource, u64), replacement: Replacement) {
        self.things.insert(sector, Thing { source, len });
        self.replacements.insert(sector, replacement);
    }

    /// What that became, if something else has taken its place.
    pub(super) fn replacement(&self, sector: u32) -> Option<Replacement> {
        self.replacements.get(&sector).copied()
    }

    pub(super) fn content_of_appended(&self, number: u8) -> Option<ContentId> {
        self.appended.iter().find(|one| one.number == number).map(|one| one.content)
    }

    /// Where the first file begins.
    pub(super) fn first_file(&self) -> Option<u32> {
        self.files.first().map(|&(first, _)| first)
    }

    /// Where the last file ends.
    pub(super) fn files_end(&self) -> u32 {
        self.files_end
    }

    /// Where the last file ends of those that begin before a sector; 0 if there is none.
    pub(super) fn files_end_before(&self, sector: u32) -> u32 {
        let behind = self.files.partition_point(|&(first, _)| first < sector);
        self.files[..behind].iter().map(|&(_, end)| end).max().unwrap_or(0)
    }

    /// Whether no file has any of these sectors.
    pub(super) fn is_free(&self, start: u32, end: u32) -> bool {
        let behind = self.files.partition_point(|&(first, _)| first < end);
        // Extents overlap in crafted images only, so that those with a smaller start end earlier.
        self.files[..behind].last().is_none_or(|&(_, last)| last <= start)
    }

    /// The first sector behind `start` where a file begins.
    pub(super) fn next_file(&self, start: u32) -> Option<u32> {
        let behind = self.files.partition_point(|&(first, _)| first <= start);
        self.files.get(behind).map(|&(first, _)| first)
    }

    /// Makes a stretch that is in no file a content.
    pub(super) fn add_hidden(&mut self, tree: &mut Tree, start: u32, len: u64) -> Result<Thing> {
        let content = push_stretch(tree, start, len)?;
        let thing = Thing { source: BootSource::Content(content), len };
        self.things.insert(start, thing);
        Ok(thing)
    }

    /// Makes a stretch that is in no file an appended partition.
    pub(super) fn add_appended(&mut self, tree: &mut Tree, start: u32, len: u64) -> Result<Option<Thing>> {
        let Ok(number) = u8::try_from(self.appended.len() + 1) else { return Ok(None) };
        let content = push_stretch(tree, start, len)?;
        self.appended.push(AppendedPartition { number, content });
        let thing = Thing { source: BootSource::Appended(number), len };
        self.things.insert(start, thing);
        Ok(Some(thing))
    }
}

/// Visits the names of all files, those of higher levels first.
pub(super) fn visit_files(tree: &Tree, visit: &mut dyn FnMut(NodeId, ContentId)) {
    let mut pending = VecDeque::from([NodeId::ROOT]);
    while let Some(node) = pending.pop_front() {
        match tree.kind(node) {
            NodeKind::Directory(directory) => pending.extend(tree.children(directory)),
            NodeKind::File(content) => visit(node, content),
            _ => {}
        }
    }
}

fn push_stretch(tree: &mut Tree, start: u32, len: u64) -> Result<ContentId> {
    let start = Sector::new(start);
    if let Ok(len) = u32::try_from(len) {
        return tree.push_content(Content::Imported { start, len });
    }
    let mut sections = Vec::new();
    let (mut at, mut left) = (start, len);
    while left > 0 {
        let part = left.min(SECTION);
        sections.push(Section { start: at, len: part as u32 });
        left -= part;
        let Some(next) = SectorCount::for_bytes(part).and_then(|sectors| at.checked_add(sectors)) else {
            break;
        };
        at = next;
    }
    tree.push_content(Content::ImportedSections { sections: sections.into(), len })
}

fn extent_of(section: &Section) -> (u32, u32) {
    let start = section.start.get();
    (start, start.saturating_add(section.len.div_ceil(2048)))
}

fn sections_of(content: &Content) -> Vec<Section> {
    match content {
        Content::Imported { start, len } => vec![Section { start: *start, len: *len }],
        Content::ImportedSections { sections, .. } => sections.to_vec(),
        _ => Vec::new(),
    }
}

/// First sector of a content that lies in one stretch.
pub(super) fn contiguous(content: &Content) -> Option<u32> {
    let sections = sections_of(content);
    let first = sections.first().filter(|_| content.len() > 0)?;
    let follows =
        |two: &[Section]| extent_of(&two[0]).1 == two[1].start.get() && two[0].len.is_multiple_of(2048);
    sections.windows(2).all(follows).then(|| first.start.get())
}
