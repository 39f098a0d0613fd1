//! Strings in OSTA CS0 (UDF 2.1.1): a compression id, then the characters.

use thiserror::Error;

/// One byte per character, U+0000 to U+00FF.
pub const COMPRESSION_8: u8 = 8;
/// Two bytes per UTF-16 unit, big-endian.
pub const COMPRESSION_16: u8 = 16;
/// As [`COMPRESSION_8`], in the identifier of a deleted file (UDF 2.3.4.2).
pub const COMPRESSION_8_DELETED: u8 = 254;
/// As [`COMPRESSION_16`], in the identifier of a deleted file.
pub const COMPRESSION_16_DELETED: u8 = 255;

/// Why bytes are no CS0 string, or text cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Cs0Error {
    /// The first byte is no known compression id.
    #[error("compression id {0} is not known")]
    CompressionId(u8),
    /// Half of a 16-bit unit is missing.
    #[error("16-bit string has {0} bytes, an odd number")]
    OddLength(usize),
    /// A surrogate without its other half.
    #[error("unit {unit:#06x} at position {position} is half of a surrogate pair")]
    Surrogate {
        /// The unit.
        unit: u16,
        /// Its index, in units.
        position: usize,
    },
    /// U+FEFF and U+FFFE must not occur: they are for byte order marks (UDF 2.1.1).
    #[error("U+{0:04X} must not occur in a CS0 string")]
    Forbidden(u32),
    /// The text does not fit.
    #[error("text takes {needed} bytes with its compression id, {most} are there")]
    TooLong {
        /// Bytes that the text takes.
        needed: usize,
        /// Bytes that there are.
        most: usize,
    },
    /// The recorded length of a dstring passes its field.
    #[error("length {length} passes the {most} bytes of the field")]
    Length {
        /// As recorded in the last byte.
        length: u8,
        /// Bytes of the field without the length byte.
        most: usize,
    },
}

/// The UTF-16 units of a CS0 string, whatever they are. An empty input has none.
///
/// # Errors
/// [`Cs0Error::CompressionId`], [`Cs0Error::OddLength`].
pub fn units(bytes: &[u8]) -> Result<Vec<u16>, Cs0Error> {
    let Some((&compression, characters)) = bytes.split_first() else { return Ok(Vec::new()) };
    match compression {
        COMPRESSION_8 | COMPRESSION_8_DELETED => Ok(characters.iter().map(|&byte| u16::from(byte)).collect()),
        COMPRESSION_16 | COMPRESSION_16_DELETED => {
            let (pairs, rest) = characters.as_chunks::<2>();
            if !rest.is_empty() {
                return Err(Cs0Error::OddLength(characters.len()));
            }
            Ok(pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect())
        }
        other => Err(Cs0Error::CompressionId(other)),
    }
}

/// The text of a CS0 string.
///
/// # Errors
/// As [`units`], and [`Cs0Error::Surrogate`]; [`String::from_utf16_lossy`] over the units always shows
/// something.
pub fn decode(bytes: &[u8]) -> Result<String, Cs0Error> {
    let units = units(bytes)?;
    let mut text = String::with_capacity(units.len());
    let mut position = 0;
    for character in char::decode_utf16(units) {
        match character {
            Ok(character) => {
                position += character.len_utf16();
                text.push(character);
            }
            Err(error) => return Err(Cs0Error::Surrogate { unit: error.unpaired_surrogate(), position }),
        }
    }
    Ok(text)
}

/// The CS0 string for `text`, in at most `most` bytes: 8 bits per character where all characters allow it,
/// else 16. Empty text is no bytes at all.
///
/// # Errors
/// [`Cs0Error::TooLong`], [`Cs0Error::Forbidden`].
pub fn encode(text: &str, most: usize) -> Result<Vec<u8>, Cs0Error> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    if text.is_empty() {
        return Ok(bytes);
    }
    if let Some(mark) = text.chars().find(|character| matches!(character, '\u{feff}' | '\u{fffe}')) {
        return Err(Cs0Error::Forbidden(mark.into()));
    }
    let latin: Option<Vec<u8>> =
        text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    match latin {
        Some(latin) => {
            bytes.push(COMPRESSION_8);
            bytes.extend(latin);
        }
        None => {
            bytes.push(COMPRESSION_16);
            bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        }
    }
    if bytes.len() > most {
        return Err(Cs0Error::TooLong { needed: bytes.len(), most });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_widths() {
        assert_eq!(encode("Grün", 255).unwrap(), [8, b'G', b'r', 0xfc, b'n']);
        assert_eq!(encode("Ж", 255).unwrap(), [16, 0x04, 0x16]);
        assert_eq!(encode("😀", 255).unwrap(), [16, 0xd8, 0x3d, 0xde, 0x00]);
        assert_eq!(decode(&[8, 0xe9]).unwrap(), "é");
        assert_eq!(decode(&[255, 0x04, 0x16]).unwrap(), "Ж");
        assert_eq!(decode(&[]).unwrap(), "");
    }

    #[test]
    fn refusals() {
        assert_eq!(decode(&[9, 1]), Err(Cs0Error::CompressionId(9)));
        assert_eq!(decode(&[16, 1]), Err(Cs0Error::OddLength(1)));
        let half = Cs0Error::Surrogate { unit: 0xd83d, position: 1 };
        assert_eq!(decode(&[16, 0, 65, 0xd8, 0x3d, 0, 66]), Err(half));
        assert_eq!(encode("four", 4), Err(Cs0Error::TooLong { needed: 5, most: 4 }));
        assert_eq!(encode("\u{feff}", 255), Err(Cs0Error::Forbidden(0xfeff)));
    }

    proptest! {
        #[test]
        fn text_survives(text in "[^\u{feff}\u{fffe}]{0,80}") {
            let bytes = encode(&text, usize::MAX).unwrap();
            prop_assert_eq!(decode(&bytes).unwrap(), text);
        }

        #[test]
        fn any_bytes_are_text_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }
    }
}
