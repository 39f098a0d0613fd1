//! An image that is served as a network block device, and never written, is to QEMU the image that `build` writes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

const FSIMAGE: &str = env!("CARGO_BIN_EXE_fsimage");

/// A server, which does not outlive the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn interop_qemu_reads_what_is_served() {
    let Some(qemu_img) = peers::require("qemu-img") else { return };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    for directory in ["a", "a/b", "c"] {
        fs::create_dir_all(source.join(directory)).unwrap();
        for file in 0..60usize {
            let bytes: Vec<u8> = (0..file * 977).map(|at| (at * 7 + file) as u8).collect();
            fs::write(source.join(directory).join(format!("file {file}")), bytes).unwrap();
        }
    }
    let written = folder.path().join("written.iso");
    let file_systems = ["--fs", "rock-ridge,joliet,udf"];
    let fsimage = || {
        let mut command = Command::new(FSIMAGE);
        command.env("SOURCE_DATE_EPOCH", "1700000000");
        command
    };
    let built = fsimage().arg("build").args(file_systems).arg("-o").args([&written, &source]).status();
    assert!(built.unwrap().success());

    let mut serve = fsimage();
    serve.arg("serve").args(file_systems).args(["--listen", "127.0.0.1:0", "--once"]).arg(&source);
    let mut server = Server(serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut url = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let (url, written) = (url.trim_end(), written.to_str().unwrap());
    assert!(url.starts_with("nbd://127.0.0.1:"), "{url}");

    let compared = peers::run(qemu_img.path(), &["compare", "-f", "raw", "-F", "raw", url, written]).unwrap();
    assert!(compared.status.success(), "{}", String::from_utf8_lossy(&compared.stdout));
    // It was the last client.
    assert!(server.0.wait().unwrap().success());
}

/// A source that was changed since is an error to the client, and the server says why, once.
#[test]
fn interop_a_source_that_changes_while_it_is_served() {
    let Some(qemu_img) = peers::require("qemu-img") else { return };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::write(&source, vec![7; 300_000]).unwrap();
    let mut serve = Command::new(FSIMAGE);
    serve.args(["serve", "--quiet", "--listen", "127.0.0.1:0", "--once"]).arg(&source);
    let mut server = Server(serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut url = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut url).unwrap();
    fs::write(&source, "another").unwrap();
    let read = folder.path().join("read");
    let arguments = ["convert", "-f", "raw", "-O", "raw", url.trim_end(), read.to_str().unwrap()];
    assert!(!peers::run(qemu_img.path(), &arguments).unwrap().status.success());
    assert!(server.0.wait().unwrap().success());
    let mut told = String::new();
    server.0.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(told.matches("a client was told of an error").count(), 1, "{told}");
    assert!(told.contains("source"), "{told}");
}
