use byteorder::{BigEndian, ByteOrder};

use super::NodeDescriptor;
use crate::Error;
use crate::bytes::run;

/// A node as it is read: its descriptor, and records that are found by the offsets at its end (TN1150, Nodes).
#[derive(Clone, Copy, Debug)]
pub struct Node<'n> {
    /// The descriptor.
    pub descriptor: NodeDescriptor,
    bytes: &'n [u8],
}

/// Bytes of an offset.
const OFFSET: usize = 2;

impl<'n> Node<'n> {
    /// Takes a whole node.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn parse(bytes: &'n [u8]) -> Result<Node<'n>, Error> {
        let descriptor = run("B-tree node", bytes, NodeDescriptor::parse)?;
        Ok(Node { descriptor, bytes })
    }

    /// The record of that number; `None` where there is none, or its offsets are wrong.
    #[must_use]
    pub fn record(&self, index: u16) -> Option<&'n [u8]> {
        let offset = |index: usize| {
            let at = self.bytes.len().checked_sub(OFFSET * (index + 1))?;
            self.bytes.get(at..at + OFFSET).map(|bytes| usize::from(BigEndian::read_u16(bytes)))
        };
        let index = usize::from(index);
        (index < usize::from(self.descriptor.records))
            .then(|| self.bytes.get(offset(index)?..offset(index + 1)?))
            .flatten()
    }

    /// All records, up to the first whose offsets are wrong.
    pub fn records(&self) -> impl Iterator<Item = &'n [u8]> + use<'n> {
        let node = *self;
        (0..self.descriptor.records).map_while(move |index| node.record(index))
    }
}

/// Puts the records of a node one behind another.
#[derive(Debug)]
pub struct NodeBuilder {
    size: usize,
    bytes: Vec<u8>,
    offsets: Vec<u16>,
}

impl NodeBuilder {
    /// For nodes of `size` bytes.
    #[must_use]
    pub fn new(size: u16) -> NodeBuilder {
        NodeBuilder { size: size.into(), bytes: vec![0; NodeDescriptor::LEN], offsets: Vec::new() }
    }

    /// Whether nothing has been put in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// Whether a record of `len` bytes has room behind the others.
    #[must_use]
    pub fn fits(&self, len: usize) -> bool {
        fits(self.size, self.bytes.len(), self.offsets.len(), len)
    }

    /// Puts a record in.
    ///
    /// # Errors
    /// [`Error::TreeTooLarge`] where it has no room.
    pub fn push(&mut self, parts: &[&[u8]]) -> Result<(), Error> {
        let len = parts.iter().map(|part| part.len()).sum();
        let offset = u16::try_from(self.bytes.len()).ok().filter(|_| self.fits(len));
        self.offsets.push(offset.ok_or(Error::TreeTooLarge { what: "a record" })?);
        parts.iter().for_each(|part| self.bytes.extend_from_slice(part));
        Ok(())
    }

    /// Appends the node, and begins an empty one. The number of records is counted.
    pub fn finish(&mut self, descriptor: NodeDescriptor, out: &mut Vec<u8>) {
        let descriptor = NodeDescriptor { records: self.offsets.len() as u16, ..descriptor };
        self.bytes[..NodeDescriptor::LEN].copy_from_slice(&descriptor.encode());
        // It has fewer bytes than a node, whose size has 16 bits.
        self.offsets.push(self.bytes.len() as u16);
        self.bytes.resize(self.size, 0);
        for (index, offset) in self.offsets.iter().enumerate() {
            let at = self.size - OFFSET * (index + 1);
            BigEndian::write_u16(&mut self.bytes[at..at + OFFSET], *offset);
        }
        out.extend_from_slice(&self.bytes);
        self.bytes.truncate(NodeDescriptor::LEN);
        self.offsets.clear();
    }
}

/// Whether a record fits a node that has so many bytes and records: each has an offset, and so has the free space.
pub(crate) fn fits(size: usize, used: usize, records: usize, len: usize) -> bool {
    used + len + OFFSET * (records + 2) <= size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btree::NodeKind;
    use proptest::prelude::*;

    const LEAF: NodeDescriptor =
        NodeDescriptor { forward_link: 0, backward_link: 0, kind: NodeKind::LEAF, height: 1, records: 0 };

    #[test]
    fn two_records_and_their_offsets() {
        let mut builder = NodeBuilder::new(512);
        builder.push(&[&[1, 2], &[3]]).unwrap();
        builder.push(&[&[4, 5]]).unwrap();
        let mut bytes = Vec::new();
        builder.finish(LEAF, &mut bytes);
        let mut expected = vec![0; 512];
        expected[8..12].copy_from_slice(&[0xff, 1, 0, 2]);
        expected[14..19].copy_from_slice(&[1, 2, 3, 4, 5]);
        // free space, second and first record
        expected[506..].copy_from_slice(&[0, 19, 0, 17, 0, 14]);
        assert_eq!(bytes, expected);
        assert!(builder.is_empty());
        assert!(builder.push(&[&[0; 495]]).is_err());
    }

    #[test]
    fn wrong_offsets_lead_nowhere() {
        let mut bytes = vec![0; 512];
        bytes[10..12].copy_from_slice(&[0xff, 0xff]);
        bytes[506..].copy_from_slice(&[0xff, 0xff, 0, 14, 0, 14]);
        let node = Node::parse(&bytes).unwrap();
        assert_eq!(node.record(0), Some(&[][..]));
        assert_eq!(node.record(1), None);
        assert_eq!(node.record(600), None);
        assert_eq!(node.records().count(), 1);
    }

    proptest! {
        #[test]
        fn both_ways(records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..40)) {
            let mut builder = NodeBuilder::new(4096);
            records.iter().for_each(|record| builder.push(&[record]).unwrap());
            let mut bytes = Vec::new();
            builder.finish(LEAF, &mut bytes);
            let node = Node::parse(&bytes).unwrap();
            prop_assert_eq!(node.records().map(<[u8]>::to_vec).collect::<Vec<_>>(), records);
        }

        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Ok(node) = Node::parse(&bytes) {
                node.records().for_each(drop);
            }
        }
    }
}
