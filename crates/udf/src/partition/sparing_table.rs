use nom::Parser;
use nom::multi::count;
use nom::number::complete::{le_u16, le_u32};

use crate::nom_ext::{clear, put, run};
use crate::{Descriptor, EntityId, Error, Tag, TagId};

/// A sparing table (UDF 2.2.12): which packets of a sparable partition are replaced, and by which. There are
/// up to four copies; the highest sequence number prevails.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SparingTable {
    /// Descriptor tag; its identifier is 0.
    pub tag: Tag,
    /// Sparing identifier: `*UDF Sparing Table` with the revision.
    pub identifier: EntityId,
    /// Sequence number, one higher with each change.
    pub sequence_number: u32,
    /// Map entries, in ascending order of the original location.
    pub entries: Vec<SparingEntry>,
}

/// A map entry of a sparing table (UDF 2.2.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SparingEntry {
    /// Original location: first logical block of the packet in its partition, or one of the two values
    /// that say that the spare packet is not in use.
    pub original: u32,
    /// Mapped location: first block of the spare packet, absolute in the volume.
    pub mapped: u32,
}

impl SparingEntry {
    /// Original location of a spare packet that is free.
    pub const FREE: u32 = 0xffff_ffff;
    /// Original location of a spare packet that is defective.
    pub const DEFECTIVE: u32 = 0xffff_fff0;

    /// Whether a packet is replaced by this spare packet.
    #[must_use]
    pub const fn is_in_use(&self) -> bool {
        self.original < SparingEntry::DEFECTIVE
    }
}

const NAME: &str = "sparing table";
const ENTRIES: usize = 56;

impl Descriptor for SparingTable {
    const ID: TagId = TagId::SPARING_TABLE;

    fn tag(&self) -> &Tag {
        &self.tag
    }

    fn parse(extent: &[u8]) -> Result<Self, Error> {
        let (tag, body) = Tag::open_as(extent, Self::ID)?;
        let fields = (EntityId::parse, le_u16, le_u16, le_u32);
        let (identifier, number, _reserved, sequence_number) =
            run(NAME, body, |input| { fields }.parse(input))?;
        if !identifier.is(EntityId::SPARING_TABLE) {
            // Blank blocks have the same tag identifier.
            return Err(Error::Value { structure: NAME, field: "sparing identifier", value: 0 });
        }
        let most = extent.len().saturating_sub(ENTRIES) / 8;
        if usize::from(number) > most {
            let field = "reallocation table length";
            return Err(Error::Length { structure: NAME, field, value: number.into(), most: most as u64 });
        }
        let entry = (le_u32, le_u32).map(|(original, mapped)| SparingEntry { original, mapped });
        let mut entries = count(entry, number.into());
        let entries = run(NAME, extent.get(ENTRIES..).unwrap_or_default(), |input| entries.parse(input))?;
        Ok(SparingTable { tag, identifier, sequence_number, entries })
    }

    fn encode(&self, extent: &mut [u8]) -> Result<(), Error> {
        let Ok(number) = u16::try_from(self.entries.len()) else {
            let (field, value) = ("reallocation table length", self.entries.len() as u64);
            return Err(Error::Length { structure: NAME, field, value, most: u16::MAX.into() });
        };
        clear(NAME, extent, ENTRIES + self.entries.len() * 8)?;
        put(extent, 16, &self.identifier.bytes());
        put(extent, 48, &number.to_le_bytes());
        put(extent, 52, &self.sequence_number.to_le_bytes());
        for (index, entry) in self.entries.iter().enumerate() {
            put(extent, ENTRIES + index * 8, &entry.original.to_le_bytes());
            put(extent, ENTRIES + index * 8 + 4, &entry.mapped.to_le_bytes());
        }
        self.tag.seal(extent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn one_packet_replaced_one_spare_free() {
        let block = testing::block(
            512,
            &[
                (0, &[0, 0, 0x02, 0, 0xcb, 0, 0, 0, 0x10, 0x28, 0xf0, 0x01, 160, 0, 0, 0]),
                (16, b"\0*UDF Sparing Table"),
                (40, &[0x50, 0x01]),
                (48, &[2, 0, 0, 0, 7, 0, 0, 0]),
                (56, &[0x40, 0, 0, 0, 0x20, 0x05, 0, 0]),
                (64, &[0xff, 0xff, 0xff, 0xff, 0x40, 0x05, 0, 0]),
            ],
        );
        let table: SparingTable = testing::both_ways(&block);
        assert_eq!((table.sequence_number, table.entries.len()), (7, 2));
        assert_eq!(table.entries[0], SparingEntry { original: 64, mapped: 1312 });
        assert!(table.entries[0].is_in_use() && !table.entries[1].is_in_use());
    }

    #[test]
    fn a_blank_block_is_no_table() {
        assert!(matches!(SparingTable::parse(&[0; 512]), Err(Error::Value { .. })));
    }

    proptest! {
        #[test]
        fn survives(mut bytes in prop::collection::vec(any::<u8>(), 512..=2048), number in 0u8..=57) {
            bytes[17..40].copy_from_slice(b"*UDF Sparing Table\0\0\0\0\0");
            bytes[48..50].copy_from_slice(&[number, 0]);
            prop_assert!(testing::survives::<SparingTable>(bytes, 496));
        }

        #[test]
        fn any_length(mut bytes in prop::collection::vec(any::<u8>(), 56..=600)) {
            bytes[17..40].copy_from_slice(b"*UDF Sparing Table\0\0\0\0\0");
            testing::survives::<SparingTable>(bytes, 8);
        }
    }
}
