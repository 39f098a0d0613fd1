use std::fmt;

use sector_io::Sector;

/// Logical block address as commands carry it: 2048-byte blocks, signed, because the pregap and the
/// lead-in of a CD lie below 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lba(i32);

impl Lba {
    /// Block 0, the first of the first session's program area.
    pub const ZERO: Lba = Lba(0);

    /// The block with this address.
    #[must_use]
    pub const fn new(address: i32) -> Lba {
        Lba(address)
    }

    /// The address as the drive sends it, 4 bytes in two's complement.
    #[must_use]
    pub const fn from_wire(bytes: u32) -> Lba {
        Lba(bytes.cast_signed())
    }

    /// The address as the drive takes it.
    #[must_use]
    pub const fn to_wire(self) -> u32 {
        self.0.cast_unsigned()
    }

    /// The address.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }

    /// The block `blocks` blocks on; `None` past the 31-bit range.
    #[must_use]
    pub const fn checked_add(self, blocks: u32) -> Option<Lba> {
        match self.0.checked_add_unsigned(blocks) {
            Some(address) => Some(Lba(address)),
            None => None,
        }
    }

    /// Blocks from `earlier` up to this one; `None` if `earlier` lies behind it.
    #[must_use]
    pub const fn since(self, earlier: Lba) -> Option<u32> {
        if earlier.0 > self.0 { None } else { Some(self.0.abs_diff(earlier.0)) }
    }

    /// Blocks from block 0 up to this one; 0 in the lead-in.
    #[must_use]
    pub const fn blocks_from_zero(self) -> u32 {
        if self.0 < 0 { 0 } else { self.0.unsigned_abs() }
    }

    /// The block of a CD's minute, second and frame address (READ TOC with the MSF bit, page 2 formats): addresses
    /// from minute 90 on are those of the lead-in.
    #[must_use]
    pub const fn from_msf(minute: u8, second: u8, frame: u8) -> Lba {
        let frames = (minute as i32 * 60 + second as i32) * 75 + frame as i32;
        Lba(if minute < 90 { frames - 150 } else { frames - 450_150 })
    }
}

impl fmt::Display for Lba {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The address does not fit the other address type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such block or sector on an optical medium")]
pub struct AddressOutOfRange;

impl TryFrom<Sector> for Lba {
    type Error = AddressOutOfRange;

    fn try_from(sector: Sector) -> Result<Lba, AddressOutOfRange> {
        i32::try_from(sector.get()).map(Lba).map_err(|_| AddressOutOfRange)
    }
}

impl TryFrom<Lba> for Sector {
    type Error = AddressOutOfRange;

    fn try_from(lba: Lba) -> Result<Sector, AddressOutOfRange> {
        u32::try_from(lba.0).map(Sector::new).map_err(|_| AddressOutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_form_is_twos_complement() {
        assert_eq!(Lba::from_wire(0xFFFF_FF6A), Lba::new(-150));
        assert_eq!(Lba::new(-150).to_wire(), 0xFFFF_FF6A);
        assert_eq!(Lba::new(-150).blocks_from_zero(), 0);
    }

    #[test]
    fn minutes_from_90_on_are_the_lead_in() {
        assert_eq!(Lba::from_msf(0, 2, 0), Lba::ZERO);
        assert_eq!(Lba::from_msf(0, 0, 0), Lba::new(-150));
        assert_eq!(Lba::from_msf(99, 59, 74), Lba::new(-151));
        assert_eq!(Lba::from_msf(79, 59, 74), Lba::new(359_849));
    }

    #[test]
    fn arithmetic_stays_in_range() {
        assert_eq!(Lba::new(i32::MAX).checked_add(1), None);
        assert_eq!(Lba::new(-2).checked_add(u32::MAX), None);
        assert_eq!(Lba::new(10).since(Lba::new(-150)), Some(160));
        assert_eq!(Lba::new(10).since(Lba::new(11)), None);
        assert!(Sector::try_from(Lba::new(-1)).is_err());
        assert!(Lba::try_from(Sector::new(1 << 31)).is_err());
    }
}
