//! What a session knows of the volume with a virtual partition that it continues (UDF 2.2.8, 2.2.11): which ICBs are
//! there, and which of them can stay.
//!
//! The newest state of the volume is read once more, directory by directory, beside the tree. An item of the tree whose
//! name is there keeps the virtual block of its ICB, so that directories do not change with what is in them; one that is
//! the same in everything keeps the ICB itself.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use udf::LbAddr;
use udf::file::{FileCharacteristics, FileType};
use udf::read::{Directory, DirectoryBuffer, Entry, EntryKind, File};
use udf::volume::{AccessType, PartitionMap};
use udf::write::IcbAddress;

use super::addresses::FIRST_UNIQUE_ID;
use super::links::is_same_target;
use super::{Member, UdfView, shared};
use crate::disc::udf::{UdfVolume, modified, read_error, recorded_attributes, times, udf_flags};
use crate::import::same_content;
use crate::tree::{ContentId, DirectoryId, FileSystems, NodeId, NodeKind, Tree};
use crate::{Error, Result};

/// A UDF volume that grows by virtual allocation tables, to be continued by a further session.
#[derive(Clone)]
pub struct VirtualVolume {
    volume: Arc<UdfVolume>,
    vat_block: u32,
}

impl std::fmt::Debug for VirtualVolume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VirtualVolume").field("vat_block", &self.vat_block).finish_non_exhaustive()
    }
}

impl VirtualVolume {
    /// The volume, if a session can continue it; else why not. `None` if it has no virtual partition.
    pub(crate) fn new(volume: UdfVolume) -> Option<std::result::Result<VirtualVolume, String>> {
        volume.virtual_allocation_table()?;
        let vat_block = *volume.states().first()?;
        Some(match VirtualVolume::obstacle(&volume) {
            None => Ok(VirtualVolume { volume: Arc::new(volume), vat_block }),
            Some(reason) => Err(reason),
        })
    }

    /// Why no session can continue the volume.
    pub(crate) fn obstacle(volume: &UdfVolume) -> Option<String> {
        let maps = &volume.logical_volume().partition_maps;
        let is_plain = matches!(maps[..], [PartitionMap::Physical { .. }, PartitionMap::Virtual { .. }]);
        let file_set = &volume.logical_volume().file_set;
        if volume.block_size() as usize != sector_io::SECTOR_SIZE {
            return Some(format!("its UDF has blocks of {} bytes, not 2048", volume.block_size()));
        }
        if !is_plain || volume.partitions().len() != 1 || file_set.partition != 1 {
            return Some("its UDF has other partitions than a physical and a virtual one".to_owned());
        }
        if let Some(partition) =
            volume.partitions().iter().find(|one| one.access_type != AccessType::WRITE_ONCE)
        {
            return Some(format!("its virtual partition has access type {}, not 2", partition.access_type.0));
        }
        let revision = volume.revision();
        (!crate::UdfOptions::REVISIONS.contains(&revision))
            .then(|| format!("its UDF has revision {revision}"))
    }

    /// The sector of the ICB of the newest virtual allocation table.
    pub(crate) fn vat_sector(&self) -> u32 {
        self.vat_block
    }

    /// UDF revision.
    pub(crate) fn revision(&self) -> udf::Revision {
        self.volume.revision()
    }

    /// The first sector of the partition, and the first behind it.
    pub(crate) fn partition(&self) -> (u32, u64) {
        let partition = self.volume.partitions().first();
        partition.map_or((0, 0), |one| (one.start, u64::from(one.start) + u64::from(one.length)))
    }

    /// The partition number.
    pub(crate) fn partition_number(&self) -> u16 {
        self.volume.partitions().first().map_or(0, |partition| partition.number)
    }

    /// The virtual block of the file set descriptor.
    pub(crate) fn file_set(&self) -> u32 {
        self.volume.logical_volume().file_set.block
    }

    /// The same as it is recorded.
    pub(crate) fn file_set_descriptor(&self) -> &udf::file::FileSetDescriptor {
        self.volume.file_set()
    }

    /// Entries of the newest table.
    pub(crate) fn entries(&self) -> &[u32] {
        self.volume.virtual_allocation_table().map_or(&[], |table| &table.entries)
    }
}

