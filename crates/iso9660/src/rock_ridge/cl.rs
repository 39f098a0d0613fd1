use nom::{IResult, Parser};

use crate::LogicalBlock;
use crate::number::{Disagreement, both_u32, both_u32_bytes, disagreements};
use crate::susp::{Signature, encode_fixed};

/// `CL`, child link: stands in the record, of a file, that a relocated directory left at its
/// original place (RRIP 4.1.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildLink {
    /// First block of the relocated directory.
    pub location: LogicalBlock,
}

impl ChildLink {
    /// `CL`.
    pub const SIGNATURE: Signature = Signature(*b"CL");

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is shorter than 8 bytes.
    pub fn parse(payload: &[u8]) -> IResult<&[u8], ChildLink> {
        both_u32.map(|location| ChildLink { location: LogicalBlock::new(location) }).parse(payload)
    }

    /// The number in a payload, if its halves differ.
    pub fn disagreements(payload: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {
        disagreements(payload, &[(0, 4, "RRIP 4.1.5.1")])
    }

    /// Appends the entry.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_fixed(Self::SIGNATURE, both_u32_bytes(self.location.get()), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        let mut out = Vec::new();
        ChildLink { location: LogicalBlock::new(0x0102) }.encode(&mut out);
        assert_eq!(out, *b"CL\x0C\x01\x02\x01\0\0\0\0\x01\x02");
    }

    proptest! {
        #[test]
        fn round_trip(location: u32) {
            let link = ChildLink { location: LogicalBlock::new(location) };
            let mut out = Vec::new();
            link.encode(&mut out);
            prop_assert_eq!(ChildLink::parse(&out[4..]).unwrap(), (&[][..], link));
            prop_assert!(ChildLink::parse(&out[5..]).is_err());
        }
    }
}
