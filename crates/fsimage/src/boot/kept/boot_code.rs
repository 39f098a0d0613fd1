//! The boot code of a master boot record, and what it starts.

use iso9660::system_area::MasterBootRecord;
use sector_io::Sector;

use super::landmarks::Landmarks;
use super::system_area::{BLOCKS, Image};
use crate::boot::{BootLoader, BootSource, KnownCode, read};

/// What boot code starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeptCode {
    pub(super) source: BootSource,
    /// Blocks from where that begins to the address that the code is told.
    pub(super) behind: u64,
    /// Whether that is told where it lies, as a [`BootImage`](crate::BootImage) may be: no boot catalog need have it.
    pub(super) boot_info_table: bool,
    pub(super) grub2_boot_info: bool,
}

impl KeptCode {
    /// Of code that there is, what it starts, if it is told of anything; `Err` where it is not known what. `images` are
    /// the sectors of boot images.
    pub(super) fn read(
        code: &[u8],
        image: &Image<'_>,
        landmarks: &Landmarks,
        images: &[u32],
    ) -> Result<Option<KeptCode>, String> {
        let address = address_in(code);
        let begins = |behind: u64| {
            let sector = sector_before(address, behind).filter(|sector| images.contains(sector))?;
            Some(KeptCode::new(image, sector, landmarks.at(sector)?.source, behind))
        };
        let known = KnownCode::detect(code);
        // A newer session may have the loader as a file like others, which still starts from a disk.
        let started = || {
            let (sector, behind) = started_by(code)?;
            let thing = landmarks.at(sector)?;
            let first = read::beginning_at(image.source, Sector::new(sector))?;
            let loader = known.and_then(KnownCode::loader);
            (BootLoader::detect(&first) == loader).then(|| KeptCode::new(image, sector, thing.source, behind))
        };
        let replacement = started_by(code).and_then(|(sector, _)| landmarks.replacement(sector));
        if let Some(reason) = replacement.and_then(|replacement| replacement.other_loader(code)) {
            return Err(reason);
        }
        // ISOLINUX is told where its image begins, GRUB 2 and others where that goes on behind its first sector.
        match (begins(0).or_else(|| begins(BLOCKS)).or_else(started), known) {
            (Some(code), _) => Ok(Some(code)),
            (None, Some(KnownCode::Grub2Disk)) => Ok(None),
            (None, Some(_)) => Err(format!("it is told of block {address}, where no boot image lies")),
            (None, None) => Err("whose it is, and where it finds what it boots, is not known".to_owned()),
        }
    }

    fn new(image: &Image<'_>, sector: u32, source: BootSource, behind: u64) -> KeptCode {
        let at = Sector::new(sector);
        let first = read::beginning_at(image.source, at).unwrap_or_default();
        KeptCode {
            source,
            behind,
            boot_info_table: read::info_table_of(&first, at).is_some(),
            grub2_boot_info: read::has_grub2_boot_info(&first, at),
        }
    }
}

/// The address that boot code is told.
pub(super) fn address_in(code: &[u8]) -> u64 {
    let address = code.get(MasterBootRecord::IMAGE_ADDRESS..).unwrap_or_default();
    address.first_chunk().map_or(0, |address| u64::from_le_bytes(*address))
}

/// The sector that begins so many blocks before an address.
fn sector_before(address: u64, behind: u64) -> Option<u32> {
    let block = address.checked_sub(behind).filter(|block| block.is_multiple_of(BLOCKS))?;
    u32::try_from(block / BLOCKS).ok()
}

/// Where begins what known boot code starts, and how many blocks before the address that the code is told.
pub(in crate::boot) fn started_by(code: &[u8]) -> Option<(u32, u64)> {
    let behind = match KnownCode::detect(code)?.loader()? {
        BootLoader::Isolinux => 0,
        BootLoader::Grub2 => BLOCKS,
    };
    Some((sector_before(address_in(code), behind)?, behind))
}
