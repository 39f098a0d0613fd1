use std::cmp::Ordering;

use super::NodeId;

/// The children of a directory, in the order of their names' bytes.
///
/// Two sorted runs: most children are in the long one, newcomers go to the short one until it is merged.
/// So adding names one by one in any order costs little even in a directory of a million.
#[derive(Clone, Debug, Default)]
pub(super) struct Children {
    settled: Vec<NodeId>,
    recent: Vec<NodeId>,
}

/// Those of what is no directory of the tree.
pub(super) static NO_CHILDREN: Children = Children { settled: Vec::new(), recent: Vec::new() };

const RECENT_LIMIT: usize = 2048;

impl Children {
    pub(super) fn len(&self) -> usize {
        self.settled.len() + self.recent.len()
    }

    /// All of them, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.settled.iter().chain(&self.recent).copied()
    }

    /// `order` compares a child's name with the name looked for.
    pub(super) fn find(&self, order: impl Fn(NodeId) -> Ordering) -> Option<NodeId> {
        let look = |run: &[NodeId]| run.binary_search_by(|&child| order(child)).ok().map(|at| run[at]);
        look(&self.settled).or_else(|| look(&self.recent))
    }

    /// Puts in `new`, whose name must not be there yet. `order` compares a child's name with the new one,
    /// `compare` two children.
    pub(super) fn insert(
        &mut self,
        new: NodeId,
        order: impl Fn(NodeId) -> Ordering,
        compare: impl Fn(NodeId, NodeId) -> Ordering,
    ) {
        if self.recent.is_empty() && self.settled.last().is_none_or(|&last| order(last).is_lt()) {
            self.settled.push(new);
            return;
        }
        let at = self.recent.partition_point(|&child| order(child).is_lt());
        self.recent.insert(at, new);
        if self.recent.len() >= RECENT_LIMIT {
            let merged = merge(&self.settled, &self.recent, compare).collect();
            self.settled = merged;
            self.recent.clear();
        }
    }

    /// Takes out a child; whether it was there. `order` compares a child's name with its.
    pub(super) fn remove(&mut self, child: NodeId, order: impl Fn(NodeId) -> Ordering) -> bool {
        for run in [&mut self.settled, &mut self.recent] {
            if let Ok(at) = run.binary_search_by(|&other| order(other))
                && run[at] == child
            {
                run.remove(at);
                return true;
            }
        }
        false
    }

    /// Takes children that are sorted already; replaces what was there.
    pub(super) fn set_sorted(&mut self, children: Vec<NodeId>) {
        self.settled = children;
        self.recent = Vec::new();
    }

    /// The children, from the one with this number on; at once where all are in the long run, as after a scan.
    pub(super) fn iter_from<'a>(
        &'a self,
        from: usize,
        compare: impl Fn(NodeId, NodeId) -> Ordering + 'a,
    ) -> impl Iterator<Item = NodeId> + 'a {
        let (ahead, left) =
            if self.recent.is_empty() { (from.min(self.settled.len()), 0) } else { (0, from) };
        merge(&self.settled[ahead..], &self.recent, compare).skip(left)
    }
}

fn merge<'a>(
    mut a: &'a [NodeId],
    mut b: &'a [NodeId],
    compare: impl Fn(NodeId, NodeId) -> Ordering + 'a,
) -> impl Iterator<Item = NodeId> + 'a {
    std::iter::from_fn(move || {
        let from_a = match (a.first(), b.first()) {
            (None, None) => return None,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(&x), Some(&y)) => compare(x, y).is_lt(),
        };
        let run = if from_a { &mut a } else { &mut b };
        let (&first, rest) = run.split_first()?;
        *run = rest;
        Some(first)
    })
}
