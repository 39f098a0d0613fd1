use std::fmt;

use nom::bytes::complete::take;
use nom::error::{Error, ErrorKind};
use nom::{IResult, Parser};

use super::Terminator;
use crate::EncodeError;

/// Bytes before the payload of an entry.
const HEADER_LEN: usize = 4;

/// Signature Word of a System Use entry (SUSP 4.1): says what the entry is. Everyone may define more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub [u8; 2]);

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

/// System Use entry (SUSP 4.1), whatever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What the entry is.
    pub signature: Signature,
    /// Version of the entry; 1 for all that are known.
    pub version: u8,
    /// What follows signature, length and version; at most 251 bytes.
    pub payload: &'a [u8],
}

impl<'a> Entry<'a> {
    /// Most bytes of a payload.
    pub const MAX_PAYLOAD: usize = 251;

    /// Reads the entry at the start of `area`, and gives what follows it.
    ///
    /// # Errors
    /// When `area` ends inside the entry or its length is below 4: no entries follow then.
    pub fn parse(area: &'a [u8]) -> IResult<&'a [u8], Entry<'a>> {
        let &[a, b, length, version, ..] = area else {
            return Err(nom::Err::Error(Error::new(area, ErrorKind::Eof)));
        };
        if usize::from(length) < HEADER_LEN {
            return Err(nom::Err::Error(Error::new(area, ErrorKind::LengthValue)));
        }
        let (rest, entry) = take(length).parse(area)?;
        Ok((rest, Entry { signature: Signature([a, b]), version, payload: &entry[HEADER_LEN..] }))
    }

    /// Bytes that [`encode`](Self::encode) appends.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        HEADER_LEN + self.payload.len()
    }

    /// Appends the entry.
    ///
    /// # Errors
    /// [`EncodeError::EntryTooLong`] when the payload has more than 251 bytes; nothing is appended then.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let length = self.encoded_len();
        let signature = self.signature.0;
        let byte = u8::try_from(length).map_err(|_| EncodeError::EntryTooLong { signature, length })?;
        out.extend([signature[0], signature[1], byte, self.version]);
        out.extend_from_slice(self.payload);
        Ok(())
    }
}

/// Appends an entry of version 1 whose payload has a fixed length.
pub(crate) fn encode_fixed<const N: usize>(signature: Signature, payload: [u8; N], out: &mut Vec<u8>) {
    encode_versioned(signature, 1, payload, out);
}

/// Appends an entry whose payload has a fixed length.
pub(crate) fn encode_versioned<const N: usize>(
    signature: Signature,
    version: u8,
    payload: [u8; N],
    out: &mut Vec<u8>,
) {
    const { assert!(N <= Entry::MAX_PAYLOAD) };
    let Signature([a, b]) = signature;
    out.extend([a, b, (HEADER_LEN + N) as u8, version]);
    out.extend(payload);
}

/// The entries of a System Use field or continuation area, in order.
///
/// They end at a terminator (which is not given), where fewer than 4 bytes are left, and before bytes
/// that are no entry. [`Entries::rest`] tells which.
#[must_use]
pub fn entries(area: &[u8]) -> Entries<'_> {
    Entries { rest: area, terminated: false }
}

/// Iterator of [`entries`].
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    rest: &'a [u8],
    terminated: bool,
}

impl<'a> Entries<'a> {
    /// The bytes behind the entries given so far. After the last entry this is padding or damage.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next entry, and all its bytes.
    pub fn next_whole(&mut self) -> Option<(Entry<'a>, &'a [u8])> {
        let before = self.rest;
        let entry = self.next()?;
        Some((entry, &before[..before.len() - self.rest.len()]))
    }

    /// Whether a terminator ended the area, so that continuation areas do not count either.
    #[must_use]
    pub fn terminated(&self) -> bool {
        self.terminated
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if self.terminated {
            return None;
        }
        let (rest, entry) = Entry::parse(self.rest).ok()?;
        self.rest = rest;
        if entry.signature == Terminator::SIGNATURE {
            self.terminated = true;
            return None;
        }
        Some(entry)
    }
}

impl std::iter::FusedIterator for Entries<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        let entry = Entry { signature: Signature(*b"XA"), version: 1, payload: &[7, 8] };
        let mut out = Vec::new();
        entry.encode(&mut out).unwrap();
        assert_eq!(out, *b"XA\x06\x01\x07\x08");
        assert_eq!(Entry::parse(&out).unwrap(), (&[][..], entry));
    }

    #[test]
    fn the_area_ends_at_padding_damage_or_terminator() {
        let mut padded = entries(b"RE\x04\x01\0");
        assert_eq!(padded.by_ref().count(), 1);
        assert_eq!((padded.rest(), padded.terminated()), (&[0][..], false));
        let mut damaged = entries(b"RE\x04\x01RE\x03\x01\0\0");
        assert_eq!(damaged.by_ref().count(), 1);
        assert_eq!(damaged.rest(), b"RE\x03\x01\0\0");
        let mut terminated = entries(b"RE\x04\x01ST\x04\x01RE\x04\x01");
        assert_eq!(terminated.by_ref().count(), 1);
        assert_eq!((terminated.rest(), terminated.terminated()), (&b"RE\x04\x01"[..], true));
        assert_eq!(terminated.next(), None);
        assert_eq!(entries(b"RE\x05\x01").count(), 0);
    }

    #[test]
    fn too_long_is_an_error() {
        let mut out = Vec::new();
        let entry = Entry { signature: Signature(*b"XX"), version: 1, payload: &[0; 252] };
        let error = EncodeError::EntryTooLong { signature: *b"XX", length: 256 };
        assert_eq!(entry.encode(&mut out), Err(error));
        assert_eq!(error.to_string(), "a system use entry XX of 256 bytes, more than 255");
    }

    proptest! {
        #[test]
        fn round_trip(signature: [u8; 2], version: u8, payload in proptest::collection::vec(any::<u8>(), 0..=251)) {
            let entry = Entry { signature: Signature(signature), version, payload: &payload };
            let mut out = Vec::new();
            entry.encode(&mut out).unwrap();
            prop_assert_eq!(out.len(), entry.encoded_len());
            prop_assert_eq!(Entry::parse(&out).unwrap().1, entry);
        }

        #[test]
        fn any_bytes(area in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut all = entries(&area);
            let taken: usize = all.by_ref().map(|entry| entry.encoded_len()).sum();
            let terminator = area.len() - taken - all.rest().len();
            prop_assert_eq!(all.terminated(), terminator >= 4);
            prop_assert!(all.terminated() || terminator == 0);
        }
    }
}
