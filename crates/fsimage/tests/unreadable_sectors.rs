//! Single sectors that cannot be read, with sessions that can: nothing that they lead to is dropped without a word, errors and
//! warnings name the sector that it is, and what can go on does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;

use fsimage::{
    AsItIsOptions, BdRMode, BurnOptions, Control, DEFAULT_PREFERENCE, Error, FileSystems, FormatRequest,
    GrowingDisc, HybridOptions, ImportOptions, Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive,
    PartitionScheme, PlanOptions, Recovery, RecoveryAction, Result, Sector, Tree, UdfAccess, UdfOptions,
    import,
};
use support::drives::Bench;
use support::{build, list_image};

const REWRITABLE: [MediumKind; 4] =
    [MediumKind::DvdPlusRw, MediumKind::DvdRam, MediumKind::BdRe, MediumKind::DvdRw];

const WRITTEN_ONCE: [MediumKind; 4] =
    [MediumKind::CdR, MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::BdR];

/// ISO 9660 with Rock Ridge, Joliet and UDF.
const BRIDGE: FileSystems =
    FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE).union(FileSystems::JOLIET).union(FileSystems::UDF);

/// Adds a file of that name, and gives what the import told; `first` is for what has no session yet.
fn burn_as(drive: OpenDrive, name: &str, first: &PlanOptions, session: Option<u16>) -> Result<Vec<String>> {
    let control = Control::default();
    let mut growing = GrowingDisc::open(drive)?;
    let (mut tree, mut planned, mut told) = (Tree::new(), first.clone(), Vec::new());
    if !growing.is_blank() {
        let options = ImportOptions { session, ..ImportOptions::default() };
        let mut imported = growing.import(&options, &control)?;
        told = imported.warnings.iter().map(ToString::to_string).collect();
        planned = imported.plan_options();
        let boot = imported.boot.clone();
        boot.put_into(&mut imported.tree, &mut planned, fsimage::Losses::Refuse)?;
        tree = imported.tree;
    }
    tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default())?;
    growing.close_open_session()?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: growing.place(), ..planned })?;
    growing.write(&plan, &BurnOptions::default(), &control)?;
    Ok(told)
}

fn burn(drive: OpenDrive, name: &str) -> Result<Vec<String>> {
    burn_as(drive, name, &PlanOptions::default(), None)
}

/// A medium with one session.
fn recorded(kind: MediumKind, first: &PlanOptions) -> Bench {
    let bench = Bench::new();
    if kind == MediumKind::DvdRw {
        bench.drive(kind).format(&FormatRequest::default(), &Control::default()).unwrap();
    }
    burn_as(bench.drive(kind), "/first", first, None).unwrap();
    bench
}

fn with_file_systems(file_systems: FileSystems) -> PlanOptions {
    PlanOptions { file_systems, ..PlanOptions::default() }
}

fn names(bench: &Bench, kind: MediumKind) -> Vec<String> {
    let image = bench.drive(kind).disc().unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
    list_image(&image).into_keys().filter(|path| path != "/").collect()
}

fn sectors_of(bench: &Bench, kind: MediumKind, start: u32, count: usize) -> Vec<u8> {
    let mut sectors = vec![0; count * 2048];
    bench.drive(kind).disc().unwrap().source().read_sectors(Sector::new(start), &mut sectors).unwrap();
    sectors
}

#[track_caller]
fn assert_told(told: &str, sector: u32, kind: MediumKind) {
    assert!(told.contains(&format!("sector {sector}:")) && told.contains("3/11/05"), "{kind}: {told}");
}

