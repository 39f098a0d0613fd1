use std::fmt;

use byteorder::{ByteOrder, LittleEndian};
use nom::number::complete::{le_u16, le_u32, u8};
use nom::{IResult, Parser};

use crate::nom_ext::run;
use crate::{Error, crc};

/// Which descriptor follows a tag (ECMA-167 3/7.2.1, 4/7.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagId(pub u16);

impl TagId {
    /// Sparing table (UDF 2.2.12); also what a blank block looks like.
    pub const SPARING_TABLE: TagId = TagId(0);
    /// Primary volume descriptor.
    pub const PRIMARY_VOLUME: TagId = TagId(1);
    /// Anchor volume descriptor pointer.
    pub const ANCHOR_VOLUME_POINTER: TagId = TagId(2);
    /// Volume descriptor pointer.
    pub const VOLUME_POINTER: TagId = TagId(3);
    /// Implementation use volume descriptor.
    pub const IMPLEMENTATION_USE_VOLUME: TagId = TagId(4);
    /// Partition descriptor.
    pub const PARTITION: TagId = TagId(5);
    /// Logical volume descriptor.
    pub const LOGICAL_VOLUME: TagId = TagId(6);
    /// Unallocated space descriptor.
    pub const UNALLOCATED_SPACE: TagId = TagId(7);
    /// Terminating descriptor.
    pub const TERMINATING: TagId = TagId(8);
    /// Logical volume integrity descriptor.
    pub const LOGICAL_VOLUME_INTEGRITY: TagId = TagId(9);
    /// File set descriptor.
    pub const FILE_SET: TagId = TagId(256);
    /// File identifier descriptor.
    pub const FILE_IDENTIFIER: TagId = TagId(257);
    /// Allocation extent descriptor.
    pub const ALLOCATION_EXTENT: TagId = TagId(258);
    /// Indirect entry.
    pub const INDIRECT_ENTRY: TagId = TagId(259);
    /// Terminal entry.
    pub const TERMINAL_ENTRY: TagId = TagId(260);
    /// File entry.
    pub const FILE_ENTRY: TagId = TagId(261);
    /// Extended attribute header descriptor.
    pub const EXTENDED_ATTRIBUTE_HEADER: TagId = TagId(262);
    /// Unallocated space entry.
    pub const UNALLOCATED_SPACE_ENTRY: TagId = TagId(263);
    /// Space bitmap descriptor.
    pub const SPACE_BITMAP: TagId = TagId(264);
    /// Partition integrity entry.
    pub const PARTITION_INTEGRITY: TagId = TagId(265);
    /// Extended file entry.
    pub const EXTENDED_FILE_ENTRY: TagId = TagId(266);
}

impl fmt::Display for TagId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            TagId::SPARING_TABLE => "blank block or sparing table",
            TagId::PRIMARY_VOLUME => "primary volume descriptor",
            TagId::ANCHOR_VOLUME_POINTER => "anchor volume descriptor pointer",
            TagId::VOLUME_POINTER => "volume descriptor pointer",
            TagId::IMPLEMENTATION_USE_VOLUME => "implementation use volume descriptor",
            TagId::PARTITION => "partition descriptor",
            TagId::LOGICAL_VOLUME => "logical volume descriptor",
            TagId::UNALLOCATED_SPACE => "unallocated space descriptor",
            TagId::TERMINATING => "terminating descriptor",
            TagId::LOGICAL_VOLUME_INTEGRITY => "logical volume integrity descriptor",
            TagId::FILE_SET => "file set descriptor",
            TagId::FILE_IDENTIFIER => "file identifier descriptor",
            TagId::ALLOCATION_EXTENT => "allocation extent descriptor",
            TagId::INDIRECT_ENTRY => "indirect entry",
            TagId::TERMINAL_ENTRY => "terminal entry",
            TagId::FILE_ENTRY => "file entry",
            TagId::EXTENDED_ATTRIBUTE_HEADER => "extended attribute header descriptor",
            TagId::UNALLOCATED_SPACE_ENTRY => "unallocated space entry",
            TagId::SPACE_BITMAP => "space bitmap descriptor",
            TagId::PARTITION_INTEGRITY => "partition integrity entry",
            TagId::EXTENDED_FILE_ENTRY => "extended file entry",
            TagId(other) => return write!(f, "descriptor {other}"),
        };
        f.write_str(name)
    }
}

/// The tag at the start of every descriptor, 16 bytes (ECMA-167 3/7.2). Checksum and CRC are checked by
/// [`Tag::open`] and calculated by [`Tag::seal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag {
    /// Which descriptor it is.
    pub id: TagId,
    /// 2 for ECMA-167 second edition (NSR02), 3 for the third (NSR03).
    pub version: u16,
    /// Tells apart the descriptors of successive uses of the medium; 0 is not specified.
    pub serial: u16,
    /// Bytes behind the tag that the CRC covers.
    pub crc_length: u16,
    /// Block of the descriptor: absolute in the volume, or logical in its partition.
    pub location: u32,
}

impl Tag {
    /// Bytes of a tag.
    pub const SIZE: usize = 16;

    /// Checks the tag of the descriptor in `block`, and returns it with the bytes behind it.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::Checksum`], [`Error::CrcLength`], [`Error::Crc`].
    pub fn open(block: &[u8]) -> Result<(Tag, &[u8]), Error> {
        let (tag, checksum, recorded) = run("descriptor tag", block, fields)?;
        let (head, body) = block.split_at(Tag::SIZE);
        let calculated = tag_checksum(head);
        if checksum != calculated {
            return Err(Error::Checksum { found: checksum, calculated });
        }
        let Some(covered) = body.get(..usize::from(tag.crc_length)) else {
            return Err(Error::CrcLength { length: tag.crc_length, available: body.len() });
        };
        let calculated = crc(covered);
        if recorded != calculated {
            return Err(Error::Crc { found: recorded, calculated });
        }
        Ok((tag, body))
    }

