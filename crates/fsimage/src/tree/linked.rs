//! Symbolic links, devices, pipes and sockets with several names.

use std::collections::BTreeMap;

use iso9660::aaip::AccessControlLists;

use super::streams::Owner;
use super::{Content, ContentId, NodeId, NodeKind, Tree};
use crate::Result;

/// What the names of such an item share: a content without bytes, in place of that of a file. Few trees have any.
#[derive(Clone, Debug, Default)]
pub(super) struct LinkedTable(BTreeMap<NodeId, ContentId>);

impl LinkedTable {
    /// Makes a node one of the names of what is known by the content, or a name of its own; says what it was.
    pub(super) fn put(&mut self, node: NodeId, content: Option<ContentId>) -> Option<ContentId> {
        match content {
            Some(content) => self.0.insert(node, content),
            None => self.0.remove(&node),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes away items from this number on.
    pub(super) fn cut(&mut self, from: NodeId) {
        self.0.split_off(&from);
    }
}

impl Tree {
    /// What all names (hard links) of an item have in common: the content of a file; of a symbolic link, device, pipe
    /// or socket with several names a content without bytes. `None` for those with one name, and for directories.
    #[must_use]
    pub fn linked_content(&self, node: NodeId) -> Option<ContentId> {
        match self.kind(node) {
            NodeKind::File(content) => Some(content),
            // Most trees have none.
            _ if self.linked.0.is_empty() => None,
            _ => self.linked.0.get(&node).copied(),
        }
    }

    /// Whether a content only tells an item from others.
    pub(crate) fn is_identity(&self, content: ContentId) -> bool {
        matches!(self.content(content), Content::Identity)
    }

    /// Whether two symbolic links, devices, pipes or sockets can be names of one.
    pub(crate) fn can_be_one(&self, a: NodeId, b: NodeId) -> bool {
        match (self.kind(a), self.kind(b)) {
            (NodeKind::File(_) | NodeKind::Directory(_), _) => false,
            (NodeKind::Symlink(a), NodeKind::Symlink(b)) => self.link_target(a) == self.link_target(b),
            (a, b) => a == b,
        }
    }

    /// Makes a symbolic link, device, pipe or socket a further name of another, which must be of its kind.
    pub(crate) fn link(&mut self, node: NodeId, to: NodeId) -> Result<()> {
        let content = self.content_for_links(to)?;
        self.put_linked(node, content);
        Ok(())
    }

    /// What further names of a symbolic link, device, pipe or socket are to share with it; `None` for other items.
    pub(super) fn content_for_links(&mut self, of: NodeId) -> Result<Option<ContentId>> {
        self.check_knows(of)?;
        if matches!(self.kind(of), NodeKind::File(_) | NodeKind::Directory(_)) {
            return Ok(None);
        }
        if let Some(content) = self.linked_content(of) {
            return Ok(Some(content));
        }
        let content = self.push_content(Content::Identity)?;
        let own = Owner::Node(of);
        self.copy_owned(own, Owner::Content(content));
        self.forget_owned(own);
        self.put_linked(of, Some(content));
        Ok(Some(content))
    }

    /// Makes a name of a file a file of its own, with the streams and lists of the others. The data stay where they lie.
    pub(crate) fn part_file(&mut self, node: NodeId) -> Result<()> {
        let NodeKind::File(content) = self.kind(node) else { return Ok(()) };
        let own = self.share_content(content)?;
        self.copy_owned(Owner::Content(content), Owner::Content(own));
        if self.is_real_time(node) {
            self.put_real_time(own, true);
        }
        self.node_mut(node).kind = NodeKind::File(own);
        Ok(())
    }

    /// Makes one of several names an item of its own, with the streams and lists of the others.
    pub(crate) fn part(&mut self, node: NodeId) {
        if let Some(content) = self.put_linked(node, None) {
            self.copy_owned(Owner::Content(content), Owner::Node(node));
        }
    }

    /// Gives an owner the streams and lists of another.
    fn copy_owned(&mut self, from: Owner, to: Owner) {
        for (name, stream) in self.streams_of(from) {
            self.put_stream((to, name), Some(stream));
        }
        if let Some(acl) = self.acls.get(from).cloned() {
            self.put_acl(to, acl);
        }
        if self.lists.is_changed(from) {
            self.change_list(to);
        }
    }

    pub(super) fn forget_owned(&mut self, owner: Owner) {
        for (name, _) in self.streams_of(owner) {
            self.put_stream((owner, name), None);
        }
        self.put_acl(owner, AccessControlLists::default());
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DeviceNumber, FileSystem, Item, ItemOptions};
    use super::*;
    use crate::Error;

    fn add(tree: &mut Tree, path: &str, item: Item<'_>) -> NodeId {
        tree.add(path, item, &ItemOptions { replace: true, ..ItemOptions::default() }).unwrap()
    }

    /// The first of the paths that are names of one item with each.
    fn groups(tree: &Tree, paths: &[&str]) -> Vec<usize> {
        let of = |path: &&str| {
            let node = tree.lookup(path).unwrap();
            tree.linked_content(node).ok_or(node)
        };
        let all: Vec<_> = paths.iter().map(of).collect();
        all.iter().map(|one| all.iter().position(|other| other == one).unwrap()).collect()
    }

    #[test]
    fn names_are_joined_and_parted() {
        let mut tree = Tree::new();
        let a = add(&mut tree, "/a", Item::Symlink(b"target"));
        tree.add_stream(a, b"user.x", Item::Bytes(b"1".as_slice().into())).unwrap();
        let b = add(&mut tree, "/b", Item::HardLink(a));
        add(&mut tree, "/c", Item::HardLink(b));
        add(&mut tree, "/other", Item::Symlink(b"target"));
        let paths = ["/a", "/b", "/c", "/other"];
        assert_eq!(groups(&tree, &paths), [0, 0, 0, 3]);
        assert!(paths[..3].iter().all(|path| tree.streams(tree.lookup(path).unwrap()).count() == 1));
        let directory = add(&mut tree, "/d", Item::Directory);
        let refused = tree.add("/e", Item::HardLink(directory), &ItemOptions::default());
        assert!(matches!(refused, Err(Error::NotAFile { .. })));

        let before = tree.change_point();
        // What takes the place of one name is no name of the others any more, of whatever kind it is.
        add(&mut tree, "/a", Item::Symlink(b"target"));
        assert_eq!(groups(&tree, &paths), [0, 1, 1, 3]);
        assert_eq!((tree.streams(a).count(), tree.streams(b).count()), (0, 1));
        let device = DeviceNumber::new(1, 3).unwrap();
        add(&mut tree, "/a", Item::CharacterDevice(device));
        add(&mut tree, "/other", Item::HardLink(a));
        assert_eq!(groups(&tree, &paths), [0, 1, 1, 0]);
        // A name of an item in its own place.
        add(&mut tree, "/b", Item::HardLink(b));
        tree.remove(tree.lookup("/c").unwrap()).unwrap();
        tree.rename(b, "renamed").unwrap();
        tree.set_name_in(b, FileSystem::Joliet, "x").unwrap();
        add(&mut tree, "/c", Item::HardLink(b));
        assert_eq!(groups(&tree, &["/a", "/renamed", "/c", "/other"]), [0, 1, 1, 0]);
        tree.part(b);
        assert_eq!(groups(&tree, &["/a", "/renamed", "/c", "/other"]), [0, 1, 2, 0]);
        assert_eq!(tree.streams(b).count(), 1);
        tree.roll_back(before).unwrap();
        assert_eq!(groups(&tree, &paths), [0, 0, 0, 3]);
    }

    #[test]
    fn a_copy_has_the_same_links() {
        let mut tree = Tree::new();
        let a = add(&mut tree, "/d/a", Item::Fifo);
        add(&mut tree, "/d/b", Item::HardLink(a));
        let mut copy = Tree::new();
        copy.restore(&tree, tree.lookup("/d").unwrap()).unwrap();
        add(&mut copy, "/d/c", Item::Fifo);
        assert_eq!(groups(&copy, &["/d/a", "/d/b", "/d/c"]), [0, 0, 2]);
    }
}
