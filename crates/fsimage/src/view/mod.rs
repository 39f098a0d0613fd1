//! What one file system makes of the tree: its directories in path-table order, its names, its records.
//!
//! A view keeps a few numbers per directory and nothing per file. Names and records are made anew when a
//! directory's sectors are due, by the same routine that counted them.

mod as_before;
pub(crate) mod hfsplus;
mod naming;
mod notices;
mod records;
mod relocation;
mod shown;
mod sizes;
pub(crate) mod udf;

use std::collections::HashMap;

use iso9660::layout::DirectoryWriter;
use iso9660::names::{NameRules, Standing};
use iso9660::{LogicalBlock, RecordingTime};
use sector_io::{Extent, Sector, SectorCount};

use crate::md5_tags::Md5Attributes;
use crate::plan::{DeepDirectories, NoticeCounts, PlanOptions, RockRidgeTimes};
use crate::tree::{
    ContentId, FileSystem, FileSystems, Kind, NodeId, NodeKind, Timestamp, Tree, Values, check_name,
};
use crate::{Error, Result};

use as_before::AsBefore;
pub(crate) use naming::{Naming, without_version};
use notices::Remark;
use records::RecordSource;
pub(crate) use records::{clamped_in_volume, is_recordable};
pub(crate) use relocation::refuse_deep;
use relocation::{LEVELS, Relocation};
pub(crate) use shown::{Likeness, ShownName, shown_names, shown_with_likeness};
pub(crate) use sizes::{DirectorySize, DirectorySizer, GrowingRecords, ROOT_PATH_TABLE_BYTES};

/// Where the plan put each content.
pub(crate) trait ContentAddresses {
    /// First sector of a content that the plan placed.
    fn start_of(&self, content: ContentId) -> Option<Sector>;
}

/// Before anything is placed.
pub(crate) struct NotPlaced;

impl ContentAddresses for NotPlaced {
    fn start_of(&self, _: ContentId) -> Option<Sector> {
        None
    }
}

/// One file system's directories.
#[derive(Clone)]
pub(crate) struct View {
    file_system: FileSystem,
    /// The sector that addresses count from.
    origin: Sector,
    rock_ridge: bool,
    rock_ridge_times: RockRidgeTimes,
    /// When directories were modified that no source has.
    undated: Timestamp,
    /// Whether some item may have extended attributes or access control lists in Rock Ridge.
    has_attribute_lists: bool,
    /// The attributes by which MD5 sums are found, where they are recorded.
    md5: Option<Md5Attributes>,
    naming: Naming,
    directories: Vec<ViewDirectory>,
    /// Place in `directories` by the tree's directory number.
    places: Vec<u32>,
    /// Places in the order of their addresses, where that is another order.
    by_address: Option<Vec<u32>>,
    /// Identifiers of the directories, end to end.
    identifiers: Vec<u8>,
    relocation: Relocation,
    /// What is known of the imported session.
    as_before: Option<AsBefore>,
    /// What the names of each content with several share.
    links: HashMap<ContentId, Links>,
    /// Directories in each of the tree's directories.
    subdirectories: Vec<u32>,
    path_table_bytes: u64,
    /// Whether no other file system of the image tells of real-time files.
    tells_real_time: bool,
    counts: NoticeCounts,
}

/// A directory as this file system has it.
#[derive(Clone, Copy)]
pub(crate) struct ViewDirectory {
    /// `None` for the directory that relocated ones are recorded in.
    node: Option<NodeId>,
    /// Place of the directory it is recorded in.
    parent: u32,
    identifier: (u32, u8),
    /// Its own file serial number.
    serial: u32,
    /// File serial number of its first member, in recorded order; the others follow.
    first_serial: u32,
    start: Sector,
    records: SectorCount,
    continuation: SectorCount,
}

/// An item with several names, as Rock Ridge has it.
#[derive(Clone, Copy)]
pub(super) struct Links {
    /// How many names.
    count: u32,
    /// The file serial number that all names have: that of the first one met. 0 until it is met.
    serial: u32,
}

/// File serial number of the root (RRIP 4.1.1). All numbers follow from the names, whatever the order in
/// which they were added; 0 is none, because hosts take it for a removed file.
const ROOT_SERIAL: u32 = 1;

