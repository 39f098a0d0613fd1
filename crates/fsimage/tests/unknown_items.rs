//! Numbers of items and contents that a tree does not have: all that takes them says so, and nothing panics or changes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use fsimage::{
    AccessControlLists, Attributes, BootImage, BootOptions, BootPlatform, BootSource, CatalogPlace,
    ContentId, Control, DirectoryId, Error, FileSystem, FileSystems, HfsPlusBlessings, HfsPlusOptions,
    HfsPlusType, HostAttributes, Item, ItemCounts, ItemOptions, Kind, LayoutPlan, LinkTargetId, NodeId,
    NodeKind, PlanOptions, ScanOptions, Times, Timestamp, Tree, UdfFlags,
};

const PLAIN: ItemOptions = ItemOptions {
    replace: false,
    attributes: None,
    modified: None,
    times: None,
    host_times: fsimage::HostTimes::Modification,
    hidden_in: FileSystems::empty(),
};

fn text() -> Item<'static> {
    Item::Bytes(b"text"[..].into())
}

/// What a tree had before it was rolled back.
struct Gone {
    node: NodeId,
    content: ContentId,
    directory: DirectoryId,
    target: LinkTargetId,
}

/// A tree, and numbers behind its end: of what was rolled back.
fn rolled_back() -> (Tree, Gone) {
    let mut tree = Tree::new();
    tree.add("/kept/file", text(), &PLAIN).unwrap();
    let before = tree.change_point();
    let directory = tree.add("/gone", Item::Directory, &PLAIN).unwrap();
    let link = tree.add("/gone/link", Item::Symlink(b"x"), &PLAIN).unwrap();
    let node = tree.add("/gone/file", text(), &PLAIN).unwrap();
    let (NodeKind::Directory(directory), NodeKind::Symlink(target), NodeKind::File(content)) =
        (tree.kind(directory), tree.kind(link), tree.kind(node))
    else {
        panic!("they are something else")
    };
    tree.roll_back(before).unwrap();
    (tree, Gone { node, content, directory, target })
}

fn numbered<T: serde::de::DeserializeOwned>(number: &str) -> T {
    serde_json::from_str(number).unwrap()
}

/// All that tells of a tree.
fn state(tree: &Tree) -> String {
    let plan = LayoutPlan::new(tree, PlanOptions::default()).unwrap();
    let nodes =
        tree.walk(NodeId::ROOT).map(|node| (tree.path(node), tree.attributes(node), tree.times(node)));
    format!("{:?} {:?} {}", nodes.collect::<Vec<_>>(), plan.extent(), tree.node_count())
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) {
    assert!(matches!(result, Err(Error::NotInTree { .. })), "{result:?}");
}

fn nothing_comes_of(tree: &mut Tree, node: NodeId) {
    assert!(!tree.holds(node) && !tree.is_imported(node) && !tree.is_undated(node));
    assert!(!tree.is_concealed(node) && !tree.is_real_time(node));
    assert_eq!((tree.name(node), tree.name_in(node, FileSystem::Joliet)), (&b""[..], &b""[..]));
    assert_eq!((tree.path(node).as_str(), tree.parent(node)), ("/", NodeId::ROOT));
    assert_eq!(tree.kind(node).kind(), Kind::Fifo);
    assert_eq!((tree.modified(node), tree.times(node)), (Timestamp::default(), Times::default()));
    assert_eq!((tree.hidden_in(node), tree.concealed_in(node)), (FileSystems::empty(), FileSystems::empty()));
    assert_eq!((tree.udf_flags(node), tree.linked_content(node)), (UdfFlags::empty(), None));
    assert!(tree.acl(node).is_none());
    let _ = tree.attributes(node);
    assert_eq!((tree.streams(node).count(), tree.walk(node).count()), (0, 0));
    assert_eq!(tree.count_items(node), ItemCounts::default());

    let before = state(tree);
    tree.hide(node, FileSystems::all());
    tree.conceal(node, true);
    tree.conceal_in(node, FileSystems::JOLIET);
    tree.set_udf_flags(node, UdfFlags::SYSTEM);
    tree.set_weight(node, 5);
    tree.set_attributes(node, Attributes { permissions: 0o700, uid: 1, gid: 2 });
    tree.set_modified(node, Timestamp::from_unix(7));
    tree.set_times(node, &Times { creation: Some(Timestamp::from_unix(7)), ..Times::default() });
    assert!(!tree.remove_stream(node, b"stream"));
    refused(tree.set_acl(node, AccessControlLists::default()));
    refused(tree.add_host_acl(node, Path::new(".")));
    refused(tree.add_host_attributes(node, Path::new("."), HostAttributes::All));
    refused(tree.add_stream(node, b"stream", text()));
    refused(tree.set_real_time(node, true));
    refused(tree.set_name_in(node, FileSystem::Joliet, "name"));
    refused(tree.remove(node));
    refused(tree.remove_leaf(node));
    refused(tree.rename(node, "name"));
    refused(tree.move_to(node, NodeId::ROOT, "name"));
    let file = tree.lookup("/kept/file").unwrap();
    refused(tree.move_to(file, node, "name"));
    refused(tree.add_in(node, b"name", text(), &PLAIN));
    refused(tree.add("/link", Item::HardLink(node), &PLAIN));
    refused(tree.add("/joined", Item::Joined(vec![text(), Item::HardLink(node)]), &PLAIN));
    refused(tree.detached("link", Item::HardLink(node), &PLAIN));
    refused(tree.add_content(Item::HardLink(node)));
    refused(tree.scan(Path::new("."), node, &ScanOptions::default(), &Control::default()));
    let host = Path::new(env!("CARGO_MANIFEST_DIR"));
    refused(tree.scan_as_child(host, node, &ScanOptions::default(), &Control::default()));
    let other = tree.clone();
    refused(tree.restore(&other, node));
    assert_eq!(state(tree), before);

    // What gets the number next has nothing of it.
    tree.add("/new", text(), &PLAIN).unwrap();
    let new = tree.lookup("/new").unwrap();
    assert_eq!((tree.hidden_in(new), tree.modified(new)), (FileSystems::empty(), Timestamp::default()));
    assert_eq!((tree.times(new), tree.streams(new).count()), (Times::default(), 0));
    assert_eq!(tree.attributes(new), Attributes::FILE);
    tree.remove(new).unwrap();
}

