use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use iso9660::names::{NameChanges, NoUniqueName, SourceName, Standing};

use crate::Level;

/// How names become Joliet identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct JolietRules {
    /// Longest name in UCS-2 units, without version number: 64 by the specification, 103 at most, which
    /// is what the readers of today take and what fits a directory record; 32 at least.
    pub max_units: u8,
    /// Files end in `;1`. Readers strip it; the writers of today leave it out.
    pub version: bool,
    /// Level of UCS-2 that the volume descriptor names. No name depends on it.
    pub level: Level,
    /// Characters beyond U+FFFF become `_`, as the letter of UCS-2 has it; otherwise they are surrogate pairs, which
    /// the readers of today take.
    pub replace_beyond_bmp: bool,
    /// `* : ? \` stay. Windows refuses such names. `/`, `;` and control characters never do.
    pub keep_forbidden: bool,
    /// What goes of a name that is too long.
    #[cfg_attr(feature = "serde", serde(default))]
    pub cut: JolietCut,
}

/// What goes of a name that is too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum JolietCut {
    /// The end of what is before the extension, which stays if it has up to 16 units.
    #[default]
    Standard,
    /// As in images of genisoimage: the end of the name, extension or not.
    Genisoimage,
    /// As in images of libisofs: of a file, name and extension share the units, and the dot between them counts as none;
    /// the extension gives way to the name, but for 3 units. Of a directory, the end of the name.
    Libisofs,
}

impl JolietRules {
    /// The specification's names, of 64 units.
    pub const STRICT: JolietRules = JolietRules {
        max_units: 64,
        version: false,
        level: Level::Three,
        replace_beyond_bmp: false,
        keep_forbidden: false,
        cut: JolietCut::Standard,
    };
    /// Names of up to 103 units.
    pub const LONG: JolietRules = JolietRules { max_units: 103, ..JolietRules::STRICT };

    fn limit(&self) -> usize {
        usize::from(self.max_units.clamp(32, 103))
    }

    fn allows(&self, character: char, standing: Standing) -> bool {
        match character {
            '\0' | '/' => false,
            '\u{10000}'.. => !self.replace_beyond_bmp,
            _ if standing == Standing::Identifier => true,
            '\x01'..='\x1F' | ';' => false,
            '*' | ':' | '?' | '\\' => self.keep_forbidden,
            _ => true,
        }
    }
}

impl Default for JolietRules {
    fn default() -> JolietRules {
        JolietRules::STRICT
    }
}

/// The identifiers for the names of one directory, in the order of the names.
#[derive(Clone, Debug, Default)]
pub struct RecordedNames {
    arena: Vec<u8>,
    names: Vec<Recorded>,
}

#[derive(Clone, Copy, Debug)]
struct Recorded {
    start: usize,
    /// Bytes, version number included.
    len: u8,
    changes: NameChanges,
}

impl RecordedNames {
    /// Number of names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Identifier of the name `index`: UCS-2, big-endian.
    ///
    /// # Panics
    /// When there is no such name, as with a slice.
    #[must_use]
    pub fn identifier(&self, index: usize) -> &[u8] {
        let Recorded { start, len, .. } = self.names[index];
        &self.arena[start..start + usize::from(len)]
    }

    /// How the identifier of the name `index` differs from it.
    ///
    /// # Panics
    /// When there is no such name, as with a slice.
    #[must_use]
    pub fn changes(&self, index: usize) -> NameChanges {
        self.names[index].changes
    }
}

