//! A drive that is open: the ways to it, and what is known of its medium.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mmc_device::simulated::{Clock, MediumKind, SimulatedDrive, Timing};
use mmc_device::{Drive, DriveError, DriveSectors, Medium, NoWait, Transport, Waiter};

use super::listening::stop;
use super::{Cdb, CommandData, CommandEnd, DriveName, drive_error, opening_error, simulated_error};
use crate::{CancelToken, Error, Result};

pub(super) type AnyTransport = Box<dyn Transport>;

/// A drive of this process, with what is known of its medium.
pub struct OpenDrive {
    name: String,
    pub(super) sectors: Arc<DriveSectors<AnyTransport>>,
    medium: Medium,
    /// Sessions that were not complete when they were closed here: closed, nothing need tell it, for drives fill up
    /// short tracks.
    pub(super) interrupted: Vec<u16>,
    /// Those of a simulated medium.
    pub(super) files: Vec<PathBuf>,
}

impl fmt::Debug for OpenDrive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OpenDrive { name, medium, .. } = self;
        f.debug_struct("OpenDrive").field("name", name).field("medium", medium).finish_non_exhaustive()
    }
}

impl OpenDrive {
    /// Opens a drive for recording; no other program can use it meanwhile. A simulated medium that is
    /// absent is made, if its kind is named.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn open(name: &DriveName) -> Result<OpenDrive> {
        OpenDrive::open_cancellable(name, &CancelToken::new())
    }

    /// The same for a caller who may cancel: waits for the drive end then, here and whenever it is read, within a second. A
    /// recording has the token of its own [`Control`](crate::Control).
    ///
    /// # Errors
    /// [`Error::Drive`], [`Error::Cancelled`].
    pub fn open_cancellable(name: &DriveName, cancel: &CancelToken) -> Result<OpenDrive> {
        OpenDrive::open_with(name, cancel, |_| Box::new(NoWait))
    }

    /// The same, with a simulated drive that takes the time that a real one would, by a clock of the caller's. Other
    /// drives are as ever.
    ///
    /// # Errors
    /// [`Error::Drive`], [`Error::Cancelled`].
    pub fn open_timed(
        name: &DriveName,
        clock: impl Clock + Clone + 'static,
        cancel: &CancelToken,
    ) -> Result<OpenDrive> {
        OpenDrive::open_with(name, cancel, |drive| {
            drive.set_timing(Timing::default(), clock.clone());
            Box::new(ByClock(clock))
        })
    }

    /// `prepare` sees a simulated drive, and says how it is waited for.
    fn open_with(
        name: &DriveName,
        cancel: &CancelToken,
        prepare: impl FnOnce(&mut SimulatedDrive) -> Box<dyn Waiter>,
    ) -> Result<OpenDrive> {
        let mut drive = reach(name, prepare)?;
        drive.set_stop(Some(stop(cancel)));
        Ok(OpenDrive { files: name.files(), ..OpenDrive::with_drive(drive, name.to_string())? })
    }

    /// Closes the tray, and opens the drive with the medium that lay on it. Where the tray is closed, nothing is moved.
    ///
    /// # Errors
    /// [`Error::Drive`], for instance of a drive that has no motor for it; [`Error::Cancelled`].
    pub fn load(name: &DriveName, cancel: &CancelToken) -> Result<OpenDrive> {
        let mut drive = reach(name, |_| Box::new(NoWait))?;
        drive.set_stop(Some(stop(cancel)));
        mmc_device::load(&mut drive).map_err(|error| drive_error(&name.to_string(), error))?;
        Ok(OpenDrive { files: name.files(), ..OpenDrive::with_drive(drive, name.to_string())? })
    }

    /// A drive that is reached in another way than [`DriveName`] tells: by a transport of the caller's own,
    /// or a simulated drive that shows faults. Errors call it `name`.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn with_drive(mut drive: Drive<Box<dyn Transport>>, name: impl Into<String>) -> Result<OpenDrive> {
        let name = name.into();
        drive.wait_until_ready().map_err(|error| drive_error(&name, error))?;
        let medium = drive.medium().map_err(|error| drive_error(&name, error))?;
        let sectors = Arc::new(DriveSectors::new(drive, medium.readable()));
        Ok(OpenDrive { name, sectors, medium, interrupted: Vec::new(), files: Vec::new() })
    }

    /// The same drive for somebody else in this process, who uses it in turn.
    pub(super) fn share(&self) -> OpenDrive {
        OpenDrive {
            name: self.name.clone(),
            sectors: Arc::clone(&self.sectors),
            medium: self.medium.clone(),
            interrupted: self.interrupted.clone(),
            files: self.files.clone(),
        }
    }

    /// The drive as the caller names it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the medium is, for the defaults that go with it.
    #[must_use]
    pub fn medium_family(&self) -> crate::Medium {
        crate::Medium::of_profile(self.medium.profile)
    }

    pub(super) fn medium(&self) -> &Medium {
        &self.medium
    }

    pub(super) fn error(&self, error: DriveError) -> Error {
        drive_error(&self.name, error)
    }

    /// Takes notice of what a recording made of the medium. Nobody can cancel that: all is done.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub(crate) fn look_at_recorded(&mut self) -> Result<()> {
        let medium = self.sectors.drive().unstopped(Drive::medium);
        self.put(medium.map_err(|error| self.error(error))?);
        Ok(())
    }

    /// Takes notice of what the medium has become.
    ///
    /// # Errors
    /// [`Error::Drive`], [`Error::Cancelled`].
    pub(crate) fn look_again(&mut self) -> Result<()> {
        let medium = self.sectors.drive().medium();
        self.put(medium.map_err(|error| self.error(error))?);
        Ok(())
    }

    /// The medium as it is from now on. What can be read of it changes with it: a track that was closed without a sector
    /// written ends further on.
    pub(super) fn put(&mut self, medium: Medium) {
        self.sectors.set_sectors(medium.readable());
        self.medium = medium;
    }

    /// Carries out a command of the caller's own, once, within `limit`. What the drive had to say of one that it carried out
    /// is in the answer, and [`Imapi2Code::of_command`](crate::Imapi2Code::of_command) has its code.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn pass_through(&self, cdb: &Cdb, data: CommandData<'_>, limit: Duration) -> Result<CommandEnd> {
        self.sectors.drive().pass_through(cdb, data, limit).map_err(|error| self.error(error))
    }

    /// Opens the tray.
    ///
    /// # Errors
    /// [`Error::Drive`].
    pub fn eject(&mut self) -> Result<()> {
        mmc_device::eject(&mut *self.sectors.drive()).map_err(|error| self.error(error))
    }

    /// Opens the tray and closes it again. Linux, for one, goes by the size and the sessions that it saw when the medium
    /// came, until the next one comes.
    ///
    /// # Errors
    /// [`Error::Drive`], for instance of a drive that has no motor to close the tray.
    pub fn reload(&mut self) -> Result<()> {
        self.eject()?;
        let loaded = mmc_device::load(&mut *self.sectors.drive());
        loaded.map_err(|error| self.error(error))?;
        self.look_at_recorded()
    }
}

