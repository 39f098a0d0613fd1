//! What boots from disks of each session, when all sessions of a disc are copied.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::fsimage;
use support::stand_ins::{EVERYTHING, bootable};

const SYSTEM_AREA: usize = 32_768;

/// What the second session adds, and those behind it.
const DROPPED: [&[&str]; 1] = [&["--imported-boot", "drop"]];
const FIVE: [&[&str]; 4] = [
    &[],
    &["--imported-boot", "drop"],
    &["--boot", "uefi=boot/efi.img"],
    &["--boot", "bios=boot/isolinux.bin"],
];

/// An image file with a hybrid session and further ones.
fn image_with(folder: &Path, sessions: &[&[&str]]) {
    fsimage(folder, &[&["build", "-q", "-o", "image.iso"], &EVERYTHING[..], &["files"]].concat());
    for (number, options) in (2..).zip(sessions) {
        let added = format!("{number}.txt=more.txt");
        fsimage(folder, &[&["append", "-q", "image.iso", &added], *options].concat());
    }
}

/// The same on a medium that can be written again.
fn disc_with(folder: &Path, medium: &str, sessions: &[&[&str]]) {
    let drive = format!("sim:{medium}:disc");
    fsimage(folder, &[&["burn", "-q", "--drive", &drive], &EVERYTHING[..], &["files"]].concat());
    for (number, options) in (2..).zip(sessions) {
        let added = format!("{number}.txt=more.txt");
        fsimage(folder, &[&["burn", "-q", "--drive", "sim:disc", &added], *options].concat());
    }
}

fn head(path: &Path) -> Vec<u8> {
    let mut head = vec![0; SYSTEM_AREA];
    File::open(path).unwrap().read_exact(&mut head).unwrap();
    head
}

/// What boots from a disk of a session, apart from where it lies.
fn area_of(folder: &Path, image: &str, session: usize) -> Value {
    let told = fsimage(folder, &["info", "--json", "--session", &session.to_string(), image]);
    let mut area = serde_json::from_str::<Value>(&told).unwrap()["system_area"].take();
    let table = |partitions: Option<&mut Vec<Value>>| {
        for partition in partitions.into_iter().flatten() {
            let places = ["start", "blocks"].map(|name| partition[name].take());
            assert!(places.iter().all(Value::is_u64), "{places:?}");
        }
    };
    table(area.get_mut("mbr").and_then(Value::as_array_mut));
    for name in ["gpt", "backup_gpt"] {
        let Some(gpt) = area.get_mut(name).filter(|gpt| !gpt.is_null()) else { continue };
        table(gpt["partitions"].as_array_mut());
        for place in ["alternate", "header", "usable"] {
            gpt[place].take();
        }
        // It follows from the times of the session.
        gpt["disk"].take();
    }
    area
}

/// What `xorriso` finds of boot code and partitions in a session that has a head of its own.
fn summary(folder: &Path, image: &str, session: usize) -> Option<String> {
    let xorriso = peers::require("xorriso")?;
    let load = ["-load", "session", &session.to_string(), "-indev", image];
    let told = support::run(&xorriso, folder, &[&load[..], &["-report_system_area", "plain"]].concat());
    Some(told.lines().filter(|line| line.starts_with("System area summary")).collect())
}

/// The copy's sessions boot as the source's do, and so does what is read from the beginning of it.
fn assert_same(folder: &Path, (source, copy): (&str, &str), sessions: usize, context: &str) {
    let areas = |image| -> Vec<Value> { (1..=sessions).map(|one| area_of(folder, image, one)).collect() };
    let (expected, found) = (areas(source), areas(copy));
    assert_eq!(found, expected, "{context}");
    assert_eq!(found[0]["code_boots_image"], 1, "{context}");
    let file = |image: &str| folder.join(image.trim_start_matches("sim:"));
    let [expected, found] = [source, copy].map(|image| head(&file(image)).iter().all(|&byte| byte == 0));
    assert_eq!((found, expected), (true, true), "{context}");
}

