//! What makes an image start a computer: El Torito's catalog and boot images, and partition tables for those that
//! see a disk. Authoring is planned like everything else; reading explains and takes out what other writers made.

mod area;
mod catalog;
mod code;
mod describe;
mod extract;
mod fat;
mod head;
mod hybrid;
mod identity;
mod images;
mod kept;
mod options;
mod patch;
mod plan;
mod ranges;
mod read;

pub use code::{BootLoader, KnownCode};
pub use describe::{
    AlphaBootBlockReport, ApplePartitionReport, BootCatalogReport, BootFileReport, BootImageReport,
    DecBootBlockReport, GptPartitionReport, GptReport, InfoTableReport, MbrPartitionReport, PaloBlockReport,
    SgiPartitionReport, SgiVolumeHeaderReport, SizeFrom, SunDiskLabelReport, SunPartitionReport,
    SystemAreaReport,
};
pub use extract::ExtractedBoot;
pub use fat::{FatBootSector, FatKind, NotFat};
pub use hybrid::{
    AppendedPartition, BootCode, GptNumbers, HybridOptions, PartitionContent, PartitionOptions,
    PartitionScheme,
};
pub use kept::{
    AddedPartition, AppleVolume, BootLoss, BootSetUp, KeptSystemArea, Losses, PartitionTableKind,
};
pub use options::{BootImage, BootOptions, BootSource, CatalogPlace, Emulation, LoadSize, SelectionCriteria};

pub(crate) use area::{
    copied as copied_system_area, of_head as system_area_of_head, of_session as system_area_of_session,
};
pub(crate) use kept::{MerePartition, Reading, image_end, is_system_area_lost, readable_end, tables_end};
pub(crate) use patch::Patch;
pub(crate) use plan::{BootDraft, BootPiece, BootPlan, Ending, Places};

use crate::plan::PlanOptions;
use crate::tree::{ContentId, NodeId, NodeKind, Tree};

/// The contents that firmware reads, as far as they are there: boot catalog, boot images, appended partitions.
pub(crate) fn contents(tree: &Tree, options: &PlanOptions) -> Vec<ContentId> {
    let of_file = |node: NodeId| match tree.kind(node) {
        NodeKind::File(content) => Some(content),
        _ => None,
    };
    let mut contents = Vec::new();
    if let Some(boot) = &options.boot {
        contents.extend(boot.images.iter().filter_map(|image| match image.source {
            BootSource::File(node) => of_file(node),
            BootSource::Content(content) => Some(content),
            BootSource::Appended(_) => None,
        }));
        contents.extend(match boot.catalog {
            CatalogPlace::File(node) => of_file(node),
            CatalogPlace::Hidden => None,
        });
    }
    if let (None, Some(area)) = (&options.hybrid, &options.system_area) {
        contents.extend(area.sources().filter_map(|source| match source {
            BootSource::File(node) => of_file(node),
            BootSource::Content(content) => Some(content),
            BootSource::Appended(_) => None,
        }));
    }
    contents
        .extend(options.hybrid.iter().flat_map(|hybrid| &hybrid.appended).map(|appended| appended.content));
    contents
}
