#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![forbid(unsafe_code)]

mod candidates;
mod error;
mod medium;
mod next_session;
mod overwrite;
mod sequential;
mod session;
mod track;

pub use candidates::{candidates, starts_at_or_before};
pub use error::Error;
pub use medium::{Growth, Medium};
pub use next_session::{Head, NextSession, next_session};
pub use overwrite::{FIRST_START, HEAD_SECTORS, REPLACED_CLUSTERS, START_ALIGNMENT};
pub use sequential::{CD_FIRST_GAP, CD_LATER_GAP, CD_RUN_OUT, CD_TRACK_PADDING};
pub use session::{Session, SessionTable};
pub use track::{Track, TrackState};
