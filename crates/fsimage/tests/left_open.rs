//! Sessions that were left open with all of their data: they are whole, and closed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use fsimage::{
    AsItIsOptions, BurnOptions, CancelToken, Closing, Control, DEFAULT_PREFERENCE, Error, GrowingDisc,
    ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind, Observer, OpenDrive, PassedOverReason,
    PlanOptions, Progress, Recovery, RecoveryAction, SectorCount, Stage, Tree,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use support::drives::{Bench, faulty};
use support::{build, list_image};

const KINDS: [MediumKind; 4] = [MediumKind::CdR, MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::BdR];

fn tree() -> Tree {
    let mut tree = Tree::new();
    tree.add("/first", Item::Bytes(vec![7; 900_000].into()), &ItemOptions::default()).unwrap();
    tree
}

#[test]
fn a_session_that_was_left_open_is_only_closed() {
    for kind in KINDS {
        let bench = Bench::new();
        let image = bench.path("image.iso");
        build(&tree(), PlanOptions::default(), &image);
        let options = AsItIsOptions::default();
        bench.drive(kind).record_as_it_is(&image, &options, &Control::default()).unwrap();
        let recovery = Recovery::of_drive(bench.drive(kind), &Control::default()).unwrap();
        let report = recovery.report().clone();
        let [session] = &report.sessions[..] else { panic!("{kind}: {report:?}") };
        assert!(session.open && session.complete && report.unfinished, "{kind}: {report:?}");
        assert_eq!(report.action, RecoveryAction::Close, "{kind}: {report:?}");
        let recovered = recovery.write(report.identifier, &Control::default()).unwrap();
        assert!(recovered.session.is_none(), "{kind}");
        let again = Recovery::of_drive(bench.drive(kind), &Control::default()).unwrap();
        let report = again.report();
        assert_eq!(report.action, RecoveryAction::Nothing, "{kind}: {report:?}");
        assert!(report.sessions.len() == 1 && !report.sessions[0].open, "{kind}: {report:?}");
        drop(again);
        let disc = bench.drive(kind).disc().unwrap();
        assert!(list_image(&disc.image(None, &DEFAULT_PREFERENCE).unwrap()).contains_key("/first"), "{kind}");
    }
}

/// What sources are for is told by the medium that it is.
#[test]
fn sources_where_nothing_was_interrupted() {
    for (kind, words) in
        [(MediumKind::DvdPlusR, "no session was interrupted"), (MediumKind::BdRe, "its head")]
    {
        let bench = Bench::new();
        let growing = GrowingDisc::open(bench.drive(kind)).unwrap();
        let tree = tree();
        let options = PlanOptions { place: growing.place(), ..PlanOptions::default() };
        let plan = fsimage::LayoutPlan::new(&tree, options).unwrap();
        growing.write(&plan, &fsimage::BurnOptions::default(), &Control::default()).unwrap();
        let mut recovery = Recovery::of_drive(bench.drive(kind), &Control::default()).unwrap();
        let error = recovery.complete_from(&tree).unwrap_err();
        assert!(matches!(error, Error::InvalidArgument { .. }), "{kind}: {error:?}");
        assert!(error.to_string().contains(words), "{kind}: {error}");
    }
}

/// Cancels when so many sectors have been written.
struct CancelAt(u64, CancelToken);

impl Observer for CancelAt {
    fn progress(&self, progress: Progress) {
        if progress.stage == Stage::Writing && progress.done >= self.0 {
            self.1.cancel();
        }
    }
}

