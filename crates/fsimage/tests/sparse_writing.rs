//! Host files that are stored without their holes (SF entries, RRIP 4.1.7).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::Arc;

use fsimage::{
    BootImage, BootOptions, BootPlatform, BootSource, Control, Disc, Error, ExtractOptions, FileSystem,
    FileSystems, GrowingImage, ImportOptions, Item, ItemOptions, LayoutPlan, MemorySectors, NodeId,
    PlanOptions, ReadSectors, ScanOptions, Sector, SparseReport, Tree, WriterSink, import, write_image,
};

const MIB: u64 = 1 << 20;

/// Data of the example, in blocks that any file system keeps apart: first byte, and length.
const DATA: [(u64, usize); 5] =
    [(0, 70_000), (8 * MIB, 3 << 20), (200 * MIB + 4096 * 7, 4096), (300 * MIB, 1), (400 * MIB, 17)];

const LEN: u64 = 400 * MIB + 17;

fn example(path: &Path) {
    let file = File::create(path).unwrap();
    for (at, len) in DATA {
        let bytes: Vec<u8> = (0..len).map(|at| (at % 251 + 1) as u8).collect();
        file.write_all_at(&bytes, at).unwrap();
    }
    assert!(file.metadata().unwrap().blocks() * 512 < 8 * MIB, "the host's file system has no holes");
}

fn scanned(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    tree.scan(folder, NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
    tree
}

fn options(file_systems: FileSystems) -> PlanOptions {
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | file_systems;
    PlanOptions { file_systems, ..PlanOptions::default() }
}

fn without_holes(tree: &mut Tree, options: &PlanOptions) -> SparseReport {
    tree.leave_out_holes(&mut |_, _| true, None, options, &Control::default()).unwrap()
}

/// Whether a file is the example, without reading its holes into memory.
fn is_example(path: &Path) -> bool {
    let file = File::open(path).unwrap();
    let parts = DATA.iter().all(|&(at, len)| {
        let mut bytes = vec![0; len];
        file.read_exact_at(&mut bytes, at).unwrap();
        bytes.iter().enumerate().all(|(at, &byte)| byte == (at % 251 + 1) as u8)
    });
    let mut not_zero = 0;
    let (mut buffer, mut reader) = (vec![0; 1 << 20], File::open(path).unwrap());
    loop {
        let read = reader.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        not_zero += buffer[..read].iter().filter(|&&byte| byte != 0).count();
    }
    parts
        && not_zero == DATA.iter().map(|(_, len)| len).sum::<usize>()
        && file.metadata().unwrap().len() == LEN
}

#[test]
fn holes_are_left_out_and_come_back() {
    let host = tempfile::tempdir().unwrap();
    let path = |name: &str| host.path().join(name);
    fs::create_dir(path("source")).unwrap();
    example(&path("source/sparse"));
    fs::hard_link(path("source/sparse"), path("source/again")).unwrap();
    fs::write(path("source/plain"), vec![1; 10_000]).unwrap();
    let empty = File::create(path("source/all-hole")).unwrap();
    empty.set_len(5 * MIB).unwrap();
    let mut tree = scanned(&path("source"));
    let options = options(FileSystems::JOLIET);
    let report = without_holes(&mut tree, &options);
    assert_eq!((report.stored, report.bytes_before), (2, LEN + 5 * MIB), "{report:?}");
    assert!(report.bytes_after < 4 * MIB && report.too_long.is_empty());

    let plan = LayoutPlan::new(&tree, options.clone()).unwrap();
    // Joliet shows what is stored.
    assert_eq!(plan.notice_counts().shown_encoded, 3);
    write_image(&plan, &path("image"), &Control::default()).unwrap();
    assert!(path("image").metadata().unwrap().len() < 5 * MIB);
    // In order, as for a pipe, and read without being written.
    let mut in_order = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut in_order, "memory"), &Control::default()).unwrap();
    let image = fs::read(path("image")).unwrap();
    assert!(in_order == image);
    let planned = plan.image();
    let mut read = vec![0; image.len()];
    planned.read_sectors(Sector::ZERO, &mut read).unwrap();
    assert!(read == image);

    let disc = Disc::open(&path("image")).unwrap();
    assert_eq!(disc.verify(None, &Control::default()).unwrap().findings, []);
    let shown = disc.image(None, &[FileSystem::RockRidge]).unwrap();
    assert_eq!(shown.lookup("/sparse").unwrap().len, LEN);
    for sparse in [false, true] {
        let target = path(if sparse { "sparse" } else { "target" });
        let options = ExtractOptions { sparse, ..ExtractOptions::default() };
        let report = shown.extract(&[], &target, &options, &Control::default()).unwrap();
        assert_eq!(report.warnings, []);
        assert!(is_example(&target.join("sparse")));
        let blocks = |path: &Path| path.metadata().unwrap().blocks();
        assert_eq!(blocks(&target.join("sparse")), blocks(&path("source/sparse")), "{sparse}");
        assert_eq!(
            (blocks(&target.join("all-hole")), fs::metadata(target.join("all-hole")).unwrap().len()),
            (0, 5 * MIB)
        );
    }

    // A later session leaves it as it is, and a new image copies it.
    let growing = GrowingImage::open(&path("image")).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    imported.tree.add("more", Item::Bytes([1].into()), &ItemOptions::default()).unwrap();
    let again = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap();
    write_image(&again, &path("again"), &Control::default()).unwrap();
    let shown = Disc::open(&path("again")).unwrap().image(None, &[FileSystem::RockRidge]).unwrap();
    shown.extract(&[], &path("third"), &ExtractOptions::default(), &Control::default()).unwrap();
    assert!(is_example(&path("third/again")));
}

