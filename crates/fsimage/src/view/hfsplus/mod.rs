//! What HFS+ makes of the tree: folders breadth first, with the numbers of what is in them, and how the records of all
//! fill the catalog's nodes.
//!
//! As the other views, this one keeps a few numbers per folder and nothing per file. The items of a folder are numbered
//! in the order of their names, and folders come in the order of their numbers, so that the catalog ascends when it is
//! walked folder by folder: for each item in it the thread record, and behind that of a folder the records of its items.

mod listings;
mod notices;
mod records;
mod walk;

use std::collections::{BTreeMap, HashMap, HashSet};

use hfsplus::write::{CatalogLayout, CatalogPlanner, METADATA_FOLDER, indirect_node_name};
use hfsplus::{CatalogNodeId, Date, RecordedNames, record_names};

use super::shown::names_on_the_way;
use super::{NOWHERE, internal};
use crate::plan::{HfsPlusBlessings, HfsPlusType, NoticeCounts, PlanOptions};
use crate::tree::{ContentId, DirectoryId, FileSystem, LinkTargetId, NodeId, NodeKind, Timestamp, Tree};
use crate::{Error, Result};
use listings::Listings;
pub(crate) use records::{DataAddresses, date};
use walk::{Position, Step};

/// The HFS+ file system's folders.
pub(crate) struct HfsPlusView {
    /// The root first; the metadata folder last, where there is one.
    directories: Vec<HfsPlusDirectory>,
    /// Place in `directories` by the tree's directory number.
    places: Vec<u32>,
    /// Contents with several names.
    linked: HashMap<ContentId, Linked>,
    /// What the names of symbolic links, devices, pipes and sockets share that have several: here each is an item.
    parted: HashSet<ContentId>,
    /// The same in the order of their indirect nodes.
    indirect_nodes: Vec<ContentId>,
    /// Contents that lie outside of the volume.
    outside: Vec<ContentId>,
    /// Whether HFS+ shows the content, by its number.
    shown: Vec<bool>,
    volume_name: Vec<u16>,
    created: Date,
    /// When directories were modified that no source has.
    undated: Timestamp,
    types: BTreeMap<NodeId, HfsPlusType>,
    layout: CatalogLayout,
    /// The first record of each part of the catalog's leaves.
    parts: Vec<Position>,
    /// Blocks of the targets of symbolic links.
    link_blocks: u32,
    next_id: u32,
    files: u32,
    counts: NoticeCounts,
    listings: Listings,
}

/// A folder as HFS+ has it.
#[derive(Clone, Copy)]
struct HfsPlusDirectory {
    /// `None` is the metadata folder.
    node: Option<NodeId>,
    id: CatalogNodeId,
    /// Number of the first of its items, in the order of their names.
    first_id: u32,
    /// Items in it.
    items: u32,
    /// Blocks of targets of symbolic links in folders before it.
    link_block: u32,
}

/// A content with several names.
#[derive(Clone, Copy)]
struct Linked {
    names: u32,
    /// The first name, and the place of its indirect node among these.
    first: Option<(NodeId, u32)>,
    /// That of the first of its names that has any.
    file_type: Option<HfsPlusType>,
}

/// An item as HFS+ shows it.
#[derive(Clone, Copy)]
enum Member {
    Directory(DirectoryId),
    /// The folder of the files that have several names.
    MetadataFolder,
    File(ContentId),
    /// One of several names of a file.
    HardLink(ContentId),
    /// The file behind such names.
    IndirectNode(ContentId),
    /// Its target lies in that block of all those of targets.
    Symlink(LinkTargetId, u32),
    /// Device, pipe, socket: its number if it is a device.
    Special(u16, u32),
}

/// A folder's items, and their names.
struct Listing {
    members: Vec<(Option<NodeId>, Member)>,
    names: RecordedNames,
}

/// Leaves of the catalog that are made at a time: 256 KiB.
const LEAVES_AT_A_TIME: u32 = 32;

/// Blocks of symbolic links' targets that are made at a time: 256 KiB.
const LINK_BLOCKS_AT_A_TIME: u32 = 128;

/// Some symbolic links of a folder: those among its children from one to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LinkRange {
    place: u32,
    from: u32,
    to: u32,
}

