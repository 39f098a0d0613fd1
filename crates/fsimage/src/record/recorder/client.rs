//! What all writers of a recorder have in common: a name, and turns to use the drive.

use super::{Occupant, Recorder, RecorderPart, RecorderProblem, State};
use crate::record::OpenDrive;
use crate::{CancelToken, Result};

/// The most characters of a client's name, and what they may be beside letters and digits: as Windows has them for
/// exclusive access to a drive.
const LONGEST_NAME: usize = 63;
const PUNCTUATION: &str = " .,:;-_";

/// A writer's place at its recorder.
#[derive(Debug)]
pub(super) struct Client {
    recorder: Recorder,
    part: RecorderPart,
    number: u64,
    name: String,
}

/// The drive, while something is written. Dropped, it goes back to what it was: free, or prepared for this client.
pub(super) struct Writing<'a> {
    client: &'a Client,
    pub(super) drive: OpenDrive,
}

impl Client {
    pub(super) fn new(recorder: &Recorder, part: RecorderPart, name: &str) -> Result<Client> {
        let may_be = |letter: char| letter.is_ascii_alphanumeric() || PUNCTUATION.contains(letter);
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(may_be) {
            return part.refuses(RecorderProblem::ClientName { name: name.to_owned() });
        }
        let number = {
            let mut state = recorder.lock();
            state.clients += 1;
            state.clients
        };
        Ok(Client { recorder: recorder.clone(), part, number, name: name.to_owned() })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn refused<T>(&self, problem: RecorderProblem) -> Result<T> {
        self.part.refuses(problem)
    }

    /// The drive, if this client may use it now.
    pub(super) fn drive_of(&self, state: &State) -> Result<OpenDrive> {
        let Some(drive) = &state.drive else { return self.refused(RecorderProblem::NoDrive) };
        if let Some((client, _)) = &state.exclusive
            && *client != self.name
        {
            return self.refused(RecorderProblem::Held { client: client.clone() });
        }
        match &state.occupant {
            Some(occupant) if occupant.number != self.number || occupant.writing.is_some() => {
                self.refused(occupant.stands_in_the_way())
            }
            _ => Ok(drive.share()),
        }
    }

    fn is_prepared(&self, state: &State) -> bool {
        (state.occupant.as_ref())
            .is_some_and(|occupant| occupant.number == self.number && occupant.is_prepared)
    }

    /// The drive with what is in it now, to look at.
    pub(super) fn look(&self) -> Result<OpenDrive> {
        let mut drive = self.drive_of(&self.recorder.lock())?;
        drive.look_again()?;
        Ok(drive)
    }

    /// Keeps the drive for this client, until [`Client::vacate`].
    pub(super) fn prepare(&self) -> Result<OpenDrive> {
        let mut drive = {
            let mut state = self.recorder.lock();
            let drive = self.drive_of(&state)?;
            if self.is_prepared(&state) {
                return self.refused(RecorderProblem::Prepared);
            }
            state.occupant = Some(self.occupant(true, None));
            drive
        };
        match drive.look_again() {
            Ok(()) => Ok(drive),
            Err(error) => {
                self.vacate();
                Err(error)
            }
        }
    }

    /// That the drive is kept for this client, and nothing is being written.
    pub(super) fn check_prepared(&self) -> Result<()> {
        self.prepared_drive(&self.recorder.lock()).map(drop)
    }

    fn prepared_drive(&self, state: &State) -> Result<OpenDrive> {
        if self.is_prepared(state) || state.drive.is_none() {
            return self.drive_of(state);
        }
        self.refused(RecorderProblem::NotPrepared)
    }

    /// Begins to write on a medium that was prepared.
    pub(super) fn write_prepared(&self, cancel: &CancelToken) -> Result<Writing<'_>> {
        let mut state = self.recorder.lock();
        let drive = self.prepared_drive(&state)?;
        state.occupant = Some(self.occupant(true, Some(cancel.clone())));
        Ok(Writing { client: self, drive })
    }

    /// Begins to write without preparation.
    pub(super) fn write(&self, cancel: &CancelToken) -> Result<Writing<'_>> {
        let mut writing = {
            let mut state = self.recorder.lock();
            let drive = self.drive_of(&state)?;
            state.occupant = Some(self.occupant(false, Some(cancel.clone())));
            Writing { client: self, drive }
        };
        writing.drive.look_again()?;
        Ok(writing)
    }

    /// Asks what this client is writing to stop at the next safe point.
    pub(super) fn cancel(&self) -> Result<()> {
        let state = self.recorder.lock();
        let occupant = state.occupant.as_ref().filter(|occupant| occupant.number == self.number);
        match occupant.and_then(|occupant| occupant.writing.as_ref()) {
            Some(writing) => {
                writing.cancel();
                Ok(())
            }
            None => self.refused(RecorderProblem::NotInProgress),
        }
    }

    /// Gives the drive to others, if this client has it.
    pub(super) fn vacate(&self) {
        let mut state = self.recorder.lock();
        state.occupant = state.occupant.take().filter(|occupant| occupant.number != self.number);
    }

    fn occupant(&self, is_prepared: bool, writing: Option<CancelToken>) -> Occupant {
        Occupant { number: self.number, name: self.name.clone(), is_prepared, writing }
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let mut state = self.client.recorder.lock();
        if let Some(occupant) = &mut state.occupant {
            occupant.writing = None;
            if !occupant.is_prepared {
                state.occupant = None;
            }
        }
    }
}
