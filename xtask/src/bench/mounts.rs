//! A file system with reflinks in a file, mounted for the length of a case.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::Result;
use crate::shell::as_root;

/// A mounted file system; unmounted and deleted when dropped.
#[derive(Debug)]
pub(crate) struct Mounted {
    image: PathBuf,
    pub(crate) folder: PathBuf,
}

impl Mounted {
    /// Makes and mounts one of `kind`, `xfs` or `btrfs`, below `folder`.
    pub(crate) fn new(folder: &Path, kind: &str, bytes: u64) -> Result<Self> {
        let maker =
            peers::find(&format!("mkfs.{kind}")).ok_or_else(|| format!("mkfs.{kind} is not installed"))?;
        let image = folder.join(format!("{kind}.img"));
        let mount_point = folder.join(format!("{kind}.mnt"));
        File::create(&image)?.set_len(bytes)?;
        fs::create_dir_all(&mount_point)?;
        let mounted = Self { image, folder: mount_point };
        as_root(&maker.to_string_lossy()).args(["-q", "-f"]).arg(&mounted.image).read()?;
        as_root("mount").args(["-o", "loop"]).arg(&mounted.image).arg(&mounted.folder).run()?;
        Ok(mounted)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Nothing mounted is the ordinary case after a failure.
        drop(as_root("umount").arg(&self.folder).read());
        drop(fs::remove_dir(&self.folder));
        drop(fs::remove_file(&self.image));
    }
}
