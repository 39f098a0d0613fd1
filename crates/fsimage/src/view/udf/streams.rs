//! Named streams (ECMA-167 4/9.2, UDF 3.3.5): for each item with streams the ICB of its stream directory, and
//! behind it the ICBs of the streams. All of them follow the directories and their files.

use udf::file::{FileType, IcbFlags};
use udf::write::{
    DirectoryWriter, Entry, EntryTimes, IcbAddress, Identifiers, Lies, Streams, record_identifiers,
};

use super::entries::{behind, embedded_bytes};
use super::parts::ENTRIES_AT_A_TIME;
use super::{Base, DataAddresses, Part, UdfView};
use crate::tree::{ContentId, FileSystem, NamedStream, NodeId, Tree};
use crate::view::internal;
use crate::{Error, Result};

/// The streams of an item.
#[derive(Clone, Copy)]
pub(super) struct StreamSet {
    /// The item.
    owner: NodeId,
    /// Whose attributes they have: of a link that is copied, what it leads to.
    pub(super) node: NodeId,
    /// Block of the item's own ICB.
    main: u32,
    /// Block of the stream directory's ICB.
    icb: u32,
    /// Blocks of its file identifiers, which follow the ICB; 0 where they are embedded.
    records: u32,
    /// Place of the first one's content in `UdfView::stream_contents`, and their number.
    first: u32,
    count: u32,
    /// Bytes of all streams.
    len: u64,
}

/// Some of the streams of one set, and where their ICBs lie.
#[derive(Clone, Copy)]
pub(crate) struct StreamRange {
    pub(crate) set: u32,
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// The first one's block, counted from the file set descriptor.
    pub(crate) block: u32,
    /// Where the structures lie.
    pub(crate) base: Base,
}

impl StreamSet {
    pub(super) fn count(self) -> usize {
        self.count as usize
    }
}

impl UdfView {
    /// Notes an item of which `main` is the block of its ICB, if it has streams, those of `node`. Blocks ascend from call
    /// to call.
    pub(super) fn note_streams(&mut self, tree: &Tree, owner: NodeId, node: NodeId, main: u64) -> Result<()> {
        if !tree.has_streams() || self.keeps(owner) || !self.form.is_third_edition() {
            return Ok(());
        }
        let too_large = || Error::TreeTooLarge { what: "UDF structures beyond 8 TiB" };
        let first = self.stream_contents.len();
        let mut contents = std::mem::take(&mut self.stream_contents);
        contents.extend(self.held_streams(tree, node).map(|stream| stream.content));
        self.stream_contents = contents;
        let held = &self.stream_contents[first..];
        if held.is_empty() {
            return Ok(());
        }
        let len = held.iter().fold(0u64, |sum, &content| sum.saturating_add(tree.content_len(content)));
        let set = StreamSet {
            owner,
            node,
            main: u32::try_from(main).map_err(|_| too_large())?,
            icb: 0,
            records: 0,
            first: u32::try_from(first).map_err(|_| too_large())?,
            count: u32::try_from(held.len()).map_err(|_| too_large())?,
            len,
        };
        self.stream_sets.push(set);
        Ok(())
    }

    /// Gives all that was noted its place behind the other structures.
    pub(super) fn place_streams(&mut self, tree: &Tree) -> Result<()> {
        let too_large = || Error::TreeTooLarge { what: "UDF structures beyond 8 TiB" };
        for at in 0..self.stream_sets.len() {
            let identifiers = self.stream_identifiers(tree, self.stream_sets[at].node)?;
            let set = self.stream_sets[at];
            self.remark_stream_names(set, &identifiers);
            let records = identifiers.directory_len();
            let embedded = self.embeds_directories && records <= self.form.room();
            let records = if embedded { 0 } else { records.div_ceil(udf::write::BLOCK_SIZE) as u64 };
            let streams: u64 = self.contents_of(set).map(|content| self.stream_blocks(tree, content)).sum();
            let end = u64::from(self.blocks) + 1 + records + streams;
            self.stream_sets[at].icb = self.blocks;
            self.stream_sets[at].records = u32::try_from(records).map_err(|_| too_large())?;
            self.blocks = u32::try_from(end).map_err(|_| too_large())?;
        }
        Ok(())
    }

