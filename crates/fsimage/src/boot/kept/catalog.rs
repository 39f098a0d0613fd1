//! A boot catalog that was read, as the options of one to be written.

use std::collections::{BTreeMap, BTreeSet};

use iso9660::el_torito::{
    BootCatalog, BootEntry, BootIndicator, EmulationFlags, InitialEntry, MediaType, PlatformId,
};
use sector_io::Sector;

use super::gone::Gone;
use super::landmarks::{Landmarks, Thing};
use super::replaced::{Replaced, Replacement};
use super::successors::Successors;
use super::system_area::Image;
use super::{BootLoss, Losses};
use crate::Result;
use crate::boot::options::BootImage;
use crate::boot::{
    AppendedPartition, BootLoader, BootOptions, BootSource, CatalogPlace, Emulation, FatBootSector, LoadSize,
    read,
};
use crate::plan::{ImportedContent, PlanOptions};
use crate::tree::{Content, ContentId, NodeId, NodeKind, Tree};

/// A boot catalog of an imported session.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptCatalog {
    /// The file that it is in, and its content.
    file: Option<(NodeId, ContentId)>,
    platform: Option<PlatformId>,
    identifier: String,
    images: Vec<KeptImage>,
}

#[derive(Clone, Debug)]
struct KeptImage {
    number: usize,
    image: BootImage,
    /// The content that it has in the imported session, and the path of its file.
    content: Option<ContentId>,
    path: String,
    /// The place of its entry, and how much of it that says is loaded.
    recorded: (u32, u16),
    /// What it was before an earlier session removed its file.
    gone: Option<Gone>,
}

/// First sectors that the catalog names, its own among them.
pub(super) fn places(catalog: &BootCatalog) -> impl Iterator<Item = u32> + '_ {
    read::entries(catalog).map(|entry| entry.boot.load_rba.get())
}

impl KeptCatalog {
    /// What the catalog at `sector` says.
    pub(super) fn read(
        tree: &mut Tree,
        landmarks: &mut Landmarks,
        (sector, catalog): (u32, &BootCatalog),
        nameless: &Nameless<'_>,
        losses: &mut Vec<BootLoss>,
    ) -> Result<KeptCatalog> {
        let source = nameless.image.source;
        let mut kept = KeptCatalog { platform: Some(catalog.validation.platform), ..KeptCatalog::default() };
        if let Some(Thing { source: BootSource::File(node), .. }) = landmarks.at(sector)
            && let NodeKind::File(content) = tree.kind(node)
        {
            kept.file = Some((node, content));
        }
        match text(&catalog.validation.identifier) {
            Some(identifier) => kept.identifier = identifier,
            None => losses.push(BootLoss::Catalog { reason: "its identifier is not text".to_owned() }),
        }
        for (number, read) in (1..).zip(read::entries(catalog)) {
            let (platform, entry) = (read.platform, read.boot);
            let mut lose = |reason: &str| losses.push(BootLoss::Image { number, reason: reason.to_owned() });
            let sector = entry.load_rba.get();
            let Some(first) = read::beginning_at(source, Sector::new(sector)) else {
                lose("it lies beyond the end, or cannot be read");
                continue;
            };
            let emulation = match entry.media {
                MediaType::NO_EMULATION => Emulation::None,
                MediaType::HARD_DISK => Emulation::HardDisk,
                media if media.diskette_len().is_some() => Emulation::Diskette,
                _ => {
                    lose("what it is to seem is not known");
                    continue;
                }
            };
            let thing = match landmarks.at(sector) {
                Some(thing) => thing,
                None => {
                    let len = nameless.len(landmarks, &first, platform, entry);
                    if len == 0 || len > source.sectors().bytes() - Sector::new(sector).byte_offset() {
                        lose("it passes the end of the image");
                        continue;
                    }
                    landmarks.add_hidden(tree, sector, len)?
                }
            };
            if !matches!(entry.indicator, BootIndicator::BOOTABLE | BootIndicator::NOT_BOOTABLE) {
                lose("its boot indicator is none of the two that there are");
            }
            let at = Sector::new(sector);
            let mut image = BootImage {
                emulation,
                bootable: entry.indicator == BootIndicator::BOOTABLE,
                load_segment: entry.load_segment,
                boot_info_table: read::info_table_of(&first, at).is_some(),
                grub2_boot_info: read::has_grub2_boot_info(&first, at),
                ..BootImage::new(thing.source, platform)
            };
            image.load_size = load_size(&image, thing.len, entry.sector_count);
            match read.section.map(text) {
                Some(Some(identifier)) => image.section = identifier,
                Some(None) => lose("the identifier of its section is not text"),
                None => {}
            }
            if read.flags.intersects(EmulationFlags::ATAPI_DRIVER | EmulationFlags::SCSI_DRIVERS) {
                lose("that it holds drivers cannot be said");
            }
            image.selection = read.selection;
            let (content, path) = match thing.source {
                BootSource::File(node) => (file(tree, node), tree.path(node)),
                _ => (None, String::new()),
            };
            let recorded = (sector, entry.sector_count);
            kept.images.push(KeptImage { number, image, content, path, recorded, gone: None });
        }
        Ok(kept)
    }

