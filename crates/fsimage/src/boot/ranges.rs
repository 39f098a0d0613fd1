//! Ranges of disk blocks that partitions have, and what of them overlaps.

use iso9660::system_area::Guid;

use super::area::ENTRIES;
use super::catalog::wrong;
use super::{PartitionContent, PartitionTableKind};
use crate::{Error, Result};

/// Blocks of a partition.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) first: u64,
    pub(super) blocks: u64,
}

/// An entry of a GPT.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) slot: usize,
    pub(super) partition_type: Guid,
    pub(super) range: Range,
    pub(super) content: PartitionContent,
    pub(super) name: String,
}

/// Firmware takes no GPT whose partitions overlap: of one that others lie in there is what they leave. Its pieces have
/// the names that xorriso gives to what is in no other partition; the first keeps the number.
pub(super) fn cut_around_others(entries: &mut Vec<Entry>, at: usize) -> Result<()> {
    let whole = entries[at].clone();
    let others = entries.iter().filter(|entry| entry.slot != whole.slot);
    let others = others.map(|entry| (entry.range.first, entry.range.blocks)).collect();
    let Range { first, blocks } = whole.range;
    let pieces = left_over((first, first + blocks), others);
    if pieces == [(first, blocks)] {
        return Ok(());
    }
    if pieces.is_empty() {
        return Err(wrong("partition", "others leave nothing of that of the image"));
    }
    for (number, (first, blocks)) in pieces.into_iter().enumerate() {
        let range = Range { first, blocks };
        let piece = Entry { range, name: format!("Gap{number}"), ..whole.clone() };
        if number == 0 {
            entries[at] = piece;
            continue;
        }
        let is_free = |slot: &usize| entries.iter().all(|entry| entry.slot != *slot);
        let slot = (0..ENTRIES).find(is_free);
        let slot = slot.ok_or_else(|| no_room(ENTRIES))?;
        entries.push(Entry { slot, ..piece });
    }
    Ok(())
}

/// Puts partitions into the order of their addresses, with what none but those of the image (their indexes) has of the
/// `usable` blocks, from the first to before the end, as further ones.
pub(super) fn number_by_address(
    entries: &mut Vec<Entry>,
    images: &[usize],
    usable: (u64, u64),
) -> Result<()> {
    let image = images.first().map(|&at| entries[at].clone());
    let mut at = 0;
    entries.retain(|_| {
        at += 1;
        !images.contains(&(at - 1))
    });
    let others = entries.iter().map(|entry| (entry.range.first, entry.range.blocks)).collect();
    let gaps = left_over(usable, others);
    let is_in = |image: &&Entry, first: u64| first < image.range.first + image.range.blocks;
    let pieces = gaps.iter().filter(|gap| image.iter().any(|image| is_in(&image, gap.0))).count();
    for (number, (first, blocks)) in gaps.into_iter().enumerate() {
        let of_image = image.as_ref().filter(|image| is_in(image, first));
        entries.push(Entry {
            slot: 0,
            partition_type: of_image.map_or(Guid::BASIC_DATA, |image| image.partition_type),
            range: Range { first, blocks },
            content: PartitionContent::Image,
            name: match of_image {
                Some(image) if pieces == 1 => image.name.clone(),
                _ => format!("Gap{number}"),
            },
        });
    }
    entries.sort_by_key(|entry| entry.range.first);
    if entries.len() > ENTRIES {
        return Err(no_room(ENTRIES));
    }
    for (slot, entry) in entries.iter_mut().enumerate() {
        entry.slot = slot;
    }
    Ok(())
}

pub(super) fn no_room(places: usize) -> Error {
    wrong("partition", format!("a table of {places} has no room left"))
}

/// What others leave of the blocks from `first` to before `end`, in order. Of these, and of the others, first block and
/// blocks.
pub(super) fn left_over((first, end): (u64, u64), mut others: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    others.sort_unstable();
    let mut pieces = Vec::new();
    let mut at = first;
    for (start, blocks) in others.into_iter().chain([(end, 0)]) {
        let start = start.min(end);
        if start > at {
            pieces.push((at, start - at));
        }
        at = at.max(start.saturating_add(blocks));
    }
    pieces
}

/// The numbers of partitions of which two have blocks in common. Of each partition, number, first block and blocks.
pub(super) fn overlaps(partitions: &[(usize, (u64, u64))]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (index, &(number, (first, blocks))) in partitions.iter().enumerate() {
        let end = first.saturating_add(blocks);
        let others = partitions[..index]
            .iter()
            .filter(|&&(_, (other, blocks))| other < end && first < other.saturating_add(blocks));
        pairs.extend(others.map(|&(other, _)| (other, number)));
    }
    pairs
}

/// Partitions of a table do not overlap, but those that hold the image, which is around others: each of them is there
/// once. Of each partition, its place from 0, what it holds, and where that lies.
pub(super) fn refuse_overlaps(
    table: PartitionTableKind,
    partitions: impl Iterator<Item = (usize, PartitionContent, Range)>,
) -> Result<()> {
    let within = partitions.filter(|(_, content, _)| !content.is_image());
    let within: Vec<_> = within.map(|(slot, _, range)| (slot + 1, (range.first, range.blocks))).collect();
    match overlaps(&within).first() {
        Some(&(first, second)) => Err(Error::PartitionsOverlap { table, first, second }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_partitions_overlap() {
        let side_by_side = [(1, (0, 4)), (2, (8, 4)), (3, (4, 4)), (4, (20, 0))];
        assert_eq!(overlaps(&side_by_side), []);
        assert_eq!(overlaps(&[(1, (0, 5)), (7, (4, 1)), (2, (3, 2))]), [(1, 7), (1, 2), (7, 2)]);
        assert_eq!(overlaps(&[(1, (u64::MAX - 1, 9)), (2, (u64::MAX - 1, 1))]), [(1, 2)]);
    }
}
