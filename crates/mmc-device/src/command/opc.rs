//! SEND OPC INFORMATION (54h): has the drive calibrate its laser power on this medium.

use super::OperationCode;
use crate::Cdb;

/// The command, without parameters of the caller's own: the drive measures.
#[must_use]
pub fn cdb() -> Cdb {
    Cdb::from([OperationCode::SEND_OPC_INFORMATION.0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes() {
        assert_eq!(super::cdb().as_bytes(), [0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
