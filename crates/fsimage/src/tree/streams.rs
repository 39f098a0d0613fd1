//! Named streams, which are extended attributes in Rock Ridge, and the real-time flag: what few items have,
//! beside the nodes.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::journal::cut_set;
use super::{Content, ContentId, HostFolder, HostFolderId, Item, NodeId, NodeKind, Tree};
use crate::{Error, Result};

/// What streams and access control lists belong to: names of one item share them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Owner {
    Content(ContentId),
    Node(NodeId),
}

/// An item, and the name of one of its streams.
pub(super) type StreamKey = (Owner, Box<[u8]>);

#[derive(Clone, Copy, Debug)]
pub(super) struct Stream {
    pub(super) content: ContentId,
    /// Of an implementation, and not of the user (ECMA-167 4/14.4.3, bit 4).
    pub(super) is_metadata: bool,
}

/// The streams of all items, in the order of their names for each, and the real-time files.
#[derive(Clone, Debug, Default)]
pub(super) struct StreamTable {
    pub(super) streams: BTreeMap<StreamKey, Stream>,
    pub(super) real_time: HashSet<ContentId>,
}

impl StreamTable {
    /// Takes away what belongs to items that are gone: those of the highest numbers.
    pub(super) fn cut(&mut self, nodes: Range<u32>, contents: Range<u32>) {
        let key = |owner| (owner, Box::default());
        self.streams.split_off(&key(Owner::Node(NodeId(nodes.start))));
        // Contents come before nodes.
        let of_contents = key(Owner::Content(ContentId(contents.start)))..key(Owner::Node(NodeId(0)));
        let gone: Vec<StreamKey> = self.streams.range(of_contents).map(|(key, _)| key.clone()).collect();
        gone.iter().for_each(|key| {
            self.streams.remove(key);
        });
        cut_set(&mut self.real_time, contents, ContentId);
    }
}

/// A named stream (ECMA-167 4/9.2), or an extended attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedStream<'t> {
    /// Its name.
    pub name: &'t [u8],
    /// Its bytes.
    pub content: ContentId,
    /// Whether an implementation keeps it for itself: its name begins with `*UDF`.
    pub is_metadata: bool,
}

/// An extended attribute of the host that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadAttribute {
    /// Path of the item on the host.
    pub path: PathBuf,
    /// Its name; `None` where not even the names can be had.
    pub name: Option<String>,
    /// Why.
    pub reason: String,
}

impl std::fmt::Display for UnreadAttribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}: extended attribute {name}: {}", self.path.display(), self.reason),
            None => write!(f, "{}: extended attributes: {}", self.path.display(), self.reason),
        }
    }
}

impl Tree {
    /// Adds a named stream to an item, the root included. Names of one file (hard links) have the same streams.
    /// `source` is one of the items that make a file.
    ///
    /// UDF holds streams of files and directories from revision 2.00 on, Rock Ridge holds them as extended
    /// attributes of all items (AAIP), up to 48 KiB for each item; elsewhere
    /// [`Notice::StreamsDropped`](crate::Notice::StreamsDropped) tells of them.
    ///
    /// # Errors
    /// [`Error::InvalidPath`] for a name that is empty, `.`, `..` or begins with `*UDF`, or has a slash or NUL
    /// in it; [`Error::DuplicateName`]; [`Error::InvalidArgument`] where `source` is no bytes;
    /// [`Error::SourceRead`].
    pub fn add_stream(&mut self, node: NodeId, name: &[u8], source: Item<'_>) -> Result<ContentId> {
        if !self.has_limit() {
            return self.new_stream(node, name, source);
        }
        self.all_or_nothing(|tree| {
            let content = tree.new_stream(node, name, source)?;
            tree.check_limit(node, u64::MAX)?;
            Ok(content)
        })
    }

