use iso9660::el_torito::{PlatformId, VIRTUAL_SECTOR_SIZE};

use super::AppendedPartition;
use crate::tree::{ContentId, NodeId};

/// The boot catalog of an image (El Torito), and the boot images in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct BootOptions {
    /// Where the catalog lies.
    pub catalog: CatalogPlace,
    /// Platform of the validation entry; `None` is that of the first image.
    pub platform: Option<PlatformId>,
    /// Who made the medium, for the validation entry: up to 24 bytes.
    pub identifier: String,
    /// The boot images. The first is the initial entry, the one that firmware with BIOS looks at; those behind it
    /// lie in sections by platform.
    pub images: Vec<BootImage>,
}

/// Where the boot catalog lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum CatalogPlace {
    /// In sectors that no directory knows.
    #[default]
    Hidden,
    /// In a file of the tree, whose content it becomes: one that was added as
    /// [`Item::BootCatalog`](crate::Item::BootCatalog), or any other that is long enough. What of the file system
    /// shows it is up to that file.
    File(NodeId),
}

/// Where a boot image comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum BootSource {
    /// A file of the tree.
    File(NodeId),
    /// A content: that of a file, or one in no directory; see [`Tree::add_content`](crate::Tree::add_content).
    Content(ContentId),
    /// The appended partition of that number; see [`HybridOptions::appended`](super::HybridOptions::appended).
    Appended(u8),
}

/// What firmware makes a boot image seem to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Emulation {
    /// Nothing: it is loaded and run.
    #[default]
    None,
    /// A diskette. Its kind follows from the image's length: 1,228,800, 1,474,560 or 2,949,120 bytes.
    Diskette,
    /// A hard disk: the image begins with a master boot record of exactly one partition.
    HardDisk,
}

/// How much of a boot image firmware loads, in sectors of 512 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum LoadSize {
    /// 4 for x86 without emulation, 1 with it. For other platforms the whole image, and 0 if its size does not fit
    /// 16 bits, which UEFI takes as all up to the end of the medium.
    #[default]
    Usual,
    /// The whole image.
    Whole,
    /// This much.
    Sectors(u16),
}

/// How firmware is to choose an image (El Torito 2.4 and 2.5). Its form is the vendor's. The standard has criteria in
/// sections alone; those of the first image go to the same bytes of the initial entry, as libisofs records them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct SelectionCriteria {
    /// Type of the criteria: 1 is language and version information.
    pub kind: u8,
    /// The criteria: 19 bytes in the entry, 30 in each extension of it, which the initial entry has none of.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::bytes"))]
    pub criteria: Vec<u8>,
}

/// A boot image and how firmware is to load it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct BootImage {
    /// The image.
    pub source: BootSource,
    /// The firmware it is for.
    pub platform: PlatformId,
    /// What it seems to be.
    pub emulation: Emulation,
    /// Whether firmware may boot from it.
    pub bootable: bool,
    /// Real-mode segment to load it to; 0 stands for 0x7C0.
    pub load_segment: u16,
    /// How much of it is loaded.
    pub load_size: LoadSize,
    /// Write a boot info table into bytes 8 to 63 of the image: ISOLINUX and GRUB want it. Whoever reads the file
    /// sees the changed bytes.
    pub boot_info_table: bool,
    /// Write into bytes 2548 to 2555 of the image where its rest lies: GRUB 2 wants it.
    pub grub2_boot_info: bool,
    /// Identifies the section to firmware: up to 28 bytes. Neighbours of one platform and one text share a section; the
    /// first image is in none.
    pub section: String,
    /// How firmware chooses it among others.
    pub selection: Option<SelectionCriteria>,
}

impl BootImage {
    /// An image that is loaded as it is.
    #[must_use]
    pub fn new(source: BootSource, platform: PlatformId) -> BootImage {
        BootImage {
            source,
            platform,
            emulation: Emulation::None,
            bootable: true,
            load_segment: 0,
            load_size: LoadSize::Usual,
            boot_info_table: false,
            grub2_boot_info: false,
            section: String::new(),
            selection: None,
        }
    }

    /// The sectors of 512 bytes that are loaded of an image of `len` bytes; `None` if they do not fit 16 bits.
    pub(super) fn load_sectors(&self, len: u64) -> Option<u16> {
        let whole = u16::try_from(len.div_ceil(u64::from(VIRTUAL_SECTOR_SIZE))).ok();
        match self.load_size {
            LoadSize::Sectors(sectors) => Some(sectors),
            LoadSize::Whole => whole.or((self.platform == PlatformId::EFI).then_some(0)),
            LoadSize::Usual if self.emulation != Emulation::None => Some(1),
            LoadSize::Usual if self.platform == PlatformId::X86 => Some(4),
            LoadSize::Usual => Some(whole.unwrap_or(0)),
        }
    }
}

impl Default for BootOptions {
    /// A hidden catalog without images, which is none yet.
    fn default() -> BootOptions {
        BootOptions {
            catalog: CatalogPlace::Hidden,
            platform: None,
            identifier: String::new(),
            images: Vec::new(),
        }
    }
}

impl BootOptions {
    /// Bytes of the catalog, in whole sectors: the length of the file that is to hold it.
    #[must_use]
    pub fn catalog_len(&self) -> u64 {
        super::catalog::len(self)
    }
}

/// The appended partition of that number.
pub(super) fn appended(partitions: &[AppendedPartition], number: u8) -> Option<&AppendedPartition> {
    partitions.iter().find(|partition| partition.number == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_much_is_loaded() {
        let image = |platform| BootImage::new(BootSource::Appended(1), platform);
        assert_eq!(image(PlatformId::X86).load_sectors(1 << 20), Some(4));
        assert_eq!(image(PlatformId::EFI).load_sectors(1025), Some(3));
        assert_eq!(image(PlatformId::EFI).load_sectors(65_535 * 512), Some(65_535));
        assert_eq!(image(PlatformId::EFI).load_sectors(65_536 * 512), Some(0));
        let whole = BootImage { load_size: LoadSize::Whole, ..image(PlatformId::X86) };
        assert_eq!(whole.load_sectors(24_576), Some(48));
        assert_eq!(whole.load_sectors(65_536 * 512), None);
        let diskette = BootImage { emulation: Emulation::Diskette, ..image(PlatformId::X86) };
        assert_eq!(diskette.load_sectors(1_474_560), Some(1));
    }
}
