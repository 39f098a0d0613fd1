//! Recordings that go wrong: the error says so and in what state the medium is, what was on it can still be
//! read, and the next burn works.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fsimage::{
    AsItIsOptions, BdRMode, Blame, BurnOptions, Burnt, CancelToken, Control, DEFAULT_PREFERENCE, DriveName,
    Error, FormatRequest, GrowingDisc, ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind, Observer,
    OpenDrive, PlanOptions, Progress, Recovery, RecoveryAction, Result, Stage, Tree, Verification,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{Cdb, Data, Drive, Transport, TransportError, Waiter};
use support::drives::{faulty, over};
use support::list_image;

const KINDS: [MediumKind; 5] =
    [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR, MediumKind::DvdPlusRw, MediumKind::BdRe];

/// Sectors of contents in each session of these tests.
const CONTENT: u32 = 600;

struct Medium {
    kind: MediumKind,
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Medium {
    fn blank(kind: MediumKind) -> Medium {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        fsimage::create_simulated_medium(&path, kind).unwrap();
        Medium { kind, path, _folder: folder }
    }

    /// With one session, which holds `/first`.
    fn with_session(kind: MediumKind) -> (Medium, Burnt) {
        let medium = Medium::blank(kind);
        let burnt = medium.burn("/first", &[], &Control::default()).unwrap();
        (medium, burnt)
    }

    fn open(&self) -> OpenDrive {
        let name: DriveName = format!("sim:{}", self.path.display()).parse().unwrap();
        OpenDrive::open(&name).unwrap()
    }

    fn faulty(&self, faults: &[Fault]) -> Result<OpenDrive> {
        faulty(SimulatedDrive::open(&self.path).unwrap(), faults)
    }

    /// Adds a file of that name to what is on the medium, in a drive with these faults.
    fn burn(&self, name: &str, faults: &[Fault], control: &Control) -> Result<Burnt> {
        let disc = GrowingDisc::open(self.faulty(faults)?)?;
        let (mut tree, options) = if disc.is_blank() {
            (Tree::new(), PlanOptions::default())
        } else {
            let imported = disc.import(&ImportOptions::default(), control)?;
            let options = imported.plan_options();
            (imported.tree, options)
        };
        tree.add(name, Item::Bytes(content(name).into()), &ItemOptions::default())?;
        let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options })?;
        disc.write(&plan, &BurnOptions { verify: Verification::Full, ..BurnOptions::default() }, control)
    }

    /// The files of a session, each with the right content.
    fn files(&self, session: Option<u16>) -> Vec<String> {
        let disc = self.open().disc().unwrap();
        let image = disc.image(session, &DEFAULT_PREFERENCE).unwrap();
        let mut names = Vec::new();
        for (path, entry) in list_image(&image) {
            if path != "/" {
                let (expected, _) = peers::digest(content(&path).as_slice()).unwrap();
                assert_eq!(entry.sha256, Some(expected), "{}: {path}", self.kind);
                names.push(path);
            }
        }
        names
    }
}

