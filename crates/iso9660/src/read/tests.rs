use std::collections::BTreeMap;
use std::ops::ControlFlow;

use proptest::prelude::*;
use sector_io::{MemorySectors, SECTOR_SIZE, Sector};

use super::*;
use crate::aaip::{AttributeList, AttributeListEncoder};
use crate::directory::{DirectoryRecord, FileFlags};
use crate::rock_ridge::{
    ChildLink, DeviceNumber, EXTENSION, ParentLink, PosixAttributes, RelocatedDirectory, Stamps, TimeStamps,
    nm, sl,
};
use crate::susp::{ContinuationArea, SharingProtocolIndicator};
use crate::volume::{
    Identifiers, PathTables, PrimaryVolumeDescriptor, RootDirectory, SupplementaryVolumeDescriptor,
    VolumeDescriptorSetTerminator, VolumeFields, VolumeFlags, VolumeTimes,
};
use crate::{LogicalBlock, RecordingTime};

const ROOT: u32 = 20;

fn fields() -> VolumeFields {
    VolumeFields {
        identifiers: Identifiers::default(),
        volume_space_size: 40,
        volume_set_size: 1,
        volume_sequence_number: 1,
        logical_block_size: 2048,
        path_tables: PathTables {
            size: 10,
            type_l: LogicalBlock::new(18),
            optional_type_l: None,
            type_m: LogicalBlock::new(19),
            optional_type_m: None,
        },
        root: RootDirectory::new(LogicalBlock::new(ROOT), 2048, RecordingTime::NOT_SPECIFIED),
        times: VolumeTimes::NOT_SPECIFIED,
        file_structure_version: 1,
        application_use: [0; 512],
    }
}

fn primary() -> [u8; 2048] {
    PrimaryVolumeDescriptor { version: 1, fields: fields() }.encode()
}

fn terminator() -> [u8; 2048] {
    VolumeDescriptorSetTerminator.encode()
}

/// An image of 40 sectors with descriptors, and with these sectors besides.
fn image(sectors: &[(u32, Vec<u8>)]) -> MemorySectors {
    let mut bytes = vec![0; 40 * SECTOR_SIZE];
    let mut put = |at: u32, sector: &[u8]| {
        bytes[at as usize * SECTOR_SIZE..][..sector.len()].copy_from_slice(sector);
    };
    put(16, &primary());
    put(17, &terminator());
    for (at, sector) in sectors {
        put(*at, sector);
    }
    MemorySectors::new(bytes)
}

fn record(identifier: &[u8], extent: u32, data_length: u32, flags: FileFlags, system_use: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let record = DirectoryRecord {
        extent: LogicalBlock::new(extent),
        data_length,
        flags,
        identifier,
        system_use,
        ..DirectoryRecord::default()
    };
    record.encode(&mut out).unwrap();
    out
}

fn file(identifier: &[u8], extent: u32, len: u32, system_use: &[u8]) -> Vec<u8> {
    record(identifier, extent, len, FileFlags::empty(), system_use)
}

fn folder(identifier: &[u8], extent: u32, system_use: &[u8]) -> Vec<u8> {
    record(identifier, extent, 2048, FileFlags::DIRECTORY, system_use)
}

/// A directory's sector, with its own record and its parent's.
fn directory(at: u32, own: &[u8], parent: &[u8], records: &[Vec<u8>]) -> Vec<u8> {
    let mut sector = folder(&[0], at, own);
    sector.extend(folder(&[1], ROOT, parent));
    sector.extend(records.concat());
    sector
}

fn root(records: &[Vec<u8>]) -> Vec<u8> {
    directory(ROOT, &announcement(0), &[], records)
}

fn plain_root(records: &[Vec<u8>]) -> Vec<u8> {
    directory(ROOT, &[], &[], records)
}

fn announcement(bytes_skipped: u8) -> Vec<u8> {
    let mut out = Vec::new();
    SharingProtocolIndicator { bytes_skipped }.encode(&mut out);
    px(0o40755, &mut out);
    out
}

fn px(mode: u32, out: &mut Vec<u8>) {
    PosixAttributes { mode, links: 1, user: 5, group: 6, serial: None }.encode(out);
}

fn name(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    nm::encode(name, &mut out);
    out
}

fn continued(location: u32, offset: u32, length: u32) -> Vec<u8> {
    let mut out = Vec::new();
    ContinuationArea { location: LogicalBlock::new(location), offset, length }.encode(&mut out);
    out
}

fn open(image: &MemorySectors) -> Volume<&MemorySectors> {
    let set = read_volume_set(image, Sector::ZERO).unwrap();
    Volume::rock_ridge(image, &set).unwrap().unwrap()
}

fn open_plain(image: &MemorySectors) -> Volume<&MemorySectors> {
    Volume::plain(image, &read_volume_set(image, Sector::ZERO).unwrap()).unwrap()
}

