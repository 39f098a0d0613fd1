//! DVD-R, and DVD-RW that is not formatted: incrementally, or the disc at once. `docs/recipes/dvd-r.md` and
//! `dvd-rw.md` tell the steps.

use super::disc_at_once;
use super::parameters::{multi_session, select};
use super::sequential::{self, Style};
use super::{OpenSession, Part, Recorder, RecordingMode, SessionRequest};
use crate::feature::{DvdRWrite, Feature, FeatureCode};
use crate::sense::key;
use crate::{Closing, Drive, DriveError, Medium, MediumState, NotWritable, Transport};

pub(super) struct MinusR<'d, T: Transport> {
    pub(super) drive: &'d mut Drive<T>,
    pub(super) medium: Medium,
    pub(super) part: Part,
}

/// What drive and medium can do together.
#[derive(Clone, Copy)]
struct Abilities {
    incremental: bool,
    at_once: bool,
    write: Option<DvdRWrite>,
}

impl Abilities {
    /// By the features that are current. A drive that does not tell them is tried.
    fn of<T: Transport>(drive: &mut Drive<T>) -> Abilities {
        let Ok(configuration) = drive.configuration() else {
            return Abilities { incremental: true, at_once: true, write: None };
        };
        let current = |code| configuration.feature(code).is_some_and(|feature| feature.current);
        let write = configuration.feature(FeatureCode::DVD_R_WRITE).and_then(Feature::dvd_r_write);
        Abilities {
            incremental: current(FeatureCode::INCREMENTAL_STREAMING_WRITABLE),
            at_once: current(FeatureCode::DVD_R_WRITE),
            write,
        }
    }

    /// So it is with a DVD-RW that was blanked minimally.
    fn is_only_at_once(&self, medium: &Medium) -> bool {
        medium.state == MediumState::Blank && self.at_once && !self.incremental
    }
}

/// That a track can be reserved on the medium.
///
/// # Errors
/// [`DriveError::NotWritable`] with [`NotWritable::OnlyAtOnce`].
pub(crate) fn check_takes_tracks<T: Transport>(
    drive: &mut Drive<T>,
    medium: &Medium,
) -> Result<(), DriveError> {
    match Abilities::of(drive).is_only_at_once(medium) {
        true => Err(DriveError::NotWritable { profile: medium.profile, reason: NotWritable::OnlyAtOnce }),
        false => Ok(()),
    }
}

impl<T: Transport> Recorder for MinusR<'_, T> {
    fn check(&mut self, request: &SessionRequest) -> Result<(), DriveError> {
        let abilities = self.abilities();
        self.check_by(request, &abilities)
    }

    fn begin(&mut self, request: &SessionRequest) -> Result<Box<dyn OpenSession + '_>, DriveError> {
        self.part.check(&self.medium)?;
        self.drive.wait_for_same_medium()?;
        let abilities = self.abilities();
        self.check_by(request, &abilities)?;
        let at_once = self.is_at_once(request.mode, &abilities);
        if let Some(speed) = request.speed {
            self.drive.request_speed(&self.medium, speed, request.rotation);
        }
        self.calibrate()?;
        let underrun_protection = !request.without_underrun_protection
            && abilities.write.is_none_or(|write| write.underrun_protection);
        if at_once {
            select(self.drive, |parameters| {
                parameters.set_disc_at_once(request.test_write, underrun_protection);
            })?;
            return disc_at_once::begin(self.drive, &self.medium, request);
        }
        let closing = if self.part == Part::Session { request.closing } else { Closing::KeepAppendable };
        let multi = multi_session(closing);
        select(self.drive, |parameters| {
            parameters.set_incremental(multi, request.test_write, underrun_protection);
        })?;
        sequential::begin(self.drive, &self.medium, request, Style::Incremental, self.part)
    }

    fn completes(&mut self, mode: RecordingMode) -> bool {
        let abilities = self.abilities();
        self.is_at_once(mode, &abilities)
    }
}

impl<T: Transport> MinusR<'_, T> {
    fn check_by(&self, request: &SessionRequest, abilities: &Abilities) -> Result<(), DriveError> {
        let in_parts = self.part != Part::Session || request.mode == RecordingMode::Incremental;
        let reason = match request {
            _ if in_parts && abilities.is_only_at_once(&self.medium) => NotWritable::OnlyAtOnce,
            _ if request.test_write && abilities.write.is_some_and(|write| !write.test_write) => {
                NotWritable::NoTestWrite
            }
            _ if request.mode == RecordingMode::AtOnce && !self.is_at_once(request.mode, abilities) => {
                NotWritable::NotAtOnce
            }
            _ => return Ok(()),
        };
        Err(DriveError::NotWritable { profile: self.medium.profile, reason })
    }

    /// Whether the medium is recorded at once, as far as that can be.
    fn is_at_once(&self, mode: RecordingMode, abilities: &Abilities) -> bool {
        let can_be =
            self.medium.state == MediumState::Blank && abilities.at_once && self.part == Part::Session;
        can_be
            && match mode {
                RecordingMode::AtOnce => true,
                // A DVD-RW that was blanked minimally takes nothing else.
                RecordingMode::Automatic => !abilities.incremental,
                RecordingMode::Incremental => false,
            }
    }

    fn abilities(&mut self) -> Abilities {
        Abilities::of(self.drive)
    }

    /// Has the drive measure the laser power, unless it knows it for this disc. That it cannot is no reason not to
    /// write, except where the area for it is full or the measurement failed.
    fn calibrate(&mut self) -> Result<(), DriveError> {
        if self.drive.disc_information().is_ok_and(|disc| disc.calibrated) {
            return Ok(());
        }
        match self.drive.calibrate_power() {
            Err(error) => match error.sense() {
                Some(sense) if sense.asc == 0x73 && sense.key != key::RECOVERED_ERROR => Err(error),
                Some(_) => {
                    crate::trace::event!(info, %error, "recording without a power calibration");
                    Ok(())
                }
                None => Err(error),
            },
            Ok(()) => Ok(()),
        }
    }
}
