use std::collections::HashSet;

use ::udf::Revision as UdfRevision;
use iso9660::names::InterchangeLevel;
use sector_io::{Extent, Sector, SectorCount};

use super::{ImportedContent, PlanOptions, UdfAccess, file_content, volume_partition};
use crate::boot::BootDraft;
use crate::emit::LARGE;
use crate::tree::{Content, ContentId, FileSystems, NodeId, NodeKind, Tree};
use crate::view::ContentAddresses;
use crate::{Error, Result};

/// Where each content lies that this session writes.
pub(super) struct Placement {
    /// By content number.
    starts: Vec<u32>,
    /// In ascending order of their sectors.
    order: Vec<ContentId>,
    /// How many of the first have a place.
    placed: usize,
    /// How many of the first lie before the volume of HFS+.
    ahead: usize,
}

const NOT_PLACED: u32 = u32::MAX;

/// Large contents start at a multiple of this, so that the blocks of a host's file system can be shared
/// with an image file. 2 sectors are the 4096 bytes of nearly all of them. Each has one sector more than it fills, in front
/// of it or behind it: so all contents together take as many sectors in whatever order they lie.
const SHARED_BLOCK: SectorCount = SectorCount::new(2);

/// Whether large contents are aligned. A space bitmap would have to tell of the gaps.
pub(super) fn aligns(options: &PlanOptions) -> bool {
    options.udf.access == UdfAccess::ReadOnly
}

/// Sectors that a content of `len` bytes takes, the one beside it included.
pub(super) fn sectors_taken(len: u64, aligns: bool) -> Option<SectorCount> {
    let beside = u32::from(len >= LARGE && aligns);
    SectorCount::for_bytes(len)?.checked_add(SectorCount::new(beside))
}

impl Placement {
    /// Finds the contents to be placed, and their order: directory by directory, so that what is read together lies
    /// together. What boots comes first. `embedded` are the contents that lie elsewhere; it is told which are streams.
    pub(super) fn new(
        tree: &Tree,
        options: &PlanOptions,
        boot: &BootDraft,
        embedded: &dyn Fn(ContentId, bool) -> bool,
    ) -> Result<Placement> {
        let starts = vec![NOT_PLACED; tree.content_count()];
        let mut placement = Placement { starts, order: Vec::new(), placed: 0, ahead: 0 };
        let copies = options.imported == ImportedContent::Copied;
        let Placement { starts, order, .. } = &mut placement;
        let digests = tree.digest_files();
        let (mut unfilled, mut elsewhere, mut unfit, mut stray) = (None, None, None, None);
        let mut place = |node: Option<NodeId>, is_stream: bool, id: ContentId| {
            let content = tree.content(id);
            if let (Content::BootCatalog { .. }, Some(node)) = (content, node)
                && !boot.fills(id)
            {
                unfilled.get_or_insert(node);
            }
            if let (true, Some(node)) = (content.is_imported() && !copies && content.len() > 0, node) {
                elsewhere.get_or_insert(node);
            }
            let is_copied = copies || matches!(content, Content::Foreign(_));
            if let (true, Some(node)) = (is_copied && tree.is_form_2(id), node) {
                unfit.get_or_insert(node);
            }
            if let (Content::Digests { .. }, Some(node)) = (content, node)
                && !digests.is_some_and(|files| files.has(id))
            {
                stray.get_or_insert(node);
            }
            let left = content.len() == 0 || content.is_imported() && !copies || embedded(id, is_stream);
            let start = &mut starts[id.0 as usize];
            if !left && *start == NOT_PLACED {
                *start = 0;
                order.push(id);
            }
        };
        boot.ahead().iter().for_each(|&id| place(None, false, id));
        boot.first_contents().into_iter().for_each(|id| place(None, false, id));
        visit_contents(tree, options, &mut |node, stream, id| place(Some(node), stream.is_some(), id));
        volume_partition::contents(options, boot).for_each(|id| place(None, false, id));
        if let Some(node) = unfilled {
            return Err(Error::BootImage {
                image: tree.path(node),
                reason: "it is to be a boot catalog, and there is none that is to lie in it".to_owned(),
            });
        }
        if let Some(node) = unfit {
            return Err(Error::Unsupported {
                feature: format!(
                    "{}, in sectors of mode 2 form 2, in an image of plain sectors (leave it out with --remove; \
                     extracted, it is a file like any other)",
                    tree.path(node)
                ),
            });
        }
        if let Some(node) = stray {
            return Err(Error::InvalidArgument {
                argument: "digests".to_owned(),
                reason: format!("{} is to hold those of another plan; remove it", tree.path(node)),
            });
        }
        if let (Sector::ZERO, Some(node)) = (options.place.start, elsewhere) {
            return Err(Error::PlaceNotSet { path: tree.path(node) });
        }
        let ahead = order.iter().take_while(|id| boot.ahead().contains(id)).count();
        if let Some(weight) = tree.weights() {
            order[ahead..].sort_by_key(|&id| std::cmp::Reverse(weight(id)));
        }
        order[ahead..].sort_by_key(|&id| boot.cuts_image(id));
        if let Some(files) = digests {
            // What they say is known when all others are written, and the second says it of the first.
            order.retain(|id| !tree.is_of_digests(*id));
            order.extend(
                [files.list, files.session].into_iter().filter(|id| starts[id.0 as usize] != NOT_PLACED),
            );
        }
        placement.order.shrink_to_fit();
        placement.ahead = ahead;
        Ok(placement)
    }

