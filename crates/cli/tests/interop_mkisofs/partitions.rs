//! What boots, and the partitions of all tables with their numbers, beside those of xorriso.

use std::fs;
use std::path::Path;

use peers::Peer;

use crate::report::{boot_report, xorriso_report};
use crate::scene::{fsimage, run, scene, succeed};

const BIOS: &str = "-b isolinux/isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table";
const UEFI: &str = "-eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot";
const ISOHYBRID: &str = "-isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin";
const GRUB2: &str = "--grub2-mbr /usr/lib/grub/i386-pc/boot_hybrid.img";

/// The sources, and what is appended: a file of less than a sector and one of a MiB and a sector.
fn folder() -> tempfile::TempDir {
    let scene = scene();
    fs::write(scene.path().join("part.img"), "data\n").unwrap();
    fs::write(scene.path().join("odd.img"), vec![0xC5; (1 << 20) + 2048]).unwrap();
    scene
}

/// Of each line, what differs between the reports of both images.
fn differences(xorriso: &Peer, folder: &Path, lines: &[String]) -> Vec<String> {
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    let mut wrong = Vec::new();
    for line in lines {
        let words = format!("-as mkisofs -quiet -V P {line} -o out.iso tree");
        let words: Vec<&str> = words.split_whitespace().collect();
        let [theirs, ours] = [xorriso.path(), ours].map(|program| {
            let _ = fs::remove_file(folder.join("out.iso"));
            succeed(line, &run(program, folder, &words));
            boot_report(&xorriso_report(xorriso, &folder.join("out.iso")))
        });
        if ours != theirs {
            let [missing, more] = [theirs.difference(&ours), ours.difference(&theirs)]
                .map(|lines| lines.map(String::as_str).collect::<Vec<_>>().join("\n    "));
            wrong.push(format!("{line}:\n  missing\n    {missing}\n  more\n    {more}"));
        }
    }
    wrong
}

