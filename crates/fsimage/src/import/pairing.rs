//! Which items of two trees of one session are the same, directory by directory: files by where their data lie, the others by
//! names, or forms of names, and directories also by the data below them.

use std::collections::{HashMap, HashSet, VecDeque};

use iso9660::names::Standing;

use super::forms::Forms;
use super::names::rules;
use super::visibility::{first_sector, shown_by};
use crate::plan::PlanOptions;
use crate::tree::{FileSystem, Kind, NodeId, NodeKind, Tree};
use crate::view::udf::file_behind;
use crate::view::{shown_names, shown_with_likeness};
use crate::{Error, Result};

/// An item that is in both trees.
pub(super) struct Pair {
    pub(super) here: NodeId,
    pub(super) there: NodeId,
    /// Whether the name there is the one that this crate makes of the name here.
    pub(super) is_derived: bool,
    /// Whether it is no other item, where that makes a difference: no directory with data was paired by its order alone.
    pub(super) is_certain: bool,
}

/// The items of two directories.
pub(super) struct Paired {
    pub(super) pairs: Vec<Pair>,
    pub(super) only_here: Vec<NodeId>,
    pub(super) only_there: Vec<NodeId>,
    /// Empty files among these that stand there for links and devices which are only here.
    pub(super) stand_ins: HashSet<NodeId>,
    /// Empty files of `only_here` that stand for links and devices which are only there, with these.
    pub(super) stood_for: Vec<(NodeId, NodeId)>,
}

/// Pairs the items of a tree with those of another hierarchy.
pub(super) struct Pairing {
    file_system: FileSystem,
    /// Between its names and those of the tree.
    forms: Forms,
    /// For the names that an image of this crate has there.
    options: PlanOptions,
    /// Whether the tree has the names of Joliet, and the other hierarchy may have names in several cases, or others made of them.
    has_numbers: bool,
    /// For each directory here the least sector at which data of a file below it begin.
    own: Vec<Option<u32>>,
    /// The same of the other tree.
    other: Vec<Option<u32>>,
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

/// Items of one key that are not paired yet.
#[derive(Default)]
struct Candidates {
    left: VecDeque<(NodeId, Vec<u8>)>,
    here: usize,
    there: usize,
}

impl Pairing {
    /// Of two trees and the file systems that they are read from; names of the second may have over 64 units if
    /// `has_long_names`.
    pub(super) fn new(
        (here, own): (&Tree, FileSystem),
        (there, file_system): (&Tree, FileSystem),
        has_long_names: bool,
    ) -> Pairing {
        let options = rules(has_long_names);
        let forms = Forms::between(own, file_system);
        let has_numbers = own == FileSystem::Joliet && file_system != FileSystem::Udf;
        let (own, other) = (first_below(here), first_below(there));
        Pairing { file_system, forms, options, has_numbers, own, other }
    }

