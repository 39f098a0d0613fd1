use std::io;

use byteorder::{BigEndian, ByteOrder};

use super::{CatalogKey, CatalogRecord, CatalogThread};
use crate::btree::{HeaderRecord, Node, NodeDescriptor, NodeKind};
use crate::{CatalogNodeId, ExtentDescriptor, VolumeHeader};

/// Most folders that a path is followed through.
const MOST_LEVELS: usize = 1024;

/// Most levels of a tree: with 512 bytes to a node and two records in each, more nodes than can be counted.
const MOST_DEPTH: u16 = 32;

/// Finds where items are by their numbers, from the root node of a volume's catalog down. `R` reads bytes of the volume,
/// so many from its beginning.
///
/// What it reads may be anything: a catalog that cannot be followed has no threads. Only the eight extents that the
/// volume header has are looked at.
#[derive(Debug)]
pub struct CatalogThreads<R> {
    read: R,
    extents: [ExtentDescriptor; 8],
    block_size: u64,
    tree: HeaderRecord,
}

impl<R: FnMut(u64, &mut [u8]) -> io::Result<()>> CatalogThreads<R> {
    /// Reads the head of the catalog; `None` where that is none.
    ///
    /// # Errors
    /// Of `read`.
    pub fn new(volume: &VolumeHeader, read: R) -> io::Result<Option<CatalogThreads<R>>> {
        let mut threads = CatalogThreads {
            read,
            extents: volume.catalog_file.extents,
            block_size: volume.block_size.into(),
            tree: HeaderRecord::default(),
        };
        let mut head = [0; NodeDescriptor::LEN + HeaderRecord::LEN];
        if !threads.read_file(0, &mut head)? {
            return Ok(None);
        }
        let Ok((_, tree)) = HeaderRecord::parse(&head[NodeDescriptor::LEN..]) else { return Ok(None) };
        let is_node_size = tree.node_size.is_power_of_two() && (512..=32_768).contains(&tree.node_size);
        threads.tree = tree;
        Ok(Some(threads).filter(|_| is_node_size && tree.tree_depth <= MOST_DEPTH))
    }

