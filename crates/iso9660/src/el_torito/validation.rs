use byteorder::{ByteOrder, LittleEndian};
use nom::bytes::complete::take;
use nom::error::{Error, ErrorKind};
use nom::{IResult, Parser};

use super::ENTRY_LEN;
use crate::number::bytes;

/// Platform that a boot image is for (2.1, and UEFI 13.3.2.1 for its own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PlatformId(pub u8);

impl PlatformId {
    /// Personal computers with BIOS.
    pub const X86: Self = Self(0);
    /// PowerPC.
    pub const POWER_PC: Self = Self(1);
    /// Macintosh.
    pub const MAC: Self = Self(2);
    /// UEFI; the boot image is a FAT file system.
    pub const EFI: Self = Self(0xEF);
}

/// Validation Entry (2.1): the first of a boot catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidationEntry {
    /// Platform of the initial entry.
    pub platform: PlatformId,
    /// Manufacturer or developer of the medium, padded with zeros.
    pub identifier: [u8; 24],
}

impl ValidationEntry {
    /// Header ID of the entry.
    pub const HEADER: u8 = 1;

    /// Reads the entry.
    ///
    /// # Errors
    /// When fewer than 32 bytes are there, header ID or key bytes are others, or the checksum is wrong.
    pub fn parse(input: &[u8]) -> IResult<&[u8], ValidationEntry> {
        let (rest, entry) = take(ENTRY_LEN).parse(input)?;
        if entry[0] != Self::HEADER || entry[30..] != [0x55, 0xAA] {
            return Err(nom::Err::Error(Error::new(input, ErrorKind::Tag)));
        }
        if sum(entry) != 0 {
            return Err(nom::Err::Error(Error::new(input, ErrorKind::Verify)));
        }
        let (_, identifier) = bytes(&entry[4..])?;
        Ok((rest, ValidationEntry { platform: PlatformId(entry[1]), identifier }))
    }

    /// The entry with its checksum.
    #[must_use]
    pub fn encode(&self) -> [u8; ENTRY_LEN] {
        let mut entry = [0; ENTRY_LEN];
        entry[0] = Self::HEADER;
        entry[1] = self.platform.0;
        entry[4..28].copy_from_slice(&self.identifier);
        entry[30..].copy_from_slice(&[0x55, 0xAA]);
        let checksum = sum(&entry).wrapping_neg();
        LittleEndian::write_u16(&mut entry[28..30], checksum);
        entry
    }
}

/// Sum of the 16-bit words, modulo 2^16; 0 when the checksum among them is right.
fn sum(entry: &[u8]) -> u16 {
    entry.chunks_exact(2).map(LittleEndian::read_u16).fold(0, u16::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::padded;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_specification() {
        let entry = ValidationEntry { platform: PlatformId::EFI, identifier: [0; 24] };
        let mut recorded = [0; 32];
        recorded[..2].copy_from_slice(&[1, 0xEF]);
        // 0xEF01 + 0xAA55 + 0x66AA = 0x2_0000
        recorded[28..].copy_from_slice(&[0xAA, 0x66, 0x55, 0xAA]);
        assert_eq!(entry.encode(), recorded);
        assert_eq!(ValidationEntry::parse(&recorded).unwrap().1, entry);
    }

    #[test]
    fn damaged_entries_are_refused() {
        let entry =
            ValidationEntry { platform: PlatformId::X86, identifier: padded(b"ID").unwrap() }.encode();
        for at in [0, 1, 4, 28, 30, 31] {
            let mut damaged = entry;
            damaged[at] ^= 1;
            assert!(ValidationEntry::parse(&damaged).is_err(), "{at}");
        }
        assert!(ValidationEntry::parse(&entry[..31]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(platform: u8, identifier: [u8; 24]) {
            let entry = ValidationEntry { platform: PlatformId(platform), identifier };
            prop_assert_eq!(ValidationEntry::parse(&entry.encode()).unwrap().1, entry);
        }
    }
}
