//! A disc that is read from one of its partitions on, as a volume by itself (`PlanOptions::partition_offset`).

use iso9660::directory::DirectoryRecord;
use sector_io::{Extent, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::read_through::read_through;
use crate::{Control, Error, Result};

/// Looked for behind the system area only.
const FIRST: u32 = iso9660::volume::FIRST_DESCRIPTOR;

/// How many sectors of the whole disc lie before what is read, by a directory of the disc's own volume: its record of itself
/// says where it lies on the disc. `None` where no such directory lies before `end`.
///
/// # Errors
/// [`Error::Cancelled`].
pub(super) fn partition_start(
    source: &dyn ReadSectors,
    end: u64,
    control: &Control,
) -> Result<Option<SectorCount>> {
    let end = u32::try_from(end).unwrap_or(u32::MAX).min(source.sectors().get());
    let range = Extent::new(Sector::new(FIRST), SectorCount::new(end.saturating_sub(FIRST)));
    let (mut at, mut start) = (FIRST, None);
    let read = read_through(source, range, control, &mut |sectors| {
        for sector in sectors.chunks_exact(SECTOR_SIZE) {
            start = start.or_else(|| own_place(sector)?.checked_sub(at).filter(|&before| before > 0));
            at = at.saturating_add(1);
        }
    });
    match read {
        Err(error @ Error::Cancelled { .. }) => Err(error),
        // Up to what cannot be read.
        _ => Ok(start.map(SectorCount::new)),
    }
}

/// Where a sector lies that is the first of a directory, as that says (ECMA-119 6.8.2.2).
fn own_place(sector: &[u8]) -> Option<u32> {
    // Most sectors are none: the length of such a record is 34 and more, and its name is a zero.
    (sector[0] >= 34 && sector[32..34] == [1, 0]).then_some(())?;
    let (_, own) = DirectoryRecord::parse(sector).ok()?;
    (own.identifier == [0]).then_some(own.extent.get())
}
