//! What is said of what boots, where that is replaced, lost, or asked for twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use fsimage::{
    BootImage, BootOptions, BootPlatform, BootSource, CatalogPlace, Control, Item, ItemOptions, LayoutPlan,
    PlanOptions, Tree, write_image,
};
use serde_json::Value;
use support::stand_ins::{EVERYTHING, bootable, fat, isolinux};
use support::{fsimage, run};
use tempfile::TempDir;

const STAYS: &str = "it still leads to what was replaced, and from a disk that boots";
const GIVEN_UP: &str = "it still leads to what booted before, and from a disk that boots";

/// Host files: a folder that boots with BIOS and UEFI, others of these, and code that starts the one of BIOS from a disk.
fn scene() -> TempDir {
    let scene = bootable();
    let at = |name: &str| scene.path().join(name);
    fs::write(at("efi2.img"), fat(2)).unwrap();
    fs::write(at("other.bin"), isolinux(2)).unwrap();
    fs::write(at("grub.img"), grub()).unwrap();
    scene
}

/// As much of GRUB's loader for BIOS as tells it from other files.
fn grub() -> Vec<u8> {
    let mut loader = vec![3; 9000];
    for (at, text) in [(256, &b"no boot info"[..]), (320, b"cdrom read fails")] {
        loader[at..at + text.len()].copy_from_slice(text);
    }
    loader
}

fn build(folder: &Path) {
    fsimage(folder, &[&["build", "-q", "-o", "image.iso"], &EVERYTHING[..], &["files"]].concat());
}

fn burn(folder: &Path, arguments: &[&str]) -> String {
    fsimage(folder, &[&["burn", "--drive", "sim:dvd+r:disc"], arguments].concat())
}

#[track_caller]
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_fsimage")).args(arguments).current_dir(folder).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
    told
}

/// On media that are written once, what boots from a disk stays: told is what differs from what the boot options name.
#[test]
fn what_is_named_again_is_not_told() {
    let scene = scene();
    let folder = scene.path();
    let code = format!("boot code for disks: {GIVEN_UP}");
    let partition = format!("partition 1 of the GPT: {GIVEN_UP}");
    let [bios, uefi] = ["bios=boot/isolinux.bin", "uefi=boot/efi.img"];
    for (options, is_told) in [
        (&["--boot", bios, "--boot", uefi][..], [false, false]),
        (&["--boot", bios], [false, true]),
        (&["--boot", uefi], [true, false]),
        (&["--boot", "bios=other.bin", "--boot", uefi, "other.bin"], [true, false]),
        (&["--boot", bios, "--boot", uefi, "boot/efi.img=efi2.img"], [false, true]),
        (&["--imported-boot", "drop"], [true, true]),
    ] {
        burn(folder, &[&EVERYTHING[..], &["files"]].concat());
        let told = burn(folder, &[options, &["more.txt"]].concat());
        assert_eq!([told.contains(&code), told.contains(&partition)], is_told, "{options:?}: {told}");
        for file in ["disc", "disc.medium"] {
            fs::remove_file(folder.join(file)).unwrap();
        }
    }
}

/// What can have nothing else in its place is not said to follow.
#[test]
fn what_cannot_follow_is_said_to_stay() {
    let scene = scene();
    let folder = scene.path();
    for (replacement, what, later, reason) in [
        (
            "boot/isolinux.bin=grub.img",
            "boot code for disks",
            "from a disk it starts what it did before",
            "it starts ISOLINUX, and what replaces its boot image is GRUB 2",
        ),
        (
            "boot/efi.img=more.txt",
            "partition 1 of the GPT",
            STAYS,
            "it holds a FAT file system, and what replaces the file in it is none",
        ),
    ] {
        burn(folder, &[&EVERYTHING[..], &["files"]].concat());
        let boot: &[&str] = if what.starts_with("boot") { &[] } else { &["--imported-boot", "lossy"] };
        for (source, stays) in [(replacement, STAYS), ("again.txt=more.txt", later)] {
            let told = burn(folder, &[boot, &[source]].concat());
            let stays =
                format!("stays as it was: {what}: {stays}; 'copy' and 'remaster' cannot keep it: {reason}");
            assert!(told.contains(&stays), "{replacement} {source}: {told}");
        }
        for command in ["copy", "remaster"] {
            let told = refused(folder, &[command, "sim:disc", "-o", "new.iso"]);
            assert!(told.contains(reason), "{command} {replacement}: {told}");
        }
        for file in ["disc", "disc.medium"] {
            fs::remove_file(folder.join(file)).unwrap();
        }
    }
}

