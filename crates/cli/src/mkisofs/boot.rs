//! Boot images and partitions.

use std::path::Path;
use std::sync::Arc;

use fsimage::{
    AppendedPartition, BootCode, BootImage, BootOptions, BootPlatform, BootSource, CatalogPlace, Emulation,
    Error, Guid, HybridOptions, Item, ItemOptions, LoadSize, NodeKind, PartitionContent, PartitionOptions,
    PartitionScheme, PartitionType, PlanOptions, SelectionCriteria, Tree,
};

use super::meaning::Meaning;
use super::request::{HybridRequest, ImageRequest, Request};
use crate::boot::partition_type;
use crate::failure::Failure;

/// Bytes that boot code has in the first block, and the block.
const CODE: usize = 440;
const BLOCK: usize = 512;

/// Boot code lies in the system area.
const LONGEST_CODE: u64 = 32 << 10;

/// Puts boot images and partitions into tree and options. The sources are in the tree already.
pub(super) fn apply(request: &Request, tree: &mut Tree, options: &mut PlanOptions) -> Result<(), Failure> {
    let images: Vec<BootImage> =
        request.boot.images.iter().map(|image| boot_image(tree, image)).collect::<Result<_, _>>()?;
    options.hybrid = hybrid(&request.hybrid, &request.boot.images, tree)?;
    let Some(first) = request.boot.images.first() else {
        return match &request.boot.catalog {
            Some(_) => Err(Failure::argument("-c", "there is no boot image; name one with -b or -e")),
            None => Ok(()),
        };
    };
    let mut catalog = BootOptions {
        identifier: first.identifier.clone().unwrap_or_default(),
        images,
        ..BootOptions::default()
    };
    if !request.boot.hidden_catalog {
        let item = Item::BootCatalog(catalog.catalog_len());
        let replacing = ItemOptions { replace: true, modified: options.created, ..ItemOptions::default() };
        let path = request.boot.catalog.as_deref().unwrap_or("/boot.catalog");
        catalog.catalog = CatalogPlace::File(tree.add(path, item, &replacing)?);
    }
    options.boot = Some(catalog);
    Ok(())
}

fn boot_image(tree: &Tree, image: &ImageRequest) -> Result<BootImage, Failure> {
    let Some((option, path)) = &image.path else {
        return Err(Failure::argument(
            "-b",
            "options of a boot image that none of -b, -e and --efi-boot names",
        ));
    };
    let source = match path.strip_prefix("--interval:appended_partition_") {
        Some(rest) => {
            let digits = rest.split([':', '_']).next().and_then(|digits| digits.parse().ok());
            BootSource::Appended(digits.ok_or_else(|| {
                Failure::argument(option.clone(), format!("{path}: no number of a partition"))
            })?)
        }
        None if path.starts_with("--interval:") => {
            let reason = format!("{path}: only intervals of appended partitions are supported");
            return Err(Failure::argument(option.clone(), reason));
        }
        None => match tree.lookup(path) {
            Some(node) if matches!(tree.kind(node), NodeKind::File(_)) => BootSource::File(node),
            Some(_) => return Err(Failure::argument(option.clone(), format!("{path} is no file"))),
            None => return Err(Failure::argument(option.clone(), format!("{path} is not in the image"))),
        },
    };
    let emulation = match (image.no_emulation, image.hard_disk) {
        (true, _) => Emulation::None,
        (false, true) => Emulation::HardDisk,
        (false, false) => Emulation::Diskette,
    };
    let load_size = match image.load_size {
        Some(Some(sectors)) => LoadSize::Sectors(sectors),
        Some(None) => LoadSize::Whole,
        None if emulation == Emulation::None => LoadSize::Whole,
        None => LoadSize::Usual,
    };
    let selection = image.criteria.as_ref().and_then(|bytes| {
        let (kind, criteria) = bytes.split_first()?;
        Some(SelectionCriteria { kind: *kind, criteria: criteria.to_vec() })
    });
    Ok(BootImage {
        emulation,
        bootable: !image.not_bootable,
        load_segment: image.load_segment,
        load_size,
        boot_info_table: image.boot_info_table,
        grub2_boot_info: image.grub2_boot_info,
        section: image.identifier.clone().unwrap_or_default(),
        selection,
        ..BootImage::new(source, image.platform)
    })
}

