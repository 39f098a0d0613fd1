use std::collections::{BTreeMap, BTreeSet};

use iso9660::names::{Dots, InterchangeLevel, NameRules, Relaxations, SourceName, Standing, record_names};

/// Most bytes of an identifier by ECMA-119 and the relaxations; the enhanced level has 207.
const LONGEST: usize = 207;

/// The first two bytes choose the rules; names follow, separated by a zero or a slash. Names that end in a
/// backquote are of directories.
pub(crate) fn run(bytes: &[u8]) {
    let Some((&[level, relaxed], text)) = bytes.split_first_chunk::<2>() else { return };
    let rules = NameRules {
        level: match level % 4 {
            0 => InterchangeLevel::One,
            1 => InterchangeLevel::Two,
            2 => InterchangeLevel::Three,
            _ => InterchangeLevel::Enhanced,
        },
        relaxations: Relaxations {
            allow_lower_case: relaxed & 1 != 0,
            allow_multiple_dots: relaxed & 2 != 0,
            allow_leading_dot: relaxed & 4 != 0,
            allow_full_ascii: relaxed & 8 != 0,
            allow_37_characters: relaxed & 16 != 0,
            omit_version: relaxed & 32 != 0,
            omit_trailing_dot: relaxed & 64 != 0,
            allow_directory_extension: relaxed & 128 != 0,
        },
        dots: match level / 4 % 3 {
            0 => Dots::Standard,
            1 => Dots::Genisoimage,
            _ => Dots::Libisofs,
        },
        ..NameRules::default()
    };
    let names = names(text);
    let recorded = record_names(&rules, &names).expect("fewer names than numbers");
    assert_eq!(recorded.len(), names.len());

    let mut seen = BTreeSet::new();
    let mut by_name = BTreeMap::new();
    for (source, (identifier, _)) in names.iter().zip(recorded.iter()) {
        assert!(!identifier.is_empty() && identifier.len() <= LONGEST, "{identifier:?}");
        let folded = identifier.to_ascii_uppercase();
        assert!(seen.insert(folded), "{} occurs twice", identifier.escape_ascii());
        by_name.insert(source.name, identifier.to_vec());
    }

    // The order in which names come must not matter.
    let backwards: Vec<SourceName<'_>> = names.iter().rev().copied().collect();
    let again = record_names(&rules, &backwards).expect("as before");
    for (source, (identifier, _)) in backwards.iter().zip(again.iter()) {
        assert_eq!(by_name.get(source.name).map(Vec::as_slice), Some(identifier));
    }
}

/// Names of one directory, no two the same.
fn names(text: &[u8]) -> Vec<SourceName<'_>> {
    let unique: BTreeSet<&[u8]> =
        text.split(|&byte| byte == 0 || byte == b'/').filter(|name| !name.is_empty()).collect();
    unique
        .into_iter()
        .map(|name| SourceName { name, is_directory: name.ends_with(b"`"), standing: Standing::New })
        .collect()
}
