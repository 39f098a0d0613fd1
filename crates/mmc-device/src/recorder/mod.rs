//! Recording a session: one implementation per recipe, chosen by the medium's profile.

mod cd;
mod chunks;
mod disc_at_once;
mod minus_r;
mod overwrite;
pub(crate) mod parameters;
mod pseudo_overwrite;
mod recording;
pub(crate) mod restricted;
mod sequential;
mod tao;
#[cfg(test)]
mod tests;

pub use cd::{CdRequest, PausedTracks, RawSession, SessionAtOnce, SoundTracks, WrittenTrack};
pub(crate) use minus_r::check_takes_tracks;
pub(crate) use recording::{close_session, close_track};

use crate::{
    Drive, DriveError, Lba, Medium, MediumState, MediumTrack, NotWritable, Outgoing, Profile, Rotation,
    Speed, TrackState, Transport,
};

/// What becomes of the medium behind the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Closing {
    /// Another session can follow.
    #[default]
    KeepAppendable,
    /// Nothing can follow. An overwritable medium stays overwritable all the same.
    Finalise,
}

/// In one go or in parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RecordingMode {
    /// What leaves most open: in parts, where drive and medium can do it.
    #[default]
    Automatic,
    /// In parts: incrementally on DVD-R and DVD-RW, track at once on CD.
    Incremental,
    /// At once: the session on CD, the whole of a blank disc on DVD-R and DVD-RW, which is then complete.
    AtOnce,
}

/// The session to record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRequest {
    /// Blocks that will be written, exactly, without the padding that the medium asks for.
    pub blocks: u32,
    /// What becomes of the medium.
    pub closing: Closing,
    /// In one go or in parts.
    pub mode: RecordingMode,
    /// The laser stays off: CD-R, CD-RW, DVD-R and sequential DVD-RW, in drives that can do it.
    pub test_write: bool,
    /// Let a buffer that runs empty spoil the disc, even where the drive could go on behind it: CD-R, CD-RW, DVD-R and DVD-RW.
    /// Other media are protected always.
    pub without_underrun_protection: bool,
    /// Speed; `None` leaves it to the drive.
    pub speed: Option<Speed>,
    /// How the medium is to turn, where a speed is asked for; `None` leaves it to the drive.
    pub rotation: Option<Rotation>,
    /// Skip the verification that drives do by themselves on BD-R, BD-RE and DVD-RAM, where they can be told to: faster.
    pub streaming: bool,
    /// Announce the size by RESERVE TRACK on DVD-R, DVD+R and BD-R, where the drive takes it; on other media it is an error. A
    /// session cut short then keeps the reserved blocks occupied, which is why this is off by default.
    pub reserve: bool,
}

impl SessionRequest {
    /// A session of `blocks` blocks which leaves the medium appendable.
    #[must_use]
    pub const fn new(blocks: u32) -> SessionRequest {
        SessionRequest {
            blocks,
            closing: Closing::KeepAppendable,
            mode: RecordingMode::Automatic,
            test_write: false,
            without_underrun_protection: false,
            speed: None,
            rotation: None,
            streaming: false,
            reserve: false,
        }
    }

    /// For media that are neither written at once nor for a test.
    fn only_in_parts(&self, profile: Profile) -> Result<(), DriveError> {
        let reason = match self {
            SessionRequest { test_write: true, .. } => NotWritable::NoTestWrite,
            SessionRequest { mode: RecordingMode::AtOnce, .. } => NotWritable::NotAtOnce,
            _ => return Ok(()),
        };
        Err(DriveError::NotWritable { profile, reason })
    }

    /// For media of which no part can be reserved.
    fn not_reserved(&self, profile: Profile) -> Result<(), DriveError> {
        match self.reserve {
            true => Err(DriveError::NotWritable { profile, reason: NotWritable::NoReservations }),
            false => Ok(()),
        }
    }
}

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A session, which is closed at its end.
    Session,
    /// A track, which may be one that was reserved.
    Track(Option<u16>),
}

impl Part {
    /// Whether a session of the medium that was left open is in the way.
    pub(crate) fn check(self, medium: &Medium) -> Result<(), DriveError> {
        let in_the_way = match self {
            Part::Session => medium.unfinished_session,
            // Where it was cut short, nothing can follow in the same session.
            Part::Track(_) => {
                let cut = |track: &MediumTrack| track.state == TrackState::Open && !track.reserved;
                medium.damaged || medium.tracks.iter().any(cut)
            }
        };
        let (profile, reason) = (medium.profile, NotWritable::UnfinishedSession);
        if in_the_way { Err(DriveError::NotWritable { profile, reason }) } else { Ok(()) }
    }
}

