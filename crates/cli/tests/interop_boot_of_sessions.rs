//! What boots of an image file that grows by sessions: kept, given up, and found again in an older one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::fsimage;
use support::stand_ins::{EVERYTHING, bootable, isolinux};
use tempfile::TempDir;

const SYSTEM_AREA: usize = 32_768;

/// Host files: a folder that boots with BIOS and UEFI, and code that starts it from a disk.
fn scene() -> TempDir {
    let scene = bootable();
    let at = |name: &str| scene.path().join(name);
    fs::write(at("files/readme.txt"), "read me").unwrap();
    fs::write(at("other.bin"), isolinux(2)).unwrap();
    scene
}

fn build(folder: &Path, image: &str, options: &[&str]) {
    fsimage(folder, &[&["build", "-q", "-o", image], options, &["files"]].concat());
}

fn info(folder: &Path, image: &str) -> Value {
    serde_json::from_str(&fsimage(folder, &["info", "--json", image])).unwrap()
}

/// What is wrong with the partition tables, for `sgdisk`.
fn problems(folder: &Path, image: &str) -> Vec<String> {
    let Some(sgdisk) = peers::require("sgdisk") else { return Vec::new() };
    // With problems its exit status is not 0.
    let out = Command::new(sgdisk.path()).args(["-v", image]).current_dir(folder).output().unwrap();
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    told.lines().filter(|line| line.starts_with("Problem")).map(str::to_owned).collect()
}

fn primary_descriptors(folder: &Path, image: &str) -> usize {
    let bytes = fs::read(folder.join(image)).unwrap();
    bytes.chunks(2048).filter(|sector| sector.starts_with(b"\x01CD001")).count()
}

/// The copy of the first head, in front of the second session, is no volume that a partition shows, though nothing of the
/// first session is referred to any more.
#[test]
fn the_copy_of_a_head_is_no_second_volume() {
    let scene = scene();
    let folder = scene.path();
    for table in [&[][..], &["--partition-table", "mbr"]] {
        build(folder, "w.iso", &[&["--boot", "uefi=boot/efi.img", "--hybrid"][..], table].concat());
        fsimage(folder, &["append", "w.iso", "files"]);
        fsimage(folder, &["remaster", "w.iso", "-o", "anew.iso"]);
        fsimage(folder, &["copy", "w.iso", "-o", "copy.iso"]);
        assert_eq!(["anew.iso", "copy.iso"].map(|image| primary_descriptors(folder, image)), [1, 1]);
        for image in ["w.iso", "w.iso", "anew.iso"] {
            fsimage(folder, &["append", image, "more.txt"]);
            assert_eq!(fsimage(folder, &["cat", image, "/more.txt"]), "more");
            assert_eq!(problems(folder, image), [""; 0]);
        }
    }
}

/// A session in which nothing is to boot has no boot record, and the head no partition tables.
#[test]
fn what_boots_is_dropped_by_a_session() {
    let scene = scene();
    let folder = scene.path();
    fs::copy(folder.join("more.txt"), folder.join("files/more.txt")).unwrap();
    let changes = [&["append", "more.txt"][..], &["update", "files"]];
    for [command, source] in changes.map(|line| <[&str; 2]>::try_from(line).unwrap()) {
        fs::remove_file(folder.join("files/more.txt")).ok();
        build(folder, "image.iso", &EVERYTHING);
        fs::write(folder.join("files/more.txt"), "more").unwrap();
        let told = fsimage(folder, &[command, "image.iso", "--imported-boot", "drop", source]);
        assert!(!told.contains("not kept"), "{told}");
        let image = fs::read(folder.join("image.iso")).unwrap();
        assert!(image[..SYSTEM_AREA].iter().all(|&byte| byte == 0), "{command}");
        let told = info(folder, "image.iso");
        let newest = told["sessions"].as_array().unwrap().last().unwrap();
        assert_eq!((&newest["boot_catalog"], &newest["bootable"]), (&Value::Null, &Value::Bool(false)));
        if let Some(xorriso) = peers::require("xorriso") {
            let told = support::run(&xorriso, folder, &["-indev", "image.iso", "-report_el_torito", "plain"]);
            assert!(!told.contains("El Torito images"), "{told}");
        }
        assert_eq!(fsimage(folder, &["cat", "image.iso", "/more.txt"]), "more");
        // What is dropped does not come back.
        fsimage(folder, &["append", "image.iso", "other.bin"]);
        assert!(fs::read(folder.join("image.iso")).unwrap()[..SYSTEM_AREA].iter().all(|&byte| byte == 0));
    }
}

