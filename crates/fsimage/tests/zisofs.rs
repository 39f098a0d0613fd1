//! Files that lie compressed in the image: Rock Ridge shows them as they were, whatever else happens to them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use fsimage::{
    BootImage, BootOptions, BootPlatform, BootSource, Control, Disc, Error, FileSystem, FileSystems,
    GrowingImage, ImportOptions, Item, ItemOptions, LayoutPlan, MemorySectors, NodeId, NodeKind, Notice,
    PlanOptions, ScanOptions, Tree, WriterSink, ZisofsBlock, ZisofsOptions, ZisofsReport, ZisofsVersion,
    write_image,
};

fn compressible(len: usize) -> Arc<[u8]> {
    (0..len).map(|at| if at / 40_000 % 3 == 1 { 0 } else { (at / 7 % 251) as u8 }).collect()
}

fn noise(len: usize) -> Arc<[u8]> {
    let mut state = 1u64;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(len).collect()
}

fn add(tree: &mut Tree, path: &str, content: Arc<[u8]>) -> NodeId {
    tree.add(path, Item::Bytes(content), &ItemOptions::default()).unwrap()
}

fn compress(tree: &mut Tree, options: &ZisofsOptions) -> ZisofsReport {
    tree.compress(&mut |_, _| true, options, &PlanOptions::default(), &Control::default()).unwrap()
}

fn iso9660() -> PlanOptions {
    PlanOptions { file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE, ..PlanOptions::default() }
}

fn in_order(tree: &Tree, options: PlanOptions) -> Vec<u8> {
    let plan = LayoutPlan::new(tree, options).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    image
}

fn opened(image: Vec<u8>) -> Disc {
    Disc::from_source(Arc::new(MemorySectors::new(image)), "memory").unwrap()
}

fn content(disc: &Disc, file_system: FileSystem, path: &str) -> Vec<u8> {
    let image = disc.image(None, &[file_system]).unwrap();
    let entry = image.lookup(path).unwrap();
    let mut content = Vec::new();
    image.open(&entry).unwrap().read_to_end(&mut content).unwrap();
    content
}

#[test]
fn every_form_reads_back_by_every_way() {
    for version in [ZisofsVersion::One, ZisofsVersion::Two, ZisofsVersion::Fitting] {
        for block in [ZisofsBlock::KiB32, ZisofsBlock::KiB64, ZisofsBlock::KiB128] {
            let mut tree = Tree::new();
            // One that is longer than what is compressed at a time, and many that are shorter.
            let long = compressible(9 << 20);
            let node = add(&mut tree, "/long", long.clone());
            tree.add("/dir/also", Item::HardLink(node), &ItemOptions::default()).unwrap();
            for number in 0..50 {
                add(&mut tree, &format!("/dir/{number}"), compressible(5_000 * number + 2049));
            }
            add(&mut tree, "/noise", noise(200_000));
            add(&mut tree, "/short", compressible(2048));
            add(&mut tree, "/empty", Arc::new([]));
            let report = compress(&mut tree, &ZisofsOptions { version, block, ..ZisofsOptions::default() });
            assert_eq!((report.compressed, report.not_smaller), (51, 3), "{report:?}");
            assert!(report.bytes_after < report.bytes_before / 2, "{report:?}");
            assert!(report.too_long.is_empty());

            let image = in_order(&tree, PlanOptions::default());
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("image");
            write_image(&LayoutPlan::new(&tree, PlanOptions::default()).unwrap(), &path, &Control::default())
                .unwrap();
            assert!(std::fs::read(&path).unwrap() == image, "the two ways differ");
            let disc = opened(image);
            let read = |path: &str| content(&disc, FileSystem::RockRidge, path);
            assert!(read("/long") == *long && read("/dir/also") == *long);
            for number in [0, 1, 7, 49] {
                assert!(read(&format!("/dir/{number}")) == *compressible(5_000 * number + 2049));
            }
            assert!(read("/noise") == *noise(200_000));
            assert_eq!(read("/short"), *compressible(2048));
            // What would not get smaller is stored as it is, and what is compressed shows so without Rock Ridge.
            assert!(content(&disc, FileSystem::Joliet, "/noise") == *noise(200_000));
            assert_eq!(content(&disc, FileSystem::Joliet, "/long").len() as u64, {
                let NodeKind::File(id) = tree.kind(node) else { panic!("a file") };
                tree.content_len(id)
            });
            assert!(disc.verify(None, &Control::default()).unwrap().findings.is_empty());
        }
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    let image = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut tree = Tree::new();
            for number in 0..300 {
                add(&mut tree, &format!("/{number}"), compressible(100_000 + number));
            }
            assert_eq!(compress(&mut tree, &ZisofsOptions::default()).compressed, 300);
            in_order(&tree, iso9660())
        })
    };
    assert!(image(1) == image(4));
}

