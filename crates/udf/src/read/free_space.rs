//! Space that no file has (ECMA-167 4/10): a bitmap, or a table, which is an ICB of unallocated space entries.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Error;
use super::space::Space;
use crate::file::{AllocationExtentDescriptor, AllocationType, IndirectEntry, UnallocatedSpaceEntry};
use crate::partition::{Replica, SpaceBitmapDescriptor};
use crate::volume::PartitionDescriptor;
use crate::{Descriptor, ExtentType, LbAddr, ShortAd};

/// Blocks of a partition that are free.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FreeSpace {
    /// A bit for every block.
    Bitmap(SpaceBitmapDescriptor),
    /// The free extents of a space table, in ascending order; no two touch.
    Table(Vec<Range<u32>>),
}

impl FreeSpace {
    /// How many blocks are free.
    #[must_use]
    pub fn blocks(&self) -> u32 {
        match self {
            FreeSpace::Bitmap(bitmap) => bitmap.free_blocks(),
            FreeSpace::Table(extents) => extents.iter().map(|extent| extent.end - extent.start).sum(),
        }
    }

    /// Whether a block of the partition is free.
    #[must_use]
    pub fn is_free(&self, block: u32) -> bool {
        match self {
            FreeSpace::Bitmap(bitmap) => bitmap.is_free(block) == Some(true),
            FreeSpace::Table(extents) => {
                let behind = extents.partition_point(|extent| extent.start <= block);
                behind
                    .checked_sub(1)
                    .and_then(|at| extents.get(at))
                    .is_some_and(|extent| extent.contains(&block))
            }
        }
    }

    /// The first of these blocks that is free, and how many are.
    pub(super) fn free_among(&self, blocks: Range<u32>) -> Option<(u32, u32)> {
        let (mut first, mut count) = (None, 0);
        let mut take = |free: Range<u32>| {
            first = first.or(Some(free.start).filter(|_| !free.is_empty()));
            count += free.len() as u32;
        };
        match self {
            FreeSpace::Bitmap(bitmap) => {
                let end = blocks.end.min(bitmap.number_of_bits);
                let mut block = blocks.start;
                while block < end {
                    let is_byte_of_none =
                        block.is_multiple_of(8) && bitmap.bitmap.get(block as usize / 8) == Some(&0);
                    if bitmap.is_free(block) == Some(true) {
                        take(block..block + 1);
                    }
                    block = block.saturating_add(if is_byte_of_none { 8 } else { 1 });
                }
            }
            FreeSpace::Table(extents) => {
                let behind = extents.partition_point(|extent| extent.end <= blocks.start);
                let reached = extents.iter().skip(behind).take_while(|extent| extent.start < blocks.end);
                reached.for_each(|free| take(free.start.max(blocks.start)..free.end.min(blocks.end)));
            }
        }
        first.map(|first| (first, count))
    }
}

/// What a bitmap, or else a table, of a partition says; `None` where there is neither. `partition` is the index of the map.
pub(super) fn read(
    space: Space<'_>,
    partition: u16,
    (bitmap, table): (ShortAd, ShortAd),
    described: &PartitionDescriptor,
) -> Result<Option<FreeSpace>, Error> {
    if bitmap.length() > 0 {
        self::bitmap(space, partition, bitmap).map(|bitmap| Some(FreeSpace::Bitmap(bitmap)))
    } else if table.length() > 0 {
        self::table(space, partition, table, described).map(|extents| Some(FreeSpace::Table(extents)))
    } else {
        Ok(None)
    }
}

const BITMAP: &str = "space bitmap descriptor (ECMA-167 4/14.12)";
const TABLE: &str = "unallocated space entry (ECMA-167 4/14.11)";

/// A space bitmap, whose extent is side by side.
fn bitmap(space: Space<'_>, partition: u16, extent: ShortAd) -> Result<SpaceBitmapDescriptor, Error> {
    let length = extent.length();
    let at = LbAddr { block: extent.position, partition };
    let place = space.place_of(at);
    if place.0.saturating_add(length.into()) > space.bytes() {
        return Err(space.corrupt(place, BITMAP, format!("{length} bytes pass the end")));
    }
    let mut bytes = vec![0; length as usize];
    let mut rest = &mut bytes[..];
    let mut block = extent.position;
    while !rest.is_empty() {
        let run = space.locate(LbAddr { block, partition }, Replica::Main)?;
        let most =
            usize::try_from(u64::from(run.count.max(1)) * u64::from(space.block_size)).unwrap_or(usize::MAX);
        let part = rest.len().min(most);
        let (now, later) = rest.split_at_mut(part);
        super::space::read_bytes(space.source, space.place(run.start).0, now)?;
        block = block.saturating_add(run.count.max(1));
        rest = later;
    }
    SpaceBitmapDescriptor::parse(&bytes).map_err(|error| space.corrupt(place, BITMAP, error.to_string()))
}

