//! The simulated drive asked with hand-written command descriptor blocks, its replies compared byte by
//! byte. Nothing of the crate's own commands is used here.

#![allow(clippy::unwrap_used, clippy::panic)]

mod drive;
mod faults;
mod files;
mod hostile;
mod overwritable_media;
mod sequential_media;

#[path = "../bench/mod.rs"]
mod bench;

use bench::{Bench, LIMIT, be32, kaq, pattern};
use fsimage_mmc_device::simulated::{Fault, MediumKind, SimulatedDrive, SimulatedError};
use fsimage_mmc_device::{Cdb, Data, Transport, TransportError};
