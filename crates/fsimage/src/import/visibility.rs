//! Which of a session's hierarchies show an item: they need not show the same.

use std::collections::{BTreeMap, HashSet};

use joliet::JolietRules;

use super::{ImportWarning, Imported, ImportedTrees};
use crate::disc::{Disc, Image, Shown};
use crate::tree::{Content, FileSystem, NodeId, NodeKind, Tree};
use crate::{Control, Error, Result};

/// Characters that Joliet does not have in names.
const NOT_IN_JOLIET: &[char] = &['*', '/', ':', ';', '?', '\\'];

/// Most characters and bytes of names that UDF writers keep as they are.
const KEPT_IN_UDF: usize = 120;

impl Imported {
    /// Hides items in those hierarchies of ISO 9660, and in UDF, that do not show them in the session. Files are known by
    /// where their data lie; links, devices, what is empty, and files of which only some names are shown by their paths,
    /// where names are the same in both. A
    /// directory in which nothing is shown is hidden. Names each file that only another hierarchy has, and each further
    /// name that only it has of a file, which are not imported. In a hierarchy that is damaged nothing is hidden. Where [all trees](ImportedTrees::All) were imported, that
    /// is done.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn keep_visibility(&mut self, disc: &Disc, control: &Control) -> Result<Vec<ImportWarning>> {
        let mut warnings = Vec::new();
        if self.trees == ImportedTrees::All {
            return Ok(warnings);
        }
        let contents = self.tree.contents();
        let imported = Sectors::new(contents.filter_map(|(_, content)| first_sector(content)).collect());
        let named = Sectors::of_names(&self.tree);
        for file_system in [FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf] {
            let is_own = file_system == self.file_system
                || file_system == FileSystem::Iso9660 && self.file_system == FileSystem::RockRidge;
            if is_own || !self.file_systems.contains(file_system.as_set()) {
                continue;
            }
            let read = disc.image(Some(self.session.number), &[file_system]).and_then(|image| {
                let (mut shown, mut bare) = (Vec::new(), HashSet::new());
                image.visit_shown(control, &mut |path, item| match item {
                    Shown::Data(first) => {
                        if !imported.contains(first) {
                            let path = String::from_utf8_lossy(&path()).into_owned();
                            warnings.push(ImportWarning::NotShown { path, file_system });
                        }
                        if named.count(first) > 1 {
                            bare.insert(path());
                        }
                        shown.push(first);
                    }
                    Shown::Bare => drop(bare.insert(path())),
                })?;
                let shown = Sectors::new(shown);
                warnings.extend(names_not_shown(&image, &self.tree, &named, &shown, file_system, control)?);
                let lost = image.losses(control)?.into_iter().next().map(|loss| loss.to_string());
                Ok((Other { file_system, shown, bare }, lost))
            });
            let damage = match read {
                Err(error @ Error::Cancelled { .. }) => return Err(error),
                Err(error) => Some(error.to_string()),
                Ok((other, None)) => {
                    warnings.extend(other.hide_the_rest(&mut self.tree, &named));
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

/// Names that only another hierarchy has, of files that have fewer names in the tree. `image` is read once more where
/// there are any.
fn names_not_shown(
    image: &Image,
    tree: &Tree,
    named: &Sectors,
    shown: &Sectors,
    file_system: FileSystem,
    control: &Control,
) -> Result<Vec<ImportWarning>> {
    let mut lost = shown.beyond(named);
    if lost.is_empty() {
        return Ok(Vec::new());
    }
    image.visit_shown(control, &mut |path, item| {
        let Shown::Data(first) = item else { return };
        let Some((_, paths)) = lost.get_mut(&first) else { return };
        let path = path();
        let node = tree.lookup(&path).map(|node| tree.kind(node));
        let is_kept = matches!(node, Some(NodeKind::File(content)) if first_sector(tree.content(content)) == Some(first));
        if !is_kept {
            paths.push(String::from_utf8_lossy(&path).into_owned());
        }
    })?;
    let told = lost.into_values().filter(|(_, paths)| !paths.is_empty());
    Ok(told.map(|(names, paths)| ImportWarning::NamesNotShown { paths, names, file_system }).collect())
}

/// First sectors of files, as often as they were given.
struct Sectors(Vec<u32>);

impl Sectors {
    fn new(mut sectors: Vec<u32>) -> Sectors {
        sectors.sort_unstable();
        Sectors(sectors)
    }

    /// Of each name in the tree.
    fn of_names(tree: &Tree) -> Sectors {
        let (mut sectors, mut pending) = (Vec::new(), vec![NodeId::ROOT]);
        while let Some(node) = pending.pop() {
            match tree.kind(node) {
                NodeKind::Directory(directory) => pending.extend(tree.children(directory)),
                NodeKind::File(content) => sectors.extend(first_sector(tree.content(content))),
                _ => {}
            }
        }
        Sectors::new(sectors)
    }

    fn count(&self, sector: u32) -> usize {
        let from = self.0.partition_point(|&other| other < sector);
        self.0[from..].partition_point(|&other| other == sector)
    }

    /// How many more of each there are than of `fewer`, with no paths yet; those that `fewer` has not at all are left out.
    fn beyond(&self, fewer: &Sectors) -> BTreeMap<u32, (u64, Vec<String>)> {
        let groups = self.0.chunk_by(|one, other| one == other);
        groups
            .filter_map(|group| {
                let there = fewer.count(group[0]);
                (there > 0 && group.len() > there)
                    .then(|| (group[0], ((group.len() - there) as u64, Vec::new())))
            })
            .collect()
    }

    fn contains(&self, sector: u32) -> bool {
        self.0.binary_search(&sector).is_ok()
    }
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
    shown: Sectors,
    /// Paths of what has no data, of files with several names in the tree, and of directories with nothing in them.
    bare: HashSet<Vec<u8>>,
}

/// Items that are in the tree, and perhaps not in the other hierarchy.
#[derive(Default)]
struct Unknown {
    first: Option<NodeId>,
    count: usize,
    /// How many of the other's paths were found in the tree.
    matched: usize,
}

impl Other {
    /// Hides what the hierarchy does not show. Tells where that is not certain: where names differ, and fewer items are
    /// shown than there are.
    fn hide_the_rest(&self, tree: &mut Tree, named: &Sectors) -> Option<ImportWarning> {
        let mut unknown = Unknown::default();
        self.hide(tree, named, NodeId::ROOT, &mut Vec::new(), true, &mut unknown);
        let left = self.bare.len().saturating_sub(unknown.matched);
        let first = unknown.first.filter(|_| unknown.count > left)?;
        Some(ImportWarning::MayHaveBeenHidden {
            path: tree.path(first),
            items: (unknown.count - left) as u64,
            file_system: self.file_system,
        })
    }

    /// `path` is that of `node`; `is_certain`: it is the same in the other hierarchy.
    fn hide(
        &self,
        tree: &mut Tree,
        named: &Sectors,
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
                    Below::Hidden if self.bare.contains(path) => {
                        unknown.matched += 1;
                        Below::Shown
                    }
                    Below::Empty => self.find(node, path, is_certain, unknown),
                    all => all,
                }
            }
            NodeKind::File(content) => match first_sector(tree.content(content)) {
                Some(first) if !self.shown.contains(first) => Below::Hidden,
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
        if self.bare.contains(path) {
            unknown.matched += 1;
            return Below::Shown;
        }
        if is_certain {
            return Below::Hidden;
        }
        unknown.first.get_or_insert(node);
        unknown.count += 1;
        Below::Shown
    }

    /// Whether all writers record a name as it is.
    fn keeps(&self, name: &[u8]) -> bool {
        let Ok(name) = std::str::from_utf8(name) else { return false };
        let is_plain = |character: char| !character.is_control() && u32::from(character) <= 0xFFFF;
        match self.file_system {
            FileSystem::RockRidge => true,
            FileSystem::Udf => name.len() <= KEPT_IN_UDF && name.chars().all(is_plain),
            FileSystem::Joliet => {
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
            Other { file_system, shown: Sectors::new(Vec::new()), bare: HashSet::new() }
                .keeps(name.as_bytes())
        };
        for (name, joliet, udf) in [
            ("plain name.txt", true, true),
            ("ünïcode", true, true),
            ("a:b", false, true),
            ("ends.", false, true),
            ("\u{1F4BF}", false, false),
            (&"n".repeat(65), false, true),
            (&"n".repeat(121), false, false),
        ] {
            assert_eq!(
                (keeps(FileSystem::Joliet, name), keeps(FileSystem::Udf, name)),
                (joliet, udf),
                "{name}"
            );
        }
    }
}
