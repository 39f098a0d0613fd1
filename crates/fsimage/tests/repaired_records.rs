//! What can be had in spite of damaged records of ISO 9660 is had, wherever users ask for it, and told by its name.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use fsimage::{
    Control, DEFAULT_PREFERENCE, DeepDirectories, Disc, ExtractOptions, FileSystem, FileSystems, Finding,
    ImportOptions, ImportWarning, Imported, Item, ItemOptions, LayoutPlan, MemorySectors, PlanOptions, Tree,
    WriterSink, import,
};
use support::recorded::made_of;

const SECTOR: usize = 2048;
const DEEP: &str = "/1/2/3/4/5/6/7/deep/9/file";

fn image(paths: &[&str]) -> Vec<u8> {
    let mut tree = Tree::new();
    for path in paths {
        tree.add(path, Item::Bytes(path.as_bytes().into()), &ItemOptions::default()).unwrap();
    }
    let options = PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
        deep_directories: DeepDirectories::Relocate,
        ..PlanOptions::default()
    };
    let mut image = Vec::new();
    let plan = LayoutPlan::new(&tree, options).unwrap();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    image
}

fn opened(image: &[u8]) -> Disc {
    Disc::from_source(Arc::new(MemorySectors::new(image.to_vec())), "memory").unwrap()
}

fn places(image: &[u8], wanted: &[u8]) -> Vec<usize> {
    (0..image.len() - wanted.len()).filter(|&at| image[at..].starts_with(wanted)).collect()
}

fn findings(disc: &Disc) -> Vec<Finding> {
    disc.verify(None, &Control::default()).unwrap().findings
}

fn imported(disc: &Disc) -> Imported {
    import(disc, &ImportOptions::default(), &Control::default()).unwrap()
}

/// Extracts all; what is told.
fn extracted(disc: &Disc, target: &Path) -> Vec<String> {
    let view = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let report = view.extract(&[], target, &ExtractOptions::default(), &Control::default()).unwrap();
    report.warnings.into_iter().map(|warning| format!("{}: {}", warning.path, warning.reason)).collect()
}

/// Damage is told with the directory's path, by the check, by an import and by an extraction.
#[track_caller]
fn told(disc: &Disc, path: &str, words: &str, target: &Path) {
    let is_it = |found: &Finding| {
        found.is_damage && found.path.as_deref() == Some(path) && found.message.contains(words)
    };
    let found = findings(disc);
    assert!(found.iter().any(is_it), "{found:#?}");
    let warnings = imported(disc).warnings;
    let is_warning = |warning: &ImportWarning| match warning {
        ImportWarning::Damaged { path: Some(at), finding } => at == path && finding.contains(words),
        _ => false,
    };
    assert!(warnings.iter().any(is_warning), "{warnings:#?}");
    let warnings = extracted(disc, target);
    assert!(
        warnings.iter().any(|told| told.starts_with(&format!("{path}: ")) && told.contains(words)),
        "{warnings:#?}"
    );
}

/// Also where others are relocated that keep their place, here and in what is written of it.
#[test]
fn a_relocated_directory_to_which_nothing_leads_is_not_lost() {
    let sound = image(&[DEEP, "/1/2/3/4/5/6/7/kept/x", "/top"]);
    assert_eq!(findings(&opened(&sound)), []);
    let [link, _] = places(&sound, b"CL\x0c\x01")[..] else { panic!() };
    let mut damaged = sound.clone();
    damaged[link..link + 2].copy_from_slice(b"ZZ");
    let disc = opened(&damaged);
    let folder = tempfile::tempdir().unwrap();
    told(&disc, "/rr_moved", "no CL entry leads to 'deep'", &folder.path().join("a"));
    told(&disc, "/1/2/3/4/5/6/7", "'deep' is said to be a directory", &folder.path().join("b"));
    let file = fs::read(folder.path().join("a/rr_moved/deep/9/file")).unwrap();
    assert_eq!(file, DEEP.as_bytes());
    assert!(folder.path().join("a/1/2/3/4/5/6/7/kept/x").is_file());
    assert!(!folder.path().join("a/1/2/3/4/5/6/7/deep").exists());
    let view = disc.image(None, &[FileSystem::RockRidge]).unwrap();
    assert!(view.lookup("/rr_moved/deep/9/file").is_ok() && view.lookup("/rr_moved/kept").is_err());

    let imported = imported(&disc);
    assert!(imported.tree.lookup("/rr_moved/deep/9/file").is_some());
    let path = folder.path().join("new");
    support::build(&imported.tree, imported.new_image_options(), &path);
    let new = Disc::open(&path).unwrap();
    assert_eq!(findings(&new), []);
    let view = new.image(None, &[FileSystem::RockRidge]).unwrap();
    assert!(view.lookup("/rr_moved/deep/9/file").is_ok() && view.lookup("/1/2/3/4/5/6/7/kept/x").is_ok());
}

