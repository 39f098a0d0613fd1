//! Names that single file systems show in place of the tree's.

use std::borrow::Cow;
use std::collections::BTreeMap;

use iso9660::names::Standing;
use iso9660::read::enhanced_name;

use super::arena::ArenaRef;
use super::{FileSystem, Marks, NodeId, NodeKind, Tree};
use crate::Result;
use crate::view::without_version;

/// The names of those items that have any of their own.
#[derive(Clone, Debug, Default)]
pub(super) struct NameTable(BTreeMap<(NodeId, FileSystem), ArenaRef>);

impl NameTable {
    /// Gives an item a name, or takes it away; says which it had.
    pub(super) fn put(
        &mut self,
        node: NodeId,
        file_system: FileSystem,
        name: Option<ArenaRef>,
    ) -> Option<ArenaRef> {
        match name {
            Some(name) => self.0.insert((node, file_system), name),
            None => self.0.remove(&(node, file_system)),
        }
    }

    /// Takes away those of items from this number on.
    pub(super) fn cut(&mut self, from: NodeId) {
        let [first, ..] = FileSystem::ALL;
        self.0.split_off(&(from, first));
    }
}

/// A file's identifier as readers show it (ECMA-119 7.5.1): without its version number, and without the dot at its end if that is
/// the only one.
pub(crate) fn shown_part(identifier: &[u8]) -> &[u8] {
    let shown = without_version(identifier);
    match shown.contains(&b'.') && identifier.get(shown.len()) == Some(&b'.') {
        true => &identifier[..=shown.len()],
        false => shown,
    }
}

impl Tree {
    /// The name that a file system is to show: the tree's, if it has none of its own there.
    #[must_use]
    pub fn name_in(&self, node: NodeId, file_system: FileSystem) -> &[u8] {
        match self.own_name(node, file_system) {
            Some(own) if self.has_ending(node, file_system) => match file_system {
                FileSystem::Enhanced => enhanced_name(own),
                _ => shown_part(own),
            },
            Some(own) => own,
            None => self.name(node),
        }
    }

    /// The same as it is recorded, where [`standing_in`](Self::standing_in) says that it is an identifier: that of a file in
    /// plain ISO 9660 or the enhanced hierarchy with its version number, and the dot at its end, if it has these.
    pub(crate) fn identifier_in(&self, node: NodeId, file_system: FileSystem, is_directory: bool) -> &[u8] {
        match self.own_name(node, file_system) {
            // What stood in the place of a relocated directory may have had the identifier of a file.
            Some(own) if !is_directory => own,
            _ => self.name_in(node, file_system),
        }
    }

    fn own_name(&self, node: NodeId, file_system: FileSystem) -> Option<&[u8]> {
        // Most trees have none.
        if self.own_names.0.is_empty() {
            return None;
        }
        self.own_names.0.get(&(node, file_system)).map(|&name| self.names.get(name))
    }

    /// Whether the item's own name has a version number, and perhaps a dot at its end, that readers leave out (ECMA-119
    /// 7.5.1).
    fn has_ending(&self, node: NodeId, file_system: FileSystem) -> bool {
        let is_versioned = || self.relocated_as(node).is_some_and(|recorded| recorded.is_versioned);
        let is_file = !matches!(self.kind(node), NodeKind::Directory(_));
        self.is_imported(node)
            && match file_system {
                FileSystem::Iso9660 => is_file || is_versioned(),
                FileSystem::Enhanced => is_file,
                _ => false,
            }
    }

    /// Names of its own that are whole identifiers become names: the item is to be no imported one any more.
    pub(super) fn forget_endings(&mut self, node: NodeId) {
        for file_system in [FileSystem::Iso9660, FileSystem::Enhanced] {
            if self.own_name(node, file_system).is_some() && self.has_ending(node, file_system) {
                let name = self.name_in(node, file_system).to_vec();
                // Without room for it the name follows from the item's.
                let name = self.names.push(&name).ok().filter(|_| name != self.name(node));
                self.put_own_name(node, file_system, name);
            }
        }
    }

