//! The structures that describe a volume: where it begins, what partitions and logical volumes it has.

mod anchor;
mod any;
mod implementation_use;
mod integrity;
mod logical;
mod partition;
mod partition_map;
mod pointer;
mod primary;
mod recognition;
mod terminating;
mod unallocated_space;

pub use anchor::AnchorVolumeDescriptorPointer;
pub use any::VolumeDescriptor;
pub use implementation_use::{ImplementationUse, ImplementationUseVolumeDescriptor, LvInformation};
pub use integrity::{IntegrityType, LogicalVolumeIntegrityDescriptor, LvidImplementationUse};
pub use logical::LogicalVolumeDescriptor;
pub use partition::{AccessType, PartitionDescriptor, PartitionFlags, PartitionHeaderDescriptor};
pub use partition_map::{MetadataFlags, PartitionMap};
pub use pointer::VolumeDescriptorPointer;
pub use primary::{PrimaryVolumeDescriptor, PrimaryVolumeFlags};
pub use recognition::{StandardId, VolumeStructureDescriptor};
pub use terminating::TerminatingDescriptor;
pub use unallocated_space::UnallocatedSpaceDescriptor;
