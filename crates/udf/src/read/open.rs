//! From an anchor to the root directory.

use sector_io::{ReadError, ReadSectors, Sector};

use super::anchor::Anchored;
use super::entry::Directory;
use super::finding::{Findings, Place};
use super::icb::{Chains, IcbBuffer, from_mirror};
use super::partitions::{
    Below, FoundVat, Translations, Vat, below, data_blocks, find_vat, read_vat, translations,
};
use super::sequence::{Sequence, integrity, integrity_place};
use super::space::Space;
use super::{Error, OpenOptions};
use crate::file::{FileSetDescriptor, FileType};
use crate::partition::{PhysicalTranslation, Replica, Translation};
use crate::volume::{IntegrityType, LogicalVolumeDescriptor, LogicalVolumeIntegrityDescriptor, PartitionMap};
use crate::{Descriptor, EntityId, LbAddr, LongAd, Revision};

/// All that a volume is, but its source.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) block_size: u32,
    pub(super) sequence: Sequence,
    pub(super) logical_volume: Box<LogicalVolumeDescriptor>,
    pub(super) integrity: Option<LogicalVolumeIntegrityDescriptor>,
    pub(super) translations: Translations,
    pub(super) vat: Option<Vat>,
    pub(super) passed_over_vat: Option<u32>,
    pub(super) virtual_partition: Option<VirtualPartition>,
    pub(super) file_set: FileSetDescriptor,
    pub(super) root: Directory,
}

/// What the virtual partition of a volume builds on.
#[derive(Clone, Copy, Debug)]
pub(super) struct VirtualPartition {
    /// Index of its map.
    index: usize,
    pub(super) below: Below,
    /// First block of the partition below.
    pub(super) start: u32,
    pub(super) revision: Revision,
}

const LOGICAL_VOLUME: &str = "logical volume descriptor (ECMA-167 3/10.6)";
const FILE_SET: &str = "file set descriptor (ECMA-167 4/14.1)";

/// Address of what a long allocation descriptor points to.
pub(super) const fn address(ad: &LongAd) -> LbAddr {
    LbAddr { block: ad.block, partition: ad.partition }
}

impl Described {
    pub(super) fn load(
        source: &dyn ReadSectors,
        findings: &Findings,
        anchored: &Anchored,
        options: &OpenOptions,
    ) -> Result<Described, Error> {
        let block_size = anchored.block_size;
        let chains = Chains::default();
        let space = Space { source, block_size, partitions: &[], findings, chains: &chains };
        let mut sequence = prevailing(space, anchored);
        let corrupt = |detail: String| space.corrupt(anchored.place, LOGICAL_VOLUME, detail);
        let Some(logical_volume) = sequence.logical_volume.take() else {
            return Err(corrupt("none in the volume descriptor sequences".to_owned()));
        };
        if sequence.partitions.is_empty() {
            return Err(corrupt("no partition descriptor in the volume descriptor sequences".to_owned()));
        }
        if logical_volume.block_size != block_size {
            let stated = logical_volume.block_size;
            let what = format!("a block size of {stated} on sectors of {block_size} bytes");
            let sector = anchored.place.sector();
            return Err(Error::Unsupported { sector, structure: LOGICAL_VOLUME, what });
        }
        check_domain(space, &logical_volume);
        let integrity = integrity(space, logical_volume.integrity_sequence);
        check_integrity(space, &logical_volume, integrity.as_ref());

        let mut translations = translations(space, &logical_volume, &sequence);
        let (mut vat, mut without_vat, mut passed_over_vat) = (None, None, None);
        let virtual_partition = virtual_partition(&mut translations, &logical_volume, &sequence);
        if let Some(on) = virtual_partition {
            let found = with_vat(space, &mut translations, &logical_volume, on, options)?;
            if found.vat.is_none() {
                let error = no_vat(space, on, options.session, found.unreadable);
                let place = Place(error.sector().byte_offset());
                findings.damage(place, "UDF 2.2.11", format_args!("no virtual allocation table"));
                without_vat = Some(error);
            } else if let Some(block) = found.passed_over {
                let place = Place(u64::from(block) * u64::from(block_size));
                let told =
                    "the newest virtual allocation table leads to no root directory: an older state is shown";
                findings.damage(place, "UDF 2.2.11", format_args!("{told}"));
                passed_over_vat = Some(block);
            }
            vat = found.vat;
        }
        let space = Space { partitions: &translations, ..space };
        // What lies in the virtual partition is not found for that reason.
        let (file_set, root) = root(space, &logical_volume).map_err(|error| without_vat.unwrap_or(error))?;
        Ok(Described {
            block_size,
            sequence,
            logical_volume,
            integrity,
            translations,
            vat,
            passed_over_vat,
            virtual_partition,
            file_set,
            root,
        })
    }
}

