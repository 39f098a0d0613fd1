//! Scan of a host folder: names, attributes and where content can be had later. No file is opened.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ffi::OsStr;
use std::fs::{DirEntry, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobSet;
use rayon::prelude::*;

use iso9660::aaip::AccessControlLists;

use super::acl::host_acl;
use super::streams::{HostAttribute, host_attributes};
use super::{
    Attributes, Content, ContentId, DeviceNumber, HostAttributes, HostFolder, HostFolderId, HostRange,
    HostTimes, Item, ItemOptions, Kind, NodeId, NodeKind, Times, Timestamp, Tree, UnreadAttribute,
};
use crate::image_file::is_unfinished;
use crate::{Control, Error, Result};

/// How a host folder is read.
#[derive(Clone, Debug, Default)]
pub struct ScanOptions {
    /// Items to leave out, with all below them. A glob is held against the path below the scanned folder
    /// (`docs/*.tmp`) and against the bare name (`*.tmp`).
    pub exclude: GlobSet,
    /// Files to leave out under whatever name they have, and why: what is being written, say. Known by what a
    /// file is only on Unix.
    pub leave_out: Vec<(FileIdentity, &'static str)>,
    /// Which extended attributes of the host are taken, as named streams of the same names. It costs a look at
    /// each item. Nothing is taken on Windows.
    pub extended_attributes: HostAttributes,
    /// Take the host's access control lists. It costs a look at each item. Linux only.
    pub acls: bool,
    /// Which times of the items are taken.
    pub times: HostTimes,
    /// Take in place of a symbolic link the file or folder that it leads to. A link that leads nowhere, or to a folder
    /// that it lies in, stays a link; on Windows, any to a folder.
    pub follow_links: bool,
    /// What one item that cannot be taken means for the others.
    pub failures: ScanFailures,
}

/// What it means for a scan that an item cannot be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScanFailures {
    /// The scan fails, and the tree is as it was.
    #[default]
    Abort,
    /// The others are taken, and [`ScanReport::failed`] names the item. A folder that cannot be read is empty then.
    Report,
}

/// What tells a file from all others: device and inode number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileIdentity(u64, u64);

impl FileIdentity {
    /// Of the file that the metadata are of; `None` where the system does not say.
    pub fn of(metadata: &Metadata) -> Option<FileIdentity> {
        host::identity(metadata).map(|(device, inode)| FileIdentity(device, inode))
    }
}

/// What a scan left out.
#[derive(Clone, Debug, Default)]
pub struct ScanReport {
    /// Each with its reason, except what [`ScanOptions::exclude`] named. Files are among them that
    /// [`write_image`](crate::write_image) left behind when it was killed (`.fsimage-*.part`).
    pub skipped: Vec<Skipped>,
    /// Items that an exclude glob left out.
    pub excluded: u64,
    /// The globs of [`ScanOptions::exclude`] that matched something, by their place in the set.
    pub matched: BTreeSet<usize>,
    /// Extended attributes that could not be taken.
    pub unread_attributes: Vec<UnreadAttribute>,
    /// Items that could not be taken, if [`ScanOptions::failures`] lets others be.
    pub failed: Vec<FailedItem>,
}

/// An item that a scan could not take.
#[derive(Clone, Debug)]
pub struct FailedItem {
    /// Path on the host.
    pub path: PathBuf,
    /// Why.
    pub error: Arc<Error>,
}

impl FailedItem {
    /// Hands the error back, or keeps it where others are to be taken nevertheless.
    fn tell(failures: ScanFailures, failed: &mut Vec<FailedItem>, path: PathBuf, error: Error) -> Result<()> {
        match failures {
            ScanFailures::Abort => Err(error),
            ScanFailures::Report => {
                failed.push(FailedItem { path, error: Arc::new(error) });
                Ok(())
            }
        }
    }
}

/// An item that no image can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Path on the host.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

/// One folder as read from the host, sorted by name; names stand end to end in `names`.
struct Listing {
    names: Vec<u8>,
    entries: Vec<Entry>,
    excluded: u64,
    matched: BTreeSet<usize>,
    unread: Vec<UnreadAttribute>,
    failed: Vec<FailedItem>,
    /// The folder and those that it lies in, where links are followed.
    above: Option<Arc<Above>>,
}

/// A folder that is being scanned, and the one that it lies in.
struct Above {
    folder: FileIdentity,
    parent: Option<Arc<Above>>,
}

struct Entry {
    name_end: u32,
    what: What,
    attributes: Attributes,
    modified: Timestamp,
    /// The other times, if they are asked for.
    times: Option<Box<Times>>,
    len: u64,
    /// Device and inode number of an item with several names.
    linked: Option<(u64, u64)>,
    /// Whether it is what a symbolic link leads to.
    followed: bool,
    extended: Vec<HostAttribute>,
    /// Access control lists, if they are asked for and could be read.
    acl: Option<AccessControlLists>,
}

#[cfg_attr(not(unix), allow(dead_code, reason = "other systems have no special files"))]
enum What {
    Directory,
    File,
    Symlink(Box<[u8]>),
    CharacterDevice(u32, u32),
    BlockDevice(u32, u32),
    Fifo,
    Socket,
    /// Neither of these; the reason.
    Other(&'static str),
}

/// Items with several names, by device and inode number.
#[derive(Default)]
struct Links {
    files: HashMap<(u64, u64), ContentId>,
    /// Symbolic links, devices, pipes and sockets: the first name of each.
    others: HashMap<(u64, u64), NodeId>,
}

/// A folder to be read, what it becomes, and what it lies in.
type Pending = (PathBuf, NodeId, Option<Arc<Above>>);

/// Folders read at one time: enough for all processors, few enough to keep memory small.
const FOLDERS_AT_ONCE: usize = 256;

impl Tree {
    /// Puts the contents of a host folder below `target`. What is added now wins over what is there; a
    /// directory meeting something else is an error that names both.
    ///
    /// The result does not depend on the order in which the host lists its folders, nor on the number of
    /// threads.
    ///
    /// # Errors
    /// [`Error::DirectoryRead`], [`Error::SourceRead`], [`Error::MergeCollision`], [`Error::Cancelled`]. The tree is
    /// then as it was before.
    pub fn scan(
        &mut self,
        host_folder: &Path,
        target: NodeId,
        options: &ScanOptions,
        control: &Control,
    ) -> Result<ScanReport> {
        self.all_or_nothing(|tree| tree.scan_all(host_folder, target, options, control))
    }

    /// Puts a host folder itself below `parent`, under its own name; a directory that has the name is merged with it.
    /// Says what became of it.
    ///
    /// # Errors
    /// As [`Tree::scan`]; [`Error::InvalidArgument`] for a folder without a name, such as `/`.
    pub fn scan_as_child(
        &mut self,
        host_folder: &Path,
        parent: NodeId,
        options: &ScanOptions,
        control: &Control,
    ) -> Result<(NodeId, ScanReport)> {
        let Some(name) = host_folder.file_name() else {
            return Err(Error::InvalidArgument {
                argument: host_folder.display().to_string(),
                reason: "the folder has no name of its own".to_owned(),
            });
        };
        self.all_or_nothing(|tree| {
            let options_of_item = ItemOptions { replace: true, ..ItemOptions::default() };
            let target = tree.add_in(parent, &image_name(name), Item::Directory, &options_of_item)?;
            let report = tree.scan_all(host_folder, target, options, control)?;
            Ok((target, report))
        })
    }

    fn scan_all(
        &mut self,
        host_folder: &Path,
        target: NodeId,
        options: &ScanOptions,
        control: &Control,
    ) -> Result<ScanReport> {
        self.directory_of(target)?;
        let metadata = std::fs::metadata(host_folder)
            .map_err(|source| Error::DirectoryRead { path: host_folder.to_owned(), source })?;
        self.set_attributes(target, attributes(&metadata));
        self.set_modified(target, modified(&metadata));
        if options.times == HostTimes::All {
            self.set_times(target, &times(&metadata));
        }

        let mut report = ScanReport::default();
        if options.extended_attributes != HostAttributes::None {
            report.unread_attributes =
                self.add_host_attributes(target, host_folder, options.extended_attributes)?;
        }
        if options.acls {
            report.unread_attributes.extend(self.add_host_acl(target, host_folder)?);
        }
        let first_content = self.content_count();
        let mut links = Links::default();
        let mut pending = VecDeque::from([(host_folder.to_owned(), target, None)]);
        // Breadth first, in pieces: folders are read side by side and merged in order.
        while !pending.is_empty() {
            control.check("nothing was written")?;
            let piece: Vec<Pending> = pending.drain(..pending.len().min(FOLDERS_AT_ONCE)).collect();
            let listings: Vec<Result<Listing>> =
                piece.par_iter().map(|(path, _, above)| list(path, host_folder, options, above)).collect();
            for ((path, node, _), listing) in piece.into_iter().zip(listings) {
                match listing {
                    Ok(listing) => {
                        self.take(path, node, listing, options, &mut links, &mut report, &mut pending)?;
                    }
                    // A folder that cannot be read at all is no item that the scan could do without.
                    Err(error) if path == host_folder => return Err(error),
                    Err(error) => FailedItem::tell(options.failures, &mut report.failed, path, error)?,
                }
            }
        }
        self.stage_from(first_content, control)?;
        self.check_limit(target, u64::MAX)?;
        Ok(report)
    }

    #[allow(clippy::too_many_arguments, reason = "what a scan keeps from folder to folder")]
    fn take(
        &mut self,
        host_path: PathBuf,
        parent: NodeId,
        listing: Listing,
        options: &ScanOptions,
        links: &mut Links,
        report: &mut ScanReport,
        pending: &mut VecDeque<Pending>,
    ) -> Result<()> {
        report.excluded += listing.excluded;
        report.matched.extend(listing.matched);
        report.unread_attributes.extend(listing.unread);
        report.failed.extend(listing.failed);
        let directory = self.directory_of(parent)?;
        let folder = HostFolderId(super::next_id(self.host_folders.len())?);
        let was_empty = self.child_count(directory) == 0;
        let mut fresh = Vec::with_capacity(if was_empty { listing.entries.len() } else { 0 });
        let mut name_start = 0;
        for mut entry in listing.entries {
            let own_name = name_start..entry.name_end as usize;
            let name = &listing.names[own_name.clone()];
            name_start = entry.name_end as usize;
            if let What::Other(reason) = entry.what {
                report
                    .skipped
                    .push(Skipped { path: host_path.join(host_name(name)), reason: reason.to_owned() });
                continue;
            }
            let existing = if was_empty { None } else { self.child(directory, name) };
            let is_directory = matches!(entry.what, What::Directory);
            let node = match existing {
                Some(existing) => {
                    let was = self.kind(existing).kind();
                    if (was == Kind::Directory) != is_directory {
                        let from = host_path.join(host_name(name));
                        let collision = Error::MergeCollision {
                            path: self.path(existing),
                            existing: was,
                            existing_from: self.provenance(existing),
                            added: if is_directory { Kind::Directory } else { Kind::File },
                            added_from: from.display().to_string(),
                        };
                        FailedItem::tell(options.failures, &mut report.failed, from, collision)?;
                        continue;
                    }
                    if is_directory {
                        self.set_attributes(existing, entry.attributes);
                        self.set_modified(existing, entry.modified);
                    } else {
                        let name = self.node(existing).name;
                        let kind = self.kind_of(&entry, (folder, &host_path), name, links)?;
                        self.replace(existing, kind, entry.attributes, entry.modified);
                    }
                    existing
                }
                None => {
                    let id = NodeId(super::next_id(self.nodes.len())?);
                    let name_ref = self.names.push(name)?;
                    let kind = match entry.what {
                        What::Directory => self.new_directory()?,
                        _ => self.kind_of(&entry, (folder, &host_path), name_ref, links)?,
                    };
                    let attributes = self.attributes.intern(entry.attributes);
                    self.nodes.push(super::Node {
                        parent,
                        name: name_ref,
                        hidden_in: super::FileSystems::empty(),
                        imported: false,
                        undated: false,
                        kind,
                        attributes,
                        modified: entry.modified,
                        carried: 0,
                    });
                    if was_empty {
                        fresh.push(id);
                    } else {
                        self.attach(id, directory);
                    }
                    id
                }
            };
            if let (Some(key), false) = (entry.linked, matches!(entry.what, What::File)) {
                match links.others.get(&key) {
                    // The number may be another item's meanwhile.
                    Some(&first) if self.can_be_one(node, first) => {
                        self.link(node, first)?;
                        // Its target was read for each name, which is an access.
                        entry.times = entry.times.map(|_| Box::new(self.times(first)));
                    }
                    _ => drop(links.others.insert(key, node)),
                }
            }
            if entry.followed {
                let link = host_path.join(host_name(&listing.names[own_name.clone()]));
                self.read_attributes(node, &link, entry.extended)?;
            } else if !entry.extended.is_empty() {
                let name = self.names.push(&listing.names[own_name])?;
                self.take_attributes(node, folder, name, entry.extended)?;
            }
            if let Some(acl) = entry.acl
                && (!acl.is_empty() || self.acl(node).is_some())
            {
                self.take_acl(node, acl);
            }
            if let Some(times) = &entry.times {
                self.set_times(node, times);
            }
            if is_directory {
                pending.push_back((host_path.join(host_name(name)), node, listing.above.clone()));
            }
        }
        if was_empty {
            self.put_children(directory, fresh);
        }
        self.host_folders.push(HostFolder { path: host_path, directory: Some(directory) });
        Ok(())
    }

    fn kind_of(
        &mut self,
        entry: &Entry,
        (folder, host_path): (HostFolderId, &Path),
        name: super::ArenaRef,
        links: &mut Links,
    ) -> Result<NodeKind> {
        Ok(match &entry.what {
            What::Directory | What::Other(_) => self.new_directory()?,
            What::File => {
                if let Some(&content) = entry.linked.as_ref().and_then(|key| links.files.get(key)) {
                    return Ok(NodeKind::File(content));
                }
                let (len, modified) = (entry.len, nanoseconds(entry.modified));
                let content = match entry.followed {
                    false => Content::Scanned { folder, name, len, modified },
                    true => {
                        let path = host_path.join(host_name(self.names.get(name)));
                        Content::HostRange(Box::new(HostRange { path, offset: 0, len, modified }))
                    }
                };
                let content = self.push_content(content)?;
                if let Some(key) = entry.linked {
                    links.files.insert(key, content);
                }
                NodeKind::File(content)
            }
            What::Symlink(target) => NodeKind::Symlink(self.push_link_target(target)?),
            What::CharacterDevice(major, minor) => {
                NodeKind::CharacterDevice(device_number(*major, *minor, host_path)?)
            }
            What::BlockDevice(major, minor) => {
                NodeKind::BlockDevice(device_number(*major, *minor, host_path)?)
            }
            What::Fifo => NodeKind::Fifo,
            What::Socket => NodeKind::Socket,
        })
    }
}

fn list(
    folder: &Path,
    scanned: &Path,
    options: &ScanOptions,
    parent: &Option<Arc<Above>>,
) -> Result<Listing> {
    let list_error = |source| Error::DirectoryRead { path: folder.to_owned(), source };
    let above = match options.follow_links {
        true => {
            let identity = FileIdentity::of(&std::fs::metadata(folder).map_err(list_error)?);
            identity.map(|folder| Arc::new(Above { folder, parent: parent.clone() }))
        }
        false => None,
    };
    let mut found: Vec<DirEntry> =
        std::fs::read_dir(folder).map_err(list_error)?.collect::<Result<_, _>>().map_err(list_error)?;
    let (mut excluded, mut matched) = (0, BTreeSet::new());
    if !options.exclude.is_empty() {
        let before = found.len();
        found.retain(|entry| {
            let path = entry.path();
            let below = path.strip_prefix(scanned).unwrap_or(&path);
            let name = entry.file_name();
            let stays = !options.exclude.is_match(below) && !options.exclude.is_match(Path::new(&name));
            if !stays && matched.len() < options.exclude.len() {
                matched.extend(options.exclude.matches(below));
                matched.extend(options.exclude.matches(Path::new(&name)));
            }
            stays
        });
        excluded = (before - found.len()) as u64;
    }
    // Inode order is the order in which most file systems keep what metadata reads.
    let by_inode = inode_order(&found);
    let read = |at: &u32| -> Result<(u32, Entry, Vec<UnreadAttribute>)> {
        let entry = &found[*at as usize];
        let read_error = |source| Error::SourceRead { path: entry.path(), source };
        let own = entry.metadata().map_err(read_error)?;
        let target = match options.follow_links && own.is_symlink() {
            true => follow(&entry.path(), &above),
            false => None,
        };
        let followed = target.is_some();
        let metadata = target.unwrap_or(own);
        let identity = FileIdentity::of(&metadata).filter(|_| !options.leave_out.is_empty());
        let left_out = options.leave_out.iter().find(|(file, _)| identity == Some(*file));
        let left_out = left_out.map(|(_, reason)| *reason).or_else(|| {
            let is_unfinished = metadata.is_file() && is_unfinished(&image_name(&entry.file_name()));
            is_unfinished.then_some("it is an image that was never finished; nothing needs it")
        });
        let what = match left_out {
            Some(reason) => What::Other(reason),
            None => what(&metadata, || std::fs::read_link(entry.path())).map_err(read_error)?,
        };
        if let What::CharacterDevice(major, minor) | What::BlockDevice(major, minor) = what {
            device_number(major, minor, &entry.path())?;
        }
        let mut entry = Entry {
            name_end: 0,
            what,
            attributes: attributes(&metadata),
            modified: modified(&metadata),
            times: (options.times == HostTimes::All).then(|| Box::new(times(&metadata))),
            len: metadata.len(),
            linked: linked(&metadata),
            followed,
            extended: Vec::new(),
            acl: None,
        };
        let mut unread = Vec::new();
        let mut path = found[*at as usize].path();
        if followed {
            path = path.canonicalize().map_err(read_error)?;
        }
        if options.extended_attributes != HostAttributes::None {
            entry.extended = host_attributes(&path, options.extended_attributes, &mut unread);
        }
        if options.acls {
            match host_acl(&path)? {
                Ok(acl) => entry.acl = Some(acl),
                Err(reason) => unread.push(UnreadAttribute { path, name: None, reason }),
            }
        }
        Ok((*at, entry, unread))
    };
    let outcomes: Vec<Result<_>> = if found.len() >= 1024 {
        by_inode.par_iter().map(read).collect()
    } else {
        by_inode.iter().map(read).collect()
    };
    let (mut entries, mut failed) = (Vec::with_capacity(found.len()), Vec::new());
    for (at, outcome) in by_inode.iter().zip(outcomes) {
        match outcome {
            Ok(entry) => entries.push(entry),
            Err(error) => {
                FailedItem::tell(options.failures, &mut failed, found[*at as usize].path(), error)?;
            }
        }
    }
    failed.sort_by(|a, b| a.path.cmp(&b.path));
    let names_of: Vec<_> = found.iter().map(DirEntry::file_name).collect();
    entries.sort_unstable_by(|(a, ..), (b, ..)| {
        image_name(&names_of[*a as usize]).cmp(&image_name(&names_of[*b as usize]))
    });
    let mut names = Vec::with_capacity(names_of.iter().map(|name| name.len()).sum());
    let mut sorted = Vec::with_capacity(entries.len());
    let mut unread = Vec::new();
    for (at, mut entry, mut not_read) in entries {
        unread.append(&mut not_read);
        names.extend_from_slice(&image_name(&names_of[at as usize]));
        entry.name_end = u32::try_from(names.len())
            .map_err(|_| Error::TreeTooLarge { what: "over 4 GiB of names in one folder" })?;
        sorted.push(entry);
    }
    Ok(Listing { names, entries: sorted, excluded, matched, unread, failed, above })
}

fn device_number(major: u32, minor: u32, path: &Path) -> Result<DeviceNumber> {
    DeviceNumber::new(major, minor).ok_or_else(|| Error::Unsupported {
        feature: format!("{}: device number {major}:{minor}, beyond 12 and 20 bits,", path.display()),
    })
}

/// What a symbolic link leads to, unless it is a folder that the link lies in.
fn follow(link: &Path, above: &Option<Arc<Above>>) -> Option<Metadata> {
    let target = std::fs::metadata(link).ok()?;
    if !target.is_dir() {
        return Some(target);
    }
    let folder = FileIdentity::of(&target)?;
    let mut folders = std::iter::successors(above.as_deref(), |above| above.parent.as_deref());
    folders.all(|above| above.folder != folder).then_some(target)
}

/// Nanoseconds since 1970, at the ends of the range where they do not fit.
pub(super) fn nanoseconds(time: Timestamp) -> i64 {
    time.seconds.saturating_mul(1_000_000_000).saturating_add(i64::from(time.nanoseconds))
}

pub(crate) fn modified_nanoseconds(metadata: &Metadata) -> i64 {
    nanoseconds(modified(metadata))
}

pub(super) fn modified(metadata: &Metadata) -> Timestamp {
    // Every host this runs on has modification times; one that had none would give 1970.
    metadata.modified().map(Timestamp::from).unwrap_or_default()
}

/// All times but that of modification, as far as the host has them.
pub(super) fn times(metadata: &Metadata) -> Times {
    Times {
        access: metadata.accessed().ok().map(Timestamp::from),
        attributes: attributes_changed(metadata),
        creation: metadata.created().ok().map(Timestamp::from),
        ..Times::default()
    }
}

#[cfg(unix)]
mod host {
    use super::*;
    use std::borrow::Cow;
    use std::io;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::os::unix::fs::{DirEntryExt, FileTypeExt, MetadataExt};

    pub(crate) fn host_name(name: &[u8]) -> &OsStr {
        OsStr::from_bytes(name)
    }

    pub(super) fn image_name(name: &OsStr) -> Cow<'_, [u8]> {
        Cow::Borrowed(name.as_bytes())
    }

    pub(super) fn inode_order(entries: &[DirEntry]) -> Vec<u32> {
        let mut order: Vec<u32> = (0..entries.len() as u32).collect();
        order.sort_by_key(|&at| entries[at as usize].ino());
        order
    }

    pub(crate) fn attributes(metadata: &Metadata) -> Attributes {
        Attributes {
            permissions: (metadata.mode() & 0o7777) as u16,
            uid: metadata.uid(),
            gid: metadata.gid(),
        }
    }

    pub(super) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
        Some((metadata.dev(), metadata.ino()))
    }

    pub(super) fn attributes_changed(metadata: &Metadata) -> Option<Timestamp> {
        let nanoseconds = u32::try_from(metadata.ctime_nsec()).ok()?;
        Some(Timestamp { seconds: metadata.ctime(), nanoseconds })
    }

    pub(super) fn linked(metadata: &Metadata) -> Option<(u64, u64)> {
        (metadata.nlink() > 1 && !metadata.is_dir()).then(|| (metadata.dev(), metadata.ino()))
    }

    pub(super) fn what(
        metadata: &Metadata,
        link_target: impl FnOnce() -> io::Result<PathBuf>,
    ) -> io::Result<What> {
        let kind = metadata.file_type();
        Ok(if kind.is_dir() {
            What::Directory
        } else if kind.is_file() {
            What::File
        } else if kind.is_symlink() {
            What::Symlink(link_target()?.into_os_string().into_vec().into())
        } else if kind.is_char_device() {
            let (major, minor) = device(metadata.rdev());
            What::CharacterDevice(major, minor)
        } else if kind.is_block_device() {
            let (major, minor) = device(metadata.rdev());
            What::BlockDevice(major, minor)
        } else if kind.is_fifo() {
            What::Fifo
        } else if kind.is_socket() {
            What::Socket
        } else {
            What::Other("no file type that an image can hold")
        })
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn device(number: u64) -> (u32, u32) {
        let major = (number >> 32 & 0xffff_f000) | (number >> 8 & 0xfff);
        let minor = (number >> 12 & 0xffff_ff00) | (number & 0xff);
        (major as u32, minor as u32)
    }

    /// BSD and macOS: `dev_t` of 32 bits, the major number in the bits from 24 (macOS) or 8 (BSD).
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn device(number: u64) -> (u32, u32) {
        if cfg!(target_vendor = "apple") {
            ((number >> 24 & 0xff) as u32, (number & 0xff_ffff) as u32)
        } else {
            ((number >> 8 & 0xff) as u32, (number & 0xffff_00ff) as u32)
        }
    }
}

#[cfg(not(unix))]
mod host {
    use super::*;
    use std::borrow::Cow;
    use std::io;

    pub(crate) fn host_name(name: &[u8]) -> std::ffi::OsString {
        String::from_utf8_lossy(name).into_owned().into()
    }

    pub(super) fn image_name(name: &OsStr) -> Cow<'_, [u8]> {
        match name.to_string_lossy() {
            Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
            Cow::Owned(name) => Cow::Owned(name.into_bytes()),
        }
    }

    pub(super) fn inode_order(entries: &[DirEntry]) -> Vec<u32> {
        (0..entries.len() as u32).collect()
    }

    pub(crate) fn attributes(metadata: &Metadata) -> Attributes {
        let plain = if metadata.is_dir() { Attributes::DIRECTORY } else { Attributes::FILE };
        let writable = if metadata.permissions().readonly() { 0o222 } else { 0 };
        Attributes { permissions: plain.permissions & !writable, ..plain }
    }

    pub(super) fn identity(_: &Metadata) -> Option<(u64, u64)> {
        None
    }

    pub(super) fn attributes_changed(_: &Metadata) -> Option<Timestamp> {
        None
    }

    pub(super) fn linked(_: &Metadata) -> Option<(u64, u64)> {
        None
    }

    pub(super) fn what(
        metadata: &Metadata,
        link_target: impl FnOnce() -> io::Result<PathBuf>,
    ) -> io::Result<What> {
        let kind = metadata.file_type();
        Ok(if kind.is_dir() {
            What::Directory
        } else if kind.is_file() {
            What::File
        } else if kind.is_symlink() {
            let target = link_target()?.to_string_lossy().replace('\\', "/");
            What::Symlink(target.into_bytes().into())
        } else {
            What::Other("no file type that an image can hold")
        })
    }
}

