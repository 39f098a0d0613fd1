//! What `info` says of boot blocks and partitions of machines other than PCs and Macs, beside xorriso's report and sfdisk's
//! list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{fsimage, run};
use tempfile::TempDir;

/// Files that boot blocks are made to name, under `files`.
fn sources() -> TempDir {
    let scene = tempfile::tempdir().unwrap();
    let boot = scene.path().join("files/boot");
    fs::create_dir_all(&boot).unwrap();
    for (name, len) in [("a.bin", 30_000), ("b.bin", 5000), ("core.img", 100_000), ("ramdisk", 3)] {
        fs::write(boot.join(name), vec![0x77; len]).unwrap();
    }
    fs::write(boot.join("kernel.elf"), program()).unwrap();
    scene
}

/// A program for little-endian MIPS machines, in as far as makers of images look at it: an ELF header, and one segment of
/// 9029 bytes at 4096.
fn program() -> Vec<u8> {
    let mut program = vec![0; 20_000];
    program[..7].copy_from_slice(b"\x7FELF\x01\x01\x01");
    program[16..20].copy_from_slice(&[2, 0, 8, 0]);
    let words = [(20, 1), (24, 0x8003_0400), (28, 52), (40, 52 | 32 << 16), (44, 1)];
    let segment = [(52, 1), (56, 4096), (60, 0x8003_0000), (64, 0x8003_0000), (68, 9029), (72, 9029)];
    for (offset, word) in words.into_iter().chain(segment) {
        program[offset..offset + 4].copy_from_slice(&u32::to_le_bytes(word));
    }
    program
}

fn system_area(folder: &Path) -> Value {
    let told: Value = serde_json::from_str(&fsimage(folder, &["info", "--json", "image.iso"])).unwrap();
    told["system_area"].clone()
}

fn xorriso_image(xorriso: &peers::Peer, folder: &Path, boot: &[&str]) {
    let _ = fs::remove_file(folder.join("image.iso"));
    let mut arguments = vec!["-outdev", "image.iso", "-map", "files", "/"];
    arguments.extend(boot.iter().flat_map(|one| ["-boot_image", "any", one]));
    run(xorriso, folder, &[&arguments[..], &["-commit"]].concat());
}

/// The lines of xorriso's report that say something of boot blocks, and the options that it would make them by.
fn report(xorriso: &peers::Peer, folder: &Path) -> (Vec<String>, String) {
    let report = |form| run(xorriso, folder, &["-indev", "image.iso", "-report_system_area", form]);
    let is_told = |line: &&str| {
        let boot_blocks =
            ["MIPS-", "SUN SPARC ", "SPARC GRUB2", "PALO ", "HP-PA ", "DEC Alpha ", "MBR partition "];
        let headings =
            ["volume dir", "boot map", "partmap", "boot files", "partition table", "partition path"];
        boot_blocks.iter().any(|begin| line.starts_with(begin))
            && !headings.iter().any(|text| line.contains(text))
    };
    let plain = report("plain");
    let mut lines: Vec<String> = plain.lines().filter(is_told).map(with_single_blanks).collect();
    lines.sort();
    (lines, report("as_mkisofs"))
}

