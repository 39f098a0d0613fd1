//! What boots, on the command line.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args as ClapArgs, ValueEnum};

/// What the image boots, and from what.
#[derive(Clone, Debug, Default, ClapArgs)]
#[command(next_help_heading = "Boot options")]
pub struct Boot {
    /// Boot with BIOS or UEFI: bios=PATH, uefi=PATH; a PATH of the image, or @FILE of the host. Can be repeated
    #[arg(long, value_name = "FIRMWARE=PATH")]
    pub boot: Vec<BootRequest>,

    /// Let it boot from a disk or USB stick as well. With BIOS that needs --mbr
    #[arg(long)]
    pub hybrid: bool,

    /// Boot code for disks with BIOS: isohdpfx.bin of ISOLINUX, boot_hybrid.img of GRUB, or other
    #[arg(long, value_name = "FILE")]
    pub mbr: Option<PathBuf>,

    /// A boot image in detail: PATH, @FILE or partition:N, then ,OPTION ... Can be repeated; see --help
    #[arg(long, value_name = "PATH[,OPTION...]", long_help = BOOT_IMAGE)]
    pub boot_image: Vec<BootImageArg>,

    /// Show the boot catalog as this file of the image, or hide it
    #[arg(long, value_name = "PATH|hidden")]
    pub boot_catalog: Option<String>,

    /// Who made the boot catalog, up to 24 bytes
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub boot_id: String,

    /// Put a host file behind all files, as partition N of TYPE: 0xEF, efi, linux, data or a GUID. Can be repeated
    #[arg(long, value_names = ["N", "TYPE", "FILE"], num_args = 3)]
    pub append_partition: Vec<String>,

    /// Partition tables of a hybrid image [default: gpt, or mbr where nothing boots with UEFI]
    #[arg(long, value_enum)]
    pub partition_table: Option<PartitionTable>,

    /// Have the image's partition begin at this sector, 16 or later, and be mountable by itself: ISO 9660 is there once
    /// more for those who read from there on
    #[arg(long, value_name = "SECTOR")]
    pub partition_offset: Option<u32>,

    /// Have an Apple partition map as well, of the boot image of UEFI and the volume of HFS+. BIOS starts from a disk by
    /// --mbr alone
    #[arg(long)]
    pub apple_partition_map: bool,
}

impl Boot {
    /// The files of the host that are named.
    pub fn host_files(&self) -> impl Iterator<Item = &Path> {
        let places = self.boot.iter().map(|request| &request.place);
        let places = places.chain(self.boot_image.iter().map(|image| &image.place));
        let images = places.filter_map(|place| match place {
            BootPlace::Host(path) => Some(path.as_path()),
            BootPlace::Tree(_) | BootPlace::Partition(_) => None,
        });
        let partitions = self.append_partition.chunks_exact(3).map(|part| Path::new(&part[2]));
        self.mbr.as_deref().into_iter().chain(images).chain(partitions)
    }
}

const BOOT_IMAGE: &str = "\
A boot image in detail. It is PATH in the image, @FILE on the host, which no directory will show, or partition:N, an \
appended partition. Options, each after a comma:
  platform=bios|uefi|powerpc|mac|NUMBER   firmware it is for [default: bios]
  emulation=none|diskette|hard-disk       what it seems to be [default: none]
  load-segment=NUMBER                     where BIOS loads it
  load-size=NUMBER|whole                  how much is loaded, in 512 bytes [default: 4 for BIOS, else whole]
  boot-info-table                         tell it where it lies, as ISOLINUX and GRUB want it
  grub2-boot-info                         the same as GRUB 2 wants it, besides
  not-bootable                            firmware is not to boot it
  section=TEXT                            text of its section, up to 28 bytes
  criteria=TYPE:HEX                       selection criteria: their type, and their bytes
The first is the one that BIOS boots. Can be repeated";

