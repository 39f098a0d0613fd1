use bitflags::bitflags;
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

use crate::EncodeError;
use crate::susp::{Entry, Signature};

bitflags! {
    /// Flags of an `AL` entry (AAIP 2.0, `AL`, BP 5).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct AttributeListFlags: u8 {
        /// The list goes on in the next `AL` entry.
        const CONTINUE = 1;

        const _ = !0;
    }
}

/// `AL`, attribute list (AAIP 2.0): a piece of the attributes of a file. The component areas of all pieces, one
/// behind another, are the component records of the list; a record may begin in one piece and end in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeListEntry<'a> {
    /// Flags.
    pub flags: AttributeListFlags,
    /// The component area: at most 250 bytes.
    pub components: &'a [u8],
}

impl<'a> AttributeListEntry<'a> {
    /// `AL`.
    pub const SIGNATURE: Signature = Signature(*b"AL");

    /// Most bytes of a component area.
    pub const MAX_COMPONENTS: usize = Entry::MAX_PAYLOAD - 1;

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is empty.
    pub fn parse(payload: &'a [u8]) -> IResult<&'a [u8], AttributeListEntry<'a>> {
        let (components, flags) = byte.parse(payload)?;
        let flags = AttributeListFlags::from_bits_retain(flags);
        Ok((&[], AttributeListEntry { flags, components }))
    }

    /// Appends the entry.
    ///
    /// # Errors
    /// [`EncodeError::EntryTooLong`] for more than 250 bytes of components; nothing is appended then.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let payload = [&[self.flags.bits()], self.components].concat();
        Entry { signature: Self::SIGNATURE, version: 1, payload: &payload }.encode(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The second entry of the specification's first example, whose first bytes are the end of a value.
    #[test]
    fn bytes_of_the_specification() {
        let components = b"thirteen byte\x00\x03one\x00\x04more";
        let entry = AttributeListEntry { flags: AttributeListFlags::empty(), components };
        let mut out = Vec::new();
        entry.encode(&mut out).unwrap();
        assert_eq!(out, *b"AL\x1d\x01\x00thirteen byte\x00\x03one\x00\x04more");
        assert_eq!(AttributeListEntry::parse(&out[4..]).unwrap(), (&[][..], entry));
        assert!(AttributeListEntry::parse(&[]).is_err());
    }

    #[test]
    fn too_long_is_an_error() {
        let flags = AttributeListFlags::CONTINUE;
        let entry = AttributeListEntry { flags, components: &[0; 251] };
        assert!(matches!(entry.encode(&mut Vec::new()), Err(EncodeError::EntryTooLong { length: 256, .. })));
    }

    proptest! {
        #[test]
        fn round_trip(flags: u8, components in proptest::collection::vec(any::<u8>(), 0..=250)) {
            let flags = AttributeListFlags::from_bits_retain(flags);
            let entry = AttributeListEntry { flags, components: &components };
            let mut out = Vec::new();
            entry.encode(&mut out).unwrap();
            prop_assert_eq!(AttributeListEntry::parse(&out[4..]).unwrap(), (&[][..], entry));
        }
    }
}
