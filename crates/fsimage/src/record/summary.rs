//! Drives, media and their tracks in words and numbers, for people and programs to read.

use std::fmt;

use mmc_device::{MediumState, MediumTrack, TrackState};

use super::OpenDrive;
use super::abilities::DriveAbilities;
use crate::{Error, Result};

/// A drive, for people and programs to read.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct DriveSummary {
    /// As the caller names it.
    pub drive: String,
    /// From INQUIRY.
    pub vendor: String,
    /// From INQUIRY.
    pub model: String,
    /// From INQUIRY.
    pub revision: String,
    /// What it can do.
    pub abilities: DriveAbilities,
    /// What is in it.
    pub medium: MediumSummary,
}

/// A medium, for people and programs to read.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct MediumSummary {
    /// Name of the current profile.
    pub profile: String,
    /// `blank`, `appendable`, `complete` or `overwritable`; `unknown` where the drive refuses to tell it.
    pub state: &'static str,
    /// Sectors of the whole medium.
    pub capacity: u32,
    /// Sectors from where the next session would begin to the end of the medium; 0 if none can follow.
    pub free: u32,
    /// Where the next session would begin: behind the sessions found on the medium where every sector can be
    /// written again, and what the drive says elsewhere. `None` if none can follow.
    pub next_writable: Option<i32>,
    /// Whether a session was left open; it is closed before the next one is recorded.
    pub unfinished_session: bool,
    /// Sectors in the smallest unit of recording.
    pub write_unit: u32,
    /// Whether it can be erased.
    pub erasable: bool,
    /// Writing speeds that drive and medium can do, fastest first, in kilobytes of 1000 bytes per second; empty where
    /// the drive does not tell.
    pub write_speeds: Vec<u32>,
    /// The tracks.
    pub tracks: Vec<TrackSummary>,
}

/// A track, for people and programs to read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TrackSummary {
    /// From 1.
    pub number: u16,
    /// Session it is in.
    pub session: u16,
    /// First sector.
    pub start: i32,
    /// Sectors. Of a track that is damaged, drives may tell the size that it could have had.
    pub sectors: u32,
    /// Those up to the last one that is recorded, where the drive tells that of a track that is not closed.
    pub recorded: Option<u32>,
    /// `blank`, `open`, `recorded`; or `damaged` where the drive says so: its recording never came to its end.
    pub state: &'static str,
    /// Whether it holds sound, and not data.
    pub is_audio: bool,
}

impl TrackSummary {
    pub(super) fn of(track: &MediumTrack) -> TrackSummary {
        TrackSummary {
            number: track.number,
            session: track.session,
            start: track.start.get(),
            sectors: track.blocks,
            recorded: track
                .next_writable
                .map(|next| next.blocks_from_zero().saturating_sub(track.start.blocks_from_zero())),
            state: match track.state {
                _ if track.damaged => "damaged",
                TrackState::Blank => "blank",
                TrackState::Open => "open",
                TrackState::Recorded => "recorded",
            },
            is_audio: !track.data && track.state != TrackState::Blank,
        }
    }
}

/// What was closed of a session that was left open: tracks that had not come to their ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ClosedTracks {
    /// The session, if one was left open in which anything was recorded or reserved.
    pub session: Option<u16>,
    /// Those whose recording was cut short. Nothing on the medium tells it from now on, but what is missing in a file system.
    /// Of a reserved one the drive fills the rest with zeros.
    pub cut_short: Vec<TrackSummary>,
    /// Reserved ones in which nothing was recorded: their room is used up, and nothing else is lost.
    pub unused: Vec<TrackSummary>,
}

impl ClosedTracks {
    /// The error of what was to follow, which says of the medium what was closed before.
    #[must_use]
    pub fn told_with(&self, error: Error) -> Error {
        if *self == ClosedTracks::default() {
            return error;
        }
        match error {
            Error::Cancelled { state } => Error::Cancelled { state: format!("{state}; {self}") },
            Error::Recording { source, medium } => {
                Error::Recording { source, medium: format!("{medium}; {self}") }
            }
            error => Error::Recording { source: Box::new(error), medium: self.to_string() },
        }
    }
}

/// In a message: a session, and its tracks.
impl fmt::Display for ClosedTracks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the session that was left open was closed before that")?;
        let mut with = ", with";
        let cut_short = self.cut_short.iter().map(|track| (track, "cut short"));
        for (track, how) in cut_short.chain(self.unused.iter().map(|track| (track, "reserved"))) {
            write!(f, "{with} track {}, which was {how}", track.number)?;
            with = ", and";
        }
        Ok(())
    }
}

impl OpenDrive {
    /// Drive and medium. An overwritable medium is read for its sessions.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn describe(&self) -> Result<DriveSummary> {
        let inquiry = self.sectors.drive().inquiry().map_err(|error| self.error(error))?;
        let abilities = DriveAbilities::of(&mut self.sectors.drive());
        let speeds = self.sectors.drive().write_speeds().unwrap_or_default();
        let mut write_speeds: Vec<u32> = speeds.iter().map(|speed| speed.write.get()).collect();
        // Each way of turning lists its own.
        write_speeds.dedup();
        let medium = self.medium();
        let room = self.room();
        Ok(DriveSummary {
            drive: self.name().to_owned(),
            vendor: inquiry.vendor.clone(),
            model: inquiry.product.clone(),
            revision: inquiry.revision.clone(),
            abilities,
            medium: MediumSummary {
                profile: medium.profile.to_string(),
                state: match medium.state {
                    _ if medium.refusal.is_some() => "unknown",
                    MediumState::Blank => "blank",
                    MediumState::Appendable => "appendable",
                    MediumState::Complete => "complete",
                    MediumState::Overwritable => "overwritable",
                },
                capacity: medium.capacity,
                free: room.map_or(0, |(_, free)| free),
                next_writable: room.map(|(start, _)| start),
                unfinished_session: medium.unfinished_session,
                write_unit: medium.write_unit,
                erasable: medium.erasable,
                write_speeds,
                tracks: medium.tracks.iter().map(TrackSummary::of).collect(),
            },
        })
    }
}
