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

#[cfg(test)]
mod tests {
    use super::super::{FileType, Strategy};
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn the_next_pair_of_a_chain() {
        let block = testing::block(
            64,
            &[
                (0, &[0x03, 0x01, 0x02, 0, 0x9e, 0, 0, 0, 0x45, 0x28, 0x24, 0, 0x07, 0, 0, 0]),
                (16, &[0x03, 0, 0, 0, 0, 0x10, 0x01, 0, 0x02, 0, 0, 0x03, 0, 0, 0, 0, 0, 0, 0, 0]),
                (36, &[0, 0x10, 0, 0, 0x20, 0, 0, 0, 0x01, 0, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06]),
            ],
        );
        let entry: IndirectEntry = testing::both_ways(&block);
        assert_eq!((entry.icb_tag.strategy, entry.icb_tag.file_type), (Strategy::CHAIN, FileType::INDIRECT));
        assert_eq!((entry.indirect_icb.length(), entry.indirect_icb.block), (4096, 32));
        assert_eq!(entry.indirect_icb.implementation_use, [1, 2, 3, 4, 5, 6]);
        assert!(entry.encode(&mut [0; 51]).is_err());
    }

    proptest! {
        #[test]
        fn survives(bytes in prop::collection::vec(any::<u8>(), 52..=600)) {
            prop_assert!(testing::survives::<IndirectEntry>(bytes, 36));
        }

        #[test]
        fn any_length(bytes in prop::collection::vec(any::<u8>(), 16..=60)) {
            testing::survives::<IndirectEntry>(bytes, 0);
        }
    }
}
