use nom::{IResult, Parser};

use crate::number::{both_u32, both_u32_bytes};
use crate::susp::{Signature, encode_fixed};

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

    /// The number of a device. Where both parts fit, it is packed into the low half, as 16-bit device
    /// numbers were: every reader takes that form, while some take the two halves for one 64-bit number.
    /// Else major and minor number stand in the two halves, as Linux reads them; but where the major number is 0 and the
    /// minor number needs more than 8 bits, that would be taken for the packed form, and it is packed as Linux does.
    pub const fn new(major: u32, minor: u32) -> DeviceNumber {
        if major > 0 && major <= 0xFFF && minor <= 0xFF {
            DeviceNumber { high: 0, low: major << 8 | minor }
        } else if major == 0 && minor <= 0xF_FFFF {
            DeviceNumber { high: 0, low: minor & 0xFF | (minor & 0xF_FF00) << 12 }
        } else {
            DeviceNumber { high: major, low: minor }
        }
    }

    /// Major and minor number. Writers on systems with device numbers of 32 bits leave the high half 0
    /// and put the whole number, as Linux packs it, in the low half.
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
    fn packed_numbers_are_unpacked() {
        assert_eq!(DeviceNumber { high: 0, low: 0x0801 }.major_minor(), (8, 1));
        assert_eq!(DeviceNumber { high: 0, low: 0x1230_0801 }.major_minor(), (8, 0x12301));
        assert_eq!(DeviceNumber { high: 0, low: 5 }.major_minor(), (0, 5));
        assert_eq!(DeviceNumber::new(8, 0x12301).major_minor(), (8, 0x12301));
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
