//! Formats of BD-R and BD-RE.

use super::{FULL, Offer, Request};
use crate::simulated::medium::{Format, Medium};
use crate::simulated::status::{self, Outcome};

/// BD-RE with spare areas.
const RE_SPARE: u8 = 0x30;
/// BD-RE without spare areas.
const RE_NO_SPARE: u8 = 0x31;
/// BD-R with spare areas.
const R_SPARE: u8 = 0x32;

/// BD-R sub-type: sequential recording with pseudo-overwrite.
const SRM_WITH_POW: u8 = 0;
/// BD-R sub-type: sequential recording without pseudo-overwrite.
const SRM_WITHOUT_POW: u8 = 1;
/// BD-R sub-type: random recording.
const RRM: u8 = 2;
/// BD-RE sub-type: full certification.
const FULL_CERTIFICATION: u8 = 2;

/// Capacities with spare areas: the default, with the largest, with the smallest, in whole clusters.
fn sizes(medium: &Medium) -> [u32; 3] {
    let raw = medium.raw_capacity;
    let default = medium.default_formatted_capacity();
    let spare = raw - default;
    let whole = |sectors: u32| sectors / 32 * 32;
    [default, whole(raw - spare / 3 * 5), whole(raw - spare / 3)]
}

const fn offer(blocks: u32, format_type: u8) -> Offer {
    Offer { blocks, format_type, sub_type: 0, parameter: 0 }
}

pub(super) fn re_offers(medium: &Medium) -> Vec<Offer> {
    let sizes = sizes(medium);
    // Drives list type 0 first, and libburn insists on it.
    let mut list = vec![offer(sizes[0], FULL)];
    list.extend(sizes.map(|blocks| offer(blocks, RE_SPARE)));
    list.push(offer(medium.raw_capacity, RE_NO_SPARE));
    list
}

/// Once, while it is blank. The sub-type, zero here, is the host's choice.
pub(super) fn r_offers(medium: &Medium) -> Vec<Offer> {
    if medium.format != Format::None {
        return Vec::new();
    }
    let sizes = sizes(medium);
    let mut list = vec![offer(sizes[0], FULL)];
    list.extend(sizes.map(|blocks| offer(blocks, R_SPARE)));
    list
}

pub(super) fn format_re(medium: &mut Medium, request: Request) -> Outcome<bool> {
    let [default, least, most] = sizes(medium);
    let Request { blocks, format_type, sub_type, .. } = request;
    let fits = match format_type {
        RE_SPARE => (least..=most).contains(&blocks) && blocks.is_multiple_of(32),
        RE_NO_SPARE => blocks == medium.raw_capacity && sub_type == 0,
        FULL => blocks == default && sub_type == 0,
        _ => false,
    };
    if !fits {
        return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
    }
    medium.forget_everything();
    medium.format = Format::Formatted;
    medium.capacity = blocks;
    medium.initialized = format_type == RE_SPARE && sub_type == FULL_CERTIFICATION;
    Ok(false)
}

pub(super) fn format_r(medium: &mut Medium, request: Request) -> Outcome<bool> {
    if medium.format != Format::None {
        return Err(status::CANNOT_FORMAT_MEDIUM.into());
    }
    let [default, least, most] = sizes(medium);
    let Request { blocks, format_type, sub_type, .. } = request;
    let fits = match format_type {
        FULL => blocks == default,
        R_SPARE => (least..=most).contains(&blocks) && blocks.is_multiple_of(32),
        _ => false,
    };
    let format = match sub_type {
        SRM_WITH_POW => Format::PseudoOverwrite,
        SRM_WITHOUT_POW => Format::Formatted,
        RRM => Format::RandomRecording,
        _ => Format::None,
    };
    if !fits || format == Format::None {
        return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
    }
    medium.format = format;
    medium.capacity = blocks;
    Ok(false)
}
