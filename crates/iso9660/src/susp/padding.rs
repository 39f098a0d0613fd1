use super::{Entry, Signature};
use crate::EncodeError;

/// `PD`, Padding Field (SUSP 5.2): bytes without meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaddingField {
    /// Bytes of the padding area behind the header; at most 251.
    pub length: u8,
}

impl PaddingField {
    /// `PD`.
    pub const SIGNATURE: Signature = Signature(*b"PD");

    /// Appends the entry, with zeros as its padding.
    ///
    /// # Errors
    /// [`EncodeError::EntryTooLong`] over 251 bytes; nothing is appended then.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let payload = &[0; 255][..usize::from(self.length)];
        Entry { signature: Self::SIGNATURE, version: 1, payload }.encode(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let mut out = Vec::new();
        PaddingField { length: 3 }.encode(&mut out).unwrap();
        assert_eq!(out, *b"PD\x07\x01\0\0\0");
        assert!(PaddingField { length: 252 }.encode(&mut out).is_err());
    }

    #[test]
    fn round_trip() {
        for length in 0..=251 {
            let mut out = Vec::new();
            PaddingField { length }.encode(&mut out).unwrap();
            let (rest, entry) = Entry::parse(&out).unwrap();
            assert_eq!(
                (entry.signature, entry.payload),
                (PaddingField::SIGNATURE, &vec![0; length.into()][..])
            );
            assert!(rest.is_empty());
        }
    }
}