#[test]
fn what_is_not_stored_so() {
    let host = tempfile::tempdir().unwrap();
    let path = |name: &str| host.path().join(name);
    fs::create_dir(path("source")).unwrap();
    example(&path("source/sparse"));
    // More data than tables tell of, without writing them: no host keeps 8 TiB of holes apart for long.
    let mut tree = scanned(&path("source"));
    let node = tree.lookup("/sparse").unwrap();

    let plain =
        PlanOptions { file_systems: FileSystems::ISO9660 | FileSystems::JOLIET, ..PlanOptions::default() };
    let refused = tree.leave_out_holes(&mut |_, _| true, None, &plain, &Control::default());
    assert!(matches!(refused, Err(Error::InvalidArgument { argument, .. }) if argument == "sparse files"));

    let image = BootImage::new(BootSource::File(node), BootPlatform::EFI);
    let boot = Some(BootOptions { images: vec![image], ..BootOptions::default() });
    let boots = PlanOptions { boot, ..options(FileSystems::empty()) };
    assert_eq!(without_holes(&mut tree, &boots), SparseReport::default());

    let none =
        tree.leave_out_holes(&mut |_, _| false, None, &options(FileSystems::empty()), &Control::default());
    assert_eq!(none.unwrap(), SparseReport::default());

    // Said before it was known what boots, or where nobody can say it.
    assert_eq!(without_holes(&mut tree, &options(FileSystems::empty())).stored, 1);
    assert!(matches!(LayoutPlan::new(&tree, boots), Err(Error::BootImage { .. })));
    assert!(matches!(LayoutPlan::new(&tree, plain), Err(Error::InvalidArgument { .. })));
    let point = tree.change_point();
    tree.roll_back(point).unwrap();
}

/// The source is what it was, or the call fails.
#[test]
fn a_file_that_changes_is_an_error() {
    let host = tempfile::tempdir().unwrap();
    let path = |name: &str| host.path().join(name);
    fs::create_dir(path("source")).unwrap();
    example(&path("source/sparse"));
    let mut tree = scanned(&path("source"));
    let options = options(FileSystems::empty());
    without_holes(&mut tree, &options);
    let plan = LayoutPlan::new(&tree, options).unwrap();
    let file = File::options().write(true).open(path("source/sparse")).unwrap();
    file.write_all_at(&[9; 4096], 100 * MIB).unwrap();
    let modified = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    file.set_modified(modified).unwrap();
    let error = write_image(&plan, &path("image"), &Control::default()).unwrap_err();
    assert!(matches!(&error, Error::SourceChanged { path, .. } if path.ends_with("sparse")), "{error}");
}

/// The bytes of the image: the entry in the record, and behind the table the data.
#[test]
fn the_record_and_its_tables() {
    let host = tempfile::tempdir().unwrap();
    fs::create_dir(host.path().join("source")).unwrap();
    let file = File::create(host.path().join("source/f")).unwrap();
    file.write_all_at(&[7; 4096], 32_768).unwrap();
    file.set_len(65_536).unwrap();
    let mut tree = scanned(&host.path().join("source"));
    let options = options(FileSystems::empty());
    assert_eq!(without_holes(&mut tree, &options).stored, 1);
    let plan = LayoutPlan::new(&tree, options).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    // High and low 32 bits of the size in both orders, and the depth of the tables.
    let entry = b"SF\x15\x01\0\0\0\0\0\0\0\0\0\0\x01\0\0\x01\0\0\x01";
    assert_eq!(image.windows(entry.len()).filter(|window| window == entry).count(), 1);
    let start = plan.segments().find(|one| one.owner.as_deref() == Some("/f")).unwrap().start as usize * 2048;
    let stored = &image[start..start + 2 * 2048 + 4096];
    assert!(stored[..2048].iter().all(|&byte| byte == 0));
    let table: Vec<u8> = (0..256u32)
        .flat_map(|unit| {
            // Blocks of 256 bytes: 16 of data, behind two blocks of 2048.
            let pointer = if (128..144).contains(&unit) { 16 + unit - 128 } else { 1 << 31 };
            [pointer.to_le_bytes(), pointer.to_be_bytes()].concat()
        })
        .collect();
    assert!(stored[2048..4096] == table);
    assert!(stored[4096..].iter().all(|&byte| byte == 7));

    let disc = Disc::from_source(Arc::new(MemorySectors::new(image)), "memory").unwrap();
    let imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    assert_eq!(imported.warnings, []);
}
