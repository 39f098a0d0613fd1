use bitflags::bitflags;
use nom::Parser;
use nom::number::complete::{le_u16, le_u32};

use crate::nom_ext::{array, clear, put, run};
use crate::{CharSpec, DString, Descriptor, EntityId, Error, ExtentAd, Tag, TagId, Timestamp};

bitflags! {
    /// Flags of a primary volume descriptor (ECMA-167 3/10.1.21).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct PrimaryVolumeFlags: u16 {
        /// The volume set identifier is the same on all volumes of the set.
        const VOLUME_SET_IDENTIFICATION = 1;
    }
}

/// A primary volume descriptor, 512 bytes (ECMA-167 3/10.1, UDF 2.2.2): identifies the volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PrimaryVolumeDescriptor {
    /// Descriptor tag.
    pub tag: Tag,
    /// Volume descriptor sequence number: of several descriptors of one kind, the highest prevails.
    pub sequence_number: u32,
    /// Primary volume descriptor number; 0.
    pub number: u32,
    /// Volume identifier. The label that users see is that of the logical volume.
    pub volume_identifier: DString<32>,
    /// Volume sequence number, from 1.
    pub volume_sequence_number: u16,
    /// Maximum volume sequence number: volumes in the set.
    pub maximum_volume_sequence_number: u16,
    /// Interchange level: 2, or 3 for a set of several volumes.
    pub interchange_level: u16,
    /// Maximum interchange level: 3.
    pub maximum_interchange_level: u16,
    /// Character set list, one bit per set; 1 is CS0.
    pub character_set_list: u32,
    /// Maximum character set list.
    pub maximum_character_set_list: u32,
    /// Volume set identifier; its first 16 characters are unique to the set (UDF 2.2.2.5).
    pub volume_set_identifier: DString<128>,
    /// Descriptor character set, of the identifiers here.
    pub descriptor_character_set: CharSpec,
    /// Explanatory character set, of the volume abstract and the copyright notice.
    pub explanatory_character_set: CharSpec,
    /// Volume abstract; length 0 if none.
    pub volume_abstract: ExtentAd,
    /// Volume copyright notice; length 0 if none.
    pub volume_copyright_notice: ExtentAd,
    /// Application identifier.
    pub application_identifier: EntityId,
    /// Recording date and time.
    pub recording_time: Timestamp,
    /// Implementation identifier: who wrote this.
    pub implementation_identifier: EntityId,
    /// Implementation use.
    pub implementation_use: [u8; 64],
    /// Predecessor volume descriptor sequence location; 0 if none.
    pub predecessor: u32,
    /// Flags.
    pub flags: PrimaryVolumeFlags,
}

const SIZE: usize = 512;
const NAME: &str = "primary volume descriptor";

