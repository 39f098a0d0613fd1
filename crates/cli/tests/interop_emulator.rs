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

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use peers::commands;
use tempfile::TempDir;

const LIB: &str = include_str!("emulator/lib.sh");
const CD: &str = include_str!("emulator/cd.sh");
const SOUND: &str = include_str!("emulator/sound.sh");
const DVD_BD: &str = include_str!("emulator/dvd-bd.sh");

/// Tracks of sound: name, sectors, seed.
const TRACKS: [(&str, usize, u32); 2] = [("one", 320, 3), ("two", 310, 4)];

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
        self.say(&format!("insert {}", medium.display()))
    }

    fn say(&mut self, line: &str) -> String {
        writeln!(self.lines, "{line}").unwrap();
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

/// The command between whose occurrences a traced step lies: INQUIRY with a byte of control that nobody else uses.
const MARK: [u8; 6] = [0x12, 0, 0, 0, 0x24, 0x40];

/// Runs a script in the virtual machine, and gives it media of `kind` as it asks for them. They are in the folder
/// afterwards. What its programs sent is held against the recipe.
fn run(kind: &str, script: &str) -> Option<TempDir> {
    let tool = peers::burn_target()?;
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
        let trace = folder.path().join("trace");
        let mut arguments: Vec<&str> = vec!["run", "--quiet", "--url", &url, "--timeout", "900"];
        arguments.extend(["--trace", trace.to_str().unwrap()]);
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
    compare_with_recipe(kind, &share.join("traced"), &folder.path().join("trace"));
    Some(folder)
}

/// What each program sent, beside what fsimage did in the same place: PROGRAM-PLACE beside fsimage-PLACE. What differs is
/// in the page of the recipe, with its reason, and nothing else does.
fn compare_with_recipe(kind: &str, names: &Path, trace: &Path) {
    let names = fs::read_to_string(names).unwrap_or_default();
    let commands = commands::of_trace(trace);
    let traced = commands.split(|cdb| *cdb == MARK).skip(1).step_by(2);
    let traced = traced.map(|part| commands::steps(part.iter().map(Vec::as_slice)));
    let traced: BTreeMap<&str, Vec<String>> = names.lines().zip(traced).collect();
    assert_eq!(traced.len(), names.lines().count(), "{kind}: {names}");

    let mut found: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    for (name, theirs) in &traced {
        eprintln!("{kind}: {name}: {theirs:?}");
        let (program, place) = name.split_at(name.find('-').unwrap_or(name.len()));
        let ours = &traced[&*format!("fsimage{place}")];
        found.entry((page(kind, place), program)).or_default().extend(commands::differences(ours, theirs));
    }
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/recipes");
    let mut unexplained = Vec::new();
    for ((page, program), differs) in found {
        let text = fs::read_to_string(pages.join(page)).unwrap();
        let mut explained = commands::explained(&text, "Other programs", program);
        explained.extend(commands::explained(&text, "Other programs", &format!("{program}, {kind}")));
        if explained != differs {
            unexplained.push(format!("{page}: {program}: found {differs:?}, explained {explained:?}"));
        }
    }
    assert!(unexplained.is_empty(), "{kind}: {unexplained:#?}");
}

/// The page of `docs/recipes` about what was done to a medium.
fn page(kind: &str, place: &str) -> &'static str {
    match (kind, place) {
        ("cd-r" | "cd-rw", "-at-once" | "-sound-at-once") => "cd-sao.md",
        ("cd-r" | "cd-rw", "-sound-raw") => "cd-raw.md",
        ("cd-r" | "cd-rw", "-sound-track-at-once") => "cd-audio-tao.md",
        ("cd-r" | "cd-rw", _) => "cd-r-tao.md",
        ("dvd-rw", "-overwrite") => "dvd-rw.md",
        ("dvd-r" | "dvd-r-dl" | "dvd-rw", _) => "dvd-r.md",
        ("dvd+r", _) => "dvd+r.md",
        ("dvd+r-dl", _) => "dvd+r-dl.md",
        ("dvd+rw", _) => "dvd+rw.md",
        ("dvd-ram", _) => "dvd-ram.md",
        ("bd-re" | "bd-re-dl" | "bd-re-xl", _) => "bd-re.md",
        _ => "bd-r.md",
    }
}

