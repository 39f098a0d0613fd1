//! Fields of command descriptor blocks and parameter lists. Big-endian throughout.

/// A command descriptor block; bytes behind its end are zero.
pub(super) type Block = [u8; 16];

pub(super) fn be16(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |field| u16::from_be_bytes(*field))
}

pub(super) fn be32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |field| u32::from_be_bytes(*field))
}

/// Minutes, seconds and frames of an address on CD, relative to the disc's zero (Red Book, MMC).
///
/// Addresses before −150 wrap round: the lead-in lies at 90 minutes and up.
pub(super) fn minutes(lba: i64) -> [u8; 3] {
    let frames = if lba >= -150 { lba + 150 } else { lba + 450_150 };
    let frames = frames.clamp(0, 100 * 60 * 75 - 1);
    [(frames / 4500) as u8, (frames / 75 % 60) as u8, (frames % 75) as u8]
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn addresses_become_time() {
        assert_eq!(minutes(0), [0, 2, 0]);
        assert_eq!(minutes(-150), [0, 0, 0]);
        assert_eq!(minutes(359_849), [79, 59, 74]);
        assert_eq!(minutes(-11_634), [97, 26, 66]);
    }
}
