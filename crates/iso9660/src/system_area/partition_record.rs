use byteorder::{ByteOrder, LittleEndian};
use nom::number::complete::{le_u8, le_u32};
use nom::{IResult, Parser};

use super::{Chs, Geometry};

/// Type of a partition in a master boot record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PartitionType(pub u8);

impl PartitionType {
    /// No partition.
    pub const UNUSED: Self = Self(0);
    /// FAT with 12 bits.
    pub const FAT12: Self = Self(0x01);
    /// FAT with 16 bits, of less than 32 MiB.
    pub const FAT16_SMALL: Self = Self(0x04);
    /// Partitions in a chain of further records, by cylinders.
    pub const EXTENDED: Self = Self(0x05);
    /// FAT with 16 bits.
    pub const FAT16: Self = Self(0x06);
    /// NTFS, exFAT or HPFS.
    pub const NTFS: Self = Self(0x07);
    /// FAT with 32 bits, by cylinders.
    pub const FAT32: Self = Self(0x0B);
    /// The same by blocks.
    pub const FAT32_LBA: Self = Self(0x0C);
    /// FAT with 16 bits, by blocks.
    pub const FAT16_LBA: Self = Self(0x0E);
    /// As [`PartitionType::EXTENDED`], by blocks.
    pub const EXTENDED_LBA: Self = Self(0x0F);
    /// Hidden NTFS: what isohybrid images call the one that holds the image.
    pub const HIDDEN_NTFS: Self = Self(0x17);
    /// Boot loader of PowerPC machines (PReP).
    pub const PREP: Self = Self(0x41);
    /// Swap space of Linux.
    pub const LINUX_SWAP: Self = Self(0x82);
    /// Linux.
    pub const LINUX: Self = Self(0x83);
    /// ISO 9660 for PowerPC machines (CHRP).
    pub const CHRP: Self = Self(0x96);
    /// HFS and HFS+.
    pub const HFS: Self = Self(0xAF);
    /// ISO 9660, as some writers have it.
    pub const ISO9660: Self = Self(0xCD);
    /// The disk has a GPT (UEFI 5.2.3).
    pub const GPT_PROTECTIVE: Self = Self(0xEE);
    /// EFI system partition (UEFI 5.2.2).
    pub const EFI_SYSTEM: Self = Self(0xEF);
}

/// Partition record of a master boot record (UEFI 5.2.1, table 5-2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartitionRecord {
    /// Whether the boot code takes this one.
    pub active: bool,
    /// First block, for firmware that counts cylinders.
    pub first: Chs,
    /// What is in it.
    pub partition_type: PartitionType,
    /// Last block, likewise.
    pub last: Chs,
    /// First block of 512 bytes.
    pub start: u32,
    /// Blocks of 512 bytes.
    pub blocks: u32,
}

impl PartitionRecord {
    /// Bytes of a record.
    pub const LEN: usize = 16;

    /// A partition of at least one block, its cylinders counted by `geometry`.
    #[must_use]
    pub fn new(
        partition_type: PartitionType,
        start: u32,
        blocks: u32,
        geometry: Geometry,
    ) -> PartitionRecord {
        let last = u64::from(start) + u64::from(blocks).max(1) - 1;
        PartitionRecord {
            active: false,
            first: Chs::of_block(start.into(), geometry),
            partition_type,
            last: Chs::of_block(last, geometry),
            start,
            blocks,
        }
    }

    /// Reads the record.
    ///
    /// # Errors
    /// When fewer than 16 bytes are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], PartitionRecord> {
        let (rest, (status, first, partition_type, last, start, blocks)) =
            (le_u8, Chs::parse, le_u8, Chs::parse, le_u32, le_u32).parse(input)?;
        let partition_type = PartitionType(partition_type);
        let active = status & 0x80 != 0;
        Ok((rest, PartitionRecord { active, first, partition_type, last, start, blocks }))
    }

    /// The record.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut record = [0; Self::LEN];
        record[0] = if self.active { 0x80 } else { 0 };
        record[1..4].copy_from_slice(&self.first.0);
        record[4] = self.partition_type.0;
        record[5..8].copy_from_slice(&self.last.0);
        LittleEndian::write_u32(&mut record[8..12], self.start);
        LittleEndian::write_u32(&mut record[12..], self.blocks);
        record
    }

    /// Whether the record describes a partition.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.partition_type != PartitionType::UNUSED && self.blocks > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_an_isohybrid_image() {
        let record = PartitionRecord {
            active: true,
            ..PartitionRecord::new(PartitionType::HIDDEN_NTFS, 0, 4096, Geometry::MEBIBYTE)
        };
        let recorded = [0x80, 0, 1, 0, 0x17, 63, 32, 1, 0, 0, 0, 0, 0, 16, 0, 0];
        assert_eq!(record.encode(), recorded);
        assert_eq!(PartitionRecord::parse(&recorded).unwrap().1, record);
        assert!(PartitionRecord::parse(&recorded[1..]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(active: bool, first: [u8; 3], kind: u8, last: [u8; 3], start: u32, blocks: u32) {
            let partition_type = PartitionType(kind);
            let record = PartitionRecord { active, first: Chs(first), partition_type, last: Chs(last), start, blocks };
            prop_assert_eq!(PartitionRecord::parse(&record.encode()).unwrap().1, record);
        }
    }
}
