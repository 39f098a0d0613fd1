//! What UDF makes of the tree: its directories, breadth first, each with the ICBs of what is in it behind.
//!
//! As the other views, this one keeps a few numbers per directory and nothing per file: the ICBs of a
//! directory's files follow one another in the order of their names, so a file's address is its directory's
//! and the lengths of those before it. Only items with several names have theirs written down.
//!
//! Blocks in here count from the first of the structures, the file set descriptor. Where that lies comes last.
//!
//! A session that continues a volume with a virtual partition has the structures of what is new or changed only: what
//! `Continued` knows has an address already, and what it keeps takes no blocks.

mod continued;
mod entries;
mod links;
mod notices;
mod sizes;
mod streams;

use std::collections::{HashMap, HashSet};

pub(crate) use continued::Continued;
pub use continued::VirtualVolume;
pub(crate) use entries::time;
pub(crate) use sizes::{GrowingIdentifiers, UdfSizer};
pub(crate) use streams::StreamRange;
use streams::StreamSet;
use udf::file::FileCharacteristics;
use udf::partition::VirtualAllocationTable;
use udf::write::{
    Counts, DirectoryWriter, Form, IcbAddress, IcbBlock, Identifiers, Lies, StructurePartition,
    record_identifiers,
};

use super::shown::names_on_the_way;
use super::{ContentAddresses, NOWHERE, internal};
use crate::plan::{ImportedContent, MetadataPartition, NoticeCounts, PlanOptions, UdfAccess, UdfSymlinks};
use crate::tree::{
    ContentId, DirectoryId, FileSystem, FileSystems, LinkTargetId, NodeId, NodeKind, Timestamp, Tree,
};
use crate::{Error, Result};

/// The UDF file system's directories.
pub(crate) struct UdfView {
    form: Form,
    embeds_files: bool,
    embeds_directories: bool,
    embeds_streams: bool,
    symlinks: UdfSymlinks,
    /// When directories were modified that no source has.
    undated: Timestamp,
    /// Imported content stays where it is.
    imported_stays: bool,
    /// It is known what UDF of the same revision in the imported session has.
    knows_before: bool,
    directories: Vec<UdfDirectory>,
    /// Place in `directories` by the tree's directory number.
    places: Vec<u32>,
    /// Items with several names, by what these share.
    linked: HashMap<ContentId, Linked>,
    /// What items have named streams, in the order of their ICBs.
    stream_sets: Vec<StreamSet>,
    /// Contents of the streams, set after set.
    stream_contents: Vec<ContentId>,
    /// Contents that would fit into ICBs, if these did not hold extended attributes.
    crowded_out: HashSet<ContentId>,
    /// What is continued.
    continued: Option<Continued>,
    /// Blocks of all structures, the file set included.
    blocks: u32,
    /// Names of items beyond the first of each.
    further_names: u32,
    files: u32,
    counts: NoticeCounts,
}

/// A directory as UDF has it.
#[derive(Clone, Copy)]
struct UdfDirectory {
    node: NodeId,
    /// Place of the directory it is in; the root's is the root.
    parent: u32,
    /// Directories in it.
    subdirectories: u32,
    /// Block of its ICB.
    icb: u32,
    /// Blocks of its file identifiers, which follow the ICB; 0 where they are embedded.
    records: u32,
    /// Further names of items that come before its own.
    further_names: u32,
}

/// An item with several names.
#[derive(Clone, Copy)]
struct Linked {
    names: u32,
    /// The first name: its directory's ICBs include that of the file.
    first: Option<(NodeId, u32)>,
}

/// A node as UDF shows it.
#[derive(Clone, Copy)]
enum Member {
    Directory(DirectoryId),
    /// The node has the attributes: the target's, for a symbolic link that is copied.
    File(ContentId, NodeId),
    Symlink(LinkTargetId),
    /// Device, pipe, socket.
    Special,
}

/// What the names of a member share, if it can have several.
fn shared(tree: &Tree, node: NodeId, member: Member) -> Option<ContentId> {
    match member {
        Member::Directory(_) => None,
        Member::File(content, _) => Some(content),
        Member::Symlink(_) | Member::Special => tree.linked_content(node),
    }
}

/// Blocks of the file set descriptor and the terminating descriptor behind it.
pub(crate) const FILE_SET_BLOCKS: u32 = 2;

/// The first unique id but the root's (UDF 3.2.1.1).
const FIRST_UNIQUE_ID: u64 = 16;

