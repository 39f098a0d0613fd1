//! Small volumes, block by block: also those that no writer makes.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub, reason = "each test uses what it needs")]

use fsimage_udf::attribute::ExtendedAttributeSpace;
use fsimage_udf::file::{
    AllocationType, ExtendedFileEntry, FileCharacteristics, FileEntry, FileIdentifierDescriptor,
    FileSetDescriptor, FileType, IcbFlags, IcbTag, Permissions, Strategy,
};
use fsimage_udf::partition::{VatHeader, VirtualAllocationTable};
use fsimage_udf::volume::{
    AccessType, AnchorVolumeDescriptorPointer, IntegrityType, LogicalVolumeDescriptor,
    LogicalVolumeIntegrityDescriptor, LvidImplementationUse, PartitionDescriptor, PartitionFlags,
    PartitionHeaderDescriptor, PartitionMap, PrimaryVolumeDescriptor, PrimaryVolumeFlags, StandardId,
    TerminatingDescriptor, VolumeStructureDescriptor,
};
use fsimage_udf::{
    CharSpec, DString, Descriptor, DomainFlags, DomainSuffix, EntityId, ExtentAd, LongAd, OsClass, Revision,
    Tag, TagId, Timestamp, UdfSuffix, cs0,
};
use sector_io::MemorySectors;

/// First block of the partition, whatever the block size.
pub const START: u32 = 300;
/// Blocks of the partition.
pub const LENGTH: u32 = 400;
const MAIN: u32 = 160;
const RESERVE: u32 = 180;
const INTEGRITY: u32 = 200;

pub struct Craft {
    pub size: usize,
    pub revision: Revision,
    pub image: Vec<u8>,
}

/// What an entry says, with what most entries say.
#[derive(Clone)]
pub struct Node {
    pub file_type: FileType,
    pub allocation: AllocationType,
    pub area: Vec<u8>,
    pub len: u64,
    pub links: u16,
    pub strategy: Strategy,
    pub attributes: Vec<u8>,
    pub streams: LongAd,
    pub unique_id: u64,
    pub is_extended: bool,
    pub flags: IcbFlags,
    pub owner: (u32, u32),
}

impl Node {
    pub fn embedded(file_type: FileType, content: &[u8]) -> Node {
        Node {
            file_type,
            allocation: AllocationType::Embedded,
            area: content.to_vec(),
            len: content.len() as u64,
            links: 1,
            strategy: Strategy::DIRECT,
            attributes: Vec::new(),
            streams: LongAd::default(),
            unique_id: 16,
            is_extended: false,
            flags: IcbFlags::empty(),
            owner: (u32::MAX, u32::MAX),
        }
    }

    pub fn short(file_type: FileType, len: u64, extents: &[(u32, u32)]) -> Node {
        let area = extents.iter().flat_map(|(length, block)| short(*length, *block)).collect();
        Node { allocation: AllocationType::Short, area, len, ..Node::embedded(file_type, &[]) }
    }

    pub fn long(file_type: FileType, len: u64, extents: &[LongAd]) -> Node {
        let area = extents.iter().flat_map(long_bytes).collect();
        Node { allocation: AllocationType::Long, area, len, ..Node::embedded(file_type, &[]) }
    }

    /// With these extended attributes, as their `encode` appends them.
    pub fn with_attributes(self, attributes: &[u8]) -> Node {
        let tag =
            Tag { id: TagId::EXTENDED_ATTRIBUTE_HEADER, version: 2, serial: 0, crc_length: 8, location: 0 };
        let mut space = Vec::new();
        ExtendedAttributeSpace::arrange(tag, attributes, &mut space).unwrap();
        Node { attributes: space, ..self }
    }
}

pub fn short(length_and_type: u32, block: u32) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&length_and_type.to_le_bytes());
    bytes[4..].copy_from_slice(&block.to_le_bytes());
    bytes
}

pub fn long_bytes(ad: &LongAd) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&short(ad.length_and_type, ad.block));
    bytes[8..10].copy_from_slice(&ad.partition.to_le_bytes());
    bytes[10..].copy_from_slice(&ad.implementation_use);
    bytes
}

pub fn time(second: u8) -> Timestamp {
    Timestamp { type_and_zone: 0x1000, year: 2020, month: 1, day: 2, second, ..Timestamp::default() }
}

impl Craft {
    pub fn new(size: usize, revision: Revision) -> Craft {
        let blocks = (START + LENGTH + 1).next_multiple_of(8) as usize;
        Craft { size, revision, image: vec![0; blocks * size] }
    }

    pub fn blocks(&self) -> u32 {
        (self.image.len() / self.size) as u32
    }

