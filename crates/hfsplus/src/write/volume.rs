use super::catalog::append_header_node;
use super::{AllocationFile, BLOCK_SIZE, CatalogLayout};
use crate::btree::{BTreeAttributes, HeaderRecord};
use crate::{
    CatalogNodeId, Date, Error, ExtentDescriptor, ForkData, VolumeAttributes, VolumeFinderInfo, VolumeHeader,
};

/// Bytes of the only node of the extents overflow file.
const EXTENTS_NODE: u16 = 4096;

/// Allocation blocks of the extents overflow file, which has no records: all forks have one extent.
pub const EXTENTS_FILE_BLOCKS: u32 = EXTENTS_NODE as u32 / BLOCK_SIZE as u32;

/// Bytes of the longest key of the extents overflow file (TN1150, `HFSPlusExtentKey`).
const EXTENT_KEY: u16 = 10;

/// Files grow by so many bytes.
const CLUMP: u32 = 65_536;

/// What the volume header says of a volume that is only read, and where its own files lie. Blocks count from the
/// volume's beginning.
#[derive(Clone, Debug)]
pub struct VolumeStructures {
    /// When the volume was made.
    pub created: Date,
    /// When it was last changed.
    pub modified: Date,
    /// Files and hard links in all folders.
    pub files: u32,
    /// Folders but the root.
    pub folders: u32,
    /// A number that nothing has.
    pub next_catalog_id: CatalogNodeId,
    /// What the Finder keeps.
    pub finder_info: VolumeFinderInfo,
    /// The extents overflow file's [`EXTENTS_FILE_BLOCKS`].
    pub extents_file: u32,
    /// First block of the catalog.
    pub catalog_file: u32,
    /// First block of the allocation file.
    pub allocation_file: u32,
    /// What is used.
    pub allocation: AllocationFile,
}

/// A fork of whole blocks. It would grow by one: more than a quarter of a small volume is wrong to Apple's checker.
fn fork(start_block: u32, block_count: u32) -> ForkData {
    let extent = ExtentDescriptor { start_block, block_count };
    let fork = ForkData::contiguous(u64::from(block_count) * BLOCK_SIZE as u64, extent);
    ForkData { clump_size: BLOCK_SIZE as u32, ..fork }
}

impl VolumeStructures {
    /// The volume header.
    #[must_use]
    pub fn header(&self, catalog: &CatalogLayout) -> VolumeHeader {
        let total_blocks = self.allocation.total_blocks;
        VolumeHeader {
            attributes: VolumeAttributes::UNMOUNTED | VolumeAttributes::SOFTWARE_LOCK,
            last_mounted_version: *b"fsim",
            journal_info_block: 0,
            create_date: self.created,
            modify_date: self.modified,
            backup_date: Date::default(),
            checked_date: self.modified,
            file_count: self.files,
            folder_count: self.folders,
            block_size: BLOCK_SIZE as u32,
            total_blocks,
            free_blocks: self.allocation.free_blocks(),
            next_allocation: 0,
            rsrc_clump_size: CLUMP,
            data_clump_size: CLUMP,
            next_catalog_id: self.next_catalog_id,
            write_count: 1,
            // Names come from Unicode; bit 0 is MacRoman, which is always there.
            encodings_bitmap: 1,
            finder_info: self.finder_info,
            allocation_file: fork(self.allocation_file, AllocationFile::blocks(total_blocks)),
            extents_file: fork(self.extents_file, EXTENTS_FILE_BLOCKS),
            catalog_file: fork(self.catalog_file, catalog.nodes() * CatalogLayout::NODE_BLOCKS),
            attributes_file: ForkData::default(),
            startup_file: ForkData::default(),
        }
    }

    /// Appends the first block: 1024 bytes for boot code, of which there is none, and the volume header.
    pub fn append_first_block(&self, catalog: &CatalogLayout, out: &mut Vec<u8>) {
        append_block(VolumeHeader::OFFSET as usize, &self.header(catalog), out);
    }

    /// Appends the last block, with the alternate volume header 1024 bytes before its end.
    pub fn append_last_block(&self, catalog: &CatalogLayout, out: &mut Vec<u8>) {
        append_block(BLOCK_SIZE - VolumeHeader::OFFSET as usize, &self.header(catalog), out);
    }

    /// Appends the extents overflow file.
    ///
    /// # Errors
    /// None.
    pub fn append_extents_file(out: &mut Vec<u8>) -> Result<(), Error> {
        let header = HeaderRecord {
            node_size: EXTENTS_NODE,
            max_key_length: EXTENT_KEY,
            total_nodes: 1,
            attributes: BTreeAttributes::BIG_KEYS,
            ..HeaderRecord::default()
        };
        append_header_node(&header, false, out)
    }
}

fn append_block(offset: usize, header: &VolumeHeader, out: &mut Vec<u8>) {
    let end = out.len() + BLOCK_SIZE;
    out.resize(out.len() + offset, 0);
    out.extend_from_slice(&header.encode());
    out.resize(end, 0);
}
