//! Extents and lengths whose halves differ, and directories that are said to be empty.

use super::*;

/// Writes over the number at `at` of a record: its little-endian half, its big-endian half.
fn halves(mut record: Vec<u8>, at: usize, little: u32, big: u32) -> Vec<u8> {
    record[at..at + 4].copy_from_slice(&little.to_le_bytes());
    record[at + 4..at + 8].copy_from_slice(&big.to_be_bytes());
    record
}

const EXTENT: usize = 2;
const LENGTH: usize = 10;

/// Names in the directory at block 21 that the root's first record leads to.
fn below(volume: &Volume<&MemorySectors>) -> Vec<String> {
    let mut found = None;
    each(volume, &mut |_, entry| {
        if let EntryKind::Directory(directory) = entry.kind {
            found = Some(directory);
        }
    });
    let mut names = Vec::new();
    let mut buffer = DirectoryBuffer::new();
    volume
        .read_directory(&found.unwrap(), &mut buffer, &mut |entry| {
            names.push(String::from_utf8_lossy(entry.name).into_owned());
            ControlFlow::Continue(())
        })
        .unwrap();
    names
}

#[track_caller]
fn told(findings: &[Finding], is_damage: bool, clause: &str, words: &[&str]) {
    let is_it = |finding: &Finding| {
        finding.is_damage == is_damage
            && finding.clause == clause
            && words.iter().all(|word| finding.message.contains(word))
    };
    assert!(findings.iter().any(is_it), "{clause}, {words:?}: {findings:#?}");
    assert_eq!(findings.len(), 1, "{findings:#?}");
}

fn with_folder(record: Vec<u8>) -> MemorySectors {
    image(&[
        (ROOT, plain_root(&[record])),
        (21, directory(21, &[], &[], &[file(b"IN.;1", 30, 5, &[])])),
        (22, vec![0xff; 2048]),
    ])
}

#[test]
fn of_the_halves_of_a_directory_the_one_is_taken_where_it_lies() {
    for (at, little, big, taken, clause) in [
        (EXTENT, 21, 22, 21, "9.1.3"),
        (EXTENT, 22, 21, 21, "9.1.3"),
        (EXTENT, 1 << 30, 21, 21, "9.1.3"),
        (EXTENT, ROOT, 21, 21, "9.1.3"),
        (LENGTH, 2048, 4096, 2048, "9.1.4"),
        (LENGTH, 4096, 2048, 2048, "9.1.4"),
        (LENGTH, 0, 2048, 2048, "9.1.4"),
        (LENGTH, 2049, 2048, 2048, "9.1.4"),
        (LENGTH, u32::MAX, 2048, 2048, "9.1.4"),
    ] {
        let image = with_folder(halves(folder(b"SUB", 21, &[]), at, little, big));
        let volume = open_plain(&image);
        assert_eq!(below(&volume), ["IN"], "{little} {big}");
        told(&volume.findings(), false, clause, &["7.3.3", "'SUB'", &format!("{taken}, which is taken")]);
    }
}

#[test]
fn of_the_halves_of_a_file_the_one_within_the_image_is_taken() {
    for (at, little, big, taken, clause) in [
        (EXTENT, 30, 31, 30, "9.1.3"),
        (EXTENT, 1 << 20, 31, 31, "9.1.3"),
        (EXTENT, 1 << 20, 1 << 21, 1 << 20, "9.1.3"),
        (LENGTH, 5, 6, 5, "9.1.4"),
        (LENGTH, 1 << 30, 6, 6, "9.1.4"),
    ] {
        let record = halves(file(b"F.;1", 30, 5, &[]), at, little, big);
        let image = image(&[(ROOT, plain_root(&[record]))]);
        let volume = open_plain(&image);
        each(&volume, &mut |_, entry| {
            let EntryKind::File { sections, .. } = entry.kind else { panic!("{entry:?}") };
            let found = if at == EXTENT { sections[0].extent.get() } else { sections[0].len };
            assert_eq!(found, taken);
        });
        told(&volume.findings(), false, clause, &["'F.;1'", &format!("{taken}, which is taken")]);
    }
}

#[test]
fn the_root_is_found_by_either_half() {
    for (at, little, big, taken) in [
        (EXTENT, ROOT, 7, ROOT),
        (EXTENT, 7, ROOT, ROOT),
        (EXTENT, 0, ROOT, ROOT),
        (EXTENT, 1 << 31, ROOT, ROOT),
        (EXTENT, 21, ROOT, ROOT),
        (LENGTH, 0, 2048, 2048),
        (LENGTH, 2048, 0, 2048),
        (LENGTH, 1 << 31, 2048, 2048),
    ] {
        let descriptor = halves(primary().to_vec(), 156 + at, little, big);
        let image = image(&[
            (16, descriptor),
            (ROOT, plain_root(&[folder(b"SUB", 21, &[])])),
            (21, directory(21, &[], &[], &[])),
        ]);
        let set = read_volume_set(&image, Sector::ZERO).unwrap();
        told(&set.findings, false, "8.4.18", &["7.3.3", &format!("{taken}, which is taken")]);
        let volume = Volume::plain(&image, &set).unwrap();
        assert_eq!(names(&volume), ["SUB"]);
        assert_eq!(volume.findings(), []);
    }
}

