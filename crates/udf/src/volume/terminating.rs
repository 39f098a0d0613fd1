use crate::nom_ext::clear;
use crate::{Descriptor, Error, Tag, TagId};

/// A terminating descriptor, 512 bytes (ECMA-167 3/10.9): ends a sequence. All behind the tag is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TerminatingDescriptor {
    /// Descriptor tag.
    pub tag: Tag,
}

const SIZE: usize = 512;

impl Descriptor for TerminatingDescriptor {
    const ID: TagId = TagId::TERMINATING;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        Tag::open_as(block, Self::ID).map(|(tag, _)| TerminatingDescriptor { tag })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        clear("terminating descriptor", block, SIZE)?;
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn at_block_37() {
        let tag = [0x08, 0, 0x02, 0, 0x20, 0, 0, 0, 0x00, 0x00, 0xf0, 0x01, 37, 0, 0, 0];
        let end: TerminatingDescriptor = testing::both_ways(&testing::block(512, &[(0, &tag)]));
        assert_eq!(end.tag.location, 37);
        assert!(end.encode(&mut [0; 511]).is_err());
    }
}
