//! Volume descriptor sequences (ECMA-167 3/8.4.2) and the integrity sequence (3/8.8.2).

use super::finding::Place;
use super::space::Space;
use crate::volume::{
    ImplementationUseVolumeDescriptor, LogicalVolumeDescriptor, LogicalVolumeIntegrityDescriptor,
    PartitionDescriptor, PrimaryVolumeDescriptor, UnallocatedSpaceDescriptor, VolumeDescriptor,
};
use crate::{Descriptor, ExtentAd, TagId};

/// Blocks of sequences that are looked at.
const MOST: u32 = 4096;
/// Blocks without a descriptor, one behind another, that end a sequence.
const MOST_BAD: u32 = 16;
/// Extents of a sequence, each named by the one before.
const MOST_EXTENTS: u32 = 1000;

/// The prevailing descriptors of a sequence: of each kind the one with the highest sequence number.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    pub(super) primary: Option<Box<PrimaryVolumeDescriptor>>,
    pub(super) logical_volume: Option<Box<LogicalVolumeDescriptor>>,
    /// By ascending partition number.
    pub(super) partitions: Vec<PartitionDescriptor>,
    pub(super) implementation_use: Vec<ImplementationUseVolumeDescriptor>,
    pub(super) unallocated_space: Option<UnallocatedSpaceDescriptor>,
    /// Kind and block of each descriptor, of the terminating one as well.
    pub(super) blocks: Vec<(TagId, u32)>,
    /// The block that ended it.
    pub(super) end: u32,
    /// The first block that was no descriptor, or could not be read.
    first_bad: Option<u32>,
    /// Whether something in it was no descriptor, or could not be read.
    pub(super) is_damaged: bool,
}

impl Sequence {
    /// Whether the volume can be read from it alone.
    pub(super) fn is_usable(&self) -> bool {
        self.logical_volume.is_some() && !self.partitions.is_empty()
    }

    pub(super) fn is_sound(&self) -> bool {
        self.is_usable() && self.primary.is_some() && !self.is_damaged
    }

    /// Where it is damaged: it may end too early.
    pub(super) fn damaged_at(&self) -> u32 {
        self.first_bad.unwrap_or(self.end)
    }

    /// Reads the sequence in `extent` and where it goes on.
    pub(super) fn read(space: Space<'_>, extent: ExtentAd) -> Sequence {
        let mut sequence = Sequence::default();
        let mut next = Some(extent);
        let mut left = MOST;
        let mut block = vec![0; space.block_size as usize];
        while let Some(extent) = next.take() {
            let mut bad = 0;
            for index in 0..extent.length / space.block_size {
                if left == 0 || bad == MOST_BAD {
                    sequence.is_damaged = true;
                    return sequence;
                }
                left -= 1;
                let Some(number) = extent.location.checked_add(index) else { break };
                let place = space.place(number);
                sequence.end = number;
                if let Err(error) = space.read_blocks(number, &mut block) {
                    space.findings.odd(
                        place,
                        "3/8.4.2",
                        format_args!("a volume descriptor sequence: {error}"),
                    );
                    sequence.is_damaged = true;
                    sequence.first_bad = sequence.first_bad.or(Some(number));
                    bad += 1;
                    continue;
                }
                // An unrecorded block ends the sequence (3/8.4.2).
                if block.iter().all(|byte| *byte == 0) {
                    break;
                }
                match VolumeDescriptor::parse(&block) {
                    Ok(Some(VolumeDescriptor::Terminating(_))) => {
                        sequence.blocks.push((TagId::TERMINATING, number));
                        return sequence;
                    }
                    Ok(Some(VolumeDescriptor::Pointer(pointer))) => {
                        next = (pointer.next.length > 0).then_some(pointer.next);
                        break;
                    }
                    Ok(Some(descriptor)) => {
                        bad = 0;
                        check_location(space, descriptor.tag().location, number);
                        sequence.blocks.push((descriptor.tag().id, number));
                        sequence.take(descriptor);
                    }
                    Ok(None) => {
                        let message = format_args!("no volume descriptor in a sequence of them");
                        space.findings.odd(place, "3/8.4.2", message);
                        bad += 1;
                    }
                    Err(error) => {
                        space.findings.odd(place, "3/7.2", format_args!("a volume descriptor: {error}"));
                        sequence.is_damaged = true;
                        sequence.first_bad = sequence.first_bad.or(Some(number));
                        bad += 1;
                    }
                }
            }
        }
        sequence
    }

