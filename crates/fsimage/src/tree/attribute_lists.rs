//! The attribute lists of Rock Ridge (AAIP): extended attributes, which are named streams elsewhere, and access
//! control lists. One that was imported is written again as it was, unless something in it is changed.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use iso9660::aaip::{
    AccessControlLists, AttributeList, AttributeListEncoder, component_len, is_internal, list_len,
};

use super::acl::{acl_of, attributes_of, is_acl};
use super::arena::ArenaRef;
use super::journal::{cut_map, cut_set};
use super::streams::Owner;
use super::{Content, ContentId, NamedStream, NodeId, Tree};
use crate::Result;
use crate::md5_tags::{ARRAY_ATTRIBUTE, INDEX_ATTRIBUTE};

/// Bytes of the longest list that is written. Linux follows 31 continuation areas, of 2 KiB each, and shows no
/// file that has more.
const MOST_BYTES: usize = 48 << 10;

/// Lists as an import found them.
#[derive(Clone, Debug, Default)]
pub(super) struct RecordedLists {
    pub(super) of: HashMap<NodeId, ArenaRef>,
    /// Items whose recorded lists are not theirs any more, but for what is internal.
    changed: HashSet<Owner>,
}

impl RecordedLists {
    /// Notes that something in the list of an item is changed; whether that is news.
    pub(super) fn change(&mut self, owner: Owner) -> bool {
        !self.of.is_empty() && self.changed.insert(owner)
    }

    pub(super) fn is_changed(&self, owner: Owner) -> bool {
        self.changed.contains(&owner)
    }

    /// Takes that back.
    pub(super) fn unchange(&mut self, owner: Owner) {
        self.changed.remove(&owner);
    }

    /// Gives an item a list, or takes it away; says which it had.
    pub(super) fn put(&mut self, node: NodeId, list: Option<ArenaRef>) -> Option<ArenaRef> {
        match list {
            Some(list) => self.of.insert(node, list),
            None => self.of.remove(&node),
        }
    }

    /// Takes away what belongs to items that are gone.
    pub(super) fn cut(&mut self, nodes: Range<u32>, contents: Range<u32>) {
        cut_map(&mut self.of, nodes.clone(), NodeId);
        cut_set(&mut self.changed, nodes, |node| Owner::Node(NodeId(node)));
        cut_set(&mut self.changed, contents, |content| Owner::Content(ContentId(content)));
    }
}

/// Whether the values of attributes are wanted, or just as many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    Counted,
    Read,
}

impl Tree {
    /// Takes the list of an imported record. What it says becomes streams and access control lists.
    pub(crate) fn push_imported_list(&mut self, node: NodeId, recorded: &[u8]) -> Result<()> {
        let reference = self.names.push_long(recorded)?;
        self.put_list(node, Some(reference));
        // What is wrong with it was told when it was read.
        let mut list = AttributeList::decode(recorded, &mut |_| {});
        let owner = self.owner_of(node);
        for (name, value) in attributes_of(&list) {
            let content = self.push_content(Content::Memory(value.into()))?;
            // Of several names of one file, and of one attribute twice, the first counts.
            self.push_imported_stream(node, name, content, false)?;
        }
        if self.acls.get(owner).is_none() {
            self.put_acl(owner, acl_of(&mut list));
        }
        Ok(())
    }

    /// Gives a node the recorded list of one of another tree, whose streams and access control lists it gets as well.
    pub(super) fn copy_list(&mut self, node: NodeId, from: &Tree, of: NodeId) -> Result<()> {
        if let Some(&reference) = from.lists.of.get(&of) {
            let reference = self.names.push_long(from.names.get(reference))?;
            self.put_list(node, Some(reference));
        }
        if from.lists.is_changed(from.owner_of(of)) {
            self.change_list(self.owner_of(node));
        }
        Ok(())
    }

    /// Whether the item has the list that was imported with it.
    pub(crate) fn has_imported_list(&self, node: NodeId) -> bool {
        self.lists.of.contains_key(&node) && !self.lists.is_changed(self.owner_of(node))
    }

    /// Whether Rock Ridge has attribute lists for this tree.
    pub(crate) fn has_attribute_lists(&self) -> bool {
        self.has_streams() || self.has_acls() || !self.lists.of.is_empty()
    }

