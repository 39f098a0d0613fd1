use nom::multi::fill;
use nom::{IResult, Parser};

use crate::number::{both_u32, both_u32_bytes};

/// A table of a sparse file (RRIP 4.1.7.1): where the parts of the file are in its extent.
///
/// The pointers of a table of depth 1 stand for 256 bytes of the file each, and those of every further depth for 256
/// times as many. How a table is laid out was taken from what the reader of Aaru makes of it: no image by any writer
/// is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SparseTable {
    /// In the order of the file's bytes.
    pub pointers: [SparsePointer; Self::POINTERS],
}

impl SparseTable {
    /// Pointers in a table.
    pub const POINTERS: usize = 256;

    /// Bytes of a table, and of the units in which pointers to tables count.
    pub const ENCODED_LEN: usize = 2048;

    /// Reads a table.
    ///
    /// # Errors
    /// When there are fewer than 2048 bytes.
    pub fn parse(input: &[u8]) -> IResult<&[u8], SparseTable> {
        let mut numbers = [0; Self::POINTERS];
        let (rest, ()) = fill(both_u32, &mut numbers).parse(input)?;
        Ok((rest, SparseTable { pointers: numbers.map(SparsePointer) }))
    }

    /// Appends the table.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.pointers.iter().for_each(|pointer| out.extend(both_u32_bytes(pointer.0)));
    }
}

/// A pointer of a [`SparseTable`], as recorded: bits that have no meaning are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SparsePointer(pub u32);

/// What a [`SparsePointer`] leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SparseTarget {
    /// Nothing is recorded: the bytes are zero.
    Hole,
    /// A table of the next lower depth, by its distance from the start of the extent in units of 2048 bytes.
    Table(u32),
    /// The bytes, without a gap, by their distance from the start of the extent in units of 256 bytes.
    Data(u32),
}

impl SparsePointer {
    /// Bytes of the units in which pointers to data count.
    pub const DATA_UNIT: u64 = 256;

    /// The highest distance that can be recorded.
    pub const MOST: u32 = (1 << 24) - 1;

    const HOLE: u32 = 1 << 31;
    const TABLE: u32 = 1 << 30;

    /// What it leads to.
    #[must_use]
    pub const fn target(self) -> SparseTarget {
        let distance = self.0 & Self::MOST;
        match self.0 {
            bits if bits & Self::HOLE != 0 => SparseTarget::Hole,
            bits if bits & Self::TABLE != 0 => SparseTarget::Table(distance),
            _ => SparseTarget::Data(distance),
        }
    }

    /// A pointer to that; `None` for a distance over [`SparsePointer::MOST`].
    #[must_use]
    pub const fn to(target: SparseTarget) -> Option<SparsePointer> {
        match target {
            SparseTarget::Hole => Some(SparsePointer(Self::HOLE)),
            SparseTarget::Table(distance) if distance <= Self::MOST => {
                Some(SparsePointer(Self::TABLE | distance))
            }
            SparseTarget::Data(distance) if distance <= Self::MOST => Some(SparsePointer(distance)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pointers_byte_by_byte() {
        let mut bytes = vec![0; 2048];
        bytes[..8].copy_from_slice(b"\0\0\0\x80\x80\0\0\0");
        bytes[8..16].copy_from_slice(b"\x02\0\0\x40\x40\0\0\x02");
        bytes[16..24].copy_from_slice(b"\x56\x34\x12\0\0\x12\x34\x56");
        let (rest, table) = SparseTable::parse(&bytes).unwrap();
        assert_eq!(rest, b"");
        let targets: Vec<SparseTarget> = table.pointers[..4].iter().map(|pointer| pointer.target()).collect();
        let data = SparseTarget::Data;
        assert_eq!(targets, [SparseTarget::Hole, SparseTarget::Table(2), data(0x12_3456), data(0)]);
        let mut out = Vec::new();
        table.encode(&mut out);
        assert_eq!(out, bytes);
        assert!(SparseTable::parse(&bytes[..2047]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(numbers: [[u32; 16]; 16]) {
            let mut all = numbers.as_flattened().iter().copied();
            let pointers = std::array::from_fn(|_| SparsePointer(all.next().unwrap()));
            let table = SparseTable { pointers };
            let mut out = Vec::new();
            table.encode(&mut out);
            prop_assert_eq!(out.len(), SparseTable::ENCODED_LEN);
            prop_assert_eq!(SparseTable::parse(&out).unwrap(), (&[][..], table));
        }

        #[test]
        fn targets_round_trip(distance: u32) {
            for target in [SparseTarget::Hole, SparseTarget::Table(distance), SparseTarget::Data(distance)] {
                match SparsePointer::to(target) {
                    Some(pointer) => prop_assert_eq!(pointer.target(), target),
                    None => prop_assert!(distance > SparsePointer::MOST),
                }
            }
        }
    }
}
