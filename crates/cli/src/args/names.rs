use clap::{Args, ValueEnum};

/// Names of ISO 9660 and Joliet.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Names")]
pub struct NameArgs {
    /// Level of ISO 9660 names and files: 1 is 8.3, 2 is 31 characters, 3 adds files over 4 GiB. With it, or
    /// `--iso-relax`, imported identifiers become what the rules make of them [default: 3]
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub iso_level: Option<u8>,

    /// Departures from ISO 9660's names that most readers take
    #[arg(long, value_enum, value_delimiter = ',', value_name = "DEPARTURE,...")]
    pub iso_relax: Vec<IsoRelaxation>,

    /// Joliet names of up to 103 characters instead of 64
    #[arg(long)]
    pub joliet_long: bool,

    /// Level of UCS-2 that the Joliet descriptor names [default: that of an imported session, else 3]
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub joliet_level: Option<u8>,

    /// Characters beyond U+FFFF become _ in Joliet, which are surrogate pairs otherwise
    #[arg(long)]
    pub joliet_ucs2: bool,

    /// Joliet keeps * : ? and \, which Windows refuses
    #[arg(long)]
    pub joliet_keep_forbidden: bool,

    /// What becomes of directories below the eighth level [default: relocate if an imported session has them so, else keep]
    #[arg(long, value_enum)]
    pub deep: Option<Deep>,

    /// Folder of the root that `--deep relocate` records them in [default: that of an imported session, else rr_moved]
    #[arg(long, value_name = "NAME")]
    pub deep_dir: Option<String>,
}

/// A departure from the names of ISO 9660.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IsoRelaxation {
    /// Small letters stay
    LowerCase,
    /// Dots before the last one stay, and directories may have dots
    MultipleDots,
    /// A dot at the start of a name stays
    LeadingDot,
    /// All printable ASCII characters stay but / and ;
    FullAscii,
    /// 37 characters, without version number
    #[value(name = "37-characters")]
    ThirtySevenCharacters,
    /// No ;1 behind the names of files
    NoVersion,
    /// No dot behind the names of files without extension
    NoTrailingDot,
    /// Directories have extensions, as files do
    DirectoryExtension,
}

/// What becomes of directories below the eighth level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deep {
    /// They stay where they are; today's readers take it
    Keep,
    /// They are recorded in a folder of the root, and Rock Ridge shows them in their place
    Relocate,
    /// They are an error, as ECMA-119 6.8.2.1 has it
    Refuse,
}