fn content(name: &str) -> Vec<u8> {
    let start = name.bytes().fold(7u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    (0..CONTENT * 2048).map(|at| start.wrapping_add((at / 3) as u8) ^ (at >> 11) as u8).collect()
}

/// That the error is one of a recording, and says what is left on the medium.
#[track_caller]
fn assert_recording_stopped(error: &Error, blame: Blame, kind: MediumKind) {
    match error {
        Error::Recording { medium, .. } => {
            assert!(
                medium.contains("sectors of the session")
                    || medium.contains("as it was")
                    || medium.contains("unknown"),
                "{kind}: {medium}"
            );
        }
        other => panic!("{kind}: {other:?}"),
    }
    assert_eq!(error.blame(), blame, "{kind}: {error}");
}

/// The drive fills a reserved track that was cut short with zeros, and the session in it is known to have been cut short
/// all the same.
#[test]
fn reserved_sessions_that_were_cut_short() {
    for kind in [MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::BdR] {
        let (medium, first) = Medium::with_session(kind);
        let disc =
            GrowingDisc::open(medium.faulty(&[Fault::PowerCut { after_sectors: 400 }]).unwrap()).unwrap();
        let mut tree = Tree::new();
        tree.add("/second", Item::Bytes(content("/second").into()), &ItemOptions::default()).unwrap();
        let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
        let plan = LayoutPlan::new(&tree, options).unwrap();
        let options = BurnOptions { reserve: true, ..BurnOptions::default() };
        disc.write(&plan, &options, &Control::default()).unwrap_err();
        let mut drive = medium.open();
        let cut_short = drive.close(fsimage::Closing::KeepAppendable).unwrap();
        let [track] = &cut_short[..] else { panic!("{kind}: {cut_short:?}") };
        assert_eq!((track.number, track.session), (2, 2), "{kind}");
        assert!(track.start as u32 > first.start.get() && track.sectors >= CONTENT, "{kind}: {track:?}");
        drop(drive);
        let disc = medium.open().disc().unwrap();
        assert_eq!(disc.sessions().len(), 2, "{kind}");
        let summary = disc.describe(Some(2)).unwrap();
        assert!(summary.findings.iter().any(|told| told.contains("stopped early")), "{kind}: {summary:?}");
        drop(disc);
        assert_eq!(medium.files(None), ["/first"], "{kind}");
        let recovery = Recovery::of_drive(medium.open(), &Control::default()).unwrap();
        let report = recovery.report();
        assert_eq!(report.action, RecoveryAction::ClosingSession, "{kind}: {report:?}");
        assert_eq!(report.dropped.len(), 1, "{kind}: {report:?}");
        drop(recovery);
        // Closed to their end, they are no such tracks.
        let mut tree = Tree::new();
        tree.add("/third", Item::Bytes(content("/third").into()), &ItemOptions::default()).unwrap();
        let disc = GrowingDisc::open(medium.open()).unwrap();
        let plan = PlanOptions { place: disc.place(), ..PlanOptions::default() };
        disc.write(&LayoutPlan::new(&tree, plan).unwrap(), &options, &Control::default()).unwrap();
        assert_eq!(medium.open().close(fsimage::Closing::Finalise).unwrap(), [], "{kind}");
    }
}

/// What a drive says of a command that it does not know.
/// Whatever its end was refused by, it is closed later: by hand, or by the next session.
#[test]
fn reserved_sessions_whose_close_was_refused() {
    let refused = |operation_code, asc| {
        [Fault::Refuse { operation_code, key: 3, asc, ascq: 0, times: Some(if asc == 0x72 { 1 } else { 9 }) }]
    };
    use MediumKind::{BdR, DvdPlusR, DvdR, DvdRDl, DvdRw};
    for kind in [DvdR, DvdRw, DvdRDl, DvdPlusR, BdR] {
        for (faults, is_by_hand) in
            [(refused(0x5B, 0x72), true), (refused(0x5B, 0x72), false), (refused(0x35, 0x0C), true)]
        {
            let medium = Medium::blank(kind);
            let disc = GrowingDisc::open(medium.faulty(&faults).unwrap()).unwrap();
            let mut tree = Tree::new();
            tree.add("/first", Item::Bytes(content("/first").into()), &ItemOptions::default()).unwrap();
            let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
            let plan = LayoutPlan::new(&tree, options).unwrap();
            let options = BurnOptions { reserve: true, ..BurnOptions::default() };
            let error = disc.write(&plan, &options, &Control::default()).unwrap_err();
            assert!(matches!(error, Error::Recording { .. }), "{kind}: {error:?}");
            if is_by_hand {
                medium.open().close(fsimage::Closing::KeepAppendable).unwrap();
                assert_eq!(medium.files(None), ["/first"], "{kind}");
            }
            medium.burn("/later", &[], &Control::default()).unwrap();
            assert_eq!(medium.files(None), ["/first", "/later"], "{kind}");
        }
    }
}

fn refuse(operation_code: u8) -> Fault {
    Fault::Refuse { operation_code, key: 5, asc: 0x20, ascq: 0x00, times: None }
}

/// Recorded is recorded, whatever the tray does.
#[test]
fn a_tray_that_does_not_move_does_not_take_the_report() {
    let tree = |name: &str| {
        let mut tree = Tree::new();
        tree.add(name, Item::Bytes(content(name).into()), &ItemOptions::default()).unwrap();
        tree
    };
    for (eject, reload) in [(true, false), (false, true)] {
        for faults in [&[refuse(0x1B)][..], &[]] {
            let medium = Medium::blank(MediumKind::DvdPlusR);
            let disc = GrowingDisc::open(medium.faulty(faults).unwrap()).unwrap();
            let tree = tree("/first");
            let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
            let plan = LayoutPlan::new(&tree, options).unwrap();
            let options = BurnOptions { eject, reload, verify: Verification::Full, ..BurnOptions::default() };
            let burnt = disc.write(&plan, &options, &Control::default()).unwrap();
            match (burnt.tray_failure, faults) {
                (Some(told), [_]) => assert!(told.contains("START STOP UNIT"), "{told}"),
                (None, []) => {}
                (told, _) => panic!("{told:?}"),
            }
            assert_eq!(medium.files(None), ["/first"]);
        }
    }
}

/// A drive that does not tell the state of its medium records nothing, and the error names what it refused.
#[test]
fn what_a_drive_does_not_tell_is_named() {
    for kind in [MediumKind::CdR, MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::BdR] {
        let (medium, _) = Medium::with_session(kind);
        for (operation_code, command) in
            [(0x51, "READ DISC INFORMATION"), (0x52, "READ TRACK INFORMATION"), (0x46, "GET CONFIGURATION")]
        {
            let faults = [refuse(operation_code)];
            let error = medium.burn("/second", &faults, &Control::default()).unwrap_err();
            let told = error.to_string();
            assert!(told.contains(command) && told.contains("5/20/00"), "{kind}: {told}");
            assert_eq!(error.blame(), Blame::Drive, "{kind}: {told}");
            let drive = medium.faulty(&faults).unwrap();
            assert_eq!(drive.describe().unwrap().medium.state, "unknown", "{kind}: {command}");
        }
        // What is recorded can be read all the same.
        let disc = medium.faulty(&[refuse(0x51)]).unwrap().disc().unwrap();
        assert!(disc.image(None, &DEFAULT_PREFERENCE).is_ok(), "{kind}");
        drop(disc);
        assert_goes_on(&medium);
    }
}

/// A hardware error (4/44, INTERNAL TARGET FAILURE) is the drive's, whatever it does: another medium does not help.
#[test]
fn a_hardware_error_is_of_the_drive() {
    let internal =
        |operation_code| Fault::Refuse { operation_code, key: 4, asc: 0x44, ascq: 0x00, times: None };
    let (medium, _) = Medium::with_session(MediumKind::DvdPlusR);
    // READ and WRITE, the flush, the close, and what is asked before.
    for operation_code in [0x28, 0x2A, 0x35, 0x5B, 0x51, 0x52] {
        let error = medium.burn("/second", &[internal(operation_code)], &Control::default()).unwrap_err();
        let told = error.to_string();
        assert!(told.contains("4/44/00"), "{operation_code:X}: {told}");
        assert_eq!(error.blame(), Blame::Drive, "{operation_code:X}: {told}");
    }
    let medium = Medium::blank(MediumKind::DvdPlusRw);
    let mut drive = medium.faulty(&[internal(0x04)]).unwrap();
    let error = drive.format(&FormatRequest::default(), &Control::default()).unwrap_err();
    assert_eq!(error.blame(), Blame::Drive, "{error}");
}

/// A file that goes over a medium from its beginning leaves nothing of what was there, and does not say that it does.
#[test]
fn files_as_they_are_over_a_session() {
    for kind in [MediumKind::DvdRam, MediumKind::DvdPlusRw, MediumKind::BdRe] {
        let (medium, _) = Medium::with_session(kind);
        let file = medium.path.with_file_name("file");
        std::fs::write(&file, vec![7; 1000 * 2048]).unwrap();
        let mut drive = medium.faulty(&[Fault::WriteError { lba: 640 }]).unwrap();
        let options = fsimage::AsItIsOptions::default();
        let error = drive.record_as_it_is(&file, &options, &Control::default()).unwrap_err();
        assert_eq!(error.blame(), Blame::Medium, "{kind}: {error}");
        let Error::Recording { medium: left, .. } = &error else { panic!("{kind}: {error:?}") };
        assert!(left.contains("from sector 0 on, over what was there"), "{kind}: {left}");
        drop(drive);
        // Not blank, and not what it was.
        let found = medium.open().disc().unwrap().image(None, &DEFAULT_PREFERENCE).err();
        assert!(matches!(found, Some(Error::NoFileSystem { .. })), "{kind}: {found:?}");
        let refused = medium.burn("/second", &[], &Control::default()).unwrap_err();
        assert!(matches!(refused, Error::NotBlank { .. }), "{kind}: {refused:?}");
    }
}

/// The first session is there, and the next burn builds on it.
#[track_caller]
fn assert_goes_on(medium: &Medium) {
    assert_eq!(medium.files(None), ["/first"], "{}", medium.kind);
    assert_eq!(medium.files(Some(1)), ["/first"], "{}", medium.kind);
    medium.burn("/later", &[], &Control::default()).unwrap();
    assert_eq!(medium.files(None), ["/first", "/later"], "{}", medium.kind);
    assert_eq!(medium.files(Some(1)), ["/first"], "{}", medium.kind);
    medium.burn("/last", &[], &Control::default()).unwrap();
    assert_eq!(medium.files(None), ["/first", "/last", "/later"], "{}", medium.kind);
}

/// Where the second session will begin.
fn next_start(medium: &Medium) -> u32 {
    GrowingDisc::open(medium.open()).unwrap().place().start.get()
}

#[test]
fn a_sector_that_cannot_be_written() {
    for kind in KINDS {
        let (medium, _) = Medium::with_session(kind);
        let lba = next_start(&medium) + 300;
        let error = medium.burn("/second", &[Fault::WriteError { lba }], &Control::default()).unwrap_err();
        assert_recording_stopped(&error, Blame::Medium, kind);
        if matches!(kind, MediumKind::DvdPlusRw | MediumKind::BdRe) {
            // The sector stays bad; another drive, or another try, may write it.
            assert_eq!(medium.files(None), ["/first"], "{kind}");
        }
        assert_goes_on(&medium);
    }
}

#[test]
fn a_write_error_that_the_drive_tells_late() {
    for kind in KINDS {
        let (medium, _) = Medium::with_session(kind);
        let lba = next_start(&medium) + 400;
        let error =
            medium.burn("/second", &[Fault::DeferredWriteError { lba }], &Control::default()).unwrap_err();
        assert_recording_stopped(&error, Blame::Medium, kind);
        assert_goes_on(&medium);
    }
}

#[test]
fn power_cuts_all_the_way_through() {
    for kind in KINDS {
        for after_sectors in [0, 1, 17, 100, 333, CONTENT.into()] {
            let (medium, _) = Medium::with_session(kind);
            let error = medium
                .burn("/second", &[Fault::PowerCut { after_sectors }], &Control::default())
                .unwrap_err();
            if after_sectors > 0 {
                assert_recording_stopped(&error, Blame::Drive, kind);
            } else {
                assert_eq!(error.blame(), Blame::Drive, "{kind}: {error}");
            }
            assert_goes_on(&medium);
        }
    }
}

#[test]
fn a_medium_that_is_taken_out() {
    for kind in KINDS {
        let (medium, _) = Medium::with_session(kind);
        let error = medium
            .burn("/second", &[Fault::MediumRemoved { after_sectors: 200 }], &Control::default())
            .unwrap_err();
        assert_recording_stopped(&error, Blame::Medium, kind);
        assert_goes_on(&medium);
    }
}

#[test]
fn a_power_cut_around_the_new_head_leaves_the_old_state_or_the_new_one() {
    for kind in [MediumKind::DvdPlusRw, MediumKind::BdRe] {
        let (reference, _) = Medium::with_session(kind);
        let sectors = reference.burn("/second", &[], &Control::default()).unwrap().sectors;
        for more in [0, 1, 15, 16, 17, 18, 19, 20, 31, 32] {
            let (medium, _) = Medium::with_session(kind);
            let cut = Fault::PowerCut { after_sectors: u64::from(sectors + more) };
            let outcome = medium.burn("/second", &[cut], &Control::default());
            let found = medium.files(None);
            match outcome {
                Ok(_) => assert_eq!(found, ["/first", "/second"], "{kind}, {more}"),
                Err(error) => {
                    assert_eq!(error.blame(), Blame::Drive, "{kind}, {more}: {error}");
                    assert!(
                        found == ["/first"] || found == ["/first", "/second"],
                        "{kind}, {more}: {found:?}"
                    );
                }
            }
            assert_eq!(medium.files(Some(1)), ["/first"], "{kind}, {more}");
            medium.burn("/later", &[], &Control::default()).unwrap();
            let later = medium.files(None);
            assert!(found.iter().all(|name| later.contains(name)), "{kind}, {more}: {found:?}, {later:?}");
            assert!(later.contains(&"/later".to_owned()));
        }
    }
}

#[test]
fn a_first_session_that_failed_leaves_a_medium_that_can_be_burnt() {
    for kind in KINDS {
        for fault in [
            Fault::PowerCut { after_sectors: 250 },
            Fault::WriteError { lba: 321 },
            Fault::MediumRemoved { after_sectors: 99 },
        ] {
            let medium = Medium::blank(kind);
            let error = medium.burn("/lost", &[fault], &Control::default()).unwrap_err();
            assert!(matches!(error, Error::Recording { .. }), "{kind}, {fault:?}: {error:?}");
            let burnt = medium.burn("/first", &[], &Control::default());
            assert!(burnt.is_ok(), "{kind}, {fault:?}: {}; then {}", error, burnt.unwrap_err());
            assert_eq!(medium.files(None), ["/first"], "{kind}, {fault:?}");
            medium.burn("/more", &[], &Control::default()).unwrap();
            assert_eq!(medium.files(None), ["/first", "/more"], "{kind}, {fault:?}");
        }
    }
}

#[test]
fn what_a_drive_does_now_and_then_is_no_error() {
    for kind in KINDS {
        let (medium, _) = Medium::with_session(kind);
        let faults = [
            Fault::LongWriteInProgress { times: 25 },
            Fault::NotReady { times: 3 },
            Fault::ReadyTooEarly { times: 3 },
            Fault::ImmediateSynchronizeRefused,
            Fault::BufferCapacityNonsense,
        ];
        medium.burn("/second", &faults, &Control::default()).unwrap();
        assert_eq!(medium.files(None), ["/first", "/second"], "{kind}");
        assert_eq!(medium.files(Some(1)), ["/first"], "{kind}");
    }
}

#[test]
fn verification_finds_what_nobody_else_does() {
    for kind in KINDS {
        let (medium, _) = Medium::with_session(kind);
        let lba = next_start(&medium) + 500;
        let error =
            medium.burn("/second", &[Fault::SilentCorruption { lba }], &Control::default()).unwrap_err();
        assert!(
            matches!(error, Error::VerifyFailed { sector, sectors: 1, .. } if sector.get() == lba),
            "{kind}: {error:?}"
        );
        assert_eq!(medium.files(Some(1)), ["/first"], "{kind}");
    }
}

/// Records three files on a blank medium and reads them back so far, with these faults.
fn verified(kind: MediumKind, verify: Verification, faults: &[Fault]) -> Result<Burnt> {
    let medium = Medium::blank(kind);
    let mut tree = Tree::new();
    for (name, sectors) in [("/1", 400), ("/2", 9000), ("/3", 400)] {
        let bytes = vec![7; sectors * 2048];
        tree.add(name, Item::Bytes(bytes.into()), &ItemOptions::default())?;
    }
    let disc = GrowingDisc::open(medium.faulty(faults)?)?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..PlanOptions::default() })?;
    let options = BurnOptions { verify, ..BurnOptions::default() };
    disc.write(&plan, &options, &Control::default())
}

