//! Which WRITE a medium takes: the rules common to all, and the way to those of each family.

use super::{CD_MOST_TRACKS, Format, Medium};
use crate::Sense;
use crate::simulated::medium_kind::Family;
use crate::simulated::mode_pages::WriteMode;
use crate::simulated::status::{self, at};

impl Medium {
    /// Why the medium, in its state and with these write parameters, does not take a WRITE of `sectors`
    /// sectors at `lba`.
    pub(in crate::simulated) fn refusal(&self, mode: WriteMode, lba: u32, sectors: u32) -> Option<Sense> {
        match self.family() {
            Family::Cd | Family::DvdMinusR | Family::DvdPlusR | Family::BdR => {
                self.sequential_refusal(mode, lba, sectors)
            }
            Family::RestrictedOverwrite => self.restricted_refusal(mode, lba, sectors),
            Family::BdRandom => self.random_refusal(lba, sectors),
            Family::DvdRam | Family::DvdPlusRw | Family::BdRe => self.overwrite_refusal(lba, sectors),
        }
    }

    fn sequential_refusal(&self, mode: WriteMode, lba: u32, sectors: u32) -> Option<Sense> {
        if self.finalized {
            return Some(status::CANNOT_WRITE_MEDIUM);
        }
        if let Some(refusal) = self.pseudo_overwrite_refusal(lba, sectors) {
            return refusal;
        }
        let Some(place) = self.place(lba) else {
            let sense = if lba < self.capacity || lba > i32::MAX as u32 {
                status::INVALID_ADDRESS_FOR_WRITE
            } else {
                status::LBA_OUT_OF_RANGE
            };
            return Some(at(sense, lba));
        };
        let mode_refusal = match self.family() {
            Family::Cd if !mode.fits_cd() && !mode.is_audio_track_cd() => {
                Some(status::ILLEGAL_MODE_FOR_THIS_TRACK)
            }
            Family::Cd if place.begins_track && self.track_count() >= CD_MOST_TRACKS => {
                Some(status::PROGRAM_MEMORY_AREA_IS_FULL)
            }
            Family::DvdMinusR => self.minus_r_refusal(mode, lba),
            _ => None,
        };
        if mode_refusal.is_some() {
            return mode_refusal;
        }
        (sectors > place.room).then(|| at(status::END_OF_USER_AREA, lba.saturating_add(place.room)))
    }

    /// DVD+RW, DVD-RAM, BD-RE: anywhere, once formatted.
    fn overwrite_refusal(&self, lba: u32, sectors: u32) -> Option<Sense> {
        if self.format == Format::None {
            return Some(status::MEDIUM_NOT_FORMATTED);
        }
        let end = u64::from(lba) + u64::from(sectors);
        if end > u64::from(self.capacity) {
            return Some(at(status::LBA_OUT_OF_RANGE, lba.max(self.capacity)));
        }
        // Suspended: the rest of the disc is raw until the format is restarted.
        let raw = self.written.first_gap(lba, end as u32)?;
        (self.format == Format::Suspended).then(|| at(status::MEDIUM_NOT_FORMATTED, raw))
    }
}
