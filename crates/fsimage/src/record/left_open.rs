//! A session that was left open on a medium that is to grow: where the next one goes is known when it is closed.

use mmc_device::{DriveError, NotWritable};

use super::growing_disc::look;
use super::{BurnOptions, ClosedTracks, GrowingDisc, drive_error};
use crate::append::continuable;
use crate::disc::DiscIdentifier;
use crate::plan::LayoutPlan;
use crate::{Error, Result};

impl GrowingDisc {
    /// Whether a session was left open, so that [`place`](GrowingDisc::place) is provisional.
    #[must_use]
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
