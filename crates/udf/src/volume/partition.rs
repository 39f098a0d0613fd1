use bitflags::bitflags;
use nom::number::complete::{le_u16, le_u32};
use nom::{IResult, Parser};

use crate::nom_ext::{array, clear, put, run};
use crate::{Descriptor, EntityId, Error, ShortAd, Tag, TagId};

bitflags! {
    /// Flags of a partition descriptor (ECMA-167 3/10.5.3).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct PartitionFlags: u16 {
        /// Space for the partition has been allocated.
        const ALLOCATED = 1;
    }
}

/// How a partition may be written (ECMA-167 3/10.5.7, UDF 2.2.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccessType(pub u32);

impl AccessType {
    /// Not specified; since UDF 2.60: pseudo-overwritable.
    pub const PSEUDO_OVERWRITABLE: AccessType = AccessType(0);
    /// Read only.
    pub const READ_ONLY: AccessType = AccessType(1);
    /// Write once.
    pub const WRITE_ONCE: AccessType = AccessType(2);
    /// Rewritable, after some preparation.
    pub const REWRITABLE: AccessType = AccessType(3);
    /// Overwritable.
    pub const OVERWRITABLE: AccessType = AccessType(4);
}

/// A partition header descriptor, 128 bytes (ECMA-167 4/14.3): where the free space of the partition is
/// recorded. Positions are logical blocks in the partition; length 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PartitionHeaderDescriptor {
    /// Unallocated space table.
    pub unallocated_space_table: ShortAd,
    /// Unallocated space bitmap.
    pub unallocated_space_bitmap: ShortAd,
    /// Partition integrity table; not used in UDF.
    pub partition_integrity_table: ShortAd,
    /// Freed space table.
    pub freed_space_table: ShortAd,
    /// Freed space bitmap.
    pub freed_space_bitmap: ShortAd,
}

impl PartitionHeaderDescriptor {
    fn parse(input: &[u8]) -> IResult<&[u8], PartitionHeaderDescriptor> {
        (ShortAd::parse, ShortAd::parse, ShortAd::parse, ShortAd::parse, ShortAd::parse, array::<88>)
            .map(|(space_table, space_bitmap, integrity, freed_table, freed_bitmap, _reserved)| {
                PartitionHeaderDescriptor {
                    unallocated_space_table: space_table,
                    unallocated_space_bitmap: space_bitmap,
                    partition_integrity_table: integrity,
                    freed_space_table: freed_table,
                    freed_space_bitmap: freed_bitmap,
                }
            })
            .parse(input)
    }
}

/// A partition descriptor, 512 bytes (ECMA-167 3/10.5, UDF 2.2.14).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PartitionDescriptor {
    /// Descriptor tag.
    pub tag: Tag,
    /// Volume descriptor sequence number.
    pub sequence_number: u32,
    /// Flags.
    pub flags: PartitionFlags,
    /// Partition number: any, and what partition maps refer to.
    pub number: u16,
    /// Partition contents: `+NSR02` or `+NSR03`.
    pub contents: EntityId,
    /// Partition contents use.
    pub header: PartitionHeaderDescriptor,
    /// Access type.
    pub access_type: AccessType,
    /// Partition starting location: block, absolute in the volume.
    pub start: u32,
    /// Partition length, blocks.
    pub length: u32,
    /// Implementation identifier: who wrote this.
    pub implementation_identifier: EntityId,
    /// Implementation use.
    pub implementation_use: [u8; 128],
}

const SIZE: usize = 512;
const NAME: &str = "partition descriptor";

impl Descriptor for PartitionDescriptor {
    const ID: TagId = TagId::PARTITION;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        run(NAME, body, |input| {
            let (input, (sequence_number, flags, number)) = (le_u32, le_u16, le_u16).parse(input)?;
            let (input, (contents, header)) =
                (EntityId::parse, PartitionHeaderDescriptor::parse).parse(input)?;
            let (input, (access_type, start, length)) = (le_u32, le_u32, le_u32).parse(input)?;
            let (input, (implementation_identifier, implementation_use, _reserved)) =
                (EntityId::parse, array::<128>, array::<156>).parse(input)?;
            let descriptor = PartitionDescriptor {
                tag,
                sequence_number,
                flags: PartitionFlags::from_bits_retain(flags),
                number,
                contents,
                header,
                access_type: AccessType(access_type),
                start,
                length,
                implementation_identifier,
                implementation_use,
            };
            Ok((input, descriptor))
        })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        clear(NAME, block, SIZE)?;
        put(block, 16, &self.sequence_number.to_le_bytes());
        put(block, 20, &self.flags.bits().to_le_bytes());
        put(block, 22, &self.number.to_le_bytes());
        put(block, 24, &self.contents.bytes());
        put(block, 56, &self.header.unallocated_space_table.bytes());
        put(block, 64, &self.header.unallocated_space_bitmap.bytes());
        put(block, 72, &self.header.partition_integrity_table.bytes());
        put(block, 80, &self.header.freed_space_table.bytes());
        put(block, 88, &self.header.freed_space_bitmap.bytes());
        put(block, 184, &self.access_type.0.to_le_bytes());
        put(block, 188, &self.start.to_le_bytes());
        put(block, 192, &self.length.to_le_bytes());
        put(block, 196, &self.implementation_identifier.bytes());
        put(block, 228, &self.implementation_use);
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn a_partition_with_a_number_of_its_own() {
        let block = testing::block(
            512,
            &[
                (0, &[0x05, 0, 0x03, 0, 0xef, 0, 0, 0, 0x23, 0xb1, 0xf0, 0x01, 34, 0, 0, 0]),
                (16, &[3, 0, 0, 0]),
                (20, &[1, 0]),
                (22, &[0x00, 0x20]),
                (24, b"\0+NSR03"),
                (64, &[0x00, 0x10, 0, 0, 2, 0, 0, 0]),
                (184, &[4, 0, 0, 0]),
                (188, &[0x01, 0x01, 0, 0]),
                (192, &[53, 0, 0, 0]),
                (196, b"\0*Developer"),
                (228, &[0xaa]),
            ],
        );
        let partition: PartitionDescriptor = testing::both_ways(&block);
        assert_eq!((partition.number, partition.flags), (8192, PartitionFlags::ALLOCATED));
        assert!(partition.contents.is(EntityId::NSR03));
        let bitmap = partition.header.unallocated_space_bitmap;
        assert_eq!((bitmap.length(), bitmap.position), (4096, 2));
        assert_eq!(partition.access_type, AccessType::OVERWRITABLE);
        assert_eq!((partition.start, partition.length), (257, 53));
        assert_eq!(partition.implementation_use[0], 0xaa);
    }

    proptest! {
        #[test]
        fn survives(bytes in prop::collection::vec(any::<u8>(), 512..=2048)) {
            prop_assert!(testing::survives::<PartitionDescriptor>(bytes, 496));
        }
    }
}
