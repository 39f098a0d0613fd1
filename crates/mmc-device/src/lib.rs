#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod sense;
mod transport;

pub use sense::Sense;
pub use transport::{Cdb, Data, Transport, TransportError};
