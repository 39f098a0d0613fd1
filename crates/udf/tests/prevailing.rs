//! What counts where a volume says something several times or elsewhere: sequence numbers, pointers, further
//! extents, anchors, space tables, tables far from the end. No writer makes most of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use fsimage_udf::file::{
    AllocationExtentDescriptor, AllocationType, FileSetDescriptor, FileType, IcbFlags, IcbTag, IndirectEntry,
    Strategy, TerminalEntry, UnallocatedSpaceEntry,
};
use fsimage_udf::partition::SpaceBitmapDescriptor;
use fsimage_udf::read::{FreeSpace, Volume};
use fsimage_udf::volume::{
    LogicalVolumeDescriptor, LogicalVolumeIntegrityDescriptor, PartitionDescriptor, PrimaryVolumeDescriptor,
    StandardId, TerminatingDescriptor, VolumeDescriptorPointer, VolumeStructureDescriptor,
};
use fsimage_udf::{DString, Descriptor, EntityId, ExtentAd, LongAd, Revision, ShortAd, TagId};
use sector_io::{MemorySectors, ReadError, ReadSectors, Sector, SectorCount};

use support::craft::{Craft, Node, START, plain, short};
use support::listing;

/// Blocks of the main and the reserve sequence and of the integrity sequence of a crafted volume.
const MAIN: u32 = 160;
const RESERVE: u32 = 180;
const INTEGRITY: u32 = 200;
const NOT_RECORDED: u32 = 1 << 30;
const CONTINUATION: u32 = 3 << 30;

fn sample() -> Craft {
    let mut craft = plain(2048, Revision::V2_01, &[("file", 10)]);
    craft.node(START + 10, 10, &Node::embedded(FileType::BYTES, b"abc"));
    craft
}

fn open(source: &MemorySectors) -> Volume<&dyn ReadSectors> {
    let source: &dyn ReadSectors = source;
    Volume::open(source, Sector::ZERO).unwrap()
}

fn names(volume: &Volume<&dyn ReadSectors>) -> Vec<String> {
    listing(volume).into_keys().collect()
}

fn findings(volume: &Volume<&dyn ReadSectors>) -> Vec<String> {
    volume.findings().iter().map(ToString::to_string).collect()
}

/// Records the descriptor of block `from`, with changes, in block `to`.
fn record<T: Descriptor>(craft: &mut Craft, from: u32, to: u32, change: impl FnOnce(&mut T)) {
    let mut descriptor = T::parse(craft.block(from)).unwrap();
    change(&mut descriptor);
    descriptor.encode(craft.block(to)).unwrap();
}

fn terminator(craft: &mut Craft, block: u32) {
    let end = TerminatingDescriptor { tag: craft.tag(TagId::TERMINATING, block, 496) };
    end.encode(craft.block(block)).unwrap();
}

#[test]
fn descriptors_of_a_higher_sequence_number_prevail() {
    let mut craft = sample();
    // Newer ones and older ones behind those that are there, and one of the same number, which is a copy.
    record(&mut craft, MAIN + 1, MAIN + 3, |volume: &mut LogicalVolumeDescriptor| {
        (volume.tag.location, volume.sequence_number) = (MAIN + 3, 9);
        volume.identifier = DString::new("newer").unwrap();
    });
    record(&mut craft, MAIN + 1, MAIN + 4, |volume: &mut LogicalVolumeDescriptor| {
        (volume.tag.location, volume.sequence_number) = (MAIN + 4, 1);
        volume.identifier = DString::new("older").unwrap();
    });
    record(&mut craft, MAIN + 2, MAIN + 5, |partition: &mut PartitionDescriptor| {
        (partition.tag.location, partition.sequence_number) = (MAIN + 5, 2);
        partition.start = 5;
    });
    record(&mut craft, MAIN, MAIN + 6, |primary: &mut PrimaryVolumeDescriptor| {
        (primary.tag.location, primary.sequence_number) = (MAIN + 6, 0);
        primary.volume_identifier = DString::new("older").unwrap();
    });
    terminator(&mut craft, MAIN + 7);
    let source = craft.source();
    let volume = open(&source);
    assert_eq!(volume.label(), "newer");
    assert_eq!(volume.partitions().len(), 1);
    assert_eq!(volume.partitions()[0].start, START);
    assert_eq!(volume.primary().unwrap().volume_identifier, DString::new("test").unwrap());
    assert_eq!(names(&volume), ["/file"]);
    assert_eq!(findings(&volume), [""; 0]);
}

