//! A disc of several sessions, copied as one: to an image and to media, as other programs see it as well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use fsimage::{
    BurnOptions, Control, Disc, DriveName, FileSystem, FileSystems, GrowingDisc, Item, ItemOptions, Losses,
    MergedCopy, OpenDrive, PlanOptions, write_image,
};
use peers::{Columns, Listing, assert_same};
use support::growing::{Model, SESSIONS, burn, change, forms, listing, name_of};
use support::list_file_system;

fn sim(kind: &str, path: &Path) -> DriveName {
    format!("sim:{kind}:{}", path.display()).parse().unwrap()
}

/// A medium with all sessions, by one of the forms, and what the newest shows.
fn grown(kind: &str, options: &PlanOptions, path: &Path) -> (DriveName, Listing) {
    let drive = sim(kind, path);
    let mut model = Model::new();
    for number in 1..=SESSIONS {
        burn(&drive, options, |tree| change(number, &mut model, tree));
    }
    (drive, listing(&model))
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
    let copy = MergedCopy::of(&source, None, Losses::Refuse, &Control::default()).unwrap();
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
            let copy = MergedCopy::of(&source, None, Losses::Refuse, &Control::default()).unwrap();
            let copy = copy.onto(growing.drive().medium_family(), growing.place());
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
    let copy = MergedCopy::of(&source, Some(1), Losses::Refuse, &Control::default()).unwrap();
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
