//! What is read from its beginning to its end on the host: a pipe that is silent keeps nobody from cancelling.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::{CancelToken, Error, Result};

/// A pipe of the host, or a file whose length is known at its end only, as a source
/// ([`Item::Stream`](crate::Item::Stream)). On Linux, a read ends with [`io::ErrorKind::Other`] when the caller cancels while
/// nobody writes.
#[derive(Debug)]
pub struct HostStream {
    file: File,
    #[cfg_attr(
        not(any(target_os = "linux", target_os = "android")),
        allow(dead_code, reason = "reads wait")
    )]
    cancel: CancelToken,
}

impl HostStream {
    /// Opens it, without waiting for who writes into a pipe where the system tells later whether somebody came.
    ///
    /// # Errors
    /// [`Error::SourceOpen`].
    pub fn open(path: &Path, cancel: &CancelToken) -> Result<HostStream> {
        let file = open(path).map_err(|source| Error::SourceOpen { path: path.to_owned(), source })?;
        Ok(HostStream { file, cancel: cancel.clone() })
    }
}

impl Read for HostStream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            self.wait()?;
            match self.file.read(into) {
                // Somebody else reads from it as well.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

impl HostStream {
    /// Until there is something, or its end: that of a pipe comes when somebody wrote into it, and nobody does any more.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn wait(&self) -> io::Result<()> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        const A_WHILE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
        loop {
            if self.cancel.is_cancelled() {
                return Err(io::Error::other("cancelled"));
            }
            match poll(&mut [PollFd::new(&self.file, PollFlags::IN)], Some(&A_WHILE)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn wait(&self) -> io::Result<()> {
        Ok(())
    }
}