/// ICBs that are made at a time: 256 KiB.
const ENTRIES_AT_A_TIME: u32 = 128;

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

/// The addresses of the first of the structures.
#[derive(Clone, Copy)]
pub(crate) struct Base {
    /// In the partition that ICBs are addressed in.
    pub(crate) icbs: u32,
    /// In the partition that directories and allocation extents lie in. The same where the partition is.
    pub(crate) directories: u32,
}

impl Base {
    /// Of an ICB in `block`, which has the address `icb`.
    fn at(self, icb: u32, block: u32) -> IcbBlock {
        IcbBlock { icb, behind: self.directories.saturating_add(block).saturating_add(1) }
    }
}

impl UdfView {
    /// Finds the sizes of everything. No address exists yet.
    pub(crate) fn new(tree: &Tree, options: &PlanOptions) -> Result<UdfView> {
        let mut view = UdfView::blank(options)?;
        view.places = vec![NOWHERE; tree.directory_count()];
        view.count_names(tree);
        if let Some(volume) = options.continued_volume() {
            view.continued = Some(Continued::new(&view, tree, volume)?);
            view.blocks = 0;
        }
        view.find_directories(tree)?;
        Ok(view)
    }

    /// Without any directory.
    fn blank(options: &PlanOptions) -> Result<UdfView> {
        let chosen = options.udf.resolved(options.file_systems);
        let structures = match (chosen.metadata_partition, chosen.access) {
            (_, UdfAccess::WriteOnce) => StructurePartition::Virtual,
            (MetadataPartition::None, _) => StructurePartition::Physical,
            _ => StructurePartition::Metadata,
        };
        let form = Form::new(chosen.revision, structures).map_err(|error| Error::InvalidArgument {
            argument: "UDF revision".to_owned(),
            reason: error.to_string(),
        })?;
        let alone = !options.file_systems.contains(FileSystems::ISO9660);
        let (embeds_directories, embeds_files) = options.udf.embedding.choose(alone);
        let (_, embeds_streams) = options.udf.embedding.choose(true);
        Ok(UdfView {
            form,
            embeds_files,
            embeds_directories,
            embeds_streams,
            symlinks: options.udf.symlinks,
            undated: options.modification().unwrap_or_default(),
            knows_before: options.recorded_forms.is_some_and(|recorded| {
                recorded.file_systems.contains(FileSystems::UDF)
                    && recorded.udf_revision == Some(chosen.revision)
            }),
            imported_stays: options.imported == ImportedContent::StaysInPlace,
            directories: Vec::new(),
            places: Vec::new(),
            linked: HashMap::new(),
            stream_sets: Vec::new(),
            stream_contents: Vec::new(),
            crowded_out: HashSet::new(),
            continued: None,
            blocks: FILE_SET_BLOCKS,
            further_names: 0,
            files: 0,
            counts: NoticeCounts::default(),
        })
    }

    /// How many names each content has; only those with several are kept.
    fn count_names(&mut self, tree: &Tree) {
        let mut counts = vec![0u32; tree.content_count()];
        let mut pending = vec![NodeId::ROOT];
        while let Some(node) = pending.pop() {
            let NodeKind::Directory(directory) = tree.kind(node) else { continue };
            for (child, member) in self.members(tree, directory) {
                match member {
                    Member::Directory(_) => pending.push(child),
                    member => {
                        if let Some(content) = shared(tree, child, member) {
                            counts[content.0 as usize] += 1;
                        }
                    }
                }
            }
        }
        let several = counts.into_iter().enumerate().filter(|&(_, names)| names > 1);
        self.linked =
            several.map(|(id, names)| (ContentId(id as u32), Linked { names, first: None })).collect();
    }

