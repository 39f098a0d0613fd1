//! An item of an image, as its file system tells of it.

use iso9660::RecordingTime;
use iso9660::aaip::{AccessControlLists, AttributeList};
use iso9660::directory::FileFlags;
use iso9660::read::{Directory, Encoding, Entry, EntryKind, enhanced_name};
use iso9660::rock_ridge::{PosixAttributes, TimeFlags};
use sector_io::{ReadSectors, Sector, SectorCount};
use udf::LbAddr;

use super::raw_sectors::{self, Form};
use crate::address::sector;
use crate::md5_tags::{ChecksumArray, index_of};
use crate::tree::{
    Attributes, DeviceNumber, Kind, Section, Times, Timestamp, UdfFlags, acl_of, attributes_of,
};

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
    /// Whether users need not be told of it (ECMA-119 9.1.6, existence; ECMA-167 4/14.4.3).
    pub(super) is_concealed: bool,
    /// Whether its identifier has a version number (ECMA-119 7.5.1). That of Joliet is not looked at.
    pub(crate) has_version: bool,
    /// Whether its identifier in Joliet has the version number 1 (ECMA-119 7.5.1).
    pub(crate) has_joliet_version: bool,
    pub(super) udf_flags: UdfFlags,
    /// Whether UDF does not say who has it.
    pub(super) is_owner_open: bool,
    /// ICB of the directory of its named streams.
    pub(super) streams: Option<LbAddr>,
    /// `AL` entries of Rock Ridge; `None` for none.
    pub(super) attribute_list: Option<Box<[u8]>>,
    /// `None` for none: most items of most images.
    pub(super) times: Option<Box<Times>>,
    /// Which are recorded, and are no date and time of day.
    pub(super) impossible_times: TimeFlags,
    /// Which are recorded in a zone that is none, and read as UTC.
    pub(super) impossible_offsets: TimeFlags,
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
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        match &self.data {
            Data::File(sections, _) => sections,
            _ => &[],
        }
    }

    /// Why no host can have its name in a directory, if so: it is empty, `.` or `..`, or has a slash or NUL in it. Extracting
    /// and importing leave such an item out.
    #[must_use]
    pub fn impossible_name(&self) -> Option<&'static str> {
        super::names::impossible(&self.name)
    }

    /// Whether it has named streams or extended attributes: [`Image::streams`](super::Image::streams) lists them.
    #[must_use]
    pub fn has_streams(&self) -> bool {
        self.streams.is_some() || self.list().is_some_and(|list| attributes_of(&list).next().is_some())
    }

    /// Its access control lists, if it has any and they are complete.
    #[must_use]
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
    pub(super) fn attribute_files(&self) -> Vec<ImageEntry> {
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
    #[must_use]
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

    /// Links as POSIX counts them, and Linux shows them: of a directory in UDF, each entry that names it is counted
    /// (ECMA-167 4/14.9.6), and none of these is its own.
    #[cfg(all(feature = "fuse", target_os = "linux"))]
    pub(crate) fn posix_links(&self) -> u32 {
        match self.data {
            Data::UdfDirectory(_) => self.links.saturating_add(1),
            _ => self.links.max(1),
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

    /// A number that no other item of the image has, where it does not depend on the directory that it is in: that of its ICB.
    #[cfg(all(feature = "fuse", target_os = "linux"))]
    pub(crate) fn icb(&self) -> Option<LbAddr> {
        match &self.data {
            Data::UdfFile(icb) | Data::UdfSpecial(icb) => Some(*icb),
            Data::UdfDirectory(directory) => Some(directory.icb()),
            _ => None,
        }
    }

    /// Where a directory's records begin, in ISO 9660.
    #[cfg(all(feature = "fuse", target_os = "linux"))]
    pub(crate) fn first_record(&self) -> Option<Sector> {
        self.records().map(|(start, _)| start)
    }

    /// Bytes that are recorded of a file's content.
    #[cfg(all(feature = "fuse", target_os = "linux"))]
    pub(crate) fn recorded_len(&self) -> u64 {
        match &self.data {
            Data::File(sections, encoding) if !matches!(encoding, Encoding::Plain) => {
                sections.iter().map(|section| u64::from(section.len)).sum()
            }
            Data::File(..)
            | Data::UdfFile(_)
            | Data::Bytes(_)
            | Data::Directory(_)
            | Data::UdfDirectory(_) => self.len,
            Data::None | Data::UdfSpecial(_) => 0,
        }
    }

    /// Whether it has access control lists that are not complete, or an attribute list that may have had some: what they grant is
    /// not known.
    #[cfg(all(feature = "fuse", target_os = "linux"))]
    pub(crate) fn has_damaged_acl(&self) -> bool {
        let Some(recorded) = self.attribute_list.as_deref() else { return false };
        let mut is_odd = false;
        let mut list = AttributeList::decode(recorded, &mut |_| is_odd = true);
        is_odd || !acl_of(&mut list).is_valid()
    }

    /// First sector behind a file's data, or behind a directory's records.
    pub(super) fn data_end(&self) -> Option<Sector> {
        let of_file = self.sections().iter().map(|section| behind(section.start, section.len)).max();
        of_file.or(self.records().map(|(_, end)| end))
    }

    pub(super) fn of(entry: &Entry<'_>) -> ImageEntry {
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
            is_concealed: entry.flags.contains(FileFlags::EXISTENCE),
            has_version: enhanced_name(entry.identifier) != entry.identifier,
            has_joliet_version: has_joliet_version(entry.identifier),
            udf_flags: UdfFlags::empty(),
            is_owner_open: false,
            streams: None,
            attribute_list: (!entry.attribute_list.is_empty()).then(|| entry.attribute_list.into()),
            impossible_times: entry.impossible_times,
            impossible_offsets: entry.impossible_offsets,
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
    first_beyond(sections.iter().map(section), end)
}

/// Where the first of these sections begins that passes the end of the image.
pub(super) fn first_beyond(sections: impl IntoIterator<Item = Section>, end: SectorCount) -> Option<Sector> {
    let passes = |section: &Section| section.len > 0 && behind(section.start, section.len).get() > end.get();
    sections.into_iter().find(passes).map(|section| section.start)
}

/// Whether a file in ISO 9660 lies in sectors of mode 2 form 2.
pub(crate) fn is_form_2(source: &dyn ReadSectors, sections: &[iso9660::read::Section]) -> bool {
    let sections: Vec<Section> = sections.iter().map(section).collect();
    raw_sectors::form_of(source, &sections) == Form::Two
}

pub(crate) fn section(section: &iso9660::read::Section) -> Section {
    Section { start: sector(section.extent), len: section.len }
}

/// Whether an identifier has the version number 1 in UCS-2, big-endian.
pub(crate) fn has_joliet_version(identifier: &[u8]) -> bool {
    identifier.ends_with(b"\0;\x001")
}

/// Owner and permissions of an entry, or what stands for them without Rock Ridge.
pub(crate) fn attributes(entry: &Entry<'_>) -> Attributes {
    attributes_by(entry.posix.as_ref(), matches!(entry.kind, EntryKind::Directory(_)))
}

/// The same of what Rock Ridge says.
pub(crate) fn attributes_by(posix: Option<&PosixAttributes>, is_directory: bool) -> Attributes {
    match posix {
        Some(posix) => {
            Attributes { permissions: (posix.mode & 0o7777) as u16, uid: posix.user, gid: posix.group }
        }
        None => Attributes { permissions: if is_directory { 0o555 } else { 0o444 }, uid: 0, gid: 0 },
    }
}

/// Time of the last modification, else of recording, else 1970.
pub(crate) fn modified(entry: &Entry<'_>) -> Timestamp {
    modified_by(&entry.times, entry.recorded)
}

/// Whether nothing says when it was modified: its record has zeros (ECMA-119 9.1.5).
pub(crate) fn has_no_modification(entry: &Entry<'_>) -> bool {
    entry.times.modify.is_none() && entry.recorded == RecordingTime::NOT_SPECIFIED
}

pub(crate) fn modified_by(times: &iso9660::read::Times, recorded: RecordingTime) -> Timestamp {
    match times.modify {
        Some(time) => Timestamp { seconds: time.seconds, nanoseconds: time.nanoseconds },
        None => Timestamp::from_unix(recorded.to_unix().unwrap_or_default()),
    }
}
