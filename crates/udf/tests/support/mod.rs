//! Walking through a volume, for tests.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub, reason = "each test uses what it needs")]

pub mod craft;

use std::io::{self, Read};
use std::ops::ControlFlow;

use fsimage_udf::read::{
    Content, Directory, DirectoryBuffer, Entry, EntryKind, Error, File, Finding, Stretch, Volume,
};
use peers::{Kind, Listing, digest, escape};
use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

/// What is there, without the root, and what was found on the way.
pub fn list(source: &dyn ReadSectors, session: Sector) -> Result<(Listing, Vec<Finding>), Error> {
    let volume = Volume::open(source, session)?;
    let listing = listing(&volume);
    Ok((listing, volume.findings()))
}

pub fn listing(volume: &Volume<&dyn ReadSectors>) -> Listing {
    let mut listing = Listing::new();
    walk(volume, &mut |path, entry| {
        let mut listed = peers::Entry::of_kind(kind(&entry.kind));
        match entry.kind {
            EntryKind::Symlink(target) => listed.target = Some(escape(target)),
            EntryKind::File(file) => {
                let hashed = match file {
                    File::Embedded(bytes) => digest(bytes),
                    File::Extents => match volume.content(entry.icb) {
                        Ok(Content::Embedded(bytes)) => digest(&bytes[..]),
                        Ok(Content::Extents(stretches)) => {
                            digest(Stretches { source: *volume.source(), stretches: &stretches, done: 0 })
                        }
                        Err(error) => Err(io::Error::other(error)),
                    },
                };
                (listed.size, listed.sha256) = match hashed {
                    Ok((sha256, size)) => (Some(size), Some(sha256)),
                    Err(_) => (Some(entry.len), Some("!read".to_owned())),
                };
            }
            _ => {}
        }
        listing.entry(format!("/{}", escape(path))).or_insert(listed);
    });
    listing
}

fn kind(kind: &EntryKind<'_>) -> Kind {
    match kind {
        EntryKind::Directory(_) => Kind::Directory,
        EntryKind::File(_) => Kind::File,
        EntryKind::Symlink(_) => Kind::Symlink,
        EntryKind::CharacterDevice { .. } => Kind::CharacterDevice,
        EntryKind::BlockDevice { .. } => Kind::BlockDevice,
        EntryKind::Fifo => Kind::Fifo,
        EntryKind::Socket => Kind::Socket,
    }
}

/// Visits everything once, and directories that cannot be read as if they were empty; gives the entries'
/// number.
pub fn walk(volume: &Volume<&dyn ReadSectors>, visit: &mut dyn FnMut(&[u8], &Entry<'_>)) -> u64 {
    let mut buffer = DirectoryBuffer::new();
    let mut guard = volume.directory_guard();
    let root = volume.root_directory();
    let _ = guard.enter(&root);
    let mut pending: Vec<(Directory, Vec<u8>)> = vec![(root, Vec::new())];
    let mut count = 0;
    while let Some((directory, path)) = pending.pop() {
        let result = volume.read_directory(&directory, &mut buffer, &mut |entry| {
            count += 1;
            let separator: &[u8] = if path.is_empty() { b"" } else { b"/" };
            let path = [&path[..], separator, entry.name].concat();
            visit(&path, &entry);
            if let EntryKind::Directory(below) = entry.kind
                && guard.enter(&below)
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

/// A file's bytes.
pub struct Stretches<'a> {
    pub source: &'a dyn ReadSectors,
    pub stretches: &'a [Stretch],
    pub done: u64,
}

impl Read for Stretches<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(stretch) = self.stretches.first() else { return Ok(0) };
        let count = into.len().min((stretch.len - self.done) as usize).min(64 << 10);
        match stretch.position {
            None => into[..count].fill(0),
            Some(position) => {
                let position = position + self.done;
                let within = (position % SECTOR_SIZE as u64) as usize;
                let mut bytes = vec![0; (within + count).next_multiple_of(SECTOR_SIZE)];
                let sector = u32::try_from(position / SECTOR_SIZE as u64).map_err(io::Error::other)?;
                self.source.read_sectors(Sector::new(sector), &mut bytes).map_err(io::Error::other)?;
                into[..count].copy_from_slice(&bytes[within..within + count]);
            }
        }
        self.done += count as u64;
        if self.done == stretch.len {
            self.stretches = &self.stretches[1..];
            self.done = 0;
        }
        Ok(count)
    }
}

/// That the process has never had more memory than tests of small images need. Known on Linux only.
pub fn assert_little_memory() {
    const MOST: u64 = 1 << 20;
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return };
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = peak.unwrap().trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kib < MOST, "{kib} KiB");
}
