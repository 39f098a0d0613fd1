//! Numerical values (ECMA-119 7.2, 7.3): single-endian, and both-endian ones that are recorded twice.

use byteorder::{BigEndian, ByteOrder as _, LittleEndian};
use nom::number::complete::{be_u16, be_u32, le_u16, le_u32};
use nom::sequence::terminated;
use nom::{IResult, Parser};

/// Which end of a number comes first. Type L path tables are little-endian, type M ones big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// Least significant byte first (7.2.1, 7.3.1).
    Little,
    /// Most significant byte first (7.2.2, 7.3.2).
    Big,
}

/// A both-endian number (7.2.3, 7.3.3) whose halves differ. Parsers use the little-endian half, as
/// nearly every reader does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Offset of the number's first byte in its structure.
    pub offset: usize,
    /// Clause of ECMA-119 that describes the field.
    pub clause: &'static str,
    /// The little-endian half.
    pub little: u32,
    /// The big-endian half.
    pub big: u32,
}

/// 7.2.3: takes 4 bytes, gives the little-endian half.
pub(crate) fn both_u16(input: &[u8]) -> IResult<&[u8], u16> {
    terminated(le_u16, be_u16).parse(input)
}

/// 7.3.3: takes 8 bytes, gives the little-endian half.
pub(crate) fn both_u32(input: &[u8]) -> IResult<&[u8], u32> {
    terminated(le_u32, be_u32).parse(input)
}

/// 7.2.3, ready to be recorded.
pub(crate) fn both_u16_bytes(value: u16) -> [u8; 4] {
    let mut bytes = [0; 4];
    LittleEndian::write_u16(&mut bytes[..2], value);
    BigEndian::write_u16(&mut bytes[2..], value);
    bytes
}

/// 7.3.3, ready to be recorded.
pub(crate) fn both_u32_bytes(value: u32) -> [u8; 8] {
    let mut bytes = [0; 8];
    LittleEndian::write_u32(&mut bytes[..4], value);
    BigEndian::write_u32(&mut bytes[4..], value);
    bytes
}

/// Takes `N` bytes as they are.
pub(crate) fn bytes<const N: usize>(input: &[u8]) -> IResult<&[u8], [u8; N]> {
    match input.split_first_chunk::<N>() {
        Some((taken, rest)) => Ok((rest, *taken)),
        None => Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Eof))),
    }
}

/// The both-endian numbers of a structure, as (offset, bytes per half, clause), that disagree in `bytes`.
pub(crate) fn disagreements<'a>(
    bytes: &'a [u8],
    numbers: &'static [(usize, usize, &'static str)],
) -> impl Iterator<Item = Disagreement> + 'a {
    numbers.iter().filter_map(|&(offset, width, clause)| {
        let halves = bytes.get(offset..offset + 2 * width)?;
        let little = LittleEndian::read_uint(&halves[..width], width) as u32;
        let big = BigEndian::read_uint(&halves[width..], width) as u32;
        (little != big).then_some(Disagreement { offset, clause, little, big })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_twice() {
        assert_eq!(both_u16_bytes(0x0102), [2, 1, 1, 2]);
        assert_eq!(both_u32_bytes(0x0102_0304), [4, 3, 2, 1, 1, 2, 3, 4]);
        assert_eq!(both_u32(&[4, 3, 2, 1, 1, 2, 3, 4]).unwrap().1, 0x0102_0304);
        assert!(both_u32(&[4, 3, 2, 1, 1, 2, 3]).is_err());
    }

    #[test]
    fn the_little_half_counts_and_the_difference_is_told() {
        let numbers = [2, 1, 9, 9];
        assert_eq!(both_u16(&numbers).unwrap().1, 0x0102);
        let found: Vec<_> = disagreements(&numbers, &[(0, 2, "7.2.3"), (2, 4, "7.3.3")]).collect();
        assert_eq!(found, [Disagreement { offset: 0, clause: "7.2.3", little: 0x0102, big: 0x0909 }]);
    }
}