const NOWHERE: u32 = u32::MAX;

/// A child as this file system has it.
#[derive(Clone, Copy)]
pub(super) struct Member {
    /// `None` for the directory that relocated ones are recorded in.
    node: Option<NodeId>,
    role: Role,
}

/// How a child stands in its directory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// In its own place.
    Plain,
    /// The file that stands for a relocated directory (RRIP 4.1.5.1, CL).
    Placeholder,
    /// A relocated directory in its new place (RRIP 4.1.5.3, RE), or the directory of these.
    Relocated,
}

/// A directory's children in recorded order.
pub(super) struct Listing {
    members: Vec<Member>,
    names: naming::Recorded,
    order: Vec<u32>,
}

impl View {
    /// Finds the names and sizes of everything. No address exists yet.
    pub(crate) fn new(tree: &Tree, file_system: FileSystem, options: &PlanOptions) -> Result<View> {
        let rock_ridge =
            file_system == FileSystem::Iso9660 && options.file_systems.contains(FileSystems::ROCK_RIDGE);
        let relocation = match (file_system, options.deep_directories) {
            (FileSystem::Iso9660, DeepDirectories::Relocate) => {
                if !rock_ridge {
                    return Err(Error::InvalidArgument {
                        argument: "deep directories".to_owned(),
                        reason: "relocation needs Rock Ridge".to_owned(),
                    });
                }
                let name = &options.relocation_directory;
                check_name(name, name)?;
                Relocation::find(tree, options, &|node| !tree.hidden_in(node).contains(FileSystems::ISO9660))
            }
            (FileSystem::Iso9660, DeepDirectories::Refuse) => {
                refuse_deep(tree, LEVELS, &|node| !tree.hidden_in(node).contains(FileSystems::ISO9660))?;
                Relocation::none()
            }
            _ => Relocation::none(),
        };
        let mut view = View::blank(tree, file_system, options, relocation);
        view.places = vec![NOWHERE; tree.directory_count()];
        if rock_ridge {
            view.count_links(tree);
        }
        view.find_directories(tree)?;
        Ok(view)
    }

    /// Without any directory.
    fn blank(tree: &Tree, file_system: FileSystem, options: &PlanOptions, relocation: Relocation) -> View {
        let rock_ridge =
            file_system == FileSystem::Iso9660 && options.file_systems.contains(FileSystems::ROCK_RIDGE);
        let naming = match file_system {
            FileSystem::Joliet => Naming::Joliet(options.joliet_names),
            FileSystem::Enhanced => Naming::Iso9660(NameRules::ENHANCED),
            _ => Naming::Iso9660(options.iso9660_names),
        };
        View {
            file_system,
            origin: Sector::ZERO,
            rock_ridge,
            rock_ridge_times: options.rock_ridge_times,
            undated: options.modification().unwrap_or_default(),
            has_attribute_lists: rock_ridge && (options.md5_tags || tree.has_attribute_lists()),
            md5: (rock_ridge && options.md5_tags).then(|| Md5Attributes::new(tree, options)),
            naming,
            directories: Vec::new(),
            places: Vec::new(),
            by_address: None,
            identifiers: Vec::new(),
            relocation,
            as_before: AsBefore::of(file_system, options),
            links: HashMap::new(),
            subdirectories: Vec::new(),
            path_table_bytes: 0,
            tells_real_time: file_system == FileSystem::Iso9660
                && !options.file_systems.contains(FileSystems::UDF),
            counts: NoticeCounts::default(),
        }
    }

