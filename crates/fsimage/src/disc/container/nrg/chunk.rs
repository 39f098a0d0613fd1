//! Chunks: an identifier of four letters, a length of 32 bits, and that many bytes.

use byteorder::{BigEndian, ByteOrder as _};

/// One chunk of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk<'a> {
    pub(super) id: [u8; 4],
    pub(super) data: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// The end of the chain.
    pub(super) const END: [u8; 4] = *b"END!";

    /// Reads the chunk at the start of `input`, and gives what follows it; `None` where `input` ends inside.
    pub(super) fn parse(input: &'a [u8]) -> Option<(&'a [u8], Chunk<'a>)> {
        let (id, rest) = input.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(BigEndian::read_u32(length)).ok()?;
        let (data, rest) = rest.split_at_checked(length)?;
        Some((rest, Chunk { id: *id, data }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain() {
        let (rest, chunk) = Chunk::parse(b"SINF\0\0\0\x04\0\0\0\x05END!\0\0\0\0").unwrap();
        assert_eq!(chunk, Chunk { id: *b"SINF", data: &[0, 0, 0, 5] });
        let (rest, end) = Chunk::parse(rest).unwrap();
        assert_eq!((rest, end.id, end.data), (&[][..], Chunk::END, &[][..]));
        assert_eq!(Chunk::parse(b"SINF\xff\xff\xff\xff\0\0"), None);
        assert_eq!(Chunk::parse(b"SIN"), None);
    }
}
