//! The names that readers of one file system see, for those who know an item by what it was recorded as.

use std::collections::HashSet;

use iso9660::names::{NameRules, SourceName, Standing};
use udf::write::record_identifiers;

use super::Naming;
use crate::plan::PlanOptions;
use crate::tree::{DirectoryId, FileSystem, NodeId, NodeKind, Tree};
use crate::{Error, Result};

/// The names on the way to an item, from the root on, where `name` has that of an item in its directory; `None` where one
/// of them has none.
pub(super) fn names_on_the_way(
    tree: &Tree,
    node: NodeId,
    mut name: impl FnMut(DirectoryId, NodeId) -> Result<Option<String>>,
) -> Result<Option<Vec<String>>> {
    let mut names = Vec::new();
    let mut at = node;
    while at != NodeId::ROOT {
        let above = tree.parent(at);
        let NodeKind::Directory(directory) = tree.kind(above) else { return Ok(None) };
        let Some(name) = name(directory, at)? else { return Ok(None) };
        names.push(name);
        at = above;
    }
    names.reverse();
    Ok(Some(names))
}

/// How the name of an item that readers see stands to the tree's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    Same,
    /// Only in another case.
    Folded,
    /// Something of the name is lost, or another item of the directory would have the same name: which item the name is for
    /// depends on which others there are.
    Changed,
}

/// A name that readers see.
pub(crate) struct ShownName {
    pub(crate) name: Vec<u8>,
    pub(crate) likeness: Likeness,
}

/// The names that readers of `file_system` see of `children`, all that it shows of `directory`; `None` where these
/// are the tree's.
///
/// # Errors
/// [`Error::NoUniqueName`].
pub(crate) fn shown_names(
    tree: &Tree,
    directory: NodeId,
    children: &[NodeId],
    file_system: FileSystem,
    options: &PlanOptions,
) -> Result<Option<Vec<Vec<u8>>>> {
    let names = shown_with_likeness(tree, directory, children, file_system, options, &|_| None)?;
    Ok(names.map(|names| names.into_iter().map(|shown| shown.name).collect()))
}

/// The same, and how they stand to the tree's. `recorded` says of items under which name they are recorded already, and how that
/// stands, where the tree does not know it.
///
/// # Errors
/// [`Error::NoUniqueName`].
pub(crate) fn shown_with_likeness<'t>(
    tree: &'t Tree,
    directory: NodeId,
    children: &[NodeId],
    file_system: FileSystem,
    options: &PlanOptions,
    recorded: &dyn Fn(NodeId) -> Option<(&'t [u8], Standing)>,
) -> Result<Option<Vec<ShownName>>> {
    let not_unique = || Error::NoUniqueName { path: tree.path(directory), file_system };
    let naming = match file_system {
        // Of HFS+ nothing is read.
        FileSystem::HfsPlus => return Ok(None),
        FileSystem::RockRidge if !tree.has_own_names() => return Ok(None),
        FileSystem::RockRidge => {
            let name = |&child| tree.name_in(child, file_system).to_vec();
            let same = |child| ShownName { name: name(child), likeness: Likeness::Same };
            return Ok(Some(children.iter().map(same).collect()));
        }
        FileSystem::Udf => {
            let name = |&child| recorded(child).map_or(tree.name_in(child, file_system), |(name, _)| name);
            let recorded = record_identifiers(children.iter().map(name)).map_err(|_| not_unique())?;
            let is_same = |index| recorded.changes(index).is_empty();
            let is_the_trees = |index: usize| name(&children[index]) == tree.name(children[index]);
            let mut all = 0..children.len();
            if all.clone().all(|index| is_same(index) && is_the_trees(index)) {
                return Ok(None);
            }
            // A name that needs no change keeps it, whatever others there are.
            let likeness = |index| if is_same(index) { Likeness::Same } else { Likeness::Changed };
            let shown =
                |index| ShownName { name: recorded.shown(index).into_bytes(), likeness: likeness(index) };
            return Ok(Some(all.by_ref().map(shown).collect()));
        }
        FileSystem::Joliet => Naming::Joliet(options.joliet_names),
        FileSystem::Enhanced => Naming::Iso9660(NameRules::ENHANCED),
        FileSystem::Iso9660 => Naming::Iso9660(options.iso9660_names),
    };
    let name = |&child| {
        let is_directory = matches!(tree.kind(child), NodeKind::Directory(_));
        let own = || {
            let name = tree.identifier_in(child, file_system, is_directory);
            (name, tree.standing_in(child, file_system))
        };
        let (name, standing) = recorded(child).unwrap_or_else(own);
        SourceName { name, is_directory, standing }
    };
    let names: Vec<SourceName<'_>> = children.iter().map(name).collect();
    let recorded = naming.record(&names).map_err(|()| not_unique())?;
    let mut contested = HashSet::new();
    for index in (0..names.len()).filter(|&index| recorded.is_numbered(index)) {
        let alone = naming.record(&names[index..=index]).map_err(|()| not_unique())?;
        contested.insert(naming.distinct_part(alone.identifier(0)));
    }
    let likeness = |index: usize| {
        let is_contested =
            || !contested.is_empty() && contested.contains(&naming.distinct_part(recorded.identifier(index)));
        match recorded.is_changed(index, names[index].standing) || is_contested() {
            true => Likeness::Changed,
            false if recorded.shown(index).as_bytes() == tree.name_in(children[index], file_system) => {
                Likeness::Same
            }
            false => Likeness::Folded,
        }
    };
    let shown = |index| ShownName { name: recorded.shown(index).into_bytes(), likeness: likeness(index) };
    Ok(Some((0..children.len()).map(shown).collect()))
}
