use std::ops::ControlFlow;
use std::sync::Arc;

use iso9660::read::{Directory, DirectoryBuffer, DirectoryGuard, Entry, EntryKind, Volume};
use iso9660::zisofs::Zisofs;
use sector_io::{FileSectors, ReadSectors, Sector, SectorCount};

use super::file_reader::{FileReader, error_at};
use super::{Disc, MOST_LEVELS, read_error};
use crate::address::sector;
use crate::tree::{Attributes, DeviceNumber, FileSystem, Kind, Section, Timestamp};
use crate::{Error, Result};

/// One file system of one session, read where it lies. Nothing is kept but what a call asks for.
pub struct Image {
    volume: Volume<Arc<dyn ReadSectors>>,
    source: Arc<dyn ReadSectors>,
    /// The file behind `source`, where its bytes are the sectors.
    pub(super) file: Option<Arc<FileSectors>>,
    file_system: FileSystem,
}

/// An item of an image.
#[derive(Clone, Debug)]
pub struct ImageEntry {
    /// The name as this file system shows it; empty for the root.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Owner and permissions; without Rock Ridge root's, `r-xr-xr-x` for directories and `r--r--r--` for
    /// files.
    pub attributes: Attributes,
    /// Link count as recorded; 1 without Rock Ridge.
    pub links: u32,
    /// Time of the last modification, or of recording.
    pub modified: Timestamp,
    /// Bytes: a file's content (uncompressed), a directory's records, a link's target.
    pub len: u64,
    /// Target of a symbolic link.
    pub link_target: Vec<u8>,
    /// Number of a device.
    pub device: Option<DeviceNumber>,
    data: Data,
}

#[derive(Clone, Debug)]
enum Data {
    None,
    Directory(Directory),
    File(Vec<Section>, Option<Zisofs>),
}

impl ImageEntry {
    /// Where a file's data lie: absolute sectors and bytes.
    pub fn sections(&self) -> &[Section] {
        match &self.data {
            Data::File(sections, _) => sections,
            _ => &[],
        }
    }

    /// What names of one file have in common: first sector and length. `None` for what has no data.
    pub(crate) fn identity(&self) -> Option<(Sector, u64)> {
        let first = self.sections().first()?;
        (self.len > 0).then_some((first.start, self.len))
    }

    /// The sections whose bytes are the file's content as they are: not those of a compressed file.
    pub(super) fn plain_sections(&self) -> Option<&[Section]> {
        match &self.data {
            Data::File(sections, None) => Some(sections),
            _ => None,
        }
    }

    /// Where a directory's records lie: first sector and first sector behind.
    pub(super) fn records(&self) -> Option<(Sector, Sector)> {
        match &self.data {
            Data::Directory(directory) => {
                let start = sector(directory.extent());
                Some((start, behind(start, directory.len())))
            }
            _ => None,
        }
    }

    /// First sector behind a file's data, or behind a directory's records.
    pub(super) fn data_end(&self) -> Option<Sector> {
        let of_file = self.sections().iter().map(|section| behind(section.start, section.len)).max();
        of_file.or(self.records().map(|(_, end)| end))
    }

    fn of(entry: &Entry<'_>) -> ImageEntry {
        let posix = entry.posix.as_ref();
        let (kind, data, len, link_target, device) = match &entry.kind {
            EntryKind::Directory(directory) => {
                (Kind::Directory, Data::Directory(*directory), u64::from(directory.len()), Vec::new(), None)
            }
            EntryKind::File { sections, len, zisofs } => {
                let sections = sections.iter().map(section).collect();
                let len = zisofs.as_ref().map_or(*len, |zisofs| zisofs.uncompressed_len);
                (Kind::File, Data::File(sections, *zisofs), len, Vec::new(), None)
            }
            EntryKind::Symlink(target) => {
                (Kind::Symlink, Data::None, target.len() as u64, target.to_vec(), None)
            }
            EntryKind::CharacterDevice { major, minor } => {
                (Kind::CharacterDevice, Data::None, 0, Vec::new(), DeviceNumber::new(*major, *minor))
            }
            EntryKind::BlockDevice { major, minor } => {
                (Kind::BlockDevice, Data::None, 0, Vec::new(), DeviceNumber::new(*major, *minor))
            }
            EntryKind::Fifo => (Kind::Fifo, Data::None, 0, Vec::new(), None),
            EntryKind::Socket => (Kind::Socket, Data::None, 0, Vec::new(), None),
        };
        ImageEntry {
            name: entry.name.to_vec(),
            kind,
            attributes: attributes(entry),
            links: posix.map_or(1, |posix| posix.links),
            modified: modified(entry),
            len,
            link_target,
            device,
            data,
        }
    }
}

