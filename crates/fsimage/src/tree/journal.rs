//! Change points, and how a tree goes back to one.
//!
//! The tables of a tree only grow: going back cuts them to the lengths they had. So what is newer than the newest change
//! point needs no record; of what is older, each mutator records here what was there before. A tree without change
//! points records nothing.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::ops::Range;
use std::sync::Arc;

use iso9660::aaip::AccessControlLists;
use iso9660::read::Encoding;

use super::arena::ArenaRef;
use super::children::Children;
use super::digests::{DigestFiles, KnownDigest};
use super::own_entries::OwnEntries;
use super::streams::{Owner, Stream, StreamKey};
use super::udf_attributes::UdfAttributes;
use super::{Content, ContentId, DirectoryId, FileSystem, Node, NodeId, Origin, Times, Tree};
use crate::{Error, Result};

/// A state of a tree that it can go back to; see [`Tree::change_point`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangePoint(u64);

/// The change points of a tree, and what was there before the changes behind them.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    marks: Vec<Mark>,
    records: Vec<Undo>,
    /// Number of the next change point. None is used twice.
    next: u64,
}

#[derive(Clone, Debug)]
struct Mark {
    point: ChangePoint,
    /// Set by [`Tree::all_or_nothing`], and not by the caller.
    is_attempt: bool,
    lengths: Lengths,
    /// How many records there were.
    records: usize,
}

/// Lengths of the tables that grow.
#[derive(Clone, Copy, Debug)]
struct Lengths {
    nodes: usize,
    directories: usize,
    contents: usize,
    link_targets: usize,
    carried: usize,
    names: usize,
    attributes: usize,
    host_folders: usize,
}

/// What was there before a change.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    Node(NodeId, Node),
    /// The node was in no directory, and is in this one.
    Attached(NodeId, DirectoryId),
    /// The node was in this directory.
    Detached(NodeId, DirectoryId),
    Children(DirectoryId, Children),
    Content(ContentId, Content),
    Carried(usize, ArenaRef),
    OwnName(NodeId, FileSystem, Option<ArenaRef>),
    Linked(NodeId, Option<ContentId>),
    Times(NodeId, Times),
    UdfAttributes(NodeId, Option<UdfAttributes>),
    Weight(ContentId, Option<i32>),
    Stream(StreamKey, Option<Stream>),
    RealTime(ContentId, bool),
    Acl(Owner, Option<Arc<AccessControlLists>>),
    List(NodeId, Option<ArenaRef>),
    OwnEntries(NodeId, Option<OwnEntries>),
    /// The item's recorded list was its own.
    ListChanged(Owner),
    Form2(ContentId),
    Encoding(ContentId, Option<Encoding>),
    Digest(ContentId, Option<KnownDigest>),
    DigestFiles(Option<DigestFiles>),
    Origin(Origin),
}

impl Journal {
    pub(super) fn is_recording(&self) -> bool {
        !self.marks.is_empty()
    }

    /// Keeps a record, if there is a change point.
    pub(super) fn record(&mut self, undo: Undo) {
        if self.is_recording() {
            self.records.push(undo);
        }
    }

    /// Whether the item of this number was there at the newest change point, if there is one.
    fn knows(&self, number: u32, len: impl Fn(&Lengths) -> usize) -> bool {
        self.marks.last().is_some_and(|mark| (number as usize) < len(&mark.lengths))
    }

    pub(super) fn knows_node(&self, node: NodeId) -> bool {
        self.knows(node.0, |lengths| lengths.nodes)
    }

    pub(super) fn knows_directory(&self, directory: DirectoryId) -> bool {
        self.knows(directory.0, |lengths| lengths.directories)
    }

    pub(super) fn knows_content(&self, content: ContentId) -> bool {
        self.knows(content.0, |lengths| lengths.contents)
    }

    pub(super) fn knows_carried(&self, number: usize) -> bool {
        self.marks.last().is_some_and(|mark| number < mark.lengths.carried)
    }

    pub(super) fn knows_owner(&self, owner: Owner) -> bool {
        match owner {
            Owner::Content(content) => self.knows_content(content),
            Owner::Node(node) => self.knows_node(node),
        }
    }

    fn place_of(&self, point: ChangePoint) -> Option<usize> {
        self.marks.binary_search_by_key(&point, |mark| mark.point).ok()
    }

