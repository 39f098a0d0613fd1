//! First sessions that are stopped on media whose head is written last: they never were there. Readers find a blank medium,
//! nothing of them is offered, and the next session is recorded as if nothing had been.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::path::Path;
use std::sync::Arc;

use fsimage::{
    AsItIsOptions, BurnOptions, CancelToken, Control, DEFAULT_PREFERENCE, Disc, Error, FileSystem,
    FileSystems, GrowingDisc, ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind, Observer, OpenDrive,
    PlanOptions, Progress, Recovery, RecoveryAction, Stage, Tree, Verification,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use support::drives::faulty;
use support::grounds::{Ground, open};
use support::list_image;

const GROUNDS: [Ground; 5] = [
    Ground::Medium(MediumKind::DvdRam),
    Ground::Medium(MediumKind::DvdPlusRw),
    Ground::RestrictedOverwrite,
    Ground::Medium(MediumKind::BdRe),
    Ground::PseudoOverwrite,
];

const ISO9660: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE);
const FORMS: [FileSystems; 3] = [ISO9660, ISO9660.union(FileSystems::UDF), FileSystems::UDF];

/// Sectors of the file in a session that is stopped.
const LARGE: usize = 3000;

fn add(
    drive: OpenDrive,
    form: FileSystems,
    name: &str,
    sectors: usize,
    control: &Control,
) -> Result<(), Error> {
    let disc = GrowingDisc::open(drive)?;
    let (mut tree, options) = match disc.is_blank() {
        true => (Tree::new(), PlanOptions { file_systems: form, ..PlanOptions::default() }),
        false => {
            let imported = disc.import(&ImportOptions::default(), &Control::default())?;
            let options = imported.plan_options();
            (imported.tree, options)
        }
    };
    let content = vec![name.len() as u8; sectors * 2048];
    tree.add(name, Item::Bytes(content.into()), &ItemOptions::default()).unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options })?;
    let options = BurnOptions { verify: Verification::Full, ..BurnOptions::default() };
    disc.write(&plan, &options, control).map(drop)
}

/// Cancels when so many sectors of the session have been written.
struct CancelAt(u64, CancelToken);

impl Observer for CancelAt {
    fn progress(&self, progress: Progress) {
        if progress.stage == Stage::Writing && progress.done >= self.0 {
            self.1.cancel();
        }
    }
}

fn cancelled(path: &Path, form: FileSystems, at: u64) {
    let cancel = CancelToken::new();
    let control = Control { observer: Some(Arc::new(CancelAt(at, cancel.clone()))), cancel };
    let error = add(open(path), form, "stopped", LARGE, &control).unwrap_err();
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
}

fn without_power(path: &Path, form: FileSystems, after_sectors: u64) {
    let drive = faulty(SimulatedDrive::open(path).unwrap(), &[Fault::PowerCut { after_sectors }]);
    let cut = drive.and_then(|drive| add(drive, form, "stopped", LARGE, &Control::default()));
    assert!(cut.is_err(), "{after_sectors}");
}

fn stopped(path: &Path, form: FileSystems, at: u64, is_cancelled: bool) {
    match is_cancelled {
        true => cancelled(path, form, at),
        false => without_power(path, form, at),
    }
}

/// What each file system of the newest session shows.
fn shown(path: &Path, form: FileSystems) -> Vec<Vec<String>> {
    let disc = open(path).disc().unwrap();
    let all = [FileSystem::RockRidge, FileSystem::Udf];
    let there = all.into_iter().filter(|one| form.contains(one.as_set()));
    let names =
        |one| list_image(&disc.image(None, &[one]).unwrap()).into_keys().filter(|path| path != "/").collect();
    there.map(names).collect()
}

fn assert_blank(path: &Path, what: &str) {
    let found = open(path).disc().and_then(|disc| disc.image(None, &DEFAULT_PREFERENCE).map(drop));
    assert!(matches!(found, Err(Error::EmptyMedium { .. })), "{what}: {found:?}");
    let recovery = Recovery::of_drive(open(path), &Control::default()).unwrap();
    assert_eq!(recovery.report().action, RecoveryAction::Nothing, "{what}");
    assert!(recovery.report().sessions.is_empty(), "{what}");
}

