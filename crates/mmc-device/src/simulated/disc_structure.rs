//! READ DISC STRUCTURE and SEND DISC STRUCTURE, as far as recording programs look.

use super::decode::{Block, be32};
use super::medium::{Format, Medium};
use super::medium_kind::Family;
use super::status::{self, Outcome};
use super::{MediumKind, SimulatedDrive};

const MEDIA_DVD: u8 = 0;
const MEDIA_BD: u8 = 1;
/// Where the data zone of DVD+R and DVD+RW begins.
const DATA_ZONE: u32 = 0x03_0000;
const MANUFACTURER: &[u8; 8] = b"FSIMAGE\0";
const MEDIUM_TYPE: &[u8; 3] = b"SIM";

impl SimulatedDrive {
    pub(super) fn read_disc_structure(&mut self, block: &Block) -> Outcome<Vec<u8>> {
        let medium = &self.loaded()?.medium;
        let (media, format) = (block[1] & 0x0F, block[7]);
        let data = match (medium.family(), media, format) {
            (Family::Cd, ..) => return Err(status::INCOMPATIBLE_MEDIUM.into()),
            (family, MEDIA_DVD, 0x00) if family.is_dvd() => dvd_physical(medium),
            (Family::DvdPlusR | Family::DvdPlusRw, MEDIA_DVD, 0x11) => dvd_physical(medium),
            (Family::DvdMinusR | Family::RestrictedOverwrite, MEDIA_DVD, 0x0E) => pre_recorded(),
            (Family::DvdMinusR, MEDIA_DVD, 0x10) if medium.kind.has_layer_break() => layer_size(medium),
            // Not in a cartridge, not write protected.
            (Family::DvdRam, MEDIA_DVD, 0x09) => vec![0; 4],
            (Family::DvdRam, MEDIA_DVD, 0x0A) => ram_spare_area(medium),
            (Family::DvdPlusR, MEDIA_DVD, 0x20) if medium.kind == MediumKind::DvdPlusRDl => {
                layer_boundary(medium)
            }
            (family, MEDIA_BD, 0x00) if family.is_bd() => bd_information(medium),
            (family, MEDIA_BD, 0x0A) if family.is_bd() => spare_area(medium),
            _ => return Err(status::INVALID_FIELD_IN_CDB.into()),
        };
        let mut reply = (data.len() as u16 + 2).to_be_bytes().to_vec();
        reply.extend_from_slice(&[0, 0]);
        reply.extend_from_slice(&data);
        Ok(reply)
    }

    /// Format 20h: where the second layer of a blank DVD+R DL begins.
    pub(super) fn send_disc_structure(&mut self, block: &Block, list: &[u8]) -> Outcome<usize> {
        let loaded = self.loaded()?;
        if loaded.medium.kind != MediumKind::DvdPlusRDl || block[7] != 0x20 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        if list.len() != 12 {
            return Err(status::PARAMETER_LIST_LENGTH.into());
        }
        if !loaded.medium.sessions.is_empty() || loaded.medium.layer_break_fixed {
            return Err(status::COMMAND_SEQUENCE.into());
        }
        let sectors = be32(list, 8);
        let half = loaded.medium.raw_capacity / 2;
        if sectors == 0 || !sectors.is_multiple_of(16) || sectors > half.next_multiple_of(16) {
            return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
        }
        loaded.medium.layer_break = Some(sectors);
        loaded.medium.layer_break_fixed = true;
        // The second layer ends where the first one began.
        loaded.medium.capacity = sectors.saturating_mul(2).min(loaded.medium.raw_capacity);
        loaded.save()?;
        Ok(list.len())
    }
}

/// Physical format information, and the same from ADIP with the manufacturer in it.
fn dvd_physical(medium: &Medium) -> Vec<u8> {
    let mut data = vec![0; 2048];
    let (book, layers) = match medium.kind {
        MediumKind::DvdPlusRw => (0x9, 0x00),
        MediumKind::DvdPlusRDl => (0xE, 0x30),
        MediumKind::DvdR => (0x2, 0x00),
        MediumKind::DvdRDl => (0x2, 0x20),
        MediumKind::DvdRw => (0x3, 0x00),
        MediumKind::DvdRam => (0x1, 0x00),
        _ => (0xA, 0x00),
    };
    data[0] = book << 4 | 0x01;
    // 120 mm; maximum rate not specified.
    data[1] = 0x0F;
    data[2] = layers | 0x02;
    data[4..8].copy_from_slice(&DATA_ZONE.to_be_bytes());
    let last = DATA_ZONE + medium.capacity - 1;
    data[8..12].copy_from_slice(&last.to_be_bytes());
    if let Some(sectors) = medium.layer_break {
        data[12..16].copy_from_slice(&(DATA_ZONE + sectors - 1).to_be_bytes());
    }
    data[19..27].copy_from_slice(MANUFACTURER);
    data[27..30].copy_from_slice(MEDIUM_TYPE);
    data
}

/// Pre-recorded information in the lead-in of DVD-R and DVD-RW: field 3 and 4 hold the manufacturer.
fn pre_recorded() -> Vec<u8> {
    let mut data = vec![0; 48];
    data[16] = 3;
    data[17..23].copy_from_slice(&MANUFACTURER[..6]);
    data[24] = 4;
    data[25..31].copy_from_slice(b"SIM\0\0\0");
    data
}

/// Sectors of the first layer of a DVD-R DL.
fn layer_size(medium: &Medium) -> Vec<u8> {
    let mut data = vec![0x80; 1];
    data.resize(4, 0);
    data.extend_from_slice(&medium.layer_break.unwrap_or(0).to_be_bytes());
    data
}

/// Spare blocks of a DVD-RAM: unused primary ones, unused supplementary ones, all supplementary ones.
fn ram_spare_area(medium: &Medium) -> Vec<u8> {
    let spare = ((medium.raw_capacity - medium.capacity) / 16).to_be_bytes();
    [spare, [0; 4], [0; 4]].concat()
}

fn layer_boundary(medium: &Medium) -> Vec<u8> {
    let mut data = vec![u8::from(medium.layer_break_fixed) << 7, 0, 0, 0];
    data.extend_from_slice(&medium.layer_break.unwrap_or(0).to_be_bytes());
    data
}

/// Disc information: one unit of 112 bytes.
fn bd_information(medium: &Medium) -> Vec<u8> {
    let mut data = vec![0; 4096];
    data[..2].copy_from_slice(b"DI");
    data[2] = 1;
    data[4] = 0;
    data[6] = 98;
    data[8..11].copy_from_slice(if medium.kind.is_erasable() { b"BDW" } else { b"BDR" });
    data[12] = 0x11;
    data[24..28].copy_from_slice(&(medium.raw_capacity - 1).to_be_bytes());
    data[100..106].copy_from_slice(&MANUFACTURER[..6]);
    data[106..109].copy_from_slice(MEDIUM_TYPE);
    data
}

/// Spare areas, in clusters of 32 sectors: free, and all.
fn spare_area(medium: &Medium) -> Vec<u8> {
    let spare = if medium.format == Format::None { 0 } else { medium.raw_capacity - medium.capacity };
    let mut data = vec![0; 12];
    data[4..8].copy_from_slice(&(spare / 32).to_be_bytes());
    data[8..12].copy_from_slice(&(spare / 32).to_be_bytes());
    data
}
