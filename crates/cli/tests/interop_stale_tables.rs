//! System areas of which only a part was made with a session: a GPT of an older one beside a newer master boot record, boot
//! code of a session whose loader a newer one does not name, and sessions without any.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use peers::Peer;
use serde_json::Value;
use support::loaders::{Loader, MARK, sources};
use support::stand_ins::{fat, isolinux, isolinux_disk_code};
use support::{Bus, Firmware, fsimage, run, says};
use tempfile::TempDir;

/// Number, first block, and first block behind it.
type Partitions = Vec<(u64, u64, u64)>;

/// Host files that boot with BIOS and UEFI, code that starts them from a disk, and more.
fn scene() -> TempDir {
    let scene = tempfile::tempdir().unwrap();
    let at = |name: &str| scene.path().join(name);
    fs::create_dir_all(at("files/boot")).unwrap();
    fs::write(at("files/boot/efi.img"), fat(2)).unwrap();
    fs::write(at("files/boot/isolinux.bin"), isolinux(1)).unwrap();
    fs::write(at("isohdpfx.bin"), isolinux_disk_code()).unwrap();
    // xorriso has no room for its first gap where little lies before the boot image.
    fs::write(at("files/boot/filler"), vec![3; 100_000]).unwrap();
    fs::write(at("more.txt"), "more").unwrap();
    fs::write(at("data.img"), data()).unwrap();
    scene
}

fn data() -> Vec<u8> {
    (0..77_000u32).map(|number| (number % 251) as u8).collect()
}

/// The set-ups of a first session that have a GPT, which stays where that of a later one has none.
const FIRST: [&[&str]; 2] = [
    &["any", "efi_path=/boot/efi.img", "any", "efi_boot_part=--efi-boot-image"],
    &[
        "isolinux",
        "bin_path=/boot/isolinux.bin",
        "isolinux",
        "system_area=isohdpfx.bin",
        "any",
        "next",
        "any",
        "efi_path=/boot/efi.img",
        "isolinux",
        "partition_entry=gpt_basdat",
    ],
];

/// An image with such a session, and one that appends a partition of that number.
fn image(xorriso: &Peer, folder: &Path, first: &[&str], number: &str) {
    fs::remove_file(folder.join("image.iso")).ok();
    let boots: Vec<&str> = first.chunks(2).flat_map(|pair| ["-boot_image", pair[0], pair[1]]).collect();
    run(xorriso, folder, &[&["-outdev", "image.iso", "-map", "files", "/"], &boots[..]].concat());
    let append = ["-boot_image", "any", "discard", "-append_partition", number, "0x83", "data.img"];
    run(xorriso, folder, &[&["-dev", "image.iso", "-map", "more.txt", "/more.txt"], &append[..]].concat());
}

/// What `xorriso` finds in the master boot record and in the GPT.
fn tables(xorriso: &Peer, folder: &Path, image: &str) -> [Partitions; 2] {
    let told = run(xorriso, folder, &["-indev", image, "-report_system_area", "plain"]);
    ["MBR partition      :", "GPT start and size :"].map(|what| {
        let rows = told.lines().filter_map(|line| line.strip_prefix(what));
        let numbers = rows.map(|row| row.split_whitespace().collect::<Vec<_>>());
        let parsed = |text: &str| text.parse::<u64>().unwrap();
        numbers
            .map(|row| {
                let [start, blocks] = [row[row.len() - 2], row[row.len() - 1]].map(parsed);
                (parsed(row[0]), start, start + blocks)
            })
            .collect()
    })
}

/// Tables in which the partition with the image ends where the one behind it begins, which holds what it held, and in which
/// what a GPT calls a gap is one.
fn assert_agree(xorriso: &Peer, folder: &Path, image: &str, context: &str) {
    let [mbr, gpt] = tables(xorriso, folder, image);
    assert_eq!(mbr.len(), 2, "{context}: {mbr:?}");
    let (whole, appended) = (mbr[0], mbr[1]);
    assert_eq!(whole.2, appended.1, "{context}: {mbr:?}");
    assert!(!gpt.is_empty(), "{context}");
    for (number, start, end) in gpt {
        let is_apart = end <= appended.1 || start >= appended.2;
        assert!(is_apart, "{context}: GPT {number} {start}..{end}, MBR {mbr:?}");
    }
    let bytes = fs::read(folder.join(image)).unwrap();
    assert!(bytes[appended.1 as usize * 512..].starts_with(&data()), "{context}");
    let Some(sgdisk) = peers::require("sgdisk") else { return };
    // With problems its exit status is not 0.
    let out = Command::new(sgdisk.path()).args(["-v", image]).current_dir(folder).output().unwrap();
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    let problem = told.lines().find(|line| line.starts_with("Problem") && line.contains("overlap"));
    assert_eq!(problem, None, "{context}: {told}");
}

