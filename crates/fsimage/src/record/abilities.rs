use mmc_device::command::mode::Capabilities;
use mmc_device::feature::{Feature, FeatureCode};
use mmc_device::{Drive, Transport};

use super::OpenDrive;
use crate::{Error, Result};

/// What a drive says that it can do. What it refuses to tell is empty.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct DriveAbilities {
    /// Media that it knows, by its list of profiles (GET CONFIGURATION), in its order.
    pub profiles: Vec<ProfileSummary>,
    /// Its features (GET CONFIGURATION), in its order.
    pub features: Vec<FeatureSummary>,
    /// Its mode pages (MODE SENSE), in its order.
    pub mode_pages: Vec<ModePageSummary>,
    /// Its capabilities (mode page 2Ah).
    pub capabilities: Option<CapabilitySummary>,
}

/// A kind of medium that a drive knows.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ProfileSummary {
    /// Profile number (MMC).
    pub number: u16,
    /// Its name.
    pub name: String,
    /// Whether a medium of that kind is in the drive.
    pub current: bool,
}

/// A feature of a drive.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FeatureSummary {
    /// Feature number (MMC).
    pub number: u16,
    /// Its name.
    pub name: String,
    /// Whether it can be used with the medium that is in the drive.
    pub current: bool,
    /// Whether it is current with every medium.
    pub persistent: bool,
}

/// A mode page of a drive.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ModePageSummary {
    /// Page code (MMC).
    pub number: u8,
    /// Its name.
    pub name: String,
}

/// Mode page 2Ah, which knows no media later than DVD-RAM.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CapabilitySummary {
    /// Media that it reads.
    pub reads: Vec<&'static str>,
    /// Media that it writes.
    pub writes: Vec<&'static str>,
    /// Whether it can write with the laser off.
    pub test_write: bool,
    /// Whether it protects from underruns of its buffer.
    pub underrun_protection: bool,
    /// Whether it ejects by command.
    pub eject: bool,
    /// Whether it locks the medium in by command.
    pub lock: bool,
    /// How a medium gets in: `caddy`, `tray`, `pop-up`, `changer` or `unknown`.
    pub mechanism: &'static str,
    /// Fastest reading in kilobytes of 1000 bytes per second; 0 where the drive does not tell.
    pub read_speed: u16,
    /// Fastest writing, likewise.
    pub write_speed: u16,
    /// Its buffer in KiB; 0 where the drive does not tell.
    pub buffer_kib: u16,
}

impl DriveAbilities {
    pub(super) fn of<T: Transport>(drive: &mut Drive<T>) -> DriveAbilities {
        let configuration = drive.configuration().ok();
        let profiles = configuration.iter().flat_map(|found| found.profiles());
        let features = configuration.iter().flat_map(|found| &found.features);
        DriveAbilities {
            profiles: profiles
                .map(|(profile, current)| ProfileSummary {
                    number: profile.0,
                    name: profile.to_string(),
                    current,
                })
                .collect(),
            features: features.map(FeatureSummary::from).collect(),
            mode_pages: (drive.mode_page_codes().unwrap_or_default().into_iter())
                .map(|code| ModePageSummary { number: code.0, name: code.to_string() })
                .collect(),
            capabilities: drive.capabilities().ok().map(CapabilitySummary::from),
        }
    }
}

impl From<&Feature> for FeatureSummary {
    fn from(feature: &Feature) -> FeatureSummary {
        FeatureSummary {
            number: feature.code.0,
            name: feature.code.to_string(),
            current: feature.current,
            persistent: feature.persistent,
        }
    }
}

impl From<Capabilities> for CapabilitySummary {
    fn from(page: Capabilities) -> CapabilitySummary {
        let those = |list: &[(bool, &'static str)]| {
            list.iter().filter(|(able, _)| *able).map(|(_, name)| *name).collect()
        };
        CapabilitySummary {
            reads: those(&[
                (page.read_cd_r, "CD-R"),
                (page.read_cd_rw, "CD-RW"),
                (page.read_dvd_rom, "DVD-ROM"),
                (page.read_dvd_r, "DVD-R"),
                (page.read_dvd_ram, "DVD-RAM"),
            ]),
            writes: those(&[
                (page.write_cd_r, "CD-R"),
                (page.write_cd_rw, "CD-RW"),
                (page.write_dvd_r, "DVD-R"),
                (page.write_dvd_ram, "DVD-RAM"),
            ]),
            test_write: page.test_write,
            underrun_protection: page.underrun_protection,
            eject: page.eject,
            lock: page.lock,
            mechanism: match page.mechanism {
                0 => "caddy",
                1 => "tray",
                2 => "pop-up",
                4 | 5 => "changer",
                _ => "unknown",
            },
            read_speed: page.read_speed,
            write_speed: page.write_speed,
            buffer_kib: page.buffer_kib,
        }
    }
}

impl OpenDrive {
    /// A feature that can be used with the medium that is in the drive.
    ///
    /// # Errors
    /// [`Error::Feature`] if the drive does not know it, or it does not go with this medium; [`Error::Drive`].
    pub fn current_feature(&self, number: u16) -> Result<FeatureSummary> {
        let configuration = self.sectors.drive().configuration().map_err(|error| self.error(error))?;
        let code = FeatureCode(number);
        let feature = configuration.feature(code);
        match feature {
            Some(feature) if feature.current => Ok(FeatureSummary::from(feature)),
            _ => Err(Error::Feature {
                drive: self.name().to_owned(),
                feature: code.to_string(),
                is_known: feature.is_some(),
            }),
        }
    }
}
