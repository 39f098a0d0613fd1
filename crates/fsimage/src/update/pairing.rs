//! The items of both trees that have one path.

use std::collections::{HashMap, VecDeque};

use iso9660::names::Standing;
use iso9660::read::Encoding;

use super::aspects::Aspects;
use super::bytes::Bytes;
use super::sharing::readable_digest;
use super::{Compare, Data, Update};
use crate::digests::Digest;
use crate::emit::Sources;
use crate::plan::PlanOptions;
use crate::progress::Stage;
use crate::tree::{ContentId, FileSystem, Kind, NodeId, NodeKind, Timestamp, Tree};
use crate::view::{Likeness, ShownName, shown_with_likeness};
use crate::{Control, Result};

/// An item of the sources, and the session's item of its name.
struct Pair {
    node: NodeId,
    of: Option<NodeId>,
    /// Whether that name can have been no other item's.
    is_by_name: bool,
}

/// Length and time of a file.
type Look = (u64, Timestamp);

fn look(tree: &Tree, node: NodeId) -> Look {
    (tree.plain_len(node), tree.modified(node))
}

/// The items of a directory of the session: which of them may be meant by the name of another, that of one in another case.
struct Siblings {
    names: Vec<NodeId>,
    /// How many files look alike.
    looks: HashMap<Look, usize>,
    is_directory_left: bool,
}

impl Siblings {
    /// `left` are those for which the sources have nothing.
    fn of(tree: &Tree, directory: NodeId, left: &[NodeId]) -> Siblings {
        let is_directory = |node: NodeId| matches!(tree.kind(node), NodeKind::Directory(_));
        let names = children(tree, directory);
        let mut looks = HashMap::new();
        for &file in names.iter().filter(|&&node| !is_directory(node)) {
            *looks.entry(look(tree, file)).or_default() += 1;
        }
        Siblings { names, looks, is_directory_left: left.iter().any(|&node| is_directory(node)) }
    }

    /// Files are told apart by their looks, directories by the number that one of two would have.
    fn may_be_meant(&self, tree: &Tree, old: NodeId) -> bool {
        if !matches!(tree.kind(old), NodeKind::Directory(_)) {
            return self.looks.get(&look(tree, old)).is_some_and(|&count| count > 1);
        }
        let name = tree.name(old);
        let behind = self.names.partition_point(|&other| tree.name(other) <= name);
        let numbers = self.names[behind..].iter().map_while(|&other| tree.name(other).strip_prefix(name));
        self.is_directory_left || numbers.into_iter().any(|number| number.iter().all(u8::is_ascii_digit))
    }
}

fn children(tree: &Tree, directory: NodeId) -> Vec<NodeId> {
    match tree.kind(directory) {
        NodeKind::Directory(directory) => tree.children(directory).collect(),
        _ => Vec::new(),
    }
}

fn has_folded(names: Option<&[ShownName]>) -> bool {
    names.is_some_and(|names| names.iter().any(|shown| shown.likeness == Likeness::Folded))
}

/// Which contents of the session are taken, and how many names files have.
#[derive(Debug)]
pub(super) struct Claims {
    /// By content of the session: the content of the sources that it is, as number + 1.
    of_base: Vec<u32>,
    /// By content of the sources.
    names: Vec<u32>,
}

impl Claims {
    pub(super) fn new(base: &Tree, wanted: &Tree) -> Claims {
        let mut names = vec![0; wanted.content_count()];
        let mut pending = vec![NodeId::ROOT];
        while let Some(node) = pending.pop() {
            match wanted.kind(node) {
                NodeKind::Directory(directory) => pending.extend(wanted.children(directory)),
                NodeKind::File(content) => names[content.0 as usize] += 1,
                _ => {}
            }
        }
        Claims { of_base: vec![0; base.content_count()], names }
    }

    pub(super) fn is_free(&self, of: ContentId) -> bool {
        self.of_base[of.0 as usize] == 0
    }

    pub(super) fn take(&mut self, of: ContentId, content: ContentId) -> Data {
        self.of_base[of.0 as usize] = content.0 + 1;
        Data::Of(of)
    }

