use byteorder::{BigEndian, ByteOrder};
use nom::bytes::complete::tag;
use nom::number::complete::{be_u16, be_u32};
use nom::{IResult, Parser};

/// Driver descriptor map of Apple's partition map ("Inside Macintosh: Devices"): block 0. It lists no drivers here;
/// its first bytes are what a master boot record leaves to its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriverDescriptorMap {
    /// Bytes of the blocks that the map counts: 512 or 2048.
    pub block_len: u16,
    /// Blocks of the disk.
    pub blocks: u32,
}

impl DriverDescriptorMap {
    /// The first two bytes.
    pub const SIGNATURE: &'static [u8; 2] = b"ER";
    /// Bytes that [`encode`](Self::encode) gives.
    pub const LEN: usize = 8;

    /// Reads the beginning of the map.
    ///
    /// # Errors
    /// When fewer than 8 bytes are there or the signature is another.
    pub fn parse(input: &[u8]) -> IResult<&[u8], DriverDescriptorMap> {
        let (rest, (_, block_len, blocks)) = (tag(&Self::SIGNATURE[..]), be_u16, be_u32).parse(input)?;
        Ok((rest, DriverDescriptorMap { block_len, blocks }))
    }

    /// The beginning of block 0.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut map = [0; Self::LEN];
        map[..2].copy_from_slice(Self::SIGNATURE);
        BigEndian::write_u16(&mut map[2..4], self.block_len);
        BigEndian::write_u32(&mut map[4..], self.blocks);
        map
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_of_the_map() {
        let map = DriverDescriptorMap { block_len: 2048, blocks: 0x0102_0304 };
        let recorded = [b'E', b'R', 8, 0, 1, 2, 3, 4];
        assert_eq!(map.encode(), recorded);
        assert_eq!(DriverDescriptorMap::parse(&recorded).unwrap().1, map);
        assert!(DriverDescriptorMap::parse(b"EX\x08\0\0\0\0\0").is_err());
    }

    proptest! {
        #[test]
        fn round_trip(block_len: u16, blocks: u32) {
            let map = DriverDescriptorMap { block_len, blocks };
            prop_assert_eq!(DriverDescriptorMap::parse(&map.encode()).unwrap().1, map);
        }
    }
}
