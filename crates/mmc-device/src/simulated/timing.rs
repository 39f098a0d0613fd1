//! How long things take, on request: a drive with a clock.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::decode::{Block, be16, be32};
use super::performance::BUFFER;
use super::status::Outcome;
use super::{MediumKind, SimulatedDrive};
use crate::Waiter;

/// Whose time a timed drive goes by.
pub trait Clock: Send {
    /// Time since some beginning.
    fn now(&self) -> Duration;

    /// Returns when so much more time has passed.
    fn pass(&mut self, span: Duration);
}

/// Time that passes for nobody: it is counted. A [`Drive`](crate::Drive) that waits by a clone of it finds long
/// operations ended when they would have.
#[derive(Clone, Debug, Default)]
pub struct VirtualClock(Arc<AtomicU64>);

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    fn pass(&mut self, span: Duration) {
        let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Waiter for VirtualClock {
    fn wait(&mut self, span: Duration) {
        self.pass(span);
    }
}

/// What a drive needs besides the time that its speed makes of sectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// Until a medium that was laid in turns at its speed.
    pub spin_up: Duration,
    /// To another place of the medium.
    pub seek: Duration,
    /// SEND OPC INFORMATION.
    pub calibration: Duration,
    /// The end of a track.
    pub track_end: Duration,
    /// The end of a session, with its lead-in and lead-out.
    pub session_end: Duration,
    /// Blanking and formatting that is not of the whole medium.
    pub quick_erase: Duration,
}

impl Default for Timing {
    /// As drives of the 2010s are, roughly.
    fn default() -> Timing {
        Timing {
            spin_up: Duration::from_secs(4),
            seek: Duration::from_millis(120),
            calibration: Duration::from_secs(3),
            track_end: Duration::from_secs(2),
            session_end: Duration::from_secs(30),
            quick_erase: Duration::from_secs(60),
        }
    }
}

/// A drive's clock, and what it has to do by it.
pub(super) struct Timed {
    timing: Timing,
    clock: Box<dyn Clock>,
    /// The medium turns.
    turning: bool,
    /// Where the pick-up is.
    place: Option<u32>,
    /// Bytes in the buffer, when that was looked at last.
    waiting: u64,
    looked: Duration,
}

impl fmt::Debug for Timed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timed").field("timing", &self.timing).finish_non_exhaustive()
    }
}

/// Time for so many bytes at so many thousands of bytes per second.
fn transfer(bytes: u64, speed: u32) -> Duration {
    Duration::from_micros(bytes.saturating_mul(1000) / u64::from(speed.max(1)))
}

impl Timed {
    pub(super) fn new(timing: Timing, clock: Box<dyn Clock>) -> Timed {
        let looked = clock.now();
        Timed { timing, clock, turning: false, place: None, waiting: 0, looked }
    }

    pub(super) fn now(&self) -> Duration {
        self.clock.now()
    }

    pub(super) fn pass(&mut self, span: Duration) {
        self.clock.pass(span);
    }

    pub(super) fn medium_arrived(&mut self) {
        (self.turning, self.place, self.waiting) = (false, None, 0);
    }

    fn spin_up(&mut self) {
        if !std::mem::replace(&mut self.turning, true) {
            self.clock.pass(self.timing.spin_up);
        }
    }

    /// What is still in the buffer, which empties at `speed`.
    fn fill(&mut self, speed: u32) -> u64 {
        let now = self.clock.now();
        let micros = u64::try_from(now.saturating_sub(self.looked).as_micros()).unwrap_or(u64::MAX);
        self.waiting = self.waiting.saturating_sub(micros.saturating_mul(u64::from(speed)) / 1000);
        self.looked = now;
        self.waiting
    }

    fn read(&mut self, lba: u32, sectors: u32, speed: u32) {
        self.spin_up();
        if self.place != Some(lba) {
            self.clock.pass(self.timing.seek);
        }
        self.place = lba.checked_add(sectors);
        self.clock.pass(transfer(u64::from(sectors) * 2048, speed));
    }

    /// Takes data into the buffer as soon as there is room.
    fn write(&mut self, lba: u32, bytes: u64, speed: u32) {
        self.spin_up();
        let before = self.fill(speed);
        if before == 0 && self.place != Some(lba) {
            self.clock.pass(self.timing.seek);
        }
        let surplus = (before + bytes).saturating_sub(BUFFER.into());
        self.clock.pass(transfer(surplus, speed));
        self.waiting = self.fill(speed) + bytes;
        self.place = u32::try_from(bytes / 2048).ok().and_then(|sectors| lba.checked_add(sectors));
    }
}

impl SimulatedDrive {
    /// Makes everything take the time that it would take: spinning up, seeks, transfers at the speeds that were chosen,
    /// through a buffer of 4 MiB, calibration, the ends of tracks and sessions, blanking and formatting. The time is
    /// that of `clock`: a [`VirtualClock`], or one of the caller's that sleeps.
    ///
    /// What goes on behind its command then does so until its time has come, and
    /// [`set_long_operation_polls`](SimulatedDrive::set_long_operation_polls) has no effect.
    pub fn set_timing(&mut self, timing: Timing, clock: impl Clock + 'static) {
        self.timed = Some(Timed::new(timing, Box::new(clock)));
    }

    /// The speeds in force, for reading and writing.
    fn speeds_now(&self) -> (u32, u32) {
        let kind = self.medium().map_or(MediumKind::BdRe, |medium| medium.kind);
        (self.speeds.read(kind), self.speeds.write(kind))
    }

    /// Lets the time pass that a command took that ended well, with so many bytes.
    pub(super) fn take_time(&mut self, block: &Block, outcome: &Outcome<usize>) {
        let (read_speed, write_speed) = self.speeds_now();
        let (Some(timed), Ok(bytes)) = (&mut self.timed, outcome) else { return };
        match block[0] {
            0x28 => timed.read(be32(block, 2), be16(block, 7).into(), read_speed),
            0xA8 => timed.read(be32(block, 2), be32(block, 6), read_speed),
            0x2A | 0x2E | 0xAA => timed.write(be32(block, 2), *bytes as u64, write_speed),
            0x54 => {
                timed.spin_up();
                timed.pass(timed.timing.calibration);
            }
            _ => {}
        }
    }

    /// What the operation that a command began takes.
    pub(super) fn operation_time(&mut self, block: &Block) -> Duration {
        let (_, speed) = self.speeds_now();
        let whole = self.medium().map_or(0, |medium| u64::from(medium.raw_capacity) * 2048);
        let Some(timed) = &mut self.timed else { return Duration::ZERO };
        match block[0] {
            // The buffer first, and on CD what ends the track.
            0x35 => transfer(timed.fill(speed), speed) + timed.timing.track_end,
            // The end of a track, or of a background format, which leaves out the lead-out.
            0x5B if block[2] & 0x07 <= 1 => timed.timing.track_end,
            0x5B => timed.timing.session_end,
            // BLANK of everything; a format that is not a quick one.
            0xA1 if block[1] & 0x07 == 0 => transfer(whole, speed),
            0x04 | 0xA1 => timed.timing.quick_erase,
            0x1B => {
                timed.turning = true;
                timed.timing.spin_up
            }
            _ => Duration::ZERO,
        }
    }

    /// Bytes that wait in the buffer of a timed drive.
    pub(super) fn bytes_waiting(&mut self) -> u32 {
        let (_, speed) = self.speeds_now();
        let waiting = self.timed.as_mut().map_or(0, |timed| timed.fill(speed));
        u32::try_from(waiting).unwrap_or(u32::MAX).min(BUFFER)
    }
}
