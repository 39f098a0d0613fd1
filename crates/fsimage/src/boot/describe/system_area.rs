//! What the system area says of disks: boot code, partitions, and the boot images that these lead to.

use iso9660::el_torito::catalog_of;
use iso9660::system_area::{
    DISK_BLOCK, DriverDescriptorMap, GptHeader, GptPartition, Guid, MasterBootRecord, PartitionType,
    partition_array_crc,
};
use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

use super::super::head::HeadOf;
use super::super::kept::started_by;
use super::super::{AppleVolume, KnownCode, area, read};
use super::{
    AlphaBootBlockReport, DecBootBlockReport, PaloBlockReport, SgiVolumeHeaderReport, SunDiskLabelReport,
    apple_map, boot_blocks,
};
use crate::Result;
use crate::address::sector;
#[cfg(feature = "serde")]
use crate::disc::messages;
use crate::disc::{Disc, Finding};

/// Where the partition records of a master boot record begin, and the bytes of one (UEFI 5.2.1).
const PARTITION_RECORDS: usize = 446;
const PARTITION_RECORD_LEN: usize = 16;

/// Most bytes of an array of GPT partitions that are read; usual are 16 KiB.
const MOST_ARRAY: u64 = 256 << 10;

/// Where the system area is left to others.
pub(super) const SYSTEM_AREA: &str = "ECMA-119 6.2.1";

/// What the system area says: the first 16 sectors, which are for disks and not for discs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SystemAreaReport {
    /// Whether it holds anything.
    pub used: bool,
    /// Number of the newer session whose it is, where none was kept of the session that was asked for.
    pub newer_session: Option<u16>,
    /// Whose boot code there is, in words.
    pub code: Option<String>,
    /// Number of the boot image that the code is told of.
    pub code_boots_image: Option<u32>,
    /// The file that the code is told of, where that is no boot image of the session.
    pub code_path: Option<String>,
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
    /// The SUN disk label, for SPARC machines.
    pub sun_disk_label: Option<SunDiskLabelReport>,
    /// The volume header of SGI, for big-endian MIPS machines.
    pub sgi_volume_header: Option<SgiVolumeHeaderReport>,
    /// The boot block of DECstations, which are little-endian MIPS machines.
    pub dec_boot_block: Option<DecBootBlockReport>,
    /// The boot block of PALO, for PA-RISC machines.
    pub palo_block: Option<PaloBlockReport>,
    /// The boot block of Alpha machines.
    pub alpha_boot_block: Option<AlphaBootBlockReport>,
    /// Kind of the volume for Macs that begins where the image does: `HFS`.
    pub volume: Option<String>,
    /// What is wrong or odd; the messages alone are serialized.
    #[cfg_attr(feature = "serde", serde(serialize_with = "messages"))]
    pub findings: Vec<Finding>,
    /// Block that the code is told of, where no boot image lies.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) code_address: Option<u64>,
    /// Byte where then begins what it starts.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) code_start: Option<u64>,
}

/// A partition of a master boot record, or a record there that has a place and no type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct MbrPartitionReport {
    /// From 1.
    pub number: u32,
    /// Whether it is marked active.
    pub active: bool,
    /// Its type.
    pub partition_type: u8,
    /// That in words, if it is one that is known here.
    pub type_name: Option<&'static str>,
    /// First block of 512 bytes.
    pub start: u64,
    /// Blocks.
    pub blocks: u64,
    /// The boot image that lies there.
    pub boot_image: Option<u32>,
    /// The file that begins there.
    pub path: Option<String>,
}

/// A GPT.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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
    /// The file that begins there.
    pub path: Option<String>,
}

/// A partition of an Apple partition map.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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
    /// The file that begins there.
    pub path: Option<String>,
}

impl SystemAreaReport {
    fn has_boot_block(&self) -> bool {
        self.sun_disk_label.is_some()
            || self.sgi_volume_header.is_some()
            || self.dec_boot_block.is_some()
            || self.palo_block.is_some()
            || self.alpha_boot_block.is_some()
    }

    /// Whether nothing else is known to have the place of a master boot record.
    fn may_have_lost_signature(&self) -> bool {
        self.disk_signature.is_none() && !self.has_boot_block()
    }

    fn explains_nothing(&self) -> bool {
        let has_block = self.volume.is_some() || self.has_boot_block();
        !has_block && self.disk_signature.is_none() && self.gpt.is_none() && self.apple.is_empty()
    }
}

impl MbrPartitionReport {
    /// Whether it may be taken for a partition: it has a type, or is at least marked active.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.active || self.partition_type != PartitionType::UNUSED.0 && self.blocks > 0
    }
}

