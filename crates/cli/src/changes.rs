//! Changes of an imported tree, and what becomes of what boots.

use fsimage::{BootLoss, BootSetUp, Error, Item, ItemOptions, Losses, NodeId, PlanOptions, Tree};

use crate::args::{Boot, Changes, ImagePath, ImportedBoot};
use crate::failure::Failure;

/// Takes out what is to be removed, and puts elsewhere what is to be moved.
pub(crate) fn apply(changes: &Changes, tree: &mut Tree) -> Result<(), Failure> {
    let found = |tree: &Tree, path: &ImagePath| match tree.lookup(path.as_bytes()) {
        Some(node) => Ok(node),
        None => Err(Error::NotFound { path: String::from_utf8_lossy(path.as_bytes()).into_owned() }),
    };
    let remove = |path: &ImagePath| found(tree, path);
    let removed: Vec<NodeId> = changes.remove.iter().map(remove).collect::<Result<_, _>>()?;
    let from = |one: &crate::args::Move| found(tree, &one.from);
    let moved: Vec<NodeId> = changes.moves.iter().map(from).collect::<Result<_, _>>()?;
    // Names become free before any is taken.
    for node in removed.into_iter().chain(moved.iter().copied()) {
        tree.remove(node)?;
    }
    for (node, to) in moved.into_iter().zip(changes.moves.iter().map(|one| one.to.as_bytes())) {
        let keeps_name = to.ends_with(b"/");
        let mut names: Vec<&[u8]> = to.split(|&byte| byte == b'/').filter(|name| !name.is_empty()).collect();
        let name = match names.pop().filter(|_| !keeps_name) {
            Some(name) => name.to_vec(),
            None => tree.name(node).to_vec(),
        };
        let parent = match keeps_name {
            true => to.to_vec(),
            false => names.join(&b'/'),
        };
        let parent = match parent.iter().all(|&byte| byte == b'/') {
            true => NodeId::ROOT,
            false => {
                tree.add(parent, Item::Directory, &ItemOptions { replace: true, ..ItemOptions::default() })?
            }
        };
        tree.move_to(node, parent, name)?;
    }
    Ok(())
}

/// Puts what boots into the options: that of the imported session, and what the command line says. Gives what is lost.
pub(crate) fn keep_boot(
    set_up: &BootSetUp,
    changes: &Changes,
    (boot, strict): (&Boot, bool),
    tree: &mut Tree,
    options: &mut PlanOptions,
) -> Result<Vec<BootLoss>, Failure> {
    let policy = match changes.imported_boot {
        ImportedBoot::Keep => Losses::Refuse,
        ImportedBoot::Lossy if strict => Losses::Refuse,
        ImportedBoot::Lossy => Losses::Accept,
        ImportedBoot::Drop => {
            crate::boot::apply(boot, tree, options)?;
            return Ok(Vec::new());
        }
    };
    let is_new = options.imported == fsimage::ImportedContent::Copied;
    let losses = match is_new && boot.is_given() {
        true => Vec::new(),
        false => set_up.put_into(tree, options, policy).map_err(explained)?,
    };
    crate::boot::apply(boot, tree, options)?;
    Ok(losses)
}

/// What can be done about it.
fn explained(error: Error) -> Failure {
    match error {
        Error::BootLost { .. } => Failure::argument(
            "--imported-boot keep",
            format!("{error}; with --imported-boot lossy the rest is kept, with drop nothing of it"),
        ),
        error => error.into(),
    }
}
