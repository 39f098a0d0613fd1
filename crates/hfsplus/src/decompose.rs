//! Names in canonical, decomposed form (TN1150, Unicode Subtleties).

use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

/// Appends the UTF-16 units of a text as a name has them: decomposed, with marks in canonical order, and with the colon
/// in the place of the slash, which the Mac OS shows there.
pub(crate) fn append_units(text: &str, out: &mut Vec<u16>) {
    if text.is_ascii() {
        out.extend(text.bytes().map(|byte| u16::from(swapped(byte))));
        return;
    }
    // Marks that wait for the next character that is none, with their classes.
    let mut marks: Vec<(u8, char)> = Vec::new();
    let mut buffer = [0; 2];
    let mut push = |character: char, out: &mut Vec<u16>| {
        out.extend_from_slice(character.encode_utf16(&mut buffer));
    };
    for character in text.chars() {
        let mut take = |part: char| {
            let class = canonical_combining_class(part);
            if class > 0 {
                marks.push((class, part));
                return;
            }
            marks.sort_by_key(|(class, _)| *class);
            marks.drain(..).for_each(|(_, mark)| push(mark, out));
            push(part, out);
        };
        match character {
            '/' | ':' => take(char::from(swapped(character as u8))),
            _ if is_decomposed(character) => decompose_canonical(character, &mut take),
            _ => take(character),
        }
    }
    marks.sort_by_key(|(class, _)| *class);
    marks.drain(..).for_each(|(_, mark)| push(mark, out));
}

/// Units that a character takes in a name.
pub(crate) fn units_of(character: char) -> usize {
    let mut units = 0;
    match is_decomposed(character) {
        true => decompose_canonical(character, |part| units += part.len_utf16()),
        false => units = character.len_utf16(),
    }
    units
}

/// Whether the file system decomposes the character: those of 16 bits that Unicode 3.2 has decompositions for, but not
/// those that the Mac OS wants to have back as they were. Of later ones, only the letters of Balinese would be among
/// these.
fn is_decomposed(character: char) -> bool {
    !character.is_ascii()
        && !matches!(
            character,
            '\u{1b00}'..='\u{1b7f}' | '\u{2000}'..='\u{2fff}' | '\u{f900}'..='\u{faff}' | '\u{10000}'..
        )
}

fn swapped(byte: u8) -> u8 {
    match byte {
        b'/' => b':',
        b':' => b'/',
        byte => byte,
    }
}

/// A recorded name as text. Units that are no text become U+FFFD.
#[must_use]
pub fn decode_name(units: &[u16]) -> String {
    let characters = char::decode_utf16(units.iter().copied());
    characters
        .map(|character| match character.unwrap_or(char::REPLACEMENT_CHARACTER) {
            '/' => ':',
            ':' => '/',
            character => character,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn units(text: &str) -> Vec<u16> {
        let mut units = Vec::new();
        append_units(text, &mut units);
        units
    }

    #[test]
    fn letters_and_marks_come_apart() {
        assert_eq!(units("\u{e9}"), [0x65, 0x301]);
        assert_eq!(units("\u{1e69}"), [0x73, 0x323, 0x307]);
        assert_eq!(units("s\u{307}\u{323}"), [0x73, 0x323, 0x307]);
        assert_eq!(units("\u{ac01}"), [0x1100, 0x1161, 0x11a8]);
        assert_eq!(units("\u{1f600}"), [0xd83d, 0xde00]);
    }

    #[test]
    fn what_stays_as_it_is() {
        for text in ["\u{212b}", "\u{f900}", "\u{fb1d}x", "\u{1b06}", "\u{1d15e}", "plain"] {
            let expected: Vec<u16> = match text {
                // A presentation form of Hebrew is beyond the ideographs, and has a decomposition.
                "\u{fb1d}x" => vec![0x5d9, 0x5b4, 0x78],
                text => text.encode_utf16().collect(),
            };
            assert_eq!(units(text), expected, "{text}");
        }
    }

    #[test]
    fn colon_and_slash_change_places() {
        assert_eq!(units("a:b"), [0x61, 0x2f, 0x62]);
        assert_eq!(units("\u{e9}:"), [0x65, 0x301, 0x2f]);
        assert_eq!(decode_name(&[0x61, 0x2f, 0xd800]), "a:\u{fffd}");
    }

    proptest! {
        #[test]
        fn decomposing_again_changes_nothing(text in "\\PC{0,20}") {
            let once = units(&text);
            prop_assert_eq!(units(&decode_name(&once)), once.clone());
            prop_assert_eq!(text.chars().map(units_of).sum::<usize>(), once.len());
        }
    }
}
