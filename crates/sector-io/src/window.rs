use crate::read::RAW_SECTOR_SIZE;
use crate::read::check_range;
use crate::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

/// A medium that begins at a later sector of another: for images that stand inside a larger file or on
/// a partition. Sector 0 of the window is sector `offset` of what lies below.
///
/// Sessions need no window: their addresses are absolute on the medium.
#[derive(Clone, Debug)]
pub struct Window<R> {
    below: R,
    offset: SectorCount,
    len: SectorCount,
}

impl<R: ReadSectors> Window<R> {
    /// The window of at most `len` sectors from `offset`, cut at the end of `below`.
    pub fn new(below: R, offset: SectorCount, len: SectorCount) -> Window<R> {
        let rest = below.sectors().checked_sub(offset).unwrap_or_default();
        Window { below, offset, len: len.min(rest) }
    }
}

impl<R: ReadSectors> ReadSectors for Window<R> {
    fn sectors(&self) -> SectorCount {
        self.len
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        check_range(start, into.len(), self.len)?;
        let Some(start) = start.checked_add(self.offset) else {
            let count = SectorCount::for_bytes(into.len() as u64).unwrap_or_default();
            return Err(ReadError::OutOfRange { start, count, available: self.len });
        };
        self.below.read_sectors(start, into)
    }

    fn read_raw(&self, start: Sector, into: &mut [u8]) -> Result<bool, ReadError> {
        check_range(start, into.len() / RAW_SECTOR_SIZE * SECTOR_SIZE, self.len)?;
        start.checked_add(self.offset).map_or(Ok(false), |start| self.below.read_raw(start, into))
    }

    fn data_end(&self) -> SectorCount {
        self.below.data_end().checked_sub(self.offset).unwrap_or_default().min(self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemorySectors, SECTOR_SIZE};

    #[test]
    fn shifts_and_cuts() {
        let bytes = (0..4u8).flat_map(|n| [n; SECTOR_SIZE]).collect();
        let window = Window::new(MemorySectors::new(bytes), SectorCount::new(1), SectorCount::new(9));
        assert_eq!(window.sectors(), SectorCount::new(3));
        let mut sector = [0; SECTOR_SIZE];
        window.read_sectors(Sector::new(2), &mut sector).unwrap();
        assert_eq!(sector[0], 3);
        assert!(window.read_sectors(Sector::new(3), &mut sector).is_err());
        assert_eq!(window.data_end(), window.sectors());
    }
}
