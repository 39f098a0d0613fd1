//! From the sources to a tree.

use std::collections::BTreeSet;

use fsimage::{
    Attributes, BootOptions, CatalogPlace, Control, Error, Item, ItemOptions, MergePolicy, NodeId, NodeKind,
    ScanOptions, Skipped, Tree,
};
use globset::{GlobMatcher, GlobSetBuilder};

use super::globs::{Below, Globs};
use super::hide::{self, Sources};
use super::path_spec::PathSpec;
use super::request::{AttributeRules, Request};
use super::{Personality, created};
use crate::commands::complain;
use crate::failure::Failure;
use crate::sources::{HostItem, Written, add_stream, file_attributes, name_bytes, unread};

/// What the sources brought.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// What was left out.
    pub(super) skipped: Vec<Skipped>,
    /// The directories that no source has: the places of others begin with them. The root is one.
    pub(super) made: BTreeSet<NodeId>,
}

/// Puts the sources in.
pub(super) fn fill(
    tree: &mut Tree,
    request: &Request,
    written: &Written,
    control: &Control,
) -> Result<Filled, Failure> {
    let mut filled = Filled { made: BTreeSet::from([NodeId::ROOT]), ..Filled::default() };
    if let Some(permissions) = request.attributes.new_directory {
        tree.set_attributes(NodeId::ROOT, Attributes { permissions, ..tree.attributes(NodeId::ROOT) });
    }
    for source in &request.sources {
        // Two sources of one name are an error of genisoimage.
        let replace = request.personality == Personality::Xorriso;
        let options = ItemOptions { replace, ..ItemOptions::default() };
        let read_error = |error| Error::SourceRead { path: source.host.clone(), source: error };
        let own = std::fs::symlink_metadata(&source.host).map_err(read_error)?;
        if own.is_symlink() && !request.follow_sources {
            let target = std::fs::read_link(&source.host).map_err(read_error)?;
            let modified = own.modified().map_err(read_error)?;
            let options = ItemOptions { modified: Some(modified.into()), ..options };
            let place = place_of_file(tree, source, request, &mut filled.made)?;
            tree.add(place, Item::Symlink(&name_bytes(target.as_os_str())), &options)?;
            continue;
        }
        match HostItem::at(&source.host)? {
            HostItem::Folder => folder(tree, source, request, (written, control), &mut filled)?,
            HostItem::File => {
                written.check(&source.host)?;
                let place = place_of_file(tree, source, request, &mut filled.made)?;
                let node = tree.add(place, Item::HostFile(&source.host), &options)?;
                filled.skipped.extend(
                    file_attributes(tree, node, &source.host, &host_options(request))?
                        .into_iter()
                        .map(unread),
                );
            }
            HostItem::Stream { modified, .. } => {
                let options = ItemOptions { modified: Some(modified), ..options };
                let place = place_of_file(tree, source, request, &mut filled.made)?;
                add_stream(tree, (place, &source.host), &options, control)?;
            }
        }
    }
    Ok(filled)
}

/// What the options say of items, the boot catalog among them.
pub(super) fn finish(tree: &mut Tree, request: &Request, boot: Option<&BootOptions>) -> Result<(), Failure> {
    hide::apply(tree, request)?;
    weigh(tree, request)?;
    let catalog = boot.map(|boot| boot.catalog);
    visit(tree, NodeId::ROOT, &mut |tree, node| {
        let mut attributes = rationalised(&request.attributes, tree.kind(node), tree.attributes(node));
        if catalog == Some(CatalogPlace::File(node)) {
            // That of files is not for it.
            attributes.permissions = tree.attributes(node).permissions;
        }
        tree.set_attributes(node, attributes);
        if let Some(time) = request.all_dates {
            tree.set_modified(node, time);
        }
    });
    Ok(())
}

/// What of the host's items is taken.
fn host_options(request: &Request) -> ScanOptions {
    let existing = match request.personality {
        Personality::Genisoimage => MergePolicy::Refuse,
        Personality::Xorriso => MergePolicy::Replace,
    };
    ScanOptions {
        existing,
        extended_attributes: request.extended_attributes,
        acls: request.acls,
        follow_links: request.follow_links,
        ..ScanOptions::default()
    }
}

/// Where a file goes: the place that is named, or, where that ends with a slash, its own name below.
pub(super) fn file_place(source: &PathSpec) -> Result<Vec<u8>, Failure> {
    let mut path = source.place.clone().unwrap_or_else(|| b"/".to_vec());
    if path.is_empty() || path.ends_with(b"/") {
        let name = source
            .host
            .file_name()
            .ok_or_else(|| Failure::argument(source.host.display().to_string(), "the file has no name"))?;
        path.extend_from_slice(&name_bytes(name));
    }
    Ok(path)
}

/// The same, with the directories above it in the tree.
fn place_of_file(
    tree: &mut Tree,
    source: &PathSpec,
    request: &Request,
    made: &mut BTreeSet<NodeId>,
) -> Result<Vec<u8>, Failure> {
    let place = file_place(source)?;
    let directory = place.iter().rposition(|byte| *byte == b'/').map_or(&[][..], |at| &place[..at]);
    if !directory.iter().all(|byte| *byte == b'/') && tree.lookup(directory).is_none() {
        new_directory(tree, directory, request, made)?;
    }
    Ok(place)
}

/// A directory that no source has, with those above that are not there either.
fn new_directory(
    tree: &mut Tree,
    place: &[u8],
    request: &Request,
    made: &mut BTreeSet<NodeId>,
) -> Result<NodeId, Failure> {
    let above = deepest(tree, place);
    let new = tree.add(place, Item::Directory, &ItemOptions::default())?;
    let mut node = new;
    while node != above {
        made.insert(node);
        if let Some(permissions) = request.attributes.new_directory {
            tree.set_attributes(node, Attributes { permissions, ..tree.attributes(node) });
        }
        node = tree.parent(node);
    }
    Ok(new)
}

