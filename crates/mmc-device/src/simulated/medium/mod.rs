//! What is on a medium, and the rules that separate one kind from another.

use serde::{Deserialize, Serialize};

mod admission;
mod bd_r;
mod check;
mod dvd_minus_r;
mod restricted_overwrite;
mod sequential;
mod view;

pub(super) use check::capacity_is_possible;

use super::cd::{CdDisc, CdTrack};
use super::extents::Extents;
pub(in crate::simulated) use super::medium_kind::CD_RUN_OUT;
use super::medium_kind::{Family, MediumKind};

/// CD: pregap before each track, 2 seconds.
pub(in crate::simulated) const CD_PREGAP: u32 = 150;
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
pub(in crate::simulated) const PLUS_R_OPEN_FRAGMENTS: usize = 15;
/// DVD+R: a session is the last one if fewer sectors remain behind it (65 ECC blocks).
const PLUS_R_LEAST_REST: u32 = 65 * 16;
/// DVD-R: border-out of the first session and border-in of the second, 32 MiB.
const MINUS_R_FIRST_BORDER: u32 = 16_384;
/// DVD-R: the same between later sessions, 6 MiB.
const MINUS_R_LATER_BORDER: u32 = 3_072;
/// DVD-R: link block between two tracks of a session.
const MINUS_R_LINK: u32 = 16;
/// More tracks or sessions than DVD or BD can have.
const MOST_TRACKS: usize = 100_000;

/// The medium as the state file keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::simulated) struct Medium {
    pub(in crate::simulated) kind: MediumKind,
    /// Sectors a program may address; on CD the last possible start of the lead-out.
    pub(in crate::simulated) capacity: u32,
    /// Sectors without spare areas.
    pub(in crate::simulated) raw_capacity: u32,
    pub(in crate::simulated) format: Format,
    /// Nothing can be added any more.
    pub(in crate::simulated) finalized: bool,
    /// Sequential media: sessions in order. The last one may be open.
    pub(in crate::simulated) sessions: Vec<Session>,
    /// Sectors of the first layer of a medium with two.
    #[serde(default)]
    pub(in crate::simulated) layer_break: Option<u32>,
    /// The layer break was set by a program.
    #[serde(default)]
    pub(in crate::simulated) layer_break_fixed: bool,
    /// Overwritable media: sectors never written read as zeros.
    #[serde(default)]
    pub(in crate::simulated) initialized: bool,
    /// DVD-RW: the last BLANK was the minimal one.
    #[serde(default)]
    pub(in crate::simulated) minimally_blanked: bool,
    /// CD-RW, DVD-RW, DVD-RAM: BLANK or FORMAT UNIT did not come to its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::simulated) half_erased: bool,
    /// BD-R with pseudo-overwrite: clusters replaced.
    #[serde(default)]
    pub(in crate::simulated) replacements: u32,
    /// Sectors that hold data.
    pub(in crate::simulated) written: Extents,
    /// CD: what only subchannels tell.
    #[serde(default, skip_serializing_if = "CdDisc::is_empty")]
    pub(in crate::simulated) disc: CdDisc,
}

/// Whether the medium has been formatted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::simulated) enum Format {
    /// Not yet, or there is no such thing on this kind.
    None,
    /// DVD+RW: started and stopped before the end.
    Suspended,
    /// DVD+RW: going on in the background.
    Running,
    /// DVD-RW: for restricted overwrite, by the quick format; the formatted area grows with what is recorded.
    Intermediate,
    /// BD-R: sequential recording with pseudo-overwrite.
    PseudoOverwrite,
    /// BD-R: random recording.
    RandomRecording,
    /// Done. DVD-RW: for restricted overwrite; BD-R: sequential recording without pseudo-overwrite.
    Formatted,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::simulated) struct Session {
    pub(in crate::simulated) closed: bool,
    /// First sector behind the session's tracks.
    pub(in crate::simulated) lead_out: u32,
    pub(in crate::simulated) tracks: Vec<Track>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::simulated) struct Track {
    pub(in crate::simulated) start: u32,
    /// Sectors recorded so far, padding and run-out included.
    pub(in crate::simulated) recorded: u32,
    /// Size asked for by RESERVE TRACK.
    #[serde(default)]
    pub(in crate::simulated) reserved: Option<u32>,
    pub(in crate::simulated) state: TrackState,
    /// DVD-R: recorded disc at once, in the size reserved. CD: a session recorded at once or raw that did not come to
    /// its end.
    #[serde(default)]
    pub(in crate::simulated) at_once: bool,
    /// CTL nibble: 4 is data recorded uninterrupted.
    pub(in crate::simulated) mode: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::simulated) enum TrackState {
    /// Takes more data.
    Open,
    /// Was cut short; has to be repaired or closed.
    Damaged,
    Closed,
}

