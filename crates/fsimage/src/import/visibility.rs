//! Which of a session's hierarchies show an item: they need not show the same.

use std::collections::HashMap;

use joliet::JolietRules;

use super::forms::Forms;
use super::paths::{self, Paths};
use super::{ImportWarning, Imported, ImportedTrees};
use crate::disc::{Disc, Shown};
use crate::tree::{Content, FileSystem, NodeId, NodeKind, Tree};
use crate::{Control, Error, Result};

/// Characters that Joliet does not have in names.
const NOT_IN_JOLIET: &[char] = &['*', '/', ':', ';', '?', '\\'];

impl Imported {
    /// Hides items in those hierarchies of ISO 9660, and in UDF, that do not show them in the session. Files are known by
    /// where their data lie; links, devices, what is empty, and files of which only some names are shown by their paths,
    /// where names are the same in both. A directory in which nothing is shown is hidden. Names each item that only another
    /// hierarchy has, and each name that only it has of a file, if no program can have made it of a name in the tree: they
    /// are not imported. In a hierarchy that is damaged nothing is hidden. Where [all trees](ImportedTrees::All) were
    /// imported, that is done.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn keep_visibility(&mut self, disc: &Disc, control: &Control) -> Result<Vec<ImportWarning>> {
        let mut warnings = Vec::new();
        if self.trees == ImportedTrees::All {
            return Ok(warnings);
        }
        let contents = self.tree.contents();
        let mut imported: Vec<u32> = contents.filter_map(|(_, content)| first_sector(content)).collect();
        imported.sort_unstable();
        for file_system in [FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf] {
            let is_own = file_system == self.file_system
                || file_system == FileSystem::Iso9660 && self.file_system == FileSystem::RockRidge;
            if is_own || !self.file_systems.contains(file_system.as_set()) {
                continue;
            }
            let named = Paths::of_tree(&self.tree, file_system);
            let forms = Forms::between(self.file_system, file_system);
            let read = disc.image(Some(self.session.number), &[file_system]).and_then(|image| {
                let (mut shown, mut bare) = (Vec::new(), HashMap::new());
                image.visit_shown(control, &mut |path, item| match item {
                    Shown::Data(first) => {
                        let path = path();
                        shown.push(paths::entry(first, &path, file_system));
                        if imported.binary_search(&first).is_err() {
                            warnings.push(not_shown(&path, file_system));
                        }
                        if named.count(first) > 1 {
                            bare.insert(path, item);
                        }
                    }
                    Shown::Bare => drop(bare.insert(path(), item)),
                })?;
                let shown = Paths::new(shown);
                warnings.extend(paths::names_not_shown(
                    &image,
                    &self.tree,
                    &forms,
                    (&named, &shown),
                    control,
                )?);
                let lost = image.losses(control)?.into_iter().next().map(|loss| loss.to_string());
                Ok((Other { file_system, shown, bare }, lost))
            });
            let damage = match read {
                Err(error @ Error::Cancelled { .. }) => return Err(error),
                Err(error) => Some(error.to_string()),
                Ok((other, None)) => {
                    warnings.extend(other.hide_the_rest(&mut self.tree, &named, &forms));
                    None
                }
                Ok((_, Some(damage))) => Some(damage),
            };
            warnings.extend(damage.map(|damage| ImportWarning::Damaged {
                path: None,
                finding: format!("{file_system}, so that what it hides is not known: {damage}"),
            }));
        }
        Ok(warnings)
    }
}

fn not_shown(path: &[u8], file_system: FileSystem) -> ImportWarning {
    ImportWarning::NotShown { path: String::from_utf8_lossy(path).into_owned(), file_system }
}

/// What is below a directory.
#[derive(Clone, Copy, PartialEq)]
enum Below {
    /// Something that is shown, or may be.
    Shown,
    /// Items, all of them hidden.
    Hidden,
    /// Nothing that this hierarchy can show.
    Empty,
}

/// What another hierarchy shows.
struct Other {
    file_system: FileSystem,
    shown: Paths,
    /// Paths of what has no data, of files with several names in the tree, and of directories with nothing in them.
    bare: HashMap<Vec<u8>, Shown>,
}

/// Items that are in the tree, and perhaps not in the other hierarchy.
#[derive(Default)]
struct Unknown {
    nodes: Vec<NodeId>,
    /// How many of the other's paths were found in the tree.
    matched: usize,
}

impl Other {
    /// Hides what the hierarchy does not show. Tells where that is not certain: where names differ, and fewer items are
    /// shown than there are; and what has no data that only this hierarchy has.
    fn hide_the_rest(&self, tree: &mut Tree, named: &Paths, forms: &Forms) -> Vec<ImportWarning> {
        let mut unknown = Unknown::default();
        self.hide(tree, named, NodeId::ROOT, &mut Vec::new(), true, &mut unknown);
        let mut warnings = self.bare_not_shown(tree, &unknown, forms);
        let left = self.bare.len().saturating_sub(unknown.matched);
        if let Some(&first) = unknown.nodes.first().filter(|_| unknown.nodes.len() > left) {
            warnings.push(ImportWarning::MayHaveBeenHidden {
                path: tree.path(first),
                items: (unknown.nodes.len() - left) as u64,
                file_system: self.file_system,
            });
        }
        warnings
    }

