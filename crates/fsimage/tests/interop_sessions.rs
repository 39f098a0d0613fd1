//! Three sessions on each simulated medium: every one holds the merged tree, the earlier ones stay, only
//! what is new is written; and other readers find the newest in the medium's sectors.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::ops::Deref;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, Disc, DriveName, FileSystem, GrowingDisc, Image, ImportOptions,
    LayoutPlan, MediumKind, NodeId, OpenDrive, PlanOptions, ScanOptions, Tree,
};
use peers::{Columns, Listing, assert_same};
use support::host_tree::{set_all_modified, set_modified};
use support::{list_image, shared_folder};

/// What is added in each of the sessions.
fn add_session(number: usize, folder: &Path) {
    let write = |name: &str, len: usize| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let content: Vec<u8> = (0..len).map(|at| (at * number + at / 251) as u8).collect();
        fs::write(path, content).unwrap();
    };
    match number {
        1 => {
            write("replaced in 2", 5000);
            write("replaced in 3", 7000);
            write("docs/stays", 1);
            write("docs/empty", 0);
            write("docs/deep/er/and/deep/er/still/and/on/and/on/file", 3000);
            write("b\u{fc}cher/\u{4e2d}\u{6587}.txt", 4097);
            write("large", 3_000_000);
            write("linked", 9000);
            fs::hard_link(folder.join("linked"), folder.join("docs/linked too")).unwrap();
            symlink("docs/stays", folder.join("link")).unwrap();
            for number in 0..200 {
                write(&format!("many/file {number}"), number * 37);
            }
        }
        2 => {
            write("replaced in 2", 6000);
            write("docs/added in 2", 2048);
            write("docs/deep/er/added in 2", 20);
            write("new in 2/x/y", 100);
            fs::remove_file(folder.join("link")).ok();
            symlink("elsewhere", folder.join("link")).unwrap();
        }
        _ => {
            write("replaced in 2", 10);
            write("replaced in 3", 70_000);
            write("new in 2/x/added in 3", 4000);
            write("added in 3", 1_200_000);
            write("linked", 8);
            // Its Rock Ridge entries have a continuation area.
            fs::remove_file(folder.join("far link")).ok();
            symlink("some/where/".repeat(20), folder.join("far link")).unwrap();
        }
    }
    set_all_modified(folder, 1_500_000_000 + 100_000 * number as i64);
    set_modified(folder, 1_600_000_000 + number as i64);
}

/// A medium after three sessions.
struct Case {
    kind: MediumKind,
    medium: PathBuf,
    /// What each session must show.
    expected: Vec<Listing>,
    starts: Vec<u32>,
}

const KINDS: [MediumKind; 5] =
    [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR, MediumKind::DvdPlusRw, MediumKind::BdRe];

fn is_overwritable(kind: MediumKind) -> bool {
    matches!(kind, MediumKind::DvdPlusRw | MediumKind::BdRe)
}

fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let folder = shared_folder("sessions");
        let mut expected: Vec<Listing> = Vec::new();
        for number in 1..=3 {
            let added = folder.join(number.to_string());
            fs::create_dir(&added).unwrap();
            add_session(number, &added);
            let mut merged = expected.last().cloned().unwrap_or_default();
            merged.extend(peers::list_directory(&added).unwrap());
            if number == 3 {
                // Its other name has gone.
                merged.get_mut("/docs/linked too").unwrap().links = Some(1);
            }
            expected.push(merged);
        }
        KINDS.into_iter().map(|kind| burn(kind, &folder, expected.clone())).collect()
    })
}

fn burn(kind: MediumKind, folder: &Path, expected: Vec<Listing>) -> Case {
    let medium = folder.join(kind.to_string());
    let drive: DriveName = format!("sim:{kind}:{}", medium.display()).parse().unwrap();
    let control = Control::default();
    let mut starts = Vec::new();
    for number in 1..=3u32 {
        let disc = GrowingDisc::open(OpenDrive::open(&drive).unwrap()).unwrap();
        assert_eq!(disc.is_blank(), number == 1);
        let (mut tree, options) = if disc.is_blank() {
            (Tree::new(), PlanOptions::default())
        } else {
            let imported = disc.import(&ImportOptions::default(), &control).unwrap();
            assert_eq!(imported.warnings, [], "{kind}, session {number}");
            let options = imported.plan_options();
            (imported.tree, options)
        };
        let added = folder.join(number.to_string());
        tree.scan(&added, NodeId::ROOT, &ScanOptions::default(), &control).unwrap();
        let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options }).unwrap();
        let burnt = disc
            .write(
                &plan,
                &BurnOptions { verify: fsimage::Verification::Full, ..BurnOptions::default() },
                &control,
            )
            .unwrap();
        assert_eq!(burnt.sectors, plan.extent().len.get());
        assert_only_new(&added, burnt.sectors, &plan, kind);
        starts.push(burnt.start.get());
    }
    Case { kind, medium, expected, starts }
}

/// The session holds no more than the new contents, what describes the tree, and padding.
fn assert_only_new(added: &Path, written: u32, plan: &LayoutPlan<'_>, kind: MediumKind) {
    let new: u64 = distinct_contents(added).iter().map(|len| len.div_ceil(2048)).sum();
    let contents =
        plan.segments().filter(|segment| segment.label == "file").map(|segment| u64::from(segment.sectors));
    assert_eq!(contents.sum::<u64>(), new, "{kind}: sectors of contents");
    let description: u64 = plan
        .segments()
        .filter(|segment| segment.label != "file")
        .map(|segment| u64::from(segment.sectors))
        .sum();
    assert_eq!(u64::from(written), new + description);
    assert!(description < 400, "{kind}: {description} sectors around the contents");
}

