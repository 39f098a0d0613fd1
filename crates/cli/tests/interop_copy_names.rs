//! Names of a foreign disc that a copy keeps, and that it cannot keep, which is told.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::{fsimage, run};

fn is_strictly_done(at: &Path, arguments: &[&str]) -> bool {
    let strict = [arguments, &["--strict", "--quiet"]].concat();
    Command::new(env!("CARGO_BIN_EXE_fsimage")).args(strict).current_dir(at).status().unwrap().success()
}

/// Those of Joliet that a new item would not get, and those that are made of others in Rock Ridge.
#[test]
fn names_that_are_recorded_stay_and_are_no_change() {
    let Some([genisoimage, isoinfo]) = peers::require_all(["genisoimage", "isoinfo"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("names")).unwrap();
    for name in ["README.TXT", "readme.txt", "trailing.", "a:b*c"] {
        fs::write(at.join("names").join(name), name).unwrap();
    }
    run(genisoimage.path(), at, &["-quiet", "-R", "-J", "-o", "foreign.iso", "names"]);
    let listed = |image: &str| run(isoinfo.path(), at, &["-J", "-f", "-i", image]);
    let before = listed("foreign.iso");
    assert!(
        before.contains("/readme.txt") && before.contains("/README.TXT") && before.contains("/trailing.")
    );
    for arguments in [
        &["copy", "foreign.iso", "-o", "copy.iso"][..],
        &["remaster", "foreign.iso", "-o", "remastered.iso"],
        &["copy", "foreign.iso", "--sessions", "-o", "copies.iso"],
    ] {
        assert!(is_strictly_done(at, arguments), "{arguments:?}");
        let image = arguments[arguments.len() - 1];
        assert_eq!(listed(image), before, "{arguments:?}");
    }
    for _ in 0..2 {
        assert!(is_strictly_done(at, &["append", "foreign.iso", "more=names/README.TXT"]));
        assert_eq!(listed("foreign.iso").replace("/more\n", ""), before);
    }
    assert!(!is_strictly_done(at, &["append", "foreign.iso", "new:=names/README.TXT"]));
}

/// xorriso gives some relocated directories of one name the same identifier.
#[test]
fn names_that_a_copy_changes_are_named() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for first in ["a", "b"] {
        let deep = at.join("names").join(first).join("2/3/4/5/6/7/same/9");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("file"), first).unwrap();
        fs::create_dir(at.join("names").join(first).join("2/3/4/5/6/7/long name dir one")).unwrap();
    }
    let options =
        ["-as", "mkisofs", "-quiet", "-R", "-rr_reloc_dir", "rr_moved", "-o", "foreign.iso", "names"];
    run(xorriso.path(), at, &options);
    fs::write(at.join("more"), "more").unwrap();
    fsimage(at, &["append", "--quiet", "foreign.iso", "more"]);
    for way in [
        &["--session", "1", "-o", "copy.iso"][..],
        &["--sessions", "-o", "copies.iso"],
        &["--sessions", "--drive", "sim:bd-r:disc"],
    ] {
        // What is told is on standard error, which comes with the rest.
        let told = fsimage(at, &[&["copy", "foreign.iso"], way].concat());
        assert_eq!(told.matches("/2/3/4/5/6/7/same: ").count(), 1, "{way:?}: {told}");
        assert!(!told.contains("fsimage plan"), "{told}");
    }
    let json = fsimage(at, &["copy", "foreign.iso", "--sessions", "-o", "again.iso", "--json", "--quiet"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["changes"], 2, "{json}");
    assert!(!is_strictly_done(at, &["copy", "foreign.iso", "--sessions", "-o", "strict.iso"]));
    // In the copy they are told apart.
    assert!(is_strictly_done(at, &["copy", "copies.iso", "-o", "strict.iso"]));
}
