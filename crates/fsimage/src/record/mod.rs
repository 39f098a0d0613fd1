//! Drives: naming, looking at the medium, recording a session, blanking.

mod abilities;
mod as_it_is;
mod audio;
mod audio_verification;
mod drive_name;
mod erasing;
mod further_sessions;
mod growing_disc;
mod left_open;
mod listening;
mod medium_sessions;
mod next_session;
mod open_drive;
mod open_session;
mod read_ahead;
mod recorder;
mod recorder_sink;
mod serve;
mod sound;
mod speed;
mod successors;
mod summary;
#[cfg(test)]
mod tests;
mod verification;

pub use abilities::{CapabilitySummary, DriveAbilities, FeatureSummary, ModePageSummary, ProfileSummary};
pub use as_it_is::{AsItIsOptions, FileAsItIs, RecordedAsItIs};
pub use audio::{AudioBurnt, AudioMode, AudioOptions, burn_audio};
pub use drive_name::DriveName;
pub(crate) use drive_name::is_simulated_medium;
pub use growing_disc::{BurnOptions, Burnt, GrowingDisc};
pub use open_drive::OpenDrive;
pub use recorder::{
    AddedTrack, Cancelling, DataWriter, Eraser, ExclusiveAccess, RawWriter, Recorder, RecorderPart,
    RecorderProblem, TracksAtOnce, TracksAtOnceOptions,
};
pub use serve::{SimulatedTarget, SimulatedTray};
pub use sound::{SoundSummary, SoundTrackSummary};
pub use speed::RecordingSpeed;
pub use successors::SessionTakenAway;
pub use summary::{ClosedTracks, DriveSummary, MediumSummary, TrackSummary};
pub use verification::Verification;

/// What is used of the device crate by those who call this one.
pub use mmc_device::cd::{AddedIndex, Isrc, MediaCatalogNumber, RawSectorType};
pub use mmc_device::simulated::{Clock, MediumKind, VirtualClock};
pub use mmc_device::{
    BdRMode, Blanking, Cdb, Closing, CommandEnd, Data as CommandData, DriveChange, DriveWatch, FormatRequest,
    FoundDrive, Holder, Rotation, Sense, SpareArea, names_drive,
};

use std::io;
use std::path::Path;

use mmc_device::DriveError;
use mmc_device::simulated::{SimulatedDrive, SimulatedError};

use crate::{Error, Result};

/// Makes a blank simulated medium: the file at `path` and its state beside it.
///
/// # Errors
/// [`Error::Drive`] when something is there already or cannot be written.
pub fn create_simulated_medium(path: &Path, kind: MediumKind) -> Result<()> {
    SimulatedDrive::create(path, kind)
        .and_then(SimulatedDrive::close)
        .map_err(|error| simulated_error(path, error))
}

/// Where the system lists its devices.
const DEVICES: &str = if cfg!(windows) { r"\\.\" } else { "/sys/class/block" };

/// The recorders of this system; [`DriveWatch`] tells which of them come and go.
///
/// # Errors
/// What the system says when asked for its devices.
pub fn drives() -> Result<Vec<FoundDrive>> {
    mmc_device::drives().map_err(|source| Error::DirectoryRead { path: DEVICES.into(), source })
}

/// The state of a medium that no command has changed yet.
const NOTHING_WRITTEN: &str = "nothing was written";

fn drive_error(drive: &str, source: DriveError) -> Error {
    match source {
        DriveError::Cancelled => Error::Cancelled { state: NOTHING_WRITTEN.to_owned() },
        source => Error::Drive { drive: drive.to_owned(), source },
    }
}

/// Of a simulated medium that should be there.
fn opening_error(path: &Path, error: SimulatedError) -> Error {
    match error {
        SimulatedError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
            let hint = "there is no simulated medium of that name; 'fsimage sim new' makes a blank one";
            let source = io::Error::new(source.kind(), hint);
            drive_error("simulated drive", DriveError::Open { device: path.to_owned(), source })
        }
        error => simulated_error(path, error),
    }
}

fn simulated_error(path: &Path, error: SimulatedError) -> Error {
    let source = match error {
        SimulatedError::DriveLocked { path, holders } => DriveError::Locked { device: path, holders },
        SimulatedError::AlreadyExists { path: found } => {
            let hint = format!(
                "{} is there already; a simulated medium is two files, {} and the same name with .medium: \
                 remove both for a new one",
                found.display(),
                path.display()
            );
            DriveError::Open { device: path.to_owned(), source: io::Error::other(hint) }
        }
        SimulatedError::Io { path: device, source } => DriveError::Open { device, source },
        error => DriveError::Open { device: path.to_owned(), source: io::Error::other(error) },
    };
    drive_error("simulated drive", source)
}
