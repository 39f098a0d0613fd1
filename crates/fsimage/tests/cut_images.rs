//! Image files of several sessions that were cut, as in a download that stopped: what is missing is told, and nothing follows without
//! it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::path::Path;

use fsimage::{
    Control, DEFAULT_PREFERENCE, Disc, FileSystems, GrowingImage, ImportOptions, Item, ItemOptions,
    LayoutPlan, PlanOptions, Recovery, SectorCount, Tree,
};
use support::{build, growing};

const SESSIONS: usize = 5;

fn add(tree: &mut Tree, number: usize) {
    let content = vec![number as u8; 100_000];
    tree.add(format!("/{number}"), Item::Bytes(content.into()), &ItemOptions::default()).unwrap();
}

/// Whether whoever looks is told, and nothing is appended without a word.
fn is_told(image: &Path) -> (bool, bool, bool) {
    let disc = Disc::open(image).unwrap();
    let shown = disc.image(None, &DEFAULT_PREFERENCE).is_err() || !disc.passed_over().is_empty();
    let verified = disc.verify(None, &Control::default()).map_or(true, |report| !report.is_whole());
    let appended = GrowingImage::open(image)
        .and_then(|growing| growing.import(&ImportOptions::default(), &Control::default()))
        .map_or(true, |imported| !imported.warnings.is_empty());
    (shown || verified, verified, appended)
}

#[test]
fn a_cut_is_told_wherever_it_is() {
    let records = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    for file_systems in [records, records | FileSystems::UDF, FileSystems::UDF] {
        let folder = tempfile::tempdir().unwrap();
        let (whole, cut) = (folder.path().join("whole.iso"), folder.path().join("cut.iso"));
        let mut tree = Tree::new();
        add(&mut tree, 1);
        build(&tree, PlanOptions { file_systems, ..PlanOptions::default() }, &whole);
        for number in 2..=SESSIONS {
            growing::append(&whole, |tree| add(tree, number)).unwrap();
        }
        assert_eq!(is_told(&whole), (false, false, false));
        let report = Recovery::of_image(&whole).unwrap().report().clone();
        assert!(report.is_without_loss() && report.sessions.len() == SESSIONS, "{report:?}");
        let bytes = std::fs::read(&whole).unwrap();
        for percent in [40, 55, 62, 70, 80, 90, 97] {
            let what = format!("{file_systems:?}, {percent} %");
            let sectors = bytes.len() / 2048 * percent / 100;
            std::fs::write(&cut, &bytes[..sectors * 2048]).unwrap();
            assert_eq!(is_told(&cut), (true, true, true), "{what}");
            if let Ok(recovery) = Recovery::of_image(&cut) {
                assert!(!recovery.report().is_without_loss(), "{what}: {:?}", recovery.report());
            }
        }
    }
}

/// Of UDF alone, sessions are found by the copies of the head in front of them, or where the one before ends: cut anywhere in the newest one,
/// those before it are there, and the next builds on them.
#[test]
fn sessions_of_udf_alone_in_front_of_a_cut_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, cut) = (folder.path().join("whole.iso"), folder.path().join("cut.iso"));
    for sessions in 2..=3 {
        let mut tree = Tree::new();
        add(&mut tree, 1);
        build(&tree, PlanOptions { file_systems: FileSystems::UDF, ..PlanOptions::default() }, &whole);
        for number in 2..=sessions {
            growing::append(&whole, |tree| add(tree, number)).unwrap();
        }
        let newest = *Disc::open(&whole).unwrap().sessions().newest().unwrap();
        let before = support::list_session(&whole, Some(newest.number - 1));
        let bytes = std::fs::read(&whole).unwrap();
        // In its system area, its recognition sequence, its descriptors, and behind its own anchor; and its reserve sequence.
        let end = bytes.len() / 2048;
        for behind in [0, 3, 18, 40, 200, 256, 257, 259, end - newest.start.get() as usize - 10] {
            let what = format!("{sessions} sessions, {behind} sectors of the newest");
            std::fs::write(&cut, &bytes[..(newest.start.get() as usize + behind) * 2048]).unwrap();
            assert_eq!(is_told(&cut), (true, true, true), "{what}");
            assert_eq!(support::list_session(&cut, Some(newest.number - 1)), before, "{what}");
            let recovery = Recovery::of_image(&cut).unwrap();
            let told = recovery.report().cut_short().map(|session| session.number);
            assert_eq!(told, Some(newest.number), "{what}: {:?}", recovery.report());
            let is_readable = Disc::open(&cut).unwrap().session(None).unwrap().number == newest.number;
            assert_eq!(is_readable, behind > 300, "{what}");
            if !is_readable {
                assert_eq!(support::list_session(&cut, None), before, "{what}");
                growing::append(&cut, |tree| add(tree, 9)).unwrap();
                let next = support::list_session(&cut, None);
                assert!(next.contains_key("/9") && next.len() == before.len() + 1, "{what}: {next:?}");
            }
        }
    }
}

/// mkisofs and xorriso write 150 sectors of zeros at the end of an image: where some of these are missing, nothing is lost. That the
/// volume passes the end is told.
#[test]
fn padding_that_is_missing_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let mut tree = Tree::new();
    add(&mut tree, 1);
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let mut options = PlanOptions { file_systems, ..PlanOptions::default() };
    options.place.end_padding = SectorCount::new(150);
    build(&tree, options, &image);
    let end = Disc::open(&image).unwrap().sessions().newest().unwrap().end.unwrap();
    let file = std::fs::File::options().write(true).open(&image).unwrap();
    file.set_len(end.byte_offset() - 100 * 2048).unwrap();
    assert_eq!(is_told(&image), (false, false, true));
    let growing = GrowingImage::open(&image).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    add(&mut imported.tree, 2);
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &Control::default()).unwrap();
    let disc = Disc::open(&image).unwrap();
    assert!(disc.sessions().len() == 2 && disc.sessions().newest().unwrap().start >= end);
    assert_eq!(support::list_session(&image, None).len(), 3);
    // No more than that.
    std::fs::remove_file(&image).unwrap();
    build(&tree, PlanOptions::default(), &image);
    let file = std::fs::File::options().write(true).open(&image).unwrap();
    file.set_len(file.metadata().unwrap().len() - 2048).unwrap();
    growing::append(&image, |tree| add(tree, 2)).unwrap_err();
}
