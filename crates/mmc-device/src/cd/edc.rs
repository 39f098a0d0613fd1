use crc::{CRC_32_CD_ROM_EDC, Crc, Table};

static EDC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_CD_ROM_EDC);

/// The error detection code of these bytes (ECMA-130 14.3), as it stands behind them.
pub(super) fn edc(bytes: &[u8]) -> [u8; 4] {
    EDC.checksum(bytes).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parity_of_the_clauses_polynomial() {
        // ECMA-130 14.3: (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), bit by bit, lowest bit first.
        let by_bits = |bytes: &[u8]| {
            bytes.iter().fold(0u32, |edc, byte| {
                (0..8).fold(edc ^ u32::from(*byte), |edc, _| {
                    edc >> 1 ^ if edc & 1 == 1 { 0xD801_8001 } else { 0 }
                })
            })
        };
        let bytes: Vec<u8> = (0..2064u32).map(|n| ((n * n) >> 3) as u8).collect();
        assert_eq!(edc(&bytes), by_bits(&bytes).to_le_bytes());
        assert_eq!(edc(&[0; 2064]), [0; 4]);
    }
}
