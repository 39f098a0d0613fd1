use std::fmt;
use std::str::FromStr;

bitflags::bitflags! {
    /// A set of file systems: those an image has, or those an item is hidden in.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct FileSystems: u8 {
        /// ISO 9660 (ECMA-119).
        const ISO9660 = 1;
        /// Rock Ridge attributes and names in the ISO 9660 tree.
        const ROCK_RIDGE = 2;
        /// The Joliet tree.
        const JOLIET = 4;
        /// UDF (ECMA-167, OSTA UDF).
        const UDF = 8;
    }
}

/// One file system of an image. Rock Ridge counts as one: it gives the ISO 9660 records another tree of
/// names and attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FileSystem {
    /// ISO 9660 (ECMA-119), plain names.
    Iso9660,
    /// Rock Ridge (RRIP 1.12).
    RockRidge,
    /// Joliet.
    Joliet,
    /// UDF.
    Udf,
}

impl FileSystem {
    /// The set with just this member.
    pub fn as_set(self) -> FileSystems {
        match self {
            FileSystem::Iso9660 => FileSystems::ISO9660,
            FileSystem::RockRidge => FileSystems::ROCK_RIDGE,
            FileSystem::Joliet => FileSystems::JOLIET,
            FileSystem::Udf => FileSystems::UDF,
        }
    }
}

impl fmt::Display for FileSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileSystem::Iso9660 => "ISO 9660",
            FileSystem::RockRidge => "Rock Ridge",
            FileSystem::Joliet => "Joliet",
            FileSystem::Udf => "UDF",
        })
    }
}

/// As on the command line: `iso9660`, `rock-ridge`, `joliet`, `udf`.
impl FromStr for FileSystem {
    type Err = String;

    fn from_str(name: &str) -> Result<FileSystem, String> {
        match name {
            "iso9660" => Ok(FileSystem::Iso9660),
            "rock-ridge" => Ok(FileSystem::RockRidge),
            "joliet" => Ok(FileSystem::Joliet),
            "udf" => Ok(FileSystem::Udf),
            _ => Err(format!("{name:?} is not a file system; use iso9660, rock-ridge, joliet, udf")),
        }
    }
}

impl FromIterator<FileSystem> for FileSystems {
    fn from_iter<T: IntoIterator<Item = FileSystem>>(members: T) -> FileSystems {
        members.into_iter().fold(FileSystems::empty(), |set, member| set | member.as_set())
    }
}
