//! DVD-RW in restricted overwrite mode: whole ECC blocks, anywhere in what is formatted; after a quick format
//! the formatted area ends with what is recorded and grows with it.

use super::{Format, Medium};
use crate::Sense;
use crate::simulated::mode_pages::WriteMode;
use crate::simulated::status::{self, at};

impl Medium {
    /// The address at which a disc in the intermediate state grows.
    pub(in crate::simulated) fn growing_end(&self) -> Option<u32> {
        (self.format == Format::Intermediate).then(|| self.written.end())
    }

    pub(super) fn restricted_refusal(&self, mode: WriteMode, lba: u32, sectors: u32) -> Option<Sense> {
        if !mode.is_fixed_packets_dvd() {
            return Some(status::ILLEGAL_MODE_FOR_THIS_TRACK);
        }
        let unit = self.kind.blocking();
        if !lba.is_multiple_of(unit) {
            return Some(at(status::INVALID_ADDRESS_FOR_WRITE, lba));
        }
        if !sectors.is_multiple_of(unit) {
            return Some(status::INVALID_FIELD_IN_CDB);
        }
        if u64::from(lba) + u64::from(sectors) > u64::from(self.capacity) {
            return Some(at(status::LBA_OUT_OF_RANGE, lba.max(self.capacity)));
        }
        let gap = self.growing_end().filter(|end| lba > *end);
        gap.map(|_| at(status::INVALID_ADDRESS_FOR_WRITE, lba))
    }

    /// Ends the growth: what is recorded is all that can be addressed, until the next quick format. `false` if
    /// nothing was recorded.
    pub(in crate::simulated) fn end_growth(&mut self) -> bool {
        match self.growing_end() {
            Some(0) => false,
            Some(end) => {
                self.format = Format::Formatted;
                self.capacity = end;
                true
            }
            None => true,
        }
    }
}
