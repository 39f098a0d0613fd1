//! CLOSE TRACK SESSION (5Bh). The functions mean different things on each kind of medium; `docs/recipes`
//! says which are sent where.

use byteorder::{BigEndian, ByteOrder};

use super::OperationCode;
use crate::Cdb;

/// Close function, bits 2 to 0 of byte 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseFunction(pub u8);

impl CloseFunction {
    /// DVD+RW: the background format stops.
    pub const STOP_BACKGROUND_FORMAT: CloseFunction = CloseFunction(0);
    /// The track with the number given.
    pub const TRACK: CloseFunction = CloseFunction(1);
    /// The session; DVD+RW: the background format stops and a lead-out is written.
    pub const SESSION: CloseFunction = CloseFunction(2);
    /// DVD-R, DVD-RW: finalise.
    pub const FINALISE_MINUS_R: CloseFunction = CloseFunction(3);
    /// DVD+R: finalise with a lead-out of the least radius; DVD+R DL: finalise.
    pub const FINALISE_MINIMUM_RADIUS: CloseFunction = CloseFunction(5);
    /// DVD+R, BD-R: finalise.
    pub const FINALISE: CloseFunction = CloseFunction(6);
}

/// The command. `track` matters for [`CloseFunction::TRACK`] only. With `immediate` it returns at once.
#[must_use]
pub fn cdb(function: CloseFunction, track: u16, immediate: bool) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::CLOSE_TRACK_SESSION.0;
    cdb[1] = u8::from(immediate);
    cdb[2] = function.0 & 7;
    BigEndian::write_u16(&mut cdb[4..6], track);
    Cdb::from(cdb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(CloseFunction::TRACK, 300, true).as_bytes(), [0x5B, 1, 1, 0, 1, 0x2C, 0, 0, 0, 0]);
        assert_eq!(cdb(CloseFunction::FINALISE, 0, false).as_bytes(), [0x5B, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    }
}
