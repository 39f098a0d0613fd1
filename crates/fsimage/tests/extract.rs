//! What extraction makes of holes and of the root's attributes.
#![cfg(target_os = "linux")] // where holes can be asked for
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use fsimage::{
    Attributes, Control, DEFAULT_PREFERENCE, Disc, ExtractOptions, ExtractReport, FileSectors, FileSystem,
    FileSystems, GrowingImage, ImportOptions, Item, ItemOptions, LayoutPlan, NodeId, PlanOptions, ReadError,
    ReadSectors, Sector, SectorCount, Timestamp, Tree, UdfAccess, UdfOptions, write_image,
};

const MIB: u64 = 1 << 20;

/// Bytes of the disk that may be taken besides the data.
const SLACK: u64 = 512 << 10;

fn build(tree: &Tree, image: &Path) {
    let plan = LayoutPlan::new(tree, PlanOptions::default()).unwrap();
    write_image(&plan, image, &Control::default()).unwrap();
}

fn extract(disc: &Disc, target: &Path) -> ExtractReport {
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    image.extract(&[], target, &ExtractOptions::default(), &Control::default()).unwrap()
}

/// A sparse file of `len` bytes with these marks of 5,000 bytes each.
fn sparse_file(path: &Path, len: u64, marks: &[u64]) {
    let file = File::create(path).unwrap();
    file.set_len(len).unwrap();
    for &at in marks {
        file.write_all_at(&[0xA5; 5_000], at).unwrap();
    }
}

#[track_caller]
fn assert_sparse(path: &Path, len: u64, marks: &[u64]) {
    let metadata = path.metadata().unwrap();
    assert_eq!(metadata.len(), len);
    let used = metadata.blocks() * 512;
    assert!(used < SLACK * (1 + marks.len() as u64), "{used} bytes of the disk for {} marks", marks.len());
    let file = File::open(path).unwrap();
    for &at in marks {
        let mut around = [0; 7_000];
        let (before, behind) = (at.min(1_000), (len - at - 5_000).min(1_000));
        let around = &mut around[..(before + 5_000 + behind) as usize];
        file.read_exact_at(around, at - before).unwrap();
        let (head, rest) = around.split_at(before as usize);
        let (mark, tail) = rest.split_at(5_000);
        assert!(mark.iter().all(|&byte| byte == 0xA5), "the mark at {at}");
        assert!(head.iter().chain(tail).all(|&byte| byte == 0), "around the mark at {at}");
    }
}

/// Sectors that are no file to the facade, as those of a drive.
struct NotAFile(FileSectors);

impl ReadSectors for NotAFile {
    fn sectors(&self) -> SectorCount {
        self.0.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        self.0.read_sectors(start, into)
    }
}

#[test]
fn holes_of_an_image_file_stay_holes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let cases: [(&str, u64, &[u64]); 4] = [
        ("marks", 300 << 30, &[0, 5 << 30, (300 << 30) - 5_000]),
        ("ends in a hole", (9 << 30) + 77, &[100_000]),
        ("a hole only", 3 << 30, &[]),
        ("a small hole", 64 * MIB + 1, &[30 * MIB + 17]),
    ];
    let mut tree = Tree::new();
    for (name, len, marks) in cases {
        sparse_file(&path(name), len, marks);
        tree.add(name, Item::HostFile(&path(name)), &ItemOptions::default()).unwrap();
    }
    build(&tree, &path("image.iso"));
    let report = extract(&Disc::open(&path("image.iso")).unwrap(), &path("target"));
    assert_eq!((report.items, &report.warnings[..]), (4, &[][..]));
    for (name, len, marks) in cases {
        assert_sparse(&path("target").join(name), len, marks);
    }
}

#[test]
fn long_zeros_from_elsewhere_become_holes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let cases: [(&str, u64, &[u64]); 3] = [
        ("marks", 80 * MIB, &[0, 40 * MIB + 999, 80 * MIB - 5_000]),
        ("ends in zeros", 50 * MIB + 77, &[100_000]),
        ("zeros only", 900_001, &[]),
    ];
    let mut tree = Tree::new();
    for (name, len, marks) in cases {
        sparse_file(&path(name), len, marks);
        tree.add(name, Item::HostFile(&path(name)), &ItemOptions::default()).unwrap();
    }
    build(&tree, &path("image.iso"));
    let source = NotAFile(FileSectors::open(path("image.iso")).unwrap());
    let disc = Disc::from_source(Arc::new(source), "not a file").unwrap();
    extract(&disc, &path("target"));
    for (name, len, marks) in cases {
        assert_sparse(&path("target").join(name), len, marks);
    }
}

