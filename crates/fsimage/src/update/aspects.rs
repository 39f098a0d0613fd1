//! In what an item of the sources differs from the session's item of its name.

use std::collections::HashMap;

use ::udf::Revision;
use bitflags::bitflags;

use super::{Data, Update};
use crate::Result;
use crate::import::{Imported, ImportedTrees, shown_by};
use crate::plan::{PlanOptions, UdfSymlinks};
use crate::tree::{FileSystem, Kind, NamedStream, NodeId, NodeKind, Owner, Timestamp, Tree};
use crate::view::udf::{file_behind, is_same_target};

bitflags! {
    /// What differs.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(super) struct Aspects: u16 {
        /// The session has no such item.
        const ADDED = 1;
        /// It had another path.
        const RENAMED = 2;
        /// The bytes of a file, the target of a link, the number of a device.
        const CONTENT = 4;
        const PERMISSIONS = 8;
        const OWNER = 16;
        const MODIFIED = 32;
        const EXTENDED_ATTRIBUTES = 64;
        const ACL = 128;
        /// Which names are those of one file.
        const LINKS = 256;
        /// No imported file system shows such an item, so that nothing is known of it.
        const NOT_SHOWN = 512;
    }
}

impl Aspects {
    /// The attributes, in words.
    pub(super) fn attributes(self) -> impl Iterator<Item = &'static str> {
        let words = [
            (Aspects::PERMISSIONS, "permissions"),
            (Aspects::OWNER, "owner"),
            (Aspects::MODIFIED, "modified"),
            (Aspects::EXTENDED_ATTRIBUTES, "extended attributes"),
            (Aspects::ACL, "access control lists"),
            (Aspects::LINKS, "links"),
        ];
        words.into_iter().filter(move |(aspect, _)| self.contains(*aspect)).map(|(_, word)| word)
    }
}

/// What the imported file systems tell of items.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    /// The one whose names are those of the session's tree.
    pub(super) file_system: FileSystem,
    /// Those that were imported with it, in the order in which items came from them.
    others: Vec<FileSystem>,
    symlinks: UdfSymlinks,
    /// Whether UDF has named streams.
    udf_streams: bool,
}

impl Recorded {
    pub(super) fn by(imported: &Imported, plan: &PlanOptions) -> Recorded {
        Recorded {
            file_system: imported.file_system,
            others: match imported.trees {
                ImportedTrees::Preferred => Vec::new(),
                ImportedTrees::All => imported.other_hierarchies(),
            },
            symlinks: plan.udf.symlinks,
            udf_streams: plan.udf.revision >= Revision::V2_00,
        }
    }

    pub(super) fn everything() -> Recorded {
        Recorded {
            file_system: FileSystem::RockRidge,
            others: Vec::new(),
            symlinks: UdfSymlinks::Store,
            udf_streams: true,
        }
    }

    /// Whether such an item is shown, if the session has it.
    pub(super) fn shows(&self, tree: &Tree, node: NodeId) -> bool {
        self.first_to_show(tree, node).is_some()
    }

    /// The file system that an item of the session has its attributes from.
    fn source_of(&self, base: &Tree, of: NodeId) -> FileSystem {
        self.first_to_show(base, of).unwrap_or(self.file_system)
    }

    fn first_to_show(&self, tree: &Tree, node: NodeId) -> Option<FileSystem> {
        let mut all = std::iter::once(self.file_system).chain(self.others.iter().copied());
        all.find(|&one| self.is_shown_in(one, tree, node))
    }

    fn is_shown_in(&self, file_system: FileSystem, tree: &Tree, node: NodeId) -> bool {
        !tree.hidden_in(node).contains(shown_by(file_system))
            && match (tree.kind(node).kind(), file_system) {
                (Kind::File | Kind::Directory, _) => true,
                (Kind::Symlink, FileSystem::Udf) => match self.symlinks {
                    UdfSymlinks::Store => true,
                    UdfSymlinks::Omit => false,
                    UdfSymlinks::Copy => file_behind(tree, node).is_some(),
                },
                _ => holds_attributes(file_system),
            }
    }

