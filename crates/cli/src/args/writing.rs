//! The commands that write images, and `plan`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap::ValueEnum;
use clap::builder::{OsStringValueParser, PossibleValue, TypedValueParser};
use fsimage::{DriveName, MediumKind};

use super::drive::{parse_drive, parse_image_file, parse_medium, parse_target};
use super::{Authoring, Changes, FileSystemName, PresetName, Recording, Target};

/// Which earlier session the new one continues, and how it is read.
#[derive(Clone, Debug, ClapArgs)]
pub struct Import {
    /// Session to continue, from 1 [default: the newest]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub session: Option<u16>,

    /// File systems to import from, the first that is there [default: rock-ridge,udf,joliet,iso9660]; with all among
    /// them, the others as well: each keeps its own names, and what only it has
    #[arg(long, value_delimiter = ',', value_name = "all|FILE_SYSTEM,...")]
    pub import: Vec<ImportName>,
}

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportName {
    /// All file systems of the session.
    All,
    /// One.
    Of(FileSystemName),
}

impl ValueEnum for ImportName {
    fn value_variants<'a>() -> &'a [ImportName] {
        use ImportName::{All, Of};
        &[
            Of(FileSystemName::Iso9660),
            Of(FileSystemName::RockRidge),
            Of(FileSystemName::Joliet),
            Of(FileSystemName::Udf),
            Of(FileSystemName::Enhanced),
            All,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            ImportName::All => Some(
                PossibleValue::new("all").help("All of them: each keeps its own names, and what only it has"),
            ),
            ImportName::Of(name) => name.to_possible_value(),
        }
    }
}

/// `fsimage build`
#[derive(Clone, Debug, ClapArgs)]
pub struct Build {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    /// Start from what a certain reader wants, and check that it will find it
    #[arg(long, value_enum, value_name = "NAME")]
    pub preset: Option<PresetName>,

    /// The image; - is standard output
    #[arg(short, long, value_name = "OUT", value_parser = OsStringValueParser::new().try_map(parse_image_file))]
    pub output: PathBuf,
}

/// `fsimage remaster`
#[derive(Clone, Debug, ClapArgs)]
#[command(mut_arg("sources", |sources| sources.required(false)))]
pub struct Remaster {
    /// Image file or drive with what the new image is made of
    #[arg(value_name = "TARGET", value_parser = OsStringValueParser::new().try_map(parse_target))]
    pub target: Target,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub changes: Changes,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub import: Import,

    /// Where in the file the image begins, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    pub offset: u64,

    /// The new image; - is standard output
    #[arg(short, long, value_name = "OUT", value_parser = OsStringValueParser::new().try_map(parse_image_file))]
    pub output: PathBuf,
}

/// `fsimage copy`
#[derive(Clone, Debug, ClapArgs)]
pub struct Copy {
    /// Image file or drive that is copied
    #[arg(value_name = "TARGET", value_parser = OsStringValueParser::new().try_map(parse_target))]
    pub target: Target,

    /// Session whose content is copied, from 1 [default: the newest]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub session: Option<u16>,

    /// Copy each session as one of its own, instead of one that shows what they show together
    #[arg(long, conflicts_with_all = ["session", "test"])]
    pub sessions: bool,

    /// The new image; - is standard output
    #[arg(short, long, value_name = "OUT", required_unless_present = "drive", conflicts_with = "drive", value_parser = OsStringValueParser::new().try_map(parse_image_file))]
    pub output: Option<PathBuf>,

    /// Drive with the blank medium that becomes the copy: /dev/sr0, sim:PATH or sim:MEDIUM:PATH
    #[arg(long, value_name = "DRIVE", value_parser = OsStringValueParser::new().try_map(parse_drive))]
    pub drive: Option<DriveName>,

    /// Go on where something of what boots cannot follow, and tell it
    #[arg(long = "lossy-boot")]
    pub lossy: bool,

    /// Fail where anything is not kept
    #[arg(long)]
    pub strict: bool,

    /// Record no digests on the copy, and compare nothing with those of the disc, so that a damaged file is copied as it is
    #[arg(long, value_name = "WHICH")]
    pub digests: Option<NoDigests>,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub recording: Recording,
}

/// What a copy may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NoDigests {
    /// None are recorded
    None,
}

/// `fsimage append`
#[derive(Clone, Debug, ClapArgs)]
#[command(mut_arg("sources", |sources| sources.required(false).required_unless_present_any(["remove", "moves", "restore"])))]
pub struct Append {
    /// Image file that grows
    #[arg(value_name = "IMAGE")]
    pub image: PathBuf,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub changes: Changes,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub import: Import,
}

/// `fsimage plan`
#[derive(Clone, Debug, ClapArgs)]
#[command(mut_arg("sources", |sources| sources.required(false).required_unless_present_any(["remove", "moves", "restore"])))]
pub struct Plan {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub changes: Changes,

    /// Plan the session that append or burn would add to this image or medium [default: a new image]
    #[arg(long, value_name = "TARGET", value_parser = OsStringValueParser::new().try_map(parse_target))]
    pub onto: Option<Target>,

    /// Plan the first session on a blank medium of this kind
    #[arg(long, value_name = "MEDIUM", value_parser = parse_medium, conflicts_with = "onto")]
    pub medium: Option<MediumKind>,

    /// Plan what build would write with this preset
    #[arg(long, value_enum, value_name = "NAME", conflicts_with_all = ["onto", "medium"])]
    pub preset: Option<PresetName>,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub import: Import,
}
