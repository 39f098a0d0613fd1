//! Files with an SF entry (RRIP 4.1.7) with tables of any form: images that are patched to have one.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use fsimage::update::{Compare, UpdateOptions};
use fsimage::{
    Control, Disc, Error, ExtractOptions, FileSystem, FileSystems, GrowingImage, ImportOptions, Item,
    ItemOptions, LayoutPlan, PlanOptions, Tree, write_image,
};
use iso9660::rock_ridge::{SparseFile, SparsePointer, SparseTable, SparseTarget};
use support::updating::update_image;

/// As long as the four letters `file`, with the entry that is to follow them.
const LONG_NAME: &[u8; 25] = b"a name which is shortened";

const MIB: u64 = 1 << 20;
const LEN: u64 = 40 * MIB + 17;

/// Where the data of the example are, and how long.
const DATA: [(u64, usize); 3] = [(0, 65_536), (5 * 65_536 + 7 * 256, 256), (40 * MIB, 17)];

fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at % 251 + 1) as u8).collect()
}

fn table(targets: &[(usize, SparseTarget)], out: &mut Vec<u8>) {
    let mut pointers = [SparsePointer::to(SparseTarget::Hole).unwrap(); SparseTable::POINTERS];
    for &(index, target) in targets {
        pointers[index] = SparsePointer::to(target).unwrap();
    }
    SparseTable { pointers }.encode(out);
}

/// A file of [`LEN`] bytes as it is stored, with tables of three levels.
fn stored() -> Vec<u8> {
    let mut stored = vec![0; 2048];
    table(&[(0, SparseTarget::Table(2)), (2, SparseTarget::Table(3))], &mut stored);
    table(&[(0, SparseTarget::Data(40)), (5, SparseTarget::Table(4))], &mut stored);
    table(&[(128, SparseTarget::Data(297))], &mut stored);
    table(&[(7, SparseTarget::Data(296))], &mut stored);
    DATA.iter().for_each(|&(_, len)| stored.extend(bytes(len)));
    stored
}

fn content() -> Vec<u8> {
    let mut content = vec![0; LEN as usize];
    for (at, len) in DATA {
        content[at as usize..][..len].copy_from_slice(&bytes(len));
    }
    content
}

/// Writes an image in which `file` is stored so, and is said to be sparse.
fn image(path: &Path, stored: &[u8], entry: SparseFile) {
    let mut tree = Tree::new();
    let name = std::str::from_utf8(LONG_NAME).unwrap();
    tree.add(name, Item::Bytes(stored.into()), &ItemOptions::default()).unwrap();
    tree.add("plain", Item::Bytes(b"plain".as_slice().into()), &ItemOptions::default()).unwrap();
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    let options = PlanOptions { file_systems: iso9660, ..PlanOptions::default() };
    write_image(&LayoutPlan::new(&tree, options).unwrap(), path, &Control::default()).unwrap();
    let mut image = fs::read(path).unwrap();
    let recorded = [&b"NM\x1e\x01\0"[..], LONG_NAME].concat();
    let mut patched = b"NM\x09\x01\0file".to_vec();
    entry.encode(&mut patched);
    assert_eq!(patched.len(), recorded.len());
    let at = image.windows(recorded.len()).position(|window| window == recorded).unwrap();
    image[at..at + patched.len()].copy_from_slice(&patched);
    fs::write(path, image).unwrap();
}

fn example(path: &Path) {
    image(path, &stored(), SparseFile { virtual_size: LEN, table_depth: Some(3) });
}

fn read(path: &Path) -> Vec<u8> {
    let image = Disc::open(path).unwrap().image(None, &[FileSystem::RockRidge]).unwrap();
    let mut content = Vec::new();
    image.open(&image.lookup("/file").unwrap()).unwrap().read_to_end(&mut content).unwrap();
    content
}