/// What of the tree has an ICB in the volume.
pub(crate) struct Continued {
    icbs: HashMap<NodeId, IcbAddress>,
    kept: HashSet<NodeId>,
    /// Contents that nothing new refers to.
    kept_contents: HashSet<ContentId>,
    /// Virtual blocks whose items are gone.
    released: Vec<u32>,
    next_unique_id: u64,
    volume: VirtualVolume,
}

/// What an ICB is about: what several names share has one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    Content(ContentId),
    Node(NodeId),
}

/// An item of the tree, and the ICB that its name leads to in the volume.
struct Match {
    node: NodeId,
    subject: Subject,
    icb: IcbAddress,
    is_same: bool,
    /// Number of the directory it is in; that of the item, if it is one.
    parent: usize,
    directory: Option<usize>,
}

/// A directory that is in the tree and in the volume.
struct Matched {
    node: NodeId,
    below: Directory,
    /// Names in it that are not the same items in the tree, or not at all.
    has_others: bool,
    found: usize,
}

struct Walk<'a> {
    view: &'a UdfView,
    tree: &'a Tree,
    volume: &'a UdfVolume,
    matches: Vec<Match>,
    directories: Vec<Matched>,
    /// Virtual blocks of all ICBs that names lead to.
    seen: Vec<u32>,
    next_unique_id: u64,
}

impl Continued {
    /// Compares the tree with the volume's newest state.
    pub(super) fn new(view: &UdfView, tree: &Tree, continued: &VirtualVolume) -> Result<Continued> {
        let volume = continued.volume.as_ref();
        let recorded = volume.integrity().map_or(0, |integrity| integrity.unique_id);
        let mut walk = Walk {
            view,
            tree,
            volume,
            matches: Vec::new(),
            directories: Vec::new(),
            seen: Vec::new(),
            next_unique_id: recorded.max(FIRST_UNIQUE_ID),
        };
        walk.run()?;
        let Walk { matches, directories, seen, next_unique_id, .. } = walk;

        // An item is the same if it is so by all its names; it has the first claim to its ICB.
        let changed: HashSet<Subject> =
            matches.iter().filter(|one| !one.is_same).map(|one| one.subject).collect();
        let mut owners: HashMap<u32, Subject> = HashMap::new();
        let mut icbs: HashMap<Subject, (IcbAddress, bool)> = HashMap::new();
        for same in [true, false] {
            for one in matches.iter().filter(|one| changed.contains(&one.subject) != same) {
                if !icbs.contains_key(&one.subject) && !owners.contains_key(&one.icb.block) {
                    owners.insert(one.icb.block, one.subject);
                    icbs.insert(one.subject, (one.icb, same));
                }
            }
        }
        // A directory stays if all its names lead to where they led, and there are no others.
        let mut leads_on = vec![0; directories.len()];
        for one in &matches {
            if icbs.get(&one.subject).is_some_and(|(icb, _)| icb.block == one.icb.block) {
                leads_on.get_mut(one.parent).into_iter().for_each(|count| *count += 1);
            }
        }
        for one in &matches {
            let Some(number) = one.directory else { continue };
            let directory = &directories[number];
            let is_complete = leads_on[number] == directory.found && !directory.has_others;
            let count = match tree.kind(directory.node) {
                NodeKind::Directory(id) => view.members(tree, id).count(),
                _ => 0,
            };
            if !is_complete || count != directory.found {
                icbs.entry(one.subject).and_modify(|(_, same)| *same = false);
            }
        }

        let mut result = Continued {
            icbs: HashMap::new(),
            kept: HashSet::new(),
            kept_contents: HashSet::new(),
            released: seen.into_iter().filter(|block| !owners.contains_key(block)).collect(),
            next_unique_id,
            volume: continued.clone(),
        };
        let mut pending = vec![NodeId::ROOT];
        result.note(NodeId::ROOT, Subject::Node(NodeId::ROOT), &icbs);
        while let Some(node) = pending.pop() {
            let NodeKind::Directory(directory) = tree.kind(node) else { continue };
            for (child, member) in view.members(tree, directory) {
                if matches!(member, Member::Directory(_)) {
                    pending.push(child);
                }
                result.note(child, subject(tree, child, member), &icbs);
            }
        }
        Ok(result)
    }

