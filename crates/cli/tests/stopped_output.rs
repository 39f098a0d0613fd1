//! An image that goes into a pipe whose reader does not read, or that has none, and is stopped.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::fsimage;
use tempfile::TempDir;

const OUTPUTS: [&[&str]; 5] = [
    &["build", "files", "-o"],
    &["mkisofs", "-quiet", "files", "-o"],
    &["copy", "sim:disc", "-o"],
    &["remaster", "sim:disc", "-o"],
    &["copy", "--sessions", "sim:disc", "-o"],
];

/// Sources, and a disc with two sessions of them: more than a pipe holds.
fn scene() -> TempDir {
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    for name in ["files", "tmp"] {
        fs::create_dir(folder.join(name)).unwrap();
    }
    fs::write(folder.join("files/large"), vec![7; 3 << 20]).unwrap();
    for index in 0..100 {
        fs::write(folder.join(format!("files/{index}")), vec![index; 3000]).unwrap();
    }
    fs::write(folder.join("more.txt"), "more").unwrap();
    fsimage(folder, &["burn", "-q", "--drive", "sim:dvd+r:disc", "files"]);
    fsimage(folder, &["burn", "-q", "--drive", "sim:disc", "more.txt"]);
    assert!(Command::new("mkfifo").arg(folder.join("pipe")).status().unwrap().success());
    scene
}

fn start(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    command.current_dir(folder).env("TMPDIR", folder.join("tmp")).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// One signal ends it, at once; what it says then.
#[track_caller]
fn stop(mut child: Child, context: &str) -> String {
    // Before the handler stands, the signal would end the program by itself.
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(child.try_wait().unwrap(), None, "{context}");
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let since = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if since.elapsed() > Duration::from_secs(5) {
            child.kill().unwrap();
            panic!("{context}: the signal does not end it");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(status.code(), Some(130), "{context}: {told}");
    told
}

fn assert_tidy(folder: &Path, context: &str) {
    assert_eq!(fs::read_dir(folder.join("tmp")).unwrap().count(), 0, "{context}");
    let is_part = |name: &str| name.starts_with(".fsimage-");
    let mut names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!names.any(|name| is_part(name.to_str().unwrap())), "{context}");
}

#[test]
fn a_pipe_without_a_reader() {
    let scene = scene();
    for line in OUTPUTS {
        let told = stop(start(scene.path(), &[line, &["pipe"]].concat()), line[0]);
        assert!(told.contains("nothing was written") && !told.contains(".part"), "{line:?}: {told}");
        assert_tidy(scene.path(), line[0]);
    }
}

#[test]
fn a_reader_that_does_not_read() {
    let scene = scene();
    let path = scene.path().join("pipe");
    for line in OUTPUTS {
        // For both, so that nobody is waited for.
        let reader = fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
        for output in ["pipe", "-"] {
            let told = stop(start(scene.path(), &[line, &[output]].concat()), &format!("{line:?} {output}"));
            assert!(told.contains("the output is incomplete"), "{line:?} {output}: {told}");
            assert!(!told.contains(".part"), "{line:?} {output}: {told}");
            assert_tidy(scene.path(), line[0]);
        }
        drop(reader);
    }
}

/// A reader that comes late, and reads slowly, gets all of it.
#[test]
fn a_slow_reader() {
    let scene = scene();
    let folder = scene.path();
    for line in OUTPUTS {
        let quiet: &[&str] = if line[0] == "mkisofs" { &[] } else { &["--quiet"] };
        let to = |output| [line, &[output], quiet].concat();
        fsimage(folder, &to("whole.iso"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
        let command = command.current_dir(folder).env("SOURCE_DATE_EPOCH", "1700000000").args(to("pipe"));
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let mut pipe = fs::File::open(folder.join("pipe")).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let mut read = Vec::new();
        pipe.read_to_end(&mut read).unwrap();
        assert!(child.wait().unwrap().success(), "{line:?}");
        assert!(read == fs::read(folder.join("whole.iso")).unwrap(), "{line:?}");
    }
}
