use nom::number::complete::{le_u16, le_u32};
use nom::{IResult, Parser};

use crate::ExtentType;
use crate::nom_ext::array;

/// A long allocation descriptor, 16 bytes (ECMA-167 4/14.14.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LongAd {
    /// Bits 0 to 29: bytes. Bits 30 and 31: the extent's type.
    pub length_and_type: u32,
    /// Logical block in the partition.
    pub block: u32,
    /// The partition: index of its map in the logical volume descriptor, not its number.
    pub partition: u16,
    /// Implementation use.
    pub implementation_use: [u8; 6],
}

impl LongAd {
    /// Bytes, at most 2^30 - 1.
    #[must_use]
    pub const fn length(&self) -> u32 {
        self.length_and_type & 0x3fff_ffff
    }

    /// What the extent is.
    #[must_use]
    pub const fn extent_type(&self) -> ExtentType {
        ExtentType::of(self.length_and_type)
    }

    pub(crate) fn parse(input: &[u8]) -> IResult<&[u8], LongAd> {
        (le_u32, le_u32, le_u16, array::<6>)
            .map(|(length_and_type, block, partition, implementation_use)| LongAd {
                length_and_type,
                block,
                partition,
                implementation_use,
            })
            .parse(input)
    }

    pub(crate) fn bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&self.length_and_type.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.block.to_le_bytes());
        bytes[8..10].copy_from_slice(&self.partition.to_le_bytes());
        bytes[10..].copy_from_slice(&self.implementation_use);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_block_in_the_second_map() {
        let bytes = [0x00, 0x08, 0, 0, 0x20, 0, 0, 0, 0x01, 0x00, 1, 2, 3, 4, 5, 6];
        let (_, ad) = LongAd::parse(&bytes).unwrap();
        assert_eq!((ad.length(), ad.block, ad.partition), (2048, 32, 1));
        assert_eq!((ad.extent_type(), ad.implementation_use), (ExtentType::Recorded, [1, 2, 3, 4, 5, 6]));
        assert_eq!(ad.bytes(), bytes);
    }
}
