/// The number of a file or folder (TN1150, Catalog File: CNID). Those below 16 have a meaning each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CatalogNodeId(pub u32);

impl CatalogNodeId {
    /// Parent of the root folder (`kHFSRootParentID`).
    pub const ROOT_PARENT: CatalogNodeId = CatalogNodeId(1);
    /// The root folder (`kHFSRootFolderID`).
    pub const ROOT_FOLDER: CatalogNodeId = CatalogNodeId(2);
    /// The extents overflow file.
    pub const EXTENTS_FILE: CatalogNodeId = CatalogNodeId(3);
    /// The catalog file.
    pub const CATALOG_FILE: CatalogNodeId = CatalogNodeId(4);
    /// The bad block file.
    pub const BAD_BLOCK_FILE: CatalogNodeId = CatalogNodeId(5);
    /// The allocation file.
    pub const ALLOCATION_FILE: CatalogNodeId = CatalogNodeId(6);
    /// The first that files and folders may have (`kHFSFirstUserCatalogNodeID`).
    pub const FIRST_USER: CatalogNodeId = CatalogNodeId(16);
}
