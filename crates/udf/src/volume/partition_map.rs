use bitflags::bitflags;
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{le_u16, le_u32, u8};

use crate::nom_ext::{array, put, run};
use crate::{EntityId, Error};

bitflags! {
    /// Flags of a metadata partition map (UDF 2.2.10).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct MetadataFlags: u8 {
        /// The mirror is a second copy, not another way to the same blocks.
        const DUPLICATE_METADATA = 1;
    }
}

/// A partition map of a logical volume descriptor (ECMA-167 3/10.7). Its index in the list is what addresses
/// name; its partition number is what the partition descriptor has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PartitionMap {
    /// Type 1, 6 bytes: the partition as it is (ECMA-167 3/10.7.2).
    Physical {
        /// Volume sequence number.
        volume_sequence_number: u16,
        /// Partition number.
        partition_number: u16,
    },
    /// Type 2, 64 bytes, `*UDF Virtual Partition`: addresses go through the virtual allocation table (UDF
    /// 2.2.8).
    Virtual {
        /// `*UDF Virtual Partition` with its revision.
        identifier: EntityId,
        /// Volume sequence number.
        volume_sequence_number: u16,
        /// Partition number.
        partition_number: u16,
    },
    /// Type 2, 64 bytes, `*UDF Sparable Partition`: defective packets are replaced (UDF 2.2.9).
    Sparable {
        /// `*UDF Sparable Partition` with its revision.
        identifier: EntityId,
        /// Volume sequence number.
        volume_sequence_number: u16,
        /// Partition number.
        partition_number: u16,
        /// Blocks per packet.
        packet_length: u16,
        /// Size of each sparing table, bytes.
        table_size: u32,
        /// Blocks of the sparing tables, absolute in the volume; 1 to 4.
        tables: Vec<u32>,
    },
    /// Type 2, 64 bytes, `*UDF Metadata Partition`: metadata have a file of their own (UDF 2.2.10).
    Metadata {
        /// `*UDF Metadata Partition` with its revision.
        identifier: EntityId,
        /// Volume sequence number.
        volume_sequence_number: u16,
        /// Partition number.
        partition_number: u16,
        /// Metadata file: logical block of its ICB in the physical partition.
        file: u32,
        /// Metadata mirror file.
        mirror_file: u32,
        /// Metadata bitmap file; 0xFFFFFFFF if none.
        bitmap_file: u32,
        /// Allocation unit size, blocks.
        allocation_unit: u32,
        /// Alignment unit size, blocks.
        alignment_unit: u16,
        /// Flags.
        flags: MetadataFlags,
    },
    /// Any other, with its type and length bytes.
    Other(Vec<u8>),
}

const NAME: &str = "partition map";

impl PartitionMap {
    /// The number of the partition that the map is about; `None` for an unknown kind.
    #[must_use]
    pub const fn partition_number(&self) -> Option<u16> {
        match self {
            PartitionMap::Physical { partition_number, .. }
            | PartitionMap::Virtual { partition_number, .. }
            | PartitionMap::Sparable { partition_number, .. }
            | PartitionMap::Metadata { partition_number, .. } => Some(*partition_number),
            PartitionMap::Other(_) => None,
        }
    }

    /// The map at the beginning of `input`, and the bytes behind it.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::Value`] for a length that does not fit the type.
    pub fn parse(input: &[u8]) -> Result<(PartitionMap, &[u8]), Error> {
        let (kind, length) = run(NAME, input, |input| (u8, u8).parse(input))?;
        let expected = match kind {
            1 => 6,
            2 => 64,
            _ => length.max(2),
        };
        if length != expected {
            return Err(Error::Value {
                structure: NAME,
                field: "partition map length",
                value: length.into(),
            });
        }
        let Some((map, rest)) = input.split_at_checked(length.into()) else {
            return Err(Error::Truncated { structure: NAME, available: input.len() });
        };
        let map = match kind {
            1 => {
                let (volume_sequence_number, partition_number) =
                    run(NAME, &map[2..], |input| (le_u16, le_u16).parse(input))?;
                PartitionMap::Physical { volume_sequence_number, partition_number }
            }
            2 => type_2(map)?,
            _ => PartitionMap::Other(map.to_vec()),
        };
        Ok((map, rest))
    }

