//! Boot options beside a boot set-up that is imported: which add to it, which take its place, and which are refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use support::stand_ins::{EVERYTHING, bootable};
use support::{fsimage, run};
use tempfile::TempDir;

/// Host files: a folder that boots with BIOS and UEFI, code that starts it from a disk, and a partition.
fn scene() -> TempDir {
    let scene = bootable();
    let at = |name: &str| scene.path().join(name);
    fs::write(at("files/readme.txt"), "read me").unwrap();
    fs::write(at("part.img"), partition()).unwrap();
    scene
}

fn partition() -> Vec<u8> {
    (0..77_000u32).map(|number| (number % 249) as u8).collect()
}

fn output(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fsimage")).args(arguments).current_dir(folder).output().unwrap()
}

/// What the program says of a call that is refused.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = output(folder, arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
    told
}

fn build(folder: &Path, image: &str, options: &[&str]) {
    fsimage(folder, &[&["build", "-q", "-o", image], options, &["files"]].concat());
}

/// Makes a new image, in which nothing may be lost.
fn remaster(folder: &Path, (from, to): (&str, &str), options: &[&str]) {
    fsimage(folder, &[&["remaster", "--strict", from, "-o", to], options].concat());
}

/// What `info` tells of the system area, and of the boot catalog of the newest session.
fn boots(folder: &Path, image: &str) -> (Value, Value) {
    let mut told: Value = serde_json::from_str(&fsimage(folder, &["info", "--json", image])).unwrap();
    let catalog = told["sessions"].as_array_mut().unwrap().pop().unwrap()["boot_catalog"].take();
    (told["system_area"].take(), catalog)
}

/// First block and blocks of the partition of a number in each table that has it.
fn places(area: &Value, number: u64) -> Vec<(u64, u64)> {
    let tables = [&area["mbr"], &area["gpt"]["partitions"]];
    let all = tables.into_iter().filter_map(Value::as_array).flatten().filter(|one| one["number"] == number);
    all.map(|one| (one["start"].as_u64().unwrap(), one["blocks"].as_u64().unwrap())).collect()
}

/// That a peer finds nothing wrong with the partition table, and both boot images in the catalog.
fn assert_peers_agree(folder: &Path, image: &str, has_gpt: bool) {
    if let Some(sgdisk) = peers::require("sgdisk").filter(|_| has_gpt) {
        let told = run(sgdisk.path(), folder, &["-v", image]);
        assert!(told.contains("No problems found"), "{image}: {told}");
    }
    if let Some(xorriso) = peers::require("xorriso") {
        let told = run(xorriso.path(), folder, &["-indev", image, "-report_el_torito", "plain"]);
        assert!(told.contains("El Torito boot img :   2  UEFI"), "{image}: {told}");
    }
}

#[test]
fn a_partition_is_added_to_those_that_are_kept() {
    let scene = scene();
    let folder = scene.path();
    for (more, number, tables) in [
        (&[][..], "3", 1),
        (&["--partition-table", "mbr"], "3", 1),
        (&["--partition-table", "hybrid"], "3", 2),
        // What others leave over has the numbers 1 and 3.
        (&["--partition-offset", "16"], "5", 1),
        (&["--append-partition", "4", "data", "more.txt"], "3", 1),
    ] {
        let append = ["--imported-boot", "keep", "--append-partition", number, "linux", "part.img"];
        let number = number.parse().unwrap();
        build(folder, "a.iso", &[&EVERYTHING[..], more].concat());
        remaster(folder, ("a.iso", "b.iso"), &append);
        let ((before, _), (after, catalog)) = (boots(folder, "a.iso"), boots(folder, "b.iso"));
        assert_eq!(catalog["images"].as_array().unwrap().len(), 2, "{more:?}");
        assert_eq!(after["code_boots_image"], 1, "{more:?}: {after}");
        assert_eq!(after["findings"], before["findings"], "{more:?}");
        assert_eq!(after["disk_signature"], before["disk_signature"]);
        let found = places(&after, number);
        assert_eq!(found.len(), tables, "{more:?}: {after}");
        let image = fs::read(folder.join("b.iso")).unwrap();
        for &(start, blocks) in &found {
            assert_eq!((start % 2048, blocks), (0, 152), "{more:?}");
            assert!(image[start as usize * 512..].starts_with(&partition()), "{more:?}");
            // Where the master boot record has it, the image ends before it there.
            let mbr = after["mbr"].as_array().unwrap().iter();
            let others = mbr.filter(|one| one["number"] != number && one["partition_type"] != 0xEE);
            for other in others {
                let end = other["start"].as_u64().unwrap() + other["blocks"].as_u64().unwrap();
                assert!(end <= start, "{more:?}: {other}");
            }
        }
        if more.first() == Some(&"--append-partition") {
            let (start, _) = places(&after, 4)[0];
            assert!(image[start as usize * 512..].starts_with(b"more"));
        }
        // A table of both kinds has overlapping partitions by what it is.
        assert_peers_agree(folder, "b.iso", !more.contains(&"mbr") && !more.contains(&"hybrid"));
        assert_eq!(fsimage(folder, &["cat", "b.iso", "/readme.txt"]), "read me");
        // It is kept from then on.
        remaster(folder, ("b.iso", "c.iso"), &[]);
        let kept = places(&boots(folder, "c.iso").0, number);
        let image = fs::read(folder.join("c.iso")).unwrap();
        assert!(image[kept[0].0 as usize * 512..].starts_with(&partition()), "{more:?}");
        assert_eq!((kept.len(), kept[0].1), (tables, 152), "{more:?}");
    }
    build(folder, "a.iso", &EVERYTHING);
    let taken = ["--append-partition", "1", "linux", "part.img"];
    let told = refused(folder, &[&["remaster", "a.iso", "-o", "x.iso"][..], &taken].concat());
    assert!(told.contains("the GPT of the image has a partition of this number"), "{told}");
    build(folder, "a.iso", &[&EVERYTHING[..], &["--partition-table", "mbr"]].concat());
    let beyond = ["--append-partition", "5", "linux", "part.img"];
    let told = refused(folder, &[&["remaster", "a.iso", "-o", "x.iso"][..], &beyond].concat());
    assert!(told.contains("has the numbers 1 to 4"), "{told}");
}

