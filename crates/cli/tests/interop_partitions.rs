//! Partitions do not overlap, whatever options are put together, and who is told where those of an image do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use support::fsimage;
use tempfile::TempDir;

const MIB: usize = 1 << 20;

/// As much of a file system of FAT as tells it from others.
fn fat(len: usize) -> Vec<u8> {
    let mut image = vec![0; len];
    image[..3].copy_from_slice(&[0xEB, 0x3C, 0x90]);
    image[11..24].copy_from_slice(&[0, 2, 1, 1, 0, 2, 224, 0, 0x00, 0x08, 0xF0, 9, 0]);
    image[510..512].copy_from_slice(&[0x55, 0xAA]);
    image
}

/// Host files, some of which have several names.
fn scene() -> TempDir {
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("files/boot")).unwrap();
    fs::write(folder.join("files/boot/inside.img"), fat(MIB)).unwrap();
    fs::write(folder.join("files/readme.txt"), "read me").unwrap();
    fs::write(folder.join("efi.img"), fat(3 * MIB / 2)).unwrap();
    fs::write(folder.join("other.img"), fat(MIB)).unwrap();
    fs::write(folder.join("data.img"), vec![7; 5000]).unwrap();
    std::os::unix::fs::symlink("efi.img", folder.join("link.img")).unwrap();
    fs::write(folder.join("bios.bin"), vec![0xF4; 2048]).unwrap();
    fs::write(folder.join("mbr.bin"), vec![0xF4; 440]).unwrap();
    scene
}

fn call(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fsimage")).args(arguments).current_dir(folder).output().unwrap()
}

/// Number, first byte and bytes of each partition of a table.
fn partitions(folder: &Path, image: &str, table: &str) -> Vec<(u64, u64, u64)> {
    let told: Value = serde_json::from_str(&fsimage(folder, &["info", "--json", image])).unwrap();
    let area = &told["system_area"];
    let list = if table == "gpt" { &area["gpt"]["partitions"] } else { &area[table] };
    let fields = |one: &Value| ["number", "start", "blocks"].map(|field| one[field].as_u64().unwrap());
    let list = list.as_array().into_iter().flatten().map(fields);
    list.map(|[number, start, blocks]| (number, start * 512, blocks * 512)).collect()
}

/// What `sgdisk` finds wrong, without what it says of a master boot record whose first partition is around others.
fn problems(sgdisk: &peers::Peer, folder: &Path, image: &str) -> Vec<String> {
    // With problems its exit status is not 0.
    let out = Command::new(sgdisk.path()).args(["-v", image]).current_dir(folder).output().unwrap();
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(
        told.contains("Verification") || told.contains("No problems") || told.contains("Problem"),
        "{told}"
    );
    let is_around = |line: &str| line.starts_with("Problem: MBR partitions 1 and ");
    told.lines().filter(|line| line.starts_with("Problem") && !is_around(line)).map(str::to_owned).collect()
}

/// One host file as boot image and as partition is that partition, by whatever name of it.
#[test]
fn a_host_file_that_boots_and_is_appended_is_one_partition() {
    let Some([sgdisk, xorriso]) = peers::require_all(["sgdisk", "xorriso"]) else { return };
    let scene = scene();
    let folder = scene.path();
    let absolute = folder.join("efi.img").display().to_string();
    for (named, appended) in [("efi.img", "efi.img"), ("efi.img", &*absolute), ("link.img", "./efi.img")] {
        for more in [&[][..], &["--partition-table", "mbr"], &["--partition-table", "hybrid"]] {
            let boot = format!("uefi=@{named}");
            let line =
                ["build", "-o", "image.iso", "--boot", &boot, "--append-partition", "2", "efi", appended];
            fsimage(folder, &[&line[..], more, &["files"]].concat());
            let told =
                support::run(&xorriso, folder, &["-indev", "image.iso", "-report_el_torito", "as_mkisofs"]);
            assert!(told.contains("--interval:appended_partition_2_"), "{told}");
            let table = if more.is_empty() { "gpt" } else { "mbr" };
            let found = partitions(folder, "image.iso", table);
            let behind = found.iter().filter(|(_, start, _)| *start >= MIB as u64).collect::<Vec<_>>();
            assert_eq!(behind.len(), 1, "{found:?}");
            assert_eq!((behind[0].0, behind[0].2), (2, 3 * MIB as u64 / 2));
            if !more.contains(&"mbr") {
                assert_eq!(problems(&sgdisk, folder, "image.iso"), [""; 0], "{line:?} {more:?}");
            }
        }
    }
}

