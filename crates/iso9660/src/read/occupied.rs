//! Which sectors the structures of a volume take.

use std::ops::Range;

use sector_io::{ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::VolumeSet;
use super::structure::{read_path_table, records};
use super::volume::own_record;
use crate::volume::{FIRST_DESCRIPTOR, VolumeFields};
use crate::{ByteOrder, LogicalBlock};

/// A structure of ISO 9660 that takes sectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// System area and volume descriptors (ECMA-119 6.2.1, 6.7.1).
    Descriptors,
    /// A path table (6.9).
    PathTable,
    /// A directory (6.8).
    Directory,
    /// There is a path table that cannot be read: where directories lie is not known.
    Unknown,
}

impl VolumeSet {
    /// The first structure of any hierarchy of the volume that is found in these sectors. Directories are looked for in
    /// path tables of type L; of those that begin before the sectors, only the last can reach into them, for directories
    /// do not overlap.
    pub fn structure_in(&self, source: &dyn ReadSectors, sectors: &Range<Sector>) -> Option<Structure> {
        let has = |start: Sector, end: Sector| start < sectors.end && sectors.start < end;
        let head = Sector::new(FIRST_DESCRIPTOR + 1);
        if has(Sector::ZERO, head) || has(self.session, self.end) {
            return Some(Structure::Descriptors);
        }
        let supplementary = self.supplementary.iter().chain(&self.enhanced);
        let hierarchies =
            std::iter::once(&self.primary.fields).chain(supplementary.map(|descriptor| &descriptor.fields));
        hierarchies.into_iter().find_map(|fields| structure_of(source, fields, sectors, &has))
    }
}

fn structure_of(
    source: &dyn ReadSectors,
    fields: &VolumeFields,
    sectors: &Range<Sector>,
    has: &dyn Fn(Sector, Sector) -> bool,
) -> Option<Structure> {
    let has_bytes = |start: LogicalBlock, bytes: u32| {
        let end = SectorCount::for_bytes(bytes.into()).and_then(|len| start.sector().checked_add(len));
        end.is_none_or(|end| has(start.sector(), end))
    };
    let tables = &fields.path_tables;
    let copies = [Some(tables.type_l), Some(tables.type_m), tables.optional_type_l, tables.optional_type_m];
    if copies.into_iter().flatten().any(|table| has_bytes(table, tables.size)) {
        return Some(Structure::PathTable);
    }
    if has_bytes(fields.root.extent, fields.root.data_length) {
        return Some(Structure::Directory);
    }
    let Ok(table) = read_path_table(source, tables.type_l, tables.size) else {
        return Some(Structure::Unknown);
    };
    let starts = records(&table, ByteOrder::Little).into_iter().map(|record| record.extent);
    let last = starts.filter(|start| start.sector() < sectors.end).max()?;
    let reaches = last.sector() >= sectors.start || {
        let mut first = vec![0; SECTOR_SIZE];
        let read = source.read_sectors(last.sector(), &mut first);
        let own = read.ok().and_then(|()| own_record(&first, last));
        own.is_some_and(|own| has_bytes(last, own.record.data_length))
    };
    reaches.then_some(Structure::Directory)
}
