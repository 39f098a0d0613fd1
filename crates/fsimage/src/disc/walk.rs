//! Walks over the items of an image, and over their named streams: no directory is entered twice.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use iso9660::read::DirectoryGuard;
use sector_io::Sector;
use udf::LbAddr;

use super::entry::{Data, Identity};
use super::image::{AnyVolume, Buffers, Image};
use super::udf::image_entry;
use super::{ImageEntry, MOST_LEVELS, udf as udf_disc};
use crate::address::sector;
use crate::{Error, Result};

impl Image {
    /// Visits every item, the root first, directories depth first by name. The path has no slash at its end;
    /// the root's is empty.
    ///
    /// # Errors
    /// Those of `visit`; directories that cannot be read; [`Error::Corrupt`] for a directory that is
    /// reached twice.
    pub fn walk(&self, visit: &mut dyn FnMut(&[u8], &ImageEntry) -> Result<()>) -> Result<()> {
        let root = self.root()?;
        self.walk_from(&root, b"", visit)
    }

    /// As [`Image::walk`], from an item whose path is `path`.
    ///
    /// # Errors
    /// As [`Image::walk`].
    pub fn walk_from(
        &self,
        start: &ImageEntry,
        path: &[u8],
        visit: &mut dyn FnMut(&[u8], &ImageEntry) -> Result<()>,
    ) -> Result<()> {
        self.walk_directories(start, path, &mut |_, _| {}, visit, &mut |_, error| Err(error))
    }

    /// As [`Image::walk_from`]; `unread` is given the path of each directory that cannot be read, and why: the walk goes on without
    /// what is in it, unless it returns an error.
    ///
    /// # Errors
    /// Those of `visit` and `unread`.
    pub fn walk_readable(
        &self,
        start: &ImageEntry,
        path: &[u8],
        visit: &mut dyn FnMut(&[u8], &ImageEntry) -> Result<()>,
        unread: &mut dyn FnMut(&[u8], Error) -> Result<()>,
    ) -> Result<()> {
        self.walk_directories(start, path, &mut |_, _| {}, visit, unread)
    }

    /// As [`Image::walk_from`]; `list` is given the path of each directory, and its entries in the order of
    /// their names, before these are visited. `unread` is given the path of each directory that cannot be read, and why;
    /// the walk goes on without what is in it, or ends with the error that `unread` gives.
    pub(crate) fn walk_directories(
        &self,
        start: &ImageEntry,
        path: &[u8],
        list: &mut dyn FnMut(&[u8], &[ImageEntry]),
        visit: &mut dyn FnMut(&[u8], &ImageEntry) -> Result<()>,
        unread: &mut dyn FnMut(&[u8], Error) -> Result<()>,
    ) -> Result<()> {
        let mut guard = self.guard();
        let mut buffers = Buffers::default();
        let mut pending = vec![(start.clone(), path.len(), 0u32)];
        let mut path = path.to_vec();
        while let Some((entry, parent_len, level)) = pending.pop() {
            path.truncate(parent_len);
            if level > 0 {
                path.push(b'/');
                path.extend_from_slice(&entry.name);
            }
            visit(&path, &entry)?;
            let entered = match enter(&mut guard, &entry, &path, level) {
                Ok(true) => self.read_dir_with(&entry, &mut buffers),
                Ok(false) => continue,
                Err(error) => Err(error),
            };
            let below = match entered {
                Ok(below) => below,
                Err(error) => {
                    unread(&path, error)?;
                    continue;
                }
            };
            let len = path.len();
            list(&path, &below);
            pending.extend(below.into_iter().rev().map(|child| (child, len, level + 1)));
        }
        Ok(())
    }

    /// A guard against directories that hold themselves.
    pub(super) fn guard(&self) -> Guard {
        match &self.volume {
            AnyVolume::Iso9660(_) => Guard::Iso9660(DirectoryGuard::new()),
            AnyVolume::Udf(volume) => Guard::Udf(volume.directory_guard()),
        }
    }