/// Which partition tables there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PartitionTable {
    /// A GPT, with a master boot record that protects it
    Gpt,
    /// Partitions in the master boot record alone
    Mbr,
    /// Partitions in both, as isohybrid has them: that with the image and that of UEFI overlap, which sgdisk -v calls a
    /// problem; in a GPT alone they do not
    Hybrid,
}

/// `--boot`: what boots, by intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootRequest {
    /// UEFI, or else BIOS.
    pub uefi: bool,
    /// Where the image is.
    pub place: BootPlace,
}

/// Where a boot image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BootPlace {
    /// In the tree.
    Tree(String),
    /// On the host, and in no directory of the image.
    Host(PathBuf),
    /// In an appended partition.
    Partition(u8),
}

/// `--boot-image`: a boot image in detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootImageArg {
    /// Where it is.
    pub place: BootPlace,
    /// The options, as they were given.
    pub options: Vec<BootImageOption>,
}

/// An option of `--boot-image`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BootImageOption {
    /// `platform=`, as El Torito numbers it.
    Platform(u8),
    /// `emulation=`.
    Emulation(EmulationName),
    /// `load-segment=`.
    LoadSegment(u16),
    /// `load-size=`; `None` is the whole image.
    LoadSize(Option<u16>),
    /// `boot-info-table`.
    BootInfoTable,
    /// `grub2-boot-info`.
    Grub2BootInfo,
    /// `not-bootable`.
    NotBootable,
    /// `section=`.
    Section(String),
    /// `criteria=`.
    Criteria(u8, Vec<u8>),
}

/// What a boot image seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum EmulationName {
    None,
    Diskette,
    HardDisk,
}

impl Boot {
    /// Whether it is said what boots, in place of what an imported image has.
    #[must_use]
    pub fn says_what_boots(&self) -> bool {
        !(self.boot.is_empty() && self.boot_image.is_empty())
    }

    /// The first option that is about what boots from a disk, partitions that are appended apart.
    #[must_use]
    pub fn of_disks(&self) -> Option<&'static str> {
        let given = [
            ("--hybrid", self.hybrid),
            ("--mbr", self.mbr.is_some()),
            ("--partition-table", self.partition_table.is_some()),
            ("--partition-offset", self.partition_offset.is_some()),
            ("--apple-partition-map", self.apple_partition_map),
        ];
        given.into_iter().find_map(|(option, is_given)| is_given.then_some(option))
    }

    /// The first option that is about the boot catalog itself.
    #[must_use]
    pub fn of_catalog(&self) -> Option<&'static str> {
        let given =
            [("--boot-catalog", self.boot_catalog.is_some()), ("--boot-id", !self.boot_id.is_empty())];
        given.into_iter().find_map(|(option, is_given)| is_given.then_some(option))
    }
}

impl FromStr for BootPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<BootPlace, String> {
        if let Some(number) = text.strip_prefix("partition:") {
            let number = number.parse().map_err(|_| format!("{number:?} is no number of a partition"))?;
            return Ok(BootPlace::Partition(number));
        }
        match text.strip_prefix('@') {
            Some("") => Err("a file is missing behind @".to_owned()),
            Some(host) => Ok(BootPlace::Host(host.into())),
            None if text.is_empty() => Err("a path is missing".to_owned()),
            None => Ok(BootPlace::Tree(text.to_owned())),
        }
    }
}

impl FromStr for BootRequest {
    type Err = String;

    fn from_str(text: &str) -> Result<BootRequest, String> {
        match text.split_once('=') {
            Some(("bios", place)) => Ok(BootRequest { uefi: false, place: place.parse()? }),
            Some(("uefi", place)) => Ok(BootRequest { uefi: true, place: place.parse()? }),
            _ => Err("it is bios=PATH or uefi=PATH; --boot-image knows other platforms".to_owned()),
        }
    }
}

impl FromStr for BootImageArg {
    type Err = String;

