use std::ops::Range;

use super::BLOCK_SIZE;

/// The allocation file: a bit for each block, set where it is used, the highest bit of a byte first (TN1150, Allocation
/// File).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocationFile {
    /// Blocks of the volume.
    pub total_blocks: u32,
    /// Those that are used, in ascending order, without overlap.
    pub used: Vec<Range<u32>>,
}

/// Bits in a block of the file.
const BITS: u32 = 8 * BLOCK_SIZE as u32;

impl AllocationFile {
    /// Blocks of the file of a volume of so many blocks.
    #[must_use]
    pub fn blocks(total_blocks: u32) -> u32 {
        total_blocks.div_ceil(BITS)
    }

    /// Blocks that nothing uses.
    #[must_use]
    pub fn free_blocks(&self) -> u32 {
        let used: u32 = self.used.iter().map(|used| used.end - used.start).sum();
        self.total_blocks.saturating_sub(used)
    }

    /// Appends some blocks of the file.
    pub fn append(&self, blocks: Range<u32>, out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + BLOCK_SIZE * blocks.len(), 0);
        let bitmap = &mut out[start..];
        let first = u64::from(blocks.start) * u64::from(BITS);
        let end = u64::from(blocks.end) * u64::from(BITS);
        let from = self.used.partition_point(|used| u64::from(used.end) <= first);
        for used in self.used[from..].iter().take_while(|used| u64::from(used.start) < end) {
            let bit = |block: u32| (u64::from(block).clamp(first, end) - first) as usize;
            set(bitmap, bit(used.start)..bit(used.end));
        }
    }
}

fn set(bitmap: &mut [u8], bits: Range<usize>) {
    let (first, last) = (bits.start / 8, bits.end / 8);
    let (head, tail) = (0xffu8 >> (bits.start % 8), !(0xffu8 >> (bits.end % 8)));
    if first == last {
        if tail & head != 0 {
            bitmap[first] |= head & tail;
        }
        return;
    }
    bitmap[first] |= head;
    bitmap[first + 1..last].fill(0xff);
    if tail != 0 {
        bitmap[last] |= tail;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_block_is_the_highest_bit() {
        let file = AllocationFile { total_blocks: 30, used: vec![0..3, 9..10, 28..30] };
        let mut bytes = Vec::new();
        file.append(0..1, &mut bytes);
        assert_eq!(bytes[..5], [0b1110_0000, 0b0100_0000, 0, 0b0000_1100, 0]);
        assert_eq!(bytes.len(), 2048);
        assert_eq!(file.free_blocks(), 24);
        assert_eq!(AllocationFile::blocks(16_384), 1);
        assert_eq!(AllocationFile::blocks(16_385), 2);
    }

    proptest! {
        #[test]
        fn each_block_has_its_bit(mut ends in prop::collection::vec(0u32..40_000, 0..20)) {
            ends.sort_unstable();
            ends.dedup();
            let used: Vec<Range<u32>> = ends.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect();
            let file = AllocationFile { total_blocks: 40_000, used: used.clone() };
            let mut bytes = Vec::new();
            (0..3).for_each(|block| file.append(block..block + 1, &mut bytes));
            for block in 0..40_000u32 {
                let bit = bytes[block as usize / 8] >> (7 - block % 8) & 1;
                prop_assert_eq!(bit == 1, used.iter().any(|used| used.contains(&block)), "{}", block);
            }
        }
    }
}
