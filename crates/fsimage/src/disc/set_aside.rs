//! Sessions that are never the one that is meant by default, and why.

use std::fmt;
use std::sync::Arc;

use iso9660::read::{Error as Iso9660Error, read_volume_set};
use mmc_device::DriveError;
use mmc_device::sense::key;
use multisession::Session;
use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::{DiscTrack, scan, udf, udf_sessions};
use crate::head::ANCHOR;
use crate::plan::SYSTEM_AREA;
use crate::{Error, Result};

/// A session that is passed over for the one that is meant by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Its number.
    pub number: u16,
    /// Why.
    pub why: PassedOverReason,
}

/// Why a session is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PassedOverReason {
    /// Its recording stopped early, or its end is missing.
    StoppedEarly,
    /// What leads to its file systems cannot be read, though the drive tells of nothing that is missing.
    Unreadable {
        /// Sector, cause and structure, in words.
        cause: String,
    },
    /// Of an image: its first descriptor is lost, and with it what leads to its files.
    DescriptorsLost {
        /// Sector and structure, in words.
        cause: String,
    },
    /// It is whole, and holds something else than a file system that is known.
    NoFileSystem,
    /// What is known of it is whole, and a track of it is open: its recording stopped early.
    TrackCut {
        /// The track.
        track: u16,
    },
    /// The head leads to the session before it: another program has written it there, and left the head as it was. Or it is what
    /// an erased recording left.
    NotInHead {
        /// Its first sector.
        start: Sector,
        /// The name of its volume.
        volume: String,
    },
}

impl PassedOver {
    pub(super) fn of_foreign(number: u16, (start, volume): (Sector, String)) -> PassedOver {
        PassedOver { number, why: PassedOverReason::NotInHead { start, volume } }
    }

    pub(super) fn of_cut(track: &DiscTrack) -> PassedOver {
        PassedOver { number: track.session, why: PassedOverReason::TrackCut { track: track.number } }
    }

    /// Whether files may be in it that are shown nowhere else.
    #[must_use]
    pub fn may_hold_files(&self) -> bool {
        self.why != PassedOverReason::NoFileSystem
    }

    /// The same in words, with what is shown instead.
    #[must_use]
    pub fn with_what_is_shown(&self) -> String {
        match self.why {
            PassedOverReason::TrackCut { .. } => format!("{self}: what is whole of that is shown"),
            PassedOverReason::NotInHead { start, .. } => {
                format!("{self}: nothing of it is shown; on Linux, 'mount -o loop,ro,sbsector={start}' does")
            }
            _ => format!("{self}: this is the state before it"),
        }
    }
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        match &self.why {
            PassedOverReason::StoppedEarly => {
                write!(f, "the recording of session {number} stopped early, or its end is missing")
            }
            PassedOverReason::Unreadable { cause } | PassedOverReason::DescriptorsLost { cause } => {
                write!(f, "session {number} cannot be read: {cause}")
            }
            PassedOverReason::NoFileSystem => {
                write!(f, "session {number} holds no file system that is known")
            }
            PassedOverReason::TrackCut { track } => {
                write!(f, "the recording of track {track} stopped early, in session {number}, which is open")
            }
            PassedOverReason::NotInHead { start, volume } => write!(
                f,
                "the head does not lead to what begins in sector {start} as a session of another program, volume \"{}\"",
                volume.escape_debug()
            ),
        }
    }
}

/// The same, with the error of the read.
#[derive(Clone, Debug)]
pub(super) enum Reason {
    StoppedEarly,
    Unreadable(Unreadable),
    DescriptorsLost(String),
    NoFileSystem,
}

/// What leads to the files of a session, and cannot be read.
#[derive(Clone, Debug)]
pub(super) struct Unreadable {
    pub(super) error: Arc<ReadError>,
    /// What lies there, with its clause.
    structure: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.error, self.structure)
    }
}

impl Reason {
    pub(super) fn told(&self) -> PassedOverReason {
        match self {
            Reason::StoppedEarly => PassedOverReason::StoppedEarly,
            Reason::Unreadable(lost) => PassedOverReason::Unreadable { cause: lost.to_string() },
            Reason::DescriptorsLost(cause) => PassedOverReason::DescriptorsLost { cause: cause.clone() },
            Reason::NoFileSystem => PassedOverReason::NoFileSystem,
        }
    }
}

/// What a drive tells of its sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct ToldByDrive {
    /// Sessions that are known to be cut short, whatever is in them.
    pub(crate) damaged: Vec<u16>,
    /// Sessions that are not closed, have a damaged track, or were closed where they stopped: what is missing in them was
    /// never recorded.
    pub(crate) unfinished: Vec<u16>,
    /// Sessions with a track in which something is recorded, and that is open: a track that came to its end is closed.
    pub(crate) open: Vec<u16>,
    /// Sessions whose tracks are sound.
    pub(crate) sound: Vec<u16>,
    /// Whether sectors in the middle of a closed session may never have been recorded: on CD, and with random recording.
    pub(crate) has_gaps: bool,
}

const FIRST_DESCRIPTOR: &str = "the first descriptor: ECMA-119 6.7.1, ECMA-167 2/8.3.1";
const FIRST_ANCHOR: &str = "the anchor volume descriptor pointer: ECMA-167 3/10.2";
const VAT: &str = "the virtual allocation table: UDF 2.2.11";
const UDF: &str = "a descriptor of the UDF volume";