    /// Says of boot images in no file which files of earlier sessions they were, and how long these are.
    pub(super) fn know_gone(
        &mut self,
        tree: &mut Tree,
        landmarks: &Landmarks,
        files: &BTreeMap<u32, (Vec<u8>, u64)>,
    ) -> Result<()> {
        for kept in &mut self.images {
            let (sector, loaded) = kept.recorded;
            if let (Some((path, len)), Some(content)) =
                (files.get(&sector), landmarks.content_in_no_file(sector))
            {
                let gone = Gone::new(tree, path, content, load_size(&kept.image, *len, loaded))?;
                kept.path = tree.path(gone.node);
                kept.gone = Some(gone);
            }
        }
        Ok(())
    }

    /// What its boot images were whose files earlier sessions removed.
    pub(super) fn gone(&self) -> impl Iterator<Item = &Gone> {
        self.images.iter().filter_map(|kept| kept.gone.as_ref())
    }

    /// Boot images that stay where they are, though no file is them any more.
    pub(super) fn boots_on(&self, tree: &Tree) -> Vec<BootLoss> {
        let is_another = |kept: &KeptImage| kept.gone.is_some_and(|gone| gone.is_another(tree));
        let boots_on = |kept: &&KeptImage| match kept.image.source {
            BootSource::File(node) => !tree.holds(node),
            BootSource::Content(_) | BootSource::Appended(_) => kept.gone.is_some(),
        };
        let told = |kept: &KeptImage| {
            let (number, path) = (kept.number, kept.path.clone());
            BootLoss::Outdated(Box::new(match is_another(kept) {
                true => BootLoss::Image { number, reason: format!("{path}, which it was, is another file") },
                false => BootLoss::ImageRemoved { number, path },
            }))
        };
        self.images.iter().filter(boots_on).map(told).collect()
    }

    /// The file that it is in.
    pub(super) fn file(&self) -> Option<NodeId> {
        self.file.map(|(node, _)| node)
    }

