//! The options of genisoimage and xorrisofs, one row each: what is known of them, and what becomes of them.

use super::meaning::Meaning::{self, *};

/// An option: its name without dashes, how many values it takes, what it means here, and that in words.
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) values: usize,
    pub(super) meaning: Meaning,
    pub(super) words: &'static str,
}

const fn row(name: &'static str, values: usize, meaning: Meaning, words: &'static str) -> Known {
    Known { name, values, meaning, words }
}

/// All options. What is not here is not known, and refused.
#[rustfmt::skip]
pub(super) const OPTIONS: &[Known] = &[
    // Output
    row("o", 1, Output, "the image; - or none at all is standard output"),
    row("output", 1, Output, "as -o"),
    row("print-size", 0, PrintSize, "prints the sectors of the image, and writes none"),
    row("pad", 0, Pad(true), "150 sectors of zeros behind the files, as is the default"),
    row("no-pad", 0, Pad(false), "none"),
    row("quiet", 0, Quiet, "no summary"),
    row("q", 0, Quiet, "as -quiet"),
    row("help", 0, Help, "prints the names of all options"),
    row("version", 0, Version, "prints the version"),
    // Volume descriptors
    row("V", 1, VolumeName, "volume name, as it stands: up to 32 bytes, of which Joliet has 16 characters"),
    row("volid", 1, VolumeName, "as -V"),
    row("volset", 1, VolumeSet, "name of the volume set"),
    row("P", 1, Publisher, "publisher"),
    row("publisher", 1, Publisher, "as -P"),
    row("p", 1, Preparer, "data preparer"),
    row("preparer", 1, Preparer, "as -p"),
    row("A", 1, Application, "application"),
    row("appid", 1, Application, "as -A"),
    row("sysid", 1, System, "system"),
    row("abstract", 1, Abstract, "file with an abstract"),
    row("biblio", 1, Bibliography, "file with bibliographic records"),
    row("copyright", 1, Copyright, "file with a copyright statement"),
    row("modification-date", 1, ModificationDate, "YYYYMMDDhhmmsscc: when the volume was made and modified"),
    row("set-all-file-dates", 1, AllFileDates, "YYYYMMDDhhmmsscc: the time of all files and directories"),
    // File systems
    row("J", 0, Joliet, "Joliet"),
    row("joliet", 0, Joliet, "as -J"),
    row("joliet-long", 0, JolietLong, "Joliet with names of up to 103 characters"),
    row("R", 0, RockRidge, "Rock Ridge, with owners and permissions of the host"),
    row("rock", 0, RockRidge, "as -R"),
    row("r", 0, RationalRock, "Rock Ridge: owner and group 0, all may read, nobody writes, all execute what anyone does"),
    row("rational-rock", 0, RationalRock, "as -r"),
    row("norock", 0, NoRock, "no Rock Ridge"),
    row("udf", 0, Udf, "UDF beside ISO 9660"),
    row("uid", 1, Uid, "owner of all, as a number"),
    row("gid", 1, Gid, "group of all, as a number"),
    row("dir-mode", 1, DirectoryMode, "octal permissions of all directories"),
    row("file-mode", 1, FileMode, "octal permissions of all files"),
    row("new-dir-mode", 1, NewDirectoryMode, "octal permissions of directories that no source has"),
    // Names of ISO 9660
    row("iso-level", 1, IsoLevel, "1 to 3; 4 is ISO 9660:1999 beside level 3"),
    row("l", 0, Names31, "31 characters"),
    row("full-iso9660-filenames", 0, Names31, "as -l"),
    row("max-iso9660-filenames", 0, Names37, "37 characters, without version number"),
    row("D", 0, KeepDeep, "deep directories stay where they are"),
    row("disable-deep-relocation", 0, KeepDeep, "as -D"),
    row("U", 0, Untranslated, "all departures from the names of ISO 9660"),
    row("untranslated-filenames", 0, Untranslated, "as -U"),
    row("N", 0, NoVersionNumber, "no ;1 behind the names of files"),
    row("omit-version-number", 0, NoVersionNumber, "as -N"),
    row("d", 0, NoPeriod, "no dot behind names without extension"),
    row("omit-period", 0, NoPeriod, "as -d"),
    row("allow-lowercase", 0, LowerCase, "small letters stay"),
    row("allow-multidot", 0, MultipleDots, "dots before the last stay"),
    row("allow-leading-dots", 0, LeadingDots, "a dot at the beginning stays"),
    row("ldots", 0, LeadingDots, "as -allow-leading-dots"),
    row("L", 0, LeadingDots, "as -allow-leading-dots"),
    row("relaxed-filenames", 0, FullAscii, "all of ASCII stays but small letters"),
    row("allow-limited-size", 0, Nothing, "files over 4 GiB have several extents, which is more"),
    // Sources
    row("graft-points", 0, GraftPoints, "sources are NAME_IN_IMAGE=HOST_PATH; \\= and \\\\ are the characters themselves"),
    row("path-list", 1, PathList, "file with a source on each line; - is standard input"),
    row("m", 1, Exclude, "leaves out what the glob matches: names, or host paths"),
    row("x", 1, Exclude, "as -m"),
    row("exclude", 1, Exclude, "as -m"),
    row("old-exclude", 1, Exclude, "as -m"),
    row("exclude-list", 1, ExcludeList, "file with a glob of -m on each line"),
    row("hide", 1, Hide, "the glob, of a name or path, is not shown in ISO 9660 and Rock Ridge"),
    row("hide-list", 1, HideList, "file with a glob of -hide on each line"),
    row("hide-joliet", 1, HideJoliet, "likewise in Joliet"),
    row("hide-joliet-list", 1, HideJolietList, "file with a glob of -hide-joliet on each line"),
    row("sort", 1, SortList, "file with a path of the host or the image and a weight on each line"),
    row("sort-weight", 2, SortWeight, "weight and path in the image: it and all below; greater weight lies first"),
    row("sort-weight-list", 1, SortWeightList, "file with a weight and a path on each line"),
    // El Torito
    row("b", 1, BootImage, "boot image for BIOS, by its path in the image"),
    row("eltorito-boot", 1, BootImage, "as -b"),
    row("e", 1, EfiImage, "boot image for UEFI; also --interval:appended_partition_N:all::"),
    row("efi-boot", 1, EfiBoot, "a further boot image for UEFI, without emulation; the next option begins another"),
    row("eltorito-alt-boot", 0, AlternativeBoot, "what follows is of the next boot image"),
    row("c", 1, Catalog, "path of the boot catalog; /boot.catalog by default"),
    row("eltorito-catalog", 1, Catalog, "as -c"),
    row("boot-catalog-hide", 0, CatalogHide, "no directory shows the boot catalog"),
    row("no-emul-boot", 0, NoEmulation, "the boot image is loaded and run as it is"),
    row("hard-disk-boot", 0, HardDiskBoot, "the boot image is a hard disk"),
    row("no-boot", 0, NoBoot, "the boot image is marked as not to be booted"),
    row("boot-load-seg", 1, LoadSegment, "segment to load to"),
    row("boot-load-size", 1, LoadSectors, "blocks of 512 bytes to load, or full, which is the default without emulation"),
    row("boot-info-table", 0, BootInfoTable, "writes the table into bytes 8 to 63 of the boot image"),
    row("grub2-boot-info", 0, Grub2BootInfo, "writes the address of its rest into bytes 2548 to 2555 of the boot image"),
    row("eltorito-platform", 1, Platform, "x86, PPC, Mac, efi or a number"),
    row("eltorito-id", 1, BootIdentifier, "identifier of the boot image's section, or of the catalog for the first"),
    row("eltorito-selcrit", 1, SelectionCriteria, "selection criteria in hexadecimal, the type first"),
    // System area
    row("G", 1, Generic, "boot code: up to 440 bytes and an empty partition table"),
    row("generic-boot", 1, Generic, "as -G"),
    row("embedded-boot", 1, Generic, "as -G"),
    row("isohybrid-mbr", 1, IsohybridMbr, "boot code of ISOLINUX, with a partition of the whole image"),
    row("grub2-mbr", 1, Grub2Mbr, "boot code of GRUB 2, told where the first boot image for BIOS lies"),
    row("isohybrid-gpt-basdat", 0, GptBasicData, "the EFI boot image as basic data in a GPT as well"),
    row("isohybrid-apm-hfsplus", 0, AppleMap, "the EFI boot image as Apple_HFS in an Apple partition map as well"),
    row("part-like-isohybrid", 0, Nothing, "that is so wherever there are partitions"),
    row("append-partition", 3, AppendPartition, "number, type (of the MBR, or a GUID) and file of a partition behind all files"),
    row("appended-part-as-gpt", 0, AppendedAsGpt, "appended partitions stand in a GPT"),
    row("iso-mbr-part-type", 1, IsoPartitionType, "type of the image's partition: number or GUID, or default"),
    row("efi-boot-part", 1, EfiBootPart, "--efi-boot-image: the EFI boot image is a partition of a GPT"),
    row("efi-boot-image", 0, Nothing, "value of -efi-boot-part"),
    row("protective-msdos-label", 0, ProtectiveLabel, "a protective partition from block 1 on"),
    row("mbr-force-bootable", 0, ForceBootable, "some partition of the MBR is active"),
    row("gpt-disk-guid", 1, DiskGuid, "GUID of the disk, or modification-date"),
    row("partition-offset", 1, PartitionOffset, "0 alone: other offsets need a second tree of the same files, which is refused"),
    row("partition-cyl-align", 1, CylinderAlign, "off and auto: the image ends where it ends; on and all are refused"),
    row("partition-hd-cyl", 1, Nothing, "addresses of cylinders and heads follow from the size; nobody uses them"),
    row("partition-sec-hd", 1, Nothing, "as -partition_hd_cyl"),
    // Told: what is left out is said on standard error
    row("hfsplus", 0, Told, "no HFS+ is written; that is said"),
    row("hfsplus-file-creator-type", 3, Told, "as -hfsplus"),
    row("hfs-bless-by", 2, Told, "as -hfsplus"),
    row("apm-block-size", 1, AppleBlock, "2048 alone"),
    // What is so anyway
    row("v", 0, Nothing, "there is no more to say"),
    row("verbose", 0, Nothing, "as -v"),
    row("gui", 0, Nothing, "progress stands on standard error"),
    row("no-rc", 0, Nothing, "no file of options is read"),
    row("cache-inodes", 0, Nothing, "hard links of the host share their content"),
    row("no-cache-inodes", 0, Nothing, "as -cache-inodes: content is the same in either case"),
    row("duplicates-once", 0, Nothing, "hard links alone share their content; files are the same in either case"),
    row("hide-rr-moved", 0, KeepDeep, "deep directories stay where they are, so that nothing has to be hidden"),
    row("no-emul-toc", 0, Nothing, "no table of sessions is emulated"),
    row("input-charset", 1, Charset, "utf-8 alone, or one that is part of it"),
    row("output-charset", 1, Charset, "as -input-charset"),
    // Refused, with the reason
    row("T", 0, Refused, "TRANS.TBL files are not written"),
    row("translation-table", 0, Refused, "TRANS.TBL files are not written"),
    row("f", 0, Refused, "symbolic links are not followed"),
    row("follow-links", 0, Refused, "symbolic links are not followed"),
    row("root", 1, Refused, "name the places with -graft-points"),
    row("z", 0, Refused, "no file is read as compressed by mkzftree"),
    row("transparent-compression", 0, Refused, "no file is read as compressed by mkzftree"),
    row("M", 1, Refused, "fsimage append and fsimage burn write further sessions"),
    row("prev-session", 1, Refused, "fsimage append and fsimage burn write further sessions"),
    row("dev", 1, Refused, "fsimage append and fsimage burn write further sessions"),
    row("C", 1, Refused, "fsimage append and fsimage burn write further sessions"),
    row("cdrecord-params", 1, Refused, "fsimage append and fsimage burn write further sessions"),
    row("appended-part-as-apm", 0, Refused, "appended partitions stand in no Apple partition map"),
    row("isohybrid-gpt-hfsplus", 0, Refused, "the partition is of basic data; see -isohybrid-gpt-basdat"),
    row("hfs", 0, Refused, "no HFS is written"),
    row("apple", 0, Refused, "no HFS is written"),
    row("log-file", 1, Refused, "redirect standard error"),
    row("md5", 0, Refused, "no checksums are written"),
    row("checksum-list", 1, Refused, "no jigdo files are written"),
    row("md5-list", 1, Refused, "no jigdo files are written"),
    row("checksum-algorithm-iso", 1, Refused, "no jigdo files are written"),
    row("checksum-algorithm-template", 1, Refused, "no jigdo files are written"),
    row("jigdo-jigdo", 1, Refused, "no jigdo files are written"),
    row("jigdo-template", 1, Refused, "no jigdo files are written"),
    row("jigdo-map", 1, Refused, "no jigdo files are written"),
    row("jigdo-exclude", 1, Refused, "no jigdo files are written"),
    row("jigdo-min-file-size", 1, Refused, "no jigdo files are written"),
    row("jigdo-force-md5", 1, Refused, "no jigdo files are written"),
    row("jigdo-checksum-algorithm", 1, Refused, "no jigdo files are written"),
    row("jigdo-template-compress", 1, Refused, "no jigdo files are written"),
    row("B", 1, Refused, "SPARC disk labels are not written"),
    row("sparc-boot", 1, Refused, "SPARC disk labels are not written"),
    row("mips-boot", 1, Refused, "MIPS volume headers are not written"),
    row("mipsel-boot", 1, Refused, "DECstation boot blocks are not written"),
    row("hppa-cmdline", 1, Refused, "PALO boot blocks are not written"),
    row("hppa-bootloader", 1, Refused, "PALO boot blocks are not written"),
    row("hppa-kernel-32", 1, Refused, "PALO boot blocks are not written"),
    row("hppa-kernel-64", 1, Refused, "PALO boot blocks are not written"),
    row("hppa-ramdisk", 1, Refused, "PALO boot blocks are not written"),
    row("alpha-boot", 1, Refused, "SRM boot sectors are not written"),
    row("chrp-boot-part", 0, Refused, "CHRP partitions are not written"),
    row("prep-boot-part", 1, Refused, "PReP partitions are not written"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_stands_once() {
        let mut names: Vec<_> = OPTIONS.iter().map(|known| known.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(names.iter().all(|name| !name.contains('_')), "the parser takes - and _ as one");
    }

    /// The page has a row for each option, in the words of this table.
    #[test]
    fn the_page_has_them_all() {
        let page = include_str!("../../../../docs/mkisofs.md");
        for known in OPTIONS {
            let row = format!("| `-{}` | {} | {} |", known.name, known.meaning.decision(), known.words);
            assert!(page.contains(&row), "docs/mkisofs.md lacks:\n{row}");
        }
    }
}
