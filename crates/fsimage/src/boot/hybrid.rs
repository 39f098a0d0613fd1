use std::sync::Arc;

use iso9660::system_area::{Guid, PartitionType};

use super::PartitionTableKind;
use crate::tree::ContentId;

/// What the system area of an image holds, so that it can be booted from a disk as well.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct HybridOptions {
    /// What a PC with BIOS runs.
    pub code: Option<BootCode>,
    /// Which partition tables there are.
    pub scheme: PartitionScheme,
    /// Have an Apple partition map as well, of those partitions that have an Apple type. Boot code must begin with
    /// 32 bytes that do nothing, as ISOLINUX's does: the map's head takes their place.
    pub apple_partition_map: bool,
    /// The partitions, apart from the protective one of [`PartitionScheme::Gpt`]. Beside others in a master boot record, one
    /// of the type [`PartitionType::GPT_PROTECTIVE`] is all of the disk but the first block (UEFI 5.2.3), whatever it holds.
    pub partitions: Vec<PartitionOptions>,
    /// How they are numbered in a GPT.
    pub gpt_numbers: GptNumbers,
    /// Where no partition of the master boot record is active, have an empty one there that is, if there is room: some PCs with
    /// BIOS do not boot from a disk without.
    pub active_entry: bool,
    /// Contents that lie behind all files, each on a whole MiB, for partitions and boot images to refer to.
    pub appended: Vec<AppendedPartition>,
    /// Have only the first of these on a whole MiB, and the others right behind each other, as in images of xorriso: no gap
    /// between them takes a number in a GPT.
    pub appended_in_a_row: bool,
    /// Tells the disk from others; `None` derives it from what is planned.
    pub disk: Option<Guid>,
}

/// Partition tables of a hybrid image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum PartitionScheme {
    /// A GPT, its backup at the image's end, and a protective master boot record.
    #[default]
    Gpt,
    /// Partitions in the master boot record alone, up to four, as the isohybrid images of old.
    Mbr,
    /// Partitions both in the master boot record and in a GPT. Against UEFI 5.2.3, which some PCs with BIOS and
    /// Macs want.
    GptAndMbr,
    /// Neither: no more than an [Apple partition map](HybridOptions::apple_partition_map). Linux looks at that where it
    /// finds no master boot record.
    None,
}

impl PartitionScheme {
    /// Whether there is a GPT.
    #[must_use]
    pub fn has_gpt(self) -> bool {
        matches!(self, PartitionScheme::Gpt | PartitionScheme::GptAndMbr)
    }

    /// Whether partitions are in the master boot record.
    #[must_use]
    pub fn has_mbr_partitions(self) -> bool {
        matches!(self, PartitionScheme::Mbr | PartitionScheme::GptAndMbr)
    }
}

/// Numbers of the partitions of a GPT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum GptNumbers {
    /// The same as in a master boot record: [`PartitionOptions::number`].
    #[default]
    Own,
    /// In the order of their addresses, and with what none of them has as further ones, `Gap0`, `Gap1` and so on: those of
    /// xorriso. Where there is a [`WholeImage`](PartitionContent::WholeImage), nothing is left over.
    ByAddress,
}

/// Boot code of a disk: of the first block the first 440 bytes of a file, of which 432 are used where an address of
/// the boot image follows them. What a file of up to 32 KiB has behind that block fills the system area, as far as no
/// other partition table than the master boot record lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum BootCode {
    /// Runs as it is. With [`PartitionScheme::Mbr`] and no partitions, the whole block is the file's.
    Plain(#[cfg_attr(feature = "serde", serde(with = "crate::portable::bytes"))] Arc<[u8]>),
    /// Of ISOLINUX (`isohdpfx.bin`): is told where the boot image of that index begins.
    Isolinux(#[cfg_attr(feature = "serde", serde(with = "crate::portable::bytes"))] Arc<[u8]>, usize),
    /// Of GRUB 2 (`boot_hybrid.img`): is told where the boot image of that index goes on behind its first sector.
    Grub2(#[cfg_attr(feature = "serde", serde(with = "crate::portable::bytes"))] Arc<[u8]>, usize),
}

/// A content that lies behind all files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct AppendedPartition {
    /// The number it is referred to by.
    pub number: u8,
    /// The content: see [`Tree::add_content`](crate::Tree::add_content).
    pub content: ContentId,
}

/// A partition of a hybrid image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct PartitionOptions {
    /// Its place in the tables, from 1; `None` is the first that is free.
    pub number: Option<u8>,
    /// What is in it.
    pub content: PartitionContent,
    /// Type in a master boot record; `None` leaves it out there.
    pub mbr_type: Option<PartitionType>,
    /// Whether it is marked active in a master boot record.
    pub active: bool,
    /// Type in a GPT; `None` leaves it out there.
    pub gpt_type: Option<Guid>,
    /// Type in an Apple partition map; `None` leaves it out there.
    pub apple_type: Option<String>,
    /// Name in GPT and Apple partition map.
    pub name: String,
}

