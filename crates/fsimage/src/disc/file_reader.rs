use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use iso9660::read::{DecodedReader, Encoding};
use sector_io::{ReadError, ReadSectors, Sector, SectorCount};

use super::raw_sectors::{self, Form};
use super::udf_reader::UdfReader;
use crate::Error;
use crate::tree::Section;

/// Reads a file of an image, uncompressed and with its holes.
pub struct FileReader {
    content: Content,
    first: Sector,
    /// Whether nothing is read ahead of what is asked for.
    #[cfg_attr(
        not(all(feature = "fuse", target_os = "linux")),
        allow(dead_code, reason = "only a mount sets it")
    )]
    is_narrow: Narrow,
}

/// Whether a reader takes nothing ahead of what is asked for, told to those below it.
pub(super) type Narrow = Arc<AtomicBool>;

enum Content {
    Iso9660(DecodedReader<SectionReader>),
    Udf(UdfReader),
}

impl FileReader {
    pub(super) fn new(
        source: Arc<dyn ReadSectors>,
        sections: Vec<Section>,
        encoding: &Encoding,
    ) -> io::Result<FileReader> {
        let first = sections.first().map_or(Sector::ZERO, |section| section.start);
        let form = raw_sectors::form_of(source.as_ref(), &sections);
        let is_narrow = Narrow::default();
        let reader = SectionReader::new(source, sections, form, is_narrow.clone());
        Ok(FileReader { content: Content::Iso9660(DecodedReader::new(reader, encoding)?), first, is_narrow })
    }

    /// A file of UDF, `len` bytes long.
    pub(super) fn udf(source: Arc<dyn ReadSectors>, content: udf::read::Content, len: u64) -> FileReader {
        let is_narrow = Narrow::default();
        let reader = UdfReader::new(source, content, len, is_narrow.clone());
        FileReader { first: reader.first(), content: Content::Udf(reader), is_narrow }
    }

    /// The stretches of a file of `len` bytes that are no holes for certain, by first byte and length, in ascending
    /// order.
    pub(super) fn recorded(&self, len: u64) -> Vec<(u64, u64)> {
        match &self.content {
            Content::Iso9660(DecodedReader::Sparse(reader)) => reader.recorded().collect(),
            _ => vec![(0, len)],
        }
    }

    /// Fills `into` with what stands from `offset` on. Where that fails, and bytes were read ahead of what was asked for, it is
    /// tried without.
    ///
    /// # Errors
    /// Those of [`Read::read`]; the file ends before.
    #[cfg(all(feature = "fuse", target_os = "linux"))]
    pub(crate) fn read_exactly_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let mut read = |reader: &mut FileReader| {
            reader.seek(SeekFrom::Start(offset))?;
            reader.read_exact(into)
        };
        match read(self) {
            Err(_) if !self.is_narrow.swap(true, Ordering::Relaxed) => read(self),
            done => done,
        }
    }

    /// The error behind a failure of [`Read::read`], with its sector.
    #[must_use]
    pub fn error(&self, error: io::Error) -> Error {
        error_at(self.first, error)
    }
}

pub(super) fn error_at(sector: Sector, error: io::Error) -> Error {
    match error.downcast::<ReadError>() {
        Ok(error) => Error::ImportRead(error),
        Err(error) => Error::Corrupt { sector, structure: "file data", detail: error.to_string() },
    }
}

impl Read for FileReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.content {
            Content::Iso9660(reader) => reader.read(into),
            Content::Udf(reader) => reader.read(into),
        }
    }
}

impl Seek for FileReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.content {
            Content::Iso9660(reader) => reader.seek(to),
            Content::Udf(reader) => reader.seek(to),
        }
    }
}

/// The bytes of sections, one behind another.
struct SectionReader {
    source: Arc<dyn ReadSectors>,
    form: Form,
    sections: Vec<Section>,
    len: u64,
    position: u64,
    /// Where in the file each section ends.
    ends: Vec<u64>,
    buffer: Vec<u8>,
    /// Position of the first byte in `buffer`.
    buffered_from: u64,
    is_narrow: Narrow,
}

/// Bytes read from below at a time when little is asked for.
const BUFFER: u64 = 64 << 10;

impl SectionReader {
    fn new(
        source: Arc<dyn ReadSectors>,
        sections: Vec<Section>,
        form: Form,
        is_narrow: Narrow,
    ) -> SectionReader {
        let sections: Vec<Section> =
            sections.iter().map(|&Section { start, len }| Section { start, len: form.len(len) }).collect();
        let end = |start: &mut u64, section: &Section| {
            *start += u64::from(section.len);
            Some(*start)
        };
        let ends: Vec<u64> = sections.iter().scan(0, end).collect();
        let len = ends.last().copied().unwrap_or_default();
        SectionReader {
            source,
            form,
            sections,
            len,
            position: 0,
            ends,
            buffer: Vec::new(),
            buffered_from: 0,
            is_narrow,
        }
    }

    /// The section of the present position, the offset in it, and the bytes left in it.
    fn find_section(&self) -> Option<(Section, u64, u64)> {
        let index = self.ends.partition_point(|&end| end <= self.position);
        let section = *self.sections.get(index)?;
        let left = self.ends.get(index)? - self.position;
        Some((section, u64::from(section.len) - left, left))
    }
}

fn sector_at(section: Section, offset: u64, sector_size: usize) -> io::Result<Sector> {
    u32::try_from(offset / sector_size as u64)
        .ok()
        .and_then(|count| section.start.checked_add(SectorCount::new(count)))
        .ok_or_else(|| io::Error::other("the section passes the 32-bit range of sectors"))
}

impl Read for SectionReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some((section, offset, left)) = self.find_section() else { return Ok(0) };
        let wanted = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let size = self.form.sector_size();
        let whole = wanted / size * size;
        if whole as u64 >= BUFFER && offset.is_multiple_of(size as u64) {
            let start = sector_at(section, offset, size)?;
            self.form.read(self.source.as_ref(), start, &mut into[..whole]).map_err(io::Error::other)?;
            self.position += whole as u64;
            return Ok(whole);
        }
        let buffered = self.buffered_from..self.buffered_from + self.buffer.len() as u64;
        if !buffered.contains(&self.position) {
            let from = offset - offset % size as u64;
            let most = match self.is_narrow.load(Ordering::Relaxed) {
                true => (offset - from + wanted as u64).next_multiple_of(size as u64).min(BUFFER),
                false => BUFFER,
            };
            let bytes = (u64::from(section.len) - from).min(most) as usize;
            let start = sector_at(section, from, size)?;
            self.buffer.resize(bytes.next_multiple_of(size), 0);
            if let Err(error) = self.form.read(self.source.as_ref(), start, &mut self.buffer) {
                self.buffer.clear();
                return Err(io::Error::other(error));
            }
            self.buffer.truncate(bytes);
            self.buffered_from = self.position - (offset - from);
        }
        let at = (self.position - self.buffered_from) as usize;
        let count = wanted.min(self.buffer.len() - at);
        into[..count].copy_from_slice(&self.buffer[at..at + count]);
        self.position += count as u64;
        Ok(count)
    }
}

/// The position that a seek leads to, in a content of `len` bytes.
pub(crate) fn sought(to: SeekFrom, position: u64, len: u64) -> io::Result<u64> {
    let sought = match to {
        SeekFrom::Start(position) => Some(position),
        SeekFrom::End(distance) => len.checked_add_signed(distance),
        SeekFrom::Current(distance) => position.checked_add_signed(distance),
    };
    sought.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

impl Seek for SectionReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = sought(to, self.position, self.len)?;
        Ok(self.position)
    }
}
