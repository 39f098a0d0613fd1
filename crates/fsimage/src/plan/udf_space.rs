//! Where the parts of a UDF partition lie, by their sizes alone.

use sector_io::{SECTOR_SIZE, Sector, SectorCount};
use udf::write::{Form, MetadataFiles, SEQUENCE_BLOCKS, SpaceBitmap};

use super::udf::after;
use super::{Cursor, MetadataPartition, PlanOptions, UdfAccess};
use crate::{Error, Result};

/// What lies before the file data of a partition.
pub(super) struct UdfSpace {
    /// Blocks of the structures, the file set included.
    blocks: u32,
    pub(super) partition: Sector,
    /// The file set descriptor and all behind it.
    pub(super) structures: Sector,
    /// ICB of the metadata file, which those of its companions follow.
    pub(super) metadata_icb: Sector,
    /// Blocks of the metadata partition; 0 without one.
    pub(super) metadata_blocks: u32,
}

/// What follows the file data.
#[derive(Default)]
pub(super) struct Tail {
    /// Block of the space bitmap.
    pub(super) bitmap: u32,
    pub(super) mirror: Option<Sector>,
    pub(super) mirror_icb: Option<Sector>,
    /// Free blocks of the partition, in ascending order.
    pub(super) unused: Vec<std::ops::Range<u32>>,
    pub(super) partition_blocks: u32,
    /// Where the partition ends.
    pub(super) end: Sector,
    /// Where the reserve volume descriptor sequence begins.
    pub(super) reserve: u32,
}

impl Tail {
    /// Where the anchors begin, behind the reserve sequence.
    pub(super) fn anchors(&self) -> Result<Sector> {
        after(self.end, SEQUENCE_BLOCKS)
    }
}

fn too_large() -> Error {
    Error::TreeTooLarge { what: "an image beyond 8 TiB" }
}

impl UdfSpace {
    /// Places the structures from `at` on, and says where they end. `partition` says where the partition begins whose own
    /// structures do at a sector.
    pub(super) fn new(
        form: Form,
        blocks: u32,
        options: &PlanOptions,
        partition: impl FnOnce(Sector) -> Sector,
        at: Sector,
    ) -> Result<(UdfSpace, Sector)> {
        let unit = SectorCount::new(MetadataFiles::UNIT);
        let metadata = form.has_metadata_partition();
        let at = if metadata { at.align_up(unit).ok_or_else(too_large)? } else { at };
        let partition = partition(at);
        let mut cursor = Cursor(at);
        let mut metadata_blocks = 0;
        let metadata_icb = at;
        if metadata {
            metadata_blocks = blocks.checked_next_multiple_of(MetadataFiles::UNIT).ok_or_else(too_large)?;
            cursor.take(SectorCount::new(1))?;
            if matches!(options.udf.access, UdfAccess::Overwritable { .. }) {
                let bitmap =
                    SectorCount::for_bytes(SpaceBitmap::len(metadata_blocks)).ok_or_else(too_large)?;
                cursor.take(SectorCount::new(1))?;
                cursor.take(bitmap)?;
            }
            cursor.0 = aligned(cursor.0, partition).ok_or_else(too_large)?;
        }
        let structures = cursor.0;
        cursor.take(SectorCount::new(blocks.max(metadata_blocks)))?;
        Ok((UdfSpace { blocks, partition, structures, metadata_icb, metadata_blocks }, cursor.0))
    }

    /// Whether the volume has a copy of its metadata partition.
    fn is_mirrored(&self, options: &PlanOptions) -> bool {
        self.metadata_blocks > 0 && options.udf.metadata_partition != MetadataPartition::Single
    }

    /// Blocks of the structures, or of the metadata partition that they are in.
    pub(super) fn structure_blocks(&self) -> u32 {
        self.blocks.max(self.metadata_blocks)
    }

    /// Places what follows the file data, which end at `data_end`.
    pub(super) fn tail(&self, options: &PlanOptions, data_end: Sector) -> Result<Tail> {
        let UdfAccess::Overwritable { free } = options.udf.access else {
            return self.tail_with(options, data_end, 0, SectorCount::ZERO);
        };
        // The bitmap has a bit for its own blocks: it grows until it has enough of them.
        let mut blocks = 1;
        loop {
            let tail = self.tail_with(options, data_end, blocks, free)?;
            let needed = SpaceBitmap::len(tail.partition_blocks).div_ceil(SECTOR_SIZE as u64) as u32;
            if needed <= blocks {
                return Ok(tail);
            }
            blocks = needed;
        }
    }

    fn tail_with(
        &self,
        options: &PlanOptions,
        data_end: Sector,
        bitmap_blocks: u32,
        free: SectorCount,
    ) -> Result<Tail> {
        let block = |sector: Sector| sector.since(self.partition).unwrap_or_default().get();
        let mut unused = Vec::new();
        let mut cursor = Cursor(data_end);
        let bitmap = cursor.take(SectorCount::new(bitmap_blocks))?;
        let mut mirror = None;
        let mut mirror_icb = None;
        if self.metadata_blocks > 0 {
            if let UdfAccess::Overwritable { .. } = options.udf.access {
                let bitmap = SpaceBitmap::len(self.metadata_blocks).div_ceil(SECTOR_SIZE as u64) as u32;
                unused.push(block(self.metadata_icb).saturating_add(2 + bitmap)..block(self.structures));
            }
            if self.is_mirrored(options) {
                let before = cursor.0;
                cursor.0 = aligned(cursor.0, self.partition).ok_or_else(too_large)?;
                unused.push(block(before)..block(cursor.0));
                mirror = Some(cursor.take(SectorCount::new(self.metadata_blocks))?.start);
            }
            mirror_icb = Some(cursor.take(SectorCount::new(1))?.start);
        }
        let used = cursor.0;
        cursor.take(free)?;
        unused.push(block(used)..block(cursor.0));
        unused.retain(|unused| !unused.is_empty());
        Ok(Tail {
            bitmap: block(bitmap.start),
            mirror,
            mirror_icb,
            unused,
            partition_blocks: block(cursor.0),
            end: cursor.0,
            reserve: cursor.0.get(),
        })
    }
}

/// The first sector from `at` on that is a multiple of the metadata unit behind the partition's start.
fn aligned(at: Sector, partition: Sector) -> Option<Sector> {
    let ahead = at.since(partition)?.align_up(SectorCount::new(MetadataFiles::UNIT))?;
    partition.checked_add(ahead)
}
