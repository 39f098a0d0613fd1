//! Volume descriptors of which the byte with the type (ECMA-119 8.1.1) does not say what the others do.

use sector_io::{ReadSectors, Sector, SectorCount};

use crate::directory::DirectoryRecord;
use crate::el_torito;
use crate::volume::{BootRecord, DESCRIPTOR_LEN, VolumeDescriptorHeader, VolumeDescriptorType};

/// Sectors behind a damaged descriptor in which others are looked for.
const BEHIND: u32 = 3;

/// The block size in both byte orders (8.4.12).
const BLOCK_SIZE: [u8; 4] = [0, 8, 8, 0];

/// The type of which a descriptor has the fields; `None` where they are those of none.
pub(super) fn type_by_fields(bytes: &[u8; DESCRIPTOR_LEN]) -> Option<VolumeDescriptorType> {
    let mut boot_record = *bytes;
    boot_record[0] = VolumeDescriptorType::BOOT_RECORD.0;
    let boot_record = BootRecord::parse(&boot_record).ok();
    if boot_record.is_some_and(|(_, record)| el_torito::catalog_of(&record).is_some()) {
        return Some(VolumeDescriptorType::BOOT_RECORD);
    }
    // The record of a root directory (8.4.18) has 34 bytes, and a zero for its identifier.
    let root = &bytes[156..190];
    let has_root = (root[0], root[32], root[33]) == (34, 1, 0)
        && root[2..10] != [0; 8]
        && DirectoryRecord::disagreements(root).next().is_none();
    if bytes[128..132] != BLOCK_SIZE || !has_root {
        return None;
    }
    // Escape sequences (8.5.6) are where a primary descriptor has zeros.
    match bytes[6] == 1 && bytes[88..120] == [0; 32] {
        true => Some(VolumeDescriptorType::PRIMARY),
        false => Some(VolumeDescriptorType::SUPPLEMENTARY),
    }
}

/// What descriptors of a type are called.
pub(super) fn name(kind: VolumeDescriptorType) -> &'static str {
    match kind {
        VolumeDescriptorType::BOOT_RECORD => "the boot record of El Torito",
        VolumeDescriptorType::PRIMARY => "a primary volume descriptor",
        _ => "a supplementary volume descriptor",
    }
}

/// Whether more than the header is in what says that it is a terminator (8.3), and another descriptor follows.
pub(super) fn is_no_terminator(
    source: &dyn ReadSectors,
    sector: Sector,
    bytes: &[u8; DESCRIPTOR_LEN],
) -> bool {
    let mut next = [0; DESCRIPTOR_LEN];
    let behind = sector.checked_add(SectorCount::new(1));
    bytes[VolumeDescriptorHeader::LEN..].iter().any(|&byte| byte != 0)
        && behind.is_some_and(|behind| source.read_sectors(behind, &mut next).is_ok())
        && VolumeDescriptorHeader::parse(&next).is_ok()
        && next != *bytes
}

/// Whether a volume descriptor follows shortly behind a sector that holds none.
pub(super) fn is_followed(source: &dyn ReadSectors, sector: Sector) -> bool {
    let mut next = [0; DESCRIPTOR_LEN];
    (1..=BEHIND).filter_map(|behind| sector.checked_add(SectorCount::new(behind))).any(|behind| {
        source.read_sectors(behind, &mut next).is_ok() && VolumeDescriptorHeader::parse(&next).is_ok()
    })
}
