use byteorder::{ByteOrder, LittleEndian};
use nom::bytes::complete::tag;
use nom::number::complete::{le_u16, le_u32};
use nom::{IResult, Parser};

use super::PartitionRecord;
use crate::number::bytes;

/// Bytes of a master boot record.
pub const MASTER_BOOT_RECORD_LEN: usize = 512;

/// Master boot record (UEFI 5.2.1): the first block of a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterBootRecord {
    /// What a PC with BIOS runs.
    pub boot_code: [u8; 440],
    /// Tells disks apart.
    pub disk_signature: u32,
    /// Usually 0.
    pub unknown: u16,
    /// The partitions; those that are not used are all zeros.
    pub partitions: [PartitionRecord; 4],
}

impl MasterBootRecord {
    /// The last two bytes.
    pub const SIGNATURE: [u8; 2] = [0x55, 0xAA];

    /// Where ISOLINUX's and GRUB's boot code for disks has the address of the boot image, in bytes.
    pub const IMAGE_ADDRESS: usize = 432;

    /// A record without code.
    #[must_use]
    pub fn without_code(disk_signature: u32, partitions: [PartitionRecord; 4]) -> MasterBootRecord {
        MasterBootRecord { boot_code: [0; 440], disk_signature, unknown: 0, partitions }
    }

    /// Tells the code where, in blocks of 512 bytes, its boot image lies (ISOLINUX), or what follows the first
    /// sector of that image (GRUB 2).
    pub fn set_image_address(&mut self, block: u64) {
        LittleEndian::write_u64(&mut self.boot_code[Self::IMAGE_ADDRESS..], block);
    }

    /// Reads the record.
    ///
    /// # Errors
    /// When fewer than 512 bytes are there or the signature is another.
    pub fn parse(input: &[u8]) -> IResult<&[u8], MasterBootRecord> {
        let record = PartitionRecord::parse;
        let (rest, (boot_code, disk_signature, unknown, first, second, third, fourth, _)) =
            (bytes, le_u32, le_u16, record, record, record, record, tag(&Self::SIGNATURE[..]))
                .parse(input)?;
        let partitions = [first, second, third, fourth];
        Ok((rest, MasterBootRecord { boot_code, disk_signature, unknown, partitions }))
    }

    /// The record.
    #[must_use]
    pub fn encode(&self) -> [u8; MASTER_BOOT_RECORD_LEN] {
        let mut record = [0; MASTER_BOOT_RECORD_LEN];
        record[..440].copy_from_slice(&self.boot_code);
        LittleEndian::write_u32(&mut record[440..444], self.disk_signature);
        LittleEndian::write_u16(&mut record[444..446], self.unknown);
        for (place, partition) in
            record[446..510].chunks_exact_mut(PartitionRecord::LEN).zip(&self.partitions)
        {
            place.copy_from_slice(&partition.encode());
        }
        record[510..].copy_from_slice(&Self::SIGNATURE);
        record
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Geometry, PartitionType};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_a_protective_record() {
        let protective = PartitionRecord::new(PartitionType::GPT_PROTECTIVE, 1, 0xFFFF, Geometry::LARGEST);
        let unused = PartitionRecord::default();
        let mut record = MasterBootRecord::without_code(0x0102_0304, [protective, unused, unused, unused]);
        record.set_image_address(0x1122);
        let mut recorded = [0; 512];
        recorded[432..434].copy_from_slice(&[0x22, 0x11]);
        recorded[440..444].copy_from_slice(&[4, 3, 2, 1]);
        recorded[446..462].copy_from_slice(&[0, 0, 2, 0, 0xEE, 20, 16, 4, 1, 0, 0, 0, 0xFF, 0xFF, 0, 0]);
        recorded[510..].copy_from_slice(&[0x55, 0xAA]);
        assert_eq!(record.encode(), recorded);
        assert_eq!(MasterBootRecord::parse(&recorded).unwrap().1, record);
        recorded[511] = 0;
        assert!(MasterBootRecord::parse(&recorded).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(code in proptest::collection::vec(any::<u8>(), 440), signature: u32, starts: [u32; 4]) {
            let partition = |start| PartitionRecord { start, blocks: 1, ..PartitionRecord::default() };
            let mut record = MasterBootRecord::without_code(signature, starts.map(partition));
            record.boot_code.copy_from_slice(&code);
            prop_assert_eq!(MasterBootRecord::parse(&record.encode()).unwrap().1, record);
        }
    }
}
