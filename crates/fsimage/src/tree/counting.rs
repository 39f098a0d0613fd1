//! How many sectors a tree would take, asked while it grows.

use super::streams::Owner;
use super::{ContentId, DirectoryId, NodeId, NodeKind, Tree};
use crate::plan::{Changes, PlanOptions, RunningCount, Touched};
use crate::{Error, Result};

/// A count that goes along with the changes of a tree.
#[derive(Clone, Debug)]
pub(super) struct Counting {
    options: PlanOptions,
    limit: Option<u64>,
    changes: Changes,
    count: RunningCount,
    /// Sectors at the last count, and most that can have been added since.
    known: Option<(u64, u64)>,
}

/// Sectors by which one item can make structures longer, whatever its name: more than any does. Near a limit they are
/// counted.
const MOST_OF_AN_ITEM: u64 = 2048;

impl Tree {
    /// Counts from now on how many sectors a session of the tree takes that is planned by these options: see
    /// [`Tree::used_blocks`]. `None` counts no longer.
    pub fn count_blocks(&mut self, options: Option<PlanOptions>) {
        self.counting = options.map(|options| {
            let changes = Changes { all: true, ..Changes::default() };
            let count = RunningCount::default();
            Box::new(Counting { options, limit: None, changes, count, known: None })
        });
    }

    /// Sectors that the session takes: as many as will be written, with padding and all. The first time that looks at the
    /// whole tree, and then at the directories in which something has changed: at all names in these, for the recorded
    /// form of one depends on the others. Of a large directory to which was only added it looks at what is new, if no other
    /// has its name in any file system; some 140 bytes of each of its names are kept for that. Files that are longer than a file system allows and other reasons that a plan is
    /// refused for are not looked for.
    ///
    /// Where sizes depend on the tree as a whole, it is planned each time: with HFS+, with deep directories relocated or
    /// refused, with MD5 sums as xorriso has them, and with UDF that grows by virtual allocation tables; with UDF also where items have named streams or
    /// files have times that go into extended attributes, where links or devices have several names, where links are
    /// copied, and where a metadata partition lies behind an earlier session. So it is where the content of a file that
    /// is in the tree is replaced by another, by compressing it, say, or the first access control list is given: then
    /// everything is counted anew.
    ///
    /// ```
    /// use fsimage::{Item, ItemOptions, LayoutPlan, PlanOptions, Tree};
    ///
    /// let mut tree = Tree::new();
    /// tree.count_blocks(Some(PlanOptions::default()));
    /// tree.add("/a", Item::Bytes(vec![0; 5000].into()), &ItemOptions::default())?;
    /// let used = tree.used_blocks()?;
    /// let plan = LayoutPlan::new(&tree, PlanOptions::default())?;
    /// assert_eq!(used, u64::from(plan.extent().len.get()));
    /// # Ok::<(), fsimage::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] without [`Tree::count_blocks`]; [`Error::NoUniqueName`], [`Error::TreeTooLarge`], what is
    /// wrong with the options, and where the tree is planned the errors of that.
    pub fn used_blocks(&mut self) -> Result<u64> {
        let mut counting = self.counting.take().ok_or_else(|| Error::InvalidArgument {
            argument: "used blocks".to_owned(),
            reason: "nothing is counted; say by which options it is to be".to_owned(),
        })?;
        let changes = std::mem::take(&mut counting.changes);
        let counted = counting.count.sectors(self, &counting.options, changes);
        counting.known = counted.as_ref().ok().map(|&sectors| (sectors, 0));
        counting.changes.all = counted.is_err();
        self.counting = Some(counting);
        counted
    }

    /// Lets the session that is counted take so many sectors at most: a call that adds more is refused, and the tree is as
    /// it was before. `None`, which it is at first, sets no limit.
    ///
    /// # Errors
    /// As [`Tree::used_blocks`]; [`Error::ImageTooBig`] where it takes more already. Then the limit is what it was.
    pub fn limit_blocks(&mut self, limit: Option<u64>) -> Result<()> {
        let needed = self.used_blocks()?;
        if let Some(limit) = limit.filter(|&limit| needed > limit) {
            let available = sector_io::SectorCount::new(u32::try_from(limit).unwrap_or(u32::MAX));
            return Err(Error::ImageTooBig { needed, available });
        }
        if let Some(counting) = &mut self.counting {
            counting.limit = limit;
        }
        Ok(())
    }