/// The identifiers for all names of one directory. No two are the same, even without regard to the case of ASCII letters,
/// but for those that are recorded so ([`Standing::Identifier`]): these stay as they are, whatever the characters in them,
/// unless they are the same to the last unit, or longer than a record has room for, or, by the specification's rules,
/// than 64 units.
///
/// Characters that Joliet forbids (`* / : ; ? \` and those below U+0020), and bytes that are not UTF-8,
/// become `_`. Characters beyond U+FFFF are recorded as surrogate pairs, which no cut ever divides. Names
/// that need no change keep theirs; of the others, recorded ones first, then in the order of their bytes, those whose
/// identifier is taken get a number before the extension. The time is proportional to the number of names, and n log n
/// for those that are changed.
///
/// # Errors
/// [`NoUniqueName`] when over 99,999,999 names want one identifier.
pub fn record_names(rules: &JolietRules, names: &[SourceName<'_>]) -> Result<RecordedNames, NoUniqueName> {
    let mut recorded = RecordedNames {
        arena: Vec::with_capacity(names.iter().map(|name| name.name.len().min(103) * 2 + 4).sum()),
        names: Vec::with_capacity(names.len()),
    };
    let mut changed: Vec<u32> = Vec::new();
    for (index, source) in names.iter().enumerate() {
        let start = recorded.arena.len();
        let mut changes = append_units(rules, source, &mut recorded.arena);
        let is_long = is_long(rules, &recorded.arena[start..], source);
        if is_long || changes.contains(NameChanges::CHARACTERS_REPLACED) {
            changed.push(index as u32);
        }
        if is_long {
            let units = recorded.arena.split_off(start);
            append_cut(rules, (&units, source.is_directory), b"", &mut recorded.arena);
            changes |= NameChanges::TRUNCATED;
        }
        if rules.version && !source.is_directory {
            recorded.arena.extend([0, b';', 0, b'1']);
            changes |= NameChanges::VERSION_ADDED;
        }
        let len = (recorded.arena.len() - start) as u8;
        recorded.names.push(Recorded { start, len, changes });
    }
    differ_in_case(names, &recorded, &mut changed);
    if !changed.is_empty() {
        make_unique(rules, names, &mut recorded, changed)?;
    }
    Ok(recorded)
}

/// Which of two names that want one identifier gets it: that of what is recorded under it already, then the first in the
/// order of bytes.
fn precedence<'n>(source: &SourceName<'n>) -> (u8, &'n [u8]) {
    let rank = match source.standing {
        Standing::Identifier => 0,
        Standing::Recorded => 1,
        Standing::New => 2,
    };
    (rank, source.name)
}

/// Adds to `changed` the names that differ from another one in nothing, or only in the case of ASCII letters, but for the
/// first: Windows, and Linux by default, look Joliet names up without regard to it and would read one file for both. Those
/// that are recorded so do not differ in nothing.
fn differ_in_case(names: &[SourceName<'_>], recorded: &RecordedNames, changed: &mut Vec<u32>) {
    // Names that are all those of the tree differ in something.
    let may_be_alike = |name: &SourceName<'_>| {
        name.standing == Standing::Identifier || name.name.iter().any(u8::is_ascii_uppercase)
    };
    if !names.iter().any(may_be_alike) {
        return;
    }
    let is_changed: HashSet<u32> = changed.iter().copied().collect();
    let is_identifier = |index: u32| names[index as usize].standing == Standing::Identifier;
    let mut identifiers: HashSet<&[u8]> = HashSet::new();
    let mut by_folded: HashMap<Vec<u8>, u32> = HashMap::with_capacity(names.len());
    for index in (0..names.len() as u32).filter(|index| !is_changed.contains(index)) {
        let identifier = recorded.identifier(index as usize);
        if is_identifier(index) && !identifiers.insert(crate::order::without_version(identifier)) {
            changed.push(index);
            continue;
        }
        let folded = distinct_part(identifier);
        match by_folded.entry(folded) {
            Entry::Vacant(free) => {
                free.insert(index);
            }
            Entry::Occupied(mut holder) => {
                let other = *holder.get();
                if is_identifier(index) && is_identifier(other) {
                    continue;
                }
                if precedence(&names[index as usize]) < precedence(&names[other as usize]) {
                    holder.insert(index);
                    changed.push(other);
                } else {
                    changed.push(index);
                }
            }
        }
    }
}

