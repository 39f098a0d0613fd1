//! READ TOC/PMA/ATIP.

use super::cd::cd_text;
use super::decode::{Block, minutes};
use super::disc_info::ATIP_LEAD_IN;
use super::medium::{Medium, Session, Track, TrackView};
use super::medium_kind::Family;
use super::status::{self, Outcome};
use super::{Fault, SimulatedDrive};

/// ADR 1 (position), CTL 4 (data track).
const ADR_CONTROL: u8 = 0x14;
const LEAD_OUT: u8 = 0xAA;

impl SimulatedDrive {
    pub(super) fn read_toc(&mut self, block: &Block) -> Outcome<Vec<u8>> {
        let time = block[1] & 0x02 != 0;
        self.loaded()?;
        let Some(medium) = self.medium() else { return Err(status::INVALID_FIELD_IN_CDB.into()) };
        // Where the format field is 0, drives look for it where SFF 8020 had it: Linux still asks so.
        let format = match block[2] & 0x0F {
            0 => block[9] >> 6,
            format => format,
        };
        let reply = match format {
            0 => tracks(medium, block[6], time),
            1 => last_session(medium, time),
            2 => full_toc(medium, block[6]),
            3 => program_memory(medium),
            4 => atip(medium).map(|mut reply| {
                if self.faults.has(Fault::GarbageAtip) {
                    reply[8..11].fill(0);
                    reply[12..15].fill(0xFF);
                }
                if self.faults.has(Fault::UnknownSpeedClass) && medium.kind.is_erasable() {
                    reply[6] |= 2 << 3;
                }
                reply
            }),
            5 => cd_text(medium).and_then(finish),
            _ => None,
        };
        reply.ok_or_else(|| status::INVALID_FIELD_IN_CDB.into())
    }
}

/// A track as the table of contents lists it: ADR and control, number, start.
type Entry = (u8, u8, u32);

/// ADR 1 (position) and the control field of a track.
fn adr_control(mode: u8) -> u8 {
    0x10 | mode & 0x0F
}

/// Tracks of complete sessions and the start of the last lead-out. Where there are more than 99, the
/// first 98 and the last one remain, the last one as number 99.
fn contents(medium: &Medium) -> Option<(Vec<Entry>, u32)> {
    if medium.family().is_overwritable() {
        let end = medium.last_address().checked_add(1).filter(|end| *end > 1)?;
        return Some((vec![(ADR_CONTROL, 1, 0)], end));
    }
    let closed = medium.closed_sessions();
    let lead_out = closed.last()?.lead_out;
    let mut entries: Vec<Entry> = Vec::new();
    for track in closed.iter().flat_map(|session| &session.tracks) {
        if entries.len() == 99 {
            entries.pop();
        }
        entries.push((adr_control(track.mode), entries.len() as u8 + 1, track.start));
    }
    Some((entries, lead_out))
}

fn address(lba: u32, time: bool) -> [u8; 4] {
    if !time {
        return lba.to_be_bytes();
    }
    let [m, s, f] = minutes(lba.into());
    [0, m, s, f]
}

fn finish(mut reply: Vec<u8>) -> Option<Vec<u8>> {
    let len = u16::try_from(reply.len() - 2).ok()?;
    reply[..2].copy_from_slice(&len.to_be_bytes());
    Some(reply)
}

/// Format 0: tracks from `from` on, and the lead-out.
fn tracks(medium: &Medium, from: u8, time: bool) -> Option<Vec<u8>> {
    let (entries, lead_out) = contents(medium)?;
    let (of_last, last, _) = *entries.last()?;
    if from > last && from != LEAD_OUT {
        return None;
    }
    let mut reply = vec![0, 0, 1, last];
    for (control, number, start) in entries.into_iter().filter(|entry| entry.1 >= from) {
        reply.extend_from_slice(&[0, control, number, 0]);
        reply.extend_from_slice(&address(start, time));
    }
    reply.extend_from_slice(&[0, of_last, LEAD_OUT, 0]);
    reply.extend_from_slice(&address(lead_out, time));
    finish(reply)
}

