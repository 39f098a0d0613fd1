//! Writing an image's files to a host folder. Names on a disc are hostile until shown otherwise: nothing is
//! ever written outside the target folder, and no link is followed on the way.

use std::path::Path;

use super::names;
use super::{Finding, Image, ImageEntry};
use crate::{Control, Error, Result};

/// How files are extracted.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExtractOptions {
    /// Give the items their recorded owners. Needs the right to do so; without this they belong to the
    /// caller.
    pub owners: bool,
    /// Replace files that are there. Directories that are there are always used.
    pub overwrite: bool,
    /// Restore extended attributes, and named streams as such, where their names can be those of the host's: on
    /// Linux those that begin with `user.`, and with [`owners`](ExtractOptions::owners) `trusted.` and
    /// `security.`. What cannot be restored is a warning.
    pub extended_attributes: bool,
    /// Restore access control lists, on Linux. Without this, the group of an item with such lists gets no more
    /// than they grant it.
    pub acls: bool,
    /// Make holes of all zeros, in blocks of 4 KiB. It has each file read through; without this, only zeros that
    /// are met in passing become holes.
    pub sparse: bool,
}

/// What an extraction did.
#[derive(Clone, Debug, Default)]
pub struct ExtractReport {
    /// Files, directories and others that were made.
    pub items: u64,
    /// Bytes of file content.
    pub bytes: u64,
    /// Items with named streams that were not asked for ([`ExtractOptions::extended_attributes`]).
    pub without_streams: u64,
    /// Items with access control lists that were not asked for ([`ExtractOptions::acls`]).
    pub without_acls: u64,
    /// What could not be restored, with the reason.
    pub warnings: Vec<ExtractWarning>,
}

/// Something that was not restored as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtractWarning {
    /// Path in the image.
    pub path: String,
    /// What was not restored, and why.
    pub reason: String,
}

impl Image {
    /// Extracts the items at `paths` (of the image; all of it if there are none) below `target`, which is
    /// made if it is missing. Each keeps its place: `docs/a` becomes `target/docs/a`.
    ///
    /// Permissions and times are restored on Unix, and what the options ask for; elsewhere, the times of files. `target` stands
    /// for the root if all is extracted: when it is made here, it gets the root's attributes and time; one
    /// that was there keeps its own. Long runs of zeros in small files, and holes in the image file, become
    /// holes, where the host's file system has them.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::UnsafePath`] for a path asked for that a host cannot have (below it, such
    /// names are left out with a warning), [`Error::OutputWrite`]
    /// (also for what is there already, unless [`ExtractOptions::overwrite`]), sectors that cannot be read of what a path
    /// names itself (what lies below it, or beyond the end of the image, is left out with a warning),
    /// [`Error::Cancelled`].
    pub fn extract(
        &self,
        paths: &[&str],
        target: &Path,
        options: &ExtractOptions,
        control: &Control,
    ) -> Result<ExtractReport> {
        let is_new = make_target(target)?;
        let everything = [""];
        let paths = outermost(if paths.is_empty() { &everything[..] } else { paths });
        let mut report = host::extract(self, &paths, target, is_new, options, control)?;
        // What cannot be read of a directory is missing without an item of its own.
        let lost = self.losses(control)?.into_iter();
        report.warnings.extend(lost.map(|Finding { path, message, .. }| ExtractWarning {
            path: path.unwrap_or_else(|| "/".to_owned()),
            reason: message,
        }));
        report.warnings.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(report)
    }
}

/// The paths without those that another one brings along, or that stand there twice.
fn outermost<'p>(paths: &[&'p str]) -> Vec<&'p str> {
    let names = |path: &'p str| -> Vec<&'p str> { path.split('/').filter(|name| !name.is_empty()).collect() };
    let mut sorted: Vec<Vec<&str>> = paths.iter().map(|path| names(path)).collect();
    sorted.sort();
    // What is below a path follows it.
    sorted.dedup_by(|later, earlier| later.starts_with(earlier));
    let mut seen = std::collections::HashSet::new();
    let mut is_wanted = |path: &'p str| {
        let names = names(path);
        sorted.binary_search(&names).is_ok() && seen.insert(names)
    };
    paths.iter().copied().filter(|path| is_wanted(path)).collect()
}

