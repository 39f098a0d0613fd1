//! Items of one tree, copied into another of the same medium: of an older session, say, into the newest.

use std::collections::HashMap;
use std::sync::Arc;

use super::{
    Content, ContentId, FolderShift, Marks, MergePolicy, MergeReport, NamedStream, NodeId, NodeKind, Section,
    Tree,
};
use crate::{Error, Result};

impl Tree {
    /// Puts an item of another tree, with all below it, at the same path of this one, with its attributes, times,
    /// streams and links. Data on the medium stay where they lie. A file is a further name of one that is here if that was a name
    /// of it there and has its data, attributes and streams unchanged; otherwise it is a file of its own. What is here has to give way, but directories are
    /// merged; directories above it that are missing are taken over as well. [`Tree::merge`] takes all of a tree.
    ///
    /// # Errors
    /// [`Error::MergeCollision`] where a directory meets something else; [`Error::InvalidArgument`] for a tree that was
    /// imported from another medium; [`Error::NotInTree`] for what is no item of the other tree; [`Error::TreeTooLarge`].
    pub fn restore(&mut self, from: &Tree, node: NodeId) -> Result<NodeId> {
        self.all_or_nothing(|tree| {
            Graft::new(tree, from)?.take(node, &|_| true).map(|(restored, _)| restored)
        })
    }

    /// The same of all files and other items for which `takes` is true, with the directories above them.
    pub(crate) fn restore_some(&mut self, from: &Tree, takes: &dyn Fn(NodeId) -> bool) -> Result<()> {
        self.all_or_nothing(|tree| Graft::new(tree, from)?.take(NodeId::ROOT, takes).map(drop))
    }
}

pub(crate) struct Graft<'a> {
    pub(crate) into: &'a mut Tree,
    pub(crate) from: &'a Tree,
    /// What contents have become.
    contents: HashMap<ContentId, ContentId>,
    /// Contents that are here, by where they lie.
    known: HashMap<ContentPlace, ContentId>,
    /// Whether files that are known by where they lie alone are others, that share their data.
    tells_files_apart: bool,
    policy: MergePolicy,
    /// What errors say of the items.
    told: &'static str,
    report: MergeReport,
    /// Where the host folders of the other tree are here, when a content needed them.
    shift: Option<FolderShift>,
}

/// The first section of a content that lies in whole sectors, and its length.
pub(crate) type ContentPlace = (Section, u64);

/// Where a content that lies in whole sectors begins, and its length.
pub(crate) fn content_place(content: &Content) -> Option<ContentPlace> {
    match content {
        Content::Imported { start, len } if *len > 0 => {
            Some((Section { start: *start, len: *len }, (*len).into()))
        }
        Content::ImportedSections { sections, len } => sections.first().map(|&first| (first, *len)),
        _ => None,
    }
}

/// Whether two contents of one medium are known to have the same bytes.
fn has_same_bytes(one: &Content, other: &Content) -> bool {
    match (one, other) {
        (Content::Memory(one), Content::Memory(other)) => one == other,
        _ if one.len() == 0 && other.len() == 0 => true,
        _ => content_place(one).is_some_and(|place| content_place(other) == Some(place)),
    }
}

