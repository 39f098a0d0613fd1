//! Laying out directories: records into sectors (ECMA-119 6.8.1.1), and System Use entries that have no
//! room in their record into continuation areas (SUSP 5.1).

mod sizes;

use sector_io::SECTOR_SIZE;

pub use sizes::{RecordLengths, RecordSizes};

use crate::directory::{DirectoryRecord, MAX_RECORD_LEN};
use crate::susp::{ContinuationArea, Entry};
use crate::{EncodeError, LogicalBlock};

/// Lays out the records of one directory after the other. Its buffers are reused, so that a volume of
/// many directories costs few allocations.
///
/// The lengths that come out depend on the records' and entries' lengths only, not on addresses: one run
/// with any addresses tells the lengths, a second one with the final addresses gives the bytes.
#[derive(Clone, Debug, Default)]
pub struct DirectoryWriter {
    records: Vec<u8>,
    continuation: Vec<u8>,
    continuation_start: LogicalBlock,
    system_use: Vec<u8>,
}

impl DirectoryWriter {
    /// A writer at the start of an empty directory.
    #[must_use]
    pub fn new() -> DirectoryWriter {
        DirectoryWriter::default()
    }

    /// Begins another directory, whose continuation area will lie at `continuation_start`.
    ///
    /// SUSP lets it lie anywhere, but widespread readers refuse it unless it is behind the directory and
    /// before the data of the directory's files.
    pub fn begin(&mut self, continuation_start: LogicalBlock) {
        self.records.clear();
        self.continuation.clear();
        self.continuation_start = continuation_start;
    }

    /// Appends a record; the caller sorts them.
    ///
    /// `entries` are System Use entries one behind the other. They stand in the record, behind its own
    /// System Use field, when all of them have room there; else as many whole ones as leave room for a
    /// `CE` entry, and the others in the continuation area. No part of that crosses a block: one that has
    /// no room in the present block begins in the next, and more than a block goes on behind further
    /// `CE` entries.
    ///
    /// # Errors
    /// [`EncodeError::RecordTooLong`] when the record, with a `CE` entry if it needs one, has more than
    /// 254 bytes; [`EncodeError::MalformedEntry`] when `entries` are no sequence of whole entries;
    /// [`EncodeError::ContinuationTooFar`] past block 2³² - 1. The directory is unchanged then.
    pub fn push(&mut self, record: &DirectoryRecord<'_>, entries: &[u8]) -> Result<(), EncodeError> {
        let (here, beyond) = divide(record, entries)?;
        self.system_use.clear();
        self.system_use.extend_from_slice(record.system_use);
        self.system_use.extend_from_slice(here);
        if !beyond.is_empty() {
            let area = self.continue_in_area(beyond)?;
            area.encode(&mut self.system_use);
        }
        let record = DirectoryRecord { system_use: &self.system_use, ..*record };
        let used = self.records.len() % SECTOR_SIZE;
        if used + record.encoded_len() > SECTOR_SIZE {
            pad(&mut self.records);
        }
        record.encode(&mut self.records)
    }

    /// The directory and its continuation area, both padded with zeros to whole sectors; the area is
    /// empty when all entries had room in their records.
    pub fn finish(&mut self) -> (&[u8], &[u8]) {
        pad(&mut self.records);
        pad(&mut self.continuation);
        (&self.records, &self.continuation)
    }

    /// Appends `entries` to the continuation area. Tells where they begin.
    fn continue_in_area(&mut self, entries: &[u8]) -> Result<ContinuationArea, EncodeError> {
        let before = self.continuation.len();
        let free = before.next_multiple_of(SECTOR_SIZE) - before;
        if entries.len() > free {
            pad(&mut self.continuation);
        }
        let appended = self.append_pieces(entries);
        if appended.is_err() {
            self.continuation.truncate(before);
        }
        appended
    }

    fn append_pieces(&mut self, entries: &[u8]) -> Result<ContinuationArea, EncodeError> {
        let mut piece = Piece::of(entries);
        let first = self.area_at(self.continuation.len(), piece)?;
        let mut left = entries;
        loop {
            let (part, more) = left.split_at(piece.entries);
            self.continuation.extend_from_slice(part);
            if more.is_empty() {
                return Ok(first);
            }
            let next = (self.continuation.len() + ContinuationArea::LEN).next_multiple_of(SECTOR_SIZE);
            piece = Piece::of(more);
            self.area_at(next, piece)?.encode(&mut self.continuation);
            pad(&mut self.continuation);
            left = more;
        }
    }

