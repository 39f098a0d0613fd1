use nom::bytes::complete::tag;
use nom::number::complete::u8 as byte;
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::{Signature, encode_fixed};

/// Check bytes of the indicator.
const CHECK: [u8; 2] = [0xBE, 0xEF];

/// `SP`, System Use Sharing Protocol Indicator (SUSP 5.3): the first entry in the first record of the
/// root directory, and nowhere else. Without it no System Use field of the volume has entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SharingProtocolIndicator {
    /// Bytes to skip at the start of System Use in all other records (not in continuation areas).
    pub bytes_skipped: u8,
}

impl SharingProtocolIndicator {
    /// `SP`.
    pub const SIGNATURE: Signature = Signature(*b"SP");

    /// Bytes of the whole entry.
    pub const LEN: usize = 7;

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is shorter than 3 bytes or does not begin with the check bytes.
    pub fn parse(payload: &[u8]) -> IResult<&[u8], SharingProtocolIndicator> {
        let (rest, bytes_skipped) = preceded(tag(&CHECK[..]), byte).parse(payload)?;
        Ok((rest, SharingProtocolIndicator { bytes_skipped }))
    }

    /// Appends the entry.
    pub fn encode(&self, out: &mut Vec<u8>) {
        encode_fixed(Self::SIGNATURE, [CHECK[0], CHECK[1], self.bytes_skipped], out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let indicator = SharingProtocolIndicator { bytes_skipped: 14 };
        let mut out = Vec::new();
        indicator.encode(&mut out);
        assert_eq!(out, *b"SP\x07\x01\xBE\xEF\x0E");
        assert_eq!(SharingProtocolIndicator::parse(&out[4..]).unwrap().1, indicator);
        assert!(SharingProtocolIndicator::parse(b"\xBE\xEE\x0E").is_err());
        assert!(SharingProtocolIndicator::parse(b"\xBE\xEF").is_err());
    }

    #[test]
    fn round_trip() {
        for byte in 0..=255 {
            let entry = SharingProtocolIndicator { bytes_skipped: byte };
            let mut out = Vec::new();
            entry.encode(&mut out);
            assert_eq!(SharingProtocolIndicator::parse(&out[4..]).unwrap(), (&[][..], entry));
        }
    }
}
