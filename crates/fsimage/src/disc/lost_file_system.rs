//! File systems that are passed over because they cannot be read.

use std::fmt;

use sector_io::Sector;

use crate::Error;
use crate::tree::FileSystem;

/// A file system of a session that cannot be read, or of which damage hides whether it is there: another one is shown, which
/// comes later in the order of preference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostFileSystem {
    /// Which one.
    pub file_system: FileSystem,
    /// Where the damage is, as far as that is known.
    pub sector: Option<Sector>,
    /// That it cannot be read, and why, in words.
    pub reason: String,
    /// The one that is shown.
    pub shown: FileSystem,
}

impl LostFileSystem {
    pub(super) fn new(file_system: FileSystem, error: &Error, shown: FileSystem) -> LostFileSystem {
        let sector = match error {
            Error::Corrupt { sector, .. } => Some(*sector),
            Error::ImportRead(error) => Some(error.sector()),
            _ => None,
        };
        LostFileSystem { file_system, sector, reason: told_lost(file_system, error), shown }
    }
}

impl fmt::Display for LostFileSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {} is shown", self.reason, self.shown)
    }
}

/// That a file system cannot be read, in words. Rock Ridge is announced in the directory itself.
pub(super) fn told_lost(file_system: FileSystem, error: &Error) -> String {
    let whether = if file_system == FileSystem::RockRidge { ", if it is there," } else { "" };
    match error {
        // With the sector.
        Error::Corrupt { detail, .. } => format!("{file_system}{whether} cannot be read: {detail}"),
        error => format!("{file_system}{whether} cannot be read: {error}"),
    }
}
