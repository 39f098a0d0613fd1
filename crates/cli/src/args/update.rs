use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args as ClapArgs, ValueEnum};
use fsimage::DriveName;

use super::changes::{IMPORTED_BOOT, ImportedBoot};
use super::drive::parse_drive;
use super::recording::Recording;
use super::{Authoring, Import};

/// `fsimage update`
#[derive(Clone, Debug, ClapArgs)]
#[command(override_usage = "fsimage update [OPTIONS] IMAGE SOURCE...\n       \
                      fsimage update [OPTIONS] --drive DRIVE SOURCE...")]
#[command(mut_arg("sources", |sources| {
    sources.value_name("IMAGE|SOURCE").help(
        "Without --drive, first the image file that grows; then folders, files, and NAME_IN_IMAGE=HOST_PATH: all that \
         the new session is to hold",
    )
}))]
#[command(mut_arg("existing", |existing| {
    existing.help(
        "What becomes of an item of a source, other than a directory, whose name an earlier source has. What the session has \
         of that name becomes what the sources have, whatever is said here",
    )
}))]
pub struct Update {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub import: Import,

    /// Drive with the medium: /dev/sr0, sim:PATH or sim:MEDIUM:PATH
    #[arg(long, value_name = "DRIVE", value_parser = OsStringValueParser::new().try_map(parse_drive))]
    pub drive: Option<DriveName>,

    /// How files are told that are the same
    #[arg(long, value_enum, default_value_t)]
    pub compare: CompareName,

    /// Write no new file whose content is in an earlier session: it is read there and compared
    #[arg(long)]
    pub dedup: bool,

    /// Say what differs, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// What becomes of what boots already [default: keep, but with --boot and --boot-image]; see --help
    #[arg(long, value_enum, long_help = IMPORTED_BOOT)]
    pub imported_boot: Option<ImportedBoot>,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub recording: Recording,
}

/// How files are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CompareName {
    /// By size and time of the last modification, as precise as the session has it
    #[default]
    #[value(name = "size+mtime")]
    SizeAndTime,
    /// By their bytes: each file that has its old size is read, on both sides
    Content,
    /// As content, but on the medium only files are read of which the session has recorded no digest
    Digests,
}
