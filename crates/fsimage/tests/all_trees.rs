//! All file systems of a session imported as one tree: what each shows is what it showed before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;

use fsimage::{
    Control, Disc, FileSystem, FileSystems, ImportOptions, ImportWarning, Imported, ImportedTrees, Item,
    ItemOptions, LayoutPlan, MetadataPartition, PlanOptions, Tree, UdfOptions, UdfRevision, import,
    write_image,
};
use peers::{Columns, assert_same};
use support::{build, list_file_system};

const ALL: [FileSystem; 5] =
    [FileSystem::RockRidge, FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf];

fn every_file_system(revision: UdfRevision) -> PlanOptions {
    let metadata_partition = match revision {
        UdfRevision::V2_50 => MetadataPartition::Mirrored,
        _ => MetadataPartition::None,
    };
    let udf = UdfOptions { revision, metadata_partition, ..UdfOptions::default() };
    let file_systems = ALL.into_iter().collect::<FileSystems>();
    PlanOptions { file_systems, udf, ..PlanOptions::default() }
}

/// Items that are in some file systems only, and names that are not everywhere the same.
fn mixed() -> Tree {
    let mut tree = Tree::new();
    let options = ItemOptions::default();
    let mut add = |path: &str, len: usize| {
        let bytes: Vec<u8> = (0..len).map(|at| (at * 7 + path.len() * 31) as u8).collect();
        tree.add(path, Item::Bytes(bytes.into()), &options).unwrap();
    };
    for (path, len) in [
        ("/everywhere", 3000),
        ("/a long name with spaces.text", 20),
        ("/only joliet/below/it", 5000),
        ("/only joliet/empty", 0),
        ("/only udf", 700),
        ("/not in iso/x", 100),
        ("/empty one", 0),
        ("/empty two", 0),
        ("/called otherwise/in it too", 2049),
        ("/d/stays", 1),
    ] {
        add(path, len);
    }
    tree.add("/link", Item::Symlink(b"everywhere"), &ItemOptions::default()).unwrap();
    let first = tree.lookup("/everywhere").unwrap();
    tree.add("/d/second name", Item::HardLink(first), &ItemOptions::default()).unwrap();
    let all = ALL.into_iter().collect::<FileSystems>();
    for (path, shown_in) in [
        ("/only joliet", FileSystems::JOLIET),
        ("/only udf", FileSystems::UDF),
        ("/not in iso", FileSystems::UDF | FileSystems::JOLIET),
    ] {
        let node = tree.lookup(path).unwrap();
        tree.hide(node, all - shown_in);
    }
    for (path, file_system, name) in [
        ("/called otherwise", FileSystem::Joliet, "für Windows"),
        ("/called otherwise/in it too", FileSystem::Joliet, "everywhere"),
        ("/called otherwise/in it too", FileSystem::Iso9660, "EIGHT.3"),
        ("/called otherwise", FileSystem::Udf, "für alle"),
        ("/empty one", FileSystem::Udf, "nothing 1"),
        // The name of another, which is not shown there.
        ("/only joliet/empty", FileSystem::Joliet, "zero"),
        ("/everywhere", FileSystem::RockRidge, "tout partout"),
    ] {
        let node = tree.lookup(path).unwrap();
        tree.set_name_in(node, file_system, name).unwrap();
    }
    tree
}

fn import_all(image: &Path, preference: &[FileSystem]) -> Imported {
    let disc = Disc::open(image).unwrap();
    let options = ImportOptions {
        preference: preference.to_vec(),
        trees: ImportedTrees::All,
        ..ImportOptions::default()
    };
    import(&disc, &options, &Control::default()).unwrap()
}

