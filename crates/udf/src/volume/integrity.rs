use nom::Parser;
use nom::bytes::complete::take;
use nom::multi::count;
use nom::number::complete::{le_u16, le_u32, le_u64};

use crate::nom_ext::{array, clear, put, run};
use crate::{Descriptor, EntityId, Error, ExtentAd, Revision, Tag, TagId, Timestamp};

/// Whether a logical volume was left in a consistent state (ECMA-167 3/10.10.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IntegrityType(pub u32);

impl IntegrityType {
    /// In use, or not properly closed.
    pub const OPEN: IntegrityType = IntegrityType(0);
    /// Consistent.
    pub const CLOSE: IntegrityType = IntegrityType(1);
}

/// A logical volume integrity descriptor (ECMA-167 3/10.10, UDF 2.2.6).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogicalVolumeIntegrityDescriptor {
    /// Descriptor tag.
    pub tag: Tag,
    /// Recording date and time: of the last change.
    pub recording_time: Timestamp,
    /// Integrity type.
    pub integrity_type: IntegrityType,
    /// Next integrity extent; length 0 if none.
    pub next: ExtentAd,
    /// From the logical volume contents use: the next unique id (ECMA-167 4/14.15).
    pub unique_id: u64,
    /// Free space table: free blocks per partition map; 0xFFFFFFFF if not known.
    pub free_space: Vec<u32>,
    /// Size table: blocks per partition map, as many entries as [`free_space`](Self::free_space).
    pub sizes: Vec<u32>,
    /// Implementation use.
    pub implementation_use: LvidImplementationUse,
}

/// The implementation use of a logical volume integrity descriptor (UDF 2.2.6.4), at least 46 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LvidImplementationUse {
    /// Implementation identifier: who changed the volume last.
    pub implementation_identifier: EntityId,
    /// Files in the volume; hard links count once.
    pub files: u32,
    /// Directories in the volume, with the root.
    pub directories: u32,
    /// The lowest revision that can read everything in the volume.
    pub minimum_read_revision: Revision,
    /// The lowest revision that may change the volume.
    pub minimum_write_revision: Revision,
    /// The highest revision of any that changed the volume.
    pub maximum_write_revision: Revision,
    /// The developer's own.
    pub rest: Vec<u8>,
}

const NAME: &str = "logical volume integrity descriptor";
const TABLES: usize = 80;
const USE_FIXED: usize = 46;

impl Descriptor for LogicalVolumeIntegrityDescriptor {
    const ID: TagId = TagId::LOGICAL_VOLUME_INTEGRITY;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        let fields = (Timestamp::parse, le_u32, ExtentAd::parse, le_u64, array::<24>, le_u32, le_u32);
        let (recording_time, integrity_type, next, unique_id, _reserved, number, use_length) =
            run(NAME, body, |input| { fields }.parse(input))?;