/// What of an identifier has to be unique in its directory: two identifiers that readers may take for one have the same.
#[must_use]
pub fn distinct_part(identifier: &[u8]) -> Vec<u8> {
    folded(crate::order::without_version(identifier))
}

/// The identifier with small ASCII letters.
fn folded(identifier: &[u8]) -> Vec<u8> {
    let mut folded = identifier.to_vec();
    for unit in folded.chunks_exact_mut(2).filter(|unit| unit[0] == 0) {
        unit[1] = unit[1].to_ascii_lowercase();
    }
    folded
}

/// Appends the name in UCS-2, forbidden characters replaced. Dots at its end count as forbidden, unless they are recorded
/// there: Windows and Linux leave them out.
fn append_units(rules: &JolietRules, source: &SourceName<'_>, out: &mut Vec<u8>) -> NameChanges {
    let start = out.len();
    let mut changes = NameChanges::empty();
    for chunk in source.name.utf8_chunks() {
        for character in chunk.valid().chars() {
            let mut units = [0; 2];
            if rules.allows(character, source.standing) {
                for unit in character.encode_utf16(&mut units) {
                    out.extend(unit.to_be_bytes());
                }
            } else {
                changes |= NameChanges::CHARACTERS_REPLACED;
                out.extend([0, b'_']);
            }
        }
        if !chunk.invalid().is_empty() {
            changes |= NameChanges::CHARACTERS_REPLACED;
            out.extend([0, b'_']);
        }
    }
    if source.standing == Standing::Identifier {
        return changes;
    }
    for unit in out[start..].rchunks_exact_mut(2).take_while(|unit| **unit == [0, b'.']) {
        unit[1] = b'_';
        changes |= NameChanges::CHARACTERS_REPLACED;
    }
    changes
}

/// Units of names by the specification.
const STRICT_UNITS: usize = JolietRules::STRICT.max_units as usize;

/// Longest extension, dot included, that survives a cut.
const MAX_EXTENSION: usize = 17;

/// Units of an extension that libisofs does not cut.
const LEAST_EXTENSION: usize = 3;

/// Bytes of a dot in front of an extension.
const DOT: usize = 2;

/// Most bytes of an identifier that a record has room for (ECMA-119 9.1): 110 units.
const MOST_RECORDED: usize = 220;

/// Bytes of a version number.
const VERSION: usize = 4;

/// Whether the name has more units than the rules allow; one that is recorded already, more than there is room for.
fn is_long(rules: &JolietRules, units: &[u8], source: &SourceName<'_>) -> bool {
    if source.standing == Standing::Identifier && rules.limit() > STRICT_UNITS {
        let version = if rules.version && !source.is_directory { VERSION } else { 0 };
        return units.len() > MOST_RECORDED - version;
    }
    let uncounted = match rules.cut {
        JolietCut::Libisofs if !source.is_directory && last_dot(units).is_some() => DOT,
        _ => 0,
    };
    units.len() - uncounted > rules.limit() * 2
}

/// Appends the units of a name, of a directory or not, cut to what the rules allow, with `number` behind the cut name.
fn append_cut(rules: &JolietRules, (units, is_directory): (&[u8], bool), number: &[u8], out: &mut Vec<u8>) {
    let mut limit = rules.limit();
    let (name, mut extension) = match (rules.cut, last_dot(units)) {
        (JolietCut::Standard, Some(at)) if at > 0 && units.len() / 2 - at <= MAX_EXTENSION => {
            units.split_at(at * 2)
        }
        (JolietCut::Libisofs, Some(at)) if !is_directory => {
            limit += 1;
            units.split_at(at * 2)
        }
        _ => (units, &[][..]),
    };
    if rules.cut == JolietCut::Libisofs {
        let left = limit.saturating_sub(name.len() / 2).max(LEAST_EXTENSION + 1);
        extension = &extension[..whole_pairs(extension, left.min(extension.len() / 2)) * 2];
    }
    let room = limit.saturating_sub(extension.len() / 2 + number.len());
    let keep = whole_pairs(name, (name.len() / 2).min(room));
    out.extend_from_slice(&name[..keep * 2]);
    out.extend(number.iter().flat_map(|&digit| [0, digit]));
    out.extend_from_slice(extension);
}

