//! The boot set-up of an imported session, kept in an image that is made of it or in a session that continues it.

mod appended;
mod apple_volume;
mod blessings;
mod boot_block;
mod boot_code;
mod catalog;
mod followed;
mod gone;
mod landmarks;
mod left;
mod loss;
mod replaced;
mod repoint;
mod second_volume;
mod successors;
mod system_area;
mod volume_partition;

use std::collections::BTreeSet;

use iso9660::el_torito::catalog_of;
use iso9660::read::VolumeSet;
use multisession::Session;
use sector_io::{ReadSectors, Sector, SectorCount};

pub use appended::AddedPartition;
pub use apple_volume::AppleVolume;
pub(super) use boot_code::started_by;
pub use loss::{BootLoss, PartitionTableKind};
pub(super) use repoint::Ground;
pub use system_area::KeptSystemArea;
pub(super) use system_area::is_gap_name;
pub(crate) use system_area::is_lost as is_system_area_lost;

use super::head::HeadOf;
use super::{BootSource, area, read};
use crate::address::sector;
use crate::disc::{Disc, may_be_missing};
use crate::import::ImportWarning;
use crate::plan::{ImportedContent, PlanOptions};
use crate::tree::{ContentId, FileSystems, NodeId, Tree};
use crate::{Error, Result};
use blessings::KeptBlessings;
use catalog::{KeptCatalog, Nameless};
pub(crate) use followed::Reading;
use landmarks::Landmarks;
pub(crate) use left::MerePartition;
use replaced::{Natures, Replaced};
use successors::Successors;
use system_area::{Image, Recorded};
use volume_partition::KeptVolumePartition;

/// What boots of an imported session: its boot catalog with the boot images, and what its system area says to those
/// that see a disk. Files are known by their nodes: they may be moved, renamed, and replaced.
#[derive(Clone, Debug, Default)]
pub struct BootSetUp {
    catalog: Option<KeptCatalog>,
    area: Option<KeptSystemArea>,
    /// One that is not written again, and stays as it is.
    left: Option<KeptSystemArea>,
    /// What is blessed in the volume of HFS or HFS+ that a partition is.
    blessings: Option<KeptBlessings>,
    volume_partitions: Vec<KeptVolumePartition>,
    /// What its files are.
    natures: Natures,
    /// What is not understood.
    losses: Vec<BootLoss>,
    /// What is right only as long as nothing moves.
    in_place: Vec<BootLoss>,
    /// The session of which no system area was kept, and the newer one whose it is.
    newer_area: Option<(u16, u16)>,
    /// Why the system area cannot be read, where nothing else tells what is in it.
    unreadable_area: Option<String>,
    /// The system area is what the session has of it, for the head has lost it.
    is_area_of_session: bool,
}

/// Of what a descriptor of ISO 9660 leads to.
const NO_ISO9660: &str = "no ISO 9660 is written, whose descriptor leads to it";

/// What becomes of a call that would lose something of what boots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Losses {
    /// It fails, and says what.
    #[default]
    Refuse,
    /// It goes on without that.
    Accept,
}

/// The first sector behind the image on a disc.
///
/// # Errors
/// [`Error::ImportRead`](crate::Error::ImportRead): partitions may lie behind what the sessions tell of.
pub(crate) fn image_end(disc: &Disc) -> Result<Sector> {
    Ok(end_of(disc, Recorded::of_head(disc)?.as_ref()))
}

/// The same, without partitions where nothing can be read of them.
pub(crate) fn readable_end(disc: &Disc) -> Sector {
    end_of(disc, Recorded::of_head(disc).ok().flatten().as_ref())
}

/// The first sector behind all that the partition tables of the head at `at` tell of, of the first `sectors` of a medium;
/// zero where there are none.
///
/// # Errors
/// [`Error::ImportRead`](crate::Error::ImportRead).
pub(crate) fn tables_end(source: &dyn ReadSectors, at: Sector, sectors: SectorCount) -> Result<Sector> {
    Ok(Recorded::read(source, at)?.map_or(Sector::ZERO, |recorded| recorded.end(sectors)))
}

