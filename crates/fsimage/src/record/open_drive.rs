use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mmc_device::feature::FeatureCode;
use mmc_device::sense::key;
use mmc_device::simulated::{Clock, MediumKind, SimulatedDrive, Timing};
use mmc_device::{
    Drive, DriveError, DriveSectors, Medium, MediumState, MediumTrack, NoWait, Profile, SessionInfo,
    TrackState, Transport, Waiter,
};
use multisession::{CD_TRACK_PADDING, Growth, NextSession, Session, SessionTable, next_session};
use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::abilities::{DriveAbilities, FeatureSummary};
use super::listening::{heard, stop};
use super::summary::{ClosedTracks, DriveSummary, MediumSummary, TrackSummary};
use super::{
    Blanking, Cdb, Closing, CommandData, CommandEnd, DriveName, FormatRequest, drive_error, opening_error,
    simulated_error,
};
use crate::address::{lba, sector_of_lba};
use crate::boot::image_end;
use crate::disc::{Disc, DiscTrack, ToldByDrive, is_unwritten};
use crate::recover::is_mendable;
use crate::{CancelToken, Control, Error, Result};

type AnyTransport = Box<dyn Transport>;

/// A drive of this process, with what is known of its medium.
pub struct OpenDrive {
    name: String,
    pub(super) sectors: Arc<DriveSectors<AnyTransport>>,
    medium: Medium,
    /// Sessions that were not complete when they were closed here: closed, nothing need tell it, for drives fill up
    /// short tracks.
    interrupted: Vec<u16>,
    /// Those of a simulated medium.
    files: Vec<PathBuf>,
}

impl fmt::Debug for OpenDrive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OpenDrive { name, medium, .. } = self;
        f.debug_struct("OpenDrive").field("name", name).field("medium", medium).finish_non_exhaustive()
    }
}

