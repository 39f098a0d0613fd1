//! BLANK (A1h): makes an erasable sequential medium blank.

use super::OperationCode;
use crate::Cdb;

/// How much is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlankType(pub u8);

impl BlankType {
    /// The whole medium.
    pub const FULL: BlankType = BlankType(0);
    /// Only what makes it look written: minutes in place of an hour.
    pub const MINIMAL: BlankType = BlankType(1);
    /// The track that holds the address given.
    pub const TRACK: BlankType = BlankType(2);
    /// The reservation of a track.
    pub const UNRESERVE_TRACK: BlankType = BlankType(3);
    /// The rest of a track from the address on.
    pub const TRACK_TAIL: BlankType = BlankType(4);
    /// The closing of the last session.
    pub const UNCLOSE_LAST_SESSION: BlankType = BlankType(5);
    /// The last session.
    pub const LAST_SESSION: BlankType = BlankType(6);
}

/// The command. `address` matters for the track types only. With `immediate` it returns at once.
#[must_use]
pub fn cdb(kind: BlankType, address: u32, immediate: bool) -> Cdb {
    let [a, b, c, d] = address.to_be_bytes();
    let flags = u8::from(immediate) << 4 | kind.0 & 7;
    Cdb::from([OperationCode::BLANK.0, flags, a, b, c, d, 0, 0, 0, 0, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(BlankType::MINIMAL, 0, true).as_bytes(), [0xA1, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(
            cdb(BlankType::TRACK, 0x1_0203, false).as_bytes(),
            [0xA1, 0x02, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0]
        );
    }
}
