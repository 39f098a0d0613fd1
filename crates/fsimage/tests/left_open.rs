//! Sessions that were left open with all of their data: they are whole, and closed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use fsimage::{
    AsItIsOptions, CancelToken, Closing, Control, DEFAULT_PREFERENCE, Error, GrowingDisc, Item, ItemOptions,
    MediumKind, Observer, OpenDrive, PassedOverReason, PlanOptions, Progress, Recovery, RecoveryAction,
    SectorCount, Stage, Tree,
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
        let growing = GrowingDisc::open(bench.drive(kind)).unwrap();
        assert_eq!(growing.closed_tracks().cut_short.len(), 1, "{kind}");
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
