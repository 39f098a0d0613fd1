//! Hybrid images on discs that get another session: their partition tables reach its end, and no farther.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use support::loaders::{Loader, MARK, sources};
use support::{Bus, Firmware, fsimage, run, says};

const BY_INTENT: [&str; 7] =
    ["--boot", "bios=boot/bios.img", "--boot", "uefi=boot/efi.img", "--hybrid", "--mbr", "mbr.bin"];

const MBR: [&str; 2] = ["--partition-table", "mbr"];

/// First sector and sectors of the session that a command tells of.
fn told_session(told: &str) -> (u64, u64) {
    let line = told.lines().find(|line| line.contains(" sectors from sector ")).expect(told);
    let numbers = |text: &str| -> Vec<u64> {
        text.split(|other: char| !other.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect()
    };
    let (before, after) = line.split_once(" sectors from sector ").unwrap();
    (numbers(after)[0], *numbers(before).last().unwrap())
}

/// What a disc has up to the end of that session, in a file.
fn image_of(folder: &Path, disc: &str, told: &str) -> PathBuf {
    let (start, sectors) = told_session(told);
    let mut image = Vec::new();
    let disc = File::open(folder.join(disc)).unwrap();
    disc.take((start + sectors) * 2048).read_to_end(&mut image).unwrap();
    let path = folder.join("cut.iso");
    fs::write(&path, image).unwrap();
    path
}

fn assert_gpt(folder: &Path, image: &str) {
    let Some(sgdisk) = peers::require("sgdisk") else { return };
    let told = run(&sgdisk, folder, &["-v", image]);
    assert!(told.contains("No problems found"), "{told}");
}

/// What is burnt behind a hybrid image takes the room that it takes in an image file.
#[test]
fn tables_on_a_medium_that_is_written_again_end_with_the_session() {
    let Some(scene) = sources(Loader::Grub) else { return };
    let folder = scene.path();
    fs::write(folder.join("extra"), "more").unwrap();
    fsimage(folder, &[&["build", "files", "-o", "image.iso", "--quiet"][..], &BY_INTENT].concat());
    fs::copy(folder.join("image.iso"), folder.join("appended.iso")).unwrap();
    let (start, sectors) = told_session(&fsimage(folder, &["append", "appended.iso", "extra"]));
    for medium in ["bd-re", "dvd+rw", "dvd-ram"] {
        let new = format!("sim:{medium}:{medium}");
        let drive = format!("sim:{medium}");
        fsimage(folder, &["drive", "write", "--quiet", "--close", "--drive", &new, "image.iso"]);
        let told = fsimage(folder, &["burn", "--drive", &drive, "extra"]);
        // Blocks of the medium have up to 32 sectors.
        let end = told_session(&told);
        assert!(end.0 == start && end.1 - sectors < 32, "{medium}: {told}");
        image_of(folder, medium, &told);
        assert_gpt(folder, "cut.iso");
        let told = fsimage(folder, &["info", &drive]);
        assert!(told.contains("GPT") && !told.contains("finding"), "{told}");
        if medium == "bd-re" {
            fs::write(folder.join("files/mark.txt"), format!("other {MARK}\n")).unwrap();
            let told = fsimage(folder, &["update", "--drive", &drive, "files"]);
            let image = image_of(folder, medium, &told);
            assert!(told_session(&told).1 < 2048, "{told}");
            assert_gpt(folder, "cut.iso");
            says(&image, Firmware::Bios, Bus::Disk, &format!("other {MARK}"));
            says(&image, Firmware::Uefi, Bus::Disk, &format!("other {MARK}"));
        }
    }
}

/// The same with images of other programs.
#[test]
fn tables_of_others_end_with_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("extra"), "more").unwrap();
    for peer in ["ipxe", "memtest86+", "grub-rescue"] {
        let Some(image) = peers::require(peer) else { continue };
        fs::write(folder.join("image.iso"), fs::read(image.path()).unwrap()).unwrap();
        fs::copy(folder.join("image.iso"), folder.join("appended.iso")).unwrap();
        let (start, sectors) = told_session(&fsimage(folder, &["append", "appended.iso", "extra"]));
        let (disc, new) = (format!("sim:{peer}"), format!("sim:bd-re:{peer}"));
        fsimage(folder, &["drive", "write", "--quiet", "--close", "--drive", &new, "image.iso"]);
        let told = fsimage(folder, &["burn", "--drive", &disc, "extra"]);
        let end = told_session(&told);
        assert!(end.0 + end.1 < start + sectors + 64, "{peer}: {told}");
    }
}

