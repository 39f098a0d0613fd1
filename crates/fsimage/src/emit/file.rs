//! To a file: several threads, each writing its stretches by position; large contents inside the kernel.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sector_io::{SECTOR_SIZE, Sector};

use super::SectorSink;
use super::claim::{Claim, Claims};
use super::emission::Emission;
use super::ordered::write_ordered;
use super::source::{self, Opened, PathOf, Sources};
use crate::plan::{LayoutPlan, Piece, What};
use crate::progress::Stage;
use crate::tree::{ContentId, SparseContent, SparsePart};
use crate::{Control, Error, Result};

/// Writes the plan's session to `file`, in which sector 0 of the medium is at offset 0.
///
/// The session's range must read as zeros before: a new file, or the extended end of one. Gaps and the
/// holes of sparse host files then stay holes.
///
/// What makes the session readable, where one sector does, is written when all else has reached the file.
pub(crate) fn write_file(plan: &LayoutPlan<'_>, file: &File, path: &Path, control: &Control) -> Result<()> {
    if plan.md5().is_some() {
        // The MD5 of a session needs its sectors in order.
        return write_ordered(plan, &mut InFile { file, path }, control, "the image is incomplete");
    }
    let emission = Emission::new(plan);
    let writer = FileWriter {
        emission: &emission,
        plan,
        file,
        path,
        done: AtomicU64::new(0),
        total: u64::from(plan.extent().len.get()),
        #[cfg(any(target_os = "linux", target_os = "android"))]
        kernel_copy: Mutex::new(()),
        control,
    };
    let is_content = |piece: &Piece| matches!(piece.what, What::Content(_));
    let comes_last = |piece: &Piece| matches!(piece.what, What::Content(id) if emission.comes_last(id));
    // A file takes one write at a time. A thread that makes structures waits for little else, one that reads small
    // files seldom writes: side by side they keep out of each other's way.
    let contents =
        Mutex::new(Claims::new(&emission, plan.content_pieces().filter(|piece| !comes_last(piece))));
    let closing = plan.closing_piece();
    let is_structure = |piece: &Piece| !is_content(piece) && Some(*piece) != closing;
    let structures = Mutex::new(Claims::new(&emission, plan.pieces().filter(is_structure)));
    let failed = AtomicBool::new(false);
    let threads = rayon::current_num_threads().clamp(1, 8);
    let work = |begins_with_structures: bool| -> Result<()> {
        let mut sources = Sources::default();
        let mut buffer = Vec::new();
        loop {
            if failed.load(Ordering::Relaxed) {
                return Ok(());
            }
            control.check("the image is incomplete")?;
            let claim = match begins_with_structures {
                true => next_of(&structures).or_else(|| next_of(&contents)),
                // Structures are digested in order.
                false if emission.has_digests() => next_of(&contents),
                false => next_of(&contents).or_else(|| next_of(&structures)),
            };
            let Some(claim) = claim else { return Ok(()) };
            if let Err(error) = writer.write(&claim, &mut sources, &mut buffer) {
                failed.store(true, Ordering::Relaxed);
                return Err(error);
            }
        }
    };
    std::thread::scope(|scope| {
        // What a system has no thread for, the others do.
        let other = |_| std::thread::Builder::new().spawn_scoped(scope, || work(false)).ok();
        let others: Vec<_> = (1..threads).map_while(other).collect();
        let mut result = work(true);
        for other in others {
            let outcome = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            result = result.and(outcome);
        }
        result
    })?;
    if emission.has_digests() {
        let (mut sources, mut buffer) = (Sources::default(), Vec::new());
        for claim in Claims::new(&emission, plan.content_pieces().filter(comes_last)) {
            writer.write(&claim, &mut sources, &mut buffer)?;
        }
    }
    let Some(closing) = closing else { return Ok(()) };
    file.sync_data().map_err(|source| writer.write_error(source))?;
    writer.write(&Claim::Small(vec![closing]), &mut Sources::default(), &mut Vec::new())
}

