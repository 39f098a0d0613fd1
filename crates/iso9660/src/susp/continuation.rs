use nom::{IResult, Parser};

use super::{Signature, encode_fixed};
use crate::LogicalBlock;
use crate::number::{Disagreement, both_u32, both_u32_bytes, disagreements};

/// `CE`, Continuation Area (SUSP 5.1): where more entries of this file are. They count after those that
/// stand here, whatever the place of the `CE` entry among these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContinuationArea {
    /// Block in which the area begins.
    pub location: LogicalBlock,
    /// Bytes from the start of that block to the area.
    pub offset: u32,
    /// Bytes of the area.
    pub length: u32,
}

impl ContinuationArea {
    /// `CE`.
    pub const SIGNATURE: Signature = Signature(*b"CE");

    /// Bytes of the whole entry.
    pub const LEN: usize = 28;

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is shorter than 24 bytes.
    pub fn parse(payload: &[u8]) -> IResult<&[u8], ContinuationArea> {
        let (rest, (location, offset, length)) = (both_u32, both_u32, both_u32).parse(payload)?;
        Ok((rest, ContinuationArea { location: LogicalBlock::new(location), offset, length }))
    }

    /// The both-endian numbers in a payload whose halves differ.
    pub fn disagreements(payload: &[u8]) -> impl Iterator<Item = Disagreement> + '_ {
        disagreements(payload, &[(0, 4, "SUSP 5.1"), (8, 4, "SUSP 5.1"), (16, 4, "SUSP 5.1")])
    }

    /// Appends the entry.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut payload = [0; 24];
        payload[..8].copy_from_slice(&both_u32_bytes(self.location.get()));
        payload[8..16].copy_from_slice(&both_u32_bytes(self.offset));
        payload[16..].copy_from_slice(&both_u32_bytes(self.length));
        encode_fixed(Self::SIGNATURE, payload, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        let area = ContinuationArea { location: LogicalBlock::new(0x0102), offset: 0x0304, length: 0x05 };
        let mut out = Vec::new();
        area.encode(&mut out);
        let recorded = [
            b'C', b'E', 28, 1, // header
            2, 1, 0, 0, 0, 0, 1, 2, // location
            4, 3, 0, 0, 0, 0, 3, 4, // offset
            5, 0, 0, 0, 0, 0, 0, 5, // length
        ];
        assert_eq!(out, recorded);
        assert_eq!(ContinuationArea::disagreements(&recorded[4..]).count(), 0);
    }

    proptest! {
        #[test]
        fn round_trip(location: u32, offset: u32, length: u32) {
            let area = ContinuationArea { location: LogicalBlock::new(location), offset, length };
            let mut out = Vec::new();
            area.encode(&mut out);
            prop_assert_eq!(ContinuationArea::parse(&out[4..]).unwrap(), (&[][..], area));
            prop_assert!(ContinuationArea::parse(&out[5..]).is_err());
        }
    }
}