/// A track as READ TRACK INFORMATION sees it: existing, or the invisible one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulated) struct TrackView {
    pub(in crate::simulated) number: u32,
    pub(in crate::simulated) session: u32,
    pub(in crate::simulated) start: u32,
    pub(in crate::simulated) size: u32,
    pub(in crate::simulated) next_writable: Option<u32>,
    pub(in crate::simulated) free: u32,
    pub(in crate::simulated) recorded: u32,
    pub(in crate::simulated) reserved: bool,
    pub(in crate::simulated) damaged: bool,
    pub(in crate::simulated) invisible: bool,
    /// Recorded at once: not in packets.
    pub(in crate::simulated) at_once: bool,
    pub(in crate::simulated) mode: u8,
}

/// Disc status of READ DISC INFORMATION.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulated) enum DiscStatus {
    Blank = 0,
    Appendable = 1,
    Complete = 2,
    /// DVD-RAM: sectors are recorded in any order.
    Other = 3,
}

/// State of the last session in READ DISC INFORMATION.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulated) enum SessionState {
    Empty = 0,
    Incomplete = 1,
    Damaged = 2,
    Complete = 3,
}

/// Where a WRITE goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulated) struct WritePlace {
    /// Sectors that fit from there.
    pub(in crate::simulated) room: u32,
    /// A new track begins.
    pub(in crate::simulated) begins_track: bool,
}

impl Medium {
    pub(in crate::simulated) fn blank(kind: MediumKind, capacity: u32) -> Medium {
        let blocking = kind.blocking();
        // A DVD-RAM is sold formatted.
        let formatted = kind.family() == Family::DvdRam;
        let mut medium = Medium {
            kind,
            capacity,
            raw_capacity: capacity,
            format: if formatted { Format::Formatted } else { Format::None },
            finalized: false,
            sessions: Vec::new(),
            layer_break: kind.has_layer_break().then(|| (capacity / 2).next_multiple_of(blocking)),
            layer_break_fixed: false,
            initialized: formatted,
            minimally_blanked: false,
            half_erased: false,
            replacements: 0,
            written: Extents::default(),
            disc: CdDisc::default(),
        };
        if formatted {
            medium.capacity = medium.default_formatted_capacity();
        }
        medium
    }

    pub(in crate::simulated) fn family(&self) -> Family {
        match (self.kind.family(), self.format) {
            (Family::DvdMinusR, Format::Intermediate | Format::Formatted) => Family::RestrictedOverwrite,
            (Family::BdR, Format::RandomRecording) => Family::BdRandom,
            (family, _) => family,
        }
    }

    /// Profile number (MMC, GET CONFIGURATION).
    pub(in crate::simulated) fn profile(&self) -> u16 {
        match self.family() {
            Family::RestrictedOverwrite => 0x0013,
            Family::BdRandom => 0x0042,
            _ => self.kind.profile(),
        }
    }

    /// First address that cannot hold user data.
    pub(in crate::simulated) fn end_of_user_data(&self) -> u32 {
        match self.family() {
            Family::Cd => self.capacity.saturating_sub(CD_RUN_OUT),
            _ => self.capacity,
        }
    }

    /// DVD+RW: the background format stops. The drive has formatted everything up to the last unit recorded; what is
    /// there and was not written reads as zeros.
    pub(in crate::simulated) fn suspend_format(&mut self) {
        self.format = Format::Suspended;
        let end = self.align(self.written.end()).min(self.capacity);
        if end > 0 {
            self.written.insert(0, end);
        }
    }

    fn align(&self, sector: u32) -> u32 {
        sector.checked_next_multiple_of(self.kind.blocking()).unwrap_or(u32::MAX)
    }

    fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.sessions.iter().flat_map(|session| &session.tracks)
    }

    /// Tracks that exist, the invisible one not counted.
    pub(in crate::simulated) fn track_count(&self) -> u32 {
        self.sessions.iter().map(|session| session.tracks.len() as u32).sum()
    }

    pub(in crate::simulated) fn closed_sessions(&self) -> &[Session] {
        let open = self.sessions.last().is_some_and(|session| !session.closed);
        &self.sessions[..self.sessions.len() - usize::from(open)]
    }

    /// The open session, if it has a track.
    pub(in crate::simulated) fn open_session(&self) -> Option<&Session> {
        self.sessions.last().filter(|session| !session.closed)
    }

    /// The last track takes data without a reservation, or was cut short while doing so.
    fn has_growing_track(&self) -> bool {
        self.open_session()
            .and_then(|session| session.tracks.last())
            .is_some_and(|track| track.state != TrackState::Closed && track.reserved.is_none())
    }
}

impl Track {
    /// Sectors from the track's start to where the next thing may begin.
    fn extent(&self) -> u32 {
        self.reserved.unwrap_or(self.recorded).max(self.recorded)
    }
}
