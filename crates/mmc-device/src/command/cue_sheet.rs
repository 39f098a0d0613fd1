//! SEND CUE SHEET (5Dh).

use super::OperationCode;
use crate::Cdb;

/// SEND CUE SHEET of `len` bytes, at most 24 bits.
#[must_use]
pub fn cdb(len: u32) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::SEND_CUE_SHEET.0;
    cdb[6..9].copy_from_slice(&len.to_be_bytes()[1..]);
    Cdb::from(cdb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(0x1234).as_bytes(), [0x5D, 0, 0, 0, 0, 0, 0, 0x12, 0x34, 0]);
    }
}
