//! Plain ISO 9660 identifiers: one that does not follow from the item's name, as Rock Ridge or readers of plain ISO 9660
//! show it, stays.

use std::ops::Range;

use iso9660::names::{
    Departures, IdentifierCheck, NameRules, RecordedNames, SourceName, Standing, record_names,
};

use crate::Result;
use crate::tree::{DirectoryId, FileSystem, NodeId, NodeKind, Tree};

/// Gathers the identifiers of one directory after the other. Of those that follow from the names nothing is kept.
pub(super) struct PlainIdentifiers<'r> {
    rules: &'r NameRules,
    check: IdentifierCheck<'r>,
    /// Those that do not follow from the name alone, in the order of the items.
    others: Vec<(NodeId, Range<usize>)>,
    bytes: Vec<u8>,
    /// Directories for which records stand that have identifiers of files.
    relocated: Vec<NodeId>,
    departures: Departures,
}

impl<'r> PlainIdentifiers<'r> {
    /// `rules` are those by which identifiers are made that are not kept.
    pub(super) fn new(rules: &'r NameRules) -> PlainIdentifiers<'r> {
        let check = IdentifierCheck::new(rules);
        PlainIdentifiers {
            rules,
            check,
            others: Vec::new(),
            bytes: Vec::new(),
            relocated: Vec::new(),
            departures: Departures::default(),
        }
    }

    /// Takes note of the identifier of an item. Items come in the order of their numbers.
    pub(super) fn note(
        &mut self,
        node: NodeId,
        source: &SourceName<'_>,
        identifier: &[u8],
        is_relocated: bool,
    ) {
        match (is_relocated, source.is_directory) {
            (true, false) => self.relocated.push(node),
            // What stands in the place of a relocated directory has what form it may.
            (true, true) => {}
            (false, is_directory) => self.departures.note_form(identifier, is_directory),
        }
        if !self.check.fits(source, identifier) {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(identifier);
            self.others.push((node, start..self.bytes.len()));
        }
    }

    /// Takes note of the identifier of a directory that is no item.
    pub(super) fn note_directory(&mut self, name: &[u8], identifier: &[u8]) {
        let source = SourceName { name, is_directory: true, standing: Standing::Recorded };
        match self.check.fits(&source, identifier) {
            true => self.departures.note_form(identifier, true),
            false => self.departures.note(identifier, true),
        }
    }

    /// Gives the items of a directory the names that their identifiers stand for, unless the same identifiers would be made
    /// of their names, all taken together.
    pub(super) fn settle(&mut self, tree: &mut Tree, directory: DirectoryId) -> Result<()> {
        if !self.others.is_empty() && !self.are_made_so(tree, directory) {
            for (node, place) in &self.others {
                let identifier = &self.bytes[place.clone()];
                let is_relocated = self.relocated.binary_search(node).is_ok();
                let is_directory = is_directory(tree, *node);
                let name = recorded_name(identifier, is_directory && !is_relocated);
                if crate::tree::check_name(name, name).is_err() {
                    self.departures.note_lost();
                    continue;
                }
                if !is_relocated {
                    self.departures.note(identifier, is_directory);
                }
                tree.set_recorded_name(*node, FileSystem::Iso9660, name)?;
            }
        }
        self.others.clear();
        self.bytes.clear();
        self.relocated.clear();
        Ok(())
    }

    /// By which departures from the standard those that stay may be as they are.
    pub(super) fn departures(&self) -> Departures {
        self.departures
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
        all.all(|(index, (node, name))| match self.others.binary_search_by_key(node, |(node, _)| *node) {
            Ok(at) => self.bytes[self.others[at].1.clone()] == *made.identifier(index),
            Err(_) => self.check.fits(name, made.identifier(index)),
        })
    }
}

fn is_directory(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.kind(node), NodeKind::Directory(_))
}

/// The part of an identifier that is kept: without the version number of a file, and without the dot behind it where no other
/// is in it. That of a directory is kept whole.
fn recorded_name(identifier: &[u8], is_directory: bool) -> &[u8] {
    if is_directory {
        return identifier;
    }
    let digits = identifier.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let name = identifier[..identifier.len() - digits].strip_suffix(b";").filter(|_| digits > 0);
    let name = name.unwrap_or(identifier);
    let stem = name.strip_suffix(b".").filter(|stem| !stem.is_empty() && !stem.contains(&b'.'));
    stem.unwrap_or(name)
}

/// The version number in a file's identifier (ECMA-119 7.5.1), if it is not 1. Enhanced volumes have none.
pub(super) fn other_version(identifier: &[u8], file_system: FileSystem) -> Option<u32> {
    let unit = match file_system {
        FileSystem::Enhanced => return None,
        FileSystem::Joliet => 2,
        _ => 1,
    };
    let is_separator = |unit: &[u8]| matches!(unit, [b';'] | [0, b';']);
    let separator = identifier.chunks_exact(unit).rposition(is_separator)?;
    let digits = identifier.get((separator + 1) * unit..).filter(|digits| !digits.is_empty())?;
    let version = digits.chunks_exact(unit).try_fold(0u32, |number, unit| match unit {
        [digit] | [0, digit] if digit.is_ascii_digit() => {
            number.checked_mul(10)?.checked_add(u32::from(digit - b'0'))
        }
        _ => None,
    })?;
    (version != 1).then_some(version)
}
