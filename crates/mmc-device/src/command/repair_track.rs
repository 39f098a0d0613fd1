//! REPAIR TRACK (58h): completes what a loss of power left of a track, so that it can be closed.

use byteorder::{BigEndian, ByteOrder};

use super::OperationCode;
use crate::Cdb;

/// The command for the track with this number. With `immediate` it returns at once.
#[must_use]
pub fn cdb(track: u16, immediate: bool) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::REPAIR_TRACK.0;
    cdb[1] = u8::from(immediate);
    BigEndian::write_u16(&mut cdb[4..6], track);
    Cdb::from(cdb)
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes() {
        assert_eq!(super::cdb(0x102, true).as_bytes(), [0x58, 1, 0, 0, 1, 2, 0, 0, 0, 0]);
    }
}
