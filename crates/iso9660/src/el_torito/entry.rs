use bitflags::bitflags;
use byteorder::{ByteOrder, LittleEndian};
use nom::bytes::complete::take;
use nom::{IResult, Parser};

use super::ENTRY_LEN;
use crate::LogicalBlock;
use crate::number::bytes;

/// Boot Indicator (2.2): whether firmware may boot from the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BootIndicator(pub u8);

impl BootIndicator {
    /// Bootable.
    pub const BOOTABLE: Self = Self(0x88);
    /// Not bootable.
    pub const NOT_BOOTABLE: Self = Self(0);
}

/// Boot media type (2.2): what firmware lets the image seem to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediaType(pub u8);

impl MediaType {
    /// The image is loaded as it is.
    pub const NO_EMULATION: Self = Self(0);
    /// Diskette of 1.2 MB.
    pub const DISKETTE_1200: Self = Self(1);
    /// Diskette of 1.44 MB.
    pub const DISKETTE_1440: Self = Self(2);
    /// Diskette of 2.88 MB.
    pub const DISKETTE_2880: Self = Self(3);
    /// Hard disk, with one partition.
    pub const HARD_DISK: Self = Self(4);

    /// Bytes of the diskette that the image seems to be; `None` for what is no diskette.
    #[must_use]
    pub const fn diskette_len(self) -> Option<u32> {
        match self {
            Self::DISKETTE_1200 => Some(80 * 15 * 2 * 512),
            Self::DISKETTE_1440 => Some(80 * 18 * 2 * 512),
            Self::DISKETTE_2880 => Some(80 * 36 * 2 * 512),
            _ => None,
        }
    }
}

bitflags! {
    /// The upper half of the boot media type of a section entry (2.4).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct EmulationFlags: u8 {
        /// A section entry extension follows.
        const CONTINUATION = 0x20;
        /// The image contains an ATAPI driver.
        const ATAPI_DRIVER = 0x40;
        /// The image contains SCSI drivers.
        const SCSI_DRIVERS = 0x80;
    }
}

/// What all entries of boot images begin with (2.2, 2.4): a boot image and how to load it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootEntry {
    /// Whether firmware may boot from the image.
    pub indicator: BootIndicator,
    /// What the image seems to be. In the initial entry the upper half is 0.
    pub media: MediaType,
    /// Real-mode segment to load the image to; 0 stands for 0x7C0. Platforms other than x86 have no use
    /// for it.
    pub load_segment: u16,
    /// System type: for hard disks, that of the partition table in the image.
    pub system_type: u8,
    /// Virtual sectors of 512 bytes that are loaded at first. For UEFI, size of the image, where 0 and 1
    /// stand for all that is there up to the end of the medium.
    pub sector_count: u16,
    /// First block of the image.
    pub load_rba: LogicalBlock,
}

impl BootEntry {
    /// The entry of a bootable image without emulation, of which `sector_count` virtual sectors are loaded.
    #[must_use]
    pub const fn no_emulation(load_rba: LogicalBlock, sector_count: u16) -> BootEntry {
        BootEntry {
            indicator: BootIndicator::BOOTABLE,
            media: MediaType::NO_EMULATION,
            load_segment: 0,
            system_type: 0,
            sector_count,
            load_rba,
        }
    }

    fn from_start(entry: &[u8], media: MediaType) -> BootEntry {
        BootEntry {
            indicator: BootIndicator(entry[0]),
            media,
            load_segment: LittleEndian::read_u16(&entry[2..4]),
            system_type: entry[4],
            sector_count: LittleEndian::read_u16(&entry[6..8]),
            load_rba: LogicalBlock::new(LittleEndian::read_u32(&entry[8..12])),
        }
    }

    /// The entry, with zeros behind what is in it.
    fn encode(&self) -> [u8; ENTRY_LEN] {
        let mut entry = [0; ENTRY_LEN];
        entry[0] = self.indicator.0;
        entry[1] = self.media.0;
        LittleEndian::write_u16(&mut entry[2..4], self.load_segment);
        entry[4] = self.system_type;
        LittleEndian::write_u16(&mut entry[6..8], self.sector_count);
        LittleEndian::write_u32(&mut entry[8..12], self.load_rba.get());
        entry
    }
}

/// Initial/Default Entry (2.2): the boot image that firmware takes unless it chooses otherwise. The standard has no
/// selection criteria in it; libisofs records them in the unused bytes, where a section entry has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitialEntry {
    /// The image.
    pub boot: BootEntry,
    /// Byte 12, unused by the standard: selection criteria type as in a section entry.
    pub selection_criteria_type: u8,
    /// Bytes 13 to 31, unused by the standard: selection criteria as in a section entry.
    pub selection_criteria: [u8; InitialEntry::CRITERIA],
}

impl InitialEntry {
    /// Bytes of selection criteria in the entry.
    pub const CRITERIA: usize = 19;

    /// The entry as the standard has it, without selection criteria.
    #[must_use]
    pub const fn new(boot: BootEntry) -> InitialEntry {
        InitialEntry { boot, selection_criteria_type: 0, selection_criteria: [0; Self::CRITERIA] }
    }