impl Descriptor for PrimaryVolumeDescriptor {
    const ID: TagId = TagId::PRIMARY_VOLUME;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        run(NAME, body, |input| {
            let (input, (sequence_number, number)) = (le_u32, le_u32).parse(input)?;
            let (input, volume_identifier) = array::<32>(input)?;
            let (input, (volume_sequence_number, maximum_volume_sequence_number)) =
                (le_u16, le_u16).parse(input)?;
            let (input, (interchange_level, maximum_interchange_level)) = (le_u16, le_u16).parse(input)?;
            let (input, (character_set_list, maximum_character_set_list)) = (le_u32, le_u32).parse(input)?;
            let (input, volume_set_identifier) = array::<128>(input)?;
            let (input, (descriptor_character_set, explanatory_character_set)) =
                (CharSpec::parse, CharSpec::parse).parse(input)?;
            let (input, (volume_abstract, volume_copyright_notice)) =
                (ExtentAd::parse, ExtentAd::parse).parse(input)?;
            let (input, (application_identifier, recording_time, implementation_identifier)) =
                (EntityId::parse, Timestamp::parse, EntityId::parse).parse(input)?;
            let (input, (implementation_use, predecessor, flags)) =
                (array::<64>, le_u32, le_u16).parse(input)?;
            let (input, _reserved) = array::<22>(input)?;
            let descriptor = PrimaryVolumeDescriptor {
                tag,
                sequence_number,
                number,
                volume_identifier: DString(volume_identifier),
                volume_sequence_number,
                maximum_volume_sequence_number,
                interchange_level,
                maximum_interchange_level,
                character_set_list,
                maximum_character_set_list,
                volume_set_identifier: DString(volume_set_identifier),
                descriptor_character_set,
                explanatory_character_set,
                volume_abstract,
                volume_copyright_notice,
                application_identifier,
                recording_time,
                implementation_identifier,
                implementation_use,
                predecessor,
                flags: PrimaryVolumeFlags::from_bits_retain(flags),
            };
            Ok((input, descriptor))
        })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        clear(NAME, block, SIZE)?;
        put(block, 16, &self.sequence_number.to_le_bytes());
        put(block, 20, &self.number.to_le_bytes());
        put(block, 24, &self.volume_identifier.0);
        put(block, 56, &self.volume_sequence_number.to_le_bytes());
        put(block, 58, &self.maximum_volume_sequence_number.to_le_bytes());
        put(block, 60, &self.interchange_level.to_le_bytes());
        put(block, 62, &self.maximum_interchange_level.to_le_bytes());
        put(block, 64, &self.character_set_list.to_le_bytes());
        put(block, 68, &self.maximum_character_set_list.to_le_bytes());
        put(block, 72, &self.volume_set_identifier.0);
        put(block, 200, &self.descriptor_character_set.bytes());
        put(block, 264, &self.explanatory_character_set.bytes());
        put(block, 328, &self.volume_abstract.bytes());
        put(block, 336, &self.volume_copyright_notice.bytes());
        put(block, 344, &self.application_identifier.bytes());
        put(block, 376, &self.recording_time.bytes());
        put(block, 388, &self.implementation_identifier.bytes());
        put(block, 420, &self.implementation_use);
        put(block, 484, &self.predecessor.to_le_bytes());
        put(block, 488, &self.flags.bits().to_le_bytes());
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn a_volume_named_label() {
        let block = testing::block(
            512,
            &[
                (0, &[0x01, 0, 0x02, 0, 0xed, 0, 0, 0, 0x66, 0x73, 0xf0, 0x01, 32, 0, 0, 0]),
                (16, &[1, 0, 0, 0]),
                (24, b"\x08LABEL"),
                (55, &[6]),
                (56, &[1, 0, 1, 0, 2, 0, 3, 0]),
                (64, &[1, 0, 0, 0, 1, 0, 0, 0]),
                (72, b"\x084A5B6C7D01234567LABEL"),
                (199, &[22]),
                (200, b"\0OSTA Compressed Unicode"),
                (264, b"\0OSTA Compressed Unicode"),
                (344, b"\0*Application"),
                (376, &[0x78, 0x10, 0xd9, 0x07, 7, 14, 22, 30, 5, 12, 34, 56]),
                (388, b"\0*Developer"),
                (412, &[4, 5]),
                (420, &[0xaa]),
                (484, &[9, 0, 0, 0]),
                (488, &[1, 0]),
            ],
        );
        let volume: PrimaryVolumeDescriptor = testing::both_ways(&block);
        assert_eq!(volume.volume_identifier.text().unwrap(), "LABEL");
        assert_eq!(volume.volume_set_identifier.text().unwrap(), "4A5B6C7D01234567LABEL");
        assert_eq!((volume.interchange_level, volume.maximum_interchange_level), (2, 3));
        assert_eq!(volume.descriptor_character_set, CharSpec::OSTA_CS0);
        assert!(volume.application_identifier.is(b"*Application"));
        assert_eq!(volume.recording_time.year, 2009);
        assert_eq!(volume.implementation_identifier.implementation_suffix().os, 5);
        assert_eq!((volume.implementation_use[0], volume.predecessor), (0xaa, 9));
        assert_eq!(volume.flags, PrimaryVolumeFlags::VOLUME_SET_IDENTIFICATION);
    }

    proptest! {
        #[test]
        fn survives(bytes in prop::collection::vec(any::<u8>(), 512..=2048)) {
            prop_assert!(testing::survives::<PrimaryVolumeDescriptor>(bytes, 496));
        }
    }
}
