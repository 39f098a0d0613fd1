//! Single bytes that are wrong in records and their System Use entries, and what they would hide.

use super::*;
use crate::rock_ridge::{Stamps, TimeStamps};

/// `TF` with three stamps: 26 bytes.
fn stamps() -> Vec<u8> {
    let stamp = Some(RecordingTime::from_unix(1_000_000_000));
    let stamps = Stamps { modify: stamp, access: stamp, attributes: stamp, ..Stamps::default() };
    let mut out = Vec::new();
    TimeStamps::Short(stamps).encode(&mut out);
    out
}

fn attributes(mode: u32) -> Vec<u8> {
    let mut out = Vec::new();
    px(mode, &mut out);
    out
}

fn with_length(mut entry: Vec<u8>, length: u8) -> Vec<u8> {
    entry[2] = length;
    entry
}

#[track_caller]
fn only_finding(volume: &Volume<&MemorySectors>, is_damage: bool, clause: &str, words: &[&str]) {
    let findings = volume.findings();
    let is_it = findings.len() == 1
        && findings[0].is_damage == is_damage
        && findings[0].clause == clause
        && words.iter().all(|word| findings[0].message.contains(word));
    assert!(is_it, "{is_damage}, {clause}, {words:?}: {findings:#?}");
}

#[test]
fn a_directory_that_is_an_associated_file_as_well_is_a_directory() {
    let both = FileFlags::DIRECTORY | FileFlags::ASSOCIATED_FILE;
    let image = image(&[
        (ROOT, plain_root(&[record(b"D", 21, 2048, both, &[])])),
        (21, directory(21, &[], &[], &[])),
    ]);
    let volume = open_plain(&image);
    let count = each(&volume, &mut |_, entry| {
        assert!(matches!(entry.kind, EntryKind::Directory(_)), "{entry:?}");
        assert_eq!(entry.flags, FileFlags::DIRECTORY);
    });
    assert_eq!(count, 1);
    only_finding(&volume, true, "9.1.6", &["'D'", "directory and an associated file"]);
}

#[test]
fn a_file_that_is_a_directory_by_px_and_by_its_own_record_is_a_directory() {
    for (at, is_directory) in [(21, true), (30, false)] {
        let system_use = [name(b"d"), attributes(0o040_755)].concat();
        let image = image(&[
            (ROOT, root(&[file(b"D", at, 2048, &system_use)])),
            (
                21,
                directory(
                    21,
                    &[],
                    &[],
                    &[file(b"A.;1", 30, 5, &[name(b"a"), attributes(0o100_644)].concat())],
                ),
            ),
        ]);
        let volume = open(&image);
        each(&volume, &mut |_, entry| {
            assert_eq!(matches!(entry.kind, EntryKind::Directory(_)), is_directory, "{entry:?}");
        });
        match is_directory {
            true => only_finding(&volume, true, "9.1.6", &["'D'", "PX"]),
            false => only_finding(&volume, false, "RRIP 4.1.1", &["no file's"]),
        }
    }
}

/// Entries behind those whose length is wrong are not swallowed, and those that are too short lose nothing.
#[test]
fn entries_are_as_long_as_their_signatures_have_it() {
    let present = || b"RR\x05\x01\x89".to_vec();
    for (first, clause, words) in [
        (with_length(stamps(), 26 + 6), "RRIP 4.1.6", "TF"),
        (with_length(stamps(), 21), "RRIP 4.1.6", "TF"),
        (with_length(stamps(), 0), "RRIP 4.1.6", "TF"),
        (with_length(stamps(), 255), "RRIP 4.1.6", "TF"),
        (with_length(present(), 5 + 6), "RRIP 1.09", "RR"),
        (with_length(attributes(0o100_644), 36 + 6), "RRIP 4.1.1", "PX"),
        (with_length(attributes(0o100_644), 44), "RRIP 4.1.1", "PX"),
        (with_length(b"RE\x04\x01".to_vec(), 4 + 6), "RRIP 4.1.5.3", "RE"),
    ] {
        let is_mark = first.starts_with(b"RE");
        let system_use = [&first[..], &name(b"a"), &attributes(0o100_644)].concat();
        let image = image(&[(ROOT, root(&[file(b"A.;1", 30, 5, &system_use)]))]);
        let volume = open(&image);
        let count = each(&volume, &mut |name, entry| {
            assert_eq!((name, entry.posix.map(|posix| posix.mode)), ("a", Some(0o100_644)), "{words}");
            let is_of_stamps = first.starts_with(b"TF");
            assert_eq!(entry.times.access.is_some(), is_of_stamps);
            // With the length that it has.
            assert_eq!(entry.foreign, if is_of_stamps { stamps() } else { Vec::new() });
        });
        assert_eq!(count, 1);
        if is_mark {
            assert_eq!(volume.findings().len(), 2, "{:#?}", volume.findings());
            continue;
        }
        only_finding(&volume, false, clause, &["'a'", words, "are taken"]);
    }
}

