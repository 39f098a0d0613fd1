//! Files that have another path now: what is gone and what is added, of one size, time and content.

use std::collections::HashMap;

use super::aspects::{Aspects, is_same_time};
use super::{Data, Update};
use crate::digests::Digest;
use crate::emit::Sources;
use crate::tree::{NodeId, NodeKind};
use crate::{Control, Result};

/// What files have in common that may be one: bytes, and seconds of the modification.
type Look = (u64, i64);

/// Digest, and the name where it counts.
type Key<'t> = (Digest, Option<&'t [u8]>);

impl Update {
    /// Each file is read once at most, whatever number of them looks the same.
    pub(super) fn find_renames(&mut self, control: &Control) -> Result<()> {
        let mut gone = Vec::new();
        self.visit_gone(&mut |update, node| {
            if let NodeKind::File(content) = update.base.kind(node)
                && update.claims.is_free(content)
            {
                gone.push((update.look_of_gone(node), node));
            }
        });
        let mut added = self.added_files(&gone);
        // By look, then in the order of the trees.
        gone.sort_by_key(|&(look, _)| look);
        added.sort_by_key(|&(look, _)| look);
        let mut sources = (Sources::default(), Sources::default());
        let (mut gone, mut added) = (&gone[..], &added[..]);
        while let (Some(&(old, _)), Some(&(new, _))) = (gone.first(), added.first()) {
            let look = old.min(new);
            let cut = |all: &mut &[(Look, NodeId)]| {
                let (these, rest) = all.split_at(all.partition_point(|(other, _)| *other <= look));
                *all = rest;
                these.iter().map(|&(_, node)| node).collect::<Vec<_>>()
            };
            let (old, new) = (cut(&mut gone), cut(&mut added));
            if !old.is_empty() && !new.is_empty() {
                self.match_files(&old, &new, &mut sources, control)?;
            }
        }
        Ok(())
    }

    fn look_of_gone(&self, node: NodeId) -> Look {
        (self.base.plain_len(node), self.base.modified(node).seconds)
    }

    /// Added files with data whose content is nowhere yet and that look as one that is gone does.
    fn added_files(&self, gone: &[(Look, NodeId)]) -> Vec<(Look, NodeId)> {
        let looks: std::collections::HashSet<Look> = gone.iter().map(|&(look, _)| look).collect();
        let mut added = Vec::new();
        self.visit_wanted(&mut |node| {
            let NodeKind::File(content) = self.wanted.kind(node) else { return };
            let look = (self.wanted.content_len(content), self.wanted.modified(node).seconds);
            if self.fate(node).aspects == Aspects::ADDED
                && self.data[content.0 as usize] == Data::New
                && look.0 > 0
                && looks.contains(&look)
            {
                added.push((look, node));
            }
        });
        added
    }

    /// Files of one look: those of one content and name are met first, then those of one content.
    fn match_files(
        &mut self,
        gone: &[NodeId],
        added: &[NodeId],
        (new, old): &mut (Sources, Sources),
        control: &Control,
    ) -> Result<()> {
        let mut digests = Vec::with_capacity(gone.len());
        for &node in gone {
            digests.push(self.base_digest(node, old, control)?);
        }
        let mut wanted = Vec::with_capacity(added.len());
        for &node in added {
            wanted.push(self.wanted_digest(node, new, control)?);
        }
        for by_name in [true, false] {
            let mut found: HashMap<Key<'_>, Vec<NodeId>> = HashMap::new();
            for (&node, digest) in gone.iter().zip(&digests).rev() {
                let Some(digest) = digest.filter(|_| !self.met[node.0 as usize]) else { continue };
                found.entry((digest, by_name.then(|| self.base.name(node)))).or_default().push(node);
            }
            let mut pairs = Vec::new();
            for (&node, digest) in added.iter().zip(&wanted) {
                if self.fate(node).base().is_some() {
                    continue;
                }
                let key = (*digest, by_name.then(|| self.wanted.name(node)));
                let Some(candidates) = found.get_mut(&key) else { continue };
                let time = self.wanted.modified(node);
                if let Some(of) = candidates.pop_if(|of| is_same_time(self.base.modified(*of), time)) {
                    pairs.push((node, of));
                }
            }
            for (node, of) in pairs {
                self.rename(node, of);
            }
        }
        Ok(())
    }

    fn rename(&mut self, node: NodeId, of: NodeId) {
        let (NodeKind::File(new), NodeKind::File(old)) = (self.wanted.kind(node), self.base.kind(of)) else {
            return;
        };
        match self.data[new.0 as usize] {
            Data::New if self.claims.is_free(old) => {
                self.data[new.0 as usize] = self.claims.take(old, new);
            }
            // A further name of a file of which another name was met.
            Data::Of(same) if same == old => {}
            _ => return,
        }
        self.fates[node.0 as usize].base = of.0 + 1;
        self.fates[node.0 as usize].aspects = Aspects::RENAMED;
        self.met[of.0 as usize] = true;
    }
}