/// A session in which nothing boots from a disk clears the head of the copy, and sessions behind it find nothing there.
#[test]
fn what_a_session_drops_is_dropped_in_the_copy() {
    let scene = bootable();
    let folder = scene.path();
    for (further, has_area) in [(&DROPPED[..], 1), (&FIVE, 2)] {
        image_with(folder, further);
        let sessions = 1 + further.len();
        fsimage(folder, &["copy", "--sessions", "image.iso", "-o", "copy.iso"]);
        assert_same(folder, ("image.iso", "copy.iso"), sessions, "image");
        for session in 1..=sessions {
            let Some(told) = summary(folder, "copy.iso", session) else { continue };
            assert_eq!(!told.is_empty(), session <= has_area, "session {session}: {told}");
        }
        if let Some(sgdisk) = peers::require("sgdisk") {
            // Its exit status is not 0 without a GPT.
            let out =
                Command::new(sgdisk.path()).args(["-p", "copy.iso"]).current_dir(folder).output().unwrap();
            let told = String::from_utf8_lossy(&out.stdout).into_owned();
            assert!(!told.contains("EFI"), "{told}");
        }
        // What is dropped does not come back.
        fsimage(folder, &["append", "-q", "copy.iso", "last.txt=more.txt"]);
        assert!(head(&folder.join("copy.iso")).iter().all(|&byte| byte == 0));
    }
}

/// The same onto media that can be written again, and from them.
#[test]
fn what_a_session_drops_is_dropped_on_media_with_a_head() {
    let scene = bootable();
    let folder = scene.path();
    for further in [&DROPPED[..], &FIVE] {
        let sessions = 1 + further.len();
        image_with(folder, further);
        for medium in ["dvd-ram", "bd-re", "dvd+rw"] {
            let drive = format!("sim:{medium}:copy");
            fsimage(folder, &["copy", "-q", "--sessions", "image.iso", "--drive", &drive]);
            assert_same(folder, ("image.iso", "sim:copy"), sessions, medium);
            remove_medium(folder, "copy");
        }
        disc_with(folder, "dvd+rw", further);
        fsimage(folder, &["copy", "-q", "--sessions", "sim:disc", "-o", "copy.iso"]);
        assert_same(folder, ("sim:disc", "copy.iso"), sessions, "from dvd+rw");
        fsimage(folder, &["copy", "-q", "--sessions", "sim:disc", "--drive", "sim:dvd+rw:copy"]);
        assert_same(folder, ("sim:disc", "sim:copy"), sessions, "dvd+rw to dvd+rw");
        remove_medium(folder, "copy");
        remove_medium(folder, "disc");
    }
}

/// Media that are written once keep the system area of the first session, which is told of a session that has none.
#[test]
fn a_system_area_that_stays_is_told_of_a_session_without() {
    let scene = bootable();
    let folder = scene.path();
    image_with(folder, &DROPPED);
    let stays = "what is in the system area stays as it is";
    let told = fsimage(folder, &["copy", "--sessions", "image.iso", "--drive", "sim:dvd+r:copy"]);
    assert_eq!(told.matches(stays).count(), 1, "{told}");
    assert!(head(&folder.join("copy")).iter().any(|&byte| byte != 0));
    remove_medium(folder, "copy");
    // Where the first session has none, nothing stays.
    fsimage(folder, &["build", "-q", "-o", "plain.iso", "files"]);
    fsimage(folder, &["append", "-q", "plain.iso", "more.txt"]);
    let told = fsimage(folder, &["copy", "--sessions", "plain.iso", "--drive", "sim:dvd+r:copy"]);
    assert!(!told.contains(stays), "{told}");
}