/// The volume descriptors and the recognition sequence of UDF: a next session without what one leads to would take it from all
/// readers.
#[test]
fn descriptors_that_cannot_be_read_are_not_left_out() {
    for kind in WRITTEN_ONCE {
        let bench = recorded(kind, &with_file_systems(BRIDGE));
        let area = sectors_of(&bench, kind, 16, 8);
        let known = |at: &usize| {
            [&b"CD001"[..], b"BEA01", b"NSR02", b"NSR03", b"TEA01"].contains(&&area[at * 2048 + 1..][..5])
        };
        let descriptors = (0..8).take_while(known).count() as u32;
        assert!(descriptors >= 6, "{descriptors}");
        let before = std::fs::read(bench.path("disc.medium")).unwrap();
        for lba in 16..16 + descriptors {
            let error = burn(bench.unreadable([lba]), "/second").expect_err("burnt");
            assert!(matches!(error, Error::SessionsUnreadable { .. }), "{kind}, {lba}: {error:?}");
            assert_told(&error.to_string(), lba, kind);
            assert_eq!(std::fs::read(bench.path("disc.medium")).unwrap(), before, "{kind}, {lba}");
            // A copy leaves the disc as it is, and says what it has not.
            let disc = bench.unreadable([lba]).disc().unwrap();
            let imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
            let told: Vec<String> = imported.warnings.iter().map(ToString::to_string).collect();
            assert_told(&told.join("\n"), lba, kind);
            assert!(imported.tree.lookup("/first").is_some(), "{kind}, {lba}");
            // So does one who looks.
            let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
            assert_told(&image.findings().join("\n"), lba, kind);
            let report = disc.verify(None, &Control::default()).unwrap();
            assert!(!report.is_whole(), "{kind}, {lba}");
        }
        // What follows is none.
        burn(bench.unreadable([16 + descriptors]), "/second").unwrap();
        assert_eq!(names(&bench, kind), ["/first", "/second"], "{kind}");
        // The session can be asked for.
        let newest = bench.drive(kind).disc().unwrap().sessions().newest().unwrap().start.get();
        let told =
            burn_as(bench.unreadable([newest + 17]), "/third", &PlanOptions::default(), Some(2)).unwrap();
        assert_told(&told.join("\n"), newest + 17, kind);
        assert_eq!(names(&bench, kind), ["/first", "/second", "/third"], "{kind}");
    }
}

/// Beside ISO 9660, a volume of UDF that is announced is not left out either, where no anchor leads to it.
#[test]
fn anchors_that_cannot_be_read_are_not_left_out() {
    for kind in WRITTEN_ONCE {
        let bench = recorded(kind, &with_file_systems(BRIDGE));
        let end = bench.drive(kind).disc().unwrap().sessions().newest().unwrap().end.unwrap().get();
        let is_anchor = |at: &u32| {
            let mut sector = [0; 2048];
            let disc = bench.drive(kind).disc().unwrap();
            disc.source().read_sectors(Sector::new(*at), &mut sector).is_ok()
                && sector[..2] == [2, 0]
                && sector[12..16] == at.to_le_bytes()
        };
        let anchors: Vec<u32> = (256..end).filter(is_anchor).collect();
        assert_eq!(anchors[0], 256, "{kind}");
        let error = burn(bench.unreadable(anchors.clone()), "/second").expect_err("burnt");
        assert!(matches!(error, Error::SessionsUnreadable { .. }), "{kind}: {error:?}");
        assert_told(&error.to_string(), 256, kind);
        let disc = bench.unreadable(anchors.clone()).disc().unwrap();
        let imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
        let told: Vec<String> = imported.warnings.iter().map(ToString::to_string).collect();
        assert_told(&told.join("\n"), 256, kind);
        assert!(imported.tree.lookup("/first").is_some(), "{kind}");
        drop((disc, imported));
        let told = burn_as(bench.unreadable(anchors), "/second", &PlanOptions::default(), Some(1)).unwrap();
        assert_told(&told.join("\n"), 256, kind);
        burn(bench.drive(kind), "/third").unwrap();
    }
}

/// Where the head is behind a defect and the session has all of it, nothing is lost, and what is written mends it.
#[test]
fn a_head_of_which_the_session_has_all_is_mended() {
    for kind in REWRITABLE {
        for lba in [17, 19] {
            let bench = recorded(kind, &with_file_systems(BRIDGE));
            burn(bench.unreadable([lba]), "/second").unwrap();
            assert_eq!(names(&bench, kind), ["/first", "/second"], "{kind}, {lba}");
            for file_system in [fsimage::FileSystem::Joliet, fsimage::FileSystem::Udf] {
                let disc = bench.drive(kind).disc().unwrap();
                let image = disc.image(None, &[file_system]).unwrap();
                assert!(list_image(&image).contains_key("/second"), "{kind}, {lba}, {file_system}");
            }
            let bench = recorded(kind, &with_file_systems(BRIDGE));
            let error = burn(bench.unreadable([32 + lba]), "/second").expect_err("burnt");
            assert!(matches!(error, Error::SessionsUnreadable { .. }), "{kind}, {lba}: {error:?}");
            assert_told(&error.to_string(), 32 + lba, kind);
        }
    }
}