/// First sector behind `len` bytes from `start` on; the last address, if that is exceeded.
fn behind(start: Sector, len: u32) -> Sector {
    let sectors = SectorCount::for_bytes(u64::from(len)).unwrap_or_default();
    start.checked_add(sectors).unwrap_or(Sector::new(u32::MAX))
}

pub(crate) fn section(section: &iso9660::read::Section) -> Section {
    Section { start: sector(section.extent), len: section.len }
}

/// Owner and permissions of an entry, or what stands for them without Rock Ridge.
pub(crate) fn attributes(entry: &Entry<'_>) -> Attributes {
    match &entry.posix {
        Some(posix) => {
            Attributes { permissions: (posix.mode & 0o7777) as u16, uid: posix.user, gid: posix.group }
        }
        None if matches!(entry.kind, EntryKind::Directory(_)) => {
            Attributes { permissions: 0o555, uid: 0, gid: 0 }
        }
        None => Attributes { permissions: 0o444, uid: 0, gid: 0 },
    }
}

/// Time of the last modification, else of recording, else 1970.
pub(crate) fn modified(entry: &Entry<'_>) -> Timestamp {
    match entry.times.modify {
        Some(time) => Timestamp { seconds: time.seconds, nanoseconds: time.nanoseconds },
        None => Timestamp::from_unix(entry.recorded.to_unix().unwrap_or_default()),
    }
}

impl Image {
    pub(super) fn new(disc: &Disc, volume: Volume<Arc<dyn ReadSectors>>, file_system: FileSystem) -> Image {
        Image { volume, source: disc.source.clone(), file: disc.file.clone(), file_system }
    }

    /// Which file system of the session this is.
    pub fn file_system(&self) -> FileSystem {
        self.file_system
    }

    pub(crate) fn volume(&self) -> &Volume<Arc<dyn ReadSectors>> {
        &self.volume
    }

    /// What was odd in what has been read so far, in words.
    pub fn findings(&self) -> Vec<String> {
        self.volume.findings().iter().map(ToString::to_string).collect()
    }

    /// The root directory.
    ///
    /// # Errors
    /// Its sectors cannot be read.
    pub fn root(&self) -> Result<ImageEntry> {
        let mut root = None;
        self.volume
            .root_entry(&mut DirectoryBuffer::new(), &mut |entry| root = Some(ImageEntry::of(&entry)))
            .map_err(read_error)?;
        let mut root = root.unwrap_or_else(|| {
            let directory = self.volume.root_directory();
            ImageEntry {
                name: Vec::new(),
                kind: Kind::Directory,
                attributes: Attributes { permissions: 0o555, uid: 0, gid: 0 },
                links: 1,
                modified: Timestamp::default(),
                len: u64::from(directory.len()),
                link_target: Vec::new(),
                device: None,
                data: Data::Directory(directory),
            }
        });
        root.name.clear();
        Ok(root)
    }

    /// Visits a directory's entries as they are recorded, without keeping them.
    pub(crate) fn visit_directory(
        &self,
        directory: &Directory,
        buffer: &mut DirectoryBuffer,
        visit: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
    ) -> Result<()> {
        self.volume.read_directory(directory, buffer, visit).map_err(read_error)
    }

