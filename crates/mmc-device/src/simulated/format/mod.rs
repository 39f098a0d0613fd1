//! FORMAT UNIT, and the formats on offer.

mod bd;
mod dvd;

use super::decode::{Block, be16, be32};
use super::medium::{Format, Medium};
use super::medium_kind::Family;
use super::status::{self, Outcome};
use super::{Fault, SimulatedDrive};

/// One format the drive offers for the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) blocks: u32,
    pub(super) format_type: u8,
    pub(super) sub_type: u8,
    pub(super) parameter: u32,
}

/// A format descriptor of FORMAT UNIT.
#[derive(Clone, Copy, Debug)]
struct Request {
    blocks: u32,
    format_type: u8,
    sub_type: u8,
    /// Type dependent parameter, 24 bits.
    parameter: u32,
}

/// CmpList, in the CDB.
const COMPLETE_LIST: u8 = 0x08;
/// DCRT, in the header of the list.
const NO_CERTIFICATION: u8 = 0x20;

/// Full format; on BD and DVD-RAM with the default spare areas.
const FULL: u8 = 0x00;

/// Formats the drive would carry out now, best choice first.
pub(super) fn offers(medium: &Medium) -> Vec<Offer> {
    match medium.family() {
        Family::DvdPlusRw => dvd::plus_rw_offers(medium),
        Family::DvdRam => dvd::ram_offers(medium),
        Family::DvdMinusR | Family::RestrictedOverwrite => dvd::minus_rw_offers(medium),
        Family::BdRe => bd::re_offers(medium),
        Family::BdR => bd::r_offers(medium),
        Family::Cd | Family::DvdPlusR | Family::BdRandom => Vec::new(),
    }
}

/// The drive can format such a medium at all, if not in its present state.
pub(super) fn is_formattable(medium: &Medium) -> bool {
    match medium.family() {
        Family::Cd | Family::DvdPlusR => false,
        Family::DvdMinusR => medium.kind.is_erasable(),
        _ => true,
    }
}

impl SimulatedDrive {
    pub(super) fn format_unit(&mut self, block: &Block, list: &[u8]) -> Outcome<usize> {
        let medium = &self.loaded()?.medium;
        let family = medium.family();
        if !is_formattable(medium) {
            return Err(status::CANNOT_FORMAT_MEDIUM.into());
        }
        // FmtData set, format code 1, no complete list unless that is the trap.
        let shrinks = family == Family::DvdRam && self.faults.has(Fault::FormatOptionsShrink);
        let complete_list = shrinks && block[1] & COMPLETE_LIST != 0;
        if block[1] & !(u8::from(complete_list) * COMPLETE_LIST) != 0x11 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        if list.len() != 12 {
            return Err(status::PARAMETER_LIST_LENGTH.into());
        }
        let immediate = list[1] & 0x02 != 0;
        // Without FOV the option bits DPRY, DCRT, STPF, IP and try-out must be clear.
        let options_without_fov = list[1] & 0x80 == 0 && list[1] & 0x7C != 0;
        if options_without_fov || list[1] & 0x0D != 0 || be16(list, 2) != 8 {
            return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
        }
        let request = Request {
            blocks: be32(list, 4),
            format_type: list[8] >> 2,
            sub_type: list[8] & 0x03,
            parameter: be32(list, 8) & 0xFF_FFFF,
        };
        if family == Family::BdRe && request.sub_type != 0 && self.faults.has(Fault::NoCertification) {
            return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
        }
        let wants_restart = self.faults.has(Fault::FormatWantsRestart);
        let medium = &mut self.loaded()?.medium;
        if wants_restart && family == Family::DvdPlusRw && dvd::starts_anew(medium, request) {
            return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
        }
        let restarts = match family {
            Family::DvdPlusRw => dvd::format_plus_rw(medium, request)?,
            Family::DvdRam => dvd::format_ram(medium, request)?,
            Family::DvdMinusR | Family::RestrictedOverwrite => dvd::format_minus_rw(medium, request)?,
            Family::BdRe => bd::format_re(medium, request)?,
            Family::Cd | Family::DvdPlusR | Family::BdR | Family::BdRandom => bd::format_r(medium, request)?,
        };
        if shrinks && (complete_list || list[1] & NO_CERTIFICATION != 0) {
            medium.capacity -= medium.capacity / 16 / 16 * 16;
        }
        if self.faults.cut_within(block[0]) {
            self.loaded()?.store.erase()?;
            return Err(self.lose_power_erasing());
        }
        if restarts {
            self.restart_background_format();
        }
        let loaded = self.loaded()?;
        loaded.save()?;
        if loaded.medium.written.is_empty() {
            // Behind the state: sectors nobody knows of do no harm, missing ones do.
            loaded.store.erase()?;
            if loaded.medium.format == Format::Intermediate {
                let formatted = dvd::formatted_quickly(&loaded.medium, request.blocks);
                loaded.store.write_zeros(0, formatted)?;
                loaded.medium.written.insert(0, formatted);
                loaded.save()?;
            }
        }
        self.events.features_changed();
        self.goes_on(immediate, status::NOT_READY_FORMAT_IN_PROGRESS);
        Ok(list.len())
    }
}
