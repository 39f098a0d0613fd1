use std::io::{self, Read, Seek, SeekFrom};

use super::{SparseFile, SparsePointer, SparseTable, SparseTarget};

/// Why a sparse file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SparseError {
    /// A depth of tables that is not among 1 to 7.
    #[error("a sparse file has tables of depth {0}, not of 1 to 7 (RRIP 4.1.7)")]
    Depth(u8),
    /// The file is longer than its tables can tell, or than any image.
    #[error(
        "a sparse file of {size} bytes is too long for tables of depth {depth}, or for any image (RRIP 4.1.7)"
    )]
    TooLong {
        /// Bytes of the file with its holes.
        size: u64,
        /// Depth of its tables.
        depth: u8,
    },
    /// A table or data pass the end of the extent.
    #[error("a sparse file's parts pass the end of its extent, at byte {0} there (RRIP 4.1.7.1)")]
    BeyondEnd(u64),
    /// A table of depth 1 leads to another table.
    #[error(
        "a sparse file's table of depth 1 leads to another table, in block {0} of its extent (RRIP 4.1.7.1)"
    )]
    TooDeep(u32),
    /// Tables or data are used again and again: together they are longer than the extent that holds them.
    #[error("a sparse file's tables name more than its extent holds (RRIP 4.1.7.1)")]
    TwiceUsed,
}

impl From<SparseError> for io::Error {
    fn from(error: SparseError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

/// The longest file that is read, in bytes: as long as the largest image.
const MOST: u64 = (u32::MAX as u64) << 11;

/// Where the first table is, in units of 2048 bytes from the start of the extent.
const FIRST_TABLE: u32 = 1;

/// Recorded bytes of the file. What is in none is a hole.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// First byte in the file.
    start: u64,
    /// First byte in the extent.
    stored: u64,
    len: u64,
}

impl Stretch {
    const fn end(&self) -> u64 {
        self.start + self.len
    }
}

/// Reads a sparse file with its holes, which are zeros. `R` reads what is recorded.
///
/// Time and memory that the tables take are bounded by what is recorded. Seeking is cheap.
#[derive(Debug)]
pub struct SparseReader<R> {
    stored: R,
    len: u64,
    /// In the order of the file.
    stretches: Vec<Stretch>,
    position: u64,
}

impl<R: Read + Seek> SparseReader<R> {
    /// Reads the tables of the file.
    ///
    /// # Errors
    /// A [`SparseError`] inside an [`io::Error`] of kind `InvalidData`, or what `stored` says.
    pub fn new(mut stored: R, entry: &SparseFile) -> io::Result<SparseReader<R>> {
        let (depth, size) = (entry.depth(), entry.virtual_size);
        if !(1..=SparseFile::MOST_DEPTH).contains(&depth) {
            return Err(SparseError::Depth(depth).into());
        }
        let told = 1u64.checked_shl(8 * (u32::from(depth) + 1)).unwrap_or(u64::MAX);
        if size > told.min(MOST) {
            return Err(SparseError::TooLong { size, depth }.into());
        }
        let stored_len = stored.seek(SeekFrom::End(0))?;
        let mut walk = Walk {
            stored: &mut stored,
            stored_len,
            size,
            tables_left: stored_len / SparseTable::ENCODED_LEN as u64,
            data_left: stored_len,
            stretches: Vec::new(),
        };
        if size > 0 {
            walk.table(FIRST_TABLE, depth, 0)?;
        }
        let stretches = walk.stretches;
        Ok(SparseReader { stored, len: size, stretches, position: 0 })
    }

    /// The stretches of the file that are recorded, by first byte and length, in ascending order.
    pub fn recorded(&self) -> impl ExactSizeIterator<Item = (u64, u64)> {
        self.stretches.iter().map(|stretch| (stretch.start, stretch.len))
    }
}

/// A walk through the tables.
struct Walk<'r, R> {
    stored: &'r mut R,
    stored_len: u64,
    size: u64,
    /// No table and no data are there twice, so there are no more than find room.
    tables_left: u64,
    data_left: u64,
    stretches: Vec<Stretch>,
}

