use bitflags::bitflags;
use byteorder::{BigEndian, ByteOrder};
use nom::bytes::complete::{tag, take};
use nom::number::complete::be_u32;
use nom::{IResult, Parser};

use crate::number::bytes;

bitflags! {
    /// Status of a partition of Apple's partition map.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct MapEntryStatus: u32 {
        /// The entry is valid.
        const VALID = 1;
        /// The partition is allocated.
        const ALLOCATED = 2;
        /// It may be read.
        const READABLE = 0x10;
        /// It may be written.
        const WRITABLE = 0x20;
    }
}

/// Entry of Apple's partition map ("Inside Macintosh: Devices"): one block each, from block 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapEntry {
    /// Entries of the map, this one and that of the map itself included.
    pub entries: u32,
    /// First block of the partition.
    pub start: u32,
    /// Its blocks.
    pub blocks: u32,
    /// Name, padded with zeros.
    pub name: [u8; 32],
    /// Type, padded with zeros: `Apple_partition_map`, `Apple_HFS`.
    pub partition_type: [u8; 32],
    /// First block of its data, counted from its own first.
    pub data_start: u32,
    /// Blocks of data.
    pub data_blocks: u32,
    /// Status.
    pub status: MapEntryStatus,
}

impl MapEntry {
    /// The first two bytes.
    pub const SIGNATURE: &'static [u8; 2] = b"PM";
    /// Bytes that [`encode`](Self::encode) gives: the shortest block of a map.
    pub const LEN: usize = 512;

    /// A partition that may be read, all of it data.
    #[must_use]
    pub fn new(entries: u32, start: u32, blocks: u32, name: &str, partition_type: &str) -> MapEntry {
        MapEntry {
            entries,
            start,
            blocks,
            name: text(name),
            partition_type: text(partition_type),
            data_start: 0,
            data_blocks: blocks,
            status: MapEntryStatus::VALID | MapEntryStatus::ALLOCATED | MapEntryStatus::READABLE,
        }
    }

    /// Reads the entry.
    ///
    /// # Errors
    /// When fewer than 92 bytes are there or the signature is another.
    pub fn parse(input: &[u8]) -> IResult<&[u8], MapEntry> {
        let (rest, (_, _, entries, start, blocks, name, partition_type)) =
            (tag(&Self::SIGNATURE[..]), take(2usize), be_u32, be_u32, be_u32, bytes, bytes).parse(input)?;
        let (rest, (data_start, data_blocks, status)) = (be_u32, be_u32, be_u32).parse(rest)?;
        let status = MapEntryStatus::from_bits_retain(status);
        Ok((rest, MapEntry { entries, start, blocks, name, partition_type, data_start, data_blocks, status }))
    }

    /// The entry, without what boots from it.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut entry = [0; Self::LEN];
        entry[..2].copy_from_slice(Self::SIGNATURE);
        BigEndian::write_u32(&mut entry[4..8], self.entries);
        BigEndian::write_u32(&mut entry[8..12], self.start);
        BigEndian::write_u32(&mut entry[12..16], self.blocks);
        entry[16..48].copy_from_slice(&self.name);
        entry[48..80].copy_from_slice(&self.partition_type);
        BigEndian::write_u32(&mut entry[80..84], self.data_start);
        BigEndian::write_u32(&mut entry[84..88], self.data_blocks);
        BigEndian::write_u32(&mut entry[88..92], self.status.bits());
        entry
    }

    /// The type up to its first zero.
    #[must_use]
    pub fn shown_type(&self) -> String {
        let end = self.partition_type.iter().position(|&byte| byte == 0).unwrap_or(self.partition_type.len());
        String::from_utf8_lossy(&self.partition_type[..end]).into_owned()
    }
}

fn text(text: &str) -> [u8; 32] {
    let mut field = [0; 32];
    field.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
    field
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_map_itself() {
        let entry = MapEntry::new(2, 1, 3, "Apple", "Apple_partition_map");
        let mut recorded = [0; 512];
        recorded[..16].copy_from_slice(&[b'P', b'M', 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3]);
        recorded[16..21].copy_from_slice(b"Apple");
        recorded[48..67].copy_from_slice(b"Apple_partition_map");
        recorded[87] = 3;
        recorded[91] = 0x13;
        assert_eq!(entry.encode(), recorded);
        assert_eq!(MapEntry::parse(&recorded).unwrap().1, entry);
        assert_eq!(entry.shown_type(), "Apple_partition_map");
        assert!(MapEntry::parse(&recorded[2..]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(entries: u32, start: u32, blocks: u32, name: [u8; 32], data_start: u32, status: u32) {
            let status = MapEntryStatus::from_bits_retain(status);
            let entry = MapEntry { name, data_start, status, ..MapEntry::new(entries, start, blocks, "", "x") };
            prop_assert_eq!(MapEntry::parse(&entry.encode()).unwrap().1, entry);
        }
    }
}
