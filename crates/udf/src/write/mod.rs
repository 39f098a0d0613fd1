//! Making volumes: what a mastered volume consists of, as bytes.
//!
//! Nothing here decides where things lie. The caller counts first (lengths depend on names and sizes only,
//! never on addresses), then places, then asks for the bytes with the final addresses; both runs use the
//! same functions. Blocks are sectors of 2048 bytes.

mod allocation;
mod directory;
mod entry;
mod files;
mod form;
mod names;
mod space;
mod symlink;
mod virtual_allocation;
mod volume;

pub use allocation::{DataExtent, MAX_EXTENT};
pub use directory::{DirectoryWriter, IcbAddress, Lies};
pub use entry::{Contents, Entry, EntryTimes, Streams};
pub use files::MetadataFile;
pub use form::{Form, IcbBlock, StructurePartition};
pub use names::{IdentifierChanges, Identifiers, NoUniqueIdentifier, record_identifiers};
pub use space::SpaceBitmap;
pub use symlink::SymlinkData;
pub use volume::{
    Access, Counts, INTEGRITY_BLOCKS, MetadataFiles, SEQUENCE_BLOCKS, VolumeIdentifiers, VolumeStructures,
};

/// Bytes of a logical block.
pub const BLOCK_SIZE: usize = sector_io::SECTOR_SIZE;
