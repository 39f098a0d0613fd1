//! The commands for drives and simulated media.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args as ClapArgs, Subcommand};
use fsimage::{DriveName, MediumKind, RecordingSpeed, Rotation, SpareArea, Verification};

use super::drive::{parse_drive, parse_medium, parse_spare};
use super::{Authoring, Changes, Import};

/// `fsimage burn`
#[derive(Clone, Debug, ClapArgs)]
#[command(mut_arg("sources", |sources| sources.required(false).required_unless_present_any(["remove", "moves", "restore"])))]
pub struct Burn {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub changes: Changes,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub import: Import,

    /// Drive with the medium: /dev/sr0, sim:PATH or sim:MEDIUM:PATH
    #[arg(long, value_name = "DRIVE", value_parser = OsStringValueParser::new().try_map(parse_drive))]
    pub drive: DriveName,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub recording: Recording,
}

/// How a session is recorded.
#[derive(Clone, Debug, ClapArgs)]
pub struct Recording {
    /// Close the medium: no further session will be possible. Media that can be overwritten stay as they are
    #[arg(long, visible_alias = "finalize")]
    pub finalise: bool,

    /// Read the session back and compare it with what was to be written: all of it, or samples
    #[arg(long, value_name = "quick|full", num_args = 0..=1, require_equals = true, default_missing_value = "full")]
    pub verify: Option<VerificationName>,

    /// Do it all with the laser off, where drive and medium can: CD-R, CD-RW, DVD-R, DVD-RW. Not behind a session that was left open
    #[arg(long, visible_alias = "simulate", conflicts_with_all = ["verify", "eject", "reload"])]
    pub test: bool,

    /// Without buffer underrun protection on CD, DVD-R and DVD-RW: a buffer that runs empty spoils the disc
    #[arg(long)]
    pub no_underrun_protection: bool,

    /// Record at once: the session on CD, a blank DVD-R or DVD-RW as a whole, which is complete then
    #[arg(long)]
    pub at_once: bool,

    /// Speed: max, a multiple of the medium's own as 8x or 2.4x, or kilobytes per second as 11080k
    /// [default: the drive's choice]
    #[arg(long, value_name = "SPEED")]
    pub speed: Option<RecordingSpeed>,

    /// How the medium turns: with constant linear velocity, or constant angular velocity where drive and medium can
    /// [default: the drive's choice]
    #[arg(long, value_name = "clv|cav")]
    pub rotation: Option<RotationName>,

    /// Skip the verification that drives do by themselves on BD and DVD-RAM, where they can be told to
    #[arg(long)]
    pub stream: bool,

    /// Announce the size of the session to the drive: DVD-R, DVD-RW, DVD+R, BD-R. One that is cut short keeps its room
    #[arg(long)]
    pub reserve: bool,

    /// Eject the medium when all is done
    #[arg(long)]
    pub eject: bool,

    /// Eject it and take it in again, so that the system sees what is on it now. Slim drives cannot close their tray
    #[arg(long, conflicts_with = "eject")]
    pub reload: bool,

    /// Have a simulated drive take the time that a real one would
    #[arg(long)]
    pub real_time: bool,
}

/// How a medium turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum RotationName {
    /// With constant linear velocity.
    Clv,
    /// With constant angular velocity.
    Cav,
}

impl RotationName {
    /// What the name stands for.
    #[must_use]
    pub fn meant(self) -> Rotation {
        match self {
            RotationName::Clv => Rotation::ConstantLinear,
            RotationName::Cav => Rotation::ConstantAngular,
        }
    }
}

/// How much is read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum VerificationName {
    /// Samples.
    Quick,
    /// All of it.
    Full,
}

impl VerificationName {
    /// What an option asks for that may be left out.
    #[must_use]
    pub fn meant(option: Option<VerificationName>) -> Verification {
        match option {
            None => Verification::None,
            Some(VerificationName::Quick) => Verification::Quick,
            Some(VerificationName::Full) => Verification::Full,
        }
    }
}

/// `fsimage sim`
#[derive(Clone, Debug, Subcommand)]
pub enum Sim {
    /// Make a blank simulated medium
    New {
        /// The file that holds it; it must not exist
        #[arg(value_name = "PATH")]
        path: PathBuf,

        /// Kind of medium
        #[arg(long, value_name = "MEDIUM", value_parser = parse_medium)]
        medium: MediumKind,
    },
    /// Serve a simulated drive as an iSCSI target, for any operating system and program
    ///
    /// Its URL is printed when it listens. Ctrl-C ends it, and the medium's state is saved.
    Serve(Serve),
}

