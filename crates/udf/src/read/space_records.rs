//! What is recorded of the space of partitions (ECMA-167 4/10), against the blocks that are in use: whoever writes to a volume
//! overwrites those that are free by it.

use std::ops::ControlFlow;

use sector_io::ReadSectors;

use super::allocation::{runs, runs_and_blocks};
use super::content::read_runs;
use super::finding::Place;
use super::free_space::{self, FreeSpace};
use super::hierarchy::is_directory;
use super::icb::IcbBuffer;
use super::open::address;
use super::space::Space;
use super::{Directory, DirectoryBuffer, Error, Volume};
use crate::file::{AllocationType, FileCharacteristics};
use crate::partition::{Replica, SpaceBitmapDescriptor};
use crate::volume::PartitionMap;
use crate::{Descriptor, LbAddr};

/// Largest metadata bitmap that is read, bytes: 2 TiB of metadata.
const LARGEST_BITMAP: u64 = 128 << 20;

/// What one record says of the space of a partition map.
pub(super) struct SpaceRecord {
    /// Index of the map.
    pub(super) partition: u16,
    pub(super) free: FreeSpace,
    place: Place,
    clause: &'static str,
    name: &'static str,
    /// Blocks in use that are free by it, and where the first of them is.
    contradicted: u64,
    first: Option<Place>,
}

impl SpaceRecord {
    fn take(&mut self, space: Space<'_>, at: LbAddr, blocks: u32) {
        let Some((first, count)) = self.free.free_among(at.block..at.block.saturating_add(blocks)) else {
            return;
        };
        self.contradicted += u64::from(count);
        self.first.get_or_insert_with(|| space.place_of(LbAddr { block: first, ..at }));
    }
}

impl<R: ReadSectors> Volume<R> {
    /// What is recorded of the space of all partitions. What cannot be read of it is told.
    pub(super) fn space_records(&self) -> Vec<SpaceRecord> {
        let space = self.space();
        let mut records = Vec::new();
        let mut take = |partition, read: Result<Option<FreeSpace>, Error>, place, clause, name| match read {
            Ok(None) => {}
            Ok(Some(free)) => records.push(SpaceRecord {
                partition,
                free,
                place,
                clause,
                name,
                contradicted: 0,
                first: None,
            }),
            Err(error) => {
                space.findings.damage(place, clause, format_args!("the {name} is lost: {error}"));
            }
        };
        // Together they are no larger than the source.
        let mut left = space.bytes();
        for partition in self.partitions() {
            let Some(map) = self.direct_map(partition.number) else { continue };
            let header = &partition.header;
            for (name, bitmap, table) in [
                (
                    "record of unallocated space",
                    header.unallocated_space_bitmap,
                    header.unallocated_space_table,
                ),
                ("record of freed space", header.freed_space_bitmap, header.freed_space_table),
            ] {
                let (extent, clause) =
                    if bitmap.length() > 0 { (bitmap, "4/14.12") } else { (table, "4/14.11") };
                let place = space.place_of(LbAddr { block: extent.position, partition: map });
                let read = match left.checked_sub(extent.length().into()) {
                    Some(rest) => {
                        left = rest;
                        free_space::read(space, map, (bitmap, table), partition)
                    }
                    None => {
                        let detail = format!("{} bytes are more than there is room for", extent.length());
                        Err(space.corrupt(place, "partition header descriptor (ECMA-167 4/14.3)", detail))
                    }
                };
                if let Ok(Some(FreeSpace::Bitmap(bitmap))) = &read
                    && bitmap.number_of_bits != partition.length
                {
                    let (bits, blocks) = (bitmap.number_of_bits, partition.length);
                    let message =
                        format_args!("the {name} has {bits} bits, and the partition {blocks} blocks");
                    space.findings.damage(place, clause, message);
                }
                take(map, read, place, clause, name);
            }
        }
        for (index, map) in (0..).zip(&self.logical_volume().partition_maps) {
            if let PartitionMap::Metadata { partition_number, bitmap_file, .. } = map
                && *bitmap_file != NO_FILE
                && let Some(below) = self.direct_map(*partition_number)
            {
                let at = LbAddr { block: *bitmap_file, partition: below };
                let mut place = space.place_of(at);
                let read = metadata_bitmap(space, at, &mut left, &mut place);
                let read = read.map(|bitmap| Some(FreeSpace::Bitmap(bitmap)));
                take(index, read, place, "UDF 2.2.13", "metadata bitmap");
            }
        }
        records
    }

