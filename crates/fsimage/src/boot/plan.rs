//! Boot structures in a plan: what has to be placed, and, when all addresses are known, what they say.

use std::collections::BTreeMap;

use iso9660::LogicalBlock;
use iso9660::el_torito::{BootInfoTable, GRUB2_BOOT_INFO_OFFSET, boot_record, grub2_boot_info};
use iso9660::volume::{BootRecord, FIRST_DESCRIPTOR};
use sector_io::{Extent, Sector, SectorCount};

use super::area::{self, Disk};
use super::catalog::{self, Located, wrong};
use super::identity::Identity;
use super::images::{Catalog, appended_partitions, content_of_source, stays, system_type};
use super::kept::Ground;
use super::patch::Patch;
use super::{AppendedPartition, BootImage, BootSource, Emulation};
use crate::plan::{Piece, Place, PlanOptions, VolumeName, What, pad};
use crate::tree::{Content, ContentId, FileSystems, Tree};
use crate::view::ContentAddresses;
use crate::{Error, Result};

/// Hybrid images, and what is appended to them, are whole MiB: what tools for disks align to.
const MEBIBYTE: SectorCount = SectorCount::new(512);

/// What of the boot structures a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BootPiece {
    SystemArea,
    Catalog,
    BackupTable,
}

/// Boot structures before anything has an address.
#[derive(Debug, Default)]
pub(crate) struct BootDraft {
    catalog: Option<Catalog>,
    /// What kept boot code starts, in the catalog or not.
    started: Option<ContentId>,
    /// Whether the system area is filled.
    is_hybrid: bool,
    /// Sectors of the backup of a GPT; 0 without one.
    backup: SectorCount,
    /// Fewest sectors behind all else, where an anchor of UDF is to lie before the backup.
    least_behind: SectorCount,
    /// Where the image ends already that a further session is put into.
    old_end: Sector,
    appended: Vec<(ContentId, SectorCount)>,
    /// What those behind the first begin on a multiple of.
    appended_alignment: SectorCount,
    /// What is a partition beside that of the volume of HFS+, and so lies before that volume.
    ahead: Vec<ContentId>,
    /// What cuts the partition that can be mounted by itself, and so lies behind all else that this shows.
    cutting: Vec<ContentId>,
}

/// Where lies what a plan has placed for these.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Places {
    /// A catalog that is in no file.
    pub(crate) catalog: Option<Extent>,
    /// The volume of HFS+.
    pub(crate) hfs_plus: Option<Extent>,
}

/// The last sector is one of three in which an anchor of UDF may be, of which two are to have one; the one so many
/// sectors before the end is another (ECMA-167 3/8.4.2.1.1). The backup of a GPT leaves no room in the last: its header
/// ends there, and xorriso wants the array right before that.
const ANCHOR_BEFORE_END: u32 = 257;

/// How the session ends, behind files and file systems.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    appended: Vec<Extent>,
    /// End of all contents, with their padding.
    padded: Sector,
    backup: Option<Extent>,
    pub(crate) end: Sector,
}

impl Ending {
    /// The first sector that is not padding.
    pub(crate) fn first_used(&self) -> Sector {
        self.appended.iter().chain(&self.backup).map(|extent| extent.start).min().unwrap_or(self.end)
    }

    /// Where UDF has its last anchor, if the backup of a GPT is in the last sector.
    pub(crate) fn anchor(&self) -> Option<Sector> {
        self.backup.as_ref().and_then(|_| self.end.checked_sub(SectorCount::new(ANCHOR_BEFORE_END)))
    }
}

/// Boot structures of which all addresses are known.
#[derive(Debug)]
pub(crate) struct BootPlan {
    record: Option<BootRecord>,
    /// The catalog, and where it lies if it is in no file.
    hidden_catalog: Option<(Extent, Vec<u8>)>,
    images: Vec<ContentId>,
    patches: BTreeMap<ContentId, Patch>,
    /// Of the image; at the beginning of a session behind a head there are zeros.
    system_area: Option<Vec<u8>>,
    /// Whether it lies in a head in front of the session.
    is_in_head: bool,
    appended: Vec<(ContentId, Extent)>,
    backup: Option<(Extent, Vec<u8>)>,
    /// Where the partition of the GPT ends that can be mounted by itself.
    mountable_end: Option<Sector>,
}