    fn new_stream(&mut self, node: NodeId, name: &[u8], source: Item<'_>) -> Result<ContentId> {
        self.check_knows(node)?;
        super::check_name(name, name)?;
        if name.starts_with(b"*UDF") {
            return Err(super::invalid_path(name, "stream names that begin with *UDF are the standard's"));
        }
        let owner = self.owner_of(node);
        if self.streams.streams.contains_key(&(owner, name.into())) {
            let name = String::from_utf8_lossy(name);
            return Err(Error::DuplicateName { path: format!("{}:{name}", self.path(node)) });
        }
        match source {
            Item::Bytes(_) | Item::HostFile(_) | Item::HostRange(..) | Item::Stream(_) => {}
            _ => {
                return Err(Error::InvalidArgument {
                    argument: format!("{}:{}", self.path(node), String::from_utf8_lossy(name)),
                    reason: "a stream is made from bytes".to_owned(),
                });
            }
        }
        let content = self.add_content(source)?;
        self.change_list(owner);
        self.put_stream((owner, name.into()), Some(Stream { content, is_metadata: false }));
        Ok(content)
    }

    /// The named streams of an item, in the order of their names' bytes.
    pub fn streams(&self, node: NodeId) -> impl Iterator<Item = NamedStream<'_>> {
        let owner = self.owner_of(node);
        let from = self.has_streams().then(|| (owner, Box::default()));
        from.into_iter()
            .flat_map(|from| self.streams.streams.range(from..))
            .take_while(move |((at, _), _)| *at == owner)
            .map(|((_, name), stream)| NamedStream {
                name,
                content: stream.content,
                is_metadata: stream.is_metadata,
            })
    }

    /// Takes a stream from its item; whether there was one of that name.
    pub fn remove_stream(&mut self, node: NodeId, name: &[u8]) -> bool {
        let owner = self.owner_of(node);
        let was_there = self.put_stream((owner, name.into()), None).is_some();
        if was_there {
            self.change_list(owner);
        }
        was_there
    }

    /// Makes a file one whose data should be read and written in real time (UDF 2.01 and later), or no longer.
    ///
    /// # Errors
    /// [`Error::NoSuchProperty`] for what is no file.
    pub fn set_real_time(&mut self, node: NodeId, real_time: bool) -> Result<()> {
        self.check_knows(node)?;
        match self.kind(node) {
            NodeKind::File(content) => self.put_real_time(content, real_time),
            other => {
                return Err(Error::NoSuchProperty {
                    path: self.path(node),
                    kind: other.kind(),
                    property: "real-time flag (ECMA-167 4/14.6.6)",
                });
            }
        }
        Ok(())
    }

    /// Whether the node is a real-time file.
    #[must_use]
    pub fn is_real_time(&self, node: NodeId) -> bool {
        !self.streams.real_time.is_empty()
            && matches!(self.kind(node), NodeKind::File(content) if self.streams.real_time.contains(&content))
    }

    /// Gives an item the extended attributes of an item of the host, as streams of their names. Those that
    /// it has already are replaced. What cannot be taken is returned.
    ///
    /// # Errors
    /// [`Error::TreeTooLarge`].
    pub fn add_host_attributes(
        &mut self,
        node: NodeId,
        host: &Path,
        which: HostAttributes,
    ) -> Result<Vec<UnreadAttribute>> {
        self.check_knows(node)?;
        let mut unread = Vec::new();
        let found = host::attributes(host, which, &mut unread);
        if !found.is_empty() {
            let folder = HostFolderId(super::next_id(self.host_folders.len())?);
            self.host_folders.push(HostFolder { path: host.to_owned(), directory: None });
            self.take_attributes(node, folder, super::ArenaRef::default(), found)?;
        }
        Ok(unread)
    }
}

/// What scan, import and the planner need.
impl Tree {
    /// Whether any item has streams.
    pub(crate) fn has_streams(&self) -> bool {
        !self.streams.streams.is_empty()
    }

