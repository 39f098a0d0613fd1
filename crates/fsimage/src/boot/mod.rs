//! What makes an image start a computer: El Torito's catalog and boot images, and partition tables for those that
//! see a disk. Authoring is planned like everything else; reading explains and takes out what other writers made.

mod area;
mod catalog;
mod code;
mod describe;
mod extract;
mod hybrid;
mod identity;
mod options;
mod patch;
mod plan;

pub use code::{BootLoader, KnownCode};
pub use describe::{
    ApplePartitionReport, BootCatalogReport, BootImageReport, GptPartitionReport, GptReport, InfoTableReport,
    MbrPartitionReport, SizeFrom, SystemAreaReport,
};
pub use extract::ExtractedBoot;
pub use hybrid::{
    AppendedPartition, BootCode, HybridOptions, PartitionContent, PartitionOptions, PartitionScheme,
};
pub use options::{BootImage, BootOptions, BootSource, CatalogPlace, Emulation, LoadSize, SelectionCriteria};

pub(crate) use patch::Patch;
pub(crate) use plan::{BootDraft, BootPiece, BootPlan, Ending, FREE_IN_BACKUP};
