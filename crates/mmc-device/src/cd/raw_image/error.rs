use crate::cd::{BadProgram, SectorType};

/// Why an image cannot be as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RawImageError {
    /// It was created, and does not change any more.
    #[error("the image is created, and does not change any more")]
    ReadOnly,
    /// More than 99 tracks.
    #[error("a disc has at most 99 tracks")]
    TooManyTracks,
    /// Something else than sound.
    #[error("a raw image has tracks of sound only, not of {0:?}")]
    SectorType(SectorType),
    /// No tracks yet.
    #[error("the image has no tracks yet")]
    NoTracks,
    /// What can be set in front of the first track only.
    #[error("this is to be set before tracks are added")]
    TracksAlreadyAdded,
    /// Past the last sector.
    #[error("sector {needed} would be needed, and {limit} is the last one")]
    InsufficientSpace {
        /// Last sector needed.
        needed: u64,
        /// Last sector there is.
        limit: u32,
    },
    /// More than 99 indexes.
    #[error("a track has at most 99 indexes")]
    TooManyIndexes,
    /// An index that is not there.
    #[error("no index begins {0} sectors behind the track's start")]
    IndexNotFound(u32),
    /// Index 1 stays.
    #[error("index 1, at the start of the track, cannot be cleared")]
    OffsetZero,
    /// Less than ten sectors from another index.
    #[error("an index lies less than 10 sectors from another one")]
    IndexTooClose,
    /// A track under four seconds.
    #[error("{sectors} sectors are too few; a track has at least 300, a special pregap 150")]
    TooShort {
        /// Sectors given.
        sectors: u32,
    },
    /// Subchannels R to W where only P and Q are written.
    #[error("an image with P and Q alone has no subchannels R to W, in which CD-TEXT and graphics are")]
    NoRToW,
    /// A limit for the lead-out that no disc allows, a track number that is none, an index outside its track.
    #[error("{value} is not possible; {what} {least} to {most}")]
    OutOfRange {
        /// What it is about.
        what: &'static str,
        /// What was given.
        value: u32,
        /// Least possible.
        least: u32,
        /// Most possible.
        most: u32,
    },
    /// Tracks that are no session.
    #[error("{0}")]
    Program(#[from] BadProgram),
}