    /// A directory's entries in the order of their names' bytes.
    ///
    /// # Errors
    /// [`Error::NotADirectory`]; its sectors cannot be read.
    pub fn read_dir(&self, directory: &ImageEntry) -> Result<Vec<ImageEntry>> {
        let Data::Directory(extent) = &directory.data else { return Err(not_a_directory(directory)) };
        let mut entries = Vec::new();
        self.visit_directory(extent, &mut DirectoryBuffer::new(), &mut |entry| {
            entries.push(ImageEntry::of(&entry));
            ControlFlow::Continue(())
        })?;
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// The entry of that name.
    ///
    /// # Errors
    /// As [`Image::read_dir`].
    pub fn child(&self, directory: &ImageEntry, name: &[u8]) -> Result<Option<ImageEntry>> {
        let Data::Directory(extent) = &directory.data else { return Err(not_a_directory(directory)) };
        let mut found = None;
        self.visit_directory(extent, &mut DirectoryBuffer::new(), &mut |entry| {
            if entry.name != name {
                return ControlFlow::Continue(());
            }
            found = Some(ImageEntry::of(&entry));
            ControlFlow::Break(())
        })?;
        Ok(found)
    }

    /// The item at a path; only the directories on the way are read.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotADirectory`].
    pub fn lookup(&self, path: &str) -> Result<ImageEntry> {
        let mut at = self.root()?;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let child = self.child(&at, name.as_bytes())?;
            at = child.ok_or_else(|| Error::NotFound { path: path.to_owned() })?;
        }
        Ok(at)
    }

    /// Visits every item, the root first, directories depth first by name. The path has no slash at its end;
    /// the root's is empty.
    ///
    /// # Errors
    /// Those of `visit`; directories that cannot be read; [`Error::Corrupt`] for a directory that is
    /// reached twice.
    pub fn walk(&self, visit: &mut dyn FnMut(&[u8], &ImageEntry) -> Result<()>) -> Result<()> {
        let root = self.root()?;
        self.walk_from(&root, b"", visit)
    }

    /// As [`Image::walk`], from an item whose path is `path`.
    ///
    /// # Errors
    /// As [`Image::walk`].
    pub fn walk_from(
        &self,
        start: &ImageEntry,
        path: &[u8],
        visit: &mut dyn FnMut(&[u8], &ImageEntry) -> Result<()>,
    ) -> Result<()> {
        self.walk_directories(start, path, &mut |_, _| {}, visit)
    }

    /// As [`Image::walk_from`]; `list` is given the path of each directory, and its entries in the order of
    /// their names, before these are visited.
    pub(super) fn walk_directories(
        &self,
        start: &ImageEntry,
        path: &[u8],
        list: &mut dyn FnMut(&[u8], &[ImageEntry]),
        visit: &mut dyn FnMut(&[u8], &ImageEntry) -> Result<()>,
    ) -> Result<()> {
        let mut guard = DirectoryGuard::new();
        let mut pending = vec![(start.clone(), path.len(), 0u32)];
        let mut path = path.to_vec();
        while let Some((entry, parent_len, level)) = pending.pop() {
            path.truncate(parent_len);
            if level > 0 {
                path.push(b'/');
                path.extend_from_slice(&entry.name);
            }
            visit(&path, &entry)?;
            let Data::Directory(directory) = &entry.data else { continue };
            let at = sector(directory.extent());
            if level >= MOST_LEVELS {
                return Err(Error::Corrupt {
                    sector: at,
                    structure: "directory hierarchy",
                    detail: format!("over {MOST_LEVELS} levels of directories"),
                });
            }
            if !guard.enter(directory) {
                return Err(Error::Corrupt {
                    sector: at,
                    structure: "directory hierarchy",
                    detail: "a directory overlaps another, or is reached on two ways".to_owned(),
                });
            }
            let len = path.len();
            let below = self.read_dir(&entry)?;
            list(&path, &below);
            pending.extend(below.into_iter().rev().map(|child| (child, len, level + 1)));
        }
        Ok(())
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// [`Error::NotAFile`]; [`Error::Corrupt`] for a compressed file with a wrong header.
    pub fn open(&self, entry: &ImageEntry) -> Result<FileReader> {
        let Data::File(sections, zisofs) = &entry.data else {
            return Err(Error::NotAFile {
                path: String::from_utf8_lossy(&entry.name).into_owned(),
                kind: entry.kind,
            });
        };
        let first = sections.first().map_or(Sector::ZERO, |section| section.start);
        FileReader::new(self.source.clone(), sections.clone(), *zisofs)
            .map_err(|error| error_at(first, error))
    }
}

fn not_a_directory(entry: &ImageEntry) -> Error {
    Error::NotADirectory { path: String::from_utf8_lossy(&entry.name).into_owned(), kind: entry.kind }
}