/// Boot options of a session say what boots instead, and it is told that this is from discs alone.
#[test]
fn boot_options_of_a_session_give_up_what_boots_from_disks() {
    let scene = scene();
    let folder = scene.path();
    for more in [&[][..], &["--partition-offset", "16"]] {
        build(folder, "image.iso", &[&EVERYTHING[..], more].concat());
        let told = fsimage(folder, &["append", "image.iso", "--boot", "uefi=boot/efi.img", "more.txt"]);
        assert!(told.contains("not kept: system area: what boots from a disk is given up"), "{told}");
        let image = fs::read(folder.join("image.iso")).unwrap();
        assert!(image[..SYSTEM_AREA].iter().all(|&byte| byte == 0));
        let told = info(folder, "image.iso");
        let images = &told["sessions"].as_array().unwrap().last().unwrap()["boot_catalog"]["images"];
        let platforms: Vec<_> = images.as_array().unwrap().iter().map(|image| &image["platform"]).collect();
        assert_eq!(platforms, ["UEFI"]);
    }
}

/// The system area of an older session is that of the head which it had, not the newest one.
#[test]
fn an_older_session_boots_as_it_did() {
    let scene = scene();
    let folder = scene.path();
    build(folder, "image.iso", &EVERYTHING);
    fsimage(folder, &["append", "image.iso", "more.txt"]);
    fsimage(folder, &["append", "image.iso", "boot/isolinux.bin=other.bin"]);
    fsimage(folder, &["append", "image.iso", "last.txt=more.txt"]);
    for (session, filling) in [("1", 1), ("2", 1), ("3", 2)] {
        let told = fsimage(folder, &["remaster", "--session", session, "image.iso", "-o", "old.iso"]);
        assert!(!told.contains("not kept"), "{told}");
        let told = info(folder, "old.iso");
        let (area, catalog) = (&told["system_area"], &told["sessions"][0]["boot_catalog"]);
        assert_eq!(area["code_boots_image"], 1);
        assert_eq!(area["findings"].as_array().unwrap(), &[] as &[Value]);
        assert_eq!(problems(folder, "old.iso"), [""; 0]);
        let at = catalog["images"][0]["sector"].as_u64().unwrap() as usize * 2048;
        let image = fs::read(folder.join("old.iso")).unwrap();
        assert_eq!((image[at], image[at + 8999]), (filling, filling));
    }
}

/// The system area that a command takes out of a session, and what it says of it.
fn taken_out(folder: &Path, image: &str, session: &str) -> (Vec<u8>, String) {
    fs::remove_dir_all(folder.join("out")).ok();
    let told = fsimage(folder, &["extract", "--boot-images", "--session", session, image, "-C", "out"]);
    let area = fs::read(folder.join("out/system-area.bin")).unwrap_or_default();
    (area, told)
}

fn info_of(folder: &Path, image: &str, session: &str) -> Value {
    serde_json::from_str(&fsimage(folder, &["info", "--json", "--session", session, image])).unwrap()
}

/// What is told and taken out of an older session is its own system area, where a copy of that was kept.
#[test]
fn an_older_session_is_told_with_its_system_area() {
    let scene = scene();
    let folder = scene.path();
    build(folder, "image.iso", &EVERYTHING);
    let first = fs::read(folder.join("image.iso")).unwrap()[..SYSTEM_AREA].to_vec();
    let described = info(folder, "image.iso")["system_area"].clone();
    fsimage(folder, &["append", "image.iso", "boot/isolinux.bin=other.bin"]);
    let second = fs::read(folder.join("image.iso")).unwrap()[..SYSTEM_AREA].to_vec();
    assert_ne!(first, second);
    let told = info_of(folder, "image.iso", "1");
    assert_eq!(told["system_area"], described);
    assert_eq!(info_of(folder, "image.iso", "2")["system_area"], info(folder, "image.iso")["system_area"]);
    assert_eq!(told["sessions"][0]["boot_catalog"]["images"][1]["size_from"], "file");
    for (session, area) in [("1", &first), ("2", &second)] {
        let (found, told) = taken_out(folder, "image.iso", session);
        assert!(&found == area && !told.contains("system area of session"), "{session}: {told}");
    }
    let told = fsimage(folder, &["info", "--session", "1", "image.iso"]);
    assert!(told.contains("system area\n"), "{told}");

    // Where the first session has no system area, its copy says so.
    build(folder, "plain.iso", &["--boot", "bios=boot/isolinux.bin"]);
    fsimage(folder, &["append", "plain.iso", "more.txt"]);
    let mut image = fs::read(folder.join("plain.iso")).unwrap();
    image[..440].fill(0x90);
    image[510..512].copy_from_slice(&[0x55, 0xAA]);
    fs::write(folder.join("plain.iso"), image).unwrap();
    assert_eq!(info_of(folder, "plain.iso", "1")["system_area"], Value::Null);
    assert_eq!(info_of(folder, "plain.iso", "2")["system_area"]["code"], "unknown");
}

