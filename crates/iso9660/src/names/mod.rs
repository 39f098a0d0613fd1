//! Identifiers for the names of a directory (ECMA-119 7.5, 7.6): short, of few characters, and unique.
//!
//! The rules are described in `docs/names.md` of the repository.

mod check;
mod rules;
mod table;
mod translate;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use thiserror::Error;

pub use check::IdentifierCheck;
pub use rules::{Dots, InterchangeLevel, NameChanges, NameRules, Relaxations};
use rules::{Limits, without_version};
use table::{IdentifierTable, MAX_NAMES};
use translate::{Translator, cut};

/// A name that wants an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceName<'a> {
    /// The name: normally UTF-8, but any bytes are taken.
    pub name: &'a [u8],
    /// Whether it is that of a directory.
    pub is_directory: bool,
    /// What is recorded of it already.
    pub standing: Standing,
}

/// Whether a name stands for an item that is recorded already: of names that would have the same identifier it is the one
/// that gets it, and its number comes before those of new ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It does not.
    #[default]
    New,
    /// It does.
    Recorded,
    /// It does, and is the identifier itself, as it is recorded: of a file with its version number, and the dot at its end,
    /// if it has these. That of a directory may have an extension, as other programs record them, whatever the rules are.
    Identifier,
}

/// The identifiers of the names of one directory, in the order of the names.
#[derive(Clone, Debug, Default)]
pub struct RecordedNames {
    arena: Vec<u8>,
    names: Vec<Recorded>,
}

/// Where the identifier of a name is.
#[derive(Clone, Copy, Debug)]
struct Recorded {
    start: usize,
    len: u8,
    /// Bytes of the name part.
    name: u8,
    /// Bytes of the extension, at the end but for the version number.
    extension: u8,
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

    /// Identifier of the name `index`, as recorded: with `;1` for files unless the rules leave it out, or it is recorded
    /// otherwise.
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

    /// All identifiers with their changes, in the order of the names.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], NameChanges)> {
        (0..self.len()).map(|index| (self.identifier(index), self.changes(index)))
    }

    fn name_part(&self, index: u32) -> &[u8] {
        let Recorded { start, name, .. } = self.names[index as usize];
        &self.arena[start..start + usize::from(name)]
    }

    fn extension(&self, index: u32) -> &[u8] {
        let Recorded { start, name, extension, .. } = self.names[index as usize];
        let start = start + usize::from(name) + usize::from(extension > 0);
        &self.arena[start..start + usize::from(extension)]
    }
}

/// A name for which no identifier is left.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no unique identifier is left for the name {}", name.escape_ascii())]
pub struct NoUniqueName {
    /// The name.
    pub name: Vec<u8>,
    /// Its index.
    pub index: usize,
}

