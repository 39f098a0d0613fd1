//! Boot images that are replaced by others: what tells them where they lie goes with them, or the call fails.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::loaders::{Loader, MARK, sources};
use support::{Bus, Firmware, fsimage, says};

const BY_INTENT: [&str; 7] =
    ["--boot", "bios=boot/bios.img", "--boot", "uefi=boot/efi.img", "--hybrid", "--mbr", "mbr.bin"];

/// What the program says of a call that fails.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_fsimage")).args(arguments).current_dir(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// ISOLINUX in the place of GRUB, and the other way round: the boot code of the disk starts only the one that was there.
#[test]
fn another_loader_is_not_started_by_the_boot_code_that_is_kept() {
    let (Some(grub), Some(isolinux)) = (sources(Loader::Grub), sources(Loader::Isolinux)) else { return };
    for (before, after, whose) in
        [(&grub, &isolinux, ["GRUB 2", "ISOLINUX"]), (&isolinux, &grub, ["ISOLINUX", "GRUB 2"])]
    {
        let folder = before.path();
        fsimage(folder, &[&["build", "files", "-o", "image.iso", "--quiet"][..], &BY_INTENT].concat());
        let loader = format!("boot/bios.img={}", after.path().join("files/boot/bios.img").display());
        let menu = after.path().join("files/isolinux");
        let mut sources = vec![loader.as_str()];
        let menu = format!("isolinux={}", menu.display());
        if whose[1] == "ISOLINUX" {
            sources.push(&menu);
        }
        for append in [false, true] {
            fs::copy(folder.join("image.iso"), folder.join("new.iso")).unwrap();
            let command: &[&str] =
                if append { &["append", "new.iso"] } else { &["remaster", "image.iso", "-o", "new.iso"] };
            let told = refused(folder, &[command, &sources[..]].concat());
            let reason = format!("it starts {}, and what replaces its boot image is {}", whose[0], whose[1]);
            assert!(told.contains(&reason), "{told}");
            // Without that code it boots from a disc, for there its own needs are met.
            let told = fsimage(folder, &[command, &sources[..], &["--imported-boot", "lossy"]].concat());
            assert!(told.contains(&reason), "{told}");
            let image = folder.join("new.iso");
            assert_eq!(fs::read(&image).unwrap()[..440], [0; 440]);
            says(&image, Firmware::Bios, Bus::CdRom, MARK);
        }
        // With the code that starts it, it boots from a disk as well.
        let mbr = after.path().join("mbr.bin");
        let command = ["remaster", "image.iso", "-o", "new.iso", "--quiet"];
        let boot = [&BY_INTENT[..6], &[mbr.to_str().unwrap()]].concat();
        fsimage(folder, &[&command[..], &sources[..], &boot].concat());
        says(&folder.join("new.iso"), Firmware::Bios, Bus::Disk, MARK);
    }
}

/// UEFI finds a FAT file system in its boot image, or nothing.
#[test]
fn what_is_no_fat_file_system_does_not_replace_one() {
    let Some(scene) = sources(Loader::Grub) else { return };
    let folder = scene.path();
    fsimage(folder, &[&["build", "files", "-o", "image.iso", "--quiet"][..], &BY_INTENT].concat());
    fs::write(folder.join("noise"), vec![0xA7; 70_000]).unwrap();
    let command = ["remaster", "image.iso", "-o", "new.iso", "boot/efi.img=noise"];
    let told = refused(folder, &command);
    assert!(told.contains("boot image 2: UEFI boots a FAT file system"), "{told}");
    assert!(told.contains("partition 1 of the GPT: it holds a FAT file system"), "{told}");
    fsimage(folder, &[&command[..], &["--imported-boot", "lossy"]].concat());
    let told = fsimage(folder, &["info", "new.iso"]);
    assert!(!told.contains("UEFI") && !told.contains("EFI"), "{told}");
    says(&folder.join("new.iso"), Firmware::Bios, Bus::Disk, MARK);
    // Another FAT file system is none of this.
    fs::copy(folder.join("files/boot/efi.img"), folder.join("other.img")).unwrap();
    fsimage(folder, &["remaster", "image.iso", "-o", "new.iso", "boot/efi.img=other.img", "--quiet"]);
    says(&folder.join("new.iso"), Firmware::Uefi, Bus::Disk, MARK);
}