/// What is no file system does not tell where it ends. A track that came to its end is closed, so that an open one was cut. That of
/// a CD is closed when somebody cancels.
#[test]
fn a_track_that_was_cut_is_not_whole() {
    for kind in KINDS {
        for (is_reserved, is_cancelled) in [(false, false), (false, true), (true, false), (true, true)] {
            if kind == MediumKind::CdR && (is_reserved || is_cancelled) {
                continue;
            }
            let what = format!("{kind}, reserved: {is_reserved}, cancelled: {is_cancelled}");
            let bench = Bench::new();
            let blob = bench.path("blob");
            std::fs::write(&blob, vec![7; 8 << 20]).unwrap();
            let mut drive = bench.drive(kind);
            let reserve = |drive: &mut OpenDrive| drive.reserve_track(SectorCount::new(4096)).unwrap();
            let track = is_reserved.then(|| reserve(&mut drive).unwrap().number);
            drop(drive);
            let options = AsItIsOptions { track, ..AsItIsOptions::default() };
            let cancel = CancelToken::new();
            let (mut drive, control) = match is_cancelled {
                true => {
                    let observer: Option<Arc<dyn Observer>> = Some(Arc::new(CancelAt(1000, cancel.clone())));
                    (bench.drive(kind), Control { observer, cancel })
                }
                false => {
                    let simulated = SimulatedDrive::open(bench.path("disc")).unwrap();
                    (
                        faulty(simulated, &[Fault::PowerCut { after_sectors: 1000 }]).unwrap(),
                        Control::default(),
                    )
                }
            };
            drive.record_as_it_is(&blob, &options, &control).unwrap_err();
            drop(drive);
            let recovery = Recovery::of_drive(bench.drive(kind), &Control::default()).unwrap();
            let report = recovery.report().clone();
            let [session] = &report.sessions[..] else { panic!("{what}: {report:?}") };
            assert!(!session.complete && report.unfinished, "{what}: {report:?}");
            assert!(report.last_good.is_some_and(|last| last >= 900), "{what}: {report:?}");
            assert!(!report.is_without_loss(), "{what}: {report:?}");
            assert_eq!(report.action, RecoveryAction::Close, "{what}: {report:?}");
            recovery.write(report.identifier, &Control::default()).unwrap();
        }
    }
}

/// How a recording stops.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Cancelled,
    /// The drive tells a damaged track.
    PowerCut,
}

/// A medium of which a file that is recorded as it is was cut, behind that many images that are whole.
fn cut_behind(images: usize, kind: MediumKind, stop: Stop) -> Bench {
    let bench = Bench::new();
    let (image, blob) = (bench.path("image.iso"), bench.path("blob"));
    build(&tree(), PlanOptions::default(), &image);
    std::fs::write(&blob, vec![7; 8 << 20]).unwrap();
    for _ in 0..images {
        bench.drive(kind).record_as_it_is(&image, &AsItIsOptions::default(), &Control::default()).unwrap();
    }
    let cancel = CancelToken::new();
    let (mut drive, control) = match stop {
        Stop::Cancelled => {
            let observer: Option<Arc<dyn Observer>> = Some(Arc::new(CancelAt(1000, cancel.clone())));
            (bench.drive(kind), Control { observer, cancel })
        }
        Stop::PowerCut => {
            let simulated = SimulatedDrive::open(bench.path("disc")).unwrap();
            (faulty(simulated, &[Fault::PowerCut { after_sectors: 1000 }]).unwrap(), Control::default())
        }
    };
    drive.record_as_it_is(&blob, &AsItIsOptions::default(), &control).unwrap_err();
    drop(drive);
    bench
}

const CUT_KINDS: [MediumKind; 3] = [MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::BdR];