/// The last item on the way to a place that is there.
fn deepest(tree: &Tree, place: &[u8]) -> NodeId {
    let ends = (0..place.len()).rev().filter(|&at| place[at] == b'/');
    let mut above = ends.map(|end| &place[..end]).filter(|path| !path.iter().all(|byte| *byte == b'/'));
    above.find_map(|path| tree.lookup(path)).unwrap_or(NodeId::ROOT)
}

fn folder(
    tree: &mut Tree,
    source: &PathSpec,
    request: &Request,
    (written, control): (&Written, &Control),
    filled: &mut Filled,
) -> Result<(), Failure> {
    let Filled { skipped, made } = filled;
    let place = source.place.as_deref().unwrap_or_default();
    let target = if place.iter().all(|byte| *byte == b'/') {
        NodeId::ROOT
    } else {
        match tree.lookup(place) {
            Some(node) => {
                if request.personality == Personality::Genisoimage && tree.is_undated(node) {
                    // One that it made on the way stays as it made it.
                    tree.set_modified(node, created(request)?);
                }
                node
            }
            None => new_directory(tree, place, request, made)?,
        }
    };
    let names_before: BTreeSet<Vec<u8>> = match tree.kind(target) {
        NodeKind::Directory(directory) => {
            tree.children(directory).map(|child| tree.name(child).to_vec()).collect()
        }
        _ => BTreeSet::new(),
    };
    let mut below = GlobSetBuilder::new();
    let mut top = Vec::new();
    let globs = Globs::of(request.personality)?;
    for glob in &request.exclude {
        match globs.below("-m", glob, &source.host)? {
            Some(Below::Names(glob) | Below::Paths(glob)) => _ = below.add(glob),
            Some(Below::NamesInFolder(glob)) => top.push(glob),
            None => {}
        }
    }
    let exclude = below.build().map_err(|error| Failure::argument("-m", error.to_string()))?;
    let options = ScanOptions { exclude, leave_out: written.files().to_vec(), ..host_options(request) };
    let report = tree.scan(&source.host, target, &options, control)?;
    skipped.extend(report.skipped);
    skipped.extend(report.unread_attributes.into_iter().map(unread));
    remove(tree, target, &top, &names_before)?;
    skipped.extend(written.remove_from(tree, &source.host, target)?);
    Ok(())
}

/// Takes out of a directory what a glob names there, unless it was there before.
fn remove(
    tree: &mut Tree,
    target: NodeId,
    globs: &[GlobMatcher],
    before: &BTreeSet<Vec<u8>>,
) -> Result<(), Failure> {
    let NodeKind::Directory(directory) = tree.kind(target) else { return Ok(()) };
    let named = |node: &NodeId| {
        let name = String::from_utf8_lossy(tree.name(*node)).into_owned();
        globs.iter().any(|glob| glob.is_match(&name))
    };
    let found: Vec<NodeId> = tree.children(directory).filter(named).collect();
    for node in found {
        if before.contains(tree.name(node)) {
            let reason = format!("{} comes from another source as well", tree.path(node));
            return Err(Failure::argument("-m", reason));
        }
        tree.remove(node)?;
    }
    Ok(())
}

/// Visits a node and all below it.
pub(super) fn visit(tree: &mut Tree, from: NodeId, act: &mut dyn FnMut(&mut Tree, NodeId)) {
    let mut pending = vec![from];
    while let Some(node) = pending.pop() {
        act(tree, node);
        if let NodeKind::Directory(directory) = tree.kind(node) {
            pending.extend(tree.children(directory));
        }
    }
}

/// Owner and permissions as the options have them.
fn rationalised(rules: &AttributeRules, kind: NodeKind, host: Attributes) -> Attributes {
    let mut attributes = host;
    let is_directory = matches!(kind, NodeKind::Directory(_));
    if rules.rational {
        (attributes.uid, attributes.gid) = (0, 0);
        let execute = if host.permissions & 0o111 != 0 { 0o111 } else { 0 };
        attributes.permissions = 0o444 | execute;
    }
    attributes.uid = rules.uid.unwrap_or(attributes.uid);
    attributes.gid = rules.gid.unwrap_or(attributes.gid);
    let permissions = match kind {
        NodeKind::File(_) => rules.file,
        _ if is_directory => rules.directory,
        _ => None,
    };
    attributes.permissions = permissions.unwrap_or(attributes.permissions);
    attributes
}

fn weigh(tree: &mut Tree, request: &Request) -> Result<(), Failure> {
    if request.weights.is_empty() {
        return Ok(());
    }
    let globs = request.weights.iter().filter(|weight| weight.of_host);
    let globs: Vec<String> = globs.map(|weight| weight.path.display().to_string()).collect();
    let mut at_paths = Sources::of(request)?.at_paths(tree, "-sort", &globs)?.into_iter();
    for weight in &request.weights {
        let path = weight.path.display();
        let found = if weight.of_host {
            at_paths.next().unwrap_or_default()
        } else {
            let place = name_bytes(&weight.path);
            match place.iter().all(|byte| *byte == b'/') {
                true => vec![NodeId::ROOT],
                false => tree.lookup(place).into_iter().collect(),
            }
        };
        if found.is_empty() {
            if !weight.of_host {
                return Err(Failure::argument("-sort-weight", format!("{path} is not in the image")));
            }
            complain(format_args!("fsimage: -sort: {path} is not in the image, and has no weight"));
        }
        for node in found {
            visit(tree, node, &mut |tree, node| tree.set_weight(node, weight.weight));
        }
    }
    Ok(())
}
