//! Real programs on the simulated drive, through the real kernel's sr and sg in a virtual machine: the drive is
//! served as an iSCSI target, and one boot sees many media. `docs/emulator.md` is the table of what is here.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that panics is a test that fails"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

const LIB: &str = include_str!("emulator/lib.sh");
const CD: &str = include_str!("emulator/cd.sh");
const SOUND: &str = include_str!("emulator/sound.sh");
const DVD_BD: &str = include_str!("emulator/dvd-bd.sh");

/// `fsimage sim serve`, with its lines.
struct Served {
    process: Child,
    lines: ChildStdin,
    answers: BufReader<ChildStdout>,
    url: String,
}

impl Served {
    fn start(medium: &Path) -> Served {
        let mut process = Command::new(assert_cmd::cargo::cargo_bin("fsimage"))
            .args(["sim", "serve", "--listen", "127.0.0.1:0", "--control"])
            .arg(medium)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = process.stdin.take().unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        let mut url = String::new();
        answers.read_line(&mut url).unwrap();
        Served { process, lines, answers, url: url.trim().to_owned() }
    }

    fn insert(&mut self, medium: &Path) -> String {
        writeln!(self.lines, "insert {}", medium.display()).unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Runs a script in the virtual machine, and gives it media of `kind` as it asks for them.
fn run(kind: &str, script: &str) {
    let Some(tool) = peers::burn_target() else { return };
    let folder = tempfile::tempdir().unwrap();
    let share = folder.path().join("share");
    make_sources(&share);
    let script_path = share.join("script");
    fs::write(&script_path, format!("{LIB}\n{script}")).unwrap();
    let first = blank(folder.path(), "first", kind);
    let mut served = Served::start(&first);
    let url = served.url.clone();

    let ended = AtomicBool::new(false);
    let output = thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::SeqCst) {
                answer_wishes(&share, folder.path(), &mut served);
                thread::sleep(Duration::from_millis(50));
            }
        });
        let variables = [
            format!("K={kind}"),
            format!("S={}", share.display()),
            format!("F={}", assert_cmd::cargo::cargo_bin("fsimage").display()),
            "MKISOFS=xorrisofs".to_owned(),
            "SOURCE_DATE_EPOCH=1700000000".to_owned(),
        ];
        let mut arguments: Vec<&str> = vec!["run", "--quiet", "--url", &url, "--timeout", "900"];
        let shared = share.to_str().unwrap();
        arguments.extend(["--share", shared]);
        for variable in &variables {
            arguments.extend(["--env", variable]);
        }
        arguments.extend(["--", "sh", script_path.to_str().unwrap()]);
        let output = peers::run_for(Duration::from_secs(1200), &tool, &arguments);
        ended.store(true, Ordering::SeqCst);
        output
    });
    let output = output.unwrap();
    eprintln!("{}", String::from_utf8_lossy(&output.stdout));
    output.success(kind).unwrap();
}

/// `want-NAME` in the folder that the guest shares: the medium of that name shall be in the drive.
fn answer_wishes(share: &Path, folder: &Path, served: &mut Served) {
    for entry in fs::read_dir(share).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_prefix("want-") else { continue };
        let medium = folder.join(name);
        if !medium.exists() {
            blank(folder, name, name.split('.').next().unwrap());
        }
        let answer = served.insert(&medium);
        // The guest looks for it; the wish is fulfilled.
        fs::remove_file(share.join(format!("want-{name}"))).unwrap();
        fs::write(share.join(format!("have-{name}")), answer).unwrap();
    }
}

fn blank(folder: &Path, name: &str, kind: &str) -> PathBuf {
    let path = folder.join(name);
    let made = Command::new(assert_cmd::cargo::cargo_bin("fsimage"))
        .args(["--quiet", "sim", "new", "--medium", kind])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    path
}

/// `first` and `second`, folders; `image`, an image of the first one; `one.wav` and `two.wav`, and their samples.
fn make_sources(share: &Path) {
    let noise = |len: u32, seed: u32| -> Vec<u8> {
        (0..len).map(|n| (n.wrapping_add(seed).wrapping_mul(2_654_435_761) >> 13) as u8).collect()
    };
    fs::create_dir_all(share.join("first/folder")).unwrap();
    fs::create_dir_all(share.join("second")).unwrap();
    fs::write(share.join("first/one"), noise(900_000, 1)).unwrap();
    fs::write(share.join("first/folder/text"), "text\n").unwrap();
    fs::write(share.join("second/two"), noise(400_000, 2)).unwrap();
    for (name, sectors, seed) in [("one", 320, 3), ("two", 310, 4)] {
        let samples = noise(sectors * 2352, seed);
        fs::write(share.join(name).with_extension("wav"), wave(&samples)).unwrap();
        fs::write(share.join(name).with_extension("pcm"), samples).unwrap();
    }
    let built = Command::new(assert_cmd::cargo::cargo_bin("fsimage"))
        .args(["--quiet", "build", "--reproducible", "-o"])
        .args([share.join("image"), share.join("first")])
        .status()
        .unwrap();
    assert!(built.success());
}

/// A WAVE file of 44,100 Hz, 16 bits, two channels.
fn wave(samples: &[u8]) -> Vec<u8> {
    let len = samples.len() as u32;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + len).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend(44_100u32.to_le_bytes());
    file.extend(176_400u32.to_le_bytes());
    file.extend(b"\x04\0\x10\0data");
    file.extend(len.to_le_bytes());
    file.extend(samples);
    file
}

#[test]
fn cd_r() {
    run("cd-r", CD);
}

#[test]
fn cd_rw() {
    run("cd-rw", CD);
}

#[test]
fn sound_on_cd_r() {
    sounds("cd-r");
}

#[test]
fn sound_on_cd_rw() {
    sounds("cd-rw");
}

fn sounds(kind: &str) {
    // Recorded and read in the virtual machine, which has what is installed here.
    if peers::require("cdrdao").is_some() && peers::require("cd-info").is_some() {
        run(kind, SOUND);
    }
}

#[test]
fn dvd_r() {
    run("dvd-r", DVD_BD);
}

#[test]
fn dvd_rw() {
    run("dvd-rw", DVD_BD);
}

#[test]
fn dvd_ram() {
    run("dvd-ram", DVD_BD);
}

#[test]
fn dvd_plus_r() {
    run("dvd+r", DVD_BD);
}

#[test]
fn dvd_plus_r_dl() {
    run("dvd+r-dl", DVD_BD);
}

#[test]
fn dvd_plus_rw() {
    run("dvd+rw", DVD_BD);
}

#[test]
fn bd_r() {
    run("bd-r", DVD_BD);
}

#[test]
fn bd_re() {
    run("bd-re", DVD_BD);
}
