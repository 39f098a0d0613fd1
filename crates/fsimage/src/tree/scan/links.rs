//! Items of the host with several names, wherever a tree gets these from.

use std::collections::HashMap;
use std::fs::Metadata;

use super::super::{Content, ContentId, NodeId, Tree};
use super::host;

/// Device and inode number.
type Key = (u64, u64);

/// What a tree has of the host that can come again under another name: items with several names there, and files that
/// were named one by one.
#[derive(Clone, Debug, Default)]
pub(in crate::tree) struct HostLinks {
    files: HashMap<Key, KnownFile>,
    /// Symbolic links, devices, pipes and sockets: the first name of each.
    others: HashMap<Key, NodeId>,
}

/// A file as it was when it came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tree) struct KnownFile {
    pub(in crate::tree) content: ContentId,
    pub(in crate::tree) len: u64,
    /// Nanoseconds since 1970.
    pub(in crate::tree) modified: i64,
}

impl HostLinks {
    /// Takes away nodes and contents from these numbers on.
    pub(in crate::tree) fn cut(&mut self, nodes: NodeId, contents: ContentId) {
        self.files.retain(|_, known| known.content < contents);
        self.others.retain(|_, first| *first < nodes);
    }
}

impl Tree {
    /// The content that a file of the host has already. One that was changed since is another, and so is one whose
    /// content was given another form.
    pub(in crate::tree) fn known_file(&self, key: Key, len: u64, modified: i64) -> Option<ContentId> {
        let known = self.host_links.files.get(&key)?;
        let is_as_it_was = match self.content(known.content) {
            Content::Scanned { .. } | Content::HostRange(_) => true,
            // Staged, but not compressed.
            Content::Spooled { len: stored, .. } => *stored == len && self.encoding(known.content).is_none(),
            _ => false,
        };
        (is_as_it_was && (known.len, known.modified) == (len, modified)).then_some(known.content)
    }

    /// Notes a file whose further names are to share its content.
    pub(in crate::tree) fn note_file(&mut self, key: Key, known: KnownFile) {
        self.host_links.files.insert(key, known);
    }

    /// The first name of a link, device, pipe or socket with several names.
    pub(super) fn first_name(&self, key: Key) -> Option<NodeId> {
        self.host_links.others.get(&key).copied()
    }

    pub(super) fn note_first_name(&mut self, key: Key, node: NodeId) {
        self.host_links.others.insert(key, node);
    }
}

/// What tells a file of the host from others, where the system says it.
pub(in crate::tree) fn file_key(metadata: &Metadata) -> Option<Key> {
    host::identity(metadata)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::super::{Item, ItemOptions, NodeKind};
    use super::*;
    use crate::{Control, ScanOptions};

    fn content(tree: &Tree, path: &str) -> ContentId {
        match tree.kind(tree.lookup(path).unwrap()) {
            NodeKind::File(content) => content,
            other => panic!("{path} is {other:?}"),
        }
    }

    fn scan(tree: &mut Tree, folder: &Path, target: &str) {
        let target = tree.add(target, Item::Directory, &ItemOptions::default()).unwrap();
        tree.scan(folder, target, &ScanOptions::default(), &Control::default()).unwrap();
    }

    fn add(tree: &mut Tree, file: &Path, name: &str) {
        tree.add(name, Item::HostFile(file), &ItemOptions::default()).unwrap();
    }

    #[test]
    fn names_that_come_by_different_sources() {
        let host = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(|folder| host.path().join(folder));
        fs::create_dir(&one).unwrap();
        fs::create_dir(&two).unwrap();
        fs::write(one.join("f"), "data").unwrap();
        fs::write(one.join("alone"), "data").unwrap();
        fs::hard_link(one.join("f"), two.join("g")).unwrap();
        std::os::unix::fs::symlink("target", one.join("link")).unwrap();
        fs::hard_link(one.join("link"), two.join("link")).unwrap();

        let mut tree = Tree::new();
        scan(&mut tree, &one, "/A");
        scan(&mut tree, &two, "/B");
        assert_eq!(content(&tree, "/A/f"), content(&tree, "/B/g"));
        let links = ["/A/link", "/B/link"].map(|link| tree.linked_content(tree.lookup(link).unwrap()));
        assert!(links[0].is_some() && links[0] == links[1], "{links:?}");
        add(&mut tree, &two.join("g"), "/C");
        add(&mut tree, &one.join("alone"), "/D");
        add(&mut tree, &one.join("alone"), "/E");
        assert_eq!(content(&tree, "/C"), content(&tree, "/A/f"));
        assert_eq!(content(&tree, "/D"), content(&tree, "/E"));

        // Named first, and found by a scan then.
        let mut tree = Tree::new();
        add(&mut tree, &one.join("f"), "/C");
        scan(&mut tree, &two, "/B");
        assert_eq!(content(&tree, "/C"), content(&tree, "/B/g"));
    }

    #[test]
    fn what_was_changed_or_undone_is_not_taken_again() {
        let host = tempfile::tempdir().unwrap();
        let file = host.path().join("f");
        fs::write(&file, "data").unwrap();
        let mut tree = Tree::new();
        let before = tree.change_point();
        add(&mut tree, &file, "/a");
        tree.roll_back(before).unwrap();
        tree.add("/other", Item::Bytes(b"four"[..].into()), &ItemOptions::default()).unwrap();
        add(&mut tree, &file, "/a");
        assert_ne!(content(&tree, "/a"), content(&tree, "/other"));
        fs::write(&file, "longer data").unwrap();
        add(&mut tree, &file, "/b");
        assert_ne!(content(&tree, "/a"), content(&tree, "/b"));
        // What is in no directory is a content of its own: a partition, say.
        assert_ne!(tree.add_content(Item::HostFile(&file)).unwrap(), content(&tree, "/b"));
    }
}
