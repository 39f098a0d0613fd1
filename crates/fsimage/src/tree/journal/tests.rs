use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use iso9660::aaip::{AccessControlEntry, AccessControlLists, AclPermissions, AclTag};
use proptest::prelude::*;

use super::super::{
    Attributes, FileSystem, FileSystems, Item, ItemOptions, NodeKind, ScanFailures, ScanOptions, Timestamp,
};
use super::*;
use crate::{Control, DigestAlgorithm, PlanOptions};

fn bytes(text: &str) -> Item<'static> {
    Item::Bytes(text.as_bytes().into())
}

fn add(tree: &mut Tree, path: &str) -> NodeId {
    tree.add(path, bytes(path), &ItemOptions::default()).unwrap()
}

/// All that a tree says of its items, and how much is in its tables.
fn snapshot(tree: &Tree) -> BTreeMap<String, String> {
    let mut found = BTreeMap::from([("tables".to_owned(), format!("{:?}", tree.lengths()))]);
    found.insert("digests".to_owned(), format!("{:?}", tree.digests.files));
    let mut pending = vec![NodeId::ROOT];
    while let Some(node) = pending.pop() {
        let mut text = format!("{:?}", tree.node(node));
        text += &format!("{:?} {:?} {:?}", tree.times(node), tree.attributes(node), tree.acl(node));
        text += &format!("{:?}", FileSystem::ALL.map(|one| tree.name_in(node, one)));
        text += &format!("{:?}", tree.streams(node).collect::<Vec<_>>());
        text += &format!("{:?} {}", tree.lists.of.get(&node), tree.lists.is_changed(tree.owner_of(node)));
        text += &format!("{:?} {:?}", tree.carried_entries(node), tree.own_entries(node));
        match tree.kind(node) {
            NodeKind::Directory(directory) => {
                let children: Vec<_> = tree.children(directory).collect();
                assert!(children.iter().all(|&child| tree.parent(child) == node));
                assert!(children.windows(2).all(|two| tree.name(two[0]) < tree.name(two[1])));
                pending.extend(children);
            }
            NodeKind::File(content) => {
                text += &format!("{:?} {:?}", tree.content(content), tree.weights.get(&content));
                text += &format!("{:?} {}", tree.encoding(content), tree.is_real_time(node));
                text += &format!("{:?}", tree.digests.known.get(&content));
            }
            _ => {}
        }
        found.insert(tree.path(node), text);
    }
    found
}

fn acl_for(user: u32) -> AccessControlLists {
    let entry = |tag, permissions| AccessControlEntry { tag, permissions };
    AccessControlLists {
        access: vec![
            entry(AclTag::UserObj, AclPermissions::all()),
            entry(AclTag::User(user), AclPermissions::READ),
            entry(AclTag::GroupObj, AclPermissions::READ),
            entry(AclTag::Mask, AclPermissions::READ),
            entry(AclTag::Other, AclPermissions::empty()),
        ],
        default: Vec::new(),
    }
}

/// One of all the ways to change a tree. Whether it can be done is not asked.
fn change(tree: &mut Tree, (what, first, second, number): (u8, usize, usize, u32)) -> bool {
    let paths = ["/", "/a", "/b", "/a/1", "/a/2", "/b/1", "/a/d", "/a/d/1", "/c/e/1", "/z"];
    let (path, other) = (paths[first % paths.len()], paths[second % paths.len()]);
    let replace = ItemOptions { replace: true, ..ItemOptions::default() };
    let Some(node) = tree.lookup(path) else { return tree.add(path, bytes(other), &replace).is_ok() };
    let time = Timestamp::from_unix(number.into());
    let parent = tree.lookup(other).unwrap_or(NodeId::ROOT);
    match what % 21 {
        0 => tree.add(path, bytes(other), &replace).is_ok(),
        1 => tree.add(other, Item::Directory, &replace).is_ok(),
        2 => tree.add(other, Item::HardLink(node), &replace).is_ok(),
        3 => tree.add(other, Item::Symlink(path.as_bytes()), &replace).is_ok(),
        4 => tree.remove(node).is_ok(),
        5 => tree.rename(node, number.to_string()).is_ok(),
        6 => tree.move_to(node, parent, format!("{}", number % 3)).is_ok(),
        7 => {
            tree.set_modified(node, time);
            true
        }
        8 => {
            tree.set_times(node, &Times { access: Some(time), ..Times::default() });
            true
        }
        9 => {
            tree.hide(node, FileSystems::from_bits_truncate(number as u8 & 7));
            true
        }
        10 => {
            tree.set_weight(node, number as i32);
            true
        }
        11 => {
            tree.set_attributes(node, Attributes { permissions: 0o600, uid: number, gid: 0 });
            true
        }
        12 => tree.add_stream(node, number.to_string().as_bytes(), bytes(path)).is_ok(),
        13 => {
            let name = tree.streams(node).next().map(|stream| stream.name.to_vec());
            name.is_some_and(|name| tree.remove_stream(node, &name))
        }
        14 => tree.set_real_time(node, number.is_multiple_of(2)).is_ok(),
        15 => tree.set_acl(node, acl_for(number)).is_ok(),
        16 => {
            tree.clamp_times(time);
            true
        }
        17 => {
            let one = FileSystem::ALL[number as usize % FileSystem::ALL.len()];
            tree.set_name_in(node, one, ["1", "other"][second % 2]).is_ok()
        }
        18 => tree.record_digests(DigestAlgorithm::Sha256, &PlanOptions::default()).is_ok(),
        19 => {
            let NodeKind::File(content) = tree.kind(node) else { return false };
            tree.know_digest(DigestAlgorithm::Sha256, content, [number as u8; 32]);
            true
        }
        _ => {
            let mut old = Tree::new();
            let Ok(restored) = old.add(other, bytes(path), &ItemOptions::default()) else { return false };
            old.set_name_in(restored, FileSystem::Udf, number.to_string()).unwrap();
            tree.restore(&old, restored).is_ok()
        }
    }
}

