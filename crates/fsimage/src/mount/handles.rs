//! What is open, by number.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub(super) struct Handles<T> {
    next: AtomicU64,
    open: Mutex<HashMap<u64, Arc<T>>>,
}

impl<T> Default for Handles<T> {
    fn default() -> Handles<T> {
        Handles { next: AtomicU64::new(1), open: Mutex::default() }
    }
}

impl<T> Handles<T> {
    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<T>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, opened: Arc<T>) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.open().insert(number, opened);
        number
    }

    pub(super) fn get(&self, number: u64) -> Option<Arc<T>> {
        self.open().get(&number).cloned()
    }

    pub(super) fn remove(&self, number: u64) {
        self.open().remove(&number);
    }
}
