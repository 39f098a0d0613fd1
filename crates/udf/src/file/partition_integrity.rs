use nom::Parser;
use nom::number::complete::u8;

use crate::file::IcbTag;
use crate::nom_ext::{array, clear, put, run};
use crate::volume::IntegrityType;
use crate::{Descriptor, EntityId, Error, Tag, TagId, Timestamp};

/// A partition integrity entry, 512 bytes (ECMA-167 4/14.13). UDF does not use it (2.3.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartitionIntegrityEntry {
    /// Descriptor tag.
    pub tag: Tag,
    /// ICB tag.
    pub icb_tag: IcbTag,
    /// Recording date and time.
    pub recording_time: Timestamp,
    /// Integrity type, one byte here; 2 is stable: nothing may be changed.
    pub integrity_type: IntegrityType,
    /// Implementation identifier: who wrote this.
    pub implementation_identifier: EntityId,
    /// Implementation use.
    pub implementation_use: [u8; 256],
}

const SIZE: usize = 512;
const NAME: &str = "partition integrity entry";

impl Descriptor for PartitionIntegrityEntry {
    const ID: TagId = TagId::PARTITION_INTEGRITY;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        let mut fields = (IcbTag::parse, Timestamp::parse, u8, array::<175>, EntityId::parse, array::<256>);
        let (
            icb_tag,
            recording_time,
            integrity_type,
            _reserved,
            implementation_identifier,
            implementation_use,
        ) = run(NAME, body, |input| fields.parse(input))?;
        Ok(PartitionIntegrityEntry {
            tag,
            icb_tag,
            recording_time,
            integrity_type: IntegrityType(integrity_type.into()),
            implementation_identifier,
            implementation_use,
        })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        let Ok(integrity_type) = std::primitive::u8::try_from(self.integrity_type.0) else {
            let value = self.integrity_type.0.into();
            return Err(Error::Value { structure: NAME, field: "integrity type", value });
        };
        clear(NAME, block, SIZE)?;
        put(block, 16, &self.icb_tag.bytes());
        put(block, 36, &self.recording_time.bytes());
        block[48] = integrity_type;
        put(block, 224, &self.implementation_identifier.bytes());
        put(block, 256, &self.implementation_use);
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::FileType;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn a_stable_partition() {
        let block = testing::block(
            512,
            &[
                (0, &[0x09, 0x01, 0x02, 0, 0x0f, 0, 0, 0, 0x52, 0xb9, 0xf0, 0x01, 0x07, 0, 0, 0]),
                (16, &[0, 0, 0, 0, 0x04, 0, 0, 0, 0x01, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0, 0]),
                (36, &[0x78, 0x10, 0xd9, 0x07, 0x07, 0x0e, 0x16, 0x1e, 0x05, 0x0c, 0x22, 0x38]),
                (48, &[0x02]),
                (224, b"\0*Developer"),
                (256, &[0xaa]),
            ],
        );
        let entry: PartitionIntegrityEntry = testing::both_ways(&block);
        assert_eq!((entry.icb_tag.file_type, entry.integrity_type.0), (FileType::PARTITION_INTEGRITY, 2));
        assert_eq!((entry.recording_time.year, entry.implementation_use[0]), (2009, 0xaa));
        assert!(entry.implementation_identifier.is(b"*Developer"));
        assert!(entry.encode(&mut [0; 511]).is_err());
        let other = PartitionIntegrityEntry { integrity_type: IntegrityType(256), ..entry };
        assert!(matches!(other.encode(&mut [0; 512]), Err(Error::Value { value: 256, .. })));
    }

    proptest! {
        #[test]
        fn survives(bytes in prop::collection::vec(any::<u8>(), 512..=600)) {
            prop_assert!(testing::survives::<PartitionIntegrityEntry>(bytes, 496));
        }

        #[test]
        fn any_length(bytes in prop::collection::vec(any::<u8>(), 16..=520)) {
            testing::survives::<PartitionIntegrityEntry>(bytes, 0);
        }
    }
}
