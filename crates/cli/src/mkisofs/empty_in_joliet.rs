//! Joliet has neither links nor devices nor pipes: genisoimage shows them there as empty files.

use fsimage::{FileSystem, FileSystems, Item, ItemOptions, NodeId, NodeKind, Tree};

use super::Personality;
use super::request::Request;
use super::tree::visit;
use crate::failure::Failure;

/// Gives Joliet an empty file for each of them that it would show. Without Rock Ridge, links are left out altogether.
pub(super) fn add(tree: &mut Tree, request: &Request) -> Result<(), Failure> {
    if request.personality != Personality::Genisoimage || !request.joliet {
        return Ok(());
    }
    let mut shown = Vec::new();
    visit(tree, NodeId::ROOT, &mut |tree, node| {
        let has_place = match tree.kind(node) {
            NodeKind::File(_) | NodeKind::Directory(_) => false,
            NodeKind::Symlink(_) => request.rock_ridge,
            _ => true,
        };
        if has_place && !tree.hidden_in(node).contains(FileSystems::JOLIET) {
            shown.push(node);
        }
    });
    for node in shown {
        let above = tree.parent(node);
        let NodeKind::Directory(directory) = tree.kind(above) else { continue };
        let own = tree.name(node).to_vec();
        let names = (2u64..).map(|number| [&own[..], format!("~{number}").as_bytes()].concat());
        let name = names.into_iter().find(|name| tree.child(directory, name).is_none()).unwrap_or_default();
        let modified = Some(tree.modified(node));
        let path = [tree.path(above).as_bytes(), b"/", &name].concat();
        let empty = tree.add(
            path,
            Item::Bytes(Vec::new().into()),
            &ItemOptions { modified, ..ItemOptions::default() },
        )?;
        tree.set_name_in(empty, FileSystem::Joliet, own)?;
        tree.conceal(empty, tree.is_concealed(node));
        tree.hide(empty, FileSystems::all() - FileSystems::JOLIET);
        tree.hide(node, tree.hidden_in(node) | FileSystems::JOLIET);
    }
    Ok(())
}
