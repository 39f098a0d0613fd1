//! Files in the root that texts of volume descriptors name: a text follows its file, and one that names none is told.

use super::{LayoutPlan, Notice, PlanOptions, VolumeTexts};
use crate::tree::{FileSystem, NamedFile, NodeId, NodeKind, Tree};
use crate::view::{shown_names, without_version};

/// Those that have volume descriptors of ISO 9660.
const OF_ISO9660: [FileSystem; 3] = [FileSystem::Iso9660, FileSystem::Enhanced, FileSystem::Joliet];

/// A text that names a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Naming {
    /// The file system that alone has it; `None` where all have.
    file_system: Option<FileSystem>,
    text: &'static str,
    name: String,
    /// It is that of an imported descriptor.
    is_recorded: bool,
}

/// The files that the texts of imported descriptors name, as `options` have these.
pub(crate) fn find(tree: &Tree, options: &PlanOptions) -> Vec<NamedFile> {
    let mut found = Vec::new();
    for naming in recorded(options).chain(of_udf(options)) {
        let Some(file_system) = naming.file_system else { continue };
        let names = Names::new(tree, file_system, options);
        let node = names.0.iter().find(|(node, shown)| is_name_of(tree, *node, shown, &naming.name));
        let node = node.map(|(node, _)| *node);
        let Naming { text, name, .. } = naming;
        found.extend(node.map(|node| NamedFile { file_system, text, name, node }));
    }
    found
}

/// Lets texts that were imported name the same files as before, which have other names now. What cannot name its file, because
/// that is gone from the root or its name is none for the field, stays as it is.
pub(super) fn follow(tree: &Tree, options: &mut PlanOptions) {
    for NamedFile { file_system, text, name, node } in tree.named_files() {
        let names = Names::new(tree, *file_system, options);
        let Some((_, shown)) = names.0.iter().find(|(named, _)| named == node) else { continue };
        if !is_name_of(tree, *node, shown, name) {
            let shown = String::from_utf8_lossy(shown);
            let version = name.rfind(';').map_or("", |at| &name[at..]);
            let dot = if version.is_empty() || shown.contains('.') { "" } else { "." };
            rename(options, (*file_system, text), name, &format!("{shown}{dot}{version}"));
        }
    }
}

/// Puts another name into the text that names a file by this one.
fn rename(options: &mut PlanOptions, (file_system, text): (FileSystem, &str), old: &str, new: &str) {
    if file_system == FileSystem::Udf {
        let udf = &mut options.own_fields.udf;
        let field = match text {
            "copyright file" => &mut udf.copyright_file,
            _ => &mut udf.abstract_file,
        };
        if field.as_deref().map(str::trim_end) == Some(old) {
            *field = Some(new.to_owned());
        }
        return;
    }
    let recorded = options.supplementary_identifiers.get_mut(&file_system);
    let fields = match (file_system, recorded) {
        (FileSystem::Iso9660, _) => &mut options.identifiers,
        (_, Some(recorded)) => recorded,
        // It follows from the primary one.
        _ => return,
    };
    let before = VolumeTexts::recorded(fields, file_system);
    if before.named_files().any(|named| named == (text, old)) {
        let mut renamed = fields.clone();
        VolumeTexts::naming(text, new).put_into(file_system, &mut renamed);
        let after = VolumeTexts::recorded(&renamed, file_system);
        if after.named_files().any(|named| named == (text, new)) {
            *fields = renamed;
        }
    }
}

/// Imported texts of ISO 9660 that name a file, where no others take their place.
fn recorded(options: &PlanOptions) -> impl Iterator<Item = Naming> {
    OF_ISO9660.into_iter().flat_map(|file_system| {
        let fields = match file_system {
            FileSystem::Iso9660 => Some(&options.identifiers),
            other => options.supplementary_identifiers.get(&other),
        };
        let texts = options.own_fields.texts(file_system, &options.texts);
        let recorded = fields.filter(|_| options.file_systems.contains(file_system.as_set()));
        let recorded = recorded.map(|fields| VolumeTexts::recorded(fields, file_system)).unwrap_or_default();
        let named = recorded.named_files().filter(|(text, _)| !texts.has(text));
        let named = named.map(|(text, name)| Naming {
            file_system: Some(file_system),
            text,
            name: name.to_owned(),
            is_recorded: true,
        });
        named.collect::<Vec<_>>()
    })
}

