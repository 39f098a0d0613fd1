//! Directories: their records and the order of these (ECMA-119 6.8, 9.1 to 9.3).

mod flags;
mod order;
mod record;
mod sections;

pub use flags::FileFlags;
pub use order::{compare_directory_identifiers, compare_identifiers, compare_records};
pub use record::{DirectoryRecord, MAX_RECORD_LEN};
pub use sections::{MAX_SECTION_LEN, Sections, sections};

/// Identifier of the record that describes the directory itself (6.8.2.2).
pub const SELF_IDENTIFIER: &[u8] = &[0];
/// Identifier of the record that describes the parent directory (6.8.2.2).
pub const PARENT_IDENTIFIER: &[u8] = &[1];
