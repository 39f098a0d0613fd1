//! What the system area (ECMA-119 6.2.1), which no standard of ISO 9660 fills, holds in images that are booted from a
//! disk as well: partition tables and boot blocks, counted in [`DISK_BLOCK`]s of 512 bytes.

mod alpha_boot_block;
mod chs;
mod dec_boot_block;
mod driver_descriptor_map;
mod gpt_header;
mod gpt_partition;
mod guid;
mod map_entry;
mod master_boot_record;
mod palo_block;
mod partition_record;
mod sgi_volume_header;
mod sun_disk_label;
mod sun_grub_core;

pub use alpha_boot_block::AlphaBootBlock;
pub use chs::{Chs, Geometry};
pub use dec_boot_block::{DecBootBlock, DecBootExtent};
pub use driver_descriptor_map::DriverDescriptorMap;
pub use gpt_header::{GptHeader, partition_array_crc};
pub use gpt_partition::{GptAttributes, GptPartition};
pub use guid::Guid;
pub use map_entry::{MapEntry, MapEntryStatus};
pub use master_boot_record::{MASTER_BOOT_RECORD_LEN, MasterBootRecord};
pub use palo_block::{PaloBlock, PaloFile};
pub use partition_record::{PartitionRecord, PartitionType};
pub use sgi_volume_header::{SgiPartition, SgiPartitionType, SgiVolumeDirectoryEntry, SgiVolumeHeader};
pub use sun_disk_label::{SunDiskLabel, SunPartition, SunPartitionFlags, SunPartitionTag, SunVtocEntry};
pub use sun_grub_core::SunGrubCore;

/// Bytes of the system area: sectors 0 to 15.
pub const SYSTEM_AREA_LEN: usize = 32_768;

/// Bytes of the blocks that disks, and so their partition tables, count.
pub const DISK_BLOCK: u32 = 512;
