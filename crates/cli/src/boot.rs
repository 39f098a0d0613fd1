//! From the boot options of the command line to those of the plan.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fsimage::{
    AddedPartition, AppendedPartition, Attributes, BootCode, BootImage, BootLoader, BootOptions,
    BootPlatform, BootSource, CatalogPlace, ContentId, Emulation, Error, FatBootSector, FileSystems, Guid,
    HybridOptions, Item, ItemOptions, KnownCode, LoadSize, NodeId, NodeKind, PartitionContent,
    PartitionOptions, PartitionScheme, PartitionType, PlanOptions, SectorCount, SelectionCriteria, Timestamp,
    Tree,
};

use crate::args::{Boot, BootImageArg, BootImageOption, BootPlace, EmulationName, PartitionTable};
use crate::failure::Failure;

/// An unknown loader for BIOS of up to this many bytes is loaded as a whole, for nothing tells how much of itself
/// it needs; of a longer one, the usual 2048 bytes are.
const LOADED_WHOLE: u64 = 32 << 10;

/// Boot code is the first block of a disk at most; more is some other file.
const LONGEST_CODE: u64 = 32 << 10;

/// Puts what the command line says of booting into tree and options. The sources are in the tree already; what is kept
/// of an imported boot set-up is in the options, and the command line adds to it. `now` is the time of what is made where the
/// volume has a time from before.
pub(crate) fn apply(
    args: &Boot,
    tree: &mut Tree,
    options: &mut PlanOptions,
    now: Option<Timestamp>,
) -> Result<(), Failure> {
    check_kept(args, options)?;
    let mut boot = Request { tree, host: Vec::new(), appended: Vec::new() };
    let mut partitions = Vec::new();
    for part in args.append_partition.chunks_exact(3) {
        partitions.push(boot.append_partition(&part[0], &part[1], Path::new(&part[2]))?);
    }
    let mut images = Vec::new();
    for request in &args.boot {
        images.push(boot.by_intent(request.uefi, &request.place)?);
    }
    for image in &args.boot_image {
        images.push(boot.in_detail(image)?);
    }
    // Firmware with BIOS looks at the first alone.
    images.sort_by_key(|image| image.platform != BootPlatform::X86);
    let kept = options.boot.as_ref().map_or(&[][..], |kept| &kept.images);
    let all = if images.is_empty() { kept } else { &images };
    crate::needs::check_boot_images(args, !all.is_empty())?;

    match &mut options.system_area {
        Some(kept) if !kept.is_empty() => {
            for (partition, appended) in partitions.into_iter().zip(&boot.appended) {
                kept.append_partition(&added(partition, appended))?;
            }
        }
        _ if args.of_disks().is_some() || !boot.appended.is_empty() => {
            let hybrid = boot.hybrid(args, all, partitions)?;
            let hybrid = with_hfs_plus(hybrid, options.file_systems);
            if args.apple_partition_map && hybrid.partitions.iter().all(|one| one.apple_type.is_none()) {
                return Err(Failure::argument(
                    "--apple-partition-map",
                    "nothing would be in it: it has the boot image of UEFI (--boot uefi=PATH) and the volume of HFS+ \
                     (hfsplus in --fs)",
                ));
            }
            options.hybrid = Some(hybrid);
            options.partition_offset = SectorCount::new(args.partition_offset.unwrap_or_default());
        }
        _ => {}
    }
    if !images.is_empty() {
        options.boot = Some(BootOptions { images, ..BootOptions::default() });
        options.pad_for_loaders();
    }
    let created = options.created.or(now);
    if let Some(catalog) = &mut options.boot {
        if !args.boot_id.is_empty() {
            catalog.identifier.clone_from(&args.boot_id);
        }
        if let Some(path) = args.boot_catalog.as_deref() {
            move_catalog(boot.tree, catalog, Some(path).filter(|&path| path != "hidden"), created)?;
        }
    }
    Ok(())
}

