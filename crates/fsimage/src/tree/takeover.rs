//! Taking over items of another tree, for a tree that is brought up to date.

use std::sync::Arc;

use sector_io::Sector;

use super::content::{HostRange, SparseContent};
use super::streams::{Owner, Stream};
use super::{
    Content, ContentId, HostFolder, HostFolderId, Marks, Node, NodeId, NodeKind, Timestamp, Tree, next_id,
};
use crate::{Error, Result};
use iso9660::aaip::AccessControlLists;
use iso9660::read::Encoding;

/// By how much the numbers of the other tree's host folders grow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FolderShift(u32);

/// What an item has beside what every item has.
pub(crate) struct FurtherAttributes {
    streams: Vec<(Box<[u8]>, Stream)>,
    acl: Option<AccessControlLists>,
}

impl Tree {
    /// Takes the paths of all host folders of `other`, which its contents need.
    pub(crate) fn take_host_folders(&mut self, other: &Tree) -> Result<FolderShift> {
        let shift = next_id(self.host_folders.len())?;
        let folders = other.host_folders.iter();
        self.host_folders
            .extend(folders.map(|folder| HostFolder { path: folder.path.clone(), directory: None }));
        next_id(self.host_folders.len())?;
        Ok(FolderShift(shift))
    }

    /// Takes a content of `other`, whose host folders were taken.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for what lies on the medium of another session.
    pub(crate) fn take_content(
        &mut self,
        other: &Tree,
        id: ContentId,
        shift: FolderShift,
    ) -> Result<ContentId> {
        let moved = |folder: HostFolderId| HostFolderId(folder.0 + shift.0);
        let content = match other.content(id) {
            Content::Scanned { folder, name, len, modified } => Content::Scanned {
                folder: moved(*folder),
                name: self.names.push(other.names.get(*name))?,
                len: *len,
                modified: *modified,
            },
            Content::Attribute { folder, name, attribute, len } => Content::Attribute {
                folder: moved(*folder),
                name: self.names.push(other.names.get(*name))?,
                attribute: self.names.push(other.names.get(*attribute))?,
                len: *len,
            },
            Content::HostRange(range) => Content::HostRange(Box::new(HostRange::clone(range))),
            Content::Memory(bytes) => Content::Memory(bytes.clone()),
            Content::BootCatalog { len } => Content::BootCatalog { len: *len },
            Content::Identity => Content::Identity,
            Content::Digests { .. } => {
                return Err(Error::Unsupported {
                    feature:
                        "a source tree that is to record digests (prepare them in the tree that is written)"
                            .to_owned(),
                });
            }
            Content::Spooled { file, offset, len } => {
                Content::Spooled { file: file.clone(), offset: *offset, len: *len }
            }
            Content::Sparse(stored) => {
                let of = self.take_content(other, stored.of, shift)?;
                let SparseContent { tables, data, .. } = &**stored;
                let (tables, data) = (tables.clone(), data.clone());
                Content::Sparse(Arc::new(SparseContent { of, tables, data, ..**stored }))
            }
            Content::Foreign(foreign) => Content::Foreign(foreign.clone()),
            Content::Joined(joined) => {
                let parts = joined.contents().map(|part| self.take_content(other, part, shift));
                let parts = parts.collect::<Result<Vec<_>>>()?;
                return self.push_joined(&parts);
            }
            Content::Imported { .. }
            | Content::ImportedSections { .. }
            | Content::ImportedStretches { .. } => {
                return Err(Error::Unsupported {
                    feature: "a source tree with contents of another session".to_owned(),
                });
            }
        };
        let taken = self.push_content(content)?;
        if let Some(encoding) = other.encoding(id) {
            self.set_encoding(taken, *encoding);
        }
        if let Some(&weight) = other.weights.get(&id) {
            self.put_weight(taken, weight);
        }
        Ok(taken)
    }

    /// A new item with names, attributes and times of `node` in `other`. [`Tree::set_children`] puts it in its directory.
    pub(crate) fn take_node(
        &mut self,
        other: &Tree,
        node: NodeId,
        parent: NodeId,
        kind: NodeKind,
    ) -> Result<NodeId> {
        let id = NodeId(next_id(self.nodes.len())?);
        let name = self.names.push(other.name(node))?;
        let attributes = self.attributes.intern(other.attributes(node));
        let (hidden_in, modified) = (other.hidden_in(node), other.modified(node));
        self.nodes.push(Node {
            parent,
            name,
            hidden_in,
            imported: false,
            concealed_in: other.node(node).concealed_in,
            marks: other.node(node).marks,
            kind,
            attributes,
            modified,
            carried: 0,
        });
        self.put_times(id, &other.times(node));
        self.copy_udf_attributes(id, other, node);
        self.copy_own_names(id, other, node)?;
        Ok(id)
    }

    /// Gives an item another place; the children of both directories are set with [`Tree::set_children`].
    pub(crate) fn put(&mut self, node: NodeId, parent: NodeId, name: &[u8]) -> Result<()> {
        if self.name(node) == name && self.parent(node) == parent {
            return Ok(());
        }
        self.call(node, name)?;
        let moved = self.place_mut(node);
        moved.parent = parent;
        moved.marks.insert(Marks::PLACED_ANEW | Marks::CALLED_ANEW);
        Ok(())
    }

    /// Gives an item the name of which the imported session's is a form. What other file systems recorded of it may not
    /// follow from that name: then it counts as another.
    pub(crate) fn spell(&mut self, node: NodeId, name: &[u8]) -> Result<()> {
        if self.name(node) != name {
            let had_own_names = self.own_names_of(node).next().is_some();
            self.call(node, name)?;
            if had_own_names {
                self.place_mut(node).marks.insert(Marks::PLACED_ANEW);
            }
        }
        Ok(())
    }

