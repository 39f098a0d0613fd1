//! Names that no writer gives: what `verify` says of them, what `extract` leaves out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs;
use std::path::{Path, PathBuf};

use fsimage::{
    Control, DEFAULT_PREFERENCE, Disc, ExtractOptions, FileSystems, Finding, Item, ItemOptions, LayoutPlan,
    PlanOptions, Tree, write_image,
};

struct Scene(tempfile::TempDir);

impl Scene {
    /// An image of four files in one directory, in which the Rock Ridge name of the first one is replaced by
    /// another of the same length.
    fn new(name: &[u8]) -> Scene {
        let scene = Scene(tempfile::tempdir().unwrap());
        let old = &b"victim"[..name.len()];
        let mut tree = Tree::new();
        for file in [old, b"another", b"bottom", b"zero"] {
            let path = [b"in/here/", file].concat();
            tree.add(path, Item::Bytes(b"content".as_slice().into()), &ItemOptions::default()).unwrap();
        }
        let options = PlanOptions {
            file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
            ..PlanOptions::default()
        };
        let plan = LayoutPlan::new(&tree, options).unwrap();
        write_image(&plan, &scene.image(), &Control::default()).unwrap();
        let mut bytes = fs::read(scene.image()).unwrap();
        let entry = [b"NM", &[5 + old.len() as u8, 1, 0][..], old].concat();
        let at = bytes.windows(entry.len()).position(|bytes| bytes == entry).unwrap();
        bytes[at + 5..at + 5 + name.len()].copy_from_slice(name);
        fs::write(scene.image(), bytes).unwrap();
        scene
    }

    fn image(&self) -> PathBuf {
        self.0.path().join("image.iso")
    }

    fn findings(&self) -> Vec<Finding> {
        Disc::open(&self.image()).unwrap().verify(None, &Control::default()).unwrap().findings
    }

    fn extract(&self, target: &Path) -> Vec<String> {
        let image = Disc::open(&self.image()).unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
        let report = image.extract(&[], target, &ExtractOptions::default(), &Control::default()).unwrap();
        report.warnings.into_iter().map(|warning| warning.reason).collect()
    }
}

#[track_caller]
fn check(name: &[u8], reason: &str) {
    let scene = Scene::new(name);
    let findings = scene.findings();
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.path.as_deref(), Some("/in/here"), "{finding:?}");
    assert!(finding.message.contains(reason), "{finding:?}");
    assert!(finding.message.contains(&fsimage::escape(name)), "{finding:?}");
    assert!(finding.is_damage);

    let target = scene.0.path().join("target");
    let warnings = scene.extract(&target);
    assert!(matches!(&warnings[..], [warning] if warning.contains(reason)), "{warnings:?}");
    assert_eq!(fs::read_dir(target.join("in/here")).unwrap().count(), 3);
    assert_eq!(fs::read_dir(scene.0.path()).unwrap().count(), 2, "nothing lies outside the target");
}

#[test]
fn a_slash_is_found() {
    check(b"a/b.cd", "holds '/'");
    check(b"../out", "holds '/'");
    check(b"/etc/x", "holds '/'");
}

#[test]
fn nul_is_found() {
    check(b"a\0b.cd", "NUL");
}

#[test]
fn dots_are_found() {
    check(b"..", "another folder");
    check(b".", "another folder");
}

#[test]
fn two_of_one_name_are_found() {
    check(b"bottom", "twice");
}

#[test]
fn a_sound_image_has_no_findings() {
    assert_eq!(Scene::new(b"victim").findings(), []);
}

#[test]
fn a_name_by_flag_is_found() {
    let scene = Scene::new(b"victim");
    let mut bytes = fs::read(scene.image()).unwrap();
    let name = bytes.windows(11).position(|bytes| bytes == b"NM\x0b\x01\0victim").unwrap();
    bytes[name + 4] = 4;
    fs::write(scene.image(), bytes).unwrap();
    let findings = scene.findings();
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.path.as_deref(), Some("/in/here"));
    assert!(finding.message.contains("RRIP 4.1.4"), "{finding:?}");
}

#[test]
fn findings_of_the_reader_name_their_directory() {
    let scene = Scene::new(b"victim");
    let mut bytes = fs::read(scene.image()).unwrap();
    // The halves of the mode in PX (RRIP 4.1.1) of one file no longer agree.
    let name = bytes.windows(11).position(|bytes| bytes == b"NM\x0b\x01\0victim").unwrap();
    let at = bytes[..name].windows(4).rposition(|bytes| bytes == b"PX\x2c\x01").unwrap();
    bytes[at + 11] ^= 1;
    fs::write(scene.image(), bytes).unwrap();
    let findings = scene.findings();
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.path.as_deref(), Some("/in/here"));
    assert!(finding.message.contains("RRIP 4.1.1") && finding.is_damage, "{finding:?}");
}

/// A session behind a root that cannot be read would hold nothing of the old tree.
#[test]
fn an_image_without_a_readable_root_is_not_continued() {
    let scene = Scene::new(b"victim");
    let mut bytes = fs::read(scene.image()).unwrap();
    // The root's record is in the primary volume descriptor (ECMA-119 8.4.18), its extent behind two bytes of it.
    let at = u32::from_le_bytes(bytes[16 * 2048 + 158..][..4].try_into().unwrap()) as usize * 2048;
    bytes[at..at + 2048].fill(0);
    fs::write(scene.image(), bytes).unwrap();
    let growing = fsimage::GrowingImage::open(&scene.image()).unwrap();
    let error = growing.import(&fsimage::ImportOptions::default(), &Control::default()).unwrap_err();
    assert!(matches!(error, fsimage::Error::Corrupt { .. }), "{error:?}");
}
