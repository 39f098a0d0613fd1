//! A medium as the commands about discs and tracks report it.

use super::{CdTrack, DiscStatus, Format, Medium, SessionState, Track, TrackState, TrackView};
use crate::simulated::medium_kind::Family;

impl Medium {
    /// Number of the last session, an empty one included.
    pub(in crate::simulated) fn last_session_number(&self) -> u32 {
        if self.family().is_overwritable() {
            return 1;
        }
        let complete = self.closed_sessions().len() as u32;
        if self.finalized { complete.max(1) } else { complete + 1 }
    }

    /// Number of the first track of the last session, the invisible one if that session is empty.
    pub(in crate::simulated) fn first_track_of_last_session(&self) -> u32 {
        if self.family().is_overwritable() {
            return 1;
        }
        let last = self.last_session_number() as usize;
        let before = self.sessions.iter().take(last - 1);
        1 + before.map(|session| session.tracks.len() as u32).sum::<u32>()
    }

    /// Number of the last track, the invisible one included.
    pub(in crate::simulated) fn last_track_number(&self) -> u32 {
        if self.family().is_overwritable() {
            return 1;
        }
        self.track_count() + u32::from(self.has_invisible_track())
    }

    fn has_invisible_track(&self) -> bool {
        !self.family().is_overwritable()
            && !self.finalized
            && !self.has_growing_track()
            && self.disc_at_once_track().is_none()
    }

    pub(in crate::simulated) fn disc_status(&self) -> DiscStatus {
        match (self.family(), self.format) {
            (Family::DvdRam, _) => DiscStatus::Other,
            (Family::DvdPlusRw | Family::BdRe, Format::None) => DiscStatus::Blank,
            (Family::DvdPlusRw, Format::Suspended | Format::Running)
            | (Family::RestrictedOverwrite, Format::Intermediate) => DiscStatus::Appendable,
            (Family::DvdPlusRw | Family::RestrictedOverwrite | Family::BdRe, _) => DiscStatus::Complete,
            _ if self.finalized => DiscStatus::Complete,
            (_, Format::None) if self.sessions.is_empty() => DiscStatus::Blank,
            _ => DiscStatus::Appendable,
        }
    }

    pub(in crate::simulated) fn last_session_state(&self) -> SessionState {
        match self.disc_status() {
            DiscStatus::Blank => SessionState::Empty,
            DiscStatus::Complete | DiscStatus::Other => SessionState::Complete,
            DiscStatus::Appendable if self.family().is_overwritable() => SessionState::Incomplete,
            DiscStatus::Appendable => match self.open_session() {
                None => SessionState::Empty,
                Some(session) if session.tracks.iter().any(|track| track.state == TrackState::Damaged) => {
                    SessionState::Damaged
                }
                Some(_) => SessionState::Incomplete,
            },
        }
    }

    /// The track of this number; the number behind the last one is the invisible track.
    pub(in crate::simulated) fn track(&self, number: u32) -> Option<TrackView> {
        if self.family().is_overwritable() {
            return (number == 1).then(|| self.whole_medium());
        }
        let mut first = 1;
        for (index, session) in self.sessions.iter().enumerate() {
            let count = session.tracks.len() as u32;
            if number >= first && number - first < count {
                let track = &session.tracks[(number - first) as usize];
                return Some(self.view(track, number, index as u32 + 1));
            }
            first += count;
        }
        (number == first && self.has_invisible_track()).then(|| self.invisible(number))
    }

    /// The track FFh stands for: the open one that grows, else the invisible one.
    pub(in crate::simulated) fn incomplete_track(&self) -> Option<TrackView> {
        if self.family().is_overwritable() || self.finalized {
            return None;
        }
        self.track(self.last_track_number())
    }

    /// The track that holds this address.
    pub(in crate::simulated) fn track_at(&self, lba: u32) -> Option<TrackView> {
        if self.family().is_overwritable() {
            return (lba < self.capacity).then(|| self.whole_medium());
        }
        // Tracks are few compared with sectors; sessions narrow the search.
        let mut number = 1;
        for (index, session) in self.sessions.iter().enumerate() {
            for track in &session.tracks {
                let view = self.view(track, number, index as u32 + 1);
                if lba >= view.start && lba - view.start < view.size {
                    return Some(view);
                }
                number += 1;
            }
        }
        self.track(number).filter(|view| lba >= view.start && lba - view.start < view.size)
    }

