//! All conversions between the address types of the standards.

use iso9660::LogicalBlock;
use mmc_device::Lba;
use sector_io::Sector;

/// The number of a sector's logical block, which is 2048 bytes as well (ECMA-119 6.2.2), in a volume that counts from
/// `origin`.
pub(crate) fn block(origin: Sector, sector: Sector) -> LogicalBlock {
    LogicalBlock::new(sector.get().saturating_sub(origin.get()))
}

/// The sector of a logical block of 2048 bytes.
pub(crate) fn sector(block: LogicalBlock) -> Sector {
    Sector::new(block.get())
}

/// The drive's address of a sector; `None` beyond 2^31 - 1.
pub(crate) fn lba(sector: Sector) -> Option<Lba> {
    i32::try_from(sector.get()).ok().map(Lba::new)
}

/// The sector at a drive's address; `None` in the lead-in.
pub(crate) fn sector_of_lba(lba: Lba) -> Option<Sector> {
    u32::try_from(lba.get()).ok().map(Sector::new)
}
