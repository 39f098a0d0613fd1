//! How the imported session records directories that it has relocated (RRIP 4.1.5).

use super::{NodeId, Tree};

/// The two records of a relocated directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub(crate) struct RelocatedAs {
    /// Its identifier where it lies, as readers show it; empty where that is not known.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::bytes"))]
    pub(crate) moved: Vec<u8>,
    /// Whether the identifier of the record that stands for it in its place has a version number, as those of files have.
    pub(crate) is_versioned: bool,
}

impl Tree {
    /// Says how a directory is relocated in the imported session.
    pub(crate) fn set_relocated_as(&mut self, node: NodeId, recorded: RelocatedAs) {
        self.relocated.insert(node, recorded);
    }

    /// How a directory that is where the imported session has it is relocated there.
    pub(crate) fn relocated_as(&self, node: NodeId) -> Option<&RelocatedAs> {
        self.relocated.get(&node).filter(|_| self.is_in_place(node))
    }
}