#[test]
fn what_differs_is_told_by_file_in_as_much_as_was_read_back() {
    let corrupted = |lba| Fault::SilentCorruption { lba };
    for kind in [MediumKind::DvdPlusR, MediumKind::BdRe] {
        // In the first file, which is near the beginning, and in the middle of the second, which cannot be read at its end.
        let faults = [corrupted(310), corrupted(5000), corrupted(5003), Fault::ReadError { lba: 9300 }];
        verified(kind, Verification::None, &faults).unwrap();
        verified(kind, Verification::Quick, &faults[1..]).unwrap();
        for (verify, count, named) in
            [(Verification::Quick, 1, &["/1"][..]), (Verification::Full, 4, &["/1", "/2"])]
        {
            let error = verified(kind, verify, &faults).unwrap_err();
            let Error::VerifyFailed { sector, sectors, files } = &error else { panic!("{kind}: {error:?}") };
            assert_eq!((sector.get(), *sectors), (310, count), "{kind}");
            assert_eq!(files, named, "{kind}");
        }
        let error = verified(kind, Verification::Full, &[corrupted(9750)]).unwrap_err();
        assert!(matches!(&error, Error::VerifyFailed { files, .. } if files == &["/3"]), "{kind}: {error:?}");
        verified(kind, Verification::Full, &[]).unwrap();
    }
}

