use crate::partition::{SparingEntry, VirtualAllocationTable};

/// Neighbouring blocks of the volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockRun {
    /// First block, absolute in the volume.
    pub start: u32,
    /// Blocks; at least 1.
    pub count: u32,
}

/// Which copy of the metadata is meant (UDF 2.2.13). All other blocks are there once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replica {
    /// That of the metadata file.
    Main,
    /// That of the metadata mirror file.
    Mirror,
}

/// How logical blocks of a partition map become blocks of the volume (ECMA-167 3/10.7, UDF 2.2.8 to 2.2.13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translation {
    /// Type 1: by addition.
    Physical(PhysicalTranslation),
    /// Packets are replaced by others (UDF 2.2.9, 2.2.12).
    Sparable {
        /// Where the packets lie that are not replaced.
        physical: PhysicalTranslation,
        /// Blocks per packet; 0 if no packet is replaced.
        packet_length: u16,
        /// Packets replaced, in ascending order of the original location.
        packets: Vec<SparingEntry>,
    },
    /// Each block by a table (UDF 2.2.8, 2.2.11).
    Virtual {
        /// Of the partition that the table's entries are about.
        below: Box<Translation>,
        /// Entries of the virtual allocation table.
        entries: Vec<u32>,
    },
    /// Through the extents of a file (UDF 2.2.10, 2.2.13).
    Metadata(MetadataTranslation),
}

/// A partition as its descriptor says (ECMA-167 3/10.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhysicalTranslation {
    /// Partition starting location: block, absolute in the volume.
    pub start: u32,
    /// Partition length, blocks.
    pub length: u32,
}

/// The content of the metadata file and its mirror.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataTranslation {
    /// Of the metadata file; empty if it cannot be read.
    pub main: Vec<Run>,
    /// Of the metadata mirror file. Without duplicate metadata these are the same blocks.
    pub mirror: Vec<Run>,
}

/// A run of a metadata file. Runs are in order, and each begins where the one before ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    /// First logical block in the metadata partition.
    pub first: u32,
    /// Blocks.
    pub count: u32,
    /// First block in the volume; `None` for a hole.
    pub start: Option<u32>,
}

impl PhysicalTranslation {
    fn locate(&self, block: u32) -> Option<BlockRun> {
        let start = self.start.checked_add(block)?;
        // Blocks behind the partition can be had all the same; `Translation::contains` tells.
        let count = match self.length.checked_sub(block) {
            None | Some(0) => u32::MAX - start,
            Some(count) => count,
        };
        Some(BlockRun { start, count: count.max(1) })
    }
}

impl Translation {
    /// Where logical block `block` is, and how many of its successors lie behind it in the volume, itself
    /// included. `None` if it is nowhere: not in the table, in a hole, or behind block 2^32 - 1.
    #[must_use]
    pub fn locate(&self, block: u32, replica: Replica) -> Option<BlockRun> {
        match self {
            Translation::Physical(physical) => physical.locate(block),
            Translation::Sparable { physical, packet_length, packets } => {
                let mut run = physical.locate(block)?;
                let packet_length = u32::from(*packet_length);
                let Some(within) = block.checked_rem(packet_length) else { return Some(run) };
                match packets.binary_search_by_key(&(block - within), |packet| packet.original) {
                    Ok(index) => {
                        let start = packets.get(index)?.mapped.checked_add(within)?;
                        Some(BlockRun { start, count: packet_length - within })
                    }
                    Err(index) => {
                        let next = packets.get(index).map_or(u32::MAX, |packet| packet.original);
                        run.count = run.count.min(next.saturating_sub(block)).max(1);
                        Some(run)
                    }
                }
            }
            Translation::Virtual { below, entries } => {
                /// Most entries that are looked at, for neighbours.
                const MOST: usize = 64;
                let entries = entries.get(usize::try_from(block).ok()?..)?;
                let first = *entries.first().filter(|first| **first != VirtualAllocationTable::UNUSED)?;
                let mut run = below.locate(first, replica)?;
                let successors = (first..).zip(entries).take(MOST).take_while(|(next, entry)| next == *entry);
                run.count = run.count.min(u32::try_from(successors.count()).unwrap_or(1)).max(1);
                Some(run)
            }
            Translation::Metadata(files) => {
                let (first, second) = match replica {
                    Replica::Main => (&files.main, &files.mirror),
                    Replica::Mirror => (&files.mirror, &files.main),
                };
                locate_in(if first.is_empty() { second } else { first }, block)
            }
        }
    }

    /// Whether there may be a second copy of the blocks.
    #[must_use]
    pub fn has_mirror(&self) -> bool {
        match self {
            Translation::Metadata(files) => !files.main.is_empty() && !files.mirror.is_empty(),
            _ => false,
        }
    }

