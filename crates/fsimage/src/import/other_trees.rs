//! The other trees of a session, taken into the one that was imported, so that each file system shows what it showed.
//!
//! Items are paired directory by directory: files by where their data lie, the others by names, or forms of names, and
//! directories also by the data below them. What a file system calls a paired item becomes its name there; what it does
//! not show is hidden there; and what only it has is hidden everywhere else.

use std::collections::{HashMap, HashSet, VecDeque};

use iso9660::names::Standing;
use joliet::JolietRules;

use super::forms::Forms;
use super::{ImportWarning, ReadTree, read_tree};
use crate::disc::Disc;
use crate::plan::PlanOptions;
use crate::tree::{FileSystem, FileSystems, Graft, Kind, NodeId, NodeKind, Tree};
use crate::view::shown_names;
use crate::{Control, Error, Result};

/// A tree of a session, and the session's others.
pub(super) struct OtherTrees<'a> {
    pub(super) disc: &'a Disc,
    pub(super) session: u16,
    pub(super) control: &'a Control,
}

/// What another tree is to that which was imported.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// It may have and lack items: each tree keeps what it shows.
    Other,
    /// It is damaged: what it has not may have been lost.
    Damaged,
    /// It is made of the same records, those of ISO 9660 and Rock Ridge, with other names.
    SameRecords,
}

impl OtherTrees<'_> {
    /// Takes the names and items of all other trees into `base`.
    pub(super) fn take_into(
        &self,
        base: &mut ReadTree,
        file_system: FileSystem,
        there: FileSystems,
    ) -> Result<()> {
        let iso9660 = match there.contains(FileSystems::ROCK_RIDGE) {
            true => FileSystem::RockRidge,
            false => FileSystem::Iso9660,
        };
        let own = shown_by(file_system);
        for other in [iso9660, FileSystem::Joliet, FileSystem::Enhanced, FileSystem::Udf] {
            if shown_by(other) != own && there.contains(other.as_set()) {
                self.take(base, file_system, other, Relation::Other)?;
            }
        }
        // Of one record, plain ISO 9660 and Rock Ridge each have a name.
        if iso9660 == FileSystem::RockRidge {
            self.take(base, file_system, FileSystem::Iso9660, Relation::SameRecords)?;
        }
        Ok(())
    }

    fn take(
        &self,
        base: &mut ReadTree,
        own: FileSystem,
        file_system: FileSystem,
        relation: Relation,
    ) -> Result<()> {
        let damaged = |finding: String| ImportWarning::Damaged {
            path: None,
            finding: format!("{file_system}, so that what only it has or hides is not known: {finding}"),
        };
        let read = self.disc.image(Some(self.session), &[file_system]).and_then(|image| {
            let other = read_tree(self.disc, &image, self.disc.source().sectors(), self.control)?;
            let loss = image.losses(self.control)?.into_iter().next();
            Ok((other, loss.map(|loss| loss.to_string())))
        });
        let (other, loss) = match read {
            Ok(read) => read,
            Err(error @ Error::Cancelled { .. }) => return Err(error),
            Err(error) => {
                base.warnings.push(damaged(error.to_string()));
                return Ok(());
            }
        };
        // Of what Rock Ridge has, plain ISO 9660 would tell that it has not.
        if relation == Relation::Other {
            base.warnings.extend(other.warnings.iter().filter(|one| is_of_one_tree(one)).cloned());
        }
        base.long_names |= other.long_names;
        base.departures = base.departures.and(other.departures);
        let is_whole = loss.is_none() && !other.warnings.iter().any(ImportWarning::leaves_out_an_item);
        base.warnings.extend(loss.map(damaged));
        let relation = match relation {
            Relation::Other if !is_whole => Relation::Damaged,
            relation => relation,
        };
        let mut options = PlanOptions::default();
        if other.long_names {
            options.joliet_names = JolietRules::LONG;
        }
        let warnings = &mut base.warnings;
        let graft = Graft::new(&mut base.tree, &other.tree)?;
        let forms = Forms::between(own, file_system);
        Merge { graft, file_system, relation, forms, options, warnings }.run(self.control)
    }
}

