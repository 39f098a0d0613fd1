//! Files at and beyond the 4 GiB that one file section holds, as sparse files: only marked bytes are read.
#![cfg(target_os = "linux")] // elsewhere the holes are read, and 300 GiB of them take their time
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use fsimage::{
    Control, DEFAULT_PREFERENCE, Disc, Error, FileSystem, InterchangeLevel, Item, ItemOptions, LayoutPlan,
    NameRules, PlanOptions, Tree, write_image,
};

const GIB: u64 = 1 << 30;
/// The longest section that is a whole number of sectors.
const SECTION: u64 = 0xFFFF_F800;
/// Bytes of a mark.
const MARK: u64 = 16;

/// Where the marks are: at both ends, and across the first and last borders of sections.
fn marks(len: u64) -> Vec<u64> {
    let last = (len - 1) / SECTION;
    let mut at = vec![0, 5000, len - MARK];
    at.extend([1, 2, last].map(|number| (number * SECTION).saturating_sub(MARK / 2)));
    at.retain(|&at| at + MARK <= len);
    at.sort_unstable();
    at.dedup();
    // Marks that would overlap say nothing more.
    at.dedup_by(|next, at| *next - *at < MARK);
    at
}

fn mark(at: u64) -> [u8; MARK as usize] {
    let mut bytes = *b"mark at ........";
    bytes[8..].copy_from_slice(&(at | 1 << 63).to_be_bytes());
    bytes
}

fn sparse_file(folder: &Path, len: u64) -> PathBuf {
    let path = folder.join("source");
    let file = File::create(&path).unwrap();
    file.set_len(len).unwrap();
    for at in marks(len) {
        file.write_all_at(&mark(at), at).unwrap();
    }
    path
}

fn tree_of(source: &Path) -> Tree {
    let mut tree = Tree::new();
    tree.add("/big.bin", Item::HostFile(source), &ItemOptions::default()).unwrap();
    // A neighbour behind the big file's sections, in placement and in the directory.
    tree.add("/small.txt", Item::Bytes(b"small".as_slice().into()), &ItemOptions::default()).unwrap();
    tree
}

/// Builds the image and has our reader find size and marks.
fn check(folder: &Path, len: u64) -> PathBuf {
    let source = sparse_file(folder, len);
    let image = folder.join("big.iso");
    let tree = tree_of(&source);
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    write_image(&plan, &image, &Control::default()).unwrap();

    let metadata = image.metadata().unwrap();
    assert!(metadata.len() > len, "{} bytes of image hold {len}", metadata.len());
    let used = metadata.blocks() * 512;
    assert!(used < 4 << 20, "the image takes {used} bytes of the disk: holes were filled");

    let raw = File::open(&image).unwrap();
    let disc = Disc::open(&image).unwrap();
    for file_system in [FileSystem::RockRidge, FileSystem::Iso9660, FileSystem::Joliet] {
        let view = disc.image(None, &[file_system]).unwrap();
        let names = view.read_dir(&view.root().unwrap()).unwrap();
        assert_eq!(names.len(), 2, "{file_system}: one entry for a file of several sections");
        let entry = names.iter().find(|entry| entry.name.to_ascii_lowercase().starts_with(b"big")).unwrap();
        assert_eq!(entry.len, len, "{file_system}");
        let sections = entry.sections();
        assert_eq!(sections.iter().map(|section| u64::from(section.len)).sum::<u64>(), len);
        // ECMA-119 6.5.1: all but the last fill their sectors, and ours lie one behind another.
        for pair in sections.windows(2) {
            assert_eq!(pair[0].len % 2048, 0);
            assert_eq!(pair[1].start.get() - pair[0].start.get(), pair[0].len / 2048);
        }
        let start = sections[0].start.byte_offset();
        let mut reader = view.open(entry).unwrap();
        // Backwards, so that every read is a seek to an earlier section.
        for at in marks(len).into_iter().rev() {
            let mut found = [0; MARK as usize];
            raw.read_exact_at(&mut found, start + at).unwrap();
            assert_eq!(found, mark(at), "{file_system}: in the image file, at {at:#x} of {len:#x}");
            assert_eq!(reader.seek(SeekFrom::Start(at)).unwrap(), at);
            reader.read_exact(&mut found).unwrap();
            assert_eq!(found, mark(at), "{file_system}: by the reader, at {at:#x} of {len:#x}");
        }
        assert_eq!(reader.seek(SeekFrom::End(0)).unwrap(), len);
        assert_eq!(reader.read(&mut [0; 1]).unwrap(), 0, "nothing behind the end");
    }
    let view = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let mut small = String::new();
    view.open(&view.lookup("/small.txt").unwrap()).unwrap().read_to_string(&mut small).unwrap();
    assert_eq!(small, "small");
    image
}

