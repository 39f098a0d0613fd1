use crate::file::IcbTag;
use crate::nom_ext::{clear, put, run};
use crate::{Descriptor, Error, Tag, TagId};

/// A terminal entry, 36 bytes (ECMA-167 4/14.8): no entry of the ICB follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TerminalEntry {
    /// Descriptor tag.
    pub tag: Tag,
    /// ICB tag.
    pub icb_tag: IcbTag,
}

const SIZE: usize = 36;
const NAME: &str = "terminal entry";

impl Descriptor for TerminalEntry {
    const ID: TagId = TagId::TERMINAL_ENTRY;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        Ok(TerminalEntry { tag, icb_tag: run(NAME, body, IcbTag::parse)? })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        clear(NAME, block, SIZE)?;
        put(block, 16, &self.icb_tag.bytes());
        self.tag.seal(block)
    }
}
