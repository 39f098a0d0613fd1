use std::fmt;

use crate::{Error, Result};

/// What of a [`Recorder`](crate::Recorder) was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecorderPart {
    /// The recorder itself: exclusive access, another drive.
    Access,
    /// The writer of data.
    Data,
    /// The writer of tracks of sound.
    TracksAtOnce,
    /// The writer of raw discs.
    Raw,
    /// What blanks and formats.
    Eraser,
}

impl RecorderPart {
    pub(super) fn refuses<T>(self, problem: RecorderProblem) -> Result<T> {
        Err(Error::Recorder { part: self, problem })
    }
}

impl fmt::Display for RecorderPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RecorderPart::Access => "recorder",
            RecorderPart::Data => "writer of data",
            RecorderPart::TracksAtOnce => "writer of tracks",
            RecorderPart::Raw => "raw writer",
            RecorderPart::Eraser => "eraser",
        })
    }
}

/// Why the state of a [`Recorder`](crate::Recorder) does not allow what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RecorderProblem {
    /// A name of no or more than 63 characters, or of others than it may have.
    #[error(
        "{name:?} is no name of a client: use 1 to 63 of the letters A to Z and a to z, digits, spaces and .,:;-_"
    )]
    ClientName {
        /// The name.
        name: String,
    },
    /// There is no drive.
    #[error("the recorder has no drive: give it one first")]
    NoDrive,
    /// Another client has exclusive access, or has the medium prepared.
    #[error("{client} has the recorder: wait until that client releases it")]
    Held {
        /// The client.
        client: String,
    },
    /// Something is being written.
    #[error("{client} is writing: wait for its end, or cancel it")]
    InProgress {
        /// The client that writes.
        client: String,
    },
    /// Nothing is being written.
    #[error("nothing is being written that could be cancelled")]
    NotInProgress,
    /// The medium has to be prepared first.
    #[error("the medium is not prepared: prepare it first")]
    NotPrepared,
    /// The medium is prepared already.
    #[error("the medium is prepared already: release it before it is prepared again")]
    Prepared,
    /// What can be changed before the first track only.
    #[error("{property} goes with all tracks, and one is recorded: set it before the first track")]
    BlankOnly {
        /// What.
        property: &'static str,
    },
    /// No track was recorded yet.
    #[error("the session has no track yet, and no table of contents")]
    NoTracks,
}
