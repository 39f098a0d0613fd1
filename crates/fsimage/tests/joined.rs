//! Files whose contents are several sources one behind another.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use fsimage::{
    Control, DEFAULT_PREFERENCE, DigestAlgorithm, Disc, Error, GrowingImage, ImportOptions, Item,
    ItemOptions, LayoutPlan, MemorySectors, MergeOptions, NodeId, PlanOptions, Project, ProjectContents,
    ProjectExport, ProjectImport, Staging, StagingPolicy, Tree, WriterSink, ZisofsOptions,
};
use support::{build, scan};

fn bytes(len: usize, seed: usize) -> Vec<u8> {
    (0..len).map(|at| (at * seed + at / 251) as u8).collect()
}

/// The bytes of a file of an image.
fn read(disc: &Disc, path: &str) -> Vec<u8> {
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let mut found = Vec::new();
    image.open(&image.lookup(path).unwrap()).unwrap().read_to_end(&mut found).unwrap();
    found
}

fn written(tree: &Tree, options: PlanOptions) -> Vec<u8> {
    let plan = LayoutPlan::new(tree, options).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    image
}

fn as_disc(image: Vec<u8>) -> Disc {
    Disc::from_source(Arc::new(MemorySectors::new(image)), "memory").unwrap()
}

/// A tree with a scanned file, and one joined of every kind of source; its bytes.
fn tree(folder: &Path) -> (Tree, Vec<u8>) {
    let host = folder.join("host");
    fs::create_dir_all(&host).unwrap();
    fs::write(host.join("scanned"), bytes(3_000, 3)).unwrap();
    let (large, small) = (folder.join("large"), folder.join("small"));
    fs::write(&large, bytes(3_000_001, 5)).unwrap();
    fs::write(&small, bytes(1_000, 7)).unwrap();
    let sparse = folder.join("sparse");
    File::create(&sparse).unwrap().set_len(500_000).unwrap();
    let mut tree = scan(&host);
    let scanned = tree.lookup("/scanned").unwrap();
    let mut stream = &bytes(5_001, 11)[..];
    let parts = vec![
        Item::Bytes(bytes(100, 13).into()),
        Item::HostFile(&large),
        Item::Bytes([].into()),
        Item::HostRange(&small, 100, 17),
        Item::HostFile(&sparse),
        Item::Joined(vec![Item::Stream(&mut stream), Item::HardLink(scanned)]),
        Item::HardLink(scanned),
    ];
    tree.add("/joined", Item::Joined(parts), &ItemOptions::default()).unwrap();
    let expected = [
        bytes(100, 13),
        bytes(3_000_001, 5),
        bytes(1_000, 7)[100..117].to_vec(),
        vec![0; 500_000],
        bytes(5_001, 11),
        bytes(3_000, 3),
        bytes(3_000, 3),
    ];
    (tree, expected.concat())
}

#[test]
fn every_way_of_writing_gives_the_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (mut tree, expected) = tree(folder.path());
    let image = folder.path().join("image");
    build(&tree, PlanOptions::default(), &image);
    assert!(read(&Disc::open(&image).unwrap(), "/joined") == expected);
    let in_order = written(&tree, PlanOptions::default());
    assert!(fs::read(&image).unwrap() == in_order);
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    let mut at_random = Vec::new();
    plan.image().reader().read_to_end(&mut at_random).unwrap();
    assert!(at_random == in_order);
    let (_, content) = tree.file_at("/joined").unwrap();
    for (at, len) in
        [(0, 300), (99, 2), (3_000_100, 20), (expected.len() - 6_100, 6_100), (expected.len(), 9)]
    {
        let mut part = vec![0; len];
        let there = tree.read_at(content, at as u64, &mut part).unwrap();
        assert!(part[..there] == expected[at..at + there] && there == len.min(expected.len() - at), "{at}");
    }
    tree.record_digests(DigestAlgorithm::Sha256, &PlanOptions::default()).unwrap();
    build(&tree, PlanOptions::default(), &image);
    let disc = Disc::open(&image).unwrap();
    assert!(read(&disc, "/joined") == expected);
}

