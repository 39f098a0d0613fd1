//! zisofs: transparently compressed files. Not part of RRIP, but written beside it by several programs
//! and read by Linux. Both generations are there: version 1 (`pz`, files below 4 GiB, the one that Linux reads)
//! and version 2 (`PZ`, 64-bit sizes) with the zlib algorithm; version 2's other algorithms are refused.
//!
//! A compressed file is a [header](Header), a list of pointers to its blocks and to their end, and the blocks, each
//! compressed alone. A block of zeros takes no bytes. The [`ZF` entry](Zisofs) of the file says what the header does.

mod blocks;
mod entry;
mod header;
mod reader;

pub use blocks::{BlockCompressor, push_pointers};
pub use entry::{Version, Zisofs};
pub use header::Header;
pub use reader::{ZisofsError, ZisofsReader};

/// Sizes of blocks that are read: 32 KiB to 128 KiB in version 1, up to 1 MiB in version 2.
const BLOCK_LOG2: std::ops::RangeInclusive<u8> = 12..=20;
