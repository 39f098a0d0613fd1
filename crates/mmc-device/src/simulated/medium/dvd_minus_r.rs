//! DVD-R, and DVD-RW that is not formatted: incremental and disc-at-once recording.

use super::{Medium, Track, TrackState};
use crate::Sense;
use crate::simulated::mode_pages::WriteMode;
use crate::simulated::status;

impl Medium {
    /// Incremental recording is possible: not on a DVD-RW that was blanked minimally.
    pub(in crate::simulated) fn takes_increments(&self) -> bool {
        !self.minimally_blanked
    }

    /// Disc at once is possible: on a blank disc only.
    pub(in crate::simulated) fn takes_disc_at_once(&self) -> bool {
        let blank = self.sessions.is_empty();
        let begun = self.disc_at_once_track().is_some();
        !self.finalized && (blank || begun)
    }

    /// The write parameters do not suit the track at this next writable address.
    pub(super) fn minus_r_refusal(&self, mode: WriteMode, lba: u32) -> Option<Sense> {
        let at_once = self
            .open_session()
            .and_then(|session| session.tracks.iter().find(|track| track.start + track.recorded == lba))
            .is_some_and(|track| track.at_once);
        if mode.is_incremental_dvd() {
            (at_once || !self.takes_increments()).then_some(status::ILLEGAL_MODE_FOR_THIS_TRACK)
        } else if mode.is_disc_at_once_dvd() {
            // The size has to be announced by RESERVE TRACK.
            (!at_once).then_some(status::COMMAND_SEQUENCE)
        } else {
            Some(status::ILLEGAL_MODE_FOR_THIS_TRACK)
        }
    }

    /// The track that takes the whole disc at once, or a session of a CD, if it is not finished.
    pub(in crate::simulated) fn disc_at_once_track(&self) -> Option<&Track> {
        let mut tracks = self.open_session()?.tracks.iter();
        tracks.find(|track| track.at_once && track.state != TrackState::Closed)
    }

    /// Ends the disc when all that was announced for it is recorded: the drive writes lead-in and lead-out by
    /// itself.
    pub(in crate::simulated) fn finish_disc_at_once(&mut self) -> bool {
        let full = |track: &&Track| track.reserved == Some(track.recorded);
        if self.disc_at_once_track().filter(full).is_none() {
            return false;
        }
        for track in self.sessions.iter_mut().flat_map(|session| &mut session.tracks) {
            track.state = TrackState::Closed;
        }
        self.close_session(true);
        true
    }
}
