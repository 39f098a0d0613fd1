//! Rock Ridge Interchange Protocol (RRIP 1.12): POSIX names, attributes, links and devices as System
//! Use entries.

pub mod nm;
pub mod sl;

mod cl;
mod extension;
mod pl;
mod pn;
mod px;
mod re;
mod rr;
mod sf;
mod sparse_layout;
mod sparse_reader;
mod sparse_table;
mod tf;

pub use cl::ChildLink;
pub use extension::{EXTENSION, is_rock_ridge};
pub use nm::{AlternateName, NameFlags};
pub use pl::ParentLink;
pub use pn::DeviceNumber;
pub use px::PosixAttributes;
pub use re::RelocatedDirectory;
pub use rr::{Present, RockRidgePresent};
pub use sf::SparseFile;
pub use sl::{Component, ComponentFlags, LinkFlags, SymbolicLink, TargetDecoder};
pub use sparse_layout::SparseLayout;
pub use sparse_reader::{SparseError, SparseReader};
pub use sparse_table::{SparsePointer, SparseTable, SparseTarget};
pub use tf::{Stamps, TimeFlags, TimeStamps};
