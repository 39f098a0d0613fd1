//! Content and form of what is written, from sources.

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args as ClapArgs, ValueEnum};

use super::source::parse_source;
use super::{Boot, HfsPlus, NameArgs, SelectionArgs, Source, SparseArgs, Udf, VolumeArgs, ZisofsArgs};

/// A file system, by its name on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FileSystemName {
    /// ISO 9660, plain names
    Iso9660,
    /// POSIX names and attributes in the ISO 9660 tree, which comes with it
    RockRidge,
    /// Windows names, in a tree of their own; the ISO 9660 tree comes with it
    Joliet,
    /// What DVD, BD and all current systems read, beside the others or alone
    Udf,
    /// ISO 9660:1999: names of up to 207 bytes in a tree of their own; the ISO 9660 tree comes with it
    #[value(name = "iso9660-1999")]
    Enhanced,
    /// HFS+, for Macs; the ISO 9660 tree comes with it. It is written, and not read
    #[value(name = "hfsplus")]
    HfsPlus,
}

/// A kind of image that some reader wants in one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PresetName {
    /// A seed for cloud-init (NoCloud): user-data and meta-data in a volume cidata
    Cidata,
    /// As Windows' installation media: UDF 1.02 beside ISO 9660, boots with BIOS and UEFI from the files that are usual
    Windows,
}

/// Which extended attributes of host items are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SourceAttributes {
    /// None.
    #[default]
    None,
    /// Those whose names begin with `user.`.
    User,
    /// All that may be read.
    Any,
}

/// How digests of files are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DigestsName {
    /// SHA-256
    Sha256,
    /// BLAKE3
    Blake3,
    /// MD5 sums of the session and of files, as xorriso records and checks them, in attributes of Rock Ridge
    Md5,
    /// No digests are recorded, whatever the session before has
    None,
}

/// Times of host files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SourceTimes {
    /// That of the last modification, as it is in every copy of a tree
    #[default]
    Modified,
    /// Those of access, change of attributes and creation as well, as far as the host has them
    All,
}

/// What becomes of an item of a source whose name is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExistingNames {
    /// It takes the place of what is there
    #[default]
    Replace,
    /// What is there stays, which is told
    Keep,
    /// It is an error
    Refuse,
}

/// Form of the times in Rock Ridge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RrTimes {
    /// Short, but long for times outside the years 1900 to 2155
    #[default]
    Auto,
    /// Whole seconds of the years 1900 to 2155; other times become the nearest
    Short,
    /// Hundredths of seconds, but Linux 6.1 shows wrong times
    Long,
}

/// Content and form of what is written.
#[derive(Clone, Debug, ClapArgs)]
pub struct Authoring {
    /// Folders, files, and NAME_IN_IMAGE=HOST_PATH; of a symbolic link that is named here, what it leads to
    #[arg(required = true, value_name = "SOURCE", value_parser = OsStringValueParser::new().map(parse_source))]
    pub sources: Vec<Source>,

    /// File systems to write [default: iso9660,rock-ridge,joliet, or those of the session before]
    #[arg(long, value_delimiter = ',', value_name = "FILE_SYSTEM,...")]
    pub fs: Vec<FileSystemName>,

    /// Volume name [default: CDROM, or that of the session before]
    #[arg(long, value_name = "NAME")]
    pub volume: Option<String>,

    /// Leave out what matches: the path below a source folder, or the bare name. Can be repeated
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,

    /// Take the extended attributes of the host: those of users (`user`), or all that may be read (`any`). Rock Ridge
    /// has them as such (AAIP), UDF 2.00 and later as named streams
    #[arg(
        long,
        value_name = "WHICH",
        num_args = 0..=1,
        require_equals = true,
        default_value = "none",
        default_missing_value = "any",
        hide_default_value = true
    )]
    pub xattrs: SourceAttributes,

    /// Take the access control lists of the host, on Linux; Rock Ridge has them (AAIP)
    #[arg(long)]
    pub acl: bool,

    /// Record a digest of each file in the hidden folder .digests of the disc, for sha256sum -c or b3sum -c and for
    /// verify, or as xorriso does, or both (`sha256,md5`) [default: none, or as the session before]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "ALGORITHM,...")]
    pub digests: Vec<DigestsName>,

    /// Take what symbolic links lead to in their place; a link that leads nowhere, or to a folder above it, stays one
    #[arg(long)]
    pub follow_links: bool,

    /// Make every rename or loss in any file system an error
    #[arg(long)]
    pub strict: bool,

    /// The same content gives the same bytes: no clock is read, and times are at most SOURCE_DATE_EPOCH
    #[arg(long)]
    pub reproducible: bool,

    /// Which times of host files are recorded. `all` cannot be together with --reproducible; SOURCE_DATE_EPOCH
    /// is the latest for each
    #[arg(long, value_enum, default_value_t)]
    pub times: SourceTimes,

    /// What becomes of an item of a source, other than a directory, whose name an earlier source or the session has
    #[arg(long, value_enum, default_value_t, value_name = "POLICY")]
    pub existing: ExistingNames,

    /// Form of the times in Rock Ridge
    #[arg(long, value_enum, default_value_t)]
    pub rr_times: RrTimes,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub names: NameArgs,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub volume_descriptors: VolumeArgs,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub selection: SelectionArgs,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub zisofs: ZisofsArgs,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub sparse: SparseArgs,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub udf: Udf,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub hfs_plus: HfsPlus,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub boot: Boot,
}
