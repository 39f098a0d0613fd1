//! An interrupted session is completed from what it was recorded from: what arrived is not recorded again.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, DigestAlgorithm, Error, FileSystem, FileSystems, GrowingDisc,
    ImportOptions, Item, LayoutPlan, MediumKind, NodeId, PlanOptions, Recovery, Result, ScanOptions, Tree,
    UdfAccess, UdfOptions, UdfRevision, ZisofsOptions,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use peers::{Columns, Listing, assert_same};
use support::drives::faulty;
use support::grounds::open;
use support::{list_image, scan};

const ISO: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE).union(FileSystems::JOLIET);

/// What is done to the tree of a session besides.
#[derive(Clone, Copy, PartialEq)]
enum Besides {
    Nothing,
    Digests,
    Zisofs,
    /// A named stream for each file of the root.
    Streams,
}

struct Bench {
    folder: tempfile::TempDir,
    options: PlanOptions,
    besides: Besides,
}

impl Bench {
    fn new(options: PlanOptions, besides: Besides) -> Bench {
        let bench = Bench { folder: tempfile::tempdir().unwrap(), options, besides };
        for (name, len) in [("one/old", 9000), ("one/replaced", 3000)] {
            bench.put(name, len);
        }
        bench
    }

    /// The sources of the second session.
    fn second(&self) {
        for (name, len) in [
            ("two/a", 70_000),
            ("two/d/b", 30_000),
            ("two/d/c", 1),
            ("two/empty", 0),
            ("two/replaced", 60_000),
            ("two/z", 2_000_000),
        ] {
            self.put(name, len);
        }
        let two = self.path("two");
        fs::hard_link(two.join("d/b"), two.join("link")).unwrap();
        std::os::unix::fs::symlink("d/b", two.join("symbolic")).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, len: usize) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content(name, len)).unwrap();
    }

    fn blank(&self, kind: MediumKind) -> PathBuf {
        let disc = self.path("disc");
        fsimage::create_simulated_medium(&disc, kind).unwrap();
        disc
    }

    fn copy(&self, disc: &Path) -> PathBuf {
        let copy = self.path("copy");
        fs::copy(disc, &copy).unwrap();
        fs::copy(disc.with_extension("medium"), copy.with_extension("medium")).unwrap();
        copy
    }

    /// Records a folder as the next session; how many sectors that is.
    fn burn(&self, disc: &Path, name: &str, faults: &[Fault]) -> Result<u32> {
        let mut disc = GrowingDisc::open(faulty(SimulatedDrive::open(disc).unwrap(), faults)?)?;
        let (mut tree, options) = match disc.is_blank() {
            true => (Tree::new(), self.options.clone()),
            false => {
                let imported = disc.import(&ImportOptions::default(), &Control::default())?;
                let options = imported.plan_options();
                (imported.tree, options)
            }
        };
        disc.close_open_session()?;
        let options = PlanOptions { place: disc.place(), ..options };
        tree.scan(&self.path(name), NodeId::ROOT, &ScanOptions::default(), &Control::default())?;
        match self.besides {
            Besides::Nothing => {}
            Besides::Streams => {
                let names: Vec<_> =
                    fs::read_dir(self.path(name)).unwrap().map(|item| item.unwrap().file_name()).collect();
                for name in names {
                    let node = tree.lookup(format!("/{}", name.to_string_lossy())).unwrap();
                    tree.add_stream(node, b"user.note", Item::Bytes(vec![5; 3000].into())).unwrap();
                }
            }
            Besides::Digests => drop(tree.record_digests(DigestAlgorithm::Sha256, &options)?),
            Besides::Zisofs => {
                let all = &mut |_: &Tree, _: NodeId| true;
                tree.compress(all, &ZisofsOptions::default(), &options, &Control::default())?;
            }
        }
        let plan = LayoutPlan::new(&tree, options)?;
        disc.write(&plan, &BurnOptions::default(), &Control::default()).map(|burnt| burnt.sectors)
    }
}

/// Noise of four bits, which is half as long when it is compressed.
fn content(name: &str, len: usize) -> Vec<u8> {
    let next = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some((*state >> 28) as u8 + 1)
    };
    (0..len).scan(name.len() as u32, |state, _| next(state)).collect()
}

/// All but the lists of digests, which tell of the session that has them.
fn listing(disc: &Path, file_system: Option<FileSystem>) -> Listing {
    let preference = file_system.map_or(DEFAULT_PREFERENCE.to_vec(), |one| vec![one]);
    let mut listing = list_image(&open(disc).disc().unwrap().image(None, &preference).unwrap());
    listing.retain(|path, _| !path.starts_with("/.digests"));
    listing
}

