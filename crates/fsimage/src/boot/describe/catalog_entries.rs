//! Whether the entries of a boot catalog (El Torito) are what firmware boots from, and all of them are counted.

use iso9660::el_torito::{BootCatalog, BootIndicator, MediaType, PlatformId, SectionHeader};
use sector_io::{ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::super::read;
use crate::disc::{EL_TORITO, Finding};

/// Bytes of an entry.
const ENTRY: usize = 32;

/// What is wrong with the entries of the catalog at a sector, for which something does not boot.
pub(super) fn check(source: &dyn ReadSectors, at: Sector) -> Vec<Finding> {
    let Ok(bytes) = read::catalog_bytes(source, at) else { return Vec::new() };
    let Ok((behind, catalog)) = BootCatalog::parse(&bytes) else { return Vec::new() };
    let mut check = Check { bytes: &bytes, at, end: source.sectors(), number: 0, findings: Vec::new() };
    check.entry(ENTRY, false);
    let mut place = 2 * ENTRY;
    for section in &catalog.sections {
        let header = place;
        if ![PlatformId::X86, PlatformId::POWER_PC, PlatformId::MAC, PlatformId::EFI]
            .contains(&section.platform)
        {
            let platform = section.platform.0;
            check.damage(header, format!("a section for platform {platform:#04x}, which there is none of"));
        }
        place += ENTRY;
        for (_, extensions) in &section.entries {
            check.entry(place, true);
            place += ENTRY * (1 + extensions.len());
        }
        if place == bytes.len() - behind.len() && bytes[header] == SectionHeader::MORE {
            let message = "the header of the last section says that another follows (90)".to_owned();
            check.findings.push(Finding { is_damage: false, ..check.finding(header, message) });
        }
    }
    check.behind(place);
    check.findings
}

struct Check<'a> {
    bytes: &'a [u8],
    at: Sector,
    /// Where the image ends.
    end: SectorCount,
    /// Of the entry that was looked at last, from 1.
    number: u32,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn finding(&self, place: usize, message: String) -> Finding {
        let within = SectorCount::new((place / SECTOR_SIZE) as u32);
        let sector = self.at.checked_add(within).unwrap_or(self.at);
        Finding::damage(message).at(sector).by(EL_TORITO)
    }

    fn damage(&mut self, place: usize, message: String) {
        self.findings.push(self.finding(place, message));
    }

    fn slot(&self, place: usize) -> [u8; ENTRY] {
        let slot = self.bytes.get(place..).and_then(|rest| rest.first_chunk());
        slot.copied().unwrap_or_default()
    }

    /// An entry, the initial one or one of a section.
    fn entry(&mut self, place: usize, is_of_section: bool) {
        self.number += 1;
        let (entry, number) = (self.slot(place), self.number);
        if entry == [0; ENTRY] {
            // An initial entry may stand for nothing to boot from.
            if is_of_section {
                let message = format!("boot image {number}: its entry is empty, and its section counts it");
                self.damage(place, message);
            }
            return;
        }
        let [indicator, media, .., unused] = *entry.first_chunk::<6>().unwrap_or(&[0; 6]);
        if ![BootIndicator::BOOTABLE, BootIndicator::NOT_BOOTABLE].contains(&BootIndicator(indicator)) {
            let message =
                format!("boot image {number}: a boot indicator of {indicator:02x}, neither 88 nor 00");
            self.damage(place, message);
        }
        // Of a section entry's, the upper bits are flags, but one.
        let kind = if is_of_section { media & 0x1f } else { media };
        if kind > MediaType::HARD_DISK.0 {
            self.damage(
                place,
                format!("boot image {number}: a media type of {media:02x}, which there is none of"),
            );
        }
        if unused != 0 {
            self.damage(
                place,
                format!("boot image {number}: byte 5 of its entry is {unused:02x}, and not 00"),
            );
        }
        let rba = rba(&entry);
        let loaded = u32::from(u16::from_le_bytes([entry[6], entry[7]])).div_ceil(4);
        let end = self.end.get();
        if rba >= end {
            self.damage(place, format!("boot image {number} lies beyond the end, at sector {rba}"));
        } else if rba == 0 {
            self.damage(place, format!("boot image {number} would lie in sector 0"));
        } else if loaded > end - rba {
            let message = format!(
                "boot image {number}: {loaded} sectors from {rba} on are loaded, and the image ends at sector {end}"
            );
            self.damage(place, message);
        }
    }

    /// What lies behind the catalog: an entry that nothing counts.
    fn behind(&mut self, place: usize) {
        let (next, other) = (self.slot(place), self.slot(place + ENTRY));
        let is_entry = |entry: &[u8; ENTRY]| {
            entry[0] == BootIndicator::BOOTABLE.0 && (1..self.end.get()).contains(&rba(entry))
        };
        if is_entry(&next) || (next != [0; ENTRY] && is_entry(&other)) {
            let message = format!(
                "behind boot image {} there is an entry that belongs to no section: what it leads to is not booted",
                self.number
            );
            self.damage(place, message);
        }
    }
}

/// Sector that an entry leads to.
fn rba(entry: &[u8; ENTRY]) -> u32 {
    u32::from_le_bytes([entry[8], entry[9], entry[10], entry[11]])
}
