//! What a drive tells of its long operations, for an observer.

use std::sync::Arc;

use mmc_device::{Drive, Operation, Stop};

use crate::progress::{Progress, Stage};
use crate::{CancelToken, Control};

/// Drives count their progress in so many parts.
const PARTS: u64 = 1 << 16;

/// Does something with a drive; the observer hears of what takes long meanwhile, and until the medium is changed the caller
/// can cancel it.
pub(super) fn heard<T, R>(
    drive: &mut Drive<T>,
    control: &Control,
    act: impl FnOnce(&mut Drive<T>) -> R,
) -> R {
    if let Some(observer) = &control.observer {
        let observer = Arc::clone(observer);
        drive.set_listener(Some(Box::new(move |operation, progress| {
            if let Some(stage) = stage(operation) {
                let (done, total) = progress.map_or((0, 0), |parts| (u64::from(parts), PARTS));
                observer.progress(Progress { stage, done, total, files: None, fill: None });
            }
        })));
    }
    drive.end_change();
    let before = drive.set_stop(Some(stop(&control.cancel)));
    let result = act(drive);
    drive.set_stop(before);
    drive.set_listener(None);
    result
}

/// Ends waits for a drive when the caller cancels.
pub(super) fn stop(cancel: &CancelToken) -> Stop {
    let cancel = cancel.clone();
    Arc::new(move || cancel.is_cancelled())
}

/// What an operation is part of. Of others the sectors tell.
fn stage(operation: Operation) -> Option<Stage> {
    match operation {
        Operation::Blanking => Some(Stage::Blanking),
        Operation::Formatting => Some(Stage::Formatting),
        Operation::ClosingTrack | Operation::ClosingSession => Some(Stage::Finalising),
        _ => None,
    }
}
