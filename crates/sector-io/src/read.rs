use std::error::Error;
use std::sync::Arc;
use std::{fmt, io};

use crate::{SECTOR_SIZE, Sector, SectorCount};

/// Bytes of a sector of a CD without subchannel (ECMA-130 14).
pub const RAW_SECTOR_SIZE: usize = 2352;

/// Something that can be read sector by sector, at any position and from several threads at once: an
/// image file, memory, a drive, or a window of one of these.
pub trait ReadSectors: Send + Sync {
    /// Readable sectors, counted from sector 0 of the medium. Sectors before the end may still fail to
    /// read: gaps between sessions, unwritten blocks, defects.
    fn sectors(&self) -> SectorCount;

    /// Fills `into`, whose length is a multiple of [`SECTOR_SIZE`], with the sectors from `start` on:
    /// all of them, or an error.
    ///
    /// # Errors
    /// [`ReadError::OutOfRange`] past the end, [`ReadError::Io`] from the host, [`ReadError::Device`]
    /// from a drive.
    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError>;

    /// Reads whole sectors of a CD, as they are on the disc but for the scrambling: `into`, whose length is a multiple of
    /// [`RAW_SECTOR_SIZE`], begins with the sync pattern of the sector `start`. `false` where only user data are there,
    /// or sound; `into` says nothing then. All sectors lie in one track. Where an image leaves out sync pattern and
    /// header, the address in the header is 00:00:00.
    ///
    /// # Errors
    /// As [`read_sectors`](ReadSectors::read_sectors).
    fn read_raw(&self, start: Sector, into: &mut [u8]) -> Result<bool, ReadError> {
        let _ = (start, into);
        Ok(false)
    }

    /// Sectors up to the last that can hold anything but zeros, as far as that is known without reading: at most
    /// [`sectors`](ReadSectors::sectors).
    fn data_end(&self) -> SectorCount {
        self.sectors()
    }
}

impl<T: ReadSectors + ?Sized> ReadSectors for &T {
    fn sectors(&self) -> SectorCount {
        (**self).sectors()
    }
    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        (**self).read_sectors(start, into)
    }
    fn read_raw(&self, start: Sector, into: &mut [u8]) -> Result<bool, ReadError> {
        (**self).read_raw(start, into)
    }
    fn data_end(&self) -> SectorCount {
        (**self).data_end()
    }
}

impl<T: ReadSectors + ?Sized> ReadSectors for Arc<T> {
    fn sectors(&self) -> SectorCount {
        (**self).sectors()
    }
    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        (**self).read_sectors(start, into)
    }
    fn read_raw(&self, start: Sector, into: &mut [u8]) -> Result<bool, ReadError> {
        (**self).read_raw(start, into)
    }
    fn data_end(&self) -> SectorCount {
        (**self).data_end()
    }
}

/// Why sectors could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The request passes the end of what is there.
    OutOfRange {
        /// First sector asked for.
        start: Sector,
        /// Sectors asked for.
        count: SectorCount,
        /// Sectors that are there.
        available: SectorCount,
    },
    /// The host's file system failed.
    Io {
        /// First sector asked for.
        start: Sector,
        /// What the system said.
        source: io::Error,
    },
    /// A drive failed or refused.
    Device {
        /// First sector asked for.
        start: Sector,
        /// What the drive said.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl ReadError {
    /// First sector of the request that failed.
    #[must_use]
    pub fn sector(&self) -> Sector {
        match self {
            ReadError::OutOfRange { start, .. }
            | ReadError::Io { start, .. }
            | ReadError::Device { start, .. } => *start,
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::OutOfRange { start, count, available } => {
                write!(f, "{count} sectors from sector {start} pass the end at sector {available}")
            }
            ReadError::Io { start, source } => write!(f, "cannot read sector {start}: {source}"),
            ReadError::Device { start, source } => write!(f, "cannot read sector {start}: {source}"),
        }
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            ReadError::OutOfRange { .. } => None,
            ReadError::Io { source, .. } => Some(source),
            ReadError::Device { source, .. } => Some(source.as_ref()),
        }
    }
}

/// The number of whole sectors in `len` bytes, if they all lie before `available`.
pub(crate) fn check_range(start: Sector, len: usize, available: SectorCount) -> Result<(), ReadError> {
    let count = u32::try_from(len / SECTOR_SIZE).unwrap_or(u32::MAX);
    let inside = start.get().checked_add(count).is_some_and(|end| end <= available.get());
    if inside && len.is_multiple_of(SECTOR_SIZE) {
        Ok(())
    } else {
        Err(ReadError::OutOfRange { start, count: SectorCount::new(count), available })
    }
}
