//! What boots of media that are written once, whose system area stays that of their first session when later ones have replaced
//! what it starts: told while they grow, and mended in what is made of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::fsimage;
use support::stand_ins::{EVERYTHING, bootable, fat, isolinux};
use tempfile::TempDir;

const STAYS: &str = "it still leads to what was replaced, and from a disk that boots";
const GIVEN_UP: &str = "it still leads to what booted before, and from a disk that boots";

/// Host files: a folder that boots with BIOS and UEFI, others of these, and code that starts the one of BIOS from a disk.
fn scene() -> TempDir {
    let scene = bootable();
    let at = |name: &str| scene.path().join(name);
    fs::write(at("efi2.img"), fat(2)).unwrap();
    fs::write(at("other.bin"), isolinux(2)).unwrap();
    scene
}

fn burn(folder: &Path, arguments: &[&str]) -> String {
    fsimage(folder, &[&["burn", "--drive", "sim:dvd+r:disc"], arguments].concat())
}

fn remove(folder: &Path, names: &[&str]) {
    names.iter().for_each(|name| fs::remove_file(folder.join(name)).unwrap());
}

/// The bytes of a partition, by what `sgdisk` says of it.
fn partition(folder: &Path, image: &str, number: &str) -> Option<Vec<u8>> {
    let sgdisk = peers::require("sgdisk")?;
    let told = support::run(&sgdisk, folder, &["-i", number, image]);
    let sector = |name: &str| {
        let line = told.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(2).unwrap().parse::<usize>().unwrap()
    };
    let image = fs::read(folder.join(image)).unwrap();
    Some(image[sector("First sector") * 512..(sector("Last sector") + 1) * 512].to_vec())
}

/// The boot image of UEFI that El Torito leads to, by what `xorriso` says of it.
fn of_el_torito(folder: &Path, image: &str) -> Option<Vec<u8>> {
    let xorriso = peers::require("xorriso")?;
    let told = support::run(&xorriso, folder, &["-indev", image, "-report_el_torito", "plain"]);
    let line =
        told.lines().find(|line| line.starts_with("El Torito boot img") && line.contains(" UEFI ")).unwrap();
    let at = line.split_whitespace().last().unwrap().parse::<usize>().unwrap();
    Some(fs::read(folder.join(image)).unwrap().split_off(at * 2048))
}

fn info(folder: &Path, target: &str) -> Value {
    serde_json::from_str(&fsimage(folder, &["info", "--json", target])).unwrap()
}

/// The new images of a disc that boot from disk and disc, made in all ways.
fn made_anew(folder: &Path, check: &dyn Fn(&str, &str)) {
    let ways: [&[&str]; 3] = [&["copy", "--strict"], &["remaster", "--strict"], &["copy", "--sessions"]];
    for way in ways {
        fsimage(folder, &[way, &["-q", "sim:disc", "-o", "new.iso"]].concat());
        check("new.iso", &format!("{way:?}"));
        remove(folder, &["new.iso"]);
    }
}

/// The ESP is the boot image that a later session has under its name.
#[test]
fn a_partition_follows_the_file_that_replaces_its_boot_image() {
    let scene = scene();
    let folder = scene.path();
    burn(folder, &["--boot", "uefi=boot/efi.img", "--hybrid", "files"]);
    let told = burn(folder, &["boot/efi.img=efi2.img"]);
    assert!(told.contains(&format!("stays as it was: partition 1 of the GPT: {STAYS}")), "{told}");
    let told = burn(folder, &["more.txt"]);
    assert!(told.contains(STAYS), "a session that replaces nothing: {told}");
    made_anew(folder, &|image, way| {
        let Some(found) = partition(folder, image, "1") else { return };
        assert!(found == fat(2), "{way}");
        assert!(of_el_torito(folder, image).is_none_or(|found| found.starts_with(&fat(2))), "{way}");
        assert_eq!(info(folder, image)["system_area"]["findings"], Value::Array(Vec::new()), "{way}");
    });

    // On a medium that is written once, all sessions of the copy have the system area of the first.
    let told = fsimage(folder, &["copy", "--sessions", "sim:disc", "--drive", "sim:cd-r:copy"]);
    assert_eq!(told.matches(STAYS).count(), 2, "{told}");
}

