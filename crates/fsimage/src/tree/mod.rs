//! The one truth: an arena of nodes that every file system of the image is a view of.

mod acl;
mod arena;
mod attribute_lists;
mod attributes;
mod children;
mod content;
mod edit;
mod node;
mod scan;
mod streams;
mod times;
mod visibility;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iso9660::zisofs::Zisofs;
use sector_io::{FileSectors, ReadSectors};

pub use attributes::{Attributes, Timestamp};
pub use content::{ContentId, Section};
pub use node::{DeviceNumber, DirectoryId, Kind, LinkTargetId, NodeId, NodeKind};
pub use scan::{FileIdentity, ScanOptions, ScanReport, Skipped};
pub use streams::{HostAttributes, NamedStream, UnreadAttribute};
pub use times::{HostTimes, Times};
pub use visibility::{FileSystem, FileSystems};

#[cfg(target_os = "linux")]
pub(crate) use acl::linux_attributes;
pub(crate) use acl::{acl_of, attributes_of};
pub(crate) use attribute_lists::Values;
pub(crate) use content::{Content, HostFolderId, HostRange};
pub(crate) use scan::modified_nanoseconds;
pub(crate) use times::carried_stamps;

use crate::{Error, Result};
use acl::AclTable;
use arena::{Arena, ArenaRef};
use attribute_lists::RecordedLists;
use attributes::AttributeTable;
use children::Children;
use node::Node;
use streams::StreamTable;
use times::TimeTable;

/// A directory tree with everything that goes into an image, except the bytes of host files.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    directories: Vec<Children>,
    contents: Vec<Content>,
    link_targets: Vec<ArenaRef>,
    carried: Vec<ArenaRef>,
    names: Arena,
    attributes: AttributeTable,
    times: TimeTable,
    host_folders: Vec<HostFolder>,
    /// Of contents that are not to lie in the order of the tree.
    weights: BTreeMap<ContentId, i32>,
    streams: StreamTable,
    /// Of contents that are compressed.
    zisofs: BTreeMap<ContentId, Zisofs>,
    acls: AclTable,
    lists: RecordedLists,
    origin: Origin,
}

/// A host folder whose entries were taken, or an item of the host whose attributes were.
#[derive(Clone, Debug)]
struct HostFolder {
    path: PathBuf,
    /// Where the entries were put.
    directory: Option<DirectoryId>,
}

/// The medium that imported content lies on, and the file that its sectors are in, one behind another.
#[derive(Clone, Default)]
struct Origin(Option<Arc<dyn ReadSectors>>, Option<Arc<FileSectors>>);

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Origin(..)" } else { "Origin(none)" })
    }
}

