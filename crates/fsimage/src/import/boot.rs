//! Files of a session that its boot records name.

use std::collections::BTreeMap;

use iso9660::el_torito::{BootCatalog, catalog_of};
use iso9660::volume::BootRecord;
use sector_io::{ReadSectors, SECTOR_SIZE, SectorCount};

use super::ImportWarning;
use crate::address::sector;
use crate::tree::{Content, ContentId, NodeId, NodeKind, Tree};

/// A file of an imported session that its boot records name by address. Another file in its place is not booted:
/// the records go on naming the old one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootFile {
    /// Path in the tree.
    pub path: String,
    /// `boot catalog` or `boot image`.
    pub what: &'static str,
    content: ContentId,
}

impl BootFile {
    /// A warning, if the tree has no longer this file at its place.
    pub fn replaced_in(&self, tree: &Tree) -> Option<ImportWarning> {
        let found = tree.lookup(&self.path).map(|node| tree.kind(node));
        (found != Some(NodeKind::File(self.content)))
            .then(|| ImportWarning::BootFileReplaced { path: self.path.clone(), what: self.what })
    }
}

/// Sectors of a boot catalog that are looked at: room for 1,000 images.
const MOST_CATALOG: u32 = 16;

/// The files at the addresses that the boot records name, as far as these can be read.
pub(super) fn boot_files(tree: &Tree, records: &[BootRecord], source: &dyn ReadSectors) -> Vec<BootFile> {
    let mut named = BTreeMap::new();
    for catalog in records.iter().filter_map(catalog_of).map(sector) {
        named.insert(catalog, "boot catalog");
        let mut bytes = Vec::new();
        let mut buffer = [0; SECTOR_SIZE];
        for ahead in 0..MOST_CATALOG {
            let Some(at) = catalog.checked_add(SectorCount::new(ahead)) else { break };
            if source.read_sectors(at, &mut buffer).is_err() {
                break;
            }
            bytes.extend_from_slice(&buffer);
        }
        let Ok((_, catalog)) = BootCatalog::parse(&bytes) else { continue };
        named.entry(sector(catalog.initial.load_rba)).or_insert("boot image");
        for (entry, _) in catalog.sections.iter().flat_map(|section| &section.entries) {
            named.entry(sector(entry.boot.load_rba)).or_insert("boot image");
        }
    }
    if named.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut pending = vec![NodeId::ROOT];
    while let Some(node) = pending.pop() {
        match tree.kind(node) {
            NodeKind::Directory(directory) => pending.extend(tree.children(directory)),
            NodeKind::File(content) => {
                let start = match tree.content(content) {
                    Content::Imported { start, len } if *len > 0 => Some(*start),
                    Content::ImportedSections { sections, .. } => sections.first().map(|first| first.start),
                    _ => None,
                };
                if let Some(&what) = start.as_ref().and_then(|start| named.get(start)) {
                    found.push(BootFile { path: tree.path(node), what, content });
                }
            }
            _ => {}
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}