pub(crate) use host::{attributes, host_name};
use host::{attributes_changed, image_name, inode_order, linked, what};

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn scan(folder: &Path, options: &ScanOptions) -> (Tree, ScanReport) {
        let mut tree = Tree::new();
        let report = tree.scan(folder, NodeId::ROOT, options, &Control::default()).unwrap();
        (tree, report)
    }

    #[test]
    fn excludes_match_paths_and_names() {
        let host = tempfile::tempdir().unwrap();
        fs::create_dir_all(host.path().join("docs/keep")).unwrap();
        for name in ["a.tmp", "docs/b.tmp", "docs/keep/c.txt", "docs/d.txt"] {
            fs::write(host.path().join(name), name).unwrap();
        }
        let glob = |pattern| globset::Glob::new(pattern).unwrap();
        let exclude = GlobSet::builder().add(glob("*.tmp")).add(glob("docs/keep")).build().unwrap();
        let (tree, report) = scan(host.path(), &ScanOptions { exclude, ..ScanOptions::default() });
        assert!(tree.lookup("/docs/d.txt").is_some());
        for gone in ["/a.tmp", "/docs/b.tmp", "/docs/keep", "/docs/keep/c.txt"] {
            assert_eq!(tree.lookup(gone), None, "{gone}");
        }
        assert_eq!(report.excluded, 3);
        assert_eq!(report.matched, BTreeSet::from([0, 1]));
        let exclude = GlobSet::builder().add(glob("*.nothing")).add(glob("*.tmp")).build().unwrap();
        let (_, report) = scan(host.path(), &ScanOptions { exclude, ..ScanOptions::default() });
        assert_eq!(report.matched, BTreeSet::from([1]));
    }

    #[test]
    fn a_second_scan_wins_and_keeps_what_it_does_not_name() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(old.path().join("both"), "old").unwrap();
        fs::write(old.path().join("only-old"), "x").unwrap();
        fs::write(new.path().join("both"), "newer").unwrap();
        fs::write(new.path().join("another"), "y").unwrap();
        let (mut tree, _) = scan(old.path(), &ScanOptions::default());
        tree.scan(new.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
        let NodeKind::File(content) = tree.kind(tree.lookup("/both").unwrap()) else { panic!("a file") };
        assert_eq!(tree.content_len(content), 5);
        assert_eq!(tree.host_path(content), Some(new.path().join("both")));
        assert!(tree.lookup("/only-old").is_some() && tree.lookup("/another").is_some());
    }

    #[test]
    fn a_folder_against_a_file_names_both() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(old.path().join("thing"), "file").unwrap();
        fs::create_dir(new.path().join("thing")).unwrap();
        let (mut tree, _) = scan(old.path(), &ScanOptions::default());
        let error =
            tree.scan(new.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&old.path().join("thing").display().to_string()), "{text}");
        assert!(text.contains(&new.path().join("thing").display().to_string()), "{text}");

        let (mut tree, _) = scan(new.path(), &ScanOptions::default());
        let error =
            tree.scan(old.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&old.path().join("thing").display().to_string()), "{text}");
        assert!(text.contains(&new.path().join("thing").display().to_string()), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_but_in_no_circle() {
        use std::os::unix::fs::symlink;
        let host = tempfile::tempdir().unwrap();
        fs::create_dir_all(host.path().join("real/sub")).unwrap();
        fs::write(host.path().join("real/file"), "data").unwrap();
        for (name, target) in [
            ("to-file", "real/file"),
            ("to-folder", "real"),
            ("nowhere", "nothing"),
            ("self", "self"),
            ("real/sub/up", ".."),
        ] {
            symlink(target, host.path().join(name)).unwrap();
        }
        let (tree, _) = scan(host.path(), &ScanOptions { follow_links: true, ..ScanOptions::default() });
        let kind = |path: &str| tree.kind(tree.lookup(path).unwrap());
        for file in ["/to-file", "/to-folder/file"] {
            let NodeKind::File(content) = kind(file) else { panic!("{file}") };
            let mut read = [0; 8];
            assert_eq!(tree.read_at(content, 0, &mut read).unwrap(), 4);
            assert_eq!(&read[..4], b"data");
        }
        for link in ["/nowhere", "/self", "/real/sub/up", "/to-folder/sub/up"] {
            assert!(matches!(kind(link), NodeKind::Symlink(_)), "{link}");
        }
        let (tree, _) = scan(host.path(), &ScanOptions::default());
        assert!(matches!(tree.kind(tree.lookup("/to-folder").unwrap()), NodeKind::Symlink(_)));
    }

    #[cfg(unix)]
    #[test]
    fn hard_links_and_special_files() {
        let host = tempfile::tempdir().unwrap();
        fs::write(host.path().join("a"), "data").unwrap();
        fs::hard_link(host.path().join("a"), host.path().join("b")).unwrap();
        std::os::unix::fs::symlink("../x//y", host.path().join("link")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(host.path().join("socket")).unwrap();
        let (tree, _) = scan(host.path(), &ScanOptions::default());
        let kind = |path: &str| tree.kind(tree.lookup(path).unwrap());
        assert_eq!(kind("/a"), kind("/b"));
        assert_eq!(kind("/socket"), NodeKind::Socket);
        let NodeKind::Symlink(target) = kind("/link") else { panic!("a link") };
        assert_eq!(tree.link_target(target), b"../x//y");
    }
}
