//! The size of a session by the sizes of its parts: what [`LayoutPlan::new`](super::LayoutPlan::new) comes to, without a
//! place for anything.

use sector_io::{Sector, SectorCount};
use udf::write::Form;

use super::udf::{RECOGNITION, UdfHead, after};
use super::udf_space::UdfSpace;
use super::volume::partition_origin;
use super::{Cursor, EndMark, Place, PlanOptions, SYSTEM_AREA, descriptors};
use crate::boot::BootDraft;
use crate::head::KEPT_ANCHOR;
use crate::tree::FileSystems;
use crate::{Error, Result};

/// Where the system areas and the volume descriptors of ISO 9660 end.
pub(super) struct Head {
    /// Where the MD5 of the descriptors is, if there is to be one.
    pub(super) superblock: Sector,
    /// Where the second volume begins, if there is one.
    pub(super) partition: Option<Sector>,
    pub(super) end: Sector,
}

impl Head {
    /// With so many hierarchies of ISO 9660.
    pub(super) fn new(options: &PlanOptions, hierarchies: usize, boot: &BootDraft) -> Result<Head> {
        let mut at = Cursor(options.place.start);
        at.take(SYSTEM_AREA)?;
        if hierarchies > 0 {
            let carried =
                descriptors::carried_boot_records(options).count() + options.volume_partitions.len();
            let descriptors = hierarchies + carried + 1;
            at.take(SectorCount::new(descriptors as u32 + boot.descriptors()))?;
        }
        let superblock = md5_of_descriptors(options, at.0)?;
        if options.md5_tags && !options.file_systems.contains(FileSystems::UDF) {
            at.take(SectorCount::new(1))?;
        }
        let partition = partition_origin(options, at.0)?;
        if let Some(origin) = partition {
            at.0 = origin;
            at.take(SYSTEM_AREA)?;
            at.take(SectorCount::new(hierarchies as u32 + 1))?;
        }
        Ok(Head { superblock, partition, end: at.0 })
    }

    /// How often each hierarchy is there.
    pub(super) fn volumes(&self) -> u64 {
        1 + u64::from(self.partition.is_some())
    }
}

/// Where the tag of the volume descriptors is, if there is to be one: behind them, and behind the recognition sequence
/// of UDF, in which no other sector may stand.
fn md5_of_descriptors(options: &PlanOptions, descriptors_end: Sector) -> Result<Sector> {
    let recognition = match options.file_systems.contains(FileSystems::UDF) {
        true => RECOGNITION,
        false => SectorCount::ZERO,
    };
    let at = descriptors_end.checked_add(recognition).unwrap_or(descriptors_end);
    let is_in_head = at.since(options.place.start).is_some_and(|at| at < KEPT_ANCHOR);
    if options.md5_tags && !is_in_head {
        return Err(Error::InvalidArgument {
            argument: "boot records".to_owned(),
            reason: "more than leaves room for an MD5 of the descriptors".to_owned(),
        });
    }
    Ok(at)
}

/// Where path tables and directories begin, of which there are so many sectors: behind the descriptors, or where the head
/// of UDF leaves room for them.
pub(super) fn trees_start(descriptors_end: Sector, udf: Option<&UdfHead>, sectors: u64) -> Sector {
    match udf {
        None => descriptors_end,
        Some(head) if sectors <= u64::from(head.room.len.get()) => head.room.start,
        Some(head) => head.end,
    }
}

/// What the size of a session follows from.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    /// Sectors of path tables and directories of each hierarchy of ISO 9660.
    pub(super) hierarchies: Vec<u64>,
    /// Blocks of the structures of UDF, and its form.
    pub(super) udf: Option<(Form, u64)>,
    /// Sectors of all contents.
    pub(super) contents: u64,
}

impl Sums {
    /// Where the session ends.
    pub(super) fn end(&self, options: &PlanOptions, boot: &BootDraft) -> Result<Sector> {
        let too_large = || Error::TreeTooLarge { what: "an image beyond 8 TiB" };
        let ahead = |at: Sector, sectors: u64| {
            let sectors = u32::try_from(sectors).map_err(|_| too_large())?;
            after(at, sectors)
        };
        let head = Head::new(options, self.hierarchies.len(), boot)?;
        let udf_head = match self.udf {
            Some(_) => Some(UdfHead::new(options.place.start, head.end, options)?),
            None => None,
        };
        let trees = head.volumes() * self.hierarchies.iter().sum::<u64>();
        let mut at = ahead(trees_start(head.end, udf_head.as_ref(), trees), trees)?;
        let mut space = None;
        if let Some(((form, blocks), udf_head)) = self.udf.zip(udf_head) {
            let blocks = u32::try_from(blocks).map_err(|_| too_large())?;
            let (placed, end) = UdfSpace::new(form, blocks, options, |at| at, at.max(udf_head.end))?;
            (space, at) = (Some(placed), end);
        }
        at = ahead(at, boot.hidden_catalog().map_or(0, |catalog| catalog.get().into()))?;
        let mut data_end = ahead(at, self.contents)?;
        if EndMark::is_wanted(options) {
            data_end = after(data_end, EndMark::LEN.get())?;
        }
        let place = Place { available: None, ..options.place };
        let end = match space {
            None => data_end,
            Some(space) => after(space.tail(options, data_end)?.anchors()?, 1)?,
        };
        Ok(boot.ending(end, &place)?.end)
    }
}
