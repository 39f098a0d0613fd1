//! Recording of sound on CD, and of sessions at once and raw.

mod at_once;
pub(super) mod data;
mod raw;
mod sectors;
mod sound;

pub use at_once::SessionAtOnce;
pub use raw::RawSession;
pub use sound::{PausedTracks, SoundTracks, WrittenTrack};

use crate::feature::{Feature, FeatureCode};
use crate::{Closing, Drive, DriveError, Lba, Medium, NotWritable, Profile, Rotation, Speed, Transport};

/// How a CD is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CdRequest {
    /// What becomes of the disc.
    pub closing: Closing,
    /// The laser stays off. Not possible raw.
    pub test_write: bool,
    /// Let a buffer that runs empty spoil the disc, even where the drive could go on behind it.
    pub without_underrun_protection: bool,
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

/// What all ways of recording a CD begin with. Tells whether the drive is to protect the recording from underruns.
fn prepare<T: Transport>(
    drive: &mut Drive<T>,
    medium: &Medium,
    request: &CdRequest,
    needs: FeatureCode,
) -> Result<bool, DriveError> {
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
    let feature = needed_feature(drive, profile, needs)?;
    if let Some(speed) = request.speed {
        drive.request_speed(medium, speed, request.rotation);
    }
    Ok(!request.without_underrun_protection && protects_from_underruns(drive, feature.as_ref()))
}

/// The feature, where the drive tells of features. One that does, and not of this one, cannot do what it is for.
pub(super) fn needed_feature<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
    needed: FeatureCode,
) -> Result<Option<Feature>, DriveError> {
    let Ok(configuration) = drive.configuration() else { return Ok(None) };
    match configuration.feature(needed) {
        Some(feature) => Ok(Some(feature.clone())),
        None => Err(DriveError::NotWritable { profile, reason: NotWritable::NoSuchMode }),
    }
}

/// Whether the drive can: by the feature of the way of recording, or, where it tells of none, by its capabilities.
pub(super) fn protects_from_underruns<T: Transport>(drive: &mut Drive<T>, feature: Option<&Feature>) -> bool {
    match feature.and_then(Feature::underrun_protection) {
        Some(protects) => protects,
        None => drive.capabilities().is_ok_and(|page| page.underrun_protection),
    }
}
