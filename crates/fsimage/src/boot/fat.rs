//! The boot sector of a FAT file system, which UEFI boots from (UEFI 13.3).

use std::fmt;

/// What the boot sector says of its file system (Microsoft, FAT: General Overview of On-Disk Format 1.03, "Boot Sector
/// and BPB").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FatBootSector {
    /// Bits of an entry of its table.
    pub kind: FatKind,
    /// Bytes of the file system.
    pub len: u64,
}

/// The three forms of FAT. Which one it is follows from the number of clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FatKind {
    /// Up to 4084 clusters.
    Fat12,
    /// Up to 65,524 clusters.
    Fat16,
    /// More, or any number where the table's length stands where FAT32 has it.
    Fat32,
}

/// Why bytes are no boot sector of FAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotFat {
    /// There are fewer bytes than its 512.
    Short(usize),
    /// Bytes 510 and 511 are not 55 AA.
    Signature([u8; 2]),
    /// Byte 0 is no jump: EB or E9.
    Jump(u8),
    /// Bytes of a sector (BPB_BytsPerSec) are not 512, 1024, 2048 or 4096.
    SectorSize(u16),
    /// Sectors of a cluster (BPB_SecPerClus) are no power of two.
    ClusterSize(u8),
    /// No sector is reserved (BPB_RsvdSecCnt), though this one is.
    Reserved,
    /// There is no table (BPB_NumFATs), or it has no sectors (BPB_FATSz16, BPB_FATSz32).
    Table,
    /// Reserved sectors, tables and root directory leave no cluster of the sectors that there are.
    Sectors(u32),
}

/// Bytes of an entry of a directory.
const ENTRY: u64 = 32;

impl FatBootSector {
    /// Bytes of the boot sector, whatever the size of the file system's sectors is.
    pub const LEN: usize = 512;

    /// Parses the first [`Self::LEN`] bytes of a file system.
    ///
    /// # Errors
    /// What a boot sector of FAT would have otherwise.
    pub fn parse(image: &[u8]) -> Result<FatBootSector, NotFat> {
        let Some(sector) = image.first_chunk::<{ Self::LEN }>() else {
            return Err(NotFat::Short(image.len()));
        };
        let number = |at: usize| u16::from_le_bytes([sector[at], sector[at + 1]]);
        let long = |at: usize| u32::from(number(at)) | u32::from(number(at + 2)) << 16;
        let or_long = |short: u16, at: usize| if short == 0 { long(at) } else { u32::from(short) };

        let signature = [sector[510], sector[511]];
        if signature != [0x55, 0xAA] {
            return Err(NotFat::Signature(signature));
        }
        if !matches!(sector[0], 0xEB | 0xE9) {
            return Err(NotFat::Jump(sector[0]));
        }
        let sector_size = number(11);
        if !matches!(sector_size, 512 | 1024 | 2048 | 4096) {
            return Err(NotFat::SectorSize(sector_size));
        }
        let cluster = sector[13];
        if !cluster.is_power_of_two() {
            return Err(NotFat::ClusterSize(cluster));
        }
        let reserved = number(14);
        if reserved == 0 {
            return Err(NotFat::Reserved);
        }
        let short_table = number(22);
        let (tables, table) = (sector[16], or_long(short_table, 36));
        if tables == 0 || table == 0 {
            return Err(NotFat::Table);
        }
        let root = (u64::from(number(17)) * ENTRY).div_ceil(u64::from(sector_size));
        let sectors = or_long(number(19), 32);
        let before = u64::from(reserved) + u64::from(tables) * u64::from(table) + root;
        let clusters = u64::from(sectors).saturating_sub(before) / u64::from(cluster);
        let kind = match clusters {
            0 => return Err(NotFat::Sectors(sectors)),
            // What firmware goes by as well.
            _ if short_table == 0 => FatKind::Fat32,
            1..4085 => FatKind::Fat12,
            4085..65_525 => FatKind::Fat16,
            _ => FatKind::Fat32,
        };
        Ok(FatBootSector { kind, len: u64::from(sectors) * u64::from(sector_size) })
    }
}