/// A poisoned lock means that another thread panicked: that panic is passed on by who waits for it.
fn next_of<I: Iterator<Item = Piece>>(claims: &Mutex<Claims<'_, I>>) -> Option<Claim> {
    claims.lock().ok().and_then(|mut claims| claims.next())
}

/// Sectors at their places in a file that has zeros there: what are zeros stays a hole.
struct InFile<'a> {
    file: &'a File,
    path: &'a Path,
}

impl SectorSink for InFile<'_> {
    fn write(&mut self, start: Sector, data: &[u8]) -> Result<()> {
        if data.iter().all(|&byte| byte == 0) {
            return Ok(());
        }
        write_all_at(self.file, data, start.byte_offset())
            .map_err(|source| Error::OutputWrite { path: self.path.to_owned(), source })
    }
}

struct FileWriter<'a> {
    emission: &'a Emission<'a>,
    plan: &'a LayoutPlan<'a>,
    file: &'a File,
    path: &'a Path,
    done: AtomicU64,
    total: u64,
    /// Held while the kernel copies: it locks the output against other writers, who would only spin.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    kernel_copy: Mutex<()>,
    control: &'a Control,
}

impl FileWriter<'_> {
    fn write(&self, claim: &Claim, sources: &mut Sources, buffer: &mut Vec<u8>) -> Result<()> {
        match claim {
            Claim::Gap { start, len } => self.emission.pass_zeros(*start, *len),
            Claim::Small(pieces) => {
                buffer.clear();
                for piece in pieces {
                    let before = buffer.len();
                    self.emission.append_piece(piece, sources, buffer)?;
                    self.emission.pass(piece.start, &buffer[before..]);
                }
                if let Some(first) = pieces.first() {
                    self.write_at(buffer, first.start.byte_offset())?;
                }
            }
            Claim::Large { start, content, offset, len } => {
                let opened = sources.open(self.plan.tree(), *content)?;
                let target = start.byte_offset();
                if self.emission.has_digests() {
                    self.copy_digested(&opened, *content, *len, target, buffer)?;
                    return opened.check();
                }
                self.move_content(&opened, *content, *offset, *len, target, buffer)?;
                opened.check()?;
            }
        }
        self.advance(claim.sectors());
        Ok(())
    }

    /// Moves a stretch of a content, inside the kernel where that can be.
    fn move_content(
        &self,
        opened: &Opened<'_>,
        content: ContentId,
        offset: u64,
        len: u64,
        target: u64,
        buffer: &mut Vec<u8>,
    ) -> Result<()> {
        if self.plan.patch_of(content).is_some() {
            return self.copy(opened, content, offset, len, target, buffer);
        }
        match opened {
            Opened::File { file, offset: base, path } => {
                let from = Range { file: file.file(), offset: base + offset, len };
                return self.move_range(&from, target, *path);
            }
            Opened::Sparse { stored, of } => {
                if let Opened::File { file, offset: base, path } = &**of {
                    let from = Range { file: file.file(), offset: *base, len };
                    return self.move_sparse(stored, &from, offset, target, *path);
                }
            }
            Opened::Imported => {
                if let Some(source::ImportedRanges { file, path, ranges }) =
                    source::imported_ranges(self.plan.tree(), content, offset, len)
                {
                    return self.move_ranges(file.file(), &ranges, target, path);
                }
            }
            Opened::Joined(joined) => {
                let mut done = 0;
                while done < len {
                    self.control.check("the image is incomplete")?;
                    let part = joined.part(offset + done, len - done)?;
                    let at = target + done;
                    self.move_content(&part.opened, part.content, part.skip, part.len, at, buffer)?;
                    part.opened.check()?;
                    done += part.len;
                }
                return Ok(());
            }
            _ => {}
        }
        self.copy(opened, content, offset, len, target, buffer)
    }

    fn advance(&self, sectors: u64) {
        let done = self.done.fetch_add(sectors, Ordering::Relaxed) + sectors;
        self.control.report(Stage::Writing, done, self.total);
    }

    /// Copies a whole content, of which a digest is made. What are zeros stays a hole.
    fn copy_digested(
        &self,
        opened: &Opened<'_>,
        content: ContentId,
        len: u64,
        target: u64,
        buffer: &mut Vec<u8>,
    ) -> Result<()> {
        let mut hasher = self.emission.hasher(content);
        let mut done = 0;
        while done < len {
            self.control.check("the image is incomplete")?;
            let piece = (len - done).min(1 << 20);
            buffer.clear();
            buffer.resize(piece as usize, 0);
            source::read(opened, self.emission, content, done, buffer)?;
            if let Some(hasher) = &mut hasher {
                hasher.update(buffer);
            }
            if buffer.iter().any(|&byte| byte != 0) {
                self.write_at(buffer, target + done)?;
            }
            self.advance(piece.div_ceil(SECTOR_SIZE as u64));
            done += piece;
        }
        self.emission.finish(content, hasher)
    }

    /// Moves what is stored of a file without its holes, from `offset` on. `file` is as long as what is to be moved, and
    /// begins where the file does.
    fn move_sparse(
        &self,
        stored: &SparseContent,
        file: &Range<'_>,
        offset: u64,
        target: u64,
        path: PathOf<'_>,
    ) -> Result<()> {
        let mut done = 0;
        while done < file.len {
            let (part, len) = stored.part(offset + done, file.len - done);
            let from = match part {
                SparsePart::Tables(at) => Range { file: &stored.tables, offset: at, len },
                SparsePart::Data(start) => Range { file: file.file, offset: file.offset + start, len },
            };
            self.move_range(&from, target + done, path)?;
            done += len;
        }
        Ok(())
    }

    fn move_ranges(
        &self,
        file: &File,
        ranges: &[(u64, u64)],
        mut target: u64,
        path: PathOf<'_>,
    ) -> Result<()> {
        for &(offset, len) in ranges {
            self.move_range(&Range { file, offset, len }, target, path)?;
            target += len;
        }
        Ok(())
    }

    fn copy(
        &self,
        opened: &Opened<'_>,
        content: ContentId,
        offset: u64,
        len: u64,
        target: u64,
        buffer: &mut Vec<u8>,
    ) -> Result<()> {
        let mut done = 0;
        while done < len {
            let piece = (len - done).min(1 << 20);
            buffer.clear();
            buffer.resize(piece as usize, 0);
            source::read(opened, self.emission, content, offset + done, buffer)?;
            self.write_at(buffer, target + done)?;
            done += piece;
        }
        Ok(())
    }

    fn write_at(&self, data: &[u8], offset: u64) -> Result<()> {
        write_all_at(self.file, data, offset).map_err(|source| self.write_error(source))
    }

    fn write_error(&self, source: io::Error) -> Error {
        Error::OutputWrite { path: self.path.to_owned(), source }
    }
}

