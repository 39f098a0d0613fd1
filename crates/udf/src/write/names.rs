use std::collections::HashSet;
use std::fmt;

use bitflags::bitflags;

use crate::cs0;
use crate::file::FileIdentifierDescriptor;

bitflags! {
    /// How a file identifier differs from the name it is for.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct IdentifierChanges: u8 {
        /// Bytes that are no UTF-8, and characters that CS0 has not (UDF 2.1.1), became `_`.
        const CHARACTERS_REPLACED = 1;
        /// The name was too long.
        const TRUNCATED = 2;
        /// A number tells the name apart from another that became the same.
        const MADE_UNIQUE = 4;
    }
}

/// The file identifiers for the names of one directory, in the order of the names.
#[derive(Clone, Debug, Default)]
pub struct Identifiers {
    arena: Vec<u8>,
    recorded: Vec<Recorded>,
}

#[derive(Clone, Copy, Debug)]
struct Recorded {
    start: usize,
    len: u8,
    changes: IdentifierChanges,
}

impl Identifiers {
    /// The identifier of the name `index`, with its compression id: 2 to 255 bytes.
    ///
    /// # Panics
    /// When there is no such name, as with a slice.
    #[must_use]
    pub fn identifier(&self, index: usize) -> &[u8] {
        let Recorded { start, len, .. } = self.recorded[index];
        &self.arena[start..start + usize::from(len)]
    }

    /// Bytes of the descriptors that [`DirectoryWriter`](super::DirectoryWriter) makes of these: that of the parent,
    /// and one for each name.
    #[must_use]
    pub fn directory_len(&self) -> usize {
        let sizes = self.recorded.iter().map(|name| FileIdentifierDescriptor::padded(0, name.len.into()));
        FileIdentifierDescriptor::padded(0, 0) + sizes.sum::<usize>()
    }

    /// How the identifier of the name `index` differs from it.
    ///
    /// # Panics
    /// When there is no such name, as with a slice.
    #[must_use]
    pub fn changes(&self, index: usize) -> IdentifierChanges {
        self.recorded[index].changes
    }

    /// The identifier of the name `index` as text.
    ///
    /// # Panics
    /// When there is no such name, as with a slice.
    #[must_use]
    pub fn shown(&self, index: usize) -> String {
        String::from_utf16_lossy(&cs0::units(self.identifier(index)).unwrap_or_default())
    }
}

/// More names want one identifier than numbers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoUniqueIdentifier;

impl fmt::Display for NoUniqueIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("over 99,999,999 names want one file identifier")
    }
}

impl std::error::Error for NoUniqueIdentifier {}

/// Bytes of a file identifier, its compression id included (UDF 2.3.4.6: the length field has 8 bits).
const MOST: usize = 255;

/// The file identifiers for all names of one directory. No two are the same.
///
/// A name keeps all its characters: 254 up to U+00FF, or 127 UTF-16 units where one is beyond. Of longer ones
/// the end is cut, an extension of up to 16 characters stays. Names that need no change keep theirs; of the
/// others, in the order of their bytes, those whose identifier is taken get a number before the extension.
///
/// # Errors
/// [`NoUniqueIdentifier`].
pub fn record_identifiers<'n>(
    names: impl ExactSizeIterator<Item = &'n [u8]> + Clone,
) -> Result<Identifiers, NoUniqueIdentifier> {
    let mut all = Identifiers::default();
    all.recorded.reserve_exact(names.len());
    let mut changed: Vec<(&[u8], usize)> = Vec::new();
    for (index, name) in names.clone().enumerate() {
        let start = all.arena.len();
        let changes = append(name, &mut all.arena);
        if !changes.is_empty() {
            changed.push((name, index));
        }
        all.recorded.push(Recorded { start, len: (all.arena.len() - start) as u8, changes });
    }
    if !changed.is_empty() {
        make_unique(&mut all, changed)?;
    }
    Ok(all)
}

/// Appends the identifier that the name has where nothing else is in the way.
fn append(name: &[u8], out: &mut Vec<u8>) -> IdentifierChanges {
    if name.is_ascii() && name.len() < MOST {
        out.push(cs0::COMPRESSION_8);
        out.extend_from_slice(name);
        return IdentifierChanges::empty();
    }
    let (text, mut changes) = text(name);
    match cs0::encode(&text, MOST) {
        Ok(identifier) => out.extend_from_slice(&identifier),
        Err(_) => {
            out.extend_from_slice(&cut(&text, ""));
            changes |= IdentifierChanges::TRUNCATED;
        }
    }
    changes
}

/// The name as text that CS0 can hold.
pub(super) fn text(name: &[u8]) -> (String, IdentifierChanges) {
    let mut text = String::with_capacity(name.len());
    let mut changes = IdentifierChanges::empty();
    for chunk in name.utf8_chunks() {
        for character in chunk.valid().chars() {
            // Byte order marks have no place in CS0.
            if matches!(character, '\u{feff}' | '\u{fffe}' | '\0') {
                changes |= IdentifierChanges::CHARACTERS_REPLACED;
                text.push('_');
            } else {
                text.push(character);
            }
        }
        if !chunk.invalid().is_empty() {
            changes |= IdentifierChanges::CHARACTERS_REPLACED;
            text.push('_');
        }
    }
    (text, changes)
}

/// Longest extension, without its dot, that survives a cut; in characters.
const MAX_EXTENSION: usize = 16;

