use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use iso9660::aaip::{AccessControlLists, AttributeList};
use iso9660::read::{Directory, DirectoryBuffer, DirectoryGuard, Encoding, Entry, EntryKind, Volume};
use sector_io::{FileSectors, ReadSectors, SECTOR_SIZE, Sector, SectorCount};
use udf::LbAddr;
use udf::read::Stretch;

use super::file_reader::{FileReader, error_at};
use super::raw_sectors::{self, Form};
use super::udf::{UdfVolume, image_entry};
use super::{Disc, MOST_LEVELS, read_error, udf as udf_disc};
use crate::address::sector;
use crate::md5_tags::{ChecksumArray, index_of};
use crate::tree::{
    Attributes, DeviceNumber, FileSystem, Kind, Section, Times, Timestamp, acl_of, attributes_of,
};
use crate::{Error, Result};

/// One file system of one session, read where it lies. Nothing is kept but what a call asks for.
pub struct Image {
    volume: AnyVolume,
    source: Arc<dyn ReadSectors>,
    /// The file behind `source`, where its bytes are the sectors.
    pub(super) file: Option<Arc<FileSectors>>,
    file_system: FileSystem,
    /// Whether the session has a Joliet tree as well that would have come first, with nothing in it.
    pub(super) instead_of_joliet: bool,
}

/// A volume of either kind.
pub(crate) enum AnyVolume {
    Iso9660(Volume<Arc<dyn ReadSectors>>),
    Udf(Box<UdfVolume>),
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
    /// Bytes: a file's content (uncompressed, with its holes), a directory's records, a link's target.
    pub len: u64,
    /// Target of a symbolic link.
    pub link_target: Vec<u8>,
    /// Number of a device.
    pub device: Option<DeviceNumber>,
    pub(super) data: Data,
    /// Whether it is a real-time file (UDF 2.01 and later).
    pub real_time: bool,
    /// ICB of the directory of its named streams.
    pub(super) streams: Option<LbAddr>,
    /// `AL` entries of Rock Ridge; `None` for none.
    pub(super) attribute_list: Option<Box<[u8]>>,
    /// `None` for none: most items of most images.
    pub(super) times: Option<Box<Times>>,
    /// File serial number of Rock Ridge (RRIP 4.1.1).
    pub(super) serial: Option<u32>,
}

#[derive(Clone, Debug)]
pub(super) enum Data {
    None,
    Directory(Directory),
    File(Vec<Section>, Encoding),
    UdfDirectory(udf::read::Directory),
    /// Address of its ICB.
    UdfFile(LbAddr),
    /// The same of what has no data.
    UdfSpecial(LbAddr),
    /// The value of an extended attribute.
    Bytes(Box<[u8]>),
}

/// Memory for reading one directory after the other.
#[derive(Default)]
pub(super) struct Buffers {
    iso9660: DirectoryBuffer,
    udf: udf::read::DirectoryBuffer,
}

/// Is given an entry's name, and what makes the entry.
pub(super) type Visit<'v> = dyn FnMut(&[u8], &mut dyn FnMut() -> ImageEntry) -> ControlFlow<()> + 'v;

/// What names of one item have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    /// First sector and length.
    Data(Sector, u64),
    /// File serial number of an empty file, a link, a device or a pipe.
    Serial(u32),
    /// Address of the ICB.
    Icb(LbAddr),
}

impl ImageEntry {
    /// Where a file's data lie: absolute sectors and bytes. Of a file in UDF nothing is told here, for its data
    /// may lie in its entry, or nowhere.
    pub fn sections(&self) -> &[Section] {
        match &self.data {
            Data::File(sections, _) => sections,
            _ => &[],
        }
    }

    /// Whether it has named streams or extended attributes: [`Image::streams`] lists them.
    pub fn has_streams(&self) -> bool {
        self.streams.is_some() || self.list().is_some_and(|list| attributes_of(&list).next().is_some())
    }

    /// Its access control lists, if it has any and they are complete.
    pub fn acl(&self) -> Option<AccessControlLists> {
        self.list().map(|mut list| acl_of(&mut list)).filter(|acl| !acl.is_empty() && acl.is_valid())
    }

    /// What is wrong with it was told when it was read.
    fn list(&self) -> Option<AttributeList> {
        self.attribute_list.as_deref().map(|list| AttributeList::decode(list, &mut |_| {}))
    }

