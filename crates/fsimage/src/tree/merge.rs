//! What becomes of an item whose name is taken, and merging of whole trees.

use super::{Graft, NodeId, Tree};
use crate::Result;

/// What becomes of an item, other than a directory, whose name another has in the same directory already. Two directories of
/// one name are merged, and a directory that meets something else is an error, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MergePolicy {
    /// It takes the place of what is there.
    #[default]
    Replace,
    /// What is there stays, and is told.
    Keep,
    /// It is an error: [`Error::DuplicateName`](crate::Error::DuplicateName).
    Refuse,
}

/// Says which items of a tree are taken.
pub type ItemFilter<'a> = dyn Fn(&Tree, NodeId) -> bool + 'a;

/// How one tree is merged into another.
#[derive(Clone, Copy, Default)]
pub struct MergeOptions<'a> {
    /// What becomes of names that are taken.
    pub existing: MergePolicy,
    /// Which items of the other tree are taken; `None` takes all. A directory for which it is false is made if anything
    /// below it is taken.
    pub filter: Option<&'a ItemFilter<'a>>,
}

impl std::fmt::Debug for MergeOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MergeOptions").field("existing", &self.existing).finish_non_exhaustive()
    }
}

/// What became of the items of another tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeReport {
    /// Items of this tree that stayed, whose names those of the other have as well.
    pub kept: Vec<NodeId>,
    /// How many items of this tree gave way to others.
    pub replaced: u64,
}

impl Tree {
    /// Puts the items of another tree at the same paths of this one, with their attributes, times, streams and links. Their
    /// contents stay where the other tree has them.
    ///
    /// ```
    /// use fsimage::{Item, ItemOptions, MergeOptions, MergePolicy, Tree};
    ///
    /// let (mut tree, mut other) = (Tree::new(), Tree::new());
    /// tree.add("/a", Item::Bytes(b"mine"[..].into()), &ItemOptions::default())?;
    /// for name in ["/a", "/b", "/b.bak"] {
    ///     other.add(name, Item::Bytes(b"yours"[..].into()), &ItemOptions::default())?;
    /// }
    /// let options = MergeOptions {
    ///     existing: MergePolicy::Keep,
    ///     filter: Some(&|other, node| !other.name(node).ends_with(b".bak")),
    /// };
    /// let report = tree.merge(&other, &options)?;
    /// assert_eq!(report.kept, [tree.lookup("/a").unwrap()]);
    /// assert!(tree.lookup("/b").is_some() && tree.lookup("/b.bak").is_none());
    /// # Ok::<(), fsimage::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::MergeCollision`](crate::Error::MergeCollision) where a directory meets something else;
    /// [`Error::DuplicateName`](crate::Error::DuplicateName) with [`MergePolicy::Refuse`];
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for trees that were imported from two media;
    /// [`Error::SizeLimit`](crate::Error::SizeLimit). The tree is then as it was before.
    pub fn merge(&mut self, other: &Tree, options: &MergeOptions<'_>) -> Result<MergeReport> {
        self.all_or_nothing(|tree| {
            let graft = Graft::new(tree, other)?.merging(options.existing);
            let takes = |node| options.filter.is_none_or(|filter| filter(other, node));
            let report = graft.take(NodeId::ROOT, &takes)?.1;
            tree.check_limit(NodeId::ROOT, u64::MAX)?;
            Ok(report)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Item, ItemOptions, ScanOptions};
    use super::*;
    use crate::{Control, Error};

    fn read(tree: &Tree, path: &str) -> Vec<u8> {
        let (_, content) = tree.file_at(path).unwrap();
        let mut bytes = vec![0; tree.content_len(content) as usize];
        tree.read_at(content, 0, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_scanned_tree_into_another() {
        let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (folder, text) in [(&ours, "ours"), (&theirs, "theirs")] {
            std::fs::create_dir(folder.path().join("d")).unwrap();
            std::fs::write(folder.path().join("d/same"), text).unwrap();
            std::fs::write(folder.path().join("d").join(text), text).unwrap();
        }
        std::fs::hard_link(theirs.path().join("d/theirs"), theirs.path().join("link")).unwrap();
        let scan = |folder: &tempfile::TempDir| {
            let mut tree = Tree::new();
            tree.scan(folder.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
            tree
        };
        let other = scan(&theirs);
        let with = |existing| MergeOptions { existing, filter: None };
        for (policy, same) in [(MergePolicy::Replace, "theirs"), (MergePolicy::Keep, "ours")] {
            let mut tree = scan(&ours);
            let before = tree.lookup("/d/same").unwrap();
            let report = tree.merge(&other, &with(policy)).unwrap();
            assert_eq!(read(&tree, "/d/same"), same.as_bytes());
            assert_eq!(
                (read(&tree, "/d/theirs"), read(&tree, "/d/ours")),
                (b"theirs".to_vec(), b"ours".to_vec())
            );
            let [link, linked] = ["/link", "/d/theirs"].map(|path| tree.kind(tree.lookup(path).unwrap()));
            assert_eq!(link == linked, cfg!(unix));
            let expected = match policy {
                MergePolicy::Keep => MergeReport { kept: vec![before], replaced: 0 },
                _ => MergeReport { kept: vec![], replaced: 1 },
            };
            assert_eq!(report, expected);
        }
        let mut tree = scan(&ours);
        let refused = tree.merge(&other, &with(MergePolicy::Refuse));
        assert!(matches!(&refused, Err(Error::DuplicateName { path }) if path == "/d/same"), "{refused:?}");
        assert_eq!(tree.lookup("/link"), None, "a call that fails changes nothing");
        let mut tree = Tree::new();
        tree.add("/d/same", Item::Directory, &ItemOptions::default()).unwrap();
        let told = tree.merge(&other, &MergeOptions::default()).unwrap_err().to_string();
        assert_eq!(
            told,
            "/d/same: the file of the tree that is merged meets the directory added before of the same name"
        );
    }

    #[test]
    fn a_limit_is_held() {
        let (mut tree, mut other) = (Tree::new(), Tree::new());
        other.add("/a", Item::Bytes(vec![1; 100_000].into()), &ItemOptions::default()).unwrap();
        tree.count_blocks(Some(crate::PlanOptions::default()));
        let used = tree.used_blocks().unwrap();
        tree.limit_blocks(Some(used + 10)).unwrap();
        let refused = tree.merge(&other, &MergeOptions::default());
        assert!(matches!(refused, Err(Error::SizeLimit { .. })), "{refused:?}");
        assert_eq!(tree.count_items(NodeId::ROOT).files, 0);
    }
}