impl Disc {
    /// What the system area of a session says, by default of the newest one: that in sector 0, or else the copy that was
    /// kept of an older one. Where none was, it is that of a newer session, which the report says. Boot images, and files
    /// that partitions begin with and boot blocks name, are those of the session, whose tree is looked through for the
    /// latter.
    ///
    /// # Errors
    /// The system area cannot be read; of a session that is asked for, as [`Disc::session`].
    pub fn system_area(&self, session: Option<u16>) -> Result<SystemAreaReport> {
        let mut report = self.system_area_without_files(session)?;
        self.name_files(session, &mut report);
        Ok(report)
    }

    /// The same without a look at the tree: no files are named, and nothing is said of them.
    pub(in crate::boot) fn system_area_without_files(
        &self,
        session: Option<u16>,
    ) -> Result<SystemAreaReport> {
        let head = self.head_of(session)?;
        let source = head.source(self);
        let source = source.as_ref();
        let newer_session = head.newer;
        let blocks = u64::from(head.disk_end(self)?.get()) * 4;
        let Some(area) = area::recorded(source, Sector::ZERO)? else {
            let findings = lost_gpt(source, blocks.saturating_sub(1)).into_iter().collect();
            return Ok(SystemAreaReport { newer_session, findings, ..SystemAreaReport::default() });
        };
        let first = area.iter().position(|&byte| byte != 0).unwrap_or_default();
        let mut report = SystemAreaReport { used: true, newer_session, ..SystemAreaReport::default() };
        let images = self.image_places(newer_session.or(session));
        read_master_boot_record(&area, &images, blocks, &mut report);
        read_gpt(source, &images, blocks, &mut report);
        apple_map::read(source, &area, (&images, blocks), &mut report);
        boot_blocks::read(&area, blocks, &mut report);
        report.findings.extend(lost_signature(&area, blocks).filter(|_| report.may_have_lost_signature()));
        // Both have something else where such a volume has its header.
        if report.gpt.is_none() && report.palo_block.is_none() {
            report.volume = AppleVolume::of(&area).map(|kind| kind.to_string());
        }
        if report.explains_nothing() {
            let at = Sector::new((first / SECTOR_SIZE) as u32);
            let message = format!("it is not known what the bytes from {first} on are");
            report.findings.push(Finding::odd(message).at(at).by(SYSTEM_AREA));
        }
        Ok(report)
    }

    /// Where the system area of a session is. A medium without sessions may have one as well.
    pub(in crate::boot) fn head_of(&self, session: Option<u16>) -> Result<HeadOf> {
        let Some(session) = session else { return Ok(HeadOf::PRESENT) };
        let session = self.session(Some(session))?;
        let set = self.volume_set(&session).ok();
        Ok(HeadOf::of(self, set.as_ref(), session))
    }

    /// First disk block of each boot image of a session.
    fn image_places(&self, session: Option<u16>) -> Vec<u64> {
        let set = self.session(session).and_then(|session| self.volume_set(&session)).ok();
        let catalog = set.and_then(|set| {
            let at = sector(set.boot_records.iter().find_map(catalog_of)?);
            read::catalog_at(self.source().as_ref(), at).ok()
        });
        let Some(catalog) = catalog else { return Vec::new() };
        read::entries(&catalog).map(|entry| u64::from(entry.boot.load_rba.get()) * 4).collect()
    }

    /// First block and blocks of all partitions that a table of a session has.
    pub(super) fn partition_sizes(&self, session: u16) -> Vec<(u64, u64)> {
        let Ok(area) = self.system_area_without_files(Some(session)) else { return Vec::new() };
        let mbr = area
            .mbr
            .iter()
            .filter(|partition| partition.is_used())
            .map(|partition| (partition.start, partition.blocks));
        let gpt = area.gpt.iter().flat_map(|gpt| &gpt.partitions);
        let gpt = gpt.map(|partition| (partition.start, partition.blocks));
        mbr.chain(gpt).chain(area.apple.iter().map(|partition| (partition.start, partition.blocks))).collect()
    }
}

pub(super) fn number_of(images: &[u64], block: u64) -> Option<u32> {
    images.iter().position(|&image| image == block).map(|index| index as u32 + 1)
}

