use std::ops::Range;

use crate::{Error, Tag, TagId};

use super::{BLOCK_SIZE, Form};

/// The space bitmap of a partition of which all but a few stretches is in use (ECMA-167 4/14.12, UDF 2.3.8).
/// Its bytes are made block by block, so that the bitmap of a large partition takes no memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceBitmap {
    /// Blocks of the partition: the number of bits.
    pub blocks: u32,
    /// The free ones, in ascending order.
    pub free: Vec<Range<u32>>,
}

/// Tag, number of bits, number of bytes.
const HEADER: usize = 24;

impl SpaceBitmap {
    /// Bytes of the descriptor with its bitmap.
    #[must_use]
    pub fn len(blocks: u32) -> u64 {
        HEADER as u64 + u64::from(blocks).div_ceil(8)
    }

    /// How many blocks are free.
    #[must_use]
    pub fn free_blocks(&self) -> u32 {
        self.free.iter().map(|free| free.end.saturating_sub(free.start)).sum()
    }

    /// Appends whole blocks of the descriptor: `part` of those it consists of, padded with zeros at its end.
    /// `location` is the first block of the descriptor in its partition. As UDF 2.3.8 has it, the CRC covers
    /// the two lengths alone.
    ///
    /// # Errors
    /// None but those of [`Tag::seal`], which the tag has room for.
    pub fn append(
        &self,
        form: Form,
        location: u32,
        part: Range<u32>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let start = out.len();
        let first = u64::from(part.start) * BLOCK_SIZE as u64;
        let end = u64::from(part.end) * BLOCK_SIZE as u64;
        out.resize(start + (end - first) as usize, 0);
        let bytes = &mut out[start..];
        // Bit n is in byte HEADER + n / 8 of the descriptor.
        let bit_of = |byte: u64| byte.saturating_sub(HEADER as u64) * 8;
        for free in &self.free {
            let from = u64::from(free.start).max(bit_of(first));
            let to = u64::from(free.end.min(self.blocks)).min(bit_of(end));
            set(bytes, first, from, to);
        }
        if part.start == 0 && !part.is_empty() {
            bytes[16..20].copy_from_slice(&self.blocks.to_le_bytes());
            // An eighth of 32 bits.
            bytes[20..24].copy_from_slice(&self.blocks.div_ceil(8).to_le_bytes());
            let (id, version) = (TagId::SPACE_BITMAP, form.tag_version());
            Tag { id, version, serial: super::volume::SERIAL, crc_length: 8, location }.seal(bytes)?;
        }
        Ok(())
    }
}

/// Sets the bits `from..to` in `bytes`, which begin at byte `first` of the descriptor.
fn set(bytes: &mut [u8], first: u64, from: u64, to: u64) {
    let mut bit = from;
    while bit < to {
        let at = (HEADER as u64 + bit / 8 - first) as usize;
        if bit.is_multiple_of(8) && to - bit >= 8 {
            let whole = ((to - bit) / 8) as usize;
            bytes[at..at + whole].fill(0xff);
            bit += whole as u64 * 8;
        } else {
            bytes[at] |= 1 << (bit % 8);
            bit += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Revision;
    use proptest::prelude::*;

    fn form() -> Form {
        Form::new(Revision::V2_01, crate::write::StructurePartition::Physical).unwrap()
    }

    #[test]
    fn eleven_blocks() {
        let space = SpaceBitmap { blocks: 11, free: vec![0..1, 7..8, 9..11] };
        let mut bytes = Vec::new();
        space.append(form(), 5, 0..1, &mut bytes).unwrap();
        assert_eq!(bytes.len(), 2048);
        assert_eq!(
            bytes[10..28],
            [8, 0, 5, 0, 0, 0, 11, 0, 0, 0, 2, 0, 0, 0, 0b1000_0001, 0b0000_0110, 0, 0]
        );
        assert_eq!(Tag::open_as(&bytes, TagId::SPACE_BITMAP).unwrap().0.version, 3);
        assert_eq!(space.free_blocks(), 4);
    }

    proptest! {
        #[test]
        fn parts_make_the_whole(
            blocks in 1u32..100_000,
            mut cuts in prop::collection::vec(0u32..100_000, 0..8),
            step in 1u32..4,
        ) {
            cuts.sort_unstable();
            let free: Vec<_> = cuts.chunks_exact(2).map(|cut| cut[0].min(blocks)..cut[1].min(blocks)).collect();
            let space = SpaceBitmap { blocks, free };
            let whole = SpaceBitmap::len(blocks).div_ceil(2048) as u32;
            let mut bytes = Vec::new();
            for at in (0..whole).step_by(step as usize) {
                space.append(form(), 9, at..(at + step).min(whole), &mut bytes).unwrap();
            }
            let mut at_once = Vec::new();
            space.append(form(), 9, 0..whole, &mut at_once).unwrap();
            prop_assert!(bytes == at_once);
            let ones: u32 = bytes[24..].iter().map(|byte| byte.count_ones()).sum();
            prop_assert_eq!(ones, space.free_blocks());
            for block in 0..blocks {
                let bit = bytes[24 + block as usize / 8] >> (block % 8) & 1 == 1;
                prop_assert_eq!(bit, space.free.iter().any(|free| free.contains(&block)));
            }
        }
    }
}
