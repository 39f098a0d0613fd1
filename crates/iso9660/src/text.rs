//! Fixed-width character fields (ECMA-119 7.4.3): left-justified, padded with spaces on the right.

use crate::EncodeError;

/// `text` in a field of `N` bytes, padded with spaces.
///
/// # Errors
/// [`EncodeError::TextTooLong`] when `text` has more than `N` bytes.
pub fn padded<const N: usize>(text: &[u8]) -> Result<[u8; N], EncodeError> {
    let mut field = [b' '; N];
    match field.get_mut(..text.len()) {
        Some(start) => {
            start.copy_from_slice(text);
            Ok(field)
        }
        None => Err(EncodeError::TextTooLong { length: text.len(), width: N }),
    }
}

/// The text of a field without its padding. Fields padded with zero bytes occur, so both count.
#[must_use]
pub fn trimmed(field: &[u8]) -> &[u8] {
    let end = field.iter().rposition(|&byte| byte != b' ' && byte != 0).map_or(0, |last| last + 1);
    &field[..end]
}

/// Whether `byte` is a d-character: capital letters, digits and the low line (7.4.1, Annex A).
#[must_use]
pub const fn is_d_character(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')
}

/// Whether `byte` is an a-character: the d-characters, space and the signs `! " % & ' ( ) * + , - . / : ; < = > ?`.
#[must_use]
pub const fn is_a_character(byte: u8) -> bool {
    is_d_character(byte) || matches!(byte, b' '..=b'"' | b'%'..=b'/' | b':'..=b'?')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pads_with_spaces_and_refuses_more() {
        assert_eq!(padded::<6>(b"LABEL").unwrap(), *b"LABEL ");
        assert_eq!(padded::<4>(b"LABEL"), Err(EncodeError::TextTooLong { length: 5, width: 4 }));
    }

    #[test]
    fn either_padding_is_trimmed() {
        assert_eq!(trimmed(b"A B  "), b"A B");
        assert_eq!(trimmed(b"A\0\0\0"), b"A");
        assert_eq!(trimmed(b" \0 \0"), b"");
    }

    #[test]
    fn character_sets_have_their_sizes() {
        assert_eq!((0..=255).filter(|&byte| is_d_character(byte)).count(), 37);
        assert_eq!((0..=255).filter(|&byte| is_a_character(byte)).count(), 57);
    }

    proptest! {
        #[test]
        fn round_trip(text in "[!-~]{0,32}") {
            let field = padded::<32>(text.as_bytes()).unwrap();
            prop_assert_eq!(trimmed(&field), text.as_bytes());
        }
    }
}
