use crc::{CRC_16_XMODEM, Crc, Table};

// Sixteen bytes at a time: each file has an entry that this is calculated over.
static CRC: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_XMODEM);

/// The CRC of descriptors (ECMA-167 3/7.2.6): polynomial x^16 + x^12 + x^5 + 1, initial value 0, bits not
/// reflected, no final inversion.
#[must_use]
pub fn crc(bytes: &[u8]) -> u16 {
    CRC.checksum(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        assert_eq!(crc(&[0x70, 0x6a, 0x77]), 0x3299);
        assert_eq!(crc(b"123456789"), 0x31c3);
        assert_eq!(crc(&[]), 0);
    }
}
