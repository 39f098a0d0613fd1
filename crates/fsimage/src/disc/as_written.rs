//! The sectors of a session as they were when it was written.

use std::sync::Arc;

use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::udf::kept_anchor;
use crate::head::{ANCHOR, KEPT_ANCHOR};

/// A medium on which the head that a session at sector 0 had is in its place again, rather than where it was copied to
/// for a newer one.
pub(super) struct AsWritten {
    source: Arc<dyn ReadSectors>,
    copy: Option<Sector>,
    /// Where the copy has the anchor of sector 256.
    anchor: Option<Sector>,
}

impl AsWritten {
    /// `copy` is where the head was copied to, if it was.
    pub(super) fn new(source: Arc<dyn ReadSectors>, copy: Option<Sector>) -> AsWritten {
        let anchor = copy.and_then(|copy| kept_anchor(source.as_ref(), copy));
        AsWritten { source, copy, anchor }
    }

    /// Where a sector is now; `None` for one of zeros.
    fn place_of(&self, at: Sector) -> Option<Sector> {
        match (self.copy, self.anchor) {
            (Some(_), Some(_)) if at.get() == KEPT_ANCHOR.get() => None,
            (Some(_), Some(anchor)) if at == ANCHOR => Some(anchor),
            (Some(copy), _) if at.get() <= KEPT_ANCHOR.get() => copy.checked_add(SectorCount::new(at.get())),
            _ => Some(at),
        }
    }
}

impl ReadSectors for AsWritten {
    fn sectors(&self) -> SectorCount {
        self.source.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        if self.copy.is_none() || start > ANCHOR {
            return self.source.read_sectors(start, into);
        }
        for (at, sector) in (start.get()..).map(Sector::new).zip(into.chunks_mut(SECTOR_SIZE)) {
            match self.place_of(at) {
                Some(place) => self.source.read_sectors(place, sector)?,
                None => sector.fill(0),
            }
        }
        Ok(())
    }
}