/// Whatever program relocated it.
#[test]
fn interop_relocated_directories_of_other_programs_are_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    for (maker, options, place) in [
        ("genisoimage", &["-R"][..], "rr_moved/deep/9/file"),
        ("xorriso", &["-R", "-rr_reloc_dir", "moved"], "moved/deep/9/file"),
        ("xorriso", &["-R", "-rr_reloc_dir", "/"], "deep/9/file"),
    ] {
        let Some(maker) = peers::require(maker) else { return };
        let old = folder.path().join("old");
        made_of(&maker, &[&DEEP[1..], "1/2/3/4/5/6/7/kept/x", "top"], options, &old);
        let sound = fs::read(&old).unwrap();
        // Its records are not in order there, which is none of this.
        let of_links = findings(&opened(&sound)).into_iter().find(|found| found.message.contains("RRIP"));
        assert_eq!(of_links, None, "{options:?}");
        let link = places(&sound, b"CL\x0c\x01")[0];
        let mut damaged = sound.clone();
        damaged[link..link + 2].copy_from_slice(b"ZZ");
        let target = folder.path().join("target");
        let warnings = extracted(&opened(&damaged), &target);
        assert!(warnings.iter().any(|told| told.contains("no CL entry leads to 'deep'")), "{warnings:?}");
        assert!(target.join(place).is_file() && target.join("1/2/3/4/5/6/7/kept/x").is_file(), "{options:?}");
        fs::remove_dir_all(target).unwrap();
    }
}

/// The bytes in front of an identifier in its directory record (ECMA-119 9.1), of which the extent begins with the third,
/// and the length with the eleventh.
fn record(image: &[u8], identifier: &[u8]) -> usize {
    let wanted = [&[identifier.len() as u8][..], identifier].concat();
    let found = places(image, &wanted).into_iter().find(|&at| image[at - 7] & 2 != 0 && image[at - 32] > 40);
    found.unwrap() - 32
}

#[test]
fn a_directory_that_is_said_to_have_no_bytes_is_read() {
    let mut image = image(&["/sub/file", "/sub/under/other", "/top"]);
    let at = record(&image, b"SUB");
    image[at + 10..at + 18].fill(0);
    let disc = opened(&image);
    let folder = tempfile::tempdir().unwrap();
    told(&disc, "/", "'SUB': its record says that this directory has no bytes", &folder.path().join("a"));
    assert!(folder.path().join("a/sub/file").is_file() && folder.path().join("a/sub/under/other").is_file());
    assert!(imported(&disc).tree.lookup("/sub/under/other").is_some());
}

/// As Linux and xorriso show it; isoinfo and bsdtar show nothing of what is in it.
#[test]
fn interop_a_directory_that_is_said_to_have_no_bytes_is_shown_by_others() {
    let (Some(xorriso), Some(kernel)) = (peers::require("xorriso"), peers::kernel::require()) else { return };
    let mut image = image(&["/sub/file", "/top"]);
    let at = record(&image, b"SUB");
    image[at + 10..at + 18].fill(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    fs::write(&path, image).unwrap();
    let shown = peers::xorriso::list(&xorriso, &path, &[]).unwrap();
    assert!(shown.contains_key("/sub/file"), "{shown:?}");
    let mounted = peers::kernel::mount(&kernel, &path, &["iso9660"], &[]).unwrap();
    assert!(format!("{mounted:?}").contains("sub/file"), "{mounted:?}");
    let mut ours = Vec::new();
    let view = Disc::open(&path).unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
    view.walk(&mut |path, _| {
        ours.push(String::from_utf8_lossy(path).into_owned());
        Ok(())
    })
    .unwrap();
    assert!(ours.contains(&"/sub/file".to_owned()), "{ours:?}");
}

#[test]
fn an_image_is_read_by_either_half_of_numbers() {
    let sound = image(&["/sub/file", "/top"]);
    let sub = record(&sound, b"SUB");
    let root = 16 * SECTOR + 156;
    for (what, at) in [("root", root + 2), ("root", root + 10), ("SUB", sub + 2), ("SUB", sub + 10)] {
        for half in [0, 4] {
            let mut damaged = sound.clone();
            damaged[at + half + 1] ^= 0x40;
            let disc = opened(&damaged);
            let found = findings(&disc);
            let [only] = &found[..] else { panic!("{what}, {at}, {half}: {found:#?}") };
            assert!(only.is_damage && only.message.contains("7.3.3"), "{only:?}");
            assert!(
                what == "root" || only.path.as_deref() == Some("/") && only.message.contains("'SUB'"),
                "{only:?}"
            );
            let imported = imported(&disc);
            assert!(imported.tree.lookup("/sub/file").is_some() && imported.tree.lookup("/top").is_some());
            assert_eq!(imported.warnings.len(), 1, "{:?}", imported.warnings);
        }
    }
    // The root is said to have no bytes, which its own record knows better.
    let mut damaged = sound.clone();
    damaged[root + 10..root + 18].fill(0);
    let found = findings(&opened(&damaged));
    assert!(found.iter().any(|found| found.is_damage && found.message.contains("no bytes")), "{found:#?}");
    assert!(imported(&opened(&damaged)).tree.lookup("/sub/file").is_some());
}

#[test]
fn versions_that_cannot_be_are_found() {
    let sound = image(&["/top"]);
    for (at, clause) in [(6, "8.4.3"), (881, "8.4.30")] {
        let mut damaged = sound.clone();
        damaged[16 * SECTOR + at] = 9;
        let found = findings(&opened(&damaged));
        assert!(matches!(&found[..], [one] if one.is_damage && one.message.contains(clause)), "{found:?}");
    }
}
