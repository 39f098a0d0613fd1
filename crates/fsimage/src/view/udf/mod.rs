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

mod addresses;
mod continued;
mod entries;
mod links;
mod notices;
mod parts;
mod sizes;
mod streams;

use std::collections::{HashMap, HashSet};

pub(crate) use addresses::{Base, DataAddresses};
pub(crate) use continued::Continued;
pub use continued::VirtualVolume;
pub(crate) use entries::time;
pub(crate) use links::{file_behind, is_same_target};
pub(crate) use parts::{EntryRange, Part};
pub(crate) use sizes::{GrowingIdentifiers, UdfSizer};
pub(crate) use streams::StreamRange;
use streams::StreamSet;
use udf::file::FileCharacteristics;
use udf::write::{
    Counts, DirectoryWriter, Form, IcbAddress, Identifiers, Lies, StructurePartition, record_identifiers,
};

use super::shown::names_on_the_way;
use super::{NOWHERE, internal};
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
        !tree.hidden_in(node).contains(FileSystems::UDF)
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
                    let node = file_behind(tree, node)?;
                    let NodeKind::File(content) = tree.kind(node) else { return None };
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

    /// Whether the node's ICB stays as and where it is.
    fn keeps(&self, node: NodeId) -> bool {
        self.continued.as_ref().is_some_and(|continued| continued.keeps(node))
    }

    /// Blocks of a directory's own structures.
    fn own_blocks(&self, directory: UdfDirectory) -> u32 {
        if self.keeps(directory.node) { 0 } else { directory.records.saturating_add(1) }
    }

    /// Revision and kind of the volume.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// What the volume continues.
    pub(crate) fn continued(&self) -> Option<&Continued> {
        self.continued.as_ref()
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
