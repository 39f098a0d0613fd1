use std::ops::Range;

use crate::btree::{BTreeAttributes, HeaderRecord, NodeBuilder, NodeDescriptor, NodeKind};
use crate::catalog::CatalogKey;
use crate::{CatalogNodeId, Error};

/// Finds how the records of a catalog fill its nodes: they are told in their order, with the lengths of their data.
#[derive(Debug, Default)]
pub struct CatalogPlanner {
    used: usize,
    in_node: usize,
    records: u32,
    /// The keys of the first records of the leaves, end to end.
    keys: Vec<u8>,
    /// Where each begins.
    starts: Vec<usize>,
}

/// The nodes of a catalog whose records are counted: one for the header, those of the map, the leaves, and the index,
/// level by level.
#[derive(Debug)]
pub struct CatalogLayout {
    records: u32,
    keys: Vec<u8>,
    starts: Vec<usize>,
    map_nodes: u32,
    /// From the level above the leaves to the root.
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    /// Number of its first node.
    first: u32,
    /// For each node the first node below, counted from the first of that level, and the first leaf.
    nodes: Vec<(u32, u32)>,
}

/// Bytes of the map in the header node, and of that in a map node.
const HEADER_MAP: usize = CatalogLayout::NODE_SIZE as usize - 256;
const MAP: usize = CatalogLayout::NODE_SIZE as usize - 20;

/// Bytes of the header node's second record, which is the user's.
const USER_DATA: usize = 128;

impl CatalogPlanner {
    /// A catalog without records.
    #[must_use]
    pub fn new() -> CatalogPlanner {
        CatalogPlanner::default()
    }

    /// Counts a record. Says whether it begins a leaf.
    ///
    /// # Errors
    /// [`Error::NameTooLong`], [`Error::TreeTooLarge`].
    pub fn push(&mut self, parent: CatalogNodeId, name: &[u16], data_len: usize) -> Result<bool, Error> {
        let len = CatalogKey::encoded_len(name.len()) + data_len;
        let fits = crate::btree::fits(CatalogLayout::NODE_SIZE.into(), self.used, self.in_node, len);
        let begins = self.in_node == 0 || !fits;
        if begins {
            (self.used, self.in_node) = (NodeDescriptor::LEN, 0);
            self.starts.push(self.keys.len());
            CatalogKey::append(parent, name, &mut self.keys)?;
        }
        self.used += len;
        self.in_node += 1;
        self.records = self.records.checked_add(1).ok_or(Error::TreeTooLarge { what: "the catalog" })?;
        Ok(begins)
    }

    /// Finds the index and the map.
    ///
    /// # Errors
    /// [`Error::TreeTooLarge`].
    pub fn finish(self) -> Result<CatalogLayout, Error> {
        let too_large = || Error::TreeTooLarge { what: "the catalog" };
        let leaves = u32::try_from(self.starts.len()).map_err(|_| too_large())?;
        let CatalogPlanner { records, keys, starts, .. } = self;
        let mut layout = CatalogLayout { records, keys, starts, map_nodes: 0, levels: Vec::new() };
        let mut below: Vec<u32> = (0..leaves).collect();
        while below.len() > 1 {
            let nodes = layout.level_above(&below);
            below = nodes.iter().map(|&(_, leaf)| leaf).collect();
            layout.levels.push(Level { first: 0, nodes });
        }
        let index: usize = layout.levels.iter().map(|level| level.nodes.len()).sum();
        let others = u64::from(leaves) + index as u64 + 1;
        let beyond = others.saturating_sub(8 * HEADER_MAP as u64);
        // A map node has bits for more nodes than itself.
        layout.map_nodes = u32::try_from(beyond.div_ceil(8 * MAP as u64 - 1)).map_err(|_| too_large())?;
        let mut next = u64::from(layout.map_nodes) + 1 + u64::from(leaves);
        for level in &mut layout.levels {
            level.first = u32::try_from(next).map_err(|_| too_large())?;
            next += level.nodes.len() as u64;
        }
        u32::try_from(next * u64::from(CatalogLayout::NODE_SIZE / 512)).map_err(|_| too_large())?;
        Ok(layout)
    }
}

impl CatalogLayout {
    /// Bytes of a node.
    pub const NODE_SIZE: u16 = 8192;

    /// Allocation blocks of a node.
    pub const NODE_BLOCKS: u32 = CatalogLayout::NODE_SIZE as u32 / super::BLOCK_SIZE as u32;

    /// Leaves of the tree.
    #[must_use]
    pub fn leaves(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Nodes before the leaves: those of header and map.
    #[must_use]
    pub fn head_nodes(&self) -> u32 {
        1 + self.map_nodes
    }

    /// Nodes behind the leaves: those of the index.
    #[must_use]
    pub fn index_nodes(&self) -> u32 {
        self.levels.iter().map(|level| level.nodes.len() as u32).sum()
    }

    /// All nodes.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.head_nodes() + self.leaves() + self.index_nodes()
    }

    fn key(&self, leaf: u32) -> &[u8] {
        let leaf = leaf as usize;
        let end = self.starts.get(leaf + 1).copied().unwrap_or(self.keys.len());
        self.starts.get(leaf).and_then(|&start| self.keys.get(start..end)).unwrap_or_default()
    }

