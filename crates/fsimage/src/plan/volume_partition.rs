use iso9660::LogicalBlock;
use iso9660::volume::VolumePartitionDescriptor;
use sector_io::{Sector, SectorCount};

use super::{LayoutPlan, PlanOptions};
use crate::boot::BootDraft;
use crate::tree::{Content, ContentId, Tree};
use crate::view::ContentAddresses;
use crate::{Error, Result};

/// A volume partition (ECMA-119 8.6): sectors of the volume that are known by their own descriptor, whatever directories
/// say of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct VolumePartition {
    /// Its descriptor. Location and size are filled in if there is a content.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::partition_descriptor"))]
    pub descriptor: VolumePartitionDescriptor,
    /// What lies in it: the content of a file, or one in no directory; see
    /// [`Tree::add_content`](crate::Tree::add_content). `None` leaves the descriptor as it is: what it tells of is on the
    /// medium already.
    pub content: Option<ContentId>,
}

/// A partition has one sector at least.
pub(super) fn check(tree: &Tree, options: &PlanOptions) -> Result<()> {
    let mut contents = options.volume_partitions.iter().filter_map(|partition| partition.content);
    if contents.any(|content| tree.content_len(content) == 0) {
        return Err(Error::InvalidArgument {
            argument: "volume partition".to_owned(),
            reason: "what is to lie in it is empty".to_owned(),
        });
    }
    Ok(())
}

/// What lies in partitions and is not appended for another reason.
pub(super) fn contents<'a>(
    options: &'a PlanOptions,
    boot: &'a BootDraft,
) -> impl Iterator<Item = ContentId> + 'a {
    let contents = options.volume_partitions.iter().filter_map(|partition| partition.content);
    contents.filter(|content| !boot.appends(*content))
}

impl LayoutPlan<'_> {
    /// The descriptor of a partition, pointed at where its content lies.
    pub(super) fn partition_descriptor(
        &self,
        partition: &VolumePartition,
    ) -> Result<VolumePartitionDescriptor> {
        let Some(content) = partition.content else { return Ok(partition.descriptor.clone()) };
        let start = match self.tree.content(content) {
            Content::Imported { start, .. } => Some(*start),
            Content::ImportedSections { sections, .. } => sections.first().map(|section| section.start),
            _ => None,
        };
        let placed = self.placement.start_of(content).or_else(|| self.boot.appended_at(content));
        let too_large = || Error::TreeTooLarge { what: "a volume partition of over 8 TiB" };
        let start: Sector = placed.or(start).ok_or_else(too_large)?;
        let size = SectorCount::for_bytes(self.tree.content_len(content)).ok_or_else(too_large)?;
        Ok(VolumePartitionDescriptor {
            location: LogicalBlock::new(start.get()),
            size: size.get(),
            ..partition.descriptor.clone()
        })
    }

    /// Whether the content lies in a volume partition.
    pub(super) fn is_in_partition(&self, content: ContentId) -> bool {
        self.options.volume_partitions.iter().any(|partition| partition.content == Some(content))
    }
}
