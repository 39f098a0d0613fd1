//! Which of a session's hierarchies show an item: they need not show the same.

use std::collections::{HashMap, HashSet};

use iso9660::names::Standing;
use joliet::JolietRules;

use super::forms::Forms;
use super::identifiers::VersionNumbers;
use super::named_images::NamedImages;
use super::paths::{self, Paths};
use super::{ImportWarning, Imported, ImportedTrees, kept_by, names, unread_rock_ridge};
use crate::disc::{Disc, Shown};
use crate::plan::{PlanOptions, UdfSymlinks};
use crate::tree::{Content, FileSystem, FileSystems, Kind, NodeId, NodeKind, Tree};
use crate::view::shown_names;
use crate::{Control, Error, Result};

/// Characters that Joliet does not have in names.
const NOT_IN_JOLIET: &[char] = &['*', '/', ':', ';', '?', '\\'];

impl Imported {
    /// Keeps the names that the session's other hierarchies have for items of the tree, where these are not made of the
    /// tree's, and lets those of Joliet be as long as they are; the identifiers of plain ISO 9660; for each hierarchy of which items users need not be told; and of UDF flags, owners, permissions and times
    /// of modification.
    /// Hides items in those hierarchies of ISO 9660, and in UDF, that do
    /// not show them in the session. Files are known by where their data lie; directories, links, devices, what is
    /// empty, and files of which only some names are shown by their paths, where names are the same in both. A
    /// directory is hidden only where the hierarchy has none of its path, or, if its name may differ there, no more
    /// directories than are found in the tree. Names each item that only another hierarchy has, and each name that
    /// only it has of a file, if no program can have made it of a name in the tree: they are not imported. A boot
    /// image that only another hierarchy has gets its name there, and is hidden in all others. In a hierarchy that is
    /// damaged nothing is hidden. Where [all trees](ImportedTrees::All) were imported, that is done.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn keep_visibility(&mut self, disc: &Disc, control: &Control) -> Result<Vec<ImportWarning>> {
        let mut warnings = Vec::new();
        let mut named_images = NamedImages::default();
        if self.trees == ImportedTrees::All {
            return Ok(warnings);
        }
        // In the imported tree, boot images that no file is have no names.
        let nameless = self.boot.nameless();
        let named = self.tree.contents().filter(|(id, _)| !nameless.contains(id));
        let mut imported: Vec<u32> = named.filter_map(|(_, content)| first_sector(content)).collect();
        imported.sort_unstable();
        let left_out = LeftOut::by(&self.warnings, &self.left_out);
        for file_system in self.other_hierarchies() {
            let known = (&imported[..], &left_out);
            self.keep_hierarchy(file_system, known, &mut named_images, (disc, control), &mut warnings)?;
        }
        if self.file_system == FileSystem::Iso9660 && self.of_records() == FileSystem::RockRidge {
            self.keep_names_of_rock_ridge((disc, control), &mut warnings)?;
        }
        join_not_shown(&mut warnings);
        Ok(warnings)
    }

    /// The session's hierarchies beside that which was imported. Rock Ridge, where it is, stands for the records of ISO
    /// 9660.
    pub(crate) fn other_hierarchies(&self) -> Vec<FileSystem> {
        let all = [self.of_records(), FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf].into_iter();
        let is_other = |one: &FileSystem| {
            self.file_systems.contains(one.as_set()) && shown_by(*one) != shown_by(self.file_system)
        };
        all.filter(is_other).collect()
    }

    /// What shows all that the records of ISO 9660 have.
    fn of_records(&self) -> FileSystem {
        match self.file_systems.contains(FileSystems::ROCK_RIDGE) {
            true => FileSystem::RockRidge,
            false => FileSystem::Iso9660,
        }
    }

    /// Those of the records that were imported.
    fn keep_names_of_rock_ridge(
        &mut self,
        (disc, control): (&Disc, &Control),
        warnings: &mut Vec<ImportWarning>,
    ) -> Result<()> {
        let file_system = FileSystem::RockRidge;
        let read = disc
            .image(Some(self.session.number), &[file_system])
            .and_then(|image| names::keep(self, (disc, &image), control));
        match read {
            Ok(told) => {
                self.kept |= kept_by(file_system);
                warnings.extend(told);
            }
            Err(error @ Error::Cancelled { .. }) => return Err(error),
            Err(error) => warnings.push(damaged(file_system, &error.to_string())),
        }
        Ok(())
    }

    /// `imported` are the first sectors of the files that the tree names.
    fn keep_hierarchy(
        &mut self,
        file_system: FileSystem,
        (imported, left_out): (&[u32], &LeftOut),
        named_images: &mut NamedImages,
        (disc, control): (&Disc, &Control),
        warnings: &mut Vec<ImportWarning>,
    ) -> Result<()> {
        let mut named = Paths::of_tree(&self.tree, file_system);
        let (mut has_long_names, mut has_odd_names, mut says_otherwise) = (false, false, false);
        let is_udf = file_system == FileSystem::Udf;
        let has_links = is_udf && self.tree.has_symlinks();
        let mut has_copied_links = false;
        let mut versions = VersionNumbers::default();
        let forms = Forms::between(self.file_system, file_system);
        let read = disc.image(Some(self.session.number), &[file_system]).and_then(|image| {
            let (mut shown, mut bare, mut directories) = (Vec::new(), HashSet::new(), HashMap::new());
            let mut others = Vec::new();
            let mut strangers = Strangers::default();
            let tree = &self.tree;
            let mut has_marks = tree.has_concealed();
            let mut finer = Vec::new();
            let mut note_finer = |node, modified| {
                if is_udf && names::is_finer(tree, node, modified) {
                    finer.push((node, modified));
                }
            };
            note_finer(NodeId::ROOT, image.root()?.modified);
            warnings.extend(unread_rock_ridge(&image));
            image.visit_shown(control, &mut |path, item, entry| {
                let path = path();
                has_marks |= entry.has_marks();
                let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
                has_long_names |= names::is_long(name);
                if !matches!(item, Shown::Directory { .. }) {
                    versions.note_one(entry.has_joliet_version);
                }
                has_odd_names |= match file_system {
                    FileSystem::Joliet => names::is_odd_in_joliet(name),
                    FileSystem::Enhanced => {
                        entry.has_version
                            || names::is_odd_in_enhanced(name, matches!(item, Shown::Directory { .. }))
                    }
                    _ => false,
                };
                if !says_otherwise && let Some(node) = same_item(tree, &path, (item, entry.kind)) {
                    let there = (entry.modified, entry.attributes);
                    says_otherwise = names::says_otherwise((tree, node), there, file_system);
                    note_finer(node, entry.modified);
                }
                match item {
                    Shown::Data(first) if has_links && paths::is_link_to(tree, &named, &path, first) => {
                        has_copied_links = true;
                        bare.insert(paths::digest(&path));
                    }
                    Shown::Data(first) => {
                        shown.push(paths::entry(first, &path, file_system));
                        if imported.binary_search(&first).is_err() {
                            others.push((path.clone(), first));
                        }
                        if named.count(first) > 1 {
                            strangers.note(tree, &path, false);
                            bare.insert(paths::digest(&path));
                        }
                    }
                    Shown::Bare => {
                        strangers.note(tree, &path, true);
                        bare.insert(paths::digest(&path));
                    }
                    Shown::Directory { is_empty } => {
                        strangers.note(tree, &path, is_empty);
                        directories.insert(path, is_empty);
                    }
                }
            })?;
            let shown = Paths::new(shown);
            let may_be_odd =
                has_odd_names || file_system == FileSystem::Joliet && names::are_alike_somewhere(&self.tree);
            let has_own_names = strangers.are_any || may_be_odd || !named.have_all(&shown);
            if has_own_names || has_marks || self.of_records() == file_system || (is_udf && says_otherwise) {
                let told = names::keep(self, (disc, &image), control)?;
                let is_otherwise = |one: &ImportWarning| matches!(one, ImportWarning::SaysOtherwise { .. });
                says_otherwise &= !is_udf && !told.iter().any(is_otherwise);
                warnings.extend(told);
                named = Paths::of_tree(&self.tree, file_system);
            } else {
                for (node, modified) in finer {
                    let attributes = self.tree.attributes(node);
                    names::take_udf_attributes(&mut self.tree, node, (modified, attributes));
                }
            }
            let not_shown_names =
                paths::names_not_shown(&image, &self.tree, &forms, (&named, &shown), control)?;
            warnings.extend(not_shown_names);
            for (path, first) in others {
                if !left_out.has(&path, first) && !named_images.keep(self, &image, &path, first)? {
                    warnings.push(not_shown(&path, file_system));
                }
            }
            let lost = image.losses_of_tree(control)?.into_iter().next().map(|loss| loss.to_string());
            let strangers = strangers.bare;
            let rules = names::rules(has_long_names);
            let taken_out = self.digest_list.clone();
            Ok((Other { file_system, shown, bare, directories, strangers, taken_out, rules }, lost))
        });
        if has_copied_links {
            self.udf_symlinks = UdfSymlinks::Copy;
        }
        if says_otherwise {
            let imported = self.file_system;
            warnings.push(ImportWarning::SaysOtherwise { file_system, imported });
        }
        if file_system == FileSystem::Joliet {
            self.joliet_names.version = versions.are_there();
            warnings.extend(versions.are_lost());
        }
        if file_system == FileSystem::Joliet && has_long_names {
            self.joliet_names.max_units = JolietRules::LONG.max_units;
        }
        match read {
            Err(error @ Error::Cancelled { .. }) => return Err(error),
            Err(error) => warnings.push(damaged(file_system, &error.to_string())),
            Ok((other, None)) => {
                self.kept |= kept_by(file_system);
                // What was read instead of an empty Joliet tree would be behind it otherwise.
                if !(other.shows_nothing() && is_read_instead(file_system, self.file_system)) {
                    warnings.extend(other.hide_the_rest(&mut self.tree, &named, &forms));
                }
            }
            Ok((_, Some(damage))) => warnings.push(damaged(file_system, &damage)),
        }
        Ok(())
    }
}