    fn note(&mut self, node: NodeId, subject: Subject, icbs: &HashMap<Subject, (IcbAddress, bool)>) {
        let Some(&(icb, is_same)) = icbs.get(&subject) else { return };
        self.icbs.insert(node, icb);
        if is_same {
            self.kept.insert(node);
            if let Subject::Content(content) = subject {
                self.kept_contents.insert(content);
            }
        }
    }

    pub(super) fn icb(&self, node: NodeId) -> Option<IcbAddress> {
        self.icbs.get(&node).copied()
    }

    pub(super) fn keeps(&self, node: NodeId) -> bool {
        self.kept.contains(&node)
    }

    pub(super) fn keeps_content(&self, content: ContentId) -> bool {
        self.kept_contents.contains(&content)
    }

    pub(super) fn released(&self) -> &[u32] {
        &self.released
    }

    pub(super) fn next_unique_id(&self) -> u64 {
        self.next_unique_id
    }

    pub(crate) fn volume(&self) -> &VirtualVolume {
        &self.volume
    }

    /// The virtual block of the root's ICB.
    pub(crate) fn root(&self) -> u32 {
        self.icbs.get(&NodeId::ROOT).map_or(0, |icb| icb.block)
    }
}

fn subject(tree: &Tree, node: NodeId, member: Member) -> Subject {
    shared(tree, node, member).map_or(Subject::Node(node), Subject::Content)
}

