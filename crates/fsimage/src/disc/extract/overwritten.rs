//! What is read is not replaced by what is read from it.

use std::path::{Path, PathBuf};

use super::super::{Disc, Image, ImageEntry, names};
use crate::tree::{FileIdentity, Kind};
use crate::{Error, Result};

/// Files that a disc is read from, under whatever names.
struct Own(Vec<FileIdentity>);

impl Own {
    fn of(files: &[PathBuf]) -> Own {
        let metadata = files.iter().filter_map(|file| std::fs::metadata(file).ok());
        Own(metadata.filter_map(|metadata| FileIdentity::of(&metadata)).collect())
    }

    /// A link in the place of a file is replaced by itself.
    fn check(&self, path: &Path) -> Result<()> {
        let identity = std::fs::symlink_metadata(path).ok().as_ref().and_then(FileIdentity::of);
        match identity.is_some_and(|identity| self.0.contains(&identity)) {
            true => Err(Error::InvalidArgument {
                argument: path.display().to_string(),
                reason: "it is the image that is read".to_owned(),
            }),
            false => Ok(()),
        }
    }
}

impl Disc {
    /// Whether files that are about to be replaced are others than it is read from.
    pub(crate) fn check_replaced<'p>(&self, mut files: impl Iterator<Item = &'p PathBuf>) -> Result<()> {
        let own = Own::of(&self.files);
        files.try_for_each(|file| own.check(file))
    }
}

impl Image {
    /// The same of what is extracted.
    pub(super) fn check_overwritten(&self, chains: &[Vec<ImageEntry>], target: &Path) -> Result<()> {
        let own = Own::of(&self.files);
        if own.0.is_empty() {
            return Ok(());
        }
        for chain in chains {
            match chain.split_last() {
                None => self.check_below(&self.root()?, target, &own)?,
                Some((last, parents)) => {
                    let folder =
                        parents.iter().fold(target.to_owned(), |at, parent| at.join(host_name(parent)));
                    self.check_item(last, &folder, &own)?;
                }
            }
        }
        Ok(())
    }

    fn check_below(&self, directory: &ImageEntry, folder: &Path, own: &Own) -> Result<()> {
        // What cannot be read is not extracted either.
        let entries = self.read_dir(directory).unwrap_or_default();
        entries.iter().try_for_each(|entry| self.check_item(entry, folder, own))
    }

    /// Goes no deeper than the host's folders do.
    fn check_item(&self, entry: &ImageEntry, folder: &Path, own: &Own) -> Result<()> {
        if names::impossible_here(&entry.name).is_some() {
            return Ok(());
        }
        let path = folder.join(host_name(entry));
        match entry.kind {
            Kind::Directory if std::fs::symlink_metadata(&path).is_ok_and(|there| there.is_dir()) => {
                self.check_below(entry, &path, own)
            }
            Kind::Directory => Ok(()),
            _ => own.check(&path),
        }
    }
}

#[cfg(unix)]
fn host_name(entry: &ImageEntry) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(entry.name.clone()).into()
}

#[cfg(not(unix))]
fn host_name(entry: &ImageEntry) -> PathBuf {
    String::from_utf8_lossy(&entry.name).into_owned().into()
}
