//! Sessions that lie behind what is to be recorded from sector 0 on, and would pass for its successors.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use multisession::HEAD_SECTORS;
use sector_io::{Extent, FileSectors, ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};
use serde::Serialize;

use crate::disc::Disc;
use crate::{Error, Result};

/// A session that was on a medium before a file was recorded over others of it, and lay behind the end of that: it would pass for the
/// successor of what is in the file, and has no descriptors any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionTakenAway {
    /// First sector.
    pub start: u32,
    /// Volume identifier of ISO 9660; the label of UDF where there is no ISO 9660.
    pub volume: String,
}

impl fmt::Display for SessionTakenAway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SessionTakenAway { start, volume } = self;
        write!(
            f,
            "the session from sector {start} on (volume {volume:?}) of before, which lay behind the file, is taken away"
        )
    }
}

impl SessionTakenAway {
    /// Its descriptors, and what is in front of these.
    fn head(&self) -> Extent {
        Extent::new(Sector::new(self.start), HEAD_SECTORS)
    }
}

/// What readers would find behind an image on a medium, in ascending order.
///
/// # Errors
/// [`Error::SourceOpen`], [`Error::ImportRead`].
pub(super) fn successors(medium: &Arc<dyn ReadSectors>, path: &Path) -> Result<Vec<SessionTakenAway>> {
    let opened = |source| Error::SourceOpen { path: path.to_owned(), source };
    let file = File::open(path).map_err(opened)?;
    let mut taken_away: Vec<SessionTakenAway> = Vec::new();
    loop {
        let image = FileSectors::new(file.try_clone().map_err(opened)?).map_err(opened)?;
        let end = Sector::new(image.sectors().get());
        let zeros = taken_away.iter().map(SessionTakenAway::head).collect();
        let disc = Disc::from_source(Arc::new(ToBe { image, zeros, medium: medium.clone() }), "")?;
        let behind = disc.sessions().iter().filter(|session| {
            session.start >= end && taken_away.iter().all(|taken| taken.start != session.start.get())
        });
        let Some(session) = behind.min_by_key(|session| session.start) else { break };
        let volume = disc.describe(Some(session.number)).map(|summary| summary.volume);
        let start = session.start.get();
        taken_away.push(SessionTakenAway { start, volume: volume.unwrap_or_default() });
    }
    taken_away.sort_unstable_by_key(|session| session.start);
    Ok(taken_away)
}

/// What is written before the image so that they are none: the head becomes zeros first, for it may lead to them.
pub(super) fn without(successors: &[SessionTakenAway]) -> Vec<(Sector, Vec<u8>)> {
    let zeros = |start| (start, vec![0; HEAD_SECTORS.bytes() as usize]);
    let starts = successors.iter().map(|session| Sector::new(session.start));
    let head = (!successors.is_empty()).then_some(Sector::ZERO);
    head.into_iter().chain(starts).map(zeros).collect()
}

/// A medium as it is to be.
struct ToBe {
    image: FileSectors,
    zeros: Vec<Extent>,
    medium: Arc<dyn ReadSectors>,
}

impl ReadSectors for ToBe {
    fn sectors(&self) -> SectorCount {
        self.medium.sectors().max(self.image.sectors())
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> std::result::Result<(), ReadError> {
        let of_image = Sector::new(self.image.sectors().get()).since(start).unwrap_or_default();
        let len = usize::try_from(of_image.bytes()).unwrap_or(usize::MAX).min(into.len());
        let (image, medium) = into.split_at_mut(len);
        if !image.is_empty() {
            self.image.read_sectors(start, image)?;
        }
        let behind = start.max(Sector::new(self.image.sectors().get()));
        if !medium.is_empty() {
            self.medium.read_sectors(behind, medium)?;
        }
        for (at, sector) in (behind.get()..).map(Sector::new).zip(medium.chunks_exact_mut(SECTOR_SIZE)) {
            if self.zeros.iter().any(|extent| extent.contains(at)) {
                sector.fill(0);
            }
        }
        Ok(())
    }
}
