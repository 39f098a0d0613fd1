//! The boot catalog and the images in it before they are placed: which contents they are, and whether these can be that.

use iso9660::el_torito::{BOOT_INFO_TABLE_OFFSET, BootInfoTable, GRUB2_BOOT_INFO_OFFSET};
use iso9660::system_area::MasterBootRecord;
use sector_io::{SECTOR_SIZE, SectorCount};

use super::catalog::{self, Located, wrong};
use super::options::appended;
use super::read;
use super::{AppendedPartition, BootImage, BootOptions, BootSource, CatalogPlace, Emulation};
use crate::plan::{ImportedContent, PlanOptions};
use crate::tree::{Content, ContentId, FileSystems, NodeId, NodeKind, Tree};
use crate::{Error, Result};

/// The boot catalog before anything has an address.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) len: u64,
    /// The file it is in.
    pub(super) file: Option<ContentId>,
    /// Content of each boot image, and its length.
    pub(super) images: Vec<(ContentId, u64)>,
}

impl Catalog {
    /// Looks whether it can be what is asked for.
    pub(super) fn new(tree: &Tree, options: &PlanOptions, boot: &BootOptions) -> Result<Catalog> {
        if !options.file_systems.contains(FileSystems::ISO9660) {
            return Err(wrong("boot catalog", "El Torito needs ISO 9660 among the file systems"));
        }
        let partitions = appended_partitions(options);
        let mut images = Vec::new();
        for (index, image) in boot.images.iter().enumerate() {
            let name = format!("boot image {}", index + 1);
            let content = content_of_source(tree, partitions, image.source).map_err(|error| match error {
                Error::BootImage { reason, .. } => wrong(&*name, reason),
                error => error,
            })?;
            let len = tree.content_len(content);
            check_image(image, len, || match image.source {
                BootSource::File(node) => tree.path(node),
                _ => name.clone(),
            })?;
            if let Content::ImportedSections { sections, .. } = tree.content(content)
                && stays(tree, content, options)
                && !sections.windows(2).all(|two| {
                    SectorCount::for_bytes(two[0].len.into()).and_then(|len| two[0].start.checked_add(len))
                        == Some(two[1].start)
                })
            {
                return Err(wrong(name, "it lies in several stretches that do not follow each other"));
            }
            if stays(tree, content, options) && !is_told(tree, content, image)? {
                return Err(wrong(
                    name,
                    "it lies in an earlier session, where its boot info cannot be changed; write a new image, or replace it",
                ));
            }
            images.push((content, len));
        }
        let nowhere: Vec<_> = images.iter().map(|&(_, len)| Located { len, ..Located::default() }).collect();
        catalog::build(boot, &nowhere)?;
        let len = boot.catalog_len();
        let file = match boot.catalog {
            CatalogPlace::Hidden => None,
            CatalogPlace::File(node) => {
                let content = content_of(tree, node)?;
                if images.iter().any(|&(image, _)| image == content) {
                    return Err(wrong(
                        tree.path(node),
                        "it boots, and cannot become the boot catalog as well",
                    ));
                }
                let found = tree.content_len(content);
                if found < len {
                    let reason = format!("it has {found} bytes, and the boot catalog needs {len}");
                    return Err(wrong(tree.path(node), reason));
                }
                if stays(tree, content, options) {
                    return Err(wrong(
                        tree.path(node),
                        "it lies in an earlier session, where it cannot become the boot catalog",
                    ));
                }
                Some(content)
            }
        };
        Ok(Catalog { len, file, images })
    }
}

fn content_of(tree: &Tree, node: NodeId) -> Result<ContentId> {
    tree.check_knows(node)?;
    match tree.kind(node) {
        NodeKind::File(content) => Ok(content),
        other => Err(Error::NotAFile { path: tree.path(node), kind: other.kind() }),
    }
}

/// The partitions that lie behind all files.
pub(super) fn appended_partitions(options: &PlanOptions) -> &[AppendedPartition] {
    match (&options.hybrid, &options.system_area) {
        (Some(hybrid), _) => &hybrid.appended,
        (None, Some(kept)) => kept.appended(),
        (None, None) => &[],
    }
}

/// The content that something boots from.
pub(super) fn content_of_source(
    tree: &Tree,
    partitions: &[AppendedPartition],
    source: BootSource,
) -> Result<ContentId> {
    match source {
        BootSource::File(node) => content_of(tree, node),
        BootSource::Content(content) => Ok(content),
        BootSource::Appended(number) => {
            let found = appended(partitions, number).map(|partition| partition.content);
            found.ok_or_else(|| wrong("boot image", format!("there is no appended partition {number}")))
        }
    }
}

/// Whether an image that stays where it is has been told that already, as far as it wants to be.
fn is_told(tree: &Tree, content: ContentId, image: &BootImage) -> Result<bool> {
    if !image.boot_info_table && !image.grub2_boot_info {
        return Ok(true);
    }
    let at = match tree.content(content) {
        Content::Imported { start, .. } => *start,
        Content::ImportedSections { sections, .. } => {
            sections.first().map(|first| first.start).unwrap_or_default()
        }
        _ => return Ok(false),
    };
    let mut first = vec![0; 2 * SECTOR_SIZE];
    tree.read_at(content, 0, &mut first)?;
    Ok((!image.boot_info_table || read::info_table_of(&first, at).is_some())
        && (!image.grub2_boot_info || read::has_grub2_boot_info(&first, at)))
}

/// Whether the content lies on the medium already, and stays where it is.
pub(super) fn stays(tree: &Tree, content: ContentId, options: &PlanOptions) -> bool {
    options.imported == ImportedContent::StaysInPlace && tree.content(content).is_imported()
}

/// What is wrong with an image of `len` bytes.
fn check_image(image: &BootImage, len: u64, name: impl Fn() -> String) -> Result<()> {
    let table_end = (BOOT_INFO_TABLE_OFFSET + BootInfoTable::LEN) as u64;
    let info_end = GRUB2_BOOT_INFO_OFFSET as u64 + 8;
    if len == 0 {
        Err(wrong(name(), "it is empty"))
    } else if image.emulation == Emulation::Diskette && catalog::diskette(len).is_none() {
        Err(Error::BootEmulation { image: name(), len })
    } else if image.boot_info_table && (len < table_end || u32::try_from(len).is_err()) {
        let reason = format!("{len} bytes: a boot info table is for images of {table_end} bytes to 4 GiB");
        Err(wrong(name(), reason))
    } else if image.grub2_boot_info && len < info_end {
        let reason = format!("{len} bytes: no boot image of GRUB 2, which has {info_end} at least");
        Err(wrong(name(), reason))
    } else {
        Ok(())
    }
}

/// Type of the only partition of an image that is to seem a hard disk (El Torito 2.2).
pub(super) fn system_type(tree: &Tree, content: ContentId) -> Result<u8> {
    let mut block = [0; 512];
    let read = tree.read_at(content, 0, &mut block)?;
    let refused = || {
        wrong(
            "boot image",
            "a hard disk to be emulated begins with a master boot record of exactly one partition",
        )
    };
    let record = MasterBootRecord::parse(&block[..read]).map_err(|_| refused())?.1;
    let mut used = record.partitions.iter().filter(|partition| partition.is_used());
    match (used.next(), used.next()) {
        (Some(only), None) => Ok(only.partition_type.0),
        _ => Err(refused()),
    }
}
