//! What boots, for people.

use std::io::Write;

use fsimage::{
    BootCatalogReport, BootFileReport, BootImageReport, GptReport, SgiVolumeHeaderReport, SizeFrom,
    SunDiskLabelReport, SystemAreaReport,
};

use crate::failure::Failure;
use crate::printable::printable;

pub(super) fn print_catalog(catalog: &BootCatalogReport, out: &mut impl Write) -> Result<(), Failure> {
    let nameless = if catalog.unread.is_some() { "in no file that can be read" } else { "hidden" };
    let path = printable(catalog.path.as_deref().unwrap_or(nameless));
    writeln!(out, "  boot catalog   sector {}, {path}", catalog.sector)?;
    if !catalog.identifier.is_empty() {
        writeln!(out, "  boot id        {}", printable(&catalog.identifier))?;
    }
    for image in &catalog.images {
        print_image(image, nameless, out)?;
    }
    print_findings(&catalog.findings, out)
}

/// `nameless` is said of one without a path.
fn print_image(image: &BootImageReport, nameless: &str, out: &mut impl Write) -> Result<(), Failure> {
    let path = printable(image.path.as_deref().unwrap_or(nameless));
    let size_from = match image.size_from {
        SizeFrom::File => "",
        SizeFrom::Diskette => " (of the diskette)",
        SizeFrom::HardDisk => " (of its partitions)",
        SizeFrom::Partition => " (of its partition)",
        SizeFrom::FileSystem => " (of its FAT)",
        SizeFrom::BootInfoTable => " (of its boot info table)",
        SizeFrom::LoadSize => " (loaded; its size is not known)",
    };
    let label = format!("boot image {}", image.number);
    writeln!(
        out,
        "  {label:<14} {}, {path}, sector {}, {} bytes{size_from}",
        image.platform, image.sector, image.size
    )?;
    let mut told = vec![match image.emulation.as_str() {
        "none" => "no emulation".to_owned(),
        emulation => format!("emulates a {emulation}"),
    }];
    if !image.bootable {
        told.push("not bootable".to_owned());
    }
    told.push(format!("loads {} x 512 bytes", image.load_sectors));
    if image.load_segment != 0 {
        told.push(format!("to segment {:#06x}", image.load_segment));
    }
    if image.system_type != 0 {
        told.push(format!("system type {:#04x}", image.system_type));
    }
    if let Some(section) = &image.section {
        told.push(format!("section {:?}", printable(section).to_string()));
    }
    if image.selection.is_some() || image.selection_criteria.is_some() {
        let bytes = image.selection_criteria.as_ref().map_or(String::new(), |bytes| format!(": 0x{bytes}"));
        told.push(format!("selection criteria of type {}{bytes}", image.selection.unwrap_or_default()));
    }
    told.extend(image.loader.clone());
    told.extend(image.boot_info_table.map(|table| match table.checksum_right {
        true => "boot info table".to_owned(),
        false => "boot info table with another checksum".to_owned(),
    }));
    if image.grub2_boot_info {
        told.push("GRUB 2 boot info".to_owned());
    }
    writeln!(out, "                 {}", told.join(", "))?;
    Ok(())
}

pub(super) fn print_system_area(area: &SystemAreaReport, out: &mut impl Write) -> Result<(), Failure> {
    match area.newer_session {
        None => writeln!(out, "system area")?,
        Some(newer) => writeln!(out, "system area of session {newer}, for no older one is kept")?,
    }
    if let Some(code) = &area.code {
        let boots = match (area.code_boots_image, &area.code_path) {
            (Some(image), _) => format!(", starts boot image {image}"),
            (None, Some(path)) => format!(", starts {path}, which is no boot image of the session"),
            (None, None) => String::new(),
        };
        writeln!(out, "  boot code      {code}{boots}")?;
    }
    if let Some(signature) = area.disk_signature {
        writeln!(out, "  disk signature {signature:#010x}")?;
    }
    let of = |image: Option<u32>| image.map_or(String::new(), |image| format!(", boot image {image}"));
    for one in &area.mbr {
        let active = match (one.active, one.is_used()) {
            (true, _) => ", active",
            (false, true) => "",
            (false, false) => ", not used",
        };
        let kind = one.type_name.map_or(String::new(), |name| format!(" ({name})"));
        writeln!(
            out,
            "  MBR {:<10} type {:#04x}{kind}, blocks {} + {}{active}{}{}",
            one.number,
            one.partition_type,
            one.start,
            one.blocks,
            of(one.boot_image),
            path_of(one.path.as_deref())
        )?;
    }
    print_gpt("GPT", area.gpt.as_ref(), out)?;
    for one in area.gpt.iter().flat_map(|gpt| &gpt.partitions) {
        let kind = one.type_name.unwrap_or(&one.partition_type);
        writeln!(
            out,
            "  GPT {:<10} {kind}, blocks {} + {}, {:?}{}{}",
            one.number,
            one.start,
            one.blocks,
            printable(&one.name).to_string(),
            of(one.boot_image),
            path_of(one.path.as_deref())
        )?;
    }
    print_gpt("backup GPT", area.backup_gpt.as_ref(), out)?;
    for one in &area.apple {
        writeln!(
            out,
            "  Apple {:<8} {}, blocks {} + {}, {:?}{}{}",
            one.number,
            printable(&one.partition_type),
            one.start,
            one.blocks,
            printable(&one.name).to_string(),
            of(one.boot_image),
            path_of(one.path.as_deref())
        )?;
    }
    print_boot_blocks(area, out)?;
    if let Some(kind) = &area.volume {
        writeln!(out, "  volume         {kind}, from sector 0")?;
    }
    print_findings(&area.findings, out)
}

