//! What the command line asks for, put together.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use fsimage::{
    BootPlatform, Guid, HfsPlusType, HostAttributes, InterchangeLevel, JolietLevel, PartitionType,
    Relaxations, Timestamp, VolumeTexts,
};

use super::interval::HostBytes;
use super::meaning::Meaning;
use super::options::OPTIONS;
use super::parse::{Argument, text};
use super::path_spec::{PathSpec, lines};
use super::{Personality, hfsplus, numbers};
use crate::args::HfsPlusRole;
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
    pub(super) joliet_level: JolietLevel,
    /// Joliet has characters beyond U+FFFF.
    pub(super) joliet_utf16: bool,
    pub(super) rock_ridge: bool,
    pub(super) udf: bool,
    pub(super) enhanced: bool,
    /// The option by which files of zisofs are looked for; whether those of version 2 are, too.
    pub(super) compressed: Option<(String, bool)>,
    /// Whether MD5 sums are recorded.
    pub(super) md5: bool,
    pub(super) keep_deep: bool,
    /// The option that names it, and its name.
    pub(super) relocation_directory: Option<(String, String)>,
    pub(super) level: InterchangeLevel,
    pub(super) relaxations: Relaxations,
    pub(super) attributes: AttributeRules,
    pub(super) exclude: Vec<String>,
    pub(super) follow_links: bool,
    /// The same for what the command line names.
    pub(super) follow_sources: bool,
    pub(super) table: Option<TableRequest>,
    pub(super) extended_attributes: HostAttributes,
    pub(super) acls: bool,
    pub(super) hide: Vec<String>,
    pub(super) hide_joliet: Vec<String>,
    /// Globs of what users need not be told of.
    pub(super) hidden: Vec<String>,
    pub(super) weights: Vec<Weight>,
    pub(super) boot: BootRequest,
    pub(super) hybrid: HybridRequest,
    pub(super) hfs_plus: HfsPlusRequest,
    pub(super) hide_hfs_plus: Vec<String>,
    /// What is not carried out, in words.
    pub(super) told: Vec<String>,
    pub(super) personality: Personality,
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

/// Tables of names in each directory.
#[derive(Debug)]
pub(super) struct TableRequest {
    pub(super) name: String,
    pub(super) hidden_in_joliet: bool,
}

/// A weight, and what has it.
#[derive(Debug)]
pub(super) struct Weight {
    pub(super) weight: i32,
    pub(super) path: OsString,
    /// The path is the host's or the image's, of a file; else the image's, of it and all below.
    pub(super) of_host: bool,
}