    /// Looks for blocks in use that are free by a record: those of the hierarchy, of the files that make up a metadata partition,
    /// and of the records themselves.
    ///
    /// # Errors
    /// Those of `check`, which is called for each ICB.
    pub(super) fn check_space<E>(
        &self,
        records: &mut [SpaceRecord],
        check: &mut dyn FnMut() -> Result<(), E>,
    ) -> Result<(), E> {
        if records.is_empty() {
            return Ok(());
        }
        let space = self.space();
        let mut take = |at: LbAddr, blocks: u32| {
            let of_partition = records.iter_mut().filter(|record| record.partition == at.partition);
            of_partition.for_each(|record| record.take(space, at, blocks));
        };
        for partition in self.partitions() {
            let Some(map) = self.direct_map(partition.number) else { continue };
            for bitmap in [partition.header.unallocated_space_bitmap, partition.header.freed_space_bitmap] {
                let blocks = bitmap.length().div_ceil(space.block_size);
                take(LbAddr { block: bitmap.position, partition: map }, blocks);
            }
        }
        take(address(&self.logical_volume().file_set), 1);
        let mut pending = vec![self.root_directory().icb];
        pending.extend(self.system_streams());
        for map in &self.logical_volume().partition_maps {
            if let PartitionMap::Metadata { partition_number, file, mirror_file, bitmap_file, .. } = map
                && let Some(partition) = self.direct_map(*partition_number)
            {
                let files = [*file, *mirror_file, *bitmap_file].into_iter().filter(|&file| file != NO_FILE);
                pending.extend(files.map(|block| LbAddr { block, partition }));
            }
        }
        let mut seen = Blocks::new(space.blocks());
        let mut guard = self.directory_guard();
        let (mut icbs, mut identifiers) = (IcbBuffer::default(), DirectoryBuffer::new());
        while let Some(icb) = pending.pop() {
            check()?;
            let is_new = space.locate(icb, Replica::Main).is_ok_and(|run| seen.insert(run.start));
            // Whoever reads the hierarchy is told of what cannot be read.
            let Some((node, found)) = is_new.then(|| icbs.read(space, icb).ok()).flatten() else { continue };
            take(icb, 1);
            if found.at != icb {
                take(found.at, 1);
            }
            if node.icb.flags.allocation() != AllocationType::Embedded {
                let _ = runs_and_blocks(space, &node, found, usize::MAX, &mut take);
            }
            let beside = [node.extended_attribute_icb, node.stream_directory];
            pending.extend(beside.iter().filter(|icb| icb.length() > 0).map(address));
            let directory = Directory { icb, len: node.len };
            if is_directory(node.file_type()) && guard.enter(&directory) {
                let _ = self.identifiers(&directory, &mut identifiers, &mut |identifier| {
                    if !identifier.characteristics.contains(FileCharacteristics::DELETED) {
                        pending.push(address(&identifier.icb));
                    }
                    ControlFlow::Continue(())
                });
            }
        }
        for record in records.iter() {
            let Some(first) = record.first else { continue };
            let (count, name, sector) = (record.contradicted, record.name, first.sector());
            let message = format_args!(
                "{count} blocks that are in use are free by the {name}, the first of them in sector {sector}: whoever \
                 writes to the volume overwrites them"
            );
            space.findings.damage(record.place, record.clause, message);
        }
        Ok(())
    }
}

/// Location of a file of a metadata partition that there is not.
const NO_FILE: u32 = u32::MAX;

/// The bitmap in the file of which the ICB is at `at`; `place` becomes where it begins.
fn metadata_bitmap(
    space: Space<'_>,
    at: LbAddr,
    left: &mut u64,
    place: &mut Place,
) -> Result<SpaceBitmapDescriptor, Error> {
    const STRUCTURE: &str = "metadata bitmap (UDF 2.2.13)";
    let mut buffer = IcbBuffer::default();
    let (node, found) = buffer.read(space, at)?;
    let rest = left.checked_sub(node.len).filter(|_| node.len <= LARGEST_BITMAP);
    let Some(rest) = rest else {
        let detail = format!("its {} bytes are more than there is room for", node.len);
        return Err(space.corrupt(found.place, STRUCTURE, detail));
    };
    *left = rest;
    let content = match node.icb.flags.allocation() {
        AllocationType::Embedded => node.allocation.to_vec(),
        _ => {
            let mut content = vec![0; node.len as usize];
            let runs = runs(space, &node, found, usize::MAX)?;
            *place = runs.first().and_then(|run| run.at).map_or(*place, |at| space.place_of(at));
            read_runs(space, &runs, 0, &mut content, Replica::Main)?;
            content
        }
    };
    SpaceBitmapDescriptor::parse(&content)
        .map_err(|error| space.corrupt(*place, STRUCTURE, error.to_string()))
}

/// A bit for every block of the source.
struct Blocks(Vec<u64>);

impl Blocks {
    fn new(blocks: u32) -> Blocks {
        Blocks(vec![0; blocks.div_ceil(u64::BITS) as usize])
    }

    /// Whether the block is one of the source, and was not put in yet.
    fn insert(&mut self, block: u32) -> bool {
        let Some(word) = self.0.get_mut((block / u64::BITS) as usize) else { return false };
        let bit = 1 << (block % u64::BITS);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}
