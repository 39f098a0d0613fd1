//! The descriptors of images that other programs made: all parse, encode to the same bytes, and say what the
//! lists beside the images say.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::ops::RangeInclusive;

use fsimage_udf::volume::{
    AnchorVolumeDescriptorPointer, IntegrityType, LogicalVolumeDescriptor, LogicalVolumeIntegrityDescriptor,
    PartitionDescriptor, PartitionMap, PrimaryVolumeDescriptor, StandardId, VolumeDescriptor,
    VolumeStructureDescriptor,
};
use fsimage_udf::{Descriptor, ExtentAd};

/// What the list says, as lines of "# fact: ..." and "# name=value".
struct Facts(String);

impl Facts {
    fn lines<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.lines().filter_map(move |line| line.strip_prefix(prefix))
    }

    fn one<'a>(&'a self, prefix: &'a str) -> Option<&'a str> {
        self.lines(prefix).next()
    }
}

/// The word behind `name` in `text`.
fn word<'a>(text: &'a str, name: &str) -> &'a str {
    let mut words = text.split(' ');
    words.find(|word| *word == name).unwrap_or_else(|| panic!("no {name} in {text}"));
    words.next().unwrap()
}

/// "256,270-526" as ranges.
fn ranges(text: &str) -> Vec<RangeInclusive<u32>> {
    text.split(',')
        .map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            first.parse().unwrap()..=last.parse().unwrap()
        })
        .collect()
}

struct Image {
    name: String,
    bytes: Vec<u8>,
    block_size: usize,
}

impl Image {
    fn block(&self, number: u32) -> Option<&[u8]> {
        let start = usize::try_from(number).unwrap() * self.block_size;
        self.bytes.get(start..start + self.block_size)
    }

    fn anchor(&self, number: u32) -> Option<AnchorVolumeDescriptorPointer> {
        let anchor = AnchorVolumeDescriptorPointer::parse(self.block(number)?).ok()?;
        anchor.tag.check_location(number).ok()?;
        Some(anchor)
    }

    /// The descriptors of an extent up to the terminating one; each must encode to its own bytes.
    fn sequence(&self, extent: ExtentAd) -> Vec<VolumeDescriptor> {
        let mut descriptors = Vec::new();
        for index in 0..extent.length / u32::try_from(self.block_size).unwrap() {
            let number = extent.location + index;
            let at = format!("{}, block {number}", self.name);
            let block = self.block(number).unwrap_or_else(|| panic!("{at}: behind the end"));
            if block.iter().all(|byte| *byte == 0) {
                break;
            }
            let descriptor = VolumeDescriptor::parse(block)
                .unwrap_or_else(|error| panic!("{at}: {error}"))
                .unwrap_or_else(|| panic!("{at}: another kind of descriptor"));
            descriptor.tag().check_location(number).unwrap_or_else(|error| panic!("{at}: {error}"));
            let mut encoded = vec![0xff; block.len()];
            descriptor.encode(&mut encoded).unwrap();
            let difference = encoded.iter().zip(block).position(|(ours, theirs)| ours != theirs);
            assert_eq!(difference, None, "{at}: {descriptor:?}");
            let last = matches!(descriptor, VolumeDescriptor::Terminating(_));
            descriptors.push(descriptor);
            if last {
                break;
            }
        }
        descriptors
    }
}

fn image(name: &str, bytes: Vec<u8>) -> Image {
    for block_size in [2048, 512, 1024, 4096] {
        let image = Image { name: name.to_owned(), bytes: bytes.clone(), block_size };
        if image.anchor(256).is_some() {
            return image;
        }
    }
    panic!("{name}: no anchor at 256 with any block size");
}

/// Standard identifiers from byte 32,768 on, at steps of 2048 or of the block size.
fn recognition_sequence(bytes: &[u8], step: usize) -> String {
    let mut names = Vec::new();
    for start in (32_768..).step_by(step) {
        let Some(structure) = bytes.get(start..start + VolumeStructureDescriptor::SIZE) else { break };
        let Some(found) = VolumeStructureDescriptor::parse(structure).unwrap() else { break };
        if found.standard != StandardId::CD001 {
            let mut encoded = vec![0xff; VolumeStructureDescriptor::SIZE];
            found.encode(&mut encoded).unwrap();
            assert_eq!(encoded, structure);
        }
        names.push(format!("{:?}", found.standard));
    }
    names.join(" ")
}

fn check(name: &str, bytes: Vec<u8>, facts: &Facts) {
    let volume = facts.one("# fact: UDF ").unwrap();
    let image = image(name, bytes);
    assert_eq!(image.block_size.to_string(), word(volume, "block"), "{name}");

    let blocks = u32::try_from(image.bytes.len() / image.block_size).unwrap();
    let expected = ranges(word(volume, "anchors"));
    for number in 0..blocks {
        let listed = expected.iter().any(|range| range.contains(&number));
        assert_eq!(image.anchor(number).is_some(), listed, "{name}: anchor at {number}");
        if listed {
            let block = image.block(number).unwrap();
            let mut encoded = vec![0xff; image.block_size];
            image.anchor(number).unwrap().encode(&mut encoded).unwrap();
            assert_eq!(encoded, block, "{name}: anchor at {number}");
        }
    }

    let vrs = facts.one("# fact: VRS ").unwrap();
    let found = [2048, 4096].map(|step| recognition_sequence(&image.bytes, step));
    assert!(found.iter().any(|found| found == vrs), "{name}: {found:?}, not {vrs}");

    let anchor = image.anchor(256).unwrap();
    let main = image.sequence(anchor.main);
    let reserve = image.sequence(anchor.reserve);
    let kinds = |sequence: &[VolumeDescriptor]| -> Vec<u16> {
        sequence.iter().map(|descriptor| descriptor.tag().id.0).collect()
    };
    assert_eq!(kinds(&main), kinds(&reserve), "{name}");
    let mut minimum = kinds(&main);
    minimum.sort_unstable();
    minimum.dedup();
    assert_eq!(minimum, [1, 4, 5, 6, 7, 8], "{name}");

    check_volume(name, &main, facts);
    check_integrity(&image, &main, facts);
}