/// Whoever stops it, and wherever.
#[test]
fn a_first_session_that_was_stopped_never_was() {
    for ground in GROUNDS {
        for form in FORMS {
            let points = [1, 100, 250, 300, 600, 2000, LARGE as u64];
            for (at, is_cancelled) in points.into_iter().zip([true, false].into_iter().cycle()) {
                let what = format!("{ground:?}, {form:?}, at {at}, cancelled: {is_cancelled}");
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("disc");
                ground.blank(&path);
                stopped(&path, form, at, is_cancelled);
                assert_blank(&path, &what);
                for (name, files) in [("a", &["/a"][..]), ("b", &["/a", "/b"])] {
                    add(open(&path), form, name, 20, &Control::default())
                        .unwrap_or_else(|error| panic!("{what}: {error}"));
                    assert!(shown(&path, form).iter().all(|found| found == files), "{what}");
                }
            }
        }
    }
}

/// What an earlier recording left behind the head is not taken for what was to be there.
#[test]
fn on_a_medium_that_was_used_and_blanked() {
    for ground in [Ground::Medium(MediumKind::DvdPlusRw), Ground::Medium(MediumKind::BdRe)] {
        for form in FORMS {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("disc");
            ground.blank(&path);
            for name in ["old", "older"] {
                add(open(&path), form, name, LARGE, &Control::default()).unwrap();
            }
            open(&path).blank(fsimage::Blanking::Quick, &Control::default()).unwrap();
            let what = format!("{ground:?}, {form:?}");
            assert_blank(&path, &what);
            for (at, is_cancelled) in [(1, false), (100, true), (300, false), (2000, true)] {
                stopped(&path, form, at, is_cancelled);
                assert_blank(&path, &what);
            }
            add(open(&path), form, "a", 20, &Control::default()).unwrap();
            assert!(shown(&path, form).iter().all(|found| found == &["/a"]), "{what}");
            assert_eq!(open(&path).disc().unwrap().sessions().len(), 1, "{what}");
        }
    }
}

/// Sessions on a BD-R with pseudo-overwrite that are stopped anywhere, the first ones and further ones: the medium goes on.
#[test]
fn pseudo_overwrite_goes_on() {
    for form in FORMS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        Ground::PseudoOverwrite.blank(&path);
        let points = [1, 31, 33, 64, 224, 256, 257, 300, 500, 900, 1700, 2500, LARGE as u64];
        let stops = || points.into_iter().zip([true, false].into_iter().cycle());
        for (at, is_cancelled) in stops() {
            stopped(&path, form, at, is_cancelled);
            assert_blank(&path, &format!("{form:?}, {at}"));
        }
        add(open(&path), form, "a", 20, &Control::default()).unwrap();
        for (at, is_cancelled) in stops() {
            stopped(&path, form, at, is_cancelled);
            assert!(shown(&path, form).iter().all(|found| found == &["/a"]), "{form:?}, {at}");
        }
        add(open(&path), form, "b", 20, &Control::default()).unwrap();
        assert!(shown(&path, form).iter().all(|found| found == &["/a", "/b"]), "{form:?}");
        let copy = path.with_extension("copy");
        std::fs::copy(&path, &copy).unwrap();
        assert_eq!(Disc::open(&copy).unwrap().sessions().len(), 2, "{form:?}");
    }
}