/// A new item and where its content comes from.
#[non_exhaustive]
pub enum Item<'a> {
    /// An empty directory.
    Directory,
    /// A file with these bytes.
    Bytes(Arc<[u8]>),
    /// A file with the bytes of a host file, read when the image is written.
    HostFile(&'a Path),
    /// A file with a stretch of a host file: offset and length in bytes.
    HostRange(&'a Path, u64, u64),
    /// A file with the bytes of a stream, which is read now, to a temporary file.
    Stream(&'a mut dyn Read),
    /// A file that holds the boot catalog, of [`BootOptions::catalog_len`](crate::BootOptions::catalog_len) bytes.
    BootCatalog(u64),
    /// A further name (hard link) of a file.
    HardLink(NodeId),
    /// A symbolic link to this target.
    Symlink(&'a [u8]),
    /// A character device.
    CharacterDevice(DeviceNumber),
    /// A block device.
    BlockDevice(DeviceNumber),
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
}

impl Item<'_> {
    fn provenance(&self) -> String {
        match self {
            Item::HostFile(path) | Item::HostRange(path, ..) => path.display().to_string(),
            _ => "added now".to_owned(),
        }
    }
}

/// What an item is to have beside its content.
#[derive(Clone, Copy, Debug, Default)]
pub struct ItemOptions {
    /// Owner and permissions; `None` takes the host file's, else [`Attributes::FILE`] or
    /// [`Attributes::DIRECTORY`].
    pub attributes: Option<Attributes>,
    /// Time of the last modification; `None` takes the host file's, else 1970-01-01T00:00:00Z: this crate
    /// reads no clock.
    pub modified: Option<Timestamp>,
    /// All other times; `None` takes of the host file's those that [`host_times`](ItemOptions::host_times)
    /// names, and those of the file for a hard link.
    pub times: Option<Times>,
    /// Which of a host file's times are taken.
    pub host_times: HostTimes,
    /// File systems that do not show the item. A hidden directory hides all below it.
    pub hidden_in: FileSystems,
    /// Replace an item of the same name that is not a directory, instead of failing.
    pub replace: bool,
}

impl Default for Tree {
    fn default() -> Tree {
        Tree::new()
    }
}

impl Tree {
    /// A tree with an empty root.
    pub fn new() -> Tree {
        let mut attributes = AttributeTable::default();
        let root = Node {
            parent: NodeId::ROOT,
            name: ArenaRef::default(),
            hidden_in: FileSystems::empty(),
            imported: false,
            kind: NodeKind::Directory(DirectoryId(0)),
            attributes: attributes.intern(Attributes::DIRECTORY),
            modified: Timestamp::default(),
            carried: 0,
        };
        Tree {
            nodes: vec![root],
            directories: vec![Children::default()],
            contents: Vec::new(),
            link_targets: Vec::new(),
            carried: Vec::new(),
            names: Arena::default(),
            attributes,
            times: TimeTable::default(),
            host_folders: Vec::new(),
            weights: BTreeMap::new(),
            streams: StreamTable::default(),
            zisofs: BTreeMap::new(),
            acls: AclTable::default(),
            lists: RecordedLists::default(),
            origin: Origin::default(),
        }
    }

    /// Nodes in the arena, the root and removed ones included.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The node's name; empty for the root.
    pub fn name(&self, node: NodeId) -> &[u8] {
        self.names.get(self.node(node).name)
    }

    /// The directory the node is in; the root's is the root.
    pub fn parent(&self, node: NodeId) -> NodeId {
        self.node(node).parent
    }

    /// What the node is.
    pub fn kind(&self, node: NodeId) -> NodeKind {
        self.node(node).kind
    }

    /// Owner and permissions.
    pub fn attributes(&self, node: NodeId) -> Attributes {
        self.attributes.get(self.node(node).attributes)
    }

    /// Time of the last modification.
    pub fn modified(&self, node: NodeId) -> Timestamp {
        self.node(node).modified
    }

    /// All other times.
    pub fn times(&self, node: NodeId) -> Times {
        match self.node(node).carried {
            0 => self.times.get(node),
            _ if self.times.has(node) => self.times.get(node),
            _ => Times::of_carried(self.carried_entries(node)),
        }
    }

    /// File systems that do not show the node.
    pub fn hidden_in(&self, node: NodeId) -> FileSystems {
        self.node(node).hidden_in
    }

    /// Whether the node was imported from an earlier session and not replaced since.
    pub fn is_imported(&self, node: NodeId) -> bool {
        self.node(node).imported
    }

    /// Length of a file's content in bytes, as it is stored.
    pub fn content_len(&self, content: ContentId) -> u64 {
        self.content(content).len()
    }

    /// What Rock Ridge says of a content that is stored compressed, unless it was imported so.
    pub fn zisofs(&self, content: ContentId) -> Option<&Zisofs> {
        self.zisofs.get(&content)
    }

    /// Whether there is any such content.
    pub(crate) fn has_zisofs(&self) -> bool {
        !self.zisofs.is_empty()
    }

    pub(crate) fn set_zisofs(&mut self, content: ContentId, entry: Zisofs) {
        self.zisofs.insert(content, entry);
    }

    /// Whether the node's content is stored compressed, which only Rock Ridge can tell.
    pub(crate) fn is_compressed(&self, node: NodeId) -> bool {
        match self.kind(node) {
            NodeKind::File(content) => {
                self.zisofs.contains_key(&content) || has_zisofs_entry(self.carried_entries(node))
            }
            _ => false,
        }
    }

    /// Target of a symbolic link.
    pub fn link_target(&self, target: LinkTargetId) -> &[u8] {
        self.names.get(self.link_targets[target.0 as usize])
    }

    /// System Use entries of the imported record that are written again as they were.
    pub(crate) fn carried_entries(&self, node: NodeId) -> &[u8] {
        match self.node(node).carried {
            0 => &[],
            number => self.names.get(self.carried[number as usize - 1]),
        }
    }

    /// Children of a directory in the order of their names' bytes.
    pub fn children(&self, directory: DirectoryId) -> impl Iterator<Item = NodeId> + '_ {
        self.directories[directory.0 as usize].iter(|a, b| self.name(a).cmp(self.name(b)))
    }

    /// The same from the child with this number on.
    pub(crate) fn children_from(
        &self,
        directory: DirectoryId,
        from: usize,
    ) -> impl Iterator<Item = NodeId> + '_ {
        self.directories[directory.0 as usize].iter_from(from, |a, b| self.name(a).cmp(self.name(b)))
    }

    /// Number of a directory's children.
    pub fn child_count(&self, directory: DirectoryId) -> usize {
        self.directories[directory.0 as usize].len()
    }

    /// The child of that name.
    pub fn child(&self, directory: DirectoryId, name: &[u8]) -> Option<NodeId> {
        self.directories[directory.0 as usize].find(|child| self.name(child).cmp(name))
    }

    /// The path from the root, with a leading slash; bytes that are not UTF-8 are replaced.
    pub fn path(&self, node: NodeId) -> String {
        let mut names = Vec::new();
        let mut at = node;
        while at != NodeId::ROOT {
            names.push(self.name(at));
            at = self.parent(at);
        }
        if names.is_empty() {
            return "/".to_owned();
        }
        names.iter().rev().fold(String::new(), |mut path, name| {
            path.push('/');
            path.push_str(&String::from_utf8_lossy(name));
            path
        })
    }

    /// The node at a path of names with slashes between them.
    pub fn lookup(&self, path: impl AsRef<[u8]>) -> Option<NodeId> {
        path.as_ref().split(|&byte| byte == b'/').filter(|name| !matches!(*name, b"" | b".")).try_fold(
            NodeId::ROOT,
            |at, name| match self.kind(at) {
                NodeKind::Directory(directory) => self.child(directory, name),
                _ => None,
            },
        )
    }

    /// Adds an item at a path; directories that are missing on the way are made.
    ///
    /// # Errors
    /// [`Error::InvalidPath`], [`Error::DuplicateName`] (unless [`ItemOptions::replace`]),
    /// [`Error::MergeCollision`] when a directory would take the place of something else or the reverse,
    /// [`Error::SourceRead`].
    pub fn add(&mut self, path: impl AsRef<[u8]>, item: Item<'_>, options: &ItemOptions) -> Result<NodeId> {
        let path = path.as_ref();
        let mut names: Vec<&[u8]> =
            path.split(|&byte| byte == b'/').filter(|name| !matches!(*name, b"" | b".")).collect();
        let Some(last) = names.pop() else {
            return Err(invalid_path(path, "a name is needed"));
        };
        let parent = self.make_directories(&names, path, &item)?;
        self.add_in(parent, last, item, options)
    }

    fn make_directories(&mut self, names: &[&[u8]], path: &[u8], item: &Item<'_>) -> Result<NodeId> {
        let mut at = NodeId::ROOT;
        for name in names {
            check_name(name, path)?;
            let directory = self.directory_for(at, item)?;
            at = match self.child(directory, name) {
                Some(child) => child,
                None => self.insert(at, name, |tree| {
                    let kind = tree.new_directory()?;
                    Ok((kind, Attributes::DIRECTORY, Timestamp::default()))
                })?,
            };
        }
        self.directory_for(at, item)?;
        Ok(at)
    }

    /// The directory that an item is to go into, or below which it is to.
    fn directory_for(&self, at: NodeId, item: &Item<'_>) -> Result<DirectoryId> {
        match self.kind(at) {
            NodeKind::Directory(directory) => Ok(directory),
            other => Err(Error::MergeCollision {
                path: self.path(at),
                existing: other.kind(),
                existing_from: self.provenance(at),
                added: Kind::Directory,
                added_from: format!("to hold what is {}", item.provenance()),
            }),
        }
    }

    /// Adds an item to a directory.
    ///
    /// # Errors
    /// As [`Tree::add`].
    pub fn add_in(
        &mut self,
        parent: NodeId,
        name: &[u8],
        item: Item<'_>,
        options: &ItemOptions,
    ) -> Result<NodeId> {
        check_name(name, name)?;
        let directory = self.directory_of(parent)?;
        let existing = self.child(directory, name);
        if let Some(existing) = existing {
            let was = self.kind(existing).kind();
            let adds_directory = matches!(item, Item::Directory);
            if (was == Kind::Directory) != adds_directory {
                return Err(Error::MergeCollision {
                    path: self.path(existing),
                    existing: was,
                    existing_from: self.provenance(existing),
                    added: if adds_directory { Kind::Directory } else { Kind::File },
                    added_from: item.provenance(),
                });
            }
            if !options.replace {
                return Err(Error::DuplicateName { path: self.path(existing) });
            }
        }
        let times = match &item {
            Item::HardLink(node) => self.times(*node),
            Item::HostFile(path) | Item::HostRange(path, ..) if options.host_times == HostTimes::All => {
                // One that is not there is an error below.
                std::fs::metadata(path).map(|metadata| scan::times(&metadata)).unwrap_or_default()
            }
            _ => Times::default(),
        };
        let build = |tree: &mut Tree| tree.prepare(item);
        let node = match existing {
            None => {
                let node = self.insert(parent, name, build)?;
                self.times.set(node, &times);
                node
            }
            Some(existing) if self.kind(existing).kind() == Kind::Directory => existing,
            Some(existing) => {
                let (kind, attributes, modified) = build(self)?;
                self.replace(existing, kind, attributes, modified);
                self.times.set(existing, &times);
                existing
            }
        };
        if let Some(attributes) = options.attributes {
            self.set_attributes(node, attributes);
        }
        if let Some(modified) = options.modified {
            self.set_modified(node, modified);
        }
        if let Some(times) = options.times {
            self.set_times(node, &times);
        }
        self.nodes[node.0 as usize].hidden_in = options.hidden_in;
        Ok(node)
    }

    /// Adds the content of a file that is in no directory: a boot image, or an appended partition.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for what is no file, [`Error::SourceRead`].
    pub fn add_content(&mut self, item: Item<'_>) -> Result<ContentId> {
        match self.prepare(item)?.0 {
            NodeKind::File(content) => Ok(content),
            other => Err(Error::InvalidArgument {
                argument: "content".to_owned(),
                reason: format!("a {} has none", other.kind()),
            }),
        }
    }

    /// Reads bytes of a content from `offset` on, and says how many there are: fewer where it ends.
    ///
    /// # Errors
    /// [`Error::SourceRead`], [`Error::SourceChanged`], [`Error::ImportRead`].
    pub fn read_at(&self, content: ContentId, offset: u64, into: &mut [u8]) -> Result<usize> {
        let there = self.content_len(content).saturating_sub(offset);
        let len = usize::try_from(there).unwrap_or(usize::MAX).min(into.len());
        crate::emit::read_content(self, content, offset, &mut into[..len])?;
        Ok(len)
    }

    fn prepare(&mut self, item: Item<'_>) -> Result<(NodeKind, Attributes, Timestamp)> {
        let plain = |kind| Ok((kind, Attributes::FILE, Timestamp::default()));
        match item {
            Item::Directory => Ok((self.new_directory()?, Attributes::DIRECTORY, Timestamp::default())),
            Item::Bytes(bytes) => plain(NodeKind::File(self.push_content(Content::Memory(bytes))?)),
            Item::HostFile(path) => self.host_range(path, 0, None),
            Item::HostRange(path, offset, len) => self.host_range(path, offset, Some(len)),
            Item::BootCatalog(len) => plain(NodeKind::File(self.push_content(Content::BootCatalog { len })?)),
            Item::Stream(stream) => {
                let (file, len) = spool(stream)?;
                let content = Content::Spooled { file: Arc::new(file), offset: 0, len };
                plain(NodeKind::File(self.push_content(content)?))
            }
            Item::HardLink(node) => match self.kind(node) {
                kind @ NodeKind::File(_) => Ok((kind, self.attributes(node), self.modified(node))),
                other => Err(Error::NotAFile { path: self.path(node), kind: other.kind() }),
            },
            Item::Symlink(target) => {
                let id = self.push_link_target(target)?;
                Ok((
                    NodeKind::Symlink(id),
                    Attributes { permissions: 0o777, uid: 0, gid: 0 },
                    Timestamp::default(),
                ))
            }
            Item::CharacterDevice(number) => plain(NodeKind::CharacterDevice(number)),
            Item::BlockDevice(number) => plain(NodeKind::BlockDevice(number)),
            Item::Fifo => plain(NodeKind::Fifo),
            Item::Socket => plain(NodeKind::Socket),
        }
    }

    fn host_range(
        &mut self,
        path: &Path,
        offset: u64,
        len: Option<u64>,
    ) -> Result<(NodeKind, Attributes, Timestamp)> {
        let read_error = |source| Error::SourceRead { path: path.to_owned(), source };
        let metadata = std::fs::metadata(path).map_err(read_error)?;
        if !metadata.is_file() {
            return Err(Error::InvalidArgument {
                argument: path.display().to_string(),
                reason: "is not a regular file".to_owned(),
            });
        }
        let rest = metadata.len().saturating_sub(offset);
        if len.is_some_and(|len| len > rest) {
            return Err(Error::InvalidArgument {
                argument: path.display().to_string(),
                reason: format!("has no {} bytes from offset {offset} on", len.unwrap_or(rest)),
            });
        }
        let modified = scan::modified(&metadata);
        let range = HostRange {
            path: path.to_owned(),
            offset,
            len: len.unwrap_or(rest),
            modified: scan::nanoseconds(modified),
        };
        let content = self.push_content(Content::HostRange(Box::new(range)))?;
        Ok((NodeKind::File(content), scan::attributes(&metadata), modified))
    }

    /// Hides the node in these file systems, and shows it in all others.
    pub fn hide(&mut self, node: NodeId, hidden_in: FileSystems) {
        self.nodes[node.0 as usize].hidden_in = hidden_in;
    }

    /// Says how early a file's content is to lie in the image: those of greater weight come before those of smaller
    /// weight, and of equal weight, which is 0 if nothing is said, in the order of the tree. All names of the file
    /// share it; of a directory, link or device nothing is said.
    pub fn set_weight(&mut self, node: NodeId, weight: i32) {
        if let NodeKind::File(content) = self.kind(node) {
            self.weights.insert(content, weight);
        }
    }

    /// The content's weight, if any content has one.
    pub(crate) fn weights(&self) -> Option<impl Fn(ContentId) -> i32 + '_> {
        let of = |content| self.weights.get(&content).copied().unwrap_or_default();
        (!self.weights.is_empty()).then_some(of)
    }

    /// Sets owner and permissions. Access control lists follow the permission bits, as after `chmod`.
    pub fn set_attributes(&mut self, node: NodeId, attributes: Attributes) {
        if self.acl(node).is_some() && attributes.permissions != self.attributes(node).permissions {
            self.lists.change(self.owner_of(node));
        }
        self.nodes[node.0 as usize].attributes = self.attributes.intern(attributes);
    }

    /// Sets the time of the last modification. All other times are kept.
    pub fn set_modified(&mut self, node: NodeId, modified: Timestamp) {
        if self.modified(node) != modified {
            let times = self.times(node);
            self.drop_carried_stamps(node);
            self.times.set(node, &times);
        }
        self.nodes[node.0 as usize].modified = modified;
    }

    /// Sets all times but that of the last modification.
    pub fn set_times(&mut self, node: NodeId, times: &Times) {
        if self.times(node) != *times {
            self.drop_carried_stamps(node);
            self.times.set(node, times);
        }
    }

    /// Drops the recorded form of an imported node's times: they are not what it says any more.
    fn drop_carried_stamps(&mut self, node: NodeId) {
        let len = carried_stamps(self.carried_entries(node));
        if let Some(number) = (self.node(node).carried as usize).checked_sub(1) {
            self.carried[number] = self.carried[number].behind(len);
        }
    }

    /// No node keeps a time of what has happened to it later than this: what SOURCE_DATE_EPOCH asks for.
    /// Imported nodes keep theirs.
    pub fn clamp_times(&mut self, latest: Timestamp) {
        let nodes = &self.nodes;
        self.times.clamp(latest, |node| !nodes[node.0 as usize].imported);
        for node in self.nodes.iter_mut().filter(|node| !node.imported) {
            node.modified = node.modified.min(latest);
        }
    }

    /// The medium that imported content lies on.
    pub fn origin(&self) -> Option<&Arc<dyn ReadSectors>> {
        self.origin.0.as_ref()
    }

    fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node.0 as usize]
    }

    fn directory_of(&self, node: NodeId) -> Result<DirectoryId> {
        match self.kind(node) {
            NodeKind::Directory(directory) => Ok(directory),
            other => Err(Error::NotADirectory { path: self.path(node), kind: other.kind() }),
        }
    }

    /// "of the imported session", or where on the host the node came from.
    fn provenance(&self, node: NodeId) -> String {
        if self.node(node).imported {
            return "of the earlier session".to_owned();
        }
        let path = match self.kind(node) {
            NodeKind::File(content) => self.host_path(content),
            NodeKind::Directory(directory) => self.scanned_into(directory).next().map(Path::to_owned),
            // No content tells the folder of these: it is the newest one that has the name.
            _ => self.directory_of(self.parent(node)).ok().and_then(|parent| {
                let name = scan::host_name(self.name(node));
                let mut paths = self.scanned_into(parent).map(|folder| folder.join(Path::new(&name)));
                paths.find(|path| path.symlink_metadata().is_ok_and(|found| !found.is_dir()))
            }),
        };
        path.map_or_else(|| "added before".to_owned(), |path| path.display().to_string())
    }

    /// Host folders whose entries were put in a directory, the newest first.
    fn scanned_into(&self, directory: DirectoryId) -> impl Iterator<Item = &Path> {
        let folders = self.host_folders.iter().rev();
        folders.filter(move |folder| folder.directory == Some(directory)).map(|folder| folder.path.as_path())
    }
}