/// File types in permissions, as POSIX has them.
mod mode {
    pub(super) const FIFO: u16 = 0o010_000;
    pub(super) const CHARACTER_DEVICE: u16 = 0o020_000;
    pub(super) const DIRECTORY: u16 = 0o040_000;
    pub(super) const BLOCK_DEVICE: u16 = 0o060_000;
    pub(super) const FILE: u16 = 0o100_000;
    pub(super) const SYMBOLIC_LINK: u16 = 0o120_000;
    pub(super) const SOCKET: u16 = 0o140_000;
}

impl HfsPlusView {
    /// Finds the sizes of everything. No address exists yet. Files with the contents that are to lie outside of the volume
    /// are left out.
    pub(crate) fn new(tree: &Tree, options: &PlanOptions, outside: &[ContentId]) -> Result<HfsPlusView> {
        let created = options.creation_for(tree);
        let mut view = HfsPlusView {
            directories: Vec::new(),
            places: vec![NOWHERE; tree.directory_count()],
            linked: HashMap::new(),
            parted: HashSet::new(),
            indirect_nodes: Vec::new(),
            outside: outside.to_vec(),
            shown: Vec::new(),
            volume_name: crate::plan::hfsplus_label(options).0,
            created: date(created),
            undated: options.modification().unwrap_or_default(),
            types: options.hfs_plus.types.clone(),
            layout: CatalogPlanner::new().finish().map_err(|error| internal(&error))?,
            parts: Vec::new(),
            link_blocks: 0,
            next_id: CatalogNodeId::FIRST_USER.0,
            files: 0,
            counts: NoticeCounts::default(),
            listings: Listings::default(),
        };
        view.count_names(tree);
        view.find_directories(tree)?;
        view.fill_leaves(tree)?;
        view.check_blessings(tree, options.hfs_plus.blessed)?;
        Ok(view)
    }

    /// How many names each item has; only those with several are kept.
    fn count_names(&mut self, tree: &Tree) {
        let mut counts = vec![0u32; tree.content_count()];
        let mut pending = vec![NodeId::ROOT];
        while let Some(node) = pending.pop() {
            let NodeKind::Directory(directory) = tree.kind(node) else { continue };
            for child in tree.children(directory).filter(|&child| shows(tree, child)) {
                match tree.kind(child) {
                    NodeKind::Directory(_) => pending.push(child),
                    _ => {
                        if let Some(content) = tree.linked_content(child)
                            && !self.outside.contains(&content)
                        {
                            counts[content.0 as usize] += 1;
                        }
                    }
                }
            }
        }
        self.shown = counts.iter().map(|&names| names > 0).collect();
        let several = (0..).zip(counts).filter(|&(_, names)| names > 1);
        for (content, names) in several.map(|(id, names)| (ContentId(id), names)) {
            match tree.is_identity(content) {
                true => drop(self.parted.insert(content)),
                false => drop(self.linked.insert(content, Linked { names, first: None, file_type: None })),
            }
        }
        for (&node, &of) in &self.types {
            if let NodeKind::File(content) = tree.kind(node)
                && let Some(linked) = self.linked.get_mut(&content)
            {
                linked.file_type.get_or_insert(of);
            }
        }
    }

    /// Folders breadth first, the root first: all get their numbers.
    fn find_directories(&mut self, tree: &Tree) -> Result<()> {
        self.push_directory(tree, NodeId::ROOT, CatalogNodeId::ROOT_FOLDER);
        let mut metadata = None;
        let mut place = 0;
        while place < self.directories.len() {
            self.directories[place].link_block = self.link_blocks;
            let listing = self.list(tree, place)?;
            self.remark(tree, place, &listing);
            let first_id = self.number(place, listing.members.len(), self.next_id)?;
            for (id, &index) in (first_id..).map(CatalogNodeId).zip(listing.names.order()) {
                match listing.members[index as usize] {
                    (Some(node), Member::Directory(_)) => self.push_directory(tree, node, id),
                    (_, Member::MetadataFolder) => metadata = Some(id),
                    (Some(node), Member::HardLink(content)) => self.note_name(content, node),
                    _ => {}
                }
                if !matches!(listing.members[index as usize].1, Member::Directory(_) | Member::MetadataFolder)
                {
                    self.files += 1;
                }
            }
            let links = listing.members.iter().map(|(_, member)| match member {
                Member::Symlink(target, _) => target_blocks(tree, *target),
                _ => 0,
            });
            let blocks = u64::from(self.link_blocks) + links.sum::<u64>();
            self.link_blocks = u32::try_from(blocks).map_err(|_| too_large())?;
            place += 1;
        }
        if let Some(id) = metadata {
            self.push_metadata_folder(id)?;
        }
        Ok(())
    }

