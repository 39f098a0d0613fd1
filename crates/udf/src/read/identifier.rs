//! File identifiers in place, and their names.

use crate::cs0::{COMPRESSION_8, COMPRESSION_8_DELETED, COMPRESSION_16, COMPRESSION_16_DELETED};
use crate::file::FileIdentifierDescriptor;
use crate::{Error, Tag, TagId};

/// What stands at the beginning of some bytes of a directory.
pub(super) enum Parsed<'a> {
    Identifier(FileIdentifierDescriptor<'a>),
    /// More bytes are needed to tell.
    Incomplete,
    /// No identifier, or a damaged one.
    Bad(Error),
}

/// Whether these may be the first bytes of an identifier: its tag has the right kind and checksum.
pub(super) fn is_head(bytes: &[u8]) -> bool {
    let Some(head) = bytes.first_chunk::<16>() else { return false };
    let id = u16::from_le_bytes([head[0], head[1]]);
    let sum = head.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)).wrapping_sub(head[4]);
    id == TagId::FILE_IDENTIFIER.0 && sum == head[4]
}

/// The identifier at the beginning of `bytes`; if these are the last of the directory, its padding may be
/// missing.
pub(super) fn parse(bytes: &[u8], are_last: bool) -> Parsed<'_> {
    let Ok(size) = FileIdentifierDescriptor::size_of(bytes) else { return Parsed::Incomplete };
    let covered = Tag::SIZE + usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
    let is_whole = bytes.len() >= size.max(covered) || are_last;
    if is_head(bytes) && !is_whole {
        return Parsed::Incomplete;
    }
    match FileIdentifierDescriptor::parse(bytes) {
        Ok(identifier) => Parsed::Identifier(identifier),
        Err(error) => Parsed::Bad(error),
    }
}

/// Appends the text of a CS0 string in UTF-8. What is no text becomes U+FFFD, and is told.
pub(super) fn decode_name(identifier: &[u8], name: &mut Vec<u8>) -> Option<&'static str> {
    let (&compression, characters) = identifier.split_first()?;
    if compression == COMPRESSION_8 && characters.is_ascii() {
        name.extend_from_slice(characters);
        return None;
    }
    let mut push = |character: char| {
        name.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    };
    match compression {
        COMPRESSION_16 | COMPRESSION_16_DELETED => {
            let (pairs, rest) = characters.as_chunks::<2>();
            let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
            let mut wrong = (!rest.is_empty()).then_some("a 16-bit name with half a character at its end");
            for character in char::decode_utf16(units) {
                push(character.unwrap_or_else(|_| {
                    wrong = Some("a name with half of a surrogate pair");
                    char::REPLACEMENT_CHARACTER
                }));
            }
            wrong
        }
        _ => {
            characters.iter().for_each(|byte| push(char::from(*byte)));
            let known = matches!(compression, COMPRESSION_8 | COMPRESSION_8_DELETED);
            (!known).then_some("a name with an unknown compression id, read as 8 bits per character")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_whatever_they_are() {
        let decoded = |bytes: &[u8]| {
            let mut name = Vec::new();
            let wrong = decode_name(bytes, &mut name);
            (String::from_utf8(name).unwrap(), wrong.is_some())
        };
        assert_eq!(decoded(&[8, b'G', 0xfc]), ("Gü".to_owned(), false));
        assert_eq!(decoded(&[16, 0xd8, 0x3d, 0xde, 0x00]), ("😀".to_owned(), false));
        assert_eq!(decoded(&[16, 0xd8, 0x3d, 0, 65]), ("\u{fffd}A".to_owned(), true));
        assert_eq!(decoded(&[16, 0, 65, 0]), ("A".to_owned(), true));
        assert_eq!(decoded(&[254, b'x']), ("x".to_owned(), false));
        assert_eq!(decoded(&[1, b'x']), ("x".to_owned(), true));
        assert_eq!(decoded(&[]), (String::new(), false));
    }
}
