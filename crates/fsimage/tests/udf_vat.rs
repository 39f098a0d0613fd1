//! Volumes of UDF that grow by virtual allocation tables, in image files and on simulated media.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::Path;

use fsimage::{
    BurnOptions, Control, Disc, DriveName, Error, FileSystem, FileSystems, GrowingDisc, GrowingImage,
    ImportOptions, Item, ItemOptions, LayoutPlan, OpenDrive, PlanOptions, Recovery, RecoveryAction, Sector,
    Tree, UdfAccess, UdfOptions, UdfRevision, write_image,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use peers::Columns;
use support::growing::{Model, SESSIONS, append, burn, change, listing};
use support::{build, list_image};

const REVISIONS: [UdfRevision; 5] =
    [UdfRevision::V1_50, UdfRevision::V2_00, UdfRevision::V2_01, UdfRevision::V2_50, UdfRevision::V2_60];

fn options(revision: UdfRevision) -> PlanOptions {
    PlanOptions {
        file_systems: FileSystems::UDF,
        udf: UdfOptions { revision, access: UdfAccess::WriteOnce, ..UdfOptions::default() },
        ..PlanOptions::default()
    }
}

/// An image with a file, and the same with two.
fn two_states(folder: &Path) -> (std::path::PathBuf, Vec<u8>, Vec<u8>) {
    let image = folder.join("image.udf");
    let mut tree = Tree::new();
    tree.add("old", Item::Bytes(vec![1; 50_000].into()), &ItemOptions::default()).unwrap();
    build(&tree, options(UdfRevision::V2_00), &image);
    let before = fs::read(&image).unwrap();
    append(&image, |tree| {
        tree.add("new", Item::Bytes(vec![2; 300_000].into()), &ItemOptions::default()).unwrap();
    })
    .unwrap();
    let after = fs::read(&image).unwrap();
    (image, before, after)
}

fn names(image: &Path) -> Vec<String> {
    let disc = Disc::open(image).unwrap();
    let image = disc.image(None, &[FileSystem::Udf]).unwrap();
    let entries = image.read_dir(&image.root().unwrap()).unwrap();
    entries.into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect()
}

fn add(tree: &mut Tree, name: &str, len: usize) {
    tree.add(name, Item::Bytes(vec![7; len].into()), &ItemOptions::default()).unwrap();
}

/// A copy of a medium in which power went while a session with a further file was recorded.
fn cut_copy(medium: &Path, cut: &Path, after_sectors: u64) {
    fs::copy(medium, cut).unwrap();
    fs::copy(medium.with_extension("medium"), cut.with_extension("medium")).unwrap();
    let drive = SimulatedDrive::open(cut).unwrap();
    let drive = support::drives::faulty(drive, &[Fault::PowerCut { after_sectors }]).unwrap();
    let growing = GrowingDisc::open(drive).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    add(&mut imported.tree, "new", 300_000);
    let continuing = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, continuing).unwrap();
    growing.write(&plan, &BurnOptions::default(), &Control::default()).unwrap_err();
}

/// Every session of a disc holds what it should.
fn assert_sessions(disc: &Disc, models: &[Model], what: &str) {
    assert_eq!(disc.sessions().len(), models.len(), "{what}");
    for (number, model) in (1..).map(Some).zip(models).chain(models.last().map(|newest| (None, newest))) {
        let image = disc.image(number, &[FileSystem::Udf]).unwrap();
        assert_eq!(image.findings(), Vec::<String>::new(), "{what}, session {number:?}");
        peers::assert_same(&listing(model), &list_image(&image), Columns::CONTENT);
    }
}

#[test]
fn image_files() {
    let folder = tempfile::tempdir().unwrap();
    for revision in REVISIONS {
        let image = folder.path().join("image.udf");
        let (mut tree, mut model) = (Tree::new(), Model::new());
        change(1, &mut model, &mut tree);
        build(&tree, options(revision), &image);
        let mut models = vec![model.clone()];
        for session in 2..=SESSIONS {
            append(&image, |tree| change(session, &mut model, tree)).unwrap();
            models.push(model.clone());
            let disc = Disc::open(&image).unwrap();
            assert_sessions(&disc, &models, &revision.to_string());
            let volume = udf::read::Volume::open(disc.source().clone(), Sector::ZERO).unwrap();
            // The newest table is what the last sector leads to, and the others are behind it in a chain.
            let states = volume.states();
            assert_eq!(states[0], disc.source().sectors().get() - 1);
            assert_eq!(states.len(), session);
        }
        let report = Disc::open(&image).unwrap().verify(None, &Control::default()).unwrap();
        assert!(report.findings.is_empty(), "{revision}: {:?}", report.findings);
    }
}

