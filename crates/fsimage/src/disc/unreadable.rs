//! What of a medium cannot be read, and what that hides.

use std::sync::Arc;

use iso9660::read::read_volume_set;
use multisession::Session;
use sector_io::{ReadError, SECTOR_SIZE, Sector};

use super::finding::{damaged_head, lost_descriptor};
use super::set_aside::{Reason, is_unwritten, may_be_missing};
use super::{Disc, recognition};
use crate::head::ANCHOR;
use crate::plan::SYSTEM_AREA;
use crate::recover;
use crate::{Error, Result};

impl Disc {
    /// An error that was met before, by reading the sector once more.
    pub(super) fn again(&self, error: &ReadError) -> Option<ReadError> {
        self.source.read_sectors(error.sector(), &mut [0; SECTOR_SIZE]).err()
    }

    /// The error of a descriptor of a session that cannot be read, where others can: the file systems, or what boots, that it
    /// leads to are not seen.
    pub(crate) fn unreadable_descriptor(&self, session: &Session) -> Option<ReadError> {
        match self.is_set_aside(session) || self.is_sound(session) {
            true => None,
            false => recognition::unreadable_descriptor(self.source.as_ref(), session.start),
        }
    }

    /// The descriptors of a session that are damaged, or cannot be read, by their sectors, and what is said of the file systems,
    /// or what boots, that they lead to: others are there.
    pub(super) fn lost_descriptors(&self, session: &Session) -> Vec<(Sector, String)> {
        if let Some(error) = self.unreadable_descriptor(session) {
            return vec![(error.sector(), lost_descriptor(&error))];
        }
        if self.is_set_aside(session) || self.is_sound(session) {
            return Vec::new();
        }
        match read_volume_set(&self.source, session.start) {
            Ok(set) => {
                let damaged = set.findings.iter().filter(|finding| finding.is_damage);
                damaged.map(|finding| (finding.sector, finding.to_string())).collect()
            }
            Err(iso9660::read::Error::NoVolume { .. } | iso9660::read::Error::Read(_)) => Vec::new(),
            Err(error) => vec![(error.sector(), format!("the ISO 9660 volume is lost: {error}"))],
        }
    }

    /// The errors of sectors of the head that cannot be read: of the system area, of a descriptor, and of the anchor of
    /// UDF. By them others find the newest session; there are none of another. Those that are the session's own
    /// descriptors as well are left to [`Disc::unreadable_descriptor`].
    pub(crate) fn unreadable_in_head_of(&self, newest: &Session) -> Vec<ReadError> {
        if !self.has_head || self.newest_complete() != Some(*newest) {
            return Vec::new();
        }
        let source = self.source.as_ref();
        let read = |at: Sector| source.read_sectors(at, &mut [0; SECTOR_SIZE]);
        let mut area = (0..SYSTEM_AREA.get()).map(Sector::new);
        let area = area.find_map(|at| read(at).err().filter(|error| !is_unwritten(error)));
        let is_apart = newest.start > Sector::ZERO;
        let descriptor = is_apart.then(|| recognition::unreadable_descriptor(source, Sector::ZERO)).flatten();
        let has_udf = [newest.start, Sector::ZERO]
            .into_iter()
            .any(|start| ::udf::read::recognised(source, start).is_some());
        let anchor = has_udf.then(|| read(ANCHOR).err()).flatten();
        let anchor = anchor.filter(|error| !matches!(error, ReadError::OutOfRange { .. }));
        [area, descriptor, anchor].into_iter().flatten().collect()
    }

    /// What is wrong with the head of the newest session, in words: sectors that cannot be read, or that are not those of the
    /// session.
    pub(super) fn damage_of_head(&self, newest: &Session) -> Vec<String> {
        let mut damage: Vec<String> =
            self.unreadable_in_head_of(newest).iter().map(|error| damaged_head(error)).collect();
        let is_newest = self.has_head && self.newest_complete() == Some(*newest);
        if damage.is_empty() && is_newest {
            let found = recover::damage_of_head(self.source.as_ref(), newest.start);
            damage.extend(found.into_iter().map(|what| damaged_head(&what)));
        }
        damage
    }

    /// That the head of the newest session has another system area than that, which need not be damage.
    pub(super) fn other_area(&self, newest: &Session) -> Option<&'static str> {
        let is_newest = self.has_head && self.newest_complete() == Some(*newest);
        let is_other = is_newest && recover::has_other_area(self.source.as_ref(), newest.start);
        is_other.then_some("the system area of the medium is not that of the session: it was changed since")
    }

    /// Why the sectors that tell of sessions cannot be read, those with the descriptors first.
    pub(super) fn unreadable_head(&self) -> Option<ReadError> {
        let area = SYSTEM_AREA.get();
        let sectors = (area..multisession::HEAD_SECTORS.get()).chain(0..area).map(Sector::new);
        let failed = sectors.filter_map(|at| self.source.read_sectors(at, &mut [0; SECTOR_SIZE]).err());
        failed.into_iter().find(|error| !is_unwritten(error))
    }

    /// Whether no session is found, and what would lead to one cannot be read because of the medium.
    pub(crate) fn is_head_unreadable(&self) -> bool {
        let descriptors = Sector::new(SYSTEM_AREA.get());
        let read = self.source.read_sectors(descriptors, &mut [0; SECTOR_SIZE]);
        self.sessions.is_empty() && read.is_err_and(|error| !is_unwritten(&error))
    }

    /// Where no session is found, why the drive reads nothing, which is not for damage of the medium: other sectors are not worth
    /// a look.
    pub(crate) fn drive_failure(&self) -> Option<ReadError> {
        let is_unknown = !self.is_blank && self.sessions.is_empty();
        is_unknown.then(|| self.unreadable_head())?.filter(|error| !may_be_missing(error))
    }

    /// That nothing hides what there is: [`Error::ImportRead`] where no session is found, and the sectors that tell of sessions
    /// cannot be read, or the newest session cannot.
    pub(crate) fn check_readable(&self) -> Result<()> {
        if !self.is_blank && self.sessions.is_empty() {
            return self.unreadable_head().map_or(Ok(()), |error| Err(Error::ImportRead(error)));
        }
        match self.sessions.newest().and_then(|newest| self.reason(newest)) {
            Some(Reason::Unreadable(lost)) => {
                self.again(&lost.error).map_or(Ok(()), |error| Err(Error::ImportRead(error)))
            }
            _ => Ok(()),
        }
    }

    /// The error of a session behind the one that is meant by default that cannot be read: what is written in its place, or
    /// behind it, would hide its files.
    pub(crate) fn hidden_by_failure(&self) -> Option<Arc<ReadError>> {
        let meant = self.newest_complete().map_or(0, |session| session.number);
        let newer = self.set_aside.iter().rev().filter(|(number, _)| *number > meant);
        newer.into_iter().find_map(|(_, reason)| match reason {
            Reason::Unreadable(lost) => Some(Arc::clone(&lost.error)),
            _ => None,
        })
    }
}
