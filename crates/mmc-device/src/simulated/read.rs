//! READ, VERIFY and SEEK.

use crate::{Data, Sense};

use super::SimulatedDrive;
use super::decode::{Block, be16, be32};
use super::execute::wrong_transfer;
use super::medium::Medium;
use super::medium_kind::Family;
use super::status::{self, Outcome, at};

impl SimulatedDrive {
    /// READ(10) and READ(12).
    pub(super) fn read(
        &mut self,
        block: &Block,
        lba: u32,
        sectors: u32,
        data: &mut Data<'_>,
    ) -> Outcome<usize> {
        if block[1] & 0x01 != 0 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        self.check_readable(lba, sectors)?;
        let buffer: &mut [u8] = match data {
            Data::In(buffer) => buffer,
            Data::None if sectors == 0 => &mut [],
            _ => return Err(wrong_transfer()),
        };
        if buffer.len() as u64 != u64::from(sectors) * 2048 {
            return Err(wrong_transfer());
        }
        self.loaded()?.store.read(lba, buffer)?;
        let len = buffer.len();
        Ok(self.faults.reply_limit(block[0]).map_or(len, |limit| limit.min(len)))
    }

    pub(super) fn verify(&mut self, block: &Block) -> Outcome<()> {
        // BytChk would need data, RELADR a predecessor.
        if block[1] & 0x03 != 0 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        self.check_readable(be32(block, 2), be16(block, 7).into())
    }

    pub(super) fn seek(&mut self, block: &Block) -> Outcome<()> {
        let lba = be32(block, 2);
        let capacity = self.loaded()?.medium.capacity;
        if lba < capacity { Ok(()) } else { Err(at(status::LBA_OUT_OF_RANGE, lba).into()) }
    }

    pub(super) fn check_readable(&mut self, lba: u32, sectors: u32) -> Outcome<()> {
        let medium = &self.loaded()?.medium;
        match unreadable(medium, lba, sectors) {
            Some(sense) => Err(sense.into()),
            None => match self.faults.read_error(lba, sectors) {
                Some(bad) => Err(at(status::L_EC_UNCORRECTABLE, bad).into()),
                None => Ok(()),
            },
        }
    }
}

/// Why these sectors cannot be read.
fn unreadable(medium: &Medium, lba: u32, sectors: u32) -> Option<Sense> {
    if medium.half_erased {
        return Some(status::MEDIUM_FORMAT_CORRUPTED);
    }
    let readable_end = medium.readable_end();
    let end = u64::from(lba) + u64::from(sectors);
    if lba > 0 && lba >= readable_end || end > u64::from(readable_end) {
        return Some(at(status::LBA_OUT_OF_RANGE, lba.max(readable_end)));
    }
    if medium.initialized {
        return None;
    }
    if medium.family() == Family::Cd
        && let Some(sound) = medium.first_sound(lba, end as u32)
    {
        return Some(at(status::ILLEGAL_MODE_FOR_THIS_TRACK, sound));
    }
    let gap = medium.written.first_gap(lba, end as u32)?;
    let sense = match medium.family() {
        // Run-out, pregap, lead-out and lead-in.
        Family::Cd => status::ILLEGAL_MODE_FOR_THIS_TRACK,
        _ => status::BLANK_CHECK,
    };
    Some(at(sense, gap))
}
