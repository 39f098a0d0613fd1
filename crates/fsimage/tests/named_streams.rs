//! Named streams and real-time files: written, read, imported, appended to, taken from the host and restored.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::io::Read;
use std::path::Path;

use fsimage::{
    Control, Disc, Error, FileSystem, FileSystems, Image, ImportOptions, Item, ItemOptions, LayoutPlan,
    NodeId, Notice, PlanOptions, Tree, UdfOptions, UdfRevision, VolumeName, import, write_image,
};

const REVISIONS: [UdfRevision; 4] =
    [UdfRevision::V2_00, UdfRevision::V2_01, UdfRevision::V2_50, UdfRevision::V2_60];

fn options(revision: UdfRevision, file_systems: FileSystems) -> PlanOptions {
    PlanOptions {
        file_systems,
        udf: UdfOptions { revision, ..UdfOptions::default() },
        volume: VolumeName::Adapted("STREAMS".to_owned()),
        ..PlanOptions::default()
    }
}

fn bytes(content: &[u8]) -> Item<'static> {
    Item::Bytes(content.into())
}

fn long() -> Vec<u8> {
    (0..100_000u32).map(|at| ((at * 7) >> 3) as u8).collect()
}

/// A tree with streams of every kind.
fn tree() -> Tree {
    let mut tree = Tree::new();
    let default = ItemOptions::default();
    let file = tree.add("/dir/file", bytes(b"main"), &default).unwrap();
    tree.add("/dir/second name", Item::HardLink(file), &default).unwrap();
    tree.add("/plain", bytes(&long()), &default).unwrap();
    let many = tree.add("/many", bytes(b"m"), &default).unwrap();
    tree.add_stream(file, "größe:😀".as_bytes(), bytes(b"small")).unwrap();
    tree.add_stream(file, b"empty", bytes(b"")).unwrap();
    tree.add_stream(file, b"long", bytes(&long())).unwrap();
    tree.add_stream(NodeId::ROOT, b"of the root", bytes(b"r")).unwrap();
    tree.add_stream(tree.lookup("/dir").unwrap(), b"of a directory", bytes(b"d")).unwrap();
    for number in 0..3000 {
        let content = format!("{number}");
        tree.add_stream(many, format!("stream {number:04}").as_bytes(), bytes(content.as_bytes())).unwrap();
    }
    tree
}

fn write(tree: &Tree, options: PlanOptions, path: &Path) {
    let plan = LayoutPlan::new(tree, options).unwrap();
    write_image(&plan, path, &Control::default()).unwrap();
}

fn open(path: &Path) -> Image {
    Disc::open(path).unwrap().image(None, &[FileSystem::Udf]).unwrap()
}

/// Names and contents of an item's streams.
fn streams(image: &Image, path: &str) -> Vec<(String, Vec<u8>)> {
    let item = image.lookup(path).unwrap();
    let read = |stream: &fsimage::ImageEntry| {
        let mut content = Vec::new();
        image.open(stream).unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content.len() as u64, stream.len);
        (String::from_utf8(stream.name.clone()).unwrap(), content)
    };
    image.streams(&item).unwrap().iter().map(read).collect()
}

fn check(image: &Image) {
    let expected = [
        ("empty".to_owned(), vec![]),
        ("größe:😀".to_owned(), b"small".to_vec()),
        ("long".to_owned(), long()),
    ];
    let mut sorted = expected.to_vec();
    sorted.sort();
    assert_eq!(streams(image, "/dir/file"), sorted);
    assert_eq!(streams(image, "/dir/second name"), sorted);
    assert_eq!(streams(image, "/"), [("of the root".to_owned(), b"r".to_vec())]);
    assert_eq!(streams(image, "/dir"), [("of a directory".to_owned(), b"d".to_vec())]);
    assert_eq!(streams(image, "/plain"), []);
    let many = streams(image, "/many");
    assert_eq!(many.len(), 3000);
    assert!(many.iter().zip(0..).all(|((name, content), number)| {
        *name == format!("stream {number:04}") && *content == format!("{number}").into_bytes()
    }));
    // The stream directory's parent leads to it as well, and is no name of it.
    assert_eq!(image.lookup("/dir/file").unwrap().links, 2);
    assert_eq!(image.findings(), [""; 0]);
}

#[test]
fn streams_are_read_as_they_were_added() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let bridge = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET | FileSystems::UDF;
    for revision in REVISIONS {
        for file_systems in [FileSystems::UDF, bridge] {
            write(&tree(), options(revision, file_systems), &path);
            check(&open(&path));
            let report = Disc::open(&path).unwrap().verify(None, &Control::default()).unwrap();
            assert!(report.findings.is_empty(), "{:?}", report.findings);
            let first = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            write(&tree(), options(revision, file_systems), &path);
            assert!(std::fs::read(&path).unwrap() == first, "the same bytes");
            std::fs::remove_file(&path).unwrap();
        }
    }
}

