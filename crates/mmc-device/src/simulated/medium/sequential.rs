//! Media recorded at a next writable address: sessions, tracks, and where the next thing goes.

use super::{
    CD_FIRST_LEAD_OUT, CD_LATER_LEAD_IN, CD_LATER_LEAD_OUT, CD_MOST_TRACKS, CD_PREGAP, CD_SHORTEST_TRACK,
    MINUS_R_FIRST_BORDER, MINUS_R_LATER_BORDER, MINUS_R_LINK, Medium, PLUS_R_CLOSURE, PLUS_R_INTRO,
    PLUS_R_LEAST_REST, PLUS_R_RUN_IN, Session, Track, TrackState, TrackView, WritePlace,
};
use crate::simulated::MediumKind;
use crate::simulated::medium_kind::Family;

impl Medium {
    /// Where the next track would begin.
    pub(in crate::simulated) fn next_track_start(&self) -> u32 {
        let Some(session) = self.sessions.last() else { return 0 };
        if session.closed {
            let gap = match self.family() {
                Family::Cd => self.lead_out_length(self.sessions.len()) + CD_LATER_LEAD_IN + CD_PREGAP,
                Family::DvdPlusR => PLUS_R_CLOSURE + PLUS_R_INTRO,
                Family::DvdMinusR => border_length(self.sessions.len()),
                _ => 0,
            };
            return self.align(session.lead_out.saturating_add(gap));
        }
        let Some(track) = session.tracks.last() else { return 0 };
        let gap = match self.family() {
            Family::Cd => CD_PREGAP,
            Family::DvdPlusR => PLUS_R_RUN_IN,
            Family::DvdMinusR => MINUS_R_LINK,
            _ => 0,
        };
        self.align(track.start.saturating_add(track.extent()).saturating_add(gap))
    }

    /// CD: first sector of a session that is recorded at once.
    pub(in crate::simulated) fn next_at_once_start(&self) -> u32 {
        let open = self.open_session().and_then(|session| session.tracks.first());
        open.map_or_else(|| self.next_track_start(), |track| track.start)
    }

    /// CD: sectors of the lead-out behind session `number`.
    fn lead_out_length(&self, number: usize) -> u32 {
        if number == 1 { CD_FIRST_LEAD_OUT } else { CD_LATER_LEAD_OUT }
    }

    /// Where the lead-in (CD) or introduction (DVD+R) of session `number` begins; `None` for the first.
    pub(in crate::simulated) fn lead_in_start(&self, number: usize) -> Option<u32> {
        let before = self.sessions.get(number.checked_sub(2)?)?;
        Some(match self.family() {
            Family::Cd => before.lead_out.saturating_add(self.lead_out_length(number - 1)),
            Family::DvdPlusR => before.lead_out.saturating_add(PLUS_R_CLOSURE),
            // Half of it is the border-out of the session before.
            Family::DvdMinusR => before.lead_out.saturating_add(border_length(number - 1) / 2),
            _ => before.lead_out,
        })
    }

    pub(super) fn invisible(&self, number: u32) -> TrackView {
        let start = self.next_track_start();
        let free = self.end_of_user_data().saturating_sub(start);
        let full = self.family() == Family::Cd && number > CD_MOST_TRACKS;
        let free = if full { 0 } else { free };
        TrackView {
            number,
            session: self.last_session_number(),
            start,
            size: free,
            next_writable: (free > 0).then_some(start),
            free,
            recorded: 0,
            reserved: false,
            damaged: false,
            at_once: false,
            invisible: true,
            mode: 4,
        }
    }

    /// Sequential media: where a WRITE at this address would go.
    pub(in crate::simulated) fn place(&self, lba: u32) -> Option<WritePlace> {
        if let Some(session) = self.open_session() {
            let found = session.tracks.iter().rev().find(|track| {
                track.state == TrackState::Open && track.start.saturating_add(track.recorded) == lba
            });
            if let Some(track) = found {
                let end = match track.reserved {
                    Some(size) => track.start.saturating_add(size),
                    None => self.end_of_user_data(),
                };
                if end > lba || track.reserved.is_none() {
                    return Some(WritePlace { room: end.saturating_sub(lba), begins_track: false });
                }
            }
        }
        let invisible = self.incomplete_track().filter(|view| view.invisible)?;
        (invisible.start == lba && invisible.next_writable.is_some())
            .then_some(WritePlace { room: invisible.free, begins_track: true })
    }

