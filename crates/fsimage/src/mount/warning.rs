use std::fmt;

use sector_io::Sector;

use crate::LostFileSystem;

/// What a mount does not show, or not to all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MountWarning {
    /// Another file system than this one was wanted first, and cannot be read.
    FileSystemLost(LostFileSystem),
    /// A volume descriptor is damaged, or cannot be read: other file systems may be there, or what boots.
    DescriptorLost {
        /// Where it is.
        sector: Sector,
        /// What is wrong with it, in words.
        reason: String,
    },
    /// Something of a directory is lost: a listing of it ends with an error behind what can be shown.
    DirectoryDamaged {
        /// Path in the image.
        path: String,
        /// What, in words.
        reason: String,
    },
    /// An item has a name that no path can hold, or that another in its directory has: it is left out.
    LeftOut {
        /// Path in the image.
        path: String,
        /// Why.
        reason: &'static str,
    },
    /// The access control list of an item is damaged: of other users, nobody is let near it but its owner.
    OwnerOnly {
        /// Path in the image.
        path: String,
    },
    /// A file cannot be read, all of it or some.
    FileDamaged {
        /// Path in the image.
        path: String,
        /// Why, in words.
        reason: String,
    },
}

impl fmt::Display for MountWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MountWarning::FileSystemLost(lost) => lost.fmt(f),
            MountWarning::DescriptorLost { reason, .. } => f.write_str(reason),
            MountWarning::DirectoryDamaged { path, reason } => {
                write!(f, "{path}: something of this directory is lost: {reason}")
            }
            MountWarning::LeftOut { path, reason } => write!(f, "{path}: left out: {reason}"),
            MountWarning::OwnerOnly { path } => {
                write!(f, "{path}: its access control list is damaged: only its owner is let near it")
            }
            MountWarning::FileDamaged { path, reason } => write!(f, "{path}: {reason}"),
        }
    }
}
