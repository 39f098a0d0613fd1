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

mod support;

use fsimage::{FileSystem, FileSystems};
use support::growing::{Model, change, forms, name_of};
use support::{build, list_image};

const SECTOR: usize = 2048;

/// A small append to an image, as the sectors that it writes, in an order in which they may reach the medium: those of the
/// session before those of the head, and of these each behind the one before it.
struct Append {
    old: Vec<u8>,
    new: Vec<u8>,
    order: Vec<usize>,
}

impl Append {
    fn of(options: PlanOptions, image: &Path) -> Append {
        let (mut model, mut tree) = (Model::new(), Tree::new());
        change(1, &mut model, &mut tree);
        build(&tree, options, image);
        let old = fs::read(image).unwrap();
        support::growing::append(image, |tree| change(2, &mut model, tree)).unwrap();
        let new = fs::read(image).unwrap();
        let differs = |&at: &usize| sector(&old, at) != sector(&new, at);
        let behind = (old.len() / SECTOR..new.len() / SECTOR).filter(|at| differs(at));
        let head = (0..old.len() / SECTOR).filter(differs);
        let order = behind.chain(head).collect();
        Append { old, new, order }
    }

    /// What is there when so many sectors were written, and of the next one the first `part` bytes.
    fn cut(&self, written: usize, part: usize) -> Vec<u8> {
        let mut bytes = self.old.clone();
        bytes.resize(self.new.len(), 0);
        let next = self.order.get(written).map(|&at| (at, part));
        for (at, len) in self.order[..written].iter().map(|&at| (at, SECTOR)).chain(next) {
            let at = at * SECTOR;
            bytes[at..at + len].copy_from_slice(&self.new[at..at + len]);
        }
        bytes
    }
}

/// Zeros behind the end.
fn sector(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at * SECTOR..(at + 1) * SECTOR).unwrap_or(&[0; SECTOR])
}

/// What each file system of the newest session shows, with contents.
fn shown(path: &Path, file_systems: FileSystems) -> Vec<peers::Listing> {
    let disc = Disc::open(path).unwrap();
    let all = [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Udf];
    let there = all.into_iter().filter(|one| file_systems.contains(one.as_set()));
    there.map(|one| list_image(&disc.image(None, &[one]).unwrap())).collect()
}

/// Power goes behind every single sector that an append writes, and within it.
#[test]
fn every_sector_of_an_append() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    for options in forms().into_iter().chain([PlanOptions { file_systems, ..PlanOptions::default() }]) {
        let (what, file_systems) = (name_of(&options), options.file_systems);
        let append = Append::of(options, &image);
        let states = [&append.old, &append.new].map(|bytes| {
            fs::write(&image, bytes).unwrap();
            shown(&image, file_systems)
        });
        assert_ne!(states[0], states[1]);
        let mut became_new = None;
        for written in 0..=append.order.len() {
            for part in [0, 1024] {
                fs::write(&image, append.cut(written, part)).unwrap();
                let found = shown(&image, file_systems);
                // Each file system is in one state or the other; while the head is written they need not agree.
                for (index, listing) in found.iter().enumerate() {
                    let is_whole = [&states[0][index], &states[1][index]].contains(&listing);
                    assert!(is_whole, "{what}: {written} of {} sectors and {part} bytes", append.order.len());
                }
                if found == states[1] {
                    became_new.get_or_insert(written);
                }
            }
        }
        // Not before all of the session is there.
        let session = append.order.iter().filter(|&&at| at >= append.old.len() / SECTOR).count();
        assert!(became_new.is_some_and(|first| first >= session), "{what}: {became_new:?}, {session}");
    }
}
