use byteorder::{BigEndian, ByteOrder};
use nom::number::complete::be_u32;
use nom::{IResult, Parser};

/// A stretch of allocation blocks, 8 bytes (TN1150, `HFSPlusExtentDescriptor`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExtentDescriptor {
    /// The first block, counted from the volume's beginning.
    pub start_block: u32,
    /// Blocks; 0 where the descriptor is unused.
    pub block_count: u32,
}

impl ExtentDescriptor {
    /// Bytes of a descriptor.
    pub const LEN: usize = 8;

    /// Reads a descriptor.
    ///
    /// # Errors
    /// Of nom, where the input ends.
    pub fn parse(input: &[u8]) -> IResult<&[u8], ExtentDescriptor> {
        let fields = (be_u32, be_u32);
        fields.map(|(start_block, block_count)| ExtentDescriptor { start_block, block_count }).parse(input)
    }

    /// The descriptor as it is recorded.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        BigEndian::write_u32(&mut bytes[..4], self.start_block);
        BigEndian::write_u32(&mut bytes[4..], self.block_count);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn four_blocks_from_one() {
        let bytes = [0, 0, 0, 1, 0, 0, 0, 4];
        let extent = ExtentDescriptor { start_block: 1, block_count: 4 };
        assert_eq!(ExtentDescriptor::parse(&bytes).unwrap().1, extent);
        assert_eq!(extent.encode(), bytes);
        assert!(ExtentDescriptor::parse(&bytes[..7]).is_err());
    }

    proptest! {
        #[test]
        fn both_ways(start_block: u32, block_count: u32) {
            let extent = ExtentDescriptor { start_block, block_count };
            prop_assert_eq!(ExtentDescriptor::parse(&extent.encode()).unwrap().1, extent);
        }
    }
}