fn assert_same(lines: &[String]) {
    let Some([xorriso, _isolinux, _grub]) = peers::require_all(["xorriso", "isolinux", "grub-bios"]) else {
        return;
    };
    let scene = folder();
    let wrong = differences(&xorriso, scene.path(), lines);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

/// An image for UEFI is loaded whole, whatever size is given: with less, it does not start from a CD.
#[test]
fn images_for_uefi_are_loaded_whole() {
    assert_same(&[
        format!("{BIOS} {UEFI} -boot-load-size 4"),
        format!("{BIOS} -eltorito-alt-boot -boot-load-size 4 -e boot/grub/efi.img -no-emul-boot"),
        format!("{BIOS} --efi-boot boot/grub/efi.img"),
        "-eltorito-platform efi -b boot/grub/efi.img -no-emul-boot -boot-load-size 4".to_owned(),
    ]);
    // genisoimage takes the number, and no program else is asked.
    let scene = folder();
    let line = format!("mkisofs -quiet {BIOS} {UEFI} -boot-load-size 4 -o out.iso tree");
    succeed(&line, &fsimage(scene.path(), &line.split_whitespace().collect::<Vec<_>>()));
    let bytes = fs::read(scene.path().join("out.iso")).unwrap();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    // El Torito 2.4: behind validation entry, initial entry and section header.
    let entry = word(17 * 2048 + 71) * 2048 + 3 * 32;
    assert_eq!((bytes[entry], bytes[entry + 6]), (0x88, 4));
}

/// A catalog counts up to 65535 blocks (El Torito 2.2), and no program takes 0 for none that are loaded.
#[test]
fn sizes_to_load_that_a_catalog_does_not_count() {
    let bios = "-b isolinux/isolinux.bin -c boot.cat -no-emul-boot";
    assert_same(&[
        format!("{bios} -boot-load-size 65536"),
        format!("{bios} {UEFI} -boot-load-size 70000"),
        format!("{bios} -boot-load-size 0"),
    ]);
    let Some([genisoimage, xorriso]) = peers::require_all(["genisoimage", "xorriso"]) else { return };
    let scene = folder();
    let report = |program: &Path, mode: &[&str]| {
        let line = format!("-quiet {bios} -boot-load-size 0 -o out.iso tree");
        let words: Vec<&str> = mode.iter().copied().chain(line.split_whitespace()).collect();
        succeed(&line, &run(program, scene.path(), &words));
        boot_report(&xorriso_report(&xorriso, &scene.path().join("out.iso")))
    };
    let ours = report(Path::new(env!("CARGO_BIN_EXE_fsimage")), &["mkisofs"]);
    fs::remove_file(scene.path().join("out.iso")).unwrap();
    assert_eq!(ours, report(genisoimage.path(), &[]));
    let line = format!("mkisofs -quiet {bios} -boot-load-size 65536 -o big.iso tree");
    let refused = fsimage(scene.path(), &line.split_whitespace().collect::<Vec<_>>());
    assert!(!refused.status.success() && !scene.path().join("big.iso").exists());
}

/// What is marked for isohybrid images stays in the master boot record, but where an appended partition has its number.
#[test]
fn marked_images_stay_beside_appended_partitions() {
    let marked = format!("{BIOS} {ISOHYBRID} {UEFI} -isohybrid-gpt-basdat");
    let of_appended = "-eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot";
    assert_same(&[
        format!("{marked} -append_partition 3 0x83 part.img"),
        format!("{marked} -append_partition 3 0x83 part.img -append_partition 4 0x83 odd.img"),
        format!("{marked} -append_partition 2 0x83 part.img"),
        format!("{marked} -append_partition 1 0xef efi.img"),
        format!("{marked} -isohybrid-apm-hfsplus -append_partition 3 0x83 part.img"),
        format!("{marked} -partition_offset 16 -append_partition 3 0x83 part.img"),
        format!(
            "{marked} -eltorito-alt-boot -e images/macboot.img -no-emul-boot -isohybrid-gpt-hfsplus -append_partition 4 0x83 part.img"
        ),
        format!("{BIOS} {ISOHYBRID} {UEFI} -isohybrid-apm-hfsplus"),
        format!("{BIOS} {ISOHYBRID} {UEFI} -isohybrid-apm-hfsplus -append_partition 3 0x83 part.img"),
        format!(
            "{BIOS} {ISOHYBRID} -append_partition 2 0xef efi.img {of_appended} -isohybrid-gpt-basdat -append_partition 3 0x83 part.img"
        ),
    ]);
}

/// Beside a boot image that is a partition of the GPT, the master boot record has what is appended and nothing else, of
/// which the first that is not of UEFI is active where the boot code wants one.
#[test]
fn appended_partitions_beside_a_boot_image_in_the_gpt() {
    let uefi = "-e boot/grub/efi.img -no-emul-boot -efi-boot-part --efi-boot-image";
    let both = format!("{BIOS} {UEFI} -efi-boot-part --efi-boot-image");
    let (two, three) = ("-append_partition 2 0xef efi.img", "-append_partition 3 0x83 part.img");
    assert_same(&[
        format!("{uefi} {three} -partition_offset 16"),
        format!("{uefi} {two} -partition_offset 16"),
        format!("{uefi} {two} {three} -partition_offset 16"),
        format!("{uefi} {two} {three} --mbr-force-bootable"),
        format!("{both} {two} {GRUB2}"),
        format!("{both} {two} {three} {GRUB2} -partition_offset 16"),
        format!("{both} {three} -G /usr/lib/grub/i386-pc/boot_hybrid.img -partition_offset 16"),
        format!("{uefi} {three} --protective-msdos-label"),
        format!("{uefi} {three} --protective-msdos-label -partition_offset 16"),
        format!("{uefi} --protective-msdos-label -partition_offset 16"),
    ]);
}

/// Appended partitions lie in the order of their numbers, without gaps that would have numbers themselves.
#[test]
fn appended_partitions_have_the_numbers_of_xorriso() {
    let gpt = "-appended_part_as_gpt";
    assert_same(&[
        format!("-append_partition 2 0xef odd.img -append_partition 3 0x83 part.img {gpt}"),
        format!("-append_partition 3 0xef odd.img -append_partition 2 0x83 part.img {gpt}"),
        format!("-append_partition 3 0xef odd.img -append_partition 2 0x83 part.img {gpt} -no-pad"),
        format!(
            "-append_partition 2 0x83 part.img -append_partition 3 0xef odd.img -append_partition 4 0x83 part.img {gpt}"
        ),
        format!(
            "-append_partition 2 0xef odd.img -append_partition 3 0x83 part.img {gpt} -partition_cyl_align all"
        ),
        format!(
            "-append_partition 2 0xef odd.img -append_partition 3 0x83 part.img {gpt} -partition_offset 16"
        ),
        format!(
            "{BIOS} {ISOHYBRID} -append_partition 3 0x83 part.img -append_partition 2 0xef odd.img {gpt}"
        ),
        format!("{BIOS} {ISOHYBRID} -append_partition 3 0x83 part.img -append_partition 2 0xef odd.img"),
    ]);
}

/// A partition of CHRP beside boot code and appended partitions, and what it gives way to.
#[test]
fn partitions_of_chrp_are_those_of_xorriso() {
    assert_same(&[
        "--chrp-boot-part".to_owned(),
        "--chrp-boot-part --mbr-force-bootable -iso_mbr_part_type 0x96".to_owned(),
        "--chrp-boot-part -append_partition 2 0xef efi.img".to_owned(),
        format!("--chrp-boot-part {BIOS} {GRUB2}"),
        format!("--chrp-boot-part {BIOS} {ISOHYBRID}"),
        "--chrp-boot-part --protective-msdos-label".to_owned(),
    ]);
}

/// What xorriso prints for an image with a partition of CHRP makes such an image again.
#[test]
fn reports_of_chrp_images_are_taken() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = folder();
    let folder = scene.path();
    let line = ["-as", "mkisofs", "-quiet", "-r", "--chrp-boot-part", "-o", "old.iso", "tree"];
    succeed("--chrp-boot-part", &run(xorriso.path(), folder, &line));
    let report = ["-indev", "old.iso", "-report_el_torito", "as_mkisofs"];
    let report = succeed("report", &run(xorriso.path(), folder, &report));
    let report = report.replace('\'', "");
    let arguments: Vec<&str> = report.split_whitespace().collect();
    assert!(arguments.contains(&"-chrp-boot-part") && arguments.contains(&"-G"), "{report}");
    let line = [&["-as", "mkisofs", "-quiet", "-r"], &arguments[..], &["-o", "out.iso", "tree"]].concat();
    let [theirs, ours] = [xorriso.path(), Path::new(env!("CARGO_BIN_EXE_fsimage"))].map(|program| {
        let _ = fs::remove_file(folder.join("out.iso"));
        succeed(&line.join(" "), &run(program, folder, &line));
        boot_report(&xorriso_report(&xorriso, &folder.join("out.iso")))
    });
    assert_eq!(ours, theirs);
}

