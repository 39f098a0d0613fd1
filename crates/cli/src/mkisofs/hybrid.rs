//! Boot code, what is appended, and the partition tables: each has what xorriso's has.

use std::sync::Arc;

use fsimage::{
    AppendedPartition, BootCode, BootPlatform, GptNumbers, Guid, HybridOptions, Item, PartitionContent,
    PartitionOptions, PartitionScheme, PartitionType, Tree,
};

use super::boot_request::{AppendRequest, HybridRequest, ImageRequest};
use super::interval::{HostBytes, ImagePath};
use super::meaning::Meaning;
use crate::commands::complain;
use crate::failure::Failure;

/// Boot code lies in the system area.
const LONGEST_CODE: u64 = 32 << 10;

/// Bytes of a cylinder of 64 heads of 32 blocks.
const CYLINDER: u64 = 1 << 20;

/// Type of the partition that CHRP looks for.
const CHRP: PartitionType = PartitionType(0x96);

/// Entries of the partition table in a master boot record.
const MBR_ENTRIES: usize = 4;

/// What the command line asks for of the system area; `None` if nothing.
pub(super) fn hybrid(
    request: &HybridRequest,
    images: &[ImageRequest],
    tree: &mut Tree,
) -> Result<Option<HybridOptions>, Failure> {
    let mut code = match &request.code {
        Some((meaning, option, file)) => Some(boot_code(*meaning, option, file, images)?),
        None => None,
    };
    let tables = Tables::new(request, images, code.as_ref())?;
    let (appended, types) = append(request, tree)?;
    let gpt = tables.gpt(&types);
    let (mbr, apple) = (tables.mbr(&types, !gpt.is_empty())?, tables.apple(&types));
    tables.tell_idle(&mbr, &gpt);
    if request.force_bootable
        && mbr.is_empty()
        && gpt.is_empty()
        && apple.is_empty()
        && matches!(code, None | Some(BootCode::Plain(_)))
    {
        code = Some(with_active_entry(code));
    }
    if code.is_none() && mbr.is_empty() && gpt.is_empty() && apple.is_empty() {
        return Ok(None);
    }
    let is_protective = matches!(&mbr[..], [only] if only.mbr_type == Some(PartitionType::GPT_PROTECTIVE));
    let (scheme, mbr) = match (gpt.is_empty(), is_protective) {
        (true, _) => (PartitionScheme::Mbr, mbr),
        // The only one is there anyway.
        (false, true) => (PartitionScheme::Gpt, Vec::new()),
        (false, false) => (PartitionScheme::GptAndMbr, mbr),
    };
    Ok(Some(HybridOptions {
        code,
        scheme,
        apple_partition_map: !apple.is_empty(),
        gpt_numbers: if tables.has_gaps() { GptNumbers::ByAddress } else { GptNumbers::Own },
        active_entry: request.force_bootable && !tables.is_chrp,
        partitions: [mbr, gpt, apple].concat(),
        appended,
        appended_in_a_row: !request.fill_cylinders,
        disk: request.disk,
    }))
}

/// Puts contents behind all files, in the order of their numbers, with the types that their partitions have.
fn append(
    request: &HybridRequest,
    tree: &mut Tree,
) -> Result<(Vec<AppendedPartition>, Vec<Appended>), Failure> {
    let mut requests: Vec<&AppendRequest> = request.appended.iter().collect();
    requests.sort_by_key(|one| one.number);
    let (mut appended, mut types) = (Vec::new(), Vec::new());
    for AppendRequest { option, number, kind: (mbr_type, gpt_type), content } in requests {
        let mut item = content.item(option)?;
        if request.fill_cylinders {
            let over = content.len()? % CYLINDER;
            let rest = vec![0; if over == 0 { 0 } else { CYLINDER - over } as usize];
            item = Item::Joined(vec![item, Item::Bytes(rest.into())]);
        }
        appended.push(AppendedPartition { number: *number, content: tree.add_content(item)? });
        let option = option.clone();
        types.push(Appended { option, number: *number, mbr_type: *mbr_type, gpt_type: *gpt_type });
    }
    Ok((appended, types))
}

