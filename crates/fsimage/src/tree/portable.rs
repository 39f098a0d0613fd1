//! A tree as a list of items and one of contents, and back. Both keep the order of their numbers, which layouts follow.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use iso9660::aaip::{AccessControlLists, AttributeListEntry};
use iso9660::read::Encoding;
use iso9660::susp::{Signature, entries};
use serde::{Deserialize, Serialize};

use super::streams::Stream;
use super::{
    Attributes, Content, ContentId, DeviceNumber, DigestFiles, FileSystem, FileSystems, Marks, Node, NodeId,
    NodeKind, RelocatedAs, Times, Timestamp, Tree, UdfFlags, check_name,
};
use crate::Result;
use crate::digests::DigestAlgorithm;
use crate::portable::Bytes;

/// An item of the tree. The first is the root.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortableItem {
    /// Number of the directory it is in.
    parent: u32,
    #[serde(default, skip_serializing_if = "Bytes::is_empty")]
    name: Bytes,
    kind: PortableKind,
    permissions: u16,
    uid: u32,
    gid: u32,
    modified: Timestamp,
    /// Whether that is the time of the image.
    #[serde(default, skip_serializing_if = "is_default")]
    undated: bool,
    /// Whether records have zeros in its place.
    #[serde(default, skip_serializing_if = "is_default")]
    unspecified: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    times: Times,
    #[serde(default, skip_serializing_if = "is_default")]
    hidden_in: FileSystems,
    /// Where users need not be told of it.
    #[serde(default, skip_serializing_if = "is_default")]
    concealed_in: FileSystems,
    #[serde(default, skip_serializing_if = "is_default")]
    udf_flags: UdfFlags,
    /// What UDF says of it otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_udf: Option<(Attributes, Timestamp)>,
    /// Whether it is of a session before.
    #[serde(default, skip_serializing_if = "is_default")]
    imported: bool,
    /// Names that single file systems show.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    names: BTreeMap<FileSystem, Bytes>,
    /// System Use entries of its record that are written again.
    #[serde(default, skip_serializing_if = "Bytes::is_empty")]
    entries: Bytes,
    /// Of a directory: those of its own record, and of that of its parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own_entries: Option<(Bytes, Bytes)>,
    /// Of a directory that the session before has relocated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    relocated: Option<RelocatedAs>,
    /// Whether the session before has it elsewhere, or under another name.
    #[serde(default, skip_serializing_if = "is_default")]
    placed_anew: bool,
    /// Whether its times are others than in the session before.
    #[serde(default, skip_serializing_if = "is_default")]
    retimed: bool,
    /// Its attribute list as recorded.
    #[serde(default, skip_serializing_if = "Bytes::is_empty")]
    attribute_list: Bytes,
    /// Of a link, device, pipe or socket of several names: the content without bytes that they share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shared: Option<u32>,
    /// What follows is told with the first name of a file, for all of them.
    #[serde(default, skip_serializing_if = "is_default")]
    attribute_list_changed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    streams: Vec<PortableStream>,
    #[serde(default, skip_serializing_if = "is_default")]
    acl: AccessControlLists,
    #[serde(default, skip_serializing_if = "is_default")]
    real_time: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PortableKind {
    Directory,
    /// With the number of its content.
    File(u32),
    /// With its target.
    Symlink(Bytes),
    /// With major and minor number.
    CharacterDevice(u32, u32),
    BlockDevice(u32, u32),
    Fifo,
    Socket,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PortableStream {
    name: Bytes,
    content: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    metadata: bool,
}

/// The content of a file, and where it is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortableContent<P> {
    pub(crate) place: P,
    #[serde(default, skip_serializing_if = "is_default")]
    weight: i32,
    #[serde(default, skip_serializing_if = "is_default")]
    form_2: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    encoding: Encoding,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<(DigestAlgorithm, Bytes)>,
    /// MD5 as xorriso records it.
    #[serde(default, skip_serializing_if = "Bytes::is_empty")]
    md5: Bytes,
}

