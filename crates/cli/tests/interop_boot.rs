//! Images that are made by intent boot: from disc and disk, with BIOS and UEFI, by ISOLINUX and GRUB.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::loaders::{GRUB_CONFIG, Loader, MARK, sources};
use support::{Bus, Firmware, fsimage, run, says};

/// The arguments of an image by intent.
const BY_INTENT: [&str; 7] =
    ["--boot", "bios=boot/bios.img", "--boot", "uefi=boot/efi.img", "--hybrid", "--mbr", "mbr.bin"];

fn build(folder: &Path, more: &[&str]) {
    let arguments = ["build", "files", "-o", "image.iso", "--quiet"];
    fsimage(folder, &arguments.into_iter().chain(more.iter().copied()).collect::<Vec<_>>());
}

/// Whether the guest says what it is to say on its serial line.
fn boot(image: &Path, firmware: Firmware, bus: Bus) {
    says(image, firmware, bus, MARK);
}

fn boots(loader: Loader, firmware: Firmware, bus: Bus) {
    let Some(scene) = sources(loader) else { return };
    build(scene.path(), &BY_INTENT);
    boot(&scene.path().join("image.iso"), firmware, bus);
}

#[test]
fn isolinux_bios_disc() {
    boots(Loader::Isolinux, Firmware::Bios, Bus::CdRom);
}

#[test]
fn isolinux_bios_disk() {
    boots(Loader::Isolinux, Firmware::Bios, Bus::Disk);
}

#[test]
fn isolinux_uefi_disc() {
    boots(Loader::Isolinux, Firmware::Uefi, Bus::CdRom);
}

#[test]
fn isolinux_uefi_disk() {
    boots(Loader::Isolinux, Firmware::Uefi, Bus::Disk);
}

#[test]
fn grub_bios_disc() {
    boots(Loader::Grub, Firmware::Bios, Bus::CdRom);
}

#[test]
fn grub_bios_disk() {
    boots(Loader::Grub, Firmware::Bios, Bus::Disk);
}

#[test]
fn grub_uefi_disc() {
    boots(Loader::Grub, Firmware::Uefi, Bus::CdRom);
}

#[test]
fn grub_uefi_disk() {
    boots(Loader::Grub, Firmware::Uefi, Bus::Disk);
}

/// HFS+ is a partition behind that of UEFI, and does not keep firmware from that.
#[test]
fn beside_hfs_plus_it_boots_as_before() {
    let Some(sgdisk) = peers::require("sgdisk") else { return };
    let Some(scene) = sources(Loader::Grub) else { return };
    let more = ["--fs", "iso9660,rock-ridge,joliet,udf,hfsplus", "--apple-partition-map"];
    build(scene.path(), &[&BY_INTENT[..], &more].concat());
    let image = scene.path().join("image.iso");
    let told = run(&sgdisk, scene.path(), &["-v", "-p", image.to_str().unwrap()]);
    let has = |kind: &str| told.contains(kind);
    assert!(has("No problems found") && has(" EF00 ") && has(" AF00 "), "{told}");
    boot(&image, Firmware::Uefi, Bus::Disk);
    boot(&image, Firmware::Uefi, Bus::CdRom);
    boot(&image, Firmware::Bios, Bus::Disk);
}

/// The form of old: partitions in the master boot record alone.
#[test]
fn isohybrid_of_old_boots_from_a_disk() {
    let Some(scene) = sources(Loader::Isolinux) else { return };
    build(scene.path(), &["--boot", "bios=boot/bios.img", "--hybrid", "--mbr", "mbr.bin"]);
    boot(&scene.path().join("image.iso"), Firmware::Bios, Bus::Disk);
}

/// UEFI finds an EFI system partition behind the file system, from disc and disk.
#[test]
fn an_appended_partition_boots() {
    let Some(scene) = sources(Loader::Grub) else { return };
    let folder = scene.path();
    fs::rename(folder.join("files/boot/efi.img"), folder.join("efi.img")).unwrap();
    build(
        folder,
        &[
            "--append-partition",
            "2",
            "efi",
            "efi.img",
            "--boot",
            "uefi=partition:2",
            "--boot",
            "bios=boot/bios.img",
            "--hybrid",
            "--mbr",
            "mbr.bin",
        ],
    );
    boot(&folder.join("image.iso"), Firmware::Uefi, Bus::Disk);
    boot(&folder.join("image.iso"), Firmware::Uefi, Bus::CdRom);
    boot(&folder.join("image.iso"), Firmware::Bios, Bus::Disk);
}