#[test]
fn what_is_selected_is_compressed() {
    let mut tree = Tree::new();
    let first = add(&mut tree, "/a.txt", compressible(100_000));
    let second = add(&mut tree, "/b.bin", compressible(100_000));
    let mut select = |tree: &Tree, node| tree.name(node).ends_with(b".txt");
    let options = ZisofsOptions::default();
    let report = tree.compress(&mut select, &options, &iso9660(), &Control::default()).unwrap();
    assert_eq!((report.compressed, report.not_smaller), (1, 0));
    let is_compressed = |node| matches!(tree.kind(node), NodeKind::File(id) if tree.zisofs(id).is_some());
    assert!(is_compressed(first) && !is_compressed(second));
}

#[test]
fn four_gib_are_for_version_2() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long");
    File::create(&path).unwrap().set_len((4 << 30) + 5).unwrap();
    let mut tree = Tree::new();
    let node = tree.add("/long", Item::HostFile(&path), &ItemOptions::default()).unwrap();
    assert_eq!(compress(&mut tree, &ZisofsOptions::default()).too_long, [node]);
    let block = ZisofsBlock::KiB128;
    let options = ZisofsOptions { version: ZisofsVersion::Fitting, block, ..ZisofsOptions::default() };
    let report = compress(&mut tree, &options);
    // Zeros are pointers alone: 32,769 blocks and the end.
    assert_eq!((report.compressed, report.bytes_after), (1, 24 + 32_770 * 8));
    let disc = opened(in_order(&tree, iso9660()));
    let image = disc.image(None, &[FileSystem::RockRidge]).unwrap();
    assert_eq!(image.lookup("/long").unwrap().len, (4 << 30) + 5);
}

#[test]
fn other_file_systems_show_what_is_stored_and_a_notice_says_so() {
    let mut tree = Tree::new();
    add(&mut tree, "/a", compressible(100_000));
    add(&mut tree, "/plain", noise(5000));
    compress(&mut tree, &ZisofsOptions::default());
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    let mut notices = Vec::new();
    plan.visit_notices(&mut |notice| {
        notices.push(notice);
        Ok(())
    })
    .unwrap();
    let expected = Notice::ShownEncoded { path: "/a".to_owned(), file_system: FileSystem::Joliet };
    assert_eq!((notices, plan.notice_counts().shown_encoded), (vec![expected], 1));
    let strict = PlanOptions { strict: true, ..PlanOptions::default() };
    assert!(matches!(LayoutPlan::new(&tree, strict), Err(Error::Strict { count: 1, .. })));
    assert!(LayoutPlan::new(&tree, PlanOptions { strict: true, ..iso9660() }).is_ok());
}