    /// The named streams of an item in UDF, or its extended attributes in Rock Ridge, in the order of their names'
    /// bytes, as files: [`Image::open`] reads them. For those of many items, see [`Image::stream_walk`].
    ///
    /// # Errors
    /// [`Error::Corrupt`]; sectors that cannot be read.
    pub fn streams(&self, entry: &ImageEntry) -> Result<Vec<ImageEntry>> {
        self.stream_walk().streams(entry)
    }

    /// A walk over the streams of several items: no stream directory is read twice, so that an image cannot
    /// make it endless.
    pub fn stream_walk(&self) -> StreamWalk<'_> {
        let guard = match &self.volume {
            AnyVolume::Udf(volume) => Some(volume.directory_guard()),
            AnyVolume::Iso9660(_) => None,
        };
        StreamWalk { image: self, guard, owners: BTreeMap::new() }
    }
}

/// Streams of one item after the other.
pub struct StreamWalk<'a> {
    image: &'a Image,
    guard: Option<udf::read::DirectoryGuard>,
    /// The item of each stream directory.
    owners: BTreeMap<LbAddr, Option<Identity>>,
}

impl StreamWalk<'_> {
    /// The item's named streams, as [`Image::streams`] gives them. Of a file with several names in UDF, only the
    /// first that is asked about has them; the others have none.
    ///
    /// # Errors
    /// As [`Image::streams`]; [`Error::Corrupt`] for the stream directory of another item.
    pub fn streams(&mut self, entry: &ImageEntry) -> Result<Vec<ImageEntry>> {
        let (AnyVolume::Udf(volume), Some(guard), Some(icb)) =
            (&self.image.volume, &mut self.guard, entry.streams)
        else {
            return Ok(entry.attribute_files());
        };
        let directory = volume.stream_directory(icb).map_err(udf_disc::read_error)?;
        if !guard.enter(&directory) {
            let known =
                self.owners.get(&icb).is_some_and(|owner| owner.is_some() && *owner == entry.identity());
            if known {
                return Ok(Vec::new());
            }
            return Err(Error::Corrupt {
                sector: Sector::ZERO,
                structure: "stream directory (UDF 3.3.5.1)",
                detail: "it overlaps another, or is that of another item".to_owned(),
            });
        }
        self.owners.insert(icb, entry.identity());
        let mut streams = Vec::new();
        volume
            .read_streams(&directory, &mut udf::read::DirectoryBuffer::new(), &mut |stream| {
                streams.push(ImageEntry { streams: None, ..image_entry(&stream) });
                ControlFlow::Continue(())
            })
            .map_err(udf_disc::read_error)?;
        streams.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(streams)
    }
}

/// Keeps a walk from running in circles.
pub(super) enum Guard {
    Iso9660(DirectoryGuard),
    Udf(udf::read::DirectoryGuard),
}

impl Guard {
    /// `false`: the directory must not be read.
    #[must_use]
    pub(super) fn enter(&mut self, directory: &ImageEntry) -> bool {
        match (self, &directory.data) {
            (Guard::Iso9660(guard), Data::Directory(directory)) => guard.enter(directory),
            (Guard::Udf(guard), Data::UdfDirectory(directory)) => guard.enter(directory),
            _ => true,
        }
    }
}

/// Whether the item at `path`, that many levels below the root, is a directory to read on a walk.
///
/// # Errors
/// [`Error::Corrupt`] for one that the walk has been in, and below [`MOST_LEVELS`].
pub(super) fn enter(guard: &mut Guard, entry: &ImageEntry, path: &[u8], level: u32) -> Result<bool> {
    let at = match &entry.data {
        Data::Directory(directory) => sector(directory.extent()),
        Data::UdfDirectory(_) => Sector::ZERO,
        _ => return Ok(false),
    };
    let corrupt = |detail| Err(Error::Corrupt { sector: at, structure: "directory hierarchy", detail });
    if level >= MOST_LEVELS {
        return corrupt(format!("over {MOST_LEVELS} levels of directories"));
    }
    if !guard.enter(entry) {
        let path = if path.is_empty() { "/".into() } else { String::from_utf8_lossy(path) };
        return corrupt(format!("{path}: a directory overlaps another, or is reached on two ways"));
    }
    Ok(true)
}
