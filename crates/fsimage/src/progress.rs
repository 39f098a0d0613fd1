//! Progress and cancellation, which travel together.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Error, Result};

/// What a long call is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Looking at drive and medium.
    Validating,
    /// Reading an earlier session's directories.
    Importing,
    /// Comparing the session with the sources.
    Comparing,
    /// Formatting the medium.
    Formatting,
    /// Compressing files, before anything is planned.
    Compressing,
    /// Writing sectors.
    Writing,
    /// Closing track and session.
    Finalising,
    /// Reading back.
    Verifying,
    /// Writing files to the host.
    Extracting,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Validating => "validating",
            Stage::Importing => "importing",
            Stage::Comparing => "comparing",
            Stage::Formatting => "formatting",
            Stage::Compressing => "compressing",
            Stage::Writing => "writing",
            Stage::Finalising => "finalising",
            Stage::Verifying => "verifying",
            Stage::Extracting => "extracting",
        })
    }
}

/// How far a long call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// Sectors done in this stage; directories while importing and comparing.
    pub done: u64,
    /// Sectors in all; 0 where that is not known.
    pub total: u64,
    /// How full the buffers on the way are, while sectors are written in order.
    pub fill: Option<Fill>,
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
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Asks the call to stop at the next safe point.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether [`CancelToken::cancel`] was called.
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
            observer.progress(Progress { stage, done, total, fill: fill() });
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