/// An image file has its own end. A medium that can be written again has all of its sectors, whatever is on it: there the
/// image is what its sessions and partition tables tell of.
fn end_of(disc: &Disc, recorded: Option<&Recorded>) -> Sector {
    let there = disc.source().sectors();
    let newest = disc.sessions().iter().filter_map(|session| session.end).max();
    match newest.filter(|_| disc.file().is_none()) {
        Some(newest) => recorded.map_or(newest, |recorded| recorded.end(there).max(newest)),
        None => Sector::new(there.get()),
    }
}

impl BootSetUp {
    /// Looks at what boots of a session. Boot images and partitions that are in no file become contents of the tree.
    pub(crate) fn read(
        disc: &Disc,
        set: Option<&VolumeSet>,
        session: Session,
        tree: &mut Tree,
        reading: Reading<'_>,
    ) -> Result<BootSetUp> {
        let source = disc.source().as_ref();
        let mut kept = BootSetUp::default();
        let records = set.map_or(&[][..], |set| &set.boot_records);
        let catalog = records.iter().find_map(catalog_of).map(sector);
        let catalog = match catalog.map(|at| (at, read::catalog_at(source, at))) {
            Some((at, Ok(catalog))) => Some((at.get(), catalog)),
            Some((_, Err(reason))) => {
                kept.losses.push(BootLoss::Catalog { reason });
                None
            }
            None => None,
        };
        let shown = |field: &[u8]| String::from_utf8_lossy(field).trim_end_matches([' ', '\0']).to_owned();
        for record in records.iter().filter(|record| catalog_of(record).is_none()) {
            let system = shown(&record.boot_system_identifier);
            kept.in_place.push(BootLoss::BootRecord { system });
        }
        let head = HeadOf::of(disc, set, session);
        let recorded = match head.at {
            Sector::ZERO => Recorded::of_head(disc),
            at => Recorded::read(source, at),
        };
        let recorded = match recorded {
            Err(Error::ImportRead(error)) if may_be_missing(&error) => {
                kept.unreadable_area = Some(error.to_string());
                None
            }
            recorded => recorded?,
        };
        kept.is_area_of_session = head.at == Sector::ZERO && area::lost_of_head(disc).is_some();
        let mut wanted = volume_partition::places(set);
        if catalog.is_none() && recorded.is_none() && wanted.is_empty() {
            return Ok(kept);
        }
        let image = Image {
            source,
            end: head.disk_end(disc)?,
            sessions: disc.sessions().iter().map(|session| session.start).collect(),
        };
        wanted.extend(recorded.iter().flat_map(Recorded::places));
        if let Some((at, catalog)) = &catalog {
            wanted.insert(*at);
            wanted.extend(catalog::places(catalog));
        }
        let mut landmarks = Landmarks::of(tree, &wanted);
        let partitions = recorded.as_ref().map(Recorded::ranges).unwrap_or_default();
        let found = catalog.as_ref().map(|(at, catalog)| (*at, catalog));
        let nameless = Nameless::new(&image, partitions, found);
        if let Some(recorded) = &recorded
            && let Some(earlier) = followed::session_of_head(disc, head.at, set, session)
        {
            let now = (found.map(|(_, catalog)| catalog), &nameless);
            followed::follow((disc, earlier), reading, tree, &mut landmarks, recorded.places(), now)?;
        }
        if let Some(recorded) = &recorded {
            recorded.find_appended(tree, &mut landmarks, image.end.get())?;
        }
        if let Some(found) = found {
            let losses = &mut kept.losses;
            let mut catalog = KeptCatalog::read(tree, &mut landmarks, found, &nameless, losses)?;
            let places = catalog::places(found.1).filter(|&place| landmarks.is_in_no_file(place));
            let files = gone::find(disc, session, reading, places)?;
            catalog.know_gone(tree, &landmarks, &files)?;
            kept.catalog = Some(catalog);
        }
        if let Some(set) = set {
            kept.volume_partitions = KeptVolumePartition::read(source, set, tree, &mut landmarks)?;
        }
        if let Some(recorded) = recorded {
            kept.newer_area = head.newer.map(|of| (session.number, of));
            let places = catalog.iter().flat_map(|(_, catalog)| catalog::places(catalog)).collect();
            let first_file = landmarks.first_file();
            let second = set.and_then(|set| second_volume::find(source, set, first_file, &image.sessions));
            let area = recorded.keep(&image, tree, landmarks, places, second);
            kept.blessings = area.hfs_volume().map(|start| KeptBlessings::read(source, tree, start));
            kept.area = Some(area);
        }
        kept.natures = Natures::of(tree, kept.sources());
        for gone in kept.catalog.iter().flat_map(KeptCatalog::gone) {
            kept.natures.add(tree, gone.node, gone.content);
        }
        Ok(kept)
    }