    fn push_directory(&mut self, tree: &Tree, node: NodeId, id: CatalogNodeId) {
        if let NodeKind::Directory(directory) = tree.kind(node) {
            self.places[directory.0 as usize] = self.directories.len() as u32;
        }
        let node = Some(node);
        self.directories.push(HfsPlusDirectory { node, id, first_id: 0, items: 0, link_block: 0 });
    }

    /// Gives the items of a folder their numbers, from `first` on.
    fn number(&mut self, place: usize, items: usize, first: u32) -> Result<u32> {
        let items = u32::try_from(items).map_err(|_| too_large())?;
        self.directories[place].first_id = first;
        self.directories[place].items = items;
        self.next_id = first.checked_add(items).ok_or_else(too_large)?;
        Ok(first)
    }

    fn note_name(&mut self, content: ContentId, node: NodeId) {
        let number = self.indirect_nodes.len() as u32;
        if let Some(linked) = self.linked.get_mut(&content)
            && linked.first.is_none()
        {
            linked.first = Some((node, number));
            self.indirect_nodes.push(content);
        }
    }

    /// The files in it are named by their numbers, which have so many digits each that their names ascend with them.
    fn push_metadata_folder(&mut self, id: CatalogNodeId) -> Result<()> {
        let count = self.indirect_nodes.len() as u32;
        let last = self.next_id.checked_add(count).ok_or_else(too_large)?;
        let digits = last.ilog10();
        let first = if self.next_id.ilog10() == digits { self.next_id } else { 10u32.pow(digits) };
        self.directories.push(HfsPlusDirectory {
            node: None,
            id,
            first_id: 0,
            items: 0,
            link_block: self.link_blocks,
        });
        self.number(self.directories.len() - 1, count as usize, first)?;
        self.files = self.files.checked_add(count).ok_or_else(too_large)?;
        Ok(())
    }

    /// How the records fill the leaves.
    fn fill_leaves(&mut self, tree: &Tree) -> Result<()> {
        let mut planner = CatalogPlanner::new();
        let mut parts = Vec::new();
        let mut leaves = 0;
        self.walk(tree, Position::START, &mut |at, step| {
            let begins = planner
                .push(step.parent(), step.key_name(), self.data_len(&step))
                .map_err(|_| too_large())?;
            if begins {
                if leaves % LEAVES_AT_A_TIME == 0 {
                    parts.push(at);
                }
                leaves += 1;
            }
            Ok(true)
        })?;
        self.layout = planner.finish().map_err(|_| too_large())?;
        self.parts = parts;
        Ok(())
    }

    fn check_blessings(&self, tree: &Tree, blessed: HfsPlusBlessings) -> Result<()> {
        for (name, node, is_folder) in blessed.all() {
            tree.check_knows(node)?;
            let wrong = |reason: &str| Error::InvalidArgument {
                argument: name.to_owned(),
                reason: format!("{}: {reason}", tree.path(node)),
            };
            if is_folder != matches!(tree.kind(node), NodeKind::Directory(_)) {
                return Err(wrong(if is_folder { "it is no folder" } else { "it is a folder" }));
            }
            if self.id_of(tree, node)?.is_none() {
                return Err(wrong("HFS+ does not show it"));
            }
        }
        Ok(())
    }

    /// The number of an item; of a file with several names, that which all of them lead to.
    pub(crate) fn id_of(&self, tree: &Tree, node: NodeId) -> Result<Option<CatalogNodeId>> {
        let kind = tree.kind(node);
        if let NodeKind::Directory(id) = kind {
            let place = self.places[id.0 as usize];
            return Ok(self.directories.get(place as usize).map(|directory| directory.id));
        }
        if let NodeKind::File(content) = kind
            && let Some(number) = self.indirect_node(content)
        {
            return Ok(Some(number));
        }
        let NodeKind::Directory(parent) = tree.kind(tree.parent(node)) else { return Ok(None) };
        let place = self.places[parent.0 as usize] as usize;
        let Some(directory) = self.directories.get(place).copied() else { return Ok(None) };
        let listing = self.list(tree, place)?;
        let rank =
            listing.names.order().iter().position(|&index| listing.members[index as usize].0 == Some(node));
        Ok(rank.map(|rank| CatalogNodeId(directory.first_id + rank as u32)))
    }