impl OpenDrive {
    /// Opens a drive for recording; no other program can use it meanwhile. A simulated medium that is
    /// absent is made, if its kind is named.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn open(name: &DriveName) -> Result<OpenDrive> {
        OpenDrive::open_cancellable(name, &CancelToken::new())
    }

    /// The same for a caller who may cancel: waits for the drive end then, here and whenever it is read, within a second. A
    /// recording has the token of its own [`Control`].
    ///
    /// # Errors
    /// [`Error::Drive`], [`Error::Cancelled`].
    pub fn open_cancellable(name: &DriveName, cancel: &CancelToken) -> Result<OpenDrive> {
        OpenDrive::open_with(name, cancel, |_| Box::new(NoWait))
    }

    /// The same, with a simulated drive that takes the time that a real one would, by a clock of the caller's. Other
    /// drives are as ever.
    ///
    /// # Errors
    /// [`Error::Drive`], [`Error::Cancelled`].
    pub fn open_timed(
        name: &DriveName,
        clock: impl Clock + Clone + 'static,
        cancel: &CancelToken,
    ) -> Result<OpenDrive> {
        OpenDrive::open_with(name, cancel, |drive| {
            drive.set_timing(Timing::default(), clock.clone());
            Box::new(ByClock(clock))
        })
    }

    /// `prepare` sees a simulated drive, and says how it is waited for.
    fn open_with(
        name: &DriveName,
        cancel: &CancelToken,
        prepare: impl FnOnce(&mut SimulatedDrive) -> Box<dyn Waiter>,
    ) -> Result<OpenDrive> {
        let mut drive = reach(name, prepare)?;
        drive.set_stop(Some(stop(cancel)));
        Ok(OpenDrive { files: name.files(), ..OpenDrive::with_drive(drive, name.to_string())? })
    }

    /// Closes the tray, and opens the drive with the medium that lay on it. Where the tray is closed, nothing is moved.
    ///
    /// # Errors
    /// [`Error::Drive`], for instance of a drive that has no motor for it; [`Error::Cancelled`].
    pub fn load(name: &DriveName, cancel: &CancelToken) -> Result<OpenDrive> {
        let mut drive = reach(name, |_| Box::new(NoWait))?;
        drive.set_stop(Some(stop(cancel)));
        mmc_device::load(&mut drive).map_err(|error| drive_error(&name.to_string(), error))?;
        Ok(OpenDrive { files: name.files(), ..OpenDrive::with_drive(drive, name.to_string())? })
    }

    /// A drive that is reached in another way than [`DriveName`] tells: by a transport of the caller's own,
    /// or a simulated drive that shows faults. Errors call it `name`.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn with_drive(mut drive: Drive<Box<dyn Transport>>, name: impl Into<String>) -> Result<OpenDrive> {
        let name = name.into();
        drive.wait_until_ready().map_err(|error| drive_error(&name, error))?;
        let medium = drive.medium().map_err(|error| drive_error(&name, error))?;
        let sectors = Arc::new(DriveSectors::new(drive, medium.readable()));
        Ok(OpenDrive { name, sectors, medium, interrupted: Vec::new(), files: Vec::new() })
    }

    /// The same drive for somebody else in this process, who uses it in turn.
    pub(super) fn share(&self) -> OpenDrive {
        OpenDrive {
            name: self.name.clone(),
            sectors: Arc::clone(&self.sectors),
            medium: self.medium.clone(),
            interrupted: self.interrupted.clone(),
            files: self.files.clone(),
        }
    }

    /// The drive as the caller names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the medium is, for the defaults that go with it.
    pub fn medium_family(&self) -> crate::Medium {
        crate::Medium::of_profile(self.medium.profile)
    }

    pub(super) fn medium(&self) -> &Medium {
        &self.medium
    }

    pub(super) fn error(&self, error: mmc_device::DriveError) -> Error {
        drive_error(&self.name, error)
    }

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
        if self.medium.state == MediumState::Overwritable {
            let disc = Disc::from_source(source, self.name.clone())?;
            let is_blank = disc.sessions().is_empty() && matches!(self.is_head_in_use(), Ok(false));
            return Ok(if is_blank { disc.blank() } else { disc });
        }
        let told = self.told_sessions()?;
        match self.medium.pseudo_overwrite {
            Some(_) if told.sessions().len() <= 1 => self.found_behind_head(told),
            _ => Ok(told),
        }
    }

    /// The sessions that the layout shows of a medium with pseudo-overwrite, where the drive knows of one at most; that one
    /// where it never came to its end, or where it is no session of this layout. Where the head cannot be read, nobody knows, and
    /// it is as on any medium that can be written again.
    fn found_behind_head(&self, told: Disc) -> Result<Disc> {
        let source: Arc<dyn ReadSectors> = self.sectors.clone();
        let found = Disc::from_source(source, self.name.clone())?;
        if self.medium.is_replaceable() && found.is_head_unreadable() {
            return Ok(found);
        }
        let found = found.blank();
        let is_told = match found.sessions().newest() {
            Some(newest) => newest.start == Sector::ZERO && told.newest_complete().is_none(),
            // What it held before may be lost.
            None => {
                !told.sessions().is_empty() && self.is_head_in_use().unwrap_or(true) && !is_mendable(&found)
            }
        };
        Ok(if is_told { told } else { found })
    }

    /// The sessions that the drive tells.
    fn told_sessions(&self) -> Result<Disc> {
        let source: Arc<dyn ReadSectors> = self.sectors.clone();
        let sessions = self.medium.sessions.iter().filter_map(|session| {
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
        let open = self.medium.sessions.iter().filter(|session| !session.closed);
        let mut damaged: Vec<u16> = open.filter(is_cut).map(|session| session.number).collect();
        damaged.extend(&self.interrupted);
        let is_unfinished = |session: &&SessionInfo| {
            let mut tracks = self.medium.tracks.iter();
            (!session.closed && self.medium.state != MediumState::Complete)
                || self.interrupted.contains(&session.number)
                || tracks.any(|track| track.session == session.number && track.damaged)
        };
        let unfinished = self.medium.sessions.iter().filter(is_unfinished);
        let unfinished = unfinished.map(|session| session.number).collect();
        let is_sound = |number: &u16| {
            let mut tracks = self.recorded_tracks(*number).peekable();
            tracks.peek().is_some() && tracks.all(|track| !track.data && !track.damaged)
        };
        let numbers = self.medium.sessions.iter().map(|session| session.number);
        let sound: Vec<u16> = numbers.filter(is_sound).collect();
        let toc = match self.medium.tracks.iter().any(|track| TrackSummary::of(track).is_audio) {
            true => self.toc(),
            false => Vec::new(),
        };
        let has_gaps = self.medium.profile.is_cd() || self.medium.profile == Profile::BD_R_RRM;
        let open = self.open_tracks().map(|track| track.session).collect();
        let told = ToldByDrive { damaged, unfinished, open, sound, has_gaps };
        let sessions = Disc::with_sessions(source, self.name.clone(), sessions, told)?;
        Ok(sessions.with_tracks(self.disc_tracks(), toc))
    }

    /// The tracks of a session in which something is recorded.
    fn recorded_tracks(&self, session: u16) -> impl Iterator<Item = &MediumTrack> {
        let tracks = self.medium.tracks.iter();
        tracks.filter(move |track| track.session == session && track.state != TrackState::Blank)
    }

    /// The recorded tracks.
    fn disc_tracks(&self) -> Vec<DiscTrack> {
        let sessions = self.medium.sessions.iter();
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
        let sessions = self.medium.sessions.iter();
        let tracks = sessions.flat_map(|session| self.recorded_tracks(session.number));
        let starts = tracks.map(|track| track.start.blocks_from_zero());
        starts.chain([self.medium.readable().get()]).collect()
    }

    /// The medium as the session arithmetic wants it.
    pub(super) fn growth(&self, disc: &Disc) -> multisession::Medium {
        let medium = &self.medium;
        let next = medium.next_writable.and_then(sector_of_lba);
        let growth = match (medium.state, next) {
            (MediumState::Overwritable, _) => Growth::Overwritable,
            (MediumState::Complete, _) | (_, None) => Growth::Closed,
            (_, Some(next_writable)) if self.replaces_head(disc) => {
                let replacements = medium.pseudo_overwrite.and_then(|left| left.replacements);
                Growth::PseudoOverwrite { next_writable, replacements }
            }
            (_, Some(next_writable)) => Growth::Sequential { next_writable },
        };
        let capacity = match growth {
            Growth::Sequential { next_writable } | Growth::PseudoOverwrite { next_writable, .. } => {
                next_writable.get().saturating_add(medium.free_blocks)
            }
            _ => medium.capacity,
        };
        multisession::Medium {
            growth,
            write_unit: SectorCount::new(medium.write_unit),
            capacity: Some(SectorCount::new(capacity)),
            end_padding: if medium.profile.is_cd() { CD_TRACK_PADDING } else { SectorCount::ZERO },
            sessions: disc.sessions().clone(),
        }
    }

    /// Where the next session of the medium goes, or why none can follow. Partitions may lie behind what the sessions of an
    /// overwritable one tell of, and files of other programs (`files_end`) behind what their volumes state.
    ///
    /// # Errors
    /// [`Error::ImportRead`].
    pub(super) fn next_session(
        &self,
        disc: &Disc,
        files_end: Sector,
    ) -> Result<Result<NextSession, multisession::Error>> {
        if self.is_left_open(disc) {
            return Ok(self.next_behind_open(disc));
        }
        let has_tables = self.is_overwritable() && !disc.sessions().is_empty();
        let image_end = has_tables.then(|| image_end(disc)).transpose()?.map(|end| end.max(files_end));
        Ok(next_session(&self.growth(disc), image_end))
    }

    /// Where the next session would begin, and the sectors free from there. None can follow where an
    /// overwritable medium cannot be read, or holds what cannot be continued.
    fn room(&self) -> Option<(i32, u32)> {
        let medium = &self.medium;
        if medium.state != MediumState::Overwritable && !medium.is_replaceable() {
            return medium.next_writable.map(|lba| (lba.get(), medium.free_blocks));
        }
        let disc = self.disc().ok()?;
        if disc.sessions().is_empty() && self.is_overwritable() && self.is_head_in_use().unwrap_or(true) {
            return None;
        }
        let next = self.next_session(&disc, Sector::ZERO).ok()?.ok()?;
        let capacity = self.growth(&disc).capacity.unwrap_or_default().get();
        Some((lba(next.start)?.get(), capacity.saturating_sub(next.start.get())))
    }

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
        let medium = &self.medium;
        let room = self.room();
        Ok(DriveSummary {
            drive: self.name.clone(),
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

    /// A feature that can be used with the medium that is in the drive.
    ///
    /// # Errors
    /// [`Error::Feature`] if the drive does not know it, or it does not go with this medium; [`Error::Drive`].
    pub fn current_feature(&self, number: u16) -> Result<FeatureSummary> {
        let configuration = self.sectors.drive().configuration().map_err(|error| self.error(error))?;
        let code = FeatureCode(number);
        let feature = configuration.feature(code);
        match feature {
            Some(feature) if feature.current => Ok(FeatureSummary::from(feature)),
            _ => Err(Error::Feature {
                drive: self.name.clone(),
                feature: code.to_string(),
                is_known: feature.is_some(),
            }),
        }
    }

    /// Whether every sector of the medium can be written again.
    pub(crate) fn is_overwritable(&self) -> bool {
        self.medium.state == MediumState::Overwritable
    }

    /// Whether the newest session of `disc`, which is in the drive, is found by a head that can be written again.
    pub(crate) fn replaces_head(&self, disc: &Disc) -> bool {
        let is_behind_head = disc.sessions().is_empty() || disc.newest_complete().is_some();
        self.is_overwritable() || (self.medium.is_replaceable() && is_behind_head)
    }

    /// Whether a session was left open.
    pub(crate) fn has_open_session(&self) -> bool {
        self.medium.unfinished_session
    }

    /// Whether one was left open in which anything was recorded.
    pub(crate) fn has_begun_session(&self) -> bool {
        self.medium.unfinished_session && !self.medium.is_only_reserved()
    }

    /// The session that was left open with something recorded in it.
    pub(crate) fn open_session(&self) -> Option<u16> {
        let newest =
            self.medium.newest_session().filter(|session| self.medium.unfinished_session && !session.closed);
        newest.map(|session| session.number)
    }

    /// Tracks of sessions that are not closed in which something is recorded, and that never came to their ends.
    fn open_tracks(&self) -> impl Iterator<Item = &MediumTrack> {
        let is_closed = |number| self.medium.sessions.iter().any(|one| one.number == number && one.closed);
        let tracks = self.medium.tracks.iter();
        tracks.filter(move |track| {
            (track.state == TrackState::Open || (track.damaged && track.state == TrackState::Recorded))
                && !is_closed(track.session)
        })
    }

    /// What closing the open session closes.
    fn closed_tracks(&self) -> ClosedTracks {
        let disc = self.disc().ok();
        let is_whole = |start| disc.as_ref().is_some_and(|disc| disc.holds_whole(start));
        let begun: Vec<u16> = self.medium.begun_reservations().map(|track| track.number).collect();
        let is_cut = |track: &&MediumTrack| {
            begun.contains(&track.number) || !sector_of_lba(track.start).is_some_and(is_whole)
        };
        ClosedTracks {
            session: self.open_session().max(self.unused_reservations().last().map(|track| track.session)),
            cut_short: self.open_tracks().filter(is_cut).map(TrackSummary::of).collect(),
            unused: self.unused_reservations(),
        }
    }

    /// Whether the disc was recorded at once, and that stopped.
    pub(crate) fn is_stopped_at_once(&self) -> bool {
        self.medium.is_stopped_at_once()
    }

    /// Whether the session that was left open may have been recorded at once, which nothing tells of a CD.
    pub(crate) fn may_be_stopped_at_once(&self) -> bool {
        self.medium.profile.is_cd() && self.has_begun_session() && self.medium.damaged
    }

    /// Reserved tracks in which nothing is recorded: what is recorded without the number of one goes behind them.
    pub fn unused_reservations(&self) -> Vec<TrackSummary> {
        self.medium.unused_reservations().map(TrackSummary::of).collect()
    }

    /// Sectors in the smallest unit of recording.
    pub(crate) fn write_unit(&self) -> SectorCount {
        SectorCount::new(self.medium.write_unit)
    }

    /// Whether there is anything in the first 32 sectors. What the drive says was never recorded holds nothing, if that
    /// is so of its whole unit of recording: beside sectors that are there, it was lost. Where sectors are recorded in order,
    /// those behind the last one are yet to come.
    pub(super) fn is_head_in_use(&self) -> std::result::Result<bool, ReadError> {
        let unit = self.medium.write_unit.max(1);
        let in_order = self.medium.pseudo_overwrite.is_some();
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

    /// Closes a session that an earlier program, or a power cut, left open; the next one goes behind it.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub(crate) fn close_open_session(&mut self) -> Result<ClosedTracks> {
        let tracks = self.closed_tracks();
        if let Ok(disc) = self.disc() {
            let incomplete = disc.sessions().iter().filter(|session| disc.is_incomplete(session));
            self.interrupted = incomplete.map(|session| session.number).collect();
        }
        let closed = mmc_device::close_open_session(&mut *self.sectors.drive());
        self.put(closed.map_err(|error| self.closing_error(error))?);
        Ok(tracks)
    }

    /// Whether that is open which [`end_session_without_head`](OpenDrive::end_session_without_head) closes.
    pub(super) fn ends_session_without_head(&self, disc: &Disc) -> bool {
        self.medium.is_replaceable() && !self.replaces_head(disc)
    }

    /// Closes the open session of a medium with pseudo-overwrite for good where it is no session that a head leads to: the next
    /// one is found by the table of contents.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub(super) fn end_session_without_head(&mut self, disc: &Disc) -> Result<bool> {
        if !self.ends_session_without_head(disc) {
            return Ok(false);
        }
        let ended = mmc_device::end_session(&mut *self.sectors.drive());
        self.put(ended.map_err(|error| drive_error(&self.name, error))?);
        Ok(true)
    }

    /// Takes notice of what a recording made of the medium. Nobody can cancel that: all is done.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub(crate) fn look_at_recorded(&mut self) -> Result<()> {
        let medium = self.sectors.drive().unstopped(Drive::medium);
        self.put(medium.map_err(|error| drive_error(&self.name, error))?);
        Ok(())
    }

    /// Takes notice of what the medium has become.
    ///
    /// # Errors
    /// [`Error::Drive`], [`Error::Cancelled`].
    pub(crate) fn look_again(&mut self) -> Result<()> {
        let medium = self.sectors.drive().medium();
        self.put(medium.map_err(|error| drive_error(&self.name, error))?);
        Ok(())
    }

    /// The medium as it is from now on. What can be read of it changes with it: a track that was closed without a sector
    /// written ends further on.
    fn put(&mut self, medium: Medium) {
        self.sectors.set_sectors(medium.readable());
        self.medium = medium;
    }

    /// Makes an erasable medium blank. No command ends what the drive has begun: the call is cancelled before that, or not
    /// at all.
    ///
    /// # Errors
    /// [`Error::Erase`]; [`Error::Cancelled`], with the medium as it was.
    pub fn blank(&mut self, blanking: Blanking, control: &Control) -> Result<()> {
        crate::trace::span!("blank");
        self.erase(control, |drive| mmc_device::blank(drive, blanking))
    }

    /// Formats a medium: DVD+RW, DVD-RW, DVD-RAM, BD-RE; a blank BD-R, once. It is cancelled as
    /// [`blank`](OpenDrive::blank).
    ///
    /// # Errors
    /// [`Error::Erase`]; [`Error::Cancelled`], with the medium as it was.
    pub fn format(&mut self, request: &FormatRequest, control: &Control) -> Result<()> {
        crate::trace::span!("format");
        self.erase(control, |drive| mmc_device::format(drive, request))
    }

    fn erase(
        &mut self,
        control: &Control,
        act: impl FnOnce(&mut Drive<AnyTransport>) -> std::result::Result<Medium, DriveError>,
    ) -> Result<()> {
        control.check("the medium is as it was")?;
        let erased = heard(&mut self.sectors.drive(), control, act);
        self.put(erased.map_err(|source| match source {
            DriveError::Cancelled => Error::Cancelled { state: "the medium is as it was".to_owned() },
            source => Error::Erase { drive: self.name.clone(), source },
        })?);
        Ok(())
    }

    /// Closes an open session, and with [`Closing::Finalise`] the medium for good.
    ///
    /// Returns the tracks of it that never came to their ends. Of those that were cut short, a session
    /// that a [`LayoutPlan`](crate::LayoutPlan) was recorded as is known to be incomplete by its missing end mark
    /// ([`Place::end_mark`](crate::Place::end_mark)); of other data, nothing tells it afterwards.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn close(&mut self, closing: Closing) -> Result<ClosedTracks> {
        crate::trace::span!("close");
        let tracks = self.closed_tracks();
        let closed = mmc_device::close(&mut *self.sectors.drive(), closing);
        self.put(closed.map_err(|error| self.closing_error(error))?);
        Ok(tracks)
    }

    /// The error of a session that is not closed. Drives refuse one that was recorded at once, and stopped.
    fn closing_error(&self, error: DriveError) -> Error {
        let is_refusal = error.sense().is_some_and(|sense| sense.key == key::ILLEGAL_REQUEST);
        let rewritable = match self.medium.profile.is_cd() {
            true => "a CD-RW can be blanked",
            false => "a DVD-RW can be blanked in full",
        };
        let is_spoiled = self.may_be_stopped_at_once() || self.is_stopped_at_once();
        let error = drive_error(&self.name, error);
        match is_spoiled && is_refusal {
            true => Error::Recording {
                source: Box::new(error),
                medium: format!(
                    "what is recorded at once, and stopped, cannot be closed, and nothing can follow; what was \
                     recorded before it can be read, and {rewritable}"
                ),
            },
            false => error,
        }
    }

    /// Carries out a command of the caller's own, once, within `limit`. What the drive had to say of one that it carried out
    /// is in the answer, and [`Imapi2Code::of_command`](crate::Imapi2Code::of_command) has its code.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn pass_through(&self, cdb: &Cdb, data: CommandData<'_>, limit: Duration) -> Result<CommandEnd> {
        self.sectors.drive().pass_through(cdb, data, limit).map_err(|error| self.error(error))
    }

    /// Opens the tray.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn eject(&mut self) -> Result<()> {
        mmc_device::eject(&mut *self.sectors.drive()).map_err(|error| drive_error(&self.name, error))
    }

    /// Opens the tray and closes it again. Linux, for one, goes by the size and the sessions that it saw when the medium
    /// came, until the next one comes.
    ///
    /// # Errors
    /// [`Error::Drive`], for instance of a drive that has no motor to close the tray.
    pub fn reload(&mut self) -> Result<()> {
        self.eject()?;
        let loaded = mmc_device::load(&mut *self.sectors.drive());
        loaded.map_err(|error| drive_error(&self.name, error))?;
        self.look_at_recorded()
    }
}

