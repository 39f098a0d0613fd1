//! Extended attributes and access control lists in Rock Ridge: written, imported, changed, and taken to UDF.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::io::Read;
use std::sync::Arc;

use fsimage::{
    AccessControlEntry, AccessControlLists, AclPermissions, AclTag, Attributes, Control, DEFAULT_PREFERENCE,
    DeepDirectories, DeviceNumber, Disc, Error, FileSystem, FileSystems, Image, ImageEntry, ImportOptions,
    Imported, ImportedContent, Item, ItemOptions, LayoutPlan, MemorySectors, NodeId, Notice, PlanOptions,
    Tree, WriterSink,
};

const ROCK_RIDGE: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE);

fn bytes(text: &str) -> Item<'static> {
    Item::Bytes(text.as_bytes().into())
}

fn write(tree: &Tree, options: PlanOptions) -> Disc {
    let plan = LayoutPlan::new(tree, options).unwrap();
    let mut bytes = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut bytes, "memory"), &Control::default()).unwrap();
    Disc::from_source(Arc::new(MemorySectors::new(bytes)), "memory").unwrap()
}

fn options(file_systems: FileSystems) -> PlanOptions {
    PlanOptions { file_systems, imported: ImportedContent::Copied, ..PlanOptions::default() }
}

fn open(disc: &Disc) -> Image {
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    image.walk(&mut |_, _| Ok(())).unwrap();
    assert_eq!(image.findings(), [""; 0]);
    image
}

fn import(disc: &Disc) -> Imported {
    let imported = fsimage::import(disc, &ImportOptions::default(), &Control::default()).unwrap();
    assert_eq!(imported.warnings, []);
    imported
}

fn attributes(image: &Image, entry: &ImageEntry) -> Vec<(String, String)> {
    let streams = image.streams(entry).unwrap();
    let text = |stream: &ImageEntry| {
        let mut value = String::new();
        image.open(stream).unwrap().read_to_string(&mut value).unwrap();
        (String::from_utf8(stream.name.clone()).unwrap(), value)
    };
    streams.iter().map(text).collect()
}

fn acl() -> AccessControlLists {
    let entry = |tag, bits| AccessControlEntry { tag, permissions: AclPermissions::from_bits_truncate(bits) };
    AccessControlLists {
        access: vec![
            entry(AclTag::UserObj, 6),
            entry(AclTag::User(70_000), 7),
            entry(AclTag::GroupObj, 4),
            entry(AclTag::Mask, 6),
            entry(AclTag::Other, 0),
        ],
        default: Vec::new(),
    }
}

/// Items of all kinds with an attribute each.
fn tree() -> Tree {
    let mut tree = Tree::new();
    let new = ItemOptions::default();
    let file = tree.add("/file", bytes("x"), &new).unwrap();
    let items = [
        NodeId::ROOT,
        file,
        tree.add("/directory/below", Item::Fifo, &new).unwrap(),
        tree.lookup("/directory").unwrap(),
        tree.add("/link", Item::Symlink(b"file"), &new).unwrap(),
        tree.add("/device", Item::CharacterDevice(DeviceNumber::new(1, 3).unwrap()), &new).unwrap(),
    ];
    for item in items {
        let path = tree.path(item);
        tree.add_stream(item, b"user.path", bytes(&path)).unwrap();
    }
    tree.set_acl(file, acl()).unwrap();
    tree.add("/other name", Item::HardLink(file), &new).unwrap();
    tree
}

const PATHS: [&str; 7] = ["/", "/file", "/other name", "/directory", "/directory/below", "/link", "/device"];

#[test]
fn all_kinds_of_items_have_attributes_through_import_and_again() {
    let mut disc = write(&tree(), options(ROCK_RIDGE));
    for _ in 0..3 {
        let image = open(&disc);
        for path in PATHS {
            let entry = image.lookup(path).unwrap();
            let own = if path == "/other name" { "/file" } else { path };
            assert_eq!(attributes(&image, &entry), [("user.path".to_owned(), own.to_owned())], "{path}");
            let has_acl = matches!(path, "/file" | "/other name");
            assert_eq!(entry.acl(), has_acl.then(acl), "{path}");
        }
        assert_eq!(image.lookup("/file").unwrap().attributes.permissions, 0o660);
        disc = write(&import(&disc).tree, options(ROCK_RIDGE));
    }
}

