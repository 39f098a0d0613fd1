//! What the command line asks for, put together.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use fsimage::{BootPlatform, Guid, InterchangeLevel, Relaxations, Timestamp, VolumeTexts};

use super::meaning::Meaning;
use super::options::OPTIONS;
use super::parse::{Argument, text};
use super::path_spec::{PathSpec, lines};
use super::{Personality, numbers};
use crate::failure::Failure;

/// What is to be written where.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) sources: Vec<PathSpec>,
    pub(super) output: Option<PathBuf>,
    pub(super) print_size: bool,
    pub(super) quiet: bool,
    pub(super) pad: bool,
    pub(super) volume: String,
    pub(super) texts: VolumeTexts,
    pub(super) created: Option<Timestamp>,
    pub(super) all_dates: Option<Timestamp>,
    pub(super) joliet: bool,
    pub(super) joliet_long: bool,
    pub(super) rock_ridge: bool,
    pub(super) udf: bool,
    pub(super) enhanced: bool,
    pub(super) keep_deep: bool,
    pub(super) level: InterchangeLevel,
    pub(super) relaxations: Relaxations,
    pub(super) attributes: AttributeRules,
    pub(super) exclude: Vec<String>,
    pub(super) hide: Vec<String>,
    pub(super) hide_joliet: Vec<String>,
    pub(super) weights: Vec<Weight>,
    pub(super) boot: BootRequest,
    pub(super) hybrid: HybridRequest,
    /// Options that are not carried out, as they were typed.
    pub(super) told: Vec<String>,
}

/// Owners and permissions in place of the host's.
#[derive(Debug, Default)]
pub(super) struct AttributeRules {
    pub(super) rational: bool,
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    pub(super) directory: Option<u16>,
    pub(super) file: Option<u16>,
    pub(super) new_directory: Option<u16>,
}

/// A weight, and what has it.
#[derive(Debug)]
pub(super) struct Weight {
    pub(super) weight: i32,
    pub(super) path: OsString,
    /// The path is the host's or the image's, of a file; else the image's, of it and all below.
    pub(super) of_host: bool,
}

#[derive(Debug, Default)]
pub(super) struct BootRequest {
    pub(super) images: Vec<ImageRequest>,
    pub(super) catalog: Option<String>,
    pub(super) hidden_catalog: bool,
    /// The next option of an image begins one.
    begins: bool,
}

/// A boot image.
#[derive(Debug)]
pub(super) struct ImageRequest {
    /// The option and its value; `None` until it comes.
    pub(super) path: Option<(String, String)>,
    pub(super) platform: BootPlatform,
    pub(super) no_emulation: bool,
    pub(super) hard_disk: bool,
    pub(super) not_bootable: bool,
    pub(super) load_segment: u16,
    /// `Some(None)` is the whole image.
    pub(super) load_size: Option<Option<u16>>,
    pub(super) boot_info_table: bool,
    pub(super) grub2_boot_info: bool,
    pub(super) identifier: Option<String>,
    pub(super) criteria: Option<Vec<u8>>,
    pub(super) gpt_basic_data: bool,
    pub(super) apple: bool,
}