impl<R: Read + Seek> Walk<'_, R> {
    /// Takes the stretches that a table tells of, and those below it. `start` is the first byte of the file that it is
    /// about; one of those there are.
    fn table(&mut self, block: u32, depth: u8, start: u64) -> io::Result<()> {
        const LEN: u64 = SparseTable::ENCODED_LEN as u64;
        let at = u64::from(block) * LEN;
        if at + LEN > self.stored_len {
            return Err(SparseError::BeyondEnd(at).into());
        }
        self.tables_left = self.tables_left.checked_sub(1).ok_or(SparseError::TwiceUsed)?;
        let mut bytes = [0; SparseTable::ENCODED_LEN];
        self.stored.seek(SeekFrom::Start(at))?;
        self.stored.read_exact(&mut bytes)?;
        let Ok((_, table)) = SparseTable::parse(&bytes) else {
            return Err(SparseError::BeyondEnd(at).into());
        };
        let span = 1 << (8 * u32::from(depth));
        for (pointer, number) in table.pointers.iter().zip(0..) {
            let start = start + span * number;
            if start >= self.size {
                break;
            }
            match pointer.target() {
                SparseTarget::Hole => {}
                SparseTarget::Table(block) if depth == 1 => return Err(SparseError::TooDeep(block).into()),
                SparseTarget::Table(block) => self.table(block, depth - 1, start)?,
                SparseTarget::Data(unit) => self.data(unit, start, span.min(self.size - start))?,
            }
        }
        Ok(())
    }

    fn data(&mut self, unit: u32, start: u64, len: u64) -> io::Result<()> {
        let stored = u64::from(unit) * SparsePointer::DATA_UNIT;
        if len > self.stored_len.saturating_sub(stored) {
            return Err(SparseError::BeyondEnd(stored).into());
        }
        self.data_left = self.data_left.checked_sub(len).ok_or(SparseError::TwiceUsed)?;
        match self.stretches.last_mut() {
            Some(last) if last.end() == start && last.stored + last.len == stored => last.len += len,
            _ => self.stretches.push(Stretch { start, stored, len }),
        }
        Ok(())
    }
}

impl<R: Read + Seek> Read for SparseReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.len {
            return Ok(0);
        }
        let next = self.stretches.partition_point(|stretch| stretch.end() <= self.position);
        let (stored, end) = match self.stretches.get(next) {
            None => (None, self.len),
            Some(stretch) => match self.position.checked_sub(stretch.start) {
                None => (None, stretch.start),
                Some(offset) => (Some(stretch.stored + offset), stretch.end()),
            },
        };
        let most = into.len().min(usize::try_from(end - self.position).unwrap_or(usize::MAX));
        let into = &mut into[..most];
        let count = match stored {
            None => {
                into.fill(0);
                most
            }
            Some(at) => {
                self.stored.seek(SeekFrom::Start(at))?;
                match self.stored.read(into)? {
                    0 if most > 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    count => count,
                }
            }
        };
        self.position += count as u64;
        Ok(count)
    }
}

