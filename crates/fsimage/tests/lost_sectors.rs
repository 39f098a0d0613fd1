//! Image files of several sessions in which a sector is lost, as when a scratched disc was copied: what was by it is shown by what is
//! left, or it is told that it is not, and what follows is appended behind it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::path::{Path, PathBuf};

use fsimage::{
    Control, DEFAULT_PREFERENCE, Disc, DriveName, FileSystem, FileSystems, GrowingImage, ImportOptions,
    ImportWarning, Item, ItemOptions, MediumKind, PlanOptions, Recovery, RecoveryAction, Tree, UdfAccess,
    UdfOptions,
};
use support::heads::{fill, sectors};
use support::{build, growing, list_image};

const RECORDS: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE).union(FileSystems::JOLIET);
const NAMES: [&str; 3] = ["/1", "/2", "/3"];

fn of(file_systems: FileSystems) -> PlanOptions {
    PlanOptions { file_systems, ..PlanOptions::default() }
}

fn add(tree: &mut Tree, name: &str) {
    let content = vec![name.as_bytes()[1]; 60_000];
    tree.add(name, Item::Bytes(content.into()), &ItemOptions::default()).unwrap();
}

/// What a medium that is written once holds.
fn recorded(folder: &Path, kind: MediumKind, options: &PlanOptions) -> PathBuf {
    let medium = folder.join("medium");
    let name = DriveName::Simulated { kind: Some(kind), path: medium.clone() };
    for file in NAMES {
        growing::burn(&name, options, |tree| add(tree, file));
    }
    let image = folder.join("image");
    std::fs::copy(medium, &image).unwrap();
    image
}

/// An image file to which each session but the first was appended.
fn appended(folder: &Path, options: PlanOptions) -> PathBuf {
    let image = folder.join("image");
    let mut tree = Tree::new();
    add(&mut tree, NAMES[0]);
    build(&tree, options, &image);
    for name in &NAMES[1..] {
        growing::append(&image, |tree| add(tree, name)).unwrap();
    }
    image
}

fn newest_start(image: &Path) -> u64 {
    Disc::open(image).unwrap().sessions().newest().unwrap().start.get().into()
}

fn names(image: &Path, preference: &[FileSystem]) -> Vec<String> {
    let image = Disc::open(image).unwrap().image(None, preference).unwrap();
    list_image(&image).into_keys().filter(|path| path != "/").collect()
}

/// What is wrong, in words.
fn damage(image: &Path) -> Vec<String> {
    let report = Disc::open(image).unwrap().verify(None, &Control::default()).unwrap();
    report.findings.iter().filter(|finding| finding.is_damage).map(ToString::to_string).collect()
}

/// On media that are written once each session follows the one before, and in an image nothing else leads to the newest.
#[test]
fn the_newest_session_is_shown_or_named_without_its_first_descriptor_or_anchor() {
    let bridge = RECORDS | FileSystems::UDF;
    let cases = [
        (RECORDS, 16, false),
        (FileSystems::ISO9660 | FileSystems::ROCK_RIDGE, 16, false),
        (bridge, 16, true),
        (FileSystems::UDF, 16, true),
        (FileSystems::UDF, 256, true),
    ];
    for kind in [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR] {
        for (file_systems, lost, is_shown) in cases {
            let what = format!("{kind:?}, {file_systems:?}, sector {lost} of the newest");
            let folder = tempfile::tempdir().unwrap();
            let image = recorded(folder.path(), kind, &of(file_systems));
            assert_eq!(names(&image, &DEFAULT_PREFERENCE), NAMES, "{what}");
            assert_eq!(damage(&image), Vec::<String>::new(), "{what}");
            let at = newest_start(&image) + lost;
            fill(&image, at..at + 1, 0);
            let disc = Disc::open(&image).unwrap();
            assert_eq!(disc.sessions().len(), 3, "{what}");
            assert_eq!(names(&image, &DEFAULT_PREFERENCE), NAMES[..if is_shown { 3 } else { 2 }], "{what}");
            let told = damage(&image);
            assert!(told.iter().any(|told| told.contains(&at.to_string())), "{what}: {told:?}");
            let growing = GrowingImage::open(&image).unwrap();
            let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
            let is_told = imported
                .warnings
                .iter()
                .any(|warning| matches!(warning, ImportWarning::SessionPassedOver { .. }));
            assert_eq!(is_told, !is_shown, "{what}: {:?}", imported.warnings);
            let report = Recovery::of_image(&image).unwrap().report().clone();
            assert!(report.sessions[2].complete == is_shown, "{what}: {report:?}");
        }
    }
}

/// A drive that cannot read a sector of a DVD reads none of the sixteen that were recorded with it: of the descriptors, nothing is
/// left.
#[test]
fn data_behind_the_newest_session_that_nothing_leads_to_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let image = recorded(folder.path(), MediumKind::DvdPlusR, &of(RECORDS));
    let newest = newest_start(&image);
    fill(&image, newest + 16..newest + 32, 0);
    assert_eq!(names(&image, &DEFAULT_PREFERENCE), NAMES[..2]);
    let report = Disc::open(&image).unwrap().verify(None, &Control::default()).unwrap();
    let told = report.findings.iter().find(|finding| finding.message.contains("nothing leads to")).unwrap();
    assert_eq!(told.sectors, [(newest as u32 + 32, 1)]);
}