fn read_master_boot_record(area: &[u8], images: &[u64], blocks: u64, report: &mut SystemAreaReport) {
    let Ok((_, record)) = MasterBootRecord::parse(area) else { return };
    let code = &record.boot_code[..];
    let known = KnownCode::detect(code);
    // The head of an Apple partition map alone is no code.
    let head = DriverDescriptorMap::parse(area).map_or(0, |_| DriverDescriptorMap::LEN);
    let has_code = code[head..].iter().any(|&byte| byte != 0);
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
        Some(KnownCode::Grub2Disk) => None,
        // Memtest86+ is told of the second sector of its boot image, and others may be of either.
        None => number_of(images, address)
            .or_else(|| address.checked_sub(4).and_then(|block| number_of(images, block)))
            .filter(|_| has_code),
    };
    if boots.is_none() && matches!(known, Some(KnownCode::Isolinux | KnownCode::Grub2Hybrid)) {
        report.code_address = Some(address);
        report.code_start = started_by(code).map(|(sector, _)| Sector::new(sector).byte_offset());
    }
    report.code_boots_image = boots;
    report.disk_signature = Some(record.disk_signature);
    for (index, partition) in record.partitions.iter().enumerate() {
        let (start, count) = (u64::from(partition.start), u64::from(partition.blocks));
        let described = MbrPartitionReport {
            number: index as u32 + 1,
            active: partition.active,
            partition_type: partition.partition_type.0,
            type_name: mbr_type_name(partition.partition_type),
            start,
            blocks: count,
            boot_image: number_of(images, start),
            path: None,
        };
        if !described.is_used() && count == 0 {
            continue;
        }
        let is_whole =
            partition.partition_type == PartitionType::GPT_PROTECTIVE && partition.blocks == u32::MAX;
        if described.is_used() && start + count > blocks && !is_whole {
            let (number, end) = (index + 1, start + count);
            let message = format!(
                "partition {number} of the master boot record ends at block {end}, the image at {blocks}"
            );
            report.findings.push(Finding::odd(message).at(Sector::ZERO).by("UEFI 5.2.1"));
        }
        report.mbr.push(described);
    }
}

fn read_gpt(source: &dyn ReadSectors, images: &[u64], blocks: u64, report: &mut SystemAreaReport) {
    let last = blocks.saturating_sub(1);
    let Some(primary) = gpt_at(source, 1, images, &mut report.findings) else {
        report.findings.extend(lost_gpt(source, last));
        return;
    };
    let is_protective =
        |partition: &MbrPartitionReport| partition.partition_type == PartitionType::GPT_PROTECTIVE.0;
    if !report.mbr.iter().any(is_protective) {
        let is_lost = report.disk_signature.is_none();
        let message = match is_lost {
            true => "there is no master boot record, which would protect the GPT",
            false => "the master boot record does not protect the GPT (UEFI 5.2.3)",
        };
        let finding = Finding::odd(message).at(Sector::ZERO).by("UEFI 5.2.3");
        report.findings.push(Finding { is_damage: is_lost, ..finding });
    }
    let backup = gpt_at(source, primary.alternate, images, &mut report.findings);
    match &backup {
        None => {
            let message = format!("there is no backup of the GPT at block {}", primary.alternate);
            report.findings.push(Finding::damage(message).at(sector_of(primary.alternate)).by("UEFI 5.3.2"));
        }
        Some(backup) => {
            if backup.partitions != primary.partitions || backup.disk != primary.disk {
                let message = "the backup of the GPT says something else";
                let at = sector_of(primary.alternate);
                report.findings.push(Finding::odd(message).at(at).by("UEFI 5.3.2"));
            }
            if primary.alternate != last && !is_followed_by_run_out(source, primary.alternate) {
                let message = format!(
                    "the backup of the GPT is at block {}, the last of the image is {last}",
                    primary.alternate
                );
                let at = sector_of(primary.alternate);
                report.findings.push(Finding::odd(message).at(at).by("UEFI 5.3.1"));
            }
        }
    }
    report.gpt = Some(primary);
    report.backup_gpt = backup;
}

/// That the GPT is lost of which the backup is in the last block.
fn lost_gpt(source: &dyn ReadSectors, last: u64) -> Option<Finding> {
    let header = blocks_at(source, last, u64::from(DISK_BLOCK))?;
    let (_, (header, is_right)) = GptHeader::parse(&header).ok()?;
    let is_backup = is_right && header.own == last && header.alternate == 1;
    let message = format!("the GPT is lost; its backup is there, at block {last}");
    is_backup.then(|| Finding::damage(message).at(Sector::ZERO).by("UEFI 5.3.2"))
}

/// That a partition table is where a master boot record has it, and the signature behind it (55 AA) is not.
fn lost_signature(area: &[u8], blocks: u64) -> Option<Finding> {
    let mut block = *area.first_chunk::<{ DISK_BLOCK as usize }>()?;
    if let Some(signature) = block.last_chunk_mut() {
        *signature = [0x55, 0xAA];
    }
    let records = block.get(PARTITION_RECORDS..block.len() - 2)?;
    let has_status = records.chunks_exact(PARTITION_RECORD_LEN).all(|record| matches!(record[0], 0 | 0x80));
    let (_, record) = MasterBootRecord::parse(&block).ok().filter(|_| has_status)?;
    let mut used = record.partitions.iter().filter(|partition| **partition != Default::default()).peekable();
    used.peek()?;
    let fits = used.all(|partition| {
        let end = u64::from(partition.start) + u64::from(partition.blocks);
        partition.blocks > 0 && (end <= blocks || partition.partition_type == PartitionType::GPT_PROTECTIVE)
    });
    let message =
        "a master boot record with partitions has lost its signature (55 AA), without which nobody reads it";
    fits.then(|| Finding::damage(message).at(Sector::ZERO).by("UEFI 5.2.1"))
}

