//! The structures that describe files: file sets, information control blocks and their entries, directories,
//! allocation descriptors, symbolic links (ECMA-167 part 4).

mod allocation_descriptors;
mod allocation_extent;
mod ext_ad;
mod extended_file_entry;
mod file_entry;
mod file_identifier;
mod file_set;
mod file_type;
mod icb_entry;
mod icb_tag;
mod indirect_entry;
mod partition_integrity;
mod path_component;
mod permissions;
mod terminal_entry;
mod unallocated_space_entry;

pub use allocation_descriptors::{AllocationDescriptor, AllocationDescriptors};
pub use allocation_extent::AllocationExtentDescriptor;
pub use ext_ad::ExtAd;
pub use extended_file_entry::ExtendedFileEntry;
pub use file_entry::FileEntry;
pub use file_identifier::{FileCharacteristics, FileIdentifierDescriptor};
pub use file_set::FileSetDescriptor;
pub use file_type::FileType;
pub use icb_entry::IcbEntry;
pub use icb_tag::{AllocationType, IcbFlags, IcbTag, Strategy};
pub use indirect_entry::IndirectEntry;
pub use partition_integrity::PartitionIntegrityEntry;
pub use path_component::{ComponentType, PathComponent, PathComponents};
pub use permissions::Permissions;
pub use terminal_entry::TerminalEntry;
pub use unallocated_space_entry::UnallocatedSpaceEntry;
