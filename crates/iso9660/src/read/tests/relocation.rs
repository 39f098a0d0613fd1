//! Relocated directories of which a link is damaged (RRIP 4.1.5).

use std::sync::atomic::{AtomicU32, Ordering};

use sector_io::{ReadError, ReadSectors, SectorCount};

use super::*;
use crate::rock_ridge::{ChildLink, ParentLink, RelocatedDirectory};

/// Where a directory lies that was moved, and where the one that it is in.
const MOVED: u32 = 22;
const CONTAINER: u32 = 21;

fn entries(name_: &[u8], mode: u32, more: &[u8]) -> Vec<u8> {
    let mut out = name(name_);
    px(mode, &mut out);
    out.extend_from_slice(more);
    out
}

fn child(to: u32) -> Vec<u8> {
    let mut out = Vec::new();
    ChildLink { location: LogicalBlock::new(to) }.encode(&mut out);
    out
}

fn parent(to: u32) -> Vec<u8> {
    let mut out = Vec::new();
    ParentLink { location: LogicalBlock::new(to) }.encode(&mut out);
    out
}

/// The same entry with another big-endian half.
fn other_half(mut entry: Vec<u8>, to: u32) -> Vec<u8> {
    entry[8..12].copy_from_slice(&to.to_be_bytes());
    entry
}

fn mark() -> Vec<u8> {
    let mut out = Vec::new();
    RelocatedDirectory.encode(&mut out);
    out
}

/// A sound image but for the mark of `deep`, which is gone, with another relocated directory beside it.
fn unmarked(parent_link: &[u8]) -> MemorySectors {
    let container = folder(b"RR_MOVED", CONTAINER, &entries(b"rr_moved", 0o040_755, &[]));
    let a = folder(b"A", 24, &entries(b"a", 0o040_755, &[]));
    let deep = folder(b"DEEP", MOVED, &entries(b"deep", 0o040_755, &[]));
    let other = folder(b"OTHER", 23, &entries(b"other", 0o040_755, &mark()));
    let inside = file(b"I.;1", 30, 5, &entries(b"inside", 0o100_644, &[]));
    let place = |name: &[u8], lower: &[u8], to| file(name, 0, 0, &entries(lower, 0o040_755, &child(to)));
    image(&[
        (ROOT, root(&[a, container])),
        (CONTAINER, directory(CONTAINER, &[], &[], &[deep, other])),
        (MOVED, directory(MOVED, &[], parent_link, &[inside])),
        (23, directory(23, &[], &parent(24), &[])),
        (24, directory(24, &[], &[], &[place(b"DEEP", b"deep", MOVED), place(b"OTHER", b"other", 23)])),
    ])
}

/// An image with `deep` in `/a`, which `in_place` stands for, moved to `/rr_moved`, and what stands in its parent record.
fn moved(in_place: Option<Vec<u8>>, parent_link: &[u8]) -> MemorySectors {
    let container = folder(b"RR_MOVED", CONTAINER, &entries(b"rr_moved", 0o040_755, &[]));
    let a = folder(b"A", 24, &entries(b"a", 0o040_755, &[]));
    let file_in_root = file(b"Z.;1", 30, 5, &entries(b"z", 0o100_644, &[]));
    let deep = folder(b"DEEP", MOVED, &entries(b"deep", 0o040_755, &mark()));
    let inside = file(b"I.;1", 30, 5, &entries(b"inside", 0o100_644, &[]));
    let records: Vec<_> = in_place.into_iter().map(|link| file(b"DEEP", 0, 0, &link)).collect();
    image(&[
        (ROOT, root(&[a, container, file_in_root])),
        (CONTAINER, directory(CONTAINER, &[], &[], &[deep])),
        (MOVED, directory(MOVED, &[], parent_link, &[inside])),
        (24, directory(24, &[], &[], &records)),
    ])
}

/// Paths of all that is shown.
fn shown<R: ReadSectors>(volume: &Volume<R>) -> Vec<String> {
    let mut paths = Vec::new();
    let mut pending = vec![(volume.root_directory(), String::new())];
    let mut buffer = DirectoryBuffer::new();
    while let Some((directory, above)) = pending.pop() {
        volume
            .read_directory(&directory, &mut buffer, &mut |entry| {
                let path = format!("{above}/{}", String::from_utf8_lossy(entry.name));
                if let EntryKind::Directory(below) = entry.kind {
                    pending.push((below, path.clone()));
                }
                paths.push(path);
                ControlFlow::Continue(())
            })
            .unwrap();
    }
    paths.sort();
    paths
}

#[track_caller]
fn told(volume: &Volume<&MemorySectors>, is_damage: bool, clause: &str, words: &[&str]) {
    let findings = volume.findings();
    let is_it = |finding: &&Finding| {
        finding.is_damage == is_damage
            && finding.clause == clause
            && words.iter().all(|word| finding.message.contains(word))
    };
    assert!(findings.iter().any(|finding| is_it(&finding)), "{clause}, {words:?}: {findings:#?}");
}

const IN_PLACE: [&str; 4] = ["/a", "/a/deep", "/a/deep/inside", "/z"];
const WHERE_IT_LIES: [&str; 5] = ["/a", "/rr_moved", "/rr_moved/deep", "/rr_moved/deep/inside", "/z"];

