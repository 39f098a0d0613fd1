//! The sizes of a directory that grows, record by record, without its records.

use std::cmp::Ordering;

use sector_io::SECTOR_SIZE;

use super::{Piece, RecordSink, divide};
use crate::EncodeError;
use crate::directory::DirectoryRecord;
use crate::susp::ContinuationArea;

/// Bytes that a record takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordLengths {
    /// In the directory.
    pub record: u8,
    /// In the continuation area, padding between the blocks of one record included.
    pub area: u32,
}

impl RecordLengths {
    /// Those of a record, as [`DirectoryWriter::push`](super::DirectoryWriter::push) lays it out.
    ///
    /// # Errors
    /// As there, but for what depends on where the continuation area lies.
    pub fn of(record: &DirectoryRecord<'_>, entries: &[u8]) -> Result<RecordLengths, EncodeError> {
        let (here, beyond) = divide(record, entries)?;
        let reference = if beyond.is_empty() { 0 } else { ContinuationArea::LEN };
        let system_use = record.system_use.len() + here.len() + reference;
        let length = record.len_without_system_use() + system_use.next_multiple_of(2);
        let record = u8::try_from(length).map_err(|_| EncodeError::RecordTooLong { length })?;
        let area = u32::try_from(area_len(beyond)).map_err(|_| EncodeError::ContinuationTooFar)?;
        Ok(RecordLengths { record, area })
    }
}

impl RecordSink for Vec<RecordLengths> {
    fn push(&mut self, record: &DirectoryRecord<'_>, entries: &[u8]) -> Result<(), EncodeError> {
        self.push(RecordLengths::of(record, entries)?);
        Ok(())
    }
}

/// Bytes of entries in a continuation area, from the beginning of a block if they are more than one holds.
fn area_len(mut entries: &[u8]) -> usize {
    let mut len = 0;
    loop {
        let piece = Piece::of(entries);
        entries = &entries[piece.entries..];
        if entries.is_empty() {
            return len + piece.entries;
        }
        len += SECTOR_SIZE;
    }
}

/// The sizes of one directory, to which records are added in any order.
///
/// Records lie in the order of their identifiers, and none crosses a sector boundary: where one lies depends on all before
/// it. So they are kept in chunks, and of each chunk it is known where it ends, wherever in a sector it begins. A record
/// more costs one chunk, and a look at those behind it, up to one that begins in the same place of a sector as before.
#[derive(Clone, Debug)]
pub struct RecordSizes {
    /// What lies in front: the directory's own records.
    head: [u64; 2],
    chunks: Vec<Chunk>,
    /// The first of the chunks that were changed since all was added up, and how many there are.
    changed: (usize, usize),
    /// Bytes behind the head, of the records and of the continuation area.
    bytes: [u64; 2],
}

const SECTOR: u64 = SECTOR_SIZE as u64;

/// Most records of a chunk.
const MOST_OF_A_CHUNK: usize = 512;

/// Some records that follow one another.
#[derive(Clone, Debug, Default)]
struct Chunk {
    /// Identifiers, end to end.
    identifiers: Vec<u8>,
    records: Vec<Sized>,
    /// Where the records end, and what is in the continuation area; `None` after a change.
    ends: Option<[Ends; 2]>,
    /// Where in a sector both began, and how many bytes on they ended, when all was added up.
    from: [u64; 2],
    bytes: [u64; 2],
}

#[derive(Clone, Copy, Debug)]
struct Sized {
    /// Where its identifier ends in those of the chunk.
    end: u32,
    /// How often it is there.
    count: u32,
    lengths: RecordLengths,
}

/// Where pieces that follow one another end, by where the first begins. None of them crosses a sector boundary, unless it
/// begins at one.
#[derive(Clone, Debug, Default)]
struct Ends {
    /// Bytes of all.
    len: u64,
    /// For each piece that may be the first behind a boundary: where it would end if there were none, and how far from the
    /// boundary the last one ends.
    leading: Vec<(u64, u64)>,
}

impl RecordSizes {
    /// Those of a directory with these records, which come first whatever is added.
    #[must_use]
    pub fn new(head: &[RecordLengths]) -> RecordSizes {
        let pieces = head.iter().map(|&lengths| (lengths, 1));
        let head = ends(pieces).map(|ends| ends.from(0));
        let from = head.map(|head| head % SECTOR);
        RecordSizes { head, chunks: vec![Chunk { from, ..Chunk::default() }], changed: (0, 1), bytes: [0; 2] }
    }

