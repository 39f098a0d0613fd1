use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A program that tests compare with, or a file that it works on.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// The name that tests use.
    pub name: &'static str,
    /// File names it goes by, the preferred one first; or where a file lies that is no program.
    pub files: &'static [&'static str],
    /// The Debian package that brings it.
    pub package: &'static str,
    /// What is checked with it.
    pub checks: &'static str,
}

/// Every program that tests may ask for.
pub const PROGRAMS: &[Program] = &[
    Program {
        name: "xorriso",
        files: &["xorriso"],
        package: "xorriso",
        checks: "Rock Ridge trees, sessions, and images that we import",
    },
    Program { name: "b3sum", files: &["b3sum"], package: "b3sum", checks: "digests on the disc, by BLAKE3" },
    Program {
        name: "genisoimage",
        files: &["genisoimage"],
        package: "genisoimage",
        checks: "images that we import; sessions by -M and -C",
    },
    Program {
        name: "mkzftree",
        files: &["mkzftree"],
        package: "genisoimage",
        checks: "compressed files (zisofs), both ways",
    },
    Program {
        name: "vcdxrip",
        files: &["vcdxrip"],
        package: "vcdimager",
        checks: "films in sectors of mode 2 form 2",
    },
    Program {
        name: "isoinfo",
        files: &["isoinfo"],
        package: "genisoimage",
        checks: "plain ISO 9660, Rock Ridge and Joliet listings, extents",
    },
    Program {
        name: "7z",
        files: &["7zz", "7z"],
        package: "7zip",
        checks: "Joliet or Rock Ridge listings and content",
    },
    Program {
        name: "bsdtar",
        files: &["bsdtar"],
        package: "libarchive-tools",
        checks: "every name space, attributes and content",
    },
    Program {
        name: "iso-info",
        files: &["iso-info"],
        package: "libcdio-utils",
        checks: "libcdio's listings of every name space, extents",
    },
    Program {
        name: "iso-read",
        files: &["iso-read"],
        package: "libcdio-utils",
        checks: "libcdio's reading of single files",
    },
    Program {
        name: "cd-info",
        files: &["cd-info"],
        package: "libcdio-utils",
        checks: "libcdio's reading of CD-TEXT packs",
    },
    Program {
        name: "bchunk",
        files: &["bchunk"],
        package: "bchunk",
        checks: "user data of raw CD sectors, sound of cue sheets",
    },
    Program {
        name: "cdrdao",
        files: &["cdrdao"],
        package: "cdrdao",
        checks: "cue sheets of discs of sound: lengths, pregaps, indexes, codes, texts",
    },
    Program { name: "flac", files: &["flac"], package: "flac", checks: "makes FLAC files that we read" },
    Program {
        name: "strace",
        files: &["strace"],
        package: "strace",
        checks: "what is written to image files between two flushes",
    },
    Program {
        name: "fusermount3",
        files: &["fusermount3"],
        package: "fuse3",
        checks: "mounts of users without rights",
    },
    Program { name: "udfinfo", files: &["udfinfo"], package: "udftools", checks: "UDF volume descriptors" },
    Program {
        name: "mkudffs",
        files: &["mkudffs"],
        package: "udftools",
        checks: "makes empty volumes that we continue",
    },
    Program {
        name: "udfclient",
        files: &["udfclient"],
        package: "udfclient",
        checks: "UDF directories and content, metadata partitions among them",
    },
    Program {
        name: "udfdump",
        files: &["udfdump"],
        package: "udfclient",
        checks: "fields of UDF descriptors, extended attributes among them, and names of files",
    },
    Program {
        name: "growisofs",
        files: &["growisofs"],
        package: "growisofs",
        checks: "media that were grown the overwritable way",
    },
    Program {
        name: "sgdisk",
        files: &["sgdisk"],
        package: "gdisk",
        checks: "GPTs of hybrid images, and their backups",
    },
    Program {
        name: "sfdisk",
        files: &["sfdisk"],
        package: "fdisk",
        checks: "partitions of SUN disk labels and volume headers of SGI",
    },
    Program {
        name: "qemu",
        files: &["qemu-system-x86_64"],
        package: "qemu-system-x86",
        checks: "boots images with BIOS (SeaBIOS)",
    },
    Program {
        name: "qemu-img",
        files: &["qemu-img"],
        package: "qemu-utils",
        checks: "images served as network block devices",
    },
    Program {
        name: "ovmf",
        files: &["/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_CODE_4M.fd"],
        package: "ovmf",
        checks: "boots images with UEFI",
    },
    Program {
        name: "isolinux",
        files: &["/usr/lib/ISOLINUX/isolinux.bin"],
        package: "isolinux",
        checks: "starts from images, on discs and disks",
    },
    Program {
        name: "ldlinux",
        files: &["/usr/lib/syslinux/modules/bios/ldlinux.c32"],
        package: "syslinux-common",
        checks: "what ISOLINUX loads first",
    },
    Program {
        name: "grub-mkimage",
        files: &["grub-mkimage"],
        package: "grub-common",
        checks: "makes boot images of GRUB",
    },
    Program {
        name: "grub-mkrescue",
        files: &["grub-mkrescue"],
        package: "grub-common",
        checks: "calls us in the place of xorriso",
    },
    Program {
        name: "grub-rescue",
        files: &["/usr/lib/grub-rescue/grub-rescue-cdrom.iso"],
        package: "grub-rescue-pc",
        checks: "a bootable image of others, which is remastered",
    },
    Program {
        name: "ipxe",
        files: &["/usr/lib/ipxe/ipxe.iso"],
        package: "ipxe",
        checks: "likewise, with ISOLINUX and UEFI",
    },
    Program {
        name: "memtest86+",
        files: &["/usr/lib/memtest86+/memtest86+x64.iso"],
        package: "memtest86+",
        checks: "likewise, a diskette with an EFI system partition behind the files",
    },
    Program {
        name: "implantisomd5",
        files: &["implantisomd5"],
        package: "isomd5sum",
        checks: "puts checksums into images that we remaster",
    },
    Program {
        name: "checkisomd5",
        files: &["checkisomd5"],
        package: "isomd5sum",
        checks: "compares images with the checksums in them",
    },
    Program {
        name: "grub-bios",
        files: &["/usr/lib/grub/i386-pc/boot_hybrid.img"],
        package: "grub-pc-bin",
        checks: "GRUB starts from images with BIOS",
    },
    Program {
        name: "grub-uefi",
        files: &["/usr/lib/grub/x86_64-efi/moddep.lst"],
        package: "grub-efi-amd64-bin",
        checks: "GRUB starts from images with UEFI",
    },
    Program {
        name: "getfacl",
        files: &["getfacl"],
        package: "acl",
        checks: "access control lists that came back",
    },
    Program { name: "setfacl", files: &["setfacl"], package: "acl", checks: "makes access control lists" },
    Program {
        name: "getfattr",
        files: &["getfattr"],
        package: "attr",
        checks: "extended attributes that came back",
    },
    Program { name: "setfattr", files: &["setfattr"], package: "attr", checks: "makes extended attributes" },
    Program { name: "mtools", files: &["mtools"], package: "mtools", checks: "makes EFI system partitions" },
    Program { name: "xz", files: &["xz"], package: "xz-utils", checks: "unpacks the corpus" },
    Program {
        name: "cloud-init",
        files: &["cloud-init"],
        package: "cloud-init",
        checks: "reads a seed of --preset cidata as at boot",
    },
    Program { name: "blkid", files: &["blkid"], package: "util-linux", checks: "names of volumes" },
    Program {
        name: "python3",
        files: &["python3"],
        package: "python3",
        checks: "runs the kernel check, the burn target and the cross check",
    },
];

/// Looks the file name up in the search path, and where administrators' programs lie.
#[must_use]
pub fn find(file: &str) -> Option<PathBuf> {
    if file.starts_with('/') {
        return Some(PathBuf::from(file)).filter(|path| path.is_file());
    }
    let mut folders: Vec<PathBuf> =
        env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    if cfg!(unix) {
        folders.extend(["/usr/sbin", "/sbin"].map(PathBuf::from));
    }
    let mut file = OsString::from(file);
    file.push(env::consts::EXE_SUFFIX);
    folders.into_iter().map(|folder| folder.join(&file)).find(|path| is_executable(path))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

impl Program {
    /// Where it is installed.
    #[must_use]
    pub fn locate(&self) -> Option<PathBuf> {
        self.files.iter().find_map(|file| find(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = PROGRAMS.iter().map(|program| program.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PROGRAMS.len());
    }

    #[test]
    fn nothing_is_found_under_a_silly_name() {
        assert_eq!(find("no-such-program-anywhere"), None);
    }
}
