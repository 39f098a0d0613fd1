//! The names that readers of one file system see, for those who know an item by what it was recorded as.

use iso9660::names::{NameRules, SourceName};
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
    let not_unique = || Error::NoUniqueName { path: tree.path(directory), file_system };
    let naming = match file_system {
        // Of HFS+ nothing is read.
        FileSystem::HfsPlus => return Ok(None),
        FileSystem::RockRidge if !tree.has_own_names() => return Ok(None),
        FileSystem::RockRidge => {
            return Ok(Some(
                children.iter().map(|&child| tree.name_in(child, file_system).to_vec()).collect(),
            ));
        }
        FileSystem::Udf => {
            let names = children.iter().map(|&child| tree.name_in(child, file_system));
            let recorded = record_identifiers(names).map_err(|_| not_unique())?;
            let all = 0..children.len();
            if !tree.has_own_names() && all.clone().all(|index| recorded.changes(index).is_empty()) {
                return Ok(None);
            }
            return Ok(Some(all.map(|index| recorded.shown(index).into_bytes()).collect()));
        }
        FileSystem::Joliet => Naming::Joliet(options.joliet_names),
        FileSystem::Enhanced => Naming::Iso9660(NameRules::ENHANCED),
        FileSystem::Iso9660 => Naming::Iso9660(options.iso9660_names),
    };
    let name = |&child| {
        let is_directory = matches!(tree.kind(child), NodeKind::Directory(_));
        let name = tree.identifier_in(child, file_system, is_directory);
        SourceName { name, is_directory, standing: tree.standing_in(child, file_system) }
    };
    let names: Vec<SourceName<'_>> = children.iter().map(name).collect();
    let recorded = naming.record(&names).map_err(|()| not_unique())?;
    Ok(Some((0..children.len()).map(|index| recorded.shown(index).into_bytes()).collect()))
}
