use nom::{IResult, Parser};

use crate::number::{both_u32, both_u32_bytes};
use crate::susp::{Signature, encode_fixed, encode_versioned};

/// `PN`, POSIX device number (RRIP 4.1.2) of a character or block device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceNumber {
    /// Upper 32 bits of the device number.
    pub high: u32,
    /// Lower 32 bits of the device number.
    pub low: u32,
}

impl DeviceNumber {
    /// `PN`.
    pub const SIGNATURE: Signature = Signature(*b"PN");

    /// The number of a device, packed into 64 bits as Linux packs it for programs. A major number below 4096 and a minor
    /// number below 2²⁰ are all in the low half; of others, [`major_minor`](Self::major_minor) gives no more than the halves.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> DeviceNumber {
        DeviceNumber {
            high: major & !0xFFF | minor >> 20,
            low: (major & 0xFFF) << 8 | minor & 0xFF | (minor & 0xF_FF00) << 12,
        }
    }

    /// Major and minor number. Some writers put one into each half, and so not 0 into the high one.
    #[must_use]
    pub const fn major_minor(self) -> (u32, u32) {
        let DeviceNumber { high, low } = self;
        if high == 0 && low > 0xFF {
            ((low >> 8) & 0xFFF, (low & 0xFF) | ((low >> 12) & 0xF_FF00))
        } else {
            (high, low)
        }
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is shorter than 16 bytes.
    pub fn parse(payload: &[u8]) -> IResult<&[u8], DeviceNumber> {
        let (rest, (high, low)) = (both_u32, both_u32).parse(payload)?;
        Ok((rest, DeviceNumber { high, low }))
    }

    /// Appends the entry.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut payload = [0; 16];
        payload[..8].copy_from_slice(&both_u32_bytes(self.high));
        payload[8..].copy_from_slice(&both_u32_bytes(self.low));
        encode_fixed(Self::SIGNATURE, payload, out);
    }

    /// Appends the entry for Linux alone, which reads of a packed number no more than 8 bits of the minor one, but takes
    /// the halves of the last entry for the two if the high one is not 0. It looks neither at the version nor at the
    /// length; so these are such that others leave the entry out.
    pub fn encode_for_linux(major: u32, minor: u32, out: &mut Vec<u8>) {
        let mut payload = [0; 18];
        payload[..8].copy_from_slice(&both_u32_bytes(major));
        payload[8..16].copy_from_slice(&both_u32_bytes(minor));
        encode_versioned(Self::SIGNATURE, 2, payload, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        let mut out = Vec::new();
        DeviceNumber::new(8, 1).encode(&mut out);
        assert_eq!(out, *b"PN\x14\x01\0\0\0\0\0\0\0\0\x01\x08\0\0\0\0\x08\x01");
    }

    #[test]
    fn others_than_linux_see_another_version_and_length() {
        let mut out = Vec::new();
        DeviceNumber::encode_for_linux(8, 0x102, &mut out);
        assert_eq!(out, *b"PN\x16\x02\x08\0\0\0\0\0\0\x08\x02\x01\0\0\0\0\x01\x02\0\0");
    }

    #[test]
    fn packed_numbers_are_unpacked() {
        assert_eq!(DeviceNumber { high: 0, low: 0x0801 }.major_minor(), (8, 1));
        assert_eq!(DeviceNumber { high: 0, low: 0x1230_0801 }.major_minor(), (8, 0x12301));
        assert_eq!(DeviceNumber { high: 0, low: 5 }.major_minor(), (0, 5));
        assert_eq!(DeviceNumber::new(8, 0x12301), DeviceNumber { high: 0, low: 0x1230_0801 });
        // As xorriso writes it.
        assert_eq!(DeviceNumber::new(0, 300), DeviceNumber { high: 0, low: 0x0010_002C });
        assert_eq!(DeviceNumber::new(0, 300).major_minor(), (0, 300));
    }

    proptest! {
        #[test]
        fn round_trip(high: u32, low: u32) {
            let device = DeviceNumber { high, low };
            let mut out = Vec::new();
            device.encode(&mut out);
            prop_assert_eq!(DeviceNumber::parse(&out[4..]).unwrap(), (&[][..], device));
            prop_assert!(DeviceNumber::parse(&out[5..]).is_err());
        }
    }
}
