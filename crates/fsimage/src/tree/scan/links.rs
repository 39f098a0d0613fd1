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
            Content::Spooled { len: stored, .. } => {
                *stored == len && self.encoding(known.content).is_none()
            }
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
