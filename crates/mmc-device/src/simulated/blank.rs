//! BLANK.

use super::MediumKind;
use super::SimulatedDrive;
use super::decode::Block;
use super::medium::Format;
use super::status::{self, Outcome};

/// The whole disc.
const FULL: u8 = 0;
/// PMA, first lead-in and pregap, which leaves nothing to be found either.
const MINIMAL: u8 = 1;

impl SimulatedDrive {
    /// A DVD-RW formatted for restricted overwrite becomes a sequential one again.
    pub(super) fn blank(&mut self, block: &Block) -> Outcome<()> {
        let loaded = self.loaded()?;
        if !matches!(loaded.medium.kind, MediumKind::CdRw | MediumKind::DvdRw) {
            return Err(status::INCOMPATIBLE_MEDIUM.into());
        }
        let kind = block[1] & 0x07;
        if !matches!(kind, FULL | MINIMAL) {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        loaded.medium.forget_everything();
        loaded.medium.format = Format::None;
        loaded.medium.capacity = loaded.medium.raw_capacity;
        loaded.medium.minimally_blanked = kind == MINIMAL && loaded.medium.kind == MediumKind::DvdRw;
        loaded.save()?;
        loaded.store.erase()?;
        loaded.raw.erase()?;
        if self.faults.cut_within(block[0]) {
            return Err(self.lose_power_erasing());
        }
        self.pretended = None;
        self.at_once = None;
        self.events.features_changed();
        self.goes_on(block[1] & 0x10 != 0, status::NOT_READY_OPERATION_IN_PROGRESS);
        Ok(())
    }
}