#[test]
fn of_an_image_cut_short_in_a_hole_the_rest_is_extracted() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    sparse_file(&path("file"), 40 * MIB, &[0]);
    let mut tree = Tree::new();
    let heavy = tree.add("file", Item::HostFile(&path("file")), &ItemOptions::default()).unwrap();
    let light = tree.add("whole", Item::Bytes(b"whole".as_slice().into()), &ItemOptions::default()).unwrap();
    tree.set_weight(heavy, 0);
    tree.set_weight(light, 1);
    build(&tree, &path("image.iso"));
    File::options().write(true).open(path("image.iso")).unwrap().set_len(30 * MIB).unwrap();
    let disc = Disc::open(&path("image.iso")).unwrap();
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let options = ExtractOptions::default();
    let report = image.extract(&[], &path("target"), &options, &Control::default()).unwrap();
    assert!(matches!(&report.warnings[..], [one] if one.path == "file"), "{:?}", report.warnings);
    assert!(!path("target/file").exists());
    assert_eq!(std::fs::read(path("target/whole")).unwrap(), b"whole");
    // What was asked for by itself is no item among others.
    let error = image.extract(&["file"], &path("other"), &options, &Control::default()).unwrap_err();
    assert!(matches!(error, fsimage::Error::ImportRead(_)), "{error}");
}

#[test]
fn a_target_made_for_it_gets_the_roots_attributes_and_one_that_was_there_keeps_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut tree = Tree::new();
    tree.add("docs/file", Item::Bytes(b"file".as_slice().into()), &ItemOptions::default()).unwrap();
    tree.set_attributes(NodeId::ROOT, Attributes { permissions: 0o710, uid: 0, gid: 0 });
    tree.set_modified(NodeId::ROOT, Timestamp::from_unix(1_234_567_890));
    build(&tree, &path("image.iso"));
    let disc = Disc::open(&path("image.iso")).unwrap();

    assert!(!extract(&disc, &path("new/and deeper")).kept_target);
    let made = path("new/and deeper").metadata().unwrap();
    assert_eq!((made.permissions().mode() & 0o7777, made.mtime()), (0o710, 1_234_567_890));
    assert_ne!(path("new").metadata().unwrap().mtime(), 1_234_567_890);

    fs::create_dir(path("old")).unwrap();
    fs::set_permissions(path("old"), Permissions::from_mode(0o750)).unwrap();
    assert!(extract(&disc, &path("old")).kept_target, "told");
    let there = path("old").metadata().unwrap();
    assert_eq!(there.permissions().mode() & 0o7777, 0o750);
    assert_ne!(there.mtime(), 1_234_567_890);

    // A folder for a part of the image is not the image's root.
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let options = ExtractOptions::default();
    for _ in 0..2 {
        let options = ExtractOptions { overwrite: true, ..options };
        let report = image.extract(&["docs"], &path("part"), &options, &Control::default()).unwrap();
        assert!(!report.kept_target);
    }
    assert_ne!(path("part").metadata().unwrap().mtime(), 1_234_567_890);
}

/// The folders on the way to what was asked for are of the image as well, unless they were there.
#[test]
fn folders_made_on_the_way_get_their_attributes_and_those_that_were_there_keep_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut tree = Tree::new();
    for file in ["a/b/one", "a/b/two", "a/c/three"] {
        tree.add(file, Item::Bytes(b"file".as_slice().into()), &ItemOptions::default()).unwrap();
    }
    // The last two of these permissions do not let anybody but the super-user make anything there.
    for (number, (name, permissions)) in
        [("a", 0o751), ("a/b", 0o555), ("a/c", 0o500)].into_iter().enumerate()
    {
        let directory = tree.lookup(name).unwrap();
        tree.set_attributes(directory, Attributes { permissions, uid: 0, gid: 0 });
        tree.set_modified(directory, Timestamp::from_unix(1_000_000_000 + number as i64));
    }
    build(&tree, &path("image.iso"));
    let image = Disc::open(&path("image.iso")).unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
    let extract = |target: &str| {
        let paths = ["a/b/one", "a/c/three", "a/b/two"];
        let report = image.extract(&paths, &path(target), &ExtractOptions::default(), &Control::default());
        assert_eq!(report.unwrap().warnings, []);
        ["a", "a/b", "a/c"].map(|name| {
            let made = path(target).join(name).metadata().unwrap();
            (made.permissions().mode() & 0o7777, made.mtime())
        })
    };
    let recorded = [(0o751, 1_000_000_000), (0o555, 1_000_000_001), (0o500, 1_000_000_002)];
    assert_eq!(extract("new"), recorded);

    fs::create_dir_all(path("old/a")).unwrap();
    fs::set_permissions(path("old/a"), Permissions::from_mode(0o705)).unwrap();
    let [there, made @ ..] = extract("old");
    assert_eq!((there.0, made), (0o705, [recorded[1], recorded[2]]));
    assert_ne!(there.1, recorded[0].1);
}

