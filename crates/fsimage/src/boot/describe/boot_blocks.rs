//! What the system area says to machines that are neither PCs nor Macs.

use iso9660::system_area::{
    AlphaBootBlock, DISK_BLOCK, DecBootBlock, PaloBlock, SgiPartitionType, SgiVolumeHeader, SunDiskLabel,
    SunGrubCore, SunPartitionFlags, SunPartitionTag,
};
use sector_io::{SECTOR_SIZE, Sector};

use super::SystemAreaReport;
use super::text;
use crate::disc::Finding;

/// A part of the image that a boot block names by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BootFileReport {
    /// What it is for, in words: `ramdisk`.
    pub role: &'static str,
    /// Its name in the boot block, where that has names.
    pub name: Option<String>,
    /// First byte of the image.
    pub start: u64,
    /// Bytes, as the boot block says.
    pub bytes: u64,
    /// The file that lies there.
    pub path: Option<String>,
    /// Bytes of that file in front of it.
    pub offset: u64,
}

/// What a SUN disk label says to SPARC machines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SunDiskLabelReport {
    /// Its text.
    pub label: String,
    /// Whether its checksum is right.
    pub checksum_right: bool,
    /// Heads, or tracks of a cylinder.
    pub heads: u16,
    /// Blocks of 512 bytes of a head, or track.
    pub sectors_per_head: u16,
    /// Its partitions.
    pub partitions: Vec<SunPartitionReport>,
    /// What the code of GRUB 2 behind the label loads.
    pub grub_core: Option<BootFileReport>,
}

/// A partition of a SUN disk label.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SunPartitionReport {
    /// From 1.
    pub number: u32,
    /// What it is for, where the label tells.
    pub tag: Option<u16>,
    /// That in words, if it is one that is known here.
    pub tag_name: Option<&'static str>,
    /// What may be done with it, as recorded.
    pub flags: Option<u16>,
    /// Whether it is only read.
    pub read_only: bool,
    /// First cylinder.
    pub start_cylinder: u32,
    /// First block of 512 bytes.
    pub start: u64,
    /// Blocks.
    pub blocks: u64,
    /// The file that begins there.
    pub path: Option<String>,
}

/// What a volume header of SGI says to big-endian MIPS machines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SgiVolumeHeaderReport {
    /// Whether its checksum is right.
    pub checksum_right: bool,
    /// Name of what is booted unless something else is asked for.
    pub boot_file: Option<String>,
    /// The files that it names.
    pub files: Vec<BootFileReport>,
    /// Its partitions.
    pub partitions: Vec<SgiPartitionReport>,
}

/// A partition of a volume header of SGI.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SgiPartitionReport {
    /// From 1.
    pub number: u32,
    /// Its type.
    pub partition_type: u32,
    /// That in words, if it is one that is known here.
    pub type_name: Option<&'static str>,
    /// First block of 512 bytes.
    pub start: u64,
    /// Blocks.
    pub blocks: u64,
    /// The file that begins there.
    pub path: Option<String>,
}

/// What a boot block says to DECstations, which are little-endian MIPS machines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct DecBootBlockReport {
    /// 0 where one segment is loaded, 1 where there may be several.
    pub mode: u32,
    /// Address that all is loaded to.
    pub load_address: u32,
    /// Address that is jumped to.
    pub entry: u32,
    /// What is loaded, in this order.
    pub segments: Vec<BootFileReport>,
}

/// What a boot block of PALO says to PA-RISC machines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PaloBlockReport {
    /// Its version, usually 4 or 5.
    pub version: u8,
    /// Command line of the kernel.
    pub command_line: String,
    /// Boot loader, kernels and RAM disk, as far as it has them.
    pub files: Vec<BootFileReport>,
}

/// What a boot block says to the SRM firmware of Alpha machines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AlphaBootBlockReport {
    /// The text that it begins with, if it is one.
    pub text: String,
    /// Whether its checksum is right.
    pub checksum_right: bool,
    /// The boot loader.
    pub loader: BootFileReport,
}

