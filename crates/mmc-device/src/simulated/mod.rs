//! A software optical drive: a [`Transport`](crate::Transport) without hardware.
//!
//! The drive decodes command descriptor blocks and answers them with the bytes and sense data of a
//! recorder of its kind; what it records lies in a plain file. Nothing in here shares code with this
//! crate's own commands and parsers, so each side checks the other.

mod capacity;
mod close;
mod decode;
mod disc_info;
mod disc_structure;
mod drive;
mod error;
mod events;
mod extents;
mod faults;
mod features;
mod format;
mod inquiry;
mod medium;
mod medium_kind;
mod mode_pages;
mod performance;
mod read;
mod status;
mod store;
mod toc;
mod track_info;
mod write;

pub use drive::{Direction, Exchange, SimulatedDrive};
pub use error::SimulatedError;
pub use faults::Fault;
pub use medium_kind::MediumKind;
