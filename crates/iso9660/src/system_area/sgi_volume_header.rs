use byteorder::{BigEndian, ByteOrder};
use nom::bytes::complete::{tag, take};
use nom::multi::fill;
use nom::number::complete::{be_u16, be_u32};
use nom::{IResult, Parser};

use super::DISK_BLOCK;
use crate::number::bytes;

/// A file that the firmware of SGI machines finds by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SgiVolumeDirectoryEntry {
    /// Name, padded with zeros; all zeros if there is no such file.
    pub name: [u8; 8],
    /// First block of 512 bytes.
    pub start: u32,
    /// Bytes.
    pub len: u32,
}

/// Type of a partition in a volume header of SGI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SgiPartitionType(pub u32);

impl SgiPartitionType {
    /// What holds the header and the files that it names.
    pub const VOLUME_HEADER: Self = Self(0);
    /// Data without a file system.
    pub const RAW: Self = Self(3);
    /// File system of System V.
    pub const SYSTEM_V: Self = Self(5);
    /// The whole disk.
    pub const VOLUME: Self = Self(6);
    /// EFS, which discs of IRIX have.
    pub const EFS: Self = Self(7);
    /// XFS.
    pub const XFS: Self = Self(10);
    /// Log of XFS.
    pub const XFS_LOG: Self = Self(11);
    /// Swap space of Linux.
    pub const LINUX_SWAP: Self = Self(0x82);
    /// Linux.
    pub const LINUX: Self = Self(0x83);
}

/// A partition of a volume header of SGI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SgiPartition {
    /// Blocks of 512 bytes; 0 if there is no such partition.
    pub blocks: u32,
    /// First block.
    pub start: u32,
    /// What is in it.
    pub partition_type: SgiPartitionType,
}

/// Volume header of SGI, from which big-endian MIPS machines boot: block 0. All numbers are big-endian. It has the fields
/// of `struct volume_header` in IRIX's `sys/dvh.h`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SgiVolumeHeader {
    /// Number of the root partition, from 0.
    pub root_partition: u16,
    /// Number of the swap partition, from 0.
    pub swap_partition: u16,
    /// Name of what is booted unless something else is asked for, padded with zeros.
    pub boot_file: [u8; 16],
    /// Parameters of the device, as recorded.
    pub device_parameters: [u8; 48],
    /// Files that are found by name.
    pub directory: [SgiVolumeDirectoryEntry; Self::FILES],
    /// The partitions.
    pub partitions: [SgiPartition; Self::PARTITIONS],
}

impl SgiVolumeHeader {
    /// Bytes of the header.
    pub const LEN: usize = DISK_BLOCK as usize;
    /// The first four bytes.
    pub const MAGIC: [u8; 4] = [0x0B, 0xE5, 0xA9, 0x41];
    /// Files that it has room for.
    pub const FILES: usize = 15;
    /// Partitions that it has room for.
    pub const PARTITIONS: usize = 16;

    /// Reads the header, and says whether its checksum is right.
    ///
    /// # Errors
    /// When fewer than 512 bytes are there or the magic number is another.
    pub fn parse(input: &[u8]) -> IResult<&[u8], (SgiVolumeHeader, bool)> {
        let mut directory = [SgiVolumeDirectoryEntry::default(); Self::FILES];
        let mut partitions = [SgiPartition::default(); Self::PARTITIONS];
        let (rest, (_, root_partition, swap_partition, boot_file, device_parameters)) =
            (tag(&Self::MAGIC[..]), be_u16, be_u16, bytes, bytes).parse(input)?;
        let (rest, ()) = fill(SgiVolumeDirectoryEntry::parse, &mut directory).parse(rest)?;
        let (rest, ()) = fill(SgiPartition::parse, &mut partitions).parse(rest)?;
        let (rest, _) = (be_u32, take(4usize)).parse(rest)?;
        let header = SgiVolumeHeader {
            root_partition,
            swap_partition,
            boot_file,
            device_parameters,
            directory,
            partitions,
        };
        Ok((rest, (header, sum(&input[..Self::LEN]) == 0)))
    }

    /// The header, its checksum included.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut block = [0; Self::LEN];
        block[..4].copy_from_slice(&Self::MAGIC);
        BigEndian::write_u16(&mut block[4..6], self.root_partition);
        BigEndian::write_u16(&mut block[6..8], self.swap_partition);
        block[8..24].copy_from_slice(&self.boot_file);
        block[24..72].copy_from_slice(&self.device_parameters);
        for (place, file) in block[72..312].chunks_exact_mut(16).zip(&self.directory) {
            place[..8].copy_from_slice(&file.name);
            BigEndian::write_u32(&mut place[8..12], file.start);
            BigEndian::write_u32(&mut place[12..], file.len);
        }
        for (place, partition) in block[312..504].chunks_exact_mut(12).zip(&self.partitions) {
            BigEndian::write_u32(&mut place[..4], partition.blocks);
            BigEndian::write_u32(&mut place[4..8], partition.start);
            BigEndian::write_u32(&mut place[8..], partition.partition_type.0);
        }
        let checksum = sum(&block).wrapping_neg();
        BigEndian::write_u32(&mut block[504..508], checksum);
        block
    }
}

