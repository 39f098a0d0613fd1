//! Recorded digests as plain tools check them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use fsimage::{
    Control, DigestAlgorithm, FileSystems, Item, ItemOptions, LayoutPlan, PlanOptions, Tree, ZisofsOptions,
    write_image,
};

const FILES: [(&str, usize); 4] =
    [("/large", 2_000_003), ("/a/back\\slash", 7), ("/a/two\nlines", 9), ("/empty", 0)];

fn tree() -> Tree {
    let mut tree = Tree::new();
    for (name, len) in FILES {
        tree.add(name, Item::Bytes(vec![5; len].into()), &ItemOptions::default()).unwrap();
    }
    tree
}

fn build(algorithm: DigestAlgorithm, image: &Path) {
    let mut tree = tree();
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

/// In a mounted image, by GNU `sha256sum`: the machine's own knows no escaped names.
const IN_THE_MACHINE: &str = "#!/bin/sh
mkdir -p /disc
for type in TYPES; do
    mount -t $type -o ro /dev/sr0 /disc || exit 3
    cd /disc
    gnu-sha256sum --strict -c .digests/files.sha256 || exit 4
    gnu-sha256sum --strict --ignore-missing -c .digests/session.sha256 || exit 5
    cd /
    umount /disc
done
";

/// What the kernel shows and is found right, in all of these file systems.
fn check_mounted(tool: &Path, image: &Path, types: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let found = Command::new("sh").args(["-c", "command -v sha256sum"]).output().unwrap();
    let sum = String::from_utf8(found.stdout).unwrap();
    fs::copy(sum.trim_end(), at("gnu-sha256sum")).unwrap();
    fs::write(at("check"), IN_THE_MACHINE.replace("TYPES", types)).unwrap();
    fs::set_permissions(at("check"), fs::Permissions::from_mode(0o755)).unwrap();
    let arguments = [image.into(), "--with".into(), at("gnu-sha256sum"), "--exec".into(), at("check")]
        .map(OsString::from);
    let output = peers::run_for(Duration::from_secs(300), tool, &arguments).unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told} {}", output.stderr);
    told.matches(": OK").count()
}

#[test]
fn sha256sum_checks_what_the_kernel_mounts() {
    let Some(tool) = peers::kernel::require() else { return };
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    build(DigestAlgorithm::Sha256, &image);
    assert_eq!(check_mounted(&tool, &image, "iso9660 udf"), 2 * (FILES.len() + 1));
}

/// The kernel shows compressed files as they were, and so they are listed.
#[test]
fn sha256sum_checks_compressed_files_that_the_kernel_mounts() {
    let Some(tool) = peers::kernel::require() else { return };
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let mut tree = tree();
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let options = PlanOptions { file_systems, ..PlanOptions::default() };
    let algorithm = DigestAlgorithm::Sha256;
    let zisofs = ZisofsOptions { digests: Some(algorithm), ..ZisofsOptions::default() };
    let report = tree.compress(&mut |_, _| true, &zisofs, &options, &Control::default()).unwrap();
    assert_eq!(report.compressed, 1);
    tree.record_digests(algorithm, &options).unwrap();
    write_image(&LayoutPlan::new(&tree, options).unwrap(), &image, &Control::default()).unwrap();
    assert!(fs::metadata(&image).unwrap().len() < FILES[0].1 as u64, "it is not compressed");
    assert_eq!(check_mounted(&tool, &image, "iso9660"), FILES.len() + 1);
}

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
