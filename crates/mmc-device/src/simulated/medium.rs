//! What is on a medium, and the rules that separate one kind from another.

use serde::{Deserialize, Serialize};

use super::extents::Extents;
use super::medium_kind::{Family, MediumKind};

/// CD: sectors the drive writes behind a track recorded at once; they belong to the track.
pub(super) const CD_RUN_OUT: u32 = 2;
/// CD: pregap before each track, 2 seconds.
pub(super) const CD_PREGAP: u32 = 150;
/// CD: lead-out of the first session, 1.5 minutes.
const CD_FIRST_LEAD_OUT: u32 = 6750;
/// CD: lead-out of a later session, 30 seconds.
const CD_LATER_LEAD_OUT: u32 = 2250;
/// CD: lead-in of a later session, 1 minute.
const CD_LATER_LEAD_IN: u32 = 4500;
/// CD: shortest track, 4 seconds.
const CD_SHORTEST_TRACK: u32 = 300;
/// CD: last address a lead-out may begin at, 89:59:74.
const CD_LARGEST: u32 = 404_849;
/// CD: most tracks.
const CD_MOST_TRACKS: u32 = 99;
/// DVD+R: closure of one session, 64 ECC blocks.
const PLUS_R_CLOSURE: u32 = 1024;
/// DVD+R: introduction of the next session, 64 ECC blocks.
const PLUS_R_INTRO: u32 = 1024;
/// DVD+R: run-in block between two fragments.
const PLUS_R_RUN_IN: u32 = 16;
/// DVD+R: open fragments in one session at most.
pub(super) const PLUS_R_OPEN_FRAGMENTS: usize = 15;
/// DVD+R: a session is the last one if fewer sectors remain behind it (65 ECC blocks).
const PLUS_R_LEAST_REST: u32 = 65 * 16;
/// Spare area of a BD formatted by default, as part of a full medium.
const BD_DEFAULT_SPARE: (u64, u64) = (393_216, 12_219_392);
/// More tracks or sessions than DVD or BD can have.
const MOST_TRACKS: usize = 100_000;

/// The medium as the state file keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Medium {
    pub(super) kind: MediumKind,
    /// Sectors a program may address; on CD the last possible start of the lead-out.
    pub(super) capacity: u32,
    /// Sectors without spare areas.
    pub(super) raw_capacity: u32,
    pub(super) format: Format,
    /// Nothing can be added any more.
    pub(super) finalized: bool,
    /// Sequential media: sessions in order. The last one may be open.
    pub(super) sessions: Vec<Session>,
    /// Sectors of the first layer of a medium with two.
    #[serde(default)]
    pub(super) layer_break: Option<u32>,
    /// The layer break was set by a program.
    #[serde(default)]
    pub(super) layer_break_fixed: bool,
    /// Overwritable media: sectors never written read as zeros.
    #[serde(default)]
    pub(super) initialized: bool,
    /// Sectors that hold data.
    pub(super) written: Extents,
}

/// Whether the medium has been formatted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Format {
    /// Not yet, or there is no such thing on this kind.
    None,
    /// DVD+RW: started and stopped before the end.
    Suspended,
    /// DVD+RW: going on in the background.
    Running,
    /// Done.
    Formatted,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) closed: bool,
    /// First sector behind the session's tracks.
    pub(super) lead_out: u32,
    pub(super) tracks: Vec<Track>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Track {
    pub(super) start: u32,
    /// Sectors recorded so far, padding and run-out included.
    pub(super) recorded: u32,
    /// Size asked for by RESERVE TRACK.
    #[serde(default)]
    pub(super) reserved: Option<u32>,
    pub(super) state: TrackState,
    /// CTL nibble: 4 is data recorded uninterrupted.
    pub(super) mode: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TrackState {
    /// Takes more data.
    Open,
    /// Was cut short; has to be repaired or closed.
    Damaged,
    Closed,
}

/// A track as READ TRACK INFORMATION sees it: existing, or the invisible one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TrackView {
    pub(super) number: u32,
    pub(super) session: u32,
    pub(super) start: u32,
    pub(super) size: u32,
    pub(super) next_writable: Option<u32>,
    pub(super) free: u32,
    pub(super) recorded: u32,
    pub(super) reserved: bool,
    pub(super) damaged: bool,
    pub(super) invisible: bool,
    pub(super) mode: u8,
}