    /// Reads the entry.
    ///
    /// # Errors
    /// When fewer than 32 bytes are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], InitialEntry> {
        let (rest, entry) = take(ENTRY_LEN).parse(input)?;
        let (_, selection_criteria) = bytes(&entry[13..])?;
        let boot = BootEntry::from_start(entry, MediaType(entry[1]));
        Ok((rest, InitialEntry { boot, selection_criteria_type: entry[12], selection_criteria }))
    }

    /// The entry.
    #[must_use]
    pub fn encode(&self) -> [u8; ENTRY_LEN] {
        let mut entry = self.boot.encode();
        entry[12] = self.selection_criteria_type;
        entry[13..].copy_from_slice(&self.selection_criteria);
        entry
    }
}

/// Section Entry (2.4): a boot image of a section, with criteria to choose it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionEntry {
    /// The image; its media type has only the lower half of the byte.
    pub boot: BootEntry,
    /// The upper half: whether extensions follow, and drivers in the image.
    pub flags: EmulationFlags,
    /// Selection criteria type: 0 none, 1 language and version information.
    pub selection_criteria_type: u8,
    /// Vendor-unique selection criteria.
    pub selection_criteria: [u8; 19],
}

impl SectionEntry {
    /// The entry of an image that is chosen by its platform alone.
    #[must_use]
    pub const fn new(boot: BootEntry) -> SectionEntry {
        let flags = EmulationFlags::empty();
        SectionEntry { boot, flags, selection_criteria_type: 0, selection_criteria: [0; 19] }
    }

    /// Reads the entry. Unused bytes are not looked at.
    ///
    /// # Errors
    /// When fewer than 32 bytes are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], SectionEntry> {
        let (rest, entry) = take(ENTRY_LEN).parse(input)?;
        let (_, selection_criteria) = bytes(&entry[13..])?;
        let section = SectionEntry {
            boot: BootEntry::from_start(entry, MediaType(entry[1] & 0x0F)),
            flags: EmulationFlags::from_bits_retain(entry[1] & 0xF0),
            selection_criteria_type: entry[12],
            selection_criteria,
        };
        Ok((rest, section))
    }

    /// The entry. Of media type and flags only their halves of the byte are recorded.
    #[must_use]
    pub fn encode(&self) -> [u8; ENTRY_LEN] {
        let mut entry = self.boot.encode();
        entry[1] = self.boot.media.0 & 0x0F | self.flags.bits() & 0xF0;
        entry[12] = self.selection_criteria_type;
        entry[13..].copy_from_slice(&self.selection_criteria);
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_specification() {
        let entry = BootEntry {
            media: MediaType::HARD_DISK,
            load_segment: 0x07C0,
            system_type: 6,
            ..BootEntry::no_emulation(LogicalBlock::new(0x0102), 4)
        };
        let mut recorded = [0; 32];
        recorded[..12].copy_from_slice(&[0x88, 4, 0xC0, 0x07, 6, 0, 4, 0, 0x02, 0x01, 0, 0]);
        let initial = InitialEntry::new(entry);
        assert_eq!(initial.encode(), recorded);
        assert_eq!(InitialEntry::parse(&recorded).unwrap().1, initial);
        assert!(InitialEntry::parse(&recorded[..31]).is_err());
    }

    /// What xorriso 1.5.4 records for `-eltorito-selcrit 0102030405`.
    #[test]
    fn bytes_of_selection_criteria_in_an_initial_entry() {
        let mut recorded = [0; 32];
        recorded[..17].copy_from_slice(&[0x88, 0, 0, 0, 0, 0, 4, 0, 0x22, 0, 0, 0, 1, 2, 3, 4, 5]);
        let entry = InitialEntry::parse(&recorded).unwrap().1;
        assert_eq!(entry.boot, BootEntry::no_emulation(LogicalBlock::new(0x22), 4));
        assert_eq!(
            (entry.selection_criteria_type, &entry.selection_criteria[..5]),
            (1, &[2, 3, 4, 5, 0][..])
        );
        assert_eq!(entry.encode(), recorded);
    }

    #[test]
    fn bytes_of_a_section_entry() {
        let entry = SectionEntry {
            flags: EmulationFlags::CONTINUATION | EmulationFlags::SCSI_DRIVERS,
            selection_criteria_type: 1,
            selection_criteria: [7; 19],
            ..SectionEntry::new(BootEntry {
                media: MediaType::DISKETTE_1440,
                ..BootEntry::no_emulation(LogicalBlock::new(20), 1)
            })
        };
        let mut recorded = [7; 32];
        recorded[..13].copy_from_slice(&[0x88, 0xA2, 0, 0, 0, 0, 1, 0, 20, 0, 0, 0, 1]);
        assert_eq!(entry.encode(), recorded);
        assert_eq!(SectionEntry::parse(&recorded).unwrap().1, entry);
    }

    #[test]
    fn diskettes_have_their_sizes() {
        assert_eq!(MediaType::DISKETTE_1200.diskette_len(), Some(1_228_800));
        assert_eq!(MediaType::DISKETTE_1440.diskette_len(), Some(1_474_560));
        assert_eq!(MediaType::DISKETTE_2880.diskette_len(), Some(2_949_120));
        assert_eq!(MediaType::HARD_DISK.diskette_len(), None);
    }

    proptest! {
        #[test]
        fn round_trip(mut recorded: [u8; 32]) {
            recorded[5] = 0;
            let section = SectionEntry::parse(&recorded).unwrap().1;
            prop_assert_eq!(section.encode(), recorded);
            let initial = InitialEntry::parse(&recorded).unwrap().1;
            prop_assert_eq!(initial.encode(), recorded);
        }
    }
}