/// Calls `check` with each entry of the root by name; tells how many there are.
fn each(volume: &Volume<&MemorySectors>, check: &mut dyn FnMut(&str, Entry<'_>)) -> usize {
    let mut count = 0;
    volume
        .read_directory(&volume.root_directory(), &mut DirectoryBuffer::new(), &mut |entry| {
            count += 1;
            check(&String::from_utf8_lossy(entry.name), entry);
            ControlFlow::Continue(())
        })
        .unwrap();
    count
}

fn names(volume: &Volume<&MemorySectors>) -> Vec<String> {
    let mut names = Vec::new();
    each(volume, &mut |name, _| names.push(name.to_owned()));
    names
}

fn clauses(volume: &Volume<&MemorySectors>) -> Vec<&'static str> {
    volume.findings().iter().map(|finding| finding.clause).collect()
}

#[test]
fn volumes_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Volume<MemorySectors>>();
}

#[test]
fn a_set_of_every_kind() {
    let supplementary = |version| {
        let flags = VolumeFlags::empty();
        SupplementaryVolumeDescriptor { version, flags, escape_sequences: [0; 32], fields: fields() }.encode()
    };
    let mut bytes = vec![0; 48 * SECTOR_SIZE];
    for descriptor in [primary(), supplementary(2), supplementary(1), primary(), terminator(), primary()] {
        bytes.extend(descriptor);
    }
    let set = read_volume_set(&MemorySectors::new(bytes), Sector::new(32)).unwrap();
    assert_eq!((set.session.get(), set.end.get()), (32, 53));
    assert_eq!(set.primary.fields, fields());
    assert_eq!((set.supplementary.len(), set.enhanced.is_some()), (1, true));
    assert_eq!(set.findings, []);
}

#[test]
fn odd_sets_are_read() {
    let mut damaged = primary();
    damaged[87] = 9;
    damaged[128] = 0;
    damaged[129] = 0;
    let image = image(&[(16, damaged.to_vec()), (17, primary().to_vec())]);
    let set = read_volume_set(&image, Sector::ZERO).unwrap();
    let clauses: Vec<_> = set.findings.iter().map(|finding| finding.clause).collect();
    assert_eq!(clauses, ["8.4.8", "8.4.12", "8.4.12", "6.7.1.1", "8.3"]);
    assert_eq!(set.end.get(), 18);
}

#[test]
fn what_is_no_volume() {
    let read = |sector: &[u8]| read_volume_set(&image(&[(16, sector.to_vec())]), Sector::ZERO).unwrap_err();
    let error = read(&[0; 2048]);
    assert!(matches!(error, Error::NoVolume { session: Sector::ZERO, .. }));
    assert_eq!(error.sector(), Sector::new(16));
    let mut high_sierra = [0; 2048];
    high_sierra[9..14].copy_from_slice(b"CDROM");
    let error = read(&high_sierra);
    assert_eq!(error.to_string(), "a High Sierra volume, in sector 16, is not supported");
    let mut cut_off = primary();
    cut_off[100..].fill(0);
    assert!(matches!(read(&cut_off), Error::Corrupt { .. }));
    let mut small = primary();
    small[128..132].copy_from_slice(&[0, 2, 2, 0]);
    assert!(matches!(read(&small), Error::Unsupported { .. }));
    for session in [0, 1, u32::MAX - 16, u32::MAX] {
        let read = read_volume_set(&MemorySectors::default(), Sector::new(session));
        assert!(matches!(read, Err(Error::NoVolume { .. })));
    }
}

#[test]
fn plain_names_and_what_is_no_entry() {
    let image = image(&[(
        ROOT,
        plain_root(&[
            file(b"A.TXT;1", 30, 5, b"XA"),
            file(b"B.;12", 0, 0, &[0, 0]),
            file(b"C.D;", 999, 7, &[]),
            file(b".;1", 30, 1, &[]),
            record(b"A.TXT;1", 31, 5, FileFlags::ASSOCIATED_FILE, &[]),
            folder(b"E.F", 21, &[]),
            file(b"A.TXT;1", 30, 5, &[]),
        ]),
    )]);
    let volume = open_plain(&image);
    assert_eq!(names(&volume), ["A.TXT", "B", "C.D", ".", "E.F", "A.TXT"]);
    assert_eq!(clauses(&volume), ["9.1.6"]);
    each(&volume, &mut |name, entry| match (name, entry.kind) {
        ("A.TXT", EntryKind::File { sections: &[section], len: 5, encoding: Encoding::Plain }) => {
            assert_eq!((section.extent.get(), section.len), (30, 5));
            assert!(matches!(entry.plain_system_use, b"XA" | b""));
        }
        ("B", EntryKind::File { sections: &[], len: 0, .. }) => assert_eq!(entry.plain_system_use, b""),
        ("C.D" | ".", EntryKind::File { .. }) => {}
        ("E.F", EntryKind::Directory(directory)) => assert_eq!(directory.extent().get(), 21),
        other => panic!("{other:?}"),
    });
    assert!(Volume::rock_ridge(&image, &read_volume_set(&image, Sector::ZERO).unwrap()).unwrap().is_none());
}