    /// Where its boot images are.
    pub(super) fn sources(&self) -> impl Iterator<Item = BootSource> + '_ {
        self.images.iter().map(|kept| kept.image.source)
    }

    /// Says that boot images which are appended partitions are none, but their contents.
    pub(super) fn take_from_partitions(&mut self, appended: &[AppendedPartition]) {
        for kept in &mut self.images {
            if let BootSource::Appended(number) = kept.image.source
                && let Some(partition) = appended.iter().find(|one| one.number == number)
            {
                kept.image.source = BootSource::Content(partition.content);
            }
        }
    }

    /// Says that a boot image which no file was is a file of `len` bytes, which had another number.
    pub(super) fn name(&mut self, content: ContentId, node: NodeId, (before, len): (u64, u64), path: &str) {
        let nameless = |kept: &&mut KeptImage| kept.image.source == BootSource::Content(content);
        for kept in self.images.iter_mut().filter(nameless) {
            let recorded = kept.image.load_sectors(before);
            kept.image.source = BootSource::File(node);
            if let Some(recorded) = recorded {
                kept.image.load_size = load_size(&kept.image, len, recorded);
            }
            (kept.content, kept.path, kept.gone) = (Some(content), path.to_owned(), None);
        }
    }

    /// The same with what stands for files that were removed.
    pub(super) fn under(&self, successors: &Successors) -> KeptCatalog {
        let mut catalog = self.clone();
        catalog.file = self.file.map(|(node, content)| (successors.node(node), content));
        for kept in &mut catalog.images {
            match kept.gone.map(|gone| (gone, successors.content(gone.content))) {
                Some((gone, Some(node))) => {
                    kept.image.source = BootSource::File(node);
                    kept.image.load_size = gone.load_size;
                }
                _ => kept.image.source = successors.source(kept.image.source),
            }
        }
        catalog
    }

    /// Puts the catalog into the options: for a new image, or, if what boots was replaced, for a further session,
    /// where the earlier catalog is right otherwise. Says which file's boot image is which of the new ones.
    pub(super) fn put_into(
        &self,
        tree: &mut Tree,
        options: &mut PlanOptions,
        replaced: &Replaced,
        losses: &mut Vec<BootLoss>,
    ) {
        let stays = options.imported == ImportedContent::StaysInPlace;
        let is_replaced = |kept: &KeptImage| match kept.image.source {
            BootSource::File(node) => tree.holds(node) && file(tree, node) != kept.content,
            _ => false,
        };
        if stays && !self.images.iter().any(is_replaced) {
            return;
        }
        let mut images = Vec::new();
        for kept in &self.images {
            let mut image = kept.image.clone();
            if let BootSource::File(node) = image.source
                && !tree.holds(node)
            {
                match kept.content.filter(|_| stays) {
                    // On its medium it lies as before.
                    Some(content) => image.source = BootSource::Content(content),
                    None => {
                        losses.push(BootLoss::ImageRemoved { number: kept.number, path: kept.path.clone() });
                        continue;
                    }
                }
            }
            if let Some(replacement) = replaced.get(image.source)
                && let Some(reason) = replace(&mut image, replacement)
            {
                losses.push(BootLoss::Image { number: kept.number, reason });
                if !boots(&image, replacement) {
                    continue;
                }
            }
            images.push((kept.number, image));
        }
        let Some((number, first)) = images.first_mut() else { return };
        if let Some(reason) = make_initial(first) {
            losses.push(BootLoss::Image { number: *number, reason });
        }
        let platform = self.platform.filter(|&platform| platform == first.platform);
        let images = images.into_iter().map(|(_, image)| image).collect();
        let mut boot =
            BootOptions { platform, identifier: self.identifier.clone(), images, ..BootOptions::default() };
        if let Some((node, content)) = self.file
            && tree.holds(node)
            && file(tree, node) == Some(content)
        {
            let len = boot.catalog_len().max(tree.content_len(content));
            tree.set_content(content, Content::BootCatalog { len });
            boot.catalog = CatalogPlace::File(node);
        }
        options.boot = Some(boot);
    }
}

/// Takes away what the initial entry has no room for, where an image of a section is the first. Gives what is lost.
fn make_initial(image: &mut BootImage) -> Option<String> {
    let mut lost = Vec::new();
    if !image.section.is_empty() {
        lost.push(format!("the text {:?} of its section", std::mem::take(&mut image.section)));
    }
    if let Some(selection) = &mut image.selection {
        if selection.criteria.iter().skip(InitialEntry::CRITERIA).any(|&byte| byte != 0) {
            lost.push("selection criteria in extensions of its entry".to_owned());
            image.selection = None;
        } else {
            selection.criteria.truncate(InitialEntry::CRITERIA);
        }
    }
    (!lost.is_empty())
        .then(|| format!("it becomes the initial entry, which does not have {}", lost.join(" and ")))
}

/// Whether the firmware that an image is for boots what takes its place.
fn boots(image: &BootImage, replacement: Replacement) -> bool {
    image.platform != PlatformId::EFI || !replacement.loses_fat()
}

