use crate::file::{FileCharacteristics, FileType, IcbFlags, Permissions};
use crate::{LbAddr, LongAd, Timestamp};

/// An ICB that describes a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Directory {
    pub(super) icb: LbAddr,
    pub(super) len: u64,
}

impl Directory {
    /// Address of its ICB. No two directories of a sound volume share it, so it tells when a directory
    /// comes up a second time.
    #[must_use]
    pub const fn icb(&self) -> LbAddr {
        self.icb
    }

    /// Bytes of its file identifiers, as stated.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether not even the identifier of its parent is stated to be there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// A file identifier, as it stands in a directory (ECMA-167 4/14.4).
#[derive(Clone, Copy, Debug)]
pub struct Identifier<'a> {
    /// The name in UTF-8; empty for the parent. Any characters may be in it, `/` and zero among them; names
    /// may come twice. What is no text is shown with U+FFFD.
    pub name: &'a [u8],
    /// The name as recorded, with its compression id.
    pub identifier: &'a [u8],
    /// Hidden, directory, deleted, parent, metadata.
    pub characteristics: FileCharacteristics,
    /// Where the ICB is. Its implementation use has the lower half of the unique id in bytes 2 to 5.
    pub icb: LongAd,
    /// Implementation use of the descriptor.
    pub implementation_use: &'a [u8],
}

/// An entry of a directory: its identifier and what its ICB says.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The name in UTF-8, as in [`Identifier::name`].
    pub name: &'a [u8],
    /// The name as recorded, with its compression id; empty for the root.
    pub identifier: &'a [u8],
    /// Hidden, directory, metadata.
    pub characteristics: FileCharacteristics,
    /// What the entry is.
    pub kind: EntryKind<'a>,
    /// Address of its ICB; entries with the same one are names of one file.
    pub icb: LbAddr,
    /// Unique id of the file.
    pub unique_id: u64,
    /// Type as recorded; it tells real-time files from others.
    pub file_type: FileType,
    /// Flags of the ICB: set-id bits, archive, system, contiguous.
    pub flags: IcbFlags,
    /// Permissions as recorded.
    pub permissions: Permissions,
    /// Owner; `None` if not specified.
    pub uid: Option<u32>,
    /// Group; `None` if not specified.
    pub gid: Option<u32>,
    /// File link count: identifiers that name the file.
    pub links: u16,
    /// Information length, bytes.
    pub len: u64,
    /// Logical blocks recorded, as stated.
    pub blocks_recorded: u64,
    /// Times.
    pub times: Times,
    /// Extended attributes that stand in the entry, with their header descriptor.
    pub extended_attributes: &'a [u8],
    /// Address of the ICB of the directory with its named streams.
    pub streams: Option<LbAddr>,
}

impl Entry<'_> {
    /// Permissions and set-id bits as a POSIX mode without the type of the file.
    #[must_use]
    pub const fn mode(&self) -> u32 {
        self.permissions.mode() | self.flags.mode()
    }
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind<'a> {
    /// A directory, or the directory of a file's streams.
    Directory(Directory),
    /// A regular or real-time file, or a stream.
    File(File<'a>),
    /// A symbolic link, with its target: components in UTF-8 with slashes between them.
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

/// Where a file's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File<'a> {
    /// In the file entry itself: these.
    Embedded(&'a [u8]),
    /// In extents: ask the volume for them with the address of the ICB.
    Extents,
}

/// Times of a file as recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Last access.
    pub access: Timestamp,
    /// Last change of the data.
    pub modify: Timestamp,
    /// Creation: of an extended file entry, or from the extended attributes.
    pub creation: Option<Timestamp>,
    /// Last change of the attributes.
    pub attribute: Timestamp,
    /// From which on the file may be deleted. This and those that follow are from the extended attributes.
    pub deletion: Option<Timestamp>,
    /// From which on the file may be used.
    pub effective: Option<Timestamp>,
    /// Last backup.
    pub last_backup: Option<Timestamp>,
}

/// A run of a file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stretch {
    /// First byte in the source; `None` for zeros that are not recorded. It may lie behind the end.
    pub position: Option<u64>,
    /// Bytes; at least 1.
    pub len: u64,
}

impl Stretch {
    pub(super) fn is_followed_by(&self, next: Option<u64>) -> bool {
        match (self.position, next) {
            (None, None) => true,
            (Some(position), Some(next)) => position.checked_add(self.len) == Some(next),
            _ => false,
        }
    }
}

/// The content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Its bytes, which stand in the file entry.
    Embedded(Vec<u8>),
    /// Where its bytes lie, in order. They are fewer than the file's length if the file is damaged.
    Extents(Vec<Stretch>),
}

impl Content {
    /// Bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Content::Embedded(bytes) => bytes.len() as u64,
            Content::Extents(stretches) => {
                stretches.iter().fold(0, |sum: u64, stretch| sum.saturating_add(stretch.len))
            }
        }
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
