//! Recordings that are stopped: by who asked for them, by a drive that is never ready or takes nothing, by sources
//! that change. What is told is what is on the medium.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fsimage::{
    AsItIsOptions, BdRMode, Blame, BurnOptions, CancelToken, Control, Error, FormatRequest, GrowingDisc,
    ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind, Observer, OpenDrive, PlanOptions, Progress,
    Recovery, RecoveryAction, Stage, Tree, Verification,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{Drive, NoWait, RecordingMode, SessionRequest, Transport, Waiter, recorder};
use support::drives::over;
use support::medium::{Medium, assert_goes_on, content};

/// What every medium that is written another way is tried with.
const KINDS: [MediumKind; 5] =
    [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR, MediumKind::DvdPlusRw, MediumKind::BdRe];

/// Cancels when so many sectors of the session have been written.
struct CancelAt(u64, CancelToken);

impl Observer for CancelAt {
    fn progress(&self, progress: Progress) {
        if progress.stage == Stage::Writing && progress.done >= self.0 {
            self.1.cancel();
        }
    }
}

#[test]
fn cancelling_says_what_is_left() {
    for kind in KINDS {
        for blank in [false, true] {
            let medium = if blank { Medium::blank(kind) } else { Medium::with_session(kind).0 };
            let cancel = CancelToken::new();
            let control =
                Control { observer: Some(Arc::new(CancelAt(300, cancel.clone()))), cancel: cancel.clone() };
            let error = medium.burn("/second", &[], &control).unwrap_err();
            let Error::Cancelled { state } = &error else { panic!("{kind}: {error:?}") };
            assert!(state.contains("sectors of the session"), "{kind}: {state}");
            assert_eq!(error.blame(), Blame::Cancelled);
            if blank {
                medium.burn("/first", &[], &Control::default()).unwrap();
                assert_eq!(medium.files(None), ["/first"], "{kind}");
            } else {
                assert_goes_on(&medium);
            }
        }
    }
}

/// Time that a drive was waited for, and who cancels after so much of it.
struct Counting {
    waited: Arc<Mutex<Duration>>,
    limit: Option<Duration>,
    cancel: CancelToken,
}

impl Waiter for Counting {
    fn wait(&mut self, span: Duration) {
        let mut waited = self.waited.lock().unwrap();
        *waited += span;
        if self.limit.is_some_and(|limit| *waited >= limit) {
            self.cancel.cancel();
        }
    }
}

/// One minute for all reads together, and a second for somebody who cancels.
#[test]
fn a_drive_that_becomes_ready_for_ever() {
    let never = Fault::Refuse { operation_code: 0x28, key: 2, asc: 4, ascq: 1, times: None };
    for kind in [MediumKind::DvdPlusR, MediumKind::CdR, MediumKind::BdRe] {
        for limit in [None, Some(Duration::from_secs(3))] {
            let (medium, _) = Medium::with_session(kind);
            let mut simulated = SimulatedDrive::open(&medium.path).unwrap();
            simulated.inject(never).unwrap();
            let (waited, cancel) = (Arc::new(Mutex::new(Duration::ZERO)), CancelToken::new());
            let waiter = Counting { waited: Arc::clone(&waited), limit, cancel: cancel.clone() };
            let transport: Box<dyn Transport> = Box::new(simulated);
            let mut drive = Drive::with_waiter(transport, Box::new(waiter));
            let token = cancel.clone();
            drive.set_stop(Some(Arc::new(move || token.is_cancelled())));
            let drive = OpenDrive::with_drive(drive, "drive").unwrap();
            let control = Control { cancel, ..Control::default() };
            let result = GrowingDisc::open(drive)
                .and_then(|disc| disc.import(&ImportOptions::default(), &control).map(drop));
            let waited = *waited.lock().unwrap();
            assert!(waited >= Duration::from_secs(3), "{kind}: {waited:?}");
            match limit {
                None => assert!(waited < Duration::from_secs(62), "{kind}: {waited:?}"),
                Some(limit) => {
                    assert!(waited < limit + Duration::from_secs(1), "{kind}: {waited:?}");
                    let error = result.unwrap_err();
                    assert_eq!(error.blame(), Blame::Cancelled, "{kind}: {error:?}");
                }
            }
        }
    }
}