impl Default for ImageRequest {
    fn default() -> ImageRequest {
        ImageRequest {
            path: None,
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
            gpt_basic_data: false,
            apple: false,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct HybridRequest {
    /// The option and the file.
    pub(super) code: Option<(Meaning, String, PathBuf)>,
    pub(super) appended: Vec<(String, u8, OsString, PathBuf)>,
    pub(super) appended_as_gpt: bool,
    pub(super) iso_type: Option<OsString>,
    pub(super) efi_boot_part: bool,
    pub(super) protective: bool,
    pub(super) force_bootable: bool,
    pub(super) disk: Option<Guid>,
}

impl BootRequest {
    /// The boot image that options are of now.
    fn current(&mut self) -> &mut ImageRequest {
        if self.begins || self.images.is_empty() {
            self.begins = false;
            self.images.push(ImageRequest::default());
        }
        let last = self.images.len() - 1;
        &mut self.images[last]
    }
}

impl Request {
    pub(super) fn new(arguments: Vec<Argument>, personality: Personality) -> Result<Request, Failure> {
        let is_xorriso = personality == Personality::Xorriso;
        let mut request = Request {
            sources: Vec::new(),
            output: None,
            print_size: false,
            quiet: false,
            pad: true,
            volume: if is_xorriso { "ISOIMAGE" } else { "CDROM" }.to_owned(),
            texts: VolumeTexts::default(),
            created: None,
            all_dates: None,
            joliet: false,
            joliet_long: false,
            rock_ridge: is_xorriso,
            udf: false,
            enhanced: false,
            keep_deep: false,
            level: if is_xorriso { InterchangeLevel::Three } else { InterchangeLevel::One },
            relaxations: Relaxations::default(),
            attributes: AttributeRules::default(),
            exclude: Vec::new(),
            hide: Vec::new(),
            hide_joliet: Vec::new(),
            weights: Vec::new(),
            boot: BootRequest::default(),
            hybrid: HybridRequest::default(),
            told: Vec::new(),
        };
        let is_grafting = arguments
            .iter()
            .any(|argument| matches!(argument, Argument::Option { meaning: Meaning::GraftPoints, .. }));
        for argument in arguments {
            match argument {
                Argument::Path(path) => request.sources.push(PathSpec::parse(&path, is_grafting)),
                Argument::Option { meaning: Meaning::PathList, values, .. } => {
                    for value in values {
                        let list = lines(&value)?;
                        let specs = list.iter().map(|line| PathSpec::parse(line, is_grafting));
                        request.sources.extend(specs);
                    }
                }
                Argument::Option { typed, meaning, values } => request.take(&typed, meaning, &values)?,
            }
        }
        Ok(request)
    }

    #[allow(clippy::too_many_lines, reason = "one row per option")]
    fn take(&mut self, typed: &str, meaning: Meaning, values: &[OsString]) -> Result<(), Failure> {
        let first: &OsStr = values.first().map_or(OsStr::new(""), OsString::as_os_str);
        let string = || text(typed, first).map(str::to_owned);
        let wrong = |reason: &str| Failure::argument(typed, format!("{}: {reason}", first.to_string_lossy()));
        match meaning {
            Meaning::Output => self.output = Some(PathBuf::from(first)),
            Meaning::PrintSize => self.print_size = true,
            Meaning::Pad(pad) => self.pad = pad,
            Meaning::Quiet => self.quiet = true,
            Meaning::VolumeName => self.volume = string()?,
            Meaning::VolumeSet => self.texts.volume_set = Some(string()?),
            Meaning::Publisher => self.texts.publisher = Some(string()?),
            Meaning::Preparer => self.texts.data_preparer = Some(string()?),
            Meaning::Application => self.texts.application = Some(string()?),
            Meaning::System => self.texts.system = Some(string()?),
            Meaning::Abstract => self.texts.abstract_file = Some(string()?),
            Meaning::Bibliography => self.texts.bibliographic_file = Some(string()?),
            Meaning::Copyright => self.texts.copyright_file = Some(string()?),
            Meaning::ModificationDate => self.created = Some(numbers::time(typed, &string()?)?),
            Meaning::AllFileDates => self.all_dates = Some(numbers::time(typed, &string()?)?),
            Meaning::Joliet => self.joliet = true,
            Meaning::JolietLong => (self.joliet, self.joliet_long) = (true, true),
            Meaning::RockRidge => self.rock_ridge = true,
            Meaning::RationalRock => (self.rock_ridge, self.attributes.rational) = (true, true),
            Meaning::NoRock => (self.rock_ridge, self.attributes.rational) = (false, false),
            Meaning::Udf => self.udf = true,
            Meaning::Uid => self.attributes.uid = Some(numbers::number(typed, first)?),
            Meaning::Gid => self.attributes.gid = Some(numbers::number(typed, first)?),
            Meaning::DirectoryMode => self.attributes.directory = Some(numbers::mode(typed, first)?),
            Meaning::FileMode => self.attributes.file = Some(numbers::mode(typed, first)?),
            Meaning::NewDirectoryMode => self.attributes.new_directory = Some(numbers::mode(typed, first)?),
            Meaning::IsoLevel => match numbers::number(typed, first)? {
                1u8 => self.level = InterchangeLevel::One,
                2 => self.level = InterchangeLevel::Two,
                3 => self.level = InterchangeLevel::Three,
                4 => (self.level, self.enhanced) = (InterchangeLevel::Three, true),
                _ => return Err(wrong("levels are 1 to 4")),
            },
            Meaning::Names31 => {
                if self.level == InterchangeLevel::One {
                    self.level = InterchangeLevel::Two;
                }
            }
            Meaning::Names37 => self.relaxations.allow_37_characters = true,
            Meaning::KeepDeep => self.keep_deep = true,
            Meaning::Untranslated => {
                self.relaxations = Relaxations {
                    allow_lower_case: true,
                    allow_multiple_dots: true,
                    allow_leading_dot: true,
                    allow_full_ascii: true,
                    allow_37_characters: true,
                    omit_version: true,
                    omit_trailing_dot: true,
                };
            }
            Meaning::NoVersionNumber => self.relaxations.omit_version = true,
            Meaning::NoPeriod => self.relaxations.omit_trailing_dot = true,
            Meaning::LowerCase => self.relaxations.allow_lower_case = true,
            Meaning::MultipleDots => self.relaxations.allow_multiple_dots = true,
            Meaning::LeadingDots => self.relaxations.allow_leading_dot = true,
            Meaning::FullAscii => self.relaxations.allow_full_ascii = true,
            Meaning::Exclude => self.exclude.push(string()?),
            Meaning::ExcludeList => self.exclude.extend(text_lines(typed, first)?),
            Meaning::Hide => self.hide.push(string()?),
            Meaning::HideList => self.hide.extend(text_lines(typed, first)?),
            Meaning::HideJoliet => self.hide_joliet.push(string()?),
            Meaning::HideJolietList => self.hide_joliet.extend(text_lines(typed, first)?),
            Meaning::SortWeight => {
                let path = values.get(1).cloned().unwrap_or_default();
                self.weights.push(Weight { weight: numbers::number(typed, first)?, path, of_host: false });
            }
            Meaning::SortList | Meaning::SortWeightList => {
                for line in text_lines(typed, first)? {
                    let of_host = meaning == Meaning::SortList;
                    self.weights.push(numbers::weight(typed, &line, of_host)?);
                }
            }
            Meaning::BootImage => {
                let path = string()?;
                self.boot.current().path = Some((typed.to_owned(), path));
            }
            Meaning::EfiImage => {
                let path = string()?;
                let image = self.boot.current();
                (image.platform, image.no_emulation) = (BootPlatform::EFI, true);
                image.path = Some((typed.to_owned(), path));
            }
            Meaning::EfiBoot => {
                let path = string()?;
                self.boot.begins = true;
                let image = self.boot.current();
                (image.platform, image.no_emulation) = (BootPlatform::EFI, true);
                image.path = Some((typed.to_owned(), path));
                self.boot.begins = true;
            }
            Meaning::AlternativeBoot => self.boot.begins = true,
            Meaning::Catalog => self.boot.catalog = Some(string()?),
            Meaning::CatalogHide => self.boot.hidden_catalog = true,
            Meaning::NoEmulation => self.boot.current().no_emulation = true,
            Meaning::HardDiskBoot => self.boot.current().hard_disk = true,
            Meaning::NoBoot => self.boot.current().not_bootable = true,
            Meaning::LoadSegment => self.boot.current().load_segment = numbers::number(typed, first)?,
            Meaning::LoadSectors => {
                let size = if first == "full" { None } else { Some(numbers::number(typed, first)?) };
                self.boot.current().load_size = Some(size);
            }
            Meaning::BootInfoTable => self.boot.current().boot_info_table = true,
            Meaning::Grub2BootInfo => self.boot.current().grub2_boot_info = true,
            Meaning::Platform => {
                self.boot.current().platform = match first.to_ascii_lowercase().to_str() {
                    Some("x86") => BootPlatform::X86,
                    Some("ppc") => BootPlatform(1),
                    Some("mac") => BootPlatform(2),
                    Some("efi") => BootPlatform::EFI,
                    _ => BootPlatform(numbers::number(typed, first)?),
                };
            }
            Meaning::BootIdentifier => self.boot.current().identifier = Some(string()?),
            Meaning::SelectionCriteria => {
                let criteria = numbers::hexadecimal(&string()?);
                let criteria = criteria.filter(|bytes| !bytes.is_empty());
                self.boot.current().criteria =
                    Some(criteria.ok_or_else(|| wrong("not an even number of hexadecimal digits"))?);
            }
            Meaning::Generic | Meaning::IsohybridMbr | Meaning::Grub2Mbr => {
                if let Some((_, other, _)) = &self.hybrid.code {
                    return Err(Failure::argument(typed, format!("{other} says what the boot code is")));
                }
                self.hybrid.code = Some((meaning, typed.to_owned(), PathBuf::from(first)));
            }
            Meaning::GptBasicData => self.boot.current().gpt_basic_data = true,
            Meaning::AppleMap => self.boot.current().apple = true,
            Meaning::AppendPartition => {
                let number: u8 = numbers::number(typed, first)?;
                let [_, kind, file] = values else { return Ok(()) };
                self.hybrid.appended.push((typed.to_owned(), number, kind.clone(), PathBuf::from(file)));
            }
            Meaning::AppendedAsGpt => self.hybrid.appended_as_gpt = true,
            Meaning::IsoPartitionType => {
                self.hybrid.iso_type = Some(first.to_owned()).filter(|t| t != "default")
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
                let guid = Guid::parse_text(&string()?);
                self.hybrid.disk = Some(guid.ok_or_else(|| wrong("only a GUID is supported"))?);
            }
            Meaning::PartitionOffset => {
                if numbers::number::<u32>(typed, first)? != 0 {
                    return Err(wrong("not supported: a second tree of the same files is not written"));
                }
            }
            Meaning::CylinderAlign => {
                if first != "off" && first != "auto" {
                    return Err(wrong("not supported; off and auto are"));
                }
            }
            Meaning::AppleBlock => {
                if first != "2048" {
                    return Err(wrong("not supported; 2048 is"));
                }
            }
            Meaning::Charset => {
                let known = ["utf-8", "utf8", "ascii", "us-ascii", "ansi_x3.4-1968", "default"];
                if !known.contains(&string()?.to_ascii_lowercase().as_str()) {
                    return Err(wrong("not supported; utf-8 is"));
                }
            }
            Meaning::Told => self.told.push(typed.to_owned()),
            Meaning::GraftPoints | Meaning::PathList | Meaning::Nothing => {}
            Meaning::Help | Meaning::Version | Meaning::Refused => {
                let words = OPTIONS.iter().find(|known| known.meaning == meaning);
                return Err(wrong(words.map_or("not supported", |known| known.words)));
            }
        }
        Ok(())
    }
}

fn text_lines(typed: &str, path: &OsStr) -> Result<Vec<String>, Failure> {
    lines(path)?.iter().map(|line| text(typed, line).map(str::to_owned)).collect()
}
