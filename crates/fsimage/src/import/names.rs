//! Names and flags that another hierarchy of a session has for the items of the imported tree.

use iso9660::names::Standing;
use joliet::JolietRules;

use super::pairing::{Paired, Pairing, children, is_directory, take_flags, take_name, take_plain_names};
use super::{ImportWarning, Imported, ReadTree, read_tree};
use crate::disc::{Disc, Image};
use crate::plan::PlanOptions;
use crate::tree::{FileSystem, NodeId, NodeKind, Tree};
use crate::view::shown_names;
use crate::{Control, Result};

/// Whether a name has more units than Joliet's specification allows.
pub(super) fn is_long(name: &[u8]) -> bool {
    let most = usize::from(JolietRules::STRICT.max_units);
    name.len() > most && String::from_utf8_lossy(name).encode_utf16().count() > most
}

/// Gives the items of the imported tree the names and flags that `image`, another hierarchy of the session, has for them. Of the
/// records of ISO 9660 come the departures by which identifiers stay, and where deep directories are relocated. Tells what
/// of a record in plain ISO 9660 no field holds, and what [`name_items`] tells.
pub(super) fn keep(
    imported: &mut Imported,
    (disc, image): (&Disc, &Image),
    control: &Control,
) -> Result<Vec<ImportWarning>> {
    let other = read_tree(disc, image, disc.source().sectors(), control)?;
    let file_system = image.file_system();
    let mut warnings = match imported.file_system {
        FileSystem::Iso9660 if file_system == FileSystem::RockRidge => {
            Vec::from_iter(name_records(&mut imported.tree, &other.tree, control)?)
        }
        own => name_items(&mut imported.tree, own, (&other, file_system), control)?,
    };
    if matches!(file_system, FileSystem::RockRidge | FileSystem::Iso9660) {
        let rules = &mut imported.iso9660_names;
        rules.recorded = rules.recorded.and(other.departures.relaxations());
        if other.departures.are_mixed() {
            warnings.push(ImportWarning::IdentifierForms);
        }
        let is_of_records = |one: &&ImportWarning| {
            matches!(
                one,
                ImportWarning::FileVersion { .. }
                    | ImportWarning::SystemUse { .. }
                    | ImportWarning::ExtendedAttributeRecord { .. }
            )
        };
        warnings.extend(other.warnings.iter().filter(is_of_records).cloned());
    }
    if imported.relocation_directory.is_none() {
        imported.relocation_directory = other.relocation_directory;
        imported.recorded_relocation = other.recorded_relocation;
    }
    Ok(warnings)
}

/// Gives the items of a tree, which was read from `own`, the names and flags of another hierarchy. No names are kept in directories in
/// which the same names are made of the tree's. Tells of directories that may be one or another of the tree's: theirs, and
/// those of what is below them, are made anew; and whether what UDF says of items is not what Rock Ridge says.
fn name_items(
    tree: &mut Tree,
    own: FileSystem,
    (other, file_system): (&ReadTree, FileSystem),
    control: &Control,
) -> Result<Vec<ImportWarning>> {
    let (long_names, other) = (other.long_names, &other.tree);
    let pairing = Pairing::new((tree, own), (other, file_system), long_names);
    let mut unknown: Vec<NodeId> = Vec::new();
    let mut differ = false;
    let mut pending = vec![(NodeId::ROOT, NodeId::ROOT)];
    while let Some(directories) = pending.pop() {
        control.check("nothing was written")?;
        let Paired { mut pairs, only_there, .. } = pairing.pair(tree, other, directories)?;
        if (own, file_system) == (FileSystem::Udf, FileSystem::RockRidge) {
            let is_special = |node| !matches!(other.kind(node), NodeKind::Directory(_) | NodeKind::File(_));
            differ |= only_there.into_iter().any(is_special)
                || pairs.iter().any(|pair| tree.attributes(pair.here) != other.attributes(pair.there));
        }
        pairs.retain(|pair| {
            unknown.extend((!pair.is_certain).then_some(pair.there));
            pair.is_certain
        });
        let is_identifier = |node| other.standing_in(node, file_system) == Standing::Identifier;
        if !pairs.iter().all(|pair| pair.is_derived && !is_identifier(pair.there)) {
            for pair in &pairs {
                take_name(tree, pair.here, (other, pair.there), file_system)?;
            }
        }
        if file_system == FileSystem::RockRidge {
            take_plain_names(tree, (other, directories.1), &pairs)?;
        }
        for pair in &pairs {
            take_flags(tree, pair.here, (other, pair.there), file_system);
        }
        let below = pairs.iter().filter(|pair| is_directory(other, pair.there));
        pending.extend(below.map(|pair| (pair.here, pair.there)));
    }
    let differ = differ.then_some(ImportWarning::RockRidge { file_system: own });
    Ok(Vec::from_iter(made_anew(other, &unknown, file_system).into_iter().chain(differ)))
}

/// Gives the items of a tree, which was read from plain ISO 9660, the names that Rock Ridge has in the same records. Tells of
/// directories that it shows elsewhere (RRIP 4.1.5).
fn name_records(tree: &mut Tree, other: &Tree, control: &Control) -> Result<Option<ImportWarning>> {
    let plain = FileSystem::Iso9660;
    let mut unknown = Vec::new();
    let mut pending = vec![(NodeId::ROOT, NodeId::ROOT)];
    while let Some((here, there)) = pending.pop() {
        control.check("nothing was written")?;
        let (NodeKind::Directory(here), items) = (tree.kind(here), children(other, there)) else { continue };
        let made = shown_names(other, there, &items, plain, &PlanOptions::default())?.unwrap_or_default();
        for (item, made) in items.into_iter().zip(made) {
            let is_identifier = other.standing_in(item, plain) == Standing::Identifier;
            let name = if is_identifier { other.name_in(item, plain) } else { &made };
            let found = tree.child(here, name);
            match found.filter(|&found| is_directory(tree, found) == is_directory(other, item)) {
                Some(found) => {
                    tree.set_name_in(found, FileSystem::RockRidge, other.name(item))?;
                    pending.extend(is_directory(other, item).then_some((found, item)));
                }
                None if is_directory(other, item) => unknown.push(item),
                None => {}
            }
        }
    }
    Ok(made_anew(other, &unknown, FileSystem::RockRidge))
}

fn made_anew(other: &Tree, unknown: &[NodeId], file_system: FileSystem) -> Option<ImportWarning> {
    let first = unknown.iter().map(|&node| other.path(node)).min();
    first.map(|path| ImportWarning::NamesMadeAnew { path, directories: unknown.len() as u64, file_system })
}