/// While the drive tells that a track is open, it is not whole; what closes it names it, for nothing tells it afterwards.
#[test]
fn a_track_that_was_cut_is_told_while_it_is_open_and_by_what_closes_it() {
    for kind in CUT_KINDS {
        let bench = cut_behind(0, kind, Stop::Cancelled);
        let disc = bench.drive(kind).disc().unwrap();
        for error in [
            disc.image(None, &DEFAULT_PREFERENCE).map(drop).unwrap_err(),
            disc.verify(None, &Control::default()).map(drop).unwrap_err(),
            disc.describe(Some(1)).map(drop).unwrap_err(),
        ] {
            assert!(error.to_string().contains("its recording stopped early"), "{kind}: {error}");
        }
        drop(disc);
        let closed = bench.drive(kind).close(Closing::KeepAppendable).unwrap();
        let [track] = &closed.cut_short[..] else { panic!("{kind}: {closed:?}") };
        assert_eq!((track.number, track.session), (1, 1), "{kind}");
        assert!(track.recorded.is_some_and(|recorded| recorded >= 900), "{kind}: {track:?}");

        let bench = cut_behind(0, kind, Stop::Cancelled);
        let mut growing = GrowingDisc::open(bench.drive(kind)).unwrap();
        assert_eq!(growing.closed_tracks().cut_short.len(), 0, "{kind}");
        assert_eq!(growing.disc().passed_over().len(), 1, "{kind}");
        assert_eq!(growing.close_open_session().unwrap().cut_short.len(), 1, "{kind}");
        assert_eq!(growing.disc().passed_over().len(), 1, "{kind}");
        drop(growing);

        let bench = cut_behind(0, kind, Stop::Cancelled);
        let recovery = Recovery::of_drive(bench.drive(kind), &Control::default()).unwrap();
        let identifier = recovery.report().identifier;
        let recovered = recovery.write(identifier, &Control::default()).unwrap();
        assert_eq!(recovered.closed.cut_short.len(), 1, "{kind}");
        let again = Recovery::of_drive(bench.drive(kind), &Control::default()).unwrap();
        let [session] = &again.report().sessions[..] else { panic!("{kind}") };
        assert!(session.complete && !session.has_end, "{kind}: {session:?}");
    }
}

/// What is whole of its session is shown, and the track told beside it.
#[test]
fn a_track_that_was_cut_behind_an_image() {
    for (kind, stop) in
        CUT_KINDS.into_iter().flat_map(|kind| [(kind, Stop::Cancelled), (kind, Stop::PowerCut)])
    {
        let what = format!("{kind}, {stop:?}");
        let bench = cut_behind(1, kind, stop);
        let disc = bench.drive(kind).disc().unwrap();
        let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
        assert!(list_image(&image).contains_key("/first"), "{what}");
        let [told] = image.passed_over() else { panic!("{what}: {:?}", image.passed_over()) };
        assert_eq!(told.why, PassedOverReason::TrackCut { track: 2 }, "{what}");
        assert!(!disc.verify(None, &Control::default()).unwrap().is_whole(), "{what}");
        let findings = disc.describe(None).unwrap().findings;
        assert!(
            findings.iter().any(|finding| finding.contains("track 2 stopped early")),
            "{what}: {findings:?}"
        );
        drop((image, disc));
        let recovery = Recovery::of_drive(bench.drive(kind), &Control::default()).unwrap();
        let report = recovery.report().clone();
        assert!(!report.is_without_loss() && !report.sessions[0].complete, "{what}: {report:?}");
        assert_eq!(report.action, RecoveryAction::Close, "{what}: {report:?}");
        let recovered = recovery.write(report.identifier, &Control::default()).unwrap();
        assert_eq!(recovered.closed.cut_short.len(), 1, "{what}");
        let disc = bench.drive(kind).disc().unwrap();
        assert!(disc.verify(None, &Control::default()).unwrap().is_whole(), "{what}");
    }
}

/// What is open on a medium that is opened to grow.
#[derive(Clone, Copy, Debug)]
enum Open {
    Image,
    Reserved,
    ReservedBehindImage,
    Cut,
}

fn with_open(kind: MediumKind, what: Open) -> Bench {
    let bench = Bench::new();
    let image = bench.path("image.iso");
    build(&tree(), PlanOptions::default(), &image);
    match what {
        Open::Image | Open::ReservedBehindImage => {
            let options = AsItIsOptions::default();
            bench.drive(kind).record_as_it_is(&image, &options, &Control::default()).unwrap();
        }
        Open::Cut => return cut_behind(1, kind, Stop::PowerCut),
        Open::Reserved => {}
    }
    if let Open::Reserved | Open::ReservedBehindImage = what {
        bench.drive(kind).reserve_track(SectorCount::new(4096)).unwrap();
    }
    bench
}