fn with_single_blanks(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn all(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// What is told here, in xorriso's words.
fn as_xorriso(area: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let block = |file: &Value| number(&file["start"]) / 512;
    let mut lines = Vec::new();
    for one in all(&area["mbr"]) {
        let status = if one["active"] == true { 0x80 } else { 0 };
        let (kind, start, blocks) = (number(&one["partition_type"]), &one["start"], &one["blocks"]);
        lines.push(format!("MBR partition : {} {status:#04x} {kind:#04x} {start} {blocks}", one["number"]));
    }
    for (index, file) in all(&area["sgi_volume_header"]["files"]).enumerate() {
        let (at, name) = (index + 1, text(&file["name"]));
        lines.push(format!("MIPS-BE boot entry : {at} {name} {} {}", block(file), file["bytes"]));
        lines.push(format!("MIPS-BE boot path : {at} {}", text(&file["path"])));
    }
    if let dec @ Value::Object(_) = &area["dec_boot_block"] {
        let segment = &dec["segments"][0];
        let (load, entry) = (&dec["load_address"], &dec["entry"]);
        lines.push(format!("MIPS-LE boot params: {load} {entry} {} {}", segment["bytes"], block(segment)));
        lines.push(format!("MIPS-LE boot path : {}", text(&segment["path"])));
        lines.push(format!("MIPS-LE elf offset : {}", number(&segment["offset"]) / 512));
    }
    if let sun @ Value::Object(_) = &area["sun_disk_label"] {
        lines.push(format!("SUN SPARC disklabel: {}", text(&sun["label"])));
        lines.push(format!("SUN SPARC secs/head: {}", sun["sectors_per_head"]));
        lines.push(format!("SUN SPARC heads/cyl: {}", sun["heads"]));
        for one in all(&sun["partitions"]) {
            let (tag, flags) = (number(&one["tag"]), number(&one["flags"]));
            let (cylinder, blocks) = (&one["start_cylinder"], &one["blocks"]);
            let what = format!("{} {tag:#06x} {flags:#06x} {cylinder} {blocks}", one["number"]);
            lines.push(format!("SUN SPARC partition: {what}"));
        }
        if let core @ Value::Object(_) = &sun["grub_core"] {
            lines.push(format!("SPARC GRUB2 core : {} {}", core["start"], core["bytes"]));
            lines.push(format!("SPARC GRUB2 path : {}", text(&core["path"])));
        }
    }
    if let palo @ Value::Object(_) = &area["palo_block"] {
        lines.push(format!("PALO header version: {}", palo["version"]));
        lines.push(format!("HP-PA cmdline : {}", text(&palo["command_line"])));
        for file in all(&palo["files"]) {
            let role = match file["role"].as_str().unwrap() {
                "boot loader" => "bootloader :",
                "ramdisk" => "ramdisk :",
                kernel => &format!("{kernel}:"),
            };
            lines.push(format!("HP-PA {role} {} {} {}", file["start"], file["bytes"], text(&file["path"])));
        }
    }
    if let alpha @ Value::Object(_) = &area["alpha_boot_block"] {
        let loader = &alpha["loader"];
        lines.push(format!("DEC Alpha ldr size : {}", number(&loader["bytes"]) / 512));
        lines.push(format!("DEC Alpha ldr adr : {}", block(loader)));
        lines.push(format!("DEC Alpha ldr path : {}", text(&loader["path"])));
    }
    lines.sort();
    lines
}

/// The image is described as xorriso describes it, and nothing is wrong with it.
fn assert_as_xorriso(xorriso: &peers::Peer, folder: &Path, boots: &[&str]) -> Value {
    let area = system_area(folder);
    let (reported, options) = report(xorriso, folder);
    assert!(!reported.is_empty(), "{area}");
    assert_eq!(as_xorriso(&area), reported);
    assert_eq!(area["findings"], json!([]), "{area}");
    let text = fsimage(folder, &["info", "image.iso"]);
    for path in boots {
        assert!(options.contains(&format!("'{path}'")), "{options}");
        assert!(text.lines().any(|line| line.contains(" bytes ") && line.contains(path)), "{text}");
    }
    area
}

const HPPA: [&str; 5] = [
    "hppa_cmdline=0/vmlinux HOME=/ root=/dev/ram",
    "hppa_bootloader=/boot/a.bin",
    "hppa_kernel_32=/boot/b.bin",
    "hppa_kernel_64=/boot/core.img",
    "hppa_ramdisk=/boot/ramdisk",
];

#[test]
fn boot_blocks_of_xorriso() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = sources();
    let folder = scene.path();
    let told = |boot: &[&str], boots: &[&str]| {
        xorriso_image(&xorriso, folder, boot);
        assert_as_xorriso(&xorriso, folder, boots)
    };
    told(&["mips_path=/boot/a.bin", "mips_path=/boot/b.bin"], &["/boot/a.bin", "/boot/b.bin"]);
    told(&["mipsel_path=/boot/kernel.elf"], &["/boot/kernel.elf"]);
    told(&["sparc_label=A disc for SPARC", "grub2_sparc_core=/boot/core.img"], &["/boot/core.img"]);
    for version in ["hppa_hdrversion=4", "hppa_hdrversion=5"] {
        let boots = ["/boot/a.bin", "/boot/b.bin", "/boot/core.img", "/boot/ramdisk"];
        told(&[&HPPA[..], &[version]].concat(), &boots);
    }
    let alpha = told(&["alpha_boot=/boot/a.bin"], &["/boot/a.bin"]);
    assert_eq!(alpha["alpha_boot_block"]["text"], "Linux/Alpha aboot for ISO filesystem.");
    assert_eq!(alpha["alpha_boot_block"]["checksum_right"], true);
}

#[test]
fn boot_blocks_of_genisoimage() {
    let Some([xorriso, genisoimage]) = peers::require_all(["xorriso", "genisoimage"]) else { return };
    let scene = sources();
    let folder = scene.path();
    let make = |options: &[&str]| {
        let arguments = [&["-quiet", "-R", "-o", "image.iso"], options, &["files"]].concat();
        run(&genisoimage, folder, &arguments);
    };
    make(&["-mips-boot", "boot/a.bin"]);
    assert_as_xorriso(&xorriso, folder, &["/boot/a.bin"]);
    make(&["-mipsel-boot", "boot/kernel.elf"]);
    assert_as_xorriso(&xorriso, folder, &["/boot/kernel.elf"]);
    let palo = ["-hppa-cmdline", "0/vmlinux", "-hppa-bootloader", "boot/a.bin"];
    let kernels = ["-hppa-kernel-32", "boot/b.bin", "-hppa-kernel-64", "boot/core.img"];
    make(&[&palo[..], &kernels, &["-hppa-ramdisk", "boot/ramdisk"]].concat());
    assert_as_xorriso(&xorriso, folder, &["/boot/a.bin", "/boot/core.img"]);

    // It leaves out the last part of a block, which xorriso does not take for a boot block at all.
    make(&["-alpha-boot", "boot/a.bin"]);
    let area = system_area(folder);
    let alpha = &area["alpha_boot_block"];
    assert_eq!((&alpha["checksum_right"], &alpha["loader"]["path"]), (&json!(true), &json!("/boot/a.bin")));
    let findings: Vec<&str> = all(&area["findings"]).map(|finding| finding.as_str().unwrap()).collect();
    let [finding] = findings[..] else { panic!("{findings:?}") };
    assert!(finding.contains("29696 bytes") && finding.contains("has 30000"), "{finding}");
}

#[test]
fn partitions_are_those_that_sfdisk_lists() {
    let Some([xorriso, genisoimage, sfdisk]) = peers::require_all(["xorriso", "genisoimage", "sfdisk"])
    else {
        return;
    };
    let scene = sources();
    let folder = scene.path();
    let assert_same = |label: &str, ours: &str, kind: &str| {
        let listed: Value = serde_json::from_str(&run(&sfdisk, folder, &["-J", "image.iso"])).unwrap();
        let table = &listed["partitiontable"];
        assert_eq!(table["label"], label);
        let theirs: Vec<Value> = all(&table["partitions"])
            .map(|one| {
                let number: u64 = one["node"].as_str().unwrap()["image.iso".len()..].parse().unwrap();
                let kind = u64::from_str_radix(one["type"].as_str().unwrap(), 16).unwrap();
                json!([number, kind, one["start"], one["size"]])
            })
            .collect();
        let area = system_area(folder);
        let told: Vec<Value> = all(&area[ours]["partitions"])
            .map(|one| json!([one["number"], one[kind], one["start"], one["blocks"]]))
            .collect();
        assert!(!told.is_empty(), "{area}");
        assert_eq!(told, theirs);
        assert_eq!((&area[ours]["checksum_right"], &area["findings"]), (&json!(true), &json!([])));
    };
    xorriso_image(&xorriso, folder, &["mips_path=/boot/a.bin"]);
    assert_same("sgi", "sgi_volume_header", "partition_type");
    xorriso_image(&xorriso, folder, &["sparc_label=A disc for SPARC"]);
    assert_same("sun", "sun_disk_label", "tag");
    // Images for two architectures, each in a partition behind the file system.
    let sparc = ["-sparc-boot", "files/boot/a.bin,,,files/boot/b.bin", "-sparc-label", "Two of them"];
    let arguments = [&["-quiet", "-R", "-o", "image.iso"][..], &sparc, &["files"]].concat();
    run(&genisoimage, folder, &arguments);
    assert_same("sun", "sun_disk_label", "tag");
    let text = fsimage(folder, &["info", "image.iso"]);
    assert!(text.contains("SUN 5          root, blocks 1280 + 640, read-only"), "{text}");
}

/// MBR, GPT and Apple partition map at once: the file that a partition begins with is the one that xorriso names.
#[test]
fn partitions_name_the_files_that_they_begin_with() {
    let Some([xorriso, isolinux]) = peers::require_all(["xorriso", "isolinux"]) else { return };
    let scene = sources();
    let folder = scene.path();
    let boot = "-b boot/b.bin -no-emul-boot -boot-load-size 4 -eltorito-alt-boot -e boot/core.img -no-emul-boot \
                -isohybrid-gpt-basdat -isohybrid-apm-hfsplus -isohybrid-mbr";
    let mut arguments = vec!["-as", "mkisofs", "-quiet", "-r", "-o", "image.iso"];
    arguments.extend(boot.split_whitespace());
    let code = isolinux.path().with_file_name("isohdpfx.bin");
    run(&xorriso, folder, &[&arguments[..], &[code.to_str().unwrap(), "files"]].concat());
    let plain = run(&xorriso, folder, &["-indev", "image.iso", "-report_system_area", "plain"]);
    let reported: Vec<String> =
        plain.lines().filter(|line| line.contains("partition path :")).map(with_single_blanks).collect();
    assert_eq!(reported.len(), 3, "{plain}");
    let area = system_area(folder);
    let tables = [("MBR", &area["mbr"]), ("GPT", &area["gpt"]["partitions"]), ("APM", &area["apple"])];
    let told = tables.iter().flat_map(|(table, partitions)| {
        let named = all(partitions).filter_map(|one| Some((number(&one["number"]), one["path"].as_str()?)));
        // It does not count the entry that an Apple partition map has for itself.
        let own = u64::from(*table == "APM");
        named.map(move |(number, path)| format!("{table} partition path : {} {path}", number - own))
    });
    assert_eq!(told.collect::<Vec<_>>(), reported);
    let text = fsimage(folder, &["info", "image.iso"]);
    let lines: Vec<&str> =
        text.lines().filter(|line| line.ends_with(", boot image 2, /boot/core.img")).collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].contains("type 0xef (EFI system partition), blocks "), "{text}");
}

