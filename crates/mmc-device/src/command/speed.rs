//! SET CD SPEED (BBh).

use byteorder::{BigEndian, ByteOrder};

use super::OperationCode;
use crate::{Cdb, Rotation, Speed};

/// The command. `None` means the drive's maximum.
#[must_use]
pub fn cdb(read: Option<Speed>, write: Option<Speed>, rotation: Rotation) -> Cdb {
    let mut cdb = [0; 12];
    cdb[0] = OperationCode::SET_CD_SPEED.0;
    cdb[1] = rotation.bits();
    BigEndian::write_u16(&mut cdb[2..4], rate(read));
    BigEndian::write_u16(&mut cdb[4..6], rate(write));
    Cdb::from(cdb)
}

fn rate(speed: Option<Speed>) -> u16 {
    speed.and_then(|speed| u16::try_from(speed.get()).ok()).unwrap_or(0xFFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(
            cdb(None, Some(Speed::cd(4)), Rotation::ConstantLinear).as_bytes(),
            [0xBB, 0, 0xFF, 0xFF, 0x02, 0xC2, 0, 0, 0, 0, 0, 0]
        );
        let fastest = cdb(None, Some(Speed::MAX), Rotation::ConstantAngular);
        assert_eq!(fastest.as_bytes()[..6], [0xBB, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
}
