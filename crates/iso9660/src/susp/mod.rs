//! System Use Sharing Protocol (SUSP 1.12): a sequence of entries in the System Use field of directory
//! records, and in continuation areas elsewhere in the volume.
//!
//! Parsers of entries take the payload of an [`Entry`]: what follows its signature, length and version.

mod continuation;
mod entry;
mod extension_selector;
mod extensions_reference;
mod padding;
mod sharing_protocol;
mod terminator;

pub use continuation::ContinuationArea;
pub use entry::{Entries, Entry, Signature, entries};
pub use extension_selector::ExtensionSelector;
pub use extensions_reference::ExtensionsReference;
pub use padding::PaddingField;
pub use sharing_protocol::SharingProtocolIndicator;
pub use terminator::Terminator;

pub(crate) use entry::{encode_fixed, encode_versioned};