/// What isoinfo and xorriso say of the size; neither reads the content here.
fn check_with_peers(image: &Path, len: u64) {
    if let Some(isoinfo) = peers::require("isoinfo") {
        let arguments = ["-l".as_ref(), "-i".as_ref(), image.as_os_str()];
        let text = peers::run(isoinfo.path(), &arguments).unwrap().success("isoinfo").unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        // Every section has a line of its own.
        let size: u64 = text
            .lines()
            .filter(|line| line.contains("BIG.BIN"))
            .map(|line| line.split_whitespace().nth(4).unwrap().parse::<u64>().unwrap())
            .sum();
        assert_eq!(size, len, "{text}");
    }
    if let Some(xorriso) = peers::require("xorriso") {
        let listing = peers::xorriso::names(&xorriso, image, &[]).unwrap();
        assert_eq!(listing["/big.bin"].size, Some(len));
        assert_eq!(listing["/small.txt"].size, Some(5));
    }
}

fn check_all(len: u64) {
    let folder = tempfile::tempdir().unwrap();
    let image = check(folder.path(), len);
    check_with_peers(&image, len);
}

#[test]
fn a_file_of_4_gib_less_1_byte_is_whole() {
    check_all(4 * GIB - 1);
}

#[test]
fn a_file_of_4_gib_is_whole() {
    check_all(4 * GIB);
}

#[test]
fn a_file_of_4_gib_and_1_byte_is_whole() {
    check_all(4 * GIB + 1);
}

#[test]
fn a_file_of_6_gib_is_whole() {
    check_all(6 * GIB);
}

#[test]
fn a_file_that_fills_its_sections_has_no_empty_one_behind() {
    check_all(SECTION);
    check_all(2 * SECTION);
    check_all(2 * SECTION + 1);
}

#[test]
fn a_file_of_300_gib_is_whole_and_its_image_takes_no_more_room_than_its_marks() {
    let folder = tempfile::tempdir().unwrap();
    let image = check(folder.path(), 300 * GIB);
    // Reading the holes would take minutes.
    let report = Disc::open(&image).unwrap().verify(None, &Control::default()).unwrap();
    assert!(report.is_whole(), "{:?}", report.findings);
    assert_eq!(report.bytes, 300 * GIB + 5);
}

#[test]
fn levels_1_and_2_hold_4_gib_less_1_byte_and_refuse_a_byte_more() {
    let folder = tempfile::tempdir().unwrap();
    for level in [InterchangeLevel::One, InterchangeLevel::Two] {
        let options = || PlanOptions {
            iso9660_names: NameRules { level, ..NameRules::default() },
            ..PlanOptions::default()
        };
        let source = sparse_file(folder.path(), 4 * GIB - 1);
        let _ = LayoutPlan::new(&tree_of(&source), options()).unwrap();
        for len in [4 * GIB, 4 * GIB + 1, 300 * GIB] {
            let source = sparse_file(folder.path(), len);
            let error = LayoutPlan::new(&tree_of(&source), options()).map(drop).unwrap_err();
            let Error::FileTooBig { path, len: found, .. } = &error else { panic!("{level:?}: {error}") };
            assert_eq!((path.as_str(), *found), ("/big.bin", len));
            assert!(error.to_string().contains("level 3"), "says what would work: {error}");
        }
    }
}
