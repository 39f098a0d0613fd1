//! The size of a session while its tree changes: what directories and contents take is kept, and found anew for those that
//! have changed. It is added up as a plan adds it up.

mod additions;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use additions::Growing;

use udf::Revision;

use super::placement::{aligns, sectors_taken};
use super::size::Sums;
use super::{DeepDirectories, ImportedContent, LayoutPlan, Place, PlanOptions, UdfAccess, UdfSymlinks};
use crate::boot::BootDraft;
use crate::tree::{ContentId, DirectoryId, FileSystem, FileSystems, NodeId, NodeKind, Tree};
use crate::view::udf::UdfSizer;
use crate::view::{DirectorySize, DirectorySizer, ROOT_PATH_TABLE_BYTES};
use crate::{Error, Result};

/// What was changed in a tree since the last count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// More than can be told.
    pub(crate) all: bool,
    pub(crate) directories: BTreeMap<DirectoryId, Touched>,
    /// Contents that are no longer what they were.
    pub(crate) contents: BTreeSet<ContentId>,
}

/// What was changed in a directory.
#[derive(Clone, Debug)]
pub(crate) enum Touched {
    /// Itself, or more than can be told.
    Whole,
    /// These in it, some of them perhaps several times.
    Nodes(Vec<NodeId>),
}

impl Default for Touched {
    fn default() -> Touched {
        Touched::Nodes(Vec::new())
    }
}

impl Touched {
    /// A node in the directory, or that was in it.
    pub(crate) fn add(&mut self, node: NodeId) {
        /// Beyond that a directory is looked at as a whole.
        const MOST: usize = 4096;
        match self {
            Touched::Nodes(nodes) if nodes.last() == Some(&node) => {}
            Touched::Nodes(nodes) if nodes.len() < MOST => nodes.push(node),
            _ => *self = Touched::Whole,
        }
    }
}

/// A count of a tree's sectors.
#[derive(Debug, Default)]
pub(crate) struct RunningCount {
    state: Option<Box<State>>,
    /// Items that were looked at, in all counts so far.
    looked_at: u64,
}

impl Clone for RunningCount {
    /// A copy begins to count anew.
    fn clone(&self) -> RunningCount {
        RunningCount::default()
    }
}

struct State {
    hierarchies: Vec<DirectorySizer>,
    udf: Option<UdfSizer>,
    has_attribute_lists: bool,
    directories: HashMap<DirectoryId, Counted>,
    /// By content number.
    uses: Vec<Use>,
    /// Sums over `directories`, one for each hierarchy.
    sizes: Vec<DirectorySize>,
    udf_blocks: u64,
    contents: u64,
    /// Names of files in UDF whose ICBs have less room than those of others.
    odd_files: u64,
    aligns: bool,
    imported_stays: bool,
    /// Nodes that the tree had at the last count: those with higher numbers are new.
    nodes: usize,
    /// Directories of which it is to be kept how to add to them when they are counted.
    to_grow: BTreeSet<DirectoryId>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("directories", &self.directories.len()).finish_non_exhaustive()
    }
}

/// A directory as it was counted.
struct Counted {
    node: NodeId,
    shown_in: FileSystems,
    /// Bytes of its own attributes, which are recorded with each directory in it.
    attributes_len: usize,
    sizes: Vec<DirectorySize>,
    udf_blocks: u64,
    odd_files: u64,
    /// Contents of the files in it, and whether UDF shows them.
    files: Vec<(ContentId, bool)>,
    children: Vec<Child>,
    /// How to add to it, where that is worth its memory.
    growing: Option<Box<Growing>>,
}

/// A directory in a directory.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Child {
    node: NodeId,
    id: DirectoryId,
    shown_in: FileSystems,
}

/// How often a content was counted, and what for.
#[derive(Clone, Copy, Default)]
struct Use {
    names: u32,
    names_in_udf: u32,
    sectors: u32,
    udf_blocks: u32,
}

impl RunningCount {
    /// Sectors of the session that a plan of the tree would have.
    pub(crate) fn sectors(&mut self, tree: &Tree, options: &PlanOptions, changes: Changes) -> Result<u64> {
        if needs_a_plan(tree, options) {
            self.state = None;
            return self.planned(tree, options);
        }
        super::check_file_systems(options)?;
        let boot = BootDraft::new(tree, options)?;
        let mut state = match self.state.take() {
            Some(state) if !state.is_out_of_date(tree, &changes) => state,
            _ => Box::new(State::new(tree, options)?),
        };
        state.update(tree, &changes, &mut self.looked_at)?;
        if state.odd_files > 0 {
            self.state = Some(state);
            return self.planned(tree, options);
        }
        let end = state.sums(tree, options, &boot).end(options, &boot);
        self.state = Some(state);
        Ok(end?.since(options.place.start).map_or(0, |len| u64::from(len.get())))
    }

