//! Images that other software made, damaged (`FSIMAGE_CORPUS`): no panic, no endless loop, no memory that
//! the image does not justify.
#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod support;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use fsimage_udf::read::{EntryKind, Volume};
use fsimage_udf::{Tag, TagId};
use sector_io::{MemorySectors, ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use support::{assert_little_memory, walk};

/// The longest time that one damaged image may take. It is far more than any takes.
const MOST_TIME: Duration = Duration::from_secs(5);
/// Larger images are padded: what matters lies in front.
const LARGEST: usize = 12 << 20;

/// Remembers which sectors were read.
struct Recording {
    bytes: Vec<u8>,
    sectors: Mutex<BTreeSet<u32>>,
}

impl ReadSectors for Recording {
    fn sectors(&self) -> SectorCount {
        SectorCount::new((self.bytes.len() / SECTOR_SIZE) as u32)
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let count = SectorCount::new((into.len() / SECTOR_SIZE) as u32);
        let first = start.get() as usize * SECTOR_SIZE;
        let Some(bytes) = self.bytes.get(first..first + into.len()) else {
            return Err(ReadError::OutOfRange { start, count, available: self.sectors() });
        };
        into.copy_from_slice(bytes);
        self.sectors.lock().unwrap().extend(start.get()..start.get() + count.get());
        Ok(())
    }
}

/// An image that ends early.
struct Cut<'a>(&'a MemorySectors, u32);

impl ReadSectors for Cut<'_> {
    fn sectors(&self) -> SectorCount {
        SectorCount::new(self.1)
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let count = SectorCount::new((into.len() / SECTOR_SIZE) as u32);
        if u64::from(start.get()) + u64::from(count.get()) > u64::from(self.1) {
            return Err(ReadError::OutOfRange { start, count, available: self.sectors() });
        }
        self.0.read_sectors(start, into)
    }
}

/// Reads everything that describes something; the number of entries.
fn read(source: &dyn ReadSectors) -> u64 {
    let Ok(volume) = Volume::open(source, Sector::ZERO) else { return 0 };
    let mut files = Vec::new();
    let count = walk(&volume, &mut |_, entry| {
        if let EntryKind::File(_) = entry.kind {
            files.push(entry.icb);
        }
        files.extend(entry.streams);
    });
    for icb in files {
        let _ = volume.content(icb);
        let _ = volume.external_attributes(icb);
    }
    let _ = volume.check_structure(&mut || Ok::<(), ()>(()));
    let _ = volume.states();
    for partition in volume.partitions() {
        let _ = volume.unallocated_space(partition.number);
        let _ = volume.freed_space(partition.number);
    }
    assert!(volume.findings().len() <= 1001);
    count
}

fn images() -> Vec<(String, Vec<u8>)> {
    let (Some(folder), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return Vec::new() };
    let mut images = Vec::new();
    for image in peers::corpus_images(&folder).unwrap() {
        if image.listing("udf-own").unwrap().is_some() || image.listing("udf").unwrap().is_some() {
            let mut bytes = image.bytes(&xz).unwrap();
            bytes.truncate(LARGEST);
            bytes.resize(bytes.len().next_multiple_of(SECTOR_SIZE), 0);
            images.push((image.name, bytes));
        }
    }
    images
}

/// xorshift64*: the same damage on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Makes the checksums right again, where a descriptor begins at a sector or at a multiple of 4 bytes.
fn seal(sector: &mut [u8], was: &[u8]) {
    for at in (0..sector.len() - 16).step_by(4) {
        let Ok((tag, _)) = Tag::open(&was[at..]) else { continue };
        if tag.id == TagId(0) {
            continue;
        }
        let changed = Tag { crc_length: tag.crc_length, ..tag };
        let _ = changed.seal(&mut sector[at..]);
    }
}

fn timed(what: &str, source: &dyn ReadSectors) {
    let started = Instant::now();
    read(source);
    let taken = started.elapsed();
    assert!(taken < MOST_TIME, "{what}: {taken:?}");
}

#[test]
fn flipped_bits_in_every_sector_that_is_read() {
    /// Per sector.
    const FLIPS: usize = 16;
    for (number, (name, bytes)) in images().into_iter().enumerate() {
        let mut recording = Recording { bytes, sectors: Mutex::default() };
        read(&recording);
        let sectors = std::mem::take(recording.sectors.get_mut().unwrap());
        let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (number as u64 + 1));
        for sector in sectors {
            let range = sector as usize * SECTOR_SIZE..(sector as usize + 1) * SECTOR_SIZE;
            let sound = recording.bytes[range.clone()].to_vec();
            if sound.iter().all(|byte| *byte == 0) {
                continue;
            }
            for flip in 0..FLIPS {
                let damaged = &mut recording.bytes[range.clone()];
                match flip {
                    0 => damaged.fill(0),
                    1 => damaged.fill(0xff),
                    _ => {
                        // What is meaningful stands at the beginning of structures.
                        let most = if flip % 4 == 3 { SECTOR_SIZE } else { 512 };
                        let at = random.below(most);
                        damaged[at] ^= 1 << random.below(8);
                        // Half of the damage is such that checksums do not tell.
                        if flip % 2 == 0 {
                            seal(damaged, &sound);
                        }
                    }
                }
                timed(&format!("{name}, sector {sector}, flip {flip}"), &recording);
                recording.bytes[range.clone()].copy_from_slice(&sound);
            }
        }
    }
    assert_little_memory();
}

#[test]
fn cut_off_at_every_sector() {
    for (name, bytes) in images() {
        let sectors = (bytes.len() / SECTOR_SIZE) as u32;
        // Nothing but zeros lies behind this.
        let used = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0) / SECTOR_SIZE + 2;
        let source = MemorySectors::new(bytes);
        let mut seen = 0;
        for end in (0..=sectors).filter(|end| (*end as usize) < used + 64 || end % 64 == 0) {
            let started = Instant::now();
            let count = read(&Cut(&source, end));
            assert!(started.elapsed() < MOST_TIME, "{name}, cut at {end}");
            seen = seen.max(count);
        }
        assert_eq!(seen, read(&source), "{name}");
    }
    assert_little_memory();
}

#[test]
fn much_damage_at_once() {
    const ROUNDS: u64 = 60;
    for (number, (name, sound)) in images().into_iter().enumerate() {
        let mut recording = Recording { bytes: sound, sectors: Mutex::default() };
        read(&recording);
        let sectors: Vec<u32> = std::mem::take(recording.sectors.get_mut().unwrap()).into_iter().collect();
        let mut random = Random(0xD1B5_4A32_D192_ED03 ^ (number as u64 + 1));
        for round in 0..ROUNDS {
            let sound = recording.bytes.clone();
            for _ in 0..1 << (round % 8) {
                let sector = sectors[random.below(sectors.len())] as usize * SECTOR_SIZE;
                let was = recording.bytes[sector..sector + SECTOR_SIZE].to_vec();
                let damaged = &mut recording.bytes[sector..sector + SECTOR_SIZE];
                let at = random.below(if round % 2 == 0 { 512 } else { SECTOR_SIZE });
                damaged[at] = match random.below(4) {
                    0 => 0,
                    1 => 0xff,
                    2 => damaged[at] ^ (1 << random.below(8)),
                    _ => random.next() as u8,
                };
                seal(damaged, &was);
            }
            timed(&format!("{name}, round {round}"), &recording);
            recording.bytes = sound;
        }
    }
    assert_little_memory();
}
