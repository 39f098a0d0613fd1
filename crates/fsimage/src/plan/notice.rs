use std::fmt;

use crate::tree::{FileSystem, Kind};

/// Something of the tree that a file system of the image cannot keep as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The name is recorded in another form. Case folding and the version number that ISO 9660 gives every
    /// name are not counted.
    Renamed {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
        /// The name as recorded there, as readers show it.
        recorded: String,
        /// Why: `characters`, `dots`, `length`, `collision`, joined by commas.
        reasons: String,
    },
    /// The item is left out.
    Dropped {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
        /// What it is.
        kind: Kind,
    },
    /// The directory is recorded elsewhere, and Rock Ridge readers see it in its place.
    Relocated {
        /// Path in the tree.
        path: String,
        /// Path of the record in the plain ISO 9660 tree.
        recorded: String,
    },
    /// The modification time lies outside the years 1900 to 2155 and is recorded as the nearest.
    TimeClamped {
        /// Path in the tree.
        path: String,
    },
}

impl Notice {
    /// Path in the tree.
    pub fn path(&self) -> &str {
        match self {
            Notice::Renamed { path, .. }
            | Notice::Dropped { path, .. }
            | Notice::Relocated { path, .. }
            | Notice::TimeClamped { path } => path,
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::Renamed { path, file_system, recorded, reasons } => {
                write!(f, "{path}: {file_system} records it as {recorded:?} ({reasons})")
            }
            Notice::Dropped { path, file_system, kind } => {
                write!(f, "{path}: {file_system} cannot hold a {kind}; it is left out there")
            }
            Notice::Relocated { path, recorded } => {
                write!(f, "{path}: deeper than 8 levels; ISO 9660 records it as {recorded}")
            }
            Notice::TimeClamped { path } => {
                write!(f, "{path}: its time lies outside 1900 to 2155 and is recorded as the nearest")
            }
        }
    }
}

/// How many notices of each kind a plan has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeCounts {
    /// [`Notice::Renamed`].
    pub renamed: u64,
    /// [`Notice::Dropped`].
    pub dropped: u64,
    /// [`Notice::Relocated`].
    pub relocated: u64,
    /// [`Notice::TimeClamped`].
    pub time_clamped: u64,
}

impl NoticeCounts {
    /// All of them.
    pub fn total(self) -> u64 {
        self.renamed + self.dropped + self.relocated + self.time_clamped
    }

    /// The sum of two.
    pub(crate) fn and(self, other: NoticeCounts) -> NoticeCounts {
        NoticeCounts {
            renamed: self.renamed + other.renamed,
            dropped: self.dropped + other.dropped,
            relocated: self.relocated + other.relocated,
            time_clamped: self.time_clamped + other.time_clamped,
        }
    }
}
