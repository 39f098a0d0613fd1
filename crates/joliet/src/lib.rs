#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![forbid(unsafe_code)]

mod escape;
mod name;
mod order;
mod read;
mod volume;

pub use escape::Level;
pub use iso9660::names::{NoUniqueName, SourceName, Standing};
pub use name::{JolietCut, JolietRules, RecordedNames, distinct_part, record_names};
pub use order::compare_identifiers;
pub use read::{decode, descriptor, shown_text, unread_escape_sequences, volume, volume_name};
pub use volume::{fill_text, identifiers, volume_descriptor, volume_identifier};
