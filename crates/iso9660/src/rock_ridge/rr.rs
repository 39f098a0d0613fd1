use bitflags::bitflags;
use nom::IResult;
use nom::Parser;
use nom::number::complete::u8 as byte;

use crate::susp::{Signature, encode_fixed};

bitflags! {
    /// Which entries a record has, in an `RR` entry.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Present: u8 {
        /// Attributes.
        const PX = 0x01;
        /// Device number.
        const PN = 0x02;
        /// Symbolic link.
        const SL = 0x04;
        /// Alternate name.
        const NM = 0x08;
        /// Child link.
        const CL = 0x10;
        /// Parent link.
        const PL = 0x20;
        /// Relocated directory.
        const RE = 0x40;
        /// Time stamps.
        const TF = 0x80;
    }
}

/// `RR`, which entries the record has: an index that only the first version of the protocol
/// (RRIP 1.09) knew. Readers do without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RockRidgePresent {
    /// The entries.
    pub present: Present,
}

impl RockRidgePresent {
    /// `RR`.
    pub const SIGNATURE: Signature = Signature(*b"RR");

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is empty.
    pub fn parse(payload: &[u8]) -> IResult<&[u8], RockRidgePresent> {
        byte.map(|bits| RockRidgePresent { present: Present::from_bits_retain(bits) }).parse(payload)
    }

    /// Appends the entry.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_fixed(Self::SIGNATURE, [self.present.bits()], out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let entry = RockRidgePresent { present: Present::PX | Present::NM | Present::TF };
        let mut out = Vec::new();
        entry.encode(&mut out);
        assert_eq!(out, *b"RR\x05\x01\x89");
        assert_eq!(RockRidgePresent::parse(&out[4..]).unwrap().1, entry);
        assert!(RockRidgePresent::parse(&[]).is_err());
    }

    #[test]
    fn round_trip() {
        for byte in 0..=255 {
            let entry = RockRidgePresent { present: Present::from_bits_retain(byte) };
            let mut out = Vec::new();
            entry.encode(&mut out);
            assert_eq!(RockRidgePresent::parse(&out[4..]).unwrap(), (&[][..], entry));
        }
    }
}