    /// The item that the imported file system shows in the place of one: the file, where links are further names of theirs.
    fn shown_for(&self, tree: &Tree, node: NodeId) -> NodeId {
        match (tree.kind(node), self.file_system, self.symlinks) {
            (NodeKind::Symlink(_), FileSystem::Udf, UdfSymlinks::Copy) => {
                file_behind(tree, node).unwrap_or(node)
            }
            _ => node,
        }
    }

    /// The extended attributes and named streams of an item that a file system shows, if the session has them.
    fn streams<'t>(
        &self,
        file_system: FileSystem,
        tree: &'t Tree,
        node: NodeId,
    ) -> Box<dyn Iterator<Item = NamedStream<'t>> + 't> {
        match file_system {
            FileSystem::RockRidge => Box::new(tree.streams(node)),
            FileSystem::Udf if self.udf_streams => Box::new(tree.udf_streams(node)),
            _ => Box::new(std::iter::empty()),
        }
    }
}

/// Whether a file system has permissions and owners, and tells which names are links.
pub(super) fn holds_attributes(file_system: FileSystem) -> bool {
    matches!(file_system, FileSystem::RockRidge | FileSystem::Udf)
}

/// Whether a time is the recorded one, as precise as that is: whole seconds, hundredths, or microseconds; or the recorded one is
/// the nearest that could be recorded.
pub(crate) fn is_same_time(recorded: Timestamp, time: Timestamp) -> bool {
    let step = match recorded.nanoseconds {
        0 => 1_000_000_000,
        nanoseconds if nanoseconds % 10_000_000 == 0 => 10_000_000,
        nanoseconds if nanoseconds % 1000 == 0 => 1000,
        _ => 1,
    };
    recorded.seconds == time.seconds && recorded.nanoseconds == time.nanoseconds / step * step
        || is_nearest(recorded, time)
}

/// Whether a time is recorded as the first or the last one that a file system holds, because it lies beyond: those of the
/// years 1900 to 2155 (ECMA-119 9.1.5), or 1 to 9999 (ECMA-119 8.4.26.1, ECMA-167 1/7.3).
fn is_nearest(recorded: Timestamp, time: Timestamp) -> bool {
    const BOUNDS: [(i64, i64); 2] = [(-2_208_988_800, 5_869_583_999), (-62_135_596_800, 253_402_300_799)];
    let (recorded, time) = (recorded.seconds, time.seconds);
    BOUNDS.iter().any(|&(first, last)| recorded == first && time < first || recorded == last && time > last)
}

/// Which item of the session each symbolic link, device, pipe or socket of the sources is, where names can be of one.
#[derive(Default)]
struct LinkClaims {
    by_new: HashMap<Owner, Owner>,
    by_old: HashMap<Owner, Owner>,
}

impl LinkClaims {
    /// Whether a pair of names belongs to items that all other names of theirs belong to as well.
    fn take(&mut self, new: Owner, old: Owner) -> bool {
        if let (Owner::Node(_), Owner::Node(_)) = (new, old) {
            return true;
        }
        let (old_of, new_of) = (self.by_new.get(&new).copied(), self.by_old.get(&old).copied());
        if let (None, None) = (old_of, new_of) {
            self.by_new.insert(new, old);
            self.by_old.insert(old, new);
        }
        old_of.unwrap_or(old) == old && new_of.unwrap_or(new) == new
    }
}

impl Update {
    /// Says how each pair differs, when it is known where each content is had.
    pub(super) fn find_aspects(&mut self) -> Result<()> {
        let mut links = LinkClaims::default();
        for number in 0..self.fates.len() {
            let Some(base) = self.fates[number].base() else { continue };
            let node = self.recorded.shown_for(&self.wanted, NodeId(number as u32));
            let source = self.recorded.source_of(&self.base, base);
            let mut aspects = self.aspects_of(node, base, source)?;
            if holds_attributes(source)
                && !matches!(self.wanted.kind(node), NodeKind::File(_) | NodeKind::Directory(_))
                && !aspects.contains(Aspects::CONTENT)
                && !links.take(self.wanted.owner_of(node), self.base.owner_of(base))
            {
                aspects |= Aspects::LINKS;
            }
            self.fates[number].aspects |= aspects;
        }
        Ok(())
    }

