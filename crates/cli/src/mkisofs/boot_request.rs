//! What the command line asks for of boot images and partitions.

use std::ffi::{OsStr, OsString};

use fsimage::{BootPlatform, Guid, PartitionType};

use super::interval::HostBytes;
use super::meaning::Meaning;
use super::parse::text;
use super::request::Request;
use super::{Personality, numbers};
use crate::failure::Failure;

/// The boot catalog, and what is in it.
#[derive(Debug)]
pub(super) struct BootRequest {
    pub(super) images: Vec<ImageRequest>,
    pub(super) catalog: Option<String>,
    pub(super) hidden_catalog: bool,
    /// The next option of an image begins one.
    begins: bool,
    /// The option that is of the next image, until one of an image comes.
    pub(super) alternative: Option<String>,
    /// As in xorriso, the platform of what `-b` names from now on.
    platform: BootPlatform,
}

/// A boot image.
#[derive(Debug)]
pub(super) struct ImageRequest {
    /// The option and its value; `None` until it comes.
    pub(super) path: Option<(String, String)>,
    /// The other options that it is given.
    pub(super) typed: Vec<String>,
    pub(super) platform: BootPlatform,
    pub(super) no_emulation: bool,
    pub(super) hard_disk: bool,
    pub(super) not_bootable: bool,
    pub(super) load_segment: u16,
    /// In blocks of 512 bytes; `Some(None)` is the whole image.
    pub(super) load_size: Option<Option<u32>>,
    pub(super) boot_info_table: bool,
    pub(super) grub2_boot_info: bool,
    pub(super) identifier: Option<String>,
    pub(super) criteria: Option<Vec<u8>>,
    /// Its type in a GPT, as for isohybrid images.
    pub(super) gpt_type: Option<Guid>,
    pub(super) apple: bool,
}