/// The main sequence, or what there is of both.
fn prevailing(space: Space<'_>, anchored: &Anchored) -> Sequence {
    let mut main = Sequence::read(space, anchored.anchor.main);
    if main.is_sound() {
        return main;
    }
    let mut reserve = Sequence::read(space, anchored.anchor.reserve);
    if reserve.is_sound() || (reserve.is_usable() && !main.is_usable()) {
        let place = space.place(main.damaged_at());
        let message =
            format_args!("the main volume descriptor sequence is damaged, the reserve sequence taken");
        space.findings.copy_lost(place, "3/8.4.2", message);
        reserve.complete_from(main);
        return reserve;
    }
    main.complete_from(reserve);
    main
}

fn check_domain(space: Space<'_>, volume: &LogicalVolumeDescriptor) {
    let place = space.place(volume.tag.location);
    let domain = &volume.domain_identifier;
    if !domain.is(EntityId::UDF_COMPLIANT) {
        let text = domain.text().escape_ascii();
        space.findings.odd(place, "UDF 2.2.4.3", format_args!("the domain of the volume is \"{text}\""));
    } else if domain.domain_suffix().revision > Revision::V2_60 {
        let revision = domain.domain_suffix().revision;
        space.findings.odd(place, "UDF 2.2.4.3", format_args!("UDF revision {revision} is not known"));
    }
}

fn check_integrity(
    space: Space<'_>,
    volume: &LogicalVolumeDescriptor,
    integrity: Option<&LogicalVolumeIntegrityDescriptor>,
) {
    let place = integrity_place(space, volume);
    match integrity {
        None => {
            let message = format_args!(
                "no logical volume integrity descriptor, without which others do not write to the volume"
            );
            match volume.integrity_sequence.length {
                0 => space.findings.odd(place, "3/10.10", message),
                _ => space.findings.copy_lost(place, "3/10.10", message),
            }
        }
        // On write-once media it stays open for ever (UDF 2.2.6).
        Some(integrity) if integrity.integrity_type != IntegrityType::CLOSE => {
            let is_virtual = |map: &PartitionMap| matches!(map, PartitionMap::Virtual { .. });
            if !volume.partition_maps.iter().any(is_virtual) {
                let message = format_args!("the volume was not closed after its last change");
                space.findings.odd(place, "3/10.10.3", message);
            }
        }
        Some(_) => {}
    }
}

fn virtual_partition(
    translations: &mut Translations,
    volume: &LogicalVolumeDescriptor,
    sequence: &Sequence,
) -> Option<VirtualPartition> {
    let mut maps = volume.partition_maps.iter().enumerate();
    let (index, number, revision) = maps.find_map(|(index, map)| match map {
        PartitionMap::Virtual { identifier, partition_number, .. } => {
            Some((index, *partition_number, identifier.udf_suffix().revision))
        }
        _ => None,
    })?;
    let partition = sequence.partitions.iter().find(|partition| partition.number == number)?;
    let PhysicalTranslation { start, length } =
        PhysicalTranslation { start: partition.start, length: partition.length };
    let below = below(translations, volume, number, &|_| Some(PhysicalTranslation { start, length }))?;
    Some(VirtualPartition { index, below, start, revision })
}

/// Completes the translations with the last virtual allocation table that leads to a root directory, or the
/// one in block `asked` of the volume.
///
/// # Errors
/// As [`find_vat`].
fn with_vat(
    space: Space<'_>,
    translations: &mut Translations,
    volume: &LogicalVolumeDescriptor,
    on: VirtualPartition,
    options: &OpenOptions,
) -> Result<FoundVat, Error> {
    let VirtualPartition { index, below, start, revision } = on;
    let directs: Translations = translations.clone();
    let direct = Space { partitions: &directs, ..space };
    let Some(physical) = directs.get(usize::from(below.index)).cloned().flatten() else {
        return Ok(FoundVat::default());
    };
    let complete = |vat: &Vat, translations: &mut Translations| {
        if let Some(slot) = translations.get_mut(index) {
            let entries = vat.table.entries.clone();
            *slot = Some(Translation::Virtual { below: Box::new(physical.clone()), entries });
        }
    };
    let found = match options.vat {
        Some(block) => {
            let mut left = space.bytes();
            let vat = read_vat(direct, below, block, start, revision, &mut left);
            FoundVat { vat, ..FoundVat::default() }
        }
        None => {
            let mut accept = |vat: &Vat| {
                let kept = space.findings.len();
                complete(vat, translations);
                let with = Space { partitions: translations, ..space };
                let is_root_there = root(with, volume).is_ok();
                space.findings.truncate(kept);
                is_root_there
            };
            find_vat(direct, on, &mut accept)?
        }
    };
    match &found.vat {
        Some(vat) => complete(vat, translations),
        None => {
            if let Some(slot) = translations.get_mut(index) {
                *slot = None;
            }
        }
    }
    Ok(found)
}

