//! When a command is worth repeating.

use std::time::Duration;

use crate::command::OperationCode;
use crate::{Operation, Sense, TransportError};

/// What to do about a command that did not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Nothing: it is the caller's.
    No,
    /// Repeat at once, a few times.
    AtOnce,
    /// Repeat after a pause, until so much time was spent on this reason.
    Within(Duration),
}

/// Repetitions without a pause that one command gets.
pub(crate) const AT_ONCE_LIMIT: u32 = 3;

const NO_CAUSE: Duration = Duration::from_secs(5);
const BECOMING_READY: Duration = Duration::from_secs(60);
const FORMATTING: Duration = Duration::from_secs(10);
const BUSY: Duration = Duration::from_secs(60);
/// Drives hold a write back for seconds while they calibrate or spin up, and for minutes in the worst case.
const WRITING: Duration = Duration::from_secs(300);

impl Retry {
    /// The rule for this failure. With `recording`, a changed medium or a reset is final.
    pub(crate) fn rule(operation: OperationCode, error: &TransportError, recording: bool) -> Retry {
        match error {
            TransportError::CheckCondition(sense) => Retry::for_sense(operation, *sense, recording),
            // Busy, and task set full.
            TransportError::Status(0x08 | 0x28) => Retry::Within(NO_CAUSE),
            // The kernel's "soft error", "immediate retry" and "requeue".
            TransportError::HostAdapter { host: 0x0B..=0x0D, .. } => Retry::AtOnce,
            _ => Retry::No,
        }
    }

    fn for_sense(operation: OperationCode, sense: Sense, recording: bool) -> Retry {
        if sense.deferred {
            return Retry::No;
        }
        let write = operation.is_write();
        match (sense.key, sense.asc, sense.ascq) {
            // CHECK CONDITION without a reason.
            (0x0, 0x00, 0x00) => Retry::AtOnce,
            (0x2, 0x04, 0x01) | (0x2, 0x3E, _) => Retry::Within(if write { WRITING } else { BECOMING_READY }),
            (0x2, 0x04, 0x02 | 0x03) => Retry::No,
            (0x2, 0x04, 0x04) => Retry::Within(if write { WRITING } else { FORMATTING }),
            (0x2, 0x04, 0x07 | 0x08) => Retry::Within(if write { WRITING } else { BUSY }),
            (0x2, 0x04, _) => Retry::Within(NO_CAUSE),
            (0x6, 0x28 | 0x29, _) if recording => Retry::No,
            (0x6, _, _) => Retry::AtOnce,
            // Positioning failures and aborted commands, worth another try where nothing is changed by it.
            (0x3, 0x02 | 0x06 | 0x09 | 0x15, _) | (0x4, 0x09, _) | (0xB, _, _) if operation.is_read() => {
                Retry::AtOnce
            }
            _ => Retry::No,
        }
    }

    /// The pause before repetition `number`, from 1: a full buffer drains in milliseconds, all else takes
    /// tenths of seconds.
    pub(crate) fn pause(operation: OperationCode, error: &TransportError, number: u32) -> Duration {
        let full = matches!(error, TransportError::CheckCondition(sense) if sense.is_long_write());
        if full && operation.is_write() {
            Duration::from_millis(u64::from(number.saturating_mul(2).min(25)))
        } else {
            Duration::from_millis(u64::from(number.saturating_mul(100).min(500)))
        }
    }
}

/// The pause before question `number`, from 0, in a wait for the end of a long operation.
pub(crate) fn polling_pause(number: u32) -> Duration {
    Duration::from_millis(u64::from(number.saturating_mul(50).saturating_add(50).min(500)))
}

impl Operation {
    /// How long the operation may take; the longest that such drives are known to need.
    pub(crate) fn limit(self) -> Duration {
        Duration::from_secs(match self {
            Operation::Loading => 300,
            Operation::Flushing | Operation::ClosingTrack | Operation::ClosingSession => 3600,
            Operation::Blanking | Operation::Formatting => 18_000,
            Operation::Writing => 300,
            Operation::Other => 60,
        })
    }

