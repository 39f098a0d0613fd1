use nom::Parser;
use nom::multi::count;
use nom::number::complete::le_u32;

use crate::nom_ext::{clear, put, run};
use crate::{Descriptor, Error, ExtentAd, Tag, TagId};

/// An unallocated space descriptor (ECMA-167 3/10.8): the parts of the volume that no partition has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnallocatedSpaceDescriptor {
    /// Descriptor tag.
    pub tag: Tag,
    /// Volume descriptor sequence number.
    pub sequence_number: u32,
    /// Allocation descriptors: the free extents.
    pub extents: Vec<ExtentAd>,
}

const NAME: &str = "unallocated space descriptor";
const EXTENTS: usize = 24;

impl Descriptor for UnallocatedSpaceDescriptor {
    const ID: TagId = TagId::UNALLOCATED_SPACE;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        let (sequence_number, number) = run(NAME, body, |input| (le_u32, le_u32).parse(input))?;
        let most = block.len().saturating_sub(EXTENTS) / 8;
        let Some(number) = usize::try_from(number).ok().filter(|number| *number <= most) else {
            let field = "number of allocation descriptors";
            let value = number.into();
            return Err(Error::Length { structure: NAME, field, value, most: most as u64 });
        };
        let extents = run(NAME, &block[EXTENTS..], |input| count(ExtentAd::parse, number).parse(input))?;
        Ok(UnallocatedSpaceDescriptor { tag, sequence_number, extents })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        clear(NAME, block, EXTENTS.saturating_add(self.extents.len().saturating_mul(8)))?;
        put(block, 16, &self.sequence_number.to_le_bytes());
        // A block that holds them has far fewer than 2^32.
        put(block, 20, &u32::try_from(self.extents.len()).unwrap_or(u32::MAX).to_le_bytes());
        for (index, extent) in self.extents.iter().enumerate() {
            put(block, EXTENTS + index * 8, &extent.bytes());
        }
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn one_free_extent() {
        let block = testing::block(
            512,
            &[
                (0, &[0x07, 0, 0x02, 0, 0xf4, 0, 0, 0, 0x2e, 0x89, 16, 0, 36, 0, 0, 0]),
                (16, &[5, 0, 0, 0]),
                (20, &[1, 0, 0, 0]),
                (24, &[0x00, 0x50, 0x07, 0, 19, 0, 0, 0]),
            ],
        );
        let space: UnallocatedSpaceDescriptor = testing::both_ways(&block);
        assert_eq!(space.sequence_number, 5);
        assert_eq!(space.extents, [ExtentAd { length: 479_232, location: 19 }]);
    }

    #[test]
    fn more_extents_than_the_block_holds() {
        let tag = Tag { id: TagId::UNALLOCATED_SPACE, version: 2, serial: 0, crc_length: 8, location: 1 };
        let mut block = [0; 512];
        block[20..24].copy_from_slice(&[62, 0, 0, 0]);
        tag.seal(&mut block).unwrap();
        let error = UnallocatedSpaceDescriptor::parse(&block).unwrap_err();
        assert!(matches!(error, Error::Length { value: 62, most: 61, .. }));
    }

    proptest! {
        #[test]
        fn survives(mut bytes in prop::collection::vec(any::<u8>(), 1024..=2048), number in 0u8..=125) {
            bytes[20..24].copy_from_slice(&[number, 0, 0, 0]);
            prop_assert!(testing::survives::<UnallocatedSpaceDescriptor>(bytes, 496));
        }

        #[test]
        fn any_count(bytes in prop::collection::vec(any::<u8>(), 24..=600)) {
            testing::survives::<UnallocatedSpaceDescriptor>(bytes, 8);
        }
    }
}