/// That no virtual allocation table leads to a root directory, at the last sector in which its ICB may be, or the first that
/// could not be read on the way back from there.
fn no_vat(space: Space<'_>, on: VirtualPartition, session: Sector, unreadable: Option<ReadError>) -> Error {
    let last = space.place(data_blocks(space).saturating_sub(1)).sector();
    let first = space.place(on.start).sector().max(session);
    let none = format!("none leads to a root directory, from sector {first} up to the end of the session");
    // Between sessions nothing is recorded.
    let (sector, detail) = match unreadable.filter(|error| error.sector() >= first) {
        None => (last, none),
        Some(error) => (error.sector(), format!("{none}: {error}")),
    };
    Error::Corrupt { sector, structure: "virtual allocation table (UDF 2.2.11)", detail }
}

/// The file set and its root directory.
fn root(space: Space<'_>, volume: &LogicalVolumeDescriptor) -> Result<(FileSetDescriptor, Directory), Error> {
    // What addresses mean depends on the virtual allocation table that is tried.
    let chains = Chains::default();
    let space = Space { chains: &chains, ..space };
    let file_set = file_set(space, &volume.file_set)?;
    let icb = address(&file_set.root_directory_icb);
    let mut buffer = IcbBuffer::default();
    let (node, found) = buffer.read(space, icb)?;
    if node.file_type() != FileType::DIRECTORY {
        let detail = format!("the root directory is a {}", node.file_type());
        return Err(space.corrupt(found.place, FILE_SET, detail));
    }
    Ok((file_set, Directory { icb, len: node.len }))
}

/// The last descriptor of the file set sequence (4/8.3.1): each extent may hold several, and name another.
fn file_set(space: Space<'_>, first: &LongAd) -> Result<FileSetDescriptor, Error> {
    /// Descriptors that are looked at.
    const MOST: u32 = 64;
    let mut last: Result<FileSetDescriptor, Error> =
        Err(space.corrupt(space.place_of(address(first)), FILE_SET, "an extent of no bytes".to_owned()));
    let mut next = Some(*first);
    let mut left = MOST;
    let mut block = Vec::new();
    while let Some(extent) = next.take().filter(|extent| extent.length() > 0) {
        for index in 0..extent.length().div_ceil(space.block_size) {
            let at = extent.block.checked_add(index).map(|block| LbAddr { block, ..address(&extent) });
            let Some(at) = at.filter(|_| left > 0) else { break };
            left -= 1;
            match file_set_at(space, at, &mut block) {
                Ok(found) => {
                    if found.next.length() > 0 {
                        next = Some(found.next);
                    }
                    last = Ok(found);
                }
                Err(error) => {
                    if last.is_err() {
                        last = Err(error);
                    }
                    break;
                }
            }
            if next.is_some() {
                break;
            }
        }
    }
    last
}

fn file_set_at(space: Space<'_>, at: LbAddr, block: &mut Vec<u8>) -> Result<FileSetDescriptor, Error> {
    let mut parse = |replica| -> Result<FileSetDescriptor, Error> {
        let place = space.read_logical(at, replica, block)?;
        let file_set = FileSetDescriptor::parse(block)
            .map_err(|error| space.corrupt(place, FILE_SET, error.to_string()))?;
        if file_set.tag.location != at.block {
            let recorded = file_set.tag.location;
            let message =
                format_args!("a file set descriptor recorded for block {recorded}, at block {}", at.block);
            space.findings.odd(place, "4/7.2.8", message);
        }
        Ok(file_set)
    };
    match parse(Replica::Main) {
        Err(error) if space.has_mirror(at.partition) => {
            let file_set = parse(Replica::Mirror).map_err(|_| error)?;
            from_mirror(space, at, "a file set descriptor");
            Ok(file_set)
        }
        other => other,
    }
}

/// For a session that is not on the medium.
pub(super) fn no_volume(session: Sector) -> Error {
    Error::NoVolume { session, detail: "no anchor volume descriptor pointer".to_owned() }
}
