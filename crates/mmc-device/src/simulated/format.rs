//! FORMAT UNIT and BLANK.

use super::SimulatedDrive;
use super::decode::{Block, be16, be32};
use super::medium::{Format, Medium};
use super::medium_kind::Family;
use super::status::{self, Outcome};

/// One format the drive offers for the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) blocks: u32,
    pub(super) format_type: u8,
    pub(super) sub_type: u8,
    pub(super) parameter: u32,
}

/// DVD+RW basic format.
const PLUS_RW: u8 = 0x26;
/// BD-RE with spare areas.
const BD_RE_SPARE: u8 = 0x30;
/// BD-RE without spare areas.
const BD_RE_NO_SPARE: u8 = 0x31;
/// BD-R with spare areas.
const BD_R_SPARE: u8 = 0x32;
/// Full format; on BD the default spare areas.
const FULL: u8 = 0x00;

/// BD-R sub-type: sequential recording without pseudo-overwrite.
const SRM_WITHOUT_POW: u8 = 1;
/// BD-RE sub-type: full certification.
const FULL_CERTIFICATION: u8 = 2;

/// Spare areas of a BD: the default, the largest, the smallest (as formatted capacity in clusters).
fn bd_sizes(medium: &Medium) -> [u32; 3] {
    let raw = medium.raw_capacity;
    let default = medium.default_formatted_capacity();
    let spare = raw - default;
    let whole = |sectors: u32| sectors / 32 * 32;
    [default, whole(raw - spare / 3 * 5), whole(raw - spare / 3)]
}

/// Formats the drive would carry out now, best choice first.
pub(super) fn offers(medium: &Medium) -> Vec<Offer> {
    let offer = |blocks, format_type, sub_type| Offer { blocks, format_type, sub_type, parameter: 0 };
    match medium.family() {
        Family::DvdPlusRw => vec![offer(medium.capacity, PLUS_RW, 0)],
        Family::BdRe => {
            let sizes = bd_sizes(medium);
            let mut list = sizes.map(|blocks| offer(blocks, BD_RE_SPARE, 0)).to_vec();
            list.push(offer(medium.raw_capacity, BD_RE_NO_SPARE, 0));
            list.push(offer(sizes[0], FULL, 0));
            list
        }
        Family::BdR if medium.format == Format::None => {
            let sizes = bd_sizes(medium);
            sizes.map(|blocks| offer(blocks, BD_R_SPARE, SRM_WITHOUT_POW)).to_vec()
        }
        _ => Vec::new(),
    }
}

impl SimulatedDrive {
    pub(super) fn format_unit(&mut self, block: &Block, list: &[u8]) -> Outcome<usize> {
        let family = self.loaded()?.medium.family();
        if !matches!(family, Family::DvdPlusRw | Family::BdRe | Family::BdR) {
            return Err(status::CANNOT_FORMAT_MEDIUM.into());
        }
        // FmtData set, format code 1, no complete list.
        if block[1] != 0x11 {
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
        let (blocks, format_type, sub_type) = (be32(list, 4), list[8] >> 2, list[8] & 0x03);
        match family {
            Family::DvdPlusRw => self.format_dvd_plus_rw(blocks, format_type, sub_type, list[11])?,
            Family::BdRe => self.format_bd_re(blocks, format_type, sub_type)?,
            _ => self.format_bd_r(blocks, format_type, sub_type)?,
        }
        let loaded = self.loaded()?;
        loaded.save()?;
        if loaded.medium.written.is_empty() {
            // Behind the state: sectors nobody knows of do no harm, missing ones do.
            loaded.store.erase()?;
        }
        self.events.features_changed();
        self.goes_on(immediate, status::NOT_READY_FORMAT_IN_PROGRESS);
        Ok(list.len())
    }

    fn format_dvd_plus_rw(&mut self, blocks: u32, format_type: u8, sub_type: u8, flags: u8) -> Outcome<()> {
        let loaded = self.loaded()?;
        let fits = blocks == u32::MAX || blocks == loaded.medium.capacity;
        if format_type != PLUS_RW || sub_type != 0 || !fits || flags & 0xFC != 0 {
            return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
        }
        let restart = flags & 0x01 != 0;
        match (loaded.medium.format, restart) {
            (Format::Running, _) | (Format::Formatted, true) => return Ok(()),
            (Format::Suspended, true) => {}
            (Format::None, _) | (Format::Suspended | Format::Formatted, false) => {
                loaded.medium.forget_everything();
            }
        }
        loaded.medium.format = Format::Running;
        self.restart_background_format();
        Ok(())
    }

    fn format_bd_re(&mut self, blocks: u32, format_type: u8, sub_type: u8) -> Outcome<()> {
        let loaded = self.loaded()?;
        let [default, least, most] = bd_sizes(&loaded.medium);
        let raw = loaded.medium.raw_capacity;
        let fits = match format_type {
            BD_RE_SPARE => (least..=most).contains(&blocks) && blocks.is_multiple_of(32),
            BD_RE_NO_SPARE => blocks == raw && sub_type == 0,
            FULL => blocks == default && sub_type == 0,
            _ => false,
        };
        if !fits {
            return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
        }
        loaded.medium.forget_everything();
        loaded.medium.format = Format::Formatted;
        loaded.medium.capacity = blocks;
        loaded.medium.initialized = format_type == BD_RE_SPARE && sub_type == FULL_CERTIFICATION;
        Ok(())
    }

    fn format_bd_r(&mut self, blocks: u32, format_type: u8, sub_type: u8) -> Outcome<()> {
        let loaded = self.loaded()?;
        if loaded.medium.format != Format::None {
            return Err(status::CANNOT_FORMAT_MEDIUM.into());
        }
        let [default, least, most] = bd_sizes(&loaded.medium);
        let fits = match format_type {
            FULL => blocks == default,
            BD_R_SPARE => (least..=most).contains(&blocks) && blocks.is_multiple_of(32),
            _ => false,
        };
        if !fits || sub_type != SRM_WITHOUT_POW {
            return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
        }
        loaded.medium.format = Format::Formatted;
        loaded.medium.capacity = blocks;
        Ok(())
    }

    pub(super) fn blank(&mut self, block: &Block) -> Outcome<()> {
        let loaded = self.loaded()?;
        if loaded.medium.kind != super::MediumKind::CdRw {
            return Err(status::INCOMPATIBLE_MEDIUM.into());
        }
        // 0: the whole disc; 1: PMA, first lead-in and pregap, which leaves nothing to be found either.
        if block[1] & 0x07 > 1 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        loaded.medium.forget_everything();
        loaded.save()?;
        loaded.store.erase()?;
        self.events.features_changed();
        self.goes_on(block[1] & 0x10 != 0, status::NOT_READY_OPERATION_IN_PROGRESS);
        Ok(())
    }
}
