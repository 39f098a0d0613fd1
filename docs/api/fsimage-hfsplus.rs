// crate

pub use bsd_info::BsdInfo;
pub use catalog_node_id::CatalogNodeId;
pub use date::Date;
pub use decompose::decode_name;
pub use error::Error;
pub use extent_descriptor::ExtentDescriptor;
pub use file_info::{FileInfo, OsType};
pub use folder_info::FolderInfo;
pub use fork_data::ForkData;
pub use names::{
    MAX_NAME, NameChanges, NoUniqueName, RecordedNames, record_name, record_names,
};
pub use order::compare_names;
pub use volume_header::{VolumeAttributes, VolumeFinderInfo, VolumeHeader};

// crate::bsd_info

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BsdInfo {
    pub owner_id: u32,
    pub group_id: u32,
    pub admin_flags: u8,
    pub owner_flags: u8,
    pub file_mode: u16,
    pub special: u32,
}
impl BsdInfo {
    pub const LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], BsdInfo> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::btree

pub use header_record::{BTreeAttributes, HeaderRecord};
pub use node::{Node, NodeBuilder};
pub use node_descriptor::{NodeDescriptor, NodeKind};

// crate::btree::header_record

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct
    BTreeAttributes : u32 { const BAD_CLOSE = 1; const BIG_KEYS = 2; const
    VARIABLE_INDEX_KEYS = 4; const _ = ! 0; }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HeaderRecord {
    pub tree_depth: u16,
    pub root_node: u32,
    pub leaf_records: u32,
    pub first_leaf_node: u32,
    pub last_leaf_node: u32,
    pub node_size: u16,
    pub max_key_length: u16,
    pub total_nodes: u32,
    pub free_nodes: u32,
    pub clump_size: u32,
    pub btree_type: u8,
    pub key_compare_type: u8,
    pub attributes: BTreeAttributes,
}
impl HeaderRecord {
    pub const LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], HeaderRecord> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::btree::node

