// crate

pub use candidates::{candidates, starts_at_or_before};
pub use error::Error;
pub use medium::{Growth, Medium};
pub use next_session::{Head, NextSession, next_session};
pub use overwrite::{FIRST_START, HEAD_SECTORS, REPLACED_CLUSTERS, START_ALIGNMENT};
pub use sequential::{CD_FIRST_GAP, CD_LATER_GAP, CD_RUN_OUT, CD_TRACK_PADDING};
pub use session::{Session, SessionTable};
pub use track::{Track, TrackState};

// crate::candidates

pub fn candidates(start: Sector, size: SectorCount) -> impl Iterator<Item = Sector> {}
pub fn starts_at_or_before(sector: Sector) -> impl Iterator<Item = Sector> {}

// crate::error

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    Closed,
    Full { start: Sector, end: Sector },
    TooLong { needed: SectorCount, available: SectorCount },
    Overlap { next_writable: Sector, session: u16, end: Sector },
    EndUnknown { session: u16 },
    NoReplacements { left: u32, needed: u32 },
    AddressSpace { start: Sector },
    Order { session: u16, start: Sector },
    TooMany,
    NoSession { asked: u16, newest: u16 },
}

// crate::medium

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    Sequential { next_writable: Sector },
    Overwritable,
    PseudoOverwrite { next_writable: Sector, replacements: Option<u32> },
    Closed,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    pub growth: Growth,
    pub write_unit: SectorCount,
    pub capacity: Option<SectorCount>,
    pub end_padding: SectorCount,
    pub sessions: SessionTable,
}
impl Medium {
    pub fn image_file(sessions: SessionTable) -> Medium {}
}

// crate::next_session

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextSession {
    pub start: Sector,
    pub alignment: SectorCount,
    pub end_padding: SectorCount,
    pub available: Option<SectorCount>,
    pub head: Head,
    pub head_copy: Option<Sector>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    None,
    Rewrite,
}
impl NextSession {
    pub fn len_with_padding(&self, data: SectorCount) -> Result<SectorCount, Error> {}
    pub fn head_copy_extent(&self) -> Option<Extent> {}
}
pub fn next_session(
    medium: &Medium,
    image_end: Option<Sector>,
) -> Result<NextSession, Error> {}

// crate::overwrite

pub const HEAD_SECTORS: SectorCount = _;
pub const FIRST_START: Sector = _;
pub const START_ALIGNMENT: SectorCount = _;
pub const REPLACED_CLUSTERS: u32 = _;

// crate::sequential

pub const CD_FIRST_GAP: SectorCount = _;
pub const CD_LATER_GAP: SectorCount = _;
pub const CD_RUN_OUT: SectorCount = _;
pub const CD_TRACK_PADDING: SectorCount = _;

// crate::session

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub number: u16,
    pub start: Sector,
    pub end: Option<Sector>,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
/// And private fields.
pub struct SessionTable();
impl SessionTable {
    pub const fn empty() -> SessionTable {}
    pub fn new(
        sessions: impl IntoIterator<Item = Session>,
    ) -> Result<SessionTable, Error> {}
    pub fn from_starts(
        starts: impl IntoIterator<Item = Sector>,
    ) -> Result<SessionTable, Error> {}
    pub fn from_tracks(tracks: &[Track]) -> Result<SessionTable, Error> {}
    pub fn newest(&self) -> Option<&Session> {}
    pub fn get(&self, number: u16) -> Result<&Session, Error> {}
    pub fn iter(&self) -> std::slice::Iter<'_, Session> {}
    pub fn len(&self) -> usize {}
    pub fn is_empty(&self) -> bool {}
}
impl<'a> IntoIterator for &'a SessionTable {
    type Item = &'a Session;
    type IntoIter = std::slice::Iter<'a, Session>;
}

// crate::track

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    pub number: u16,
    pub session: u16,
    pub extent: Extent,
    pub state: TrackState,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackState {
    Recorded,
    Open { next_writable: Sector },
    Blank,
}
impl Track {
    pub fn data_end(&self) -> Option<Sector> {}
    pub fn data_len(&self) -> SectorCount {}
}

