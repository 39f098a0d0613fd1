//! Texts of volume descriptors in the characters that ISO 9660 has for them.

use fsimage::VolumeTexts;

use crate::commands::complain;

/// As xorriso has them in ISO 9660: system, publisher, preparer and application in a-characters (ECMA-119 7.4.1), the names
/// of files in d-characters, small letters as capitals, and `_` for what is none. The others stay, as do those of Joliet.
/// What is lost but the case of letters is told.
pub(super) fn of_iso9660(texts: &VolumeTexts) -> VolumeTexts {
    let adapted = |what: &str, text: &Option<String>, is_known: fn(char) -> bool| {
        let text = text.as_deref()?;
        let capitals = text.to_ascii_uppercase();
        let recorded: String = capitals.chars().map(|one| if is_known(one) { one } else { '_' }).collect();
        if recorded != capitals {
            complain(format_args!(
                "fsimage: {what} {text:?}: ISO 9660 records it as {recorded:?} (characters)"
            ));
        }
        Some(recorded)
    };
    VolumeTexts {
        system: adapted("system identifier", &texts.system, is_a_character),
        publisher: adapted("publisher", &texts.publisher, is_a_character),
        data_preparer: adapted("data preparer", &texts.data_preparer, is_a_character),
        application: adapted("application", &texts.application, is_a_character),
        copyright_file: adapted("copyright file", &texts.copyright_file, is_d_character),
        abstract_file: adapted("abstract file", &texts.abstract_file, is_d_character),
        bibliographic_file: adapted("bibliographic file", &texts.bibliographic_file, is_d_character),
        ..VolumeTexts::default()
    }
}

/// The names of files in its enhanced volume descriptor, which are those that are given.
pub(super) fn of_enhanced(texts: &VolumeTexts) -> VolumeTexts {
    VolumeTexts {
        copyright_file: texts.copyright_file.clone(),
        abstract_file: texts.abstract_file.clone(),
        bibliographic_file: texts.bibliographic_file.clone(),
        ..VolumeTexts::default()
    }
}

/// ECMA-119, annex A, table A.2.
fn is_d_character(character: char) -> bool {
    matches!(character, 'A'..='Z' | '0'..='9' | '_')
}

/// ECMA-119, annex A, table A.1.
fn is_a_character(character: char) -> bool {
    matches!(character, ' '..='"' | '%'..='?' | 'A'..='Z' | '_')
}