/// What import, scan and the planner need.
impl Tree {
    pub(crate) fn content(&self, content: ContentId) -> &Content {
        &self.contents[content.0 as usize]
    }

    pub(crate) fn contents(&self) -> impl ExactSizeIterator<Item = (ContentId, &Content)> {
        self.contents.iter().enumerate().map(|(id, content)| (ContentId(id as u32), content))
    }

    pub(crate) fn content_count(&self) -> usize {
        self.contents.len()
    }

    pub(crate) fn directory_count(&self) -> usize {
        self.directories.len()
    }

    pub(crate) fn set_origin(&mut self, origin: Arc<dyn ReadSectors>, file: Option<Arc<FileSectors>>) {
        self.origin = Origin(Some(origin), file);
    }

    /// The file that the sectors of the origin are in, from which the kernel can copy.
    pub(crate) fn origin_file(&self) -> Option<&Arc<FileSectors>> {
        self.origin.1.as_ref()
    }

    /// Lets all names of a content have another.
    pub(crate) fn set_content(&mut self, id: ContentId, content: Content) {
        self.contents[id.0 as usize] = content;
    }

    /// Path of a host file's content on the host.
    pub(crate) fn host_path(&self, content: ContentId) -> Option<PathBuf> {
        match self.content(content) {
            Content::Scanned { folder, name, .. } => {
                Some(self.host_folder(*folder).join(scan::host_name(self.names.get(*name))))
            }
            Content::Attribute { folder, name, .. } => {
                let (folder, name) = (self.host_folder(*folder), self.names.get(*name));
                let of_folder = name.is_empty();
                Some(if of_folder { folder.to_owned() } else { folder.join(scan::host_name(name)) })
            }
            Content::HostRange(range) => Some(range.path.clone()),
            _ => None,
        }
    }

