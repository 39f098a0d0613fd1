use nom::Parser;
use nom::number::complete::le_u32;

use crate::file::file_entry::{clear_for, cut, length_bytes};
use crate::nom_ext::{put, run};
use crate::{Error, Tag, TagId};

/// An allocation extent descriptor with the allocation descriptors behind it (ECMA-167 4/14.5, UDF 2.3.11): a
/// further extent of them, for a file whose ICB has no room for all. In UDF it is one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AllocationExtentDescriptor<'a> {
    /// Descriptor tag. In UDF the CRC covers the 8 bytes of the other fields, or the allocation descriptors as
    /// well (2.3.11).
    pub tag: Tag,
    /// Previous allocation extent location; 0 in UDF.
    pub previous: u32,
    /// Allocation descriptors, of the kind that the flags of the ICB say.
    pub allocation_descriptors: &'a [u8],
}

const NAME: &str = "allocation extent descriptor";

impl<'a> AllocationExtentDescriptor<'a> {
    /// Its tag identifier.
    pub const ID: TagId = TagId::ALLOCATION_EXTENT;
    /// Bytes in front of the allocation descriptors.
    pub const FIXED: usize = 24;

    /// The descriptor at the beginning of `extent`, whose tag, CRC and length field are checked.
    ///
    /// # Errors
    /// What [`Tag::open_as`] says, and [`Error::Truncated`], [`Error::Length`].
    pub fn parse(extent: &'a [u8]) -> Result<AllocationExtentDescriptor<'a>, Error> {
        let (tag, _) = Tag::open_as(extent, Self::ID)?;
        AllocationExtentDescriptor::parse_behind(tag, extent)
    }

    /// As [`AllocationExtentDescriptor::parse`], where `tag` has been read from `extent` and judged by the
    /// caller.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::Length`].
    pub fn parse_behind(tag: Tag, extent: &'a [u8]) -> Result<AllocationExtentDescriptor<'a>, Error> {
        let body = extent.get(Tag::SIZE..).unwrap_or_default();
        let (previous, length) = run(NAME, body, |input| (le_u32, le_u32).parse(input))?;
        let area = extent.get(Self::FIXED..).unwrap_or_default();
        let (allocation_descriptors, _) = cut(NAME, "length of allocation descriptors", area, length)?;
        Ok(AllocationExtentDescriptor { tag, previous, allocation_descriptors })
    }

    /// Fills the whole of `extent` with the descriptor, the allocation descriptors and zeros.
    ///
    /// # Errors
    /// [`Error::BlockTooSmall`], [`Error::CrcLength`].
    pub fn encode(&self, extent: &mut [u8]) -> Result<(), Error> {
        let length = self.allocation_descriptors.len();
        let area = clear_for(NAME, extent, Self::FIXED, (0, length))?;
        put(extent, 16, &self.previous.to_le_bytes());
        put(extent, 20, &length_bytes(length));
        put(extent, area.start, self.allocation_descriptors);
        self.tag.seal(extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn two_short_descriptors() {
        let block = testing::block(
            64,
            &[
                (0, &[0x02, 0x01, 0x02, 0, 0x1b, 0, 0, 0, 0x6c, 0x9b, 0x08, 0, 0x07, 0, 0, 0]),
                (16, &[0x06, 0, 0, 0]),
                (20, &[0x10, 0, 0, 0]),
                (24, &[0, 0x08, 0, 0, 0x20, 0, 0, 0, 0x01, 0, 0, 0, 0x21, 0, 0, 0]),
            ],
        );
        let extent = AllocationExtentDescriptor::parse(&block).unwrap();
        assert_eq!((extent.tag.location, extent.previous), (7, 6));
        assert_eq!(extent.allocation_descriptors, &block[24..40]);
        let mut encoded = vec![0xff; 64];
        extent.encode(&mut encoded).unwrap();
        assert_eq!(encoded, block);
        assert!(extent.encode(&mut [0; 39]).is_err());
    }

    proptest! {
        #[test]
        fn survives_or_is_refused(
            mut block in prop::collection::vec(any::<u8>(), 24..=600),
            length in prop_oneof![0..700u32, any::<u32>()],
        ) {
            block[20..24].copy_from_slice(&length.to_le_bytes());
            let tag = Tag { id: TagId::ALLOCATION_EXTENT, version: 2, serial: 0, crc_length: 8, location: 1 };
            tag.seal(&mut block).unwrap();
            match AllocationExtentDescriptor::parse(&block) {
                Ok(extent) => {
                    let mut encoded = vec![0xff; block.len()];
                    extent.encode(&mut encoded).unwrap();
                    prop_assert_eq!(AllocationExtentDescriptor::parse(&encoded), Ok(extent));
                }
                Err(error) => {
                    let most = block.len() as u64 - 24;
                    prop_assert!(u64::from(length) > most);
                    prop_assert_eq!(error, Error::Length {
                        structure: NAME,
                        field: "length of allocation descriptors",
                        value: length.into(),
                        most,
                    });
                }
            }
        }
    }
}
