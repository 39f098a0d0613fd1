use sector_io::{Sector, SectorCount};
use thiserror::Error;

/// Why there is no next session, or no such session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The medium is finalised, read-only or damaged: nothing can be written to it any more.
    #[error("the medium is closed: no further session can be written")]
    Closed,
    /// Not even one sector fits.
    #[error("the medium is full: a session at sector {start} would pass its end at sector {end}")]
    Full {
        /// Where the session would begin.
        start: Sector,
        /// The first sector behind the medium.
        end: Sector,
    },
    /// The session is longer than the space left.
    #[error("the session needs {needed} sectors with its padding, {available} are left")]
    TooLong {
        /// Its length with padding, sectors.
        needed: SectorCount,
        /// What fits, padding included, sectors.
        available: SectorCount,
    },
    /// The drive names a next writable address inside a session that is already there.
    #[error(
        "the next writable sector {next_writable} lies before sector {end}, the end of session {session}"
    )]
    Overlap {
        /// What the drive says.
        next_writable: Sector,
        /// The session that would be written over.
        session: u16,
        /// Its end.
        end: Sector,
    },
    /// An overwritable medium has sessions, and nobody knows where the newest one ends.
    #[error("the end of session {session} is not known, so nothing can be placed behind it")]
    EndUnknown {
        /// The session without an end.
        session: u16,
    },
    /// The head of a medium with pseudo-overwrite cannot be replaced any more.
    #[error(
        "of the clusters that are recorded {left} can be replaced, and a further session needs up to {needed}; its \
         sessions can be read, and copied to another disc"
    )]
    NoReplacements {
        /// Clusters that can still be replaced.
        left: u32,
        /// Clusters that a session replaces at most.
        needed: u32,
    },
    /// Sector addresses have 32 bits.
    #[error("the session at sector {start} passes the last address, 4294967295")]
    AddressSpace {
        /// Where the session begins.
        start: Sector,
    },
    /// Sessions must have rising numbers from 1 and starts of their own.
    #[error("session {session} at sector {start} is out of order, or starts where another does")]
    Order {
        /// The number of the session in the wrong place.
        session: u16,
        /// Its start.
        start: Sector,
    },
    /// More sessions than a 16-bit number counts.
    #[error("more than 65535 sessions")]
    TooMany,
    /// The session asked for is not on the medium.
    #[error("there is no session {asked}; the newest is {newest}")]
    NoSession {
        /// The number asked for.
        asked: u16,
        /// The highest number there is; 0 on a blank medium.
        newest: u16,
    },
}
