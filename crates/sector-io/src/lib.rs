#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![forbid(unsafe_code)]

mod address;
mod extent;
mod file;
mod memory;
mod raw;
mod read;
mod reader;
mod window;

pub use address::{SECTOR_SIZE, Sector, SectorCount};
pub use extent::Extent;
pub use file::FileSectors;
pub use memory::MemorySectors;
pub use raw::{RawLayout, RawSectors, read_bytes};
pub use read::{RAW_SECTOR_SIZE, ReadError, ReadSectors};
pub use reader::SectorReader;
pub use window::Window;