    /// As [`Tag::open`], for one kind of descriptor.
    ///
    /// # Errors
    /// As [`Tag::open`], and [`Error::TagId`].
    pub fn open_as(block: &[u8], expected: TagId) -> Result<(Tag, &[u8]), Error> {
        let (tag, body) = Tag::open(block)?;
        if tag.id == expected { Ok((tag, body)) } else { Err(Error::TagId { expected, found: tag.id }) }
    }

    /// Checks that the descriptor was recorded for the block that it was read from.
    ///
    /// # Errors
    /// [`Error::Location`].
    pub fn check_location(&self, actual: u32) -> Result<(), Error> {
        if self.location == actual {
            Ok(())
        } else {
            Err(Error::Location { recorded: self.location, actual })
        }
    }

    /// Writes the tag to the first 16 bytes of `block`, with checksum, and with the CRC over the
    /// `crc_length` bytes behind it, which must be complete.
    ///
    /// # Errors
    /// [`Error::BlockTooSmall`], [`Error::CrcLength`].
    pub fn seal(&self, block: &mut [u8]) -> Result<(), Error> {
        let len = block.len();
        let Some((head, body)) = block.split_at_mut_checked(Tag::SIZE) else {
            return Err(Error::BlockTooSmall { structure: "descriptor tag", needed: Tag::SIZE, block: len });
        };
        let Some(covered) = body.get(..usize::from(self.crc_length)) else {
            return Err(Error::CrcLength { length: self.crc_length, available: body.len() });
        };
        LittleEndian::write_u16(&mut head[0..2], self.id.0);
        LittleEndian::write_u16(&mut head[2..4], self.version);
        head[4] = 0;
        head[5] = 0;
        LittleEndian::write_u16(&mut head[6..8], self.serial);
        LittleEndian::write_u16(&mut head[8..10], crc(covered));
        LittleEndian::write_u16(&mut head[10..12], self.crc_length);
        LittleEndian::write_u32(&mut head[12..16], self.location);
        head[4] = tag_checksum(head);
        Ok(())
    }
}

fn fields(input: &[u8]) -> IResult<&[u8], (Tag, u8, u16)> {
    (le_u16, le_u16, u8, u8, le_u16, le_u16, le_u16, le_u32)
        .map(|(id, version, checksum, _reserved, serial, crc, crc_length, location)| {
            (Tag { id: TagId(id), version, serial, crc_length, location }, checksum, crc)
        })
        .parse(input)
}

/// Sum, modulo 256, of all bytes of the tag but the checksum itself.
fn tag_checksum(tag: &[u8]) -> u8 {
    tag.iter()
        .enumerate()
        .filter(|(index, _)| *index != 4)
        .fold(0u8, |sum, (_, byte)| sum.wrapping_add(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An anchor's tag in front of the three bytes whose CRC the standard gives.
    const BLOCK: [u8; 19] = [
        0x02, 0x00, 0x03, 0x00, 0xd5, 0x00, 0x01, 0x00, 0x99, 0x32, 0x03, 0x00, 0x00, 0x01, 0x00, 0x00, 0x70,
        0x6a, 0x77,
    ];

    #[test]
    fn a_tag_at_block_256() {
        let tag =
            Tag { id: TagId::ANCHOR_VOLUME_POINTER, version: 3, serial: 1, crc_length: 3, location: 256 };
        assert_eq!(Tag::open(&BLOCK), Ok((tag, &BLOCK[16..])));
        assert_eq!(tag.check_location(256), Ok(()));
        assert!(tag.check_location(512).is_err());
        let mut block = [0xff; 19];
        block[16..].copy_from_slice(&BLOCK[16..]);
        tag.seal(&mut block).unwrap();
        assert_eq!(block, BLOCK);
    }

    #[test]
    fn damage_is_told_apart() {
        let with = |index: usize, value| {
            let mut block = BLOCK;
            block[index] = value;
            Tag::open(&block).unwrap_err()
        };
        assert!(matches!(with(4, 0), Error::Checksum { found: 0, .. }));
        assert!(matches!(with(18, 0), Error::Crc { found: 0x3299, .. }));
        assert_eq!(Tag::open(&BLOCK[..18]), Err(Error::CrcLength { length: 3, available: 2 }));
        assert!(matches!(Tag::open(&BLOCK[..15]), Err(Error::Truncated { available: 15, .. })));
        let found = TagId::ANCHOR_VOLUME_POINTER;
        let error = Error::TagId { expected: TagId::PARTITION, found };
        assert_eq!(Tag::open_as(&BLOCK, TagId::PARTITION), Err(error));
    }

    proptest! {
        #[test]
        fn sealed_tags_open(id: u16, version: u16, serial: u16, location: u32, body in prop::collection::vec(any::<u8>(), 0..600), part in 0.0..=1.0f64) {
            let crc_length = (body.len() as f64 * part) as u16;
            let tag = Tag { id: TagId(id), version, serial, crc_length, location };
            let mut block = vec![0xa5; 16];
            block.extend(&body);
            tag.seal(&mut block).unwrap();
            prop_assert_eq!(Tag::open(&block), Ok((tag, body.as_slice())));
        }

        #[test]
        fn any_bytes(block in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = Tag::open(&block);
        }
    }
}
