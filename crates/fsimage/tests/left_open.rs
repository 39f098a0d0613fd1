//! Sessions that were left open with all of their data: they are whole, and closed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use fsimage::{
    AsItIsOptions, Control, DEFAULT_PREFERENCE, Error, GrowingDisc, Item, ItemOptions, MediumKind,
    PlanOptions, Recovery, RecoveryAction, Tree,
};
use support::drives::Bench;
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