/// Disc status of READ DISC INFORMATION.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DiscStatus {
    Blank = 0,
    Appendable = 1,
    Complete = 2,
}

/// State of the last session in READ DISC INFORMATION.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionState {
    Empty = 0,
    Incomplete = 1,
    Damaged = 2,
    Complete = 3,
}

/// Where a WRITE goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WritePlace {
    /// Sectors that fit from there.
    pub(super) room: u32,
    /// A new track begins.
    pub(super) begins_track: bool,
}

impl Medium {
    pub(super) fn blank(kind: MediumKind, capacity: u32) -> Medium {
        let blocking = kind.blocking();
        Medium {
            kind,
            capacity,
            raw_capacity: capacity,
            format: Format::None,
            finalized: false,
            sessions: Vec::new(),
            layer_break: (kind == MediumKind::DvdPlusRDl).then(|| (capacity / 2).next_multiple_of(blocking)),
            layer_break_fixed: false,
            initialized: false,
            written: Extents::default(),
        }
    }

    /// The state file's numbers fit together.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if !capacity_is_possible(self.kind, self.raw_capacity) || self.capacity > self.raw_capacity {
            return Err("no medium of its kind has that capacity");
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

    pub(super) fn family(&self) -> Family {
        self.kind.family()
    }

    /// First address that cannot hold user data.
    pub(super) fn end_of_user_data(&self) -> u32 {
        match self.family() {
            Family::Cd => self.capacity.saturating_sub(CD_RUN_OUT),
            _ => self.capacity,
        }
    }

    fn align(&self, sector: u32) -> u32 {
        sector.checked_next_multiple_of(self.kind.blocking()).unwrap_or(u32::MAX)
    }

    fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.sessions.iter().flat_map(|session| &session.tracks)
    }

    /// Tracks that exist, the invisible one not counted.
    pub(super) fn track_count(&self) -> u32 {
        self.sessions.iter().map(|session| session.tracks.len() as u32).sum()
    }

    pub(super) fn closed_sessions(&self) -> &[Session] {
        let open = self.sessions.last().is_some_and(|session| !session.closed);
        &self.sessions[..self.sessions.len() - usize::from(open)]
    }

    /// The open session, if it has a track.
    pub(super) fn open_session(&self) -> Option<&Session> {
        self.sessions.last().filter(|session| !session.closed)
    }

    /// The last track takes data without a reservation, or was cut short while doing so.
    fn has_growing_track(&self) -> bool {
        self.open_session()
            .and_then(|session| session.tracks.last())
            .is_some_and(|track| track.state != TrackState::Closed && track.reserved.is_none())
    }

    /// Where the next track would begin.
    pub(super) fn next_track_start(&self) -> u32 {
        let Some(session) = self.sessions.last() else { return 0 };
        if session.closed {
            let gap = match self.family() {
                Family::Cd => self.lead_out_length(self.sessions.len()) + CD_LATER_LEAD_IN + CD_PREGAP,
                Family::DvdPlusR => PLUS_R_CLOSURE + PLUS_R_INTRO,
                _ => 0,
            };
            return self.align(session.lead_out.saturating_add(gap));
        }
        let Some(track) = session.tracks.last() else { return 0 };
        let gap = match self.family() {
            Family::Cd => CD_PREGAP,
            Family::DvdPlusR => PLUS_R_RUN_IN,
            _ => 0,
        };
        self.align(track.start.saturating_add(track.extent()).saturating_add(gap))
    }

    /// CD: sectors of the lead-out behind session `number`.
    fn lead_out_length(&self, number: usize) -> u32 {
        if number == 1 { CD_FIRST_LEAD_OUT } else { CD_LATER_LEAD_OUT }
    }

    /// Where the lead-in (CD) or introduction (DVD+R) of session `number` begins; `None` for the first.
    pub(super) fn lead_in_start(&self, number: usize) -> Option<u32> {
        let before = self.sessions.get(number.checked_sub(2)?)?;
        Some(match self.family() {
            Family::Cd => before.lead_out.saturating_add(self.lead_out_length(number - 1)),
            Family::DvdPlusR => before.lead_out.saturating_add(PLUS_R_CLOSURE),
            _ => before.lead_out,
        })
    }

    /// Number of the last session, an empty one included.
    pub(super) fn last_session_number(&self) -> u32 {
        if self.family().is_overwritable() {
            return 1;
        }
        let complete = self.closed_sessions().len() as u32;
        if self.finalized { complete.max(1) } else { complete + 1 }
    }

    /// Number of the first track of the last session, the invisible one if that session is empty.
    pub(super) fn first_track_of_last_session(&self) -> u32 {
        if self.family().is_overwritable() {
            return 1;
        }
        let last = self.last_session_number() as usize;
        let before = self.sessions.iter().take(last - 1);
        1 + before.map(|session| session.tracks.len() as u32).sum::<u32>()
    }

    /// Number of the last track, the invisible one included.
    pub(super) fn last_track_number(&self) -> u32 {
        if self.family().is_overwritable() {
            return 1;
        }
        self.track_count() + u32::from(self.has_invisible_track())
    }

    fn has_invisible_track(&self) -> bool {
        !self.family().is_overwritable() && !self.finalized && !self.has_growing_track()
    }

    pub(super) fn disc_status(&self) -> DiscStatus {
        match (self.family(), self.format) {
            (Family::DvdPlusRw | Family::BdRe, Format::None) => DiscStatus::Blank,
            (Family::DvdPlusRw, Format::Suspended | Format::Running) => DiscStatus::Appendable,
            (Family::DvdPlusRw | Family::BdRe, _) => DiscStatus::Complete,
            _ if self.finalized => DiscStatus::Complete,
            (_, Format::None) if self.sessions.is_empty() => DiscStatus::Blank,
            _ => DiscStatus::Appendable,
        }
    }

    pub(super) fn last_session_state(&self) -> SessionState {
        match self.disc_status() {
            DiscStatus::Blank => SessionState::Empty,
            DiscStatus::Complete => SessionState::Complete,
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
    pub(super) fn track(&self, number: u32) -> Option<TrackView> {
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
    pub(super) fn incomplete_track(&self) -> Option<TrackView> {
        if self.family().is_overwritable() || self.finalized {
            return None;
        }
        self.track(self.last_track_number())
    }

    /// The track that holds this address.
    pub(super) fn track_at(&self, lba: u32) -> Option<TrackView> {
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

    fn whole_medium(&self) -> TrackView {
        TrackView {
            number: 1,
            session: 1,
            start: 0,
            size: self.capacity,
            next_writable: None,
            free: 0,
            recorded: if self.format == Format::None { 0 } else { self.capacity },
            reserved: false,
            damaged: false,
            invisible: false,
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
            mode: track.mode,
        }
    }

    fn invisible(&self, number: u32) -> TrackView {
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
            invisible: true,
            mode: 4,
        }
    }

    /// Sequential media: where a WRITE at this address would go.
    pub(super) fn place(&self, lba: u32) -> Option<WritePlace> {
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
    pub(super) fn record(&mut self, lba: u32, sectors: u32, track_mode: u8) {
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
            mode: track_mode,
        });
    }

    fn begin_track(&mut self, track: Track) {
        match self.sessions.last_mut() {
            Some(session) if !session.closed => session.tracks.push(track),
            _ => self.sessions.push(Session { closed: false, lead_out: 0, tracks: vec![track] }),
        }
    }

    /// RESERVE TRACK: a track of this size where the invisible one was.
    pub(super) fn reserve(&mut self, sectors: u32) {
        let start = self.next_track_start();
        let state = TrackState::Open;
        self.begin_track(Track { start, recorded: 0, reserved: Some(sectors), state, mode: 4 });
    }

    /// Open tracks that were reserved.
    pub(super) fn open_reservations(&self) -> usize {
        let open = |track: &&Track| track.reserved.is_some() && track.state == TrackState::Open;
        self.tracks().filter(open).count()
    }

    /// The drive's own track record, open ones only.
    pub(super) fn open_track_mut(&mut self, number: u32) -> Option<&mut Track> {
        let first = self.first_track_of_last_session();
        let session = self.sessions.last_mut().filter(|session| !session.closed)?;
        session.tracks.get_mut(number.checked_sub(first)? as usize)
    }

    /// Blocks to add so that what is recorded fills whole units: `(address, sectors)` for each open track.
    pub(super) fn padding(&self) -> Vec<(u32, u32)> {
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
    pub(super) fn shortest_track_padding(&self, recorded: u32) -> u32 {
        match self.family() {
            Family::Cd => CD_SHORTEST_TRACK.saturating_sub(recorded),
            _ => 0,
        }
    }

    /// Ends the last session. `last`: no session shall follow.
    pub(super) fn close_session(&mut self, last: bool) {
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

    /// What power failure or removal leaves of a track that was being written.
    pub(super) fn damage_open_tracks(&mut self) {
        if let Some(session) = self.sessions.last_mut().filter(|session| !session.closed) {
            for track in &mut session.tracks {
                if track.state == TrackState::Open && track.recorded > 0 {
                    track.state = TrackState::Damaged;
                }
            }
        }
    }

    /// Last address of READ CAPACITY.
    pub(super) fn last_address(&self) -> u32 {
        match self.family() {
            Family::DvdPlusRw | Family::BdRe if self.format == Format::None => 0,
            Family::DvdPlusRw | Family::BdRe => self.capacity.saturating_sub(1),
            _ => self.closed_sessions().last().map_or(0, |session| session.lead_out.saturating_sub(1)),
        }
    }

    /// First address behind everything a program may read.
    pub(super) fn readable_end(&self) -> u32 {
        if self.family().is_overwritable() {
            return self.capacity;
        }
        self.tracks().last().map_or(0, |track| track.start.saturating_add(track.extent()))
    }

    /// Sectors a BD formatted with default spare areas offers.
    pub(super) fn default_formatted_capacity(&self) -> u32 {
        let spare = u64::from(self.raw_capacity) * BD_DEFAULT_SPARE.0 / BD_DEFAULT_SPARE.1;
        (self.raw_capacity - spare as u32) / 32 * 32
    }

    /// Back to what it was when new, or as newly formatted.
    pub(super) fn forget_everything(&mut self) {
        self.sessions.clear();
        self.written.clear();
        self.finalized = false;
        self.initialized = false;
    }
}

impl Track {
    /// Sectors from the track's start to where the next thing may begin.
    fn extent(&self) -> u32 {
        self.reserved.unwrap_or(self.recorded).max(self.recorded)
    }
}

/// A medium of that kind may have so many sectors: whole units, at least 1024, and no
/// more than ten times the usual size or 90 minutes.
pub(super) fn capacity_is_possible(kind: MediumKind, capacity: u32) -> bool {
    let most = match kind.family() {
        Family::Cd => CD_LARGEST,
        _ => kind.default_capacity().saturating_mul(10),
    };
    capacity.is_multiple_of(kind.blocking()) && capacity >= 1024 && capacity <= most
}
