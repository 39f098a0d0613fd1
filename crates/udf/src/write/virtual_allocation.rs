//! The virtual allocation table of a volume that grows on media that are written once (UDF 2.2.11).

use crate::attribute::udf::VatLvExtension;
use crate::file::{FileType, IcbFlags};
use crate::partition::{VatForm, VatHeader, VirtualAllocationTable};
use crate::{EntityId, Error};

use super::{BLOCK_SIZE, Contents, DataExtent, Entry, EntryTimes, VolumeStructures};

impl VolumeStructures {
    /// The table with these entries, in the form of the revision. It names the state before: `previous` is the block
    /// of that one's ICB, [`VirtualAllocationTable::NONE`] if there is none.
    #[must_use]
    pub fn virtual_allocation_table(&self, entries: Vec<u32>, previous: u32) -> VirtualAllocationTable {
        let header = match self.vat_form() {
            VatForm::Revision150 => VatHeader::Revision150 {
                identifier: EntityId::udf(EntityId::VIRTUAL_ALLOCATION_TABLE, self.form.suffix()),
            },
            VatForm::Revision200 => VatHeader::Revision200 {
                logical_volume_identifier: self.identifiers.logical_volume,
                files: self.counts.files,
                directories: self.counts.directories,
                minimum_read_revision: self.form.minimum_read_revision(),
                minimum_write_revision: self.form.revision(),
                maximum_write_revision: self.form.revision(),
                implementation_use: Vec::new(),
            },
        };
        VirtualAllocationTable { header, previous, entries }
    }

    /// Appends the ICB of the table, 1 block, for `block` of the physical partition. `table` is its content, which is in
    /// the ICB if [`vat_blocks`](Self::vat_blocks) is 0, and else begins at block `content`.
    ///
    /// # Errors
    /// None but those of the encoders, for whose structures the blocks are made.
    pub fn append_vat_icb(
        &self,
        block: u32,
        table: &[u8],
        content: u32,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let form = self.form.physical();
        let entry = Entry {
            file_type: match self.vat_form() {
                VatForm::Revision150 => FileType::UNSPECIFIED,
                VatForm::Revision200 => FileType::VIRTUAL_ALLOCATION_TABLE,
            },
            mode: 0,
            uid: u32::MAX,
            gid: u32::MAX,
            // It is in no directory.
            links: 0,
            modified: self.recorded,
            times: EntryTimes::default(),
            unique_id: 0,
            device: None,
            streams: None,
            is_stream: false,
            flags: IcbFlags::empty(),
        };
        let contents = match self.vat_blocks(table.len()) {
            0 => Contents::Embedded(table),
            _ => Contents::Structures(DataExtent { block: content, len: table.len() as u64 }),
        };
        let mut attribute = Vec::new();
        if let VatForm::Revision150 = self.vat_form() {
            VatLvExtension {
                verification_id: entry.unique_id,
                files: self.counts.files,
                directories: self.counts.directories,
                logical_volume_identifier: self.identifiers.logical_volume,
            }
            .encode(self.form.suffix(), &mut attribute)?;
        }
        entry.append_with(form, block.into(), &attribute, contents, out)
    }

    /// Blocks beside the ICB that a table of so many bytes takes.
    #[must_use]
    pub fn vat_blocks(&self, len: usize) -> u32 {
        // Linux 6.1 mounts no volume whose table is in an ICB beside extended attributes, as UDF 1.50 has them.
        let fits = self.form.is_third_edition() && len <= self.form.room();
        if fits { 0 } else { len.div_ceil(BLOCK_SIZE) as u32 }
    }

