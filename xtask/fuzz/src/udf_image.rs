use std::ops::ControlFlow;

use sector_io::{MemorySectors, SECTOR_SIZE, Sector};
use udf::file::FileIdentifierDescriptor;
use udf::read::{Directory, DirectoryBuffer, EntryKind, Volume};
use udf::volume::{
    AccessType, AnchorVolumeDescriptorPointer, LogicalVolumeDescriptor, MetadataFlags, PartitionDescriptor,
    PartitionFlags, PartitionHeaderDescriptor, PartitionMap,
};
use udf::{CharSpec, DString, Descriptor, EntityId, ExtentAd, LongAd, Tag, TagId};

/// Directories looked at; a longer walk finds nothing new.
const MOST_DIRECTORIES: usize = 200;
/// First block of the partition.
const START: u32 = 257;
const SIZE: u32 = SECTOR_SIZE as u32;

/// The first byte says what kind of partition it is, the others are what is in it. Descriptors get right
/// checksums, for these keep a fuzzer out.
pub(crate) fn run(bytes: &[u8]) {
    let Some((&kind, content)) = bytes.split_first() else { return };
    let blocks = content.len().div_ceil(SECTOR_SIZE) as u32;
    let mut image = vec![0; START as usize * SECTOR_SIZE];
    describe(&mut image, kind, blocks);
    image.extend_from_slice(content);
    image.resize(image.len().next_multiple_of(SECTOR_SIZE), 0);
    for block in image[START as usize * SECTOR_SIZE..].chunks_exact_mut(SECTOR_SIZE) {
        seal(block);
    }
    let source = MemorySectors::new(image);
    if let Ok(volume) = Volume::open(&source, Sector::ZERO) {
        walk(&volume);
    }
}

fn seal(block: &mut [u8]) {
    let seal = |bytes: &mut [u8], id: TagId, length: usize| {
        let location = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
        let crc_length = length.min(bytes.len() - Tag::SIZE) as u16;
        let _ = Tag { id, version: 3, serial: 0, crc_length, location }.seal(bytes);
    };
    for at in (0..block.len() - FileIdentifierDescriptor::FIXED).step_by(4) {
        let bytes = &mut block[at..];
        if bytes[..2] == TagId::FILE_IDENTIFIER.0.to_le_bytes()
            && let Ok(size) = FileIdentifierDescriptor::size_of(bytes)
        {
            seal(bytes, TagId::FILE_IDENTIFIER, size - Tag::SIZE);
        }
    }
    let id = u16::from_le_bytes([block[0], block[1]]);
    if id != TagId::FILE_IDENTIFIER.0 && (256..=266).contains(&id) {
        let length = usize::from(u16::from_le_bytes([block[10], block[11]]));
        seal(block, TagId(id), length);
    }
}

/// The descriptors of a volume with one partition of `length` blocks.
fn describe(image: &mut [u8], kind: u8, length: u32) {
    let tag = |id, location, crc_length| Tag { id, version: 3, serial: 0, crc_length, location };
    let map = |identifier| EntityId::new(identifier);
    let physical = PartitionMap::Physical { volume_sequence_number: 1, partition_number: 0 };
    let (volume_sequence_number, partition_number) = (1, 0);
    let partition_maps = match kind % 4 {
        0 => vec![physical],
        1 => {
            let identifier = map(EntityId::VIRTUAL_PARTITION);
            vec![physical, PartitionMap::Virtual { identifier, volume_sequence_number, partition_number }]
        }
        2 => vec![PartitionMap::Sparable {
            identifier: map(EntityId::SPARABLE_PARTITION),
            volume_sequence_number,
            partition_number,
            packet_length: 1,
            table_size: SIZE,
            tables: vec![START, START + 1],
        }],
        _ => {
            let metadata = PartitionMap::Metadata {
                identifier: map(EntityId::METADATA_PARTITION),
                volume_sequence_number,
                partition_number,
                file: 0,
                mirror_file: 1,
                bitmap_file: u32::MAX,
                allocation_unit: 1,
                alignment_unit: 1,
                flags: MetadataFlags::DUPLICATE_METADATA,
            };
            vec![physical, metadata]
        }
    };
    let table: usize = partition_maps.iter().map(|map| map.bytes().unwrap().len()).sum();
    let partition = partition_maps.len() as u16 - 1;
    let sequence = ExtentAd { length: 16 * SIZE, location: 32 };
    let mut put = |block: u32, encode: &dyn Fn(&mut [u8])| {
        let at = block as usize * SECTOR_SIZE;
        encode(&mut image[at..at + SECTOR_SIZE]);
    };
    put(256, &|block| {
        let tag = tag(TagId::ANCHOR_VOLUME_POINTER, 256, 496);
        AnchorVolumeDescriptorPointer { tag, main: sequence, reserve: sequence }.encode(block).unwrap();
    });
    put(32, &|block| {
        let volume = LogicalVolumeDescriptor {
            tag: tag(TagId::LOGICAL_VOLUME, 32, 424 + table as u16),
            sequence_number: 0,
            descriptor_character_set: CharSpec::OSTA_CS0,
            identifier: DString::default(),
            block_size: SIZE,
            domain_identifier: EntityId::new(EntityId::UDF_COMPLIANT),
            file_set: LongAd { length_and_type: SIZE, block: 2, partition, implementation_use: [0; 6] },
            implementation_identifier: EntityId::NONE,
            implementation_use: [0; 128],
            integrity_sequence: ExtentAd::default(),
            partition_maps: partition_maps.clone(),
        };
        volume.encode(block).unwrap();
    });
    put(33, &|block| {
        let partition = PartitionDescriptor {
            tag: tag(TagId::PARTITION, 33, 496),
            sequence_number: 0,
            flags: PartitionFlags::ALLOCATED,
            number: 0,
            contents: EntityId::new(EntityId::NSR03),
            header: PartitionHeaderDescriptor::default(),
            access_type: AccessType::READ_ONLY,
            start: START,
            length,
            implementation_identifier: EntityId::NONE,
            implementation_use: [0; 128],
        };
        partition.encode(block).unwrap();
    });
}

fn walk<R: sector_io::ReadSectors>(volume: &Volume<R>) {
    let mut buffer = DirectoryBuffer::new();
    let mut guard = volume.directory_guard();
    let mut open: Vec<Directory> = vec![volume.root_directory()];
    let mut seen = 0;
    while let Some(directory) = open.pop() {
        seen += 1;
        if !guard.enter(&directory) || seen > MOST_DIRECTORIES {
            continue;
        }
        let mut files = Vec::new();
        // A directory that cannot be read is an answer too.
        let _ = volume.read_directory(&directory, &mut buffer, &mut |entry| {
            match entry.kind {
                EntryKind::Directory(directory) => open.push(directory),
                EntryKind::File(_) => files.push((entry.icb, entry.len)),
                _ => {}
            }
            open.extend(entry.streams.and_then(|streams| volume.directory(streams).ok()));
            ControlFlow::Continue(())
        });
        for (icb, len) in files.into_iter().take(MOST_DIRECTORIES) {
            if let Ok(content) = volume.content(icb) {
                assert!(content.len() <= len);
            }
        }
    }
    let _ = volume.states();
    assert!(volume.findings().len() <= 1001);
}
