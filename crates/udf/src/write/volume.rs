use crate::volume::{
    AccessType, AnchorVolumeDescriptorPointer, ImplementationUse, ImplementationUseVolumeDescriptor,
    IntegrityType, LogicalVolumeDescriptor, LogicalVolumeIntegrityDescriptor, LvInformation,
    LvidImplementationUse, MetadataFlags, PartitionDescriptor, PartitionFlags, PartitionHeaderDescriptor,
    PartitionMap, PrimaryVolumeDescriptor, PrimaryVolumeFlags, StandardId, TerminatingDescriptor,
    UnallocatedSpaceDescriptor, VolumeStructureDescriptor,
};
use crate::{
    CharSpec, DString, Descriptor, DomainFlags, DomainSuffix, EntityId, Error, ExtentAd, LongAd, ShortAd,
    Tag, TagId, Timestamp,
};

use super::form::developer;
use super::{BLOCK_SIZE, Form, SpaceBitmap};

/// Serial number in all descriptor tags (ECMA-167 3/7.2.5). A volume is made as a whole.
pub(super) const SERIAL: u16 = 1;

/// Blocks of a volume descriptor sequence: the least that ECMA-167 3/10.2.2 allows.
pub const SEQUENCE_BLOCKS: u32 = 16;

/// Blocks of the integrity sequence: 8 KiB, the least for volumes that are changed (UDF 2.2.4.6).
pub const INTEGRITY_BLOCKS: u32 = 4;

/// Free blocks, or blocks, that nobody counts (ECMA-167 3/10.10.7, UDF 2.2.6.2).
const UNKNOWN: u32 = u32::MAX;

/// Bytes behind the tag in all volume descriptors of fixed length.
const FIXED: u16 = 512 - Tag::SIZE as u16;

/// Identifiers of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeIdentifiers {
    /// Volume identifier.
    pub volume: DString<32>,
    /// Logical volume identifier: the label that users see.
    pub logical_volume: DString<128>,
    /// Volume set identifier; its first 16 characters are unique to the set (UDF 2.2.2.5).
    pub volume_set: DString<128>,
    /// File set identifier.
    pub file_set: DString<32>,
    /// Application identifier (ECMA-167 3/10.1.17); `None` is this implementation's.
    pub application: Option<EntityId>,
    /// Copyright file identifier (4/14.1.13).
    pub copyright_file: DString<32>,
    /// Abstract file identifier (4/14.1.14).
    pub abstract_file: DString<32>,
    /// Owner, organization and contact (UDF 2.2.7.2.3).
    pub information: [DString<36>; 3],
}

/// Whether a volume can be changed once it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Partition access type 1. Nothing is said about free space.
    ReadOnly,
    /// Partition access type 2: the volume grows by virtual allocation tables. Nothing is said about free space, and
    /// the integrity descriptor stays open for ever: the table has the counts of the present state.
    WriteOnce,
    /// Partition access type 4, with a space bitmap.
    Overwritable {
        /// First block of the bitmap, in the partition.
        bitmap: u32,
        /// What it says.
        space: SpaceBitmap,
    },
}

/// The files that a metadata partition consists of (UDF 2.2.10). All blocks are those of the physical
/// partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetadataFiles {
    /// ICB of the metadata file.
    pub icb: u32,
    /// First block of its only extent.
    pub start: u32,
    /// Blocks of the extent: those of the metadata partition.
    pub blocks: u32,
    /// ICB of the mirror file.
    pub mirror_icb: u32,
    /// First block of the mirror's extent; that of the metadata file where nothing is kept twice.
    pub mirror_start: u32,
    /// Blocks at the end of the metadata partition that are free.
    pub free: u32,
    /// The metadata bitmap file, in volumes that can be changed: its ICB and its first block.
    pub bitmap: Option<(u32, u32)>,
}

impl MetadataFiles {
    /// Blocks that metadata extents are a multiple of, and begin at a multiple of: an ECC block of BD.
    pub const UNIT: u32 = 32;
}

/// What the integrity descriptor counts (UDF 2.2.6.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files; hard links count once.
    pub files: u32,
    /// Directories, with the root.
    pub directories: u32,
    /// The next unique id.
    pub next_unique_id: u64,
}