    /// Sectors that are left below the limit; `None` without one.
    ///
    /// # Errors
    /// As [`Tree::used_blocks`].
    pub fn free_blocks(&mut self) -> Result<Option<u64>> {
        let used = self.used_blocks()?;
        let limit = self.counting.as_ref().and_then(|counting| counting.limit);
        Ok(limit.map(|limit| limit.saturating_sub(used)))
    }

    /// Items that were looked at for all counts so far, each as often as it was.
    #[doc(hidden)]
    #[must_use]
    pub fn counting_cost(&self) -> u64 {
        self.counting.as_ref().map_or(0, |counting| counting.count.looked_at())
    }

    pub(super) fn has_limit(&self) -> bool {
        self.counting.as_ref().is_some_and(|counting| counting.limit.is_some())
    }

    /// That what was added fits below the limit. `node` is a new item, and so many were added.
    pub(super) fn check_limit(&mut self, node: NodeId, items: u64) -> Result<()> {
        let len = match self.kind(node) {
            NodeKind::File(content) => self.content_len(content),
            _ => 0,
        };
        let Some(counting) = &mut self.counting else { return Ok(()) };
        let Some(limit) = counting.limit else { return Ok(()) };
        let sectors = len.div_ceil(sector_io::SECTOR_SIZE as u64) + 1;
        let most = items.saturating_mul(MOST_OF_AN_ITEM).saturating_add(sectors);
        if let Some((known, added)) = &mut counting.known {
            *added = added.saturating_add(most);
            if known.saturating_add(*added) <= limit {
                return Ok(());
            }
        }
        let needed = self.used_blocks()?;
        match needed > limit {
            true => Err(Error::SizeLimit { path: self.path(node), needed, limit }),
            false => Ok(()),
        }
    }
}

/// What a count has to look at again.
impl Tree {
    pub(super) fn mark_directory(&mut self, directory: DirectoryId) {
        if let Some(counting) = &mut self.counting
            && !counting.changes.all
        {
            counting.changes.directories.insert(directory, Touched::Whole);
        }
    }

    /// One of the nodes in a directory, or that were in it.
    pub(super) fn mark_child(&mut self, directory: DirectoryId, child: NodeId) {
        if let Some(counting) = &mut self.counting
            && !counting.changes.all
        {
            counting.changes.directories.entry(directory).or_default().add(child);
        }
    }

    /// A node's record, and if it is a directory what is recorded of it in itself.
    pub(super) fn mark_node(&mut self, node: NodeId) {
        if self.counting.is_none() {
            return;
        }
        if let NodeKind::Directory(directory) = self.kind(node) {
            self.mark_directory(directory);
        }
        if let NodeKind::Directory(directory) = self.kind(self.parent(node)) {
            self.mark_child(directory, node);
        }
    }

    pub(super) fn mark_content(&mut self, content: ContentId) {
        if let Some(counting) = &mut self.counting
            && !counting.changes.all
        {
            counting.changes.contents.insert(content);
        }
    }

    pub(super) fn mark_owner(&mut self, owner: Owner) {
        match owner {
            Owner::Content(content) => self.mark_content(content),
            Owner::Node(node) => self.mark_node(node),
        }
    }

    pub(super) fn mark_all(&mut self) {
        if let Some(counting) = &mut self.counting {
            counting.changes = Changes { all: true, ..Changes::default() };
        }
    }

    pub(crate) fn root_directory(&self) -> DirectoryId {
        DirectoryId(0)
    }

    /// Whether a number of a node is that of this directory, and both are in use.
    pub(crate) fn is_directory(&self, node: NodeId, directory: DirectoryId) -> bool {
        self.nodes.get(node.0 as usize).is_some_and(|node| node.kind == NodeKind::Directory(directory))
    }

    pub(crate) fn has_symlinks(&self) -> bool {
        !self.link_targets.is_empty()
    }

    /// Whether any link, device, pipe or socket has several names.
    pub(crate) fn has_linked_specials(&self) -> bool {
        !self.linked.is_empty()
    }
}