/// A session with so many files beside the first.
fn recorded_with_many(kind: MediumKind, options: &PlanOptions, files: usize) -> Bench {
    let bench = Bench::new();
    let growing = GrowingDisc::open(bench.drive(kind)).unwrap();
    let mut tree = Tree::new();
    let mut add = |name: &str| {
        tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default()).unwrap();
    };
    add("/first");
    (0..files).for_each(|number| add(&format!("/many/{number}")));
    let plan = LayoutPlan::new(&tree, PlanOptions { place: growing.place(), ..options.clone() }).unwrap();
    growing.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
    bench
}

/// The last sectors of the newest session that hold anything, the last first.
fn last_sectors(bench: &Bench, kind: MediumKind) -> Vec<u32> {
    let disc = bench.drive(kind).disc().unwrap();
    let newest = *disc.sessions().newest().unwrap();
    let mut sector = [0; 2048];
    let mut holds_anything = |at: &u32| {
        let read = disc.source().read_sectors(Sector::new(*at), &mut sector);
        read.is_ok() && sector.iter().any(|&byte| byte != 0)
    };
    let sectors = (newest.start.get()..newest.end.unwrap().get()).rev();
    sectors.filter(|at| holds_anything(at)).take(2).collect()
}

/// The table is led to by the last sector, and in it if it is small. Without it, nothing leads to what its session changed.
#[test]
fn virtual_allocation_tables_that_cannot_be_read_did_not_stop_early() {
    let udf = UdfOptions { access: UdfAccess::WriteOnce, ..UdfOptions::default() };
    let options = PlanOptions { file_systems: FileSystems::UDF, udf, ..PlanOptions::default() };
    for kind in WRITTEN_ONCE {
        for (files, lost) in [(0, 0), (1000, 0), (1000, 1)] {
            let bench = recorded_with_many(kind, &options, files);
            let table = last_sectors(&bench, kind)[lost];
            assert_table_lost(&bench, kind, table);
            let disc = bench.unreadable([table]).disc().unwrap();
            let error = disc.image(None, &DEFAULT_PREFERENCE).err().unwrap();
            assert!(matches!(error, Error::ImportRead(_)), "{kind}: {error:?}");
            drop(disc);
            let error = Recovery::of_drive(bench.unreadable([table]), &Control::default());
            assert_told(&error.unwrap_err().to_string(), table, kind);

            burn(bench.drive(kind), "/second").unwrap();
            let table = last_sectors(&bench, kind)[lost];
            assert_table_lost(&bench, kind, table);
            let disc = bench.unreadable([table]).disc().unwrap();
            let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
            let listing = list_image(&image);
            assert!(listing.contains_key("/first") && !listing.contains_key("/second"), "{kind}");
        }
    }
}

#[track_caller]
fn assert_table_lost(bench: &Bench, kind: MediumKind, table: u32) {
    let before = std::fs::read(bench.path("disc.medium")).unwrap();
    let error = burn(bench.unreadable([table]), "/more").expect_err("burnt");
    assert!(matches!(error, Error::SessionsUnreadable { .. }), "{kind}: {error:?}");
    assert_told(&error.to_string(), table, kind);
    assert_eq!(std::fs::read(bench.path("disc.medium")).unwrap(), before, "{kind}");
    let disc = bench.unreadable([table]).disc().unwrap();
    let told = disc.passed_over().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert_told(&told, table, kind);
    assert!(!told.contains("stopped"), "{kind}: {told}");
}

fn pseudo_overwrite(first: &PlanOptions) -> Bench {
    let bench = Bench::new();
    let format = FormatRequest { bd_r: BdRMode::PseudoOverwrite, ..FormatRequest::default() };
    bench.drive(MediumKind::BdR).format(&format, &Control::default()).unwrap();
    burn_as(bench.drive(MediumKind::BdR), "/first", first, None).unwrap();
    bench
}

/// The table of contents has one open session, whatever was recorded.
#[test]
fn a_replaced_head_that_cannot_be_read_is_recovered() {
    let kind = MediumKind::BdR;
    let bench = pseudo_overwrite(&PlanOptions::default());
    let told = burn(bench.unreadable([16]), "/second").unwrap_err().to_string();
    assert_told(&told, 16, kind);
    assert!(told.contains("fsimage recover"), "{told}");
    let disc = bench.unreadable([16]).disc().unwrap();
    let error = disc.image(None, &DEFAULT_PREFERENCE).err().unwrap();
    assert!(matches!(error, Error::ImportRead(_)), "{error:?}");
    assert_told(&error.to_string(), 16, kind);
    assert_eq!(disc.passed_over(), []);
    drop(disc);
    let recovery = Recovery::of_drive(bench.unreadable([16]), &Control::default()).unwrap();
    assert_eq!(recovery.report().action, RecoveryAction::Head { session: 32 });
    let identifier = recovery.report().identifier;
    recovery.write(identifier, &Control::default()).unwrap();
    assert_eq!(names(&bench, kind), ["/first"]);
    burn(bench.drive(kind), "/second").unwrap();
    assert_eq!(names(&bench, kind), ["/first", "/second"]);
}

