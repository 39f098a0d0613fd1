//! Nodes by their paths, and the paths of nodes.

use super::{ContentId, Kind, NodeId, NodeKind, Tree};
use crate::{Error, Result};

impl Tree {
    /// The path from the root, with a leading slash; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn path(&self, node: NodeId) -> String {
        let mut names = Vec::new();
        let mut at = node;
        while at != NodeId::ROOT {
            names.push(self.name(at));
            at = self.parent(at);
        }
        if names.is_empty() {
            return "/".to_owned();
        }
        names.iter().rev().fold(String::new(), |mut path, name| {
            path.push('/');
            path.push_str(&String::from_utf8_lossy(name));
            path
        })
    }

    /// The node at a path of names with slashes between them.
    pub fn lookup(&self, path: impl AsRef<[u8]>) -> Option<NodeId> {
        path.as_ref().split(|&byte| byte == b'/').filter(|name| !matches!(*name, b"" | b".")).try_fold(
            NodeId::ROOT,
            |at, name| match self.kind(at) {
                NodeKind::Directory(directory) => self.child(directory, name),
                _ => None,
            },
        )
    }

    /// The node at a path.
    ///
    /// # Errors
    /// [`Error::NotFound`], with [`Kind::Directory`] for one that is missing on the way; [`Error::NotADirectory`] for what
    /// is in its place.
    pub fn item_at(&self, path: impl AsRef<[u8]>) -> Result<NodeId> {
        self.find(path.as_ref(), None)
    }

    /// The file at a path, and its content.
    ///
    /// # Errors
    /// As [`Tree::item_at`]; [`Error::NotFound`] with [`Kind::File`]; [`Error::NotAFile`].
    pub fn file_at(&self, path: impl AsRef<[u8]>) -> Result<(NodeId, ContentId)> {
        let node = self.find(path.as_ref(), Some(Kind::File))?;
        match self.kind(node) {
            NodeKind::File(content) => Ok((node, content)),
            other => Err(Error::NotAFile { path: self.path(node), kind: other.kind() }),
        }
    }

    /// The directory at a path; `/` is the root.
    ///
    /// # Errors
    /// As [`Tree::item_at`].
    pub fn directory_at(&self, path: impl AsRef<[u8]>) -> Result<NodeId> {
        let node = self.find(path.as_ref(), Some(Kind::Directory))?;
        self.directory_of(node).map(|_| node)
    }

    fn find(&self, path: &[u8], wanted: Option<Kind>) -> Result<NodeId> {
        let mut names =
            path.split(|&byte| byte == b'/').filter(|name| !matches!(*name, b"" | b".")).peekable();
        let mut at = NodeId::ROOT;
        while let Some(name) = names.next() {
            let directory = self.directory_of(at)?;
            at = self.child(directory, name).ok_or_else(|| Error::NotFound {
                path: String::from_utf8_lossy(path).into_owned(),
                wanted: if names.peek().is_some() { Some(Kind::Directory) } else { wanted },
            })?;
        }
        Ok(at)
    }
}
