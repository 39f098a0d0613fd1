use byteorder::{BigEndian, ByteOrder};
use nom::number::complete::{be_i8, be_u8, be_u16, be_u32};
use nom::{IResult, Parser};

/// What a node is for (TN1150, Node Descriptor: `kind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeKind(pub i8);

impl NodeKind {
    /// Records are the tree's data.
    pub const LEAF: NodeKind = NodeKind(-1);
    /// Records lead to nodes below.
    pub const INDEX: NodeKind = NodeKind(0);
    /// The first node.
    pub const HEADER: NodeKind = NodeKind(1);
    /// What of the map of used nodes does not fit the header node.
    pub const MAP: NodeKind = NodeKind(2);
}

/// The beginning of a node, 14 bytes (TN1150, `BTNodeDescriptor`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeDescriptor {
    /// Number of the next node of this level; 0 is none.
    pub forward_link: u32,
    /// Number of the node before it; 0 is none.
    pub backward_link: u32,
    /// What it is for.
    pub kind: NodeKind,
    /// Level of the tree: 1 for leaves, one more for each above, 0 for header and map nodes.
    pub height: u8,
    /// Records in it.
    pub records: u16,
}

impl NodeDescriptor {
    /// Bytes of the structure.
    pub const LEN: usize = 14;

    /// Reads the structure.
    ///
    /// # Errors
    /// Of nom, where the input ends.
    pub fn parse(input: &[u8]) -> IResult<&[u8], NodeDescriptor> {
        (be_u32, be_u32, be_i8, be_u8, be_u16, be_u16)
            .map(|(forward_link, backward_link, kind, height, records, _reserved)| NodeDescriptor {
                forward_link,
                backward_link,
                kind: NodeKind(kind),
                height,
                records,
            })
            .parse(input)
    }

    /// The structure as it is recorded.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        BigEndian::write_u32(&mut bytes[..4], self.forward_link);
        BigEndian::write_u32(&mut bytes[4..8], self.backward_link);
        bytes[8] = self.kind.0.to_be_bytes()[0];
        bytes[9] = self.height;
        BigEndian::write_u16(&mut bytes[10..12], self.records);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_leaf() {
        let bytes = [0, 0, 0, 3, 0, 0, 0, 1, 0xff, 1, 0, 5, 0, 0];
        let descriptor =
            NodeDescriptor { forward_link: 3, backward_link: 1, kind: NodeKind::LEAF, height: 1, records: 5 };
        assert_eq!(NodeDescriptor::parse(&bytes).unwrap().1, descriptor);
        assert_eq!(descriptor.encode(), bytes);
    }

    proptest! {
        #[test]
        fn both_ways(forward_link: u32, backward_link: u32, kind: i8, height: u8, records: u16) {
            let kind = NodeKind(kind);
            let descriptor = NodeDescriptor { forward_link, backward_link, kind, height, records };
            prop_assert_eq!(NodeDescriptor::parse(&descriptor.encode()).unwrap().1, descriptor);
        }
    }
}
