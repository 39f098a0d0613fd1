//! READ SUB-CHANNEL, and CD-TEXT of READ TOC/PMA/ATIP.

use crate::simulated::SimulatedDrive;
use crate::simulated::decode::{Block, minutes};
use crate::simulated::medium::Medium;
use crate::simulated::medium_kind::Family;
use crate::simulated::status::{self, Outcome};

/// Audio status: no status to return.
const NO_STATUS: u8 = 0x15;

impl SimulatedDrive {
    pub(in crate::simulated) fn read_sub_channel(&mut self, block: &Block) -> Outcome<Vec<u8>> {
        let time = block[1] & 0x02 != 0;
        let medium = &self.loaded()?.medium;
        if medium.family() != Family::Cd {
            return Err(status::INCOMPATIBLE_MEDIUM.into());
        }
        let mut reply = vec![0, NO_STATUS, 0, 0];
        // SUBQ: without it, the header alone.
        if block[2] & 0x40 != 0 {
            match block[3] {
                1 => reply.extend(position(medium, time)),
                2 => reply.extend(code(2, [0; 3], medium.disc.catalog.as_deref())),
                3 => {
                    let track = medium.disc.tracks.iter().find(|track| track.number == block[6]);
                    let control = track.map_or(4, |track| track.control);
                    if u32::from(block[6]) > medium.track_count() || block[6] == 0 {
                        return Err(status::INVALID_FIELD_IN_CDB.into());
                    }
                    let isrc = track.and_then(|track| track.isrc.as_deref());
                    reply.extend(code(3, [0x10 | control, block[6], 0], isrc));
                }
                _ => return Err(status::INVALID_FIELD_IN_CDB.into()),
            }
        }
        let len = reply.len() as u16 - 4;
        reply[2..4].copy_from_slice(&len.to_be_bytes());
        Ok(reply)
    }
}

/// The head stands at the start of the first track.
fn position(medium: &Medium, time: bool) -> [u8; 12] {
    let control = medium.track(1).map_or(4, |view| view.mode);
    let address = |lba: i64| {
        let [minute, second, frame] = minutes(lba);
        if time { [0, minute, second, frame] } else { [0; 4] }
    };
    let mut reply = [1, 0x10 | control, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    reply[4..8].copy_from_slice(&address(0));
    reply
}

/// A code of up to 15 bytes behind its valid bit.
fn code(format: u8, head: [u8; 3], text: Option<&str>) -> [u8; 20] {
    let mut reply = [0; 20];
    reply[0] = format;
    reply[1..4].copy_from_slice(&head);
    if let Some(text) = text {
        reply[4] = 0x80;
        for (byte, character) in reply[5..].iter_mut().zip(text.bytes()) {
            *byte = character;
        }
    }
    reply
}

/// READ TOC format 5: the packs of the lead-in; `None` where there are none.
pub(in crate::simulated) fn cd_text(medium: &Medium) -> Option<Vec<u8>> {
    let packs = &medium.disc.cd_text;
    if medium.family() != Family::Cd || packs.is_empty() || medium.closed_sessions().is_empty() {
        return None;
    }
    let mut reply = vec![0; 4];
    reply.extend_from_slice(packs);
    Some(reply)
}