/// What is in front of a session there is a copy of the head as it is, so that the head comes first.
#[test]
fn a_replaced_head_without_its_system_area_is_recovered() {
    let kind = MediumKind::BdR;
    let bench = pseudo_overwrite(&hybrid());
    let area = sectors_of(&bench, kind, 0, 16);
    assert!(area[..512].iter().any(|&byte| byte != 0));
    let error = burn(bench.unreadable([0]), "/second").unwrap_err();
    assert!(matches!(error, Error::SessionsUnreadable { .. }), "{error:?}");
    let told = error.to_string();
    assert_told(&told, 0, kind);
    assert!(told.contains("fsimage recover"), "{told}");
    let recovery = Recovery::of_drive(bench.unreadable([0]), &Control::default()).unwrap();
    assert_eq!(recovery.report().action, RecoveryAction::Head { session: 32 });
    let identifier = recovery.report().identifier;
    recovery.write(identifier, &Control::default()).unwrap();
    assert_eq!(sectors_of(&bench, kind, 0, 16), area);
    burn(bench.drive(kind), "/second").unwrap();
    assert_eq!(names(&bench, kind), ["/first", "/second"]);
}

fn hybrid() -> PlanOptions {
    let hybrid = HybridOptions { scheme: PartitionScheme::Gpt, ..HybridOptions::default() };
    PlanOptions { hybrid: Some(hybrid), ..PlanOptions::default() }
}

/// Each session begins with the system area that the head has.
#[test]
fn a_system_area_with_a_copy_is_not_lost() {
    for kind in REWRITABLE {
        for lost in [0..1, 1..2, 15..16, 0..16] {
            let bench = recorded(kind, &hybrid());
            let area = sectors_of(&bench, kind, 0, 16);
            assert!(area[..512].iter().any(|&byte| byte != 0), "{kind}");
            let told = burn(bench.unreadable(lost.clone()), "/second").unwrap();
            assert!(!told.iter().any(|told| told.contains("system area")), "{kind}, {lost:?}: {told:?}");
            assert_eq!(names(&bench, kind), ["/first", "/second"], "{kind}");
            let whole = recorded(kind, &hybrid());
            burn(whole.drive(kind), "/second").unwrap();
            let (found, wanted) = (sectors_of(&bench, kind, 0, 16), sectors_of(&whole, kind, 0, 16));
            assert_eq!(same_tables(&found), same_tables(&wanted), "{kind}, {lost:?}");

            let bench = recorded(kind, &hybrid());
            let recovery = Recovery::of_drive(bench.unreadable(lost.clone()), &Control::default()).unwrap();
            assert_eq!(recovery.report().action, RecoveryAction::Head { session: 32 }, "{kind}, {lost:?}");
            let identifier = recovery.report().identifier;
            recovery.write(identifier, &Control::default()).unwrap();
            assert_eq!(sectors_of(&bench, kind, 0, 16), area, "{kind}, {lost:?}");
            assert_eq!(names(&bench, kind), ["/first"], "{kind}");
        }
    }
}

/// The partitions of a GPT: where each begins and ends. Its identifiers are made of what is planned.
fn same_tables(area: &[u8]) -> Vec<Vec<u8>> {
    let entries = area[1024..].chunks_exact(128).take(8);
    entries.map(|entry| [&entry[..16], &entry[32..48]].concat()).collect()
}

/// A head of which something else than the system area is damaged keeps that.
#[test]
fn a_head_is_rebuilt_with_the_system_area_that_it_has() {
    for kind in REWRITABLE {
        let bench = recorded(kind, &hybrid());
        let area = sectors_of(&bench, kind, 0, 16);
        let recovery = Recovery::of_drive(bench.unreadable([16]), &Control::default()).unwrap();
        let identifier = recovery.report().identifier;
        recovery.write(identifier, &Control::default()).unwrap();
        assert_eq!(sectors_of(&bench, kind, 0, 16), area, "{kind}");
        assert_eq!(names(&bench, kind), ["/first"], "{kind}");
    }
}