fn pointer(craft: &mut Craft, block: u32, next: u32) {
    let pointer = VolumeDescriptorPointer {
        tag: craft.tag(TagId::VOLUME_POINTER, block, 496),
        sequence_number: 2,
        next: ExtentAd { length: 16 * 2048, location: next },
    };
    pointer.encode(craft.block(block)).unwrap();
}

#[test]
fn a_volume_descriptor_pointer_is_followed() {
    let mut craft = sample();
    for block in RESERVE..RESERVE + 4 {
        craft.block(block).fill(0);
    }
    for (from, to) in [(MAIN + 1, 220u32), (MAIN + 2, 221)] {
        let mut block = craft.block(from).to_vec();
        block[12..16].copy_from_slice(&to.to_le_bytes());
        // The sum over the tag, which has changed.
        block[4] = 0;
        block[4] = block[..16].iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
        craft.block(to).copy_from_slice(&block);
    }
    terminator(&mut craft, 222);
    pointer(&mut craft, MAIN + 1, 220);
    // Behind a pointer nothing of its extent counts.
    craft.block(MAIN + 2).fill(0x55);
    let source = craft.source();
    let volume = open(&source);
    assert_eq!(names(&volume), ["/file"]);
    assert_eq!(findings(&volume), [""; 0]);

    // One that leads back ends as well, with what was found.
    pointer(&mut craft, 222, 220);
    let source = craft.source();
    assert_eq!(names(&open(&source)), ["/file"]);
}

#[test]
fn the_last_file_set_is_taken() {
    let mut craft = sample();
    // The first one names a second, behind which, in its extent, there is a third.
    let none = LongAd::default();
    let second = LongAd { length_and_type: 3 * 2048, ..craft.ad(0, 50) };
    record(&mut craft, START, START, |set: &mut FileSetDescriptor| set.next = second);
    craft.file_set(START + 50, 50, craft.ad(0, 60), none);
    craft.file_set(START + 51, 51, craft.ad(0, 61), none);
    for (root, name) in [(60, "second"), (61, "third")] {
        let identifiers = craft.directory(craft.ad(0, root), root, &[(name, craft.ad(0, 10))]);
        craft.node(START + root, root, &Node::embedded(FileType::DIRECTORY, &identifiers));
    }
    let source = craft.source();
    assert_eq!(names(&open(&source)), ["/third"]);
    // A damaged one ends the sequence, and so does one that names the first.
    craft.block(START + 51)[20] ^= 1;
    let source = craft.source();
    assert_eq!(names(&open(&source)), ["/second"]);
    let first = craft.ad(0, 0);
    record(&mut craft, START + 50, START + 50, |set: &mut FileSetDescriptor| set.next = first);
    let source = craft.source();
    assert_eq!(names(&open(&source)).len(), 1);
}

#[test]
fn a_boot_descriptor_is_passed_over() {
    let mut craft = sample();
    let standards = [StandardId::BEA01, StandardId::BOOT2, StandardId::NSR03, StandardId::TEA01];
    for (number, standard) in standards.into_iter().enumerate() {
        let at = 32_768 + number * 2048;
        VolumeStructureDescriptor::new(standard).encode(&mut craft.image[at..at + 2048]).unwrap();
    }
    // Whatever the descriptor says of booting.
    craft.image[32_768 + 2048 + 8..32_768 + 2048 + 1000].fill(0xa5);
    let source = craft.source();
    assert_eq!(fsimage_udf::read::recognised(&source, Sector::ZERO), Some(StandardId::NSR03));
    let volume = open(&source);
    assert_eq!(names(&volume), ["/file"]);
    assert_eq!(findings(&volume), [""; 0]);
}