    pub(crate) fn host_folder(&self, folder: HostFolderId) -> &Path {
        &self.host_folders[folder.0 as usize].path
    }

    /// Folder and name of a scanned file: what `openat` wants.
    #[cfg(unix)]
    pub(crate) fn scanned(&self, content: ContentId) -> Option<(HostFolderId, &[u8])> {
        match self.content(content) {
            Content::Scanned { folder, name, .. } => Some((*folder, self.names.get(*name))),
            _ => None,
        }
    }

    pub(crate) fn push_content(&mut self, content: Content) -> Result<ContentId> {
        let id = next_id(self.contents.len())?;
        self.contents.push(content);
        Ok(ContentId(id))
    }

    /// Gives a content other bytes, for all files that have it.
    pub(crate) fn replace_content(&mut self, id: ContentId, content: Content) {
        self.contents[id.0 as usize] = content;
    }

    pub(crate) fn push_link_target(&mut self, target: &[u8]) -> Result<LinkTargetId> {
        let id = next_id(self.link_targets.len())?;
        let target = self.names.push(target)?;
        self.link_targets.push(target);
        Ok(LinkTargetId(id))
    }

    pub(crate) fn new_directory(&mut self) -> Result<NodeKind> {
        let id = next_id(self.directories.len())?;
        self.directories.push(Children::default());
        Ok(NodeKind::Directory(DirectoryId(id)))
    }

