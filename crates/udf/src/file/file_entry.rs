use std::ops::Range;

use nom::number::complete::{le_u16, le_u32, le_u64, u8};
use nom::{IResult, Parser};

use crate::file::{AllocationDescriptors, IcbTag, Permissions};
use crate::nom_ext::{put, run};
use crate::{EntityId, Error, LongAd, Tag, TagId, Timestamp};

/// A file entry (ECMA-167 4/14.9, UDF 2.3.6): the attributes of a file, and where its content is. Extended
/// attributes and allocation descriptors are borrowed from the block parsed, or from the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileEntry<'a> {
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
    /// Logical blocks recorded: of the content; 0 if it is embedded.
    pub logical_blocks_recorded: u64,
    /// Access date and time.
    pub access_time: Timestamp,
    /// Modification date and time.
    pub modification_time: Timestamp,
    /// Attribute date and time: when the attributes were last changed.
    pub attribute_time: Timestamp,
    /// Checkpoint; 1 at first.
    pub checkpoint: u32,
    /// Extended attribute ICB; length 0 if none.
    pub extended_attribute_icb: LongAd,
    /// Implementation identifier: who wrote this.
    pub implementation_identifier: EntityId,
    /// Unique id.
    pub unique_id: u64,
    /// Extended attributes (4/14.10).
    pub extended_attributes: &'a [u8],
    /// Allocation descriptors, of the kind that the flags of the ICB tag say; or the embedded content.
    pub allocation_descriptors: &'a [u8],
}

const NAME: &str = "file entry";

impl<'a> FileEntry<'a> {
    /// Its tag identifier.
    pub const ID: TagId = TagId::FILE_ENTRY;
    /// Bytes in front of the extended attributes.
    pub const FIXED: usize = 176;

    /// The entry at the beginning of `block`, whose tag, CRC and length fields are checked.
    ///
    /// # Errors
    /// What [`Tag::open_as`] says, and [`Error::Truncated`], [`Error::Length`].
    pub fn parse(block: &'a [u8]) -> Result<FileEntry<'a>, Error> {
        let (tag, _) = Tag::open_as(block, Self::ID)?;
        FileEntry::parse_behind(tag, block)
    }

    /// As [`FileEntry::parse`], where `tag` has been read from `block` and judged by the caller: also an entry
    /// whose CRC is wrong can be looked at.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::Length`].
    pub fn parse_behind(tag: Tag, block: &'a [u8]) -> Result<FileEntry<'a>, Error> {
        let body = block.get(Tag::SIZE..).unwrap_or_default();
        let (entry, lengths) = run(NAME, body, |input| fields(tag, input))?;
        let (extended_attributes, allocation_descriptors) = areas(NAME, block, Self::FIXED, lengths)?;
        Ok(FileEntry { extended_attributes, allocation_descriptors, ..entry })
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

    /// As [`FileEntry::encode`], but with `length` zeros for the allocation descriptors, and without the tag.
    /// The caller fills the bytes of the block that are returned, for instance with the content of a file, and
    /// then calls [`Tag::seal`]; [`FileEntry::allocation_descriptors`] is not looked at.
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
        put(block, 64, &self.logical_blocks_recorded.to_le_bytes());
        put(block, 72, &self.access_time.bytes());
        put(block, 84, &self.modification_time.bytes());
        put(block, 96, &self.attribute_time.bytes());
        put(block, 108, &self.checkpoint.to_le_bytes());
        put(block, 112, &self.extended_attribute_icb.bytes());
        put(block, 128, &self.implementation_identifier.bytes());
        put(block, 160, &self.unique_id.to_le_bytes());
        put(block, 168, &length_bytes(lengths.0));
        put(block, 172, &length_bytes(lengths.1));
        put(block, Self::FIXED, self.extended_attributes);
        Ok(area)
    }
}

fn fields(tag: Tag, input: &[u8]) -> IResult<&[u8], (FileEntry<'static>, (u32, u32))> {
    let (input, (icb_tag, uid, gid, permissions)) = (IcbTag::parse, le_u32, le_u32, le_u32).parse(input)?;
    let (input, (link_count, record_format, record_display_attributes, record_length)) =
        (le_u16, u8, u8, le_u32).parse(input)?;
    let (input, (information_length, logical_blocks_recorded)) = (le_u64, le_u64).parse(input)?;
    let (input, (access_time, modification_time, attribute_time)) =
        (Timestamp::parse, Timestamp::parse, Timestamp::parse).parse(input)?;
    let (input, (checkpoint, extended_attribute_icb, implementation_identifier, unique_id)) =
        (le_u32, LongAd::parse, EntityId::parse, le_u64).parse(input)?;
    let (input, lengths) = (le_u32, le_u32).parse(input)?;
    let entry = FileEntry {
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
        logical_blocks_recorded,
        access_time,
        modification_time,
        attribute_time,
        checkpoint,
        extended_attribute_icb,
        implementation_identifier,
        unique_id,
        extended_attributes: &[],
        allocation_descriptors: &[],
    };
    Ok((input, (entry, lengths)))
}

/// The two areas behind the first `fixed` bytes of an entry, by their recorded lengths.
pub(super) fn areas<'a>(
    structure: &'static str,
    block: &'a [u8],
    fixed: usize,
    (attributes, descriptors): (u32, u32),
) -> Result<(&'a [u8], &'a [u8]), Error> {
    let rest = block.get(fixed..).unwrap_or_default();
    let (attributes, rest) = cut(structure, "length of extended attributes", rest, attributes)?;
    let (descriptors, _) = cut(structure, "length of allocation descriptors", rest, descriptors)?;
    Ok((attributes, descriptors))
}

/// The first `length` bytes, and those behind.
pub(super) fn cut<'a>(
    structure: &'static str,
    field: &'static str,
    bytes: &'a [u8],
    length: u32,
) -> Result<(&'a [u8], &'a [u8]), Error> {
    let wanted = usize::try_from(length).unwrap_or(usize::MAX);
    bytes.split_at_checked(wanted).ok_or(Error::Length {
        structure,
        field,
        value: length.into(),
        most: bytes.len() as u64,
    })
}

