//! Where nothing tells of a next session: the gap behind one, which is looked through.

use std::ops::{ControlFlow, Range};

use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

use super::scan::CLUSTER;

/// Shows each sector that can be read, until something is found. A gap that cannot be read holds no descriptors, and a cluster that
/// cannot be, as one that was to be replaced, hides none beside it.
pub(super) fn search<T>(
    source: &dyn ReadSectors,
    sectors: Range<u32>,
    look: &mut dyn FnMut(&[u8], u32) -> ControlFlow<T>,
) -> Option<T> {
    let mut piece = vec![0; CLUSTER as usize * SECTOR_SIZE];
    let mut at = sectors.start;
    while at < sectors.end {
        let count = (CLUSTER - at % CLUSTER).min(sectors.end - at);
        let bytes = &mut piece[..count as usize * SECTOR_SIZE];
        if source.read_sectors(Sector::new(at), bytes).is_ok() {
            for (sector, number) in bytes.chunks_exact(SECTOR_SIZE).zip(at..) {
                if let ControlFlow::Break(found) = look(sector, number) {
                    return Some(found);
                }
            }
        }
        at += count;
    }
    None
}
