use std::fmt;

/// Bytes of user data in a sector: 2048, the only size that data sessions of CD, DVD and BD have.
pub const SECTOR_SIZE: usize = 2048;

/// Absolute sector on the medium. Sector 0 is the first of the first session, whichever session is
/// looked at.
///
/// A sector and a count are different types: a sector plus a count is a sector, the distance of two
/// sectors is a count, and the sum of two sectors does not compile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sector(u32);

/// A number of sectors. 32 bits reach 8 TiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SectorCount(u32);

impl Sector {
    /// Sector 0 of the medium.
    pub const ZERO: Sector = Sector(0);

    /// The sector with this absolute number.
    #[must_use]
    pub const fn new(number: u32) -> Sector {
        Sector(number)
    }

    /// The absolute number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Offset of the sector's first byte in an image file that starts at sector 0.
    #[must_use]
    pub const fn byte_offset(self) -> u64 {
        self.0 as u64 * SECTOR_SIZE as u64
    }

    /// The sector `count` sectors on; `None` past the 32-bit range.
    #[must_use]
    pub const fn checked_add(self, count: SectorCount) -> Option<Sector> {
        match self.0.checked_add(count.0) {
            Some(number) => Some(Sector(number)),
            None => None,
        }
    }

    /// The sector `count` sectors back; `None` before sector 0.
    #[must_use]
    pub const fn checked_sub(self, count: SectorCount) -> Option<Sector> {
        match self.0.checked_sub(count.0) {
            Some(number) => Some(Sector(number)),
            None => None,
        }
    }

    /// Sectors from `earlier` up to this one; `None` if `earlier` lies behind it.
    #[must_use]
    pub const fn since(self, earlier: Sector) -> Option<SectorCount> {
        match self.0.checked_sub(earlier.0) {
            Some(count) => Some(SectorCount(count)),
            None => None,
        }
    }

    /// The first sector at or after this one whose number is a multiple of `unit`; `None` past the
    /// 32-bit range. A `unit` of 0 counts as 1.
    #[must_use]
    pub const fn align_up(self, unit: SectorCount) -> Option<Sector> {
        match SectorCount(self.0).align_up(unit) {
            Some(count) => Some(Sector(count.0)),
            None => None,
        }
    }
}

impl SectorCount {
    /// No sectors.
    pub const ZERO: SectorCount = SectorCount(0);

    /// This many sectors.
    #[must_use]
    pub const fn new(count: u32) -> SectorCount {
        SectorCount(count)
    }

    /// The number of sectors.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Their length in bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0 as u64 * SECTOR_SIZE as u64
    }

    /// Sectors needed to hold `bytes` bytes; `None` over 8 TiB.
    #[must_use]
    pub const fn for_bytes(bytes: u64) -> Option<SectorCount> {
        let count = bytes.div_ceil(SECTOR_SIZE as u64);
        if count > u32::MAX as u64 { None } else { Some(SectorCount(count as u32)) }
    }

    /// Sum; `None` past the 32-bit range.
    #[must_use]
    pub const fn checked_add(self, other: SectorCount) -> Option<SectorCount> {
        match self.0.checked_add(other.0) {
            Some(count) => Some(SectorCount(count)),
            None => None,
        }
    }

    /// Difference; `None` below zero.
    #[must_use]
    pub const fn checked_sub(self, other: SectorCount) -> Option<SectorCount> {
        match self.0.checked_sub(other.0) {
            Some(count) => Some(SectorCount(count)),
            None => None,
        }
    }

    /// The next multiple of `unit`; `None` past the 32-bit range. A `unit` of 0 counts as 1.
    #[must_use]
    pub const fn align_up(self, unit: SectorCount) -> Option<SectorCount> {
        let unit = if unit.0 == 0 { 1 } else { unit.0 };
        match self.0.checked_next_multiple_of(unit) {
            Some(count) => Some(SectorCount(count)),
            None => None,
        }
    }
}

impl fmt::Display for Sector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for SectorCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_stays_inside_32_bits() {
        let last = Sector::new(u32::MAX);
        assert_eq!(last.checked_add(SectorCount::new(1)), None);
        assert_eq!(last.align_up(SectorCount::new(16)), None);
        assert_eq!(Sector::ZERO.checked_sub(SectorCount::new(1)), None);
        assert_eq!(Sector::new(5).since(Sector::new(6)), None);
        assert_eq!(Sector::new(6).since(Sector::new(5)), Some(SectorCount::new(1)));
    }

    #[test]
    fn counts_cover_partial_sectors_and_stop_at_8_tib() {
        assert_eq!(SectorCount::for_bytes(0), Some(SectorCount::ZERO));
        assert_eq!(SectorCount::for_bytes(1), Some(SectorCount::new(1)));
        assert_eq!(SectorCount::for_bytes(2048), Some(SectorCount::new(1)));
        assert_eq!(SectorCount::for_bytes(2049), Some(SectorCount::new(2)));
        let most = u64::from(u32::MAX) * 2048;
        assert_eq!(SectorCount::for_bytes(most), Some(SectorCount::new(u32::MAX)));
        assert_eq!(SectorCount::for_bytes(most + 1), None);
    }

    #[test]
    fn alignment_to_write_units() {
        assert_eq!(Sector::new(174).align_up(SectorCount::new(16)), Some(Sector::new(176)));
        assert_eq!(Sector::new(176).align_up(SectorCount::new(16)), Some(Sector::new(176)));
        assert_eq!(Sector::new(7).align_up(SectorCount::ZERO), Some(Sector::new(7)));
    }
}