#[test]
fn file_systems_that_cannot_do_it_are_refused_before_anything_is_read() {
    let mut tree = Tree::new();
    add(&mut tree, "/a", compressible(100_000));
    for file_systems in [
        FileSystems::ISO9660 | FileSystems::JOLIET,
        FileSystems::UDF | FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
    ] {
        let plan = PlanOptions { file_systems, ..PlanOptions::default() };
        let options = ZisofsOptions::default();
        let refused = tree.compress(&mut |_, _| true, &options, &plan, &Control::default());
        assert!(matches!(refused, Err(Error::InvalidArgument { .. })), "{refused:?}");
        let mut compressed = tree.clone();
        compress(&mut compressed, &options);
        assert!(matches!(LayoutPlan::new(&compressed, plan), Err(Error::InvalidArgument { .. })));
    }
}

#[test]
fn what_boots_stays_as_it_is() {
    let mut tree = Tree::new();
    let boot = add(&mut tree, "/boot.img", compressible(100_000));
    let image = BootImage::new(BootSource::File(boot), BootPlatform::X86);
    let plan = PlanOptions {
        boot: Some(BootOptions { images: vec![image], ..BootOptions::default() }),
        ..iso9660()
    };
    let all = &mut |_: &Tree, _| true;
    let report = tree.compress(all, &ZisofsOptions::default(), &plan, &Control::default()).unwrap();
    assert_eq!(report, ZisofsReport::default());
    assert!(LayoutPlan::new(&tree, plan.clone()).is_ok());
    // Without the plan nobody knows that it boots.
    assert_eq!(compress(&mut tree, &ZisofsOptions::default()).compressed, 1);
    assert!(matches!(LayoutPlan::new(&tree, plan), Err(Error::BootImage { .. })));
}

#[test]
fn a_source_that_changed_is_an_error_and_one_that_changes_later_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let scan = || {
        std::fs::write(&file, compressible(100_000)).unwrap();
        let mut tree = Tree::new();
        tree.scan(folder.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
        tree
    };
    let mut tree = scan();
    std::fs::write(&file, compressible(100_001)).unwrap();
    let options = ZisofsOptions::default();
    let changed = tree.compress(&mut |_, _| true, &options, &iso9660(), &Control::default());
    assert!(matches!(changed, Err(Error::SourceChanged { .. })), "{changed:?}");

    let mut tree = scan();
    compress(&mut tree, &options);
    std::fs::remove_file(&file).unwrap();
    let disc = opened(in_order(&tree, iso9660()));
    assert!(content(&disc, FileSystem::RockRidge, "/file") == *compressible(100_000));
}

#[test]
fn a_spool_that_cannot_be_had_is_named() {
    let mut tree = Tree::new();
    add(&mut tree, "/a", compressible(100_000));
    let spool = Some(Path::new("/no/such/folder").to_owned());
    let options = ZisofsOptions { spool: spool.clone(), ..ZisofsOptions::default() };
    match tree.compress(&mut |_, _| true, &options, &iso9660(), &Control::default()) {
        Err(Error::Spool { folder, .. }) => assert_eq!(Some(folder), spool),
        other => panic!("{other:?}"),
    }
}

#[test]
fn compressed_files_stay_so_in_later_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let mut tree = Tree::new();
    add(&mut tree, "/a", compressible(300_000));
    compress(&mut tree, &ZisofsOptions::default());
    write_image(&LayoutPlan::new(&tree, PlanOptions::default()).unwrap(), &path, &Control::default())
        .unwrap();

    let growing = GrowingImage::open(&path).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    add(&mut imported.tree, "/b", compressible(200_000));
    compress(&mut imported.tree, &ZisofsOptions::default());
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    // Joliet shows both as they are stored; of the first it did before.
    assert_eq!(plan.notice_counts().shown_encoded, 1);
    growing.write(&plan, &Control::default()).unwrap();
    let disc = Disc::open(&path).unwrap();
    assert!(content(&disc, FileSystem::RockRidge, "/a") == *compressible(300_000));
    assert!(content(&disc, FileSystem::RockRidge, "/b") == *compressible(200_000));
}
