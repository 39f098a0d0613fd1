//! What a file system of ISO 9660 cannot keep as it is.

use std::collections::HashMap;

use super::{Listing, View, records};
use crate::Result;
use crate::plan::{Notice, NoticeCounts};
use crate::tree::{FileSystem, NodeId, NodeKind, Timestamp, Tree};

impl View {
    /// Tells what this file system cannot keep as it is.
    pub(crate) fn visit_notices(
        &self,
        tree: &Tree,
        visit: &mut dyn FnMut(Notice) -> Result<()>,
    ) -> Result<()> {
        for place in 0..self.directories.len() {
            let listing = self.list(tree, place)?;
            let mut result = Ok(());
            self.remark(tree, place, &listing, &mut |remark, is_as_before| {
                if result.is_ok() {
                    let notice = self.notice(tree, place, &listing, remark);
                    result = visit(if is_as_before { Notice::AsBefore(Box::new(notice)) } else { notice });
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

    /// Tells what of a directory this file system cannot keep as it is; and whether the imported session has the same.
    pub(super) fn remark(
        &self,
        tree: &Tree,
        place: usize,
        listing: &Listing,
        tell: &mut dyn FnMut(Remark, bool),
    ) {
        let mut identifiers = None;
        self.remark_all(tree, place, listing, &mut |remark| {
            tell(remark, self.is_as_before(tree, place, listing, &remark, &mut identifiers));
        });
    }

    fn remark_all(&self, tree: &Tree, place: usize, listing: &Listing, tell: &mut dyn FnMut(Remark)) {
        let in_moved = self.directories[place].node.is_none();
        // By what Linux shows of their names, and so empty in nearly all directories.
        let mut cut: HashMap<&[u8], NodeId> = HashMap::new();
        let whole = |shown: &[u8]| match self.directories[place].node.map(|node| tree.kind(node)) {
            Some(NodeKind::Directory(directory)) => tree.child(directory, shown),
            _ => None,
        };
        for &index in &listing.order {
            let Some(node) = listing.members[index as usize].node else { continue };
            if in_moved {
                tell(Remark::Relocated(index, node));
                continue;
            }
            let standing = tree.standing_in(node, self.file_system);
            if listing.names.is_changed(index as usize, standing) && !tree.holds_digests(node) {
                tell(Remark::Renamed(index, node));
            }
            if let (true, Some(shown)) =
                (self.rock_ridge, cut_by_linux(tree.name_in(node, FileSystem::RockRidge)))
            {
                tell(Remark::CutByLinux(node));
                if let Some(&first) = cut.get(shown).or(whole(shown).as_ref()) {
                    tell(Remark::SameInLinux(first, node));
                }
                cut.entry(shown).or_insert(node);
            }
            if let (true, NodeKind::CharacterDevice(number) | NodeKind::BlockDevice(number)) =
                (self.rock_ridge, tree.kind(node))
                && number.major() == 0
                && number.minor() > 0xff
            {
                tell(Remark::DeviceNumber(node));
            }
            if self.file_system == FileSystem::Iso9660 && self.clamped_time(tree, node).is_some() {
                tell(Remark::TimeClamped(node));
            }
            if tree.is_real_time(node) && self.tells_real_time {
                tell(Remark::RealTimeDropped(node));
            }
            if !self.rock_ridge && tree.is_encoded(node) {
                tell(Remark::ShownEncoded(node));
            }
            self.remark_attributes(tree, node, tell);
        }
        let node = self.directories[place].node;
        if place == 0 {
            self.remark_attributes(tree, NodeId::ROOT, tell);
        }
        let Some(NodeKind::Directory(directory)) = node.map(|node| tree.kind(node)) else { return };
        if self.rock_ridge {
            return;
        }
        for child in tree.children(directory) {
            let hidden = tree.hidden_in(child).contains(self.file_system.as_set());
            if !hidden && !self.holds(tree.kind(child).kind()) {
                tell(Remark::Dropped(child));
            }
        }
    }

    fn remark_attributes(&self, tree: &Tree, node: NodeId, tell: &mut dyn FnMut(Remark)) {
        if tree.has_streams() {
            let count = match self.rock_ridge {
                true => tree.dropped_from_list(node),
                false => tree.streams(node).count() as u64,
            };
            if count > 0 {
                tell(Remark::StreamsDropped(node, count));
            }
        }
        if !self.rock_ridge && tree.acl(node).is_some() {
            tell(Remark::AclDropped(node));
        }
    }

    /// A time that cannot be held, by whom, and what is recorded: that of modification if Rock Ridge, where it is, cannot hold
    /// it, or a directory record cannot; else another one that Rock Ridge cannot hold.
    fn clamped_time(&self, tree: &Tree, node: NodeId) -> Option<(FileSystem, Timestamp, Timestamp)> {
        let modified = self.modified(tree, node);
        if self.rock_ridge
            && let Some((given, recorded)) = records::clamped_in_stamp(modified, self.rock_ridge_times)
        {
            return Some((FileSystem::RockRidge, given, recorded));
        }
        let in_stamps = || records::clamped_in_stamps(&tree.times(node), self.rock_ridge_times);
        let clamped =
            records::clamped_in_record(modified).or_else(|| in_stamps().filter(|_| self.rock_ridge));
        clamped.map(|(given, recorded)| (self.file_system, given, recorded))
    }

    fn notice(&self, tree: &Tree, place: usize, listing: &Listing, remark: Remark) -> Notice {
        let file_system = self.file_system;
        match remark {
            Remark::Renamed(index, node) => Notice::Renamed {
                path: tree.path(node),
                file_system,
                recorded: listing.names.shown(index as usize),
                reasons: listing.names.reasons(index as usize, tree.standing_in(node, file_system)),
            },
            Remark::Relocated(index, node) => Notice::Relocated {
                path: tree.path(node),
                recorded: format!("{}/{}", self.path(tree, place), listing.names.shown(index as usize)),
            },
            Remark::TimeClamped(node) => {
                let (file_system, given, recorded) = self.clamped_time(tree, node).unwrap_or((
                    file_system,
                    Timestamp::default(),
                    Timestamp::default(),
                ));
                Notice::TimeClamped { path: tree.path(node), file_system, given, recorded }
            }
            Remark::CutByLinux(node) => Notice::CutByLinux { path: tree.path(node) },
            Remark::DeviceNumber(node) => Notice::DeviceNumber { path: tree.path(node) },
            Remark::SameInLinux(other, node) => {
                Notice::SameInLinux { path: tree.path(node), other: tree.path(other) }
            }
            Remark::StreamsDropped(node, count) => {
                Notice::StreamsDropped { path: tree.path(node), file_system, count }
            }
            Remark::AclDropped(node) => Notice::AclDropped { path: tree.path(node), file_system },
            Remark::RealTimeDropped(node) => Notice::RealTimeDropped { path: tree.path(node), file_system },
            Remark::ShownEncoded(node) => Notice::ShownEncoded { path: tree.path(node), file_system },
            Remark::Dropped(node) => {
                Notice::Dropped { path: tree.path(node), file_system, kind: tree.kind(node).kind() }
            }
        }
    }
}

/// A notice before its words are needed: listing index and node.
#[derive(Clone, Copy)]
pub(super) enum Remark {
    Renamed(u32, NodeId),
    Relocated(u32, NodeId),
    TimeClamped(NodeId),
    CutByLinux(NodeId),
    /// The one that is met first, and this.
    SameInLinux(NodeId, NodeId),
    DeviceNumber(NodeId),
    StreamsDropped(NodeId, u64),
    AclDropped(NodeId),
    RealTimeDropped(NodeId),
    ShownEncoded(NodeId),
    Dropped(NodeId),
}

/// Bytes of the longest Rock Ridge name that Linux shows in full: `get_rock_ridge_filename` drops the part that
/// would reach 254.
const MOST_NAME_OF_LINUX: usize = 253;

/// Bytes that Linux shows of a longer one: those of the first NM entry, which has room for as many.
const SHOWN_OF_LONGER: usize = 250;

/// What Linux shows of a name in Rock Ridge, where that is not all of it.
fn cut_by_linux(name: &[u8]) -> Option<&[u8]> {
    name.get(..SHOWN_OF_LONGER).filter(|_| name.len() > MOST_NAME_OF_LINUX)
}