    fn area_at(&self, offset: usize, piece: Piece) -> Result<ContinuationArea, EncodeError> {
        let location = u32::try_from(offset / SECTOR_SIZE)
            .ok()
            .and_then(|blocks| self.continuation_start.checked_add(blocks))
            .ok_or(EncodeError::ContinuationTooFar)?;
        let (offset, length) = ((offset % SECTOR_SIZE) as u32, piece.area as u32);
        Ok(ContinuationArea { location, offset, length })
    }
}

/// What takes the records of a directory one by one, in their order.
pub trait RecordSink {
    /// Takes a record and the System Use entries behind its own System Use field.
    ///
    /// # Errors
    /// As [`DirectoryWriter::push`].
    fn push(&mut self, record: &DirectoryRecord<'_>, entries: &[u8]) -> Result<(), EncodeError>;
}

impl RecordSink for DirectoryWriter {
    fn push(&mut self, record: &DirectoryRecord<'_>, entries: &[u8]) -> Result<(), EncodeError> {
        DirectoryWriter::push(self, record, entries)
    }
}

/// The entries that stand in a record, and those that go on in the continuation area.
fn divide<'e>(record: &DirectoryRecord<'_>, entries: &'e [u8]) -> Result<(&'e [u8], &'e [u8]), EncodeError> {
    check_entries(entries)?;
    let fixed = record.len_without_system_use() + record.system_use.len();
    let room = MAX_RECORD_LEN.checked_sub(fixed).ok_or(EncodeError::RecordTooLong { length: fixed })?;
    if entries.len() <= room {
        return Ok((entries, &[]));
    }
    let too_long = EncodeError::RecordTooLong { length: fixed + ContinuationArea::LEN };
    let inline = room.checked_sub(ContinuationArea::LEN).ok_or(too_long)?;
    Ok(entries.split_at(whole_entries(entries, inline)))
}

/// What of some entries stands in one block.
#[derive(Clone, Copy)]
struct Piece {
    /// Bytes of whole entries.
    entries: usize,
    /// The same with the `CE` entry behind them, if more follow.
    area: usize,
}

impl Piece {
    fn of(entries: &[u8]) -> Piece {
        if entries.len() <= SECTOR_SIZE {
            return Piece { entries: entries.len(), area: entries.len() };
        }
        let length = whole_entries(entries, SECTOR_SIZE - ContinuationArea::LEN);
        Piece { entries: length, area: length + ContinuationArea::LEN }
    }
}

/// Bytes of the whole entries at the start of `entries` that `room` holds.
fn whole_entries(entries: &[u8], room: usize) -> usize {
    let mut length = 0;
    while let Ok((_, entry)) = Entry::parse(&entries[length..]) {
        if length + entry.encoded_len() > room {
            break;
        }
        length += entry.encoded_len();
    }
    length
}