fn hybrid(
    request: &HybridRequest,
    images: &[ImageRequest],
    tree: &mut Tree,
) -> Result<Option<HybridOptions>, Failure> {
    let code = match &request.code {
        Some((meaning, option, path)) => Some(boot_code(*meaning, option, path, images)?),
        None => None,
    };
    let is_isohybrid = matches!(code, Some(BootCode::Isolinux(..)));
    let has_gpt = request.efi_boot_part
        || (request.appended_as_gpt && !request.appended.is_empty())
        || (is_isohybrid && images.iter().any(|image| image.gpt_basic_data));
    let scheme = match (has_gpt, is_isohybrid) {
        (true, true) => PartitionScheme::GptAndMbr,
        (true, false) => PartitionScheme::Gpt,
        (false, _) => PartitionScheme::Mbr,
    };
    let mut partitions = Vec::new();
    partitions.extend(image_partition(request, scheme, is_isohybrid)?);
    let mut appended = Vec::new();
    for (option, number, kind, file) in &request.appended {
        let types = kind.to_str().and_then(partition_type);
        let (mbr_type, gpt_type) = types.ok_or_else(|| {
            let reason = format!("{}: no type: a number up to 0xff or a GUID", kind.to_string_lossy());
            Failure::argument(option.clone(), reason)
        })?;
        let content = tree.add_content(Item::HostFile(file))?;
        appended.push(AppendedPartition { number: *number, content });
        partitions.push(PartitionOptions {
            number: Some(*number),
            mbr_type,
            gpt_type: request.appended_as_gpt.then_some(gpt_type),
            name: format!("Appended{number}"),
            ..PartitionOptions::efi_system(PartitionContent::Appended(*number))
        });
    }
    for (index, image) in images.iter().enumerate() {
        let is_efi_part = request.efi_boot_part && image.platform == BootPlatform::EFI;
        // As in xorriso, the options of isohybrid images are of those alone.
        if !(is_isohybrid && (image.gpt_basic_data || image.apple) || is_efi_part) {
            continue;
        }
        let system = PartitionOptions::efi_system(PartitionContent::BootImage(index));
        partitions.push(PartitionOptions {
            gpt_type: match (image.gpt_basic_data, is_efi_part) {
                (true, _) => Some(Guid::BASIC_DATA),
                (false, true) => Some(Guid::EFI_SYSTEM),
                (false, false) => None,
            },
            apple_type: image.apple.then(|| "Apple_HFS".to_owned()),
            ..system
        });
    }
    if request.efi_boot_part && !images.iter().any(|image| image.platform == BootPlatform::EFI) {
        return Err(Failure::argument("-efi-boot-part", "there is no boot image for UEFI; name one with -e"));
    }
    if code.is_none() && partitions.is_empty() {
        return Ok(None);
    }
    Ok(Some(HybridOptions {
        code,
        scheme,
        apple_partition_map: is_isohybrid && images.iter().any(|image| image.apple),
        partitions,
        appended,
        disk: request.disk,
    }))
}

/// The partition of the image itself.
fn image_partition(
    request: &HybridRequest,
    scheme: PartitionScheme,
    is_isohybrid: bool,
) -> Result<Option<PartitionOptions>, Failure> {
    let asked = match &request.iso_type {
        Some(text) => Some(text.to_str().and_then(partition_type).ok_or_else(|| {
            let reason =
                format!("{}: no type: a number up to 0xff, a GUID or default", text.to_string_lossy());
            Failure::argument("-iso_mbr_part_type", reason)
        })?),
        None => None,
    };
    let is_taken = request.appended.iter().any(|(_, number, ..)| *number == 1);
    let image = PartitionOptions { number: Some(1), ..PartitionOptions::image() };
    if scheme == PartitionScheme::Gpt {
        let partition = |(_, gpt_type)| PartitionOptions { gpt_type: Some(gpt_type), ..image };
        return Ok(asked.filter(|_| !is_taken).map(partition));
    }
    let usual = if is_isohybrid {
        PartitionType::HIDDEN_NTFS
    } else if request.protective {
        PartitionType::ISO9660
    } else {
        PartitionType::LINUX
    };
    let is_wanted = is_isohybrid || request.protective || asked.is_some() || !request.appended.is_empty();
    let content =
        if request.protective { PartitionContent::ImageBehindFirstBlock } else { PartitionContent::Image };
    let partition = PartitionOptions {
        content,
        mbr_type: asked.map_or(usual, |(mbr_type, _)| mbr_type),
        active: request.code.is_some() || request.protective || request.force_bootable,
        ..image
    };
    Ok((is_wanted && !is_taken).then_some(partition))
}

fn boot_code(
    meaning: Meaning,
    option: &str,
    path: &Path,
    images: &[ImageRequest],
) -> Result<BootCode, Failure> {
    let read_error = |source| Error::SourceRead { path: path.to_owned(), source };
    let wrong = |reason: &str| Failure::argument(option, format!("{}: {reason}", path.display()));
    let len = std::fs::metadata(path).map_err(read_error)?.len();
    if len == 0 || len > LONGEST_CODE {
        return Err(wrong("no boot code: it is empty or longer than a system area"));
    }
    let bytes: Arc<[u8]> = std::fs::read(path).map_err(read_error)?.into();
    if meaning == Meaning::Generic {
        let behind = bytes.get(CODE..).unwrap_or_default();
        let (table, more) = behind.split_at(behind.len().min(BLOCK - CODE));
        let signature = BLOCK - CODE - 2;
        let is_empty = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
        if !is_empty(table.get(..signature).unwrap_or(table)) || !is_empty(more) {
            return Err(wrong("not supported: it has more than 440 bytes of code, or partitions"));
        }
        return Ok(BootCode::Plain(bytes));
    }
    let bios = images.iter().position(|image| image.platform == BootPlatform::X86);
    let bios = bios.ok_or_else(|| wrong("it starts a boot image for BIOS; name that with -b"))?;
    Ok(match meaning {
        Meaning::Grub2Mbr => BootCode::Grub2(bytes, bios),
        _ => BootCode::Isolinux(bytes, bios),
    })
}
