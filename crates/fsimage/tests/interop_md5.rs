//! MD5 sums in sectors and attributes, as xorriso writes and checks them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::fs;
use std::path::Path;
use std::process::Command;

use fsimage::{Control, Disc, Finding, VerifyReport};

fn verify(image: &Path, session: Option<u16>) -> VerifyReport {
    Disc::open(image).unwrap().verify(session, &Control::default()).unwrap()
}

/// A tree with a large file, an empty one, two names of one file, and one in a folder.
fn sources(folder: &Path) {
    fs::create_dir_all(folder.join("tree/folder")).unwrap();
    fs::write(folder.join("tree/large"), (0..300_000u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>())
        .unwrap();
    fs::write(folder.join("tree/empty"), "").unwrap();
    fs::write(folder.join("tree/first"), "two names").unwrap();
    fs::hard_link(folder.join("tree/first"), folder.join("tree/second")).unwrap();
    fs::write(folder.join("tree/folder/text"), "text ".repeat(1_000)).unwrap();
    fs::write(folder.join("new"), "new").unwrap();
}

fn run(xorriso: &Path, folder: &Path, arguments: &[&str]) {
    let output = Command::new(xorriso).current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Where some bytes of the image are.
fn find(image: &[u8], bytes: &[u8]) -> usize {
    image.windows(bytes.len()).position(|window| window == bytes).unwrap()
}

/// Two sessions of xorriso's own layout, an image that begins at sector 0, and compressed files.
#[test]
fn images_of_xorriso_are_as_they_were_recorded() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    sources(folder);
    let write = |arguments: &[&str]| run(xorriso.path(), folder, arguments);
    write(&["-md5", "on", "-outdev", "two.iso", "-map", "tree", "/", "-commit"]);
    write(&["-md5", "on", "-dev", "two.iso", "-map", "new", "/new", "-rm", "/first", "--", "-commit"]);
    write(&["-as", "mkisofs", "--md5", "-R", "-J", "-o", "one.iso", "tree"]);
    let compressed = ["-set_filter_r", "--zisofs", "/", "--", "-commit"];
    write(&[&["-md5", "on", "-outdev", "compressed.iso", "-map", "tree", "/"][..], &compressed].concat());
    write(&["-md5", "off", "-outdev", "none.iso", "-map", "tree", "/", "-commit"]);
    // Descriptors, directories, session, array, and that of sector 0.
    for (image, session, compared, ranges) in [
        ("two.iso", Some(1), 5, 5),
        ("two.iso", Some(2), 5, 6),
        ("one.iso", None, 5, 5),
        ("compressed.iso", None, 5, 6),
    ] {
        let report = verify(&folder.join(image), session);
        let is_about_md5 = |finding: &Finding| finding.is_damage || finding.message.contains("MD5");
        assert!(!report.findings.iter().any(is_about_md5), "{image}: {:?}", report.findings);
        let md5 = report.md5.unwrap();
        assert_eq!((md5.compared, md5.differing, md5.unlisted), (compared, 0, 0), "{image}");
        assert_eq!(md5.intact_ranges, ranges, "{image} {session:?}");
    }
    assert_eq!(verify(&folder.join("none.iso"), None).md5, None);
}

#[test]
fn a_changed_byte_is_told_by_file_and_sector() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    sources(folder);
    run(xorriso.path(), folder, &["-md5", "on", "-outdev", "a.iso", "-map", "tree", "/", "-commit"]);
    let image = folder.join("a.iso");
    let sound = fs::read(&image).unwrap();
    let changed = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        fs::write(&image, bytes).unwrap();
        verify(&image, None)
    };
    let large = find(&sound, &[0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]);
    let report = changed(large + 500_000);
    let named: Vec<_> = report.findings.iter().filter(|finding| finding.path.is_some()).collect();
    assert_eq!(named.len(), 1);
    assert_eq!(named[0].path.as_deref(), Some("/large"));
    assert_eq!(named[0].sectors, [((large / 2048) as u32, 1_200_000u32.div_ceil(2048))]);
    assert!(report.findings.iter().any(|finding| finding.path.is_none() && finding.is_damage));
    assert_eq!(report.md5.unwrap().differing, 1);
    // Two names of one file are both named.
    let report = changed(find(&sound, b"two names"));
    assert_eq!(report.md5.unwrap().differing, 2);
    // The tag of the session, which no range has in it: its own sum tells.
    let tag = find(&sound, b"libisofs_checksum_tag_v1 ");
    let report = changed(tag + 60);
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    assert!(report.findings[0].is_damage && report.findings[0].message.contains("own text"));
    assert_eq!(report.findings[0].sectors, [((tag / 2048) as u32, 1)]);
    assert_eq!(report.md5.unwrap().differing, 0);
    // Padding between the sectors of a directory and the next.
    let tree = find(&sound, b"libisofs_tree_checksum_tag_v1 ");
    let report = changed(tree - 1);
    let ranges: Vec<u32> =
        report.findings.iter().filter(|found| found.is_damage).map(|found| found.sectors[0].0).collect();
    assert_eq!(ranges, [32, 32, 32], "{:?}", report.findings);
    // The array: a file that differs from it does, and its own sum tells why.
    let sum = md5_of(b"two names");
    let report = changed(find(&sound, &sum));
    assert_eq!(report.md5.as_ref().unwrap().differing, 2);
    assert!(report.findings.iter().any(|found| found.message.contains("its own sum")));
}

fn md5_of(bytes: &[u8]) -> [u8; 16] {
    use md5::Digest;
    md5::Md5::digest(bytes).into()
}
