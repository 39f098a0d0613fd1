use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::MediumKind;

/// A drive as the command line names it: `/dev/sr0`, on Windows `D:` or `\\.\CdRom0`; `sim:PATH`, `sim:MEDIUM:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriveName {
    /// A device node of the system, or on Windows a drive letter or the name of a device.
    Device(PathBuf),
    /// A simulated drive with the medium in this file.
    Simulated {
        /// Kind of medium; if the file is absent, a blank one of this kind is made.
        kind: Option<MediumKind>,
        /// The file that holds the medium's sectors.
        path: PathBuf,
    },
}

/// Whether the sectors of a simulated medium are in a file: its state lies beside that.
pub(crate) fn is_simulated_medium(path: &Path) -> bool {
    state_of(path).exists()
}

fn state_of(medium: &Path) -> PathBuf {
    let mut state = medium.as_os_str().to_owned();
    state.push(".medium");
    state.into()
}

impl DriveName {
    /// Whether `text` names a drive and not an image file.
    #[must_use]
    pub fn is_drive(text: &str) -> bool {
        text.starts_with("sim:") || mmc_device::names_drive(text.as_ref())
    }

    /// The files of a simulated medium: its sectors, and its state.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let DriveName::Simulated { path, .. } = self else { return Vec::new() };
        vec![path.clone(), state_of(path)]
    }
}

impl FromStr for DriveName {
    type Err = String;

    fn from_str(text: &str) -> Result<DriveName, String> {
        let Some(simulated) = text.strip_prefix("sim:") else {
            return match text {
                "" if cfg!(windows) => {
                    Err("a drive is D:, \\\\.\\CdRomN, sim:PATH or sim:MEDIUM:PATH".to_owned())
                }
                "" => Err("a drive is /dev/srN, sim:PATH or sim:MEDIUM:PATH".to_owned()),
                device => Ok(DriveName::Device(device.into())),
            };
        };
        let (kind, path) = match simulated.split_once(':') {
            Some((kind, path)) => match kind.parse() {
                Ok(kind) => (Some(kind), path),
                // A path may hold a colon; a word in the place of a medium is a typing mistake.
                Err(_) if kind.len() == 1 || kind.contains(['/', '\\', '.']) => (None, simulated),
                Err(_) => {
                    return Err(format!(
                        "{kind:?} is no medium; use one of {}, or sim:./{simulated} for a path with a colon",
                        MediumKind::ALL.map(MediumKind::name).join(", ")
                    ));
                }
            },
            None => (None, simulated),
        };
        if path.is_empty() {
            return Err("a simulated drive needs the path of its medium: sim:PATH".to_owned());
        }
        Ok(DriveName::Simulated { kind, path: path.into() })
    }
}

impl fmt::Display for DriveName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DriveName::Device(path) => write!(f, "{}", path.display()),
            DriveName::Simulated { kind: Some(kind), path } => write!(f, "sim:{kind}:{}", path.display()),
            DriveName::Simulated { kind: None, path } => write!(f, "sim:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar() {
        let simulated = |kind, path: &str| Ok(DriveName::Simulated { kind, path: path.into() });
        assert_eq!("sim:demo.disc".parse(), simulated(None, "demo.disc"));
        assert_eq!("sim:bd-r:demo.disc".parse(), simulated(Some(MediumKind::BdR), "demo.disc"));
        assert_eq!("sim:./a:b".parse(), simulated(None, "./a:b"));
        assert_eq!(r"sim:C:\disc".parse(), simulated(None, r"C:\disc"));
        assert_eq!("/dev/sr1".parse(), Ok(DriveName::Device("/dev/sr1".into())));
        for wrong in ["", "sim:", "sim:bd-r:", "sim:floppy:x"] {
            assert!(wrong.parse::<DriveName>().is_err(), "{wrong}");
        }
        let error = "sim:my:disc".parse::<DriveName>().unwrap_err();
        assert!(error.ends_with("or sim:./my:disc for a path with a colon"), "{error}");
        assert!(DriveName::is_drive("sim:x") && !DriveName::is_drive("disc.iso"));
        assert!(DriveName::is_drive(if cfg!(windows) { "D:" } else { "/dev/sr0" }));
    }
}
