//! A software optical drive: a [`Transport`](crate::Transport) without hardware.
//!
//! The drive decodes command descriptor blocks and answers them with the bytes and sense data of a
//! recorder of its kind; what it records lies in a plain file. Nothing in here shares code with this
//! crate's own commands and parsers, so each side checks the other. `docs/simulated-drive.md` tells what the
//! drive insists on, which faults it knows and how its files are made.
//!
//! ```
//! use fsimage_mmc_device::simulated::{Fault, MediumKind, SimulatedDrive};
//! use fsimage_mmc_device::{Drive, NoWait, SessionRequest, recorder};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let transport = SimulatedDrive::create(folder.path().join("disc"), MediumKind::BdR)?;
//! let mut drive = Drive::with_waiter(transport, Box::new(NoWait));
//! drive.transport_mut().inject(Fault::LongWriteInProgress { times: 3 })?;
//!
//! let medium = drive.medium()?;
//! let mut recorder = recorder(&mut drive, &medium)?;
//! let mut session = recorder.begin(&SessionRequest::new(64))?;
//! let start = session.next_writable()?;
//! session.write(start, &[7; 64 * 2048])?;
//! session.close()?;
//! drop(recorder);
//!
//! assert_eq!(drive.medium()?.sessions.len(), 1);
//! # Ok(())
//! # }
//! ```

mod blank;
mod capacity;
mod cd;
mod close;
mod decode;
mod disc_info;
mod disc_structure;
mod drive;
mod error;
mod events;
mod execute;
mod extents;
mod faults;
mod features;
mod format;
mod inquiry;
mod loaded;
mod medium;
mod medium_kind;
mod mode_pages;
mod performance;
mod read;
mod status;
mod store;
mod timing;
mod toc;
mod track_info;
mod write;

pub use drive::{Direction, Exchange, SimulatedDrive};
pub use error::SimulatedError;
pub use faults::Fault;
pub(crate) use inquiry::fixed_format;
pub use medium_kind::MediumKind;
pub use timing::{Clock, Timing, VirtualClock};