    /// Appends a node that an import found; [`Tree::set_children`] puts it in its directory.
    pub(crate) fn push_imported(
        &mut self,
        parent: NodeId,
        name: &[u8],
        kind: NodeKind,
        attributes: Attributes,
        modified: Timestamp,
        carried: &[u8],
    ) -> Result<NodeId> {
        let id = NodeId(next_id(self.nodes.len())?);
        let carried = self.push_carried(carried)?;
        let name = self.names.push(name)?;
        let attributes = self.attributes.intern(attributes);
        let hidden_in = FileSystems::empty();
        self.nodes.push(Node {
            parent,
            name,
            hidden_in,
            imported: true,
            kind,
            attributes,
            modified,
            carried,
        });
        Ok(id)
    }

    /// Gives the root what an import found of it.
    pub(crate) fn set_imported_root(
        &mut self,
        attributes: Attributes,
        modified: Timestamp,
        carried: &[u8],
    ) -> Result<()> {
        let carried = self.push_carried(carried)?;
        let attributes = self.attributes.intern(attributes);
        let root = &mut self.nodes[0];
        (root.attributes, root.modified, root.carried, root.imported) = (attributes, modified, carried, true);
        Ok(())
    }

    fn push_carried(&mut self, entries: &[u8]) -> Result<u32> {
        if entries.is_empty() {
            return Ok(0);
        }
        let entries = self.names.push_long(entries)?;
        self.carried.push(entries);
        next_id(self.carried.len())
    }

