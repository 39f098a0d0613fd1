//! From partition maps to translations (ECMA-167 3/10.7, UDF 2.2.8 to 2.2.13).

use sector_io::ReadError;

use super::Error;
use super::allocation::runs;
use super::content::read_runs;
use super::finding::Place;
use super::icb::{IcbBuffer, is_file_entry};
use super::open::VirtualPartition;
use super::sequence::Sequence;
use super::space::Space;
use crate::file::{AllocationType, FileType};
use crate::partition::{
    MetadataTranslation, PhysicalTranslation, Replica, Run, SparingEntry, SparingTable, Translation, VatForm,
    VirtualAllocationTable,
};
use crate::volume::{LogicalVolumeDescriptor, PartitionMap};
use crate::{Descriptor, LbAddr, Revision};

/// Translations by partition reference number; behind them those that no map is there for.
pub(super) type Translations = Vec<Option<Translation>>;

/// Where maps of a kind that builds on others find the partition they build on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Below {
    /// Index in the translations.
    pub(super) index: u16,
}

/// A virtual allocation table and where its ICB is.
#[derive(Clone, Debug)]
pub(super) struct Vat {
    pub(super) table: VirtualAllocationTable,
    /// Block of the volume.
    pub(super) block: u32,
}

/// The translations of all maps but the virtual ones.
pub(super) fn translations(
    space: Space<'_>,
    volume: &LogicalVolumeDescriptor,
    sequence: &Sequence,
) -> Translations {
    let place = space.place(volume.tag.location);
    let physical = |number: u16| {
        let found = sequence.partitions.iter().find(|partition| partition.number == number);
        if found.is_none() {
            let message = format_args!("no descriptor of partition {number}, which a map is about");
            space.findings.damage(place, "3/10.7", message);
        }
        found.map(|partition| PhysicalTranslation { start: partition.start, length: partition.length })
    };
    let mut translations: Translations = volume
        .partition_maps
        .iter()
        .map(|map| match map {
            PartitionMap::Physical { partition_number, .. } => {
                physical(*partition_number).map(Translation::Physical)
            }
            PartitionMap::Sparable { partition_number, packet_length, table_size, tables, .. } => {
                let physical = physical(*partition_number)?;
                Some(sparable(space, physical, *packet_length, *table_size, tables, place))
            }
            PartitionMap::Virtual { .. } | PartitionMap::Metadata { .. } => None,
            PartitionMap::Other(bytes) => {
                let kind = bytes.first().copied().unwrap_or_default();
                let message = format_args!("a partition map of type {kind}, which is not read");
                space.findings.damage(place, "3/10.7", message);
                None
            }
        })
        .collect();
    for (index, map) in volume.partition_maps.iter().enumerate() {
        if let PartitionMap::Metadata { partition_number, file, mirror_file, .. } = map {
            let below = below(&mut translations, volume, *partition_number, &physical);
            let Some(below) = below else { continue };
            let with = Space { partitions: &translations, ..space };
            let translation = metadata(with, below, *file, *mirror_file);
            if let (Some(slot), Some(translation)) = (translations.get_mut(index), translation) {
                *slot = Some(Translation::Metadata(translation));
            }
        }
    }
    translations
}

/// The partition of that number which is addressed without a table or file; added if no map is about it.
pub(super) fn below(
    translations: &mut Translations,
    volume: &LogicalVolumeDescriptor,
    number: u16,
    physical: &dyn Fn(u16) -> Option<PhysicalTranslation>,
) -> Option<Below> {
    let map = volume.partition_maps.iter().position(|map| {
        let is_direct = matches!(map, PartitionMap::Physical { .. } | PartitionMap::Sparable { .. });
        is_direct && map.partition_number() == Some(number)
    });
    let index = match map {
        Some(index) => index,
        None => {
            translations.push(Some(Translation::Physical(physical(number)?)));
            translations.len() - 1
        }
    };
    translations.get(index)?.as_ref()?;
    Some(Below { index: u16::try_from(index).ok()? })
}

fn sparable(
    space: Space<'_>,
    physical: PhysicalTranslation,
    packet_length: u16,
    table_size: u32,
    tables: &[u32],
    place: Place,
) -> Translation {
    /// The largest table: a head and 65,535 entries.
    const MOST_BYTES: u32 = 56 + 65_535 * 8;
    let mut best: Option<SparingTable> = None;
    // Tables are written in whole blocks, whatever size is stated.
    let size = table_size.clamp(1, MOST_BYTES).next_multiple_of(space.block_size);
    for &location in tables {
        let mut bytes = vec![0; size as usize];
        let read = space.read_blocks(location, &mut bytes).map_err(|error| error.to_string());
        let table = read.and_then(|()| SparingTable::parse(&bytes).map_err(|error| error.to_string()));
        match table {
            Ok(table) => {
                if best.as_ref().is_none_or(|best| best.sequence_number < table.sequence_number) {
                    best = Some(table);
                }
            }
            Err(error) => {
                let message = format_args!("a sparing table that cannot be used: {error}");
                space.findings.copy_lost(space.place(location), "UDF 2.2.12", message);
            }
        }
    }
    if best.is_none() {
        let message = format_args!("no sparing table; replaced packets read as they were before");
        space.findings.damage(place, "UDF 2.2.12", message);
    }
    let mut packets = best.map(|table| table.entries).unwrap_or_default();
    packets.retain(SparingEntry::is_in_use);
    packets.sort_unstable();
    packets.dedup_by_key(|packet| packet.original);
    if packet_length == 0 && !packets.is_empty() {
        let message = format_args!("packets of 0 blocks; none is taken for replaced");
        space.findings.damage(place, "UDF 2.2.9", message);
    }
    Translation::Sparable { physical, packet_length, packets }
}

