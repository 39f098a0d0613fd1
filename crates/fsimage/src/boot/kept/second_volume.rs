//! A volume of ISO 9660 whose addresses count from another sector than the first, as xorriso makes them for partitions.

use iso9660::read::VolumeSet;
use iso9660::volume::{FIRST_DESCRIPTOR, PrimaryVolumeDescriptor, STANDARD_IDENTIFIER};
use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

/// Sectors that are read at a time.
const AT_A_TIME: u32 = 128;

/// Where such a volume begins whose descriptors lie between those of the session and its first structure or file.
/// `sessions` are where those of the medium begin, oldest first. The copy of an earlier head that a further session has
/// in front of it looks the same where the root directory has a copy there, too: it is a session, and no volume.
pub(super) fn find(
    source: &dyn ReadSectors,
    set: &VolumeSet,
    first_file: Option<u32>,
    sessions: &[Sector],
) -> Option<Sector> {
    let fields = &set.primary.fields;
    let structures =
        [fields.root.extent.get(), fields.path_tables.type_l.get(), fields.path_tables.type_m.get()];
    // Such a volume is made with the first session, and lies in it.
    let second_session = sessions.get(1).map(|start| start.get());
    let end = structures.into_iter().chain(first_file).chain(second_session).min()?;
    let end = end.min(source.sectors().get());
    let mut at = FIRST_DESCRIPTOR + 1;
    let mut sectors = vec![0; AT_A_TIME as usize * SECTOR_SIZE];
    while at < end {
        let count = AT_A_TIME.min(end - at);
        let read = &mut sectors[..count as usize * SECTOR_SIZE];
        source.read_sectors(Sector::new(at), read).ok()?;
        let found = (at..).zip(read.chunks_exact(SECTOR_SIZE));
        let mut found = found.filter(|(_, sector)| sector[0] == 1 && sector[1..6] == *STANDARD_IDENTIFIER);
        let volume = found
            .find_map(|(at, sector)| volume_of(source, at, sector).filter(|start| !sessions.contains(start)));
        if volume.is_some() {
            return volume;
        }
        at += count;
    }
    None
}

/// Where the volume begins that a primary descriptor in that sector is of, if its root directory says so too.
fn volume_of(source: &dyn ReadSectors, at: u32, sector: &[u8]) -> Option<Sector> {
    let (_, descriptor) = PrimaryVolumeDescriptor::parse(sector).ok()?;
    let start = at.checked_sub(FIRST_DESCRIPTOR).filter(|&start| start >= FIRST_DESCRIPTOR)?;
    let root = descriptor.fields.root.extent.get();
    let mut directory = [0; SECTOR_SIZE];
    source.read_sectors(Sector::new(start.checked_add(root)?), &mut directory).ok()?;
    // The first record is that of the directory itself (ECMA-119 6.8.2.2), its extent in bytes 2 to 5 (9.1.3).
    (directory[2..6] == root.to_le_bytes()).then_some(Sector::new(start))
}
