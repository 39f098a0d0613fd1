//! Allocation descriptors of a file (ECMA-167 4/14.14), and the allocation extents that hold those for which
//! the ICB has no room (4/14.5).

use crate::{Error, LongAd, ShortAd};

use super::{BLOCK_SIZE, Form};

/// The longest extent: 2^30 - 1 bytes, down to whole blocks (ECMA-167 4/14.14.1.1).
pub const MAX_EXTENT: u64 = (1 << 30) - BLOCK_SIZE as u64;

/// A stretch of a file's data, of any length; descriptors divide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataExtent {
    /// First block, in the partition that the data lie in.
    pub block: u32,
    /// Bytes. Of a file's extents all but the last are whole blocks.
    pub len: u64,
}

/// Which descriptors a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Descriptors {
    /// Short ones: the data lie in the partition of the ICB.
    Short,
    /// Long ones: the data lie in partition map 0, the ICB does not.
    Long,
}

/// Fixed part of an allocation extent descriptor.
const ALLOCATION_EXTENT: usize = 24;

/// Extent type 3: the extent holds the next descriptors (ECMA-167 4/14.14.1.1).
const CONTINUATION: u32 = 3 << 30;

impl Descriptors {
    /// Those for file data.
    pub(super) fn for_data(form: Form) -> Descriptors {
        if form.structure_partition() > 0 { Descriptors::Long } else { Descriptors::Short }
    }

    pub(super) fn size(self) -> usize {
        match self {
            Descriptors::Short => 8,
            Descriptors::Long => 16,
        }
    }

    fn push(self, length_and_type: u32, block: u32, partition: u16, out: &mut Vec<u8>) {
        match self {
            Descriptors::Short => out.extend(ShortAd { length_and_type, position: block }.bytes()),
            Descriptors::Long => {
                out.extend(LongAd { length_and_type, block, partition, implementation_use: [0; 6] }.bytes());
            }
        }
    }
}

/// Descriptors that extents of these lengths take.
fn count(lengths: impl Iterator<Item = u64>) -> u64 {
    lengths.map(|len| len.div_ceil(MAX_EXTENT)).sum()
}

/// Allocation extents, one block each, behind an ICB with `room` bytes for descriptors.
pub(super) fn chained(kind: Descriptors, room: usize, lengths: impl Iterator<Item = u64>) -> u64 {
    let first = (room / kind.size()) as u64;
    let each = ((BLOCK_SIZE - ALLOCATION_EXTENT) / kind.size()) as u64;
    let all = count(lengths);
    if all <= first {
        return 0;
    }
    // Each area but the last gives up a place for the descriptor of the next.
    let behind = all - first.saturating_sub(1);
    1 + behind.saturating_sub(each).div_ceil(each - 1)
}

/// The descriptors of a file, cut into what stands in the ICB and what in each allocation extent.
///
/// `next` is the block where the extents lie one behind the other, and `partition` their partition map.
pub(super) fn areas(
    kind: Descriptors,
    room: usize,
    extents: &[DataExtent],
    partition: u16,
    mut next: u32,
) -> Result<Vec<Vec<u8>>, Error> {
    let most = [room, BLOCK_SIZE - ALLOCATION_EXTENT].map(|room| room / kind.size());
    let mut left = count(extents.iter().map(|extent| extent.len));
    let mut areas = vec![Vec::new()];
    let mut free = most[0] as u64;
    let mut push = |length_and_type: u32, block: u32| -> Result<(), Error> {
        if free == 1 && left > 1 {
            let continuation = CONTINUATION | BLOCK_SIZE as u32;
            if let Some(area) = areas.last_mut() {
                kind.push(continuation, next, partition, area);
            }
            next = next.checked_add(1).ok_or(BEYOND)?;
            areas.push(Vec::new());
            free = most[1] as u64;
        }
        if let Some(area) = areas.last_mut() {
            kind.push(length_and_type, block, 0, area);
        }
        free -= 1;
        left -= 1;
        Ok(())
    };
    for extent in extents {
        let mut block = extent.block;
        let mut rest = extent.len;
        while rest > 0 {
            let len = rest.min(MAX_EXTENT);
            push(len as u32, block)?;
            rest -= len;
            if rest > 0 {
                block = block.checked_add((len / BLOCK_SIZE as u64) as u32).ok_or(BEYOND)?;
            }
        }
    }
    Ok(areas)
}

const BEYOND: Error =
    Error::Value { structure: "allocation descriptor", field: "block", value: u32::MAX as u64 + 1 };

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn extents_are_divided_at_whole_blocks() {
        let extents = [DataExtent { block: 100, len: 2 * GIB }];
        let areas = areas(Descriptors::Short, 1872, &extents, 0, 6).unwrap();
        let expected = [
            [0x00, 0xf8, 0xff, 0x3f, 100, 0, 0, 0],
            [0x00, 0xf8, 0xff, 0x3f, 99, 0, 8, 0],
            [0x00, 0x10, 0x00, 0x00, 98, 0, 16, 0],
        ];
        assert_eq!(areas, [expected.concat()]);
    }

    #[test]
    fn the_last_place_of_a_full_icb_leads_on() {
        let extents = vec![DataExtent { block: 7, len: 2048 }; 4];
        let areas = areas(Descriptors::Long, 3 * 16 + 15, &extents, 1, 1000).unwrap();
        assert_eq!((areas.len(), areas[0].len(), areas[1].len()), (2, 48, 32));
        assert_eq!(areas[0][32..], [0, 8, 0, 0xc0, 0xe8, 3, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(areas[1][..10], [0, 8, 0, 0, 7, 0, 0, 0, 0, 0]);
    }

    proptest! {
        #[test]
        fn counting_and_writing_agree(
            lengths in prop::collection::vec(0u64..40 * GIB, 0..20),
            room in 64usize..1900,
            long: bool,
        ) {
            let kind = if long { Descriptors::Long } else { Descriptors::Short };
            let extents: Vec<_> = lengths
                .iter()
                .map(|len| DataExtent { block: 5, len: len.next_multiple_of(2048) })
                .collect();
            let areas = areas(kind, room, &extents, 0, 3).unwrap();
            let counted = chained(kind, room, extents.iter().map(|extent| extent.len));
            prop_assert_eq!(areas.len() as u64, counted + 1);
            prop_assert!(areas[0].len() <= room);
            prop_assert!(areas[1..].iter().all(|area| area.len() <= 2024));
            let total: u64 = areas
                .concat()
                .chunks(kind.size())
                .map(|ad| u32::from_le_bytes([ad[0], ad[1], ad[2], ad[3]]))
                .filter(|length| length >> 30 == 0)
                .map(u64::from)
                .sum();
            prop_assert_eq!(total, extents.iter().map(|extent| extent.len).sum::<u64>());
        }
    }
}