    fn planned(&mut self, tree: &Tree, options: &PlanOptions) -> Result<u64> {
        self.looked_at += tree.node_count() as u64;
        let place = Place { available: None, ..options.place };
        let plan = LayoutPlan::new(tree, PlanOptions { place, strict: false, ..options.clone() })?;
        Ok(plan.extent().len.get().into())
    }

    /// What the counts so far have cost.
    pub(crate) fn looked_at(&self) -> u64 {
        self.looked_at
    }
}

/// Whether something is there whose size depends on more than single directories and contents.
fn needs_a_plan(tree: &Tree, options: &PlanOptions) -> bool {
    let udf = options.file_systems.contains(FileSystems::UDF);
    let grows = options.udf.access == UdfAccess::WriteOnce;
    // Whether sizes depend on where the partition begins.
    let counts_from_its_start =
        options.udf.revision >= Revision::V2_50 || options.udf.access != UdfAccess::ReadOnly;
    options.file_systems.contains(FileSystems::HFS_PLUS)
        || options.deep_directories != DeepDirectories::KeepInPlace
        || options.md5_tags
        || udf
            && (grows
                || tree.has_linked_specials()
                || tree.has_streams() && options.udf.revision >= Revision::V2_00
                || tree.has_symlinks() && options.udf.symlinks == UdfSymlinks::Copy
                || tree.origin().is_some() && counts_from_its_start)
}

impl State {
    fn new(tree: &Tree, options: &PlanOptions) -> Result<State> {
        let wanted = [FileSystem::Iso9660, FileSystem::Joliet, FileSystem::Enhanced].into_iter();
        let wanted = wanted.filter(|each| options.file_systems.contains(each.as_set()));
        let hierarchies: Vec<_> = wanted.map(|each| DirectorySizer::new(tree, each, options)).collect();
        let udf = options.file_systems.contains(FileSystems::UDF).then(|| UdfSizer::new(options));
        let state = State {
            sizes: vec![DirectorySize::default(); hierarchies.len()],
            hierarchies,
            udf: udf.transpose()?,
            has_attribute_lists: tree.has_attribute_lists(),
            directories: HashMap::new(),
            uses: Vec::new(),
            udf_blocks: 0,
            contents: 0,
            odd_files: 0,
            aligns: aligns(options),
            imported_stays: options.imported == ImportedContent::StaysInPlace,
            nodes: 0,
            to_grow: BTreeSet::new(),
        };
        Ok(state)
    }

    /// Whether the changes are of a kind that makes everything be counted anew.
    fn is_out_of_date(&self, tree: &Tree, changes: &Changes) -> bool {
        let is_used =
            |content: &ContentId| self.uses.get(content.0 as usize).is_some_and(|uses| uses.names > 0);
        changes.all
            || self.has_attribute_lists != tree.has_attribute_lists()
            || changes.contents.iter().any(is_used)
    }

    /// File systems that show the root.
    fn trees(&self) -> FileSystems {
        let sets = self.hierarchies.iter().map(|sizer| sizer.file_system().as_set());
        sets.chain(self.udf.as_ref().map(|_| FileSystems::UDF)).collect()
    }