/// `fsimage sim serve`
#[derive(Clone, Debug, ClapArgs)]
pub struct Serve {
    /// The simulated medium in the drive [default: none]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    /// Where to listen. Port 0: the system chooses one. There is no authentication: with another address than
    /// a loopback one, whoever reaches it has the drive
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:3260")]
    pub listen: SocketAddr,

    /// End when the last session has gone
    #[arg(long)]
    pub once: bool,

    /// Take lines from standard input meanwhile: insert PATH, eject, inject FAULT, clear-faults, power-cycle. Each
    /// is answered by a line on standard output, ok or error and the reason
    #[arg(long)]
    pub control: bool,

    /// Have the drive take the time that a real one would
    #[arg(long)]
    pub real_time: bool,
}

/// `fsimage drive`
#[derive(Clone, Debug, Subcommand)]
pub enum DriveCommand {
    /// Erase a rewritable medium, quickly
    Blank {
        #[allow(missing_docs)]
        #[command(flatten)]
        on: OnDrive,

        /// Erase or format the whole medium, which can take hours
        #[arg(long)]
        full: bool,
    },
    /// Format a DVD+RW, DVD-RW, DVD-RAM, BD-RE, or, once, a blank BD-R; nothing is on it afterwards
    Format {
        #[allow(missing_docs)]
        #[command(flatten)]
        on: OnDrive,

        /// All of the medium, certified where the drive can do that, which can take hours
        #[arg(long)]
        full: bool,

        /// Room for blocks that turn out bad, on BD and DVD-RAM: none, least, default, most, or a number of sectors
        #[arg(long, value_name = "ROOM", value_parser = parse_spare, default_value = "default")]
        spare: SpareArea,

        /// BD-R: what is recorded can be written again, which takes from what is free
        #[arg(long, conflicts_with = "random")]
        pseudo_overwrite: bool,

        /// BD-R: for recording in any order, which this program does not do
        #[arg(long)]
        random: bool,
    },
    /// Record files as they are: a track each, or from sector 0 of a medium that can be overwritten
    ///
    /// The session that the tracks are in stays open, and can get more of them, until 'drive close'; only then are they
    /// seen. Of several files on a medium that can be overwritten, only the last would be left: it takes one.
    Write {
        /// For instance an image that is ready; what is missing from whole sectors is zeros
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,

        /// Drive with the medium: /dev/sr0, sim:PATH or sim:MEDIUM:PATH
        #[arg(long, value_name = "DRIVE", value_parser = OsStringValueParser::new().try_map(parse_drive))]
        drive: DriveName,

        /// The reserved track that the file goes into
        #[arg(long, value_name = "NUMBER", conflicts_with_all = ["at_once", "reserve"])]
        track: Option<u16>,

        /// Close the session behind the last file
        #[arg(long, conflicts_with = "finalise")]
        close: bool,

        #[allow(missing_docs)]
        #[command(flatten)]
        recording: Recording,
    },
    /// Reserve a track on a DVD-R, DVD-RW, DVD+R or BD-R, for 'drive write --track'
    ///
    /// Its session stays open until 'drive close', which fills what was not written with zeros. Nothing gives the room
    /// back.
    Reserve {
        #[allow(missing_docs)]
        #[command(flatten)]
        on: OnDrive,

        /// Size in sectors of 2048 bytes, rounded up to what the medium is written in
        #[arg(value_name = "SECTORS", value_parser = clap::value_parser!(u32).range(1..))]
        sectors: u32,
    },
    /// Have the drive measure the laser power for the medium; recordings do that by themselves
    Calibrate(OnDrive),
    /// Close a session that was left open
    Close {
        #[allow(missing_docs)]
        #[command(flatten)]
        on: OnDrive,

        /// Close the medium: no further session will be possible
        #[arg(long, visible_alias = "finalize")]
        finalise: bool,
    },
    /// Eject the medium
    Eject(OnDrive),
    /// Take in the medium that lies on the tray
    Load(OnDrive),
}

/// The drive of a drive command.
#[derive(Clone, Debug, ClapArgs)]
pub struct OnDrive {
    /// Drive with the medium: /dev/sr0, sim:PATH or sim:MEDIUM:PATH
    #[arg(long, value_name = "DRIVE", value_parser = OsStringValueParser::new().try_map(parse_drive))]
    pub drive: DriveName,

    /// Have a simulated drive take the time that a real one would
    #[arg(long)]
    pub real_time: bool,
}
