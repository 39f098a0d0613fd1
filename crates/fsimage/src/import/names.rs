//! Names that another hierarchy of a session has for the items of the imported tree.

use joliet::JolietRules;

use super::pairing::{Paired, Pairing, Relation, is_directory};
use super::{ImportWarning, read_tree};
use crate::disc::{Disc, Image};
use crate::tree::{FileSystem, NodeId, Tree};
use crate::{Control, Result};

/// Whether a name has more units than Joliet's specification allows.
pub(super) fn is_long(name: &[u8]) -> bool {
    let most = usize::from(JolietRules::STRICT.max_units);
    name.len() > most && String::from_utf8_lossy(name).encode_utf16().count() > most
}

/// Gives the items of a tree, which was read from `own`, the names that `image`, another hierarchy of the session, has
/// for them. Nothing is kept in directories in which the same names are made of the tree's. Tells of directories that
/// may be one or another of the tree's: theirs, and those of what is below them, are made anew.
pub(super) fn keep(
    tree: &mut Tree,
    own: FileSystem,
    (disc, image): (&Disc, &Image),
    control: &Control,
) -> Result<Option<ImportWarning>> {
    let file_system = image.file_system();
    let other = read_tree(disc, image, disc.source().sectors(), control)?;
    let pairing = Pairing::new((tree, own), (&other.tree, file_system), Relation::Other, other.long_names);
    let mut unknown: Vec<NodeId> = Vec::new();
    let mut pending = vec![(NodeId::ROOT, NodeId::ROOT)];
    while let Some(directories) = pending.pop() {
        control.check("nothing was written")?;
        let Paired { mut pairs, .. } = pairing.pair(tree, &other.tree, directories)?;
        pairs.retain(|pair| {
            unknown.extend((!pair.is_certain).then_some(pair.there));
            pair.is_certain
        });
        if !pairs.iter().all(|pair| pair.is_derived) {
            for pair in &pairs {
                tree.set_name_in(pair.here, file_system, other.tree.name(pair.there))?;
            }
        }
        let below = pairs.iter().filter(|pair| is_directory(&other.tree, pair.there));
        pending.extend(below.map(|pair| (pair.here, pair.there)));
    }
    let first = unknown.iter().map(|&node| other.tree.path(node)).min();
    Ok(first.map(|path| ImportWarning::NamesMadeAnew {
        path,
        directories: unknown.len() as u64,
        file_system,
    }))
}
