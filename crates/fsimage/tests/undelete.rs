//! What older sessions hold is brought back without its data being written again; and very many sessions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, Disc, DriveName, Error, FileSystems, GrowingDisc, GrowingImage,
    ImportOptions, Imported, Item, ItemOptions, LayoutPlan, NodeKind, OpenDrive, PlanOptions, Tree, import,
    write_image,
};
use support::growing::{Model, append, forms, listing, name_of};
use support::list_image;

/// Bytes of the large file.
const LARGE: usize = 3_000_000;

fn content(seed: usize, len: usize) -> Vec<u8> {
    (0..len).map(|at| (at / 7 * seed + at / 253) as u8).collect()
}

fn put(tree: &mut Tree, model: &mut Model, path: &str, content: Vec<u8>) {
    if let Some(before) = tree.lookup(path) {
        tree.remove(before).unwrap();
    }
    tree.add(path, Item::Bytes(content.as_slice().into()), &ItemOptions::default()).unwrap();
    model.insert(path.to_owned(), content);
}

fn of_session(disc: &Disc, number: u16) -> Imported {
    let options = ImportOptions { session: Some(number), ..ImportOptions::default() };
    import(disc, &options, &Control::default()).unwrap()
}

fn assert_lists(image: &Path, model: &Model, what: &str) {
    let disc = Disc::open(image).unwrap();
    let found = list_image(&disc.image(None, &DEFAULT_PREFERENCE).unwrap());
    peers::assert_same(&listing(model), &found, peers::Columns::CONTENT);
    assert!(disc.describe(None).unwrap().findings.is_empty(), "{what}");
}

/// A file that was replaced, one that was removed, a directory that was removed, and one that was emptied come back from
/// the first session into the third.
#[test]
fn items_of_an_older_session_come_back_and_their_data_stay_where_they_are() {
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let mut all = forms();
    all.push(PlanOptions { file_systems: iso9660, ..PlanOptions::default() });
    let folder = tempfile::tempdir().unwrap();
    for (number, options) in all.into_iter().enumerate() {
        let what = name_of(&options);
        let image = folder.path().join(number.to_string());
        let (mut tree, mut first) = (Tree::new(), Model::new());
        put(&mut tree, &mut first, "/replaced", content(1, LARGE));
        put(&mut tree, &mut first, "/removed", content(2, 5000));
        put(&mut tree, &mut first, "/gone/with/all.txt", content(3, 70_000));
        put(&mut tree, &mut first, "/gone/small", content(4, 9));
        put(&mut tree, &mut first, "/emptied/one", content(5, 4000));
        put(&mut tree, &mut first, "/stays", content(6, 4000));
        write_image(&LayoutPlan::new(&tree, options).unwrap(), &image, &Control::default()).unwrap();
        let mut model = first.clone();
        append(&image, |tree| {
            put(tree, &mut model, "/replaced", content(9, 100));
            for path in ["/removed", "/gone", "/emptied/one"] {
                tree.remove(tree.lookup(path).unwrap()).unwrap();
            }
            put(tree, &mut model, "/emptied/two", content(8, 4000));
        })
        .unwrap();
        model.retain(|path, _| {
            !path.starts_with("/removed") && !path.starts_with("/gone") && path != "/emptied/one"
        });
        assert_lists(&image, &model, &what);

        let growing = GrowingImage::open(&image).unwrap();
        let mut newest = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
        let older = of_session(growing.disc(), 1);
        for path in ["/replaced", "/removed", "/gone", "/emptied"] {
            newest.tree.restore(&older.tree, older.tree.lookup(path).unwrap()).unwrap();
        }
        let options = PlanOptions { place: growing.place(), ..newest.plan_options() };
        let plan = LayoutPlan::new(&newest.tree, options).unwrap();
        assert!(plan.extent().len.bytes() < LARGE as u64 / 2, "{what}: {}", plan.extent().len);
        growing.write(&plan, &Control::default()).unwrap();
        drop(growing);
        first.insert("/emptied/two".to_owned(), content(8, 4000));
        assert_lists(&image, &first, &what);
        let report = Disc::open(&image).unwrap().verify(None, &Control::default()).unwrap();
        assert!(report.findings.is_empty(), "{what}: {:?}", report.findings);
    }
}