#[test]
fn what_is_changed_after_an_import_is_changed() {
    let disc = write(&tree(), options(ROCK_RIDGE));
    let mut tree = import(&disc).tree;
    let file = tree.lookup("/file").unwrap();
    tree.set_attributes(file, Attributes { permissions: 0o4710, uid: 1, gid: 2 });
    assert!(tree.remove_stream(NodeId::ROOT, b"user.path"));
    let link = tree.lookup("/link").unwrap();
    tree.add_stream(link, b"trusted.note", bytes("n")).unwrap();
    let replace = ItemOptions { replace: true, ..ItemOptions::default() };
    tree.add("/device", Item::Fifo, &replace).unwrap();
    let image = open(&write(&tree, options(ROCK_RIDGE)));
    let at = |path: &str| image.lookup(path).unwrap();
    // As chmod does: the mask is the group's bits.
    let changed = at("/file").acl().unwrap();
    assert_eq!(changed.to_string(), "u::rwx,u:70000:rwx,g::r--,m::--x,o::---");
    assert_eq!(changed.permissions(), Some(0o710));
    assert_eq!(at("/other name").acl().unwrap(), acl());
    for gone in ["/", "/device"] {
        assert_eq!(attributes(&image, &at(gone)), []);
    }
    let names: Vec<String> = attributes(&image, &at("/link")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["trusted.note", "user.path"]);
}

#[test]
fn udf_has_the_attributes_of_files_and_directories_as_streams() {
    let disc = write(&tree(), options(ROCK_RIDGE));
    let tree = import(&disc).tree;
    let plan = LayoutPlan::new(&tree, options(FileSystems::UDF)).unwrap();
    let mut told = Vec::new();
    plan.visit_notices(&mut |notice| {
        match notice {
            Notice::StreamsDropped { path, count, .. } => told.push(format!("{path} {count}")),
            Notice::AclDropped { path, file_system } => told.push(format!("{path} {file_system}")),
            _ => {}
        }
        Ok(())
    })
    .unwrap();
    told.sort();
    let udf = FileSystem::Udf;
    let (file, other) = (format!("/file {udf}"), format!("/other name {udf}"));
    let mut expected = ["/device 1", "/directory/below 1", "/link 1", &file, &other];
    expected.sort();
    assert_eq!(told, expected);
    let image = open(&write(&tree, options(FileSystems::UDF)));
    for path in ["/", "/file", "/directory"] {
        let entry = image.lookup(path).unwrap();
        assert_eq!(attributes(&image, &entry), [("user.path".to_owned(), path.to_owned())]);
    }
}

/// Linux shows no file with more continuation areas than these fill.
#[test]
fn what_is_too_long_is_told() {
    let mut tree = Tree::new();
    let file = tree.add("/file", bytes("x"), &ItemOptions::default()).unwrap();
    tree.add_stream(file, b"user.a", Item::Bytes(vec![b'a'; 40_000].into())).unwrap();
    tree.add_stream(file, b"user.b", Item::Bytes(vec![b'b'; 10_000].into())).unwrap();
    tree.add_stream(file, b"user.c", bytes("c")).unwrap();
    let plan = LayoutPlan::new(&tree, options(ROCK_RIDGE)).unwrap();
    assert_eq!(plan.notice_counts().streams_dropped, 1);
    let strict = PlanOptions { strict: true, ..options(ROCK_RIDGE) };
    assert!(LayoutPlan::new(&tree, strict).is_err());
    let image = open(&write(&tree, options(ROCK_RIDGE)));
    let found = attributes(&image, &image.lookup("/file").unwrap());
    let lengths: Vec<_> = found.iter().map(|(name, value)| (&name[..], value.len())).collect();
    assert_eq!(lengths, [("user.a", 40_000), ("user.c", 1)]);
}

#[test]
fn relocated_directories_keep_theirs_in_a_folder_of_any_name() {
    let mut tree = Tree::new();
    let file = tree.add("/1/2/3/4/5/6/7/8/9/file", bytes("x"), &ItemOptions::default()).unwrap();
    let mut at = tree.parent(file);
    while at != NodeId::ROOT {
        let path = tree.path(at);
        tree.add_stream(at, b"user.path", bytes(&path)).unwrap();
        at = tree.parent(at);
    }
    let options = PlanOptions {
        deep_directories: DeepDirectories::Relocate,
        relocation_directory: b"deep ones".to_vec(),
        ..options(ROCK_RIDGE)
    };
    let disc = write(&tree, options.clone());
    let image = open(&disc);
    let mut path = String::new();
    for name in 1..=9 {
        path = format!("{path}/{name}");
        let entry = image.lookup(&path).unwrap();
        assert_eq!(attributes(&image, &entry), [("user.path".to_owned(), path.clone())]);
    }
    assert!(image.lookup("/deep ones").is_err());
    let plain = disc.image(None, &[FileSystem::Iso9660]).unwrap();
    assert!(plain.lookup("/DEEP_ONES/8/9/FILE").is_ok());
    let impossible = PlanOptions { relocation_directory: b"a/b".to_vec(), ..options };
    assert!(matches!(LayoutPlan::new(&tree, impossible), Err(Error::InvalidPath { .. })));
}
