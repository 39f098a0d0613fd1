//! What a process leaves that ends in the middle of a session, as a reader finds it that has no table of contents.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs::{self, File};
use std::path::Path;

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, Disc, DriveName, GrowingDisc, GrowingImage, ImportOptions,
    ImportWarning, Item, ItemOptions, LayoutPlan, OpenDrive, PlanOptions, Tree, write_image,
};

fn tree_of(name: &str, len: usize) -> Tree {
    let mut tree = Tree::new();
    tree.add(name, Item::Bytes(vec![name.len() as u8; len].into()), &ItemOptions::default()).unwrap();
    tree
}

fn names(disc: &Disc) -> Vec<String> {
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let entries = image.read_dir(&image.root().unwrap()).unwrap();
    entries.into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect()
}

fn append(image: &Path, name: &str, len: usize) {
    let growing = GrowingImage::open(image).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let options = ItemOptions::default();
    imported.tree.add(name, Item::Bytes(vec![2; len].into()), &options).unwrap();
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    growing.write(&plan, &Control::default()).unwrap();
}

/// The head is written last. Until then the image is the old one, however much of the session is there.
#[test]
fn an_append_without_its_head_never_was() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let plan_tree = tree_of("old", 100_000);
    let plan = LayoutPlan::new(&plan_tree, PlanOptions::default()).unwrap();
    write_image(&plan, &image, &Control::default()).unwrap();
    let before = fs::read(&image).unwrap();
    append(&image, "new", 3_000_000);
    let after = fs::read(&image).unwrap();
    assert_eq!(names(&Disc::open(&image).unwrap()), ["new", "old"]);

    for len in [after.len(), after.len() - 1_000_000, before.len() + 200_000] {
        let mut cut = after[..len].to_vec();
        cut[..before.len()].copy_from_slice(&before);
        fs::write(&image, cut).unwrap();
        let disc = Disc::open(&image).unwrap();
        assert_eq!((names(&disc), disc.sessions().len()), (vec!["old".to_owned()], 1), "{len} bytes");
    }
    append(&image, "again", 10);
    let disc = Disc::open(&image).unwrap();
    assert_eq!((names(&disc), disc.sessions().len()), (vec!["again".to_owned(), "old".to_owned()], 2));
}

fn burn(drive: &DriveName, name: &str, len: usize) {
    let disc = GrowingDisc::open(OpenDrive::open(drive).unwrap()).unwrap();
    let (mut tree, options) = if disc.is_blank() {
        (Tree::new(), PlanOptions::default())
    } else {
        let imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
        let options = imported.plan_options();
        (imported.tree, options)
    };
    tree.add(name, Item::Bytes(vec![3; len].into()), &ItemOptions::default()).unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options }).unwrap();
    disc.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
}

/// The sectors of a BD-R as a file: a session whose data end too early is not the newest, and a later one that
/// begins where its data should be is found.
#[test]
fn a_recording_that_stopped_is_passed_over_on_a_copy_of_the_medium() {
    let folder = tempfile::tempdir().unwrap();
    let medium = folder.path().join("disc");
    let drive: DriveName = format!("sim:bd-r:{}", medium.display()).parse().unwrap();
    burn(&drive, "first", 1000);
    burn(&drive, "second", 20_000_000);
    let bytes = fs::metadata(&medium).unwrap().len();

    // The second session, cut off after a third of its data.
    let copy = folder.path().join("copy");
    fs::copy(&medium, &copy).unwrap();
    File::options().write(true).open(&copy).unwrap().set_len(bytes / 3 / 65_536 * 65_536).unwrap();
    let disc = Disc::open(&copy).unwrap();
    assert_eq!((names(&disc), disc.sessions().len()), (vec!["first".to_owned()], 2));
    let options = ImportOptions { session: Some(2), ..ImportOptions::default() };
    let imported = fsimage::import(&disc, &options, &Control::default()).unwrap();
    assert!(
        imported.warnings.contains(&ImportWarning::IncompleteSession { number: 2 }),
        "{:?}",
        imported.warnings
    );

    // A third one behind what is there.
    let third = tree_of("third", 1000);
    let start = fsimage::Sector::new((bytes / 3 / 65_536 * 32) as u32);
    let place = fsimage::Place { start, ..fsimage::Place::default() };
    let plan = LayoutPlan::new(&third, PlanOptions { place, ..PlanOptions::default() }).unwrap();
    let mut bytes = fs::read(&copy).unwrap();
    plan.write_to(&mut fsimage::WriterSink::new(&mut bytes, "copy"), &Control::default()).unwrap();
    fs::write(&copy, bytes).unwrap();
    let disc = Disc::open(&copy).unwrap();
    assert_eq!((names(&disc), disc.sessions().len()), (vec!["third".to_owned()], 3));
}