/// Whether what is kept of an imported boot set-up can be added to as the command line says.
fn check_kept(args: &Boot, options: &PlanOptions) -> Result<(), Failure> {
    let is_further_session = !options.place.is_first();
    let appended = Some("--append-partition").filter(|_| !args.append_partition.is_empty());
    if let Some(option) = args.of_disks().or(appended).filter(|_| is_further_session) {
        return Err(Error::BootConflict { what: option }.into());
    }
    if args.says_what_boots() {
        return Ok(());
    }
    let is_carried = is_further_session && !options.boot_records.is_empty();
    if let Some(option) = args.of_catalog().filter(|_| is_carried) {
        let reason = "a further session has the boot catalog of the earlier one; --boot and --boot-image say what \
                      boots instead, and 'fsimage remaster' writes a new image";
        return Err(Failure::argument(option, reason));
    }
    let is_there = options.system_area.as_ref().is_some_and(|kept| !kept.is_empty());
    match args.of_disks().filter(|_| is_there) {
        Some(option) => Err(Failure::argument(
            option,
            "the imported image has boot code or partitions already, which are kept as they are; --boot and \
             --boot-image say what boots instead, and --imported-boot drop keeps nothing of it",
        )),
        None => Ok(()),
    }
}

/// A partition for tables that there are.
fn added(partition: PartitionOptions, appended: &AppendedPartition) -> AddedPartition {
    AddedPartition {
        number: appended.number,
        content: appended.content,
        mbr_type: partition.mbr_type.unwrap_or(PartitionType::LINUX),
        gpt_type: partition.gpt_type.unwrap_or(Guid::LINUX),
        name: partition.name,
    }
}

/// Shows the catalog as a file of that path, or nowhere; the file that it was shown as is taken out, with all its names.
fn move_catalog(
    tree: &mut Tree,
    catalog: &mut BootOptions,
    path: Option<&str>,
    created: Option<Timestamp>,
) -> Result<(), Failure> {
    if let CatalogPlace::File(before) = catalog.catalog {
        let shown = tree.kind(before);
        let is_it = |tree: &Tree, node: NodeId| tree.kind(node) == shown;
        if path.and_then(|path| tree.lookup(path)).is_some_and(|node| is_it(tree, node)) {
            return Ok(());
        }
        let names: Vec<NodeId> = tree.walk(NodeId::ROOT).filter(|&node| is_it(tree, node)).collect();
        names.into_iter().try_for_each(|name| tree.remove(name))?;
        catalog.catalog = CatalogPlace::Hidden;
    }
    path.map_or(Ok(()), |path| place_catalog(tree, catalog, "--boot-catalog", path, created))
}

/// Of a boot image of UEFI in an Apple partition map: Macs look for what boots in volumes of HFS and HFS+.
const APPLE_TYPE: &str = "Apple_HFS";

/// Why UEFI does not boot what begins with these bytes, if so.
fn check_fat(first: &[u8]) -> Result<(), String> {
    match FatBootSector::parse(first) {
        Ok(_) => Ok(()),
        Err(why) => Err(format!(
            "UEFI boots a FAT file system that holds EFI/BOOT/BOOTX64.EFI and its like; this is none: {why}"
        )),
    }
}

/// Whether all that UEFI boots without emulation is a FAT file system. `option` is what asks for that.
pub(crate) fn check_uefi_images(option: &str, tree: &Tree, options: &PlanOptions) -> Result<(), Failure> {
    let images = options.boot.iter().flat_map(|boot| &boot.images).enumerate();
    for (index, image) in images.filter(|(_, image)| image.platform == BootPlatform::EFI) {
        let (content, file) = match image.source {
            _ if image.emulation != Emulation::None => continue,
            BootSource::File(node) => match tree.kind(node) {
                NodeKind::File(content) => (content, format!(", {}", tree.path(node))),
                _ => continue,
            },
            BootSource::Content(content) => (content, String::new()),
            BootSource::Appended(number) => {
                let mut appended = options.hybrid.iter().flat_map(|hybrid| &hybrid.appended);
                match appended.find(|partition| partition.number == number) {
                    Some(partition) => (partition.content, format!(", partition {number}")),
                    None => continue,
                }
            }
        };
        let mut first = [0; FatBootSector::LEN];
        let read = tree.read_at(content, 0, &mut first)?;
        check_fat(&first[..read]).map_err(|reason| {
            Failure::argument(option, format!("boot image {}{file}: {reason}", index + 1))
        })?;
    }
    Ok(())
}

/// Gives the boot catalog a file of the image, in place of that of a catalog that a source brought along, if it did. Any
/// other file stays.
pub(crate) fn place_catalog(
    tree: &mut Tree,
    catalog: &mut BootOptions,
    option: &str,
    path: &str,
    created: Option<Timestamp>,
) -> Result<(), Failure> {
    if let Some(NodeKind::File(content)) = tree.lookup(path).map(|node| tree.kind(node)) {
        let mut validation = [0; 32];
        let read = tree.read_at(content, 0, &mut validation)?;
        let is_catalog = read == validation.len() && validation[0] == 1 && validation[30..] == [0x55, 0xAA];
        if !is_catalog {
            let reason =
                format!("{path} is a file of the image already, and no boot catalog; name another path");
            return Err(Failure::argument(option, reason));
        }
    }
    let item = Item::BootCatalog(catalog.catalog_len());
    // Nobody writes to it, as genisoimage and xorriso have it too.
    let attributes = Some(Attributes { permissions: 0o444, ..Attributes::FILE });
    let replacing = ItemOptions { attributes, modified: created, replace: true, ..ItemOptions::default() };
    catalog.catalog = CatalogPlace::File(tree.add(path, item, &replacing)?);
    Ok(())
}