    /// Adds `count` records of one identifier: several for a file of several sections. `compare` is the order of identifiers.
    pub fn insert(
        &mut self,
        identifier: &[u8],
        lengths: RecordLengths,
        count: u32,
        compare: impl Fn(&[u8], &[u8]) -> Ordering,
    ) {
        let behind = self.chunks.partition_point(|chunk| {
            chunk.records.is_empty() || compare(chunk.identifier(0), identifier).is_lt()
        });
        let at = behind.saturating_sub(1);
        let chunk = &mut self.chunks[at];
        let (first, changed) = self.changed;
        self.changed = (first.min(at), changed + usize::from(chunk.ends.is_some()));
        chunk.insert(identifier, lengths, count, compare);
        if chunk.records.len() > MOST_OF_A_CHUNK {
            let further = chunk.split_off();
            self.chunks.insert(at + 1, further);
            self.changed.1 += 1;
        }
    }

    /// Sectors of the records and of the continuation area behind them.
    pub fn sectors(&mut self) -> (u64, u64) {
        let (first, mut changed) = self.changed;
        let mut from = self.chunks.get(first).map_or([0; 2], |chunk| chunk.from);
        for chunk in self.chunks.iter_mut().skip(first) {
            if changed == 0 && chunk.from == from {
                break;
            }
            changed -= usize::from(chunk.ends.is_none());
            let Chunk { records, ends: known, .. } = chunk;
            let ends = known.get_or_insert_with(|| ends(records.iter().map(|one| (one.lengths, one.count))));
            let bytes = [0, 1].map(|lane| ends[lane].from(from[lane]) - from[lane]);
            for lane in [0, 1] {
                self.bytes[lane] = self.bytes[lane] - chunk.bytes[lane] + bytes[lane];
            }
            (chunk.from, chunk.bytes) = (from, bytes);
            from = [0, 1].map(|lane| (from[lane] + bytes[lane]) % SECTOR);
        }
        self.changed = (self.chunks.len(), 0);
        let [records, area] = [0, 1].map(|lane| (self.head[lane] + self.bytes[lane]).div_ceil(SECTOR));
        (records, area)
    }
}

impl Chunk {
    fn identifier(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.records[before].end as usize);
        &self.identifiers[start..self.records[index].end as usize]
    }

    fn insert(
        &mut self,
        identifier: &[u8],
        lengths: RecordLengths,
        count: u32,
        compare: impl Fn(&[u8], &[u8]) -> Ordering,
    ) {
        let (mut at, mut behind) = (0, self.records.len());
        while at < behind {
            let middle = usize::midpoint(at, behind);
            if compare(self.identifier(middle), identifier).is_lt() {
                at = middle + 1
            } else {
                behind = middle
            }
        }
        let start = at.checked_sub(1).map_or(0, |before| self.records[before].end);
        for later in &mut self.records[at..] {
            later.end += identifier.len() as u32;
        }
        let end = start + identifier.len() as u32;
        self.identifiers.splice(start as usize..start as usize, identifier.iter().copied());
        self.records.insert(at, Sized { end, count, lengths });
        self.ends = None;
    }

    /// Takes the second half out.
    fn split_off(&mut self) -> Chunk {
        let at = self.records.len() / 2;
        let start = self.records[at - 1].end;
        let identifiers = self.identifiers.split_off(start as usize);
        let mut records = self.records.split_off(at);
        records.iter_mut().for_each(|record| record.end -= start);
        self.ends = None;
        Chunk { identifiers, records, ..Chunk::default() }
    }
}

/// Where records end, each of which is there so often, and what of them is in the continuation area.
fn ends(records: impl ExactSizeIterator<Item = (RecordLengths, u32)>) -> [Ends; 2] {
    let mut starts = [vec![0], vec![0]];
    starts[0].reserve(records.len());
    for (lengths, count) in records {
        for (starts, len) in starts.iter_mut().zip([u64::from(lengths.record), lengths.area.into()]) {
            if len > 0 {
                let from = starts[starts.len() - 1];
                starts.extend((1..=u64::from(count)).map(|number| from + number * len));
            }
        }
    }
    starts.map(|starts| Ends::of(&starts))
}

