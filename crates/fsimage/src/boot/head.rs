//! Where the system area of a session is: that of the newest one in sector 0, those of others where a copy was kept.

use std::sync::Arc;

use iso9660::read::VolumeSet;
use iso9660::volume::{FIRST_DESCRIPTOR, PrimaryVolumeDescriptor};
use multisession::{HEAD_SECTORS, Session};
use sector_io::{ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::area;
use super::kept::{readable_end, tables_end};
use crate::Result;
use crate::disc::{AsWritten, Disc, is_in_head};

/// The head with the system area of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeadOf {
    /// Its first sector.
    pub(super) at: Sector,
    /// Where the disk ended that it was of; `None` for the one in sector 0, which is of the present disk.
    end: Option<Sector>,
    /// Number of a newer session whose it is, where none was kept of the one that was asked for.
    pub(super) newer: Option<u16>,
}

impl HeadOf {
    /// That of the medium.
    pub(super) const PRESENT: HeadOf = HeadOf { at: Sector::ZERO, end: None, newer: None };

    /// The head that a session had until the next one took its place, or else the one in sector 0.
    ///
    /// Either a copy lies in front of the next session, or, on a medium whose first session lies behind the head, each
    /// session begins with a system area of its own, which may be empty.
    pub(super) fn of(disc: &Disc, set: Option<&VolumeSet>, session: Session) -> HeadOf {
        let source = disc.source().as_ref();
        if let Some(copy) = copy_of_head(disc, set, session) {
            return HeadOf { at: copy, end: Some(copy), newer: None };
        }
        let has_head = |other: &Session| is_in_head(source, other.start);
        let newer: Vec<Session> =
            disc.sessions().iter().filter(|other| other.number > session.number).copied().collect();
        let Some(whose) = newer.iter().rev().find(|other| has_head(other)) else { return HeadOf::PRESENT };
        let has_area = |one: &Session| -> Option<bool> {
            let area = area::recorded(source, one.start).ok().filter(|_| one.start > Sector::ZERO)?;
            Some(area.is_some())
        };
        // Where a newer one begins with its own, zeros say that there is none.
        let is_own = match has_area(&session) {
            Some(false) => has_area(whose) == Some(true),
            there => there == Some(true),
        };
        if is_own {
            let end = session.end.or_else(|| newer.first().map(|next| next.start));
            return HeadOf { at: session.start, end, newer: None };
        }
        HeadOf { newer: Some(whose.number), ..HeadOf::PRESENT }
    }

    /// The medium with that head in sector 0.
    pub(super) fn source(&self, disc: &Disc) -> Arc<dyn ReadSectors> {
        match self.at {
            Sector::ZERO => disc.source().clone(),
            at => Arc::new(AsWritten::new(disc.source().clone(), at, Some(at))),
        }
    }

    /// The first sector behind the disk that its tables are of.
    ///
    /// # Errors
    /// [`Error::ImportRead`](crate::Error::ImportRead).
    pub(super) fn disk_end(&self, disc: &Disc) -> Result<Sector> {
        let Some(end) = self.end else { return Ok(readable_end(disc)) };
        // A copy begins with a whole block of the medium behind the image.
        let told = tables_end(disc.source().as_ref(), self.at, SectorCount::new(end.get()))?;
        let is_last_block = end.since(told).is_some_and(|rest| rest < HEAD_SECTORS);
        Ok(if is_last_block { told } else { end })
    }
}

/// The copy of the head that a session had, in front of the next one.
fn copy_of_head(disc: &Disc, set: Option<&VolumeSet>, session: Session) -> Option<Sector> {
    let next = disc.sessions().iter().find(|other| other.number > session.number)?;
    let copy = next.start.checked_sub(HEAD_SECTORS).filter(|&copy| copy > Sector::ZERO)?;
    let mut sector = [0; SECTOR_SIZE];
    let descriptors = copy.checked_add(SectorCount::new(FIRST_DESCRIPTOR))?;
    disc.source().read_sectors(descriptors, &mut sector).ok()?;
    let (_, kept) = PrimaryVolumeDescriptor::parse(&sector).ok()?;
    (kept.fields.root.extent == set?.primary.fields.root.extent).then_some(copy)
}
