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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::FileType;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn the_end_of_an_icb() {
        let block = testing::block(
            36,
            &[
                (0, &[0x04, 0x01, 0x02, 0, 0xc5, 0, 0, 0, 0x1c, 0x87, 0x14, 0, 0x07, 0, 0, 0]),
                (16, &[0, 0, 0, 0, 0x04, 0, 0, 0, 0x01, 0, 0, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0]),
            ],
        );
        let entry: TerminalEntry = testing::both_ways(&block);
        assert_eq!(entry.icb_tag.file_type, FileType::TERMINAL);
        assert!(entry.encode(&mut [0; 35]).is_err());
    }

    proptest! {
        #[test]
        fn survives(bytes in prop::collection::vec(any::<u8>(), 36..=600)) {
            prop_assert!(testing::survives::<TerminalEntry>(bytes, 20));
        }

        #[test]
        fn any_length(bytes in prop::collection::vec(any::<u8>(), 16..=44)) {
            testing::survives::<TerminalEntry>(bytes, 0);
        }
    }
}
