use nom::Parser;
use nom::number::complete::{le_u16, le_u32};

use crate::nom_ext::{array, clear, put, run};
use crate::{CharSpec, DString, Descriptor, EntityId, Error, LongAd, Tag, TagId, Timestamp};

/// A file set descriptor, 512 bytes (ECMA-167 4/14.1, UDF 2.3.2): where the root directory is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileSetDescriptor {
    /// Descriptor tag.
    pub tag: Tag,
    /// Recording date and time.
    pub recording_time: Timestamp,
    /// Interchange level; 3 in UDF.
    pub interchange_level: u16,
    /// Maximum interchange level; 3 in UDF.
    pub maximum_interchange_level: u16,
    /// Character set list: one bit for each of CS0 to CS8; 1 in UDF.
    pub character_set_list: u32,
    /// Maximum character set list; 1 in UDF.
    pub maximum_character_set_list: u32,
    /// File set number; 0 in UDF, unless the medium is write-once.
    pub file_set_number: u32,
    /// File set descriptor number; of several for one file set, the highest counts.
    pub file_set_descriptor_number: u32,
    /// Logical volume identifier character set.
    pub logical_volume_identifier_character_set: CharSpec,
    /// Logical volume identifier.
    pub logical_volume_identifier: DString<128>,
    /// File set character set.
    pub file_set_character_set: CharSpec,
    /// File set identifier.
    pub file_set_identifier: DString<32>,
    /// Copyright file identifier, in the root directory.
    pub copyright_file_identifier: DString<32>,
    /// Abstract file identifier, in the root directory.
    pub abstract_file_identifier: DString<32>,
    /// Root directory ICB.
    pub root_directory_icb: LongAd,
    /// Domain identifier: `*OSTA UDF Compliant` with the UDF revision.
    pub domain_identifier: EntityId,
    /// Next extent of file set descriptors; length 0 if none.
    pub next: LongAd,
    /// System stream directory ICB, since UDF 2.00; length 0 if none.
    pub system_stream_directory_icb: LongAd,
}

const SIZE: usize = 512;
const NAME: &str = "file set descriptor";

