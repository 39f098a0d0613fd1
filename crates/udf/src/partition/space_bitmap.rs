use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::le_u32;

use crate::nom_ext::{clear, put, run};
use crate::{Descriptor, Error, Tag, TagId};

/// A space bitmap descriptor (ECMA-167 4/14.12): a bit for every block of a partition, as many blocks as it
/// takes. `parse` and `encode` are given the bytes of its whole extent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpaceBitmapDescriptor {
    /// Descriptor tag. UDF 2.3.8 allows a CRC length of 0 or 8, so that the bitmap can change alone.
    pub tag: Tag,
    /// Number of bits: blocks of the partition.
    pub number_of_bits: u32,
    /// Bitmap: bit `n % 8`, counted from the lowest, of byte `n / 8` is set if block `n` is free.
    pub bitmap: Vec<u8>,
}

const NAME: &str = "space bitmap descriptor";
const BITMAP: usize = 24;

impl SpaceBitmapDescriptor {
    /// Whether a block is free; `None` behind the bitmap.
    #[must_use]
    pub fn is_free(&self, block: u32) -> Option<bool> {
        let byte = self.bitmap.get(usize::try_from(block / 8).ok()?)?;
        (block < self.number_of_bits).then_some(byte >> (block % 8) & 1 == 1)
    }

    /// How many blocks are free.
    #[must_use]
    pub fn free_blocks(&self) -> u32 {
        let whole = (self.number_of_bits / 8) as usize;
        let (bytes, rest) = self.bitmap.split_at(whole.min(self.bitmap.len()));
        let mut free = bytes.iter().map(|byte| byte.count_ones()).sum();
        if let (Some(last), used @ 1..) = (rest.first(), self.number_of_bits % 8) {
            free += (last & ((1 << used) - 1)).count_ones();
        }
        free
    }
}

impl Descriptor for SpaceBitmapDescriptor {
    const ID: TagId = TagId::SPACE_BITMAP;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(extent: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(extent, Self::ID)?;
        let (number_of_bits, number_of_bytes) = run(NAME, body, |input| (le_u32, le_u32).parse(input))?;
        let most = extent.len().saturating_sub(BITMAP);
        let length = |field, value: u32, most: u64| Error::Length {
            structure: NAME,
            field,
            value: value.into(),
            most,
        };
        let Some(bytes) = usize::try_from(number_of_bytes).ok().filter(|bytes| *bytes <= most) else {
            return Err(length("number of bytes", number_of_bytes, most as u64));
        };
        if u64::from(number_of_bits) > u64::from(number_of_bytes) * 8 {
            return Err(length("number of bits", number_of_bits, u64::from(number_of_bytes) * 8));
        }
        let bitmap = run(NAME, &extent[BITMAP..], |input| take(bytes).parse(input))?.to_vec();
        Ok(SpaceBitmapDescriptor { tag, number_of_bits, bitmap })
    }

    fn encode(&self, extent: &mut [u8]) -> Result<(), Error> {
        let most = u64::try_from(self.bitmap.len()).unwrap_or(u64::MAX).saturating_mul(8);
        if u64::from(self.number_of_bits) > most {
            let value = self.number_of_bits.into();
            return Err(Error::Length { structure: NAME, field: "number of bits", value, most });
        }
        let Ok(number_of_bytes) = u32::try_from(self.bitmap.len()) else {
            let value = self.bitmap.len() as u64;
            let field = "number of bytes";
            return Err(Error::Length { structure: NAME, field, value, most: u32::MAX.into() });
        };
        clear(NAME, extent, BITMAP.saturating_add(self.bitmap.len()))?;
        put(extent, 16, &self.number_of_bits.to_le_bytes());
        put(extent, 20, &number_of_bytes.to_le_bytes());
        put(extent, BITMAP, &self.bitmap);
        self.tag.seal(extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn eleven_blocks_of_which_three_are_free() {
        let block = testing::block(
            512,
            &[
                (0, &[0x08, 0x01, 0x02, 0, 0x17, 0, 0, 0, 0xc7, 0x3b, 8, 0, 2, 0, 0, 0]),
                (16, &[11, 0, 0, 0, 2, 0, 0, 0]),
                (24, &[0b1000_0001, 0b1000_0010]),
            ],
        );
        let space: SpaceBitmapDescriptor = testing::both_ways(&block);
        assert_eq!((space.number_of_bits, space.free_blocks()), (11, 3));
        let free: Vec<_> = (0..12).map(|number| space.is_free(number)).collect();
        assert_eq!(free.iter().filter(|free| **free == Some(true)).count(), 3);
        assert_eq!((free[0], free[1], free[7], free[9]), (Some(true), Some(false), Some(true), Some(true)));
        assert_eq!(free[11], None, "the bit is set, but counts no block");
    }

    #[test]
    fn numbers_that_lie() {
        let with = |bits: u32, bytes: u32| {
            let mut block = vec![0; 64];
            block[16..20].copy_from_slice(&bits.to_le_bytes());
            block[20..24].copy_from_slice(&bytes.to_le_bytes());
            let tag = Tag { id: TagId::SPACE_BITMAP, version: 2, serial: 0, crc_length: 0, location: 2 };
            tag.seal(&mut block).unwrap();
            SpaceBitmapDescriptor::parse(&block)
        };
        assert!(with(320, 40).is_ok());
        assert!(matches!(with(0, 41), Err(Error::Length { value: 41, most: 40, .. })));
        assert!(matches!(with(9, 1), Err(Error::Length { value: 9, most: 8, .. })));
        assert!(with(u32::MAX, u32::MAX).is_err());
    }

    proptest! {
        #[test]
        fn survives(mut bytes in prop::collection::vec(any::<u8>(), 64..=2048), bits in 0..=320u32) {
            bytes[16..20].copy_from_slice(&bits.to_le_bytes());
            bytes[20..24].copy_from_slice(&40u32.to_le_bytes());
            prop_assert!(testing::survives::<SpaceBitmapDescriptor>(bytes, 8));
        }

        #[test]
        fn any_numbers(bytes in prop::collection::vec(any::<u8>(), 24..=600)) {
            testing::survives::<SpaceBitmapDescriptor>(bytes, 8);
        }
    }
}
