use std::sync::Arc;

use fsimage::{Control, Disc};
use iso9660::system_area::{
    DriverDescriptorMap, GptHeader, GptPartition, MapEntry, MasterBootRecord, PartitionRecord,
};
use sector_io::{MemorySectors, SECTOR_SIZE};

/// The bytes are an image from its first sector on, partition tables of all kinds in it.
pub(crate) fn run(bytes: &[u8]) {
    structures(bytes);
    describe(bytes.to_vec());

    // The checksum of a GPT keeps a fuzzer out: the same behind a header that is right.
    let Ok((_, (header, _))) = GptHeader::parse(bytes) else { return };
    let mut disk = vec![0; 512];
    disk.extend(header.encode());
    disk.extend_from_slice(bytes);
    describe(disk);
}

/// Boot record, catalog and boot images of an image from its first volume descriptor on.
pub(crate) fn boot(bytes: &[u8]) {
    let mut image = vec![0; 16 * SECTOR_SIZE];
    image.extend_from_slice(bytes);
    describe(image);
}

fn describe(mut image: Vec<u8>) {
    image.resize(image.len().next_multiple_of(SECTOR_SIZE), 0);
    let Ok(disc) = Disc::from_source(Arc::new(MemorySectors::new(image)), "bytes") else { return };
    let _ = disc.system_area(None);
    for session in disc.sessions() {
        let _ = disc.boot_catalog(Some(session.number));
    }
    if let Ok(folder) = tempfile::tempdir() {
        let _ = disc.extract_boot(None, folder.path(), false, &Control::default());
    }
}

fn structures(bytes: &[u8]) {
    if let Ok((_, record)) = MasterBootRecord::parse(bytes) {
        let (_, again) = MasterBootRecord::parse(&record.encode()).expect("what was encoded must parse");
        assert_eq!(again, record);
    }
    if let Ok((_, record)) = PartitionRecord::parse(bytes) {
        let (_, again) = PartitionRecord::parse(&record.encode()).expect("what was encoded must parse");
        assert_eq!(again, record);
    }
    if let Ok((_, (header, _))) = GptHeader::parse(bytes) {
        let (_, again) = GptHeader::parse(&header.encode()).expect("what was encoded must parse");
        assert_eq!(again, (header, true));
    }
    if let Ok((_, partition)) = GptPartition::parse(bytes) {
        let (_, again) = GptPartition::parse(&partition.encode()).expect("what was encoded must parse");
        assert_eq!(again.encode(), partition.encode());
    }
    if let Ok((_, map)) = DriverDescriptorMap::parse(bytes) {
        let (_, again) = DriverDescriptorMap::parse(&map.encode()).expect("what was encoded must parse");
        assert_eq!(again, map);
    }
    if let Ok((_, entry)) = MapEntry::parse(bytes) {
        let (_, again) = MapEntry::parse(&entry.encode()).expect("what was encoded must parse");
        assert_eq!(again.encode(), entry.encode());
    }
}
