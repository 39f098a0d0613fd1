//! Taking items out, and putting them elsewhere.

use super::{Item, ItemOptions, Marks, NodeId, NodeKind, Tree, check_name};
use crate::{Error, Result};

impl Tree {
    /// Takes a node, with all below it, out of the tree. Imported data stay on their medium. [`Tree::move_to`] puts it
    /// into the tree again.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for the root; [`Error::NotInTree`] for one that is in no directory, or is no item of this
    /// tree.
    pub fn remove(&mut self, node: NodeId) -> Result<()> {
        self.check_movable(node)?;
        let directory = self.directory_of(self.parent(node))?;
        match self.detach_from(node, directory) {
            true => Ok(()),
            false => Err(Error::NotInTree { path: self.path(node) }),
        }
    }

    /// As [`Tree::remove`], of an item that nothing is below: anything but a directory, or an empty one.
    ///
    /// # Errors
    /// As [`Tree::remove`]; [`Error::DirectoryNotEmpty`].
    pub fn remove_leaf(&mut self, node: NodeId) -> Result<()> {
        match self.kind(node) {
            NodeKind::Directory(directory) if node != NodeId::ROOT && self.child_count(directory) > 0 => {
                Err(Error::DirectoryNotEmpty { path: self.path(node) })
            }
            _ => self.remove(node),
        }
    }

    /// Takes everything out of the tree but the root, which stays as it is.
    pub fn clear(&mut self) {
        if let NodeKind::Directory(root) = self.kind(NodeId::ROOT) {
            self.put_children(root, Vec::new());
        }
    }

    /// Makes an item that is in no directory yet: [`Tree::move_to`] puts it into one. A directory can be given all that
    /// is to be below it before. The name is the one that it has until then.
    ///
    /// ```
    /// use fsimage::{Item, ItemOptions, NodeId, Tree};
    ///
    /// let mut tree = Tree::new();
    /// let folder = tree.detached("drafts", Item::Directory, &ItemOptions::default())?;
    /// tree.add_in(folder, b"a", Item::Bytes(b"text"[..].into()), &ItemOptions::default())?;
    /// assert!(!tree.holds(folder));
    /// tree.move_to(folder, NodeId::ROOT, "papers")?;
    /// assert!(tree.lookup("/papers/a").is_some());
    /// # Ok::<(), fsimage::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Tree::add`].
    pub fn detached(
        &mut self,
        name: impl AsRef<[u8]>,
        item: Item<'_>,
        options: &ItemOptions,
    ) -> Result<NodeId> {
        let name = name.as_ref();
        self.check_new_name(name, name)?;
        self.all_or_nothing(|tree| {
            let node = tree.make(NodeId::ROOT, name, item, options)?;
            tree.set_options(node, options);
            Ok(node)
        })
    }

    /// Gives a node another name in its directory.
    ///
    /// # Errors
    /// As [`Tree::move_to`].
    pub fn rename(&mut self, node: NodeId, name: impl AsRef<[u8]>) -> Result<()> {
        self.move_to(node, self.parent(node), name)
    }

    /// Puts a node, with all below it, into a directory, under a name. It stays what it is: its content, attributes,
    /// times and other names do not change.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for the root, and for a directory that would come to lie in itself;
    /// [`Error::InvalidPath`], [`Error::NotADirectory`]; [`Error::DuplicateName`] for a name that is taken by
    /// another node; [`Error::NotInTree`] for what is no item of this tree.
    pub fn move_to(&mut self, node: NodeId, parent: NodeId, name: impl AsRef<[u8]>) -> Result<()> {
        let name = name.as_ref();
        if self.has_limit() && !self.holds(node) {
            return self.all_or_nothing(|tree| {
                tree.place(node, parent, name)?;
                tree.check_limit(node, u64::MAX)
            });
        }
        self.place(node, parent, name)
    }

