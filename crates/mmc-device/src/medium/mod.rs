mod overwritable;
mod refusal;
mod sequential;

pub use refusal::Refusal;
pub(crate) use sequential::{empty_reservations, reservations, writable_track};

use sector_io::SectorCount;

use crate::{Drive, DriveError, Lba, Profile, Transport};

/// What can be done with a medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediumState {
    /// Nothing is recorded on a medium that is written sequentially.
    Blank,
    /// Sessions are recorded and another one can follow.
    Appendable,
    /// Nothing can be added.
    Complete,
    /// Any block can be written at any time, perhaps after a format.
    Overwritable,
}

/// What a track's blocks hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackState {
    /// Nothing yet: the track that a writer would begin, or a reserved one.
    Blank,
    /// Data up to a point, with room behind it.
    Open,
    /// Data, closed.
    Recorded,
}

/// A track of the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediumTrack {
    /// Track number, from 1.
    pub number: u16,
    /// Session it belongs to, from 1.
    pub session: u16,
    /// What it holds.
    pub state: TrackState,
    /// First block.
    pub start: Lba,
    /// Blocks, as the drive reports them: with the two run-out blocks of a CD track written track at
    /// once, and with the free blocks of an open track.
    pub blocks: u32,
    /// Whether it holds data and not audio.
    pub data: bool,
    /// Whether the drive reports damage.
    pub damaged: bool,
    /// Whether its size was announced by RESERVE TRACK, as the drive reports it.
    pub reserved: bool,
    /// Whether it is written in packets, or incrementally, as the drive reports it; on DVD-R and DVD-RW, all that is
    /// not recorded at once is.
    pub packet: bool,
    /// Where writing goes on in it.
    pub next_writable: Option<Lba>,
    /// Blocks free in it.
    pub free_blocks: u32,
}

/// A session with something recorded in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionInfo {
    /// Session number, from 1.
    pub number: u16,
    /// Its first track.
    pub first_track: u16,
    /// Its last recorded track.
    pub last_track: u16,
    /// First block of its first track. A file system of this session has its volume descriptors 16
    /// blocks on.
    pub start: Lba,
    /// Blocks from there to the end of its last recorded track.
    pub blocks: u32,
    /// Whether the session is closed.
    pub closed: bool,
}

/// A medium as the drive describes it at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    /// Current profile.
    pub profile: Profile,
    /// What can be done with it.
    pub state: MediumState,
    /// Sessions with data, ascending. An overwritable medium has one, over all of it.
    pub sessions: Vec<SessionInfo>,
    /// Tracks, ascending, with the blank and open ones.
    pub tracks: Vec<MediumTrack>,
    /// Where the next session begins: `None` if none can.
    pub next_writable: Option<Lba>,
    /// Blocks that can be written from there.
    pub free_blocks: u32,
    /// Blocks of the medium: recorded ones and free ones, from block 0.
    pub capacity: u32,
    /// Blocks in the smallest unit of recording: 1, 16 or 32.
    pub write_unit: u32,
    /// Whether it can be blanked or formatted and used again.
    pub erasable: bool,
    /// Whether the drive reports a damaged track or session.
    pub damaged: bool,
    /// Whether it must be formatted before the first write. The recorder does so by itself.
    pub needs_format: bool,
    /// Whether its last session was left open with data in it, or with a reserved track in which nothing is; where it
    /// [is replaceable](Medium::is_replaceable), whether a track was. It must be closed before another one can begin:
    /// [`close_open_session`](crate::close_open_session).
    pub unfinished_session: bool,
    /// Whether it grows with what is written behind its end (DVD-RW, restricted overwrite, formatted quickly), until
    /// it is closed.
    pub growing: bool,
    /// Whether a background format is not complete (DVD+RW).
    pub background_format_pending: bool,
    /// What is left of it, where the medium was formatted for pseudo-overwrite (BD-R): what is recorded can be written
    /// again, cluster by cluster, and each takes one from what is free.
    pub pseudo_overwrite: Option<PseudoOverwrite>,
    /// What the drive does not tell of it, though nothing can be recorded without: what was recorded can still be read.
    pub refusal: Option<Refusal>,
}

/// Pseudo-overwrite on a BD-R.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PseudoOverwrite {
    /// Clusters that can still be replaced; `None` where the drive does not tell.
    pub replacements: Option<u32>,
}

