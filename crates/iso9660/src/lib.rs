#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![forbid(unsafe_code)]

pub mod aaip;
mod address;
pub mod directory;
pub mod el_torito;
mod error;
pub mod layout;
pub mod names;
mod number;
pub mod path_table;
pub mod read;
pub mod rock_ridge;
pub mod susp;
pub mod system_area;
pub mod text;
mod time;
pub mod volume;
pub mod zisofs;

pub use address::LogicalBlock;
pub use error::EncodeError;
pub use number::{ByteOrder, Disagreement};
pub use time::{RecordingTime, VolumeTime};
