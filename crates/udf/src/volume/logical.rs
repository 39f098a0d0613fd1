use nom::Parser;
use nom::number::complete::le_u32;

use crate::nom_ext::{array, clear, put, run};
use crate::volume::PartitionMap;
use crate::{CharSpec, DString, Descriptor, EntityId, Error, ExtentAd, LongAd, Tag, TagId};

/// A logical volume descriptor (ECMA-167 3/10.6, UDF 2.2.4): what users see as the volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogicalVolumeDescriptor {
    /// Descriptor tag.
    pub tag: Tag,
    /// Volume descriptor sequence number.
    pub sequence_number: u32,
    /// Descriptor character set.
    pub descriptor_character_set: CharSpec,
    /// Logical volume identifier: the label that users see.
    pub identifier: DString<128>,
    /// Logical block size, bytes.
    pub block_size: u32,
    /// Domain identifier: `*OSTA UDF Compliant` with the UDF revision.
    pub domain_identifier: EntityId,
    /// Logical volume contents use: where the file set descriptor is.
    pub file_set: LongAd,
    /// Implementation identifier: who wrote this.
    pub implementation_identifier: EntityId,
    /// Implementation use.
    pub implementation_use: [u8; 128],
    /// Integrity sequence extent.
    pub integrity_sequence: ExtentAd,
    /// Partition maps, at most as many as fit into the block.
    pub partition_maps: Vec<PartitionMap>,
}

const NAME: &str = "logical volume descriptor";
const MAPS: usize = 440;

impl Descriptor for LogicalVolumeDescriptor {
    const ID: TagId = TagId::LOGICAL_VOLUME;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        let (mut descriptor, table_length, number) = run(NAME, body, |input| {
            let (input, (sequence_number, descriptor_character_set, identifier)) =
                (le_u32, CharSpec::parse, array::<128>).parse(input)?;
            let (input, (block_size, domain_identifier, file_set)) =
                (le_u32, EntityId::parse, LongAd::parse).parse(input)?;
            let (input, (table_length, number)) = (le_u32, le_u32).parse(input)?;
            let (input, (implementation_identifier, implementation_use, integrity_sequence)) =
                (EntityId::parse, array::<128>, ExtentAd::parse).parse(input)?;
            let descriptor = LogicalVolumeDescriptor {
                tag,
                sequence_number,
                descriptor_character_set,
                identifier: DString(identifier),
                block_size,
                domain_identifier,
                file_set,
                implementation_identifier,
                implementation_use,
                integrity_sequence,
                partition_maps: Vec::new(),
            };
            Ok((input, (descriptor, table_length, number)))
        })?;

        let table = block.get(MAPS..).unwrap_or_default();
        let length = usize::try_from(table_length).unwrap_or(usize::MAX);
        let Some(mut table) = table.get(..length) else {
            let (value, most) = (table_length.into(), table.len() as u64);
            return Err(Error::Length { structure: NAME, field: "map table length", value, most });
        };
        // Each map takes 2 bytes at least, so the table bounds the loop.
        for index in 0..number {
            if table.is_empty() {
                let (value, most) = (number.into(), index.into());
                let field = "number of partition maps";
                return Err(Error::Length { structure: NAME, field, value, most });
            }
            let (map, rest) = PartitionMap::parse(table)?;
            descriptor.partition_maps.push(map);
            table = rest;
        }
        Ok(descriptor)
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        let mut table = Vec::new();
        for map in &self.partition_maps {
            table.extend(map.bytes()?);
        }
        clear(NAME, block, MAPS + table.len())?;
        put(block, 16, &self.sequence_number.to_le_bytes());
        put(block, 20, &self.descriptor_character_set.bytes());
        put(block, 84, &self.identifier.0);
        put(block, 212, &self.block_size.to_le_bytes());
        put(block, 216, &self.domain_identifier.bytes());
        put(block, 248, &self.file_set.bytes());
        // A block that holds them has far fewer than 2^32.
        put(block, 264, &u32::try_from(table.len()).unwrap_or(u32::MAX).to_le_bytes());
        put(block, 268, &u32::try_from(self.partition_maps.len()).unwrap_or(u32::MAX).to_le_bytes());
        put(block, 272, &self.implementation_identifier.bytes());
        put(block, 304, &self.implementation_use);
        put(block, 432, &self.integrity_sequence.bytes());
        put(block, MAPS, &table);
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use crate::{DomainFlags, Revision};
    use proptest::prelude::*;

