//! A raw image of a disc of sound, by the rules of IMAPI2's `IRawCDImageCreator`: lead-in, pregap, tracks and lead-out,
//! each sector with its subchannels, ready for raw recording.

mod builder;
mod error;
mod image;
#[cfg(test)]
mod tests;
mod track;

pub use builder::RawImageBuilder;
pub use error::RawImageError;
pub use image::{RawImage, SoundSource};
pub use track::{AddedIndex, RawTrack};

use super::{PQ_BYTES, RAW_BYTES, SUBCHANNEL_BYTES};
use crate::Lba;

/// First sector of an image: 95:00:00, which is in front of any disc's lead-in.
pub const IMAGE_START: Lba = Lba::new(-22_650);
/// Last sector that a track may have: 88:29:74. The lead-out then ends with 89:59:74.
pub const LAST_SECTOR: u32 = 398_099;
/// Last sector of a special pregap: a shortest track has to follow it.
pub const LAST_SPECIAL_PREGAP: u32 = 397_799;
/// Sectors that indexes must be apart.
pub const BETWEEN_INDEXES: u32 = 10;

/// Which subchannels a sector of the image has. The numbers are those of `IMAPI_FORMAT2_RAW_CD_DATA_SECTOR_TYPE`, and
/// of the data block types in mode page 05h.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RawSectorType {
    /// P and Q alone: 2368 bytes.
    PqOnly = 1,
    /// P to W, of which R to W are packs that the drive completes: 2448 bytes.
    #[default]
    Cooked = 2,
    /// P to W as they shall be on the disc: 2448 bytes.
    Raw = 3,
}

impl RawSectorType {
    /// Bytes of a sector.
    #[must_use]
    pub const fn sector_bytes(self) -> usize {
        match self {
            RawSectorType::PqOnly => RAW_BYTES + PQ_BYTES,
            RawSectorType::Cooked | RawSectorType::Raw => RAW_BYTES + SUBCHANNEL_BYTES,
        }
    }
}