#[test]
fn whatever_was_cut_is_completed() {
    let udf = PlanOptions { file_systems: FileSystems::UDF, ..PlanOptions::default() };
    let bridge = PlanOptions { file_systems: ISO | FileSystems::UDF, ..PlanOptions::default() };
    let rock_ridge = PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
        ..PlanOptions::default()
    };
    let cases = [
        (MediumKind::CdR, PlanOptions::default(), Besides::Digests),
        (MediumKind::DvdPlusR, bridge, Besides::Nothing),
        (MediumKind::DvdR, rock_ridge, Besides::Zisofs),
        (MediumKind::BdR, udf, Besides::Digests),
    ];
    for (kind, options, besides) in cases {
        let bench = Bench::new(options, besides);
        let first = bench.blank(kind);
        bench.burn(&first, "one", &[]).unwrap();
        bench.second();
        let whole = bench.copy(&first);
        let sectors = bench.burn(&whole, "two", &[]).unwrap();
        let expected = listing(&whole, None);
        let plain = list_image(&open(&whole).disc().unwrap().image(None, &DEFAULT_PREFERENCE).unwrap());
        assert!(plain.contains_key("/d/b") && plain.contains_key("/old"));
        let (mut completed, mut fewest) = (0, u32::MAX);
        for after_sectors in (0..u64::from(sectors)).step_by(41) {
            let what = format!("{kind}, {after_sectors} of {sectors} sectors");
            let disc = bench.copy(&first);
            let cut = bench.burn(&disc, "two", &[Fault::PowerCut { after_sectors }]);
            if cut.is_ok() {
                continue;
            }
            let mut recovery = Recovery::of_drive(open(&disc), &Control::default()).unwrap();
            let lost = recovery.report().dropped.len();
            if let Err(error) = recovery.complete_from(&scan(&bench.path("two"))) {
                // Its directories did not arrive, and nothing tells what it was to hold.
                assert!(matches!(error, Error::InvalidArgument { .. }), "{what}: {error}");
                assert!(completed == 0, "{what}: the directories were there before");
                continue;
            }
            let report = recovery.report().clone();
            assert_eq!((&report.dropped[..], report.completed.len()), (&[][..], lost), "{what}: {report:?}");
            assert!(report.unreadable.is_empty(), "{what}: {report:?}");
            let recovered = recovery.write(report.identifier, &Control::default()).unwrap();
            assert_same(&expected, &listing(&disc, None), Columns::POSIX);
            let verified = open(&disc).disc().unwrap().verify(None, &Control::default()).unwrap();
            assert!(verified.is_whole(), "{what}: {:?}", verified.findings);
            if besides == Besides::Digests {
                let digests = verified.digests.unwrap();
                assert_eq!((digests.differing, digests.unlisted), (0, 0), "{what}: {digests:?}");
            }
            fewest = fewest.min(recovered.session.unwrap().sectors);
            completed += 1;
            let nothing = Recovery::of_drive(open(&disc), &Control::default()).unwrap();
            assert_eq!(nothing.report().action, fsimage::RecoveryAction::Nothing, "{what}");
        }
        assert!(completed > 2, "{kind}: {completed}");
        // What arrived is not recorded again; what was to be compressed is recorded as it is.
        assert!(
            fewest < sectors * 2 / 3 || besides == Besides::Zisofs,
            "{kind}: {fewest} of {sectors} sectors"
        );
    }
}

/// Files of UDF whose data arrived, and not all of their named streams, are told as incomplete, wherever the recording was cut;
/// all others have theirs.
#[test]
fn named_streams_that_did_not_arrive_are_told() {
    let udf = UdfOptions { revision: UdfRevision::V2_01, ..UdfOptions::default() };
    let options = PlanOptions { file_systems: FileSystems::UDF, udf, ..PlanOptions::default() };
    let bench = Bench::new(options, Besides::Streams);
    let first = bench.blank(MediumKind::BdR);
    bench.burn(&first, "one", &[]).unwrap();
    for number in 0..40 {
        bench.put(&format!("two/{number:02}"), 20_000);
    }
    bench.put("two/replaced", 9000);
    let sectors = bench.burn(&bench.copy(&first), "two", &[]).unwrap();
    let mut incomplete = 0;
    for after_sectors in (0..u64::from(sectors)).step_by(23) {
        let what = format!("{after_sectors} of {sectors} sectors");
        let disc = bench.copy(&first);
        if bench.burn(&disc, "two", &[Fault::PowerCut { after_sectors }]).is_ok() {
            continue;
        }
        let mut recovery = Recovery::of_drive(open(&disc), &Control::default()).unwrap();
        if recovery.complete_from(&scan(&bench.path("two"))).is_err() {
            continue;
        }
        let report = recovery.report().clone();
        let told: Vec<&str> = report.incomplete.iter().map(|item| item.path.as_str()).collect();
        incomplete += told.len();
        let is_told = !told.is_empty() || !report.dropped.is_empty() || !report.unreadable.is_empty();
        assert_eq!(report.is_without_loss(), !is_told, "{what}: {report:?}");
        recovery.write(report.identifier, &Control::default()).unwrap();
        let image = open(&disc).disc().unwrap().image(None, &[FileSystem::Udf]).unwrap();
        for path in report.kept.iter().chain(&report.completed) {
            assert!(!told.contains(&path.as_str()), "{what}: {path}");
            let item = image.lookup(path).unwrap();
            assert_eq!(image.streams(&item).unwrap().len(), 1, "{what}: {path}");
        }
        // This one has those of the session before.
        for path in told.into_iter().filter(|path| *path != "/old") {
            let item = image.lookup(path).unwrap();
            assert!(image.streams(&item).unwrap().is_empty(), "{what}: {path}");
        }
    }
    assert!(incomplete > 0);
}