#[test]
fn an_image_that_boots_from_discs_boots_from_disks_as_well() {
    let scene = scene();
    let folder = scene.path();
    build(
        folder,
        "a.iso",
        &[&EVERYTHING[..4], &["--boot-catalog", "boot/boot.cat", "--boot-id", "me"]].concat(),
    );
    let code = ["--hybrid", "--mbr", "mbr.bin"];
    for (more, has_code, partition) in [
        (&code[..], true, 1),
        (&["--mbr", "mbr.bin", "--partition-offset", "16"], true, 1),
        (&["--append-partition", "2", "linux", "part.img"], false, 2),
        (&["--partition-table", "gpt"], false, 1),
        (&["--apple-partition-map"], false, 1),
    ] {
        remaster(folder, ("a.iso", "b.iso"), more);
        let (area, catalog) = boots(folder, "b.iso");
        assert_eq!((&catalog["identifier"], &catalog["path"]), (&"me".into(), &"/boot/boot.cat".into()));
        assert_eq!(area["code_boots_image"].is_u64(), has_code, "{more:?}: {area}");
        assert!(!places(&area, partition).is_empty(), "{more:?}: {area}");
        assert_peers_agree(folder, "b.iso", true);
        // Nothing else is what boot options that say all of it at once make.
        let sources = ["--boot-catalog", "boot/boot.cat", "--boot-id", "me", "files"];
        let build = ["build", "-q", "--reproducible", "-o", "built.iso"];
        fsimage(folder, &[&build[..], &EVERYTHING[..4], more, &sources].concat());
        let expected = boots(folder, "built.iso").0;
        assert_eq!(area["findings"], expected["findings"], "{more:?}");
        assert_eq!(places(&area, partition), places(&expected, partition), "{more:?}");
    }
}

#[test]
fn the_catalog_is_shown_elsewhere() {
    let scene = scene();
    let folder = scene.path();
    build(
        folder,
        "a.iso",
        &[&EVERYTHING[..], &["--boot-catalog", "boot/boot.cat", "--boot-id", "me"]].concat(),
    );
    for (options, path, identifier) in [
        (&["--boot-catalog", "other.cat"][..], Some("/other.cat"), "me"),
        (&["--boot-catalog", "boot/boot.cat"], Some("/boot/boot.cat"), "me"),
        (&["--boot-catalog", "hidden", "--boot-id", "you"], None, "you"),
        (&["--boot-id", "you"], Some("/boot/boot.cat"), "you"),
    ] {
        remaster(folder, ("a.iso", "b.iso"), options);
        let (area, catalog) = boots(folder, "b.iso");
        assert_eq!((&catalog["path"], &catalog["identifier"]), (&path.into(), &identifier.into()));
        let listed = fsimage(folder, &["ls", "-R", "b.iso"]);
        let catalogs: Vec<&str> = listed.lines().filter(|line| line.ends_with(".cat")).collect();
        assert_eq!(catalogs, path.into_iter().collect::<Vec<_>>(), "{options:?}");
        assert_eq!(area["code_boots_image"], 1);
        assert_peers_agree(folder, "b.iso", true);
    }
}