/// At each few sectors to the end of it, what tells of it among them: it never was, or `burn` names what makes it whole.
#[test]
fn stopped_at_what_tells_of_it() {
    for ground in GROUNDS {
        for form in FORMS {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("disc");
            for after_sectors in [1, 98, 195].into_iter().chain((290..).step_by(13)) {
                let what = format!("{ground:?}, {form:?}, after {after_sectors}");
                let _ = std::fs::remove_file(&path);
                let _ = std::fs::remove_file(path.with_extension("medium"));
                ground.blank(&path);
                let drive =
                    faulty(SimulatedDrive::open(&path).unwrap(), &[Fault::PowerCut { after_sectors }]);
                let drive = drive.unwrap();
                if add(drive, form, "stopped", 300, &Control::default()).is_ok() {
                    break;
                }
                let all = match add(open(&path), form, "a", 20, &Control::default()) {
                    Ok(()) => vec!["/a"],
                    Err(error) => {
                        assert!(error.to_string().contains("fsimage recover"), "{what}: {error}");
                        let recovery = Recovery::of_drive(open(&path), &Control::default()).unwrap();
                        let report = recovery.report().clone();
                        assert!(matches!(report.action, RecoveryAction::Head { .. }), "{what}: {report:?}");
                        recovery.write(report.identifier, &Control::default()).unwrap();
                        assert!(shown(&path, form).iter().all(|found| found == &["/stopped"]), "{what}");
                        add(open(&path), form, "a", 20, &Control::default()).unwrap();
                        vec!["/a", "/stopped"]
                    }
                };
                let found = shown(&path, form);
                // It may have come to its end, too.
                let is_whole = |found: &Vec<String>| *found == all || found == &["/a", "/stopped"];
                assert!(found.iter().all(is_whole), "{what}: {found:?}");
                assert!(found.windows(2).all(|two| two[0] == two[1]), "{what}: {found:?}");
            }
        }
    }
}

/// Nor does it when the head of the session that takes its place was not written.
#[test]
fn what_was_blanked_does_not_come_back() {
    for ground in [
        Ground::Medium(MediumKind::DvdPlusRw),
        Ground::Medium(MediumKind::DvdRam),
        Ground::Medium(MediumKind::BdRe),
    ] {
        for form in FORMS {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("disc");
            ground.blank(&path);
            for name in ["old", "older"] {
                add(open(&path), form, name, 300, &Control::default()).unwrap();
            }
            open(&path).blank(fsimage::Blanking::Quick, &Control::default()).unwrap();
            let parts = [path.clone(), path.with_extension("medium")];
            let used = parts.clone().map(|part| std::fs::read(part).unwrap());
            let mut recovered = 0;
            for after_sectors in (300..).step_by(13) {
                for (part, bytes) in parts.iter().zip(&used) {
                    std::fs::write(part, bytes).unwrap();
                }
                let drive =
                    faulty(SimulatedDrive::open(&path).unwrap(), &[Fault::PowerCut { after_sectors }]);
                // As long as the first of those before.
                if add(drive.unwrap(), form, "new", 300, &Control::default()).is_ok() {
                    break;
                }
                let recovery = Recovery::of_drive(open(&path), &Control::default()).unwrap();
                let report = recovery.report().clone();
                if !matches!(report.action, RecoveryAction::Head { .. }) {
                    continue;
                }
                recovery.write(report.identifier, &Control::default()).unwrap();
                let what = format!("{ground:?}, {form:?}, after {after_sectors}");
                let found = shown(&path, form);
                assert!(found.iter().all(|found| found == &["/new"]), "{what}: {found:?}");
                recovered += 1;
            }
            assert!(recovered > 0, "{ground:?}, {form:?}");
        }
    }
}

