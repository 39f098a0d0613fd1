//! Where the parts of a UDF volume lie.
//!
//! ```text
//! 16    descriptors of ISO 9660, then the volume recognition sequence
//! 32    main volume descriptor sequence           all up to 256 count
//! 64    integrity sequence                        from the session's start
//! 68    path tables and directories of ISO 9660, if they have room here; else behind 256
//! 256   anchor
//!       partition: structures (file set, ICBs, directories), file data
//!       reserve volume descriptor sequence, as far from the main one as can be
//! N     anchor, also in all sectors of padding before; with the backup of a GPT there, in N - 256 and before
//! ```
//!
//! Sectors count from the session's start. Where that is not 0 but close behind, as on overwritable media, the
//! medium's sector 256 is an anchor as well.
//!
//! With a virtual partition the reserve sequence lies before the anchor, and the session ends otherwise:
//!
//! ```text
//! 240   reserve volume descriptor sequence
//!       partition: structures that are new or changed, file data, virtual allocation table, padding
//! N     ICB of the virtual allocation table
//! ```
//!
//! The partition is that of the first session, and reaches as far as the medium.
//!
//! With a metadata partition the structures are the content of the metadata file, whose ICB comes before, and
//! the mirror and its ICB end the partition. It ends there because whoever appends a session of its own (Windows
//! does) looks for the first free sector behind it.

mod check;
mod pieces;

use sector_io::{Extent, Sector, SectorCount};
use udf::partition::VirtualAllocationTable;
use udf::write::{
    Access, INTEGRITY_BLOCKS, MetadataFiles, SEQUENCE_BLOCKS, SpaceBitmap, VolumeIdentifiers,
    VolumeStructures,
};

pub(super) use check::check_options;
pub(crate) use pieces::UdfPiece;

use super::udf_fields::identifiers;
use super::udf_space::{Tail, UdfSpace};
use super::{Cursor, Place, PlanOptions, UdfAccess};
use crate::boot::{BootDraft, Ending};
use crate::tree::Tree;
use crate::view::internal;
use crate::view::udf::{Base, Continued, FILE_SET_BLOCKS, UdfView, time};
use crate::{Error, Result};

/// Sectors from the session's start.
const MAIN: u32 = 32;
const INTEGRITY: u32 = 64;
const ANCHOR: u32 = 256;
/// Of the reserve sequence beside a virtual partition.
const RESERVE: u32 = ANCHOR - SEQUENCE_BLOCKS;

/// A session with a virtual partition is a multiple of this, an ECC block of BD and two of DVD: its last sector is the
/// last of what is recorded.
const VIRTUAL_UNIT: SectorCount = SectorCount::new(32);

/// Where the main volume descriptor sequence begins.
pub(crate) const MAIN_SEQUENCE: SectorCount = SectorCount::new(MAIN);

/// Sectors of the volume recognition sequence.
pub(super) const RECOGNITION: SectorCount = SectorCount::new(3);

/// A UDF volume of which all addresses are known.
pub(super) struct UdfPlan {
    view: UdfView,
    volume: VolumeStructures,
    recognition: Sector,
    anchor: Sector,
    medium_anchor: Option<Sector>,
    partition: Sector,
    /// The file set descriptor and all behind it.
    structures: Sector,
    /// The second copy of that.
    mirror: Option<Sector>,
    /// Where file data lie.
    data: std::ops::Range<Sector>,
    /// Anchors at the end, up to partitions that are appended, the backup of a GPT, or the end of the session.
    last_anchors: Extent,
    /// The anchor before the backup of a GPT, where partitions that are appended lie between.
    far_anchor: Option<Sector>,
    base: Base,
    vat: Option<VatPlan>,
}

/// The virtual allocation table.
struct VatPlan {
    bytes: Vec<u8>,
    /// Where it lies, unless it is in the ICB.
    content: Extent,
    icb: Sector,
}

/// The sectors before the partition.
pub(super) struct UdfHead {
    recognition: Sector,
    start: Sector,
    /// The medium's sector 256, where it lies in the room.
    medium_anchor: Option<Sector>,
    /// Where directories of ISO 9660 may lie, before the anchor.
    pub(super) room: Extent,
    /// The first sector behind the anchor.
    pub(super) end: Sector,
}