pub(super) const SUN: &str = "SUN disk label";
pub(super) const SGI: &str = "SGI volume header";
pub(super) const DEC: &str = "boot block of DECstations";
pub(super) const PALO: &str = "PALO";
pub(super) const ALPHA: &str = "boot block of Alpha";

/// What the boot blocks of Linux for Alpha begin with.
const ABOOT: &[u8] = b"Linux/Alpha aboot";

/// Reads what `area` says of an image of `blocks` blocks of 512 bytes.
pub(super) fn read(area: &[u8], blocks: u64, report: &mut SystemAreaReport) {
    report.sun_disk_label = sun_disk_label(area, blocks, &mut report.findings);
    report.sgi_volume_header = sgi_volume_header(area, blocks, &mut report.findings);
    report.dec_boot_block = DecBootBlock::parse(area).ok().map(|(_, block)| dec_boot_block(&block));
    report.palo_block = PaloBlock::parse(area).ok().map(|(_, block)| palo_block(&block));
    report.alpha_boot_block = alpha_boot_block(area, &mut report.findings);
}

/// Of a number of blocks.
pub(super) fn in_bytes(blocks: u64) -> u64 {
    blocks.saturating_mul(u64::from(DISK_BLOCK))
}

fn boot_file(role: &'static str, start: u64, bytes: u64) -> BootFileReport {
    BootFileReport { role, name: None, start, bytes, path: None, offset: 0 }
}

/// Boot code and boot blocks lie in the first sector.
pub(super) fn in_area(message: String) -> Finding {
    Finding::odd(message).at(Sector::ZERO).by("ECMA-119 6.2.1")
}

fn check_sum(whose: &str, right: bool, findings: &mut Vec<Finding>) {
    if !right {
        findings.push(in_area(format!("{whose}: the checksum is wrong")));
    }
}

fn check_end(whose: &str, number: u32, end: u64, blocks: u64, findings: &mut Vec<Finding>) {
    if end > blocks {
        findings
            .push(in_area(format!("{whose}: partition {number} ends at block {end}, the image at {blocks}")));
    }
}

fn sun_disk_label(area: &[u8], blocks: u64, findings: &mut Vec<Finding>) -> Option<SunDiskLabelReport> {
    let (_, (label, checksum_right)) = SunDiskLabel::parse(area).ok()?;
    check_sum(SUN, checksum_right, findings);
    let mut partitions = Vec::new();
    for (index, partition) in label.partitions.iter().enumerate().filter(|(_, one)| one.blocks > 0) {
        let entry = label.vtoc.map(|entries| entries[index]);
        let number = index as u32 + 1;
        let (start, count) = (label.start_of(partition), u64::from(partition.blocks));
        check_end(SUN, number, start.saturating_add(count), blocks, findings);
        partitions.push(SunPartitionReport {
            number,
            tag: entry.map(|entry| entry.tag.0),
            tag_name: entry.and_then(|entry| tag_name(entry.tag)),
            flags: entry.map(|entry| entry.flags.bits()),
            read_only: entry.is_some_and(|entry| entry.flags.contains(SunPartitionFlags::READ_ONLY)),
            start_cylinder: partition.start_cylinder,
            start,
            blocks: count,
            path: None,
        });
    }
    // Nothing marks it: other code may be there, or none.
    let core = area.get(SunGrubCore::OFFSET..).and_then(|at| SunGrubCore::parse(at).ok());
    let core = core.map(|(_, core)| core).filter(|core| {
        let sector = core.start / SECTOR_SIZE as u64;
        core.start % SECTOR_SIZE as u64 == 0 && (16..1 << 32).contains(&sector) && core.len > 0
    });
    Some(SunDiskLabelReport {
        label: text(&label.label),
        checksum_right,
        heads: label.heads,
        sectors_per_head: label.sectors_per_head,
        partitions,
        grub_core: core.map(|core| boot_file("core image of GRUB 2", core.start, core.len.into())),
    })
}

fn tag_name(tag: SunPartitionTag) -> Option<&'static str> {
    match tag {
        SunPartitionTag::UNASSIGNED => Some("unassigned"),
        SunPartitionTag::BOOT => Some("boot"),
        SunPartitionTag::ROOT => Some("root"),
        SunPartitionTag::SWAP => Some("swap"),
        SunPartitionTag::USR => Some("usr"),
        SunPartitionTag::BACKUP => Some("whole disk"),
        SunPartitionTag::STAND => Some("stand"),
        SunPartitionTag::VAR => Some("var"),
        SunPartitionTag::HOME => Some("home"),
        _ => None,
    }
}

