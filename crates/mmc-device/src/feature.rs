//! Features of a drive (MMC, GET CONFIGURATION).

use std::fmt;

use crate::Profile;
use crate::command::toc::CdRwSubType;

/// Feature number. The list is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureCode(pub u16);

macro_rules! features {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        impl FeatureCode {
            $(
                #[doc = concat!("The feature \"", $text, "\".")]
                pub const $name: FeatureCode = FeatureCode($code);
            )*

            /// What the feature is; `None` for numbers unknown here.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($code => Some($text),)*
                    _ => None,
                }
            }
        }
    };
}

features! {
    PROFILE_LIST = 0x0000, "profile list";
    CORE = 0x0001, "core";
    MORPHING = 0x0002, "morphing";
    REMOVABLE_MEDIUM = 0x0003, "removable medium";
    WRITE_PROTECT = 0x0004, "write protect";
    RANDOM_READABLE = 0x0010, "random readable";
    MULTI_READ = 0x001D, "multi-read";
    CD_READ = 0x001E, "CD read";
    DVD_READ = 0x001F, "DVD read";
    RANDOM_WRITABLE = 0x0020, "random writable";
    INCREMENTAL_STREAMING_WRITABLE = 0x0021, "incremental streaming writable";
    FORMATTABLE = 0x0023, "formattable";
    DEFECT_MANAGEMENT = 0x0024, "hardware defect management";
    WRITE_ONCE = 0x0025, "write once";
    RESTRICTED_OVERWRITE = 0x0026, "restricted overwrite";
    MRW = 0x0028, "MRW";
    DVD_PLUS_RW = 0x002A, "DVD+RW";
    DVD_PLUS_R = 0x002B, "DVD+R";
    RIGID_RESTRICTED_OVERWRITE = 0x002C, "rigid restricted overwrite";
    CD_TRACK_AT_ONCE = 0x002D, "CD track at once";
    CD_MASTERING = 0x002E, "CD mastering";
    DVD_R_WRITE = 0x002F, "DVD-R/-RW write";
    LAYER_JUMP_RECORDING = 0x0033, "layer jump recording";
    CD_RW_MEDIA_WRITE = 0x0037, "CD-RW media write";
    PSEUDO_OVERWRITE = 0x0038, "BD-R pseudo-overwrite";
    DVD_PLUS_RW_DL = 0x003A, "DVD+RW dual layer";
    DVD_PLUS_R_DL = 0x003B, "DVD+R dual layer";
    BD_READ = 0x0040, "BD read";
    BD_WRITE = 0x0041, "BD write";
    POWER_MANAGEMENT = 0x0100, "power management";
    TIMEOUT = 0x0105, "timeout";
    REAL_TIME_STREAMING = 0x0107, "real-time streaming";
    SERIAL_NUMBER = 0x0108, "drive serial number";
    FIRMWARE_INFORMATION = 0x010C, "firmware information";
}

impl fmt::Display for FeatureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "feature {:04X}h", self.0),
        }
    }
}

/// A feature as the drive describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its number.
    pub code: FeatureCode,
    /// Version of its descriptor, 0 to 15.
    pub version: u8,
    /// Whether it is current with every medium.
    pub persistent: bool,
    /// Whether it can be used now.
    pub current: bool,
    /// What follows the descriptor's four bytes of header.
    pub data: Vec<u8>,
}

/// Loading mechanism and lock, from [`FeatureCode::REMOVABLE_MEDIUM`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovableMedium {
    /// 0 caddy, 1 tray, 2 pop-up, 4 changer of discs, 5 of a magazine.
    pub mechanism: u8,
    /// The tray can be closed by command.
    pub load: bool,
    /// The medium can be ejected by command.
    pub eject: bool,
    /// The medium can be locked in.
    pub lock: bool,
}

