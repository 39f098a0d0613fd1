//! Where the parts of an HFS+ volume lie.
//!
//! ```text
//! first block          1024 bytes of zeros, the volume header
//! extents overflow     empty: every file lies in one stretch
//! catalog              header and map, leaves, index
//! targets              of symbolic links, each in blocks of its own
//!                      file data, shared with the other file systems
//! allocation file      which blocks are used: those of HFS+'s own files
//! last block           the alternate volume header, 1024 bytes before the end
//! ```
//!
//! The volume begins behind the directories of the others, and behind boot images that are partitions beside it: those of one
//! table do not overlap. Its allocation blocks are the image's sectors. What lies among
//! the file data and is shown by others alone is free to HFS+, which is therefore locked.

use std::ops::Range;

use hfsplus::write::{AllocationFile, CatalogLayout, EXTENTS_FILE_BLOCKS, VolumeStructures};
use hfsplus::{NameChanges, VolumeFinderInfo, decode_name, record_name};
use iso9660::system_area::Guid;
use sector_io::{Extent, Sector, SectorCount};
use sha2::{Digest, Sha256};

use super::placement::Placement;
use super::udf_fields::volume_name;
use super::{Cursor, ImportedContent, LayoutPlan, Piece, PlanOptions, What};
use crate::tree::{FileSystem, NodeId, Tree};
use crate::view::hfsplus::{DataAddresses, HfsPlusView, LinkRange, date};
use crate::view::internal;
use crate::{Error, Result};

/// Blocks of the allocation file that are made at a time: 1 MiB.
const ALLOCATION_AT_A_TIME: u32 = 512;

/// Index nodes of the catalog that are made at a time: 256 KiB.
const INDEX_AT_A_TIME: u32 = 32;

/// What of HFS+ a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HfsPlusPiece {
    FirstBlock,
    ExtentsFile,
    CatalogHead,
    /// A part of the catalog's leaves, from that one on.
    Leaves(u32),
    /// Nodes of the catalog's index, from one to before another.
    Index(u32, u32),
    Links(LinkRange),
    /// Of the allocation file, the part from this block of it on.
    Allocation(u32),
    LastBlock,
}

/// A volume whose own files have their place; file data come next.
pub(super) struct HfsPlusStart {
    view: HfsPlusView,
    start: Sector,
}

/// A volume of which all addresses are known.
pub(super) struct HfsPlusPlan {
    view: HfsPlusView,
    volume: VolumeStructures,
    extent: Extent,
}

/// Block of the extents overflow file, behind that of the volume header, and of the catalog behind it.
const EXTENTS_FILE: u32 = 1;
const CATALOG: u32 = EXTENTS_FILE + EXTENTS_FILE_BLOCKS;

/// Block of the first target of a symbolic link.
fn links(view: &HfsPlusView) -> u32 {
    CATALOG + view.layout().nodes() * CatalogLayout::NODE_BLOCKS
}

impl HfsPlusStart {
    /// Places the volume at `at`, and gives where its own files end.
    pub(super) fn new(view: HfsPlusView, at: Sector) -> Result<(HfsPlusStart, Sector)> {
        let mut cursor = Cursor(at);
        cursor.take(SectorCount::new(links(&view)))?;
        cursor.take(SectorCount::new(view.link_blocks()))?;
        Ok((HfsPlusStart { view, start: at }, cursor.0))
    }

    /// Places what follows the file data, which end at `data_end`. Says where the volume ends.
    pub(super) fn finish(
        self,
        tree: &Tree,
        options: &PlanOptions,
        placement: &Placement,
        data_end: Sector,
    ) -> Result<(HfsPlusPlan, Sector)> {
        let block = |sector: Sector| sector.since(self.start).unwrap_or_default().get();
        let allocation_file = block(data_end);
        // The file has a bit for its own blocks: it grows until it has enough of them.
        let mut allocation_blocks = 1;
        let (end, total_blocks) = loop {
            let mut cursor = Cursor(data_end);
            cursor.take(SectorCount::new(allocation_blocks))?;
            cursor.take(SectorCount::new(1))?;
            let total = block(cursor.0);
            let needed = AllocationFile::blocks(total);
            if needed <= allocation_blocks {
                break (cursor.0, total);
            }
            allocation_blocks = needed;
        };
        let own = 0..links(&self.view) + self.view.link_blocks();
        let contents = placement
            .extents(tree)
            .filter(|(content, _)| self.view.shows_content(*content))
            .map(|(_, extent)| block(extent.start)..block(extent.start) + extent.len.get());
        let used = joined(
            std::iter::once(own).chain(contents).chain(std::iter::once(allocation_file..total_blocks)),
        );
        let (files, folders, next_catalog_id) = self.view.numbers();
        let created = self.view.created();
        let volume = VolumeStructures {
            created,
            modified: options.modified.map_or(created, date),
            files,
            folders,
            next_catalog_id,
            finder_info: self.finder_info(tree, options, total_blocks)?,
            extents_file: EXTENTS_FILE,
            catalog_file: CATALOG,
            allocation_file,
            allocation: AllocationFile { total_blocks, used },
        };
        let extent = Extent::new(self.start, SectorCount::new(total_blocks));
        Ok((HfsPlusPlan { view: self.view, volume, extent }, end))
    }

