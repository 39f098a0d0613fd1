use std::collections::BTreeSet;
use std::ops::ControlFlow;

use iso9660::read::{Directory, DirectoryBuffer, EntryKind, Volume, read_volume_set};
use sector_io::{MemorySectors, SECTOR_SIZE, Sector};

/// Directories looked at; a longer walk finds nothing new.
const MOST_DIRECTORIES: usize = 200;

/// The bytes are an image from its first volume descriptor on: the 16 sectors before that mean nothing.
pub(crate) fn run(bytes: &[u8]) {
    let mut image = vec![0; 16 * SECTOR_SIZE];
    image.extend_from_slice(bytes);
    image.resize(image.len().next_multiple_of(SECTOR_SIZE), 0);
    let source = MemorySectors::new(image);
    let Ok(set) = read_volume_set(&source, Sector::new(0)) else { return };
    let _ = joliet::volume_name(&set);
    if let Ok(volume) = Volume::plain(&source, &set) {
        walk(&volume);
    }
    if let Ok(Some(volume)) = Volume::rock_ridge(&source, &set) {
        walk(&volume);
    }
    if let Ok(Some(volume)) = joliet::volume(&source, &set) {
        walk(&volume);
    }
}

fn walk<R: sector_io::ReadSectors>(volume: &Volume<R>) {
    let mut buffer = DirectoryBuffer::new();
    let _ = volume.root_entry(&mut buffer, &mut |_| {});
    let mut seen = BTreeSet::new();
    let mut open: Vec<Directory> = vec![volume.root_directory()];
    while let Some(directory) = open.pop() {
        if !seen.insert(directory.extent().get()) || seen.len() > MOST_DIRECTORIES {
            continue;
        }
        // A directory that cannot be read is an answer too.
        let _ = volume.read_directory(&directory, &mut buffer, &mut |entry| {
            match entry.kind {
                EntryKind::Directory(directory) => open.push(directory),
                EntryKind::File { sections, len, .. } => {
                    let total: u64 = sections.iter().map(|section| u64::from(section.len)).sum();
                    assert_eq!(total, len);
                }
                _ => {}
            }
            ControlFlow::Continue(())
        });
    }
    assert!(volume.findings().len() <= 1001);
}