/// `-iso_mbr_part_type` and `-part_like_isohybrid` beside what is marked for isohybrid images.
#[test]
fn options_of_isohybrid_images_are_those_of_xorriso() {
    let marked = format!("{BIOS} {UEFI} -isohybrid-gpt-basdat");
    let two = "-append_partition 2 0xef efi.img";
    assert_same(&[
        format!("{marked} {ISOHYBRID} {two} -iso_mbr_part_type 0x83"),
        format!("{marked} {ISOHYBRID} -iso_mbr_part_type 0x83"),
        format!("{BIOS} {ISOHYBRID} -iso_mbr_part_type 0x83"),
        format!("{marked} -part_like_isohybrid -G /usr/lib/grub/i386-pc/boot_hybrid.img"),
        format!("{marked} -part_like_isohybrid {two}"),
        format!("{marked} {ISOHYBRID} -part_like_isohybrid {two} -appended_part_as_gpt"),
        format!("{marked} -part_like_isohybrid {two} -appended_part_as_gpt"),
        format!("{marked} -part_like_isohybrid -partition_offset 16"),
        format!("{marked} -part_like_isohybrid --protective-msdos-label"),
        format!("{marked} -part_like_isohybrid -efi-boot-part --efi-boot-image"),
        format!("{marked} -part_like_isohybrid -isohybrid-apm-hfsplus {two}"),
        format!("{BIOS} {UEFI} -part_like_isohybrid -efi-boot-part --efi-boot-image {two}"),
        format!("{BIOS} {UEFI} -part_like_isohybrid {two} -appended_part_as_gpt"),
    ]);
}
