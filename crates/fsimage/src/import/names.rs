//! Names and flags that another hierarchy of a session has for the items of the imported tree.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hasher};

use iso9660::names::{IdentifierCheck, NameRules, SourceName, Standing};
use joliet::JolietRules;

use super::pairing::{
    Paired, Pairing, children, is_directory, take_existence, take_flags, take_name, take_plain_names,
};
use super::{ImportWarning, Imported, ReadTree, read_tree};
use crate::disc::{Disc, Image};
use crate::plan::PlanOptions;
use crate::tree::{Attributes, DirectoryId, FileSystem, NodeId, NodeKind, Timestamp, Tree};
use crate::view::{is_recordable, shown_names, without_version};
use crate::{Control, Result};

/// Whether a name has more units than Joliet's specification allows.
pub(super) fn is_long(name: &[u8]) -> bool {
    has_more_units(name, usize::from(JolietRules::STRICT.max_units))
}

fn has_more_units(name: &[u8], most: usize) -> bool {
    name.len() > most && String::from_utf8_lossy(name).encode_utf16().count() > most
}

/// Bytes that no rule of the enhanced hierarchy cuts.
const ENHANCED_SURELY: usize = 100;

/// The rules by which names of another hierarchy are made of the tree's; those of Joliet may have over 64 units if
/// `has_long_names`.
pub(super) fn rules(has_long_names: bool) -> PlanOptions {
    let joliet_names = if has_long_names { JolietRules::LONG } else { JolietRules::default() };
    PlanOptions { joliet_names, iso9660_names: NameRules::RECORDED, ..PlanOptions::default() }
}

/// Keeps names of a directory, which was read from Joliet, that would be recorded otherwise if they were new.
pub(super) fn settle_joliet(tree: &mut Tree, directory: DirectoryId) -> Result<()> {
    let children: Vec<NodeId> = tree.children(directory).collect();
    let alike = alike(tree, &children);
    for child in children {
        if alike.contains(&child) || is_odd_in_joliet(tree.name(child)) {
            let name = tree.name(child).to_vec();
            tree.set_recorded_name(child, FileSystem::Joliet, &name)?;
        }
    }
    Ok(())
}

/// Whether a new item cannot have the name in Joliet.
pub(super) fn is_odd_in_joliet(name: &[u8]) -> bool {
    let is_forbidden = |byte: &u8| matches!(byte, 0..0x20 | b'*' | b':' | b';' | b'?' | b'\\');
    name.ends_with(b".")
        || name.iter().any(is_forbidden)
        || has_more_units(name, usize::from(JolietRules::LONG.max_units))
}

/// Keeps names of a directory, which was read from the enhanced hierarchy, that would be recorded otherwise if they were new;
/// and the identifiers of files, in the order of their numbers, that have version numbers.
pub(super) fn settle_enhanced(
    tree: &mut Tree,
    directory: DirectoryId,
    versioned: &mut Vec<(NodeId, Vec<u8>)>,
) -> Result<()> {
    let children: Vec<NodeId> = tree.children(directory).collect();
    for child in children {
        if let Ok(at) = versioned.binary_search_by_key(&child, |(node, _)| *node) {
            tree.set_recorded_name(child, FileSystem::Enhanced, &versioned[at].1)?;
        } else if is_odd_in_enhanced(tree.name(child), is_directory(tree, child)) {
            let name = tree.name(child).to_vec();
            tree.set_recorded_name(child, FileSystem::Enhanced, &name)?;
        }
    }
    versioned.clear();
    Ok(())
}

/// Whether a new item cannot have the name in the enhanced hierarchy.
pub(super) fn is_odd_in_enhanced(name: &[u8], is_directory: bool) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if name.len() <= ENHANCED_SURELY && !name.starts_with(b".") && name.iter().all(is_plain) {
        return false;
    }
    let source = SourceName { name, is_directory, standing: Standing::Recorded };
    !IdentifierCheck::new(&NameRules::ENHANCED).fits(&source, name)
}

/// Items of one directory whose names differ in nothing but the case of letters.
pub(super) fn alike(tree: &Tree, children: &[NodeId]) -> HashSet<NodeId> {
    let mut alike = HashSet::new();
    if !children.iter().any(|&child| tree.name(child).iter().any(u8::is_ascii_uppercase)) {
        return alike;
    }
    // Digests instead of names: where two are the same by chance, less is certain.
    let mut first = HashMap::with_capacity(children.len());
    for &child in children {
        let mut digest = DefaultHasher::new();
        tree.name(child).iter().for_each(|byte| digest.write_u8(byte.to_ascii_uppercase()));
        let one = *first.entry(digest.finish()).or_insert(child);
        if one != child {
            alike.extend([one, child]);
        }
    }
    alike
}

/// Whether names in some directory differ in nothing but the case of letters.
pub(super) fn are_alike_somewhere(tree: &Tree) -> bool {
    let mut pending = vec![NodeId::ROOT];
    while let Some(node) = pending.pop() {
        let children = children(tree, node);
        if !alike(tree, &children).is_empty() {
            return true;
        }
        pending.extend(children.into_iter().filter(|&child| is_directory(tree, child)));
    }
    false
}

