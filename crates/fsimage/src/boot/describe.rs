//! What of a medium boots, in whosever words it was written.

use iso9660::el_torito::{
    BootEntry, BootIndicator, BootInfoTable, MediaType, PlatformId, VIRTUAL_SECTOR_SIZE, catalog_of,
};
use iso9660::system_area::{
    DISK_BLOCK, DriverDescriptorMap, GptHeader, GptPartition, Guid, MapEntry, MasterBootRecord,
    PartitionType, SYSTEM_AREA_LEN, partition_array_crc,
};
use sector_io::{ReadSectors, Sector, SectorCount};
use serde::Serialize;

use super::catalog::platform_name;
use super::{BootLoader, KnownCode, read};
use crate::address::sector;
use crate::disc::Disc;
use crate::tree::{FileSystem, Kind};
use crate::{Error, Result};

/// Most bytes of an array of GPT partitions that are read; usual are 16 KiB.
const MOST_ARRAY: u64 = 256 << 10;

/// Most entries of an Apple partition map that are read.
const MOST_APPLE: u32 = 64;

/// What a session's boot catalog (El Torito) says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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
    /// What is wrong or odd, in words.
    pub findings: Vec<String>,
}

/// An entry of a boot catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
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
    /// So much is loaded; there may be more.
    LoadSize,
}

/// A boot info table that names the image it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct InfoTableReport {
    /// Whether the checksum is that of the image.
    pub checksum_right: bool,
    /// Bytes of the image by the table.
    pub image_length: u32,
}

/// What the system area says: the first 16 sectors, which are for disks and not for discs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SystemAreaReport {
    /// Whether it holds anything.
    pub used: bool,
    /// Whose boot code there is, in words.
    pub code: Option<String>,
    /// Number of the boot image that the code is told of.
    pub code_boots_image: Option<u32>,
    /// Signature of the disk.
    pub disk_signature: Option<u32>,
    /// Partitions of the master boot record.
    pub mbr: Vec<MbrPartitionReport>,
    /// The GPT.
    pub gpt: Option<GptReport>,
    /// Its backup.
    pub backup_gpt: Option<GptReport>,
    /// Partitions of the Apple partition map.
    pub apple: Vec<ApplePartitionReport>,
    /// What is wrong or odd, in words.
    pub findings: Vec<String>,
}

/// A partition of a master boot record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MbrPartitionReport {
    /// From 1.
    pub number: u32,
    /// Whether it is marked active.
    pub active: bool,
    /// Its type.
    pub partition_type: u8,
    /// First block of 512 bytes.
    pub start: u64,
    /// Blocks.
    pub blocks: u64,
    /// The boot image that lies there.
    pub boot_image: Option<u32>,
}

/// A GPT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GptReport {
    /// Block of its header.
    pub header: u64,
    /// Whether the header's checksum is right.
    pub header_right: bool,
    /// Whether that of the partitions is.
    pub partitions_right: bool,
    /// GUID of the disk.
    pub disk: String,
    /// Block where the other copy is said to be.
    pub alternate: u64,
    /// First and last block for partitions.
    pub usable: (u64, u64),
    /// Its partitions.
    pub partitions: Vec<GptPartitionReport>,
}

/// A partition of a GPT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GptPartitionReport {
    /// From 1.
    pub number: u32,
    /// GUID of its type.
    pub partition_type: String,
    /// That in words, if it is one that is known here.
    pub type_name: Option<&'static str>,
    /// Its GUID.
    pub id: String,
    /// First block of 512 bytes.
    pub start: u64,
    /// Blocks.
    pub blocks: u64,
    /// Attributes as recorded.
    pub attributes: u64,
    /// Name.
    pub name: String,
    /// The boot image that lies there.
    pub boot_image: Option<u32>,
}

