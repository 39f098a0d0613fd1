use std::collections::BTreeMap;

use super::system_area::Span;
use super::{BootLoss, KeptSystemArea, Successors};
use crate::Result;
use crate::boot::{BootLoader, BootSource, FatBootSector, KnownCode};
use crate::tree::{ContentId, NodeId, NodeKind, Tree};

/// Of a partition that [loses](Replacement::loses_fat) it.
pub(super) const NO_FAT: &str = "it holds a FAT file system, and what replaces the file in it is none";

/// What a boot image or a partition is, by its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Nature {
    pub(super) loader: Option<BootLoader>,
    pub(super) is_fat: bool,
}

impl Nature {
    pub(super) fn of(tree: &Tree, content: ContentId) -> Result<Nature> {
        let mut first = [0; BootLoader::TELLING];
        let read = tree.read_at(content, 0, &mut first)?;
        Ok(Nature::of_first(&first[..read]))
    }

    /// By the first [`BootLoader::TELLING`] bytes.
    pub(super) fn of_first(first: &[u8]) -> Nature {
        Nature { loader: BootLoader::detect(first), is_fat: FatBootSector::parse(first).is_ok() }
    }
}

/// What the files of an imported boot set-up were.
#[derive(Clone, Debug, Default)]
pub(super) struct Natures(BTreeMap<NodeId, (ContentId, Nature)>);

impl Natures {
    pub(super) fn of(tree: &Tree, sources: impl Iterator<Item = BootSource>) -> Natures {
        let mut natures = Natures::default();
        for source in sources {
            if let BootSource::File(node) = source
                && let Some(content) = content_of(tree, node)
            {
                natures.add(tree, node, content);
            }
        }
        natures
    }

    /// What cannot be read is of no known kind.
    pub(super) fn add(&mut self, tree: &Tree, node: NodeId, content: ContentId) {
        self.0.insert(node, (content, Nature::of(tree, content).unwrap_or_default()));
    }
}

/// What a file was, and what it is that replaces it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replacement {
    pub(super) before: Nature,
    pub(super) after: Nature,
}

impl Replacement {
    /// Whether a FAT file system is no longer one.
    pub(super) fn loses_fat(self) -> bool {
        self.before.is_fat && !self.after.is_fat
    }

    /// Why boot code that started the one does not start the other, if so.
    pub(super) fn other_loader(self, code: &[u8]) -> Option<String> {
        let Replacement { before, after } = self;
        let wanted = KnownCode::detect(code).and_then(KnownCode::loader).or(before.loader);
        if after.loader == before.loader || after.loader == wanted {
            return None;
        }
        let name = |loader: Option<BootLoader>| loader.map_or("other code".to_owned(), |one| one.to_string());
        Some(format!(
            "it starts {}, and what replaces its boot image is {}",
            name(wanted),
            name(after.loader)
        ))
    }
}

/// The files of a boot set-up that were replaced, by the names that they have now.
#[derive(Debug, Default)]
pub(super) struct Replaced(BTreeMap<NodeId, Replacement>);

impl Replaced {
    /// # Errors
    /// As [`Tree::read_at`].
    pub(super) fn of(natures: &Natures, successors: &Successors, tree: &Tree) -> Result<Replaced> {
        let mut replaced = BTreeMap::new();
        for (&node, &(content, before)) in &natures.0 {
            let node = successors.node(node);
            if let Some(now) = content_of(tree, node).filter(|&now| tree.holds(node) && now != content) {
                replaced.insert(node, Replacement { before, after: Nature::of(tree, now)? });
            }
        }
        Ok(Replaced(replaced))
    }

    /// What became of the file that something is in.
    pub(super) fn get(&self, source: BootSource) -> Option<Replacement> {
        match source {
            BootSource::File(node) => self.0.get(&node).copied(),
            BootSource::Content(_) | BootSource::Appended(_) => None,
        }
    }
}

impl KeptSystemArea {
    /// What cannot be kept because of what files were replaced by.
    pub(super) fn replacement_losses(&self, replaced: &Replaced) -> Vec<BootLoss> {
        let code = self.other_loader(replaced).map(|reason| BootLoss::Code { reason });
        let partitions = self.partitions.iter().filter(|one| one.loses_fat(replaced)).map(|one| {
            BootLoss::Partition { table: one.table, number: one.number, reason: NO_FAT.to_owned() }
        });
        code.into_iter().chain(partitions).collect()
    }

    /// Why the boot code does not start what replaces its boot image, if so.
    fn other_loader(&self, replaced: &Replaced) -> Option<String> {
        replaced.get(self.code?.source)?.other_loader(&self.area)
    }

    /// The same without [these](KeptSystemArea::replacement_losses).
    pub(super) fn without_lost(&self, replaced: &Replaced) -> KeptSystemArea {
        let mut kept = self.clone();
        if self.other_loader(replaced).is_some() {
            kept.drop_code();
        }
        let lost = kept.partitions.iter_mut().filter(|one| one.loses_fat(replaced));
        lost.for_each(|one| one.span = Span::Gone);
        kept
    }
}

fn content_of(tree: &Tree, node: NodeId) -> Option<ContentId> {
    match tree.kind(node) {
        NodeKind::File(content) => Some(content),
        _ => None,
    }
}
