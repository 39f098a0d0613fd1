use std::cmp::Ordering;

use iso9660::names::{NameChanges, NameRules, SourceName};
use joliet::JolietRules;

/// The name rules of a view.
pub(crate) enum Naming {
    Iso9660(NameRules),
    Joliet(JolietRules),
}

/// The recorded names of a directory.
pub(super) enum Recorded {
    Iso9660(iso9660::names::RecordedNames),
    Joliet(joliet::RecordedNames),
}

impl Naming {
    /// `Err` when the names of the directory cannot be told apart.
    pub(super) fn record(&self, names: &[SourceName<'_>]) -> Result<Recorded, ()> {
        match self {
            Naming::Iso9660(rules) => {
                iso9660::names::record_names(rules, names).map(Recorded::Iso9660).map_err(|_| ())
            }
            Naming::Joliet(rules) => joliet::record_names(rules, names).map(Recorded::Joliet).map_err(|_| ()),
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
            Recorded::Iso9660(names) => names.identifier(index),
            Recorded::Joliet(names) => names.identifier(index),
        }
    }

    /// Whether readers of this file system see another name than the tree's, case and version aside.
    pub(super) fn is_changed(&self, index: usize) -> bool {
        match self {
            Recorded::Iso9660(names) => (names.changes(index) - NameChanges::CASE_FOLDED).is_loss(),
            Recorded::Joliet(names) => names.changes(index).is_loss(),
        }
    }

    /// Why the name was changed.
    pub(super) fn reasons(&self, index: usize) -> String {
        match self {
            Recorded::Iso9660(names) => reasons(names.changes(index)),
            Recorded::Joliet(names) => reasons(names.changes(index)),
        }
    }

    /// The identifier as text.
    pub(super) fn shown(&self, index: usize) -> String {
        match self {
            Recorded::Iso9660(names) => String::from_utf8_lossy(names.identifier(index)).into_owned(),
            Recorded::Joliet(names) => {
                let units: Vec<u16> = names
                    .identifier(index)
                    .chunks_exact(2)
                    .map(|unit| u16::from_be_bytes([unit[0], unit[1]]))
                    .collect();
                String::from_utf16_lossy(&units)
            }
        }
    }
}

fn reasons(changes: NameChanges) -> String {
    let words = [
        (NameChanges::CHARACTERS_REPLACED, "characters"),
        (NameChanges::DOTS_CHANGED, "dots"),
        (NameChanges::TRUNCATED, "length"),
        (NameChanges::MADE_UNIQUE, "collision"),
    ];
    let given = words.into_iter().filter(|(change, _)| changes.contains(*change)).map(|(_, word)| word);
    given.collect::<Vec<_>>().join(", ")
}
