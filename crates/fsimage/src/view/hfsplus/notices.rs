use hfsplus::NameChanges;

use super::records::date;
use super::{HfsPlusView, Listing, is_recordable, shows};
use crate::Result;
use crate::plan::{Notice, NoticeCounts};
use crate::tree::{FileSystem, NodeId, NodeKind, Timestamp, Tree};

/// A notice before its words are needed.
enum Remark {
    Renamed(usize, NodeId),
    Dropped(NodeId),
    LiesOutside(NodeId),
    TimeClamped(NodeId),
    StreamsDropped(NodeId, u64),
    AclDropped(NodeId),
    ShownEncoded(NodeId),
    LinkParted(NodeId),
}

impl HfsPlusView {
    /// Counts what of a folder cannot be kept as it is.
    pub(super) fn remark(&mut self, tree: &Tree, place: usize, listing: &Listing) {
        let mut counts = self.counts;
        self.tell(tree, place, listing, &mut |remark| match remark {
            Remark::Renamed(..) => counts.renamed += 1,
            Remark::Dropped(_) | Remark::LiesOutside(_) => counts.dropped += 1,
            Remark::TimeClamped(_) => counts.time_clamped += 1,
            Remark::StreamsDropped(..) => counts.streams_dropped += 1,
            Remark::AclDropped(_) => counts.acl_dropped += 1,
            Remark::ShownEncoded(_) => counts.shown_encoded += 1,
            Remark::LinkParted(_) => counts.links_parted += 1,
        });
        self.counts = counts;
    }

    fn tell(&self, tree: &Tree, place: usize, listing: &Listing, tell: &mut dyn FnMut(Remark)) {
        let Some(node) = self.directories[place].node else { return };
        if place == 0 {
            tell_attributes(tree, node, tell);
        }
        let members = listing.members.iter().enumerate();
        for (index, child) in members.filter_map(|(index, (child, _))| Some((index, (*child)?))) {
            if !listing.names.changes(index).is_empty() {
                tell(Remark::Renamed(index, child));
            }
            if tree.is_encoded(child) {
                tell(Remark::ShownEncoded(child));
            }
            if tree.linked_content(child).is_some_and(|content| self.parted.contains(&content)) {
                tell(Remark::LinkParted(child));
            }
            tell_attributes(tree, child, tell);
        }
        let NodeKind::Directory(directory) = tree.kind(node) else { return };
        let held: usize = listing.members.iter().filter(|(child, _)| child.is_some()).count();
        if held < tree.child_count(directory) {
            let shown = tree.children(directory).filter(|&child| shows(tree, child));
            for child in shown.filter(|&child| self.member(tree, child, 0).is_none()) {
                tell(match tree.kind(child) {
                    NodeKind::File(_) => Remark::LiesOutside(child),
                    _ => Remark::Dropped(child),
                });
            }
        }
    }

    /// Tells what HFS+ cannot keep as it is.
    pub(crate) fn visit_notices(
        &self,
        tree: &Tree,
        visit: &mut dyn FnMut(Notice) -> Result<()>,
    ) -> Result<()> {
        for place in 0..self.directories.len() {
            let listing = self.list(tree, place)?;
            let mut result = Ok(());
            self.tell(tree, place, &listing, &mut |remark| {
                if result.is_ok() {
                    result = visit(notice(tree, &listing, remark));
                }
            });
            result?;
        }
        Ok(())
    }

    /// How many notices there are.
    pub(crate) fn notice_counts(&self) -> NoticeCounts {
        self.counts
    }
}

/// The first time of an item that HFS+ cannot say, that of modification before the others, and the nearest that it can.
fn clamped_time(tree: &Tree, node: NodeId) -> Option<(Timestamp, Timestamp)> {
    let times = tree.times(node);
    let others = [times.creation, times.attributes, times.access, times.backup];
    let mut all = [tree.modified(node)].into_iter().chain(others.into_iter().flatten());
    let given = all.find(|&time| !is_recordable(time))?;
    Some((given, Timestamp::from_unix(date(given).to_unix()?)))
}

fn tell_attributes(tree: &Tree, node: NodeId, tell: &mut dyn FnMut(Remark)) {
    if clamped_time(tree, node).is_some() {
        tell(Remark::TimeClamped(node));
    }
    let count = if tree.has_streams() { tree.streams(node).count() as u64 } else { 0 };
    if count > 0 {
        tell(Remark::StreamsDropped(node, count));
    }
    if tree.acl(node).is_some() {
        tell(Remark::AclDropped(node));
    }
}

fn notice(tree: &Tree, listing: &Listing, remark: Remark) -> Notice {
    let file_system = FileSystem::HfsPlus;
    match remark {
        Remark::Renamed(index, node) => Notice::Renamed {
            path: tree.path(node),
            file_system,
            recorded: listing.names.shown(index),
            reasons: reasons(listing.names.changes(index)),
        },
        Remark::Dropped(node) => {
            Notice::Dropped { path: tree.path(node), file_system, kind: tree.kind(node).kind() }
        }
        Remark::LiesOutside(node) => Notice::LiesOutside { path: tree.path(node) },
        Remark::TimeClamped(node) => {
            let (given, recorded) = clamped_time(tree, node).unwrap_or_default();
            Notice::TimeClamped { path: tree.path(node), file_system, given, recorded }
        }
        Remark::StreamsDropped(node, count) => {
            Notice::StreamsDropped { path: tree.path(node), file_system, count }
        }
        Remark::AclDropped(node) => Notice::AclDropped { path: tree.path(node), file_system },
        Remark::ShownEncoded(node) => Notice::ShownEncoded { path: tree.path(node), file_system },
        Remark::LinkParted(node) => {
            Notice::LinkParted { path: tree.path(node), file_system, kind: tree.kind(node).kind() }
        }
    }
}

fn reasons(changes: NameChanges) -> String {
    let words = [
        (NameChanges::CHARACTERS_REPLACED, "characters"),
        (NameChanges::TRUNCATED, "length"),
        (NameChanges::MADE_UNIQUE, "collision"),
    ];
    let given = words.into_iter().filter(|(change, _)| changes.contains(*change)).map(|(_, word)| word);
    given.collect::<Vec<_>>().join(", ")
}
