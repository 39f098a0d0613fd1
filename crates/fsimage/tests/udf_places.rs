//! Where UDF lies: sessions that refer to earlier ones' data, volumes as large as can be, options that exclude
//! one another.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs::File;
use std::os::unix::fs::FileExt;

use fsimage::{
    Control, Disc, Error, FileSystem, FileSystems, ImportOptions, Item, ItemOptions, LayoutPlan,
    MetadataPartition, PlanOptions, Sector, SectorCount, Tree, UdfAccess, UdfRevision, WriterSink, import,
    write_image,
};
use udf::read::{Content, DirectoryBuffer, Volume};
use udf::volume::{AccessType, AnchorVolumeDescriptorPointer};

fn bridge(revision: UdfRevision) -> PlanOptions {
    let mut options = PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::UDF,
        ..PlanOptions::default()
    };
    options.udf.revision = revision;
    options
}

/// The content of a file of the volume whose session starts there.
fn read(image: &std::path::Path, session: u32, path: &str) -> Vec<u8> {
    let file = File::open(image).unwrap();
    let sectors = fsimage::FileSectors::new(file.try_clone().unwrap()).unwrap();
    let volume = Volume::open(&sectors, Sector::new(session)).unwrap();
    let mut content = None;
    volume
        .lookup(path.as_bytes(), &mut DirectoryBuffer::new(), &mut |entry| {
            content = Some(volume.content(entry.icb).unwrap());
        })
        .unwrap();
    assert_eq!(volume.findings(), []);
    match content.unwrap_or_else(|| panic!("{path}")) {
        Content::Embedded(bytes) => bytes,
        Content::Extents(stretches) => {
            let mut bytes = Vec::new();
            for stretch in stretches {
                let start = bytes.len();
                bytes.resize(start + stretch.len as usize, 0);
                file.read_exact_at(&mut bytes[start..], stretch.position.unwrap()).unwrap();
            }
            bytes
        }
    }
}

#[test]
fn a_session_refers_to_data_of_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    for revision in [UdfRevision::V1_02, UdfRevision::V2_60] {
        let image = folder.path().join("image.iso");
        let mut tree = Tree::new();
        let old: Vec<u8> = (0..100_000u32).map(|at| (at / 7) as u8).collect();
        tree.add("/dir/old", Item::Bytes(old.clone().into()), &ItemOptions::default()).unwrap();
        let plan = LayoutPlan::new(&tree, bridge(revision)).unwrap();
        write_image(&plan, &image, &Control::default()).unwrap();
        let first_end = plan.extent().len.get();

        let disc = Disc::open(&image).unwrap();
        let options = ImportOptions { preference: vec![FileSystem::RockRidge], ..ImportOptions::default() };
        let mut imported = import(&disc, &options, &Control::default()).unwrap();
        let new = vec![9; 70_000];
        imported.tree.add("/dir/new", Item::Bytes(new.clone().into()), &ItemOptions::default()).unwrap();
        let start = first_end.next_multiple_of(32) + 6912;
        let mut options = bridge(revision);
        options.place.start = Sector::new(start);
        let plan = LayoutPlan::new(&imported.tree, options).unwrap();
        let mut session = Vec::new();
        let mut sink = WriterSink::new(&mut session, "memory");
        plan.write_to(&mut sink, &Control::default()).unwrap();
        assert!(plan.extent().len.bytes() == session.len() as u64 && session.len() < 1 << 21);
        let file = File::options().write(true).open(&image).unwrap();
        file.write_all_at(&session, u64::from(start) * 2048).unwrap();

        assert!(read(&image, start, "/dir/old") == old, "{revision}");
        assert!(read(&image, start, "/dir/new") == new, "{revision}");
        assert!(read(&image, 0, "/dir/old") == old, "{revision}");
        assert_eq!(support::list_session(&image, Some(1)).len(), 3);
    }
}

