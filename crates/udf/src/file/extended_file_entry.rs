use std::ops::Range;

use nom::number::complete::{le_u16, le_u32, le_u64, u8};
use nom::{IResult, Parser};

use crate::file::file_entry::{areas, clear_for, length_bytes};
use crate::file::{AllocationDescriptors, IcbTag, Permissions};
use crate::nom_ext::{array, put, run};
use crate::{EntityId, Error, LongAd, Tag, TagId, Timestamp};

/// An extended file entry (ECMA-167 4/14.17, UDF 2.3.6): a file entry with a creation time and streams. Since
/// UDF 2.00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtendedFileEntry<'a> {
    /// Descriptor tag.
    pub tag: Tag,
    /// ICB tag.
    pub icb_tag: IcbTag,
    /// Uid; 0xFFFFFFFF if none is given.
    pub uid: u32,
    /// Gid; 0xFFFFFFFF if none is given.
    pub gid: u32,
    /// Permissions.
    pub permissions: Permissions,
    /// File link count: file identifiers that lead here.
    pub link_count: u16,
    /// Record format; 0 in UDF.
    pub record_format: u8,
    /// Record display attributes; 0 in UDF.
    pub record_display_attributes: u8,
    /// Record length; 0 in UDF.
    pub record_length: u32,
    /// Information length: size of the content, bytes.
    pub information_length: u64,
    /// Object size: of the content and all streams, bytes.
    pub object_size: u64,
    /// Logical blocks recorded: of the content; 0 if it is embedded.
    pub logical_blocks_recorded: u64,
    /// Access date and time.
    pub access_time: Timestamp,
    /// Modification date and time.
    pub modification_time: Timestamp,
    /// Creation date and time.
    pub creation_time: Timestamp,
    /// Attribute date and time: when the attributes were last changed.
    pub attribute_time: Timestamp,
    /// Checkpoint; 1 at first.
    pub checkpoint: u32,
    /// Extended attribute ICB; length 0 if none.
    pub extended_attribute_icb: LongAd,
    /// Stream directory ICB; length 0 if none.
    pub stream_directory_icb: LongAd,
    /// Implementation identifier: who wrote this.
    pub implementation_identifier: EntityId,
    /// Unique id.
    pub unique_id: u64,
    /// Extended attributes (4/14.10).
    pub extended_attributes: &'a [u8],
    /// Allocation descriptors, of the kind that the flags of the ICB tag say; or the embedded content.
    pub allocation_descriptors: &'a [u8],
}

const NAME: &str = "extended file entry";

impl<'a> ExtendedFileEntry<'a> {
    /// Its tag identifier.
    pub const ID: TagId = TagId::EXTENDED_FILE_ENTRY;
    /// Bytes in front of the extended attributes.
    pub const FIXED: usize = 216;

    /// The entry at the beginning of `block`, whose tag, CRC and length fields are checked.
    ///
    /// # Errors
    /// What [`Tag::open_as`] says, and [`Error::Truncated`], [`Error::Length`].
    pub fn parse(block: &'a [u8]) -> Result<ExtendedFileEntry<'a>, Error> {
        let (tag, _) = Tag::open_as(block, Self::ID)?;
        ExtendedFileEntry::parse_behind(tag, block)
    }

    /// As [`ExtendedFileEntry::parse`], where `tag` has been read from `block` and judged by the caller: also
    /// an entry whose CRC is wrong can be looked at.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::Length`].
    pub fn parse_behind(tag: Tag, block: &'a [u8]) -> Result<ExtendedFileEntry<'a>, Error> {
        let body = block.get(Tag::SIZE..).unwrap_or_default();
        let (entry, lengths) = run(NAME, body, |input| fields(tag, input))?;
        let (extended_attributes, allocation_descriptors) = areas(NAME, block, Self::FIXED, lengths)?;
        Ok(ExtendedFileEntry { extended_attributes, allocation_descriptors, ..entry })
    }

    /// Bytes of the entry: up to the end of the allocation descriptors.
    #[must_use]
    pub const fn size(&self) -> usize {
        Self::FIXED + self.extended_attributes.len() + self.allocation_descriptors.len()
    }

    /// The allocation descriptors; none if the content is embedded.
    #[must_use]
    pub const fn allocation(&self) -> AllocationDescriptors<'a> {
        AllocationDescriptors::new(self.icb_tag.flags.allocation(), self.allocation_descriptors)
    }

    /// Fills the whole of `block` with the entry: its fields, zeros, and the tag with checksum and CRC.
    ///
    /// # Errors
    /// [`Error::BlockTooSmall`], [`Error::CrcLength`].
    pub fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        let area = self.encode_around(block, self.allocation_descriptors.len())?;
        put(block, area.start, self.allocation_descriptors);
        self.tag.seal(block)
    }