    fn place(&mut self, node: NodeId, parent: NodeId, name: &[u8]) -> Result<()> {
        self.check_movable(node)?;
        self.check_new_name(name, name)?;
        let directory = self.directory_of(parent)?;
        let mut above = parent;
        while above != NodeId::ROOT {
            if above == node {
                return Err(Error::InvalidArgument {
                    argument: self.path(node),
                    reason: format!("a directory cannot be put below itself, to {}", self.path(parent)),
                });
            }
            above = self.parent(above);
        }
        match self.child(directory, name) {
            Some(same) if same == node => return Ok(()),
            Some(other) => return Err(Error::DuplicateName { path: self.path(other) }),
            None => {}
        }
        let is_renamed = self.name(node) != name;
        let name = self.names.push(name)?;
        self.detach(node)?;
        if is_renamed {
            self.forget_own_names(node);
        }
        let moved = self.place_mut(node);
        (moved.parent, moved.name) = (parent, name);
        moved.marks.insert(Marks::PLACED_ANEW);
        self.attach(node, directory);
        Ok(())
    }

    /// Whether the node is in the tree still: neither it nor a directory above it was removed.
    #[must_use]
    pub fn holds(&self, node: NodeId) -> bool {
        let mut at = node;
        while at != NodeId::ROOT {
            let above = self.parent(at);
            match self.kind(above) {
                NodeKind::Directory(directory) if self.child(directory, self.name(at)) == Some(at) => {
                    at = above
                }
                _ => return false,
            }
        }
        true
    }

    /// Lets names that are given from now on hold characters of ASCII only, U+0020 to U+007F, or lifts that. Names that
    /// are there, and those of a scan or an import, stay.
    pub fn restrict_names(&mut self, restricted: bool) {
        self.restricted = restricted;
    }

    /// Whether something new can have the name.
    pub(super) fn check_new_name(&self, name: &[u8], path: &[u8]) -> Result<()> {
        check_name(name, path)?;
        match self.restricted && !name.iter().all(|byte| (0x20..0x80).contains(byte)) {
            true => Err(Error::RestrictedName { name: String::from_utf8_lossy(name).into_owned() }),
            false => Ok(()),
        }
    }

    fn check_movable(&self, node: NodeId) -> Result<()> {
        match node {
            NodeId::ROOT => Err(Error::InvalidArgument {
                argument: "/".to_owned(),
                reason: "the root can be neither removed nor moved".to_owned(),
            }),
            _ => self.check_knows(node),
        }
    }

    /// Takes the node from its directory's children; one that was removed is in none.
    fn detach(&mut self, node: NodeId) -> Result<()> {
        let directory = self.directory_of(self.parent(node))?;
        self.detach_from(node, directory);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Item, ItemOptions};
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn add(tree: &mut Tree, path: &str) -> NodeId {
        tree.add(path, Item::Bytes(path.as_bytes().into()), &ItemOptions::default()).unwrap()
    }

    #[test]
    fn removal_takes_the_whole_branch() {
        let mut tree = Tree::new();
        let file = add(&mut tree, "/a/b/c");
        let branch = tree.lookup("/a/b").unwrap();
        assert!(tree.holds(file));
        tree.remove(branch).unwrap();
        assert_eq!(tree.lookup("/a/b/c"), None);
        assert!(!tree.holds(file) && !tree.holds(branch) && tree.holds(NodeId::ROOT));
        assert!(tree.remove(NodeId::ROOT).is_err());
        // Another of the name is not the one that was removed.
        add(&mut tree, "/a/b/c");
        assert!(!tree.holds(file));
        assert!(matches!(tree.remove(branch), Err(Error::NotInTree { .. })));
        assert!(tree.lookup("/a/b/c").is_some());
    }

    #[test]
    fn what_is_moved_keeps_content_and_other_names() {
        let mut tree = Tree::new();
        let file = add(&mut tree, "/a/file");
        let link = tree.add("/link", Item::HardLink(file), &ItemOptions::default()).unwrap();
        let directory = tree.lookup("/a").unwrap();
        tree.move_to(file, NodeId::ROOT, "other").unwrap();
        tree.rename(directory, "b").unwrap();
        assert_eq!((tree.lookup("/other"), tree.lookup("/b")), (Some(file), Some(directory)));
        assert_eq!((tree.kind(file), tree.lookup("/a")), (tree.kind(link), None));
        tree.rename(file, "other").unwrap();
        for (node, parent, name) in [
            (directory, directory, "b"),
            (NodeId::ROOT, directory, "x"),
            (file, NodeId::ROOT, "link"),
            (file, link, "x"),
            (file, NodeId::ROOT, ".."),
            (file, NodeId::ROOT, "a/b"),
        ] {
            assert!(tree.move_to(node, parent, name).is_err(), "{name}");
        }
        let below = tree.add("/b/c", Item::Directory, &ItemOptions::default()).unwrap();
        assert!(tree.move_to(directory, below, "b").is_err());
        assert_eq!(tree.path(below), "/b/c");
    }