impl BootDraft {
    /// Looks whether what is asked for can be.
    pub(crate) fn new(tree: &Tree, options: &PlanOptions) -> Result<BootDraft> {
        let mut draft = BootDraft::default();
        let is_further_session = !options.place.is_first();
        if let Some(hybrid) = &options.hybrid {
            if is_further_session {
                return Err(Error::BootConflict { what: "hybrid" });
            }
            draft.is_hybrid = true;
            if hybrid.scheme.has_gpt() {
                draft.backup = area::backup_sectors(area::ARRAY_LEN);
            }
        } else if let Some(kept) = &options.system_area {
            // Without partitions nothing is a disk.
            draft.is_hybrid = !kept.is_empty();
            draft.backup = kept.gpt_array_len().map(area::backup_sectors).unwrap_or_default();
            draft.old_end = if is_further_session { kept.image_end() } else { Sector::ZERO };
            let image = kept.started_image();
            let started = image.map(|image| content_of_source(tree, kept.appended(), image.source));
            draft.started = started.transpose()?;
        }
        if draft.backup > SectorCount::ZERO && options.file_systems.contains(FileSystems::UDF) {
            draft.least_behind = SectorCount::new(ANCHOR_BEFORE_END);
        }
        // In a further session, those of an earlier one stay where they are.
        let appended = appended_partitions(options).iter();
        let placed = appended.filter(|one| !is_further_session || !stays(tree, one.content, options));
        let kept = options.system_area.as_ref().filter(|_| options.hybrid.is_none());
        let number = |internal| kept.map_or(usize::from(internal), |kept| kept.number_of_appended(internal));
        draft.take_appended(tree, &placed.copied().collect::<Vec<_>>(), &number)?;
        let is_in_a_row = options.hybrid.as_ref().is_some_and(|hybrid| hybrid.appended_in_a_row);
        draft.appended_alignment = if is_in_a_row { SectorCount::ZERO } else { MEBIBYTE };
        if let Some(boot) = &options.boot {
            draft.catalog = Some(Catalog::new(tree, options, boot)?);
        }
        if options.file_systems.contains(FileSystems::HFS_PLUS) {
            draft.find_ahead(tree, options)?;
        }
        if options.partition_offset > SectorCount::ZERO {
            draft.find_cutting(tree, options)?;
        }
        Ok(draft)
    }

    fn find_cutting(&mut self, tree: &Tree, options: &PlanOptions) -> Result<()> {
        let sources = match (&options.hybrid, &options.system_area) {
            (Some(hybrid), _) => sources_of(options, hybrid.cutting_image()),
            (None, Some(kept)) => kept.cutting_image().collect(),
            (None, None) => Vec::new(),
        };
        for source in sources {
            let content = content_of_source(tree, appended_partitions(options), source)?;
            if !self.appends(content) {
                self.cutting.push(content);
            }
        }
        Ok(())
    }

    fn find_ahead(&mut self, tree: &Tree, options: &PlanOptions) -> Result<()> {
        let sources: Vec<_> = match (&options.hybrid, &options.system_area) {
            (Some(hybrid), _) => sources_of(options, hybrid.beside_hfs_plus()),
            (None, Some(kept)) => kept.beside_hfs_plus().collect(),
            (None, None) => Vec::new(),
        };
        for source in sources {
            let content = content_of_source(tree, appended_partitions(options), source)?;
            if !self.appends(content) && !self.ahead.contains(&content) {
                self.ahead.push(content);
            }
        }
        Ok(())
    }

    /// `number` is that of the tables.
    fn take_appended(
        &mut self,
        tree: &Tree,
        partitions: &[AppendedPartition],
        number: &dyn Fn(u8) -> usize,
    ) -> Result<()> {
        for (index, partition) in partitions.iter().enumerate() {
            let name = format!("appended partition {}", number(partition.number));
            if partitions[..index].iter().any(|other| other.number == partition.number) {
                return Err(wrong(name, "there are two of this number"));
            }
            let len = tree.content_len(partition.content);
            let sectors = SectorCount::for_bytes(len).filter(|&sectors| sectors > SectorCount::ZERO);
            self.appended.push((
                partition.content,
                sectors.ok_or_else(|| wrong(name, "it is empty, or longer than 8 TiB"))?,
            ));
        }
        Ok(())
    }

    /// Descriptors that the boot structures add.
    pub(crate) fn descriptors(&self) -> u32 {
        u32::from(self.catalog.is_some())
    }

