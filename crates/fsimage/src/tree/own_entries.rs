use std::collections::BTreeMap;

use super::arena::ArenaRef;
use super::{NodeId, Tree};
use crate::Result;

/// Unknown System Use entries in the first two records of imported directories (ECMA-119 6.8.2.2), which are written
/// again as they were. Few images have any.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnEntryTable(BTreeMap<NodeId, Recorded>);

#[derive(Clone, Copy, Debug)]
struct Recorded {
    own: ArenaRef,
    parent: ArenaRef,
}

impl Tree {
    /// Takes the entries of a directory's own record, and those of the record of its parent.
    pub(crate) fn set_own_entries(&mut self, directory: NodeId, own: &[u8], parent: &[u8]) -> Result<()> {
        if own.is_empty() && parent.is_empty() {
            return Ok(());
        }
        let recorded = Recorded { own: self.names.push_long(own)?, parent: self.names.push_long(parent)? };
        self.own_entries.0.insert(directory, recorded);
        Ok(())
    }

    /// The entries of a directory's own record, and those of the record of its parent.
    pub(crate) fn own_entries(&self, directory: NodeId) -> (&[u8], &[u8]) {
        let recorded = self.own_entries.0.get(&directory);
        recorded
            .map_or((&[], &[]), |recorded| (self.names.get(recorded.own), self.names.get(recorded.parent)))
    }

    pub(super) fn forget_own_entries(&mut self, node: NodeId) {
        self.own_entries.0.remove(&node);
    }
}
