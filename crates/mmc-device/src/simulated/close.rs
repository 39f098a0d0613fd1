//! CLOSE TRACK SESSION and REPAIR TRACK.

use super::decode::{Block, be16};
use super::medium::{Format, TrackState};
use super::medium_kind::Family;
use super::status::{self, Outcome};
use super::{Fault, MediumKind, SimulatedDrive};

impl SimulatedDrive {
    pub(super) fn close_track_session(&mut self, block: &Block) -> Outcome<()> {
        let immediate = block[1] & 0x01 != 0;
        let (function, number) = (block[2] & 0x07, u32::from(be16(block, 4)));
        let family = self.loaded()?.medium.family();
        if self.pages.write_mode().test && self.faults.has(Fault::TestWriteConfuses) {
            return Err(status::COMMAND_SEQUENCE.into());
        }
        match (family, function) {
            (Family::Cd | Family::DvdMinusR | Family::DvdPlusR | Family::BdR, 1) => {
                self.close_track(number)?
            }
            (Family::Cd | Family::DvdMinusR, 2) => {
                let two_layers = self.medium_kind() == Some(MediumKind::DvdRDl);
                let ends = two_layers && self.faults.has(Fault::TwoLayersEnd);
                self.close_session(ends || !self.pages.next_session_allowed())?;
            }
            (Family::DvdPlusR | Family::BdR, 2) => self.close_session(false)?,
            (Family::DvdMinusR, 3) | (Family::DvdPlusR, 5 | 6) | (Family::BdR | Family::BdRandom, 6) => {
                self.finalize()?;
            }
            // A quick format ends: what has grown is complete.
            (Family::RestrictedOverwrite, 2) => {
                let loaded = self.loaded()?;
                let growing = loaded.medium.growing_end().is_some();
                if !loaded.medium.end_growth() {
                    return Err(status::COMMAND_SEQUENCE.into());
                }
                loaded.changed |= growing;
            }
            // 0: stop the background format; 2 and 3: and make the disc readable elsewhere.
            (Family::DvdPlusRw, 0 | 2 | 3) => {
                let loaded = self.loaded()?;
                if loaded.medium.format == Format::Running {
                    loaded.medium.suspend_format();
                    loaded.changed = true;
                }
            }
            _ => return Err(status::INVALID_FIELD_IN_CDB.into()),
        }
        let loaded = self.loaded()?;
        if loaded.changed {
            loaded.save()?;
            self.events.features_changed();
            self.goes_on(immediate, status::NOT_READY_OPERATION_IN_PROGRESS);
        }
        Ok(())
    }

    fn close_track(&mut self, number: u32) -> Outcome<()> {
        let loaded = self.loaded()?;
        if loaded.medium.finalized {
            return Err(status::CANNOT_WRITE_MEDIUM.into());
        }
        let view = if number == 0xFF && loaded.medium.track(0xFF).is_none() {
            loaded.medium.incomplete_track()
        } else {
            loaded.medium.track(number)
        };
        let Some(view) = view else { return Err(status::INVALID_FIELD_IN_CDB.into()) };
        let blank = view.invisible || view.recorded == 0;
        if loaded.medium.disc_at_once_track().is_some_and(|track| track.start == view.start) {
            // The drive ends it by itself, when all that was announced is there.
            return Err(match loaded.medium.family() {
                Family::Cd => status::INCOMPLETE_TRACK_IN_SESSION.into(),
                _ => status::EMPTY_OR_PARTIAL_RESERVED_TRACK.into(),
            });
        }
        if blank { Ok(()) } else { loaded.end_track(view.number) }
    }

    fn close_session(&mut self, last: bool) -> Outcome<()> {
        let loaded = self.loaded()?;
        if loaded.medium.finalized {
            return Err(status::CANNOT_WRITE_MEDIUM.into());
        }
        let Some(session) = loaded.medium.open_session() else {
            return Err(status::COMMAND_SEQUENCE.into());
        };
        // A reserved track that is full is complete: what keeps a session open is one that is empty or partial.
        let full = |track: &super::medium::Track| {
            track.state == TrackState::Open && track.reserved == Some(track.recorded)
        };
        let open = |track: &&super::medium::Track| track.state != TrackState::Closed && !full(track);
        if let Some(track) = session.tracks.iter().find(open) {
            let reserved = track.reserved.is_some();
            let sense = if reserved {
                status::EMPTY_OR_PARTIAL_RESERVED_TRACK
            } else {
                status::INCOMPLETE_TRACK_IN_SESSION
            };
            return Err(sense.into());
        }
        let before = loaded.medium.first_track_of_last_session();
        let full: Vec<u32> = (before..)
            .zip(&session.tracks)
            .filter(|(_, track)| full(track))
            .map(|(number, _)| number)
            .collect();
        for number in full {
            loaded.end_track(number)?;
        }
        loaded.medium.close_session(last);
        loaded.changed = true;
        Ok(())
    }

    /// Ends the medium, and the open session with it.
    fn finalize(&mut self) -> Outcome<()> {
        let loaded = self.loaded()?;
        if loaded.medium.open_session().is_some() {
            return self.close_session(true);
        }
        if loaded.medium.sessions.is_empty() && !loaded.medium.family().is_overwritable() {
            return Err(status::COMMAND_SEQUENCE.into());
        }
        if !loaded.medium.finalized {
            loaded.medium.finalized = true;
            loaded.changed = true;
        }
        Ok(())
    }

    /// REPAIR TRACK: completes what power failure left of a track.
    pub(super) fn repair_track(&mut self, block: &Block) -> Outcome<()> {
        let immediate = block[1] & 0x01 != 0;
        let number = u32::from(be16(block, 4));
        let loaded = self.loaded()?;
        let Some(view) = loaded.medium.track(number) else {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        };
        if !view.damaged {
            return Ok(());
        }
        if loaded.medium.disc_at_once_track().is_some() {
            // A disc or session recorded at once cannot be taken up again.
            return Err(status::COMMAND_SEQUENCE.into());
        } else if loaded.medium.family() == Family::Cd {
            // Nor can a track, which ends there.
            loaded.end_track(number)?;
        } else {
            if let Some(track) = loaded.medium.open_track_mut(number) {
                track.state = TrackState::Open;
            }
            loaded.flush()?;
        }
        loaded.save()?;
        self.goes_on(immediate, status::NOT_READY_OPERATION_IN_PROGRESS);
        Ok(())
    }
}
