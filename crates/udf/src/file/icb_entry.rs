use crate::file::{
    ExtendedFileEntry, FileEntry, IcbTag, IndirectEntry, PartitionIntegrityEntry, TerminalEntry,
    UnallocatedSpaceEntry,
};
use crate::{Descriptor, Error, Tag, TagId};

/// Any of the entries that an ICB has (ECMA-167 4/14.6).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IcbEntry<'a> {
    /// File entry.
    File(FileEntry<'a>),
    /// Extended file entry.
    Extended(ExtendedFileEntry<'a>),
    /// Indirect entry.
    Indirect(IndirectEntry),
    /// Terminal entry.
    Terminal(TerminalEntry),
    /// Unallocated space entry.
    UnallocatedSpace(UnallocatedSpaceEntry<'a>),
    /// Partition integrity entry.
    PartitionIntegrity(Box<PartitionIntegrityEntry>),
}

impl<'a> IcbEntry<'a> {
    /// The entry in `block`; `None` if its tag is valid and says that it is none of these.
    ///
    /// # Errors
    /// As the `parse` of each.
    pub fn parse(block: &'a [u8]) -> Result<Option<IcbEntry<'a>>, Error> {
        let (tag, _) = Tag::open(block)?;
        Ok(Some(match tag.id {
            TagId::FILE_ENTRY => IcbEntry::File(FileEntry::parse_behind(tag, block)?),
            TagId::EXTENDED_FILE_ENTRY => IcbEntry::Extended(ExtendedFileEntry::parse_behind(tag, block)?),
            TagId::INDIRECT_ENTRY => IcbEntry::Indirect(Descriptor::parse(block)?),
            TagId::TERMINAL_ENTRY => IcbEntry::Terminal(Descriptor::parse(block)?),
            TagId::UNALLOCATED_SPACE_ENTRY => {
                IcbEntry::UnallocatedSpace(UnallocatedSpaceEntry::parse(block)?)
            }
            TagId::PARTITION_INTEGRITY => {
                IcbEntry::PartitionIntegrity(Descriptor::parse(block).map(Box::new)?)
            }
            _ => return Ok(None),
        }))
    }

    /// Its descriptor tag.
    #[must_use]
    pub fn tag(&self) -> &Tag {
        match self {
            IcbEntry::File(entry) => &entry.tag,
            IcbEntry::Extended(entry) => &entry.tag,
            IcbEntry::Indirect(entry) => &entry.tag,
            IcbEntry::Terminal(entry) => &entry.tag,
            IcbEntry::UnallocatedSpace(entry) => &entry.tag,
            IcbEntry::PartitionIntegrity(entry) => &entry.tag,
        }
    }

    /// Its ICB tag.
    #[must_use]
    pub fn icb_tag(&self) -> &IcbTag {
        match self {
            IcbEntry::File(entry) => &entry.icb_tag,
            IcbEntry::Extended(entry) => &entry.icb_tag,
            IcbEntry::Indirect(entry) => &entry.icb_tag,
            IcbEntry::Terminal(entry) => &entry.icb_tag,
            IcbEntry::UnallocatedSpace(entry) => &entry.icb_tag,
            IcbEntry::PartitionIntegrity(entry) => &entry.icb_tag,
        }
    }

    /// Fills the whole of `block` with it.
    ///
    /// # Errors
    /// As the `encode` of each.
    pub fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        match self {
            IcbEntry::File(entry) => entry.encode(block),
            IcbEntry::Extended(entry) => entry.encode(block),
            IcbEntry::Indirect(entry) => entry.encode(block),
            IcbEntry::Terminal(entry) => entry.encode(block),
            IcbEntry::UnallocatedSpace(entry) => entry.encode(block),
            IcbEntry::PartitionIntegrity(entry) => entry.encode(block),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_descriptors_are_none_of_these() {
        let mut block = [0; 512];
        let tag = Tag { id: TagId::FILE_SET, version: 2, serial: 0, crc_length: 496, location: 0 };
        tag.seal(&mut block).unwrap();
        assert_eq!(IcbEntry::parse(&block), Ok(None));
        assert_eq!(IcbEntry::parse(&[0; 512]), Ok(None));
    }

    proptest! {
        #[test]
        fn any_bytes_behind_a_valid_tag(
            mut block in prop::collection::vec(any::<u8>(), 16..=1024),
            id in 259..=266u16,
            short: bool,
        ) {
            if short {
                // Where the entries have their length fields.
                for offset in [36, 168, 172, 208, 212] {
                    if let Some(field) = block.get_mut(offset + 1..offset + 4) {
                        field.fill(0);
                    }
                }
            }
            let tag = Tag { id: TagId(id), version: 2, serial: 0, crc_length: 0, location: 7 };
            tag.seal(&mut block).unwrap();
            if let Ok(Some(entry)) = IcbEntry::parse(&block) {
                prop_assert_eq!(entry.tag(), &tag);
                let mut encoded = vec![0; block.len()];
                entry.encode(&mut encoded).unwrap();
                let again = IcbEntry::parse(&encoded).unwrap().unwrap();
                prop_assert_eq!(again.icb_tag(), entry.icb_tag());
                prop_assert_eq!(again, entry);
            }
        }
    }
}
