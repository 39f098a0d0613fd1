//! UDF that a later session, by a program without UDF, left where its readers look for it.

use multisession::Session;
use sector_io::Sector;

use super::udf::{self, UdfVolume, anchor_at};
use super::{Disc, scan};
use crate::head::ANCHOR;

impl Disc {
    /// The volume that readers of UDF find in the head, where it shows an earlier state: the newest session has none.
    pub(crate) fn udf_left_behind(&self, session: &Session) -> Option<UdfVolume> {
        let source = &self.source;
        let is_newest = self.has_head && self.newest_complete() == Some(*session);
        // A program that leaves the head as it is leaves that of the first session.
        let is_of_first = || self.sessions.iter().next().is_some_and(|first| first.start == Sector::ZERO);
        let is_behind_head = session.start > Sector::ZERO;
        if !(is_newest && is_behind_head && (scan::is_in_head(source, session.start) || is_of_first())) {
            return None;
        }
        if self.udf_volume(session).map_or(true, |own| own.is_some()) {
            return None;
        }
        ::udf::read::recognised(source, Sector::ZERO)?;
        anchor_at(source, ANCHOR, ANCHOR)?;
        udf::volume(source, Sector::ZERO, None, true).ok().flatten()
    }
}