/// What a partition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum PartitionContent {
    /// The image: all of it in a master boot record, where it begins with block 0; in a GPT what lies between its
    /// tables. With a [partition offset](crate::PlanOptions::partition_offset), both begin there. Other partitions of the
    /// GPT that lie in it cut it to pieces, named `Gap0`, `Gap1` and so on, of which the first has its number.
    Image,
    /// The image as [`Image`](PartitionContent::Image), in a GPT from block 0 on, tables included, and around the others.
    /// Against UEFI 5.3.1, whose partitions do not overlap: the isohybrid images of xorriso have it.
    WholeImage,
    /// All of the image but its first block, as the protective partition of a disk without GPT has it. In a GPT the
    /// same as [`Image`](PartitionContent::Image).
    ImageBehindFirstBlock,
    /// The boot image of that index, where it lies.
    BootImage(usize),
    /// The appended partition of that number.
    Appended(u8),
    /// The volume of HFS+, which is then among the [file systems](crate::PlanOptions::file_systems). Boot images that are
    /// partitions of the same table lie before it, and so are no files in it.
    HfsPlus,
}

impl Default for HybridOptions {
    /// A GPT without partitions, and no boot code.
    fn default() -> HybridOptions {
        HybridOptions {
            code: None,
            scheme: PartitionScheme::Gpt,
            apple_partition_map: false,
            partitions: Vec::new(),
            gpt_numbers: GptNumbers::Own,
            active_entry: false,
            appended: Vec::new(),
            appended_in_a_row: false,
            disk: None,
        }
    }
}

impl HybridOptions {
    /// An Apple partition map of the volume of HFS+ alone.
    #[must_use]
    pub fn apple_hfs_plus() -> HybridOptions {
        HybridOptions {
            scheme: PartitionScheme::None,
            apple_partition_map: true,
            partitions: vec![PartitionOptions::hfs_plus()],
            ..HybridOptions::default()
        }
    }

    /// The boot images that are partitions of a table in which the volume of HFS+ is one too.
    pub(super) fn beside_hfs_plus(&self) -> impl Iterator<Item = usize> + '_ {
        let tables = [PartitionTableKind::Mbr, PartitionTableKind::Gpt, PartitionTableKind::Apple];
        let holds_both = move |image: &PartitionOptions| {
            tables.iter().any(|&table| {
                let is_volume =
                    |other: &&PartitionOptions| matches!(other.content, PartitionContent::HfsPlus);
                self.has_in(table, image)
                    && self.partitions.iter().filter(is_volume).any(|other| self.has_in(table, other))
            })
        };
        self.partitions.iter().filter_map(move |partition| match partition.content {
            PartitionContent::BootImage(index) if holds_both(partition) => Some(index),
            _ => None,
        })
    }

    /// The boot images that are partitions of a GPT, and cut that of the image to pieces. Where these are numbered as xorriso
    /// has them, they lie where they do in its images.
    pub(super) fn cutting_image(&self) -> impl Iterator<Item = usize> + '_ {
        let of_gpt = || self.partitions.iter().filter(|one| self.has_in(PartitionTableKind::Gpt, one));
        let is_cut =
            |one: &PartitionOptions| one.content.is_image() && one.content != PartitionContent::WholeImage;
        let is_cut = self.gpt_numbers == GptNumbers::Own && of_gpt().any(is_cut);
        of_gpt().filter(move |_| is_cut).filter_map(|one| match one.content {
            PartitionContent::BootImage(index) => Some(index),
            _ => None,
        })
    }

    fn has_in(&self, table: PartitionTableKind, partition: &PartitionOptions) -> bool {
        match table {
            PartitionTableKind::Mbr => self.scheme.has_mbr_partitions() && partition.mbr_type.is_some(),
            PartitionTableKind::Gpt => self.scheme.has_gpt() && partition.gpt_type.is_some(),
            PartitionTableKind::Apple => self.apple_partition_map && partition.apple_type.is_some(),
        }
    }
}

impl PartitionContent {
    /// Whether it is the image, around what else is a partition.
    pub(super) fn is_image(self) -> bool {
        matches!(
            self,
            PartitionContent::Image | PartitionContent::WholeImage | PartitionContent::ImageBehindFirstBlock
        )
    }
}

impl PartitionOptions {
    /// The volume of HFS+, in a GPT and an Apple partition map.
    #[must_use]
    pub fn hfs_plus() -> PartitionOptions {
        PartitionOptions {
            number: None,
            content: PartitionContent::HfsPlus,
            mbr_type: None,
            active: false,
            gpt_type: Some(Guid::HFS_PLUS),
            apple_type: Some("Apple_HFS".to_owned()),
            name: "HFSPLUS".to_owned(),
        }
    }

    /// The image, for BIOS: what isohybrid images have.
    #[must_use]
    pub fn image() -> PartitionOptions {
        PartitionOptions {
            number: None,
            content: PartitionContent::Image,
            mbr_type: Some(PartitionType::HIDDEN_NTFS),
            active: true,
            gpt_type: None,
            apple_type: None,
            name: "ISO9660".to_owned(),
        }
    }

    /// An EFI system partition.
    #[must_use]
    pub fn efi_system(content: PartitionContent) -> PartitionOptions {
        PartitionOptions {
            number: None,
            content,
            mbr_type: Some(PartitionType::EFI_SYSTEM),
            active: false,
            gpt_type: Some(Guid::EFI_SYSTEM),
            apple_type: None,
            name: "EFI".to_owned(),
        }
    }
}

impl BootCode {
    /// The bytes of the file.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            BootCode::Plain(code) | BootCode::Isolinux(code, _) | BootCode::Grub2(code, _) => code,
        }
    }
}
