//! The items of both trees that have one path.

use std::collections::VecDeque;

use iso9660::read::Encoding;

use super::aspects::Aspects;
use super::bytes::Bytes;
use super::sharing::readable_digest;
use super::{Compare, Data, Update};
use crate::digests::Digest;
use crate::emit::Sources;
use crate::plan::PlanOptions;
use crate::progress::Stage;
use crate::tree::{ContentId, Kind, NodeId, NodeKind, Tree};
use crate::view::shown_names;
use crate::{Control, Result};

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
        let mut pending = VecDeque::from([(NodeId::ROOT, Some(NodeId::ROOT))]);
        let mut done = 0;
        while let Some((directory, of)) = pending.pop_front() {
            control.check("nothing was written")?;
            for (node, of) in self.pair_children(directory, of, plan, catalog)? {
                match (self.wanted.kind(node), of) {
                    (NodeKind::Directory(_), of) => pending.push_back((node, of)),
                    (NodeKind::File(_), Some(of)) => {
                        self.pair_files(node, of, &mut sources, control)?;
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
    ) -> Result<Vec<(NodeId, Option<NodeId>)>> {
        let children = |tree: &Tree, node| match tree.kind(node) {
            NodeKind::Directory(directory) => tree.children(directory).collect(),
            _ => Vec::new(),
        };
        let all: Vec<NodeId> = children(&self.wanted, directory);
        let (shown, others): (Vec<NodeId>, Vec<NodeId>) =
            all.into_iter().partition(|&child| self.recorded.shows(&self.wanted, child));
        let mut pairs = Vec::with_capacity(shown.len() + others.len());
        for node in others {
            self.fates[node.0 as usize].aspects = Aspects::NOT_SHOWN;
            pairs.push((node, None));
        }
        let mut left: Vec<NodeId> = of.map_or_else(Vec::new, |of| children(&self.base, of));
        let names = match left.is_empty() {
            true => None,
            false => shown_names(&self.wanted, directory, &shown, self.recorded.file_system, plan)?,
        };
        let name_of = |index: usize| match &names {
            None => self.wanted.name(shown[index]),
            Some(names) => &names[index],
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
        for (node, old) in shown.into_iter().zip(found) {
            match old {
                Some(old) => self.meet(node, old),
                None => self.fates[node.0 as usize].aspects = Aspects::ADDED,
            }
            pairs.push((node, old));
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

    fn pair_files(
        &mut self,
        node: NodeId,
        of: NodeId,
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
        if may && self.is_same_file(node, of, sources, control)? {
            self.data[new.0 as usize] =
                if self.claims.is_free(old) { self.claims.take(old, new) } else { Data::Shares(old) };
        }
        Ok(())
    }

    fn is_same_file(
        &mut self,
        node: NodeId,
        of: NodeId,
        (new, old): &mut (Sources, Sources),
        control: &Control,
    ) -> Result<bool> {
        match self.options.compare {
            Compare::SizeAndTime => Ok(self.looks_the_same(node, of)),
            _ if self.wanted.plain_len(node) != self.base.plain_len(of) => Ok(false),
            Compare::Content | Compare::Digests => {
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
