//! What a file of data begins with, against what a cue sheet says of it.

use sector_io::RawLayout;

use super::disc::damaged;
use super::sound::SoundFile;
use crate::Result;

/// What every sector of data begins with where all of it is in the file (ECMA-130 14.2).
const SYNC: [u8; 12] = [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0];
/// Where plain sectors have the first volume descriptor behind its type, and what stands there (ECMA-119 8.1.2).
const IDENTIFIER: (u64, &[u8; 5]) = (16 * 2048 + 1, b"CD001");

/// That the track of data that begins at byte `offset` can be of that layout. A run of zeros passes for anything but
/// whole sectors, and is what an image of plain sectors begins with.
///
/// # Errors
/// [`Error::Sound`](crate::Error::Sound) if it cannot; [`Error::SourceRead`](crate::Error::SourceRead).
pub(super) fn check(file: &SoundFile, offset: u64, layout: RawLayout) -> Result<()> {
    let mut reader = file.reader()?;
    let mut sync = [0; SYNC.len()];
    reader.read_at(offset, &mut sync)?;
    let mut identifier = [0; IDENTIFIER.1.len()];
    reader.read_at(offset + IDENTIFIER.0, &mut identifier)?;
    let bytes = layout.sector_bytes();
    let what = match (layout, sync == SYNC) {
        (RawLayout::Full | RawLayout::WithSubchannel, false) if identifier == *IDENTIFIER.1 => {
            "sectors of 2048 bytes"
        }
        (RawLayout::Full | RawLayout::WithSubchannel, false) => "no sync pattern",
        (RawLayout::Mode2 | RawLayout::UserData, true) => "a sync pattern, as sectors of 2352 bytes do",
        (RawLayout::Mode2, false) if identifier == *IDENTIFIER.1 => "sectors of 2048 bytes",
        _ => return Ok(()),
    };
    Err(damaged(&file.path, format!("its data begin with {what}, where sectors of {bytes} bytes are stated")))
}
