use nom::Parser;

use crate::file::IcbTag;
use crate::nom_ext::{clear, put, run};
use crate::{Descriptor, Error, LongAd, Tag, TagId};

/// An indirect entry, 52 bytes (ECMA-167 4/14.7): leads to the next part of an ICB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IndirectEntry {
    /// Descriptor tag.
    pub tag: Tag,
    /// ICB tag.
    pub icb_tag: IcbTag,
    /// Indirect ICB: where the next entries are.
    pub indirect_icb: LongAd,
}

const SIZE: usize = 52;
const NAME: &str = "indirect entry";

impl Descriptor for IndirectEntry {
    const ID: TagId = TagId::INDIRECT_ENTRY;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        let (icb_tag, indirect_icb) = run(NAME, body, |input| (IcbTag::parse, LongAd::parse).parse(input))?;
        Ok(IndirectEntry { tag, icb_tag, indirect_icb })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        clear(NAME, block, SIZE)?;
        put(block, 16, &self.icb_tag.bytes());
        put(block, 36, &self.indirect_icb.bytes());
        self.tag.seal(block)
    }
}
