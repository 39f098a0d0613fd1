//! The way through all items below a directory.

use super::{NodeId, NodeKind, Tree};

/// How many items are below a directory, each name of a file counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItemCounts {
    /// Files, links, devices, pipes and sockets.
    pub files: u64,
    /// Directories, without the one that is asked about.
    pub directories: u64,
}

impl Tree {
    /// All items below a node, each directory in front of what is in it, and in it in the order of names.
    ///
    /// What is collected of it is a list of how the tree was, which the tree can be changed by:
    ///
    /// ```
    /// use fsimage::{Item, ItemOptions, NodeId, Tree};
    ///
    /// let mut tree = Tree::new();
    /// for name in ["/a.bak", "/d/b.bak", "/d/c"] {
    ///     tree.add(name, Item::Bytes(b"text"[..].into()), &ItemOptions::default())?;
    /// }
    /// for node in tree.walk(NodeId::ROOT).collect::<Vec<_>>() {
    ///     if tree.name(node).ends_with(b".bak") {
    ///         tree.remove(node)?;
    ///     }
    /// }
    /// assert_eq!(tree.count_items(NodeId::ROOT).files, 1);
    /// # Ok::<(), fsimage::Error>(())
    /// ```
    pub fn walk(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut pending = Vec::new();
        self.push_children_of(node, &mut pending);
        std::iter::from_fn(move || {
            let next = pending.pop()?;
            self.push_children_of(next, &mut pending);
            Some(next)
        })
    }

    /// How many items are below a node. It looks at all of them.
    #[must_use]
    pub fn count_items(&self, node: NodeId) -> ItemCounts {
        let mut counts = ItemCounts::default();
        for node in self.walk(node) {
            match self.kind(node) {
                NodeKind::Directory(_) => counts.directories += 1,
                _ => counts.files += 1,
            }
        }
        counts
    }

    /// The last is the first by name.
    fn push_children_of(&self, node: NodeId, pending: &mut Vec<NodeId>) {
        if let NodeKind::Directory(directory) = self.kind(node) {
            let start = pending.len();
            pending.extend(self.children(directory));
            pending[start..].reverse();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Item, ItemOptions};
    use super::*;

    #[test]
    fn items_are_met_in_order_and_counted() {
        let mut tree = Tree::new();
        for path in ["/d/z", "/a", "/d/e/x", "/d.txt", "/empty"] {
            let item = if path == "/empty" { Item::Directory } else { Item::Fifo };
            tree.add(path, item, &ItemOptions::default()).unwrap();
        }
        let met = |from| tree.walk(from).map(|node| tree.path(node)).collect::<Vec<_>>();
        assert_eq!(met(NodeId::ROOT), ["/a", "/d", "/d/e", "/d/e/x", "/d/z", "/d.txt", "/empty"]);
        let d = tree.lookup("/d").unwrap();
        assert_eq!(met(d), ["/d/e", "/d/e/x", "/d/z"]);
        assert_eq!(tree.count_items(NodeId::ROOT), ItemCounts { files: 4, directories: 3 });
        assert_eq!(tree.count_items(d), ItemCounts { files: 2, directories: 1 });
        assert_eq!(tree.count_items(tree.lookup("/a").unwrap()), ItemCounts::default());
        // What was removed is counted no more, but still what is below it.
        tree.remove(d).unwrap();
        assert_eq!(tree.count_items(NodeId::ROOT), ItemCounts { files: 2, directories: 1 });
        assert_eq!(tree.count_items(d), ItemCounts { files: 2, directories: 1 });
    }
}