#[test]
fn sections_are_joined() {
    let more = |identifier: &[u8], extent, len| record(identifier, extent, len, FileFlags::MULTI_EXTENT, &[]);
    let image = image(&[(
        ROOT,
        plain_root(&[
            more(b"A.;1", 22, 4096),
            more(b"A.;1", 30, 2048),
            file(b"A.;1", 26, 10, &[]),
            more(b"B.;1", 22, 2048),
            file(b"C.;1", 23, 1, &[]),
            more(b"D.;1", 24, 100),
        ]),
    )]);
    let volume = open_plain(&image);
    let mut found = BTreeMap::new();
    each(&volume, &mut |name, entry| {
        let EntryKind::File { sections, len, .. } = entry.kind else { panic!("{entry:?}") };
        let extents: Vec<_> = sections.iter().map(|section| (section.extent.get(), section.len)).collect();
        found.insert(name.to_owned(), (extents, len));
    });
    assert_eq!(found["A"], (vec![(22, 4096), (30, 2048), (26, 10)], 6154));
    assert_eq!(found["B"], (vec![(22, 2048)], 2048));
    assert_eq!(found["C"], (vec![(23, 1)], 1));
    assert_eq!(found["D"], (vec![(24, 100)], 100));
    assert_eq!(clauses(&volume), ["9.1.6", "6.5.1", "9.1.6"]);
}

#[test]
fn interleaved_files_are_taken_apart() {
    let mut bytes = Vec::new();
    let interleaved = DirectoryRecord {
        identifier: b"A.;1",
        extent: LogicalBlock::new(22),
        data_length: 5000,
        file_unit_size: 1,
        interleave_gap: 2,
        ..DirectoryRecord::default()
    };
    interleaved.encode(&mut bytes).unwrap();
    DirectoryRecord { data_length: u32::MAX, identifier: b"B.;1", ..interleaved }.encode(&mut bytes).unwrap();
    let image = image(&[(ROOT, plain_root(&[bytes]))]);
    let volume = open_plain(&image);
    each(&volume, &mut |name, entry| {
        let EntryKind::File { sections, .. } = entry.kind else { panic!("{entry:?}") };
        let extents: Vec<_> = sections.iter().map(|section| (section.extent.get(), section.len)).collect();
        match name {
            "A" => assert_eq!(extents, [(22, 2048), (25, 2048), (28, 904)]),
            _ => assert_eq!(extents, []),
        }
    });
    assert_eq!(clauses(&volume), ["9.1.7"]);
}

#[test]
fn damaged_sectors_of_a_directory() {
    let mut set = fields();
    set.root.data_length = 3 * 2048 + 100;
    let descriptor = PrimaryVolumeDescriptor { version: 1, fields: set }.encode();
    let mut first = plain_root(&[file(b"A.;1", 30, 5, &[])]);
    first.extend([200; 50]);
    let image = image(&[
        (16, descriptor.to_vec()),
        (ROOT, first),
        (ROOT + 2, file(b"B.;1", 30, 5, &[])),
        (ROOT + 3, file(b"C.;1", 30, 5, &[])),
    ]);
    let volume = open_plain(&image);
    assert_eq!(names(&volume), ["A", "B", "C"]);
    // The sector without a record is told as well, and the room behind the one of the next.
    let found = clauses(&volume);
    assert_eq!(found, ["6.8.1.3", "9.1", "6.8.1", "6.8.1.1"]);
}

#[test]
fn directories_outside_the_image() {
    let at = |extent, len| {
        let mut fields = fields();
        (fields.root.extent, fields.root.data_length) = (LogicalBlock::new(extent), len);
        let descriptor = PrimaryVolumeDescriptor { version: 1, fields }.encode();
        image(&[(16, descriptor.to_vec()), (39, plain_root(&[file(b"A.;1", 30, 5, &[])]))])
    };
    let partly = at(39, u32::MAX);
    let volume = open_plain(&partly);
    assert_eq!(names(&volume), ["A"]);
    assert_eq!(clauses(&volume), ["6.8.1.3", "9.1.3"]);
    for extent in [40, u32::MAX] {
        let image = at(extent, u32::MAX);
        let volume = open_plain(&image);
        let buffer = &mut DirectoryBuffer::new();
        let read =
            volume.read_directory(&volume.root_directory(), buffer, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(read, Err(Error::Read(_))));
        let set = read_volume_set(&image, Sector::ZERO).unwrap();
        assert!(Volume::rock_ridge(&image, &set).unwrap().is_none());
    }
}

