//! Which of a session's hierarchies show an item: they need not show the same.

use std::collections::HashSet;

use super::{ImportWarning, Imported};
use crate::Result;
use crate::disc::Disc;
use crate::tree::{Content, FileSystem, FileSystems, Kind, NodeId, NodeKind, Tree};

impl Imported {
    /// Hides items in those hierarchies of ISO 9660, and in UDF, that do not show them in the session. Files are known by where
    /// their data lie, so that nothing is known of links, devices and empty files: they are shown. A directory in which
    /// no file is shown is hidden. Names each file that only another hierarchy has, which is not imported.
    ///
    /// # Errors
    /// Those of reading the hierarchies.
    pub fn keep_visibility(&mut self, disc: &Disc) -> Result<Vec<ImportWarning>> {
        let mut warnings = Vec::new();
        let imported: HashSet<u32> = {
            let contents = self.tree.contents();
            contents.filter_map(|(_, content)| first_sector(content)).collect()
        };
        for file_system in [FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf] {
            let is_own = file_system == self.file_system
                || file_system == FileSystem::Iso9660 && self.file_system == FileSystem::RockRidge;
            if is_own || !self.file_systems.contains(file_system.as_set()) {
                continue;
            }
            let mut shown = HashSet::new();
            let image = disc.image(Some(self.session.number), &[file_system])?;
            image.walk(&mut |path, entry| {
                if entry.kind != Kind::File || entry.len == 0 {
                    return Ok(());
                }
                let Some(first) = image.first_sector(entry) else { return Ok(()) };
                if !imported.contains(&first) {
                    let path = String::from_utf8_lossy(path).into_owned();
                    warnings.push(ImportWarning::NotShown { path, file_system });
                }
                shown.insert(first);
                Ok(())
            })?;
            hide(&mut self.tree, NodeId::ROOT, file_system.as_set(), &shown);
        }
        Ok(warnings)
    }
}

/// What is below a directory.
#[derive(Clone, Copy, PartialEq)]
enum Below {
    /// Something that is shown, or may be.
    Shown,
    /// Files, all of them hidden.
    Hidden,
    /// Nothing.
    Empty,
}

fn hide(tree: &mut Tree, node: NodeId, file_system: FileSystems, shown: &HashSet<u32>) -> Below {
    match tree.kind(node) {
        NodeKind::Directory(directory) => {
            let children: Vec<NodeId> = tree.children(directory).collect();
            let mut all = Below::Empty;
            for child in children {
                all = match (all, hide(tree, child, file_system, shown)) {
                    (Below::Shown, _) | (_, Below::Shown) => Below::Shown,
                    (Below::Hidden, _) | (_, Below::Hidden) => Below::Hidden,
                    (Below::Empty, Below::Empty) => Below::Empty,
                };
            }
            if all == Below::Hidden && node != NodeId::ROOT {
                tree.hide(node, tree.hidden_in(node) | file_system);
            }
            all
        }
        NodeKind::File(content) => match first_sector(tree.content(content)) {
            Some(first) if !shown.contains(&first) => {
                tree.hide(node, tree.hidden_in(node) | file_system);
                Below::Hidden
            }
            _ => Below::Shown,
        },
        _ => Below::Shown,
    }
}

/// First sector of an imported file with data.
fn first_sector(content: &Content) -> Option<u32> {
    match content {
        Content::Imported { start, len } => (*len > 0).then(|| start.get()),
        Content::ImportedSections { sections, len } => {
            sections.first().filter(|_| *len > 0).map(|first| first.start.get())
        }
        _ => None,
    }
}
