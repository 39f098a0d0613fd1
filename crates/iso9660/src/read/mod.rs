//! Reading: the volume descriptors of a session, and the directory hierarchies that they describe.
//!
//! Readers take what real discs hold. What deviates from the standards, but can be read all the same, is
//! told as a [`Finding`]; an [`Error`] means that there is nothing to give. Time and memory are bounded by
//! the size of the image, whatever its bytes say.

mod by_fields;
mod directory;
mod encoding;
mod entries;
mod entry;
mod entry_length;
mod error;
mod finding;
mod guard;
mod halves;
mod links;
mod occupied;
mod relocation;
mod structure;
mod system_use;
#[cfg(test)]
mod tests;
mod volume;
mod volume_set;

pub use directory::{DirectoryBuffer, OwnEntries, RelocationDirectory};
pub use encoding::{DecodedReader, Encoding};
pub use entry::{Directory, Entry, EntryKind, Section, Times, Timestamp};
pub use error::Error;
pub use finding::Finding;
pub use guard::DirectoryGuard;
pub use occupied::{Structure, Structures};
pub use volume::{DecodeName, Volume, enhanced_name};
pub use volume_set::{VolumeSet, read_volume_set};