/// The set that hides an item from the readers of a file system: those of Rock Ridge read the records of ISO 9660.
fn shown_by(file_system: FileSystem) -> FileSystems {
    match file_system {
        FileSystem::RockRidge => FileSystems::ISO9660,
        other => other.as_set(),
    }
}

/// Whether what one tree loses is not lost by every other of the session in the same words.
fn is_of_one_tree(warning: &ImportWarning) -> bool {
    !matches!(warning, ImportWarning::IncompleteSession { .. } | ImportWarning::ModeTwoFormTwo { .. })
}

struct Merge<'a> {
    graft: Graft<'a>,
    file_system: FileSystem,
    relation: Relation,
    /// Between its names and those of the tree.
    forms: Forms,
    /// For the names that an image of this crate has there.
    options: PlanOptions,
    warnings: &'a mut Vec<ImportWarning>,
}

/// What tells that two items are one.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    /// Where the data of a file begin, and its name, where that is asked as well.
    Data(u32, u64, Option<Vec<u8>>),
    /// A directory, by the first data below it.
    Below(u32),
    /// An item without data, by its name.
    Name(Kind, Vec<u8>),
    /// An item without data, whatever its name, and by its order: of one record.
    InOrder(Kind),
}

/// The key of an item under a name, if it has one.
type Rule<'r> = &'r dyn Fn(&Tree, NodeId, &[u8]) -> Option<Key>;

/// Items of one directory that are not paired yet, with the names that the file system has for them, or would have.
struct Items<'t> {
    tree: &'t Tree,
    left: Vec<(NodeId, Vec<u8>)>,
}

impl Items<'_> {
    /// Sorts out those that have a key.
    fn keyed(&mut self, key: Rule<'_>) -> Vec<(Key, (NodeId, Vec<u8>))> {
        let mut found = Vec::new();
        for (node, name) in std::mem::take(&mut self.left) {
            match key(self.tree, node, &name) {
                Some(key) => found.push((key, (node, name))),
                None => self.left.push((node, name)),
            }
        }
        found
    }
}