/// Operation codes that reach a drive. Whoever asked for that is cancelled at the command of that number.
fn watched(path: &Path, at: Option<(usize, CancelToken)>) -> (OpenDrive, Arc<Mutex<Vec<u8>>>) {
    let mut simulated = SimulatedDrive::open(path).unwrap();
    let codes = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&codes);
    simulated.set_trace(move |exchange| {
        let mut log = log.lock().unwrap();
        log.push(exchange.cdb.as_bytes()[0]);
        if let Some((number, cancel)) = &at
            && log.len() == *number
        {
            cancel.cancel();
        }
    });
    (over(simulated).unwrap(), codes)
}

/// Somebody who cancels just before the first command that changes the medium: it is as it was.
#[test]
fn cancelling_before_anything_is_written() {
    let plain = BurnOptions::default();
    let at_once = BurnOptions { at_once: true, ..plain };
    let reserving = BurnOptions { reserve: true, ..plain };
    use MediumKind::{BdR, BdRe, CdR, DvdPlusR, DvdPlusRw, DvdR, DvdRam};
    for (kind, options) in [
        (CdR, plain),
        (CdR, at_once),
        (DvdR, plain),
        (DvdR, at_once),
        (DvdR, reserving),
        (DvdPlusR, plain),
        (DvdPlusR, reserving),
        (BdR, reserving),
        (DvdPlusRw, plain),
        (DvdRam, plain),
        (BdRe, plain),
    ] {
        let what = format!("{kind}, {options:?}");
        let burn = |medium: &Medium, at: Option<usize>| {
            let cancel = CancelToken::new();
            let (drive, codes) = watched(&medium.path, at.map(|number| (number, cancel.clone())));
            let disc = GrowingDisc::open(drive).unwrap();
            let mut tree = Tree::new();
            tree.add("/first", Item::Bytes(content("/first").into()), &ItemOptions::default()).unwrap();
            let place = PlanOptions { place: disc.place(), ..PlanOptions::default() };
            let plan = LayoutPlan::new(&tree, place).unwrap();
            let result = disc.write(&plan, &options, &Control { cancel, ..Control::default() });
            let codes = codes.lock().unwrap().clone();
            (result, codes)
        };
        let changes =
            |codes: &[u8]| codes.iter().position(|code| [0x04, 0x53, 0x5D, 0x2A, 0xAA].contains(code));
        let (result, codes) = burn(&Medium::blank(kind), None);
        result.unwrap();
        let first = changes(&codes).unwrap();
        let medium = Medium::blank(kind);
        let (result, codes) = burn(&medium, Some(first));
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{what}: {error:?}");
        let told = error.to_string();
        assert!(told.contains("nothing was written") || told.contains("as it was"), "{what}: {told}");
        assert_eq!(changes(&codes), None, "{what}: {codes:X?}");
        medium.burn("/first", &[], &Control::default()).unwrap();
        assert_eq!(medium.files(None), ["/first"], "{what}");
    }
}

