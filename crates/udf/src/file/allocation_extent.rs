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