impl Medium {
    /// Blocks from block 0 to the end of what is recorded, some of which may be gaps between sessions.
    /// All blocks of a formatted overwritable medium.
    #[must_use]
    pub fn readable(&self) -> SectorCount {
        let end = |session: &SessionInfo| session.start.blocks_from_zero().saturating_add(session.blocks);
        SectorCount::new(self.sessions.iter().map(end).max().unwrap_or(0))
    }

    /// Whether its first blocks can be replaced: pseudo-overwrite is there, and no session was closed. Behind a session that
    /// was closed, the newest one is found by the table of contents.
    #[must_use]
    pub fn is_replaceable(&self) -> bool {
        self.pseudo_overwrite.is_some()
            && matches!(self.state, MediumState::Blank | MediumState::Appendable)
            && self.sessions.len() <= 1
            && self.sessions.iter().all(|session| !session.closed)
    }

    /// Reserved tracks in which something is recorded and that are not full: their recording was cut short.
    pub fn begun_reservations(&self) -> impl Iterator<Item = &MediumTrack> {
        let reserved = sequential::reservations(self.profile, &self.tracks);
        reserved.filter(|track| track.state == TrackState::Open || track.damaged)
    }

    /// Reserved tracks in which nothing is recorded. With their session they are closed, full of zeros, for what is
    /// reserved cannot be given back.
    pub fn unused_reservations(&self) -> impl Iterator<Item = &MediumTrack> {
        empty_reservations(self.profile, &self.tracks).filter(|track| !track.damaged)
    }

    /// Whether a session was left open for nothing but reserved tracks in which nothing is recorded.
    #[must_use]
    pub fn is_only_reserved(&self) -> bool {
        self.unfinished_session
            && self.unused_reservations().next().is_some()
            && self.newest_session().is_none_or(|session| session.closed)
            && !self.tracks.iter().any(|track| track.damaged)
    }

    /// Whether a DVD-R or DVD-RW was recorded at once, and that stopped: no command closes it, and nothing can follow.
    /// A CD on which a session at once stopped looks as one of which a track was cut.
    #[must_use]
    pub fn is_stopped_at_once(&self) -> bool {
        let is_begun = |track: &MediumTrack| track.state == TrackState::Open || track.damaged;
        self.profile.is_dvd_minus_r() && self.tracks.iter().any(|track| is_begun(track) && !track.packet)
    }

    /// That the drive tells what a recording has to know.
    ///
    /// # Errors
    /// Those of the command that it refused.
    pub fn check_told(&self) -> Result<(), DriveError> {
        self.refusal.map_or(Ok(()), |refusal| Err(refusal.error()))
    }

    /// The session with the highest number.
    #[must_use]
    pub fn newest_session(&self) -> Option<&SessionInfo> {
        self.sessions.last()
    }
}

/// Asks the drive for all of it. Commands that a drive may lack are done without.
pub(crate) fn read<T: Transport>(drive: &mut Drive<T>) -> Result<Medium, DriveError> {
    drive.wait_until_ready()?;
    drive.forget_change();
    let mut refusal = None;
    let profile = told(drive.current_profile(), &mut refusal)?.unwrap_or(Profile::NONE);
    let without_profile = refusal.take();
    let disc = told(drive.disc_information(), &mut refusal)?;
    let without_disc = refusal.filter(|_| profile.is_sequential());
    let mut medium = if profile.is_overwritable() {
        overwritable::read(drive, profile, disc.as_ref())?
    } else {
        sequential::read(drive, profile, disc.as_ref())?
    };
    medium.refusal = without_profile.or(without_disc).or(medium.refusal);
    Ok(medium)
}

/// As [`optional`], and keeps which command it was.
fn told<V>(result: Result<V, DriveError>, refusal: &mut Option<Refusal>) -> Result<Option<V>, DriveError> {
    if let Err(error) = &result {
        *refusal = Refusal::of(error).or(*refusal);
    }
    optional(result)
}

/// `None` for a command that the drive refuses or answers unusably; the other errors stay errors.
fn optional<V>(result: Result<V, DriveError>) -> Result<Option<V>, DriveError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(
            error @ (DriveError::NotSupported { .. }
            | DriveError::MediumIncompatible { .. }
            | DriveError::Failed { .. }
            | DriveError::NoSuchModePage { .. }
            | DriveError::InvalidModeParameters { .. }
            | DriveError::BadReply { .. }),
        ) => {
            crate::trace::event!(debug, %error, "doing without");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
pub(crate) mod tests;