/// A file that was to be replaced is there as before, when its new data lie beyond the end of what was recorded.
#[test]
fn what_was_to_be_replaced_stays_where_the_new_is_lost() {
    for file_systems in [ISO, FileSystems::UDF] {
        let bench = Bench::new(PlanOptions { file_systems, ..PlanOptions::default() }, Besides::Nothing);
        let first = bench.blank(MediumKind::BdR);
        bench.burn(&first, "one", &[]).unwrap();
        let before = listing(&first, None);
        bench.put("two/replaced", 9_000_000);
        let disc = bench.copy(&first);
        bench.burn(&disc, "two", &[Fault::PowerCut { after_sectors: 640 }]).unwrap_err();
        let recovery = Recovery::of_drive(open(&disc), &Control::default()).unwrap();
        let report = recovery.report().clone();
        assert_eq!(report.dropped.iter().map(|lost| lost.path.as_str()).collect::<Vec<_>>(), ["/replaced"]);
        recovery.write(report.identifier, &Control::default()).unwrap();
        assert_same(&before, &listing(&disc, None), Columns::CONTENT);
    }
}

/// A source that is not what was recorded is not taken for it, and the report says why.
#[test]
fn sources_that_changed_are_not_taken() {
    let bench = Bench::new(PlanOptions::default(), Besides::Nothing);
    let first = bench.blank(MediumKind::BdR);
    bench.burn(&first, "one", &[]).unwrap();
    bench.second();
    bench.burn(&first, "two", &[Fault::PowerCut { after_sectors: 64 }]).unwrap_err();
    bench.put("two/a", 70_001);
    let later = SystemTime::now() + Duration::from_secs(100);
    fs::File::options().write(true).open(bench.path("two/z")).unwrap().set_modified(later).unwrap();
    fs::remove_file(bench.path("two/d/c")).unwrap();
    fs::remove_file(bench.path("two/d/b")).unwrap();
    fs::create_dir(bench.path("two/d/b")).unwrap();
    let mut recovery = Recovery::of_drive(open(&first), &Control::default()).unwrap();
    recovery.complete_from(&scan(&bench.path("two"))).unwrap();
    let report = recovery.report().clone();
    let why = |path: &str| {
        let lost = report.dropped.iter().find(|lost| lost.path == path);
        lost.map(|lost| lost.reason.rsplit_once("; ").unwrap().1.to_owned())
    };
    assert_eq!(why("/a").as_deref(), Some("the file in the sources has another length"), "{report:?}");
    assert_eq!(why("/z").as_deref(), Some("the file in the sources was modified at another time"));
    assert_eq!(why("/d/c").as_deref(), Some("the sources have no such file"));
    // It has another name there, which is what it was.
    assert_eq!(why("/d/b"), None);
    assert_eq!(report.completed, ["/d/b", "/link", "/replaced"]);
    recovery.write(report.identifier, &Control::default()).unwrap();
    let found = listing(&first, None);
    assert_eq!(found["/d/b"].links, Some(2));
    assert_eq!(found["/replaced"].size, Some(60_000));
    assert!(!found.contains_key("/z") && found.contains_key("/old"), "{found:?}");
}

/// What cannot be completed is refused, and nothing is written.
#[test]
fn where_there_is_nothing_to_complete() {
    let bench = Bench::new(PlanOptions::default(), Besides::Nothing);
    bench.second();
    let sources = scan(&bench.path("two"));
    let refused = |disc: &Path| {
        let before = fs::read(disc).unwrap();
        let mut recovery = Recovery::of_drive(open(disc), &Control::default()).unwrap();
        let error = recovery.complete_from(&sources).unwrap_err();
        assert!(matches!(error, Error::InvalidArgument { .. }), "{error}");
        assert!(fs::read(disc).unwrap() == before);
        error.to_string()
    };
    // Where every sector can be written again, the next recording takes the place of the one that was cut.
    let disc = bench.blank(MediumKind::DvdPlusRw);
    bench.burn(&disc, "one", &[]).unwrap();
    bench.burn(&disc, "two", &[Fault::PowerCut { after_sectors: 200 }]).unwrap_err();
    assert!(refused(&disc).contains("the same place"));
    // The virtual allocation table comes last: until then nobody knows what blocks are.
    let udf = UdfOptions { access: UdfAccess::WriteOnce, ..UdfOptions::default() };
    let options = PlanOptions { file_systems: FileSystems::UDF, udf, ..PlanOptions::default() };
    let bench = Bench::new(options, Besides::Nothing);
    bench.second();
    let disc = bench.blank(MediumKind::BdR);
    bench.burn(&disc, "two", &[Fault::PowerCut { after_sectors: 400 }]).unwrap_err();
    assert!(refused(&disc).contains("directories"));
}
