//! What a volume records more than once, or ends with a terminator: whether all of it is there.

use std::ops::Range;

use sector_io::ReadSectors;

use super::Volume;
use super::anchor;
use super::finding::Place;
use super::sequence::Sequence;
use super::space::Space;
use crate::file::FileSetDescriptor;
use crate::partition::{MetadataTranslation, Replica, Translation};
use crate::volume::{AccessType, LogicalVolumeIntegrityDescriptor, PartitionDescriptor};
use crate::{Descriptor, LbAddr, Tag, TagId};

/// Where a primary volume descriptor has the volume set identifier (ECMA-167 3/10.1.10).
const VOLUME_SET_IDENTIFIER: Range<usize> = 72..200;

/// Blocks of the metadata file and its mirror that are compared at a time.
const PIECE: u32 = 64;

impl<R: ReadSectors> Volume<R> {
    /// Looks at what is recorded more than once, which readers go without while there is another: anchors, volume descriptor
    /// sequences, the metadata file and its mirror; whether sequences are terminated; and whether blocks that are in use are free
    /// by what is recorded of the space. What is lost of it is among [`Volume::findings`] then.
    ///
    /// # Errors
    /// Those of `check`, which is called for each piece that is read.
    pub fn check_structure<E>(&self, check: &mut dyn FnMut() -> Result<(), E>) -> Result<(), E> {
        check()?;
        let space = self.space();
        let has_vat = self.described.virtual_partition.is_some();
        anchor::check_others(space, &self.options, &self.anchored, has_vat);
        self.check_sequences(space);
        self.check_partitions(space);
        self.check_terminators(space);
        let mut records = self.space_records();
        for (partition, translation) in (0..).zip(&self.described.translations) {
            if let Some(Translation::Metadata(files)) = translation {
                let bitmap = records.iter().find(|record| record.partition == partition);
                let is_used = |block| bitmap.is_none_or(|bitmap| !bitmap.free.is_free(block));
                check_metadata(space, partition, files, &is_used, check)?;
            }
        }
        self.check_space(&mut records, check)
    }

    /// A partition lies within the medium. On write-once media it goes on behind what has been recorded.
    fn check_partitions(&self, space: Space<'_>) {
        if self.described.virtual_partition.is_some() {
            return;
        }
        let there = space.blocks();
        for partition in self.partitions() {
            let PartitionDescriptor { number, start, length, access_type, ref tag, .. } = *partition;
            let end = u64::from(start) + u64::from(length);
            if access_type != AccessType::WRITE_ONCE && end > u64::from(there) {
                let message = format_args!(
                    "partition {number} ends with block {end}, and the medium with block {there}"
                );
                space.findings.damage(space.place(tag.location), "3/10.5.9", message);
            }
        }
    }

    /// Compares the kinds of descriptors of both sequences. What is wrong with the main one is told already.
    fn check_sequences(&self, space: Space<'_>) {
        let (main, reserve) = (self.anchored.anchor.main, self.anchored.anchor.reserve);
        if main.location == reserve.location || reserve.length == 0 {
            return;
        }
        let told = space.findings.len();
        let main = Sequence::read(space, main);
        space.findings.truncate(told);
        let reserve = Sequence::read(space, reserve);
        if !reserve.is_sound() {
            let message = format_args!("the reserve volume descriptor sequence is damaged");
            space.findings.copy_lost(space.place(reserve.damaged_at()), "3/8.4.2", message);
        } else if main.is_sound() {
            let differs = (0..main.blocks.len().max(reserve.blocks.len())).find(|&index| {
                let kind = |sequence: &Sequence| sequence.blocks.get(index).map(|&(kind, _)| kind);
                kind(&main) != kind(&reserve)
            });
            let Some(differs) = differs else {
                self.compare_sequences(space, &main, &reserve);
                return;
            };
            let is_main_cut = main.blocks.len() == differs;
            let (cut, whole, which) =
                if is_main_cut { (&main, &reserve, "main") } else { (&reserve, &main, "reserve") };
            let block = cut.blocks.get(differs).map_or(cut.end, |&(_, block)| block);
            let missing = whole.blocks.get(differs).map_or(TagId::TERMINATING, |&(kind, _)| kind);
            let message = format_args!(
                "the {which} volume descriptor sequence has no descriptor of type {} here, as the other has",
                missing.0
            );
            space.findings.copy_lost(space.place(block), "3/8.4.2", message);
        }
    }