    /// Whether there is nothing to keep.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let boots = self.catalog.is_some() || self.area.is_some();
        !boots && self.volume_partitions.is_empty() && self.losses.is_empty() && self.in_place.is_empty()
    }

    /// The file that the boot catalog is shown as.
    pub(crate) fn catalog_file(&self) -> Option<NodeId> {
        self.catalog.as_ref().and_then(KeptCatalog::file)
    }

    /// Whether there is a system area that is kept: one that holds anything, and, for a medium on which it stays as it is,
    /// not that.
    #[must_use]
    pub fn has_system_area(&self) -> bool {
        self.area.is_some()
    }

    /// That the system area is that of another session, or cannot be read, and partitions that overlap, in the tables in which disks have no
    /// such.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = ImportWarning> + '_ {
        let newer = self.newer_area.map(|(session, newer)| ImportWarning::NewerSystemArea { session, newer });
        let unreadable = self.unreadable_area.iter();
        let unreadable = unreadable.map(|cause| ImportWarning::UnreadableSystemArea { cause: cause.clone() });
        let lost = self.is_area_of_session.then_some(ImportWarning::LostSystemArea);
        newer.into_iter().chain(unreadable).chain(lost).chain(self.overlaps())
    }

    fn overlaps(&self) -> impl Iterator<Item = ImportWarning> + '_ {
        let tables = [PartitionTableKind::Mbr, PartitionTableKind::Gpt];
        tables.into_iter().flat_map(move |table| {
            let pairs = self.area.iter().flat_map(move |area| area.overlapping(table));
            pairs.map(move |(first, second)| ImportWarning::PartitionsOverlap { table, first, second })
        })
    }

    /// The same for a medium on which the system area stays as it is. A partition that something boots from is a boot image in
    /// no file then. What that system area starts, and what has another in its place by then, is told as
    /// [`BootLoss::Outdated`], which is refused for no policy.
    pub(crate) fn without_system_area(mut self) -> BootSetUp {
        let left = self.area.take();
        if let (Some(catalog), Some(left)) = (&mut self.catalog, &left) {
            catalog.take_from_partitions(left.appended());
        }
        BootSetUp { left, blessings: None, ..self }
    }

    /// What the system area leads to, each beside what is told where that stays and something else has taken its place.
    pub(crate) fn leads_to(&self, tree: &Tree) -> Vec<(BootLoss, ContentId)> {
        self.area.iter().flat_map(|area| area.leads_to(tree)).collect()
    }

    /// Where the system area is given up, nothing else tells of these.
    pub(crate) fn mere_partitions(&self) -> Vec<MerePartition> {
        let images: Vec<BootSource> = self.catalog.iter().flat_map(KeptCatalog::sources).collect();
        self.area.iter().flat_map(|area| area.mere_partitions(&images)).collect()
    }

    fn sources(&self) -> impl Iterator<Item = BootSource> + '_ {
        let of_area = self.area.iter().flat_map(KeptSystemArea::all_sources);
        let of_catalog = self.catalog.iter().flat_map(KeptCatalog::sources);
        let of_volume = self.volume_partitions.iter().filter_map(KeptVolumePartition::source);
        of_area.chain(of_catalog).chain(of_volume)
    }

    /// Contents that are no file of the imported tree.
    pub(crate) fn nameless(&self) -> BTreeSet<ContentId> {
        let appended = self.area.iter().flat_map(KeptSystemArea::appended).map(|appended| appended.content);
        let hidden = self.sources().filter_map(|source| match source {
            BootSource::Content(content) => Some(content),
            BootSource::File(_) | BootSource::Appended(_) => None,
        });
        hidden.chain(appended).collect()
    }

    /// Boot images that are neither files nor partitions. That boot code starts one of them makes it no partition.
    pub(crate) fn nameless_images(&self) -> impl Iterator<Item = ContentId> + '_ {
        let area = self.area.as_ref().map(KeptSystemArea::without_code);
        let elsewhere: BTreeSet<ContentId> = BootSetUp { catalog: None, area, ..self.clone() }.nameless();
        let images = self.catalog.iter().flat_map(KeptCatalog::sources);
        images.filter_map(move |source| match source {
            BootSource::Content(content) if !elsewhere.contains(&content) => Some(content),
            _ => None,
        })
    }

    /// Says that such a boot image is a file after all, and how many bytes it was taken for and has.
    pub(crate) fn name_image(&mut self, tree: &Tree, content: ContentId, node: NodeId, lens: (u64, u64)) {
        if let Some(catalog) = &mut self.catalog {
            catalog.name(content, node, lens, &tree.path(node));
        }
        if let Some(area) = &mut self.area {
            area.name_code(content, node);
        }
        self.natures.add(tree, node, content);
    }

    fn successors(&self, tree: &Tree) -> Successors {
        let files = self.sources().filter_map(|source| match source {
            BootSource::File(node) => Some(node),
            BootSource::Content(_) | BootSource::Appended(_) => None,
        });
        let gone = self.catalog.iter().flat_map(KeptCatalog::gone);
        Successors::of(tree, files, gone, self.catalog_file())
    }

    /// Puts the set-up into the options of an image that is made of the tree, when all changes to the tree have been
    /// made. The options say whether the image is a new one ([`ImportedContent::Copied`]), in which everything gets
    /// another place, or a session that continues the imported one: that keeps the earlier catalog unless a boot image
    /// was replaced, and lets partitions reach the new end. What is blessed in a volume of HFS+ is so again where the
    /// options have HFS+ and bless nothing else for the same. What a volume descriptor of ISO 9660 leads to, the boot
    /// catalog among it, is lost where the options do not have that. Gives what cannot be kept; and what stays as it is,
    /// though nothing boots from it, or no file is it any more ([`BootLoss::Outdated`], which is never refused): a damaged
    /// boot catalog, a boot image whose file was removed, in this session or one before, which boots until a file of its
    /// path is added, and, where the medium keeps its system area, what of that leads to something else than what boots now.
    ///
    /// # Errors
    /// [`Error::BootLost`](crate::Error::BootLost) with all of that, if it is to be refused; as
    /// [`Tree::read_at`] of what replaces a file that boots.
    pub fn put_into(
        &self,
        tree: &mut Tree,
        options: &mut PlanOptions,
        policy: Losses,
    ) -> Result<Vec<BootLoss>> {
        let moves = options.imported == ImportedContent::Copied;
        let (mut losses, mut cut_off) = (Vec::new(), Vec::new());
        let has_iso9660 = options.file_systems.contains(FileSystems::ISO9660);
        if moves || !has_iso9660 {
            losses.extend(self.losses.iter().chain(&self.in_place).cloned());
        }
        self.put_partitions(tree, options, &mut losses);
        let successors = self.successors(tree);
        let replaced = Replaced::of(&self.natures, &successors, tree)?;
        match &self.catalog {
            Some(_) if !has_iso9660 => losses.push(BootLoss::Catalog { reason: NO_ISO9660.to_owned() }),
            Some(catalog) => catalog.under(&successors).put_into(tree, options, &replaced, &mut losses),
            None => {}
        }
        if !has_iso9660 {
            options.boot_records.clear();
        }
        if let Some(area) = self.area.as_ref().map(|area| area.under(&successors)) {
            let has_hfs_plus = options.file_systems.contains(FileSystems::HFS_PLUS);
            losses.extend(area.losses(tree, moves, options.file_systems));
            losses.extend(area.replacement_losses(&replaced));
            cut_off.extend(area.cut_off_without_type().filter(|_| !moves));
            options.system_area = Some(area.without_lost(&replaced).in_tree(tree, moves, has_hfs_plus));
            if let Some(blessings) = self.blessings.as_ref().filter(|_| moves && has_hfs_plus) {
                blessings.put_into(tree, &mut options.hfs_plus.blessed, &mut losses);
            }
            if moves && has_iso9660 {
                options.partition_offset = area.partition_offset();
            }
        }
        if !self.is_empty() {
            options.pad_for_loaders();
        }
        catalog::refuse(&losses, policy)?;
        losses.extend(cut_off);
        if !moves && has_iso9660 {
            let damaged = self.losses.iter().filter(|loss| matches!(loss, BootLoss::Catalog { .. }));
            losses.extend(damaged.map(|loss| BootLoss::Outdated(Box::new(loss.clone()))));
            let catalog = self.catalog.iter().map(|catalog| catalog.under(&successors));
            losses.extend(catalog.flat_map(|catalog| catalog.boots_on(tree)));
        }
        if let Some(left) = self.left.as_ref().filter(|_| !moves) {
            losses.extend(left.under(&successors).left_behind(tree, &replaced));
        }
        Ok(losses)
    }

    /// Gives up what boots, for options that say themselves what does, or that nothing is to. In a session that continues
    /// the imported one, no boot record is written again, and the head gets a system area of zeros. Of
    /// [`put_into`](BootSetUp::put_into), the volume partitions (ECMA-119 8.6) are left, which are nothing that boots: what
    /// lies in one is copied, and its descriptor tells where; in a session that continues the imported one they stay as
    /// they are. Where the medium keeps its system area as it is, [`still_starts`](BootSetUp::still_starts) tells what that
    /// starts from a disk.
    ///
    /// # Errors
    /// As [`put_into`](BootSetUp::put_into).
    pub fn give_up(&self, tree: &Tree, options: &mut PlanOptions, policy: Losses) -> Result<Vec<BootLoss>> {
        let mut losses = Vec::new();
        self.put_partitions(tree, options, &mut losses);
        if options.imported == ImportedContent::StaysInPlace {
            options.system_area = self.area.as_ref().map(KeptSystemArea::cleared);
            options.boot_records.clear();
        }
        catalog::refuse(&losses, policy)?;
        Ok(losses)
    }

    /// What a system area that stays as it is still starts from a disk, where the options say what boots instead, or that
    /// nothing does: each as [`BootLoss::Outdated`]. What they name again, and lies where it lay, is none of it.
    pub fn still_starts(&self, tree: &Tree, options: &PlanOptions) -> Vec<BootLoss> {
        let images: Vec<BootSource> = self.catalog.iter().flat_map(KeptCatalog::sources).collect();
        let now = super::contents(tree, options);
        self.left.iter().flat_map(|left| left.still_starts(tree, &images, &now)).collect()
    }

    fn put_partitions(&self, tree: &Tree, options: &mut PlanOptions, losses: &mut Vec<BootLoss>) {
        let has_iso9660 = options.file_systems.contains(FileSystems::ISO9660);
        if !has_iso9660 {
            options.volume_partitions.clear();
        }
        let is_new = options.imported == ImportedContent::Copied;
        if (is_new || !has_iso9660) && !self.volume_partitions.is_empty() {
            let successors = self.successors(tree);
            self.volume_partitions.iter().for_each(|one| one.put_into(&successors, tree, options, losses));
        }
    }
}
