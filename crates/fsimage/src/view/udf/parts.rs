//! The structures of UDF in parts that are made one at a time.

use udf::write::DirectoryWriter;

use super::{Base, UdfView};
use crate::Result;
use crate::tree::Tree;

/// ICBs that are made at a time: 256 KiB.
pub(super) const ENTRIES_AT_A_TIME: u32 = 128;

/// A part of the structures: one directory, or some of the ICBs of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// ICB and file identifiers of the directory in this place.
    Directory(u32),
    /// ICBs of its children from one to before another.
    Entries {
        /// The directory's place.
        place: u32,
        /// Number of the first child, counted over all that the tree has.
        from: u32,
        /// Number behind the last.
        to: u32,
    },
    /// ICB and file identifiers of a stream directory, by its number.
    StreamDirectory(u32),
    /// ICBs of the streams in it, from one to before another.
    Streams {
        /// Number of the stream directory.
        set: u32,
        /// Number of the first stream.
        from: u32,
        /// Number behind the last.
        to: u32,
    },
}

/// Some of a directory's children, and where their ICBs lie.
#[derive(Clone, Copy)]
pub(crate) struct EntryRange {
    /// The directory's place.
    pub(crate) place: u32,
    /// As in [`Part::Entries`].
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// The first one's block, counted from the file set descriptor.
    pub(crate) block: u32,
    /// Where the structures lie.
    pub(crate) base: Base,
}

impl UdfView {
    /// The parts of the structures behind the file set, in ascending order, with their blocks.
    pub(crate) fn parts<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = (u32, u32, Part)> + 'a {
        let directories = (0..self.directories.len()).flat_map(move |place| {
            let directory = self.directories[place];
            let own = (directory.icb, self.own_blocks(directory), Part::Directory(place as u32));
            std::iter::once(own)
                .filter(|&(_, blocks, _)| blocks > 0)
                .chain(self.entry_parts(tree, place as u32))
        });
        directories.chain(self.stream_parts(tree))
    }

    /// The ICBs of a directory's members, some at a time.
    fn entry_parts<'a>(&'a self, tree: &'a Tree, place: u32) -> impl Iterator<Item = (u32, u32, Part)> + 'a {
        let directory = self.directories[place as usize];
        let mut block = directory.icb + self.own_blocks(directory);
        let mut children = self
            .directory_id(tree, place as usize)
            .into_iter()
            .flat_map(|id| tree.children(id))
            .zip(0u32..)
            .peekable();
        std::iter::from_fn(move || {
            let (start, from) = (block, children.peek()?.1);
            let mut to = from;
            while block - start < ENTRIES_AT_A_TIME
                && let Some((child, number)) = children.next()
            {
                block += self.own_entry_blocks(tree, child) as u32;
                to = number + 1;
            }
            Some((start, block - start, Part::Entries { place, from, to }))
        })
        .filter(|&(_, blocks, _)| blocks > 0)
    }

    /// Path of the directory, or the item with streams, that a part belongs to.
    pub(crate) fn path(&self, tree: &Tree, part: Part) -> String {
        tree.path(match part {
            Part::Directory(place) | Part::Entries { place, .. } => self.directories[place as usize].node,
            Part::StreamDirectory(set) | Part::Streams { set, .. } => self.stream_sets[set as usize].node,
        })
    }

    /// Appends a directory: its ICB and, unless they are embedded there, its file identifiers.
    pub(crate) fn append_directory(
        &self,
        tree: &Tree,
        place: u32,
        base: Base,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let at = place as usize;
        let identifiers = self.identifiers(tree, at)?;
        let mut writer = DirectoryWriter::new(self.form);
        let records = self.render(tree, at, &identifiers, base, &mut writer)?;
        self.append_directory_entry(tree, at, base, records, out)
    }
}
