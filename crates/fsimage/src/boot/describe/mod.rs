//! What of a medium boots, in whosever words it was written.

mod apple_map;
mod boot_blocks;
mod catalog;
mod catalog_entries;
mod files;
mod system_area;

pub use boot_blocks::{
    AlphaBootBlockReport, BootFileReport, DecBootBlockReport, PaloBlockReport, SgiPartitionReport,
    SgiVolumeHeaderReport, SunDiskLabelReport, SunPartitionReport,
};
pub use catalog::{BootCatalogReport, BootImageReport, InfoTableReport, SizeFrom};
pub use system_area::{
    ApplePartitionReport, GptPartitionReport, GptReport, MbrPartitionReport, SystemAreaReport,
};

/// Text up to the first zero, without the blanks behind it.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes[..end].trim_ascii_end()).into_owned()
}