/// Clears the block for an entry with areas of these lengths, and gives the place of the second.
pub(super) fn clear_for(
    structure: &'static str,
    block: &mut [u8],
    fixed: usize,
    (attributes, descriptors): (usize, usize),
) -> Result<Range<usize>, Error> {
    let start = fixed.saturating_add(attributes);
    let end = start.saturating_add(descriptors);
    crate::nom_ext::clear(structure, block, end)?;
    Ok(start..end)
}

/// A length field of what fits into a block, which is far below 2^32.
pub(super) fn length_bytes(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{AllocationType, FileType, IcbFlags};
    use crate::{ExtentType, LbAddr, testing};
    use proptest::prelude::*;

    #[test]
    fn a_file_of_two_extents() {
        let block = testing::block(
            512,
            &[
                (0, &[0x05, 0x01, 0x02, 0, 0xf8, 0, 0, 0, 0x82, 0xa3, 0xc8, 0, 0x03, 0, 0, 0]),
                (16, &[0, 0, 0, 0, 0x04, 0, 0, 0, 0x01, 0, 0, 0x05, 0x02, 0, 0, 0, 0x01, 0, 0x40, 0x02]),
                (36, &[0xe8, 0x03, 0, 0]),
                (40, &[0x64, 0, 0, 0]),
                (44, &[0xa5, 0x14, 0, 0]),
                (48, &[0x02, 0]),
                (56, &[0, 0x10, 0, 0, 0x01, 0, 0, 0]),
                (64, &[0x03, 0, 0, 0, 0, 0, 0, 0]),
                (72, &[0x78, 0x10, 0xd9, 0x07, 0x07, 0x0e, 0x16, 0x1e, 0x05, 0x0c, 0x22, 0x38]),
                (84, &[0, 0x10, 0xd0, 0x07, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]),
                (96, &[0, 0x10, 0xd1, 0x07, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]),
                (108, &[0x01, 0, 0, 0]),
                (112, &[0, 0x08, 0, 0, 0x09, 0, 0, 0, 0x01, 0]),
                (128, b"\0*Developer"),
                (160, &[0x11, 0, 0, 0, 0, 0, 0, 0]),
                (168, &[0x18, 0, 0, 0, 0x10, 0, 0, 0]),
                (
                    176,
                    &[
                        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e,
                        0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
                    ],
                ),
                (200, &[0xff, 0x07, 0, 0, 0x20, 0, 0, 0, 0x01, 0, 0, 0, 0x21, 0, 0, 0]),
            ],
        );
        let entry = FileEntry::parse(&block).unwrap();
        assert_eq!((entry.tag.location, entry.icb_tag.file_type), (3, FileType::BYTES));
        assert_eq!(entry.icb_tag.parent, LbAddr { block: 2, partition: 1 });
        assert_eq!(entry.icb_tag.flags, IcbFlags::SETUID | IcbFlags::CONTIGUOUS);
        assert_eq!((entry.uid, entry.gid, entry.permissions.mode()), (1000, 100, 0o555));
        assert_eq!((entry.link_count, entry.information_length), (2, 0x1_0000_1000));
        assert_eq!((entry.logical_blocks_recorded, entry.checkpoint, entry.unique_id), (3, 1, 17));
        let years = [entry.access_time, entry.modification_time, entry.attribute_time].map(|time| time.year);
        assert_eq!(years, [2009, 2000, 2001]);
        let attributes = entry.extended_attribute_icb;
        assert_eq!((attributes.length(), attributes.block, attributes.partition), (2048, 9, 1));
        assert!(entry.implementation_identifier.is(b"*Developer"));
        assert_eq!(entry.extended_attributes, (1..=24).collect::<Vec<_>>());
        let extents: Vec<_> = entry
            .allocation()
            .map(|ad| (ad.length(), ad.extent_type(), ad.block(), ad.partition()))
            .collect();
        let recorded = ExtentType::Recorded;
        assert_eq!(extents, [(2047, recorded, 32, None), (1, recorded, 33, None)]);
        assert_eq!(entry.size(), 216);
        assert_eq!(encoded(&entry, 512), block);
    }

    fn encoded(entry: &FileEntry<'_>, length: usize) -> Vec<u8> {
        let mut block = vec![0xff; length];
        entry.encode(&mut block).unwrap();
        block
    }

    #[test]
    fn content_put_into_the_block_afterwards() {
        let tag = Tag { id: TagId::FILE_ENTRY, version: 2, serial: 0, crc_length: 163, location: 1 };
        let mut block = vec![0; 256];
        Tag { crc_length: 0, ..tag }.seal(&mut block).unwrap();
        let empty = FileEntry { tag, ..FileEntry::parse(&block).unwrap() };
        let icb_tag =
            IcbTag { flags: IcbFlags::empty().with_allocation(AllocationType::Embedded), ..empty.icb_tag };
        let entry = FileEntry { icb_tag, ..empty };
        let mut block = vec![0xff; 256];
        let place = entry.encode_around(&mut block, 3).unwrap();
        assert_eq!(place, 176..179);
        block[place].copy_from_slice(b"abc");
        tag.seal(&mut block).unwrap();
        let whole = FileEntry { allocation_descriptors: b"abc", ..entry };
        assert_eq!(block, encoded(&whole, 256));
        let read = FileEntry::parse(&block).unwrap();
        assert_eq!((read, read.allocation().count()), (whole, 0));
    }

    #[test]
    fn lengths_that_lie() {
        let with = |attributes: u32, descriptors: u32| {
            let mut block = vec![0; 512];
            put(&mut block, 168, &attributes.to_le_bytes());
            put(&mut block, 172, &descriptors.to_le_bytes());
            let tag = Tag { id: TagId::FILE_ENTRY, version: 2, serial: 0, crc_length: 0, location: 1 };
            tag.seal(&mut block).unwrap();
            FileEntry::parse(&block).map(|entry| entry.size())
        };
        assert_eq!((with(0, 0), with(300, 36)), (Ok(176), Ok(512)));
        assert!(matches!(with(337, 0), Err(Error::Length { value: 337, most: 336, .. })));
        assert!(matches!(with(300, 37), Err(Error::Length { value: 37, most: 36, .. })));
        assert!(matches!(with(u32::MAX, u32::MAX), Err(Error::Length { .. })));
        assert!(FileEntry::parse(&[0; 175]).is_err());
    }

    proptest! {
        #[test]
        fn survives(
            mut block in prop::collection::vec(any::<u8>(), 512..=2048),
            attributes in 0..150u8,
            descriptors in 0..150u8,
        ) {
            block[168..176].copy_from_slice(&[attributes, 0, 0, 0, descriptors, 0, 0, 0]);
            let crc_length = 160 + u16::from(attributes) + u16::from(descriptors);
            let tag = Tag { id: TagId::FILE_ENTRY, version: 2, serial: 1, crc_length, location: 32 };
            tag.seal(&mut block).unwrap();
            let entry = FileEntry::parse(&block).unwrap();
            prop_assert_eq!(entry.size(), usize::from(crc_length) + 16);
            let again = encoded(&entry, block.len());
            prop_assert_eq!(FileEntry::parse(&again), Ok(entry));
        }

        #[test]
        fn any_bytes(mut block in prop::collection::vec(any::<u8>(), 16..=600)) {
            let tag = Tag { id: TagId::FILE_ENTRY, version: 2, serial: 0, crc_length: 0, location: 32 };
            tag.seal(&mut block).unwrap();
            let _ = FileEntry::parse(&block);
        }
    }
}