    /// The same with the bytes that lie on the medium for its content, where these are others than it has.
    pub(super) fn encoded_as_recorded(&self) -> Option<ImageEntry> {
        match &self.data {
            Data::File(_, Encoding::Plain) => None,
            Data::File(sections, _) => Some(ImageEntry {
                len: sections.iter().map(|section| u64::from(section.len)).sum(),
                data: Data::File(sections.clone(), Encoding::Plain),
                ..self.clone()
            }),
            _ => None,
        }
    }

    /// The place of its MD5 in the session's array, as xorriso records it.
    pub(super) fn md5_index(&self) -> Option<u32> {
        index_of(self.attribute_list.as_deref()?)
    }

    /// Where xorriso's array of MD5 sums is, as the root directory says.
    pub(super) fn md5_array(&self) -> Option<ChecksumArray> {
        ChecksumArray::of_list(self.attribute_list.as_deref()?)
    }

    /// Its extended attributes as files, in the order of their names.
    fn attribute_files(&self) -> Vec<ImageEntry> {
        let Some(list) = self.list() else { return Vec::new() };
        let file = |(name, value): (&[u8], &[u8])| ImageEntry {
            name: name.to_vec(),
            kind: Kind::File,
            links: 1,
            len: value.len() as u64,
            data: Data::Bytes(value.into()),
            link_target: Vec::new(),
            device: None,
            attribute_list: None,
            ..self.clone()
        };
        let mut files: Vec<_> = attributes_of(&list).map(file).collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        files.dedup_by(|second, first| second.name == first.name);
        files
    }

    /// All times but that of the last modification. Those of a file in UDF whose fields all have the time of
    /// modification are not known.
    pub fn times(&self) -> Times {
        self.times.as_deref().copied().unwrap_or_default()
    }

