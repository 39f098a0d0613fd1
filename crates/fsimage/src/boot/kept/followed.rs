//! What a system area of an earlier session leads to, where something else has taken its place. Media that are written once
//! keep that of their first session.

use std::collections::{BTreeMap, BTreeSet};

use iso9660::el_torito::{BootCatalog, PlatformId, catalog_of};
use iso9660::read::VolumeSet;
use iso9660::volume::{FIRST_DESCRIPTOR, PrimaryVolumeDescriptor};
use multisession::Session;
use sector_io::{SECTOR_SIZE, Sector, SectorCount};

use super::catalog::{self, Nameless};
use super::landmarks::{Landmarks, Thing, contiguous, visit_files};
use super::replaced::{Nature, Replacement};
use crate::address::sector;
use crate::boot::{BootSource, read};
use crate::disc::Disc;
use crate::import::tree_of;
use crate::tree::{FileSystem, NodeKind, Tree};
use crate::{Control, Result};

/// How the tree of an earlier session is read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// The file system whose paths are those of the imported tree.
    pub(crate) file_system: FileSystem,
    pub(crate) control: &'a Control,
}

/// The session before `session` whose the head at `head` is.
pub(super) fn session_of_head(
    disc: &Disc,
    head: Sector,
    set: Option<&VolumeSet>,
    session: Session,
) -> Option<Session> {
    let mut bytes = [0; SECTOR_SIZE];
    let at = head.checked_add(SectorCount::new(FIRST_DESCRIPTOR))?;
    disc.source().read_sectors(at, &mut bytes).ok()?;
    let root = PrimaryVolumeDescriptor::parse(&bytes).ok()?.1.fields.root.extent;
    let is_its = |set: &VolumeSet| set.primary.fields.root.extent == root;
    if is_its(set?) {
        return None;
    }
    let earlier = disc.sessions().iter().filter(|earlier| earlier.number < session.number);
    earlier.copied().find(|earlier| disc.volume_set(earlier).is_ok_and(|set| is_its(&set)))
}

/// Files of a tree by their first sectors, those that are wanted: their paths, and their bytes.
pub(super) fn files_at(tree: &Tree, wanted: &BTreeSet<u32>) -> BTreeMap<u32, (Vec<Vec<u8>>, u64)> {
    let mut found: BTreeMap<u32, (Vec<Vec<u8>>, u64)> = BTreeMap::new();
    visit_files(tree, &mut |node, id| {
        let content = tree.content(id);
        if let Some(start) = contiguous(content).filter(|start| wanted.contains(start)) {
            let (paths, len) = found.entry(start).or_default();
            paths.push(tree.relative_path(node));
            *len = content.len();
        }
    });
    found
}

/// The place of an entry among those of its platform, by which it is found in another catalog.
fn role_of(catalog: &BootCatalog, sector: u32) -> Option<(PlatformId, usize)> {
    let entries: Vec<_> = read::entries(catalog).collect();
    let at = entries.iter().position(|entry| entry.boot.load_rba.get() == sector)?;
    let platform = entries[at].platform;
    Some((platform, entries[..at].iter().filter(|entry| entry.platform == platform).count()))
}

/// Of what a system area of an earlier session leads to, lets that lead to what has taken its place: the file that has its name, if
/// it is a boot image; or else the boot image that has its place in the boot catalog; or else that file. What the session boots
/// where it lay is as it was, and so is what it shows there, unless that was a boot image and another has its place.
pub(super) fn follow(
    (disc, earlier): (&Disc, Session),
    reading: Reading<'_>,
    tree: &mut Tree,
    landmarks: &mut Landmarks,
    led_to: impl Iterator<Item = u32>,
    (now, nameless): (Option<&BootCatalog>, &Nameless<'_>),
) -> Result<()> {
    let source = disc.source().as_ref();
    let boot_images: BTreeSet<u32> = now.into_iter().flat_map(catalog::places).collect();
    let places: BTreeSet<u32> = led_to.filter(|place| *place > 0 && !boot_images.contains(place)).collect();
    if places.is_empty() {
        return Ok(());
    }
    let set = disc.volume_set(&earlier).ok();
    let before = set.iter().flat_map(|set| &set.boot_records).find_map(catalog_of);
    let before = before.and_then(|at| read::catalog_at(source, sector(at)).ok());
    let gone: BTreeSet<u32> = places.iter().copied().filter(|&place| landmarks.at(place).is_none()).collect();
    let files = match gone.is_empty() {
        true => None,
        false => tree_of(disc, earlier, reading.file_system, reading.control)?,
    };
    let files = files.map(|files| files_at(&files, &gone)).unwrap_or_default();
    for place in places {
        let image = match (before.as_ref().and_then(|before| role_of(before, place)), now) {
            (Some(role), Some(now)) => image_of(role, now, nameless, tree, landmarks)?,
            _ => None,
        };
        let paths = files.get(&place).map_or(&[][..], |(paths, _)| paths);
        let named =
            paths.iter().filter_map(|path| tree.lookup(path)).find_map(|node| match tree.kind(node) {
                NodeKind::File(content) => Some((BootSource::File(node), contiguous(tree.content(content)))),
                _ => None,
            });
        let boots = |start: Option<u32>| start.is_some_and(|start| boot_images.contains(&start));
        let source_now = match (named, image) {
            (Some((file, start)), Some(_)) if boots(start) => Some(file),
            (_, Some(image)) => Some(image),
            (named, None) => named.map(|(file, _)| file),
        };
        let len = match (landmarks.at(place), files.get(&place)) {
            (Some(thing), _) => thing.len,
            (None, Some((_, len))) => *len,
            (None, None) => nameless.partition_at(place).unwrap_or_default(),
        };
        let (Some(source_now), Some(first)) = (source_now, read::beginning_at(source, Sector::new(place)))
        else {
            continue;
        };
        let after = match source_now {
            BootSource::File(node) => crate::plan::file_content(tree, node),
            BootSource::Content(content) => Some(content),
            BootSource::Appended(number) => landmarks.content_of_appended(number),
        };
        let after = after.map(|content| Nature::of(tree, content)).transpose()?.unwrap_or_default();
        landmarks.follow(place, (source_now, len), Replacement { before: Nature::of_first(&first), after });
    }
    Ok(())
}

/// The boot image that has this place in a catalog. One that no file is becomes an appended partition, as what it replaces was.
fn image_of(
    (platform, index): (PlatformId, usize),
    catalog: &BootCatalog,
    nameless: &Nameless<'_>,
    tree: &mut Tree,
    landmarks: &mut Landmarks,
) -> Result<Option<BootSource>> {
    let mut entries = read::entries(catalog).filter(|entry| entry.platform == platform);
    let Some(entry) = entries.nth(index) else { return Ok(None) };
    let sector = entry.boot.load_rba.get();
    if let Some(Thing { source, .. }) = landmarks.at(sector) {
        return Ok(Some(source));
    }
    let Some(first) = read::beginning_at(nameless.image.source, Sector::new(sector)) else { return Ok(None) };
    let len = nameless.len(landmarks, &first, entry.platform, entry.boot);
    if len == 0 || len > nameless.image.source.sectors().bytes() - Sector::new(sector).byte_offset() {
        return Ok(None);
    }
    Ok(landmarks.add_appended(tree, sector, len)?.map(|thing| thing.source))
}
