//! Which sectors the structures of a volume take.

use std::collections::BTreeSet;
use std::ops::Range;

use sector_io::{ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::VolumeSet;
use super::structure::{LONGEST_TABLE, read_path_table, records};
use super::volume::own_record;
use crate::volume::FIRST_DESCRIPTOR;
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

/// Where the structures of all hierarchies of a volume lie. Directories are those of the path tables of type L.
#[derive(Clone, Debug)]
pub struct Structures {
    /// Path tables, root directories, and what comes before them.
    known: Vec<(Range<Sector>, Structure)>,
    /// First sectors of directories.
    directories: BTreeSet<Sector>,
    /// Whether all path tables were read.
    is_complete: bool,
}

impl VolumeSet {
    /// Finds them. Of path tables, 64 MiB are read at most.
    pub fn structures(&self, source: &dyn ReadSectors) -> Structures {
        let head = Sector::new(FIRST_DESCRIPTOR + 1);
        let mut found = Structures {
            known: vec![
                (Sector::ZERO..head, Structure::Descriptors),
                (self.session..self.end, Structure::Descriptors),
            ],
            directories: BTreeSet::new(),
            is_complete: true,
        };
        let supplementary = self.supplementary.iter().chain(&self.enhanced);
        let supplementary = supplementary.map(|descriptor| &descriptor.fields);
        let mut read = BTreeSet::new();
        let mut left = LONGEST_TABLE;
        for fields in std::iter::once(&self.primary.fields).chain(supplementary) {
            found.push(fields.root.extent, fields.root.data_length, Structure::Directory);
            let tables = &fields.path_tables;
            let copies = [tables.optional_type_l, tables.optional_type_m];
            for table in [tables.type_l, tables.type_m].into_iter().chain(copies.into_iter().flatten()) {
                found.push(table, tables.size, Structure::PathTable);
            }
            if !read.insert((tables.type_l, tables.size)) {
                continue;
            }
            let size = Some(tables.size).filter(|&size| size <= left);
            match size.map(|size| read_path_table(source, tables.type_l, size)) {
                Some(Ok(table)) => {
                    left -= tables.size;
                    let directories = records(&table, ByteOrder::Little).into_iter();
                    found.directories.extend(directories.map(|record| record.extent.sector()));
                }
                _ => found.is_complete = false,
            }
        }
        found
    }
}

impl Structures {
    fn push(&mut self, start: LogicalBlock, bytes: u32, what: Structure) {
        let start = start.sector();
        let end = SectorCount::for_bytes(bytes.into()).and_then(|len| start.checked_add(len));
        self.known.push((start..end.unwrap_or(Sector::new(u32::MAX)), what));
    }

    /// The first that is found in these sectors of the source. Of directories that begin before them, only the last can
    /// reach into them, for directories do not overlap.
    pub fn found_in(&self, source: &dyn ReadSectors, sectors: &Range<Sector>) -> Option<Structure> {
        let is_in = |taken: &Range<Sector>| taken.start < sectors.end && sectors.start < taken.end;
        if let Some((_, what)) = self.known.iter().find(|(taken, _)| is_in(taken)) {
            return Some(*what);
        }
        if let Some(&last) = self.directories.range(..sectors.end).next_back()
            && (last >= sectors.start || directory_at(source, last).is_some_and(|taken| is_in(&taken)))
        {
            return Some(Structure::Directory);
        }
        (!self.is_complete).then_some(Structure::Unknown)
    }
}

/// The sectors of a directory, by its record of itself.
fn directory_at(source: &dyn ReadSectors, start: Sector) -> Option<Range<Sector>> {
    let mut first = vec![0; SECTOR_SIZE];
    source.read_sectors(start, &mut first).ok()?;
    let own = own_record(&first, LogicalBlock::new(start.get()))?;
    let len = SectorCount::for_bytes(own.record.data_length.into())?;
    Some(start..start.checked_add(len)?)
}