    fn update(&mut self, tree: &Tree, changes: &Changes, looked_at: &mut u64) -> Result<()> {
        // First everything goes that may be no more: numbers of directories and contents can have been given anew.
        let mut stale = BTreeMap::new();
        let mut additions = Vec::new();
        for (&id, touched) in &changes.directories {
            match self.only_new(touched) {
                Some(nodes) => additions.push((id, nodes)),
                None => stale.extend(self.take_out(id).map(|counted| (id, counted))),
            }
        }
        for &id in changes.directories.keys() {
            let Some(counted) = stale.get(&id) else { continue };
            let now = self.children(tree, counted.node, id, counted.shown_in);
            let is_there = |child: &Child| now.iter().any(|now| now.id == child.id && now.node == child.node);
            let gone: Vec<DirectoryId> =
                counted.children.iter().filter(|child| !is_there(child)).map(|child| child.id).collect();
            self.drop_below(gone, &mut stale);
        }
        let root = Child { node: NodeId::ROOT, id: tree.root_directory(), shown_in: self.trees() };
        let mut pending: Vec<Child> = Vec::new();
        for (id, nodes) in additions {
            if !self.add_all(tree, id, nodes, &mut pending, looked_at)?
                && let Some(counted) = self.take_out(id)
            {
                if tree.is_directory(counted.node, id) && tree.child_count(id) >= additions::FEW {
                    self.to_grow.insert(id);
                }
                stale.insert(id, counted);
            }
        }
        if !self.directories.contains_key(&root.id) && !stale.contains_key(&root.id) {
            pending.push(root);
        }
        let any = |stale: &BTreeMap<DirectoryId, Counted>| {
            let (&id, counted) = stale.first_key_value()?;
            Some(Child { node: counted.node, id, shown_in: counted.shown_in })
        };
        while let Some(next) = pending.pop().or_else(|| any(&stale)) {
            let before = stale.remove(&next.id);
            if before.is_none() && self.directories.get(&next.id).is_some_and(|is| is.is(next)) {
                continue;
            }
            let before = before.or_else(|| self.take_out(next.id));
            let counted = self.count(tree, next, looked_at)?;
            let is_same =
                before.as_ref().is_none_or(|before| before.attributes_len == counted.attributes_len);
            // A file system that does not show this directory any more shows nothing in it.
            let of_before = before.iter().flat_map(|before| &before.children);
            let hidden = of_before.filter(|was| {
                tree.is_directory(was.node, was.id)
                    && tree.parent(was.node) == next.node
                    && !counted.children.iter().any(|child| child.id == was.id)
            });
            let hidden = hidden.map(|child| child.id).collect();
            self.drop_below(hidden, &mut stale);
            for &child in &counted.children {
                if !is_same {
                    // Its records have the attributes of this one.
                    if let Some(counted) = self.take_out(child.id) {
                        stale.insert(child.id, counted);
                    }
                }
                if !self.directories.get(&child.id).is_some_and(|is| is.is(child)) {
                    pending.push(child);
                }
            }
            self.put_in(next.id, counted, tree)?;
        }
        self.nodes = tree.node_count();
        self.to_grow.clear();
        Ok(())
    }

    /// Takes directories out, and all that is below them.
    fn drop_below(&mut self, gone: Vec<DirectoryId>, stale: &mut BTreeMap<DirectoryId, Counted>) {
        let mut pending = gone;
        while let Some(id) = pending.pop() {
            let counted = stale.remove(&id).or_else(|| self.take_out(id));
            pending.extend(counted.iter().flat_map(|counted| &counted.children).map(|child| child.id));
        }
    }

    /// The directories in a directory, as far as any file system shows them.
    fn children(&self, tree: &Tree, node: NodeId, id: DirectoryId, shown_in: FileSystems) -> Vec<Child> {
        if !tree.is_directory(node, id) {
            return Vec::new();
        }
        tree.children(id)
            .filter_map(|node| match tree.kind(node) {
                NodeKind::Directory(id) => {
                    let shown_in = shown_in - tree.hidden_in(node);
                    (!shown_in.is_empty()).then_some(Child { node, id, shown_in })
                }
                _ => None,
            })
            .collect()
    }

    fn count(&mut self, tree: &Tree, which: Child, looked_at: &mut u64) -> Result<Counted> {
        let Child { node, id, shown_in } = which;
        *looked_at += 1 + tree.child_count(id) as u64;
        let mut growing = match self.to_grow.remove(&id) {
            true => Some(Box::new(self.grow(tree, which)?)),
            false => None,
        };
        let (sizes, udf_blocks) = match &mut growing {
            Some(growing) => self.sizes_of(tree, node, growing),
            None => self.sizes(tree, node, shown_in)?,
        };
        let attributes_len = self.hierarchies.first().map_or(0, |first| first.attributes_len(tree, node));
        let mut counted = Counted {
            node,
            shown_in,
            attributes_len,
            sizes,
            udf_blocks,
            odd_files: 0,
            files: Vec::new(),
            children: Vec::new(),
            growing,
        };
        for child in tree.children(id) {
            self.count_child(tree, child, &mut counted);
        }
        Ok(counted)
    }

    /// What a directory takes in each hierarchy and in UDF.
    fn sizes(
        &mut self,
        tree: &Tree,
        node: NodeId,
        shown_in: FileSystems,
    ) -> Result<(Vec<DirectorySize>, u64)> {
        let mut sizes = Vec::with_capacity(self.hierarchies.len());
        for sizer in &mut self.hierarchies {
            let is_shown = shown_in.contains(sizer.file_system().as_set());
            sizes.push(if is_shown { sizer.size(tree, node)? } else { DirectorySize::default() });
        }
        let udf = self.udf.as_mut().filter(|_| shown_in.contains(FileSystems::UDF));
        Ok((sizes, udf.map_or(Ok(0), |udf| udf.directory_blocks(tree, node))?))
    }

