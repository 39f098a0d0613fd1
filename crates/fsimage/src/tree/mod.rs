//! The one truth: an arena of nodes that every file system of the image is a view of.

mod acl;
mod arena;
mod attribute_lists;
mod attributes;
mod children;
mod content;
mod contents;
mod counting;
mod digests;
mod edit;
mod foreign;
mod graft;
mod imported;
mod item;
mod joined;
mod journal;
mod linked;
mod merge;
mod named_files;
mod names;
mod node;
mod own_entries;
mod paths;
#[cfg(feature = "serde")]
mod portable;
mod relocated;
mod scan;
mod spool;
mod streams;
mod takeover;
#[cfg(test)]
mod tests;
mod times;
mod udf_attributes;
mod visibility;
mod walk;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iso9660::read::Encoding;
use sector_io::{FileSectors, ReadSectors};

pub use attributes::{Attributes, Timestamp};
pub use content::{ContentId, Section};
pub use item::{Item, ItemOptions};
pub use journal::ChangePoint;
pub use merge::{ItemFilter, MergeOptions, MergePolicy, MergeReport};
pub use node::{DeviceNumber, DirectoryId, Kind, LinkTargetId, NodeId, NodeKind, UdfFlags};
pub use scan::{FailedItem, FileIdentity, ScanFailures, ScanOptions, ScanReport, Skipped};
pub use spool::{SpoolProblem, SpoolUsage, Staging, StagingPolicy};
pub use streams::{HostAttributes, NamedStream, UnreadAttribute};
pub use times::{HostTimes, Times};
pub use visibility::{FileSystem, FileSystems};
pub use walk::ItemCounts;

#[cfg(target_os = "linux")]
pub(crate) use acl::linux_attributes;
pub(crate) use acl::{acl_of, attributes_of};
pub(crate) use attribute_lists::Values;
pub(crate) use content::{Content, HostFolderId, HostRange, JoinedContent, SparseContent, SparsePart};
pub(crate) use digests::DigestFiles;
pub(crate) use graft::{ContentPlace, Graft, content_place};
pub(crate) use named_files::NamedFile;
pub(crate) use names::shown_part;
#[cfg(feature = "serde")]
pub(crate) use portable::{Numbers, PortableTree};
pub(crate) use relocated::RelocatedAs;
pub(crate) use scan::modified_nanoseconds;
pub(crate) use spool::{temporary_file, write_temporary};
pub(crate) use streams::Owner;
pub(crate) use takeover::FolderShift;
pub(crate) use times::carried_stamps;

use crate::{Error, Result};
use acl::AclTable;
use arena::{Arena, ArenaRef};
use attribute_lists::RecordedLists;
use attributes::AttributeTable;
use children::{Children, NO_CHILDREN};
use counting::Counting;
use digests::DigestTable;
use journal::{Journal, Undo};
use linked::LinkedTable;
use names::NameTable;
use node::{Marks, NOTHING, Node};
use own_entries::OwnEntryTable;
use scan::HostLinks;
use spool::Spool;
use streams::StreamTable;
use times::TimeTable;
use udf_attributes::UdfAttributesTable;

/// A directory tree with everything that goes into an image, except the bytes of host files.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    directories: Vec<Children>,
    contents: Vec<Content>,
    link_targets: Vec<ArenaRef>,
    carried: Vec<ArenaRef>,
    names: Arena,
    own_names: NameTable,
    named_files: Vec<NamedFile>,
    linked: LinkedTable,
    attributes: AttributeTable,
    times: TimeTable,
    udf_attributes: UdfAttributesTable,
    host_folders: Vec<HostFolder>,
    host_links: HostLinks,
    /// Of contents that are not to lie in the order of the tree.
    weights: BTreeMap<ContentId, i32>,
    streams: StreamTable,
    /// Contents in sectors of mode 2 form 2 of the medium that the tree was imported from.
    form_2: BTreeSet<ContentId>,
    /// Of contents that are compressed.
    encodings: BTreeMap<ContentId, Encoding>,
    acls: AclTable,
    lists: RecordedLists,
    own_entries: OwnEntryTable,
    /// Directories that the imported session has relocated.
    relocated: BTreeMap<NodeId, RelocatedAs>,
    /// Directories that imported items were taken out of.
    thinned: BTreeSet<DirectoryId>,
    digests: DigestTable,
    origin: Origin,
    journal: Journal,
    spool: Spool,
    counting: Option<Box<Counting>>,
    /// Whether names that are given from now on have to be of ASCII.
    restricted: bool,
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
pub(crate) struct Origin(Option<Arc<dyn ReadSectors>>, Option<Arc<FileSectors>>);

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Origin(..)" } else { "Origin(none)" })
    }
}

