use super::{SparseFile, SparsePointer, SparseTable, SparseTarget};

/// Blocks of tables count from here on, from the start of the extent.
const FIRST_TABLE: u32 = 1;

/// Bytes of the units that pointers of the lowest tables stand for.
const UNIT: u64 = SparsePointer::DATA_UNIT;

/// Such units of a table.
const UNITS_OF_TABLE: u64 = SparseTable::ENCODED_LEN as u64 / UNIT;

/// The longest file that is stored so, in bytes: as long as the largest image.
const MOST: u64 = (u32::MAX as u64) << 11;

/// How a file is stored without its holes (RRIP 4.1.7.1): a block that is not used, tables, and the data one behind
/// another. Where everything lies is known from where the holes are.
///
/// The first block and the order of the tables are those that [`SparseReader`](super::SparseReader) expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SparseLayout {
    size: u64,
    depth: u8,
    tables: u32,
    /// In units.
    stretches: Vec<Stretch>,
}

/// Data without a gap, in units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    /// First in the file.
    start: u64,
    len: u64,
    /// Those of all stretches before.
    before: u64,
}

impl SparseLayout {
    /// For a file of `size` bytes with data in these stretches, first byte and length, in ascending order. All else is
    /// zero. `None` where tables cannot tell of so much: over 4 GiB of data, or 8 TiB of the file; or of nothing.
    pub fn new(size: u64, data: impl IntoIterator<Item = (u64, u64)>) -> Option<SparseLayout> {
        let depth = (1..=SparseFile::MOST_DEPTH).find(|&depth| size <= covered(depth))?;
        let mut stretches: Vec<Stretch> = Vec::new();
        for (start, len) in data.into_iter().filter(|(_, len)| *len > 0) {
            let end = start.checked_add(len).filter(|&end| end <= size)?.div_ceil(UNIT);
            let start = start / UNIT;
            match stretches.last_mut() {
                Some(last) if start <= last.start + last.len => last.len = last.len.max(end - last.start),
                last => {
                    let before = last.map_or(0, |last| last.before + last.len);
                    stretches.push(Stretch { start, len: end - start, before });
                }
            }
        }
        let mut layout = SparseLayout { size, depth, tables: 0, stretches };
        let is_possible = size > 0 && size <= MOST && layout.units() <= SparsePointer::MOST.into();
        if !is_possible {
            return None;
        }
        let mut tables = 0;
        layout
            .visit_tables(&mut |_, _| -> Result<(), ()> {
                tables += 1;
                Ok(())
            })
            .ok()?;
        layout.tables = tables;
        let last = layout.first_data() + layout.units();
        (last <= SparsePointer::MOST.into()).then_some(layout)
    }

    /// The entry that says that the file is stored so.
    #[must_use]
    pub const fn entry(&self) -> SparseFile {
        SparseFile { virtual_size: self.size, table_depth: Some(self.depth) }
    }

    /// Bytes that are stored.
    #[must_use]
    pub fn stored_len(&self) -> u64 {
        let end = self.stretches.last().map_or(0, |last| (last.start + last.len) * UNIT);
        (self.first_data() + self.units()) * UNIT - end.saturating_sub(self.size)
    }

    /// Bytes of the first block and all tables. The data follow.
    #[must_use]
    pub fn tables_len(&self) -> u64 {
        self.first_data() * UNIT
    }

    /// The data as they are stored one behind another: first byte in the file, and length.
    #[must_use]
    pub fn data(&self) -> impl ExactSizeIterator<Item = (u64, u64)> {
        self.stretches.iter().map(|stretch| {
            let start = stretch.start * UNIT;
            (start, (stretch.len * UNIT).min(self.size - start))
        })
    }

    /// Gives each table with its block, from the start of the extent. They come in any order.
    ///
    /// # Errors
    /// Those of `visit`.
    pub fn visit_tables<E>(
        &self,
        visit: &mut impl FnMut(u32, &SparseTable) -> Result<(), E>,
    ) -> Result<(), E> {
        self.table(self.depth, 0, &mut FIRST_TABLE.clone(), visit).map(|_| ())
    }

    /// Units of all data.
    fn units(&self) -> u64 {
        self.stretches.last().map_or(0, |last| last.before + last.len)
    }

    /// The unit in which data begin.
    fn first_data(&self) -> u64 {
        (u64::from(FIRST_TABLE) + u64::from(self.tables)) * UNITS_OF_TABLE
    }

    /// The table of what begins with the unit `start`, which takes the block `next`, and those below it, which take
    /// the following ones. Says where it is.
    fn table<E>(
        &self,
        depth: u8,
        start: u64,
        next: &mut u32,
        visit: &mut impl FnMut(u32, &SparseTable) -> Result<(), E>,
    ) -> Result<u32, E> {
        let block = *next;
        *next += 1;
        let span = 1 << (8 * (u32::from(depth) - 1));
        let end = self.size.div_ceil(UNIT);
        let mut pointers = [HOLE; SparseTable::POINTERS];
        for (pointer, first) in pointers.iter_mut().zip((start..end).step_by(span as usize)) {
            let behind = (first + span).min(end);
            let at = self.stretches.partition_point(|one| one.start + one.len <= first);
            let Some(one) = self.stretches.get(at).filter(|one| one.start < behind) else { continue };
            let target = match one.start <= first && behind <= one.start + one.len {
                // Bounded by `new`.
                true => SparseTarget::Data((self.first_data() + one.before + first - one.start) as u32),
                false => SparseTarget::Table(self.table(depth - 1, first, next, visit)?),
            };
            *pointer = SparsePointer::to(target).unwrap_or(HOLE);
        }
        visit(block, &SparseTable { pointers })?;
        Ok(block)
    }
}