/// A record of type 0 is no partition, and yet something that stands there.
#[test]
fn a_record_of_type_0_is_told() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = sources();
    let folder = scene.path();
    let arguments =
        ["-as", "mkisofs", "-quiet", "-r", "-o", "image.iso", "--protective-msdos-label", "files"];
    run(&xorriso, folder, &arguments);
    let path = folder.join("image.iso");
    let mut image = fs::read(&path).unwrap();
    image[446 + 32..][..16].copy_from_slice(&[0, 0, 1, 0, 0, 1, 1, 1, 60, 0, 0, 0, 4, 0, 0, 0]);
    fs::write(&path, image).unwrap();
    let area = assert_as_xorriso(&xorriso, folder, &[]);
    assert_eq!(all(&area["mbr"]).count(), 2);
    let text = fsimage(folder, &["info", "image.iso"]);
    assert!(text.contains("MBR 3          type 0x00, blocks 60 + 4, not used"), "{text}");
    fsimage(folder, &["extract", "--boot-images", "-C", "boot", "image.iso"]);
    let taken: Vec<_> =
        fs::read_dir(folder.join("boot")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(!taken.iter().any(|name| name == "mbr-partition-3.img"), "{taken:?}");
    assert!(taken.iter().any(|name| name == "mbr-partition-1.img"), "{taken:?}");
}

#[test]
fn a_volume_of_hfs_is_told() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let scene = sources();
    let folder = scene.path();
    run(&genisoimage, folder, &["-quiet", "-R", "-hfs", "-o", "image.iso", "files"]);
    let area = system_area(folder);
    assert_eq!((&area["volume"], &area["findings"]), (&json!("HFS"), &json!([])), "{area}");
    let text = fsimage(folder, &["info", "image.iso"]);
    assert!(text.contains("volume         HFS, from sector 0"), "{text}");
}