    /// Directories, the root first, in path-table order (ECMA-119 6.9.1): by level, then by the parent's
    /// number, then by identifier. Breadth first over sorted children is that order.
    fn find_directories(&mut self, tree: &Tree) -> Result<()> {
        self.push_directory(Some(NodeId::ROOT), 0, ROOT_SERIAL, &[0]);
        let mut writer = DirectoryWriter::new();
        let mut next_serial = ROOT_SERIAL + 1;
        let mut at = 0;
        while at < self.directories.len() {
            let listing = self.list(tree, at)?;
            self.directories[at].first_serial = next_serial;
            for &index in &listing.order {
                let member = listing.members[index as usize];
                if member.role != Role::Placeholder && self.is_directory(tree, member) {
                    let identifier = listing.names.identifier(index as usize);
                    self.push_directory(member.node, at as u32, next_serial, identifier);
                } else if let Some(links) = self.links_of(tree, member).filter(|links| links.serial == 0) {
                    links.serial = next_serial;
                }
                // More than 2^32 numbers need more nodes than a tree has, or as many relocated directories.
                next_serial = next_serial.saturating_add(1);
            }
            let (records, continuation) =
                RecordSource { view: self, tree, addresses: &NotPlaced, values: Values::Counted }.render(
                    at,
                    &listing,
                    &mut writer,
                )?;
            let mut counts = self.counts;
            self.remark(tree, at, &listing, &mut |remark, is_as_before| match remark {
                _ if is_as_before => counts.as_before += 1,
                Remark::Renamed(..) => counts.renamed += 1,
                Remark::Relocated(..) => counts.relocated += 1,
                Remark::TimeClamped(_) => counts.time_clamped += 1,
                Remark::Dropped(_) => counts.dropped += 1,
                Remark::CutByLinux(_) => counts.cut_by_linux += 1,
                Remark::SameInLinux(..) => counts.same_in_linux += 1,
                Remark::DeviceNumber(_) => counts.device_numbers += 1,
                Remark::StreamsDropped(..) => counts.streams_dropped += 1,
                Remark::AclDropped(_) => counts.acl_dropped += 1,
                Remark::RealTimeDropped(_) => counts.real_time_dropped += 1,
                Remark::ShownEncoded(_) => counts.shown_encoded += 1,
            });
            self.counts = counts;
            let count = |bytes: &[u8]| {
                SectorCount::for_bytes(bytes.len() as u64)
                    .ok_or(Error::TreeTooLarge { what: "a directory beyond 8 TiB" })
            };
            let (records, continuation) = (count(records)?, count(continuation)?);
            self.directories[at].records = records;
            self.directories[at].continuation = continuation;
            at += 1;
        }
        let numbered = self.directories.iter().skip(1).any(|directory| directory.parent >= 65_535);
        if numbered {
            return Err(Error::TooManyDirectories {
                file_system: self.file_system,
                count: self.directories.len() as u64,
            });
        }
        Ok(())
    }

    /// What a member shares with its other names, if it has any.
    fn links_of(&mut self, tree: &Tree, member: Member) -> Option<&mut Links> {
        match self.links.is_empty() {
            true => None,
            false => self.links.get_mut(&tree.linked_content(member.node?)?),
        }
    }

    fn push_directory(&mut self, node: Option<NodeId>, parent: u32, serial: u32, identifier: &[u8]) {
        let offset = self.identifiers.len() as u32;
        self.identifiers.extend_from_slice(identifier);
        self.path_table_bytes += 8 + identifier.len().next_multiple_of(2) as u64;
        self.directories.push(ViewDirectory {
            node,
            parent,
            identifier: (offset, identifier.len() as u8),
            serial,
            first_serial: serial,
            start: Sector::ZERO,
            records: SectorCount::ZERO,
            continuation: SectorCount::ZERO,
        });
    }

    fn is_directory(&self, tree: &Tree, member: Member) -> bool {
        member.node.is_none_or(|node| matches!(tree.kind(node), NodeKind::Directory(_)))
    }

    /// Whether the identifier of a member has the form of a directory's. So have those that stand for relocated directories,
    /// as other programs record them, unless they are recorded otherwise.
    fn is_named_as_directory(&self, tree: &Tree, member: Member) -> bool {
        let is_versioned = |node| tree.relocated_as(node).is_some_and(|recorded| recorded.is_versioned);
        self.is_directory(tree, member)
            && (member.role != Role::Placeholder || !member.node.is_some_and(is_versioned))
    }

    /// Whether this file system shows the node, its parents being shown.
    fn shows(&self, tree: &Tree, node: NodeId) -> bool {
        !tree.hidden_in(node).contains(self.file_system.as_set()) && self.holds(tree.kind(node).kind())
    }

