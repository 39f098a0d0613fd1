//! The sectors of a session as they were when it was written.

use std::sync::Arc;

use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};
use udf::Descriptor;

use super::own_anchor;
use super::udf::{anchor_at, kept_anchor};
use crate::head::{ANCHOR, KEPT_ANCHOR};

/// A medium on which the head is as it was for a session: what a session at sector 0 had is in its place again, rather than
/// where it was copied to for a newer one, and in sector 256 is the anchor of UDF that a first session behind the head had.
pub(crate) struct AsWritten {
    source: Arc<dyn ReadSectors>,
    copy: Option<Sector>,
    /// What sector 256 had.
    anchor: Option<Box<[u8; SECTOR_SIZE]>>,
}

impl AsWritten {
    /// `copy` is where the head of a session was copied to, if it was.
    pub(crate) fn new(source: Arc<dyn ReadSectors>, session: Sector, copy: Option<Sector>) -> AsWritten {
        let anchor = match copy {
            Some(copy) => kept(source.as_ref(), copy),
            None => of_first(source.as_ref(), session),
        };
        AsWritten { source, copy, anchor }
    }

    fn read_sector(&self, at: Sector, sector: &mut [u8]) -> Result<(), ReadError> {
        let place = match (self.copy, &self.anchor) {
            (Some(_), Some(_)) if at.get() == KEPT_ANCHOR.get() => None,
            (_, Some(anchor)) if at == ANCHOR => {
                sector.copy_from_slice(&anchor[..]);
                return Ok(());
            }
            (Some(copy), _) if at.get() <= KEPT_ANCHOR.get() => copy.checked_add(SectorCount::new(at.get())),
            _ => Some(at),
        };
        match place {
            Some(place) => self.source.read_sectors(place, sector),
            None => {
                sector.fill(0);
                Ok(())
            }
        }
    }
}

/// The anchor that the copy of a head has.
fn kept(source: &dyn ReadSectors, copy: Sector) -> Option<Box<[u8; SECTOR_SIZE]>> {
    let mut sector = Box::new([0; SECTOR_SIZE]);
    source.read_sectors(kept_anchor(source, copy)?, &mut sector[..]).ok()?;
    Some(sector)
}

/// The anchor for sector 256 of a session that begins before it and has another one of its own, where that sector is one.
fn of_first(source: &dyn ReadSectors, session: Sector) -> Option<Box<[u8; SECTOR_SIZE]>> {
    if session == Sector::ZERO || session > ANCHOR {
        return None;
    }
    anchor_at(source, ANCHOR, ANCHOR)?;
    let mut anchor = own_anchor(source, session)?;
    anchor.tag.location = ANCHOR.get();
    let mut sector = Box::new([0; SECTOR_SIZE]);
    anchor.encode(&mut sector[..]).ok()?;
    Some(sector)
}

impl ReadSectors for AsWritten {
    fn sectors(&self) -> SectorCount {
        self.source.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let is_as_it_was = self.copy.is_none() && self.anchor.is_none();
        if is_as_it_was || start > ANCHOR {
            return self.source.read_sectors(start, into);
        }
        let numbers = (start.get()..).map(Sector::new);
        numbers.zip(into.chunks_mut(SECTOR_SIZE)).try_for_each(|(at, sector)| self.read_sector(at, sector))
    }
}