/// An image whose partition can be mounted by itself, by the call of live-build.
#[test]
fn an_image_with_a_partition_offset_boots() {
    let Some(scene) = sources(Loader::Isolinux) else { return };
    let call = "-as mkisofs -quiet -R -r -J -joliet-long -l -cache-inodes -iso-level 3 -isohybrid-mbr mbr.bin \
                -partition_offset 16 -b boot/bios.img -c boot/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table \
                -eltorito-alt-boot -e boot/efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus -o \
                image.iso files";
    fsimage(scene.path(), &call.split_whitespace().collect::<Vec<_>>());
    let image = scene.path().join("image.iso");
    boot(&image, Firmware::Bios, Bus::CdRom);
    boot(&image, Firmware::Bios, Bus::Disk);
    boot(&image, Firmware::Uefi, Bus::Disk);
}

/// The same by intent, and as mkisofs with a GPT alone: the partition is cut around the boot image of UEFI.
#[test]
fn an_image_with_a_partition_offset_and_a_gpt_boots() {
    let Some(sgdisk) = peers::require("sgdisk") else { return };
    let Some(scene) = sources(Loader::Grub) else { return };
    let folder = scene.path();
    let image = folder.join("image.iso");
    let call = "-as mkisofs -quiet -R -J -partition_offset 16 -b boot/bios.img -no-emul-boot -boot-load-size 4 \
                -boot-info-table --grub2-boot-info --grub2-mbr mbr.bin -eltorito-alt-boot -e boot/efi.img \
                -efi-boot-part --efi-boot-image -no-emul-boot -o image.iso files";
    for by_intent in [true, false] {
        if by_intent {
            build(folder, &[&BY_INTENT[..], &["--partition-offset", "16"]].concat());
        } else {
            fsimage(folder, &call.split_whitespace().collect::<Vec<_>>());
        }
        let told = run(&sgdisk, folder, &["-v", "image.iso"]);
        assert!(told.contains("No problems found"), "{told}");
        boot(&image, Firmware::Uefi, Bus::Disk);
        boot(&image, Firmware::Bios, Bus::Disk);
    }
}

/// grub-mkrescue with this project's program in the place of xorriso.
#[test]
fn an_image_of_grub_mkrescue_boots() {
    let Some([mkrescue, _bios, _uefi, _mtools]) =
        peers::require_all(["grub-mkrescue", "grub-bios", "grub-uefi", "mtools"])
    else {
        return;
    };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("files/boot/grub")).unwrap();
    fs::write(folder.join("files/mark.txt"), format!("{MARK}\n")).unwrap();
    fs::write(folder.join("files/boot/grub/grub.cfg"), GRUB_CONFIG).unwrap();
    let program = format!("--xorriso={}", env!("CARGO_BIN_EXE_fsimage"));
    run(&mkrescue, folder, &[&program, "-o", "image.iso", "files"]);
    for firmware in [Firmware::Bios, Firmware::Uefi] {
        for bus in [Bus::CdRom, Bus::Disk] {
            boot(&folder.join("image.iso"), firmware, bus);
        }
    }
}

#[test]
fn hybrid_images_please_sgdisk_and_xorriso() {
    let Some([sgdisk, xorriso]) = peers::require_all(["sgdisk", "xorriso"]) else { return };
    for loader in [Loader::Isolinux, Loader::Grub] {
        let Some(scene) = sources(loader) else { return };
        let folder = scene.path();
        let appended = ["--fs", "iso9660,rock-ridge,udf", "--append-partition", "2", "linux", "mbr.bin"];
        for more in [&[][..], &appended[..2], &appended, &["--apple-partition-map"]] {
            build(folder, &BY_INTENT.iter().chain(more).copied().collect::<Vec<_>>());
            let told = run(&sgdisk, folder, &["-v", "image.iso"]);
            assert!(told.contains("No problems found"), "{told}");
            let reports = ["-report_el_torito", "plain", "-report_system_area", "plain"];
            let told = run(&xorriso, folder, &[&["-indev", "image.iso"][..], &reports].concat());
            assert!(told.contains("El Torito img path :   1  /boot/bios.img"), "{told}");
            assert!(told.contains("El Torito img path :   2  /boot/efi.img"), "{told}");
            assert!(told.contains("boot-info-table"), "{told}");
            assert!(told.contains("GPT partition path :   1  /boot/efi.img"), "{told}");
            assert!(!told.contains("problems"), "{told}");
            let whose = if loader == Loader::Grub { "grub2-mbr" } else { "isohybrid" };
            assert!(told.contains(whose), "{told}");
        }
    }
}