    /// The streams of a file or directory whose names UDF can have.
    pub(crate) fn udf_streams(&self, node: NodeId) -> impl Iterator<Item = NamedStream<'_>> {
        let may_have = matches!(self.kind(node), NodeKind::File(_) | NodeKind::Directory(_));
        self.streams(node).filter(move |stream| may_have && is_stream_name(stream.name))
    }

    /// Adds a stream that an import found. `false`: there is one of that name.
    pub(crate) fn push_imported_stream(
        &mut self,
        node: NodeId,
        name: &[u8],
        content: ContentId,
        is_metadata: bool,
    ) -> Result<bool> {
        let key = (self.owner_of(node), name.into());
        if self.streams.streams.contains_key(&key) {
            return Ok(false);
        }
        self.put_stream(key, Some(Stream { content, is_metadata }));
        Ok(true)
    }

    /// Gives a node attributes that were found at the host's item `name` of `folder`; without a name, at the
    /// folder itself.
    pub(super) fn take_attributes(
        &mut self,
        node: NodeId,
        folder: HostFolderId,
        name: super::ArenaRef,
        found: Vec<HostAttribute>,
    ) -> Result<()> {
        let owner = self.owner_of(node);
        self.change_list(owner);
        for HostAttribute { name: attribute, len } in found {
            let reference = self.names.push(&attribute)?;
            let content =
                self.push_content(Content::Attribute { folder, name, attribute: reference, len })?;
            let stream = Stream { content, is_metadata: false };
            self.put_stream((owner, attribute.into()), Some(stream));
        }
        Ok(())
    }

    /// Gives a node attributes of what a link of the host leads to. They are read now: the link has none.
    pub(super) fn read_attributes(
        &mut self,
        node: NodeId,
        link: &Path,
        found: Vec<HostAttribute>,
    ) -> Result<()> {
        for HostAttribute { name, .. } in found {
            let read_error = |source| Error::SourceRead { path: link.to_owned(), source };
            let target = link.canonicalize().map_err(read_error)?;
            let value = host::value(&target, &name).map_err(read_error)?;
            let content = self.push_content(Content::Memory(value.into()))?;
            let owner = self.owner_of(node);
            self.change_list(owner);
            self.put_stream((owner, name.into()), Some(Stream { content, is_metadata: false }));
        }
        Ok(())
    }

    /// The value of an extended attribute as it is now; `None` for other contents.
    pub(crate) fn attribute_value(&self, content: ContentId) -> Option<std::io::Result<Vec<u8>>> {
        let Content::Attribute { attribute, .. } = self.content(content) else { return None };
        let path = self.host_path(content)?;
        Some(host::value(&path, self.names.get(*attribute)))
    }

    pub(crate) fn owner_of(&self, node: NodeId) -> Owner {
        self.linked_content(node).map_or(Owner::Node(node), Owner::Content)
    }

    pub(super) fn streams_of(&self, owner: Owner) -> Vec<(Box<[u8]>, Stream)> {
        let from = (owner, Box::default());
        let own = self.streams.streams.range(from..).take_while(|((of, _), _)| *of == owner);
        own.map(|((_, name), stream)| (name.clone(), *stream)).collect()
    }

    /// Takes from a node what belongs to it, before it becomes something else.
    pub(super) fn forget_attributes(&mut self, node: NodeId) {
        self.put_list(node, None);
        // What belongs to a content stays with its other names.
        let owner @ Owner::Node(_) = self.owner_of(node) else { return };
        self.forget_owned(owner);
    }
}

/// Which extended attributes of the host are taken. Access control lists are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostAttributes {
    /// None.
    #[default]
    None,
    /// Those of users: their names begin with `user.`. On systems without such names, all.
    User,
    /// All that may be read.
    All,
}

impl HostAttributes {
    #[cfg(unix)]
    fn takes(self, name: &[u8]) -> bool {
        match self {
            HostAttributes::None => false,
            HostAttributes::User => cfg!(target_vendor = "apple") || name.starts_with(b"user."),
            HostAttributes::All => !super::acl::is_acl(name),
        }
    }
}

/// Whether UDF can have a stream of this name.
fn is_stream_name(name: &[u8]) -> bool {
    super::check_name(name, name).is_ok()
}

/// An extended attribute of a host item.
pub(super) struct HostAttribute {
    pub(super) name: Vec<u8>,
    pub(super) len: u64,
}

pub(super) use host::attributes as host_attributes;

#[cfg(unix)]
mod host {
    use std::ffi::OsStr;
    use std::io;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::Path;

    use super::{HostAttribute, HostAttributes, UnreadAttribute};

