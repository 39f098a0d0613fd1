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