    /// Directories breadth first, the root first; with that, all addresses follow from lengths.
    fn find_directories(&mut self, tree: &Tree) -> Result<()> {
        let too_large = || Error::TreeTooLarge { what: "UDF structures beyond 8 TiB" };
        self.push_directory(tree, NodeId::ROOT, 0);
        let mut at = 0;
        while at < self.directories.len() {
            let Some(directory) = self.directory_id(tree, at) else { break };
            self.directories[at].icb = self.blocks;
            self.directories[at].further_names = self.further_names;
            let node = self.directories[at].node;
            self.note_streams(tree, node, node, self.blocks.into())?;
            let identifiers = self.identifiers(tree, at)?;
            self.remark(tree, at, &identifiers);
            let records = self.record_blocks(tree, node, identifiers.directory_len());
            self.directories[at].records = u32::try_from(records).map_err(|_| too_large())?;
            let mut end = u64::from(self.blocks) + u64::from(self.own_blocks(self.directories[at]));
            let members: Vec<(NodeId, Member)> = self.members(tree, directory).collect();
            for (child, member) in members {
                match member {
                    Member::Directory(_) => {
                        self.push_directory(tree, child, at as u32);
                        self.directories[at].subdirectories += 1;
                    }
                    member
                        if shared(tree, child, member)
                            .is_some_and(|content| self.is_further_name(content, child, end)) =>
                    {
                        self.further_names = self.further_names.checked_add(1).ok_or_else(too_large)?;
                    }
                    member => {
                        if let Member::File(_, source) = member {
                            self.note_streams(tree, child, source, end)?;
                        }
                        if let Member::File(content, source) = member
                            && self.embeds(tree, content)
                            && tree.content_len(content) > self.room(tree, source) as u64
                        {
                            self.crowded_out.insert(content);
                        }
                        end += self.entry_blocks(tree, child, member);
                        self.files = self.files.checked_add(1).ok_or_else(too_large)?;
                    }
                }
            }
            self.blocks = u32::try_from(end).map_err(|_| too_large())?;
            at += 1;
        }
        self.place_streams(tree)?;
        // Unique ids are derived from addresses; those in file identifiers have 32 bits (UDF 2.3.4.3).
        u32::try_from(self.next_unique_id()).map_err(|_| too_large())?;
        Ok(())
    }

    /// Blocks of file identifiers of so many bytes: none where the directory's ICB has room for them.
    fn record_blocks(&self, tree: &Tree, directory: NodeId, len: usize) -> u64 {
        let embedded = self.embeds_directories && len <= self.room(tree, directory);
        if embedded { 0 } else { len.div_ceil(udf::write::BLOCK_SIZE) as u64 }
    }

    fn push_directory(&mut self, tree: &Tree, node: NodeId, parent: u32) {
        if let NodeKind::Directory(id) = tree.kind(node) {
            self.places[id.0 as usize] = self.directories.len() as u32;
        }
        self.directories.push(UdfDirectory {
            node,
            parent,
            subdirectories: 0,
            icb: 0,
            records: 0,
            further_names: 0,
        });
    }

    /// Whether the item has its ICB with another name. The first name asked about gets it, at `block`.
    fn is_further_name(&mut self, content: ContentId, name: NodeId, block: u64) -> bool {
        match self.linked.get_mut(&content) {
            None => false,
            Some(Linked { first: Some((first, _)), .. }) => *first != name,
            Some(linked) => {
                // Blocks beyond 32 bits are an error when the directory is complete.
                linked.first = Some((name, u32::try_from(block).unwrap_or(u32::MAX)));
                false
            }
        }
    }

    fn directory_id(&self, tree: &Tree, place: usize) -> Option<DirectoryId> {
        match tree.kind(self.directories[place].node) {
            NodeKind::Directory(directory) => Some(directory),
            _ => None,
        }
    }

    /// Whether UDF shows the node, its parents being shown.
    fn shows(&self, tree: &Tree, node: NodeId) -> bool {
        !tree.hidden_in(node).contains(FileSystem::Udf.as_set())
    }

    /// What UDF shows a node as; `None` where it shows nothing.
    fn member(&self, tree: &Tree, node: NodeId) -> Option<Member> {
        if !self.shows(tree, node) {
            return None;
        }
        match tree.kind(node) {
            NodeKind::Directory(directory) => Some(Member::Directory(directory)),
            NodeKind::File(content) => {
                self.holds(tree.content(content)).then_some(Member::File(content, node))
            }
            NodeKind::Symlink(target) => match self.symlinks {
                UdfSymlinks::Store => Some(Member::Symlink(target)),
                UdfSymlinks::Omit => None,
                UdfSymlinks::Copy => {
                    let (node, content) = links::file_behind(tree, node, &|node| self.shows(tree, node))?;
                    self.holds(tree.content(content)).then_some(Member::File(content, node))
                }
            },
            _ => Some(Member::Special),
        }
    }

