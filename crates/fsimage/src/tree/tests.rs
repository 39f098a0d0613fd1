use super::*;

fn bytes(text: &str) -> Item<'static> {
    Item::Bytes(text.as_bytes().into())
}

fn names(tree: &Tree, path: &str) -> Vec<String> {
    let Some(NodeKind::Directory(directory)) = tree.lookup(path).map(|node| tree.kind(node)) else {
        panic!("{path} is no directory");
    };
    tree.children(directory).map(|child| tree.path(child)).collect()
}

#[test]
fn children_are_sorted_whatever_the_order_of_adding() {
    let mut tree = Tree::new();
    let mut expected = Vec::new();
    for number in 0..6000u32 {
        let name = format!("/d/{}", number.wrapping_mul(2_654_435_761) % 1_000_003);
        tree.add(&name, bytes("x"), &ItemOptions::default()).unwrap();
        expected.push(name);
    }
    expected.sort();
    assert_eq!(names(&tree, "/d"), expected);
    let Some(NodeKind::Directory(directory)) = tree.lookup("/d").map(|node| tree.kind(node)) else {
        panic!("a directory");
    };
    let tail: Vec<String> = tree.children_from(directory, 5990).map(|child| tree.path(child)).collect();
    assert_eq!(tail, expected[5990..]);
    assert_eq!(tree.child_count(directory), 6000);
    assert_eq!(tree.children_from(directory, 7000).count(), 0);
    assert!(expected.iter().all(|name| tree.lookup(name).is_some()));
}

#[test]
fn a_file_and_a_directory_of_one_name_collide_and_both_are_named() {
    let mut tree = Tree::new();
    tree.add("/a/b", bytes("x"), &ItemOptions::default()).unwrap();
    let options = ItemOptions { replace: true, ..ItemOptions::default() };
    let error = tree.add("/a", bytes("y"), &options).unwrap_err();
    assert!(matches!(&error, Error::MergeCollision { path, existing: Kind::Directory, .. } if path == "/a"));
    let error = tree.add("/a/b", Item::Directory, &options).unwrap_err();
    assert!(matches!(&error, Error::MergeCollision { existing: Kind::File, .. }));
    let host = tempfile::NamedTempFile::new().unwrap();
    for below in ["/a/b/c", "/a/b/c/d"] {
        let error = tree.add(below, Item::HostFile(host.path()), &options).unwrap_err();
        assert!(matches!(&error, Error::MergeCollision { path, existing: Kind::File, .. } if path == "/a/b"));
        assert!(error.to_string().contains(&host.path().display().to_string()), "{error}");
    }
}

#[test]
fn replacing_keeps_the_place_and_takes_the_new_content() {
    let mut tree = Tree::new();
    tree.add("/a", bytes("old"), &ItemOptions::default()).unwrap();
    let error = tree.add("/a", bytes("new"), &ItemOptions::default()).unwrap_err();
    assert!(matches!(error, Error::DuplicateName { .. }));
    let options = ItemOptions { replace: true, ..ItemOptions::default() };
    let node = tree.add("/a", bytes("newer"), &options).unwrap();
    let NodeKind::File(content) = tree.kind(node) else { panic!("a file") };
    assert_eq!(tree.content_len(content), 5);
    assert_eq!(names(&tree, "/"), ["/a"]);
}

#[test]
fn paths_that_are_none_are_refused() {
    let mut tree = Tree::new();
    for path in ["", "/", "/.", "/a/../b", "/a\0"] {
        let error = tree.add(path, bytes("x"), &ItemOptions::default()).unwrap_err();
        assert!(matches!(error, Error::InvalidPath { .. }), "{path:?}");
    }
}

