//! Heads of which sectors cannot be read: whoever looks is told, what a copy is left of is written anew, and of the
//! rest nothing promises that.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use fsimage::{
    AsItIsOptions, BdRMode, BurnOptions, Control, DEFAULT_PREFERENCE, FileSystem, FileSystems, FormatRequest,
    GrowingDisc, ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive, PlanOptions, Recovery,
    RecoveryAction, Result, Tree,
};
use support::drives::Bench;
use support::{build, list_image};

const REWRITABLE: [MediumKind; 4] =
    [MediumKind::DvdPlusRw, MediumKind::DvdRam, MediumKind::BdRe, MediumKind::DvdRw];

/// ISO 9660 with Rock Ridge, Joliet and UDF.
fn bridge() -> PlanOptions {
    let file_systems =
        FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET | FileSystems::UDF;
    PlanOptions { file_systems, ..PlanOptions::default() }
}

fn with_file(mut tree: Tree, name: &str) -> Tree {
    tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default()).unwrap();
    tree
}

/// Adds a file of that name.
fn burn(drive: OpenDrive, name: &str) -> Result<()> {
    let mut growing = GrowingDisc::open(drive)?;
    let (mut tree, mut planned) = (Tree::new(), bridge());
    if !growing.is_blank() {
        let imported = growing.import(&ImportOptions::default(), &Control::default())?;
        planned = imported.plan_options();
        tree = imported.tree;
    }
    let tree = with_file(tree, name);
    growing.close_open_session()?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: growing.place(), ..planned })?;
    growing.write(&plan, &BurnOptions::default(), &Control::default()).map(drop)
}

/// A blank medium on which sessions are found by a head.
fn blank(kind: MediumKind) -> Bench {
    let bench = Bench::new();
    let request = match kind {
        MediumKind::DvdRw => FormatRequest::default(),
        MediumKind::BdR => FormatRequest { bd_r: BdRMode::PseudoOverwrite, ..FormatRequest::default() },
        _ => return bench,
    };
    bench.drive(kind).format(&request, &Control::default()).unwrap();
    bench
}

/// A medium with these sessions behind its head.
fn behind_head(kind: MediumKind, names: &[&str]) -> Bench {
    let bench = blank(kind);
    names.iter().for_each(|name| burn(bench.drive(kind), name).unwrap());
    bench
}

/// A medium with an image, whose descriptors are the head.
fn from_beginning(kind: MediumKind, options: PlanOptions) -> Bench {
    let bench = blank(kind);
    let image = bench.path("image.iso");
    build(&with_file(Tree::new(), "/first"), options, &image);
    let options = AsItIsOptions::default();
    bench.drive(kind).record_as_it_is(&image, &options, &Control::default()).unwrap();
    bench
}

/// What each file system of the newest session has.
#[track_caller]
fn assert_files(bench: &Bench, kind: MediumKind, expected: &[&str], what: &str) {
    for file_system in [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Udf] {
        let image = bench.drive(kind).disc().unwrap().image(None, &[file_system]).unwrap();
        assert_eq!(image.damaged_head(), <[String; 0]>::default(), "{what}");
        let found: Vec<String> = list_image(&image).into_keys().filter(|path| path != "/").collect();
        assert_eq!(found, expected, "{what}: {file_system}");
    }
}

/// That whoever looks at the newest session is told of the sector.
#[track_caller]
fn assert_told(bench: &Bench, lost: u32, what: &str) {
    let named =
        |told: &[String]| told.iter().any(|told| told.contains(&format!("cannot read sector {lost}:")));
    let disc = bench.unreadable([lost]).disc().unwrap();
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    assert!(named(&[image.damaged_head(), &image.findings()].concat()), "{what}: {:?}", image.findings());
    let summary = disc.describe(None).unwrap();
    assert!(named(&summary.findings), "{what}: {:?}", summary.findings);
    let report = disc.verify(None, &Control::default()).unwrap();
    let told: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert!(named(&told) && !report.is_whole(), "{what}: {told:?}");
}

/// Recovers with that sector unreadable.
#[track_caller]
fn recover(bench: &Bench, lost: u32, what: &str) {
    let recovery = Recovery::of_drive(bench.unreadable([lost]), &Control::default()).unwrap();
    let report = recovery.report().clone();
    assert!(matches!(report.action, RecoveryAction::Head { .. }), "{what}: {report:?}");
    assert!(report.irreparable.is_empty() && report.zeroed.is_empty(), "{what}: {report:?}");
    recovery.write(report.identifier, &Control::default()).unwrap();
}