    /// The bytes of the map.
    ///
    /// # Errors
    /// [`Error::Length`] for more than 4 sparing tables, or an unknown map over 255 bytes; [`Error::Value`]
    /// if such a map's length byte is wrong.
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {
        let mut map = vec![0; 64];
        map[0] = 2;
        map[1] = 64;
        let mut common = |id: &EntityId, volume: u16, partition: u16| {
            put(&mut map, 4, &id.bytes());
            put(&mut map, 36, &volume.to_le_bytes());
            put(&mut map, 38, &partition.to_le_bytes());
        };
        match self {
            PartitionMap::Physical { volume_sequence_number, partition_number } => {
                let volume = volume_sequence_number.to_le_bytes();
                let partition = partition_number.to_le_bytes();
                return Ok(vec![1, 6, volume[0], volume[1], partition[0], partition[1]]);
            }
            PartitionMap::Virtual { identifier, volume_sequence_number, partition_number } => {
                common(identifier, *volume_sequence_number, *partition_number);
            }
            PartitionMap::Sparable {
                identifier,
                volume_sequence_number,
                partition_number,
                packet_length,
                table_size,
                tables,
            } => {
                common(identifier, *volume_sequence_number, *partition_number);
                if tables.len() > 4 {
                    let value = tables.len() as u64;
                    let field = "number of sparing tables";
                    return Err(Error::Length { structure: NAME, field, value, most: 4 });
                }
                put(&mut map, 40, &packet_length.to_le_bytes());
                map[42] = u8::try_from(tables.len()).unwrap_or_default();
                put(&mut map, 44, &table_size.to_le_bytes());
                for (index, table) in tables.iter().enumerate() {
                    put(&mut map, 48 + index * 4, &table.to_le_bytes());
                }
            }
            PartitionMap::Metadata {
                identifier,
                volume_sequence_number,
                partition_number,
                file,
                mirror_file,
                bitmap_file,
                allocation_unit,
                alignment_unit,
                flags,
            } => {
                common(identifier, *volume_sequence_number, *partition_number);
                put(&mut map, 40, &file.to_le_bytes());
                put(&mut map, 44, &mirror_file.to_le_bytes());
                put(&mut map, 48, &bitmap_file.to_le_bytes());
                put(&mut map, 52, &allocation_unit.to_le_bytes());
                put(&mut map, 56, &alignment_unit.to_le_bytes());
                map[58] = flags.bits();
            }
            PartitionMap::Other(bytes) => {
                let field = "partition map length";
                let Ok(length) = u8::try_from(bytes.len()) else {
                    let value = bytes.len() as u64;
                    return Err(Error::Length { structure: NAME, field, value, most: 255 });
                };
                if bytes.get(1) != Some(&length) {
                    return Err(Error::Value { structure: NAME, field, value: length.into() });
                }
                return Ok(bytes.clone());
            }
        }
        Ok(map)
    }
}