#[test]
fn media() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, revision) in ["cd-r", "dvd-r", "dvd+r", "bd-r", "dvd-rw"].into_iter().zip(REVISIONS) {
        let medium = folder.path().join(kind);
        let name: DriveName = format!("sim:{kind}:{}", medium.display()).parse().unwrap();
        let (mut model, mut models) = (Model::new(), Vec::new());
        for session in 1..=SESSIONS {
            burn(&name, &options(revision), |tree| change(session, &mut model, tree));
            models.push(model.clone());
        }
        assert_sessions(&OpenDrive::open(&name).unwrap().disc().unwrap(), &models, kind);
    }
}

/// What stays the same is not written: neither its data, nor its ICB, nor its directory.
/// A session that came to its table is never taken for one that did not, whatever is lost of it in front of that.
#[test]
fn a_lost_sector_of_the_newest_session_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (image, before, after) = two_states(folder.path());
    assert_eq!(names(&image), ["new", "old"]);
    let sectors = |bytes: &[u8]| bytes.len() / 2048;
    let mut is_told_once = false;
    // The last sector has the table.
    for sector in sectors(&before)..sectors(&after) - 1 {
        let mut lost = after.clone();
        lost[sector * 2048..(sector + 1) * 2048].fill(0);
        fs::write(&image, lost).unwrap();
        let action = Recovery::of_image(&image).map(|recovery| recovery.report().action);
        assert!(!matches!(action, Ok(RecoveryAction::CutOff { .. })), "{sector}: {action:?}");
        let Ok(verified) = Disc::open(&image).unwrap().verify(None, &Control::default()) else { continue };
        let is_told = verified.findings.iter().any(|finding| finding.is_damage);
        is_told_once |= is_told;
        assert!(is_told || names(&image) == ["new", "old"], "{sector}: {:?}", verified.findings);
    }
    assert!(is_told_once);
}

#[test]
fn a_session_has_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.udf");
    let mut tree = Tree::new();
    for number in 0..3000 {
        let path = format!("/directory {}/file {number}", number % 30);
        tree.add(path, Item::Bytes(vec![7; 3000].into()), &ItemOptions::default()).unwrap();
    }
    build(&tree, options(UdfRevision::V2_01), &image);
    let icbs = |image: &Path| -> Vec<u32> {
        let disc = Disc::open(image).unwrap();
        let volume = udf::read::Volume::open(disc.source().clone(), Sector::ZERO).unwrap();
        volume.virtual_allocation_table().unwrap().entries.clone()
    };
    let before = icbs(&image);
    let len = fs::metadata(&image).unwrap().len();
    append(&image, |tree| {
        tree.add("/directory 4/new", Item::Bytes(vec![8; 3000].into()), &ItemOptions::default()).unwrap();
    })
    .unwrap();
    let after = icbs(&image);
    let moved = before.iter().zip(&after).filter(|(before, after)| before != after).count();
    assert_eq!(moved, 1, "the directory, by its own block");
    // 257 sectors up to the anchor, 5 of the directory, 3 of the file, 7 of the table, up to a multiple of 32.
    assert_eq!(fs::metadata(&image).unwrap().len() - len, 288 * 2048);
}

/// Links, attributes, streams and items of all kinds come back from what was not written again.
#[test]
fn items_of_all_kinds_stay() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.udf");
    let mut tree = Tree::new();
    let given = ItemOptions::default();
    let file = tree.add("/a/file", Item::Bytes(vec![1; 5000].into()), &given).unwrap();
    let small = tree.add("/a/small", Item::Bytes(vec![2; 50].into()), &given).unwrap();
    tree.add_stream(file, b"stream", Item::Bytes(vec![3; 4000].into())).unwrap();
    tree.add_stream(small, b"stream", Item::Bytes(vec![4; 40].into())).unwrap();
    tree.add("/b/link", Item::HardLink(file), &given).unwrap();
    tree.add("/b/symlink", Item::Symlink(b"../a/file"), &given).unwrap();
    tree.add("/b/fifo", Item::Fifo, &given).unwrap();
    build(&tree, options(UdfRevision::V2_01), &image);
    let table = || {
        let disc = Disc::open(&image).unwrap();
        let volume = udf::read::Volume::open(disc.source().clone(), Sector::ZERO).unwrap();
        let entries = volume.virtual_allocation_table().unwrap().entries.clone();
        let found = list_image(&disc.image(None, &[FileSystem::Udf]).unwrap());
        (entries, found)
    };
    let (entries, expected) = table();
    append(&image, |_| ()).unwrap();
    assert_eq!(table(), (entries.clone(), expected.clone()));
    // A name of a file goes: its ICB says how many are left.
    append(&image, |tree| tree.remove(tree.lookup("/b/link").unwrap()).unwrap()).unwrap();
    let (fewer, found) = table();
    assert_eq!(found.len(), expected.len() - 1);
    let moved: Vec<usize> = (0..entries.len()).filter(|at| entries[*at] != fewer[*at]).collect();
    assert_eq!(moved.len(), 2, "the directory, and the file: {moved:?}");
}

