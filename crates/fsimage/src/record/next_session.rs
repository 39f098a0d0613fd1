//! Where the next session of the medium in a drive goes, and what is free for it.

use mmc_device::{MediumState, Profile};
use multisession::{CD_TRACK_PADDING, Growth, NextSession, next_session};
use sector_io::{Sector, SectorCount};

use super::OpenDrive;
use super::further_sessions::gap_before;
use crate::Result;
use crate::address::{lba, sector_of_lba};
use crate::boot::image_end;
use crate::disc::Disc;

/// Sectors in front of a track of a CD.
const CD_PREGAP: SectorCount = SectorCount::new(150);

impl OpenDrive {
    /// The medium as the session arithmetic wants it.
    pub(super) fn growth(&self, disc: &Disc) -> multisession::Medium {
        let medium = self.medium();
        let next = medium.next_writable.and_then(sector_of_lba);
        let growth = match (medium.state, next) {
            (MediumState::Overwritable, _) => Growth::Overwritable,
            (MediumState::Complete, _) | (_, None) => Growth::Closed,
            (_, Some(next_writable)) if self.replaces_head(disc) => {
                let replacements = medium.pseudo_overwrite.and_then(|left| left.replacements);
                Growth::PseudoOverwrite { next_writable, replacements }
            }
            (_, Some(next_writable)) => Growth::Sequential { next_writable },
        };
        let capacity = match growth {
            Growth::Sequential { next_writable } | Growth::PseudoOverwrite { next_writable, .. } => {
                next_writable.get().saturating_add(medium.free_blocks)
            }
            _ => medium.capacity,
        };
        multisession::Medium {
            growth,
            write_unit: SectorCount::new(medium.write_unit),
            capacity: Some(SectorCount::new(capacity)),
            end_padding: if medium.profile.is_cd() { CD_TRACK_PADDING } else { SectorCount::ZERO },
            sessions: disc.sessions().clone(),
        }
    }

    /// Where the next session of the medium goes, or why none can follow. Partitions may lie behind what the sessions of an
    /// overwritable one tell of, and files of other programs (`files_end`) behind what their volumes state.
    ///
    /// # Errors
    /// [`Error::ImportRead`].
    pub(super) fn next_session(
        &self,
        disc: &Disc,
        files_end: Sector,
    ) -> Result<Result<NextSession, multisession::Error>> {
        if self.is_left_open(disc) {
            return Ok(self.next_behind_open(disc));
        }
        let has_tables = self.is_overwritable() && !disc.sessions().is_empty();
        let image_end = has_tables.then(|| image_end(disc)).transpose()?.map(|end| end.max(files_end));
        Ok(next_session(&self.growth(disc), image_end))
    }

    /// Where the next session would begin, and the sectors free from there. None can follow where an
    /// overwritable medium cannot be read, or holds what cannot be continued.
    pub(super) fn room(&self) -> Option<(i32, u32)> {
        let medium = self.medium();
        if medium.state != MediumState::Overwritable && !medium.is_replaceable() {
            return medium.next_writable.map(|lba| (lba.get(), medium.free_blocks));
        }
        let disc = self.disc().ok()?;
        if disc.sessions().is_empty() && self.is_overwritable() && self.is_head_in_use().unwrap_or(true) {
            return None;
        }
        let next = self.next_session(&disc, Sector::ZERO).ok()?.ok()?;
        Some((lba(next.start)?.get(), next.available?.get()))
    }

    /// Whether every sector of the medium can be written again.
    pub(crate) fn is_overwritable(&self) -> bool {
        self.medium().state == MediumState::Overwritable
    }

    /// Whether the newest session of `disc`, which is in the drive, is found by a head that can be written again.
    pub(crate) fn replaces_head(&self, disc: &Disc) -> bool {
        let is_behind_head = disc.sessions().is_empty() || disc.newest_complete().is_some();
        self.is_overwritable() || (self.medium().is_replaceable() && is_behind_head)
    }

    /// Sectors in the smallest unit of recording.
    pub(crate) fn write_unit(&self) -> SectorCount {
        SectorCount::new(self.medium().write_unit)
    }

    /// Where the next session of the medium goes, with a session that was left open: by what the drive tells now, and what such
    /// media have between sessions at least. Where it tells no address, or one in front of what is recorded, that is behind all
    /// that is there, and nobody knows how much is free.
    fn next_behind_open(&self, disc: &Disc) -> std::result::Result<NextSession, multisession::Error> {
        let mut medium = self.growth(disc);
        let recorded = Sector::new(self.medium().readable().get());
        match medium.growth {
            Growth::Sequential { next_writable } if next_writable >= recorded => {
                let gap = self.gap_behind_open();
                let next_writable = next_writable.checked_add(gap).unwrap_or(next_writable);
                medium.growth = Growth::Sequential { next_writable };
            }
            Growth::Sequential { .. } | Growth::Closed => {
                medium.growth = Growth::Sequential { next_writable: recorded };
                medium.capacity = None;
            }
            Growth::Overwritable | Growth::PseudoOverwrite { .. } => {}
        }
        next_session(&medium, None)
    }

    /// What comes between the open session and the next one, beside what the drive leaves free behind a track.
    fn gap_behind_open(&self) -> SectorCount {
        let medium = self.medium();
        let reserved = self.unused_reservations().last().map(|track| track.session);
        let open = self.open_session().max(reserved).unwrap_or(1);
        let behind_track = match medium.profile {
            Profile::CD_R | Profile::CD_RW => CD_PREGAP,
            _ => SectorCount::new(medium.write_unit),
        };
        gap_before(medium.profile, usize::from(open)).checked_sub(behind_track).unwrap_or_default()
    }
}
