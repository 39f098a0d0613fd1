use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args as ClapArgs, Subcommand};

use super::drive::parse_image_file;
use super::{Authoring, PresetName};

/// `fsimage project`
#[derive(Clone, Debug, Subcommand)]
pub enum Project {
    /// Write a disc under construction to a folder: what goes on it, and how
    Export(Box<ExportProject>),
    /// Write the image of an exported project
    Import(ImportProject),
}

/// `fsimage project export`
#[derive(Clone, Debug, ClapArgs)]
pub struct ExportProject {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    /// Start from what a certain reader wants, and check that it will find it
    #[arg(long, value_enum, value_name = "NAME", conflicts_with = "onto")]
    pub preset: Option<PresetName>,

    /// Make it a session behind those of this image, of which the project gets a copy [default: a new image]
    #[arg(long, value_name = "IMAGE")]
    pub onto: Option<PathBuf>,

    /// Refer to the files of this machine instead of copying them
    #[arg(long)]
    pub references: bool,

    /// The folder; it must not be there, or be empty
    #[arg(short, long, value_name = "FOLDER")]
    pub output: PathBuf,
}

/// `fsimage project import`
#[derive(Clone, Debug, ClapArgs)]
pub struct ImportProject {
    /// Folder of the project
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,

    /// Give the image identifiers that no other has, and the time of now [default: those that it had]
    #[arg(long)]
    pub generate_new_id: bool,

    /// Take files outside the folder, if the project refers to any. Whoever made it chooses which
    #[arg(long)]
    pub references: bool,

    /// The image; - is standard output
    #[arg(short, long, value_name = "OUT", value_parser = OsStringValueParser::new().try_map(parse_image_file))]
    pub output: PathBuf,
}