    /// CD: the first of these sectors that is sound.
    pub(in crate::simulated) fn first_sound(&self, lba: u32, end: u32) -> Option<u32> {
        self.tracks()
            .filter(|track| track.mode & 4 == 0)
            .find(|track| track.start < end && track.start.saturating_add(track.extent()) > lba)
            .map(|track| track.start.max(lba))
    }

    /// CD: the track of sound in whose pregap or run-out this sector lies. Where tracks are recorded one at a time, the
    /// drive makes both.
    pub(in crate::simulated) fn pause_of_sound(&self, lba: u32) -> Option<&CdTrack> {
        let place = i32::try_from(lba).ok()?;
        let track = self.disc.track_at(place).filter(|track| track.control & 4 == 0)?;
        let run_out = || {
            let ended = self.track(track.number.into()).filter(|view| view.recorded == view.size)?;
            let end = ended.start.saturating_add(ended.recorded);
            (end.saturating_sub(super::CD_RUN_OUT)..end).contains(&lba).then_some(())
        };
        (place < track.start() || run_out().is_some()).then_some(track)
    }

    fn whole_medium(&self) -> TrackView {
        TrackView {
            number: 1,
            session: 1,
            start: 0,
            size: self.capacity,
            next_writable: self.growing_end().filter(|end| *end < self.capacity),
            free: self.growing_end().map_or(0, |end| self.capacity - end),
            recorded: match self.family() {
                Family::BdRandom => u32::from(!self.written.is_empty()),
                _ if self.format == Format::None => 0,
                _ => self.growing_end().unwrap_or(self.capacity),
            },
            reserved: false,
            damaged: false,
            invisible: false,
            at_once: false,
            mode: 4,
        }
    }

    fn view(&self, track: &Track, number: u32, session: u32) -> TrackView {
        let growing = track.state != TrackState::Closed && track.reserved.is_none();
        let size = match track.reserved {
            Some(size) => size,
            None if growing => self.end_of_user_data().saturating_sub(track.start),
            None => track.recorded,
        };
        let rest = size.saturating_sub(track.recorded);
        let next_writable =
            (track.state == TrackState::Open && rest > 0).then_some(track.start + track.recorded);
        TrackView {
            number,
            session,
            start: track.start,
            size,
            next_writable,
            free: if next_writable.is_some() { rest } else { 0 },
            recorded: track.recorded,
            reserved: track.reserved.is_some() && track.state != TrackState::Closed,
            damaged: track.state == TrackState::Damaged,
            invisible: false,
            at_once: track.at_once,
            mode: track.mode,
        }
    }

    /// Last address of READ CAPACITY.
    pub(in crate::simulated) fn last_address(&self) -> u32 {
        match self.family() {
            Family::DvdPlusRw | Family::BdRe if self.format == Format::None => 0,
            Family::RestrictedOverwrite => self.growing_end().unwrap_or(self.capacity).saturating_sub(1),
            family if family.is_overwritable() => self.capacity.saturating_sub(1),
            _ => self.closed_sessions().last().map_or(0, |session| session.lead_out.saturating_sub(1)),
        }
    }

    /// First address behind everything a program may read.
    pub(in crate::simulated) fn readable_end(&self) -> u32 {
        if self.family().is_overwritable() {
            return self.growing_end().unwrap_or(self.capacity);
        }
        self.tracks().last().map_or(0, |track| track.start.saturating_add(track.extent()))
    }

    /// Sectors a BD or a DVD-RAM formatted with default spare areas offers.
    pub(in crate::simulated) fn default_formatted_capacity(&self) -> u32 {
        self.kind.without_default_spare(self.raw_capacity)
    }

    /// Back to what it was when new, or as newly formatted.
    pub(in crate::simulated) fn forget_everything(&mut self) {
        self.sessions.clear();
        self.disc = super::CdDisc::default();
        self.written.clear();
        self.finalized = false;
        self.initialized = false;
        self.replacements = 0;
        self.half_erased = false;
    }

    /// BLANK or FORMAT UNIT was interrupted.
    pub(in crate::simulated) fn leave_half_erased(&mut self) {
        self.forget_everything();
        match self.kind.family() {
            Family::DvdPlusRw => return self.suspend_format(),
            // Formatted as ever, as far as its state goes.
            Family::DvdRam => self.half_erased = true,
            Family::Cd | Family::DvdMinusR => {
                self.format = Format::None;
                self.half_erased = true;
            }
            _ => self.format = Format::None,
        }
        self.minimally_blanked = false;
        self.capacity = self.raw_capacity;
    }
}
