use byteorder::{ByteOrder, LittleEndian};
use nom::bytes::complete::{tag, take};
use nom::multi::fill;
use nom::number::complete::le_u32;
use nom::{IResult, Parser};

use super::DISK_BLOCK;

/// A stretch that the firmware of a DECstation loads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecBootExtent {
    /// Blocks of 512 bytes.
    pub blocks: u32,
    /// First block.
    pub start: u32,
}

/// Boot block of DECstations, which are little-endian MIPS machines: block 0. It has the fields of `struct
/// pmax_boot_block` in NetBSD's `sys/bootblock.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecBootBlock {
    /// 0 where only the first extent is loaded, 1 where all are, up to one of no blocks.
    pub mode: u32,
    /// Address that they are loaded to, one behind the other.
    pub load_address: u32,
    /// Address that is jumped to.
    pub entry: u32,
    /// The extents.
    pub map: [DecBootExtent; Self::EXTENTS],
}

impl DecBootBlock {
    /// Bytes of the block.
    pub const LEN: usize = DISK_BLOCK as usize;
    /// Four bytes at 8.
    pub const MAGIC: [u8; 4] = [0x7A, 0x75, 0x02, 0x00];
    /// Extents that it has room for.
    pub const EXTENTS: usize = 61;

    /// Reads the block, which has no checksum.
    ///
    /// # Errors
    /// When fewer than 512 bytes are there or the magic number is another.
    pub fn parse(input: &[u8]) -> IResult<&[u8], DecBootBlock> {
        let mut map = [DecBootExtent::default(); Self::EXTENTS];
        let (rest, (_, _, mode, load_address, entry)) =
            (take(8usize), tag(&Self::MAGIC[..]), le_u32, le_u32, le_u32).parse(input)?;
        let (rest, ()) = fill(DecBootExtent::parse, &mut map).parse(rest)?;
        Ok((rest, DecBootBlock { mode, load_address, entry, map }))
    }

    /// The block.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut block = [0; Self::LEN];
        block[8..12].copy_from_slice(&Self::MAGIC);
        LittleEndian::write_u32(&mut block[12..16], self.mode);
        LittleEndian::write_u32(&mut block[16..20], self.load_address);
        LittleEndian::write_u32(&mut block[20..24], self.entry);
        for (place, extent) in block[24..].chunks_exact_mut(8).zip(&self.map) {
            LittleEndian::write_u32(&mut place[..4], extent.blocks);
            LittleEndian::write_u32(&mut place[4..], extent.start);
        }
        block
    }

    /// The extents that are loaded.
    #[must_use]
    pub fn extents(&self) -> &[DecBootExtent] {
        let used = self.map.iter().take_while(|extent| extent.blocks > 0).count();
        &self.map[..if self.mode == 0 { used.min(1) } else { used }]
    }
}

impl DecBootExtent {
    fn parse(input: &[u8]) -> IResult<&[u8], DecBootExtent> {
        let (rest, (blocks, start)) = (le_u32, le_u32).parse(input)?;
        Ok((rest, DecBootExtent { blocks, start }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_two_extents() {
        let mut map = [DecBootExtent::default(); 61];
        map[0] = DecBootExtent { blocks: 18, start: 500 };
        map[1] = DecBootExtent { blocks: 2, start: 600 };
        let block = DecBootBlock { mode: 1, load_address: 0x8003_0000, entry: 0x8003_0400, map };
        let mut recorded = [0; 512];
        recorded[8..24].copy_from_slice(&[0x7A, 0x75, 2, 0, 1, 0, 0, 0, 0, 0, 3, 0x80, 0, 4, 3, 0x80]);
        recorded[24..40].copy_from_slice(&[18, 0, 0, 0, 0xF4, 1, 0, 0, 2, 0, 0, 0, 0x58, 2, 0, 0]);
        assert_eq!(block.encode(), recorded);
        assert_eq!(DecBootBlock::parse(&recorded).unwrap().1, block);
        assert_eq!(block.extents(), &map[..2]);
        assert_eq!(DecBootBlock { mode: 0, ..block }.extents(), &map[..1]);
        assert!(DecBootBlock::parse(&recorded[..511]).is_err());
        recorded[8] = 0;
        assert!(DecBootBlock::parse(&recorded).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(
            mode: u32,
            load_address: u32,
            entry: u32,
            extents in proptest::collection::vec(any::<(u32, u32)>(), 61),
        ) {
            let mut map = [DecBootExtent::default(); 61];
            map.iter_mut().zip(extents).for_each(|(place, (blocks, start))| *place = DecBootExtent { blocks, start });
            let block = DecBootBlock { mode, load_address, entry, map };
            prop_assert_eq!(DecBootBlock::parse(&block.encode()).unwrap().1, block);
        }
    }
}