/// The identifiers for all names of one directory. No two are the same, not even without version number
/// and trailing dot and with small letters taken for capital ones, be it of files or directories; but for those that are
/// recorded so, where the rules keep them ([`NameRules::keep_recorded`]).
///
/// The identifier of each name depends on which names there are, but not on their order. Of names that
/// would have the same identifier, one that is recorded keeps it, else one that needs no change, else the first in the
/// order of bytes; the others get a number at the end of the name, again those that are recorded first. The time is proportional to the number of names, and n
/// log n for those that get a number.
///
/// # Errors
/// [`NoUniqueName`] when 99,999,999 numbers are used up for names with the same start, or with 2³² - 1 names.
pub fn record_names(rules: &NameRules, names: &[SourceName<'_>]) -> Result<RecordedNames, NoUniqueName> {
    if let Some(one_too_many) = names.get(MAX_NAMES) {
        return Err(NoUniqueName { name: one_too_many.name.to_vec(), index: MAX_NAMES });
    }
    let mut recorded = RecordedNames {
        arena: Vec::with_capacity(names.iter().map(|name| name.name.len().min(37) + 3).sum()),
        names: Vec::with_capacity(names.len()),
    };
    let mut translator = Translator::new(rules);
    for source in names {
        let changes = translator.translate(source);
        let start = recorded.arena.len();
        translator.append_identifier(source, &mut recorded.arena);
        recorded.names.push(Recorded {
            start,
            len: (recorded.arena.len() - start) as u8,
            name: translator.name.len() as u8,
            extension: translator.extension.len() as u8,
            changes,
        });
    }

    let (mut table, mut without) = distribute(names, &recorded, 0..names.len() as u32, &[]);
    let is_kept = |index: u32| rules.keep_recorded && names[index as usize].standing != Standing::New;
    if without.iter().copied().any(is_kept) {
        // Among what is recorded, that is the same to the last byte only.
        let (kept, doubled) = distinct(names, &recorded, &is_kept);
        let others = (0..names.len() as u32).filter(|&index| !is_kept(index));
        (table, without) = distribute(names, &recorded, others, &kept);
        without.extend(doubled);
    }
    if !without.is_empty() {
        number(rules, names, &mut recorded, &mut table, without)?;
    }
    Ok(recorded)
}

/// Gives each of `wanted` its identifier, unless another wants the same, or one of `kept` has it. Those that got none are told.
fn distribute(
    names: &[SourceName<'_>],
    recorded: &RecordedNames,
    wanted: impl Iterator<Item = u32>,
    kept: &[u32],
) -> (IdentifierTable, Vec<u32>) {
    let mut table = IdentifierTable::with_capacity(names.len());
    let mut without = Vec::new();
    let key = |index: u32| comparable(recorded.identifier(index as usize));
    for &index in kept {
        table.entry(key(index), key).set(index);
    }
    for index in wanted {
        let entry = table.entry(key(index), key);
        match entry.index() {
            None => entry.set(index),
            Some(holder) if precedes(names, recorded, index, holder) => {
                entry.set(index);
                without.push(holder);
            }
            Some(_) => without.push(index),
        }
    }
    (table, without)
}

/// Those of the kept names that have an identifier of their own, to the last byte, and those that have not.
fn distinct(
    names: &[SourceName<'_>],
    recorded: &RecordedNames,
    is_kept: &dyn Fn(u32) -> bool,
) -> (Vec<u32>, Vec<u32>) {
    let mut holders: HashMap<&[u8], u32> = HashMap::new();
    let mut doubled = Vec::new();
    for index in (0..names.len() as u32).filter(|&index| is_kept(index)) {
        match holders.entry(recorded.identifier(index as usize)) {
            Entry::Vacant(free) => drop(free.insert(index)),
            Entry::Occupied(mut holder) if precedes(names, recorded, index, *holder.get()) => {
                doubled.push(holder.insert(index));
            }
            Entry::Occupied(_) => doubled.push(index),
        }
    }
    (holders.into_values().collect(), doubled)
}

/// What of an identifier has to be unique in its directory: two identifiers that readers may take for one have the same.
#[must_use]
pub fn distinct_part(identifier: &[u8]) -> Vec<u8> {
    comparable(identifier).to_ascii_uppercase()
}

/// The part of an identifier that has to be unique.
fn comparable(identifier: &[u8]) -> &[u8] {
    let without_version = without_version(identifier);
    without_version.strip_suffix(b".").unwrap_or(without_version)
}

/// Whether the name `a`, rather than `b`, gets the identifier that both would have.
fn precedes(names: &[SourceName<'_>], recorded: &RecordedNames, a: u32, b: u32) -> bool {
    let rank = |index: u32| {
        let source = &names[index as usize];
        let is_loss = recorded.names[index as usize].changes.is_loss();
        let standing = match source.standing {
            Standing::Identifier => 0,
            Standing::Recorded => 1,
            Standing::New => 2,
        };
        (standing, is_loss, source.name, source.is_directory, index)
    };
    rank(a) < rank(b)
}

/// Gives identifiers with numbers to the names `without` one.
fn number(
    rules: &NameRules,
    names: &[SourceName<'_>],
    recorded: &mut RecordedNames,
    table: &mut IdentifierTable,
    mut without: Vec<u32>,
) -> Result<(), NoUniqueName> {
    let limits = rules.limits();
    let extension_of =
        |recorded: &RecordedNames, index| cut(recorded.extension(index), limits.extension_beside_number());
    // Names that share a counter stand together in this order.
    without.sort_unstable_by(|&a, &b| {
        let (source_a, source_b) = (&names[a as usize], &names[b as usize]);
        let extension = |index| &recorded.extension(index)[..extension_of(recorded, index)];
        let is_new = |source: &SourceName<'_>| source.standing == Standing::New;
        is_new(source_a)
            .cmp(&is_new(source_b))
            .then_with(|| source_a.is_directory.cmp(&source_b.is_directory))
            .then_with(|| compare_folded(extension(a), extension(b)))
            .then_with(|| compare_folded(recorded.name_part(a), recorded.name_part(b)))
            .then_with(|| source_a.name.cmp(source_b.name))
            .then_with(|| a.cmp(&b))
    });

    let mut counters = Counters::default();
    let mut translator = Translator::new(rules);
    let (mut name, mut full_extension) = (Vec::new(), Vec::new());
    for index in without {
        let source = &names[index as usize];
        let extension = extension_of(recorded, index);
        name.clear();
        name.extend_from_slice(recorded.name_part(index));
        full_extension.clear();
        full_extension.extend_from_slice(recorded.extension(index));
        translator.extension.clear();
        translator.extension.extend_from_slice(&full_extension[..extension]);
        let room = room_of_name(&limits, source.is_directory, extension);
        let start = recorded.arena.len();
        let kept = loop {
            let Some((kept, number)) = counters.next(source.is_directory, &translator.extension, &name, room)
            else {
                return Err(NoUniqueName { name: source.name.to_vec(), index: index as usize });
            };
            translator.name.clear();
            translator.name.extend_from_slice(&name[..kept]);
            translator.name.extend_from_slice(number.digits());
            recorded.arena.truncate(start);
            translator.append_identifier(source, &mut recorded.arena);
            let candidate = comparable(&recorded.arena[start..]);
            let entry = table.entry(candidate, |other| comparable(recorded.identifier(other as usize)));
            if entry.index().is_none() {
                entry.set(index);
                break kept;
            }
        };
        let place = &mut recorded.names[index as usize];
        place.changes |= NameChanges::MADE_UNIQUE;
        if kept < name.len() || extension < full_extension.len() {
            place.changes |= NameChanges::TRUNCATED;
        }
        place.start = start;
        place.len = (recorded.arena.len() - start) as u8;
        place.name = translator.name.len() as u8;
        place.extension = extension as u8;
    }
    Ok(())
}

fn room_of_name(limits: &Limits, is_directory: bool, extension: usize) -> usize {
    if is_directory && extension == 0 { limits.directory } else { limits.name_beside(extension) }
}

fn compare_folded(a: &[u8], b: &[u8]) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    a.iter().map(u8::to_ascii_uppercase).cmp(b.iter().map(u8::to_ascii_uppercase))
}

/// Most digits of a number.
const MAX_DIGITS: usize = 8;

/// Gives numbers to names. Names with the same start, as far as numbers of some length leave room for it,
/// share a counter for that length; no number of a counter is given twice, so that searching never starts
/// from the beginning. Names that share a counter must come together.
#[derive(Default)]
struct Counters {
    /// By length of the number.
    counters: [Counter; MAX_DIGITS],
    is_directory: bool,
    extension: Vec<u8>,
}

#[derive(Default)]
struct Counter {
    /// Start of the names that the counter is for.
    start: Vec<u8>,
    /// The next number; 0 for none yet.
    next: u32,
}

impl Counters {
    /// The next number for a name that has `room` bytes, and the bytes of `name` that stay before it. `None`
    /// when the numbers are used up.
    fn next(
        &mut self,
        is_directory: bool,
        extension: &[u8],
        name: &[u8],
        room: usize,
    ) -> Option<(usize, Number)> {
        if self.is_directory != is_directory || !self.extension.eq_ignore_ascii_case(extension) {
            self.counters = Default::default();
            self.is_directory = is_directory;
            self.extension.clear();
            self.extension.extend_from_slice(extension);
        }
        for (counter, digits) in self.counters.iter_mut().zip(1..=room) {
            let kept = cut(name, room - digits);
            let first = 10u32.pow(digits as u32 - 1);
            if counter.next == 0 || !counter.start.eq_ignore_ascii_case(&name[..kept]) {
                counter.start.clear();
                counter.start.extend_from_slice(&name[..kept]);
                counter.next = first;
            }
            if counter.next < first * 10 {
                counter.next += 1;
                return Some((kept, Number::of(counter.next - 1)));
            }
        }
        None
    }
}

/// The decimal digits of a number.
struct Number {
    digits: [u8; MAX_DIGITS],
    first: usize,
}

impl Number {
    fn of(mut value: u32) -> Number {
        let mut number = Number { digits: [b'0'; MAX_DIGITS], first: MAX_DIGITS };
        while value > 0 && number.first > 0 {
            number.first -= 1;
            number.digits[number.first] = b'0' + (value % 10) as u8;
            value /= 10;
        }
        number
    }

    fn digits(&self) -> &[u8] {
        &self.digits[self.first..]
    }
}

#[cfg(test)]
mod tests;