#[test]
fn a_sound_one_is_shown_in_its_place_without_a_word() {
    let image = moved(Some(entries(b"deep", 0o040_755, &child(MOVED))), &parent(24));
    let volume = open(&image);
    assert_eq!(shown(&volume), IN_PLACE);
    assert_eq!(volume.findings(), []);
}

#[test]
fn one_to_which_no_cl_entry_leads_is_shown_where_it_lies() {
    let gone = entries(b"deep", 0o040_755, b"ZZ\x0c\x01\0\0\0\0\0\0\0\0");
    let elsewhere = entries(b"deep", 0o040_755, &child(33));
    let cut = entries(b"deep", 0o040_755, b"CL\x06\x01\0\0");
    for (in_place, words) in [
        (None, None),
        (Some(gone), Some("'deep' is said to be a directory")),
        (Some(elsewhere), Some("CL entry of 'deep'")),
        (Some(cut), Some("'deep' is said to be a directory")),
    ] {
        for parent_link in [parent(24), parent(39), Vec::new()] {
            let image = moved(in_place.clone(), &parent_link);
            let volume = open(&image);
            assert_eq!(shown(&volume), WHERE_IT_LIES);
            told(&volume, true, "RRIP 4.1.5.1", &["no CL entry leads", "'deep'"]);
            if let Some(words) = words {
                told(&volume, true, "RRIP 4.1.5.1", &[words]);
            }
        }
    }
}

/// Also where directories lie beside others in the root (`-rr_reloc_dir /`).
#[test]
fn one_in_the_root_to_which_no_cl_entry_leads_is_shown() {
    for (link, count) in [(child(MOVED), 0), (b"ZZ\x04\x01".to_vec(), 1)] {
        let deep = folder(b"DEEP", MOVED, &entries(b"deep", 0o040_755, &mark()));
        let place = file(b"DEEP", 0, 0, &entries(b"deep", 0o040_755, &link));
        let image = image(&[
            (ROOT, root(&[folder(b"A", 24, &entries(b"a", 0o040_755, &[])), deep])),
            (24, directory(24, &[], &[], &[place])),
            (MOVED, directory(MOVED, &[], &parent(24), &[])),
        ]);
        let volume = open(&image);
        let shown = shown(&volume);
        assert_eq!(shown.iter().filter(|path| *path == "/deep").count(), count, "{shown:?}");
        assert_eq!(shown.iter().filter(|path| *path == "/a/deep").count(), 1 - count, "{shown:?}");
    }
}

#[test]
fn a_link_to_another_parent_is_told() {
    let in_place = || Some(entries(b"deep", 0o040_755, &child(MOVED)));
    for (link, words) in [
        (parent(39), "leads to block 39"),
        (Vec::new(), "no PL entry"),
        (other_half(parent(24), 7), "the halves"),
    ] {
        let image = moved(in_place(), &link);
        let volume = open(&image);
        assert_eq!(shown(&volume), IN_PLACE);
        told(&volume, false, "RRIP 4.1.5.2", &["'deep'", words]);
        assert_eq!(volume.findings().len(), 1, "{:?}", volume.findings());
    }
}

#[test]
fn of_two_halves_of_a_cl_entry_that_leads_to_the_directory_is_taken() {
    for link in [other_half(child(MOVED), 33), other_half(child(33), MOVED)] {
        let image = moved(Some(entries(b"deep", 0o040_755, &link)), &parent(24));
        let volume = open(&image);
        assert_eq!(shown(&volume), IN_PLACE);
        told(&volume, false, "RRIP 4.1.5.1", &["'deep'", "the halves", "22, which is taken"]);
        assert_eq!(volume.findings().len(), 1, "{:?}", volume.findings());
    }
}

#[test]
fn one_of_which_the_mark_is_gone_is_shown_where_the_cl_entry_is() {
    let image = unmarked(&parent(24));
    let volume = open(&image);
    assert_eq!(shown(&volume), ["/a", "/a/deep", "/a/deep/inside", "/a/other"]);
    told(&volume, false, "RRIP 4.1.5.3", &["'deep', a directory of the relocation folder, has no RE entry"]);
    assert_eq!(volume.findings().len(), 1, "{:?}", volume.findings());
}

/// Counts what is read.
struct Counting(MemorySectors, AtomicU32);

impl ReadSectors for Counting {
    fn sectors(&self) -> SectorCount {
        self.0.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.read_sectors(start, into)
    }
}

/// Whoever looks for a name that is there does not pay for looking for lost directories.
#[test]
fn a_name_is_found_without_a_look_at_the_links_of_others() {
    let reads = |in_place: Option<Vec<u8>>| {
        let source = Counting(moved(in_place, &parent(24)), AtomicU32::new(0));
        let set = read_volume_set(&source, Sector::ZERO).unwrap();
        let volume = Volume::rock_ridge(&source, &set).unwrap().unwrap();
        source.1.store(0, Ordering::Relaxed);
        let mut is_found = false;
        volume
            .read_directory(&volume.root_directory(), &mut DirectoryBuffer::new(), &mut |entry| {
                is_found |= entry.name == b"z";
                if is_found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .unwrap();
        assert!(is_found);
        source.1.into_inner()
    };
    assert_eq!(reads(None), reads(Some(entries(b"deep", 0o040_755, &child(MOVED)))));
    assert_eq!(reads(None), 2, "the root, and the directory that may be the one with relocated ones");
}
