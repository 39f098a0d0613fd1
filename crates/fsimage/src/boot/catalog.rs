//! From options to the structures of a boot catalog.

use iso9660::LogicalBlock;
use iso9660::el_torito::{
    BootCatalog, BootEntry, BootIndicator, EmulationFlags, InitialEntry, MediaType, PlatformId, Section,
    SectionEntry, SectionEntryExtension, ValidationEntry,
};
use sector_io::SECTOR_SIZE;

use super::read::LONGEST_CATALOG;
use super::{BootImage, BootOptions, Emulation, SelectionCriteria};
use crate::{Error, Result};

/// A boot image of which all is known that its entry says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Located {
    pub(super) block: u32,
    pub(super) len: u64,
    /// Type of the only partition of an image that is to be a hard disk.
    pub(super) system_type: u8,
}

/// Bytes of the catalog, in whole sectors.
pub(super) fn len(options: &BootOptions) -> u64 {
    let nowhere = vec![Located { len: 1, ..Located::default() }; options.images.len()];
    let entries = match build(options, &nowhere) {
        Ok(catalog) => catalog.encoded_len(),
        // What is wrong is told when the image is planned.
        Err(_) => 0,
    };
    entries.next_multiple_of(SECTOR_SIZE).max(SECTOR_SIZE) as u64
}

/// The catalog; `located` says of each image where it lies.
pub(super) fn build(options: &BootOptions, located: &[Located]) -> Result<BootCatalog> {
    let mut images = options.images.iter().zip(located).enumerate();
    let Some((_, (first, at))) = images.next() else {
        return Err(wrong("boot catalog", "has no boot image"));
    };
    if !first.section.is_empty() {
        return Err(wrong("boot image 1", "the initial entry is in no section, and has no text of one"));
    }
    let validation = ValidationEntry {
        platform: options.platform.unwrap_or(first.platform),
        identifier: field(&options.identifier, "identifier of the boot catalog")?,
    };
    let mut initial = InitialEntry::new(entry(0, first, *at)?);
    if let Some(selection) = &first.selection {
        let (criteria, behind) = criteria(selection);
        if !behind.is_empty() {
            let len = selection.criteria.len();
            let room = InitialEntry::CRITERIA;
            let reason =
                format!("{len} bytes of selection criteria, and the initial entry has room for {room}");
            return Err(wrong("boot image 1", reason));
        }
        (initial.selection_criteria_type, initial.selection_criteria) = (selection.kind, criteria);
    }
    let mut catalog = BootCatalog { validation, initial, sections: Vec::new() };
    for (index, (image, at)) in images {
        let identifier = field(&image.section, "section identifier of a boot image")?;
        let (flags, mut extensions) = (EmulationFlags::empty(), Vec::new());
        let mut entry = SectionEntry { flags, ..SectionEntry::new(entry(index, image, *at)?) };
        if let Some(selection) = &image.selection {
            entry.selection_criteria_type = selection.kind;
            let (inside, behind) = criteria(selection);
            entry.selection_criteria = inside;
            extensions.extend(behind.chunks(30).map(|part| {
                let mut selection_criteria = [0; 30];
                selection_criteria[..part.len()].copy_from_slice(part);
                SectionEntryExtension { continues: false, selection_criteria }
            }));
        }
        match catalog.sections.last_mut() {
            Some(last) if last.platform == image.platform && last.identifier == identifier => {
                last.entries.push((entry, extensions));
            }
            _ => catalog.sections.push(Section {
                platform: image.platform,
                identifier,
                entries: vec![(entry, extensions)],
            }),
        }
    }
    let len = catalog.encoded_len();
    if len > LONGEST_CATALOG {
        let reason = format!("its entries take {len} bytes, and {LONGEST_CATALOG} is the most that is read");
        return Err(wrong("boot catalog", reason));
    }
    Ok(catalog)
}

/// The criteria that are in the entry itself, and those behind them.
fn criteria(selection: &SelectionCriteria) -> ([u8; 19], &[u8]) {
    let mut inside = [0; 19];
    let (bytes, behind) = selection.criteria.split_at(selection.criteria.len().min(inside.len()));
    inside[..bytes.len()].copy_from_slice(bytes);
    (inside, behind)
}

fn entry(index: usize, image: &BootImage, at: Located) -> Result<BootEntry> {
    let name = || format!("boot image {}", index + 1);
    let sector_count = image.load_sectors(at.len).ok_or_else(|| {
        wrong(name(), format!("{} bytes are more than can be said to be loaded (65,535 sectors)", at.len))
    })?;
    Ok(BootEntry {
        indicator: if image.bootable { BootIndicator::BOOTABLE } else { BootIndicator::NOT_BOOTABLE },
        media: match image.emulation {
            Emulation::None => MediaType::NO_EMULATION,
            Emulation::HardDisk => MediaType::HARD_DISK,
            // While lengths are not known yet, any will do.
            Emulation::Diskette => diskette(at.len).unwrap_or(MediaType::DISKETTE_1440),
        },
        load_segment: image.load_segment,
        system_type: at.system_type,
        sector_count,
        load_rba: LogicalBlock::new(at.block),
    })
}

