use nom::combinator::opt;
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

use crate::number::{both_u32, both_u32_bytes};
use crate::susp::{Signature, encode_fixed};

/// `SF`, sparse file (RRIP 4.1.7): the extent holds tables and those parts of the file that are no holes.
///
/// The reader of such a file is [`SparseReader`](super::SparseReader).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SparseFile {
    /// Bytes of the file with its holes. Before version 1.12 at most 32 bits.
    pub virtual_size: u64,
    /// Levels of tables, 1 to [`SparseFile::MOST_DEPTH`]; `None` before version 1.12, when there were always three.
    pub table_depth: Option<u8>,
}

impl SparseFile {
    /// `SF`.
    pub const SIGNATURE: Signature = Signature(*b"SF");

    /// Levels of tables that are enough for a size of 64 bits.
    pub const MOST_DEPTH: u8 = 7;

    /// Levels of tables: three, which are enough for 32 bits, where the entry does not say.
    #[must_use]
    pub const fn depth(&self) -> u8 {
        match self.table_depth {
            Some(depth) => depth,
            None => 3,
        }
    }

    /// Reads the payload of either version.
    ///
    /// # Errors
    /// When it is shorter than 8 bytes.
    pub fn parse(payload: &[u8]) -> IResult<&[u8], SparseFile> {
        let (rest, (first, second)) = (both_u32, opt((both_u32, byte))).parse(payload)?;
        let sparse = match second {
            None => SparseFile { virtual_size: u64::from(first), table_depth: None },
            Some((low, depth)) => {
                SparseFile { virtual_size: u64::from(first) << 32 | u64::from(low), table_depth: Some(depth) }
            }
        };
        Ok((rest, sparse))
    }

    /// Appends the entry, in the form of version 1.12 with a table depth, in the older form without.
    /// The older form holds the lower 32 bits of the size.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let low = both_u32_bytes(self.virtual_size as u32);
        match self.table_depth {
            None => encode_fixed(Self::SIGNATURE, low, out),
            Some(depth) => {
                let mut payload = [0; 17];
                payload[..8].copy_from_slice(&both_u32_bytes((self.virtual_size >> 32) as u32));
                payload[8..16].copy_from_slice(&low);
                payload[16] = depth;
                encode_fixed(Self::SIGNATURE, payload, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        let mut out = Vec::new();
        SparseFile { virtual_size: 0x1_0000_0002, table_depth: Some(1) }.encode(&mut out);
        assert_eq!(out, *b"SF\x15\x01\x01\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\x02\x01");
        out.clear();
        SparseFile { virtual_size: 2, table_depth: None }.encode(&mut out);
        assert_eq!(out, *b"SF\x0C\x01\x02\0\0\0\0\0\0\x02");
    }

    proptest! {
        #[test]
        fn round_trip(virtual_size: u64, table_depth: Option<u8>) {
            let virtual_size = if table_depth.is_some() { virtual_size } else { virtual_size >> 32 };
            let sparse = SparseFile { virtual_size, table_depth };
            let mut out = Vec::new();
            sparse.encode(&mut out);
            prop_assert_eq!(SparseFile::parse(&out[4..]).unwrap(), (&[][..], sparse));
        }
    }
}