/// Whether a hierarchy is imported by default where another one, which comes first, has nothing in it
/// ([`Disc::image`]).
fn is_read_instead(empty: FileSystem, imported: FileSystem) -> bool {
    empty == FileSystem::Joliet && matches!(imported, FileSystem::Enhanced | FileSystem::Iso9660)
}

/// The item of the tree at a path, if it is the one that a hierarchy shows there.
fn same_item(tree: &Tree, path: &[u8], (item, shown_as): (Shown, Kind)) -> Option<NodeId> {
    let node = tree.lookup(path)?;
    let is_same = match (item, tree.kind(node)) {
        (Shown::Data(first), NodeKind::File(content)) => first_sector(tree.content(content)) == Some(first),
        (Shown::Bare, NodeKind::File(content)) => tree.content_len(content) == 0,
        (Shown::Directory { .. }, kind) => matches!(kind, NodeKind::Directory(_)),
        (Shown::Bare, kind) => !matches!(kind, NodeKind::Directory(_)) && kind.kind() == shown_as,
        _ => false,
    };
    is_same.then_some(node)
}

fn damaged(file_system: FileSystem, damage: &str) -> ImportWarning {
    ImportWarning::Damaged {
        path: None,
        finding: format!("{file_system}, so that what it hides is not known: {damage}"),
    }
}

