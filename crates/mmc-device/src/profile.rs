use std::fmt;

/// Profile number of a medium in a drive (MMC, GET CONFIGURATION). The list is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Profile(pub u16);

impl Profile {
    /// No medium, or none the drive knows.
    pub const NONE: Profile = Profile(0x0000);
    /// CD-ROM; finalised CD-R and CD-RW may say so too.
    pub const CD_ROM: Profile = Profile(0x0008);
    /// CD-R.
    pub const CD_R: Profile = Profile(0x0009);
    /// CD-RW.
    pub const CD_RW: Profile = Profile(0x000A);
    /// DVD-ROM; drives also say so of closed recordable media.
    pub const DVD_ROM: Profile = Profile(0x0010);
    /// DVD-R, sequential recording.
    pub const DVD_R: Profile = Profile(0x0011);
    /// DVD-RAM.
    pub const DVD_RAM: Profile = Profile(0x0012);
    /// DVD-RW, restricted overwrite.
    pub const DVD_RW_RESTRICTED_OVERWRITE: Profile = Profile(0x0013);
    /// DVD-RW, sequential recording.
    pub const DVD_RW_SEQUENTIAL: Profile = Profile(0x0014);
    /// DVD-R dual layer, sequential recording.
    pub const DVD_R_DL: Profile = Profile(0x0015);
    /// DVD-R dual layer, layer jump recording.
    pub const DVD_R_DL_LAYER_JUMP: Profile = Profile(0x0016);
    /// DVD+RW.
    pub const DVD_PLUS_RW: Profile = Profile(0x001A);
    /// DVD+R.
    pub const DVD_PLUS_R: Profile = Profile(0x001B);
    /// DVD+RW dual layer.
    pub const DVD_PLUS_RW_DL: Profile = Profile(0x002A);
    /// DVD+R dual layer.
    pub const DVD_PLUS_R_DL: Profile = Profile(0x002B);
    /// BD-ROM.
    pub const BD_ROM: Profile = Profile(0x0040);
    /// BD-R, sequential recording mode.
    pub const BD_R_SRM: Profile = Profile(0x0041);
    /// BD-R, random recording mode.
    pub const BD_R_RRM: Profile = Profile(0x0042);
    /// BD-RE.
    pub const BD_RE: Profile = Profile(0x0043);

    /// Whether it is a CD of some kind.
    #[must_use]
    pub const fn is_cd(self) -> bool {
        matches!(self.0, 0x0008..=0x000A)
    }

    /// Whether it is a DVD of some kind.
    #[must_use]
    pub const fn is_dvd(self) -> bool {
        matches!(self.0, 0x0010..=0x0018 | 0x001A | 0x001B | 0x002A | 0x002B)
    }

    /// Whether it is a BD of some kind.
    #[must_use]
    pub const fn is_bd(self) -> bool {
        matches!(self.0, 0x0040..=0x0043)
    }

    /// Whether it is a DVD-R or a DVD-RW in sequential recording: incrementally, or the disc at once.
    #[must_use]
    pub const fn is_dvd_minus_r(self) -> bool {
        matches!(self, Profile::DVD_R | Profile::DVD_RW_SEQUENTIAL | Profile::DVD_R_DL)
    }

    /// Whether it can be written at any address, again and again, once formatted.
    #[must_use]
    pub const fn is_overwritable(self) -> bool {
        matches!(
            self,
            Profile::DVD_RAM
                | Profile::DVD_RW_RESTRICTED_OVERWRITE
                | Profile::DVD_PLUS_RW
                | Profile::DVD_PLUS_RW_DL
                | Profile::BD_RE
        )
    }

    /// Whether it is written once or by growing, at the next writable address only.
    #[must_use]
    pub const fn is_sequential(self) -> bool {
        matches!(
            self,
            Profile::CD_R
                | Profile::CD_RW
                | Profile::DVD_R
                | Profile::DVD_RW_SEQUENTIAL
                | Profile::DVD_R_DL
                | Profile::DVD_R_DL_LAYER_JUMP
                | Profile::DVD_PLUS_R
                | Profile::DVD_PLUS_R_DL
                | Profile::BD_R_SRM
        )
    }

    /// 2048-byte blocks in the smallest unit the medium is written in: 1 on CD, 16 (an ECC block) on
    /// DVD, 32 (a cluster) on BD.
    #[must_use]
    pub const fn write_unit(self) -> u32 {
        if self.is_bd() {
            32
        } else if self.is_dvd() {
            16
        } else {
            1
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Profile::NONE => "no medium",
            Profile::CD_ROM => "CD-ROM",
            Profile::CD_R => "CD-R",
            Profile::CD_RW => "CD-RW",
            Profile::DVD_ROM => "DVD-ROM",
            Profile::DVD_R => "DVD-R",
            Profile::DVD_RAM => "DVD-RAM",
            Profile::DVD_RW_RESTRICTED_OVERWRITE => "DVD-RW (restricted overwrite)",
            Profile::DVD_RW_SEQUENTIAL => "DVD-RW",
            Profile::DVD_R_DL => "DVD-R DL",
            Profile::DVD_R_DL_LAYER_JUMP => "DVD-R DL (layer jump)",
            Profile::DVD_PLUS_RW => "DVD+RW",
            Profile::DVD_PLUS_R => "DVD+R",
            Profile::DVD_PLUS_RW_DL => "DVD+RW DL",
            Profile::DVD_PLUS_R_DL => "DVD+R DL",
            Profile::BD_ROM => "BD-ROM",
            Profile::BD_R_SRM => "BD-R",
            Profile::BD_R_RRM => "BD-R (random recording)",
            Profile::BD_RE => "BD-RE",
            Profile(number) => return write!(f, "profile {number:04X}h"),
        };
        f.pad(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_units() {
        assert!(Profile::DVD_PLUS_R.is_sequential() && !Profile::DVD_PLUS_R.is_overwritable());
        assert!(Profile::BD_RE.is_overwritable() && Profile::BD_RE.is_bd());
        assert_eq!(Profile::CD_R.write_unit(), 1);
        assert_eq!(Profile::DVD_PLUS_RW.write_unit(), 16);
        assert_eq!(Profile::BD_R_SRM.write_unit(), 32);
        assert_eq!(Profile(0x58).to_string(), "profile 0058h");
    }
}
