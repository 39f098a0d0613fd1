//! Allocation descriptors (ECMA-167 4/12): where the bytes of a file lie.

use std::collections::BTreeSet;

use super::Error;
use super::finding::Place;
use super::icb::{Found, from_mirror};
use super::node::Node;
use super::space::Space;
use crate::file::{AllocationDescriptors, AllocationExtentDescriptor, AllocationType};
use crate::partition::Replica;
use crate::{ExtentType, LbAddr};

/// Bytes of a file that lie side by side in one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LogicalRun {
    /// Position in the file.
    pub(super) offset: u64,
    /// Bytes; at least 1.
    pub(super) len: u64,
    /// First block; `None` for zeros that are not recorded.
    pub(super) at: Option<LbAddr>,
}

/// Allocation extent descriptors without an extent, one behind another, that end a file.
const MOST_EMPTY: u32 = 16;

/// The runs of a file that is not embedded, up to its information length, in order; at most `most`, and what
/// is behind them is missing. A chain of allocation extents that cannot be followed ends the file there,
/// with a finding.
///
/// # Errors
/// [`Error::Unsupported`] for an unknown kind of descriptor.
pub(super) fn runs(
    space: Space<'_>,
    node: &Node<'_>,
    found: Found,
    most: usize,
) -> Result<Vec<LogicalRun>, Error> {
    runs_and_blocks(space, node, found, most, &mut |_, _| {})
}

/// The same; `taken` is given the blocks that are allocated to the file, recorded or not, and those of its allocation extents.
pub(super) fn runs_and_blocks(
    space: Space<'_>,
    node: &Node<'_>,
    found: Found,
    most: usize,
    taken: &mut dyn FnMut(LbAddr, u32),
) -> Result<Vec<LogicalRun>, Error> {
    const AREA: &str = "allocation descriptors (ECMA-167 4/14.14)";
    let allocation = node.icb.flags.allocation();
    if let AllocationType::Reserved(kind) = allocation {
        let (sector, what) = (found.place.sector(), format!("allocation descriptors of kind {kind}"));
        return Err(Error::Unsupported { sector, structure: AREA, what });
    }
    let mut walk = Walk { space, runs: Vec::new(), offset: 0, len: node.len, most, taken };
    let partition = found.at.partition;
    let mut next = walk.area(node.allocation, allocation, partition, found.place);
    let mut visited = BTreeSet::new();
    let mut block = Vec::new();
    let mut empty = 0;
    while let Some(at) = next.take() {
        let before = walk.offset;
        if !visited.insert(at) {
            let message = format_args!("a chain of allocation extents that leads back to itself");
            space.findings.damage(found.place, "4/14.5", message);
            break;
        }
        let (area, place) = match read_extent(space, at, &mut block) {
            Ok(read) => read,
            Err(error) => {
                let message = format_args!("further extents of a file cannot be read: {error}");
                space.findings.damage(found.place, "4/14.5", message);
                break;
            }
        };
        next = walk.area(area, allocation, at.partition, place);
        empty = if walk.offset == before { empty + 1 } else { 0 };
        if empty == MOST_EMPTY && next.is_some() {
            let message = format_args!("{MOST_EMPTY} allocation extents without an extent end the file");
            space.findings.damage(place, "4/14.5", message);
            break;
        }
    }
    if walk.offset < node.len && walk.runs.len() < most {
        let message = format_args!(
            "the extents of a file hold {} bytes, its length is {}; what is missing cannot be read",
            walk.offset, node.len
        );
        space.findings.damage(found.place, "4/12.1", message);
    }
    Ok(walk.runs)
}

struct Walk<'a> {
    space: Space<'a>,
    runs: Vec<LogicalRun>,
    offset: u64,
    len: u64,
    most: usize,
    taken: &'a mut dyn FnMut(LbAddr, u32),
}

