use byteorder::{ByteOrder, LittleEndian};
use nom::number::complete::le_u64;
use nom::{IResult, Parser};

use super::DISK_BLOCK;
use crate::number::bytes;

/// Boot block of Alpha machines, from which their SRM firmware boots: block 0. All numbers are little-endian. It has the
/// fields of `struct alpha_boot_block` in NetBSD's `sys/bootblock.h`. Nothing but its checksum marks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlphaBootBlock {
    /// Data that the firmware passes over; some writers put their name there.
    pub data: [u8; 480],
    /// Blocks of 512 bytes of the boot loader.
    pub blocks: u64,
    /// Its first block.
    pub start: u64,
    /// Flags, always 0.
    pub flags: u64,
}

impl AlphaBootBlock {
    /// Bytes of the block.
    pub const LEN: usize = DISK_BLOCK as usize;

    /// Reads the block, and says whether its checksum is right, as it is in a block of zeros as well.
    ///
    /// # Errors
    /// When fewer than 512 bytes are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], (AlphaBootBlock, bool)> {
        let (rest, (data, blocks, start, flags, checksum)) =
            (bytes, le_u64, le_u64, le_u64, le_u64).parse(input)?;
        let right = sum(&input[..Self::LEN - 8]) == checksum;
        Ok((rest, (AlphaBootBlock { data, blocks, start, flags }, right)))
    }

    /// The block, its checksum included.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut block = [0; Self::LEN];
        block[..480].copy_from_slice(&self.data);
        LittleEndian::write_u64(&mut block[480..488], self.blocks);
        LittleEndian::write_u64(&mut block[488..496], self.start);
        LittleEndian::write_u64(&mut block[496..504], self.flags);
        let checksum = sum(&block[..504]);
        LittleEndian::write_u64(&mut block[504..], checksum);
        block
    }
}

fn sum(words: &[u8]) -> u64 {
    words.chunks_exact(8).fold(0, |sum: u64, word| sum.wrapping_add(LittleEndian::read_u64(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_a_block() {
        let mut block = AlphaBootBlock { data: [0; 480], blocks: 59, start: 224, flags: 0 };
        block.data[..2].copy_from_slice(&[0xFF, 1]);
        block.data[15] = 0x80;
        block.data[23] = 0x90;
        let mut recorded = [0; 512];
        recorded[..2].copy_from_slice(&[0xFF, 1]);
        recorded[15] = 0x80;
        recorded[23] = 0x90;
        recorded[480] = 59;
        recorded[488] = 224;
        // 1FF + 3B + E0, and 80 + 90 in the last byte, which carries nothing.
        recorded[504..].copy_from_slice(&[0x1A, 3, 0, 0, 0, 0, 0, 0x10]);
        assert_eq!(block.encode(), recorded);
        assert_eq!(AlphaBootBlock::parse(&recorded).unwrap().1, (block, true));
        recorded[100] = 1;
        assert!(!AlphaBootBlock::parse(&recorded).unwrap().1.1);
        assert!(AlphaBootBlock::parse(&recorded[1..]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(data in proptest::collection::vec(any::<u8>(), 480), blocks: u64, start: u64, flags: u64) {
            let mut block = AlphaBootBlock { data: [0; 480], blocks, start, flags };
            block.data.copy_from_slice(&data);
            prop_assert_eq!(AlphaBootBlock::parse(&block.encode()).unwrap().1, (block, true));
        }
    }
}
