//! The sessions of a disc as one, and all file systems of a session, by the command.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::process::Command;

use support::fsimage;

#[test]
fn sessions_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for (name, text) in [("one", "first"), ("two", "second")] {
        fs::write(at.join(name), text).unwrap();
        fsimage(at, &["burn", "--quiet", "--drive", "sim:cd-r:disc", name]);
    }
    fsimage(at, &["copy", "sim:disc", "-o", "copy.iso", "--quiet"]);
    fsimage(at, &["copy", "copy.iso", "--drive", "sim:bd-r:copied", "--verify", "--quiet"]);
    fsimage(at, &["append", "copy.iso", "--import", "all", "--move", "/one=/three", "--quiet"]);
    for (target, names) in [("sim:copied", ["/one", "/two"]), ("copy.iso", ["/three", "/two"])] {
        for (name, text) in names.into_iter().zip(["first", "second"]) {
            assert_eq!(fsimage(at, &["cat", target, name]), text, "{target} {name}");
        }
    }
    assert_eq!(fsimage(at, &["info", "sim:copied"]).matches("\nsession ").count(), 1);

    // A medium that holds something is not copied to, and no image to itself.
    for arguments in [["--drive", "sim:disc"], ["-o", "copy.iso"]] {
        let refused = Command::new(env!("CARGO_BIN_EXE_fsimage"))
            .args(["copy", "copy.iso"])
            .args(arguments)
            .current_dir(at)
            .output()
            .unwrap();
        assert!(!refused.status.success(), "{arguments:?}");
    }
}
