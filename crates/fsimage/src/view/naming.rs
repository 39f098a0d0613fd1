use std::cmp::Ordering;

use iso9660::names::{InterchangeLevel, NameChanges, NameRules, SourceName, Standing};
use iso9660::read::enhanced_name;
use joliet::JolietRules;

/// The name rules of a view.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Naming {
    Iso9660(NameRules),
    Joliet(JolietRules),
}

/// The recorded names of a directory.
pub(super) enum Recorded {
    Iso9660(iso9660::names::RecordedNames),
    /// Of the enhanced descriptor's hierarchy (ISO 9660:1999), which has no version numbers.
    Enhanced(iso9660::names::RecordedNames),
    Joliet(joliet::RecordedNames),
}

impl Naming {
    /// `Err` when the names of the directory cannot be told apart.
    pub(super) fn record(&self, names: &[SourceName<'_>]) -> Result<Recorded, ()> {
        match self {
            Naming::Iso9660(rules) => {
                let of_level = match rules.level {
                    InterchangeLevel::Enhanced => Recorded::Enhanced,
                    _ => Recorded::Iso9660,
                };
                iso9660::names::record_names(rules, names).map(of_level).map_err(|_| ())
            }
            Naming::Joliet(rules) => joliet::record_names(rules, names).map(Recorded::Joliet).map_err(|_| ()),
        }
    }

    /// What of an identifier has to be unique in its directory.
    pub(super) fn distinct_part(&self, identifier: &[u8]) -> Vec<u8> {
        match self {
            Naming::Iso9660(_) => iso9660::names::distinct_part(identifier),
            Naming::Joliet(_) => joliet::distinct_part(identifier),
        }
    }

    /// The order of records in a directory (ECMA-119 9.3; Joliet pads with zeros).
    pub(super) fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        match self {
            Naming::Iso9660(_) => iso9660::directory::compare_identifiers(a, b),
            Naming::Joliet(_) => joliet::compare_identifiers(a, b),
        }
    }
}

impl Recorded {
    pub(super) fn identifier(&self, index: usize) -> &[u8] {
        match self {
            Recorded::Iso9660(names) | Recorded::Enhanced(names) => names.identifier(index),
            Recorded::Joliet(names) => names.identifier(index),
        }
    }

    /// Whether readers of this file system see another name than the tree's; version aside, and case, unless it is that of
    /// an identifier.
    pub(super) fn is_changed(&self, index: usize, standing: Standing) -> bool {
        match self {
            Recorded::Iso9660(names) | Recorded::Enhanced(names) if standing == Standing::Identifier => {
                names.changes(index).is_loss()
            }
            Recorded::Iso9660(names) | Recorded::Enhanced(names) => {
                (names.changes(index) - NameChanges::CASE_FOLDED).is_loss()
            }
            Recorded::Joliet(names) => names.changes(index).is_loss(),
        }
    }

    /// Whether the name has a number that tells it from another.
    pub(super) fn is_numbered(&self, index: usize) -> bool {
        let changes = match self {
            Recorded::Iso9660(names) | Recorded::Enhanced(names) => names.changes(index),
            Recorded::Joliet(names) => names.changes(index),
        };
        changes.contains(NameChanges::MADE_UNIQUE)
    }

    /// Why the name was changed.
    pub(super) fn reasons(&self, index: usize, standing: Standing) -> String {
        match self {
            Recorded::Iso9660(names) | Recorded::Enhanced(names) if standing == Standing::Identifier => {
                reasons(names.changes(index))
            }
            Recorded::Iso9660(names) | Recorded::Enhanced(names) => {
                reasons(names.changes(index) - NameChanges::CASE_FOLDED)
            }
            Recorded::Joliet(names) => reasons(names.changes(index)),
        }
    }

    /// The name as readers show it.
    pub(super) fn shown(&self, index: usize) -> String {
        match self {
            Recorded::Iso9660(names) => {
                String::from_utf8_lossy(without_version(names.identifier(index))).into_owned()
            }
            // Of an identifier that stays, which may have a version number.
            Recorded::Enhanced(names) => {
                String::from_utf8_lossy(enhanced_name(names.identifier(index))).into_owned()
            }
            Recorded::Joliet(names) => {
                let mut name = Vec::new();
                // Our own identifiers hold nothing to complain of.
                let _ = joliet::decode(names.identifier(index), &mut name);
                String::from_utf8_lossy(&name).into_owned()
            }
        }
    }
}

/// An identifier of ISO 9660 without version number, and without the dot of an empty extension.
pub(crate) fn without_version(identifier: &[u8]) -> &[u8] {
    let name = match identifier.iter().rposition(|&byte| byte == b';') {
        Some(at) if identifier[at + 1..].iter().all(u8::is_ascii_digit) => &identifier[..at],
        _ => identifier,
    };
    match name.split_last() {
        Some((b'.', stem)) if !stem.is_empty() => stem,
        _ => name,
    }
}

fn reasons(changes: NameChanges) -> String {
    let words = [
        (NameChanges::CASE_FOLDED, "case"),
        (NameChanges::CHARACTERS_REPLACED, "characters"),
        (NameChanges::DOTS_CHANGED, "dots"),
        (NameChanges::TRUNCATED, "length"),
        (NameChanges::MADE_UNIQUE, "collision"),
    ];
    let given = words.into_iter().filter(|(change, _)| changes.contains(*change)).map(|(_, word)| word);
    given.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::without_version;

    #[test]
    fn what_readers_show_of_an_identifier() {
        for (identifier, shown) in [
            ("NAME.EXT;1", "NAME.EXT"),
            ("NAME.;1", "NAME"),
            ("NAME", "NAME"),
            ("NAME.", "NAME"),
            ("A;B.C;12", "A;B.C"),
            ("A;B", "A;B"),
            (".", "."),
        ] {
            assert_eq!(without_version(identifier.as_bytes()), shown.as_bytes(), "{identifier}");
        }
    }
}
