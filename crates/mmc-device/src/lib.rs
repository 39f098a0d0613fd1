#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod cd;
pub mod command;

mod address;
mod blank;
mod discover;
mod drive;
mod error;
pub mod feature;
mod format;
mod holder;
pub mod iscsi;
mod medium;
mod positioned;
mod profile;
mod reader;
mod recorder;
mod retry;
#[cfg(test)]
mod scripted;
pub mod sense;
pub mod simulated;
mod speed;
mod tcp;
mod trace;
mod transport;
mod waiter;

pub use address::{AddressOutOfRange, Lba};
pub use blank::{Blanking, blank, close, close_open_session, eject, end_session, load, reserve_track};
pub use command::OperationCode;
pub use discover::{DriveChange, DriveWatch, FoundDrive, drives, names_drive};
pub use drive::{CommandEnd, Drive, Listener, Stop};
pub use error::{DriveError, NotWritable};
pub use format::{BdRMode, FormatRequest, SpareArea, format};
pub use holder::Holder;
pub use medium::{Medium, MediumState, MediumTrack, PseudoOverwrite, Refusal, SessionInfo, TrackState};
pub use profile::Profile;
pub use reader::{DriveGuard, DriveSectors};
pub use recorder::{
    Abandoned, CdRequest, Closing, MediumLeft, OpenSession, PausedTracks, RawSession, Recorder,
    RecordingMode, SessionAtOnce, SessionEnd, SessionRequest, SoundTracks, WrittenTrack, has_recipe,
    recorder, track_recorder,
};
pub use sense::Sense;
pub use speed::{Rotation, Speed};
pub use tcp::{Connected, TcpServer};
#[cfg(target_os = "linux")]
pub use transport::LinuxSg;
#[cfg(windows)]
pub use transport::WindowsSpti;
pub use transport::{Cdb, Data, FileStretch, Outgoing, Transport, TransportError};
pub use waiter::{NoWait, Operation, Sleep, Waiter};
