//! Text with names from discs in it, for a terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// Control characters as `\xNN`: whoever wrote the disc must not command the terminal, nor begin a line.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if character.is_control() {
            // Writing to a string does not fail.
            let _ = write!(shown, "\\x{:02x}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn no_control_character_passes() {
        assert_eq!(printable("a\u{1b}[2J\nb\u{9b}ü\u{7f}"), "a\\x1b[2J\\x0ab\\x9bü\\x7f");
        assert!(matches!(printable("plain ü"), std::borrow::Cow::Borrowed(_)));
    }
}
