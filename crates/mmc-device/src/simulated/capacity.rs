//! READ CAPACITY and READ FORMAT CAPACITIES.

use super::SimulatedDrive;
use super::decode::Block;
use super::format::offers;
use super::medium::{Format, Medium};
use super::medium_kind::Family;
use super::status::Outcome;

const BLOCK_LENGTH: u32 = 2048;
const UNFORMATTED: u8 = 1;
const FORMATTED: u8 = 2;
/// There is no medium, or its capacity is not known.
const UNKNOWN: u8 = 3;

impl SimulatedDrive {
    pub(super) fn read_capacity(&mut self, _: &Block) -> Outcome<Vec<u8>> {
        let last = self.loaded()?.medium.last_address();
        let last = self.faults.capacity().unwrap_or(last);
        let mut reply = last.to_be_bytes().to_vec();
        reply.extend_from_slice(&BLOCK_LENGTH.to_be_bytes());
        Ok(reply)
    }

    pub(super) fn read_format_capacities(&self, _: &Block) -> Outcome<Vec<u8>> {
        Ok(match self.medium() {
            Some(medium) => capacities(medium),
            None => {
                // The largest medium this drive takes.
                let blocks = super::MediumKind::BdRQl.default_capacity();
                list(&[descriptor(blocks, UNKNOWN, BLOCK_LENGTH)])
            }
        })
    }
}

fn capacities(medium: &Medium) -> Vec<u8> {
    let state = match (medium.family(), medium.format) {
        // The size that the disc will have is not known yet.
        (Family::RestrictedOverwrite, Format::Intermediate) => UNKNOWN,
        (Family::DvdPlusRw | Family::BdRe, Format::None) => UNFORMATTED,
        _ if medium.half_erased => UNFORMATTED,
        (_, Format::None) if medium.sessions.is_empty() => UNFORMATTED,
        _ => FORMATTED,
    };
    // Of a format that was suspended, what has been formatted so far: there growisofs sees whether it has to go on.
    let blocks = if medium.format == Format::Suspended { medium.written.end() } else { medium.capacity };
    let mut descriptors = vec![descriptor(blocks, state, BLOCK_LENGTH)];
    let offers = offers(medium);
    descriptors.extend(
        offers
            .iter()
            .map(|offer| descriptor(offer.blocks, offer.format_type << 2 | offer.sub_type, offer.parameter)),
    );
    list(&descriptors)
}

fn descriptor(blocks: u32, code: u8, parameter: u32) -> [u8; 8] {
    let [a, b, c, d] = blocks.to_be_bytes();
    let [_, e, f, g] = parameter.to_be_bytes();
    [a, b, c, d, code, e, f, g]
}

fn list(descriptors: &[[u8; 8]]) -> Vec<u8> {
    let mut reply = vec![0, 0, 0, (descriptors.len() * 8) as u8];
    reply.extend(descriptors.as_flattened());
    reply
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulated::MediumKind;

    #[test]
    fn a_new_dvd_plus_rw_is_unformatted_and_offers_type_26() {
        let medium = Medium::blank(MediumKind::DvdPlusRw, 2_295_104);
        let expected = [
            0, 0, 0, 16, //
            0x00, 0x23, 0x05, 0x40, 0x01, 0x00, 0x08, 0x00, //
            0x00, 0x23, 0x05, 0x40, 0x98, 0x00, 0x00, 0x00,
        ];
        assert_eq!(capacities(&medium), expected);
    }

    #[test]
    fn a_formatted_bd_re_says_so() {
        let mut medium = Medium::blank(MediumKind::BdRe, 12_219_392);
        medium.format = Format::Formatted;
        medium.capacity = 11_826_176;
        let reply = capacities(&medium);
        assert_eq!(reply[4..12], [0x00, 0xB4, 0x74, 0x00, 0x02, 0x00, 0x08, 0x00]);
        assert_eq!(usize::from(reply[3]), reply.len() - 4);
        // Type 0, type 30h with three sizes, and 31h, as drives list them.
        assert_eq!(reply[12..20], [0x00, 0xB4, 0x74, 0x00, 0x00, 0, 0, 0]);
        assert_eq!(reply[20..28], [0x00, 0xB4, 0x74, 0x00, 0xC0, 0, 0, 0]);
    }
}
