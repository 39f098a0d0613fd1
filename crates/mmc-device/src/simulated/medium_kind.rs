use std::fmt;
use std::str::FromStr;

use super::SimulatedError;

/// CD: sectors the drive writes behind a track recorded at once; they belong to the track.
pub(in crate::simulated) const CD_RUN_OUT: u32 = 2;
/// Spare area of a BD formatted by default, as part of a full medium.
const BD_DEFAULT_SPARE: (u64, u64) = (393_216, 12_219_392);
/// Spare areas of a DVD-RAM, as part of a full medium.
const RAM_SPARE: (u64, u64) = (58_368, 2_295_072);

/// The media the simulated drive can record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum MediumKind {
    /// CD-R, 80 minutes.
    CdR,
    /// CD-RW, 80 minutes, erased by BLANK.
    CdRw,
    /// DVD-R with one layer.
    DvdR,
    /// DVD-RAM, 4.7 GB, formatted as it is sold.
    DvdRam,
    /// DVD-RW, sequential until it is formatted for restricted overwrite, and again after BLANK.
    DvdRw,
    /// DVD-R with two layers.
    DvdRDl,
    /// DVD+RW.
    DvdPlusRw,
    /// DVD+R with one layer.
    DvdPlusR,
    /// DVD+R with two layers.
    DvdPlusRDl,
    /// BD-R with one layer. Sequential, unless formatted otherwise.
    BdR,
    /// BD-R with two layers.
    BdRDl,
    /// BD-R XL with three layers.
    BdRXl,
    /// BD-R XL with four layers.
    BdRQl,
    /// BD-RE with one layer.
    BdRe,
    /// BD-RE with two layers.
    BdReDl,
    /// BD-RE XL with three layers.
    BdReXl,
}

/// What separates the families of media: how addresses, tracks and sessions work. A medium that can be
/// formatted in several ways changes its family with its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// CD-R and CD-RW.
    Cd,
    /// DVD-R, one or two layers, and DVD-RW that is not formatted.
    DvdMinusR,
    /// DVD-RW, formatted.
    RestrictedOverwrite,
    /// DVD-RAM.
    DvdRam,
    /// DVD+R, one or two layers.
    DvdPlusR,
    /// DVD+RW.
    DvdPlusRw,
    /// BD-R SRM, with pseudo-overwrite or without.
    BdR,
    /// BD-R RRM.
    BdRandom,
    /// BD-RE.
    BdRe,
}

impl MediumKind {
    /// Every kind, in ascending order of profile numbers.
    pub const ALL: [MediumKind; 16] = [
        MediumKind::CdR,
        MediumKind::CdRw,
        MediumKind::DvdR,
        MediumKind::DvdRam,
        MediumKind::DvdRw,
        MediumKind::DvdRDl,
        MediumKind::DvdPlusRw,
        MediumKind::DvdPlusR,
        MediumKind::DvdPlusRDl,
        MediumKind::BdR,
        MediumKind::BdRDl,
        MediumKind::BdRXl,
        MediumKind::BdRQl,
        MediumKind::BdRe,
        MediumKind::BdReDl,
        MediumKind::BdReXl,
    ];