#[test]
fn holes_and_data_are_read_by_every_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    example(&path("image"));
    assert!(read(&path("image")) == content());
    let disc = Disc::open(&path("image")).unwrap();
    let image = disc.image(None, &[FileSystem::RockRidge]).unwrap();
    let entry = image.lookup("/file").unwrap();
    assert_eq!(entry.len, LEN);
    let mut piece = [9; 300];
    let mut reader = image.open(&entry).unwrap();
    reader.seek(SeekFrom::Start(40 * MIB - 10)).unwrap();
    reader.read_exact(&mut piece[..27]).unwrap();
    assert_eq!((&piece[..10], &piece[10..27]), (&[0; 10][..], &bytes(17)[..]));

    let mut manifest = Vec::new();
    image.write_manifest(&mut manifest, &Control::default(), &mut |_, error| Err(error)).unwrap();
    let manifest = String::from_utf8(manifest).unwrap();
    let line = manifest.lines().find(|line| line.starts_with("/file\t")).unwrap();
    assert_eq!(line.split('\t').nth(5), Some(LEN.to_string().as_str()));
    assert!(line.contains(&image.sha256(&entry).unwrap()), "{line}");
    assert_eq!(disc.verify(None, &Control::default()).unwrap().findings, []);

    for sparse in [false, true] {
        let target = path(if sparse { "sparse" } else { "target" });
        let options = ExtractOptions { sparse, ..ExtractOptions::default() };
        let report = image.extract(&[], &target, &options, &Control::default()).unwrap();
        assert_eq!(report.warnings, []);
        assert!(fs::read(target.join("file")).unwrap() == content());
        assert!(target.join("file").metadata().unwrap().blocks() * 512 < MIB);
    }
}

#[test]
fn the_tables_stay_in_later_sessions_and_new_images() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    example(&path("image"));
    let len = path("image").metadata().unwrap().len();
    let growing = GrowingImage::open(&path("image")).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    assert_eq!(imported.warnings, []);
    imported.tree.add("more", Item::Bytes([1].into()), &ItemOptions::default()).unwrap();

    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let options = PlanOptions { file_systems, ..imported.new_image_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    // Joliet shows what is stored.
    assert_eq!(plan.notice_counts().shown_encoded, 1);
    write_image(&plan, &path("new"), &Control::default()).unwrap();
    assert!(read(&path("new")) == content());
    let joliet = Disc::open(&path("new")).unwrap().image(None, &[FileSystem::Joliet]).unwrap();
    assert_eq!(joliet.lookup("/file").unwrap().len, stored().len() as u64);

    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &Control::default()).unwrap();
    assert!(read(&path("image")) == content());
    assert!(path("image").metadata().unwrap().len() < len + MIB);
}

#[test]
fn an_update_compares_the_file_with_its_holes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    example(&path("image"));
    let image = Disc::open(&path("image")).unwrap().image(None, &[FileSystem::RockRidge]).unwrap();
    image.extract(&[], &path("folder"), &ExtractOptions::default(), &Control::default()).unwrap();
    drop(image);
    fs::write(path("folder/more"), "more").unwrap();
    let how = UpdateOptions { compare: Compare::Content, ..UpdateOptions::default() };
    let counts = update_image(&path("image"), &path("folder"), how).unwrap().counts;
    assert_eq!((counts.added, counts.changed, counts.removed), (1, 0, 0));
    assert!(read(&path("image")) == content());
    assert!(path("image").metadata().unwrap().len() < 2 * MIB);
}

#[test]
fn hostile_tables_are_told_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image");
    let whole = stored();
    let mut itself = vec![0; 2048];
    table(&std::array::from_fn::<_, 256, _>(|index| (index, SparseTarget::Table(1))), &mut itself);
    let mut again = vec![0; 2048];
    table(&std::array::from_fn::<_, 256, _>(|index| (index, SparseTarget::Data(0))), &mut again);
    for (stored, virtual_size, depth) in [
        (&whole[..whole.len() - 1], LEN, 3),
        (&whole[..2048], LEN, 3),
        (&whole, u64::MAX, 7),
        (&whole, LEN, 0),
        (&whole, LEN, 1),
        (&itself, LEN, 7),
        (&again, 65_536, 1),
    ] {
        image(&path, stored, SparseFile { virtual_size, table_depth: Some(depth) });
        let disc = Disc::open(&path).unwrap();
        let image = disc.image(None, &[FileSystem::RockRidge]).unwrap();
        let entry = image.lookup("/file").unwrap();
        assert_eq!(entry.len, virtual_size);
        match image.open(&entry) {
            Err(Error::Corrupt { detail, .. }) => assert!(detail.contains("RRIP 4.1.7"), "{detail}"),
            other => panic!("{:?}", other.err()),
        }
        let findings = disc.verify(None, &Control::default()).unwrap().findings;
        assert!(matches!(&findings[..], [one] if one.path.as_deref() == Some("/file") && one.is_damage));
        assert!(image.open(&image.lookup("/plain").unwrap()).is_ok());
        // What cannot be read is carried as it is.
        let imported =
            GrowingImage::open(&path).unwrap().import(&ImportOptions::default(), &Control::default());
        assert_eq!(imported.unwrap().warnings, []);
    }
}
