//! A disc of several sessions, copied as one: to an image and to media, as other programs see it as well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use fsimage::{
    BurnOptions, Control, CopyOptions, Disc, DriveName, FileSystem, FileSystems, GrowingDisc, Item,
    ItemOptions, MergedCopy, OpenDrive, PlanOptions, SessionCopies, write_image,
};
use peers::{Columns, Listing, assert_same};
use support::growing::{Model, SESSIONS, burn, change, forms, listing, name_of};
use support::list_file_system;

fn sim(kind: &str, path: &Path) -> DriveName {
    format!("sim:{kind}:{}", path.display()).parse().unwrap()
}

/// A medium with all sessions, by one of the forms, and what each shows.
fn grown_in_steps(kind: &str, options: &PlanOptions, path: &Path) -> (DriveName, Vec<Listing>) {
    let drive = sim(kind, path);
    let mut model = Model::new();
    let each = (1..=SESSIONS).map(|number| {
        burn(&drive, options, |tree| change(number, &mut model, tree));
        listing(&model)
    });
    let each = each.collect();
    (drive, each)
}

/// The same, and what the newest shows.
fn grown(kind: &str, options: &PlanOptions, path: &Path) -> (DriveName, Listing) {
    let (drive, mut each) = grown_in_steps(kind, options, path);
    (drive, each.pop().unwrap())
}

fn kinds(options: &PlanOptions) -> Vec<FileSystem> {
    [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Udf]
        .into_iter()
        .filter(|one| options.file_systems.contains(one.as_set()))
        .collect()
}

fn cases() -> Vec<PlanOptions> {
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    forms().into_iter().chain([PlanOptions { file_systems, ..PlanOptions::default() }]).collect()
}

/// The copy of a disc in an image file.
fn copied(kind: &str, options: &PlanOptions, folder: &Path) -> (PathBuf, Listing) {
    let (disc, image) = (folder.join("disc"), folder.join("image"));
    for old in [disc.clone(), disc.with_extension("medium"), image.clone()] {
        let _ = fs::remove_file(old);
    }
    let (drive, expected) = grown(kind, options, &disc);
    let source = OpenDrive::open(&drive).unwrap().disc().unwrap();
    let copy = MergedCopy::of(&source, None, CopyOptions::default(), &Control::default()).unwrap();
    assert_eq!(copy.imported().warnings, [], "{}", name_of(options));
    assert!(copy.boot_losses().is_empty());
    let plan = copy.plan().unwrap();
    assert!(plan.extent().len < source.source().sectors(), "what nothing refers to is left out");
    write_image(&plan, &image, &Control::default()).unwrap();
    (image, expected)
}

#[test]
fn one_session_shows_what_all_did() {
    let folder = tempfile::tempdir().unwrap();
    for options in cases() {
        for kind in ["bd-r", "dvd+rw"] {
            let (image, expected) = copied(kind, &options, folder.path());
            assert_eq!(Disc::open(&image).unwrap().sessions().len(), 1);
            for file_system in kinds(&options) {
                assert_same(&expected, &list_file_system(&image, file_system), Columns::CONTENT);
            }
        }
    }
}

#[test]
fn onto_media_of_other_kinds() {
    let folder = tempfile::tempdir().unwrap();
    for (number, options) in cases().into_iter().enumerate() {
        let (from, expected) = grown("cd-r", &options, &folder.path().join(format!("from {number}")));
        for kind in ["dvd+r", "bd-re", "dvd-ram"] {
            let path = folder.path().join(format!("{kind} {number}"));
            let to = sim(kind, &path);
            let growing = GrowingDisc::open(OpenDrive::open(&to).unwrap()).unwrap();
            let source = OpenDrive::open(&from).unwrap().disc().unwrap();
            let copy = MergedCopy::of(&source, None, CopyOptions::default(), &Control::default()).unwrap();
            let copy = copy.onto(growing.drive().medium_family(), growing.place()).unwrap();
            growing.write(&copy.plan().unwrap(), &BurnOptions::default(), &Control::default()).unwrap();
            let disc = OpenDrive::open(&to).unwrap().disc().unwrap();
            assert_eq!(disc.sessions().len(), 1, "{kind}");
            for file_system in kinds(&options) {
                let found = support::list_image(&disc.image(None, &[file_system]).unwrap());
                assert_same(&expected, &found, Columns::CONTENT);
            }
            drop(disc);
            // It grows as any other.
            burn(&to, &options, |tree| {
                tree.add("/later", Item::Bytes(b"later".as_slice().into()), &ItemOptions::default()).unwrap();
            });
        }
    }
}

