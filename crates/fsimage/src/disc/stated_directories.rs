//! How many directories a file system says that it has, before they are read.

use iso9660::ByteOrder;
use iso9660::path_table::PathTableRecord;
use iso9660::volume::PathTables;

use super::{AnyVolume, Disc, Image};
use crate::address::sector;
use crate::tree::FileSystem;

/// The longest path table that is read for it.
const LONGEST_TABLE: u32 = 1 << 24;

impl Disc {
    /// By the path table, or the integrity descriptor of UDF.
    pub(super) fn stated_directories(&self, image: &Image, session: u16) -> Option<u64> {
        if let AnyVolume::Udf(volume) = image.volume() {
            return volume.integrity().map(|integrity| integrity.implementation_use.directories.into());
        }
        let set = self.volume_set(&self.session(Some(session)).ok()?).ok()?;
        let fields = match image.file_system() {
            FileSystem::Joliet => joliet::descriptor(&set).map(|descriptor| &descriptor.fields),
            FileSystem::Enhanced => set.enhanced.as_ref().map(|descriptor| &descriptor.fields),
            _ => Some(&set.primary.fields),
        };
        self.records_of_table(&fields?.path_tables)
    }

    fn records_of_table(&self, tables: &PathTables) -> Option<u64> {
        if tables.size > LONGEST_TABLE {
            return None;
        }
        let len = tables.size as usize;
        let mut table = vec![0; len.next_multiple_of(sector_io::SECTOR_SIZE)];
        self.source().read_sectors(sector(tables.type_l), &mut table).ok()?;
        let (mut rest, mut count) = (&table[..len], 0);
        while let Ok((behind, _)) = PathTableRecord::parse(rest, ByteOrder::Little) {
            (rest, count) = (behind, count + 1);
        }
        Some(count)
    }
}