    /// Sectors of a catalog that is in no file.
    pub(crate) fn hidden_catalog(&self) -> Option<SectorCount> {
        let catalog = self.catalog.as_ref().filter(|catalog| catalog.file.is_none())?;
        SectorCount::for_bytes(catalog.len)
    }

    /// Contents that lie before the volume of HFS+ and not in it: they are partitions of a table that has that as well,
    /// and partitions do not overlap.
    pub(crate) fn ahead(&self) -> &[ContentId] {
        &self.ahead
    }

    /// Whether the content is a partition of the GPT that cuts the one that can be mounted by itself: it is placed behind all
    /// others.
    pub(crate) fn cuts_image(&self, content: ContentId) -> bool {
        self.cutting.contains(&content)
    }

    /// Contents that are placed before all others but [these](BootDraft::ahead): what boots from a CD is found without a
    /// long way.
    pub(crate) fn first_contents(&self) -> Vec<ContentId> {
        let of_catalog = self.catalog.iter().flat_map(|catalog| {
            let images = catalog.images.iter().map(|(id, _)| *id);
            catalog.file.into_iter().chain(images)
        });
        let mut first: Vec<ContentId> = of_catalog.filter(|id| !self.appends(*id)).collect();
        first.extend(self.started.filter(|id| !self.appends(*id) && !first.contains(id)));
        first
    }

    /// Whether the content is an appended partition.
    pub(crate) fn appends(&self, content: ContentId) -> bool {
        self.appended.iter().any(|(appended, _)| *appended == content)
    }

    /// Whether the content is a catalog that is filled in.
    pub(crate) fn fills(&self, content: ContentId) -> bool {
        self.catalog.as_ref().is_some_and(|catalog| catalog.file == Some(content))
    }

    /// What lies from `at` on, behind files and file systems, up to the end of the session.
    pub(crate) fn ending(&self, mut at: Sector, place: &Place) -> Result<Ending> {
        let too_large = || Error::TreeTooLarge { what: "an image beyond 8 TiB" };
        let mut appended = Vec::new();
        for (index, (_, len)) in self.appended.iter().enumerate() {
            let alignment = if index == 0 { MEBIBYTE } else { self.appended_alignment };
            let extent = Extent::new(at.align_up(alignment).ok_or_else(too_large)?, *len);
            at = extent.end().ok_or_else(too_large)?;
            appended.push(extent);
        }
        let begins_image = place.start == Sector::ZERO;
        let alignment = match self.is_hybrid && begins_image {
            true => common_multiple(place.alignment, MEBIBYTE),
            false => place.alignment,
        };
        let padded = at.checked_add(place.end_padding).ok_or_else(too_large)?;
        let behind = place.end_padding.get().saturating_add(self.backup.get());
        let end_padding = SectorCount::new(behind).max(self.least_behind);
        let mut end = pad(at, &Place { alignment, end_padding, ..*place })?;
        if self.is_hybrid && !begins_image {
            // The disk is the whole image, and no shorter than before.
            end = end.max(self.old_end).align_up(MEBIBYTE).ok_or_else(too_large)?;
            end = pad(end, &Place { end_padding: SectorCount::ZERO, ..*place })?;
        }
        let backup = (self.backup > SectorCount::ZERO).then(|| {
            let start = end.get() - self.backup.get();
            Extent::new(Sector::new(start), self.backup)
        });
        Ok(Ending { appended, padded, backup, end })
    }

