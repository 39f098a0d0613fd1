//! CD beyond data tracks recorded at once: sound, sessions at once, raw recording; and reading of sectors and
//! subchannels as they are on the disc.

mod at_once;
mod cue;
mod disc;
mod raw;
mod read_cd;
mod sectors;
mod subchannel;

pub(super) use at_once::AtOnce;
pub(super) use disc::{CdDisc, CdTrack};
pub(super) use sectors::RawStore;
pub(super) use subchannel::cd_text;

/// Bytes of a sector with its subchannels, as the file of raw sectors has them.
const WITH_SUBCHANNEL: usize = crate::cd::RAW_BYTES + crate::cd::SUBCHANNEL_BYTES;