    fn take(&mut self, descriptor: VolumeDescriptor) {
        match descriptor {
            VolumeDescriptor::Primary(new) => {
                let old = &self.primary;
                if old.as_ref().is_none_or(|old| old.sequence_number <= new.sequence_number) {
                    self.primary = Some(new);
                }
            }
            VolumeDescriptor::LogicalVolume(new) => {
                let old = &self.logical_volume;
                if old.as_ref().is_none_or(|old| old.sequence_number <= new.sequence_number) {
                    self.logical_volume = Some(new);
                }
            }
            VolumeDescriptor::Partition(new) => {
                match self.partitions.binary_search_by_key(&new.number, |old| old.number) {
                    Ok(index) => {
                        if let Some(old) = self.partitions.get_mut(index)
                            && old.sequence_number <= new.sequence_number
                        {
                            *old = *new;
                        }
                    }
                    Err(index) => self.partitions.insert(index, *new),
                }
            }
            VolumeDescriptor::ImplementationUse(new) => self.implementation_use.push(*new),
            VolumeDescriptor::UnallocatedSpace(new) => {
                let old = &self.unallocated_space;
                if old.as_ref().is_none_or(|old| old.sequence_number <= new.sequence_number) {
                    self.unallocated_space = Some(new);
                }
            }
            _ => {}
        }
    }

    /// What the other sequence has and this one has not.
    pub(super) fn complete_from(&mut self, other: Sequence) {
        self.primary = self.primary.take().or(other.primary);
        self.logical_volume = self.logical_volume.take().or(other.logical_volume);
        self.unallocated_space = self.unallocated_space.take().or(other.unallocated_space);
        for partition in other.partitions {
            if let Err(index) = self.partitions.binary_search_by_key(&partition.number, |own| own.number) {
                self.partitions.insert(index, partition);
            }
        }
        if self.implementation_use.is_empty() {
            self.implementation_use = other.implementation_use;
        }
    }
}

fn check_location(space: Space<'_>, recorded: u32, actual: u32) {
    if recorded != actual {
        let message = format_args!("a volume descriptor recorded for block {recorded}, at block {actual}");
        space.findings.odd(space.place(actual), "3/7.2.8", message);
    }
}

/// The last integrity descriptor of the sequence.
pub(super) fn integrity(space: Space<'_>, extent: ExtentAd) -> Option<LogicalVolumeIntegrityDescriptor> {
    let mut last: Option<LogicalVolumeIntegrityDescriptor> = None;
    let mut next = Some(extent);
    let mut left = MOST;
    let mut extents = 0;
    let mut block = vec![0; space.block_size as usize];
    while let Some(extent) = next.take().filter(|extent| extent.length > 0) {
        extents += 1;
        if extents > MOST_EXTENTS {
            let message = format_args!("over {MOST_EXTENTS} integrity extents; the last one read counts");
            space.findings.odd(space.place(extent.location), "3/8.8.2", message);
            break;
        }
        for index in 0..extent.length / space.block_size {
            let Some(number) = extent.location.checked_add(index).filter(|_| left > 0) else { break };
            left -= 1;
            if space.read_blocks(number, &mut block).is_err() || block.iter().all(|byte| *byte == 0) {
                break;
            }
            match LogicalVolumeIntegrityDescriptor::parse(&block) {
                Ok(descriptor) => {
                    let onward = descriptor.next;
                    last = Some(descriptor);
                    if onward.length > 0 {
                        next = Some(onward);
                        break;
                    }
                }
                Err(crate::Error::TagId { .. }) => break,
                Err(error) => {
                    let message = format_args!("an integrity descriptor: {error}");
                    space.findings.odd(space.place(number), "3/10.10", message);
                    break;
                }
            }
        }
    }
    last
}

/// Where the integrity sequence begins.
pub(super) fn integrity_place(space: Space<'_>, volume: &LogicalVolumeDescriptor) -> Place {
    space.place(volume.integrity_sequence.location)
}