    fn finder_info(&self, tree: &Tree, options: &PlanOptions, blocks: u32) -> Result<VolumeFinderInfo> {
        let id = |node: Option<NodeId>| match node {
            Some(node) => self.view.id_of(tree, node).map(Option::unwrap_or_default),
            None => Ok(hfsplus::CatalogNodeId::default()),
        };
        let blessed = options.hfs_plus.blessed;
        let (files, folders, _) = self.view.numbers();
        Ok(VolumeFinderInfo {
            boot_folder: id(blessed.boot_folder)?,
            startup_file: id(blessed.startup_file)?,
            open_folder: id(blessed.open_folder)?,
            os9_folder: id(blessed.os9_folder)?,
            reserved: 0,
            osx_folder: id(blessed.osx_folder)?,
            serial: options
                .hfs_plus
                .serial
                .or(options.identity.map(serial_of))
                .unwrap_or_else(|| serial(&self.view, [self.view.created().0, files, folders, blocks])),
        })
    }
}

/// The serial number of a volume that has an identity.
fn serial_of(identity: Guid) -> u64 {
    let hash = Sha256::digest(identity.0);
    hash.iter().take(8).fold(0, |serial, byte| serial << 8 | u64::from(*byte)).max(1)
}

/// A number that no other volume should have: it follows from what the volume is.
fn serial(view: &HfsPlusView, numbers: [u32; 4]) -> u64 {
    let mut hash = Sha256::new();
    view.volume_name().iter().for_each(|unit| hash.update(unit.to_be_bytes()));
    numbers.iter().for_each(|number| hash.update(number.to_be_bytes()));
    let hash = hash.finalize();
    hash.iter().take(8).fold(0, |serial, byte| serial << 8 | u64::from(*byte)).max(1)
}

/// Ranges in ascending order, those that touch made one.
fn joined(ranges: impl Iterator<Item = Range<u32>>) -> Vec<Range<u32>> {
    let mut joined: Vec<Range<u32>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => joined.push(range),
        }
    }
    joined
}

/// The volume's name as it is recorded, and what became of the one that is asked for. One that is empty is `untitled`, as
/// the Mac OS has it.
pub(crate) fn label(options: &PlanOptions) -> (Vec<u16>, NameChanges) {
    let (units, changes) = record_name(volume_name(options, FileSystem::HfsPlus).as_bytes());
    match units.is_empty() {
        true => ("untitled".encode_utf16().collect(), changes),
        false => (units, changes),
    }
}

/// The same as text, if it is another.
pub(super) fn changed_label(options: &PlanOptions) -> Option<String> {
    let (units, changes) = label(options);
    (!changes.is_empty()).then(|| decode_name(&units))
}

impl HfsPlusPlan {
    pub(super) fn view(&self) -> &HfsPlusView {
        &self.view
    }

    /// All of the volume.
    pub(super) fn extent(&self) -> Extent {
        self.extent
    }

    /// Sector of a block of the volume. All of them lie before its end, which is a sector.
    fn sector(&self, block: u32) -> Sector {
        Sector::new(self.extent.start.get().saturating_add(block))
    }

    fn piece(&self, block: u32, len: u32, piece: HfsPlusPiece) -> Piece {
        Piece { start: self.sector(block), len: SectorCount::new(len), what: What::HfsPlus(piece) }
    }

    /// Pieces that are few, in no order.
    pub(super) fn fixed_pieces(&self) -> Vec<Piece> {
        let head = self.view.layout().head_nodes() * CatalogLayout::NODE_BLOCKS;
        let allocation = &self.volume.allocation;
        let mut pieces = vec![
            self.piece(0, 1, HfsPlusPiece::FirstBlock),
            self.piece(EXTENTS_FILE, EXTENTS_FILE_BLOCKS, HfsPlusPiece::ExtentsFile),
            self.piece(CATALOG, head, HfsPlusPiece::CatalogHead),
            self.piece(allocation.total_blocks - 1, 1, HfsPlusPiece::LastBlock),
        ];
        let blocks = AllocationFile::blocks(allocation.total_blocks);
        for from in (0..blocks).step_by(ALLOCATION_AT_A_TIME as usize) {
            let len = ALLOCATION_AT_A_TIME.min(blocks - from);
            let start = self.volume.allocation_file.saturating_add(from);
            pieces.push(self.piece(start, len, HfsPlusPiece::Allocation(from)));
        }
        pieces
    }

