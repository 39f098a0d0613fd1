#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod command;

mod address;
mod error;
pub mod feature;
mod medium;
mod profile;
mod recorder;
pub mod sense;
pub mod simulated;
mod speed;
mod transport;
mod waiter;

pub use address::{AddressOutOfRange, Lba};
pub use command::OperationCode;
pub use error::{DriveError, NotWritable};
pub use medium::{Medium, MediumState, MediumTrack, SessionInfo, TrackState};
pub use profile::Profile;
pub use recorder::{Abandoned, Closing, MediumLeft, OpenSession, Recorder, SessionEnd, SessionRequest};
pub use sense::Sense;
pub use speed::Speed;
pub use transport::{Cdb, Data, Transport, TransportError};
pub use waiter::{NoWait, Operation, Sleep, Waiter};