/// That users need not be told of an item stands in the directory, which is written again.
#[test]
fn an_item_that_is_concealed_later() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.udf");
    let mut tree = Tree::new();
    tree.add("/a/file", Item::Bytes(vec![1; 5000].into()), &ItemOptions::default()).unwrap();
    build(&tree, options(UdfRevision::V2_01), &image);
    for concealed in [true, false] {
        append(&image, |tree| tree.conceal(tree.lookup("/a/file").unwrap(), concealed)).unwrap();
        append(&image, |tree| assert_eq!(tree.is_concealed(tree.lookup("/a/file").unwrap()), concealed))
            .unwrap();
    }
}

/// Up to the last sector, the table's ICB, the image is the old one.
#[test]
fn a_power_cut_leaves_the_old_table() {
    let folder = tempfile::tempdir().unwrap();
    let (image, before, after) = two_states(folder.path());
    assert_eq!(names(&image), ["new", "old"]);
    assert_eq!(before, after[..before.len()], "nothing that was there is written again");
    for written in (before.len()..after.len()).step_by(2048) {
        fs::write(&image, &after[..written]).unwrap();
        assert_eq!(names(&image), ["old"], "{written} bytes");
        // As a file that has its length already.
        let mut padded = after[..written].to_vec();
        padded.resize(after.len(), 0);
        fs::write(&image, &padded).unwrap();
        assert_eq!(names(&image), ["old"], "{written} bytes and zeros");
    }
    // What was begun is no ground to go on from, and is not overwritten unasked.
    fs::write(&image, &after[..after.len() - 2048]).unwrap();
    let error = GrowingImage::open(&image).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::CannotAppend { .. }), "{error}");
    let recovery = Recovery::of_image(&image).unwrap();
    let report = recovery.report().clone();
    assert!(matches!(report.action, RecoveryAction::CutOff { .. }), "{report:?}");
    recovery.write(report.identifier, &Control::default()).unwrap();
    assert!(fs::read(&image).unwrap() == before);
    assert_eq!(Recovery::of_image(&image).unwrap().report().action, RecoveryAction::Nothing);
    append(&image, |tree| {
        tree.add("again", Item::Bytes(vec![2; 10].into()), &ItemOptions::default()).unwrap();
    })
    .unwrap();
    assert_eq!(names(&image), ["again", "old"]);
}

/// The table comes last: a session without one is told as interrupted, also when the drive has closed it, and what was
/// there before stays.
#[test]
fn an_interrupted_session_on_media_is_told_and_closed() {
    for kind in ["bd-r", "dvd+r", "dvd-r", "cd-r"] {
        let folder = tempfile::tempdir().unwrap();
        let medium = folder.path().join("disc");
        let name: DriveName = format!("sim:{kind}:{}", medium.display()).parse().unwrap();
        burn(&name, &options(UdfRevision::V2_01), |tree| add(tree, "old", 50_000));
        for after_sectors in [10, 100, 140] {
            let what = format!("{kind}, {after_sectors}");
            let cut = folder.path().join("cut");
            cut_copy(&medium, &cut, after_sectors);
            let name: DriveName = format!("sim:{}", cut.display()).parse().unwrap();
            let open = || OpenDrive::open(&name).unwrap();
            let recovery = Recovery::of_drive(open(), &Control::default()).unwrap();
            let report = recovery.report().clone();
            assert_eq!(report.action, RecoveryAction::ClosingSession, "{what}: {report:?}");
            recovery.write(report.identifier, &Control::default()).unwrap();
            let files = |disc: &Disc| -> Vec<String> {
                let image = disc.image(None, &[FileSystem::Udf]).unwrap();
                list_image(&image).keys().filter(|path| *path != "/").cloned().collect()
            };
            assert_eq!(files(&open().disc().unwrap()), ["/old"], "{what}");
            let again = Recovery::of_drive(open(), &Control::default()).unwrap();
            assert_eq!(again.report().action, RecoveryAction::Nothing, "{what}: {:?}", again.report());
            drop(again);
            burn(&name, &options(UdfRevision::V2_01), |tree| add(tree, "again", 100));
            assert_eq!(files(&open().disc().unwrap()), ["/again", "/old"], "{what}");
        }
    }
}

