//! The blocks of a volume, by absolute and by logical address.

use std::ops::Range;

use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::Error;
use super::finding::{Findings, Place};
use super::icb::Chains;
use crate::LbAddr;
use crate::partition::{BlockRun, Replica, Translation};

/// Everything that reading needs: passed about by value.
#[derive(Clone, Copy)]
pub(super) struct Space<'a> {
    pub(super) source: &'a dyn ReadSectors,
    /// Logical block size, bytes: 512 to 4096, a power of two.
    pub(super) block_size: u32,
    /// By partition reference number; `None` where a map cannot be used.
    pub(super) partitions: &'a [Option<Translation>],
    pub(super) findings: &'a Findings,
    pub(super) chains: &'a Chains,
}

impl Space<'_> {
    /// Bytes of the source.
    pub(super) fn bytes(&self) -> u64 {
        self.source.sectors().bytes()
    }

    /// Whole blocks of the source.
    pub(super) fn blocks(&self) -> u32 {
        u32::try_from(self.bytes() / u64::from(self.block_size)).unwrap_or(u32::MAX)
    }

    /// First byte of a block of the volume.
    pub(super) fn place(&self, block: u32) -> Place {
        Place(u64::from(block) * u64::from(self.block_size))
    }

    /// Where a logical block begins, in the metadata mirror if it is nowhere else; byte 0 if it is nowhere.
    pub(super) fn place_of(&self, at: LbAddr) -> Place {
        let run = self.locate(at, Replica::Main).or_else(|_| self.locate(at, Replica::Mirror));
        run.map_or(Place(0), |run| self.place(run.start))
    }

    fn translation(&self, partition: u16) -> Option<&Translation> {
        self.partitions.get(usize::from(partition))?.as_ref()
    }

    pub(super) fn has_mirror(&self, partition: u16) -> bool {
        self.translation(partition).is_some_and(Translation::has_mirror)
    }

    /// Whether the partition holds these blocks, by its own statement.
    pub(super) fn contains(&self, at: LbAddr, blocks: u32) -> bool {
        self.translation(at.partition).is_some_and(|translation| translation.contains(at.block, blocks))
    }

    /// Blocks of the volume from a logical block on.
    pub(super) fn locate(&self, at: LbAddr, replica: Replica) -> Result<BlockRun, Error> {
        let LbAddr { block, partition } = at;
        let run = self.translation(partition).and_then(|translation| translation.locate(block, replica));
        run.ok_or_else(|| Error::Corrupt {
            sector: Sector::ZERO,
            structure: "partition map (ECMA-167 3/10.7)",
            detail: match self.translation(partition) {
                None => format!("logical block {block} of partition {partition}, which cannot be used"),
                Some(_) => format!("logical block {block} of partition {partition} is nowhere"),
            },
        })
    }

    /// Reads blocks of the volume; `into` is a whole number of them.
    pub(super) fn read_blocks(&self, block: u32, into: &mut [u8]) -> Result<(), ReadError> {
        read_bytes(self.source, self.place(block).0, into)
    }

    /// Reads one logical block.
    pub(super) fn read_logical(
        &self,
        at: LbAddr,
        replica: Replica,
        into: &mut Vec<u8>,
    ) -> Result<Place, Error> {
        into.clear();
        let run = self.locate(at, replica)?;
        into.resize(self.block_size as usize, 0);
        self.read_blocks(run.start, into)?;
        Ok(self.place(run.start))
    }

    /// An error about the structure at `place`.
    pub(super) fn corrupt(&self, place: Place, structure: &'static str, detail: String) -> Error {
        Error::Corrupt { sector: place.sector(), structure, detail }
    }
}

/// Reads any bytes of the source.
pub(super) fn read_bytes(source: &dyn ReadSectors, position: u64, into: &mut [u8]) -> Result<(), ReadError> {
    const SIZE: u64 = SECTOR_SIZE as u64;
    let sector = |position: u64| -> Result<Sector, ReadError> {
        u32::try_from(position / SIZE).map(Sector::new).map_err(|_| ReadError::OutOfRange {
            start: Sector::new(u32::MAX),
            count: SectorCount::new(1),
            available: source.sectors(),
        })
    };
    let (mut position, mut rest) = (position, into);
    while !rest.is_empty() {
        let within = (position % SIZE) as usize;
        let whole = rest.len() / SECTOR_SIZE * SECTOR_SIZE;
        let count = if within == 0 && whole > 0 {
            source.read_sectors(sector(position)?, &mut rest[..whole])?;
            whole
        } else {
            let mut bytes = [0; SECTOR_SIZE];
            source.read_sectors(sector(position)?, &mut bytes)?;
            let count = rest.len().min(SECTOR_SIZE - within);
            rest[..count].copy_from_slice(&bytes[within..within + count]);
            count
        };
        position += count as u64;
        rest = &mut rest[count..];
    }
    Ok(())
}