/// A tree of another medium has addresses that mean something else here.
#[test]
fn what_is_on_another_medium_is_not_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let imported = ["one", "two"].map(|name| {
        let (path, mut tree) = (folder.path().join(name), Tree::new());
        put(&mut tree, &mut Model::new(), "/file", content(1, 5000));
        let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
        write_image(&plan, &path, &Control::default()).unwrap();
        of_session(&Disc::open(&path).unwrap(), 1)
    });
    let [mut one, two] = imported;
    let node = two.tree.lookup("/file").unwrap();
    assert!(matches!(one.tree.restore(&two.tree, node), Err(Error::InvalidArgument { .. })));
    assert!(matches!(one.tree.kind(one.tree.lookup("/file").unwrap()), NodeKind::File(_)));
}

/// Every session of 99 on one disc shows what it was written with, and what one costs is what the page on sessions
/// says.
#[test]
fn ninety_nine_sessions_on_one_bd_r() {
    const SESSIONS: u16 = 99;
    let folder = tempfile::tempdir().unwrap();
    let name: DriveName = format!("sim:bd-r:{}", folder.path().join("disc").display()).parse().unwrap();
    let mut starts = Vec::new();
    let mut planned = Vec::new();
    for number in 1..=SESSIONS {
        let disc = GrowingDisc::open(OpenDrive::open(&name).unwrap()).unwrap();
        let (mut tree, options) = match disc.is_blank() {
            true => (Tree::new(), PlanOptions::default()),
            false => {
                let imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
                let options = imported.plan_options();
                (imported.tree, options)
            }
        };
        let path = format!("/{number:02}.txt");
        tree.add(&path, Item::Bytes(vec![number as u8; 100].into()), &ItemOptions::default()).unwrap();
        let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options }).unwrap();
        planned.push(plan.extent().len.get());
        starts.push(disc.write(&plan, &BurnOptions::default(), &Control::default()).unwrap().start.get());
    }
    let disc = OpenDrive::open(&name).unwrap().disc().unwrap();
    assert_eq!(disc.sessions().len(), usize::from(SESSIONS));
    for number in 1..=SESSIONS {
        let image = disc.image(Some(number), &DEFAULT_PREFERENCE).unwrap();
        let names = image.read_dir(&image.root().unwrap()).unwrap();
        assert_eq!(names.len(), usize::from(number), "session {number}");
        let newest = image.lookup(format!("/{number:02}.txt")).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut image.open(&newest).unwrap(), &mut bytes).unwrap();
        assert_eq!(bytes, vec![number as u8; 100], "session {number}");
    }
    // Each is a cluster of 32 sectors, and nothing lies between them.
    for (pair, len) in starts.windows(2).zip(&planned) {
        assert_eq!((pair[1] - pair[0], len % 32), (*len, 0));
    }
    assert!(planned.iter().all(|&len| len <= 64), "{planned:?}");
}

#[cfg(unix)]
mod shared_data {
    use fsimage::update::UpdateOptions;
    use fsimage::{Attributes, FileSystem, Timestamp};

    use super::support::updating::update_tree;
    use super::*;

    /// What tells a file from another with the same data: its attributes, time and streams.
    type Look = (Attributes, Timestamp, Vec<(String, Vec<u8>)>);

    fn look(tree: &Tree, path: &str) -> Look {
        let node = tree.lookup(path).unwrap();
        let streams = tree.streams(node).map(|stream| {
            let mut value = vec![0; tree.content_len(stream.content) as usize];
            tree.read_at(stream.content, 0, &mut value).unwrap();
            (String::from_utf8(stream.name.to_vec()).unwrap(), value)
        });
        (tree.attributes(node), tree.modified(node), streams.collect())
    }

