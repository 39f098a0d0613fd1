//! Images of which one descriptor, or the boot catalog, is damaged: what others do not find any more, and what only other file
//! systems have, is told by each command.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::fsimage;
use tempfile::TempDir;

const SECTOR: usize = 2048;

/// A bridge that boots: the primary descriptor in sector 16, the boot record behind it, and Joliet in sector 18.
fn bridge() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir_all(at.join("w/boot")).unwrap();
    fs::write(at.join("w/boot/etfsboot.com"), [0x90; 4096]).unwrap();
    fs::write(at.join("w/a long name.text"), "content").unwrap();
    fs::write(at.join("new"), "new").unwrap();
    let boot = ["--boot", "bios=boot/etfsboot.com"];
    let formats = ["--fs", "iso9660,joliet,udf,iso9660-1999"];
    fsimage(at, &[&["build", "-q", "-o", "whole.iso"], &formats[..], &boot[..], &["w"]].concat());
    folder
}

/// The image with other bytes at a place.
fn damage(at: &Path, place: usize, bytes: &[u8]) {
    let mut image = fs::read(at.join("whole.iso")).unwrap();
    image[place..place + bytes.len()].copy_from_slice(bytes);
    fs::write(at.join("damaged.iso"), image).unwrap();
}

/// Status, and what is told on both outputs.
fn outcome(at: &Path, line: &str) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    let output = command.current_dir(at).args(line.split(' ')).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&told).into_owned())
}

#[track_caller]
fn tells(at: &Path, (status, line): (i32, &str), words: &str) {
    let (found, told) = outcome(at, line);
    assert_eq!(found, status, "{line}: {told}");
    assert!(told.contains(words), "{line}, which is to tell {words:?}: {told}");
}

/// Each command tells a loss, as it does where UDF is damaged.
#[track_caller]
fn all_tell(at: &Path, words: &str) {
    for (status, line) in [
        (1, "verify damaged.iso"),
        (1, "verify --structure damaged.iso"),
        (2, "remaster --strict damaged.iso new -o r.iso"),
        (1, "remaster damaged.iso new -o r.iso"),
        (1, "copy damaged.iso -o c.iso"),
        (1, "append damaged.iso new"),
    ] {
        tells(at, (status, line), words);
    }
}

fn described(at: &Path, program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let peer = peers::require(program)?;
    let output = Command::new(peer.path()).args(arguments).current_dir(at).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&told).into_owned()))
}

#[test]
fn a_bridge_without_its_primary_descriptor() {
    let folder = bridge();
    let at = folder.path();
    tells(at, (0, "verify whole.iso"), "");
    let zeros = [0; SECTOR];
    for (place, bytes) in [(0, &[0][..]), (0, &[255]), (1, b"X"), (0, &zeros), (156, &zeros[..34])] {
        damage(at, 16 * SECTOR + place, bytes);
        if let Some((is_read, told)) = described(at, "isoinfo", &["-l", "-i", "damaged.iso"]) {
            assert!(!is_read || !told.contains("ETFSBOOT"), "{place}, {bytes:?}: {told}");
        }
        let (_, told) = outcome(at, "verify damaged.iso");
        assert!(told.contains("the ISO 9660 volume is lost: sector 16"), "{place}, {bytes:?}: {told}");
    }
    damage(at, 16 * SECTOR, &[0]);
    all_tell(at, "the ISO 9660 volume is lost");
    damage(at, 16 * SECTOR, &[0]);
    tells(at, (1, "ls damaged.iso"), "the ISO 9660 volume is lost");
}

#[test]
fn a_descriptor_of_another_type() {
    let folder = bridge();
    let at = folder.path();
    let whole = fs::read(at.join("whole.iso")).unwrap();
    assert_eq!((whole[17 * SECTOR], whole[18 * SECTOR]), (0, 2));
    if let Some((_, told)) = described(at, "bsdtar", &["-tf", "whole.iso"]) {
        assert!(told.contains("a long name.text"), "{told}");
    }
    for kind in [0, 1, 3, 77, 255] {
        damage(at, 18 * SECTOR, &[kind]);
        if let Some((_, told)) = described(at, "bsdtar", &["-tf", "damaged.iso"]) {
            assert!(!told.contains("a long name.text"), "{kind}: {told}");
        }
        all_tell(at, "sector 18");
    }
    for kind in [1, 2, 3, 77, 255] {
        damage(at, 17 * SECTOR, &[kind]);
        all_tell(at, "sector 17");
    }
    // The standard identifier: others see the end of the set there.
    damage(at, 18 * SECTOR + 1, b"X");
    all_tell(at, "sector 18");
    damage(at, 18 * SECTOR + 156, &[0; 34]);
    all_tell(at, "sector 18");
}

/// The set is there, and that is what is said of it.
#[test]
fn nothing_but_a_damaged_primary_descriptor() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("file"), "content").unwrap();
    fsimage(at, &["build", "-q", "-o", "whole.iso", "file"]);
    damage(at, 16 * SECTOR, &[0]);
    for line in ["ls damaged.iso", "ls --fs joliet damaged.iso", "verify damaged.iso"] {
        let (status, told) = outcome(at, line);
        assert!(status != 0 && told.contains("sector 16") && told.contains("ECMA-119 8.4"), "{line}: {told}");
        assert!(!told.contains("has no volume descriptors"), "{line}: {told}");
    }
}

#[test]
fn a_boot_catalog_with_a_wrong_checksum() {
    let folder = bridge();
    let at = folder.path();
    let told: Value = serde_json::from_str(&fsimage(at, &["info", "--json", "whole.iso"])).unwrap();
    let catalog = told["sessions"][0]["boot_catalog"]["sector"].as_u64().unwrap() as usize * SECTOR;
    damage(at, catalog + 28, &[0x99]);
    tells(at, (1, "verify damaged.iso"), "the boot catalog at sector");
    tells(at, (1, "verify --structure damaged.iso"), "the boot catalog at sector");
    let (_, told) = outcome(at, "verify --structure damaged.iso");
    assert_eq!(told.matches("the boot catalog at sector").count(), 1, "{told}");
    tells(at, (0, "append damaged.iso new"), "stays as it was: boot catalog: the boot catalog at sector");
}
