//! Changes of an imported tree, and what becomes of what boots.

use std::collections::{BTreeMap, BTreeSet};

use fsimage::{
    BootLoss, BootSetUp, Disc, Error, ImportOptions, ImportWarning, Item, ItemOptions, Losses, NodeId,
    NodeKind, PlanOptions, Tree,
};

use crate::args::{Authoring, Boot, Changes, ImagePath, ImportedBoot, Move, Restore};
use crate::commands::Context;
use crate::failure::Failure;
use crate::plan_options::times;

fn shown(path: &ImagePath) -> String {
    String::from_utf8_lossy(path.as_bytes()).into_owned()
}

fn found(tree: &Tree, path: &ImagePath) -> Result<NodeId, Error> {
    let not_found = || Error::NotFound { path: shown(path), wanted: None };
    tree.lookup(path.as_bytes()).ok_or_else(not_found)
}

/// Brings back what older sessions have, what is in a folder behind the folder, and tells what could not be kept of their trees.
/// Gives that.
fn restore(
    restore: &[Restore],
    (disc, options): (Option<&Disc>, &ImportOptions),
    tree: &mut Tree,
    strict: bool,
    context: &Context,
) -> Result<Vec<ImportWarning>, Failure> {
    let (mut sessions, mut warnings) = (BTreeMap::new(), Vec::new());
    for session in restore.iter().map(|one| one.session).collect::<BTreeSet<u16>>() {
        let Some(disc) = disc else {
            let reason = format!("there is no session {session}, nor any other before this one");
            return Err(Failure::argument("--restore", reason));
        };
        let options = ImportOptions { session: Some(session), ..options.clone() };
        let older = fsimage::import(disc, &options, &context.control)?;
        context.tell_import(&format!("import of session {session}"), &older.warnings, strict)?;
        warnings.extend(older.warnings);
        sessions.insert(session, (disc, options, older.tree));
    }
    let mut wanted: Vec<&Restore> = restore.iter().collect();
    wanted.sort_by_key(|one| (levels(&one.path), one.session));
    for &Restore { session, ref path } in wanted {
        let Some((disc, options, older)) = sessions.get(&session) else { continue };
        let Some(node) = older.lookup(path.as_bytes()) else {
            let newest = newest_with(disc, options, path);
            return Err(Error::NotInSession { path: shown(path), session, newest }.into());
        };
        let gone = give_way(tree, (older, node), path)?;
        tree.restore(older, node).map_err(|error| named(error, session))?;
        context.restored(session, &older.path(node), &gone);
    }
    Ok(warnings)
}

/// How many names a path has.
fn levels(path: &ImagePath) -> usize {
    path.as_bytes().split(|&byte| byte == b'/').filter(|name| !matches!(*name, b"" | b".")).count()
}

/// Where a folder is to be as it was: takes out what is in it and was not, and gives it, and folders in it, the permissions, owners and
/// times that they had. Gives the paths of what is out.
fn give_way(tree: &mut Tree, (older, node): (&Tree, NodeId), path: &ImagePath) -> Result<Vec<String>, Error> {
    let mut gone = Vec::new();
    let mut pending: Vec<(NodeId, NodeId)> =
        tree.lookup(path.as_bytes()).map(|here| (here, node)).into_iter().collect();
    while let Some((here, there)) = pending.pop() {
        let (NodeKind::Directory(folder), NodeKind::Directory(then)) = (tree.kind(here), older.kind(there))
        else {
            continue;
        };
        if tree.attributes(here) != older.attributes(there) {
            tree.set_attributes(here, older.attributes(there));
        }
        if tree.modified(here) != older.modified(there) {
            tree.set_modified(here, older.modified(there));
        }
        for child in tree.children(folder).collect::<Vec<NodeId>>() {
            match older.child(then, tree.name(child)) {
                Some(same) => pending.push((child, same)),
                None => {
                    gone.push(tree.path(child));
                    tree.remove(child)?;
                }
            }
        }
    }
    gone.sort();
    Ok(gone)
}

/// The newest session that has something at a path.
fn newest_with(disc: &Disc, options: &ImportOptions, path: &ImagePath) -> Option<u16> {
    let has = |number: u16| {
        let image = disc.image(Some(number), &options.preference);
        image.and_then(|image| image.lookup(path.as_bytes())).is_ok()
    };
    disc.sessions().iter().rev().map(|session| session.number).find(|&number| has(number))
}