    /// Sets a directory's children, sorting them by name. Of several with one name the first given stays;
    /// the others are returned.
    pub(crate) fn set_children(&mut self, directory: DirectoryId, mut children: Vec<NodeId>) -> Vec<NodeId> {
        let mut doubled = Vec::new();
        children.sort_by(|&a, &b| self.name(a).cmp(self.name(b)).then(a.cmp(&b)));
        let mut last: Option<NodeId> = None;
        children.retain(|&child| {
            let double = last.is_some_and(|last| self.name(last) == self.name(child));
            if double {
                doubled.push(child);
            } else {
                last = Some(child);
            }
            !double
        });
        children.shrink_to_fit();
        self.directories[directory.0 as usize].set_sorted(children);
        doubled
    }

    /// Puts a new node in its directory, which must not hold the name yet.
    fn insert(
        &mut self,
        parent: NodeId,
        name: &[u8],
        build: impl FnOnce(&mut Tree) -> Result<(NodeKind, Attributes, Timestamp)>,
    ) -> Result<NodeId> {
        let directory = self.directory_of(parent)?;
        let (kind, attributes, modified) = build(self)?;
        let id = NodeId(next_id(self.nodes.len())?);
        let attributes = self.attributes.intern(attributes);
        let name = self.names.push(name)?;
        let hidden_in = FileSystems::empty();
        self.nodes.push(Node {
            parent,
            name,
            hidden_in,
            imported: false,
            kind,
            attributes,
            modified,
            carried: 0,
        });
        self.attach(id, directory);
        Ok(id)
    }

    /// Puts a node among the children of a directory, which holds no other of its name.
    fn attach(&mut self, node: NodeId, directory: DirectoryId) {
        // The children move out while their names, which are in the tree, are compared.
        let at = directory.0 as usize;
        let mut children = std::mem::take(&mut self.directories[at]);
        let compare = |a: NodeId, b: NodeId| -> Ordering { self.name(a).cmp(self.name(b)) };
        children.insert(node, |child| compare(child, node), compare);
        self.directories[at] = children;
    }

