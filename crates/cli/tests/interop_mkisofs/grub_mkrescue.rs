//! grub-mkrescue with this program in the place of xorriso.

use std::collections::BTreeSet;
use std::fs;

use peers::Columns;

use crate::report::{boot_report, xorriso_report};
use crate::scene::{run, scene, succeed};

#[test]
fn grub_mkrescue_takes_it_for_xorriso() {
    let Some([xorriso, grub, _bios, _mtools]) =
        peers::require_all(["xorriso", "grub-mkrescue", "grub-bios", "mtools"])
    else {
        return;
    };
    let scene = scene();
    let folder = scene.path();
    let program = format!("--xorriso={}", env!("CARGO_BIN_EXE_fsimage"));
    let arguments = ["-d", "/usr/lib/grub/i386-pc", "-o", "theirs.iso", "tree"];
    succeed("grub-mkrescue", &run(grub.path(), folder, &arguments));
    let arguments = [&program, "-d", "/usr/lib/grub/i386-pc", "-o", "ours.iso", "tree"];
    succeed("grub-mkrescue", &run(grub.path(), folder, &arguments));
    let [theirs, ours] = ["theirs.iso", "ours.iso"].map(|name| folder.join(name));
    let report = |image| boot_report(&xorriso_report(&xorriso, image));
    assert_eq!(report(&theirs), report(&ours));
    let [theirs, ours] = [&theirs, &ours].map(|image| peers::xorriso::names(&xorriso, image, &[]).unwrap());
    let columns = Columns::KIND | Columns::SIZE | Columns::MODE | Columns::OWNER;
    assert_eq!(peers::differences(&theirs, &ours, columns), [""; 0]);
}

/// With loaders for UEFI it asks for HFS+ as well: Macs start the file in it that is blessed.
#[test]
fn grub_mkrescue_blesses_its_loader_for_macs() {
    let Some([grub, _, xorriso, seven_zip]) =
        peers::require_all(["grub-mkrescue", "grub-uefi", "xorriso", "7z"])
    else {
        return;
    };
    let scene = scene();
    let folder = scene.path();
    let program = format!("--xorriso={}", env!("CARGO_BIN_EXE_fsimage"));
    succeed("grub-mkrescue", &run(grub.path(), folder, &["-o", "theirs.iso", "tree"]));
    let output = run(grub.path(), folder, &[&program, "-o", "ours.iso", "tree"]);
    succeed("grub-mkrescue", &output);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("hfsplus"));
    let [theirs, ours] = ["theirs", "ours"].map(|name| {
        let image = folder.join(format!("{name}.iso"));
        let report = boot_report(&xorriso_report(&xorriso, &image));
        assert!(report.iter().any(|line| line.contains("2 UEFI y none")), "{report:?}");
        let bytes = fs::read(&image).unwrap();
        let entry = (1..8)
            .map(|number| &bytes[number * 2048..][..512])
            .find(|entry| entry[48..].starts_with(b"Apple_HFS"));
        let number = |at: usize| u32::from_be_bytes(entry.unwrap()[at..at + 4].try_into().unwrap()) as usize;
        let volume = bytes[number(8) * 2048..][..number(12) * 2048].to_vec();
        let path = folder.join(format!("{name}.hfs"));
        fs::write(&path, &volume).unwrap();
        (volume, path)
    });
    for (volume, path) in [&theirs, &ours] {
        assert_eq!(started(volume), "boot.efi", "{}", path.display());
    }
    let [theirs, ours] = [&theirs, &ours].map(|(_, path)| {
        let output = run(seven_zip.path(), folder, &["l", "-slt", "-ba", path.to_str().unwrap()]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let paths = text.lines().filter_map(|line| line.strip_prefix("Path = "));
        // A file is named by the time.
        paths.filter(|path| !path.contains(".disk/")).map(str::to_owned).collect::<BTreeSet<String>>()
    });
    assert!(theirs.len() > 200);
    // xorriso does not show that.
    assert_eq!(ours.symmetric_difference(&theirs).collect::<Vec<_>>(), ["ISOIMAGE/boot.catalog"]);
    if let Some(checker) = peers::optional("fsck.hfsplus", "hfsprogs, in Debian's non-free") {
        let output = run(checker.path(), folder, &["-f", "-n", "ours.hfs"]);
        assert!(output.status.success(), "{output:?}");
    }
}

/// Name of the file that a volume of HFS+ has blessed as the one that EFI starts: that in the thread record of its number.
fn started(volume: &[u8]) -> String {
    let number = &volume[1024 + 84..][..4];
    assert_ne!(number, [0; 4]);
    let key = [&[0, 6], number, &[0, 0, 0, 4, 0, 0]].concat();
    let at = volume.windows(key.len()).position(|window| window == key).unwrap() + key.len() + 4;
    let units = usize::from(u16::from_be_bytes([volume[at], volume[at + 1]]));
    let name: Vec<u16> = volume[at + 2..][..2 * units]
        .chunks_exact(2)
        .map(|unit| u16::from_be_bytes([unit[0], unit[1]]))
        .collect();
    String::from_utf16(&name).unwrap()
}
