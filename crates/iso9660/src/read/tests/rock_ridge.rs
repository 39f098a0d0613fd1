//! Rock Ridge: what System Use fields say, and where their continuations are.

use std::collections::BTreeMap;

use super::*;
use crate::aaip::{AttributeList, AttributeListEncoder};
use crate::rock_ridge::{
    ChildLink, DeviceNumber, EXTENSION, ParentLink, RelocatedDirectory, Stamps, TimeStamps, sl,
};

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
    for (mark, of_container) in [(false, &b"RR_MOVED"[..]), (true, b"ELSEWHERE")] {
        let container = container(mark, of_container);
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
        let mut buffer = DirectoryBuffer::new();
        volume
            .read_directory(&volume.root_directory(), &mut buffer, &mut |_| ControlFlow::Continue(()))
            .unwrap();
        let found = buffer.relocation_directory().unwrap();
        assert_eq!((&found.name[..], &found.identifier[..]), (of_container, of_container));
        assert_eq!(found.posix.unwrap().mode, 0o040_755);
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