impl Default for ImageRequest {
    fn default() -> ImageRequest {
        ImageRequest {
            path: None,
            typed: Vec::new(),
            platform: BootPlatform::X86,
            no_emulation: false,
            hard_disk: false,
            not_bootable: false,
            load_segment: 0,
            load_size: None,
            boot_info_table: false,
            grub2_boot_info: false,
            identifier: None,
            criteria: None,
            gpt_type: None,
            apple: false,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct HybridRequest {
    /// The option and what it names.
    pub(super) code: Option<(Meaning, String, HostBytes)>,
    pub(super) appended: Vec<AppendRequest>,
    /// The option that asks for it.
    pub(super) appended_as_gpt: Option<String>,
    /// Type of the image's partition, for either table.
    pub(super) iso_type: Option<(PartitionType, Guid)>,
    pub(super) efi_boot_part: bool,
    pub(super) protective: bool,
    pub(super) force_bootable: bool,
    /// Appended partitions fill whole cylinders.
    pub(super) fill_cylinders: bool,
    pub(super) like_isohybrid: bool,
    /// The option that asks for a partition of CHRP.
    pub(super) chrp: Option<String>,
    pub(super) disk: Option<Guid>,
    /// In sectors; zero is none.
    pub(super) partition_offset: u32,
}

/// A partition behind all files.
#[derive(Debug)]
pub(super) struct AppendRequest {
    pub(super) option: String,
    pub(super) number: u8,
    pub(super) kind: (PartitionType, Guid),
    pub(super) content: HostBytes,
}

impl HybridRequest {
    /// Whether what is appended is in the GPT, and not in the master boot record.
    pub(super) fn appends_to_gpt(&self) -> bool {
        self.appended_as_gpt.is_some() && !self.appended.is_empty()
    }
}

impl Default for BootRequest {
    fn default() -> BootRequest {
        BootRequest {
            images: Vec::new(),
            catalog: None,
            hidden_catalog: false,
            begins: false,
            alternative: None,
            platform: BootPlatform::X86,
        }
    }
}

impl BootRequest {
    /// The boot image that options are of now.
    fn current(&mut self) -> &mut ImageRequest {
        self.alternative = None;
        if self.begins || self.images.is_empty() {
            self.begins = false;
            self.images.push(ImageRequest::default());
        }
        let last = self.images.len() - 1;
        &mut self.images[last]
    }

    /// The same, for an option of it.
    fn with(&mut self, typed: &str) -> &mut ImageRequest {
        let image = self.current();
        image.typed.push(typed.to_owned());
        image
    }

    /// As in xorriso, says what `-b` names from now on: a platform other than before is that of a further boot image.
    fn platform_from_here(&mut self, typed: &str, platform: BootPlatform) {
        let is_named = self.images.last().is_some_and(|last| last.path.is_some());
        self.begins |= is_named && platform != self.platform;
        (self.platform, self.alternative) = (platform, Some(typed.to_owned()));
    }

    /// Whether the only boot image gets a boot info table, and no option has begun another: xorriso takes such an image
    /// last of all, when it writes.
    pub(super) fn patches_the_only_image(&self) -> bool {
        matches!(&self.images[..], [only] if only.boot_info_table && !self.begins)
    }

    /// Takes away what options behind the last boot image begin, and tells of them. Of no image at all, that is an
    /// error later.
    pub(super) fn drop_nameless(&mut self) -> Vec<String> {
        if self.images.len() < 2 || self.images.last().is_some_and(|last| last.path.is_some()) {
            return Vec::new();
        }
        let nameless = self.images.pop().unwrap_or_default();
        // The image before it is without emulation already.
        let lost = nameless.typed.into_iter().filter(|typed| !typed.ends_with("no-emul-boot"));
        lost.map(|typed| format!("{typed}: behind --efi-boot or -eltorito-alt-boot it is of no boot image"))
            .collect()
    }
}

impl Request {
    /// Takes an option of boot images or of the system area.
    pub(super) fn take_boot(
        &mut self,
        typed: &str,
        meaning: Meaning,
        values: &[OsString],
    ) -> Result<(), Failure> {
        let first: &OsStr = values.first().map_or(OsStr::new(""), OsString::as_os_str);
        let string = || text(typed, first).map(str::to_owned);
        let wrong = |reason: &str| Failure::argument(typed, format!("{}: {reason}", first.to_string_lossy()));
        match meaning {
            Meaning::BootImage => {
                let path = string()?;
                let platform = self.boot.platform;
                let image = self.boot.current();
                if self.personality == Personality::Xorriso {
                    image.platform = platform;
                }
                image.path = Some((typed.to_owned(), path));
            }
            Meaning::EfiImage => {
                let path = string()?;
                let image = self.boot.current();
                image.platform = BootPlatform::EFI;
                image.path = Some((typed.to_owned(), path));
            }
            Meaning::EfiBoot if self.personality == Personality::Genisoimage => {
                self.take_boot(typed, Meaning::EfiImage, values)?;
            }
            Meaning::EfiBoot => {
                let path = string()?;
                self.boot.begins = true;
                let image = self.boot.current();
                (image.platform, image.no_emulation) = (BootPlatform::EFI, true);
                image.path = Some((typed.to_owned(), path));
                self.boot.begins = true;
            }
            Meaning::AlternativeBoot => {
                (self.boot.begins, self.boot.alternative) = (true, Some(typed.to_owned()));
            }
            Meaning::Catalog => self.boot.catalog = Some(string()?),
            Meaning::CatalogHide => self.boot.hidden_catalog = true,
            Meaning::NoEmulation => self.boot.with(typed).no_emulation = true,
            Meaning::HardDiskBoot => self.boot.with(typed).hard_disk = true,
            Meaning::NoBoot => self.boot.with(typed).not_bootable = true,
            Meaning::LoadSegment => self.boot.with(typed).load_segment = numbers::number(typed, first)?,
            Meaning::LoadSectors => {
                let size = if first == "full" { None } else { Some(numbers::number(typed, first)?) };
                self.boot.with(typed).load_size = Some(size);
            }
            Meaning::BootInfoTable => self.boot.with(typed).boot_info_table = true,
            Meaning::Grub2BootInfo => self.boot.with(typed).grub2_boot_info = true,
            Meaning::Platform => {
                let platform = match first.to_ascii_lowercase().to_str() {
                    Some("x86") => BootPlatform::X86,
                    Some("ppc") => BootPlatform(1),
                    Some("mac") => BootPlatform(2),
                    Some("efi") => BootPlatform::EFI,
                    _ => BootPlatform(numbers::number(typed, first)?),
                };
                match self.personality {
                    Personality::Genisoimage => self.boot.with(typed).platform = platform,
                    Personality::Xorriso => self.boot.platform_from_here(typed, platform),
                }
            }
            Meaning::BootIdentifier => self.boot.with(typed).identifier = Some(string()?),
            Meaning::SelectionCriteria => {
                let criteria = numbers::hexadecimal(&string()?);
                let criteria = criteria.filter(|bytes| !bytes.is_empty());
                self.boot.with(typed).criteria =
                    Some(criteria.ok_or_else(|| wrong("not an even number of hexadecimal digits"))?);
            }
            Meaning::Generic | Meaning::IsohybridMbr | Meaning::Grub2Mbr => {
                if let Some((_, other, _)) = &self.hybrid.code {
                    return Err(Failure::argument(typed, format!("{other} says what the boot code is")));
                }
                self.hybrid.code = Some((meaning, typed.to_owned(), HostBytes::parse(typed, first)?));
            }
            Meaning::GptBasicData => self.boot.with(typed).gpt_type = Some(Guid::BASIC_DATA),
            Meaning::GptHfsPlus => self.boot.with(typed).gpt_type = Some(Guid::HFS_PLUS),
            Meaning::AppleMap => self.boot.with(typed).apple = true,
            Meaning::PartLikeIsohybrid => self.hybrid.like_isohybrid = true,
            Meaning::Chrp => self.hybrid.chrp = Some(typed.to_owned()),
            Meaning::AppendPartition => {
                let [_, kind, file] = values else { return Ok(()) };
                self.hybrid.appended.push(AppendRequest {
                    option: typed.to_owned(),
                    number: numbers::number(typed, first)?,
                    kind: numbers::partition_type(typed, kind)?,
                    content: HostBytes::parse(typed, file)?,
                });
            }
            Meaning::AppendedAsGpt => self.hybrid.appended_as_gpt = Some(typed.to_owned()),
            Meaning::IsoPartitionType => {
                self.hybrid.iso_type = match first.to_str() {
                    Some("default") => None,
                    _ => Some(numbers::partition_type(typed, first)?),
                };
            }
            Meaning::EfiBootPart => {
                if first != "--efi-boot-image" {
                    return Err(wrong(
                        "only --efi-boot-image is supported; append another with -append_partition",
                    ));
                }
                self.hybrid.efi_boot_part = true;
            }
            Meaning::ProtectiveLabel => self.hybrid.protective = true,
            Meaning::ForceBootable => self.hybrid.force_bootable = true,
            Meaning::DiskGuid => {
                self.hybrid.disk = match string()?.as_str() {
                    // Both are so: it is derived from the volume's name and time, and from nothing random.
                    "modification-date" | "volume_date_uuid" => None,
                    guid => Some(numbers::guid(guid).ok_or_else(|| {
                        wrong("no GUID; random ones are not made, for the same input gives the same image")
                    })?),
                };
            }
            Meaning::PartitionOffset => {
                self.hybrid.partition_offset = numbers::number(typed, first)?;
                if (1..16).contains(&self.hybrid.partition_offset) {
                    return Err(wrong(
                        "a partition begins behind the system area: 16 or more, or 0 for none",
                    ));
                }
            }
            Meaning::CylinderAlign => {
                if !["off", "auto", "on", "all"].iter().any(|known| first == *known) {
                    return Err(wrong("it is off, auto, on or all"));
                }
                self.hybrid.fill_cylinders = first == "all";
            }
            _ => return Err(wrong("no option of boot images")),
        }
        Ok(())
    }
}
