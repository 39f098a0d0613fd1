//! What an image or a source loses: told on standard error, in the exit status, and an error with `--strict`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use tempfile::TempDir;

const SECTOR: usize = 2048;

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Standard error of a command that must end with this status.
    #[track_caller]
    fn told(&self, status: i32, line: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
        command.current_dir(self.0.path()).env("SOURCE_DATE_EPOCH", "1700000000");
        let assert = command.args(line.split(' ')).assert().code(status);
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    }
}

/// Each command says which directory it is, and in which sector records are gone.
#[test]
fn records_that_are_gone_from_a_directory() {
    let folder = Folder::new();
    for number in 0..60 {
        folder.put(&format!("src/dir/name{number:04}"), "content");
    }
    folder.told(0, "build -q -o a.iso src");
    let mut image = fs::read(folder.path("a.iso")).unwrap();
    // The name in Rock Ridge stands in its own entry behind that of ISO 9660.
    let place = image.windows(8).position(|bytes| bytes == b"name0020").unwrap() + 8;
    image[place..place + 300].fill(0);
    fs::write(folder.path("a.iso"), &image).unwrap();
    let place = format!("sector {},", place / SECTOR);
    let commands = [
        (1, "ls -R a.iso"),
        (1, "manifest a.iso"),
        (1, "extract a.iso -C out"),
        (0, "remaster a.iso -o b.iso"),
        (2, "remaster a.iso -o b.iso --strict"),
        (2, "append a.iso --strict new=src/dir/name0001"),
        (0, "append a.iso new=src/dir/name0001"),
    ];
    for (status, line) in commands {
        let told = folder.told(status, line);
        assert!(told.contains("/dir") && told.contains(&place), "{line}: {told}");
    }
    fs::write(folder.path("a.iso"), &image).unwrap();
    folder.told(1, "verify a.iso");
}

/// A link that is a source itself is followed, with a slash behind it or without; genisoimage, tar and rsync want the
/// slash, but nobody names a link to have an image with nothing but that. A link in a folder stays one. One that leads
/// nowhere is an error of the source.
#[cfg(unix)]
#[test]
fn a_link_that_is_named_as_a_source_is_followed() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    folder.put("real/file", "content");
    symlink("file", folder.path("real/inner")).unwrap();
    symlink("real", folder.path("link")).unwrap();
    symlink("real/file", folder.path("one")).unwrap();
    symlink("nowhere", folder.path("dangling")).unwrap();
    let listed = |sources: &str| {
        folder.told(0, &format!("build -q -o a.iso {sources}"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
        let output = command.current_dir(folder.0.path()).args(["ls", "-lR", "a.iso"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let item = |line: &str| format!("{} {}", &line[..1], &line[line.find('/').unwrap()..]);
        text.lines().map(item).collect::<Vec<_>>().join(", ")
    };
    for source in ["link", "link/", "real"] {
        assert_eq!(listed(source), "- /file, l /inner -> file", "{source}");
    }
    assert_eq!(listed("one in/=one as=one"), "- /as, d /in, - /in/one, - /one");
    assert_eq!(listed("below=link"), "d /below, - /below/file, l /below/inner -> file");
    let told = folder.told(3, "build -o b.iso dangling");
    assert!(told.contains("dangling"), "{told}");
}
