//! READ(10) (28h) and READ(12) (A8h).

use byteorder::{BigEndian, ByteOrder};

use super::OperationCode;
use crate::{Cdb, Lba};

/// READ(10) of `blocks` blocks from `lba` on.
#[must_use]
pub fn read_10(lba: Lba, blocks: u16) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::READ_10.0;
    BigEndian::write_u32(&mut cdb[2..6], lba.to_wire());
    BigEndian::write_u16(&mut cdb[7..9], blocks);
    Cdb::from(cdb)
}

/// READ(12) of `blocks` blocks from `lba` on. With `streaming` the drive spends no time on recovery.
#[must_use]
pub fn read_12(lba: Lba, blocks: u32, streaming: bool) -> Cdb {
    let mut cdb = [0; 12];
    cdb[0] = OperationCode::READ_12.0;
    BigEndian::write_u32(&mut cdb[2..6], lba.to_wire());
    BigEndian::write_u32(&mut cdb[6..10], blocks);
    cdb[10] = u8::from(streaming) << 7;
    Cdb::from(cdb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(read_10(Lba::new(0x12345), 32).as_bytes(), [0x28, 0, 0, 0x01, 0x23, 0x45, 0, 0, 0x20, 0]);
        assert_eq!(
            read_12(Lba::new(0x12345), 32, true).as_bytes(),
            [0xA8, 0, 0, 0x01, 0x23, 0x45, 0, 0, 0, 0x20, 0x80, 0]
        );
    }
}
