//! What a boot catalog (El Torito) says, and the boot images that it leads to.

use iso9660::el_torito::{
    BootEntry, BootIndicator, BootInfoTable, MediaType, PlatformId, VIRTUAL_SECTOR_SIZE, catalog_of,
};
use iso9660::read::VolumeSet;
use iso9660::volume::BootRecord;
use multisession::Session;
use sector_io::{ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::super::catalog::platform_name;
use super::super::{BootLoader, FatBootSector, read};
use super::{catalog_entries, text};
use crate::address::sector;
use crate::disc::{Disc, EL_TORITO, Finding};
use crate::plan::SYSTEM_AREA;
use crate::{Error, Result};

/// What a session's boot catalog (El Torito) says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BootCatalogReport {
    /// Where it lies.
    pub sector: u32,
    /// The file that it is in.
    pub path: Option<String>,
    /// Platform of the validation entry.
    pub platform: String,
    /// Who made it, by the validation entry.
    pub identifier: String,
    /// The boot images, the initial entry first.
    pub images: Vec<BootImageReport>,
    /// What of the tree could not be read, where something here has no path for that reason.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub unread: Option<String>,
    /// What is wrong or odd, in words.
    pub findings: Vec<String>,
}

/// An entry of a boot catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BootImageReport {
    /// From 1.
    pub number: u32,
    /// Firmware it is for, in words.
    pub platform: String,
    /// The same as recorded.
    pub platform_id: u8,
    /// Whether firmware may boot from it.
    pub bootable: bool,
    /// What it seems to be: `none`, `diskette 1.44 MB`, `hard disk`.
    pub emulation: String,
    /// Real-mode segment, 0 standing for 0x7C0.
    pub load_segment: u16,
    /// System type: that of the partition of a hard disk.
    pub system_type: u8,
    /// Sectors of 512 bytes that are loaded.
    pub load_sectors: u16,
    /// Where it lies.
    pub sector: u32,
    /// Its bytes, as far as that can be told.
    pub size: u64,
    /// What tells that.
    pub size_from: SizeFrom,
    /// The file that it is in.
    pub path: Option<String>,
    /// Text of its section.
    pub section: Option<String>,
    /// Type of its selection criteria.
    pub selection: Option<u8>,
    /// These as recorded, in hexadecimal digits, up to the last byte that is no zero.
    pub selection_criteria: Option<String>,
    /// The boot loader that it is, if it is one that is known here.
    pub loader: Option<String>,
    /// The boot info table in it.
    pub boot_info_table: Option<InfoTableReport>,
    /// Whether it is told where its rest lies, as GRUB 2 wants it.
    pub grub2_boot_info: bool,
}

/// How a boot image's size is known, for a catalog does not tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum SizeFrom {
    /// The file at its place has it.
    File,
    /// All diskettes of the kind have it.
    Diskette,
    /// The partition table in it ends there.
    HardDisk,
    /// A partition of the medium begins at its place and has it.
    Partition,
    /// The FAT file system in it has it.
    FileSystem,
    /// The boot info table in it has it, with a checksum that is right over so many bytes.
    BootInfoTable,
    /// So much is loaded; there may be more.
    LoadSize,
}

/// A boot info table that names the image it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct InfoTableReport {
    /// Whether the checksum is that of the image.
    pub checksum_right: bool,
    /// Bytes of the image by the table.
    pub image_length: u32,
}

