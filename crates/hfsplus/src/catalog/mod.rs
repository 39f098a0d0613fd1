//! The catalog file: a B-tree of all files and folders (TN1150, Catalog File).

mod file;
mod folder;
mod key;
mod record;
mod thread;
mod threads;

pub use file::CatalogFile;
pub use folder::CatalogFolder;
pub use key::CatalogKey;
pub use record::CatalogRecord;
pub use thread::{CatalogThread, ThreadOf};
pub use threads::CatalogThreads;

/// Types of records (TN1150, Catalog File Data).
pub(crate) const FOLDER: u16 = 1;
pub(crate) const FILE: u16 = 2;
pub(crate) const FOLDER_THREAD: u16 = 3;
pub(crate) const FILE_THREAD: u16 = 4;