    /// Forgets the marks in front of one, and what was recorded in front of it.
    fn forget_before(&mut self, first: usize) {
        let records = self.marks.get(first).map_or(self.records.len(), |mark| mark.records);
        self.marks.drain(..first);
        self.records.drain(..records);
        self.marks.iter_mut().for_each(|mark| mark.records -= records);
        if self.marks.is_empty() {
            *self = Journal { next: self.next, ..Journal::default() };
        }
    }

    /// Forgets a mark. What was recorded behind it is kept for the one in front of it.
    fn forget(&mut self, place: usize) {
        self.marks.remove(place);
        if place == 0 {
            self.forget_before(0);
        }
    }
}

/// What is done at once or not at all, until it has ended, be it by a panic.
struct Attempt<'a> {
    tree: &'a mut Tree,
    before: ChangePoint,
    is_done: bool,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let Some(place) = self.tree.journal.place_of(self.before) else { return };
        if !self.is_done {
            self.tree.go_back_to(place);
        }
        self.tree.journal.forget(place);
    }
}

impl Tree {
    /// Makes the tree remember how it is now: [`Tree::roll_back`] brings it back. From here on every change costs a
    /// record of what was there before, and going back costs as much as the changes did. What is added behind the newest
    /// change point costs no record, but for one in the directory it is put in.
    ///
    /// ```
    /// use fsimage::{Item, ItemOptions, Tree};
    ///
    /// let mut tree = Tree::new();
    /// let empty = tree.change_point();
    /// tree.add("/a/b", Item::Directory, &ItemOptions::default())?;
    /// tree.roll_back(empty)?;
    /// assert_eq!(tree.lookup("/a"), None);
    /// # Ok::<(), fsimage::Error>(())
    /// ```
    pub fn change_point(&mut self) -> ChangePoint {
        self.mark(false)
    }

    /// Undoes all changes behind a change point. It stays one; those behind it are none any more. Numbers of items that
    /// were added behind it mean nothing any more, and are given to others.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for one that is locked in or was undone, and within [`Tree::all_or_nothing`] for one in
    /// front of that.
    pub fn roll_back(&mut self, to: ChangePoint) -> Result<()> {
        let refused = |reason: &str| Error::InvalidArgument {
            argument: "change point".to_owned(),
            reason: reason.to_owned(),
        };
        let place = self.journal.place_of(to).ok_or_else(|| {
            refused("it was locked in, or undone itself; go back to one that is there, or set another")
        })?;
        if self.journal.marks[place + 1..].iter().any(|mark| mark.is_attempt) {
            return Err(refused("it lies in front of what is done at once or not at all"));
        }
        self.go_back_to(place);
        Ok(())
    }

    /// Makes all changes so far final: no change point that was set can be gone back to, and nothing is remembered.
    pub fn lock_in(&mut self) {
        let marks = &self.journal.marks;
        let first = marks.iter().position(|mark| mark.is_attempt).unwrap_or(marks.len());
        self.journal.forget_before(first);
    }

    /// Does something at once or not at all: where it fails, or panics, the tree is as it was before.
    ///
    /// # Errors
    /// That of `change`.
    pub fn all_or_nothing<T>(&mut self, change: impl FnOnce(&mut Tree) -> Result<T>) -> Result<T> {
        let attempt = &mut Attempt { before: self.mark(true), tree: self, is_done: false };
        let done = change(attempt.tree);
        attempt.is_done = done.is_ok();
        done
    }

    fn mark(&mut self, is_attempt: bool) -> ChangePoint {
        let point = ChangePoint(self.journal.next);
        let (lengths, records) = (self.lengths(), self.journal.records.len());
        self.journal.next += 1;
        self.journal.marks.push(Mark { point, is_attempt, lengths, records });
        point
    }

    /// Goes back to a mark, step by step over those behind it: each has the lengths that what it recorded is valid for.
    fn go_back_to(&mut self, place: usize) {
        while let Some(Mark { lengths, records, .. }) = self.journal.marks.get(place..).and_then(<[_]>::last)
        {
            let (lengths, records) = (*lengths, *records);
            let undone = self.journal.records.split_off(records);
            // What is put back is not recorded.
            let marks = std::mem::take(&mut self.journal.marks);
            undone.into_iter().rev().for_each(|undo| self.undo(undo));
            self.cut(&lengths);
            self.journal.marks = marks;
            if self.journal.marks.len() == place + 1 {
                break;
            }
            self.journal.marks.pop();
        }
    }