    /// The streams that UDF can hold.
    pub(super) fn held_streams<'a>(
        &'a self,
        tree: &'a Tree,
        node: NodeId,
    ) -> impl Iterator<Item = NamedStream<'a>> + 'a {
        tree.udf_streams(node).filter(|stream| self.holds(tree.content(stream.content)))
    }

    /// How many streams of an item UDF does not keep.
    pub(super) fn dropped_streams(&self, tree: &Tree, node: NodeId) -> u64 {
        if !tree.has_streams() {
            return 0;
        }
        let held = if self.form.is_third_edition() { self.held_streams(tree, node).count() } else { 0 };
        (tree.streams(node).count() - held) as u64
    }

    pub(super) fn stream_identifiers(&self, tree: &Tree, node: NodeId) -> Result<Identifiers> {
        let names: Vec<&[u8]> = self.held_streams(tree, node).map(|stream| stream.name).collect();
        record_identifiers(names.into_iter())
            .map_err(|_| Error::NoUniqueName { path: tree.path(node), file_system: FileSystem::Udf })
    }

    fn contents_of(&self, set: StreamSet) -> impl Iterator<Item = ContentId> + '_ {
        let (first, count) = (set.first as usize, set.count as usize);
        self.stream_contents[first..first + count].iter().copied()
    }

    /// Whether UDF keeps the content of a stream in its ICB: also beside ISO 9660, which shows no streams.
    pub(crate) fn embeds_stream(&self, tree: &Tree, content: ContentId) -> bool {
        let content = tree.content(content);
        self.embeds_streams
            && content.len() <= self.form.room() as u64
            && !(content.is_imported() && self.imported_stays)
    }

    fn stream_blocks(&self, tree: &Tree, content: ContentId) -> u64 {
        if self.embeds_stream(tree, content) {
            return 1;
        }
        let extents = self.extents(tree, content, None);
        1 + Entry::allocation_extents(self.form, 0, extents.iter().map(|extent| extent.len))
    }

    /// What the item with its ICB at `main` says of its streams.
    pub(super) fn streams_at(&self, main: u32, base: Base) -> Option<Streams> {
        let at = self.stream_sets.binary_search_by_key(&main, |set| set.main).ok()?;
        let set = self.stream_sets[at];
        Some(Streams { directory: base.icbs.saturating_add(set.icb), len: set.len })
    }

    /// File identifiers of a stream directory. Its parent is the item; the ids are the item's (UDF 3.2.1.1).
    fn render_streams<'w>(
        &self,
        tree: &Tree,
        set: StreamSet,
        identifiers: &Identifiers,
        base: Base,
        writer: &'w mut DirectoryWriter,
    ) -> Result<&'w [u8]> {
        let own = base.at(base.icbs.saturating_add(set.icb), set.icb);
        writer.begin(match set.records {
            0 => Lies::Embedded(own.icb),
            _ => Lies::From(own.behind),
        });
        let written = |error: udf::Error| internal(&error);
        let main = self.address(set.owner, set.main, base);
        let address = |block: u32| IcbAddress { block: base.icbs.saturating_add(block), ..main };
        writer.push_parent(main).map_err(written)?;
        let mut block = u64::from(set.icb) + 1 + u64::from(set.records);
        for (index, stream) in self.held_streams(tree, set.node).enumerate() {
            let icb = address(u32::try_from(block).unwrap_or(u32::MAX));
            writer.push_stream(identifiers.identifier(index), stream.is_metadata, icb).map_err(written)?;
            block += self.stream_blocks(tree, stream.content);
        }
        Ok(writer.finish())
    }

    /// The stream directories and the ICBs of streams, in ascending order, with their blocks.
    pub(super) fn stream_parts<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = (u32, u32, Part)> + 'a {
        self.stream_sets.iter().zip(0u32..).flat_map(move |(&set, number)| {
            let own = (set.icb, 1 + set.records, Part::StreamDirectory(number));
            let mut block = set.icb + 1 + set.records;
            let mut streams = self.contents_of(set).zip(0u32..).peekable();
            let entries = std::iter::from_fn(move || {
                let (start, from) = (block, streams.peek()?.1);
                let mut to = from;
                while block - start < ENTRIES_AT_A_TIME
                    && let Some((content, at)) = streams.next()
                {
                    block += self.stream_blocks(tree, content) as u32;
                    to = at + 1;
                }
                Some((start, block - start, Part::Streams { set: number, from, to }))
            });
            std::iter::once(own).chain(entries)
        })
    }

    /// The blocks of the ICBs of stream directories and streams.
    pub(super) fn visit_stream_icbs(&self, tree: &Tree, visit: &mut dyn FnMut(u32)) {
        for &set in &self.stream_sets {
            visit(set.icb);
            let mut block = set.icb.saturating_add(1).saturating_add(set.records);
            for content in self.contents_of(set) {
                visit(block);
                block = block.saturating_add(self.stream_blocks(tree, content) as u32);
            }
        }
    }

    /// Appends the ICB of a stream directory and, unless they are embedded there, its file identifiers.
    pub(crate) fn append_stream_directory(
        &self,
        tree: &Tree,
        number: u32,
        base: Base,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let Some(&set) = self.stream_sets.get(number as usize) else { return Ok(()) };
        let identifiers = self.stream_identifiers(tree, set.node)?;
        let mut writer = DirectoryWriter::new(self.form);
        let records = self.render_streams(tree, set, &identifiers, base, &mut writer)?;
        let at = base.at(base.icbs.saturating_add(set.icb), set.icb);
        // No file identifier leads here (ECMA-167 4/14.9.6).
        let entry = self.stream_entry(tree, set, FileType::STREAM_DIRECTORY, 0, base);
        self.append_with_identifiers(&entry, at, records, set.records, out)
    }

    /// Appends the ICBs of some of an item's streams.
    pub(crate) fn append_streams(
        &self,
        tree: &Tree,
        range: StreamRange,
        addresses: DataAddresses<'_>,
        content: &mut dyn FnMut(ContentId, &mut Vec<u8>) -> Result<()>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let StreamRange { set, from, to, mut block, base } = range;
        let Some(&set) = self.stream_sets.get(set as usize) else { return Ok(()) };
        let mut entry = self.stream_entry(tree, set, FileType::BYTES, 1, base);
        entry.is_stream = true;
        let mut embedded = Vec::new();
        for id in self.contents_of(set).skip(from as usize).take((to - from) as usize) {
            let at = base.at(base.icbs.saturating_add(block), block);
            let before = out.len();
            let bytes = match self.embeds_stream(tree, id) {
                true => Some(embedded_bytes(tree, id, content, &mut embedded)?),
                false => None,
            };
            self.append_file(tree, id, &entry, at, bytes, addresses, out)?;
            block = behind(block, out.len() - before)?;
        }
        Ok(())
    }

    /// Owner, permissions and times are the item's, but no set-id bits, which are about programs, and no times that
    /// need extended attributes, which streams and their directories do not have (UDF 3.3.5.1).
    fn stream_entry(
        &self,
        tree: &Tree,
        set: StreamSet,
        file_type: FileType,
        links: u32,
        base: Base,
    ) -> Entry {
        let unique_id = self.address(set.owner, set.main, base).unique_id;
        let mut entry = self.entry(tree, set.node, file_type, links, unique_id);
        entry.mode &= 0o777;
        entry.flags = IcbFlags::empty();
        let EntryTimes { access, attribute, creation, .. } = entry.times;
        entry.times = EntryTimes { access, attribute, creation, ..EntryTimes::default() };
        entry
    }
}
