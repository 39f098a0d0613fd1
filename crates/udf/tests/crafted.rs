//! Volumes put together block by block: what no image of the corpus has, and what no writer would make.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use fsimage_udf::attribute::{DeviceSpecification, FileTimes};
use fsimage_udf::file::{
    AllocationExtentDescriptor, FileCharacteristics, FileType, IcbFlags, IcbTag, IndirectEntry, Strategy,
};
use fsimage_udf::partition::{SparingEntry, SparingTable, VatHeader, VirtualAllocationTable};
use fsimage_udf::read::{Content, DirectoryBuffer, EntryKind, Error, File, OpenOptions, Stretch, Volume};
use fsimage_udf::volume::{MetadataFlags, PartitionMap};
use fsimage_udf::{DString, Descriptor, EntityId, LbAddr, LongAd, Revision, TagId};
use peers::{Kind, Listing, digest};
use sector_io::{MemorySectors, ReadSectors, Sector, SectorCount, Window};

use support::craft::{Craft, LENGTH, Node, START, long_bytes, plain, short, time, udf, write_once};
use support::{assert_little_memory, list, listing};

const CONTINUATION: u32 = 3 << 30;
const HOLE: u32 = 2 << 30;
const NOT_RECORDED: u32 = 1 << 30;
/// The largest length of an extent of blocks of 2048 bytes.
const LARGE: u32 = (1 << 30) - 2048;

fn open(source: &MemorySectors) -> Volume<&dyn ReadSectors> {
    let source: &dyn ReadSectors = source;
    Volume::open(source, Sector::ZERO).unwrap()
}

fn damage(volume: &Volume<&dyn ReadSectors>) -> Vec<String> {
    let findings = volume.findings().into_iter();
    findings.filter(|finding| finding.is_damage).map(|finding| finding.to_string()).collect()
}

fn size_of(listing: &Listing, path: &str) -> Option<u64> {
    listing.get(path).unwrap_or_else(|| panic!("no {path} in {listing:?}")).size
}

fn hash_of(listing: &Listing, path: &str) -> String {
    listing.get(path).unwrap_or_else(|| panic!("no {path}")).sha256.clone().unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    digest(bytes).unwrap().0
}

fn content(volume: &Volume<&dyn ReadSectors>, name: &str) -> Result<Content, Error> {
    let mut icb = None;
    assert!(
        volume
            .lookup(name.as_bytes(), &mut DirectoryBuffer::new(), &mut |entry| icb = Some(entry.icb))
            .unwrap()
    );
    volume.content(icb.unwrap())
}

#[test]
fn everything_a_directory_can_hold_with_every_block_size() {
    for size in [512, 1024, 2048, 4096] {
        for revision in [Revision::V1_02, Revision::V2_01] {
            everything(size, revision);
        }
    }
}

