//! One ascending pass over a plan: to a file from several threads by position, to anything else in order. Or none: what
//! is asked for is made then.

mod claim;
mod descriptor;
mod emission;
mod file;
mod image;
mod md5;
mod ordered;
mod source;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use sector_io::Sector;

pub(crate) use claim::LARGE;
pub use descriptor::DescriptorSink;
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