impl Default for Tree {
    fn default() -> Tree {
        Tree::new()
    }
}

impl Tree {
    /// A tree with an empty root.
    #[must_use]
    pub fn new() -> Tree {
        let mut attributes = AttributeTable::default();
        let root = Node {
            parent: NodeId::ROOT,
            name: ArenaRef::default(),
            hidden_in: FileSystems::empty(),
            imported: false,
            concealed_in: FileSystems::empty(),
            marks: Marks::UNDATED,
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
            own_names: NameTable::default(),
            named_files: Vec::new(),
            linked: LinkedTable::default(),
            attributes,
            times: TimeTable::default(),
            udf_attributes: UdfAttributesTable::default(),
            host_folders: Vec::new(),
            host_links: HostLinks::default(),
            weights: BTreeMap::new(),
            streams: StreamTable::default(),
            form_2: BTreeSet::new(),
            encodings: BTreeMap::new(),
            acls: AclTable::default(),
            lists: RecordedLists::default(),
            own_entries: OwnEntryTable::default(),
            relocated: BTreeMap::new(),
            thinned: BTreeSet::new(),
            digests: DigestTable::default(),
            origin: Origin::default(),
            journal: Journal::default(),
            spool: Spool::default(),
            counting: None,
            restricted: false,
        }
    }

    /// Nodes in the arena, the root and removed ones included; [`Tree::count_items`] counts those that are in the tree.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The node's name; empty for the root.
    #[must_use]
    pub fn name(&self, node: NodeId) -> &[u8] {
        self.names.get(self.node(node).name)
    }

    /// The directory the node is in; the root's is the root.
    #[must_use]
    pub fn parent(&self, node: NodeId) -> NodeId {
        self.node(node).parent
    }

    /// What the node is.
    #[must_use]
    pub fn kind(&self, node: NodeId) -> NodeKind {
        self.node(node).kind
    }

    /// Owner and permissions.
    #[must_use]
    pub fn attributes(&self, node: NodeId) -> Attributes {
        self.attributes.get(self.node(node).attributes)
    }

    /// Time of the last modification; 1970 for what has none.
    #[must_use]
    pub fn modified(&self, node: NodeId) -> Timestamp {
        self.node(node).modified
    }

    /// Whether it is a directory that no source has, made on the way to an item, and nobody told when it was modified. An
    /// image records the time of its last modification for it ([`PlanOptions::modified`](crate::PlanOptions::modified)).
    #[must_use]
    pub fn is_undated(&self, node: NodeId) -> bool {
        self.node(node).marks.contains(Marks::UNDATED)
    }

    /// Whether it is an imported item whose record has zeros for a time (ECMA-119 9.1.5), as nothing else tells when it was
    /// modified: it keeps them. In file systems that need a time it has that of 1970.
    pub(crate) fn has_no_modification(&self, node: NodeId) -> bool {
        self.node(node).marks.contains(Marks::UNSPECIFIED)
    }

    /// Says so.
    pub(crate) fn set_no_modification(&mut self, node: NodeId) {
        self.node_mut(node).marks.insert(Marks::UNSPECIFIED);
    }

    /// The time of modification that an image records, which has that time itself.
    pub(crate) fn modified_in(&self, node: NodeId, image: Timestamp) -> Timestamp {
        if self.is_undated(node) { image } else { self.modified(node) }
    }

    /// All other times.
    #[must_use]
    pub fn times(&self, node: NodeId) -> Times {
        match self.node(node).carried {
            0 => self.times.get(node),
            _ if self.times.has(node) => self.times.get(node),
            _ => Times::of_carried(self.carried_entries(node)),
        }
    }

    /// File systems that do not show the node.
    #[must_use]
    pub fn hidden_in(&self, node: NodeId) -> FileSystems {
        self.node(node).hidden_in
    }

    /// Whether there is an item that users need not be told of.
    pub(crate) fn has_concealed(&self) -> bool {
        self.nodes.iter().any(|node| !node.concealed_in.is_empty())
    }

    /// The flags that UDF has of an item.
    #[must_use]
    pub fn udf_flags(&self, node: NodeId) -> UdfFlags {
        self.node(node).marks.udf()
    }

    /// Whether the node was imported from an earlier session and not replaced since.
    #[must_use]
    pub fn is_imported(&self, node: NodeId) -> bool {
        self.node(node).imported
    }

    /// Target of a symbolic link.
    #[must_use]
    pub fn link_target(&self, target: LinkTargetId) -> &[u8] {
        self.names.get(self.link_targets.get(target.0 as usize).copied().unwrap_or_default())
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
        self.children_from(directory, 0)
    }