        let tables = block.get(TABLES..).unwrap_or_default();
        let too_long = |field, value: u32, most: usize| {
            Err(Error::Length { structure: NAME, field, value: value.into(), most: most as u64 })
        };
        let Some(number_of_maps) = usize::try_from(number).ok().filter(|number| *number <= tables.len() / 8)
        else {
            return too_long("number of partitions", number, tables.len() / 8);
        };
        let left = tables.len() - number_of_maps * 8;
        let Some(use_length) = usize::try_from(use_length).ok().filter(|length| *length <= left) else {
            return too_long("length of implementation use", use_length, left);
        };
        let mut table_fields =
            (count(le_u32, number_of_maps), count(le_u32, number_of_maps), take(use_length));
        let (free_space, sizes, use_area) = run(NAME, tables, |input| table_fields.parse(input))?;
        let use_fields = (EntityId::parse, le_u32, le_u32, le_u16, le_u16, le_u16);
        let (id, files, directories, minimum_read, minimum_write, maximum_write) =
            run("implementation use of the integrity descriptor", use_area, |input| {
                { use_fields }.parse(input)
            })?;
        Ok(LogicalVolumeIntegrityDescriptor {
            tag,
            recording_time,
            integrity_type: IntegrityType(integrity_type),
            next,
            unique_id,
            free_space,
            sizes,
            implementation_use: LvidImplementationUse {
                implementation_identifier: id,
                files,
                directories,
                minimum_read_revision: Revision(minimum_read),
                minimum_write_revision: Revision(minimum_write),
                maximum_write_revision: Revision(maximum_write),
                rest: use_area[USE_FIXED..].to_vec(),
            },
        })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        let number = self.free_space.len();
        if self.sizes.len() != number {
            let (value, most) = (self.sizes.len() as u64, number as u64);
            return Err(Error::Length { structure: NAME, field: "size table", value, most });
        }
        let content = &self.implementation_use;
        let tables = number.saturating_mul(8);
        let use_length = USE_FIXED.saturating_add(content.rest.len());
        clear(NAME, block, TABLES.saturating_add(tables).saturating_add(use_length))?;
        put(block, 16, &self.recording_time.bytes());
        put(block, 28, &self.integrity_type.0.to_le_bytes());
        put(block, 32, &self.next.bytes());
        put(block, 40, &self.unique_id.to_le_bytes());
        // Both fit into a block, so they are far below 2^32.
        put(block, 72, &u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
        put(block, 76, &u32::try_from(use_length).unwrap_or(u32::MAX).to_le_bytes());
        for (index, value) in self.free_space.iter().chain(&self.sizes).enumerate() {
            put(block, TABLES + index * 4, &value.to_le_bytes());
        }
        let start = TABLES + tables;
        put(block, start, &content.implementation_identifier.bytes());
        put(block, start + 32, &content.files.to_le_bytes());
        put(block, start + 36, &content.directories.to_le_bytes());
        put(block, start + 40, &content.minimum_read_revision.0.to_le_bytes());
        put(block, start + 42, &content.minimum_write_revision.0.to_le_bytes());
        put(block, start + 44, &content.maximum_write_revision.0.to_le_bytes());
        put(block, start + USE_FIXED, &content.rest);
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn closed_with_one_partition() {
        let block = testing::block(
            512,
            &[
                (0, &[0x09, 0, 0x02, 0, 0xac, 0, 0, 0, 0xaa, 0x3d, 0x7a, 0, 64, 0, 0, 0]),
                (16, &[0x78, 0x10, 0xd9, 0x07, 7, 14, 22, 30, 5, 12, 34, 56]),
                (28, &[1, 0, 0, 0]),
                (40, &[0x07, 0x01, 0, 0, 0, 0, 0, 0]),
                (72, &[1, 0, 0, 0, 50, 0, 0, 0]),
                (80, &[0, 0, 0, 0, 53, 0, 0, 0]),
                (88, b"\0*Developer"),
                (120, &[2, 0, 0, 0, 1, 0, 0, 0]),
                (128, &[0x02, 0x01, 0x02, 0x01, 0x50, 0x01]),
                (134, &[1, 2, 3, 4]),
            ],
        );
        let lvid: LogicalVolumeIntegrityDescriptor = testing::both_ways(&block);
        assert_eq!(lvid.integrity_type, IntegrityType::CLOSE);
        assert_eq!((lvid.unique_id, &lvid.free_space[..], &lvid.sizes[..]), (263, &[0][..], &[53][..]));
        let content = &lvid.implementation_use;
        assert_eq!((content.files, content.directories), (2, 1));
        assert_eq!(content.maximum_write_revision, Revision::V1_50);
        assert_eq!(content.rest, [1, 2, 3, 4]);
        let uneven = LogicalVolumeIntegrityDescriptor { sizes: vec![], ..lvid.clone() };
        assert!(uneven.encode(&mut [0; 512]).is_err());
    }

    proptest! {
        #[test]
        fn survives(mut bytes in prop::collection::vec(any::<u8>(), 512..=2048), maps in 0..9u8, rest in 0..200u8) {
            bytes[72..80].copy_from_slice(&[maps, 0, 0, 0, 46 + rest, 0, 0, 0]);
            prop_assert!(testing::survives::<LogicalVolumeIntegrityDescriptor>(bytes, 496));
        }

        #[test]
        fn any_lengths(bytes in prop::collection::vec(any::<u8>(), 24..=600)) {
            testing::survives::<LogicalVolumeIntegrityDescriptor>(bytes, 8);
        }
    }
}