/// All that the structures of a volume say. Blocks are absolute but where something else is said.
#[derive(Clone, Debug)]
pub struct VolumeStructures {
    /// Revision, and whether there is a metadata partition.
    pub form: Form,
    /// Identifiers.
    pub identifiers: VolumeIdentifiers,
    /// When the volume was made.
    pub recorded: Timestamp,
    /// Whether it can be changed.
    pub access: Access,
    /// First block of the main volume descriptor sequence.
    pub main: u32,
    /// First block of the reserve sequence.
    pub reserve: u32,
    /// First block of the integrity sequence.
    pub integrity: u32,
    /// The partition number. Partition maps refer to it; addresses refer to the maps.
    pub partition_number: u16,
    /// First block of the partition.
    pub partition_start: u32,
    /// Blocks of the partition.
    pub partition_blocks: u32,
    /// The metadata partition, where the form has one.
    pub metadata: Option<MetadataFiles>,
    /// Block of the file set descriptor in the partition that structures lie in; one block of terminating
    /// descriptor follows.
    pub file_set: u32,
    /// Block of the root's ICB in the same partition.
    pub root: u32,
    /// What the volume holds.
    pub counts: Counts,
}

impl VolumeStructures {
    /// Appends the volume recognition sequence behind the descriptors of ISO 9660: 3 blocks (ECMA-167 2/9,
    /// UDF 2.1.7).
    ///
    /// # Errors
    /// None but those of the encoders, for whose structures the blocks are made.
    pub fn append_recognition(form: Form, out: &mut Vec<u8>) -> Result<(), Error> {
        for standard in [StandardId::BEA01, form.standard(), StandardId::TEA01] {
            VolumeStructureDescriptor::new(standard).encode(next_block(out))?;
        }
        Ok(())
    }

    /// Appends an anchor for the block `location`.
    ///
    /// # Errors
    /// As [`VolumeStructures::append_recognition`].
    pub fn append_anchor(&self, location: u32, out: &mut Vec<u8>) -> Result<(), Error> {
        let length = SEQUENCE_BLOCKS * BLOCK_SIZE as u32;
        AnchorVolumeDescriptorPointer {
            tag: self.tag(TagId::ANCHOR_VOLUME_POINTER, location, FIXED),
            main: ExtentAd { length, location: self.main },
            reserve: ExtentAd { length, location: self.reserve },
        }
        .encode(next_block(out))
    }

    /// Appends a volume descriptor sequence for the blocks from `location` on: [`SEQUENCE_BLOCKS`].
    ///
    /// # Errors
    /// As [`VolumeStructures::append_recognition`].
    pub fn append_sequence(&self, location: u32, out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        self.primary(location).encode(next_block(out))?;
        self.implementation_use(location.saturating_add(1)).encode(next_block(out))?;
        self.partition(location.saturating_add(2)).encode(next_block(out))?;
        self.logical_volume(location.saturating_add(3))?.encode(next_block(out))?;
        UnallocatedSpaceDescriptor {
            tag: self.tag(TagId::UNALLOCATED_SPACE, location.saturating_add(4), 8),
            sequence_number: 5,
            extents: Vec::new(),
        }
        .encode(next_block(out))?;
        let tag = self.tag(TagId::TERMINATING, location.saturating_add(5), FIXED);
        TerminatingDescriptor { tag }.encode(next_block(out))?;
        out.resize(start + SEQUENCE_BLOCKS as usize * BLOCK_SIZE, 0);
        Ok(())
    }

