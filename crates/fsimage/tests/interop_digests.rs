//! Recorded digests as plain tools check them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::path::Path;
use std::process::Command;

use fsimage::{
    Control, DigestAlgorithm, FileSystems, Item, ItemOptions, LayoutPlan, PlanOptions, Tree, write_image,
};
use peers::Columns;

const FILES: [(&str, usize); 4] =
    [("/large", 2_000_003), ("/a/back\\slash", 7), ("/a/two\nlines", 9), ("/empty", 0)];

fn build(algorithm: DigestAlgorithm, image: &Path) {
    let mut tree = Tree::new();
    for (name, len) in FILES {
        tree.add(name, Item::Bytes(vec![5; len].into()), &ItemOptions::default()).unwrap();
    }
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::UDF;
    let options = PlanOptions { file_systems, ..PlanOptions::default() };
    tree.record_digests(algorithm, &options).unwrap();
    let plan = LayoutPlan::new(&tree, options).unwrap();
    write_image(&plan, image, &Control::default()).unwrap();
}

/// What is found right.
fn check(program: &Path, folder: &Path, arguments: &[&str]) -> usize {
    let sum = Command::new(program).current_dir(folder).args(arguments).output().unwrap();
    assert!(sum.status.success(), "{}", String::from_utf8_lossy(&sum.stderr));
    String::from_utf8(sum.stdout).unwrap().matches(": OK").count()
}

/// What `sha256sum` finds right is what the kernel shows.
#[test]
fn sha256sum_checks_what_xorriso_extracts() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (image, out) = (folder.path().join("image"), folder.path().join("out"));
    build(DigestAlgorithm::Sha256, &image);
    peers::xorriso::extract(&xorriso, &image, &[], &out).unwrap();
    let sum = Path::new("sha256sum");
    assert_eq!(check(sum, &out, &["--strict", "-c", ".digests/files.sha256"]), 4);
    assert_eq!(check(sum, &out, &["--strict", "--ignore-missing", "-c", ".digests/session.sha256"]), 1);
    let Some(tool) = peers::kernel::require() else { return };
    let checked = peers::list_directory(&out).unwrap();
    for mount in peers::kernel::mount(&tool, &image, &["iso9660", "udf"], &[]).unwrap() {
        assert!(mount.ok, "{:?} {:?}", mount.issues, mount.kernel_log);
        peers::assert_same(&checked, &mount.listing, Columns::CONTENT);
    }
}

#[test]
fn b3sum_checks_what_xorriso_extracts() {
    let (Some(xorriso), Some(b3sum)) = (peers::require("xorriso"), peers::require("b3sum")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (image, out) = (folder.path().join("image"), folder.path().join("out"));
    build(DigestAlgorithm::Blake3, &image);
    peers::xorriso::extract(&xorriso, &image, &[], &out).unwrap();
    assert_eq!(check(b3sum.path(), &out, &["-c", ".digests/files.b3"]), 4);
}