    /// A name as it would be recorded by the standard. In the enhanced hierarchy that is the name, unless it would be taken for
    /// one with a version number.
    fn with_ending<'n>(&self, node: NodeId, file_system: FileSystem, name: &'n [u8]) -> Cow<'n, [u8]> {
        let ending: &[u8] = match self.has_ending(node, file_system) {
            false => return name.into(),
            true if file_system == FileSystem::Enhanced => match enhanced_name(name) == name {
                true => return name.into(),
                false => b";1",
            },
            true if name.contains(&b'.') => b";1",
            true => b".;1",
        };
        [name, ending].concat().into()
    }

    /// Lets one file system show another name than the tree's; the rules of that file system hold for it as well, but of
    /// an imported item it counts as recorded there, and stays as it is. The tree's name takes it back. An item that gets another name in the tree loses those of its own.
    ///
    /// # Errors
    /// [`Error::InvalidPath`](crate::Error::InvalidPath) for what is no possible name.
    pub fn set_name_in(
        &mut self,
        node: NodeId,
        file_system: FileSystem,
        name: impl AsRef<[u8]>,
    ) -> Result<()> {
        self.check_knows(node)?;
        let name = name.as_ref();
        self.check_new_name(name, name)?;
        if name == self.name(node) {
            self.put_own_name(node, file_system, None);
            return Ok(());
        }
        let recorded = self.with_ending(node, file_system, name);
        let name = self.names.push(&recorded)?;
        self.put_own_name(node, file_system, Some(name));
        Ok(())
    }

    /// The same for a name that is recorded there already, also where it is the tree's; in plain ISO 9660 and the enhanced
    /// hierarchy, for the whole identifier.
    pub(crate) fn set_recorded_name(
        &mut self,
        node: NodeId,
        file_system: FileSystem,
        name: &[u8],
    ) -> Result<()> {
        self.check_new_name(name, name)?;
        let name = match name == self.name(node) {
            true => self.node(node).name,
            false => self.names.push(name)?,
        };
        self.put_own_name(node, file_system, Some(name));
        Ok(())
    }

    /// What a file system has recorded of the item already.
    pub(crate) fn standing_in(&self, node: NodeId, file_system: FileSystem) -> Standing {
        let has_own = self.has_own_names() && self.own_names.0.contains_key(&(node, file_system));
        let is_called_anew = self.node(node).marks.contains(Marks::CALLED_ANEW);
        match (self.is_imported(node), has_own) {
            (true, true) => Standing::Identifier,
            (true, false) if !is_called_anew => Standing::Recorded,
            (false, true) => Standing::Recorded,
            (_, false) => Standing::New,
        }
    }

    /// The names of its own that an item has, as they are recorded.
    pub(super) fn own_names_of(&self, node: NodeId) -> impl Iterator<Item = (FileSystem, &[u8])> {
        let [first, .., last] = FileSystem::ALL;
        let names = self.own_names.0.range((node, first)..=(node, last));
        names.map(|((_, one), &name)| (*one, self.names.get(name)))
    }

    /// Whether some item has a name of its own in some file system.
    pub(crate) fn has_own_names(&self) -> bool {
        !self.own_names.0.is_empty()
    }

    /// The item is called something else from now on.
    pub(super) fn forget_own_names(&mut self, node: NodeId) {
        if self.has_own_names() {
            for one in FileSystem::ALL {
                self.put_own_name(node, one, None);
            }
        }
    }

    /// Gives an item the names of its own that `node` has in another tree.
    pub(super) fn copy_own_names(&mut self, id: NodeId, other: &Tree, node: NodeId) -> Result<()> {
        if !other.has_own_names() {
            return Ok(());
        }
        FileSystem::ALL.iter().filter(|&&one| other.own_names.0.contains_key(&(node, one))).try_for_each(
            |&one| {
                let name = match (other.has_ending(node, one), self.has_ending(id, one)) {
                    (true, true) => other.identifier_in(node, one, false).into(),
                    _ => self.with_ending(id, one, other.name_in(node, one)),
                };
                self.set_recorded_name(id, one, &name)
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Item, ItemOptions};
    use super::*;

    #[test]
    fn names_of_single_file_systems() {
        let mut tree = Tree::new();
        let node = tree.add("/a/long name", Item::Bytes((*b"x").into()), &ItemOptions::default()).unwrap();
        tree.set_name_in(node, FileSystem::Joliet, "other").unwrap();
        tree.set_name_in(node, FileSystem::Iso9660, "OTHER").unwrap();
        assert!(tree.set_name_in(node, FileSystem::Udf, "a/b").is_err());
        let of = |tree: &Tree, node| {
            [FileSystem::Joliet, FileSystem::Iso9660, FileSystem::Udf]
                .map(|one| String::from_utf8_lossy(tree.name_in(node, one)).into_owned())
        };
        assert_eq!(of(&tree, node), ["other", "OTHER", "long name"]);

        let mut copy = Tree::new();
        let copied = copy.restore(&tree, node).unwrap();
        assert_eq!(of(&copy, copied), ["other", "OTHER", "long name"]);

        // In another directory it is called the same.
        let root = NodeId::ROOT;
        tree.move_to(node, root, "long name").unwrap();
        assert_eq!(of(&tree, node), ["other", "OTHER", "long name"]);
        tree.set_name_in(node, FileSystem::Joliet, "long name").unwrap();
        assert_eq!(of(&tree, node), ["long name", "OTHER", "long name"]);
        tree.rename(node, "new").unwrap();
        assert_eq!(of(&tree, node), ["new", "new", "new"]);
        assert!(!tree.has_own_names());
    }
}
