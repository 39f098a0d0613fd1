use nom::Parser;

use crate::nom_ext::{clear, put, run};
use crate::{Descriptor, Error, ExtentAd, Tag, TagId};

/// An anchor volume descriptor pointer, 512 bytes (ECMA-167 3/10.2): stands at fixed places, at least two of
/// block 256, the last block N and N - 256, and says where the volume descriptor sequences are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnchorVolumeDescriptorPointer {
    /// Descriptor tag.
    pub tag: Tag,
    /// Main volume descriptor sequence extent, at least 16 blocks.
    pub main: ExtentAd,
    /// Reserve volume descriptor sequence extent: the copy.
    pub reserve: ExtentAd,
}

const SIZE: usize = 512;
const NAME: &str = "anchor volume descriptor pointer";

impl Descriptor for AnchorVolumeDescriptorPointer {
    const ID: TagId = TagId::ANCHOR_VOLUME_POINTER;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        let mut extents = (ExtentAd::parse, ExtentAd::parse);
        let (main, reserve) = run(NAME, body, |input| extents.parse(input))?;
        Ok(AnchorVolumeDescriptorPointer { tag, main, reserve })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        clear(NAME, block, SIZE)?;
        put(block, 16, &self.main.bytes());
        put(block, 24, &self.reserve.bytes());
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn sequences_at_32_and_48() {
        let block = testing::block(
            512,
            &[
                (0, &[0x02, 0, 0x02, 0, 0xce, 0, 0, 0, 0x01, 0xd7, 0xf0, 0x01, 0x00, 0x01, 0, 0]),
                (16, &[0x00, 0x80, 0, 0, 32, 0, 0, 0]),
                (24, &[0x00, 0x80, 0, 0, 48, 0, 0, 0]),
            ],
        );
        let anchor: AnchorVolumeDescriptorPointer = testing::both_ways(&block);
        assert_eq!(anchor.main, ExtentAd { length: 32_768, location: 32 });
        assert_eq!(anchor.reserve.location, 48);
        assert_eq!((anchor.tag.location, anchor.tag.crc_length), (256, 496));
    }

    proptest! {
        #[test]
        fn survives(bytes in prop::collection::vec(any::<u8>(), 512..=2048)) {
            prop_assert!(testing::survives::<AnchorVolumeDescriptorPointer>(bytes, 496));
        }
    }
}
