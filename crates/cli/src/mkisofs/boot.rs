//! Boot images and the boot catalog.

use fsimage::{
    AppendedPartition, BootImage, BootOptions, BootPlatform, BootSource, ContentId, Emulation, FileSystems,
    HybridOptions, LoadSize, NodeKind, PartitionContent, PartitionOptions, PlanOptions, SelectionCriteria,
    Tree,
};

use super::Personality;
use super::boot_request::ImageRequest;
use super::hybrid::hybrid;
use super::interval::ImagePath;
use super::request::Request;
use crate::boot::{place_catalog, with_hfs_plus};
use crate::commands::complain;
use crate::failure::Failure;

/// Bytes of the diskettes that a boot image may seem to be.
const DISKETTES: [u64; 3] = [1_228_800, 1_474_560, 2_949_120];

/// Bytes of what identifies the first boot image, in the validation entry, and of what identifies a section.
const OF_THE_CATALOG: usize = 24;
const OF_A_SECTION: usize = 28;

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
    let all = len.map_or(LoadSize::Whole, |len| whole(len, image.platform));
    let usual = if emulation == Emulation::None { all } else { LoadSize::Usual };
    let is_xorriso = personality == Personality::Xorriso;
    let load_size = match image.load_size {
        Some(Some(_)) if is_xorriso && emulation != Emulation::None => {
            complain(format_args!(
                "fsimage: -boot-load-size: of {path} one block is loaded, as xorriso has what is emulated"
            ));
            usual
        }
        Some(Some(sectors)) if is_xorriso && image.platform == BootPlatform::EFI => {
            if u16::try_from(sectors).map(LoadSize::Sectors) != Ok(usual) {
                complain(format_args!(
                    "fsimage: -boot-load-size: of {path} all is loaded, as xorriso has what is for UEFI"
                ));
            }
            usual
        }
        Some(Some(0)) if !is_xorriso => usual,
        Some(Some(sectors)) => match u16::try_from(sectors) {
            Ok(sectors) => LoadSize::Sectors(sectors),
            Err(_) if is_xorriso => {
                complain(format_args!(
                    "fsimage: -boot-load-size: of {path} 65535 blocks are loaded, the most that a catalog can tell"
                ));
                LoadSize::Sectors(u16::MAX)
            }
            Err(_) => {
                let reason = format!("{sectors}: a catalog tells at most 65535 blocks");
                return Err(Failure::argument("-boot-load-size", reason));
            }
        },
        Some(None) if !is_xorriso => all,
        None | Some(None) => usual,
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
