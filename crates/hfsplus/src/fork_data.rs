use byteorder::{BigEndian, ByteOrder};
use nom::multi::fill;
use nom::number::complete::{be_u32, be_u64};
use nom::{IResult, Parser};

use crate::ExtentDescriptor;

/// Size and place of a fork, 80 bytes (TN1150, `HFSPlusForkData`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ForkData {
    /// Bytes of the fork.
    pub logical_size: u64,
    /// Bytes that a program should allocate at a time; 0 leaves it open.
    pub clump_size: u32,
    /// Allocation blocks of all extents.
    pub total_blocks: u32,
    /// The first eight extents; those that are not used are zero.
    pub extents: [ExtentDescriptor; 8],
}

impl ForkData {
    /// Bytes of the structure.
    pub const LEN: usize = 80;

    /// A fork of `logical_size` bytes in one extent.
    #[must_use]
    pub fn contiguous(logical_size: u64, extent: ExtentDescriptor) -> ForkData {
        let mut fork = ForkData { logical_size, total_blocks: extent.block_count, ..ForkData::default() };
        fork.extents[0] = if extent.block_count > 0 { extent } else { ExtentDescriptor::default() };
        fork
    }

    /// Reads the structure.
    ///
    /// # Errors
    /// Of nom, where the input ends.
    pub fn parse(input: &[u8]) -> IResult<&[u8], ForkData> {
        let mut extents = [ExtentDescriptor::default(); 8];
        let (rest, (logical_size, clump_size, total_blocks)) = (be_u64, be_u32, be_u32).parse(input)?;
        let (rest, ()) = fill(ExtentDescriptor::parse, &mut extents).parse(rest)?;
        Ok((rest, ForkData { logical_size, clump_size, total_blocks, extents }))
    }

    /// The structure as it is recorded.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        BigEndian::write_u64(&mut bytes[..8], self.logical_size);
        BigEndian::write_u32(&mut bytes[8..12], self.clump_size);
        BigEndian::write_u32(&mut bytes[12..16], self.total_blocks);
        for (place, extent) in bytes[16..].chunks_exact_mut(ExtentDescriptor::LEN).zip(&self.extents) {
            place.copy_from_slice(&extent.encode());
        }
        bytes
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn any_fork() -> impl Strategy<Value = ForkData> {
        let extent = any::<(u32, u32)>()
            .prop_map(|(start_block, block_count)| ExtentDescriptor { start_block, block_count });
        (any::<u64>(), any::<u32>(), any::<u32>(), prop::array::uniform8(extent)).prop_map(
            |(logical_size, clump_size, total_blocks, extents)| ForkData {
                logical_size,
                clump_size,
                total_blocks,
                extents,
            },
        )
    }

    #[test]
    fn a_file_of_2049_bytes() {
        let mut bytes = [0; ForkData::LEN];
        bytes[6..8].copy_from_slice(&[0x08, 0x01]);
        bytes[15] = 2;
        bytes[16..24].copy_from_slice(&[0, 0, 0x01, 0x00, 0, 0, 0, 2]);
        let fork = ForkData::contiguous(2049, ExtentDescriptor { start_block: 256, block_count: 2 });
        assert_eq!(fork.encode(), bytes);
        assert_eq!(ForkData::parse(&bytes).unwrap().1, fork);
        assert!(ForkData::parse(&bytes[..79]).is_err());
    }

    proptest! {
        #[test]
        fn both_ways(fork in any_fork()) {
            prop_assert_eq!(ForkData::parse(&fork.encode()).unwrap().1, fork);
        }
    }
}
