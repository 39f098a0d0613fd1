//! New contents that lie somewhere on the medium already.

use std::collections::{BTreeMap, HashMap, HashSet};

use iso9660::read::Encoding;

use super::aspects::holds_attributes;
use super::bytes::Bytes;
use super::{Data, Update};
use crate::digests::{Digest, DigestAlgorithm};
use crate::disc::Disc;
use crate::emit::Sources;
use crate::import::{ImportOptions, Imported, import};
use crate::tree::{Content, ContentId, NodeId, NodeKind, Section, Tree};
use crate::{Control, Error, Result};

/// Digest of a content; `None` for one that cannot be read from its medium.
pub(crate) fn readable_digest(
    tree: &Tree,
    (content, encoding): (ContentId, Encoding),
    algorithm: DigestAlgorithm,
    sources: &mut Sources,
    control: &Control,
) -> Result<Option<Digest>> {
    match Bytes::open(sources, tree, content, encoding).and_then(|bytes| bytes.digest(algorithm, control)) {
        Ok(digest) => Ok(Some(digest)),
        Err(error @ Error::Cancelled { .. }) => Err(error),
        Err(_) => Ok(None),
    }
}

impl Update {
    /// Of files that lie in one place, those with several names would be read as one file: all but the first of them are
    /// written anew.
    pub(super) fn part_links_that_share(&mut self) {
        if !holds_attributes(self.recorded.file_system) {
            return;
        }
        let place = |data: Data| match data {
            Data::Of(content) | Data::Shares(content) => {
                first_section(self.base.content(content)).filter(|section| section.len > 0)
            }
            Data::New => None,
        };
        let mut taken = HashSet::new();
        let linked =
            (0..).map(ContentId).zip(&self.data).filter(|(content, _)| !self.claims.may_share(*content));
        let places = linked.filter_map(|(content, &data)| Some((content, place(data)?)));
        let again: Vec<ContentId> =
            places.filter(|&(_, place)| !taken.insert(place)).map(|(content, _)| content).collect();
        for content in again {
            self.data[content.0 as usize] = Data::New;
        }
    }

    /// Looks for each content that would be written among those of all sessions, the newest first. Of contents that
    /// have the size of one that is looked for, each is read once.
    pub(super) fn find_shared(&mut self, disc: &Disc, imported: &Imported, control: &Control) -> Result<()> {
        let mut wanted: BTreeMap<u64, Vec<NodeId>> = BTreeMap::new();
        let mut seen = HashSet::new();
        self.visit_wanted(&mut |node| {
            if let NodeKind::File(content) = self.wanted.kind(node)
                && self.data[content.0 as usize] == Data::New
                && self.wanted.content_len(content) > 0
                && seen.insert(content)
            {
                wanted.entry(self.wanted.content_len(content)).or_default().push(node);
            }
        });
        if wanted.is_empty() {
            return Ok(());
        }
        let mut there: BTreeMap<u64, Vec<ContentId>> = BTreeMap::new();
        let mut places = HashSet::new();
        for content in shareable(&self.base) {
            let len = self.base.content_len(content);
            if wanted.contains_key(&len) && places.insert((len, first_section(self.base.content(content)))) {
                there.entry(len).or_default().push(content);
            }
        }
        for session in disc.sessions().iter().rev().filter(|other| other.number != imported.session.number) {
            let options = ImportOptions { session: Some(session.number), ..ImportOptions::default() };
            let older = match import(disc, &options, control) {
                Ok(older) => older.tree,
                Err(error @ Error::Cancelled { .. }) => return Err(error),
                // What cannot be read holds nothing that can be shared.
                Err(_) => continue,
            };
            for content in shareable(&older) {
                let len = older.content_len(content);
                let found = older.content(content);
                if wanted.contains_key(&len) && places.insert((len, first_section(found))) {
                    let content = self.base.push_content(found.clone())?;
                    self.claims.grow();
                    there.entry(len).or_default().push(content);
                }
            }
        }
        let (mut new, mut old) = (Sources::default(), Sources::default());
        for (len, nodes) in wanted {
            let Some(candidates) = there.get(&len) else { continue };
            let mut by_digest: HashMap<Digest, ContentId> = HashMap::new();
            for &content in candidates {
                let place = (content, Encoding::Plain);
                if let Some(digest) =
                    readable_digest(&self.base, place, self.known.algorithm, &mut old, control)?
                {
                    by_digest.entry(digest).or_insert(content);
                }
            }
            if by_digest.is_empty() {
                continue;
            }
            for node in nodes {
                let NodeKind::File(content) = self.wanted.kind(node) else { continue };
                let digest = self.wanted_digest(node, &mut new, control)?;
                if let Some(&same) = by_digest.get(&digest)
                    && self.claims.may_share(content)
                {
                    // A content of its own: the attributes of the other file are not this one's.
                    self.data[content.0 as usize] = Data::Shares(same);
                }
            }
        }
        Ok(())
    }
}

/// Contents of a tree's files that have a place and are stored as they are, in the order of their numbers.
fn shareable(tree: &Tree) -> Vec<ContentId> {
    let mut encoded = HashSet::new();
    let mut found = Vec::new();
    let mut pending = vec![NodeId::ROOT];
    while let Some(node) = pending.pop() {
        match tree.kind(node) {
            NodeKind::Directory(directory) => pending.extend(tree.children(directory)),
            NodeKind::File(content) if tree.is_encoded(node) => drop(encoded.insert(content)),
            NodeKind::File(content) if tree.is_shareable(content) => found.push(content),
            _ => {}
        }
    }
    found.retain(|content| !encoded.contains(content));
    found.sort_unstable();
    found.dedup();
    found
}

fn first_section(content: &Content) -> Option<Section> {
    match content {
        Content::Imported { start, len } => Some(Section { start: *start, len: *len }),
        Content::ImportedSections { sections, .. } => sections.first().copied(),
        _ => None,
    }
}