/// Whether another hierarchy says of an item what the imported one does not: when a file was modified, in whole seconds; and
/// UDF who has it, and who may do what. What Rock Ridge says is told otherwise, and when directories were modified is when
/// they were made in many an image.
pub(super) fn says_otherwise(
    (tree, node): (&Tree, NodeId),
    (modified, attributes): (Timestamp, Attributes),
    file_system: FileSystem,
) -> bool {
    if file_system == FileSystem::RockRidge {
        return false;
    }
    let (own_modified, own) = (tree.modified(node), tree.attributes(node));
    let has_others = file_system == FileSystem::Udf && own != attributes;
    let is_file = matches!(tree.kind(node), NodeKind::File(_));
    // A time that a record cannot hold was recorded as the nearest.
    has_others || is_file && is_recordable(own_modified) && own_modified.seconds != modified.seconds
}

/// Whether UDF has a fraction of a second that the imported hierarchy has not.
pub(super) fn is_finer(tree: &Tree, node: NodeId, modified: Timestamp) -> bool {
    let own = tree.modified(node);
    own.seconds == modified.seconds && own != modified
}

/// Lets UDF say of an item what it says in the session: when it was modified, who has it, and who may do what.
pub(super) fn take_udf_attributes(
    tree: &mut Tree,
    node: NodeId,
    (modified, attributes): (Timestamp, Attributes),
) {
    tree.set_udf_attributes(node, attributes, modified);
}

/// Gives the items of the imported tree the names and flags that `image`, another hierarchy of the session, has for them. Of the
/// records of ISO 9660 comes where deep directories are relocated. Tells what
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
        rules.keep_recorded = true;
        let is_of_records = |one: &&ImportWarning| {
            matches!(
                one,
                ImportWarning::Identifier { .. }
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

/// Gives the items of a tree, which was read from `own`, the names and flags of another hierarchy, and what UDF says of them.
/// No names are kept in directories in which the same names are made of the tree's. Tells of directories that may be one or
/// another of the tree's: theirs, and those of what is below them, are made anew; whether what UDF says of items is not what
/// Rock Ridge says, where UDF was imported; and whether the other hierarchy says otherwise ([`says_otherwise`]) what is not
/// kept.
fn name_items(
    tree: &mut Tree,
    own: FileSystem,
    (other, file_system): (&ReadTree, FileSystem),
    control: &Control,
) -> Result<Vec<ImportWarning>> {
    let (long_names, other) = (other.long_names, &other.tree);
    let pairing = Pairing::new((tree, own), (other, file_system), long_names);
    let mut unknown: Vec<NodeId> = Vec::new();
    let (mut differ, mut otherwise) = (false, false);
    let said = |node| (other.modified(node), other.attributes_in_udf(node));
    let is_udf = file_system == FileSystem::Udf;
    if is_udf {
        take_udf_attributes(tree, NodeId::ROOT, said(NodeId::ROOT));
    }
    take_existence(tree, NodeId::ROOT, (other, NodeId::ROOT), file_system);
    let mut pending = vec![(NodeId::ROOT, NodeId::ROOT)];
    while let Some(directories) = pending.pop() {
        control.check("nothing was written")?;
        let Paired { mut pairs, only_there, stood_for, .. } = pairing.pair(tree, other, directories)?;
        if (own, file_system) == (FileSystem::Udf, FileSystem::RockRidge) {
            let is_special = |node| !matches!(other.kind(node), NodeKind::Directory(_) | NodeKind::File(_));
            differ |= only_there.into_iter().any(is_special)
                || pairs.iter().any(|pair| tree.attributes(pair.here) != other.attributes(pair.there));
        }
        otherwise |= pairs.iter().any(|pair| {
            let is_kept = is_udf && pair.is_certain;
            let is_same_kind = tree.kind(pair.here).kind() == other.kind(pair.there).kind();
            !is_kept && is_same_kind && says_otherwise((tree, pair.here), said(pair.there), file_system)
        });
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
            for &(here, there) in &stood_for {
                take_name(tree, here, (other, there), file_system)?;
            }
            let of_records = pairs.iter().map(|pair| (pair.here, pair.there)).chain(stood_for).collect();
            take_plain_names(tree, (other, directories.1), of_records)?;
        }
        for pair in &pairs {
            take_flags(tree, pair.here, (other, pair.there), file_system);
            if is_udf && tree.kind(pair.here).kind() == other.kind(pair.there).kind() {
                take_udf_attributes(tree, pair.here, said(pair.there));
            }
        }
        let below = pairs.iter().filter(|pair| is_directory(other, pair.there));
        pending.extend(below.map(|pair| (pair.here, pair.there)));
    }
    let differ = differ.then_some(ImportWarning::RockRidge { file_system: own });
    let otherwise = otherwise.then_some(ImportWarning::SaysOtherwise { file_system, imported: own });
    let made_anew = made_anew(other, &unknown, file_system);
    Ok(made_anew.into_iter().chain(differ).chain(otherwise).collect())
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
        let made = shown_names(other, there, &items, plain, &rules(false))?.unwrap_or_default();
        for (item, made) in items.into_iter().zip(made) {
            let is_identifier = other.standing_in(item, plain) == Standing::Identifier;
            let name = if is_identifier { without_version(other.name_in(item, plain)) } else { &made };
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
