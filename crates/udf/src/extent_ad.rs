use nom::number::complete::le_u32;
use nom::{IResult, Parser};

/// An extent descriptor, 8 bytes (ECMA-167 3/7.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExtentAd {
    /// Bytes; below 2^30. 0 is no extent.
    pub length: u32,
    /// Block, absolute in the volume.
    pub location: u32,
}

impl ExtentAd {
    pub(crate) fn parse(input: &[u8]) -> IResult<&[u8], ExtentAd> {
        (le_u32, le_u32).map(|(length, location)| ExtentAd { length, location }).parse(input)
    }

    pub(crate) fn bytes(&self) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&self.length.to_le_bytes());
        bytes[4..].copy_from_slice(&self.location.to_le_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_blocks_from_32() {
        let bytes = [0x00, 0x80, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00];
        let extent = ExtentAd { length: 32_768, location: 32 };
        assert_eq!(ExtentAd::parse(&bytes).unwrap().1, extent);
        assert_eq!(extent.bytes(), bytes);
        assert!(ExtentAd::parse(&bytes[..7]).is_err());
    }
}
