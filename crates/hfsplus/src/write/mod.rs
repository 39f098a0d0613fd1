//! Making volumes: what a volume that is only read consists of, as bytes.
//!
//! Nothing here decides where things lie. The caller counts first (how records fill the catalog's nodes depends on names
//! alone, never on addresses), then places, then asks for the bytes with the final addresses. Allocation blocks are
//! sectors of 2048 bytes.

mod allocation;
mod catalog;
mod leaves;
mod volume;

pub use allocation::AllocationFile;
pub use catalog::{CatalogLayout, CatalogPlanner};
pub use leaves::LeafWriter;
pub use volume::{EXTENTS_FILE_BLOCKS, VolumeStructures};

/// Bytes of an allocation block.
pub const BLOCK_SIZE: usize = sector_io::SECTOR_SIZE;

/// Name of the folder of files with several names (TN1150, Hard Links), in the root.
pub const METADATA_FOLDER: &str = "\0\0\0\0HFS+ Private Data";

/// Name of the file in it that hard links with that number lead to.
#[must_use]
pub fn indirect_node_name(number: u32) -> String {
    format!("iNode{number}")
}
