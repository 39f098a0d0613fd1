use super::{
    Attributes, DirectoryId, FileSystems, Marks, Node, NodeId, NodeKind, Times, Timestamp, Tree, next_id,
};
use crate::Result;

/// How an import puts its nodes in the tree.
impl Tree {
    /// Appends a node that an import found; [`Tree::set_children`] puts it in its directory.
    pub(crate) fn push_imported(
        &mut self,
        parent: NodeId,
        name: &[u8],
        kind: NodeKind,
        attributes: Attributes,
        modified: Timestamp,
        carried: &[u8],
    ) -> Result<NodeId> {
        let id = NodeId(next_id(self.nodes.len())?);
        let carried = self.push_carried(carried)?;
        let name = self.names.push(name)?;
        let attributes = self.attributes.intern(attributes);
        let hidden_in = FileSystems::empty();
        self.nodes.push(Node {
            parent,
            name,
            hidden_in,
            imported: true,
            concealed_in: FileSystems::empty(),
            marks: Marks::empty(),
            kind,
            attributes,
            modified,
            carried,
        });
        Ok(id)
    }

    /// Gives the root what an import found of it.
    pub(crate) fn set_imported_root(
        &mut self,
        attributes: Attributes,
        modified: Timestamp,
        carried: &[u8],
    ) -> Result<()> {
        let carried = self.push_carried(carried)?;
        let attributes = self.attributes.intern(attributes);
        let root = self.node_mut(NodeId::ROOT);
        (root.attributes, root.modified, root.carried) = (attributes, modified, carried);
        root.imported = true;
        root.marks.remove(Marks::UNDATED);
        Ok(())
    }

    pub(super) fn push_carried(&mut self, entries: &[u8]) -> Result<u32> {
        if entries.is_empty() {
            return Ok(0);
        }
        let entries = self.names.push_long(entries)?;
        self.carried.push(entries);
        next_id(self.carried.len())
    }

    /// All times but that of the last modification, as an import found them.
    pub(crate) fn set_imported_times(&mut self, node: NodeId, times: &Times) {
        self.put_times(node, times);
    }

    /// Whether the node is called what the imported session calls it, and where that has it.
    pub(crate) fn is_in_place(&self, node: NodeId) -> bool {
        self.is_imported(node) && !self.node(node).marks.contains(Marks::PLACED_ANEW)
    }

    /// Whether the node's times are those of the imported session.
    pub(crate) fn has_imported_times(&self, node: NodeId) -> bool {
        self.is_imported(node) && !self.node(node).marks.contains(Marks::RETIMED)
    }

    /// Whether items that the imported session has in the directory may be gone.
    pub(crate) fn may_miss_items(&self, directory: DirectoryId) -> bool {
        self.thinned.contains(&directory)
    }

    /// Gives an item another name that is in no directory yet.
    pub(crate) fn rename_unattached(&mut self, node: NodeId, name: &[u8]) -> Result<()> {
        self.node_mut(node).name = self.names.push(name)?;
        Ok(())
    }

    /// Sets a directory's children, sorting them by name. Of several with one name the first given stays;
    /// the others are returned.
    pub(crate) fn set_children(&mut self, directory: DirectoryId, mut children: Vec<NodeId>) -> Vec<NodeId> {
        let mut doubled = Vec::new();
        children.sort_by(|&a, &b| self.name(a).cmp(self.name(b)).then(a.cmp(&b)));
        let mut last: Option<NodeId> = None;
        children.retain(|&child| {
            let double = last.is_some_and(|last| self.name(last) == self.name(child));
            if double {
                doubled.push(child);
            } else {
                last = Some(child);
            }
            !double
        });
        children.shrink_to_fit();
        self.put_children(directory, children);
        doubled
    }
}
