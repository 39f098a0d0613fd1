//! The paths by which two hierarchies show the same files.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};

use super::ImportWarning;
use super::forms::Forms;
use super::visibility::first_sector;
use crate::disc::{Image, Shown};
use crate::tree::{FileSystem, NodeId, NodeKind, Tree};
use crate::view::udf::file_behind;
use crate::{Control, Result};

/// Of each path of a file its first sector, in the high half, and a digest of the path: eight bytes instead of a name.
pub(super) struct Paths(Vec<u64>);

impl Paths {
    pub(super) fn new(mut paths: Vec<u64>) -> Paths {
        paths.sort_unstable();
        Paths(paths)
    }

    /// All in a tree, as the hierarchy `other` has them, in which the case of letters may tell nothing.
    pub(super) fn of_tree(tree: &Tree, other: FileSystem) -> Paths {
        let mut paths = Vec::new();
        visit_files(tree, other, &mut |_, first, digest| paths.push(joined(first, digest)));
        Paths::new(paths)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are of one file.
    pub(super) fn count(&self, first: u32) -> usize {
        let from = self.0.partition_point(|&path| path < joined(first, 0));
        self.0[from..].partition_point(|&path| path <= joined(first, u32::MAX))
    }

    fn has(&self, first: u32, digest: u32) -> bool {
        self.0.binary_search(&joined(first, digest)).is_ok()
    }

    /// Whether all files of `other` that are here as well have the same paths here.
    pub(super) fn have_all(&self, other: &Paths) -> bool {
        other.0.iter().all(|path| self.0.binary_search(path).is_ok() || self.count((path >> 32) as u32) == 0)
    }
}

/// The path by which a hierarchy has an item.
pub(super) fn path_in(tree: &Tree, node: NodeId, file_system: FileSystem) -> Vec<u8> {
    let mut names = Vec::new();
    let mut at = node;
    while at != NodeId::ROOT {
        names.push(tree.name_in(at, file_system));
        at = tree.parent(at);
    }
    names.iter().rev().flat_map(|name| [b"/", *name].concat()).collect()
}

/// A path of a file in the hierarchy `file_system`.
pub(super) fn entry(first: u32, path: &[u8], file_system: FileSystem) -> u64 {
    joined(first, digest_of(path, file_system))
}

/// Whether a path by which UDF has a file, and which is none of `named`, is in the tree that of a symbolic link to it.
pub(super) fn is_link_to(tree: &Tree, named: &Paths, path: &[u8], first: u32) -> bool {
    if named.count(first) == 0 || named.has(first, digest_of(path, FileSystem::Udf)) {
        return false;
    }
    let link = tree.lookup(path).filter(|&node| matches!(tree.kind(node), NodeKind::Symlink(_)));
    match link.and_then(|link| file_behind(tree, link)).map(|file| tree.kind(file)) {
        Some(NodeKind::File(content)) => first_sector(tree.content(content)) == Some(first),
        _ => false,
    }
}

/// A digest that stands for a path where there are very many.
pub(super) fn digest(path: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(path);
    hasher.finish()
}

fn joined(first: u32, digest: u32) -> u64 {
    u64::from(first) << 32 | u64::from(digest)
}

fn digest_of(path: &[u8], file_system: FileSystem) -> u32 {
    let mut hasher = DefaultHasher::new();
    for name in path.split(|&byte| byte == b'/').skip(1) {
        below(&mut hasher, name, file_system);
    }
    hasher.finish() as u32
}

fn below(hasher: &mut DefaultHasher, name: &[u8], file_system: FileSystem) {
    hasher.write_u8(b'/');
    match file_system == FileSystem::Iso9660 {
        true => hasher.write(&name.to_ascii_uppercase()),
        false => hasher.write(name),
    }
}

/// Visits all names of imported files with data: the node, the first sector, the digest of the path.
fn visit_files(tree: &Tree, other: FileSystem, visit: &mut dyn FnMut(NodeId, u32, u32)) {
    let mut pending = vec![(NodeId::ROOT, DefaultHasher::new())];
    while let Some((directory, path)) = pending.pop() {
        let NodeKind::Directory(directory) = tree.kind(directory) else { continue };
        for child in tree.children(directory) {
            let of_child = || {
                let mut path = path.clone();
                below(&mut path, tree.name_in(child, other), other);
                path
            };
            match tree.kind(child) {
                NodeKind::Directory(_) => pending.push((child, of_child())),
                NodeKind::File(content) => {
                    if let Some(first) = first_sector(tree.content(content)) {
                        visit(child, first, of_child().finish() as u32);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Paths of one file that only one of two hierarchies has.
#[derive(Default)]
struct Parted {
    here: Vec<Vec<u8>>,
    there: Vec<Vec<u8>>,
}

/// Names that only another hierarchy has, of files that have others in the tree. Those that a program may have made of
/// names of the tree are none, nor are those that UDF has in place of links. `image` is read once more where paths differ.
pub(super) fn names_not_shown(
    image: &Image,
    tree: &Tree,
    forms: &Forms,
    (here, there): (&Paths, &Paths),
    control: &Control,
) -> Result<Vec<ImportWarning>> {
    if here.have_all(there) {
        return Ok(Vec::new());
    }
    let file_system = image.file_system();
    let mut parted: BTreeMap<u32, Parted> = BTreeMap::new();
    image.visit_shown(control, &mut |path, item, _| {
        let Shown::Data(first) = item else { return };
        if here.count(first) > 0 {
            let path = path();
            let is_link = || file_system == FileSystem::Udf && is_link_to(tree, here, &path, first);
            if !here.has(first, digest_of(&path, file_system)) && !is_link() {
                parted.entry(first).or_default().there.push(path);
            }
        }
    })?;
    visit_files(tree, file_system, &mut |node, first, digest| {
        if let Some(parted) = parted.get_mut(&first)
            && !there.has(first, digest)
        {
            parted.here.push(path_in(tree, node, file_system));
        }
    });
    let told = parted.into_values().filter_map(|Parted { here, there }| {
        let (mut left, names) = forms.unmatched(&here, there);
        left.sort();
        let paths = left.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect();
        (names > 0).then_some(ImportWarning::NamesNotShown { paths, names, file_system })
    });
    Ok(told.collect())
}