    /// The command that began it.
    pub(crate) fn command(self) -> OperationCode {
        match self {
            Operation::Loading => OperationCode::START_STOP_UNIT,
            Operation::Flushing => OperationCode::SYNCHRONIZE_CACHE,
            Operation::ClosingTrack | Operation::ClosingSession => OperationCode::CLOSE_TRACK_SESSION,
            Operation::Blanking => OperationCode::BLANK,
            Operation::Formatting => OperationCode::FORMAT_UNIT,
            Operation::Writing => OperationCode::WRITE_10,
            Operation::Other => OperationCode::TEST_UNIT_READY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(operation: OperationCode, key: u8, asc: u8, ascq: u8, recording: bool) -> Retry {
        Retry::rule(operation, &TransportError::CheckCondition(Sense::new(key, asc, ascq)), recording)
    }

    fn within(limit: Duration) -> Retry {
        Retry::Within(limit)
    }

    #[test]
    fn rules_by_sense_code() {
        use OperationCode as Op;
        let (once, no) = (Retry::AtOnce, Retry::No);
        // Sense; for READ, for WRITE, for READ DISC INFORMATION; where a session is recorded, and the same for WRITE
        // where none is.
        let table = [
            ((0, 0x00, 0), once, once, once, once),
            ((0, 0x00, 6), no, no, no, no),
            ((1, 0x17, 0), no, no, no, no),
            ((2, 0x04, 0), within(NO_CAUSE), within(NO_CAUSE), within(NO_CAUSE), within(NO_CAUSE)),
            ((2, 0x04, 1), within(BECOMING_READY), within(WRITING), within(BECOMING_READY), within(WRITING)),
            ((2, 0x04, 2), no, no, no, no),
            ((2, 0x04, 3), no, no, no, no),
            ((2, 0x04, 4), within(FORMATTING), within(WRITING), within(FORMATTING), within(WRITING)),
            ((2, 0x04, 7), within(BUSY), within(WRITING), within(BUSY), within(WRITING)),
            ((2, 0x04, 8), within(BUSY), within(WRITING), within(BUSY), within(WRITING)),
            ((2, 0x06, 0), no, no, no, no),
            ((2, 0x30, 0), no, no, no, no),
            ((2, 0x3A, 1), no, no, no, no),
            ((2, 0x3E, 0), within(BECOMING_READY), within(WRITING), within(BECOMING_READY), within(WRITING)),
            ((3, 0x02, 0), once, no, no, no),
            ((3, 0x06, 0), once, no, no, no),
            ((3, 0x09, 1), once, no, no, no),
            ((3, 0x0C, 0), no, no, no, no),
            ((3, 0x0C, 9), no, no, no, no),
            ((3, 0x11, 5), no, no, no, no),
            ((3, 0x15, 0), once, no, no, no),
            ((3, 0x31, 0), no, no, no, no),
            ((3, 0x73, 3), no, no, no, no),
            ((4, 0x09, 0), once, no, no, no),
            ((4, 0x44, 0), no, no, no, no),
            ((5, 0x21, 2), no, no, no, no),
            ((5, 0x2C, 0), no, no, no, no),
            ((6, 0x28, 0), no, no, no, once),
            ((6, 0x29, 0), no, no, no, once),
            ((6, 0x2A, 1), once, once, once, once),
            ((6, 0x5A, 1), once, once, once, once),
            ((7, 0x27, 0), no, no, no, no),
            ((8, 0x00, 0), no, no, no, no),
            ((0xB, 0x00, 6), once, no, no, no),
        ];
        for ((key, asc, ascq), read, write, other, idle) in table {
            let found = |operation, recording| rule(operation, key, asc, ascq, recording);
            let of_all = (
                found(Op::READ_10, true),
                found(Op::WRITE_10, true),
                found(Op::READ_DISC_INFORMATION, true),
                found(Op::WRITE_10, false),
            );
            assert_eq!(of_all, (read, write, other, idle), "{key:X}/{asc:02X}/{ascq:02X}");
            let deferred = Sense { deferred: true, ..Sense::new(key, asc, ascq) };
            let deferred = TransportError::CheckCondition(deferred);
            assert_eq!(Retry::rule(Op::WRITE_10, &deferred, true), no, "{key:X}/{asc:02X}/{ascq:02X}");
        }
    }

    #[test]
    fn rules_by_what_the_transport_says() {
        let rule = |error| Retry::rule(OperationCode::WRITE_10, &error, true);
        assert_eq!(rule(TransportError::Status(0x08)), within(NO_CAUSE));
        assert_eq!(rule(TransportError::Status(0x28)), within(NO_CAUSE));
        assert_eq!(rule(TransportError::Status(0x18)), Retry::No);
        for host in 0..0x14 {
            let expected = if (0x0B..=0x0D).contains(&host) { Retry::AtOnce } else { Retry::No };
            assert_eq!(rule(TransportError::HostAdapter { host, driver: 0 }), expected, "{host:X}");
        }
        assert_eq!(rule(TransportError::DeviceGone), Retry::No);
        assert_eq!(rule(TransportError::Timeout(BUSY)), Retry::No);
    }

    #[test]
    fn pauses_grow_and_stay_short() {
        let full = TransportError::CheckCondition(Sense::new(2, 4, 8));
        assert_eq!(Retry::pause(OperationCode::WRITE_10, &full, 1), Duration::from_millis(2));
        assert_eq!(Retry::pause(OperationCode::WRITE_10, &full, u32::MAX), Duration::from_millis(25));
        assert_eq!(Retry::pause(OperationCode::READ_TOC, &full, 2), Duration::from_millis(200));
        assert_eq!(Retry::pause(OperationCode::READ_TOC, &full, 9), Duration::from_millis(500));
        assert_eq!(polling_pause(0), Duration::from_millis(50));
        assert_eq!(polling_pause(u32::MAX), Duration::from_millis(500));
    }
}
