use nom::Parser;
use nom::number::complete::le_u32;

use crate::file::file_entry::{clear_for, cut, length_bytes};
use crate::file::{AllocationDescriptors, IcbTag};
use crate::nom_ext::{put, run};
use crate::{Error, Tag, TagId};

/// An unallocated space entry (ECMA-167 4/14.11, UDF 2.3.7): free extents of a partition that has no bitmap of
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnallocatedSpaceEntry<'a> {
    /// Descriptor tag.
    pub tag: Tag,
    /// ICB tag.
    pub icb_tag: IcbTag,
    /// Allocation descriptors: the free extents, in UDF as short ones, in ascending order.
    pub allocation_descriptors: &'a [u8],
}

const NAME: &str = "unallocated space entry";

impl<'a> UnallocatedSpaceEntry<'a> {
    /// Its tag identifier.
    pub const ID: TagId = TagId::UNALLOCATED_SPACE_ENTRY;
    /// Bytes in front of the allocation descriptors.
    pub const FIXED: usize = 40;

    /// The entry at the beginning of `block`, whose tag, CRC and length field are checked.
    ///
    /// # Errors
    /// What [`Tag::open_as`] says, and [`Error::Truncated`], [`Error::Length`].
    pub fn parse(block: &'a [u8]) -> Result<UnallocatedSpaceEntry<'a>, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        let (icb_tag, length) = run(NAME, body, |input| (IcbTag::parse, le_u32).parse(input))?;
        let area = block.get(Self::FIXED..).unwrap_or_default();
        let (allocation_descriptors, _) = cut(NAME, "length of allocation descriptors", area, length)?;
        Ok(UnallocatedSpaceEntry { tag, icb_tag, allocation_descriptors })
    }

    /// The allocation descriptors.
    #[must_use]
    pub const fn allocation(&self) -> AllocationDescriptors<'a> {
        AllocationDescriptors::new(self.icb_tag.flags.allocation(), self.allocation_descriptors)
    }

    /// Fills the whole of `block` with the entry: its fields, zeros, and the tag with checksum and CRC.
    ///
    /// # Errors
    /// [`Error::BlockTooSmall`], [`Error::CrcLength`].
    pub fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        let length = self.allocation_descriptors.len();
        let area = clear_for(NAME, block, Self::FIXED, (0, length))?;
        put(block, 16, &self.icb_tag.bytes());
        put(block, 36, &length_bytes(length));
        put(block, area.start, self.allocation_descriptors);
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::FileType;
    use crate::{ExtentType, testing};
    use proptest::prelude::*;

    #[test]
    fn two_free_blocks() {
        let block = testing::block(
            64,
            &[
                (0, &[0x07, 0x01, 0x02, 0, 0xfb, 0, 0, 0, 0x50, 0x7a, 0x20, 0, 0x07, 0, 0, 0]),
                (16, &[0, 0, 0, 0, 0x04, 0, 0, 0, 0x01, 0, 0, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]),
                (36, &[0x08, 0, 0, 0]),
                (40, &[0, 0x10, 0, 0x40, 0x20, 0, 0, 0]),
            ],
        );
        let entry = UnallocatedSpaceEntry::parse(&block).unwrap();
        assert_eq!(entry.icb_tag.file_type, FileType::UNALLOCATED_SPACE);
        let extents: Vec<_> =
            entry.allocation().map(|ad| (ad.length(), ad.extent_type(), ad.block())).collect();
        assert_eq!(extents, [(4096, ExtentType::NotRecorded, 32)]);
        let mut encoded = vec![0xff; 64];
        entry.encode(&mut encoded).unwrap();
        assert_eq!(encoded, block);
        assert!(entry.encode(&mut [0; 47]).is_err());
    }

    proptest! {
        #[test]
        fn survives_or_is_refused(
            mut block in prop::collection::vec(any::<u8>(), 40..=600),
            length in prop_oneof![0..700u32, any::<u32>()],
        ) {
            block[36..40].copy_from_slice(&length.to_le_bytes());
            let tag = Tag { id: UnallocatedSpaceEntry::ID, version: 2, serial: 0, crc_length: 24, location: 1 };
            tag.seal(&mut block).unwrap();
            match UnallocatedSpaceEntry::parse(&block) {
                Ok(entry) => {
                    let mut encoded = vec![0xff; block.len()];
                    entry.encode(&mut encoded).unwrap();
                    prop_assert_eq!(UnallocatedSpaceEntry::parse(&encoded), Ok(entry));
                }
                Err(error) => {
                    let refused = matches!(error, Error::Length { value, .. } if value == u64::from(length));
                    prop_assert!(refused && length as usize > block.len() - 40);
                }
            }
        }
    }
}