/// Says whose the item is that cannot be brought back.
fn named(error: Error, session: u16) -> Error {
    match error {
        Error::MergeCollision { path, existing, existing_from, added, .. } => {
            let added_from = format!("of session {session}");
            Error::MergeCollision { path, existing, existing_from, added, added_from }
        }
        other => other,
    }
}

/// Takes out what is to be removed, puts elsewhere what is to be moved, and brings back what is to be restored. The disc,
/// with the options of the import, is that of the tree, where that was imported. Gives what could not be kept of what is
/// restored, which was told.
pub(crate) fn apply(
    changes: &Changes,
    of: (Option<&Disc>, &ImportOptions),
    tree: &mut Tree,
    strict: bool,
    context: &Context,
) -> Result<Vec<ImportWarning>, Failure> {
    let remove = |path: &ImagePath| found(tree, path);
    let removed: Vec<NodeId> = changes.remove.iter().map(remove).collect::<Result<_, _>>()?;
    let from = |one: &Move| found(tree, &one.from);
    let moved: Vec<NodeId> = changes.moves.iter().map(from).collect::<Result<_, _>>()?;
    let mut places: BTreeMap<NodeId, &Move> = BTreeMap::new();
    for (node, one) in moved.iter().zip(&changes.moves) {
        if let Some(other) = places.insert(*node, one) {
            let reason = format!("{other} and {one} move the same; name one place for it");
            return Err(Failure::argument("--move", reason));
        }
    }
    // Names become free before any is taken.
    for node in removed.into_iter().chain(moved.iter().copied()) {
        // One that is named twice, or is below another, is out already.
        if tree.holds(node) {
            tree.remove(node)?;
        }
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
    restore(&changes.restore, of, tree, strict, context)
}

/// Puts what boots into the options: that of the imported session, and what the command line says. Gives what is lost.
pub(crate) fn keep_boot(
    set_up: &BootSetUp,
    imported_boot: Option<ImportedBoot>,
    (boot, authoring): (&Boot, &Authoring),
    tree: &mut Tree,
    options: &mut PlanOptions,
) -> Result<Vec<BootLoss>, Failure> {
    let strict = authoring.strict;
    if imported_boot == Some(ImportedBoot::Keep) && boot.says_what_boots() && !set_up.is_empty() {
        let reason = "--boot and --boot-image say what boots instead; leave out one of the two";
        return Err(Failure::argument("--imported-boot keep", reason));
    }
    let imported_boot = imported_boot.unwrap_or_default();
    let policy = match imported_boot {
        ImportedBoot::Keep => Losses::Refuse,
        ImportedBoot::Lossy if strict => Losses::Refuse,
        ImportedBoot::Lossy => Losses::Accept,
        // Volume partitions are nothing that boots.
        ImportedBoot::Drop if strict => Losses::Refuse,
        ImportedBoot::Drop => Losses::Accept,
    };
    let is_dropped = imported_boot == ImportedBoot::Drop;
    let is_given_up = is_dropped || boot.says_what_boots();
    let losses = match is_given_up {
        true => set_up.give_up(tree, options, policy),
        false => set_up.put_into(tree, options, policy),
    };
    let mut losses = losses.map_err(|error| explained(error, imported_boot, strict))?;
    let is_new = options.imported == fsimage::ImportedContent::Copied;
    if boot.says_what_boots() && !is_new && !is_dropped && set_up.has_system_area() {
        losses.push(BootLoss::FromDisk);
    }
    crate::boot::apply(boot, tree, options, times(authoring)?.created)?;
    if is_given_up {
        losses.extend(set_up.still_starts(tree, options));
    }
    Ok(losses)
}

/// What can be done about it.
fn explained(error: Error, imported_boot: ImportedBoot, strict: bool) -> Failure {
    let Error::BootLost { losses } = &error else { return error.into() };
    let lossy = if losses.iter().all(BootLoss::is_outdated) { "it stays so" } else { "the rest is kept" };
    let (argument, advice) = match (imported_boot, strict) {
        (ImportedBoot::Keep, false) => {
            ("--imported-boot keep", format!("with --imported-boot lossy {lossy}, with drop nothing of it"))
        }
        (ImportedBoot::Keep, true) => (
            "--strict",
            format!("with --imported-boot lossy, and without --strict, {lossy}, with drop nothing of it"),
        ),
        (ImportedBoot::Lossy | ImportedBoot::Drop, _) => ("--strict", format!("without --strict {lossy}")),
    };
    Failure::argument(argument, format!("{error}; {advice}"))
}