/// Where UDF leads to the newest session, sector 16 is written anew as all others of the head are; the anchor in sector
/// 256, which is there though it cannot be read, is as well.
#[test]
fn what_the_newest_session_has_is_written_anew() {
    for kind in REWRITABLE.into_iter().chain([MediumKind::BdR]) {
        let two = ["/first", "/second"];
        for (is_behind, lost) in [(true, 16), (true, 17), (true, 256), (false, 16), (false, 20), (false, 256)]
        {
            if kind == MediumKind::BdR && !is_behind {
                continue;
            }
            let what = format!("{kind}, {is_behind}, sector {lost}");
            let disc = || match is_behind {
                true => behind_head(kind, &two),
                false => {
                    let bench = from_beginning(kind, bridge());
                    burn(bench.drive(kind), "/second").unwrap();
                    bench
                }
            };
            let bench = disc();
            assert_told(&bench, lost, &what);
            // A descriptor is written anew by the next session as well.
            let burnt = burn(bench.unreadable([lost]), "/third");
            if matches!(lost, 16 | 256) {
                let told = burnt.expect_err(&what).to_string();
                assert!(told.contains(&format!("sector {lost}:")), "{what}: {told}");
                assert!(
                    told.contains("'fsimage recover' writes") && !told.contains("no anchor"),
                    "{what}: {told}"
                );
            }
            let bench = disc();
            recover(&bench, lost, &what);
            assert_files(&bench, kind, &two, &what);
            burn(bench.drive(kind), "/third").unwrap();
            assert_files(&bench, kind, &["/first", "/second", "/third"], &what);
        }
    }
}

/// Descriptors of a session at sector 0 stand nowhere else; the anchor does.
#[test]
fn what_stands_nowhere_else_is_not_promised() {
    for kind in REWRITABLE {
        for lost in [16, 17, 18, 20] {
            let what = format!("{kind}, sector {lost}");
            let bench = from_beginning(kind, bridge());
            assert_told(&bench, lost, &what);
            let told = burn(bench.unreadable([lost]), "/second").expect_err(&what).to_string();
            assert!(told.contains(&format!("sector {lost}:")), "{what}: {told}");
            assert!(!told.contains("fsimage recover"), "{what}: {told}");
            let recovery = Recovery::of_drive(bench.unreadable([lost]), &Control::default()).unwrap();
            let report = recovery.report();
            assert_eq!(report.action, RecoveryAction::Nothing, "{what}");
            assert!(!report.is_without_loss(), "{what}: {report:?}");
            let [irreparable] = &report.irreparable[..] else { panic!("{what}: {report:?}") };
            assert!(irreparable.contains(&format!("sector {lost}:")), "{what}: {report:?}");
        }
        let bench = from_beginning(kind, bridge());
        let what = format!("{kind}, sector 256");
        assert_told(&bench, 256, &what);
        let told = burn(bench.unreadable([256]), "/second").expect_err(&what).to_string();
        assert!(told.contains("sector 256:") && told.contains("'fsimage recover' writes"), "{told}");
        recover(&bench, 256, &what);
        assert_files(&bench, kind, &["/first"], &what);
        burn(bench.drive(kind), "/second").unwrap();
        assert_files(&bench, kind, &["/first", "/second"], &what);
    }
}

/// What lies in one unit of recording with the anchor is written with it.
#[test]
fn what_lies_beside_the_anchor_is_not_lost_without_a_word() {
    for kind in REWRITABLE {
        let what = kind.to_string();
        let bench = behind_head(kind, &["/first"]);
        let told = burn(bench.unreadable([258]), "/second").expect_err(&what).to_string();
        assert!(told.contains("sector 258:") && !told.contains("fsimage recover"), "{what}: {told}");
        let report = Recovery::of_drive(bench.unreadable([256, 258]), &Control::default());
        let report = report.unwrap().report().clone();
        assert_eq!(report.action, RecoveryAction::Head { session: 32 }, "{what}");
        assert_eq!(report.zeroed, [258], "{what}");
        assert!(!report.is_without_loss(), "{what}");
    }
}

/// Nothing tells where a session is of which the only primary descriptor is lost.
#[test]
fn a_lost_session_is_not_promised() {
    for kind in REWRITABLE {
        let bench = from_beginning(kind, PlanOptions::default());
        let told = burn(bench.unreadable([16]), "/second").unwrap_err().to_string();
        assert!(told.contains("sector 16:") && told.contains("if there are any"), "{kind}: {told}");
        let error = Recovery::of_drive(bench.unreadable([16]), &Control::default()).unwrap_err().to_string();
        assert!(error.contains("sector 16:"), "{kind}: {error}");
    }
}
