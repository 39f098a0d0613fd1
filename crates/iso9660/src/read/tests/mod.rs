//! Small images, made of descriptors and records by hand.

mod damage;
mod hostile;
mod relocation;
mod rock_ridge;
mod structure;
mod twice;
mod volumes;

use std::ops::ControlFlow;

use sector_io::{MemorySectors, SECTOR_SIZE, Sector};

use super::*;
use crate::directory::{DirectoryRecord, FileFlags};
use crate::rock_ridge::{PosixAttributes, nm};
use crate::susp::{ContinuationArea, SharingProtocolIndicator};
use crate::volume::{
    Identifiers, PathTables, PrimaryVolumeDescriptor, RootDirectory, VolumeDescriptorSetTerminator,
    VolumeFields, VolumeTimes,
};
use crate::{LogicalBlock, RecordingTime};

const ROOT: u32 = 20;

fn fields() -> VolumeFields {
    VolumeFields {
        identifiers: Identifiers::default(),
        volume_space_size: 40,
        volume_set_size: 1,
        volume_sequence_number: 1,
        logical_block_size: 2048,
        path_tables: PathTables {
            size: 10,
            type_l: LogicalBlock::new(18),
            optional_type_l: None,
            type_m: LogicalBlock::new(19),
            optional_type_m: None,
        },
        root: RootDirectory::new(LogicalBlock::new(ROOT), 2048, RecordingTime::NOT_SPECIFIED),
        times: VolumeTimes::NOT_SPECIFIED,
        file_structure_version: 1,
        application_use: [0; 512],
    }
}

fn primary() -> [u8; 2048] {
    PrimaryVolumeDescriptor { version: 1, fields: fields() }.encode()
}

fn terminator() -> [u8; 2048] {
    VolumeDescriptorSetTerminator.encode()
}

/// An image of 40 sectors with descriptors, and with these sectors besides.
fn image(sectors: &[(u32, Vec<u8>)]) -> MemorySectors {
    let mut bytes = vec![0; 40 * SECTOR_SIZE];
    let mut put = |at: u32, sector: &[u8]| {
        bytes[at as usize * SECTOR_SIZE..][..sector.len()].copy_from_slice(sector);
    };
    put(16, &primary());
    put(17, &terminator());
    for (at, sector) in sectors {
        put(*at, sector);
    }
    MemorySectors::new(bytes)
}

fn record(identifier: &[u8], extent: u32, data_length: u32, flags: FileFlags, system_use: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let record = DirectoryRecord {
        extent: LogicalBlock::new(extent),
        data_length,
        flags,
        identifier,
        system_use,
        ..DirectoryRecord::default()
    };
    record.encode(&mut out).unwrap();
    out
}

fn file(identifier: &[u8], extent: u32, len: u32, system_use: &[u8]) -> Vec<u8> {
    record(identifier, extent, len, FileFlags::empty(), system_use)
}

fn folder(identifier: &[u8], extent: u32, system_use: &[u8]) -> Vec<u8> {
    record(identifier, extent, 2048, FileFlags::DIRECTORY, system_use)
}

/// A directory's sector, with its own record and its parent's.
fn directory(at: u32, own: &[u8], parent: &[u8], records: &[Vec<u8>]) -> Vec<u8> {
    let mut sector = folder(&[0], at, own);
    sector.extend(folder(&[1], ROOT, parent));
    sector.extend(records.concat());
    sector
}

fn root(records: &[Vec<u8>]) -> Vec<u8> {
    directory(ROOT, &announcement(0), &[], records)
}

fn plain_root(records: &[Vec<u8>]) -> Vec<u8> {
    directory(ROOT, &[], &[], records)
}

fn announcement(bytes_skipped: u8) -> Vec<u8> {
    let mut out = Vec::new();
    SharingProtocolIndicator { bytes_skipped }.encode(&mut out);
    px(0o40755, &mut out);
    out
}

fn px(mode: u32, out: &mut Vec<u8>) {
    PosixAttributes { mode, links: 1, user: 5, group: 6, serial: None }.encode(out);
}

fn name(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    nm::encode(name, &mut out);
    out
}

fn continued(location: u32, offset: u32, length: u32) -> Vec<u8> {
    let mut out = Vec::new();
    ContinuationArea { location: LogicalBlock::new(location), offset, length }.encode(&mut out);
    out
}

fn open(image: &MemorySectors) -> Volume<&MemorySectors> {
    let set = read_volume_set(image, Sector::ZERO).unwrap();
    Volume::rock_ridge(image, &set).unwrap().unwrap()
}

fn open_plain(image: &MemorySectors) -> Volume<&MemorySectors> {
    Volume::plain(image, &read_volume_set(image, Sector::ZERO).unwrap()).unwrap()
}

/// Calls `check` with each entry of the root by name; tells how many there are.
fn each(volume: &Volume<&MemorySectors>, check: &mut dyn FnMut(&str, Entry<'_>)) -> usize {
    let mut count = 0;
    volume
        .read_directory(&volume.root_directory(), &mut DirectoryBuffer::new(), &mut |entry| {
            count += 1;
            check(&String::from_utf8_lossy(entry.name), entry);
            ControlFlow::Continue(())
        })
        .unwrap();
    count
}

fn names(volume: &Volume<&MemorySectors>) -> Vec<String> {
    let mut names = Vec::new();
    each(volume, &mut |name, _| names.push(name.to_owned()));
    names
}

fn clauses(volume: &Volume<&MemorySectors>) -> Vec<&'static str> {
    volume.findings().iter().map(|finding| finding.clause).collect()
}
