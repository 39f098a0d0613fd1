//! First sessions that are stopped on media whose head is written last: they never were there. Readers find a blank medium,
//! nothing of them is offered, and the next session is recorded as if nothing had been.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use fsimage::{
    AsItIsOptions, Blame, CancelToken, Control, DEFAULT_PREFERENCE, Disc, Error, FileSystems, MediumKind,
    Observer, Progress, RecordedAsItIs, Recovery, RecoveryAction, RecoveryReport, Stage as Step,
};
use mmc_device::simulated::Fault;
use support::grounds::Ground;
use support::list_image;
use support::stops::{FORMS, GROUNDS, ISO9660, NOT_WRITTEN, Stage, add, record, rewritable};

/// Sectors of the file in a session that is stopped.
const LARGE: usize = 3000;

/// Cancels when so many sectors of the session have been written.
struct CancelAt(u64, CancelToken);

impl Observer for CancelAt {
    fn progress(&self, progress: Progress) {
        if progress.stage == Step::Writing && progress.done >= self.0 {
            self.1.cancel();
        }
    }
}

fn cancelled(stage: &Stage, form: FileSystems, at: u64) {
    let cancel = CancelToken::new();
    let control = Control { observer: Some(Arc::new(CancelAt(at, cancel.clone()))), cancel };
    let error = add(stage.open(), form, "stopped", LARGE, &control).unwrap_err();
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
}

fn stopped(stage: &Stage, form: FileSystems, at: u64, is_cancelled: bool) {
    match is_cancelled {
        true => cancelled(stage, form, at),
        false => assert!(stage.add_cut(form, "stopped", LARGE, at).is_err(), "{at}"),
    }
}

fn assert_shown(stage: &Stage, form: FileSystems, files: &[&str], what: &str) {
    let found = stage.shown(form);
    assert!(found.iter().all(|found| found == files), "{what}: {found:?}");
}

fn assert_blank(stage: &Stage, what: &str) {
    let found = stage.open().disc().and_then(|disc| disc.image(None, &DEFAULT_PREFERENCE).map(drop));
    assert!(matches!(found, Err(Error::EmptyMedium { .. })), "{what}: {found:?}");
    let recovery = Recovery::of_drive(stage.open(), &Control::default()).unwrap();
    assert_eq!(recovery.report().action, RecoveryAction::Nothing, "{what}");
    assert!(recovery.report().sessions.is_empty(), "{what}");
}

fn each(grounds: impl IntoIterator<Item = Ground>) -> impl Iterator<Item = (Ground, FileSystems, String)> {
    let with_forms =
        |ground| FORMS.into_iter().map(move |form| (ground, form, format!("{ground:?}, {form:?}")));
    grounds.into_iter().flat_map(with_forms)
}

/// Whoever stops it, and wherever.
#[test]
fn a_first_session_that_was_stopped_never_was() {
    for (ground, form, what) in each(GROUNDS) {
        let points = [1, 100, 250, 300, 600, LARGE as u64];
        for (at, is_cancelled) in points.into_iter().zip([true, false].into_iter().cycle()) {
            let what = format!("{what}, at {at}, cancelled: {is_cancelled}");
            let stage = Stage::new(ground);
            stopped(&stage, form, at, is_cancelled);
            assert_blank(&stage, &what);
            for (name, files) in [("a", &["/a"][..]), ("b", &["/a", "/b"])] {
                stage.add(form, name, 20).unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_shown(&stage, form, files, &what);
            }
        }
    }
}

/// What an earlier recording left behind the head is not taken for what was to be there.
#[test]
fn on_a_medium_that_was_used_and_blanked() {
    for (ground, form, what) in
        each([Ground::Medium(MediumKind::DvdPlusRw), Ground::Medium(MediumKind::BdRe)])
    {
        let stage = Stage::new(ground);
        for name in ["old", "older"] {
            stage.add(form, name, LARGE).unwrap();
        }
        stage.blank();
        assert_blank(&stage, &what);
        for (at, is_cancelled) in [(1, false), (100, true), (300, false), (2000, true)] {
            stopped(&stage, form, at, is_cancelled);
            assert_blank(&stage, &what);
        }
        stage.add(form, "a", 20).unwrap();
        assert_shown(&stage, form, &["/a"], &what);
        assert_eq!(stage.open().disc().unwrap().sessions().len(), 1, "{what}");
    }
}

