#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![forbid(unsafe_code)]

mod bsd_info;
pub mod btree;
mod bytes;
pub mod catalog;
mod catalog_node_id;
mod date;
mod decompose;
mod error;
mod extent_descriptor;
mod file_info;
mod folder_info;
mod fork_data;
mod names;
mod order;
mod volume_header;
pub mod write;

pub use bsd_info::BsdInfo;
pub use catalog_node_id::CatalogNodeId;
pub use date::Date;
pub use decompose::decode_name;
pub use error::Error;
pub use extent_descriptor::ExtentDescriptor;
pub use file_info::{FileInfo, OsType};
pub use folder_info::FolderInfo;
pub use fork_data::ForkData;
pub use names::{MAX_NAME, NameChanges, NoUniqueName, RecordedNames, record_name, record_names};
pub use order::compare_names;
pub use volume_header::{VolumeAttributes, VolumeFinderInfo, VolumeHeader};