impl Descriptor for FileSetDescriptor {
    const ID: TagId = TagId::FILE_SET;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        run(NAME, body, |input| {
            let (input, (recording_time, interchange_level, maximum_interchange_level)) =
                (Timestamp::parse, le_u16, le_u16).parse(input)?;
            let (input, (character_set_list, maximum_character_set_list)) = (le_u32, le_u32).parse(input)?;
            let (input, (file_set_number, file_set_descriptor_number)) = (le_u32, le_u32).parse(input)?;
            let (input, (volume_set, volume, set)) =
                (CharSpec::parse, array::<128>, CharSpec::parse).parse(input)?;
            let (input, (identifier, copyright, abstract_file)) =
                (array::<32>, array::<32>, array::<32>).parse(input)?;
            let (input, (root_directory_icb, domain_identifier, next)) =
                (LongAd::parse, EntityId::parse, LongAd::parse).parse(input)?;
            let (input, (system_stream_directory_icb, _reserved)) =
                (LongAd::parse, array::<32>).parse(input)?;
            let descriptor = FileSetDescriptor {
                tag,
                recording_time,
                interchange_level,
                maximum_interchange_level,
                character_set_list,
                maximum_character_set_list,
                file_set_number,
                file_set_descriptor_number,
                logical_volume_identifier_character_set: volume_set,
                logical_volume_identifier: DString(volume),
                file_set_character_set: set,
                file_set_identifier: DString(identifier),
                copyright_file_identifier: DString(copyright),
                abstract_file_identifier: DString(abstract_file),
                root_directory_icb,
                domain_identifier,
                next,
                system_stream_directory_icb,
            };
            Ok((input, descriptor))
        })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        clear(NAME, block, SIZE)?;
        put(block, 16, &self.recording_time.bytes());
        put(block, 28, &self.interchange_level.to_le_bytes());
        put(block, 30, &self.maximum_interchange_level.to_le_bytes());
        put(block, 32, &self.character_set_list.to_le_bytes());
        put(block, 36, &self.maximum_character_set_list.to_le_bytes());
        put(block, 40, &self.file_set_number.to_le_bytes());
        put(block, 44, &self.file_set_descriptor_number.to_le_bytes());
        put(block, 48, &self.logical_volume_identifier_character_set.bytes());
        put(block, 112, &self.logical_volume_identifier.0);
        put(block, 240, &self.file_set_character_set.bytes());
        put(block, 304, &self.file_set_identifier.0);
        put(block, 336, &self.copyright_file_identifier.0);
        put(block, 368, &self.abstract_file_identifier.0);
        put(block, 400, &self.root_directory_icb.bytes());
        put(block, 416, &self.domain_identifier.bytes());
        put(block, 448, &self.next.bytes());
        put(block, 464, &self.system_stream_directory_icb.bytes());
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Revision;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn a_set_with_streams() {
        let block = testing::block(
            512,
            &[
                (0, &[0, 0x01, 0x03, 0, 0x90, 0, 0, 0, 0x1f, 0x7c, 0xf0, 0x01, 0, 0, 0, 0]),
                (16, &[0x78, 0x10, 0xd9, 0x07, 0x07, 0x0e, 0x16, 0x1e, 0x05, 0x0c, 0x22, 0x38]),
                (28, &[0x03, 0, 0x03, 0]),
                (32, &[0x01, 0, 0, 0, 0x01, 0, 0, 0]),
                (40, &[0x01, 0, 0, 0, 0x02, 0, 0, 0]),
                (48, b"\0OSTA Compressed Unicode"),
                (112, b"\x08label"),
                (239, &[0x06]),
                (240, b"\0OSTA Compressed Unicode"),
                (304, &[0x10, 0x04, 0x16]),
                (335, &[0x03]),
                (336, &[0x08, 0x43]),
                (367, &[0x02]),
                (368, &[0x08, 0x41]),
                (399, &[0x02]),
                (400, &[0, 0x08, 0, 0, 0x02, 0, 0, 0, 0x01, 0]),
                (416, b"\0*OSTA UDF Compliant"),
                (440, &[0x50, 0x02]),
                (448, &[0, 0x08, 0, 0, 0x05, 0, 0, 0, 0x01, 0]),
                (464, &[0, 0x08, 0, 0, 0x04, 0, 0, 0, 0x01, 0]),
            ],
        );
        let entry: FileSetDescriptor = testing::both_ways(&block);
        assert_eq!((entry.recording_time.year, entry.interchange_level), (2009, 3));
        assert_eq!((entry.maximum_interchange_level, entry.character_set_list), (3, 1));
        assert_eq!((entry.file_set_number, entry.file_set_descriptor_number), (1, 2));
        assert_eq!(entry.logical_volume_identifier_character_set, CharSpec::OSTA_CS0);
        assert_eq!(entry.logical_volume_identifier.text().unwrap(), "label");
        assert_eq!(entry.file_set_identifier.text().unwrap(), "Ж");
        assert_eq!(entry.copyright_file_identifier.text().unwrap(), "C");
        assert_eq!(entry.abstract_file_identifier.text().unwrap(), "A");
        assert_eq!(entry.domain_identifier.domain_suffix().revision, Revision::V2_50);
        let icbs = [entry.root_directory_icb, entry.next, entry.system_stream_directory_icb];
        assert_eq!(
            icbs.map(|icb| (icb.length(), icb.block, icb.partition)),
            [(2048, 2, 1), (2048, 5, 1), (2048, 4, 1)]
        );
        assert!(entry.encode(&mut [0; 511]).is_err());
    }

    proptest! {
        #[test]
        fn survives(bytes in prop::collection::vec(any::<u8>(), 512..=600)) {
            prop_assert!(testing::survives::<FileSetDescriptor>(bytes, 496));
        }

        #[test]
        fn any_length(bytes in prop::collection::vec(any::<u8>(), 16..=520)) {
            testing::survives::<FileSetDescriptor>(bytes, 0);
        }
    }
}
