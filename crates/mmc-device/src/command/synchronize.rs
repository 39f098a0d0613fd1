//! SYNCHRONIZE CACHE (35h): everything buffered goes to the medium. On a CD it also ends the track being
//! written track at once.

use super::OperationCode;
use crate::Cdb;

/// The command. With `immediate` it returns at once and the drive's readiness tells the end.
#[must_use]
pub fn cdb(immediate: bool) -> Cdb {
    Cdb::from([OperationCode::SYNCHRONIZE_CACHE.0, u8::from(immediate) << 1, 0, 0, 0, 0, 0, 0, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(true).as_bytes(), [0x35, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(cdb(false).as_bytes(), [0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