    fn undo(&mut self, undo: Undo) {
        self.mark_undone(&undo);
        match undo {
            Undo::Node(id, node) => {
                self.nodes[id.0 as usize] = node;
                self.mark_node(id);
            }
            Undo::Attached(node, directory) => {
                self.detach_from(node, directory);
            }
            Undo::Detached(node, directory) => self.attach(node, directory),
            Undo::Children(directory, children) => self.directories[directory.0 as usize] = children,
            Undo::Content(id, content) => self.contents[id.0 as usize] = content,
            Undo::Carried(number, entries) => self.carried[number] = entries,
            Undo::OwnName(node, file_system, name) => drop(self.own_names.put(node, file_system, name)),
            Undo::Linked(node, content) => drop(self.linked.put(node, content)),
            Undo::Times(node, times) => self.times.set(node, &times),
            Undo::UdfAttributes(node, own) => drop(self.udf_attributes.put(node, own)),
            Undo::Weight(content, Some(weight)) => drop(self.weights.insert(content, weight)),
            Undo::Weight(content, None) => drop(self.weights.remove(&content)),
            Undo::Stream(key, Some(stream)) => drop(self.streams.streams.insert(key, stream)),
            Undo::Stream(key, None) => drop(self.streams.streams.remove(&key)),
            Undo::RealTime(content, true) => drop(self.streams.real_time.insert(content)),
            Undo::RealTime(content, false) => drop(self.streams.real_time.remove(&content)),
            Undo::Acl(owner, acl) => self.acls.put_back(owner, acl),
            Undo::List(node, list) => drop(self.lists.put(node, list)),
            Undo::OwnEntries(node, entries) => drop(self.own_entries.put(node, entries)),
            Undo::ListChanged(owner) => self.lists.unchange(owner),
            Undo::Form2(content) => drop(self.form_2.remove(&content)),
            Undo::Encoding(content, Some(encoding)) => drop(self.encodings.insert(content, encoding)),
            Undo::Encoding(content, None) => drop(self.encodings.remove(&content)),
            Undo::Digest(content, known) => drop(self.digests.put(content, known)),
            Undo::DigestFiles(files) => self.digests.files = files,
            Undo::Origin(origin) => self.origin = origin,
        }
    }

    /// What is undone is a change as well.
    fn mark_undone(&mut self, undo: &Undo) {
        match *undo {
            Undo::Node(node, _)
            | Undo::OwnName(node, ..)
            | Undo::Linked(node, _)
            | Undo::Times(node, _)
            | Undo::List(node, _)
            | Undo::OwnEntries(node, _) => self.mark_node(node),
            Undo::Children(directory, _) => self.mark_directory(directory),
            Undo::Content(content, _) | Undo::Encoding(content, _) => self.mark_content(content),
            Undo::Stream((owner, _), _) | Undo::Acl(owner, _) | Undo::ListChanged(owner) => {
                self.mark_owner(owner);
            }
            Undo::DigestFiles(_) | Undo::Origin(_) => self.mark_all(),
            // The first two are marked where they are undone, the others change no size.
            Undo::Attached(..)
            | Undo::Detached(..)
            | Undo::Carried(..)
            | Undo::Weight(..)
            | Undo::RealTime(..)
            | Undo::Form2(_)
            | Undo::UdfAttributes(..)
            | Undo::Digest(..) => {}
        }
    }

    fn lengths(&self) -> Lengths {
        Lengths {
            nodes: self.nodes.len(),
            directories: self.directories.len(),
            contents: self.contents.len(),
            link_targets: self.link_targets.len(),
            carried: self.carried.len(),
            names: self.names.len(),
            attributes: self.attributes.len(),
            host_folders: self.host_folders.len(),
        }
    }