/// An appended ESP, which no file is, is the boot image that has its place in the catalog.
#[test]
fn a_partition_follows_the_boot_image_that_has_its_place_in_the_catalog() {
    let scene = scene();
    let folder = scene.path();
    let efi =
        ["--boot-image", "partition:2,platform=uefi", "--append-partition", "2", "efi", "files/boot/efi.img"];
    burn(folder, &[&efi[..], &["--hybrid", "files"]].concat());
    let told = burn(folder, &["--boot", "uefi=@efi2.img", "more.txt"]);
    assert!(told.contains(&format!("stays as it was: partition 2 of the GPT: {GIVEN_UP}")), "{told}");
    made_anew(folder, &|image, way| {
        let Some(found) = partition(folder, image, "2") else { return };
        assert!(found == fat(2), "{way}");
        assert!(of_el_torito(folder, image).is_none_or(|found| found.starts_with(&fat(2))), "{way}");
    });
}

/// Boot code starts the loader that a later session has under its name.
#[test]
fn boot_code_follows_the_loader_that_replaces_its_own() {
    let scene = scene();
    let folder = scene.path();
    burn(folder, &[&EVERYTHING[..], &["files"]].concat());
    let told = burn(folder, &["boot/isolinux.bin=other.bin"]);
    assert!(told.contains(&format!("stays as it was: boot code for disks: {STAYS}")), "{told}");
    made_anew(folder, &|image, way| {
        let bytes = fs::read(folder.join(image)).unwrap();
        let address = u64::from_le_bytes(bytes[432..440].try_into().unwrap()) as usize * 512;
        assert_eq!((bytes[address], bytes[address + 8999]), (2, 2), "{way}");
        // It is told where it lies.
        let table = u32::from_le_bytes(bytes[address + 12..address + 16].try_into().unwrap());
        assert_eq!(table as usize * 2048, address, "{way}");
        assert_eq!(info(folder, image)["system_area"]["code_boots_image"], 1, "{way}");
        assert!(partition(folder, image, "1").is_none_or(|found| found == fat(1)), "{way}");
    });
}

/// A later session says by other names what boots, and the boot images of the first are still shown.
#[test]
fn what_boots_under_another_name_is_followed_beside_the_old() {
    let scene = scene();
    let folder = scene.path();
    burn(folder, &[&EVERYTHING[..], &["files"]].concat());
    let other = ["--boot", "bios=boot/other.bin", "--boot", "uefi=boot/efi2.img"];
    let told = burn(folder, &[&other[..], &["boot/other.bin=other.bin", "boot/efi2.img=efi2.img"]].concat());
    assert_eq!(told.matches(GIVEN_UP).count(), 2, "{told}");
    made_anew(folder, &|image, way| boots_the_second(folder, image, way));
    let told = burn(folder, &["more.txt"]);
    assert_eq!(told.matches(STAYS).count(), 2, "a session that changes nothing: {told}");
}

/// One of two names (hard links) of a boot image is replaced, and the other still shows the old one.
#[test]
fn the_name_that_is_replaced_is_followed_beside_another_of_the_same_file() {
    let scene = scene();
    let folder = scene.path();
    for name in ["isolinux.bin", "efi.img"] {
        fs::hard_link(
            folder.join("files/boot").join(name),
            folder.join("files/boot").join(format!("z-{name}")),
        )
        .unwrap();
    }
    burn(folder, &[&EVERYTHING[..], &["files"]].concat());
    burn(folder, &["boot/isolinux.bin=other.bin", "boot/efi.img=efi2.img"]);
    made_anew(folder, &|image, way| boots_the_second(folder, image, way));
}

