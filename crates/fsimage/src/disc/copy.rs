//! A file's content on the host: moved inside the kernel where it can, and without filling holes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use sector_io::FileSectors;

use super::file_reader::FileReader;
use super::{Image, ImageEntry};
use crate::emit::{LARGE, write_all_at};
use crate::{Control, Error, Result};

/// Blocks of zeros that are not written: the host's file has a hole in their place. Small ones where holes are
/// asked for.
const HOLE: usize = 64 << 10;
const SMALL_HOLE: usize = 4 << 10;

/// A stretch of an image file that belongs to a content.
struct Stretch {
    /// First byte in the image file.
    #[cfg_attr(
        not(any(target_os = "linux", target_os = "android")),
        allow(dead_code, reason = "for the kernel")
    )]
    from: u64,
    /// First byte in the content.
    to: u64,
    len: u64,
}

impl Image {
    /// Copies a file's content to an empty host file. `sparse` makes a hole of every block of zeros; otherwise
    /// zeros of a large file are moved as they are, unless the image has holes there.
    pub(super) fn copy_to_file(
        &self,
        entry: &ImageEntry,
        file: &File,
        path: &Path,
        sparse: bool,
        control: &Control,
    ) -> Result<()> {
        if entry.len == 0 {
            return Ok(());
        }
        let hole = if sparse { SMALL_HOLE } else { HOLE };
        let end = sparse.then_some(entry.len);
        let mut output = Output { file, path, control, hole, end, written: 0, len: 0 };
        let large = self.file.as_ref().filter(|_| entry.len >= LARGE && !sparse);
        match large.and_then(|image| Some((image, self.ranges(entry)?))) {
            Some((image, ranges)) => {
                self.copy_stretches(entry, image, &ranges, &mut output)?;
            }
            None => {
                let mut reader = self.open(entry)?;
                for (start, len) in reader.recorded(entry.len) {
                    output.copy(&mut reader, start, len)?;
                }
            }
        }
        output.len = entry.len;
        output.finish()
    }

    /// Visits the stretches of a file's content that are to be read, by first byte and length, in ascending order: all
    /// but the holes of an image file and those that a sparse file is said to have.
    pub(super) fn visit_stretches(
        &self,
        entry: &ImageEntry,
        reader: &mut FileReader,
        visit: &mut dyn FnMut(&mut FileReader, u64, u64) -> Result<()>,
    ) -> Result<()> {
        let large = self.file.as_ref().filter(|_| entry.len >= LARGE);
        match large.and_then(|image| Some((image, self.ranges(entry)?))) {
            Some((image, ranges)) => {
                visit_data(image, &ranges, &mut |stretch| visit(reader, stretch.to, stretch.len))
            }
            None => {
                reader.recorded(entry.len).into_iter().try_for_each(|(start, len)| visit(reader, start, len))
            }
        }
    }

    /// Copies from an image file what is no hole there.
    fn copy_stretches(
        &self,
        entry: &ImageEntry,
        image: &FileSectors,
        ranges: &[(u64, u64)],
        output: &mut Output<'_>,
    ) -> Result<()> {
        let mut reader = None;
        visit_data(image, ranges, &mut |stretch| {
            if reader.is_none() && output.move_by_kernel(image.file(), &stretch)? {
                return Ok(());
            }
            let reader = match &mut reader {
                Some(reader) => reader,
                None => reader.insert(self.open(entry)?),
            };
            output.copy(reader, stretch.to, stretch.len)
        })
    }
}

/// The host file, still empty where nothing was written.
struct Output<'a> {
    file: &'a File,
    path: &'a Path,
    control: &'a Control,
    /// Bytes of the blocks that may become holes.
    hole: usize,
    /// Where the content ends, if a last, shorter block may become one as well.
    end: Option<u64>,
    /// End of what was written.
    written: u64,
    /// End of what was written or left out.
    len: u64,
}

impl Output<'_> {
    fn error(&self, source: impl Into<io::Error>) -> Error {
        Error::OutputWrite { path: self.path.to_owned(), source: source.into() }
    }

    fn check(&self) -> Result<()> {
        self.control.check("some items were extracted")
    }

    /// Copies `len` bytes of the content through memory; fewer, if it ends before.
    fn copy(&mut self, reader: &mut FileReader, start: u64, len: u64) -> Result<()> {
        if let Err(error) = reader.seek(SeekFrom::Start(start)) {
            return Err(reader.error(error));
        }
        let mut buffer = vec![0; usize::try_from(len).unwrap_or(usize::MAX).min(1 << 20)];
        let mut done = 0;
        while done < len {
            self.check()?;
            let most = usize::try_from(len - done).unwrap_or(usize::MAX).min(buffer.len());
            // Readers stop at whole sectors, blocks of zeros do not.
            let mut filled = 0;
            while filled < most {
                match reader.read(&mut buffer[filled..most]) {
                    Ok(0) => break,
                    Ok(read) => filled += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(reader.error(error)),
                }
            }
            self.write(&buffer[..filled], start + done)?;
            done += filled as u64;
            if filled < most {
                break;
            }
        }
        Ok(())
    }

    /// Writes what is no long run of zeros.
    fn write(&mut self, data: &[u8], at: u64) -> Result<()> {
        // Where each block counts, they are those of the host's file.
        let first = match self.end {
            Some(_) => (at.next_multiple_of(self.hole as u64) - at) as usize,
            None => 0,
        };
        let mut done = 0;
        let blocks = data.get(first..).unwrap_or_default().chunks_exact(self.hole);
        for (block, start) in blocks.zip((first..).step_by(self.hole)) {
            if is_zero(block) {
                self.put(&data[done..start], at + done as u64)?;
                done = start + self.hole;
            }
        }
        let (rest, start) = (&data[done..], at + done as u64);
        let ends = self.end == Some(at + data.len() as u64) && start.is_multiple_of(self.hole as u64);
        if !(ends && rest.len() < self.hole && is_zero(rest)) {
            self.put(rest, start)?;
        }
        self.len = self.len.max(at + data.len() as u64);
        Ok(())
    }

    fn put(&mut self, data: &[u8], at: u64) -> Result<()> {
        if data.is_empty() {
            return Ok(());
        }
        write_all_at(self.file, data, at).map_err(|source| self.error(source))?;
        self.written = self.written.max(at + data.len() as u64);
        Ok(())
    }

    /// A hole at the end is made by giving the file its length.
    fn finish(self) -> Result<()> {
        if self.written < self.len {
            self.file.set_len(self.len).map_err(|source| self.error(source))?;
        }
        Ok(())
    }
}