/// What leads to later sessions is all there.
#[test]
fn sessions_behind_lost_descriptors_of_the_first_are_shown() {
    for (file_systems, lost) in
        [(RECORDS, 16..17), (RECORDS | FileSystems::UDF, 16..17), (RECORDS | FileSystems::UDF, 16..18)]
    {
        for kind in [MediumKind::CdR, MediumKind::BdR] {
            let what = format!("{kind:?}, {file_systems:?}, {lost:?}");
            let folder = tempfile::tempdir().unwrap();
            let image = recorded(folder.path(), kind, &of(file_systems));
            fill(&image, lost.clone(), 0);
            assert_eq!(names(&image, &DEFAULT_PREFERENCE), NAMES, "{what}");
            let told = damage(&image);
            assert!(told.iter().any(|told| told.contains("session 1 cannot be read")), "{what}: {told:?}");
            growing::append(&image, |tree| add(tree, "/4")).unwrap();
            assert_eq!(names(&image, &DEFAULT_PREFERENCE).len(), 4, "{what}");
        }
    }
}

/// Of UDF alone, the newest session has its first anchor in sector 256, and another at its end.
#[test]
fn a_cut_in_front_of_all_anchors_of_the_newest_session_shows_those_before() {
    let folder = tempfile::tempdir().unwrap();
    let image = recorded(folder.path(), MediumKind::DvdPlusR, &of(FileSystems::UDF));
    let newest = newest_start(&image);
    for behind in [250, 100, 40, 20] {
        let file = std::fs::File::options().write(true).open(&image).unwrap();
        file.set_len((newest + behind) * 2048).unwrap();
        assert_eq!(names(&image, &DEFAULT_PREFERENCE), NAMES[..2], "{behind}");
        // Of a session with less than its descriptors nothing is known.
        assert_eq!(damage(&image).is_empty(), behind < 40, "{behind}");
    }
}

/// Other readers find the UDF of an image by its head.
#[test]
fn udf_is_shown_without_a_descriptor_of_the_newest_session_that_announces_it() {
    for (file_systems, announcing) in [(RECORDS | FileSystems::UDF, 19..21), (FileSystems::UDF, 16..18)] {
        for lost in announcing {
            let what = format!("{file_systems:?}, sector {lost} of the newest");
            let folder = tempfile::tempdir().unwrap();
            let image = appended(folder.path(), of(file_systems));
            let at = newest_start(&image) + lost;
            assert!(sectors(&image, at..at + 1)[..8] != [0; 8], "{what}");
            fill(&image, at..at + 1, 0);
            assert_eq!(names(&image, &[FileSystem::Udf]), NAMES, "{what}");
            let told = damage(&image);
            assert!(told.iter().any(|told| told.contains(&at.to_string())), "{what}: {told:?}");
        }
    }
}

/// The newest session ends with another anchor.
#[test]
fn sessions_of_udf_alone_are_shown_without_the_anchor_of_the_head() {
    let folder = tempfile::tempdir().unwrap();
    let image = appended(folder.path(), of(FileSystems::UDF));
    let anchor = sectors(&image, 256..257);
    fill(&image, 256..257, 0);
    let disc = Disc::open(&image).unwrap();
    assert_eq!(disc.sessions().len(), 3);
    assert_eq!(names(&image, &DEFAULT_PREFERENCE), NAMES);
    let told = disc.describe(None).unwrap().findings;
    assert!(told.iter().any(|told| told.contains("sector 256")), "{told:?}");
    assert!(damage(&image).iter().any(|told| told.contains("sector 256")));
    let recovery = Recovery::of_image(&image).unwrap();
    let report = recovery.report().clone();
    assert!(matches!(report.action, RecoveryAction::Head { .. }), "{report:?}");
    recovery.write(report.identifier, &Control::default()).unwrap();
    assert!(sectors(&image, 256..257) == anchor);
}

/// Without its table, what the newest session changed is not shown.
#[test]
fn a_lost_virtual_allocation_table_is_told() {
    let udf = UdfOptions { access: UdfAccess::WriteOnce, ..UdfOptions::default() };
    let folder = tempfile::tempdir().unwrap();
    let image = appended(folder.path(), PlanOptions { udf, ..of(FileSystems::UDF) });
    let whole = std::fs::read(&image).unwrap();
    let last = whole.len() / 2048 - 1;
    for is_cut in [false, true] {
        std::fs::write(&image, &whole[..last * 2048]).unwrap();
        if !is_cut {
            std::fs::write(&image, [&whole[..last * 2048], &[0; 2048][..]].concat()).unwrap();
        }
        let disc = Disc::open(&image).unwrap();
        assert_eq!(names(&image, &DEFAULT_PREFERENCE), NAMES[..2], "{is_cut}");
        assert_eq!(disc.passed_over().len(), 1, "{is_cut}");
        assert!(!damage(&image).is_empty(), "{is_cut}");
    }
}