/// A path that is not there is an error, whichever other is: nothing is made. What is damaged of several is told, and the
/// others are there, in folders as they were recorded.
#[test]
fn each_of_several_paths_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = Tree::new();
    for (file, len) in [("/docs/a", 10), ("/docs/z", 9_000_000)] {
        tree.add(file, Item::Bytes(vec![7; len].into()), &ItemOptions::default()).unwrap();
    }
    let docs = tree.lookup("/docs").unwrap();
    tree.set_attributes(docs, Attributes { permissions: 0o751, uid: 0, gid: 0 });
    let image = folder.path().join("image");
    build(&tree, &image);
    File::options().write(true).open(&image).unwrap().set_len(5_000_000).unwrap();
    let opened = Disc::open(&image).unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
    let target = folder.path().join("target");
    let extract =
        |paths: &[&str]| opened.extract(paths, &target, &ExtractOptions::default(), &Control::default());
    for paths in [["docs", "docs/none"], ["docs/a", "none"], ["/", "none"]] {
        let error = extract(&paths).unwrap_err();
        assert!(
            matches!(error, fsimage::Error::NotFound { .. }) && error.to_string().contains("none"),
            "{error}"
        );
        assert!(!target.exists(), "{paths:?}");
    }
    let warnings = extract(&["docs/z", "docs/a"]).unwrap().warnings;
    assert!(warnings.iter().any(|one| one.path.ends_with("docs/z")), "{warnings:?}");
    assert!(target.join("docs/a").exists() && !target.join("docs/z").exists());
    assert_eq!(target.join("docs").metadata().unwrap().permissions().mode() & 0o777, 0o751);
}

/// What the host's file system does not take is told, and the rest is there.
#[test]
fn a_name_too_long_for_the_host_does_not_end_the_extraction() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = Tree::new();
    let long = "a".repeat(300);
    for name in ["aaa", &long, "zzz"] {
        tree.add(format!("/d/{name}"), Item::Bytes(b"x".as_slice().into()), &ItemOptions::default()).unwrap();
    }
    tree.add("/d/link", Item::Symlink(b"target"), &ItemOptions::default()).unwrap();
    let image = folder.path().join("image");
    build(&tree, &image);
    let target = folder.path().join("target");
    let report = extract(&Disc::open(&image).unwrap(), &target);
    assert!(matches!(&report.warnings[..], [one] if one.path.contains(&long)), "{:?}", report.warnings);
    for name in ["aaa", "zzz", "link"] {
        assert!(target.join("d").join(name).symlink_metadata().is_ok(), "{name}");
    }
}

/// A part of a file would pass for the whole one.
#[test]
fn a_file_that_cannot_be_read_to_its_end_is_not_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = Tree::new();
    tree.add("/file", Item::Bytes(vec![7; 9_000_000].into()), &ItemOptions::default()).unwrap();
    let image = folder.path().join("image");
    build(&tree, &image);
    File::options().write(true).open(&image).unwrap().set_len(5_000_000).unwrap();
    let target = folder.path().join("target");
    let disc = Disc::open(&image).unwrap();
    let opened = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    for (paths, is_error) in [(&[][..], false), (&["file"][..], true)] {
        let extracted = opened.extract(paths, &target, &ExtractOptions::default(), &Control::default());
        assert_eq!(extracted.is_err(), is_error);
        assert_eq!(fs::read_dir(&target).unwrap().count(), 0);
    }
}

/// An entry of UDF that cannot be read names no item; that something is missing is told all the same.
#[test]
fn what_a_damaged_directory_lost_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = Tree::new();
    for name in ["/kept", "/lost"] {
        tree.add(name, Item::Bytes(vec![7; 3000].into()), &ItemOptions::default()).unwrap();
    }
    let image = folder.path().join("image");
    let options = PlanOptions { file_systems: FileSystems::UDF, ..PlanOptions::default() };
    let plan = LayoutPlan::new(&tree, options).unwrap();
    write_image(&plan, &image, &Control::default()).unwrap();
    let mut bytes = fs::read(&image).unwrap();
    // The last file entry (ECMA-167 4/14.9 and 14.17).
    let is_entry = |sector: &[u8]| matches!(u16::from_le_bytes([sector[0], sector[1]]), 261 | 266);
    let last = bytes.chunks_exact(2048).rposition(is_entry).unwrap();
    bytes[last * 2048 + 16] ^= 0xFF;
    fs::write(&image, bytes).unwrap();
    let report = extract(&Disc::open(&image).unwrap(), &folder.path().join("target"));
    assert!(!report.warnings.is_empty());
}