/// Partitions in both tables overlap, and have to: in the isohybrid images of xorriso they do as well.
#[test]
fn partitions_in_both_tables_overlap_as_those_of_xorriso() {
    let Some([sgdisk, xorriso]) = peers::require_all(["sgdisk", "xorriso"]) else { return };
    let Some(scene) = sources(Loader::Isolinux) else { return };
    let folder = scene.path();
    let problems = |image: &str| -> Vec<String> {
        // With problems its exit status is not 0.
        let out = Command::new(sgdisk.path()).args(["-v", image]).current_dir(folder).output().unwrap();
        let told = String::from_utf8(out.stdout).unwrap();
        told.lines().filter(|line| line.starts_with("Problem")).map(str::to_owned).collect()
    };
    build(folder, &[&BY_INTENT[..], &["--partition-table", "hybrid"]].concat());
    let call = "-as mkisofs -quiet -o theirs.iso -isohybrid-mbr mbr.bin -c boot.cat -b boot/bios.img -no-emul-boot \
                -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e boot/efi.img -no-emul-boot \
                -isohybrid-gpt-basdat files";
    run(&xorriso, folder, &call.split_whitespace().collect::<Vec<_>>());
    let ours = problems("image.iso");
    assert_eq!(ours, ["Problem: MBR partitions 1 and 2 overlap!"]);
    assert!(problems("theirs.iso").starts_with(&ours));
    build(folder, &[&BY_INTENT[..], &["--partition-table", "gpt"]].concat());
    assert_eq!(problems("image.iso"), [""; 0]);
}

#[test]
fn info_explains_what_xorriso_and_genisoimage_write() {
    let Some([xorriso, genisoimage]) = peers::require_all(["xorriso", "genisoimage"]) else { return };
    let Some(scene) = sources(Loader::Grub) else { return };
    let folder = scene.path();
    let boot: PathBuf = folder.join("mbr.bin");
    let code = boot.to_str().unwrap();
    run(
        &xorriso,
        folder,
        &[
            "-as",
            "mkisofs",
            "-quiet",
            "-o",
            "foreign.iso",
            "-b",
            "boot/bios.img",
            "-c",
            "boot/boot.cat",
            "-no-emul-boot",
            "-boot-load-size",
            "4",
            "-boot-info-table",
            "--grub2-boot-info",
            "--grub2-mbr",
            code,
            "-eltorito-alt-boot",
            "-e",
            "boot/efi.img",
            "-no-emul-boot",
            "-append_partition",
            "2",
            "0xef",
            "files/boot/efi.img",
            "-appended_part_as_gpt",
            "files",
        ],
    );
    let told: serde_json::Value =
        serde_json::from_str(&fsimage(folder, &["info", "--json", "foreign.iso"])).unwrap();
    let catalog = &told["sessions"][0]["boot_catalog"];
    assert_eq!(catalog["path"], "/boot/boot.cat");
    assert_eq!(catalog["images"][0]["path"], "/boot/bios.img");
    assert_eq!(catalog["images"][0]["boot_info_table"]["checksum_right"], true);
    assert_eq!(catalog["images"][0]["grub2_boot_info"], true);
    assert_eq!(catalog["images"][1]["platform"], "UEFI");
    let area = &told["system_area"];
    assert_eq!(area["code_boots_image"], 1);
    assert_eq!(
        (&area["gpt"]["header_right"], &area["backup_gpt"]["partitions_right"]),
        (&true.into(), &true.into())
    );
    assert_eq!(area["findings"], serde_json::json!([]), "{told}");

    fs::write(folder.join("files/boot/diskette.img"), vec![0; 1_474_560]).unwrap();
    run(
        &genisoimage,
        folder,
        &[
            "-quiet",
            "-o",
            "diskette.iso",
            "-R",
            "-b",
            "boot/diskette.img",
            "-hide",
            "boot.cat",
            "-c",
            "boot.cat",
            "files",
        ],
    );
    let told = fsimage(folder, &["info", "diskette.iso"]);
    assert!(told.contains("emulates a diskette 1.44 MB") && told.contains("/boot/diskette.img"), "{told}");
}
