use md5::{Digest as _, Md5};
use sector_io::{Extent, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::{ChecksumArray, Md5Sum, SUM_LEN};
use crate::disc::read_through;
use crate::{Control, Result};

/// The sums of an array, of which no more than a sector is kept.
pub(crate) struct ArrayReader {
    pub(crate) is: ChecksumArray,
    sector: Option<(Sector, [u8; SECTOR_SIZE])>,
}

impl ArrayReader {
    pub(crate) fn new(is: ChecksumArray) -> ArrayReader {
        ArrayReader { is, sector: None }
    }

    /// The sum of that place.
    pub(crate) fn sum(&mut self, source: &dyn ReadSectors, index: u32) -> Result<Md5Sum> {
        let offset = u64::from(index) * SUM_LEN as u64;
        let skip = SectorCount::new((offset / SECTOR_SIZE as u64) as u32);
        let at = self.is.at.checked_add(skip).unwrap_or(Sector::new(u32::MAX));
        let sector = match &self.sector {
            Some((kept, sector)) if *kept == at => sector,
            _ => {
                let mut sector = [0; SECTOR_SIZE];
                source.read_sectors(at, &mut sector)?;
                &self.sector.insert((at, sector)).1
            }
        };
        let mut sum = Md5Sum::default();
        let from = (offset % SECTOR_SIZE as u64) as usize;
        sum.copy_from_slice(&sector[from..from + SUM_LEN]);
        Ok(sum)
    }

    /// Whether the last sum is that of the others.
    pub(crate) fn check(&self, source: &dyn ReadSectors, control: &Control) -> Result<bool> {
        let mut left = (u64::from(self.is.count) - 1) * SUM_LEN as u64;
        let (mut hasher, mut last): (_, Vec<u8>) = (Md5::new(), Vec::new());
        read_through(source, Extent::new(self.is.at, self.is.sectors()), control, &mut |sectors| {
            let (sums, behind) = sectors.split_at(left.min(sectors.len() as u64) as usize);
            hasher.update(sums);
            left -= sums.len() as u64;
            last.extend(behind.iter().take(SUM_LEN - last.len()));
        })?;
        Ok(hasher.finalize()[..] == last[..])
    }
}
