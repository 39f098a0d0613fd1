use nom::Parser;
use nom::number::complete::le_u32;

use crate::nom_ext::{clear, put, run};
use crate::{Descriptor, Error, Tag, TagId};

/// An extended attribute header descriptor, 24 bytes (ECMA-167 4/14.10.1, UDF 3.3.4.1): begins a space of
/// extended attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtendedAttributeHeaderDescriptor {
    /// Descriptor tag. Its location is the block that the space begins in.
    pub tag: Tag,
    /// Implementation attributes location: byte of the space at which those of type 2048 begin. There are
    /// none if it is not inside the space; see [`ExtendedAttributeHeaderDescriptor::NONE`].
    pub implementation_attributes: u32,
    /// Application attributes location: byte of the space at which those of type 65536 begin, as above.
    pub application_attributes: u32,
}

const NAME: &str = "extended attribute header descriptor";

impl ExtendedAttributeHeaderDescriptor {
    /// Bytes of the descriptor.
    pub const SIZE: usize = 24;
    /// The location of attributes that there are none of, since UDF 2.00. Before, it is the end of the space.
    pub const NONE: u32 = u32::MAX;

    /// Writes the fields and the tag to the beginning of a space, whose other bytes are complete: the CRC may
    /// cover them.
    pub(super) fn head(&self, space: &mut [u8]) -> Result<(), Error> {
        put(space, 16, &self.implementation_attributes.to_le_bytes());
        put(space, 20, &self.application_attributes.to_le_bytes());
        self.tag.seal(space)
    }
}

impl Descriptor for ExtendedAttributeHeaderDescriptor {
    const ID: TagId = TagId::EXTENDED_ATTRIBUTE_HEADER;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(space: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(space, Self::ID)?;
        let (implementation_attributes, application_attributes) =
            run(NAME, body, |input| (le_u32, le_u32).parse(input))?;
        Ok(ExtendedAttributeHeaderDescriptor { tag, implementation_attributes, application_attributes })
    }

    fn encode(&self, space: &mut [u8]) -> Result<(), Error> {
        clear(NAME, space, Self::SIZE)?;
        self.head(space)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn only_application_attributes() {
        let block = testing::block(
            24,
            &[
                (0, &[0x06, 0x01, 0x03, 0, 0x0e, 0, 0, 0, 0x4a, 0xa1, 0x08, 0, 0x11, 0, 0, 0]),
                (16, &[0xff, 0xff, 0xff, 0xff]),
                (20, &[0x18, 0, 0, 0]),
            ],
        );
        let header: ExtendedAttributeHeaderDescriptor = testing::both_ways(&block);
        assert_eq!(header.implementation_attributes, ExtendedAttributeHeaderDescriptor::NONE);
        assert_eq!((header.application_attributes, header.tag.location), (24, 17));
        assert!(header.encode(&mut [0; 23]).is_err());
    }

    proptest! {
        #[test]
        fn survives(bytes in prop::collection::vec(any::<u8>(), 24..=300)) {
            prop_assert!(testing::survives::<ExtendedAttributeHeaderDescriptor>(bytes, 8));
        }
    }
}