/// A stretch of neighbouring blocks that were read together, since ICBs mostly lie side by side.
#[derive(Debug, Default)]
pub(super) struct Window {
    first: u32,
    bytes: Vec<u8>,
    /// Blocks of the last read.
    count: u32,
    /// Where in `bytes` the block is that was asked for last.
    last: Range<usize>,
}

impl Window {
    /// Most blocks read at a time.
    const MOST: u32 = 64;
    /// Blocks that may be skipped by a reader that still counts as going forward.
    const NEAR: u32 = 8;

    /// A block of the volume.
    pub(super) fn block(&mut self, space: Space<'_>, block: u32) -> Result<&[u8], ReadError> {
        let size = space.block_size as usize;
        let held = (self.bytes.len() / size) as u32;
        let inside = block.checked_sub(self.first).filter(|within| *within < held);
        let within = match inside {
            Some(within) => within as usize,
            None => {
                let ahead = block.checked_sub(self.first.saturating_add(held));
                let near = held > 0 && ahead.is_some_and(|ahead| ahead <= Window::NEAR);
                let wanted = if near { (self.count * 2).clamp(2, Window::MOST) } else { 1 };
                let there = space.blocks().saturating_sub(block).max(1);
                self.read(space, block, wanted.min(there))?;
                0
            }
        };
        self.last = within * size..(within + 1) * size;
        Ok(self.last())
    }

    /// The block that was asked for last; empty if it could not be read.
    pub(super) fn last(&self) -> &[u8] {
        self.bytes.get(self.last.clone()).unwrap_or_default()
    }

    /// Holds no block any more, but its memory.
    pub(super) fn forget(&mut self) {
        self.bytes.clear();
        (self.first, self.count, self.last) = (0, 0, 0..0);
    }

    fn read(&mut self, space: Space<'_>, block: u32, count: u32) -> Result<(), ReadError> {
        let size = space.block_size as usize;
        (self.first, self.count, self.last) = (block, count, 0..0);
        self.bytes.resize(count as usize * size, 0);
        let mut result = space.read_blocks(block, &mut self.bytes);
        if result.is_err() && count > 1 {
            self.bytes.truncate(size);
            self.count = 1;
            result = space.read_blocks(block, &mut self.bytes);
        }
        if result.is_err() {
            self.bytes.clear();
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sector_io::MemorySectors;

    #[test]
    fn any_bytes_of_any_blocks() {
        let image: Vec<u8> = (0..5 * 2048u32).map(|number| (number / 16) as u8).collect();
        let source = MemorySectors::new(image.clone());
        for (start, len) in [(0, 2048), (512, 512), (1536, 1024), (4096, 4096), (100, 9000), (10_239, 1)] {
            let mut bytes = vec![0; len];
            read_bytes(&source, start as u64, &mut bytes).unwrap();
            assert_eq!(bytes, image[start..start + len]);
        }
        assert!(read_bytes(&source, 10_239, &mut [0; 2]).is_err());
        assert!(read_bytes(&source, u64::MAX - 4096, &mut [0; 2]).is_err());
    }

    #[test]
    fn windows_grow_and_stop_at_the_end() {
        let image: Vec<u8> = (0..40u8).flat_map(|number| [number; 512]).collect();
        let source = MemorySectors::new(image);
        let findings = Findings::default();
        let chains = Chains::default();
        let space =
            Space { source: &source, block_size: 512, partitions: &[], findings: &findings, chains: &chains };
        let mut window = Window::default();
        for block in (0..40).chain([3, 39, 5, 4]) {
            assert_eq!(window.block(space, block).unwrap(), [block as u8; 512]);
        }
        assert!(window.block(space, 40).is_err());
        assert_eq!(window.block(space, 1).unwrap()[0], 1);
    }
}