impl UdfHead {
    /// `descriptors_end` is where the descriptors of ISO 9660 end; the recognition sequence lies there.
    pub(super) fn new(start: Sector, descriptors_end: Sector, options: &PlanOptions) -> Result<UdfHead> {
        let at = |offset: u32| {
            start
                .checked_add(SectorCount::new(offset))
                .ok_or(Error::TreeTooLarge { what: "an image beyond 8 TiB" })
        };
        let mut cursor = Cursor(descriptors_end);
        cursor.take(RECOGNITION)?;
        if cursor.0 > at(MAIN)? {
            return Err(Error::InvalidArgument {
                argument: "boot records".to_owned(),
                reason: "more than UDF leaves room for before sector 32".to_owned(),
            });
        }
        let (room, anchor) = (at(INTEGRITY + INTEGRITY_BLOCKS)?, at(ANCHOR)?);
        let grows = options.udf.access == UdfAccess::WriteOnce;
        // Readers that know of no session look there.
        let medium_anchor = Some(Sector::new(ANCHOR)).filter(|at| !grows && (room..anchor).contains(at));
        let room_end = if grows { at(RESERVE)? } else { anchor };
        let len = medium_anchor.unwrap_or(room_end).since(room).unwrap_or_default();
        Ok(UdfHead {
            recognition: descriptors_end,
            start,
            medium_anchor,
            room: Extent::new(room, len),
            end: at(ANCHOR + 1)?,
        })
    }
}

/// A UDF volume whose structures have their place; file data come next.
pub(super) struct UdfStart {
    view: UdfView,
    head: UdfHead,
    space: UdfSpace,
}

impl UdfStart {
    /// Places the structures from `at` on.
    pub(super) fn new(
        tree: &Tree,
        options: &PlanOptions,
        view: UdfView,
        head: UdfHead,
        at: Sector,
    ) -> Result<(UdfStart, Sector)> {
        let partition = |at: Sector| match view.continued() {
            Some(continued) => Sector::new(continued.volume().partition().0),
            None => view.oldest_import(tree).map_or(at, |oldest| oldest.min(at)),
        };
        let (space, end) = UdfSpace::new(view.form(), view.blocks(), options, partition, at)?;
        Ok((UdfStart { view, head, space }, end))
    }

    pub(super) fn view(&self) -> &UdfView {
        &self.view
    }

    /// Places what follows the file data, which end at `data_end`. Says where the session ends.
    pub(super) fn finish(
        self,
        tree: &Tree,
        options: &PlanOptions,
        data_end: Sector,
        boot: &BootDraft,
    ) -> Result<(UdfPlan, Ending)> {
        if self.view.form().has_virtual_partition() {
            return self.finish_virtual(tree, options, data_end, boot);
        }
        let tail = self.space.tail(options, data_end)?;
        let volume = self.volume(tree, options, &tail)?;
        let anchors = tail.anchors()?;
        let ending = boot.ending(after(anchors, 1)?, &options.place)?;
        let last_anchors = Extent::new(anchors, ending.first_used().since(anchors).unwrap_or_default());
        let is_further = |anchor: &Sector| *anchor >= ending.first_used();
        let far_anchor = ending.anchor().filter(is_further);
        let anchor = after(self.head.start, ANCHOR)?;
        let base = Base { icbs: volume.file_set, directories: volume.file_set };
        let plan = UdfPlan {
            base,
            vat: None,
            volume,
            recognition: self.head.recognition,
            anchor,
            medium_anchor: self.head.medium_anchor,
            partition: self.space.partition,
            structures: self.space.structures,
            mirror: tail.mirror,
            data: after(self.space.structures, self.space.structure_blocks())?..data_end,
            last_anchors,
            far_anchor,
            view: self.view,
        };
        Ok((plan, ending))
    }

    /// As `finish`, with the table that the session ends with.
    fn finish_virtual(
        self,
        tree: &Tree,
        options: &PlanOptions,
        data_end: Sector,
        boot: &BootDraft,
    ) -> Result<(UdfPlan, Ending)> {
        let too_large = || Error::TreeTooLarge { what: "an image beyond 8 TiB" };
        let block = |sector: Sector| sector.since(self.space.partition).unwrap_or_default().get();
        let before = self.view.continued().map(Continued::volume);
        let mut entries = before.map_or(Vec::new(), |volume| volume.entries().to_vec());
        let icbs = u32::try_from(entries.len()).map_err(|_| too_large())?;
        let base = Base { icbs, directories: block(self.space.structures) };
        self.view.enter_icbs(tree, base, &mut entries);
        let previous =
            before.map_or(VirtualAllocationTable::NONE, |volume| block(Sector::new(volume.vat_sector())));
        let reserve = after(self.head.start, RESERVE)?.get();
        let tail = Tail { end: data_end, reserve, ..Tail::default() };
        let mut volume = self.volume(tree, options, &tail)?;
        let table = volume.virtual_allocation_table(entries, previous);
        let bytes = table.bytes().map_err(|error| internal(&error))?;

        let mut cursor = Cursor(data_end);
        let content = cursor.take(SectorCount::new(volume.vat_blocks(bytes.len())))?;
        cursor.take(SectorCount::new(1))?;
        let alignment = options.place.alignment.get().max(1).next_multiple_of(VIRTUAL_UNIT.get());
        let place = Place { alignment: SectorCount::new(alignment), ..options.place };
        let ending = boot.ending(cursor.0, &place)?;
        let icb = ending.end.checked_sub(SectorCount::new(1)).ok_or_else(too_large)?;
        let medium_end = match place.available {
            Some(available) => after(place.start, available.get())?,
            None => Sector::new(u32::MAX),
        };
        volume.partition_blocks = block(ending.end.max(medium_end));
        let plan = UdfPlan {
            base,
            vat: Some(VatPlan { bytes, content, icb }),
            volume,
            recognition: self.head.recognition,
            anchor: after(self.head.start, ANCHOR)?,
            medium_anchor: None,
            partition: self.space.partition,
            structures: self.space.structures,
            mirror: None,
            data: after(self.space.structures, self.view.blocks())?..data_end,
            last_anchors: Extent::new(icb, SectorCount::ZERO),
            far_anchor: None,
            view: self.view,
        };
        Ok((plan, ending))
    }