#[test]
fn streams_do_not_count_as_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    write(&tree(), options(UdfRevision::V2_60, FileSystems::UDF), &path);
    let sectors = fsimage::FileSectors::new(std::fs::File::open(&path).unwrap()).unwrap();
    let volume = udf::read::Volume::open(&sectors, fsimage::Sector::ZERO).unwrap();
    let counts = &volume.integrity().unwrap().implementation_use;
    assert_eq!((counts.files, counts.directories), (3, 2));
}

fn notices(tree: &Tree, options: PlanOptions) -> Vec<Notice> {
    let plan = LayoutPlan::new(tree, options).unwrap();
    let mut notices = Vec::new();
    plan.visit_notices(&mut |notice| {
        notices.push(notice);
        Ok(())
    })
    .unwrap();
    assert_eq!(plan.notice_counts().total(), notices.len() as u64);
    notices
}

#[test]
fn file_systems_without_streams_tell_what_they_lose() {
    let mut tree = Tree::new();
    let file = tree.add("/file", bytes(b"x"), &ItemOptions::default()).unwrap();
    tree.add_stream(file, b"a", bytes(b"1")).unwrap();
    tree.add_stream(file, b"b", bytes(b"2")).unwrap();
    tree.set_real_time(file, true).unwrap();
    let dropped = |file_system| Notice::StreamsDropped { path: "/file".to_owned(), file_system, count: 2 };
    let real_time = |file_system| Notice::RealTimeDropped { path: "/file".to_owned(), file_system };
    let told = notices(&tree, options(UdfRevision::V1_50, FileSystems::UDF));
    assert_eq!(told, [dropped(FileSystem::Udf), real_time(FileSystem::Udf)]);
    let told = notices(&tree, options(UdfRevision::V2_00, FileSystems::UDF));
    assert_eq!(told, [real_time(FileSystem::Udf)]);
    assert_eq!(notices(&tree, options(UdfRevision::V2_01, FileSystems::UDF)), []);
    let iso = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let told = notices(&tree, options(UdfRevision::V2_01, iso));
    assert_eq!(told, [real_time(FileSystem::Iso9660), dropped(FileSystem::Joliet)]);
    let told = notices(&tree, options(UdfRevision::V2_01, FileSystems::ISO9660));
    assert_eq!(told, [real_time(FileSystem::Iso9660), dropped(FileSystem::Iso9660)]);
    let strict = PlanOptions { strict: true, ..options(UdfRevision::V1_02, FileSystems::UDF) };
    assert!(matches!(LayoutPlan::new(&tree, strict), Err(Error::Strict { .. })));
    // A stream whose name CS0 has not.
    tree.add_stream(file, b"\xff", bytes(b"3")).unwrap();
    let told = notices(&tree, options(UdfRevision::V2_01, FileSystems::UDF));
    assert!(matches!(&told[..], [Notice::Renamed { path, .. }] if path.starts_with("/file:")), "{told:?}");
}

#[test]
fn an_import_keeps_streams_and_the_next_image_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let mut source = tree();
    source.set_real_time(source.lookup("/plain").unwrap(), true).unwrap();
    write(&source, options(UdfRevision::V2_01, FileSystems::UDF), &first);
    let disc = Disc::open(&first).unwrap();
    let mut imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    assert_eq!(imported.warnings, []);
    let plain = imported.tree.lookup("/plain").unwrap();
    assert!(imported.tree.is_real_time(plain));
    let mut further = options(UdfRevision::V2_50, FileSystems::UDF);
    further.imported = fsimage::ImportedContent::Copied;
    imported.tree.add("/new", bytes(b"new"), &ItemOptions::default()).unwrap();
    write(&imported.tree, further, &second);
    let image = open(&second);
    check(&image);
    assert!(image.lookup("/plain").unwrap().real_time);
    let sizes = [&first, &second].map(|path| std::fs::metadata(path).unwrap().len());
    assert!(sizes[0] > 0 && sizes[1] > 0);
}

