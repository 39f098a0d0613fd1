//! Volume sets, and what a hierarchy shows without extensions.

use std::collections::BTreeMap;

use super::*;
use crate::volume::{SupplementaryVolumeDescriptor, VolumeFlags};

#[test]
fn volumes_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Volume<MemorySectors>>();
}

#[test]
fn a_set_of_every_kind() {
    let supplementary = |version| {
        let flags = VolumeFlags::empty();
        let fields = VolumeFields { file_structure_version: version, ..fields() };
        SupplementaryVolumeDescriptor { version, flags, escape_sequences: [0; 32], fields }.encode()
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

/// Clauses of what is damaged, and the first sector behind the set with these sectors behind the primary descriptor.
fn damaged(sectors: &[[u8; 2048]]) -> (Vec<&'static str>, u32) {
    let sectors: Vec<_> = (17..).zip(sectors.iter().map(|sector| sector.to_vec())).collect();
    let set = read_volume_set(&image(&sectors), Sector::ZERO).unwrap();
    assert!(set.supplementary.is_empty() && set.boot_records.is_empty() && set.partitions.is_empty());
    let damaged = set.findings.iter().filter(|finding| finding.is_damage);
    (damaged.map(|finding| finding.clause).collect(), set.end.get())
}

#[test]
fn descriptors_of_which_a_byte_is_damaged() {
    let mut escape_sequences = [0; 32];
    escape_sequences[..3].copy_from_slice(b"%/E");
    let flags = VolumeFlags::empty();
    let fields = VolumeFields { volume_set_size: 2, ..fields() };
    let joliet = SupplementaryVolumeDescriptor { version: 1, flags, escape_sequences, fields };
    let boot_record = crate::el_torito::boot_record(LogicalBlock::new(30));
    let with = |mut bytes: [u8; 2048], place: usize, byte| {
        bytes[place] = byte;
        bytes
    };
    for (descriptor, kinds) in
        [(joliet.encode(), [0, 1, 3, 77, 255]), (boot_record.encode(), [1, 2, 3, 77, 255])]
    {
        for kind in kinds {
            let found = damaged(&[with(descriptor, 0, kind), terminator()]);
            assert_eq!(found, (vec!["8.1.1"], 19), "{kind}");
        }
        assert_eq!(damaged(&[with(descriptor, 1, b'X'), terminator()]), (vec!["8.1.2"], 19));
    }
    let of_something = with(terminator(), 100, 1);
    assert_eq!(damaged(&[of_something, terminator()]), (vec!["8.3.4"], 19));
    for honest in
        [&[terminator(), terminator()][..], &[of_something, of_something], &[of_something, [0; 2048]]]
    {
        assert_eq!(damaged(honest), (Vec::new(), 18));
    }
    let lost = image(&[(16, with(primary(), 0, 255).to_vec())]);
    let error = read_volume_set(&lost, Sector::ZERO).unwrap_err().to_string();
    assert!(error.contains("sector 16") && error.contains("8.4") && error.contains("of type 255"), "{error}");
}

#[test]
fn what_is_no_volume() {
    let read = |sector: &[u8]| read_volume_set(&image(&[(16, sector.to_vec())]), Sector::ZERO).unwrap_err();
    assert!(matches!(read(&[0; 2048]), Error::Corrupt { .. }));
    for sectors in [&[(16, vec![0; 2048]), (17, vec![0; 2048])][..], &[(16, terminator().to_vec())]] {
        let error = read_volume_set(&image(sectors), Sector::ZERO).unwrap_err();
        assert!(matches!(error, Error::NoVolume { session: Sector::ZERO, .. }));
        assert_eq!(error.sector(), Sector::new(16));
    }
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
        let root = [folder(&[0], 39, &[]), folder(&[1], 39, &[]), file(b"A.;1", 30, 5, &[])];
        image(&[(16, descriptor.to_vec()), (39, root.concat())])
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
