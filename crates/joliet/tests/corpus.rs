//! Images that other software made, read in every name space and compared with what another reader lists
//! (`FSIMAGE_CORPUS`); and the same images damaged, which must neither crash nor hang the reader.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use iso9660::read::{
    DecodedReader, Directory, DirectoryBuffer, Entry, EntryKind, Section, Volume, read_volume_set,
};
use peers::{Columns, Kind, Listing, digest, escape};
use sector_io::{MemorySectors, RawLayout, RawSectors, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

type Source = Arc<dyn ReadSectors>;

/// Name spaces as the corpus names its lists. `cooked` is what another reader made of raw sectors.
const NAME_SPACES: [&str; 4] = ["iso-plain", "rockridge", "joliet", "cooked"];

/// Lists in the corpus that the exceptions were written for; another corpus has other images.
const CORPUS: usize = 129;

/// Where the other reader's list is no measure: image, name space, path that is judged no further (with
/// what is below it), and why.
const EXCEPTIONS: &[(&str, &str, &str, &str)] = &[
    (
        "diffoscope__test1.iso",
        "rockridge",
        "/null",
        "a device, which the other reader was not allowed to make",
    ),
    ("isolyzer__iso9660_roxioecc.iso", "iso-plain", "/", "refused by it for an extent of the padding"),
    ("isolyzer__iso9660_roxioecc.iso", "joliet", "/", "refused by it for an extent of the padding"),
    ("isoparser__test2.iso", "iso-plain", "/TEST2/_", "a directory and a file of the same name"),
    ("java-iso-tools__test.iso", "rockridge", "/", "announces Rock Ridge with a blank in its identifier"),
    ("libarchive__test_read_format_iso_3.iso", "iso-plain", "/", "cut off, and only read by it as a stream"),
    ("libarchive__test_read_format_iso_joliet_long.iso", "iso-plain", "/12345678", "as with /TEST2/_ above"),
    ("libarchive__test_read_format_iso_rockridge_zf_overflow.iso", "iso-plain", "/A", "a damaged directory"),
    ("libcdio__isofs-m1.bin", "iso-plain", "/", "raw sectors, which it does not read; see its list [cooked]"),
    ("libcdio__videocd.nrg", "iso-plain", "/", "raw sectors, which it does not read"),
];

#[test]
fn corpus_reads_as_other_readers_read_it() {
    let Some(folder) = peers::corpus() else { return };
    let Some(xz) = peers::require("xz") else { return };
    let mut report = String::new();
    let mut compared = 0;
    let mut used = HashSet::new();
    for image in peers::corpus_images(&folder).unwrap() {
        let source = open(image.bytes(&xz).unwrap());
        for name_space in NAME_SPACES {
            let Some(expected) = image.listing(name_space).unwrap() else { continue };
            compared += 1;
            // Where nothing was found by the other reader, an error is as good.
            let found = list(&source, name_space).unwrap_or_else(|error| {
                if !expected.listing.is_empty() {
                    writeln!(report, "{} [{name_space}]: {error}", image.name).unwrap();
                }
                Listing::new()
            });
            let mut differences =
                peers::differences(&expected.listing, &found, Columns::CONTENT | Columns::TARGET);
            differences.retain(|line| match exception(&image.name, name_space, line) {
                Some(row) => {
                    used.insert(row);
                    false
                }
                None => true,
            });
            for line in differences.iter().take(12) {
                writeln!(report, "{} [{name_space}] {line}", image.name).unwrap();
            }
        }
    }
    for (row, (name, name_space, path, _)) in EXCEPTIONS.iter().enumerate() {
        if !used.contains(&row) && compared == CORPUS {
            writeln!(report, "{name} [{name_space}] {path}: no exception any more").unwrap();
        }
    }
    assert!(compared > 0, "no list of ISO 9660 in the corpus");
    assert!(report.is_empty(), "{compared} lists compared\n{report}");
}

fn exception(image: &str, name_space: &str, line: &str) -> Option<usize> {
    EXCEPTIONS.iter().position(|(name, space, path, _)| {
        let below = line.strip_prefix(path);
        let within = path.ends_with('/') || below.is_some_and(|rest| rest.starts_with([':', '/']));
        *name == image && *space == name_space && below.is_some() && within
    })
}

fn open(bytes: Vec<u8>) -> Source {
    let below = MemorySectors::new(bytes);
    match RawLayout::detect(&below).unwrap() {
        Some(layout) => Arc::new(RawSectors::new(below, layout)),
        None => Arc::new(below),
    }
}

fn volume(source: &Source, name_space: &str) -> Result<Option<Volume<Source>>, iso9660::read::Error> {
    let set = read_volume_set(source, Sector::ZERO)?;
    match name_space {
        "iso-plain" => Volume::plain(source.clone(), &set).map(Some),
        "rockridge" => Volume::rock_ridge(source.clone(), &set),
        "cooked" => Volume::rock_ridge(source.clone(), &set)
            .map(|volume| volume.or_else(|| Volume::plain(source.clone(), &set).ok())),
        _ => fsimage_joliet::volume(source.clone(), &set),
    }
}

/// What is there, without the root; directories that cannot be read are empty.
fn list(source: &Source, name_space: &str) -> Result<Listing, String> {
    let volume = volume(source, name_space)
        .map_err(|error| error.to_string())?
        .ok_or_else(|| "the volume has no such name space".to_owned())?;
    let mut listing = Listing::new();
    walk(&volume, &mut |path, entry| {
        let mut listed = peers::Entry::of_kind(kind(&entry.kind));
        match entry.kind {
            EntryKind::Symlink(target) => listed.target = Some(escape(target)),
            EntryKind::File { sections, len, encoding } => {
                let stored = Sections::new(source, sections, len);
                let hashed = DecodedReader::new(stored, &encoding).and_then(digest);
                (listed.size, listed.sha256) = match hashed {
                    Ok((sha256, size)) => (Some(size), Some(sha256)),
                    Err(_) => (Some(encoding.file_len(len)), Some("!read".to_owned())),
                };
            }
            _ => {}
        }
        listing.entry(format!("/{}", escape(path))).or_insert(listed);
    });
    Ok(listing)
}

fn kind(kind: &EntryKind<'_>) -> Kind {
    match kind {
        EntryKind::Directory(_) => Kind::Directory,
        EntryKind::File { .. } => Kind::File,
        EntryKind::Symlink(_) => Kind::Symlink,
        EntryKind::CharacterDevice { .. } => Kind::CharacterDevice,
        EntryKind::BlockDevice { .. } => Kind::BlockDevice,
        EntryKind::Fifo => Kind::Fifo,
        EntryKind::Socket => Kind::Socket,
    }
}

/// Visits everything once, and directories that cannot be read as if they were empty; gives the entries'
/// number.
fn walk(volume: &Volume<Source>, visit: &mut dyn FnMut(&[u8], &Entry<'_>)) -> u64 {
    let mut buffer = DirectoryBuffer::new();
    let root = volume.root_directory();
    let mut entered = HashSet::from([root.extent()]);
    let mut pending: Vec<(Directory, Vec<u8>)> = vec![(root, Vec::new())];
    let mut count = 0;
    while let Some((directory, path)) = pending.pop() {
        let result = volume.read_directory(&directory, &mut buffer, &mut |entry| {
            count += 1;
            let separator: &[u8] = if path.is_empty() { b"" } else { b"/" };
            let path = [&path[..], separator, entry.name].concat();
            visit(&path, &entry);
            if let EntryKind::Directory(below) = entry.kind
                && entered.insert(below.extent())
            {
                pending.push((below, path));
            }
            ControlFlow::Continue(())
        });
        // What could be read was visited.
        drop(result);
    }
    count
}

/// A file as it is stored.
struct Sections<'a> {
    source: &'a Source,
    sections: &'a [Section],
    len: u64,
    position: u64,
}

impl<'a> Sections<'a> {
    fn new(source: &'a Source, sections: &'a [Section], len: u64) -> Sections<'a> {
        Sections { source, sections, len, position: 0 }
    }
}