    /// Gives a node other content and attributes; what was carried from an imported record belongs to the
    /// old content and goes with it.
    fn replace(&mut self, id: NodeId, kind: NodeKind, attributes: Attributes, modified: Timestamp) {
        self.forget_attributes(id);
        let attributes = self.attributes.intern(attributes);
        let node = &mut self.nodes[id.0 as usize];
        (node.kind, node.attributes, node.modified) = (kind, attributes, modified);
        (node.imported, node.carried) = (false, 0);
        self.times.set(id, &Times::default());
    }
}

/// A stream's bytes in a temporary file without a name, and how many they are.
fn spool(stream: &mut dyn Read) -> Result<(File, u64)> {
    let write_error = |source| Error::OutputWrite { path: std::env::temp_dir(), source };
    let mut file = tempfile::tempfile().map_err(write_error)?;
    let mut buffer = vec![0; 1 << 16];
    let mut len = 0;
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Ok((file, len)),
            Ok(read) => {
                file.write_all(&buffer[..read]).map_err(write_error)?;
                len += read as u64;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(source) => return Err(Error::SourceRead { path: "a stream".into(), source }),
        }
    }
}

/// Whether one of these System Use entries says that a file is compressed.
fn has_zisofs_entry(mut entries: &[u8]) -> bool {
    while let Some(&len) = entries.get(2).filter(|&&len| len >= 4) {
        let (entry, rest) = entries.split_at(usize::from(len).min(entries.len()));
        if Zisofs::parse(entry).is_some() {
            return true;
        }
        entries = rest;
    }
    false
}

fn next_id(len: usize) -> Result<u32> {
    u32::try_from(len).map_err(|_| Error::TreeTooLarge { what: "over 4,294,967,295 items" })
}

fn invalid_path(path: &[u8], rule: &'static str) -> Error {
    Error::InvalidPath { path: String::from_utf8_lossy(path).into_owned(), rule }
}