/// On media that are written once it stays where it is; a copy says that it has none.
#[test]
fn a_system_area_without_a_copy_is_told() {
    for kind in WRITTEN_ONCE {
        let bench = recorded(kind, &PlanOptions::default());
        let disc = bench.unreadable([0]).disc().unwrap();
        let imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
        let told: Vec<String> = imported.warnings.iter().map(ToString::to_string).collect();
        assert_told(&told.join("\n"), 0, kind);
        assert!(told.iter().any(|told| told.contains("system area")), "{told:?}");
        drop((disc, imported));
        let told = burn(bench.unreadable([0]), "/second").unwrap();
        assert!(told.iter().any(|told| told.contains("system area")), "{told:?}");
        assert_eq!(names(&bench, kind), ["/first", "/second"], "{kind}");
    }
    // Partitions that it tells of would be overwritten.
    let bench = Bench::new();
    let mut tree = Tree::new();
    tree.add("/first", Item::Bytes(b"first".as_slice().into()), &ItemOptions::default()).unwrap();
    let image = bench.path("image.iso");
    build(&tree, hybrid(), &image);
    record(&bench, MediumKind::DvdPlusRw, &image);
    let error = burn(bench.unreadable([0]), "/second").unwrap_err();
    assert!(matches!(error, Error::SessionsUnreadable { .. }), "{error:?}");
    let told = error.to_string();
    assert_told(&told, 0, MediumKind::DvdPlusRw);
    assert!(told.contains("system area") && told.contains("fsimage copy"), "{told}");
}

fn record(bench: &Bench, kind: MediumKind, image: &Path) {
    let mut drive = bench.drive(kind);
    drive.record_as_it_is(image, &AsItIsOptions::default(), &Control::default()).unwrap();
}

/// Reads of several sectors fail for one of them.
#[test]
fn errors_name_the_sector_that_cannot_be_read() {
    for kind in REWRITABLE.into_iter().chain(WRITTEN_ONCE) {
        let bench = Bench::new();
        if kind == MediumKind::DvdRw {
            bench.drive(kind).format(&FormatRequest::default(), &Control::default()).unwrap();
        }
        let content = vec![1; 600 * 2048];
        let growing = GrowingDisc::open(bench.drive(kind)).unwrap();
        let mut tree = Tree::new();
        tree.add("/first", Item::Bytes(content.into()), &ItemOptions::default()).unwrap();
        let plan =
            LayoutPlan::new(&tree, PlanOptions { place: growing.place(), ..PlanOptions::default() }).unwrap();
        growing.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
        for (lba, start, count) in [(100, 90, 20), (256, 252, 8), (300, 200, 128), (200, 200, 1)] {
            let disc = bench.unreadable([lba, lba + 1]).disc().unwrap();
            let mut into = vec![0; count * 2048];
            let error = disc.source().read_sectors(Sector::new(start), &mut into).unwrap_err();
            assert_eq!(error.sector(), Sector::new(lba), "{kind}");
            assert_told(&error.to_string(), lba, kind);
        }
    }
}

#[test]
fn a_head_that_was_never_recorded_is_recovered() {
    // Beside what is there, sectors are lost, whatever the drive says of them: units of recording are recorded whole.
    for (kind, options, forgotten) in [
        (MediumKind::DvdPlusRw, hybrid(), 16..17),
        (MediumKind::BdRe, hybrid(), 16..17),
        (MediumKind::DvdPlusRw, PlanOptions::default(), 16..20),
        (MediumKind::BdRe, PlanOptions::default(), 16..20),
    ] {
        let bench = recorded(kind, &options);
        bench.forget(forgotten);
        let told = burn(bench.drive(kind), "/second").unwrap_err().to_string();
        assert!(told.contains("sector 16:") && told.contains("fsimage recover"), "{kind}: {told}");
        assert!(!told.contains("drive blank"), "{kind}: {told}");
        let error = bench.drive(kind).disc().unwrap().image(None, &DEFAULT_PREFERENCE).err().unwrap();
        let told = error.to_string();
        assert!(told.contains("sector 16") && told.contains("blank check"), "{kind}: {told}");
        let recovery = Recovery::of_drive(bench.drive(kind), &Control::default()).unwrap();
        let identifier = recovery.report().identifier;
        recovery.write(identifier, &Control::default()).unwrap();
        assert_eq!(names(&bench, kind), ["/first"], "{kind}");
    }
}
