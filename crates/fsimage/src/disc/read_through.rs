//! Reading many sectors in order.

use sector_io::{Extent, ReadError, ReadSectors, SectorCount};

use crate::{Control, Error, Result};

/// Sectors that are read at a time.
const AT_A_TIME: u32 = 512;

/// Reads sectors piece by piece.
///
/// # Errors
/// [`Error::ImportRead`], also for sectors behind the end; [`Error::Cancelled`].
pub(crate) fn read_through(
    source: &dyn ReadSectors,
    range: Extent,
    control: &Control,
    take: &mut dyn FnMut(&[u8]),
) -> Result<()> {
    let available = source.sectors();
    if range.end().is_none_or(|end| end.get() > available.get()) {
        let (start, count) = (range.start, range.len);
        return Err(Error::ImportRead(ReadError::OutOfRange { start, count, available }));
    }
    let mut buffer = Vec::new();
    let (mut at, mut left) = (range.start, range.len.get());
    while left > 0 {
        control.check("the check is incomplete")?;
        let piece = SectorCount::new(left.min(AT_A_TIME));
        buffer.resize(piece.bytes() as usize, 0);
        source.read_sectors(at, &mut buffer)?;
        take(&buffer);
        at = at.checked_add(piece).unwrap_or(at);
        left -= piece.get();
    }
    Ok(())
}