/// The partition with the image ends with the GPT's disk, or behind it, and yet before what is appended.
#[test]
fn the_image_stays_before_what_is_appended() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = scene();
    let folder = scene.path();
    for (first, number) in FIRST.into_iter().flat_map(|first| [(first, "2"), (first, "3")]) {
        let context = format!("{first:?} {number}");
        image(&xorriso, folder, first, number);
        assert_agree(&xorriso, folder, "image.iso", &context);
        let told = fsimage(folder, &["remaster", "image.iso", "-o", "anew.iso"]);
        assert!(!told.contains("not kept"), "{context}: {told}");
        assert_agree(&xorriso, folder, "anew.iso", &context);

        // A further session lies behind what is appended, where the partition cannot reach it.
        let append = |policy: &[&str]| {
            let line = [&["append", "image.iso", "more.txt"][..], policy].concat();
            Command::new(env!("CARGO_BIN_EXE_fsimage")).args(line).current_dir(folder).output().unwrap()
        };
        let before = fs::read(folder.join("image.iso")).unwrap();
        let refused = append(&[]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{context}: {told}");
        let reason =
            "partition 1 of the master boot record: it cannot reach the new session, for another partition";
        assert!(told.contains(reason), "{context}: {told}");
        assert!(fs::read(folder.join("image.iso")).unwrap() == before, "{context}");
        let accepted = append(&["--imported-boot", "lossy"]);
        let told = String::from_utf8_lossy(&accepted.stderr).into_owned();
        assert!(accepted.status.success() && told.contains(reason), "{context}: {told}");
        assert_agree(&xorriso, folder, "image.iso", &context);
        assert_eq!(fsimage(folder, &["cat", "image.iso", "/more.txt"]), "more");
    }
}

/// Where a file of an image begins, in blocks of 512 bytes, for `xorriso`.
fn block_of(xorriso: &Peer, folder: &Path, image: &str, path: &str) -> u64 {
    let told = run(xorriso, folder, &["-indev", image, "-find", path, "-exec", "report_lba", "--"]);
    let line = told.lines().find(|line| line.starts_with("File data lba:")).expect(&told);
    line.split(',').nth(1).unwrap().trim().parse::<u64>().unwrap() * 4
}

fn number(bytes: &[u8], at: usize) -> u64 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()).into()
}

/// Boot code that stays on a medium starts a file that a newer session no longer names as a boot image. It starts it in
/// copies as well, and the file is told there where it lies.
#[test]
fn boot_code_follows_a_file_that_is_no_boot_image_any_more() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    for (loader, behind) in [(Loader::Isolinux, 0), (Loader::Grub, 4)] {
        let Some(scene) = sources(loader) else { return };
        let folder = scene.path();
        fs::write(folder.join("extra"), "more").unwrap();
        let intent =
            ["--boot", "bios=boot/bios.img", "--boot", "uefi=boot/efi.img", "--hybrid", "--mbr", "mbr.bin"];
        let burn = ["burn", "--quiet", "--drive"];
        fsimage(folder, &[&burn[..], &["sim:dvd+r:disc", "files"], &intent].concat());
        fsimage(folder, &[&burn[..], &["sim:disc", "--boot", "uefi=boot/efi.img", "extra"]].concat());
        let shown = fsimage(folder, &["info", "sim:disc"]);
        assert!(shown.contains("starts /boot/bios.img, which is no boot image of the session"), "{shown}");
        assert!(!shown.contains("no boot image lies"), "{shown}");
        for (image, line) in [
            ("copy.iso", &["copy", "sim:disc"][..]),
            ("remaster.iso", &["remaster", "sim:disc", "new.txt=extra"]),
            ("both.iso", &["copy", "--sessions", "sim:disc"]),
        ] {
            let told = fsimage(folder, &[line, &["-o", image, "--quiet"]].concat());
            assert!(!told.contains("boot code"), "{told}");
            let bytes = fs::read(folder.join(image)).unwrap();
            let block = block_of(&xorriso, folder, image, "/boot/bios.img");
            assert_eq!(number(&bytes, 432), block + behind, "{image}");
            // The boot info table: where the file lies, how long it is, and its checksum.
            let file = &bytes[block as usize * 512..];
            let len = fs::metadata(folder.join("files/boot/bios.img")).unwrap().len();
            assert_eq!((number(file, 12), number(file, 16)), (block / 4, len), "{image}");
            let words = file[64..(len as usize).next_multiple_of(4)].chunks(4);
            let sum =
                words.fold(0u32, |sum, word| sum.wrapping_add(u32::from_le_bytes(word.try_into().unwrap())));
            assert_eq!(number(file, 20), u64::from(sum), "{image}");
            says(&folder.join(image), Firmware::Bios, Bus::Disk, MARK);
        }
        // Without the file there is nothing to start.
        let line = ["remaster", "sim:disc", "--remove", "/boot/bios.img", "-o", "gone.iso"];
        let refused =
            Command::new(env!("CARGO_BIN_EXE_fsimage")).args(line).current_dir(folder).output().unwrap();
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && told.contains("is removed"), "{told}");
    }
}

