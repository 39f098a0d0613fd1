//! Sessions of before on a medium that is recorded over from sector 0 on, or blanked: what is left of them would pass for a session.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use multisession::{HEAD_SECTORS, Session};
use sector_io::{Extent, FileSectors, ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use crate::disc::{Disc, behind_head, found_by};
use crate::{Error, Result};

/// A session that was on a medium before a file was recorded over others of it, and lay behind the end of that: it would pass for the
/// successor of what is in the file, and has no descriptors any more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SessionTakenAway {
    /// First sector.
    pub start: u32,
    /// Volume identifier of ISO 9660; the label of UDF where there is no ISO 9660. Empty where nothing but itself led to the
    /// session: the head of the medium was lost.
    pub volume: String,
}

impl fmt::Display for SessionTakenAway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SessionTakenAway { start, volume } = self;
        write!(f, "the session from sector {start} on ")?;
        if !volume.is_empty() {
            write!(f, "(volume {volume:?}) ")?;
        }
        f.write_str("of before, which lay behind the file, is taken away")
    }
}

/// Where readers of UDF look for an anchor (ECMA-167 3/8.4.2.1), in whole units of recording: it may lead to any session.
const ANCHOR: Extent = Extent::new(Sector::new(256), HEAD_SECTORS);

/// What was on a medium before an image is recorded over it, and would tell of sessions whose sectors the image has.
#[derive(Default)]
pub(super) struct Before {
    /// Those that lie behind the image, in ascending order.
    pub(super) behind: Vec<SessionTakenAway>,
    /// What becomes zeros before the image comes, in this order.
    zeros: Vec<Extent>,
}

impl Before {
    /// Of a medium that holds `old`, with the sessions that readers would find behind the image in the file at `path`.
    ///
    /// # Errors
    /// [`Error::SourceOpen`], [`Error::ImportRead`].
    pub(super) fn of(old: &Disc, path: &Path) -> Result<Before> {
        let opened = |source| Error::SourceOpen { path: path.to_owned(), source };
        let file = File::open(path).map_err(opened)?;
        let sectors = FileSectors::new(file.try_clone().map_err(opened)?).map_err(opened)?.sectors();
        let end = Sector::new(sectors.get());
        let mut behind: Vec<SessionTakenAway> = Vec::new();
        let mut found = found_by(old);
        for session in old.sessions().iter().filter(|session| session.start >= end) {
            behind.push(SessionTakenAway::of(old, session));
        }
        let is_lost = |session: &Session| old.sessions().iter().all(|known| known.start != session.start);
        for session in behind_head(old.source()).filter(|session| session.start >= end && is_lost(session)) {
            behind.push(SessionTakenAway { start: session.start.get(), volume: String::new() });
        }
        loop {
            let image = FileSectors::new(file.try_clone().map_err(opened)?).map_err(opened)?;
            let zeros = found.iter().copied().chain([ANCHOR]).collect();
            let disc = Disc::from_source(Arc::new(ToBe { image, zeros, medium: old.source().clone() }), "")?;
            let is_new = |session: &&Session| {
                session.start >= end && found.iter().all(|extent| extent.start != session.start)
            };
            let Some(session) = disc.sessions().iter().filter(is_new).min_by_key(|session| session.start)
            else {
                break;
            };
            found.push(Extent::new(session.start, HEAD_SECTORS));
            behind.push(SessionTakenAway::of(&disc, session));
        }
        behind.sort_unstable_by_key(|session| session.start);
        found.sort_unstable_by_key(|extent| extent.start);
        let is_used = !old.sessions().is_empty() || !found.is_empty();
        let found_first = [Extent::new(Sector::ZERO, HEAD_SECTORS), ANCHOR];
        let zeros = found_first.into_iter().filter(|_| is_used).chain(found).collect();
        Ok(Before { behind, zeros })
    }

    /// What is written first: the head, for it leads to the sessions, the anchor of UDF, and what each session has. A stop
    /// among them leaves each session that is still found whole.
    pub(super) fn zeros(&self) -> Vec<(Sector, Vec<u8>)> {
        self.zeros.iter().map(|extent| (extent.start, vec![0; extent.len.bytes() as usize])).collect()
    }
}

impl SessionTakenAway {
    fn of(disc: &Disc, session: &Session) -> SessionTakenAway {
        let volume = disc.describe(Some(session.number)).map(|summary| summary.volume);
        SessionTakenAway { start: session.start.get(), volume: volume.unwrap_or_default() }
    }
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