/// Sessions on a BD-R with pseudo-overwrite that are stopped anywhere, the first ones and further ones: the medium goes on.
#[test]
fn pseudo_overwrite_goes_on() {
    for (ground, form, what) in each([Ground::PseudoOverwrite]) {
        let stage = Stage::new(ground);
        let points = [1, 31, 33, 64, 224, 256, 257, 300, 500, 900, 1700, 2500, LARGE as u64];
        let stops = || points.into_iter().zip([true, false].into_iter().cycle());
        for (at, is_cancelled) in stops() {
            stopped(&stage, form, at, is_cancelled);
            assert_blank(&stage, &format!("{what}, {at}"));
        }
        stage.add(form, "a", 20).unwrap();
        for (at, is_cancelled) in stops() {
            stopped(&stage, form, at, is_cancelled);
            assert_shown(&stage, form, &["/a"], &format!("{what}, {at}"));
        }
        stage.add(form, "b", 20).unwrap();
        assert_shown(&stage, form, &["/a", "/b"], &what);
        let copy = stage.path.with_extension("copy");
        fs::copy(&stage.path, &copy).unwrap();
        assert_eq!(Disc::open(&copy).unwrap().sessions().len(), 2, "{what}");
    }
}

/// To the end of it, what tells of it among that: it never was, or `burn` names what makes it whole.
#[test]
fn stopped_at_what_tells_of_it() {
    for (ground, form, what) in each(GROUNDS) {
        let stage = Stage::new(ground);
        let blank = stage.kept();
        let end = stage.sectors_written(|drive| add(drive, form, "stopped", 300, &Control::default()));
        for after in [1, 98, 195, 290].into_iter().chain(NOT_WRITTEN.map(|left| end - left)) {
            let what = format!("{what}, {after} of {end}");
            stage.put_back(&blank);
            assert!(stage.add_cut(form, "stopped", 300, after).is_err(), "{what}");
            let all = match stage.add(form, "a", 20) {
                Ok(()) => vec!["/a"],
                Err(error) => {
                    assert!(error.to_string().contains("fsimage recover"), "{what}: {error}");
                    let recovery = Recovery::of_drive(stage.open(), &Control::default()).unwrap();
                    let report = recovery.report().clone();
                    assert!(matches!(report.action, RecoveryAction::Head { .. }), "{what}: {report:?}");
                    recovery.write(report.identifier, &Control::default()).unwrap();
                    assert_shown(&stage, form, &["/stopped"], &what);
                    stage.add(form, "a", 20).unwrap();
                    vec!["/a", "/stopped"]
                }
            };
            let found = stage.shown(form);
            // It may have come to its end, too.
            let is_whole = |found: &Vec<String>| *found == all || found == &["/a", "/stopped"];
            assert!(found.iter().all(is_whole), "{what}: {found:?}");
            assert!(found.windows(2).all(|two| two[0] == two[1]), "{what}: {found:?}");
        }
    }
}

/// Nor does it when the head of the session that takes its place was not written.
#[test]
fn what_was_blanked_does_not_come_back() {
    for (ground, form, what) in each([
        Ground::Medium(MediumKind::DvdPlusRw),
        Ground::Medium(MediumKind::DvdRam),
        Ground::Medium(MediumKind::BdRe),
    ]) {
        let stage = Stage::new(ground);
        for name in ["old", "older"] {
            stage.add(form, name, 300).unwrap();
        }
        stage.blank();
        let used = stage.kept();
        // As long as the first of those before.
        let end = stage.sectors_written(|drive| add(drive, form, "new", 300, &Control::default()));
        let mut recovered = 0;
        for after in NOT_WRITTEN.map(|left| end - left) {
            let what = format!("{what}, {after} of {end}");
            stage.put_back(&used);
            assert!(stage.add_cut(form, "new", 300, after).is_err(), "{what}");
            let recovery = Recovery::of_drive(stage.open(), &Control::default()).unwrap();
            let report = recovery.report().clone();
            if !matches!(report.action, RecoveryAction::Head { .. }) {
                continue;
            }
            recovery.write(report.identifier, &Control::default()).unwrap();
            assert_shown(&stage, form, &["/new"], &what);
            recovered += 1;
        }
        assert!(recovered > 0, "{what}");
    }
}