fn changes() -> impl Strategy<Value = Vec<(u8, usize, usize, u32)>> {
    prop::collection::vec((any::<u8>(), 0usize..10, 0usize..10, 0u32..40), 0..12)
}

/// An item as an import makes it, with all that is kept of one beside the node.
fn import_something(tree: &mut Tree) {
    let carried = b"TF\x05\x01\x01XY\x04\x01";
    let root = tree.directory_of(NodeId::ROOT).unwrap();
    let content = tree.push_content(Content::BootCatalog { len: 7 }).unwrap();
    let mut children: Vec<_> = tree.children(root).collect();
    for (name, kind) in [("b", tree.new_directory().unwrap()), ("z", NodeKind::File(content))] {
        let (attributes, time) = (Attributes::FILE, Timestamp::from_unix(5));
        children.push(
            tree.push_imported(NodeId::ROOT, name.as_bytes(), kind, attributes, time, carried).unwrap(),
        );
    }
    tree.push_imported_list(*children.last().unwrap(), b"").unwrap();
    tree.set_own_entries(children[0], b"XY\x04\x01", b"").unwrap();
    tree.set_children(root, children);
}

proptest! {
    /// Whatever happens behind a change point, the tree gets back to it; and what fails changes nothing.
    #[test]
    fn every_change_is_undone(steps in prop::collection::vec(changes(), 1..6), back in 0usize..6, locked in 0usize..6) {
        let mut tree = Tree::new();
        import_something(&mut tree);
        let mut points = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            if number == locked {
                tree.lock_in();
                points.clear();
            }
            points.push((tree.change_point(), snapshot(&tree)));
            for &one in step {
                let before = snapshot(&tree);
                if !change(&mut tree, one) {
                    prop_assert_eq!(&snapshot(&tree), &before, "{:?}", one);
                }
            }
        }
        let place = back % points.len();
        let (point, then) = &points[place];
        tree.roll_back(*point).unwrap();
        prop_assert_eq!(&snapshot(&tree), then);
        // It can be gone back to once more, and those behind it cannot.
        for &one in steps.iter().flatten() {
            change(&mut tree, one);
        }
        for (later, _) in &points[place + 1..] {
            prop_assert!(tree.roll_back(*later).is_err());
        }
        for (earlier, then) in points[..=place].iter().rev() {
            tree.roll_back(*earlier).unwrap();
            prop_assert_eq!(&snapshot(&tree), then);
        }
        tree.lock_in();
        prop_assert!(tree.journal.records.is_empty() && !tree.journal.is_recording());
        prop_assert!(tree.roll_back(*point).is_err());
    }
}

/// Also those that a rename takes away, and those of an item that is gone, whose number another has then.
#[test]
fn names_of_single_file_systems_are_undone() {
    let mut tree = Tree::new();
    let file = add(&mut tree, "/a");
    tree.set_name_in(file, FileSystem::Joliet, "joliet").unwrap();
    let before = tree.change_point();
    tree.set_name_in(file, FileSystem::Joliet, "a").unwrap();
    tree.set_name_in(file, FileSystem::Udf, "udf").unwrap();
    let new = add(&mut tree, "/new");
    tree.set_name_in(new, FileSystem::Udf, "udf too").unwrap();
    tree.rename(file, "b").unwrap();
    tree.roll_back(before).unwrap();
    assert_eq!(tree.name_in(file, FileSystem::Joliet), b"joliet");
    assert_eq!(tree.name_in(file, FileSystem::Udf), b"a");
    tree.rename(file, "b").unwrap();
    tree.roll_back(before).unwrap();
    assert_eq!(tree.name_in(file, FileSystem::Joliet), b"joliet");
    assert_eq!(add(&mut tree, "/other"), new);
    assert_eq!(tree.name_in(new, FileSystem::Udf), b"other");
}