#[derive(Clone, Copy, Debug)]
/// And private fields.
pub struct Node<'n> {
    pub descriptor: NodeDescriptor,
}
impl<'n> Node<'n> {
    pub fn parse(bytes: &'n [u8]) -> Result<Node<'n>, Error> {}
    pub fn record(&self, index: u16) -> Option<&'n [u8]> {}
    pub fn records(&self) -> impl Iterator<Item = &'n [u8]> + use<'n> {}
}
#[derive(Debug)]
/// And private fields.
pub struct NodeBuilder {}
impl NodeBuilder {
    pub fn new(size: u16) -> NodeBuilder {}
    pub fn is_empty(&self) -> bool {}
    pub fn fits(&self, len: usize) -> bool {}
    pub fn push(&mut self, parts: &[&[u8]]) -> Result<(), Error> {}
    pub fn finish(&mut self, descriptor: NodeDescriptor, out: &mut Vec<u8>) {}
}

// crate::btree::node_descriptor

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeKind(pub i8);
impl NodeKind {
    pub const LEAF: NodeKind = _;
    pub const INDEX: NodeKind = _;
    pub const HEADER: NodeKind = _;
    pub const MAP: NodeKind = _;
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeDescriptor {
    pub forward_link: u32,
    pub backward_link: u32,
    pub kind: NodeKind,
    pub height: u8,
    pub records: u16,
}
impl NodeDescriptor {
    pub const LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], NodeDescriptor> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::catalog

pub use file::CatalogFile;
pub use folder::CatalogFolder;
pub use key::CatalogKey;
pub use record::CatalogRecord;
pub use thread::{CatalogThread, ThreadOf};
pub use threads::CatalogThreads;

// crate::catalog::file

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CatalogFile {
    pub flags: u16,
    pub file_id: CatalogNodeId,
    pub create_date: Date,
    pub content_mod_date: Date,
    pub attribute_mod_date: Date,
    pub access_date: Date,
    pub backup_date: Date,
    pub permissions: BsdInfo,
    pub user_info: FileInfo,
    pub text_encoding: u32,
    pub data_fork: ForkData,
    pub resource_fork: ForkData,
}
impl CatalogFile {
    pub const LEN: usize = _;
    pub const THREAD_EXISTS: u16 = _;
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::catalog::folder

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CatalogFolder {
    pub flags: u16,
    pub valence: u32,
    pub folder_id: CatalogNodeId,
    pub create_date: Date,
    pub content_mod_date: Date,
    pub attribute_mod_date: Date,
    pub access_date: Date,
    pub backup_date: Date,
    pub permissions: BsdInfo,
    pub user_info: FolderInfo,
    pub text_encoding: u32,
}
impl CatalogFolder {
    pub const LEN: usize = _;
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::catalog::key

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CatalogKey {
    pub parent_id: CatalogNodeId,
    pub node_name: Vec<u16>,
}
impl CatalogKey {
    pub const MAX_LENGTH: u16 = _;
    pub const fn encoded_len(units: usize) -> usize {}
    pub fn parse(input: &[u8]) -> Result<(&[u8], CatalogKey), Error> {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
    pub fn append(
        parent: CatalogNodeId,
        name: &[u16],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {}
}

// crate::catalog::record

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CatalogRecord {
    Folder(CatalogFolder),
    File(CatalogFile),
    Thread(CatalogThread),
}
impl CatalogRecord {
    pub fn parse(input: &[u8]) -> Result<CatalogRecord, Error> {}
}

// crate::catalog::thread

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThreadOf {
    Folder,
    File,
}
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CatalogThread {
    pub of: ThreadOf,
    pub parent_id: CatalogNodeId,
    pub node_name: Vec<u16>,
}
impl CatalogThread {
    pub const fn encoded_len(units: usize) -> usize {}
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
    pub fn append(
        of: ThreadOf,
        parent: CatalogNodeId,
        name: &[u16],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {}
}

// crate::catalog::threads

#[derive(Debug)]
/// And private fields.
pub struct CatalogThreads<R> {}
impl<R: FnMut(u64, &mut [u8]) -> io::Result<()>> CatalogThreads<R> {
    pub fn new(volume: &VolumeHeader, read: R) -> io::Result<Option<CatalogThreads<R>>> {}
    pub fn thread(&mut self, id: CatalogNodeId) -> io::Result<Option<CatalogThread>> {}
    pub fn path(&mut self, id: CatalogNodeId) -> io::Result<Option<Vec<Vec<u16>>>> {}
}

// crate::catalog_node_id

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CatalogNodeId(pub u32);
impl CatalogNodeId {
    pub const ROOT_PARENT: CatalogNodeId = _;
    pub const ROOT_FOLDER: CatalogNodeId = _;
    pub const EXTENTS_FILE: CatalogNodeId = _;
    pub const CATALOG_FILE: CatalogNodeId = _;
    pub const BAD_BLOCK_FILE: CatalogNodeId = _;
    pub const ALLOCATION_FILE: CatalogNodeId = _;
    pub const FIRST_USER: CatalogNodeId = _;
}

// crate::date

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub u32);
impl Date {
    pub const RANGE: RangeInclusive<i64> = _;
    pub fn from_unix(seconds: i64) -> Date {}
    pub fn to_unix(self) -> Option<i64> {}
}

// crate::decompose

pub fn decode_name(units: &[u16]) -> String {}

// crate::error

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    Truncated { structure: &'static str, available: usize },
    Value { structure: &'static str, field: &'static str, value: u64 },
    NameTooLong { units: usize },
    TreeTooLarge { what: &'static str },
}

// crate::extent_descriptor

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExtentDescriptor {
    pub start_block: u32,
    pub block_count: u32,
}
impl ExtentDescriptor {
    pub const LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], ExtentDescriptor> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::file_info

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OsType(pub [u8; 4]);
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FileInfo {
    pub file_type: OsType,
    pub file_creator: OsType,
    pub finder_flags: u16,
    pub location: [u8; 6],
    pub extended: [u8; 16],
}
impl FileInfo {
    pub const LEN: usize = _;
    pub const HARD_LINK: FileInfo = _;
    pub const SYMBOLIC_LINK: FileInfo = _;
    pub const fn of(file_type: [u8; 4], file_creator: [u8; 4]) -> FileInfo {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], FileInfo> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::folder_info

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FolderInfo {
    pub window_bounds: [u8; 8],
    pub finder_flags: u16,
    pub location: [u8; 6],
    pub extended: [u8; 16],
}
impl FolderInfo {
    pub const LEN: usize = _;
    pub const HIDDEN: FolderInfo = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], FolderInfo> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::fork_data

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ForkData {
    pub logical_size: u64,
    pub clump_size: u32,
    pub total_blocks: u32,
    pub extents: [ExtentDescriptor; 8],
}
impl ForkData {
    pub const LEN: usize = _;
    pub fn contiguous(logical_size: u64, extent: ExtentDescriptor) -> ForkData {}
    pub fn parse(input: &[u8]) -> IResult<&[u8], ForkData> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::names

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct NameChanges :
    u8 { const CHARACTERS_REPLACED = 1; const TRUNCATED = 2; const MADE_UNIQUE = 4; }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub struct NoUniqueName;
pub const MAX_NAME: usize = _;
#[derive(Clone, Debug, Default)]
/// And private fields.
pub struct RecordedNames {}
impl RecordedNames {
    pub fn name(&self, index: usize) -> &[u16] {}
    pub fn changes(&self, index: usize) -> NameChanges {}
    pub fn shown(&self, index: usize) -> String {}
    pub fn order(&self) -> &[u32] {}
}
pub fn record_name(name: &[u8]) -> (Vec<u16>, NameChanges) {}
pub fn record_names<'n>(
    names: impl ExactSizeIterator<Item = &'n [u8]> + Clone,
) -> Result<RecordedNames, NoUniqueName> {}

// crate::order

pub fn compare_names(one: &[u16], other: &[u16]) -> Ordering {}

// crate::volume_header

bitflags! {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)] pub struct
    VolumeAttributes : u32 { const HARDWARE_LOCK = 1 << 7; const UNMOUNTED = 1 << 8;
    const SPARED_BLOCKS = 1 << 9; const NO_CACHE_REQUIRED = 1 << 10; const INCONSISTENT =
    1 << 11; const NODE_IDS_REUSED = 1 << 12; const JOURNALED = 1 << 13; const
    SOFTWARE_LOCK = 1 << 15; const _ = ! 0; }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct VolumeFinderInfo {
    pub boot_folder: CatalogNodeId,
    pub startup_file: CatalogNodeId,
    pub open_folder: CatalogNodeId,
    pub os9_folder: CatalogNodeId,
    pub reserved: u32,
    pub osx_folder: CatalogNodeId,
    pub serial: u64,
}
impl VolumeFinderInfo {
    pub const LEN: usize = _;
    pub fn parse(input: &[u8]) -> IResult<&[u8], VolumeFinderInfo> {}
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeHeader {
    pub attributes: VolumeAttributes,
    pub last_mounted_version: [u8; 4],
    pub journal_info_block: u32,
    pub create_date: Date,
    pub modify_date: Date,
    pub backup_date: Date,
    pub checked_date: Date,
    pub file_count: u32,
    pub folder_count: u32,
    pub block_size: u32,
    pub total_blocks: u32,
    pub free_blocks: u32,
    pub next_allocation: u32,
    pub rsrc_clump_size: u32,
    pub data_clump_size: u32,
    pub next_catalog_id: CatalogNodeId,
    pub write_count: u32,
    pub encodings_bitmap: u64,
    pub finder_info: VolumeFinderInfo,
    pub allocation_file: ForkData,
    pub extents_file: ForkData,
    pub catalog_file: ForkData,
    pub attributes_file: ForkData,
    pub startup_file: ForkData,
}
impl VolumeHeader {
    pub const LEN: usize = _;
    pub const OFFSET: u64 = _;
    pub const FINDER_INFO: usize = _;
    pub const SIGNATURE: [u8; 2] = _;
    pub const VERSION: u16 = _;
    pub fn parse(input: &[u8]) -> Result<VolumeHeader, Error> {}
    pub fn encode(&self) -> [u8; Self::LEN] {}
}

// crate::write

pub use allocation::AllocationFile;
pub use catalog::{CatalogLayout, CatalogPlanner};
pub use leaves::LeafWriter;
pub use volume::{EXTENTS_FILE_BLOCKS, VolumeStructures};
pub const BLOCK_SIZE: usize = _;
pub const METADATA_FOLDER: &str = _;
pub fn indirect_node_name(number: u32) -> String {}

// crate::write::allocation

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocationFile {
    pub total_blocks: u32,
    pub used: Vec<Range<u32>>,
}
impl AllocationFile {
    pub fn blocks(total_blocks: u32) -> u32 {}
    pub fn free_blocks(&self) -> u32 {}
    pub fn append(&self, blocks: Range<u32>, out: &mut Vec<u8>) {}
}

// crate::write::catalog

#[derive(Debug, Default)]
/// And private fields.
pub struct CatalogPlanner {}
#[derive(Debug)]
/// And private fields.
pub struct CatalogLayout {}
impl CatalogPlanner {
    pub fn new() -> CatalogPlanner {}
    pub fn push(
        &mut self,
        parent: CatalogNodeId,
        name: &[u16],
        data_len: usize,
    ) -> Result<bool, Error> {}
    pub fn finish(self) -> Result<CatalogLayout, Error> {}
}
impl CatalogLayout {
    pub const NODE_SIZE: u16 = _;
    pub const NODE_BLOCKS: u32 = _;
    pub fn leaves(&self) -> u32 {}
    pub fn head_nodes(&self) -> u32 {}
    pub fn index_nodes(&self) -> u32 {}
    pub fn nodes(&self) -> u32 {}
    pub fn append_head(&self, out: &mut Vec<u8>) -> Result<(), Error> {}
    pub fn append_index(
        &self,
        range: Range<u32>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {}
}

// crate::write::leaves

#[derive(Debug)]
/// And private fields.
pub struct LeafWriter<'l> {}
impl<'l> LeafWriter<'l> {
    pub fn new(layout: &'l CatalogLayout, from: u32, to: u32) -> LeafWriter<'l> {}
    pub fn push(
        &mut self,
        parent: CatalogNodeId,
        name: &[u16],
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {}
    pub fn finish(&mut self, out: &mut Vec<u8>) {}
}

// crate::write::volume

pub const EXTENTS_FILE_BLOCKS: u32 = _;
#[derive(Clone, Debug)]
pub struct VolumeStructures {
    pub created: Date,
    pub modified: Date,
    pub files: u32,
    pub folders: u32,
    pub next_catalog_id: CatalogNodeId,
    pub finder_info: VolumeFinderInfo,
    pub extents_file: u32,
    pub catalog_file: u32,
    pub allocation_file: u32,
    pub allocation: AllocationFile,
}
impl VolumeStructures {
    pub fn header(&self, catalog: &CatalogLayout) -> VolumeHeader {}
    pub fn append_first_block(&self, catalog: &CatalogLayout, out: &mut Vec<u8>) {}
    pub fn append_last_block(&self, catalog: &CatalogLayout, out: &mut Vec<u8>) {}
    pub fn append_extents_file(out: &mut Vec<u8>) -> Result<(), Error> {}
}