/// An image that is recorded as it is comes to be one with its head, and that comes last.
#[test]
fn an_image_that_was_stopped_never_was() {
    for (ground, form, what) in each(rewritable()) {
        let stage = Stage::new(ground);
        let image = stage.image(form, 500);
        let whole = fs::read(&image).unwrap();
        for is_used in [false, true] {
            for name in ["old", "older"].iter().filter(|_| is_used) {
                stage.add(form, name, 20).unwrap();
            }
            let before = stage.kept();
            let end = stage.sectors_written(|drive| record(drive, &image));
            for after in [1, 20, 60, 300].into_iter().chain(NOT_WRITTEN.map(|left| end - left)) {
                let what = format!("{what}, used: {is_used}, {after} of {end}");
                stage.put_back(&before);
                assert!(stage.cut(after).and_then(|drive| record(drive, &image)).is_err(), "{what}");
                let found = stage.open().disc().and_then(|disc| disc.image(None, &DEFAULT_PREFERENCE));
                let shown = found.map(|image| list_image(&image).into_keys().collect::<Vec<_>>());
                // All but the unit with the descriptors is there, which drives keep or lose whole; this one keeps a part of it.
                if end - after < 16 {
                    assert_eq!(shown.unwrap(), ["/", "/image"], "{what}");
                    assert_eq!(fs::read(&stage.path).unwrap()[64 * 1024..whole.len()], whole[64 * 1024..]);
                    if end - after < 12 {
                        assert_shown(&stage, form, &["/image"], &what);
                    }
                    continue;
                }
                match shown {
                    // Nothing but the head was overwritten.
                    Ok(shown) if is_used && after < 48 => {
                        assert_eq!(shown, ["/", "/old", "/older"], "{what}");
                        continue;
                    }
                    Err(Error::EmptyMedium { .. }) => {}
                    // The directories lie in the head.
                    Err(Error::NoFileSystem { .. }) if form == ISO9660 && end - after < 64 => {
                        let refused = stage.add(form, "a", 20).unwrap_err().to_string();
                        assert!(refused.contains("fsimage drive blank"), "{what}: {refused}");
                        stage.blank();
                    }
                    other => panic!("{what}: {other:?}"),
                }
                stage.add(form, "a", 20).unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_shown(&stage, form, &["/a"], &what);
            }
            stage.put_back(&before);
            record(stage.open(), &image).unwrap();
            assert_shown(&stage, form, &["/image"], &what);
            stage.put_back(&before);
        }
    }
}

fn record_image(stage: &Stage, image: &Path) -> RecordedAsItIs {
    stage.open().record_as_it_is(image, &AsItIsOptions::default(), &Control::default()).unwrap()
}

/// An image that is recorded over sessions is all there is: those behind it that it does not reach are taken away, and named.
#[test]
fn an_image_over_sessions_has_no_successors() {
    for (ground, form, what) in each(rewritable()) {
        for is_blanked in [false, true] {
            let what = format!("{what}, blanked: {is_blanked}");
            let stage = Stage::new(ground);
            let image = stage.image(form, 1);
            for (name, sectors) in [("a", 1500), ("b", 20), ("c", 20)] {
                stage.add(form, name, sectors).unwrap();
            }
            let sessions = stage.open().disc().unwrap().sessions().clone();
            if is_blanked {
                stage.blank();
            }
            let recorded = record_image(&stage, &image);
            let starts = sessions.iter().map(|session| session.start.get());
            // A medium that was blanked has none any more.
            let first = if is_blanked { u32::MAX } else { recorded.sectors };
            let behind = starts.filter(|&start| start >= first);
            let named: Vec<(u32, &str)> =
                recorded.taken_away.iter().map(|one| (one.start, one.volume.as_str())).collect();
            assert_eq!(named, behind.map(|start| (start, "CDROM")).collect::<Vec<_>>(), "{what}");
            assert_eq!(stage.open().disc().unwrap().sessions().len(), 1, "{what}");
            assert_shown(&stage, form, &["/image"], &what);
            let copy = stage.path.with_extension("copy");
            fs::copy(&stage.path, &copy).unwrap();
            assert_eq!(Disc::open(&copy).unwrap().sessions().len(), 1, "{what}");
        }
    }
}