    /// Appends the integrity sequence: [`INTEGRITY_BLOCKS`].
    ///
    /// # Errors
    /// As [`VolumeStructures::append_recognition`].
    pub fn append_integrity(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        let mut free_space = vec![match &self.access {
            Access::ReadOnly => 0,
            Access::WriteOnce => UNKNOWN,
            Access::Overwritable { space, .. } => space.free_blocks(),
        }];
        let mut sizes = vec![self.partition_blocks];
        if let Some(metadata) = &self.metadata {
            free_space.push(if metadata.bitmap.is_some() { metadata.free } else { 0 });
            sizes.push(metadata.blocks);
        }
        if self.form.has_virtual_partition() {
            free_space.push(UNKNOWN);
            sizes.push(UNKNOWN);
        }
        let revision = self.form.revision();
        let length = 80 + 8 * sizes.len() as u16 + 46 - Tag::SIZE as u16;
        LogicalVolumeIntegrityDescriptor {
            tag: self.tag(TagId::LOGICAL_VOLUME_INTEGRITY, self.integrity, length),
            recording_time: self.recorded,
            integrity_type: match self.access {
                Access::WriteOnce => IntegrityType::OPEN,
                _ => IntegrityType::CLOSE,
            },
            next: ExtentAd::default(),
            unique_id: self.counts.next_unique_id,
            free_space,
            sizes,
            implementation_use: LvidImplementationUse {
                implementation_identifier: developer(),
                files: self.counts.files,
                directories: self.counts.directories,
                minimum_read_revision: self.form.minimum_read_revision(),
                minimum_write_revision: revision,
                maximum_write_revision: revision,
                rest: Vec::new(),
            },
        }
        .encode(next_block(out))?;
        let tag = self.tag(TagId::TERMINATING, self.integrity.saturating_add(1), FIXED);
        TerminatingDescriptor { tag }.encode(next_block(out))?;
        out.resize(start + INTEGRITY_BLOCKS as usize * BLOCK_SIZE, 0);
        Ok(())
    }

    /// Blocks that are read for the file set descriptor: with the terminating descriptor, but an extent of a virtual
    /// partition is one block.
    fn file_set_blocks(&self) -> u32 {
        if self.form.has_virtual_partition() { 1 } else { 2 }
    }

    pub(super) fn tag(&self, id: TagId, location: u32, crc_length: u16) -> Tag {
        Tag { id, version: self.form.tag_version(), serial: SERIAL, crc_length, location }
    }

    /// `*OSTA UDF Compliant`. The access type says who may change the volume: flags that forbid it would also
    /// keep others from appending a session of their own.
    pub(super) fn domain(&self) -> EntityId {
        EntityId::domain(DomainSuffix { revision: self.form.revision(), flags: DomainFlags::empty() })
    }

    fn primary(&self, location: u32) -> PrimaryVolumeDescriptor {
        PrimaryVolumeDescriptor {
            tag: self.tag(TagId::PRIMARY_VOLUME, location, FIXED),
            sequence_number: 1,
            number: 0,
            volume_identifier: self.identifiers.volume,
            volume_sequence_number: 1,
            maximum_volume_sequence_number: 1,
            interchange_level: 2,
            maximum_interchange_level: 3,
            character_set_list: 1,
            maximum_character_set_list: 1,
            volume_set_identifier: self.identifiers.volume_set,
            descriptor_character_set: CharSpec::OSTA_CS0,
            explanatory_character_set: CharSpec::OSTA_CS0,
            volume_abstract: ExtentAd::default(),
            volume_copyright_notice: ExtentAd::default(),
            application_identifier: self.identifiers.application.unwrap_or_else(developer),
            recording_time: self.recorded,
            implementation_identifier: developer(),
            implementation_use: [0; 64],
            predecessor: 0,
            flags: PrimaryVolumeFlags::empty(),
        }
    }

    fn implementation_use(&self, location: u32) -> ImplementationUseVolumeDescriptor {
        ImplementationUseVolumeDescriptor {
            tag: self.tag(TagId::IMPLEMENTATION_USE_VOLUME, location, FIXED),
            sequence_number: 2,
            implementation_identifier: EntityId::udf(EntityId::LV_INFO, self.form.suffix()),
            implementation_use: ImplementationUse::LvInformation(LvInformation {
                character_set: CharSpec::OSTA_CS0,
                logical_volume_identifier: self.identifiers.logical_volume,
                information: self.identifiers.information,
                implementation_identifier: developer(),
                implementation_use: [0; 128],
            }),
        }
    }

    fn partition(&self, location: u32) -> PartitionDescriptor {
        let (access_type, unallocated_space_bitmap) = match &self.access {
            Access::ReadOnly => (AccessType::READ_ONLY, ShortAd::default()),
            Access::WriteOnce => (AccessType::WRITE_ONCE, ShortAd::default()),
            Access::Overwritable { bitmap, .. } => {
                // 512 MiB for the largest partition, so this is far below 2^30.
                let len = SpaceBitmap::len(self.partition_blocks).next_multiple_of(BLOCK_SIZE as u64) as u32;
                (AccessType::OVERWRITABLE, ShortAd { length_and_type: len, position: *bitmap })
            }
        };
        PartitionDescriptor {
            tag: self.tag(TagId::PARTITION, location, FIXED),
            sequence_number: 3,
            flags: PartitionFlags::ALLOCATED,
            number: self.partition_number,
            contents: self.form.contents(),
            header: PartitionHeaderDescriptor {
                unallocated_space_bitmap,
                ..PartitionHeaderDescriptor::default()
            },
            access_type,
            start: self.partition_start,
            length: self.partition_blocks,
            implementation_identifier: developer(),
            implementation_use: [0; 128],
        }
    }

