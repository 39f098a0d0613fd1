use std::fmt;
use std::str::FromStr;

bitflags::bitflags! {
    /// A set of file systems: those an image has, or those an item is hidden in.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    pub struct FileSystems: u8 {
        /// ISO 9660 (ECMA-119).
        const ISO9660 = 1;
        /// Rock Ridge attributes and names in the ISO 9660 tree.
        const ROCK_RIDGE = 2;
        /// The Joliet tree.
        const JOLIET = 4;
        /// UDF (ECMA-167, OSTA UDF).
        const UDF = 8;
        /// The tree of an enhanced volume descriptor (ISO 9660:1999).
        const ENHANCED = 16;
        /// HFS+ (Apple's TN1150).
        const HFS_PLUS = 32;
    }
}

/// One file system of an image. Rock Ridge counts as one: it gives the ISO 9660 records another tree of
/// names and attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
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
    /// ISO 9660:1999: a further tree of ISO 9660, with names of up to 207 bytes and any depth.
    #[cfg_attr(feature = "serde", serde(rename = "iso9660-1999"))]
    Enhanced,
    /// HFS+.
    #[cfg_attr(feature = "serde", serde(rename = "hfsplus"))]
    HfsPlus,
}

impl FileSystem {
    /// Each of them, in their order.
    pub const ALL: [FileSystem; 6] = [
        FileSystem::Iso9660,
        FileSystem::RockRidge,
        FileSystem::Joliet,
        FileSystem::Udf,
        FileSystem::Enhanced,
        FileSystem::HfsPlus,
    ];

    /// The set with just this member.
    #[must_use]
    pub fn as_set(self) -> FileSystems {
        match self {
            FileSystem::Iso9660 => FileSystems::ISO9660,
            FileSystem::RockRidge => FileSystems::ROCK_RIDGE,
            FileSystem::Joliet => FileSystems::JOLIET,
            FileSystem::Udf => FileSystems::UDF,
            FileSystem::Enhanced => FileSystems::ENHANCED,
            FileSystem::HfsPlus => FileSystems::HFS_PLUS,
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
            FileSystem::Enhanced => "ISO 9660:1999",
            FileSystem::HfsPlus => "HFS+",
        })
    }
}

/// As on the command line: `iso9660`, `rock-ridge`, `joliet`, `udf`, `iso9660-1999`, `hfsplus`.
impl FromStr for FileSystem {
    type Err = String;

    fn from_str(name: &str) -> Result<FileSystem, String> {
        match name {
            "iso9660" => Ok(FileSystem::Iso9660),
            "rock-ridge" => Ok(FileSystem::RockRidge),
            "joliet" => Ok(FileSystem::Joliet),
            "udf" => Ok(FileSystem::Udf),
            "iso9660-1999" => Ok(FileSystem::Enhanced),
            "hfsplus" => Ok(FileSystem::HfsPlus),
            _ => Err(format!(
                "{name:?} is not a file system; use iso9660, rock-ridge, joliet, udf, iso9660-1999, hfsplus"
            )),
        }
    }
}

impl FromIterator<FileSystem> for FileSystems {
    fn from_iter<T: IntoIterator<Item = FileSystem>>(members: T) -> FileSystems {
        members.into_iter().fold(FileSystems::empty(), |set, member| set | member.as_set())
    }
}
