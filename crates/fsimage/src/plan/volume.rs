//! A volume of ISO 9660 in a plan: once for those who read from the medium's beginning, and, with a partition offset,
//! once more for those who read from there on.

use iso9660::ByteOrder;
use rayon::prelude::*;
use sector_io::{Extent, Sector, SectorCount};

use super::{Cursor, PlanOptions, SYSTEM_AREA, What};
use crate::tree::{FileSystem, FileSystems, Tree};
use crate::view::View;
use crate::{Error, Result};

/// The hierarchies of ISO 9660, and where their structures lie.
#[derive(Default)]
pub(super) struct Volume {
    /// Where its system area lies. Addresses count from there in a partition, and from sector 0 in a session.
    pub(super) start: Sector,
    /// The primary hierarchy, Joliet's, the enhanced one, as far as they are there.
    pub(super) views: Vec<View>,
    /// Both forms of each view's path table.
    pub(super) path_tables: Vec<PathTableExtents>,
}

#[derive(Clone, Copy)]
pub(super) struct PathTableExtents {
    pub(super) little: Extent,
    pub(super) big: Extent,
}

/// Place among a plan's volumes, and in [`Volume::views`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ViewNumber {
    pub(super) volume: u8,
    view: u8,
}

impl Volume {
    /// The hierarchies that are asked for. Nothing has an address.
    pub(super) fn new(tree: &Tree, options: &PlanOptions) -> Result<Volume> {
        let hierarchies = [FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Enhanced];
        let wanted = hierarchies.into_par_iter().filter(|&each| options.file_systems.contains(each.as_set()));
        let views: Result<Vec<View>> =
            wanted.map(|file_system| View::new(tree, file_system, options)).collect();
        Ok(Volume { views: views?, ..Volume::default() })
    }

    /// The same hierarchies with addresses that count from a sector.
    pub(super) fn seen_from(&self, origin: Sector) -> Volume {
        let views = self.views.iter().map(|view| view.seen_from(origin)).collect();
        Volume { start: origin, views, path_tables: Vec::new() }
    }

    /// The first of the volume descriptors.
    pub(super) fn descriptors(&self) -> Option<Sector> {
        self.start.checked_add(SYSTEM_AREA)
    }

    /// Sectors of directories and path tables.
    pub(super) fn sectors(&self) -> u64 {
        self.views.iter().map(View::sectors).sum()
    }

    pub(super) fn place_path_tables(&mut self, at: &mut Cursor) -> Result<()> {
        for view in &self.views {
            let len = SectorCount::for_bytes(view.path_table_bytes()).unwrap_or(SectorCount::new(u32::MAX));
            self.path_tables.push(PathTableExtents { little: at.take(len)?, big: at.take(len)? });
        }
        Ok(())
    }

    pub(super) fn place_directories(&mut self, tree: &Tree, at: &mut Cursor) -> Result<()> {
        for view in &mut self.views {
            at.0 = view.place(tree, at.0)?;
        }
        Ok(())
    }

    pub(super) fn path_table_pieces(&self, volume: u8) -> impl Iterator<Item = (Extent, What)> + '_ {
        self.path_tables.iter().enumerate().flat_map(move |(view, tables)| {
            let number = ViewNumber { volume, view: view as u8 };
            [
                (tables.little, What::PathTable(number, ByteOrder::Little)),
                (tables.big, What::PathTable(number, ByteOrder::Big)),
            ]
        })
    }

    pub(super) fn directory_pieces(&self, volume: u8) -> impl Iterator<Item = (Extent, What)> + '_ {
        self.views.iter().enumerate().flat_map(move |(view, shown)| {
            let number = ViewNumber { volume, view: view as u8 };
            shown
                .places_by_address()
                .map(move |place| (shown.extent(place), What::Directory(number, place as u32)))
        })
    }

    pub(super) fn view(&self, number: ViewNumber) -> Option<&View> {
        self.views.get(usize::from(number.view))
    }
}

/// Where the second volume begins, if there is to be one.
pub(super) fn partition_origin(options: &PlanOptions, first_end: Sector) -> Result<Option<Sector>> {
    let offset = options.partition_offset;
    if offset == SectorCount::ZERO {
        return Ok(None);
    }
    let wrong = |reason: &str| Error::InvalidArgument {
        argument: "partition offset".to_owned(),
        reason: reason.to_owned(),
    };
    let origin = Sector::ZERO.checked_add(offset).unwrap_or_default();
    let descriptors = origin.checked_add(SYSTEM_AREA);
    if offset < SYSTEM_AREA {
        Err(wrong("a partition begins behind the system area, at sector 16 or later"))
    } else if !options.place.is_first() {
        Err(Error::BootConflict { what: "partition offset" })
    } else if !options.file_systems.contains(FileSystems::ISO9660) {
        Err(wrong("it is ISO 9660 that is there a second time; have it among the file systems"))
    } else if options.file_systems.contains(FileSystems::UDF) {
        Err(wrong("a volume of UDF cannot be read from two places; leave out one of the two"))
    } else if descriptors.is_none_or(|descriptors| first_end > descriptors) {
        let least = first_end.get().saturating_sub(SYSTEM_AREA.get());
        Err(wrong(&format!(
            "the volume descriptors of the whole image reach into those of the partition, which can begin in sector {least}"
        )))
    } else {
        Ok(Some(origin))
    }
}