/// The same with a partition of HFS+, if the image has that.
pub(crate) fn with_hfs_plus(hybrid: HybridOptions, file_systems: FileSystems) -> HybridOptions {
    if !file_systems.contains(FileSystems::HFS_PLUS) {
        return hybrid;
    }
    let mut partitions = hybrid.partitions;
    let mut volume = PartitionOptions::hfs_plus();
    // In a GPT the volume, and what boots before it, would cut all files from an image that can be mounted by itself.
    if partitions.iter().any(|one| one.content == PartitionContent::Image && one.gpt_type.is_some()) {
        volume.gpt_type = None;
        partitions.iter_mut().for_each(|one| one.apple_type = None);
    }
    partitions.push(volume);
    HybridOptions { apple_partition_map: true, partitions, ..hybrid }
}

struct Request<'a> {
    tree: &'a mut Tree,
    /// Host files that are in no directory, without symbolic links: one that is named twice is stored once.
    host: Vec<(PathBuf, ContentId)>,
    /// Those that are partitions behind all files.
    appended: Vec<AppendedPartition>,
}

impl Request<'_> {
    fn host_content(&mut self, path: &Path) -> Result<ContentId, Failure> {
        // One that cannot be resolved is told of when it is opened.
        let resolved = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if let Some((_, content)) = self.host.iter().find(|(known, _)| *known == resolved) {
            return Ok(*content);
        }
        let content = self.tree.add_content(Item::HostFile(path))?;
        self.host.push((resolved, content));
        Ok(content)
    }

    fn source(&mut self, place: &BootPlace) -> Result<BootSource, Failure> {
        Ok(match place {
            BootPlace::Tree(path) => match self.tree.lookup(path) {
                Some(node) => BootSource::File(node),
                None => return Err(Failure::argument(path.clone(), self.why_missing(path))),
            },
            BootPlace::Host(path) => {
                let content = self.host_content(path)?;
                // What is appended lies behind all files, and is one partition, whichever option names it.
                let appended = self.appended.iter().find(|partition| partition.content == content);
                appended.map_or(BootSource::Content(content), |one| BootSource::Appended(one.number))
            }
            BootPlace::Partition(number) => BootSource::Appended(*number),
        })
    }

    /// Why nothing of the tree is named by a path, which may end with options that are none.
    fn why_missing(&self, path: &str) -> String {
        let options = path.match_indices(',').find(|&(at, _)| self.tree.lookup(&path[..at]).is_some());
        match options.and_then(|(at, _)| path[at + 1..].rsplit(',').next()) {
            Some(option) if BootImageOption::is_one(option) => {
                format!(
                    "{option:?} is an option of --boot-image, not of --boot, which knows what each firmware needs"
                )
            }
            Some(option) => {
                format!("{option:?} is no option of a boot image; there are {}", BootImageOption::NAMES)
            }
            None => "it is not in the image; a file of the host is named with @ before it".to_owned(),
        }
    }

    /// The beginning of an image that is a content, and its length.
    fn beginning(&self, source: BootSource) -> Result<Option<(Vec<u8>, u64)>, Failure> {
        let content = match source {
            BootSource::Content(content) => content,
            BootSource::File(node) => match self.tree.kind(node) {
                NodeKind::File(content) => content,
                other => {
                    return Err(Error::NotAFile { path: self.tree.path(node), kind: other.kind() }.into());
                }
            },
            BootSource::Appended(number) => {
                match self.appended.iter().find(|partition| partition.number == number) {
                    Some(partition) => partition.content,
                    None => return Ok(None),
                }
            }
        };
        let mut first = vec![0; BootLoader::TELLING];
        let read = self.tree.read_at(content, 0, &mut first)?;
        first.truncate(read);
        Ok(Some((first, self.tree.content_len(content))))
    }

    fn by_intent(&mut self, uefi: bool, place: &BootPlace) -> Result<BootImage, Failure> {
        let source = self.source(place)?;
        let platform = if uefi { BootPlatform::EFI } else { BootPlatform::X86 };
        let mut image = BootImage::new(source, platform);
        let Some((first, len)) = self.beginning(source)? else { return Ok(image) };
        if uefi {
            check_fat(&first)
                .map_err(|reason| Failure::argument("--boot uefi", format!("{}: {reason}", name(place))))?;
            return Ok(image);
        }
        match BootLoader::detect(&first) {
            Some(BootLoader::Isolinux) => image.boot_info_table = true,
            Some(BootLoader::Grub2) => (image.boot_info_table, image.grub2_boot_info) = (true, true),
            None if matches!(len, 1_228_800 | 1_474_560 | 2_949_120) => image.emulation = Emulation::Diskette,
            None if len <= LOADED_WHOLE => image.load_size = LoadSize::Whole,
            None => {}
        }
        Ok(image)
    }

    fn in_detail(&mut self, detail: &BootImageArg) -> Result<BootImage, Failure> {
        let mut image = BootImage::new(self.source(&detail.place)?, BootPlatform::X86);
        for option in &detail.options {
            match option {
                BootImageOption::Platform(platform) => image.platform = BootPlatform(*platform),
                BootImageOption::Emulation(emulation) => {
                    image.emulation = match emulation {
                        EmulationName::None => Emulation::None,
                        EmulationName::Diskette => Emulation::Diskette,
                        EmulationName::HardDisk => Emulation::HardDisk,
                    };
                }
                BootImageOption::LoadSegment(segment) => image.load_segment = *segment,
                BootImageOption::LoadSize(size) => {
                    image.load_size = size.map_or(LoadSize::Whole, LoadSize::Sectors);
                }
                BootImageOption::BootInfoTable => image.boot_info_table = true,
                BootImageOption::Grub2BootInfo => image.grub2_boot_info = true,
                BootImageOption::NotBootable => image.bootable = false,
                BootImageOption::Section(text) => image.section = text.clone(),
                BootImageOption::Criteria(kind, criteria) => {
                    image.selection = Some(SelectionCriteria { kind: *kind, criteria: criteria.clone() });
                }
            }
        }
        Ok(image)
    }

    fn append_partition(
        &mut self,
        number: &str,
        kind: &str,
        file: &Path,
    ) -> Result<PartitionOptions, Failure> {
        let wrong = |reason: String| Failure::argument("--append-partition", reason);
        let number: u8 =
            number.parse().ok().filter(|number| (1..=128).contains(number)).ok_or_else(|| {
                wrong(format!("{number:?} is no number of a partition: 1 to 4, or 128 with a GPT"))
            })?;
        let (mbr_type, gpt_type) = partition_type(kind).ok_or_else(|| {
            wrong(format!("{kind:?} is no type: a number up to 0xff, efi, linux, data or a GUID"))
        })?;
        let content = self.host_content(file)?;
        self.appended.push(AppendedPartition { number, content });
        Ok(PartitionOptions {
            number: Some(number),
            mbr_type: Some(mbr_type),
            gpt_type: Some(gpt_type),
            name: format!("Appended{number}"),
            ..PartitionOptions::efi_system(PartitionContent::Appended(number))
        })
    }

    fn hybrid(
        &mut self,
        args: &Boot,
        images: &[BootImage],
        mut partitions: Vec<PartitionOptions>,
    ) -> Result<HybridOptions, Failure> {
        let bios = images.iter().position(|image| image.platform == BootPlatform::X86);
        let uefi = images.iter().position(|image| image.platform == BootPlatform::EFI);
        let loader = match bios {
            Some(index) => {
                let beginning = self.beginning(images[index].source)?;
                beginning.and_then(|(first, _)| BootLoader::detect(&first))
            }
            None => None,
        };
        let code = match (&args.mbr, bios) {
            (Some(path), _) => Some(boot_code(path, bios.zip(loader))?),
            (None, Some(_)) if args.hybrid => {
                let needed = loader.map_or_else(
                    || "BIOS boots a disk by code in its first block; name it with --mbr".to_owned(),
                    |loader| {
                        format!("{loader} starts from a disk by {}; name it with --mbr", loader.disk_code())
                    },
                );
                return Err(Failure::argument("--hybrid", needed));
            }
            (None, _) => None,
        };
        let scheme = match args.partition_table {
            Some(PartitionTable::Gpt) => PartitionScheme::Gpt,
            Some(PartitionTable::Mbr) => PartitionScheme::Mbr,
            Some(PartitionTable::Hybrid) => PartitionScheme::GptAndMbr,
            None if uefi.is_none() && partitions.is_empty() => PartitionScheme::Mbr,
            None => PartitionScheme::Gpt,
        };
        // In a GPT it is worth an entry where it can be mounted.
        let gpt_type = args.partition_offset.map(|_| Guid::BASIC_DATA);
        if scheme.has_mbr_partitions() || gpt_type.is_some() {
            // A PC with BIOS would run the code that is not there.
            let active = code.is_some();
            partitions.insert(0, PartitionOptions { active, gpt_type, ..PartitionOptions::image() });
        }
        // An EFI system partition that is appended is a partition already.
        let apple_type = args.apple_partition_map.then(|| APPLE_TYPE.to_owned());
        match uefi.map(|index| (index, images[index].source)) {
            Some((_, BootSource::Appended(number))) => {
                let is_it = |one: &&mut PartitionOptions| one.content == PartitionContent::Appended(number);
                partitions.iter_mut().filter(is_it).for_each(|one| one.apple_type.clone_from(&apple_type));
            }
            Some((index, _)) => {
                let system = PartitionOptions::efi_system(PartitionContent::BootImage(index));
                partitions.push(PartitionOptions { apple_type, ..system });
            }
            None => {}
        }
        Ok(HybridOptions {
            active_entry: code.is_some(),
            code,
            scheme,
            apple_partition_map: args.apple_partition_map,
            partitions,
            appended: std::mem::take(&mut self.appended),
            ..HybridOptions::default()
        })
    }
}