fn logical_volume(sequence: &[VolumeDescriptor]) -> &LogicalVolumeDescriptor {
    let volumes = sequence.iter().filter_map(|descriptor| match descriptor {
        VolumeDescriptor::LogicalVolume(volume) => Some(volume),
        _ => None,
    });
    volumes.max_by_key(|volume| volume.sequence_number).unwrap()
}

fn check_volume(name: &str, sequence: &[VolumeDescriptor], facts: &Facts) {
    let volume = logical_volume(sequence);
    let fact = facts.one("# fact: UDF ").unwrap();
    assert_eq!(volume.block_size.to_string(), word(fact, "block"), "{name}");
    let revision = volume.domain_identifier.domain_suffix().revision.to_string();
    assert_eq!(Some(revision.as_str()), fact.split(' ').next(), "{name}");
    if let Some(label) = facts.one("# label=") {
        assert_eq!(volume.identifier.text().unwrap(), label, "{name}");
    }

    let mut primaries = sequence.iter().filter_map(|descriptor| match descriptor {
        VolumeDescriptor::Primary(primary) => Some(primary.as_ref()),
        _ => None,
    });
    let primary: &PrimaryVolumeDescriptor = primaries.next().unwrap();
    let label = primary.volume_identifier.text().unwrap();
    let implementation = primary.implementation_identifier.text().escape_ascii().to_string();
    let fact = facts.one("# fact: impl ").unwrap();
    assert_eq!(format!("{implementation} label '{label}'"), fact, "{name}");
    assert!(primary.recording_time.to_unix().is_some(), "{name}: {:?}", primary.recording_time);

    let partitions: Vec<&PartitionDescriptor> = sequence
        .iter()
        .filter_map(|descriptor| match descriptor {
            VolumeDescriptor::Partition(partition) => Some(partition.as_ref()),
            _ => None,
        })
        .collect();
    let found: Vec<String> = partitions
        .iter()
        .map(|partition| {
            let PartitionDescriptor { number, start, length, access_type, .. } = partition;
            format!("#{number} start {start} len {length} access {}", access_type.0)
        })
        .collect();
    let expected: Vec<&str> = facts.lines("# fact: partitions ").collect();
    assert_eq!(found, expected, "{name}");

    let maps: Vec<String> = volume.partition_maps.iter().map(map_fact).collect();
    let expected: Vec<&str> = facts
        .lines("# fact: ")
        .filter(|fact| fact.starts_with("map1 ") || fact.contains(" map "))
        .map(|fact| fact.split_once(" VAT ICB").map_or(fact, |(map, _)| map))
        .collect();
    assert_eq!(maps, expected, "{name}");
}

fn map_fact(map: &PartitionMap) -> String {
    match map {
        PartitionMap::Physical { partition_number, .. } => format!("map1 p{partition_number}"),
        PartitionMap::Virtual { identifier, .. } => {
            format!("VIRTUAL map suffix {:02x}{:02x}", identifier.suffix[0], identifier.suffix[1])
        }
        PartitionMap::Sparable { packet_length, tables, .. } => {
            format!("SPARABLE map packet {packet_length} tables {tables:?}")
        }
        PartitionMap::Metadata {
            file,
            mirror_file,
            bitmap_file,
            allocation_unit,
            alignment_unit,
            flags,
            ..
        } => format!(
            "METADATA map main {file} mirror {mirror_file} bitmap {bitmap_file:#x} \
             alloc unit {allocation_unit} align {alignment_unit} flags {}",
            flags.bits()
        ),
        PartitionMap::Other(bytes) => format!("unknown {bytes:?}"),
    }
}

fn check_integrity(image: &Image, main: &[VolumeDescriptor], facts: &Facts) {
    let volume = logical_volume(main);
    let sequence = image.sequence(volume.integrity_sequence);
    let integrity: Vec<&LogicalVolumeIntegrityDescriptor> = sequence
        .iter()
        .filter_map(|descriptor| match descriptor {
            VolumeDescriptor::Integrity(integrity) => Some(integrity.as_ref()),
            _ => None,
        })
        .collect();
    let last = integrity.last().unwrap();
    assert_eq!(last.sizes.len(), volume.partition_maps.len(), "{}", image.name);
    let content = &last.implementation_use;
    let found = format!(
        "{} files {} dirs {} nextuid {} rev r{:x}/w{:x}/m{:x}",
        if last.integrity_type == IntegrityType::OPEN { "open" } else { "closed" },
        content.files,
        content.directories,
        last.unique_id,
        content.minimum_read_revision.0,
        content.minimum_write_revision.0,
        content.maximum_write_revision.0
    );
    assert_eq!(Some(found.as_str()), facts.one("# fact: LVID "), "{}", image.name);
}

#[test]
fn udf_descriptors_of_the_corpus() {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    let mut checked = 0;
    for image in peers::corpus_images(&corpus).unwrap() {
        let facts = Facts(fs::read_to_string(corpus.join(format!("{}.list", image.name))).unwrap());
        if facts.one("# fact: UDF ").is_some() {
            check(&image.name, image.bytes(&xz).unwrap(), &facts);
            checked += 1;
        }
    }
    println!("{checked} images");
    assert!(checked > 0, "no UDF image in the corpus");
}