/// The option that is to be left out is named, and none that is given.
#[test]
fn what_makes_a_loss_an_error_is_named() {
    let scene = scene();
    let folder = scene.path();
    build(folder);
    let line = ["remaster", "image.iso", "-o", "new.iso", "--remove", "boot/isolinux.bin"];
    for (options, named, advice) in [
        (
            &[][..],
            "--imported-boot keep: ",
            "with --imported-boot lossy the rest is kept, with drop nothing of it",
        ),
        (
            &["--strict"],
            "--strict: ",
            "with --imported-boot lossy, and without --strict, the rest is kept, with drop nothing of it",
        ),
        (&["--strict", "--imported-boot", "lossy"], "--strict: ", "; without --strict the rest is kept"),
    ] {
        let told = refused(folder, &[&line[..], options].concat());
        assert!(told.contains(named) && told.trim_end().ends_with(advice), "{options:?}: {told}");
        let gives_lossy = options.contains(&"lossy");
        assert!(!gives_lossy || !told.contains("--imported-boot"), "{options:?}: {told}");
    }
}

#[test]
fn partitions_are_named_by_their_numbers() {
    let scene = scene();
    let folder = scene.path();
    build(folder);
    fs::write(folder.join("empty"), "").unwrap();
    let remaster = |partitions: &[&str]| {
        refused(folder, &[&["remaster", "image.iso", "-o", "new.iso"], partitions].concat())
    };
    let append = "--append-partition";
    let told = remaster(&[append, "3", "linux", "more.txt", append, "3", "linux", "mbr.bin"]);
    assert!(told.contains("appended partition 3: there are two of this number"), "{told}");
    let told = remaster(&[append, "4", "linux", "empty"]);
    assert!(told.contains("appended partition 4: it is empty"), "{told}");
}

#[test]
fn where_a_boot_record_leads_is_told() {
    let scene = scene();
    let folder = scene.path();
    build(folder);
    let path = folder.join("image.iso");
    let mut image = fs::read(&path).unwrap();
    let record = (16..).map(|sector| sector * 2048).find(|&at| image[at..].starts_with(b"\0CD001")).unwrap();
    image[record + 0x47..record + 0x4b].fill(0xFF);
    fs::write(&path, image).unwrap();
    let sectors = fs::metadata(&path).unwrap().len() / 2048;
    let told = refused(folder, &["remaster", "image.iso", "-o", "new.iso"]);
    let leads = format!("the boot record leads to sector 4294967295, and the image ends at sector {sectors}");
    assert!(told.contains(&leads), "{told}");
}

/// An image whose boot catalog has two names.
fn with_two_names(folder: &Path) {
    let mut tree = Tree::new();
    let host = folder.join("files/boot/isolinux.bin");
    let mut add = |path: &str, item| tree.add(path, item, &ItemOptions::default()).unwrap();
    let loader = add("/boot/isolinux.bin", Item::HostFile(&host));
    let catalog = add("/boot/old.cat", Item::BootCatalog(2048));
    add("/other.cat", Item::HardLink(catalog));
    let boot = BootOptions {
        images: vec![BootImage::new(BootSource::File(loader), BootPlatform::X86)],
        catalog: CatalogPlace::File(catalog),
        ..BootOptions::default()
    };
    let plan = LayoutPlan::new(&tree, PlanOptions { boot: Some(boot), ..PlanOptions::default() }).unwrap();
    write_image(&plan, &folder.join("image.iso"), &Control::default()).unwrap();
}

/// A boot catalog that gets another name is a new file, and the old one is gone with all its names.
#[test]
fn a_boot_catalog_that_moves_is_dated() {
    let scene = scene();
    let folder = scene.path();
    with_two_names(folder);
    let files = |image: &str| {
        let listed: Value = serde_json::from_str(&fsimage(folder, &["ls", "--json", "-R", image])).unwrap();
        let files = listed.as_array().unwrap().iter().filter(|one| one["type"] == "f");
        files.map(|one| (one["path"].as_str().unwrap().to_owned(), one["mtime"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(files("image.iso").len(), 3);
    for (catalog, names) in [
        ("boot/new.cat", &["/boot/isolinux.bin", "/boot/new.cat"][..]),
        ("hidden", &["/boot/isolinux.bin"]),
        // The one or the other, it is where it is to be.
        ("other.cat", &["/boot/isolinux.bin", "/boot/old.cat", "/other.cat"]),
    ] {
        fsimage(folder, &["remaster", "image.iso", "-q", "-o", "new.iso", "--boot-catalog", catalog]);
        let found = files("new.iso");
        assert_eq!(found.iter().map(|(path, _)| path).collect::<Vec<_>>(), names, "{catalog}");
        let date = found.iter().find(|(path, _)| path == "/boot/new.cat").map(|(_, date)| date.clone());
        assert_eq!(date, (catalog == "boot/new.cat").then_some(1_700_000_000.into()));
        let Some(xorriso) = peers::require("xorriso") else { return };
        let told = run(&xorriso, folder, &["-indev", "new.iso", "-report_el_torito", "plain"]);
        assert_eq!(
            told.contains(&format!("El Torito cat path : /{catalog}")),
            catalog == "boot/new.cat",
            "{told}"
        );
    }
}