/// On media whose first session lies behind the head, each session begins with a system area of its own. Where none does, that
/// of an older session is not known, and that of the newest one is told as such.
#[test]
fn sessions_behind_a_head_have_system_areas_of_their_own() {
    let scene = scene();
    let folder = scene.path();
    fsimage(folder, &[&["burn", "--drive", "sim:dvd+rw:disc"], &EVERYTHING[..], &["files"]].concat());
    let first = fs::read(folder.join("disc")).unwrap()[..SYSTEM_AREA].to_vec();
    fsimage(folder, &["burn", "--drive", "sim:disc", "boot/isolinux.bin=other.bin"]);
    let mut disc = fs::read(folder.join("disc")).unwrap();
    let second = disc[..SYSTEM_AREA].to_vec();
    assert_ne!(first, second);
    for (session, area) in [("1", &first), ("2", &second)] {
        let (found, told) = taken_out(folder, "sim:disc", session);
        assert!(&found == area && !told.contains("system area of session"), "{session}: {told}");
        let told = info_of(folder, "sim:disc", session);
        assert_eq!(told["system_area"]["code_boots_image"], 1, "{session}");
        assert_eq!(told["system_area"]["findings"], Value::Array(Vec::new()), "{session}");
        let told = fsimage(folder, &["remaster", "--session", session, "sim:disc", "-o", "old.iso"]);
        assert!(!told.contains("system area"), "{told}");
        assert_eq!(problems(folder, "old.iso"), [""; 0]);
    }

    // Where the second session begins with its own, the first one has none.
    disc[32 * 2048..][..SYSTEM_AREA].fill(0);
    fs::write(folder.join("disc"), &disc).unwrap();
    let (found, told) = taken_out(folder, "sim:disc", "1");
    assert!(found.is_empty() && !told.contains("system area of session"), "{told}");
    assert_eq!(info_of(folder, "sim:disc", "1")["system_area"], Value::Null);
    let told = fsimage(folder, &["remaster", "--session", "1", "sim:disc", "-o", "old.iso"]);
    assert!(!told.contains("system area"), "{told}");
    assert!(fs::read(folder.join("old.iso")).unwrap()[..SYSTEM_AREA].iter().all(|&byte| byte == 0));

    // Where it does not, that is not known.
    let newer = disc.chunks(2048).skip(1).position(|sector| sector == &second[..2048]).unwrap() + 1;
    disc[newer * 2048..][..SYSTEM_AREA].fill(0);
    fs::write(folder.join("disc"), disc).unwrap();
    let (found, told) = taken_out(folder, "sim:disc", "1");
    assert!(found == second && told.contains("system area of session 2, for no older one is kept"), "{told}");
    assert_eq!(info_of(folder, "sim:disc", "1")["system_area"]["newer_session"], 2);
    let told = fsimage(folder, &["info", "--session", "1", "sim:disc"]);
    assert!(told.contains("system area of session 2, for no older one is kept"), "{told}");
    let lossy = ["--imported-boot", "lossy", "-o", "old.iso"];
    let told = fsimage(folder, &[&["remaster", "--session", "1", "sim:disc"][..], &lossy].concat());
    assert!(told.contains("no system area is kept of session 1: that of session 2 is taken"), "{told}");
}

/// xorriso has its sessions like that.
#[test]
fn sessions_of_xorriso_have_system_areas_of_their_own() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = scene();
    let folder = scene.path();
    let boots = ["-boot_image", "any", "partition_table=on", "-boot_image", "any", "appended_part_as=gpt"];
    let image = ["-outdev", "image.iso", "-append_partition", "2", "0xef", "files/boot/efi.img"];
    let more = ["-map", "files", "/", "-commit", "-map", "more.txt", "/more.txt", "-end"];
    support::run(&xorriso, folder, &[&image[..], &boots, &more].concat());
    let ends: Vec<_> = ["1", "2"]
        .into_iter()
        .map(|session| {
            let told = info_of(folder, "image.iso", session);
            let area = &told["system_area"];
            assert_eq!(
                (&area["newer_session"], &area["gpt"]["header_right"]),
                (&Value::Null, &Value::Bool(true))
            );
            let partitions = area["gpt"]["partitions"].as_array().unwrap().clone();
            let (found, _) = taken_out(folder, "image.iso", session);
            assert_eq!(&found[512..520], b"EFI PART");
            partitions.last().unwrap()["start"].as_u64().unwrap()
        })
        .collect();
    assert!(ends[0] < ends[1], "{ends:?}");
}

