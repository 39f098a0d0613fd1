//! Extraction on Unix: every item is made in an opened folder, by its name alone, so that no link is followed.

mod attributes;

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::super::entry::Identity;
use super::super::walk::{Guard, StreamWalk};
use super::*;
use crate::progress::Stage;
use crate::tree::{DeviceNumber, Kind};

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
    chains: &[Vec<ImageEntry>],
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
    let mut on_the_way = BTreeMap::new();
    let mut done = Ok(());
    for chain in chains {
        done = match extraction.path(chain, folder.as_fd(), &mut on_the_way) {
            Err(error) if is_damage(&error) && chains.len() > 1 => {
                let path: PathBuf = chain.iter().map(|entry| OsStr::from_bytes(&entry.name)).collect();
                extraction.warn(&path, format!("not extracted: {error}"));
                Ok(())
            }
            done => done,
        };
        if done.is_err() {
            break;
        }
    }
    // Last, the deepest first: permissions may forbid writing, and every item changes the time of its folder. Those that
    // were made stay when something fails.
    for (path, entry) in on_the_way.iter().rev() {
        let made = open_folder(folder.as_fd(), path).map_err(|source| write_error(path, source))?;
        extraction.finish(entry, made.as_fd(), path)?;
    }
    done?;
    if is_new && chains.iter().any(Vec::is_empty) {
        extraction.finish(&image.root()?, folder.as_fd(), target)?;
    }
    let warnings = extraction.warnings.into_inner().unwrap_or_default();
    Ok(ExtractReport {
        items: extraction.items.into_inner(),
        bytes: extraction.bytes.into_inner(),
        without_streams: extraction.without_streams.into_inner(),
        without_acls: extraction.without_acls.into_inner(),
        warnings,
        ..ExtractReport::default()
    })
}

fn write_error(path: &Path, source: impl Into<io::Error>) -> Error {
    Error::OutputWrite { path: path.to_owned(), source: source.into() }
}

/// Opens a folder below another one, without following a link on the way.
fn open_folder(folder: BorrowedFd<'_>, path: &Path) -> io::Result<OwnedFd> {
    path.iter().try_fold(folder.try_clone_to_owned()?, |at, name| Ok(open_child(at.as_fd(), name)?))
}

fn open_child(folder: BorrowedFd<'_>, name: &OsStr) -> std::result::Result<OwnedFd, Errno> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(folder, name, flags, Mode::empty())
}

/// Whether it is the name, or what a link leads to, that the host's file system does not take.
fn host_cannot_have(error: &io::Error) -> bool {
    let refusals = [Errno::NAMETOOLONG, Errno::INVAL, Errno::ILSEQ, Errno::NOENT];
    Errno::from_io_error(error).is_some_and(|errno| refusals.contains(&errno))
}

impl Extraction<'_> {
    /// The item at the end of a chain, and the folders on the way to it: those that are made are noted in `on_the_way`.
    fn path(
        &self,
        chain: &[ImageEntry],
        target: BorrowedFd<'_>,
        on_the_way: &mut BTreeMap<PathBuf, ImageEntry>,
    ) -> Result<()> {
        *self.guard.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = self.image.guard();
        let mut made = PathBuf::new();
        let Some((last, parents)) = chain.split_last() else {
            return self.children(&self.image.root()?, target, &made, 0);
        };
        let mut at = target.try_clone_to_owned().map_err(|source| write_error(&made, source))?;
        for parent in parents {
            check_parent(&made, parent)?;
            let is_made;
            (at, is_made) = self.make_folder(at.as_fd(), parent, &made)?;
            made.push(OsStr::from_bytes(&parent.name));
            if is_made {
                on_the_way.insert(made.clone(), parent.clone());
            }
        }
        self.item(last, at.as_fd(), &made, 0)
    }

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
                    self.warn(&made.join(OsStr::from_bytes(&entry.name)), format!("not extracted: {error}"));
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
            // One that begins with a slash would be the whole path.
            let shown = [made.as_os_str(), name].join(OsStr::new("/"));
            self.warn(Path::new(&shown), format!("not extracted: {reason}"));
            return Ok(());
        }
        let failed = |source: Errno| write_error(&path, source);
        if self.options.overwrite && entry.kind != Kind::Directory {
            match rustix::fs::unlinkat(folder, name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        let is_made = match entry.kind {
            Kind::Directory => {
                let (below, _) = self.make_folder(folder, entry, made)?;
                self.children(entry, below.as_fd(), &path, depth + 1)?;
                self.finish(entry, below.as_fd(), &path)?;
                true
            }
            _ => self.link_or_make(entry, folder, &path)?,
        };
        self.items.fetch_add(is_made.into(), Ordering::Relaxed);
        Ok(())
    }

    /// Opens a folder that is made where it is missing; whether it was.
    fn make_folder(
        &self,
        folder: BorrowedFd<'_>,
        entry: &ImageEntry,
        made: &Path,
    ) -> Result<(OwnedFd, bool)> {
        let name = OsStr::from_bytes(&entry.name);
        let failed = |source: Errno| write_error(&made.join(name), source);
        let is_made = match rustix::fs::mkdirat(folder, name, Mode::RWXU) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(error) => return Err(failed(error)),
        };
        Ok((open_child(folder, name).map_err(failed)?, is_made))
    }

    /// An item other than a directory: a further name of one that was made, or a new one. Says whether it is there.
    fn link_or_make(&self, entry: &ImageEntry, folder: BorrowedFd<'_>, path: &Path) -> Result<bool> {
        let Some(identity) = entry.identity().filter(|_| entry.links > 1) else {
            let Some(made) = self.make(entry, folder, path)? else { return Ok(false) };
            return self.finish_made(&made, entry, folder, path).map(|()| true);
        };
        let key = (identity, entry.kind, entry.device, entry.link_target.clone());
        let mut linked = self.linked.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((first_folder, first)) = linked.get(&key) {
            let (first, name) = (OsStr::from_bytes(first), OsStr::from_bytes(&entry.name));
            match rustix::fs::linkat(first_folder, first, folder, name, AtFlags::empty()) {
                Ok(()) => return Ok(true),
                // Not every host has links of what is no file.
                Err(error) if entry.kind != Kind::File && error != Errno::EXIST => {
                    let kind = entry.kind;
                    self.warn(path, format!("this further name of a {kind} is an item of its own: {error}"));
                }
                Err(error) => return Err(write_error(path, error)),
            }
        }
        let Some(made) = self.make(entry, folder, path)? else { return Ok(false) };
        let own_folder = folder.try_clone_to_owned().map_err(|error| write_error(path, error))?;
        linked.entry(key).or_insert((own_folder, entry.name.clone()));
        drop(linked);
        self.finish_made(&made, entry, folder, path).map(|()| true)
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
        if let Err(error) = self.image.copy_to_file(entry, &file, path, self.options.sparse, self.control) {
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
}

/// What was made: a file that is open, or something that cannot be opened.
enum NewItem {
    File(File),
    Unopened,
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