    /// Places those that lie before the volume of HFS+ one behind another from `at` on. Says where they end.
    pub(super) fn place_ahead(&mut self, tree: &Tree, options: &PlanOptions, at: Sector) -> Result<Sector> {
        self.place_up_to(self.ahead, tree, options, at)
    }

    /// The same of all others.
    pub(super) fn place_rest(&mut self, tree: &Tree, options: &PlanOptions, at: Sector) -> Result<Sector> {
        self.place_up_to(self.order.len(), tree, options, at)
    }

    fn place_up_to(
        &mut self,
        end: usize,
        tree: &Tree,
        options: &PlanOptions,
        mut at: Sector,
    ) -> Result<Sector> {
        let aligns = aligns(options);
        for &id in &self.order[self.placed..end] {
            let len = tree.content_len(id);
            let start = if len >= LARGE && aligns { at.align_up(SHARED_BLOCK) } else { Some(at) };
            let taken = sectors_taken(len, aligns);
            let placed = start.zip(taken).and_then(|(start, taken)| Some((start, at.checked_add(taken)?)));
            let (start, end) = placed.ok_or(Error::TreeTooLarge { what: "an image beyond 8 TiB" })?;
            self.starts[id.0 as usize] = start.get();
            at = end;
        }
        self.placed = end;
        Ok(at)
    }

    /// How many of the first lie before the volume of HFS+.
    pub(super) fn ahead(&self) -> usize {
        self.ahead
    }

    /// All, in ascending order.
    pub(super) fn extents<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = (ContentId, Extent)> + 'a {
        self.order.iter().map(|&id| self.extent(tree, id))
    }

    /// The first content that ends behind the beginning of a sector.
    pub(super) fn first_behind(&self, tree: &Tree, at: Sector) -> Option<(ContentId, Extent)> {
        let is_before = |&id: &ContentId| self.extent(tree, id).1.end().is_some_and(|end| end <= at);
        let first = self.order.partition_point(is_before);
        self.order.get(first).map(|&id| self.extent(tree, id))
    }

    fn extent(&self, tree: &Tree, id: ContentId) -> (ContentId, Extent) {
        let len = SectorCount::for_bytes(tree.content_len(id)).unwrap_or_default();
        (id, Extent::new(Sector::new(self.starts[id.0 as usize]), len))
    }
}

