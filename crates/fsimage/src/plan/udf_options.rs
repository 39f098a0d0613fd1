use sector_io::SectorCount;
use udf::Revision;
use udf::write::Form;

use super::defaults::{Medium, MediumDefaults};
use crate::tree::FileSystems;

/// Form of the UDF file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct UdfOptions {
    /// Revision: 1.02, 1.50, 2.00, 2.01, 2.50 or 2.60. `docs/defaults.md` says which is for what.
    pub revision: Revision,
    /// Whether structures lie in a partition of their own.
    pub metadata_partition: MetadataPartition,
    /// What is kept in ICBs.
    pub embedding: Embedding,
    /// What becomes of symbolic links.
    pub symlinks: UdfSymlinks,
    /// Who may change the volume.
    pub access: UdfAccess,
}

impl Default for UdfOptions {
    /// Those of an image file: revision 2.01, which all systems of the last 20 years read; read only.
    fn default() -> UdfOptions {
        UdfOptions::for_medium(Medium::ImageFile)
    }
}

impl UdfOptions {
    /// The revisions that are written.
    pub const REVISIONS: [Revision; 6] = Form::REVISIONS;

    /// The defaults for a medium.
    #[must_use]
    pub fn for_medium(medium: Medium) -> UdfOptions {
        MediumDefaults::of(medium).udf
    }

    /// The same, with what follows from the revision and from the file systems beside UDF put in its place: never
    /// [`ByRevision`](MetadataPartition::ByRevision), and [`Automatic`](Embedding::Automatic) only where that is
    /// all that fits.
    #[must_use]
    pub fn resolved(self, file_systems: FileSystems) -> UdfOptions {
        UdfOptions {
            metadata_partition: match self.metadata_partition {
                MetadataPartition::ByRevision if self.access == UdfAccess::WriteOnce => {
                    MetadataPartition::None
                }
                MetadataPartition::ByRevision if self.revision >= Revision::V2_50 => {
                    MetadataPartition::Mirrored
                }
                MetadataPartition::ByRevision => MetadataPartition::None,
                chosen => chosen,
            },
            embedding: match self.embedding {
                Embedding::Automatic if file_systems.contains(FileSystems::ISO9660) => Embedding::Directories,
                chosen => chosen,
            },
            ..self
        }
    }
}

/// Whether directories and ICBs lie in a metadata partition (UDF 2.2.10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum MetadataPartition {
    /// [`Mirrored`](MetadataPartition::Mirrored) from revision 2.50 on, which brought them; else none.
    #[default]
    ByRevision,
    /// There is none.
    None,
    /// There is one; its mirror file refers to the same blocks.
    Single,
    /// There is one, and a second copy at the end of the volume.
    Mirrored,
}

/// What is kept in ICBs, in place of allocation descriptors: up to 1,872 bytes, or 1,832 from revision 2.00
/// on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Embedding {
    /// All that fits where UDF is alone. Beside ISO 9660, which needs file data in sectors, directories only.
    #[default]
    Automatic,
    /// Nothing.
    Nothing,
    /// Directories only.
    Directories,
}

impl Embedding {
    /// Whether directories are embedded, and whether files are.
    pub(crate) fn choose(self, alone: bool) -> (bool, bool) {
        match self {
            Embedding::Automatic => (true, alone),
            Embedding::Nothing => (false, false),
            Embedding::Directories => (true, false),
        }
    }
}

/// What becomes of symbolic links in UDF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum UdfSymlinks {
    /// They are stored, and [`Notice::UdfSpecials`](super::Notice::UdfSpecials) says who refuses such volumes.
    #[default]
    Store,
    /// They are left out.
    Omit,
    /// Those that lead to a file of the tree become further names of it; the others are left out.
    Copy,
}

/// Who may change the volume (partition access type, ECMA-167 3/10.5.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum UdfAccess {
    /// Nobody: what a mastered volume is. Other software may append a session of its own.
    #[default]
    ReadOnly,
    /// Whoever adds to it, as far as the medium is free: what a volume on a medium that is written once can be. The
    /// volume has a virtual partition, and ends with a virtual allocation table (UDF 2.2.8, 2.2.11). A further session
    /// writes what is new or changed, and another table. From revision 1.50 on, without metadata partition, and not
    /// beside ISO 9660.
    WriteOnce,
    /// Drivers may, in place, on overwritable media. The volume gets a space bitmap and this much free space.
    /// Not beside ISO 9660, which would show files as they no longer are.
    Overwritable {
        /// Free sectors.
        free: SectorCount,
    },
}