    /// Takes away what is newer than these lengths, in the side tables as well.
    fn cut(&mut self, to: &Lengths) {
        let gone = |from: usize, len: usize| from as u32..len as u32;
        let (nodes, contents) = (gone(to.nodes, self.nodes.len()), gone(to.contents, self.contents.len()));
        self.times.cut(nodes.clone());
        self.udf_attributes.cut(nodes.clone());
        self.own_names.cut(NodeId(nodes.start));
        self.linked.cut(NodeId(nodes.start));
        self.own_entries.cut(NodeId(nodes.start));
        self.relocated.split_off(&NodeId(nodes.start));
        self.streams.cut(nodes.clone(), contents.clone());
        self.acls.cut(nodes.clone(), contents.clone());
        self.lists.cut(nodes, contents.clone());
        let first = ContentId(contents.start);
        self.host_links.cut(NodeId(to.nodes as u32), first);
        self.weights.split_off(&first);
        self.form_2.split_off(&first);
        self.encodings.split_off(&first);
        self.digests.known.split_off(&first);
        self.nodes.truncate(to.nodes);
        self.directories.truncate(to.directories);
        self.contents.truncate(to.contents);
        self.link_targets.truncate(to.link_targets);
        self.carried.truncate(to.carried);
        self.names.truncate(to.names);
        self.attributes.truncate(to.attributes);
        self.host_folders.truncate(to.host_folders);
    }
}