    /// Whether `count` blocks from `block` on are blocks of the partition.
    #[must_use]
    pub fn contains(&self, block: u32, count: u32) -> bool {
        let end = u64::from(block) + u64::from(count);
        match self {
            Translation::Physical(physical) | Translation::Sparable { physical, .. } => {
                end <= u64::from(physical.length)
            }
            Translation::Virtual { entries, .. } => end <= entries.len() as u64,
            Translation::Metadata(files) => {
                let end_of = |runs: &[Run]| {
                    runs.last().map_or(0, |last| u64::from(last.first) + u64::from(last.count))
                };
                end <= end_of(&files.main).max(end_of(&files.mirror))
            }
        }
    }
}

fn locate_in(runs: &[Run], block: u32) -> Option<BlockRun> {
    let index = runs.partition_point(|run| run.first <= block).checked_sub(1)?;
    let run = runs.get(index)?;
    let within = block - run.first;
    let count = run.count.checked_sub(within).filter(|count| *count > 0)?;
    Some(BlockRun { start: run.start?.checked_add(within)?, count })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PHYSICAL: PhysicalTranslation = PhysicalTranslation { start: 257, length: 1000 };

    fn at(translation: &Translation, block: u32) -> Option<(u32, u32)> {
        translation.locate(block, Replica::Main).map(|run| (run.start, run.count))
    }

    #[test]
    fn by_addition() {
        let translation = Translation::Physical(PHYSICAL);
        assert_eq!(at(&translation, 0), Some((257, 1000)));
        assert_eq!(at(&translation, 999), Some((1256, 1)));
        assert!(translation.contains(999, 1) && !translation.contains(999, 2));
        assert_eq!(at(&translation, 1000).map(|(start, _)| start), Some(1257), "outside, but somewhere");
        assert_eq!(at(&translation, u32::MAX), None);
    }

    #[test]
    fn replaced_packets() {
        let packets =
            vec![SparingEntry { original: 64, mapped: 5000 }, SparingEntry { original: 128, mapped: 5032 }];
        let translation = Translation::Sparable { physical: PHYSICAL, packet_length: 32, packets };
        assert_eq!(at(&translation, 0), Some((257, 64)));
        assert_eq!(at(&translation, 65), Some((5001, 31)));
        assert_eq!(at(&translation, 96), Some((353, 32)));
        assert_eq!(at(&translation, 159), Some((5063, 1)));
        assert_eq!(at(&translation, 160), Some((417, 840)));
    }

    #[test]
    fn by_table() {
        let below = Box::new(Translation::Physical(PHYSICAL));
        let entries = vec![7, 8, 30, VirtualAllocationTable::UNUSED];
        let translation = Translation::Virtual { below, entries };
        assert_eq!(at(&translation, 0), Some((264, 2)));
        assert_eq!(at(&translation, 2), Some((287, 1)));
        assert_eq!((at(&translation, 3), at(&translation, 4)), (None, None));
        assert!(translation.contains(3, 1) && !translation.contains(4, 1));
    }

    #[test]
    fn metadata_and_mirror() {
        let run = |first, count, start| Run { first, count, start };
        let files = MetadataTranslation {
            main: vec![run(0, 32, Some(300)), run(32, 32, None), run(64, 32, Some(500))],
            mirror: vec![run(0, 96, Some(900))],
        };
        let translation = Translation::Metadata(files);
        assert_eq!(at(&translation, 31), Some((331, 1)));
        assert_eq!(at(&translation, 40), None, "a hole");
        assert_eq!(at(&translation, 64), Some((500, 32)));
        assert_eq!(at(&translation, 96), None);
        let mirrored = translation.locate(40, Replica::Mirror);
        assert_eq!(mirrored, Some(BlockRun { start: 940, count: 56 }));
        assert!(translation.has_mirror() && translation.contains(95, 1) && !translation.contains(96, 1));
        let lone = MetadataTranslation { main: Vec::new(), mirror: vec![run(0, 1, Some(3))] };
        assert_eq!(at(&Translation::Metadata(lone), 0), Some((3, 1)));
    }

    proptest! {
        #[test]
        fn any_addresses(start: u32, length: u32, block: u32, packet_length: u16, a: u32, b: u32) {
            let physical = PhysicalTranslation { start, length };
            let packets = vec![SparingEntry { original: a, mapped: b }];
            let sparable = Translation::Sparable { physical, packet_length, packets };
            let runs = vec![Run { first: a, count: length, start: Some(b) }];
            let metadata = Translation::Metadata(MetadataTranslation { main: runs, mirror: Vec::new() });
            for translation in [Translation::Physical(physical), sparable, metadata] {
                if let Some(run) = translation.locate(block, Replica::Main) {
                    prop_assert!(run.count > 0);
                }
                let _ = translation.contains(block, length);
            }
        }
    }
}