    /// Files that share their data come back as files of their own, with what each has; links as links, unless what they were links of
    /// has other attributes now.
    #[test]
    fn files_that_share_their_data_come_back_as_they_were() {
        let posix = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
        let attributes = |permissions| Attributes { permissions, uid: 7, gid: 8 };
        let (private, public) = (attributes(0o600), attributes(0o644));
        for (file_systems, shown_by) in [
            (posix, &[FileSystem::RockRidge][..]),
            (FileSystems::UDF, &[FileSystem::Udf]),
            (posix | FileSystems::UDF, &[FileSystem::RockRidge, FileSystem::Udf]),
        ] {
            let orders = [["/a", "/n", "/l2", "/m2"], ["/n", "/m2", "/l2", "/a"]];
            for order in orders {
                let what = format!("{file_systems:?} {order:?}");
                let folder = tempfile::tempdir().unwrap();
                let image = folder.path().join("image");
                let mut tree = Tree::new();
                let add = |tree: &mut Tree, path: &str, seed: usize, attributes: Attributes, time: i64| {
                    let modified = Some(Timestamp::from_unix(time));
                    let options = ItemOptions { modified, ..ItemOptions::default() };
                    let node = tree.add(path, Item::Bytes(content(seed, LARGE).into()), &options).unwrap();
                    tree.set_attributes(node, attributes);
                    let value = format!("of {path}").into_bytes();
                    tree.add_stream(node, b"user.k", Item::Bytes(value.into())).unwrap();
                    node
                };
                add(&mut tree, "/a", 1, public, 1000);
                for (seed, first, second) in [(2, "/l1", "/l2"), (3, "/m1", "/m2")] {
                    let first = add(&mut tree, first, seed, public, 1000);
                    let modified = Some(Timestamp::from_unix(1000));
                    let options = ItemOptions { modified, ..ItemOptions::default() };
                    let link = tree.add(second, Item::HardLink(first), &options).unwrap();
                    tree.set_attributes(link, public);
                }
                let plan = PlanOptions { file_systems, ..PlanOptions::default() };
                write_image(&LayoutPlan::new(&tree, plan).unwrap(), &image, &Control::default()).unwrap();
                add(&mut tree, "/n", 1, private, 2000);
                let mut how = UpdateOptions::default();
                (how.deduplicate, how.extended_attributes) = (true, true);
                assert_eq!(update_tree(&image, tree, how).unwrap().unwrap().counts.new_bytes, 0, "{what}");
                append(&image, |tree| {
                    order.iter().for_each(|path| tree.remove(tree.lookup(path).unwrap()).unwrap());
                    tree.set_attributes(tree.lookup("/m1").unwrap(), private);
                })
                .unwrap();

                let growing = GrowingImage::open(&image).unwrap();
                let mut newest = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
                let older = of_session(growing.disc(), 2);
                for path in order {
                    newest.tree.restore(&older.tree, older.tree.lookup(path).unwrap()).unwrap();
                }
                let options = PlanOptions { place: growing.place(), ..newest.plan_options() };
                let plan = LayoutPlan::new(&newest.tree, options).unwrap();
                assert!(plan.extent().len.bytes() < LARGE as u64 / 2, "{what}: {}", plan.extent().len);
                growing.write(&plan, &Control::default()).unwrap();
                drop(growing);
                for &file_system in shown_by {
                    let options = ImportOptions { preference: vec![file_system], ..ImportOptions::default() };
                    let disc = Disc::open(&image).unwrap();
                    let found = import(&disc, &options, &Control::default()).unwrap().tree;
                    for (path, attributes, time, of) in [
                        ("/a", public, 1000, "of /a"),
                        ("/n", private, 2000, "of /n"),
                        ("/l1", public, 1000, "of /l1"),
                        ("/l2", public, 1000, "of /l1"),
                        ("/m1", private, 1000, "of /m1"),
                        ("/m2", public, 1000, "of /m1"),
                    ] {
                        let streams = vec![("user.k".to_owned(), of.as_bytes().to_vec())];
                        let expected: Look = (attributes, Timestamp::from_unix(time), streams);
                        assert_eq!(look(&found, path), expected, "{what} {file_system} {path}");
                    }
                    let are_links = |one: &str, other: &str| {
                        let [one, other] = [one, other].map(|path| found.kind(found.lookup(path).unwrap()));
                        one == other
                    };
                    assert!(are_links("/l1", "/l2"), "{what} {file_system}");
                    assert!(!are_links("/a", "/n") && !are_links("/m1", "/m2"), "{what} {file_system}");
                }
            }
        }
    }
}