    /// What has no data, and is neither in the tree nor a form of what may be there under another name.
    fn bare_not_shown(&self, tree: &Tree, unknown: &Unknown, forms: &Forms) -> Vec<ImportWarning> {
        let bare = self.bare.iter().filter(|(_, item)| **item == Shown::Bare);
        let there: Vec<Vec<u8>> =
            bare.map(|(path, _)| path).filter(|path| tree.lookup(path).is_none()).cloned().collect();
        let here: Vec<Vec<u8>> = unknown.nodes.iter().map(|&node| tree.path(node).into_bytes()).collect();
        let (mut left, _) = forms.unmatched(&here, there);
        left.sort();
        left.iter().map(|path| not_shown(path, self.file_system)).collect()
    }

    /// `path` is that of `node`; `is_certain`: it is the same in the other hierarchy.
    fn hide(
        &self,
        tree: &mut Tree,
        named: &Paths,
        node: NodeId,
        path: &mut Vec<u8>,
        is_certain: bool,
        unknown: &mut Unknown,
    ) -> Below {
        let found = match tree.kind(node) {
            NodeKind::Directory(directory) => {
                let children: Vec<NodeId> = tree.children(directory).collect();
                let len = path.len();
                let mut all = Below::Empty;
                for child in children {
                    let name = tree.name(child);
                    path.push(b'/');
                    path.extend_from_slice(name);
                    let is_certain = is_certain && self.keeps(name);
                    let below = self.hide(tree, named, child, path, is_certain, unknown);
                    path.truncate(len);
                    all = match (all, below) {
                        (Below::Shown, _) | (_, Below::Shown) => Below::Shown,
                        (Below::Hidden, _) | (_, Below::Hidden) => Below::Hidden,
                        (Below::Empty, Below::Empty) => Below::Empty,
                    };
                }
                match all {
                    // It may be shown with nothing in it.
                    Below::Hidden if self.bare.contains_key(path) => {
                        unknown.matched += 1;
                        Below::Shown
                    }
                    Below::Empty => self.find(node, path, is_certain, unknown),
                    all => all,
                }
            }
            NodeKind::File(content) => match first_sector(tree.content(content)) {
                Some(first) if self.shown.count(first) == 0 => Below::Hidden,
                Some(first) if self.shown.count(first) < named.count(first) => {
                    self.find(node, path, is_certain, unknown)
                }
                Some(first) => {
                    unknown.matched += usize::from(named.count(first) > 1);
                    Below::Shown
                }
                None if tree.content_len(content) == 0 => self.find(node, path, is_certain, unknown),
                None => Below::Shown,
            },
            _ if self.file_system == FileSystem::Udf => self.find(node, path, is_certain, unknown),
            _ => Below::Empty,
        };
        if found == Below::Hidden && node != NodeId::ROOT {
            tree.hide(node, tree.hidden_in(node) | self.file_system.as_set());
        }
        found
    }

    /// An item that is known by its path.
    fn find(&self, node: NodeId, path: &[u8], is_certain: bool, unknown: &mut Unknown) -> Below {
        if self.bare.contains_key(path) {
            unknown.matched += 1;
            return Below::Shown;
        }
        if is_certain {
            return Below::Hidden;
        }
        unknown.nodes.push(node);
        Below::Shown
    }

    /// Whether all writers record a name as it is.
    fn keeps(&self, name: &[u8]) -> bool {
        let Ok(name) = std::str::from_utf8(name) else { return false };
        let is_plain = |character: char| !character.is_control() && u32::from(character) <= 0xFFFF;
        match self.file_system {
            FileSystem::RockRidge => true,
            // Some writers give UDF the names of Joliet.
            FileSystem::Udf | FileSystem::Joliet => {
                name.chars().all(|character| is_plain(character) && !NOT_IN_JOLIET.contains(&character))
                    && name.encode_utf16().count() <= usize::from(JolietRules::STRICT.max_units)
                    && !name.ends_with(['.', ' '])
            }
            FileSystem::Iso9660 | FileSystem::Enhanced | FileSystem::HfsPlus => false,
        }
    }
}

/// First sector of an imported file with data.
pub(super) fn first_sector(content: &Content) -> Option<u32> {
    match content {
        Content::Imported { start, len } => (*len > 0).then(|| start.get()),
        Content::ImportedSections { sections, len } => {
            sections.first().filter(|_| *len > 0).map(|first| first.start.get())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_all_writers_keep() {
        let keeps = |file_system, name: &str| {
            Other { file_system, shown: Paths::new(Vec::new()), bare: HashMap::new() }.keeps(name.as_bytes())
        };
        for (name, is_kept) in [
            ("plain name.txt", true),
            ("ünïcode", true),
            ("a:b", false),
            ("ends.", false),
            ("\u{1F4BF}", false),
            (&"n".repeat(65), false),
        ] {
            let both = [FileSystem::Joliet, FileSystem::Udf].map(|file_system| keeps(file_system, name));
            assert_eq!(both, [is_kept; 2], "{name}");
        }
    }
}
