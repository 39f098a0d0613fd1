//! Partition tables in the system area: which are there, and what an image's end has to do with them.

use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

/// Bytes of the blocks that a master boot record counts.
const BLOCK: u64 = 512;

/// What the first sector of a medium says of partitions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PartitionTables {
    /// First block of each partition in a master boot record.
    starts: [Option<u32>; 4],
    /// A GPT, or an Apple partition map.
    has_other: bool,
}

impl PartitionTables {
    /// Without any, where the sector cannot be read.
    pub(super) fn read(source: &dyn ReadSectors) -> PartitionTables {
        let mut sector = [0; SECTOR_SIZE];
        match source.read_sectors(Sector::ZERO, &mut sector) {
            Ok(()) => PartitionTables::parse(&sector),
            Err(_) => PartitionTables::default(),
        }
    }

    fn parse(sector: &[u8; SECTOR_SIZE]) -> PartitionTables {
        let mut starts = [None; 4];
        if sector[510..512] == [0x55, 0xAA] {
            for (start, entry) in starts.iter_mut().zip(sector[446..510].chunks_exact(16)) {
                if entry.iter().any(|&byte| byte != 0) {
                    *start = Some(u32::from_le_bytes([entry[8], entry[9], entry[10], entry[11]]));
                }
            }
        }
        let has_other = &sector[512..520] == b"EFI PART" || &sector[512..514] == b"PM";
        PartitionTables { starts, has_other }
    }

    /// Whether a partition may begin at `end` or behind it. Of the tables that this module does not read,
    /// that is taken for granted.
    pub(super) fn may_reach_behind(&self, end: Sector) -> bool {
        let begins_behind = |start: &u32| u64::from(*start) * BLOCK >= end.byte_offset();
        self.has_other || self.starts.iter().flatten().any(begins_behind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_apart_from_boot_code() {
        let mut sector = [0; SECTOR_SIZE];
        sector[..440].fill(0x90);
        sector[510..512].copy_from_slice(&[0x55, 0xAA]);
        assert_eq!(PartitionTables::parse(&sector), PartitionTables::default());
        sector[446..462].copy_from_slice(&[0x80, 0, 1, 0, 0x17, 63, 32, 0, 64, 0, 0, 0, 0, 8, 0, 0]);
        let tables = PartitionTables::parse(&sector);
        assert!(tables.may_reach_behind(Sector::new(16)) && !tables.may_reach_behind(Sector::new(17)));
        sector[512..520].copy_from_slice(b"EFI PART");
        assert!(PartitionTables::parse(&sector).may_reach_behind(Sector::new(17)));
    }
}
