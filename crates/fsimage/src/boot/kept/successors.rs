//! Files that were removed, and what stands for them.

use std::collections::BTreeMap;

use super::gone::Gone;
use super::landmarks::visit_files;
use crate::boot::BootSource;
use crate::tree::{ContentId, NodeId, NodeKind, Tree};

/// Of files that were removed, the one that has their path now, or else another name (a hard link) of the same file.
#[derive(Default)]
pub(super) struct Successors {
    nodes: BTreeMap<NodeId, NodeId>,
    /// Of what was a file before an earlier session removed it.
    contents: BTreeMap<ContentId, NodeId>,
}

impl Successors {
    /// Of files that boot, and of the boot catalog: that is filled in by who writes it, so that what is given in its place is none.
    /// Looks through the tree only where one has neither its name nor a file in its place.
    pub(super) fn of<'a>(
        tree: &Tree,
        boots: impl Iterator<Item = NodeId>,
        gone: impl Iterator<Item = &'a Gone>,
        catalog: Option<NodeId>,
    ) -> Successors {
        let mut found = Successors::default();
        for (gone, node) in gone.filter_map(|gone| Some((gone, gone.given_again(tree)?))) {
            found.nodes.insert(gone.node, node);
            found.contents.insert(gone.content, node);
        }
        let mut removed = Vec::new();
        for node in boots.filter(|&node| !tree.holds(node)) {
            let given_again = tree.lookup(tree.relative_path(node));
            match given_again.filter(|&other| matches!(tree.kind(other), NodeKind::File(_))) {
                Some(other) => {
                    found.nodes.insert(node, other);
                }
                None => removed.push(node),
            }
        }
        removed.extend(catalog.filter(|&node| !tree.holds(node) && !found.nodes.contains_key(&node)));
        found.add_other_names(tree, &removed);
        found
    }

    fn add_other_names(&mut self, tree: &Tree, removed: &[NodeId]) {
        let content_of = |&node: &NodeId| match tree.kind(node) {
            NodeKind::File(content) => Some((node, content)),
            _ => None,
        };
        let removed: Vec<(NodeId, ContentId)> = removed.iter().filter_map(content_of).collect();
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
        self.nodes.extend(removed.into_iter().filter_map(other));
    }

    pub(super) fn node(&self, node: NodeId) -> NodeId {
        self.nodes.get(&node).copied().unwrap_or(node)
    }

    pub(super) fn source(&self, source: BootSource) -> BootSource {
        match source {
            BootSource::File(node) => BootSource::File(self.node(node)),
            BootSource::Content(content) => self.content(content).map_or(source, BootSource::File),
            BootSource::Appended(_) => source,
        }
    }

    /// What has the path of a file that an earlier session removed.
    pub(super) fn content(&self, content: ContentId) -> Option<NodeId> {
        self.contents.get(&content).copied()
    }
}
