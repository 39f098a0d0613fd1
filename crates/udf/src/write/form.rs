use crate::file::{ExtendedFileEntry, FileEntry};
use crate::volume::StandardId;
use crate::{EntityId, Error, OsClass, Revision, UdfSuffix};

use super::BLOCK_SIZE;

/// The revision of a volume and how its structures are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Form {
    revision: Revision,
    metadata: bool,
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

    /// The form of a volume. With `metadata`, file set, ICBs and directories lie in a metadata partition (UDF
    /// 2.2.10), which exists since revision 2.50.
    ///
    /// # Errors
    /// [`Error::Value`] for a revision that is none of [`REVISIONS`](Form::REVISIONS), or has no metadata
    /// partitions where one is asked for.
    pub fn new(revision: Revision, metadata: bool) -> Result<Form, Error> {
        if !Form::REVISIONS.contains(&revision) || metadata && revision < Revision::V2_50 {
            let structure = if metadata { "metadata partition" } else { "volume" };
            return Err(Error::Value { structure, field: "UDF revision", value: revision.0.into() });
        }
        Ok(Form { revision, metadata })
    }

    pub(super) fn without_metadata_partition(self) -> Form {
        Form { metadata: false, ..self }
    }

    /// UDF revision.
    pub fn revision(self) -> Revision {
        self.revision
    }

    /// Whether there is a metadata partition.
    pub fn has_metadata_partition(self) -> bool {
        self.metadata
    }

    /// Index of the partition map that ICBs, directories and the file set are addressed by. File data are
    /// always addressed by map 0.
    pub fn structure_partition(self) -> u16 {
        u16::from(self.metadata)
    }

    /// Whether the volume is one by the third edition of ECMA-167.
    pub fn is_third_edition(self) -> bool {
        self.revision >= Revision::V2_00
    }

    /// Version in descriptor tags (ECMA-167 3/7.2.2).
    pub fn tag_version(self) -> u16 {
        if self.is_third_edition() { 3 } else { 2 }
    }

    /// Bytes of extended attributes, allocation descriptors or embedded data that an ICB has room for.
    pub fn room(self) -> usize {
        let fixed = if self.is_third_edition() { ExtendedFileEntry::FIXED } else { FileEntry::FIXED };
        BLOCK_SIZE - fixed
    }

    /// The lowest revision that can read all of such a volume: 2.60 changes nothing for readers of 2.50.
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
    fn metadata_partitions_came_with_2_50() {
        assert!(Form::new(Revision::V2_01, true).is_err());
        assert!(Form::new(Revision(0x0200), false).is_ok());
        assert!(Form::new(Revision(0x0251), false).is_err());
        let form = Form::new(Revision::V2_60, true).unwrap();
        assert_eq!((form.structure_partition(), form.tag_version(), form.room()), (1, 3, 1832));
        assert_eq!(form.minimum_read_revision(), Revision::V2_50);
        let form = Form::new(Revision::V1_02, false).unwrap();
        assert_eq!((form.structure_partition(), form.tag_version(), form.room()), (0, 2, 1872));
    }
}