/// What is appended, as a partition.
struct Appended {
    /// The option that asks for it.
    option: String,
    number: u8,
    mbr_type: PartitionType,
    gpt_type: Guid,
}

/// A boot image that an option of isohybrid images makes a partition.
struct Marked {
    image: usize,
    /// Its type in a GPT.
    gpt_type: Option<Guid>,
    /// Whether it is in the Apple partition map.
    apple: bool,
    /// The number of the appended partition that it is.
    appended: Option<u8>,
}

/// What the tables are made of.
struct Tables<'a> {
    request: &'a HybridRequest,
    is_isohybrid: bool,
    is_grub2: bool,
    is_chrp: bool,
    marked: Vec<Marked>,
    /// The boot image that `-efi-boot-part` makes a partition.
    efi_part: Option<usize>,
}

impl<'a> Tables<'a> {
    fn new(
        request: &'a HybridRequest,
        images: &[ImageRequest],
        code: Option<&BootCode>,
    ) -> Result<Tables<'a>, Failure> {
        let is_isohybrid = matches!(code, Some(BootCode::Isolinux(..))) && !request.protective;
        let is_chrp = request.chrp.is_some() && !request.protective && !is_isohybrid;
        let has_marks = is_isohybrid || request.like_isohybrid && !request.efi_boot_part && !is_chrp;
        let (mut marked, mut efi_part) = (Vec::new(), None);
        for (image, of) in images.iter().enumerate() {
            let appended = appended_number(of)?;
            let (gpt_type, apple) = (of.gpt_type, of.apple);
            if has_marks && (gpt_type.is_some() || apple) {
                marked.push(Marked { image, gpt_type, apple, appended });
            }
            if request.efi_boot_part && of.platform == BootPlatform::EFI && appended.is_none() {
                efi_part = efi_part.or(Some(image));
            }
        }
        if request.efi_boot_part && efi_part.is_none() {
            let reason = "there is no boot image for UEFI in the tree; name one with -e";
            return Err(Failure::argument("-efi-boot-part", reason));
        }
        efi_part = efi_part.filter(|part| !marked.iter().any(|mark| mark.image == *part));
        if let Some(option) = request.chrp.as_ref().filter(|_| is_chrp)
            && (request.efi_boot_part || request.appends_to_gpt())
        {
            return Err(Failure::argument(option, "not supported beside partitions of a GPT"));
        }
        let is_grub2 = matches!(code, Some(BootCode::Grub2(..)));
        Ok(Tables { request, is_isohybrid, is_grub2, is_chrp, marked, efi_part })
    }

    /// The boot images with a type in a GPT that are partitions there by that.
    fn marked_in_gpt(&self) -> impl Iterator<Item = (&Marked, Guid)> {
        let is_appended = |mark: &Marked| mark.appended.is_some() && self.request.appends_to_gpt();
        self.marked
            .iter()
            .filter(move |mark| !is_appended(mark))
            .filter_map(|mark| Some((mark, mark.gpt_type?)))
    }

    /// Whether what no partition has is one as well.
    fn has_gaps(&self) -> bool {
        !self.request.like_isohybrid
    }

    /// The partitions of a GPT, in order; none if there is no GPT.
    fn gpt(&self, appended: &[Appended]) -> Vec<PartitionOptions> {
        let partition = |content, gpt_type, name: String| PartitionOptions {
            mbr_type: None,
            gpt_type: Some(gpt_type),
            name,
            ..PartitionOptions::efi_system(content)
        };
        let mut gpt: Vec<_> = (1..)
            .zip(self.marked_in_gpt())
            .map(|(number, (mark, gpt_type))| {
                partition(PartitionContent::BootImage(mark.image), gpt_type, format!("ISOHybrid{number}"))
            })
            .collect();
        let is_around = self.is_isohybrid && !gpt.is_empty();
        if let Some(image) = self.efi_part {
            let name = "EFI boot partition".to_owned();
            gpt.push(partition(PartitionContent::BootImage(image), Guid::EFI_SYSTEM, name));
        }
        if gpt.is_empty() && !self.request.appends_to_gpt() {
            return gpt;
        }
        let is_marked = |number| self.marked_in_gpt().any(|(mark, _)| mark.appended == Some(number));
        gpt.extend(appended.iter().filter(|one| !is_marked(one.number)).map(|one| {
            partition(PartitionContent::Appended(one.number), one.gpt_type, format!("Appended{}", one.number))
        }));
        if is_around {
            gpt.insert(0, partition(PartitionContent::WholeImage, Guid::BASIC_DATA, "ISOHybrid".to_owned()));
        } else if self.request.partition_offset > 0 && self.has_gaps() {
            let gpt_type = self.request.iso_type.map_or(Guid::BASIC_DATA, |(_, gpt_type)| gpt_type);
            gpt.push(partition(PartitionContent::Image, gpt_type, PartitionOptions::image().name));
        }
        gpt
    }

    /// The partitions of the master boot record.
    fn mbr(&self, appended: &[Appended], has_gpt: bool) -> Result<Vec<PartitionOptions>, Failure> {
        let mut entries = [const { None::<PartitionOptions> }; MBR_ENTRIES];
        entries[0] = self.first_of_mbr(has_gpt);
        // What protects a GPT is alone where the image's partition has an offset.
        let is_alone = self.request.appends_to_gpt() && self.request.partition_offset > 0;
        if self.is_isohybrid && !is_alone {
            for (entry, (mark, gpt_type)) in entries[1..].iter_mut().zip(self.marked_in_gpt()) {
                let mbr_type = match gpt_type {
                    Guid::HFS_PLUS => PartitionType::UNUSED,
                    _ => PartitionType::EFI_SYSTEM,
                };
                let content = PartitionContent::BootImage(mark.image);
                *entry = mark.appended.is_none().then(|| of_mbr(content, mbr_type));
            }
        }
        if !self.request.appends_to_gpt() {
            for one in appended {
                let wrong =
                    |reason: &str| Failure::argument(&*one.option, format!("{}: {reason}", one.number));
                if one.number == 1 && (self.efi_part.is_some() || self.is_chrp) {
                    return Err(wrong("partition 1 is another already; take 2 to 4"));
                }
                let entry = entries.get_mut(usize::from(one.number).wrapping_sub(1));
                let entry = entry.ok_or_else(|| wrong("a master boot record has the partitions 1 to 4"))?;
                *entry = Some(of_mbr(PartitionContent::Appended(one.number), one.mbr_type));
            }
        }
        if self.request.protective
            || self.is_isohybrid
            || self.is_grub2
            || self.request.force_bootable && !self.is_chrp
        {
            mark_active(&mut entries);
        }
        let numbered = (1..).zip(entries);
        let partitions = numbered
            .filter_map(|(number, entry)| Some(PartitionOptions { number: Some(number), ..entry? }))
            .collect();
        Ok(partitions)
    }

    /// The first partition of the master boot record: the image, or what protects a GPT.
    fn first_of_mbr(&self, has_gpt: bool) -> Option<PartitionOptions> {
        let request = self.request;
        let (is_in_gpt, has_offset) = (request.appends_to_gpt(), request.partition_offset > 0);
        let asked = request.iso_type.map(|(mbr_type, _)| mbr_type);
        let of_type = |usual| asked.unwrap_or(usual);
        let image = PartitionContent::Image;
        if self.is_chrp {
            return Some(PartitionOptions { active: true, ..of_mbr(image, CHRP) });
        }
        let is_protective = self.efi_part.is_some() && !self.is_isohybrid
            || request.protective && has_gpt && !request.like_isohybrid
            || is_in_gpt;
        if is_protective {
            // xorriso takes no GPT for one that is to be protected where partitions are like those of isohybrid images.
            let mbr_type = match request.like_isohybrid {
                true => of_type(PartitionType::ISO9660),
                false => PartitionType::GPT_PROTECTIVE,
            };
            return Some(of_mbr(PartitionContent::ImageBehindFirstBlock, mbr_type));
        }
        if self.is_isohybrid {
            let is_marked = self.marked_in_gpt().next().is_some() || self.marked.iter().any(|one| one.apple);
            let mbr_type = match is_marked || self.efi_part.is_some() {
                true => PartitionType::UNUSED,
                false => of_type(PartitionType::HIDDEN_NTFS),
            };
            return Some(PartitionOptions { active: true, ..of_mbr(image, mbr_type) });
        }
        match (request.protective, has_offset) {
            (true, false) => {
                Some(of_mbr(PartitionContent::ImageBehindFirstBlock, of_type(PartitionType::ISO9660)))
            }
            (_, true) => Some(of_mbr(image, of_type(PartitionType::ISO9660))),
            (false, false) if request.appended.is_empty() => None,
            (false, false) => Some(of_mbr(image, of_type(PartitionType::LINUX))),
        }
    }

    /// The partitions of the Apple partition map; none if there is no such map for them.
    fn apple(&self, appended: &[Appended]) -> Vec<PartitionOptions> {
        let partition = |content, apple_type: &str, name: String| PartitionOptions {
            mbr_type: None,
            gpt_type: None,
            apple_type: Some(apple_type.to_owned()),
            name,
            ..PartitionOptions::efi_system(content)
        };
        let marked: Vec<&Marked> = self.marked.iter().filter(|mark| mark.apple).collect();
        let of_marked = |mark: &&Marked| {
            partition(PartitionContent::BootImage(mark.image), "Apple_HFS", "EFI".to_owned())
        };
        let mut apple: Vec<_> = marked.iter().map(of_marked).collect();
        if self.request.like_isohybrid && !apple.is_empty() {
            let is_marked = |one: &&Appended| marked.iter().any(|mark| mark.appended == Some(one.number));
            apple.extend(appended.iter().filter(|one| !is_marked(one)).map(|one| {
                let apple_type = if one.gpt_type == Guid::HFS_PLUS { "Apple_HFS" } else { "Data" };
                let name = format!("Appended{}", one.number);
                partition(PartitionContent::Appended(one.number), apple_type, name)
            }));
        }
        apple
    }

    /// Tells of options that there is nothing for.
    fn tell_idle(&self, mbr: &[PartitionOptions], gpt: &[PartitionOptions]) {
        let is_image = |one: &PartitionOptions| {
            matches!(one.content, PartitionContent::Image | PartitionContent::ImageBehindFirstBlock)
        };
        if let Some((mbr_type, gpt_type)) = self.request.iso_type {
            let is_typed =
                |one: &&PartitionOptions| one.mbr_type == Some(mbr_type) || one.gpt_type == Some(gpt_type);
            match mbr.iter().chain(gpt).filter(|one| is_image(one)).any(|one| is_typed(&one)) {
                true => {}
                false if mbr.iter().any(is_image) => complain(format_args!(
                    "fsimage: -iso_mbr_part_type: partition 1 has another, as in xorriso"
                )),
                false => {
                    complain(format_args!("fsimage: -iso_mbr_part_type: there is no partition of the image"))
                }
            }
        }
        if let Some(option) = self.request.chrp.as_ref().filter(|_| !self.is_chrp) {
            complain(format_args!(
                "fsimage: {option}: beside --protective-msdos-label and -isohybrid-mbr there is none, as in xorriso"
            ));
        }
    }
}

/// A partition of the master boot record.
fn of_mbr(content: PartitionContent, mbr_type: PartitionType) -> PartitionOptions {
    PartitionOptions { mbr_type: Some(mbr_type), gpt_type: None, ..PartitionOptions::efi_system(content) }
}

/// Where no partition of the master boot record is active, the first is that neither protects a GPT nor is of UEFI.
fn mark_active(entries: &mut [Option<PartitionOptions>]) {
    let none = [Some(PartitionType::GPT_PROTECTIVE), Some(PartitionType::EFI_SYSTEM)];
    if entries.iter().flatten().any(|one| one.active) {
        return;
    }
    if let Some(first) = entries.iter_mut().flatten().find(|one| !none.contains(&one.mbr_type)) {
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

/// The number of the appended partition that a boot image is.
fn appended_number(image: &ImageRequest) -> Result<Option<u8>, Failure> {
    let Some((option, path)) = &image.path else { return Ok(None) };
    Ok(match ImagePath::parse(option, path)? {
        ImagePath::Appended(number) => Some(number),
        ImagePath::Tree(_) => None,
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
