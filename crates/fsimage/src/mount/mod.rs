//! A file system of an image as one of this machine: the kernel asks for what is looked at (FUSE), nothing is read before.

mod attach;
mod attributes;
mod extended;
mod file_system;
mod handles;
mod inode;
mod listings;
mod mounted_at;
mod nodes;
mod read_only;
mod told;
mod warning;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use fuser::{BackgroundSession, Config, Session, SessionACL};

use attach::Attached;
use file_system::Served;
use mounted_at::MountedAt;
pub use warning::MountWarning;

use crate::{CancelToken, Error, Image, Result};

/// How an image is mounted.
#[derive(Clone, Copy, Debug, Default)]
pub struct MountOptions {
    /// Let other users look as well, as far as owners, permissions and access control lists of the image let them: the
    /// kernel checks these. Without this, only the user who mounts can look, at everything.
    pub other_users: bool,
}

/// Is told what cannot be shown, from several threads.
type Tell = dyn Fn(MountWarning) + Send + Sync;

/// How often it is looked whether a mount was ended.
const LOOK: Duration = Duration::from_millis(50);

impl Image {
    /// Mounts the file system at a folder, read-only, with no devices and no set-id bits. Sectors are read when files are;
    /// nothing is kept of what nobody looks at.
    ///
    /// Listings of directories of which something is lost end with an error (`EIO`); so do reads of what cannot be read of a
    /// file, and of nothing else of it. `tell` is told once of each directory of which something cannot be shown, when it is
    /// first looked at, and once of each file, at the first place that cannot be read; of the root, and of what is lost beside
    /// the tree, before this returns.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for what is no folder, and where the system does not let this user mount;
    /// [`Error::Unsupported`] where the system has no FUSE; the root directory cannot be read.
    pub fn mount(
        self,
        folder: &Path,
        options: &MountOptions,
        tell: Arc<dyn Fn(MountWarning) + Send + Sync>,
    ) -> Result<Mounted> {
        check_folder(folder)?;
        let name = self.files.first().map_or_else(|| "fsimage".into(), |path| path.display().to_string());
        let served = Served::new(self, options, tell)?;
        let attached = Attached::begin(folder, &name, options)?;
        let failed = |error: io::Error| refused(folder, error);
        let mut config = Config::default();
        config.n_threads = Some(thread::available_parallelism().map_or(2, usize::from).clamp(2, 8));
        config.acl = match options.other_users {
            true => SessionACL::All,
            false => SessionACL::Owner,
        };
        let device = attached.device().try_clone_to_owned().map_err(failed)?;
        let session = Session::from_fd(served, device, config.acl, config).map_err(failed)?;
        let session = session.spawn().map_err(failed)?;
        let at = attached.finish(folder)?;
        Ok(Mounted { folder: folder.to_owned(), at, session })
    }
}

/// A mounted file system. Dropped, it is unmounted.
#[derive(Debug)]
#[must_use = "dropped, it is unmounted"]
pub struct Mounted {
    folder: PathBuf,
    at: MountedAt,
    session: BackgroundSession,
}

impl Mounted {
    /// Waits until somebody unmounts it, or `cancel` is cancelled.
    pub fn wait(&self, cancel: &CancelToken) {
        while !cancel.is_cancelled() && !self.has_ended() {
            thread::sleep(LOOK);
        }
    }

    /// Whether it was unmounted, and nobody uses anything of it any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.session.guard.is_finished()
    }

    /// Takes it away from its folder, and waits, as long as `patience` says, until those who use something of it are done. Says
    /// whether they are: for others it ends with this process.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] where something else is mounted over it, which is left there, or the system refuses.
    pub fn unmount(mut self, patience: Duration) -> Result<bool> {
        self.detach()?;
        let looks = patience.as_millis() / LOOK.as_millis();
        for _ in (0..looks).take_while(|_| !self.has_ended()) {
            thread::sleep(LOOK);
        }
        Ok(self.has_ended())
    }

    fn detach(&mut self) -> Result<()> {
        match self.has_ended() {
            true => Ok(()),
            false => self.at.detach().map_err(|error| refused(&self.folder, error)),
        }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Nobody is there to be told; whoever wants to know calls `unmount`.
        let _ = self.detach();
    }
}

/// What the system would say of it less plainly.
fn check_folder(folder: &Path) -> Result<()> {
    let reason = match std::fs::metadata(folder) {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(_) => "it is no folder; an image is mounted at a folder".to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            "there is no such folder; make it first".to_owned()
        }
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {
            "what was mounted there has ended without being unmounted; 'fusermount3 -u' or 'umount' takes it away".to_owned()
        }
        Err(error) => error.to_string(),
    };
    Err(Error::InvalidArgument { argument: folder.display().to_string(), reason })
}

fn refused(folder: &Path, error: impl Into<io::Error>) -> Error {
    Error::InvalidArgument { argument: folder.display().to_string(), reason: error.into().to_string() }
}