/// The set that hides an item from the readers of a file system: those of Rock Ridge read the records of ISO 9660.
pub(crate) fn shown_by(file_system: FileSystem) -> FileSystems {
    match file_system {
        FileSystem::RockRidge => FileSystems::ISO9660,
        other => other.as_set(),
    }
}

fn not_shown(path: &[u8], file_system: FileSystem) -> ImportWarning {
    ImportWarning::NotShown {
        path: String::from_utf8_lossy(path).into_owned(),
        file_systems: vec![file_system],
    }
}

/// Tells once of a path what several hierarchies have there, and the tree has not.
fn join_not_shown(warnings: &mut Vec<ImportWarning>) {
    let mut having: HashMap<String, Vec<FileSystem>> = HashMap::new();
    for warning in &*warnings {
        if let ImportWarning::NotShown { path, file_systems } = warning {
            having.entry(path.clone()).or_default().extend(file_systems);
        }
    }
    // The first of a path takes all of them.
    warnings.retain_mut(|warning| match warning {
        ImportWarning::NotShown { path, file_systems } => {
            having.remove(path).map(|all| *file_systems = all).is_some()
        }
        _ => true,
    });
}

/// What the imported hierarchy has, and the tree has not, which is told already.
struct LeftOut {
    paths: HashSet<Vec<u8>>,
    /// The first sectors of files with data that pass the end of the image.
    sectors: HashSet<u32>,
}

