//! Progress and cancellation, which travel together.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::{Error, Result};

/// What a long call is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Looking at drive and medium.
    Validating,
    /// Listing the folders of the host.
    Scanning,
    /// Reading an earlier session's directories.
    Importing,
    /// Comparing the session with the sources.
    Comparing,
    /// Formatting the medium.
    Formatting,
    /// Blanking the medium.
    Blanking,
    /// Compressing files, before anything is planned.
    Compressing,
    /// Writing sectors.
    Writing,
    /// Closing track and session.
    Finalising,
    /// Reading back.
    Verifying,
    /// Checking structures without the data of files.
    Checking,
    /// Writing files to the host.
    Extracting,
    /// Copying contents and sessions into the folder of a project.
    Copying,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Validating => "validating",
            Stage::Scanning => "scanning",
            Stage::Importing => "importing",
            Stage::Comparing => "comparing",
            Stage::Formatting => "formatting",
            Stage::Blanking => "blanking",
            Stage::Compressing => "compressing",
            Stage::Writing => "writing",
            Stage::Finalising => "finalising",
            Stage::Verifying => "verifying",
            Stage::Checking => "checking",
            Stage::Extracting => "extracting",
            Stage::Copying => "copying",
        })
    }
}

/// How far a long call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// Sectors done in this stage; items while scanning; directories while importing, comparing and checking; parts of [`total`](Progress::total), as the
    /// drive counts them, while a medium is formatted, blanked or closed.
    pub done: u64,
    /// Sectors in all; 0 where that is not known. While importing and checking, directories that are known so far.
    pub total: u64,
    /// Files, while importing.
    pub files: Option<FileCount>,
    /// How full the buffers on the way are, while sectors are written in order.
    pub fill: Option<Fill>,
}

/// Files of a session that is imported: names of all that is no directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileCount {
    /// Those that are in the tree.
    pub done: u64,
    /// All of them. `None` where that is not known before the last directory is read: UDF tells it, counting several names of
    /// one file once, and ISO 9660 does not.
    pub total: Option<u64>,
}

/// How fast a long call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Sectors of 2048 bytes per second, or what else [`Progress::done`] counts.
    pub per_second: u64,
    /// Time to the end of the stage at that speed. `None` where the whole is not known, or nothing moves.
    pub left: Option<Duration>,
}

impl Progress {
    /// How much of the stage is done, 0 to 100. `None` where the whole is not known.
    #[must_use]
    pub fn percent(&self) -> Option<u8> {
        let hundredths = u128::from(self.done) * 100;
        (self.total > 0).then(|| (hundredths / u128::from(self.total)).min(100) as u8)
    }

    /// The speed from `earlier`, which was told of so much earlier by the caller's clock, to here. With the first
    /// progress of a stage it is that of the stage so far, with one of some seconds ago that of now. `None` between
    /// different stages, and where no time has passed.
    pub fn pace(&self, earlier: &Progress, elapsed: Duration) -> Option<Pace> {
        if self.stage != earlier.stage || elapsed.is_zero() {
            return None;
        }
        let done = u128::from(self.done.checked_sub(earlier.done)?);
        let nanos = elapsed.as_nanos();
        let left = match self.total.saturating_sub(self.done) {
            _ if done == 0 || self.total == 0 => None,
            rest => u64::try_from(u128::from(rest).saturating_mul(nanos) / done).ok(),
        };
        let per_second = u64::try_from(done * 1_000_000_000 / nanos).unwrap_or(u64::MAX);
        Some(Pace { per_second, left: left.map(Duration::from_nanos) })
    }
}

/// Buffers between the sources and the medium, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The queue in this process.
    pub queue: u8,
    /// The drive's own buffer, where there is one and it tells.
    pub drive: Option<u8>,
}

/// Told of progress, from any thread, a few times a second at most for a caller that is quick.
pub trait Observer: Send + Sync {
    /// The call is this far.
    fn progress(&self, progress: Progress);
}

/// Cancels a long call from any thread; clones share one flag.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that is not set.
    #[must_use]
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Asks the call to stop at the next safe point.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether [`CancelToken::cancel`] was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Observer and cancel token of a long call. The default has neither.
#[derive(Clone, Default)]
pub struct Control {
    /// Told of progress.
    pub observer: Option<Arc<dyn Observer>>,
    /// Looked at between runs and during waits, never inside a command.
    pub cancel: CancelToken,
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("cancel", &self.cancel).finish_non_exhaustive()
    }
}

impl Control {
    pub(crate) fn report(&self, stage: Stage, done: u64, total: u64) {
        self.report_fill(stage, done, total, || None);
    }

    /// `fill` is asked only if somebody listens.
    pub(crate) fn report_fill(
        &self,
        stage: Stage,
        done: u64,
        total: u64,
        fill: impl FnOnce() -> Option<Fill>,
    ) {
        if let Some(observer) = &self.observer {
            observer.progress(Progress { stage, done, total, files: None, fill: fill() });
        }
    }

    pub(crate) fn report_import(&self, done: u64, total: u64, files: FileCount) {
        if let Some(observer) = &self.observer {
            let stage = Stage::Importing;
            observer.progress(Progress { stage, done, total, files: Some(files), fill: None });
        }
    }

    /// `state` says in what state a stop now leaves the output.
    pub(crate) fn check(&self, state: &str) -> Result<()> {
        if self.cancel.is_cancelled() {
            return Err(Error::Cancelled { state: state.to_owned() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pace_is_of_one_stage_and_of_the_time_that_passed() {
        let at = |stage, done, total| Progress { stage, done, total, files: None, fill: None };
        let begin = at(Stage::Writing, 1000, 10_000);
        let now = at(Stage::Writing, 4000, 10_000);
        let pace = now.pace(&begin, Duration::from_millis(1500));
        assert_eq!(pace, Some(Pace { per_second: 2000, left: Some(Duration::from_secs(3)) }));
        let still = now.pace(&now, Duration::from_secs(1));
        assert_eq!(still, Some(Pace { per_second: 0, left: None }));
        let unknown = at(Stage::Importing, 8, 0).pace(&at(Stage::Importing, 0, 0), Duration::from_secs(4));
        assert_eq!(unknown, Some(Pace { per_second: 2, left: None }));
        let ended = at(Stage::Writing, 10_000, 10_000).pace(&begin, Duration::from_secs(9));
        assert_eq!(ended, Some(Pace { per_second: 1000, left: Some(Duration::ZERO) }));
        assert_eq!(now.pace(&at(Stage::Verifying, 0, 10_000), Duration::from_secs(1)), None);
        assert_eq!(now.pace(&begin, Duration::ZERO), None);
        assert_eq!(begin.pace(&now, Duration::from_secs(1)), None);
        let huge = at(Stage::Writing, u64::MAX, u64::MAX).pace(&at(Stage::Writing, 0, 0), Duration::MAX);
        assert_eq!(huge.unwrap().left, Some(Duration::ZERO));
        assert_eq!(at(Stage::Writing, u64::MAX - 1, u64::MAX).percent(), Some(99));
        assert_eq!(at(Stage::Writing, 7, 3).percent(), Some(100));
        assert_eq!(at(Stage::Importing, 7, 0).percent(), None);
    }
}