/// The first write is refused, and the drive has begun nothing.
#[test]
fn a_first_write_that_is_refused_leaves_the_medium_as_it_was() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![7; 700 * 2048]).unwrap();
    let refused = |key, asc| Fault::Refuse { operation_code: 0x2A, key, asc, ascq: 0, times: None };
    for fault in [refused(4, 0x44), refused(3, 0x0C), Fault::WriteProtected, Fault::LossOfStreaming] {
        for kind in [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::DvdR, MediumKind::BdR] {
            let (medium, _) = Medium::with_session(kind);
            let mut drive = medium.faulty(&[fault]).unwrap();
            let error = drive
                .record_as_it_is(file.path(), &AsItIsOptions::default(), &Control::default())
                .unwrap_err();
            let told = error.to_string();
            assert!(told.contains("the medium is as it was"), "{kind}, {fault:?}: {told}");
            drop(drive);
            assert!(!medium.open().describe().unwrap().medium.unfinished_session, "{kind}, {fault:?}");
        }
        let medium = Medium::blank(MediumKind::BdR);
        let format = FormatRequest { bd_r: BdRMode::PseudoOverwrite, ..FormatRequest::default() };
        medium.open().format(&format, &Control::default()).unwrap();
        medium.burn("/first", &[], &Control::default()).unwrap();
        let told = medium.burn("/second", &[fault], &Control::default()).unwrap_err().to_string();
        assert!(told.contains("the medium is as it was"), "pseudo-overwrite, {fault:?}: {told}");
    }
}

#[test]
fn sectors_that_are_on_a_medium_with_pseudo_overwrite_are_counted() {
    let medium = Medium::blank(MediumKind::BdR);
    let format = FormatRequest { bd_r: BdRMode::PseudoOverwrite, ..FormatRequest::default() };
    medium.open().format(&format, &Control::default()).unwrap();
    medium.burn("/first", &[], &Control::default()).unwrap();
    let gone = Fault::MediumRemoved { after_sectors: 390 };
    let told = medium.burn("/second", &[gone], &Control::default()).unwrap_err().to_string();
    let sectors = told.split(' ').zip(told.split(' ').skip(1)).find(|(_, word)| *word == "sectors");
    match sectors {
        Some((sectors, _)) => assert!(sectors.parse::<u32>().unwrap() >= 352, "{told}"),
        None => assert!(told.contains("unknown"), "{told}"),
    }
}

/// Touches a file of a recording as soon as some of it was written.
struct Touch(PathBuf);

impl Observer for Touch {
    fn progress(&self, progress: Progress) {
        if progress.stage == Stage::Writing {
            let file = std::fs::File::options().write(true).open(&self.0).unwrap();
            file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        }
    }
}

#[test]
fn a_file_that_changes_while_it_is_recorded_as_it_is() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![7; 24 << 20]).unwrap();
    let medium = Medium::blank(MediumKind::DvdPlusR);
    let control = Control { observer: Some(Arc::new(Touch(file.path().to_owned()))), ..Control::default() };
    let error = medium.open().record_as_it_is(file.path(), &AsItIsOptions::default(), &control).unwrap_err();
    let Error::Recording { source, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(**source, Error::SourceChanged { .. }), "{error:?}");
    assert_eq!(error.blame(), Blame::Source);
}

#[test]
fn sound_that_changes_while_it_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("album.cue");
    let sound = folder.path().join("album.bin");
    std::fs::write(&sheet, "FILE \"album.bin\" BINARY\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n").unwrap();
    std::fs::write(&sound, vec![7; 2352 * 12_000]).unwrap();
    let medium = Medium::blank(MediumKind::CdR);
    let control = Control { observer: Some(Arc::new(Touch(sound))), ..Control::default() };
    let disc = fsimage::AudioDisc::from_cue_sheet(&sheet).unwrap();
    let error = fsimage::burn_audio(&mut medium.open(), &disc, &fsimage::AudioOptions::default(), &control)
        .unwrap_err();
    assert_eq!(error.blame(), Blame::Source, "{error:?}");
    let Error::Recording { source, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(**source, Error::SourceChanged { .. }), "{error:?}");
}

/// The size that a drive tells of a track that was cut off is the one that it could have had.
#[test]
fn a_track_that_was_cut_off_is_told_as_damaged() {
    for kind in [MediumKind::CdR, MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::BdR] {
        let medium = Medium::blank(kind);
        medium
            .burn("/first", &[Fault::MediumRemoved { after_sectors: 100 }], &Control::default())
            .unwrap_err();
        let summary = medium.open().describe().unwrap();
        assert_eq!(summary.medium.tracks[0].state, "damaged", "{kind}: {:?}", summary.medium.tracks);
    }
}