#[test]
fn a_run_of_empty_sectors_ends_a_directory() {
    let mut fields = fields();
    fields.root.data_length = 1 << 20;
    let mut bytes = vec![0; 200 * SECTOR_SIZE];
    bytes[16 * SECTOR_SIZE..][..SECTOR_SIZE]
        .copy_from_slice(&PrimaryVolumeDescriptor { version: 1, fields }.encode());
    let root = plain_root(&[]);
    bytes[20 * SECTOR_SIZE..][..root.len()].copy_from_slice(&root);
    let late = file(b"A.;1", 0, 0, &[]);
    bytes[100 * SECTOR_SIZE..][..late.len()].copy_from_slice(&late);
    let image = MemorySectors::new(bytes);
    let volume = open_plain(&image);
    assert_eq!(names(&volume), Vec::<String>::new());
    assert!(clauses(&volume).contains(&"6.8.1"));
}

#[test]
fn a_visitor_may_break_off() {
    let image = image(&[(ROOT, plain_root(&[file(b"A.;1", 0, 0, &[]), file(b"B.;1", 0, 0, &[])]))]);
    let volume = open_plain(&image);
    let mut count = 0;
    let mut visit = |_: Entry<'_>| {
        count += 1;
        ControlFlow::Break(())
    };
    volume.read_directory(&volume.root_directory(), &mut DirectoryBuffer::new(), &mut visit).unwrap();
    assert_eq!(count, 1);
}