fn all_open() -> impl Iterator<Item = (MediumKind, Open)> {
    let all = [Open::Image, Open::Reserved, Open::ReservedBehindImage, Open::Cut];
    let each = KINDS.into_iter().flat_map(move |kind| all.map(|what| (kind, what)));
    each.filter(|(kind, what)| *kind != MediumKind::CdR || matches!(what, Open::Image))
}

fn planned(tree: &Tree, growing: &GrowingDisc, base: &PlanOptions) -> Result<(), Error> {
    let options = PlanOptions { place: growing.place(), ..base.clone() };
    let plan = LayoutPlan::new(tree, options)?;
    growing.check(&plan, &BurnOptions::default())
}

/// Opened, imported, planned and checked, a medium is as it was; closed, it takes what was planned, for the place where that goes.
#[test]
fn nothing_is_closed_before_it_is_asked_for() {
    for (kind, what) in all_open() {
        let about = format!("{kind}, {what:?}");
        let bench = with_open(kind, what);
        let state = || {
            (std::fs::read(bench.path("disc.medium")).unwrap(), std::fs::read(bench.path("disc")).unwrap())
        };
        let before = state();
        let mut growing = GrowingDisc::open(bench.drive(kind)).unwrap();
        assert!(growing.has_open_session(), "{about}");
        let (mut wanted, base) = match growing.is_blank() {
            true => (Tree::new(), PlanOptions::default()),
            false => {
                let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
                let options = imported.plan_options();
                (imported.tree, options)
            }
        };
        wanted.add("/second", Item::Bytes(vec![9; 70_000].into()), &ItemOptions::default()).unwrap();
        planned(&wanted, &growing, &base).unwrap();
        let at_once = BurnOptions { at_once: true, ..BurnOptions::default() };
        let test = BurnOptions { test_write: true, ..BurnOptions::default() };
        let provisional = growing.place();
        {
            let plan = PlanOptions { place: provisional, ..base.clone() };
            let plan = LayoutPlan::new(&wanted, plan).unwrap();
            if kind != MediumKind::CdR {
                growing.check(&plan, &at_once).unwrap_err();
            }
            growing.check(&plan, &test).unwrap_err();
        }
        assert!(state() == before, "{about}");

        assert_eq!(growing.close_open_session().unwrap().session, Some(1), "{about}");
        assert!(!growing.has_open_session() && state() != before, "{about}");
        let place = growing.place();
        match what {
            // Of a damaged track the drive tells neither where it ends nor what is free behind it.
            Open::Cut => assert_eq!(provisional.available, None, "{about}"),
            _ => assert_eq!(provisional, place, "{about}"),
        }
        let plan = LayoutPlan::new(&wanted, PlanOptions { place, ..base }).unwrap();
        growing.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
        drop(plan);
        // What was imported is read with the drive.
        drop(wanted);
        let disc = bench.drive(kind).disc().unwrap();
        let found = list_image(&disc.image(None, &DEFAULT_PREFERENCE).unwrap());
        assert!(found.contains_key("/second"), "{about}: {found:?}");
        assert_eq!(found.contains_key("/first"), !matches!(what, Open::Reserved), "{about}: {found:?}");
    }
}

/// A plan for a provisional place is not recorded, and a test closes nothing.
#[test]
fn nothing_is_recorded_while_a_session_is_open() {
    for (kind, what) in all_open() {
        for (test_write, words) in [(false, "close_open_session"), (true, "a test changes nothing")] {
            let about = format!("{kind}, {what:?}, {test_write}");
            let bench = with_open(kind, what);
            let before = std::fs::read(bench.path("disc.medium")).unwrap();
            let growing = GrowingDisc::open(bench.drive(kind)).unwrap();
            let tree = tree();
            let options = PlanOptions { place: growing.place(), ..PlanOptions::default() };
            let plan = LayoutPlan::new(&tree, options).unwrap();
            let options = BurnOptions { test_write, ..BurnOptions::default() };
            let error = growing.write(&plan, &options, &Control::default()).unwrap_err();
            assert!(error.to_string().contains(words), "{about}: {error}");
            assert!(std::fs::read(bench.path("disc.medium")).unwrap() == before, "{about}");
        }
    }
}