fn type_2(map: &[u8]) -> Result<PartitionMap, Error> {
    let fields = (take(4usize), EntityId::parse, le_u16, le_u16);
    let (_, identifier, volume_sequence_number, partition_number) =
        run(NAME, map, |input| { fields }.parse(input))?;
    let kind = &map[40..];
    if identifier.is(EntityId::VIRTUAL_PARTITION) {
        Ok(PartitionMap::Virtual { identifier, volume_sequence_number, partition_number })
    } else if identifier.is(EntityId::SPARABLE_PARTITION) {
        let fields = (le_u16, u8, u8, le_u32, (le_u32, le_u32, le_u32, le_u32));
        let (packet_length, number, _, table_size, (a, b, c, d)) =
            run(NAME, kind, |input| { fields }.parse(input))?;
        let Some(tables) = [a, b, c, d].get(..number.into()).map(<[u32]>::to_vec) else {
            let field = "number of sparing tables";
            return Err(Error::Length { structure: NAME, field, value: number.into(), most: 4 });
        };
        Ok(PartitionMap::Sparable {
            identifier,
            volume_sequence_number,
            partition_number,
            packet_length,
            table_size,
            tables,
        })
    } else if identifier.is(EntityId::METADATA_PARTITION) {
        let fields = (le_u32, le_u32, le_u32, le_u32, le_u16, u8, array::<5>);
        let (file, mirror_file, bitmap_file, allocation_unit, alignment_unit, flags, _) =
            run(NAME, kind, |input| { fields }.parse(input))?;
        Ok(PartitionMap::Metadata {
            identifier,
            volume_sequence_number,
            partition_number,
            file,
            mirror_file,
            bitmap_file,
            allocation_unit,
            alignment_unit,
            flags: MetadataFlags::from_bits_retain(flags),
        })
    } else {
        Ok(PartitionMap::Other(map.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    fn both_ways(bytes: &[u8]) -> PartitionMap {
        let (map, rest) = PartitionMap::parse(bytes).unwrap();
        assert!(rest.is_empty());
        assert_eq!(map.bytes().unwrap(), bytes);
        map
    }

    #[test]
    fn physical() {
        let map = both_ways(&[1, 6, 1, 0, 0x00, 0x20]);
        assert_eq!(map, PartitionMap::Physical { volume_sequence_number: 1, partition_number: 8192 });
    }

    #[test]
    fn virtual_partition() {
        let map = both_ways(&testing::block(
            64,
            &[(0, &[2, 64]), (4, b"\0*UDF Virtual Partition"), (28, &[0x50, 0x01]), (36, &[1, 0, 3, 0])],
        ));
        let PartitionMap::Virtual { identifier, partition_number, .. } = map else { panic!("{map:?}") };
        assert_eq!((identifier.udf_suffix().revision.0, partition_number), (0x0150, 3));
    }

    #[test]
    fn sparable() {
        let map = both_ways(&testing::block(
            64,
            &[
                (0, &[2, 64]),
                (4, b"\0*UDF Sparable Partition"),
                (36, &[1, 0, 0, 0]),
                (40, &[32, 0, 2, 0, 0x00, 0x08, 0, 0]),
                (48, &[160, 0, 0, 0, 0xe0, 0x0f, 0, 0]),
            ],
        ));
        let PartitionMap::Sparable { packet_length, table_size, tables, .. } = map else { panic!("{map:?}") };
        assert_eq!((packet_length, table_size, tables), (32, 2048, vec![160, 4064]));
    }

    #[test]
    fn metadata() {
        let map = both_ways(&testing::block(
            64,
            &[
                (0, &[2, 64]),
                (4, b"\0*UDF Metadata Partition"),
                (36, &[1, 0, 0, 0]),
                (40, &[0, 0, 0, 0, 67, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 32, 0, 0, 0, 32, 0, 1]),
            ],
        ));
        let PartitionMap::Metadata { file, mirror_file, bitmap_file, allocation_unit, flags, .. } = map
        else {
            panic!("{map:?}")
        };
        assert_eq!((file, mirror_file, bitmap_file, allocation_unit), (0, 67, u32::MAX, 32));
        assert_eq!(flags, MetadataFlags::DUPLICATE_METADATA);
    }

    #[test]
    fn wrong_lengths() {
        assert!(PartitionMap::parse(&[1, 64, 0, 0, 0, 0]).is_err());
        assert!(PartitionMap::parse(&[1, 6, 0, 0, 0]).is_err());
        assert!(PartitionMap::parse(&[7, 0]).is_err());
        assert!(PartitionMap::parse(&[]).is_err());
        assert_eq!(both_ways(&[9, 3, 1]), PartitionMap::Other(vec![9, 3, 1]));
        assert!(PartitionMap::Other(vec![9, 4, 1]).bytes().is_err());
        let mut five = testing::block(64, &[(0, &[2, 64]), (4, b"\0*UDF Sparable Partition")]);
        five[42] = 5;
        assert!(matches!(PartitionMap::parse(&five), Err(Error::Length { value: 5, .. })));
    }

    proptest! {
        #[test]
        fn survives(mut bytes in prop::collection::vec(any::<u8>(), 0..=300), kind in 0..6u8) {
            if bytes.len() >= 64 && kind > 0 {
                bytes[..2].copy_from_slice(if kind == 1 { &[1, 6] } else { &[2, 64] });
                let text = [EntityId::VIRTUAL_PARTITION, EntityId::SPARABLE_PARTITION,
                    EntityId::METADATA_PARTITION, b"*Other"];
                if kind > 1 {
                    bytes[4..36].copy_from_slice(&EntityId::new(text[usize::from(kind) - 2]).bytes());
                    bytes[42] %= 5;
                }
            }
            if let Ok((map, _)) = PartitionMap::parse(&bytes) {
                let encoded = map.bytes().unwrap();
                prop_assert_eq!(PartitionMap::parse(&encoded), Ok((map, &[][..])));
            }
        }
    }
}