#[test]
fn posix_attributes_and_kinds() {
    let stamp = RecordingTime::from_unix(1_000_000_000);
    let short = |stamps| {
        let mut out = Vec::new();
        TimeStamps::Short(stamps).encode(&mut out);
        out
    };
    let modify = Stamps { modify: Some(stamp), ..Stamps::default() };
    let both = Stamps { creation: Some(stamp), modify: Some(stamp), ..Stamps::default() };
    let entries = |mode, name_: &[u8], more: &[u8]| {
        let mut out = name(name_);
        px(mode, &mut out);
        out.extend_from_slice(more);
        out
    };
    let mut device = Vec::new();
    DeviceNumber::new(8, 1).encode(&mut device);
    let mut link = Vec::new();
    sl::encode(b"/usr/../x", &mut link);
    let foreign = [&b"AX\x06\x01ab"[..], &short(both), b"XY\x04\x01"].concat();
    let image = image(&[(
        ROOT,
        root(&[
            file(b"A.;1", 30, 5, &entries(0o100_640, b"a", &short(modify))),
            file(b"B.;1", 30, 5, &entries(0o640, b"b", &foreign)),
            file(b"C.;1", 0, 0, &entries(0o060_600, b"c", &device)),
            file(b"D.;1", 0, 0, &entries(0o120_777, b"d", &link)),
            file(b"E.;1", 0, 0, &entries(0o010_600, b"e", &[])),
            file(b"F.;1", 0, 0, &entries(0o140_600, b"f", &[])),
            file(b"G.;1", 0, 0, &entries(0o020_600, b"g", &[])),
            folder(b"H", 21, &entries(0o755, b"h", &[])),
            file(b"I.;1", 30, 5, &[]),
            file(b"J.;1", 30, 5, &entries(0o040_755, b"j", &[])),
        ]),
    )]);
    let volume = open(&image);
    let time = Some(Timestamp { seconds: 1_000_000_000, nanoseconds: 0 });
    let count = each(&volume, &mut |name, entry| {
        let mode = entry.posix.map_or(0, |posix| posix.mode);
        match (name, entry.kind, mode) {
            ("a", EntryKind::File { len: 5, .. }, 0o100_640) => {
                assert_eq!((entry.times.modify, entry.foreign), (time, &b""[..]));
            }
            ("b", EntryKind::File { .. }, 0o100_640) => {
                assert_eq!((entry.times.creation, entry.times.modify), (time, time));
                assert_eq!(entry.foreign, [&short(both)[..], b"AX\x06\x01abXY\x04\x01"].concat());
            }
            ("c", EntryKind::BlockDevice { major: 8, minor: 1 }, 0o060_600) => {}
            ("d", EntryKind::Symlink(b"/usr/../x"), 0o120_777) => {}
            ("e", EntryKind::Fifo, 0o010_600) | ("f", EntryKind::Socket, 0o140_600) => {}
            ("g", EntryKind::CharacterDevice { major: 0, minor: 0 }, 0o020_600) => {}
            ("h", EntryKind::Directory(_), 0o040_755) => {}
            ("I", EntryKind::File { .. }, 0) => assert!(entry.posix.is_none()),
            ("j", EntryKind::File { .. }, 0o100_755) => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(entry.plain_system_use, b"");
    });
    assert_eq!(count, 10);
    assert_eq!(clauses(&volume), ["RRIP 4.1.2", "RRIP 4.1.1"]);
    let mut seen = 0;
    volume
        .root_entry(&mut DirectoryBuffer::new(), &mut |entry| {
            seen += 1;
            assert_eq!((entry.name, entry.posix.unwrap().mode), (&b""[..], 0o40755));
        })
        .unwrap();
    assert_eq!(seen, 1);
}

#[test]
fn names_across_continuation_areas() {
    let long = [b'x'; 600];
    let mut entries = name(&long);
    let second = entries.split_off(255);
    let third = {
        let mut second = second.clone();
        second.split_off(255)
    };
    // The first part behind the record; the others in two areas, the later of which comes first.
    let mut area = vec![0; 10];
    area.extend_from_slice(&entries);
    area.extend(continued(32, 0, 255 + 28));
    let mut next = second[..255].to_vec();
    next.extend(continued(31, 1000, third.len() as u32));
    let mut block = vec![0; SECTOR_SIZE];
    block[..area.len()].copy_from_slice(&area);
    block[1000..][..third.len()].copy_from_slice(&third);
    let mut in_record = continued(31, 10, (area.len() - 10) as u32);
    px(0o100_644, &mut in_record);
    let image = image(&[(ROOT, root(&[file(b"A.;1", 30, 5, &in_record)])), (31, block), (32, next)]);
    let volume = open(&image);
    assert_eq!(names(&volume), [String::from_utf8(long.to_vec()).unwrap()]);
    assert_eq!(clauses(&volume), Vec::<&str>::new());
}

#[test]
fn continuation_areas_that_cannot_be() {
    for bad in [
        continued(31, 0, 28),
        continued(40, 0, 28),
        continued(u32::MAX, u32::MAX, u32::MAX),
        continued(39, 2040, 28),
        continued(31, 0, u32::MAX),
    ] {
        let mut system_use = [name(b"a"), bad].concat();
        px(0o100_644, &mut system_use);
        let image = image(&[(ROOT, root(&[file(b"A.;1", 30, 5, &system_use)])), (31, continued(31, 0, 28))]);
        let volume = open(&image);
        assert_eq!(names(&volume), ["a"]);
        assert_eq!(clauses(&volume), ["SUSP 5.1"]);
    }
}

#[test]
fn bytes_of_other_protocols_are_skipped() {
    let xa = [0, 0, 0, 0, 0x0D, 0x55, b'X', b'A', 1, 0, 0, 0, 0, 0];
    let own = [&xa[..], &announcement(14)].concat();
    let image = image(&[(
        ROOT,
        directory(ROOT, &own, &xa, &[file(b"A.;1", 30, 5, &[&xa[..], &name(b"a")].concat())]),
    )]);
    assert_eq!(names(&open(&image)), ["a"]);
}

fn attribute_list(attributes: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = AttributeListEncoder::new(&mut out);
    for (name, value) in attributes {
        encoder.push(name, value);
    }
    encoder.finish();
    out
}

#[test]
fn attribute_lists_are_gathered_from_all_areas() {
    let list = attribute_list(&[(b"user.long", &[7; 300]), (b"user.short", b"s")]);
    let (here, there) = list.split_at(usize::from(list[2]));
    let inline = [&name(b"a")[..], &continued(30, 100, there.len() as u32)].concat();
    let area = [&[0; 100][..], there].concat();
    let beyond = [&name(b"b")[..], here, b"XX\x04\x01", there].concat();
    let image = image(&[
        (
            ROOT,
            root(&[file(b"A.", 25, 0, &inline), file(b"B.", 25, 0, &continued(31, 0, beyond.len() as u32))]),
        ),
        (30, area),
        (31, beyond),
    ]);
    let volume = open(&image);
    let mut seen = Vec::new();
    each(&volume, &mut |name, entry| {
        seen.push((name.to_owned(), entry.attribute_list.to_vec(), entry.foreign.to_vec()));
    });
    // The first piece of A's list is missing, which is told.
    assert_eq!(seen[0], ("a".to_owned(), there.to_vec(), Vec::new()));
    assert_eq!(seen[1], ("b".to_owned(), list, b"XX\x04\x01".to_vec()));
}

#[test]
fn hostile_attribute_lists_are_told() {
    let good = attribute_list(&[(b"user.a", b"1")]);
    let mut in_circles = [b"AL\x0b\x01\x01\x00\x01a\x00\x01b".as_slice(), &continued(30, 0, 39)].concat();
    in_circles.truncate(39);
    let lengths: [&[u8]; 4] =
        [b"AL\x04\x01", b"AL\x05\x01\x01", b"AL\x08\x01\x00\x01\xffa", b"AL\x0b\x01\x00\x00\x01a\x00\xffb"];
    let mut records: Vec<Vec<u8>> = lengths
        .iter()
        .enumerate()
        .map(|(number, list)| {
            let own = format!("f{number}");
            let area = [&name(own.as_bytes())[..], list].concat();
            file(format!("F{number}.").as_bytes(), 25, 0, &area)
        })
        .collect();
    let circle = [&name(b"circle")[..], &continued(30, 0, 39)].concat();
    records.push(file(b"G.", 25, 0, &circle));
    let far = [&name(b"far")[..], &good, &continued(u32::MAX, 0, 2048)].concat();
    records.push(file(b"H.", 25, 0, &far));
    let huge = [&name(b"huge")[..], &good, &continued(30, 0, u32::MAX)].concat();
    records.push(file(b"I.", 25, 0, &huge));
    let image = image(&[(ROOT, root(&records)), (30, in_circles)]);
    let volume = open(&image);
    let mut lists = BTreeMap::new();
    each(&volume, &mut |name, entry| {
        let list = AttributeList::decode(entry.attribute_list, &mut |_| {});
        lists.insert(name.to_owned(), list.attributes().count());
    });
    assert_eq!(lists.len(), 7);
    assert_eq!([lists["circle"], lists["far"], lists["huge"], lists["f3"]], [1, 1, 1, 0]);
    let found: Vec<String> = volume.findings().iter().map(ToString::to_string).collect();
    for expected in [
        "an AL entry without flags",
        "an attribute list without its end",
        "ends inside a component",
        "a loop of continuation areas",
        "a continuation area that cannot be read",
        "more continuation areas than any writer makes",
    ] {
        assert!(found.iter().any(|finding| finding.contains(expected)), "{expected}: {found:#?}");
    }
}

#[test]
fn relocated_directories_are_put_back() {
    let entries = |name_: &[u8], more: &dyn Fn(&mut Vec<u8>)| {
        let mut out = name(name_);
        px(0o040_755, &mut out);
        more(&mut out);
        out
    };
    let link = |to: u32| move |out: &mut Vec<u8>| ChildLink { location: LogicalBlock::new(to) }.encode(out);
    let relocated = |out: &mut Vec<u8>| RelocatedDirectory.encode(out);
    let mut own = Vec::new();
    px(0o040_711, &mut own);
    let mut parent = Vec::new();
    ParentLink { location: LogicalBlock::new(ROOT) }.encode(&mut parent);
    let deep = directory(22, &own, &parent, &[file(b"A.;1", 30, 5, &entries(b"inside", &|_| {}))]);
    let container = |mark: bool, identifier: &[u8]| {
        let entries = entries(identifier, &|out| {
            if mark {
                relocated(out)
            }
        });
        folder(identifier, 21, &entries)
    };
    let moved = directory(21, &[], &[], &[folder(b"DEEP", 22, &entries(b"deep", &relocated))]);
    for container in [container(false, b"RR_MOVED"), container(true, b"ELSEWHERE")] {
        let place = file(b"DEEP", 22, 0, &entries(b"deep", &link(22)));
        let lost = file(b"LOST", 33, 0, &entries(b"lost", &link(33)));
        let itself = file(b"LOOP", ROOT, 0, &entries(b"loop", &link(ROOT)));
        let image = image(&[
            (ROOT, root(&[container, place, lost, itself])),
            (21, moved.clone()),
            (22, deep.clone()),
        ]);
        let volume = open(&image);
        let count = each(&volume, &mut |name, entry| {
            assert_eq!((name, entry.identifier, entry.relocated), ("deep", &b"DEEP"[..], true));
            assert_eq!(entry.posix.unwrap().mode, 0o040_711);
            let EntryKind::Directory(directory) = entry.kind else { panic!("{entry:?}") };
            assert_eq!((directory.extent().get(), directory.len()), (22, 2048));
        });
        assert_eq!(count, 1);
        assert_eq!(clauses(&volume), ["RRIP 4.1.5.1", "RRIP 4.1.5.1"]);
        // The plain view has all as it is recorded.
        assert_eq!(names(&open_plain(&image)).len(), 4);
    }
    // Something else is in there: it is shown.
    let mixed = directory(21, &[], &[], &[file(b"A.;1", 30, 5, &[])]);
    for mark in [false, true] {
        let image = image(&[(ROOT, root(&[container(mark, b"rr_moved")])), (21, mixed.clone())]);
        assert_eq!(names(&open(&image)), ["rr_moved"]);
    }
    // Nothing is in there: it is hidden only if it is marked.
    let empty = directory(21, &[], &[], &[]);
    for (mark, count) in [(false, 1), (true, 0)] {
        let image = image(&[(ROOT, root(&[container(mark, b"rr_moved")])), (21, empty.clone())]);
        assert_eq!(names(&open(&image)).len(), count);
    }
}

#[test]
fn announced_by_an_extensions_reference() {
    let mut own = Vec::new();
    SharingProtocolIndicator::default().encode(&mut own);
    let mut reference = Vec::new();
    EXTENSION.encode(&mut reference).unwrap();
    own.extend(continued(31, 0, reference.len() as u32));
    let image = image(&[(ROOT, directory(ROOT, &own, &[], &[file(b"A.;1", 0, 0, &[])])), (31, reference)]);
    assert_eq!(names(&open(&image)), ["A"]);
}

/// Reads all there is, in every way; directories are entered once.
fn read_everything(image: &MemorySectors) {
    let Ok(set) = read_volume_set(image, Sector::ZERO) else { return };
    fn decode(identifier: &[u8], out: &mut Vec<u8>) -> Option<&'static str> {
        out.extend_from_slice(identifier);
        None
    }
    let volumes = [
        Volume::plain(image, &set).ok(),
        Volume::rock_ridge(image, &set).ok().flatten(),
        Some(Volume::with_names(image, &set.primary.fields.root, decode)),
    ];
    for volume in volumes.into_iter().flatten() {
        let mut buffer = DirectoryBuffer::new();
        let _ = volume.root_entry(&mut buffer, &mut |_| {});
        let mut entered = std::collections::BTreeSet::new();
        let mut pending = vec![volume.root_directory()];
        while let Some(directory) = pending.pop() {
            if !entered.insert(directory.extent()) {
                continue;
            }
            let _ = volume.read_directory(&directory, &mut buffer, &mut |entry| {
                if let EntryKind::Directory(directory) = entry.kind {
                    pending.push(directory);
                }
                if let EntryKind::File { sections, len, .. } = entry.kind {
                    assert_eq!(sections.iter().map(|section| u64::from(section.len)).sum::<u64>(), len);
                }
                ControlFlow::Continue(())
            });
        }
        assert!(volume.findings().len() <= 1001);
    }
}