/// Whatever tree the names are taken from, a new image shows in each file system what the old one showed there.
#[test]
fn each_file_system_shows_what_it_showed() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    for revision in [UdfRevision::V1_02, UdfRevision::V2_50] {
        build(&mixed(), every_file_system(revision), &old);
        for preferred in ALL {
            let imported = import_all(&old, &[preferred]);
            let options = imported.new_image_options();
            let plan = LayoutPlan::new(&imported.tree, options).unwrap();
            write_image(&plan, &new, &Control::default()).unwrap();
            for file_system in ALL {
                let what = [&old, &new].map(|image| list_file_system(image, file_system));
                assert!(what[0].len() > 5);
                assert_same(&what[0], &what[1], Columns::CONTENT);
            }
            let only: Vec<_> = imported
                .warnings
                .iter()
                .filter_map(|warning| match warning {
                    ImportWarning::OnlyThere { path, file_system } => Some((path.as_str(), *file_system)),
                    _ => None,
                })
                .collect();
            if preferred == FileSystem::RockRidge {
                assert_eq!(
                    only,
                    [
                        ("/only joliet", FileSystem::Joliet),
                        // Nothing tells that it is the empty file of another name.
                        ("/nothing 1", FileSystem::Udf),
                        ("/only udf", FileSystem::Udf)
                    ]
                );
            }
        }
    }
}

/// A session that goes on from all trees keeps what it does not touch.
#[test]
fn a_session_keeps_the_names() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    build(&mixed(), every_file_system(UdfRevision::V2_01), &image);
    let before = ALL.map(|one| list_file_system(&image, one));
    let growing = fsimage::GrowingImage::open(&image).unwrap();
    let options = ImportOptions { trees: ImportedTrees::All, ..ImportOptions::default() };
    let mut imported = growing.import(&options, &Control::default()).unwrap();
    imported.tree.add("/new", Item::Bytes(b"new".as_slice().into()), &ItemOptions::default()).unwrap();
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    growing.write(&plan, &Control::default()).unwrap();
    drop(growing);
    for (before, one) in before.into_iter().zip(ALL) {
        let mut after = list_file_system(&image, one);
        let new = if matches!(one, FileSystem::Iso9660) { "/NEW" } else { "/new" };
        assert!(after.remove(new).is_some(), "{one}: {:?}", after.keys());
        assert_same(&before, &after, Columns::CONTENT);
    }
}

/// Items without a common name or data, each in one hierarchy, have nothing to do with each other.
#[test]
fn items_without_a_common_name_are_not_one() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let mut tree = Tree::new();
    let file_systems = FileSystems::ROCK_RIDGE | FileSystems::ISO9660 | FileSystems::JOLIET;
    for (path, hidden) in [("/one", FileSystems::JOLIET), ("/other", FileSystems::ISO9660)] {
        let below = format!("{path}/{}", path.len());
        tree.add(&below, Item::Bytes(path.as_bytes().into()), &ItemOptions::default()).unwrap();
        let empty = format!("{path}.empty");
        tree.add(&empty, Item::Bytes(Vec::new().into()), &ItemOptions::default()).unwrap();
        for path in [path, &empty] {
            let node = tree.lookup(path).unwrap();
            tree.hide(node, hidden);
        }
    }
    build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &old);

    let mut imported = import_all(&old, &[FileSystem::RockRidge]);
    for path in ["/one", "/one.empty"] {
        imported.tree.remove(imported.tree.lookup(path).unwrap()).unwrap();
    }
    build(&imported.tree, imported.new_image_options(), &new);
    let paths = |file_system| list_file_system(&new, file_system).into_keys().collect::<Vec<_>>();
    assert_eq!(paths(FileSystem::RockRidge), ["/"]);
    assert_eq!(paths(FileSystem::Joliet), ["/", "/other", "/other.empty", "/other/6"]);
}

/// The folder of relocated directories has its name, whatever is called so in Joliet.
#[test]
fn a_folder_of_joliet_takes_no_name_from_relocated_directories() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let mut tree = Tree::new();
    let options = ItemOptions::default();
    tree.add("/1/2/3/4/5/6/7/8/9/file", Item::Bytes((*b"deep").into()), &options).unwrap();
    let hidden_in = FileSystems::ISO9660;
    tree.add("/rr_moved", Item::Directory, &ItemOptions { hidden_in, ..options }).unwrap();
    let deep_directories = fsimage::DeepDirectories::Relocate;
    build(&tree, PlanOptions { deep_directories, ..PlanOptions::default() }, &old);
    let imported = import_all(&old, &[FileSystem::RockRidge]);
    build(&imported.tree, imported.new_image_options(), &new);
    for image in [&old, &new] {
        let plain = list_file_system(image, FileSystem::Iso9660);
        assert!(plain.contains_key("/RR_MOVED/8/9/FILE"), "{:?}", plain.keys());
        assert!(list_file_system(image, FileSystem::Joliet).contains_key("/rr_moved"));
    }
}