    /// As [`ExtendedFileEntry::encode`], but with `length` zeros for the allocation descriptors, and without
    /// the tag. The caller fills the bytes of the block that are returned, for instance with the content of a
    /// file, and then calls [`Tag::seal`]; [`ExtendedFileEntry::allocation_descriptors`] is not looked at.
    ///
    /// # Errors
    /// [`Error::BlockTooSmall`].
    pub fn encode_around(&self, block: &mut [u8], length: usize) -> Result<Range<usize>, Error> {
        let lengths = (self.extended_attributes.len(), length);
        let area = clear_for(NAME, block, Self::FIXED, lengths)?;
        put(block, 16, &self.icb_tag.bytes());
        put(block, 36, &self.uid.to_le_bytes());
        put(block, 40, &self.gid.to_le_bytes());
        put(block, 44, &self.permissions.bits().to_le_bytes());
        put(block, 48, &self.link_count.to_le_bytes());
        block[50] = self.record_format;
        block[51] = self.record_display_attributes;
        put(block, 52, &self.record_length.to_le_bytes());
        put(block, 56, &self.information_length.to_le_bytes());
        put(block, 64, &self.object_size.to_le_bytes());
        put(block, 72, &self.logical_blocks_recorded.to_le_bytes());
        put(block, 80, &self.access_time.bytes());
        put(block, 92, &self.modification_time.bytes());
        put(block, 104, &self.creation_time.bytes());
        put(block, 116, &self.attribute_time.bytes());
        put(block, 128, &self.checkpoint.to_le_bytes());
        put(block, 136, &self.extended_attribute_icb.bytes());
        put(block, 152, &self.stream_directory_icb.bytes());
        put(block, 168, &self.implementation_identifier.bytes());
        put(block, 200, &self.unique_id.to_le_bytes());
        put(block, 208, &length_bytes(lengths.0));
        put(block, 212, &length_bytes(lengths.1));
        put(block, Self::FIXED, self.extended_attributes);
        Ok(area)
    }
}

