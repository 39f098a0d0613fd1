use std::collections::BTreeSet;

use sector_io::Sector;

use crate::{Error, Track, TrackState};

/// One session: what was written in one go and can be read as a volume of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// From 1, in the order of writing.
    pub number: u16,
    /// Where its descriptors are counted from. Usually its first sector; for a session whose head was
    /// moved out of the way of a newer one, the start of that copy.
    pub start: Sector,
    /// The first sector behind its data, if known.
    pub end: Option<Sector>,
}

/// The sessions of a medium, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionTable(Vec<Session>);

impl SessionTable {
    /// The table of a blank medium.
    #[must_use]
    pub const fn empty() -> SessionTable {
        SessionTable(Vec::new())
    }

    /// The table with these sessions. An end that lies before its own start or behind the next start is
    /// dropped: drives and descriptors are often wrong about ends, hardly ever about starts.
    ///
    /// Starts mostly rise. The exception is a session whose descriptors were copied out of the way of a much
    /// later one: see [`Session::start`].
    ///
    /// # Errors
    /// [`Error::Order`] unless numbers rise and starts differ.
    pub fn new(sessions: impl IntoIterator<Item = Session>) -> Result<SessionTable, Error> {
        let mut table: Vec<Session> = Vec::new();
        let mut starts = BTreeSet::new();
        for session in sessions {
            let follows = match table.last_mut() {
                None => session.number > 0 && starts.insert(session.start),
                Some(last) => {
                    if session.start > last.start && last.end.is_some_and(|end| end > session.start) {
                        last.end = None;
                    }
                    session.number > last.number && starts.insert(session.start)
                }
            };
            if !follows {
                return Err(Error::Order { session: session.number, start: session.start });
            }
            table.push(Session { end: session.end.filter(|end| *end > session.start), ..session });
        }
        Ok(SessionTable(table))
    }

    /// The table of sessions that begin at `starts`, numbered from 1. Their ends are not known.
    ///
    /// # Errors
    /// [`Error::Order`] unless the starts differ, [`Error::TooMany`].
    pub fn from_starts(starts: impl IntoIterator<Item = Sector>) -> Result<SessionTable, Error> {
        let mut sessions = Vec::new();
        for start in starts {
            let number = u16::try_from(sessions.len() + 1).map_err(|_| Error::TooMany)?;
            sessions.push(Session { number, start, end: None });
        }
        SessionTable::new(sessions)
    }

    /// The table of the sessions that hold `tracks`, given in any order. A session begins with its first
    /// track and ends with its last one. Blank tracks count for nothing: they are where a further session
    /// will be.
    ///
    /// # Errors
    /// [`Error::Order`] when two sessions begin at one sector, or a session has number 0.
    pub fn from_tracks(tracks: &[Track]) -> Result<SessionTable, Error> {
        let mut written: Vec<&Track> =
            tracks.iter().filter(|track| track.state != TrackState::Blank).collect();
        written.sort_by_key(|track| (track.session, track.extent.start));
        let mut sessions: Vec<Session> = Vec::new();
        for track in written {
            match sessions.last_mut() {
                Some(session) if session.number == track.session => {
                    session.end = session.end.max(track.data_end());
                }
                _ => sessions.push(Session {
                    number: track.session,
                    start: track.extent.start,
                    end: track.data_end(),
                }),
            }
        }
        SessionTable::new(sessions)
    }

    /// The newest session; `None` on a blank medium.
    #[must_use]
    pub fn newest(&self) -> Option<&Session> {
        self.0.last()
    }

    /// The session with this number.
    ///
    /// # Errors
    /// [`Error::NoSession`].
    pub fn get(&self, number: u16) -> Result<&Session, Error> {
        let newest = self.newest().map_or(0, |session| session.number);
        self.iter().find(|session| session.number == number).ok_or(Error::NoSession { asked: number, newest })
    }

    /// Oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Session> {
        self.0.iter()
    }

    /// How many sessions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the medium is blank.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The session that reaches farthest, and the first sector behind it. A session without a known end
    /// counts with its first sector only.
    pub(crate) fn farthest(&self) -> Option<(u16, Sector)> {
        self.iter()
            .map(|session| {
                let after_start = session.start.get().saturating_add(1);
                (session.number, session.end.unwrap_or(Sector::new(after_start)))
            })
            .max_by_key(|(_, end)| *end)
    }
}

impl<'a> IntoIterator for &'a SessionTable {
    type Item = &'a Session;
    type IntoIter = std::slice::Iter<'a, Session>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sector_io::{Extent, SectorCount};

    fn track(number: u16, session: u16, start: u32, len: u32, state: TrackState) -> Track {
        let extent = Extent::new(Sector::new(start), SectorCount::new(len));
        Track { number, session, extent, state }
    }

    #[test]
    fn sessions_of_tracks() {
        let table = SessionTable::from_tracks(&[
            track(4, 3, 40_000, 300_000, TrackState::Blank),
            track(3, 2, 30_000, 500, TrackState::Recorded),
            track(1, 1, 0, 302, TrackState::Recorded),
            track(2, 1, 450, 1_000, TrackState::Recorded),
        ])
        .unwrap();
        assert_eq!(table.len(), 2);
        let first = Session { number: 1, start: Sector::ZERO, end: Some(Sector::new(1_450)) };
        assert_eq!(table.get(1), Ok(&first));
        assert_eq!(table.newest().unwrap().start, Sector::new(30_000));
        assert_eq!(table.get(3), Err(Error::NoSession { asked: 3, newest: 2 }));
    }

    #[test]
    fn ends_that_cannot_be_are_dropped() {
        let table = SessionTable::from_tracks(&[
            track(1, 1, 0, 500, TrackState::Recorded),
            track(2, 2, 400, u32::MAX, TrackState::Recorded),
        ])
        .unwrap();
        assert_eq!(table.iter().map(|session| session.end).collect::<Vec<_>>(), [None, None]);
    }

    #[test]
    fn order_is_required() {
        let starts = [Sector::new(32), Sector::new(32)];
        let error = Error::Order { session: 2, start: Sector::new(32) };
        assert_eq!(SessionTable::from_starts(starts), Err(error));
        let zero = Session { number: 0, start: Sector::ZERO, end: None };
        assert!(SessionTable::new([zero]).is_err());
        // The head of session 1 was copied to 608 when session 3 was written.
        let copied = [608, 176, 640].map(Sector::new);
        assert_eq!(SessionTable::from_starts(copied).unwrap().get(2).unwrap().start, Sector::new(176));
        let many = (0..70_000).map(Sector::new);
        assert_eq!(SessionTable::from_starts(many), Err(Error::TooMany));
    }
}