    /// What the structures say, now that all is placed.
    pub(crate) fn finish(
        self,
        tree: &Tree,
        options: &PlanOptions,
        addresses: &dyn ContentAddresses,
        places: Places,
        ending: &Ending,
    ) -> Result<BootPlan> {
        let appended: Vec<_> =
            self.appended.iter().map(|(id, _)| *id).zip(ending.appended.iter().copied()).collect();
        let start_of = |id: ContentId| -> Result<Sector> {
            let of_appended =
                appended.iter().find(|(appended, _)| *appended == id).map(|(_, extent)| extent.start);
            of_appended
                .or_else(|| addresses.start_of(id))
                .or_else(|| match tree.content(id) {
                    Content::Imported { start, .. } => Some(*start),
                    Content::ImportedSections { sections, .. } => sections.first().map(|first| first.start),
                    _ => None,
                })
                .ok_or_else(|| wrong("boot image", "it has no place in the image"))
        };
        let mut plan = BootPlan {
            record: None,
            hidden_catalog: None,
            images: Vec::new(),
            patches: BTreeMap::new(),
            system_area: None,
            is_in_head: options.place.start != Sector::ZERO,
            appended: appended.clone(),
            backup: None,
            mountable_end: None,
        };
        let mut extents = Vec::new();
        if let (Some(catalog), Some(boot)) = (&self.catalog, &options.boot) {
            for (index, (id, len)) in catalog.images.iter().enumerate() {
                let start = start_of(*id)?;
                let sectors = SectorCount::for_bytes(*len).unwrap_or_default();
                extents.push(Extent::new(start, sectors));
                let name = || format!("boot image {}", index + 1);
                // What stays has been told that already.
                if !stays(tree, *id, options) {
                    plan.patch(&boot.images[index], (*id, *len), start, options, name)?;
                }
            }
            plan.images = catalog.images.iter().map(|(id, _)| *id).collect();
            let located: Vec<Located> = catalog
                .images
                .iter()
                .zip(&extents)
                .zip(&boot.images)
                .map(|((&(id, len), extent), image)| {
                    let system_type = match image.emulation {
                        Emulation::HardDisk => system_type(tree, id)?,
                        _ => 0,
                    };
                    Ok(Located { block: extent.start.get(), len, system_type })
                })
                .collect::<Result<_>>()?;
            let mut bytes = catalog::build(boot, &located)?.encode();
            bytes.resize(catalog.len as usize, 0);
            let at = match (catalog.file, places.catalog) {
                (Some(file), _) => {
                    let at = start_of(file)?;
                    plan.patches.entry(file).or_default().replace(0, bytes);
                    at
                }
                (None, Some(extent)) => {
                    plan.hidden_catalog = Some((extent, bytes));
                    extent.start
                }
                (None, None) => return Err(wrong("boot catalog", "it has no place in the image")),
            };
            plan.record = Some(boot_record(LogicalBlock::new(at.get())));
        }
        if let Some(hybrid) = &options.hybrid {
            let sectors = SectorCount::new(ending.end.get());
            let disk = Disk {
                options: hybrid,
                sectors,
                partition_offset: options.partition_offset,
                images: extents,
                appended: ending.appended.clone(),
                padded: ending.padded,
                backup: ending.backup,
                hfs_plus: places.hfs_plus,
                identity: identity(options, sectors),
                disk: hybrid.disk.or(options.identity),
            };
            let (area, backup) = disk.encode()?;
            plan.system_area = Some(area);
            plan.backup = ending.backup.map(|extent| (extent, backup));
        } else if let Some(kept) = &options.system_area {
            let place_of = |source| {
                let content = content_of_source(tree, kept.appended(), source)?;
                Ok((start_of(content)?, tree.content_len(content)))
            };
            let ground = Ground {
                end: ending.end,
                backup: ending.backup,
                hfs_plus: places.hfs_plus,
                place_of: &place_of,
            };
            if let (Some(id), Some(image)) = (self.started, kept.started_image())
                && !plan.patches.contains_key(&id)
                && !stays(tree, id, options)
            {
                let name = || "boot image of the boot code for disks".to_owned();
                plan.patch(&image, (id, tree.content_len(id)), start_of(id)?, options, name)?;
            }
            let (area, backup) = kept.encode(&ground)?;
            plan.system_area = Some(area);
            plan.backup = ending.backup.map(|extent| (extent, backup));
        }
        plan.mountable_end =
            plan.system_area.as_deref().and_then(|area| area::mountable_end(area, options.partition_offset));
        Ok(plan)
    }
}

/// What the boot images of these indexes are.
fn sources_of(options: &PlanOptions, indexes: impl Iterator<Item = usize>) -> Vec<BootSource> {
    let images = options.boot.as_ref().map_or(&[][..], |boot| &boot.images);
    indexes.filter_map(|index| images.get(index)).map(|image| image.source).collect()
}

/// What tells the disk from others: all that its volume descriptors say, and its length.
fn identity(options: &PlanOptions, sectors: SectorCount) -> Identity {
    if let Some(identity) = options.identity {
        return Identity::of(&[b"identity", &identity.0]);
    }
    let volume = match &options.volume {
        VolumeName::Adapted(name) => name.as_bytes(),
        VolumeName::Recorded { iso9660, .. } => iso9660,
    };
    let (seconds, nanoseconds) =
        options.created.map_or((0, 0), |created| (created.seconds, created.nanoseconds));
    Identity::of(&[
        volume,
        &options.identifiers.application,
        &seconds.to_le_bytes(),
        &nanoseconds.to_le_bytes(),
        &sectors.get().to_le_bytes(),
    ])
}

