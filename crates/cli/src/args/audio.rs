use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap::ValueEnum;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use fsimage::{DriveName, RecordingSpeed};

use super::VerificationName;
use super::drive::parse_drive;

/// How a disc of sound is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum AudioWrite {
    /// With everything that a cue sheet can say
    #[default]
    AtOnce,
    /// Sound alone, two seconds between tracks; no CD-TEXT, no indexes
    TrackAtOnce,
    /// Raw sectors with all subchannels
    Raw,
    /// Raw sectors with subchannels P and Q, for drives that take no others; no CD-TEXT
    RawPq,
}

/// `fsimage audio`
#[derive(Clone, Debug, ClapArgs)]
pub struct Audio {
    /// A cue sheet, or WAVE and FLAC files, a track each
    #[arg(required = true, value_name = "SHEET|FILE")]
    pub sources: Vec<PathBuf>,

    /// Drive with the disc: /dev/sr0, sim:PATH or sim:MEDIUM:PATH
    #[arg(long, value_name = "DRIVE", value_parser = OsStringValueParser::new().try_map(parse_drive))]
    pub drive: DriveName,

    /// How to record
    #[arg(long, value_enum, default_value_t)]
    pub write: AudioWrite,

    /// Leave out the texts of the cue sheet, and the file with CD-TEXT that it names
    #[arg(long)]
    pub no_cd_text: bool,

    /// Leave the disc open for another session; old players may not play it then. Raw recording completes it
    #[arg(long)]
    pub appendable: bool,

    /// Read the disc back and compare it with what was to be recorded: all of it, or samples of each track
    #[arg(long, value_name = "quick|full", num_args = 0..=1, require_equals = true, default_missing_value = "full")]
    pub verify: Option<VerificationName>,

    /// Go through it with the laser off
    #[arg(long, conflicts_with = "verify")]
    pub test: bool,

    /// Without buffer underrun protection: a buffer that runs empty spoils the disc
    #[arg(long)]
    pub no_underrun_protection: bool,

    /// Speed: max, a multiple of that of a CD as 8x, or kilobytes per second as 1411k [default: the drive's choice]
    #[arg(long, value_name = "SPEED")]
    pub speed: Option<RecordingSpeed>,

    /// Eject the disc when all is done
    #[arg(long)]
    pub eject: bool,

    /// Have a simulated drive take the time that a real one would
    #[arg(long)]
    pub real_time: bool,
}
