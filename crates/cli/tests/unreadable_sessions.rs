//! Copies of discs of which a session cannot be read, by the command: what is left out is named with the sector and what lies
//! there, and what is advised works.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::fsimage;

/// A DVD+R with two sessions of these file systems, and the sector with the first descriptor of the second one.
fn recorded(at: &Path, file_systems: &str) -> u64 {
    for name in ["one", "two"] {
        fs::write(at.join(name), name).unwrap();
        fsimage(at, &["burn", "--quiet", "--fs", file_systems, "--drive", "sim:dvd+r:disc", name]);
    }
    let told: Value = serde_json::from_str(&fsimage(at, &["info", "--json", "sim:disc"])).unwrap();
    told["sessions"][1]["start"].as_u64().unwrap() + 16
}

/// The medium loses a sector, as if it had never been recorded: in a closed session, drives find none such.
fn lose(at: &Path, sector: u64) {
    let path = at.join("disc.medium");
    let mut state: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let written = &mut state["medium"]["written"];
    let mut runs = Vec::new();
    for run in written.as_array().unwrap() {
        let (first, end) = (run[0].as_u64().unwrap(), run[1].as_u64().unwrap());
        runs.extend([(first, end.min(sector)), (first.max(sector + 1), end)]);
    }
    runs.retain(|(first, end)| first < end);
    *written = serde_json::to_value(runs).unwrap();
    fs::write(&path, serde_json::to_vec(&state).unwrap()).unwrap();
}

/// Status and messages of a copy.
fn copy(at: &Path, options: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_fsimage"))
        .args(["copy", "sim:disc"])
        .args(options)
        .current_dir(at)
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_session_that_is_left_out_did_not_stop_early() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let lost = recorded(at, "iso9660,rock-ridge");
    lose(at, lost);
    let named = |told: &str| {
        assert!(told.contains("session 2 cannot be read"), "{told}");
        assert!(told.contains(&format!("sector {lost}:")) && told.contains("ECMA-119 6.7.1"), "{told}");
        assert!(!told.contains("stopped") && !told.contains("come to its end"), "{told}");
    };
    let (status, told) = copy(at, &["--sessions", "-o", "sessions.iso"]);
    assert_eq!(status, 0, "{told}");
    named(&told);
    assert_eq!(fsimage(at, &["ls", "sessions.iso"]), "one\n");
    for target in [["-o", "strict.iso"], ["--drive", "sim:bd-r:strict"]] {
        let (status, told) = copy(at, &[&["--sessions", "--strict"][..], &target].concat());
        assert_eq!(status, 2, "{target:?}: {told}");
        named(&told);
    }
    assert!(!at.join("strict.iso").exists());
}

/// Nothing is to be recovered of a closed session on a medium that is written once.
#[test]
fn what_is_advised_works() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let lost = recorded(at, "iso9660,rock-ridge");
    lose(at, lost);
    let (status, told) = copy(at, &["-o", "one.iso"]);
    assert_eq!(status, 0, "{told}");
    assert!(told.contains(&format!("sector {lost}:")) && told.contains("another drive"), "{told}");
    assert!(!told.contains("recover'"), "{told}");
    assert_eq!(fsimage(at, &["ls", "one.iso"]), "one\n");
}

#[test]
fn sessions_that_cannot_share_a_head_are_copied_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let lost = recorded(at, "iso9660,rock-ridge,udf");
    lose(at, lost);
    let (status, told) = copy(at, &["--sessions", "-o", "sessions.iso"]);
    assert_eq!(status, 2, "{told}");
    assert!(
        told.contains("session 2 of the disc has no ISO 9660") && told.contains(&format!("sector {lost}:")),
        "{told}"
    );
    assert!(!told.contains("--fs") && told.contains("without --sessions"), "{told}");
    assert!(!at.join("sessions.iso").exists());
    let (status, told) = copy(at, &["-o", "one.iso"]);
    assert_eq!(status, 1, "{told}");
    assert_eq!(fsimage(at, &["ls", "one.iso"]), "one\ntwo\n");
}
