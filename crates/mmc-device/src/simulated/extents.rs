//! Which sectors hold data, as runs.

use serde::{Deserialize, Serialize};

/// A set of sector addresses, kept as ascending, disjoint, non-touching runs `[start, end)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Extents {
    runs: Vec<[u32; 2]>,
}

impl Extents {
    /// Adds `[start, end)`. Appending behind the last run is constant time.
    pub(super) fn insert(&mut self, start: u32, end: u32) {
        if start >= end {
            return;
        }
        if let Some(last) = self.runs.last_mut() {
            if start >= last[0] && start <= last[1] {
                last[1] = last[1].max(end);
                return;
            }
            if start < last[0] {
                let from = self.runs.partition_point(|run| run[1] < start);
                let to = self.runs.partition_point(|run| run[0] <= end);
                let touched = &self.runs[from..to];
                let start = touched.first().map_or(start, |run| run[0].min(start));
                let end = touched.last().map_or(end, |run| run[1].max(end));
                self.runs.splice(from..to, [[start, end]]);
                return;
            }
        }
        self.runs.push([start, end]);
    }

    /// The first address in `[start, end)` that is not in the set.
    pub(super) fn first_gap(&self, start: u32, end: u32) -> Option<u32> {
        if start >= end {
            return None;
        }
        let after = self.runs.partition_point(|run| run[1] <= start);
        match self.runs.get(after) {
            Some(run) if run[0] <= start => (run[1] < end).then_some(run[1]),
            _ => Some(start),
        }
    }

    /// Whether the set has an address in `[start, end)`.
    pub(super) fn touches(&self, start: u32, end: u32) -> bool {
        let after = self.runs.partition_point(|run| run[1] <= start);
        start < end && self.runs.get(after).is_some_and(|run| run[0] < end)
    }

    /// One more than the highest address in the set.
    pub(super) fn end(&self) -> u32 {
        self.runs.last().map_or(0, |run| run[1])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.runs.clear();
    }

    /// The runs keep to their rules and end at or before `capacity`.
    pub(super) fn is_sound(&self, capacity: u32) -> bool {
        let ordered = self.runs.windows(2).all(|pair| pair[0][1] < pair[1][0]);
        ordered && self.runs.iter().all(|run| run[0] < run[1]) && self.end() <= capacity
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Extents;

    proptest! {
        #[test]
        fn behaves_like_a_set(inserts in prop::collection::vec((0u32..200, 0u32..40), 0..60), query in (0u32..220, 0u32..60)) {
            let mut extents = Extents::default();
            let mut model = BTreeSet::new();
            for (start, len) in inserts {
                extents.insert(start, start + len);
                model.extend(start..start + len);
                prop_assert!(extents.is_sound(240));
                prop_assert_eq!(extents.end(), model.last().map_or(0, |last| last + 1));
            }
            let (start, len) = query;
            let gap = (start..start + len).find(|sector| !model.contains(sector));
            prop_assert_eq!(extents.first_gap(start, start + len), gap);
            let touched = (start..start + len).any(|sector| model.contains(&sector));
            prop_assert_eq!(extents.touches(start, start + len), touched);
            prop_assert_eq!(extents.is_empty(), model.is_empty());
        }
    }

    #[test]
    fn refuses_runs_that_overlap() {
        let extents = Extents { runs: vec![[0, 4], [4, 8]] };
        assert!(!extents.is_sound(100));
        assert!(!Extents { runs: vec![[3, 3]] }.is_sound(100));
        assert!(!Extents { runs: vec![[3, 101]] }.is_sound(100));
    }
}
