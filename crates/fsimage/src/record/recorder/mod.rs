//! A drive that several parts of a program share, and the writers that it hands out by the names of those clients.

mod client;
mod data;
mod eraser;
mod problem;
mod raw;
mod tracks;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use data::DataWriter;
pub use eraser::Eraser;
pub use problem::{RecorderPart, RecorderProblem};
pub use raw::RawWriter;
pub use tracks::{AddedTrack, TracksAtOnce, TracksAtOnceOptions};

use self::client::Client;
use super::OpenDrive;
use crate::{CancelToken, Result};

/// A drive that is shared: clones and threads see one state. It may be without a drive.
///
/// One writer at a time has the drive, from its preparation to its release, or while it writes. Others are refused with
/// the name of the client that has it ([`Error::Recorder`](crate::Error::Recorder)), and nothing waits.
#[derive(Clone)]
pub struct Recorder(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    drive: Option<OpenDrive>,
    /// Who has exclusive access, and how many times it was acquired.
    exclusive: Option<(String, u32)>,
    occupant: Option<Occupant>,
    /// Clients so far: the last one's number.
    clients: u64,
}

/// The writer that has the drive.
struct Occupant {
    number: u64,
    name: String,
    is_prepared: bool,
    /// Stops what is being written.
    writing: Option<CancelToken>,
}

/// What cancelling did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelling {
    /// What is being written stops at the next safe point.
    Asked,
    /// Nothing is being written: no error.
    NothingInProgress,
}

impl Recorder {
    /// A recorder with a drive.
    #[must_use]
    pub fn new(drive: OpenDrive) -> Recorder {
        Recorder(Arc::new(Mutex::new(State { drive: Some(drive), ..State::default() })))
    }

    /// A recorder whose drive comes later, by [`Recorder::replace_drive`].
    #[must_use]
    pub fn without_drive() -> Recorder {
        Recorder(Arc::default())
    }

    /// Puts another drive in the place of the one that is there, which is given back.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder) while a client has it.
    pub fn replace_drive(&self, drive: Option<OpenDrive>) -> Result<Option<OpenDrive>> {
        let mut state = self.lock();
        if let Some((client, _)) = &state.exclusive {
            return RecorderPart::Access.refuses(RecorderProblem::Held { client: client.clone() });
        }
        if let Some(occupant) = &state.occupant {
            return RecorderPart::Access.refuses(occupant.stands_in_the_way());
        }
        Ok(std::mem::replace(&mut state.drive, drive))
    }

    /// Keeps the writers of all other clients out, until what is returned is dropped. A client can have it more than once.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder): the name is not valid, there is no drive, or another client has it.
    pub fn acquire_exclusive_access(&self, client: &str) -> Result<ExclusiveAccess> {
        let client = Client::new(self, RecorderPart::Access, client)?;
        let mut state = self.lock();
        client.drive_of(&state)?;
        let times = state.exclusive.as_ref().map_or(0, |(_, times)| *times);
        state.exclusive = Some((client.name().to_owned(), times + 1));
        Ok(ExclusiveAccess(self.clone()))
    }

    /// The client that has exclusive access.
    #[must_use]
    pub fn exclusive_access_owner(&self) -> Option<String> {
        self.lock().exclusive.as_ref().map(|(client, _)| client.clone())
    }

    /// Stops what any of its writers is writing, at the next safe point.
    #[must_use]
    pub fn cancel(&self) -> Cancelling {
        let state = self.lock();
        match state.occupant.as_ref().and_then(|occupant| occupant.writing.as_ref()) {
            Some(writing) => {
                writing.cancel();
                Cancelling::Asked
            }
            None => Cancelling::NothingInProgress,
        }
    }

    /// A writer of sessions of data.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder) for a name that is not valid; so do the others.
    pub fn data(&self, client: &str) -> Result<DataWriter> {
        Client::new(self, RecorderPart::Data, client).map(DataWriter::new)
    }

    /// A writer of tracks of sound, one by one.
    ///
    /// # Errors
    /// As [`Recorder::data`].
    pub fn tracks_at_once(&self, client: &str) -> Result<TracksAtOnce> {
        Client::new(self, RecorderPart::TracksAtOnce, client).map(TracksAtOnce::new)
    }

    /// A writer of discs of sound with subchannels that are made here.
    ///
    /// # Errors
    /// As [`Recorder::data`].
    pub fn raw(&self, client: &str) -> Result<RawWriter> {
        Client::new(self, RecorderPart::Raw, client).map(RawWriter::new)
    }

    /// What blanks and formats.
    ///
    /// # Errors
    /// As [`Recorder::data`].
    pub fn eraser(&self, client: &str) -> Result<Eraser> {
        Client::new(self, RecorderPart::Eraser, client).map(Eraser::new)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        let occupant = state.occupant.as_ref().map(|occupant| &occupant.name);
        f.debug_struct("Recorder")
            .field("drive", &state.drive)
            .field("exclusive", &state.exclusive)
            .field("occupant", &occupant)
            .finish_non_exhaustive()
    }
}

impl Occupant {
    /// To another client.
    fn stands_in_the_way(&self) -> RecorderProblem {
        let client = self.name.clone();
        if self.writing.is_some() {
            RecorderProblem::InProgress { client }
        } else {
            RecorderProblem::Held { client }
        }
    }
}

/// Exclusive access to a [`Recorder`], released when it is dropped.
#[derive(Debug)]
#[must_use = "access ends when this is dropped"]
pub struct ExclusiveAccess(Recorder);

impl Drop for ExclusiveAccess {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.exclusive =
            state.exclusive.take().filter(|(_, times)| *times > 1).map(|(client, times)| (client, times - 1));
    }
}