impl<'a> Graft<'a> {
    pub(crate) fn new(into: &'a mut Tree, from: &'a Tree) -> Result<Graft<'a>> {
        match (into.origin(), from.origin()) {
            (Some(own), Some(other)) if !Arc::ptr_eq(own, other) => {
                return Err(Error::InvalidArgument {
                    argument: "tree to restore from".to_owned(),
                    reason: "it was imported from another medium".to_owned(),
                });
            }
            (None, Some(_)) => into.put_origin(from.origin.clone()),
            _ => {}
        }
        let known = into.contents().filter_map(|(id, content)| Some((content_place(content)?, id))).collect();
        Ok(Graft {
            into,
            from,
            contents: HashMap::new(),
            known,
            tells_files_apart: false,
            policy: MergePolicy::default(),
            told: "to be restored",
            report: MergeReport::default(),
            shift: None,
        })
    }

    pub(super) fn merging(self, policy: MergePolicy) -> Graft<'a> {
        Graft { policy, told: "of the tree that is merged", ..self }
    }

    /// Says what became of the node itself.
    pub(super) fn take(
        mut self,
        node: NodeId,
        takes: &dyn Fn(NodeId) -> bool,
    ) -> Result<(NodeId, MergeReport)> {
        self.from.check_knows(node)?;
        self.tells_files_apart = true;
        self.find_links();
        let mut above = Vec::new();
        let mut at = node;
        while at != NodeId::ROOT {
            at = self.from.parent(at);
            above.push(at);
        }
        let mut into = NodeId::ROOT;
        for directory in above.into_iter().rev().skip(1) {
            into = self.directory(directory, into)?;
        }
        let top = match (node, self.from.kind(node)) {
            (NodeId::ROOT, _) => NodeId::ROOT,
            (_, NodeKind::Directory(_)) => self.directory(node, into)?,
            _ => return self.item(node, into).map(|taken| (taken, self.report)),
        };
        // Directories that `takes` leaves empty are not made: each waits for its first item.
        let mut pending = vec![(node, vec![], top)];
        while let Some((directory, waiting, into)) = pending.pop() {
            let NodeKind::Directory(children) = self.from.kind(directory) else { continue };
            let mut made = waiting.is_empty().then_some(into);
            for child in self.from.children(children) {
                if matches!(self.from.kind(child), NodeKind::Directory(_)) {
                    if takes(child) {
                        let parent = self.made(&waiting, into, &mut made)?;
                        let below = self.directory(child, parent)?;
                        pending.push((child, vec![], below));
                    } else {
                        let mut path: Vec<NodeId> = if made.is_some() { vec![] } else { waiting.clone() };
                        path.push(child);
                        pending.push((child, path, made.unwrap_or(into)));
                    }
                } else if takes(child) {
                    let parent = self.made(&waiting, into, &mut made)?;
                    self.item(child, parent)?;
                }
            }
        }
        Ok((top, self.report))
    }

    /// Files that are here as they are there: further names that they have there are names of theirs here.
    fn find_links(&mut self) {
        let mut pending = vec![(NodeId::ROOT, NodeId::ROOT)];
        while let Some((here, there)) = pending.pop() {
            match (self.into.kind(here), self.from.kind(there)) {
                (NodeKind::Directory(here), NodeKind::Directory(there)) => {
                    let of_name = |node| Some((self.into.child(here, self.from.name(node))?, node));
                    pending.extend(self.from.children(there).filter_map(of_name));
                }
                (NodeKind::File(content), NodeKind::File(of)) if self.is_unchanged(here, there) => {
                    self.contents.entry(of).or_insert(content);
                }
                _ => {}
            }
        }
    }

    /// Whether a file has the bytes, attributes and streams of one there.
    fn is_unchanged(&self, here: NodeId, there: NodeId) -> bool {
        let (NodeKind::File(here_content), NodeKind::File(there_content)) =
            (self.into.kind(here), self.from.kind(there))
        else {
            return false;
        };
        let is_same = |(one, other): (NamedStream<'_>, NamedStream<'_>)| {
            one.name == other.name
                && has_same_bytes(self.into.content(one.content), self.from.content(other.content))
        };
        has_same_bytes(self.into.content(here_content), self.from.content(there_content))
            && self.into.attributes(here) == self.from.attributes(there)
            && self.into.modified(here) == self.from.modified(there)
            && self.into.acl(here) == self.from.acl(there)
            && self.into.streams(here).count() == self.from.streams(there).count()
            && self.into.streams(here).zip(self.from.streams(there)).all(is_same)
    }

    /// The directory that the items go to, made with those above it if nothing was in them so far.
    fn made(&mut self, waiting: &[NodeId], into: NodeId, made: &mut Option<NodeId>) -> Result<NodeId> {
        if let Some(made) = *made {
            return Ok(made);
        }
        let mut at = into;
        for &directory in waiting {
            at = self.directory(directory, at)?;
        }
        *made = Some(at);
        Ok(at)
    }

    /// The directory of that name, which may be there.
    fn directory(&mut self, node: NodeId, parent: NodeId) -> Result<NodeId> {
        match self.existing(node, parent)? {
            Some(there) => match self.into.kind(there) {
                NodeKind::Directory(_) => Ok(there),
                _ => Err(self.collision(there, node)),
            },
            None => self.copy(node, parent),
        }
    }

    /// An item other than a directory, in place of what has its name.
    fn item(&mut self, node: NodeId, parent: NodeId) -> Result<NodeId> {
        if let Some(there) = self.existing(node, parent)? {
            if matches!(self.into.kind(there), NodeKind::Directory(_)) {
                return Err(self.collision(there, node));
            }
            match self.policy {
                MergePolicy::Replace => self.report.replaced += 1,
                MergePolicy::Keep => {
                    self.report.kept.push(there);
                    return Ok(there);
                }
                MergePolicy::Refuse => return Err(Error::DuplicateName { path: self.into.path(there) }),
            }
            self.into.remove(there)?;
        }
        self.copy(node, parent)
    }

    fn existing(&self, node: NodeId, parent: NodeId) -> Result<Option<NodeId>> {
        let directory = self.into.directory_of(parent)?;
        Ok(self.into.child(directory, self.from.name(node)))
    }

    fn collision(&self, there: NodeId, node: NodeId) -> Error {
        Error::MergeCollision {
            path: self.into.path(there),
            existing: self.into.kind(there).kind(),
            existing_from: self.into.provenance(there),
            added: self.from.kind(node).kind(),
            added_from: self.told.to_owned(),
        }
    }

    fn copy(&mut self, node: NodeId, parent: NodeId) -> Result<NodeId> {
        let new = self.copy_as(node, parent, self.from.name(node))?;
        self.into.node_mut(new).marks.insert(Marks::PLACED_ANEW);
        Ok(new)
    }

    /// Copies an item, but nothing that is below it, under a name that must be free.
    pub(crate) fn copy_as(&mut self, node: NodeId, parent: NodeId, name: &[u8]) -> Result<NodeId> {
        let from = self.from;
        let directory = self.into.directory_of(parent)?;
        let kind = match from.kind(node) {
            NodeKind::Directory(_) => self.into.new_directory()?,
            NodeKind::File(content) => NodeKind::File(self.file_content(content)?),
            NodeKind::Symlink(target) => {
                NodeKind::Symlink(self.into.push_link_target(from.link_target(target))?)
            }
            other => other,
        };
        let carried = from.carried_entries(node);
        let (attributes, modified) = (from.attributes(node), from.modified(node));
        let new = self.into.push_imported(parent, name, kind, attributes, modified, carried)?;
        let copied = self.into.node_mut(new);
        (copied.hidden_in, copied.imported) = (from.hidden_in(node), from.is_imported(node));
        (copied.marks, copied.concealed_in) = (from.node(node).marks, from.node(node).concealed_in);
        if let (Some(content), false) = (from.linked_content(node), matches!(kind, NodeKind::File(_))) {
            let content = self.content(content)?;
            self.into.put_linked(new, Some(content));
        }
        if from.times.has(node) {
            self.into.put_times(new, &from.times(node));
        }
        self.into.copy_udf_attributes(new, from, node);
        self.into.copy_own_names(new, from, node)?;
        self.into.copy_list(new, from, node)?;
        let (own, parent) = from.own_entries(node);
        self.into.set_own_entries(new, own, parent)?;
        if let Some(acl) = from.acl(node) {
            let owner = self.into.owner_of(new);
            self.into.put_acl(owner, acl.clone());
        }
        for stream in from.streams(node) {
            let content = self.content(stream.content)?;
            self.into.push_imported_stream(new, stream.name, content, stream.is_metadata)?;
        }
        if from.is_real_time(node) {
            self.into.set_real_time(new, true)?;
        }
        self.into.attach(new, directory);
        Ok(new)
    }

    fn file_content(&mut self, id: ContentId) -> Result<ContentId> {
        let place = content_place(self.from.content(id)).filter(|_| self.tells_files_apart);
        match place.and_then(|place| self.known.get(&place).copied()) {
            Some(known) if !self.contents.contains_key(&id) => {
                let own = self.into.share_content(known)?;
                self.take_encoding(id, own);
                self.contents.insert(id, own);
                Ok(own)
            }
            _ => self.content(id),
        }
    }

    fn take_encoding(&mut self, id: ContentId, of: ContentId) {
        if let Some(encoding) = self.from.encoding(id) {
            self.into.set_encoding(of, *encoding);
        }
    }

    fn content(&mut self, id: ContentId) -> Result<ContentId> {
        if let Some(&known) = self.contents.get(&id) {
            return Ok(known);
        }
        let content = self.from.content(id);
        if let Content::Scanned { .. } | Content::Attribute { .. } | Content::Sparse(_) = content {
            let shift = match self.shift {
                Some(shift) => shift,
                None => *self.shift.insert(self.into.take_host_folders(self.from)?),
            };
            let taken = self.into.take_content(self.from, id, shift)?;
            self.contents.insert(id, taken);
            return Ok(taken);
        }
        let place = content_place(content);
        let known = place.and_then(|place| self.known.get(&place).copied());
        let new = match (known, content) {
            (Some(known), _) => known,
            (None, Content::Joined(joined)) => {
                let parts = joined.contents().map(|part| self.content(part)).collect::<Result<Vec<_>>>()?;
                self.into.push_joined(&parts)?
            }
            (None, content) => {
                let new = self.into.push_content(content.clone())?;
                self.into.put_digest(new, self.from.digests.known.get(&id).copied());
                new
            }
        };
        self.take_encoding(id, new);
        if let Some(place) = place {
            self.known.insert(place, new);
        }
        self.contents.insert(id, new);
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Item, ItemOptions};
    use super::*;

    fn tree_of(names: &[&str]) -> Tree {
        let mut tree = Tree::new();
        for name in names {
            tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions::default()).unwrap();
        }
        tree
    }

    #[test]
    fn directories_above_come_along_and_links_stay_links() {
        let mut old = tree_of(&["/a/b/one"]);
        let one = old.lookup("/a/b/one").unwrap();
        old.add("/a/b/c/link", Item::HardLink(one), &ItemOptions::default()).unwrap();
        old.add_stream(one, b"user.x", Item::Bytes(b"1".as_slice().into())).unwrap();
        let attributes = super::super::Attributes { permissions: 0o700, uid: 7, gid: 8 };
        old.set_attributes(old.lookup("/a").unwrap(), attributes);
        let mut new = tree_of(&["/x"]);
        let restored = new.restore(&old, old.lookup("/a/b").unwrap()).unwrap();
        assert_eq!(new.path(restored), "/a/b");
        assert_eq!(new.attributes(new.lookup("/a").unwrap()), attributes);
        let (one, link) = (new.lookup("/a/b/one").unwrap(), new.lookup("/a/b/c/link").unwrap());
        assert_eq!(new.kind(one), new.kind(link));
        assert_eq!(new.streams(link).count(), 1);
        assert!(new.lookup("/x").is_some());
    }

    #[test]
    fn what_is_there_gives_way_but_not_to_another_kind() {
        let old = tree_of(&["/file", "/d/in it"]);
        let mut new = tree_of(&["/file", "/d/other"]);
        new.restore(&old, old.lookup("/file").unwrap()).unwrap();
        new.restore(&old, old.lookup("/d").unwrap()).unwrap();
        assert!(new.lookup("/d/other").is_some() && new.lookup("/d/in it").is_some());
        let mut new = tree_of(&["/file/below", "/d"]);
        for path in ["/file", "/d", "/d/in it"] {
            let collision = new.restore(&old, old.lookup(path).unwrap()).unwrap_err();
            assert!(matches!(collision, Error::MergeCollision { .. }), "{collision}");
        }
    }

    #[test]
    fn directories_of_nothing_that_is_taken_are_not_made() {
        let old = tree_of(&["/a/b/yes", "/a/c/no", "/d/no", "/e/f/g/yes"]);
        let mut new = Tree::new();
        new.restore_some(&old, &|node| old.name(node) == b"yes").unwrap();
        for path in ["/a/b/yes", "/e/f/g/yes"] {
            assert!(new.lookup(path).is_some(), "{path}");
        }
        for path in ["/a/c", "/d"] {
            assert!(new.lookup(path).is_none(), "{path}");
        }
    }
}