impl fmt::Display for NotFat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotFat::Short(len) => {
                write!(f, "it has {len} bytes, and the boot sector of FAT {}", FatBootSector::LEN)
            }
            NotFat::Signature([first, second]) => {
                write!(f, "bytes 510 and 511 are {first:02X} {second:02X}, and in FAT 55 AA")
            }
            NotFat::Jump(byte) => write!(f, "byte 0 is {byte:02X}, and in FAT a jump, EB or E9"),
            NotFat::SectorSize(size) => {
                write!(f, "its sectors have {size} bytes, and those of FAT 512, 1024, 2048 or 4096")
            }
            NotFat::ClusterSize(size) => {
                write!(f, "its clusters have {size} sectors, and those of FAT a power of two")
            }
            NotFat::Reserved => f.write_str("it has no reserved sector, and FAT one at least"),
            NotFat::Table => f.write_str("it has no file allocation table"),
            NotFat::Sectors(sectors) => write!(f, "its {sectors} sectors have no room for a cluster"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a diskette of 1,474,560 bytes, as the overview's table has the fields.
    fn diskette() -> [u8; FatBootSector::LEN] {
        let mut sector = [0; FatBootSector::LEN];
        sector[..24].copy_from_slice(&[
            0xEB, 0x3C, 0x90, b'M', b'S', b'D', b'O', b'S', b'5', b'.', b'0', // jump, OEM name
            0x00, 0x02, // 512 bytes per sector
            1,    // sectors per cluster
            1, 0, // reserved sectors
            2, // tables
            0xE0, 0x00, // 224 entries of the root directory
            0x40, 0x0B, // 2880 sectors
            0xF0, // media
            9, 0, // sectors of a table
        ]);
        sector[510..].copy_from_slice(&[0x55, 0xAA]);
        sector
    }

    fn with(changes: &[(usize, &[u8])]) -> Result<FatBootSector, NotFat> {
        let mut sector = diskette();
        for (at, bytes) in changes {
            sector[*at..*at + bytes.len()].copy_from_slice(bytes);
        }
        FatBootSector::parse(&sector)
    }

    #[test]
    fn the_kind_follows_from_the_clusters() {
        assert_eq!(with(&[]), Ok(FatBootSector { kind: FatKind::Fat12, len: 1_474_560 }));
        // 20,480 sectors of 512 bytes, tables of 80.
        let fat16 = with(&[(19, &[0x00, 0x50]), (22, &[80, 0])]);
        assert_eq!(fat16, Ok(FatBootSector { kind: FatKind::Fat16, len: 20_480 * 512 }));
        // 0x20000 sectors and the length of the table where FAT32 has them.
        let fat32 = with(&[(17, &[0; 4]), (22, &[0, 0]), (32, &[0, 0, 2, 0]), (36, &[0xF0, 3, 0, 0])]);
        assert_eq!(fat32, Ok(FatBootSector { kind: FatKind::Fat32, len: 64 << 20 }));
    }

    #[test]
    fn what_is_none_says_why() {
        assert_eq!(FatBootSector::parse(&[0; 100]), Err(NotFat::Short(100)));
        assert_eq!(FatBootSector::parse(&[]), Err(NotFat::Short(0)));
        for (changes, reason) in [
            (&[(510, &[0x55, 0x00][..])][..], NotFat::Signature([0x55, 0x00])),
            (&[(0, b"M")], NotFat::Jump(b'M')),
            (&[(11, &[0xFF, 0x02])], NotFat::SectorSize(767)),
            (&[(13, &[3])], NotFat::ClusterSize(3)),
            (&[(13, &[0])], NotFat::ClusterSize(0)),
            (&[(14, &[0, 0])], NotFat::Reserved),
            (&[(16, &[0])], NotFat::Table),
            (&[(22, &[0, 0])], NotFat::Table),
            (&[(19, &[33, 0])], NotFat::Sectors(33)),
        ] {
            assert_eq!(with(changes), Err(reason));
        }
    }
}