/// The identifier of as much of the text as fits, with `number` behind the part before the extension.
pub(super) fn cut(text: &str, number: &str) -> Vec<u8> {
    let wide = text.chars().any(|character| u32::from(character) > 0xff);
    let limit = if wide { (MOST - 1) / 2 } else { MOST - 1 };
    let units = |text: &str| text.chars().map(char::len_utf16).sum::<usize>();
    let (stem, extension) = match text.rfind('.') {
        Some(at) if at > 0 && text[at + 1..].chars().count() <= MAX_EXTENSION => text.split_at(at),
        _ => (text, ""),
    };
    let room = limit.saturating_sub(units(extension) + number.len());
    let mut used = 0;
    let mut kept: String = stem
        .chars()
        .take_while(|character| {
            used += character.len_utf16();
            used <= room
        })
        .collect();
    kept.push_str(number);
    kept.push_str(extension);
    // It fits: the limit counts units of the width that the whole text has, or less.
    cs0::encode(&kept, MOST).unwrap_or_default()
}

fn make_unique(all: &mut Identifiers, mut changed: Vec<(&[u8], usize)>) -> Result<(), NoUniqueIdentifier> {
    changed.sort_unstable();
    let mut taken: HashSet<Vec<u8>> = (0..all.recorded.len())
        .filter(|&index| all.changes(index).is_empty())
        .map(|index| all.identifier(index).to_vec())
        .collect();
    // The next number for each identifier without its number, by the digits that the number has. Names that
    // differ only in what is cut off share it, so that no number is tried twice.
    let mut numbers = std::collections::HashMap::<(u32, Vec<u8>), u32>::new();
    for (name, index) in changed {
        if taken.insert(all.identifier(index).to_vec()) {
            continue;
        }
        let (text, _) = text(name);
        let unique = (1..=8u32).find_map(|digits| {
            let (first, end) = (10u32.pow(digits - 1), 10u32.pow(digits));
            let without_number = cut(&text, &"~".repeat(digits as usize + 1));
            let next = numbers.entry((digits, without_number)).or_insert(first);
            while *next < end {
                let candidate = cut(&text, &format!("~{next}"));
                *next += 1;
                if taken.insert(candidate.clone()) {
                    return Some(candidate);
                }
            }
            None
        });
        let identifier = unique.ok_or(NoUniqueIdentifier)?;
        let recorded = &mut all.recorded[index];
        recorded.start = all.arena.len();
        recorded.len = identifier.len() as u8;
        recorded.changes |= IdentifierChanges::MADE_UNIQUE;
        all.arena.extend_from_slice(&identifier);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(names: &[&[u8]]) -> Vec<(String, IdentifierChanges)> {
        let all = record_identifiers(names.iter().copied()).unwrap();
        (0..names.len()).map(|index| (all.shown(index), all.changes(index))).collect()
    }

    #[test]
    fn real_names_stay() {
        let long = "a".repeat(254);
        let wide = "\u{436}".repeat(127);
        let names = ["plain.txt", "Gr\u{fc}n", "\u{1f600}.txt", "a\\b:c*?", &long, &wide, "A", "a", "x."];
        let bytes: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        let expected: Vec<_> =
            names.iter().map(|name| ((*name).to_owned(), IdentifierChanges::empty())).collect();
        assert_eq!(record(&bytes), expected);
        let all = record_identifiers(bytes.into_iter()).unwrap();
        assert_eq!(all.identifier(1), [8, b'G', b'r', 0xfc, b'n']);
        assert_eq!(all.identifier(2)[..5], [16, 0xd8, 0x3d, 0xde, 0x00]);
    }

    #[test]
    fn what_is_too_long_is_cut_before_its_extension() {
        let truncated = IdentifierChanges::TRUNCATED;
        let name = format!("{}.text", "a".repeat(251));
        let other = format!("{}b.text", "a".repeat(250));
        let found = record(&[name.as_bytes(), other.as_bytes()]);
        assert_eq!(found[0], (format!("{}.text", "a".repeat(249)), truncated));
        assert_eq!(
            found[1],
            (format!("{}~1.text", "a".repeat(247)), truncated | IdentifierChanges::MADE_UNIQUE)
        );
        let wide = "\u{1f600}".repeat(64);
        assert_eq!(record(&[wide.as_bytes()])[0], ("\u{1f600}".repeat(63), truncated));
    }

    #[test]
    fn replaced_characters_do_not_hide_a_name() {
        let replaced = IdentifierChanges::CHARACTERS_REPLACED;
        let found = record(&[b"a_b", b"a\xffb", b"a\xfeb", "a\u{feff}b".as_bytes()]);
        assert_eq!(found[0], ("a_b".to_owned(), IdentifierChanges::empty()));
        let unique = replaced | IdentifierChanges::MADE_UNIQUE;
        assert_eq!(found[3], ("a_b~1".to_owned(), unique));
        assert_eq!(found[2], ("a_b~2".to_owned(), unique));
        assert_eq!(found[1], ("a_b~3".to_owned(), unique));
    }

    proptest! {
        #[test]
        fn all_differ_and_fit(names in prop::collection::hash_set(
            prop_oneof![
                prop::collection::vec(prop::sample::select(vec![b'a', b'.', 0xff, 0xc3, 0xa4]), 1..6),
                "[ab\u{436}\u{1f600}]{120,260}".prop_map(String::into_bytes),
            ],
            1..40,
        )) {
            let names: Vec<Vec<u8>> = names.into_iter().collect();
            let all = record_identifiers(names.iter().map(Vec::as_slice)).unwrap();
            let mut seen = HashSet::new();
            for (index, name) in names.iter().enumerate() {
                let identifier = all.identifier(index);
                prop_assert!(identifier.len() >= 2 && seen.insert(identifier.to_vec()));
                prop_assert!(cs0::decode(identifier).is_ok());
                if all.changes(index).is_empty() {
                    prop_assert_eq!(&all.shown(index).into_bytes(), name);
                }
            }
        }
    }
}
