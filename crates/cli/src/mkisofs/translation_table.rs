//! `-T`: a file in each directory that tells the names of its items beside those that plain ISO 9660 has.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use fsimage::{
    Attributes, DirectoryId, FileSystem, FileSystems, Item, ItemOptions, LayoutPlan, NodeId, NodeKind,
    PlanOptions, Tree,
};

use super::request::{Request, TableRequest};
use crate::failure::Failure;

/// Columns of an identifier, as genisoimage has them.
const COLUMNS: usize = 208;

const READ_ONLY: Attributes = Attributes { permissions: 0o444, uid: 0, gid: 0 };

/// Puts the tables into the tree, which is complete otherwise. As in genisoimage, a directory has one where something in it is shown
/// and is not of those that were `made` for the places of others.
pub(super) fn add(
    tree: &mut Tree,
    made: &BTreeSet<NodeId>,
    request: &Request,
    options: &PlanOptions,
) -> Result<(), Failure> {
    let Some(table) = &request.table else { return Ok(()) };
    let directories = directories(tree, made);
    // Identifiers depend on what else is in a directory, so an empty table stands in first.
    for &(node, _) in &directories {
        put(tree, node, table, request, options, Vec::new())?;
    }
    let mut identifiers = HashMap::new();
    LayoutPlan::new(tree, options.clone())?.visit_identifiers(FileSystem::Iso9660, &mut |node, name| {
        identifiers.insert(node, name.to_vec());
    })?;
    for (node, directory) in directories {
        let content = lines(tree, directory, table, &identifiers);
        put(tree, node, table, request, options, content)?;
    }
    Ok(())
}

fn directories(tree: &Tree, made: &BTreeSet<NodeId>) -> Vec<(NodeId, DirectoryId)> {
    let mut found = Vec::new();
    let mut pending = vec![NodeId::ROOT];
    while let Some(node) = pending.pop() {
        if let NodeKind::Directory(directory) = tree.kind(node) {
            let is_told_of = |child: &NodeId| {
                !made.contains(child) && !tree.hidden_in(*child).contains(FileSystems::ISO9660)
            };
            if tree.children(directory).any(|child| is_told_of(&child)) {
                found.push((node, directory));
            }
            pending.extend(tree.children(directory));
        }
    }
    found
}

fn put(
    tree: &mut Tree,
    directory: NodeId,
    table: &TableRequest,
    request: &Request,
    options: &PlanOptions,
    content: Vec<u8>,
) -> Result<(), Failure> {
    let hidden = if table.hidden_in_joliet { FileSystems::JOLIET } else { FileSystems::empty() };
    let options = ItemOptions {
        attributes: Some(READ_ONLY),
        modified: request.all_dates.or(options.created),
        hidden_in: hidden,
        replace: true,
        ..ItemOptions::default()
    };
    tree.add_in(directory, table.name.as_bytes(), Item::Bytes(Arc::from(content)), &options)?;
    Ok(())
}

/// A line for each item but the table: its kind, its identifier, its name, and what a link leads to or which device
/// it is.
fn lines(
    tree: &Tree,
    directory: DirectoryId,
    table: &TableRequest,
    identifiers: &HashMap<NodeId, Vec<u8>>,
) -> Vec<u8> {
    let mut lines = Vec::new();
    for child in tree.children(directory).filter(|&child| tree.name(child) != table.name.as_bytes()) {
        let Some(identifier) = identifiers.get(&child) else { continue };
        let (letter, more) = match tree.kind(child) {
            NodeKind::Directory(_) => (b'D', Vec::new()),
            NodeKind::File(_) => (b'F', Vec::new()),
            NodeKind::Symlink(target) => (b'L', [b"\t", tree.link_target(target)].concat()),
            NodeKind::BlockDevice(number) => {
                (b'B', format!("\t{} {}", number.major(), number.minor()).into())
            }
            NodeKind::CharacterDevice(number) => {
                (b'C', format!("\t{} {}", number.major(), number.minor()).into())
            }
            NodeKind::Fifo => (b'P', Vec::new()),
            NodeKind::Socket => (b'S', Vec::new()),
        };
        let padding = vec![b' '; COLUMNS.saturating_sub(identifier.len())];
        let name = tree.name(child);
        lines.extend_from_slice(
            &[&[letter, b' '], &identifier[..], &padding, b"\t", name, &more, b"\n"].concat(),
        );
    }
    lines
}
