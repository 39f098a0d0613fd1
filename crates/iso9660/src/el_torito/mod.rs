//! El Torito Bootable CD-ROM Format Specification 1.0: a boot catalog that the second volume descriptor
//! points to, and in it the boot images. Section numbers are those of the specification.

mod boot_info_table;
mod boot_record;
mod catalog;
mod entry;
mod section;
mod validation;

pub use boot_info_table::{BOOT_INFO_TABLE_OFFSET, BootInfoTable, GRUB2_BOOT_INFO_OFFSET, grub2_boot_info};
pub use boot_record::{boot_record, catalog_of};
pub use catalog::{BootCatalog, Section};
pub use entry::{BootEntry, BootIndicator, EmulationFlags, InitialEntry, MediaType, SectionEntry};
pub use section::{SectionEntryExtension, SectionHeader};
pub use validation::{PlatformId, ValidationEntry};

/// Bytes of every entry in a boot catalog.
pub const ENTRY_LEN: usize = 32;

/// Bytes of the virtual sectors that sizes of boot images are counted in.
pub const VIRTUAL_SECTOR_SIZE: u32 = 512;