/// A way of recording, prepared for one medium in one drive.
pub trait Recorder {
    /// Prepares drive and medium (formatting it, if it must be) and begins the session.
    ///
    /// # Errors
    /// [`DriveError::TooLarge`] and [`DriveError::NotWritable`] before anything was written; else what
    /// the drive says.
    fn begin(&mut self, request: &SessionRequest) -> Result<Box<dyn OpenSession + '_>, DriveError>;

    /// That drive and medium can together do what is asked: what [`begin`](Recorder::begin) refuses of it whatever room is left and
    /// whatever was left open, so that it can be told before that is closed. Nothing is changed.
    ///
    /// # Errors
    /// [`DriveError::NotWritable`].
    fn check(&mut self, request: &SessionRequest) -> Result<(), DriveError> {
        let _ = request;
        Ok(())
    }

    /// Whether a session that is recorded in this way completes the medium, so that nothing can follow, whatever
    /// [`SessionRequest::closing`] says.
    fn completes(&mut self, mode: RecordingMode) -> bool {
        let _ = mode;
        false
    }
}

/// The way of recording this medium in this drive. If another one is put in meanwhile, `begin` fails with
/// [`DriveError::MediumChanged`].
///
/// # Errors
/// [`DriveError::NotWritable`] if there is none for its profile, or it is complete.
pub fn recorder<'d, T: Transport>(
    drive: &'d mut Drive<T>,
    medium: &Medium,
) -> Result<Box<dyn Recorder + 'd>, DriveError> {
    recorder_of(drive, medium, Part::Session)
}

/// A way of recording a single track: `track`, which was reserved, or one more in the session that is open, or the first
/// of a new session. The session stays open, until [`close`](crate::close) closes it; [`SessionRequest::closing`] says
/// nothing here.
///
/// # Errors
/// As [`recorder`]; [`NotWritable::NoTracks`] for media that can be overwritten.
pub fn track_recorder<'d, T: Transport>(
    drive: &'d mut Drive<T>,
    medium: &Medium,
    track: Option<u16>,
) -> Result<Box<dyn Recorder + 'd>, DriveError> {
    recorder_of(drive, medium, Part::Track(track))
}

fn recorder_of<'d, T: Transport>(
    drive: &'d mut Drive<T>,
    medium: &Medium,
    part: Part,
) -> Result<Box<dyn Recorder + 'd>, DriveError> {
    let profile = medium.profile;
    let refused = |reason| DriveError::NotWritable { profile, reason };
    medium.check_told()?;
    if medium.state == MediumState::Complete && profile != Profile::BD_R_RRM {
        return Err(refused(NotWritable::Complete));
    }
    let recipe = Recipe::of(profile).ok_or(refused(match profile {
        Profile::BD_R_RRM => NotWritable::RandomRecording,
        _ => NotWritable::NoRecipe,
    }))?;
    if part != Part::Session && matches!(recipe, Recipe::RestrictedOverwrite | Recipe::Overwrite) {
        return Err(refused(NotWritable::NoTracks));
    }
    let medium = medium.clone();
    Ok(match recipe {
        Recipe::TrackAtOnce => Box::new(tao::TrackAtOnce { drive, medium, part }),
        Recipe::Sequential if part == Part::Session && medium.is_replaceable() => {
            Box::new(pseudo_overwrite::PseudoOverwrite { drive, medium })
        }
        Recipe::Sequential => Box::new(sequential::Sequential { drive, medium, part }),
        Recipe::MinusR => Box::new(minus_r::MinusR { drive, medium, part }),
        Recipe::RestrictedOverwrite => Box::new(restricted::RestrictedOverwrite { drive, medium }),
        Recipe::Overwrite => Box::new(overwrite::Overwrite { drive, medium }),
    })
}

/// Whether there is a way of recording media of this profile.
#[must_use]
pub const fn has_recipe(profile: Profile) -> bool {
    Recipe::of(profile).is_some()
}

/// The ways of recording.
enum Recipe {
    TrackAtOnce,
    Sequential,
    MinusR,
    RestrictedOverwrite,
    Overwrite,
}

impl Recipe {
    const fn of(profile: Profile) -> Option<Recipe> {
        Some(match profile {
            Profile::CD_R | Profile::CD_RW => Recipe::TrackAtOnce,
            Profile::DVD_PLUS_R | Profile::DVD_PLUS_R_DL | Profile::BD_R_SRM => Recipe::Sequential,
            profile if profile.is_dvd_minus_r() => Recipe::MinusR,
            Profile::DVD_RW_RESTRICTED_OVERWRITE => Recipe::RestrictedOverwrite,
            Profile::DVD_PLUS_RW | Profile::DVD_RAM | Profile::BD_RE => Recipe::Overwrite,
            _ => return None,
        })
    }
}

