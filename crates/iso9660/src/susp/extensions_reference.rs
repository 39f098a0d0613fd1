use nom::bytes::complete::take;
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

use super::{Entry, Signature};
use crate::EncodeError;

/// `ER`, Extensions Reference (SUSP 5.5): an extension specification that the volume follows. In the
/// first record of the root directory only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtensionsReference<'a> {
    /// Identifies the specification.
    pub identifier: &'a [u8],
    /// Describes it for people.
    pub descriptor: &'a [u8],
    /// Says where to get it.
    pub source: &'a [u8],
    /// Version of the specification.
    pub version: u8,
}

impl<'a> ExtensionsReference<'a> {
    /// `ER`.
    pub const SIGNATURE: Signature = Signature(*b"ER");

    /// Reads the payload.
    ///
    /// # Errors
    /// When it ends inside one of the texts.
    pub fn parse(payload: &'a [u8]) -> IResult<&'a [u8], ExtensionsReference<'a>> {
        let (rest, (identifier_length, descriptor_length, source_length, version)) =
            (byte, byte, byte, byte).parse(payload)?;
        let (rest, (identifier, descriptor, source)) =
            (take(identifier_length), take(descriptor_length), take(source_length)).parse(rest)?;
        Ok((rest, ExtensionsReference { identifier, descriptor, source, version }))
    }

    /// Appends the entry.
    ///
    /// # Errors
    /// [`EncodeError::EntryTooLong`] when the texts have more than 247 bytes together; nothing is appended
    /// then.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let texts = [self.identifier, self.descriptor, self.source];
        // A text too long for its length byte makes the entry too long, and refused, all the same.
        let [identifier, descriptor, source] = texts.map(|text| text.len().min(255) as u8);
        let mut payload = vec![identifier, descriptor, source, self.version];
        for text in texts {
            payload.extend_from_slice(text);
        }
        Entry { signature: Self::SIGNATURE, version: 1, payload: &payload }.encode(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        let reference = ExtensionsReference { identifier: b"ID", descriptor: b"", source: b"S", version: 1 };
        let mut out = Vec::new();
        reference.encode(&mut out).unwrap();
        assert_eq!(out, *b"ER\x0B\x01\x02\x00\x01\x01IDS");
        assert_eq!(ExtensionsReference::parse(&out[4..]).unwrap(), (&[][..], reference));
        assert!(ExtensionsReference::parse(&out[4..10]).is_err());
    }

    #[test]
    fn too_long_is_an_error() {
        let reference =
            ExtensionsReference { identifier: &[b'a'; 248], descriptor: b"", source: b"", version: 1 };
        assert!(matches!(
            reference.encode(&mut Vec::new()),
            Err(EncodeError::EntryTooLong { length: 256, .. })
        ));
    }

    proptest! {
        #[test]
        fn round_trip(identifier in "[A-Z]{0,80}", descriptor in "[a-z ]{0,80}", source in "[a-z ]{0,80}", version: u8) {
            let reference = ExtensionsReference {
                identifier: identifier.as_bytes(),
                descriptor: descriptor.as_bytes(),
                source: source.as_bytes(),
                version,
            };
            let mut out = Vec::new();
            reference.encode(&mut out).unwrap();
            prop_assert_eq!(ExtensionsReference::parse(&out[4..]).unwrap(), (&[][..], reference));
        }
    }
}
