//! BD-R beyond plain sequential recording: pseudo-overwrite (SRM+POW) and random recording (RRM).

use super::{Format, Medium};
use crate::Sense;
use crate::simulated::status::{self, at};

/// Clusters that can be replaced on one disc.
const MOST_REPLACEMENTS: u32 = 32_768;

/// What pseudo-overwrite has left (READ DISC INFORMATION, type 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulated) struct PowResources {
    /// Clusters that can still be replaced.
    pub(in crate::simulated) replacements: u32,
    /// Entries of the map that are free.
    pub(in crate::simulated) map_entries: u32,
    /// Replacements made.
    pub(in crate::simulated) updates: u32,
}

impl Medium {
    /// Recorded sectors are being written again, on a disc formatted for that: `Some` with the refusal, if there
    /// is one. `None`: it is no such WRITE.
    pub(super) fn pseudo_overwrite_refusal(&self, lba: u32, sectors: u32) -> Option<Option<Sense>> {
        let clusters = self.replaced_clusters(lba, sectors)?;
        let left = self.pow_resources()?;
        let refusal = (clusters > left.replacements || clusters > left.map_entries)
            .then(|| at(status::END_OF_USER_AREA, lba));
        Some(refusal)
    }

    /// Clusters that a WRITE of recorded sectors replaces; `None` if it records new ones, or the disc is not
    /// formatted for pseudo-overwrite.
    pub(in crate::simulated) fn replaced_clusters(&self, lba: u32, sectors: u32) -> Option<u32> {
        let end = lba.checked_add(sectors)?;
        if self.format != Format::PseudoOverwrite
            || sectors == 0
            || self.written.first_gap(lba, end).is_some()
        {
            return None;
        }
        let unit = self.kind.blocking();
        Some(end.div_ceil(unit) - lba / unit)
    }

    pub(in crate::simulated) fn pow_resources(&self) -> Option<PowResources> {
        if self.format != Format::PseudoOverwrite {
            return None;
        }
        let free = self.incomplete_track().map_or(0, |track| track.free);
        let map_entries = MOST_REPLACEMENTS.saturating_sub(self.replacements);
        Some(PowResources {
            replacements: (free / self.kind.blocking()).min(map_entries),
            map_entries,
            updates: self.replacements,
        })
    }

    /// Notes that the next writable address holds so many clusters in place of others.
    pub(in crate::simulated) fn note_replacing(&mut self, next: u32, clusters: u32) {
        self.record(next, clusters * self.kind.blocking(), 4);
        self.replacements = self.replacements.saturating_add(clusters);
    }

    /// RRM: each cluster once, in any order.
    pub(super) fn random_refusal(&self, lba: u32, sectors: u32) -> Option<Sense> {
        if self.finalized {
            return Some(status::CANNOT_WRITE_MEDIUM);
        }
        let unit = self.kind.blocking();
        let end = u64::from(lba) + u64::from(sectors);
        if end > u64::from(self.capacity) {
            return Some(at(status::LBA_OUT_OF_RANGE, lba.max(self.capacity)));
        }
        if !lba.is_multiple_of(unit) || self.written.touches(lba, end as u32) {
            return Some(at(status::INVALID_ADDRESS_FOR_WRITE, lba));
        }
        (!sectors.is_multiple_of(unit)).then_some(status::INVALID_FIELD_IN_CDB)
    }
}