/// How what is there already is changed: with a record of what it was.
impl Tree {
    /// A node, to be changed in its place.
    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        self.mark_node(id);
        let node = &mut self.nodes[id.0 as usize];
        if self.journal.knows_node(id) {
            self.journal.record(Undo::Node(id, node.clone()));
        }
        node
    }

    /// A node that gets another name or directory. Of one that is newer than the change point the name is recorded as
    /// well: by its name it is found in directories that are older.
    pub(super) fn place_mut(&mut self, id: NodeId) -> &mut Node {
        self.mark_node(id);
        let node = &mut self.nodes[id.0 as usize];
        self.journal.record(Undo::Node(id, node.clone()));
        node
    }

    /// Gives a directory other children, in the order of their names.
    pub(super) fn put_children(&mut self, directory: DirectoryId, sorted: Vec<NodeId>) {
        let children = &mut self.directories[directory.0 as usize];
        let before = std::mem::take(children);
        let mut there = if before.len() > 0 { sorted.clone() } else { Vec::new() };
        there.sort_unstable();
        children.set_sorted(sorted);
        let is_gone = |child: NodeId| self.is_imported(child) && there.binary_search(&child).is_err();
        if before.all().any(is_gone) {
            self.thinned.insert(directory);
        }
        self.mark_directory(directory);
        if self.journal.knows_directory(directory) {
            self.journal.record(Undo::Children(directory, before));
        }
    }

    pub(super) fn put_own_name(&mut self, node: NodeId, file_system: FileSystem, name: Option<ArenaRef>) {
        let before = self.own_names.put(node, file_system, name);
        self.mark_node(node);
        if (before.is_some() || name.is_some()) && self.journal.knows_node(node) {
            self.journal.record(Undo::OwnName(node, file_system, before));
        }
    }

    /// Makes a node one of the names that share a content without bytes, or a name of its own; says what it was.
    pub(super) fn put_linked(&mut self, node: NodeId, content: Option<ContentId>) -> Option<ContentId> {
        let before = self.linked.put(node, content);
        if before != content && self.journal.knows_node(node) {
            self.journal.record(Undo::Linked(node, before));
        }
        before
    }

    pub(super) fn put_times(&mut self, node: NodeId, times: &Times) {
        if self.journal.knows_node(node) {
            self.journal.record(Undo::Times(node, self.times.get(node)));
        }
        self.times.set(node, times);
        self.mark_node(node);
    }

    pub(super) fn put_udf_attributes(&mut self, node: NodeId, own: Option<UdfAttributes>) {
        let before = self.udf_attributes.put(node, own);
        if before != own && self.journal.knows_node(node) {
            self.journal.record(Undo::UdfAttributes(node, before));
        }
    }

    pub(super) fn put_carried(&mut self, number: usize, entries: ArenaRef) {
        let before = std::mem::replace(&mut self.carried[number], entries);
        if self.journal.knows_carried(number) {
            self.journal.record(Undo::Carried(number, before));
        }
    }

    pub(super) fn put_weight(&mut self, content: ContentId, weight: i32) {
        let before = self.weights.insert(content, weight);
        if self.journal.knows_content(content) {
            self.journal.record(Undo::Weight(content, before));
        }
    }

    /// Gives an item a stream, or takes it away; says which it had.
    pub(super) fn put_stream(&mut self, key: StreamKey, stream: Option<Stream>) -> Option<Stream> {
        let before = match stream {
            Some(stream) => self.streams.streams.insert(key.clone(), stream),
            None => self.streams.streams.remove(&key),
        };
        self.mark_owner(key.0);
        if self.journal.knows_owner(key.0) {
            self.journal.record(Undo::Stream(key, before));
        }
        before
    }

    pub(super) fn put_real_time(&mut self, content: ContentId, real_time: bool) {
        let was = match real_time {
            true => !self.streams.real_time.insert(content),
            false => self.streams.real_time.remove(&content),
        };
        if self.journal.knows_content(content) {
            self.journal.record(Undo::RealTime(content, was));
        }
    }

    pub(super) fn put_acl(&mut self, owner: Owner, acl: AccessControlLists) {
        let before = self.acls.set(owner, acl);
        self.mark_owner(owner);
        if self.journal.knows_owner(owner) {
            self.journal.record(Undo::Acl(owner, before));
        }
    }

    pub(super) fn put_list(&mut self, node: NodeId, list: Option<ArenaRef>) {
        let before = self.lists.put(node, list);
        self.mark_node(node);
        if self.journal.knows_node(node) {
            self.journal.record(Undo::List(node, before));
        }
    }

    pub(super) fn put_own_entries(&mut self, node: NodeId, entries: Option<OwnEntries>) {
        let before = self.own_entries.put(node, entries);
        self.mark_node(node);
        if self.journal.knows_node(node) {
            self.journal.record(Undo::OwnEntries(node, before));
        }
    }

    /// Notes that something in the recorded list of an item is changed.
    pub(super) fn change_list(&mut self, owner: Owner) {
        self.mark_owner(owner);
        if self.lists.change(owner) && self.journal.knows_owner(owner) {
            self.journal.record(Undo::ListChanged(owner));
        }
    }

    pub(super) fn put_origin(&mut self, origin: Origin) {
        let before = std::mem::replace(&mut self.origin, origin);
        self.journal.record(Undo::Origin(before));
    }

    pub(crate) fn set_form_2(&mut self, content: ContentId) {
        if self.form_2.insert(content) && self.journal.knows_content(content) {
            self.journal.record(Undo::Form2(content));
        }
    }

    pub(crate) fn set_encoding(&mut self, content: ContentId, encoding: Encoding) {
        let before = self.encodings.insert(content, encoding);
        self.mark_content(content);
        if self.journal.knows_content(content) {
            self.journal.record(Undo::Encoding(content, before));
        }
    }

    /// Lets all names of a content have another, of which no digest is known.
    pub(crate) fn set_content(&mut self, id: ContentId, content: Content) {
        let before = std::mem::replace(&mut self.contents[id.0 as usize], content);
        self.mark_content(id);
        if self.journal.knows_content(id) {
            self.journal.record(Undo::Content(id, before));
        }
        self.put_digest(id, None);
    }

    /// Lets a content lie in another place, with the same bytes.
    pub(super) fn move_content(&mut self, id: ContentId, content: Content) {
        self.contents[id.0 as usize] = content;
    }

    pub(super) fn put_digest(&mut self, content: ContentId, known: Option<KnownDigest>) {
        let before = self.digests.put(content, known);
        if before != known && self.journal.knows_content(content) {
            self.journal.record(Undo::Digest(content, before));
        }
    }

    /// Says which files digests come into.
    pub(crate) fn set_digest_files(&mut self, files: DigestFiles) {
        let before = self.digests.files.replace(files);
        self.mark_all();
        self.journal.record(Undo::DigestFiles(before));
    }
}

/// Takes the keys of numbers that are gone from a table.
pub(super) fn cut_map<K: Eq + Hash, V>(table: &mut HashMap<K, V>, gone: Range<u32>, key: impl Fn(u32) -> K) {
    if !table.is_empty() {
        gone.for_each(|number| {
            table.remove(&key(number));
        });
    }
}

/// Takes the members of numbers that are gone from a set.
pub(super) fn cut_set<K: Eq + Hash>(set: &mut HashSet<K>, gone: Range<u32>, key: impl Fn(u32) -> K) {
    if !set.is_empty() {
        gone.for_each(|number| {
            set.remove(&key(number));
        });
    }
}

#[cfg(test)]
mod tests;