#[test]
fn an_anchor_at_512_is_found() {
    for size in [512, 2048, 4096] {
        let mut craft = plain(size, Revision::V2_01, &[("file", 10)]);
        craft.node(START + 10, 10, &Node::embedded(FileType::BYTES, b"abc"));
        let last = craft.blocks() - 1;
        for block in [256, last] {
            craft.block(block).fill(0);
        }
        let source: &dyn ReadSectors = &craft.source();
        assert!(Volume::open(source, Sector::ZERO).is_err());
        craft.anchor(512);
        let source = craft.source();
        assert_eq!(names(&open(&source)), ["/file"], "{size}");
    }
}

#[test]
fn the_anchor_of_a_later_session() {
    const SESSION: u32 = 16;
    let mut craft = sample();
    let last = craft.blocks() - 1;
    for block in [256, last] {
        craft.block(block).fill(0);
    }
    let recognition = craft.image[32_768..32_768 + 3 * 2048].to_vec();
    craft.write(16 + SESSION, &recognition);
    craft.anchor(256 + SESSION);
    let source: &dyn ReadSectors = &craft.source();
    assert!(Volume::open(source, Sector::ZERO).is_err());
    let volume = Volume::open(source, Sector::new(SESSION)).unwrap();
    assert_eq!(names(&volume), ["/file"]);
    assert_eq!(findings(&volume), [""; 0]);
}

#[test]
fn further_extents_of_the_integrity_sequence() {
    let mut craft = sample();
    let next = |location| ExtentAd { length: 2 * 2048, location };
    for (at, unique_id, onward) in [(230, 200, next(240)), (240, 300, ExtentAd::default())] {
        record(&mut craft, INTEGRITY, at, |integrity: &mut LogicalVolumeIntegrityDescriptor| {
            (integrity.tag.location, integrity.unique_id, integrity.next) = (at, unique_id, onward);
        });
    }
    record(&mut craft, 240, 241, |integrity: &mut LogicalVolumeIntegrityDescriptor| {
        (integrity.tag.location, integrity.unique_id) = (241, 400);
    });
    let onward = next(230);
    record(&mut craft, INTEGRITY, INTEGRITY, |integrity: &mut LogicalVolumeIntegrityDescriptor| {
        integrity.next = onward;
    });
    let source = craft.source();
    let volume = open(&source);
    assert_eq!(volume.integrity().unwrap().unique_id, 400);
    assert_eq!(findings(&volume), [""; 0]);
    // Round in a circle: it ends, and one of them counts.
    record(&mut craft, 241, 241, |integrity: &mut LogicalVolumeIntegrityDescriptor| integrity.next = onward);
    let source = craft.source();
    let volume = open(&source);
    assert!(volume.integrity().is_some());
    assert!(findings(&volume).iter().any(|finding| finding.contains("integrity extents")));
}

#[test]
fn a_strange_domain_is_told() {
    for sequence in [MAIN, RESERVE] {
        let mut craft = sample();
        record(&mut craft, sequence + 1, sequence + 1, |volume: &mut LogicalVolumeDescriptor| {
            volume.domain_identifier = EntityId::new(b"*Other");
        });
        let source = craft.source();
        let volume = open(&source);
        assert_eq!(names(&volume), ["/file"]);
        let told = findings(&volume).iter().any(|finding| finding.contains("\"*Other\""));
        // The reserve sequence is not looked at where the main one is sound.
        assert_eq!(told, sequence == MAIN);
    }
}

/// The crafted partition, its space described by `describe`.
fn with_space(describe: impl Fn(&mut PartitionDescriptor)) -> Craft {
    let mut craft = sample();
    for sequence in [MAIN, RESERVE] {
        record(&mut craft, sequence + 2, sequence + 2, &describe);
    }
    craft
}

