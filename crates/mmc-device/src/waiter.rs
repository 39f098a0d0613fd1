use std::fmt;
use std::thread;
use std::time::Duration;

use crate::command::buffer_capacity::BufferCapacity;

/// A long operation of the drive that is being waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// The tray closes, or the drive makes a new medium out.
    Loading,
    /// The drive writes its buffer to the medium.
    Flushing,
    /// A track is closed.
    ClosingTrack,
    /// A session is closed or the medium finalised.
    ClosingSession,
    /// The medium is blanked.
    Blanking,
    /// The medium is formatted.
    Formatting,
    /// The drive's buffer is full; the next blocks have to wait.
    Writing,
    /// The drive is busy for a reason it does not tell.
    Other,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Operation::Loading => "loading",
            Operation::Flushing => "flushing",
            Operation::ClosingTrack => "closing track",
            Operation::ClosingSession => "closing session",
            Operation::Blanking => "blanking",
            Operation::Formatting => "formatting",
            Operation::Writing => "writing",
            Operation::Other => "waiting",
        })
    }
}

/// Lets time pass between two questions whether the drive is ready, and hears of its progress.
///
/// It is the only place where this crate waits: a test's waiter returns at once, and a caller that shows
/// progress puts its own in with [`Drive::with_waiter`](crate::Drive::with_waiter).
pub trait Waiter: Send {
    /// Returns after about `span`.
    fn wait(&mut self, span: Duration);

    /// `operation` goes on; `progress` counts 65536ths, where the drive gives it.
    fn progress(&mut self, operation: Operation, progress: Option<u16>) {
        let _ = (operation, progress);
    }

    /// The drive's buffer was full and is so now.
    fn buffer(&mut self, buffer: BufferCapacity) {
        let _ = buffer;
    }
}

/// The waiter that sleeps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sleep;

impl Waiter for Sleep {
    fn wait(&mut self, span: Duration) {
        thread::sleep(span);
    }
}

/// The waiter that returns at once, for simulated drives whose time is not the wall's.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWait;

impl Waiter for NoWait {
    fn wait(&mut self, _: Duration) {}
}