#[test]
fn it_is_compressed_merged_exported_and_continued_as_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let (made, expected) = tree(folder.path());
    let mut compressed = made.clone();
    let options = PlanOptions::default();
    let zisofs = ZisofsOptions::default();
    let report = compressed.compress(&mut |_, _| true, &zisofs, &options, &Control::default()).unwrap();
    assert!(report.compressed > 0, "{report:?}");
    assert!(read(&as_disc(written(&compressed, options.clone())), "/joined") == expected);

    let mut merged = Tree::new();
    merged.merge(&made, &MergeOptions::default()).unwrap();
    assert!(read(&as_disc(written(&merged, options.clone())), "/joined") == expected);

    let project = folder.path().join("project");
    let export = ProjectExport { contents: ProjectContents::Referenced };
    Project::new(made.clone(), options.clone()).export(&project, &export, &Control::default()).unwrap();
    let references = ProjectImport { references: true, ..ProjectImport::default() };
    let imported = Project::import(&project, &references, &Control::default()).unwrap();
    let image = folder.path().join("image");
    imported.write_image(&image, &Control::default()).unwrap();
    assert!(read(&Disc::open(&image).unwrap(), "/joined") == expected);

    let growing = GrowingImage::open(&image).unwrap();
    let mut session = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let old = session.tree.lookup("/joined").unwrap();
    let parts = vec![Item::HardLink(old), Item::Bytes(bytes(10, 3).into())];
    session.tree.add("/longer", Item::Joined(parts), &ItemOptions::default()).unwrap();
    let options = PlanOptions { place: growing.place(), ..session.plan_options() };
    let plan = LayoutPlan::new(&session.tree, options).unwrap();
    growing.write(&plan, &Control::default()).unwrap();
    let disc = Disc::open(&image).unwrap();
    assert!(read(&disc, "/longer") == [&expected[..], &bytes(10, 3)].concat());
    assert!(read(&disc, "/joined") == expected);
}

#[test]
fn what_becomes_of_a_part_elsewhere_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let text = vec![b'a'; 100_000];
    fs::write(folder.path().join("text"), &text).unwrap();
    let mut tree = scan(folder.path());
    let part = tree.lookup("/text").unwrap();
    let twice = vec![Item::HardLink(part), Item::HardLink(part)];
    tree.add("/twice", Item::Joined(twice), &ItemOptions::default()).unwrap();
    let options = PlanOptions::default();
    let select = &mut |_: &Tree, node| node == part;
    tree.compress(select, &ZisofsOptions::default(), &options, &Control::default()).unwrap();
    // Now it is not stored as it is read.
    let refused = tree.add("/thrice", Item::Joined(vec![Item::HardLink(part)]), &ItemOptions::default());
    assert!(matches!(refused, Err(Error::InvalidArgument { .. })), "{refused:?}");
    tree.remove(part).unwrap();
    assert!(read(&as_disc(written(&tree, options)), "/twice") == [&text[..], &text].concat());
}

#[test]
fn what_changed_or_has_no_bytes_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (tree, _) = tree(folder.path());
    let large = folder.path().join("large");
    fs::write(&large, "short").unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    let image = folder.path().join("image");
    for result in [
        fsimage::write_image(&plan, &image, &Control::default()),
        plan.write_to(&mut WriterSink::new(Vec::new(), "memory"), &Control::default()),
    ] {
        assert!(matches!(&result, Err(Error::SourceChanged { path, .. }) if *path == large), "{result:?}");
    }
    let mut tree = Tree::new();
    let plain = ItemOptions::default();
    for part in [Item::Directory, Item::Fifo, Item::Symlink(b"x"), Item::BootCatalog(2048)] {
        let refused = tree.add("/d/file", Item::Joined(vec![Item::Bytes([1].into()), part]), &plain);
        assert!(matches!(refused, Err(Error::InvalidArgument { .. })), "{refused:?}");
        assert_eq!((tree.lookup("/d"), tree.node_count()), (None, 1), "a call that fails changes nothing");
    }
    let missing = tree.add("/file", Item::Joined(vec![Item::HostFile(&folder.path().join("none"))]), &plain);
    assert!(matches!(missing, Err(Error::SourceOpen { .. })), "{missing:?}");
}

#[test]
fn staged_parts_are_counted_once_and_given_up_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::write(&source, bytes(4_000, 3)).unwrap();
    let mut tree = Tree::new();
    tree.set_staging(Staging { policy: StagingPolicy::Always, ..Staging::default() }).unwrap();
    let plain = ItemOptions::default();
    let file = tree.add("/file", Item::HostFile(&source), &plain).unwrap();
    let parts = vec![Item::HardLink(file), Item::HostFile(&source)];
    let joined = tree.add("/joined", Item::Joined(parts), &plain).unwrap();
    assert_eq!(tree.spool_usage().bytes, 8_000);
    fs::remove_file(&source).unwrap();
    let image = as_disc(written(&tree, PlanOptions::default()));
    assert!(read(&image, "/joined") == [bytes(4_000, 3), bytes(4_000, 3)].concat());
    tree.remove(joined).unwrap();
    assert_eq!((tree.release_spooled(), tree.spool_usage().bytes), (4_000, 4_000));
    assert!(read(&as_disc(written(&tree, PlanOptions::default())), "/file") == bytes(4_000, 3));
    tree.move_to(joined, NodeId::ROOT, "joined").unwrap();
    assert!(read(&as_disc(written(&tree, PlanOptions::default())), "/joined").is_empty());
}
