use nom::Parser;
use nom::number::complete::le_u32;

use crate::nom_ext::{clear, put, run};
use crate::{Descriptor, Error, ExtentAd, Tag, TagId};

/// A volume descriptor pointer, 512 bytes (ECMA-167 3/10.3): the volume descriptor sequence goes on
/// elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeDescriptorPointer {
    /// Descriptor tag.
    pub tag: Tag,
    /// Volume descriptor sequence number.
    pub sequence_number: u32,
    /// Next volume descriptor sequence extent; length 0 if there is none.
    pub next: ExtentAd,
}

const SIZE: usize = 512;
const NAME: &str = "volume descriptor pointer";

impl Descriptor for VolumeDescriptorPointer {
    const ID: TagId = TagId::VOLUME_POINTER;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        let mut fields = (le_u32, ExtentAd::parse);
        let (sequence_number, next) = run(NAME, body, |input| fields.parse(input))?;
        Ok(VolumeDescriptorPointer { tag, sequence_number, next })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        clear(NAME, block, SIZE)?;
        put(block, 16, &self.sequence_number.to_le_bytes());
        put(block, 20, &self.next.bytes());
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn on_to_block_64() {
        let block = testing::block(
            512,
            &[
                (0, &[0x03, 0, 0x03, 0, 0x9d, 0, 0, 0, 0x8c, 0xeb, 0xf0, 0x01, 47, 0, 0, 0]),
                (16, &[7, 0, 0, 0]),
                (20, &[0x00, 0x80, 0, 0, 64, 0, 0, 0]),
            ],
        );
        let pointer: VolumeDescriptorPointer = testing::both_ways(&block);
        assert_eq!(pointer.sequence_number, 7);
        assert_eq!(pointer.next, ExtentAd { length: 32_768, location: 64 });
    }

    proptest! {
        #[test]
        fn survives(bytes in prop::collection::vec(any::<u8>(), 512..=2048)) {
            prop_assert!(testing::survives::<VolumeDescriptorPointer>(bytes, 496));
        }
    }
}