    /// What a tree of `BTreeMap`s would hold: a file's own number by its path.
    type Model = BTreeMap<String, u8>;

    fn model_of(tree: &Tree, numbers: &BTreeMap<NodeId, u8>) -> Model {
        let mut found = Model::new();
        let mut pending = vec![NodeId::ROOT];
        while let Some(node) = pending.pop() {
            match tree.kind(node) {
                NodeKind::Directory(directory) => {
                    let children: Vec<_> = tree.children(directory).collect();
                    assert_eq!(children.len(), tree.child_count(directory));
                    assert!(children.windows(2).all(|two| tree.name(two[0]) < tree.name(two[1])));
                    for &child in &children {
                        assert_eq!(tree.parent(child), node);
                        assert_eq!(tree.lookup(tree.path(child)), Some(child));
                    }
                    pending.extend(children);
                }
                _ => {
                    assert!(tree.holds(node));
                    found.insert(tree.path(node), numbers[&node]);
                }
            }
        }
        found
    }

    proptest! {
        /// Any sequence of additions, removals and moves leaves what a map of paths would hold.
        #[test]
        fn as_a_map_of_paths(steps in proptest::collection::vec((0u8..4, 0usize..4, 0usize..6, 0usize..4, 0usize..6), 1..80)) {
            let folders = ["/a", "/b", "/a/c", "/b/d"];
            let names = ["1", "2", "3", "4", "5", "6"];
            let mut tree = Tree::new();
            for folder in folders {
                tree.add(folder, Item::Directory, &ItemOptions::default()).unwrap();
            }
            let mut model = Model::new();
            let mut numbers = BTreeMap::new();
            for (number, (step, folder, name, other_folder, other_name)) in steps.into_iter().enumerate() {
                let path = format!("{}/{}", folders[folder], names[name]);
                let other = format!("{}/{}", folders[other_folder], names[other_name]);
                match (step, tree.lookup(&path)) {
                    (0 | 1, None) => {
                        let node = add(&mut tree, &path);
                        numbers.insert(node, number as u8);
                        model.insert(path, number as u8);
                    }
                    (2, Some(node)) => {
                        tree.remove(node).unwrap();
                        model.remove(&path);
                    }
                    (3, Some(node)) => {
                        let parent = tree.lookup(folders[other_folder]).unwrap();
                        let moved = tree.move_to(node, parent, names[other_name]);
                        prop_assert_eq!(moved.is_ok(), path == other || !model.contains_key(&other));
                        if moved.is_ok() {
                            let number = model.remove(&path).unwrap();
                            model.insert(other, number);
                        }
                    }
                    _ => {}
                }
                prop_assert_eq!(&model_of(&tree, &numbers), &model);
            }
        }
    }

    /// Many children lie in two runs; each is found in either.
    #[test]
    fn among_many() {
        let mut tree = Tree::new();
        let nodes: Vec<_> = (0..5000u32)
            .map(|number| add(&mut tree, &format!("/d/{:05}", number.wrapping_mul(7919) % 5000)))
            .collect();
        let directory = tree.lookup("/d").unwrap();
        for node in nodes.iter().step_by(2) {
            tree.remove(*node).unwrap();
        }
        for node in nodes.iter().skip(1).step_by(4) {
            let name = [tree.name(*node), b"x"].concat();
            tree.move_to(*node, directory, name).unwrap();
        }
        let NodeKind::Directory(children) = tree.kind(directory) else { unreachable!() };
        assert_eq!(tree.child_count(children), 2500);
        assert!(nodes.iter().enumerate().all(|(at, node)| tree.holds(*node) == (at % 2 == 1)));
        let names: Vec<_> = tree.children(children).map(|child| tree.name(child)).collect();
        assert!(names.is_sorted());
    }
}
