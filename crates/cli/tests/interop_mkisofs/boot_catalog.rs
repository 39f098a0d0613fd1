//! Boot catalogs are those of the programs.

use std::fs;
use std::path::Path;

use crate::scene::{LOADERS, fsimage, run, scene, succeed, words};

/// genisoimage names the publisher in the boot catalog.
#[test]
fn a_catalog_names_the_publisher() {
    let Some(genisoimage) = peers::require("genisoimage") else { return };
    let scene = scene();
    let validation_entry = |program: &Path, image: &str, first: &[&str]| {
        let publisher = "publisher of the disc that has more than 23 characters";
        let options =
            ["-quiet", "-publisher", publisher, "-b", LOADERS[0], "-no-emul-boot", "-o", image, "tree"];
        succeed(image, &run(program, scene.path(), &[first, &options].concat()));
        let bytes = fs::read(scene.path().join(image)).unwrap();
        let catalog = u32::from_le_bytes(bytes[17 * 2048 + 71..][..4].try_into().unwrap()) as usize;
        bytes[catalog * 2048..][..32].to_vec()
    };
    let theirs = validation_entry(genisoimage.path(), "theirs.iso", &[]);
    assert!(theirs[4..].starts_with(b"publisher of the disc t\0"));
    assert_eq!(validation_entry(env!("CARGO_BIN_EXE_fsimage").as_ref(), "ours.iso", &["mkisofs"]), theirs);
}

/// The entries of the boot catalog, but for where the images lie.
fn entries(image: &Path) -> Vec<[u8; 32]> {
    let bytes = fs::read(image).unwrap();
    let catalog = u32::from_le_bytes(bytes[17 * 2048 + 71..][..4].try_into().unwrap()) as usize;
    let entries = bytes[catalog * 2048..][..2048].chunks_exact(32);
    let entries = entries.map(|entry| <[u8; 32]>::try_from(entry).unwrap());
    let without_place = |(at, mut entry): (usize, [u8; 32])| {
        // Neither the validation entry nor the header of a section has one.
        if at > 0 && !matches!(entry[0], 0x90 | 0x91) {
            entry[8..12].fill(0);
        }
        entry
    };
    entries.enumerate().map(without_place).take_while(|entry| entry.iter().any(|&byte| byte != 0)).collect()
}

/// Platforms, identifiers, criteria and load sizes are in the entries in which xorriso has them.
#[test]
fn entries_are_those_of_xorriso() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    let scene = scene();
    let folder = scene.path();
    fs::write(folder.join("odd.img"), vec![1; 586 * 512]).unwrap();
    let one = "-b isolinux/isolinux.bin -no-emul-boot";
    let two = "-b boot/cdboot -no-emul-boot";
    let efi = "-e efi.img -no-emul-boot";
    let floppy = "boot/floppy.img";
    let next = "-eltorito-alt-boot";
    let appended = "-append_partition 2 0xef odd.img -e --interval:appended_partition_2:all::";
    for line in [
        format!("{one} -eltorito-selcrit 0102030405"),
        format!("{one} -eltorito-selcrit 0002030405 {next} {two} -eltorito-selcrit 0000000006"),
        format!("{one} -eltorito-selcrit 0102030405060708090a0b0c0d0e0f1011121314"),
        format!("{one} -eltorito-id FIRST {next} {two} -eltorito-id SECOND"),
        format!("-eltorito-id FIRST {one} {next} -eltorito-id SECOND {two}"),
        format!("{one} -eltorito-platform efi"),
        format!("{one} -eltorito-platform efi {next} {two}"),
        format!("-eltorito-platform efi {one} {next} {two}"),
        format!("{one} {next} -eltorito-platform efi {two} {next} -b boot/grub/grub_eltorito -no-emul-boot"),
        format!("{one} -eltorito-platform efi {two}"),
        format!("{one} -eltorito-platform efi -eltorito-platform x86 {two}"),
        format!("{one} -eltorito-platform 0xef {efi} -eltorito-platform Mac {next} {two}"),
        format!("{one} -eltorito-platform PPC {next} {efi} {next} {two}"),
        format!("-eltorito-platform PPC {one} -eltorito-platform Mac --efi-boot efi.img {two}"),
        format!("-eltorito-platform PPC -no-emul-boot -boot-load-size 8 -eltorito-platform Mac {two}"),
        format!("{efi} -eltorito-platform efi {two}"),
        format!("{efi} -eltorito-platform x86 {two}"),
        format!("{efi} {two}"),
        format!("-e {floppy}"),
        format!("{one} {next} -b {floppy} -boot-load-size 8 {next} {efi} -boot-load-size full"),
        format!("{appended} -no-emul-boot"),
        format!("{appended} -no-emul-boot -boot-load-size full"),
        format!("-partition_cyl_align all {appended} -no-emul-boot"),
        // Both refuse these.
        format!("{one} -eltorito-selcrit 0102030405060708090a0b0c0d0e0f101112131415"),
        "-e efi.img".to_owned(),
        appended.to_owned(),
        appended.replace("odd.img", "tree/boot/floppy.img"),
    ] {
        let made = |program: &Path, image: &str| {
            let first = ["-as", "mkisofs", "-quiet", "-R", "-o", image];
            let line: Vec<&str> = first.into_iter().chain(line.split(' ')).chain(["tree"]).collect();
            let output = run(program, folder, &line);
            let entries = output.status.success().then(|| entries(&folder.join(image)));
            (entries, String::from_utf8_lossy(&output.stderr).into_owned())
        };
        let (theirs, _) = made(xorriso.path(), "theirs.iso");
        let (own, told) = made(ours, "ours.iso");
        assert_eq!(own, theirs, "{line}: {told}");
    }
}