fn entry_bytes() -> impl Strategy<Value = Vec<u8>> {
    let signature = prop_oneof![
        Just(b"NM"),
        Just(b"PX"),
        Just(b"TF"),
        Just(b"SL"),
        Just(b"CL"),
        Just(b"RE"),
        Just(b"PL"),
        Just(b"PN"),
        Just(b"ZF"),
        Just(b"SF"),
        Just(b"ST"),
        Just(b"XX"),
    ];
    prop_oneof![
        (signature, proptest::collection::vec(any::<u8>(), 0..48)).prop_map(|(signature, payload)| {
            [&signature[..], &[payload.len() as u8 + 4, 1], &payload].concat()
        }),
        (18..42u32, 0..3000u32, 0..300u32)
            .prop_map(|(block, offset, length)| continued(block, offset, length)),
        (18..42u32).prop_map(|block| {
            let mut out = Vec::new();
            ChildLink { location: LogicalBlock::new(block) }.encode(&mut out);
            out
        }),
    ]
}

fn record_bytes() -> impl Strategy<Value = Vec<u8>> {
    (
        (18..42u32, 0..9000u32, any::<u8>(), any::<(u8, u8, u8)>()),
        prop_oneof![
            Just(&b"A"[..]),
            Just(&b"RR_MOVED"[..]),
            Just(&b"\0"[..]),
            Just(&b"\x01"[..]),
            Just(&b""[..])
        ],
        proptest::collection::vec(entry_bytes(), 0..4),
    )
        .prop_map(|((extent, data_length, flags, numbers), identifier, entries)| {
            let mut out = Vec::new();
            let mut system_use = entries.concat();
            system_use.truncate(200);
            let (unit, gap, attributes) = numbers;
            let record = DirectoryRecord {
                extended_attribute_length: attributes & 1,
                extent: LogicalBlock::new(extent),
                data_length,
                flags: FileFlags::from_bits_retain(flags),
                file_unit_size: if unit < 200 { 0 } else { unit },
                interleave_gap: gap,
                identifier,
                system_use: &system_use,
                ..DirectoryRecord::default()
            };
            record.encode(&mut out).unwrap();
            out
        })
}