    /// The number of the file that several names lead to.
    fn indirect_node(&self, content: ContentId) -> Option<CatalogNodeId> {
        let (_, number) = self.linked.get(&content)?.first?;
        let folder = self.directories.last().filter(|last| last.node.is_none())?;
        Some(CatalogNodeId(folder.first_id + number))
    }

    /// What HFS+ shows a node as; `None` where it shows nothing.
    fn member(&self, tree: &Tree, node: NodeId, link_block: u32) -> Option<Member> {
        if !shows(tree, node) {
            return None;
        }
        Some(match tree.kind(node) {
            NodeKind::Directory(directory) => Member::Directory(directory),
            NodeKind::File(content) if self.outside.contains(&content) => return None,
            NodeKind::File(content) if self.linked.contains_key(&content) => Member::HardLink(content),
            NodeKind::File(content) => Member::File(content),
            NodeKind::Symlink(target) => Member::Symlink(target, link_block),
            // As the Mac OS has them: 8 bits of major and 24 of minor number.
            NodeKind::CharacterDevice(device) | NodeKind::BlockDevice(device) if device.major() > 0xff => {
                return None;
            }
            NodeKind::CharacterDevice(device) => {
                Member::Special(mode::CHARACTER_DEVICE, device.major() << 24 | device.minor())
            }
            NodeKind::BlockDevice(device) => {
                Member::Special(mode::BLOCK_DEVICE, device.major() << 24 | device.minor())
            }
            NodeKind::Fifo => Member::Special(mode::FIFO, 0),
            NodeKind::Socket => Member::Special(mode::SOCKET, 0),
        })
    }

    /// A folder's items with their names.
    fn list(&self, tree: &Tree, place: usize) -> Result<Listing> {
        let directory = self.directories[place];
        let no_name = || Error::NoUniqueName {
            path: directory.node.map_or_else(String::new, |node| tree.path(node)),
            file_system: FileSystem::HfsPlus,
        };
        let mut members = Vec::new();
        let Some(NodeKind::Directory(id)) = directory.node.map(|node| tree.kind(node)) else {
            let names: Vec<String> =
                (directory.first_id..).take(self.indirect_nodes.len()).map(indirect_node_name).collect();
            members.extend(self.indirect_nodes.iter().map(|&content| {
                let first = self.linked.get(&content).and_then(|linked| linked.first);
                (first.map(|(node, _)| node), Member::IndirectNode(content))
            }));
            let names = record_names(names.iter().map(String::as_bytes)).map_err(|_| no_name())?;
            return Ok(Listing { members, names });
        };
        let mut link_block = directory.link_block;
        for child in tree.children(id) {
            let Some(member) = self.member(tree, child, link_block) else { continue };
            if let Member::Symlink(target, _) = member {
                link_block = link_block.saturating_add(target_blocks(tree, target) as u32);
            }
            members.push((Some(child), member));
        }
        if place == 0 && !self.linked.is_empty() {
            members.push((None, Member::MetadataFolder));
        }
        let names: Vec<&[u8]> = members
            .iter()
            .map(|(node, _)| {
                node.map_or(METADATA_FOLDER.as_bytes(), |node| tree.name_in(node, FileSystem::HfsPlus))
            })
            .collect();
        let names = record_names(names.into_iter()).map_err(|_| no_name())?;
        Ok(Listing { members, names })
    }

    /// The names that readers see on the way to an item, from the root on; `None` where it is not shown.
    pub(crate) fn shown_path(&self, tree: &Tree, node: NodeId) -> Result<Option<Vec<String>>> {
        names_on_the_way(tree, node, |directory, item| {
            let place = self.places.get(directory.0 as usize).filter(|&&place| place != NOWHERE);
            let Some(&place) = place else { return Ok(None) };
            let listing = self.list(tree, place as usize)?;
            let index = listing.members.iter().position(|(node, _)| *node == Some(item));
            Ok(index.map(|index| listing.names.shown(index)))
        })
    }

    /// How the catalog lies.
    pub(crate) fn layout(&self) -> &CatalogLayout {
        &self.layout
    }