    /// The attributes of the item itself: no link is followed. In no order.
    pub(in crate::tree) fn attributes(
        path: &Path,
        which: HostAttributes,
        unread: &mut Vec<UnreadAttribute>,
    ) -> Vec<HostAttribute> {
        let mut tell = |name: Option<&OsStr>, reason: String| {
            let name = name.map(|name| name.to_string_lossy().into_owned());
            unread.push(UnreadAttribute { path: path.to_owned(), name, reason });
        };
        let names = match xattr::list(path) {
            Ok(names) => names,
            // A file system without extended attributes has none.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => return Vec::new(),
            Err(error) => {
                tell(None, error.to_string());
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for name in names.filter(|name| which.takes(name.as_bytes())) {
            match xattr::get(path, &name) {
                Ok(Some(value)) => {
                    found.push(HostAttribute { len: value.len() as u64, name: name.into_vec() });
                }
                // Removed meanwhile.
                Ok(None) => {}
                Err(error) => tell(Some(&name), error.to_string()),
            }
        }
        found
    }

    pub(super) fn value(path: &Path, name: &[u8]) -> io::Result<Vec<u8>> {
        xattr::get(path, OsStr::from_bytes(name))?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

#[cfg(not(unix))]
mod host {
    use std::io;
    use std::path::Path;

    use super::{HostAttribute, HostAttributes, UnreadAttribute};

    pub(in crate::tree) fn attributes(
        _: &Path,
        _: HostAttributes,
        _: &mut Vec<UnreadAttribute>,
    ) -> Vec<HostAttribute> {
        Vec::new()
    }

    pub(super) fn value(_: &Path, _: &[u8]) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::ItemOptions;

    fn bytes(text: &str) -> Item<'static> {
        Item::Bytes(text.as_bytes().into())
    }

    fn names(tree: &Tree, node: NodeId) -> Vec<String> {
        tree.streams(node).map(|stream| String::from_utf8_lossy(stream.name).into_owned()).collect()
    }

    #[test]
    fn names_of_one_file_share_streams_and_new_content_has_none() {
        let mut tree = Tree::new();
        let first = tree.add("/a", bytes("x"), &ItemOptions::default()).unwrap();
        let second = tree.add("/b", Item::HardLink(first), &ItemOptions::default()).unwrap();
        tree.add_stream(second, b"note", bytes("n")).unwrap();
        tree.add_stream(first, b"icon", bytes("i")).unwrap();
        tree.add_stream(NodeId::ROOT, b"label", bytes("l")).unwrap();
        tree.set_real_time(second, true).unwrap();
        assert_eq!(names(&tree, first), ["icon", "note"]);
        assert_eq!(names(&tree, NodeId::ROOT), ["label"]);
        assert!(tree.is_real_time(first));
        assert!(tree.remove_stream(first, b"icon") && !tree.remove_stream(first, b"icon"));
        let options = ItemOptions { replace: true, ..ItemOptions::default() };
        tree.add("/a", bytes("y"), &options).unwrap();
        assert_eq!(names(&tree, first), [""; 0]);
        assert!(!tree.is_real_time(first));
        assert_eq!(names(&tree, second), ["note"]);
    }

    #[test]
    fn names_that_are_none_and_what_is_no_stream() {
        let mut tree = Tree::new();
        let file = tree.add("/a", bytes("x"), &ItemOptions::default()).unwrap();
        let link = tree.add("/l", Item::Symlink(b"a"), &ItemOptions::default()).unwrap();
        assert!(matches!(tree.add_stream(file, b"n", Item::Directory), Err(Error::InvalidArgument { .. })));
        assert!(matches!(tree.set_real_time(link, true), Err(Error::NoSuchProperty { .. })));
        for name in [&b""[..], b"..", b"a/b", b"a\0", b"*UDF Backup"] {
            assert!(matches!(tree.add_stream(file, name, bytes("x")), Err(Error::InvalidPath { .. })));
        }
        tree.add_stream(file, b"n", bytes("x")).unwrap();
        assert!(matches!(tree.add_stream(file, b"n", bytes("x")), Err(Error::DuplicateName { .. })));
    }
}