proptest! {
    #[test]
    fn any_records(
        own in proptest::collection::vec(record_bytes(), 0..8),
        others in proptest::collection::vec((21..40u32, proptest::collection::vec(record_bytes(), 1..6)), 0..8),
        flips in proptest::collection::vec((0..40 * SECTOR_SIZE, any::<u8>()), 0..20),
    ) {
        let cut = |mut sector: Vec<u8>| { sector.truncate(SECTOR_SIZE); sector };
        let mut sectors = vec![(ROOT, cut(root(&own)))];
        sectors.extend(others.into_iter().map(|(at, records)| (at, cut(directory(at, &[], &[], &records)))));
        read_everything(&image(&sectors));
        let set = image(&sectors);
        let mut bytes = vec![0; 40 * SECTOR_SIZE];
        sector_io::ReadSectors::read_sectors(&set, Sector::ZERO, &mut bytes).unwrap();
        for (at, byte) in flips {
            bytes[at] = byte;
        }
        read_everything(&MemorySectors::new(bytes));
    }

    #[test]
    fn any_bytes(sector in proptest::collection::vec(any::<u8>(), 0..3 * SECTOR_SIZE)) {
        read_everything(&image(&[(ROOT, sector)]));
    }
}

/// What the check of a plain volume finds: clauses, in order.
fn structure(image: &MemorySectors) -> Vec<&'static str> {
    let set = read_volume_set(image, Sector::ZERO).unwrap();
    let volume = Volume::plain(image, &set).unwrap();
    let tables = &set.primary.fields.path_tables;
    volume.check_structure(tables, crate::directory::compare_identifiers, &mut || Ok::<(), ()>(())).unwrap();
    volume.findings().iter().map(|finding| finding.clause).collect()
}

