//! Sound, a track at once. `docs/recipes/cd-audio-tao.md` tells the steps.

use super::sectors::Sectors;
use super::{CdRequest, prepare};
use crate::cd::{Control, Isrc, MOST_TRACKS, MediaCatalogNumber, RAW_BYTES, SHORTEST_TRACK};
use crate::command::close::CloseFunction;
use crate::feature::FeatureCode;
use crate::medium::writable_track;
use crate::recorder::parameters::{multi_session, select};
use crate::{Closing, Drive, DriveError, Lba, Medium, MediumLeft, NotWritable, Transport};

/// Tracks of sound in a session, written one by one.
pub struct SoundTracks<'d, T: Transport> {
    sectors: Sectors<'d, T>,
    medium: Medium,
    request: CdRequest,
    /// From underruns, by the drive.
    protected: bool,
    catalog: Option<MediaCatalogNumber>,
    tracks: usize,
    open: Option<Open>,
}

struct Open {
    start: Lba,
    free: u32,
}

/// A track that is on the disc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenTrack {
    /// Its first sector.
    pub start: Lba,
    /// Its sectors, with those of silence that make it four seconds long.
    pub sectors: u32,
    /// Sectors of silence among them.
    pub padding: u32,
}

/// A session of sound between two of its tracks: it is open, and the disc locked in.
#[derive(Clone, Debug)]
pub struct PausedTracks {
    medium: Medium,
    protected: bool,
    tracks: usize,
    next: Lba,
    begun: bool,
    taken: bool,
    failed: bool,
}

impl PausedTracks {
    /// Goes on with the session, in the same drive. What comes of it when it is dropped at once: the disc can be taken
    /// out, and the session stays open.
    pub fn resume<'d, T: Transport>(
        &self,
        drive: &'d mut Drive<T>,
        catalog: Option<MediaCatalogNumber>,
        request: &CdRequest,
    ) -> SoundTracks<'d, T> {
        let mut sectors = Sectors::begin(drive, self.medium.profile, self.next);
        sectors.begun = self.begun;
        sectors.taken = self.taken;
        sectors.failed = self.failed;
        let (medium, request) = (self.medium.clone(), *request);
        SoundTracks {
            sectors,
            medium,
            request,
            protected: self.protected,
            catalog,
            tracks: self.tracks,
            open: None,
        }
    }

    /// Whether a track could not be written to its end. No other can follow; the session can be abandoned.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.failed
    }
}

