//! One ascending pass over a plan: to a file from several threads by position, to anything else in order. Or none: what
//! is asked for is made then.

mod claim;
mod emission;
mod file;
mod image;
mod md5;
mod ordered;
mod source;

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use sector_io::Sector;

pub(crate) use claim::LARGE;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use file::data_stretches;
pub(crate) use file::{write_all_at, write_file};
pub use image::PlannedImage;
pub(crate) use ordered::write_ordered;
pub(crate) use source::{Opened, Sources, check_metadata, read_at, read_bytes, read_content};

use crate::{Error, Result};

/// Something that takes the sectors of an image in ascending order, without gaps.
pub trait SectorSink {
    /// Takes whole sectors.
    ///
    /// # Errors
    /// Whatever the sink meets.
    fn write(&mut self, start: Sector, data: &[u8]) -> Result<()>;

    /// Whether [`SectorSink::transfer`] can do anything. If not, all sectors come by
    /// [`SectorSink::write`], read ahead by another thread.
    fn transfers(&self) -> bool {
        false
    }

    /// Moves `len` bytes of `file` from `offset` on to the sectors from `start` on, without them passing through this
    /// process, and says how many went: all, or as many whole sectors as could be moved. The rest comes by
    /// [`SectorSink::write`].
    ///
    /// # Errors
    /// Whatever the sink meets.
    fn transfer(&mut self, start: Sector, file: &File, offset: u64, len: u64) -> Result<u64> {
        let _ = (start, file, offset, len);
        Ok(0)
    }

    /// How full the buffer behind the sink is, in hundredths, where there is one that tells.
    fn buffer_fill(&mut self) -> Option<u8> {
        None
    }
}

/// A pipe, or any other writer.
pub struct WriterSink<W> {
    writer: W,
    name: PathBuf,
}

impl<W: Write> WriterSink<W> {
    /// Writes to `writer`, which errors call `name`.
    pub fn new(writer: W, name: impl Into<PathBuf>) -> WriterSink<W> {
        WriterSink { writer, name: name.into() }
    }
}

impl<W: Write> SectorSink for WriterSink<W> {
    fn write(&mut self, _: Sector, data: &[u8]) -> Result<()> {
        self.writer.write_all(data).map_err(|source| Error::OutputWrite { path: self.name.clone(), source })
    }
}

/// An open file, pipe or socket, such as standard output; host files go there inside the kernel where it
/// can do that.
pub struct DescriptorSink {
    file: File,
    name: PathBuf,
}

impl DescriptorSink {
    /// Writes to `file` from its present position on; errors call it `name`.
    pub fn new(file: File, name: impl Into<PathBuf>) -> DescriptorSink {
        DescriptorSink { file, name: name.into() }
    }
}

impl SectorSink for DescriptorSink {
    fn write(&mut self, _: Sector, data: &[u8]) -> Result<()> {
        self.file.write_all(data).map_err(|source| Error::OutputWrite { path: self.name.clone(), source })
    }

    fn transfers(&self) -> bool {
        cfg!(any(target_os = "linux", target_os = "android"))
    }

    fn transfer(&mut self, _: Sector, file: &File, offset: u64, len: u64) -> Result<u64> {
        send(file, offset, len, &self.file)
            .map_err(|source| Error::OutputWrite { path: self.name.clone(), source })
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn send(from: &File, offset: u64, len: u64, to: &File) -> io::Result<u64> {
    use rustix::io::Errno;
    let mut position = offset;
    let mut left = len;
    while left > 0 {
        let piece = usize::try_from(left).unwrap_or(usize::MAX).min(1 << 30);
        match rustix::fs::sendfile(to, from, Some(&mut position), piece) {
            Ok(0) => break,
            Ok(sent) => left -= sent as u64,
            Err(Errno::INTR) => {}
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if left == len => return Ok(0),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(len - left)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn send(_: &File, _: u64, _: u64, _: &File) -> io::Result<u64> {
    Ok(0)
}