    /// Notes what is in a directory beside its names.
    fn count_child(&self, tree: &Tree, child: NodeId, counted: &mut Counted) {
        let shown_in = counted.shown_in - tree.hidden_in(child);
        if shown_in.is_empty() {
            return;
        }
        match tree.kind(child) {
            NodeKind::Directory(id) => counted.children.push(Child { node: child, id, shown_in }),
            NodeKind::File(content) => {
                let udf = self.udf.as_ref().filter(|_| shown_in.contains(FileSystems::UDF));
                counted.odd_files += u64::from(udf.is_some_and(|udf| udf.has_attributes(tree, child)));
                counted.files.push((content, udf.is_some()));
            }
            _ => {}
        }
    }

    fn put_in(&mut self, id: DirectoryId, counted: Counted, tree: &Tree) -> Result<()> {
        for (sum, size) in self.sizes.iter_mut().zip(&counted.sizes) {
            sum.sectors += size.sectors;
            sum.path_table_bytes += size.path_table_bytes;
        }
        self.udf_blocks += counted.udf_blocks;
        self.odd_files += counted.odd_files;
        for &(content, in_udf) in &counted.files {
            self.add_name(tree, content, in_udf)?;
        }
        self.directories.insert(id, counted);
        Ok(())
    }

    fn take_out(&mut self, id: DirectoryId) -> Option<Counted> {
        let counted = self.directories.remove(&id)?;
        for (sum, size) in self.sizes.iter_mut().zip(&counted.sizes) {
            sum.sectors -= size.sectors;
            sum.path_table_bytes -= size.path_table_bytes;
        }
        self.udf_blocks -= counted.udf_blocks;
        self.odd_files -= counted.odd_files;
        for &(content, in_udf) in &counted.files {
            let Some(uses) = self.uses.get_mut(content.0 as usize) else { continue };
            uses.names -= 1;
            if uses.names == 0 {
                self.contents -= u64::from(uses.sectors);
            }
            uses.names_in_udf -= u32::from(in_udf);
            if in_udf && uses.names_in_udf == 0 {
                self.udf_blocks -= u64::from(uses.udf_blocks);
            }
        }
        Some(counted)
    }

    fn add_name(&mut self, tree: &Tree, content: ContentId, in_udf: bool) -> Result<()> {
        let at = content.0 as usize;
        if self.uses.len() <= at {
            self.uses.resize(tree.content_count().max(at + 1), Use::default());
        }
        let mut uses = self.uses[at];
        if uses.names == 0 {
            uses.sectors = self.content_sectors(tree, content)?;
            self.contents += u64::from(uses.sectors);
        }
        uses.names += 1;
        if in_udf {
            if uses.names_in_udf == 0 {
                let blocks = self.udf.as_ref().and_then(|udf| udf.file_blocks(tree, content)).unwrap_or(0);
                uses.udf_blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
                self.udf_blocks += u64::from(uses.udf_blocks);
            }
            uses.names_in_udf += 1;
        }
        self.uses[at] = uses;
        Ok(())
    }

    /// Sectors that a content takes among the others.
    fn content_sectors(&self, tree: &Tree, id: ContentId) -> Result<u32> {
        let content = tree.content(id);
        let is_elsewhere = content.len() == 0
            || content.is_imported() && self.imported_stays
            || self.udf.as_ref().is_some_and(|udf| udf.embeds(tree, id));
        if is_elsewhere {
            return Ok(0);
        }
        let too_large = Error::TreeTooLarge { what: "an image beyond 8 TiB" };
        sectors_taken(content.len(), self.aligns).map(|sectors| sectors.get()).ok_or(too_large)
    }

    fn sums(&self, tree: &Tree, options: &PlanOptions, boot: &BootDraft) -> Sums {
        let table = |bytes: u64| 2 * (ROOT_PATH_TABLE_BYTES + bytes).div_ceil(sector_io::SECTOR_SIZE as u64);
        // Boot images, a catalog and volume partitions that are in no directory.
        let mut others = boot.first_contents();
        others.extend(super::volume_partition::contents(options, boot));
        others.sort_unstable();
        others.dedup();
        let is_counted = |id: ContentId| self.uses.get(id.0 as usize).is_some_and(|uses| uses.names > 0);
        let others = others.into_iter().filter(|&id| !is_counted(id));
        let others = others.map(|id| self.content_sectors(tree, id).map_or(u64::MAX >> 32, u64::from));
        Sums {
            hierarchies: self.sizes.iter().map(|size| size.sectors + table(size.path_table_bytes)).collect(),
            udf: self.udf.as_ref().map(|udf| (udf.form(), UdfSizer::FIXED_BLOCKS + self.udf_blocks)),
            contents: self.contents + others.sum::<u64>(),
        }
    }
}

impl Counted {
    fn is(&self, child: Child) -> bool {
        self.node == child.node && self.shown_in == child.shown_in
    }
}