/// A stretch of a host file.
struct Range<'a> {
    file: &'a File,
    offset: u64,
    len: u64,
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use kernel::data_stretches;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod kernel {
    use super::*;
    use rustix::fs::{SeekFrom, copy_file_range, seek};
    use rustix::io::Errno;
    use std::os::unix::fs::MetadataExt;

    impl FileWriter<'_> {
        /// Moves data only; holes stay holes. `copy_file_range` shares blocks where the host's file system
        /// can do that and both offsets lie on its blocks, and copies inside the kernel elsewhere.
        pub(super) fn move_range(&self, from: &Range<'_>, target: u64, path: PathOf<'_>) -> Result<()> {
            let metadata = from.file.metadata().map_err(|error| path.read_error(error))?;
            let sparse = metadata.blocks().saturating_mul(512) < metadata.len();
            let mut at = from.offset;
            let end = from.offset + from.len;
            while at < end {
                let (data, data_end) = if sparse {
                    match next_data(from.file, at, end).map_err(|error| path.read_error(error))? {
                        Some(found) => found,
                        None => break,
                    }
                } else {
                    (at, end)
                };
                let piece = Range { file: from.file, offset: data, len: data_end - data };
                self.copy_range(&piece, target + (data - from.offset), path)?;
                at = data_end;
            }
            Ok(())
        }

        fn copy_range(&self, from: &Range<'_>, target: u64, path: PathOf<'_>) -> Result<()> {
            let (mut read, mut write) = (from.offset, target);
            let end = from.offset + from.len;
            while read < end {
                self.control.check("the image is incomplete")?;
                let piece = usize::try_from(end - read).unwrap_or(usize::MAX).min(16 << 20);
                let copied = {
                    let _one_at_a_time =
                        self.kernel_copy.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                    copy_file_range(from.file, Some(&mut read), self.file, Some(&mut write), piece)
                };
                match copied {
                    Ok(0) => return Err(path.shrunk(read)),
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(
                        Errno::XDEV
                        | Errno::NOSYS
                        | Errno::OPNOTSUPP
                        | Errno::INVAL
                        | Errno::PERM
                        | Errno::TXTBSY,
                    ) => {
                        let rest = Range { file: from.file, offset: read, len: end - read };
                        return self.copy_through_memory(&rest, write, path);
                    }
                    Err(error) => return Err(self.write_error(error.into())),
                }
            }
            Ok(())
        }
    }

    /// The stretches of data among `len` bytes of a file from `offset` on: first byte behind `offset`, and length.
    pub(crate) fn data_stretches(file: &File, offset: u64, len: u64) -> io::Result<Vec<(u64, u64)>> {
        let end = offset.saturating_add(len);
        let mut stretches = Vec::new();
        let mut at = offset;
        while at < end {
            let Some((data, data_end)) = next_data(file, at, end)? else { break };
            stretches.push((data - offset, data_end - data));
            at = data_end;
        }
        Ok(stretches)
    }

    /// The next stretch of data in a sparse file, cut at `end`.
    fn next_data(file: &File, at: u64, end: u64) -> io::Result<Option<(u64, u64)>> {
        let data = match seek(file, SeekFrom::Data(at)) {
            Ok(data) => data,
            Err(Errno::NXIO) => return Ok(None),
            Err(_) => return Ok(Some((at, end))),
        };
        if data >= end {
            return Ok(None);
        }
        let hole = seek(file, SeekFrom::Hole(data))?;
        Ok(Some((data, hole.min(end))))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
impl FileWriter<'_> {
    fn move_range(&self, from: &Range<'_>, target: u64, path: PathOf<'_>) -> Result<()> {
        self.copy_through_memory(from, target, path)
    }
}