/// The drive of that name, whatever is in it. `prepare` sees a simulated drive, and says how it is waited for.
fn reach(
    name: &DriveName,
    prepare: impl FnOnce(&mut SimulatedDrive) -> Box<dyn Waiter>,
) -> Result<Drive<AnyTransport>> {
    Ok(match name {
        DriveName::Device(path) => Drive::new(device(path)?),
        DriveName::Simulated { kind, path } => {
            let mut simulated = simulated(*kind, path)?;
            let waiter = prepare(&mut simulated);
            let transport: AnyTransport = Box::new(simulated);
            Drive::with_waiter(transport, waiter)
        }
    })
}

/// Waits for a simulated drive by its own clock.
struct ByClock<C>(C);

impl<C: Clock> Waiter for ByClock<C> {
    fn wait(&mut self, span: Duration) {
        self.0.pass(span);
    }
}

/// A simulated drive; a medium that is absent is made, if its kind is named.
fn simulated(kind: Option<MediumKind>, path: &Path) -> Result<SimulatedDrive> {
    let failed = |error| simulated_error(path, error);
    let Some(asked) = kind else {
        return SimulatedDrive::open(path).map_err(|error| opening_error(path, error));
    };
    if !path.exists() {
        return SimulatedDrive::create(path, asked).map_err(failed);
    }
    let drive = SimulatedDrive::open(path).map_err(failed)?;
    match drive.medium_kind().filter(|found| *found != asked) {
        None => Ok(drive),
        Some(found) => {
            let argument = DriveName::Simulated { kind, path: path.to_owned() }.to_string();
            let reason = format!("the medium in {} is a {found}, not a {asked}", path.display());
            Err(Error::InvalidArgument { argument, reason })
        }
    }
}

#[cfg(target_os = "linux")]
use mmc_device::LinuxSg as SystemDrive;
#[cfg(windows)]
use mmc_device::WindowsSpti as SystemDrive;

#[cfg(any(target_os = "linux", windows))]
fn device(path: &Path) -> Result<AnyTransport> {
    let transport =
        SystemDrive::open(path).map_err(|error| drive_error(&path.display().to_string(), error))?;
    Ok(Box::new(transport))
}

#[cfg(not(any(target_os = "linux", windows)))]
fn device(path: &Path) -> Result<AnyTransport> {
    Err(Error::Unsupported {
        feature: format!("a drive of this system ({}; simulated drives are)", path.display()),
    })
}
