//! Additions to directories with many names: a count after each does not look at the others again.

use super::{Child, Counted, DirectorySize, State, Touched};
use crate::Result;
use crate::tree::{DirectoryId, FileSystems, NodeId, Tree};
use crate::view::GrowingRecords;
use crate::view::udf::GrowingIdentifiers;

/// Directories with fewer names are counted anew.
pub(super) const FEW: usize = 64;

/// What is kept of a directory in order to add to it; `None` for file systems that do not show it.
pub(super) struct Growing {
    hierarchies: Vec<Option<GrowingRecords>>,
    udf: Option<GrowingIdentifiers>,
}

impl State {
    /// What was touched in a directory, if all of that is new since the last count.
    pub(super) fn only_new<'a>(&self, touched: &'a Touched) -> Option<&'a [NodeId]> {
        match touched {
            Touched::Nodes(nodes) if nodes.iter().all(|node| node.0 as usize >= self.nodes) => Some(nodes),
            _ => None,
        }
    }

    /// What is kept of a directory in order to add to it, found by looking at all that is in it.
    pub(super) fn grow(&mut self, tree: &Tree, which: Child) -> Result<Growing> {
        let Child { node, shown_in, .. } = which;
        let mut hierarchies = Vec::with_capacity(self.hierarchies.len());
        for sizer in &mut self.hierarchies {
            let is_shown = shown_in.contains(sizer.file_system().as_set());
            hierarchies.push(is_shown.then(|| sizer.grow(tree, node)).transpose()?);
        }
        let udf = self.udf.as_mut().filter(|_| shown_in.contains(FileSystems::UDF));
        let udf = udf.map(|udf| udf.grow(tree, node)).transpose()?;
        Ok(Growing { hierarchies, udf })
    }

    /// What a directory takes in each hierarchy and in UDF.
    pub(super) fn sizes_of(
        &self,
        tree: &Tree,
        node: NodeId,
        growing: &mut Growing,
    ) -> (Vec<DirectorySize>, u64) {
        let sizes = growing.hierarchies.iter_mut();
        let sizes = sizes.map(|records| records.as_mut().map(GrowingRecords::size).unwrap_or_default());
        let udf = self.udf.as_ref().zip(growing.udf.as_ref());
        (sizes.collect(), udf.map_or(0, |(udf, growing)| udf.blocks(tree, node, growing)))
    }

    /// Counts what is new in a directory. `false` where the directory has to be looked at as a whole.
    pub(super) fn add_all(
        &mut self,
        tree: &Tree,
        id: DirectoryId,
        nodes: &[NodeId],
        pending: &mut Vec<Child>,
        looked_at: &mut u64,
    ) -> Result<bool> {
        let Some(mut counted) = self.directories.remove(&id) else { return Ok(true) };
        let mut nodes = nodes.to_vec();
        nodes.sort_unstable();
        nodes.dedup();
        // What was taken away again, or is not even there any more, was never counted.
        nodes.retain(|&node| {
            (node.0 as usize) < tree.node_count()
                && tree.parent(node) == counted.node
                && tree.child(id, tree.name(node)) == Some(node)
        });
        let added = self.add_to(tree, &mut counted, &nodes, pending, looked_at);
        self.directories.insert(id, counted);
        added
    }

    fn add_to(
        &mut self,
        tree: &Tree,
        counted: &mut Counted,
        nodes: &[NodeId],
        pending: &mut Vec<Child>,
        looked_at: &mut u64,
    ) -> Result<bool> {
        if nodes.is_empty() {
            return Ok(true);
        }
        let Some(mut growing) = counted.growing.take() else { return Ok(false) };
        *looked_at += nodes.len() as u64;
        for &node in nodes {
            if !self.add_name_to(tree, counted, node, &mut growing)? {
                return Ok(false);
            }
        }
        let (sizes, udf_blocks) = self.sizes_of(tree, counted.node, &mut growing);
        counted.growing = Some(growing);
        for (sum, (before, now)) in self.sizes.iter_mut().zip(counted.sizes.iter().zip(&sizes)) {
            sum.sectors = sum.sectors - before.sectors + now.sectors;
            sum.path_table_bytes = sum.path_table_bytes - before.path_table_bytes + now.path_table_bytes;
        }
        self.udf_blocks = self.udf_blocks - counted.udf_blocks + udf_blocks;
        (counted.sizes, counted.udf_blocks) = (sizes, udf_blocks);
        let (files, children, odd_files) = (counted.files.len(), counted.children.len(), counted.odd_files);
        for &node in nodes {
            self.count_child(tree, node, counted);
        }
        self.odd_files += counted.odd_files - odd_files;
        for &(content, in_udf) in &counted.files[files..] {
            self.add_name(tree, content, in_udf)?;
        }
        pending.extend(&counted.children[children..]);
        Ok(true)
    }

    /// `false` where the name is not free in some file system.
    fn add_name_to(
        &mut self,
        tree: &Tree,
        counted: &Counted,
        node: NodeId,
        growing: &mut Growing,
    ) -> Result<bool> {
        for (sizer, records) in self.hierarchies.iter_mut().zip(&mut growing.hierarchies) {
            if let Some(records) = records
                && !sizer.add(tree, counted.node, node, records)?
            {
                return Ok(false);
            }
        }
        Ok(match (&self.udf, &mut growing.udf) {
            (Some(udf), Some(identifiers)) => udf.add(tree, node, identifiers)?,
            _ => true,
        })
    }
}
