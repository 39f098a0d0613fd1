//! Times that no calendar has: told by a check with path and clause, and by an import.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::path::Path;

use fsimage::{
    Control, Disc, FileSystem, FileSystems, Finding, GrowingImage, ImportOptions, ImportWarning, Item,
    ItemOptions, PlanOptions, RockRidgeTimes, Times, Timestamp, Tree, UdfOptions, UdfRevision, import,
};
use support::build;

const SECTOR: usize = 2048;
const MODIFIED: Timestamp = Timestamp { seconds: 1_150_000_000, nanoseconds: 0 };
const ROCK_RIDGE: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE);

/// Three files, of which one has a time of access, with the bytes of the image.
fn image(options: PlanOptions, path: &Path) -> Vec<u8> {
    let mut tree = Tree::new();
    let modified = ItemOptions { modified: Some(MODIFIED), ..ItemOptions::default() };
    let times = Times { access: Some(MODIFIED), ..Times::default() };
    for (name, times) in [("/d/first", None), ("/d/second", Some(times)), ("/third", None)] {
        tree.add(name, Item::Bytes(name.as_bytes().into()), &ItemOptions { times, ..modified }).unwrap();
    }
    build(&tree, options, path);
    std::fs::read(path).unwrap()
}

fn find(image: &[u8], from: usize, what: &[u8]) -> usize {
    from + image[from..].windows(what.len()).position(|bytes| bytes == what).unwrap()
}

/// What a check says of items, each with its path and clause, in both its forms.
fn checked(path: &Path) -> Vec<(String, String, String)> {
    let disc = Disc::open(path).unwrap();
    let all = disc.verify(None, &Control::default()).unwrap().findings;
    assert_eq!(disc.verify_structure(None, &Control::default()).unwrap().findings, all);
    let parts = |Finding { path, clause, message, .. }: Finding| {
        (path.unwrap_or_default(), clause.unwrap_or_default(), message)
    };
    all.into_iter().map(parts).collect()
}

/// What an import says, for a new image as for a further session; what single hierarchies have for themselves aside.
fn imported(path: &Path, file_system: FileSystem) -> Vec<ImportWarning> {
    let options = ImportOptions { preference: vec![file_system], ..ImportOptions::default() };
    let warnings = import(&Disc::open(path).unwrap(), &options, &Control::default()).unwrap().warnings;
    let mut appended = GrowingImage::open(path).unwrap().import(&options, &Control::default()).unwrap();
    appended.warnings.retain(|warning| !matches!(warning, ImportWarning::SaysOtherwise { .. }));
    assert_eq!(appended.warnings, warnings);
    warnings
}

#[test]
fn of_rock_ridge() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    for form in [RockRidgeTimes::Fitting, RockRidgeTimes::Long] {
        let options =
            PlanOptions { file_systems: ROCK_RIDGE, rock_ridge_times: form, ..PlanOptions::default() };
        let mut image = image(options, &path);
        assert_eq!((checked(&path), imported(&path, FileSystem::RockRidge)), (vec![], vec![]));
        let len = if form == RockRidgeTimes::Long { 17 } else { 7 };
        let mut stamps = |name: &[u8], index: usize, with: &[u8]| {
            let record = find(&image, 20 * SECTOR, name);
            let stamp = find(&image, record, b"TF") + 5 + index * len;
            image[stamp..stamp + with.len()].copy_from_slice(with);
        };
        // The 13th month, and the 30th of February; what is not given is no mistake.
        let (month, day) = match len {
            7 => (&[106, 13, 1, 0, 0, 0, 0][..], &[106, 2, 30, 0, 0, 0, 0][..]),
            _ => (&b"2006130100000000"[..], &b"2006023000000000"[..]),
        };
        stamps(b"FIRST.;1", 0, month);
        stamps(b"SECOND.;1", 1, day);
        stamps(b"THIRD.;1", 0, &vec![if len == 7 { 0 } else { b'0' }; len - 1]);
        std::fs::write(&path, &image).unwrap();
        let found = checked(&path);
        let expected = [("/d/first", "last modification"), ("/d/second", "last access")];
        assert_eq!(found.len(), 2, "{found:#?}");
        for ((path, clause, message), (item, time)) in found.iter().zip(expected) {
            assert_eq!((&path[..], &clause[..]), (item, "RRIP 4.1.6"));
            assert!(message.contains("TF entry") && message.contains(time), "{message}");
        }
        let told = ImportWarning::ImpossibleTime {
            path: "/d/first".to_owned(),
            items: 2,
            file_system: FileSystem::RockRidge,
        };
        assert_eq!(imported(&path, FileSystem::RockRidge), [told]);
    }
}

