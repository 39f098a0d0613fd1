//! What the system has open, and takes bytes in their order: a pipe whose reader does not read keeps nobody from cancelling.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sector_io::Sector;

use super::SectorSink;
use crate::{CancelToken, Error, Result};

/// An open file, pipe or socket, such as standard output; host files go there inside the kernel where it
/// can do that.
pub struct DescriptorSink {
    file: File,
    name: PathBuf,
    #[cfg_attr(not(unix), allow(dead_code, reason = "writes wait"))]
    cancel: CancelToken,
}

impl DescriptorSink {
    /// Writes to `file` from its present position on; errors call it `name`.
    pub fn new(file: File, name: impl Into<PathBuf>) -> DescriptorSink {
        DescriptorSink { file, name: name.into(), cancel: CancelToken::new() }
    }

    /// The same for a caller who may cancel while a pipe is full and its reader does not read: Linux lets the pipe be opened
    /// once more, in a way that waits for nobody. What else is full keeps its writer.
    #[must_use]
    pub fn cancelled_by(self, cancel: &CancelToken) -> DescriptorSink {
        let file = without_waiting(&self.file).unwrap_or(self.file);
        DescriptorSink { file, cancel: cancel.clone(), ..self }
    }

    /// A device or pipe that is there already, to be written from its beginning to its end; `None` where a regular file is
    /// there, or may come. A pipe is waited for until somebody reads from it, or the caller cancels.
    pub(crate) fn at(path: &Path, cancel: &CancelToken) -> Result<Option<DescriptorSink>> {
        let write_error = |source| Error::OutputWrite { path: path.to_owned(), source };
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(write_error(error)),
        };
        if metadata.is_dir() {
            return Err(write_error(io::ErrorKind::IsADirectory.into()));
        }
        if metadata.is_file() {
            return Ok(None);
        }
        let file = match is_pipe(&metadata) {
            true => open_pipe(path, cancel)?,
            false => OpenOptions::new().write(true).open(path).map_err(write_error)?,
        };
        Ok(Some(DescriptorSink { file, name: path.to_owned(), cancel: cancel.clone() }))
    }

    fn error(&self, source: impl Into<io::Error>) -> Error {
        Error::OutputWrite { path: self.name.clone(), source: source.into() }
    }

    /// Until something can be written again, for a while.
    #[cfg(unix)]
    fn wait(&self) -> Result<()> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        const A_WHILE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled { state: "the output is incomplete".to_owned() });
        }
        match poll(&mut [PollFd::new(&self.file, PollFlags::OUT)], Some(&A_WHILE)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(self.error(error)),
        }
    }

    #[cfg(not(unix))]
    fn wait(&self) -> Result<()> {
        Err(self.error(io::ErrorKind::WouldBlock))
    }
}

impl SectorSink for DescriptorSink {
    fn write(&mut self, _: Sector, mut data: &[u8]) -> Result<()> {
        while !data.is_empty() {
            match self.file.write(data) {
                Ok(0) => return Err(self.error(io::ErrorKind::WriteZero)),
                Ok(written) => data = &data[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait()?,
                Err(error) => return Err(self.error(error)),
            }
        }
        Ok(())
    }

    fn transfers(&self) -> bool {
        cfg!(any(target_os = "linux", target_os = "android"))
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn transfer(&mut self, _: Sector, file: &File, offset: u64, len: u64) -> Result<u64> {
        use rustix::io::Errno;
        let mut position = offset;
        let mut left = len;
        while left > 0 {
            let piece = usize::try_from(left).unwrap_or(usize::MAX).min(1 << 30);
            match rustix::fs::sendfile(&self.file, file, Some(&mut position), piece) {
                Ok(0) => break,
                Ok(sent) => left -= sent as u64,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => self.wait()?,
                Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if left == len => return Ok(0),
                Err(error) => return Err(self.error(error)),
            }
        }
        Ok(len - left)
    }
}

#[cfg(unix)]
fn is_pipe(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &std::fs::Metadata) -> bool {
    false
}

/// A pipe as it is opened by another reader or writer of it, who waits for nobody; `None` where that cannot be had.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn without_waiting(file: &File) -> Option<File> {
    use std::os::fd::AsRawFd;
    if !is_pipe(&file.metadata().ok()?) {
        return None;
    }
    opened_without_waiting(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd()))).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn without_waiting(_: &File) -> Option<File> {
    None
}

#[cfg(unix)]
fn opened_without_waiting(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

#[cfg(unix)]
fn open_pipe(path: &Path, cancel: &CancelToken) -> Result<File> {
    /// Nothing tells that a reader comes.
    const A_WHILE: std::time::Duration = std::time::Duration::from_millis(20);
    loop {
        if cancel.is_cancelled() {
            return Err(Error::Cancelled { state: "nothing was written".to_owned() });
        }
        match opened_without_waiting(path) {
            Ok(file) => return Ok(file),
            Err(error) if rustix::io::Errno::from_io_error(&error) == Some(rustix::io::Errno::NXIO) => {
                std::thread::sleep(A_WHILE);
            }
            Err(source) => return Err(Error::OutputWrite { path: path.to_owned(), source }),
        }
    }
}

#[cfg(not(unix))]
fn open_pipe(path: &Path, _: &CancelToken) -> Result<File> {
    let opened = OpenOptions::new().write(true).open(path);
    opened.map_err(|source| Error::OutputWrite { path: path.to_owned(), source })
}
