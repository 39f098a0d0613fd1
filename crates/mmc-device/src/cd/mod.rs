//! What a CD is made of: sectors with their error detection and correction, subchannels, CD-TEXT, and the cue sheet that
//! a drive takes. Everything here turns values into bytes and back; nothing is read or written.
//!
//! ```
//! use fsimage_mmc_device::cd::{Msf, RAW_BYTES, RawSector, encode_mode_1};
//! use fsimage_mmc_device::Lba;
//!
//! let mut raw = [0; RAW_BYTES];
//! encode_mode_1(Msf::from_lba(Lba::new(16)), &[7; 2048], &mut raw);
//! let sector = RawSector::parse(&raw).unwrap();
//! assert_eq!((sector.address.to_lba(), sector.user_data()[0]), (Lba::new(16), 7));
//! sector.check().unwrap();
//! ```

mod catalog;
mod cd_text;
mod cue_sheet;
mod ecc;
mod edc;
mod isrc;
mod msf;
mod program;
mod raw_image;
mod scramble;
mod sector;
mod subchannel;
mod subchannel_q;

pub use catalog::{BadCatalog, MediaCatalogNumber};
pub use cd_text::{BadCdText, Block, CdText, CharacterSet, PACK_BYTES, Pack, PackType, lead_in_symbols};
pub use cue_sheet::{CUE_ENTRY_BYTES, CueEntry, cue_entries, data_form, encode_cue_sheet, form_bytes};
pub use ecc::Uncorrectable;
pub use isrc::{BadIsrc, Isrc};
pub use msf::Msf;
pub use program::{
    BadProgram, DigitalCopy, LEAD_OUT, MOST_INDEXES, MOST_TRACKS, PREGAP, Program, SHORTEST_TRACK, Track,
    TrackLayout,
};
pub use raw_image::{
    AddedIndex, BETWEEN_INDEXES, IMAGE_START, LAST_SECTOR, LAST_SPECIAL_PREGAP, RawImage, RawImageBuilder,
    RawImageError, RawSectorType, RawTrack, SoundSource,
};
pub use scramble::scramble;
pub use sector::{
    BadSector, RAW_BYTES, RawSector, SYNC, SectorForm, SectorType, Subheader, correct, encode_mode_0,
    encode_mode_1, encode_mode_2, encode_mode_2_form_1, encode_mode_2_form_2,
};
pub use subchannel::{PACK_SYMBOLS, PQ_BYTES, SUBCHANNEL_BYTES, Subchannel};
pub use subchannel_q::{Control, Position, Q, Q_BYTES};