    #[test]
    fn a_volume_with_one_partition() {
        let block = testing::block(
            512,
            &[
                (0, &[0x06, 0, 0x02, 0, 0x4f, 0, 0, 0, 0x96, 0xe1, 0xae, 0x01, 33, 0, 0, 0]),
                (16, &[2, 0, 0, 0]),
                (20, b"\0OSTA Compressed Unicode"),
                (84, &[16, 0x04, 0x16]),
                (211, &[3]),
                (212, &[0x00, 0x08, 0, 0]),
                (216, b"\0*OSTA UDF Compliant"),
                (240, &[0x02, 0x01, 3]),
                (248, &[0x00, 0x10, 0, 0, 1, 0, 0, 0, 0, 0]),
                (264, &[6, 0, 0, 0, 1, 0, 0, 0]),
                (272, b"\0*Developer"),
                (304, &[0xaa]),
                (432, &[0x00, 0x10, 0, 0, 64, 0, 0, 0]),
                (440, &[1, 6, 1, 0, 0, 0]),
            ],
        );
        let volume: LogicalVolumeDescriptor = testing::both_ways(&block);
        assert_eq!(volume.identifier.text().unwrap(), "Ж");
        assert_eq!(volume.block_size, 2048);
        let domain = volume.domain_identifier.domain_suffix();
        assert_eq!((domain.revision, domain.flags), (Revision::V1_02, DomainFlags::all()));
        assert_eq!((volume.file_set.length(), volume.file_set.block), (4096, 1));
        assert_eq!(volume.integrity_sequence, ExtentAd { length: 4096, location: 64 });
        assert_eq!(volume.partition_maps.len(), 1);
    }

    fn with_table(mut bytes: Vec<u8>, length: u32, number: u32) -> Result<LogicalVolumeDescriptor, Error> {
        bytes[264..268].copy_from_slice(&length.to_le_bytes());
        bytes[268..272].copy_from_slice(&number.to_le_bytes());
        let tag = Tag { id: TagId::LOGICAL_VOLUME, version: 2, serial: 0, crc_length: 0, location: 33 };
        tag.seal(&mut bytes).unwrap();
        LogicalVolumeDescriptor::parse(&bytes)
    }

    #[test]
    fn tables_that_lie() {
        assert!(matches!(with_table(vec![0; 512], 73, 0), Err(Error::Length { value: 73, most: 72, .. })));
        assert!(matches!(with_table(vec![0; 512], 0, 1), Err(Error::Length { value: 1, most: 0, .. })));
        assert!(matches!(with_table(vec![3; 512], 72, u32::MAX), Err(Error::Length { most: 24, .. })));
        assert!(with_table(vec![0; 512], u32::MAX, u32::MAX).is_err());
    }

    proptest! {
        #[test]
        fn survives(mut bytes in prop::collection::vec(any::<u8>(), 512..=2048)) {
            bytes[264..272].copy_from_slice(&[6, 0, 0, 0, 1, 0, 0, 0]);
            bytes[440..442].copy_from_slice(&[1, 6]);
            prop_assert!(testing::survives::<LogicalVolumeDescriptor>(bytes, 440));
        }

        #[test]
        fn any_table(bytes in prop::collection::vec(any::<u8>(), 512..=2048), length in 0..1600u32, number: u32) {
            let _ = with_table(bytes, length, number);
        }
    }
}
