use sector_io::{Sector, SectorCount};

use crate::SessionTable;

/// How a medium grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// Written once, in ascending order: CD-R, CD-RW, DVD-R, DVD-RW in sequential mode, DVD+R, BD-R.
    Sequential {
        /// The only sector that the drive takes next (MMC: next writable address).
        next_writable: Sector,
    },
    /// Any sector can be written again: DVD+RW, DVD-RAM, DVD-RW in restricted overwrite mode, BD-RE, and
    /// image files that grow in place.
    Overwritable,
    /// Written in ascending order, and what is written can be replaced cluster by cluster, each of which takes one from what
    /// is free: BD-R with pseudo-overwrite whose session is open.
    PseudoOverwrite {
        /// The sector that the drive takes next, apart from those that are written.
        next_writable: Sector,
        /// Clusters that can still be replaced; `None` where the drive does not tell.
        replacements: Option<u32>,
    },
    /// Nothing can be added: finalised, pressed, write-protected.
    Closed,
}

/// All that decides where the next session goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    /// How it grows.
    pub growth: Growth,
    /// Sectors that the medium writes at a time: 1 on CD and in image files, 16 on DVD, 32 on BD.
    pub write_unit: SectorCount,
    /// Sectors of the whole medium, counted from sector 0; `None` where only the 32-bit range ends it,
    /// as with image files. Of a drive that tells the free sectors: next writable address + these.
    pub capacity: Option<SectorCount>,
    /// Sectors of padding that must follow the data, inside the session:
    /// [`CD_TRACK_PADDING`](crate::CD_TRACK_PADDING) for a CD track written at once, else 0.
    pub end_padding: SectorCount,
    /// What is on it.
    pub sessions: SessionTable,
}

impl Medium {
    /// An image file that grows in place like an overwritable medium.
    #[must_use]
    pub fn image_file(sessions: SessionTable) -> Medium {
        Medium {
            growth: Growth::Overwritable,
            write_unit: SectorCount::new(1),
            capacity: None,
            end_padding: SectorCount::ZERO,
            sessions,
        }
    }
}