/// Cancels as soon as something is read back.
struct CancelVerifying(CancelToken);

impl Observer for CancelVerifying {
    fn progress(&self, progress: Progress) {
        if progress.stage == Stage::Verifying {
            self.0.cancel();
        }
    }
}

/// A track that nobody compares to its end is recorded, and its session is as open as it was to be.
#[test]
fn a_verification_that_is_given_up_leaves_the_session_as_it_is() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![7; 8 << 20]).unwrap();
    for (kind, at_once, is_open) in [
        (MediumKind::CdR, false, true),
        (MediumKind::CdR, true, false),
        (MediumKind::DvdPlusR, false, true),
        (MediumKind::DvdR, true, false),
        (MediumKind::BdR, false, true),
        (MediumKind::DvdPlusRw, false, false),
    ] {
        let medium = Medium::blank(kind);
        let cancel = CancelToken::new();
        let control = Control { observer: Some(Arc::new(CancelVerifying(cancel.clone()))), cancel };
        let options = AsItIsOptions { at_once, verify: Verification::Full, ..AsItIsOptions::default() };
        let mut drive = medium.open();
        let error = drive.record_as_it_is(file.path(), &options, &control).unwrap_err();
        let Error::Cancelled { state } = &error else { panic!("{kind}: {error:?}") };
        let told = match is_open {
            true => "the file is recorded, and its session is open; it was not verified in full",
            false => "the file is recorded; it was not verified in full",
        };
        assert_eq!(state, told, "{kind}, at once: {at_once}");
        assert_eq!(
            drive.describe().unwrap().medium.unfinished_session,
            is_open,
            "{kind}, at once: {at_once}"
        );
    }
}

/// The drive closes what was recorded at once, so that the error is all that tells of the rest.
#[test]
fn a_file_at_once_that_was_stopped_is_told_for_what_it_is() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![7; 8 << 20]).unwrap();
    let options = AsItIsOptions { at_once: true, ..AsItIsOptions::default() };
    for kind in [MediumKind::CdR, MediumKind::CdRw, MediumKind::DvdR, MediumKind::DvdRw] {
        let medium = Medium::blank(kind);
        let cancel = CancelToken::new();
        let control = Control { observer: Some(Arc::new(CancelAt(1000, cancel.clone()))), cancel };
        let error = medium.open().record_as_it_is(file.path(), &options, &control).unwrap_err();
        let Error::Cancelled { state } = &error else { panic!("{kind}: {error:?}") };
        assert!(state.contains("nothing on the disc tells that later"), "{kind}: {state}");
    }
}

/// Who stops before the first sectors of a session or disc at once has it as it was, though it was announced.
#[test]
fn what_is_recorded_at_once_and_stopped_before_its_first_sectors() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![7; 700 * 2048]).unwrap();
    let options = AsItIsOptions { at_once: true, ..AsItIsOptions::default() };
    for (kind, announcing) in [
        (MediumKind::CdR, 0x5D),
        (MediumKind::CdRw, 0x5D),
        (MediumKind::DvdR, 0x53),
        (MediumKind::DvdRw, 0x53),
    ] {
        let record = |medium: &Medium, at: Option<usize>| {
            let cancel = CancelToken::new();
            let (mut drive, codes) = watched(&medium.path, at.map(|number| (number, cancel.clone())));
            let control = Control { cancel, ..Control::default() };
            let result = drive.record_as_it_is(file.path(), &options, &control);
            drop(drive);
            let codes = codes.lock().unwrap().clone();
            (result, codes)
        };
        let (result, codes) = record(&Medium::blank(kind), None);
        result.unwrap();
        let announced = codes.iter().position(|code| *code == announcing).unwrap();
        let medium = Medium::blank(kind);
        let (result, codes) = record(&medium, Some(announced + 1));
        let told = result.unwrap_err().to_string();
        assert!(told.contains("as it was") || told.contains("nothing was written"), "{kind}: {told}");
        assert!(codes.contains(&announcing) && !codes.contains(&0x2A), "{kind}: {codes:X?}");
        assert_eq!(medium.open().describe().unwrap().medium.state, "blank", "{kind}");
        medium.burn("/first", &[], &Control::default()).unwrap();
        assert_eq!(medium.files(None), ["/first"], "{kind}");
    }
}

