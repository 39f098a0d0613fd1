use bitflags::bitflags;
use byteorder::{ByteOrder, LittleEndian};
use nom::number::complete::le_u64;
use nom::{IResult, Parser};

use super::Guid;
use crate::number::bytes;

bitflags! {
    /// Attributes of a partition (UEFI 5.3.3, table 5-8; bits from 48 on belong to the type).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct GptAttributes: u64 {
        /// The platform needs it.
        const REQUIRED = 1;
        /// Firmware leaves it alone.
        const NO_BLOCK_IO = 2;
        /// BIOS may boot from it.
        const LEGACY_BOOTABLE = 4;
        /// Basic data: not to be written.
        const READ_ONLY = 1 << 60;
    }
}

/// Partition entry of a GPT (UEFI 5.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GptPartition {
    /// What is in it; [`Guid::UNUSED`] if it is none.
    pub partition_type: Guid,
    /// Tells partitions apart.
    pub id: Guid,
    /// First block.
    pub first: u64,
    /// Last block, which belongs to it.
    pub last: u64,
    /// Attributes.
    pub attributes: GptAttributes,
    /// Name in UTF-16, little-endian, padded with zeros.
    pub name: [u8; 72],
}

impl GptPartition {
    /// Bytes of an entry.
    pub const LEN: usize = 128;

    /// A name of up to 36 units of UTF-16, and no more of a longer one.
    #[must_use]
    pub fn name(text: &str) -> [u8; 72] {
        let mut name = [0; 72];
        let mut at = 0;
        for character in text.chars() {
            let mut units = [0; 2];
            let units = character.encode_utf16(&mut units);
            if at + 2 * units.len() > name.len() {
                break;
            }
            for unit in units {
                LittleEndian::write_u16(&mut name[at..at + 2], *unit);
                at += 2;
            }
        }
        name
    }

    /// The name up to its first zero; what is no UTF-16 is replaced.
    pub fn shown_name(&self) -> String {
        let units = self.name.chunks_exact(2).map(LittleEndian::read_u16).take_while(|&unit| unit != 0);
        char::decode_utf16(units).map(|found| found.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }

    /// Reads the entry.
    ///
    /// # Errors
    /// When fewer than 128 bytes are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], GptPartition> {
        let (rest, (partition_type, id, first, last, attributes, name)) =
            (Guid::parse, Guid::parse, le_u64, le_u64, le_u64, bytes).parse(input)?;
        let attributes = GptAttributes::from_bits_retain(attributes);
        Ok((rest, GptPartition { partition_type, id, first, last, attributes, name }))
    }

    /// The entry.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut entry = [0; Self::LEN];
        entry[..16].copy_from_slice(&self.partition_type.0);
        entry[16..32].copy_from_slice(&self.id.0);
        LittleEndian::write_u64(&mut entry[32..40], self.first);
        LittleEndian::write_u64(&mut entry[40..48], self.last);
        LittleEndian::write_u64(&mut entry[48..56], self.attributes.bits());
        entry[56..].copy_from_slice(&self.name);
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_a_system_partition() {
        let partition = GptPartition {
            partition_type: Guid::EFI_SYSTEM,
            id: Guid([7; 16]),
            first: 0x40,
            last: 0x1_0000_0003,
            attributes: GptAttributes::READ_ONLY,
            name: GptPartition::name("EFI"),
        };
        let mut recorded = [0; 128];
        recorded[..16].copy_from_slice(&Guid::EFI_SYSTEM.0);
        recorded[16..32].fill(7);
        recorded[32] = 0x40;
        recorded[40..48].copy_from_slice(&[3, 0, 0, 0, 1, 0, 0, 0]);
        recorded[55] = 0x10;
        recorded[56..62].copy_from_slice(b"E\0F\0I\0");
        assert_eq!(partition.encode(), recorded);
        assert_eq!(GptPartition::parse(&recorded).unwrap().1, partition);
        assert_eq!(partition.shown_name(), "EFI");
        assert!(GptPartition::parse(&recorded[1..]).is_err());
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let name = GptPartition::name(&format!("{}\u{1F4BF}", "x".repeat(35)));
        assert_eq!(&name[68..], [b'x', 0, 0, 0]);
    }

    proptest! {
        #[test]
        fn round_trip(partition_type: [u8; 16], id: [u8; 16], first: u64, last: u64, bits: u64, name in ".*") {
            let partition = GptPartition {
                partition_type: Guid(partition_type),
                id: Guid(id),
                first,
                last,
                attributes: GptAttributes::from_bits_retain(bits),
                name: GptPartition::name(&name),
            };
            prop_assert_eq!(GptPartition::parse(&partition.encode()).unwrap().1, partition);
        }
    }
}