impl SgiVolumeDirectoryEntry {
    fn parse(input: &[u8]) -> IResult<&[u8], SgiVolumeDirectoryEntry> {
        let (rest, (name, start, len)) = (bytes, be_u32, be_u32).parse(input)?;
        Ok((rest, SgiVolumeDirectoryEntry { name, start, len }))
    }
}

impl SgiPartition {
    fn parse(input: &[u8]) -> IResult<&[u8], SgiPartition> {
        let (rest, (blocks, start, partition_type)) = (be_u32, be_u32, be_u32).parse(input)?;
        let partition_type = SgiPartitionType(partition_type);
        Ok((rest, SgiPartition { blocks, start, partition_type }))
    }
}

/// Of all words of a right header it is 0.
fn sum(block: &[u8]) -> u32 {
    block.chunks_exact(4).fold(0, |sum: u32, word| sum.wrapping_add(BigEndian::read_u32(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_a_disc_with_one_file() {
        let mut header = SgiVolumeHeader {
            root_partition: 0,
            swap_partition: 1,
            boot_file: [0; 16],
            device_parameters: [0; 48],
            directory: [SgiVolumeDirectoryEntry::default(); 15],
            partitions: [SgiPartition::default(); 16],
        };
        header.boot_file[..4].copy_from_slice(b"sash");
        header.directory[0] = SgiVolumeDirectoryEntry { name: *b"sash\0\0\0\0", start: 0xE0, len: 0x7530 };
        let whole = SgiPartition { blocks: 0x218, start: 0, partition_type: SgiPartitionType::VOLUME };
        header.partitions[8] = SgiPartition { partition_type: SgiPartitionType::VOLUME_HEADER, ..whole };
        header.partitions[10] = whole;

        let mut recorded = [0; 512];
        recorded[..12].copy_from_slice(&[0x0B, 0xE5, 0xA9, 0x41, 0, 0, 0, 1, b's', b'a', b's', b'h']);
        recorded[72..76].copy_from_slice(b"sash");
        recorded[83] = 0xE0;
        recorded[86..88].copy_from_slice(&[0x75, 0x30]);
        recorded[408..412].copy_from_slice(&[0, 0, 2, 0x18]);
        recorded[432..444].copy_from_slice(&[0, 0, 2, 0x18, 0, 0, 0, 0, 0, 0, 0, 6]);
        // 0 - (0BE5A941 + 1 + 2 * 73617368 + E0 + 7530 + 2 * 218 + 6)
        recorded[504..508].copy_from_slice(&[0x0D, 0x56, 0xF5, 0xA8]);
        assert_eq!(header.encode(), recorded);
        assert_eq!(SgiVolumeHeader::parse(&recorded).unwrap().1, (header, true));
        recorded[500] = 1;
        assert!(!SgiVolumeHeader::parse(&recorded).unwrap().1.1);
        assert!(SgiVolumeHeader::parse(&recorded[..511]).is_err());
        recorded[0] = 0;
        assert!(SgiVolumeHeader::parse(&recorded).is_err());
    }

    prop_compose! {
        fn any_header()(
            numbers: (u16, u16),
            boot_file: [u8; 16],
            parameters in proptest::collection::vec(any::<u8>(), 48),
            directory: [([u8; 8], u32, u32); 15],
            partitions: [(u32, u32, u32); 16],
        ) -> SgiVolumeHeader {
            let mut device_parameters = [0; 48];
            device_parameters.copy_from_slice(&parameters);
            SgiVolumeHeader {
                root_partition: numbers.0,
                swap_partition: numbers.1,
                boot_file,
                device_parameters,
                directory: directory.map(|(name, start, len)| SgiVolumeDirectoryEntry { name, start, len }),
                partitions: partitions.map(|(blocks, start, partition_type)| SgiPartition {
                    blocks,
                    start,
                    partition_type: SgiPartitionType(partition_type),
                }),
            }
        }
    }

    proptest! {
        #[test]
        fn round_trip(header in any_header()) {
            prop_assert_eq!(SgiVolumeHeader::parse(&header.encode()).unwrap().1, (header, true));
        }
    }
}