fn is_zero(block: &[u8]) -> bool {
    // In pieces without a branch in them: many times faster than byte by byte.
    block.chunks(512).all(|piece| piece.iter().fold(0, |all, byte| all | byte) == 0)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod kernel {
    use std::os::unix::fs::MetadataExt;

    use rustix::fs::{SeekFrom, copy_file_range, seek};
    use rustix::io::Errno;

    use super::*;

    /// Bytes that the kernel moves between two looks at whether to stop.
    const MOVED_AT_ONCE: u64 = 64 << 20;

    /// Visits the stretches of the ranges of the image file that are no holes, in order.
    pub(super) fn visit_data(
        image: &FileSectors,
        ranges: &[(u64, u64)],
        visit: &mut dyn FnMut(Stretch) -> Result<()>,
    ) -> Result<()> {
        let file = image.file();
        let has_holes =
            file.metadata().is_ok_and(|metadata| metadata.blocks().saturating_mul(512) < metadata.len());
        let mut to = 0;
        for &(start, len) in ranges {
            let end = start.saturating_add(len);
            // Where the image was cut short there is no hole: reading says what is missing.
            let may_skip = has_holes && end <= image.bytes();
            let mut at = start;
            while at < end {
                let found = if may_skip { next_data(file, at, end) } else { Some((at, end)) };
                let Some((from, until)) = found else { break };
                visit(Stretch { from, to: to + (from - start), len: until - from })?;
                at = until;
            }
            to += len;
        }
        Ok(())
    }

    /// The next stretch of data, cut at `end`. All is data on hosts that cannot tell.
    fn next_data(file: &File, at: u64, end: u64) -> Option<(u64, u64)> {
        let data = match seek(file, SeekFrom::Data(at)) {
            Ok(data) => data,
            Err(Errno::NXIO) => return None,
            Err(_) => return Some((at, end)),
        };
        if data >= end {
            return None;
        }
        match seek(file, SeekFrom::Hole(data)) {
            Ok(hole) if hole > data => Some((data, hole.min(end))),
            _ => Some((data, end)),
        }
    }

    impl Output<'_> {
        /// Whether the kernel moved the whole stretch; if not, nothing of it counts.
        pub(super) fn move_by_kernel(&mut self, image: &File, stretch: &Stretch) -> Result<bool> {
            let (mut from, mut to) = (stretch.from, stretch.to);
            let end = stretch.from + stretch.len;
            while from < end {
                self.check()?;
                let most = usize::try_from((end - from).min(MOVED_AT_ONCE)).unwrap_or(usize::MAX);
                match copy_file_range(image, Some(&mut from), self.file, Some(&mut to), most) {
                    // The image ends too early: reading says so with its sector.
                    Ok(0) => return Ok(false),
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(Errno::XDEV | Errno::NOSYS | Errno::OPNOTSUPP | Errno::INVAL | Errno::PERM) => {
                        return Ok(false);
                    }
                    Err(error) => return Err(self.error(error)),
                }
            }
            self.written = self.written.max(to);
            Ok(true)
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod kernel {
    use super::*;

    pub(super) fn visit_data(
        _: &FileSectors,
        ranges: &[(u64, u64)],
        visit: &mut dyn FnMut(Stretch) -> Result<()>,
    ) -> Result<()> {
        let mut to = 0;
        ranges.iter().try_for_each(|&(from, len)| {
            visit(Stretch { from, to, len })?;
            to += len;
            Ok(())
        })
    }

    impl Output<'_> {
        pub(super) fn move_by_kernel(&mut self, _: &File, _: &Stretch) -> Result<bool> {
            Ok(false)
        }
    }
}

use kernel::visit_data;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_told_from_data_by_every_byte() {
        let mut block = vec![0; HOLE];
        assert!(is_zero(&block));
        for at in [0, 511, 512, HOLE - 1] {
            block[at] = 1;
            assert!(!is_zero(&block), "{at}");
            block[at] = 0;
        }
    }

    #[test]
    fn long_zeros_are_left_out_and_short_ones_written() {
        let file = tempfile::tempfile().unwrap();
        let control = Control::default();
        let mut output = Output {
            file: &file,
            path: Path::new("output"),
            control: &control,
            hole: HOLE,
            end: None,
            written: 0,
            len: 0,
        };
        let mut data = vec![0; 3 * HOLE + 10];
        data[10] = 1;
        output.write(&data, 0).unwrap();
        assert_eq!((output.written, output.len), (data.len() as u64, data.len() as u64));
        output.write(&data[HOLE..2 * HOLE], data.len() as u64).unwrap();
        assert_eq!((output.written, output.len), (data.len() as u64, (data.len() + HOLE) as u64));
        output.finish().unwrap();
        assert_eq!(file.metadata().unwrap().len(), (data.len() + HOLE) as u64);
    }
}