fn everything(size: usize, revision: Revision) {
    let mut craft = Craft::new(size, revision);
    let (set, root) = (craft.ad(0, 0), craft.ad(0, 1));
    craft.describe(vec![support::craft::physical()], set);
    craft.file_set(START, 0, root, LongAd::default());

    // The root directory lies in two extents that are no neighbours, so that an identifier is cut in two.
    let none = FileCharacteristics::empty();
    let parent = FileCharacteristics::PARENT | FileCharacteristics::DIRECTORY;
    let deleted = FileCharacteristics::DELETED;
    let directory = FileCharacteristics::DIRECTORY;
    let blocks = [40, 50, 51, 52];
    let mut identifiers: Vec<u8> = Vec::new();
    let add = |craft: &Craft, name: &[u8], flags, block, identifiers: &mut Vec<u8>| {
        let location = blocks[identifiers.len() / size];
        let icb = craft.ad(0, block);
        identifiers.extend(craft.raw_identifier(name, flags, icb, location));
    };
    add(&craft, &[], parent, 1, &mut identifiers);
    add(&craft, b"\x08embedded", none, 10, &mut identifiers);
    add(&craft, &[16, 0x04, 0x16, 0xd8, 0x3d, 0xde, 0], none, 11, &mut identifiers);
    add(&craft, b"\x08also embedded", none, 10, &mut identifiers);
    add(&craft, b"\x08hidden", FileCharacteristics::HIDDEN, 12, &mut identifiers);
    add(&craft, b"\xfegone", deleted, 0, &mut identifiers);
    add(&craft, &[255, 0, 65], deleted, 10, &mut identifiers);
    add(&craft, b"\x08link", none, 13, &mut identifiers);
    add(&craft, b"\x08block device", none, 14, &mut identifiers);
    add(&craft, b"\x08character device", none, 15, &mut identifiers);
    add(&craft, b"\x08pipe", none, 16, &mut identifiers);
    add(&craft, b"\x08socket", none, 17, &mut identifiers);
    add(&craft, b"\x08real-time", none, 18, &mut identifiers);
    add(&craft, b"\x08folder", directory, 19, &mut identifiers);
    let long = [b"\x08", &[b'n'; 254][..]].concat();
    add(&craft, &long, none, 12, &mut identifiers);
    let len = identifiers.len();
    let (first, rest) = identifiers.split_at(len.min(size));
    craft.write(START + 40, first);
    craft.write(START + 50, rest);
    let extents = [(first.len() as u32, 40), (rest.len() as u32, 50)];
    craft.node(START + 1, 1, &Node::short(FileType::DIRECTORY, len as u64, &extents));

    let embedded = Node { links: 2, owner: (1000, 100), ..Node::embedded(FileType::BYTES, b"in the entry") };
    craft.node(START + 10, 10, &embedded);
    // Two extents, a hole between them, and an extent that is allocated only.
    let data: Vec<u8> = (0..size as u32 + 100).map(|number| (number % 251) as u8).collect();
    craft.write(START + 60, &data[..size]);
    craft.write(START + 70, &data[size..]);
    let block = size as u32;
    let extents = [(block, 60), (block | HOLE, 0), (block | NOT_RECORDED, 65), (100, 70)];
    let len = 3 * size as u64 + 100;
    craft.node(START + 11, 11, &Node::short(FileType::BYTES, len, &extents));
    let long_ad = LongAd { length_and_type: 5, ..craft.ad(0, 60) };
    craft.node(START + 12, 12, &Node::long(FileType::BYTES, 5, &[long_ad]));
    let target = [3, 0, 0, 0, 5, 3, 0, 0, 8, b'a', b'b', 5, 3, 0, 0, 16, 0x04, 0x16];
    craft.node(START + 13, 13, &Node::embedded(FileType::SYMBOLIC_LINK, &target));
    let mut device = Vec::new();
    DeviceSpecification { major: 8, minor: 17, implementation_use: &[] }.encode(&mut device).unwrap();
    let times = FileTimes { creation: Some(time(33)), ..FileTimes::default() };
    let mut both = Vec::new();
    times.encode(&mut both).unwrap();
    both.extend(&device);
    craft.node(START + 14, 14, &Node::embedded(FileType::BLOCK_DEVICE, &[]).with_attributes(&both));
    craft.node(START + 15, 15, &Node::embedded(FileType::CHARACTER_DEVICE, &[]).with_attributes(&device));
    craft.node(START + 16, 16, &Node::embedded(FileType::FIFO, &[]));
    craft.node(START + 17, 17, &Node::embedded(FileType::SOCKET, &[]));
    let flags = IcbFlags::SETUID | IcbFlags::STICKY;
    craft.node(START + 18, 18, &Node { flags, ..Node::embedded(FileType::REAL_TIME, b"now") });
    let below = craft.directory(root, 19, &[("below", craft.ad(0, 12))]);
    craft.node(START + 19, 19, &Node::embedded(FileType::DIRECTORY, &below));

    let source = craft.source();
    let (found, findings) = list(&source, Sector::ZERO).unwrap();
    assert_eq!(findings, [], "{size}");
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 13, "{size}: {names:?}");
    let odd = "/\\xd0\\x96\\xf0\\x9f\\x98\\x80";
    assert_eq!(hash_of(&found, "/embedded"), sha256(b"in the entry"));
    let zeros = vec![0; 2 * size];
    assert_eq!(hash_of(&found, odd), sha256(&[&data[..size], &zeros, &data[size..]].concat()));
    assert_eq!(hash_of(&found, "/folder/below"), sha256(&data[..5]));
    assert_eq!(hash_of(&found, "/real-time"), sha256(b"now"));
    assert_eq!(found["/link"].target.as_deref(), Some("../ab/\\xd0\\x96"));
    assert_eq!(found["/pipe"].kind, Kind::Fifo);

    let volume = open(&source);
    assert_eq!((volume.label().as_str(), volume.revision()), ("label", revision));
    assert_eq!(volume.block_size() as usize, size);
    let mut buffer = DirectoryBuffer::new();
    let mut seen = 0;
    volume
        .read_directory(&volume.root_directory(), &mut buffer, &mut |entry| {
            seen += 1;
            match entry.name {
                b"embedded" => {
                    assert_eq!((entry.links, entry.uid, entry.gid), (2, Some(1000), Some(100)));
                    assert_eq!(entry.mode(), 0o754);
                    assert_eq!(entry.kind, EntryKind::File(File::Embedded(b"in the entry")));
                    assert_eq!((entry.times.modify, entry.times.creation), (time(2), None));
                }
                b"also embedded" => assert_eq!(entry.icb.block, 10),
                b"hidden" => assert!(entry.characteristics.contains(FileCharacteristics::HIDDEN)),
                b"block device" => {
                    assert_eq!(entry.kind, EntryKind::BlockDevice { major: 8, minor: 17 });
                    assert_eq!(entry.times.creation, Some(time(33)));
                    assert_eq!(entry.uid, None);
                }
                b"real-time" => {
                    assert_eq!((entry.file_type, entry.mode()), (FileType::REAL_TIME, 0o5754));
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(seen, 12);
    let mut gone = Vec::new();
    volume
        .identifiers(&volume.root_directory(), &mut buffer, &mut |identifier| {
            if identifier.characteristics.contains(deleted) {
                gone.push(String::from_utf8(identifier.name.to_vec()).unwrap());
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(gone, ["gone", "A"]);
    assert!(!volume.lookup(b"gone", &mut buffer, &mut |_| {}).unwrap());
    assert!(volume.lookup(b"/folder/below", &mut buffer, &mut |entry| assert_eq!(entry.len, 5)).unwrap());
}

#[test]
fn named_streams_of_files_and_of_the_volume() {
    let mut craft = plain(2048, Revision::V2_01, &[("file", 10)]);
    let (root, directory) = (craft.ad(0, 1), craft.ad(0, 11));
    craft.file_set(START, 0, root, craft.ad(0, 20));
    let file = Node { is_extended: true, streams: directory, ..Node::embedded(FileType::BYTES, b"main") };
    craft.node(START + 10, 10, &file);
    let stream = craft.ad(0, 12);
    let mut identifiers = craft.directory(craft.ad(0, 10), 11, &[("stream", stream)]);
    let metadata = FileCharacteristics::METADATA;
    identifiers.extend(craft.identifier("*UDF Backup", metadata, craft.ad(0, 13), 11));
    craft.node(START + 11, 11, &Node::embedded(FileType::STREAM_DIRECTORY, &identifiers));
    craft.node(
        START + 12,
        12,
        &Node { flags: IcbFlags::STREAM, ..Node::embedded(FileType::BYTES, b"beside") },
    );
    craft.node(START + 13, 13, &Node::embedded(FileType::BYTES, b"when"));
    craft.node(START + 20, 20, &Node::embedded(FileType::STREAM_DIRECTORY, &[]));

    let source = craft.source();
    let volume = open(&source);
    let mut buffer = DirectoryBuffer::new();
    let mut streams = None;
    volume
        .lookup(b"file", &mut buffer, &mut |entry| {
            streams = entry.streams;
            assert_eq!(entry.times.creation, Some(time(3)));
        })
        .unwrap();
    let directory = volume.directory(streams.unwrap()).unwrap();
    let mut found = Vec::new();
    volume
        .read_directory(&directory, &mut buffer, &mut |entry| {
            let EntryKind::File(File::Embedded(bytes)) = entry.kind else { panic!("{entry:?}") };
            found.push((String::from_utf8_lossy(entry.name).into_owned(), bytes.to_vec()));
            ControlFlow::Continue(())
        })
        .unwrap();
    let expected = [("stream".to_owned(), b"beside".to_vec()), ("*UDF Backup".to_owned(), b"when".to_vec())];
    assert_eq!(found, expected);
    assert!(volume.directory(volume.system_streams().unwrap()).unwrap().is_empty());
    assert_eq!(damage(&volume), [""; 0]);
}

#[test]
fn streams_that_are_none() {
    let mut craft = plain(2048, Revision::V2_01, &[("file", 10), ("other", 14)]);
    let (own, root) = (craft.ad(0, 11), craft.ad(0, 1));
    let file = Node { is_extended: true, streams: own, ..Node::embedded(FileType::BYTES, b"main") };
    craft.node(START + 10, 10, &file);
    // The streams of the other are a directory of files.
    craft.node(START + 14, 14, &Node { streams: root, ..file.clone() });
    // A directory, the stream directory itself, and a stream that has this one for its own streams.
    let (stream, folder) = (craft.ad(0, 12), craft.ad(0, 1));
    let names = [("stream", stream), ("folder", folder), ("loop", own)];
    let identifiers = craft.directory(craft.ad(0, 10), 11, &names);
    craft.node(START + 11, 11, &Node::embedded(FileType::STREAM_DIRECTORY, &identifiers));
    let nested = Node { flags: IcbFlags::STREAM, ..file };
    craft.node(START + 12, 12, &nested);

    let source = craft.source();
    let volume = open(&source);
    let mut buffer = DirectoryBuffer::new();
    let icb = |block| LbAddr { block, partition: 0 };
    let directory = volume.stream_directory(icb(11)).unwrap();
    let mut found = Vec::new();
    volume
        .read_streams(&directory, &mut buffer, &mut |entry| {
            found.push(String::from_utf8_lossy(entry.name).into_owned());
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(found, ["stream"]);
    assert_eq!(damage(&volume).len(), 3);
    assert!(matches!(volume.stream_directory(icb(1)), Err(Error::Corrupt { .. })));
    // One stream directory is not read for two files.
    let mut guard = volume.directory_guard();
    assert!(guard.enter(&directory) && !guard.enter(&directory));
}

fn indirect(craft: &mut Craft, block: u32, to: u32) {
    let entry = IndirectEntry {
        tag: craft.tag(TagId::INDIRECT_ENTRY, block, 36),
        icb_tag: IcbTag {
            strategy: Strategy::CHAIN,
            ..IcbTag::direct(FileType::INDIRECT, IcbFlags::empty())
        },
        indirect_icb: craft.ad(0, to),
    };
    entry.encode(craft.block(START + block)).unwrap();
}

#[test]
fn chains_of_icbs_and_chains_in_a_circle() {
    let mut craft = plain(2048, Revision::V1_02, &[("file", 10), ("circle", 30), ("broken", 40)]);
    let state =
        |content: &[u8]| Node { strategy: Strategy::CHAIN, ..Node::embedded(FileType::BYTES, content) };
    for (block, to, content) in [(10, 12, b"one"), (12, 14, b"two")] {
        craft.node(START + block, block, &state(content));
        indirect(&mut craft, block + 1, to);
    }
    craft.node(START + 14, 14, &state(b"three"));
    for (block, to) in [(30, 32), (32, 34), (34, 30)] {
        craft.node(START + block, block, &state(b"round"));
        indirect(&mut craft, block + 1, to);
    }
    craft.node(START + 40, 40, &state(b"last"));
    indirect(&mut craft, 41, 300);
    let source = craft.source();
    let volume = open(&source);
    let found = listing(&volume);
    assert_eq!(hash_of(&found, "/file"), sha256(b"three"));
    assert_eq!(hash_of(&found, "/circle"), sha256(b"round"));
    assert_eq!(hash_of(&found, "/broken"), sha256(b"last"));
    let damage = damage(&volume);
    assert_eq!(damage.len(), 2, "{damage:?}");
}

fn allocation_extent(craft: &mut Craft, block: u32, area: &[u8]) {
    let descriptor = AllocationExtentDescriptor {
        tag: craft.tag(TagId::ALLOCATION_EXTENT, block, 8),
        previous: 0,
        allocation_descriptors: area,
    };
    descriptor.encode(craft.block(START + block)).unwrap();
}

#[test]
fn chains_of_allocation_extents_and_chains_in_a_circle() {
    const ENTRIES: [(&str, u32); 4] = [("long", 10), ("circle", 11), ("idle", 12), ("broken", 13)];
    let mut craft = plain(2048, Revision::V2_01, &ENTRIES);
    let next = |block| short(2048 | CONTINUATION, block);
    for block in 100..110 {
        craft.write(START + block, &[block as u8; 2048]);
    }
    craft.node(
        START + 10,
        10,
        &Node::short(FileType::BYTES, 3 * 2048, &[(2048, 100), (2048 | CONTINUATION, 20)]),
    );
    allocation_extent(&mut craft, 20, &[short(2048, 102), next(21)].concat());
    allocation_extent(&mut craft, 21, &[short(2048, 104), short(0, 0), short(2048, 106)].concat());
    craft.node(START + 11, 11, &Node::short(FileType::BYTES, 1 << 40, &[(2048 | CONTINUATION, 22)]));
    allocation_extent(&mut craft, 22, &[short(2048, 100), next(23)].concat());
    allocation_extent(&mut craft, 23, &[short(2048, 101), next(22)].concat());
    craft.node(START + 12, 12, &Node::short(FileType::BYTES, 1 << 40, &[(2048 | CONTINUATION, 200)]));
    for block in 200..300 {
        allocation_extent(&mut craft, block, &next(block + 1));
    }
    craft.node(
        START + 13,
        13,
        &Node::short(FileType::BYTES, 4096, &[(2048, 100), (2048 | CONTINUATION, 50)]),
    );
    let source = craft.source();
    let volume = open(&source);
    let expected: Vec<u8> = [100, 102, 104].iter().flat_map(|byte| [*byte; 2048]).collect();
    let found = listing(&volume);
    assert_eq!(hash_of(&found, "/long"), sha256(&expected));
    assert_eq!(content(&volume, "circle").unwrap().len(), 4096);
    assert_eq!(content(&volume, "idle").unwrap().len(), 0);
    assert_eq!(content(&volume, "broken").unwrap().len(), 2048);
    assert!(damage(&volume).len() >= 3);
}

#[test]
fn sizes_and_places_beyond_everything() {
    const ENTRIES: [(&str, u32); 6] =
        [("huge", 10), ("hole", 11), ("far", 12), ("wraps", 13), ("elsewhere", 14), ("embedded", 15)];
    let mut craft = plain(2048, Revision::V2_01, &ENTRIES);
    let most = u64::MAX;
    craft.node(START + 10, 10, &Node::short(FileType::BYTES, most, &[(2048, 100)]));
    let holes = [(LARGE | HOLE, 0); 100];
    craft.node(START + 11, 11, &Node::short(FileType::BYTES, 100 * u64::from(LARGE), &holes));
    craft.node(START + 12, 12, &Node::short(FileType::BYTES, 4096, &[(4096, LENGTH + 1000)]));
    craft.node(START + 13, 13, &Node::short(FileType::BYTES, 4096, &[(4096, u32::MAX)]));
    craft.node(START + 14, 14, &Node::long(FileType::BYTES, 2048, &[craft.ad(9, 3)]));
    craft.node(START + 15, 15, &Node { len: most, ..Node::embedded(FileType::BYTES, b"short") });
    let source = craft.source();
    let volume = open(&source);
    assert_eq!(content(&volume, "huge").unwrap().len(), 2048);
    let Content::Extents(hole) = content(&volume, "hole").unwrap() else { panic!() };
    assert_eq!(hole, [Stretch { position: None, len: 100 * u64::from(LARGE) }]);
    let Content::Extents(far) = content(&volume, "far").unwrap() else { panic!() };
    assert_eq!(far[0].position, Some(u64::from(START + LENGTH + 1000) * 2048));
    assert!(content(&volume, "wraps").is_err());
    assert!(content(&volume, "elsewhere").is_err());
    assert_eq!(content(&volume, "embedded").unwrap(), Content::Embedded(b"short".to_vec()));
    assert_eq!(volume.findings().iter().filter(|finding| finding.is_damage).count(), 2);
    assert_little_memory();
}

#[test]
fn directories_that_hold_themselves_or_claim_everything() {
    let mut craft = plain(2048, Revision::V2_01, &[("self", 1), ("again", 10), ("huge", 11), ("hole", 12)]);
    let below = craft.directory(craft.ad(0, 1), 10, &[("up", craft.ad(0, 1)), ("own", craft.ad(0, 10))]);
    craft.node(START + 10, 10, &Node::embedded(FileType::DIRECTORY, &below));
    craft.node(START + 11, 11, &Node::short(FileType::DIRECTORY, u64::MAX, &[(1 << 29, 100)]));
    let holes = [(LARGE | HOLE, 0); 100];
    craft.node(START + 12, 12, &Node::short(FileType::DIRECTORY, 100 << 30, &holes));
    // Each of these says that the whole partition is its own.
    let names: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    let files: Vec<_> =
        names.iter().zip(20..).map(|(name, block)| (name.as_str(), craft.ad(0, block))).collect();
    let identifiers = craft.directory(craft.ad(0, 1), 300, &files);
    craft.write(START + 300, &identifiers);
    for block in 20..220 {
        let whole = Node::short(FileType::DIRECTORY, u64::from(LENGTH) * 2048, &[(LENGTH * 2048, 0)]);
        craft.node(START + block, block, &whole);
    }
    let len = identifiers.len() as u32;
    craft.node(START + 10, 10, &Node::short(FileType::DIRECTORY, len.into(), &[(len, 300)]));
    let started = Instant::now();
    let source = craft.source();
    let volume = open(&source);
    let found = listing(&volume);
    assert!(found.contains_key("/self") && found.contains_key("/again/0"));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_little_memory();
}

#[test]
fn one_damaged_identifier_costs_one_file() {
    for damaged in 0..40 {
        let mut craft = plain(2048, Revision::V2_01, &[("a", 10), ("bb", 10), ("ccc", 10)]);
        craft.node(START + 10, 10, &Node::embedded(FileType::BYTES, b"x"));
        let identifiers = craft.directory(
            craft.ad(0, 1),
            40,
            &[("a", craft.ad(0, 10)), ("bb", craft.ad(0, 10)), ("ccc", craft.ad(0, 10))],
        );
        craft.write(START + 40, &identifiers);
        let len = identifiers.len() as u32;
        craft.node(START + 1, 1, &Node::short(FileType::DIRECTORY, len.into(), &[(len, 40)]));
        // In the identifier of "a", behind that of the parent.
        craft.block(START + 40)[40 + damaged] ^= 0x10;
        let source = craft.source();
        let volume = open(&source);
        let found = listing(&volume);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["/bb", "/ccc"], "byte {damaged}");
        assert_eq!(damage(&volume).len(), 1, "byte {damaged}");
    }
}

#[test]
fn damaged_descriptors_have_copies() {
    let sound = plain(2048, Revision::V2_01, &[]);
    let blocks = sound.blocks();
    let findings = |spoil: &dyn Fn(&mut Craft)| {
        let mut craft = plain(2048, Revision::V2_01, &[]);
        spoil(&mut craft);
        let source = craft.source();
        let source: &dyn ReadSectors = &source;
        Volume::open(source, Sector::ZERO).map(|volume| volume.findings().len())
    };
    assert_eq!(findings(&|_| {}).unwrap(), 0);
    for block in 160..163 {
        assert!(findings(&|craft| craft.block(block)[100] ^= 1).unwrap() > 0, "main sequence, block {block}");
        assert_eq!(findings(&|craft| craft.block(block + 20)[100] ^= 1).unwrap(), 0, "reserve sequence");
        let both = |craft: &mut Craft| {
            craft.block(block)[100] ^= 1;
            craft.block((block + 1 - 160) % 3 + 180)[100] ^= 1;
        };
        assert!(findings(&both).unwrap() > 0, "half of each");
    }
    assert_eq!(findings(&|craft| craft.block(256).fill(0)).unwrap(), 0, "the last block has an anchor, too");
    let middle = |craft: &mut Craft| {
        craft.block(256).fill(0);
        craft.block(blocks - 1).fill(0);
        craft.anchor(blocks - 257);
    };
    assert_eq!(findings(&middle).unwrap(), 0);
    let none = |craft: &mut Craft| {
        craft.block(256).fill(0);
        craft.block(blocks - 1).fill(0);
    };
    assert!(matches!(findings(&none), Err(Error::NoVolume { .. })));
    assert_eq!(findings(&|craft| craft.image[32_768..40_960].fill(0)).unwrap(), 1, "no recognition sequence");
    assert_eq!(findings(&|craft| craft.block(200).fill(0)).unwrap(), 1, "no integrity descriptor");
    assert!(matches!(findings(&|craft| craft.block(START)[30] ^= 1), Err(Error::Corrupt { .. })));
}

#[test]
fn packets_are_replaced_as_the_newest_table_says() {
    let mut craft = plain(2048, Revision::V1_50, &[("file", 10)]);
    let map = PartitionMap::Sparable {
        identifier: udf(EntityId::SPARABLE_PARTITION, Revision::V1_50),
        volume_sequence_number: 1,
        partition_number: 7,
        packet_length: 32,
        table_size: 512,
        tables: vec![210, 211, 212],
    };
    craft.describe(vec![map], craft.ad(0, 0));
    let table = |craft: &mut Craft, block: u32, sequence_number, mapped| {
        let table = SparingTable {
            tag: craft.tag(TagId::SPARING_TABLE, block, 496),
            identifier: udf(EntityId::SPARING_TABLE, Revision::V1_50),
            sequence_number,
            entries: vec![
                SparingEntry { original: 64, mapped },
                SparingEntry { original: SparingEntry::FREE, mapped: 0 },
            ],
        };
        table.encode(craft.block(block)).unwrap();
    };
    // The newest copy is damaged.
    table(&mut craft, 210, 1, START + 200);
    table(&mut craft, 211, 3, START + 232);
    table(&mut craft, 212, 2, START + 264);
    craft.block(211)[100] ^= 1;
    let data: Vec<u8> = (0..40u8).flat_map(|block| [block; 2048]).collect();
    craft.node(START + 10, 10, &Node::short(FileType::BYTES, data.len() as u64, &[(data.len() as u32, 60)]));
    craft.write(START + 60, &data[..4 * 2048]);
    craft.write(START + 264, &data[4 * 2048..36 * 2048]);
    craft.write(START + 96, &data[36 * 2048..]);
    let source = craft.source();
    let volume = open(&source);
    assert_eq!(hash_of(&listing(&volume), "/file"), sha256(&data));
    assert_eq!(volume.findings().len(), 1, "{:?}", volume.findings());
}

/// Files of the volume with a metadata partition: their identifiers take 5 blocks in two extents.
const FILES: u32 = 180;

/// A volume with a metadata partition of 32 blocks at block 32 of the physical one, its mirror at 128.
fn with_metadata(duplicate: bool) -> Craft {
    let mut craft = Craft::new(2048, Revision::V2_50);
    let map = PartitionMap::Metadata {
        identifier: udf(EntityId::METADATA_PARTITION, Revision::V2_50),
        volume_sequence_number: 1,
        partition_number: 7,
        file: 0,
        mirror_file: 1,
        bitmap_file: u32::MAX,
        allocation_unit: 32,
        alignment_unit: 32,
        flags: if duplicate { MetadataFlags::DUPLICATE_METADATA } else { MetadataFlags::empty() },
    };
    craft.describe(vec![support::craft::physical(), map], craft.ad(1, 0));
    let extents = [(16 * 2048, 32), (16 * 2048, 64)];
    let file = |file_type, extents: &[(u32, u32)]| Node {
        is_extended: true,
        ..Node::short(file_type, 32 * 2048, extents)
    };
    craft.node(START, 0, &file(FileType::METADATA, &extents));
    let mirror = if duplicate { &[(32 * 2048, 128)][..] } else { &extents };
    craft.node(START + 1, 1, &file(FileType::METADATA_MIRROR, mirror));
    let copies: &[&[u32]] = if duplicate { &[&[32, 64], &[128, 144]] } else { &[&[32, 64]] };
    for places in copies {
        let at = |block: u32| START + places[block as usize / 16] + block % 16;
        craft.file_set(at(0), 0, craft.ad(1, 1), LongAd::default());
        let len = 56 * u64::from(FILES);
        craft.node(
            at(1),
            1,
            &Node { is_extended: true, ..Node::short(FileType::DIRECTORY, len, &[(len as u32, 14)]) },
        );
        let mut identifiers = Vec::new();
        for number in 0..FILES {
            let name = format!("name of file {number:04}");
            let location = 14 + identifiers.len() as u32 / 2048;
            identifiers.extend(craft.identifier(
                &name,
                FileCharacteristics::empty(),
                craft.ad(1, 2),
                location,
            ));
        }
        assert_eq!(identifiers.len() as u64, len);
        let pieces: Vec<Vec<u8>> = identifiers.chunks(2048).map(<[u8]>::to_vec).collect();
        for (block, bytes) in (14..).zip(pieces) {
            craft.write(at(block), &bytes);
        }
        let data = LongAd { length_and_type: 3, ..craft.ad(0, 300) };
        craft.node(
            at(2),
            2,
            &Node { is_extended: true, links: FILES as u16, ..Node::long(FileType::BYTES, 3, &[data]) },
        );
    }
    craft.write(START + 300, b"abc");
    craft
}

#[test]
fn the_mirror_stands_in_for_damaged_metadata() {
    for duplicate in [false, true] {
        let check = |spoil: &dyn Fn(&mut Craft)| {
            let mut craft = with_metadata(duplicate);
            spoil(&mut craft);
            let source = craft.source();
            let source: &dyn ReadSectors = &source;
            let volume = Volume::open(source, Sector::ZERO).ok()?;
            let found = listing(&volume);
            let sound = found.values().filter(|entry| entry.sha256 == Some(sha256(b"abc"))).count();
            Some((sound as u32, damage(&volume).is_empty()))
        };
        let whole = Some((FILES, true));
        assert_eq!(check(&|_| {}), whole);
        assert_eq!(check(&|craft| craft.block(START).fill(0)), whole, "main metadata file");
        assert_eq!(check(&|craft| craft.block(START + 1)[40] ^= 1), whole, "mirror file");
        let places =
            [("file set", 32), ("root", 33), ("file", 34), ("identifiers", 46), ("more of them", 65)];
        for (what, block) in places {
            let found = check(&|craft| {
                for byte in (16..2048).step_by(100) {
                    craft.block(START + block)[byte] ^= 0x55;
                }
            });
            match duplicate {
                true => assert_eq!(found, whole, "{what}"),
                false => assert!(found.is_none_or(|(sound, clean)| sound < FILES && !clean), "{what}"),
            }
        }
    }
}

#[test]
fn states_of_write_once_volumes() {
    for revision in [Revision::V1_50, Revision::V2_00, Revision::V2_60] {
        let source = write_once(revision).source();
        let volume = open(&source);
        let found = listing(&volume);
        assert_eq!(hash_of(&found, "/old"), sha256(b"old"));
        assert_eq!(hash_of(&found, "/new"), sha256(b"new"));
        assert_eq!(volume.states(), [START + 23, START + 9]);
        assert_eq!(volume.findings(), []);
        let label = if revision < Revision::V2_00 { "label" } else { "second" };
        assert_eq!(volume.label(), label);
        let source: &dyn ReadSectors = &source;
        let options = OpenOptions { vat: Some(START + 9), ..OpenOptions::default() };
        let before = Volume::open_with(source, &options).unwrap();
        assert_eq!(listing(&before).keys().collect::<Vec<_>>(), ["/old"]);
        // By where the session ended. A table behind that is none of it.
        let ending = |end| Window::new(source, SectorCount::ZERO, SectorCount::new(end));
        let session: &dyn ReadSectors = &ending(START + 10);
        let before = Volume::open(session, Sector::ZERO).unwrap();
        assert_eq!(listing(&before).keys().collect::<Vec<_>>(), ["/old"]);
        let error = Volume::open(ending(START + 9), Sector::ZERO).err().unwrap();
        let Error::Corrupt { sector, structure, .. } = &error else { panic!("{error:?}") };
        assert_eq!((sector.get(), *structure), (START + 8, "virtual allocation table (UDF 2.2.11)"));

        // The newest table is damaged, or leads nowhere: the state before it is there.
        for spoiled in [23, 22] {
            let mut craft = write_once(revision);
            craft.block(START + spoiled)[60] ^= 1;
            let source = craft.source();
            let found = listing(&open(&source));
            assert_eq!(found.keys().collect::<Vec<_>>(), ["/old"]);
        }
    }
}

#[test]
fn tables_that_lead_back_to_themselves() {
    let mut craft = write_once(Revision::V2_00);
    let header = VatHeader::Revision200 {
        logical_volume_identifier: DString::default(),
        files: 1,
        directories: 1,
        minimum_read_revision: Revision::V2_00,
        minimum_write_revision: Revision::V2_00,
        maximum_write_revision: Revision::V2_00,
        implementation_use: Vec::new(),
    };
    let table = VirtualAllocationTable { header, previous: 23, entries: vec![6, 8, 7] };
    let node = Node::embedded(FileType::VIRTUAL_ALLOCATION_TABLE, &table.bytes().unwrap());
    craft.node(START + 9, 9, &node);
    let source = craft.source();
    let volume = open(&source);
    assert_eq!(volume.states(), [START + 23, START + 9]);
    // A table that says to be larger than the volume.
    let node = Node::short(FileType::VIRTUAL_ALLOCATION_TABLE, u64::MAX, &[(LARGE | HOLE, 0)]);
    craft.node(START + 30, 30, &node);
    let source = craft.source();
    assert_eq!(listing(&open(&source)).len(), 2);
    assert_little_memory();
}

#[test]
fn links_of_any_length_end() {
    let mut craft = plain(2048, Revision::V2_01, &[("long", 10), ("cut", 11)]);
    craft.node(START + 10, 10, &Node::short(FileType::SYMBOLIC_LINK, 1 << 40, &[(LARGE | HOLE, 0)]));
    craft.node(START + 11, 11, &Node::embedded(FileType::SYMBOLIC_LINK, &[5, 200, 0, 0, 8, b'x']));
    let source = craft.source();
    let volume = open(&source);
    let found = listing(&volume);
    assert_eq!(found["/cut"].target.as_deref(), Some(""));
    assert_eq!(size_of(&found, "/cut"), None);
    assert!(!damage(&volume).is_empty());
    assert_eq!(long_bytes(&craft.ad(2, 3))[8], 2);
}
