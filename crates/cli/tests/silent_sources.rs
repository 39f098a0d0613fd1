//! A source that is a pipe which nobody writes to, and that is stopped.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const COMMANDS: [&[&str]; 4] = [
    &["build", "-o", "made.iso", "pipe"],
    &["burn", "--drive", "sim:bd-r:disc", "pipe"],
    &["update", "--drive", "sim:bd-r:disc", "name=pipe"],
    &["mkisofs", "-quiet", "-o", "made.iso", "pipe"],
];

fn scene() -> TempDir {
    let scene = tempfile::tempdir().unwrap();
    assert!(Command::new("mkfifo").arg(scene.path().join("pipe")).status().unwrap().success());
    scene
}

fn start(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// One signal ends it.
#[track_caller]
fn stop(mut child: Child, signal: &str, context: &str) {
    // Before the handler stands, the signal would end the program by itself.
    sleep(Duration::from_secs(1));
    assert_eq!(child.try_wait().unwrap(), None, "{context}");
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let since = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if since.elapsed() > Duration::from_secs(5) {
            child.kill().unwrap();
            panic!("{context}: the signal does not end it");
        }
        sleep(Duration::from_millis(20));
    }
    let status = child.wait().unwrap();
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(status.code(), Some(130), "{context}: {told}");
    assert!(told.contains("cancelled; nothing was written"), "{context}: {told}");
}

#[test]
fn a_pipe_without_a_writer() {
    let scene = scene();
    for (command, signal) in COMMANDS.into_iter().zip(["-INT", "-TERM", "-INT", "-TERM"]) {
        stop(start(scene.path(), command), signal, &format!("{command:?}"));
        assert!(!scene.path().join("made.iso").exists());
    }
}

#[test]
fn a_writer_that_is_silent() {
    let scene = scene();
    for command in COMMANDS {
        // For both, so that nobody is waited for.
        let mut writer =
            fs::OpenOptions::new().read(true).write(true).open(scene.path().join("pipe")).unwrap();
        writer.write_all(b"a beginning").unwrap();
        stop(start(scene.path(), command), "-TERM", &format!("{command:?}"));
    }
}

/// A writer that comes late, and stops in between; one that writes nothing; and one that has gone already.
#[test]
fn slow_writers() {
    let scene = scene();
    let content = |arguments: &[&str]| {
        let made = start(scene.path(), arguments).wait_with_output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let shown = start(scene.path(), &["cat", "made.iso", "name"]).wait_with_output().unwrap();
        String::from_utf8(shown.stdout).unwrap()
    };
    let build = ["build", "-q", "-o", "made.iso", "name=pipe"];
    let pipe = scene.path().join("pipe");
    let late = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            sleep(Duration::from_millis(500));
            let mut writer = fs::OpenOptions::new().write(true).open(pipe).unwrap();
            writer.write_all(b"one, ").unwrap();
            sleep(Duration::from_millis(500));
            writer.write_all(b"two").unwrap();
        }
    });
    assert_eq!(content(&build), "one, two");
    late.join().unwrap();
    let empty = std::thread::spawn(move || drop(fs::OpenOptions::new().write(true).open(pipe).unwrap()));
    assert_eq!(content(&build), "");
    empty.join().unwrap();
    let shell = format!("exec {} build -q -o made.iso name=<(echo gone)", env!("CARGO_BIN_EXE_fsimage"));
    let made = Command::new("bash").current_dir(scene.path()).args(["-c", &shell]).status().unwrap();
    assert!(made.success());
    let shown = start(scene.path(), &["cat", "made.iso", "name"]).wait_with_output().unwrap();
    assert_eq!(String::from_utf8(shown.stdout).unwrap(), "gone\n");
}
