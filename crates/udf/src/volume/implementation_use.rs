use nom::Parser;
use nom::number::complete::le_u32;

use crate::nom_ext::{array, clear, put, run};
use crate::{CharSpec, DString, Descriptor, EntityId, Error, Tag, TagId};

/// An implementation use volume descriptor, 512 bytes (ECMA-167 3/10.4, UDF 2.2.7).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImplementationUseVolumeDescriptor {
    /// Descriptor tag.
    pub tag: Tag,
    /// Volume descriptor sequence number.
    pub sequence_number: u32,
    /// Implementation identifier: whose the content is.
    pub implementation_identifier: EntityId,
    /// Implementation use.
    pub implementation_use: ImplementationUse,
}

/// The content of an implementation use volume descriptor, 460 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ImplementationUse {
    /// Of `*UDF LV Info`.
    LvInformation(LvInformation),
    /// Of anything else.
    Other([u8; 460]),
}

/// Information on a logical volume (UDF 2.2.7.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LvInformation {
    /// Character set of the texts.
    pub character_set: CharSpec,
    /// Logical volume identifier, as in the logical volume descriptor.
    pub logical_volume_identifier: DString<128>,
    /// Three texts: by custom owner, organisation, contact.
    pub information: [DString<36>; 3],
    /// Implementation identifier: who wrote this.
    pub implementation_identifier: EntityId,
    /// Implementation use.
    pub implementation_use: [u8; 128],
}

const SIZE: usize = 512;
const NAME: &str = "implementation use volume descriptor";

impl Descriptor for ImplementationUseVolumeDescriptor {
    const ID: TagId = TagId::IMPLEMENTATION_USE_VOLUME;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(block: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(block, Self::ID)?;
        run(NAME, body, |input| {
            let (input, (sequence_number, implementation_identifier)) =
                (le_u32, EntityId::parse).parse(input)?;
            let (rest, content) = array::<460>(input)?;
            let implementation_use = if implementation_identifier.is(EntityId::LV_INFO) {
                let fields = (CharSpec::parse, array, array, array, array, EntityId::parse, array::<128>);
                let (_, (character_set, volume, owner, organisation, contact, id, implementation_use)) =
                    { fields }.parse(input)?;
                ImplementationUse::LvInformation(LvInformation {
                    character_set,
                    logical_volume_identifier: DString(volume),
                    information: [DString(owner), DString(organisation), DString(contact)],
                    implementation_identifier: id,
                    implementation_use,
                })
            } else {
                ImplementationUse::Other(content)
            };
            let descriptor = ImplementationUseVolumeDescriptor {
                tag,
                sequence_number,
                implementation_identifier,
                implementation_use,
            };
            Ok((rest, descriptor))
        })
    }

    fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        clear(NAME, block, SIZE)?;
        put(block, 16, &self.sequence_number.to_le_bytes());
        put(block, 20, &self.implementation_identifier.bytes());
        match &self.implementation_use {
            ImplementationUse::LvInformation(information) => {
                put(block, 52, &information.character_set.bytes());
                put(block, 116, &information.logical_volume_identifier.0);
                put(block, 244, &information.information[0].0);
                put(block, 280, &information.information[1].0);
                put(block, 316, &information.information[2].0);
                put(block, 352, &information.implementation_identifier.bytes());
                put(block, 384, &information.implementation_use);
            }
            ImplementationUse::Other(content) => put(block, 52, content),
        }
        self.tag.seal(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn information_on_a_logical_volume() {
        let block = testing::block(
            512,
            &[
                (0, &[0x04, 0, 0x02, 0, 0x20, 0, 0, 0, 0x6f, 0x97, 0xf0, 0x01, 35, 0, 0, 0]),
                (16, &[4, 0, 0, 0]),
                (20, b"\0*UDF LV Info"),
                (44, &[0x02, 0x01, 4, 5]),
                (52, b"\0OSTA Compressed Unicode"),
                (116, b"\x08LABEL"),
                (243, &[6]),
                (244, b"\x08Ada"),
                (279, &[4]),
                (280, b"\x08ACM"),
                (315, &[4]),
                (316, b"\x08+1"),
                (351, &[3]),
                (352, b"\0*Developer"),
                (384, &[0xaa]),
            ],
        );
        let descriptor: ImplementationUseVolumeDescriptor = testing::both_ways(&block);
        let ImplementationUse::LvInformation(information) = descriptor.implementation_use else {
            panic!("not recognised");
        };
        assert_eq!(information.logical_volume_identifier.text().unwrap(), "LABEL");
        let texts = information.information.map(|text| text.text().unwrap());
        assert_eq!(texts, ["Ada", "ACM", "+1"]);
        assert!(information.implementation_identifier.is(b"*Developer"));
        assert_eq!(information.implementation_use[0], 0xaa);
    }

    proptest! {
        #[test]
        fn survives(mut bytes in prop::collection::vec(any::<u8>(), 512..=2048), known: bool) {
            if known {
                bytes[20..52].copy_from_slice(&EntityId::new(EntityId::LV_INFO).bytes());
            }
            prop_assert!(testing::survives::<ImplementationUseVolumeDescriptor>(bytes, 496));
        }
    }
}
