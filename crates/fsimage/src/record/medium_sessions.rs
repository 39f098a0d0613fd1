//! The sessions of the medium in a drive: those that the drive tells, or that the layout shows.

use std::sync::Arc;

use mmc_device::{MediumState, MediumTrack, Profile, SessionInfo, TrackState};
use multisession::{Session, SessionTable};
use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::OpenDrive;
use super::summary::TrackSummary;
use crate::address::sector_of_lba;
use crate::disc::{Disc, DiscTrack, ToldByDrive, is_unwritten};
use crate::recover::is_mendable;
use crate::{Error, Result};

impl OpenDrive {
    /// The medium for reading, with the sessions that the drive tells, or, where a drive knows of one
    /// only because every sector can be rewritten, those that the layout shows.
    ///
    /// # Errors
    /// [`Error::ImportRead`], [`Error::Corrupt`] for an impossible table of contents.
    pub fn disc(&self) -> Result<Disc> {
        Ok(self.disc_of_sectors()?.in_files(self.files.clone()))
    }

    fn disc_of_sectors(&self) -> Result<Disc> {
        let source: Arc<dyn ReadSectors> = self.sectors.clone();
        if self.medium().state == MediumState::Overwritable {
            return Ok(self.blank_or_not(Disc::from_source(source, self.name().to_owned())?));
        }
        let told = self.told_sessions()?;
        match self.medium().pseudo_overwrite {
            Some(_) if told.sessions().len() <= 1 => self.found_behind_head(told),
            _ => Ok(told),
        }
    }

    /// The same medium, which is blank where nothing is in its head.
    fn blank_or_not(&self, disc: Disc) -> Disc {
        let is_blank = disc.sessions().is_empty() && matches!(self.is_head_in_use(), Ok(false));
        if is_blank { disc.blank() } else { disc }
    }

    /// The sessions that the layout shows of a medium with pseudo-overwrite, where the drive knows of one at most; that one
    /// where it never came to its end, or where it is no session of this layout. Where the head cannot be read, nobody knows, and
    /// it is as on any medium that can be written again.
    fn found_behind_head(&self, told: Disc) -> Result<Disc> {
        let source: Arc<dyn ReadSectors> = self.sectors.clone();
        let found = Disc::from_source(source, self.name().to_owned())?;
        if self.medium().is_replaceable() && found.is_head_unreadable() {
            return Ok(found);
        }
        let is_unknown = match found.sessions().newest() {
            Some(newest) => newest.start == Sector::ZERO && told.newest_complete().is_none(),
            // What it held before may be lost.
            None => !told.sessions().is_empty() && self.is_head_in_use().unwrap_or(true),
        };
        Ok(if is_unknown && !is_mendable(&found) { told } else { self.blank_or_not(found) })
    }

