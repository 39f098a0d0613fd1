use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use sector_io::Sector;

use super::Origin;
use super::arena::ArenaRef;

/// Number of a content: the bytes of a file, or none. Hard links are nodes with one content. One that the tree does not
/// have is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ContentId(pub(crate) u32);

/// One stretch of an imported file's data. Absolute on the medium it was imported from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
    /// What is stored of another content without its holes.
    Sparse(Arc<SparseContent>),
    /// Others one behind another.
    Joined(Arc<JoinedContent>),
    /// Several stretches on the medium that the tree was imported from.
    ImportedSections { sections: Box<[Section]>, len: u64 },
    /// Stretches of bytes at any positions on the medium that the tree was imported from, and of zeros where
    /// there is no position. They cannot be referred to where they lie: they are copied.
    ImportedStretches { stretches: Box<[(Option<u64>, u64)]>, len: u64 },
    /// On another medium than that, from which it is copied.
    Foreign(Arc<ForeignContent>),
}

/// Content of another medium than that which a tree was imported from.
#[derive(Debug)]
pub(crate) struct ForeignContent {
    pub(crate) origin: Origin,
    /// One of the imported kinds: where it lies there.
    pub(crate) content: Content,
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

/// A host file as it is stored without its holes: tables, and its data one behind another.
#[derive(Debug)]
pub(crate) struct SparseContent {
    /// The file.
    pub(crate) of: ContentId,
    /// A file with the tables, where they begin there, and how long they are.
    pub(crate) tables: Arc<File>,
    pub(crate) offset: u64,
    pub(crate) tables_len: u64,
    /// First byte of each stretch of data in the file, and behind the tables; both ascend.
    pub(crate) data: Box<[(u64, u64)]>,
    pub(crate) len: u64,
}

/// Contents of which one follows another. They are of it alone, so that what becomes of other files changes nothing here.
#[derive(Debug)]
pub(crate) struct JoinedContent {
    /// Each with where it ends; none is empty or joined itself.
    parts: Box<[(u64, ContentId)]>,
}

impl JoinedContent {
    /// `None` where they are longer than can be told. Each is given with its length.
    pub(super) fn new(parts: impl IntoIterator<Item = (ContentId, u64)>) -> Option<JoinedContent> {
        let mut end = 0u64;
        let ended = parts.into_iter().filter(|(_, len)| *len > 0).map(|(content, len)| {
            end = end.checked_add(len)?;
            Some((end, content))
        });
        Some(JoinedContent { parts: ended.collect::<Option<_>>()? })
    }

    pub(crate) fn len(&self) -> u64 {
        self.parts.last().map_or(0, |&(end, _)| end)
    }

    pub(crate) fn contents(&self) -> impl Iterator<Item = ContentId> + '_ {
        self.parts.iter().map(|&(_, content)| content)
    }

    /// The content that the byte at `offset` comes from, from where on there, and how many more do up to `len` bytes.
    pub(crate) fn part(&self, offset: u64, len: u64) -> Option<(ContentId, u64, u64)> {
        let at = self.parts.partition_point(|&(end, _)| end <= offset);
        let &(end, content) = self.parts.get(at)?;
        let start = at.checked_sub(1).map_or(0, |before| self.parts[before].0);
        Some((content, offset - start, len.min(end - offset)))
    }
}

/// Where bytes of a [`SparseContent`] come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SparsePart {
    /// From there on of the file with the tables.
    Tables(u64),
    /// From there on of the file that is stored.
    Data(u64),
}

impl SparseContent {
    /// Where the byte at `offset` comes from, and how many more do up to `len` bytes. There are some.
    pub(crate) fn part(&self, offset: u64, len: u64) -> (SparsePart, u64) {
        let Some(behind) = offset.checked_sub(self.tables_len) else {
            return (SparsePart::Tables(self.offset + offset), len.min(self.tables_len - offset));
        };
        let next = self.data.partition_point(|&(_, stored)| stored <= behind);
        let end = self.data.get(next).map_or(self.len - self.tables_len, |&(_, stored)| stored);
        let (start, stored) = self.data.get(next.wrapping_sub(1)).copied().unwrap_or_default();
        (SparsePart::Data(start + (behind - stored)), len.min(end - behind))
    }
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
            Content::Sparse(stored) => stored.len,
            Content::Foreign(foreign) => foreign.content.len(),
            Content::Joined(joined) => joined.len(),
            Content::Memory(bytes) => bytes.len() as u64,
            Content::Imported { len, .. } => u64::from(*len),
        }
    }

    /// Whether the bytes lie on the medium already, in whole sectors.
    pub(crate) fn is_imported(&self) -> bool {
        matches!(self, Content::Imported { .. } | Content::ImportedSections { .. })
    }
}