/// Each option, and what it can be put together with, gives tables that are right, or an error that says why not.
#[test]
fn partitions_overlap_with_no_options() {
    let Some(sgdisk) = peers::require("sgdisk") else { return };
    let scene = scene();
    let folder = scene.path();
    let choices: [&[&[&str]]; 5] = [
        &[
            &["--boot", "uefi=@efi.img"],
            &["--boot", "uefi=/boot/inside.img"],
            &["--boot", "uefi=partition:2"],
            &["--boot", "bios=@bios.bin", "--mbr", "mbr.bin", "--boot", "uefi=@link.img"],
        ],
        &[
            &["--append-partition", "2", "efi", "efi.img"],
            &[
                "--append-partition",
                "2",
                "data",
                "other.img",
                "--append-partition",
                "3",
                "data",
                "./other.img",
            ],
            &["--append-partition", "2", "efi", "efi.img", "--append-partition", "4", "data", "link.img"],
        ],
        &[&[], &["--hybrid"]],
        &[&[], &["--partition-offset", "16"]],
        &[&[], &["--partition-table", "hybrid"], &["--apple-partition-map"], &["--fs", "iso9660,udf"]],
    ];
    let mut lines: Vec<Vec<&str>> = vec![vec!["build", "-o", "image.iso"]];
    for choice in choices {
        let with = |line: &Vec<&'static str>| -> Vec<Vec<&str>> {
            choice.iter().map(|more| [&line[..], more].concat()).collect()
        };
        lines = lines.iter().flat_map(with).collect();
    }
    let mut wrong = Vec::new();
    for line in &lines {
        let output = call(folder, &[&line[..], &["files"]].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        let two_places = line.contains(&"iso9660,udf") && line.contains(&"--partition-offset");
        if two_places && errors.contains("a volume of UDF cannot be read from two places") {
            continue;
        }
        if !output.status.success() {
            wrong.push(format!("{line:?}: {errors}"));
            continue;
        }
        let told = problems(&sgdisk, folder, "image.iso");
        if !told.is_empty() {
            wrong.push(format!("{line:?}: {told:?}"));
        }
        let found = partitions(folder, "image.iso", "gpt");
        let mut sorted = found.clone();
        sorted.sort_by_key(|(_, start, _)| *start);
        if sorted.windows(2).any(|two| two[0].1 + two[0].2 > two[1].1) {
            wrong.push(format!("{line:?}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

/// A map of nothing is an error that says what goes into it; what boots with UEFI is in it wherever it lies.
#[test]
fn what_is_in_an_apple_partition_map() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = scene();
    let folder = scene.path();
    let build = ["build", "-o", "image.iso", "--apple-partition-map", "files"];
    let bios = ["--boot", "bios=@bios.bin"];
    let appended = ["--append-partition", "2", "efi", "efi.img"];
    for more in [&bios[..], &appended, &[&bios[..], &["--mbr", "mbr.bin"]].concat()] {
        let output = call(folder, &[&build[..], more].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {errors}");
        assert!(errors.contains("--apple-partition-map: nothing would be in it"), "{errors}");
        assert!(!folder.join("image.iso").exists());
    }
    let uefi: [&[&str]; 3] = [
        &["--boot", "uefi=/boot/inside.img"],
        &["--boot", "uefi=@efi.img"],
        &[&appended[..], &["--boot", "uefi=partition:2"]].concat(),
    ];
    for more in uefi {
        fsimage(folder, &[&build[..], &bios, more].concat());
        let line = ["-indev", "image.iso", "-report_system_area", "plain"];
        let told = Command::new(xorriso.path()).args(line).current_dir(folder).output().unwrap();
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        let map = partitions(folder, "image.iso", "apple");
        let gpt = partitions(folder, "image.iso", "gpt");
        let (_, start, len) = gpt[0];
        assert!(
            map.iter().any(|&(_, first, blocks)| (first, blocks) == (start, len)),
            "{more:?}: {map:?}, {gpt:?}"
        );
        let line = told.lines().find(|line| line.starts_with("APM start and size"));
        let fields: Vec<_> = line.unwrap_or_default().split_whitespace().collect();
        assert_eq!(fields.last(), Some(&&*(len / 2048).to_string()), "{told}");
    }
}

/// What an image has, it keeps, and who changes it is told.
#[test]
fn overlapping_partitions_of_an_image_are_kept_and_told() {
    let Some(sgdisk) = peers::require("sgdisk") else { return };
    let scene = scene();
    let folder = scene.path();
    let line = ["build", "-o", "right.iso", "--append-partition", "2", "efi", "efi.img", "files"];
    fsimage(folder, &line);
    fs::copy(folder.join("right.iso"), folder.join("image.iso")).unwrap();
    overlap_by_hand(&folder.join("image.iso"));
    assert!(problems(&sgdisk, folder, "image.iso").iter().any(|told| told.contains("overlap")));
    assert_eq!(partitions(folder, "image.iso", "gpt").len(), 2);
    let warning = "partitions 2 and 3 of the GPT overlap";
    let told = fsimage(folder, &["remaster", "image.iso", "data.img", "-o", "new.iso"]);
    assert!(told.contains(warning), "{told}");
    let found = partitions(folder, "new.iso", "gpt");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].1, found[1].1);
    assert!(!fsimage(folder, &["remaster", "right.iso", "data.img", "-o", "new.iso"]).contains("overlap"));
    let told = fsimage(folder, &["append", "image.iso", "data.img"]);
    assert!(told.contains(warning), "{told}");
}

/// The second entry of a GPT becomes the third as well, with checksums that are right.
fn overlap_by_hand(image: &Path) {
    let mut bytes = fs::read(image).unwrap();
    let number = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let end = bytes.len();
    for header in [512, end - 512] {
        let array = number(&bytes, header + 72) as usize * 512;
        let mut entry = bytes[array + 128..array + 256].to_vec();
        entry[16] ^= 1;
        bytes[array + 256..array + 384].copy_from_slice(&entry);
        let sum = crc32(&bytes[array..array + 128 * 128]);
        bytes[header + 88..header + 92].copy_from_slice(&sum.to_le_bytes());
        bytes[header + 16..header + 20].fill(0);
        let sum = crc32(&bytes[header..header + 92]);
        bytes[header + 16..header + 20].copy_from_slice(&sum.to_le_bytes());
    }
    fs::write(image, bytes).unwrap();
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// What bsdtar lists in an image and cannot read, each file by itself, in a partition of it.
fn unreadable(bsdtar: &peers::Peer, image: &Path, partition: &Path) -> Vec<String> {
    let run = |arguments: &[&str]| Command::new(bsdtar.path()).args(arguments).output().unwrap();
    let listed = run(&["-tf", image.to_str().unwrap()]);
    assert!(listed.status.success(), "{listed:?}");
    let names = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<_> = names.lines().filter(|name| !name.ends_with('/') && *name != ".").collect();
    assert!(files.len() >= 2, "{files:?}");
    let fails = |name: &&&str| !run(&["-xqnOf", partition.to_str().unwrap(), name]).status.success();
    files.iter().filter(fails).map(|name| format!("/{name}")).collect()
}

/// Who mounts the partition sees all names, and cannot read what lies behind it: just that is told.
#[test]
fn files_behind_the_partition_that_can_be_mounted_are_told() {
    let Some([sgdisk, bsdtar, xorriso]) = peers::require_all(["sgdisk", "bsdtar", "xorriso"]) else { return };
    let scene = scene();
    let folder = scene.path();
    let xorriso_made = Command::new(xorriso.path())
        .args(["-as", "mkisofs", "-quiet", "-r", "-partition_offset", "16", "-e", "boot/inside.img"])
        .args(["-no-emul-boot", "-efi-boot-part", "--efi-boot-image", "-o", "foreign.iso", "files"])
        .current_dir(folder)
        .output();
    assert!(xorriso_made.unwrap().status.success());
    let build = ["build", "--json", "--hybrid", "--partition-offset", "16", "-o", "image.iso", "--boot"];
    let table = |uefi, table| [&build[..], &[uefi, "--partition-table", table, "files"]].concat();
    let inside = &["/boot/inside.img"][..];
    let cases: [(Vec<&str>, &[&str]); 6] = [
        (table("uefi=/boot/inside.img", "gpt"), inside),
        (table("uefi=/boot/inside.img", "hybrid"), inside),
        (table("uefi=/boot/inside.img", "mbr"), &[]),
        (table("uefi=@efi.img", "gpt"), &[]),
        (vec!["remaster", "--json", "foreign.iso", "data.img", "-o", "image.iso"], inside),
        (vec!["remaster", "--json", "own.iso", "data.img", "-o", "image.iso"], inside),
    ];
    for (line, behind) in cases {
        let told: Value = serde_json::from_str(&fsimage(folder, &line)).unwrap();
        let notices = told["notices"].as_array().unwrap().iter();
        let notices = notices.filter(|one| one["kind"] == "behind-partition");
        let paths: Vec<_> = notices.map(|one| one["path"].as_str().unwrap()).collect();
        assert_eq!(paths, behind, "{line:?}");
        let image = folder.join("image.iso");
        assert_eq!(unreadable(&bsdtar, &image, &image), [""; 0], "{line:?}");

        let Some(mountable) = mountable(&sgdisk, folder, "image.iso") else { continue };
        assert_eq!(unreadable(&bsdtar, &image, &mountable), behind, "{line:?}");
        fs::rename(image, folder.join("own.iso")).unwrap();
    }

    // The layout of xorriso, where one more lies behind.
    let line = ["mkisofs", "-r", "-partition_offset", "16", "-e", "boot/inside.img", "-no-emul-boot"];
    let line = [&line[..], &["-efi-boot-part", "--efi-boot-image", "-o", "image.iso", "files"]].concat();
    let told = fsimage(folder, &line);
    let mountable = mountable(&sgdisk, folder, "image.iso").unwrap();
    let behind = unreadable(&bsdtar, &folder.join("image.iso"), &mountable);
    assert!(
        told.contains(&format!("fsimage: {} items behind the partition of the GPT", behind.len())),
        "{told}"
    );
}

/// The partition of the GPT that begins at sector 16, as a file.
fn mountable(sgdisk: &peers::Peer, folder: &Path, image: &str) -> Option<std::path::PathBuf> {
    let out = Command::new(sgdisk.path()).args(["-p", image]).current_dir(folder).output().unwrap();
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    let lines = told.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut numbers = lines.filter_map(|fields| match fields[..] {
        [_, first, last, ..] => first.parse::<usize>().ok().zip(last.parse::<usize>().ok()),
        _ => None,
    });
    let (first, last) = numbers.find(|&(first, _)| first == 64)?;
    let bytes = fs::read(folder.join(image)).unwrap();
    let path = folder.join("partition.iso");
    fs::write(&path, &bytes[first * 512..(last + 1) * 512]).unwrap();
    Some(path)
}
