use std::fmt;

use sector_io::{Sector, SectorCount};

/// Number of a Logical Block (ECMA-119 6.2.2), counted from the start of the volume space. Logical
/// blocks have 2048 bytes here, so that block and sector numbers agree; a volume with another block
/// size states so in its descriptors and has to be refused or converted before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogicalBlock(u32);

impl LogicalBlock {
    /// The block with this number.
    #[must_use]
    pub const fn new(number: u32) -> LogicalBlock {
        LogicalBlock(number)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The block `blocks` on; `None` past the 32-bit range.
    #[must_use]
    pub const fn checked_add(self, blocks: u32) -> Option<LogicalBlock> {
        match self.0.checked_add(blocks) {
            Some(number) => Some(LogicalBlock(number)),
            None => None,
        }
    }

    /// The block `count` sectors on; `None` past the 32-bit range.
    #[must_use]
    pub const fn checked_add_sectors(self, count: SectorCount) -> Option<LogicalBlock> {
        self.checked_add(count.get())
    }

    /// The sector of the medium that holds the block.
    #[must_use]
    pub const fn sector(self) -> Sector {
        Sector::new(self.0)
    }
}

impl From<Sector> for LogicalBlock {
    fn from(sector: Sector) -> LogicalBlock {
        LogicalBlock(sector.get())
    }
}

impl From<LogicalBlock> for Sector {
    fn from(block: LogicalBlock) -> Sector {
        block.sector()
    }
}

impl fmt::Display for LogicalBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_sectors_and_stay_inside_32_bits() {
        assert_eq!(Sector::from(LogicalBlock::new(17)), Sector::new(17));
        assert_eq!(LogicalBlock::from(Sector::new(17)), LogicalBlock::new(17));
        assert_eq!(LogicalBlock::new(u32::MAX).checked_add(1), None);
        assert_eq!(LogicalBlock::new(1).checked_add_sectors(SectorCount::new(2)), Some(LogicalBlock::new(3)));
    }
}
