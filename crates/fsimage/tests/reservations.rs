//! Reserved tracks in which nothing is recorded: nothing was interrupted, and whoever closes them is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use fsimage::{
    BurnOptions, ClosedTracks, Closing, Control, GrowingDisc, Item, ItemOptions, LayoutPlan, MediumKind,
    OpenDrive, PlanOptions, Recovery, RecoveryAction, SectorCount, Tree,
};
use support::drives::Bench;

const KINDS: [MediumKind; 4] =
    [MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::DvdPlusRDl, MediumKind::BdR];

/// Adds a file, and tells the reserved tracks that were closed before.
fn burn(drive: OpenDrive, name: &str) -> ClosedTracks {
    let mut growing = GrowingDisc::open(drive).unwrap();
    let mut tree = Tree::new();
    tree.add(name, Item::Bytes(vec![7; 90_000].into()), &ItemOptions::default()).unwrap();
    let closed = growing.close_open_session().unwrap().clone();
    let options = PlanOptions { place: growing.place(), ..PlanOptions::default() };
    let plan = LayoutPlan::new(&tree, options).unwrap();
    growing.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
    closed
}

/// A disc with a reserved track, of that number, behind a session or on a blank medium.
fn reserved(kind: MediumKind, is_behind: bool) -> (Bench, u16) {
    let bench = Bench::new();
    if is_behind {
        assert_eq!(burn(bench.drive(kind), "/first"), ClosedTracks::default(), "{kind}");
    }
    let track = bench.drive(kind).reserve_track(SectorCount::new(320)).unwrap().unwrap();
    (bench, track.number)
}

#[test]
fn nothing_was_interrupted() {
    for (kind, is_behind) in KINDS.into_iter().flat_map(|kind| [(kind, false), (kind, true)]) {
        let what = format!("{kind}, {is_behind}");
        let (bench, number) = reserved(kind, is_behind);
        let before = std::fs::read(bench.path("disc.medium")).unwrap();
        let recovery = Recovery::of_drive(bench.drive(kind), &Control::default()).unwrap();
        let report = recovery.report().clone();
        assert_eq!(report.action, RecoveryAction::Nothing, "{what}: {report:?}");
        assert!(!report.unfinished && report.is_without_loss(), "{what}: {report:?}");
        let [track] = &report.reservations[..] else { panic!("{what}: {report:?}") };
        assert_eq!((track.number, track.sectors), (number, 320), "{what}");
        recovery.write(report.identifier, &Control::default()).unwrap();
        assert_eq!(std::fs::read(bench.path("disc.medium")).unwrap(), before, "{what}");
    }
}

#[test]
fn who_closes_one_is_told() {
    for (kind, is_behind) in KINDS.into_iter().flat_map(|kind| [(kind, false), (kind, true)]) {
        let what = format!("{kind}, {is_behind}");
        let (bench, number) = reserved(kind, is_behind);
        let closed = burn(bench.drive(kind), "/second");
        assert_eq!(closed.cut_short, [], "{what}");
        let [track] = &closed.unused[..] else { panic!("{what}: {closed:?}") };
        assert_eq!((track.number, track.sectors), (number, 320), "{what}");
        assert_eq!(burn(bench.drive(kind), "/third"), ClosedTracks::default(), "{what}");

        let (bench, number) = reserved(kind, is_behind);
        let closed = bench.drive(kind).close(Closing::KeepAppendable).unwrap();
        assert_eq!(closed.unused.iter().map(|track| track.number).collect::<Vec<_>>(), [number], "{what}");
    }
}