    /// The items of two directories. Items may have been added to `here`, whose numbers are greater than those of all others.
    pub(super) fn pair(&self, here: &Tree, there: &Tree, (into, from): (NodeId, NodeId)) -> Result<Paired> {
        let nodes: Vec<NodeId> = children(here, into);
        let unnumbered = self.unnumbered(here, &nodes);
        let name_of = |node| unnumbered.get(&node).map_or(here.name(node), |name| &name[..]);
        let is_identifier = |node| here.standing_in(node, self.file_system) == Standing::Identifier;
        let is_new = |node| !unnumbered.is_empty() && !is_identifier(node);
        let recorded = |node| is_new(node).then(|| (name_of(node), Standing::New));
        let names = shown_with_likeness(here, into, &nodes, self.file_system, &self.options, &recorded);
        let names = match names {
            Ok(Some(names)) => names.into_iter().map(|shown| shown.name).collect(),
            Ok(None) => nodes.iter().map(|&node| name_of(node).to_vec()).collect(),
            // They cannot be told apart there: names tell nothing.
            Err(Error::NoUniqueName { .. }) => vec![Vec::new(); nodes.len()],
            Err(error) => return Err(error),
        };
        let mut ours = Items { tree: here, left: nodes.into_iter().zip(names).collect() };
        let theirs = children(there, from).into_iter().map(|node| (node, there.name(node).to_vec()));
        let mut theirs = Items { tree: there, left: theirs.collect() };
        let mut numbered = number(&mut ours, &theirs);
        numbered.extend(unnumbered.into_keys());

        let mut pairs = Vec::new();
        let data = |tree: &Tree, node: NodeId, _: &[u8]| {
            let (first, len) = data_of(tree, node)?;
            Some(Key::Data(first, len, None))
        };
        let named_data = |tree: &Tree, node: NodeId, name: &[u8]| {
            let file = self.file_behind(tree, node).unwrap_or(node);
            let (first, len) = data_of(tree, file)?;
            Some(Key::Data(first, len, Some(name.to_vec())))
        };
        let kind = kind_without_data;
        let by_name =
            |tree: &Tree, node: NodeId, name: &[u8]| Some(Key::Name(kind(tree, node)?, name.to_vec()));
        let by_folded = |tree: &Tree, node: NodeId, name: &[u8]| {
            Some(Key::Name(kind(tree, node)?, name.to_ascii_uppercase()))
        };
        let below_here = |_: &Tree, node: NodeId, _: &[u8]| below(&self.own, node);
        let below_there = |_: &Tree, node: NodeId, _: &[u8]| below(&self.other, node);
        let once_here = once(&ours, &self.own);
        let once_there = once(&theirs, &self.other);
        let is_once = |key: &Key| once_here.contains(key) && once_there.contains(key);
        let alone_here = |_: &Tree, node: NodeId, _: &[u8]| below(&self.own, node).filter(is_once);
        let alone_there = |_: &Tree, node: NodeId, _: &[u8]| below(&self.other, node).filter(is_once);
        let by_name_of_link = |tree: &Tree, node: NodeId, name: &[u8]| {
            let kind = kind(tree, self.file_behind(tree, node)?)?;
            Some(Key::Name(kind, name.to_vec()))
        };
        let rules: [(Rule<'_>, Rule<'_>); 7] = [
            (&named_data, &named_data),
            (&data, &data),
            // Of directories that differ in the case of letters alone, each program gives another one the shorter name.
            (&alone_here, &alone_there),
            (&by_name, &by_name),
            (&by_name_of_link, &by_name),
            (&below_here, &below_there),
            (&by_folded, &by_folded),
        ];
        for (by_here, by_there) in rules {
            let mut found: HashMap<Key, Candidates> = HashMap::new();
            for (key, item) in ours.keyed(by_here) {
                let candidates = found.entry(key).or_default();
                candidates.here += 1;
                candidates.left.push_back(item);
            }
            let keyed = theirs.keyed(by_there);
            for (key, _) in &keyed {
                if let Some(candidates) = found.get_mut(key) {
                    candidates.there += 1;
                }
            }
            for (key, (node, name)) in keyed {
                let candidates = found.get_mut(&key);
                let same =
                    candidates.and_then(|found| Some((found.left.pop_front()?, found.here + found.there)));
                let Some(((same, shown), candidates)) = same else {
                    theirs.left.push((node, name));
                    continue;
                };
                let may_be_another = candidates > 2 && self.has_data_below(same, node);
                let is_derived = shown == name && !numbered.contains(&same);
                pairs.push(Pair { here: same, there: node, is_derived, is_certain: !may_be_another });
            }
            ours.left.extend(found.into_values().flat_map(|candidates| candidates.left));
            ours.left.sort_by_key(|&(node, _)| node);
            theirs.left.sort_by_key(|&(node, _)| node);
        }
        self.pair_by_forms(&mut ours, &mut theirs, &mut pairs);
        let stand_ins = self.stand_ins(&ours, &theirs).into_iter().map(|(_, file)| file).collect();
        let stood_for = self.stand_ins(&theirs, &ours).into_iter().map(|(special, file)| (file, special));
        let stood_for = stood_for.collect();
        let nodes = |items: Items<'_>| items.left.into_iter().map(|(node, _)| node).collect();
        Ok(Paired { pairs, only_here: nodes(ours), only_there: nodes(theirs), stand_ins, stood_for })
    }

    /// The names, without their numbers, of items that have them in Joliet beside others of the same name in another case.
    fn unnumbered(&self, here: &Tree, nodes: &[NodeId]) -> HashMap<NodeId, Vec<u8>> {
        let mut unnumbered = HashMap::new();
        if !self.has_numbers {
            return unnumbered;
        }
        for &node in nodes {
            let is_identifier = || here.standing_in(node, self.file_system) == Standing::Identifier;
            if let Some(name) = without_number(here.name(node)).filter(|_| !is_identifier()) {
                unnumbered.insert(node, name);
            }
        }
        if !unnumbered.is_empty() {
            let others: HashSet<Vec<u8>> =
                nodes.iter().map(|&node| here.name(node).to_ascii_uppercase()).collect();
            unnumbered.retain(|_, name| others.contains(&name.to_ascii_uppercase()));
        }
        unnumbered
    }

