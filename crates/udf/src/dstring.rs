use std::fmt;

use crate::cs0::{self, Cs0Error};

/// A fixed field of `N` bytes for a CS0 string (ECMA-167 1/7.2.12, UDF 2.1.3): the string, zeros, and in the
/// last byte the number of bytes used. The bytes are kept as they are; [`DString::text`] interprets them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DString<const N: usize>(pub [u8; N]);

impl<const N: usize> DString<N> {
    /// The field with this text. Empty text is all zeros.
    ///
    /// # Errors
    /// [`Cs0Error::TooLong`] over N - 1 bytes or 255, [`Cs0Error::Forbidden`].
    pub fn new(text: &str) -> Result<DString<N>, Cs0Error> {
        let encoded = cs0::encode(text, N.saturating_sub(1).min(255))?;
        let mut field = [0; N];
        field[..encoded.len()].copy_from_slice(&encoded);
        if let Some(last) = field.last_mut() {
            *last = u8::try_from(encoded.len()).unwrap_or_default();
        }
        Ok(DString(field))
    }

    /// The field with as many of the text's first characters as fit, and whether that is all of them.
    ///
    /// # Errors
    /// [`Cs0Error::Forbidden`].
    pub fn truncated(text: &str) -> Result<(DString<N>, bool), Cs0Error> {
        let mut end = text.len();
        loop {
            match DString::new(&text[..end]) {
                Err(Cs0Error::TooLong { .. }) => {
                    // One character less; its removal may also allow 8 bits per character.
                    end = text[..end].char_indices().next_back().map_or(0, |(index, _)| index);
                }
                other => return other.map(|field| (field, end == text.len())),
            }
        }
    }

    /// The text.
    ///
    /// # Errors
    /// [`Cs0Error`] if the length byte or the string is wrong.
    pub fn text(&self) -> Result<String, Cs0Error> {
        let Some((&length, content)) = self.0.split_last() else { return Ok(String::new()) };
        match content.get(..usize::from(length)) {
            Some(used) => cs0::decode(used),
            None => Err(Cs0Error::Length { length, most: content.len() }),
        }
    }

    /// Whether no byte is used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.last().is_none_or(|length| *length == 0)
    }
}

impl<const N: usize> Default for DString<N> {
    fn default() -> Self {
        DString([0; N])
    }
}

impl<const N: usize> fmt::Debug for DString<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Ok(text) => write!(f, "{text:?}"),
            Err(error) => write!(f, "<{error}: {:02x?}>", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_eight_bytes() {
        let field = DString::<8>::new("label").unwrap();
        assert_eq!(field.0, [8, b'l', b'a', b'b', b'e', b'l', 0, 6]);
        assert_eq!(field.text().unwrap(), "label");
        assert_eq!(DString::<8>::new("").unwrap().0, [0; 8]);
        assert!(DString::<8>::new("sevenup").is_err());
    }

    #[test]
    fn truncation_by_characters() {
        let (field, complete) = DString::<8>::truncated("ЖЖЖЖ").unwrap();
        assert_eq!((field.text().unwrap().as_str(), complete), ("ЖЖЖ", false));
        // Without its last character, the text needs 8 bits only.
        let (field, _) = DString::<8>::truncated("abcdefЖ").unwrap();
        assert_eq!(field.text().unwrap(), "abcdef");
        assert!(DString::<8>::truncated("abc").unwrap().1);
    }

    #[test]
    fn wrong_lengths() {
        assert_eq!(DString::<4>([8, 65, 66, 9]).text(), Err(Cs0Error::Length { length: 9, most: 3 }));
        assert_eq!(DString::<4>([8, 65, 66, 0]).text().unwrap(), "");
    }
}
