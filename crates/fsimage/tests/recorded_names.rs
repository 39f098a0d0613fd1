//! What a plan says that items are called is what readers of each file system find them by.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::collections::BTreeSet;

use fsimage::{
    DeepDirectories, Disc, FileSystem, FileSystems, Item, ItemOptions, LayoutPlan, NodeId, PlanOptions, Tree,
};
use support::{build, list_file_system};

fn tree() -> Tree {
    let mut tree = Tree::new();
    for path in [
        "/a long name of a file.text",
        "/A LONG NAME OF A FILE.TEXT",
        "/two.dots.txt",
        "/semi;colon and a star *",
        "/b\u{fc}cher/\u{1F4D6} reading.txt",
        "/1/2/3/4/5/6/7/8/9/deep.bin",
        "/1/2/3/4/5/6/7/8/other/deep.bin",
    ] {
        tree.add(path, Item::Bytes(path.as_bytes().into()), &ItemOptions::default()).unwrap();
    }
    tree.add("/link", Item::Symlink(b"two.dots.txt"), &ItemOptions::default()).unwrap();
    let hidden = ItemOptions { hidden_in: FileSystems::JOLIET | FileSystems::UDF, ..ItemOptions::default() };
    tree.add("/hidden", Item::Directory, &hidden).unwrap();
    tree.add("/hidden/below", Item::Bytes([1].into()), &ItemOptions::default()).unwrap();
    tree
}

fn paths(plan: &LayoutPlan<'_>, file_system: FileSystem) -> BTreeSet<String> {
    let tree = plan.tree();
    let names = tree.walk(NodeId::ROOT).flat_map(|node| plan.recorded_names(node).unwrap());
    let names = names.filter(|name| name.file_system == file_system).map(|name| {
        assert!(name.path.ends_with(&format!("/{}", name.name)), "{name:?}");
        name.path.split('/').map(|name| peers::escape(name.as_bytes())).collect::<Vec<_>>().join("/")
    });
    names.collect()
}

#[test]
fn readers_find_items_by_them() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let tree = tree();
    let all = FileSystems::all() - FileSystems::HFS_PLUS;
    for file_systems in [all, all - FileSystems::ROCK_RIDGE, FileSystems::UDF] {
        let options = PlanOptions { file_systems, ..PlanOptions::default() };
        build(&tree, options.clone(), &image);
        let plan = LayoutPlan::new(&tree, options).unwrap();
        for file_system in FileSystem::ALL {
            let expected = paths(&plan, file_system);
            let is_there = file_systems.contains(file_system.as_set());
            assert_eq!(expected.is_empty(), !is_there, "{file_system}");
            // Nobody shows the names of HFS+ here, and what has Rock Ridge is not shown without.
            if is_there {
                let shown = list_file_system(&image, file_system).into_keys().filter(|path| path != "/");
                assert_eq!(shown.collect::<BTreeSet<_>>(), expected, "{file_system} of {file_systems:?}");
            }
        }
    }
}

#[test]
fn relocated_directories_are_found_where_they_are_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let tree = tree();
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let options =
        PlanOptions { file_systems, deep_directories: DeepDirectories::Relocate, ..PlanOptions::default() };
    build(&tree, options.clone(), &image);
    let plan = LayoutPlan::new(&tree, options).unwrap();
    let disc = Disc::open(&image).unwrap();
    for path in ["/1/2/3/4/5/6/7/8/9/deep.bin", "/1/2/3/4/5/6/7/8/other/deep.bin"] {
        let names = plan.recorded_names(tree.lookup(path).unwrap()).unwrap();
        assert_eq!(
            names.iter().map(|name| name.file_system).collect::<Vec<_>>(),
            [FileSystem::Iso9660, FileSystem::RockRidge]
        );
        assert_eq!(names[1].path, path);
        assert!(names[0].path.starts_with("/RR_MOVED/"), "{names:?}");
        for name in names {
            let shown = disc.image(None, &[name.file_system]).unwrap();
            assert_eq!(shown.lookup(&name.path).unwrap().len, path.len() as u64, "{name:?}");
        }
    }
}

#[test]
fn of_hfs_plus_and_of_what_no_file_system_has() {
    let mut tree = tree();
    let file_systems = FileSystems::ISO9660 | FileSystems::HFS_PLUS;
    let removed = tree.lookup("/1").unwrap();
    let below = tree.lookup("/1/2/3").unwrap();
    tree.remove(removed).unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { file_systems, ..PlanOptions::default() }).unwrap();
    let of = |path: &str| {
        let names = plan.recorded_names(tree.lookup(path).unwrap()).unwrap();
        names.into_iter().map(|name| (name.file_system, name.path)).collect::<Vec<_>>()
    };
    // Case tells no names apart there.
    assert_eq!(
        of("/A LONG NAME OF A FILE.TEXT")[1],
        (FileSystem::HfsPlus, "/A LONG NAME OF A FILE.TEXT".to_owned())
    );
    assert_eq!(
        of("/a long name of a file.text")[1],
        (FileSystem::HfsPlus, "/a long name of a file~1.text".to_owned())
    );
    assert_eq!(of("/link"), [(FileSystem::HfsPlus, "/link".to_owned())]);
    for node in [removed, below] {
        assert_eq!(plan.recorded_names(node).unwrap(), []);
    }
    let root = plan.recorded_names(NodeId::ROOT).unwrap();
    assert!(root.len() == 2 && root.iter().all(|name| name.path == "/" && name.name.is_empty()), "{root:?}");
}