#[test]
fn a_tree_refuses_items_that_it_does_not_have() {
    for counted in [false, true] {
        let (mut tree, gone) = rolled_back();
        if counted {
            tree.count_blocks(Some(PlanOptions::default()));
            tree.limit_blocks(Some(1_000_000)).unwrap();
        }
        for node in [numbered("4000000000"), numbered("4294967295")] {
            nothing_comes_of(&mut tree, node);
        }
        let (mut tree, _) = rolled_back();
        nothing_comes_of(&mut tree, gone.node);
        let (tree, gone) = rolled_back();
        assert_eq!((tree.children(gone.directory).count(), tree.child_count(gone.directory)), (0, 0));
        assert_eq!(tree.child(gone.directory, b"file"), None);
        assert_eq!(tree.link_target(gone.target), b"");
        for content in [gone.content, numbered("4000000000")] {
            assert_eq!((tree.content_len(content), tree.zisofs(content)), (0, None));
            assert_eq!(tree.read_at(content, 0, &mut [0; 4]).unwrap(), 0);
        }
    }
}

#[test]
fn a_plan_refuses_items_that_its_tree_does_not_have() {
    let (tree, gone) = rolled_back();
    let file = BootSource::File(tree.lookup("/kept/file").unwrap());
    let boots = |source, catalog| PlanOptions {
        boot: Some(BootOptions {
            catalog,
            images: vec![BootImage::new(source, BootPlatform::X86)],
            ..BootOptions::default()
        }),
        ..PlanOptions::default()
    };
    let volume = |hfs_plus| PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::HFS_PLUS,
        hfs_plus,
        ..PlanOptions::default()
    };
    let mut counting = tree.clone();
    let mut check = |options: PlanOptions, is_known: bool| {
        let planned = LayoutPlan::new(&tree, options.clone());
        assert_eq!(planned.is_ok(), is_known, "{:?}", planned.err());
        counting.count_blocks(Some(options));
        assert_eq!(counting.used_blocks().is_ok(), is_known);
    };
    for node in [gone.node, numbered("4000000000")] {
        check(boots(BootSource::File(node), CatalogPlace::Hidden), false);
        check(boots(file, CatalogPlace::File(node)), false);
        for blessed in [
            HfsPlusBlessings { boot_folder: Some(node), ..HfsPlusBlessings::default() },
            HfsPlusBlessings { startup_file: Some(node), ..HfsPlusBlessings::default() },
        ] {
            check(volume(HfsPlusOptions { blessed, ..HfsPlusOptions::default() }), false);
        }
        // As of an item that was removed, nothing is recorded.
        let types = [(node, HfsPlusType { file_type: *b"TEXT", creator: *b"ttxt" })].into();
        check(volume(HfsPlusOptions { types, ..HfsPlusOptions::default() }), true);
        let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
        assert_eq!(plan.recorded_names(node).unwrap(), []);
    }
    for content in [gone.content, numbered("4000000000")] {
        check(boots(BootSource::Content(content), CatalogPlace::Hidden), false);
    }
}
