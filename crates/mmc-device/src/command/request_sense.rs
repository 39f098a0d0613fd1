//! REQUEST SENSE (03h): asked while waiting, when TEST UNIT READY gives no progress.

use super::OperationCode;
use crate::Cdb;

/// Length of the reply asked for, fixed format.
pub const REPLY: usize = 18;

/// The command. Its reply is what [`Sense::parse`](crate::Sense::parse) reads.
#[must_use]
pub fn cdb() -> Cdb {
    Cdb::from([OperationCode::REQUEST_SENSE.0, 0, 0, 0, REPLY as u8, 0])
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes() {
        assert_eq!(super::cdb().as_bytes(), [0x03, 0, 0, 0, 18, 0]);
    }
}