/// A drive that reads nothing back as it was from this block on, but for one stretch.
struct Worn {
    drive: SimulatedDrive,
    from: u32,
    good: std::ops::Range<u32>,
}

impl Transport for Worn {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        let Data::In(buffer) = data else { return self.drive.execute(cdb, data, timeout) };
        let len = self.drive.execute(cdb, Data::In(&mut *buffer), timeout)?;
        if let [0x28, _, a, b, c, d, ..] = *cdb.as_bytes() {
            let sectors = (u32::from_be_bytes([a, b, c, d])..).zip(buffer[..len].chunks_mut(2048));
            for (_, sector) in sectors.filter(|(lba, _)| *lba >= self.from && !self.good.contains(lba)) {
                sector[7] ^= 1;
            }
        }
        Ok(len)
    }
}

/// However many sectors differ, every file that has one of them is named, and none besides.
#[test]
fn all_files_that_differ_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let drive = SimulatedDrive::create(folder.path().join("disc"), MediumKind::DvdPlusR).unwrap();
    let drive = over(Worn { drive, from: 300, good: 12_500..12_600 }).unwrap();
    let disc = GrowingDisc::open(drive).unwrap();
    let mut tree = Tree::new();
    let mut add = |path: &str, byte, sectors: usize| {
        tree.add(path, Item::Bytes(vec![byte; sectors * 2048].into()), &ItemOptions::default()).unwrap();
    };
    add("/0 large", 1, 12_000);
    for number in 0..1000usize {
        add(&format!("/file {number:03}"), (number % 251) as u8, 1);
    }
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..PlanOptions::default() }).unwrap();
    let expected: Vec<String> = plan
        .segments()
        .filter(|segment| segment.start + segment.sectors > 300 && !(12_500..12_600).contains(&segment.start))
        .filter_map(|segment| segment.owner.filter(|path| path.len() > 1))
        .collect();
    let options = BurnOptions { verify: Verification::Full, ..BurnOptions::default() };
    let error = disc.write(&plan, &options, &Control::default()).unwrap_err();
    let text = error.to_string();
    let Error::VerifyFailed { sectors, files, .. } = error else { panic!("{text}") };
    assert!(sectors > 12_000 && files.len() == 901, "{sectors}, {}", files.len());
    assert_eq!(files, expected);
    assert!(text.ends_with(", and 801 more files"), "{text}");
}

