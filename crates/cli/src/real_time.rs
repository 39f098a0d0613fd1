use std::thread;
use std::time::{Duration, Instant};

use fsimage::Clock;

/// The time of the people who wait.
#[derive(Clone, Copy)]
pub(crate) struct RealTime(Instant);

impl RealTime {
    /// From now on.
    pub(crate) fn new() -> RealTime {
        RealTime(Instant::now())
    }
}

impl Clock for RealTime {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn pass(&mut self, span: Duration) {
        thread::sleep(span);
    }
}
