//! Boot blocks of machines that are no PCs, in images of xorriso: it finds the files that they are told of in new images and
//! behind further sessions as well.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use fsimage::{
    BootLoss, Control, Disc, GrowingImage, ImportOptions, Imported, Item, ItemOptions, LayoutPlan, Losses,
    PlanOptions, Tree, import,
};
use peers::Peer;

/// Options of xorriso for a machine, and files that its boot block is told of.
const MACHINES: [(&str, &[&str]); 6] = [
    ("-sparc-label LAB", &[]),
    ("-mips-boot boot -mips-boot k32", &["/boot", "/k32"]),
    ("-mipsel-boot elf", &["/elf"]),
    (
        "-hppa-hdrversion 4 -hppa-cmdline 0/vmlinux -hppa-bootloader boot -hppa-kernel-32 k32 -hppa-kernel-64 k64 \
         -hppa-ramdisk rd",
        &["/boot", "/k32", "/k64", "/rd"],
    ),
    (
        "-hppa-hdrversion 5 -hppa-cmdline 0/vmlinux -hppa-bootloader boot -hppa-kernel-32 k32 -hppa-kernel-64 k64 \
         -hppa-ramdisk rd",
        &["/boot", "/k32", "/k64", "/rd"],
    ),
    ("-alpha-boot boot", &["/boot"]),
];

/// The least that xorriso takes for a program of MIPS: one segment, behind 512 bytes.
fn program() -> Vec<u8> {
    let mut program = vec![0x5A; 5000];
    program[..16].copy_from_slice(b"\x7FELF\x01\x01\x01\0\0\0\0\0\0\0\0\0");
    let numbers =
        [0x0008_0002, 1, 0x8010_0000, 52, 0, 0, 0x0020_0034, 1, 0, 1, 512, 0x8010_0000, 0x8010_0000];
    let numbers = numbers.into_iter().chain([4488, 4488, 7, 4]);
    for (place, number) in program[16..].chunks_exact_mut(4).zip(numbers) {
        place.copy_from_slice(&u32::to_le_bytes(number));
    }
    program
}

fn run(xorriso: &Peer, folder: &Path, arguments: &str) -> String {
    let output =
        Command::new(xorriso.path()).args(arguments.split_whitespace()).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Kind of the system area, and the files that xorriso finds it to be told of.
fn told(xorriso: &Peer, folder: &Path, image: &str) -> (String, Vec<String>) {
    let report = run(xorriso, folder, &format!("-indev {image} -report_system_area plain"));
    let kind = report.lines().find(|line| line.starts_with("System area summary")).unwrap_or_default();
    let words = report.lines().filter_map(|line| line.split_whitespace().last());
    let mut files: Vec<_> = words.filter(|word| word.starts_with('/')).map(str::to_owned).collect();
    files.sort();
    (kind.to_owned(), files)
}

fn add(tree: &mut Tree, path: &str, len: usize) {
    let options = ItemOptions { replace: true, ..ItemOptions::default() };
    let content: Arc<[u8]> = (0..len).map(|at| at as u8).collect();
    tree.add(path, Item::Bytes(content), &options).unwrap();
}

fn opened(image: &Path) -> Imported {
    import(&Disc::open(image).unwrap(), &ImportOptions::default(), &Control::default()).unwrap()
}

fn remaster(from: &Path, to: &Path, change: impl FnOnce(&mut Tree)) -> fsimage::Result<()> {
    let mut source = opened(from);
    change(&mut source.tree);
    let mut options = source.new_image_options();
    assert_eq!(source.boot.put_into(&mut source.tree, &mut options, Losses::Refuse)?, []);
    fsimage::write_image(&LayoutPlan::new(&source.tree, options)?, to, &Control::default())?;
    Ok(())
}

fn append(image: &Path, change: impl FnOnce(&mut Tree)) -> fsimage::Result<()> {
    let growing = GrowingImage::open(image)?;
    let mut source = growing.import(&ImportOptions::default(), &Control::default())?;
    let mut options = PlanOptions { place: growing.place(), ..source.plan_options() };
    change(&mut source.tree);
    assert_eq!(source.boot.put_into(&mut source.tree, &mut options, Losses::Refuse)?, []);
    growing.write(&LayoutPlan::new(&source.tree, options)?, &Control::default())?;
    Ok(())
}

#[test]
fn they_are_told_where_their_files_are_now() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir(folder.join("tree")).unwrap();
    for name in ["boot", "k32", "k64", "rd"] {
        fs::write(folder.join("tree").join(name), vec![name.as_bytes()[0]; 5000]).unwrap();
    }
    fs::write(folder.join("tree/elf"), program()).unwrap();
    let [old, new] = ["old.iso", "new.iso"].map(|name| folder.join(name));
    for (machine, files) in MACHINES {
        run(&xorriso, folder, &format!("-as mkisofs -quiet -r -o old.iso {machine} tree"));
        let before = told(&xorriso, folder, "old.iso");
        assert_eq!(before.1, files, "{machine}");
        // Everything moves, and what boots is longer, where the block does not say what is in it.
        let has_code = files == ["/elf"];
        let change = |tree: &mut Tree| {
            add(tree, "/aaa", 70_000);
            if let Some(first) = files.first().filter(|_| !has_code) {
                add(tree, first, 9000);
            }
        };
        remaster(&old, &new, change).unwrap();
        assert_eq!(told(&xorriso, folder, "new.iso"), before, "{machine}");
        append(&old, change).unwrap();
        assert_eq!(told(&xorriso, folder, "old.iso"), before, "{machine}");

        if files.is_empty() {
            continue;
        }
        let lost = |result: fsimage::Result<()>| match result {
            Err(fsimage::Error::BootLost { losses }) => {
                matches!(&losses[..], [BootLoss::Code { reason }] if reason.contains("a file that it is told of"))
            }
            other => panic!("{machine}: {other:?}"),
        };
        let remove = |tree: &mut Tree| {
            tree.remove(tree.lookup(files[0]).unwrap()).unwrap();
        };
        assert!(lost(remaster(&new, &old, remove)), "{machine}");
        assert!(lost(append(&new, remove)), "{machine}");
        if has_code {
            let replaced = append(&new, |tree| add(tree, files[0], 5000));
            assert!(replaced.unwrap_err().to_string().contains("how the file is to be loaded"));
        }
    }
}
