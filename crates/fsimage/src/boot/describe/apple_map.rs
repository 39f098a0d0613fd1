//! The Apple partition map, and whether it says what is there.

use hfsplus::VolumeHeader;
use iso9660::system_area::{DISK_BLOCK, DriverDescriptorMap, MapEntry};
use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

use super::super::{AppleVolume, FatBootSector};
use super::system_area::{SYSTEM_AREA, blocks_at, number_of, sector_of};
use super::{ApplePartitionReport, SystemAreaReport, text};
use crate::disc::Finding;

/// Most entries of an Apple partition map that are read.
const MOST: u32 = 64;

/// Type of the entry for the map itself.
const MAP: &str = "Apple_partition_map";

/// How the types of partitions with HFS and HFS+ begin.
const HFS: &str = "Apple_HFS";

/// Where the header of an HFS+ volume is (TN1150).
const VOLUME_HEADER: usize = 1024;

/// Reads the map; `images` are the first disk blocks of boot images, `blocks` those of the disk.
pub(super) fn read(
    source: &dyn ReadSectors,
    area: &[u8],
    (images, blocks): (&[u64], u64),
    report: &mut SystemAreaReport,
) {
    let head = DriverDescriptorMap::parse(area).ok().map(|(_, map)| map.block_len);
    let recorded = head.unwrap_or_default();
    let lens = [usize::from(recorded), 2048, 512];
    let is_map =
        |&len: &usize| len >= 512 && area.get(len..).is_some_and(|rest| MapEntry::parse(rest).is_ok());
    let damage = |at: u64, message: String| Finding::damage(message).at(sector_of(at)).by(SYSTEM_AREA);
    let Some(block_len) = lens.into_iter().find(is_map) else {
        // In boot code the two bytes of its head may stand by chance.
        if recorded == 512 || recorded == 2048 {
            let message = "the Apple partition map is lost that the first block tells of".to_owned();
            report.findings.push(damage(u64::from(recorded) / u64::from(DISK_BLOCK), message));
        }
        return;
    };
    match head {
        None => {
            let message = "the first block does not say that there is an Apple partition map (ER)".to_owned();
            report.findings.push(damage(0, message));
        }
        Some(recorded) if usize::from(recorded) != block_len => {
            let message = format!(
                "the first block says that the Apple partition map has blocks of {recorded} bytes, and they are of {block_len}"
            );
            report.findings.push(damage(0, message));
        }
        Some(_) => {}
    }
    // Blocks of 2048 bytes with entries in between mean another map of 512.
    let Ok((_, first)) = MapEntry::parse(&area[block_len..]) else { return };
    if first.entries > MOST {
        let message = format!("Apple partition map: {} entries are not likely", first.entries);
        report.findings.push(Finding::odd(message).at(Sector::ZERO).by(SYSTEM_AREA));
    }
    let factor = block_len as u64 / u64::from(DISK_BLOCK);
    let mut has_itself = false;
    for number in 1..=first.entries.min(MOST) {
        let entry = area.get(number as usize * block_len..).and_then(|rest| MapEntry::parse(rest).ok());
        let at = u64::from(number) * factor;
        let Some((_, entry)) = entry else {
            let message = format!("Apple partition map: entry {number} is missing");
            report.findings.push(damage(at, message));
            return;
        };
        let described = ApplePartitionReport {
            number,
            name: text(&entry.name),
            partition_type: entry.shown_type(),
            start: u64::from(entry.start) * factor,
            blocks: u64::from(entry.blocks) * factor,
            boot_image: number_of(images, u64::from(entry.start) * factor),
            path: None,
        };
        has_itself |= described.partition_type == MAP && entry.start == 1;
        let counts = (first.entries, entry.entries);
        if let Some(wrong) = wrong_counts(counts, &entry).or_else(|| wrong_place(source, blocks, &described))
        {
            report.findings.push(damage(at, format!("Apple partition map: entry {number} {wrong}")));
        }
        report.apple.push(described);
    }
    if !has_itself && first.entries <= MOST {
        let message = "Apple partition map: no entry is for the map itself, from block 1 on".to_owned();
        report.findings.push(damage(factor, message));
    }
}

/// What an entry says of itself and of the map, against what it says a second time.
fn wrong_counts((first, entries): (u32, u32), entry: &MapEntry) -> Option<String> {
    if entries != first {
        return Some(format!("says that there are {entries} entries, and the first one {first}"));
    }
    let MapEntry { blocks, data_blocks, .. } = *entry;
    let differs = data_blocks != 0 && data_blocks != blocks;
    differs.then(|| format!("says {blocks} blocks, of which {data_blocks} hold data"))
}

/// What it says of its place, against what is there.
fn wrong_place(source: &dyn ReadSectors, blocks: u64, partition: &ApplePartitionReport) -> Option<String> {
    let ApplePartitionReport { start, blocks: count, boot_image, .. } = *partition;
    let end = start.saturating_add(count);
    if end > blocks {
        return Some(format!("ends at block {end}, and the image at {blocks}"));
    }
    let is_hfs = partition.partition_type.starts_with(HFS);
    // The whole image has other things there.
    let beginning = blocks_at(source, start, SECTOR_SIZE as u64).filter(|_| start > 0)?;
    match AppleVolume::of(&beginning) {
        Some(kind) if !is_hfs => {
            let of = &partition.partition_type;
            Some(format!("is of the type {of}, and begins where a volume of {kind} does"))
        }
        Some(_) => {
            let header = VolumeHeader::parse(&beginning[VOLUME_HEADER..]).ok()?;
            let len = u64::from(header.total_blocks) * u64::from(header.block_size) / u64::from(DISK_BLOCK);
            (len > count).then(|| format!("has {count} blocks, and the volume that begins there {len}"))
        }
        None => {
            let is_known = !is_hfs || boot_image.is_some() || FatBootSector::parse(&beginning).is_ok();
            (!is_known).then(|| format!("begins at block {start}, where no volume of HFS does"))
        }
    }
}
