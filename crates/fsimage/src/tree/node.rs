use std::fmt;

use bitflags::bitflags;

use super::arena::ArenaRef;
use super::{ContentId, FileSystems, Timestamp};

/// Number of a node in its tree. The root is [`NodeId::ROOT`].
///
/// A number that the tree does not have, such as that of an item whose adding was rolled back, is that of nothing:
/// [`Tree::holds`](crate::Tree::holds) says so. It looks like a pipe without a name in no directory, and what would change
/// it is [`Error::NotInTree`](crate::Error::NotInTree), or does nothing where there is no result to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// The root directory.
    pub const ROOT: NodeId = NodeId(0);
}

/// What a node is, with where to find the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A directory.
    Directory(DirectoryId),
    /// A file.
    File(ContentId),
    /// A symbolic link.
    Symlink(LinkTargetId),
    /// A character device.
    CharacterDevice(DeviceNumber),
    /// A block device.
    BlockDevice(DeviceNumber),
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
}

/// Number of a directory among the tree's directories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectoryId(pub(crate) u32);

/// Number of a symbolic link's target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkTargetId(pub(crate) u32);

/// Device number, Linux encoding folded into 12 + 20 bits: see [`DeviceNumber::new`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceNumber(u32);

impl DeviceNumber {
    /// `None` when `major` needs over 12 or `minor` over 20 bits: more than Linux device numbers have.
    #[must_use]
    pub fn new(major: u32, minor: u32) -> Option<DeviceNumber> {
        (major < 1 << 12 && minor < 1 << 20).then_some(DeviceNumber(major << 20 | minor))
    }

    /// The major number.
    #[must_use]
    pub fn major(self) -> u32 {
        self.0 >> 20
    }

    /// The minor number.
    #[must_use]
    pub fn minor(self) -> u32 {
        self.0 & 0xf_ffff
    }
}

/// What a node is, without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    Directory,
    File,
    Symlink,
    CharacterDevice,
    BlockDevice,
    Fifo,
    Socket,
}

impl Kind {
    /// One letter, as `find -printf %y` has it: `d f l c b p s`.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Kind::Directory => 'd',
            Kind::File => 'f',
            Kind::Symlink => 'l',
            Kind::CharacterDevice => 'c',
            Kind::BlockDevice => 'b',
            Kind::Fifo => 'p',
            Kind::Socket => 's',
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Directory => "directory",
            Kind::File => "file",
            Kind::Symlink => "symbolic link",
            Kind::CharacterDevice => "character device",
            Kind::BlockDevice => "block device",
            Kind::Fifo => "fifo",
            Kind::Socket => "socket",
        })
    }
}

impl NodeKind {
    /// The kind alone.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            NodeKind::Directory(_) => Kind::Directory,
            NodeKind::File(_) => Kind::File,
            NodeKind::Symlink(_) => Kind::Symlink,
            NodeKind::CharacterDevice(_) => Kind::CharacterDevice,
            NodeKind::BlockDevice(_) => Kind::BlockDevice,
            NodeKind::Fifo => Kind::Fifo,
            NodeKind::Socket => Kind::Socket,
        }
    }
}

bitflags! {
    /// Flags of an item's ICB that a tree holds (ECMA-167 4/14.6.8): Windows shows them as attributes of the item.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    pub struct UdfFlags: u8 {
        /// Changed since it was last archived.
        const ARCHIVE = 1;
        /// Of the system.
        const SYSTEM = 2;
    }

    /// What needs a bit.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(super) struct Marks: u8 {
        const ARCHIVE = UdfFlags::ARCHIVE.bits();
        const SYSTEM = UdfFlags::SYSTEM.bits();
        /// A directory whose time of modification nobody told.
        const UNDATED = 4;
        /// An imported item that has another name or directory than it had, or was in another session.
        const PLACED_ANEW = 8;
        /// An imported item whose times are changed.
        const RETIMED = 16;
        /// An imported item whose records specify no time of modification.
        const UNSPECIFIED = 32;
        /// An imported item that an update calls otherwise than the session does, or has elsewhere.
        const CALLED_ANEW = 64;
    }
}

impl Marks {
    pub(super) fn of_undated(undated: bool) -> Marks {
        if undated { Marks::UNDATED } else { Marks::empty() }
    }

    pub(super) fn udf(self) -> UdfFlags {
        UdfFlags::from_bits_truncate(self.bits())
    }

    pub(super) fn set_udf(&mut self, flags: UdfFlags) {
        self.set(Marks::ARCHIVE, flags.contains(UdfFlags::ARCHIVE));
        self.set(Marks::SYSTEM, flags.contains(UdfFlags::SYSTEM));
    }
}

/// An item of the tree. 40 bytes; what repeats is interned, what can be derived is not stored.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) parent: NodeId,
    pub(super) name: ArenaRef,
    pub(super) hidden_in: FileSystems,
    pub(super) imported: bool,
    /// File systems in which users need not be told of it.
    pub(super) concealed_in: FileSystems,
    pub(super) marks: Marks,
    pub(super) kind: NodeKind,
    pub(super) attributes: u32,
    pub(super) modified: Timestamp,
    /// Index + 1 of the SUSP entries carried from an imported record.
    pub(super) carried: u32,
}

/// What is at a number that the tree does not have.
pub(super) static NOTHING: Node = Node {
    parent: NodeId::ROOT,
    name: ArenaRef::EMPTY,
    hidden_in: FileSystems::empty(),
    imported: false,
    concealed_in: FileSystems::empty(),
    marks: Marks::empty(),
    kind: NodeKind::Fifo,
    attributes: 0,
    modified: Timestamp { seconds: 0, nanoseconds: 0 },
    carried: 0,
};