/// The sessions of a disc, one by one, on a medium.
fn copy_sessions(source: &Disc, to: &DriveName) {
    let growing = || GrowingDisc::open(OpenDrive::open(to).unwrap()).unwrap();
    let control = Control::default();
    let mut copies =
        SessionCopies::for_medium(source, (&growing(), false), CopyOptions::default(), &control).unwrap();
    assert!(copies.left_out().is_empty());
    assert!(copies.sessions().iter().all(|one| one.warnings.is_empty() && one.boot_losses.is_empty()));
    for _ in 0..SESSIONS {
        let growing = growing();
        let copy = copies.next(Some(growing.disc()), growing.place(), &control).unwrap().unwrap();
        let plan = copy.plan().unwrap();
        growing.write(&plan, &BurnOptions::default(), &control).unwrap();
        copies.wrote(&plan);
    }
    let last = growing();
    assert!(copies.next(Some(last.disc()), last.place(), &control).unwrap().is_none());
}

fn assert_sessions(disc: &Disc, expected: &[Listing], options: &PlanOptions, what: &str) {
    assert_eq!(disc.sessions().len(), expected.len(), "{what}");
    for (number, expected) in (1..).zip(expected) {
        for file_system in kinds(options) {
            let found = support::list_image(&disc.image(Some(number), &[file_system]).unwrap());
            assert_same(expected, &found, Columns::CONTENT);
        }
        let report = disc.verify(Some(number), &Control::default()).unwrap();
        assert!(report.is_whole(), "{what}, session {number}: {:?}", report.findings);
    }
}

#[test]
fn interop_each_session_as_one_of_its_own() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = tempfile::tempdir().unwrap();
    for (number, options) in cases().into_iter().enumerate() {
        let at = |name: &str| folder.path().join(format!("{name} {number}"));
        let from = ["bd-r", "dvd+rw", "cd-r"][number % 3];
        let (drive, expected) = grown_in_steps(from, &options, &at("from"));
        let source = OpenDrive::open(&drive).unwrap().disc().unwrap();
        let what = format!("{from}, {}", name_of(&options));

        let image = at("image");
        let copies = SessionCopies::for_image(&source, CopyOptions::default(), &Control::default()).unwrap();
        copies.write_image(&image, &Control::default()).unwrap();
        let disc = Disc::open(&image).unwrap();
        assert_sessions(&disc, &expected, &options, &what);
        // Files lie there once: what they take together would be more.
        let files = |listing: &Listing| listing.values().filter_map(|entry| entry.size).sum::<u64>();
        let new = files(&expected[SESSIONS - 1]) + 2048 * 1400 * SESSIONS as u64;
        assert!(fs::metadata(&image).unwrap().len() < new, "{what}: {:?}", fs::metadata(&image));
        for kind in ["bd-re", ["dvd+r", "dvd-rw"][number % 2]] {
            let to = sim(kind, &at(kind));
            copy_sessions(&disc, &to);
            let copied = OpenDrive::open(&to).unwrap().disc().unwrap();
            assert_sessions(&copied, &expected, &options, &format!("{what}, {kind}"));
        }
        if !options.file_systems.contains(FileSystems::ISO9660) {
            continue;
        }
        let found = peers::xorriso::list(&xorriso, &image, &[]).unwrap();
        assert_same(&expected[SESSIONS - 1], &found, Columns::CONTENT);
        for (session, expected) in (1..).zip(&expected) {
            let load = ["-load", "session", &session.to_string(), "-rom_toc_scan", "on:emul_on:emul_wide"];
            for copy in [&image, &at("bd-re")] {
                let found = peers::xorriso::list(&xorriso, copy, &load).unwrap();
                assert_same(expected, &found, Columns::CONTENT);
            }
        }
        let toc = ["-indev", image.to_str().unwrap(), "-toc"];
        let toc = peers::run(xorriso.path(), &toc).unwrap().success("xorriso").unwrap();
        let toc = String::from_utf8(toc).unwrap();
        let listed = toc.lines().filter(|line| line.starts_with("ISO session")).count();
        assert_eq!(listed, SESSIONS, "{what}: {toc}");
    }
}