/// Sessions that keep what boots go on to do so, and the tables end with the copy.
#[test]
fn tables_of_a_copied_session_end_with_it() {
    let scene = bootable();
    let folder = scene.path();
    image_with(folder, &[&[], &[]]);
    fsimage(folder, &["copy", "-q", "--sessions", "image.iso", "-o", "copy.iso"]);
    for session in 1..=3 {
        let [expected, found] = ["image.iso", "copy.iso"].map(|image| area_of(folder, image, session));
        assert_eq!(found, expected, "session {session}");
    }
    let Some(sgdisk) = peers::require("sgdisk") else { return };
    let problems = |image: &str| {
        let out = Command::new(sgdisk.path()).args(["-v", image]).current_dir(folder).output().unwrap();
        let told = String::from_utf8_lossy(&out.stdout).into_owned();
        told.lines().filter(|line| line.starts_with("Problem")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(problems("copy.iso"), [""; 0]);
}

/// A boot image that is told its new place has other digests than on the disc, in all sessions that show it; onto a medium in a
/// drive, which is not read while it is written.
#[test]
fn recorded_digests_are_those_of_the_copied_boot_image() {
    let scene = bootable();
    let folder = scene.path();
    let boot = "boot/isolinux.bin,boot-info-table,grub2-boot-info";
    for digests in ["sha256,md5", "blake3"] {
        fsimage(
            folder,
            &["build", "-q", "-o", "one.iso", "--digests", digests, "--boot-image", boot, "files"],
        );
        fsimage(folder, &["append", "-q", "one.iso", "second.txt=more.txt"]);
        fsimage(folder, &["append", "-q", "one.iso", "third.txt=more.txt"]);
        fsimage(folder, &["copy", "-q", "--sessions", "one.iso", "-o", "copy.iso"]);
        for medium in ["dvd+r", "bd-re"] {
            fsimage(
                folder,
                &["copy", "-q", "--sessions", "one.iso", "--drive", &format!("sim:{medium}:{medium}")],
            );
        }
        let kinds = digests.split(',').count();
        for copy in ["copy.iso", "sim:dvd+r", "sim:bd-re"] {
            for session in ["1", "2", "3"] {
                let told = fsimage(folder, &["verify", "--session", session, copy]);
                assert_eq!(
                    told.matches(" 0 different, 0 without").count(),
                    kinds,
                    "{copy} {session}: {told}"
                );
            }
        }
        for medium in ["dvd+r", "bd-re"] {
            remove_medium(folder, medium);
        }
        if !digests.contains("md5") {
            continue;
        }
        for session in ["1", "2", "3"] {
            let Some(xorriso) = peers::require("xorriso") else { continue };
            let load = ["-md5", "on", "-load", "session", session, "-indev", "copy.iso"];
            let check = ["-check_md5_r", "sorry", "/", "--"];
            let told = support::run(&xorriso, folder, &[&load[..], &check[..]].concat());
            assert!(told.contains("checksums match"), "session {session}: {told}");
        }
    }
}

/// An appended partition that nothing boots from is a partition of each session that has it, and lies there once.
#[test]
fn appended_partitions_are_copied_with_their_sessions() {
    let scene = bootable();
    let folder = scene.path();
    let partition: Vec<u8> = (0..77_000_u32).map(|at| (at >> 8) as u8 ^ at as u8).collect();
    fs::write(folder.join("part.img"), &partition).unwrap();
    let append = ["--append-partition", "3", "linux", "part.img"];
    let boot = ["--boot", "bios=boot/isolinux.bin"];
    for options in [&append[..], &[&append[..], &boot[..]].concat()] {
        fsimage(folder, &[&["build", "-q", "-o", "image.iso"], options, &["files"]].concat());
        fsimage(folder, &["append", "-q", "image.iso", "2.txt=more.txt"]);
        fsimage(folder, &["append", "-q", "image.iso", "3.txt=more.txt"]);
        fsimage(folder, &["copy", "-q", "--sessions", "image.iso", "-o", "copy.iso"]);
        fsimage(folder, &["copy", "-q", "--sessions", "image.iso", "--drive", "sim:bd-re:copy"]);
        for copy in ["copy.iso", "sim:copy"] {
            let bytes = fs::read(folder.join(copy.trim_start_matches("sim:"))).unwrap();
            let begins: Vec<usize> =
                (0..bytes.len()).step_by(2048).filter(|&at| bytes[at..].starts_with(&partition)).collect();
            assert_eq!(begins.len(), 1, "{copy}: {begins:?}");
            for session in 1..=3 {
                let told = fsimage(folder, &["info", "--json", "--session", &session.to_string(), copy]);
                let told: Value = serde_json::from_str(&told).unwrap();
                let table = told["system_area"]["gpt"]["partitions"].as_array().unwrap().clone();
                let third = table.iter().find(|one| one["number"] == 3);
                let start = third.and_then(|one| one["start"].as_u64()).map(|start| start as usize * 512);
                assert_eq!(start, Some(begins[0]), "{copy} {session}: {table:?}");
            }
        }
        remove_medium(folder, "copy");
    }
}

/// Media that are written once have the system area of their first session only: a boot image that is an appended partition boots
/// there as what lies in no file, once for all sessions.
#[test]
fn a_boot_image_that_is_a_partition_boots_from_media_without_a_table() {
    let scene = bootable();
    let folder = scene.path();
    let efi = ["--append-partition", "2", "efi", "files/boot/efi.img"];
    let boot = ["--boot-image", "partition:2,platform=uefi", "--hybrid"];
    fsimage(folder, &[&["build", "-q", "-o", "image.iso"], &efi[..], &boot, &["files"]].concat());
    fsimage(folder, &["append", "-q", "image.iso", "2.txt=more.txt"]);
    fsimage(folder, &["append", "-q", "image.iso", "3.txt=more.txt"]);
    for medium in ["dvd+r", "cd-r", "bd-r"] {
        fsimage(folder, &["copy", "-q", "--sessions", "image.iso", "--drive", &format!("sim:{medium}:copy")]);
        let mut places = Vec::new();
        for session in 1..=3 {
            let told = fsimage(folder, &["info", "--json", "--session", &session.to_string(), "sim:copy"]);
            let told: Value = serde_json::from_str(&told).unwrap();
            let sessions = told["sessions"].as_array().unwrap();
            let shown = sessions.iter().find(|one| one["number"] == session).unwrap();
            let image = &shown["boot_catalog"]["images"][0];
            assert_eq!(image["platform"], "UEFI", "{medium} {session}: {told}");
            places.push(image["sector"].as_u64().unwrap());
        }
        assert!(places.iter().all(|&place| place == places[0]), "{medium}: {places:?}");
        let at = places[0] as usize * 2048;
        let (disc, image) =
            (fs::read(folder.join("copy")).unwrap(), fs::read(folder.join("files/boot/efi.img")).unwrap());
        assert!(disc[at..].starts_with(&image), "{medium}");
        remove_medium(folder, "copy");
    }
}

/// What boots from a disk and stays where it is has the digest that is recorded: the drive is not read for it while it records.
#[test]
fn digests_of_what_boots_and_stays() {
    let scene = bootable();
    let folder = scene.path();
    for medium in ["bd-re", "dvd+r"] {
        let drive = format!("sim:{medium}:disc");
        let first = ["burn", "-q", "--drive", &drive, "--digests", "sha256"];
        fsimage(folder, &[&first[..], &EVERYTHING, &["files"]].concat());
        fsimage(folder, &["burn", "-q", "--drive", "sim:disc", "2.txt=more.txt"]);
        fsimage(folder, &["copy", "-q", "--sessions", "sim:disc", "--drive", &format!("sim:{medium}:copy")]);
        fsimage(folder, &["copy", "-q", "--sessions", "sim:disc", "-o", "copy.iso"]);
        for disc in ["sim:disc", "sim:copy", "copy.iso"] {
            for session in ["1", "2"] {
                let told = fsimage(folder, &["verify", "--session", session, disc]);
                assert!(told.contains(" 0 different, 0 without"), "{medium}: {disc} {session}: {told}");
            }
        }
        remove_medium(folder, "disc");
        remove_medium(folder, "copy");
    }
}

/// Partitions that a further session has in no file are named where they are lost with its system area, and so is that.
#[test]
fn partitions_that_a_medium_has_no_table_for_are_named() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = bootable();
    let folder = scene.path();
    let data: Vec<u8> = (0..77_000_u32).map(|at| (at >> 8) as u8 ^ at as u8).collect();
    fs::write(folder.join("data.img"), &data).unwrap();
    // xorriso has no room for its first gap where little lies before the boot image.
    fs::write(folder.join("files/boot/filler"), vec![3; 100_000]).unwrap();
    let efi = ["-boot_image", "any", "efi_path=/boot/efi.img"];
    let table = ["-boot_image", "any", "efi_boot_part=--efi-boot-image"];
    for (first, has_area) in [([&efi[..], &table].concat(), true), (efi.to_vec(), false)] {
        fs::remove_file(folder.join("image.iso")).ok();
        support::run(
            &xorriso,
            folder,
            &[&["-outdev", "image.iso", "-map", "files", "/"], &first[..]].concat(),
        );
        let append = ["-boot_image", "any", "discard", "-append_partition", "2", "0x83", "data.img"];
        let second = ["-dev", "image.iso", "-map", "more.txt", "/more.txt"];
        support::run(&xorriso, folder, &[&second[..], &append[..]].concat());
        let told = fsimage(folder, &["copy", "--sessions", "image.iso", "--drive", "sim:dvd+r:copy"]);
        assert!(
            told.contains("partition 2 of the master boot record of session 2, 77824 bytes, is left out"),
            "{told}"
        );
        assert_eq!(told.contains("what is in the system area stays as it is"), has_area, "{told}");
        assert_eq!(told.contains("the system area of session 2"), !has_area, "{told}");
        remove_medium(folder, "copy");
        // Where each session has its own, the partition is there.
        fsimage(folder, &["copy", "--sessions", "image.iso", "--drive", "sim:bd-re:copy"]);
        let bytes = fs::read(folder.join("copy")).unwrap();
        assert!((0..bytes.len()).step_by(2048).any(|at| bytes[at..].starts_with(&data)));
        remove_medium(folder, "copy");
    }
}

/// A partition with the image that cannot reach a further session is told of the copy as of a session that is appended.
#[test]
fn a_partition_that_cannot_reach_a_copied_session_is_told() {
    let scene = bootable();
    let folder = scene.path();
    fs::write(folder.join("data.img"), vec![5; 77_000]).unwrap();
    let partitions = [
        "--append-partition",
        "2",
        "efi",
        "files/boot/efi.img",
        "--append-partition",
        "3",
        "linux",
        "data.img",
    ];
    let boot = ["--boot", "bios=boot/isolinux.bin", "--boot-image", "partition:2,platform=uefi"];
    let hybrid = ["--hybrid", "--mbr", "mbr.bin", "--partition-table", "mbr", "files"];
    fsimage(
        folder,
        &[&["burn", "-q", "--drive", "sim:dvd+r:disc"][..], &boot, &partitions, &hybrid].concat(),
    );
    fsimage(folder, &["burn", "-q", "--drive", "sim:disc", "more.txt"]);
    let cut = "partition 1 of the master boot record: it cannot reach the new session";
    for to in [["-o", "copy.iso"], ["--drive", "sim:bd-re:copy"]] {
        let copy = [&["copy", "--sessions", "sim:disc"], &to[..]].concat();
        for options in [&["--strict"][..], &[]] {
            let line = [&copy[..], options].concat();
            let out =
                Command::new(env!("CARGO_BIN_EXE_fsimage")).args(line).current_dir(folder).output().unwrap();
            let told = String::from_utf8(out.stderr).unwrap();
            assert!(!out.status.success() && told.contains(cut), "{told}");
        }
        let told = fsimage(folder, &[&copy[..], &["--lossy-boot"]].concat());
        assert!(told.contains(&format!("stays as it was: {cut}")), "{told}");
    }
}

/// Of a partition that ends behind its session, nothing is known but that it is there.
#[test]
fn a_partition_that_ends_behind_its_session_is_told() {
    let scene = bootable();
    let folder = scene.path();
    fsimage(folder, &["build", "-q", "-o", "image.iso", "files"]);
    fsimage(folder, &["append", "-q", "image.iso", "more.txt"]);
    let path = folder.join("image.iso");
    let mut image = fs::read(&path).unwrap();
    let start = (image.len() / 512 - 8) as u32;
    image[450] = 0x83;
    image[454..458].copy_from_slice(&start.to_le_bytes());
    image[458..462].copy_from_slice(&1000_u32.to_le_bytes());
    image[510..512].copy_from_slice(&[0x55, 0xAA]);
    fs::write(&path, image).unwrap();
    let copy = ["copy", "--sessions", "--lossy-boot", "image.iso", "--drive", "sim:dvd+r:copy"];
    let told = fsimage(folder, &copy);
    let left_out = "partition 1 of the master boot record of session 2, 512000 bytes, is left out";
    assert!(told.contains(left_out), "{told}");
}

fn remove_medium(folder: &Path, name: &str) {
    for file in [name.to_owned(), format!("{name}.medium")] {
        fs::remove_file(folder.join(file)).unwrap();
    }
}