    fn volume(&self, tree: &Tree, options: &PlanOptions, tail: &Tail) -> Result<VolumeStructures> {
        let block = |sector: Sector| sector.since(self.space.partition).unwrap_or_default().get();
        let at = |offset: u32| after(self.head.start, offset).map(Sector::get);
        let overwritable = matches!(options.udf.access, UdfAccess::Overwritable { .. });
        let metadata = tail.mirror_icb.map(|mirror_icb| {
            let icb = block(self.space.metadata_icb);
            MetadataFiles {
                icb,
                start: block(self.space.structures),
                blocks: self.space.metadata_blocks,
                mirror_icb: block(mirror_icb),
                mirror_start: block(tail.mirror.unwrap_or(self.space.structures)),
                free: self.space.metadata_blocks.saturating_sub(self.view.blocks()),
                bitmap: overwritable.then_some((icb + 1, icb + 2)),
            }
        });
        // In a partition of their own blocks count from its beginning.
        let is_own = self.view.form().structure_partition() > 0;
        let new_file_set = if is_own { 0 } else { block(self.space.structures) };
        let continued = self.view.continued();
        let file_set = continued.map_or(new_file_set, |continued| continued.volume().file_set());
        let recorded = options.own_fields.udf.recorded.unwrap_or_else(|| options.creation_for(tree));
        let counts = self.view.volume_counts();
        Ok(VolumeStructures {
            form: self.view.form(),
            identifiers: identifiers(options, [counts.files, counts.directories, tail.end.get()])?,
            recorded: time(recorded),
            access: match options.udf.access {
                UdfAccess::ReadOnly => Access::ReadOnly,
                UdfAccess::WriteOnce => Access::WriteOnce,
                UdfAccess::Overwritable { .. } => Access::Overwritable {
                    bitmap: tail.bitmap,
                    space: SpaceBitmap { blocks: tail.partition_blocks, free: tail.unused.clone() },
                },
            },
            main: at(MAIN)?,
            reserve: tail.reserve,
            integrity: at(INTEGRITY)?,
            partition_number: continued.map_or(0, |continued| continued.volume().partition_number()),
            partition_start: self.space.partition.get(),
            partition_blocks: tail.partition_blocks,
            metadata,
            file_set,
            root: continued.map_or(file_set.saturating_add(FILE_SET_BLOCKS), Continued::root),
            counts,
        })
    }
}

/// So many sectors behind another.
pub(super) fn after(sector: Sector, count: u32) -> Result<Sector> {
    sector.checked_add(SectorCount::new(count)).ok_or(Error::TreeTooLarge { what: "an image beyond 8 TiB" })
}

impl UdfPlan {
    pub(super) fn view(&self) -> &UdfView {
        &self.view
    }

    /// The anchor in front of that of the session, where readers look who know of no session.
    pub(super) fn medium_anchor(&self) -> Option<Sector> {
        self.medium_anchor
    }

    /// What identifies the volume, as readers see it: a continued one keeps its file set descriptor.
    pub(super) fn identifiers(&self) -> VolumeIdentifiers {
        let kept = self.view.continued().map(|continued| continued.volume().file_set_descriptor());
        match kept {
            Some(kept) => VolumeIdentifiers {
                copyright_file: kept.copyright_file_identifier,
                abstract_file: kept.abstract_file_identifier,
                ..self.volume.identifiers.clone()
            },
            None => self.volume.identifiers.clone(),
        }
    }

    /// Whether the sector is neither one of file data nor of a gap between them.
    pub(super) fn is_beside_data(&self, sector: Sector) -> bool {
        !self.data.contains(&sector)
    }
}
