use nom::IResult;
use nom::Parser;
use nom::number::complete::u8 as byte;

use super::{Signature, encode_fixed};

/// `ES`, Extension Selector (SUSP 5.6): which extension the following entries belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtensionSelector {
    /// Number of the extension: 0 for the first `ER` entry, 1 for the second.
    pub sequence: u8,
}

impl ExtensionSelector {
    /// `ES`.
    pub const SIGNATURE: Signature = Signature(*b"ES");

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is empty.
    pub fn parse(payload: &[u8]) -> IResult<&[u8], ExtensionSelector> {
        byte.map(|sequence| ExtensionSelector { sequence }).parse(payload)
    }

    /// Appends the entry.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_fixed(Self::SIGNATURE, [self.sequence], out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let mut out = Vec::new();
        ExtensionSelector { sequence: 1 }.encode(&mut out);
        assert_eq!(out, *b"ES\x05\x01\x01");
        assert_eq!(ExtensionSelector::parse(&out[4..]).unwrap().1, ExtensionSelector { sequence: 1 });
        assert!(ExtensionSelector::parse(&[]).is_err());
    }

    #[test]
    fn round_trip() {
        for byte in 0..=255 {
            let entry = ExtensionSelector { sequence: byte };
            let mut out = Vec::new();
            entry.encode(&mut out);
            assert_eq!(ExtensionSelector::parse(&out[4..]).unwrap(), (&[][..], entry));
        }
    }
}