#[test]
fn a_refused_close_says_that_the_data_are_there() {
    for kind in [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR] {
        let (medium, _) = Medium::with_session(kind);
        let refuse = Fault::Refuse { operation_code: 0x5B, key: 5, asc: 0x2C, ascq: 0, times: None };
        let error = medium.burn("/second", &[refuse], &Control::default()).unwrap_err();
        assert!(matches!(&error, Error::Recording { medium, .. } if !medium.is_empty()), "{kind}: {error:?}");
        assert_eq!(medium.files(Some(1)), ["/first"], "{kind}");
        medium.burn("/later", &[], &Control::default()).unwrap();
        let found = medium.files(None);
        assert!(
            found.contains(&"/first".to_owned()) && found.contains(&"/later".to_owned()),
            "{kind}: {found:?}"
        );
    }
}

#[test]
fn a_disc_of_two_layers_that_the_drive_ends_is_said_to_be_complete() {
    let medium = Medium::blank(MediumKind::DvdRDl);
    let burnt = medium.burn("/first", &[Fault::TwoLayersEnd], &Control::default()).unwrap();
    assert_eq!(burnt.appendable, Some(false));
    assert_eq!(medium.files(None), ["/first"]);
    let more = medium.burn("/more", &[], &Control::default()).unwrap_err();
    assert!(matches!(more, Error::NoFurtherSession { .. }), "{more:?}");
    // Other drives, and other discs, take more.
    for (kind, fault) in [(MediumKind::DvdRDl, Fault::NoProgress), (MediumKind::DvdR, Fault::TwoLayersEnd)] {
        let medium = Medium::blank(kind);
        assert_eq!(medium.burn("/first", &[fault], &Control::default()).unwrap().appendable, Some(true));
        medium.burn("/more", &[], &Control::default()).unwrap();
        assert_eq!(medium.files(None), ["/first", "/more"], "{kind}");
    }
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