/// The sector that a disk block lies in.
pub(super) fn sector_of(block: u64) -> Sector {
    let blocks = SECTOR_SIZE as u64 / u64::from(DISK_BLOCK);
    Sector::new(u32::try_from(block / blocks).unwrap_or(u32::MAX))
}

/// The run-out blocks of a CD track that was recorded at once belong to the track, and cannot be read.
const MOST_RUN_OUT: u32 = 2;

/// Whether nothing lies behind a block but what no track's data are.
fn is_followed_by_run_out(source: &dyn ReadSectors, block: u64) -> bool {
    let blocks = SECTOR_SIZE as u64 / u64::from(DISK_BLOCK);
    let behind = u32::try_from(block / blocks + 1).unwrap_or(u32::MAX)..source.sectors().get();
    let mut sector = [0; SECTOR_SIZE];
    (1..=MOST_RUN_OUT as usize).contains(&behind.len())
        && behind.map(Sector::new).all(|at| source.read_sectors(at, &mut sector).is_err())
}

fn gpt_at(
    source: &dyn ReadSectors,
    block: u64,
    images: &[u64],
    findings: &mut Vec<Finding>,
) -> Option<GptReport> {
    let header = blocks_at(source, block, u64::from(DISK_BLOCK))?;
    let (header, header_right) = GptHeader::parse(&header).ok()?.1;
    let whose = if block == 1 { "GPT" } else { "backup of the GPT" };
    if !header_right {
        let message = format!("{whose}: the header's checksum is wrong");
        findings.push(Finding::damage(message).at(sector_of(block)).by("UEFI 5.3.2"));
    }
    let len = u64::from(header.entries) * u64::from(header.entry_len);
    let array = (header.entry_len as usize >= GptPartition::LEN && len <= MOST_ARRAY)
        .then(|| blocks_at(source, header.array, len))
        .flatten();
    let Some(array) = array else {
        let message = format!("{whose}: its {} partition entries cannot be read", header.entries);
        findings.push(Finding::damage(message).at(sector_of(block)).by("UEFI 5.3.2"));
        return Some(report_of(block, &header, header_right, false, Vec::new()));
    };
    let partitions_right = partition_array_crc(&array) == header.array_crc;
    if !partitions_right {
        let message = format!("{whose}: the checksum of the partitions is wrong");
        findings.push(Finding::damage(message).at(sector_of(header.array)).by("UEFI 5.3.3"));
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
                path: None,
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

fn mbr_type_name(partition_type: PartitionType) -> Option<&'static str> {
    match partition_type {
        PartitionType::FAT12 => Some("FAT12"),
        PartitionType::FAT16_SMALL | PartitionType::FAT16 | PartitionType::FAT16_LBA => Some("FAT16"),
        PartitionType::EXTENDED | PartitionType::EXTENDED_LBA => Some("extended"),
        PartitionType::NTFS => Some("NTFS or exFAT"),
        PartitionType::FAT32 | PartitionType::FAT32_LBA => Some("FAT32"),
        PartitionType::HIDDEN_NTFS => Some("hidden NTFS"),
        PartitionType::PREP => Some("PReP"),
        PartitionType::LINUX_SWAP => Some("Linux swap"),
        PartitionType::LINUX => Some("Linux"),
        PartitionType::CHRP => Some("CHRP"),
        PartitionType::HFS => Some("HFS or HFS+"),
        PartitionType::ISO9660 => Some("ISO 9660"),
        PartitionType::GPT_PROTECTIVE => Some("protects a GPT"),
        PartitionType::EFI_SYSTEM => Some("EFI system partition"),
        _ => None,
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
pub(super) fn blocks_at(source: &dyn ReadSectors, block: u64, len: u64) -> Option<Vec<u8>> {
    let offset = block.checked_mul(u64::from(DISK_BLOCK))?;
    if offset.checked_add(len)? > source.sectors().bytes() {
        return None;
    }
    let mut bytes = vec![0; usize::try_from(len).ok()?];
    crate::emit::read_bytes(source, Sector::ZERO, offset, &mut bytes).ok()?;
    Some(bytes)
}