    fn call(&mut self, node: NodeId, name: &[u8]) -> Result<()> {
        if self.name(node) != name {
            let name = self.names.push(name)?;
            self.forget_own_names(node);
            let called = self.place_mut(node);
            called.name = name;
            called.marks.insert(Marks::CALLED_ANEW);
        }
        Ok(())
    }

    /// Gives a symbolic link another target, without any other change.
    pub(crate) fn retarget(&mut self, node: NodeId, target: &[u8]) -> Result<()> {
        let target = self.push_link_target(target)?;
        self.node_mut(node).kind = NodeKind::Symlink(target);
        Ok(())
    }

    /// Makes an item what `node` of `other` is, with its attributes and times, and nothing of what it was.
    pub(crate) fn become_item(&mut self, id: NodeId, other: &Tree, node: NodeId, kind: NodeKind) {
        self.replace(id, kind, other.attributes(node), other.modified(node));
        let marks = &mut self.node_mut(id).marks;
        marks.set(Marks::UNDATED, other.is_undated(node));
        marks.set(Marks::UNSPECIFIED, other.has_no_modification(node));
        self.put_times(id, &other.times(node));
    }

    /// A time of modification that is the one an import found, and more precise: what was recorded is kept.
    pub(crate) fn refine_modified(&mut self, node: NodeId, modified: Timestamp) {
        self.node_mut(node).modified = modified;
    }

    /// A further content in the place of an imported one.
    pub(crate) fn share_content(&mut self, content: ContentId) -> Result<ContentId> {
        let same = self.content(content).clone();
        let further = self.push_content(same)?;
        self.share_digest(content, further);
        if self.is_form_2(content) {
            self.set_form_2(further);
        }
        Ok(further)
    }

    /// Whether bytes of the content are on the medium, or in the tree, so that another file can have them as well.
    pub(crate) fn is_shareable(&self, content: ContentId) -> bool {
        match self.content(content) {
            Content::Imported { len, start } => *len > 0 && *start > Sector::ZERO,
            Content::ImportedSections { .. } => true,
            _ => false,
        }
    }

    /// What Rock Ridge said of how an imported file is stored.
    pub(crate) fn imported_encoding(&self, node: NodeId) -> Encoding {
        Encoding::of(self.carried_entries(node))
    }

    /// Says of a further name of an imported file how it is stored.
    pub(crate) fn carry_encoding(&mut self, node: NodeId, encoding: &Encoding) -> Result<()> {
        let mut recorded = Vec::new();
        encoding.encode(&mut recorded);
        let carried = self.push_carried(&recorded)?;
        self.node_mut(node).carried = carried;
        Ok(())
    }

    /// Takes from an imported file what Rock Ridge said of how it is stored: it is stored as it is.
    pub(crate) fn forget_encoding(&mut self, node: NodeId) -> Result<()> {
        let left = Encoding::without(self.carried_entries(node));
        let carried = self.push_carried(&left)?;
        self.node_mut(node).carried = carried;
        Ok(())
    }

    /// Length of a file in bytes, uncompressed and with its holes.
    pub(crate) fn plain_len(&self, node: NodeId) -> u64 {
        match self.kind(node) {
            NodeKind::File(content) => {
                let imported = || self.imported_encoding(node);
                let encoding = self.encoding(content).copied().unwrap_or_else(imported);
                encoding.file_len(self.content_len(content))
            }
            _ => 0,
        }
    }

    /// The named streams and access control lists of an item, if it has any.
    pub(crate) fn further_attributes(&self, node: NodeId) -> Option<FurtherAttributes> {
        let streams = self.streams_of(self.owner_of(node));
        let acl = self.acl(node).cloned();
        (!streams.is_empty() || acl.is_some()).then_some(FurtherAttributes { streams, acl })
    }

    /// Gives an item those that it had before it became another, where it has none of its own.
    pub(crate) fn keep_further(
        &mut self,
        id: NodeId,
        further: FurtherAttributes,
        streams: bool,
        acls: bool,
    ) -> Result<()> {
        let FurtherAttributes { streams: of_streams, acl } = further;
        for (name, stream) in of_streams.into_iter().filter(|_| streams) {
            let content = self.share_content(stream.content)?;
            self.push_imported_stream(id, &name, content, stream.is_metadata)?;
        }
        if let Some(acl) = acl.filter(|_| acls && self.acl(id).is_none()) {
            self.take_acl(id, acl);
        }
        Ok(())
    }

    /// Gives an item the named streams of `node` in `other`, in place of its own.
    pub(crate) fn take_streams_of(
        &mut self,
        id: NodeId,
        other: &Tree,
        node: NodeId,
        shift: FolderShift,
    ) -> Result<()> {
        let own: Vec<Box<[u8]>> = self.streams(id).map(|stream| stream.name.into()).collect();
        for name in own {
            self.remove_stream(id, &name);
        }
        let owner: Owner = self.owner_of(id);
        self.change_list(owner);
        for stream in other.streams(node) {
            let content = self.take_content(other, stream.content, shift)?;
            self.push_imported_stream(id, stream.name, content, stream.is_metadata)?;
        }
        Ok(())
    }

    /// Gives an item the access control lists of `node` in `other`, which may be none.
    pub(crate) fn take_acl_of(&mut self, id: NodeId, other: &Tree, node: NodeId) {
        if self.acl(id) != other.acl(node) {
            self.take_acl(id, other.acl(node).cloned().unwrap_or_default());
        }
    }
}
