use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mmc_device::TransportError;
use mmc_device::iscsi::Target;
use mmc_device::simulated::{Clock, Fault, SimulatedDrive, Timing};

use super::{opening_error, simulated_error};
use crate::{Control, Error, Result};

/// Its name on the network.
const IQN: &str = "iqn.2026-01.io.github.fsimage:drive";

/// A simulated drive that is served as an iSCSI target, so that any operating system and program sees a recorder.
///
/// It listens from the start; [`serve`](Self::serve) answers. Media can be changed and faults injected meanwhile.
#[derive(Debug)]
pub struct SimulatedTarget {
    target: Target<SimulatedDrive>,
    tray: SimulatedTray,
}

/// The front side of a [`SimulatedTarget`]'s drive.
#[derive(Clone, Debug)]
pub struct SimulatedTray {
    drive: Arc<Mutex<SimulatedDrive>>,
}

impl SimulatedTarget {
    /// A drive just switched on, with the medium in `path` or none, that listens at `address`. Port 0
    /// lets the system choose one. There is no authentication: whoever reaches the address has the drive.
    ///
    /// # Errors
    /// [`Error::Drive`] for the medium, [`Error::InvalidArgument`] when the address cannot be listened at.
    pub fn bind(path: Option<&Path>, address: SocketAddr) -> Result<SimulatedTarget> {
        let drive = match path {
            Some(path) => SimulatedDrive::open(path).map_err(|error| opening_error(path, error))?,
            None => SimulatedDrive::empty(),
        };
        let drive = Arc::new(Mutex::new(drive));
        let target = Target::bind(address, IQN, Arc::clone(&drive)).map_err(|error| {
            Error::InvalidArgument { argument: address.to_string(), reason: error.to_string() }
        })?;
        Ok(SimulatedTarget { target, tray: SimulatedTray { drive } })
    }

    /// `iscsi://ADDRESS:PORT/IQN/0`.
    #[must_use]
    pub fn url(&self) -> String {
        self.target.url()
    }

    /// What changes the medium while the drive is served.
    #[must_use]
    pub fn tray(&self) -> SimulatedTray {
        self.tray.clone()
    }

    /// Has the drive take the time that a real one would, by a clock of the caller's.
    pub fn set_clock(&self, clock: impl Clock + 'static) {
        self.tray.lock().set_timing(Timing::default(), clock);
    }

    /// Has `told` hear what the host said of a file of the medium, for each command that failed for it: those who use the drive
    /// are only told that it failed.
    pub fn on_file_error(&self, mut told: impl FnMut(&io::Error) + Send + 'static) {
        self.tray.lock().set_trace(move |exchange| {
            if let Err(TransportError::MediumFile(error)) = exchange.result {
                told(error);
            }
        });
    }

    /// Serves until `control` is cancelled; with `once` only until the last session has gone. Both are
    /// the proper end: the state of the medium is saved then. Returns whether the drive had power to the end
    /// ([`SimulatedTray::has_power`]).
    ///
    /// # Errors
    /// [`Error::Drive`] when the state cannot be saved or nobody can connect any more.
    pub fn serve(self, once: bool, control: &Control) -> Result<bool> {
        let SimulatedTarget { target, tray } = self;
        let served = target.serve(once, || control.cancel.is_cancelled());
        let mut drive = tray.lock();
        let path = drive.medium_path().map(Path::to_owned).unwrap_or_default();
        let had_power = drive.has_power();
        let ended = std::mem::replace(&mut *drive, SimulatedDrive::empty()).close();
        ended.map_err(|error| simulated_error(&path, error))?;
        served.map_err(|source| {
            let device = path.clone();
            super::drive_error("simulated drive", mmc_device::DriveError::Open { device, source })
        })?;
        Ok(had_power)
    }
}

impl SimulatedTray {
    /// Takes out what is in the drive, and lays the medium in `path` on the tray.
    ///
    /// # Errors
    /// [`Error::Drive`] while a program has the tray locked, and as [`SimulatedTarget::bind`].
    pub fn insert(&self, path: &Path) -> Result<()> {
        let mut drive = self.lock();
        drive.eject().and_then(|()| drive.insert(path)).map_err(|error| opening_error(path, error))
    }

    /// Takes out what is in the drive.
    ///
    /// # Errors
    /// [`Error::Drive`] while a program has the tray locked, or when the state cannot be saved.
    pub fn eject(&self) -> Result<()> {
        self.lock().eject().map_err(|error| simulated_error(Path::new("the tray"), error))
    }

    /// Makes something go wrong: a fault by its name and values, such as `write-error:lba=20`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for one that does not exist.
    pub fn inject(&self, fault: &str) -> Result<()> {
        let fault: Fault = fault.parse().map_err(|error: mmc_device::simulated::SimulatedError| {
            let reason = match error {
                mmc_device::simulated::SimulatedError::UnknownFault { reason, .. } => {
                    format!("no fault: {reason}; docs/simulated-drive.md lists them")
                }
                error => error.to_string(),
            };
            Error::InvalidArgument { argument: fault.to_owned(), reason }
        })?;
        self.lock().inject(fault).map_err(|error| simulated_error(Path::new(""), error))
    }

    /// Whether the drive has power, which a fault may have cut: without, it answers nothing.
    #[must_use]
    pub fn has_power(&self) -> bool {
        self.lock().has_power()
    }

    /// Switches the drive off and on, after a power cut or at any time: modes, locks and faults are gone, the medium stays.
    ///
    /// # Errors
    /// [`Error::Drive`] when the state of the medium cannot be saved.
    pub fn power_cycle(&self) -> Result<()> {
        self.lock().power_cycle().map_err(|error| simulated_error(Path::new(""), error))
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.lock().clear_faults();
    }

    fn lock(&self) -> MutexGuard<'_, SimulatedDrive> {
        self.drive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
