//! Recordings that go wrong: the error says so and in what state the medium is, what was on it can still be
//! read, and the next burn works.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use fsimage::{
    Blame, BurnOptions, Burnt, Control, DEFAULT_PREFERENCE, Error, FormatRequest, GrowingDisc, Item,
    ItemOptions, LayoutPlan, MediumKind, PlanOptions, Recovery, RecoveryAction, Result, Tree, Verification,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use mmc_device::{Cdb, Data, Transport, TransportError};
use support::drives::over;
use support::medium::{CONTENT, Medium, assert_goes_on, content};

const KINDS: [MediumKind; 5] =
    [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR, MediumKind::DvdPlusRw, MediumKind::BdRe];

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
        let closed = drive.close(fsimage::Closing::KeepAppendable).unwrap();
        assert_eq!(closed.unused, [], "{kind}");
        let [track] = &closed.cut_short[..] else { panic!("{kind}: {closed:?}") };
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
        assert_eq!(medium.open().close(fsimage::Closing::Finalise).unwrap(), Default::default(), "{kind}");
    }
}

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

/// What a drive says of a command that it does not know.
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
        // Where the flush fails, all of the session is there, and open.
        let name = format!("/{operation_code:X}");
        let error = medium.burn(&name, &[internal(operation_code)], &Control::default()).unwrap_err();
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
        // Neither what it was nor what it was to be.
        let found = medium.open().disc().unwrap().image(None, &DEFAULT_PREFERENCE).err();
        assert!(matches!(found, Some(Error::EmptyMedium { .. })), "{kind}: {found:?}");
        medium.burn("/second", &[], &Control::default()).unwrap();
        assert_eq!(medium.open().disc().unwrap().sessions().len(), 1, "{kind}");
    }
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

/// A drive that takes no announcement of the size records all the same, and says so.
#[test]
fn a_reservation_that_the_drive_refuses_is_told() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![7; 64 * 2048]).unwrap();
    for kind in [MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::BdR] {
        for (faults, is_refused) in [(&[refuse(0x53)][..], true), (&[], false)] {
            let medium = Medium::blank(kind);
            let disc = GrowingDisc::open(medium.faulty(faults).unwrap()).unwrap();
            let mut tree = Tree::new();
            tree.add("/first", Item::Bytes(content("/first").into()), &ItemOptions::default()).unwrap();
            let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
            let plan = LayoutPlan::new(&tree, options).unwrap();
            let options = BurnOptions { reserve: true, ..BurnOptions::default() };
            let burnt = disc.write(&plan, &options, &Control::default()).unwrap();
            assert_eq!(burnt.reservation_refused, is_refused, "{kind}");
            assert_eq!(medium.files(None), ["/first"], "{kind}");
            let mut drive = medium.faulty(faults).unwrap();
            let options = fsimage::AsItIsOptions { reserve: true, ..fsimage::AsItIsOptions::default() };
            let recorded = drive.record_as_it_is(file.path(), &options, &Control::default()).unwrap();
            assert_eq!(recorded.reservation_refused, is_refused, "{kind}");
        }
    }
}