/// So many units, or one less where that would divide a surrogate pair.
fn whole_pairs(units: &[u8], keep: usize) -> usize {
    let divides_one = keep > 0
        && keep * 2 < units.len()
        && matches!(units[keep * 2 - 2], 0xD8..=0xDB)
        && matches!(units[keep * 2], 0xDC..=0xDF);
    keep - usize::from(divides_one)
}

/// Where the last dot is, in units.
fn last_dot(units: &[u8]) -> Option<usize> {
    units.chunks_exact(2).rposition(|unit| unit == [0, b'.'])
}

fn make_unique(
    rules: &JolietRules,
    names: &[SourceName<'_>],
    recorded: &mut RecordedNames,
    mut changed: Vec<u32>,
) -> Result<(), NoUniqueName> {
    changed.sort_unstable_by_key(|&index| (precedence(&names[index as usize]), index));
    let is_changed: HashSet<u32> = changed.iter().copied().collect();
    let stem = |recorded: &RecordedNames, index: usize| distinct_part(recorded.identifier(index));
    let mut taken: HashSet<Vec<u8>> = (0..names.len())
        .filter(|&index| !is_changed.contains(&(index as u32)))
        .map(|index| stem(recorded, index))
        .collect();
    // The next number for each identifier without its number, by the digits that the number has. Names that
    // differ only in what is cut off share it, so that no number is tried twice.
    let mut numbers: HashMap<(u32, Vec<u8>), u32> = HashMap::new();
    for index in changed {
        let at = index as usize;
        let wanted = stem(recorded, at);
        if taken.insert(wanted) {
            continue;
        }
        let mut units = Vec::new();
        append_units(rules, &names[at], &mut units);
        let is_directory = names[at].is_directory;
        let unique = (1..=8).find_map(|digits| {
            let (first, end) = (10u32.pow(digits - 1), 10u32.pow(digits));
            let mut without_number = Vec::new();
            append_cut(rules, (&units, is_directory), &vec![b'~'; digits as usize + 1], &mut without_number);
            let next = numbers.entry((digits, without_number)).or_insert(first);
            while *next < end {
                let mut candidate = Vec::new();
                append_cut(rules, (&units, is_directory), format!("~{next}").as_bytes(), &mut candidate);
                *next += 1;
                if taken.insert(folded(&candidate)) {
                    return Some(candidate);
                }
            }
            None
        });
        let Some(unique) = unique else {
            return Err(NoUniqueName { name: names[at].name.to_vec(), index: at });
        };
        let start = recorded.arena.len();
        recorded.arena.extend_from_slice(&unique);
        if rules.version && !names[at].is_directory {
            recorded.arena.extend([0, b';', 0, b'1']);
        }
        let name = &mut recorded.names[at];
        name.start = start;
        name.len = (recorded.arena.len() - start) as u8;
        name.changes |= NameChanges::MADE_UNIQUE;
        if unique.len() < units.len() {
            name.changes |= NameChanges::TRUNCATED;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn files<'a>(names: &'a [&'a str]) -> Vec<SourceName<'a>> {
        names
            .iter()
            .map(|name| SourceName { name: name.as_bytes(), is_directory: false, standing: Standing::New })
            .collect()
    }

    fn shown(rules: &JolietRules, names: &[&str]) -> Vec<String> {
        let recorded = record_names(rules, &files(names)).unwrap();
        (0..names.len())
            .map(|index| {
                let units: Vec<u16> = recorded
                    .identifier(index)
                    .chunks(2)
                    .map(|unit| u16::from_be_bytes([unit[0], unit[1]]))
                    .collect();
                String::from_utf16(&units).unwrap()
            })
            .collect()
    }

    #[test]
    fn what_is_recorded_keeps_its_name() {
        let shown = |names: &[(&str, Standing)]| {
            let names: Vec<SourceName<'_>> = names
                .iter()
                .map(|&(name, standing)| SourceName { name: name.as_bytes(), is_directory: false, standing })
                .collect();
            let recorded = record_names(&JolietRules::STRICT, &names).unwrap();
            let shown = (0..names.len()).map(|index| {
                recorded.identifier(index).chunks(2).map(|unit| char::from(unit[1])).collect::<String>()
            });
            shown.collect::<Vec<_>>()
        };
        use Standing::{Identifier, New, Recorded};
        assert_eq!(shown(&[("a", New), ("a", Identifier)]), ["a~1", "a"]);
        assert_eq!(shown(&[("a", Recorded), ("a", Identifier)]), ["a~1", "a"]);
        assert_eq!(shown(&[("A", New), ("a", Recorded)]), ["A~1", "a"]);
        assert_eq!(shown(&[("a:", New), ("a;", Recorded)]), ["a_~1", "a_"]);
        // As it is, whatever the rules for new names are, unless it is the same.
        let recorded = ["a.", "A.", "b:*", "c;d"].map(|name| (name, Identifier));
        assert_eq!(shown(&recorded), recorded.map(|(name, _)| name));
        assert_eq!(shown(&[("a", Identifier), ("A", Identifier), ("A", Identifier)]), ["a", "A", "A~1"]);
        assert_eq!(
            shown(&[("a", New), ("a.", Recorded), ("a_", Identifier), ("A", Identifier)]),
            ["a~1", "a_~1", "a_", "A"]
        );
    }

    #[test]
    fn plain_names_stay() {
        let strict = JolietRules::STRICT;
        assert_eq!(shown(&strict, &["Grüße.txt", "😀"]), ["Grüße.txt", "😀"]);
        let versions = JolietRules { version: true, ..strict };
        assert_eq!(shown(&versions, &["a"]), ["a;1"]);
        let directory = [SourceName { name: b"d", is_directory: true, standing: Standing::New }];
        assert_eq!(record_names(&strict, &directory).unwrap().identifier(0), [0, b'd']);
    }

    #[test]
    fn forbidden_characters_and_bytes_are_replaced_and_told() {
        let names = [SourceName { name: b"a:b\xffc", is_directory: false, standing: Standing::New }];
        let recorded = record_names(&JolietRules::STRICT, &names).unwrap();
        assert_eq!(recorded.identifier(0), *b"\0a\0_\0b\0_\0c");
        assert!(recorded.changes(0).contains(NameChanges::CHARACTERS_REPLACED));
    }

    #[test]
    fn what_is_replaced_is_a_matter_of_rules() {
        let rules = JolietRules { replace_beyond_bmp: true, keep_forbidden: true, ..JolietRules::STRICT };
        assert_eq!(shown(&rules, &["a:b;2?.c", "😀é", "a\nb"]), ["a:b_2?.c", "_é", "a_b"]);
    }

    #[test]
    fn one_that_needs_no_change_keeps_its_name() {
        assert_eq!(
            shown(&JolietRules::STRICT, &["a:b.c", "a_b.c", "a?b.c"]),
            ["a_b~1.c", "a_b.c", "a_b~2.c"]
        );
    }

    #[test]
    fn what_readers_fold_or_strip_is_kept_apart() {
        assert_eq!(
            shown(&JolietRules::STRICT, &["readme", "README", "a.", "...", "a_"]),
            ["readme~1", "README", "a_~1", "___", "a_"]
        );
    }

    #[test]
    fn long_names_keep_their_extension_and_their_pairs() {
        let long = format!("{}.tar", "x".repeat(100));
        let names = shown(&JolietRules::STRICT, &[&long]);
        assert_eq!(names[0], format!("{}.tar", "x".repeat(60)));
        let emoji = "😀".repeat(60);
        let names = shown(&JolietRules { max_units: 63, ..JolietRules::STRICT }, &[&emoji]);
        assert_eq!(names[0], "😀".repeat(31));
        assert_eq!(shown(&JolietRules::LONG, &[&long])[0], format!("{}.tar", "x".repeat(99)));
    }

    #[test]
    fn cuts_of_other_programs() {
        let rules = |cut| JolietRules { cut, ..JolietRules::STRICT };
        let long = [
            format!("{}.txt", "f".repeat(61)),
            format!("{}.txt", "g".repeat(100)),
            format!("{}.gz.longextension", "h".repeat(100)),
            format!("{}.{}", "n".repeat(30), "e".repeat(90)),
            "o".repeat(80),
        ];
        let long: Vec<&str> = long.iter().map(String::as_str).collect();
        let of_libisofs = [
            long[0].to_owned(),
            format!("{}.txt", "g".repeat(61)),
            format!("{}.lon", "h".repeat(61)),
            format!("{}.{}", "n".repeat(30), "e".repeat(34)),
            "o".repeat(64),
        ];
        assert_eq!(shown(&rules(JolietCut::Libisofs), &long), of_libisofs);
        let of_genisoimage: Vec<String> = long.iter().map(|name| name[..64].to_owned()).collect();
        assert_eq!(shown(&rules(JolietCut::Genisoimage), &long), of_genisoimage);
        let directory =
            [SourceName { name: long[1].as_bytes(), is_directory: true, standing: Standing::New }];
        let recorded = record_names(&rules(JolietCut::Libisofs), &directory).unwrap();
        assert_eq!(recorded.identifier(0), [0, b'g'].repeat(64));
    }

    #[test]
    fn names_that_differ_where_the_number_goes_are_quick() {
        let names: Vec<String> = (0..40_000)
            .map(|number| format!("{}{:04x}-a-tail-that-is-cut-{}", "p".repeat(60), number / 2, number % 2))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let start = std::time::Instant::now();
        let shown = shown(&JolietRules::STRICT, &names);
        assert!(start.elapsed().as_secs() < 5);
        assert_eq!(shown.iter().collect::<HashSet<_>>().len(), names.len());
    }

    #[test]
    fn twenty_thousand_names_with_one_prefix_are_quick() {
        let prefix = "p".repeat(80);
        let names: Vec<String> = (0..20_000).map(|number| format!("{prefix}{number}.dat")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let start = std::time::Instant::now();
        let shown = shown(&JolietRules::STRICT, &names);
        assert!(start.elapsed().as_secs() < 5);
        assert_eq!(shown.iter().collect::<HashSet<_>>().len(), names.len());
    }

    proptest! {
        #[test]
        fn unique_short_and_independent_of_order(
            mut names in proptest::collection::vec("[a:?😀.]{1,60}", 1..60),
            limit in 32u8..40,
            cut in proptest::sample::select(vec![JolietCut::Standard, JolietCut::Genisoimage, JolietCut::Libisofs]),
        ) {
            names.sort();
            names.dedup();
            let rules = JolietRules { max_units: limit, version: true, cut, ..JolietRules::STRICT };
            let of = |names: &[String]| {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                shown(&rules, &names)
            };
            let forward = of(&names);
            prop_assert_eq!(forward.iter().collect::<HashSet<_>>().len(), names.len());
            for name in &forward {
                let of_dot = usize::from(cut == JolietCut::Libisofs);
                prop_assert!(name.encode_utf16().count() <= usize::from(limit) + of_dot + 2);
            }
            names.reverse();
            let mut backward = of(&names);
            backward.reverse();
            prop_assert_eq!(forward, backward);
        }

        #[test]
        fn any_bytes(name in proptest::collection::vec(1u8.., 1..300)) {
            let names = [SourceName { name: &name, is_directory: false, standing: Standing::New }];
            let recorded = record_names(&JolietRules::LONG, &names).unwrap();
            prop_assert!(recorded.identifier(0).len() <= 2 * 105);
        }
    }
}