impl LeftOut {
    fn by(warnings: &[ImportWarning], first_sectors: &[u32]) -> LeftOut {
        let path = |warning: &ImportWarning| match warning {
            ImportWarning::BeyondEnd { path, .. } | ImportWarning::UnreadableFile { path, .. } => {
                Some(path.as_bytes().to_vec())
            }
            _ => None,
        };
        let paths = warnings.iter().filter_map(path).collect();
        LeftOut { paths, sectors: first_sectors.iter().copied().collect() }
    }

    fn has(&self, path: &[u8], first: u32) -> bool {
        self.sectors.contains(&first) || self.paths.contains(path)
    }
}

/// Whether an item is shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    /// It is not, or this hierarchy cannot hold it.
    Hidden,
    /// Perhaps: under another name.
    Perhaps,
    Shown,
}

/// What another hierarchy shows.
struct Other {
    file_system: FileSystem,
    shown: Paths,
    /// Digests of the paths of what has no data, of files with several names in the tree, and of files in place of links to
    /// them.
    bare: HashSet<u64>,
    /// Paths of all directories, and whether nothing is in them.
    directories: HashMap<Vec<u8>, bool>,
    /// Those of what has no data, and of directories with nothing in them, at which the tree has nothing.
    strangers: Vec<Vec<u8>>,
    /// The path of what the imported hierarchy has as well, and the tree has no longer.
    taken_out: Option<Vec<u8>>,
    /// By which its names follow from those of the tree, where no others are kept.
    rules: PlanOptions,
}

impl Other {
    fn shows_nothing(&self) -> bool {
        self.shown.is_empty() && self.bare.is_empty() && self.directories.values().all(|&is_empty| is_empty)
    }
}

/// Paths at which the tree has nothing.
#[derive(Default)]
struct Strangers {
    are_any: bool,
    /// Those of what has no data, and nothing in it.
    bare: Vec<Vec<u8>>,
}

impl Strangers {
    fn note(&mut self, tree: &Tree, path: &[u8], is_bare: bool) {
        if tree.lookup(path).is_none() {
            self.are_any = true;
            if is_bare {
                self.bare.push(path.to_vec());
            }
        }
    }
}

/// Items that are in the tree, and perhaps not in the other hierarchy.
#[derive(Default)]
struct Unknown {
    nodes: Vec<NodeId>,
    /// How many of the other's paths were found in the tree.
    matched: usize,
    /// Those of them that are not the tree's.
    renamed: HashSet<Vec<u8>>,
    /// Of directories, those in which nothing is shown.
    directories: Vec<NodeId>,
    /// How many of the other's directories were found in the tree: by their paths, or by what is in them.
    matched_directories: usize,
    /// How many more may be shown for what is in them.
    perhaps_directories: usize,
}

/// What is known of the names on the way to an item.
#[derive(Clone, Copy)]
struct Way {
    /// All programs have them as they are.
    is_certain: bool,
    /// The other hierarchy has one of them in another form than the tree.
    is_renamed: bool,
}

