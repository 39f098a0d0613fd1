use crate::file::{ExtendedFileEntry, FileEntry};
use crate::volume::StandardId;
use crate::{EntityId, Error, OsClass, Revision, UdfSuffix};

use super::BLOCK_SIZE;

/// The revision of a volume and how its structures are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Form {
    revision: Revision,
    structures: StructurePartition,
}

/// The partition that file set and ICBs are addressed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StructurePartition {
    /// That of file data.
    Physical,
    /// A metadata partition (UDF 2.2.10), which directories and allocation extents lie in as well; since revision
    /// 2.50.
    Metadata,
    /// A virtual partition (UDF 2.2.8); since revision 1.50. Directories and allocation extents that are not in an
    /// ICB lie among file data.
    Virtual,
}

/// The addresses of an ICB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcbBlock {
    /// Block in the partition that ICBs are addressed in.
    pub icb: u32,
    /// Where its directory and its allocation extents begin, if they are not in it: block in the partition that
    /// these lie in.
    pub behind: u32,
}

impl From<u32> for IcbBlock {
    /// All in one partition, one behind the other.
    fn from(icb: u32) -> IcbBlock {
        IcbBlock { icb, behind: icb.saturating_add(1) }
    }
}

impl Form {
    /// The revisions of which volumes are written.
    pub const REVISIONS: [Revision; 6] = [
        Revision::V1_02,
        Revision::V1_50,
        Revision::V2_00,
        Revision::V2_01,
        Revision::V2_50,
        Revision::V2_60,
    ];

    /// The form of a volume.
    ///
    /// # Errors
    /// [`Error::Value`] for a revision that is none of [`REVISIONS`](Form::REVISIONS), or has no partitions of the
    /// kind that is asked for.
    pub fn new(revision: Revision, structures: StructurePartition) -> Result<Form, Error> {
        let (structure, since) = match structures {
            StructurePartition::Physical => ("volume", Revision::V1_02),
            StructurePartition::Metadata => ("metadata partition", Revision::V2_50),
            StructurePartition::Virtual => ("virtual partition", Revision::V1_50),
        };
        if !Form::REVISIONS.contains(&revision) || revision < since {
            return Err(Error::Value { structure, field: "UDF revision", value: revision.0.into() });
        }
        Ok(Form { revision, structures })
    }

    /// The same with structures among the data, as of the files that other partitions consist of.
    pub(super) fn physical(self) -> Form {
        Form { structures: StructurePartition::Physical, ..self }
    }

    /// UDF revision.
    #[must_use]
    pub fn revision(self) -> Revision {
        self.revision
    }

    /// Whether there is a metadata partition.
    #[must_use]
    pub fn has_metadata_partition(self) -> bool {
        self.structures == StructurePartition::Metadata
    }

    /// Whether there is a virtual partition.
    #[must_use]
    pub fn has_virtual_partition(self) -> bool {
        self.structures == StructurePartition::Virtual
    }

    /// Index of the partition map that ICBs and the file set are addressed by. File data are always addressed by
    /// map 0.
    #[must_use]
    pub fn structure_partition(self) -> u16 {
        u16::from(self.structures != StructurePartition::Physical)
    }

    /// Index of the partition map for directories and allocation extents.
    pub(super) fn directory_partition(self) -> u16 {
        u16::from(self.has_metadata_partition())
    }

    /// Whether the volume is one by the third edition of ECMA-167.
    #[must_use]
    pub fn is_third_edition(self) -> bool {
        self.revision >= Revision::V2_00
    }

    /// Version in descriptor tags (ECMA-167 3/7.2.2).
    #[must_use]
    pub fn tag_version(self) -> u16 {
        if self.is_third_edition() { 3 } else { 2 }
    }

    /// Bytes of extended attributes, allocation descriptors or embedded data that an ICB has room for.
    #[must_use]
    pub fn room(self) -> usize {
        let fixed = if self.is_third_edition() { ExtendedFileEntry::FIXED } else { FileEntry::FIXED };
        BLOCK_SIZE - fixed
    }

    /// The lowest revision that can read all of such a volume: 2.60 changes nothing for readers of 2.50.
    #[must_use]
    pub fn minimum_read_revision(self) -> Revision {
        self.revision.min(Revision::V2_50)
    }

    pub(super) fn standard(self) -> StandardId {
        if self.is_third_edition() { StandardId::NSR03 } else { StandardId::NSR02 }
    }

    pub(super) fn contents(self) -> EntityId {
        EntityId::new(if self.is_third_edition() { EntityId::NSR03 } else { EntityId::NSR02 })
    }

    pub(super) fn suffix(self) -> UdfSuffix {
        UdfSuffix { revision: self.revision, os_class: OsClass::UNDEFINED, os: 0 }
    }
}

/// Who writes the volumes (UDF 2.1.5).
pub(super) fn developer() -> EntityId {
    EntityId::new(b"*fsimage")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_partitions_came_later() {
        use StructurePartition::{Metadata, Physical, Virtual};
        assert!(Form::new(Revision::V2_01, Metadata).is_err());
        assert!(Form::new(Revision(0x0200), Physical).is_ok());
        assert!(Form::new(Revision(0x0251), Physical).is_err());
        assert!(Form::new(Revision::V1_02, Virtual).is_err());
        let form = Form::new(Revision::V1_50, Virtual).unwrap();
        assert_eq!((form.structure_partition(), form.directory_partition()), (1, 0));
        let form = Form::new(Revision::V2_60, Metadata).unwrap();
        assert_eq!((form.structure_partition(), form.tag_version(), form.room()), (1, 3, 1832));
        assert_eq!(form.minimum_read_revision(), Revision::V2_50);
        let form = Form::new(Revision::V1_02, Physical).unwrap();
        assert_eq!((form.structure_partition(), form.tag_version(), form.room()), (0, 2, 1872));
    }
}
