//! The differences between a session and its sources, for people and programs.

use std::collections::{HashSet, VecDeque};
use std::fmt;

use super::aspects::Aspects;
use super::{Data, Update};
use crate::Result;
use crate::tree::{NodeId, NodeKind};

/// What an update does to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum ChangeKind {
    /// The session does not have it.
    Added,
    /// A file has other bytes, a link another target, a device another number; or one is where another was.
    Changed,
    /// A file has another path, and the same bytes: they stay where they lie.
    Renamed,
    /// The bytes are the same, its attributes are not.
    Attributes,
    /// No source has it any more. Its data stay on the medium, in the earlier session.
    Removed,
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            ChangeKind::Added => "added",
            ChangeKind::Changed => "changed",
            ChangeKind::Renamed => "renamed",
            ChangeKind::Attributes => "attributes",
            ChangeKind::Removed => "removed",
        })
    }
}

/// A difference between the session and the sources.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Change {
    /// What the update does.
    pub change: ChangeKind,
    /// What the item is, as one letter: `d f l c b p s`.
    pub kind: char,
    /// Its path in the image: the new one, or that of what is removed.
    pub path: String,
    /// Of what is renamed: its path in the session.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub from: Option<String>,
    /// Bytes of data that are written for it. Names of one file are written once.
    pub bytes: u64,
    /// Which attributes differ, if the item itself stays: `permissions`, `owner`, `modified`, `extended attributes`,
    /// `access control lists`, `links` (which names are those of one file).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub attributes: Vec<&'static str>,
}

/// How many differences there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Counts {
    /// Items that the session does not have.
    pub added: u64,
    /// Items with other content.
    pub changed: u64,
    /// Files with another path.
    pub renamed: u64,
    /// Items of which only attributes differ.
    pub attributes: u64,
    /// Items that no source has any more.
    pub removed: u64,
    /// Bytes of data that are written.
    pub new_bytes: u64,
    /// Bytes of new or changed files that lie on the medium already.
    pub shared_bytes: u64,
}

impl Counts {
    /// All differences.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.added + self.changed + self.renamed + self.attributes + self.removed
    }
}

/// How a session differs from its sources.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'u>(&'u Update);

impl<'u> Difference<'u> {
    pub(super) fn of(update: &'u Update) -> Difference<'u> {
        Difference(update)
    }

    /// How many differences there are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.counts
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.counts.total() == 0
    }

    /// Visits all of them: first what the sources have, directory by directory, then what is removed.
    ///
    /// # Errors
    /// Those of `visit`.
    pub fn visit<E>(&self, visit: &mut dyn FnMut(Change) -> Result<(), E>) -> Result<(), E> {
        let update = self.0;
        let mut outcome = Ok(());
        let mut written = HashSet::new();
        update.visit_wanted(&mut |node| {
            if outcome.is_ok()
                && let Some(change) = update.change(node, &mut written)
            {
                outcome = visit(change);
            }
        });
        update.visit_gone(&mut |update, node| {
            if outcome.is_ok() {
                outcome = visit(Change {
                    change: ChangeKind::Removed,
                    kind: update.base.kind(node).kind().letter(),
                    path: update.base.path(node),
                    from: None,
                    bytes: 0,
                    attributes: Vec::new(),
                });
            }
        });
        outcome
    }

    /// All of them in a list.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let mut all = Vec::new();
        let visited: Result<(), std::convert::Infallible> = self.visit(&mut |change| {
            all.push(change);
            Ok(())
        });
        match visited {
            Ok(()) => all,
        }
    }
}

impl Update {
    fn change(&self, node: NodeId, written: &mut HashSet<u32>) -> Option<Change> {
        let fate = self.fate(node);
        let change = change_kind(fate.aspects)?;
        Some(Change {
            change,
            kind: self.wanted.kind(node).kind().letter(),
            path: self.wanted.path(node),
            from: fate.base().filter(|_| change == ChangeKind::Renamed).map(|of| self.base.path(of)),
            bytes: self.bytes_of(node, written).0,
            attributes: match change {
                ChangeKind::Renamed | ChangeKind::Attributes => fate.aspects.attributes().collect(),
                _ => Vec::new(),
            },
        })
    }

    /// Bytes that are written for a file, and bytes that lie on the medium already.
    fn bytes_of(&self, node: NodeId, written: &mut HashSet<u32>) -> (u64, u64) {
        let NodeKind::File(content) = self.wanted.kind(node) else { return (0, 0) };
        let len = self.wanted.content_len(content);
        match self.data[content.0 as usize] {
            _ if !written.insert(content.0) => (0, 0),
            Data::New => (len, 0),
            Data::Shares(_) => (0, len),
            Data::Of(_) => (0, 0),
        }
    }

    pub(super) fn count(&mut self) {
        let mut counts = Counts::default();
        let mut written = HashSet::new();
        self.visit_wanted(&mut |node| {
            let of_kind = match change_kind(self.fate(node).aspects) {
                None => return,
                Some(ChangeKind::Added) => &mut counts.added,
                Some(ChangeKind::Changed) => &mut counts.changed,
                Some(ChangeKind::Renamed) => &mut counts.renamed,
                Some(_) => &mut counts.attributes,
            };
            *of_kind += 1;
            let (new, shared) = self.bytes_of(node, &mut written);
            counts.new_bytes += new;
            counts.shared_bytes += shared;
        });
        self.visit_gone(&mut |_, _| counts.removed += 1);
        self.counts = counts;
    }

    /// Visits all items of the sources, the root first, breadth first.
    pub(super) fn visit_wanted(&self, visit: &mut dyn FnMut(NodeId)) {
        let mut pending = VecDeque::from([NodeId::ROOT]);
        while let Some(node) = pending.pop_front() {
            visit(node);
            if let NodeKind::Directory(directory) = self.wanted.kind(node) {
                pending.extend(self.wanted.children(directory));
            }
        }
    }

    /// Visits the items of the session that do not stay.
    pub(super) fn visit_gone<'u>(&'u self, visit: &mut dyn FnMut(&'u Update, NodeId)) {
        let mut pending: VecDeque<NodeId> = self.gone.iter().copied().collect();
        while let Some(node) = pending.pop_front() {
            if self.met[node.0 as usize] {
                continue;
            }
            visit(self, node);
            if let NodeKind::Directory(directory) = self.base.kind(node) {
                pending.extend(self.base.children(directory));
            }
        }
    }
}

fn change_kind(aspects: Aspects) -> Option<ChangeKind> {
    match aspects {
        _ if aspects.is_empty() || aspects == Aspects::NOT_SHOWN => None,
        _ if aspects.contains(Aspects::ADDED) => Some(ChangeKind::Added),
        _ if aspects.contains(Aspects::CONTENT) => Some(ChangeKind::Changed),
        _ if aspects.contains(Aspects::RENAMED) => Some(ChangeKind::Renamed),
        _ => Some(ChangeKind::Attributes),
    }
}