/// Of identifiers that are too long, as much stays as there is room for, and the rest is told.
#[test]
fn long_identifiers_are_cut_as_xorriso_does() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = scene();
    let folder = scene.path();
    for id in [
        "exactly 24 bytes of text",
        "25 bytes of text, one cut",
        "28 bytes are in all sections",
        "29 bytes are cut in a section",
        "an identifier that is longer than any field of a boot catalog",
    ] {
        let made = |program: &Path, image: &str, personality: &[&str]| {
            let options = [
                "-quiet",
                "-R",
                "-o",
                image,
                "-b",
                "isolinux/isolinux.bin",
                "-no-emul-boot",
                "-eltorito-id",
                id,
                "-eltorito-alt-boot",
                "-b",
                "boot/cdboot",
                "-no-emul-boot",
                "-eltorito-id",
                id,
                "tree",
            ];
            let output = run(program, folder, &[personality, &options].concat());
            succeed(id, &output);
            (entries(&folder.join(image)), String::from_utf8_lossy(&output.stderr).into_owned())
        };
        let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
        let (theirs, _) = made(xorriso.path(), "theirs.iso", &["-as", "mkisofs"]);
        for personality in [&["-as", "mkisofs"][..], &["mkisofs"]] {
            let (own, told) = made(ours, "ours.iso", personality);
            assert_eq!(own, theirs, "{id}");
            for len in [24, 28] {
                let is_told =
                    told.contains(&format!("-eltorito-id: of {id:?} the first {len} bytes are recorded"));
                assert_eq!(is_told, id.len() > len, "{id}: {told}");
            }
        }
    }
}

/// Criteria that xorriso has in the initial entry, where the standard has none, are shown, and stay.
#[test]
fn criteria_of_the_initial_entry_stay() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = scene();
    let folder = scene.path();
    let line = "-as mkisofs -quiet -R -o a.iso -b isolinux/isolinux.bin -no-emul-boot -eltorito-selcrit 01c0ffee tree";
    succeed(
        "xorriso",
        &run(xorriso.path(), folder, &words(line).iter().map(String::as_str).collect::<Vec<_>>()),
    );
    let told = succeed("info", &fsimage(folder, &["info", "a.iso"]));
    assert!(told.contains("selection criteria of type 1: 0xc0ffee"), "{told}");
    for line in [
        "remaster --strict a.iso new=user-data -o remastered.iso",
        "copy a.iso -o copied.iso",
        "build tree -o built.iso --boot-image isolinux/isolinux.bin,criteria=1:c0ffee",
    ] {
        let words = words(&line.replace("user-data", "tree/user-data"));
        let output = fsimage(folder, &words.iter().map(String::as_str).collect::<Vec<_>>());
        succeed(line, &output);
        let image = words.iter().find(|word| word.ends_with("ed.iso") || word.starts_with("built.")).unwrap();
        let initial = entries(&folder.join(image))[1];
        assert_eq!(initial[12..17], [1, 0xc0, 0xff, 0xee, 0], "{line}");
    }
}

/// Nobody may write to it, whatever the mode of files is to be.
#[test]
fn a_boot_catalog_has_the_attributes_that_the_programs_give_it() {
    let found = ["genisoimage", "xorriso", "isoinfo"].map(peers::require);
    let [Some(genisoimage), Some(xorriso), Some(isoinfo)] = found else { return };
    let ours = Path::new(env!("CARGO_BIN_EXE_fsimage"));
    let scene = scene();
    let listed = |program: &Path, first: &[&str], more: &[&str]| {
        let options = ["-quiet", "-R", "-b", LOADERS[0], "-c", "c.cat", "-no-emul-boot", "-o", "a.iso"];
        succeed("mkisofs", &run(program, scene.path(), &[first, &options, more, &["tree"]].concat()));
        let listing = succeed("isoinfo", &run(isoinfo.path(), scene.path(), &["-R", "-l", "-i", "a.iso"]));
        let line = listing.lines().find(|line| line.trim_end().ends_with("c.cat")).expect("no catalog");
        // Permissions, links, owner, group and size.
        words(line)[..5].to_vec()
    };
    for more in [&[][..], &["-file-mode", "0600"], &["-uid", "5", "-gid", "6"]] {
        let theirs = listed(genisoimage.path(), &[], more);
        assert_eq!(theirs[0], "-r--r--r--");
        assert_eq!(listed(ours, &["mkisofs"], more)[..3], theirs[..3], "{more:?}");
        assert_eq!(listed(ours, &["mkisofs"], more)[4], theirs[4], "{more:?}");
        let theirs = listed(xorriso.path(), &["-as", "mkisofs"], more);
        assert_eq!(listed(ours, &["-as", "mkisofs"], more), theirs, "{more:?}");
    }
}