/// Whether it is one item of the image that cannot be had: others may be whole.
fn is_damage(error: &Error) -> bool {
    matches!(error, Error::ImportRead(_) | Error::Corrupt { .. })
}

/// Refuses a folder on the way to what was asked for that the host cannot have.
fn check_parent(path: &Path, entry: &ImageEntry) -> Result<()> {
    match names::impossible_here(&entry.name) {
        None => Ok(()),
        Some(reason) => Err(Error::UnsafePath {
            path: path.join(String::from_utf8_lossy(&entry.name).into_owned()).display().to_string(),
            reason: reason.to_owned(),
        }),
    }
}

/// Makes the target folder; whether it was missing.
fn make_target(target: &Path) -> Result<bool> {
    let failed = |source| Error::OutputWrite { path: target.to_owned(), source };
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    match std::fs::create_dir(target) {
        Ok(()) => Ok(true),
        Err(_) if target.is_dir() => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// Parents of a path's last name, from the root down, and the item.
fn chain(image: &Image, path: &str) -> Result<Vec<ImageEntry>> {
    let mut at = image.root()?;
    let mut chain = Vec::new();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        let next = image.child(&at, name.as_bytes())?;
        at = next.ok_or_else(|| Error::NotFound { path: path.to_owned(), wanted: None })?;
        chain.push(at.clone());
    }
    Ok(chain)
}

#[cfg(unix)]
mod host {
    use super::*;
    use std::collections::HashMap;
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;
    #[cfg(target_os = "linux")]
    use std::os::fd::AsRawFd;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::os::unix::ffi::OsStrExt;
    use std::path::PathBuf;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    use iso9660::aaip::AccessControlLists;
    use rayon::prelude::*;
    use rustix::fs::{AtFlags, Mode, OFlags, Timespec, Timestamps};
    use rustix::io::Errno;

    use super::super::image::{Guard, Identity, StreamWalk};
    use crate::progress::Stage;
    use crate::tree::{DeviceNumber, Kind, Timestamp};

    struct Extraction<'a> {
        image: &'a Image,
        options: &'a ExtractOptions,
        control: &'a Control,
        items: AtomicU64,
        bytes: AtomicU64,
        without_streams: AtomicU64,
        without_acls: AtomicU64,
        stream_walk: Mutex<StreamWalk<'a>>,
        warnings: Mutex<Vec<ExtractWarning>>,
        /// Where an item with several names was made first.
        linked: Mutex<HashMap<LinkKey, MadeItem>>,
        /// Knows the directories entered on the way through what one path names.
        guard: Mutex<Guard>,
    }

    /// Folder and name of an item.
    type MadeItem = (OwnedFd, Vec<u8>);

    /// What names of one item have in common. Images may give different items one serial number.
    type LinkKey = (Identity, Kind, Option<DeviceNumber>, Vec<u8>);

    pub(super) fn extract(
        image: &Image,
        paths: &[&str],
        target: &Path,
        is_new: bool,
        options: &ExtractOptions,
        control: &Control,
    ) -> Result<ExtractReport> {
        let extraction = Extraction {
            image,
            options,
            control,
            items: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            without_streams: AtomicU64::new(0),
            without_acls: AtomicU64::new(0),
            stream_walk: Mutex::new(image.stream_walk()),
            warnings: Mutex::default(),
            linked: Mutex::default(),
            guard: Mutex::new(image.guard()),
        };
        let folder = rustix::fs::open(target, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
            .map_err(|source| Error::OutputWrite { path: target.to_owned(), source: source.into() })?;
        let mut whole = None;
        for path in paths {
            let mut at = folder.try_clone().map_err(|source| write_error(target, source))?;
            let mut made = PathBuf::new();
            let chain = chain(image, path)?;
            *extraction.guard.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = image.guard();
            let Some((last, parents)) = chain.split_last() else {
                let root = image.root()?;
                extraction.children(&root, at.as_fd(), &made, 0)?;
                whole = Some(root);
                continue;
            };
            for parent in parents {
                check_parent(&made, parent)?;
                at = extraction.make_folder(at.as_fd(), parent, &made)?;
                made.push(OsStr::from_bytes(&parent.name));
            }
            extraction.item(last, at.as_fd(), &made, 0)?;
        }
        // Last: its permissions may forbid writing, and every item changes its time.
        if let Some(root) = whole.filter(|_| is_new) {
            extraction.finish(&root, folder.as_fd(), target)?;
        }
        let warnings = extraction.warnings.into_inner().unwrap_or_default();
        Ok(ExtractReport {
            items: extraction.items.into_inner(),
            bytes: extraction.bytes.into_inner(),
            without_streams: extraction.without_streams.into_inner(),
            without_acls: extraction.without_acls.into_inner(),
            warnings,
        })
    }

    fn write_error(path: &Path, source: impl Into<io::Error>) -> Error {
        Error::OutputWrite { path: path.to_owned(), source: source.into() }
    }

    /// Whether it is the name, or what a link leads to, that the host's file system does not take.
    fn host_cannot_have(error: &io::Error) -> bool {
        let refusals = [Errno::NAMETOOLONG, Errno::INVAL, Errno::ILSEQ, Errno::NOENT];
        Errno::from_io_error(error).is_some_and(|errno| refusals.contains(&errno))
    }

    impl Extraction<'_> {
        fn children(
            &self,
            directory: &ImageEntry,
            folder: BorrowedFd<'_>,
            made: &Path,
            depth: u32,
        ) -> Result<()> {
            if depth > super::super::MOST_LEVELS {
                return Err(Error::Unsupported {
                    feature: format!("a path of over {} levels", super::super::MOST_LEVELS),
                });
            }
            if !self.guard.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).enter(directory) {
                self.warn(made, "not extracted: the directory is reached on two ways".to_owned());
                return Ok(());
            }
            let entries = self.image.read_dir(directory)?;
            entries.par_iter().enumerate().try_for_each(|(index, entry)| {
                if names::is_doubled(&entries, index) {
                    let path = made.join(OsStr::from_bytes(&entry.name));
                    self.warn(&path, format!("not extracted: {}", names::DOUBLED));
                    return Ok(());
                }
                match self.item(entry, folder, made, depth) {
                    Err(Error::OutputWrite { path, source }) if host_cannot_have(&source) => {
                        self.warn(&path, format!("not extracted: {source}"));
                        Ok(())
                    }
                    Err(error) if is_damage(&error) => {
                        self.warn(
                            &made.join(OsStr::from_bytes(&entry.name)),
                            format!("not extracted: {error}"),
                        );
                        Ok(())
                    }
                    done => done,
                }
            })
        }

        fn item(&self, entry: &ImageEntry, folder: BorrowedFd<'_>, made: &Path, depth: u32) -> Result<()> {
            self.control.check("some items were extracted")?;
            let name = OsStr::from_bytes(&entry.name);
            let path = made.join(name);
            if let Some(reason) = names::impossible_here(&entry.name) {
                self.warn(&path, format!("not extracted: {reason}"));
                return Ok(());
            }
            let failed = |source: Errno| write_error(&path, source);
            if self.options.overwrite && entry.kind != Kind::Directory {
                match rustix::fs::unlinkat(folder, name, AtFlags::empty()) {
                    Ok(()) | Err(Errno::NOENT) => {}
                    Err(error) => return Err(failed(error)),
                }
            }
            match entry.kind {
                Kind::Directory => {
                    let below = self.make_folder(folder, entry, made)?;
                    self.children(entry, below.as_fd(), &path, depth + 1)?;
                    self.finish(entry, below.as_fd(), &path)?;
                }
                _ => self.link_or_make(entry, folder, &path)?,
            }
            self.items.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }

        fn make_folder(&self, folder: BorrowedFd<'_>, entry: &ImageEntry, made: &Path) -> Result<OwnedFd> {
            let name = OsStr::from_bytes(&entry.name);
            let failed = |source: Errno| write_error(&made.join(name), source);
            match rustix::fs::mkdirat(folder, name, Mode::RWXU) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(failed(error)),
            }
            let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            rustix::fs::openat(folder, name, flags, Mode::empty()).map_err(failed)
        }

        /// An item other than a directory: a further name of one that was made, or a new one.
        fn link_or_make(&self, entry: &ImageEntry, folder: BorrowedFd<'_>, path: &Path) -> Result<()> {
            let Some(identity) = entry.identity().filter(|_| entry.links > 1) else {
                let made = self.make(entry, folder, path)?;
                return made.map_or(Ok(()), |made| self.finish_made(&made, entry, folder, path));
            };
            let key = (identity, entry.kind, entry.device, entry.link_target.clone());
            let mut linked = self.linked.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            if let Some((first_folder, first)) = linked.get(&key) {
                let (first, name) = (OsStr::from_bytes(first), OsStr::from_bytes(&entry.name));
                match rustix::fs::linkat(first_folder, first, folder, name, AtFlags::empty()) {
                    Ok(()) => return Ok(()),
                    // Not every host has links of what is no file.
                    Err(error) if entry.kind != Kind::File && error != Errno::EXIST => {
                        let kind = entry.kind;
                        self.warn(
                            path,
                            format!("this further name of a {kind} is an item of its own: {error}"),
                        );
                    }
                    Err(error) => return Err(write_error(path, error)),
                }
            }
            let Some(made) = self.make(entry, folder, path)? else { return Ok(()) };
            let own_folder = folder.try_clone_to_owned().map_err(|error| write_error(path, error))?;
            linked.entry(key).or_insert((own_folder, entry.name.clone()));
            drop(linked);
            self.finish_made(&made, entry, folder, path)
        }

        /// Makes an item other than a directory; nothing, with a warning, where the host does not let it be made.
        fn make(&self, entry: &ImageEntry, folder: BorrowedFd<'_>, path: &Path) -> Result<Option<NewItem>> {
            let name = OsStr::from_bytes(&entry.name);
            match entry.kind {
                Kind::File => return self.write_file(entry, folder, path).map(NewItem::File).map(Some),
                Kind::Symlink => rustix::fs::symlinkat(OsStr::from_bytes(&entry.link_target), folder, name)
                    .map_err(|error| write_error(path, error))?,
                _ => {
                    if let Err(error) = host_mknod(entry, folder, name) {
                        self.warn(path, format!("this {} could not be made: {error}", entry.kind));
                        return Ok(None);
                    }
                }
            }
            Ok(Some(NewItem::Unopened))
        }

        fn finish_made(
            &self,
            made: &NewItem,
            entry: &ImageEntry,
            folder: BorrowedFd<'_>,
            path: &Path,
        ) -> Result<()> {
            match made {
                NewItem::File(file) => self.finish(entry, file.as_fd(), path),
                NewItem::Unopened => self.finish_unopened(entry, folder, path),
            }
        }

        fn write_file(&self, entry: &ImageEntry, folder: BorrowedFd<'_>, path: &Path) -> Result<File> {
            let name = OsStr::from_bytes(&entry.name);
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let file = rustix::fs::openat(folder, name, flags, Mode::RUSR | Mode::WUSR)
                .map_err(|error| write_error(path, error))?;
            let file = File::from(file);
            if let Err(error) = self.image.copy_to_file(entry, &file, path, self.options.sparse, self.control)
            {
                // A part of a file passes for the whole one.
                return Err(match rustix::fs::unlinkat(folder, name, AtFlags::empty()) {
                    Ok(()) => error,
                    Err(left) => write_error(path, left),
                });
            }
            let bytes = self.bytes.fetch_add(entry.len, Ordering::Relaxed) + entry.len;
            self.control.report(Stage::Extracting, bytes / 2048, 0);
            Ok(file)
        }

        fn warn(&self, path: &Path, reason: String) {
            let warning = ExtractWarning { path: path.display().to_string(), reason };
            self.warnings.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(warning);
        }

        /// Restores extended attributes, as far as the host can have them.
        fn streams(&self, entry: &ImageEntry, made: Made<'_>, path: &Path) {
            if !entry.has_streams() {
                return;
            }
            if !self.options.extended_attributes {
                self.without_streams.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let walked =
                self.stream_walk.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).streams(entry);
            let streams = match walked {
                Ok(streams) => streams,
                Err(error) => return self.warn(path, format!("its named streams were left out: {error}")),
            };
            for stream in streams {
                if let Err(reason) = self.set_attribute(&stream, made) {
                    let name = String::from_utf8_lossy(&stream.name);
                    self.warn(path, format!("the extended attribute '{name}' was left out: {reason}"));
                }
            }
        }

        fn set_attribute(&self, stream: &ImageEntry, made: Made<'_>) -> std::result::Result<(), String> {
            /// Bytes of the longest value that any host takes.
            const MOST: u64 = 64 << 20;
            self.check_attribute_name(&stream.name)?;
            if stream.len > MOST {
                return Err(format!("{} bytes are too long for an extended attribute", stream.len));
            }
            let mut value = Vec::new();
            let mut reader = self.image.open(stream).map_err(|error| error.to_string())?;
            if let Err(error) = io::Read::read_to_end(&mut reader, &mut value) {
                return Err(reader.error(error).to_string());
            }
            made.set_attribute(OsStr::from_bytes(&stream.name), &value).map_err(|error| error.to_string())
        }

        /// Attributes that give a file privileges are not given to one that belongs to the caller.
        fn check_attribute_name(&self, name: &[u8]) -> std::result::Result<(), String> {
            if cfg!(target_vendor = "apple") || name.starts_with(b"user.") {
                return Ok(());
            }
            match name.starts_with(b"trusted.") || name.starts_with(b"security.") {
                true if self.options.owners => Ok(()),
                true => Err("it goes with the owner, which was not asked for".to_owned()),
                false => Err("this system has no such names of attributes".to_owned()),
            }
        }

        /// Restores the access control lists, and says the permission bits that go with what was restored.
        fn acl(&self, entry: &ImageEntry, made: Made<'_>, path: &Path) -> u16 {
            let permissions = entry.attributes.permissions;
            let Some(acl) = entry.acl() else { return permissions };
            if !self.options.acls {
                self.without_acls.fetch_add(1, Ordering::Relaxed);
            } else if let Err(error) = made.set_acl(&acl) {
                self.warn(path, format!("its access control lists were left out: {error}"));
            } else {
                return permissions;
            }
            let granted = acl.permissions_without().unwrap_or(permissions & 0o777);
            permissions & !0o777 | granted
        }

        /// Owner first: changing it clears the set-id bits, and attributes that give privileges. Permissions after
        /// attributes: they may forbid writing these.
        fn finish(&self, entry: &ImageEntry, made: BorrowedFd<'_>, path: &Path) -> Result<()> {
            use rustix::fs::{Gid, Uid, fchmod, fchown, futimens};
            let attributes = entry.attributes;
            if self.options.owners {
                let (uid, gid) = (Uid::from_raw(attributes.uid), Gid::from_raw(attributes.gid));
                if let Err(error) = fchown(made, Some(uid), Some(gid)) {
                    self.warn(path, format!("the owner could not be set: {error}"));
                }
            }
            self.streams(entry, Made::Opened(made), path);
            let mode = self.mode(self.acl(entry, Made::Opened(made), path), path);
            fchmod(made, mode).map_err(|error| write_error(path, error))?;
            futimens(made, &times(entry)).map_err(|error| write_error(path, error))
        }

        /// Set-id bits of somebody else's file are not given to one that belongs to the caller.
        fn mode(&self, permissions: u16, path: &Path) -> Mode {
            let mask = if self.options.owners { 0o7777 } else { 0o1777 };
            if permissions & !mask != 0 {
                self.warn(path, "the set-id bits were left out; they go with the owner".to_owned());
            }
            Mode::from_raw_mode((permissions & mask).into())
        }

        fn finish_unopened(&self, entry: &ImageEntry, folder: BorrowedFd<'_>, path: &Path) -> Result<()> {
            use rustix::fs::{Gid, Uid, chmodat, chownat, utimensat};
            let name = OsStr::from_bytes(&entry.name);
            let attributes = entry.attributes;
            if self.options.owners {
                let (uid, gid) = (Uid::from_raw(attributes.uid), Gid::from_raw(attributes.gid));
                if let Err(error) = chownat(folder, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW) {
                    self.warn(path, format!("the owner could not be set: {error}"));
                }
            }
            let made = Made::In(folder, name);
            self.streams(entry, made, path);
            if entry.kind != Kind::Symlink {
                let mode = self.mode(self.acl(entry, made, path), path);
                chmodat(folder, name, mode, AtFlags::empty()).map_err(|error| write_error(path, error))?;
            }
            utimensat(folder, name, &times(entry), AtFlags::SYMLINK_NOFOLLOW)
                .map_err(|error| write_error(path, error))
        }
    }

    /// What was made: a file that is open, or something that cannot be opened.
    enum NewItem {
        File(File),
        Unopened,
    }

    /// An item that was made: opened, or by its folder and name where it cannot be opened.
    #[derive(Clone, Copy)]
    enum Made<'a> {
        Opened(BorrowedFd<'a>),
        #[cfg_attr(
            not(target_os = "linux"),
            allow(dead_code, reason = "attributes of these are restored on Linux only")
        )]
        In(BorrowedFd<'a>, &'a OsStr),
    }

    impl Made<'_> {
        fn set_attribute(self, name: &OsStr, value: &[u8]) -> io::Result<()> {
            match self {
                Made::Opened(made) => {
                    xattr::FileExt::set_xattr(&File::from(made.try_clone_to_owned()?), name, value)
                }
                // Of the item itself, if it is a link. No call takes a folder and a name.
                #[cfg(target_os = "linux")]
                Made::In(folder, item) => {
                    let folder = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
                    xattr::set(folder.join(item), name, value)
                }
                #[cfg(not(target_os = "linux"))]
                Made::In(..) => Err(io::ErrorKind::Unsupported.into()),
            }
        }

        #[cfg(target_os = "linux")]
        fn set_acl(self, acl: &AccessControlLists) -> io::Result<()> {
            crate::tree::linux_attributes(acl)
                .try_for_each(|(name, value)| self.set_attribute(OsStr::from_bytes(name), &value))
        }

        #[cfg(not(target_os = "linux"))]
        fn set_acl(self, _: &AccessControlLists) -> io::Result<()> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    fn times(entry: &ImageEntry) -> Timestamps {
        let time = |time: Timestamp| Timespec { tv_sec: time.seconds, tv_nsec: time.nanoseconds.into() };
        Timestamps {
            last_access: time(entry.times().access.unwrap_or(entry.modified)),
            last_modification: time(entry.modified),
        }
    }

    #[cfg(not(target_vendor = "apple"))]
    fn host_mknod(entry: &ImageEntry, folder: BorrowedFd<'_>, name: &OsStr) -> io::Result<()> {
        use rustix::fs::{FileType, makedev, mknodat};
        let kind = match entry.kind {
            Kind::Fifo => FileType::Fifo,
            Kind::Socket => FileType::Socket,
            Kind::CharacterDevice => FileType::CharacterDevice,
            _ => FileType::BlockDevice,
        };
        let device = entry.device.map_or(0, |number| makedev(number.major(), number.minor()));
        Ok(mknodat(folder, name, kind, Mode::RUSR | Mode::WUSR, device)?)
    }

    #[cfg(target_vendor = "apple")]
    fn host_mknod(_: &ImageEntry, _: BorrowedFd<'_>, _: &OsStr) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(not(unix))]
mod host {
    use super::*;
    use std::fs::FileTimes;
    use std::time::{Duration, UNIX_EPOCH};

    use crate::disc::image::Guard;
    use crate::tree::{Kind, Timestamp};

    struct Extraction<'a> {
        image: &'a Image,
        options: &'a ExtractOptions,
        control: &'a Control,
        guard: Guard,
        report: ExtractReport,
    }

    pub(super) fn extract(
        image: &Image,
        paths: &[&str],
        target: &Path,
        _is_new: bool,
        options: &ExtractOptions,
        control: &Control,
    ) -> Result<ExtractReport> {
        let report = ExtractReport::default();
        let mut extraction = Extraction { image, options, control, guard: image.guard(), report };
        for path in paths {
            let chain = chain(image, path)?;
            extraction.guard = image.guard();
            let Some((last, parents)) = chain.split_last() else {
                extraction.children(&image.root()?, target, 0)?;
                continue;
            };
            let mut at = target.to_owned();
            for parent in parents {
                check_parent(&at, parent)?;
                at.push(name(parent));
                make_folder(&at)?;
            }
            extraction.item(last, &at, 0)?;
        }
        Ok(extraction.report)
    }

    fn name(entry: &ImageEntry) -> String {
        String::from_utf8_lossy(&entry.name).into_owned()
    }

    fn make_folder(path: &Path) -> Result<()> {
        let failed = |source| Error::OutputWrite { path: path.to_owned(), source };
        match std::fs::create_dir(path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                // A link in its place would lead elsewhere.
                let metadata = std::fs::symlink_metadata(path).map_err(failed)?;
                if metadata.is_dir() { Ok(()) } else { Err(failed(error)) }
            }
            result => result.map_err(failed),
        }
    }

    fn times(entry: &ImageEntry) -> FileTimes {
        let time = |time: Timestamp| {
            let since = Duration::from_secs(time.seconds.max(0).unsigned_abs());
            UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
        };
        let times = FileTimes::new().set_modified(time(entry.modified));
        entry.times().access.map_or(times, |access| times.set_accessed(time(access)))
    }

    impl Extraction<'_> {
        /// Neither named streams nor access control lists are restored on this system.
        fn streams(&mut self, entry: &ImageEntry, path: &Path) {
            if entry.has_streams() {
                self.report.without_streams += 1;
                if self.options.extended_attributes {
                    self.warn(path, "its named streams were left out; this system restores none".to_owned());
                }
            }
            if entry.acl().is_some() {
                self.report.without_acls += 1;
                if self.options.acls {
                    let reason = "its access control lists were left out; this system restores none";
                    self.warn(path, reason.to_owned());
                }
            }
        }

        fn warn(&mut self, path: &Path, reason: String) {
            let path = path.display().to_string();
            self.report.warnings.push(ExtractWarning { path, reason });
        }

        fn children(&mut self, directory: &ImageEntry, folder: &Path, depth: u32) -> Result<()> {
            if depth > super::super::MOST_LEVELS {
                return Err(Error::Unsupported {
                    feature: format!("a path of over {} levels", super::super::MOST_LEVELS),
                });
            }
            if !self.guard.enter(directory) {
                self.warn(folder, "not extracted: the directory is reached on two ways".to_owned());
                return Ok(());
            }
            let entries = self.image.read_dir(directory)?;
            for (index, entry) in entries.iter().enumerate() {
                if names::is_doubled(&entries, index) {
                    self.warn(&folder.join(name(entry)), format!("not extracted: {}", names::DOUBLED));
                } else {
                    match self.item(entry, folder, depth) {
                        Err(error) if is_damage(&error) => {
                            self.warn(&folder.join(name(entry)), format!("not extracted: {error}"));
                        }
                        done => done?,
                    }
                }
            }
            Ok(())
        }

        fn item(&mut self, entry: &ImageEntry, folder: &Path, depth: u32) -> Result<()> {
            self.control.check("some items were extracted")?;
            let path = folder.join(name(entry));
            if let Some(reason) = names::impossible_here(&entry.name) {
                self.warn(&path, format!("not extracted: {reason}"));
                return Ok(());
            }
            let failed = |source| Error::OutputWrite { path: path.clone(), source };
            match entry.kind {
                Kind::Directory => {
                    make_folder(&path)?;
                    self.children(entry, &path, depth + 1)?;
                }
                Kind::File => {
                    if self.options.overwrite && path.exists() {
                        std::fs::remove_file(&path).map_err(failed)?;
                    }
                    let file = std::fs::File::create_new(&path).map_err(failed)?;
                    let copied =
                        self.image.copy_to_file(entry, &file, &path, self.options.sparse, self.control);
                    if let Err(error) = copied {
                        // A part of a file passes for the whole one.
                        drop(file);
                        std::fs::remove_file(&path).map_err(failed)?;
                        return Err(error);
                    }
                    file.set_times(times(entry)).map_err(failed)?;
                    self.report.bytes += entry.len;
                }
                other => {
                    self.warn(&path, format!("this system has no {other}; it was left out"));
                    return Ok(());
                }
            }
            self.streams(entry, &path);
            self.report.items += 1;
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::outermost;

    #[test]
    fn what_another_path_brings_along_is_taken_once() {
        assert_eq!(outermost(&["b/c/", "/a", "b", "a", "bc", "b/c/d"]), ["/a", "b", "bc"]);
        assert_eq!(outermost(&["a", ""]), [""]);
    }
}