    /// A block of the volume.
    pub fn block(&mut self, block: u32) -> &mut [u8] {
        &mut self.image[block as usize * self.size..(block as usize + 1) * self.size]
    }

    pub fn write(&mut self, block: u32, bytes: &[u8]) {
        let at = block as usize * self.size;
        self.image[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub fn tag(&self, id: TagId, location: u32, crc_length: usize) -> Tag {
        let version = if self.revision < Revision::V2_00 { 2 } else { 3 };
        Tag { id, version, serial: 0, crc_length: crc_length as u16, location }
    }

    /// A block in a partition.
    pub fn ad(&self, partition: u16, block: u32) -> LongAd {
        LongAd { length_and_type: self.size as u32, block, partition, implementation_use: [0; 6] }
    }

    pub fn anchor(&mut self, block: u32) {
        let length = 16 * self.size as u32;
        let anchor = AnchorVolumeDescriptorPointer {
            tag: self.tag(TagId::ANCHOR_VOLUME_POINTER, block, 496),
            main: ExtentAd { length, location: MAIN },
            reserve: ExtentAd { length, location: RESERVE },
        };
        anchor.encode(self.block(block)).unwrap();
    }

    /// Everything but what is in the partition.
    pub fn describe(&mut self, maps: Vec<PartitionMap>, file_set: LongAd) {
        let standard = if self.revision < Revision::V2_00 { StandardId::NSR02 } else { StandardId::NSR03 };
        let step = self.size.max(2048);
        for (number, standard) in [StandardId::BEA01, standard, StandardId::TEA01].into_iter().enumerate() {
            let at = 32_768 + number * step;
            VolumeStructureDescriptor::new(standard).encode(&mut self.image[at..at + 2048]).unwrap();
        }
        self.anchor(256);
        self.anchor(self.blocks() - 1);
        for start in [MAIN, RESERVE] {
            self.sequence(start, &maps, file_set);
        }
        let maps = maps.len();
        let integrity = LogicalVolumeIntegrityDescriptor {
            tag: self.tag(TagId::LOGICAL_VOLUME_INTEGRITY, INTEGRITY, 80 - 16 + maps * 8 + 46),
            recording_time: time(9),
            integrity_type: IntegrityType::CLOSE,
            next: ExtentAd::default(),
            unique_id: 100,
            free_space: vec![0; maps],
            sizes: vec![LENGTH; maps],
            implementation_use: LvidImplementationUse {
                implementation_identifier: EntityId::new(b"*test"),
                files: 1,
                directories: 1,
                minimum_read_revision: self.revision,
                minimum_write_revision: self.revision,
                maximum_write_revision: self.revision,
                rest: Vec::new(),
            },
        };
        integrity.encode(self.block(INTEGRITY)).unwrap();
    }

    fn sequence(&mut self, start: u32, maps: &[PartitionMap], file_set: LongAd) {
        let implementation_identifier = EntityId::new(b"*test");
        let primary = PrimaryVolumeDescriptor {
            tag: self.tag(TagId::PRIMARY_VOLUME, start, 496),
            sequence_number: 1,
            number: 0,
            volume_identifier: DString::new("test").unwrap(),
            volume_sequence_number: 1,
            maximum_volume_sequence_number: 1,
            interchange_level: 2,
            maximum_interchange_level: 3,
            character_set_list: 1,
            maximum_character_set_list: 1,
            volume_set_identifier: DString::new("0123456789abcdef").unwrap(),
            descriptor_character_set: CharSpec::OSTA_CS0,
            explanatory_character_set: CharSpec::OSTA_CS0,
            volume_abstract: ExtentAd::default(),
            volume_copyright_notice: ExtentAd::default(),
            application_identifier: EntityId::NONE,
            recording_time: time(8),
            implementation_identifier,
            implementation_use: [0; 64],
            predecessor: 0,
            flags: PrimaryVolumeFlags::empty(),
        };
        primary.encode(self.block(start)).unwrap();
        let table: usize = maps.iter().map(|map| map.bytes().unwrap().len()).sum();
        let suffix = DomainSuffix { revision: self.revision, flags: DomainFlags::empty() };
        let logical = LogicalVolumeDescriptor {
            tag: self.tag(TagId::LOGICAL_VOLUME, start + 1, 440 - 16 + table),
            sequence_number: 2,
            descriptor_character_set: CharSpec::OSTA_CS0,
            identifier: DString::new("label").unwrap(),
            block_size: self.size as u32,
            domain_identifier: EntityId::domain(suffix),
            file_set,
            implementation_identifier,
            implementation_use: [0; 128],
            integrity_sequence: ExtentAd { length: self.size as u32, location: INTEGRITY },
            partition_maps: maps.to_vec(),
        };
        logical.encode(self.block(start + 1)).unwrap();
        let contents = if self.revision < Revision::V2_00 { EntityId::NSR02 } else { EntityId::NSR03 };
        let partition = PartitionDescriptor {
            tag: self.tag(TagId::PARTITION, start + 2, 496),
            sequence_number: 3,
            flags: PartitionFlags::ALLOCATED,
            // Not the index of its map.
            number: 7,
            contents: EntityId::new(contents),
            header: PartitionHeaderDescriptor::default(),
            access_type: AccessType::OVERWRITABLE,
            start: START,
            length: LENGTH,
            implementation_identifier,
            implementation_use: [0; 128],
        };
        partition.encode(self.block(start + 2)).unwrap();
        let end = TerminatingDescriptor { tag: self.tag(TagId::TERMINATING, start + 3, 496) };
        end.encode(self.block(start + 3)).unwrap();
    }

    /// A file set whose root directory is `root`, in a block of the volume that has the logical address
    /// `location`.
    pub fn file_set(&mut self, block: u32, location: u32, root: LongAd, streams: LongAd) {
        let suffix = DomainSuffix { revision: self.revision, flags: DomainFlags::empty() };
        let file_set = FileSetDescriptor {
            tag: self.tag(TagId::FILE_SET, location, 496),
            recording_time: time(7),
            interchange_level: 3,
            maximum_interchange_level: 3,
            character_set_list: 1,
            maximum_character_set_list: 1,
            file_set_number: 0,
            file_set_descriptor_number: 0,
            logical_volume_identifier_character_set: CharSpec::OSTA_CS0,
            logical_volume_identifier: DString::new("label").unwrap(),
            file_set_character_set: CharSpec::OSTA_CS0,
            file_set_identifier: DString::new("set").unwrap(),
            copyright_file_identifier: DString::default(),
            abstract_file_identifier: DString::default(),
            root_directory_icb: root,
            domain_identifier: EntityId::domain(suffix),
            next: LongAd::default(),
            system_stream_directory_icb: streams,
        };
        file_set.encode(self.block(block)).unwrap();
    }

    /// An entry in a block of the volume that has the logical address `location`.
    pub fn node(&mut self, block: u32, location: u32, node: &Node) {
        let icb_tag = IcbTag {
            strategy: node.strategy,
            maximum_entries: 1,
            ..IcbTag::direct(node.file_type, node.flags.with_allocation(node.allocation))
        };
        let (fixed, id) = match node.is_extended {
            true => (ExtendedFileEntry::FIXED, TagId::EXTENDED_FILE_ENTRY),
            false => (FileEntry::FIXED, TagId::FILE_ENTRY),
        };
        let used = fixed + node.attributes.len() + node.area.len();
        let tag = self.tag(id, location, used - 16);
        let permissions = Permissions::from_mode(0o754);
        let implementation_identifier = EntityId::new(b"*test");
        let (uid, gid) = node.owner;
        if node.is_extended {
            let entry = ExtendedFileEntry {
                tag,
                icb_tag,
                uid,
                gid,
                permissions,
                link_count: node.links,
                record_format: 0,
                record_display_attributes: 0,
                record_length: 0,
                information_length: node.len,
                object_size: node.len,
                logical_blocks_recorded: 0,
                access_time: time(1),
                modification_time: time(2),
                creation_time: time(3),
                attribute_time: time(4),
                checkpoint: 1,
                extended_attribute_icb: LongAd::default(),
                stream_directory_icb: node.streams,
                implementation_identifier,
                unique_id: node.unique_id,
                extended_attributes: &node.attributes,
                allocation_descriptors: &node.area,
            };
            entry.encode(self.block(block)).unwrap();
        } else {
            let entry = FileEntry {
                tag,
                icb_tag,
                uid,
                gid,
                permissions,
                link_count: node.links,
                record_format: 0,
                record_display_attributes: 0,
                record_length: 0,
                information_length: node.len,
                logical_blocks_recorded: 0,
                access_time: time(1),
                modification_time: time(2),
                attribute_time: time(4),
                checkpoint: 1,
                extended_attribute_icb: LongAd::default(),
                implementation_identifier,
                unique_id: node.unique_id,
                extended_attributes: &node.attributes,
                allocation_descriptors: &node.area,
            };
            entry.encode(self.block(block)).unwrap();
        }
    }

    /// A file identifier for a block.
    pub fn raw_identifier(
        &self,
        name: &[u8],
        flags: FileCharacteristics,
        icb: LongAd,
        location: u32,
    ) -> Vec<u8> {
        let size = FileIdentifierDescriptor::padded(0, name.len());
        let mut bytes = vec![0; size];
        let identifier = FileIdentifierDescriptor {
            tag: self.tag(TagId::FILE_IDENTIFIER, location, size - 16),
            version: 1,
            characteristics: flags,
            icb,
            implementation_use: &[],
            identifier: name,
        };
        identifier.encode(&mut bytes).unwrap();
        bytes
    }

    pub fn identifier(&self, name: &str, flags: FileCharacteristics, icb: LongAd, location: u32) -> Vec<u8> {
        self.raw_identifier(&cs0::encode(name, 255).unwrap(), flags, icb, location)
    }

    /// Identifiers of files for one block, that of the parent in front.
    pub fn directory(&self, parent: LongAd, location: u32, files: &[(&str, LongAd)]) -> Vec<u8> {
        let flags = FileCharacteristics::PARENT | FileCharacteristics::DIRECTORY;
        let mut bytes = self.raw_identifier(&[], flags, parent, location);
        for (name, icb) in files {
            bytes.extend(self.identifier(name, FileCharacteristics::empty(), *icb, location));
        }
        bytes
    }

    pub fn source(&self) -> MemorySectors {
        MemorySectors::new(self.image.clone())
    }
}

/// The simplest map.
pub fn physical() -> PartitionMap {
    PartitionMap::Physical { volume_sequence_number: 1, partition_number: 7 }
}

/// A volume with one partition, its file set in block 0, and a root directory in block 1 with these files.
pub fn plain(size: usize, revision: Revision, files: &[(&str, u32)]) -> Craft {
    let mut craft = Craft::new(size, revision);
    let (set, root) = (craft.ad(0, 0), craft.ad(0, 1));
    craft.describe(vec![physical()], set);
    craft.file_set(START, 0, root, LongAd::default());
    let files: Vec<_> = files.iter().map(|(name, block)| (*name, craft.ad(0, *block))).collect();
    let identifiers = craft.directory(root, 1, &files);
    craft.node(START + 1, 1, &Node::embedded(FileType::DIRECTORY, &identifiers));
    craft
}

pub fn udf(text: &[u8], revision: Revision) -> EntityId {
    EntityId::udf(text, UdfSuffix { revision, os_class: OsClass::UNDEFINED, os: 0 })
}

/// A write-once volume in two states: first "old" is there, then "new" as well.
pub fn write_once(revision: Revision) -> Craft {
    let mut craft = Craft::new(2048, revision);
    let map = PartitionMap::Virtual {
        identifier: udf(EntityId::VIRTUAL_PARTITION, revision),
        volume_sequence_number: 1,
        partition_number: 7,
    };
    craft.describe(vec![physical(), map], craft.ad(1, 0));
    // No anchor at the end of an open disc.
    let last = craft.blocks() - 1;
    craft.block(last).fill(0);
    let table = |craft: &mut Craft, at: u32, entries: &[u32], previous: u32, label: &str| {
        let header = if revision < Revision::V2_00 {
            let identifier = udf(EntityId::VIRTUAL_ALLOCATION_TABLE, revision);
            VatHeader::Revision150 { identifier }
        } else {
            VatHeader::Revision200 {
                logical_volume_identifier: DString::new(label).unwrap(),
                files: 1,
                directories: 1,
                minimum_read_revision: revision,
                minimum_write_revision: revision,
                maximum_write_revision: revision,
                implementation_use: Vec::new(),
            }
        };
        let table = VirtualAllocationTable { header, previous, entries: entries.to_vec() };
        let file_type = match revision < Revision::V2_00 {
            true => FileType::UNSPECIFIED,
            false => FileType::VIRTUAL_ALLOCATION_TABLE,
        };
        craft.node(START + at, at, &Node::embedded(file_type, &table.bytes().unwrap()));
    };
    let file = |craft: &mut Craft, at: u32, location: u32, data: u32| {
        let ad = LongAd { length_and_type: 3, ..craft.ad(0, data) };
        craft.node(START + at, location, &Node::long(FileType::BYTES, 3, &[ad]));
    };
    craft.write(START + 5, b"old");
    craft.file_set(START + 6, 0, craft.ad(1, 1), LongAd::default());
    file(&mut craft, 7, 2, 5);
    let root = craft.directory(craft.ad(1, 1), 1, &[("old", craft.ad(1, 2))]);
    craft.node(START + 8, 1, &Node::embedded(FileType::DIRECTORY, &root));
    table(&mut craft, 9, &[6, 8, 7], VirtualAllocationTable::NONE, "first");
    craft.write(START + 20, b"new");
    file(&mut craft, 21, 3, 20);
    let root = craft.directory(craft.ad(1, 1), 1, &[("old", craft.ad(1, 2)), ("new", craft.ad(1, 3))]);
    craft.node(START + 22, 1, &Node::embedded(FileType::DIRECTORY, &root));
    table(&mut craft, 23, &[6, 22, 7, 21], 9, "second");
    craft
}