    /// Whether users of this file system need not be told of the node.
    fn is_concealed(&self, tree: &Tree, node: NodeId) -> bool {
        tree.concealed_in(node).contains(self.file_system.as_set())
    }

    /// Whether this file system can hold such an item at all.
    fn holds(&self, kind: Kind) -> bool {
        self.rock_ridge || matches!(kind, Kind::File | Kind::Directory)
    }

    fn members(&self, tree: &Tree, place: usize) -> Vec<Member> {
        let Some(node) = self.directories[place].node else {
            let relocated = self.relocation.directories().iter();
            return relocated.map(|&node| Member { node: Some(node), role: Role::Relocated }).collect();
        };
        let NodeKind::Directory(directory) = tree.kind(node) else { return Vec::new() };
        let mut members = Vec::with_capacity(tree.child_count(directory) + 1);
        members.extend(tree.children(directory).filter(|&child| self.shows(tree, child)).map(|child| {
            let relocated = self.relocation.contains(child);
            Member { node: Some(child), role: if relocated { Role::Placeholder } else { Role::Plain } }
        }));
        if place == 0 && !self.relocation.directories().is_empty() {
            members.push(Member { node: None, role: Role::Relocated });
        }
        members
    }

    fn list(&self, tree: &Tree, place: usize) -> Result<Listing> {
        let members = self.members(tree, place);
        let in_moved = self.directories[place].node.is_none();
        let names: Vec<iso9660::names::SourceName<'_>> = members
            .iter()
            .enumerate()
            .map(|(number, member)| iso9660::names::SourceName {
                name: match member.node {
                    None => {
                        let recorded = self.relocation.recorded();
                        recorded.map_or(self.relocation.base_name(), |recorded| &recorded.identifier)
                    }
                    Some(_) if in_moved => self.relocation.moved_name(number),
                    Some(node) => {
                        let is_directory = self.is_named_as_directory(tree, *member);
                        tree.identifier_in(node, self.file_system, is_directory)
                    }
                },
                is_directory: self.is_named_as_directory(tree, *member),
                standing: match (member.node, self.relocation.recorded()) {
                    (Some(_), _) if in_moved => self.relocation.moved_standing(number),
                    (Some(node), _) => tree.standing_in(node, self.file_system),
                    (None, Some(_)) => Standing::Identifier,
                    (None, None) => Standing::New,
                },
            })
            .collect();
        let recorded = self.naming.record(&names).map_err(|()| Error::NoUniqueName {
            path: self.path(tree, place),
            file_system: self.file_system,
        })?;
        let mut order: Vec<u32> = (0..members.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| {
            self.naming.compare(recorded.identifier(a as usize), recorded.identifier(b as usize))
        });
        Ok(Listing { members, names: recorded, order })
    }

    /// The same directories with addresses that count from a sector, for those who read from there on. They have no
    /// place yet.
    pub(crate) fn seen_from(&self, origin: Sector) -> View {
        View { origin, ..self.clone() }
    }

    /// The attributes by which MD5 sums are found, which are to tell where these are.
    pub(crate) fn md5(&mut self) -> Option<&mut Md5Attributes> {
        self.md5.as_mut()
    }

    /// The address of a sector. Everything that is referred to lies behind the origin.
    pub(crate) fn block(&self, sector: Sector) -> LogicalBlock {
        crate::address::block(self.origin, sector)
    }

    /// The file system that this is the view of.
    pub(crate) fn file_system(&self) -> FileSystem {
        self.file_system
    }

    /// How many names each content has in this view, and how many directories each directory.
    fn count_links(&mut self, tree: &Tree) {
        self.subdirectories = vec![0; tree.directory_count()];
        let mut counts = vec![0u32; tree.content_count()];
        let mut pending = vec![NodeId::ROOT];
        while let Some(node) = pending.pop() {
            let NodeKind::Directory(directory) = tree.kind(node) else { continue };
            for child in tree.children(directory) {
                if !self.shows(tree, child) {
                    continue;
                }
                match tree.kind(child) {
                    NodeKind::Directory(_) => {
                        self.subdirectories[directory.0 as usize] += 1;
                        pending.push(child);
                    }
                    _ => {
                        if let Some(content) = tree.linked_content(child) {
                            counts[content.0 as usize] += 1;
                        }
                    }
                }
            }
        }
        let several = (0..).zip(counts).filter(|&(_, count)| count > 1);
        self.links = several.map(|(id, count)| (ContentId(id), Links { count, serial: 0 })).collect();
    }

