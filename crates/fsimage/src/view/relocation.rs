use std::collections::{HashMap, HashSet};

use iso9660::names::Standing;

use crate::plan::{PlanOptions, RecordedRelocation};
use crate::tree::{FileSystem, NodeId, NodeKind, Tree};
use crate::{Error, Result};

/// Levels of a directory hierarchy (ECMA-119 6.8.2.1); the root is level 1.
pub(super) const LEVELS: u32 = 8;

/// Directories that are recorded below a directory of the root, so that none lies deeper than level 8.
#[derive(Clone)]
pub(super) struct Relocation {
    directories: Vec<NodeId>,
    /// How many relocations lead to each: one more than to the directory that it is in.
    generations: HashMap<NodeId, u32>,
    base_name: Vec<u8>,
    moved_names: Vec<(Vec<u8>, Standing)>,
    /// What is recorded already of the directory that they are in.
    recorded: Option<RecordedRelocation>,
}

impl Relocation {
    pub(super) fn none() -> Relocation {
        Relocation {
            directories: Vec::new(),
            generations: HashMap::new(),
            base_name: Vec::new(),
            moved_names: Vec::new(),
            recorded: None,
        }
    }

    /// The directories to relocate, in an order that follows from their paths alone. A relocated one is on level 3; what lies too deep
    /// below it is relocated again.
    pub(super) fn find(tree: &Tree, options: &PlanOptions, shows: &dyn Fn(NodeId) -> bool) -> Relocation {
        let mut relocation = Relocation::none();
        let mut pending = vec![(NodeId::ROOT, 1, 0)];
        while let Some((node, level, generation)) = pending.pop() {
            let NodeKind::Directory(directory) = tree.kind(node) else { continue };
            for child in tree.children(directory).filter(|&child| shows(child)) {
                if !matches!(tree.kind(child), NodeKind::Directory(_)) {
                    continue;
                }
                if level == LEVELS {
                    relocation.directories.push(child);
                    relocation.generations.insert(child, generation + 1);
                    pending.push((child, 3, generation + 1));
                } else {
                    pending.push((child, level + 1, generation));
                }
            }
        }
        relocation.name(tree, &options.relocation_directory, shows);
        let recorded = options.recorded_relocation.clone();
        relocation.recorded = recorded.filter(|recorded| recorded.name == relocation.base_name);
        relocation
    }

    /// Names for readers without Rock Ridge: those that are recorded, or the directory's own, made distinct by a number.
    fn name(&mut self, tree: &Tree, directory: &[u8], shows: &dyn Fn(NodeId) -> bool) {
        let mut base = directory.to_vec();
        let mut number = 0;
        while tree.lookup(&base).is_some_and(shows) {
            number += 1;
            base = [directory, number.to_string().as_bytes()].concat();
        }
        self.base_name = base;
        let mut taken: HashSet<Vec<u8>> = HashSet::new();
        // How many have been met of each name, so that counting goes on where it stopped.
        let mut met: HashMap<&[u8], u32> = HashMap::new();
        // Other programs may have recorded some as the same.
        let mut kept = HashSet::new();
        for &node in &self.directories {
            let moved = tree.relocated_as(node).map(|recorded| &recorded.moved);
            if moved.is_some_and(|moved| !moved.is_empty() && taken.insert(moved.clone())) {
                kept.insert(node);
            }
        }
        for &node in &self.directories {
            if let Some(recorded) = tree.relocated_as(node).filter(|_| kept.contains(&node)) {
                self.moved_names.push((recorded.moved.clone(), Standing::Identifier));
                continue;
            }
            // The records that stand for them have these names.
            let own = tree.name_in(node, FileSystem::Iso9660);
            let count = met.entry(own).or_default();
            let mut name = own.to_vec();
            while !taken.insert(name.clone()) {
                *count += 1;
                name = [own, format!("_{count}").as_bytes()].concat();
            }
            self.moved_names.push((name, Standing::New));
        }
    }

    pub(super) fn directories(&self) -> &[NodeId] {
        &self.directories
    }

    pub(super) fn contains(&self, node: NodeId) -> bool {
        self.generations.contains_key(&node)
    }

    /// How many relocations lead to a directory that is relocated itself.
    pub(super) fn generation(&self, node: NodeId) -> Option<u32> {
        self.generations.get(&node).copied()
    }

    /// The most that lead to one.
    pub(super) fn most_generations(&self) -> u32 {
        self.generations.values().copied().max().unwrap_or_default()
    }

    pub(super) fn base_name(&self) -> &[u8] {
        &self.base_name
    }

    pub(super) fn recorded(&self) -> Option<&RecordedRelocation> {
        self.recorded.as_ref()
    }

    pub(super) fn moved_name(&self, number: usize) -> &[u8] {
        &self.moved_names[number].0
    }

    /// What is recorded already of the name that a directory has there.
    pub(super) fn moved_standing(&self, number: usize) -> Standing {
        self.moved_names[number].1
    }
}

/// The first directory below level `most`, the root's being 1, is an error.
pub(crate) fn refuse_deep(tree: &Tree, most: u32, shows: &dyn Fn(NodeId) -> bool) -> Result<()> {
    let mut pending = vec![(NodeId::ROOT, 1)];
    while let Some((node, level)) = pending.pop() {
        if level > most {
            return Err(Error::TooDeep { path: tree.path(node), depth: level, most });
        }
        let NodeKind::Directory(directory) = tree.kind(node) else { continue };
        pending.extend(
            tree.children(directory)
                .filter(|&child| shows(child) && matches!(tree.kind(child), NodeKind::Directory(_)))
                .map(|child| (child, level + 1)),
        );
    }
    Ok(())
}
