//! The files that lie where something says that they do.

use std::collections::{BTreeMap, BTreeSet};

use crate::Error;
use crate::disc::Disc;
use crate::tree::{FileSystem, Kind};

/// A file in whose data a byte of the image lies.
pub(super) struct FilePlace {
    /// One of its names.
    pub(super) path: String,
    /// Bytes of it in front of that byte.
    pub(super) offset: u64,
    /// Its bytes.
    pub(super) len: u64,
}

impl Disc {
    /// The files in which bytes of the image lie, by these bytes: the first that begins there, or else the last that it
    /// is in the middle of. `None` where there is no tree to look through; what cannot be read of one holds no file
    /// that could be named.
    pub(super) fn files_at(
        &self,
        session: Option<u16>,
        bytes: impl IntoIterator<Item = u64>,
    ) -> Option<BTreeMap<u64, FilePlace>> {
        let preference = [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Iso9660];
        let image = self.image(session, &preference).ok()?;
        let mut missing: BTreeSet<u64> = bytes.into_iter().collect();
        let mut found = BTreeMap::new();
        // Breaks off by failing when all are found.
        let _ = image.walk(&mut |path, entry| {
            let mut before = 0;
            for section in entry.sections().iter().filter(|_| entry.kind == Kind::File) {
                let (start, len) = (section.start.byte_offset(), u64::from(section.len));
                let here: Vec<u64> = missing.range(start..start + len).copied().collect();
                for byte in here {
                    let path = String::from_utf8_lossy(path).into_owned();
                    let offset = before + (byte - start);
                    found.insert(byte, FilePlace { path, offset, len: entry.len });
                    if offset == 0 {
                        missing.remove(&byte);
                    }
                }
                before += len;
            }
            match missing.is_empty() {
                true => Err(Error::Cancelled { state: String::new() }),
                false => Ok(()),
            }
        });
        Some(found)
    }
}