pub(crate) fn check_name(name: &[u8], path: &[u8]) -> Result<()> {
    match name {
        b"" => Err(invalid_path(path, "a name is empty")),
        b"." | b".." => Err(invalid_path(path, "'.' and '..' are no names")),
        _ if name.contains(&0) || name.contains(&b'/') => {
            Err(invalid_path(path, "a name holds no '/' and no NUL"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Item<'static> {
        Item::Bytes(text.as_bytes().into())
    }

    fn names(tree: &Tree, path: &str) -> Vec<String> {
        let Some(NodeKind::Directory(directory)) = tree.lookup(path).map(|node| tree.kind(node)) else {
            panic!("{path} is no directory");
        };
        tree.children(directory).map(|child| tree.path(child)).collect()
    }

    #[test]
    fn children_are_sorted_whatever_the_order_of_adding() {
        let mut tree = Tree::new();
        let mut expected = Vec::new();
        for number in 0..6000u32 {
            let name = format!("/d/{}", number.wrapping_mul(2_654_435_761) % 1_000_003);
            tree.add(&name, bytes("x"), &ItemOptions::default()).unwrap();
            expected.push(name);
        }
        expected.sort();
        assert_eq!(names(&tree, "/d"), expected);
        let Some(NodeKind::Directory(directory)) = tree.lookup("/d").map(|node| tree.kind(node)) else {
            panic!("a directory");
        };
        let tail: Vec<String> = tree.children_from(directory, 5990).map(|child| tree.path(child)).collect();
        assert_eq!(tail, expected[5990..]);
        assert_eq!(tree.children_from(directory, 7000).count(), 0);
        assert!(expected.iter().all(|name| tree.lookup(name).is_some()));
    }

    #[test]
    fn a_file_and_a_directory_of_one_name_collide_and_both_are_named() {
        let mut tree = Tree::new();
        tree.add("/a/b", bytes("x"), &ItemOptions::default()).unwrap();
        let options = ItemOptions { replace: true, ..ItemOptions::default() };
        let error = tree.add("/a", bytes("y"), &options).unwrap_err();
        assert!(
            matches!(&error, Error::MergeCollision { path, existing: Kind::Directory, .. } if path == "/a")
        );
        let error = tree.add("/a/b", Item::Directory, &options).unwrap_err();
        assert!(matches!(&error, Error::MergeCollision { existing: Kind::File, .. }));
        let host = tempfile::NamedTempFile::new().unwrap();
        for below in ["/a/b/c", "/a/b/c/d"] {
            let error = tree.add(below, Item::HostFile(host.path()), &options).unwrap_err();
            assert!(
                matches!(&error, Error::MergeCollision { path, existing: Kind::File, .. } if path == "/a/b")
            );
            assert!(error.to_string().contains(&host.path().display().to_string()), "{error}");
        }
    }

    #[test]
    fn replacing_keeps_the_place_and_takes_the_new_content() {
        let mut tree = Tree::new();
        tree.add("/a", bytes("old"), &ItemOptions::default()).unwrap();
        let error = tree.add("/a", bytes("new"), &ItemOptions::default()).unwrap_err();
        assert!(matches!(error, Error::DuplicateName { .. }));
        let options = ItemOptions { replace: true, ..ItemOptions::default() };
        let node = tree.add("/a", bytes("newer"), &options).unwrap();
        let NodeKind::File(content) = tree.kind(node) else { panic!("a file") };
        assert_eq!(tree.content_len(content), 5);
        assert_eq!(names(&tree, "/"), ["/a"]);
    }

    #[test]
    fn paths_that_are_none_are_refused() {
        let mut tree = Tree::new();
        for path in ["", "/", "/.", "/a/../b", "/a\0"] {
            let error = tree.add(path, bytes("x"), &ItemOptions::default()).unwrap_err();
            assert!(matches!(error, Error::InvalidPath { .. }), "{path:?}");
        }
    }

    #[test]
    fn hard_links_share_content_and_streams_are_spooled() {
        let mut tree = Tree::new();
        let mut stream: &[u8] = b"from a stream";
        let first = tree.add("/a", Item::Stream(&mut stream), &ItemOptions::default()).unwrap();
        let second = tree.add("/b", Item::HardLink(first), &ItemOptions::default()).unwrap();
        assert_eq!(tree.kind(first), tree.kind(second));
        assert_eq!(tree.content_count(), 1);
        assert_eq!(tree.content_len(ContentId(0)), 13);
    }

    #[test]
    fn times_of_an_item() {
        let mut tree = Tree::new();
        let seconds = |seconds| Some(Timestamp::from_unix(seconds));
        let times = Times { access: seconds(1), expiration: seconds(2), ..Times::default() };
        let options = ItemOptions { times: Some(times), ..ItemOptions::default() };
        let first = tree.add("/a", bytes("x"), &options).unwrap();
        let second = tree.add("/b", Item::HardLink(first), &ItemOptions::default()).unwrap();
        assert_eq!([first, second].map(|node| tree.times(node)), [times; 2]);
        tree.set_modified(first, Timestamp::from_unix(9));
        assert_eq!(tree.times(first), times);
        tree.set_times(second, &Times { creation: seconds(3), ..Times::default() });
        assert_eq!(tree.times(second), Times { creation: seconds(3), ..Times::default() });
        // What is put in an item's place has none of its times.
        let replacing = ItemOptions { replace: true, ..ItemOptions::default() };
        tree.add("/a", bytes("y"), &replacing).unwrap();
        assert_eq!(tree.times(first), Times::default());
    }

    #[test]
    fn a_hosts_times_are_taken_when_asked_for() {
        let host = tempfile::NamedTempFile::new().unwrap();
        let access = std::time::UNIX_EPOCH + std::time::Duration::from_millis(1_000_000_000_500);
        let times = std::fs::FileTimes::new().set_accessed(access).set_modified(access);
        host.as_file().set_times(times).unwrap();
        let mut tree = Tree::new();
        let node = tree.add("/a", Item::HostFile(host.path()), &ItemOptions::default()).unwrap();
        assert_eq!(tree.times(node), Times::default());
        let options = ItemOptions { host_times: HostTimes::All, ..ItemOptions::default() };
        let node = tree.add("/b", Item::HostFile(host.path()), &options).unwrap();
        assert_eq!(tree.times(node).access, Some(access.into()));
        assert!(!cfg!(unix) || tree.times(node).attributes.unwrap().seconds > 1_700_000_000);
        tree.clamp_times(Timestamp::from_unix(5));
        assert!(tree.times(node).iter().all(|time| time <= Timestamp::from_unix(5)));
    }

    #[test]
    fn the_recorded_form_of_times_goes_when_they_change() {
        // Creation and access; another entry; damage.
        let carried =
            b"TF\x13\x01\x05\x46\x01\x01\x00\x00\x01\x00\x46\x01\x01\x00\x00\x02\x00XY\x04\x01TF\x05\x01\x01";
        let seconds = |seconds| Some(Timestamp::from_unix(seconds));
        let recorded = Times { creation: seconds(1), access: seconds(2), ..Times::default() };
        let mut tree = Tree::new();
        let kind = NodeKind::Fifo;
        let modified = Timestamp::from_unix(7);
        let add = |tree: &mut Tree| {
            tree.push_imported(NodeId::ROOT, b"a", kind, Attributes::FILE, modified, carried).unwrap()
        };
        let same = add(&mut tree);
        tree.set_modified(same, modified);
        tree.set_times(same, &recorded);
        assert_eq!((tree.times(same), tree.carried_entries(same)), (recorded, &carried[..]));
        let later = add(&mut tree);
        tree.set_modified(later, Timestamp::from_unix(8));
        assert_eq!((tree.times(later), tree.carried_entries(later)), (recorded, &carried[19..]));
        let other = add(&mut tree);
        tree.set_times(other, &Times::default());
        assert_eq!((tree.times(other), tree.carried_entries(other)), (Times::default(), &carried[19..]));
    }
}
