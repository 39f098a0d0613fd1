//! Whose code it is, by what stands in it.

use std::fmt;

/// Boot loaders that want to be told where they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BootLoader {
    /// ISOLINUX: `isolinux.bin`.
    Isolinux,
    /// GRUB 2: an image for El Torito, which begins with `cdboot.img`.
    Grub2,
}

/// Boot code for the first block of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownCode {
    /// ISOLINUX's, with an address of `isolinux.bin`: `isohdpfx.bin` and its like.
    Isolinux,
    /// GRUB's for hybrid images: `boot_hybrid.img`.
    Grub2Hybrid,
    /// GRUB's for disks, which does not boot an image: `boot.img`.
    Grub2Disk,
}

/// What the isohybrid code of ISOLINUX begins with, behind its head.
const ISOHYBRID: [u8; 4] = [0xFB, 0xC0, 0x78, 0x70];

impl BootLoader {
    /// How many bytes of a boot image tell whose it is.
    pub const TELLING: usize = 2048;

    /// The loader that a boot image is, by its first [`Self::TELLING`] bytes.
    #[must_use]
    pub fn detect(image: &[u8]) -> Option<BootLoader> {
        if image.get(64..68) == Some(&ISOHYBRID) {
            return Some(BootLoader::Isolinux);
        }
        let first = &image[..image.len().min(Self::TELLING)];
        let has = |text: &[u8]| first.windows(text.len()).any(|found| found == text);
        (has(b"no boot info") && has(b"cdrom read fails")).then_some(BootLoader::Grub2)
    }

    /// The boot code that lets the loader start from a disk, and where to get it.
    #[must_use]
    pub fn disk_code(self) -> &'static str {
        match self {
            BootLoader::Isolinux => {
                "isohdpfx.bin (Debian: package isolinux, /usr/lib/ISOLINUX/isohdpfx.bin; elsewhere of Syslinux)"
            }
            BootLoader::Grub2 => {
                "boot_hybrid.img (Debian: package grub-pc-bin, /usr/lib/grub/i386-pc/boot_hybrid.img)"
            }
        }
    }
}

impl fmt::Display for BootLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BootLoader::Isolinux => "ISOLINUX",
            BootLoader::Grub2 => "GRUB 2",
        })
    }
}

impl KnownCode {
    /// The loader that it starts, if that is told where it lies.
    pub(super) fn loader(self) -> Option<BootLoader> {
        match self {
            KnownCode::Isolinux => Some(BootLoader::Isolinux),
            KnownCode::Grub2Hybrid => Some(BootLoader::Grub2),
            KnownCode::Grub2Disk => None,
        }
    }

    /// Whose code the first 440 bytes of a disk are.
    #[must_use]
    pub fn detect(code: &[u8]) -> Option<KnownCode> {
        let code = &code[..code.len().min(440)];
        let has = |text: &[u8]| code.windows(text.len()).any(|found| found == text);
        if has(b"isolinux.bin missing or corrupt") {
            Some(KnownCode::Isolinux)
        } else if has(b"GRUB \0Geom\0Hard Disk\0Read\0") {
            // Both have the same texts. That for hybrid images leaves room for the head of an Apple partition map, which may
            // be in its first 8 bytes, that for disks for the parameters of FAT.
            let is_hybrid = code[8..26].iter().all(|&byte| byte == 0x90);
            Some(if is_hybrid { KnownCode::Grub2Hybrid } else { KnownCode::Grub2Disk })
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaders_are_known_by_their_code() {
        let mut image = vec![0; 2048];
        assert_eq!(BootLoader::detect(&image), None);
        image[64..68].copy_from_slice(&ISOHYBRID);
        assert_eq!(BootLoader::detect(&image), Some(BootLoader::Isolinux));
        image[64] = 0;
        image[1000..1012].copy_from_slice(b"no boot info");
        image[1020..1036].copy_from_slice(b"cdrom read fails");
        assert_eq!(BootLoader::detect(&image), Some(BootLoader::Grub2));
        assert_eq!(BootLoader::detect(b"short"), None);
    }

    #[test]
    fn code_for_disks_is_told_from_that_for_hybrid_images() {
        let mut code = vec![0; 440];
        assert_eq!(KnownCode::detect(&code), None);
        code[384..410].copy_from_slice(b"GRUB \0Geom\0Hard Disk\0Read\0");
        assert_eq!(KnownCode::detect(&code), Some(KnownCode::Grub2Disk));
        code[2..26].fill(0x90);
        assert_eq!(KnownCode::detect(&code), Some(KnownCode::Grub2Hybrid));
        code[..8].copy_from_slice(b"ER\x08\0\0\0\x90\x90");
        assert_eq!(KnownCode::detect(&code), Some(KnownCode::Grub2Hybrid), "with an Apple partition map");
        code[300..331].copy_from_slice(b"isolinux.bin missing or corrupt");
        assert_eq!(KnownCode::detect(&code), Some(KnownCode::Isolinux));
        assert_eq!(KnownCode::detect(&[]), None);
    }
}