/// They go before the image comes: where the drive does not read, nothing is written, and where they cannot be taken away, readers
/// find a blank medium.
#[test]
fn sessions_behind_an_image_that_stay() {
    for (ground, form, what) in each(rewritable()) {
        let stage = Stage::new(ground);
        let image = stage.image(form, 1);
        for (name, sectors) in [("a", 1500), ("b", 20), ("c", 20)] {
            stage.add(form, name, sectors).unwrap();
        }
        let sessions = stage.open().disc().unwrap().sessions().clone();
        let second = sessions.get(2).unwrap().start.get();
        let kept = stage.kept();
        let refused = Fault::Refuse { operation_code: 0x28, key: 4, asc: 0x44, ascq: 0, times: None };
        let error = stage.faulty(refused).and_then(|drive| record(drive, &image)).unwrap_err();
        assert!(matches!(error, Error::ImportRead(_)), "{what}: {error:?}");
        assert_shown(&stage, form, &["/a", "/b", "/c"], &what);

        stage.put_back(&kept);
        let fault = Fault::WriteError { lba: second + 16 };
        let error = stage.faulty(fault).and_then(|drive| record(drive, &image)).unwrap_err();
        let Error::Recording { medium, .. } = &error else { panic!("{what}: {error:?}") };
        assert_eq!(error.blame(), Blame::Medium, "{what}: {error}");
        assert!(medium.contains("readers find it blank"), "{what}: {medium}");
        assert!(stage.open().disc().unwrap().sessions().is_empty(), "{what}");
        // It was not the medium, but the drive, say.
        record(stage.open(), &image).unwrap();
        assert_eq!(stage.open().disc().unwrap().sessions().len(), 1, "{what}");
        assert_shown(&stage, form, &["/image"], &what);
    }
}

/// When power goes while they are taken away, all of them can be brought back, or none.
#[test]
fn sessions_behind_an_image_that_is_stopped() {
    for (ground, form, what) in each(rewritable()) {
        let stage = Stage::new(ground);
        let image = stage.image(form, 1);
        for (name, sectors) in [("a", 1500), ("b", 20), ("c", 20)] {
            stage.add(form, name, sectors).unwrap();
        }
        let kept = stage.kept();
        let end = stage.sectors_written(|drive| record(drive, &image));
        for after in (0..end).step_by(16) {
            let what = format!("{what}, cut after {after} sectors");
            stage.put_back(&kept);
            assert!(stage.cut(after).and_then(|drive| record(drive, &image)).is_err(), "{what}");
            let recovery = Recovery::of_drive(stage.open(), &Control::default()).unwrap();
            let RecoveryReport { identifier, action, .. } = recovery.report().clone();
            match action {
                RecoveryAction::Head { .. } => {
                    recovery.write(identifier, &Control::default()).unwrap();
                }
                _ => drop(recovery),
            }
            let disc = stage.open().disc().unwrap();
            if !disc.sessions().is_empty() {
                let shown = list_image(&disc.image(None, &DEFAULT_PREFERENCE).unwrap());
                let shown: Vec<_> = shown.keys().map(String::as_str).filter(|path| *path != "/").collect();
                assert!([&["/a", "/b", "/c"][..], &["/image"]].contains(&&shown[..]), "{what}: {shown:?}");
            }
        }
    }
}
