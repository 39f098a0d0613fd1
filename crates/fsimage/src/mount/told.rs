//! What was told of.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Items that are told of.
const MOST: usize = 10_000;

/// Items by their numbers of which was told: of each once, however often it is looked at.
#[derive(Default)]
pub(super) struct Told(Mutex<HashSet<u64>>);

impl Told {
    /// Whether an item is to be told of, now and not again.
    pub(super) fn is_first(&self, number: u64) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < MOST && told.insert(number)
    }
}
