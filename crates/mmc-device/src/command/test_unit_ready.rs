//! TEST UNIT READY (00h): the question that polling repeats.

use super::OperationCode;
use crate::Cdb;

/// The command.
#[must_use]
pub fn cdb() -> Cdb {
    Cdb::from([OperationCode::TEST_UNIT_READY.0, 0, 0, 0, 0, 0])
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes() {
        assert_eq!(super::cdb().as_bytes(), [0; 6]);
    }
}
