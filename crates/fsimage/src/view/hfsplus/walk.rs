use hfsplus::CatalogNodeId;
use hfsplus::catalog::ThreadOf;

use super::{HfsPlusView, Listing, Member};
use crate::Result;
use crate::tree::Tree;

/// A record of the catalog by its place: which item of which folder, and whether it is that item's thread record or the
/// record of one of the items in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// Place of the folder; `None` is where the root is.
    place: Option<u32>,
    /// The item's place in the order of the names.
    item: u32,
    /// 0 is the item's thread record, `n` the record of the `n`th item in it.
    below: u32,
}

impl Position {
    /// The first record: that of the root.
    pub(super) const START: Position = Position { place: None, item: 0, below: 0 };
}

/// A record of the catalog.
pub(super) enum Step<'l> {
    /// The root's.
    Root { name: &'l [u16] },
    /// The thread record of an item with that number.
    Thread { of: ThreadOf, id: CatalogNodeId, parent: CatalogNodeId, name: &'l [u16] },
    /// The record of the item of that number.
    Item { listing: &'l Listing, index: usize, id: CatalogNodeId, parent: CatalogNodeId },
}

impl Step<'_> {
    /// The number in its key.
    pub(super) fn parent(&self) -> CatalogNodeId {
        match self {
            Step::Root { .. } => CatalogNodeId::ROOT_PARENT,
            Step::Thread { id, .. } => *id,
            Step::Item { parent, .. } => *parent,
        }
    }

    /// The name in its key.
    pub(super) fn key_name(&self) -> &[u16] {
        match self {
            Step::Root { name } => name,
            Step::Thread { .. } => &[],
            Step::Item { listing, index, .. } => listing.names.name(*index),
        }
    }
}

/// What is done with a record. Says whether more are wanted.
type Visit<'v> = dyn FnMut(Position, Step<'_>) -> Result<bool> + 'v;

impl HfsPlusView {
    /// Visits the records of the catalog in their order, from one on.
    pub(super) fn walk(&self, tree: &Tree, from: Position, visit: &mut Visit<'_>) -> Result<()> {
        let mut from = from;
        let first = match from.place {
            Some(place) => place as usize,
            None => {
                if !self.walk_root(tree, from, visit)? {
                    return Ok(());
                }
                from = Position { place: Some(0), ..Position::START };
                0
            }
        };
        for place in first..self.directories.len() {
            let listing = self.listings.get(place, || self.list(tree, place))?;
            let directory = self.directories[place];
            for (item, &index) in (0..).zip(listing.names.order()).skip(from.item as usize) {
                let index = index as usize;
                let id = CatalogNodeId(directory.first_id + item);
                let below = self.place_of(listing.members[index].1);
                let of = if below.is_some() { ThreadOf::Folder } else { ThreadOf::File };
                let at = Position { place: Some(place as u32), item, below: 0 };
                let name = listing.names.name(index);
                let thread = Step::Thread { of, id, parent: directory.id, name };
                if from.below == 0 && !visit(at, thread)? {
                    return Ok(());
                }
                if let Some(below) = below
                    && !self.walk_items(tree, below, Position { below: from.below, ..at }, visit)?
                {
                    return Ok(());
                }
                from.below = 0;
            }
            from.item = 0;
            self.listings.release(place);
        }
        Ok(())
    }

    /// The root's record, its thread record, and the records of what is in it. The first two are one place: they are
    /// visited together.
    fn walk_root(&self, tree: &Tree, from: Position, visit: &mut Visit<'_>) -> Result<bool> {
        let root = CatalogNodeId::ROOT_FOLDER;
        if from.below == 0 {
            let name = &self.volume_name[..];
            let parent = CatalogNodeId::ROOT_PARENT;
            let thread = Step::Thread { of: ThreadOf::Folder, id: root, parent, name };
            if !visit(from, Step::Root { name })? || !visit(from, thread)? {
                return Ok(false);
            }
        }
        self.walk_items(tree, 0, from, visit)
    }

    /// The records of the items in a folder.
    fn walk_items(&self, tree: &Tree, place: usize, from: Position, visit: &mut Visit<'_>) -> Result<bool> {
        let listing = self.listings.get(place, || self.list(tree, place))?;
        let directory = self.directories[place];
        let skipped = from.below.saturating_sub(1);
        for (item, &index) in (0..).zip(listing.names.order()).skip(skipped as usize) {
            let id = CatalogNodeId(directory.first_id + item);
            let step = Step::Item { listing: &listing, index: index as usize, id, parent: directory.id };
            if !visit(Position { below: item + 1, ..from }, step)? {
                return Ok(false);
            }
        }
        self.listings.release(place);
        Ok(true)
    }

    /// The place of an item that is a folder.
    pub(super) fn place_of(&self, member: Member) -> Option<usize> {
        match member {
            Member::Directory(id) => Some(self.places[id.0 as usize] as usize),
            Member::MetadataFolder => Some(self.directories.len() - 1),
            _ => None,
        }
    }
}