#[cfg(unix)]
#[test]
fn attributes_of_the_host_become_streams_and_come_back() {
    use fsimage::{ExtractOptions, ScanOptions};

    let host = tempfile::tempdir().unwrap();
    let source = host.path().join("source");
    std::fs::create_dir_all(source.join("sub")).unwrap();
    std::fs::write(source.join("file"), "x").unwrap();
    let set = |path: &Path, name: &str, value: &[u8]| xattr::set(path, name, value);
    if set(&source.join("file"), "user.note", b"hello").is_err() {
        return peers::skip("the folder for temporary files has no extended attributes");
    }
    set(&source.join("file"), "user.long", &[7; 3000]).unwrap();
    set(&source.join("sub"), "user.folder", b"f").unwrap();
    set(&source, "user.root", b"r").unwrap();
    let mut tree = Tree::new();
    let scan = ScanOptions { extended_attributes: fsimage::HostAttributes::All, ..ScanOptions::default() };
    let report = tree.scan(&source, NodeId::ROOT, &scan, &Control::default()).unwrap();
    assert_eq!(report.unread_attributes, []);
    let file = tree.lookup("/file").unwrap();
    tree.add_stream(file, b"other", bytes(b"no attribute's name")).unwrap();
    let path = host.path().join("image");
    write(&tree, options(UdfRevision::V2_01, FileSystems::UDF), &path);
    let image = open(&path);
    let names: Vec<String> = streams(&image, "/file").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["other", "user.long", "user.note"]);

    let target = host.path().join("target");
    let without = image.extract(&[], &target, &ExtractOptions::default(), &Control::default()).unwrap();
    assert_eq!((without.without_streams, without.warnings.len()), (3, 0));
    let target = host.path().join("with");
    let all = ExtractOptions { extended_attributes: true, ..ExtractOptions::default() };
    let report = image.extract(&[], &target, &all, &Control::default()).unwrap();
    assert_eq!(report.without_streams, 0);
    let get = |path: &Path, name: &str| xattr::get(path, name).unwrap();
    assert_eq!(get(&target.join("file"), "user.note").unwrap(), b"hello");
    assert_eq!(get(&target.join("file"), "user.long").unwrap(), [7; 3000]);
    assert_eq!(get(&target.join("sub"), "user.folder").unwrap(), b"f");
    assert_eq!(get(&target, "user.root").unwrap(), b"r");
    if cfg!(not(target_vendor = "apple")) {
        assert_eq!(report.warnings.len(), 1);
        assert!(report.warnings[0].reason.contains("'other'"), "{}", report.warnings[0].reason);
    }

    // An attribute that changes behind the plan is an error, and no wrong image.
    set(&source.join("file"), "user.note", b"another length").unwrap();
    let plan = LayoutPlan::new(&tree, options(UdfRevision::V2_01, FileSystems::UDF)).unwrap();
    let error = write_image(&plan, &path.with_extension("2"), &Control::default()).unwrap_err();
    assert!(matches!(error, Error::SourceChanged { .. }), "{error}");
}

/// Of two names of a file, one becomes a file of its own with the same data: each has its streams, as they were or as the sources
/// have them now.
#[cfg(unix)]
#[test]
fn a_file_that_was_a_link_has_its_streams() {
    use fsimage::Timestamp;
    use fsimage::update::UpdateOptions;
    use support::updating::update_tree;

    let bridge = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET | FileSystems::UDF;
    let without_posix = FileSystems::ISO9660 | FileSystems::UDF;
    let dated = ItemOptions { modified: Some(Timestamp::from_unix(5)), ..ItemOptions::default() };
    for file_systems in [FileSystems::UDF, without_posix, bridge] {
        for extended_attributes in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("image");
            let mut linked = Tree::new();
            let a = linked.add("/a", bytes(&long()), &dated).unwrap();
            linked.add("/b", Item::HardLink(a), &dated).unwrap();
            linked.add_stream(a, b"user.long", bytes(&long()[..5000])).unwrap();
            linked.add_stream(a, b"user.one", bytes(b"1")).unwrap();
            linked.set_real_time(a, true).unwrap();
            write(&linked, options(UdfRevision::V2_01, file_systems), &path);

            let mut parted = Tree::new();
            for (name, value) in [("/a", b"2"), ("/b", b"1")] {
                let node = parted.add(name, bytes(&long()), &dated).unwrap();
                parted.add_stream(node, b"user.long", bytes(&long()[..5000])).unwrap();
                parted.add_stream(node, b"user.one", bytes(value)).unwrap();
            }
            let how = UpdateOptions { extended_attributes, ..UpdateOptions::default() };
            assert_eq!(update_tree(&path, parted, how).unwrap().unwrap().counts.new_bytes, 0);
            let image = open(&path);
            let of = |value: &[u8]| {
                [("user.long".to_owned(), long()[..5000].to_vec()), ("user.one".to_owned(), value.to_vec())]
            };
            let what = format!("{file_systems:?}, {extended_attributes}");
            assert_eq!(streams(&image, "/b"), of(b"1"), "{what}");
            assert_eq!(streams(&image, "/a"), of(if extended_attributes { b"2" } else { b"1" }), "{what}");
            let [a, b] = ["/a", "/b"].map(|name| image.lookup(name).unwrap());
            assert_eq!((a.links, b.links), (1, 1), "{what}");
            assert_eq!(a.real_time, b.real_time, "{what}");
            let report = Disc::open(&path).unwrap().verify(None, &Control::default()).unwrap();
            assert!(report.findings.is_empty(), "{what}: {:?}", report.findings);
        }
    }
}
