//! What is written to is what was imported, or nothing is written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fsimage::{
    BurnOptions, Control, Disc, DriveName, Error, FileSystems, GrowingDisc, GrowingImage, ImportOptions,
    Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive, PlanOptions, SectorCount, Tree, UdfOptions,
    write_image,
};
use mmc_device::simulated::SimulatedDrive;
use mmc_device::{Cdb, Data, Transport, TransportError};

/// A drive whose medium others can change.
#[derive(Clone)]
struct Shared(Arc<Mutex<SimulatedDrive>>);

impl Transport for Shared {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        self.0.lock().unwrap().execute(cdb, data, timeout)
    }

    fn max_transfer(&self) -> usize {
        self.0.lock().unwrap().max_transfer()
    }
}

impl Shared {
    fn with(path: &Path) -> Shared {
        Shared(Arc::new(Mutex::new(SimulatedDrive::open(path).unwrap())))
    }

    fn exchange(&self, path: &Path) {
        let mut drive = self.0.lock().unwrap();
        drive.eject().unwrap();
        drive.insert(path).unwrap();
    }

    fn open(&self) -> OpenDrive {
        support::drives::over(self.clone()).unwrap()
    }
}

fn tree_of(name: &str) -> Tree {
    let mut tree = Tree::new();
    tree.add(name, Item::Bytes(vec![7; 5000].into()), &ItemOptions::default()).unwrap();
    tree
}

fn sim(path: &Path) -> DriveName {
    format!("sim:{}", path.display()).parse().unwrap()
}

/// Records a session with one more file.
fn burn(path: &Path, name: &str) {
    burn_with(path, name, PlanOptions::default().file_systems);
}

/// The same, in a first session with these file systems.
fn burn_with(path: &Path, name: &str, file_systems: FileSystems) {
    let disc = GrowingDisc::open(OpenDrive::open(&sim(path)).unwrap()).unwrap();
    let (mut tree, options) = match disc.is_blank() {
        true => (Tree::new(), PlanOptions { file_systems, ..PlanOptions::default() }),
        false => {
            let imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
            let options = imported.plan_options();
            (imported.tree, options)
        }
    };
    tree.add(name, Item::Bytes(vec![7; 5000].into()), &ItemOptions::default()).unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options }).unwrap();
    disc.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
}

fn medium(folder: &Path, kind: MediumKind, name: &str, files: &[&str]) -> PathBuf {
    let path = folder.join(name);
    fsimage::create_simulated_medium(&path, kind).unwrap();
    files.iter().for_each(|file| burn(&path, file));
    path
}

fn bytes_of(path: &Path) -> (Vec<u8>, Vec<u8>) {
    (fs::read(path).unwrap(), fs::read(path.with_extension("medium")).unwrap_or_default())
}

#[track_caller]
fn assert_mismatch(result: Result<impl Sized, Error>, what: &str) {
    match result {
        Err(error @ Error::DiscMismatch { .. }) => {
            let code = error.imapi2();
            assert_eq!((code.name, code.number), ("IMAPI_E_DISC_MISMATCH", 0xC0AA_B158));
        }
        Err(error) => panic!("{what}: {error}"),
        Ok(_) => panic!("{what}: it was written"),
    }
}

/// The disc is exchanged between import and burn: by one of the same kind and size with other contents, by the same
/// disc with a further session, and by a blank one.
#[test]
fn another_disc_in_the_drive_is_never_written_to() {
    for kind in [MediumKind::CdR, MediumKind::BdR, MediumKind::DvdPlusRw] {
        let folder = tempfile::tempdir().unwrap();
        let own = medium(folder.path(), kind, "own", &["/one"]);
        let others = [
            medium(folder.path(), kind, "other", &["/two"]),
            medium(folder.path(), kind, "further", &["/one", "/two"]),
            medium(folder.path(), kind, "blank", &[]),
        ];
        for other in others {
            let before = bytes_of(&other);
            let drive = Shared::with(&own);
            let disc = GrowingDisc::open(drive.open()).unwrap();
            let imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
            let options = PlanOptions { place: disc.place(), ..imported.plan_options() };
            let plan = LayoutPlan::new(&imported.tree, options).unwrap();
            drive.exchange(&other);
            assert_mismatch(disc.write(&plan, &BurnOptions::default(), &Control::default()), "exchanged");

            // Opened again, with the plan for the old one.
            let again = GrowingDisc::open(drive.open()).unwrap();
            assert_mismatch(again.write(&plan, &BurnOptions::default(), &Control::default()), "again");
            drop(drive);
            assert!(bytes_of(&other) == before, "{kind}: {}", other.display());
        }
    }
}