impl Merge<'_> {
    fn run(mut self, control: &Control) -> Result<()> {
        let (own, other) = (first_below(self.graft.into), first_below(self.graft.from));
        let mut pending = vec![(NodeId::ROOT, NodeId::ROOT)];
        while let Some((into, from)) = pending.pop() {
            control.check("nothing was written")?;
            let (pairs, only_here, only_there) = self.pair(into, from, &own, &other)?;
            for (node, same) in pairs {
                let name = self.graft.from.name(same).to_vec();
                match self.graft.from.standing_in(same, self.file_system) {
                    Standing::Identifier => {
                        self.graft.into.set_recorded_name(node, self.file_system, &name)?;
                    }
                    _ => self.graft.into.set_name_in(node, self.file_system, name)?,
                }
                self.show(node);
                if is_directory(self.graft.from, same) {
                    pending.push((node, same));
                }
            }
            if self.relation != Relation::Other {
                continue;
            }
            for node in only_here {
                self.hide(node);
            }
            for node in only_there {
                let new = self.add(node, into)?;
                // What is above it is told.
                if self.graft.into.is_imported(into) && !self.is_only_here(into) {
                    let path = self.graft.into.path(new);
                    self.warnings.push(ImportWarning::OnlyThere { path, file_system: self.file_system });
                }
                if is_directory(self.graft.from, node) {
                    pending.push((new, node));
                }
            }
        }
        Ok(())
    }

    /// Items of two directories that are the same, and those of each that are not in the other.
    #[allow(clippy::type_complexity, reason = "three lists, taken apart at once")]
    fn pair(
        &self,
        into: NodeId,
        from: NodeId,
        own: &[Option<u32>],
        other: &[Option<u32>],
    ) -> Result<(Vec<(NodeId, NodeId)>, Vec<NodeId>, Vec<NodeId>)> {
        let (here, there): (&Tree, &Tree) = (self.graft.into, self.graft.from);
        let children = |tree: &Tree, node| match tree.kind(node) {
            NodeKind::Directory(directory) => tree.children(directory).collect(),
            _ => Vec::new(),
        };
        let mut nodes: Vec<NodeId> = children(here, into);
        if self.relation == Relation::SameRecords {
            nodes.retain(|&node| !here.hidden_in(node).contains(FileSystems::ISO9660));
        }
        let names = match shown_names(here, into, &nodes, self.file_system, &self.options) {
            Ok(Some(names)) => names,
            Ok(None) => nodes.iter().map(|&node| here.name(node).to_vec()).collect(),
            // They cannot be told apart there: names tell nothing.
            Err(Error::NoUniqueName { .. }) => vec![Vec::new(); nodes.len()],
            Err(error) => return Err(error),
        };
        let mut ours = Items { tree: here, left: nodes.into_iter().zip(names).collect() };
        let theirs = children(there, from).into_iter().map(|node| (node, there.name(node).to_vec()));
        let mut theirs = Items { tree: there, left: theirs.collect() };

        let mut pairs = Vec::new();
        let data = |with_name: bool| {
            move |tree: &Tree, node: NodeId, name: &[u8]| {
                let (first, len) = data_of(tree, node)?;
                Some(Key::Data(first, len, with_name.then(|| name.to_vec())))
            }
        };
        let kind = |tree: &Tree, node: NodeId| self.kind_without_data(tree, node);
        let by_name =
            |tree: &Tree, node: NodeId, name: &[u8]| Some(Key::Name(kind(tree, node)?, name.to_vec()));
        let by_folded = |tree: &Tree, node: NodeId, name: &[u8]| {
            Some(Key::Name(kind(tree, node)?, name.to_ascii_uppercase()))
        };
        let in_order = |tree: &Tree, node: NodeId, _: &[u8]| {
            kind(tree, node).filter(|_| self.relation == Relation::SameRecords).map(Key::InOrder)
        };
        let below_here = |_: &Tree, node: NodeId, _: &[u8]| below(own, node);
        let below_there = |_: &Tree, node: NodeId, _: &[u8]| below(other, node);
        let rules: [(Rule<'_>, Rule<'_>); 6] = [
            (&data(true), &data(true)),
            (&data(false), &data(false)),
            (&by_name, &by_name),
            (&below_here, &below_there),
            (&by_folded, &by_folded),
            (&in_order, &in_order),
        ];
        for (here, there) in rules {
            let mut found: HashMap<Key, VecDeque<(NodeId, Vec<u8>)>> = HashMap::new();
            for (key, item) in ours.keyed(here) {
                found.entry(key).or_default().push_back(item);
            }
            for (key, item) in theirs.keyed(there) {
                match found.get_mut(&key).and_then(VecDeque::pop_front) {
                    Some(same) => pairs.push((same.0, item.0)),
                    None => theirs.left.push(item),
                }
            }
            ours.left.extend(found.into_values().flatten());
            ours.left.sort_by_key(|&(node, _)| node);
            theirs.left.sort_by_key(|&(node, _)| node);
        }
        self.pair_by_forms(&mut ours, &mut theirs, &mut pairs);
        let nodes = |items: Items<'_>| items.left.into_iter().map(|(node, _)| node).collect();
        Ok((pairs, nodes(ours), nodes(theirs)))
    }

    /// Pairs what has no data and is called in another form there.
    fn pair_by_forms(&self, ours: &mut Items<'_>, theirs: &mut Items<'_>, pairs: &mut Vec<(NodeId, NodeId)>) {
        let mut kinds: HashMap<Kind, [Vec<NodeId>; 2]> = HashMap::new();
        for (side, items) in [&*ours, &*theirs].into_iter().enumerate() {
            for &(node, _) in &items.left {
                if let Some(kind) = self.kind_without_data(items.tree, node) {
                    kinds.entry(kind).or_default()[side].push(node);
                }
            }
        }
        let found = pairs.len();
        for [here, there] in kinds.into_values() {
            let names = |tree: &Tree, nodes: &[NodeId]| -> Vec<Vec<u8>> {
                nodes.iter().map(|&node| tree.name(node).to_vec()).collect()
            };
            let same = self.forms.same_names(&names(ours.tree, &here), &names(theirs.tree, &there));
            pairs.extend(here.into_iter().zip(same).filter_map(|(node, at)| Some((node, there[at?]))));
        }
        pairs[found..].sort_unstable();
        let (here, there): (HashSet<NodeId>, HashSet<NodeId>) = pairs[found..].iter().copied().unzip();
        ours.left.retain(|(node, _)| !here.contains(node));
        theirs.left.retain(|(node, _)| !there.contains(node));
    }

    /// The kind of an item that no data tell from others. Records of plain ISO 9660 make empty files of links and devices.
    fn kind_without_data(&self, tree: &Tree, node: NodeId) -> Option<Kind> {
        match tree.kind(node) {
            NodeKind::File(content) if tree.content_len(content) > 0 => None,
            NodeKind::Directory(_) => Some(Kind::Directory),
            _ if self.relation == Relation::SameRecords => Some(Kind::File),
            kind => Some(kind.kind()),
        }
    }

    fn show(&mut self, node: NodeId) {
        let hidden = self.graft.into.hidden_in(node) - shown_by(self.file_system);
        self.graft.into.hide(node, hidden);
    }

    /// Hides an item that this file system could show.
    fn hide(&mut self, node: NodeId) {
        let kind = self.graft.into.kind(node).kind();
        let holds_all = matches!(self.file_system, FileSystem::RockRidge | FileSystem::Udf);
        if holds_all || matches!(kind, Kind::Directory | Kind::File) {
            let hidden = self.graft.into.hidden_in(node) | shown_by(self.file_system);
            self.graft.into.hide(node, hidden);
        }
    }

    /// Whether the item came from this tree alone.
    fn is_only_here(&self, node: NodeId) -> bool {
        self.graft.into.hidden_in(node) == FileSystems::all() - shown_by(self.file_system)
    }

    /// Adds an item that only this tree has: under its name, or one with a number where that is taken.
    fn add(&mut self, node: NodeId, into: NodeId) -> Result<NodeId> {
        let own = self.graft.from.name(node).to_vec();
        let NodeKind::Directory(directory) = self.graft.into.kind(into) else { return Ok(into) };
        let mut name = own.clone();
        let mut number = 1u32;
        while self.graft.into.child(directory, &name).is_some() {
            number += 1;
            name =
                [&own[..own.len().min(usize::from(u16::MAX) - 11)], format!("~{number}").as_bytes()].concat();
        }
        let new = self.graft.copy_as(node, into, &name)?;
        self.graft.into.set_name_in(new, self.file_system, own)?;
        self.graft.into.hide(new, FileSystems::all() - shown_by(self.file_system));
        Ok(new)
    }
}