impl Disc {
    /// What the boot catalog of a session says; `None` where there is none. The tree is looked through for the
    /// files that boot images are in.
    ///
    /// # Errors
    /// As [`Disc::session`]; [`Error::NoFileSystem`]. Damage in the catalog is a finding.
    pub fn boot_catalog(&self, session: Option<u16>) -> Result<Option<BootCatalogReport>> {
        let session = self.session(session)?;
        let set = match self.volume_set(&session) {
            Ok(set) => set,
            // UDF alone has no place for a boot record that would be read here.
            Err(Error::NoFileSystem { .. } | Error::Corrupt { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(block) = set.boot_records.iter().find_map(catalog_of) else { return Ok(None) };
        let at = sector(block);
        let mut report = BootCatalogReport { sector: at.get(), ..BootCatalogReport::default() };
        let catalog = match read::catalog_at(self.source().as_ref(), at) {
            Ok(catalog) => catalog,
            Err(finding) => {
                report.findings.push(finding);
                return Ok(Some(report));
            }
        };
        let wrong = catalog_entries::check(self.source().as_ref(), at);
        report.findings.extend(wrong.into_iter().map(|finding| finding.message));
        report.platform = platform_name(catalog.validation.platform);
        report.identifier = text(&catalog.validation.identifier);
        report.images.extend((1..).zip(read::entries(&catalog)).map(|(number, entry)| {
            let selection = entry.selection.as_ref();
            BootImageReport {
                section: entry.section.map(text).filter(|text| !text.is_empty()),
                selection: selection.map(|selection| selection.kind).filter(|&kind| kind != 0),
                selection_criteria: selection.and_then(|selection| hexadecimal(&selection.criteria)),
                ..image(number, entry.platform, entry.boot)
            }
        }));
        self.find_files(session.number, &mut report);
        let partitions = self.partition_sizes(session.number);
        for image in &mut report.images {
            self.look_into(image, &partitions, &mut report.findings);
        }
        Ok(Some(report))
    }

    /// What is wrong with the boot record and the boot catalog of a session, for which something does not boot.
    pub(crate) fn damaged_boot_catalog(&self, session: &Session) -> Vec<Finding> {
        let Ok(set) = self.volume_set(session) else { return Vec::new() };
        let source = self.source().as_ref();
        let Some(at) = set.boot_records.iter().find_map(catalog_of).map(sector) else {
            return lost_identifier(source, session, &set).into_iter().collect();
        };
        match read::catalog_at(source, at) {
            Ok(_) => catalog_entries::check(source, at),
            Err(wrong) => vec![Finding::damage(wrong).at(at).by(EL_TORITO)],
        }
    }

    /// Names the files that lie where catalog and images do.
    fn find_files(&self, session: u16, report: &mut BootCatalogReport) {
        let offset = |sector| Sector::new(sector).byte_offset();
        let places = report.images.iter().map(|image| image.sector).chain([report.sector]).map(offset);
        let Some(files) = self.files_at(Some(session), places) else { return };
        let beginning = |sector| files.beginning_at(offset(sector));
        report.path = beginning(report.sector).map(|file| file.path.clone());
        for image in &mut report.images {
            if let Some(file) = beginning(image.sector) {
                image.path = Some(file.path.clone());
                (image.size, image.size_from) = (file.len, SizeFrom::File);
            }
        }
        report.findings.extend(files.finding());
        report.unread = files.unread;
    }

    /// What the image's own bytes tell of it.
    fn look_into(&self, image: &mut BootImageReport, partitions: &[(u64, u64)], findings: &mut Vec<String>) {
        let at = Sector::new(image.sector);
        let source = self.source().as_ref();
        let Some(first) = read::beginning_at(source, at) else {
            let message = format!("boot image {} lies beyond the end, at sector {at}", image.number);
            if !findings.contains(&message) {
                findings.push(message);
            }
            return;
        };
        if image.size_from == SizeFrom::LoadSize {
            let block = u64::from(image.sector) * 4;
            let partition = partitions.iter().find(|(start, blocks)| *start == block && *blocks > 0);
            let found = match (
                partition,
                FatBootSector::parse(&first).ok().map(|fat| fat.len),
                read::hard_disk_len(&first),
            ) {
                (Some((_, blocks)), ..) => Some((blocks.saturating_mul(512), SizeFrom::Partition)),
                (None, Some(len), _) if image.platform_id == PlatformId::EFI.0 => {
                    Some((len, SizeFrom::FileSystem))
                }
                (None, _, Some(len)) if image.emulation == HARD_DISK => Some((len, SizeFrom::HardDisk)),
                _ => None,
            };
            if let Some((size, from)) = found {
                (image.size, image.size_from) = (size, from);
            }
        }
        if let Some(table) = read::info_table_of(&first, at) {
            let checksum_right = self.checksum(at, table.image_length.into()) == Some(table.checksum);
            let image_length = table.image_length;
            image.boot_info_table = Some(InfoTableReport { checksum_right, image_length });
            if image.size_from == SizeFrom::LoadSize && checksum_right {
                (image.size, image.size_from) = (image_length.into(), SizeFrom::BootInfoTable);
            }
        }
        let there = source.sectors().since_sector(at);
        if image.size > there {
            findings
                .push(format!("boot image {} has {} bytes, and {there} are there", image.number, image.size));
        }
        image.loader = BootLoader::detect(&first).map(|loader| loader.to_string());
        image.grub2_boot_info = read::has_grub2_boot_info(&first, at);
        let Some(table) = &image.boot_info_table else { return };
        if !table.checksum_right {
            findings.push(format!(
                "boot image {}: its boot info table has another checksum: ISOLINUX does not start",
                image.number
            ));
        }
        if image.size_from == SizeFrom::File && image.size != u64::from(table.image_length) {
            findings.push(format!(
                "boot image {}: its boot info table tells {} bytes, the file has {}",
                image.number, table.image_length, image.size
            ));
        }
    }

    fn checksum(&self, start: Sector, len: u64) -> Option<u32> {
        if len > self.source().sectors().since_sector(start) {
            return None;
        }
        let mut sum = 0u32;
        let mut at = BootInfoTable::CHECKSUM_START as u64;
        let mut buffer = Vec::new();
        while at < len {
            // Up to the next MiB, so that all parts but the first begin with a sector.
            let piece = ((at / (1 << 20) + 1) * (1 << 20)).min(len) - at;
            buffer.resize(piece as usize, 0);
            crate::emit::read_bytes(self.source().as_ref(), start, at, &mut buffer).ok()?;
            sum = sum.wrapping_add(BootInfoTable::checksum(&buffer));
            at += piece;
        }
        Some(sum)
    }
}

/// That a boot record is not El Torito's, though it leads to a boot catalog: firmware passes it over.
fn lost_identifier(source: &dyn ReadSectors, session: &Session, set: &VolumeSet) -> Option<Finding> {
    let leads_to_catalog = |record: &BootRecord| {
        let at = record.boot_system_use.first_chunk().map(|bytes| Sector::new(u32::from_le_bytes(*bytes)));
        at.is_some_and(|at| at > Sector::ZERO && read::catalog_at(source, at).is_ok())
    };
    let record = set.boot_records.iter().find(|record| leads_to_catalog(record))?.encode();
    let first = session.start.checked_add(SYSTEM_AREA)?;
    let mut sector = [0; SECTOR_SIZE];
    let is_it = |at: &Sector| source.read_sectors(*at, &mut sector).is_ok() && sector[..] == record[..];
    let at = (first.get()..set.end.get()).map(Sector::new).find(is_it).unwrap_or(first);
    let message = "a boot record that leads to a boot catalog, and does not say EL TORITO SPECIFICATION: nothing boots \
                   from it";
    Some(Finding::damage(message).at(at).by(EL_TORITO))
}

/// Bytes from a sector to the end.
trait SinceSector {
    fn since_sector(self, at: Sector) -> u64;
}

impl SinceSector for SectorCount {
    fn since_sector(self, at: Sector) -> u64 {
        self.bytes().saturating_sub(at.byte_offset())
    }
}

const HARD_DISK: &str = "hard disk";

/// Digits of the bytes up to the last that is no zero; `None` for zeros alone.
fn hexadecimal(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().rposition(|&byte| byte != 0)? + 1;
    Some(bytes[..end].iter().map(|byte| format!("{byte:02x}")).collect())
}

fn image(number: u32, platform: PlatformId, entry: &BootEntry) -> BootImageReport {
    let (size, size_from) = match entry.media.diskette_len() {
        Some(len) => (u64::from(len), SizeFrom::Diskette),
        None => (u64::from(entry.sector_count) * u64::from(VIRTUAL_SECTOR_SIZE), SizeFrom::LoadSize),
    };
    BootImageReport {
        number,
        platform: platform_name(platform),
        platform_id: platform.0,
        bootable: entry.indicator == BootIndicator::BOOTABLE,
        emulation: match entry.media {
            MediaType::NO_EMULATION => "none".to_owned(),
            MediaType::DISKETTE_1200 => "diskette 1.2 MB".to_owned(),
            MediaType::DISKETTE_1440 => "diskette 1.44 MB".to_owned(),
            MediaType::DISKETTE_2880 => "diskette 2.88 MB".to_owned(),
            MediaType::HARD_DISK => HARD_DISK.to_owned(),
            MediaType(other) => format!("type {other}"),
        },
        load_segment: entry.load_segment,
        system_type: entry.system_type,
        load_sectors: entry.sector_count,
        sector: entry.load_rba.get(),
        size,
        size_from,
        path: None,
        section: None,
        selection: None,
        selection_criteria: None,
        loader: None,
        boot_info_table: None,
        grub2_boot_info: false,
    }
}
