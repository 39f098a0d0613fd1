//! The names of a folder as HFS Plus records them.

use std::collections::{HashMap, HashSet};

use bitflags::bitflags;
use thiserror::Error;

use crate::decompose::{append_units, decode_name, units_of};
use crate::order::{compare_names, folded_units};

bitflags! {
    /// How a recorded name differs from the name it is for. Decomposition is no difference.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct NameChanges: u8 {
        /// Bytes that are no UTF-8 became `_`.
        const CHARACTERS_REPLACED = 1;
        /// The name was too long.
        const TRUNCATED = 2;
        /// A number tells the name apart from another, which may differ from it in case alone.
        const MADE_UNIQUE = 4;
    }
}

/// More names want to be one than numbers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("over 99,999,999 names want one name")]
pub struct NoUniqueName;

/// UTF-16 units of the longest name (TN1150, HFS Plus Names).
pub const MAX_NAME: usize = 255;

/// The names of one folder: in the order of their sources, and in that of the catalog.
#[derive(Clone, Debug, Default)]
pub struct RecordedNames {
    arena: Vec<u16>,
    recorded: Vec<Recorded>,
    order: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Recorded {
    start: usize,
    len: u8,
    changes: NameChanges,
}

impl RecordedNames {
    /// The name for that source.
    ///
    /// # Panics
    /// When there is no such source, as with a slice.
    #[must_use]
    pub fn name(&self, index: usize) -> &[u16] {
        let Recorded { start, len, .. } = self.recorded[index];
        &self.arena[start..start + usize::from(len)]
    }

    /// How it differs from its source.
    ///
    /// # Panics
    /// When there is no such source, as with a slice.
    #[must_use]
    pub fn changes(&self, index: usize) -> NameChanges {
        self.recorded[index].changes
    }

    /// The name for that source as text.
    ///
    /// # Panics
    /// When there is no such source, as with a slice.
    #[must_use]
    pub fn shown(&self, index: usize) -> String {
        decode_name(self.name(index))
    }

    /// The sources in the order in which the catalog has their names.
    #[must_use]
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    fn push(&mut self, units: &[u16], changes: NameChanges) -> Recorded {
        let start = self.arena.len();
        self.arena.extend_from_slice(units);
        Recorded { start, len: units.len() as u8, changes }
    }

    fn sort(&mut self) {
        let mut order = std::mem::take(&mut self.order);
        order.sort_by(|&a, &b| compare_names(self.name(a as usize), self.name(b as usize)));
        self.order = order;
    }
}

/// A name that nothing else is in the way of, as for a volume.
#[must_use]
pub fn record_name(name: &[u8]) -> (Vec<u16>, NameChanges) {
    let (text, mut changes) = text(name);
    let mut units = Vec::with_capacity(text.len());
    append_units(&text, &mut units);
    if units.len() > MAX_NAME {
        changes |= NameChanges::TRUNCATED;
        units = cut(&text, "");
    }
    (units, changes)
}

/// The names for all items of one folder. No two are the same, whatever their case.
///
/// A name keeps all its characters, decomposed, up to 255 units. Of longer ones the end is cut, an extension of up to
/// 16 characters stays. Of names that are the same, the first keeps it, those before that need no change; the others get
/// a number before the extension.
///
/// # Errors
/// [`NoUniqueName`].
pub fn record_names<'n>(
    names: impl ExactSizeIterator<Item = &'n [u8]> + Clone,
) -> Result<RecordedNames, NoUniqueName> {
    let mut all = RecordedNames { order: (0..names.len() as u32).collect(), ..RecordedNames::default() };
    all.recorded.reserve_exact(names.len());
    for name in names.clone() {
        let (units, changes) = record_name(name);
        let recorded = all.push(&units, changes);
        all.recorded.push(recorded);
    }
    all.sort();
    let clashing = clashing(&all);
    if !clashing.is_empty() {
        make_unique(&mut all, &names.collect::<Vec<_>>(), clashing)?;
        all.sort();
    }
    Ok(all)
}

/// Names that cannot stay as they are, for another or for what nothing is left of when names are compared.
fn clashing(all: &RecordedNames) -> Vec<usize> {
    let same = |a: u32, b: u32| folded_units(all.name(a as usize)).eq(folded_units(all.name(b as usize)));
    let mut clashing = Vec::new();
    for group in all.order.chunk_by(|&a, &b| same(a, b)) {
        let is_nothing = folded_units(all.name(group[0] as usize)).next().is_none();
        if group.len() > 1 || is_nothing {
            let mut group: Vec<usize> = group.iter().map(|&index| index as usize).collect();
            group.sort_by_key(|&index| (!all.changes(index).is_empty(), index));
            clashing.extend(group.into_iter().skip(usize::from(!is_nothing)));
        }
    }
    clashing
}