/// Taken out and put in again, it is the same disc.
#[test]
fn the_same_disc_put_in_again_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let own = medium(folder.path(), MediumKind::BdR, "own", &["/one"]);
    let drive = Shared::with(&own);
    let disc = GrowingDisc::open(drive.open()).unwrap();
    let imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
    let options = PlanOptions { place: disc.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    drive.exchange(&own);
    disc.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
    assert_eq!(drive.open().disc().unwrap().sessions().len(), 2);
}

/// When a disc is exchanged behind the import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exchanged {
    BeforeClosing,
    BehindClosing,
    Never,
}

/// A track was reserved and never written. That it is closed before the burn makes it no other disc, so that what was imported
/// before is recorded. Another disc in its place is one all the same, and nothing of it is closed.
#[test]
fn a_reserved_track_that_is_closed_makes_no_other_disc() {
    let all = [Exchanged::BeforeClosing, Exchanged::BehindClosing, Exchanged::Never];
    for (kind, exchanged) in [MediumKind::DvdPlusR, MediumKind::DvdR, MediumKind::BdR]
        .into_iter()
        .flat_map(|kind| all.map(|exchanged| (kind, exchanged)))
    {
        for file_systems in forms() {
            let what = format!("{kind}: {file_systems:?}: {exchanged:?}");
            let folder = tempfile::tempdir().unwrap();
            let [own, other] = ["own", "other"].map(|name| {
                let path = medium(folder.path(), kind, name, &[]);
                burn_with(&path, &format!("/{name}"), file_systems);
                OpenDrive::open(&sim(&path)).unwrap().reserve_track(SectorCount::new(100)).unwrap();
                path
            });
            let before = bytes_of(&other);
            let drive = Shared::with(&own);
            let mut disc = GrowingDisc::open(drive.open()).unwrap();
            let imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
            assert_eq!(imported.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
            let options = imported.plan_options();
            let mut tree = imported.tree;
            tree.add("/new", Item::Bytes(vec![8; 9000].into()), &ItemOptions::default()).unwrap();
            if exchanged == Exchanged::BeforeClosing {
                drive.exchange(&other);
                assert_mismatch(disc.close_open_session(), &what);
            } else {
                disc.close_open_session().unwrap();
                let options = PlanOptions { place: disc.place(), ..options };
                let plan = LayoutPlan::new(&tree, options).unwrap();
                if exchanged == Exchanged::BehindClosing {
                    drive.exchange(&other);
                    assert_mismatch(disc.write(&plan, &BurnOptions::default(), &Control::default()), &what);
                } else {
                    disc.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
                    let disc = drive.open().disc().unwrap();
                    assert_eq!(disc.session(None).unwrap().number, 3, "{what}");
                }
            }
            drop(drive);
            assert!(bytes_of(&other) == before, "{what}");
        }
    }
}

/// A blank disc that was planned for is exchanged for one that is not blank.
#[test]
fn a_disc_in_place_of_a_blank_one_is_never_written_to() {
    for kind in [MediumKind::DvdPlusR, MediumKind::BdRe] {
        let folder = tempfile::tempdir().unwrap();
        let blank = medium(folder.path(), kind, "blank", &[]);
        let used = medium(folder.path(), kind, "used", &["/one"]);
        let before = bytes_of(&used);
        let drive = Shared::with(&blank);
        let disc = GrowingDisc::open(drive.open()).unwrap();
        let tree = tree_of("/new");
        let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
        let plan = LayoutPlan::new(&tree, options).unwrap();
        drive.exchange(&used);
        assert_mismatch(disc.write(&plan, &BurnOptions::default(), &Control::default()), "blank");
        drop(drive);
        assert!(bytes_of(&used) == before, "{kind}");
    }
}

fn forms() -> [FileSystems; 3] {
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    [iso9660, FileSystems::UDF, iso9660 | FileSystems::UDF]
}

fn image(path: &Path, name: &str, file_systems: FileSystems) {
    let options = PlanOptions { file_systems, udf: UdfOptions::default(), ..PlanOptions::default() };
    let tree = tree_of(name);
    write_image(&LayoutPlan::new(&tree, options).unwrap(), path, &Control::default()).unwrap();
}

/// Between import and append, an image is changed by a process that does not look at locks: another is put in its place
/// under the same name, or written into it, or something is appended to it.
#[test]
fn an_image_that_was_changed_meanwhile_is_never_written_to() {
    for file_systems in forms() {
        for change in ["renamed", "overwritten", "appended", "longer", "gone on"] {
            // Windows lets nothing take the place of a file that is open.
            if cfg!(windows) && change == "renamed" {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            let (path, other) = (folder.path().join("image.iso"), folder.path().join("other.iso"));
            image(&path, "/one", file_systems);
            image(&other, "/two", file_systems);
            let growing = GrowingImage::open(&path).unwrap();
            let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
            let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
            let plan = LayoutPlan::new(&imported.tree, options).unwrap();
            let mut bytes = fs::read(&path).unwrap();
            match change {
                // Its bytes are the same: what was opened is not what has the name.
                "renamed" => {
                    fs::copy(&path, &other).unwrap();
                    fs::rename(&other, &path).unwrap();
                }
                "overwritten" => fs::write(&path, fs::read(&other).unwrap()).unwrap(),
                "appended" => {
                    fs::copy(&path, &other).unwrap();
                    support::growing::append(&other, |tree| {
                        tree.add("/x", Item::Bytes(vec![1].into()), &ItemOptions::default()).unwrap();
                    })
                    .unwrap();
                    fs::write(&path, fs::read(&other).unwrap()).unwrap();
                }
                "longer" => {
                    bytes.resize(bytes.len() + 100 * 2048, 9);
                    fs::write(&path, &bytes).unwrap();
                }
                _ => {
                    bytes.truncate(bytes.len() - 4096);
                    fs::write(&path, &bytes).unwrap();
                }
            }
            let before = fs::read(&path).unwrap();
            assert_mismatch(
                growing.write(&plan, &Control::default()),
                &format!("{file_systems:?}: {change}"),
            );
            assert!(fs::read(&path).unwrap() == before, "{file_systems:?}: {change}");
        }
    }
}

/// The identifier depends on nothing but the disc: on its copy as an image it is the same, and each session changes it.
#[test]
fn the_identifier_is_that_of_disc_and_state() {
    let folder = tempfile::tempdir().unwrap();
    for kind in [MediumKind::BdR, MediumKind::BdRe] {
        let path = medium(folder.path(), kind, &kind.to_string().replace(' ', "-"), &[]);
        let mut seen = Vec::new();
        for name in ["/one", "/two", "/three"] {
            burn(&path, name);
            let in_drive = OpenDrive::open(&sim(&path)).unwrap().disc().unwrap().identifier();
            let copy = folder.path().join("copy");
            fs::copy(&path, &copy).unwrap();
            assert_eq!(Disc::open(&copy).unwrap().identifier(), in_drive, "{kind}");
            assert!(!seen.contains(&in_drive), "{kind}");
            seen.push(in_drive);
        }
        assert_eq!(seen[0].to_string().len(), 64);
    }
}
