use std::io;
use std::path::{Path, PathBuf};

/// Why a simulated medium could not be made, loaded or unloaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulatedError {
    /// There is already a file where the blank medium should go.
    #[error("{} already exists", path.display())]
    AlreadyExists {
        /// The file in the way.
        path: PathBuf,
    },
    /// The file of sectors is gone, but not the state file beside it.
    #[error(
        "{} is the state of a simulated medium whose sectors, {}, are gone; for a new medium remove it too",
        state.display(),
        path.display()
    )]
    StateLeftBehind {
        /// Where the sectors would be.
        path: PathBuf,
        /// The state file.
        state: PathBuf,
    },
    /// Another drive, in this process or another one, holds this medium.
    #[error("{} is in use by another drive", path.display())]
    DriveLocked {
        /// The backing file.
        path: PathBuf,
        /// Processes that have it open, as far as this user may know of them (Linux).
        holders: Vec<crate::Holder>,
    },
    /// The state file does not describe a medium.
    #[error("{} is no simulated medium: {reason}", path.display())]
    NotAMedium {
        /// The state file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The state file was written by a version of this crate that knows more.
    #[error("{} has format version {found}, this program reads up to {known}", path.display())]
    UnknownVersion {
        /// The state file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// A medium of this kind cannot have this many sectors.
    #[error("a {kind} cannot have {capacity} sectors")]
    Capacity {
        /// The kind asked for.
        kind: super::MediumKind,
        /// The capacity asked for, in sectors of 2048 bytes.
        capacity: u32,
    },
    /// A medium lies in the drive already.
    #[error("the drive already holds a medium")]
    Occupied,
    /// A command has locked the tray (PREVENT ALLOW MEDIUM REMOVAL).
    #[error("removal of the medium is prevented")]
    RemovalPrevented,
    /// Not the name of a kind of medium.
    #[error("'{name}' is no kind of medium; known are {known}")]
    UnknownKind {
        /// What was given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Not a fault as the catalogue writes it.
    #[error("'{text}' is no fault: {reason}")]
    UnknownFault {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The host's file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file concerned.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl SimulatedError {
    pub(super) fn io(path: &Path, source: io::Error) -> SimulatedError {
        SimulatedError::Io { path: path.to_owned(), source }
    }
}