/// A space table: the ICB at `extent`. With strategy 4096 the last entry of the chain is in force.
fn table(
    space: Space<'_>,
    partition: u16,
    extent: ShortAd,
    described: &PartitionDescriptor,
) -> Result<Vec<Range<u32>>, Error> {
    let mut found = None;
    let mut next = Some((LbAddr { block: extent.position, partition }, extent.length()));
    let mut visited = BTreeSet::new();
    let mut block = Vec::new();
    while let Some((first, length)) = next.take() {
        for index in 0..length.div_ceil(space.block_size) {
            let Some(number) = first.block.checked_add(index) else { break };
            let at = LbAddr { block: number, ..first };
            if !visited.insert(at) {
                let message = format_args!("a space table that leads back to itself");
                space.findings.damage(space.place_of(at), "4/10.1", message);
                break;
            }
            // Of an extent that is too long, what cannot be read matters only if there is nothing else.
            let place = match space.read_logical(at, Replica::Main, &mut block) {
                Ok(place) => place,
                Err(error) if found.is_none() => return Err(error),
                Err(_) => break,
            };
            if let Ok(indirect) = IndirectEntry::parse(&block) {
                let icb = indirect.indirect_icb;
                next = Some((LbAddr { block: icb.block, partition: icb.partition }, icb.length()));
                break;
            }
            match UnallocatedSpaceEntry::parse(&block) {
                Ok(_) => found = Some((at, block.clone())),
                Err(error) if found.is_none() => return Err(space.corrupt(place, TABLE, error.to_string())),
                // A terminal entry, an unrecorded block, anything else.
                Err(_) => break,
            }
        }
    }
    let Some((at, block)) = found else {
        let place = space.place_of(LbAddr { block: extent.position, partition });
        return Err(space.corrupt(place, TABLE, "none in the space table".to_owned()));
    };
    let entry = UnallocatedSpaceEntry::parse(&block)
        .map_err(|error| space.corrupt(space.place_of(at), TABLE, error.to_string()))?;
    entry_extents(space, at, &entry, described)
}

fn entry_extents(
    space: Space<'_>,
    at: LbAddr,
    entry: &UnallocatedSpaceEntry<'_>,
    described: &PartitionDescriptor,
) -> Result<Vec<Range<u32>>, Error> {
    let place = space.place_of(at);
    let kind = entry.icb_tag.flags.allocation();
    if !matches!(kind, AllocationType::Short | AllocationType::Long | AllocationType::Extended) {
        return Err(space.corrupt(place, TABLE, "no allocation descriptors".to_owned()));
    }
    let mut extents = Vec::new();
    let mut visited = BTreeSet::new();
    let mut block = Vec::new();
    let mut next = take(entry.allocation(), space.block_size, at.partition, &mut extents);
    while let Some(at) = next.take() {
        if !visited.insert(at) {
            let message = format_args!("allocation extents of a space table that lead back to themselves");
            space.findings.damage(space.place_of(at), "4/14.5", message);
            break;
        }
        let place = space.read_logical(at, Replica::Main, &mut block)?;
        let further = AllocationExtentDescriptor::parse(&block).map_err(|error| {
            space.corrupt(place, "allocation extent descriptor (ECMA-167 4/14.5)", error.to_string())
        })?;
        let area = crate::file::AllocationDescriptors::new(kind, further.allocation_descriptors);
        next = take(area, space.block_size, at.partition, &mut extents);
    }
    // In ascending order and apart from each other (UDF 2.3.7), and nowhere else.
    let length = described.length;
    let mut is_odd = extents.iter().any(|extent| extent.end > length);
    is_odd |= extents.windows(2).any(|pair| pair[0].end > pair[1].start);
    if is_odd {
        let message = format_args!("free extents that are not in order, overlap or pass the partition's end");
        space.findings.odd(place, "UDF 2.3.7", message);
    }
    for extent in &mut extents {
        extent.end = extent.end.min(length);
    }
    extents.retain(|extent| !extent.is_empty());
    extents.sort_unstable_by_key(|extent| extent.start);
    extents.dedup_by(|later, earlier| {
        let touches = later.start <= earlier.end;
        if touches {
            earlier.end = earlier.end.max(later.end);
        }
        touches
    });
    Ok(extents)
}

/// Takes the free extents of an area; gives the allocation extent that follows.
fn take(
    area: crate::file::AllocationDescriptors<'_>,
    block_size: u32,
    partition: u16,
    extents: &mut Vec<Range<u32>>,
) -> Option<LbAddr> {
    for descriptor in area {
        let start = descriptor.block();
        if descriptor.extent_type() == ExtentType::Continuation {
            return Some(LbAddr { block: start, partition: descriptor.partition().unwrap_or(partition) });
        }
        extents.push(start..start.saturating_add(descriptor.length().div_ceil(block_size)));
    }
    None
}
