//! Long calls in the background.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::{CancelToken, Control, Error, Observer, Progress, Result, ReturnValue};

/// A long call that runs in a thread of its own: any of this crate's, or several one behind another.
///
/// Dropping it neither stops nor waits for the call.
///
/// ```
/// use fsimage::{Control, Item, ItemOptions, Job, JobState, LayoutPlan, PlanOptions, Tree, write_image};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("hello.iso");
/// let mut tree = Tree::new();
/// tree.add("/hello", Item::Bytes(b"Hello!".as_slice().into()), &ItemOptions::default())?;
/// let job = Job::start(Control::default(), move |control| {
///     let plan = LayoutPlan::new(&tree, PlanOptions::default())?;
///     write_image(&plan, &path, control)?;
///     Ok(plan.extent().len)
/// })?;
/// let sectors = job.wait()?;
/// # assert!(sectors.get() > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a job that nobody waits for ends with the process"]
pub struct Job<T> {
    shared: Arc<Shared<T>>,
    cancel: CancelToken,
}

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobState {
    /// It runs.
    Running,
    /// It ended, and its result is there.
    Completed,
    /// It ended with an error.
    Failed,
    /// It ended because it was cancelled.
    Cancelled,
    /// It panicked, which is an error in the program: what became of its work is not known.
    Lost,
}

struct Shared<T> {
    now: Mutex<Now<T>>,
    ended: Condvar,
    next: Option<Arc<dyn Observer>>,
}

struct Now<T> {
    progress: Option<Progress>,
    outcome: Option<thread::Result<Result<T>>>,
}

impl<T> Shared<T> {
    /// Nothing that holds the lock can leave it half done.
    fn now(&self) -> MutexGuard<'_, Now<T>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send> Observer for Shared<T> {
    fn progress(&self, progress: Progress) {
        self.now().progress = Some(progress);
        if let Some(next) = &self.next {
            next.progress(progress);
        }
    }
}

impl<T: Send + 'static> Job<T> {
    /// Starts `work`. It gets a control that the job hears of, and that hands on to the observer of `control`; the cancel
    /// token of `control` cancels the job as [`cancel`](Job::cancel) does.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the system has no further thread.
    pub fn start(
        control: Control,
        work: impl FnOnce(&Control) -> Result<T> + Send + 'static,
    ) -> Result<Job<T>> {
        let Control { observer: next, cancel } = control;
        let now = Mutex::new(Now { progress: None, outcome: None });
        let shared = Arc::new(Shared { now, ended: Condvar::new(), next });
        let job = Job { shared: shared.clone(), cancel: cancel.clone() };
        let run = move || {
            let control = Control { observer: Some(shared.clone()), cancel };
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&control)));
            shared.now().outcome = Some(outcome);
            shared.ended.notify_all();
        };
        thread::Builder::new()
            .name("fsimage job".to_owned())
            .spawn(run)
            .map_err(|error| Error::Unsupported { feature: format!("a thread for a job ({error})") })?;
        Ok(job)
    }
}

impl<T> Job<T> {
    /// Where it is.
    #[must_use]
    pub fn state(&self) -> JobState {
        self.shared.now().state()
    }

    /// What it told last; `None` before it told anything.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        self.shared.now().progress
    }

    /// How much of its stage is done, 0 to 100; 100 when it is completed. `None` where the whole is not known.
    pub fn percent(&self) -> Option<u8> {
        let now = self.shared.now();
        match now.state() {
            JobState::Completed => Some(100),
            _ => now.progress.as_ref().and_then(Progress::percent),
        }
    }

    /// Asks it to stop at the next safe point. It is over when its state says so.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// What a management interface returns for it now: [`ReturnValue::JobStarted`] while it runs, then that of its result.
    #[must_use]
    pub fn return_value(&self) -> ReturnValue {
        match &self.shared.now().outcome {
            None => ReturnValue::JobStarted,
            Some(Ok(Ok(_))) => ReturnValue::Completed,
            Some(Ok(Err(error))) => ReturnValue::from(error),
            Some(Err(_)) => ReturnValue::StatusUnknown,
        }
    }

    /// Waits for its end, at most as long as `timeout`, and says where it is then.
    pub fn wait_for(&self, timeout: Duration) -> JobState {
        let began = Instant::now();
        let mut now = self.shared.now();
        while now.outcome.is_none() {
            let Some(left) = timeout.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) else {
                break;
            };
            now = self.shared.ended.wait_timeout(now, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        now.state()
    }

    /// Waits for its end, and gives its result.
    ///
    /// # Errors
    /// Those of the call.
    ///
    /// # Panics
    /// Where the call did.
    pub fn wait(self) -> Result<T> {
        let mut now = self.shared.now();
        loop {
            match now.outcome.take() {
                None => now = self.shared.ended.wait(now).unwrap_or_else(PoisonError::into_inner),
                Some(Ok(result)) => return result,
                Some(Err(panic)) => {
                    drop(now);
                    resume_unwind(panic)
                }
            }
        }
    }
}

impl<T> Now<T> {
    fn state(&self) -> JobState {
        match &self.outcome {
            None => JobState::Running,
            Some(Ok(Ok(_))) => JobState::Completed,
            Some(Ok(Err(Error::Cancelled { .. }))) => JobState::Cancelled,
            Some(Ok(Err(_))) => JobState::Failed,
            Some(Err(_)) => JobState::Lost,
        }
    }
}

impl<T> fmt::Debug for Job<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Job")
            .field("state", &state)
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}