    fn vat_form(&self) -> VatForm {
        if self.form.is_third_edition() { VatForm::Revision200 } else { VatForm::Revision150 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::{ExtendedAttributeSpace, ImplementationUse};
    use crate::file::{AllocationType, ExtendedFileEntry, FileEntry};
    use crate::volume::{
        AccessType, IntegrityType, LogicalVolumeIntegrityDescriptor, PartitionMap, VolumeDescriptor,
    };
    use crate::write::volume::tests::structures;
    use crate::write::{Access, Form, StructurePartition};
    use crate::{Descriptor, Revision};

    fn volume(revision: Revision) -> VolumeStructures {
        let form = Form::new(revision, StructurePartition::Virtual).unwrap();
        VolumeStructures { form, access: Access::WriteOnce, ..structures(revision, false) }
    }

    #[test]
    fn a_small_table_is_in_its_icb() {
        let volume = volume(Revision::V2_00);
        let table = volume.virtual_allocation_table(vec![7, 8], 99);
        let bytes = table.bytes().unwrap();
        let mut out = Vec::new();
        volume.append_vat_icb(500, &bytes, 0, &mut out).unwrap();
        let entry = ExtendedFileEntry::parse(&out).unwrap();
        assert_eq!((entry.tag.location, out.len()), (500, 2048));
        let parsed = VirtualAllocationTable::parse(entry.allocation_descriptors, VatForm::Revision200);
        assert_eq!(parsed, Ok(table));
    }

    #[test]
    fn a_table_of_1_50_has_counts_and_label_in_an_attribute() {
        let volume = volume(Revision::V1_50);
        let bytes = volume.virtual_allocation_table(vec![7, 8], 99).bytes().unwrap();
        let mut out = Vec::new();
        volume.append_vat_icb(500, &bytes, 450, &mut out).unwrap();
        let entry = FileEntry::parse(&out).unwrap();
        assert_eq!((entry.tag.location, entry.icb_tag.file_type), (500, FileType::UNSPECIFIED));
        assert_eq!(entry.allocation_descriptors, [44, 0, 0, 0, 0xc2, 1, 0, 0]);
        let space = ExtendedAttributeSpace::parse(entry.extended_attributes).unwrap();
        let attribute = space.iter().next().unwrap().unwrap();
        let extension = VatLvExtension::parse(&ImplementationUse::parse(&attribute).unwrap()).unwrap();
        assert_eq!(extension.logical_volume_identifier.text().unwrap(), "LABEL");
        assert_eq!((extension.files, extension.directories), (3, 2));
        assert_eq!(extension.verification_id, entry.unique_id);
    }

    #[test]
    fn a_large_one_lies_before() {
        let volume = volume(Revision::V2_00);
        let table = volume.virtual_allocation_table(vec![1; 421], VirtualAllocationTable::NONE);
        let bytes = table.bytes().unwrap();
        assert_eq!((bytes.len(), volume.vat_blocks(bytes.len())), (1836, 1));
        let mut out = Vec::new();
        volume.append_vat_icb(500, &bytes, 450, &mut out).unwrap();
        let entry = ExtendedFileEntry::parse(&out).unwrap();
        assert_eq!(entry.icb_tag.file_type, FileType::VIRTUAL_ALLOCATION_TABLE);
        assert_eq!(entry.icb_tag.flags.allocation(), AllocationType::Short);
        assert_eq!(entry.allocation_descriptors, [0x2c, 7, 0, 0, 0xc2, 1, 0, 0]);
        let VatHeader::Revision200 { files, directories, .. } = table.header else { panic!("{table:?}") };
        assert_eq!((files, directories), (volume.counts.files, volume.counts.directories));
    }

    #[test]
    fn the_descriptors_of_a_volume_that_grows() {
        let volume = volume(Revision::V2_01);
        let mut bytes = Vec::new();
        volume.append_sequence(32, &mut bytes).unwrap();
        let found = |at: usize| VolumeDescriptor::parse(&bytes[at * 2048..]).unwrap().unwrap();
        let VolumeDescriptor::Partition(partition) = found(2) else { panic!() };
        assert_eq!(partition.access_type, AccessType::WRITE_ONCE);
        let VolumeDescriptor::LogicalVolume(logical) = found(3) else { panic!() };
        assert!(matches!(
            logical.partition_maps[..],
            [PartitionMap::Physical { .. }, PartitionMap::Virtual { partition_number: 0, .. }]
        ));
        assert_eq!((logical.file_set.partition, logical.file_set.length_and_type), (1, 2048));
        bytes.clear();
        volume.append_integrity(&mut bytes).unwrap();
        let integrity = LogicalVolumeIntegrityDescriptor::parse(&bytes).unwrap();
        assert_eq!(integrity.integrity_type, IntegrityType::OPEN);
        assert_eq!((integrity.sizes, integrity.free_space), (vec![1000, u32::MAX], vec![u32::MAX; 2]));
    }
}
