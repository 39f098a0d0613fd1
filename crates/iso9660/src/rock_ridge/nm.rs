//! `NM`, alternate name (RRIP 4.1.4): the POSIX file name.

use bitflags::bitflags;
use nom::IResult;
use nom::Parser;
use nom::combinator::rest;
use nom::number::complete::u8 as byte;

use crate::susp::Signature;

/// Most bytes of a name in one entry.
pub const MAX_CONTENT: usize = 250;

bitflags! {
    /// Flags of an alternate name.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct NameFlags: u8 {
        /// The name goes on in the next `NM` entry.
        const CONTINUE = 0x01;
        /// The name is that of the directory itself; no content.
        const CURRENT = 0x02;
        /// The name is that of the parent directory; no content.
        const PARENT = 0x04;
        /// The name is that of the host; reserved since version 1.12.
        const HOST = 0x20;
    }
}

/// One `NM` entry: a file name or a part of it. The bytes are as the writer's system had them; RRIP
/// names no character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlternateName<'a> {
    /// Whether the name goes on, and names of special meaning.
    pub flags: NameFlags,
    /// The name or its part; at most 250 bytes.
    pub content: &'a [u8],
}

impl<'a> AlternateName<'a> {
    /// `NM`.
    pub const SIGNATURE: Signature = Signature(*b"NM");

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is empty.
    pub fn parse(payload: &'a [u8]) -> IResult<&'a [u8], AlternateName<'a>> {
        let (end, (flags, content)) = (byte, rest).parse(payload)?;
        Ok((end, AlternateName { flags: NameFlags::from_bits_retain(flags), content }))
    }
}

/// Bytes that [`encode`] appends for a name of `length` bytes.
#[must_use]
pub fn encoded_len(length: usize) -> usize {
    5 * length.div_ceil(MAX_CONTENT).max(1) + length
}

/// Appends the entries for `name`: one, or as many as its length needs.
pub fn encode(name: &[u8], out: &mut Vec<u8>) {
    let mut left = name;
    loop {
        let (content, more) = left.split_at(left.len().min(MAX_CONTENT));
        let flags = if more.is_empty() { NameFlags::empty() } else { NameFlags::CONTINUE };
        out.extend([b'N', b'M', (5 + content.len()) as u8, 1, flags.bits()]);
        out.extend_from_slice(content);
        if more.is_empty() {
            break;
        }
        left = more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::susp::entries;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        let mut out = Vec::new();
        encode(b"Read me", &mut out);
        assert_eq!(out, *b"NM\x0C\x01\x00Read me");
        assert!(AlternateName::parse(&[]).is_err());
    }

    #[test]
    fn long_names_go_on() {
        let mut out = Vec::new();
        encode(&[b'n'; 251], &mut out);
        assert_eq!((out[2], out[4]), (255, 1));
        assert_eq!(out[255..], *b"NM\x06\x01\x00n");
    }

    proptest! {
        #[test]
        fn round_trip(name in proptest::collection::vec(any::<u8>(), 0..800)) {
            let mut out = Vec::new();
            encode(&name, &mut out);
            prop_assert_eq!(out.len(), encoded_len(name.len()));
            let parts: Vec<_> =
                entries(&out).map(|entry| AlternateName::parse(entry.payload).unwrap().1).collect();
            let joined: Vec<u8> = parts.iter().flat_map(|part| part.content).copied().collect();
            prop_assert_eq!(joined, name);
            let (last, others) = parts.split_last().unwrap();
            prop_assert!(last.flags.is_empty());
            prop_assert!(others.iter().all(|part| part.flags == NameFlags::CONTINUE));
        }
    }
}
