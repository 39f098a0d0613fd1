//! Boot images and partitions.

use std::sync::Arc;

use fsimage::{
    AppendedPartition, BootCode, BootImage, BootOptions, BootPlatform, BootSource, ContentId, Emulation,
    FileSystems, GptNumbers, Guid, HybridOptions, Item, LoadSize, NodeKind, PartitionContent,
    PartitionOptions, PartitionScheme, PartitionType, PlanOptions, SelectionCriteria, Tree,
};

use super::Personality;
use super::boot_request::{AppendRequest, HybridRequest, ImageRequest};
use super::interval::{HostBytes, ImagePath};
use super::meaning::Meaning;
use super::request::Request;
use crate::boot::{place_catalog, with_hfs_plus};
use crate::commands::complain;
use crate::failure::Failure;

/// Boot code lies in the system area.
const LONGEST_CODE: u64 = 32 << 10;

/// Bytes of the diskettes that a boot image may seem to be.
const DISKETTES: [u64; 3] = [1_228_800, 1_474_560, 2_949_120];

/// Bytes of what identifies the first boot image, in the validation entry, and of what identifies a section.
const OF_THE_CATALOG: usize = 24;
const OF_A_SECTION: usize = 28;

/// Bytes of a cylinder of 64 heads of 32 blocks.
const CYLINDER: u64 = 1 << 20;

/// Type of the partition that CHRP looks for.
const CHRP: PartitionType = PartitionType(0x96);

/// Puts boot images and partitions into tree and options. The sources are in the tree already.
pub(super) fn apply(request: &Request, tree: &mut Tree, options: &mut PlanOptions) -> Result<(), Failure> {
    options.hybrid = hybrid(&request.hybrid, &request.boot.images, tree)?;
    let appended = options.hybrid.as_ref().map_or(&[][..], |hybrid| &hybrid.appended);
    let with_personality = |image| boot_image(tree, appended, (image, request.personality));
    let mut images: Vec<BootImage> =
        request.boot.images.iter().map(with_personality).collect::<Result<_, _>>()?;
    if let Some(first) = images.first_mut() {
        // The initial entry is in no section: what identifies it is in the validation entry.
        first.section = String::new();
    }
    for image in images.iter_mut().skip(1) {
        image.section = identifier(&image.section, OF_A_SECTION);
    }
    if request.hfs_plus.option.is_some() {
        let hybrid = options.hybrid.take().map(|hybrid| with_hfs_plus(hybrid, FileSystems::HFS_PLUS));
        options.hybrid = Some(with_apple_name(hybrid.unwrap_or_else(HybridOptions::apple_hfs_plus)));
    }
    let Some(first) = request.boot.images.first() else {
        return match &request.boot.catalog {
            Some(_) => Err(Failure::argument("-c", "there is no boot image; name one with -b or -e")),
            None => Ok(()),
        };
    };
    let mut catalog = BootOptions {
        identifier: match &first.identifier {
            Some(given) => identifier(given, OF_THE_CATALOG),
            None => publisher(request).unwrap_or_default(),
        },
        images,
        ..BootOptions::default()
    };
    if !request.boot.hidden_catalog {
        let path = request.boot.catalog.as_deref().unwrap_or("/boot.catalog");
        place_catalog(tree, &mut catalog, "-c", path, options.created)?;
    }
    options.boot = Some(catalog);
    Ok(())
}

/// The volume of HFS+ has a name of its own in the Apple partition map, as xorriso's has.
fn with_apple_name(hybrid: HybridOptions) -> HybridOptions {
    let is_volume = |one: &PartitionOptions| one.content == PartitionContent::HfsPlus;
    let (volumes, mut partitions): (Vec<_>, Vec<_>) = hybrid.partitions.into_iter().partition(is_volume);
    for volume in volumes {
        let name = "HFSPLUS_Hybrid".to_owned();
        partitions.push(PartitionOptions { name, mbr_type: None, gpt_type: None, ..volume.clone() });
        partitions.push(PartitionOptions { apple_type: None, ..volume });
    }
    HybridOptions { partitions, ..hybrid }
}

/// What genisoimage names in a boot catalog: as much of the publisher as 23 bytes hold.
fn publisher(request: &Request) -> Option<String> {
    let publisher = request.texts.publisher.as_ref()?;
    (request.personality == Personality::Genisoimage).then(|| cut(publisher, 23).to_owned())
}