    fn logical_volume(&self, location: u32) -> Result<LogicalVolumeDescriptor, Error> {
        let mut partition_maps = vec![PartitionMap::Physical {
            volume_sequence_number: 1,
            partition_number: self.partition_number,
        }];
        if let Some(metadata) = &self.metadata {
            partition_maps.push(PartitionMap::Metadata {
                identifier: EntityId::udf(EntityId::METADATA_PARTITION, self.form.suffix()),
                volume_sequence_number: 1,
                partition_number: self.partition_number,
                file: metadata.icb,
                mirror_file: metadata.mirror_icb,
                bitmap_file: metadata.bitmap.map_or(u32::MAX, |(icb, _)| icb),
                allocation_unit: MetadataFiles::UNIT,
                alignment_unit: MetadataFiles::UNIT as u16,
                flags: if metadata.mirror_start == metadata.start {
                    MetadataFlags::empty()
                } else {
                    MetadataFlags::DUPLICATE_METADATA
                },
            });
        }
        if self.form.has_virtual_partition() {
            partition_maps.push(PartitionMap::Virtual {
                identifier: EntityId::udf(EntityId::VIRTUAL_PARTITION, self.form.suffix()),
                volume_sequence_number: 1,
                partition_number: self.partition_number,
            });
        }
        let mut maps = 0;
        for map in &partition_maps {
            maps += map.bytes()?.len() as u16;
        }
        Ok(LogicalVolumeDescriptor {
            tag: self.tag(TagId::LOGICAL_VOLUME, location, 440 + maps - Tag::SIZE as u16),
            sequence_number: 4,
            descriptor_character_set: CharSpec::OSTA_CS0,
            identifier: self.identifiers.logical_volume,
            block_size: BLOCK_SIZE as u32,
            domain_identifier: self.domain(),
            file_set: LongAd {
                length_and_type: self.file_set_blocks() * BLOCK_SIZE as u32,
                block: self.file_set,
                partition: self.form.structure_partition(),
                implementation_use: [0; 6],
            },
            implementation_identifier: developer(),
            implementation_use: [0; 128],
            integrity_sequence: ExtentAd {
                length: INTEGRITY_BLOCKS * BLOCK_SIZE as u32,
                location: self.integrity,
            },
            partition_maps,
        })
    }
}

