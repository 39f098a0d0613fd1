//! Volume partitions of an imported session, kept in an image that is made of it.

use std::collections::BTreeSet;
use std::ops::Range;

use iso9660::read::{Structure, Structures, VolumeSet};
use iso9660::volume::VolumePartitionDescriptor;
use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

use super::BootLoss;
use super::landmarks::Landmarks;
use super::successors::Successors;
use crate::Result;
use crate::boot::BootSource;
use crate::plan::{PlanOptions, VolumePartition};
use crate::tree::{FileSystems, NodeKind, Tree};

/// A volume partition (ECMA-119 8.6), and what lies in it.
#[derive(Clone, Debug)]
pub(super) struct KeptVolumePartition {
    descriptor: VolumePartitionDescriptor,
    /// `None` if it is empty; why it cannot be kept.
    content: std::result::Result<Option<BootSource>, String>,
}

/// First sectors that the descriptors name.
pub(super) fn places(set: Option<&VolumeSet>) -> BTreeSet<u32> {
    let partitions = set.map_or(&[][..], |set| &set.partitions);
    partitions.iter().map(|partition| partition.location.get()).collect()
}

impl KeptVolumePartition {
    /// The partitions of a volume. What is in no file becomes a content of the tree.
    pub(super) fn read(
        source: &dyn ReadSectors,
        set: &VolumeSet,
        tree: &mut Tree,
        landmarks: &mut Landmarks,
    ) -> Result<Vec<KeptVolumePartition>> {
        let mut kept: Vec<KeptVolumePartition> = Vec::new();
        if set.partitions.is_empty() {
            return Ok(kept);
        }
        let structures = set.structures(source);
        for descriptor in &set.partitions {
            let content = match held(source, &structures, descriptor, landmarks, &kept) {
                Ok(Held::Nothing) => Ok(None),
                Ok(Held::Thing(source)) => Ok(Some(source)),
                Ok(Held::Stretch) => {
                    let len = u64::from(descriptor.size) * SECTOR_SIZE as u64;
                    Ok(Some(landmarks.add_hidden(tree, descriptor.location.get(), len)?.source))
                }
                Err(reason) => Err(reason),
            };
            kept.push(KeptVolumePartition { descriptor: descriptor.clone(), content });
        }
        Ok(kept)
    }

    /// What it holds, if that is a file or a stretch.
    pub(super) fn source(&self) -> Option<BootSource> {
        self.content.as_ref().ok().copied().flatten()
    }

    /// Puts it into the options of a new image, or says what is lost.
    pub(super) fn put_into(
        &self,
        successors: &Successors,
        tree: &Tree,
        options: &mut PlanOptions,
        losses: &mut Vec<BootLoss>,
    ) {
        let content = match &self.content {
            _ if !options.file_systems.contains(FileSystems::ISO9660) => {
                Err("no ISO 9660 is written, whose descriptor it is".to_owned())
            }
            Ok(None) => Ok(None),
            Ok(Some(source)) => match successors.source(*source) {
                BootSource::Content(content) => Ok(Some(content)),
                BootSource::File(node) => match tree.kind(node) {
                    NodeKind::File(content) if tree.holds(node) && tree.content_len(content) > 0 => {
                        Ok(Some(content))
                    }
                    _ => Err("the file that lies in it is removed, or has become empty".to_owned()),
                },
                BootSource::Appended(number) => {
                    Err(format!("what is appended partition {number} lies in it"))
                }
            },
            Err(reason) => Err(reason.clone()),
        };
        match content {
            Ok(content) => {
                options
                    .volume_partitions
                    .push(VolumePartition { descriptor: self.descriptor.clone(), content });
            }
            Err(reason) => {
                losses.push(BootLoss::VolumePartition { identifier: identifier(&self.descriptor), reason })
            }
        }
    }
}

/// What lies in a partition that can be kept.
enum Held {
    Nothing,
    Thing(BootSource),
    /// What no directory knows.
    Stretch,
}

fn held(
    source: &dyn ReadSectors,
    structures: &Structures,
    descriptor: &VolumePartitionDescriptor,
    landmarks: &Landmarks,
    before: &[KeptVolumePartition],
) -> std::result::Result<Held, String> {
    if descriptor.size == 0 {
        return Ok(Held::Nothing);
    }
    let area = area(descriptor);
    let there = source.sectors().get();
    if u64::from(descriptor.location.get()) + u64::from(descriptor.size) > u64::from(there) {
        let (size, start) = (descriptor.size, descriptor.location);
        return Err(format!(
            "its {size} sectors from sector {start} on pass the end of the image, sector {there}"
        ));
    }
    let sectors = |len: u64| len.div_ceil(SECTOR_SIZE as u64);
    if let Some(thing) = landmarks.at(area.start.get())
        && sectors(thing.len) == u64::from(descriptor.size)
    {
        return Ok(Held::Thing(match thing.source {
            BootSource::Appended(number) => {
                let content =
                    landmarks.appended.iter().find(|one| one.number == number).map(|one| one.content);
                content.map_or(thing.source, BootSource::Content)
            }
            source => source,
        }));
    }
    let part_of_image = match structures.found_in(source, &area) {
        Some(Structure::Descriptors) => Some("the system area or volume descriptors lie in it"),
        Some(Structure::PathTable) => Some("a path table lies in it"),
        Some(Structure::Directory) => Some("a directory lies in it"),
        Some(Structure::Unknown) => {
            Some("where directories lie is not known, for a path table cannot be read")
        }
        None if landmarks.is_free(area.start.get(), area.end.get()) => None,
        None => Some("a file lies in it with others, or in part"),
    };
    if let Some(what) = part_of_image {
        return Err(format!("{what}: a copy would show the earlier state"));
    }
    let is_shared = |other: &&KeptVolumePartition| {
        let other = self::area(&other.descriptor);
        other.start < area.end && area.start < other.end
    };
    if let Some(other) = before.iter().filter(|other| other.content.is_ok()).find(is_shared) {
        let other = identifier(&other.descriptor);
        return Err(format!("volume partition {other:?} has some of its sectors, and not the same"));
    }
    Ok(Held::Stretch)
}

fn area(descriptor: &VolumePartitionDescriptor) -> Range<Sector> {
    let start = descriptor.location.get();
    Sector::new(start)..Sector::new(start.saturating_add(descriptor.size))
}

fn identifier(descriptor: &VolumePartitionDescriptor) -> String {
    let field = &descriptor.volume_partition_identifier;
    String::from_utf8_lossy(field).trim_end_matches([' ', '\0']).to_owned()
}