#[test]
fn a_volume_of_nearly_8_tib() {
    const LEN: u64 = (8 << 40) - (64 << 20);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let source = folder.path().join("source");
    let file = File::create(&source).unwrap();
    // Not every host's file system has files of that size.
    if file.set_len(LEN).is_err() {
        peers::skip("the build's file system has no files of 8 TiB");
        return;
    }
    file.write_all_at(b"the end", LEN - 7).unwrap();
    let mut tree = Tree::new();
    tree.add("/large", Item::HostFile(&source), &ItemOptions::default()).unwrap();
    tree.add("/small", Item::Bytes(b"small"[..].into()), &ItemOptions::default()).unwrap();
    for (revision, metadata) in
        [(UdfRevision::V1_50, MetadataPartition::None), (UdfRevision::V2_50, MetadataPartition::Mirrored)]
    {
        let image = folder.path().join("image.udf");
        let mut options = PlanOptions { file_systems: FileSystems::UDF, ..PlanOptions::default() };
        (options.udf.revision, options.udf.metadata_partition) = (revision, metadata);
        let plan = LayoutPlan::new(&tree, options.clone()).unwrap();
        write_image(&plan, &image, &Control::default()).unwrap();
        let sectors = fsimage::FileSectors::new(File::open(&image).unwrap()).unwrap();
        let volume = Volume::open(&sectors, Sector::ZERO).unwrap();
        let mut found = None;
        volume
            .lookup(b"/large", &mut DirectoryBuffer::new(), &mut |entry| {
                assert_eq!(entry.len, LEN);
                found = Some(volume.content(entry.icb).unwrap());
            })
            .unwrap();
        let Some(Content::Extents(stretches)) = found else { panic!("no extents") };
        let last = stretches.last().unwrap();
        let mut end = [0; 7];
        let at = last.position.unwrap() + last.len - 7;
        File::open(&image).unwrap().read_exact_at(&mut end, at).unwrap();
        assert_eq!(&end, b"the end");
        assert_eq!(read(&image, 0, "/small"), b"small");
        std::fs::remove_file(&image).unwrap();

        // The same file again would be another name of it.
        let other = folder.path().join("other");
        File::create(&other).unwrap().set_len(LEN).unwrap();
        let mut tree = Tree::clone(&tree);
        tree.add("/more", Item::HostFile(&other), &ItemOptions::default()).unwrap();
        assert!(matches!(LayoutPlan::new(&tree, options), Err(Error::TreeTooLarge { .. })));
    }
}

#[test]
fn what_does_not_go_together() {
    let tree = Tree::new();
    let refused = |change: &dyn Fn(&mut PlanOptions)| {
        let mut options = bridge(UdfRevision::V2_01);
        change(&mut options);
        matches!(LayoutPlan::new(&tree, options), Err(Error::InvalidArgument { .. } | Error::NoOutput))
    };
    assert!(!refused(&|_| {}));
    assert!(refused(&|options| options.udf.access = UdfAccess::Overwritable { free: SectorCount::new(9) }));
    assert!(refused(&|options| options.udf.metadata_partition = MetadataPartition::Single));
    assert!(refused(&|options| options.udf.revision = UdfRevision(0x0300)));
    assert!(refused(&|options| options.file_systems = FileSystems::UDF | FileSystems::JOLIET));
    let none = PlanOptions { file_systems: FileSystems::empty(), ..bridge(UdfRevision::V2_01) };
    assert!(matches!(LayoutPlan::new(&tree, none), Err(Error::NoOutput)));
}