    /// Sequential media: notes sectors recorded at a place [`place`](Self::place) has named.
    pub(in crate::simulated) fn record(&mut self, lba: u32, sectors: u32, track_mode: u8) {
        self.written.insert(lba, lba + sectors);
        if let Some(session) = self.sessions.last_mut().filter(|session| !session.closed) {
            let open = session
                .tracks
                .iter_mut()
                .rev()
                .find(|track| track.state == TrackState::Open && track.start + track.recorded == lba);
            if let Some(track) = open {
                track.recorded += sectors;
                return;
            }
        }
        self.begin_track(Track {
            start: lba,
            recorded: sectors,
            reserved: None,
            state: TrackState::Open,
            at_once: false,
            mode: track_mode,
        });
    }

    fn begin_track(&mut self, track: Track) {
        match self.sessions.last_mut() {
            Some(session) if !session.closed => session.tracks.push(track),
            _ => self.sessions.push(Session { closed: false, lead_out: 0, tracks: vec![track] }),
        }
    }

    /// RESERVE TRACK: a track of this size where the invisible one was; `at_once`: for the whole disc.
    pub(in crate::simulated) fn reserve(&mut self, sectors: u32, at_once: bool) {
        let start = self.next_track_start();
        let state = TrackState::Open;
        self.begin_track(Track { start, recorded: 0, reserved: Some(sectors), state, at_once, mode: 4 });
    }

    /// Open tracks that were reserved.
    pub(in crate::simulated) fn open_reservations(&self) -> usize {
        let open = |track: &&Track| track.reserved.is_some() && track.state == TrackState::Open;
        self.tracks().filter(open).count()
    }

    /// The drive's own track record, open ones only.
    pub(in crate::simulated) fn open_track_mut(&mut self, number: u32) -> Option<&mut Track> {
        let first = self.first_track_of_last_session();
        let session = self.sessions.last_mut().filter(|session| !session.closed)?;
        session.tracks.get_mut(number.checked_sub(first)? as usize)
    }

    /// Blocks to add so that what is recorded fills whole units: `(address, sectors)` for each open track.
    pub(in crate::simulated) fn padding(&self) -> Vec<(u32, u32)> {
        let Some(session) = self.open_session() else { return Vec::new() };
        let open = session.tracks.iter().filter(|track| track.state == TrackState::Open);
        open.filter_map(|track| {
            let end = track.start + track.recorded;
            let limit = track.reserved.map_or(self.end_of_user_data(), |size| track.start + size);
            let padded = self.align(end).min(limit);
            (padded > end).then(|| (end, padded - end))
        })
        .collect()
    }

    /// CD: sectors of zeros that bring the track up to the shortest one allowed.
    pub(in crate::simulated) fn shortest_track_padding(&self, recorded: u32) -> u32 {
        match self.family() {
            Family::Cd => CD_SHORTEST_TRACK.saturating_sub(recorded),
            _ => 0,
        }
    }

    /// Ends the last session. `last`: no session shall follow.
    pub(in crate::simulated) fn close_session(&mut self, last: bool) {
        let number = self.sessions.len();
        let plus_r_limit = if self.kind == MediumKind::DvdPlusRDl { 126 } else { 127 };
        if let Some(session) = self.sessions.last_mut() {
            let end = session.tracks.last().map_or(0, |track| track.start.saturating_add(track.extent()));
            session.closed = true;
            session.lead_out = end;
        }
        let rest = self.end_of_user_data().saturating_sub(self.next_track_start());
        self.finalized = last
            || match self.family() {
                Family::Cd => rest < CD_SHORTEST_TRACK || self.track_count() >= CD_MOST_TRACKS,
                Family::DvdPlusR => rest < PLUS_R_LEAST_REST || number >= plus_r_limit,
                _ => rest < self.kind.blocking(),
            };
    }

    /// A disc at once that was announced and not begun leaves nothing on the disc.
    /// Says whether there was one.
    pub(in crate::simulated) fn drop_unused_disc_at_once(&mut self) -> bool {
        let unused = self.disc_at_once_track().is_some_and(|track| track.recorded == 0);
        if unused {
            self.sessions.clear();
        }
        unused
    }

    /// What power failure or removal leaves of a track that was being written.
    pub(in crate::simulated) fn damage_open_tracks(&mut self) {
        self.drop_unused_disc_at_once();
        if let Some(session) = self.sessions.last_mut().filter(|session| !session.closed) {
            for track in &mut session.tracks {
                if track.state == TrackState::Open && track.recorded > 0 {
                    track.state = TrackState::Damaged;
                }
            }
        }
    }
}

/// DVD-R: border-out of session `number` and border-in of the next one.
const fn border_length(number: usize) -> u32 {
    if number == 1 { MINUS_R_FIRST_BORDER } else { MINUS_R_LATER_BORDER }
}