/// As much of an identifier as its field has bytes for. What is lost is told.
fn identifier(given: &str, len: usize) -> String {
    let kept = cut(given, len);
    if kept != given {
        complain(format_args!(
            "fsimage: -eltorito-id: of {given:?} the first {len} bytes are recorded, {kept:?}"
        ));
    }
    kept.to_owned()
}

/// The characters that fit into so many bytes.
fn cut(text: &str, len: usize) -> &str {
    let end = (0..=len.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}

fn boot_image(
    tree: &Tree,
    appended: &[AppendedPartition],
    (image, personality): (&ImageRequest, Personality),
) -> Result<BootImage, Failure> {
    let Some((option, path)) = &image.path else {
        let reason = "it is of a boot image, which none of -b, -e and --efi-boot names";
        return Err(Failure::argument(image.typed.join(", "), reason));
    };
    let source = match ImagePath::parse(option, path)? {
        ImagePath::Appended(number) => BootSource::Appended(number),
        ImagePath::Tree(path) => match tree.lookup(path) {
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
    if emulation != Emulation::None && matches!(source, BootSource::Appended(_)) {
        let reason = format!("{path}: an appended partition is loaded as it is, with -no-emul-boot");
        return Err(Failure::argument(option.clone(), reason));
    }
    let len = content(tree, appended, source).map(|content| tree.content_len(content));
    if emulation == Emulation::Diskette
        && let Some(len) = len.filter(|len| !DISKETTES.contains(len))
    {
        let reason = format!(
            "{path}: {len} bytes are no diskette, which it seems to be without -no-emul-boot: those have 1,228,800, \
             1,474,560 or 2,949,120"
        );
        return Err(Failure::argument(option.clone(), reason));
    }
    let is_emulated_by_xorriso = personality == Personality::Xorriso && emulation != Emulation::None;
    if image.load_size.is_some() && is_emulated_by_xorriso {
        complain(format_args!(
            "fsimage: -boot-load-size: of {path} one block is loaded, as xorriso has what is emulated"
        ));
    }
    let load_size = match image.load_size.filter(|_| !is_emulated_by_xorriso) {
        Some(Some(sectors)) => LoadSize::Sectors(sectors),
        None if emulation != Emulation::None => LoadSize::Usual,
        None | Some(None) => len.map_or(LoadSize::Whole, |len| whole(len, image.platform)),
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

fn content(tree: &Tree, appended: &[AppendedPartition], source: BootSource) -> Option<ContentId> {
    match source {
        BootSource::File(node) => match tree.kind(node) {
            NodeKind::File(content) => Some(content),
            _ => None,
        },
        BootSource::Content(content) => Some(content),
        BootSource::Appended(number) => {
            let partition = appended.iter().find(|partition| partition.number == number);
            partition.map(|partition| partition.content)
        }
    }
}

/// All of an image, in whole sectors as its models load it: as far as BIOS can count, and for UEFI up to the medium's
/// end.
fn whole(len: u64, platform: BootPlatform) -> LoadSize {
    match u16::try_from(len.div_ceil(2048) * 4) {
        Ok(blocks) => LoadSize::Sectors(blocks),
        Err(_) if platform == BootPlatform::EFI => LoadSize::Whole,
        Err(_) => LoadSize::Sectors(u16::MAX),
    }
}

fn hybrid(
    request: &HybridRequest,
    images: &[ImageRequest],
    tree: &mut Tree,
) -> Result<Option<HybridOptions>, Failure> {
    let mut code = match &request.code {
        Some((meaning, option, file)) => Some(boot_code(*meaning, option, file, images)?),
        None => None,
    };
    if let Some(option) = &request.chrp {
        return chrp(option, request, code.is_some()).map(Some);
    }
    let is_isohybrid = matches!(code, Some(BootCode::Isolinux(..))) && !request.protective;
    // As in xorriso, the options of isohybrid images are of those alone.
    let has_marks = is_isohybrid || request.like_isohybrid;
    let is_hybrid_gpt = has_marks && images.iter().any(|image| image.gpt_type.is_some());
    let has_appended_in_gpt = request.appended_as_gpt.is_some() && !request.appended.is_empty();
    let is_around_appended = has_appended_in_gpt && is_isohybrid && marks_a_file(images)?;
    let scheme = if is_around_appended && request.partition_offset == 0 {
        PartitionScheme::GptAndMbr
    } else if has_appended_in_gpt {
        // The master boot record protects it, whatever starts from there.
        PartitionScheme::Gpt
    } else if is_hybrid_gpt || request.efi_boot_part && (is_isohybrid || !request.appended.is_empty()) {
        PartitionScheme::GptAndMbr
    } else if request.efi_boot_part {
        PartitionScheme::Gpt
    } else {
        PartitionScheme::Mbr
    };
    let mut partitions = Vec::new();
    // Around the others, as xorriso has it.
    let around = |image: PartitionOptions| PartitionOptions {
        content: PartitionContent::WholeImage,
        gpt_type: Some(Guid::BASIC_DATA),
        name: "ISOHybrid".to_owned(),
        ..image
    };
    // What is appended to the image that is no partition of the master boot record stands there beside what protects it.
    let is_beside_protective = scheme == PartitionScheme::GptAndMbr && !is_isohybrid && !is_hybrid_gpt;
    if is_around_appended {
        let image = PartitionOptions { mbr_type: None, ..PartitionOptions::image() };
        partitions.extend([around(image), protective()]);
    } else if is_beside_protective {
        partitions.extend(image_partition(request, PartitionScheme::Gpt, is_isohybrid));
        partitions.push(protective());
    } else {
        let image = image_partition(request, scheme, is_isohybrid);
        let is_around = is_hybrid_gpt && scheme == PartitionScheme::GptAndMbr;
        partitions.extend(image.map(|image| if is_around { around(image) } else { image }));
    }
    let mut appended = Vec::new();
    for AppendRequest { option, number, kind: (mbr_type, gpt_type), content } in &request.appended {
        let mut item = content.item(option)?;
        if request.fill_cylinders {
            let over = content.len()? % CYLINDER;
            let rest = vec![0; if over == 0 { 0 } else { CYLINDER - over } as usize];
            item = Item::Joined(vec![item, Item::Bytes(rest.into())]);
        }
        let content = tree.add_content(item)?;
        appended.push(AppendedPartition { number: *number, content });
        partitions.push(PartitionOptions {
            number: Some(*number),
            mbr_type: Some(*mbr_type).filter(|_| !has_appended_in_gpt),
            gpt_type: Some(*gpt_type),
            name: format!("Appended{number}"),
            ..PartitionOptions::efi_system(PartitionContent::Appended(*number))
        });
    }
    let mut marked = 0;
    for (index, image) in images.iter().enumerate() {
        let is_efi_part = request.efi_boot_part && image.platform == BootPlatform::EFI;
        let appended_number = appended_number(image)?;
        let gpt_type = match (image.gpt_type.filter(|_| has_marks), is_efi_part) {
            (Some(marked), _) => Some(marked),
            (None, true) => Some(Guid::EFI_SYSTEM),
            (None, false) => None,
        };
        let apple = image.apple && has_marks;
        let is_marked = scheme == PartitionScheme::GptAndMbr && !has_appended_in_gpt;
        if let Some(gpt_type) = gpt_type.filter(|_| is_marked) {
            let own = appended_number.map(PartitionContent::Appended);
            let is_it = |one: &&mut PartitionOptions| Some(one.content) == own;
            if let Some(partition) = partitions.iter_mut().find(is_it) {
                marked += 1;
                partition.content = PartitionContent::BootImage(index);
                partition.gpt_type = Some(gpt_type);
                partition.name = format!("ISOHybrid{marked}");
            }
        }
        if appended_number.is_some() && apple {
            partitions.push(PartitionOptions {
                mbr_type: None,
                gpt_type: None,
                apple_type: Some("Apple_HFS".to_owned()),
                ..PartitionOptions::efi_system(PartitionContent::BootImage(index))
            });
        }
        if appended_number.is_some() || gpt_type.is_none() && !apple {
            continue;
        }
        let mbr_type = match gpt_type {
            Some(Guid::HFS_PLUS) => PartitionType::UNUSED,
            _ => PartitionType::EFI_SYSTEM,
        };
        let partition = PartitionOptions {
            // The numbers of appended ones are those that the command line gives.
            mbr_type: Some(mbr_type).filter(|_| appended.is_empty() || is_around_appended),
            gpt_type,
            apple_type: apple.then(|| "Apple_HFS".to_owned()),
            ..PartitionOptions::efi_system(PartitionContent::BootImage(index))
        };
        if gpt_type.is_none() {
            partitions.push(partition);
            continue;
        }
        let name = if is_efi_part {
            "EFI boot partition".to_owned()
        } else {
            marked += 1;
            format!("ISOHybrid{marked}")
        };
        partitions.push(PartitionOptions { name, apple_type: None, ..partition.clone() });
        if apple {
            // There it has a name of its own.
            partitions.push(PartitionOptions { mbr_type: None, gpt_type: None, ..partition });
        }
    }
    if request.efi_boot_part && !images.iter().any(|image| image.platform == BootPlatform::EFI) {
        return Err(Failure::argument("-efi-boot-part", "there is no boot image for UEFI; name one with -e"));
    }
    if request.iso_type.is_some() && !partitions.iter().any(|one| is_image(one.content)) {
        complain(format_args!("fsimage: -iso_mbr_part_type: there is no partition of the image"));
    }
    let is_of_code_alone = partitions.is_empty() && matches!(code, None | Some(BootCode::Plain(_)));
    if request.force_bootable && is_of_code_alone {
        code = Some(with_active_entry(code));
    } else if request.force_bootable
        || request.protective
        || matches!(code, Some(BootCode::Isolinux(..) | BootCode::Grub2(..)))
    {
        mark_active(&mut partitions);
    }
    if code.is_none() && partitions.is_empty() {
        return Ok(None);
    }
    let apple_partition_map = partitions.iter().any(|partition| partition.apple_type.is_some());
    Ok(Some(HybridOptions {
        code,
        scheme,
        apple_partition_map,
        partitions,
        gpt_numbers: GptNumbers::ByAddress,
        active_entry: request.force_bootable,
        appended,
        disk: request.disk,
    }))
}

fn is_image(content: PartitionContent) -> bool {
    matches!(
        content,
        PartitionContent::Image | PartitionContent::WholeImage | PartitionContent::ImageBehindFirstBlock
    )
}

/// Where no partition of the master boot record is active, the first is that neither protects a GPT nor is of UEFI.
fn mark_active(partitions: &mut [PartitionOptions]) {
    let taken: Vec<u8> =
        partitions.iter().filter(|one| one.mbr_type.is_some()).filter_map(|one| one.number).collect();
    let mut free = (1..=u8::MAX).filter(|number| !taken.contains(number));
    let in_record = partitions.iter_mut().filter(|one| one.mbr_type.is_some());
    let mut in_record: Vec<_> = in_record.map(|one| (one.number.or_else(|| free.next()), one)).collect();
    in_record.sort_by_key(|(number, _)| *number);
    if in_record.iter().any(|(_, one)| one.active) {
        return;
    }
    let none = [Some(PartitionType::GPT_PROTECTIVE), Some(PartitionType::EFI_SYSTEM)];
    if let Some((_, first)) = in_record.into_iter().find(|(_, one)| !none.contains(&one.mbr_type)) {
        first.active = true;
    }
}

/// The first block of a file as it is, or nothing at all, but that an entry of its partition table is active: the first
/// that is used by what is no EFI system partition, or else an empty one.
fn with_active_entry(code: Option<BootCode>) -> BootCode {
    const ENTRIES: std::ops::Range<usize> = 446..510;
    const LEN: usize = 16;
    const TYPE: usize = 4;
    /// From block 0 on one block, of no type.
    const EMPTY: [u8; LEN] = [0x80, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0];
    let mut bytes = match code {
        Some(BootCode::Plain(bytes)) => bytes.to_vec(),
        _ => Vec::new(),
    };
    bytes.resize(bytes.len().max(512), 0);
    let mut entries: Vec<_> = bytes[ENTRIES].chunks_exact_mut(LEN).collect();
    let is_unused = |entry: &[u8]| entry.iter().all(|byte| *byte == 0);
    let none = [PartitionType::GPT_PROTECTIVE.0, PartitionType::EFI_SYSTEM.0];
    if !entries.iter().any(|entry| entry[0] & 0x80 != 0) {
        if let Some(first) = entries.iter_mut().find(|one| !is_unused(one) && !none.contains(&one[TYPE])) {
            first[0] |= 0x80;
        } else if let Some(free) = entries.iter_mut().find(|one| is_unused(one)) {
            free.copy_from_slice(&EMPTY);
        }
    }
    BootCode::Plain(bytes.into())
}

/// Whether an option of isohybrid images gives a boot image in the tree a type in a GPT.
fn marks_a_file(images: &[ImageRequest]) -> Result<bool, Failure> {
    for image in images.iter().filter(|image| image.gpt_type.is_some()) {
        if appended_number(image)?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What protects a GPT, beside other partitions of the master boot record.
fn protective() -> PartitionOptions {
    PartitionOptions {
        number: Some(1),
        content: PartitionContent::ImageBehindFirstBlock,
        mbr_type: Some(PartitionType::GPT_PROTECTIVE),
        active: false,
        ..PartitionOptions::image()
    }
}

/// The number of the appended partition that a boot image is.
fn appended_number(image: &ImageRequest) -> Result<Option<u8>, Failure> {
    let Some((option, path)) = &image.path else { return Ok(None) };
    Ok(match ImagePath::parse(option, path)? {
        ImagePath::Appended(number) => Some(number),
        ImagePath::Tree(_) => None,
    })
}

/// A partition of all of the image, which firmware of PowerPC looks for.
fn chrp(option: &str, request: &HybridRequest, has_code: bool) -> Result<HybridOptions, Failure> {
    let is_alone = !has_code
        && request.appended.is_empty()
        && !request.efi_boot_part
        && !request.protective
        && request.partition_offset == 0;
    if !is_alone {
        return Err(Failure::argument(option, "not supported beside boot code or other partitions"));
    }
    let image = PartitionOptions { number: Some(1), mbr_type: Some(CHRP), ..PartitionOptions::image() };
    Ok(HybridOptions {
        scheme: PartitionScheme::Mbr,
        partitions: vec![image],
        disk: request.disk,
        ..HybridOptions::default()
    })
}

/// The partition of the image itself.
fn image_partition(
    request: &HybridRequest,
    scheme: PartitionScheme,
    is_isohybrid: bool,
) -> Option<PartitionOptions> {
    let has_offset = request.partition_offset > 0;
    if scheme == PartitionScheme::Gpt {
        let usual = has_offset.then_some(Guid::BASIC_DATA)?;
        let gpt_type = Some(request.iso_type.map_or(usual, |(_, gpt_type)| gpt_type));
        return Some(PartitionOptions { gpt_type, ..PartitionOptions::image() });
    }
    let is_wanted = is_isohybrid
        || request.protective
        || has_offset
        || scheme == PartitionScheme::GptAndMbr
        || !request.appended.is_empty();
    if !is_wanted || request.appended.iter().any(|appended| appended.number == 1) {
        return None;
    }
    let image = PartitionOptions { number: Some(1), ..PartitionOptions::image() };
    let usual = if scheme == PartitionScheme::GptAndMbr {
        PartitionType::UNUSED
    } else if is_isohybrid {
        PartitionType::HIDDEN_NTFS
    } else if request.protective || has_offset {
        PartitionType::ISO9660
    } else {
        PartitionType::LINUX
    };
    let content = match request.protective && !has_offset {
        true => PartitionContent::ImageBehindFirstBlock,
        false => PartitionContent::Image,
    };
    Some(PartitionOptions {
        content,
        mbr_type: Some(request.iso_type.map_or(usual, |(mbr_type, _)| mbr_type)),
        active: is_isohybrid,
        ..image
    })
}

fn boot_code(
    meaning: Meaning,
    option: &str,
    file: &HostBytes,
    images: &[ImageRequest],
) -> Result<BootCode, Failure> {
    let wrong = |reason: &str| Failure::argument(option, format!("{}: {reason}", file.path.display()));
    let (bytes, is_longer) = file.read(LONGEST_CODE)?;
    if bytes.is_empty() {
        return Err(wrong("no boot code: it is empty"));
    }
    if is_longer {
        let path = file.path.display();
        complain(format_args!(
            "fsimage: {option}: of {path} the first {LONGEST_CODE} bytes are taken, which the system area holds"
        ));
    }
    let bytes: Arc<[u8]> = bytes.into();
    if meaning == Meaning::Generic {
        return Ok(BootCode::Plain(bytes));
    }
    let bios = images.iter().position(|image| image.platform == BootPlatform::X86);
    let bios = bios.ok_or_else(|| wrong("it starts a boot image for BIOS; name that with -b"))?;
    Ok(match meaning {
        Meaning::Grub2Mbr => BootCode::Grub2(bytes, bios),
        _ => BootCode::Isolinux(bytes, bios),
    })
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn characters_are_not_cut_in_two() {
        assert_eq!(cut("short", 24), "short");
        assert_eq!(cut("M\u{fc}ller", 2), "M");
        assert_eq!(cut("M\u{fc}ller", 3), "M\u{fc}");
        assert_eq!(cut("\u{fc}", 1), "");
    }
}