impl Ends {
    /// Of pieces, each of which begins where the one before it ends, if there were no boundaries; the last of `starts` is
    /// where the last one ends.
    fn of(starts: &[u64]) -> Ends {
        let count = starts.len() - 1;
        let len = starts[count];
        // How far from a boundary the last one ends, if it is where each begins.
        let mut reach = vec![0; count];
        // The first piece that has no room in the sector of this one.
        let mut next = count;
        for (at, ends) in starts.windows(2).enumerate().rev() {
            // What it fills before the sector that it ends in, and where that sector would end.
            let before = (ends[1] - ends[0] - 1) / SECTOR * SECTOR;
            let boundary = ends[0] + before + SECTOR;
            while starts[next] > boundary {
                next -= 1;
            }
            reach[at] = if next == count { len - ends[0] } else { before + SECTOR + reach[next] };
        }
        let first_beyond = starts[1..].partition_point(|&end| end <= SECTOR);
        let leading = starts[1..].iter().copied().zip(reach).take(first_beyond + 1).collect();
        Ends { len, leading }
    }

    /// Where they end that begin at `start`.
    fn from(&self, start: u64) -> u64 {
        let free = start.next_multiple_of(SECTOR) - start;
        if self.len <= free {
            return start + self.len;
        }
        let first_beyond = self.leading.partition_point(|&(end, _)| end <= free);
        self.leading.get(first_beyond).map_or(start, |&(_, reach)| start + free + reach)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::LogicalBlock;
    use crate::layout::DirectoryWriter;
    use crate::rock_ridge::{nm, sl};

    /// A record: its identifier, the length of its name, that of a link's target, how often it is there.
    type Source = (Vec<u8>, usize, usize, usize);

    fn entries(&(_, name, target, _): &Source) -> Vec<u8> {
        let mut entries = Vec::new();
        nm::encode(&vec![b'n'; name], &mut entries);
        if target > 0 {
            sl::encode(&vec![b't'; target], &mut entries);
        }
        entries
    }

    fn check(sources: &[Source]) {
        let record = |identifier| DirectoryRecord { identifier, ..DirectoryRecord::default() };
        let mut head: Vec<RecordLengths> = Vec::new();
        for identifier in [&[0], &[1]] {
            RecordSink::push(&mut head, &record(identifier), &[]).unwrap();
        }
        let mut sizes = RecordSizes::new(&head);
        let mut sorted: Vec<&Source> = Vec::new();
        for (number, source) in sources.iter().enumerate() {
            let mut lengths: Vec<RecordLengths> = Vec::new();
            RecordSink::push(&mut lengths, &record(&source.0), &entries(source)).unwrap();
            sizes.insert(&source.0, lengths[0], source.3 as u32, |a, b| a.cmp(b));
            sorted.insert(sorted.partition_point(|other| other.0 < source.0), source);
            if number % 1009 != 0 && number + 1 < sources.len() {
                sizes.sectors();
                continue;
            }
            let mut writer = DirectoryWriter::new();
            writer.begin(LogicalBlock::new(0));
            for identifier in [&[0], &[1]] {
                writer.push(&record(identifier), &[]).unwrap();
            }
            for source in &sorted {
                for _ in 0..source.3 {
                    writer.push(&record(&source.0), &entries(source)).unwrap();
                }
            }
            let (records, area) = writer.finish();
            assert_eq!(sizes.sectors(), ((records.len() / 2048) as u64, (area.len() / 2048) as u64));
        }
    }

    #[test]
    fn records_of_one_length_in_any_order() {
        let number = |number: u32| (number.wrapping_mul(2_654_435_761)).to_be_bytes().to_vec();
        check(&(0..6000).map(|each| (number(each), 20, 0, 1)).collect::<Vec<_>>());
        check(&(0..3000).map(|each: u32| (each.to_be_bytes().to_vec(), 220, 0, 1)).collect::<Vec<_>>());
    }

    #[test]
    fn files_of_many_sections() {
        check(&(0..40u8).map(|each| (vec![each.wrapping_mul(29)], 30, 0, 70)).collect::<Vec<_>>());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn they_are_those_of_what_is_written(
            few in prop::collection::hash_map(
                prop::collection::vec(1u8.., 1..9), (1usize..400, prop_oneof![Just(0), 0usize..6000], 1usize..4), 0..60),
            many in prop::collection::hash_map(
                prop::collection::vec(1u8.., 1..9), (1usize..250, Just(0), Just(1usize)), 0..4000),
        ) {
            let all = |from: std::collections::HashMap<Vec<u8>, (usize, usize, usize)>| {
                from.into_iter().map(|(identifier, (name, target, count))| (identifier, name, target, count))
            };
            let mut sources: Vec<Source> = all(few).chain(all(many)).collect();
            sources.sort_by_key(|source| (source.1, source.0.clone()));
            sources.dedup_by(|a, b| a.0 == b.0);
            let mut seen = std::collections::HashSet::new();
            sources.retain(|source| seen.insert(source.0.clone()));
            check(&sources);
        }
    }
}