    /// The sessions that the drive tells.
    fn told_sessions(&self) -> Result<Disc> {
        let source: Arc<dyn ReadSectors> = self.sectors.clone();
        let sessions = self.medium().sessions.iter().filter_map(|session| {
            let first = sector_of_lba(session.start)?;
            // A file system lies in the first track with data, in front of which there may be sound.
            let data = self.recorded_tracks(session.number).find(|track| track.data);
            Some(Session {
                number: session.number,
                start: data.and_then(|track| sector_of_lba(track.start)).unwrap_or(first),
                end: first.checked_add(SectorCount::new(session.blocks)),
            })
        });
        let sessions = SessionTable::new(sessions).map_err(|error| Error::Corrupt {
            sector: Sector::ZERO,
            structure: "table of contents",
            detail: error.to_string(),
        })?;
        // Of a track that was left open, damaged, drives tell the size it could have had. A file system lies in the first
        // track with data.
        let is_cut = |session: &&SessionInfo| {
            let mut tracks = self.recorded_tracks(session.number);
            tracks.find(|track| track.data).is_some_and(|track| track.damaged)
        };
        let open = self.medium().sessions.iter().filter(|session| !session.closed);
        let mut damaged: Vec<u16> = open.filter(is_cut).map(|session| session.number).collect();
        damaged.extend(&self.interrupted);
        let is_unfinished = |session: &&SessionInfo| {
            let mut tracks = self.medium().tracks.iter();
            (!session.closed && self.medium().state != MediumState::Complete)
                || self.interrupted.contains(&session.number)
                || tracks.any(|track| track.session == session.number && track.damaged)
        };
        let unfinished = self.medium().sessions.iter().filter(is_unfinished);
        let unfinished = unfinished.map(|session| session.number).collect();
        let is_sound = |number: &u16| {
            let mut tracks = self.recorded_tracks(*number).peekable();
            tracks.peek().is_some() && tracks.all(|track| !track.data && !track.damaged)
        };
        let numbers = self.medium().sessions.iter().map(|session| session.number);
        let sound: Vec<u16> = numbers.filter(is_sound).collect();
        let toc = match self.medium().tracks.iter().any(|track| TrackSummary::of(track).is_audio) {
            true => self.toc(),
            false => Vec::new(),
        };
        let has_gaps = self.medium().profile.is_cd() || self.medium().profile == Profile::BD_R_RRM;
        let open = self.open_tracks().map(|track| track.session).collect();
        let told = ToldByDrive { damaged, unfinished, open, sound, has_gaps };
        let sessions = Disc::with_sessions(source, self.name().to_owned(), sessions, told)?;
        Ok(sessions.with_tracks(self.disc_tracks(), toc))
    }

    /// The tracks of a session in which something is recorded.
    fn recorded_tracks(&self, session: u16) -> impl Iterator<Item = &MediumTrack> {
        let tracks = self.medium().tracks.iter();
        tracks.filter(move |track| track.session == session && track.state != TrackState::Blank)
    }

    /// The recorded tracks.
    fn disc_tracks(&self) -> Vec<DiscTrack> {
        let sessions = self.medium().sessions.iter();
        let tracks = sessions.flat_map(|session| self.recorded_tracks(session.number));
        let disc_track = |track: &MediumTrack| {
            let MediumTrack { number, session, data, .. } = *track;
            let start = sector_of_lba(track.start)?;
            let is_open = self.open_tracks().any(|open| open.number == number);
            Some(DiscTrack { number, session, start, is_sound: !data, is_open })
        };
        tracks.filter_map(disc_track).collect()
    }

    /// Where the recorded tracks begin, and the last one ends.
    fn toc(&self) -> Vec<u32> {
        let sessions = self.medium().sessions.iter();
        let tracks = sessions.flat_map(|session| self.recorded_tracks(session.number));
        let starts = tracks.map(|track| track.start.blocks_from_zero());
        starts.chain([self.medium().readable().get()]).collect()
    }

    /// Whether there is anything in the first 32 sectors. What the drive says was never recorded holds nothing, if that
    /// is so of its whole unit of recording: beside sectors that are there, it was lost. Where sectors are recorded in order,
    /// those behind the last one are yet to come.
    pub(super) fn is_head_in_use(&self) -> std::result::Result<bool, ReadError> {
        let unit = self.medium().write_unit.max(1);
        let in_order = self.medium().pseudo_overwrite.is_some();
        for start in (0..multisession::HEAD_SECTORS.get()).step_by(unit as usize) {
            let (mut recorded, mut is_gap, mut unwritten) = (false, false, None);
            for number in start..start + unit {
                let mut sector = [0; SECTOR_SIZE];
                match self.sectors.read_sectors(Sector::new(number), &mut sector) {
                    Ok(()) if sector.iter().any(|&byte| byte != 0) => return Ok(true),
                    Ok(()) => {
                        recorded = true;
                        is_gap |= unwritten.is_some();
                    }
                    Err(error) if !is_unwritten(&error) => return Err(error),
                    Err(ReadError::OutOfRange { .. }) => {}
                    Err(error) => unwritten = unwritten.or(Some(error)),
                }
            }
            if let Some(error) = unwritten.filter(|_| if in_order { is_gap } else { recorded }) {
                return Err(error);
            }
        }
        Ok(false)
    }
}