impl Unknown {
    /// An item was found by its path in the other hierarchy.
    fn found(&mut self, path: &[u8], way: Way) {
        if way.is_renamed {
            self.renamed.insert(path.to_vec());
        }
    }
}

impl Other {
    /// Hides what the hierarchy does not show. Tells where that is not certain: where names differ, and fewer items are
    /// shown than there are; and what has no data that only this hierarchy has.
    fn hide_the_rest(&self, tree: &mut Tree, named: &Paths, forms: &Forms) -> Vec<ImportWarning> {
        let mut unknown = Unknown::default();
        self.hide(
            tree,
            named,
            NodeId::ROOT,
            &mut Vec::new(),
            Way { is_certain: true, is_renamed: false },
            &mut unknown,
        );
        let mut warnings = self.bare_not_shown(tree, &unknown, forms);
        let mut may_have_been_hidden = |nodes: &[NodeId], left: usize| {
            let first = nodes.first().filter(|_| nodes.len() > left);
            warnings.extend(first.map(|&first| ImportWarning::MayHaveBeenHidden {
                path: tree.path(first),
                items: (nodes.len() - left) as u64,
                file_system: self.file_system,
            }));
        };
        may_have_been_hidden(&unknown.nodes, self.bare.len().saturating_sub(unknown.matched));
        let left = self.directories.len().saturating_sub(unknown.matched_directories);
        if left > 0 {
            may_have_been_hidden(&unknown.directories, left.saturating_sub(unknown.perhaps_directories));
        } else {
            // The hierarchy has no others.
            unknown.directories.iter().for_each(|&node| self.hide_node(tree, node));
        }
        warnings
    }

    /// What has no data, and is neither in the tree nor a form of what may be there under another name.
    fn bare_not_shown(&self, tree: &Tree, unknown: &Unknown, forms: &Forms) -> Vec<ImportWarning> {
        let there = self.strangers.iter().filter(|path| !unknown.renamed.contains(*path)).cloned().collect();
        let here = unknown.nodes.iter().chain(&unknown.directories);
        let here = here.map(|&node| paths::path_in(tree, node, self.file_system));
        let here: Vec<Vec<u8>> = here.chain(self.taken_out.clone()).collect();
        let (mut left, _) = forms.unmatched(&here, there);
        left.sort();
        left.iter().map(|path| not_shown(path, self.file_system)).collect()
    }

    /// `path` is that of `node` in the other hierarchy.
    fn hide(
        &self,
        tree: &mut Tree,
        named: &Paths,
        node: NodeId,
        path: &mut Vec<u8>,
        way: Way,
        unknown: &mut Unknown,
    ) -> Found {
        let found = match tree.kind(node) {
            NodeKind::Directory(directory) => {
                let children: Vec<NodeId> = tree.children(directory).collect();
                // Joliet may have one of them alone as it is.
                let alike = match self.file_system {
                    FileSystem::Joliet => names::alike(tree, &children),
                    _ => HashSet::new(),
                };
                let is_derived = |child| {
                    let name = tree.name_in(child, self.file_system);
                    let is_identifier = tree.standing_in(child, self.file_system) == Standing::Identifier;
                    name == tree.name(child) && !is_identifier
                };
                let is_kept = |child| {
                    let name = tree.name_in(child, self.file_system);
                    !is_derived(child) || (self.keeps(name) && !alike.contains(&child))
                };
                let are_kept: Vec<bool> = children.iter().map(|&child| is_kept(child)).collect();
                let made = match are_kept.contains(&false) {
                    true => shown_names(tree, node, &children, self.file_system, &self.rules),
                    false => Ok(None),
                };
                // Names that cannot be made tell nothing.
                let made = made.unwrap_or_default();
                let len = path.len();
                let mut below = Found::Hidden;
                for (at, child) in children.into_iter().enumerate() {
                    let own = tree.name_in(child, self.file_system);
                    let name = made.as_ref().and_then(|made| made.get(at)).map_or(own, |made| &made[..]);
                    let way = Way {
                        is_certain: way.is_certain && are_kept[at],
                        is_renamed: way.is_renamed || name != tree.name(child),
                    };
                    path.push(b'/');
                    path.extend_from_slice(name);
                    below = below.max(self.hide(tree, named, child, path, way, unknown));
                    path.truncate(len);
                }
                if self.directories.contains_key(path) {
                    below = Found::Shown;
                    unknown.found(path, way);
                }
                match below {
                    Found::Shown => unknown.matched_directories += 1,
                    Found::Perhaps => unknown.perhaps_directories += 1,
                    Found::Hidden if way.is_certain => self.hide_node(tree, node),
                    Found::Hidden => unknown.directories.push(node),
                }
                return below;
            }
            NodeKind::File(content) => match first_sector(tree.content(content)) {
                Some(first) if self.shown.count(first) == 0 => Found::Hidden,
                Some(first) if self.shown.count(first) < named.count(first) => {
                    self.find(node, path, way, unknown)
                }
                Some(first) => {
                    unknown.matched += usize::from(named.count(first) > 1);
                    Found::Shown
                }
                None if tree.content_len(content) == 0 => self.find(node, path, way, unknown),
                None => Found::Shown,
            },
            _ if matches!(self.file_system, FileSystem::RockRidge | FileSystem::Udf) => {
                self.find(node, path, way, unknown)
            }
            _ => return Found::Hidden,
        };
        if found == Found::Hidden {
            self.hide_node(tree, node);
        }
        found
    }