/// Partitions that stay in their table are not said to be lost: they show the earlier state.
#[test]
fn partitions_that_stay_are_not_called_lost() {
    let Some(sgdisk) = peers::require("sgdisk") else { return };
    let scene = scene();
    let folder = scene.path();
    let tables = || {
        let told = support::run(&sgdisk, folder, &["-p", "image.iso"]);
        let rows = told.lines().skip_while(|line| !line.starts_with("Number")).skip(1);
        rows.map(|row| row.split_whitespace().map(str::to_owned).collect()).collect::<Vec<Vec<_>>>()
    };
    let offset = [&EVERYTHING[..], &["--partition-offset", "16"]].concat();
    let apple = [&EVERYTHING[..], &["--fs", "iso9660,rock-ridge,hfsplus"]].concat();
    for options in [offset, apple] {
        build(folder, "image.iso", &options);
        let before = tables();
        let refused = Command::new(env!("CARGO_BIN_EXE_fsimage"))
            .args(["append", "image.iso", "more.txt"])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(!refused.status.success(), "{options:?}");
        let told = fsimage(folder, &["append", "--imported-boot", "lossy", "image.iso", "more.txt"]);
        let stayed: Vec<_> = told.split("stays as it was: partition ").skip(1).collect();
        assert!(!stayed.is_empty(), "{options:?}: {told}");
        for number in stayed.iter().map(|rest| rest.split(' ').next().unwrap()) {
            let row = |tables: Vec<Vec<String>>| tables.into_iter().find(|row| row[0] == number).unwrap();
            assert_eq!(row(tables()), row(before.clone()), "{options:?}");
        }
        assert!(!told.contains("not kept"), "{options:?}: {told}");
    }
}

/// A boot image that Joliet alone shows keeps its name there, also where boot code for disks starts it.
#[test]
fn a_boot_image_of_joliet_alone_keeps_its_name_in_a_hybrid_image() {
    let scene = scene();
    let folder = scene.path();
    build(folder, "image.iso", &[&["--hide", "iso9660=boot/isolinux.bin"][..], &EVERYTHING].concat());
    let told = fsimage(folder, &["remaster", "image.iso", "-o", "anew.iso"]);
    assert!(!told.contains("isolinux"), "{told}");
    let listed = |file_system: &str| fsimage(folder, &["ls", "-R", "--fs", file_system, "anew.iso"]);
    assert!(listed("joliet").contains("isolinux.bin"));
    assert!(!listed("iso9660").to_lowercase().contains("isolinux"));
    assert_eq!(info(folder, "anew.iso")["system_area"]["code_boots_image"], 1);
}

/// What is no boot code is told as none, no empty code is marked to be run, and code of no known kind says what it starts.
#[test]
fn boot_code_is_told_where_there_is_some() {
    let scene = scene();
    let folder = scene.path();
    build(folder, "image.iso", &["--boot", "bios=boot/isolinux.bin", "--partition-table", "mbr"]);
    let area = &info(folder, "image.iso")["system_area"];
    assert_eq!((&area["code"], &area["mbr"][0]["active"]), (&Value::Null, &Value::Bool(false)));
    fs::write(folder.join("files/boot/plain.bin"), vec![0xF4; 2048]).unwrap();
    fs::write(folder.join("plain.mbr"), vec![0xF4; 440]).unwrap();
    build(folder, "plain.iso", &["--boot", "bios=boot/plain.bin", "--hybrid", "--mbr", "plain.mbr"]);
    let told = info(folder, "plain.iso");
    assert_eq!(told["system_area"]["code_boots_image"], Value::Null);
    let sector = told["sessions"][0]["boot_catalog"]["images"][0]["sector"].as_u64().unwrap();
    for behind in [0, 4] {
        let mut image = fs::read(folder.join("plain.iso")).unwrap();
        image[432..440].copy_from_slice(&(sector * 4 + behind).to_le_bytes());
        fs::write(folder.join("told.iso"), image).unwrap();
        let area = &info(folder, "told.iso")["system_area"];
        assert_eq!((&area["code"], &area["code_boots_image"]), (&Value::from("unknown"), &Value::from(1)));
    }
}