/// An image that is recorded as it is comes to be one with its head, and that comes last.
#[test]
fn an_image_that_was_stopped_never_was() {
    for ground in GROUNDS {
        if ground == Ground::PseudoOverwrite {
            continue;
        }
        for form in FORMS {
            let folder = tempfile::tempdir().unwrap();
            let (path, image) = (folder.path().join("disc"), folder.path().join("image"));
            let mut tree = Tree::new();
            let content = vec![7; 500 * 2048];
            tree.add("image", Item::Bytes(content.into()), &ItemOptions::default()).unwrap();
            let plan =
                LayoutPlan::new(&tree, PlanOptions { file_systems: form, ..PlanOptions::default() }).unwrap();
            fsimage::write_image(&plan, &image, &Control::default()).unwrap();
            for is_used in [false, true] {
                for after_sectors in [1, 20, 60, 300].into_iter().chain((480..).step_by(17)) {
                    let what = format!("{ground:?}, {form:?}, used: {is_used}, after {after_sectors}");
                    let _ = std::fs::remove_file(&path);
                    let _ = std::fs::remove_file(path.with_extension("medium"));
                    ground.blank(&path);
                    if is_used {
                        for name in ["old", "older"] {
                            add(open(&path), form, name, 20, &Control::default()).unwrap();
                        }
                    }
                    let drive =
                        faulty(SimulatedDrive::open(&path).unwrap(), &[Fault::PowerCut { after_sectors }]);
                    let recorded = drive.unwrap().record_as_it_is(
                        &image,
                        &AsItIsOptions::default(),
                        &Control::default(),
                    );
                    if recorded.is_ok() {
                        assert!(shown(&path, form).iter().all(|found| found == &["/image"]), "{what}");
                        break;
                    }
                    let found =
                        open(&path).disc().and_then(|disc| disc.image(None, &DEFAULT_PREFERENCE).map(drop));
                    if found.is_ok() && is_used && after_sectors < 48 {
                        // Nothing but the head was overwritten.
                        assert!(
                            shown(&path, form).iter().all(|found| found == &["/old", "/older"]),
                            "{what}"
                        );
                        continue;
                    }
                    if found.is_ok() {
                        let (there, whole) = (std::fs::read(&path).unwrap(), std::fs::read(&image).unwrap());
                        // Of the head itself, cut between its sectors, there may be one file system before the other.
                        assert_eq!(there[32 * 2048..whole.len()], whole[32 * 2048..], "{what}");
                        continue;
                    }
                    let is_torn = matches!(&found, Err(Error::NoFileSystem { detail, .. }) if detail.contains("damaged"));
                    assert!(is_torn || matches!(found, Err(Error::EmptyMedium { .. })), "{what}: {found:?}");
                    if is_torn {
                        let refused =
                            add(open(&path), form, "a", 20, &Control::default()).unwrap_err().to_string();
                        assert!(refused.contains("fsimage drive blank"), "{what}: {refused}");
                        open(&path).blank(fsimage::Blanking::Quick, &Control::default()).unwrap();
                    }
                    add(open(&path), form, "a", 20, &Control::default())
                        .unwrap_or_else(|error| panic!("{what}: {error}"));
                    let found = shown(&path, form);
                    assert!(found.iter().all(|found| found == &["/a"]), "{what}: {found:?}");
                }
            }
        }
    }
}

/// An image that is recorded over sessions is all there is, with those behind it that it does not reach, blanked before or not.
#[test]
fn an_image_over_sessions_has_no_successors() {
    for ground in GROUNDS {
        if ground == Ground::PseudoOverwrite {
            continue;
        }
        for form in FORMS {
            for is_blanked in [false, true] {
                let what = format!("{ground:?}, {form:?}, blanked: {is_blanked}");
                let folder = tempfile::tempdir().unwrap();
                let (path, image) = (folder.path().join("disc"), folder.path().join("image"));
                let mut tree = Tree::new();
                tree.add("image", Item::Bytes(vec![7; 2048].into()), &ItemOptions::default()).unwrap();
                let options = PlanOptions { file_systems: form, ..PlanOptions::default() };
                let plan = LayoutPlan::new(&tree, options).unwrap();
                fsimage::write_image(&plan, &image, &Control::default()).unwrap();
                ground.blank(&path);
                for (name, sectors) in [("a", 1500), ("b", 20), ("c", 20)] {
                    add(open(&path), form, name, sectors, &Control::default()).unwrap();
                }
                if is_blanked {
                    open(&path).blank(fsimage::Blanking::Quick, &Control::default()).unwrap();
                }
                let mut drive = open(&path);
                drive.record_as_it_is(&image, &AsItIsOptions::default(), &Control::default()).unwrap();
                drop(drive);
                assert_eq!(open(&path).disc().unwrap().sessions().len(), 1, "{what}");
                assert!(shown(&path, form).iter().all(|found| found == &["/image"]), "{what}");
                let copy = path.with_extension("copy");
                std::fs::copy(&path, &copy).unwrap();
                assert_eq!(Disc::open(&copy).unwrap().sessions().len(), 1, "{what}");
            }
        }
    }
}