#[test]
fn hard_links_share_content_and_streams_are_spooled() {
    let mut tree = Tree::new();
    let mut stream: &[u8] = b"from a stream";
    let first = tree.add("/a", Item::Stream(&mut stream), &ItemOptions::default()).unwrap();
    let second = tree.add("/b", Item::HardLink(first), &ItemOptions::default()).unwrap();
    assert_eq!(tree.kind(first), tree.kind(second));
    assert_eq!(tree.content_count(), 1);
    assert_eq!(tree.content_len(ContentId(0)), 13);
}

#[test]
fn times_of_an_item() {
    let mut tree = Tree::new();
    let seconds = |seconds| Some(Timestamp::from_unix(seconds));
    let times = Times { access: seconds(1), expiration: seconds(2), ..Times::default() };
    let options = ItemOptions { times: Some(times), ..ItemOptions::default() };
    let first = tree.add("/a", bytes("x"), &options).unwrap();
    let second = tree.add("/b", Item::HardLink(first), &ItemOptions::default()).unwrap();
    assert_eq!([first, second].map(|node| tree.times(node)), [times; 2]);
    tree.set_modified(first, Timestamp::from_unix(9));
    assert_eq!(tree.times(first), times);
    tree.set_times(second, &Times { creation: seconds(3), ..Times::default() });
    assert_eq!(tree.times(second), Times { creation: seconds(3), ..Times::default() });
    // What is put in an item's place has none of its times.
    let replacing = ItemOptions { replace: true, ..ItemOptions::default() };
    tree.add("/a", bytes("y"), &replacing).unwrap();
    assert_eq!(tree.times(first), Times::default());
}

#[test]
fn a_hosts_times_are_taken_when_asked_for() {
    let host = tempfile::NamedTempFile::new().unwrap();
    let access = std::time::UNIX_EPOCH + std::time::Duration::from_millis(1_000_000_000_500);
    let times = std::fs::FileTimes::new().set_accessed(access).set_modified(access);
    host.as_file().set_times(times).unwrap();
    let mut tree = Tree::new();
    let node = tree.add("/a", Item::HostFile(host.path()), &ItemOptions::default()).unwrap();
    assert_eq!(tree.times(node), Times::default());
    let options = ItemOptions { host_times: HostTimes::All, ..ItemOptions::default() };
    let node = tree.add("/b", Item::HostFile(host.path()), &options).unwrap();
    assert_eq!(tree.times(node).access, Some(access.into()));
    assert!(!cfg!(unix) || tree.times(node).attributes.unwrap().seconds > 1_700_000_000);
    tree.clamp_times(Timestamp::from_unix(5));
    assert!(tree.times(node).iter().all(|time| time <= Timestamp::from_unix(5)));
}

#[test]
fn the_recorded_form_of_times_goes_when_they_change() {
    // Creation and access; another entry; damage.
    let carried =
        b"TF\x13\x01\x05\x46\x01\x01\x00\x00\x01\x00\x46\x01\x01\x00\x00\x02\x00XY\x04\x01TF\x05\x01\x01";
    let seconds = |seconds| Some(Timestamp::from_unix(seconds));
    let recorded = Times { creation: seconds(1), access: seconds(2), ..Times::default() };
    let mut tree = Tree::new();
    let kind = NodeKind::Fifo;
    let modified = Timestamp::from_unix(7);
    let add = |tree: &mut Tree| {
        tree.push_imported(NodeId::ROOT, b"a", kind, Attributes::FILE, modified, carried).unwrap()
    };
    let same = add(&mut tree);
    tree.set_modified(same, modified);
    tree.set_times(same, &recorded);
    assert_eq!((tree.times(same), tree.carried_entries(same)), (recorded, &carried[..]));
    let later = add(&mut tree);
    tree.set_modified(later, Timestamp::from_unix(8));
    assert_eq!((tree.times(later), tree.carried_entries(later)), (recorded, &carried[19..]));
    let other = add(&mut tree);
    tree.set_times(other, &Times::default());
    assert_eq!((tree.times(other), tree.carried_entries(other)), (Times::default(), &carried[19..]));
}
