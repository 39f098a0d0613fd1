//! Plain ISO 9660 identifiers: one that does not follow from the item's name, as Rock Ridge or readers of plain ISO 9660
//! show it, stays.

use std::collections::HashMap;
use std::ops::Range;

use iso9660::names::{IdentifierCheck, NameRules, RecordedNames, SourceName, Standing, record_names};

use super::ImportWarning;
use crate::Result;
use crate::tree::{DirectoryId, FileSystem, NodeId, NodeKind, Tree, check_name, shown_part};

/// Gathers the identifiers of one directory after the other. Of those that follow from the names nothing is kept.
pub(super) struct PlainIdentifiers<'r> {
    rules: &'r NameRules,
    check: IdentifierCheck<'r>,
    /// Those that do not follow from the name alone, in the order of the items.
    others: Vec<(NodeId, Range<usize>)>,
    bytes: Vec<u8>,
    /// Directories for which records stand that have identifiers of files.
    relocated: Vec<NodeId>,
}

impl<'r> PlainIdentifiers<'r> {
    /// `rules` are those by which identifiers are made that are not kept.
    pub(super) fn new(rules: &'r NameRules) -> PlainIdentifiers<'r> {
        let check = IdentifierCheck::new(rules);
        PlainIdentifiers { rules, check, others: Vec::new(), bytes: Vec::new(), relocated: Vec::new() }
    }

    /// Takes note of the identifier of an item. Items come in the order of their numbers.
    pub(super) fn note(
        &mut self,
        node: NodeId,
        source: &SourceName<'_>,
        identifier: &[u8],
        is_relocated: bool,
    ) {
        if is_relocated && !source.is_directory {
            self.relocated.push(node);
        }
        if !self.check.fits(source, identifier) {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(identifier);
            self.others.push((node, start..self.bytes.len()));
        }
    }

    /// The identifier of an item, if it does not follow from the name alone.
    fn other(&self, node: NodeId) -> Option<&[u8]> {
        let at = self.others.binary_search_by_key(&node, |(node, _)| *node).ok()?;
        Some(&self.bytes[self.others[at].1.clone()])
    }

    /// Lets two files of one directory keep apart whose identifiers differ in the dot at the end alone: readers show both
    /// under one name, so that the one with the dot has it in the tree as well.
    pub(super) fn part(&self, tree: &mut Tree, children: &[NodeId]) -> Result<()> {
        // Of two, one at most follows from the name.
        let is_file = |tree: &Tree, node| !is_directory(tree, node);
        let found = self.others.iter().map(|(node, _)| *node);
        let found = found.filter(|&node| is_file(tree, node) && !tree.name(node).contains(&b'.'));
        let wanted: HashMap<Vec<u8>, NodeId> = found.map(|node| (tree.name(node).to_vec(), node)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let has_dot = |node| self.other(node).is_none_or(|other| version_of(other).0.ends_with(b"."));
        let mut dotted = Vec::new();
        for &child in children.iter().filter(|&&child| is_file(tree, child)) {
            if let Some(&other) = wanted.get(tree.name(child))
                && other != child
                && has_dot(child) != has_dot(other)
            {
                dotted.push(if has_dot(child) { child } else { other });
            }
        }
        dotted.sort_unstable();
        dotted.dedup();
        dotted.into_iter().try_for_each(|node| {
            let name = [tree.name(node), b"."].concat();
            tree.rename_unattached(node, &name)
        })
    }

    /// Gives the items of a directory their identifiers, unless the same would be made of their names, all taken together.
    pub(super) fn settle(
        &mut self,
        tree: &mut Tree,
        directory: DirectoryId,
        warnings: &mut Vec<ImportWarning>,
    ) -> Result<()> {
        if !self.others.is_empty() && !self.are_made_so(tree, directory) {
            for (node, place) in &self.others {
                let identifier = &self.bytes[place.clone()];
                let shown = match self.relocated.binary_search(node).is_ok() || !is_directory(tree, *node) {
                    true => shown_part(identifier),
                    false => identifier,
                };
                if [identifier, shown].into_iter().any(|name| check_name(name, name).is_err()) {
                    warnings.push(ImportWarning::Identifier {
                        path: tree.path(*node),
                        identifier: identifier.escape_ascii().to_string(),
                    });
                    continue;
                }
                tree.set_recorded_name(*node, FileSystem::Iso9660, identifier)?;
            }
        }
        self.others.clear();
        self.bytes.clear();
        self.relocated.clear();
        Ok(())
    }

    fn are_made_so(&mut self, tree: &Tree, directory: DirectoryId) -> bool {
        let nodes: Vec<NodeId> = tree.children(directory).collect();
        let names: Vec<SourceName<'_>> = nodes
            .iter()
            .map(|&node| SourceName {
                name: tree.name(node),
                is_directory: is_directory(tree, node) && self.relocated.binary_search(&node).is_err(),
                standing: Standing::Recorded,
            })
            .collect();
        let Ok(made) = record_names(self.rules, &names) else { return false };
        let made: &RecordedNames = &made;
        let mut all = nodes.iter().zip(&names).enumerate();
        let check = &mut self.check;
        let (others, bytes) = (&self.others, &self.bytes);
        all.all(|(index, (node, name))| match others.binary_search_by_key(node, |(node, _)| *node) {
            Ok(at) => bytes[others[at].1.clone()] == *made.identifier(index),
            Err(_) => check.fits(name, made.identifier(index)),
        })
    }
}

fn is_directory(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.kind(node), NodeKind::Directory(_))
}

/// A file's identifier without its version number (ECMA-119 7.5.1), and that number.
fn version_of(identifier: &[u8]) -> (&[u8], &[u8]) {
    let digits = identifier.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (name, version) = identifier.split_at(identifier.len() - digits);
    match name.strip_suffix(b";").filter(|_| digits > 0) {
        Some(name) => (name, version),
        None => (identifier, &[]),
    }
}

/// The version number in a file's identifier in Joliet, if it is not 1.
pub(super) fn other_version(identifier: &[u8]) -> Option<u32> {
    let separator = identifier.chunks_exact(2).rposition(|unit| unit == [0, b';'])?;
    let digits = identifier.get((separator + 1) * 2..).filter(|digits| !digits.is_empty())?;
    let version = digits.chunks_exact(2).try_fold(0u32, |number, unit| match unit {
        [0, digit] if digit.is_ascii_digit() => number.checked_mul(10)?.checked_add(u32::from(digit - b'0')),
        _ => None,
    })?;
    (version != 1).then_some(version)
}

/// Whether identifiers of files in Joliet have a version number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct VersionNumbers {
    with: bool,
    without: bool,
}

impl VersionNumbers {
    pub(super) fn note(&mut self, identifier: &[u8]) {
        self.note_one(crate::disc::has_joliet_version(identifier));
    }

    pub(super) fn note_one(&mut self, has_version: bool) {
        self.with |= has_version;
        self.without |= !has_version;
    }

    pub(super) fn and(self, other: VersionNumbers) -> VersionNumbers {
        VersionNumbers { with: self.with || other.with, without: self.without || other.without }
    }

    /// All have one.
    pub(super) fn are_there(self) -> bool {
        self.with && !self.without
    }

    /// Some have, and some have not: then none gets one.
    pub(super) fn are_lost(self) -> Option<ImportWarning> {
        (self.with && self.without).then_some(ImportWarning::JolietVersions)
    }
}