    /// Links and devices, and the empty files that a hierarchy without these has in place of them, as other programs write
    /// them: under forms of the same names.
    fn stand_ins(&self, special: &Items<'_>, files: &Items<'_>) -> Vec<(NodeId, NodeId)> {
        let is_special = |node| {
            let kind = kind_without_data(special.tree, node);
            kind.is_some_and(|kind| !matches!(kind, Kind::Directory | Kind::File))
        };
        let is_file = |node| kind_without_data(files.tree, node) == Some(Kind::File);
        let left: HashMap<&[u8], NodeId> = special
            .left
            .iter()
            .filter(|item| is_special(item.0))
            .map(|(node, name)| (&name[..], *node))
            .collect();
        let (same, others): (Vec<_>, Vec<_>) = files
            .left
            .iter()
            .filter(|item| is_file(item.0))
            .partition(|(_, name)| left.contains_key(&name[..]));
        let mut pairs: Vec<_> =
            same.iter().filter_map(|(file, name)| Some((*left.get(&name[..])?, *file))).collect();
        let named: HashSet<NodeId> = pairs.iter().map(|(special, _)| *special).collect();
        let mut here: Vec<NodeId> = left.into_values().filter(|node| !named.contains(node)).collect();
        here.sort_unstable_by_key(|&node| special.tree.name(node));
        let names: Vec<Vec<u8>> = here.iter().map(|&node| special.tree.name(node).to_vec()).collect();
        let there: Vec<Vec<u8>> = others.iter().map(|(_, name)| name.clone()).collect();
        let by_form = here.into_iter().zip(self.forms.same_names(&names, &there));
        pairs.extend(by_form.filter_map(|(special, at)| Some((special, others[at?].0))));
        pairs
    }

    /// The file that UDF may have in the place of a symbolic link.
    fn file_behind(&self, tree: &Tree, node: NodeId) -> Option<NodeId> {
        match (self.file_system, tree.kind(node)) {
            (FileSystem::Udf, NodeKind::Symlink(_)) => file_behind(tree, node),
            _ => None,
        }
    }

    /// Whether one of two directories has data below it.
    fn has_data_below(&self, here: NodeId, there: NodeId) -> bool {
        below(&self.own, here).or(below(&self.other, there)).is_some()
    }

