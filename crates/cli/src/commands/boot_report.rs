//! What boots, for people.

use std::io::Write;

use fsimage::{BootCatalogReport, BootImageReport, GptReport, SizeFrom, SystemAreaReport};

use crate::failure::Failure;
use crate::printable::printable;

pub(super) fn print_catalog(catalog: &BootCatalogReport, out: &mut impl Write) -> Result<(), Failure> {
    let path = catalog.path.as_deref().map_or("hidden".to_owned(), |path| printable(path).to_string());
    writeln!(out, "  boot catalog   sector {}, {path}", catalog.sector)?;
    if !catalog.identifier.is_empty() {
        writeln!(out, "  boot id        {}", printable(&catalog.identifier))?;
    }
    for image in &catalog.images {
        print_image(image, out)?;
    }
    print_findings(&catalog.findings, out)
}

fn print_image(image: &BootImageReport, out: &mut impl Write) -> Result<(), Failure> {
    let path = image.path.as_deref().map_or("hidden".to_owned(), |path| printable(path).to_string());
    let size_from = match image.size_from {
        SizeFrom::File => "",
        SizeFrom::Diskette => " (of the diskette)",
        SizeFrom::HardDisk => " (of its partitions)",
        SizeFrom::Partition => " (of its partition)",
        SizeFrom::FileSystem => " (of its FAT)",
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
    writeln!(out, "system area")?;
    if let Some(code) = &area.code {
        let boots =
            area.code_boots_image.map_or(String::new(), |image| format!(", starts boot image {image}"));
        writeln!(out, "  boot code      {code}{boots}")?;
    }
    if let Some(signature) = area.disk_signature {
        writeln!(out, "  disk signature {signature:#010x}")?;
    }
    let of = |image: Option<u32>| image.map_or(String::new(), |image| format!(", boot image {image}"));
    for one in &area.mbr {
        let active = if one.active { ", active" } else { "" };
        writeln!(
            out,
            "  MBR {:<10} type {:#04x}, blocks {} + {}{active}{}",
            one.number,
            one.partition_type,
            one.start,
            one.blocks,
            of(one.boot_image)
        )?;
    }
    print_gpt("GPT", area.gpt.as_ref(), out)?;
    for one in area.gpt.iter().flat_map(|gpt| &gpt.partitions) {
        let kind = one.type_name.unwrap_or(&one.partition_type);
        writeln!(
            out,
            "  GPT {:<10} {kind}, blocks {} + {}, {:?}{}",
            one.number,
            one.start,
            one.blocks,
            printable(&one.name).to_string(),
            of(one.boot_image)
        )?;
    }
    print_gpt("backup GPT", area.backup_gpt.as_ref(), out)?;
    for one in &area.apple {
        writeln!(
            out,
            "  Apple {:<8} {}, blocks {} + {}, {:?}{}",
            one.number,
            printable(&one.partition_type),
            one.start,
            one.blocks,
            printable(&one.name).to_string(),
            of(one.boot_image)
        )?;
    }
    print_findings(&area.findings, out)
}

fn print_gpt(label: &str, gpt: Option<&GptReport>, out: &mut impl Write) -> Result<(), Failure> {
    let Some(gpt) = gpt else { return Ok(()) };
    let right = |right: bool| if right { "right" } else { "wrong" };
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

fn print_findings(findings: &[String], out: &mut impl Write) -> Result<(), Failure> {
    for finding in findings {
        writeln!(out, "  finding        {}", printable(finding))?;
    }
    Ok(())
}