/// Where each session begins with its own system area, one that begins with zeros has none.
#[test]
fn a_session_without_a_system_area_has_not_that_of_a_newer_one() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = scene();
    let folder = scene.path();
    // Long enough that no copy of a head could lie where it begins.
    run(&xorriso, folder, &["-outdev", "image.iso", "-map", "files/boot/efi.img", "/more.img"]);
    let boots = ["isolinux", "bin_path=/boot/isolinux.bin", "isolinux", "system_area=isohdpfx.bin"];
    let boots: Vec<&str> = boots.chunks(2).flat_map(|pair| ["-boot_image", pair[0], pair[1]]).collect();
    run(&xorriso, folder, &[&["-dev", "image.iso", "-map", "files", "/"], &boots[..]].concat());
    let told = fsimage(folder, &["copy", "--sessions", "image.iso", "-o", "copy.iso"]);
    assert!(!told.contains("system area"), "{told}");
    for image in ["image.iso", "copy.iso"] {
        let first = fsimage(folder, &["info", "--session", "1", image]);
        assert!(!first.contains("MBR") && !first.contains("system area"), "{image}: {first}");
        let second = fsimage(folder, &["info", "--session", "2", image]);
        assert!(second.contains("ISOLINUX, starts boot image 1"), "{image}: {second}");
        assert!(second.contains("active"), "{image}: {second}");
    }
    let told = fsimage(folder, &["remaster", "--session", "1", "image.iso", "-o", "old.iso"]);
    assert!(!told.contains("system area"), "{told}");
    let bytes = fs::read(folder.join("old.iso")).unwrap();
    assert!(bytes[..32_768].iter().all(|&byte| byte == 0));
    let report = ["-load", "session", "1", "-indev", "copy.iso", "-report_system_area", "plain"];
    assert!(!run(&xorriso, folder, &report).contains("MBR partition "));
}

/// What a GPT calls a gap holds more than the file that it begins with, and is not named by that.
#[test]
fn a_gap_has_no_file_name() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = scene();
    let folder = scene.path();
    image(&xorriso, folder, FIRST[0], "2");
    fsimage(folder, &["remaster", "image.iso", "-o", "anew.iso"]);
    let told: Value = serde_json::from_str(&fsimage(folder, &["info", "--json", "anew.iso"])).unwrap();
    let partitions = told["system_area"]["gpt"]["partitions"].as_array().unwrap();
    let is_gap = |one: &&Value| one["name"].as_str().unwrap().starts_with("Gap");
    let file = block_of(&xorriso, folder, "anew.iso", "/boot/filler");
    assert!(partitions.iter().filter(is_gap).any(|one| one["start"] == file), "{partitions:?}");
    assert!(partitions.iter().filter(is_gap).all(|one| one["path"].is_null()), "{partitions:?}");
    assert!(partitions.iter().any(|one| one["path"] == "/boot/efi.img"), "{partitions:?}");
}

/// A partition of type 0x00 is one for Linux alone, which goes by its length: what it cannot reach is told, and no reason to
/// refuse that.
#[test]
fn a_partition_of_no_type_that_is_cut_off_is_told() {
    let Some([memtest, sfdisk]) = peers::require_all(["memtest86+", "sfdisk"]) else { return };
    let scene = scene();
    let folder = scene.path();
    fs::write(folder.join("image.iso"), fs::read(memtest.path()).unwrap()).unwrap();
    let dumped = |image: &str| {
        let told = run(&sfdisk, folder, &["-d", image]);
        told.lines().filter(|line| line.contains("start=")).map(str::to_owned).collect::<Vec<_>>()
    };
    let before = dumped("image.iso");
    assert!(before[0].contains("type=0") && before.len() == 2, "{before:?}");
    fsimage(folder, &["drive", "write", "-q", "--close", "--drive", "sim:bd-re:disc", "image.iso"]);
    let stays = "stays as it was: partition 1 of the master boot record: it cannot reach the new session";
    for add in [&["append", "image.iso"][..], &["burn", "--drive", "sim:disc"]] {
        let told = fsimage(folder, &[add, &["more.txt"]].concat());
        assert!(told.contains(stays), "{add:?}: {told}");
    }
    assert_eq!(dumped("image.iso"), before);
    let told = fsimage(folder, &["copy", "--sessions", "sim:disc", "-o", "copy.iso"]);
    assert!(told.contains(stays), "{told}");
    // In a new image it ends before the other one again.
    let told = fsimage(folder, &["remaster", "--strict", "image.iso", "-o", "new.iso"]);
    assert!(!told.contains("partition 1"), "{told}");
}
