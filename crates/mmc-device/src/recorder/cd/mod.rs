//! Recording of sound on CD, and of sessions at once and raw.

mod at_once;
pub(super) mod data;
mod raw;
mod sectors;
mod sound;

pub use at_once::SessionAtOnce;
pub use raw::RawSession;
pub use sound::{PausedTracks, SoundTracks, WrittenTrack};

use crate::feature::FeatureCode;
use crate::{Closing, Drive, DriveError, Lba, Medium, NotWritable, Profile, Rotation, Speed, Transport};

/// How a CD is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CdRequest {
    /// What becomes of the disc.
    pub closing: Closing,
    /// The laser stays off. Not possible raw.
    pub test_write: bool,
    /// Speed; `None` leaves it to the drive.
    pub speed: Option<Speed>,
    /// How the disc is to turn, where a speed is asked for; `None` leaves it to the drive.
    pub rotation: Option<Rotation>,
}

/// The last start of a lead-in that leaves room for it.
const LATEST_LEAD_IN: Lba = Lba::new(-4500);

/// Where the lead-in of a blank disc begins; `None` where the drive tells no place for it that can be.
fn lead_in_start<T: Transport>(drive: &mut Drive<T>) -> Result<Option<Lba>, DriveError> {
    match drive.atip() {
        Ok(atip) => Ok(Some(atip.lead_in).filter(|start| *start <= LATEST_LEAD_IN)),
        Err(error) if error.is_unsupported() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What all ways of recording a CD begin with.
fn prepare<T: Transport>(
    drive: &mut Drive<T>,
    medium: &Medium,
    request: &CdRequest,
    needs: Option<FeatureCode>,
) -> Result<(), DriveError> {
    let profile = medium.profile;
    let refused = |reason| Err(DriveError::NotWritable { profile, reason });
    medium.check_told()?;
    if !matches!(profile, Profile::CD_R | Profile::CD_RW) {
        return refused(NotWritable::NoSound);
    }
    if medium.state == crate::MediumState::Complete {
        return refused(NotWritable::Complete);
    }
    if medium.unfinished_session {
        return refused(NotWritable::UnfinishedSession);
    }
    drive.wait_for_same_medium()?;
    if let Some(needed) = needs {
        check_feature(drive, profile, needed)?;
    }
    if let Some(speed) = request.speed {
        drive.request_speed(medium, speed, request.rotation);
    }
    Ok(())
}

/// A drive that tells of features and not of this one cannot do what it is for.
pub(super) fn check_feature<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
    needed: FeatureCode,
) -> Result<(), DriveError> {
    match drive.configuration() {
        Ok(configuration) if configuration.feature(needed).is_none() => {
            Err(DriveError::NotWritable { profile, reason: NotWritable::NoSuchMode })
        }
        _ => Ok(()),
    }
}
