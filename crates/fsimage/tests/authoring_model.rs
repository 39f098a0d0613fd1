//! Random sequences of changes to a tree, against a map of paths.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use fsimage::{
    Control, Disc, FileSystem, FileSystems, ImportOptions, ImportedContent, Item, ItemCounts, ItemOptions,
    LayoutPlan, MemorySectors, MergeOptions, MergePolicy, NodeId, NodeKind, PlanOptions, ScanOptions, Tree,
    WriterSink,
};
use proptest::prelude::*;
use support::list_image;

/// What is at each path: the bytes of a file, or nothing for a directory.
type Model = BTreeMap<String, Option<Vec<u8>>>;

const PATHS: [&str; 8] =
    ["/a", "/a/b", "/a/b/c", "/a/x.txt", "/d", "/d/X.TXT", "/d/a long name of a file", "/é"];

fn listed(tree: &Tree) -> Model {
    let mut found = Model::new();
    let mut pending = vec![NodeId::ROOT];
    while let Some(node) = pending.pop() {
        let NodeKind::Directory(directory) = tree.kind(node) else { continue };
        for child in tree.children(directory) {
            let bytes = match tree.kind(child) {
                NodeKind::File(content) => {
                    let mut bytes = vec![0; tree.content_len(content) as usize];
                    tree.read_at(content, 0, &mut bytes).unwrap();
                    Some(bytes)
                }
                _ => None,
            };
            found.insert(tree.path(child), bytes);
            pending.push(child);
        }
    }
    found
}

fn parent(path: &str) -> &str {
    &path[..path.rfind('/').unwrap_or(0)]
}

fn is_below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Puts a file into the model; whether it can be there.
fn put(model: &mut Model, path: &str, bytes: Vec<u8>) -> bool {
    let mut above = parent(path);
    let mut missing = Vec::new();
    while !above.is_empty() {
        match model.get(above) {
            Some(Some(_)) => return false,
            Some(None) => break,
            None => missing.push(above.to_owned()),
        }
        above = parent(above);
    }
    if matches!(model.get(path), Some(None)) {
        return false;
    }
    model.extend(missing.into_iter().map(|directory| (directory, None)));
    model.insert(path.to_owned(), Some(bytes));
    true
}

fn move_in(model: &mut Model, from: &str, to: &str) -> bool {
    let into_what = if parent(to).is_empty() { Some(&None) } else { model.get(parent(to)) };
    if !model.contains_key(from) || into_what != Some(&None) || is_below(parent(to), from) {
        return false;
    }
    if from == to {
        return true;
    }
    if model.contains_key(to) {
        return false;
    }
    let moved: Vec<String> = model.keys().filter(|path| is_below(path, from)).cloned().collect();
    for path in moved {
        let what = model.remove(&path).unwrap();
        model.insert(format!("{to}{}", &path[from.len()..]), what);
    }
    true
}

/// What a host folder or another tree brings along.
fn others() -> Model {
    let file = |path: &str, len| (path.to_owned(), Some(vec![9; len]));
    let directory = |path: &str| (path.to_owned(), None);
    [
        directory("/a"),
        file("/a/x.txt", 3000),
        directory("/d"),
        directory("/d/new"),
        file("/d/new/1", 5),
        file("/é", 10),
    ]
    .into()
}

/// Merges them with what is there; whether that can be.
fn merge_in(model: &mut Model, policy: MergePolicy) -> bool {
    let before = model.clone();
    for (path, item) in others() {
        let fits = match (model.get(&path), item) {
            (None | Some(None), None) => {
                model.insert(path, None);
                true
            }
            (Some(Some(_)), None) | (Some(None), Some(_)) => false,
            (Some(Some(_)), Some(_)) if policy == MergePolicy::Keep => true,
            (Some(Some(_)), Some(_)) if policy == MergePolicy::Refuse => false,
            (_, Some(bytes)) => put(model, &path, bytes),
        };
        if !fits {
            *model = before;
            return false;
        }
    }
    true
}

fn other_tree() -> Tree {
    let mut tree = Tree::new();
    for (path, item) in others() {
        let item = item.map_or(Item::Directory, |bytes| Item::Bytes(bytes.into()));
        tree.add(path, item, &ItemOptions { replace: true, ..ItemOptions::default() }).unwrap();
    }
    tree
}

fn make_host_folder(folder: &Path) {
    for (path, item) in others() {
        let path = folder.join(&path[1..]);
        match item {
            None => fs::create_dir_all(path).unwrap(),
            Some(bytes) => fs::write(path, bytes).unwrap(),
        }
    }
}

fn planned(file_systems: FileSystems) -> PlanOptions {
    PlanOptions { file_systems, imported: ImportedContent::Copied, ..PlanOptions::default() }
}

/// The size that is told before anything is written is that of what is written.
fn written(tree: &Tree, file_systems: FileSystems) -> Disc {
    let plan = LayoutPlan::new(tree, planned(file_systems)).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    assert_eq!(image.len() as u64, plan.extent().len.bytes());
    Disc::from_source(Arc::new(MemorySectors::new(image)), "memory").unwrap()
}

fn imported(disc: &Disc) -> Tree {
    fsimage::import(disc, &ImportOptions::default(), &Control::default()).unwrap().tree
}

