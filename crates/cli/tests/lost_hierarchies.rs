//! A hierarchy that comes first and cannot be read: what is shown in its place is not taken for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::Command;

use fsimage::{
    Control, DEFAULT_PREFERENCE, Disc, Error, FileSystem, ImportOptions, ImportWarning, Sector, import,
};
use tempfile::TempDir;

const SECTOR: usize = 2048;

/// Exit status, and what is said on standard output and standard error.
fn outcome(folder: &Path, line: &str) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
    let output = command.current_dir(folder).args(line.split_whitespace()).output().unwrap();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), told)
}

#[track_caller]
fn ends(folder: &Path, line: &str, status: i32) -> String {
    let (code, told) = outcome(folder, line);
    assert_eq!(code, status, "{line}: {told}");
    told
}

fn built(options: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir_all(at.join("src/folder")).unwrap();
    fs::write(at.join("src/hello.txt"), "content").unwrap();
    fs::write(at.join("src/folder/below.txt"), "below").unwrap();
    ends(at, &format!("build -q {options} -o whole.iso src"), 0);
    folder
}

fn number(image: &[u8], at: usize) -> usize {
    u32::from_le_bytes(image[at..at + 4].try_into().unwrap()) as usize
}

/// Where the root directory of a volume descriptor begins (ECMA-119 8.4.18, 9.1.3).
fn root_of(image: &[u8], descriptor: usize) -> usize {
    number(image, descriptor * SECTOR + 156 + 2)
}

/// Overwrites a sector of the image, as `damaged.iso`.
fn damage(folder: &Path, sector: usize, with: u8) {
    let mut image = fs::read(folder.join("whole.iso")).unwrap();
    image[sector * SECTOR..][..SECTOR].fill(with);
    fs::write(folder.join("damaged.iso"), image).unwrap();
}

/// Reads, and what is made of the image: each tells of it, and says so in its status.
const COMMANDS: [(i32, &str); 9] = [
    (1, "ls -R damaged.iso"),
    (1, "ls damaged.iso --json"),
    (1, "manifest damaged.iso"),
    (1, "extract damaged.iso -C out"),
    (1, "cat damaged.iso hello.txt"),
    (0, "info damaged.iso"),
    (0, "info damaged.iso --json"),
    (1, "remaster damaged.iso -o new.iso"),
    (1, "plan --onto damaged.iso new=src/hello.txt"),
];

#[track_caller]
fn all_tell(folder: &Path, said: &[String]) {
    for (status, line) in COMMANDS {
        let _ = fs::remove_dir_all(folder.join("out"));
        let told = ends(folder, line, status);
        for said in said {
            assert!(told.contains(said), "{line}: {said}: {told}");
            let lines = told.lines().filter(|line| line.contains(said)).count();
            assert!(lines == 1, "{line}: it is told more than once: {told}");
        }
    }
}

#[test]
fn a_destroyed_root_of_rock_ridge_is_told() {
    for (options, instead) in [("", "Joliet"), ("--fs iso9660,rock-ridge,udf", "UDF")] {
        let folder = built(options);
        let at = folder.path();
        let root = root_of(&fs::read(at.join("whole.iso")).unwrap(), 16);
        for with in [0xA5, 0, 0xFF] {
            damage(at, root, with);
            all_tell(
                at,
                &["Rock Ridge".to_owned() + ", if it is there, cannot be read: sector " + &root.to_string()],
            );
            let told = ends(at, "ls damaged.iso", 1);
            assert!(told.contains(&format!("{instead} is shown")), "{told}");
            // Who asks for it by name is told that it is damaged, not that there is none.
            let told = ends(at, "ls --fs rock-ridge damaged.iso", 4);
            assert!(told.contains(&format!("sector {root}")), "{told}");
        }
        // Who asks for the other one by name has what he wants.
        let name = instead.to_lowercase();
        ends(at, &format!("ls -R --fs {name} damaged.iso"), 0);
    }
}

#[test]
fn a_caller_is_told_which_file_system_is_lost_and_where() {
    let folder = built("");
    let at = folder.path();
    let root = root_of(&fs::read(at.join("whole.iso")).unwrap(), 16);
    damage(at, root, 0xA5);
    let disc = Disc::open(&at.join("damaged.iso")).unwrap();
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let [lost] = image.lost_file_systems() else { panic!("{:?}", image.lost_file_systems()) };
    let place = Some(Sector::new(root as u32));
    assert_eq!(
        (lost.file_system, lost.sector, lost.shown),
        (FileSystem::RockRidge, place, FileSystem::Joliet)
    );
    assert_eq!(image.losses(&Control::default()).unwrap().len(), 1);
    let imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    assert!(
        imported.warnings.contains(&ImportWarning::FileSystemLost(lost.clone())),
        "{:?}",
        imported.warnings
    );
    let joliet = disc.image(None, &[FileSystem::Joliet]).unwrap();
    assert_eq!(joliet.lost_file_systems(), []);
    let rock_ridge = disc.image(None, &[FileSystem::RockRidge]).map(drop);
    assert!(matches!(rock_ridge, Err(Error::Corrupt { .. })), "{rock_ridge:?}");
}

/// The first of the default order but Rock Ridge, and damaged.
#[test]
fn udf_that_cannot_be_read_is_told() {
    let folder = built("--fs iso9660,joliet,udf");
    let at = folder.path();
    let image = fs::read(at.join("whole.iso")).unwrap();
    // The anchor tells where the main volume descriptor sequence lies, and its reserve (ECMA-167 3/10.2).
    let anchor = 256 * SECTOR;
    let mut damaged = image.clone();
    for sequence in [number(&image, anchor + 20), number(&image, anchor + 28)] {
        damaged[sequence * SECTOR..][..16 * SECTOR].fill(0);
    }
    fs::write(at.join("damaged.iso"), damaged).unwrap();
    for (status, line) in COMMANDS {
        let _ = fs::remove_dir_all(at.join("out"));
        let told = ends(at, line, status);
        assert!(told.contains("UDF") && told.contains("cannot be read: "), "{line}: {told}");
    }
    let told = ends(at, "ls damaged.iso", 1);
    assert!(told.contains("UDF cannot be read: ") && told.contains("Joliet is shown"), "{told}");
}

#[test]
fn a_session_without_rock_ridge_has_lost_nothing() {
    for options in ["--fs iso9660", "--fs iso9660,joliet", "--fs iso9660,joliet,udf", "--fs udf"] {
        let folder = built(options);
        for line in
            ["ls -R whole.iso", "extract whole.iso -C out", "info whole.iso", "remaster whole.iso -o new.iso"]
        {
            let told = ends(folder.path(), line, 0);
            assert!(!told.contains("cannot be read"), "{options} {line}: {told}");
        }
    }
}

/// UDF of the head is whole and shows an earlier state; that of the newest session is there, and not recognised.
#[test]
fn a_damaged_recognition_sequence_of_a_further_session_is_damage() {
    let folder = built("--fs iso9660,rock-ridge,joliet,udf");
    let at = folder.path();
    ends(at, "append -q whole.iso new=src/hello.txt", 0);
    let image = fs::read(at.join("whole.iso")).unwrap();
    let is_first = |sector: &usize| image[sector * SECTOR..].starts_with(b"\0BEA01\x01");
    let own = (32..image.len() / SECTOR).rev().find(is_first).unwrap();
    for sector in [own - 1, own] {
        damage(at, sector, 0);
        for line in ["verify damaged.iso", "verify --structure damaged.iso"] {
            let told = ends(at, line, 1);
            assert!(told.contains("recognition sequence"), "{line}: {told}");
        }
    }
}