/// A path table of the root and of one directory in it.
fn path_table(order: crate::ByteOrder, block: u32, parent: u16) -> Vec<u8> {
    use crate::path_table::PathTableRecord;
    let mut out = Vec::new();
    for (extent, parent, identifier) in [(ROOT, 1, &[0][..]), (block, parent, b"D")] {
        let extent = LogicalBlock::new(extent);
        let record = PathTableRecord { extended_attribute_length: 0, extent, parent, identifier };
        record.encode(order, &mut out).unwrap();
    }
    out
}

#[test]
fn what_is_recorded_twice_is_compared() {
    use crate::ByteOrder::{Big, Little};
    let mut of_volume = fields();
    of_volume.path_tables.size = 20;
    let descriptor = PrimaryVolumeDescriptor { version: 1, fields: of_volume }.encode().to_vec();
    let records = [folder(b"D", 21, &[]), file(b"E.;1", 25, 5, &[])];
    let sound = [
        (16, descriptor),
        (18, path_table(Little, 21, 1)),
        (19, path_table(Big, 21, 1)),
        (ROOT, plain_root(&records)),
        (21, directory(21, &[], &[], &[])),
    ];
    let with = |at: u32, sector: Vec<u8>| {
        let mut sectors = sound.to_vec();
        sectors.push((at, sector));
        structure(&image(&sectors))
    };
    assert_eq!(structure(&image(&sound)), [""; 0]);
    // Both tables lead to where no directory is, and not to the one that is there.
    assert_eq!(with(18, path_table(Little, 22, 1)), ["9.4.3", "6.9", "6.9.1"]);
    assert_eq!(with(18, path_table(Little, 21, 2)), ["9.4.4", "6.9.1"]);
    assert_eq!(with(19, path_table(Big, 21, 2)), ["6.9.1"]);
    assert_eq!(with(21, directory(22, &[], &[], &[])), ["6.8.2.2"]);
    let mut other_parent = folder(&[0], 21, &[]);
    other_parent.extend(folder(&[1], 21, &[]));
    assert_eq!(with(21, other_parent), ["6.8.2.2"]);
    let swapped = [records[1].clone(), records[0].clone()];
    assert_eq!(with(ROOT, plain_root(&swapped)), ["9.3"]);
    let mut time = file(b"E.;1", 25, 5, &[]);
    time[18..25].copy_from_slice(&[100, 13, 1, 0, 0, 0, 0]);
    assert_eq!(with(ROOT, plain_root(&[records[0].clone(), time])), ["9.1.5"]);
}

#[test]
fn path_tables_that_are_nowhere_are_told() {
    for size in [u32::MAX, 60 * 2048] {
        let mut of_volume = fields();
        of_volume.path_tables.size = size;
        let descriptor = PrimaryVolumeDescriptor { version: 1, fields: of_volume }.encode().to_vec();
        assert_eq!(structure(&image(&[(16, descriptor), (ROOT, plain_root(&[]))])), ["9.4", "9.4"]);
    }
}

#[test]
fn sizes_and_times_of_the_volume() {
    let mut of_volume = fields();
    of_volume.volume_space_size = 41;
    of_volume.times.creation.digits = *b"2024023013000000";
    of_volume.times.effective.digits = [b' '; 16];
    let descriptor = PrimaryVolumeDescriptor { version: 1, fields: of_volume }.encode().to_vec();
    let set = read_volume_set(&image(&[(16, descriptor), (ROOT, plain_root(&[]))]), Sector::ZERO).unwrap();
    let clauses: Vec<_> = set.findings.iter().map(|finding| finding.clause).collect();
    assert_eq!(clauses, ["8.4.26", "8.4.8"]);
    assert!(set.findings[1].message.contains("a volume of 41 sectors in an image of 40"));
}
