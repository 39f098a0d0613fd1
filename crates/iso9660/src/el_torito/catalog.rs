use nom::IResult;

use super::{
    ENTRY_LEN, EmulationFlags, InitialEntry, PlatformId, SectionEntry, SectionEntryExtension, SectionHeader,
    ValidationEntry,
};

/// The boot images for one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Platform of the images.
    pub platform: PlatformId,
    /// Identifies the section to the firmware; padded with zeros.
    pub identifier: [u8; 28],
    /// The images, each with the extensions of its selection criteria.
    pub entries: Vec<(SectionEntry, Vec<SectionEntryExtension>)>,
}

/// Boot catalog (2.0): the boot images of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootCatalog {
    /// Proves that this is a catalog, and names the platform of the initial entry.
    pub validation: ValidationEntry,
    /// The image that firmware boots from unless it chooses otherwise.
    pub initial: InitialEntry,
    /// Further images. Firmware with BIOS looks at the initial entry only.
    pub sections: Vec<Section>,
}

impl BootCatalog {
    /// Reads the catalog at the start of `input`, and gives what follows it. `input` need not end with the
    /// catalog: without a section header behind the initial entry the catalog ends there, as it does behind
    /// the last section.
    ///
    /// # Errors
    /// When `input` ends inside the catalog, or its validation entry is none. A section that is announced but
    /// is none ends the catalog.
    pub fn parse(input: &[u8]) -> IResult<&[u8], BootCatalog> {
        let (rest, validation) = ValidationEntry::parse(input)?;
        let (mut rest, initial) = InitialEntry::parse(rest)?;
        let mut sections = Vec::new();
        while let Ok((entries, header)) = SectionHeader::parse(rest) {
            let (after, section) = parse_entries(entries, &header)?;
            sections.push(section);
            rest = after;
            if header.last {
                break;
            }
        }
        Ok((rest, BootCatalog { validation, initial, sections }))
    }

    /// Bytes that [`encode`](Self::encode) gives. The catalog on disc is padded to whole sectors.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let entries = |section: &Section| -> usize {
            section.entries.iter().map(|(_, extensions)| 1 + extensions.len()).sum()
        };
        let sections: usize = self.sections.iter().map(|section| 1 + entries(section)).sum();
        ENTRY_LEN * (2 + sections)
    }

    /// The catalog. Which header is the last, the numbers of entries, and which entries and extensions others
    /// follow, are recorded as the vectors say. A section of more than 65,535 entries is continued in further
    /// ones of the same platform and identifier.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.encoded_len());
        out.extend(self.validation.encode());
        out.extend(self.initial.encode());
        for (index, section) in self.sections.iter().enumerate() {
            let last_section = index + 1 == self.sections.len();
            let most = usize::from(u16::MAX);
            let mut parts = section.entries.chunks(most).peekable();
            loop {
                let entries = parts.next().unwrap_or_default();
                let header = SectionHeader {
                    last: last_section && parts.peek().is_none(),
                    platform: section.platform,
                    entries: entries.len() as u16,
                    identifier: section.identifier,
                };
                out.extend(header.encode());
                encode_entries(entries, &mut out);
                if parts.peek().is_none() {
                    break;
                }
            }
        }
        out
    }
}

fn parse_entries<'a>(mut rest: &'a [u8], header: &SectionHeader) -> IResult<&'a [u8], Section> {
    let mut entries = Vec::new();
    for _ in 0..header.entries {
        let (after, entry) = SectionEntry::parse(rest)?;
        rest = after;
        let mut extensions = Vec::new();
        let mut more = entry.flags.contains(EmulationFlags::CONTINUATION);
        while more {
            // Some writers set the flag without an extension; the next entry is none then.
            let Ok((after, extension)) = SectionEntryExtension::parse(rest) else { break };
            rest = after;
            more = extension.continues;
            extensions.push(extension);
        }
        entries.push((entry, extensions));
    }
    Ok((rest, Section { platform: header.platform, identifier: header.identifier, entries }))
}

