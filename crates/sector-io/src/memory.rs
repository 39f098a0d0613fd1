use crate::read::check_range;
use crate::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

/// An image in memory. A partial last sector is padded with zeros.
#[derive(Clone, Debug, Default)]
pub struct MemorySectors(Vec<u8>);

impl MemorySectors {
    /// The image made of these bytes.
    #[must_use]
    pub fn new(mut bytes: Vec<u8>) -> MemorySectors {
        bytes.resize(bytes.len().next_multiple_of(SECTOR_SIZE), 0);
        MemorySectors(bytes)
    }
}

impl ReadSectors for MemorySectors {
    fn sectors(&self) -> SectorCount {
        SectorCount::new(u32::try_from(self.0.len() / SECTOR_SIZE).unwrap_or(u32::MAX))
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        check_range(start, into.len(), self.sectors())?;
        let first = start.get() as usize * SECTOR_SIZE;
        into.copy_from_slice(&self.0[first..first + into.len()]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_the_last_sector_and_refuses_more() {
        let image = MemorySectors::new(vec![7; 3000]);
        assert_eq!(image.sectors(), SectorCount::new(2));
        let mut sector = [1; SECTOR_SIZE];
        image.read_sectors(Sector::new(1), &mut sector).unwrap();
        assert_eq!((sector[951], sector[952]), (7, 0));
        let error = image.read_sectors(Sector::new(2), &mut sector).unwrap_err();
        assert_eq!(error.to_string(), "1 sectors from sector 2 pass the end at sector 2");
        assert!(image.read_sectors(Sector::new(u32::MAX), &mut sector).is_err());
    }
}