/// Format 1: the first track of the last complete session.
fn last_session(medium: &Medium, time: bool) -> Option<Vec<u8>> {
    let (sessions, track, start, control) = if medium.family().is_overwritable() {
        contents(medium)?;
        (1, 1, 0, ADR_CONTROL)
    } else {
        let closed = medium.closed_sessions();
        let (last, before) = closed.split_last()?;
        let number = 1 + before.iter().map(|session| session.tracks.len()).sum::<usize>();
        let first = last.tracks.first()?;
        (closed.len(), number, first.start, adr_control(first.mode))
    };
    let mut reply = vec![0, 0, 1, sessions.min(255) as u8, 0, control, track.min(255) as u8, 0];
    reply.extend_from_slice(&address(start, time));
    finish(reply)
}

/// Format 2: the Q sub-channel of the lead-ins, of sessions from `from` on. CD only.
fn full_toc(medium: &Medium, from: u8) -> Option<Vec<u8>> {
    if medium.family() != Family::Cd {
        return None;
    }
    let closed = medium.closed_sessions();
    if closed.is_empty() || usize::from(from) > closed.len() {
        return None;
    }
    let mut reply = vec![0, 0, 1, closed.len() as u8];
    let mut first = 1u8;
    for (index, session) in closed.iter().enumerate() {
        let number = index as u8 + 1;
        let last = first + session.tracks.len() as u8 - 1;
        if number >= from {
            session_entries(medium, session, number, first, last, &mut reply);
        }
        first = last + 1;
    }
    finish(reply)
}

fn session_entries(medium: &Medium, session: &Session, number: u8, first: u8, last: u8, reply: &mut Vec<u8>) {
    let mut entry = |control: u8, point: u8, time: [u8; 3], place: [u8; 3]| {
        reply.extend_from_slice(&[number, control, 0, point]);
        reply.extend_from_slice(&time);
        reply.push(0);
        reply.extend_from_slice(&place);
    };
    let control = |track: Option<&Track>| track.map_or(ADR_CONTROL, |track| adr_control(track.mode));
    let (of_first, of_last) = (control(session.tracks.first()), control(session.tracks.last()));
    entry(of_first, 0xA0, [0; 3], [first, 0, 0]);
    entry(of_last, 0xA1, [0; 3], [last, 0, 0]);
    entry(of_last, 0xA2, [0; 3], minutes(session.lead_out.into()));
    for (point, track) in (first..=last).zip(&session.tracks) {
        entry(adr_control(track.mode), point, [0; 3], minutes(track.start.into()));
    }
    let is_last = usize::from(number) == medium.closed_sessions().len();
    if !(is_last && medium.finalized) {
        // ADR 5: where the next program area may begin, and the last possible lead-out.
        let next = match medium.sessions.get(usize::from(number)) {
            Some(next) => next.tracks.first().map_or(0, |track| track.start),
            None => medium.next_track_start(),
        };
        let pregap_start = i64::from(next) - i64::from(super::medium::CD_PREGAP);
        entry(0x54, 0xB0, minutes(pregap_start), minutes(medium.capacity.into()));
    }
    if number == 1 {
        entry(0x54, 0xC0, [0; 3], minutes(ATIP_LEAD_IN));
    }
}

/// Format 3: the tracks the drive has noted in the program memory area. CD only.
fn program_memory(medium: &Medium) -> Option<Vec<u8>> {
    if medium.family() != Family::Cd {
        return None;
    }
    let mut reply = vec![0; 4];
    let views = (1..=medium.track_count()).filter_map(|number| medium.track(number));
    for view in views.filter(|view: &TrackView| view.next_writable.is_none() && !view.damaged) {
        reply.extend_from_slice(&[0, adr_control(view.mode), 0, view.number as u8]);
        reply.extend_from_slice(&minutes(i64::from(view.start) + i64::from(view.size)));
        reply.push(0);
        reply.extend_from_slice(&minutes(view.start.into()));
    }
    finish(reply)
}

/// Format 4: what is moulded into the groove of a recordable CD.
fn atip(medium: &Medium) -> Option<Vec<u8>> {
    if medium.family() != Family::Cd {
        return None;
    }
    let rewritable = medium.kind.is_erasable();
    let mut reply = vec![0; 28];
    // Indicative target writing power 5; a CD-RW adds its reference speed.
    reply[4] = 0x80 | 5 << 4 | u8::from(rewritable);
    // URU: unrestricted use.
    reply[5] = 0x40;
    reply[6] = 0x80 | u8::from(rewritable) << 6;
    reply[8..11].copy_from_slice(&minutes(ATIP_LEAD_IN));
    reply[12..15].copy_from_slice(&minutes(medium.capacity.into()));
    finish(reply)
}