/// Links and pipes with several names come back from each file system, through imports and changes.
#[test]
fn names_of_one_link_or_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let add = |tree: &mut Tree, name: &str, item| tree.add(name, item, &ItemOptions::default()).unwrap();
    let alone = FileSystems::UDF;
    let write_once = UdfOptions { access: UdfAccess::WriteOnce, ..UdfOptions::default() };
    for (number, file_system, options) in [
        (0, FileSystem::RockRidge, PlanOptions::default()),
        (1, FileSystem::Udf, PlanOptions { file_systems: alone, ..PlanOptions::default() }),
        (2, FileSystem::Udf, PlanOptions { file_systems: alone, udf: write_once, ..PlanOptions::default() }),
    ] {
        let image = path(&format!("image {number}"));
        let mut tree = Tree::new();
        let link = add(&mut tree, "/d/link", Item::Symlink(b"to"));
        let pipe = add(&mut tree, "/pipe", Item::Fifo);
        for (name, of) in [("/a", link), ("/b", link), ("/d/c", pipe), ("/d/e/f", link)] {
            add(&mut tree, name, Item::HardLink(of));
        }
        add(&mut tree, "/apart", Item::Symlink(b"to"));
        add(&mut tree, "/d/pipe apart", Item::Fifo);
        write_image(&LayoutPlan::new(&tree, options).unwrap(), &image, &Control::default()).unwrap();
        let assert_groups = |name: &str, groups: &[&[&str]]| {
            let disc = Disc::open(&image).unwrap();
            let found = disc.image(None, &[file_system]).unwrap();
            let options = ExtractOptions::default();
            let report = found.extract(&[], &path(name), &options, &Control::default()).unwrap();
            assert_eq!(report.warnings, []);
            assert!(disc.verify(None, &Control::default()).unwrap().findings.is_empty());
            for group in groups {
                let found = |item: &&str| fs::symlink_metadata(path(name).join(item)).unwrap();
                let all: Vec<_> = group.iter().map(found).map(|found| (found.ino(), found.nlink())).collect();
                let first = (all[0].0, group.len() as u64);
                assert!(all.iter().all(|one| *one == first), "{file_system} {group:?} {all:?}");
            }
        };
        let first = format!("first {number}");
        assert_groups(
            &first,
            &[&["d/link", "a", "b", "d/e/f"], &["pipe", "d/c"], &["apart"], &["d/pipe apart"]],
        );

        // One name goes, one is given another, one is new.
        let growing = GrowingImage::open(&image).unwrap();
        let options = ImportOptions { preference: vec![file_system], ..ImportOptions::default() };
        let mut imported = growing.import(&options, &Control::default()).unwrap();
        let tree = &mut imported.tree;
        tree.remove(tree.lookup("/a").unwrap()).unwrap();
        tree.rename(tree.lookup("/b").unwrap(), "renamed").unwrap();
        add(tree, "/d/e/new", Item::HardLink(tree.lookup("/pipe").unwrap()));
        let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
        growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &Control::default()).unwrap();
        let second = format!("second {number}");
        assert_groups(&second, &[&["d/link", "renamed", "d/e/f"], &["pipe", "d/c", "d/e/new"], &["apart"]]);
    }
}

/// What the host does not let be made is no item that was extracted.
#[test]
fn devices_that_cannot_be_made_are_not_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut tree = Tree::new();
    tree.add("file", Item::Bytes(b"file".as_slice().into()), &ItemOptions::default()).unwrap();
    let number = fsimage::DeviceNumber::new(8, 1).unwrap();
    tree.add("device", Item::BlockDevice(number), &ItemOptions::default()).unwrap();
    build(&tree, &path("image.iso"));
    let report = extract(&Disc::open(&path("image.iso")).unwrap(), &path("target"));
    // Only the super-user can make any, and not everywhere.
    assert_eq!(report.items, 2 - report.warnings.len() as u64, "{:?}", report.warnings);
    assert_eq!(path("target/device").exists(), report.warnings.is_empty());
}