fn extent(blocks: u32, position: u32) -> ShortAd {
    ShortAd { length_and_type: blocks * 2048, position }
}

fn icb_tag(strategy: Strategy, file_type: FileType) -> IcbTag {
    let flags = IcbFlags::empty().with_allocation(AllocationType::Short);
    IcbTag { strategy, ..IcbTag::direct(file_type, flags) }
}

fn space_entry(craft: &mut Craft, at: u32, strategy: Strategy, descriptors: &[[u8; 8]]) {
    let area = descriptors.concat();
    let entry = UnallocatedSpaceEntry {
        tag: craft.tag(TagId::UNALLOCATED_SPACE_ENTRY, at, 24 + area.len()),
        icb_tag: icb_tag(strategy, FileType::UNALLOCATED_SPACE),
        allocation_descriptors: &area,
    };
    entry.encode(craft.block(START + at)).unwrap();
}

fn free(blocks: u32, at: u32) -> [u8; 8] {
    short((blocks * 2048) | NOT_RECORDED, at)
}

fn table(space: Option<FreeSpace>) -> Vec<Range<u32>> {
    match space {
        Some(FreeSpace::Table(extents)) => extents,
        other => panic!("{other:?}"),
    }
}

#[test]
fn space_tables() {
    let mut craft = with_space(|partition| {
        partition.header.unallocated_space_table = extent(1, 20);
        partition.header.freed_space_table = extent(2, 22);
    });
    // Two in the entry, and more in an allocation extent.
    let more = short(2048 | CONTINUATION, 21);
    space_entry(&mut craft, 20, Strategy::DIRECT, &[free(10, 100), free(5, 120), more]);
    let area = [free(20, 130), free(50, 150)].concat();
    let tag = craft.tag(TagId::ALLOCATION_EXTENT, 21, 8);
    let further = AllocationExtentDescriptor { tag, previous: 0, allocation_descriptors: &area };
    further.encode(craft.block(START + 21)).unwrap();
    // A chain: the last entry is in force.
    space_entry(&mut craft, 22, Strategy::CHAIN, &[free(99, 300)]);
    let indirect = IndirectEntry {
        tag: craft.tag(TagId::INDIRECT_ENTRY, 23, 36),
        icb_tag: icb_tag(Strategy::CHAIN, FileType::INDIRECT),
        indirect_icb: LongAd { length_and_type: 2 * 2048, ..craft.ad(0, 24) },
    };
    indirect.encode(craft.block(START + 23)).unwrap();
    space_entry(&mut craft, 24, Strategy::CHAIN, &[free(1, 301)]);
    let terminal = TerminalEntry {
        tag: craft.tag(TagId::TERMINAL_ENTRY, 25, 20),
        icb_tag: icb_tag(Strategy::CHAIN, FileType::TERMINAL),
    };
    terminal.encode(craft.block(START + 25)).unwrap();

    let source = craft.source();
    let volume = open(&source);
    let space = volume.unallocated_space(7).unwrap().unwrap();
    assert_eq!(space.blocks(), 85);
    for (block, is_free) in [(99, false), (100, true), (109, true), (110, false), (199, true), (200, false)] {
        assert_eq!(space.is_free(block), is_free, "{block}");
    }
    // What touches is one extent.
    assert_eq!(table(Some(space)), [100..110, 120..125, 130..200]);
    let freed = volume.freed_space(7).unwrap().unwrap();
    assert!(freed.blocks() == 1 && freed.is_free(301));
    assert_eq!(volume.space_bitmap(7).unwrap(), None);
    assert_eq!(volume.unallocated_space(6).unwrap(), None);
    assert_eq!(findings(&volume), [""; 0]);
}