/// A session being recorded. It ends by [`close`](OpenSession::close) or
/// [`abandon`](OpenSession::abandon); when it is dropped, the medium stays as the last write left it. After an error of
/// [`write`](OpenSession::write) it can only be abandoned.
pub trait OpenSession {
    /// The block that the next [`write`](OpenSession::write) is to begin with. On an overwritable medium
    /// any other will do as well, and with pseudo-overwrite any that is recorded, or lies behind.
    ///
    /// # Errors
    /// What the drive says, if it has to be asked.
    fn next_writable(&mut self) -> Result<Lba, DriveError>;

    /// Writes whole 2048-byte blocks from `start` on, as many as there are. They are cut to what the
    /// medium is written in; a rest shorter than that waits for the next call or the end.
    ///
    /// # Errors
    /// [`DriveError::OutOfOrder`] if `start` is not the next writable address of a sequential medium,
    /// [`DriveError::TooLarge`] past the announced size, [`DriveError::PartialBlock`];
    /// [`DriveError::WriteFailed`] and [`DriveError::LossOfStreaming`] with the block.
    fn write(&mut self, start: Lba, data: &[u8]) -> Result<(), DriveError> {
        self.take(start, Outgoing::Bytes(data)).map(drop)
    }

    /// As [`write`](OpenSession::write), from memory or from a file, and says how many blocks were taken. They are all,
    /// unless the file ends early or cannot be read; then the session goes on behind those that were. Files are for
    /// transports that [take them](Transport::takes_files).
    ///
    /// # Errors
    /// As [`write`](OpenSession::write).
    fn take(&mut self, start: Lba, data: Outgoing<'_>) -> Result<u32, DriveError>;

    /// Gets everything written so far that fills a unit of recording onto the medium.
    ///
    /// # Errors
    /// As [`write`](OpenSession::write).
    fn flush(&mut self) -> Result<(), DriveError>;

    /// How full the drive's buffer is, in hundredths: now and then, while much is written, and only from drives that
    /// tell it.
    fn buffer_fill(&mut self) -> Option<u8>;

    /// Pads, flushes and closes the session.
    ///
    /// # Errors
    /// As [`write`](OpenSession::write), and [`DriveError::CloseFailed`].
    fn close(self: Box<Self>) -> Result<SessionEnd, DriveError>;

    /// Ends the session early, leaving the medium as usable as its kind allows.
    ///
    /// # Errors
    /// What the drive says; the medium's state is then unknown.
    fn abandon(self: Box<Self>) -> Result<Abandoned, DriveError>;
}

/// A session that was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    /// Its first block.
    pub start: Lba,
    /// Blocks written by the caller.
    pub blocks: u32,
    /// Blocks of padding behind them.
    pub padding: u32,
    /// The medium's state afterwards, as far as the drive tells it without a reload.
    pub state: Option<MediumState>,
    /// Where the next session begins, as far as the drive tells it without a reload.
    pub next_writable: Option<Lba>,
    /// The size was to be announced ([`SessionRequest::reserve`]), and the drive did not take that.
    pub reservation_refused: bool,
}

/// What an abandoned session leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abandoned {
    /// Its first block.
    pub start: Lba,
    /// Blocks of it that are on the medium.
    pub blocks: u32,
    /// In what state the medium is.
    pub left: MediumLeft,
    /// The background format of a DVD+RW went on and was stopped: the medium can be read and written all the same, and the
    /// next session goes on with it.
    pub format_stopped: bool,
}

/// The state in which an abandoned session leaves the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediumLeft {
    /// As it was: nothing was written.
    Untouched,
    /// Formatted for the session, of which nothing was written. It held nothing before.
    Formatted,
    /// Earlier sessions are readable; another session can follow behind the incomplete one, which is
    /// closed.
    Appendable,
    /// Earlier sessions are readable; the incomplete one is open and must be closed by
    /// [`close_open_session`](crate::close_open_session) before another can begin.
    SessionOpen,
    /// The same with the incomplete session in a track that was reserved: closing it fills all of its room with zeros.
    ReservationOpen,
    /// Complete, with the incomplete session on it and zeros behind.
    Complete,
    /// Unreadable, and writable only after it has been blanked, if that is possible.
    Spoiled,
    /// Writable as before. What the blocks written held earlier is lost.
    Overwritten,
}