/// A zone that is none leaves date and time of day, which count as UTC: what is told is what is done.
#[test]
fn of_a_zone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    for form in [RockRidgeTimes::Fitting, RockRidgeTimes::Long] {
        let options =
            PlanOptions { file_systems: ROCK_RIDGE, rock_ridge_times: form, ..PlanOptions::default() };
        let mut image = image(options, &path);
        let len = if form == RockRidgeTimes::Long { 17 } else { 7 };
        let record = find(&image, 20 * SECTOR, b"FIRST.;1");
        let stamp = find(&image, record, b"TF") + 5;
        image[stamp + len - 1] = 100;
        image[16 * SECTOR + 830..][..17].copy_from_slice(b"2026010203040506\x64");
        std::fs::write(&path, &image).unwrap();
        let found = checked(&path);
        let [(_, _, of_volume), (item, clause, of_item)] = &found[..] else { panic!("{found:#?}") };
        assert_eq!((&item[..], &clause[..]), ("/d/first", "RRIP 4.1.6"));
        for told in ["the modification time has a zone that is none; it is read as UTC", "8.4.27"] {
            assert!(of_volume.contains(told), "{of_volume}");
        }
        assert!(of_item.contains("a zone that is none, read as UTC, for last modification"), "{of_item}");
        let told = imported(&path, FileSystem::RockRidge);
        let file_system = FileSystem::RockRidge;
        let offset = ImportWarning::ImpossibleOffset { path: "/d/first".to_owned(), items: 1, file_system };
        assert!(told.contains(&offset), "{told:#?}");
        let source =
            import(&Disc::open(&path).unwrap(), &ImportOptions::default(), &Control::default()).unwrap();
        assert_eq!(source.tree.modified(source.tree.lookup("/d/first").unwrap()), MODIFIED);
    }
}

#[test]
fn of_directory_records() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let file_systems = ROCK_RIDGE | FileSystems::JOLIET;
    let mut image = image(PlanOptions { file_systems, ..PlanOptions::default() }, &path);
    for (name, field, value) in
        [(&b"SECOND.;1"[..], 19, 0), (b"THIRD.;1", 24, 100), (b"\0f\0i\0r\0s\0t", 20, 32)]
    {
        let record = find(&image, 20 * SECTOR, name) - 33;
        image[record + field] = value;
    }
    std::fs::write(&path, &image).unwrap();
    let mut found = checked(&path);
    found.sort();
    let expected = [("/", "'THIRD.;1'"), ("/D", "'SECOND.;1'"), ("/d", r"'\x00f\x00i\x00r\x00s\x00t'")];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (path, identifier) in expected {
        let one = |(of, clause, message): &(String, String, String)| {
            of == path && clause == "ECMA-119 9.1.5" && message.contains(identifier)
        };
        assert!(found.iter().any(one), "{path} {identifier}: {found:#?}");
    }
    let told = |path: &str, items, file_system| {
        let path = path.to_owned();
        ImportWarning::ImpossibleTime { path, items, file_system }
    };
    let offset = ImportWarning::ImpossibleOffset {
        path: "/third".to_owned(),
        items: 1,
        file_system: FileSystem::Iso9660,
    };
    let of_rock_ridge = imported(&path, FileSystem::RockRidge);
    assert_eq!(of_rock_ridge, [told("/d/second", 1, FileSystem::Iso9660), offset.clone()]);
    assert!(offset.to_string().contains("is in a zone that is none (ECMA-119 9.1.5), and is taken for UTC"));
    let of_joliet = imported(&path, FileSystem::Joliet);
    assert!(of_joliet.contains(&told("/d/first", 1, FileSystem::Joliet)), "{of_joliet:?}");
}

#[test]
fn of_volume_descriptors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let mut image = image(PlanOptions { file_systems: ROCK_RIDGE, ..PlanOptions::default() }, &path);
    image[16 * SECTOR + 847..][..17].copy_from_slice(b"2006130100000000\0");
    std::fs::write(&path, &image).unwrap();
    let found = checked(&path);
    assert!(matches!(&found[..], [(_, _, message)] if message.contains("8.4.28")), "{found:#?}");
    let told = imported(&path, FileSystem::RockRidge);
    assert!(matches!(&told[..], [ImportWarning::Finding { finding }] if *finding == found[0].2), "{told:#?}");
}

/// The CRC of ECMA-167 1/7.2.6.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| crc << 1 ^ if crc >> 15 == 1 { 0x1021 } else { 0 })
    })
}

#[test]
fn of_udf() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    let udf = UdfOptions { revision: UdfRevision::V2_01, ..UdfOptions::default() };
    let file_systems = FileSystems::UDF;
    let mut image = image(PlanOptions { file_systems, udf, ..PlanOptions::default() }, &path);
    // Extended file entries: access time at 80, modification 92, creation 104, attributes 116. Files have 8 and 9 bytes.
    let mut changed = 0;
    for sector in image.chunks_exact_mut(SECTOR) {
        let is_file = sector[..2] == 266u16.to_le_bytes() && sector[16 + 11] == 5;
        let (field, month) = match (is_file, sector[56]) {
            (true, 8) => (92, 13),
            (true, 9) => (80, 0),
            _ => continue,
        };
        sector[field + 4] = month;
        let len = usize::from(u16::from_le_bytes([sector[10], sector[11]]));
        let sum = crc(&sector[16..16 + len]).to_le_bytes();
        sector[8..10].copy_from_slice(&sum);
        sector[4] = 0;
        sector[4] = sector[..16].iter().fold(0, |sum, &byte| sum.wrapping_add(byte));
        changed += 1;
    }
    assert_eq!(changed, 2);
    std::fs::write(&path, &image).unwrap();
    let found = checked(&path);
    let expected = [("/d/first", "last modification"), ("/d/second", "last access")];
    assert_eq!(found.len(), 2, "{found:#?}");
    for ((path, clause, message), (item, time)) in found.iter().zip(expected) {
        assert_eq!((&path[..], &clause[..]), (item, "ECMA-167 1/7.3"));
        assert!(message.contains(time), "{message}");
    }
    let (path_told, items) = ("/d/first".to_owned(), 2);
    let told = ImportWarning::ImpossibleTime { path: path_told, items, file_system: FileSystem::Udf };
    assert_eq!(imported(&path, FileSystem::Udf), [told]);
}