    fn members<'a>(
        &'a self,
        tree: &'a Tree,
        directory: DirectoryId,
    ) -> impl Iterator<Item = (NodeId, Member)> + 'a {
        tree.children(directory).filter_map(|child| Some((child, self.member(tree, child)?)))
    }

    /// The recorded names of a directory's members, in their order.
    fn identifiers(&self, tree: &Tree, place: usize) -> Result<Identifiers> {
        let Some(directory) = self.directory_id(tree, place) else { return Ok(Identifiers::default()) };
        let name = |(child, _)| tree.name_in(child, FileSystem::Udf);
        let names: Vec<&[u8]> = self.members(tree, directory).map(name).collect();
        record_identifiers(names.into_iter()).map_err(|_| Error::NoUniqueName {
            path: tree.path(self.directories[place].node),
            file_system: FileSystem::Udf,
        })
    }

    /// The names that readers see on the way to an item, from the root on; `None` where it is not shown.
    pub(crate) fn shown_path(&self, tree: &Tree, node: NodeId) -> Result<Option<Vec<String>>> {
        names_on_the_way(tree, node, |directory, item| {
            let place = self.places.get(directory.0 as usize).filter(|&&place| place != NOWHERE);
            let index = self.members(tree, directory).position(|(child, _)| child == item);
            let (Some(&place), Some(index)) = (place, index) else { return Ok(None) };
            Ok(Some(self.identifiers(tree, place as usize)?.shown(index)))
        })
    }

    /// A directory's file identifiers.
    fn render<'w>(
        &self,
        tree: &Tree,
        place: usize,
        identifiers: &Identifiers,
        base: Base,
        writer: &'w mut DirectoryWriter,
    ) -> Result<&'w [u8]> {
        let directory = self.directories[place];
        let Some(id) = self.directory_id(tree, place) else { return Ok(&[]) };
        let own = base.at(self.address(directory.node, directory.icb, base).block, directory.icb);
        writer.begin(match directory.records {
            0 => Lies::Embedded(own.icb),
            _ => Lies::From(own.behind),
        });
        let written = |error: udf::Error| internal(&error);
        writer.push_parent(self.icb_of_directory(directory.parent, base)).map_err(written)?;
        let mut next = u64::from(directory.icb) + u64::from(self.own_blocks(directory));
        let mut further = directory.further_names;
        for (index, (child, member)) in self.members(tree, id).enumerate() {
            let address = match member {
                Member::Directory(id) => self.icb_of_directory(self.places[id.0 as usize], base),
                member => match self.entry_elsewhere(tree, child, member) {
                    Some((first, block)) => {
                        let unique_id = self.id_of_further_name(further);
                        further = further.saturating_add(1);
                        IcbAddress { unique_id, ..self.address(first, block, base) }
                    }
                    None => self.take(&mut next, tree, child, member, base),
                },
            };
            let mut characteristics = FileCharacteristics::empty();
            characteristics.set(FileCharacteristics::DIRECTORY, matches!(member, Member::Directory(_)));
            let is_concealed = tree.concealed_in(child).contains(FileSystems::UDF);
            characteristics.set(FileCharacteristics::HIDDEN, is_concealed);
            writer.push(identifiers.identifier(index), characteristics, address).map_err(written)?;
        }
        Ok(writer.finish())
    }

    /// The address of the ICB at `next`, which moves on behind it.
    fn take(&self, next: &mut u64, tree: &Tree, child: NodeId, member: Member, base: Base) -> IcbAddress {
        let block = u32::try_from(*next).unwrap_or(u32::MAX);
        *next += self.entry_blocks(tree, child, member);
        self.address(child, block, base)
    }

    /// While directories are being found, those behind have no address yet.
    fn icb_of_directory(&self, place: u32, base: Base) -> IcbAddress {
        match self.directories.get(place as usize) {
            Some(directory) => self.address(directory.node, directory.icb, base),
            None => self.address(NodeId::ROOT, FILE_SET_BLOCKS, base),
        }
    }

    /// The address of a node's ICB, which lies in `block` if it is a new one.
    fn address(&self, node: NodeId, block: u32, base: Base) -> IcbAddress {
        match self.continued.as_ref().and_then(|continued| continued.icb(node)) {
            Some(known) => known,
            None => IcbAddress { block: base.icbs.saturating_add(block), unique_id: self.unique_id(block) },
        }
    }

    /// A new ICB's unique id: its block is unique.
    fn unique_id(&self, block: u32) -> u64 {
        match &self.continued {
            None if block == FILE_SET_BLOCKS => 0,
            _ => self.first_unique_id() + u64::from(block),
        }
    }

    fn first_unique_id(&self) -> u64 {
        self.continued.as_ref().map_or(FIRST_UNIQUE_ID, Continued::next_unique_id)
    }

    /// Whether the node's ICB stays as and where it is.
    fn keeps(&self, node: NodeId) -> bool {
        self.continued.as_ref().is_some_and(|continued| continued.keeps(node))
    }

    /// Blocks of a directory's own structures.
    fn own_blocks(&self, directory: UdfDirectory) -> u32 {
        if self.keeps(directory.node) { 0 } else { directory.records.saturating_add(1) }
    }

    /// Further names of a file have ids of their own, as those that Linux makes do.
    fn id_of_further_name(&self, number: u32) -> u64 {
        self.first_unique_id() + u64::from(self.blocks) + u64::from(number)
    }

    fn next_unique_id(&self) -> u64 {
        self.id_of_further_name(self.further_names)
    }

    /// Revision and kind of the volume.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// What the volume continues.
    pub(crate) fn continued(&self) -> Option<&Continued> {
        self.continued.as_ref()
    }

    /// Enters all ICBs of this session into a virtual allocation table, which has the entries of the state before.
    /// `base` are the addresses of the structures.
    pub(crate) fn enter_icbs(&self, tree: &Tree, base: Base, entries: &mut Vec<u32>) {
        let new = base.icbs as usize;
        entries.resize(new + self.blocks as usize, VirtualAllocationTable::UNUSED);
        let mut enter = |address: IcbAddress, block: u32| {
            if let Some(entry) = entries.get_mut(address.block as usize) {
                *entry = base.directories.saturating_add(block);
            }
        };
        let of_block = |block: u32| IcbAddress { block: base.icbs.saturating_add(block), unique_id: 0 };
        if self.continued.is_none() {
            enter(of_block(0), 0);
        }
        for (place, directory) in self.directories.iter().enumerate() {
            let own = self.own_blocks(*directory);
            if own > 0 {
                enter(self.address(directory.node, directory.icb, base), directory.icb);
            }
            // All of these are below `blocks`.
            let mut block = directory.icb.saturating_add(own);
            for child in self.directory_id(tree, place).into_iter().flat_map(|id| tree.children(id)) {
                let blocks = self.own_entry_blocks(tree, child) as u32;
                if blocks > 0 {
                    enter(self.address(child, block, base), block);
                    block = block.saturating_add(blocks);
                }
            }
        }
        self.visit_stream_icbs(tree, &mut |block| enter(of_block(block), block));
        for released in self.continued.iter().flat_map(Continued::released) {
            if let Some(entry) = entries.get_mut(*released as usize) {
                *entry = VirtualAllocationTable::UNUSED;
            }
        }
    }

    /// Blocks of all structures, the file set descriptor first.
    pub(crate) fn blocks(&self) -> u32 {
        self.blocks
    }

    /// What the integrity descriptor counts.
    pub(crate) fn volume_counts(&self) -> Counts {
        Counts {
            files: self.files,
            // Each has a block, and those are counted with 32 bits.
            directories: self.directories.len() as u32,
            next_unique_id: self.next_unique_id(),
        }
    }

    /// Whether the content needs no sectors: it is in an ICB, or all that refers to it stays as it is.
    pub(crate) fn needs_no_sectors(&self, tree: &Tree, id: ContentId) -> bool {
        self.embeds(tree, id) || self.continued.as_ref().is_some_and(|continued| continued.keeps_content(id))
    }

    /// Whether UDF keeps the content in the ICB.
    pub(crate) fn embeds(&self, tree: &Tree, id: ContentId) -> bool {
        let content = tree.content(id);
        self.embeds_files
            && !tree.is_of_digests(id)
            && content.len() <= self.form.room() as u64
            && !(content.is_imported() && self.imported_stays)
            && !self.crowded_out.contains(&id)
    }

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

    /// The earliest sector of imported content that UDF refers to.
    pub(crate) fn oldest_import(&self, tree: &Tree) -> Option<sector_io::Sector> {
        if !self.imported_stays {
            return None;
        }
        tree.contents()
            .filter(|(_, content)| content.is_imported() && self.holds(content))
            .filter_map(|(_, content)| entries::first_imported(content))
            .min()
    }
}

/// Where the plan put contents and the partition, for allocation descriptors.
#[derive(Clone, Copy)]
pub(crate) struct DataAddresses<'a> {
    pub(crate) contents: &'a dyn ContentAddresses,
    pub(crate) partition: sector_io::Sector,
}
