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