/// The drive of that name, whatever is in it. `prepare` sees a simulated drive, and says how it is waited for.
fn reach(
    name: &DriveName,
    prepare: impl FnOnce(&mut SimulatedDrive) -> Box<dyn Waiter>,
) -> Result<Drive<AnyTransport>> {
    Ok(match name {
        DriveName::Device(path) => Drive::new(device(path)?),
        DriveName::Simulated { kind, path } => {
            let mut simulated = simulated(*kind, path)?;
            let waiter = prepare(&mut simulated);
            let transport: AnyTransport = Box::new(simulated);
            Drive::with_waiter(transport, waiter)
        }
    })
}

/// Waits for a simulated drive by its own clock.
struct ByClock<C>(C);

impl<C: Clock> Waiter for ByClock<C> {
    fn wait(&mut self, span: Duration) {
        self.0.pass(span);
    }
}

/// A simulated drive; a medium that is absent is made, if its kind is named.
fn simulated(kind: Option<MediumKind>, path: &Path) -> Result<SimulatedDrive> {
    let failed = |error| simulated_error(path, error);
    let Some(asked) = kind else {
        return SimulatedDrive::open(path).map_err(|error| opening_error(path, error));
    };
    if !path.exists() {
        return SimulatedDrive::create(path, asked).map_err(failed);
    }
    let drive = SimulatedDrive::open(path).map_err(failed)?;
    match drive.medium_kind().filter(|found| *found != asked) {
        None => Ok(drive),
        Some(found) => {
            let argument = DriveName::Simulated { kind, path: path.to_owned() }.to_string();
            let reason = format!("the medium in {} is a {found}, not a {asked}", path.display());
            Err(Error::InvalidArgument { argument, reason })
        }
    }
}

#[cfg(target_os = "linux")]
use mmc_device::LinuxSg as SystemDrive;
#[cfg(windows)]
use mmc_device::WindowsSpti as SystemDrive;

#[cfg(any(target_os = "linux", windows))]
fn device(path: &Path) -> Result<AnyTransport> {
    let transport =
        SystemDrive::open(path).map_err(|error| drive_error(&path.display().to_string(), error))?;
    Ok(Box::new(transport))
}

#[cfg(not(any(target_os = "linux", windows)))]
fn device(path: &Path) -> Result<AnyTransport> {
    Err(Error::Unsupported {
        feature: format!("a drive of this system ({}; simulated drives are)", path.display()),
    })
}
