//! The command as its users see it: output, files, exit status.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod building;
mod digests;
#[cfg(target_os = "linux")]
mod full_host;
mod general;
mod left_open;
mod planning;
mod reading;
mod recording;
mod scene;
mod sessions;
mod tracks;