    fn hide_node(&self, tree: &mut Tree, node: NodeId) {
        tree.hide(node, tree.hidden_in(node) | shown_by(self.file_system));
    }

    /// An item that is known by its path.
    fn find(&self, node: NodeId, path: &[u8], way: Way, unknown: &mut Unknown) -> Found {
        if self.bare.contains(&paths::digest(path)) {
            unknown.matched += 1;
            unknown.found(path, way);
            return Found::Shown;
        }
        if way.is_certain {
            return Found::Hidden;
        }
        unknown.nodes.push(node);
        Found::Perhaps
    }

    /// Whether all writers record a name as it is.
    fn keeps(&self, name: &[u8]) -> bool {
        let Ok(name) = std::str::from_utf8(name) else { return false };
        let is_plain = |character: char| !character.is_control() && u32::from(character) <= 0xFFFF;
        match self.file_system {
            FileSystem::RockRidge => true,
            // Some writers give UDF the names of Joliet.
            FileSystem::Udf | FileSystem::Joliet => {
                name.chars().all(|character| is_plain(character) && !NOT_IN_JOLIET.contains(&character))
                    && name.encode_utf16().count() <= usize::from(JolietRules::STRICT.max_units)
                    && !name.ends_with(['.', ' '])
            }
            FileSystem::Iso9660 | FileSystem::Enhanced | FileSystem::HfsPlus => false,
        }
    }
}

/// First sector of an imported file with data.
pub(super) fn first_sector(content: &Content) -> Option<u32> {
    match content {
        Content::Imported { start, len } => (*len > 0).then(|| start.get()),
        Content::ImportedSections { sections, len } => {
            sections.first().filter(|_| *len > 0).map(|first| first.start.get())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_all_writers_keep() {
        let keeps = |file_system, name: &str| {
            Other {
                file_system,
                shown: Paths::new(Vec::new()),
                bare: HashSet::new(),
                directories: HashMap::new(),
                strangers: Vec::new(),
                taken_out: None,
                rules: PlanOptions::default(),
            }
            .keeps(name.as_bytes())
        };
        for (name, is_kept) in [
            ("plain name.txt", true),
            ("ünïcode", true),
            ("a:b", false),
            ("ends.", false),
            ("\u{1F4BF}", false),
            (&"n".repeat(65), false),
        ] {
            let both = [FileSystem::Joliet, FileSystem::Udf].map(|file_system| keeps(file_system, name));
            assert_eq!(both, [is_kept; 2], "{name}");
        }
    }
}