/// A pointer to nothing.
const HOLE: SparsePointer = match SparsePointer::to(SparseTarget::Hole) {
    Some(pointer) => pointer,
    None => panic!("a hole has no distance"),
};

/// Bytes that tables of a depth tell of.
const fn covered(depth: u8) -> u64 {
    match 1u64.checked_shl(8 * (depth as u32 + 1)) {
        Some(len) => len,
        None => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::super::SparseReader;
    use super::*;
    use proptest::prelude::*;

    /// What is stored of a file.
    fn stored(file: &[u8], data: &[(u64, u64)]) -> Option<(SparseFile, Vec<u8>)> {
        let layout = SparseLayout::new(file.len() as u64, data.iter().copied())?;
        let mut stored = vec![0; layout.tables_len() as usize];
        layout
            .visit_tables(&mut |block, table| -> Result<(), ()> {
                let mut bytes = Vec::new();
                table.encode(&mut bytes);
                stored[block as usize * 2048..][..2048].copy_from_slice(&bytes);
                Ok(())
            })
            .unwrap();
        for (start, len) in layout.data() {
            stored.extend(&file[start as usize..][..len as usize]);
        }
        assert_eq!(layout.stored_len(), stored.len() as u64);
        Some((layout.entry(), stored))
    }

    fn read(entry: &SparseFile, stored: &[u8]) -> (Vec<u8>, Vec<(u64, u64)>) {
        let mut reader = SparseReader::new(Cursor::new(stored), entry).unwrap();
        let mut found = Vec::new();
        reader.read_to_end(&mut found).unwrap();
        (found, reader.recorded().collect())
    }

    /// RRIP 4.1.7 and 4.1.7.1: a file of 66,048 bytes, of which bytes 0 to 255 and 65,536 to 66,047 are data.
    #[test]
    fn by_the_clause() {
        let mut file = vec![0; 66_048];
        file[..256].fill(1);
        file[65_536..].fill(2);
        let (entry, found) = stored(&file, &[(0, 256), (65_536, 512)]).unwrap();
        let mut recorded = Vec::new();
        entry.encode(&mut recorded);
        // high and low 32 bits of the size, both byte orders; depth 2
        let size = b"\0\0\0\0\0\0\0\0\x00\x02\x01\0\0\x01\x02\0";
        assert_eq!(recorded, [&b"SF\x15\x01"[..], size, &[2]].concat());
        let hole = *b"\0\0\0\x80\x80\0\0\0";
        let mut expected = vec![0; 2048];
        // A table of 256 pointers to 64 KiB each: the first to the table in block 2, the second to data of 512 bytes.
        expected.extend(b"\x02\0\0\x40\x40\0\0\x02");
        expected.extend(b"\x19\0\0\0\0\0\0\x19");
        expected.extend(hole.repeat(254));
        // A table of 256 pointers to 256 bytes each, of which the first is data, in unit 24 of 256 bytes.
        expected.extend(b"\x18\0\0\0\0\0\0\x18");
        expected.extend(hole.repeat(255));
        expected.extend([1; 256]);
        expected.extend([2; 512]);
        assert_eq!(found, expected);
    }

    #[test]
    fn what_tables_cannot_tell_of() {
        assert!(SparseLayout::new(0, []).is_none());
        assert!(SparseLayout::new(MOST, []).is_some());
        assert!(SparseLayout::new(MOST + 1, []).is_none());
        assert!(SparseLayout::new(100, [(50, 51)]).is_none());
        let most = (u64::from(SparsePointer::MOST) + 1) * UNIT;
        assert!(SparseLayout::new(MOST, [(0, most - (1 << 20))]).is_some());
        assert!(SparseLayout::new(MOST, [(0, most)]).is_none());
        // Stretches that are long take few tables, wherever they begin.
        let layout = SparseLayout::new(1 << 40, [(4096, 3 << 30), (1 << 39, 4096)]).unwrap();
        assert!(layout.tables_len() < 2048 * 12, "{}", layout.tables_len());
    }

    proptest! {
        #[test]
        fn round_trip(size in 1usize..200_000, cuts in prop::collection::btree_set(0u64..200_000, 0..12)) {
            let size = size as u64;
            let cuts: Vec<u64> = cuts.into_iter().filter(|&cut| cut < size).collect();
            let data: Vec<(u64, u64)> = cuts.chunks_exact(2).map(|pair| (pair[0], pair[1] - pair[0])).collect();
            let mut file = vec![0; size as usize];
            for &(start, len) in &data {
                file[start as usize..][..len as usize].fill(7);
            }
            let (entry, stored) = stored(&file, &data).unwrap();
            let (found, recorded) = read(&entry, &stored);
            prop_assert!(found == file);
            // No more than whole units are recorded.
            for (start, len) in recorded {
                prop_assert!((start..start + len).step_by(1).any(|at| file[at as usize] != 0));
            }
        }
    }
}
