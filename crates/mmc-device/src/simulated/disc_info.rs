//! READ DISC INFORMATION.

use super::SimulatedDrive;
use super::decode::{Block, minutes};
use super::medium::{DiscStatus, Format, Medium};
use super::medium_kind::Family;
use super::status::{self, Outcome};

/// ATIP: where the lead-in of a CD begins, 97:26:66.
pub(super) const ATIP_LEAD_IN: i64 = -11_634;

impl SimulatedDrive {
    pub(super) fn read_disc_information(&mut self, block: &Block) -> Outcome<Vec<u8>> {
        let medium = &self.loaded()?.medium;
        // One program is known to put the type of the pseudo-overwrite resources into the upper half.
        match if block[1] & 0x10 != 0 { 2 } else { block[1] & 0x07 } {
            0 => Ok(standard(medium)),
            1 => track_resources(medium),
            2 => pseudo_overwrite_resources(medium),
            _ => Err(status::INVALID_FIELD_IN_CDB.into()),
        }
    }
}

fn standard(medium: &Medium) -> Vec<u8> {
    let mut reply = vec![0; 34];
    let disc = medium.disc_status();
    reply[1] = 32;
    reply[2] =
        u8::from(medium.kind.is_erasable()) << 4 | (medium.last_session_state() as u8) << 2 | disc as u8;
    reply[3] = 1;
    let sessions = medium.last_session_number().to_be_bytes();
    let first = medium.first_track_of_last_session().to_be_bytes();
    let last = medium.last_track_number().to_be_bytes();
    (reply[4], reply[9]) = (sessions[3], sessions[2]);
    (reply[5], reply[10]) = (first[3], first[2]);
    (reply[6], reply[11]) = (last[3], last[2]);
    // URU: unrestricted use.
    reply[7] = 0x20
        | match (medium.family(), medium.format) {
            (Family::DvdPlusRw, Format::Suspended) => 1,
            (Family::DvdPlusRw, Format::Running) => 2,
            (Family::DvdPlusRw, Format::Formatted) => 3,
            _ => 0,
        };
    reply[8] = if disc == DiscStatus::Blank { 0xFF } else { 0x00 };
    let lead_in = medium.lead_in_start(medium.last_session_number() as usize);
    let complete = disc == DiscStatus::Complete;
    if medium.family() == Family::Cd {
        let [m, s, f] = minutes(lead_in.map_or(ATIP_LEAD_IN, i64::from));
        reply[16..20].copy_from_slice(&[0, m, s, f]);
        let [m, s, f] = minutes(medium.capacity.into());
        reply[20..24].copy_from_slice(&if complete { [0xFF; 4] } else { [0, m, s, f] });
    } else {
        reply[16..20].copy_from_slice(&lead_in.unwrap_or(0).to_be_bytes());
        let last = if complete { u32::MAX } else { medium.capacity };
        reply[20..24].copy_from_slice(&last.to_be_bytes());
    }
    reply
}

/// How many tracks there can be and are.
fn track_resources(medium: &Medium) -> Outcome<Vec<u8>> {
    let most: u16 = match medium.family() {
        Family::Cd => 99,
        Family::DvdMinusR => 2302,
        Family::DvdPlusR => 153,
        Family::BdR => 7927,
        _ => return Err(status::INVALID_FIELD_IN_CDB.into()),
    };
    let assigned = medium.track_count().min(u32::from(most)) as u16;
    let appendable = u16::from(!medium.finalized);
    let mut reply = vec![0, 10, 0x20, 0];
    for value in [most, assigned, appendable, most - assigned] {
        reply.extend_from_slice(&value.to_be_bytes());
    }
    Ok(reply)
}

/// What is left for pseudo-overwrite.
fn pseudo_overwrite_resources(medium: &Medium) -> Outcome<Vec<u8>> {
    let Some(left) = medium.pow_resources() else { return Err(status::INVALID_FIELD_IN_CDB.into()) };
    let mut reply = vec![0, 14, 0x40, 0];
    for value in [left.replacements, left.map_entries, left.updates] {
        reply.extend_from_slice(&value.to_be_bytes());
    }
    Ok(reply)
}
