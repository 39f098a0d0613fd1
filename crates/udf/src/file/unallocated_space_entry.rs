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
