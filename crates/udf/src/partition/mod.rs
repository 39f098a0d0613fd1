//! What lies between the addresses of a partition and the blocks of the volume: tables, the space bitmap, and
//! the translation itself.

mod space_bitmap;
mod sparing_table;
mod translation;
mod virtual_allocation_table;

pub use space_bitmap::SpaceBitmapDescriptor;
pub use sparing_table::{SparingEntry, SparingTable};
pub use translation::{BlockRun, MetadataTranslation, PhysicalTranslation, Replica, Run, Translation};
pub use virtual_allocation_table::{VatForm, VatHeader, VirtualAllocationTable};
