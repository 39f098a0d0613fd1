//! Sources of images that boot.

use std::fs;

use tempfile::TempDir;

use super::run;

/// What the guest prints: it stands in a file of the image only, so that the guest has found its file system.
pub const MARK: &str = "the-guest-has-read-its-medium";

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loader {
    Isolinux,
    Grub,
}

pub const GRUB_CONFIG: &str = "\
serial --unit=0 --speed=115200
terminal_output serial
search --no-floppy --file --set=root /mark.txt
cat /mark.txt
";

/// A folder with the sources of an image, `files`, beside it; `None` where a peer is missing.
pub fn sources(loader: Loader) -> Option<TempDir> {
    let [mkimage, mtools, _uefi] = peers::require_all(["grub-mkimage", "mtools", "grub-uefi"])?;
    let scene = tempfile::tempdir().unwrap();
    let folder = scene.path();
    fs::create_dir_all(folder.join("files/boot")).unwrap();
    fs::write(folder.join("files/mark.txt"), format!("{MARK}\n")).unwrap();
    fs::write(folder.join("early.cfg"), GRUB_CONFIG).unwrap();
    let modules = "iso9660 fat serial terminal search search_fs_file echo cat normal part_gpt part_msdos";
    let grub = |format: &str, output: &str, more: &[&str]| {
        let arguments = ["-O", format, "-o", output, "-p", "/boot/grub", "-c", "early.cfg"];
        let modules = modules.split(' ').chain(more.iter().copied());
        run(&mkimage, folder, &arguments.into_iter().chain(modules).collect::<Vec<_>>());
    };
    grub("x86_64-efi", "BOOTX64.EFI", &[]);
    run(&mtools, folder, &["-c", "mformat", "-i", "files/boot/efi.img", "-C", "-f", "1440", "::"]);
    for directory in ["::/EFI", "::/EFI/BOOT"] {
        run(&mtools, folder, &["-c", "mmd", "-i", "files/boot/efi.img", directory]);
    }
    run(&mtools, folder, &["-c", "mcopy", "-i", "files/boot/efi.img", "BOOTX64.EFI", "::/EFI/BOOT/"]);
    match loader {
        Loader::Grub => {
            let code = peers::require("grub-bios")?;
            grub("i386-pc-eltorito", "files/boot/bios.img", &["biosdisk"]);
            fs::copy(code.path(), folder.join("mbr.bin")).unwrap();
        }
        Loader::Isolinux => {
            let [isolinux, ldlinux] = peers::require_all(["isolinux", "ldlinux"])?;
            fs::copy(isolinux.path(), folder.join("files/boot/bios.img")).unwrap();
            // It looks for these in a few places only.
            fs::create_dir(folder.join("files/isolinux")).unwrap();
            fs::copy(ldlinux.path(), folder.join("files/isolinux/ldlinux.c32")).unwrap();
            fs::copy(isolinux.path().with_file_name("isohdpfx.bin"), folder.join("mbr.bin")).unwrap();
            // On the serial line it tells of nothing but what it loads.
            let config = format!("serial 0 115200\nprompt 0\ndefault x\nlabel x\nkernel {MARK}\n");
            fs::write(folder.join("files/isolinux/isolinux.cfg"), config).unwrap();
        }
    }
    Some(scene)
}