    /// Options are taken from the end, as long as they are any, for a path may have commas.
    fn from_str(text: &str) -> Result<BootImageArg, String> {
        let mut rest = text;
        let mut options = Vec::new();
        while let Some((before, option)) = rest.rsplit_once(',') {
            let Some(option) = BootImageOption::parse(option)? else { break };
            options.insert(0, option);
            rest = before;
        }
        Ok(BootImageArg { place: rest.parse()?, options })
    }
}

impl BootImageOption {
    /// Those that there are, as they are typed.
    pub const NAMES: &str = "platform=, emulation=, load-segment=, load-size=, boot-info-table, grub2-boot-info, \
                             not-bootable, section=, criteria=";

    /// Whether this is one, with or without a value that there is.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        !matches!(BootImageOption::parse(text), Ok(None))
    }

    /// `None` if it is no option at all.
    fn parse(text: &str) -> Result<Option<BootImageOption>, String> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let wrong = || format!("{text:?}: the value is not one of those that there are");
        let option = match name {
            "platform" => BootImageOption::Platform(match value {
                "bios" | "x86" => 0,
                "powerpc" => 1,
                "mac" => 2,
                "uefi" | "efi" => 0xEF,
                number => u8::try_from(parse_number(number).ok_or_else(wrong)?).map_err(|_| wrong())?,
            }),
            "emulation" => BootImageOption::Emulation(match value {
                "none" => EmulationName::None,
                "diskette" => EmulationName::Diskette,
                "hard-disk" => EmulationName::HardDisk,
                _ => return Err(wrong()),
            }),
            "load-segment" => BootImageOption::LoadSegment(parse_number(value).ok_or_else(wrong)?),
            "load-size" if value == "whole" => BootImageOption::LoadSize(None),
            "load-size" => BootImageOption::LoadSize(Some(parse_number(value).ok_or_else(wrong)?)),
            "boot-info-table" if value.is_empty() => BootImageOption::BootInfoTable,
            "grub2-boot-info" if value.is_empty() => BootImageOption::Grub2BootInfo,
            "not-bootable" if value.is_empty() => BootImageOption::NotBootable,
            "section" => BootImageOption::Section(value.to_owned()),
            "criteria" => {
                let (kind, hex) = value.split_once(':').ok_or_else(wrong)?;
                let kind = parse_number(kind).and_then(|kind| u8::try_from(kind).ok()).ok_or_else(wrong)?;
                BootImageOption::Criteria(kind, parse_hex(hex).ok_or_else(wrong)?)
            }
            _ => return Ok(None),
        };
        Ok(Some(option))
    }
}

fn parse_number(text: &str) -> Option<u16> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u16::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

fn parse_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(|two| two[0] << 4 | two[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boot_images_in_detail() {
        let image: BootImageArg =
            "a,b/isolinux.bin,boot-info-table,load-size=0x10,platform=mac,criteria=1:00fF".parse().unwrap();
        assert_eq!(image.place, BootPlace::Tree("a,b/isolinux.bin".to_owned()));
        assert_eq!(
            image.options,
            [
                BootImageOption::BootInfoTable,
                BootImageOption::LoadSize(Some(16)),
                BootImageOption::Platform(2),
                BootImageOption::Criteria(1, vec![0, 0xFF]),
            ]
        );
        let image: BootImageArg = "partition:2,platform=uefi".parse().unwrap();
        assert_eq!(image.place, BootPlace::Partition(2));
        for wrong in
            ["", "@", "x,platform=arm", "x,load-size=70000", "partition:x", "x,criteria=1:0", "x,criteria=z"]
        {
            assert!(wrong.parse::<BootImageArg>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn boot_by_intent() {
        let request: BootRequest = "uefi=@efi.img".parse().unwrap();
        assert_eq!(request, BootRequest { uefi: true, place: BootPlace::Host("efi.img".into()) });
        assert!("floppy=x".parse::<BootRequest>().is_err());
        assert!("bios=".parse::<BootRequest>().is_err());
    }
}