fn boots_the_second(folder: &Path, image: &str, way: &str) {
    let bytes = fs::read(folder.join(image)).unwrap();
    let address = u64::from_le_bytes(bytes[432..440].try_into().unwrap()) as usize * 512;
    assert_eq!((bytes[address], bytes[address + 8999]), (2, 2), "{way}");
    assert_eq!(info(folder, image)["system_area"]["code_boots_image"], 1, "{way}");
    boots_efi_of_two(folder, image, way);
}

/// What boots is taken out and given anew, by one command, in a further session and in a new image.
#[test]
fn what_is_removed_and_given_again_boots() {
    let scene = scene();
    let folder = scene.path();
    fs::write(folder.join("files/later.img"), fat(2)).unwrap();
    fs::create_dir(folder.join("new")).unwrap();
    fs::write(folder.join("new/efi.img"), fat(2)).unwrap();
    fs::write(folder.join("new/isolinux.bin"), isolinux(1)).unwrap();
    let second = &[&EVERYTHING[..], &["files", "boot/efi.img=efi2.img"]].concat();
    let first = &[&EVERYTHING[..], &["files"]].concat();
    let cases: [(&[&str], &[&str], &[&str]); 4] = [
        (first, &["more.txt"], &["--remove", "boot/efi.img", "boot/efi.img=efi2.img"]),
        (first, &["more.txt"], &["--remove", "boot", "boot=new"]),
        (first, &["more.txt"], &["--remove", "boot/efi.img", "--move", "later.img=boot/efi.img"]),
        (second, &["boot/efi.img=files/boot/efi.img"], &["--restore", "1:boot/efi.img"]),
    ];
    for (first, then, given) in cases {
        for drive in ["sim:dvd+r:disc", "sim:bd-re:disc"] {
            for arguments in [first, then, given] {
                fsimage(folder, &[&["burn", "--drive", drive], arguments].concat());
            }
            fsimage(folder, &["copy", "-q", "sim:disc", "-o", "new.iso"]);
            boots_efi_of_two(folder, "new.iso", &format!("{given:?} {drive}"));
            remove(folder, &["disc", "disc.medium", "new.iso"]);
        }
        fsimage(folder, &[&["build", "-o", "image.iso"], first].concat());
        fsimage(folder, &[&["append", "image.iso"], then].concat());
        fsimage(folder, &[&["remaster", "image.iso", "-o", "new.iso"], given].concat());
        boots_efi_of_two(folder, "new.iso", &format!("remaster {given:?}"));
        fsimage(folder, &[&["append", "image.iso"], given].concat());
        boots_efi_of_two(folder, "image.iso", &format!("append {given:?}"));
        remove(folder, &["image.iso", "new.iso"]);
    }
}

fn boots_efi_of_two(folder: &Path, image: &str, way: &str) {
    assert!(of_el_torito(folder, image).is_none_or(|found| found.starts_with(&fat(2))), "{way}");
    assert!(partition(folder, image, "1").is_none_or(|found| found == fat(2)), "{way}");
}

/// What cannot be in its place is refused, and named.
#[test]
fn what_cannot_follow_is_named() {
    let scene = scene();
    let folder = scene.path();
    fs::write(folder.join("no.fat"), vec![7; 100_000]).unwrap();
    burn(folder, &[&EVERYTHING[..], &["files"]].concat());
    burn(folder, &["--imported-boot", "lossy", "boot/efi.img=no.fat"]);
    let copied = |options: &[&str]| {
        let line = [&["copy", "sim:disc", "-o", "new.iso"], options].concat();
        let out =
            Command::new(env!("CARGO_BIN_EXE_fsimage")).args(line).current_dir(folder).output().unwrap();
        (out.status.success(), String::from_utf8(out.stderr).unwrap())
    };
    let lost = "partition 1 of the GPT: it holds a FAT file system, and what replaces the file in it is none";
    for (options, is_made) in [(&[][..], false), (&["--lossy-boot"], true)] {
        let (was_made, told) = copied(options);
        assert_eq!(was_made, is_made, "{told}");
        assert!(told.contains(lost), "{told}");
    }
    let gpt = &info(folder, "new.iso")["system_area"]["gpt"];
    assert_eq!(gpt["partitions"], Value::Array(Vec::new()), "{gpt}");
}
