//! Formats of DVD+RW, DVD-RW and DVD-RAM.

use super::{FULL, Offer, Request};
use crate::simulated::medium::{Format, Medium};
use crate::simulated::medium_kind::Family;
use crate::simulated::status::{self, Outcome};

/// DVD+RW basic format.
const PLUS_RW: u8 = 0x26;
/// DVD-RW: the whole disc, for restricted overwrite.
const MINUS_RW_FULL: u8 = 0x10;
/// DVD-RW: on with the growth of a disc that was formatted quickly.
const MINUS_RW_QUICK_GROW: u8 = 0x13;
/// DVD-RW: for restricted overwrite, growing with what is recorded.
const MINUS_RW_QUICK: u8 = 0x15;
/// DVD-RW: sectors in a packet, the parameter of its formats.
const PACKET: u32 = 16;
/// Bytes in a block, the parameter of type 0.
const BLOCK_LENGTH: u32 = 2048;

const fn offer(blocks: u32, format_type: u8, parameter: u32) -> Offer {
    Offer { blocks, format_type, sub_type: 0, parameter }
}

pub(super) fn plus_rw_offers(medium: &Medium) -> Vec<Offer> {
    vec![offer(medium.capacity, PLUS_RW, 0)]
}

/// With spare areas and without.
pub(super) fn ram_offers(medium: &Medium) -> Vec<Offer> {
    let sizes = [medium.default_formatted_capacity(), medium.raw_capacity];
    sizes.map(|blocks| offer(blocks, FULL, BLOCK_LENGTH)).to_vec()
}

pub(super) fn minus_rw_offers(medium: &Medium) -> Vec<Offer> {
    let whole = medium.raw_capacity;
    if !medium.kind.is_erasable() {
        return Vec::new();
    }
    let mut list = vec![
        offer(whole, MINUS_RW_FULL, PACKET),
        offer(whole, MINUS_RW_QUICK, PACKET),
        offer(whole, FULL, BLOCK_LENGTH),
    ];
    if medium.family() == Family::RestrictedOverwrite && medium.capacity < whole {
        list.push(offer(whole - medium.capacity, MINUS_RW_QUICK_GROW, PACKET));
    }
    list
}

/// Whether a disc that was formatted before is to be formatted without the Restart bit.
pub(super) fn starts_anew(medium: &Medium, request: Request) -> bool {
    medium.format != Format::None && request.parameter & 0x01 == 0
}

/// Whether a background format begins or goes on.
pub(super) fn format_plus_rw(medium: &mut Medium, request: Request) -> Outcome<bool> {
    let fits = request.blocks == u32::MAX || request.blocks == medium.capacity;
    if request.format_type != PLUS_RW || request.sub_type != 0 || !fits || request.parameter & 0xFC != 0 {
        return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
    }
    let restart = request.parameter & 0x01 != 0;
    match (medium.format, restart) {
        (Format::Running, _) | (Format::Formatted, true) => return Ok(false),
        (Format::Suspended, true) => {}
        _ => medium.forget_everything(),
    }
    medium.format = Format::Running;
    Ok(true)
}

pub(super) fn format_ram(medium: &mut Medium, request: Request) -> Outcome<bool> {
    let known = ram_offers(medium).iter().any(|offer| offer.blocks == request.blocks);
    if request.format_type != FULL || request.sub_type != 0 || request.parameter != BLOCK_LENGTH || !known {
        return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
    }
    medium.forget_everything();
    medium.capacity = request.blocks;
    medium.initialized = true;
    Ok(false)
}

/// Sectors that a quick format leaves formatted: as many as the host says, in whole ECC blocks and at least one; where it
/// says all of the disc or nothing, no more than that one, from which the disc grows.
pub(super) fn formatted_quickly(medium: &Medium, blocks: u32) -> u32 {
    if blocks >= medium.raw_capacity { PACKET } else { blocks.next_multiple_of(PACKET).max(PACKET) }
}

pub(super) fn format_minus_rw(medium: &mut Medium, request: Request) -> Outcome<bool> {
    let whole = medium.raw_capacity;
    // The full format has both names, each with the parameter of its own.
    let by_blocks = request.format_type == FULL && request.parameter == BLOCK_LENGTH;
    if request.sub_type != 0 || request.parameter != PACKET && !by_blocks {
        return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
    }
    let restricted = medium.family() == Family::RestrictedOverwrite;
    match request.format_type {
        FULL | MINUS_RW_FULL if request.blocks == whole => {
            medium.forget_everything();
            medium.format = Format::Formatted;
            medium.initialized = true;
        }
        MINUS_RW_QUICK if request.blocks == u32::MAX || request.blocks <= whole => {
            medium.forget_everything();
            medium.format = Format::Intermediate;
        }
        // A disc that was formatted in full has nothing to grow into.
        MINUS_RW_QUICK_GROW if restricted && medium.growing_end().is_none() && medium.capacity < whole => {
            medium.format = Format::Intermediate;
        }
        MINUS_RW_QUICK_GROW if medium.growing_end().is_some() => {}
        _ => return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into()),
    }
    medium.minimally_blanked = false;
    medium.capacity = whole;
    Ok(false)
}
