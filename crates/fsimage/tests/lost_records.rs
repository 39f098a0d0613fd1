//! Directories of ISO 9660 and Joliet from which records are gone: whoever reads them is told which directory it is,
//! and where.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::ops::Range;
use std::sync::Arc;

use fsimage::{
    Control, Disc, ExtractOptions, FileSystem, ImportOptions, ImportWarning, Item, ItemOptions, LayoutPlan,
    MemorySectors, PlanOptions, Tree, WriterSink, import,
};

const SECTOR: usize = 2048;

/// Files in the directory: several sectors of records in each hierarchy.
const FILES: usize = 90;

fn name(number: usize) -> String {
    format!("NAME{number:04}.TXT")
}

fn image() -> Vec<u8> {
    let mut tree = Tree::new();
    for number in 0..FILES {
        let path = format!("/dir/below/{}", name(number));
        tree.add(path, Item::Bytes(b"content".as_slice().into()), &ItemOptions::default()).unwrap();
    }
    let mut image = Vec::new();
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    image
}

fn opened(image: &[u8]) -> Disc {
    Disc::from_source(Arc::new(MemorySectors::new(image.to_vec())), "memory").unwrap()
}

/// Where the record of a file lies. Joliet's names have two bytes for each character.
fn record(image: &[u8], number: usize, file_system: FileSystem) -> usize {
    let name = name(number);
    let identifier: Vec<u8> = match file_system {
        FileSystem::Joliet => name.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => name.into_bytes(),
    };
    image.windows(identifier.len()).position(|bytes| bytes == identifier).unwrap() - 33
}

/// Zeros over some records between others, over all records from one to the end of its sector, and over a sector.
fn gaps(image: &[u8], file_system: FileSystem) -> [Range<usize>; 3] {
    let place = |number| record(image, number, file_system);
    let number = (10..).find(|&number| place(number) / SECTOR == place(number + 3) / SECTOR).unwrap();
    let sector = place(number) / SECTOR * SECTOR;
    [place(number) + 40..place(number + 2) + 10, place(number)..sector + SECTOR, sector..sector + SECTOR]
}

#[test]
fn what_zeros_in_a_directory_hide_is_told() {
    let sound = image();
    let folder = tempfile::tempdir().unwrap();
    for file_system in [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Iso9660] {
        for (number, gap) in gaps(&sound, file_system).into_iter().enumerate() {
            let what = format!("{file_system}, {gap:?}");
            let sector = format!("sector {},", gap.start / SECTOR);
            let is_told = |path: &str, message: &str| {
                path.eq_ignore_ascii_case("/dir/below") && message.starts_with(&sector)
            };
            let mut damaged = sound.clone();
            damaged[gap].fill(0);
            let disc = opened(&damaged);

            let view = disc.image(None, &[file_system]).unwrap();
            let mut seen = 0;
            view.walk(&mut |_, _| {
                seen += 1;
                Ok(())
            })
            .unwrap();
            assert!(seen > 10 && seen < FILES + 3, "{what}: {seen}");
            let losses = view.losses(&Control::default()).unwrap();
            let is_loss = |loss: &fsimage::Finding| {
                loss.is_damage && is_told(loss.path.as_deref().unwrap_or_default(), &loss.message)
            };
            assert!(losses.iter().any(is_loss), "{what}: {losses:?}");

            let target = folder.path().join(format!("{file_system}{number}"));
            let view = disc.image(None, &[file_system]).unwrap();
            let report = view.extract(&[], &target, &ExtractOptions::default(), &Control::default()).unwrap();
            let told = &report.warnings;
            assert!(told.iter().any(|one| is_told(&one.path, &one.reason)), "{what}: {told:?}");

            let report = disc.verify(None, &Control::default()).unwrap();
            assert!(report.findings.iter().any(is_loss), "{what}: {report:?}");

            let options = ImportOptions { preference: vec![file_system], ..ImportOptions::default() };
            let told = import(&disc, &options, &Control::default()).unwrap().warnings;
            let is_warning = |warning: &ImportWarning| match warning {
                ImportWarning::Damaged { path: Some(path), finding } => is_told(path, finding),
                _ => false,
            };
            assert!(told.iter().any(is_warning), "{what}: {told:?}");
        }
    }
}

/// The sound image has free room at the ends of its sectors, of which nothing is told.
#[test]
fn room_at_the_end_of_a_sector_is_no_gap() {
    let disc = opened(&image());
    assert_eq!(disc.verify(None, &Control::default()).unwrap().findings, []);
    assert_eq!(import(&disc, &ImportOptions::default(), &Control::default()).unwrap().warnings, []);
}

/// No record leads to a directory that the path tables name: its record is gone, at the end of its directory, say.
#[test]
fn a_directory_that_only_the_path_tables_know_is_damage() {
    let mut tree = Tree::new();
    tree.add("/kept/file", Item::Bytes(b"kept".as_slice().into()), &ItemOptions::default()).unwrap();
    tree.add("/lost/file", Item::Bytes(b"lost".as_slice().into()), &ItemOptions::default()).unwrap();
    let mut image = Vec::new();
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    let identifier = b"\x04LOST";
    let record = image.windows(5).position(|bytes| bytes == identifier).unwrap() - 32;
    let end = (record / SECTOR + 1) * SECTOR;
    image[record..end].fill(0);
    let report = opened(&image).verify(None, &Control::default()).unwrap();
    let is_lost = |finding: &fsimage::Finding| finding.is_damage && finding.message.contains("path table");
    assert!(report.findings.iter().any(is_lost), "{report:?}");
}