fn metadata(space: Space<'_>, below: Below, file: u32, mirror: u32) -> Option<MetadataTranslation> {
    let read = |block: u32, expected: FileType| {
        let result = metadata_file(space, LbAddr { block, partition: below.index }, expected);
        result.unwrap_or_else(|error| {
            let place = space.place_of(LbAddr { block, partition: below.index });
            let message = format_args!("the {expected} cannot be used: {error}");
            space.findings.copy_lost(place, "UDF 2.2.13", message);
            Vec::new()
        })
    };
    let files = MetadataTranslation {
        main: read(file, FileType::METADATA),
        mirror: read(mirror, FileType::METADATA_MIRROR),
    };
    (!files.main.is_empty() || !files.mirror.is_empty()).then_some(files)
}

/// The blocks of the metadata file or its mirror.
fn metadata_file(space: Space<'_>, at: LbAddr, expected: FileType) -> Result<Vec<Run>, Error> {
    const STRUCTURE: &str = "metadata file (UDF 2.2.13)";
    let mut buffer = IcbBuffer::default();
    let (node, found) = buffer.read(space, at)?;
    if node.file_type() != expected {
        let message = format_args!("{} where the {expected} should be", node.file_type());
        space.findings.odd(found.place, "UDF 2.2.13", message);
    }
    if node.icb.flags.allocation() == AllocationType::Embedded {
        let detail = "a metadata file in its own entry".to_owned();
        return Err(space.corrupt(found.place, STRUCTURE, detail));
    }
    let mut blocks: Vec<Run> = Vec::new();
    let mut first: u32 = 0;
    for run in runs(space, &node, found, usize::MAX)? {
        let mut left = u32::try_from(run.len.div_ceil(u64::from(space.block_size))).unwrap_or(u32::MAX);
        let mut at = run.at;
        while left > 0 {
            let (start, count) = match at {
                None => (None, left),
                Some(at) => {
                    let located = space.locate(at, Replica::Main)?;
                    (Some(located.start), located.count.min(left))
                }
            };
            blocks.push(Run { first, count, start });
            let Some(behind) = first.checked_add(count) else { return Ok(blocks) };
            first = behind;
            left -= count;
            at = at.and_then(|at| Some(LbAddr { block: at.block.checked_add(count)?, ..at }));
        }
    }
    Ok(blocks)
}

/// Bytes that are looked through for a virtual allocation table, back from the last that can hold anything but zeros.
/// Recorders leave it in the last block, and images are padded, some by a lot.
const SEARCHED: u64 = 1 << 30;
/// Bytes of zeros that are passed over besides.
const ZEROS: u64 = 4 << 30;
/// Tables that are tried.
const MOST_TABLES: usize = 256;

/// Reads that fail, of one block or of several: where so much cannot be read, nothing was recorded.
const UNREADABLE: u32 = 1024;

/// Blocks up to the last that can hold anything.
pub(super) fn data_blocks(space: Space<'_>) -> u32 {
    let data_end = space.source.data_end().bytes().div_ceil(u64::from(space.block_size));
    space.blocks().min(u32::try_from(data_end).unwrap_or(u32::MAX))
}

/// What a search for a virtual allocation table came to.
#[derive(Debug, Default)]
pub(super) struct FoundVat {
    pub(super) vat: Option<Vat>,
    /// Block of the newest table, where that leads to no root directory, and another was taken.
    pub(super) passed_over: Option<u32>,
    /// Why the last of the blocks behind it cannot be read that cannot.
    pub(super) unreadable: Option<ReadError>,
}