#[derive(Debug)]
pub(super) struct BootRequest {
    pub(super) images: Vec<ImageRequest>,
    pub(super) catalog: Option<String>,
    pub(super) hidden_catalog: bool,
    /// The next option of an image begins one.
    begins: bool,
    /// The option that is of the next image, until one of an image comes.
    alternative: Option<String>,
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
    /// `Some(None)` is the whole image.
    pub(super) load_size: Option<Option<u16>>,
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

/// HFS+. What is named by a path comes with the option that names it.
#[derive(Debug, Default)]
pub(super) struct HfsPlusRequest {
    /// The option that asks for it.
    pub(super) option: Option<String>,
    pub(super) blessed: Vec<(String, HfsPlusRole, String)>,
    pub(super) types: Vec<(String, HfsPlusType, String)>,
    pub(super) serial: Option<u64>,
}

/// A partition behind all files.
#[derive(Debug)]
pub(super) struct AppendRequest {
    pub(super) option: String,
    pub(super) number: u8,
    pub(super) kind: (PartitionType, Guid),
    pub(super) content: HostBytes,
}

/// What xorriso takes for compatibility alone.
const OF_GENISOIMAGE: [Meaning; 4] =
    [Meaning::SortList, Meaning::TranslationTable, Meaning::TableName, Meaning::NoBackups];

/// Names that genisoimage takes for those of backup files.
const BACKUPS: [&str; 3] = ["*~*", "*#*", "*.bak"];

/// The level with names of 31 characters.
fn with_long_names(level: InterchangeLevel) -> InterchangeLevel {
    if level == InterchangeLevel::One { InterchangeLevel::Two } else { level }
}

/// All departures from the names of ISO 9660.
const UNTRANSLATED: Relaxations = Relaxations {
    allow_lower_case: true,
    allow_multiple_dots: true,
    allow_leading_dot: true,
    allow_full_ascii: true,
    allow_37_characters: true,
    omit_version: true,
    omit_trailing_dot: true,
    allow_directory_extension: true,
};

impl Default for TableRequest {
    fn default() -> TableRequest {
        TableRequest { name: "TRANS.TBL".to_owned(), hidden_in_joliet: false }
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

    /// Takes away what options behind the last boot image begin, and tells of them. Of no image at all, that is an
    /// error later.
    fn drop_nameless(&mut self) -> Vec<String> {
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
    pub(super) fn new(arguments: Vec<Argument>, personality: Personality) -> Result<Request, Failure> {
        let is_xorriso = personality == Personality::Xorriso;
        let mut request = Request {
            sources: Vec::new(),
            output: None,
            print_size: false,
            quiet: false,
            pad: true,
            volume: if is_xorriso { "ISOIMAGE" } else { "CDROM" }.to_owned(),
            texts: VolumeTexts {
                system: (!is_xorriso).then(|| "LINUX".to_owned()),
                ..VolumeTexts::default()
            },
            created: None,
            all_dates: None,
            joliet: false,
            joliet_long: false,
            joliet_level: JolietLevel::Three,
            joliet_utf16: !is_xorriso,
            rock_ridge: is_xorriso,
            udf: false,
            enhanced: false,
            compressed: None,
            md5: false,
            keep_deep: is_xorriso,
            relocation_directory: None,
            level: InterchangeLevel::One,
            relaxations: Relaxations { allow_directory_extension: true, ..Relaxations::default() },
            attributes: AttributeRules {
                new_directory: if is_xorriso { None } else { Some(0o555) },
                ..AttributeRules::default()
            },
            exclude: Vec::new(),
            follow_links: false,
            follow_sources: false,
            table: None,
            extended_attributes: HostAttributes::None,
            acls: false,
            hide: Vec::new(),
            hide_joliet: Vec::new(),
            hidden: Vec::new(),
            weights: Vec::new(),
            boot: BootRequest::default(),
            hybrid: HybridRequest::default(),
            hfs_plus: HfsPlusRequest::default(),
            hide_hfs_plus: Vec::new(),
            told: Vec::new(),
            personality,
        };
        let is_grafting = arguments
            .iter()
            .any(|argument| matches!(argument, Argument::Option { meaning: Meaning::GraftPoints, .. }));
        let spec = |text: &OsStr| match (PathSpec::parse(text, is_grafting), is_xorriso) {
            (spec, true) => spec.without_slashes_behind(),
            (spec, false) => spec,
        };
        let (mut hides_table, mut hides_in_rock_ridge) = (false, None);
        for argument in arguments {
            match argument {
                Argument::Option { meaning: Meaning::HideTableInJoliet, .. } => hides_table = true,
                Argument::Option { typed, meaning: Meaning::HideTableInRockRidge, .. } => {
                    hides_in_rock_ridge = Some(typed);
                }
                Argument::Path(path) => request.sources.push(spec(&path)),
                Argument::Option { meaning: Meaning::PathList, values, .. } => {
                    for value in values {
                        let list = lines(&value)?;
                        request.sources.extend(list.iter().map(|line| spec(line)));
                    }
                }
                Argument::Option { typed, meaning, values } => request.take(&typed, meaning, &values)?,
            }
        }
        request.told.extend(request.boot.drop_nameless());
        request.tell_idle();
        request.settle_names();
        if let Some(table) = &mut request.table {
            table.hidden_in_joliet = hides_table;
            if let Some(typed) = hides_in_rock_ridge {
                let reason = "not supported with -T: Rock Ridge shows what plain ISO 9660 has";
                return Err(Failure::argument(typed, reason));
            }
        }
        Ok(request)
    }

    /// Tells of options that there is nothing for.
    fn tell_idle(&mut self) {
        if let Some((typed, _)) = self.compressed.take_if(|_| !self.rock_ridge) {
            let reason = "without Rock Ridge (-R or -r) nothing says that files are compressed";
            self.told.push(format!("{typed}: {reason}"));
        }
        let mut tell = |typed: &str, reason: &str| self.told.push(format!("{typed}: {reason}"));
        match &self.relocation_directory {
            Some((typed, _)) if self.keep_deep => tell(typed, "deep directories stay where they are"),
            Some((typed, _)) if !self.rock_ridge => {
                tell(typed, "without Rock Ridge (-R or -r) no directory is relocated");
            }
            _ => {}
        }
        if let Some(typed) = self.hybrid.appended_as_gpt.as_ref().filter(|_| self.hybrid.appended.is_empty())
        {
            tell(typed, "no partition is appended; -append_partition does that");
        }
        if let Some(typed) = &self.boot.alternative {
            tell(typed, "no boot image follows");
        }
    }

    /// xorriso's names have several dots where they have all characters, and nowhere else.
    fn settle_names(&mut self) {
        if self.personality == Personality::Xorriso {
            self.relaxations.allow_multiple_dots = self.relaxations.allow_full_ascii;
        }
    }

    #[allow(clippy::too_many_lines, reason = "one row per option")]
    fn take(&mut self, typed: &str, meaning: Meaning, values: &[OsString]) -> Result<(), Failure> {
        let first: &OsStr = values.first().map_or(OsStr::new(""), OsString::as_os_str);
        let string = || text(typed, first).map(str::to_owned);
        let up_to = |most: usize| match string()? {
            long if long.chars().count() > most => {
                Err(Failure::argument(typed, format!("{long}: over {most} characters")))
            }
            fits => Ok(fits),
        };
        let wrong = |reason: &str| Failure::argument(typed, format!("{}: {reason}", first.to_string_lossy()));
        if self.personality == Personality::Xorriso && OF_GENISOIMAGE.contains(&meaning) {
            self.told.push(format!("{typed}: xorriso takes no notice of it, and neither does this"));
            return Ok(());
        }
        // genisoimage turns on what such an option is of.
        match meaning {
            Meaning::Uid | Meaning::Gid | Meaning::DirectoryMode | Meaning::FileMode => {
                self.rock_ridge = true
            }
            Meaning::HideJoliet | Meaning::HideJolietList => {
                self.joliet |= self.personality == Personality::Genisoimage;
            }
            _ => {}
        }
        match meaning {
            Meaning::Output => self.output = Some(PathBuf::from(first)),
            Meaning::PrintSize => self.print_size = true,
            Meaning::Pad(pad) => self.pad = pad,
            Meaning::Quiet => self.quiet = true,
            Meaning::VolumeName => self.volume = string()?,
            Meaning::VolumeSet => self.texts.volume_set = Some(up_to(128)?),
            Meaning::Publisher => self.texts.publisher = Some(up_to(128)?),
            Meaning::Preparer => self.texts.data_preparer = Some(up_to(128)?),
            Meaning::Application => self.texts.application = Some(up_to(128)?),
            Meaning::System => self.texts.system = Some(up_to(32)?),
            Meaning::Abstract => self.texts.abstract_file = Some(up_to(37)?),
            Meaning::Bibliography => self.texts.bibliographic_file = Some(up_to(37)?),
            Meaning::Copyright => self.texts.copyright_file = Some(up_to(37)?),
            Meaning::ModificationDate => self.created = Some(numbers::time(typed, &string()?)?),
            Meaning::AllFileDates => self.all_dates = Some(numbers::time(typed, &string()?)?),
            Meaning::Joliet => self.joliet = true,
            Meaning::JolietUtf16 => self.joliet_utf16 = true,
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
            Meaning::Md5 => self.md5 = true,
            Meaning::Compressed(version_2) => {
                let has_version_2 = self.compressed.as_ref().is_some_and(|(_, version_2)| *version_2);
                self.compressed = Some((typed.to_owned(), version_2 || has_version_2));
            }
            Meaning::IsoLevel => match numbers::number(typed, first)? {
                1u8 => self.level = InterchangeLevel::One,
                2 => self.level = InterchangeLevel::Two,
                3 => self.level = InterchangeLevel::Three,
                4 => {
                    (self.level, self.enhanced) = (InterchangeLevel::Three, true);
                    // genisoimage has one tree for both volume descriptors.
                    if self.personality == Personality::Genisoimage {
                        self.keep_deep = true;
                        self.relaxations = UNTRANSLATED;
                    }
                }
                _ => return Err(wrong("levels are 1 to 4")),
            },
            Meaning::Names31 => {
                self.level = with_long_names(self.level);
            }
            Meaning::Names37 => self.relaxations.allow_37_characters = true,
            Meaning::KeepDeep => self.keep_deep = true,
            Meaning::Untranslated => {
                let is_xorriso = self.personality == Personality::Xorriso;
                self.relaxations = Relaxations { allow_37_characters: is_xorriso, ..UNTRANSLATED };
                self.level = with_long_names(self.level);
            }
            Meaning::NoVersionNumber => self.relaxations.omit_version = true,
            Meaning::NoDirectoryExtension => self.relaxations.allow_directory_extension = false,
            Meaning::NoPeriod => self.relaxations.omit_trailing_dot = true,
            Meaning::LowerCase => self.relaxations.allow_lower_case = true,
            Meaning::MultipleDots => self.relaxations.allow_multiple_dots = true,
            Meaning::LeadingDots => self.relaxations.allow_leading_dot = true,
            Meaning::FullAscii => self.relaxations.allow_full_ascii = true,
            Meaning::Exclude => self.exclude.push(string()?),
            Meaning::NoBackups => self.exclude.extend(BACKUPS.map(str::to_owned)),
            Meaning::ExcludeList => self.exclude.extend(text_lines(typed, first)?),
            Meaning::FollowLinks => (self.follow_links, self.follow_sources) = (true, true),
            Meaning::FollowSources => (self.follow_links, self.follow_sources) = (false, true),
            Meaning::KeepLinks => (self.follow_links, self.follow_sources) = (false, false),
            Meaning::TranslationTable => {
                self.table.get_or_insert_with(TableRequest::default);
            }
            Meaning::TableName => {
                let name = string()?;
                if name.is_empty() || name.contains('/') {
                    return Err(wrong("no name of a file"));
                }
                self.table = Some(TableRequest { name, hidden_in_joliet: false });
            }
            Meaning::RelocationDirectory => {
                let path = string()?;
                let name = path.strip_prefix('/').unwrap_or(&path).to_owned();
                self.relocation_directory = Some((typed.to_owned(), name));
                self.keep_deep = false;
            }
            Meaning::UcsLevel => {
                self.joliet_level = match numbers::number(typed, first)? {
                    1u8 => JolietLevel::One,
                    2 => JolietLevel::Two,
                    3 => JolietLevel::Three,
                    _ => return Err(wrong("levels are 1 to 3")),
                };
            }
            Meaning::UserAttributes if self.extended_attributes == HostAttributes::All => {}
            Meaning::UserAttributes => self.extended_attributes = HostAttributes::User,
            Meaning::AllAttributes => self.extended_attributes = HostAttributes::All,
            Meaning::AccessControlLists => self.acls = true,
            Meaning::Hide => self.hide.push(string()?),
            Meaning::HideList => self.hide.extend(text_lines(typed, first)?),
            Meaning::HideJoliet => self.hide_joliet.push(string()?),
            Meaning::HideJolietList => self.hide_joliet.extend(text_lines(typed, first)?),
            Meaning::Hidden => self.hidden.push(string()?),
            Meaning::HiddenList => self.hidden.extend(text_lines(typed, first)?),
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
                self.take(typed, Meaning::EfiImage, values)?;
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
            Meaning::AppleBlock | Meaning::HfsPlusBlock => {
                if first != "2048" && first != "0" {
                    return Err(wrong("not supported; 2048 is"));
                }
            }
            Meaning::One => {
                if numbers::number::<u32>(typed, first)? != 1 {
                    return Err(wrong("not supported; the set has one volume"));
                }
            }
            Meaning::Charset | Meaning::JolietCharset => {
                self.joliet |= meaning == Meaning::JolietCharset;
                let known = ["utf-8", "utf8", "ascii", "us-ascii", "ansi_x3.4-1968", "default"];
                if !known.contains(&string()?.to_ascii_lowercase().as_str()) {
                    return Err(wrong("not supported; utf-8 is"));
                }
            }
            Meaning::HfsPlus => self.hfs_plus.option = Some(typed.to_owned()),
            Meaning::HfsPlusType => {
                let [creator, file_type, path] = values else { return Ok(()) };
                let code = |value| hfsplus::code(typed, text(typed, value)?);
                let codes = HfsPlusType { creator: code(creator)?, file_type: code(file_type)? };
                self.hfs_plus.types.push((typed.to_owned(), codes, text(typed, path)?.to_owned()));
            }
            Meaning::HfsPlusBless => {
                let [role, path] = values else { return Ok(()) };
                let role = hfsplus::role(typed, text(typed, role)?)?;
                self.hfs_plus.blessed.push((typed.to_owned(), role, text(typed, path)?.to_owned()));
            }
            Meaning::HfsPlusSerial => {
                let parsed = crate::args::parse_serial(&string()?);
                self.hfs_plus.serial = Some(parsed.map_err(|reason| Failure::argument(typed, reason))?);
            }
            Meaning::HideHfsPlus => self.hide_hfs_plus.push(string()?),
            Meaning::HideHfsPlusList => self.hide_hfs_plus.extend(text_lines(typed, first)?),
            Meaning::GraftPoints
            | Meaning::PathList
            | Meaning::HideTableInJoliet
            | Meaning::HideTableInRockRidge
            | Meaning::Nothing => {}
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
