use crate::{Descriptor, Tag};
use std::fmt::Debug;

/// A block of `len` zeros with these bytes at these offsets.
pub(crate) fn block(len: usize, parts: &[(usize, &[u8])]) -> Vec<u8> {
    let mut block = vec![0; len];
    for (offset, bytes) in parts {
        block[*offset..*offset + bytes.len()].copy_from_slice(bytes);
    }
    block
}

/// Checks that `block` parses and is what the result encodes to.
pub(crate) fn both_ways<D: Descriptor + PartialEq + Debug>(block: &[u8]) -> D {
    let descriptor = D::parse(block).unwrap();
    let mut encoded = vec![0xff; block.len()];
    descriptor.encode(&mut encoded).unwrap();
    assert_eq!(encoded, block);
    descriptor
}

/// Puts a valid tag in front of arbitrary bytes. If they parse, then what was understood must survive
/// encoding and parsing.
pub(crate) fn survives<D: Descriptor + PartialEq + Debug>(mut block: Vec<u8>, crc_length: u16) -> bool {
    let tag = Tag { id: D::ID, version: 2, serial: 0, crc_length, location: 32 };
    tag.seal(&mut block).unwrap();
    let Ok(descriptor) = D::parse(&block) else { return false };
    let mut encoded = vec![0xff; block.len()];
    descriptor.encode(&mut encoded).unwrap();
    assert_eq!(D::parse(&encoded).as_ref(), Ok(&descriptor));
    true
}
