//! Files that no longer have the name they were found by, and have another.

use std::collections::BTreeMap;

use super::landmarks::visit_files;
use crate::boot::BootSource;
use crate::tree::{ContentId, NodeId, NodeKind, Tree};

/// Of names that were removed, another that the same file (a hard link) still has.
pub(super) struct OtherNames(BTreeMap<NodeId, NodeId>);

impl OtherNames {
    /// Looks through the tree only where one of `nodes` was removed.
    pub(super) fn of(tree: &Tree, nodes: impl Iterator<Item = NodeId>) -> OtherNames {
        let content_of = |node| match tree.kind(node) {
            NodeKind::File(content) => Some((node, content)),
            _ => None,
        };
        let removed: Vec<(NodeId, ContentId)> =
            nodes.filter(|&node| !tree.holds(node)).filter_map(content_of).collect();
        let mut left: BTreeMap<ContentId, Option<NodeId>> =
            removed.iter().map(|&(_, content)| (content, None)).collect();
        if !left.is_empty() {
            visit_files(tree, &mut |node, content| {
                if let Some(first) = left.get_mut(&content) {
                    first.get_or_insert(node);
                }
            });
        }
        let other = |(node, content)| Some((node, left.get(&content).copied().flatten()?));
        OtherNames(removed.into_iter().filter_map(other).collect())
    }

    pub(super) fn node(&self, node: NodeId) -> NodeId {
        self.0.get(&node).copied().unwrap_or(node)
    }

    pub(super) fn source(&self, source: BootSource) -> BootSource {
        match source {
            BootSource::File(node) => BootSource::File(self.node(node)),
            BootSource::Content(_) | BootSource::Appended(_) => source,
        }
    }
}