    /// Pairs what has no data and is called in another form there.
    fn pair_by_forms(&self, ours: &mut Items<'_>, theirs: &mut Items<'_>, pairs: &mut Vec<Pair>) {
        let mut kinds: HashMap<Kind, [Vec<NodeId>; 2]> = HashMap::new();
        for (side, items) in [&*ours, &*theirs].into_iter().enumerate() {
            for &(node, _) in &items.left {
                if let Some(kind) = kind_without_data(items.tree, node) {
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
            let is_alone = here.len() + there.len() == 2;
            pairs.extend(here.into_iter().zip(same).filter_map(|(node, at)| {
                let same = there[at?];
                let is_certain = is_alone || !self.has_data_below(node, same);
                Some(Pair { here: node, there: same, is_derived: false, is_certain })
            }));
        }
        pairs[found..].sort_unstable_by_key(|pair| pair.here);
        let (here, there): (HashSet<NodeId>, HashSet<NodeId>) =
            pairs[found..].iter().map(|pair| (pair.here, pair.there)).unzip();
        ours.left.retain(|(node, _)| !here.contains(node));
        theirs.left.retain(|(node, _)| !there.contains(node));
    }
}

/// Gives items without data, whose names had to be changed for the other hierarchy, the name with a number that is there beside
/// one without: another item, which may be only there, has that name. Says which.
fn number(ours: &mut Items<'_>, theirs: &Items<'_>) -> HashSet<NodeId> {
    let mut numbered = HashSet::new();
    let is_changed = |(node, name): &(NodeId, Vec<u8>)| {
        *name != ours.tree.name(*node) && kind_without_data(ours.tree, *node).is_some()
    };
    let changed: Vec<usize> = (0..ours.left.len()).filter(|&at| is_changed(&ours.left[at])).collect();
    if changed.is_empty() {
        return numbered;
    }
    let own: HashSet<&[u8]> = ours.left.iter().map(|(_, name)| &name[..]).collect();
    let names: HashSet<&[u8]> = theirs.left.iter().map(|(_, name)| &name[..]).collect();
    let mut others: HashMap<(Kind, Vec<u8>), &[u8]> = HashMap::new();
    for (node, name) in theirs.left.iter().rev().filter(|(_, name)| !own.contains(&name[..])) {
        let kind = kind_without_data(theirs.tree, *node);
        if let (Some(kind), Some(plain)) = (kind, without_number(name)) {
            others.insert((kind, plain), name);
        }
    }
    let mut found = Vec::new();
    for at in changed {
        let (node, name) = &ours.left[at];
        let Some(kind) = kind_without_data(ours.tree, *node).filter(|_| names.contains(&name[..])) else {
            continue;
        };
        if let Some(&other) = others.get(&(kind, name.clone())) {
            numbered.insert(*node);
            found.push((at, other.to_vec()));
        }
    }
    for (at, name) in found {
        ours.left[at].1 = name;
    }
    numbered
}

/// A name without the number in front of its extension by which this crate tells it from others in Joliet and UDF.
fn without_number(name: &[u8]) -> Option<Vec<u8>> {
    let mark = name.iter().rposition(|&byte| byte == b'~')?;
    let digits = name[mark + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = &name[mark + 1 + digits..];
    let is_number = digits > 0 && (rest.is_empty() || rest.starts_with(b"."));
    is_number.then(|| [&name[..mark], rest].concat())
}

/// The kind of an item that no data tell from others.
fn kind_without_data(tree: &Tree, node: NodeId) -> Option<Kind> {
    match tree.kind(node) {
        NodeKind::File(content) if tree.content_len(content) > 0 => None,
        NodeKind::Directory(_) => Some(Kind::Directory),
        kind => Some(kind.kind()),
    }
}

/// Gives an item the flags that another tree has for it in a file system.
pub(super) fn take_flags(
    tree: &mut Tree,
    node: NodeId,
    (other, there): (&Tree, NodeId),
    file_system: FileSystem,
) {
    take_existence(tree, node, (other, there), file_system);
    if file_system == FileSystem::Udf {
        tree.set_udf_flags(node, other.udf_flags(there));
    }
}

/// Gives an item the flag of existence alone, which is all that a root directory has.
pub(super) fn take_existence(
    tree: &mut Tree,
    node: NodeId,
    (other, there): (&Tree, NodeId),
    file_system: FileSystem,
) {
    let mut concealed_in = tree.concealed_in(node);
    let shown_by = shown_by(file_system);
    concealed_in.set(shown_by, other.concealed_in(there).contains(shown_by));
    tree.conceal_in(node, concealed_in);
}

/// Gives an item the name that another tree has for it in a file system, as the identifier that it was recorded as if it is
/// one.
pub(super) fn take_name(
    tree: &mut Tree,
    node: NodeId,
    (other, there): (&Tree, NodeId),
    file_system: FileSystem,
) -> Result<()> {
    match other.standing_in(there, file_system) {
        Standing::Identifier => {
            let identifier = other.identifier_in(there, file_system, is_directory(other, there));
            tree.set_recorded_name(node, file_system, identifier)
        }
        _ => tree.set_name_in(node, file_system, other.name(there)),
    }
}

/// Gives items of one directory the names that plain ISO 9660 has for them in another tree, which was read with Rock Ridge:
/// there they follow from its names; and how it relocates directories.
pub(super) fn take_plain_names(
    tree: &mut Tree,
    (other, directory): (&Tree, NodeId),
    pairs: Vec<(NodeId, NodeId)>,
) -> Result<()> {
    for &(here, there) in &pairs {
        if let Some(recorded) = other.relocated_as(there) {
            tree.set_relocated_as(here, recorded.clone());
        }
    }
    let plain = FileSystem::Iso9660;
    let is_identifier = |node| other.standing_in(node, plain) == Standing::Identifier;
    let follows = |pair: &(NodeId, NodeId)| tree.name(pair.0) == other.name(pair.1) && !is_identifier(pair.1);
    if pairs.iter().all(follows) {
        return Ok(());
    }
    let items = children(other, directory);
    let Some(names) = shown_names(other, directory, &items, plain, &rules(false))? else {
        return Ok(());
    };
    let made: HashMap<NodeId, Vec<u8>> = items.into_iter().zip(names).collect();
    for (here, there) in pairs {
        match made.get(&there) {
            Some(name) if !is_identifier(there) => tree.set_name_in(here, plain, name)?,
            _ => tree.set_recorded_name(here, plain, other.identifier_in(there, plain, false))?,
        }
    }
    Ok(())
}

pub(super) fn children(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    match tree.kind(node) {
        NodeKind::Directory(directory) => tree.children(directory).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn is_directory(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.kind(node), NodeKind::Directory(_))
}

/// Where the data of a file begin, and its length.
fn data_of(tree: &Tree, node: NodeId) -> Option<(u32, u64)> {
    match tree.kind(node) {
        NodeKind::File(content) => {
            let first = first_sector(tree.content(content))?;
            Some((first, tree.content_len(content)))
        }
        _ => None,
    }
}

/// The keys by the data below that one directory alone has.
fn once(items: &Items<'_>, first: &[Option<u32>]) -> HashSet<Key> {
    let mut found: HashMap<Key, usize> = HashMap::new();
    for key in items.left.iter().filter_map(|&(node, _)| below(first, node)) {
        *found.entry(key).or_default() += 1;
    }
    found.into_iter().filter_map(|(key, count)| (count == 1).then_some(key)).collect()
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