/// Why a session of a medium in a drive is none to go by; `None` for one that is whole. `own` ends where the session does.
pub(super) fn reason(
    source: &Arc<dyn ReadSectors>,
    own: &Arc<dyn ReadSectors>,
    session: &Session,
    told: &ToldByDrive,
) -> Result<Option<Reason>> {
    if told.damaged.contains(&session.number) {
        return Ok(Some(Reason::StoppedEarly));
    }
    // Beside ISO 9660, whose volume tells its end, UDF tells nothing more.
    let volume = read_volume_set(source, session.start);
    let is_complete = match volume {
        Ok(_) => scan::is_complete(source, session)?,
        Err(_) => udf_sessions::is_complete(own, session),
    };
    if is_complete {
        return Ok(None);
    }
    let Err(error) = volume else { return Ok(Some(Reason::StoppedEarly)) };
    let unreadable =
        |error, structure| Ok(Some(Reason::Unreadable(Unreadable { error: Arc::new(error), structure })));
    let is_unfinished = told.unfinished.contains(&session.number);
    let is_missing = |error: &ReadError| match is_unfinished {
        true => may_be_missing(error),
        false => told.has_gaps && (is_unwritten(error) || is_of_no_track(error)),
    };
    let descriptors = behind(session.start, SYSTEM_AREA);
    if session.end.is_some_and(|end| end <= descriptors) {
        return Ok(Some(Reason::StoppedEarly));
    }
    let mut first = [0; SECTOR_SIZE];
    let read = source.read_sectors(descriptors, &mut first);
    let is_announced = read.is_ok() && first[1..6] == *b"BEA01";
    match read {
        Err(error) if !is_missing(&error) => return unreadable(error, FIRST_DESCRIPTOR),
        Err(_) => {}
        // Only the anchor leads on.
        Ok(()) if is_announced => {
            let anchor = behind(session.start, SectorCount::new(ANCHOR.get()));
            match source.read_sectors(anchor, &mut [0; SECTOR_SIZE]) {
                Err(ReadError::OutOfRange { .. }) | Ok(()) => {}
                Err(error) if is_missing(&error) => {}
                Err(error) => return unreadable(error, FIRST_ANCHOR),
            }
            // What a drive says of a session that it closed is no sign that its recording stopped.
            if let Some(error) = last_unreadable(source, session, &is_missing).filter(|_| !is_unfinished) {
                return unreadable(error, VAT);
            }
        }
        Ok(()) => {}
    }
    let is_damaged = match udf::volume(own, session.start, session.end, false) {
        Err(Error::ImportRead(error)) if !is_missing(&error) => {
            return unreadable(error, UDF);
        }
        udf => udf.is_err() || matches!(error, Iso9660Error::Corrupt { .. }),
    };
    // What is in the place of descriptors arrived there. A session that has nothing there may have been to get some; one with
    // those of UDF has them for a volume, and what is found of that is a state before the session.
    let has_other_data = first.iter().any(|&byte| byte != 0) && !is_announced;
    let is_empty = !is_unfinished && !scan::is_begun(source, session);
    let is_open = told.open.contains(&session.number);
    Ok(Some(match !is_damaged && !is_open && (has_other_data || is_empty) {
        true => Reason::NoFileSystem,
        false => Reason::StoppedEarly,
    }))
}

/// The error of the last sector of a session that was recorded, where it cannot be read: that of a virtual allocation table (UDF
/// 2.2.11), without which nothing of the session is found, or not what it changed.
fn last_unreadable(
    source: &dyn ReadSectors,
    session: &Session,
    is_missing: &dyn Fn(&ReadError) -> bool,
) -> Option<ReadError> {
    // Padding and run-out of a CD track; drives fill up the last unit of recording.
    const MOST: u32 = 512;
    let end = session.end?.get().min(source.sectors().get());
    let first = session.start.get().max(end.saturating_sub(MOST));
    let mut sector = [0; SECTOR_SIZE];
    for at in (first..end).rev().map(Sector::new) {
        match source.read_sectors(at, &mut sector) {
            Ok(()) if sector.iter().all(|&byte| byte == 0) => {}
            Ok(()) => return None,
            Err(error) if is_missing(&error) => {}
            Err(error) => return Some(error),
        }
    }
    None
}

fn behind(start: Sector, sectors: SectorCount) -> Sector {
    start.checked_add(sectors).unwrap_or(start)
}

/// Whether a read failed because nothing was recorded there, by the drive's own word (blank check; 5/21, an address behind
/// what there is), or because no sectors are there at all.
pub(crate) fn is_unwritten(error: &ReadError) -> bool {
    matches!(error, ReadError::OutOfRange { .. })
        || sense(error).is_some_and(|sense| sense.is_blank_check() || sense.is_invalid_address())
}

/// 5/64, which drives say of sectors of a CD between and behind its tracks.
fn is_of_no_track(error: &ReadError) -> bool {
    sense(error).is_some_and(|sense| sense.is(key::ILLEGAL_REQUEST, 0x64, 0))
}

/// Whether a read failed as one of what did not arrive on the medium may.
pub(crate) fn may_be_missing(error: &ReadError) -> bool {
    is_unwritten(error)
        || is_of_no_track(error)
        || sense(error).is_some_and(|sense| sense.key == key::MEDIUM_ERROR)
}

fn sense(error: &ReadError) -> Option<mmc_device::Sense> {
    match error {
        ReadError::Device { source, .. } => source.downcast_ref::<DriveError>().and_then(DriveError::sense),
        _ => None,
    }
}