    /// How many streams of an item the list in Rock Ridge leaves out.
    pub(crate) fn dropped_from_list(&self, node: NodeId) -> u64 {
        let acl = self.acl(node);
        if self.recorded_list(node, acl).is_some() {
            return 0;
        }
        let mut room = Room::beside(acl);
        self.streams(node).filter(|stream| !room.takes(self, stream)).count() as u64
    }

    /// Appends the `AL` entries of an item, if it has any. `sums` is the attribute by which MD5 sums are found; that of
    /// an earlier session is left out.
    ///
    /// # Errors
    /// Those of reading values.
    pub(crate) fn append_attribute_list(
        &self,
        node: NodeId,
        values: Values,
        sums: Option<&(&[u8], Vec<u8>)>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let acl = self.acl(node);
        if let Some(recorded) = self.recorded_list(node, acl) {
            let sums = sums.map(|(name, value)| (*name, &value[..]));
            let mut encoder = AttributeListEncoder::new(out);
            encoder.push_recorded(recorded, &SUMS, sums);
            encoder.finish();
            return Ok(());
        }
        let mut room = Room::beside(acl);
        let mut encoder = AttributeListEncoder::new(out);
        let mut value = Vec::new();
        for stream in self.streams(node).filter(|stream| room.takes(self, stream)) {
            value.clear();
            value.resize(self.content_len(stream.content) as usize, 0);
            if values == Values::Read {
                crate::emit::read_content(self, stream.content, 0, &mut value)?;
            }
            encoder.push(stream.name, &value);
        }
        if let Some(reference) = self.lists.of.get(&node) {
            let recorded = AttributeList::decode(self.names.get(*reference), &mut |_| {});
            for (name, value) in recorded.attributes().filter(|(name, _)| is_kept(name)) {
                encoder.push(name, value);
            }
        }
        if let Some((name, value)) = sums {
            encoder.push(name, value);
        }
        if let Some(acl) = acl {
            let mut acl = acl.clone();
            acl.set_permissions(self.attributes(node).permissions);
            encoder.push_acl(&acl);
        }
        encoder.finish();
        Ok(())
    }

    /// The list as it was recorded, if it is so still.
    fn recorded_list(&self, node: NodeId, acl: Option<&AccessControlLists>) -> Option<&[u8]> {
        let reference = self.lists.of.get(&node)?;
        let is_unchanged = !self.lists.is_changed(self.owner_of(node));
        let has_mode = acl.and_then(AccessControlLists::permissions);
        let is_of_mode = has_mode.is_none_or(|bits| bits == self.attributes(node).permissions & 0o777);
        (is_unchanged && is_of_mode).then(|| self.names.get(*reference))
    }
}

/// The attributes that tell where MD5 sums are: those of an earlier session are not where this one's are.
const SUMS: [&[u8]; 2] = [ARRAY_ATTRIBUTE, INDEX_ATTRIBUTE];

/// Whether an attribute that serves those who write images is kept when the others change.
fn is_kept(name: &[u8]) -> bool {
    is_internal(name) && !SUMS.contains(&name)
}

/// What of a list is left for attributes. Access control lists come first.
struct Room {
    /// Bytes of component records.
    used: usize,
}

impl Room {
    fn beside(acl: Option<&AccessControlLists>) -> Room {
        let used = acl.map_or(0, |acl| {
            let mut value = Vec::new();
            acl.encode(&mut value);
            component_len(0) + component_len(value.len())
        });
        Room { used }
    }

    /// Whether the list takes this one too. What an implementation keeps for itself is none of the
    /// item's attributes.
    fn takes(&mut self, tree: &Tree, stream: &NamedStream<'_>) -> bool {
        let len = tree.content_len(stream.content);
        if stream.is_metadata || is_internal(stream.name) || is_acl(stream.name) || len > MOST_BYTES as u64 {
            return false;
        }
        // A name is recorded with a byte more at most.
        let used = self.used + component_len(stream.name.len() + 1) + component_len(len as usize);
        let fits = list_len(used) <= MOST_BYTES;
        if fits {
            self.used = used;
        }
        fits
    }
}
