//! What other programs and the Linux kernel see in an image, as one canonical [`Listing`].
//!
//! A test asks for its tools first; where one is missing it has said so and returns:
//!
//! ```no_run
//! # fn main() -> Result<(), peers::Failure> {
//! # let (image, source) = (std::path::Path::new("a.iso"), std::path::Path::new("tree"));
//! let Some(xorriso) = peers::require("xorriso") else { return Ok(()) };
//! let expected = peers::list_directory(source)?;
//! let found = peers::xorriso::list(&xorriso, image, &[])?;
//! peers::assert_same(&expected, &found, peers::Columns::POSIX);
//! # Ok(())
//! # }
//! ```
//!
//! The contract between the tests and `cargo xtask test` is in [`require`].

#![forbid(unsafe_code)]
// Test support: what it has to say goes to the person who runs the tests.
#![allow(clippy::print_stderr, clippy::panic, reason = "test support")]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that panics is a test that fails"))]

mod compare;
mod corpus;
mod directory;
mod failure;
mod listing;
mod long_listing;
mod manifest;
mod programs;
mod require;
mod run;

pub mod bsdtar;
pub mod commands;
pub mod iso_info;
pub mod isoinfo;
pub mod kernel;
pub mod sevenzip;
pub mod xorriso;

pub use compare::{Columns, assert_same, differences};
pub use corpus::{CorpusImage, corpus, corpus_images};
pub use directory::list_directory;
pub use failure::Failure;
pub use listing::{Entry, Kind, Listing, digest, digest_sections, escape, unescape};
pub use manifest::{format_manifest, parse_manifest};
pub use programs::{PROGRAMS, Program, find};
pub use require::{
    Peer, REQUIRE_ALL, REQUIRE_PEERS, SKIP_LOG, burn_target, environment_tool, optional, require,
    require_all, running_as_root, skip,
};
pub use run::{Output, run, run_for};