#[test]
fn nothing_is_recorded_without_change_point_nor_of_what_is_newer() {
    let mut tree = Tree::new();
    let file = add(&mut tree, "/a/b");
    tree.set_modified(file, Timestamp::from_unix(1));
    assert_eq!((tree.journal.records.capacity(), tree.journal.marks.len()), (0, 0));
    tree.change_point();
    let host = tempfile::tempdir().unwrap();
    for number in 0..50 {
        std::fs::create_dir(host.path().join(number.to_string())).unwrap();
        std::fs::write(host.path().join(format!("{number}/file")), "x").unwrap();
    }
    let (new, _) =
        tree.scan_as_child(host.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
    tree.set_modified(new, Timestamp::from_unix(7));
    assert_eq!(tree.journal.records.len(), 1);
}

#[test]
fn within_an_attempt() {
    let mut tree = Tree::new();
    let before = tree.change_point();
    add(&mut tree, "/kept");
    let failed: Result<()> = tree.all_or_nothing(|tree| {
        add(tree, "/gone");
        tree.lock_in();
        // What was there before the attempt stays out of reach until it has ended.
        assert!(tree.roll_back(before).is_err());
        let inner = tree.change_point();
        add(tree, "/gone too");
        tree.roll_back(inner)?;
        tree.add("/gone", bytes("again"), &ItemOptions::default()).map(drop)
    });
    assert!(failed.is_err());
    assert!(tree.lookup("/kept").is_some() && tree.lookup("/gone").is_none());
    let before = tree.change_point();
    add(&mut tree, "/new");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        tree.all_or_nothing(|tree| -> Result<()> {
            add(tree, "/gone");
            panic!("of the caller's own code")
        })
    }));
    assert!(panicked.is_err() && tree.lookup("/gone").is_none());
    assert!(tree.lookup("/new").is_some());
    tree.roll_back(before).unwrap();
    assert!(tree.lookup("/kept").is_some() && tree.lookup("/new").is_none());
}

/// A folder that another program changes meanwhile, or that the user may not read, spoils nothing.
#[test]
fn a_scan_that_fails_adds_nothing_or_says_what_it_left_out() {
    let host = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(host.path().join("a/taken")).unwrap();
    std::fs::write(host.path().join("a/one"), "1").unwrap();
    std::fs::write(host.path().join("z"), "2").unwrap();
    let mut tree = Tree::new();
    add(&mut tree, "/a/taken");
    let before = snapshot(&tree);
    let scan = |tree: &mut Tree, failures| {
        let options = ScanOptions { failures, ..ScanOptions::default() };
        tree.scan(host.path(), NodeId::ROOT, &options, &Control::default())
    };
    assert!(matches!(scan(&mut tree, ScanFailures::Abort), Err(Error::MergeCollision { .. })));
    assert_eq!(snapshot(&tree), before);
    let report = scan(&mut tree, ScanFailures::Report).unwrap();
    assert_eq!(report.failed.len(), 1);
    assert_eq!(report.failed[0].path, host.path().join("a/taken"));
    assert!(matches!(*report.failed[0].error, Error::MergeCollision { .. }));
    assert!(tree.lookup("/a/one").is_some() && tree.lookup("/z").is_some());
}

/// The last of 1,000 changes to a tree of a million files is undone in less than a millisecond.
#[test]
fn going_back_costs_what_the_change_cost() {
    let mut tree = Tree::new();
    for folder in 0..1000 {
        let parent = tree.add(format!("/{folder}"), Item::Directory, &ItemOptions::default()).unwrap();
        let directory = tree.directory_of(parent).unwrap();
        let mut children = Vec::with_capacity(1000);
        for file in 0..1000 {
            let content = tree.push_content(Content::BootCatalog { len: 1 }).unwrap();
            let (kind, name) = (NodeKind::File(content), format!("{file:04}"));
            let (attributes, time) = (Attributes::FILE, Timestamp::default());
            children.push(tree.push_imported(parent, name.as_bytes(), kind, attributes, time, &[]).unwrap());
        }
        tree.set_children(directory, children);
    }
    let mut points = Vec::new();
    for number in 0..1000 {
        points.push(tree.change_point());
        match number % 4 {
            0 => drop(add(&mut tree, &format!("/{number}/new"))),
            1 => tree.remove(tree.lookup(format!("/{number}/0500")).unwrap()).unwrap(),
            2 => tree.rename(tree.lookup(format!("/{number}/0500")).unwrap(), "other").unwrap(),
            _ => tree.set_modified(tree.lookup(format!("/{number}")).unwrap(), Timestamp::from_unix(9)),
        }
    }
    // The best of many, because other work on the machine counts as well.
    let mut fastest = [Duration::MAX; 4];
    for (number, point) in points.into_iter().enumerate().rev() {
        let start = Instant::now();
        tree.roll_back(point).unwrap();
        fastest[number % 4] = fastest[number % 4].min(start.elapsed());
    }
    assert!(fastest.iter().all(|time| *time < Duration::from_millis(1)), "{fastest:?}");
    assert!(tree.lookup("/0/new").is_none() && tree.lookup("/1/0500").is_some());
    assert!(tree.lookup("/2/0500").is_some() && tree.node_count() == 1_001_001);
}
