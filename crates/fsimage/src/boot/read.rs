//! Boot catalogs and boot images as they are recorded.

use iso9660::el_torito::{
    BOOT_INFO_TABLE_OFFSET, BootCatalog, BootEntry, BootInfoTable, EmulationFlags, GRUB2_BOOT_INFO_OFFSET,
    PlatformId, grub2_boot_info,
};
use iso9660::system_area::{DISK_BLOCK, MasterBootRecord};
use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector};

use super::SelectionCriteria;

/// Most sectors of a boot catalog: over 2,000 entries.
const MOST_CATALOG: u32 = 32;

/// Most bytes of a boot catalog that are read, and so are written.
pub(super) const LONGEST_CATALOG: usize = MOST_CATALOG as usize * SECTOR_SIZE;

/// The sectors from a boot catalog on, or why there are none.
pub(super) fn catalog_bytes(source: &dyn ReadSectors, at: Sector) -> Result<Vec<u8>, String> {
    let end = source.sectors();
    if at.get() >= end.get() {
        return Err(format!("the boot record leads to sector {at}, and the image ends at sector {end}"));
    }
    readable(source, at, MOST_CATALOG).map_err(|error| format!("the boot catalog cannot be read: {error}"))
}

/// The boot catalog at a sector, or what is wrong with it.
pub(super) fn catalog_at(source: &dyn ReadSectors, at: Sector) -> Result<BootCatalog, String> {
    let bytes = catalog_bytes(source, at)?;
    let catalog = BootCatalog::parse(&bytes);
    catalog
        .map(|(_, catalog)| catalog)
        .map_err(|_| format!("the boot catalog at sector {at} is damaged, or longer than 64 KiB"))
}

/// The entry of a boot image, be it the initial one or of a section.
pub(super) struct Entry<'a> {
    pub(super) platform: PlatformId,
    /// Identifier of its section; the initial entry is in none.
    pub(super) section: Option<&'a [u8]>,
    pub(super) boot: &'a BootEntry,
    pub(super) flags: EmulationFlags,
    /// Those of the extensions included; `None` for zeros alone.
    pub(super) selection: Option<SelectionCriteria>,
}

/// All entries of a catalog, the initial one first.
pub(super) fn entries(catalog: &BootCatalog) -> impl Iterator<Item = Entry<'_>> {
    let initial = Entry {
        platform: catalog.validation.platform,
        section: None,
        boot: &catalog.initial.boot,
        flags: EmulationFlags::empty(),
        selection: selection(
            catalog.initial.selection_criteria_type,
            catalog.initial.selection_criteria.to_vec(),
        ),
    };
    let others = catalog.sections.iter().flat_map(|section| {
        section.entries.iter().map(|(entry, extensions)| {
            let further = extensions.iter().flat_map(|part| part.selection_criteria);
            let criteria = entry.selection_criteria.into_iter().chain(further).collect();
            Entry {
                platform: section.platform,
                section: Some(&section.identifier[..]),
                boot: &entry.boot,
                flags: entry.flags,
                selection: selection(entry.selection_criteria_type, criteria),
            }
        })
    });
    std::iter::once(initial).chain(others)
}

fn selection(kind: u8, criteria: Vec<u8>) -> Option<SelectionCriteria> {
    let is_chosen = kind != 0 || criteria.iter().any(|&byte| byte != 0);
    is_chosen.then_some(SelectionCriteria { kind, criteria })
}

/// The first two sectors of what lies at a sector, zeros behind the end; `None` where nothing can be read.
pub(super) fn beginning_at(source: &dyn ReadSectors, at: Sector) -> Option<Vec<u8>> {
    let mut first = readable(source, at, 2).ok().filter(|first| !first.is_empty())?;
    first.resize(2 * SECTOR_SIZE, 0);
    Some(first)
}

/// Up to so many sectors, fewer where there are no more or where one cannot be read: what lies at the end of a track may
/// have nothing behind it.
fn readable(source: &dyn ReadSectors, at: Sector, most: u32) -> Result<Vec<u8>, ReadError> {
    let there = source.sectors().get().saturating_sub(at.get()).min(most);
    let mut bytes = vec![0; there as usize * SECTOR_SIZE];
    let Err(error) = source.read_sectors(at, &mut bytes) else { return Ok(bytes) };
    let read = bytes
        .chunks_exact_mut(SECTOR_SIZE)
        .zip(at.get()..)
        .map_while(|(sector, at)| source.read_sectors(Sector::new(at), sector).ok())
        .count();
    if read == 0 {
        return Err(error);
    }
    bytes.truncate(read * SECTOR_SIZE);
    Ok(bytes)
}

/// The boot info table in the first two sectors of a boot image, if it names the place that the image is at.
pub(super) fn info_table_of(first: &[u8], at: Sector) -> Option<BootInfoTable> {
    let table = BootInfoTable::parse(first.get(BOOT_INFO_TABLE_OFFSET..)?).ok()?.1;
    (table.image.get() == at.get() && table.image_length > 64).then_some(table)
}

/// Whether the first two sectors of a boot image tell GRUB 2 where the image is.
pub(super) fn has_grub2_boot_info(first: &[u8], at: Sector) -> bool {
    let expected = grub2_boot_info(iso9660::LogicalBlock::new(at.get()));
    first.get(GRUB2_BOOT_INFO_OFFSET..GRUB2_BOOT_INFO_OFFSET + 8) == Some(&expected[..])
}

/// Where the last partition ends of the hard disk that begins here.
pub(super) fn hard_disk_len(first: &[u8]) -> Option<u64> {
    let record = MasterBootRecord::parse(first).ok()?.1;
    let ends = record.partitions.iter().filter(|partition| partition.is_used());
    let end = ends.map(|partition| u64::from(partition.start) + u64::from(partition.blocks)).max()?;
    Some(end * u64::from(DISK_BLOCK))
}

#[cfg(test)]
mod tests {
    use sector_io::MemorySectors;

    use super::*;

    #[test]
    fn nothing_begins_at_the_last_address_there_is() {
        let source = MemorySectors::new(vec![0; SECTOR_SIZE]);
        assert_eq!(beginning_at(&source, Sector::new(u32::MAX)), None);
        let refused = catalog_at(&source, Sector::new(u32::MAX)).unwrap_err();
        assert!(refused.contains("leads to sector 4294967295, and the image ends at sector 1"), "{refused}");
    }
}