/// The files that digests of the session come into.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortableDigestFiles {
    algorithm: DigestAlgorithm,
    folder: u32,
    list: u32,
    session: u32,
}

/// All of a tree.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PortableTree<P> {
    pub(crate) contents: Vec<PortableContent<P>>,
    pub(crate) items: Vec<PortableItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) digest_files: Option<PortableDigestFiles>,
}

/// The numbers that items and contents have in a portable tree.
pub(crate) struct Numbers {
    items: HashMap<NodeId, u32>,
    contents: HashMap<ContentId, u32>,
}

impl Numbers {
    pub(crate) fn item(&self, node: NodeId) -> Option<NodeId> {
        self.items.get(&node).map(|&number| NodeId(number))
    }

    pub(crate) fn content(&self, content: ContentId) -> Option<ContentId> {
        self.contents.get(&content).map(|&number| ContentId(number))
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Tree {
    /// The tree as lists. `also` are contents in no directory that are wanted as well; `place` says where a content is.
    pub(crate) fn to_portable<P>(
        &self,
        also: impl IntoIterator<Item = ContentId>,
        place: &mut dyn FnMut(ContentId, &Content) -> Result<P>,
    ) -> Result<(PortableTree<P>, Numbers)> {
        let nodes: BTreeSet<NodeId> = std::iter::once(NodeId::ROOT).chain(self.walk(NodeId::ROOT)).collect();
        let mut contents: BTreeSet<ContentId> = also.into_iter().collect();
        // UDF's partition reaches to the oldest data of the session before, whether an item still has them or not.
        contents.extend(self.contents().filter(|(_, content)| content.is_imported()).map(|(id, _)| id));
        for &node in &nodes {
            contents.extend(self.streams(node).map(|stream| stream.content));
            contents.extend(self.linked_content(node));
        }
        let digest_files = self.digest_files();
        contents.extend(digest_files.iter().flat_map(|files| [files.list, files.session]));
        let numbers = Numbers {
            items: nodes.iter().copied().zip(0..).collect(),
            contents: contents.iter().copied().zip(0..).collect(),
        };
        let mut told = BTreeSet::new();
        let items = nodes.iter().map(|&node| self.portable_item(node, &numbers, &mut told)).collect();
        let known = |id: ContentId| self.digests.known.get(&id).copied().unwrap_or_default();
        let portable = |id: ContentId| {
            Ok(PortableContent {
                place: place(id, self.content(id))?,
                weight: self.weights.get(&id).copied().unwrap_or_default(),
                form_2: self.form_2.contains(&id),
                encoding: self.encodings.get(&id).copied().unwrap_or_default(),
                digest: known(id).by.map(|(by, digest)| (by, Bytes(digest.to_vec()))),
                md5: Bytes(known(id).md5.map_or_else(Vec::new, |md5| md5.to_vec())),
            })
        };
        let contents = contents.iter().copied().map(portable).collect::<Result<_>>()?;
        let digest_files = digest_files.map(|files| PortableDigestFiles {
            algorithm: files.algorithm,
            folder: numbers.items[&files.folder],
            list: numbers.contents[&files.list],
            session: numbers.contents[&files.session],
        });
        Ok((PortableTree { contents, items, digest_files }, numbers))
    }

    fn portable_item(&self, node: NodeId, numbers: &Numbers, told: &mut BTreeSet<ContentId>) -> PortableItem {
        let kind = match self.kind(node) {
            NodeKind::Directory(_) => PortableKind::Directory,
            NodeKind::File(content) => PortableKind::File(numbers.contents[&content]),
            NodeKind::Symlink(target) => PortableKind::Symlink(self.link_target(target).into()),
            NodeKind::CharacterDevice(number) => {
                PortableKind::CharacterDevice(number.major(), number.minor())
            }
            NodeKind::BlockDevice(number) => PortableKind::BlockDevice(number.major(), number.minor()),
            NodeKind::Fifo => PortableKind::Fifo,
            NodeKind::Socket => PortableKind::Socket,
        };
        let Attributes { permissions, uid, gid } = self.attributes(node);
        let (own, parent) = self.own_entries(node);
        let shared = self.linked_content(node);
        let tells = shared.is_none_or(|content| told.insert(content));
        let shared = shared.filter(|_| !matches!(kind, PortableKind::File(_)));
        let streams = self.streams(node).filter(|_| tells).map(|stream| PortableStream {
            name: stream.name.into(),
            content: numbers.contents[&stream.content],
            metadata: stream.is_metadata,
        });
        PortableItem {
            parent: numbers.items[&self.parent(node)],
            name: self.name(node).into(),
            kind,
            permissions,
            uid,
            gid,
            modified: self.modified(node),
            undated: self.is_undated(node),
            unspecified: self.has_no_modification(node),
            times: self.times.get(node),
            hidden_in: self.hidden_in(node),
            concealed_in: self.node(node).concealed_in,
            udf_flags: self.udf_flags(node),
            in_udf: self.own_udf_attributes(node),
            imported: self.is_imported(node),
            names: self.own_names_of(node).map(|(one, name)| (one, name.into())).collect(),
            entries: self.carried_entries(node).into(),
            own_entries: (!own.is_empty() || !parent.is_empty()).then(|| (own.into(), parent.into())),
            relocated: self.relocated.get(&node).cloned(),
            placed_anew: self.is_imported(node) && !self.is_in_place(node),
            retimed: self.is_imported(node) && !self.has_imported_times(node),
            attribute_list: self.lists.of.get(&node).map_or(&[][..], |&list| self.names.get(list)).into(),
            shared: shared.map(|content| numbers.contents[&content]),
            attribute_list_changed: tells && self.lists.is_changed(self.owner_of(node)),
            streams: streams.collect(),
            acl: self.acl(node).filter(|_| tells).cloned().unwrap_or_default(),
            real_time: tells && self.is_real_time(node),
        }
    }
}

/// What is wrong with a portable tree.
type Wrong = String;

impl Tree {
    /// The tree of lists that anybody may have made; `content` says what is at a place.
    pub(crate) fn from_portable<P>(
        portable: PortableTree<P>,
        content: &mut dyn FnMut(P) -> std::result::Result<Content, Wrong>,
    ) -> std::result::Result<Tree, Wrong> {
        let PortableTree { contents, items, digest_files } = portable;
        let mut tree = Tree::new();
        for PortableContent { place, weight, form_2, encoding, digest, md5 } in contents {
            let id = tree.push_content(content(place)?).map_err(|error| error.to_string())?;
            if weight != 0 {
                tree.put_weight(id, weight);
            }
            if form_2 {
                tree.set_form_2(id);
            }
            if !encoding.is_plain() {
                tree.set_encoding(id, encoding);
            }
            if let Some((by, Bytes(digest))) = digest {
                let digest = digest.try_into().map_err(|_| "a digest has 32 bytes".to_owned())?;
                tree.know_digest(by, id, digest);
            }
            if !md5.is_empty() {
                let md5 = md5.0.try_into().map_err(|_| "an MD5 has 16 bytes".to_owned())?;
                tree.know_md5(id, md5);
            }
        }
        let mut children: Vec<Vec<NodeId>> = Vec::new();
        children.resize_with(items.len(), Vec::new);
        for (number, item) in items.iter().enumerate() {
            let node = tree.take_item(number, item).map_err(|wrong| format!("item {number}: {wrong}"))?;
            let above = children.get_mut(item.parent as usize).filter(|_| number > 0);
            if let Some(above) = above {
                above.push(node);
            } else if number > 0 || item.parent != 0 {
                return Err(format!("item {number} is in an item that is not there"));
            }
        }
        if items.is_empty() {
            return Err("it has no root".to_owned());
        }
        tree.take_children(children)?;
        for (node, item) in (0..).map(NodeId).zip(&items) {
            tree.take_belongings(node, item).map_err(|wrong| format!("{}: {wrong}", tree.path(node)))?;
        }
        if let Some(PortableDigestFiles { algorithm, folder, list, session }) = digest_files {
            let are_there = [list, session].iter().all(|&content| (content as usize) < tree.contents.len());
            if !are_there || folder as usize >= tree.nodes.len() {
                return Err("files of digests that are not there".to_owned());
            }
            let (list, session) = (ContentId(list), ContentId(session));
            tree.set_digest_files(DigestFiles { algorithm, folder: NodeId(folder), list, session });
        }
        Ok(tree)
    }

    fn take_item(&mut self, number: usize, item: &PortableItem) -> std::result::Result<NodeId, Wrong> {
        let too_large = |error: crate::Error| error.to_string();
        let PortableItem { name: Bytes(name), permissions, uid, gid, modified, .. } = item;
        if *permissions > 0o7777 || modified.nanoseconds > 999_999_999 {
            return Err("permissions or a time that cannot be".to_owned());
        }
        if !are_entries(&item.entries.0, |_| true) {
            return Err("System Use entries that are none".to_owned());
        }
        let attributes = Attributes { permissions: *permissions, uid: *uid, gid: *gid };
        if number == 0 {
            if !matches!(item.kind, PortableKind::Directory) || !name.is_empty() {
                return Err("the root is no directory without a name".to_owned());
            }
            self.set_imported_root(attributes, *modified, &item.entries.0).map_err(too_large)?;
            let root = self.node_mut(NodeId::ROOT);
            root.imported = item.imported;
            root.marks.set(Marks::UNDATED, item.undated);
            root.marks.set(Marks::UNSPECIFIED, item.unspecified);
            return Ok(NodeId::ROOT);
        }
        check_name(name, name).map_err(|error| error.to_string())?;
        let device = |major, minor| DeviceNumber::new(major, minor).ok_or("a device number that cannot be");
        let kind = match &item.kind {
            PortableKind::Directory => self.new_directory().map_err(too_large)?,
            PortableKind::File(content) => match self.portable_content(*content)? {
                content if self.is_identity(content) => return Err("a file without content".to_owned()),
                content => NodeKind::File(content),
            },
            PortableKind::Symlink(Bytes(target)) => {
                NodeKind::Symlink(self.push_link_target(target).map_err(too_large)?)
            }
            PortableKind::CharacterDevice(major, minor) => NodeKind::CharacterDevice(device(*major, *minor)?),
            PortableKind::BlockDevice(major, minor) => NodeKind::BlockDevice(device(*major, *minor)?),
            PortableKind::Fifo => NodeKind::Fifo,
            PortableKind::Socket => NodeKind::Socket,
        };
        let parent = NodeId(item.parent);
        let node = self
            .push_imported(parent, name, kind, attributes, *modified, &item.entries.0)
            .map_err(too_large)?;
        let made = self.node_mut(node);
        made.imported = item.imported;
        made.marks.set(Marks::UNDATED, item.undated);
        made.marks.set(Marks::UNSPECIFIED, item.unspecified);
        if let Some(shared) = item.shared {
            let shared = self.portable_content(shared)?;
            let is_possible = !matches!(kind, NodeKind::Directory(_) | NodeKind::File(_));
            if !is_possible || !matches!(self.content(shared), Content::Identity) {
                return Err("something shared that cannot be".to_owned());
            }
            self.put_linked(node, Some(shared));
        }
        Ok(node)
    }

    fn portable_content(&self, number: u32) -> std::result::Result<ContentId, Wrong> {
        let is_there = (number as usize) < self.contents.len();
        is_there.then_some(ContentId(number)).ok_or_else(|| format!("there is no content {number}"))
    }

    /// Puts all items where they belong. Each is in a directory that a path leads to.
    fn take_children(&mut self, mut children: Vec<Vec<NodeId>>) -> std::result::Result<(), Wrong> {
        let (mut reached, mut pending) = (1, vec![NodeId::ROOT]);
        while let Some(node) = pending.pop() {
            let below = std::mem::take(&mut children[node.0 as usize]);
            match self.kind(node) {
                NodeKind::Directory(directory) => {
                    reached += below.len();
                    pending.extend(&below);
                    if let Some(doubled) = self.set_children(directory, below).first() {
                        return Err(format!("{} is there twice", self.path(*doubled)));
                    }
                }
                _ if below.is_empty() => {}
                _ => return Err(format!("{} is no directory, and holds something", self.path(node))),
            }
        }
        match reached == self.nodes.len() {
            true => Ok(()),
            false => Err("items that no path leads to".to_owned()),
        }
    }

    fn take_belongings(&mut self, node: NodeId, item: &PortableItem) -> std::result::Result<(), Wrong> {
        let too_large = |error: crate::Error| error.to_string();
        let Node { hidden_in, concealed_in, marks, .. } = self.node_mut(node);
        (*hidden_in, *concealed_in) = (item.hidden_in, item.concealed_in);
        marks.set_udf(item.udf_flags);
        marks.set(Marks::PLACED_ANEW, item.placed_anew);
        marks.set(Marks::RETIMED, item.retimed);
        if let Some(relocated) = &item.relocated {
            self.set_relocated_as(node, relocated.clone());
        }
        if item.times.iter().any(|time| time.nanoseconds > 999_999_999) {
            return Err("a time that cannot be".to_owned());
        }
        self.put_times(node, &item.times);
        if let Some((attributes, modified)) = item.in_udf {
            if attributes.permissions > 0o7777 || modified.nanoseconds > 999_999_999 {
                return Err("what UDF cannot say of an item".to_owned());
            }
            self.set_udf_attributes(node, attributes, modified);
        }
        for (&file_system, Bytes(name)) in &item.names {
            self.set_recorded_name(node, file_system, name).map_err(|error| error.to_string())?;
        }
        if let Some((Bytes(own), Bytes(parent))) = &item.own_entries {
            if ![own, parent].into_iter().all(|area| are_entries(area, |_| true)) {
                return Err("System Use entries that are none".to_owned());
            }
            self.set_own_entries(node, own, parent).map_err(too_large)?;
        }
        let list = &item.attribute_list.0;
        if !list.is_empty() {
            if !are_entries(list, |signature| signature == AttributeListEntry::SIGNATURE) {
                return Err("an attribute list that is none".to_owned());
            }
            let list = self.names.push_long(list).map_err(too_large)?;
            self.put_list(node, Some(list));
        }
        let owner = self.owner_of(node);
        for PortableStream { name: Bytes(name), content, metadata } in &item.streams {
            check_name(name, name).map_err(|error| error.to_string())?;
            let stream = Stream { content: self.portable_content(*content)?, is_metadata: *metadata };
            self.put_stream((owner, name.as_slice().into()), Some(stream));
        }
        if !item.acl.is_empty() {
            if !item.acl.is_valid() {
                return Err("an access control list that is none".to_owned());
            }
            self.put_acl(owner, item.acl.clone());
        }
        if item.attribute_list_changed {
            self.change_list(owner);
        }
        if item.real_time {
            self.set_real_time(node, true).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// Whether bytes are nothing but System Use entries with such signatures.
fn are_entries(area: &[u8], accepts: impl Fn(Signature) -> bool) -> bool {
    let mut found = entries(area);
    let all_good = found.by_ref().all(|entry| accepts(entry.signature));
    all_good && found.rest().is_empty()
}
