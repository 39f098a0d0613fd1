//! One folder of the host, read at once: what is in it, but for what is to be left out.

use std::collections::BTreeSet;
use std::fs::{DirEntry, Metadata};
use std::path::Path;
use std::sync::Arc;

use iso9660::aaip::AccessControlLists;
use rayon::prelude::*;

use super::super::acl::host_acl;
use super::super::streams::{HostAttribute, host_attributes};
use super::super::{Attributes, DeviceNumber, HostAttributes, HostTimes, Times, Timestamp, UnreadAttribute};
use super::host::{attributes, image_name, inode_order, linked, modified, times, what};
use super::{FailedItem, FileIdentity, ScanFailures, ScanOptions};
use crate::image_file::is_unfinished;
use crate::{Error, Result};

/// One folder as read from the host, sorted by name; names stand end to end in `names`.
pub(super) struct Listing {
    pub(super) names: Vec<u8>,
    pub(super) entries: Vec<Entry>,
    pub(super) excluded: u64,
    pub(super) matched: BTreeSet<usize>,
    pub(super) unread: Vec<UnreadAttribute>,
    pub(super) failed: Vec<FailedItem>,
    /// The folder and those that it lies in, where links are followed.
    pub(super) above: Option<Arc<Above>>,
}

/// A folder that is being scanned, and the one that it lies in.
pub(super) struct Above {
    pub(super) folder: FileIdentity,
    pub(super) parent: Option<Arc<Above>>,
}

pub(super) struct Entry {
    pub(super) name_end: u32,
    pub(super) what: What,
    pub(super) attributes: Attributes,
    pub(super) modified: Timestamp,
    /// The other times, if they are asked for.
    pub(super) times: Option<Box<Times>>,
    pub(super) len: u64,
    /// Device and inode number of an item with several names.
    pub(super) linked: Option<(u64, u64)>,
    /// Whether it is what a symbolic link leads to.
    pub(super) followed: bool,
    pub(super) extended: Vec<HostAttribute>,
    /// Access control lists, if they are asked for and could be read.
    pub(super) acl: Option<AccessControlLists>,
}

#[cfg_attr(not(unix), allow(dead_code, reason = "other systems have no special files"))]
pub(super) enum What {
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

/// Reads a folder on the way through `scanned`; `parent` is what it lies in, where links are followed.
pub(super) fn list(
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
    let (excluded, matched) = exclude(&mut found, scanned, options);
    // Inode order is the order in which most file systems keep what metadata reads.
    let by_inode = inode_order(&found);
    let read = |at: &u32| -> Result<(u32, Entry, Vec<UnreadAttribute>)> {
        let (entry, unread) = read_item(&found[*at as usize], options, &above)?;
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

/// Takes out what a glob excludes. Tells how many items that were, and which globs matched.
fn exclude(found: &mut Vec<DirEntry>, scanned: &Path, options: &ScanOptions) -> (u64, BTreeSet<usize>) {
    let mut matched = BTreeSet::new();
    if options.exclude.is_empty() {
        return (0, matched);
    }
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
    ((before - found.len()) as u64, matched)
}

/// What the host says of one item, and the attributes of it that could not be had.
fn read_item(
    item: &DirEntry,
    options: &ScanOptions,
    above: &Option<Arc<Above>>,
) -> Result<(Entry, Vec<UnreadAttribute>)> {
    let read_error = |source| Error::SourceRead { path: item.path(), source };
    let own = item.metadata().map_err(read_error)?;
    let target = match options.follow_links && own.is_symlink() {
        true => follow(&item.path(), above),
        false => None,
    };
    let followed = target.is_some();
    let metadata = target.unwrap_or(own);
    let what = match left_out(item, &metadata, options) {
        Some(reason) => What::Other(reason),
        None => what(&metadata, || std::fs::read_link(item.path())).map_err(read_error)?,
    };
    if let What::CharacterDevice(major, minor) | What::BlockDevice(major, minor) = what {
        device_number(major, minor, &item.path())?;
    }
    if options.failures == ScanFailures::Report && matches!(what, What::File) {
        readable(&item.path()).map_err(read_error)?;
    }
    let mut entry = Entry {
        name_end: 0,
        what,
        attributes: attributes(&metadata),
        modified: modified(&metadata),
        times: (options.times == HostTimes::All).then(|| Box::new(times(&metadata))),
        len: metadata.len(),
        linked: linked(&metadata, options.follow_links),
        followed,
        extended: Vec::new(),
        acl: None,
    };
    let mut unread = Vec::new();
    let mut path = item.path();
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
    Ok((entry, unread))
}

/// Whether a file may be read, as far as the system tells without opening it.
#[cfg(unix)]
fn readable(path: &Path) -> std::io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    Ok(accessat(CWD, path, Access::READ_OK, AtFlags::EACCESS)?)
}

#[cfg(not(unix))]
fn readable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Why a file is left out, whatever name it has, if it is.
fn left_out(item: &DirEntry, metadata: &Metadata, options: &ScanOptions) -> Option<&'static str> {
    let identity = FileIdentity::of(metadata).filter(|_| !options.leave_out.is_empty());
    let asked = options.leave_out.iter().find(|(file, _)| identity == Some(*file));
    asked.map(|(_, reason)| *reason).or_else(|| {
        let is_unfinished = metadata.is_file() && is_unfinished(&image_name(&item.file_name()));
        is_unfinished.then_some("it is an image that was never finished; nothing needs it")
    })
}

pub(super) fn device_number(major: u32, minor: u32, path: &Path) -> Result<DeviceNumber> {
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