#[test]
fn sessions_that_do_not_fit_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let options = cases().swap_remove(1);
    let (drive, _) = grown("bd-r", &options, &folder.path().join("from"));
    let small = folder.path().join("small");
    mmc_device::simulated::SimulatedDrive::create_with_capacity(&small, fsimage::MediumKind::BdR, 1024)
        .unwrap();
    let growing = GrowingDisc::open(OpenDrive::open(&sim("bd-r", &small)).unwrap()).unwrap();
    let source = OpenDrive::open(&drive).unwrap().disc().unwrap();
    let refused =
        SessionCopies::for_medium(&source, (&growing, false), CopyOptions::default(), &Control::default());
    assert!(matches!(refused, Err(fsimage::Error::ImageTooBig { .. })), "{refused:?}");
    let image = folder.path().join("image");
    let copies = SessionCopies::for_image(&source, CopyOptions::default(), &Control::default()).unwrap();
    copies.write_image(&image, &Control::default()).unwrap();
    drop((source, growing));
    let source = Disc::open(&image).unwrap();
    let full = GrowingDisc::open(OpenDrive::open(&drive).unwrap()).unwrap();
    let refused =
        SessionCopies::for_medium(&source, (&full, false), CopyOptions::default(), &Control::default());
    assert!(matches!(refused, Err(fsimage::Error::HoldsSessions { .. })), "{refused:?}");
}

/// Lead-out and lead-in of a CD take more room than small sessions.
#[test]
fn what_lies_between_the_sessions_of_a_cd_takes_room() {
    let folder = tempfile::tempdir().unwrap();
    let options = cases().swap_remove(1);
    let (drive, _) = grown_in_steps("bd-r", &options, &folder.path().join("from"));
    let source = OpenDrive::open(&drive).unwrap().disc().unwrap();
    for (capacity, fits) in [(12_000, false), (40_000, true)] {
        let small = folder.path().join(capacity.to_string());
        let kind = fsimage::MediumKind::CdR;
        mmc_device::simulated::SimulatedDrive::create_with_capacity(&small, kind, capacity).unwrap();
        let growing = GrowingDisc::open(OpenDrive::open(&sim("cd-r", &small)).unwrap()).unwrap();
        let copies = SessionCopies::for_medium(
            &source,
            (&growing, false),
            CopyOptions::default(),
            &Control::default(),
        );
        match copies {
            Ok(_) => assert!(fits, "{capacity}"),
            Err(fsimage::Error::ImageTooBig { needed, .. }) => assert!(!fits && needed > 18_300, "{needed}"),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn an_earlier_session_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let (disc, image) = (folder.path().join("disc"), folder.path().join("image"));
    let drive = sim("bd-r", &disc);
    let options = cases().pop().unwrap();
    let mut model = Model::new();
    burn(&drive, &options, |tree| change(1, &mut model, tree));
    burn(&drive, &options, |tree| change(2, &mut model.clone(), tree));
    let source = OpenDrive::open(&drive).unwrap().disc().unwrap();
    let copy = MergedCopy::of(&source, Some(1), CopyOptions::default(), &Control::default()).unwrap();
    write_image(&copy.plan().unwrap(), &image, &Control::default()).unwrap();
    assert_same(&listing(&model), &list_file_system(&image, FileSystem::Joliet), Columns::CONTENT);
}

#[test]
fn interop_xorriso_reads_the_copy() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = tempfile::tempdir().unwrap();
    for options in cases().into_iter().filter(|one| one.file_systems.contains(FileSystems::ISO9660)) {
        let (image, expected) = copied("dvd+rw", &options, folder.path());
        let found = peers::xorriso::list(&xorriso, &image, &[]).unwrap();
        assert_same(&expected, &found, Columns::CONTENT);
    }
}
