//! Opening an image and finding one path reads the directories on the way, however many others there are.
#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use fsimage::{
    Control, Disc, FileSystem, FileSystems, Item, ItemOptions, LayoutPlan, MemorySectors, PlanOptions,
    ReadError, ReadSectors, Sector, SectorCount, Tree, WriterSink,
};

/// Notes which sectors are read.
struct Recording {
    image: MemorySectors,
    sectors: Mutex<BTreeSet<u32>>,
}

impl ReadSectors for Recording {
    fn sectors(&self) -> SectorCount {
        self.image.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        self.sectors.lock().unwrap().extend(start.get()..start.get() + (into.len() / 2048) as u32);
        self.image.read_sectors(start, into)
    }
}

/// `groups` folders, of 20 folders with 50 files each.
fn image(groups: usize, file_systems: FileSystems) -> MemorySectors {
    let mut tree = Tree::new();
    let content: Arc<[u8]> = b"one of many".as_slice().into();
    for group in 0..groups {
        for folder in 0..20 {
            for file in 0..50 {
                let path = format!("/g{group:03}/d{folder:03}/file{file:07}.txt");
                tree.add(path, Item::Bytes(content.clone()), &ItemOptions::default()).unwrap();
            }
        }
    }
    let plan = LayoutPlan::new(&tree, PlanOptions { file_systems, ..PlanOptions::default() }).unwrap();
    let mut bytes = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut bytes, "memory"), &Control::default()).unwrap();
    MemorySectors::new(bytes)
}

#[test]
fn one_path_touches_the_directories_on_the_way() {
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    for (file_systems, file_system) in [
        (iso9660, FileSystem::RockRidge),
        (iso9660, FileSystem::Iso9660),
        (iso9660, FileSystem::Joliet),
        (FileSystems::UDF, FileSystem::Udf),
    ] {
        let mut touched = Vec::new();
        for groups in [2, 12] {
            let sectors = Mutex::default();
            let source = Arc::new(Recording { image: image(groups, file_systems), sectors });
            let image =
                Disc::from_source(source.clone(), "memory").unwrap().image(None, &[file_system]).unwrap();
            let path = match file_system {
                FileSystem::Iso9660 => "/G001/D010/FILE0000025.TXT",
                _ => "/g001/d010/file0000025.txt",
            };
            let mut text = String::new();
            image.open(&image.lookup(path).unwrap()).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "one of many");
            let missing = image.lookup("/g001/d010/none");
            assert!(missing.is_err());
            touched.push(source.sectors.lock().unwrap().len());
        }
        assert!(touched[1] <= touched[0] + 2, "{file_system}: {touched:?}");
        assert!(touched[1] < 80, "{file_system}: {touched:?}");
    }
}