/// A session at once that stopped within: what was before it can be read, nothing follows it, and the error of who
/// tries says why.
#[test]
fn a_cd_at_once_that_was_cut_takes_nothing_more() {
    for kind in [MediumKind::CdR, MediumKind::CdRw] {
        for is_second in [false, true] {
            let medium = if is_second { Medium::with_session(kind).0 } else { Medium::blank(kind) };
            let disc =
                GrowingDisc::open(medium.faulty(&[Fault::PowerCut { after_sectors: 300 }]).unwrap()).unwrap();
            let mut tree = Tree::new();
            tree.add("/second", Item::Bytes(content("/second").into()), &ItemOptions::default()).unwrap();
            let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
            let plan = LayoutPlan::new(&tree, options).unwrap();
            let at_once = BurnOptions { at_once: true, ..BurnOptions::default() };
            let told = disc.write(&plan, &at_once, &Control::default()).unwrap_err().to_string();
            let expected = match is_second {
                true => "earlier sessions can be read, and nothing can follow",
                false => "the disc cannot be read",
            };
            assert!(told.contains(expected), "{kind}: {told}");
            let told = medium.open().close(fsimage::Closing::KeepAppendable).unwrap_err().to_string();
            assert!(told.contains("recorded at once, and stopped, cannot be closed"), "{kind}: {told}");
            let told = medium.burn("/later", &[], &Control::default()).unwrap_err().to_string();
            assert!(told.contains("a CD-RW can be blanked"), "{kind}: {told}");
            if is_second {
                assert_eq!(medium.files(None), ["/first"], "{kind}");
            }
            if kind == MediumKind::CdRw {
                medium.open().blank(fsimage::Blanking::Quick, &Control::default()).unwrap();
                medium.burn("/later", &[], &Control::default()).unwrap();
                assert_eq!(medium.files(None), ["/later"]);
            }
        }
    }
}

/// Records a file at once, or track at once, until the power goes.
fn cut(medium: &Medium, at_once: bool) {
    let disc = GrowingDisc::open(medium.faulty(&[Fault::PowerCut { after_sectors: 300 }]).unwrap()).unwrap();
    let mut tree = Tree::new();
    tree.add("/second", Item::Bytes(content("/second").into()), &ItemOptions::default()).unwrap();
    let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
    let plan = LayoutPlan::new(&tree, options).unwrap();
    let options = BurnOptions { at_once, ..BurnOptions::default() };
    disc.write(&plan, &options, &Control::default()).unwrap_err();
}

/// Records at once, and is killed behind some of it: the track is left open.
fn killed(medium: &Medium) {
    let mut drive = Drive::with_waiter(SimulatedDrive::open(&medium.path).unwrap(), Box::new(NoWait));
    drive.wait_until_ready().unwrap();
    let found = drive.medium().unwrap();
    let request = SessionRequest { mode: RecordingMode::AtOnce, ..SessionRequest::new(320) };
    let mut recorder = recorder(&mut drive, &found).unwrap();
    let mut session = recorder.begin(&request).unwrap();
    let start = session.next_writable().unwrap();
    session.write(start, &[1; 160 * 2048]).unwrap();
    drop(session);
    drop(recorder);
    drive.into_transport().close().unwrap();
}

#[test]
fn what_was_recorded_at_once_by_a_program_that_was_killed_takes_nothing_more() {
    for kind in [MediumKind::DvdR, MediumKind::DvdRw] {
        let medium = Medium::blank(kind);
        killed(&medium);
        let told = GrowingDisc::open(medium.open()).unwrap_err().to_string();
        assert!(told.contains("recorded at once, and stopped, cannot be closed"), "{kind}: {told}");
        let told = medium.open().close(fsimage::Closing::KeepAppendable).unwrap_err().to_string();
        assert!(told.contains("recorded at once, and stopped, cannot be closed"), "{kind}: {told}");
    }
}