fn common_multiple(a: SectorCount, b: SectorCount) -> SectorCount {
    let (mut x, mut y) = (a.get().max(1), b.get().max(1));
    while y != 0 {
        (x, y) = (y, x % y);
    }
    SectorCount::new((a.get().max(1) / x).saturating_mul(b.get().max(1)))
}

impl BootPlan {
    fn patch(
        &mut self,
        image: &BootImage,
        (id, len): (ContentId, u64),
        start: Sector,
        options: &PlanOptions,
        name: impl Fn() -> String,
    ) -> Result<()> {
        if !image.boot_info_table && !image.grub2_boot_info {
            return Ok(());
        }
        let first_descriptor = options.place.start.checked_add(SectorCount::new(FIRST_DESCRIPTOR));
        let patch = self.patches.entry(id).or_default();
        if image.boot_info_table {
            patch.set_info_table(BootInfoTable {
                primary_volume_descriptor: LogicalBlock::new(first_descriptor.unwrap_or_default().get()),
                image: LogicalBlock::new(start.get()),
                image_length: u32::try_from(len).map_err(|_| wrong(name(), "it is longer than 4 GiB"))?,
                checksum: 0,
            });
        }
        if image.grub2_boot_info {
            patch.replace(
                GRUB2_BOOT_INFO_OFFSET as u64,
                grub2_boot_info(LogicalBlock::new(start.get())).to_vec(),
            );
        }
        Ok(())
    }

    /// The boot record, which goes behind the primary volume descriptor.
    pub(crate) fn record(&self) -> Option<&BootRecord> {
        self.record.as_ref()
    }

    /// What changes in a content while it is written.
    pub(crate) fn patch_of(&self, content: ContentId) -> Option<&Patch> {
        self.patches.get(&content)
    }

    /// Whether the content is a boot image.
    pub(crate) fn is_image(&self, content: ContentId) -> bool {
        self.images.contains(&content)
    }

    /// Where a content begins that is an appended partition.
    pub(crate) fn appended_at(&self, content: ContentId) -> Option<Sector> {
        self.appended.iter().find(|(appended, _)| *appended == content).map(|(_, extent)| extent.start)
    }

    /// The contents that are appended partitions of this session, and where they lie.
    pub(crate) fn appended(&self) -> &[(ContentId, Extent)] {
        &self.appended
    }

    /// Where the first appended partition begins.
    pub(crate) fn first_appended(&self) -> Option<Sector> {
        self.appended.iter().map(|(_, extent)| extent.start).min()
    }

    /// Whether an appended partition begins there.
    pub(crate) fn is_appended(&self, start: Sector) -> bool {
        self.appended.iter().any(|(_, extent)| extent.start == start)
    }

    /// Where the partition of the GPT ends that can be mounted by itself, if there is one.
    pub(crate) fn mountable_end(&self) -> Option<Sector> {
        self.mountable_end
    }

    /// Whether the system area of the session holds anything.
    pub(crate) fn fills_system_area(&self) -> bool {
        self.system_area.is_some()
    }

    /// The system area for the head in front of the session.
    pub(crate) fn new_system_area(&self) -> Option<&[u8]> {
        self.system_area.as_deref().filter(|_| self.is_in_head)
    }

    /// Pieces beside the system area and the contents of the tree.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        let made =
            |extent: Extent, piece| Piece { start: extent.start, len: extent.len, what: What::Boot(piece) };
        let catalog = self.hidden_catalog.iter().map(move |(extent, _)| made(*extent, BootPiece::Catalog));
        let backup = self.backup.iter().map(move |(extent, _)| made(*extent, BootPiece::BackupTable));
        let appended = self.appended.iter().map(|(id, extent)| Piece {
            start: extent.start,
            len: extent.len,
            what: What::Content(*id),
        });
        catalog.chain(appended).chain(backup)
    }

    /// The bytes of a piece.
    pub(crate) fn bytes(&self, piece: BootPiece) -> &[u8] {
        match piece {
            BootPiece::SystemArea => self.system_area.as_deref(),
            BootPiece::Catalog => self.hidden_catalog.as_ref().map(|(_, bytes)| &bytes[..]),
            BootPiece::BackupTable => self.backup.as_ref().map(|(_, bytes)| &bytes[..]),
        }
        .unwrap_or_default()
    }
}