    /// The same from the child with this number on.
    pub(crate) fn children_from(
        &self,
        directory: DirectoryId,
        from: usize,
    ) -> impl Iterator<Item = NodeId> + '_ {
        let children = self.directories.get(directory.0 as usize).unwrap_or(&NO_CHILDREN);
        children.iter_from(from, |a, b| self.name(a).cmp(self.name(b)))
    }

    /// Number of a directory's children.
    #[must_use]
    pub fn child_count(&self, directory: DirectoryId) -> usize {
        self.directories.get(directory.0 as usize).map_or(0, Children::len)
    }

    /// The child of that name.
    #[must_use]
    pub fn child(&self, directory: DirectoryId, name: &[u8]) -> Option<NodeId> {
        self.directories.get(directory.0 as usize)?.find(|child| self.name(child).cmp(name))
    }

    /// Hides the node in these file systems, and shows it in all others.
    pub fn hide(&mut self, node: NodeId, hidden_in: FileSystems) {
        if self.knows(node) {
            self.node_mut(node).hidden_in = hidden_in;
        }
    }

    /// Says whether users need not be told of an item (ECMA-119 9.1.6, existence; ECMA-167 4/14.4.3): systems like
    /// Windows hide it. ISO 9660, Joliet and UDF record that.
    pub fn conceal(&mut self, node: NodeId, concealed: bool) {
        self.conceal_in(node, if concealed { FileSystems::all() } else { FileSystems::empty() });
    }

    /// The same of these file systems, and the contrary of all others. Rock Ridge has the records of ISO 9660.
    pub fn conceal_in(&mut self, node: NodeId, concealed_in: FileSystems) {
        if self.knows(node) {
            self.node_mut(node).concealed_in = concealed_in;
        }
    }

    /// Sets the flags that UDF has of an item. Files with several names have those of the first.
    pub fn set_udf_flags(&mut self, node: NodeId, flags: UdfFlags) {
        if self.knows(node) {
            self.node_mut(node).marks.set_udf(flags);
        }
    }

    /// Says how early a file's content is to lie in the image: those of greater weight come before those of smaller
    /// weight, and of equal weight, which is 0 if nothing is said, in the order of the tree. All names of the file
    /// share it; of a directory, link or device nothing is said.
    pub fn set_weight(&mut self, node: NodeId, weight: i32) {
        if let NodeKind::File(content) = self.kind(node) {
            self.put_weight(content, weight);
        }
    }

    /// The content's weight, if any content has one.
    pub(crate) fn weights(&self) -> Option<impl Fn(ContentId) -> i32 + '_> {
        let of = |content| self.weights.get(&content).copied().unwrap_or_default();
        (!self.weights.is_empty()).then_some(of)
    }

    /// Sets owner and permissions. Access control lists follow the permission bits, as after `chmod`.
    pub fn set_attributes(&mut self, node: NodeId, attributes: Attributes) {
        if !self.knows(node) {
            return;
        }
        if self.acl(node).is_some() && attributes.permissions != self.attributes(node).permissions {
            self.change_list(self.owner_of(node));
        }
        let interned = self.attributes.intern(attributes);
        self.node_mut(node).attributes = interned;
        if let Some((_, modified)) = self.own_udf_attributes(node) {
            self.set_udf_attributes(node, attributes, modified);
        }
    }

    /// Sets the time of the last modification. All other times are kept.
    pub fn set_modified(&mut self, node: NodeId, modified: Timestamp) {
        if !self.knows(node) {
            return;
        }
        if self.modified(node) != modified {
            let times = self.times(node);
            self.drop_carried_stamps(node);
            self.put_times(node, &times);
        }
        let changed = self.node_mut(node);
        if changed.modified != modified {
            changed.marks.insert(Marks::RETIMED);
        }
        changed.modified = modified;
        changed.marks.remove(Marks::UNDATED | Marks::UNSPECIFIED);
        if let Some((attributes, _)) = self.own_udf_attributes(node) {
            self.set_udf_attributes(node, attributes, modified);
        }
    }

    /// Sets all times but that of the last modification.
    pub fn set_times(&mut self, node: NodeId, times: &Times) {
        if self.knows(node) && self.times(node) != *times {
            self.drop_carried_stamps(node);
            self.put_times(node, times);
            self.node_mut(node).marks.insert(Marks::RETIMED);
        }
    }

    /// Drops the recorded form of an imported node's times: they are not what it says any more.
    fn drop_carried_stamps(&mut self, node: NodeId) {
        let len = carried_stamps(self.carried_entries(node));
        if let Some(number) = (self.node(node).carried as usize).checked_sub(1) {
            self.put_carried(number, self.carried[number].behind(len));
        }
    }

    /// No node keeps a time of what has happened to it later than this: what SOURCE_DATE_EPOCH asks for.
    /// Imported nodes keep theirs.
    pub fn clamp_times(&mut self, latest: Timestamp) {
        let own = self.times.nodes().filter(|&node| !self.node(node).imported).collect::<Vec<_>>();
        for node in own {
            self.put_times(node, &self.times.get(node).clamped(latest));
        }
        for id in (0..self.nodes.len() as u32).map(NodeId) {
            let node = self.node(id);
            if !node.imported && node.modified > latest {
                self.node_mut(id).modified = latest;
            }
        }
    }

    fn node(&self, node: NodeId) -> &Node {
        self.nodes.get(node.0 as usize).unwrap_or(&NOTHING)
    }

    fn knows(&self, node: NodeId) -> bool {
        (node.0 as usize) < self.nodes.len()
    }

    /// Refuses a number that the tree does not have.
    pub(crate) fn check_knows(&self, node: NodeId) -> Result<()> {
        match self.knows(node) {
            true => Ok(()),
            false => Err(Error::NotInTree { path: format!("item number {}", node.0) }),
        }
    }

    fn directory_of(&self, node: NodeId) -> Result<DirectoryId> {
        self.check_knows(node)?;
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

/// What scan, import and the planner need.
impl Tree {
    pub(crate) fn directory_count(&self) -> usize {
        self.directories.len()
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
        self.mark_directory(DirectoryId(id));
        Ok(NodeKind::Directory(DirectoryId(id)))
    }

    /// Puts a new node in its directory, which must not hold the name yet.
    fn insert(
        &mut self,
        parent: NodeId,
        name: &[u8],
        build: impl FnOnce(&mut Tree) -> Result<(NodeKind, Attributes, Timestamp)>,
    ) -> Result<NodeId> {
        let directory = self.directory_of(parent)?;
        let id = self.new_node(parent, name, build)?;
        self.attach(id, directory);
        Ok(id)
    }

    /// A new node that is among the children of no directory.
    fn new_node(
        &mut self,
        parent: NodeId,
        name: &[u8],
        build: impl FnOnce(&mut Tree) -> Result<(NodeKind, Attributes, Timestamp)>,
    ) -> Result<NodeId> {
        let (kind, attributes, modified) = build(self)?;
        let id = NodeId(next_id(self.nodes.len())?);
        let attributes = self.attributes.intern(attributes);
        let name = self.names.push(name)?;
        let hidden_in = FileSystems::empty();
        let marks = Marks::of_undated(matches!(kind, NodeKind::Directory(_)));
        self.nodes.push(Node {
            parent,
            name,
            hidden_in,
            imported: false,
            concealed_in: FileSystems::empty(),
            marks,
            kind,
            attributes,
            modified,
            carried: 0,
        });
        Ok(id)
    }

    /// Puts a node among the children of a directory, which holds no other of its name.
    pub(crate) fn attach(&mut self, node: NodeId, directory: DirectoryId) {
        // The children move out while their names, which are in the tree, are compared.
        let at = directory.0 as usize;
        let mut children = std::mem::take(&mut self.directories[at]);
        let compare = |a: NodeId, b: NodeId| -> Ordering { self.name(a).cmp(self.name(b)) };
        children.insert(node, |child| compare(child, node), compare);
        self.directories[at] = children;
        self.mark_child(directory, node);
        if self.journal.knows_directory(directory) {
            self.journal.record(Undo::Attached(node, directory));
        }
    }

    /// Takes a node from the children of a directory; whether it was among them.
    fn detach_from(&mut self, node: NodeId, directory: DirectoryId) -> bool {
        let at = directory.0 as usize;
        let mut children = std::mem::take(&mut self.directories[at]);
        let was_there = children.remove(node, |child| self.name(child).cmp(self.name(node)));
        self.directories[at] = children;
        self.mark_child(directory, node);
        if was_there && self.is_imported(node) {
            self.thinned.insert(directory);
        }
        if was_there && self.journal.knows_directory(directory) {
            self.journal.record(Undo::Detached(node, directory));
        }
        was_there
    }

    /// Gives a node other content and attributes; what was carried from an imported record belongs to the
    /// old content and goes with it.
    fn replace(&mut self, id: NodeId, kind: NodeKind, attributes: Attributes, modified: Timestamp) {
        self.forget_attributes(id);
        self.forget_own_entries(id);
        self.put_linked(id, None);
        self.forget_endings(id);
        let attributes = self.attributes.intern(attributes);
        let node = self.node_mut(id);
        (node.kind, node.attributes, node.modified) = (kind, attributes, modified);
        (node.imported, node.carried) = (false, 0);
        node.marks.remove(Marks::UNDATED | Marks::UNSPECIFIED);
        self.put_times(id, &Times::default());
        self.put_udf_attributes(id, None);
    }
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