    /// The nodes above others, which are given by their first leaves.
    fn level_above(&self, below: &[u32]) -> Vec<(u32, u32)> {
        let mut nodes = Vec::new();
        let (mut used, mut records) = (0, 0);
        for (child, &leaf) in (0..).zip(below) {
            let len = self.key(leaf).len() + 4;
            if records == 0 || !crate::btree::fits(CatalogLayout::NODE_SIZE.into(), used, records, len) {
                (used, records) = (NodeDescriptor::LEN, 0);
                nodes.push((child, leaf));
            }
            used += len;
            records += 1;
        }
        nodes
    }

    /// Appends the nodes of header and map.
    ///
    /// # Errors
    /// None that a layout from [`CatalogPlanner::finish`] has.
    pub fn append_head(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let nodes = self.nodes();
        let leaves = self.leaves();
        let first_leaf = if leaves > 0 { self.head_nodes() } else { 0 };
        let header = HeaderRecord {
            tree_depth: self.levels.len() as u16 + u16::from(leaves > 0),
            root_node: self.levels.last().map_or(first_leaf, |level| level.first),
            leaf_records: self.records,
            first_leaf_node: first_leaf,
            last_leaf_node: first_leaf + leaves.saturating_sub(1),
            node_size: CatalogLayout::NODE_SIZE,
            max_key_length: CatalogKey::MAX_LENGTH,
            total_nodes: nodes,
            free_nodes: 0,
            clump_size: 0,
            btree_type: 0,
            key_compare_type: 0,
            attributes: BTreeAttributes::BIG_KEYS | BTreeAttributes::VARIABLE_INDEX_KEYS,
        };
        append_header_node(&header, self.map_nodes > 0, out)?;
        let mut node = NodeBuilder::new(CatalogLayout::NODE_SIZE);
        let mut before = 8 * HEADER_MAP as u64;
        for number in 1..=self.map_nodes {
            node.push(&[&bits(before, nodes, MAP)])?;
            before += 8 * MAP as u64;
            let forward_link = if number < self.map_nodes { number + 1 } else { 0 };
            node.finish(descriptor(NodeKind::MAP, 0, forward_link, 0), out);
        }
        Ok(())
    }

    /// Appends some of the index nodes.
    ///
    /// # Errors
    /// None that a layout from [`CatalogPlanner::finish`] has.
    pub fn append_index(&self, range: Range<u32>, out: &mut Vec<u8>) -> Result<(), Error> {
        let mut builder = NodeBuilder::new(CatalogLayout::NODE_SIZE);
        let mut before = 0;
        for (height, level) in (0u8..).zip(&self.levels) {
            let count = level.nodes.len() as u32;
            let below = height.checked_sub(1).and_then(|below| self.levels.get(usize::from(below)));
            let (first_below, count_below) = match below {
                Some(below) => (below.first, below.nodes.len() as u32),
                None => (self.head_nodes(), self.leaves()),
            };
            let from = range.start.saturating_sub(before).min(count);
            let to = range.end.saturating_sub(before).min(count);
            for place in from..to {
                let child_end = level.nodes.get(place as usize + 1).map_or(count_below, |next| next.0);
                for child in level.nodes[place as usize].0..child_end {
                    let leaf = below.map_or(child, |below| below.nodes[child as usize].1);
                    builder.push(&[self.key(leaf), &(first_below + child).to_be_bytes()])?;
                }
                let number = level.first + place;
                let forward_link = if place + 1 < count { number + 1 } else { 0 };
                let backward_link = if place > 0 { number - 1 } else { 0 };
                builder.finish(descriptor(NodeKind::INDEX, height + 2, forward_link, backward_link), out);
            }
            before += count;
        }
        Ok(())
    }
}

pub(super) fn descriptor(
    kind: NodeKind,
    height: u8,
    forward_link: u32,
    backward_link: u32,
) -> NodeDescriptor {
    NodeDescriptor { forward_link, backward_link, kind, height, records: 0 }
}

/// Appends the header node of a tree of which all nodes are used.
pub(super) fn append_header_node(
    header: &HeaderRecord,
    has_map_nodes: bool,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut node = NodeBuilder::new(header.node_size);
    let map = usize::from(header.node_size) - 256;
    node.push(&[&header.encode()])?;
    node.push(&[&[0; USER_DATA]])?;
    node.push(&[&bits(0, header.total_nodes, map)])?;
    node.finish(descriptor(NodeKind::HEADER, 0, has_map_nodes.into(), 0), out);
    Ok(())
}

/// The bits of a map of `len` bytes from node `first` on: those of all nodes that there are, are set.
fn bits(first: u64, nodes: u32, len: usize) -> Vec<u8> {
    let set = u64::from(nodes).saturating_sub(first).min(8 * len as u64) as usize;
    let mut map = vec![0; len];
    map[..set / 8].fill(0xff);
    if let Some(last) = map.get_mut(set / 8) {
        *last = !(0xff >> (set % 8));
    }
    map
}