#[test]
fn an_overwritable_volume_tells_its_free_space() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.udf");
    let mut tree = Tree::new();
    for number in 0..40u8 {
        let bytes = vec![number; usize::from(number) * 30_000];
        tree.add(format!("/d/{number}"), Item::Bytes(bytes.into()), &ItemOptions::default()).unwrap();
    }
    let forms = [
        (UdfRevision::V1_02, MetadataPartition::None),
        (UdfRevision::V2_01, MetadataPartition::None),
        (UdfRevision::V2_50, MetadataPartition::Single),
        (UdfRevision::V2_60, MetadataPartition::Mirrored),
    ];
    // One bitmap has a block, the other several.
    for (free, (revision, metadata)) in
        [0, 50_000].into_iter().flat_map(|free| forms.map(|form| (free, form)))
    {
        let mut options = PlanOptions { file_systems: FileSystems::UDF, ..PlanOptions::default() };
        (options.udf.revision, options.udf.metadata_partition) = (revision, metadata);
        options.udf.access = UdfAccess::Overwritable { free: SectorCount::new(free) };
        let plan = LayoutPlan::new(&tree, options).unwrap();
        write_image(&plan, &image, &Control::default()).unwrap();
        let sectors = fsimage::FileSectors::new(File::open(&image).unwrap()).unwrap();
        let volume = Volume::open(&sectors, Sector::ZERO).unwrap();
        let bitmap = volume.space_bitmap(0).unwrap().unwrap();
        let partition = &volume.partitions()[0];
        assert_eq!(bitmap.number_of_bits, partition.length);
        let integrity = volume.integrity().unwrap();
        assert_eq!(integrity.free_space[0], bitmap.free_blocks());
        assert!((free..free + 64).contains(&bitmap.free_blocks()), "{}", bitmap.free_blocks());
        // What is free is what no piece of the plan has.
        let start = partition.start;
        let mut named = vec![false; partition.length as usize];
        for segment in plan.segments().filter(|segment| segment.label != "unused") {
            for sector in segment.start..segment.start + segment.sectors {
                if let Some(named) = sector.checked_sub(start).and_then(|at| named.get_mut(at as usize)) {
                    *named = true;
                }
            }
        }
        for (block, named) in (0..).zip(&named) {
            if *named {
                assert_eq!(bitmap.is_free(block), Some(false), "{revision}: block {block}");
            }
        }
        assert_eq!(volume.findings(), []);
        assert_eq!(read(&image, 0, "/d/39").len(), 39 * 30_000);
    }
}

/// A volume with 60 files in two directories.
fn sample(folder: &std::path::Path, change: impl FnOnce(&mut PlanOptions)) -> std::path::PathBuf {
    let image = folder.join("sample.udf");
    let mut tree = Tree::new();
    for number in 0..60u8 {
        let bytes = vec![number; 3000];
        let path = format!("/{}/{number}", number % 2);
        tree.add(path, Item::Bytes(bytes.into()), &ItemOptions::default()).unwrap();
    }
    let mut options = PlanOptions { file_systems: FileSystems::UDF, ..PlanOptions::default() };
    change(&mut options);
    write_image(&LayoutPlan::new(&tree, options).unwrap(), &image, &Control::default()).unwrap();
    image
}

fn volume(image: &std::path::Path) -> Volume<fsimage::FileSectors> {
    Volume::open(fsimage::FileSectors::open(image).unwrap(), Sector::ZERO).unwrap()
}

/// UDF 3.2.1.1, and 2.2.2.5 for the volume set.
#[test]
fn unique_ids_and_the_name_of_the_volume_set() {
    use std::ops::ControlFlow;
    let folder = tempfile::tempdir().unwrap();
    for revision in [UdfRevision::V1_02, UdfRevision::V2_60] {
        let image = sample(folder.path(), |options| options.udf.revision = revision);
        let volume = volume(&image);
        let mut buffer = DirectoryBuffer::new();
        volume.root_entry(&mut buffer, &mut |root| assert_eq!(root.unique_id, 0)).unwrap();
        let mut ids = std::collections::BTreeSet::new();
        let mut pending = vec![volume.root_directory()];
        while let Some(directory) = pending.pop() {
            volume
                .read_directory(&directory, &mut buffer, &mut |entry| {
                    assert!(entry.unique_id >= 16 && ids.insert(entry.unique_id), "{}", entry.unique_id);
                    if let udf::read::EntryKind::Directory(below) = entry.kind {
                        pending.push(below);
                    }
                    ControlFlow::Continue(())
                })
                .unwrap();
        }
        assert_eq!(ids.len(), 62);
        // The next one is recorded, for who adds files.
        assert!(volume.integrity().unwrap().unique_id > *ids.last().unwrap());
        let set = volume.primary().unwrap().volume_set_identifier.text().unwrap();
        let digits = set.chars().take(16).filter(char::is_ascii_hexdigit).count();
        assert_eq!(digits, 16, "{set}");
    }
}