impl<'d, T: Transport> SoundTracks<'d, T> {
    /// Prepares the disc.
    ///
    /// # Errors
    /// [`DriveError::NotWritable`]; what the drive says.
    pub fn begin(
        drive: &'d mut Drive<T>,
        medium: &Medium,
        catalog: Option<MediaCatalogNumber>,
        request: &CdRequest,
    ) -> Result<SoundTracks<'d, T>, DriveError> {
        let protected = prepare(drive, medium, request, FeatureCode::CD_TRACK_AT_ONCE)?;
        let sectors = Sectors::begin(drive, medium.profile, Lba::ZERO);
        let tracks = medium.sessions.last().map_or(0, |session| usize::from(session.last_track));
        Ok(SoundTracks {
            sectors,
            medium: medium.clone(),
            request: *request,
            protected,
            catalog,
            tracks,
            open: None,
        })
    }

    /// Tracks on the disc, those of earlier sessions among them.
    #[must_use]
    pub fn tracks(&self) -> usize {
        self.tracks
    }

    /// Begins a track and gives its first sector and the sectors that are free from there.
    ///
    /// # Errors
    /// [`DriveError::NotWritable`] with [`NotWritable::TooManyTracks`]; what the drive says.
    pub fn begin_track(&mut self, control: Control, isrc: Option<Isrc>) -> Result<(Lba, u32), DriveError> {
        self.sectors.check()?;
        if self.open.is_some() {
            self.end_track()?;
        }
        let profile = self.medium.profile;
        let refused = |reason| Err(DriveError::NotWritable { profile, reason });
        if self.tracks >= MOST_TRACKS {
            return refused(NotWritable::TooManyTracks);
        }
        let multi = multi_session(self.request.closing);
        let (test, protected, catalog) = (self.request.test_write, self.protected, self.catalog);
        select(self.sectors.drive, |page| {
            page.set_sound_at_once(multi, test, protected, control.0, catalog, isrc);
        })?;
        let Some(track) = writable_track(self.sectors.drive, profile)? else {
            return refused(NotWritable::NoNextWritableAddress);
        };
        let Some(next) = track.next_writable else { return refused(NotWritable::NoNextWritableAddress) };
        let start = if self.tracks == 0 { Lba::ZERO } else { next.max(Lba::ZERO) };
        // A drive that only pretends gives the same address again.
        let start = if test { start.max(self.sectors.next) } else { start };
        self.sectors.next = start;
        self.open = Some(Open { start, free: track.free_blocks });
        Ok((start, track.free_blocks))
    }

    /// Writes whole sectors of sound.
    ///
    /// # Errors
    /// [`DriveError::PartialBlock`], [`DriveError::TooLarge`]; what the drive says.
    pub fn write(&mut self, data: &[u8]) -> Result<(), DriveError> {
        let Some(open) = &self.open else {
            let (profile, reason) = (self.medium.profile, NotWritable::BrokenSession);
            return Err(DriveError::NotWritable { profile, reason });
        };
        let waiting = self.sectors.waiting(RAW_BYTES);
        let written = self.sectors.next.since(open.start).unwrap_or(0) + waiting;
        let needed = written.saturating_add((data.len() / RAW_BYTES) as u32);
        if needed > open.free {
            return Err(DriveError::TooLarge { needed, available: open.free });
        }
        self.sectors.push(RAW_BYTES, data)
    }

    /// Ends the track, filled up to four seconds.
    ///
    /// # Errors
    /// What the drive says.
    pub fn end_track(&mut self) -> Result<WrittenTrack, DriveError> {
        let Some(start) = self.open.as_ref().map(|open| open.start) else {
            return Ok(WrittenTrack { start: self.sectors.next, sectors: 0, padding: 0 });
        };
        if !self.sectors.failed {
            self.sectors.drain(RAW_BYTES)?;
        }
        let written = self.sectors.next.since(start).unwrap_or(0);
        let padding = if written > 0 { SHORTEST_TRACK.saturating_sub(written) } else { 0 };
        if !self.sectors.failed && padding > 0 {
            self.sectors.push(RAW_BYTES, &vec![0; padding as usize * RAW_BYTES])?;
            self.sectors.drain(RAW_BYTES)?;
        }
        // Until that is done the track is open, and can be tried again.
        self.sectors.flush()?;
        self.open = None;
        self.tracks += usize::from(written > 0);
        Ok(WrittenTrack { start, sectors: written + padding, padding })
    }

    /// Ends the track that is open, if there is one, and lets go of the drive. The session stays open and the disc locked
    /// in until [`PausedTracks::resume`].
    pub fn pause(mut self) -> (Result<WrittenTrack, DriveError>, PausedTracks) {
        let ended = self.end_track();
        self.sectors.pauses = true;
        let paused = PausedTracks {
            medium: self.medium,
            protected: self.protected,
            tracks: self.tracks,
            next: self.sectors.next,
            begun: self.sectors.begun,
            taken: self.sectors.taken,
            failed: self.sectors.failed || ended.is_err(),
        };
        (ended, paused)
    }

    /// Ends the track that is open, if there is one, and the session.
    ///
    /// # Errors
    /// What the drive says.
    pub fn close(mut self) -> Result<(), DriveError> {
        self.end_track()?;
        self.sectors.drive.set_recording(false);
        if !self.sectors.begun || self.request.test_write {
            return Ok(());
        }
        self.sectors.drive.close_track_session(CloseFunction::SESSION, 0)
    }

    /// Ends the session with the tracks it has, so that players read them, and leaves the disc open for another.
    ///
    /// # Errors
    /// What the drive says.
    pub fn abandon(mut self) -> Result<MediumLeft, DriveError> {
        self.end_track()?;
        self.sectors.drive.set_recording(false);
        if !self.sectors.begun || self.request.test_write {
            return Ok(MediumLeft::Untouched);
        }
        let (multi, protected, catalog) =
            (multi_session(Closing::KeepAppendable), self.protected, self.catalog);
        select(self.sectors.drive, |page| page.set_sound_at_once(multi, false, protected, 0, catalog, None))?;
        match self.sectors.drive.close_track_session(CloseFunction::SESSION, 0) {
            // The first write was refused, and no track was begun.
            Err(error) if !self.sectors.taken && error.is_unsupported() => Ok(MediumLeft::Untouched),
            closed => closed.map(|()| MediumLeft::Appendable),
        }
    }
}