impl FileWriter<'_> {
    fn copy_through_memory(&self, from: &Range<'_>, target: u64, path: PathOf<'_>) -> Result<()> {
        let mut buffer = vec![0; (1 << 20).min(from.len as usize)];
        let mut done = 0;
        while done < from.len {
            self.control.check("the image is incomplete")?;
            let piece = buffer.len().min((from.len - done) as usize);
            let read = match source::read_at(from.file, &mut buffer[..piece], from.offset + done) {
                Ok(0) => return Err(path.shrunk(from.offset + done)),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(path.read_error(error)),
            };
            self.write_at(&buffer[..read], target + done)?;
            done += read as u64;
        }
        Ok(())
    }
}

#[cfg(unix)]
pub(crate) fn write_all_at(file: &File, data: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, data, offset)
}

/// Without threads nobody else moves the position.
#[cfg(not(any(unix, windows)))]
pub(crate) fn write_all_at(mut file: &File, data: &[u8], offset: u64) -> io::Result<()> {
    io::Seek::seek(&mut file, io::SeekFrom::Start(offset))?;
    io::Write::write_all(&mut file, data)
}

#[cfg(windows)]
pub(crate) fn write_all_at(file: &File, mut data: &[u8], mut offset: u64) -> io::Result<()> {
    while !data.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, data, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                data = &data[written..];
                offset += written as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

const _: () = assert!(SECTOR_SIZE == 2048);
