use std::path::{Path, PathBuf};
use std::sync::Arc;

use iso9660::read::Encoding;
use iso9660::zisofs::Zisofs;
use sector_io::{FileSectors, ReadSectors};

use super::{Content, ContentId, HostFolderId, NodeId, NodeKind, Origin, Tree, next_id, scan};
use crate::Result;

/// The contents of files, each of which can have several names, and where they come from.
impl Tree {
    /// Length of a file's content in bytes, as it is stored.
    #[must_use]
    pub fn content_len(&self, content: ContentId) -> u64 {
        self.content(content).len()
    }

    /// What Rock Ridge says of a content that is stored compressed, unless it was imported so.
    #[must_use]
    pub fn zisofs(&self, content: ContentId) -> Option<&Zisofs> {
        match self.encoding(content) {
            Some(Encoding::Zisofs(entry)) => Some(entry),
            _ => None,
        }
    }

    /// What Rock Ridge says of how a content is stored, unless it was imported so.
    pub(crate) fn encoding(&self, content: ContentId) -> Option<&Encoding> {
        self.encodings.get(&content)
    }

    /// The contents that it says something of.
    pub(crate) fn encodings(&self) -> impl Iterator<Item = (ContentId, &Encoding)> {
        self.encodings.iter().map(|(content, encoding)| (*content, encoding))
    }

    /// Whether a content lies in sectors of mode 2 form 2.
    pub(crate) fn is_form_2(&self, content: ContentId) -> bool {
        self.form_2.contains(&content)
    }

    /// Whether the node's content is stored without its holes.
    pub(crate) fn is_sparse(&self, node: NodeId) -> bool {
        let NodeKind::File(content) = self.kind(node) else { return false };
        let encoding = self.encoding(content).copied().unwrap_or_else(|| self.imported_encoding(node));
        matches!(encoding, Encoding::Sparse(_))
    }

    /// Whether the node's content is stored compressed or without its holes, which only Rock Ridge can tell.
    pub(crate) fn is_encoded(&self, node: NodeId) -> bool {
        match self.kind(node) {
            NodeKind::File(content) => {
                self.encodings.contains_key(&content) || !self.imported_encoding(node).is_plain()
            }
            _ => false,
        }
    }

    /// Reads bytes of a content from `offset` on, and says how many there are: fewer where it ends.
    ///
    /// # Errors
    /// [`Error::SourceRead`](crate::Error::SourceRead), [`Error::SourceChanged`](crate::Error::SourceChanged),
    /// [`Error::ImportRead`](crate::Error::ImportRead).
    pub fn read_at(&self, content: ContentId, offset: u64, into: &mut [u8]) -> Result<usize> {
        let there = self.content_len(content).saturating_sub(offset);
        let len = usize::try_from(there).unwrap_or(usize::MAX).min(into.len());
        crate::emit::read_content(self, content, offset, &mut into[..len])?;
        Ok(len)
    }

    /// The medium that imported content lies on.
    #[must_use]
    pub fn origin(&self) -> Option<&Arc<dyn ReadSectors>> {
        self.origin.0.as_ref()
    }

    pub(crate) fn set_origin(&mut self, origin: Arc<dyn ReadSectors>, file: Option<Arc<FileSectors>>) {
        self.put_origin(Origin(Some(origin), file));
    }

    /// The medium that a content lies on if it lies on any, the file that its sectors are in, from which the kernel can
    /// copy, and where it lies there.
    pub(crate) fn lies_at(
        &self,
        content: ContentId,
    ) -> (Option<&Arc<dyn ReadSectors>>, Option<&FileSectors>, &Content) {
        let (Origin(medium, file), content) = match self.content(content) {
            Content::Foreign(foreign) => (&foreign.origin, &foreign.content),
            own => (&self.origin, own),
        };
        (medium.as_ref(), file.as_deref(), content)
    }

    pub(crate) fn content(&self, content: ContentId) -> &Content {
        self.contents.get(content.0 as usize).unwrap_or(&Content::Identity)
    }

    /// The bytes of a content that is in memory.
    pub(crate) fn memory(&self, content: ContentId) -> Option<&[u8]> {
        match self.content(content) {
            Content::Memory(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn contents(&self) -> impl ExactSizeIterator<Item = (ContentId, &Content)> {
        self.contents.iter().enumerate().map(|(id, content)| (ContentId(id as u32), content))
    }

    pub(crate) fn content_count(&self) -> usize {
        self.contents.len()
    }

    /// Path of a host file's content on the host.
    pub(crate) fn host_path(&self, content: ContentId) -> Option<PathBuf> {
        match self.content(content) {
            Content::Scanned { folder, name, .. } => {
                Some(self.host_folder(*folder).join(scan::host_name(self.names.get(*name))))
            }
            Content::Attribute { folder, name, .. } => {
                let (folder, name) = (self.host_folder(*folder), self.names.get(*name));
                let of_folder = name.is_empty();
                Some(if of_folder { folder.to_owned() } else { folder.join(scan::host_name(name)) })
            }
            Content::HostRange(range) => Some(range.path.clone()),
            Content::Sparse(stored) => self.host_path(stored.of),
            _ => None,
        }
    }

    pub(crate) fn host_folder(&self, folder: HostFolderId) -> &Path {
        &self.host_folders[folder.0 as usize].path
    }

    /// Folder and name of a scanned file: what `openat` wants.
    #[cfg(unix)]
    pub(crate) fn scanned(&self, content: ContentId) -> Option<(HostFolderId, &[u8])> {
        match self.content(content) {
            Content::Scanned { folder, name, .. } => Some((*folder, self.names.get(*name))),
            _ => None,
        }
    }

    pub(crate) fn push_content(&mut self, content: Content) -> Result<ContentId> {
        let id = next_id(self.contents.len())?;
        self.contents.push(content);
        Ok(ContentId(id))
    }
}