fn distinct_contents(folder: &Path) -> Vec<u64> {
    use std::os::unix::fs::MetadataExt;
    let mut found = BTreeMap::new();
    support::host_tree::visit(folder, &mut |path| {
        let metadata = fs::symlink_metadata(path).unwrap();
        if metadata.is_file() {
            found.insert(metadata.ino(), metadata.len());
        }
    });
    found.into_values().collect()
}

/// A medium in a drive, which takes one program at a time: tests wait for each other.
struct Inserted {
    disc: Disc,
    _turn: MutexGuard<'static, ()>,
}

impl Deref for Inserted {
    type Target = Disc;

    fn deref(&self) -> &Disc {
        &self.disc
    }
}

fn open(case: &Case) -> Inserted {
    static DRIVES: Mutex<()> = Mutex::new(());
    let turn = DRIVES.lock().unwrap_or_else(PoisonError::into_inner);
    let drive: DriveName = format!("sim:{}", case.medium.display()).parse().unwrap();
    Inserted { disc: OpenDrive::open(&drive).unwrap().disc().unwrap(), _turn: turn }
}

fn image(disc: &Disc, number: usize) -> Image {
    disc.image(Some(number as u16), &DEFAULT_PREFERENCE).unwrap()
}

#[test]
fn every_session_holds_the_merged_tree_and_stays_readable() {
    for case in cases() {
        let disc = open(case);
        let starts: Vec<u32> = disc.sessions().iter().map(|session| session.start.get()).collect();
        assert_eq!(starts, case.starts, "{}", case.kind);
        for (number, expected) in (1..).zip(&case.expected) {
            assert_same(expected, &list_image(&image(&disc, number)), Columns::POSIX);
            let joliet = list_image(&disc.image(Some(number as u16), &[FileSystem::Joliet]).unwrap());
            let expected = support::filtered(expected, |_, entry| entry.kind != peers::Kind::Symlink);
            assert_same(&expected, &joliet, Columns::CONTENT);
        }
        let newest = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
        assert_same(&case.expected[2], &list_image(&newest), Columns::POSIX);
        let missing = disc.image(Some(4), &DEFAULT_PREFERENCE).map(drop).unwrap_err();
        assert!(matches!(missing, fsimage::Error::SessionNotFound { asked: 4, newest: 3 }), "{missing}");
    }
}

#[test]
fn old_contents_stay_where_they_are() {
    for case in cases() {
        let disc = open(case);
        for path in ["/large", "/docs/stays", "/many/file 199"] {
            let sections = |number| image(&disc, number).lookup(path).unwrap().sections().to_vec();
            assert_eq!(sections(1), sections(2), "{}: {path}", case.kind);
            assert_eq!(sections(1), sections(3), "{}: {path}", case.kind);
        }
    }
}

#[test]
fn the_sectors_alone_tell_the_sessions() {
    for case in cases() {
        let disc = Disc::open(&case.medium).unwrap();
        let starts: Vec<u32> = disc.sessions().iter().map(|session| session.start.get()).collect();
        assert_eq!(starts, case.starts, "{}", case.kind);
        for (number, expected) in (1..).zip(&case.expected) {
            assert_same(expected, &list_image(&image(&disc, number)), Columns::POSIX);
        }
    }
}

#[test]
fn interop_kernel_finds_the_newest_session() {
    let Some(kernel) = peers::kernel::require() else { return };
    for case in cases() {
        // Of media with a head, only the head's sizes have room for what Linux follows into continuation areas.
        let newest = match is_overwritable(case.kind) {
            true => "iso9660".to_owned(),
            false => format!("iso9660:sbsector={}", case.starts[2]),
        };
        let mounts = [newest, format!("iso9660:sbsector={}", case.starts[1])];
        let mounts: Vec<&str> = mounts.iter().map(String::as_str).collect();
        let found = peers::kernel::mount(&kernel, &case.medium, &mounts, &["--job-timeout", "600"]).unwrap();
        for (mount, expected) in found.iter().zip([2, 1]) {
            assert!(mount.ok && mount.issues.is_empty(), "{}: {:?}", case.kind, mount.issues);
            assert_same(&case.expected[expected], &mount.listing, Columns::POSIX);
        }
    }
}

#[test]
fn interop_xorriso_finds_the_sessions() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    for case in cases() {
        for (number, expected) in (1..).zip(&case.expected) {
            // Of sectors without a table of contents, xorriso lists the sessions of rewritable media. It looks for those
            // of others by sizes that count from each session's start.
            let start = case.starts[number - 1].to_string();
            let number = number.to_string();
            let options = match is_overwritable(case.kind) {
                true => ["-load", "session", &number],
                false => ["-load", "sbsector", &start],
            };
            let found = peers::xorriso::list(&xorriso, &case.medium, &options).unwrap();
            assert_same(expected, &found, Columns::POSIX);
        }
        if is_overwritable(case.kind) {
            let found = peers::xorriso::list(&xorriso, &case.medium, &[]).unwrap();
            assert_same(&case.expected[2], &found, Columns::POSIX);
        }
    }
}