impl Walk<'_> {
    fn run(&mut self) -> Result<()> {
        let mut buffer = DirectoryBuffer::new();
        let root = self.volume.root_directory();
        let mut pending = Vec::new();
        let mut first = None;
        self.volume
            .root_entry(&mut buffer, &mut |entry| {
                first = self.compare(NodeId::ROOT, &entry, 0);
            })
            .map_err(read_error)?;
        let not_virtual = || Error::CannotAppend {
            reason: "the root of its UDF is not addressed by the virtual allocation table".to_owned(),
        };
        let mut root_match = first.ok_or_else(not_virtual)?;
        root_match.directory = Some(0);
        root_match.parent = 0;
        self.directories.push(Matched { node: NodeId::ROOT, below: root, has_others: false, found: 0 });
        let mut guard = self.volume.directory_guard();
        // The first one overlaps nothing.
        let _ = guard.enter(&root);
        pending.push(0);
        // The root is in no directory: no name is counted for it.
        let root_match = Match { parent: usize::MAX, ..root_match };
        self.matches.push(root_match);
        while let Some(number) = pending.pop() {
            let Matched { node, below, .. } = self.directories[number];
            let NodeKind::Directory(id) = self.tree.kind(node) else { continue };
            let mut found = Vec::new();
            let mut others = false;
            self.volume
                .read_directory(&below, &mut buffer, &mut |entry| {
                    self.seen.push(entry.icb.block);
                    let is_hidden = entry.characteristics.contains(FileCharacteristics::HIDDEN);
                    match self.child(id, &entry, number) {
                        Some(one) => {
                            // Its identifier may be to say something else.
                            let concealed_in = self.tree.concealed_in(one.node);
                            others |= concealed_in.contains(FileSystems::UDF) != is_hidden;
                            let below = match entry.kind {
                                EntryKind::Directory(below) => Some(below),
                                _ => None,
                            };
                            found.push((one, below));
                        }
                        None => others = true,
                    }
                    ControlFlow::Continue(())
                })
                .map_err(read_error)?;
            self.directories[number].has_others = others;
            self.directories[number].found = found.len();
            for (mut one, below) in found {
                // A directory that is reached a second time is in the tree once.
                if let Some(below) = below.filter(|below| guard.enter(below)) {
                    one.directory = Some(self.directories.len());
                    pending.push(self.directories.len());
                    let node = one.node;
                    self.directories.push(Matched { node, below, has_others: false, found: 0 });
                }
                self.matches.push(one);
            }
        }
        Ok(())
    }

    /// The item of the tree that has the name and the kind of an entry.
    fn child(&mut self, directory: DirectoryId, entry: &Entry<'_>, parent: usize) -> Option<Match> {
        self.next_unique_id = self.next_unique_id.max(entry.unique_id.saturating_add(1));
        let node = self.tree.child(directory, entry.name)?;
        self.compare(node, entry, parent)
    }

    fn compare(&self, node: NodeId, entry: &Entry<'_>, parent: usize) -> Option<Match> {
        let member = match node {
            NodeId::ROOT => Member::Directory(match self.tree.kind(node) {
                NodeKind::Directory(id) => id,
                _ => return None,
            }),
            _ => self.view.member(self.tree, node)?,
        };
        let tree = self.tree;
        let names = self.view.names(tree, node, member);
        let (fits, mut is_same) = match (member, entry.kind) {
            (Member::Directory(_), EntryKind::Directory(_)) => (true, true),
            (Member::File(content, source), EntryKind::File(file)) => {
                let links = names + u32::from(entry.streams.is_some());
                let is_real_time = entry.file_type == FileType::REAL_TIME;
                let same = source == node
                    && u32::from(entry.links) == links
                    && (tree.is_real_time(node) && self.view.tells_real_time()) == is_real_time
                    && self.has_same_content(content, entry, file);
                (true, same)
            }
            (Member::Symlink(target), EntryKind::Symlink(old)) => {
                (true, is_same_target(tree.link_target(target), old) && u32::from(entry.links) == names)
            }
            (Member::Special, kind) => {
                let number = |major, minor| crate::tree::DeviceNumber::new(major, minor);
                let same = match (tree.kind(node), kind) {
                    (NodeKind::BlockDevice(one), EntryKind::BlockDevice { major, minor })
                    | (NodeKind::CharacterDevice(one), EntryKind::CharacterDevice { major, minor }) => {
                        number(major, minor) == Some(one)
                    }
                    (NodeKind::Fifo, EntryKind::Fifo) | (NodeKind::Socket, EntryKind::Socket) => true,
                    _ => return None,
                };
                (true, same && u32::from(entry.links) == names)
            }
            _ => (false, false),
        };
        // An ICB outside the virtual partition cannot be replaced.
        let LbAddr { block, partition: 1 } = entry.icb else { return None };
        if !fits {
            return None;
        }
        is_same &= tree.attributes_in_udf(node) == recorded_attributes(entry)
            && tree.udf_flags(node) == udf_flags(entry)
            && tree.modified_in_udf(node) == modified(entry)
            && tree.times(node) == times(entry.times)
            && self.has_same_streams(node, entry.streams);
        let subject = subject(tree, node, member);
        let icb = IcbAddress { block, unique_id: entry.unique_id };
        Some(Match { node, subject, icb, is_same, parent, directory: None })
    }

    fn has_same_content(&self, content: ContentId, entry: &Entry<'_>, file: File<'_>) -> bool {
        match file {
            File::Extents if entry.len > 0 => match self.volume.content(entry.icb) {
                Ok(found) => same_content(self.tree, content, &found, entry.len),
                Err(_) => false,
            },
            File::Embedded(bytes) if entry.len > 0 => {
                self.tree.memory(content).is_some_and(|memory| memory == bytes)
            }
            _ => self.tree.content_len(content) == 0,
        }
    }

    /// Whether the streams of an item are those that its ICB leads to.
    fn has_same_streams(&self, node: NodeId, recorded: Option<LbAddr>) -> bool {
        let mut held: HashMap<Vec<u8>, (ContentId, bool)> = self
            .view
            .held_streams(self.tree, node)
            .map(|stream| (stream.name.to_vec(), (stream.content, stream.is_metadata)))
            .collect();
        let Some(recorded) = recorded else { return held.is_empty() };
        let Ok(directory) = self.volume.stream_directory(recorded) else { return false };
        let mut all_same = true;
        let read = self.volume.read_streams(&directory, &mut DirectoryBuffer::new(), &mut |entry| {
            let is_metadata = entry.characteristics.contains(FileCharacteristics::METADATA);
            let same = match (held.remove(entry.name), entry.kind) {
                (Some((content, metadata)), EntryKind::File(file)) => {
                    metadata == is_metadata && self.has_same_content(content, &entry, file)
                }
                _ => false,
            };
            all_same &= same;
            if same { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        read.is_ok() && all_same && held.is_empty()
    }
}
