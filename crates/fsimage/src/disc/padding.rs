//! What lies behind the newest session: zeros that programs put behind an image, so that reading ahead meets no end, which may be
//! overwritten; or something else.

use multisession::Session;
use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

use super::Disc;
use super::partition_table::PartitionTables;
use super::scan::GAP;
use crate::tree::FileSystem;
use crate::{Error, Result};

/// Most sectors that are looked at: 2 MiB. mkisofs and xorriso write 150.
const MOST: u32 = 1024;

impl Disc {
    /// Whether everything from `end` on is padding: few zeros, which no partition holds and no session
    /// refers to. In doubt it is not.
    pub(crate) fn is_padding_from(&self, end: Sector) -> bool {
        let Some(sectors) = self.source.sectors().get().checked_sub(end.get()) else { return false };
        sectors <= MOST
            && self.is_zero(end, sectors)
            && !PartitionTables::read(&self.source).may_reach_behind(end)
            && self.check_ends(end).is_ok()
    }

    /// Whether a session that was cut at a sector lacks nothing but padding, which is zeros: no file and no directory of any session.
    /// Of UDF, the last anchor is missing.
    pub(crate) fn misses_padding_alone(&self, session: &Session, cut: Sector) -> bool {
        matches!(self.udf_volume(session), Ok(None)) && self.check_ends(cut).is_ok()
    }

    /// The first sector behind the newest of several sessions in an image file that holds data, among those in which a further session
    /// would begin. No partition begins there.
    pub(super) fn data_behind_newest(&self) -> Option<Sector> {
        let newest = self.sessions.newest().filter(|_| self.file.is_some() && self.sessions.len() > 1)?;
        let end = newest.end.filter(|&end| !PartitionTables::read(&self.source).may_reach_behind(end))?;
        let last = self.source.sectors().get().min(end.get().saturating_add(GAP));
        let piece = (end.get()..last).step_by(MOST as usize);
        let piece =
            piece.map(|at| (at, MOST.min(last - at))).find(|&(at, len)| !self.is_zero(Sector::new(at), len));
        let (at, len) = piece?;
        (at..at + len).map(Sector::new).find(|&at| !self.is_zero(at, 1))
    }

    /// Whether nothing but zeros is there from a sector on.
    pub(crate) fn is_zero_from(&self, start: Sector) -> bool {
        let end = self.source.sectors().get();
        (start.get()..end).step_by(MOST as usize).all(|at| self.is_zero(Sector::new(at), MOST.min(end - at)))
    }

    fn is_zero(&self, start: Sector, sectors: u32) -> bool {
        let mut bytes = vec![0; sectors as usize * SECTOR_SIZE];
        self.source.read_sectors(start, &mut bytes).is_ok() && bytes.iter().all(|&byte| byte == 0)
    }

    /// Fails unless every file and directory of every session can be found, and ends at `end` or before.
    fn check_ends(&self, end: Sector) -> Result<()> {
        for session in self.sessions.iter() {
            // Rock Ridge only gives other names to what plain ISO 9660 has.
            for file_system in [FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Enhanced] {
                let image = match self.image(Some(session.number), &[file_system]) {
                    Err(Error::FileSystemNotFound { .. }) => continue,
                    image => image?,
                };
                image.walk(&mut |_, entry| match entry.data_end() {
                    Some(behind) if behind > end => Err(Error::Corrupt {
                        sector: behind,
                        structure: "directory record",
                        detail: format!("data behind sector {end}, where the newest session ends"),
                    }),
                    _ => Ok(()),
                })?;
            }
        }
        Ok(())
    }
}
