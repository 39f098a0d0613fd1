//! What the command line asks for, put together.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use fsimage::{
    HfsPlusType, HostAttributes, InterchangeLevel, JolietLevel, Relaxations, Timestamp, VolumeTexts,
};

use super::boot_request::{BootRequest, HybridRequest};
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
    /// Whatever the level, files are as large as they are.
    pub(super) limited_size: bool,
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
    /// Files that the command line names for what is in them.
    pub(super) lists: Vec<PathBuf>,
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

/// HFS+. What is named by a path comes with the option that names it.
#[derive(Debug, Default)]
pub(super) struct HfsPlusRequest {
    /// The option that asks for it.
    pub(super) option: Option<String>,
    pub(super) blessed: Vec<(String, HfsPlusRole, String)>,
    pub(super) types: Vec<(String, HfsPlusType, String)>,
    pub(super) serial: Option<u64>,
}

/// What names a file of lines.
const LISTS: [Meaning; 8] = [
    Meaning::PathList,
    Meaning::ExcludeList,
    Meaning::HideList,
    Meaning::HideJolietList,
    Meaning::HiddenList,
    Meaning::SortList,
    Meaning::SortWeightList,
    Meaning::HideHfsPlusList,
];

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
            limited_size: false,
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
            lists: Vec::new(),
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
            if let Argument::Option { meaning, values, .. } = &argument
                && LISTS.contains(meaning)
            {
                request.lists.extend(values.iter().map(PathBuf::from));
            }
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
        request.settle_names();
        request.told.extend(request.boot.drop_nameless());
        request.tell_idle();
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

    /// xorriso's names have several dots where they have all characters, and nowhere else. They have all, small letters
    /// too, beside a boot image that is the only one and gets a boot info table.
    fn settle_names(&mut self) {
        if self.personality == Personality::Genisoimage {
            return;
        }
        if self.boot.patches_the_only_image() {
            (self.relaxations.allow_full_ascii, self.relaxations.allow_lower_case) = (true, true);
        }
        self.relaxations.allow_multiple_dots = self.relaxations.allow_full_ascii;
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
            Meaning::LimitedSize => self.limited_size = true,
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
                if name.is_empty() || name.contains('/') {
                    let reason = format!("{path}: deep directories go to a directory of the root; name one");
                    return Err(Failure::argument(typed, reason));
                }
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
            Meaning::BootImage
            | Meaning::EfiImage
            | Meaning::EfiBoot
            | Meaning::AlternativeBoot
            | Meaning::Catalog
            | Meaning::CatalogHide
            | Meaning::NoEmulation
            | Meaning::HardDiskBoot
            | Meaning::NoBoot
            | Meaning::LoadSegment
            | Meaning::LoadSectors
            | Meaning::BootInfoTable
            | Meaning::Grub2BootInfo
            | Meaning::Platform
            | Meaning::BootIdentifier
            | Meaning::SelectionCriteria
            | Meaning::Generic
            | Meaning::IsohybridMbr
            | Meaning::Grub2Mbr
            | Meaning::GptBasicData
            | Meaning::GptHfsPlus
            | Meaning::AppleMap
            | Meaning::PartLikeIsohybrid
            | Meaning::Chrp
            | Meaning::AppendPartition
            | Meaning::AppendedAsGpt
            | Meaning::IsoPartitionType
            | Meaning::EfiBootPart
            | Meaning::ProtectiveLabel
            | Meaning::ForceBootable
            | Meaning::DiskGuid
            | Meaning::PartitionOffset
            | Meaning::CylinderAlign => self.take_boot(typed, meaning, values)?,
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