    /// The catalog's leaves and index, and the targets of symbolic links, in ascending order.
    pub(super) fn structure_pieces<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = Piece> + 'a {
        let layout = self.view.layout();
        let node = move |number: u32| CATALOG + number * CatalogLayout::NODE_BLOCKS;
        let first_leaf = layout.head_nodes();
        let leaves = self.view.leaf_parts().map(move |(from, count)| {
            let len = count * CatalogLayout::NODE_BLOCKS;
            self.piece(node(first_leaf + from), len, HfsPlusPiece::Leaves(from))
        });
        let (first_index, nodes) = (first_leaf + layout.leaves(), layout.index_nodes());
        let index = (0..nodes).step_by(INDEX_AT_A_TIME as usize).map(move |from| {
            let to = nodes.min(from + INDEX_AT_A_TIME);
            let len = (to - from) * CatalogLayout::NODE_BLOCKS;
            self.piece(node(first_index + from), len, HfsPlusPiece::Index(from, to))
        });
        let first_link = links(&self.view);
        let targets = self
            .view
            .link_parts(tree)
            .map(move |(block, len, range)| self.piece(first_link + block, len, HfsPlusPiece::Links(range)));
        leaves.chain(index).chain(targets)
    }

    pub(super) fn label_of(&self, piece: HfsPlusPiece) -> &'static str {
        match piece {
            HfsPlusPiece::FirstBlock => "HFS+ volume header",
            HfsPlusPiece::ExtentsFile => "HFS+ extents overflow file",
            HfsPlusPiece::CatalogHead | HfsPlusPiece::Leaves(_) | HfsPlusPiece::Index(..) => {
                "HFS+ catalog file"
            }
            HfsPlusPiece::Links(_) => "HFS+ targets of symbolic links",
            HfsPlusPiece::Allocation(_) => "HFS+ allocation file",
            HfsPlusPiece::LastBlock => "HFS+ alternate volume header",
        }
    }

    /// The folder that a piece belongs to.
    pub(super) fn owner_of(&self, tree: &Tree, piece: HfsPlusPiece) -> Option<String> {
        match piece {
            HfsPlusPiece::Links(range) => self.view.path_of_links(tree, range),
            _ => None,
        }
    }

    pub(super) fn append(
        &self,
        plan: &LayoutPlan<'_>,
        piece: HfsPlusPiece,
        len: SectorCount,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let layout = self.view.layout();
        let made = match piece {
            HfsPlusPiece::FirstBlock => {
                self.volume.append_first_block(layout, out);
                Ok(())
            }
            HfsPlusPiece::LastBlock => {
                self.volume.append_last_block(layout, out);
                Ok(())
            }
            HfsPlusPiece::ExtentsFile => VolumeStructures::append_extents_file(out),
            HfsPlusPiece::CatalogHead => layout.append_head(out),
            HfsPlusPiece::Index(from, to) => layout.append_index(from..to, out),
            HfsPlusPiece::Allocation(from) => {
                self.volume.allocation.append(from..from.saturating_add(len.get()), out);
                Ok(())
            }
            HfsPlusPiece::Links(range) => {
                self.view.append_links(plan.tree, range, out);
                Ok(())
            }
            HfsPlusPiece::Leaves(from) => {
                let addresses = DataAddresses {
                    contents: &plan.placement,
                    volume: self.extent.start,
                    links: links(&self.view),
                };
                return self.view.append_leaves(plan.tree, from, addresses, out);
            }
        };
        made.map_err(|error| internal(&error))
    }
}

/// What cannot go together is told before anything is looked at.
pub(super) fn check_options(tree: &Tree, options: &PlanOptions) -> Result<()> {
    let reason = if !options.place.is_first() {
        "a further session cannot have HFS+, whose volume is one stretch; write a new image"
    } else if options.imported == ImportedContent::StaysInPlace
        && tree.contents().any(|(_, content)| content.is_imported())
    {
        "imported contents that stay where they are lie outside of an HFS+ volume; copy them into a new image"
    } else if options.hybrid.is_none()
        && options.system_area.as_ref().is_some_and(|kept| !kept.has_hfs_plus())
    {
        "the imported system area, which is kept, has no partition for HFS+; drop it, or say what is to be there"
    } else {
        return Ok(());
    };
    Err(Error::InvalidArgument { argument: "file systems".to_owned(), reason: reason.to_owned() })
}
