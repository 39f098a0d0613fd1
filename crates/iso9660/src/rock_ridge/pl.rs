use nom::{IResult, Parser};

use crate::LogicalBlock;
use crate::number::{Disagreement, both_u32, both_u32_bytes, disagreements};
use crate::susp::{Signature, encode_fixed};

/// `PL`, parent link: stands in the parent record of a relocated directory, that
/// names the directory it was moved to (RRIP 4.1.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParentLink {
    /// First block of the original parent directory.
    pub location: LogicalBlock,
}

impl ParentLink {
    /// `PL`.
    pub const SIGNATURE: Signature = Signature(*b"PL");

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is shorter than 8 bytes.
    pub fn parse(payload: &[u8]) -> IResult<&[u8], ParentLink> {
        both_u32.map(|location| ParentLink { location: LogicalBlock::new(location) }).parse(payload)
    }

    /// The number in a payload, if its halves differ.
    pub fn disagreements(payload: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {
        disagreements(payload, &[(0, 4, "RRIP 4.1.5.2")])
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
        ParentLink { location: LogicalBlock::new(0x0102) }.encode(&mut out);
        assert_eq!(out, *b"PL\x0C\x01\x02\x01\0\0\0\0\x01\x02");
    }

    proptest! {
        #[test]
        fn round_trip(location: u32) {
            let link = ParentLink { location: LogicalBlock::new(location) };
            let mut out = Vec::new();
            link.encode(&mut out);
            prop_assert_eq!(ParentLink::parse(&out[4..]).unwrap(), (&[][..], link));
            prop_assert!(ParentLink::parse(&out[5..]).is_err());
        }
    }
}
