use mmc_device::cd::{BadCatalog, BadCdText, BadIsrc, BadProgram};

/// Why a file is no sound for a CD.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SoundProblem {
    /// In a format that is not read here.
    #[error("it is neither WAVE nor FLAC; convert it first")]
    Unknown,
    /// Sound of another form than a CD has. Nothing is converted.
    #[error(
        "a CD has 44100 Hz, 16 bits and 2 channels; this has {rate} Hz, {bits} bits and {channels} channels. Convert it first"
    )]
    Form {
        /// Samples of a channel in a second.
        rate: u32,
        /// Bits of a sample.
        bits: u16,
        /// Channels.
        channels: u16,
    },
    /// WAVE with another coding than plain samples.
    #[error("WAVE with coding {0:04X}h; plain samples (0001h) are needed. Convert it first")]
    Coding(u16),
    /// The file does not say how long it is.
    #[error("FLAC that does not tell its length; encode it again")]
    NoLength,
    /// It is damaged.
    #[error("{0}")]
    Damaged(String),
}

/// Why a disc cannot be made from a cue sheet or from files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CueProblem {
    /// It is no cue sheet, or contradicts itself.
    #[error("{0}")]
    Sheet(String),
    /// A catalog number that is none.
    #[error("CATALOG {text:?}: {source}")]
    Catalog {
        /// As written.
        text: String,
        /// What is wrong with it.
        source: BadCatalog,
    },
    /// A recording code that is none.
    #[error("track {track}: ISRC {text:?}: {source}")]
    Isrc {
        /// The track.
        track: u16,
        /// As written.
        text: String,
        /// What is wrong with it.
        source: BadIsrc,
    },
    /// A text that CD-TEXT cannot hold.
    #[error("line {line}: {command} of {}: {source}", .track.map_or("the disc".to_owned(), |track| format!("track {track}")))]
    Text {
        /// Where it stands.
        line: u32,
        /// The command: `TITLE`, `PERFORMER` and the like.
        command: String,
        /// Its track; `None` for the disc's.
        track: Option<u8>,
        /// What is wrong with it.
        source: BadCdText,
    },
    /// Texts that CD-TEXT cannot hold, all together; or a file with packs that are none.
    #[error("CD-TEXT: {0}")]
    Texts(#[from] BadCdText),
    /// Tracks that are no session.
    #[error("{0}")]
    Program(#[from] BadProgram),
}
