//! START STOP UNIT (1Bh): spindle and tray.

use super::OperationCode;
use crate::Cdb;

/// What spindle or tray are to do. The numbers are the LoEj and Start bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum StartStop {
    /// The medium stops.
    Stop = 0,
    /// The medium spins, and the drive looks at it again.
    Start = 1,
    /// The tray opens.
    Eject = 2,
    /// The tray closes.
    Load = 3,
}

/// The command. With `immediate` it returns at once.
#[must_use]
pub fn cdb(action: StartStop, immediate: bool) -> Cdb {
    Cdb::from([OperationCode::START_STOP_UNIT.0, u8::from(immediate), 0, 0, action as u8, 0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(StartStop::Eject, false).as_bytes(), [0x1B, 0, 0, 0, 2, 0]);
        assert_eq!(cdb(StartStop::Load, true).as_bytes(), [0x1B, 1, 0, 0, 3, 0]);
        assert_eq!(cdb(StartStop::Start, true).as_bytes(), [0x1B, 1, 0, 0, 1, 0]);
        assert_eq!(cdb(StartStop::Stop, false).as_bytes(), [0x1B, 0, 0, 0, 0, 0]);
    }
}
