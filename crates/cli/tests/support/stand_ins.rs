//! As much of what boots as tells it from other files. None of it starts anything.

use std::fs;

use tempfile::TempDir;

/// All of a [`bootable`] folder, from disc and disk.
pub const EVERYTHING: [&str; 7] =
    ["--boot", "bios=boot/isolinux.bin", "--boot", "uefi=boot/efi.img", "--hybrid", "--mbr", "mbr.bin"];

/// Host files: a folder `files` that boots with BIOS and UEFI, code that starts it from a disk, and a file more.
pub fn bootable() -> TempDir {
    let scene = tempfile::tempdir().unwrap();
    let at = |name: &str| scene.path().join(name);
    fs::create_dir_all(at("files/boot")).unwrap();
    fs::write(at("files/boot/efi.img"), fat(1)).unwrap();
    fs::write(at("files/boot/isolinux.bin"), isolinux(1)).unwrap();
    fs::write(at("mbr.bin"), isolinux_disk_code()).unwrap();
    fs::write(at("more.txt"), "more").unwrap();
    scene
}

/// A file system of FAT, of so many MiB.
pub fn fat(mebibytes: u16) -> Vec<u8> {
    let mut image = vec![0; usize::from(mebibytes) << 20];
    image[..3].copy_from_slice(&[0xEB, 0x3C, 0x90]);
    // Of 512 bytes a sector, a sector a cluster, two tables of 9 sectors, 224 entries of the root.
    image[11..24].copy_from_slice(&[0, 2, 1, 1, 0, 2, 224, 0, 0, 0, 0xF0, 9, 0]);
    image[19..21].copy_from_slice(&(mebibytes * 2048).to_le_bytes());
    image[510..512].copy_from_slice(&[0x55, 0xAA]);
    image
}

/// The loader of ISOLINUX, of bytes that tell two of them apart.
pub fn isolinux(filling: u8) -> Vec<u8> {
    let mut loader = vec![filling; 9000];
    loader[64..68].copy_from_slice(&[0xFB, 0xC0, 0x78, 0x70]);
    loader
}

/// Boot code that starts it from a disk.
pub fn isolinux_disk_code() -> Vec<u8> {
    let mut code = vec![0x90; 432];
    code[300..331].copy_from_slice(b"isolinux.bin missing or corrupt");
    code
}