fn check_entries(entries: &[u8]) -> Result<(), EncodeError> {
    match whole_entries(entries, entries.len()) {
        offset if offset < entries.len() => Err(EncodeError::MalformedEntry { offset }),
        _ => Ok(()),
    }
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(SECTOR_SIZE), 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rock_ridge::{nm, sl};
    use crate::susp::{Entries, entries};
    use proptest::prelude::*;

    const START: LogicalBlock = LogicalBlock::new(1000);

    fn record(identifier: &[u8]) -> DirectoryRecord<'_> {
        DirectoryRecord { identifier, ..DirectoryRecord::default() }
    }

    /// All entries of a record, read back through its continuation areas.
    fn read_back(system_use: &[u8], continuation: &[u8]) -> Vec<u8> {
        let mut found = Vec::new();
        let mut area = system_use;
        for _ in 0..100 {
            let mut next = None;
            let mut all: Entries<'_> = entries(area);
            for entry in all.by_ref() {
                if entry.signature == ContinuationArea::SIGNATURE {
                    assert!(next.is_none());
                    next = Some(ContinuationArea::parse(entry.payload).unwrap().1);
                } else {
                    entry.encode(&mut found).unwrap();
                }
            }
            assert!(all.rest().len() < 2, "only a pad byte may be left");
            let Some(ContinuationArea { location, offset, length }) = next else { return found };
            assert!(offset + length <= 2048, "an area crosses a block");
            let start = (location.get() - START.get()) as usize * 2048 + offset as usize;
            area = &continuation[start..start + length as usize];
        }
        panic!("endless chain");
    }

    fn records(bytes: &[u8]) -> Vec<DirectoryRecord<'_>> {
        let mut found = Vec::new();
        for mut sector in bytes.chunks(2048) {
            while let Ok((rest, record)) = DirectoryRecord::parse(sector) {
                found.push(record);
                sector = rest;
            }
            assert!(sector.iter().all(|&byte| byte == 0));
        }
        found
    }

    #[test]
    fn records_never_cross_a_sector() {
        let mut writer = DirectoryWriter::new();
        writer.begin(START);
        let identifier = [b'A'; 67];
        for _ in 0..21 {
            writer.push(&record(&identifier), &[]).unwrap();
        }
        let (bytes, continuation) = writer.finish();
        assert_eq!((bytes.len(), continuation.len()), (4096, 0));
        assert_eq!((bytes[1900], bytes[2000], bytes[2048]), (100, 0, 100));
        assert_eq!(records(bytes).len(), 21);
    }

    #[test]
    fn entries_that_just_have_room_stay() {
        let mut writer = DirectoryWriter::new();
        writer.begin(START);
        let mut name = Vec::new();
        nm::encode(&[b'n'; 254 - 46 - 5], &mut name);
        writer.push(&record(b"ABCDEFGH.;1"), &name).unwrap();
        assert!(writer.finish().1.is_empty());
        writer.begin(START);
        name.clear();
        nm::encode(&[b'n'; 254 - 44 - 5 + 1], &mut name);
        writer.push(&record(b"ABCDEFGH.;1"), &name).unwrap();
        let (bytes, continuation) = writer.finish();
        let ce = [b'C', b'E', 28, 1, 0xE8, 3, 0, 0, 0, 0, 3, 0xE8, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(bytes[44..64], ce);
        assert_eq!(continuation[..name.len()], name);
    }

    #[test]
    fn areas_share_blocks_but_do_not_cross_them() {
        let mut writer = DirectoryWriter::new();
        writer.begin(START);
        let mut name = Vec::new();
        nm::encode(&[b'n'; 230], &mut name);
        for _ in 0..9 {
            writer.push(&record(b"A.;1"), &name).unwrap();
        }
        let (bytes, continuation) = writer.finish();
        assert_eq!(continuation.len(), 4096);
        for record in records(bytes) {
            assert_eq!(read_back(record.system_use, continuation), name);
        }
    }

    #[test]
    fn what_cannot_be_recorded_leaves_the_directory_as_it_was() {
        let mut writer = DirectoryWriter::new();
        writer.begin(LogicalBlock::new(u32::MAX));
        assert_eq!(
            writer.push(&record(b"A.;1"), b"RE\x04\x01RE"),
            Err(EncodeError::MalformedEntry { offset: 4 })
        );
        assert_eq!(writer.push(&record(&[b'A'; 230]), &[]), Err(EncodeError::RecordTooLong { length: 264 }));
        let mut name = Vec::new();
        nm::encode(&[b'n'; 250], &mut name);
        assert_eq!(
            writer.push(&record(&[b'A'; 207]), &name),
            Err(EncodeError::RecordTooLong { length: 268 })
        );
        let mut target = Vec::new();
        sl::encode(&[b't'; 4000], &mut target);
        assert_eq!(writer.push(&record(b"A.;1"), &target), Err(EncodeError::ContinuationTooFar));
        let (bytes, continuation) = writer.finish();
        assert_eq!((bytes.len(), continuation.len()), (0, 0));
    }

    proptest! {
        #[test]
        fn everything_is_found_again(
            files in proptest::collection::vec(
                (1usize..200, proptest::collection::vec(0usize..=251, 0..24), proptest::collection::vec(any::<u8>(), 0..16)),
                0..20,
            ),
        ) {
            let files: Vec<_> = files.into_iter().map(|(length, payloads, fixed)| {
                let identifier = vec![b'A'; length.min(254 - 34 - 16 - 28)];
                let mut all = Vec::new();
                for length in payloads {
                    let payload = vec![0xAA; length];
                    Entry { signature: crate::susp::Signature(*b"XX"), version: 1, payload: &payload }
                        .encode(&mut all)
                        .unwrap();
                }
                (identifier, all, fixed)
            }).collect();
            let run = |start: LogicalBlock| {
                let mut writer = DirectoryWriter::new();
                writer.begin(start);
                for (identifier, entries, fixed) in &files {
                    writer.push(&DirectoryRecord { system_use: fixed, ..record(identifier) }, entries).unwrap();
                }
                let (bytes, continuation) = writer.finish();
                (bytes.to_vec(), continuation.to_vec())
            };
            let (counted, (bytes, continuation)) = (run(LogicalBlock::default()), run(START));
            prop_assert_eq!((counted.0.len(), counted.1.len()), (bytes.len(), continuation.len()));
            let read = records(&bytes);
            prop_assert_eq!(read.len(), files.len());
            for (record, (identifier, entries, fixed)) in read.iter().zip(&files) {
                prop_assert_eq!(record.identifier, identifier);
                let own = record.system_use.strip_prefix(&fixed[..]).unwrap();
                prop_assert_eq!(&read_back(own, &continuation), entries);
            }
        }
    }
}
