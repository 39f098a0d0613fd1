//! Sizes of single directories, for a count that goes along with the changes of a tree. They are made as those of a whole
//! view are: what is recorded of a directory depends on what is in it, on its own attributes and on those of its parent.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use iso9660::layout::{DirectoryWriter, RecordLengths, RecordSizes};
use iso9660::names::SourceName;
use sector_io::{Sector, SectorCount};

use super::records::RecordSource;
use super::relocation::Relocation;
use super::{Member, NotPlaced, ROOT_SERIAL, Role, View, ViewDirectory};
use crate::plan::PlanOptions;
use crate::tree::{FileSystem, NodeId, NodeKind, Tree, Values};
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
        let place = self.look_at(tree, node);
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

    /// Makes a directory the one that is looked at, and says in which place it is.
    fn look_at(&mut self, tree: &Tree, node: NodeId) -> usize {
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
        self.view.directories.len() - 1
    }

    /// What is to be known of a directory in order to add to it.
    ///
    /// # Errors
    /// As [`DirectorySizer::size`].
    pub(crate) fn grow(&mut self, tree: &Tree, node: NodeId) -> Result<GrowingRecords> {
        let place = self.look_at(tree, node);
        let listing = self.view.list(tree, place)?;
        let source = RecordSource { view: &self.view, tree, addresses: &NotPlaced, values: Values::Counted };
        let mut head: Vec<RecordLengths> = Vec::new();
        let mut use_area = Vec::new();
        source.push_self(place, &mut head, &mut use_area)?;
        source.push_parent(place, &mut head, &mut use_area)?;
        let mut growing =
            GrowingRecords { records: RecordSizes::new(&head), taken: Taken::default(), path_table_bytes: 0 };
        for &index in &listing.order {
            let member = listing.members[index as usize];
            self.insert(tree, member, listing.names.identifier(index as usize), &mut growing)?;
        }
        Ok(growing)
    }

    /// Adds what is new in a directory, if no other has its identifier, or one that passes for the same: then it gets that
    /// which it would have alone, and the others keep theirs. Says whether it did.
    ///
    /// # Errors
    /// As [`DirectorySizer::size`].
    pub(crate) fn add(
        &mut self,
        tree: &Tree,
        directory: NodeId,
        node: NodeId,
        growing: &mut GrowingRecords,
    ) -> Result<bool> {
        if !self.view.shows(tree, node) {
            return Ok(true);
        }
        self.look_at(tree, directory);
        let file_system = self.view.file_system;
        let is_directory = matches!(tree.kind(node), NodeKind::Directory(_));
        let name = SourceName {
            name: tree.identifier_in(node, file_system, is_directory),
            is_directory,
            standing: tree.standing_in(node, file_system),
        };
        let not_unique = |()| Error::NoUniqueName { path: tree.path(directory), file_system };
        let recorded = self.view.naming.record(&[name]).map_err(not_unique)?;
        let member = Member { node: Some(node), role: Role::Plain };
        self.insert(tree, member, recorded.identifier(0), growing)
    }

    /// `false` if the identifier was taken.
    fn insert(
        &self,
        tree: &Tree,
        member: Member,
        identifier: &[u8],
        growing: &mut GrowingRecords,
    ) -> Result<bool> {
        let naming = &self.view.naming;
        let is_free = growing.taken.take(&naming.distinct_part(identifier));
        let source = RecordSource { view: &self.view, tree, addresses: &NotPlaced, values: Values::Counted };
        let mut lengths: Vec<RecordLengths> = Vec::new();
        source.push_member(member, ROOT_SERIAL, identifier, &mut lengths, &mut Vec::new())?;
        // The sections of a file have records that differ in addresses only.
        if let Some(&one) = lengths.first() {
            let compare = |a: &[u8], b: &[u8]| naming.compare(a, b);
            growing.records.insert(identifier, one, lengths.len() as u32, compare);
        }
        if self.view.is_directory(tree, member) {
            growing.path_table_bytes += path_table_bytes(identifier.len());
        }
        Ok(is_free)
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

/// What a directory takes in a hierarchy, in a form to which names can be added.
pub(crate) struct GrowingRecords {
    records: RecordSizes,
    taken: Taken,
    path_table_bytes: u64,
}

impl GrowingRecords {
    pub(crate) fn size(&mut self) -> DirectorySize {
        let (records, continuation) = self.records.sectors();
        DirectorySize { sectors: records + continuation, path_table_bytes: self.path_table_bytes }
    }
}

/// Which identifiers a directory has, as far as they have to be unique. Of each a hash is kept: one that is free may pass
/// for taken, but not the reverse.
#[derive(Default)]
pub(super) struct Taken {
    seed: RandomState,
    hashes: HashSet<u64>,
}

impl Taken {
    /// Takes what of an identifier has to be unique; whether it was free.
    pub(super) fn take(&mut self, distinct_part: &[u8]) -> bool {
        self.hashes.insert(self.seed.hash_one(distinct_part))
    }
}
