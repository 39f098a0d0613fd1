//! Sizes of single directories, for a count that goes along with the changes of a tree. They are made as those of a whole
//! view are: what is recorded of a directory depends on what is in it, on its own attributes and on those of its parent.

use iso9660::layout::DirectoryWriter;
use sector_io::{Sector, SectorCount};

use super::records::RecordSource;
use super::relocation::Relocation;
use super::{NotPlaced, ROOT_SERIAL, Role, View, ViewDirectory};
use crate::plan::PlanOptions;
use crate::tree::{FileSystem, NodeId, Tree, Values};
use crate::{Error, Result};

/// What a directory takes in a hierarchy of ISO 9660.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DirectorySize {
    /// Sectors of its records and its continuation area.
    pub(crate) sectors: u64,
    /// Bytes that the directories in it take in a path table.
    pub(crate) path_table_bytes: u64,
}

/// Bytes of the root in a path table.
pub(crate) const ROOT_PATH_TABLE_BYTES: u64 = path_table_bytes(1);

const fn path_table_bytes(identifier: usize) -> u64 {
    8 + identifier.next_multiple_of(2) as u64
}

/// Finds what single directories take.
pub(crate) struct DirectorySizer {
    /// Of two directories at most: the one that is looked at, behind the one that it is in.
    view: View,
}

impl DirectorySizer {
    pub(crate) fn new(tree: &Tree, file_system: FileSystem, options: &PlanOptions) -> DirectorySizer {
        DirectorySizer { view: View::blank(tree, file_system, options, Relocation::none()) }
    }

    pub(crate) fn file_system(&self) -> FileSystem {
        self.view.file_system
    }

    /// # Errors
    /// [`Error::NoUniqueName`]; [`Error::TreeTooLarge`].
    pub(crate) fn size(&mut self, tree: &Tree, node: NodeId) -> Result<DirectorySize> {
        let directory = |node| ViewDirectory {
            node: Some(node),
            parent: 0,
            identifier: (0, 0),
            serial: ROOT_SERIAL,
            first_serial: ROOT_SERIAL,
            start: Sector::ZERO,
            records: SectorCount::ZERO,
            continuation: SectorCount::ZERO,
        };
        self.view.directories.clear();
        self.view.directories.push(directory(tree.parent(node)));
        if node != NodeId::ROOT {
            self.view.directories.push(directory(node));
        }
        let place = self.view.directories.len() - 1;
        let listing = self.view.list(tree, place)?;
        let mut writer = DirectoryWriter::new();
        let source = RecordSource { view: &self.view, tree, addresses: &NotPlaced, values: Values::Counted };
        let (records, continuation) = source.render(place, &listing, &mut writer)?;
        let count = |bytes: &[u8]| {
            let too_large = Error::TreeTooLarge { what: "a directory beyond 8 TiB" };
            SectorCount::for_bytes(bytes.len() as u64).map(|count| u64::from(count.get())).ok_or(too_large)
        };
        let sectors = count(records)? + count(continuation)?;
        let below = listing.members.iter().enumerate();
        let below = below
            .filter(|(_, member)| member.role != Role::Placeholder && self.view.is_directory(tree, **member));
        let path_table_bytes =
            below.map(|(index, _)| path_table_bytes(listing.names.identifier(index).len())).sum();
        Ok(DirectorySize { sectors, path_table_bytes })
    }

    /// Bytes of the attributes of a directory that stand in the records of those in it as well.
    pub(crate) fn attributes_len(&self, tree: &Tree, node: NodeId) -> usize {
        if !self.view.rock_ridge {
            return 0;
        }
        let source = RecordSource { view: &self.view, tree, addresses: &NotPlaced, values: Values::Counted };
        let mut attributes = Vec::new();
        source.push_posix(Some(node), ROOT_SERIAL, &mut attributes);
        attributes.len()
    }
}