/// A block of zeros at the end of `out`.
pub(super) fn next_block(out: &mut Vec<u8>) -> &mut [u8] {
    let start = out.len();
    out.resize(start + BLOCK_SIZE, 0);
    &mut out[start..]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Revision;
    use crate::volume::VolumeDescriptor;
    use crate::write::StructurePartition;

    /// A volume of which the tests need the parts.
    pub(crate) fn structures(revision: Revision, metadata: bool) -> VolumeStructures {
        let kind = if metadata { StructurePartition::Metadata } else { StructurePartition::Physical };
        VolumeStructures {
            form: Form::new(revision, kind).unwrap(),
            identifiers: VolumeIdentifiers {
                volume: DString::new("LABEL").unwrap(),
                logical_volume: DString::new("LABEL").unwrap(),
                volume_set: DString::new("0000000000000000LABEL").unwrap(),
                file_set: DString::new("LABEL").unwrap(),
                application: Some(EntityId::new(b"*Maker")),
                copyright_file: DString::new("COPYING").unwrap(),
                abstract_file: DString::new("README").unwrap(),
                information: ["Ada", "ACM", "+1"].map(|text| DString::new(text).unwrap()),
            },
            recorded: Timestamp::from_unix(1_700_000_000, 0, 0).unwrap(),
            access: Access::ReadOnly,
            main: 32,
            reserve: 240,
            integrity: 64,
            partition_number: 0,
            partition_start: 288,
            partition_blocks: 1000,
            metadata: metadata.then_some(MetadataFiles {
                icb: 0,
                start: 32,
                blocks: 64,
                mirror_icb: 999,
                mirror_start: 928,
                free: 3,
                bitmap: None,
            }),
            file_set: 0,
            root: 2,
            counts: Counts { files: 3, directories: 2, next_unique_id: 40 },
        }
    }

    fn sequence(structures: &VolumeStructures, at: u32) -> Vec<VolumeDescriptor> {
        let mut bytes = Vec::new();
        structures.append_sequence(at, &mut bytes).unwrap();
        assert_eq!(bytes.len(), 16 * 2048);
        let found: Vec<_> = bytes[..6 * 2048]
            .chunks(2048)
            .map(|block| VolumeDescriptor::parse(block).unwrap().unwrap())
            .collect();
        for (descriptor, location) in found.iter().zip(at..) {
            descriptor.tag().check_location(location).unwrap();
        }
        found
    }

    #[test]
    fn a_volume_of_2_60() {
        let structures = structures(Revision::V2_60, true);
        let main = sequence(&structures, 32);
        let ids: Vec<_> = main.iter().map(|descriptor| descriptor.tag().id.0).collect();
        assert_eq!(ids, [1, 4, 5, 6, 7, 8]);
        assert!(main.iter().all(|descriptor| descriptor.tag().version == 3));
        let VolumeDescriptor::Primary(primary) = &main[0] else { panic!() };
        assert!(primary.application_identifier.is(b"*Maker"));
        assert!(primary.implementation_identifier.is(b"*fsimage"));
        let VolumeDescriptor::ImplementationUse(described) = &main[1] else { panic!() };
        let ImplementationUse::LvInformation(described) = &described.implementation_use else { panic!() };
        assert_eq!(described.information.map(|text| text.text().unwrap()), ["Ada", "ACM", "+1"]);
        let VolumeDescriptor::LogicalVolume(volume) = &main[3] else { panic!() };
        assert_eq!(volume.domain_identifier.domain_suffix().revision, Revision::V2_60);
        assert_eq!((volume.partition_maps.len(), volume.file_set.partition), (2, 1));
        let VolumeDescriptor::Partition(partition) = &main[2] else { panic!() };
        assert_eq!((partition.access_type, partition.length), (AccessType::READ_ONLY, 1000));
        assert!(partition.contents.is(b"+NSR03"));
        assert_eq!(sequence(&structures, 240).len(), 6);

        let mut bytes = Vec::new();
        structures.append_integrity(&mut bytes).unwrap();
        let integrity = LogicalVolumeIntegrityDescriptor::parse(&bytes).unwrap();
        assert_eq!((integrity.sizes, integrity.free_space), (vec![1000, 64], vec![0, 0]));
        assert_eq!(integrity.implementation_use.minimum_read_revision, Revision::V2_50);
        assert_eq!(bytes.len(), 4 * 2048);

        bytes.clear();
        structures.append_anchor(256, &mut bytes).unwrap();
        let anchor = AnchorVolumeDescriptorPointer::parse(&bytes).unwrap();
        assert_eq!((anchor.main.location, anchor.reserve.location), (32, 240));
    }

    #[test]
    fn a_volume_of_1_02_that_can_be_changed() {
        let mut structures = structures(Revision::V1_02, false);
        let space = SpaceBitmap { blocks: 1000, free: std::iter::once(900..1000).collect() };
        structures.access = Access::Overwritable { bitmap: 899, space };
        let main = sequence(&structures, 32);
        let VolumeDescriptor::Partition(partition) = &main[2] else { panic!() };
        assert_eq!(partition.access_type, AccessType::OVERWRITABLE);
        let bitmap = ShortAd { length_and_type: 2048, position: 899 };
        assert_eq!(partition.header.unallocated_space_bitmap, bitmap);
        let mut bytes = Vec::new();
        structures.append_integrity(&mut bytes).unwrap();
        let integrity = LogicalVolumeIntegrityDescriptor::parse(&bytes).unwrap();
        assert_eq!((integrity.free_space, integrity.unique_id), (vec![100], 40));
        assert_eq!(integrity.integrity_type, IntegrityType::CLOSE);
        bytes.clear();
        VolumeStructures::append_recognition(structures.form, &mut bytes).unwrap();
        let ids: Vec<_> = bytes.chunks(2048).map(|block| block[1..6].to_vec()).collect();
        assert_eq!(ids, [b"BEA01", b"NSR02", b"TEA01"]);
    }
}
