//! Discs that cannot be read are never taken for blank, and their sessions not for such as stopped early: nothing is written to
//! them, and the error names the sector and what the drive says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use fsimage::{
    AsItIsOptions, BdRMode, BurnOptions, Closing, Control, DEFAULT_PREFERENCE, Error, FormatRequest,
    GrowingDisc, ImportOptions, ImportWarning, Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive,
    PlanOptions, Recovery, RecoveryAction, Result, Tree,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use support::drives::{Bench, faulty};
use support::list_image;

const READ: u8 = 0x28;

const REWRITABLE: [MediumKind; 4] =
    [MediumKind::DvdPlusRw, MediumKind::DvdRam, MediumKind::BdRe, MediumKind::DvdRw];

const WRITTEN_ONCE: [MediumKind; 4] =
    [MediumKind::CdR, MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::BdR];

fn refused((key, asc): (u8, u8)) -> Fault {
    Fault::Refuse { operation_code: READ, key, asc, ascq: 0, times: None }
}

/// What a drive may say instead of data, and what none of it is: that nothing was recorded.
const REFUSALS: [(u8, u8); 7] = [(4, 0x44), (3, 0x11), (3, 0x02), (4, 0x08), (5, 0x64), (0xB, 0), (2, 0x3A)];

/// Adds a file of that name.
fn burn(drive: OpenDrive, name: &str, options: &ImportOptions) -> Result<()> {
    let control = Control::default();
    let mut growing = GrowingDisc::open(drive)?;
    let (mut tree, planned) = if growing.is_blank() {
        (Tree::new(), PlanOptions::default())
    } else {
        let imported = growing.import(options, &control)?;
        let planned = imported.plan_options();
        (imported.tree, planned)
    };
    tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default())?;
    growing.close_open_session()?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: growing.place(), ..planned })?;
    growing.write(&plan, &BurnOptions::default(), &control).map(drop)
}

/// A medium, of which every sector can be written again if it is rewritable.
fn blank(kind: MediumKind) -> Bench {
    let bench = Bench::new();
    let mut drive = bench.drive(kind);
    if kind == MediumKind::DvdRw {
        drive.format(&FormatRequest::default(), &Control::default()).unwrap();
    }
    bench
}

fn recorded(kind: MediumKind, names: &[&str]) -> Bench {
    let bench = blank(kind);
    for name in names {
        burn(bench.drive(kind), name, &ImportOptions::default()).unwrap();
    }
    bench
}

fn with(bench: &Bench, faults: &[Fault]) -> OpenDrive {
    faulty(SimulatedDrive::open(bench.path("disc")).unwrap(), faults).unwrap()
}

fn names(bench: &Bench, kind: MediumKind) -> Vec<String> {
    let image = bench.drive(kind).disc().unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
    list_image(&image).into_keys().filter(|path| path != "/").collect()
}

/// That nothing can be read, written or recovered, and that the error says why.
#[track_caller]
fn assert_unreadable(bench: &Bench, kind: MediumKind, faults: &[Fault], why: &str) {
    let before = std::fs::read(bench.path("disc.medium")).unwrap();
    let told = |error: Error| {
        assert!(!matches!(error, Error::EmptyMedium { .. } | Error::NotBlank { .. }), "{kind}: {error:?}");
        let told = error.to_string();
        assert!(told.contains("sector 16") && told.contains(why), "{kind}, {faults:?}: {told}");
    };
    told(burn(with(bench, faults), "/second", &ImportOptions::default()).expect_err("burnt"));
    told(with(bench, faults).disc().unwrap().image(None, &DEFAULT_PREFERENCE).err().expect("read"));
    told(Recovery::of_drive(with(bench, faults), &Control::default()).expect_err("recovered"));
    assert_eq!(std::fs::read(bench.path("disc.medium")).unwrap(), before, "{kind}, {faults:?}");
}

#[test]
fn rewritable_discs_are_not_taken_for_blank() {
    for kind in REWRITABLE {
        let bench = recorded(kind, &["/first"]);
        for (key, asc) in REFUSALS {
            let sense = format!("{key:x}/{asc:02x}/00");
            // That no medium is there has words of its own.
            let why = if asc == 0x3A { "no medium" } else { &sense };
            assert_unreadable(&bench, kind, &[refused((key, asc))], why);
        }
        let hang = Fault::Hang { operation_code: READ, times: None };
        assert_unreadable(&bench, kind, &[hang], "did not finish");
        assert_eq!(names(&bench, kind), ["/first"], "{kind}");
        burn(bench.drive(kind), "/second", &ImportOptions::default()).unwrap();
        assert_eq!(names(&bench, kind), ["/first", "/second"], "{kind}");
    }
}

