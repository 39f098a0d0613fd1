//! Whether further sessions will follow one that is not recorded yet, and what lies between them.

use mmc_device::{Profile, RecordingMode};
use multisession::{CD_FIRST_GAP, CD_LATER_GAP};
use sector_io::SectorCount;

use super::{GrowingDisc, drive_error};
use crate::{Error, Result};

/// Sectors between two sessions of DVD+R: a closure and an introduction of 64 ECC blocks each.
const PLUS_R_GAP: SectorCount = SectorCount::new(2048);

/// Sectors between the first two sessions of DVD-R, and between others: border-out and border-in.
const MINUS_R_FIRST_GAP: SectorCount = SectorCount::new(16_384);
const MINUS_R_LATER_GAP: SectorCount = SectorCount::new(3072);

impl GrowingDisc {
    /// That there are no sessions on the medium, and no reserved tracks, which become one when they are closed.
    ///
    /// # Errors
    /// [`Error::HoldsSessions`].
    pub fn check_holds_nothing(&self) -> Result<()> {
        let drive = self.drive();
        match self.disc().sessions().is_empty() && drive.unused_reservations().is_empty() {
            true => Ok(()),
            false => Err(Error::HoldsSessions { drive: drive.name().to_owned() }),
        }
    }

    /// That a further session can follow one that is recorded now.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] where that is because it is recorded at once, [`Error::MediumNotAllowed`] where the medium takes
    /// nothing else, [`Error::Drive`].
    pub(crate) fn check_takes_further(&self, at_once: bool) -> Result<()> {
        let mode = if at_once { RecordingMode::AtOnce } else { RecordingMode::Automatic };
        let mut drive = self.drive().sectors.drive();
        let recorder = mmc_device::recorder(&mut *drive, self.drive().medium());
        let mut recorder = recorder.map_err(|error| drive_error(self.drive().name(), error))?;
        if !recorder.completes(mode) {
            return Ok(());
        }
        let drive = self.drive().name().to_owned();
        Err(match at_once {
            true => Error::InvalidArgument {
                argument: "recording at once".to_owned(),
                reason: format!(
                    "it completes {drive}, and several sessions are to be recorded; leave it out"
                ),
            },
            false => Error::MediumNotAllowed {
                drive,
                profile: self.drive().medium().profile.to_string(),
                reason: "as it was blanked it is recorded at once, which completes it; blanked in full ('fsimage drive \
                         blank --full') it takes several",
            },
        })
    }

    /// As [`gap_before`].
    pub(crate) fn gap_before(&self, index: usize) -> SectorCount {
        gap_before(self.drive().medium().profile, index)
    }
}

/// What a drive records at least in front of the session with this index, from 0, and behind the one before: lead-out and
/// lead-in of a CD (MMC), closure and introduction of DVD+R (ECMA-349), border zones of DVD-R and DVD-RW.
pub(super) fn gap_before(profile: Profile, index: usize) -> SectorCount {
    let (first, later) = match profile {
        Profile::CD_R | Profile::CD_RW => (CD_FIRST_GAP, CD_LATER_GAP),
        Profile::DVD_PLUS_R | Profile::DVD_PLUS_R_DL => (PLUS_R_GAP, PLUS_R_GAP),
        profile if profile.is_dvd_minus_r() => (MINUS_R_FIRST_GAP, MINUS_R_LATER_GAP),
        _ => (SectorCount::ZERO, SectorCount::ZERO),
    };
    match index {
        0 => SectorCount::ZERO,
        1 => first,
        _ => later,
    }
}
