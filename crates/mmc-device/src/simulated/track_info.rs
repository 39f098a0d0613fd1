//! READ TRACK INFORMATION.

use super::decode::{Block, be32};
use super::medium::{CD_PREGAP, Medium, TrackView};
use super::medium_kind::Family;
use super::status::{self, Outcome};
use super::{Fault, MediumKind, SimulatedDrive};

impl SimulatedDrive {
    pub(super) fn read_track_information(&mut self, block: &Block) -> Outcome<Vec<u8>> {
        let medium = &self.loaded()?.medium;
        let number = be32(block, 2);
        let (view, refusal) = match block[1] & 0x03 {
            0 => (medium.track_at(number), status::LBA_OUT_OF_RANGE),
            1 if number == 0xFF && medium.track(0xFF).is_none() => {
                (medium.incomplete_track(), status::INVALID_FIELD_IN_CDB)
            }
            1 => (medium.track(number), status::INVALID_FIELD_IN_CDB),
            2 => (first_of_session(medium, number), status::INVALID_FIELD_IN_CDB),
            _ => return Err(status::INVALID_FIELD_IN_CDB.into()),
        };
        let Some(mut view) = view else { return Err(refusal.into()) };
        let family = medium.family();
        let no_sessions = medium.sessions.is_empty();
        let cd = family == Family::Cd;
        let kind = medium.kind;
        let has_data = view.recorded > 0;
        if cd && view.next_writable == Some(0) && self.faults.has(Fault::PregapAsNextWritable) {
            view.next_writable = Some(-150i32 as u32);
        }
        let mode = self.pages.write_mode();
        // The first pregap comes from the host. On a disc with sessions nobody knows yet what will follow, and libburn asks
        // before it changes to track at once.
        let announced = no_sessions || self.at_once.is_some();
        let from_pregap = mode.is_session_at_once_cd() || mode.raw_subchannel().is_some();
        if cd && view.invisible && from_pregap && announced {
            view.next_writable = view.next_writable.map(|next| next.wrapping_sub(CD_PREGAP));
        }
        if cd && self.faults.has(Fault::NextWritableNeedsMode) && !mode.is_possible_cd() {
            view.next_writable = None;
        }
        if mode.test && self.faults.has(Fault::TestWriteConfuses) {
            view.next_writable = view.next_writable.map(|_| 0);
        }
        let mut reply = information(kind, family, &view, has_data);
        if self.faults.has(Fault::UnknownDataMode) {
            reply[6] |= 0x0F;
        }
        Ok(reply)
    }
}

fn first_of_session(medium: &Medium, session: u32) -> Option<TrackView> {
    if medium.family().is_overwritable() {
        return if session == 1 { medium.track(1) } else { None };
    }
    if session == 0 || session > medium.last_session_number() {
        return None;
    }
    let before = medium.sessions.iter().take(session as usize - 1);
    let number = 1 + before.map(|session| session.tracks.len() as u32).sum::<u32>();
    medium.track(number)
}

fn information(kind: MediumKind, family: Family, view: &TrackView, has_data: bool) -> Vec<u8> {
    // Drives that know layers and BD answer 48 bytes, the others 36.
    let long = family.is_bd() || kind.has_layer_break();
    let mut reply = vec![0; if long { 48 } else { 36 }];
    reply[1] = reply.len() as u8 - 2;
    let (number, session) = (view.number.to_be_bytes(), view.session.to_be_bytes());
    (reply[2], reply[32]) = (number[3], number[2]);
    (reply[3], reply[33]) = (session[3], session[2]);
    reply[5] = u8::from(view.damaged) << 5 | view.mode;
    let packet = match family {
        // Packets, of a fixed size where sectors can be written again.
        Family::DvdMinusR if view.at_once => 0x00,
        Family::DvdMinusR => 0x20,
        family if family.is_overwritable() => 0x30,
        _ => 0x00,
    };
    let data_mode = if view.invisible { 0x0F } else { 0x01 };
    reply[6] = u8::from(view.reserved) << 7 | u8::from(!has_data) << 6 | packet | data_mode;
    reply[8..12].copy_from_slice(&view.start.to_be_bytes());
    if let Some(next) = view.next_writable {
        reply[7] |= 0x01;
        reply[12..16].copy_from_slice(&next.to_be_bytes());
    }
    reply[16..20].copy_from_slice(&view.free.to_be_bytes());
    let blocking = if family == Family::Cd { 0 } else { kind.blocking() };
    reply[20..24].copy_from_slice(&blocking.to_be_bytes());
    reply[24..28].copy_from_slice(&view.size.to_be_bytes());
    if family == Family::BdR && has_data {
        reply[7] |= 0x02;
        let last = view.start + view.recorded - 1;
        reply[28..32].copy_from_slice(&last.to_be_bytes());
    }
    reply
}
