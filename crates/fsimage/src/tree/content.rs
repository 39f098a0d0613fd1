use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use sector_io::Sector;

use super::arena::ArenaRef;

/// Number of a content: the bytes of a file, or none. Hard links are nodes with one content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(pub(crate) u32);

/// One stretch of an imported file's data. Absolute on the medium it was imported from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Section {
    /// First sector.
    pub start: Sector,
    /// Bytes; the last sector may be partly used.
    pub len: u32,
}

/// Number of a scanned host folder, whose path is kept once for all its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HostFolderId(pub(super) u32);

/// Where a file's bytes can be had when they are needed. None of them is kept in memory but what the
/// caller gave as memory.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// A file found by a scan.
    Scanned { folder: HostFolderId, name: ArenaRef, len: u64, modified: i64 },
    /// The value of an extended attribute of a host item; without a name, of the folder itself.
    Attribute { folder: HostFolderId, name: ArenaRef, attribute: ArenaRef, len: u64 },
    /// A stretch of a host file.
    HostRange(Box<HostRange>),
    /// Bytes given by the caller.
    Memory(Arc<[u8]>),
    /// What a plan makes the boot catalog.
    BootCatalog { len: u64 },
    /// No bytes: what the names of a symbolic link, device, pipe or socket have in common.
    Identity,
    /// Digests of other contents, which are known when those are written.
    Digests { len: u64 },
    /// Bytes of a stream, spooled to an unnamed temporary file.
    Spooled { file: Arc<File>, offset: u64, len: u64 },
    /// One stretch on the medium that the tree was imported from.
    Imported { start: Sector, len: u32 },
    /// Several stretches on the medium that the tree was imported from.
    ImportedSections { sections: Box<[Section]>, len: u64 },
    /// Stretches of bytes at any positions on the medium that the tree was imported from, and of zeros where
    /// there is no position. They cannot be referred to where they lie: they are copied.
    ImportedStretches { stretches: Box<[(Option<u64>, u64)]>, len: u64 },
}

/// Content that is (part of) a host file.
#[derive(Clone, Debug)]
pub(crate) struct HostRange {
    pub(crate) path: PathBuf,
    pub(crate) offset: u64,
    pub(crate) len: u64,
    /// Nanoseconds since 1970 of the file's modification; a later one is a changed source.
    pub(crate) modified: i64,
}

impl Content {
    /// Length in bytes.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Content::Scanned { len, .. }
            | Content::Attribute { len, .. }
            | Content::Spooled { len, .. }
            | Content::BootCatalog { len }
            | Content::Digests { len }
            | Content::ImportedSections { len, .. }
            | Content::ImportedStretches { len, .. } => *len,
            Content::Identity => 0,
            Content::HostRange(range) => range.len,
            Content::Memory(bytes) => bytes.len() as u64,
            Content::Imported { len, .. } => u64::from(*len),
        }
    }

    /// Whether the bytes lie on the medium already, in whole sectors.
    pub(crate) fn is_imported(&self) -> bool {
        matches!(self, Content::Imported { .. } | Content::ImportedSections { .. })
    }
}
