use nom::number::complete::le_u32;
use nom::{IResult, Parser};

use crate::nom_ext::array;
use crate::{ExtentType, LbAddr};

/// An extended allocation descriptor, 20 bytes (ECMA-167 4/14.14.3). Not allowed in UDF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExtAd {
    /// Bits 0 to 29: bytes. Bits 30 and 31: the extent's type.
    pub length_and_type: u32,
    /// Bytes that are recorded, in bits 0 to 29; fewer than the length if the content was transformed.
    pub recorded_length: u32,
    /// Bytes of content that the extent stands for.
    pub information_length: u32,
    /// Extent location.
    pub location: LbAddr,
    /// Implementation use.
    pub implementation_use: [u8; 2],
}

impl ExtAd {
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

    pub(crate) fn parse(input: &[u8]) -> IResult<&[u8], ExtAd> {
        (le_u32, le_u32, le_u32, LbAddr::parse, array::<2>)
            .map(|(length_and_type, recorded_length, information_length, location, implementation_use)| {
                ExtAd { length_and_type, recorded_length, information_length, location, implementation_use }
            })
            .parse(input)
    }

    /// As recorded.
    #[must_use]
    pub fn bytes(&self) -> [u8; 20] {
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&self.length_and_type.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.recorded_length.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.information_length.to_le_bytes());
        bytes[12..18].copy_from_slice(&self.location.bytes());
        bytes[18..].copy_from_slice(&self.implementation_use);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hole_in_the_second_map() {
        let bytes = [0x00, 0x08, 0, 0x80, 0x80, 0, 0, 0, 0x90, 0, 0, 0, 0x20, 0, 0, 0, 1, 0, 7, 8];
        let (_, ad) = ExtAd::parse(&bytes).unwrap();
        assert_eq!((ad.length(), ad.extent_type()), (2048, ExtentType::NotAllocated));
        assert_eq!((ad.recorded_length, ad.information_length), (128, 144));
        assert_eq!(ad.location, LbAddr { block: 32, partition: 1 });
        assert_eq!(ad.implementation_use, [7, 8]);
        assert_eq!(ad.bytes(), bytes);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: [u8; 20]) {
            let (_, ad) = ExtAd::parse(&bytes).unwrap();
            prop_assert_eq!(ad.bytes(), bytes);
        }
    }
}
