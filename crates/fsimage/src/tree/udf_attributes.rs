//! What UDF says of imported items where it says something else than the hierarchy that was imported.

use std::collections::HashMap;
use std::ops::Range;

use super::journal::cut_map;
use super::times::Packed;
use super::{Attributes, NodeId, Timestamp, Tree};

/// Owner, permissions and time of modification of those items that have others in UDF.
#[derive(Clone, Debug, Default)]
pub(super) struct UdfAttributesTable(HashMap<NodeId, UdfAttributes>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UdfAttributes {
    /// In the table of those of the tree.
    attributes: u32,
    modified: Packed,
}

impl UdfAttributesTable {
    fn get(&self, node: NodeId) -> Option<UdfAttributes> {
        // Most trees have none.
        if self.0.is_empty() { None } else { self.0.get(&node).copied() }
    }

    /// Gives an item its own, or takes them away; says which it had.
    pub(super) fn put(&mut self, node: NodeId, own: Option<UdfAttributes>) -> Option<UdfAttributes> {
        match own {
            Some(own) => self.0.insert(node, own),
            None if self.0.is_empty() => None,
            None => self.0.remove(&node),
        }
    }

    /// Takes away those of items that are gone.
    pub(super) fn cut(&mut self, nodes: Range<u32>) {
        cut_map(&mut self.0, nodes, NodeId);
    }
}

impl Tree {
    /// Owner, permissions and time of modification in UDF, where they are not those of the tree.
    pub(crate) fn own_udf_attributes(&self, node: NodeId) -> Option<(Attributes, Timestamp)> {
        let own = self.udf_attributes.get(node)?;
        Some((self.attributes.get(own.attributes), own.modified.get()?))
    }

    /// Owner and permissions in UDF.
    pub(crate) fn attributes_in_udf(&self, node: NodeId) -> Attributes {
        self.own_udf_attributes(node).map_or_else(|| self.attributes(node), |(attributes, _)| attributes)
    }

    /// Time of the last modification in UDF.
    pub(crate) fn modified_in_udf(&self, node: NodeId) -> Timestamp {
        self.own_udf_attributes(node).map_or_else(|| self.modified(node), |(_, modified)| modified)
    }

    /// Lets UDF say these of an item until the tree is told others of it.
    pub(crate) fn set_udf_attributes(&mut self, node: NodeId, attributes: Attributes, modified: Timestamp) {
        let is_own = (attributes, modified) != (self.attributes(node), self.modified(node));
        let attributes = self.attributes.intern(attributes);
        let own = UdfAttributes { attributes, modified: Packed::new(Some(modified)) };
        self.put_udf_attributes(node, is_own.then_some(own));
    }

    /// Gives an item what UDF says of `node` in another tree.
    pub(super) fn copy_udf_attributes(&mut self, id: NodeId, other: &Tree, node: NodeId) {
        if let Some((attributes, modified)) = other.own_udf_attributes(node) {
            self.set_udf_attributes(id, attributes, modified);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Item, ItemOptions};
    use super::*;

    #[test]
    fn what_the_tree_is_told_holds_in_udf_as_well() {
        let mut tree = Tree::new();
        let node = tree.add("/a", Item::Bytes((*b"x").into()), &ItemOptions::default()).unwrap();
        let wide = Attributes { permissions: 0o777, uid: 5, gid: 6 };
        let before = tree.change_point();
        tree.set_udf_attributes(node, wide, Timestamp::from_unix(7));
        assert_eq!(tree.attributes_in_udf(node), wide);
        assert_eq!((tree.attributes(node), tree.modified(node)), (Attributes::FILE, Timestamp::default()));

        let mut copy = Tree::new();
        let copied = copy.restore(&tree, node).unwrap();
        assert_eq!(copy.own_udf_attributes(copied), Some((wide, Timestamp::from_unix(7))));

        tree.set_modified(node, Timestamp::from_unix(8));
        assert_eq!(tree.own_udf_attributes(node), Some((wide, Timestamp::from_unix(8))));
        tree.set_attributes(node, Attributes::DIRECTORY);
        assert_eq!(tree.own_udf_attributes(node), None);
        assert_eq!(tree.attributes_in_udf(node), Attributes::DIRECTORY);
        tree.roll_back(before).unwrap();
        assert_eq!(tree.attributes_in_udf(node), Attributes::FILE);
    }
}