#[test]
fn space_tables_that_lie() {
    let mut craft = with_space(|partition| {
        partition.header.unallocated_space_table = extent(1, 20);
        partition.header.freed_space_table = extent(1, 30);
    });
    // Out of order, overlapping, past the end, and round in a circle.
    let round = short(2048 | CONTINUATION, 21);
    space_entry(&mut craft, 20, Strategy::DIRECT, &[free(10, 100), free(10, 95), free(90, 350), round]);
    let tag = craft.tag(TagId::ALLOCATION_EXTENT, 21, 8);
    let area = [free(1, 5), round].concat();
    let further = AllocationExtentDescriptor { tag, previous: 0, allocation_descriptors: &area };
    further.encode(craft.block(START + 21)).unwrap();
    let source = craft.source();
    let volume = open(&source);
    assert_eq!(table(volume.unallocated_space(7).unwrap()), [5..6, 95..110, 350..400]);
    let told = findings(&volume);
    assert!(told.iter().any(|finding| finding.contains("lead back")), "{told:?}");
    assert!(told.iter().any(|finding| finding.contains("not in order")), "{told:?}");
    assert!(volume.freed_space(7).is_err(), "no entry is there");
}

#[test]
fn bitmaps_of_both_kinds_of_space() {
    let mut craft = with_space(|partition| {
        partition.header.unallocated_space_bitmap = extent(1, 20);
        partition.header.freed_space_bitmap = extent(1, 21);
    });
    for (at, byte) in [(20, 0xf0), (21, 0x0f)] {
        let bitmap = SpaceBitmapDescriptor {
            tag: craft.tag(TagId::SPACE_BITMAP, at, 8),
            number_of_bits: 400,
            bitmap: vec![byte; 50],
        };
        bitmap.encode(craft.block(START + at)).unwrap();
    }
    let source = craft.source();
    let volume = open(&source);
    let (unallocated, freed) = (volume.unallocated_space(7).unwrap(), volume.freed_space(7).unwrap());
    let (unallocated, freed) = (unallocated.unwrap(), freed.unwrap());
    assert_eq!((unallocated.blocks(), freed.blocks()), (200, 200));
    assert!(unallocated.is_free(4) && !freed.is_free(4) && freed.is_free(8) && !freed.is_free(400));
}

/// A volume with zeros behind it.
struct Padded {
    volume: MemorySectors,
    sectors: u32,
    data_end: u32,
    read: AtomicU64,
}

impl ReadSectors for Padded {
    fn sectors(&self) -> SectorCount {
        SectorCount::new(self.sectors)
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        self.read.fetch_add(into.len() as u64, Ordering::Relaxed);
        let there = self.volume.sectors().get().saturating_sub(start.get()) as usize * 2048;
        let (there, zeros) = into.split_at_mut(there.min(into.len()));
        zeros.fill(0);
        if there.is_empty() { Ok(()) } else { self.volume.read_sectors(start, there) }
    }

    fn data_end(&self) -> SectorCount {
        SectorCount::new(self.data_end)
    }
}

#[test]
fn a_virtual_allocation_table_far_from_the_end() {
    const GIB: u32 = 1 << 19;
    let volume = support::craft::write_once(Revision::V2_00);
    let blocks = volume.blocks();
    // Read over, or known to be a hole; too much to be read over; a hole of nearly 8 TiB.
    let places = [(3 * GIB / 2, None, true), (u32::MAX, None, false), (u32::MAX, Some(blocks), true)];
    for (sectors, hole, is_found) in places {
        let padded = Padded {
            volume: volume.source(),
            sectors,
            data_end: hole.unwrap_or(sectors),
            read: AtomicU64::new(0),
        };
        let source: &dyn ReadSectors = &padded;
        let opened = Volume::open(source, Sector::ZERO);
        assert_eq!(opened.as_ref().is_ok_and(|volume| listing(volume).len() == 2), is_found, "{sectors}");
        let read = padded.read.load(Ordering::Relaxed);
        assert!(read < if hole.is_some() { 16 << 20 } else { 5 << 30 }, "{read}");
    }
}
