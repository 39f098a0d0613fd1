use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use sector_io::{ReadSectors, SECTOR_SIZE, Sector};
use udf::read::{Content, Stretch};

use super::file_reader::{Narrow, sought};

/// The bytes of a file of UDF: they may lie at any position, or nowhere, and blocks may be smaller than
/// sectors.
pub(crate) struct UdfReader {
    source: Arc<dyn ReadSectors>,
    embedded: Vec<u8>,
    stretches: Vec<Stretch>,
    /// As the file's entry says.
    len: u64,
    position: u64,
    /// Stretch that `position` lies in, and where in the file it starts.
    stretch: usize,
    stretch_start: u64,
    buffer: Vec<u8>,
    /// Position in the source of the first byte in `buffer`.
    buffered_from: u64,
    is_narrow: Narrow,
}

/// Bytes read from below at a time when little is asked for.
const BUFFER: u64 = 64 << 10;
const SECTOR: u64 = SECTOR_SIZE as u64;

impl UdfReader {
    pub(super) fn new(
        source: Arc<dyn ReadSectors>,
        content: Content,
        len: u64,
        is_narrow: Narrow,
    ) -> UdfReader {
        let (embedded, stretches) = match content {
            Content::Embedded(bytes) => (bytes, Vec::new()),
            Content::Extents(stretches) => (Vec::new(), stretches),
        };
        UdfReader {
            source,
            embedded,
            stretches,
            len,
            position: 0,
            stretch: 0,
            stretch_start: 0,
            buffer: Vec::new(),
            buffered_from: 0,
            is_narrow,
        }
    }

    /// Sector of the first byte that is recorded in an extent.
    pub(super) fn first(&self) -> Sector {
        let position = self.stretches.iter().find_map(|stretch| stretch.position);
        Sector::new(position.and_then(|at| u32::try_from(at / SECTOR).ok()).unwrap_or_default())
    }

    /// The stretch of the present position, the offset in it, and the bytes left in it.
    fn find_stretch(&mut self) -> Option<(Stretch, u64, u64)> {
        if self.position < self.stretch_start {
            (self.stretch, self.stretch_start) = (0, 0);
        }
        loop {
            let stretch = *self.stretches.get(self.stretch)?;
            let offset = self.position - self.stretch_start;
            match stretch.len.checked_sub(offset) {
                None | Some(0) => {
                    self.stretch_start += stretch.len;
                    self.stretch += 1;
                }
                Some(left) => return Some((stretch, offset, left)),
            }
        }
    }

    /// Reads up to `into.len()` bytes from `at` in the source, of which `left` are the file's.
    fn read_source(&mut self, at: u64, left: u64, into: &mut [u8]) -> io::Result<usize> {
        let wanted = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let whole = wanted / SECTOR_SIZE * SECTOR_SIZE;
        if whole as u64 >= BUFFER && at.is_multiple_of(SECTOR) {
            self.source.read_sectors(sector_at(at)?, &mut into[..whole]).map_err(io::Error::other)?;
            return Ok(whole);
        }
        let buffered = self.buffered_from..self.buffered_from + self.buffer.len() as u64;
        if !buffered.contains(&at) {
            let from = at - at % SECTOR;
            let ahead = if self.is_narrow.load(Ordering::Relaxed) { wanted as u64 } else { left };
            let bytes = (at - from + ahead).min(BUFFER).next_multiple_of(SECTOR);
            self.buffer.resize(bytes as usize, 0);
            if let Err(error) = self.source.read_sectors(sector_at(from)?, &mut self.buffer) {
                self.buffer.clear();
                return Err(io::Error::other(error));
            }
            self.buffered_from = from;
        }
        let start = (at - self.buffered_from) as usize;
        let count = wanted.min(self.buffer.len() - start);
        into[..count].copy_from_slice(&self.buffer[start..start + count]);
        Ok(count)
    }
}

fn sector_at(position: u64) -> io::Result<Sector> {
    u32::try_from(position / SECTOR)
        .map(Sector::new)
        .map_err(|_| io::Error::other("an extent passes the 32-bit range of sectors"))
}

impl Read for UdfReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() || self.position >= self.len {
            return Ok(0);
        }
        let count = if self.stretches.is_empty() {
            let rest = usize::try_from(self.position).ok().and_then(|at| self.embedded.get(at..));
            let rest = rest.unwrap_or_default();
            let count = rest.len().min(into.len());
            into[..count].copy_from_slice(&rest[..count]);
            count
        } else {
            match self.find_stretch() {
                None => 0,
                Some((Stretch { position: None, .. }, _, left)) => {
                    let count = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    into[..count].fill(0);
                    count
                }
                Some((Stretch { position: Some(position), .. }, offset, left)) => {
                    self.read_source(position.saturating_add(offset), left, into)?
                }
            }
        };
        if count == 0 {
            let message = format!("the file ends at byte {}, its length is {}", self.position, self.len);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for UdfReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = sought(to, self.position, self.len)?;
        Ok(self.position)
    }
}