fn sgi_volume_header(area: &[u8], blocks: u64, findings: &mut Vec<Finding>) -> Option<SgiVolumeHeaderReport> {
    let (_, (header, checksum_right)) = SgiVolumeHeader::parse(area).ok()?;
    check_sum(SGI, checksum_right, findings);
    let files = header.directory.iter().filter(|file| file.name[0] != 0);
    let files = files.map(|file| BootFileReport {
        name: Some(text(&file.name)),
        ..boot_file("file", in_bytes(file.start.into()), file.len.into())
    });
    let mut partitions = Vec::new();
    for (index, partition) in header.partitions.iter().enumerate().filter(|(_, one)| one.blocks > 0) {
        let number = index as u32 + 1;
        let (start, count) = (u64::from(partition.start), u64::from(partition.blocks));
        check_end(SGI, number, start + count, blocks, findings);
        partitions.push(SgiPartitionReport {
            number,
            partition_type: partition.partition_type.0,
            type_name: type_name(partition.partition_type),
            start,
            blocks: count,
            path: None,
        });
    }
    Some(SgiVolumeHeaderReport {
        checksum_right,
        boot_file: Some(text(&header.boot_file)).filter(|name| !name.is_empty()),
        files: files.collect(),
        partitions,
    })
}

fn type_name(partition_type: SgiPartitionType) -> Option<&'static str> {
    match partition_type {
        SgiPartitionType::VOLUME_HEADER => Some("volume header"),
        SgiPartitionType::RAW => Some("raw"),
        SgiPartitionType::SYSTEM_V => Some("System V"),
        SgiPartitionType::VOLUME => Some("whole disk"),
        SgiPartitionType::EFS => Some("EFS"),
        SgiPartitionType::XFS => Some("XFS"),
        SgiPartitionType::XFS_LOG => Some("log of XFS"),
        SgiPartitionType::LINUX_SWAP => Some("Linux swap"),
        SgiPartitionType::LINUX => Some("Linux"),
        _ => None,
    }
}

fn dec_boot_block(block: &DecBootBlock) -> DecBootBlockReport {
    let segments = block.extents().iter();
    DecBootBlockReport {
        mode: block.mode,
        load_address: block.load_address,
        entry: block.entry,
        segments: segments
            .map(|one| boot_file("segment", in_bytes(one.start.into()), in_bytes(one.blocks.into())))
            .collect(),
    }
}

fn palo_block(block: &PaloBlock) -> PaloBlockReport {
    let files = [
        ("boot loader", block.loader),
        ("32-bit kernel", block.kernel32),
        ("64-bit kernel", block.kernel64),
        ("ramdisk", block.ramdisk),
    ];
    PaloBlockReport {
        version: block.version,
        command_line: text(block.command_line()),
        files: files
            .into_iter()
            .filter(|(_, file)| file.len > 0)
            .map(|(role, file)| boot_file(role, file.start.into(), file.len.into()))
            .collect(),
    }
}

fn alpha_boot_block(area: &[u8], findings: &mut Vec<Finding>) -> Option<AlphaBootBlockReport> {
    let (_, (block, checksum_right)) = AlphaBootBlock::parse(area).ok()?;
    // A right checksum is no chance but in a block of zeros; others have it without a loader.
    if block.blocks == 0 || !checksum_right && !block.data.starts_with(ABOOT) {
        return None;
    }
    check_sum(ALPHA, checksum_right, findings);
    if block.flags != 0 {
        findings.push(in_area(format!("{ALPHA}: its flags are {:#x}, and not 0", block.flags)));
    }
    let shown = text(&block.data);
    let is_text = !shown.is_empty() && shown.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    Some(AlphaBootBlockReport {
        text: if is_text { shown } else { String::new() },
        checksum_right,
        loader: boot_file("boot loader", in_bytes(block.start), in_bytes(block.blocks)),
    })
}
