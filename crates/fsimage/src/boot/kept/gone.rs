//! Boot images in no file that were a file in the session that wrote them: a session between has removed it.

use std::collections::{BTreeMap, BTreeSet};

use multisession::Session;
use sector_io::Sector;

use super::followed::{Reading, files_at};
use crate::Result;
use crate::boot::LoadSize;
use crate::disc::Disc;
use crate::import::tree_of;
use crate::tree::{Attributes, ContentId, NodeId, NodeKind, Timestamp, Tree};

/// The file that a boot image was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gone {
    /// An item of its path that is in no directory.
    pub(super) node: NodeId,
    pub(super) content: ContentId,
    /// The rule by which so much of it is loaded as its entry says.
    pub(super) load_size: LoadSize,
    /// What the imported session has at its path: another file.
    now: Option<ContentId>,
}

impl Gone {
    /// Puts an item at the path that the file had, in no directory.
    pub(super) fn new(tree: &mut Tree, path: &[u8], content: ContentId, load_size: LoadSize) -> Result<Gone> {
        let now = tree.lookup(path).and_then(|node| content_at(tree, node));
        let mut at = NodeId::ROOT;
        let mut names = path.split(|&byte| byte == b'/').peekable();
        while let Some(name) = names.next() {
            let there = match tree.kind(at) {
                NodeKind::Directory(directory) => tree.child(directory, name),
                _ => None,
            };
            let is_last = names.peek().is_none();
            at = match there.filter(|&there| !is_last && matches!(tree.kind(there), NodeKind::Directory(_))) {
                Some(directory) => directory,
                None => {
                    let kind = if is_last { NodeKind::File(content) } else { tree.new_directory()? };
                    tree.push_imported(at, name, kind, Attributes::FILE, Timestamp::default(), &[])?
                }
            };
        }
        Ok(Gone { node: at, content, load_size, now })
    }

    /// The file that has its path since, if the imported session did not have that.
    pub(super) fn given_again(&self, tree: &Tree) -> Option<NodeId> {
        let node = tree.lookup(tree.relative_path(self.node))?;
        content_at(tree, node).filter(|&content| Some(content) != self.now).map(|_| node)
    }

    /// Whether another file has its path.
    pub(super) fn is_another(&self, tree: &Tree) -> bool {
        tree.lookup(tree.relative_path(self.node)).is_some_and(|node| content_at(tree, node).is_some())
    }
}

fn content_at(tree: &Tree, node: NodeId) -> Option<ContentId> {
    match tree.kind(node) {
        NodeKind::File(content) => Some(content),
        _ => None,
    }
}

/// Of places that are in no file of a session, paths and lengths of the files that earlier sessions wrote there.
pub(super) fn find(
    disc: &Disc,
    session: Session,
    Reading { file_system, control }: Reading<'_>,
    places: impl Iterator<Item = u32>,
) -> Result<BTreeMap<u32, (Vec<u8>, u64)>> {
    let mut by_session: BTreeMap<u16, BTreeSet<u32>> = BTreeMap::new();
    for place in places {
        // The descriptors of the first may have been copied behind its data.
        let mut sessions = disc.sessions().iter();
        let first = sessions.clone().next();
        let wrote = sessions.rfind(|one| one.start <= Sector::new(place)).or(first);
        if let Some(wrote) = wrote.filter(|one| one.number < session.number) {
            by_session.entry(wrote.number).or_default().insert(place);
        }
    }
    let mut found = BTreeMap::new();
    for (number, places) in by_session {
        let Some(wrote) = disc.sessions().iter().find(|one| one.number == number) else { continue };
        let Some(tree) = tree_of(disc, *wrote, file_system, control)? else { continue };
        for (place, (paths, len)) in files_at(&tree, &places) {
            found.extend(paths.into_iter().next().map(|path| (place, (path, len))));
        }
    }
    Ok(found)
}
