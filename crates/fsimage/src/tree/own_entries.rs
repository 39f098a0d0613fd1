use std::collections::BTreeMap;

use super::arena::ArenaRef;
use super::{NodeId, Tree};
use crate::Result;

/// Unknown System Use entries in the first two records of imported directories (ECMA-119 6.8.2.2), which are written
/// again as they were. Few images have any.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnEntryTable(BTreeMap<NodeId, OwnEntries>);

impl OwnEntryTable {
    /// Gives a directory entries, or takes them away; says which it had.
    pub(super) fn put(&mut self, directory: NodeId, entries: Option<OwnEntries>) -> Option<OwnEntries> {
        match entries {
            Some(entries) => self.0.insert(directory, entries),
            None => self.0.remove(&directory),
        }
    }

    /// Takes away those of items from this number on.
    pub(super) fn cut(&mut self, from: NodeId) {
        self.0.split_off(&from);
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct OwnEntries {
    own: ArenaRef,
    parent: ArenaRef,
}

impl Tree {
    /// Takes the entries of a directory's own record, and those of the record of its parent.
    pub(crate) fn set_own_entries(&mut self, directory: NodeId, own: &[u8], parent: &[u8]) -> Result<()> {
        if own.is_empty() && parent.is_empty() {
            return Ok(());
        }
        let recorded = OwnEntries { own: self.names.push_long(own)?, parent: self.names.push_long(parent)? };
        self.put_own_entries(directory, Some(recorded));
        Ok(())
    }

    /// The entries of a directory's own record, and those of the record of its parent.
    pub(crate) fn own_entries(&self, directory: NodeId) -> (&[u8], &[u8]) {
        let recorded = self.own_entries.0.get(&directory);
        recorded
            .map_or((&[], &[]), |recorded| (self.names.get(recorded.own), self.names.get(recorded.parent)))
    }

    pub(super) fn forget_own_entries(&mut self, node: NodeId) {
        self.put_own_entries(node, None);
    }
}
