//! A session that was left open on a medium that is to grow: where the next one goes is known when it is closed.

use mmc_device::{DriveError, NotWritable, Profile};
use multisession::{Growth, NextSession, next_session};
use sector_io::{Sector, SectorCount};

use super::further_sessions::gap_before;
use super::growing_disc::look;
use super::{BurnOptions, ClosedTracks, GrowingDisc, OpenDrive, drive_error};
use crate::append::continuable;
use crate::disc::{Disc, DiscIdentifier};
use crate::plan::LayoutPlan;
use crate::{Error, Result};

impl GrowingDisc {
    /// Whether a session was left open, so that [`place`](GrowingDisc::place) is provisional.
    pub fn has_open_session(&self) -> bool {
        self.is_left_open
    }

    /// Closes the session that was left open, with the tracks that were reserved in it, so that
    /// [`place`](GrowingDisc::place) is where the next one goes. Without one, nothing is done. On media that are written once
    /// nothing takes that back: [`check`](GrowingDisc::check) tells before it what would be refused.
    ///
    /// What was imported before can be planned for the new place.
    ///
    /// # Errors
    /// [`Error::DiscMismatch`] before anything is closed, where the disc in the drive is no longer what was opened;
    /// [`Error::Drive`], [`Error::Recording`]; and those of [`open`](GrowingDisc::open) where the session is closed:
    /// [`closed_tracks`](GrowingDisc::closed_tracks) tells then what was.
    pub fn close_open_session(&mut self) -> Result<&ClosedTracks> {
        if !self.is_left_open {
            return Ok(&self.closed);
        }
        if !self.is_as_it_was()? {
            return Err(Error::DiscMismatch { medium: self.drive.name().to_owned() });
        }
        if self.drive.has_open_session() {
            self.closed = self.drive.close_open_session()?;
        }
        let (mut disc, mut next) = look(&self.drive)?;
        let newest = self.drive.medium().newest_session().map(|session| session.number);
        if self.drive.end_session_without_head(&disc)? {
            self.closed.session = self.closed.session.or(newest);
            (disc, next) = look(&self.drive)?;
        }
        self.before_closing = Some(self.identifier);
        self.identifier = disc.identifier();
        (self.disc, self.next) = (disc, next);
        self.is_left_open = false;
        Ok(&self.closed)
    }

    /// What [`write`](GrowingDisc::write) would refuse before anything is written, but for what only the drive tells then, and for a
    /// session that was left open. Nothing is changed on the medium.
    ///
    /// A test is refused on a medium on which a session was left open: it would have to be closed first.
    ///
    /// # Errors
    /// As [`write`](GrowingDisc::write).
    pub fn check(&self, plan: &LayoutPlan<'_>, options: &BurnOptions) -> Result<()> {
        if !self.is_imported_from(plan, self.identifier) {
            return Err(Error::DiscMismatch { medium: self.drive.name().to_owned() });
        }
        self.check_place(plan)?;
        self.beside(plan)?;
        let mut request = self.request(plan, options);
        // When the session is closed that no head leads to, the next one can be announced.
        request.reserve &= !self.drive.ends_session_without_head(&self.disc);
        {
            let failed = |error| drive_error(self.drive.name(), error);
            let mut drive = self.drive.sectors.drive();
            let mut recorder = mmc_device::recorder(&mut *drive, self.drive.medium()).map_err(failed)?;
            recorder.check(&request).map_err(failed)?;
        }
        match options.test_write {
            true => self.check_closed(options),
            false => Ok(()),
        }
    }

    /// That no session was left open.
    pub(super) fn check_closed(&self, options: &BurnOptions) -> Result<()> {
        if !self.is_left_open {
            return Ok(());
        }
        let (profile, reason) = (self.drive.medium().profile, NotWritable::UnfinishedBeforeTest);
        Err(match options.test_write {
            true => self.drive.error(DriveError::NotWritable { profile, reason }),
            false => Error::CannotAppend {
                reason: "a session was left open, and the place of the plan is provisional; \
                         GrowingDisc::close_open_session closes it, and tells where the next one goes"
                    .to_owned(),
            },
        })
    }

    /// Whether the tree of the plan was imported from this disc, which is `found`, if from any.
    pub(super) fn is_imported_from(&self, plan: &LayoutPlan<'_>, found: DiscIdentifier) -> bool {
        plan.options().disc.is_none_or(|disc| disc == found || Some(disc) == self.before_closing)
    }

    /// Whether the disc in the drive is the one that was opened, in the same state.
    pub(super) fn is_as_it_was(&mut self) -> Result<bool> {
        self.drive.look_again()?;
        let found = continuable(look(&self.drive))?;
        Ok(found.is_some_and(|(disc, next)| disc.identifier() == self.identifier && next == self.next))
    }
}

impl OpenDrive {
    /// Whether a session was left open that has to be closed before the next one is recorded.
    pub(super) fn is_left_open(&self, disc: &Disc) -> bool {
        self.has_open_session() || self.ends_session_without_head(disc)
    }

    /// Where the next session of the medium goes, with a session that was left open: by what the drive tells now, and what such
    /// media have between sessions at least. Where it tells no address, or one in front of what is recorded, that is behind all
    /// that is there, and nobody knows how much is free.
    pub(super) fn next_behind_open(
        &self,
        disc: &Disc,
    ) -> std::result::Result<NextSession, multisession::Error> {
        let mut medium = self.growth(disc);
        let recorded = Sector::new(self.medium().readable().get());
        match medium.growth {
            Growth::Sequential { next_writable } if next_writable >= recorded => {
                let gap = self.gap_behind_open();
                let next_writable = next_writable.checked_add(gap).unwrap_or(next_writable);
                medium.growth = Growth::Sequential { next_writable };
            }
            Growth::Sequential { .. } | Growth::Closed => {
                medium.growth = Growth::Sequential { next_writable: recorded };
                medium.capacity = None;
            }
            Growth::Overwritable | Growth::PseudoOverwrite { .. } => {}
        }
        next_session(&medium, None)
    }

    /// What comes between the open session and the next one, beside what the drive leaves free behind a track.
    fn gap_behind_open(&self) -> SectorCount {
        let medium = self.medium();
        let reserved = self.unused_reservations().last().map(|track| track.session);
        let open = self.open_session().max(reserved).unwrap_or(1);
        let behind_track = match medium.profile {
            Profile::CD_R | Profile::CD_RW => CD_PREGAP,
            _ => SectorCount::new(medium.write_unit),
        };
        gap_before(medium.profile, usize::from(open)).checked_sub(behind_track).unwrap_or_default()
    }
}

/// Sectors in front of a track of a CD.
const CD_PREGAP: SectorCount = SectorCount::new(150);
