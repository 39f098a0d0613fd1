use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

use crate::Result;

/// Reads in a thread of its own, so that the drive need not wait for the host's disks. `reader` makes what reads there,
/// until it gives nothing more; at most `queue` of what it gives wait. `write` takes each of them, with how full the queue
/// is, in hundredths.
pub(super) fn read_ahead<M: Send, R: FnMut() -> Result<Option<M>>>(
    queue: usize,
    reader: impl FnOnce() -> R + Send,
    mut write: impl FnMut(M, u8) -> Result<()>,
) -> Result<()> {
    let waiting = AtomicUsize::new(0);
    let waiting = &waiting;
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(queue);
        scope.spawn(move || {
            let mut read = reader();
            while let Some(message) = read().transpose() {
                waiting.fetch_add(1, Ordering::Relaxed);
                // Nobody listens any more where writing has failed.
                let is_last = message.is_err();
                if sender.send(message).is_err() || is_last {
                    return;
                }
            }
        });
        for message in receiver {
            let waited = waiting.fetch_sub(1, Ordering::Relaxed).min(queue);
            write(message?, (waited * 100 / queue) as u8)?;
        }
        Ok(())
    })
}