impl<R> Seek for SparseReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let sought = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(distance) => self.len.checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        self.position = sought.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const HOLE: SparseTarget = SparseTarget::Hole;

    /// An extent of these blocks of 2048 bytes, behind the first.
    fn extent(tables: &[&[SparseTarget]], data: &[u8]) -> Vec<u8> {
        let mut extent = vec![0; 2048];
        for targets in tables {
            let mut pointers = [SparsePointer::to(HOLE).unwrap(); SparseTable::POINTERS];
            for (pointer, target) in pointers.iter_mut().zip(*targets) {
                *pointer = SparsePointer::to(*target).unwrap();
            }
            SparseTable { pointers }.encode(&mut extent);
        }
        extent.extend(data);
        extent
    }

    fn open(extent: &[u8], virtual_size: u64, depth: u8) -> io::Result<SparseReader<Cursor<&[u8]>>> {
        SparseReader::new(Cursor::new(extent), &SparseFile { virtual_size, table_depth: Some(depth) })
    }

    fn refused(extent: &[u8], virtual_size: u64, depth: u8) -> SparseError {
        *open(extent, virtual_size, depth).unwrap_err().get_ref().unwrap().downcast_ref().unwrap()
    }

    fn data(len: usize) -> Vec<u8> {
        (0..len).map(|at| (at % 251 + 1) as u8).collect()
    }

    #[test]
    fn holes_and_data_of_every_depth() {
        // The second 256 bytes, and the fourth, which the end of the file cuts.
        let [first, second] = [SparseTarget::Data(16), SparseTarget::Data(17)];
        let one = extent(&[&[HOLE, first, HOLE, second]], &data(300));
        let mut content = vec![0; 812];
        content[256..512].copy_from_slice(&data(256));
        content[768..].copy_from_slice(&data(300)[256..]);
        let mut found = Vec::new();
        let mut reader = open(&one, 812, 1).unwrap();
        reader.read_to_end(&mut found).unwrap();
        assert_eq!(found, content);
        assert_eq!(reader.recorded().collect::<Vec<_>>(), [(256, 256), (768, 44)]);
        reader.seek(SeekFrom::Start(500)).unwrap();
        let mut piece = [0; 300];
        reader.read_exact(&mut piece).unwrap();
        assert_eq!(piece, content[500..800]);

        // Data of a whole pointer of depth 2 or 3, a table below, and nothing beyond.
        for depth in 2..=7u8 {
            let span = 1u64 << (8 * u32::from(depth));
            let mut tables: Vec<Vec<SparseTarget>> = vec![vec![HOLE, SparseTarget::Table(2)]];
            tables.extend((3..=u32::from(depth)).map(|block| vec![SparseTarget::Table(block)]));
            tables.push(vec![HOLE, SparseTarget::Data(8 * (u32::from(depth) + 1))]);
            let tables: Vec<&[SparseTarget]> = tables.iter().map(Vec::as_slice).collect();
            let image = extent(&tables, &data(256));
            let len = (2 * span).min(MOST);
            if span + 512 > len {
                assert_eq!(
                    refused(&image, span + 512, depth),
                    SparseError::TooLong { size: span + 512, depth }
                );
                continue;
            }
            let mut reader = open(&image, len, depth).unwrap();
            assert_eq!(reader.recorded().collect::<Vec<_>>(), [(span + 256, 256)]);
            reader.seek(SeekFrom::Start(span + 255)).unwrap();
            let mut piece = [9; 258];
            reader.read_exact(&mut piece).unwrap();
            assert_eq!((piece[0], &piece[1..257], piece[257]), (0, &data(256)[..], 0));
            assert_eq!(reader.seek(SeekFrom::End(0)).unwrap(), len);
            assert_eq!(reader.read(&mut piece).unwrap(), 0);
        }

        let long = data(70_000);
        let image = extent(&[&[SparseTarget::Data(16), HOLE]], &long);
        let mut found = Vec::new();
        open(&image, 66_000, 2).unwrap().read_to_end(&mut found).unwrap();
        assert!(found[..65_536] == long[..65_536] && found[65_536..].iter().all(|&byte| byte == 0));
    }

    #[test]
    fn neighbours_are_one_stretch() {
        let pointers: Vec<SparseTarget> = (0..200).map(|unit| SparseTarget::Data(16 + unit)).collect();
        let image = extent(&[&pointers], &data(200 * 256));
        let reader = open(&image, 200 * 256, 1).unwrap();
        assert_eq!(reader.recorded().collect::<Vec<_>>(), [(0, 200 * 256)]);
    }

    #[test]
    fn the_older_entry_has_three_levels() {
        let to = SparseTarget::Table;
        let image = extent(&[&[to(2)], &[to(3)], &[SparseTarget::Data(32)]], &data(256));
        let entry = SparseFile { virtual_size: u64::from(u32::MAX), table_depth: None };
        let reader = SparseReader::new(Cursor::new(&image), &entry).unwrap();
        assert_eq!(reader.recorded().collect::<Vec<_>>(), [(0, 256)]);
    }

    #[test]
    fn hostile_tables_are_refused() {
        let some = extent(&[&[SparseTarget::Data(16)]], &data(256));
        assert_eq!(refused(&some, 1, 0), SparseError::Depth(0));
        assert_eq!(refused(&some, 1, 8), SparseError::Depth(8));
        assert_eq!(refused(&some, 65_537, 1), SparseError::TooLong { size: 65_537, depth: 1 });
        assert_eq!(refused(&some, u64::MAX, 7), SparseError::TooLong { size: u64::MAX, depth: 7 });
        assert_eq!(refused(&some[..4095], 1, 1), SparseError::BeyondEnd(2048));
        assert_eq!(refused(&[], 1, 1), SparseError::BeyondEnd(2048));
        assert!(open(&[], 0, 1).is_ok());
        assert_eq!(refused(&some[..4351], 256, 1), SparseError::BeyondEnd(4096));
        let far = extent(&[&[SparseTarget::Data(SparsePointer::MOST)]], &[]);
        assert_eq!(refused(&far, 256, 1), SparseError::BeyondEnd(u64::from(SparsePointer::MOST) * 256));
        let far = extent(&[&[SparseTarget::Table(SparsePointer::MOST)]], &[]);
        assert_eq!(refused(&far, 256, 2), SparseError::BeyondEnd(u64::from(SparsePointer::MOST) * 2048));
        assert_eq!(refused(&far, 256, 1), SparseError::TooDeep(SparsePointer::MOST));
        // A table that leads to itself, 256 times at each of 7 levels, and data that are used over and over.
        let itself = extent(&[&[SparseTarget::Table(1); 256]], &[]);
        for depth in 2..=7 {
            let error = refused(&itself, 1 << 16, depth);
            assert!(matches!(error, SparseError::TwiceUsed | SparseError::TooDeep(1)), "{error}");
        }
        let again = extent(&[&[SparseTarget::Data(0); 256]], &[]);
        assert_eq!(refused(&again, 65_536, 1), SparseError::TwiceUsed);
    }
}