/// By its own record; Linux and xorriso read directories by that one.
#[test]
fn a_directory_that_is_said_to_be_empty_is_read_by_its_own_record() {
    let record = |extent| record(b"SUB", extent, 0, FileFlags::DIRECTORY, &[]);
    let image = with_folder(record(21));
    let volume = open_plain(&image);
    assert_eq!(below(&volume), ["IN"]);
    told(&volume.findings(), true, "9.1.4", &["'SUB'", "no bytes", "2048"]);
    let image = with_folder(record(22));
    let volume = open_plain(&image);
    assert_eq!(names(&volume), ["SUB"]);
    told(&volume.findings(), true, "9.1.4", &["'SUB'", "no bytes", "lost"]);
    // The root.
    let descriptor = halves(primary().to_vec(), 156 + LENGTH, 0, 0);
    let image = super::image(&[(16, descriptor), (ROOT, plain_root(&[folder(b"SUB", 21, &[])]))]);
    let set = read_volume_set(&image, Sector::ZERO).unwrap();
    told(&set.findings, true, "8.4.18", &["root", "no bytes", "2048"]);
    assert_eq!(names(&Volume::plain(&image, &set).unwrap()), ["SUB"]);
}

/// It says that it is empty, and lies in itself: whoever walks is stopped.
#[test]
fn a_directory_that_is_said_to_be_empty_is_entered_once() {
    let mut guard = DirectoryGuard::new();
    let inner = record(b"SUB", 21, 0, FileFlags::DIRECTORY, &[]);
    let image = image(&[
        (ROOT, plain_root(std::slice::from_ref(&inner))),
        (21, directory(21, &[], &[], std::slice::from_ref(&inner))),
    ]);
    let volume = open_plain(&image);
    let mut pending = vec![volume.root_directory()];
    let (mut buffer, mut read) = (DirectoryBuffer::new(), 0);
    while let Some(directory) = pending.pop() {
        if guard.enter(&directory) {
            read += 1;
            volume
                .read_directory(&directory, &mut buffer, &mut |entry| {
                    if let EntryKind::Directory(directory) = entry.kind {
                        pending.push(directory);
                    }
                    ControlFlow::Continue(())
                })
                .unwrap();
        }
    }
    assert_eq!(read, 2);
}

#[test]
fn versions_that_cannot_be_are_told() {
    use crate::volume::SupplementaryVolumeDescriptor;
    let found = |descriptors: &[(u32, Vec<u8>)]| {
        let mut sectors = descriptors.to_vec();
        sectors.push((16 + descriptors.len() as u32, terminator().to_vec()));
        let set = read_volume_set(&image(&sectors), Sector::ZERO).unwrap();
        set.findings.iter().map(|found| (found.sector.get(), found.offset, found.clause)).collect::<Vec<_>>()
    };
    let with = |kind: u8, version: u8, structure: u8| {
        let mut sector = primary().to_vec();
        (sector[0], sector[6], sector[881]) = (kind, version, structure);
        sector
    };
    assert_eq!(found(&[(16, with(1, 1, 1))]), []);
    assert_eq!(found(&[(16, with(1, 9, 1))]), [(16, 6, "8.4.3")]);
    assert_eq!(found(&[(16, with(1, 1, 0))]), [(16, 881, "8.4.30")]);
    let primary = || (16, with(1, 1, 1));
    assert_eq!(found(&[primary(), (17, with(2, 9, 1))]), [(17, 6, "8.5.2")]);
    assert_eq!(found(&[primary(), (17, with(2, 1, 2))]), [(17, 881, "8.4.30")]);
    let enhanced = SupplementaryVolumeDescriptor::enhanced(fields()).encode().to_vec();
    assert_eq!(found(&[primary(), (17, enhanced.clone())]), []);
    let mut odd = enhanced;
    odd[881] = 7;
    assert_eq!(found(&[primary(), (17, odd)]), [(17, 881, "8.4.30")]);
    let without_root = |kind| {
        let mut sector = with(kind, 3, 0);
        sector[156..190].fill(0);
        sector
    };
    assert_eq!(found(&[primary(), (17, without_root(0))]), [(17, 6, "8.2.3")]);
    assert_eq!(found(&[primary(), (17, without_root(3))]), [(17, 6, "8.6.3")]);
}