/// The boot code in a file, in the form that the loader wants.
fn boot_code(path: &Path, loader: Option<(usize, BootLoader)>) -> Result<BootCode, Failure> {
    let read_error = |source| Error::SourceRead { path: path.to_owned(), source };
    let wrong = |reason: String| Failure::argument("--mbr", format!("{}: {reason}", path.display()));
    let len = std::fs::metadata(path).map_err(read_error)?.len();
    if len == 0 || len > LONGEST_CODE {
        return Err(wrong(format!("{len} bytes are no boot code; the first 440 of a block are")));
    }
    let bytes: Arc<[u8]> = std::fs::read(path).map_err(read_error)?.into();
    let known = KnownCode::detect(&bytes);
    match (loader, known) {
        (Some((index, BootLoader::Isolinux)), None | Some(KnownCode::Isolinux)) => {
            Ok(BootCode::Isolinux(bytes, index))
        }
        (Some((index, BootLoader::Grub2)), None | Some(KnownCode::Grub2Hybrid)) => {
            Ok(BootCode::Grub2(bytes, index))
        }
        (Some((_, loader)), Some(_)) => {
            Err(wrong(format!("this is other code; {loader} starts from a disk by {}", loader.disk_code())))
        }
        (None, Some(KnownCode::Isolinux | KnownCode::Grub2Hybrid)) => {
            Err(wrong("it starts ISOLINUX or GRUB, and the image has neither to boot with BIOS".to_owned()))
        }
        (None, _) => Ok(BootCode::Plain(bytes)),
    }
}