/// Each file system shows all items, under the names that were told before, and what is imported is what was written.
fn check_result(tree: &Tree, model: &Model, file_systems: FileSystems) {
    let disc = written(tree, file_systems);
    let plan = LayoutPlan::new(tree, planned(file_systems)).unwrap();
    for file_system in FileSystem::ALL {
        if !file_systems.contains(file_system.as_set()) {
            continue;
        }
        let named = tree.walk(NodeId::ROOT).flat_map(|node| plan.recorded_names(node).unwrap());
        let named = named.filter(|name| name.file_system == file_system).map(|name| {
            name.path.split('/').map(|name| peers::escape(name.as_bytes())).collect::<Vec<_>>().join("/")
        });
        let shown = list_image(&disc.image(None, &[file_system]).unwrap()).into_keys();
        let shown: BTreeSet<String> = shown.filter(|path| path != "/").collect();
        assert_eq!(shown.len(), model.len(), "{file_system}");
        assert_eq!(named.collect::<BTreeSet<_>>(), shown, "{file_system}");
    }
    assert_eq!(&listed(&imported(&disc)), model);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn as_a_map_of_paths_would_have_it(
        steps in prop::collection::vec((0u8..14, 0usize..8, 0usize..8, 0usize..5000), 1..40),
        kinds in 0u8..4,
    ) {
        let host = tempfile::tempdir().unwrap();
        make_host_folder(host.path());
        let mut tree = Tree::new();
        let mut model = Model::new();
        let mut points = Vec::new();
        let policies = [MergePolicy::Replace, MergePolicy::Keep, MergePolicy::Refuse];
        let replace = ItemOptions { replace: true, ..ItemOptions::default() };
        for (what, first, second, len) in steps {
            let (path, other) = (PATHS[first], PATHS[second]);
            let (before, bytes) = (model.clone(), vec![first as u8; len]);
            let there = tree.lookup(path);
            let (done, expected) = match (what, there) {
                (0 | 1, _) => {
                    let item = Item::Bytes(bytes.as_slice().into());
                    (tree.add(path, item, &replace).is_ok(), put(&mut model, path, bytes))
                }
                (2, Some(node)) => {
                    model.retain(|at, _| !is_below(at, path));
                    (tree.remove(node).is_ok(), true)
                }
                (3, Some(node)) => {
                    let name = &other[parent(other).len() + 1..];
                    let into = tree.lookup(parent(other)).map(|into| tree.move_to(node, into, name));
                    (into.is_some_and(|moved| moved.is_ok()), move_in(&mut model, path, other))
                }
                (4, Some(node)) => {
                    let renamed = format!("{}/renamed", parent(path));
                    (tree.rename(node, "renamed").is_ok(), move_in(&mut model, path, &renamed))
                }
                (5, _) => {
                    points.push((tree.change_point(), model.clone()));
                    (true, true)
                }
                (6, _) if !points.is_empty() => {
                    points.truncate(second % points.len() + 1);
                    let (point, then) = points.last().unwrap();
                    model = then.clone();
                    (tree.roll_back(*point).is_ok(), true)
                }
                (7, _) => {
                    tree.lock_in();
                    let locked = points.drain(..).all(|(point, _)| tree.roll_back(point).is_err());
                    (locked, true)
                }
                (9, _) => {
                    let options = ScanOptions { existing: policies[second % 3], ..ScanOptions::default() };
                    let scanned = tree.scan(host.path(), NodeId::ROOT, &options, &Control::default());
                    (scanned.is_ok(), merge_in(&mut model, options.existing))
                }
                (10, _) => {
                    let options = MergeOptions { existing: policies[second % 3], filter: None };
                    (tree.merge(&other_tree(), &options).is_ok(), merge_in(&mut model, options.existing))
                }
                (11, Some(node)) => {
                    let parts = vec![Item::Bytes(bytes.as_slice().into()), Item::HardLink(node)];
                    let joined = tree.add(other, Item::Joined(parts), &replace).is_ok();
                    let expected = match model[path].clone() {
                        Some(behind) => put(&mut model, other, [bytes, behind].concat()),
                        None => false,
                    };
                    (joined, expected)
                }
                (12, Some(node)) => {
                    let is_leaf = model.keys().filter(|at| is_below(at, path)).count() == 1;
                    if is_leaf {
                        model.remove(path);
                    }
                    (tree.remove_leaf(node).is_ok(), is_leaf)
                }
                (13, _) if second == 0 => {
                    // What follows builds on the session.
                    tree = imported(&written(&tree, FileSystems::ISO9660 | FileSystems::ROCK_RIDGE));
                    points.clear();
                    (true, true)
                }
                _ => (true, true),
            };
            prop_assert_eq!(done, expected, "{} {} {}", what, path, other);
            if !done {
                prop_assert_eq!(&model, &before);
            }
            prop_assert_eq!(&listed(&tree), &model);
            let files = model.values().flatten().count() as u64;
            let counts = ItemCounts { files, directories: model.len() as u64 - files };
            prop_assert_eq!(tree.count_items(NodeId::ROOT), counts);
        }
        let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
        let bridge = iso9660 | FileSystems::JOLIET | FileSystems::UDF;
        let sets = [iso9660, iso9660 | FileSystems::JOLIET, FileSystems::UDF, bridge];
        check_result(&tree, &model, sets[usize::from(kinds)]);
    }
}