/// Track at once, from [`FeatureCode::CD_TRACK_AT_ONCE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackAtOnce {
    /// Protects from underruns.
    pub underrun_protection: bool,
    /// Can write with the laser off.
    pub test_write: bool,
    /// Writes CD-RW.
    pub cd_rw: bool,
}

/// DVD-R and DVD-RW recording, from [`FeatureCode::DVD_R_WRITE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DvdRWrite {
    /// Protects from underruns.
    pub underrun_protection: bool,
    /// Writes DVD-R with two layers.
    pub dual_layer: bool,
    /// Can write with the laser off.
    pub test_write: bool,
    /// Writes DVD-RW.
    pub dvd_rw: bool,
}

/// Formats beyond the plain one, from [`FeatureCode::FORMATTABLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formattable {
    /// BD-RE: full certification.
    pub certification: bool,
    /// BD-RE: quick certification.
    pub quick_certification: bool,
    /// BD-RE: spare areas can be expanded.
    pub expansion: bool,
    /// BD-RE: without spare areas.
    pub no_spares: bool,
}

/// Which speed interface works, from [`FeatureCode::REAL_TIME_STREAMING`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RealTimeStreaming {
    /// SET CD SPEED works with every medium.
    pub set_cd_speed: bool,
    /// GET PERFORMANCE lists writing speeds.
    pub write_speeds: bool,
    /// WRITE(12) takes the streaming bit.
    pub stream_writing: bool,
}

impl Feature {
    /// The profiles in a [`FeatureCode::PROFILE_LIST`], and whether each is current.
    #[must_use]
    pub fn profiles(&self) -> Vec<(Profile, bool)> {
        let entries = self.data.chunks_exact(4);
        entries.map(|entry| (Profile(u16::from_be_bytes([entry[0], entry[1]])), entry[2] & 1 != 0)).collect()
    }

    /// The content of [`FeatureCode::REMOVABLE_MEDIUM`].
    #[must_use]
    pub fn removable_medium(&self) -> Option<RemovableMedium> {
        let flags = self.first_byte(FeatureCode::REMOVABLE_MEDIUM)?;
        Some(RemovableMedium {
            mechanism: flags >> 5,
            load: flags & 0x10 != 0,
            eject: flags & 0x08 != 0,
            lock: flags & 0x01 != 0,
        })
    }

    /// The content of [`FeatureCode::CD_TRACK_AT_ONCE`].
    #[must_use]
    pub fn track_at_once(&self) -> Option<TrackAtOnce> {
        let flags = self.first_byte(FeatureCode::CD_TRACK_AT_ONCE)?;
        Some(TrackAtOnce {
            underrun_protection: flags & 0x40 != 0,
            test_write: flags & 0x04 != 0,
            cd_rw: flags & 0x02 != 0,
        })
    }

    /// Whether the drive can protect from underruns what it records by [`FeatureCode::CD_TRACK_AT_ONCE`],
    /// [`FeatureCode::CD_MASTERING`] or [`FeatureCode::DVD_R_WRITE`].
    #[must_use]
    pub fn underrun_protection(&self) -> Option<bool> {
        let codes = [FeatureCode::CD_TRACK_AT_ONCE, FeatureCode::CD_MASTERING, FeatureCode::DVD_R_WRITE];
        let flags = self.data.first().filter(|_| codes.contains(&self.code))?;
        Some(flags & 0x40 != 0)
    }

    /// The content of [`FeatureCode::CD_RW_MEDIA_WRITE`]: whether CD-RW of that sub-type can be written.
    #[must_use]
    pub fn writes_cd_rw(&self, sub_type: CdRwSubType) -> Option<bool> {
        let sub_types = self.data.get(1).filter(|_| self.code == FeatureCode::CD_RW_MEDIA_WRITE)?;
        Some(sub_types >> (sub_type.0 & 7) & 1 != 0)
    }

