use std::fmt;
use std::str::FromStr;

use super::SimulatedError;

/// The media the simulated drive can record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum MediumKind {
    /// CD-R, 80 minutes, recorded track at once.
    CdR,
    /// CD-RW, 80 minutes, recorded track at once, erased by BLANK.
    CdRw,
    /// DVD+R with one layer.
    DvdPlusR,
    /// DVD+R with two layers.
    DvdPlusRDl,
    /// DVD+RW.
    DvdPlusRw,
    /// BD-R with one layer, sequential recording mode without pseudo-overwrite.
    BdR,
    /// BD-RE with one layer.
    BdRe,
}

/// What separates the families of media: how addresses, tracks and sessions work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// CD-R and CD-RW.
    Cd,
    /// DVD+R, one or two layers.
    DvdPlusR,
    /// BD-R SRM.
    BdR,
    /// DVD+RW.
    DvdPlusRw,
    /// BD-RE.
    BdRe,
}

impl MediumKind {
    /// Every kind, in ascending order of profile numbers.
    pub const ALL: [MediumKind; 7] = [
        MediumKind::CdR,
        MediumKind::CdRw,
        MediumKind::DvdPlusRw,
        MediumKind::DvdPlusR,
        MediumKind::DvdPlusRDl,
        MediumKind::BdR,
        MediumKind::BdRe,
    ];

    /// The name on the command line and in state files, for instance `bd-r`.
    pub const fn name(self) -> &'static str {
        match self {
            MediumKind::CdR => "cd-r",
            MediumKind::CdRw => "cd-rw",
            MediumKind::DvdPlusR => "dvd+r",
            MediumKind::DvdPlusRDl => "dvd+r-dl",
            MediumKind::DvdPlusRw => "dvd+rw",
            MediumKind::BdR => "bd-r",
            MediumKind::BdRe => "bd-re",
        }
    }

    /// Profile number (MMC, GET CONFIGURATION).
    pub const fn profile(self) -> u16 {
        match self {
            MediumKind::CdR => 0x0009,
            MediumKind::CdRw => 0x000A,
            MediumKind::DvdPlusRw => 0x001A,
            MediumKind::DvdPlusR => 0x001B,
            MediumKind::DvdPlusRDl => 0x002B,
            MediumKind::BdR => 0x0041,
            MediumKind::BdRe => 0x0043,
        }
    }

    /// Sectors of a blank medium, 2048 bytes each: on CD up to the last possible start of the lead-out,
    /// on BD without spare areas.
    pub const fn default_capacity(self) -> u32 {
        match self {
            MediumKind::CdR | MediumKind::CdRw => 359_849,
            MediumKind::DvdPlusR | MediumKind::DvdPlusRw => 2_295_104,
            MediumKind::DvdPlusRDl => 4_173_824,
            MediumKind::BdR | MediumKind::BdRe => 12_219_392,
        }
    }

    /// The drive can erase or overwrite it.
    pub const fn is_erasable(self) -> bool {
        matches!(self, MediumKind::CdRw | MediumKind::DvdPlusRw | MediumKind::BdRe)
    }

    pub(super) const fn family(self) -> Family {
        match self {
            MediumKind::CdR | MediumKind::CdRw => Family::Cd,
            MediumKind::DvdPlusR | MediumKind::DvdPlusRDl => Family::DvdPlusR,
            MediumKind::BdR => Family::BdR,
            MediumKind::DvdPlusRw => Family::DvdPlusRw,
            MediumKind::BdRe => Family::BdRe,
        }
    }

    /// Sectors the drive records in one go: a sector, an ECC block, a cluster.
    pub(super) const fn blocking(self) -> u32 {
        match self.family() {
            Family::Cd => 1,
            Family::DvdPlusR | Family::DvdPlusRw => 16,
            Family::BdR | Family::BdRe => 32,
        }
    }

    /// Write speeds, fastest first, in units of 1000 bytes per second.
    pub(super) const fn write_speeds(self) -> &'static [u32] {
        match self {
            MediumKind::CdR => &[8467, 7056, 4234, 2822, 1411],
            MediumKind::CdRw => &[4234, 1764, 706],
            MediumKind::DvdPlusR => &[22160, 16620, 11080, 5540, 3324],
            MediumKind::DvdPlusRDl => &[11080, 5540, 3324],
            MediumKind::DvdPlusRw => &[11080, 8310, 5540, 3324],
            MediumKind::BdR => &[26973, 17982, 8991, 4495],
            MediumKind::BdRe => &[8991, 4495],
        }
    }

    /// Fastest read speed in units of 1000 bytes per second.
    pub(super) const fn read_speed(self) -> u32 {
        match self.family() {
            Family::Cd => 8467,
            Family::DvdPlusR | Family::DvdPlusRw => 22160,
            Family::BdR | Family::BdRe => 35964,
        }
    }
}

impl Family {
    /// Any sector may be written at any time, once formatted.
    pub(super) const fn is_overwritable(self) -> bool {
        matches!(self, Family::DvdPlusRw | Family::BdRe)
    }
}

impl fmt::Display for MediumKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for MediumKind {
    type Err = SimulatedError;

    fn from_str(name: &str) -> Result<MediumKind, SimulatedError> {
        MediumKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let known = MediumKind::ALL.map(MediumKind::name).join(", ");
            SimulatedError::UnknownKind { name: name.to_owned(), known }
        })
    }
}

impl TryFrom<String> for MediumKind {
    type Error = SimulatedError;

    fn try_from(name: String) -> Result<MediumKind, SimulatedError> {
        name.parse()
    }
}

impl From<MediumKind> for String {
    fn from(kind: MediumKind) -> String {
        kind.name().to_owned()
    }
}
