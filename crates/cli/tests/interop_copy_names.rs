//! Names of a foreign disc that a copy cannot keep are told.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::process::Command;

use support::{fsimage, run};

#[test]
fn names_that_a_copy_changes_are_named() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("names")).unwrap();
    for name in ["README.TXT", "readme.txt", "trailing."] {
        fs::write(at.join("names").join(name), name).unwrap();
    }
    run(genisoimage.path(), at, &["-quiet", "-R", "-J", "-o", "foreign.iso", "names"]);
    fs::write(at.join("more"), "more").unwrap();
    fsimage(at, &["append", "--quiet", "foreign.iso", "more"]);
    for way in [
        &["--session", "1", "-o", "copy.iso"][..],
        &["--sessions", "-o", "copies.iso"],
        &["--sessions", "--drive", "sim:bd-r:disc"],
    ] {
        // What is told is on standard error, which comes with the rest.
        let told = fsimage(at, &[&["copy", "foreign.iso"], way].concat());
        for name in ["/readme.txt", "/trailing."] {
            assert_eq!(told.matches(&format!("{name}: Joliet")).count(), 1, "{way:?}: {told}");
        }
        assert!(!told.contains("fsimage plan"), "{told}");
    }
    let json = fsimage(at, &["copy", "foreign.iso", "--sessions", "-o", "again.iso", "--json", "--quiet"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["changes"], 2, "{json}");
    assert!(json["notices"].as_array().unwrap().iter().all(|notice| notice["kind"] == "renamed"), "{json}");
    let strict = ["copy", "foreign.iso", "--sessions", "--strict", "-o", "strict.iso"];
    let strict = Command::new(env!("CARGO_BIN_EXE_fsimage")).args(strict).current_dir(at).status().unwrap();
    assert!(!strict.success());
}