fn of_udf(options: &PlanOptions) -> impl Iterator<Item = Naming> {
    let named = options.own_fields.udf.named_files();
    named.map(|(text, name)| Naming {
        file_system: Some(FileSystem::Udf),
        text,
        name: name.to_owned(),
        is_recorded: false,
    })
}

/// Files in the root, with the names that a file system shows of them.
struct Names(Vec<(NodeId, Vec<u8>)>);

impl Names {
    fn new(tree: &Tree, file_system: FileSystem, options: &PlanOptions) -> Names {
        let NodeKind::Directory(root) = tree.kind(NodeId::ROOT) else { return Names(Vec::new()) };
        let is_shown = |node: &NodeId| !tree.hidden_in(*node).contains(file_system.as_set());
        let children: Vec<NodeId> = tree.children(root).filter(is_shown).collect();
        // Where names cannot be made, the plan fails for itself.
        let made = shown_names(tree, NodeId::ROOT, &children, file_system, options).unwrap_or_default();
        let made = made.unwrap_or_else(|| children.iter().map(|&node| tree.name(node).to_vec()).collect());
        let named = children.into_iter().zip(made);
        Names(named.filter(|(node, _)| matches!(tree.kind(*node), NodeKind::File(_))).collect())
    }
}

/// Whether a text means the file that a file system shows under a name.
fn is_name_of(tree: &Tree, node: NodeId, shown: &[u8], name: &str) -> bool {
    let same = |one: &[u8]| without_version(one).eq_ignore_ascii_case(without_version(name.as_bytes()));
    tree.name(node) == name.as_bytes() || same(shown)
}

impl LayoutPlan<'_> {
    /// Texts that name a file which the root does not have: by the tree's name, the identifier in plain ISO 9660 (the one in
    /// UDF where that is alone), or the name that the file system shows whose text it is.
    pub(super) fn missing_files(&self) -> Vec<Notice> {
        let (tree, options) = (self.tree, &self.options);
        let own = &options.own_fields;
        let texts = [
            (None, &options.texts),
            (Some(FileSystem::Iso9660), &own.iso9660.texts),
            (Some(FileSystem::Enhanced), &own.enhanced.texts),
            (Some(FileSystem::Joliet), &own.joliet.texts),
        ];
        let has_records = !self.views().is_empty();
        // What else names files in ISO 9660 is text in UDF, or nothing.
        let is_of_udf = |text: &str| matches!(text, "copyright file" | "abstract file");
        let given = texts.into_iter().flat_map(|(file_system, texts)| {
            let named = texts.named_files().filter(move |(text, _)| has_records || is_of_udf(text));
            named.map(move |(text, name)| Naming {
                file_system,
                text,
                name: name.to_owned(),
                is_recorded: false,
            })
        });
        let mut missing: Vec<Naming> = given.chain(of_udf(options)).chain(recorded(options)).collect();
        missing.sort_unstable();
        missing.dedup();
        let plain = if has_records { FileSystem::Iso9660 } else { FileSystem::Udf };
        let known: std::collections::BTreeSet<FileSystem> =
            missing.iter().filter_map(|naming| naming.file_system).chain([plain]).collect();
        if missing.is_empty() {
            return Vec::new();
        }
        let known: Vec<(FileSystem, Names)> = known
            .into_iter()
            .map(|file_system| (file_system, Names::new(tree, file_system, options)))
            .collect();
        missing.retain(|naming| {
            let by = |file_system| file_system == plain || naming.file_system == Some(file_system);
            let names = known.iter().filter(|(file_system, _)| by(*file_system));
            let mut names = names.flat_map(|(_, names)| &names.0);
            !names.any(|(node, shown)| is_name_of(tree, *node, shown, &naming.name))
        });
        // Nothing was taken out of the root: they named none before.
        let is_as_before = options.recorded_forms.is_some()
            && matches!(tree.kind(NodeId::ROOT), NodeKind::Directory(root) if !tree.may_miss_items(root));
        let told = missing.into_iter().map(|Naming { file_system, text, name, is_recorded }| {
            let notice = Notice::NoSuchFile { file_system, text, name };
            match is_recorded && is_as_before {
                true => Notice::AsBefore(Box::new(notice)),
                false => notice,
            }
        });
        told.collect()
    }
}