fn name(place: &BootPlace) -> String {
    match place {
        BootPlace::Tree(path) => path.clone(),
        BootPlace::Host(path) => path.display().to_string(),
        BootPlace::Partition(number) => format!("partition {number}"),
    }
}

/// A partition's type for either table.
pub(crate) fn partition_type(text: &str) -> Option<(PartitionType, Guid)> {
    let known = match text.to_ascii_lowercase().as_str() {
        "efi" => Some((PartitionType::EFI_SYSTEM, Guid::EFI_SYSTEM)),
        "linux" => Some((PartitionType::LINUX, Guid::LINUX)),
        "data" => Some((PartitionType(0x0C), Guid::BASIC_DATA)),
        _ => None,
    };
    known.or_else(|| {
        if let Some(guid) = Guid::parse_text(text) {
            let of_mbr = match guid {
                Guid::EFI_SYSTEM => PartitionType::EFI_SYSTEM,
                Guid::LINUX => PartitionType::LINUX,
                _ => PartitionType(0x0C),
            };
            return Some((of_mbr, guid));
        }
        let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(hex) => u8::from_str_radix(hex, 16).ok()?,
            None => text.parse().ok()?,
        };
        let guid = match PartitionType(number) {
            PartitionType::EFI_SYSTEM => Guid::EFI_SYSTEM,
            PartitionType::LINUX => Guid::LINUX,
            PartitionType::UNUSED => return None,
            _ => Guid::BASIC_DATA,
        };
        Some((PartitionType(number), guid))
    })
}