/// What the system area says to machines that are neither PCs nor Macs.
fn print_boot_blocks(area: &SystemAreaReport, out: &mut impl Write) -> Result<(), Failure> {
    if let Some(label) = &area.sun_disk_label {
        print_sun_disk_label(label, out)?;
    }
    if let Some(header) = &area.sgi_volume_header {
        print_sgi_volume_header(header, out)?;
    }
    if let Some(block) = &area.dec_boot_block {
        let (to, entry) = (block.load_address, block.entry);
        writeln!(out, "  DECstation     mode {}, loads to {to:#010x}, starts at {entry:#010x}", block.mode)?;
        block.segments.iter().try_for_each(|segment| print_boot_file("DECstation", segment, out))?;
    }
    if let Some(block) = &area.palo_block {
        let line = printable(&block.command_line);
        writeln!(out, "  PALO           version {}, command line {:?}", block.version, line.to_string())?;
        block.files.iter().try_for_each(|file| print_boot_file("PALO", file, out))?;
    }
    if let Some(block) = &area.alpha_boot_block {
        let text = match block.text.as_str() {
            "" => String::new(),
            text => format!("{:?}, ", printable(text).to_string()),
        };
        writeln!(out, "  Alpha          {text}checksum {}", right(block.checksum_right))?;
        print_boot_file("Alpha", &block.loader, out)?;
    }
    Ok(())
}

fn print_sun_disk_label(label: &SunDiskLabelReport, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(
        out,
        "  SUN label      {:?}, {} heads of {} blocks, checksum {}",
        printable(&label.label).to_string(),
        label.heads,
        label.sectors_per_head,
        right(label.checksum_right)
    )?;
    for one in &label.partitions {
        let tag = match (one.tag_name, one.tag) {
            (Some(name), _) => format!("{name}, "),
            (None, Some(tag)) => format!("tag {tag:#06x}, "),
            (None, None) => String::new(),
        };
        let read_only = if one.read_only { ", read-only" } else { "" };
        let path = path_of(one.path.as_deref());
        writeln!(
            out,
            "  SUN {:<10} {tag}blocks {} + {}{read_only}{path}",
            one.number, one.start, one.blocks
        )?;
    }
    label.grub_core.iter().try_for_each(|core| print_boot_file("SUN", core, out))
}

fn print_sgi_volume_header(header: &SgiVolumeHeaderReport, out: &mut impl Write) -> Result<(), Failure> {
    let boots = match &header.boot_file {
        Some(name) => format!(", boots {:?}", printable(name).to_string()),
        None => String::new(),
    };
    writeln!(out, "  SGI header     checksum {}{boots}", right(header.checksum_right))?;
    for one in &header.partitions {
        let kind = one.type_name.map_or(format!("type {:#x}", one.partition_type), str::to_owned);
        let path = path_of(one.path.as_deref());
        writeln!(out, "  SGI {:<10} {kind}, blocks {} + {}{path}", one.number, one.start, one.blocks)?;
    }
    header.files.iter().try_for_each(|file| print_boot_file("SGI", file, out))
}

fn print_boot_file(label: &str, file: &BootFileReport, out: &mut impl Write) -> Result<(), Failure> {
    let name =
        file.name.as_deref().map_or(String::new(), |name| format!(" {:?}", printable(name).to_string()));
    let path = path_of(file.path.as_deref());
    let within = if file.offset > 0 { format!(" from byte {}", file.offset) } else { String::new() };
    writeln!(out, "  {label:<14} {}{name}, bytes {} + {}{path}{within}", file.role, file.start, file.bytes)?;
    Ok(())
}

fn path_of(path: Option<&str>) -> String {
    path.map_or(String::new(), |path| format!(", {}", printable(path)))
}

fn right(right: bool) -> &'static str {
    if right { "right" } else { "wrong" }
}

fn print_gpt(label: &str, gpt: Option<&GptReport>, out: &mut impl Write) -> Result<(), Failure> {
    let Some(gpt) = gpt else { return Ok(()) };
    writeln!(
        out,
        "  {label:<14} block {}, disk {}, checksums: header {}, partitions {}",
        gpt.header,
        gpt.disk,
        right(gpt.header_right),
        right(gpt.partitions_right)
    )?;
    Ok(())
}

pub(super) fn print_findings(findings: &[impl ToString], out: &mut impl Write) -> Result<(), Failure> {
    for finding in findings {
        writeln!(out, "  finding        {}", printable(&finding.to_string()))?;
    }
    Ok(())
}
