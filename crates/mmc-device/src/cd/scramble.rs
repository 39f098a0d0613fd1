use super::sector::RAW_BYTES;

/// What a scrambled sector is XORed with behind its sync pattern (ECMA-130 annex B): the register of 15 bits begins as
/// 1, gives its lowest bit, and takes the sum of its two lowest bits at the top.
const TABLE: [u8; RAW_BYTES - 12] = {
    let mut table = [0; RAW_BYTES - 12];
    let mut register = 1u16;
    let mut at = 0;
    while at < table.len() {
        let mut bit = 0;
        while bit < 8 {
            table[at] |= ((register & 1) as u8) << bit;
            let top = (register ^ register >> 1) & 1;
            register = register >> 1 | top << 14;
            bit += 1;
        }
        at += 1;
    }
    table
};

/// Scrambles a data sector, or undoes it: bytes 12 to 2351. Sound is never scrambled.
pub fn scramble(sector: &mut [u8; RAW_BYTES]) {
    for (byte, with) in sector[12..].iter_mut().zip(&TABLE) {
        *byte ^= with;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annex_b_begins_so() {
        let mut sector = [0; RAW_BYTES];
        scramble(&mut sector);
        assert_eq!(sector[..12], [0; 12]);
        assert_eq!(sector[12..24], [0x01, 0x80, 0x00, 0x60, 0x00, 0x28, 0x00, 0x1E, 0x80, 0x08, 0x60, 0x06]);
        scramble(&mut sector);
        assert_eq!(sector, [0; RAW_BYTES]);
    }
}