/// What no command does is not offered, and the refusal of a drive is explained.
#[test]
fn what_was_recorded_at_once_and_stopped_is_not_to_be_recovered() {
    for kind in [MediumKind::DvdR, MediumKind::DvdRw] {
        let medium = Medium::blank(kind);
        cut(&medium, true);
        let recovery = Recovery::of_drive(medium.open(), &Control::default()).unwrap();
        let report = recovery.report().clone();
        assert_eq!(report.action, RecoveryAction::StoppedAtOnce, "{kind}: {report:?}");
        let before = std::fs::read(medium.path.with_extension("medium")).unwrap();
        assert!(recovery.write(report.identifier, &Control::default()).unwrap().session.is_none(), "{kind}");
        assert_eq!(std::fs::read(medium.path.with_extension("medium")).unwrap(), before, "{kind}");
        let not_closed = medium.open().close(fsimage::Closing::KeepAppendable).unwrap_err().to_string();
        let not_burnt = medium.burn("/later", &[], &Control::default()).unwrap_err().to_string();
        for told in [not_closed, not_burnt] {
            assert!(told.contains("recorded at once, and stopped, cannot be closed"), "{kind}: {told}");
        }
        if kind == MediumKind::DvdRw {
            medium.open().blank(fsimage::Blanking::Full, &Control::default()).unwrap();
            medium.burn("/later", &[], &Control::default()).unwrap();
            assert_eq!(medium.files(None), ["/later"]);
        }
        // An incremental recording is taken up.
        let medium = Medium::blank(kind);
        cut(&medium, false);
        let recovery = Recovery::of_drive(medium.open(), &Control::default()).unwrap();
        assert_ne!(recovery.report().action, RecoveryAction::StoppedAtOnce, "{kind}");
        let identifier = recovery.report().identifier;
        recovery.write(identifier, &Control::default()).unwrap();
    }
    // Of a CD nothing tells which it was.
    for (kind, at_once) in [(MediumKind::CdR, true), (MediumKind::CdR, false), (MediumKind::CdRw, true)] {
        for is_second in [false, true] {
            let medium = if is_second { Medium::with_session(kind).0 } else { Medium::blank(kind) };
            cut(&medium, at_once);
            let recovery = Recovery::of_drive(medium.open(), &Control::default()).unwrap();
            let report = recovery.report().clone();
            assert!(report.may_be_at_once, "{kind}: {report:?}");
            match recovery.write(report.identifier, &Control::default()) {
                Ok(_) => assert!(!at_once, "{kind}"),
                Err(error) => {
                    let told = error.to_string();
                    assert!(at_once && told.contains("and stopped, cannot be closed"), "{kind}: {told}");
                }
            }
        }
    }
}

/// A file that is not what it was when all were looked at is not recorded, whatever it has become.
#[test]
fn a_second_file_that_changes_while_the_first_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["one", "two"].map(|name| folder.path().join(name));
    for len in [100, 300, 900] {
        for path in &paths {
            std::fs::write(path, vec![7; 400 * 2048]).unwrap();
        }
        let medium = Medium::blank(MediumKind::DvdPlusR);
        let mut drive = medium.open();
        let options = AsItIsOptions::default();
        let files = drive.check_as_it_is(&paths, &options).unwrap();
        drive.record_file_as_it_is(&files[0], &options, &Control::default()).unwrap();
        std::fs::write(&paths[1], vec![8; len * 2048]).unwrap();
        let error = drive.record_file_as_it_is(&files[1], &options, &Control::default()).unwrap_err();
        assert!(matches!(error, Error::SourceChanged { .. }), "{len}: {error:?}");
        let tracks = drive.describe().unwrap().medium.tracks;
        assert_eq!(tracks.iter().filter(|track| track.state == "recorded").count(), 1, "{len}: {tracks:?}");
    }
}