    /// Whether a file may lie where another does: the names of one file are known by where it lies, so that only a file
    /// with a single name may.
    pub(super) fn may_share(&self, content: ContentId) -> bool {
        self.names[content.0 as usize] == 1
    }

    /// Counts a content that was added to the session's.
    pub(super) fn grow(&mut self) {
        self.of_base.push(0);
    }
}

impl Update {
    /// Walks both trees side by side. `catalog` is a file that no source needs to have.
    pub(super) fn pair(
        &mut self,
        plan: &PlanOptions,
        catalog: Option<NodeId>,
        control: &Control,
    ) -> Result<()> {
        let mut sources = (Sources::default(), Sources::default());
        self.meet(NodeId::ROOT, NodeId::ROOT);
        let mut pending = VecDeque::from([(NodeId::ROOT, Some(NodeId::ROOT), true)]);
        let mut done = 0;
        while let Some((directory, of, is_certain)) = pending.pop_front() {
            control.check("nothing was written")?;
            for Pair { node, of, is_by_name } in self.pair_children(directory, of, plan, catalog)? {
                let is_certain = is_certain && is_by_name;
                match (self.wanted.kind(node), of) {
                    (NodeKind::Directory(_), of) => pending.push_back((node, of, is_certain)),
                    (NodeKind::File(_), Some(of)) => {
                        self.pair_files((node, of), is_certain, &mut sources, control)?;
                    }
                    _ => {}
                }
            }
            done += 1;
            control.report(Stage::Comparing, done, done + pending.len() as u64);
        }
        Ok(())
    }

    fn meet(&mut self, node: NodeId, of: NodeId) {
        self.fates[node.0 as usize].base = of.0 + 1;
        self.met[of.0 as usize] = true;
    }

    /// The children of a directory of the sources, each with the session's item of its name.
    fn pair_children(
        &mut self,
        directory: NodeId,
        of: Option<NodeId>,
        plan: &PlanOptions,
        catalog: Option<NodeId>,
    ) -> Result<Vec<Pair>> {
        let all: Vec<NodeId> = children(&self.wanted, directory);
        let (shown, others): (Vec<NodeId>, Vec<NodeId>) =
            all.into_iter().partition(|&child| self.recorded.shows(&self.wanted, child));
        let mut pairs = Vec::with_capacity(shown.len() + others.len());
        for node in others {
            self.fates[node.0 as usize].aspects = Aspects::NOT_SHOWN;
            pairs.push(Pair { node, of: None, is_by_name: true });
        }
        let mut left: Vec<NodeId> = of.map_or_else(Vec::new, |of| children(&self.base, of));
        let file_system = self.recorded.file_system;
        let recorded = |child| self.recorded_name(of?, child, file_system);
        let names = match left.is_empty() {
            true => None,
            false => shown_with_likeness(&self.wanted, directory, &shown, file_system, plan, &recorded)?,
        };
        let name_of = |index: usize| match &names {
            None => self.wanted.name(shown[index]),
            Some(names) => &names[index].name[..],
        };
        let mut order: Vec<usize> = (0..shown.len()).collect();
        if names.is_some() {
            order.sort_by(|&a, &b| name_of(a).cmp(name_of(b)));
        }
        let mut found = vec![None; shown.len()];
        let mut order = order.into_iter().peekable();
        left.retain(|&old| {
            let name = self.base.name(old);
            while order.next_if(|&index| name_of(index) < name).is_some() {}
            let same = order.next_if(|&index| {
                let kinds = [self.wanted.kind(shown[index]), self.base.kind(old)].map(NodeKind::kind);
                let is_directory = kinds.map(|kind| kind == Kind::Directory);
                name_of(index) == name && is_directory[0] == is_directory[1]
            });
            if let Some(index) = same {
                found[index] = Some(old);
            }
            same.is_none()
        });
        let siblings =
            of.filter(|_| has_folded(names.as_deref())).map(|of| Siblings::of(&self.base, of, &left));
        for (index, (node, old)) in shown.into_iter().zip(found).enumerate() {
            match old {
                Some(old) => self.meet(node, old),
                None => self.fates[node.0 as usize].aspects = Aspects::ADDED,
            }
            let is_by_name = match names.as_ref().map_or(Likeness::Same, |names| names[index].likeness) {
                Likeness::Same => true,
                Likeness::Folded => !old
                    .zip(siblings.as_ref())
                    .is_some_and(|(old, siblings)| siblings.may_be_meant(&self.base, old)),
                Likeness::Changed => false,
            };
            pairs.push(Pair { node, of: old, is_by_name });
        }
        for old in left {
            match catalog == Some(old) {
                true => {
                    self.met[old.0 as usize] = true;
                    self.kept.push((old, directory));
                }
                false => self.gone.push(old),
            }
        }
        Ok(pairs)
    }

