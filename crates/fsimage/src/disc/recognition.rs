//! The descriptors that a session begins with, where one of them cannot be read.

use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};
use udf::volume::{StandardId, VolumeStructureDescriptor};

use super::set_aside::is_unwritten;
use super::udf_sessions::first_anchor;
use crate::plan::SYSTEM_AREA;

/// Descriptors that are looked at.
const MOST: u32 = 64;

/// Sectors behind one that cannot be read that tell whether it was a descriptor.
const BEHIND: u32 = 3;

/// The error of the first descriptor that cannot be read, of a session with a file system: of ISO 9660 up to the set terminator
/// (ECMA-119 6.7.1), and of the recognition sequence of UDF behind them (ECMA-167 2/8.3). What it leads to is not seen then,
/// though others are. A sector that was never recorded is one of them where more follow.
pub(super) fn unreadable_descriptor(source: &dyn ReadSectors, session: Sector) -> Option<ReadError> {
    let first = session.checked_add(SYSTEM_AREA)?;
    // Whether more have to follow.
    let mut is_open = true;
    let mut sector = [0; SECTOR_SIZE];
    for at in (0..MOST).map_while(|number| first.checked_add(SectorCount::new(number))) {
        match source.read_sectors(at, &mut sector) {
            Ok(()) => match standard(&sector) {
                None | Some(StandardId::TEA01) => return None,
                Some(StandardId::CD001) => is_open = sector[0] != SET_TERMINATOR,
                Some(_) => is_open = true,
            },
            Err(error) => {
                let is_lost = is_followed(source, at)
                    || (!is_unwritten(&error) && (is_open || first_anchor(source, session).is_some()));
                return is_lost.then_some(error);
            }
        }
    }
    None
}

/// Type of a volume descriptor set terminator (ECMA-119 8.3.1).
const SET_TERMINATOR: u8 = 255;

fn standard(sector: &[u8]) -> Option<StandardId> {
    let found = VolumeStructureDescriptor::parse(sector).ok().flatten();
    found.map(|descriptor| descriptor.standard)
}

fn is_followed(source: &dyn ReadSectors, at: Sector) -> bool {
    let mut sector = [0; SECTOR_SIZE];
    (1..=BEHIND)
        .filter_map(|behind| at.checked_add(SectorCount::new(behind)))
        .any(|behind| source.read_sectors(behind, &mut sector).is_ok() && standard(&sector).is_some())
}