#[test]
fn a_continuation_is_read_behind_an_entry_that_is_too_long_and_when_its_own_length_is_wrong() {
    let area = [name(b"a"), attributes(0o100_644)].concat();
    let further = || continued(31, 0, area.len() as u32);
    for (system_use, clause) in [
        ([with_length(stamps(), 26 + 28), further()].concat(), "RRIP 4.1.6"),
        ([stamps(), with_length(further(), 12)].concat(), "SUSP 5.1"),
        ([stamps(), with_length(further(), 29)].concat(), "SUSP 5.1"),
    ] {
        let image = image(&[(ROOT, root(&[file(b"A.;1", 30, 5, &system_use)])), (31, area.clone())]);
        let volume = open(&image);
        assert_eq!(names(&volume), ["a"]);
        only_finding(&volume, false, clause, &["'a'"]);
    }
}

/// Writers that pad an entry lose nothing: what it says is taken then.
#[test]
fn a_longer_entry_that_ends_where_the_next_begins_is_told_and_read() {
    let padded = with_length([stamps(), vec![7, 7]].concat(), 28);
    let lost = with_length([stamps(), vec![7, 7]].concat(), 30);
    for (first, is_damage) in [(padded, false), (lost, true)] {
        let system_use = [attributes(0o100_644), first, name(b"a")].concat();
        let image = image(&[(ROOT, root(&[file(b"A.;1", 30, 5, &system_use)]))]);
        let volume = open(&image);
        let shown = names(&volume);
        let findings = volume.findings();
        let of_length = findings.iter().find(|finding| finding.clause == "RRIP 4.1.6");
        assert_eq!(of_length.map(|finding| finding.is_damage), Some(is_damage), "{findings:#?}");
        assert_eq!(shown, if is_damage { ["A"] } else { ["a"] });
    }
}

#[test]
fn an_item_without_its_name_is_told() {
    let mut hit = name(b"a");
    hit[0] = b'O';
    let hit = file(b"ALT.;1", 30, 5, &[hit, attributes(0o100_644)].concat());
    let named = file(b"A.;1", 30, 5, &[name(b"a"), attributes(0o100_644)].concat());

    // Where no item has one, its writer makes none.
    let image_of_none = image(&[(ROOT, root(std::slice::from_ref(&hit)))]);
    let volume = open(&image_of_none);
    assert_eq!((names(&volume), volume.findings().len()), (vec!["ALT".to_owned()], 0));

    let image = image(&[(ROOT, root(&[named, hit]))]);
    let volume = open(&image);
    for _ in 0..2 {
        assert_eq!(names(&volume), ["a", "ALT"]);
        only_finding(&volume, false, "RRIP 4.1.4", &["'ALT'", "no NM entry"]);
    }
}

#[test]
fn a_root_that_is_another_directory_is_told() {
    let mut own = folder(&[0], ROOT, &[]);
    own.extend(folder(&[1], 21, &[]));
    let mut of_other = folder(&[0], 21, &[]);
    of_other.extend(folder(&[1], ROOT, &[]));
    for (sector, words) in [(own, "parent's record says block 21"), (of_other, "own record says block 21")] {
        let image = image(&[(ROOT, sector)]);
        let volume = open_plain(&image);
        assert_eq!(each(&volume, &mut |_, _| {}), 0);
        only_finding(&volume, true, "6.8.2.2", &[words]);
    }
}