impl Walk<'_> {
    /// Takes the descriptors of one area; gives the allocation extent that follows.
    fn area(
        &mut self,
        area: &[u8],
        allocation: AllocationType,
        partition: u16,
        place: Place,
    ) -> Option<LbAddr> {
        let mut descriptors = AllocationDescriptors::new(allocation, area);
        while self.offset < self.len && self.runs.len() < self.most {
            let Some(descriptor) = descriptors.next() else {
                // Behind a descriptor of length 0, which ends the list (4/12.1), anything may stand.
                let rest = descriptors.rest().len();
                if (1..8).contains(&rest) {
                    let message = format_args!("{rest} bytes that are no allocation descriptor");
                    self.space.findings.odd(place, "4/14.14", message);
                }
                return None;
            };
            let len = u64::from(descriptor.length());
            let partition = descriptor.partition().unwrap_or(partition);
            let at = LbAddr { block: descriptor.block(), partition };
            match descriptor.extent_type() {
                ExtentType::NotAllocated => {}
                ExtentType::Continuation => (self.taken)(at, 1),
                ExtentType::Recorded | ExtentType::NotRecorded => {
                    (self.taken)(at, descriptor.length().div_ceil(self.space.block_size));
                }
            }
            match descriptor.extent_type() {
                ExtentType::Continuation => return Some(at),
                ExtentType::Recorded => self.push(len, Some(at), place),
                ExtentType::NotRecorded | ExtentType::NotAllocated => self.push(len, None, place),
            }
        }
        None
    }

    fn push(&mut self, len: u64, at: Option<LbAddr>, place: Place) {
        let size = u64::from(self.space.block_size);
        let taken = len.min(self.len - self.offset);
        if !len.is_multiple_of(size) && self.offset.saturating_add(len) < self.len {
            let message = format_args!("an extent of {len} bytes, no whole blocks, before the last");
            self.space.findings.odd(place, "4/12.1", message);
        }
        if let Some(at) = at {
            let blocks = u32::try_from(taken.div_ceil(size)).unwrap_or(u32::MAX);
            if !self.space.contains(at, blocks) {
                let LbAddr { block, partition } = at;
                let message = format_args!(
                    "{blocks} blocks from {block} on, which partition {partition} does not hold"
                );
                self.space.findings.copy_lost(place, "4/8.1", message);
            }
        }
        let offset = self.offset;
        self.offset += taken;
        if let Some(last) = self.runs.last_mut() {
            let follows = match (last.at, at) {
                (None, None) => true,
                (Some(before), Some(at)) => {
                    let blocks = last.len / size;
                    before.partition == at.partition
                        && last.len.is_multiple_of(size)
                        && u64::from(before.block) + blocks == u64::from(at.block)
                }
                _ => false,
            };
            if follows {
                last.len += taken;
                return;
            }
        }
        self.runs.push(LogicalRun { offset, len: taken, at });
    }
}

/// The descriptors in an allocation extent (4/14.5).
fn read_extent<'b>(space: Space<'_>, at: LbAddr, block: &'b mut Vec<u8>) -> Result<(&'b [u8], Place), Error> {
    const STRUCTURE: &str = "allocation extent descriptor (ECMA-167 4/14.5)";
    let open = |block: &[u8], place: Place| -> Result<usize, Error> {
        let corrupt = |error: crate::Error| space.corrupt(place, STRUCTURE, error.to_string());
        let AllocationExtentDescriptor { tag, allocation_descriptors, .. } =
            AllocationExtentDescriptor::parse(block).map_err(corrupt)?;
        if tag.location != at.block {
            let message = format_args!(
                "an allocation extent recorded for block {}, at block {}",
                tag.location, at.block
            );
            space.findings.odd(place, "4/7.2.8", message);
        }
        Ok(allocation_descriptors.len())
    };
    let mut place = space.read_logical(at, Replica::Main, block).unwrap_or(Place(0));
    let mut length = open(block, place);
    if length.is_err() {
        // This also says why the block cannot be read, if that is so.
        let replica = if space.has_mirror(at.partition) { Replica::Mirror } else { Replica::Main };
        place = space.read_logical(at, replica, block)?;
        length = open(block, place);
        if replica == Replica::Mirror && length.is_ok() {
            from_mirror(space, at, "an allocation extent");
        }
    }
    let length = length?;
    let area = block.get(AllocationExtentDescriptor::FIXED..).and_then(|area| area.get(..length));
    Ok((area.unwrap_or_default(), place))
}
