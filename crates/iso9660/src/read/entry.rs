use super::Encoding;
use crate::directory::FileFlags;
use crate::rock_ridge::{PosixAttributes, Stamps, TimeFlags, TimeStamps};
use crate::volume::RootDirectory;
use crate::{LogicalBlock, RecordingTime, VolumeTime};

/// Where a directory's records are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Directory {
    pub(super) extent: LogicalBlock,
    pub(super) len: u32,
}

impl Directory {
    /// First block of the records: behind the extended attribute record, if there is one. No two
    /// directories of a sound volume share it, so it tells when a directory comes up a second time.
    #[must_use]
    pub const fn extent(&self) -> LogicalBlock {
        self.extent
    }

    /// Bytes of the records, as stated.
    #[must_use]
    pub const fn len(&self) -> u32 {
        self.len
    }

    /// Whether not even the directory's own record is stated to be there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl From<&RootDirectory> for Directory {
    fn from(root: &RootDirectory) -> Directory {
        let behind = root.extent.checked_add(u32::from(root.extended_attribute_length));
        Directory { extent: behind.unwrap_or(root.extent), len: root.data_length }
    }
}

/// A run of a file's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Section {
    /// First block of the data: behind the extended attribute record, if there is one.
    pub extent: LogicalBlock,
    /// Length in bytes; never 0.
    pub len: u32,
}

/// A point in time, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since the start of 1970.
    pub seconds: i64,
    /// Nanoseconds after that second; below 1,000,000,000.
    pub nanoseconds: u32,
}

/// Times of a file from its `TF` entries; `None` where none is recorded, or no time of the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Creation of the file.
    pub creation: Option<Timestamp>,
    /// Last change of its data.
    pub modify: Option<Timestamp>,
    /// Last access.
    pub access: Option<Timestamp>,
    /// Last change of its attributes.
    pub attributes: Option<Timestamp>,
    /// Last backup.
    pub backup: Option<Timestamp>,
    /// Expiration.
    pub expiration: Option<Timestamp>,
    /// From when on the file is in effect.
    pub effective: Option<Timestamp>,
}

impl Times {
    /// Takes what a `TF` entry says of times that are not known yet.
    pub fn add(&mut self, stamps: &TimeStamps) {
        match stamps {
            TimeStamps::Short(stamps) => self.add_each(stamps, |time: RecordingTime| {
                Some(Timestamp { seconds: time.to_unix()?, nanoseconds: 0 })
            }),
            TimeStamps::Long(stamps) => self.add_each(stamps, |time: VolumeTime| {
                let (seconds, centiseconds) = time.to_unix()?;
                Some(Timestamp { seconds, nanoseconds: u32::from(centiseconds) * 10_000_000 })
            }),
        }
    }

    fn add_each<T: Copy>(&mut self, stamps: &Stamps<T>, convert: impl Fn(T) -> Option<Timestamp>) {
        let set = |time: &mut Option<Timestamp>, stamp: Option<T>| {
            if time.is_none() {
                *time = stamp.and_then(&convert);
            }
        };
        set(&mut self.creation, stamps.creation);
        set(&mut self.modify, stamps.modify);
        set(&mut self.access, stamps.access);
        set(&mut self.attributes, stamps.attributes);
        set(&mut self.backup, stamps.backup);
        set(&mut self.expiration, stamps.expiration);
        set(&mut self.effective, stamps.effective);
    }
}

/// An entry of a directory: all its records taken together.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The name: bytes of unknown encoding with Rock Ridge; without it the identifier without version and
    /// without the dot of an empty extension; with Joliet what its decoder makes of the identifier. Any
    /// bytes may be in it, `/` and zero among them; it may be empty or `..`. Names may come twice.
    pub name: &'a [u8],
    /// The identifier as recorded.
    pub identifier: &'a [u8],
    /// What the entry is.
    pub kind: EntryKind<'a>,
    /// POSIX attributes, with the bits for the type of the file always there and in agreement with `kind`.
    /// `None` without a `PX` entry.
    pub posix: Option<PosixAttributes>,
    /// Times from Rock Ridge.
    pub times: Times,
    /// Stamps in its `TF` entries that are given, and are no date and time of day (RRIP 4.1.6).
    pub impossible_times: TimeFlags,
    /// Stamps in its `TF` entries whose offset from Greenwich is out of its range (ECMA-119 9.1.5): they are read as UTC.
    pub impossible_offsets: TimeFlags,
    /// Time of the directory record.
    pub recorded: RecordingTime,
    /// Flags of the (first) directory record.
    pub flags: FileFlags,
    /// Complete System Use entries that the fields here do not express, one behind another as recorded.
    /// `TF` entries come first, if they hold more than a modification time of 7 bytes; then follow all
    /// that belong neither to SUSP nor to Rock Ridge nor to AAIP, and `SF`.
    pub foreign: &'a [u8],
    /// `AL` entries, one behind another as recorded: [`AttributeList`](crate::aaip::AttributeList) reads them.
    pub attribute_list: &'a [u8],
    /// Data length as stated in the (first) directory record.
    pub data_length: u32,
    /// Blocks of the extended attribute record, which is not read.
    pub extended_attribute_blocks: u8,
    /// System Use in front of SUSP entries (SUSP 5.3), such as that of CD-ROM XA; all of it when the volume has no Rock Ridge,
    /// or is read without it. Empty if all these bytes are zero.
    pub plain_system_use: &'a [u8],
    /// Whether this is a directory that is recorded elsewhere because of its depth, and was put back.
    pub relocated: bool,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind<'a> {
    /// A directory. Damaged or crafted volumes have loops: the caller has to look out for a directory
    /// within itself.
    Directory(Directory),
    /// A regular file.
    File {
        /// Where its bytes are, in order; none for an empty file. They may lie behind the end of the
        /// image.
        sections: &'a [Section],
        /// Their length.
        len: u64,
        /// How they make the bytes of the file.
        encoding: Encoding,
    },
    /// A symbolic link, with its target.
    Symlink(&'a [u8]),
    /// A character device.
    CharacterDevice {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A block device.
    BlockDevice {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
}