impl Read for Sections<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut offset = self.position;
        for section in self.sections {
            let len = u64::from(section.len);
            if offset >= len {
                offset -= len;
                continue;
            }
            let skip = (offset % SECTOR_SIZE as u64) as usize;
            let count = into.len().min((len - offset) as usize).min((64 << 10) - skip);
            let mut bytes = vec![0; (skip + count).next_multiple_of(SECTOR_SIZE)];
            let start = Sector::from(section.extent)
                .checked_add(SectorCount::new((offset / SECTOR_SIZE as u64) as u32))
                .ok_or(io::ErrorKind::InvalidInput)?;
            self.source.read_sectors(start, &mut bytes).map_err(io::Error::other)?;
            into[..count].copy_from_slice(&bytes[skip..skip + count]);
            self.position += count as u64;
            return Ok(count);
        }
        Ok(0)
    }
}

impl Seek for Sections<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(distance) => self.len.checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
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

/// Sectors that descriptors and directories mostly lie in.
const HEAD: usize = 64 * SECTOR_SIZE;

#[test]
fn damage_neither_crashes_nor_hangs() {
    const ROUNDS: u64 = 12;
    const LARGEST: usize = 2 << 20;
    let Some(folder) = peers::corpus() else { return };
    let Some(xz) = peers::require("xz") else { return };
    for (number, image) in peers::corpus_images(&folder).unwrap().iter().enumerate() {
        let mut sound = image.bytes(&xz).unwrap();
        sound.truncate(LARGEST);
        let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (number as u64 + 1));
        for round in 0..ROUNDS {
            let mut bytes = sound.clone();
            for _ in 0..1 << (round % 8) {
                let end = if round % 3 == 0 { bytes.len() } else { bytes.len().min(HEAD) };
                let start = if round % 3 == 0 { 0 } else { (16 * SECTOR_SIZE).min(end) };
                let at = start + random.below(end - start);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = match random.below(4) {
                        0 => 0,
                        1 => 0xFF,
                        2 => *byte ^ (1 << random.below(8)),
                        _ => random.next() as u8,
                    };
                }
            }
            if round % 4 == 3 {
                bytes.truncate(random.below(bytes.len()));
            }
            let started = Instant::now();
            let source = open(bytes);
            for name_space in NAME_SPACES {
                if let Ok(Some(volume)) = volume(&source, name_space) {
                    walk(&volume, &mut |_, _| {});
                    assert!(volume.findings().len() <= 1001);
                }
            }
            let taken = started.elapsed();
            assert!(taken < Duration::from_secs(5), "{}, round {round}: {taken:?}", image.name);
        }
    }
}