/// Who appends a session looks for free sectors behind the partition, and takes a volume for closed that is to be read
/// only: it spans what is used and no more.
#[test]
fn the_partition_ends_with_what_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    for (revision, metadata) in [
        (UdfRevision::V1_02, MetadataPartition::None),
        (UdfRevision::V2_50, MetadataPartition::None),
        (UdfRevision::V2_60, MetadataPartition::Mirrored),
    ] {
        for beside in [FileSystems::empty(), FileSystems::ISO9660 | FileSystems::JOLIET] {
            let image = sample(folder.path(), |options| {
                (options.udf.revision, options.udf.metadata_partition) = (revision, metadata);
                options.file_systems = FileSystems::UDF | beside;
                options.place.end_padding = SectorCount::new(150);
            });
            let volume = volume(&image);
            let [partition] = volume.partitions() else { panic!("one partition") };
            assert_eq!(partition.access_type, AccessType::READ_ONLY);
            let end = partition.start + partition.length;
            let bytes = std::fs::read(&image).unwrap();
            let anchor =
                <AnchorVolumeDescriptorPointer as udf::Descriptor>::parse(&bytes[256 * 2048..257 * 2048]);
            assert_eq!(anchor.unwrap().reserve, udf::ExtentAd { length: 16 * 2048, location: end });
            let last = &bytes[(end as usize - 1) * 2048..end as usize * 2048];
            assert!(last.iter().any(|byte| *byte != 0), "{revision}: the last block is in use");
        }
    }
}

/// UDF 2.2.13: the second copy is one, and the bitmap says what of the metadata partition is free.
#[test]
fn the_files_of_a_metadata_partition() {
    let folder = tempfile::tempdir().unwrap();
    for metadata in [MetadataPartition::Single, MetadataPartition::Mirrored] {
        let image = sample(folder.path(), |options| {
            (options.udf.revision, options.udf.metadata_partition) = (UdfRevision::V2_50, metadata);
            options.udf.access = UdfAccess::Overwritable { free: SectorCount::new(100) };
        });
        let volume = volume(&image);
        let Some(udf::volume::PartitionMap::Metadata { file, mirror_file, bitmap_file, .. }) =
            volume.logical_volume().partition_maps.get(1).cloned()
        else {
            panic!("no metadata partition")
        };
        let bytes = std::fs::read(&image).unwrap();
        let content = |block| -> (u64, Vec<u8>) {
            let icb = udf::LbAddr { block, partition: 0 };
            let Content::Extents(stretches) = volume.content(icb).unwrap() else { panic!("embedded") };
            let [stretch] = &stretches[..] else { panic!("{stretches:?}") };
            let start = stretch.position.unwrap();
            (start, bytes[start as usize..(start + stretch.len) as usize].to_vec())
        };
        let ((main, blocks), (mirror, copy)) = (content(file), content(mirror_file));
        assert!(blocks == copy);
        assert_eq!(main == mirror, metadata == MetadataPartition::Single);
        let (_, bitmap) = content(bitmap_file);
        let bitmap = <udf::partition::SpaceBitmapDescriptor as udf::Descriptor>::parse(&bitmap).unwrap();
        assert_eq!(bitmap.number_of_bits as usize, blocks.len() / 2048);
        assert_eq!(bitmap.free_blocks(), volume.integrity().unwrap().free_space[1]);
        for (number, block) in blocks.chunks(2048).enumerate() {
            let is_zero = block.iter().all(|byte| *byte == 0);
            assert!(is_zero || bitmap.is_free(number as u32) == Some(false), "block {number} is in use");
        }

        // Whatever becomes of the first copy, the second one is taken.
        let mut damaged = bytes.clone();
        damaged[main as usize..main as usize + blocks.len()].fill(0x55);
        let damaged = fsimage::MemorySectors::new(damaged);
        let opened = Volume::open(&damaged, Sector::ZERO);
        let found = opened.is_ok_and(|volume| {
            let found = volume
                .lookup(b"/1/59", &mut DirectoryBuffer::new(), &mut |entry| assert_eq!(entry.len, 3000));
            found.is_ok_and(|found| found)
        });
        assert_eq!(found, metadata == MetadataPartition::Mirrored);
    }
}