fn encode_entries(entries: &[(SectionEntry, Vec<SectionEntryExtension>)], out: &mut Vec<u8>) {
    for (entry, extensions) in entries {
        let mut entry = *entry;
        entry.flags.set(EmulationFlags::CONTINUATION, !extensions.is_empty());
        out.extend(entry.encode());
        for (index, extension) in extensions.iter().enumerate() {
            let continues = index + 1 < extensions.len();
            out.extend(SectionEntryExtension { continues, ..*extension }.encode());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::BootEntry;
    use super::*;
    use crate::LogicalBlock;
    use proptest::prelude::*;

    fn entry(block: u32) -> BootEntry {
        BootEntry::no_emulation(LogicalBlock::new(block), 4)
    }

    #[test]
    fn bytes_of_the_specification() {
        let catalog = BootCatalog {
            validation: ValidationEntry { platform: PlatformId::X86, identifier: [0; 24] },
            initial: InitialEntry::new(entry(20)),
            sections: vec![Section {
                platform: PlatformId::EFI,
                identifier: [0; 28],
                entries: vec![(SectionEntry::new(entry(21)), Vec::new())],
            }],
        };
        let mut recorded = [0; 128];
        recorded[0] = 1;
        recorded[28..32].copy_from_slice(&[0xAA, 0x55, 0x55, 0xAA]);
        recorded[32..44].copy_from_slice(&[0x88, 0, 0, 0, 0, 0, 4, 0, 20, 0, 0, 0]);
        recorded[64..68].copy_from_slice(&[0x91, 0xEF, 1, 0]);
        recorded[96..108].copy_from_slice(&[0x88, 0, 0, 0, 0, 0, 4, 0, 21, 0, 0, 0]);
        assert_eq!(catalog.encode(), recorded);
        let mut sector = recorded.to_vec();
        sector.resize(2048, 0);
        let (rest, parsed) = BootCatalog::parse(&sector).unwrap();
        assert_eq!((rest.len(), parsed), (2048 - 128, catalog));
        assert!(BootCatalog::parse(&recorded[..127]).is_err());
        assert!(BootCatalog::parse(&recorded[..64]).unwrap().1.sections.is_empty());
    }

    fn sections() -> impl Strategy<Value = Vec<Section>> {
        let extension = any::<[u8; 30]>()
            .prop_map(|selection_criteria| SectionEntryExtension { continues: false, selection_criteria });
        let entries = (any::<u32>(), proptest::collection::vec(extension, 0..3))
            .prop_map(|(block, extensions)| (SectionEntry::new(entry(block)), extensions));
        let section = (any::<u8>(), any::<[u8; 28]>(), proptest::collection::vec(entries, 0..4)).prop_map(
            |(platform, identifier, entries)| Section { platform: PlatformId(platform), identifier, entries },
        );
        proptest::collection::vec(section, 0..4)
    }

    proptest! {
        #[test]
        fn round_trip(block: u32, sections in sections()) {
            let validation = ValidationEntry { platform: PlatformId::X86, identifier: [b'x'; 24] };
            let catalog = BootCatalog { validation, initial: InitialEntry::new(entry(block)), sections };
            let encoded = catalog.encode();
            prop_assert_eq!(encoded.len(), catalog.encoded_len());
            let (rest, mut parsed) = BootCatalog::parse(&encoded).unwrap();
            prop_assert!(rest.is_empty());
            prop_assert_eq!(parsed.encode(), encoded);
            for (entry, extensions) in parsed.sections.iter_mut().flat_map(|section| &mut section.entries) {
                entry.flags.remove(EmulationFlags::CONTINUATION);
                extensions.iter_mut().for_each(|extension| extension.continues = false);
            }
            prop_assert_eq!(parsed, catalog);
        }

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(prop_oneof![Just(0x90u8), Just(0x91), Just(0x44), Just(0x20), any::<u8>()], 0..600)) {
            let mut catalog = ValidationEntry { platform: PlatformId::X86, identifier: [0; 24] }.encode().to_vec();
            catalog.extend(bytes);
            let _ = BootCatalog::parse(&catalog);
        }
    }
}
