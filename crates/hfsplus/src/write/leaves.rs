use super::CatalogLayout;
use super::catalog::descriptor;
use crate::btree::{NodeBuilder, NodeKind};
use crate::catalog::CatalogKey;
use crate::{CatalogNodeId, Error};

/// Writes leaves of a catalog, in their order, from the records that the planner was told of.
#[derive(Debug)]
pub struct LeafWriter<'l> {
    layout: &'l CatalogLayout,
    /// The leaf that is being filled, and the one that is no longer asked for.
    leaf: u32,
    end: u32,
    node: NodeBuilder,
    key: Vec<u8>,
}

impl<'l> LeafWriter<'l> {
    /// Leaves from one to before another.
    #[must_use]
    pub fn new(layout: &'l CatalogLayout, from: u32, to: u32) -> LeafWriter<'l> {
        LeafWriter {
            layout,
            leaf: from,
            end: to.min(layout.leaves()),
            node: NodeBuilder::new(CatalogLayout::NODE_SIZE),
            key: Vec::new(),
        }
    }

    /// Takes a record: the first one is that which begins the first leaf. Says whether more are wanted; the one that
    /// begins the leaf behind the last is the first that is not.
    ///
    /// # Errors
    /// [`Error::NameTooLong`], [`Error::TreeTooLarge`].
    pub fn push(
        &mut self,
        parent: CatalogNodeId,
        name: &[u16],
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        let len = CatalogKey::encoded_len(name.len()) + data.len();
        if !self.node.is_empty() && !self.node.fits(len) {
            self.finish(out);
        }
        if self.leaf >= self.end {
            return Ok(false);
        }
        self.key.clear();
        CatalogKey::append(parent, name, &mut self.key)?;
        self.node.push(&[&self.key, data])?;
        Ok(true)
    }

    /// Appends the leaf that is being filled, if there is one. To be called behind the last record of all.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.node.is_empty() {
            return;
        }
        let number = self.layout.head_nodes() + self.leaf;
        let forward_link = if self.leaf + 1 < self.layout.leaves() { number + 1 } else { 0 };
        let backward_link = if self.leaf > 0 { number - 1 } else { 0 };
        self.node.finish(descriptor(NodeKind::LEAF, 1, forward_link, backward_link), out);
        self.leaf += 1;
    }
}
