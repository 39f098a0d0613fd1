//! Which file system of a session is read.

use std::ops::ControlFlow;
use std::sync::Arc;

use iso9660::read::VolumeSet;
use multisession::Session;
use sector_io::ReadSectors;

use super::{AnyVolume, Disc, Image, LostFileSystem, read_error};
use crate::tree::FileSystem;
use crate::{Error, Result};

/// A hierarchy of ISO 9660.
pub(super) type Hierarchy = iso9660::read::Volume<Arc<dyn ReadSectors>>;

impl Disc {
    /// Opens one file system of a session for reading: the first of `preference` that is there. A Joliet tree with
    /// nothing in it is passed over where ISO 9660 comes later and has something, which is a finding.
    ///
    /// What is in front of it and cannot be read is told by [`Image::lost_file_systems`], and is among its
    /// [losses](Image::losses).
    ///
    /// # Errors
    /// As [`Disc::session`]; [`Error::NoFileSystem`]; [`Error::FileSystemNotFound`]; [`Error::InvalidArgument`] where
    /// `preference` is empty; why the first that is there cannot be read, where none can.
    pub fn image(&self, session: Option<u16>, preference: &[FileSystem]) -> Result<Image> {
        if preference.is_empty() {
            return Err(Error::InvalidArgument {
                argument: "preference".to_owned(),
                reason: "names no file system".to_owned(),
            });
        }
        let image = self.image_of(&self.session(session)?, preference)?;
        Ok(if session.is_none() { image.passing_over(self.passed_over()) } else { image })
    }

    fn image_of(&self, session: &Session, preference: &[FileSystem]) -> Result<Image> {
        let set = self.volume_set(session);
        let mut lost: Vec<(FileSystem, Error)> = Vec::new();
        let mut is_joliet_empty = false;
        for (at, &file_system) in preference.iter().enumerate() {
            let found = match (file_system, &set) {
                (FileSystem::Udf, set) => self
                    .udf_beside(session, set.is_ok())
                    .map(|volume| volume.map(|volume| AnyVolume::Udf(Box::new(volume)))),
                (_, Ok(set)) => self.hierarchy(file_system, set).map(|volume| volume.map(AnyVolume::Iso9660)),
                (_, Err(_)) => continue,
            };
            let volume = match found {
                Ok(Some(volume)) => volume,
                Ok(None) => continue,
                Err(error @ Error::ImportRead(_)) if file_system != FileSystem::Udf => return Err(error),
                Err(error) => {
                    lost.push((file_system, error));
                    continue;
                }
            };
            if let (FileSystem::Joliet, AnyVolume::Iso9660(volume), Ok(set)) = (file_system, &volume, &set)
                && preference[at..].contains(&FileSystem::Iso9660)
                && is_empty(volume)
                && self.hierarchy(FileSystem::Iso9660, set)?.is_some_and(|plain| !is_empty(&plain))
            {
                is_joliet_empty = true;
                continue;
            }
            let lost = lost.iter().map(|(lost, error)| LostFileSystem::new(*lost, error, file_system));
            let image = Image::new(self, session, volume, file_system).instead_of(lost.collect());
            return Ok(if is_joliet_empty { image.instead_of_joliet() } else { image });
        }
        // A volume that is there, and damaged, says more than that no other is.
        if let Some((_, error)) = lost.into_iter().next() {
            return Err(error);
        }
        if let Err(error) = set
            && !self.udf_beside(session, false).is_ok_and(|udf| udf.is_some())
        {
            return Err(error);
        }
        let file_system = preference.first().copied().unwrap_or(FileSystem::Iso9660);
        Err(Error::FileSystemNotFound { session: session.number, file_system })
    }

    /// A hierarchy of ISO 9660, if it is there.
    pub(super) fn hierarchy(&self, file_system: FileSystem, set: &VolumeSet) -> Result<Option<Hierarchy>> {
        let source = self.source.clone();
        let found = match file_system {
            FileSystem::Iso9660 => Hierarchy::plain(source, set).map(Some),
            FileSystem::RockRidge => Hierarchy::rock_ridge(source, set),
            FileSystem::Joliet => joliet::volume(source, set),
            FileSystem::Enhanced => Ok(Hierarchy::enhanced(source, set)),
            FileSystem::Udf | FileSystem::HfsPlus => Ok(None),
        };
        found.map_err(read_error)
    }

    /// Plain ISO 9660 of a session with the directories that Rock Ridge has relocated where they belong; `None` without
    /// Rock Ridge, or where damage hides it.
    ///
    /// # Errors
    /// As [`Disc::image`].
    pub(crate) fn plain_in_place(&self, session: &Session) -> Result<Option<Image>> {
        let set = self.volume_set(session)?;
        let volume = match Hierarchy::plain_in_place(self.source.clone(), &set) {
            Err(iso9660::read::Error::Corrupt { .. }) => None,
            volume => volume.map_err(read_error)?,
        };
        Ok(volume.map(|volume| Image::new(self, session, AnyVolume::Iso9660(volume), FileSystem::Iso9660)))
    }
}

/// Whether a hierarchy has nothing in its root, and nothing is wrong with that.
fn is_empty(volume: &Hierarchy) -> bool {
    let mut has_entry = false;
    let mut buffer = iso9660::read::DirectoryBuffer::new();
    let read = volume.read_directory(&volume.root_directory(), &mut buffer, &mut |_| {
        has_entry = true;
        ControlFlow::Break(())
    });
    read.is_ok() && !has_entry && volume.findings().is_empty()
}