/// The descriptors of the session are behind the head as well.
#[test]
fn a_head_that_cannot_be_read_is_recovered() {
    for kind in REWRITABLE {
        for damaged in [16..=16, 16..=31, 0..=31] {
            let bench = recorded(kind, &["/first"]);
            let damage: Vec<Fault> = damaged.map(|lba| Fault::ReadError { lba }).collect();
            let damage = &damage[..];
            let error = with(&bench, damage).disc().unwrap().image(None, &DEFAULT_PREFERENCE).err().unwrap();
            assert!(matches!(error, Error::ImportRead(_)), "{kind}: {error:?}");
            let error = burn(with(&bench, damage), "/second", &ImportOptions::default()).unwrap_err();
            let told = error.to_string();
            assert!(told.contains("sector 16") && told.contains("3/11/05"), "{kind}: {told}");
            assert!(told.contains("fsimage recover") && !told.contains("drive blank"), "{kind}: {told}");
            let recovery = Recovery::of_drive(with(&bench, damage), &Control::default()).unwrap();
            assert_eq!(recovery.report().action, RecoveryAction::Head { session: 32 }, "{kind}");
        }
    }
}

/// Of UDF alone, the anchor in sector 256 tells which session is the newest.
#[test]
fn an_anchor_that_cannot_be_read_is_no_older_state() {
    let kind = MediumKind::BdRe;
    let bench = blank(kind);
    for name in ["/first", "/second"] {
        let growing = GrowingDisc::open(bench.drive(kind)).unwrap();
        let mut tree = Tree::new();
        if !growing.is_blank() {
            tree = growing.import(&ImportOptions::default(), &Control::default()).unwrap().tree;
        }
        tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default()).unwrap();
        let file_systems = fsimage::FileSystems::UDF;
        let planned = PlanOptions { place: growing.place(), file_systems, ..PlanOptions::default() };
        let plan = LayoutPlan::new(&tree, planned).unwrap();
        growing.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
    }
    let error = GrowingDisc::open(with(&bench, &[Fault::ReadError { lba: 256 }])).unwrap_err().to_string();
    assert!(error.contains("sector 256") && error.contains("3/11/05"), "{error}");
}

#[test]
fn what_was_never_written_is_blank() {
    for kind in REWRITABLE {
        let bench = blank(kind);
        let told = bench.drive(kind).disc().unwrap().image(None, &DEFAULT_PREFERENCE).err();
        assert!(matches!(told, Some(Error::EmptyMedium { .. })), "{kind}: {told:?}");
        let bench = blank(kind);
        if kind != MediumKind::DvdRam && kind != MediumKind::DvdRw {
            bench.drive(kind).format(&FormatRequest::default(), &Control::default()).unwrap();
        }
        let told = bench.drive(kind).disc().unwrap().image(None, &DEFAULT_PREFERENCE).err();
        assert!(matches!(told, Some(Error::EmptyMedium { .. })), "{kind}: {told:?}");
        burn(bench.drive(kind), "/first", &ImportOptions::default()).unwrap();
        assert_eq!(names(&bench, kind), ["/first"], "{kind}");
    }
}

/// A session whose descriptors cannot be read is there all the same, by what the drive tells of its tracks.
#[test]
fn sessions_that_cannot_be_read_are_not_hidden() {
    for kind in WRITTEN_ONCE {
        let bench = recorded(kind, &["/first"]);
        assert_unreadable(&bench, kind, &[Fault::ReadError { lba: 16 }], "3/11/05");
        for (key, asc) in REFUSALS {
            let sense = format!("{key:x}/{asc:02x}/00");
            let why = if asc == 0x3A { "no medium" } else { &sense };
            // On CD it is what drives say where nothing was recorded.
            if kind != MediumKind::CdR || (key, asc) != (5, 0x64) {
                assert_unreadable(&bench, kind, &[refused((key, asc))], why);
            }
        }
        if kind != MediumKind::CdR {
            assert_unreadable(&bench, kind, &[refused((8, 0))], "8/00/00");
        }
        assert_unreadable(
            &bench,
            kind,
            &[Fault::Hang { operation_code: READ, times: None }],
            "did not finish",
        );
        burn(bench.drive(kind), "/second", &ImportOptions::default()).unwrap();
        let second = bench.drive(kind).disc().unwrap().sessions().newest().unwrap().start.get();
        let faults = [Fault::ReadError { lba: second + 16 }];
        let told = burn(with(&bench, &faults), "/third", &ImportOptions::default()).unwrap_err().to_string();
        let sector = format!("sector {}", second + 16);
        assert!(told.contains(&sector) && told.contains("3/11/05"), "{kind}: {told}");
        // What can be read is shown, with a word of the rest.
        let image = with(&bench, &faults).disc().unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
        assert_eq!(image.passed_over().len(), 1, "{kind}");
        let told = image.passed_over()[0].to_string();
        assert!(told.contains("session 2 cannot be read") && told.contains(&sector), "{kind}: {told}");
        drop(image);
        // It can be asked for.
        let options = ImportOptions { session: Some(1), ..ImportOptions::default() };
        burn(with(&bench, &faults), "/third", &options).unwrap();
        assert_eq!(names(&bench, kind), ["/first", "/third"], "{kind}");
    }
}

