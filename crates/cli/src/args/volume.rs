use std::time::SystemTime;

use clap::Args;

/// Texts and times of the volume descriptors.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Volume descriptors")]
pub struct VolumeArgs {
    /// Volume name of ISO 9660 alone
    #[arg(long, value_name = "NAME")]
    pub iso_volume: Option<String>,

    /// Volume name of Joliet alone
    #[arg(long, value_name = "NAME")]
    pub joliet_volume: Option<String>,

    /// Volume name of UDF alone
    #[arg(long, value_name = "NAME")]
    pub udf_volume: Option<String>,

    /// Volume name of HFS+ alone
    #[arg(long, value_name = "NAME")]
    pub hfsplus_volume: Option<String>,

    /// Name of the volume set
    #[arg(long, value_name = "TEXT")]
    pub volume_set: Option<String>,

    /// System that can act on the system area
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,

    /// Publisher, or _FILE: a file in the root that says it
    #[arg(long, value_name = "TEXT")]
    pub publisher: Option<String>,

    /// Who prepared the data, or _FILE
    #[arg(long, value_name = "TEXT")]
    pub preparer: Option<String>,

    /// Application, or _FILE
    #[arg(long, value_name = "TEXT")]
    pub application: Option<String>,

    /// File in the root with a copyright statement
    #[arg(long, value_name = "FILE")]
    pub copyright_file: Option<String>,

    /// File in the root with an abstract
    #[arg(long, value_name = "FILE")]
    pub abstract_file: Option<String>,

    /// File in the root with bibliographic records
    #[arg(long, value_name = "FILE")]
    pub bibliographic_file: Option<String>,

    /// When the volume was made, as 2026-01-31T12:00:00Z [default: now; see --reproducible]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_rfc3339_weak)]
    pub volume_created: Option<SystemTime>,

    /// When it was last modified [default: when it was made]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_rfc3339_weak)]
    pub volume_modified: Option<SystemTime>,

    /// From when on it is obsolete
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_rfc3339_weak)]
    pub volume_expires: Option<SystemTime>,

    /// From when on it may be used
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_rfc3339_weak)]
    pub volume_effective: Option<SystemTime>,
}
