//! WRITE(10) (2Ah), WRITE(12) (AAh) and WRITE AND VERIFY(10) (2Eh).

use byteorder::{BigEndian, ByteOrder};

use super::OperationCode;
use crate::{Cdb, Lba};

/// WRITE(10) of `blocks` blocks from `lba` on.
#[must_use]
pub fn write_10(lba: Lba, blocks: u16) -> Cdb {
    ten(OperationCode::WRITE_10, lba, blocks)
}

/// WRITE AND VERIFY(10): the drive reads back what it wrote. DVD-RAM, DVD+RW and BD-RE only, and slow.
#[must_use]
pub fn write_and_verify_10(lba: Lba, blocks: u16) -> Cdb {
    ten(OperationCode::WRITE_AND_VERIFY_10, lba, blocks)
}

/// WRITE(12). With `streaming` the drive skips its own verification on BD and DVD-RAM; whole 64 KiB
/// clusters only.
#[must_use]
pub fn write_12(lba: Lba, blocks: u32, streaming: bool) -> Cdb {
    let mut cdb = [0; 12];
    cdb[0] = OperationCode::WRITE_12.0;
    BigEndian::write_u32(&mut cdb[2..6], lba.to_wire());
    BigEndian::write_u32(&mut cdb[6..10], blocks);
    cdb[10] = u8::from(streaming) << 7;
    Cdb::from(cdb)
}

fn ten(operation: OperationCode, lba: Lba, blocks: u16) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = operation.0;
    BigEndian::write_u32(&mut cdb[2..6], lba.to_wire());
    BigEndian::write_u16(&mut cdb[7..9], blocks);
    Cdb::from(cdb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(write_10(Lba::new(-150), 16).as_bytes(), [0x2A, 0, 0xFF, 0xFF, 0xFF, 0x6A, 0, 0, 0x10, 0]);
        assert_eq!(write_and_verify_10(Lba::new(16), 16).as_bytes(), [0x2E, 0, 0, 0, 0, 0x10, 0, 0, 0x10, 0]);
        assert_eq!(
            write_12(Lba::new(32), 32, true).as_bytes(),
            [0xAA, 0, 0, 0, 0, 0x20, 0, 0, 0, 0x20, 0x80, 0]
        );
    }
}