/// Media that are written once keep the tables of their first session. What is made of them has tables of its own size.
/// The next session of xorriso would begin right behind the newest, in what it filled up with zeros: there it looks for those
/// that follow.
#[test]
fn sessions_behind_those_of_xorriso_lie_where_it_looks_for_them() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let Some(scene) = sources(Loader::Isolinux) else { return };
    let folder = scene.path();
    for name in ["second", "third", "fourth"] {
        fs::write(folder.join(name), name).unwrap();
    }
    let boots = "-boot_image isolinux bin_path=/boot/bios.img -boot_image isolinux system_area=mbr.bin -boot_image any next \
                 -boot_image any efi_path=/boot/efi.img -boot_image isolinux partition_entry=gpt_basdat";
    let first: Vec<&str> = "-outdev image.iso -map files /".split(' ').chain(boots.split(' ')).collect();
    run(&xorriso, folder, &first);
    let keeping = |name: &str| {
        let arguments =
            ["-dev", "image.iso", "-boot_image", "any", "keep", "-map", name, &format!("/{name}")];
        run(&xorriso, folder, &arguments);
    };
    keeping("second");
    let told = fsimage(folder, &["append", "image.iso", "third"]);
    assert!(told_session(&told).0.is_multiple_of(32), "{told}");
    keeping("fourth");
    let listed = run(&xorriso, folder, &["-indev", "image.iso", "-toc", "-find", "/"]);
    assert_eq!(listed.matches("ISO session  :").count(), 4, "{listed}");
    for name in ["second", "third", "fourth"] {
        assert!(listed.contains(&format!("'/{name}'")), "{name}: {listed}");
    }
}

/// A track of a CD that is recorded at once ends with run-out, which is not the image's.
#[test]
fn the_backup_of_a_gpt_is_the_end_of_a_cd() {
    let Some(scene) = sources(Loader::Grub) else { return };
    let folder = scene.path();
    for (disc, at_once) in [("track", &[][..]), ("session", &["--at-once"])] {
        let drive = format!("sim:cd-r:{disc}");
        let burn = ["burn", "--quiet", "--drive", &drive, "files"];
        fsimage(folder, &[&burn[..], at_once, &BY_INTENT].concat());
        let told = fsimage(folder, &["info", &drive]);
        assert!(told.contains("backup GPT") && !told.contains("finding"), "{disc}: {told}");
    }
}

#[test]
fn a_copy_of_a_disc_whose_tables_stayed_boots() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    for (loader, more) in [(Loader::Grub, &[][..]), (Loader::Isolinux, &MBR)] {
        let Some(scene) = sources(loader) else { return };
        let folder = scene.path();
        fs::write(folder.join("mark.txt"), format!("newer {MARK}\n")).unwrap();
        fs::write(folder.join("extra"), vec![7; 3_000_000]).unwrap();
        for medium in ["cd-r", "dvd+r", "dvd-r", "bd-r"] {
            let (new, drive) = (format!("sim:{medium}:{medium}"), format!("sim:{medium}"));
            let burn = ["burn", "--quiet", "--drive"];
            fsimage(folder, &[&burn[..], &[&new, "files"], &BY_INTENT, more].concat());
            fsimage(folder, &[&burn[..], &[&drive, "mark.txt", "extra"]].concat());
            for command in ["copy", "remaster"] {
                fsimage(folder, &[command, &drive, "-o", "one.iso", "--quiet"]);
                let report = ["-indev", "one.iso", "-report_system_area", "plain"];
                let told = run(&xorriso, folder, &report);
                let blocks = fs::metadata(folder.join("one.iso")).unwrap().len() / 512;
                let partition = told.lines().find(|line| line.starts_with("MBR partition      :   1"));
                let mut numbers = partition.expect(&told).split_whitespace().rev();
                let len: u64 = numbers.next().unwrap().parse().unwrap();
                let start: u64 = numbers.next().unwrap().parse().unwrap();
                assert_eq!(start + len, blocks, "{told}");
                if more.is_empty() {
                    assert_gpt(folder, "one.iso");
                }
                fs::rename(folder.join("one.iso"), folder.join(format!("{command}.iso"))).unwrap();
            }
            fsimage(folder, &["copy", "--sessions", &drive, "-o", "both.iso", "--quiet"]);
            // What lies between the sessions on the disc does not in the file.
            let len = |name: &str| fs::metadata(folder.join(name)).unwrap().len();
            assert!(len("both.iso") < len("copy.iso") + (4 << 20), "{medium}: {}", len("both.iso"));
            if more.is_empty() {
                assert_gpt(folder, "both.iso");
            }
        }
        let mark = if loader == Loader::Grub { format!("newer {MARK}") } else { MARK.to_owned() };
        for bus in [Bus::CdRom, Bus::Disk] {
            says(&folder.join("copy.iso"), Firmware::Bios, bus, &mark);
        }
        says(&folder.join("both.iso"), Firmware::Bios, Bus::Disk, &mark);
    }
}

