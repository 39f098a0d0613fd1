//! Reading: what describes a volume, and the directory hierarchy in it.
//!
//! Readers take what real discs hold. What deviates from the standards, but can be read all the same, is
//! told as a [`Finding`]; an [`Error`] means that there is nothing to give. Time and memory are bounded by
//! the size of the image, whatever its bytes say.

mod allocation;
mod anchor;
mod attributes;
mod content;
mod directory;
mod entry;
mod error;
mod finding;
mod free_space;
mod guard;
mod hierarchy;
mod icb;
mod identifier;
mod item;
mod node;
mod open;
mod partitions;
mod sequence;
mod space;
mod space_records;
mod structure;
mod symlink;
mod volume;

pub use anchor::{recognised, remains};
pub use entry::{Content, Directory, Entry, EntryKind, File, Identifier, Stretch, Times};
pub use error::Error;
pub use finding::Finding;
pub use free_space::FreeSpace;
pub use guard::DirectoryGuard;
pub use hierarchy::DirectoryBuffer;
pub use volume::{OpenOptions, Volume};
