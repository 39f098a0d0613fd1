//! RESERVE TRACK (53h): announces how long the next track will be.

use byteorder::{BigEndian, ByteOrder};

use super::OperationCode;
use crate::Cdb;

/// The command for a track of `blocks` blocks.
#[must_use]
pub fn cdb(blocks: u32) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::RESERVE_TRACK.0;
    BigEndian::write_u32(&mut cdb[5..9], blocks);
    Cdb::from(cdb)
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes() {
        assert_eq!(super::cdb(0xB40).as_bytes(), [0x53, 0, 0, 0, 0, 0, 0, 0x0B, 0x40, 0]);
    }
}
