//! Texts of volume descriptors in the characters that ISO 9660 has for them.

use fsimage::VolumeTexts;

use crate::commands::complain;

/// As xorriso has them in ISO 9660: system, publisher, preparer and application in a-characters (ECMA-119 7.4.1), small
/// letters as capitals, and `_` for what is none. The others stay, as do those of Joliet. What is lost but the case of letters
/// is told.
pub(super) fn in_a_characters(texts: &VolumeTexts) -> VolumeTexts {
    let adapted = |what: &str, text: &Option<String>| {
        let text = text.as_deref()?;
        let capitals = text.to_ascii_uppercase();
        let recorded: String =
            capitals.chars().map(|one| if is_a_character(one) { one } else { '_' }).collect();
        if recorded != capitals {
            complain(format_args!(
                "fsimage: {what} {text:?}: ISO 9660 records it as {recorded:?} (characters)"
            ));
        }
        Some(recorded)
    };
    VolumeTexts {
        system: adapted("system identifier", &texts.system),
        publisher: adapted("publisher", &texts.publisher),
        data_preparer: adapted("data preparer", &texts.data_preparer),
        application: adapted("application", &texts.application),
        ..VolumeTexts::default()
    }
}

/// ECMA-119, annex A, table A.1.
fn is_a_character(character: char) -> bool {
    matches!(character, ' '..='"' | '%'..='?' | 'A'..='Z' | '_')
}