    /// Compares what descriptors of the same kinds say, but of where they are.
    fn compare_sequences(&self, space: Space<'_>, main: &Sequence, reserve: &Sequence) {
        let mut blocks = [vec![0; space.block_size as usize], vec![0; space.block_size as usize]];
        for (&(kind, one), &(_, other)) in main.blocks.iter().zip(&reserve.blocks) {
            let numbers = [one, other].into_iter();
            if blocks.iter_mut().zip(numbers).any(|(block, number)| space.read_blocks(number, block).is_err())
            {
                return;
            }
            if kind == TagId::PRIMARY_VOLUME {
                // genisoimage makes one anew for each sequence.
                blocks.iter_mut().for_each(|block| block[VOLUME_SET_IDENTIFIER].fill(0));
            }
            let [one_bytes, other_bytes] = blocks.each_ref().map(|block| block.get(Tag::SIZE..));
            if one_bytes != other_bytes {
                let message = format_args!(
                    "the descriptor of type {} of the reserve volume descriptor sequence differs from that of the main one, \
                     at block {one}, which is taken",
                    kind.0
                );
                space.findings.copy_lost(space.place(other), "3/8.4.2.2", message);
            }
        }
    }

    /// Where a sequence goes on behind its last descriptor, there is a terminating descriptor. A block that was never recorded
    /// ends it as well.
    fn check_terminators(&self, space: Space<'_>) {
        let mut block = vec![0; space.block_size as usize];
        let integrity = self.logical_volume().integrity_sequence;
        for index in 1..integrity.length / space.block_size {
            let Some(number) = integrity.location.checked_add(index) else { break };
            if space.read_blocks(number, &mut block).is_err() {
                break;
            }
            match kind(&block) {
                Some(LogicalVolumeIntegrityDescriptor::ID) => {}
                Some(_) => break,
                None => {
                    not_terminated(space, space.place(number), "3/8.8.2", "logical volume integrity");
                    break;
                }
            }
        }
        let file_set = self.logical_volume().file_set;
        for index in 1..file_set.length() / space.block_size {
            let Some(number) = file_set.block.checked_add(index) else { break };
            let at = LbAddr { block: number, partition: file_set.partition };
            let Ok(place) = space.read_logical(at, Replica::Main, &mut block) else { break };
            match kind(&block) {
                Some(FileSetDescriptor::ID) => {}
                Some(_) => break,
                None => {
                    not_terminated(space, place, "4/8.3.1", "file set descriptor");
                    break;
                }
            }
        }
    }
}

fn not_terminated(space: Space<'_>, place: Place, clause: &'static str, which: &str) {
    space.findings.odd(
        place,
        clause,
        format_args!("the {which} sequence has no terminating descriptor here"),
    );
}

/// Of which kind a descriptor is; a block of zeros is none.
fn kind(block: &[u8]) -> Option<TagId> {
    Tag::open(block).ok().map(|(tag, _)| tag.id).filter(|&id| id != TagId(0))
}

/// Compares the blocks of the metadata file that are in use with those of the mirror.
fn check_metadata<E>(
    space: Space<'_>,
    partition: u16,
    files: &MetadataTranslation,
    is_used: &dyn Fn(u32) -> bool,
    check: &mut dyn FnMut() -> Result<(), E>,
) -> Result<(), E> {
    if files.main.is_empty() || files.mirror.is_empty() {
        return Ok(());
    }
    let size = space.block_size as usize;
    let mut bytes = [Vec::new(), Vec::new()];
    // The first block that differs, whose copy is lost, and how many follow.
    let mut differing: Option<(Place, &str)> = None;
    let mut count = 0u32;
    for run in &files.main {
        let mut within = 0;
        while within < run.count {
            check()?;
            let first = run.first + within;
            let locate = |replica| space.locate(LbAddr { block: first, partition }, replica).ok();
            let (Some(main), Some(mirror)) = (locate(Replica::Main), locate(Replica::Mirror)) else {
                within += 1;
                continue;
            };
            let blocks = (run.count - within).min(main.count).min(mirror.count).clamp(1, PIECE);
            within += blocks;
            // Without a copy of its own the mirror is another way to the same blocks.
            if main.start == mirror.start {
                continue;
            }
            for (bytes, start) in bytes.iter_mut().zip([main.start, mirror.start]) {
                bytes.resize(blocks as usize * size, 0);
                if space.read_blocks(start, bytes).is_err() {
                    // One by one, and zeros for what cannot be read.
                    bytes.fill(0);
                    for (number, block) in (start..).zip(bytes.chunks_exact_mut(size)) {
                        let _ = space.read_blocks(number, block);
                    }
                }
            }
            let [main_bytes, mirror_bytes] = &bytes;
            if main_bytes == mirror_bytes {
                continue;
            }
            let pairs = main_bytes.chunks_exact(size).zip(mirror_bytes.chunks_exact(size));
            for (number, (one, other)) in (0..).zip(pairs) {
                if one == other || !is_used(first + number) {
                    continue;
                }
                count += 1;
                let is_main_lost = kind(one).is_none() && kind(other).is_some();
                let (start, which) = if is_main_lost {
                    (main.start, "metadata file")
                } else {
                    (mirror.start, "metadata mirror")
                };
                differing = differing.or_else(|| Some((space.place(start.saturating_add(number)), which)));
            }
        }
    }
    if let Some((place, which)) = differing {
        let message = format_args!("the {which} differs here from its copy, in {count} of its blocks");
        space.findings.copy_lost(place, "UDF 2.2.13", message);
    }
    Ok(())
}