/// The diskette of that many bytes.
pub(super) fn diskette(len: u64) -> Option<MediaType> {
    [MediaType::DISKETTE_1200, MediaType::DISKETTE_1440, MediaType::DISKETTE_2880]
        .into_iter()
        .find(|kind| kind.diskette_len().is_some_and(|diskette| u64::from(diskette) == len))
}

fn field<const LEN: usize>(text: &str, name: &str) -> Result<[u8; LEN]> {
    let mut field = [0; LEN];
    let too_long = || wrong(name, format!("{text:?} has more than {LEN} bytes"));
    field.get_mut(..text.len()).ok_or_else(too_long)?.copy_from_slice(text.as_bytes());
    Ok(field)
}

pub(super) fn wrong(what: impl Into<String>, reason: impl Into<String>) -> Error {
    Error::BootImage { image: what.into(), reason: reason.into() }
}

/// The name of a platform, for people.
pub(super) fn platform_name(platform: PlatformId) -> String {
    match platform {
        PlatformId::X86 => "BIOS".to_owned(),
        PlatformId::POWER_PC => "PowerPC".to_owned(),
        PlatformId::MAC => "Mac".to_owned(),
        PlatformId::EFI => "UEFI".to_owned(),
        PlatformId(other) => format!("platform {other:#04x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::BootSource;
    use super::*;

    fn image(platform: PlatformId) -> BootImage {
        BootImage::new(BootSource::Appended(1), platform)
    }

    fn options(images: Vec<BootImage>) -> BootOptions {
        BootOptions { images, ..BootOptions::default() }
    }

    #[test]
    fn sections_are_those_of_neighbours_of_one_platform() {
        let named = BootImage { section: "other".to_owned(), ..image(PlatformId::EFI) };
        let options = options(vec![
            image(PlatformId::X86),
            image(PlatformId::EFI),
            image(PlatformId::EFI),
            named,
            image(PlatformId::MAC),
        ]);
        let located: Vec<_> =
            (20..25).map(|block| Located { block, len: 2048, ..Located::default() }).collect();
        let catalog = build(&options, &located).unwrap();
        let told: Vec<_> =
            catalog.sections.iter().map(|section| (section.platform.0, section.entries.len())).collect();
        assert_eq!(told, [(0xEF, 2), (0xEF, 1), (2, 1)]);
        assert_eq!(catalog.sections[0].entries[1].0.boot.load_rba, LogicalBlock::new(22));
        assert_eq!(catalog.initial.boot.sector_count, 4);
        assert_eq!(options.catalog_len(), 2048);
    }

    #[test]
    fn criteria_go_on_in_extensions() {
        let selection = Some(SelectionCriteria { kind: 1, criteria: vec![7; 60] });
        let options =
            options(vec![image(PlatformId::X86), BootImage { selection, ..image(PlatformId::X86) }]);
        let catalog = build(&options, &[Located::default(); 2]).unwrap();
        let (entry, extensions) = &catalog.sections[0].entries[0];
        assert_eq!((entry.selection_criteria, extensions.len()), ([7; 19], 2));
        assert_eq!(
            extensions[1].selection_criteria[10..],
            [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        );
    }

    #[test]
    fn criteria_of_the_initial_entry_end_with_it() {
        let built = |len: usize| {
            let selection = Some(SelectionCriteria { kind: 1, criteria: vec![7; len] });
            build(&options(vec![BootImage { selection, ..image(PlatformId::X86) }]), &[Located::default()])
        };
        let initial = built(19).unwrap().initial;
        assert_eq!((initial.selection_criteria_type, initial.selection_criteria), (1, [7; 19]));
        assert!(matches!(built(20), Err(Error::BootImage { image, .. }) if image == "boot image 1"));
    }

    #[test]
    fn many_entries_take_several_sectors() {
        let options = options(vec![image(PlatformId::X86); 100]);
        assert_eq!(options.catalog_len(), 4096);
    }

    #[test]
    fn no_catalog_is_longer_than_is_read() {
        let selection = Some(SelectionCriteria { kind: 1, criteria: vec![7; 33] });
        let chosen = BootImage { selection, ..image(PlatformId::X86) };
        let built = |count: usize| {
            let mut images = vec![image(PlatformId::X86)];
            images.resize(count, chosen.clone());
            build(&options(images), &vec![Located::default(); count])
        };
        // Validation and initial entry, the header of a section, and two places for each of the others.
        let catalog = built(1023).unwrap();
        assert_eq!(catalog.encoded_len(), (3 + 2 * 1022) * 32);
        assert!(BootCatalog::parse(&catalog.encode()).is_ok());
        assert!(matches!(built(1024), Err(Error::BootImage { image, .. }) if image == "boot catalog"));
    }

    #[test]
    fn what_has_no_room_is_refused() {
        let long = BootOptions { identifier: "x".repeat(25), ..options(vec![image(PlatformId::X86)]) };
        assert!(build(&long, &[Located::default()]).is_err());
        assert!(build(&options(Vec::new()), &[]).is_err());
    }
}