/// The sectors of a medium on which a session stopped early, as a file: what is there is told as on the medium, and the file
/// takes more when it is cut off behind the table.
#[test]
fn a_copy_of_a_medium_whose_newest_session_was_cut() {
    for kind in ["bd-r", "dvd+r", "cd-r"] {
        let folder = tempfile::tempdir().unwrap();
        let medium = folder.path().join("disc");
        let name: DriveName = format!("sim:{kind}:{}", medium.display()).parse().unwrap();
        for name_of in ["old", "older"] {
            burn(&name, &options(UdfRevision::V2_01), |tree| add(tree, name_of, 50_000));
        }
        let before = fs::read(&medium).unwrap();
        for after_sectors in [10, 100, 300, 400] {
            let what = format!("{kind}, {after_sectors}");
            let [cut, image] = ["cut", "image"].map(|name| folder.path().join(name));
            cut_copy(&medium, &cut, after_sectors);
            fs::copy(&cut, &image).unwrap();
            assert_eq!(names(&image), ["old", "older"], "{what}");
            let recovery = Recovery::of_image(&image).unwrap();
            let report = recovery.report().clone();
            recovery.write(report.identifier, &Control::default()).unwrap();
            assert_eq!(names(&image), ["old", "older"], "{what}");
            let recovered = fs::read(&image).unwrap();
            assert!(
                before.starts_with(&recovered) || report.action == RecoveryAction::Nothing,
                "{what}: {report:?}"
            );
            append(&image, |tree| add(tree, "again", 100)).unwrap();
            assert_eq!(names(&image), ["again", "old", "older"], "{what}");
        }
    }
}

#[test]
fn what_cannot_be() {
    let tree = Tree::new();
    let plan = |options: PlanOptions| LayoutPlan::new(&tree, options).map(|_| ()).unwrap_err().to_string();
    let bridge = FileSystems::UDF | FileSystems::ISO9660;
    assert!(plan(PlanOptions { file_systems: bridge, ..options(UdfRevision::V2_01) }).contains("ISO 9660"));
    assert!(plan(options(UdfRevision::V1_02)).contains("1.50"));
    let mut metadata = options(UdfRevision::V2_50);
    metadata.udf.metadata_partition = fsimage::MetadataPartition::Mirrored;
    assert!(plan(metadata).contains("metadata partition"));

    let folder = tempfile::tempdir().unwrap();
    let (image, _, after) = two_states(folder.path());
    let growing = GrowingImage::open(&image).unwrap();
    let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let continuing = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let mut other = continuing.clone();
    other.udf.revision = UdfRevision::V2_01;
    let error = LayoutPlan::new(&imported.tree, other).unwrap_err();
    assert!(error.to_string().contains("2.00"), "{error}");
    let mut alone = continuing;
    alone.udf.access = UdfAccess::ReadOnly;
    let plan = LayoutPlan::new(&imported.tree, alone).unwrap();
    let error = growing.write(&plan, &Control::default()).unwrap_err();
    assert!(matches!(error, Error::CannotAppend { .. }), "{error}");
    assert_eq!(fs::read(&image).unwrap(), after);
}

/// A new image of such a volume is an image as any other.
#[test]
fn a_copy_has_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let (image, ..) = two_states(folder.path());
    let disc = Disc::open(&image).unwrap();
    let imported = fsimage::import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    let copy = folder.path().join("copy.udf");
    let plan = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap();
    write_image(&plan, &copy, &Control::default()).unwrap();
    assert_eq!(names(&copy), ["new", "old"]);
    let volume = udf::read::Volume::open(Disc::open(&copy).unwrap().source().clone(), Sector::ZERO).unwrap();
    assert!(volume.virtual_allocation_table().is_none());
}

/// Only what is written once has its table in the last sector, where readers look for it.
#[test]
fn on_media_that_can_be_overwritten_it_is_refused_for_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (image, _, _) = two_states(folder.path());
    for kind in ["dvd+rw", "dvd-ram", "bd-re"] {
        let medium = folder.path().join(kind);
        let name: DriveName = format!("sim:{kind}:{}", medium.display()).parse().unwrap();
        let mut drive = OpenDrive::open(&name).unwrap();
        drive.record_as_it_is(&image, &fsimage::AsItIsOptions::default(), &Control::default()).unwrap();
        drop(drive);
        let before = fs::read(&medium).unwrap();
        let error = GrowingDisc::open(OpenDrive::open(&name).unwrap()).map(drop).unwrap_err();
        assert!(matches!(error, Error::CannotAppend { .. }), "{kind}: {error:?}");
        assert!(error.to_string().contains("virtual allocation table"), "{kind}: {error}");
        assert_eq!(fs::read(&medium).unwrap(), before, "{kind}");
    }
}