/// Lets an image be told of its place what the loader wants that takes its place. Gives what is lost.
fn replace(image: &mut BootImage, replacement: Replacement) -> Option<String> {
    if !boots(image, replacement) {
        return Some("UEFI boots a FAT file system, and what replaces its file is none".to_owned());
    }
    let Replacement { before, after } = replacement;
    if before.loader == after.loader {
        return None;
    }
    let is_told = image.boot_info_table || image.grub2_boot_info;
    image.boot_info_table = after.loader.is_some();
    image.grub2_boot_info = after.loader == Some(BootLoader::Grub2);
    let lost = before.loader.filter(|_| is_told && after.loader.is_none())?;
    Some(format!(
        "it was {lost}, which is told where it lies; what replaces its file is other code, and is told nothing"
    ))
}

/// The policy of a caller, applied to what is lost.
pub(super) fn refuse(losses: &[BootLoss], policy: Losses) -> Result<()> {
    match (policy, losses) {
        (Losses::Accept, _) | (_, []) => Ok(()),
        (Losses::Refuse, losses) => Err(crate::Error::BootLost { losses: losses.to_vec() }),
    }
}

fn file(tree: &Tree, node: NodeId) -> Option<ContentId> {
    match tree.kind(node) {
        NodeKind::File(content) => Some(content),
        _ => None,
    }
}

/// What tells how long boot images are that are in no file and no appended partition.
pub(super) struct Nameless<'a> {
    pub(super) image: &'a Image<'a>,
    /// First blocks and blocks of partitions.
    partitions: Vec<(u64, u64)>,
    /// What a stretch that nothing tells the length of may end before.
    begins: BTreeSet<u32>,
}

impl<'a> Nameless<'a> {
    /// Of the catalog in a sector, if there is one.
    pub(super) fn new(
        image: &'a Image<'a>,
        partitions: Vec<(u64, u64)>,
        catalog: Option<(u32, &BootCatalog)>,
    ) -> Nameless<'a> {
        let of_catalog = catalog.into_iter().flat_map(|(sector, catalog)| places(catalog).chain([sector]));
        let mut begins: BTreeSet<u32> = of_catalog.collect();
        begins.extend(partitions.iter().filter_map(|(start, _)| u32::try_from(start / 4).ok()));
        Nameless { image, partitions, begins }
    }

    /// Bytes of the partition that begins with a sector.
    pub(super) fn partition_at(&self, sector: u32) -> Option<u64> {
        let block = u64::from(sector) * 4;
        let found = self.partitions.iter().find(|(start, blocks)| *start == block && *blocks > 0);
        found.map(|(_, blocks)| blocks.saturating_mul(512))
    }

    /// Bytes of the image of an entry, whose first two sectors are given: what tells them, or else all up to the next file,
    /// boot image or partition.
    pub(super) fn len(
        &self,
        landmarks: &Landmarks,
        first: &[u8],
        platform: PlatformId,
        entry: &BootEntry,
    ) -> u64 {
        let sector = entry.load_rba.get();
        let diskette = entry.media.diskette_len().map(u64::from);
        let table =
            read::info_table_of(first, Sector::new(sector)).map(|table| u64::from(table.image_length));
        let hard_disk = || read::hard_disk_len(first).filter(|_| entry.media == MediaType::HARD_DISK);
        let fat =
            || FatBootSector::parse(first).ok().map(|fat| fat.len).filter(|_| platform == PlatformId::EFI);
        let told = diskette.or(table).or_else(|| self.partition_at(sector)).or_else(hard_disk).or_else(fat);
        told.unwrap_or_else(|| {
            let loaded = u32::from(entry.sector_count).div_ceil(4).max(1);
            let behind = self.begins.range(sector.saturating_add(loaded)..).next().copied();
            let end = landmarks.next_file(sector).into_iter().chain(behind).min();
            let end = end.unwrap_or(self.image.end.get());
            u64::from(end.saturating_sub(sector)) * 2048
        })
    }
}

/// The rule that gives what is recorded, so that it holds for another image in its place as well.
fn load_size(image: &BootImage, len: u64, recorded: u16) -> LoadSize {
    [LoadSize::Usual, LoadSize::Whole]
        .into_iter()
        .find(|&load_size| BootImage { load_size, ..image.clone() }.load_sectors(len) == Some(recorded))
        .unwrap_or(LoadSize::Sectors(recorded))
}

/// Text without the zeros behind it.
fn text(field: &[u8]) -> Option<String> {
    let end = field.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    std::str::from_utf8(&field[..end]).ok().map(str::to_owned)
}