    /// The order of addresses where directories are relocated out of relocated ones: these, and then what lies below them,
    /// the more relocations lead there, the earlier. libarchive reads a medium in one pass, and takes a CL entry for one out
    /// of a relocated directory only before it meets the CL entry of that (RRIP 4.1.5.1). Every directory lies behind the one
    /// that it is recorded in.
    fn order_of_addresses(&self) -> Option<Vec<u32>> {
        let most = self.relocation.most_generations();
        if most < 2 {
            return None;
        }
        let mut generations: Vec<u32> = Vec::with_capacity(self.directories.len());
        let mut order = Vec::with_capacity(self.directories.len());
        for (place, directory) in (0..).zip(&self.directories) {
            let own = directory.node.and_then(|node| self.relocation.generation(node));
            let above = generations.get(directory.parent as usize).copied().unwrap_or_default();
            let generation = own.unwrap_or(above);
            generations.push(generation);
            let stage = match (place, directory.node, own) {
                (0, ..) | (_, None, _) => 0,
                (_, _, Some(_)) => 1,
                (_, _, None) => 2 + most - generation,
            };
            order.push((stage, place));
        }
        order.sort_unstable();
        Some(order.into_iter().map(|(_, place)| place).collect())
    }

    /// The places of all directories, in the order of their addresses.
    pub(crate) fn places_by_address(&self) -> impl Iterator<Item = usize> + '_ {
        let other = |number: usize| self.by_address.as_ref().and_then(|order| order.get(number).copied());
        (0..self.directories.len()).map(move |number| other(number).map_or(number, |place| place as usize))
    }

    /// Gives the directories their addresses, one behind another from `at` on, and says where they end.
    pub(crate) fn place(&mut self, tree: &Tree, mut at: Sector) -> Result<Sector> {
        self.by_address = self.order_of_addresses();
        for number in 0..self.directories.len() {
            let place = self.by_address.as_ref().map_or(number, |order| order[number] as usize);
            let directory = &mut self.directories[place];
            directory.start = at;
            if let Some(NodeKind::Directory(id)) = directory.node.map(|node| tree.kind(node)) {
                self.places[id.0 as usize] = place as u32;
            }
            let end = at.checked_add(directory.records).and_then(|at| at.checked_add(directory.continuation));
            at = end.ok_or(Error::TreeTooLarge { what: "directories beyond 8 TiB" })?;
        }
        Ok(at)
    }

    /// Extent of a directory with its continuation area.
    pub(crate) fn extent(&self, place: usize) -> Extent {
        let directory = &self.directories[place];
        let len = directory.records.get().saturating_add(directory.continuation.get());
        Extent::new(directory.start, SectorCount::new(len))
    }

    /// Extent and length of the root's records, for the volume descriptor.
    pub(crate) fn root(&self) -> Extent {
        let root = &self.directories[0];
        Extent::new(root.start, root.records)
    }

    pub(crate) fn path(&self, tree: &Tree, place: usize) -> String {
        match self.directories[place].node {
            Some(node) => tree.path(node),
            None => format!("/{}", String::from_utf8_lossy(self.relocation.base_name())),
        }
    }

    /// Sectors of all directories and of both forms of the path table.
    pub(crate) fn sectors(&self) -> u64 {
        let directories = (0..self.directories.len()).map(|place| u64::from(self.extent(place).len.get()));
        let table = self.path_table_bytes.div_ceil(sector_io::SECTOR_SIZE as u64);
        directories.sum::<u64>() + 2 * table
    }

    /// Bytes of a path table.
    pub(crate) fn path_table_bytes(&self) -> u64 {
        self.path_table_bytes
    }

    /// Appends a path table (ECMA-119 6.9), padded to whole sectors.
    pub(crate) fn append_path_table(&self, order: iso9660::ByteOrder, out: &mut Vec<u8>) -> Result<()> {
        let start = out.len();
        for directory in &self.directories {
            let (offset, len) = directory.identifier;
            iso9660::path_table::PathTableRecord {
                extended_attribute_length: 0,
                extent: self.block(directory.start),
                // Checked when the directories were found.
                parent: (directory.parent + 1) as u16,
                identifier: &self.identifiers[offset as usize..offset as usize + usize::from(len)],
            }
            .encode(order, out)
            .map_err(|error| internal(&error))?;
        }
        out.resize(start + (out.len() - start).next_multiple_of(sector_io::SECTOR_SIZE), 0);
        Ok(())
    }

    /// Appends a directory's records and its continuation area.
    pub(crate) fn append_directory(
        &self,
        tree: &Tree,
        place: usize,
        addresses: &dyn ContentAddresses,
        writer: &mut DirectoryWriter,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let listing = self.list(tree, place)?;
        let (records, continuation) = RecordSource { view: self, tree, addresses, values: Values::Read }
            .render(place, &listing, writer)?;
        out.extend_from_slice(records);
        out.extend_from_slice(continuation);
        Ok(())
    }

    /// Whether the records have Rock Ridge names as well.
    pub(crate) fn has_rock_ridge(&self) -> bool {
        self.rock_ridge
    }

    /// The names that readers see on the way to an item, from the root on; `None` where it is not shown.
    pub(crate) fn shown_path(&self, tree: &Tree, node: NodeId) -> Result<Option<Vec<String>>> {
        let place_of = |node| match tree.kind(node) {
            NodeKind::Directory(id) => self.places.get(id.0 as usize).copied().filter(|&at| at != NOWHERE),
            _ => None,
        };
        let mut names = Vec::new();
        // A directory may be recorded elsewhere than where the tree has it.
        let (mut item, mut place) = match place_of(node) {
            Some(own) => (Some(node), self.directories[own as usize].parent),
            None => match place_of(tree.parent(node)) {
                Some(parent) => (Some(node), parent),
                None => return Ok(None),
            },
        };
        while item != Some(NodeId::ROOT) {
            let listing = self.list(tree, place as usize)?;
            let is_it = |member: &Member| member.node == item && member.role != Role::Placeholder;
            let Some(index) = listing.members.iter().position(is_it) else { return Ok(None) };
            names.push(listing.names.shown(index));
            let directory = self.directories[place as usize];
            (item, place) = (directory.node, directory.parent);
        }
        names.reverse();
        Ok(Some(names))
    }

    /// Tells the identifier of each item as it is recorded, directory by directory.
    pub(crate) fn visit_identifiers(&self, tree: &Tree, visit: &mut dyn FnMut(NodeId, &[u8])) -> Result<()> {
        (0..self.directories.len()).try_for_each(|place| self.visit_identifiers_in(tree, place, visit))
    }

    fn visit_identifiers_in(
        &self,
        tree: &Tree,
        place: usize,
        visit: &mut dyn FnMut(NodeId, &[u8]),
    ) -> Result<()> {
        let listing = self.list(tree, place)?;
        for &index in &listing.order {
            if let Some(node) = listing.members[index as usize].node {
                visit(node, listing.names.identifier(index as usize));
            }
        }
        Ok(())
    }

    /// The time of modification that is recorded for a node.
    pub(crate) fn modified(&self, tree: &Tree, node: NodeId) -> Timestamp {
        tree.modified_in(node, self.undated)
    }

    /// What directory records say of it (ECMA-119 9.1.5).
    pub(crate) fn recorded(&self, tree: &Tree, node: NodeId) -> RecordingTime {
        match tree.has_no_modification(node) {
            true => RecordingTime::NOT_SPECIFIED,
            false => RecordingTime::from_unix(self.modified(tree, node).seconds),
        }
    }
}

/// The planner keeps to the limits of the encoders; if it did not, this says so without a panic.
pub(crate) fn internal(error: &dyn std::error::Error) -> Error {
    Error::Unsupported { feature: format!("a record that cannot be written ({error})") }
}
