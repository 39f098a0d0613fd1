//! The first sector, beside that of xorriso: which partition is where, and which of them is active.

use std::fs;
use std::path::Path;

use crate::scene::{run, scene, succeed};

/// Of each entry of the partition table, whether it is active, its type, and where it begins: up to block 64 in numbers.
/// An empty one of one block is told as such.
fn first_sector(image: &Path) -> (Vec<u8>, Vec<u8>, Vec<String>) {
    let bytes = fs::read(image).unwrap();
    let entry = |entry: &[u8]| {
        let word = |at: usize| u32::from_le_bytes(entry[at..at + 4].try_into().unwrap());
        match (word(8), word(12)) {
            (0, 0) => String::new(),
            (start @ 0..=64, blocks) => {
                format!("{:#04x} {:#04x} {start} {}", entry[0], entry[4], blocks == 1)
            }
            _ => format!("{:#04x} {:#04x} behind", entry[0], entry[4]),
        }
    };
    // Behind the code, addresses and a number by chance follow.
    (bytes[..432].to_vec(), bytes[510..512].to_vec(), bytes[446..510].chunks(16).map(entry).collect())
}

#[test]
fn partitions_of_the_first_sector_are_those_of_xorriso() {
    let Some([xorriso, _isolinux, _grub]) = peers::require_all(["xorriso", "isolinux", "grub-bios"]) else {
        return;
    };
    let scene = scene();
    let folder = scene.path();
    fs::write(folder.join("code"), (0..440u32).map(|at| (at % 251) as u8).collect::<Vec<_>>()).unwrap();
    // A block with a partition of its own.
    let mut block = vec![0xA5; 446];
    block.extend([[0; 16], [0, 1, 1, 0, 0x83, 1, 1, 0, 1, 0, 0, 0, 9, 0, 0, 0], [0; 16], [0; 16]].concat());
    block.extend([0x55, 0xAA]);
    fs::write(folder.join("block"), block).unwrap();
    let codes = [
        "",
        "-G code",
        "-G block",
        "-isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin",
        "--grub2-mbr /usr/lib/grub/i386-pc/boot_hybrid.img",
    ];
    let appended = [
        "",
        "-append_partition 1 0x83 efi.img",
        "-append_partition 1 0xef efi.img",
        "-append_partition 2 0x83 efi.img",
        "-append_partition 2 0xef efi.img",
        "-append_partition 3 0xef efi.img",
    ];
    let further = [
        "",
        "-partition_offset 16",
        "--protective-msdos-label",
        "-appended_part_as_gpt",
        "-iso_mbr_part_type 0xef",
    ];
    let boot = "-b isolinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table";
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (code, appended) in codes.iter().flat_map(|code| appended.map(|appended| (*code, appended))) {
        for (further, force) in
            further.iter().flat_map(|one| ["", "--mbr-force-bootable"].map(|force| (*one, force)))
        {
            if further == "-appended_part_as_gpt" && appended.is_empty() {
                continue;
            }
            let line =
                format!("-as mkisofs -quiet -r {boot} {code} {appended} {further} {force} -o out.iso tree");
            let line: Vec<&str> = line.split_whitespace().collect();
            let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
            let [theirs, ours] = [xorriso.path(), ours].map(|program| {
                let _ = fs::remove_file(folder.join("out.iso"));
                succeed(&line.join(" "), &run(program, folder, &line));
                first_sector(&folder.join("out.iso"))
            });
            compared += 1;
            if ours != theirs {
                wrong.push(format!("{code} {appended} {further} {force}: {:?}, not {:?}", ours.2, theirs.2));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
}

/// With `-partition_cyl_align all`, appended partitions fill whole cylinders; with other values they end with their files.
#[test]
fn appended_partitions_fill_cylinders() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = scene();
    let folder = scene.path();
    fs::write(folder.join("small"), vec![7; 300_000]).unwrap();
    for (align, blocks) in [("all", 2048), ("on", 588)] {
        let line = format!(
            "-as mkisofs -quiet -r -partition_cyl_align {align} -append_partition 2 0xef small -append_partition 3 0x83 \
             efi.img -e --interval:appended_partition_2:all:: -no-emul-boot -o out.iso tree"
        );
        let line: Vec<&str> = line.split_whitespace().collect();
        let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
        let [theirs, ours] = [xorriso.path(), ours].map(|program| {
            let _ = fs::remove_file(folder.join("out.iso"));
            succeed(align, &run(program, folder, &line));
            let bytes = fs::read(folder.join("out.iso")).unwrap();
            let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
            let second = &bytes[word(446 + 24) * 512..][..word(446 + 28) * 512];
            (word(446 + 28), word(446 + 44), second.to_vec())
        });
        assert_eq!((ours.0, ours.1), (blocks, 2048), "{align}");
        assert!(ours == theirs, "{align}");
    }
}
