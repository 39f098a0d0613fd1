//! UDF volumes as this project's own reader sees them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};

use fsimage::{FileSectors, ReadSectors, Sector};
use peers::{Entry, Kind, Listing, digest, escape};
use udf::read::{Content, DirectoryBuffer, EntryKind, File as FileData, Stretch, Volume};

/// Lets UDFclient copy what is of that name in the root to a folder.
pub fn get_by_udfclient(udfclient: &peers::Peer, image: &Path, label: &str, names: &[&str], folder: &Path) {
    let run = |commands: &str| -> String {
        let mut child = Command::new(udfclient.path())
            .args(["-b", "2048"])
            .arg(image)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(commands.as_bytes()).unwrap();
        String::from_utf8_lossy(&child.wait_with_output().unwrap().stdout).into_owned()
    };
    // Its root has the logical volumes of all discs, by long names.
    let shown = run("ls\nexit\n");
    let label = format!(":{label}:");
    let volume = shown.lines().find_map(|line| line.split_whitespace().find(|word| word.contains(&label)));
    let volume = volume.unwrap_or_else(|| panic!("{}: {shown}", image.display()));
    let gets: String = names.iter().map(|name| format!("mget {name}\n")).collect();
    run(&format!("cd \"{volume}\"\n{gets}exit\n"));
}

/// Everything in the volume. The reader must have nothing to say against it.
pub fn list(image: &Path) -> Listing {
    let sectors = FileSectors::new(File::open(image).unwrap()).unwrap();
    let volume = Volume::open(&sectors, Sector::ZERO).unwrap();
    let mut listing = Listing::new();
    let mut buffer = DirectoryBuffer::new();
    let mut pending = vec![(volume.root_directory(), String::new())];
    while let Some((directory, path)) = pending.pop() {
        volume
            .read_directory(&directory, &mut buffer, &mut |entry| {
                let path = format!("{path}/{}", escape(entry.name));
                let mut listed = Entry::of_kind(kind(&entry.kind));
                listed.mode = Some(entry.mode());
                listed.uid = entry.uid;
                listed.gid = entry.gid;
                listed.links = Some(entry.links.into());
                listed.mtime = entry.times.modify.to_unix().map(|(seconds, _)| seconds);
                match entry.kind {
                    EntryKind::Symlink(target) => listed.target = Some(escape(target)),
                    EntryKind::CharacterDevice { major, minor } | EntryKind::BlockDevice { major, minor } => {
                        listed.rdev = Some((major, minor));
                    }
                    EntryKind::Directory(below) => pending.push((below, path.clone())),
                    EntryKind::File(data) => {
                        let (sha256, size) = match data {
                            FileData::Embedded(bytes) => digest(bytes),
                            FileData::Extents => match volume.content(entry.icb).unwrap() {
                                Content::Embedded(bytes) => digest(&bytes[..]),
                                Content::Extents(stretches) => digest(Stretches::new(&sectors, stretches)),
                            },
                        }
                        .unwrap();
                        assert_eq!(size, entry.len, "{path}");
                        (listed.sha256, listed.size) = (Some(sha256), Some(size));
                    }
                    _ => {}
                }
                assert!(listing.insert(path.clone(), listed).is_none(), "{path} twice");
                ControlFlow::Continue(())
            })
            .unwrap();
    }
    assert_eq!(volume.findings(), []);
    let counts = &volume.integrity().unwrap().implementation_use;
    let directories = listing.values().filter(|entry| entry.kind == Kind::Directory).count();
    assert_eq!(counts.directories as usize, directories + 1);
    listing
}

/// Where the data of files lie: bytes from the first one of each extent on.
pub fn extents(image: &Path) -> BTreeMap<u64, u64> {
    let sectors = FileSectors::new(File::open(image).unwrap()).unwrap();
    let volume = Volume::open(&sectors, Sector::ZERO).unwrap();
    let mut extents = BTreeMap::new();
    let mut buffer = DirectoryBuffer::new();
    let mut pending = vec![volume.root_directory()];
    while let Some(directory) = pending.pop() {
        volume
            .read_directory(&directory, &mut buffer, &mut |entry| {
                match entry.kind {
                    EntryKind::Directory(below) => pending.push(below),
                    EntryKind::File(_) => match volume.content(entry.icb).unwrap() {
                        Content::Embedded(bytes) => assert!(bytes.is_empty(), "data that nobody else sees"),
                        Content::Extents(stretches) => {
                            extents.extend(
                                stretches.iter().map(|stretch| (stretch.position.unwrap(), stretch.len)),
                            );
                        }
                    },
                    _ => {}
                }
                ControlFlow::Continue(())
            })
            .unwrap();
    }
    extents
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

/// A file's bytes, stretch after stretch.
struct Stretches<'a> {
    source: &'a dyn ReadSectors,
    stretches: std::vec::IntoIter<Stretch>,
    current: Option<Stretch>,
}

impl<'a> Stretches<'a> {
    fn new(source: &'a dyn ReadSectors, stretches: Vec<Stretch>) -> Stretches<'a> {
        Stretches { source, stretches: stretches.into_iter(), current: None }
    }
}

impl Read for Stretches<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(stretch) = self.current.take().or_else(|| self.stretches.next()) else { return Ok(0) };
        let count = into.len().min(stretch.len as usize).min(1 << 20);
        let mut bytes = vec![0; count.next_multiple_of(2048)];
        if let Some(position) = stretch.position {
            assert!(position.is_multiple_of(2048));
            self.source.read_sectors(Sector::new((position / 2048) as u32), &mut bytes).unwrap();
        }
        // Whole sectors but at the end, so that the next position is that of a sector.
        let count = if count as u64 == stretch.len { count } else { count / 2048 * 2048 };
        into[..count].copy_from_slice(&bytes[..count]);
        if (count as u64) < stretch.len {
            let rest = stretch.len - count as u64;
            let position = stretch.position.map(|position| position + count as u64);
            self.current = Some(Stretch { position, len: rest });
        }
        Ok(count)
    }
}
