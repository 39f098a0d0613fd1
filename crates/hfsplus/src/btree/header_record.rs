use bitflags::bitflags;
use byteorder::{BigEndian, ByteOrder};
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};
use nom::{IResult, Parser};

bitflags! {
    /// How a tree is made (TN1150, Header Record: `attributes`). Bits without a name are kept.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct BTreeAttributes: u32 {
        /// It was not closed in order.
        const BAD_CLOSE = 1;
        /// Lengths of keys have 16 bits.
        const BIG_KEYS = 2;
        /// Keys in index nodes are as long as they are, and not as the longest.
        const VARIABLE_INDEX_KEYS = 4;
        const _ = !0;
    }
}

/// The first record of the first node, 106 bytes (TN1150, `BTHeaderRec`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HeaderRecord {
    /// Levels of the tree; 0 is an empty one.
    pub tree_depth: u16,
    /// Number of the root node.
    pub root_node: u32,
    /// Records of all leaves.
    pub leaf_records: u32,
    /// The first leaf.
    pub first_leaf_node: u32,
    /// The last leaf.
    pub last_leaf_node: u32,
    /// Bytes of a node: a power of two from 512 to 32,768.
    pub node_size: u16,
    /// Bytes of the longest possible key.
    pub max_key_length: u16,
    /// Nodes, used or not.
    pub total_nodes: u32,
    /// Those that are not used.
    pub free_nodes: u32,
    /// Bytes that the file grows by; 0 leaves it open.
    pub clump_size: u32,
    /// 0 for those of the volume.
    pub btree_type: u8,
    /// How keys compare, in volumes of the signature `HX`.
    pub key_compare_type: u8,
    /// How it is made.
    pub attributes: BTreeAttributes,
}

impl HeaderRecord {
    /// Bytes of the structure.
    pub const LEN: usize = 106;

    /// Reads the structure.
    ///
    /// # Errors
    /// Of nom, where the input ends.
    pub fn parse(input: &[u8]) -> IResult<&[u8], HeaderRecord> {
        let (rest, (tree_depth, root_node, leaf_records, first_leaf_node, last_leaf_node)) =
            (be_u16, be_u32, be_u32, be_u32, be_u32).parse(input)?;
        let (rest, (node_size, max_key_length, total_nodes, free_nodes, _reserved)) =
            (be_u16, be_u16, be_u32, be_u32, be_u16).parse(rest)?;
        let (rest, (clump_size, btree_type, key_compare_type, attributes, _reserved)) =
            (be_u32, be_u8, be_u8, be_u32, take(64usize)).parse(rest)?;
        let record = HeaderRecord {
            tree_depth,
            root_node,
            leaf_records,
            first_leaf_node,
            last_leaf_node,
            node_size,
            max_key_length,
            total_nodes,
            free_nodes,
            clump_size,
            btree_type,
            key_compare_type,
            attributes: BTreeAttributes::from_bits_retain(attributes),
        };
        Ok((rest, record))
    }

    /// The structure as it is recorded.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        BigEndian::write_u16(&mut bytes[..2], self.tree_depth);
        BigEndian::write_u32(&mut bytes[2..6], self.root_node);
        BigEndian::write_u32(&mut bytes[6..10], self.leaf_records);
        BigEndian::write_u32(&mut bytes[10..14], self.first_leaf_node);
        BigEndian::write_u32(&mut bytes[14..18], self.last_leaf_node);
        BigEndian::write_u16(&mut bytes[18..20], self.node_size);
        BigEndian::write_u16(&mut bytes[20..22], self.max_key_length);
        BigEndian::write_u32(&mut bytes[22..26], self.total_nodes);
        BigEndian::write_u32(&mut bytes[26..30], self.free_nodes);
        BigEndian::write_u32(&mut bytes[32..36], self.clump_size);
        bytes[36] = self.btree_type;
        bytes[37] = self.key_compare_type;
        BigEndian::write_u32(&mut bytes[38..42], self.attributes.bits());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_an_empty_extents_file() {
        let mut bytes = [0; HeaderRecord::LEN];
        // nodes of 4096 bytes, keys of 10, one node, none free
        bytes[18..30].copy_from_slice(&[0x10, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0, 0]);
        bytes[41] = 2;
        let record = HeaderRecord {
            node_size: 4096,
            max_key_length: 10,
            total_nodes: 1,
            attributes: BTreeAttributes::BIG_KEYS,
            ..HeaderRecord::default()
        };
        assert_eq!(HeaderRecord::parse(&bytes).unwrap().1, record);
        assert_eq!(record.encode(), bytes);
    }

    proptest! {
        #[test]
        fn both_ways(mut bytes in prop::collection::vec(any::<u8>(), HeaderRecord::LEN)) {
            bytes[30..32].fill(0);
            bytes[42..].fill(0);
            prop_assert_eq!(HeaderRecord::parse(&bytes).unwrap().1.encode().to_vec(), bytes);
        }
    }
}
