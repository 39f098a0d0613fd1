//! What most programs use: `use fsimage::prelude::*;`. Names that programs have themselves, such as `Error` and `Result`, are
//! not among it.
//!
//! ```
//! use fsimage::prelude::*;
//!
//! # fn main() -> fsimage::Result<()> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let (source, image) = (folder.path().join("source"), folder.path().join("image.iso"));
//! # std::fs::create_dir(&source).unwrap();
//! let control = Control::default();
//! let mut tree = Tree::new();
//! tree.scan(&source, NodeId::ROOT, &ScanOptions::default(), &control)?;
//! tree.add("/README", Item::Bytes(b"Hello!".as_slice().into()), &ItemOptions::default())?;
//! write_image(&LayoutPlan::new(&tree, PlanOptions::default())?, &image, &control)?;
//! assert!(Disc::open(&image)?.verify(None, &control)?.is_whole());
//! # Ok(())
//! # }
//! ```

pub use crate::{
    BurnOptions, Control, DEFAULT_PREFERENCE, Disc, DriveName, ExtractOptions, FileSystem, FileSystems,
    GrowingDisc, GrowingImage, ImportOptions, Imported, Item, ItemOptions, Job, Kind, LayoutPlan, NodeId,
    NodeKind, Observer, OpenDrive, PlanOptions, Progress, ReadSectors, ScanOptions, Sector, SectorSink,
    Stage, Tree, write_image,
};
