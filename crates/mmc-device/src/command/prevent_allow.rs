//! PREVENT ALLOW MEDIUM REMOVAL (1Eh): the drive's own lock.

use super::OperationCode;
use crate::Cdb;

/// The command: `prevent` locks the tray, its absence unlocks it.
#[must_use]
pub fn cdb(prevent: bool) -> Cdb {
    Cdb::from([OperationCode::PREVENT_ALLOW_MEDIUM_REMOVAL.0, 0, 0, 0, u8::from(prevent), 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(true).as_bytes(), [0x1E, 0, 0, 0, 1, 0]);
        assert_eq!(cdb(false).as_bytes(), [0x1E, 0, 0, 0, 0, 0]);
    }
}