    /// The name on the command line and in state files, for instance `bd-r`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            MediumKind::CdR => "cd-r",
            MediumKind::CdRw => "cd-rw",
            MediumKind::DvdR => "dvd-r",
            MediumKind::DvdRam => "dvd-ram",
            MediumKind::DvdRw => "dvd-rw",
            MediumKind::DvdRDl => "dvd-r-dl",
            MediumKind::DvdPlusR => "dvd+r",
            MediumKind::DvdPlusRDl => "dvd+r-dl",
            MediumKind::DvdPlusRw => "dvd+rw",
            MediumKind::BdR => "bd-r",
            MediumKind::BdRDl => "bd-r-dl",
            MediumKind::BdRXl => "bd-r-xl",
            MediumKind::BdRQl => "bd-r-ql",
            MediumKind::BdRe => "bd-re",
            MediumKind::BdReDl => "bd-re-dl",
            MediumKind::BdReXl => "bd-re-xl",
        }
    }

    /// Profile number of a new medium (MMC, GET CONFIGURATION). A DVD-RW and a BD-R change theirs when they are
    /// formatted.
    #[must_use]
    pub const fn profile(self) -> u16 {
        match self {
            MediumKind::CdR => 0x0009,
            MediumKind::CdRw => 0x000A,
            MediumKind::DvdR => 0x0011,
            MediumKind::DvdRam => 0x0012,
            MediumKind::DvdRw => 0x0014,
            MediumKind::DvdRDl => 0x0015,
            MediumKind::DvdPlusRw => 0x001A,
            MediumKind::DvdPlusR => 0x001B,
            MediumKind::DvdPlusRDl => 0x002B,
            MediumKind::BdR | MediumKind::BdRDl | MediumKind::BdRXl | MediumKind::BdRQl => 0x0041,
            MediumKind::BdRe | MediumKind::BdReDl | MediumKind::BdReXl => 0x0043,
        }
    }

    /// Sectors of a blank medium, 2048 bytes each: on CD up to the last possible start of the lead-out,
    /// on BD and DVD-RAM without spare areas.
    #[must_use]
    pub const fn default_capacity(self) -> u32 {
        match self {
            MediumKind::CdR | MediumKind::CdRw => 359_849,
            MediumKind::DvdR | MediumKind::DvdRw => 2_298_496,
            MediumKind::DvdRDl => 4_171_712,
            MediumKind::DvdRam => 2_295_072,
            MediumKind::DvdPlusR | MediumKind::DvdPlusRw => 2_295_104,
            MediumKind::DvdPlusRDl => 4_173_824,
            MediumKind::BdR | MediumKind::BdRe => 12_219_392,
            MediumKind::BdRDl | MediumKind::BdReDl => 24_438_784,
            MediumKind::BdRXl | MediumKind::BdReXl => 48_878_592,
            MediumKind::BdRQl => 62_500_864,
        }
    }

    /// Sectors of files and file systems that a blank medium takes: on CD without the run-out of their track, on BD-RE and
    /// DVD-RAM without the spare areas that formatting makes by default.
    #[must_use]
    pub const fn capacity_for_data(self) -> u32 {
        let whole = self.default_capacity();
        match self.family() {
            Family::Cd => whole - CD_RUN_OUT,
            Family::DvdRam | Family::BdRe => self.without_default_spare(whole),
            _ => whole,
        }
    }

    /// What is left of that many sectors of a DVD-RAM or a BD when it is formatted with default spare areas.
    pub(super) const fn without_default_spare(self, sectors: u32) -> u32 {
        let (spare, of) = match self.family() {
            Family::DvdRam => RAM_SPARE,
            _ => BD_DEFAULT_SPARE,
        };
        let spare = sectors as u64 * spare / of;
        let unit = self.blocking();
        (sectors - spare as u32) / unit * unit
    }

    /// The drive can erase or overwrite it.
    #[must_use]
    pub const fn is_erasable(self) -> bool {
        match self.family() {
            Family::DvdRam | Family::DvdPlusRw | Family::BdRe => true,
            _ => matches!(self, MediumKind::CdRw | MediumKind::DvdRw),
        }
    }

    /// There are two layers whose boundary the drive tells.
    pub(super) const fn has_layer_break(self) -> bool {
        matches!(self, MediumKind::DvdRDl | MediumKind::DvdPlusRDl)
    }

    /// The family of a new medium.
    pub(super) const fn family(self) -> Family {
        match self {
            MediumKind::CdR | MediumKind::CdRw => Family::Cd,
            MediumKind::DvdR | MediumKind::DvdRDl | MediumKind::DvdRw => Family::DvdMinusR,
            MediumKind::DvdRam => Family::DvdRam,
            MediumKind::DvdPlusR | MediumKind::DvdPlusRDl => Family::DvdPlusR,
            MediumKind::DvdPlusRw => Family::DvdPlusRw,
            MediumKind::BdR | MediumKind::BdRDl | MediumKind::BdRXl | MediumKind::BdRQl => Family::BdR,
            MediumKind::BdRe | MediumKind::BdReDl | MediumKind::BdReXl => Family::BdRe,
        }
    }

    /// Sectors the drive records in one go: a sector, an ECC block, a cluster.
    pub(super) const fn blocking(self) -> u32 {
        match self.family() {
            Family::Cd => 1,
            family if family.is_bd() => 32,
            _ => 16,
        }
    }

    /// Write speeds, fastest first, in units of 1000 bytes per second.
    pub(super) const fn write_speeds(self) -> &'static [u32] {
        match self {
            MediumKind::CdR => &[8467, 7056, 4234, 2822, 1411],
            MediumKind::CdRw => &[4234, 1764, 706],
            MediumKind::DvdR => &[22160, 16620, 11080, 5540, 2770],
            MediumKind::DvdRam => &[6925, 4155, 2770],
            MediumKind::DvdRw => &[8310, 5540, 2770],
            MediumKind::DvdRDl => &[11080, 5540, 2770],
            MediumKind::DvdPlusR => &[22160, 16620, 11080, 5540, 3324],
            MediumKind::DvdPlusRDl => &[11080, 5540, 3324],
            MediumKind::DvdPlusRw => &[11080, 8310, 5540, 3324],
            MediumKind::BdR => &[26973, 17982, 8991, 4495],
            MediumKind::BdRDl => &[17982, 8991, 4495],
            MediumKind::BdRXl | MediumKind::BdRQl => &[17982, 8991],
            MediumKind::BdRe | MediumKind::BdReDl | MediumKind::BdReXl => &[8991, 4495],
        }
    }

    /// The write speed that is possible with constant angular velocity, at the outer edge, likewise.
    pub(super) const fn angular_speed(self) -> Option<u32> {
        match self {
            MediumKind::CdR => Some(8467),
            _ => None,
        }
    }

    /// Fastest read speed in units of 1000 bytes per second.
    pub(super) const fn read_speed(self) -> u32 {
        match self.family() {
            Family::Cd => 8467,
            family if family.is_bd() => 35964,
            _ => 22160,
        }
    }
}

impl Family {
    /// There is one track, over the whole medium, and no session that could be closed.
    pub(super) const fn is_overwritable(self) -> bool {
        matches!(
            self,
            Family::RestrictedOverwrite
                | Family::DvdRam
                | Family::DvdPlusRw
                | Family::BdRandom
                | Family::BdRe
        )
    }

    pub(super) const fn is_dvd(self) -> bool {
        !matches!(self, Family::Cd) && !self.is_bd()
    }

    pub(super) const fn is_bd(self) -> bool {
        matches!(self, Family::BdR | Family::BdRandom | Family::BdRe)
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
