use sector_io::{Extent, Sector, SectorCount};

/// A track as a drive describes it (MMC READ TRACK INFORMATION) or as a table of contents lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    /// From 1, through all sessions.
    pub number: u16,
    /// The session that holds it, from 1.
    pub session: u16,
    /// Where it lies. Of a recorded track, the length that the drive reports: on CD, tracks written at
    /// once may count their two run-out sectors, which cannot be read.
    pub extent: Extent,
    /// How far it is written.
    pub state: TrackState,
}

/// How far a track is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackState {
    /// Complete.
    Recorded,
    /// Partly written; `next_writable` continues it.
    Open {
        /// The sector that the drive takes next.
        next_writable: Sector,
    },
    /// Nothing written yet: a reserved track, or the invisible track behind the last session.
    Blank,
}

impl Track {
    /// The first sector behind the data; `None` for a blank track, and past the 32-bit range.
    #[must_use]
    pub fn data_end(&self) -> Option<Sector> {
        match self.state {
            TrackState::Recorded => self.extent.end(),
            TrackState::Open { next_writable } => Some(next_writable),
            TrackState::Blank => None,
        }
    }

    /// Sectors that hold data.
    #[must_use]
    pub fn data_len(&self) -> SectorCount {
        self.data_end().and_then(|end| end.since(self.extent.start)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_of_each_state() {
        let extent = Extent::new(Sector::new(100), SectorCount::new(50));
        let track = |state| Track { number: 1, session: 1, extent, state };
        assert_eq!(track(TrackState::Recorded).data_end(), Some(Sector::new(150)));
        let open = track(TrackState::Open { next_writable: Sector::new(120) });
        assert_eq!((open.data_end(), open.data_len()), (Some(Sector::new(120)), SectorCount::new(20)));
        assert_eq!(track(TrackState::Blank).data_end(), None);
        assert_eq!(track(TrackState::Blank).data_len(), SectorCount::ZERO);
    }
}