    /// `source` is what the session's item has its attributes from.
    fn aspects_of(&self, node: NodeId, of: NodeId, source: FileSystem) -> Result<Aspects> {
        let (wanted, base) = (&self.wanted, &self.base);
        let has_attributes = holds_attributes(source);
        let mut aspects = match (wanted.kind(node), base.kind(of)) {
            (NodeKind::Directory(_), NodeKind::Directory(_)) => Aspects::empty(),
            (NodeKind::File(new), NodeKind::File(old)) => match self.data[new.0 as usize] {
                Data::Of(same) if same == old => Aspects::empty(),
                Data::Shares(same) if same == old && !has_attributes => Aspects::empty(),
                Data::Shares(same) if same == old => Aspects::LINKS,
                // A further name of another file, which is what this one was. Without attributes names of one file share their
                // place, and an empty file has none.
                Data::Of(_) if self.looks_the_same(node, of) => {
                    match has_attributes || wanted.content_len(new) > 0 {
                        true => Aspects::LINKS,
                        false => Aspects::empty(),
                    }
                }
                _ => Aspects::CONTENT,
            },
            (NodeKind::Symlink(new), NodeKind::Symlink(old)) => {
                let (new, old) = (wanted.link_target(new), base.link_target(old));
                let is_recorded = source == FileSystem::Udf && is_same_target(new, old);
                let is_same = new == old || is_recorded;
                if is_same { Aspects::empty() } else { Aspects::CONTENT }
            }
            (new, old) if new == old => Aspects::empty(),
            _ => Aspects::CONTENT,
        };
        let (new, old) = (wanted.attributes(node), base.attributes(of));
        if has_attributes {
            aspects.set(Aspects::PERMISSIONS, new.permissions != old.permissions);
            aspects.set(Aspects::OWNER, (new.uid, new.gid) != (old.uid, old.gid));
        }
        let is_dated = !wanted.is_undated(node);
        let is_same = is_same_time(base.modified(of), wanted.modified(node));
        aspects.set(Aspects::MODIFIED, is_dated && !is_same);
        if self.options.extended_attributes {
            aspects.set(Aspects::EXTENDED_ATTRIBUTES, !self.has_same_streams(node, of, source)?);
        }
        if self.options.acls && source == FileSystem::RockRidge {
            aspects.set(Aspects::ACL, wanted.acl(node) != base.acl(of));
        }
        Ok(aspects)
    }

    /// Whether size and time of a file are those of the session's.
    pub(super) fn looks_the_same(&self, node: NodeId, of: NodeId) -> bool {
        self.wanted.plain_len(node) == self.base.plain_len(of)
            && is_same_time(self.base.modified(of), self.wanted.modified(node))
    }

    fn has_same_streams(&self, node: NodeId, of: NodeId, source: FileSystem) -> Result<bool> {
        let mut old = self.base.streams(of).filter(|stream| !stream.is_metadata);
        for new in self.recorded.streams(source, &self.wanted, node) {
            let Some(old) = old.next() else { return Ok(false) };
            let is_same = old.name == new.name
                && super::bytes::is_same_value((&self.wanted, new.content), (&self.base, old.content))?;
            if !is_same {
                return Ok(false);
            }
        }
        Ok(old.next().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_compared_as_they_were_recorded() {
        let time = |nanoseconds| Timestamp { seconds: 5, nanoseconds };
        for (recorded, new, is_same) in [
            (0, 999_999_999, true),
            (120_000_000, 129_999_999, true),
            (120_000_000, 130_000_000, false),
            (123_456_000, 123_456_789, true),
            (123_456_000, 123_457_000, false),
            (123_456_789, 123_456_788, false),
        ] {
            assert_eq!(is_same_time(time(recorded), time(new)), is_same, "{recorded} {new}");
        }
        assert!(!is_same_time(Timestamp::from_unix(4), time(0)));
        let (last, beyond) = (Timestamp::from_unix(5_869_583_999), Timestamp::from_unix(5_869_584_000));
        assert!(is_same_time(last, beyond) && !is_same_time(beyond, last));
        let (first, before) = (Timestamp::from_unix(-2_208_988_800), Timestamp::from_unix(-2_208_988_801));
        assert!(is_same_time(first, before) && !is_same_time(before, first));
    }
}