/// A file as it is, in a session of its own.
fn record_foreign_session(bench: &Bench, kind: MediumKind) {
    let file = bench.path("tar");
    std::fs::write(&file, vec![0x74; 100 * 2048]).unwrap();
    let mut drive = bench.drive(kind);
    drive.record_as_it_is(&file, &AsItIsOptions::default(), &Control::default()).unwrap();
    drive.close(Closing::KeepAppendable).unwrap();
}

#[test]
fn sessions_of_another_kind_do_not_count() {
    for kind in WRITTEN_ONCE {
        let bench = recorded(kind, &["/first"]);
        record_foreign_session(&bench, kind);
        let disc = bench.drive(kind).disc().unwrap();
        let [passed_over] = &disc.passed_over()[..] else { panic!("{kind}: {:?}", disc.passed_over()) };
        assert_eq!(passed_over.to_string(), "session 2 holds no file system that is known", "{kind}");
        let Err(error) = disc.image(Some(2), &DEFAULT_PREFERENCE) else { panic!("{kind}") };
        assert!(matches!(error, Error::NoFileSystem { session: 2, .. }), "{kind}: {error:?}");
        assert!(disc.verify(None, &Control::default()).unwrap().is_whole(), "{kind}");
        drop(disc);
        let recovery = Recovery::of_drive(bench.drive(kind), &Control::default()).unwrap();
        assert_eq!(recovery.report().action, RecoveryAction::Nothing, "{kind}");
        assert!(recovery.report().sessions[1].complete, "{kind}");
        drop(recovery);
        let growing = GrowingDisc::open(bench.drive(kind)).unwrap();
        let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
        let told: Vec<String> = imported.warnings.iter().map(ImportWarning::to_string).collect();
        assert_eq!(
            told,
            ["session 2 holds no file system that is known: the state of session 1 is taken"],
            "{kind}"
        );
        drop((growing, imported));
        burn(bench.drive(kind), "/second", &ImportOptions::default()).unwrap();
        assert_eq!(names(&bench, kind), ["/first", "/second"], "{kind}");

        let bench = blank(kind);
        record_foreign_session(&bench, kind);
        let error = bench.drive(kind).disc().unwrap().image(None, &DEFAULT_PREFERENCE).err().unwrap();
        let told = error.to_string();
        assert!(matches!(error, Error::NoFileSystem { .. }) && !told.contains("stopped"), "{kind}: {told}");
        burn(bench.drive(kind), "/first", &ImportOptions::default()).unwrap();
        assert_eq!(names(&bench, kind), ["/first"], "{kind}");
    }
}

#[test]
fn an_empty_disc_for_random_recording_did_not_stop_early() {
    let bench = blank(MediumKind::BdR);
    let format = FormatRequest { bd_r: BdRMode::Random, ..FormatRequest::default() };
    bench.drive(MediumKind::BdR).format(&format, &Control::default()).unwrap();
    let error = bench.drive(MediumKind::BdR).disc().unwrap().image(None, &DEFAULT_PREFERENCE).err().unwrap();
    assert!(matches!(error, Error::EmptyMedium { .. }), "{error:?}");
    assert!(!error.to_string().contains("stopped early"), "{error}");
    let recovery = Recovery::of_drive(bench.drive(MediumKind::BdR), &Control::default()).unwrap();
    assert_eq!(recovery.report().action, RecoveryAction::Nothing);
    assert!(recovery.report().sessions.iter().all(|session| session.complete));
}