fn fields(tag: Tag, input: &[u8]) -> IResult<&[u8], (ExtendedFileEntry<'static>, (u32, u32))> {
    let (input, (icb_tag, uid, gid, permissions)) = (IcbTag::parse, le_u32, le_u32, le_u32).parse(input)?;
    let (input, (link_count, record_format, record_display_attributes, record_length)) =
        (le_u16, u8, u8, le_u32).parse(input)?;
    let (input, (information_length, object_size, logical_blocks_recorded)) =
        (le_u64, le_u64, le_u64).parse(input)?;
    let (input, (access_time, modification_time, creation_time, attribute_time)) =
        (Timestamp::parse, Timestamp::parse, Timestamp::parse, Timestamp::parse).parse(input)?;
    let (input, (checkpoint, _reserved, extended_attribute_icb, stream_directory_icb)) =
        (le_u32, array::<4>, LongAd::parse, LongAd::parse).parse(input)?;
    let (input, (implementation_identifier, unique_id)) = (EntityId::parse, le_u64).parse(input)?;
    let (input, lengths) = (le_u32, le_u32).parse(input)?;
    let entry = ExtendedFileEntry {
        tag,
        icb_tag,
        uid,
        gid,
        permissions: Permissions::from_bits_retain(permissions),
        link_count,
        record_format,
        record_display_attributes,
        record_length,
        information_length,
        object_size,
        logical_blocks_recorded,
        access_time,
        modification_time,
        creation_time,
        attribute_time,
        checkpoint,
        extended_attribute_icb,
        stream_directory_icb,
        implementation_identifier,
        unique_id,
        extended_attributes: &[],
        allocation_descriptors: &[],
    };
    Ok((input, (entry, lengths)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{FileType, PathComponents};
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn an_embedded_link() {
        let block = testing::block(
            512,
            &[
                (0, &[0x0a, 0x01, 0x03, 0, 0x34, 0, 0, 0, 0xfb, 0x54, 0xd4, 0, 0x03, 0, 0, 0]),
                (16, &[0, 0, 0, 0, 0x04, 0, 0, 0, 0x01, 0, 0, 0x0c, 0, 0, 0, 0, 0, 0, 0x03, 0x20]),
                (36, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
                (44, &[0xff, 0x7f, 0, 0]),
                (48, &[0x01, 0]),
                (56, &[0x08, 0, 0, 0, 0, 0, 0, 0]),
                (64, &[0x20, 0, 0, 0, 0, 0, 0, 0]),
                (72, &[0, 0, 0, 0, 0, 0, 0, 0]),
                (80, &[0x78, 0x10, 0xd9, 0x07, 0x07, 0x0e, 0x16, 0x1e, 0x05, 0x0c, 0x22, 0x38]),
                (92, &[0, 0x10, 0xd0, 0x07, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]),
                (104, &[0, 0x10, 0xd1, 0x07, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]),
                (116, &[0, 0x10, 0xd2, 0x07, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]),
                (128, &[0x02, 0, 0, 0]),
                (136, &[0, 0x08, 0, 0, 0x09, 0, 0, 0, 0x01, 0]),
                (152, &[0, 0x08, 0, 0, 0x0a, 0, 0, 0, 0x01, 0]),
                (168, b"\0*Developer"),
                (200, &[0x12, 0, 0, 0, 0x01, 0, 0, 0]),
                (208, &[0x04, 0, 0, 0, 0x08, 0, 0, 0]),
                (216, &[0x01, 0x02, 0x03, 0x04]),
                (220, &[0x05, 0x03, 0, 0, 0x10, 0x04, 0x36, 0]),
            ],
        );
        let entry = ExtendedFileEntry::parse(&block).unwrap();
        assert_eq!((entry.tag.location, entry.icb_tag.file_type), (3, FileType::SYMBOLIC_LINK));
        assert_eq!((entry.uid, entry.gid, entry.permissions), (u32::MAX, u32::MAX, Permissions::all()));
        assert_eq!((entry.link_count, entry.information_length, entry.object_size), (1, 8, 32));
        assert_eq!((entry.logical_blocks_recorded, entry.checkpoint), (0, 2));
        let times = [entry.access_time, entry.modification_time, entry.creation_time, entry.attribute_time];
        assert_eq!(times.map(|time| time.year), [2009, 2000, 2001, 2002]);
        assert_eq!((entry.extended_attribute_icb.block, entry.stream_directory_icb.block), (9, 10));
        assert!(entry.implementation_identifier.is(b"*Developer"));
        assert_eq!((entry.unique_id, entry.extended_attributes), (0x1_0000_0012, &[1, 2, 3, 4][..]));
        assert_eq!(entry.allocation().count(), 0);
        let name = PathComponents::new(entry.allocation_descriptors).next().unwrap().unwrap();
        assert_eq!(name.identifier, [16, 0x04, 0x36]);
        assert_eq!(encoded(&entry, 512), block);
    }

    fn encoded(entry: &ExtendedFileEntry<'_>, length: usize) -> Vec<u8> {
        let mut block = vec![0xff; length];
        entry.encode(&mut block).unwrap();
        block
    }

    #[test]
    fn lengths_that_lie() {
        let with = |attributes: u32, descriptors: u32| {
            let mut block = vec![0; 512];
            put(&mut block, 208, &attributes.to_le_bytes());
            put(&mut block, 212, &descriptors.to_le_bytes());
            let tag = Tag { id: ExtendedFileEntry::ID, version: 3, serial: 0, crc_length: 0, location: 1 };
            tag.seal(&mut block).unwrap();
            ExtendedFileEntry::parse(&block).map(|entry| entry.size())
        };
        assert_eq!((with(0, 0), with(200, 96)), (Ok(216), Ok(512)));
        assert!(matches!(with(297, 0), Err(Error::Length { value: 297, most: 296, .. })));
        assert!(matches!(with(200, 97), Err(Error::Length { value: 97, most: 96, .. })));
        assert!(ExtendedFileEntry::parse(&[0; 215]).is_err());
    }

    proptest! {
        #[test]
        fn survives(
            mut block in prop::collection::vec(any::<u8>(), 512..=2048),
            attributes in 0..140u8,
            descriptors in 0..140u8,
        ) {
            block[208..216].copy_from_slice(&[attributes, 0, 0, 0, descriptors, 0, 0, 0]);
            let crc_length = 200 + u16::from(attributes) + u16::from(descriptors);
            let tag = Tag { id: ExtendedFileEntry::ID, version: 3, serial: 1, crc_length, location: 32 };
            tag.seal(&mut block).unwrap();
            let entry = ExtendedFileEntry::parse(&block).unwrap();
            prop_assert_eq!(entry.size(), usize::from(crc_length) + 16);
            let again = encoded(&entry, block.len());
            prop_assert_eq!(ExtendedFileEntry::parse(&again), Ok(entry));

            // The same, with the descriptors put in by the caller.
            let mut around = vec![0xff; block.len()];
            let place = entry.encode_around(&mut around, entry.allocation_descriptors.len()).unwrap();
            around[place].copy_from_slice(entry.allocation_descriptors);
            tag.seal(&mut around).unwrap();
            prop_assert_eq!(&around, &again);
        }

        #[test]
        fn any_bytes(mut block in prop::collection::vec(any::<u8>(), 16..=600)) {
            let tag = Tag { id: ExtendedFileEntry::ID, version: 3, serial: 0, crc_length: 0, location: 32 };
            tag.seal(&mut block).unwrap();
            let _ = ExtendedFileEntry::parse(&block);
        }
    }
}