fn make_unique(all: &mut RecordedNames, names: &[&[u8]], clashing: Vec<usize>) -> Result<(), NoUniqueName> {
    let folded = |name: &[u16]| folded_units(name).collect::<Vec<u16>>();
    let mut taken: HashSet<Vec<u16>> = (0..names.len()).map(|index| folded(all.name(index))).collect();
    // The next number for each name without its number, by the digits that the number has. Names that differ only in
    // what is cut off share it, so that no number is tried twice.
    let mut numbers = HashMap::<(u32, Vec<u16>), u32>::new();
    for index in clashing {
        let (text, changes) = text(names[index]);
        let unique = (1..=8u32).find_map(|digits| {
            let (first, end) = (10u32.pow(digits - 1), 10u32.pow(digits));
            let without_number = folded(&cut(&text, &"~".repeat(digits as usize + 1)));
            let next = numbers.entry((digits, without_number)).or_insert(first);
            while *next < end {
                let candidate = cut(&text, &format!("~{next}"));
                *next += 1;
                if taken.insert(folded(&candidate)) {
                    return Some(candidate);
                }
            }
            None
        });
        let changes = changes | (all.changes(index) & NameChanges::TRUNCATED) | NameChanges::MADE_UNIQUE;
        all.recorded[index] = all.push(&unique.ok_or(NoUniqueName)?, changes);
    }
    Ok(())
}

/// The name as text.
fn text(name: &[u8]) -> (String, NameChanges) {
    let mut text = String::with_capacity(name.len());
    let mut changes = NameChanges::empty();
    for chunk in name.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            changes |= NameChanges::CHARACTERS_REPLACED;
            text.push('_');
        }
    }
    (text, changes)
}

/// Longest extension, without its dot, that survives a cut; in characters.
const MAX_EXTENSION: usize = 16;

/// As much of the text as fits, with `number` behind the part before the extension.
fn cut(text: &str, number: &str) -> Vec<u16> {
    let units = |text: &str| text.chars().map(units_of).sum::<usize>();
    let (stem, extension) = match text.rfind('.') {
        Some(at) if at > 0 && text[at + 1..].chars().count() <= MAX_EXTENSION => text.split_at(at),
        _ => (text, ""),
    };
    let room = MAX_NAME.saturating_sub(units(extension) + number.len());
    let mut used = 0;
    let mut kept: String = stem
        .chars()
        .take_while(|&character| {
            used += units_of(character);
            used <= room
        })
        .collect();
    kept.push_str(number);
    kept.push_str(extension);
    let mut units = Vec::new();
    append_units(&kept, &mut units);
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    fn record(names: &[&[u8]]) -> Vec<(String, NameChanges)> {
        let all = record_names(names.iter().copied()).unwrap();
        (0..names.len()).map(|index| (all.shown(index), all.changes(index))).collect()
    }

    #[test]
    fn real_names_stay() {
        let long = "a".repeat(255);
        let names = ["plain.txt", "a:b", "\u{436}", "\u{1f600}.txt", "x.", &long];
        let bytes: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        let expected: Vec<_> = names.iter().map(|name| ((*name).to_owned(), NameChanges::empty())).collect();
        assert_eq!(record(&bytes), expected);
        assert_eq!(record(&["Gr\u{fc}n".as_bytes()]), [("Gru\u{308}n".to_owned(), NameChanges::empty())]);
    }

    #[test]
    fn names_of_one_kind_are_told_apart() {
        let unique = NameChanges::MADE_UNIQUE;
        let found =
            record(&[b"Read.me", b"readme", b"README", b"\xc3\xa9", "e\u{301}".as_bytes(), b"read.ME"]);
        assert_eq!(found[0], ("Read.me".to_owned(), NameChanges::empty()));
        assert_eq!(found[1], ("readme".to_owned(), NameChanges::empty()));
        assert_eq!(found[2], ("README~1".to_owned(), unique));
        assert_eq!(found[3], ("e\u{301}".to_owned(), NameChanges::empty()));
        assert_eq!(found[4], ("e\u{301}~1".to_owned(), unique));
        assert_eq!(found[5], ("read~1.ME".to_owned(), unique));
        // What is left of this one when it is compared is nothing, as of the name in a thread's key.
        assert_eq!(record(&["\u{200d}".as_bytes()])[0], ("\u{200d}~1".to_owned(), unique));
    }

    #[test]
    fn what_had_to_change_gives_way() {
        let found = record(&[b"a\xff", b"a_"]);
        assert_eq!(found[1], ("a_".to_owned(), NameChanges::empty()));
        assert_eq!(
            found[0],
            ("a_~1".to_owned(), NameChanges::CHARACTERS_REPLACED | NameChanges::MADE_UNIQUE)
        );
    }

    #[test]
    fn what_is_too_long_is_cut_before_its_extension() {
        let name = format!("{}.text", "\u{e9}".repeat(130));
        let [(cut, changes)] = &record(&[name.as_bytes()])[..] else { panic!() };
        assert_eq!((cut.encode_utf16().count(), *changes), (255, NameChanges::TRUNCATED));
        assert!(cut.ends_with("e\u{301}.text"));
    }

    proptest! {
        #[test]
        fn all_differ_fit_and_ascend(names in prop::collection::hash_set(
            prop_oneof![
                prop::collection::vec(prop::sample::select(vec![b'a', b'A', b'.', 0xff, 0xc3, 0xa4]), 1..6),
                "[abAB\u{e9}\u{1f600}]{120,260}".prop_map(String::into_bytes),
            ],
            1..40,
        )) {
            let names: Vec<Vec<u8>> = names.into_iter().collect();
            let all = record_names(names.iter().map(Vec::as_slice)).unwrap();
            prop_assert!((0..names.len()).all(|index| (1..=MAX_NAME).contains(&all.name(index).len())));
            let ordered: Vec<&[u16]> = all.order().iter().map(|&index| all.name(index as usize)).collect();
            prop_assert_eq!(ordered.len(), names.len());
            for pair in ordered.windows(2) {
                prop_assert_eq!(compare_names(pair[0], pair[1]), Ordering::Less);
            }
        }
    }
}
