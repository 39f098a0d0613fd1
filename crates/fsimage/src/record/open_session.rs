//! The session that is open on the medium in a drive, and closing it.

use mmc_device::sense::key;
use mmc_device::{DriveError, Lba, MediumTrack, TrackState};

use super::summary::{ClosedTracks, TrackSummary};
use super::{Closing, OpenDrive};
use crate::address::sector_of_lba;
use crate::disc::Disc;
use crate::{Error, Result};

impl OpenDrive {
    /// Whether a session was left open that has to be closed before the next one is recorded.
    pub(super) fn is_left_open(&self, disc: &Disc) -> bool {
        self.has_open_session() || self.ends_session_without_head(disc)
    }

    /// Whether a session was left open.
    pub(crate) fn has_open_session(&self) -> bool {
        self.medium().unfinished_session
    }

    /// Whether one was left open in which anything was recorded.
    pub(crate) fn has_begun_session(&self) -> bool {
        self.medium().unfinished_session && !self.medium().is_only_reserved()
    }

    /// The session that was left open with something recorded in it.
    pub(crate) fn open_session(&self) -> Option<u16> {
        let newest = self
            .medium()
            .newest_session()
            .filter(|session| self.medium().unfinished_session && !session.closed);
        newest.map(|session| session.number)
    }

    /// Reserved tracks in which nothing is recorded: what is recorded without the number of one goes behind them.
    pub fn unused_reservations(&self) -> Vec<TrackSummary> {
        self.medium().unused_reservations().map(TrackSummary::of).collect()
    }

    /// Tracks of sessions that are not closed in which something is recorded, and that never came to their ends.
    pub(super) fn open_tracks(&self) -> impl Iterator<Item = &MediumTrack> {
        let is_closed = |number| self.medium().sessions.iter().any(|one| one.number == number && one.closed);
        let tracks = self.medium().tracks.iter();
        tracks.filter(move |track| {
            (track.state == TrackState::Open || (track.damaged && track.state == TrackState::Recorded))
                && !is_closed(track.session)
        })
    }

    /// What closing the open session closes.
    fn closed_tracks(&self) -> ClosedTracks {
        let disc = self.disc().ok();
        // A session that a head leads to begins behind the copy of the one before.
        let is_whole = |track: &MediumTrack| {
            let last =
                Lba::new(track.start.get().saturating_add(track.blocks.saturating_sub(1).cast_signed()));
            let starts = sector_of_lba(track.start).zip(sector_of_lba(last));
            let disc = disc.as_ref().zip(starts);
            disc.is_some_and(|(disc, (first, last))| disc.holds_whole_within(first..=last))
        };
        let begun: Vec<u16> = self.medium().begun_reservations().map(|track| track.number).collect();
        let is_cut = |track: &&MediumTrack| begun.contains(&track.number) || !is_whole(track);
        ClosedTracks {
            session: self.open_session().max(self.unused_reservations().last().map(|track| track.session)),
            cut_short: self.open_tracks().filter(is_cut).map(TrackSummary::of).collect(),
            unused: self.unused_reservations(),
        }
    }

    /// Whether the disc was recorded at once, and that stopped.
    pub(crate) fn is_stopped_at_once(&self) -> bool {
        self.medium().is_stopped_at_once()
    }

    /// Whether the session that was left open may have been recorded at once, which nothing tells of a CD.
    pub(crate) fn may_be_stopped_at_once(&self) -> bool {
        self.medium().profile.is_cd() && self.has_begun_session() && self.medium().damaged
    }

    /// Whether that is open which [`end_session_without_head`](OpenDrive::end_session_without_head) closes.
    pub(super) fn ends_session_without_head(&self, disc: &Disc) -> bool {
        self.medium().is_replaceable() && !self.replaces_head(disc)
    }

    /// Closes an open session, and with [`Closing::Finalise`] the medium for good.
    ///
    /// Returns the tracks of it that never came to their ends. Of those that were cut short, a session
    /// that a [`LayoutPlan`](crate::LayoutPlan) was recorded as is known to be incomplete by its missing end mark
    /// ([`Place::end_mark`](crate::Place::end_mark)); of other data, nothing tells it afterwards.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn close(&mut self, closing: Closing) -> Result<ClosedTracks> {
        crate::trace::span!("close");
        let tracks = self.closed_tracks();
        let closed = mmc_device::close(&mut *self.sectors.drive(), closing);
        self.put(closed.map_err(|error| self.closing_error(error))?);
        Ok(tracks)
    }

    /// Closes a session that an earlier program, or a power cut, left open; the next one goes behind it.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub(crate) fn close_open_session(&mut self) -> Result<ClosedTracks> {
        let tracks = self.closed_tracks();
        if let Ok(disc) = self.disc() {
            let incomplete = disc.sessions().iter().filter(|session| disc.is_incomplete(session));
            self.interrupted = incomplete.map(|session| session.number).collect();
        }
        let closed = mmc_device::close_open_session(&mut *self.sectors.drive());
        self.put(closed.map_err(|error| self.closing_error(error))?);
        Ok(tracks)
    }

    /// Closes the open session of a medium with pseudo-overwrite for good where it is no session that a head leads to: the next
    /// one is found by the table of contents.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub(super) fn end_session_without_head(&mut self, disc: &Disc) -> Result<bool> {
        if !self.ends_session_without_head(disc) {
            return Ok(false);
        }
        let ended = mmc_device::end_session(&mut *self.sectors.drive());
        self.put(ended.map_err(|error| self.error(error))?);
        Ok(true)
    }

    /// The error of a session that is not closed. Drives refuse one that was recorded at once, and stopped.
    fn closing_error(&self, error: DriveError) -> Error {
        let is_refusal = error.sense().is_some_and(|sense| sense.key == key::ILLEGAL_REQUEST);
        let is_spoiled = self.may_be_stopped_at_once() || self.is_stopped_at_once();
        let error = self.error(error);
        match is_spoiled && is_refusal {
            true => Error::Recording { source: Box::new(error), medium: self.spoiled() },
            false => error,
        }
    }

    /// The state of a medium on which a recording at once stopped.
    pub(super) fn spoiled(&self) -> String {
        let rewritable = match self.medium().profile.is_cd() {
            true => "a CD-RW can be blanked",
            false => "a DVD-RW can be blanked in full",
        };
        format!(
            "what is recorded at once, and stopped, cannot be closed, and nothing can follow; what was \
             recorded before it can be read, and {rewritable}"
        )
    }
}