/// Finds the virtual allocation table: the last one in front of the end of the source with which `accept` finds the volume's
/// root.
///
/// # Errors
/// [`Error::Read`] where the last table of all cannot be read: an older one would be another state of the volume.
pub(super) fn find_vat(
    space: Space<'_>,
    VirtualPartition { below, start, revision, .. }: VirtualPartition,
    accept: &mut dyn FnMut(&Vat) -> bool,
) -> Result<FoundVat, Error> {
    const PIECE: u32 = 64;
    let size = space.block_size as usize;
    let mut end = data_blocks(space);
    let (mut searched, mut zeros, mut failures) = (0, 0, 0);
    let (mut passed_over, mut unreadable) = (None, None);
    let mut piece = vec![0; PIECE as usize * size];
    let mut tried = 0;
    // Bytes of tables that may be read: all of them together are no larger than the source.
    let mut left = space.bytes().saturating_mul(2);
    while end > start && searched < SEARCHED && zeros < ZEROS && failures < UNREADABLE {
        let first = end.saturating_sub(PIECE).max(start);
        let bytes = &mut piece[..(end - first) as usize * size];
        let read = space.read_blocks(first, bytes).is_ok();
        if read && is_zero(bytes) {
            zeros += bytes.len() as u64;
            end = first;
            continue;
        }
        searched += bytes.len() as u64;
        for block in (first..end).rev() {
            let offset = (block - first) as usize * size;
            let entry = &mut bytes[offset..offset + size];
            if !read && let Err(error) = space.read_blocks(block, entry) {
                failures += 1;
                unreadable = unreadable.or(Some(error));
                continue;
            }
            if !is_file_entry(entry) {
                continue;
            }
            let found = match readable_vat(space, below, block, start, revision, &mut left) {
                Err(error) if tried == 0 => return Err(error.into()),
                found => found.ok().flatten(),
            };
            if let Some(vat) = found {
                tried += 1;
                if accept(&vat) {
                    return Ok(FoundVat { vat: Some(vat), passed_over, unreadable });
                }
                passed_over = passed_over.or(Some(vat.block));
                if tried == MOST_TABLES || left == 0 {
                    return Ok(FoundVat { vat: None, passed_over, unreadable });
                }
            }
        }
        end = first;
    }
    Ok(FoundVat { vat: None, passed_over, unreadable })
}

/// Whether all bytes are 0: compared with themselves, one further on, which is as fast as memory.
fn is_zero(bytes: &[u8]) -> bool {
    bytes.split_first().is_none_or(|(first, rest)| *first == 0 && bytes.get(..rest.len()) == Some(rest))
}

/// The table whose ICB is in a block of the volume; `None` if that is the ICB of something else, or the table cannot be read.
pub(super) fn read_vat(
    space: Space<'_>,
    below: Below,
    block: u32,
    start: u32,
    revision: Revision,
    left: &mut u64,
) -> Option<Vat> {
    readable_vat(space, below, block, start, revision, left).ok().flatten()
}

/// The same, with the error of a drive or host that cannot read its sectors.
fn readable_vat(
    space: Space<'_>,
    below: Below,
    block: u32,
    start: u32,
    revision: Revision,
    left: &mut u64,
) -> Result<Option<Vat>, ReadError> {
    let Some(block_of_partition) = block.checked_sub(start) else { return Ok(None) };
    let at = LbAddr { block: block_of_partition, partition: below.index };
    let kept = space.findings.len();
    let (content, file_type) = match file_content(space, at, left) {
        Ok(content) => content,
        Err(error) => {
            space.findings.truncate(kept);
            return match error {
                Error::Read(error @ (ReadError::Device { .. } | ReadError::Io { .. })) => Err(error),
                _ => Ok(None),
            };
        }
    };
    let by_type = if file_type == FileType::VIRTUAL_ALLOCATION_TABLE {
        VatForm::Revision200
    } else {
        VatForm::Revision150
    };
    let by_map = if revision < Revision::V2_00 { VatForm::Revision150 } else { VatForm::Revision200 };
    // Any file has bytes that may be taken for a table of the newer form; the older has a mark.
    let forms: &[VatForm] = match (by_type, by_map) {
        (VatForm::Revision200, VatForm::Revision200) => &[VatForm::Revision200],
        (VatForm::Revision200, VatForm::Revision150) => &[VatForm::Revision150, VatForm::Revision200],
        (VatForm::Revision150, _) => &[VatForm::Revision150],
    };
    let table = forms.iter().find_map(|form| VirtualAllocationTable::parse(&content, *form).ok());
    if table.is_none() {
        space.findings.truncate(kept);
    }
    Ok(table.map(|table| Vat { table, block }))
}

/// The content of a file that may be a virtual allocation table, and its type.
fn file_content(space: Space<'_>, at: LbAddr, left: &mut u64) -> Result<(Vec<u8>, FileType), Error> {
    const STRUCTURE: &str = "virtual allocation table (UDF 2.2.11)";
    let mut buffer = IcbBuffer::default();
    let (node, found) = buffer.read(space, at)?;
    let file_type = node.file_type();
    let other = |detail: &str| space.corrupt(found.place, STRUCTURE, detail.to_owned());
    if !matches!(file_type, FileType::VIRTUAL_ALLOCATION_TABLE | FileType::UNSPECIFIED)
        || node.tag.location != at.block
    {
        return Err(other("another file"));
    }
    if node.icb.flags.allocation() == AllocationType::Embedded {
        let len = usize::try_from(node.len).unwrap_or(usize::MAX).min(node.allocation.len());
        return Ok((node.allocation[..len].to_vec(), file_type));
    }
    *left = left
        .checked_sub(node.len)
        .filter(|_| node.len <= space.bytes())
        .ok_or_else(|| other("a table larger than the volume"))?;
    let runs = runs(space, &node, found, usize::MAX)?;
    let mut content = vec![0; usize::try_from(node.len).map_err(|_| other("a table larger than memory"))?];
    read_runs(space, &runs, 0, &mut content, Replica::Main)?;
    Ok((content, file_type))
}