impl ContentAddresses for Placement {
    fn start_of(&self, content: ContentId) -> Option<Sector> {
        let start = self.starts[content.0 as usize];
        (start != NOT_PLACED).then(|| Sector::new(start))
    }
}

/// Visits the contents that at least one of the file systems shows, breadth first, by name; behind that of an
/// item its named streams, with their names, where UDF holds them.
pub(super) fn visit_contents<'t>(
    tree: &'t Tree,
    options: &PlanOptions,
    visit: &mut dyn FnMut(NodeId, Option<&'t [u8]>, ContentId),
) {
    let holds_streams = tree.has_streams()
        && options.file_systems.contains(FileSystems::UDF)
        && options.udf.revision >= UdfRevision::V2_00;
    let streams = |node: NodeId, visit: &mut dyn FnMut(NodeId, Option<&'t [u8]>, ContentId)| {
        tree.udf_streams(node).for_each(|stream| visit(node, Some(stream.name), stream.content));
    };
    // Names of one file have the same streams.
    let mut seen = HashSet::new();
    if holds_streams {
        streams(NodeId::ROOT, visit);
    }
    visit_shown(tree, options.file_systems, &mut |node, content, shown_in| {
        if let Some(content) = content {
            visit(node, None, content);
        }
        if holds_streams
            && shown_in.contains(FileSystems::UDF)
            && content.is_none_or(|content| seen.insert(content))
        {
            streams(node, visit);
        }
    });
}

/// Visits the files that at least one of the file systems shows, breadth first, by name.
pub(crate) fn visit_files(tree: &Tree, file_systems: FileSystems, visit: &mut dyn FnMut(NodeId, ContentId)) {
    visit_shown(tree, file_systems, &mut |node, content, _| {
        if let Some(content) = content {
            visit(node, content);
        }
    });
}

/// Visits all items but the root that at least one of the file systems shows, breadth first, by name, with
/// those that show it.
fn visit_shown(
    tree: &Tree,
    file_systems: FileSystems,
    visit: &mut dyn FnMut(NodeId, Option<ContentId>, FileSystems),
) {
    // Rock Ridge names the records of ISO 9660; it shows what that shows.
    let trees = file_systems - FileSystems::ROCK_RIDGE;
    let mut pending = std::collections::VecDeque::from([(NodeId::ROOT, trees)]);
    while let Some((node, shown_in)) = pending.pop_front() {
        let NodeKind::Directory(directory) = tree.kind(node) else { continue };
        for child in tree.children(directory) {
            let shown_in = shown_in - tree.hidden_in(child);
            if shown_in.is_empty() {
                continue;
            }
            let content = file_content(tree, child);
            visit(child, content, shown_in);
            if content.is_none() {
                pending.push_back((child, shown_in));
            }
        }
    }
}

/// Files that the interchange level cannot hold are an error before anything is placed.
pub(super) fn check_lengths(tree: &Tree, options: &PlanOptions) -> Result<()> {
    const ONE_SECTION: u64 = u32::MAX as u64;
    if options.file_systems.contains(FileSystems::ISO9660)
        && matches!(options.iso9660_names.level, InterchangeLevel::One | InterchangeLevel::Two)
        && tree.contents().any(|(_, content)| content.len() > ONE_SECTION)
    {
        let mut found = None;
        visit_files(tree, options.file_systems, &mut |node, content| {
            if found.is_none() && tree.content_len(content) > ONE_SECTION {
                found = Some((node, tree.content_len(content)));
            }
        });
        if let Some((node, len)) = found {
            return Err(Error::FileTooBig {
                path: tree.path(node),
                len,
                limit: "interchange levels 1 and 2 hold 4 GiB - 1 (ECMA-119 10.1, 10.2); level 3 holds more",
            });
        }
    }
    Ok(())
}
