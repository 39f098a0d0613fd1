//! Whether a state file's numbers fit together.

use super::{CD_LARGEST, CD_MOST_TRACKS, Format, MOST_TRACKS, Medium, TrackState};
use crate::simulated::MediumKind;
use crate::simulated::medium_kind::Family;

impl Medium {
    fn format_is_possible(&self) -> bool {
        match (self.kind.family(), self.format) {
            (Family::DvdRam, format) => format == Format::Formatted,
            (_, Format::None) => true,
            (Family::DvdPlusRw, Format::Running | Format::Suspended | Format::Formatted)
            | (Family::BdRe, Format::Formatted)
            | (Family::BdR, Format::Formatted | Format::PseudoOverwrite | Format::RandomRecording) => true,
            (_, Format::Intermediate | Format::Formatted) => self.kind == MediumKind::DvdRw,
            _ => false,
        }
    }

    /// The state file's numbers fit together.
    pub(in crate::simulated) fn check(&self) -> Result<(), &'static str> {
        if !capacity_is_possible(self.kind, self.raw_capacity) || self.capacity > self.raw_capacity {
            return Err("no medium of its kind has that capacity");
        }
        if !self.format_is_possible() {
            return Err("no medium of its kind has that format");
        }
        if !self.written.is_sound(self.capacity) {
            return Err("the written extents are out of order or beyond the capacity");
        }
        if self.family().is_overwritable() && !self.sessions.is_empty() {
            return Err("an overwritable medium has no sessions");
        }
        if self.layer_break.is_some_and(|sectors| sectors > self.capacity) {
            return Err("the first layer is larger than the medium");
        }
        let tracks = self.sessions.iter().map(|session| session.tracks.len().max(1)).sum::<usize>();
        let most = if self.family() == Family::Cd { CD_MOST_TRACKS as usize } else { MOST_TRACKS };
        if tracks > most {
            return Err("it has more tracks than any medium of its kind");
        }
        if !self.disc.check() {
            return Err("what subchannels tell of its tracks contradicts itself");
        }
        let mut free = 0;
        for (index, session) in self.sessions.iter().enumerate() {
            if session.tracks.is_empty() {
                return Err("a session has no track");
            }
            if !session.closed && (self.finalized || index + 1 != self.sessions.len()) {
                return Err("a session before the last one is open, or the last one of a finalized medium");
            }
            for (place, track) in session.tracks.iter().enumerate() {
                let extent = track.reserved.unwrap_or(track.recorded);
                let last = index + 1 == self.sessions.len() && place + 1 == session.tracks.len();
                if track.start < free || track.recorded > extent {
                    return Err("tracks overlap or are longer than reserved");
                }
                if track.state != TrackState::Closed && track.reserved.is_none() && !last {
                    return Err("a track before the last one is open");
                }
                if track.state != TrackState::Closed && session.closed {
                    return Err("a closed session has an open track");
                }
                free = match track.start.checked_add(extent) {
                    Some(end) if end <= self.capacity => end,
                    _ => return Err("a track ends behind the capacity"),
                };
            }
            if session.closed && (session.lead_out < free || session.lead_out > self.capacity) {
                return Err("a lead-out begins inside its session");
            }
        }
        Ok(())
    }
}

/// A medium of that kind may have so many sectors: whole units, at least 1024, and no
/// more than ten times the usual size or 90 minutes.
pub(in crate::simulated) fn capacity_is_possible(kind: MediumKind, capacity: u32) -> bool {
    let most = match kind.family() {
        Family::Cd => CD_LARGEST,
        _ => kind.default_capacity().saturating_mul(10),
    };
    capacity.is_multiple_of(kind.blocking()) && capacity >= 1024 && capacity <= most
}