#[test]
fn what_contradicts_what_is_kept_is_refused() {
    let scene = scene();
    let folder = scene.path();
    build(folder, "hybrid.iso", &EVERYTHING);
    build(folder, "disc.iso", &EVERYTHING[..4]);
    let part = ["--append-partition", "3", "linux", "part.img"];
    let of_disks: [&[&str]; 6] = [
        &["--mbr", "mbr.bin"],
        &["--hybrid"],
        &["--partition-table", "mbr"],
        &["--partition-offset", "16"],
        &["--apple-partition-map"],
        &["--hybrid", "--mbr", "mbr.bin"],
    ];
    for options in of_disks {
        let told = refused(folder, &[&["remaster", "hybrid.iso", "-o", "x.iso"], options].concat());
        assert!(told.contains("boot code or partitions already"), "{options:?}: {told}");
        assert!(told.contains("--imported-boot drop") && told.contains(options[0]), "{told}");
    }
    // A further session has no boot code and no partitions of its own, and says so of whatever it continues.
    for image in ["hybrid.iso", "disc.iso"] {
        for options in of_disks.into_iter().chain([&part[..]]) {
            let told = refused(folder, &[&["append", image, "more.txt"], options].concat());
            assert!(
                told.contains(&format!("{}: a further session has none of its own", options[0])),
                "{told}"
            );
        }
        for options in [["--boot-id", "me"], ["--boot-catalog", "boot.cat"]] {
            let told = refused(folder, &[&["append", image, "more.txt"][..], &options].concat());
            assert!(told.contains("a further session has the boot catalog of the earlier one"), "{told}");
        }
    }
    // What says what boots instead gives up all of it, unless it is said to be kept.
    let new = ["remaster", "hybrid.iso", "-o", "new.iso", "--boot", "uefi=boot/efi.img"];
    let told = refused(folder, &[&new[..], &["--imported-boot", "keep"]].concat());
    assert!(told.contains("--boot and --boot-image say what boots instead"), "{told}");
    fsimage(folder, &new);
    let (area, catalog) = boots(folder, "new.iso");
    assert_eq!((&area, catalog["images"].as_array().unwrap().len()), (&Value::Null, 1));
    // And where nothing boots, there is nothing to contradict.
    build(folder, "none.iso", &[]);
    let new = ["remaster", "none.iso", "-o", "new.iso", "--imported-boot", "keep"];
    fsimage(folder, &[&new[..], &EVERYTHING].concat());
    assert_eq!(boots(folder, "new.iso").0["code_boots_image"], 1);
    let told = refused(folder, &["remaster", "none.iso", "-o", "x.iso", "--boot-id", "me"]);
    assert!(told.contains("there is no boot image"), "{told}");
}

/// What leads to a boot catalog is a volume descriptor of ISO 9660.
#[test]
fn without_iso9660_nothing_boots_from_a_disc() {
    let scene = scene();
    let folder = scene.path();
    const LOST: &str = "boot catalog: no ISO 9660 is written, whose descriptor leads to it";
    build(folder, "a.iso", &EVERYTHING);
    for (command, target) in [("burn", "sim:disc"), ("update", "sim:disc"), ("remaster", "a.iso")] {
        for file in ["disc", "disc.medium"] {
            fs::remove_file(folder.join(file)).ok();
        }
        fsimage(
            folder,
            &[&["burn", "-q", "--drive", "sim:dvd+r:disc"][..], &EVERYTHING, &["files"]].concat(),
        );
        let line = match command {
            "remaster" => vec![command, "--fs", "udf", target, "-o", "b.iso", "more.txt"],
            _ => vec![command, "--fs", "udf", "--drive", target, "more.txt"],
        };
        for more in [&[][..], &["--imported-boot", "keep"], &["--imported-boot", "lossy", "--strict"]] {
            let told = refused(folder, &[&line[..], more].concat());
            assert!(told.contains(LOST) || told.contains("--strict"), "{command}: {told}");
        }
        let told = fsimage(folder, &[&line[..], &["--imported-boot", "lossy"]].concat());
        assert!(told.contains(&format!("not kept: {LOST}")), "{command}: {told}");
        let shown = if command == "remaster" { "b.iso" } else { target };
        assert_eq!(fsimage(folder, &["cat", shown, "/more.txt"]), "more");
        assert_eq!(boots(folder, shown).1, Value::Null);
    }
}

/// What boot code and partitions lead to has its name in a session that has UDF alone.
#[test]
fn files_that_boot_are_named_in_udf() {
    let scene = scene();
    let folder = scene.path();
    fsimage(folder, &[&["burn", "-q", "--drive", "sim:dvd+r:disc"][..], &EVERYTHING, &["files"]].concat());
    let udf = ["burn", "--fs", "udf", "--imported-boot", "lossy", "--drive", "sim:disc", "more.txt"];
    fsimage(folder, &udf);
    let told = fsimage(folder, &["info", "--session", "2", "sim:disc"]);
    assert!(told.contains("starts /boot/isolinux.bin, which is no boot image of the session"), "{told}");
    assert!(!told.contains("no boot image lies"), "{told}");
    let gpt = told.lines().find(|line| line.trim_start().starts_with("GPT 1")).unwrap();
    assert!(gpt.ends_with("/boot/efi.img"), "{gpt}");
}