/// A partition of an Apple partition map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApplePartitionReport {
    /// From 1.
    pub number: u32,
    /// Name.
    pub name: String,
    /// Type.
    pub partition_type: String,
    /// First block, of 512 bytes whatever the map counts.
    pub start: u64,
    /// Blocks of 512 bytes.
    pub blocks: u64,
    /// The boot image that lies there.
    pub boot_image: Option<u32>,
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
        report.platform = platform_name(catalog.validation.platform);
        report.identifier = text(&catalog.validation.identifier);
        let initial = image(1, catalog.validation.platform, &catalog.initial);
        report.images.push(initial);
        for section in &catalog.sections {
            for (entry, extensions) in &section.entries {
                let number = report.images.len() as u32 + 1;
                let kind = entry.selection_criteria_type;
                report.images.push(BootImageReport {
                    section: Some(text(&section.identifier)).filter(|text| !text.is_empty()),
                    selection: Some(kind).filter(|&kind| kind != 0),
                    selection_criteria: hexadecimal(&read::selection_criteria(entry, extensions)),
                    ..image(number, section.platform, &entry.boot)
                });
            }
        }
        self.find_files(session.number, &mut report);
        let partitions = self.partition_sizes();
        for image in &mut report.images {
            self.look_into(image, &partitions, &mut report.findings);
        }
        Ok(Some(report))
    }

    /// What the system area says. Boot images are those of the newest session.
    ///
    /// # Errors
    /// The system area cannot be read.
    pub fn system_area(&self) -> Result<SystemAreaReport> {
        let source = self.source().as_ref();
        let mut area = vec![0; SYSTEM_AREA_LEN.min(source.sectors().bytes() as usize)];
        source.read_sectors(Sector::ZERO, &mut area)?;
        area.resize(SYSTEM_AREA_LEN, 0);
        let mut report =
            SystemAreaReport { used: area.iter().any(|&byte| byte != 0), ..SystemAreaReport::default() };
        if !report.used {
            return Ok(report);
        }
        let images = self.image_places();
        let blocks = u64::from(source.sectors().get()) * 4;
        read_master_boot_record(&area, &images, blocks, &mut report);
        read_gpt(source, &images, &mut report);
        read_apple(&area, &images, &mut report);
        Ok(report)
    }

    /// First disk block of each boot image of the newest session.
    fn image_places(&self) -> Vec<u64> {
        let catalog = self.session(None).and_then(|session| self.volume_set(&session)).ok().and_then(|set| {
            let at = sector(set.boot_records.iter().find_map(catalog_of)?);
            read::catalog_at(self.source().as_ref(), at).ok()
        });
        let Some(catalog) = catalog else { return Vec::new() };
        let others =
            catalog.sections.iter().flat_map(|section| &section.entries).map(|(entry, _)| &entry.boot);
        std::iter::once(&catalog.initial)
            .chain(others)
            .map(|entry| u64::from(entry.load_rba.get()) * 4)
            .collect()
    }

    /// First block and blocks of all partitions that a table has.
    fn partition_sizes(&self) -> Vec<(u64, u64)> {
        let Ok(area) = self.system_area() else { return Vec::new() };
        let mbr = area.mbr.iter().map(|partition| (partition.start, partition.blocks));
        let gpt = area.gpt.iter().flat_map(|gpt| &gpt.partitions);
        let gpt = gpt.map(|partition| (partition.start, partition.blocks));
        mbr.chain(gpt).chain(area.apple.iter().map(|partition| (partition.start, partition.blocks))).collect()
    }

    /// Names the files that lie where catalog and images do.
    fn find_files(&self, session: u16, report: &mut BootCatalogReport) {
        let preference = [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Iso9660];
        let Ok(image) = self.image(Some(session), &preference) else { return };
        let mut missing = 1 + report.images.len();
        // Breaks off by failing when all are found. What cannot be read holds no file that could be named.
        let _ = image.walk(&mut |path, entry| {
            let Some(first) = entry.sections().first().filter(|_| entry.kind == Kind::File) else {
                return Ok(());
            };
            let at = first.start.get();
            let name = || Some(String::from_utf8_lossy(path).into_owned());
            if report.sector == at && report.path.is_none() {
                report.path = name();
                missing -= 1;
            }
            for image in report.images.iter_mut().filter(|image| image.sector == at && image.path.is_none()) {
                (image.path, image.size, image.size_from) = (name(), entry.len, SizeFrom::File);
                missing -= 1;
            }
            match missing {
                0 => Err(Error::Cancelled { state: String::new() }),
                _ => Ok(()),
            }
        });
    }

    /// What the image's own bytes tell of it.
    fn look_into(&self, image: &mut BootImageReport, partitions: &[(u64, u64)], findings: &mut Vec<String>) {
        let at = Sector::new(image.sector);
        let source = self.source().as_ref();
        let Some(first) = read::beginning_at(source, at) else {
            findings.push(format!("boot image {} lies beyond the end, at sector {at}", image.number));
            return;
        };
        if image.size_from == SizeFrom::LoadSize {
            let block = u64::from(image.sector) * 4;
            let partition = partitions.iter().find(|(start, blocks)| *start == block && *blocks > 0);
            let found = match (partition, read::fat_len(&first), read::hard_disk_len(&first)) {
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
        let there = source.sectors().since_sector(at);
        if image.size > there {
            findings
                .push(format!("boot image {} has {} bytes, and {there} are there", image.number, image.size));
        }
        image.loader = BootLoader::detect(&first).map(|loader| loader.to_string());
        image.grub2_boot_info = read::has_grub2_boot_info(&first, at);
        let Some(table) = read::info_table_of(&first, at) else { return };
        let checksum = self.checksum(at, table.image_length.into());
        image.boot_info_table = Some(InfoTableReport {
            checksum_right: checksum == Some(table.checksum),
            image_length: table.image_length,
        });
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

/// Text up to the first zero, without the blanks behind it.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes[..end].trim_ascii_end()).into_owned()
}

fn number_of(images: &[u64], block: u64) -> Option<u32> {
    images.iter().position(|&image| image == block).map(|index| index as u32 + 1)
}

fn read_master_boot_record(area: &[u8], images: &[u64], blocks: u64, report: &mut SystemAreaReport) {
    let Ok((_, record)) = MasterBootRecord::parse(area) else { return };
    let code = &record.boot_code[..];
    let known = KnownCode::detect(code);
    let has_code = code.iter().any(|&byte| byte != 0);
    report.code = match known {
        Some(KnownCode::Isolinux) => Some("ISOLINUX"),
        Some(KnownCode::Grub2Hybrid) => Some("GRUB 2, for hybrid images"),
        Some(KnownCode::Grub2Disk) => Some("GRUB 2, for disks"),
        None => has_code.then_some("unknown"),
    }
    .map(str::to_owned);
    let mut address = [0; 8];
    address.copy_from_slice(&code[MasterBootRecord::IMAGE_ADDRESS..]);
    let address = u64::from_le_bytes(address);
    let boots = match known {
        Some(KnownCode::Isolinux) => number_of(images, address),
        Some(KnownCode::Grub2Hybrid) => address.checked_sub(4).and_then(|block| number_of(images, block)),
        _ => None,
    };
    if boots.is_none() && matches!(known, Some(KnownCode::Isolinux | KnownCode::Grub2Hybrid)) {
        report.findings.push(format!("the boot code is told of block {address}, where no boot image lies"));
    }
    report.code_boots_image = boots;
    report.disk_signature = Some(record.disk_signature);
    for (index, partition) in record.partitions.iter().enumerate() {
        let (start, count) = (u64::from(partition.start), u64::from(partition.blocks));
        if !partition.is_used() && !partition.active {
            continue;
        }
        report.mbr.push(MbrPartitionReport {
            number: index as u32 + 1,
            active: partition.active,
            partition_type: partition.partition_type.0,
            start,
            blocks: count,
            boot_image: number_of(images, start),
        });
        let is_whole =
            partition.partition_type == PartitionType::GPT_PROTECTIVE && partition.blocks == u32::MAX;
        if start + count > blocks && !is_whole {
            report.findings.push(format!(
                "partition {} of the master boot record ends at block {}, the image at {blocks}",
                index + 1,
                start + count
            ));
        }
    }
}

fn read_gpt(source: &dyn ReadSectors, images: &[u64], report: &mut SystemAreaReport) {
    let last = u64::from(source.sectors().get()) * 4 - 1;
    let Some(primary) = gpt_at(source, 1, images, &mut report.findings) else { return };
    let is_protective =
        |partition: &MbrPartitionReport| partition.partition_type == PartitionType::GPT_PROTECTIVE.0;
    if !report.mbr.iter().any(is_protective) {
        report.findings.push("the master boot record does not protect the GPT (UEFI 5.2.3)".to_owned());
    }
    let backup = gpt_at(source, primary.alternate, images, &mut report.findings);
    match &backup {
        None => report.findings.push(format!("there is no backup of the GPT at block {}", primary.alternate)),
        Some(backup) => {
            if backup.partitions != primary.partitions || backup.disk != primary.disk {
                report.findings.push("the backup of the GPT says something else".to_owned());
            }
            if primary.alternate != last {
                report.findings.push(format!(
                    "the backup of the GPT is at block {}, the last of the image is {last}",
                    primary.alternate
                ));
            }
        }
    }
    report.gpt = Some(primary);
    report.backup_gpt = backup;
}

fn gpt_at(
    source: &dyn ReadSectors,
    block: u64,
    images: &[u64],
    findings: &mut Vec<String>,
) -> Option<GptReport> {
    let header = blocks_at(source, block, u64::from(DISK_BLOCK))?;
    let (header, header_right) = GptHeader::parse(&header).ok()?.1;
    let whose = if block == 1 { "GPT" } else { "backup of the GPT" };
    if !header_right {
        findings.push(format!("{whose}: the header's checksum is wrong"));
    }
    let len = u64::from(header.entries) * u64::from(header.entry_len);
    let array = (header.entry_len as usize >= GptPartition::LEN && len <= MOST_ARRAY)
        .then(|| blocks_at(source, header.array, len))
        .flatten();
    let Some(array) = array else {
        findings.push(format!("{whose}: its {} partition entries cannot be read", header.entries));
        return Some(report_of(block, &header, header_right, false, Vec::new()));
    };
    let partitions_right = partition_array_crc(&array) == header.array_crc;
    if !partitions_right {
        findings.push(format!("{whose}: the checksum of the partitions is wrong"));
    }
    let entries = array.chunks_exact(header.entry_len as usize).enumerate();
    let partitions = entries
        .filter_map(|(index, entry)| {
            let entry = GptPartition::parse(entry).ok()?.1;
            (entry.partition_type != Guid::UNUSED).then(|| GptPartitionReport {
                number: index as u32 + 1,
                partition_type: entry.partition_type.to_string(),
                type_name: type_name(entry.partition_type),
                id: entry.id.to_string(),
                start: entry.first,
                blocks: entry.last.saturating_sub(entry.first).saturating_add(1),
                attributes: entry.attributes.bits(),
                name: entry.shown_name(),
                boot_image: number_of(images, entry.first),
            })
        })
        .collect();
    Some(report_of(block, &header, header_right, partitions_right, partitions))
}

fn report_of(
    block: u64,
    header: &GptHeader,
    header_right: bool,
    partitions_right: bool,
    partitions: Vec<GptPartitionReport>,
) -> GptReport {
    GptReport {
        header: block,
        header_right,
        partitions_right,
        disk: header.disk.to_string(),
        alternate: header.alternate,
        usable: (header.first_usable, header.last_usable),
        partitions,
    }
}

fn type_name(partition_type: Guid) -> Option<&'static str> {
    match partition_type {
        Guid::EFI_SYSTEM => Some("EFI system partition"),
        Guid::BASIC_DATA => Some("basic data"),
        Guid::HFS_PLUS => Some("Apple HFS+"),
        Guid::LINUX => Some("Linux file system"),
        _ => None,
    }
}

/// Bytes from a disk block on; `None` where there are not so many. `len` is bounded by the caller.
fn blocks_at(source: &dyn ReadSectors, block: u64, len: u64) -> Option<Vec<u8>> {
    let offset = block.checked_mul(u64::from(DISK_BLOCK))?;
    if offset.checked_add(len)? > source.sectors().bytes() {
        return None;
    }
    let mut bytes = vec![0; usize::try_from(len).ok()?];
    crate::emit::read_bytes(source, Sector::ZERO, offset, &mut bytes).ok()?;
    Some(bytes)
}

fn read_apple(area: &[u8], images: &[u64], report: &mut SystemAreaReport) {
    // Some maps have no head where boot code is.
    let recorded = DriverDescriptorMap::parse(area).map(|(_, map)| map.block_len).unwrap_or_default();
    let lens = [usize::from(recorded), 2048, 512];
    let is_map =
        |&len: &usize| len >= 512 && area.get(len..).is_some_and(|rest| MapEntry::parse(rest).is_ok());
    let Some(block_len) = lens.into_iter().find(is_map) else { return };
    // Blocks of 2048 bytes with entries in between mean another map of 512.
    let Ok((_, first)) = MapEntry::parse(&area[block_len..]) else { return };
    if first.entries > MOST_APPLE {
        report.findings.push(format!("Apple partition map: {} entries are not likely", first.entries));
    }
    for number in 1..=first.entries.min(MOST_APPLE) {
        let entry = area.get(number as usize * block_len..).and_then(|rest| MapEntry::parse(rest).ok());
        let Some((_, entry)) = entry else {
            report.findings.push(format!("Apple partition map: entry {number} is missing"));
            return;
        };
        let blocks = block_len as u64 / u64::from(DISK_BLOCK);
        let start = u64::from(entry.start) * blocks;
        report.apple.push(ApplePartitionReport {
            number,
            name: text(&entry.name),
            partition_type: entry.shown_type(),
            start,
            blocks: u64::from(entry.blocks) * blocks,
            boot_image: number_of(images, start),
        });
    }
}
