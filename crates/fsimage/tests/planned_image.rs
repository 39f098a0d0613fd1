//! The image of a plan, read without being written, is the image that is written.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use fsimage::{
    Control, Embedding, Error, FileSystems, GrowingImage, ImportOptions, Item, ItemOptions, LayoutPlan,
    NodeId, PlanOptions, PlannedImage, ReadSectors, ScanOptions, Sector, Tree, write_image,
};

const SECTOR: usize = 2048;

fn scanned(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    tree.scan(folder, NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
    tree
}

/// Files of many lengths in several folders, one of which has so many that its records fill many sectors.
fn source() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for directory in 0..4 {
        let path = folder.path().join(format!("folder {directory}"));
        fs::create_dir(&path).unwrap();
        for file in 0..if directory == 2 { 400 } else { 12 } {
            let len = [0, 1, 1800, 2047, 2048, 2049, 70_000][(file + directory) % 7];
            let bytes: Vec<u8> = (0..len).map(|at| (at * 31 + file * 7 + directory) as u8).collect();
            fs::write(path.join(format!("a file with a long name, number {file}.data")), bytes).unwrap();
        }
    }
    let large: Vec<u8> = (0..3_000_001u32).map(|at| (at / 5) as u8).collect();
    fs::write(folder.path().join("large.bin"), large).unwrap();
    folder
}

/// Four threads at places and of lengths that look random, and the whole.
fn assert_reads_as(image: &PlannedImage<'_>, written: &[u8]) {
    assert_eq!(image.sectors().bytes(), written.len() as u64);
    std::thread::scope(|scope| {
        for thread in 0..4u64 {
            scope.spawn(move || {
                let mut state = 0x9E37_79B9_7F4A_7C15u64.wrapping_mul(thread + 1);
                let mut next = |below: usize| {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 33) as usize % below
                };
                let sectors = written.len() / SECTOR;
                for _ in 0..300 {
                    let start = next(sectors);
                    let count = 1 + next((sectors - start).min(40));
                    let mut read = vec![0xAA; count * SECTOR];
                    image.read_sectors(Sector::new(start as u32), &mut read).unwrap();
                    assert!(
                        read == written[start * SECTOR..][..count * SECTOR],
                        "{count} sectors from {start} on"
                    );
                }
            });
        }
    });
    let mut reader = image.reader();
    let mut all = Vec::new();
    reader.read_to_end(&mut all).unwrap();
    assert!(all == written, "the whole image");
    let middle = reader.seek(SeekFrom::End(-5000)).unwrap() as usize;
    let mut bytes = [0; 3001];
    reader.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes[..], written[middle..middle + 3001]);
}

fn file_systems() -> [FileSystems; 3] {
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    [iso9660, iso9660 | FileSystems::UDF, FileSystems::UDF]
}

#[test]
fn a_new_image() {
    let source = source();
    let tree = scanned(source.path());
    for file_systems in file_systems() {
        for embedding in [Embedding::Automatic, Embedding::Nothing] {
            let mut options = PlanOptions { file_systems, ..PlanOptions::default() };
            options.udf.embedding = embedding;
            let plan = LayoutPlan::new(&tree, options).unwrap();
            let path = source.path().with_extension("iso");
            write_image(&plan, &path, &Control::default()).unwrap();
            let written = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            assert_reads_as(&plan.image(), &written);
        }
    }
}

#[test]
fn a_session_behind_others() {
    let source = source();
    for file_systems in file_systems() {
        let path = source.path().with_extension("growing.iso");
        let first = scanned(source.path());
        let options = PlanOptions { file_systems, ..PlanOptions::default() };
        write_image(&LayoutPlan::new(&first, options.clone()).unwrap(), &path, &Control::default()).unwrap();
        for session in 2..=3 {
            let growing = GrowingImage::open(&path).unwrap();
            let mut tree = growing.import(&ImportOptions::default(), &Control::default()).unwrap().tree;
            let bytes = vec![session; 5000];
            tree.add(format!("/new/{session}"), Item::Bytes(bytes.into()), &ItemOptions::default()).unwrap();
            let options = PlanOptions { place: growing.place(), ..options.clone() };
            let plan = LayoutPlan::new(&tree, options).unwrap();
            let image = growing.image(&plan).unwrap();
            // As it will be, before it is.
            let mut foreseen = Vec::new();
            image.reader().read_to_end(&mut foreseen).unwrap();
            growing.write(&plan, &Control::default()).unwrap();
            let written = fs::read(&path).unwrap();
            assert!(foreseen == written, "session {session} of {file_systems:?}");
            assert_reads_as(&image, &written);
        }
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn what_is_not_there_and_what_changed_are_errors() {
    let source = source();
    let tree = scanned(source.path());
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    let image = plan.image();
    let mut sector = [0; SECTOR];
    let end = Sector::new(image.sectors().get());
    assert!(matches!(image.read_sectors(end, &mut sector), Err(fsimage::ReadError::OutOfRange { .. })));
    fs::write(source.path().join("large.bin"), "short").unwrap();
    let error = image.reader().read_to_end(&mut Vec::new()).unwrap_err();
    let error = error.into_inner().unwrap().downcast::<fsimage::ReadError>().unwrap();
    let fsimage::ReadError::Io { source, .. } = *error else { panic!("{error}") };
    let error = source.into_inner().unwrap().downcast::<Error>().unwrap();
    assert!(matches!(*error, Error::SourceChanged { .. }), "{error}");
}
