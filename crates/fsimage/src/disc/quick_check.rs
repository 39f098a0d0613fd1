//! The look at an image that is to be recorded which needs a few sectors of it; [`Disc::verify`](super::Disc::verify)
//! looks at everything.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use sector_io::{SECTOR_SIZE, SectorCount};

use crate::plan::SYSTEM_AREA;
use crate::{Error, Result};

/// Descriptors of a volume recognition sequence that are looked at.
const MOST: usize = 64;

/// What a quick look at an image found: whole sectors, as many as a drive can address, and a volume descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickCheck {
    /// Its length.
    pub sectors: SectorCount,
    /// The standard identifiers of its volume recognition sequence, each once: `CD001` is ISO 9660 (ECMA-119 8.1.2),
    /// `NSR02` and `NSR03` are UDF (ECMA-167 3/9.1), `CDW02` is ECMA-168.
    pub identifiers: Vec<&'static str>,
}

impl QuickCheck {
    /// Looks at an image file.
    ///
    /// # Errors
    /// [`Error::ImageOpen`], and as [`QuickCheck::of_stream`].
    pub fn of(path: &Path) -> Result<QuickCheck> {
        let open_error = |source| Error::ImageOpen { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(open_error)?;
        if file.metadata().map_err(open_error)?.is_dir() {
            return Err(open_error(std::io::ErrorKind::IsADirectory.into()));
        }
        QuickCheck::of_stream(&mut file, &path.display().to_string())
    }

    /// Looks at an image that is in no file. `name` is for errors.
    ///
    /// # Errors
    /// [`Error::ImageNotAligned`], [`Error::ImageBeyondDrives`], [`Error::NoVolumeDescriptor`]; [`Error::ImageOpen`] where
    /// the stream fails.
    pub fn of_stream(stream: &mut (impl Read + Seek), name: &str) -> Result<QuickCheck> {
        let failed = |source| Error::ImageOpen { path: name.into(), source };
        let len = stream.seek(SeekFrom::End(0)).map_err(failed)?;
        let size = SECTOR_SIZE as u64;
        if !len.is_multiple_of(size) {
            return Err(Error::ImageNotAligned { image: name.to_owned(), len });
        }
        let sectors = len / size;
        let count = u32::try_from(sectors).ok().filter(|&sectors| i32::try_from(sectors).is_ok());
        let count = count.ok_or_else(|| Error::ImageBeyondDrives { image: name.to_owned(), sectors })?;
        let behind = u64::from(count.saturating_sub(SYSTEM_AREA.get())).min(MOST as u64);
        let mut sequence = vec![0; behind as usize * SECTOR_SIZE];
        stream.seek(SeekFrom::Start(SYSTEM_AREA.bytes())).map_err(failed)?;
        stream.read_exact(&mut sequence).map_err(failed)?;
        let identifiers = identifiers(&sequence);
        if !identifiers.iter().any(|&found| !matches!(found, "BEA01" | "BOOT2" | "TEA01")) {
            return Err(Error::NoVolumeDescriptor { image: name.to_owned() });
        }
        Ok(QuickCheck { sectors: SectorCount::new(count), identifiers })
    }
}

/// The standard identifiers up to the first sector that has none.
fn identifiers(sequence: &[u8]) -> Vec<&'static str> {
    const KNOWN: [&str; 7] = ["CD001", "BEA01", "NSR02", "NSR03", "BOOT2", "TEA01", "CDW02"];
    let of = |sector: &[u8]| KNOWN.into_iter().find(|known| sector[1..6] == *known.as_bytes());
    let mut found = Vec::new();
    for identifier in sequence.chunks_exact(SECTOR_SIZE).map_while(of) {
        if !found.contains(&identifier) {
            found.push(identifier);
        }
    }
    found
}
