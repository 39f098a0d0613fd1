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

        let more = Tree::clone(&tree);
        let mut tree = more;
        tree.add("/more", Item::HostFile(&source), &ItemOptions::default()).unwrap();
        assert!(matches!(LayoutPlan::new(&tree, options), Err(Error::TreeTooLarge { .. })));
    }
}

#[test]
fn what_does_not_go_together() {
    let tree = Tree::new();
    let refused = |change: &dyn Fn(&mut PlanOptions)| {
        let mut options = bridge(UdfRevision::V2_01);
        change(&mut options);
        matches!(LayoutPlan::new(&tree, options), Err(Error::InvalidArgument { .. }))
    };
    assert!(!refused(&|_| {}));
    assert!(refused(&|options| options.udf.access = UdfAccess::Overwritable { free: SectorCount::new(9) }));
    assert!(refused(&|options| options.udf.metadata_partition = MetadataPartition::Single));
    assert!(refused(&|options| options.udf.revision = UdfRevision(0x0300)));
    assert!(refused(&|options| options.file_systems = FileSystems::UDF | FileSystems::JOLIET));
    assert!(refused(&|options| options.file_systems = FileSystems::empty()));
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
