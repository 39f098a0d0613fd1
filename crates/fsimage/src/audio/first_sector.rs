//! What a file of data begins with, against what a cue sheet says of it.

use byteorder::{ByteOrder as _, LittleEndian};
use sector_io::RawLayout;

use super::disc::damaged;
use super::sound::{SoundFile, SoundReader};
use crate::Result;

/// What every sector of data begins with where all of it is in the file (ECMA-130 14.2).
const SYNC: [u8; 12] = [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0];
/// Where plain sectors have the first volume descriptor behind its type, and what stands there (ECMA-119 8.1.2).
const IDENTIFIER: (u64, &[u8; 5]) = (16 * 2048 + 1, b"CD001");

/// Where the primary volume descriptor has the extent of the root directory (ECMA-119 8.4.18), and what it begins with.
const ROOT_EXTENT: usize = 156 + 2;
const PRIMARY: &[u8; 6] = b"\x01CD001";

/// That the track of data that begins at byte `offset` can be of that layout, and at block `first` or behind it. A run of
/// zeros passes for anything but whole sectors, and is what an image of plain sectors begins with.
///
/// # Errors
/// [`Error::Sound`](crate::Error::Sound) if it cannot; [`Error::SourceRead`](crate::Error::SourceRead).
pub(super) fn check(file: &SoundFile, offset: u64, layout: RawLayout, first: u32) -> Result<()> {
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
        _ => return check_addresses(file, &mut reader, (offset, layout), first),
    };
    Err(damaged(&file.path, format!("its data begin with {what}, where sectors of {bytes} bytes are stated")))
}

/// That a volume of ISO 9660 leads to its own directories, which begin with the root, and not to what lies before the track.
fn check_addresses(
    file: &SoundFile,
    reader: &mut SoundReader,
    (offset, layout): (u64, RawLayout),
    first: u32,
) -> Result<()> {
    let sector = offset + 16 * layout.sector_bytes() as u64;
    let mut header = [0; 16];
    reader.read_at(sector, &mut header)?;
    let is_mode_2 = header[15] == 2;
    let user_data = match layout {
        RawLayout::UserData => 0,
        RawLayout::Mode2 => 8,
        _ if is_mode_2 => 24,
        _ => 16,
    };
    let mut descriptor = [0; ROOT_EXTENT + 4];
    reader.read_at(sector + user_data, &mut descriptor)?;
    let root = LittleEndian::read_u32(&descriptor[ROOT_EXTENT..]);
    if !descriptor.starts_with(PRIMARY) || root >= first {
        return Ok(());
    }
    let what = format!(
        "its root directory is stated to lie in sector {root}, and its track begins at sector {first} or behind it: its \
         addresses would lead elsewhere. It is an image for another place, such as the first track"
    );
    Err(damaged(&file.path, what))
}