    /// Blocks of all targets of symbolic links.
    pub(crate) fn link_blocks(&self) -> u32 {
        self.link_blocks
    }

    /// When the volume was made.
    pub(crate) fn created(&self) -> Date {
        self.created
    }

    /// The volume's name as it is recorded.
    pub(crate) fn volume_name(&self) -> &[u16] {
        &self.volume_name
    }

    /// Files with their names, folders but the root, and a number that nothing has.
    pub(crate) fn numbers(&self) -> (u32, u32, CatalogNodeId) {
        (self.files, self.directories.len() as u32 - 1, CatalogNodeId(self.next_id))
    }

    /// Whether HFS+ shows the content.
    pub(crate) fn shows_content(&self, content: ContentId) -> bool {
        self.shown.get(content.0 as usize).copied().unwrap_or_default()
    }

    /// Parts of the catalog's leaves: the first of each, and how many.
    pub(crate) fn leaf_parts(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let leaves = self.layout.leaves();
        (0..leaves)
            .step_by(LEAVES_AT_A_TIME as usize)
            .map(move |from| (from, LEAVES_AT_A_TIME.min(leaves - from)))
    }

    /// Targets of symbolic links: the first block of some, how many, and which they are.
    pub(crate) fn link_parts<'a>(
        &'a self,
        tree: &'a Tree,
    ) -> impl Iterator<Item = (u32, u32, LinkRange)> + 'a {
        let next =
            |place: usize| self.directories.get(place + 1).map_or(self.link_blocks, |next| next.link_block);
        let directories = (0..self.directories.len())
            .filter(move |&place| self.directories[place].link_block < next(place));
        directories.flat_map(move |place| self.link_parts_of(tree, place))
    }

    fn link_parts_of<'a>(
        &'a self,
        tree: &'a Tree,
        place: usize,
    ) -> impl Iterator<Item = (u32, u32, LinkRange)> + 'a {
        let directory = self.directories[place];
        let id = directory.node.and_then(|node| match tree.kind(node) {
            NodeKind::Directory(id) => Some(id),
            _ => None,
        });
        let mut block = directory.link_block;
        let mut children = id.into_iter().flat_map(|id| tree.children(id)).zip(0u32..).peekable();
        std::iter::from_fn(move || {
            let (start, from) = (block, children.peek()?.1);
            let mut to = from;
            while block - start < LINK_BLOCKS_AT_A_TIME
                && let Some((child, number)) = children.next()
            {
                if let Some(Member::Symlink(target, _)) = self.member(tree, child, 0) {
                    block = block.saturating_add(target_blocks(tree, target) as u32);
                }
                to = number + 1;
            }
            Some((start, block - start, LinkRange { place: place as u32, from, to }))
        })
        .filter(|&(_, blocks, _)| blocks > 0)
    }

    /// Appends targets of symbolic links.
    pub(crate) fn append_links(&self, tree: &Tree, range: LinkRange, out: &mut Vec<u8>) {
        let node = self.directories[range.place as usize].node;
        let Some(NodeKind::Directory(id)) = node.map(|node| tree.kind(node)) else { return };
        let children = tree.children_from(id, range.from as usize).take((range.to - range.from) as usize);
        for child in children {
            if let Some(Member::Symlink(target, _)) = self.member(tree, child, 0) {
                out.extend_from_slice(tree.link_target(target));
                out.resize(out.len().next_multiple_of(hfsplus::write::BLOCK_SIZE), 0);
            }
        }
    }

    /// Path of the folder of symbolic links.
    pub(crate) fn path_of_links(&self, tree: &Tree, range: LinkRange) -> Option<String> {
        self.directories[range.place as usize].node.map(|node| tree.path(node))
    }
}

/// Whether HFS+ shows the node, its parents being shown.
fn shows(tree: &Tree, node: NodeId) -> bool {
    !tree.hidden_in(node).contains(FileSystem::HfsPlus.as_set())
}

fn target_blocks(tree: &Tree, target: LinkTargetId) -> u64 {
    tree.link_target(target).len().div_ceil(hfsplus::write::BLOCK_SIZE) as u64
}

fn too_large() -> Error {
    Error::TreeTooLarge { what: "a catalog of HFS+ beyond what its numbers count" }
}

/// Whether a date can say the time.
fn is_recordable(time: Timestamp) -> bool {
    Date::RANGE.contains(&time.seconds)
}