    /// The thread record of the item with that number.
    ///
    /// # Errors
    /// Of `read`.
    pub fn thread(&mut self, id: CatalogNodeId) -> io::Result<Option<CatalogThread>> {
        let mut bytes = vec![0; self.tree.node_size.into()];
        let mut at = self.tree.root_node;
        for height in (1..=self.tree.tree_depth).rev() {
            if !self.read_file(u64::from(at) * u64::from(self.tree.node_size), &mut bytes)? {
                return Ok(None);
            }
            let Ok(node) = Node::parse(&bytes) else { return Ok(None) };
            let keys = node.records().map_while(|record| CatalogKey::parse(record).ok());
            // Its name is empty, so that it comes before all others with that number.
            let found = keys
                .take_while(|(_, key)| key.parent_id < id || key.parent_id == id && key.node_name.is_empty());
            let Some((data, key)) = found.last() else { return Ok(None) };
            match (height, node.descriptor.kind) {
                (1, NodeKind::LEAF) if key.parent_id == id => {
                    return Ok(match CatalogRecord::parse(data) {
                        Ok(CatalogRecord::Thread(thread)) => Some(thread),
                        _ => None,
                    });
                }
                (2.., NodeKind::INDEX) if data.len() >= 4 => at = BigEndian::read_u32(data),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The names, as they are recorded, that lead from the root to the item with that number. The root has none.
    ///
    /// # Errors
    /// Of `read`.
    pub fn path(&mut self, id: CatalogNodeId) -> io::Result<Option<Vec<Vec<u16>>>> {
        let mut names = Vec::new();
        let mut at = id;
        while at != CatalogNodeId::ROOT_FOLDER {
            let Some(thread) = self.thread(at)?.filter(|_| names.len() < MOST_LEVELS) else {
                return Ok(None);
            };
            names.push(thread.node_name);
            at = thread.parent_id;
        }
        names.reverse();
        Ok(Some(names))
    }

    /// Reads bytes of the catalog file. Says whether they are in its extents.
    fn read_file(&mut self, offset: u64, mut into: &mut [u8]) -> io::Result<bool> {
        let mut skip = offset;
        for extent in self.extents {
            let len = u64::from(extent.block_count) * self.block_size;
            if skip >= len {
                skip -= len;
                continue;
            }
            let take = usize::try_from(len - skip).unwrap_or(usize::MAX).min(into.len());
            let (part, rest) = into.split_at_mut(take);
            (self.read)(u64::from(extent.start_block) * self.block_size + skip, part)?;
            (into, skip) = (rest, 0);
            if into.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ForkData;
    use crate::btree::NodeBuilder;
    use crate::catalog::ThreadOf;
    use proptest::prelude::*;

    const LEAF: NodeDescriptor =
        NodeDescriptor { forward_link: 0, backward_link: 0, kind: NodeKind::LEAF, height: 1, records: 0 };
    const INDEX: NodeDescriptor = NodeDescriptor { kind: NodeKind::INDEX, height: 2, ..LEAF };

    fn key(id: u32, name: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let node_name = name.encode_utf16().collect();
        CatalogKey { parent_id: CatalogNodeId(id), node_name }.encode(&mut bytes).unwrap();
        bytes
    }

    fn thread(parent: u32, name: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let name: Vec<u16> = name.encode_utf16().collect();
        CatalogThread::append(ThreadOf::Folder, CatalogNodeId(parent), &name, &mut bytes).unwrap();
        bytes
    }

    /// A catalog of a header node, an index node and two leaves, in blocks of 512 bytes that lie in two extents.
    fn volume() -> (VolumeHeader, Vec<u8>) {
        let mut nodes = Vec::new();
        let mut head = NodeBuilder::new(512);
        let tree =
            HeaderRecord { tree_depth: 2, root_node: 1, node_size: 512, ..HeaderRecord::default() }.encode();
        head.push(&[&tree]).unwrap();
        head.finish(NodeDescriptor { kind: NodeKind::HEADER, height: 0, ..LEAF }, &mut nodes);
        let mut index = NodeBuilder::new(512);
        index.push(&[&key(1, "V"), &2u32.to_be_bytes()]).unwrap();
        index.push(&[&key(17, ""), &3u32.to_be_bytes()]).unwrap();
        index.finish(INDEX, &mut nodes);
        let mut leaf = NodeBuilder::new(512);
        for (id, name, parent, own) in [(1, "V", 0, ""), (2, "", 1, "V"), (16, "", 2, "System")] {
            leaf.push(&[&key(id, name), &thread(parent, own)]).unwrap();
        }
        leaf.finish(LEAF, &mut nodes);
        let mut leaf = NodeBuilder::new(512);
        leaf.push(&[&key(17, ""), &thread(16, "Core")]).unwrap();
        leaf.push(&[&key(17, "item"), &thread(19, "wrong")]).unwrap();
        leaf.push(&[&key(20, ""), &thread(20, "itself")]).unwrap();
        leaf.finish(LEAF, &mut nodes);
        let mut extents = [ExtentDescriptor::default(); 8];
        extents[0] = ExtentDescriptor { start_block: 4, block_count: 1 };
        extents[1] = ExtentDescriptor { start_block: 6, block_count: 3 };
        let catalog_file = ForkData { logical_size: 2048, clump_size: 0, total_blocks: 4, extents };
        let mut header = [0; 512];
        header[..4].copy_from_slice(b"H+\0\x04");
        let header = VolumeHeader::parse(&header).unwrap();
        let bytes = [&[0; 2048][..], &nodes[..512], &[0xff; 512], &nodes[512..]].concat();
        (VolumeHeader { block_size: 512, catalog_file, ..header }, bytes)
    }

    fn path(header: &VolumeHeader, bytes: &[u8], id: u32) -> io::Result<Option<String>> {
        let read = |at: u64, into: &mut [u8]| {
            let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..));
            let part = rest.and_then(|rest| rest.get(..into.len())).ok_or(io::ErrorKind::UnexpectedEof)?;
            into.copy_from_slice(part);
            Ok(())
        };
        let Some(mut threads) = CatalogThreads::new(header, read)? else { return Ok(None) };
        let names = threads.path(CatalogNodeId(id))?;
        Ok(names.map(|names| names.iter().map(|name| String::from_utf16_lossy(name) + "/").collect()))
    }

    #[test]
    fn items_are_found_by_their_numbers() {
        let (header, bytes) = volume();
        let found = |id| path(&header, &bytes, id).unwrap();
        assert_eq!(found(2).as_deref(), Some(""));
        assert_eq!(found(16).as_deref(), Some("System/"));
        assert_eq!(found(17).as_deref(), Some("System/Core/"));
        for missing in [0, 1, 3, 18, 19, 20, u32::MAX] {
            assert_eq!(found(missing), None, "{missing}");
        }
    }

    #[test]
    fn what_cannot_be_followed_leads_nowhere() {
        let (header, bytes) = volume();
        let mut cut = header;
        cut.catalog_file.extents[1].block_count = 1;
        assert_eq!(path(&cut, &bytes, 17).unwrap(), None);
        assert!(path(&header, &bytes[..4000], 17).is_err());
        let mut other = bytes.clone();
        // The size of nodes.
        other[2048 + 14 + 18..][..2].copy_from_slice(&[2, 1]);
        assert_eq!(path(&header, &other, 17).unwrap(), None);
        assert_eq!(path(&VolumeHeader { block_size: 0, ..header }, &bytes, 17).unwrap(), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(at in 2048usize..4608, byte: u8, id in 0u32..32) {
            let (header, mut bytes) = volume();
            bytes[at] = byte;
            let _ = path(&header, &bytes, id);
        }
    }
}
