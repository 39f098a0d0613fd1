use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::scan;
use super::{
    Attributes, Content, ContentId, DeviceNumber, DirectoryId, FileSystems, HostRange, HostTimes, Kind,
    NodeId, NodeKind, Times, Timestamp, Tree, invalid_path,
};
use crate::{Control, Error, Result};

/// A new item and where its content comes from.
#[non_exhaustive]
pub enum Item<'a> {
    /// An empty directory.
    Directory,
    /// A file with these bytes.
    Bytes(Arc<[u8]>),
    /// A file with the bytes of a host file, read when the image is written. Where the tree has that file already, as
    /// such an item or as one of several names that a scan found, this is a further name (hard link) of it.
    HostFile(&'a Path),
    /// A file with a stretch of a host file: offset and length in bytes.
    HostRange(&'a Path, u64, u64),
    /// A file with the bytes of a stream, which is read now, to a temporary file.
    Stream(&'a mut dyn Read),
    /// A file with the contents of others one behind another: of host files, say, of which only what is in them is read when
    /// the image is written. [`Item::HardLink`] stands for the content of a file of the tree, as it is now.
    ///
    /// ```
    /// use fsimage::{Item, ItemOptions, Tree};
    ///
    /// let mut tree = Tree::new();
    /// let header = Item::Bytes(b"header"[..].into());
    /// let body = Item::Stream(&mut &b"body"[..]);
    /// let file = tree.add("/whole", Item::Joined(vec![header, body]), &ItemOptions::default())?;
    /// # let fsimage::NodeKind::File(content) = tree.kind(file) else { unreachable!() };
    /// assert_eq!(tree.content_len(content), 10);
    /// # Ok::<(), fsimage::Error>(())
    /// ```
    Joined(Vec<Item<'a>>),
    /// A file that holds the boot catalog, of [`BootOptions::catalog_len`](crate::BootOptions::catalog_len) bytes.
    BootCatalog(u64),
    /// A further name (hard link) of an item that is no directory.
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
    /// names, and those of the item for a hard link.
    pub times: Option<Times>,
    /// Which of a host file's times are taken.
    pub host_times: HostTimes,
    /// File systems that do not show the item; nor do those in which one that it replaces is hidden. A hidden directory
    /// hides all below it.
    pub hidden_in: FileSystems,
    /// Replace an item of the same name that is not a directory, instead of failing.
    pub replace: bool,
}

impl Tree {
    /// Adds an item at a path; directories that are missing on the way are made.
    ///
    /// # Errors
    /// [`Error::InvalidPath`], [`Error::DuplicateName`] (unless [`ItemOptions::replace`]),
    /// [`Error::MergeCollision`] when a directory would take the place of something else or the reverse,
    /// [`Error::SourceOpen`], [`Error::SourceRead`], [`Error::Spool`]. Where it fails, no directory was made either.
    pub fn add(&mut self, path: impl AsRef<[u8]>, item: Item<'_>, options: &ItemOptions) -> Result<NodeId> {
        let path = path.as_ref();
        let mut names: Vec<&[u8]> =
            path.split(|&byte| byte == b'/').filter(|name| !matches!(*name, b"" | b".")).collect();
        let Some(last) = names.pop() else {
            return Err(invalid_path(path, "a name is needed"));
        };
        self.all_or_nothing(|tree| {
            let parent = tree.make_directories(&names, path, &item)?;
            let node = tree.put_in(parent, last, item, options)?;
            tree.check_limit(node, 1 + names.len() as u64)?;
            Ok(node)
        })
    }

    fn make_directories(&mut self, names: &[&[u8]], path: &[u8], item: &Item<'_>) -> Result<NodeId> {
        let mut at = NodeId::ROOT;
        for name in names {
            self.check_new_name(name, path)?;
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
        self.all_or_nothing(|tree| {
            let node = tree.put_in(parent, name, item, options)?;
            tree.check_limit(node, 1)?;
            Ok(node)
        })
    }

    fn put_in(
        &mut self,
        parent: NodeId,
        name: &[u8],
        item: Item<'_>,
        options: &ItemOptions,
    ) -> Result<NodeId> {
        self.check_new_name(name, name)?;
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
        let node = match existing {
            None => {
                let node = self.make(parent, name, item, options)?;
                self.attach(node, directory);
                node
            }
            Some(existing) if self.kind(existing).kind() == Kind::Directory => existing,
            Some(existing) => {
                let (times, linked) = (self.times_of(&item, options), self.linked_by(&item)?);
                let (kind, attributes, modified) = self.prepare_named(item)?;
                self.replace(existing, kind, attributes, modified);
                self.settle(existing, &times, linked);
                existing
            }
        };
        self.set_options(node, options);
        Ok(node)
    }

    /// A node of an item that is not among the children of its directory yet, and its times.
    pub(super) fn make(
        &mut self,
        parent: NodeId,
        name: &[u8],
        item: Item<'_>,
        options: &ItemOptions,
    ) -> Result<NodeId> {
        let (times, linked) = (self.times_of(&item, options), self.linked_by(&item)?);
        let node = self.new_node(parent, name, |tree| tree.prepare_named(item))?;
        self.settle(node, &times, linked);
        Ok(node)
    }

    /// What a further name of a link or device shares with the others.
    fn linked_by(&mut self, item: &Item<'_>) -> Result<Option<ContentId>> {
        match item {
            Item::HardLink(node) => self.content_for_links(*node),
            _ => Ok(None),
        }
    }

    fn settle(&mut self, node: NodeId, times: &Times, linked: Option<ContentId>) {
        self.put_times(node, times);
        if linked.is_some() {
            self.put_linked(node, linked);
        }
    }

    /// The times that an item has without being told any.
    fn times_of(&self, item: &Item<'_>, options: &ItemOptions) -> Times {
        match item {
            Item::HardLink(node) => self.times(*node),
            Item::HostFile(path) | Item::HostRange(path, ..) if options.host_times == HostTimes::All => {
                // One that is not there is an error later.
                std::fs::metadata(path).map(|metadata| scan::times(&metadata)).unwrap_or_default()
            }
            _ => Times::default(),
        }
    }

    pub(super) fn set_options(&mut self, node: NodeId, options: &ItemOptions) {
        if let Some(attributes) = options.attributes {
            self.set_attributes(node, attributes);
        }
        if let Some(modified) = options.modified {
            self.set_modified(node, modified);
        }
        if let Some(times) = options.times {
            self.set_times(node, &times);
        }
        self.node_mut(node).hidden_in |= options.hidden_in;
    }

    /// Adds the content of a file that is in no directory: a boot image, or an appended partition.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for what is no file, [`Error::SourceRead`].
    pub fn add_content(&mut self, item: Item<'_>) -> Result<ContentId> {
        self.all_or_nothing(|tree| match tree.prepare(item)?.0 {
            NodeKind::File(content) => Ok(content),
            other => Err(Error::InvalidArgument {
                argument: "content".to_owned(),
                reason: format!("a {} has none", other.kind()),
            }),
        })
    }

    /// As [`Tree::prepare`], for an item that is to have a name: a host file that has one already gets a further one.
    fn prepare_named(&mut self, item: Item<'_>) -> Result<(NodeKind, Attributes, Timestamp)> {
        let Item::HostFile(path) = item else { return self.prepare(item) };
        let metadata =
            std::fs::metadata(path).map_err(|source| Error::SourceOpen { path: path.to_owned(), source })?;
        let Some(key) = scan::file_key(&metadata).filter(|_| metadata.is_file()) else {
            return self.prepare(item);
        };
        let (len, modified) = (metadata.len(), scan::modified(&metadata));
        let nanoseconds = scan::nanoseconds(modified);
        if let Some(content) = self.known_file(key, len, nanoseconds) {
            return Ok((NodeKind::File(content), scan::attributes(&metadata), modified));
        }
        let prepared = self.prepare(item)?;
        if let NodeKind::File(content) = prepared.0 {
            self.note_file(key, scan::KnownFile { content, len, modified: nanoseconds });
        }
        Ok(prepared)
    }

    /// What a node of this item is; its content is in the table from now on.
    pub(super) fn prepare(&mut self, item: Item<'_>) -> Result<(NodeKind, Attributes, Timestamp)> {
        let plain = |kind| Ok((kind, Attributes::FILE, Timestamp::default()));
        match item {
            Item::Directory => Ok((self.new_directory()?, Attributes::DIRECTORY, Timestamp::default())),
            Item::Bytes(bytes) => plain(NodeKind::File(self.push_content(Content::Memory(bytes))?)),
            Item::HostFile(path) => self.host_range(path, 0, None),
            Item::HostRange(path, offset, len) => self.host_range(path, offset, Some(len)),
            Item::Joined(items) => plain(NodeKind::File(self.join(items)?)),
            Item::BootCatalog(len) => plain(NodeKind::File(self.push_content(Content::BootCatalog { len })?)),
            Item::Stream(stream) => {
                let content = self.spool_stream(stream)?;
                plain(NodeKind::File(self.push_content(content)?))
            }
            Item::HardLink(node) => {
                self.check_knows(node)?;
                match self.kind(node) {
                    kind @ NodeKind::Directory(_) => {
                        Err(Error::NotAFile { path: self.path(node), kind: kind.kind() })
                    }
                    kind => Ok((kind, self.attributes(node), self.modified(node))),
                }
            }
            Item::Symlink(target) if target.is_empty() || target.contains(&0) => {
                Err(Error::InvalidArgument {
                    argument: "target of a symbolic link".to_owned(),
                    reason: match target {
                        [] => "is empty".to_owned(),
                        _ => format!(
                            "'{}' has a NUL, which no file system of a host takes",
                            target.escape_ascii()
                        ),
                    },
                })
            }
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
        let open_error = |source| Error::SourceOpen { path: path.to_owned(), source };
        let metadata = std::fs::metadata(path).map_err(open_error)?;
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
        self.stage_from(content.0 as usize, &Control::default())?;
        Ok((NodeKind::File(content), scan::attributes(&metadata), modified))
    }
}