fn is_directory(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.kind(node), NodeKind::Directory(_))
}

/// Where the data of a file begin, and its length.
fn data_of(tree: &Tree, node: NodeId) -> Option<(u32, u64)> {
    match tree.kind(node) {
        NodeKind::File(content) => {
            let first = super::visibility::first_sector(tree.content(content))?;
            Some((first, tree.content_len(content)))
        }
        _ => None,
    }
}

fn below(first: &[Option<u32>], node: NodeId) -> Option<Key> {
    // Those that were added since are of other trees.
    first.get(node.0 as usize).copied().flatten().map(Key::Below)
}

/// For each directory the least sector at which data of a file below it begin.
fn first_below(tree: &Tree) -> Vec<Option<u32>> {
    let mut first: Vec<Option<u32>> = vec![None; tree.node_count()];
    let mut order = vec![NodeId::ROOT];
    let mut at = 0;
    while let Some(&node) = order.get(at) {
        if let NodeKind::Directory(directory) = tree.kind(node) {
            for child in tree.children(directory) {
                match is_directory(tree, child) {
                    true => order.push(child),
                    false => lower(&mut first[node.0 as usize], data_of(tree, child).map(|(start, _)| start)),
                }
            }
        }
        at += 1;
    }
    // Those below come later.
    for &node in order.iter().rev() {
        let own = first[node.0 as usize];
        lower(&mut first[tree.parent(node).0 as usize], own);
    }
    first
}

fn lower(least: &mut Option<u32>, found: Option<u32>) {
    *least = match (*least, found) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}