    /// What names of one item have in common, if that can be known. `None` for what can have no others.
    pub(crate) fn identity(&self) -> Option<Identity> {
        match &self.data {
            Data::UdfFile(icb) | Data::UdfSpecial(icb) => Some(Identity::Icb(*icb)),
            Data::File(sections, _) => identity(sections.first().copied(), self.len, self.serial),
            Data::None => identity(None, 0, self.serial),
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
            EntryKind::File { sections, len, encoding } => {
                let sections = sections.iter().map(section).collect();
                (Kind::File, Data::File(sections, *encoding), encoding.file_len(*len), Vec::new(), None)
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
            times: kept(entry.times.into()),
            len,
            link_target,
            device,
            data,
            real_time: false,
            streams: None,
            attribute_list: (!entry.attribute_list.is_empty()).then(|| entry.attribute_list.into()),
            serial: posix.and_then(|posix| posix.serial),
        }
    }
}

pub(super) fn kept(times: Times) -> Option<Box<Times>> {
    (times != Times::default()).then(|| Box::new(times))
}

/// What names of one file in ISO 9660 have in common; first section of its data, and their length in bytes.
pub(crate) fn identity(first: Option<Section>, len: u64, serial: Option<u32>) -> Option<Identity> {
    match len {
        0 => serial.filter(|&serial| serial != 0).map(Identity::Serial),
        len => first.map(|first| Identity::Data(first.start, len)),
    }
}

/// First sector behind `len` bytes from `start` on; the last address, if that is exceeded.
fn behind(start: Sector, len: u32) -> Sector {
    let sectors = SectorCount::for_bytes(u64::from(len)).unwrap_or_default();
    start.checked_add(sectors).unwrap_or(Sector::new(u32::MAX))
}

/// Where the data of a file in ISO 9660 begin that pass the end of the image, if some do.
pub(crate) fn beyond(sections: &[iso9660::read::Section], end: SectorCount) -> Option<Sector> {
    let passes = |start: Sector, len: u32| {
        let sectors = u64::from(len).div_ceil(SECTOR_SIZE as u64);
        u64::from(start.get()) + sectors > u64::from(end.get())
    };
    sections
        .iter()
        .map(section)
        .find(|section| section.len > 0 && passes(section.start, section.len))
        .map(|section| section.start)
}

/// Whether a file in ISO 9660 lies in sectors of mode 2 form 2.
pub(crate) fn is_form_2(source: &dyn ReadSectors, sections: &[iso9660::read::Section]) -> bool {
    let sections: Vec<Section> = sections.iter().map(section).collect();
    raw_sectors::form_of(source, &sections) == Form::Two
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
    pub(super) fn new(disc: &Disc, volume: AnyVolume, file_system: FileSystem) -> Image {
        let (source, file) = (disc.source.clone(), disc.file.clone());
        Image { volume, source, file, file_system, instead_of_joliet: false }
    }

    /// The same, with the finding that a Joliet tree was passed over.
    pub(super) fn instead_of_joliet(self) -> Image {
        Image { instead_of_joliet: true, ..self }
    }

    /// Which file system of the session this is.
    pub fn file_system(&self) -> FileSystem {
        self.file_system
    }

    pub(crate) fn volume(&self) -> &AnyVolume {
        &self.volume
    }

    /// The root directory.
    ///
    /// # Errors
    /// Its sectors cannot be read.
    pub fn root(&self) -> Result<ImageEntry> {
        let mut root = None;
        let volume = match &self.volume {
            AnyVolume::Iso9660(volume) => volume,
            AnyVolume::Udf(volume) => {
                volume
                    .root_entry(&mut udf::read::DirectoryBuffer::new(), &mut |entry| {
                        root = Some(image_entry(&entry));
                    })
                    .map_err(udf_disc::read_error)?;
                return root.ok_or_else(|| Error::NotFound { path: "/".to_owned(), wanted: None });
            }
        };
        volume
            .root_entry(&mut DirectoryBuffer::new(), &mut |entry| root = Some(ImageEntry::of(&entry)))
            .map_err(read_error)?;
        let mut root = root.unwrap_or_else(|| {
            let directory = volume.root_directory();
            ImageEntry {
                name: Vec::new(),
                kind: Kind::Directory,
                attributes: Attributes { permissions: 0o555, uid: 0, gid: 0 },
                links: 1,
                modified: Timestamp::default(),
                times: None,
                len: u64::from(directory.len()),
                link_target: Vec::new(),
                device: None,
                data: Data::Directory(directory),
                real_time: false,
                streams: None,
                attribute_list: None,
                serial: None,
            }
        });
        root.name.clear();
        Ok(root)
    }

    /// The entry, with the length that its sectors give it.
    fn entry(&self, entry: &Entry<'_>) -> ImageEntry {
        let mut entry = ImageEntry::of(entry);
        if let Data::File(sections, Encoding::Plain) = &entry.data
            && raw_sectors::form_of(self.source.as_ref(), sections) == Form::Two
        {
            entry.len = sections.iter().map(|section| u64::from(Form::Two.len(section.len))).sum();
        }
        entry
    }

    /// Visits a directory's entries in the order of their recording, until `visit` breaks off.
    pub(super) fn visit(
        &self,
        directory: &ImageEntry,
        buffers: &mut Buffers,
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        match (&self.volume, &directory.data) {
            (AnyVolume::Iso9660(volume), Data::Directory(extent)) => volume
                .read_directory(extent, &mut buffers.iso9660, &mut |entry| {
                    visit(entry.name, &mut || self.entry(&entry))
                })
                .map_err(read_error),
            (AnyVolume::Udf(volume), Data::UdfDirectory(icb)) => volume
                .read_directory(icb, &mut buffers.udf, &mut |entry| {
                    visit(entry.name, &mut || image_entry(&entry))
                })
                .map_err(udf_disc::read_error),
            _ => Err(not_a_directory(directory)),
        }
    }

    /// A directory's entries in the order of their names' bytes.
    ///
    /// # Errors
    /// [`Error::NotADirectory`]; its sectors cannot be read.
    pub fn read_dir(&self, directory: &ImageEntry) -> Result<Vec<ImageEntry>> {
        self.read_dir_with(directory, &mut Buffers::default())
    }

    fn read_dir_with(&self, directory: &ImageEntry, buffers: &mut Buffers) -> Result<Vec<ImageEntry>> {
        let mut entries = Vec::new();
        self.visit(directory, buffers, &mut |_, entry| {
            entries.push(entry());
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
        let mut found = None;
        if let (AnyVolume::Udf(volume), Data::UdfDirectory(icb)) = (&self.volume, &directory.data) {
            volume
                .find(icb, name, &mut udf::read::DirectoryBuffer::new(), &mut |entry| {
                    found = Some(image_entry(&entry));
                    ControlFlow::Break(())
                })
                .map_err(udf_disc::read_error)?;
            return Ok(found);
        }
        self.visit(directory, &mut Buffers::default(), &mut |recorded, entry| {
            if recorded != name {
                return ControlFlow::Continue(());
            }
            found = Some(entry());
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
            at = child.ok_or_else(|| Error::NotFound { path: path.to_owned(), wanted: None })?;
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
        let mut guard = self.guard();
        let mut buffers = Buffers::default();
        let mut pending = vec![(start.clone(), path.len(), 0u32)];
        let mut path = path.to_vec();
        while let Some((entry, parent_len, level)) = pending.pop() {
            path.truncate(parent_len);
            if level > 0 {
                path.push(b'/');
                path.extend_from_slice(&entry.name);
            }
            visit(&path, &entry)?;
            if !enter(&mut guard, &entry, &path, level)? {
                continue;
            }
            let len = path.len();
            let below = self.read_dir_with(&entry, &mut buffers)?;
            list(&path, &below);
            pending.extend(below.into_iter().rev().map(|child| (child, len, level + 1)));
        }
        Ok(())
    }

    /// A guard against directories that hold themselves.
    pub(super) fn guard(&self) -> Guard {
        match &self.volume {
            AnyVolume::Iso9660(_) => Guard::Iso9660(DirectoryGuard::new()),
            AnyVolume::Udf(volume) => Guard::Udf(volume.directory_guard()),
        }
    }

    /// First sector and length of a file's data, where they lie in sectors.
    pub(super) fn data_identity(&self, entry: &ImageEntry) -> Option<Identity> {
        match (&self.volume, &entry.data) {
            (AnyVolume::Udf(volume), Data::UdfFile(icb)) => {
                let udf::read::Content::Extents(stretches) = volume.content(*icb).ok()? else {
                    return entry.identity();
                };
                let position = stretches.first()?.position?;
                let first = u32::try_from(position / SECTOR_SIZE as u64).ok()?;
                let is_whole = position.is_multiple_of(SECTOR_SIZE as u64);
                is_whole.then_some(Identity::Data(Sector::new(first), entry.len))
            }
            _ => entry.identity(),
        }
    }

    /// The named streams of an item in UDF, or its extended attributes in Rock Ridge, in the order of their names'
    /// bytes, as files: [`Image::open`] reads them. For those of many items, see [`Image::stream_walk`].
    ///
    /// # Errors
    /// [`Error::Corrupt`]; sectors that cannot be read.
    pub fn streams(&self, entry: &ImageEntry) -> Result<Vec<ImageEntry>> {
        self.stream_walk().streams(entry)
    }

    /// A walk over the streams of several items: no stream directory is read twice, so that an image cannot
    /// make it endless.
    pub fn stream_walk(&self) -> StreamWalk<'_> {
        let guard = match &self.volume {
            AnyVolume::Udf(volume) => Some(volume.directory_guard()),
            AnyVolume::Iso9660(_) => None,
        };
        StreamWalk { image: self, guard, owners: BTreeMap::new() }
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// [`Error::NotAFile`]; [`Error::Corrupt`] for a compressed file with a wrong header, or a sparse file with wrong tables.
    pub fn open(&self, entry: &ImageEntry) -> Result<FileReader> {
        match (&self.volume, &entry.data) {
            (AnyVolume::Udf(volume), Data::UdfFile(icb)) => {
                let content = volume.content(*icb).map_err(udf_disc::read_error)?;
                Ok(FileReader::udf(self.source.clone(), content, entry.len))
            }
            (_, Data::Bytes(value)) => {
                let content = udf::read::Content::Embedded(value.to_vec());
                Ok(FileReader::udf(self.source.clone(), content, entry.len))
            }
            (_, Data::File(sections, encoding)) => {
                let first = sections.first().map_or(Sector::ZERO, |section| section.start);
                FileReader::new(self.source.clone(), sections.clone(), encoding)
                    .map_err(|error| error_at(first, error))
            }
            _ => Err(Error::NotAFile {
                path: String::from_utf8_lossy(&entry.name).into_owned(),
                kind: entry.kind,
            }),
        }
    }

    /// Where a file's data begin; `None` for those that are no sectors of their own.
    pub(crate) fn first_sector(&self, entry: &ImageEntry) -> Option<u32> {
        if let Some(first) = entry.sections().first() {
            return Some(first.start.get());
        }
        let (start, _) = *self.ranges(entry)?.first()?;
        u32::try_from(start / sector_io::SECTOR_SIZE as u64).ok()
    }

    /// Where a file's bytes lie in the image: positions and lengths. `None` if some are not there as they
    /// are.
    pub(super) fn ranges(&self, entry: &ImageEntry) -> Option<Vec<(u64, u64)>> {
        match (&self.volume, &entry.data) {
            (_, Data::File(sections, Encoding::Plain)) => {
                let range = |section: &Section| (section.start.byte_offset(), u64::from(section.len));
                Some(sections.iter().map(range).collect())
            }
            (AnyVolume::Udf(volume), Data::UdfFile(icb)) => match volume.content(*icb).ok()? {
                content if content.len() != entry.len => None,
                udf::read::Content::Extents(stretches) => {
                    stretches.iter().map(|Stretch { position, len }| Some(((*position)?, *len))).collect()
                }
                udf::read::Content::Embedded(_) => None,
            },
            _ => None,
        }
    }
}

/// Streams of one item after the other.
pub struct StreamWalk<'a> {
    image: &'a Image,
    guard: Option<udf::read::DirectoryGuard>,
    /// The item of each stream directory.
    owners: BTreeMap<LbAddr, Option<Identity>>,
}

impl StreamWalk<'_> {
    /// The item's named streams, as [`Image::streams`] gives them. Of a file with several names in UDF, only the
    /// first that is asked about has them; the others have none.
    ///
    /// # Errors
    /// As [`Image::streams`]; [`Error::Corrupt`] for the stream directory of another item.
    pub fn streams(&mut self, entry: &ImageEntry) -> Result<Vec<ImageEntry>> {
        let (AnyVolume::Udf(volume), Some(guard), Some(icb)) =
            (&self.image.volume, &mut self.guard, entry.streams)
        else {
            return Ok(entry.attribute_files());
        };
        let directory = volume.stream_directory(icb).map_err(udf_disc::read_error)?;
        if !guard.enter(&directory) {
            let known =
                self.owners.get(&icb).is_some_and(|owner| owner.is_some() && *owner == entry.identity());
            if known {
                return Ok(Vec::new());
            }
            return Err(Error::Corrupt {
                sector: Sector::ZERO,
                structure: "stream directory (UDF 3.3.5.1)",
                detail: "it overlaps another, or is that of another item".to_owned(),
            });
        }
        self.owners.insert(icb, entry.identity());
        let mut streams = Vec::new();
        volume
            .read_streams(&directory, &mut udf::read::DirectoryBuffer::new(), &mut |stream| {
                streams.push(ImageEntry { streams: None, ..image_entry(&stream) });
                ControlFlow::Continue(())
            })
            .map_err(udf_disc::read_error)?;
        streams.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(streams)
    }
}

/// Keeps a walk from running in circles.
pub(super) enum Guard {
    Iso9660(DirectoryGuard),
    Udf(udf::read::DirectoryGuard),
}

impl Guard {
    /// `false`: the directory must not be read.
    #[must_use]
    pub(super) fn enter(&mut self, directory: &ImageEntry) -> bool {
        match (self, &directory.data) {
            (Guard::Iso9660(guard), Data::Directory(directory)) => guard.enter(directory),
            (Guard::Udf(guard), Data::UdfDirectory(directory)) => guard.enter(directory),
            _ => true,
        }
    }
}

/// Whether the item at `path`, that many levels below the root, is a directory to read on a walk.
///
/// # Errors
/// [`Error::Corrupt`] for one that the walk has been in, and below [`MOST_LEVELS`].
pub(super) fn enter(guard: &mut Guard, entry: &ImageEntry, path: &[u8], level: u32) -> Result<bool> {
    let at = match &entry.data {
        Data::Directory(directory) => sector(directory.extent()),
        Data::UdfDirectory(_) => Sector::ZERO,
        _ => return Ok(false),
    };
    let corrupt = |detail| Err(Error::Corrupt { sector: at, structure: "directory hierarchy", detail });
    if level >= MOST_LEVELS {
        return corrupt(format!("over {MOST_LEVELS} levels of directories"));
    }
    if !guard.enter(entry) {
        let path = if path.is_empty() { "/".into() } else { String::from_utf8_lossy(path) };
        return corrupt(format!("{path}: a directory overlaps another, or is reached on two ways"));
    }
    Ok(true)
}

fn not_a_directory(entry: &ImageEntry) -> Error {
    Error::NotADirectory { path: String::from_utf8_lossy(&entry.name).into_owned(), kind: entry.kind }
}
