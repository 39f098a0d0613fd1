use byteorder::{ByteOrder, LittleEndian};
use nom::number::complete::le_u32;
use nom::{IResult, Parser};

use crate::LogicalBlock;

/// Where the boot info table stands in a boot image, in bytes.
pub const BOOT_INFO_TABLE_OFFSET: usize = 8;

/// Where the address that GRUB 2 wants stands in its boot image, in bytes.
pub const GRUB2_BOOT_INFO_OFFSET: usize = 2548;

/// Boot info table: tells a boot image, loaded by El Torito without emulation, where it comes from. The
/// writer patches it into bytes 8 to 63 of the image; ISOLINUX and GRUB need it. It belongs to no standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootInfoTable {
    /// Block of the primary volume descriptor: 16 blocks after the start of the session.
    pub primary_volume_descriptor: LogicalBlock,
    /// First block of the boot image.
    pub image: LogicalBlock,
    /// Bytes of the boot image.
    pub image_length: u32,
    /// Sum of the 32-bit words from byte 64 to the end of the image; see [`checksum`](Self::checksum).
    pub checksum: u32,
}

impl BootInfoTable {
    /// Bytes of the table; the last 40 are reserved and zero.
    pub const LEN: usize = 56;

    /// First byte of the image that counts for the checksum.
    pub const CHECKSUM_START: usize = BOOT_INFO_TABLE_OFFSET + Self::LEN;

    /// Sum of the little-endian 32-bit words of `rest`, modulo 2^32: the image from byte
    /// [`CHECKSUM_START`](Self::CHECKSUM_START) on, or a part of it. The last word is completed with zeros.
    /// Sums of parts of whole words add up, wrapping, to that of the whole.
    #[must_use]
    pub fn checksum(rest: &[u8]) -> u32 {
        rest.chunks(4).fold(0, |sum, word| {
            let mut bytes = [0; 4];
            bytes[..word.len()].copy_from_slice(word);
            sum.wrapping_add(u32::from_le_bytes(bytes))
        })
    }

    /// Reads the table, which begins at byte 8 of the image.
    ///
    /// # Errors
    /// When fewer than 16 bytes are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], BootInfoTable> {
        let (rest, (descriptor, image, image_length, checksum)) =
            (le_u32, le_u32, le_u32, le_u32).parse(input)?;
        let table = BootInfoTable {
            primary_volume_descriptor: LogicalBlock::new(descriptor),
            image: LogicalBlock::new(image),
            image_length,
            checksum,
        };
        Ok((rest, table))
    }

    /// The 56 bytes that replace those from byte 8 of the image.
    #[must_use]
    pub fn encode(&self) -> [u8; 56] {
        let mut table = [0; Self::LEN];
        LittleEndian::write_u32(&mut table[..4], self.primary_volume_descriptor.get());
        LittleEndian::write_u32(&mut table[4..8], self.image.get());
        LittleEndian::write_u32(&mut table[8..12], self.image_length);
        LittleEndian::write_u32(&mut table[12..16], self.checksum);
        table
    }
}

/// The 8 bytes that GRUB 2 wants at byte 2548 of its boot image: the address, in units of 512 bytes, of what
/// follows the first 2560 bytes of the image.
#[must_use]
pub fn grub2_boot_info(image: LogicalBlock) -> [u8; 8] {
    (u64::from(image.get()) * 4 + 5).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_table() {
        let table = BootInfoTable {
            primary_volume_descriptor: LogicalBlock::new(16),
            image: LogicalBlock::new(0x0102),
            image_length: 0x0304,
            checksum: 0x0506_0708,
        };
        let mut recorded = [0; 56];
        recorded[..16].copy_from_slice(&[16, 0, 0, 0, 2, 1, 0, 0, 4, 3, 0, 0, 8, 7, 6, 5]);
        assert_eq!(table.encode(), recorded);
        assert_eq!(BootInfoTable::parse(&recorded).unwrap().1, table);
        assert!(BootInfoTable::parse(&recorded[..15]).is_err());
        assert_eq!(grub2_boot_info(LogicalBlock::new(0x40)), [5, 1, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn checksums() {
        assert_eq!(BootInfoTable::checksum(&[1, 0, 0, 0, 2, 1]), 0x0103);
        assert_eq!(BootInfoTable::checksum(&[0xFF; 8]), 0xFFFF_FFFE);
        assert_eq!(BootInfoTable::checksum(&[]), 0);
    }

    proptest! {
        #[test]
        fn round_trip(descriptor: u32, image: u32, image_length: u32, checksum: u32) {
            let table = BootInfoTable {
                primary_volume_descriptor: LogicalBlock::new(descriptor),
                image: LogicalBlock::new(image),
                image_length,
                checksum,
            };
            prop_assert_eq!(BootInfoTable::parse(&table.encode()).unwrap().1, table);
        }
    }
}