/// `want-NAME` in the folder that the guest shares: the medium of that name shall be in the drive. `fault`: the drive shall
/// have what stands in it, or no faults any more.
fn answer_wishes(share: &Path, folder: &Path, served: &mut Served) {
    if let Ok(fault) = fs::read_to_string(share.join("fault")) {
        let answer = match fault.trim() {
            "" => served.say("clear-faults"),
            fault => served.say(&format!("inject {fault}")),
        };
        assert_eq!(answer, "ok\n", "{fault}");
        fs::remove_file(share.join("fault")).unwrap();
    }
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

/// `first` and `second`, folders, and `far`, with a name whose Rock Ridge entries have a continuation area; `image`, an image of the first one; `one.wav` and `two.wav`, and their samples.
fn make_sources(share: &Path) {
    let noise = |len: u32, seed: u32| -> Vec<u8> {
        (0..len).map(|n| (n.wrapping_add(seed).wrapping_mul(2_654_435_761) >> 13) as u8).collect()
    };
    fs::create_dir_all(share.join("first/folder")).unwrap();
    fs::create_dir_all(share.join("second")).unwrap();
    fs::write(share.join("first/one"), noise(900_000, 1)).unwrap();
    fs::write(share.join("first/folder/text"), "text\n").unwrap();
    fs::write(share.join("second/two"), noise(400_000, 2)).unwrap();
    fs::create_dir_all(share.join("far")).unwrap();
    fs::write(share.join("far").join("n".repeat(230)), "far").unwrap();
    for (name, sectors, seed) in TRACKS {
        let samples = noise(sectors as u32 * 2352, seed);
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
    drop(run("cd-r", CD));
}

#[test]
fn cd_rw() {
    drop(run("cd-rw", CD));
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
        let folder = run(kind, SOUND);
        if let Some(folder) = folder.filter(|_| kind == "cd-r") {
            let disc = |name: &str| fs::read(folder.path().join(format!("cd-r.{name}.raw"))).unwrap();
            let ours = disc("raw");
            // cdrdao does not invert the CRC, as ECMA-130, clause 22, wants it.
            same_subchannels(&disc("cdrdao-raw"), &ours, 0, |[fields @ .., high, low]: Q| {
                [&fields[..], &[!high, !low]].concat()
            });
            // In a pregap wodim counts down to 0: it is to be zero at the end, which is the last sector of the pregap or
            // what follows. It makes one of the end of the first track, too.
            same_subchannels(
                &disc("3"),
                &ours,
                2 * 150,
                |q: Q| if q[2] == 0 { Vec::new() } else { q.to_vec() },
            );
        }
    }
}

/// Subchannel Q of a sector.
type Q = [u8; 12];

/// Two discs whose sectors were sent raw, the same sound by different programs: sound and subchannel Q are the same, from
/// block -150 to the end of the program. `meant` is what a Q of theirs should be, or nothing for `others` sectors, where it is
/// not compared.
fn same_subchannels(theirs: &[u8], ours: &[u8], others: usize, meant: impl Fn(Q) -> Vec<u8>) {
    const SOUND: usize = 2352;
    const SECTOR: usize = SOUND + 96;
    let sectors = 150 + TRACKS.iter().map(|(_, sectors, _)| sectors).sum::<usize>();
    let q = |sector: &[u8]| -> Q {
        // A bit of it in each byte of the subchannels.
        std::array::from_fn(|byte| {
            let bits = &sector[SOUND + byte * 8..][..8];
            bits.iter().fold(0, |q, bits| q << 1 | bits >> 6 & 1)
        })
    };
    let pairs = theirs.chunks_exact(SECTOR).zip(ours.chunks_exact(SECTOR)).take(sectors);
    let mut compared = 0;
    for (number, (theirs, ours)) in pairs.enumerate() {
        assert!(theirs[..SOUND] == ours[..SOUND], "sector {number}");
        let meant = meant(q(theirs));
        assert!(meant.is_empty() || meant == q(ours), "sector {number}: {meant:?}, {:?}", q(ours));
        compared += usize::from(!meant.is_empty());
    }
    assert_eq!(compared, sectors - others);
}

#[test]
fn dvd_r() {
    drop(run("dvd-r", DVD_BD));
}

#[test]
fn dvd_r_dl() {
    drop(run("dvd-r-dl", DVD_BD));
}

#[test]
fn dvd_rw() {
    drop(run("dvd-rw", DVD_BD));
}

#[test]
fn dvd_ram() {
    drop(run("dvd-ram", DVD_BD));
}

#[test]
fn dvd_plus_r() {
    drop(run("dvd+r", DVD_BD));
}

#[test]
fn dvd_plus_r_dl() {
    drop(run("dvd+r-dl", DVD_BD));
}

#[test]
fn dvd_plus_rw() {
    drop(run("dvd+rw", DVD_BD));
}

#[test]
fn bd_r() {
    drop(run("bd-r", DVD_BD));
}

#[test]
fn bd_r_dl() {
    drop(run("bd-r-dl", DVD_BD));
}

#[test]
fn bd_r_xl() {
    drop(run("bd-r-xl", DVD_BD));
}

#[test]
fn bd_r_ql() {
    drop(run("bd-r-ql", DVD_BD));
}

#[test]
fn bd_re() {
    drop(run("bd-re", DVD_BD));
}

#[test]
fn bd_re_dl() {
    drop(run("bd-re-dl", DVD_BD));
}

#[test]
fn bd_re_xl() {
    drop(run("bd-re-xl", DVD_BD));
}