    /// The content of [`FeatureCode::DVD_R_WRITE`].
    #[must_use]
    pub fn dvd_r_write(&self) -> Option<DvdRWrite> {
        let flags = self.first_byte(FeatureCode::DVD_R_WRITE)?;
        Some(DvdRWrite {
            underrun_protection: flags & 0x40 != 0,
            dual_layer: flags & 0x08 != 0,
            test_write: flags & 0x04 != 0,
            dvd_rw: flags & 0x02 != 0,
        })
    }

    /// The content of [`FeatureCode::FORMATTABLE`].
    #[must_use]
    pub fn formattable(&self) -> Option<Formattable> {
        let flags = self.first_byte(FeatureCode::FORMATTABLE)?;
        Some(Formattable {
            certification: flags & 0x01 != 0,
            quick_certification: flags & 0x02 != 0,
            expansion: flags & 0x04 != 0,
            no_spares: flags & 0x08 != 0,
        })
    }

    /// The content of [`FeatureCode::REAL_TIME_STREAMING`].
    #[must_use]
    pub fn real_time_streaming(&self) -> Option<RealTimeStreaming> {
        let flags = self.first_byte(FeatureCode::REAL_TIME_STREAMING)?;
        Some(RealTimeStreaming {
            set_cd_speed: flags & 0x08 != 0,
            write_speeds: flags & 0x02 != 0,
            stream_writing: flags & 0x01 != 0,
        })
    }

    fn first_byte(&self, code: FeatureCode) -> Option<u8> {
        if self.code == code { self.data.first().copied() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(code: FeatureCode, data: &[u8]) -> Feature {
        Feature { code, version: 0, persistent: false, current: true, data: data.to_vec() }
    }

    #[test]
    fn contents() {
        let tray = feature(FeatureCode::REMOVABLE_MEDIUM, &[0x29, 0, 0, 0]).removable_medium().unwrap();
        assert_eq!(tray, RemovableMedium { mechanism: 1, load: false, eject: true, lock: true });
        let tao = feature(FeatureCode::CD_TRACK_AT_ONCE, &[0x46, 0, 0, 0]).track_at_once().unwrap();
        assert_eq!(tao, TrackAtOnce { underrun_protection: true, test_write: true, cd_rw: true });
        let mastering = feature(FeatureCode::CD_MASTERING, &[0x3F, 0, 0, 0]);
        assert_eq!(mastering.underrun_protection(), Some(false));
        assert_eq!(feature(FeatureCode::FORMATTABLE, &[0x40, 0, 0, 0]).underrun_protection(), None);
        let speeds =
            feature(FeatureCode::REAL_TIME_STREAMING, &[0x1F, 0, 0, 0]).real_time_streaming().unwrap();
        assert!(speeds.set_cd_speed && speeds.write_speeds && speeds.stream_writing);
        let minus = feature(FeatureCode::DVD_R_WRITE, &[0x46, 0, 0, 0]).dvd_r_write().unwrap();
        assert!(minus.underrun_protection && minus.test_write && minus.dvd_rw && !minus.dual_layer);
        let formats = feature(FeatureCode::FORMATTABLE, &[0x09, 0, 0, 0]).formattable().unwrap();
        assert!(formats.certification && !formats.quick_certification && formats.no_spares);
        let rewritable = feature(FeatureCode::CD_RW_MEDIA_WRITE, &[0, 0x03, 0, 0]);
        let writes = |sub_type| rewritable.writes_cd_rw(CdRwSubType(sub_type));
        assert_eq!((writes(1), writes(2)), (Some(true), Some(false)));
        assert_eq!(feature(FeatureCode::CORE, &[0xFF]).track_at_once(), None);
        assert_eq!(feature(FeatureCode::CD_TRACK_AT_ONCE, &[]).track_at_once(), None);
    }

    #[test]
    fn names() {
        assert_eq!(FeatureCode::DVD_PLUS_R.to_string(), "DVD+R");
        assert_eq!(FeatureCode(0x1234).to_string(), "feature 1234h");
    }
}
