//! Partition tables in the system area: which are there, and what an image's end has to do with them.

use iso9660::system_area::{
    DISK_BLOCK, DriverDescriptorMap, GptHeader, GptPartition, Guid, MapEntry, MasterBootRecord,
    SYSTEM_AREA_LEN,
};
use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

/// Most entries of an Apple partition map that are read.
const MOST_APPLE: u32 = 64;

/// What the system area says of partitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PartitionTables {
    /// The first byte of each partition, and of the backup of a GPT.
    starts: Vec<u64>,
    /// A table is there that says nothing which can be relied on.
    is_damaged: bool,
}

impl PartitionTables {
    /// Without any, where nothing can be read.
    pub(super) fn read(source: &dyn ReadSectors) -> PartitionTables {
        let mut area = vec![0; SYSTEM_AREA_LEN];
        match source.read_sectors(Sector::ZERO, &mut area) {
            Ok(()) => PartitionTables::parse(&area),
            Err(_) => PartitionTables::default(),
        }
    }

    fn parse(area: &[u8]) -> PartitionTables {
        let mut tables = PartitionTables::default();
        let block = u64::from(DISK_BLOCK);
        if let Ok((_, record)) = MasterBootRecord::parse(area) {
            // Also of a type that says that it is not used: isohybrid has such.
            tables
                .starts
                .extend(record.partitions.iter().map(|partition| u64::from(partition.start) * block));
        }
        let behind = area.get(DISK_BLOCK as usize..).unwrap_or_default();
        if behind.starts_with(GptHeader::SIGNATURE) {
            match gpt(area, behind) {
                Some(starts) => tables.starts.extend(starts),
                None => tables.is_damaged = true,
            }
        }
        let lens = [DISK_BLOCK as usize, SECTOR_SIZE];
        let is_map = |&len: &usize| area.get(len..).is_some_and(|rest| rest.starts_with(MapEntry::SIGNATURE));
        if let Some(len) = lens.into_iter().find(is_map) {
            let recorded = DriverDescriptorMap::parse(area).map(|(_, map)| usize::from(map.block_len));
            let len = recorded.ok().filter(is_map).unwrap_or(len);
            match apple(area, len) {
                Some(starts) => tables.starts.extend(starts),
                None => tables.is_damaged = true,
            }
        }
        tables
    }

    /// Whether a partition may begin at `end` or behind it. Of a damaged table that is taken for granted.
    pub(super) fn may_reach_behind(&self, end: Sector) -> bool {
        self.is_damaged || self.starts.iter().any(|&start| start >= end.byte_offset())
    }
}

/// First bytes of the partitions of a GPT, and of what its backup is in; `None` where it is damaged, or its array lies
/// elsewhere.
fn gpt(area: &[u8], header: &[u8]) -> Option<Vec<u64>> {
    let (_, (header, is_right)) = GptHeader::parse(header).ok()?;
    if !is_right || header.entry_len as usize != GptPartition::LEN {
        return None;
    }
    let block = u64::from(DISK_BLOCK);
    let array = usize::try_from(header.array.checked_mul(block)?).ok()?;
    let entries = area.get(array..)?.chunks_exact(GptPartition::LEN).take(header.entries as usize);
    if entries.len() < header.entries as usize {
        return None;
    }
    let mut starts = vec![header.alternate.checked_mul(block)?];
    for entry in entries {
        let (_, entry) = GptPartition::parse(entry).ok()?;
        if entry.partition_type != Guid::UNUSED {
            starts.push(entry.first.checked_mul(block)?);
        }
    }
    Some(starts)
}

/// First bytes of the partitions of an Apple partition map in blocks of so many bytes; `None` where it is damaged.
fn apple(area: &[u8], block: usize) -> Option<Vec<u64>> {
    let entry =
        |number: u32| MapEntry::parse(area.get(number as usize * block..)?).ok().map(|(_, entry)| entry);
    let entries = entry(1)?.entries;
    let numbers = (entries <= MOST_APPLE).then_some(1..=entries)?;
    numbers.map(|number| entry(number).map(|entry| u64::from(entry.start) * block as u64)).collect()
}

#[cfg(test)]
mod tests {
    use iso9660::system_area::{GptAttributes, partition_array_crc};

    use super::*;

    fn area() -> Vec<u8> {
        vec![0; SYSTEM_AREA_LEN]
    }

    #[test]
    fn tables_are_told_apart_from_boot_code() {
        let mut area = area();
        area[..440].fill(0x90);
        area[510..512].copy_from_slice(&[0x55, 0xAA]);
        assert!(!PartitionTables::parse(&area).may_reach_behind(Sector::new(1)));
        area[446..462].copy_from_slice(&[0x80, 0, 1, 0, 0x17, 63, 32, 0, 64, 0, 0, 0, 0, 8, 0, 0]);
        let tables = PartitionTables::parse(&area);
        assert!(tables.may_reach_behind(Sector::new(16)) && !tables.may_reach_behind(Sector::new(17)));
    }

    #[test]
    fn a_gpt_reaches_as_far_as_its_partitions_and_its_backup() {
        let mut area = area();
        let entry = GptPartition {
            partition_type: Guid::BASIC_DATA,
            id: Guid::EFI_SYSTEM,
            first: 400,
            last: 499,
            attributes: GptAttributes::empty(),
            name: [0; 72],
        };
        area[1024..1024 + GptPartition::LEN].copy_from_slice(&entry.encode());
        let mut header = GptHeader {
            revision: GptHeader::REVISION,
            header_len: GptHeader::LEN,
            own: 1,
            alternate: 199,
            first_usable: 64,
            last_usable: 600,
            disk: Guid::BASIC_DATA,
            array: 2,
            entries: 128,
            entry_len: GptPartition::LEN as u32,
            array_crc: partition_array_crc(&area[1024..1024 + 128 * GptPartition::LEN]),
        };
        area[512..1024].copy_from_slice(&header.encode());
        let reaches = |area: &[u8], end: u32| PartitionTables::parse(area).may_reach_behind(Sector::new(end));
        assert!(reaches(&area, 100) && !reaches(&area, 101));
        header.alternate = 4 * 300 + 3;
        area[512..1024].copy_from_slice(&header.encode());
        assert!(reaches(&area, 300) && !reaches(&area, 301));
        area[520] ^= 1;
        assert!(reaches(&area, 1 << 20), "of a damaged one nothing is known");
    }

    #[test]
    fn an_apple_map_reaches_as_far_as_its_partitions() {
        for block in [512, SECTOR_SIZE] {
            let mut area = area();
            for (number, start) in [(1, 1), (2, 40)] {
                let entry = MapEntry::new(2, start, 10, "one", "Apple_HFS");
                area[number * block..][..MapEntry::LEN].copy_from_slice(&entry.encode());
            }
            let tables = PartitionTables::parse(&area);
            let last = Sector::new((40 * block / SECTOR_SIZE) as u32);
            let behind = Sector::new(last.get() + 1);
            assert!(tables.may_reach_behind(last) && !tables.may_reach_behind(behind), "{block}");
        }
    }
}