    /// What the session has of the name of an item of the sources, in the directory `of`: that stays as it is recorded.
    fn recorded_name(&self, of: NodeId, child: NodeId, file_system: FileSystem) -> Option<(&[u8], Standing)> {
        let NodeKind::Directory(of) = self.base.kind(of) else { return None };
        let old = self.base.child(of, self.wanted.name(child))?;
        let [new_kind, old_kind] = [self.wanted.kind(child), self.base.kind(old)].map(NodeKind::kind);
        let is_directory = new_kind == Kind::Directory;
        let is_one = is_directory == (old_kind == Kind::Directory)
            && self.wanted.standing_in(child, file_system) == Standing::New;
        let name = self.base.identifier_in(old, file_system, is_directory);
        is_one.then(|| (name, self.base.standing_in(old, file_system)))
    }

    fn pair_files(
        &mut self,
        (node, of): (NodeId, NodeId),
        is_certain: bool,
        sources: &mut (Sources, Sources),
        control: &Control,
    ) -> Result<()> {
        let (NodeKind::File(new), NodeKind::File(old)) = (self.wanted.kind(node), self.base.kind(of)) else {
            return Ok(());
        };
        if self.data[new.0 as usize] != Data::New {
            return Ok(());
        }
        let may = self.claims.is_free(old)
            || self.claims.may_share(new)
                && self.base.is_shareable(old)
                && self.base.imported_encoding(of).is_plain();
        if may && self.is_same_file((node, of), is_certain, sources, control)? {
            self.data[new.0 as usize] =
                if self.claims.is_free(old) { self.claims.take(old, new) } else { Data::Shares(old) };
        }
        Ok(())
    }

    /// `is_certain` says that nothing but the item of the sources can have had the name of the session's.
    fn is_same_file(
        &mut self,
        (node, of): (NodeId, NodeId),
        is_certain: bool,
        (new, old): &mut (Sources, Sources),
        control: &Control,
    ) -> Result<bool> {
        match self.options.compare {
            Compare::SizeAndTime if is_certain => Ok(self.looks_the_same(node, of)),
            Compare::SizeAndTime if !self.looks_the_same(node, of) => Ok(false),
            _ if self.wanted.plain_len(node) != self.base.plain_len(of) => Ok(false),
            Compare::SizeAndTime | Compare::Content | Compare::Digests => {
                let Some(recorded) = self.base_digest(of, old, control)? else { return Ok(false) };
                Ok(self.wanted_digest(node, new, control)? == recorded)
            }
        }
    }

    /// Digest of a file of the session, recorded or made; `None` for one that cannot be read.
    pub(super) fn base_digest(
        &mut self,
        node: NodeId,
        sources: &mut Sources,
        control: &Control,
    ) -> Result<Option<Digest>> {
        let NodeKind::File(content) = self.base.kind(node) else { return Ok(None) };
        let (algorithm, encoding) = (self.known.algorithm, self.base.imported_encoding(node));
        let recorded = self.base.known_digest(algorithm, content);
        if let Some(recorded) = recorded.filter(|_| self.known.hold && !self.base.is_sparse(node)) {
            return Ok(Some(recorded));
        }
        self.read_back += 1;
        readable_digest(&self.base, (content, encoding), algorithm, sources, control)
    }

    /// Digest of a file of the sources.
    pub(super) fn wanted_digest(
        &self,
        node: NodeId,
        sources: &mut Sources,
        control: &Control,
    ) -> Result<Digest> {
        let NodeKind::File(content) = self.wanted.kind(node) else { return Ok(Digest::default()) };
        Bytes::open(sources, &self.wanted, content, Encoding::Plain)?.digest(self.known.algorithm, control)
    }
}