/// The bytes of a partition of a GPT.
fn partition(folder: &Path, image: &str, number: &str) -> Vec<u8> {
    let sgdisk = peers::require("sgdisk").unwrap();
    let told = run(&sgdisk, folder, &["-i", number, image]);
    let number = |what: &str| -> usize {
        let line = told.lines().find_map(|line| line.strip_prefix(what)).expect(&told);
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    let (first, last) = (number("First sector: "), number("Last sector: "));
    fs::read(folder.join(image)).unwrap()[first * 512..(last + 1) * 512].to_vec()
}

/// The first session of a medium that is written again is a hybrid image, as it is in a file, and so is a copy.
/// The kernel finds the volume by the Apple partition map in the head, and shows what it shows of Rock Ridge.
#[test]
fn a_first_session_behind_a_head_has_hfs_plus() {
    let Some(tool) = peers::kernel::require() else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("files/sub")).unwrap();
    for (name, len) in [("one", 5000), ("sub/two", 300_000), ("sub/empty", 0)] {
        fs::write(folder.join("files").join(name), vec![name.len() as u8; len]).unwrap();
    }
    let new = ["burn", "--drive", "sim:dvd+rw:disc", "--fs", "iso9660,rock-ridge,hfsplus", "files"];
    let told = fsimage(folder, &new);
    let image = image_of(folder, "disc", &told);
    let arguments = ["--as", "disk", "--sector", "2048"];
    let found = peers::kernel::mount(&tool, &image, &["iso9660", "hfsplus@2"], &arguments).unwrap();
    for mount in &found {
        assert!(mount.ok, "{:?} {:?}", mount.issues, mount.kernel_log);
    }
    assert_eq!(found[1].listing.len(), 5);
    let columns = peers::Columns::KIND | peers::Columns::SIZE | peers::Columns::DIGEST;
    assert_eq!(peers::differences(&found[0].listing, &found[1].listing, columns), [""; 0]);
}

#[test]
fn a_first_session_behind_a_head_is_a_hybrid_image() {
    let Some(_sgdisk) = peers::require("sgdisk") else { return };
    let Some(scene) = sources(Loader::Grub) else { return };
    let folder = scene.path();
    let appended: Vec<u8> = (0..300_000u32).map(|number| (number % 251) as u8).collect();
    fs::write(folder.join("appended"), &appended).unwrap();
    fs::write(folder.join("extra"), "more").unwrap();
    let append = ["--append-partition", "4", "linux", "appended"];
    for (medium, more) in
        [("bd-re", &[][..]), ("dvd+rw", &append), ("dvd-ram", &["--partition-offset", "64"])]
    {
        let (new, drive) = (format!("sim:{medium}:{medium}"), format!("sim:{medium}"));
        let command = ["burn", "--drive", &new, "files"];
        let told = fsimage(folder, &[&command[..], &BY_INTENT, more].concat());
        assert!(told_session(&told).1 < 8192, "{told}");
        let image = image_of(folder, medium, &told);
        assert_gpt(folder, "cut.iso");
        match medium {
            "bd-re" => {
                for bus in [Bus::CdRom, Bus::Disk] {
                    says(&image, Firmware::Bios, bus, MARK);
                    says(&image, Firmware::Uefi, bus, MARK);
                }
                let told = fsimage(folder, &["burn", "--drive", &drive, "extra"]);
                image_of(folder, medium, &told);
                assert_gpt(folder, "cut.iso");
            }
            "dvd+rw" => assert_eq!(partition(folder, "cut.iso", "4")[..appended.len()], appended),
            _ => {
                let there = ["ls", "--offset", "131072", "cut.iso"];
                assert!(fsimage(folder, &there).contains("mark.txt"));
            }
        }
    }
    let build = ["build", "files", "-o", "image.iso", "--quiet"];
    fsimage(folder, &[&build[..], &BY_INTENT, &append].concat());
    fsimage(folder, &["copy", "image.iso", "--drive", "sim:bd-re:copied", "--quiet"]);
    let len = fs::metadata(folder.join("image.iso")).unwrap().len();
    let mut copied = Vec::new();
    File::open(folder.join("copied")).unwrap().take(len + (8 << 20)).read_to_end(&mut copied).unwrap();
    // The GPT tells where its backup lies, in the last block.
    let last = u64::from_le_bytes(copied[512 + 32..][..8].try_into().unwrap()) as usize;
    copied.truncate((last + 1) * 512);
    fs::write(folder.join("cut.iso"), copied).unwrap();
    assert_gpt(folder, "cut.iso");
    assert_eq!(partition(folder, "cut.iso", "4")[..appended.len()], appended);
}
